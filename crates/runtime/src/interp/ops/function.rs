//! Making functions and classes, returning.

use crate::interp::frame::owner;
use crate::interp::regs::{Flow, Regs};
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
    let dying = r.frame;
    let f = r.frame();
    f.stackpointer.set(r.sp);
    f.instr_ptr.set(r.ip);
    eval::leave_python(r.thread);
    let previous = f.previous.get();
    r.thread.current_frame.set(previous);
    // SAFETY: the frame has ended and is no longer current.
    unsafe {
        if f.owner.get() == owner::THREAD && f.frame_obj.is_empty() && f.f_locals.is_empty() {
            call::pop_plain(r.thread, dying);
        } else {
            call::clear_and_pop(r.thread, dying);
        }
        r.enter(previous, (*previous).return_offset.get() as usize)?;
    }
    r.push(value);
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
