//! Calls of native functions, specialised by calling convention, and of a few builtins done in place.

use super::caches;
use super::call::finish_call;
use crate::abstract_::ObjectExt;
use crate::errors::from_c;
use crate::interp::invoke;
use crate::interp::regs::{Flow, Regs};
use crate::interp::stackref::StackRef;
use crate::state::interpreter;
use crate::types::descr::PyMethodDescr;
use crate::types::{PyCFunction, PyInt, PyList, PyStr, PyTuple};
use bytecode::op;
use object::typeobj::{self, PyCFunctionFast, PyCFunctionFastWithKeywords, meth};
use object::{PyLayout, PyObject, PyTypeInfo, PyTypeObject, stack};
use std::ffi::c_void;
use std::mem::transmute;
use std::ptr::null_mut;

#[inline(always)]
fn total(r: &Regs) -> usize {
    let n = r.oparg as usize;
    n + !r.peek(n).is_null() as usize
}

#[inline(always)]
fn callable(r: &Regs) -> &'static PyObject {
    r.peek(r.oparg as usize + 1).obj()
}

/// The builtin on the stack, if it has exactly these `ml_flags`.
#[inline(always)]
fn builtin(r: &Regs, flags: i32) -> Option<&'static PyCFunction> {
    let f = callable(r).downcast_exact::<PyCFunction>()?;
    if f.def().ml_flags == flags && !stack::is_short() { Some(f) } else { None }
}

/// The method descriptor on the stack, if it has exactly these `ml_flags` and fits the first argument.
#[inline(always)]
fn descriptor(r: &Regs, flags: i32, total: usize) -> Option<&'static PyMethodDescr> {
    let d = callable(r).downcast_exact::<PyMethodDescr>()?;
    if total == 0 || d.def().ml_flags != flags {
        return None;
    }
    let this = r.peek(total - 1).obj();
    if std::ptr::eq(this.ty(), &*d.d_common.d_type) && !stack::is_short() { Some(d) } else { None }
}

/// A C function's result as a result.
macro_rules! result {
    ($r:ident, $call:expr) => {{
        // SAFETY: the flags say that the function has this signature; arguments are alive on the stack.
        let p = unsafe { $call };
        // SAFETY: null with an exception, or owned.
        unsafe { from_c::<PyObject>($r.py(), p) }
    }};
}

#[inline(always)]
pub fn call_builtin_o(r: &mut Regs) -> Flow {
    let Some(f) = builtin(r, meth::O) else { return r.deopt(op::CALL) };
    if total(r) != 1 {
        return r.deopt(op::CALL);
    }
    r.spill();
    let arg = r.peek(0).as_ptr();
    let res = result!(r, {
        let c: typeobj::PyCFunction = transmute(f.def().ml_meth);
        c(f.m_self.as_ptr(), arg)
    });
    finish_call(r, r.oparg as usize + 2, res)
}

#[inline(always)]
pub fn call_builtin_fast(r: &mut Regs) -> Flow {
    let Some(f) = builtin(r, meth::FASTCALL) else { return r.deopt(op::CALL) };
    let n = total(r);
    r.spill();
    // SAFETY: as the flags say; arguments are alive on the stack.
    let res = unsafe {
        invoke::fast(
            transmute::<*const c_void, PyCFunctionFast>(f.def().ml_meth),
            f.m_self.as_ptr(),
            r.args(n),
            n,
        )
    };
    finish_call(r, r.oparg as usize + 2, res)
}

#[inline(always)]
pub fn call_builtin_fast_with_keywords(r: &mut Regs) -> Flow {
    let Some(f) = builtin(r, meth::FASTCALL | meth::KEYWORDS) else { return r.deopt(op::CALL) };
    let n = total(r);
    r.spill();
    // SAFETY: as the flags say; arguments are alive on the stack.
    let res = unsafe {
        invoke::fast_with_keywords(
            transmute::<*const c_void, PyCFunctionFastWithKeywords>(f.def().ml_meth),
            f.m_self.as_ptr(),
            r.args(n),
            n,
        )
    };
    finish_call(r, r.oparg as usize + 2, res)
}

#[inline(always)]
pub fn call_builtin_class(r: &mut Regs) -> Flow {
    let c = callable(r);
    if !PyTypeObject::check(c) {
        return r.deopt(op::CALL);
    }
    // SAFETY: checked just now.
    let ty: &PyTypeObject = unsafe { c.downcast_unchecked() };
    let Some(new) = ty.tp_vectorcall.get() else { return r.deopt(op::CALL) };
    let n = total(r);
    r.spill();
    // SAFETY: a type's vectorcall; arguments are alive on the stack.
    let res = unsafe { invoke::class(new, c.as_ptr(), r.args(n), n) };
    finish_call(r, r.oparg as usize + 2, res)
}

#[inline(always)]
pub fn call_method_descriptor_o(r: &mut Regs) -> Flow {
    let n = total(r);
    if n != 2 {
        return r.deopt(op::CALL);
    }
    let Some(d) = descriptor(r, meth::O, n) else { return r.deopt(op::CALL) };
    r.spill();
    let (this, arg) = (r.peek(1).as_ptr(), r.peek(0).as_ptr());
    let res = result!(r, {
        let c: typeobj::PyCFunction = transmute(d.def().ml_meth);
        c(this, arg)
    });
    finish_call(r, r.oparg as usize + 2, res)
}

#[inline(always)]
pub fn call_method_descriptor_noargs(r: &mut Regs) -> Flow {
    let n = total(r);
    if n != 1 {
        return r.deopt(op::CALL);
    }
    let Some(d) = descriptor(r, meth::NOARGS, n) else { return r.deopt(op::CALL) };
    r.spill();
    let this = r.peek(0).as_ptr();
    let res = result!(r, {
        let c: typeobj::PyCFunction = transmute(d.def().ml_meth);
        c(this, null_mut())
    });
    finish_call(r, r.oparg as usize + 2, res)
}

#[inline(always)]
pub fn call_method_descriptor_fast(r: &mut Regs) -> Flow {
    let n = total(r);
    let Some(d) = descriptor(r, meth::FASTCALL, n) else { return r.deopt(op::CALL) };
    r.spill();
    let this = r.peek(n - 1).as_ptr();
    // SAFETY: as the flags say; arguments are alive on the stack.
    let res = unsafe {
        invoke::fast(transmute::<*const c_void, PyCFunctionFast>(d.def().ml_meth), this, r.args(n - 1), n - 1)
    };
    finish_call(r, r.oparg as usize + 2, res)
}

#[inline(always)]
pub fn call_method_descriptor_fast_with_keywords(r: &mut Regs) -> Flow {
    let n = total(r);
    let Some(d) = descriptor(r, meth::FASTCALL | meth::KEYWORDS, n) else { return r.deopt(op::CALL) };
    r.spill();
    let this = r.peek(n - 1).as_ptr();
    // SAFETY: as the flags say; arguments are alive on the stack.
    let res = unsafe {
        invoke::fast_with_keywords(
            transmute::<*const c_void, PyCFunctionFastWithKeywords>(d.def().ml_meth),
            this,
            r.args(n - 1),
            n - 1,
        )
    };
    finish_call(r, r.oparg as usize + 2, res)
}

#[inline(always)]
pub fn call_len(r: &mut Regs) -> Flow {
    // callable, null, argument
    if !r.peek(1).is_null() || callable(r).as_ptr() != interpreter(r.py()).eval.callables.len.get() {
        return r.deopt(op::CALL);
    }
    r.spill();
    let n = r.obj(0).length(r.py())?;
    let res = PyInt::from_i64(r.py(), n as i64)?;
    let (arg, function) = (r.peek(0), r.peek(2));
    r.shrink(2);
    r.set(0, StackRef::from_owned(res));
    r.close(arg);
    r.close(function);
    r.next(caches::CALL)
}

#[inline(always)]
pub fn call_isinstance(r: &mut Regs) -> Flow {
    if total(r) != 2 || callable(r).as_ptr() != interpreter(r.py()).eval.callables.isinstance.get() {
        return r.deopt(op::CALL);
    }
    r.spill();
    let b = r.obj(1).is_instance(r.py(), r.obj(0))?;
    r.drop_n(r.oparg as usize + 2);
    r.push(StackRef::bool(b));
    r.next(caches::CALL)
}

#[inline(always)]
pub fn call_list_append(r: &mut Regs) -> Flow {
    // callable, list, value
    if callable(r).as_ptr() != interpreter(r.py()).eval.callables.list_append.get() || r.peek(1).is_null() {
        return r.deopt(op::CALL);
    }
    let Some(list) = r.obj(1).downcast_exact::<PyList>() else { return r.deopt(op::CALL) };
    let value = r.pop_owned();
    if let Err(e) = list.append(r.py(), value) {
        r.spill();
        return Err(e.into());
    }
    r.drop_n(2);
    // The `None` would be popped by the next instruction.
    r.next(caches::CALL + 1)
}

#[inline(always)]
fn calls_type<T: PyTypeInfo>(r: &Regs) -> bool {
    r.peek(1).is_null() && std::ptr::eq(callable(r), T::type_object().as_object())
}

#[inline(always)]
fn finish_one(r: &mut Regs, res: StackRef) {
    let (arg, function) = (r.peek(0), r.peek(2));
    r.shrink(2);
    r.set(0, res);
    r.close(arg);
    r.close(function);
}

#[inline(always)]
pub fn call_type_1(r: &mut Regs) -> Flow {
    if !calls_type::<PyTypeObject>(r) {
        return r.deopt(op::CALL);
    }
    let ty = StackRef::from_new(r.obj(0).ty().as_object());
    finish_one(r, ty);
    r.next(caches::CALL)
}

#[inline(always)]
pub fn call_str_1(r: &mut Regs) -> Flow {
    if !calls_type::<PyStr>(r) {
        return r.deopt(op::CALL);
    }
    r.spill();
    let s = r.obj(0).str_(r.py())?;
    finish_one(r, StackRef::from_owned(s));
    super::call::check_pending_after(r)?;
    r.next(caches::CALL)
}

#[inline(always)]
pub fn call_tuple_1(r: &mut Regs) -> Flow {
    if !calls_type::<PyTuple>(r) {
        return r.deopt(op::CALL);
    }
    r.spill();
    let t = r.obj(0).to_tuple(r.py())?;
    finish_one(r, StackRef::from_owned(t));
    super::call::check_pending_after(r)?;
    r.next(caches::CALL)
}
