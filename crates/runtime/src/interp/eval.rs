//! Around the loop: entering it, unwinding on exceptions, leaving it. The loop itself is in [`dispatch`].

use super::dispatch::{self, Left};
use super::frame::Frame;
use super::stackref::StackRef;
use super::unwind;
use crate::errors::recursion_error;
use crate::state::{Thread, enter_recursive_call, thread};
use crate::types::code::CodeUnit;
use bytecode::op;
use object::{Py, PyObject, PyResult, Python};
use std::ptr::null_mut;

/// A frame for the native caller of the loop: returning into it (at 1) and yielding into it (at 2) leave the loop.
#[repr(C)]
struct EntryFrame {
    frame: Frame,
    stack: [StackRef; 2],
}

const fn unit(op: bytecode::Opcode, arg: u8) -> CodeUnit {
    CodeUnit { code: op.number() as u8, arg }
}

static TRAMPOLINE: [CodeUnit; 4] = [
    unit(op::NOP, 0),
    unit(op::INTERPRETER_EXIT, 0),
    unit(op::INTERPRETER_EXIT, 0),
    unit(op::RESUME, (bytecode::args::resume::DEPTH1_MASK | bytecode::args::resume::AT_FUNC_START) as u8),
];

/// Runs `frame` until it returns or yields (`_PyEval_EvalFrameDefault`). With `throwing`, begins by raising the pending exception in it.
///
/// # Safety
/// `frame` is complete, not linked, and not running; it is consumed (popped and released) unless a generator owns it.
pub unsafe fn eval_frame(py: Python, frame: *mut Frame, throwing: bool) -> PyResult {
    let t = thread(py);
    if let Err(e) = enter_recursive_call(py, "") {
        // SAFETY: never linked; the caller gave it away.
        unsafe { super::call::clear_and_pop(t, frame) };
        return Err(e);
    }
    let mut entry = EntryFrame {
        frame: Frame::entry(t.current_frame.get(), TRAMPOLINE.as_ptr()),
        stack: [StackRef::NULL; 2],
    };
    entry.frame.stackpointer.set(entry.stack.as_mut_ptr());
    // SAFETY: `entry` outlives the loop; the frame is the caller's to run.
    unsafe {
        (*frame).previous.set(&raw mut entry.frame);
        t.current_frame.set(frame);
        let result = run(t, frame, throwing);
        Py::from_raw_owned_or_opt(result).ok_or(object::Raised::pending())
    }
}

/// Counts a Python frame; false (with `RecursionError` pending) when there are too many. Either way the frame is counted: leaving it
/// counts it out.
#[inline(always)]
pub fn enter_python(t: &Thread) -> bool {
    let left = t.py_recursion_remaining.get();
    t.py_recursion_remaining.set(left.wrapping_sub(1));
    left > 0 || check_recursion(t)
}

#[inline(always)]
pub fn leave_python(t: &Thread) {
    t.py_recursion_remaining.set(t.py_recursion_remaining.get() + 1);
}

#[cold]
#[inline(never)]
fn check_recursion(t: &Thread) -> bool {
    // Making the exception may run Python code itself: it gets a little more room.
    if t.recursion_headroom.get() > 0 && t.py_recursion_remaining.get() >= -50 {
        return true;
    }
    // SAFETY: called by the loop.
    let py = unsafe { Python::assume_attached() };
    t.recursion_headroom.set(t.recursion_headroom.get() + 1);
    let _ = recursion_error(py, "maximum recursion depth exceeded");
    t.recursion_headroom.set(t.recursion_headroom.get() - 1);
    false
}

/// Runs from `frame`'s saved registers on until the entry frame is returned into; null when an exception leaves it.
///
/// # Safety
/// `frame` is linked in front of an entry frame.
unsafe fn run(t: &'static Thread, frame: *mut Frame, throwing: bool) -> *mut PyObject {
    // SAFETY: as for `eval_frame`; see the essay in `regs`.
    unsafe {
        let f = &*frame;
        let mut at = unwind::Target { frame, ip: f.instr_ptr.get(), sp: f.stackpointer.get() };
        let mut failed = if enter_python(t) {
            if throwing { Some(unwind::Start::Throw) } else { None }
        } else {
            Some(unwind::Start::ExitFrame)
        };
        loop {
            if let Some(start) = failed {
                match unwind::unwind(t, at.frame, at.ip, at.sp, start) {
                    Some(to) => at = to,
                    None => return null_mut(),
                }
            }
            failed = Some(match dispatch::execute(t, at) {
                Left::Error => unwind::Start::Raise,
                Left::Reraise => unwind::Start::Reraise,
                Left::ExitFrame => unwind::Start::ExitFrame,
                Left::Exit => return t.loop_exit.result.get(),
            });
            let exit = &t.loop_exit;
            at = unwind::Target { frame: exit.frame.get(), ip: exit.ip.get(), sp: exit.sp.get() };
        }
    }
}
