//! `import` and the intrinsics.

use crate::interp::regs::{Flow, Regs};
use crate::interp::stackref::StackRef;
use crate::interp::{imports, intrinsics};

#[inline(always)]
pub fn import_name(r: &mut Regs) -> Flow {
    // level, fromlist
    r.spill();
    let name = r.name(r.oparg as usize);
    let m = imports::import_name(r.py(), r.frame(), name, r.obj(0), r.obj(1))?;
    r.replace2(StackRef::from_owned(m));
    r.next(0)
}

#[inline(always)]
pub fn import_from(r: &mut Regs) -> Flow {
    r.spill();
    let name = r.name(r.oparg as usize);
    let v = imports::import_from(r.py(), r.obj(0), name)?;
    r.push_owned(v);
    r.next(0)
}

#[inline(always)]
pub fn call_intrinsic_1(r: &mut Regs) -> Flow {
    r.spill();
    let res = intrinsics::call_1(r.py(), r.oparg, r.obj(0), r.frame())?;
    r.replace1(StackRef::from_owned(res));
    r.next(0)
}

#[inline(always)]
pub fn call_intrinsic_2(r: &mut Regs) -> Flow {
    r.spill();
    let res = intrinsics::call_2(r.py(), r.oparg, r.obj(1), r.obj(0))?;
    r.replace2(StackRef::from_owned(res));
    r.next(0)
}
