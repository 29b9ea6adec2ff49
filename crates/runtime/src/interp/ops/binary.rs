//! Binary operators. Subscription, an operator here too, has its specialised forms in `subscr.rs`.

use super::caches;
use crate::interp::binary_ops::{BINARY_OPS, EXTENDED};
use crate::interp::regs::{Flow, Regs};
use crate::interp::slow::Slow;
use crate::interp::specialize;
use crate::interp::stackref::StackRef;
use crate::types::{PyFloat, PyInt, PyStr};
use bytecode::op;
use object::{PyLayout, PyTypeInfo};

#[inline(always)]
pub fn binary_op(r: &mut Regs) -> Flow {
    if r.adaptive() {
        specialize::binary_op(r.py(), r.obj(1), r.obj(0), r.ip, r.oparg, r.frame());
        return r.again();
    }
    binary_op_any(r)
}

/// The operator, whatever the operands.
#[inline(always)]
pub fn binary_op_any(r: &mut Regs) -> Flow {
    r.spill();
    // The oparg is below the table's length in verified code; a wrong one gets the addition.
    let f = BINARY_OPS.get(r.oparg as usize).unwrap_or(&BINARY_OPS[0]);
    let res = f(r.py(), r.obj(1), r.obj(0))?;
    r.replace2_next(StackRef::from_owned(res), caches::BINARY_OP)
}

macro_rules! int_op {
    ($($name:ident $checked:ident;)*) => { $(
        #[inline(always)]
        pub fn $name(r: &mut Regs) -> Flow {
            let (Some(a), Some(b)) = (r.obj(1).downcast_exact::<PyInt>(), r.obj(0).downcast_exact::<PyInt>()) else {
                return r.deopt(op::BINARY_OP);
            };
            if a.is_compact() && b.is_compact() {
                // Two one-digit numbers: neither sum nor product leaves 62 bits.
                let v = (a.compact_value() as i64).$checked(b.compact_value() as i64);
                if let Some(res) = compact_int(v) {
                    return r.replace2_next(res, caches::BINARY_OP);
                }
            }
            r.slowly(Slow::BinaryOp)
        }
    )* };
}
int_op! {
    binary_op_add_int wrapping_add;
    binary_op_subtract_int wrapping_sub;
    binary_op_multiply_int wrapping_mul;
}

/// An int of one digit, if it is a static one or memory is ready.
#[inline(always)]
pub(super) fn compact_int(v: i64) -> Option<StackRef> {
    if let Some(i) = PyInt::small(v) {
        return Some(StackRef::from_borrowed(i.as_object()));
    }
    if !PyInt::is_compact_value(v) {
        return None;
    }
    PyInt::compact_ready(v).map(StackRef::from_owned_mortal)
}

/// The result of a float operation, in the object of an operand that nobody else refers to if there is one.
#[inline(always)]
fn push_float(r: &mut Regs, v: f64) -> Flow {
    let (left, right) = (r.peek(1), r.peek(0));
    if left.is_counted() && left.obj().refcount() == 1 {
        // SAFETY: the caller checked that both are exact floats.
        unsafe { left.cast::<PyFloat>() }.ob_fval.set(v);
        r.drop_next(1, caches::BINARY_OP)
    } else if right.is_counted() && right.obj().refcount() == 1 {
        // SAFETY: as above.
        unsafe { right.cast::<PyFloat>() }.ob_fval.set(v);
        r.shrink(1);
        r.set(0, right);
        r.close_next(left, caches::BINARY_OP)
    } else if let Some(res) = PyFloat::ready(v) {
        r.replace2_next(StackRef::from_owned_mortal(res), caches::BINARY_OP)
    } else {
        r.slowly(Slow::BinaryOp)
    }
}

macro_rules! float_op {
    ($($name:ident $op:tt;)*) => { $(
        #[inline(always)]
        pub fn $name(r: &mut Regs) -> Flow {
            let (Some(a), Some(b)) = (r.obj(1).downcast_exact::<PyFloat>(), r.obj(0).downcast_exact::<PyFloat>()) else {
                return r.deopt(op::BINARY_OP);
            };
            let v = a.value() $op b.value();
            push_float(r, v)
        }
    )* };
}
float_op! {
    binary_op_add_float +;
    binary_op_subtract_float -;
    binary_op_multiply_float *;
}

#[inline(always)]
pub fn binary_op_add_unicode(r: &mut Regs) -> Flow {
    let (Some(a), Some(b)) = (r.obj(1).downcast_exact::<PyStr>(), r.obj(0).downcast_exact::<PyStr>()) else {
        return r.deopt(op::BINARY_OP);
    };
    let res = PyStr::concat(r.py(), a, b)?;
    r.replace2_next(StackRef::from_owned(res), caches::BINARY_OP)
}

/// `s = s + t` and `s += t` where `s` is the local variable the result is stored to next: the variable gives up its reference first,
/// so that the string can grow in place.
#[inline(always)]
pub fn binary_op_inplace_add_unicode(r: &mut Regs) -> Flow {
    if !PyStr::check_exact(r.obj(1)) || !PyStr::check_exact(r.obj(0)) {
        return r.deopt(op::BINARY_OP);
    }
    // SAFETY: an instruction follows the caches.
    let next = unsafe { *r.ip.add(1 + caches::BINARY_OP) };
    let i = next.arg as usize;
    if next.code as u16 != op::STORE_FAST.number() || !r.local(i).is(r.peek(1)) {
        return r.deopt(op::BINARY_OP);
    }
    r.spill();
    let right = r.pop();
    let left = r.pop();
    // What is on the stack may borrow from the local: the owned reference is made before that one goes.
    // SAFETY: both are strings; the local's reference is taken out.
    let grown = unsafe {
        let left = left.into_owned().cast_unchecked::<PyStr>();
        let local = r.local(i);
        r.put_local(i, StackRef::NULL);
        local.close();
        PyStr::append(r.py(), left, right.cast())
    };
    r.close(right);
    let grown = grown?;
    r.put_local(i, StackRef::from_owned(grown));
    // The store is done.
    r.next(caches::BINARY_OP + 1)
}

#[inline(always)]
pub fn binary_op_extend(r: &mut Regs) -> Flow {
    let i = r.cache_u32(1) as usize;
    let Some(e) = EXTENDED.get(i) else { return r.deopt(op::BINARY_OP) };
    if !(e.guard)(r.obj(1), r.obj(0)) {
        return r.deopt(op::BINARY_OP);
    }
    r.spill();
    let res = (e.action)(r.py(), r.obj(1), r.obj(0))?;
    r.replace2_next(StackRef::from_owned(res), caches::BINARY_OP)
}
