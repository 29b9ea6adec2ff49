//! `method_descriptor` and `classmethod_descriptor`.

use super::PyDescr;
use crate::abstract_::call::{self, function_str, nargs};
use crate::prelude::*;
use crate::state::enter_recursive_call;
use crate::types::{PyCFunction, PyDict, PyStr, PyTuple};
use object::typeobj::{
    PyCFunction as CFunctionPtr, PyCFunctionFast, PyCFunctionFastWithKeywords, PyCFunctionWithKeywords,
    PyCMethodFn, VectorcallFunc,
};
use std::mem::transmute;
use std::ptr::null_mut;

/// `PyMethodDescrObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyMethodDescr {
    pub d_common: PyDescr,
    #[traverse(skip)]
    pub d_method: Cell<*const PyMethodDef>,
    #[traverse(skip)]
    pub vectorcall: Cell<Option<VectorcallFunc>>,
}

/// The same layout for class methods.
#[repr(C)]
#[derive(Traverse)]
pub struct PyClassMethodDescr {
    pub d_common: PyDescr,
    #[traverse(skip)]
    pub d_method: Cell<*const PyMethodDef>,
    #[traverse(skip)]
    pub vectorcall: Cell<Option<VectorcallFunc>>,
}

const _: () = assert!(size_of::<PyMethodDescr>() == 56);

/// Checks receiver and keywords; the receiver, or null with an exception pending.
///
/// # Safety
/// A vectorcall of a method descriptor.
#[inline(always)]
unsafe fn enter<'a>(
    f: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
    keywords: bool,
) -> Option<(Python<'a>, &'a PyMethodDescr, usize)> {
    // SAFETY: the caller's promise.
    unsafe {
        let py = Python::assume_attached();
        let d: &PyMethodDescr = (*f).downcast_unchecked();
        let n = nargs(nargsf);
        if n == 0 {
            let name = function_str(py, &*f);
            let _ = type_error(py, format!("unbound method {name} needs an argument"));
            return None;
        }
        if !std::ptr::eq((**args).ty(), &*d.d_common.d_type) && d.d_common.check(py, &**args).is_err() {
            return None;
        }
        if !keywords
            && kwnames.as_ref().is_some_and(|k| k.downcast::<PyTuple>().is_none_or(|t| !t.is_empty()))
        {
            let name = function_str(py, &*f);
            let _ = type_error(py, format!("{name} takes no keyword arguments"));
            return None;
        }
        enter_recursive_call(py, " while calling a Python object").ok()?;
        Some((py, d, n))
    }
}

macro_rules! flavours {
    ($($name:ident $keywords:literal |$py:ident, $d:ident, $f:ident, $args:ident, $n:ident, $kw:ident| $body:expr;)*) => { $(
        unsafe extern "C" fn $name($f: *mut PyObject, $args: *const *mut PyObject, nargsf: usize, $kw: *mut PyObject) -> *mut PyObject {
            // SAFETY: called through the vectorcall protocol; `ml_flags` says which signature `ml_meth` has.
            unsafe {
                match enter($f, $args, nargsf, $kw, $keywords) {
                    Some(($py, $d, $n)) => {
                        let _ = $py;
                        $body
                    }
                    None => null_mut(),
                }
            }
        }
    )* };
}
flavours! {
    noargs false |py, d, f, args, n, _kw| {
        if n != 1 {
            let name = function_str(py, &*f);
            let _ = type_error(py, format!("{name} takes no arguments ({} given)", n - 1));
            return null_mut();
        }
        let m: CFunctionPtr = transmute((*d.d_method.get()).ml_meth);
        m(*args, null_mut())
    };
    one false |py, d, f, args, n, _kw| {
        if n != 2 {
            let name = function_str(py, &*f);
            let _ = type_error(py, format!("{name} takes exactly one argument ({} given)", n - 1));
            return null_mut();
        }
        let m: CFunctionPtr = transmute((*d.d_method.get()).ml_meth);
        m(*args, *args.add(1))
    };
    fastcall false |py, d, _f, args, n, _kw| {
        let m: PyCFunctionFast = transmute((*d.d_method.get()).ml_meth);
        m(*args, args.add(1), n as isize - 1)
    };
    fastcall_keywords true |py, d, _f, args, n, kw| {
        let m: PyCFunctionFastWithKeywords = transmute((*d.d_method.get()).ml_meth);
        m(*args, args.add(1), n as isize - 1, kw)
    };
    with_class true |py, d, _f, args, n, kw| {
        let m: PyCMethodFn = transmute((*d.d_method.get()).ml_meth);
        m(*args, d.d_common.d_type.as_ptr() as *mut PyTypeObject, args.add(1), n as isize - 1, kw)
    };
    varargs false |py, d, _f, args, n, _kw| {
        let rest = std::slice::from_raw_parts(args.add(1) as *const &PyObject, n - 1);
        let Ok(t) = PyTuple::new(py, rest.iter().map(|a| a.owned())) else { return null_mut() };
        let m: CFunctionPtr = transmute((*d.d_method.get()).ml_meth);
        m(*args, t.as_ptr())
    };
    varargs_keywords true |py, d, _f, args, n, kw| {
        let names = kw.as_ref().and_then(|k| k.downcast::<PyTuple>());
        let total = n - 1 + names.map_or(0, |k| k.len());
        let rest = std::slice::from_raw_parts(args.add(1) as *const &PyObject, total);
        let Ok(t) = PyTuple::new(py, rest[..n - 1].iter().map(|a| a.owned())) else { return null_mut() };
        let mut dict = None;
        if let Some(names) = names.filter(|k| !k.is_empty()) {
            let Ok(d) = PyDict::new(py) else { return null_mut() };
            for (k, v) in names.items().iter().zip(&rest[n - 1..]) {
                if d.set_item(py, k, v).is_err() {
                    return null_mut();
                }
            }
            dict = Some(d);
        }
        let m: PyCFunctionWithKeywords = transmute((*d.d_method.get()).ml_meth);
        m(*args, t.as_ptr(), dict.as_ref().map_or(null_mut(), |d| d.as_ptr()))
    };
}

impl PyMethodDescr {
    /// A descriptor for a method definition of `owner`.
    ///
    /// Errors: `SystemError` for flags that make no sense together.
    pub fn new(py: Python, owner: &PyTypeObject, def: &PyMethodDef) -> PyResult<Py<PyMethodDescr>> {
        let convention =
            meth::VARARGS | meth::FASTCALL | meth::NOARGS | meth::O | meth::KEYWORDS | meth::METHOD;
        let vectorcall: VectorcallFunc = match def.ml_flags & convention {
            meth::VARARGS => varargs,
            f if f == meth::VARARGS | meth::KEYWORDS => varargs_keywords,
            meth::FASTCALL => fastcall,
            f if f == meth::FASTCALL | meth::KEYWORDS => fastcall_keywords,
            meth::NOARGS => noargs,
            meth::O => one,
            f if f == meth::METHOD | meth::FASTCALL | meth::KEYWORDS => with_class,
            _ => return Err(system_error(py, "method: bad call flags")),
        };
        let ty = PyMethodDescr::type_object();
        let d_common = PyDescr::new(py, ty, owner, def.ml_name)?;
        new_object(
            py,
            ty,
            PyMethodDescr { d_common, d_method: Cell::new(def), vectorcall: Cell::new(Some(vectorcall)) },
        )
    }

    /// The definition.
    #[inline(always)]
    pub fn def(&self) -> &'static PyMethodDef {
        // SAFETY: set once, to a static table entry.
        unsafe { &*self.d_method.get() }
    }
}

/// A method of a built-in type.
#[pytype(name = "method_descriptor", symbol = "PyMethodDescr_Type", flags(GC, METHOD_DESCRIPTOR, DISALLOW_INSTANTIATION), vectorcall_offset = vectorcall, members(d_common.d_type as __objclass__: object readonly, d_common.d_name as __name__: object readonly))]
impl PyMethodDescr {
    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        call::call_tuple_dict(py, self.as_object(), args, kwargs)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.d_common.repr(py, "method")
    }

    #[slot(tp_descr_get)]
    fn get(&self, py: Python, obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
        let Some(obj) = obj else { return Ok(self.as_object().owned()) };
        self.d_common.check(py, obj)?;
        let d = self.def();
        if d.ml_flags & meth::METHOD != 0 {
            return Ok(PyCFunction::new_method(py, d, Some(obj), None, &self.d_common.d_type)?.into_object());
        }
        Ok(PyCFunction::new(py, d, Some(obj), None)?.into_object())
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.d_common.reduce(py)
    }

    #[getter]
    fn __doc__(&self, py: Python) -> PyResult {
        super::doc_of(py, &self.d_common.name_text(), self.def().ml_doc)
    }

    #[getter]
    fn __qualname__(&self, py: Python) -> PyResult {
        self.d_common.qualname(py)
    }

    #[getter]
    fn __text_signature__(&self, py: Python) -> PyResult {
        super::signature_of(py, &self.d_common.name_text(), self.def().ml_doc)
    }
}

impl PyClassMethodDescr {
    /// A descriptor for a class method definition of `owner`.
    pub fn new(py: Python, owner: &PyTypeObject, def: &PyMethodDef) -> PyResult<Py<PyClassMethodDescr>> {
        let ty = PyClassMethodDescr::type_object();
        let d_common = PyDescr::new(py, ty, owner, def.ml_name)?;
        new_object(
            py,
            ty,
            PyClassMethodDescr { d_common, d_method: Cell::new(def), vectorcall: Cell::new(None) },
        )
    }

    fn def(&self) -> &'static PyMethodDef {
        // SAFETY: set once, to a static table entry.
        unsafe { &*self.d_method.get() }
    }

    fn bind(&self, py: Python, class: &PyObject) -> PyResult<Py<PyCFunction>> {
        let Some(t) = class.downcast::<PyTypeObject>() else {
            return Err(type_error(
                py,
                format!(
                    "descriptor '{}' for type '{}' needs a type, not a '{}' as arg 2",
                    self.d_common.name_text(),
                    self.d_common.d_type.display_name(),
                    type_name(class)
                ),
            ));
        };
        if !t.is_subtype(&self.d_common.d_type) {
            return Err(type_error(
                py,
                format!(
                    "descriptor '{}' requires a subtype of '{}' but received '{}'",
                    self.d_common.name_text(),
                    self.d_common.d_type.display_name(),
                    t.display_name()
                ),
            ));
        }
        let d = self.def();
        if d.ml_flags & meth::METHOD != 0 {
            return PyCFunction::new_method(py, d, Some(class), None, &self.d_common.d_type);
        }
        PyCFunction::new(py, d, Some(class), None)
    }
}

/// A class method of a built-in type.
#[pytype(name = "classmethod_descriptor", symbol = "PyClassMethodDescr_Type", flags(GC, DISALLOW_INSTANTIATION), members(d_common.d_type as __objclass__: object readonly, d_common.d_name as __name__: object readonly))]
impl PyClassMethodDescr {
    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let Some(class) = args.get(0) else {
            return Err(type_error(
                py,
                format!(
                    "descriptor '{}' of '{}' object needs an argument",
                    self.d_common.name_text(),
                    self.d_common.d_type.display_name()
                ),
            ));
        };
        let bound = self.bind(py, class)?;
        let rest = PyTuple::new(py, args.items()[1..].iter().map(|a| a.owned()))?;
        call::call_tuple_dict(py, bound.as_object(), &rest, kwargs)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.d_common.repr(py, "method")
    }

    #[slot(tp_descr_get)]
    fn get(&self, py: Python, obj: Option<&PyObject>, ty: Option<&PyObject>) -> PyResult {
        match (ty, obj) {
            (Some(t), _) => Ok(self.bind(py, t)?.into_object()),
            (None, Some(o)) => Ok(self.bind(py, o.ty().object())?.into_object()),
            (None, None) => Err(type_error(
                py,
                format!(
                    "descriptor '{}' for type '{}' needs either an object or a type",
                    self.d_common.name_text(),
                    self.d_common.d_type.display_name()
                ),
            )),
        }
    }

    #[getter]
    fn __doc__(&self, py: Python) -> PyResult {
        super::doc_of(py, &self.d_common.name_text(), self.def().ml_doc)
    }

    #[getter]
    fn __qualname__(&self, py: Python) -> PyResult {
        self.d_common.qualname(py)
    }

    #[getter]
    fn __text_signature__(&self, py: Python) -> PyResult {
        super::signature_of(py, &self.d_common.name_text(), self.def().ml_doc)
    }
}
