//! `wrapper_descriptor` (`int.__add__`) and `method-wrapper` (`(1).__add__`): slots as Python methods.

use super::PyDescr;
use crate::prelude::*;
use crate::types::type_::slotdefs::SlotDef;
use crate::types::type_::wrappers;
use crate::types::{PyDict, PyStr, PyTuple};
use std::ffi::{c_char, c_void};

/// `PyWrapperDescrObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyWrapperDescr {
    pub d_common: PyDescr,
    #[traverse(skip)]
    pub d_base: Cell<*const SlotDef>,
    /// The slot's function.
    #[traverse(skip)]
    pub d_wrapped: Cell<*const c_void>,
}

/// `wrapperobject`: a wrapper descriptor bound to an object.
#[repr(C)]
#[derive(Traverse)]
pub struct PyMethodWrapper {
    pub ob_base: PyObject,
    pub descr: Py<PyWrapperDescr>,
    pub this: Py,
}

impl PyWrapperDescr {
    /// A descriptor for a slot of `owner`.
    pub fn new(
        py: Python,
        owner: &PyTypeObject,
        base: &'static SlotDef,
        wrapped: *const c_void,
    ) -> PyResult<Py<PyWrapperDescr>> {
        let ty = PyWrapperDescr::type_object();
        let d_common = PyDescr::new(py, ty, owner, base.name)?;
        new_object(
            py,
            ty,
            PyWrapperDescr { d_common, d_base: Cell::new(base), d_wrapped: Cell::new(wrapped) },
        )
    }

    pub fn base(&self) -> &'static SlotDef {
        // SAFETY: set once, to an entry of a static table.
        unsafe { &*self.d_base.get() }
    }

    /// Calls the slot on `this`, which has been checked.
    fn run(&self, py: Python, this: &PyObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        // SAFETY: the descriptor was made of the slot; `this` was checked against its type.
        unsafe { wrappers::run(py, self.base(), self.d_wrapped.get(), this, args, kwargs) }
    }

    fn doc(&self) -> *const c_char {
        self.base().doc
    }
}

/// A special method of a built-in type.
#[pytype(name = "wrapper_descriptor", symbol = "PyWrapperDescr_Type", flags(GC, METHOD_DESCRIPTOR, DISALLOW_INSTANTIATION), members(d_common.d_type as __objclass__: object readonly, d_common.d_name as __name__: object readonly))]
impl PyWrapperDescr {
    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let Some(this) = args.get(0) else {
            return Err(type_error(
                py,
                format!(
                    "descriptor '{}' of '{}' object needs an argument",
                    self.d_common.name_text(),
                    self.d_common.d_type.display_name()
                ),
            ));
        };
        // The real type counts, not `__class__`.
        if !this.ty().is_subtype(&self.d_common.d_type) {
            return Err(type_error(
                py,
                format!(
                    "descriptor '{}' requires a '{}' object but received a '{}'",
                    self.d_common.name_text(),
                    self.d_common.d_type.tp_name().to_string_lossy(),
                    this.ty().tp_name().to_string_lossy()
                ),
            ));
        }
        let rest = PyTuple::new(py, args.items()[1..].iter().map(|a| a.owned()))?;
        self.run(py, this, &rest, kwargs)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.d_common.repr(py, "slot wrapper")
    }

    #[slot(tp_descr_get)]
    fn get(&self, py: Python, obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
        let Some(obj) = obj else { return Ok(self.as_object().owned()) };
        self.d_common.check(py, obj)?;
        let ty = PyMethodWrapper::type_object();
        let w = PyMethodWrapper { ob_base: PyObject::header(ty), descr: self.owned(), this: obj.owned() };
        Ok(new_object(py, ty, w)?.into_object())
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.d_common.reduce(py)
    }

    #[getter]
    fn __doc__(&self, py: Python) -> PyResult {
        super::doc_of(py, &self.d_common.name_text(), self.doc())
    }

    #[getter]
    fn __qualname__(&self, py: Python) -> PyResult {
        self.d_common.qualname(py)
    }

    #[getter]
    fn __text_signature__(&self, py: Python) -> PyResult {
        super::signature_of(py, &self.d_common.name_text(), self.doc())
    }
}

/// A special method of a built-in type, bound to an object.
#[pytype(name = "method-wrapper", symbol = "_PyMethodWrapper_Type", flags(GC, DISALLOW_INSTANTIATION), members(this as __self__: object readonly))]
impl PyMethodWrapper {
    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        self.descr.run(py, &self.this, args, kwargs)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(
            py,
            &format!(
                "<method-wrapper '{}' of {} object at {:p}>",
                self.descr.d_common.name_text(),
                self.this.ty().tp_name().to_string_lossy(),
                self.this.as_ptr()
            ),
        )
    }

    #[slot(tp_hash)]
    fn hash(&self) -> isize {
        let h =
            (self.this.as_ptr() as usize).rotate_right(4) ^ (self.descr.as_ptr() as usize).rotate_right(4);
        if h as isize == -1 { -2 } else { h as isize }
    }

    #[slot(tp_richcompare)]
    fn compare(&self, _py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(o)) = (op, other.downcast::<PyMethodWrapper>()) else {
            return Ok(not_implemented().owned());
        };
        let equal = self.descr.as_object().is(o.descr.as_object()) && self.this.is(&o.this);
        Ok(py_bool(equal == (op == CompareOp::Eq)).owned().into_object())
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let getattr = crate::interp::builtin(py, intern!(py, "getattr"))?;
        let args = PyTuple::new(py, [self.this.clone(), self.descr.d_common.d_name.clone().into_object()])?;
        PyTuple::new(py, [getattr, args.into_object()])
    }

    #[getter]
    fn __objclass__(&self) -> Py<PyTypeObject> {
        self.descr.d_common.d_type.clone()
    }

    #[getter]
    fn __name__(&self) -> Py<PyStr> {
        self.descr.d_common.d_name.clone()
    }

    #[getter]
    fn __qualname__(&self, py: Python) -> PyResult {
        self.descr.d_common.qualname(py)
    }

    #[getter]
    fn __doc__(&self, py: Python) -> PyResult {
        super::doc_of(py, &self.descr.d_common.name_text(), self.descr.doc())
    }

    #[getter]
    fn __text_signature__(&self, py: Python) -> PyResult {
        super::signature_of(py, &self.descr.d_common.name_text(), self.descr.doc())
    }
}
