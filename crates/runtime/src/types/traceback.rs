//! Traceback objects (`PyTracebackObject`).

use crate::prelude::*;
use crate::types::frame::PyFrame;
use std::ffi::c_int;

/// `PyTracebackObject`.
#[repr(C)]

pub struct PyTraceback {
    pub ob_base: PyObject,
    pub tb_next: Slot<PyTraceback>,
    pub tb_frame: Py<PyFrame>,
    /// In bytes.
    pub tb_lasti: Cell<c_int>,
    /// -1: not computed yet.
    pub tb_lineno: Cell<c_int>,
}

declare_type!(PyTraceback, PyObject, PyTraceBack_Type, "traceback", 0);
