//! `PickleBuffer` (`Include/cpython/picklebufobject.h`): a buffer that pickles may leave out.

use crate::prelude::*;
use crate::types::buffer::{self, request};
use crate::types::memoryview::PyMemoryView;
use std::cell::UnsafeCell;

/// `PyPickleBufferObject`.
#[repr(C)]
pub struct PyPickleBuffer {
    pub ob_base: PyObject,
    view: UnsafeCell<PyBuffer>,
    weakreflist: Cell<*mut PyObject>,
}

impl PyPickleBuffer {
    /// The view of the object behind. Errors: `ValueError` after release.
    pub fn raw_view(&self, py: Python) -> PyResult<&PyBuffer> {
        // SAFETY: changed only by `release`, after which nobody keeps a reference.
        let view = unsafe { &*self.view.get() };
        if view.obj.is_null() {
            return Err(value_error(py, "operation forbidden on released PickleBuffer object"));
        }
        Ok(view)
    }

    fn release_view(&self) {
        // SAFETY: filled by its exporter or empty; the thread is attached.
        unsafe { buffer::release(Python::assume_attached(), self.view.get()) };
    }
}

/// Wrapper for buffers that pickles may keep apart
#[pytype(
    name = "PickleBuffer",
    module = "pickle",
    symbol = "PyPickleBuffer_Type",
    flags(GC),
    weaklistoffset = weakreflist,
    nosig
)]
impl PyPickleBuffer {
    #[slot(tp_new, sig = "(object, /)")]
    fn tp_new(py: Python, cls: &PyTypeObject, object: &PyObject) -> PyResult<Py<PyPickleBuffer>> {
        let new = new_object(
            py,
            cls,
            PyPickleBuffer {
                ob_base: PyObject::header(cls),
                view: UnsafeCell::new(buffer::EMPTY),
                weakreflist: Cell::new(std::ptr::null_mut()),
            },
        )?;
        // SAFETY: the view stays in the object until it is released.
        unsafe { buffer::get_buffer(py, object, new.view.get(), request::FULL_RO)? };
        Ok(new)
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        // SAFETY: the view owns its object, or has none.
        unsafe { visitor.visit_ptr((*self.view.get()).obj) };
    }

    #[slot(tp_clear)]
    fn clear(&self) {
        self.release_view();
    }

    #[slot(tp_finalize)]
    fn finalize(&self, _py: Python) {
        self.release_view();
    }

    #[slot(bf_getbuffer)]
    fn get_buffer(&self, py: Python, view: *mut PyBuffer, flags: i32) -> PyResult<()> {
        let own = self.raw_view(py)?;
        // SAFETY: the exporter is held by the own view; the consumer's view is filled by it.
        unsafe { buffer::get_buffer(py, &(*own.obj).owned(), view, flags) }
    }

    #[slot(bf_releasebuffer)]
    fn release_buffer(&self, _view: *mut PyBuffer) {
        // The view belongs to the exporter behind, which is its owner.
    }

    /// A memoryview of the raw memory: one dimension, format 'B'. BufferError if it is not contiguous.
    #[pymethod]
    fn raw(&self, py: Python) -> PyResult<Py<PyMemoryView>> {
        let view = self.raw_view(py)?;
        if !buffer::is_contiguous(view, b'A') {
            return Err(buffer_error(py, "cannot extract raw buffer from non-contiguous buffer"));
        }
        PyMemoryView::flat(py, self.as_object())
    }

    /// Lets go of the object behind.
    #[pymethod]
    fn release(&self) {
        self.release_view();
    }
}
