//! Code objects (`PyCodeObject`): the layout; the instructions follow the struct.

use crate::prelude::*;
use std::ffi::c_int;
use std::mem::offset_of;

/// One instruction: opcode and oparg, or a word of inline cache.
#[repr(C, align(2))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeUnit {
    pub code: u8,
    pub arg: u8,
}

impl CodeUnit {
    pub fn as_u16(self) -> u16 {
        u16::from_le_bytes([self.code, self.arg])
    }
}

/// `_PyCoCached`: attributes made on demand.
pub struct CoCached {
    pub co_code: Slot,
    pub co_varnames: Slot,
    pub co_cellvars: Slot,
    pub co_freevars: Slot,
}

/// `PyCodeObject`; `co_code_adaptive` follows.
#[repr(C)]
pub struct PyCode {
    pub ob_base: PyVarObject,
    pub co_consts: Py<PyTuple>,
    pub co_names: Py<PyTuple>,
    pub co_exceptiontable: Py<PyBytes>,
    pub co_flags: Cell<c_int>,
    pub co_argcount: Cell<c_int>,
    pub co_posonlyargcount: Cell<c_int>,
    pub co_kwonlyargcount: Cell<c_int>,
    pub co_stacksize: Cell<c_int>,
    pub co_firstlineno: Cell<c_int>,
    pub co_nlocalsplus: Cell<c_int>,
    /// In words, with the fixed part.
    pub co_framesize: Cell<c_int>,
    pub co_nlocals: Cell<c_int>,
    pub co_ncellvars: Cell<c_int>,
    pub co_nfreevars: Cell<c_int>,
    pub co_version: Cell<u32>,
    pub co_localsplusnames: Py<PyTuple>,
    pub co_localspluskinds: Py<PyBytes>,
    pub co_filename: Slot<PyStr>,
    pub co_name: Py<PyStr>,
    pub co_qualname: Py<PyStr>,
    pub co_linetable: Py<PyBytes>,
    pub co_weakreflist: Cell<*mut PyObject>,
    pub co_executors: Cell<*mut u8>,
    pub co_cached: Cell<*mut CoCached>,
    pub co_instrumentation_version: Cell<usize>,
    pub co_monitoring: Cell<*mut crate::interp::monitoring::CoMonitoring>,
    pub co_unique_id: Cell<isize>,
    /// Index of the first `RESUME`: before it the frame is not shown.
    pub co_firsttraceable: Cell<c_int>,
    pub co_extra: Cell<*mut u8>,
    co_code_adaptive: [CodeUnit; 0],
}

const _: () = {
    assert!(size_of::<PyCode>() == 208);
    assert!(offset_of!(PyCode, co_framesize) == 76);
};

impl PyCode {
    /// The instructions as they run: specialised, with caches.
    #[inline(always)]
    pub fn code_ptr(&self) -> *const CodeUnit {
        self.co_code_adaptive.as_ptr()
    }

    /// Number of code units.
    #[inline(always)]
    pub fn code_len(&self) -> usize {
        self.ob_base.ob_size.get() as usize
    }
}

declare_type!(PyCode, PyVarObject, PyCode_Type, "code", 0);
