//! Raising, catching, and the stack of handled exceptions.

use crate::interp::raise;
use crate::interp::regs::{Flow, Regs, Stop};
use crate::interp::stackref::StackRef;
use crate::singletons::none;
use object::Py;

#[inline(always)]
pub fn raise_varargs(r: &mut Regs) -> Flow {
    r.spill();
    let n = r.oparg as usize;
    let cause = if n == 2 { Some(r.pop_owned()) } else { None };
    let exc = if n >= 1 { Some(r.pop_owned()) } else { None };
    if raise::raise(r.py(), exc, cause) {
        // A bare `raise`: the exception keeps its traceback, no entry is added.
        return Err(Stop::Reraise);
    }
    Err(Stop::Error)
}

#[inline(always)]
pub fn reraise(r: &mut Regs) -> Flow {
    r.spill();
    let exc = r.pop();
    if r.oparg > 0 {
        let lasti = r.peek(r.oparg as usize - 1);
        let index = raise::lasti(r.py(), lasti)?;
        // SAFETY: the index was that of an instruction of this code.
        let at = unsafe { r.code().code_ptr().offset(index) };
        // Where the exception came from; the handler is looked up for this instruction all the same.
        r.frame().instr_ptr.set(at);
        r.frame().stackpointer.set(r.sp);
    }
    // SAFETY: the popped entry's reference moves on.
    raise::set_raised(r.py(), unsafe { exc.into_owned() });
    Err(Stop::Reraise)
}

#[inline(always)]
pub fn push_exc_info(r: &mut Regs) -> Flow {
    let exc = r.pop();
    // SAFETY: the top of the exception stack is never null while a thread runs.
    let info = unsafe { &*r.thread.exc_info.get() };
    // SAFETY: the new handled exception gets its own reference.
    let previous = info.exc_value.replace(Some(unsafe { exc.new_owned() }));
    match previous {
        Some(p) => r.push_owned(p),
        None => r.push(StackRef::none()),
    }
    r.push(exc);
    r.next(0)
}

#[inline(always)]
pub fn pop_except(r: &mut Regs) -> Flow {
    let v = r.pop();
    let v: Option<Py> = if v.is(StackRef::none()) {
        None
    } else {
        // SAFETY: the popped entry's reference moves.
        Some(unsafe { v.into_owned() })
    };
    // SAFETY: as in `push_exc_info`.
    let info = unsafe { &*r.thread.exc_info.get() };
    if let Some(old) = info.exc_value.replace(v) {
        r.close(StackRef::from_owned(old));
    }
    r.next(0)
}

#[inline(always)]
pub fn check_exc_match(r: &mut Regs) -> Flow {
    r.spill();
    let matched = raise::exception_matches(r.py(), r.obj(1), r.obj(0))?;
    r.replace1(StackRef::bool(matched));
    r.next(0)
}

#[inline(always)]
pub fn check_eg_match(r: &mut Regs) -> Flow {
    r.spill();
    let (rest, matched) = raise::group_matches(r.py(), r.obj(1), r.obj(0))?;
    let (group, kind) = (r.peek(1), r.peek(0));
    r.set(1, StackRef::from_owned(rest));
    r.set(0, StackRef::from_new(&matched));
    r.close(kind);
    r.close(group);
    if !matched.is(none()) {
        raise::set_handled(r.py(), matched);
    }
    r.next(0)
}

#[inline(always)]
pub fn cleanup_throw(r: &mut Regs) -> Flow {
    // sub-iterator, last sent value, exception
    r.spill();
    let value = raise::stop_iteration_value(r.obj(0));
    match value {
        Some(v) => {
            r.drop_n(3);
            r.push(StackRef::none());
            r.push_owned(v);
            r.next(0)
        }
        None => {
            // SAFETY: the entry stays owned by the stack; the raised one is a new reference.
            raise::set_raised(r.py(), unsafe { r.peek(0).new_owned() });
            Err(Stop::Reraise)
        }
    }
}

#[inline(always)]
pub fn end_async_for(r: &mut Regs) -> Flow {
    // awaitable, exception
    if raise::is_stop_async_iteration(r.obj(0)) {
        r.drop_n(2);
        return r.next(0);
    }
    r.spill();
    let exc = r.pop_owned();
    raise::set_raised(r.py(), exc);
    Err(Stop::Reraise)
}
