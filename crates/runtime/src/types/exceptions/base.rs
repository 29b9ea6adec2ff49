//! `BaseException`.

use crate::prelude::*;
use crate::types::traceback::PyTraceback;
use crate::types::{PyDict, PyList, PyStr, PyTuple, object_};
use std::mem::offset_of;

/// `PyBaseExceptionObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBaseException {
    pub ob_base: PyObject,
    pub dict: Slot<PyDict>,
    pub args: Slot<PyTuple>,
    pub notes: Slot,
    pub traceback: Slot,
    pub context: Slot<PyBaseException>,
    pub cause: Slot<PyBaseException>,
    pub suppress_context: Cell<u8>,
}

const _: () = {
    assert!(size_of::<PyBaseException>() == 72);
    assert!(offset_of!(PyBaseException, suppress_context) == 64);
};

impl PyBaseException {
    /// An instance without arguments, made without running any Python code; `None` when memory is short.
    pub fn bare(py: Python, ty: &'static PyTypeObject) -> Option<Py<PyBaseException>> {
        let alloc = ty.tp_alloc.get()?;
        // SAFETY: `tp_alloc` of an exception type gives a zeroed instance, in which every `Slot` is empty.
        let e: Py<PyBaseException> =
            unsafe { Py::from_raw_owned_or_opt(alloc(ty as *const PyTypeObject as *mut PyTypeObject, 0))? };
        e.args.set(Some(PyTuple::empty(py)));
        Some(e)
    }

    /// The arguments; empty if something removed them.
    pub fn args_tuple(&self, py: Python) -> PyResult<Py<PyTuple>> {
        match self.args.get_owned() {
            Some(a) => Ok(a),
            None => Ok(PyTuple::empty(py)),
        }
    }

    /// Sets the traceback (`PyException_SetTraceback`).
    pub fn set_traceback_object(&self, tb: Option<Py<PyTraceback>>) {
        self.traceback.set(tb.map(Py::into_object));
    }
}

fn slot_or_none<T: PyLayout>(s: &Slot<T>) -> Py {
    s.get_owned().map_or_else(|| none().owned(), Py::into_object)
}

/// Base of all exceptions.
#[pytype(name = "BaseException", symbol = "PyExc_BaseException_Type", flags(BASETYPE, GC, BASE_EXC_SUBCLASS), dictoffset = dict, members(suppress_context as __suppress_context__: bool))]
impl PyBaseException {
    /// The constructor, which the types without fields of their own share.
    ///
    /// # Safety
    /// The C contract of `tp_new`.
    #[slot(tp_new, raw)]
    pub(super) unsafe extern "C" fn new(
        cls: *mut PyTypeObject,
        args: *mut PyObject,
        _kwargs: *mut PyObject,
    ) -> *mut PyObject {
        // SAFETY: called attached with an exception type and an argument tuple; `tp_alloc` as in `bare`.
        unsafe {
            let py = Python::assume_attached();
            let Some(alloc) = (*cls).tp_alloc.get() else {
                let _: Raised = bad_internal_call(py);
                return std::ptr::null_mut();
            };
            let e = alloc(cls, 0);
            if let Some(e) = (e as *const PyBaseException).as_ref() {
                e.args.set(Some((*(args as *const PyTuple)).owned()));
            }
            e
        }
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        no_keywords(py, self.as_object(), kwargs)?;
        self.args.set(Some(args.owned()));
        Ok(())
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        let args = self.args_tuple(py)?;
        match args.items() {
            [] => PyStr::new(py, ""),
            [one] => one.str_(py),
            _ => args.as_object().str_(py),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let name = self.ty().short_name();
        let args = self.args_tuple(py)?;
        let inner = match args.items() {
            [one] => {
                let r = one.repr(py)?;
                return PyStr::concat3(py, &format!("{name}("), &r, ")");
            }
            _ => args.as_object().repr(py)?,
        };
        PyStr::concat3(py, name, &inner, "")
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let args = self.args_tuple(py)?.into_object();
        let ty = self.ty().owned().into_object();
        match self.dict.get_owned() {
            Some(d) => PyTuple::new(py, [ty, args, d.into_object()]),
            None => PyTuple::new(py, [ty, args]),
        }
    }

    #[pymethod]
    fn __setstate__(&self, py: Python, state: &PyObject) -> PyResult<()> {
        if state.is_none() {
            return Ok(());
        }
        let Some(d) = state.downcast::<PyDict>() else {
            return Err(type_error(py, "state is not a dictionary"));
        };
        let mut pos = 0;
        while let Some((k, v)) = d.next(&mut pos) {
            match k.downcast::<PyStr>() {
                Some(k) => self.as_object().setattr(py, k, &v)?,
                None => {
                    return Err(type_error(
                        py,
                        format!("attribute name must be string, not '{}'", type_name(&k)),
                    ));
                }
            }
        }
        Ok(())
    }

    /// Sets the traceback and returns the exception.
    #[pymethod(sig = "(tb, /)")]
    fn with_traceback(&self, py: Python, tb: &PyObject) -> PyResult<Py> {
        self.set_traceback(py, Some(tb))?;
        Ok(self.as_object().owned())
    }

    /// Adds a line that is printed below the exception.
    #[pymethod(sig = "(note, /)")]
    fn add_note(&self, py: Python, note: &PyObject) -> PyResult<()> {
        if note.downcast::<PyStr>().is_none() {
            let got = if note.is_none() { "None" } else { type_name(note) };
            return Err(type_error(py, format!("add_note() argument must be str, not {got}")));
        }
        let name = intern!(py, "__notes__");
        let notes = match self.as_object().getattr_opt(py, name)? {
            Some(n) => n,
            None => {
                let l = PyList::empty(py)?.into_object();
                self.as_object().setattr(py, name, &l)?;
                l
            }
        };
        match notes.downcast::<PyList>() {
            Some(l) => l.append(py, note.owned()),
            None => Err(type_error(py, "Cannot add note: __notes__ is not a list")),
        }
    }

    #[getter(__dict__)]
    fn get_dict(&self, py: Python) -> PyResult {
        object_::generic_get_dict(py, self.as_object())
    }

    #[setter(__dict__)]
    fn set_dict(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        object_::generic_set_dict(py, self.as_object(), value)
    }

    #[getter(args)]
    fn get_args(&self, _py: Python) -> PyResult {
        Ok(slot_or_none(&self.args))
    }

    #[setter(args)]
    fn set_args(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(v) = value else { return Err(type_error(py, "args may not be deleted")) };
        self.args.set(Some(v.to_tuple(py)?));
        Ok(())
    }

    #[getter(__traceback__)]
    fn get_traceback(&self, _py: Python) -> PyResult {
        Ok(slot_or_none(&self.traceback))
    }

    #[setter(__traceback__)]
    fn set_traceback(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            None => Err(type_error(py, "__traceback__ may not be deleted")),
            Some(v) if v.is_none() => {
                self.traceback.set(None);
                Ok(())
            }
            Some(v) if v.downcast::<PyTraceback>().is_some() => {
                self.traceback.set(Some(v.owned()));
                Ok(())
            }
            Some(_) => Err(type_error(py, "__traceback__ must be a traceback or None")),
        }
    }

    #[getter(__context__)]
    fn get_context(&self, _py: Python) -> PyResult {
        Ok(slot_or_none(&self.context))
    }

    #[setter(__context__)]
    fn set_context(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.context.set(chained(py, value, "__context__", "exception context")?);
        Ok(())
    }

    #[getter(__cause__)]
    fn get_cause(&self, _py: Python) -> PyResult {
        Ok(slot_or_none(&self.cause))
    }

    #[setter(__cause__)]
    fn set_cause(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let cause = chained(py, value, "__cause__", "exception cause")?;
        self.suppress_context.set(1);
        self.cause.set(cause);
        Ok(())
    }
}

fn chained(
    py: Python,
    value: Option<&PyObject>,
    attr: &str,
    what: &str,
) -> PyResult<Option<Py<PyBaseException>>> {
    match value {
        None => Err(type_error(py, format!("{attr} may not be deleted"))),
        Some(v) if v.is_none() => Ok(None),
        Some(v) => match v.downcast::<PyBaseException>() {
            Some(e) => Ok(Some(e.owned())),
            None => Err(type_error(py, format!("{what} must be None or derive from BaseException"))),
        },
    }
}

/// `X() takes no keyword arguments`.
pub(super) fn no_keywords(py: Python, o: &PyObject, kwargs: Option<&PyDict>) -> PyResult<()> {
    match kwargs {
        Some(k) if !k.is_empty() => Err(type_error(
            py,
            format!("{}() takes no keyword arguments", o.ty().tp_name().to_string_lossy()),
        )),
        _ => Ok(()),
    }
}
