//! Exceptions: from the instruction that raised to the handler, or out of the loop.

use super::call::clear_and_pop;
use super::eval::leave_python;
use super::frame::{Frame, owner};
use super::instrument;
use super::stackref::StackRef;
use crate::errors;
use crate::state::Thread;
use crate::types::code::CodeUnit;
use crate::types::traceback;
use bytecode::ExceptionTable;
use object::{PyLayout, Python};

/// Where unwinding begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// An instruction raised: a traceback entry is added.
    Raise,
    /// An exception goes on that was caught before: no traceback entry.
    Reraise,
    /// `gen.throw()`: the exception is raised where the frame is suspended.
    Throw,
    /// The frame cannot run at all.
    ExitFrame,
}

/// Where execution goes on.
pub struct Target {
    pub frame: *mut Frame,
    pub ip: *const CodeUnit,
    pub sp: *mut StackRef,
}

/// Finds the handler, leaving frames without one. `None` when the frame that entered the loop is left: the exception stays pending.
#[cold]
#[inline(never)]
pub fn unwind(
    t: &'static Thread,
    frame: *mut Frame,
    ip: *const CodeUnit,
    sp: *mut StackRef,
    start: Start,
) -> Option<Target> {
    // SAFETY: called by the loop.
    let py = unsafe { Python::assume_attached() };
    let mut frame = frame;
    // SAFETY: the loop's registers describe a running frame; frames left below are live until popped. See the essay in `regs`.
    unsafe {
        // `RERAISE` has set the frame's own pointer to the instruction that raised first.
        if start != Start::Reraise {
            (*frame).instr_ptr.set(ip);
        }
        (*frame).stackpointer.set(sp);
        // A suspended frame stands behind its `yield`, at which the exception is thrown in.
        let mut raising = if start == Start::Throw { ip.sub(1) } else { ip };
        let mut start = start;
        loop {
            if start != Start::ExitFrame {
                let f = &*frame;
                ensure_exception(py, t);
                match start {
                    Start::Raise => {
                        if !f.is_incomplete() {
                            traceback::add_here(py, frame);
                        }
                        instrument::raised(py, f);
                    }
                    Start::Throw => {
                        instrument::thrown(py, f);
                        traceback::add_here(py, frame);
                        instrument::raised(py, f);
                    }
                    _ => instrument::reraised(py, f),
                }
                if let Some(to) = to_handler(py, t, frame, raising) {
                    return Some(to);
                }
            }
            leave_python(t);
            let dying = frame;
            frame = (*dying).previous.get();
            t.current_frame.set(frame);
            clear_and_pop(t, dying);
            (*frame).return_offset.set(0);
            if (*frame).owner.get() == owner::INTERPRETER {
                t.current_frame.set((*frame).previous.get());
                return None;
            }
            start = Start::Raise;
            raising = (*frame).instr_ptr.get();
        }
    }
}

/// An instruction failed without an exception: a bug of a native function.
fn ensure_exception(py: Python, t: &Thread) {
    if t.current_exception.is_empty() {
        let _ = errors::system_error(py, "error return without exception set");
    }
}

/// # Safety
/// `frame` is the running frame, its registers spilled; `raising` is the instruction that failed.
unsafe fn to_handler(
    py: Python,
    t: &'static Thread,
    frame: *mut Frame,
    raising: *const CodeUnit,
) -> Option<Target> {
    // SAFETY: the caller's promise; handlers come from verified code.
    unsafe {
        let f = &*frame;
        let code = f.code();
        let index = raising.offset_from(code.code_ptr());
        loop {
            let lasti = f.lasti();
            let base = f.stack_base();
            let table = ExceptionTable::new(code.co_exceptiontable.as_bytes());
            let handler = u32::try_from(index).ok().and_then(|i| table.lookup(i));
            let depth = handler.map_or(0, |h| h.depth as usize);
            close_down_to(f, base.add(depth));
            let Some(h) = handler else {
                instrument::unwound(py, f);
                return None;
            };
            let mut sp = f.stackpointer.get();
            if h.lasti {
                *sp = StackRef::tag_int(lasti);
                sp = sp.add(1);
            }
            let Some(exc) = t.current_exception.take() else {
                ensure_exception(py, t);
                continue;
            };
            *sp = StackRef::from_owned(exc.clone().into_object());
            sp = sp.add(1);
            let ip = code.code_ptr().add(h.target as usize);
            f.stackpointer.set(sp);
            // The frame's own pointer stays at the instruction that raised: line events compare with it.
            if instrument::handled(py, f, ip, exc.as_object()).is_err() {
                continue;
            }
            return Some(Target { frame, ip, sp });
        }
    }
}

/// Releases the stack entries above `base`, topmost first.
///
/// # Safety
/// As [`to_handler`].
unsafe fn close_down_to(f: &Frame, base: *mut StackRef) {
    // SAFETY: entries up to the stack pointer are initialised and owned by the frame.
    unsafe {
        while f.stackpointer.get() > base {
            let sp = f.stackpointer.get().sub(1);
            f.stackpointer.set(sp);
            (*sp).close();
        }
    }
}
