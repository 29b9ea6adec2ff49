//! Jumps, function entry and the periodic checks.

use super::caches;
use crate::interp::breaker::{check_pending, handle_pending};
use crate::interp::instrument;
use crate::interp::regs::{Flow, Regs, cold};
use crate::interp::stackref::StackRef;
use crate::state::breaker::EVENTS_MASK;
use bytecode::args::resume;
use bytecode::op;

#[inline(always)]
pub fn jump_forward(r: &mut Regs) -> Flow {
    r.jump(0, r.oparg as isize)
}

#[inline(always)]
pub fn jump_backward(r: &mut Regs) -> Flow {
    if r.rewrite(op::JUMP_BACKWARD, op::JUMP_BACKWARD_NO_JIT) {
        return r.again();
    }
    jump_backward_no_jit(r)
}

#[inline(always)]
pub fn jump_backward_no_jit(r: &mut Regs) -> Flow {
    check_pending(r)?;
    r.jump(caches::JUMP_BACKWARD, -(r.oparg as isize))
}

#[inline(always)]
pub fn jump_backward_jit(r: &mut Regs) -> Flow {
    jump_backward_no_jit(r)
}

#[inline(always)]
pub fn jump_backward_no_interrupt(r: &mut Regs) -> Flow {
    r.jump(0, -(r.oparg as isize))
}

#[inline(always)]
fn jump_if(r: &mut Regs, taken: bool) -> Flow {
    let by = if taken { r.oparg as isize } else { 0 };
    r.jump(caches::POP_JUMP, by)
}

#[inline(always)]
pub fn pop_jump_if_true(r: &mut Regs) -> Flow {
    // A bool: immortal, nothing to release.
    let taken = r.pop().is_true();
    jump_if(r, taken)
}

#[inline(always)]
pub fn pop_jump_if_false(r: &mut Regs) -> Flow {
    let taken = r.pop().is_false();
    jump_if(r, taken)
}

#[inline(always)]
pub fn pop_jump_if_none(r: &mut Regs) -> Flow {
    let v = r.pop();
    let taken = v.is(StackRef::none());
    r.close(v);
    jump_if(r, taken)
}

#[inline(always)]
pub fn pop_jump_if_not_none(r: &mut Regs) -> Flow {
    let v = r.pop();
    let taken = !v.is(StackRef::none());
    r.close(v);
    jump_if(r, taken)
}

#[inline(always)]
pub fn resume(r: &mut Regs) -> Flow {
    let t = r.thread;
    if t.tracing.get() == 0 {
        if instrument::is_outdated(t, r.code()) {
            r.spill();
            instrument::instrument(r.py(), r.code())?;
            return r.again();
        }
        r.rewrite(op::RESUME, op::RESUME_CHECK);
    }
    if r.oparg & resume::LOCATION_MASK < resume::AFTER_YIELD_FROM {
        check_pending(r)?;
    }
    r.next(0)
}

#[inline(always)]
pub fn resume_check(r: &mut Regs) -> Flow {
    if instrument::breaker(r.thread) != r.code().co_instrumentation_version.get() {
        cold();
        return r.deopt(op::RESUME);
    }
    r.next(0)
}

/// For instrumented instructions: the checks of `RESUME` without quickening.
#[inline(always)]
pub(super) fn check_pending_unless_yield_from(r: &mut Regs) -> Flow {
    if r.oparg & resume::LOCATION_MASK < resume::AFTER_YIELD_FROM
        && instrument::breaker(r.thread) & EVENTS_MASK != 0
    {
        r.spill();
        handle_pending(r.py())?;
    }
    Ok(())
}
