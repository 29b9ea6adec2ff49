//! Generators and coroutines: making, resuming, suspending.

use super::caches;

use crate::interp::regs::{Flow, Regs};
use crate::interp::stackref::StackRef;
use crate::interp::{awaiting, iteration, specialize};
use crate::types::generator::{self, state};
use crate::types::{PyCoroutine, PyFunction, PyGenerator};
use bytecode::op;
use object::PyTypeInfo;

/// Turns the running frame into a generator object, which is the call's result.
#[inline(always)]
pub fn return_generator(r: &mut Regs) -> Flow {
    let func: &PyFunction = r.frame().f_funcobj.get().obj_as();
    r.spill();
    let g = generator::new_from_function(r.py(), func)?;
    let frame = r.frame;
    // The generator is started by the instruction after this one.
    let f = r.frame();
    // SAFETY: this is the running frame on the data stack; the generator has room for it. After the move the words on the data
    // stack are dead.
    unsafe {
        f.instr_ptr.set(r.ip.add(1));
        generator::adopt_frame(&g, frame);
        let previous = f.previous.get();
        crate::interp::eval::leave_python(r.thread);
        crate::interp::datastack::pop(r.thread, frame);
        r.enter(previous, (*previous).return_offset.get() as usize)?;
    }
    r.push(StackRef::from_owned_mortal(g));
    Ok(())
}

/// Leaves the generator's frame with the top as value; `oparg` tells whether inside `yield from`.
#[inline(always)]
pub fn yield_value(r: &mut Regs) -> Flow {
    let value = r.pop();
    let frame = r.frame;
    let f = r.frame();
    // SAFETY: `RESUME` follows.
    f.instr_ptr.set(unsafe { r.ip.add(1) });
    f.stackpointer.set(r.sp);
    // SAFETY: only generator code yields, and its frame is in the generator.
    let g = unsafe { PyGenerator::of_frame(frame) };
    const { assert!(state::SUSPENDED_YIELD_FROM == state::SUSPENDED + 1) };
    g.gi_frame_state.set(state::SUSPENDED + r.oparg as i8);
    r.thread.exc_info.set(g.gi_exc_state.previous_item.replace(std::ptr::null()));
    crate::interp::eval::leave_python(r.thread);
    let previous = f.previous.replace(std::ptr::null_mut());
    // `SEND` and `FOR_ITER` have one cache word each; the entry frame answers in the same place.
    const { assert!(caches::SEND == caches::FOR_ITER) };
    r.enter(previous, 1 + caches::SEND)?;
    r.push(value.into_heap_safe());
    Ok(())
}

#[inline(always)]
pub fn send(r: &mut Regs) -> Flow {
    // receiver, value
    if r.adaptive() {
        specialize::send(r.obj(1), r.ip);
        return r.again();
    }
    let receiver = r.obj(1);
    // A generator or coroutine is resumed in the loop.
    if let Some(g) = generator_of(receiver)
        && g.gi_frame_state.get() < state::EXECUTING
        && r.may_enter()
    {
        let value = r.pop();
        let offset = 1 + caches::SEND + r.oparg as usize;
        return r.resume_generator(g, value, offset);
    }
    r.spill();
    let (value, finished) = iteration::send(r.py(), receiver, r.obj(0), r.frame())?;
    let old = r.peek(0);
    r.set(0, StackRef::from_owned(value));
    r.close(old);
    let by = if finished { r.oparg as isize } else { 0 };
    r.jump(caches::SEND, by)
}

#[inline(always)]
fn generator_of(o: &'static object::PyObject) -> Option<&'static PyGenerator> {
    if PyGenerator::check_exact(o) || PyCoroutine::check_exact(o) {
        // SAFETY: coroutines have the layout of generators.
        Some(unsafe { o.downcast_unchecked() })
    } else {
        None
    }
}

#[inline(always)]
pub fn send_gen(r: &mut Regs) -> Flow {
    let Some(g) = generator_of(r.obj(1)) else { return r.deopt(op::SEND) };
    if g.gi_frame_state.get() >= state::EXECUTING || !r.may_enter() {
        return r.deopt(op::SEND);
    }
    let value = r.pop();
    let offset = 1 + caches::SEND + r.oparg as usize;
    r.resume_generator(g, value, offset)
}

#[inline(always)]
pub fn end_send(r: &mut Regs) -> Flow {
    let value = r.pop();
    let receiver = r.peek(0);
    r.set(0, value);
    r.close_next(receiver, 0)
}

#[inline(always)]
pub fn get_awaitable(r: &mut Regs) -> Flow {
    r.spill();
    let it = awaiting::get_awaitable(r.py(), r.obj(0), r.oparg)?;
    r.replace1(StackRef::from_owned(it));
    r.next(0)
}

#[inline(always)]
pub fn get_aiter(r: &mut Regs) -> Flow {
    r.spill();
    let it = awaiting::get_aiter(r.py(), r.obj(0))?;
    r.replace1(StackRef::from_owned(it));
    r.next(0)
}

#[inline(always)]
pub fn get_anext(r: &mut Regs) -> Flow {
    r.spill();
    let it = awaiting::get_anext(r.py(), r.obj(0))?;
    r.push_owned(it);
    r.next(0)
}
