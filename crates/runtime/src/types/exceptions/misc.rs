//! Exceptions with one or two fields of their own: `StopIteration`, `SystemExit`, `KeyError`, `NameError`, `AttributeError`,
//! `ImportError`.

use super::base::{PyBaseException, PyExc_BaseException_Type, no_keywords};
use super::{PyExc_Exception_Type, PyExc_LookupError_Type};
use crate::args;
use crate::prelude::*;
use crate::types::{PyDict, PyStr, PyTuple};

/// Takes named fields out of `kwargs`; anything else there is an error, in `PyArg_ParseTupleAndKeywords`' words.
fn keyword_fields<const N: usize>(
    py: Python,
    what: &str,
    kwargs: Option<&PyDict>,
    fields: [(&str, &Slot); N],
) -> PyResult<()> {
    let Some(kwargs) = kwargs.filter(|k| !k.is_empty()) else { return Ok(()) };
    let given = args::only_keywords(py, what, fields.map(|f| f.0), &args::keyword_items(Some(kwargs)))?;
    for ((_, slot), value) in fields.into_iter().zip(given) {
        if value.is_some() {
            slot.set(value);
        }
    }
    Ok(())
}

/// `PyStopIterationObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyStopIteration {
    pub base: PyBaseException,
    pub value: Slot,
}

/// The end of an iterator; `value` is what a generator returned.
#[pytype(name = "StopIteration", symbol = "PyExc_StopIteration_Type", base = PyBaseException, base_type = PyExc_Exception_Type, flags(BASETYPE, GC), dictoffset = 16, members(value: object "what the generator returned"))]
impl PyStopIteration {
    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        no_keywords(py, self.as_object(), kwargs)?;
        self.args.set(Some(args.owned()));
        self.value.set(Some(args.get(0).map_or_else(|| none().owned(), |v| v.owned())));
        Ok(())
    }
}

/// `PySystemExitObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PySystemExit {
    pub base: PyBaseException,
    pub code: Slot,
}

/// Asks the interpreter to end with exit status `code`.
#[pytype(name = "SystemExit", symbol = "PyExc_SystemExit_Type", base = PyBaseException, base_type = PyExc_BaseException_Type, flags(BASETYPE, GC), dictoffset = 16, members(code: object "the exit status"))]
impl PySystemExit {
    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        no_keywords(py, self.as_object(), kwargs)?;
        self.args.set(Some(args.owned()));
        match args.items() {
            [] => {}
            [one] => self.code.set(Some(one.owned())),
            _ => self.code.set(Some(args.as_object().owned())),
        }
        Ok(())
    }
}

/// `KeyError` has the layout of its base; only `str()` differs.
#[repr(C)]
#[derive(Traverse)]
pub struct PyKeyError {
    pub base: PyBaseException,
}

/// A mapping has no such key.
#[pytype(name = "KeyError", symbol = "PyExc_KeyError_Type", base = PyBaseException, base_type = PyExc_LookupError_Type, flags(BASETYPE, GC), dictoffset = 16)]
impl PyKeyError {
    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        // The repr, so that KeyError('') shows something.
        let args = self.args_tuple(py)?;
        match args.items() {
            [] => PyStr::new(py, ""),
            [one] => one.repr(py),
            _ => args.as_object().str_(py),
        }
    }
}

/// `PyNameErrorObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyNameError {
    pub base: PyBaseException,
    pub name: Slot,
}

/// A name is not defined.
#[pytype(name = "NameError", symbol = "PyExc_NameError_Type", base = PyBaseException, base_type = PyExc_Exception_Type, flags(BASETYPE, GC), dictoffset = 16, members(name: object "the name"))]
impl PyNameError {
    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        self.args.set(Some(args.owned()));
        keyword_fields(py, "NameError", kwargs, [("name", &self.name)])
    }
}

/// `PyAttributeErrorObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyAttributeError {
    pub base: PyBaseException,
    pub obj: Slot,
    pub name: Slot,
}

/// An object has no such attribute.
#[pytype(name = "AttributeError", symbol = "PyExc_AttributeError_Type", base = PyBaseException, base_type = PyExc_Exception_Type, flags(BASETYPE, GC), dictoffset = 16, members(name: object "name of the attribute", obj: object "the object asked"))]
impl PyAttributeError {
    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        self.args.set(Some(args.owned()));
        keyword_fields(py, "AttributeError", kwargs, [("name", &self.name), ("obj", &self.obj)])
    }

    // The object itself is not pickled: it may be anything.
    #[pymethod]
    fn __getstate__(&self, py: Python) -> PyResult {
        let name = self.name.get_owned();
        match (self.dict.get_owned(), name) {
            (None, None) => Ok(none().owned()),
            (dict, name) => {
                let d = match dict {
                    Some(d) => d.copy(py)?,
                    None => PyDict::new(py)?,
                };
                if let Some(n) = name {
                    d.set_text(py, "name", &n)?;
                }
                let args = self.args_tuple(py)?;
                d.set_text(py, "args", args.as_object())?;
                Ok(d.into_object())
            }
        }
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let state = self.__getstate__(py)?;
        PyTuple::new(py, [self.ty().owned().into_object(), self.args_tuple(py)?.into_object(), state])
    }
}

/// `PyImportErrorObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyImportError {
    pub base: PyBaseException,
    pub msg: Slot,
    pub name: Slot,
    pub path: Slot,
    pub name_from: Slot,
}

/// A module, or a name in it, can't be imported.
#[pytype(name = "ImportError", symbol = "PyExc_ImportError_Type", base = PyBaseException, base_type = PyExc_Exception_Type, flags(BASETYPE, GC), dictoffset = 16, members(msg: object "the message", name: object "name of the module", path: object "path of the module", name_from: object "name wanted from the module"))]
impl PyImportError {
    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        self.args.set(Some(args.owned()));
        let fields = [("name", &self.name), ("path", &self.path), ("name_from", &self.name_from)];
        let given =
            args::only_keywords(py, "ImportError", fields.map(|f| f.0), &args::keyword_items(kwargs))?;
        // Called once more, it leaves nothing of before.
        for ((_, slot), value) in fields.into_iter().zip(given) {
            slot.set(value);
        }
        self.msg.set(match args.items() {
            [one] => Some(one.owned()),
            _ => None,
        });
        Ok(())
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        match self.msg.get_owned() {
            Some(m) if PyStr::check_exact(&m) => m.str_(py),
            _ => {
                let args = self.args_tuple(py)?;
                match args.items() {
                    [] => PyStr::new(py, ""),
                    [one] => one.str_(py),
                    _ => args.as_object().str_(py),
                }
            }
        }
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let ty = self.ty().owned().into_object();
        let args = self.args_tuple(py)?.into_object();
        let fields = [("name", &self.name), ("path", &self.path), ("name_from", &self.name_from)];
        let state = match self.dict.get_owned() {
            None if fields.iter().all(|(_, s)| s.is_empty()) => return PyTuple::new(py, [ty, args]),
            Some(d) => d.copy(py)?,
            None => PyDict::new(py)?,
        };
        for (name, slot) in fields {
            if let Some(v) = slot.get_owned() {
                state.set_text(py, name, &v)?;
            }
        }
        PyTuple::new(py, [ty, args, state.into_object()])
    }
}
