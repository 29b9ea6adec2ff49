//! `_PyInterpreterFrame`: an activation of a code object, on the thread's data stack, in a generator or in a frame object.

use super::stackref::StackRef;
use crate::types::code::{CodeUnit, PyCode};
use crate::types::frame::PyFrame;
use crate::types::function::PyFunction;
use object::{Py, PyLayout, PyObject, Slot, Traverse, Visitor};
use std::cell::Cell;
use std::mem::offset_of;
use std::ptr::null_mut;

/// Who owns the memory of a frame (`enum _frameowner`).
pub mod owner {
    pub const THREAD: i8 = 0;
    pub const GENERATOR: i8 = 1;
    pub const FRAME_OBJECT: i8 = 2;
    pub const INTERPRETER: i8 = 3;
    pub const CSTACK: i8 = 4;
}

/// `_PyInterpreterFrame`. Locals, cells and free variables, then the evaluation stack, follow it.
#[repr(C)]
pub struct Frame {
    /// The code object, or `None` in the frame that stands for a call from native code.
    pub f_executable: Cell<StackRef>,
    pub previous: Cell<*mut Frame>,
    pub f_funcobj: Cell<StackRef>,
    /// Borrowed from the function.
    pub f_globals: Cell<*mut PyObject>,
    /// Borrowed from the function.
    pub f_builtins: Cell<*mut PyObject>,
    /// The namespace of module and class bodies.
    pub f_locals: Slot,
    pub frame_obj: Slot<PyFrame>,
    /// The instruction being executed, or about to be.
    pub instr_ptr: Cell<*const CodeUnit>,
    pub stackpointer: Cell<*mut StackRef>,
    /// During a call: how far behind `instr_ptr` execution goes on.
    pub return_offset: Cell<u16>,
    pub owner: Cell<i8>,
    pub visited: Cell<u8>,
    pub(super) localsplus: [Cell<StackRef>; 0],
}

/// Words a frame takes besides its locals and stack (`FRAME_SPECIALS_SIZE`).
pub const FRAME_SPECIALS_SIZE: usize = size_of::<Frame>() / 8;

const _: () = {
    assert!(size_of::<Frame>() == 80);
    assert!(offset_of!(Frame, frame_obj) == 48);
    assert!(offset_of!(Frame, instr_ptr) == 56);
    assert!(offset_of!(Frame, stackpointer) == 64);
    assert!(offset_of!(Frame, owner) == 74);
    assert!(offset_of!(Frame, localsplus) == 80);
};

impl Frame {
    /// A frame that stands for a native caller of the loop; `code` is what returning and yielding into it runs.
    pub fn entry(previous: *mut Frame, code: *const CodeUnit) -> Frame {
        Frame {
            f_executable: Cell::new(StackRef::none()),
            previous: Cell::new(previous),
            f_funcobj: Cell::new(StackRef::none()),
            f_globals: Cell::new(null_mut()),
            f_builtins: Cell::new(null_mut()),
            f_locals: Slot::empty(),
            frame_obj: Slot::empty(),
            instr_ptr: Cell::new(code),
            stackpointer: Cell::new(null_mut()),
            return_offset: Cell::new(1),
            owner: Cell::new(owner::INTERPRETER),
            visited: Cell::new(0),
            localsplus: [],
        }
    }

    /// The code object.
    ///
    /// # Safety
    /// The frame is no entry frame; the borrow ends before the frame is cleared.
    #[inline(always)]
    pub unsafe fn code<'a>(&self) -> &'a PyCode {
        // SAFETY: the caller's promise.
        unsafe { self.f_executable.get().cast() }
    }

    /// The function.
    ///
    /// # Safety
    /// As [`code`](Self::code).
    #[inline(always)]
    pub unsafe fn function<'a>(&self) -> &'a PyFunction {
        // SAFETY: the caller's promise.
        unsafe { self.f_funcobj.get().cast() }
    }

    /// A new reference to the code, or `None` for an entry frame.
    pub fn code_owned(&self) -> Option<Py<PyCode>> {
        // SAFETY: the executable of a frame is a code object or None.
        unsafe { self.f_executable.get().get() }.downcast_exact::<PyCode>().map(PyLayout::owned)
    }

    /// The first local variable.
    #[inline(always)]
    pub fn localsplus(&self) -> *mut StackRef {
        self.localsplus.as_ptr() as *mut StackRef
    }

    /// Local variable `i`.
    ///
    /// # Safety
    /// `i` is below the code's `co_nlocalsplus`.
    #[inline(always)]
    pub unsafe fn local(&self, i: usize) -> &Cell<StackRef> {
        // SAFETY: the caller's promise.
        unsafe { &*(self.localsplus().add(i) as *const Cell<StackRef>) }
    }

    /// Where the evaluation stack begins.
    ///
    /// # Safety
    /// As [`code`](Self::code).
    #[inline(always)]
    pub unsafe fn stack_base(&self) -> *mut StackRef {
        // SAFETY: locals precede the stack.
        unsafe { self.localsplus().add(self.code().co_nlocalsplus.get() as usize) }
    }

    /// Index of the current instruction in code units.
    ///
    /// # Safety
    /// As [`code`](Self::code).
    #[inline]
    pub unsafe fn lasti(&self) -> isize {
        // SAFETY: `instr_ptr` points into the code.
        unsafe { self.instr_ptr.get().offset_from(self.code().code_ptr()) }
    }

    /// Frames of native calls, and frames before their first `RESUME`, are not shown to Python code (`_PyFrame_IsIncomplete`).
    #[inline]
    pub fn is_incomplete(&self) -> bool {
        let o = self.owner.get();
        if o >= owner::INTERPRETER {
            return true;
        }
        // SAFETY: not an entry frame.
        o != owner::GENERATOR && unsafe { self.lasti() < self.code().co_firsttraceable.get() as isize }
    }

    /// The first of this frame and its callers that Python code may see.
    ///
    /// # Safety
    /// `frame` is null or a frame of a live chain.
    pub unsafe fn first_complete(mut frame: *mut Frame) -> *mut Frame {
        // SAFETY: the caller's promise.
        unsafe {
            while let Some(f) = frame.as_ref() {
                if !f.is_incomplete() {
                    return frame;
                }
                frame = f.previous.get();
            }
        }
        null_mut()
    }

    /// Shows what the frame refers to, up to its stack pointer.
    pub fn traverse(&self, v: &mut Visitor) {
        self.f_locals.traverse(v);
        let mut p = self.localsplus();
        let end = self.stackpointer.get();
        // SAFETY: the frame owns what it refers to; the words from the locals to the stack pointer are initialised.
        unsafe {
            v.visit_ptr(self.f_funcobj.get().as_ptr());
            v.visit_ptr(self.f_executable.get().as_ptr());
            while p < end {
                let s = *p;
                if s.is_counted() {
                    v.visit_ptr(s.as_ptr());
                }
                p = p.add(1);
            }
        }
    }
}
