//! Calls in their general forms.

use super::caches;
use crate::interp::breaker::check_pending;
use crate::interp::call::{push_frame, push_frame_ex};
use crate::interp::regs::{Flow, Regs};
use crate::interp::stackref::StackRef;
use crate::interp::{containers, invoke, specialize};
use crate::types::function::is_plain_function;
use crate::types::{PyDict, PyFunction, PyMethod, PyTuple};
use bytecode::code::flags;
use object::{Py, PyLayout};

#[inline(always)]
pub fn call(r: &mut Regs) -> Flow {
    if r.adaptive() {
        let n = r.oparg as usize;
        let callable = r.peek(n + 1).obj();
        let total = n + !r.peek(n).is_null() as usize;
        specialize::call(r.py(), callable, r.ip, total);
        return r.again();
    }
    expand_method(r, r.oparg as usize);
    do_call(r)
}

/// Replaces a bound method by its function and `self`. `below`: entries above the pair.
#[inline(always)]
pub(super) fn expand_method(r: &mut Regs, below: usize) {
    let callable = r.peek(below + 1);
    if !r.peek(below).is_null() {
        return;
    }
    let Some(m) = callable.obj().downcast_exact::<PyMethod>() else { return };
    let (func, this) = (StackRef::from_new(m.im_func.as_object()), StackRef::from_new(m.im_self.as_object()));
    r.set(below, this);
    r.set(below + 1, func);
    r.close(callable);
}

/// The namespace a function's frame starts with: only code that is not optimised (class bodies) has one.
#[inline(always)]
pub(super) fn initial_locals(func: &PyFunction) -> Option<Py> {
    if func.code().co_flags.get() as u32 & flags::OPTIMIZED != 0 {
        None
    } else {
        Some(func.func_globals.clone())
    }
}

/// Calls what is on the stack: callable, self or null, `oparg` arguments.
#[inline(always)]
pub(super) fn do_call(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    let callable = r.peek(n + 1);
    let has_self = !r.peek(n).is_null();
    let total = n + has_self as usize;
    r.spill();
    if let Some(func) = is_plain_function(callable.obj()) {
        let args = r.args(total);
        r.shrink(n + 2);
        // SAFETY: the arguments' and the callable's references move into the frame.
        let frame =
            unsafe { push_frame(r.thread, callable, initial_locals(func), args, total, None, r.frame) }?;
        return r.push_python_frame(frame, caches::CALL);
    }
    // SAFETY: `total` arguments are on the stack.
    let res = unsafe { invoke::vectorcall(r.py(), callable.obj(), r.args(total), total, None) };
    finish_call(r, n + 2, res)
}

/// Pops `n` entries of a call that has returned and pushes its result.
#[inline(always)]
pub(super) fn finish_call(r: &mut Regs, n: usize, res: object::PyResult) -> Flow {
    let res = res?;
    r.drop_n(n);
    r.push_owned(res);
    check_pending_after(r)?;
    r.next(caches::CALL)
}

/// The periodic check after a call: the instruction is complete, so an error must find the stack as it is now.
#[inline(always)]
pub(super) fn check_pending_after(r: &mut Regs) -> Flow {
    check_pending(r)
}

#[inline(always)]
pub fn call_non_py_general(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    let callable = r.peek(n + 1).obj();
    if is_python_callable(callable) {
        return r.deopt(bytecode::op::CALL);
    }
    let total = n + !r.peek(n).is_null() as usize;
    r.spill();
    // SAFETY: `total` arguments are on the stack.
    let res = unsafe { invoke::vectorcall(r.py(), callable, r.args(total), total, None) };
    finish_call(r, n + 2, res)
}

#[inline(always)]
fn is_python_callable(o: &object::PyObject) -> bool {
    o.downcast_exact::<PyFunction>().is_some() || o.downcast_exact::<PyMethod>().is_some()
}

#[inline(always)]
pub fn call_kw(r: &mut Regs) -> Flow {
    if r.adaptive() {
        let n = r.oparg as usize;
        let callable = r.peek(n + 2).obj();
        specialize::call_kw(r.py(), callable, r.ip);
        return r.again();
    }
    expand_method(r, r.oparg as usize + 1);
    do_call_kw(r)
}

/// Calls what is on the stack: callable, self or null, `oparg` arguments, keyword names.
#[inline(always)]
pub(super) fn do_call_kw(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    let callable = r.peek(n + 2);
    let total = n + !r.peek(n + 1).is_null() as usize;
    r.spill();
    let names = r.peek(0);
    let kwnames: &PyTuple = names.obj_as();
    let positional = total - kwnames.len();
    if let Some(func) = is_plain_function(callable.obj()) {
        let args = r.args(total + 1);
        r.shrink(n + 3);
        // SAFETY: the arguments' and the callable's references move into the frame; the names are released afterwards.
        let frame = unsafe {
            push_frame(r.thread, callable, initial_locals(func), args, positional, Some(kwnames), r.frame)
        };
        r.close(names);
        return r.push_python_frame(frame?, caches::CALL);
    }
    // SAFETY: `total` arguments are on the stack, below the names.
    let res =
        unsafe { invoke::vectorcall(r.py(), callable.obj(), r.args(total + 1), positional, Some(kwnames)) };
    finish_call(r, n + 3, res)
}

#[inline(always)]
pub fn call_kw_non_py(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    if is_python_callable(r.peek(n + 2).obj()) {
        return r.deopt(bytecode::op::CALL_KW);
    }
    do_call_kw(r)
}

#[inline(always)]
pub fn call_function_ex(r: &mut Regs) -> Flow {
    // callable, null, arguments, keyword dict or null
    r.spill();
    make_args_tuple(r)?;
    let callable = r.peek(3);
    let args: &PyTuple = r.peek(1).obj_as();
    let kwargs = kwargs(r);
    if let Some(func) = is_plain_function(callable.obj()) {
        if let Some(locals) = initial_locals(func) {
            return call_class_body_ex(r, func, locals);
        }
        let (kw, tuple) = (r.peek(0), r.peek(1));
        r.shrink(4);
        // SAFETY: the callable's reference moves into the frame.
        let frame = unsafe { push_frame_ex(r.thread, callable, args, kwargs, r.frame) };
        r.close(kw);
        r.close(tuple);
        return r.push_python_frame(frame?, 0);
    }
    finish_call_ex(r, args, kwargs)
}

#[inline(always)]
pub(super) fn kwargs(r: &Regs) -> Option<&'static PyDict> {
    let kw = r.peek(0);
    if kw.is_null() { None } else { Some(kw.obj_as()) }
}

/// Makes a tuple of the positional arguments, if they are something else.
#[inline(always)]
pub(super) fn make_args_tuple(r: &mut Regs) -> Flow {
    if r.obj(1).downcast_exact::<PyTuple>().is_none() {
        let tuple = containers::args_tuple(r.py(), r.obj(3), r.obj(1))?;
        let old = r.peek(1);
        r.set(1, StackRef::from_owned(tuple));
        r.close(old);
    }
    Ok(())
}

#[inline(always)]
pub(super) fn finish_call_ex(r: &mut Regs, args: &'static PyTuple, kwargs: Option<&'static PyDict>) -> Flow {
    let res = crate::abstract_::call::call_tuple_dict(r.py(), r.obj(3), args, kwargs)?;
    r.drop_n(2);
    // The null between callable and arguments.
    r.shrink(1);
    r.replace1(StackRef::from_owned(res));
    check_pending_after(r)?;
    r.next(0)
}

/// A function whose code has a namespace of its own, called with unpacked arguments: rare enough to leave the loop.
#[inline(always)]
fn call_class_body_ex(r: &mut Regs, func: &'static PyFunction, locals: Py) -> Flow {
    let args: &PyTuple = r.peek(1).obj_as();
    let res = invoke::with_locals(r.py(), func, locals, args, kwargs(r))?;
    r.drop_n(2);
    r.shrink(1);
    r.replace1(StackRef::from_owned(res));
    r.next(0)
}
