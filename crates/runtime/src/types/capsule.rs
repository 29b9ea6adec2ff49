//! `PyCapsule`: a C pointer as an object.

use crate::prelude::*;
use crate::types::PyStr;
use object::typeobj::{Destructor, Inquiry, TraverseProc};
use object::visit::VisitProc;
use std::ffi::{CStr, c_char, c_int, c_void};

/// `PyCapsule`.
#[repr(C)]
pub struct PyCapsule {
    pub ob_base: PyObject,
    pub pointer: Cell<*mut c_void>,
    pub name: Cell<*const c_char>,
    pub context: Cell<*mut c_void>,
    pub destructor: Cell<Option<Destructor>>,
    pub traverse: Cell<Option<TraverseProc>>,
    pub clear: Cell<Option<Inquiry>>,
}

/// A C pointer as an object.
#[pytype(name = "PyCapsule", symbol = "PyCapsule_Type", flags(GC, DISALLOW_INSTANTIATION))]
impl PyCapsule {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let name = self.name.get();
        let text = if name.is_null() {
            format!("<capsule object NULL at {:p}>", self.as_ptr())
        } else {
            // SAFETY: the name outlives the capsule by contract of the C API.
            let name = unsafe { CStr::from_ptr(name) }.to_string_lossy();
            format!("<capsule object \"{name}\" at {:p}>", self.as_ptr())
        };
        PyStr::new(py, &text)
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: the dying capsule; its owner's destructor runs first.
        unsafe {
            if object::gc::is_tracked(o) {
                object::gc::untrack(o);
            }
            if let Some(f) = (*o).downcast_unchecked::<PyCapsule>().destructor.get() {
                f(o);
            }
            object::gc::free(o, (*o).ty().preheader_size());
        }
    }

    #[slot(tp_traverse, raw)]
    unsafe extern "C" fn traverse(o: *mut PyObject, visit: VisitProc, arg: *mut c_void) -> c_int {
        // SAFETY: a live capsule; the owner's function knows its contents.
        unsafe {
            match (*o).downcast_unchecked::<PyCapsule>().traverse.get() {
                Some(f) => f(o, visit, arg),
                None => 0,
            }
        }
    }

    #[slot(tp_clear, raw)]
    unsafe extern "C" fn clear(o: *mut PyObject) -> c_int {
        // SAFETY: as above.
        unsafe {
            match (*o).downcast_unchecked::<PyCapsule>().clear.get() {
                Some(f) => f(o),
                None => 0,
            }
        }
    }
}

impl PyCapsule {
    /// A capsule around a pointer.
    pub fn new(
        py: Python,
        pointer: *mut c_void,
        name: *const c_char,
        destructor: Option<Destructor>,
    ) -> PyResult<Py<PyCapsule>> {
        let ty = PyCapsule::type_object();
        let c = PyCapsule {
            ob_base: PyObject::header(ty),
            pointer: Cell::new(pointer),
            name: Cell::new(name),
            context: Cell::new(std::ptr::null_mut()),
            destructor: Cell::new(destructor),
            traverse: Cell::new(None),
            clear: Cell::new(None),
        };
        new_object(py, ty, c)
    }
}
