//! Generators, coroutines and asynchronous generators: one layout (`_PyGenObject`), the frame inside the object.

use crate::interp::frame::Frame;
use crate::prelude::*;
use crate::state::ExcStackItem;

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
    assert!(std::mem::offset_of!(PyGenerator, gi_iframe) == 72);
};

/// Coroutines have the same layout.
#[repr(C)]
pub struct PyCoroutine {
    pub ob_base: PyGenerator,
}

/// Asynchronous generators too.
#[repr(C)]
pub struct PyAsyncGen {
    pub ob_base: PyGenerator,
}

declare_type!(PyGenerator, PyObject, PyGen_Type, "generator", 0);
declare_type!(PyCoroutine, PyGenerator, PyCoro_Type, "coroutine", 0);
declare_type!(PyAsyncGen, PyGenerator, PyAsyncGen_Type, "async_generator", 0);
