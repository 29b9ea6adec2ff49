//! The loop: fetches instructions and runs them.
//!
//! There are two forms of it, both generated from the instruction table. With an optimising compiler (`cfg(threaded)`, set by the
//! build script) each instruction is a function of its own that ends in a jump to the next one's: the registers of [`Regs`] are its
//! parameters, so they stay in machine registers without any effort of the register allocator, and every instruction has an indirect
//! branch of its own for the processor to predict. That jump is a call in tail position, which LLVM turns into one as long as no
//! address of a local variable escapes: whatever needs memory on the native stack is done by a function that is not inlined.
//! `tests/threaded.rs` checks that the stack does not grow. Without optimisation it is a loop around one `match`.

use super::frame::Frame;
use super::ops;
use super::regs::{Regs, Stop, dealloc_cold};
#[cfg(threaded)]
use super::slow::for_each_slow_path;
use super::stackref::StackRef;
use super::unwind::Target;
use crate::state::Thread;
use crate::types::code::CodeUnit;
use object::PyObject;
use std::cell::Cell;
use std::ptr::null_mut;

/// Why the loop was left.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Left {
    /// An exception is pending, raised by the instruction at `ip`.
    Error,
    /// An exception goes on that was raised before.
    Reraise,
    /// The frame just entered must not run.
    ExitFrame,
    /// Returned or yielded into the entry frame.
    Exit,
}

/// The registers when the loop was left.
pub struct LoopExit {
    pub ip: Cell<*const CodeUnit>,
    pub sp: Cell<*mut StackRef>,
    pub frame: Cell<*mut Frame>,
    pub result: Cell<*mut PyObject>,
}

impl LoopExit {
    pub const fn new() -> LoopExit {
        LoopExit {
            ip: Cell::new(std::ptr::null()),
            sp: Cell::new(null_mut()),
            frame: Cell::new(null_mut()),
            result: Cell::new(null_mut()),
        }
    }
}

impl Default for LoopExit {
    fn default() -> Self {
        Self::new()
    }
}

/// Writes the registers to where [`execute`]'s caller looks for them.
#[cold]
#[inline(never)]
fn leave(ip: *const CodeUnit, sp: *mut StackRef, frame: *mut Frame, t: &'static Thread, left: Left) -> Left {
    t.loop_exit.ip.set(ip);
    t.loop_exit.sp.set(sp);
    t.loop_exit.frame.set(frame);
    left
}

/// Deallocates `dying`, then pops and releases `n` entries. Gives the stack pointer.
///
/// # Safety
/// The count of `dying` has just become zero; the running frame's registers are spilled, and it has so many entries.
#[inline(always)]
unsafe fn release_all(sp: *mut StackRef, frame: *mut Frame, dying: *mut PyObject, n: usize) -> *mut StackRef {
    dealloc_cold(dying);
    let mut sp = sp;
    for _ in 0..n {
        // SAFETY: the caller's promise.
        unsafe {
            sp = sp.sub(1);
            if (*sp).release() {
                (*frame).stackpointer.set(sp);
                dealloc_cold((*sp).as_ptr());
            }
        }
    }
    sp
}

#[cfg(threaded)]
mod form {
    use super::*;

    type Handler = unsafe fn(*const CodeUnit, *mut StackRef, *mut Frame, &'static Thread, u32) -> Left;

    macro_rules! handlers {
        ($($name:ident, $num:literal, $snake:ident;)*) => {
            mod handlers {
                use super::*;
                $(
                    pub unsafe fn $snake(
                        ip: *const CodeUnit,
                        sp: *mut StackRef,
                        frame: *mut Frame,
                        thread: &'static Thread,
                        oparg: u32,
                    ) -> Left {
                        let mut r = Regs::at(ip, sp, frame, thread, $num, oparg);
                        let flow = ops::$snake(&mut r);
                        // SAFETY: the registers are where the instruction left them.
                        unsafe { finish(r, flow) }
                    }
                )*
            }
            static HANDLERS: [Handler; 256] = {
                let mut t: [Handler; 256] = [handlers::reserved; 256];
                $(t[$num] = handlers::$snake;)*
                t
            };
        };
    }
    bytecode::for_each_opcode!(handlers);

    macro_rules! slow_handlers {
        ($($name:ident $function:path;)*) => {
            #[allow(non_snake_case, reason = "named as the variants")]
            mod slow_handlers {
                use super::*;
                use crate::interp::ops;
                $(
                    #[inline(never)]
                    pub unsafe fn $name(
                        ip: *const CodeUnit,
                        sp: *mut StackRef,
                        frame: *mut Frame,
                        thread: &'static Thread,
                        oparg: u32,
                    ) -> Left {
                        let mut r = Regs::at(ip, sp, frame, thread, 0, oparg);
                        let flow = $function(&mut r);
                        // SAFETY: the registers are where the instruction left them.
                        unsafe { finish(r, flow) }
                    }
                )*
            }
            static SLOW: &[Handler] = &[$(slow_handlers::$name,)*];
        };
    }
    for_each_slow_path!(slow_handlers);

    /// How every handler ends.
    ///
    /// # Safety
    /// `r.ip` is at an instruction.
    #[inline(always)]
    unsafe fn finish(r: Regs, flow: Result<(), Stop>) -> Left {
        let Regs { ip, sp, frame, thread, .. } = r;
        // SAFETY: the caller's promise.
        unsafe {
            match flow {
                Ok(()) => HANDLERS[(*ip).code as usize](ip, sp, frame, thread, (*ip).arg as u32),
                Err(Stop::Dispatch) => HANDLERS[r.opcode as usize](ip, sp, frame, thread, r.oparg),
                Err(Stop::Release) => release(ip, sp, frame, thread, r.dying, r.remaining),
                Err(Stop::Slow) => SLOW[r.slow as usize](ip, sp, frame, thread, r.oparg),
                Err(Stop::Error) => leave(ip, sp, frame, thread, Left::Error),
                Err(Stop::Reraise) => leave(ip, sp, frame, thread, Left::Reraise),
                Err(Stop::ExitFrame) => leave(ip, sp, frame, thread, Left::ExitFrame),
                Err(Stop::Exit) => {
                    thread.loop_exit.result.set(r.result);
                    Left::Exit
                }
            }
        }
    }

    /// The end of an instruction that leaves a dead object behind.
    #[inline(never)]
    unsafe fn release(
        ip: *const CodeUnit,
        sp: *mut StackRef,
        frame: *mut Frame,
        thread: &'static Thread,
        dying: *mut PyObject,
        remaining: usize,
    ) -> Left {
        // SAFETY: the count has just become zero; `ip` is at an instruction.
        unsafe {
            let sp = release_all(sp, frame, dying, remaining);
            HANDLERS[(*ip).code as usize](ip, sp, frame, thread, (*ip).arg as u32)
        }
    }

    /// Runs instructions from `at` on until one leaves the loop.
    ///
    /// # Safety
    /// `at` describes a running frame of the current, attached thread.
    pub unsafe fn execute(t: &'static Thread, at: Target) -> Left {
        // SAFETY: the caller's promise.
        unsafe { HANDLERS[(*at.ip).code as usize](at.ip, at.sp, at.frame, t, (*at.ip).arg as u32) }
    }
}

#[cfg(not(threaded))]
mod form {
    use super::*;
    use crate::interp::trace;

    macro_rules! dispatch {
        ($($name:ident, $num:literal, $snake:ident;)*) => {
            /// Runs instructions from `at` on until one leaves the loop.
            ///
            /// # Safety
            /// `at` describes a running frame of the current, attached thread.
            pub unsafe fn execute(thread: &'static Thread, at: Target) -> Left {
                let Target { frame, ip, sp } = at;
                let mut r = Regs::at(ip, sp, frame, thread, 0, 0);
                let mut fetch = true;
                loop {
                    if fetch {
                        // SAFETY: `ip` is at an instruction.
                        unsafe {
                            r.opcode = (*r.ip).code;
                            r.oparg = (*r.ip).arg as u32;
                        }
                    }
                    if trace::AVAILABLE {
                        // SAFETY: the loop's registers.
                        unsafe { trace::instruction(r.frame, r.ip, r.sp, r.opcode) };
                    }
                    let mut flow = match r.opcode {
                        $($num => ops::$snake(&mut r),)*
                        _ => ops::unknown_opcode(&mut r),
                    };
                    if flow == Err(Stop::Slow) {
                        flow = r.slow.run(&mut r);
                    }
                    fetch = true;
                    let left = match flow {
                        Ok(()) => continue,
                        Err(Stop::Dispatch) => {
                            fetch = false;
                            continue;
                        }
                        Err(Stop::Release) => {
                            // SAFETY: the count has just become zero.
                            r.sp = unsafe { release_all(r.sp, r.frame, r.dying, r.remaining) };
                            continue;
                        }
                        // No slow path has a slower one.
                        Err(Stop::Slow) => continue,
                        Err(Stop::Error) => Left::Error,
                        Err(Stop::Reraise) => Left::Reraise,
                        Err(Stop::ExitFrame) => Left::ExitFrame,
                        Err(Stop::Exit) => {
                            r.thread.loop_exit.result.set(r.result);
                            Left::Exit
                        }
                    };
                    return leave(r.ip, r.sp, r.frame, r.thread, left);
                }
            }
        };
    }
    bytecode::for_each_opcode!(dispatch);
}

pub use form::execute;
