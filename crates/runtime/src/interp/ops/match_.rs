//! Structural pattern matching.

use crate::interp::matching;
use crate::interp::regs::{Flow, Regs};
use crate::interp::stackref::StackRef;
use crate::types::PyTuple;
use object::typeobj::flags;

#[inline(always)]
pub fn match_mapping(r: &mut Regs) -> Flow {
    let b = r.obj(0).ty().has_flag(flags::MAPPING);
    r.push(StackRef::bool(b));
    r.next(0)
}

#[inline(always)]
pub fn match_sequence(r: &mut Regs) -> Flow {
    let b = r.obj(0).ty().has_flag(flags::SEQUENCE);
    r.push(StackRef::bool(b));
    r.next(0)
}

#[inline(always)]
pub fn match_keys(r: &mut Regs) -> Flow {
    r.spill();
    // SAFETY: the compiler makes a tuple of the keys.
    let keys: &PyTuple = unsafe { r.obj(0).downcast_unchecked() };
    let values = matching::keys(r.py(), r.obj(1), keys)?;
    r.push_owned(values);
    r.next(0)
}

#[inline(always)]
pub fn match_class(r: &mut Regs) -> Flow {
    // subject, class, keyword names
    r.spill();
    // SAFETY: the compiler makes a tuple of the names.
    let names: &PyTuple = unsafe { r.obj(0).downcast_unchecked() };
    let res = matching::class(r.py(), r.obj(2), r.obj(1), r.oparg as usize, names)?;
    r.drop_n(2);
    r.replace1(StackRef::from_owned(res));
    r.next(0)
}
