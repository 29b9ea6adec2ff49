//! Making functions and classes, returning.

use crate::interp::datastack;
use crate::interp::regs::{Flow, Regs, dealloc_cold};
use crate::interp::slow::Slow;
use crate::interp::stackref::StackRef;
use crate::interp::{call, eval, lookup};
use crate::types::{PyCode, PyFunction};

#[inline(always)]
pub fn make_function(r: &mut Regs) -> Flow {
    r.spill();
    // SAFETY: the compiler puts a code object there.
    let code: &PyCode = unsafe { r.obj(0).downcast_unchecked() };
    let f = PyFunction::new(r.py(), code, r.globals())?;
    r.replace1(StackRef::from_owned_mortal(f));
    r.next(0)
}

#[inline(always)]
pub fn set_function_attribute(r: &mut Regs) -> Flow {
    // attribute, function
    let func = r.pop();
    // SAFETY: a function just made; the attribute's reference moves into it.
    unsafe {
        let attribute = r.pop().into_owned();
        func.cast::<PyFunction>().set_attribute(r.oparg, attribute);
    }
    r.push(func);
    r.next(0)
}

#[inline(always)]
pub fn load_build_class(r: &mut Regs) -> Flow {
    r.spill();
    let f = lookup::build_class(r.py(), r.builtins())?;
    r.push_owned(f);
    r.next(0)
}

#[inline(always)]
pub fn return_value(r: &mut Regs) -> Flow {
    // What is returned may be borrowed from a local that goes away now.
    let value = r.pop().into_heap_safe();
    // It stays where it is on the stack until the frame is gone.
    let top = r.sp;
    let f = r.frame();
    f.instr_ptr.set(r.ip);
    // SAFETY: the entry just popped.
    unsafe { *top = value };
    if !call::is_plain(r.thread, f) {
        f.stackpointer.set(top);
        return r.slowly(Slow::ReturnAny);
    }
    let base = f.localsplus();
    let mut sp = top;
    while sp > base {
        // SAFETY: entries down to the first local are initialised.
        unsafe {
            sp = sp.sub(1);
            if (*sp).release() {
                f.stackpointer.set(sp);
                return r.slowly(Slow::ReturnDying);
            }
        }
    }
    f.stackpointer.set(base);
    let (func, code) = (f.f_funcobj.get(), f.f_executable.get());
    if func.is_last() || code.is_last() {
        return r.slowly(Slow::ReturnAny);
    }
    // SAFETY: neither dies; the frame is the topmost of its chunk, which it does not begin.
    unsafe {
        func.release();
        code.release();
        datastack::pop_unchecked(r.thread, r.frame);
    }
    leave(r, value)
}

/// Goes on in the caller.
#[inline(always)]
fn leave(r: &mut Regs, value: StackRef) -> Flow {
    eval::leave_python(r.thread);
    let previous = r.frame().previous.get();
    // SAFETY: the caller's frame, whose call is complete.
    unsafe { r.enter(previous, (*previous).return_offset.get() as usize)? };
    r.push(value);
    Ok(())
}

/// The frame's stack pointer is at a dead entry, the rest is below; the value is at `sp`.
#[inline(always)]
pub fn return_dying(r: &mut Regs) -> Flow {
    let f = r.frame();
    eval::leave_python(r.thread);
    r.thread.current_frame.set(f.previous.get());
    // SAFETY: the entry's reference was given up.
    dealloc_cold(unsafe { *f.stackpointer.get() }.as_ptr());
    finish_return(r)
}

/// The value is at `sp`; what the frame still holds is below its stack pointer.
#[inline(always)]
pub fn return_any(r: &mut Regs) -> Flow {
    eval::leave_python(r.thread);
    r.thread.current_frame.set(r.frame().previous.get());
    finish_return(r)
}

/// Takes down the frame, which is no longer the current one.
#[inline(always)]
fn finish_return(r: &mut Regs) -> Flow {
    // SAFETY: where `return_value` left it; the frame has ended; the caller's call is complete.
    unsafe {
        let value = *r.sp;
        let dying = r.frame;
        let previous = r.frame().previous.get();
        call::clear_and_pop(r.thread, dying);
        r.enter(previous, (*previous).return_offset.get() as usize)?;
        r.push(value);
    }
    Ok(())
}

/// In the shim frame between a class call and `__init__`: the object is the result.
#[inline(always)]
pub fn exit_init_check(r: &mut Regs) -> Flow {
    if !r.peek(0).is(StackRef::none()) {
        r.spill();
        return Err(lookup::init_returned(r.py(), r.obj(0)).into());
    }
    r.shrink(1);
    r.next(0)
}
