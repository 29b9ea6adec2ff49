//! `with` and `async with`.

use crate::interp::regs::{Flow, Regs};
use crate::interp::special;
use crate::interp::stackref::StackRef;

#[inline(always)]
pub fn load_special(r: &mut Regs) -> Flow {
    r.spill();
    let (method, needs_self) = special::load(r.py(), r.obj(0), r.oparg)?;
    let owner = r.pop();
    r.push_owned(method);
    if needs_self {
        r.push(owner);
    } else {
        r.push(StackRef::NULL);
        r.close(owner);
    }
    r.next(0)
}

#[inline(always)]
pub fn with_except_start(r: &mut Regs) -> Flow {
    // exit function, its self or null, lasti, previous exception, exception
    r.spill();
    let this = r.peek(3);
    let this = if this.is_null() { None } else { Some(this.obj()) };
    let res = special::call_exit(r.py(), r.obj(4), this, r.obj(0))?;
    r.push_owned(res);
    r.next(0)
}
