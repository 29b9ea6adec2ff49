//! Comparison, identity, membership.

use super::caches;
use crate::abstract_::{CompareOp, ObjectExt};
use crate::interp::regs::{Flow, Regs};
use crate::interp::specialize;
use crate::interp::stackref::StackRef;
use crate::types::{PyDict, PyFloat, PyFrozenSet, PyInt, PySet, PyStr};
use bytecode::args::compare::{EQUAL, GREATER, LESS, TO_BOOL, UNORDERED};
use bytecode::op;
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, Python};

#[inline(never)]
fn generic(py: Python, a: &PyObject, b: &PyObject, oparg: u32) -> PyResult {
    let op = CompareOp::from_raw((oparg >> 5) as i32).unwrap_or(CompareOp::Eq);
    let res = a.rich_compare(py, b, op)?;
    if oparg & TO_BOOL != 0 {
        let b = res.is_true(py)?;
        return Ok(bool_object(b));
    }
    Ok(res)
}

#[inline(always)]
fn bool_object(b: bool) -> Py {
    crate::singletons::py_bool(b).as_object().owned()
}

#[inline(always)]
pub fn compare_op(r: &mut Regs) -> Flow {
    if r.adaptive() {
        specialize::compare_op(r.obj(1), r.obj(0), r.ip, r.oparg);
        return r.again();
    }
    r.spill();
    let res = generic(r.py(), r.obj(1), r.obj(0), r.oparg)?;
    r.replace2_next(StackRef::from_owned(res), caches::COMPARE_OP)
}

#[inline(always)]
pub fn compare_op_float(r: &mut Regs) -> Flow {
    let (Some(a), Some(b)) = (r.obj(1).downcast_exact::<PyFloat>(), r.obj(0).downcast_exact::<PyFloat>())
    else {
        return r.deopt(op::COMPARE_OP);
    };
    let (a, b) = (a.value(), b.value());
    let bit = 1u32 << (2 * (a >= b) as u32 + (a <= b) as u32);
    const { assert!(UNORDERED == 1 && LESS == 2 && GREATER == 4 && EQUAL == 8) };
    r.replace2_next(StackRef::bool(bit & r.oparg != 0), caches::COMPARE_OP)
}

#[inline(always)]
pub fn compare_op_int(r: &mut Regs) -> Flow {
    let (Some(a), Some(b)) = (r.obj(1).downcast_exact::<PyInt>(), r.obj(0).downcast_exact::<PyInt>()) else {
        return r.deopt(op::COMPARE_OP);
    };
    if !a.is_compact() || !b.is_compact() {
        return r.deopt(op::COMPARE_OP);
    }
    let (a, b) = (a.compact_value(), b.compact_value());
    let bit = 1u32 << (2 * (a >= b) as u32 + (a <= b) as u32);
    r.replace2_next(StackRef::bool(bit & r.oparg != 0), caches::COMPARE_OP)
}

#[inline(always)]
pub fn compare_op_str(r: &mut Regs) -> Flow {
    let (Some(a), Some(b)) = (r.obj(1).downcast_exact::<PyStr>(), r.obj(0).downcast_exact::<PyStr>()) else {
        return r.deopt(op::COMPARE_OP);
    };
    let bit = if a.equals(b) { EQUAL } else { UNORDERED | LESS | GREATER };
    r.replace2_next(StackRef::bool(bit & r.oparg != 0), caches::COMPARE_OP)
}

#[inline(always)]
pub fn is_op(r: &mut Regs) -> Flow {
    let same = r.peek(0).is(r.peek(1));
    r.replace2_next(StackRef::bool(same != (r.oparg != 0)), 0)
}

#[inline(always)]
pub fn contains_op(r: &mut Regs) -> Flow {
    if r.adaptive() {
        specialize::contains_op(r.obj(0), r.ip);
        return r.again();
    }
    r.spill();
    let found = r.obj(0).contains(r.py(), r.obj(1))?;
    r.replace2_next(StackRef::bool(found != (r.oparg != 0)), caches::CONTAINS_OP)
}

#[inline(always)]
pub fn contains_op_set(r: &mut Regs) -> Flow {
    let o = r.obj(0);
    if !PySet::check_exact(o) && !PyFrozenSet::check_exact(o) {
        return r.deopt(op::CONTAINS_OP);
    }
    r.spill();
    // SAFETY: both types have this layout.
    let set: &PySet = unsafe { o.downcast_unchecked() };
    let found = set.contains(r.py(), r.obj(1))?;
    r.replace2_next(StackRef::bool(found != (r.oparg != 0)), caches::CONTAINS_OP)
}

#[inline(always)]
pub fn contains_op_dict(r: &mut Regs) -> Flow {
    let Some(d) = r.obj(0).downcast_exact::<PyDict>() else { return r.deopt(op::CONTAINS_OP) };
    r.spill();
    let found = d.contains(r.py(), r.obj(1))?;
    r.replace2_next(StackRef::bool(found != (r.oparg != 0)), caches::CONTAINS_OP)
}
