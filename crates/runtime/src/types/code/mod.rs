//! Code objects (`PyCodeObject`): the layout; the instructions follow the struct.

mod attributes;
mod compare;
mod convert;
pub mod lines;
mod new;
mod parts;
pub mod positions;

pub use lines::LineRange;
pub use new::CodeParts;

use crate::interp::instrument::CoMonitoring;
use crate::prelude::*;
use std::ffi::{c_int, c_void};
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
#[derive(Default)]
pub struct CoCached {
    pub co_code: Slot<PyBytes>,
    pub co_varnames: Slot<PyTuple>,
    pub co_cellvars: Slot<PyTuple>,
    pub co_freevars: Slot<PyTuple>,
}

/// What debuggers attach to a code object through the C API (`_PyCodeObjectExtra`).
pub struct CoExtra {
    pub values: Vec<*mut c_void>,
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
    pub co_executors: Cell<*mut c_void>,
    pub co_cached: Cell<*mut CoCached>,
    pub co_instrumentation_version: Cell<usize>,
    pub co_monitoring: Cell<*mut CoMonitoring>,
    pub co_unique_id: Cell<isize>,
    /// Index of the first `RESUME`: before it the frame is not shown.
    pub co_firsttraceable: Cell<c_int>,
    pub co_extra: Cell<*mut CoExtra>,
    co_code_adaptive: [CodeUnit; 0],
}

const _: () = {
    assert!(size_of::<PyCode>() == 208);
    assert!(offset_of!(PyCode, co_framesize) == 76);
    assert!(offset_of!(PyCode, co_filename) == 112);
    assert!(offset_of!(PyCode, co_code_adaptive) == 208);
};

impl Drop for PyCode {
    fn drop(&mut self) {
        // SAFETY: the boxes are made by this module and by `instrument`, and nobody else keeps the pointers.
        unsafe {
            drop(opt_box(self.co_cached.replace(std::ptr::null_mut())));
            drop(opt_box(self.co_monitoring.replace(std::ptr::null_mut())));
            drop(opt_box(self.co_extra.replace(std::ptr::null_mut())));
        }
    }
}

/// # Safety
/// `p` is null or from `Box::into_raw`, and given up.
unsafe fn opt_box<T>(p: *mut T) -> Option<Box<T>> {
    // SAFETY: the caller's promise.
    if p.is_null() { None } else { Some(unsafe { Box::from_raw(p) }) }
}

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

    /// The unit at `i`, which may be past the end: then a `CACHE`.
    pub fn unit(&self, i: usize) -> CodeUnit {
        if i < self.code_len() {
            // SAFETY: within the code.
            unsafe { *self.code_ptr().add(i) }
        } else {
            CodeUnit { code: 0, arg: 0 }
        }
    }

    /// The name of local, cell or free variable `i`.
    pub fn local_name(&self, i: usize) -> Py<PyStr> {
        match self.co_localsplusnames.get(i).and_then(|n| n.downcast::<PyStr>()) {
            Some(n) => n.owned(),
            None => PyStr::empty().owned(),
        }
    }

    /// `co_filename`.
    pub fn filename(&self) -> Py<PyStr> {
        self.co_filename.get_owned().unwrap_or_else(|| PyStr::empty().owned())
    }

    /// What sort of variable `i` is (`bytecode::code::kind`).
    pub fn local_kind(&self, i: usize) -> u8 {
        self.co_localspluskinds.as_bytes().get(i).copied().unwrap_or(0)
    }

    /// Index of the first free variable.
    pub fn first_free(&self) -> usize {
        (self.co_nlocalsplus.get() - self.co_nfreevars.get()).max(0) as usize
    }

    /// Number of free variables.
    pub fn freevars_count(&self) -> usize {
        self.co_nfreevars.get() as usize
    }

    pub fn has_flag(&self, flag: u32) -> bool {
        self.co_flags.get() as u32 & flag != 0
    }

    /// The line of the instruction at byte offset `addr`; -1 if it has none (`PyCode_Addr2Line`).
    pub fn line_of(&self, addr: i32) -> i32 {
        if addr < 0 { self.co_firstlineno.get() } else { lines::line_at(self, addr) }
    }

    fn cached(&self) -> &CoCached {
        if self.co_cached.get().is_null() {
            self.co_cached.set(Box::into_raw(Box::default()));
        }
        // SAFETY: just made or made before; lives as long as the code.
        unsafe { &*self.co_cached.get() }
    }
}
