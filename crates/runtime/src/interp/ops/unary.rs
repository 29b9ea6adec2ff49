//! Unary operators, truth and conversions to text.

use super::caches;
use crate::abstract_::{ObjectExt, number};
use crate::interp::format::{convert_value as convert, format_simple as simple};
use crate::interp::regs::{Flow, Regs};
use crate::interp::specialize;
use crate::interp::stackref::StackRef;
use crate::types::{PyBool, PyInt, PyList, PyStr};
use bytecode::op;
use object::PyTypeInfo;

macro_rules! unary {
    ($($name:ident $f:path;)*) => { $(
        #[inline(always)]
        pub fn $name(r: &mut Regs) -> Flow {
            r.spill();
            let res = $f(r.py(), r.obj(0))?;
            r.replace1_next(StackRef::from_owned(res), 0)
        }
    )* };
}
unary! {
    unary_negative number::negative;
    unary_invert number::invert;
}

#[inline(always)]
pub fn unary_not(r: &mut Regs) -> Flow {
    let v = r.peek(0);
    r.set(0, StackRef::bool(v.is_false()));
    r.next(0)
}

#[inline(always)]
pub fn to_bool(r: &mut Regs) -> Flow {
    if r.adaptive() {
        specialize::to_bool(r.py(), r.obj(0), r.ip);
        return r.again();
    }
    r.spill();
    let b = r.obj(0).is_true(r.py())?;
    r.replace1_next(StackRef::bool(b), caches::TO_BOOL)
}

#[inline(always)]
pub fn to_bool_bool(r: &mut Regs) -> Flow {
    if !PyBool::check_exact(r.obj(0)) {
        return r.deopt(op::TO_BOOL);
    }
    r.next(caches::TO_BOOL)
}

#[inline(always)]
pub fn to_bool_int(r: &mut Regs) -> Flow {
    let Some(i) = r.obj(0).downcast_exact::<PyInt>() else { return r.deopt(op::TO_BOOL) };
    let b = !i.is_zero();
    r.replace1_next(StackRef::bool(b), caches::TO_BOOL)
}

#[inline(always)]
pub fn to_bool_list(r: &mut Regs) -> Flow {
    let Some(l) = r.obj(0).downcast_exact::<PyList>() else { return r.deopt(op::TO_BOOL) };
    let b = !l.is_empty();
    r.replace1_next(StackRef::bool(b), caches::TO_BOOL)
}

#[inline(always)]
pub fn to_bool_none(r: &mut Regs) -> Flow {
    if !r.peek(0).is(StackRef::none()) {
        return r.deopt(op::TO_BOOL);
    }
    r.set(0, StackRef::bool(false));
    r.next(caches::TO_BOOL)
}

#[inline(always)]
pub fn to_bool_str(r: &mut Regs) -> Flow {
    let Some(s) = r.obj(0).downcast_exact::<PyStr>() else { return r.deopt(op::TO_BOOL) };
    let b = !s.is_empty();
    r.replace1_next(StackRef::bool(b), caches::TO_BOOL)
}

#[inline(always)]
pub fn to_bool_always_true(r: &mut Regs) -> Flow {
    if r.obj(0).ty().tp_version_tag.get() != r.cache_u32(1) {
        return r.deopt(op::TO_BOOL);
    }
    r.replace1_next(StackRef::bool(true), caches::TO_BOOL)
}

#[inline(always)]
pub fn convert_value(r: &mut Regs) -> Flow {
    r.spill();
    let res = convert(r.py(), r.obj(0), r.oparg)?;
    r.replace1_next(StackRef::from_owned(res), 0)
}

#[inline(always)]
pub fn format_simple(r: &mut Regs) -> Flow {
    // The common case: it is a string already.
    if !PyStr::check_exact(r.obj(0)) {
        r.spill();
        let res = simple(r.py(), r.obj(0))?;
        r.replace1(StackRef::from_owned(res));
    }
    r.next(0)
}

#[inline(always)]
pub fn format_with_spec(r: &mut Regs) -> Flow {
    r.spill();
    let res = crate::interp::format::format_with_spec(r.py(), r.obj(1), r.obj(0))?;
    r.replace2_next(StackRef::from_owned(res), 0)
}
