//! `super().attr`.

use super::caches;
use crate::abstract_::ObjectExt;
use crate::interp::regs::{Flow, Regs};
use crate::interp::specialize;
use crate::interp::stackref::StackRef;
use crate::types::super_::PySuper;
use bytecode::op;
use object::{PyLayout, PyObject, PyTypeInfo, PyTypeObject, Python};

// Stack: `super` as found, class, self. Oparg: bit 0 for a method call, bit 1 for `super(C, self)` spelt out, then the name.

#[inline(always)]
pub fn load_super_attr(r: &mut Regs) -> Flow {
    if r.adaptive() {
        specialize::load_super_attr(r.obj(2), r.obj(1), r.ip, r.oparg & 1 != 0);
        return r.again();
    }
    r.spill();
    let made = make_super(r)?;
    let name = r.name((r.oparg >> 2) as usize);
    let attr = made.getattr(r.py(), name)?;
    drop(made);
    r.drop_n(2);
    r.replace1(StackRef::from_owned(attr));
    if r.oparg & 1 != 0 {
        r.push(StackRef::NULL);
    }
    r.next(caches::LOAD_SUPER_ATTR)
}

/// Calls `super` with both arguments or none. (Without arguments it looks for them in this very frame, but here they are known; it
/// is called that way only to complain.)
#[inline(always)]
pub(super) fn make_super(r: &mut Regs) -> object::PyResult {
    call_super(r.py(), r.obj(2), r.obj(1), r.obj(0), r.oparg & 2 != 0)
}

#[inline(never)]
fn call_super(
    py: Python,
    callable: &PyObject,
    class: &PyObject,
    this: &PyObject,
    both: bool,
) -> object::PyResult {
    if both || std::ptr::eq(callable, PySuper::type_object().as_object()) && PyTypeObject::check(class) {
        callable.call(py, &[class, this])
    } else {
        callable.call0(py)
    }
}

#[inline(always)]
fn guard(r: &Regs) -> bool {
    std::ptr::eq(r.obj(2), PySuper::type_object().as_object()) && PyTypeObject::check(r.obj(1))
}

#[inline(always)]
pub fn load_super_attr_attr(r: &mut Regs) -> Flow {
    if !guard(r) {
        return r.deopt(op::LOAD_SUPER_ATTR);
    }
    r.spill();
    let name = r.name((r.oparg >> 2) as usize);
    // SAFETY: the guard saw a type.
    let class: &PyTypeObject = unsafe { r.obj(1).downcast_unchecked() };
    let (attr, _) = specialize::super_lookup(r.py(), class, r.obj(0), name, false)?;
    r.drop_n(2);
    r.replace1(StackRef::from_owned(attr));
    r.next(caches::LOAD_SUPER_ATTR)
}

#[inline(always)]
pub fn load_super_attr_method(r: &mut Regs) -> Flow {
    if !guard(r) {
        return r.deopt(op::LOAD_SUPER_ATTR);
    }
    r.spill();
    let name = r.name((r.oparg >> 2) as usize);
    // SAFETY: the guard saw a type.
    let class: &PyTypeObject = unsafe { r.obj(1).downcast_unchecked() };
    let (attr, is_method) = specialize::super_lookup(r.py(), class, r.obj(0), name, true)?;
    // super, class, self → attr, self or null
    let this = r.pop();
    r.drop_top();
    r.replace1(StackRef::from_owned(attr));
    if is_method {
        r.push(this);
    } else {
        r.push(StackRef::NULL);
        r.close(this);
    }
    r.next(caches::LOAD_SUPER_ATTR)
}
