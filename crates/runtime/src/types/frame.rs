//! Frame objects (`PyFrameObject`): what Python code sees of an [`interp::frame::Frame`](crate::interp::frame::Frame).

use crate::interp::frame::Frame;
use crate::prelude::*;
use std::ffi::c_int;

/// `PyFrameObject`.
#[repr(C)]
pub struct PyFrame {
    pub ob_base: PyObject,
    pub f_back: Slot<PyFrame>,
    /// The activation: running, in a generator, or (when it is over) `frame_data`.
    pub f_frame: Cell<*mut Frame>,
    pub f_trace: Slot,
    /// Set by assignment to `f_lineno` and during line events; 0 otherwise.
    pub f_lineno: Cell<c_int>,
    pub f_trace_lines: Cell<bool>,
    pub f_trace_opcodes: Cell<bool>,
    pub f_extra_locals: Slot<PyDict>,
    pub f_locals_cache: Slot,
    pub f_overwritten_fast_locals: Slot,
    /// Takes over the activation when it ends before the object; its locals follow.
    pub frame_data: Frame,
}

const _: () = assert!(size_of::<PyFrame>() == 152);

declare_type!(PyFrame, PyObject, PyFrame_Type, "frame", 0);
