//! Descriptors of attributes implemented in Rust or C (`Include/descrobject.h`).

mod access;
mod method;
mod proxy;
mod wrapper;

pub use access::{PyGetSetDescr, PyMemberDescr, get_member, set_member};
pub use method::{PyClassMethodDescr, PyMethodDescr};
pub use proxy::PyMappingProxy;
pub use wrapper::{PyMethodWrapper, PyWrapperDescr};

use crate::prelude::*;
use crate::types::type_::slotdefs::SlotDef;
use crate::types::{PyStr, PyTuple};
use std::ffi::{CStr, c_char, c_void};

/// `PyDescrObject`: what all these descriptors begin with.
#[repr(C)]
#[derive(Traverse)]
pub struct PyDescr {
    pub ob_base: PyObject,
    pub d_type: Py<PyTypeObject>,
    pub d_name: Py<PyStr>,
    pub d_qualname: Slot,
}

const _: () = assert!(size_of::<PyDescr>() == 40);

impl PyDescr {
    pub(super) fn new(
        py: Python,
        descr_type: &PyTypeObject,
        owner: &PyTypeObject,
        name: *const c_char,
    ) -> PyResult<PyDescr> {
        // SAFETY: names in definition tables are C strings.
        let name = unsafe { CStr::from_ptr(name) }.to_string_lossy();
        Ok(PyDescr {
            ob_base: PyObject::header(descr_type),
            d_type: owner.owned(),
            d_name: PyStr::intern(py, PyStr::new(py, &name)?),
            d_qualname: Slot::empty(),
        })
    }

    /// The attribute's name.
    pub fn name(&self) -> Py<PyStr> {
        self.d_name.clone()
    }

    /// The attribute's name as text.
    pub fn name_text(&self) -> String {
        self.d_name.to_string_lossy()
    }

    /// `__qualname__`, made on demand.
    pub fn qualname(&self, py: Python) -> PyResult {
        if let Some(q) = self.d_qualname.get_owned() {
            return Ok(q);
        }
        let owner = self.d_type.object().getattr(py, intern!(py, "__qualname__"))?;
        let Some(owner) = owner.downcast::<PyStr>() else {
            return Err(type_error(py, "<descriptor>.__objclass__.__qualname__ is not a unicode object"));
        };
        let q = PyStr::concat(py, &*PyStr::concat3(py, "", owner, ".")?, &self.d_name)?.into_object();
        self.d_qualname.set(Some(q.clone()));
        Ok(q)
    }

    /// Is `o` an instance of the owner?
    pub fn check(&self, py: Python, o: &PyObject) -> PyResult<()> {
        if o.ty().is_subtype(&self.d_type) {
            return Ok(());
        }
        Err(type_error(
            py,
            format!(
                "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                self.name_text(),
                self.d_type.tp_name().to_string_lossy(),
                o.ty().tp_name().to_string_lossy()
            ),
        ))
    }

    /// `<kind 'name' of 'type' objects>`.
    pub fn repr(&self, py: Python, kind: &str) -> PyResult<Py<PyStr>> {
        PyStr::new(
            py,
            &format!(
                "<{kind} '{}' of '{}' objects>",
                self.name_text(),
                self.d_type.tp_name().to_string_lossy()
            ),
        )
    }

    /// `(getattr, (owner, name))`.
    pub fn reduce(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let getattr = crate::interp::builtin(py, intern!(py, "getattr"))?;
        let args = PyTuple::new(py, [self.d_type.clone().into_object(), self.d_name.clone().into_object()])?;
        PyTuple::new(py, [getattr, args.into_object()])
    }
}

/// A descriptor for a slot of `owner`.
pub fn new_wrapper(py: Python, owner: &PyTypeObject, def: &'static SlotDef, slot: *const c_void) -> PyResult {
    Ok(PyWrapperDescr::new(py, owner, def, slot)?.into_object())
}

/// A descriptor for a field of `owner`'s instances.
pub fn new_member(py: Python, owner: &PyTypeObject, def: &PyMemberDef) -> PyResult<Py<PyMemberDescr>> {
    PyMemberDescr::new(py, owner, def)
}

/// A descriptor for a computed attribute of `owner`.
pub fn new_getset(py: Python, owner: &PyTypeObject, def: &PyGetSetDef) -> PyResult<Py<PyGetSetDescr>> {
    PyGetSetDescr::new(py, owner, def)
}

/// A descriptor for a method of `owner`.
pub fn new_method(py: Python, owner: &PyTypeObject, def: &PyMethodDef) -> PyResult<Py<PyMethodDescr>> {
    PyMethodDescr::new(py, owner, def)
}

/// A descriptor for a class method of `owner`.
pub fn new_class_method(
    py: Python,
    owner: &PyTypeObject,
    def: &PyMethodDef,
) -> PyResult<Py<PyClassMethodDescr>> {
    PyClassMethodDescr::new(py, owner, def)
}

/// Splits a docstring of a definition into its text signature, if it begins with one, and the rest.
fn split_doc<'a>(name: &str, doc: &'a str) -> (Option<&'a str>, &'a str) {
    // The name in the docstring is the last part.
    let name = name.rsplit('.').next().unwrap_or(name);
    let Some(rest) = doc.strip_prefix(name) else { return (None, doc) };
    if !rest.starts_with('(') {
        return (None, doc);
    }
    match rest.find(")\n--\n\n") {
        Some(i) => (Some(&rest[..=i]), &rest[i + 6..]),
        None => (None, doc),
    }
}

fn doc_text<'a>(doc: *const c_char) -> Option<&'a str> {
    if doc.is_null() {
        return None;
    }
    // SAFETY: docstrings of definition tables are static C strings.
    unsafe { CStr::from_ptr(doc) }.to_str().ok()
}

/// `__doc__` of something defined by a table.
pub fn doc_of(py: Python, name: &str, doc: *const c_char) -> PyResult {
    match doc_text(doc).map(|d| split_doc(name, d).1) {
        Some(d) if !d.is_empty() => Ok(PyStr::new(py, d)?.into_object()),
        _ => Ok(none().owned()),
    }
}

/// `__text_signature__` of something defined by a table.
pub fn signature_of(py: Python, name: &str, doc: *const c_char) -> PyResult {
    match doc_text(doc).and_then(|d| split_doc(name, d).0) {
        Some(s) => Ok(PyStr::new(py, s)?.into_object()),
        None => Ok(none().owned()),
    }
}

/// Docstrings of types.
pub mod doc {
    use super::{doc_text, split_doc};
    use std::ffi::{CStr, c_char};

    /// The docstring of a definition without its text signature; `None` if there is none.
    pub fn without_signature(name: &CStr, doc: *const c_char) -> Option<String> {
        let text = doc_text(doc)?;
        Some(split_doc(name.to_str().unwrap_or(""), text).1.to_owned())
    }

    /// The text signature at the start of a docstring.
    pub fn signature(name: &CStr, doc: *const c_char) -> Option<String> {
        let text = doc_text(doc)?;
        split_doc(name.to_str().unwrap_or(""), text).0.map(str::to_owned)
    }
}
