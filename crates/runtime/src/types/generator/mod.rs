//! Generators, coroutines and asynchronous generators: one layout (`_PyGenObject`), the frame inside the object.

pub mod anext;
pub mod asend;
pub mod async_gen;
pub mod athrow;
mod attributes;
mod close;
pub mod coroutine;
mod run;
mod throw;

pub use anext::{PyAnextAwaitable, anext_awaitable};
pub use asend::PyAsyncGenASend;
pub use async_gen::{PyAsyncGen, PyAsyncGenWrappedValue};
pub use athrow::PyAsyncGenAThrow;
pub use close::finalize;
pub use coroutine::{PyCoroWrapper, PyCoroutine, awaitable_iter};
pub use run::{Sent, fetch_stop_iteration_value, send, send_noticing};

use crate::interp::call::clear_except_code;
use crate::interp::frame::{FRAME_SPECIALS_SIZE, Frame, owner};
use crate::interp::stackref::StackRef;
use crate::prelude::*;
use crate::state::ExcStackItem;
use bytecode::code::flags as code_flags;
use object::gc;
use std::mem::offset_of;

/// `PyFrameState`.
pub mod state {
    pub const CREATED: i8 = -3;
    pub const SUSPENDED: i8 = -2;
    pub const SUSPENDED_YIELD_FROM: i8 = -1;
    pub const EXECUTING: i8 = 0;
    pub const COMPLETED: i8 = 1;
    pub const CLEARED: i8 = 4;
}

/// `PyGenObject`, `PyCoroObject` and `PyAsyncGenObject`; the frame's locals and stack follow.
#[repr(C)]
pub struct PyGenerator {
    pub ob_base: PyObject,
    pub gi_weakreflist: Cell<*mut PyObject>,
    pub gi_name: Slot<PyStr>,
    pub gi_qualname: Slot<PyStr>,
    pub gi_exc_state: ExcStackItem,
    pub gi_origin_or_finalizer: Slot,
    pub gi_hooks_inited: Cell<bool>,
    pub gi_closed: Cell<bool>,
    pub gi_running_async: Cell<bool>,
    pub gi_frame_state: Cell<i8>,
    pub gi_iframe: Frame,
}

const _: () = {
    assert!(size_of::<PyGenerator>() == 152);
    assert!(offset_of!(PyGenerator, gi_origin_or_finalizer) == 56);
    assert!(offset_of!(PyGenerator, gi_frame_state) == 67);
    assert!(offset_of!(PyGenerator, gi_iframe) == 72);
};

impl Drop for PyGenerator {
    fn drop(&mut self) {
        self.clear_frame();
        // SAFETY: the frame keeps its code to the end.
        unsafe { self.gi_iframe.f_executable.replace(StackRef::NULL).close() };
    }
}

impl object::Traverse for PyGenerator {
    fn traverse(&self, v: &mut Visitor) {
        self.gi_name.traverse(v);
        self.gi_qualname.traverse(v);
        self.gi_origin_or_finalizer.traverse(v);
        if self.gi_frame_state.get() != state::CLEARED {
            self.gi_iframe.traverse(v);
        } else {
            // SAFETY: a cleared frame keeps its code object.
            unsafe { v.visit_ptr(self.gi_iframe.f_executable.get().as_ptr()) };
        }
        self.gi_exc_state.exc_value.traverse(v);
    }
}

impl PyGenerator {
    /// The generator whose frame this is.
    ///
    /// # Safety
    /// The frame is owned by a generator.
    #[inline(always)]
    pub unsafe fn of_frame<'a>(frame: *mut Frame) -> &'a PyGenerator {
        // SAFETY: the frame is the field of a generator.
        unsafe { &*((frame as *const u8).sub(offset_of!(PyGenerator, gi_iframe)) as *const PyGenerator) }
    }

    /// The code.
    pub fn code(&self) -> &PyCode {
        // SAFETY: a generator's frame keeps its code to the end.
        unsafe { self.gi_iframe.code() }
    }

    #[inline]
    pub fn is_suspended(&self) -> bool {
        matches!(self.gi_frame_state.get(), state::SUSPENDED | state::SUSPENDED_YIELD_FROM)
    }

    /// Has it run to its end?
    #[inline]
    pub fn is_finished(&self) -> bool {
        self.gi_frame_state.get() >= state::COMPLETED
    }

    /// What it is waiting for in `yield from` or `await`.
    pub fn yield_from(&self) -> Option<Py> {
        if self.gi_frame_state.get() != state::SUSPENDED_YIELD_FROM {
            return None;
        }
        // SAFETY: while suspended in `yield from`, the receiver is the topmost entry.
        Some(unsafe { (*self.gi_iframe.stackpointer.get().sub(1)).new_owned() })
    }

    /// Releases what the frame holds, once.
    pub(super) fn clear_frame(&self) {
        if self.gi_frame_state.get() == state::CLEARED {
            return;
        }
        self.gi_frame_state.set(state::CLEARED);
        let frame = &self.gi_iframe as *const Frame as *mut Frame;
        self.gi_iframe.previous.set(std::ptr::null_mut());
        // SAFETY: the generator does not run, and will not.
        unsafe { clear_except_code(frame) };
        self.gi_exc_state.exc_value.set(None);
    }

    /// "generator", "coroutine" or "async generator", for messages.
    fn noun(&self) -> &'static str {
        if PyCoroutine::check_exact(self.as_object()) {
            "coroutine"
        } else if PyAsyncGen::check_exact(self.as_object()) {
            "async generator"
        } else {
            "generator"
        }
    }

    fn qualname_text(&self) -> String {
        self.gi_qualname.get_owned().map_or_else(String::new, |q| q.to_string_lossy())
    }
}

/// A new object for a call of `func`, of the kind its code says; its frame is still empty. The frame must be moved in next
/// ([`adopt_frame`]).
pub fn new_from_function(py: Python, func: &PyFunction) -> PyResult<Py<PyGenerator>> {
    let code = func.code();
    let ty = if code.has_flag(code_flags::COROUTINE) {
        PyCoroutine::type_object()
    } else if code.has_flag(code_flags::ASYNC_GENERATOR) {
        PyAsyncGen::type_object()
    } else {
        PyGenerator::type_object()
    };
    let g = alloc(py, ty, code, func.func_name.get_owned(), func.func_qualname.get_owned())?;
    if code.has_flag(code_flags::COROUTINE) {
        let depth = crate::state::thread(py).coroutine_origin_tracking_depth.get();
        if depth > 0 {
            g.gi_origin_or_finalizer.set(Some(coroutine::origin(py, depth)?));
        }
    }
    Ok(g)
}

/// An object without a frame.
fn alloc(
    py: Python,
    ty: &'static PyTypeObject,
    code: &PyCode,
    name: Option<Py<PyStr>>,
    qualname: Option<Py<PyStr>>,
) -> PyResult<Py<PyGenerator>> {
    let slots = (code.co_framesize.get() as usize).saturating_sub(FRAME_SPECIALS_SIZE);
    let g: Py<PyGenerator> = new_var_object(py, ty, slots)?;
    // All zero but the first field, where the size was put: generators have no size field.
    g.gi_weakreflist.set(std::ptr::null_mut());
    g.gi_frame_state.set(state::CLEARED);
    g.gi_iframe.f_executable.set(StackRef::NULL);
    g.gi_iframe.f_funcobj.set(StackRef::NULL);
    g.gi_iframe.owner.set(owner::GENERATOR);
    g.gi_name.set(name);
    g.gi_qualname.set(qualname);
    // SAFETY: a complete new container.
    unsafe { gc::track(g.as_ptr()) };
    Ok(g)
}

/// Moves a frame that has not started into a new generator.
///
/// # Safety
/// `frame` is of the code `g` was made for; its memory is given back by the caller.
pub unsafe fn adopt_frame(g: &PyGenerator, frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        frame::move_contents(&*frame, &g.gi_iframe);
        if let Some(o) = g.gi_iframe.frame_obj.get_owned() {
            o.f_frame.set(&g.gi_iframe as *const Frame as *mut Frame);
        }
    }
    g.gi_iframe.owner.set(owner::GENERATOR);
    g.gi_frame_state.set(state::CREATED);
}

/// A generator that takes over the activation of a frame object (`PyGen_New`).
pub fn from_frame_object(
    py: Python,
    ty: &'static PyTypeObject,
    f: &PyFrame,
    name: Option<Py<PyStr>>,
    qualname: Option<Py<PyStr>>,
) -> PyResult<Py<PyGenerator>> {
    let code = f.code();
    let name = name.unwrap_or_else(|| code.co_name.clone());
    let qualname = qualname.unwrap_or_else(|| code.co_qualname.clone());
    let g = alloc(py, ty, &code, Some(name), Some(qualname))?;
    // SAFETY: the object owns an activation that has not started.
    unsafe { adopt_frame(&g, f.f_frame.get()) };
    f.f_frame.set(&g.gi_iframe as *const Frame as *mut Frame);
    g.gi_iframe.frame_obj.set(Some(f.owned()));
    Ok(g)
}
