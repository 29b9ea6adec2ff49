//! `__buffer__` and `__release_buffer__` (PEP 688): the buffer slots of classes written in Python, and the methods that
//! stand for the slots of others.
//!
//! A class's `__buffer__` returns a memoryview. The consumer's view belongs to a [`PyBufferWrapper`], which holds that
//! memoryview and the object, so that `__release_buffer__` gets the very memoryview back.

use super::TypeExt;
use super::dispatch::find;
use crate::prelude::*;
use crate::types::PyMemoryView;
use crate::types::buffer;
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

type O = *mut PyObject;

/// `_PyBufferWrapper`: the owner of a view that a `__buffer__` method gave.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBufferWrapper {
    pub ob_base: PyObject,
    mv: Slot<PyMemoryView>,
    obj: Slot,
}

#[pytype(name = "_buffer_wrapper", flags(GC, DISALLOW_INSTANTIATION))]
impl PyBufferWrapper {
    #[slot(bf_releasebuffer)]
    fn release_buffer(&self, py: Python, view: *mut PyBuffer) {
        let (Some(mv), Some(obj)) = (self.mv.get_owned(), self.obj.get_owned()) else { return };
        mv.exports.set(mv.exports.get() - 1);
        // The memoryview tells an exporter that is not written in Python when it is released itself.
        let python = obj.ty().as_buffer().and_then(|b| b.bf_releasebuffer.get()).map(|f| f as *const c_void);
        if !std::ptr::eq(mv.raw().obj, obj.as_ptr()) && python == Some(RELEASE.function) {
            call_release(py, &obj, view);
        }
        self.mv.set(None);
        self.obj.set(None);
    }
}

/// The address of [`slot_bf_releasebuffer`], to compare with.
static RELEASE: super::dispatch::Address =
    super::dispatch::Address { function: slot_bf_releasebuffer as *const c_void };

fn get(py: Python, slf: &PyObject, view: *mut PyBuffer, flags: c_int) -> PyResult<()> {
    let name = intern!(py, "__buffer__");
    let Some(method) = find(py, slf, name)? else {
        return Err(raise_with(
            py,
            crate::types::exceptions::PyAttributeError::type_object(),
            name.as_object(),
        ));
    };
    let flags_object = PyInt::from_i64(py, i64::from(flags))?;
    let result = method.call(py, &[slf, flags_object.as_object()])?;
    let mv = match result.downcast_into::<PyMemoryView>() {
        Ok(mv) => mv,
        Err(_) => return Err(type_error(py, "__buffer__ returned non-memoryview object")),
    };
    // SAFETY: the consumer's view, valid for writing; what the memoryview gives it belongs to `mv`.
    unsafe {
        buffer::get_buffer(py, mv.as_object(), view, flags)?;
        let wrapper = match new_wrapper(py, &mv, slf) {
            Ok(w) => w,
            Err(e) => {
                let kept = take(py);
                buffer::release(py, view);
                if let Some(kept) = kept {
                    let _: Raised = raise_object(py, kept);
                }
                return Err(e);
            }
        };
        let owner = std::mem::replace(&mut (*view).obj, wrapper.into_object().into_raw());
        PyObject::decref(owner);
    }
    Ok(())
}

fn new_wrapper(py: Python, mv: &PyMemoryView, obj: &PyObject) -> PyResult<Py<PyBufferWrapper>> {
    let ty = PyBufferWrapper::type_object();
    let value = PyBufferWrapper {
        ob_base: PyObject::header(ty),
        mv: Slot::new(Some(mv.owned())),
        obj: Slot::new(Some(obj.owned())),
    };
    new_object(py, ty, value)
}

/// `bf_getbuffer` of a class with `__buffer__`.
///
/// # Safety
/// A slot: called attached with a live object and a view to fill.
pub unsafe extern "C" fn slot_bf_getbuffer(slf: O, view: *mut PyBuffer, flags: c_int) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let py = Python::assume_attached();
        match get(py, &*slf, view, flags) {
            Ok(()) => 0,
            Err(_) => {
                (*view).obj = null_mut();
                -1
            }
        }
    }
}

/// `bf_releasebuffer` of a class with `__release_buffer__`: calls it, then what the class inherits from a type not
/// written in Python.
///
/// # Safety
/// A slot: called attached with a live object and a view of it.
pub unsafe extern "C" fn slot_bf_releasebuffer(slf: O, view: *mut PyBuffer) {
    // SAFETY: the caller's promise.
    unsafe {
        let py = Python::assume_attached();
        let slf = &*slf;
        call_release(py, slf, view);
        let Some(mro) = slf.ty().mro() else { return };
        let native = mro.items().iter().find_map(|c| {
            let f = c.downcast::<PyTypeObject>()?.as_buffer()?.bf_releasebuffer.get()?;
            if f as *const c_void == RELEASE.function { None } else { Some(f) }
        });
        if let Some(f) = native {
            f(slf.as_ptr(), view);
        }
    }
}

/// Calls `__release_buffer__`. Errors are reported as unraisable; a pending exception stays.
fn call_release(py: Python, slf: &PyObject, view: *mut PyBuffer) {
    let saved = take(py);
    if let Err(e) = release_with(py, slf, view) {
        write_unraisable(py, e, None, Some(slf));
    }
    if let Some(saved) = saved {
        let _: Raised = raise_object(py, saved);
    }
}

fn release_with(py: Python, slf: &PyObject, view: *mut PyBuffer) -> PyResult<()> {
    // SAFETY: a filled view references its owner.
    let wrapper = unsafe { (*view).obj.as_ref() }.and_then(|o| o.downcast_exact::<PyBufferWrapper>());
    let (mv, ours) = match wrapper {
        Some(w) => match w.mv.get_owned() {
            Some(mv) => (mv, false),
            None => return Ok(()),
        },
        // SAFETY: the exporter's memory stays valid for the call; the memoryview lets nobody keep it.
        None => (unsafe { PyMemoryView::of_restricted(py, &*view)? }, true),
    };
    let result = match find(py, slf, intern!(py, "__release_buffer__")) {
        Ok(Some(m)) => m.call(py, &[slf, mv.as_object()]).map(drop),
        Ok(None) => Ok(()),
        Err(e) => Err(e),
    };
    if ours {
        match result {
            Ok(()) => mv.release(py)?,
            Err(e) => {
                let kept = take(py);
                let _ = mv.release(py);
                if let Some(kept) = kept {
                    let _: Raised = raise_object(py, kept);
                }
                return Err(e);
            }
        }
        return Ok(());
    }
    result
}

/// What `x.__buffer__(flags)` does for a type whose slot is native.
pub(super) fn call_getbuffer(
    py: Python,
    slf: &PyObject,
    flags: &PyObject,
    f: object::typeobj::GetBufferProc,
) -> PyResult {
    let flags = flags.index_isize(py, Some(&crate::types::exceptions::PyExc_OverflowError_Type))?;
    let Ok(flags) = c_int::try_from(flags) else {
        return Err(raise(
            py,
            &crate::types::exceptions::PyExc_OverflowError_Type,
            "buffer flags out of range",
        ));
    };
    Ok(PyMemoryView::of_proc(py, slf, flags, f)?.into_object())
}

/// What `x.__release_buffer__(view)` does for a type whose slot is native.
pub(super) fn call_releasebuffer(py: Python, slf: &PyObject, view: &PyObject) -> PyResult {
    let Some(mv) = view.downcast::<PyMemoryView>() else {
        return Err(type_error(py, "expected a memoryview object"));
    };
    let owner = mv.raw().obj;
    if owner.is_null() {
        return Ok(none().owned());
    }
    if !std::ptr::eq(owner, slf.as_ptr()) {
        return Err(value_error(py, "memoryview's buffer is not this object"));
    }
    if mv.is_marked_released() {
        return Err(value_error(py, "memoryview's buffer has already been released"));
    }
    view.call_method0(py, intern!(py, "release"))
}
