//! Iteration and unpacking.

use super::caches;
use crate::abstract_::ObjectExt;
use crate::interp::regs::{Flow, Regs};
use crate::interp::slow::Slow;
use crate::interp::stackref::StackRef;
use crate::interp::{iteration, specialize};
use crate::types::generator::state;
use crate::types::list::PyListIter;
use crate::types::range::PyRangeIter;
use crate::types::tuple::PyTupleIter;
use crate::types::{PyGenerator, PyList, PyTuple};
use bytecode::op;

#[inline(always)]
pub fn get_iter(r: &mut Regs) -> Flow {
    r.spill();
    let it = r.obj(0).get_iter(r.py())?;
    r.replace1(StackRef::from_owned(it));
    r.next(0)
}

#[inline(always)]
pub fn get_yield_from_iter(r: &mut Regs) -> Flow {
    r.spill();
    if let Some(it) = iteration::yield_from_iter(r.py(), r.obj(0), r.code())? {
        r.replace1(StackRef::from_owned(it));
    }
    r.next(0)
}

/// The iterator is exhausted: on to `END_FOR`, and past it, since there is no value to pop.
#[inline(always)]
fn exhausted(r: &mut Regs) -> Flow {
    r.jump(caches::FOR_ITER, r.oparg as isize + 1)
}

#[inline(always)]
pub fn for_iter(r: &mut Regs) -> Flow {
    if r.adaptive() {
        specialize::for_iter(r.obj(0), r.ip, r.oparg);
        return r.again();
    }
    for_iter_any(r)
}

/// The next value of any iterator.
#[inline(always)]
pub fn for_iter_any(r: &mut Regs) -> Flow {
    r.spill();
    match iteration::next(r.py(), r.obj(0), r.frame())? {
        Some(v) => {
            r.push_owned(v);
            r.next(caches::FOR_ITER)
        }
        None => exhausted(r),
    }
}

#[inline(always)]
pub fn for_iter_list(r: &mut Regs) -> Flow {
    let Some(it) = r.obj(0).downcast_exact::<PyListIter>() else { return r.deopt(op::FOR_ITER) };
    // SAFETY: nothing runs while the list is borrowed.
    if let Some(list) = unsafe { it.it_seq.get() } {
        let i = it.it_index.get() as usize;
        if let Some(v) = list.get_borrowed(i) {
            it.it_index.set(i as isize + 1);
            r.push(StackRef::from_new(v));
            return r.next(caches::FOR_ITER);
        }
    }
    r.slowly(Slow::ForIter)
}

#[inline(always)]
pub fn for_iter_tuple(r: &mut Regs) -> Flow {
    let Some(it) = r.obj(0).downcast_exact::<PyTupleIter>() else { return r.deopt(op::FOR_ITER) };
    // SAFETY: nothing runs while the tuple is borrowed.
    if let Some(tuple) = unsafe { it.it_seq.get() } {
        let i = it.it_index.get() as usize;
        if let Some(v) = tuple.get(i) {
            it.it_index.set(i as isize + 1);
            r.push(StackRef::from_new(v));
            return r.next(caches::FOR_ITER);
        }
    }
    r.slowly(Slow::ForIter)
}

#[inline(always)]
pub fn for_iter_range(r: &mut Regs) -> Flow {
    let Some(it) = r.obj(0).downcast_exact::<PyRangeIter>() else { return r.deopt(op::FOR_ITER) };
    let left = it.len.get();
    if left <= 0 {
        return exhausted(r);
    }
    let v = it.start.get();
    let Some(res) = super::binary::compact_int(v) else { return r.slowly(Slow::ForIter) };
    it.start.set(v.wrapping_add(it.step.get()));
    it.len.set(left - 1);
    r.push(res);
    r.next(caches::FOR_ITER)
}

/// Resumes a generator without leaving the loop.
#[inline(always)]
pub fn for_iter_gen(r: &mut Regs) -> Flow {
    let Some(g) = r.obj(0).downcast_exact::<PyGenerator>() else { return r.deopt(op::FOR_ITER) };
    if g.gi_frame_state.get() >= state::EXECUTING || !r.may_enter() {
        return r.deopt(op::FOR_ITER);
    }
    // When it ends, execution goes on at END_FOR.
    let offset = 1 + caches::FOR_ITER + r.oparg as usize;
    r.resume_generator(g, StackRef::none(), offset)
}

#[inline(always)]
pub fn unpack_sequence(r: &mut Regs) -> Flow {
    if r.adaptive() {
        specialize::unpack_sequence(r.obj(0), r.ip, r.oparg);
        return r.again();
    }
    r.spill();
    let seq = r.pop();
    // SAFETY: the entries' places are on the stack, above the sequence, which is popped but alive.
    let done = unsafe { iteration::unpack(r.py(), seq.obj(), r.oparg as usize, None, r.sp) };
    if let Err(e) = done {
        r.close(seq);
        return Err(e.into());
    }
    // SAFETY: that many entries were written.
    r.sp = unsafe { r.sp.add(r.oparg as usize) };
    r.close_next(seq, caches::UNPACK_SEQUENCE)
}

#[inline(always)]
pub fn unpack_sequence_two_tuple(r: &mut Regs) -> Flow {
    let Some(t) = r.obj(0).downcast_exact::<PyTuple>() else { return r.deopt(op::UNPACK_SEQUENCE) };
    let [a, b] = t.items() else { return r.deopt(op::UNPACK_SEQUENCE) };
    let (a, b) = (StackRef::from_new(a), StackRef::from_new(b));
    let seq = r.pop();
    r.push(b);
    r.push(a);
    r.close_next(seq, caches::UNPACK_SEQUENCE)
}

#[inline(always)]
pub fn unpack_sequence_tuple(r: &mut Regs) -> Flow {
    let Some(t) = r.obj(0).downcast_exact::<PyTuple>() else { return r.deopt(op::UNPACK_SEQUENCE) };
    if t.len() != r.oparg as usize {
        return r.deopt(op::UNPACK_SEQUENCE);
    }
    let seq = r.pop();
    for item in t.items().iter().rev() {
        r.push(StackRef::from_new(item));
    }
    r.close_next(seq, caches::UNPACK_SEQUENCE)
}

#[inline(always)]
pub fn unpack_sequence_list(r: &mut Regs) -> Flow {
    let Some(l) = r.obj(0).downcast_exact::<PyList>() else { return r.deopt(op::UNPACK_SEQUENCE) };
    let n = l.len();
    if n != r.oparg as usize {
        return r.deopt(op::UNPACK_SEQUENCE);
    }
    let seq = r.pop();
    for i in (0..n).rev() {
        if let Some(item) = l.get_borrowed(i) {
            r.push(StackRef::from_new(item));
        }
    }
    r.close_next(seq, caches::UNPACK_SEQUENCE)
}

#[inline(always)]
pub fn unpack_ex(r: &mut Regs) -> Flow {
    r.spill();
    let (before, after) = ((r.oparg & 0xff) as usize, (r.oparg >> 8) as usize);
    let seq = r.pop();
    // SAFETY: as in `unpack_sequence`.
    let done = unsafe { iteration::unpack(r.py(), seq.obj(), before, Some(after), r.sp) };
    if let Err(e) = done {
        r.close(seq);
        return Err(e.into());
    }
    // SAFETY: that many entries were written.
    r.sp = unsafe { r.sp.add(before + 1 + after) };
    r.close(seq);
    r.next(0)
}
