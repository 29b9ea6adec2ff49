//! Subscription and slices: `BINARY_OP []` specialised, stores, deletes.

use super::caches;
use crate::abstract_::ObjectExt;
use crate::interp::regs::{Flow, Regs};
use crate::interp::stackref::StackRef;
use crate::interp::{call, datastack, slices, specialize};
use crate::types::{PyDict, PyFunction, PyInt, PyList, PySlice, PyStr, PyTuple};
use bytecode::op;

/// A subscript that is a small non-negative int.
#[inline(always)]
fn index(r: &Regs) -> Option<usize> {
    let i = r.obj(0).downcast_exact::<PyInt>()?;
    if i.is_compact() && !i.is_negative() { Some(i.compact_value() as usize) } else { None }
}

#[inline(always)]
pub fn binary_op_subscr_list_int(r: &mut Regs) -> Flow {
    let (Some(i), Some(list)) = (index(r), r.obj(1).downcast_exact::<PyList>()) else {
        return r.deopt(op::BINARY_OP);
    };
    let Some(item) = list.get_borrowed(i) else { return r.deopt(op::BINARY_OP) };
    r.replace2_next(StackRef::from_new(item), caches::BINARY_OP)
}

#[inline(always)]
pub fn binary_op_subscr_tuple_int(r: &mut Regs) -> Flow {
    let (Some(i), Some(tuple)) = (index(r), r.obj(1).downcast_exact::<PyTuple>()) else {
        return r.deopt(op::BINARY_OP);
    };
    let Some(item) = tuple.get(i) else { return r.deopt(op::BINARY_OP) };
    r.replace2_next(StackRef::from_new(item), caches::BINARY_OP)
}

#[inline(always)]
pub fn binary_op_subscr_str_int(r: &mut Regs) -> Flow {
    let (Some(i), Some(s)) = (index(r), r.obj(1).downcast_exact::<PyStr>()) else {
        return r.deopt(op::BINARY_OP);
    };
    if i >= s.len() {
        return r.deopt(op::BINARY_OP);
    }
    // Only characters that exist once: others are made by the general form.
    let c = s.char_at(i);
    if c >= 128 {
        return r.deopt(op::BINARY_OP);
    }
    let res = crate::types::str_::statics::latin1(c as u8);
    r.replace2_next(StackRef::from_borrowed(object::PyLayout::as_object(res)), caches::BINARY_OP)
}

#[inline(always)]
pub fn binary_op_subscr_list_slice(r: &mut Regs) -> Flow {
    let (Some(slice), Some(list)) =
        (r.obj(0).downcast_exact::<PySlice>(), r.obj(1).downcast_exact::<PyList>())
    else {
        return r.deopt(op::BINARY_OP);
    };
    r.spill();
    let res = list.get_slice(r.py(), slice)?;
    r.replace2_next(StackRef::from_owned(res), caches::BINARY_OP)
}

#[inline(always)]
pub fn binary_op_subscr_dict(r: &mut Regs) -> Flow {
    let Some(dict) = r.obj(1).downcast_exact::<PyDict>() else { return r.deopt(op::BINARY_OP) };
    r.spill();
    match dict.get_item(r.py(), r.obj(0))? {
        Some(v) => r.replace2_next(StackRef::from_owned(v), caches::BINARY_OP),
        None => Err(crate::errors::key_error(r.py(), r.obj(0)).into()),
    }
}

/// Calls a `__getitem__` written in Python without leaving the loop.
#[inline(always)]
pub fn binary_op_subscr_getitem(r: &mut Regs) -> Flow {
    let Some((getitem, version)) = specialize::cached_getitem(r.obj(1).ty()) else {
        return r.deopt(op::BINARY_OP);
    };
    // SAFETY: only functions are cached.
    let func: &PyFunction = unsafe { getitem.downcast_unchecked() };
    if func.func_version.get() != version {
        return r.deopt(op::BINARY_OP);
    }
    let code = func.code();
    if !datastack::has_space(r.thread, code.co_framesize.get() as usize) {
        return r.deopt(op::BINARY_OP);
    }
    let (container, sub) = (r.peek(1), r.peek(0));
    // SAFETY: room was checked; a function with two plain parameters.
    let frame = unsafe {
        let frame = call::push_frame_unchecked(r.thread, StackRef::from_new(getitem), code, 2, r.frame);
        let locals = (*frame).localsplus();
        *locals = container;
        *locals.add(1) = sub;
        frame
    };
    r.shrink(2);
    r.push_python_frame(frame, caches::BINARY_OP)
}

#[inline(always)]
pub fn binary_slice(r: &mut Regs) -> Flow {
    r.spill();
    let res = slices::get(r.py(), r.obj(2), r.obj(1), r.obj(0))?;
    r.drop_n(2);
    r.replace1_next(StackRef::from_owned(res), 0)
}

#[inline(always)]
pub fn store_slice(r: &mut Regs) -> Flow {
    // value, container, start, stop
    r.spill();
    slices::set(r.py(), r.obj(2), r.obj(1), r.obj(0), r.obj(3))?;
    r.drop_next(4, 0)
}

#[inline(always)]
pub fn store_subscr(r: &mut Regs) -> Flow {
    // value, container, subscript
    if r.adaptive() {
        specialize::store_subscr(r.obj(1), r.obj(0), r.ip);
        return r.again();
    }
    r.spill();
    r.obj(1).set_item(r.py(), r.obj(0), r.obj(2))?;
    r.drop_next(3, caches::STORE_SUBSCR)
}

#[inline(always)]
pub fn store_subscr_list_int(r: &mut Regs) -> Flow {
    let (Some(i), Some(list)) = (index(r), r.obj(1).downcast_exact::<PyList>()) else {
        return r.deopt(op::STORE_SUBSCR);
    };
    if i >= list.len() {
        return r.deopt(op::STORE_SUBSCR);
    }
    // SAFETY: within the list; the value's reference moves in, the old item's out.
    let old = unsafe {
        let value = r.peek(2).into_owned().into_raw();
        let old: object::Py = object::Py::from_raw_owned(list.ob_item.get().add(i).replace(value));
        StackRef::from_owned(old)
    };
    // The old item takes the value's place on the stack.
    r.set(2, old);
    r.drop_next(3, caches::STORE_SUBSCR)
}

#[inline(always)]
pub fn store_subscr_dict(r: &mut Regs) -> Flow {
    let Some(dict) = r.obj(1).downcast_exact::<PyDict>() else { return r.deopt(op::STORE_SUBSCR) };
    r.spill();
    dict.set_item(r.py(), r.obj(0), r.obj(2))?;
    r.drop_next(3, caches::STORE_SUBSCR)
}

#[inline(always)]
pub fn delete_subscr(r: &mut Regs) -> Flow {
    r.spill();
    r.obj(1).del_item(r.py(), r.obj(0))?;
    r.drop_next(2, 0)
}
