//! Calls of Python functions, specialised: a frame is pushed and the loop goes on in it.

use super::caches;
use super::call::{do_call_kw, expand_method, initial_locals};
use crate::interp::call::{initialize, push_frame, push_frame_unchecked};
use crate::interp::datastack;
use crate::interp::init_cleanup;
use crate::interp::regs::{Flow, Regs};
use crate::interp::specialize;
use crate::interp::stackref::StackRef;
use crate::types::{PyFunction, PyMethod};
use bytecode::op;
use object::{PyLayout, PyTypeInfo, PyTypeObject};

/// Pushes a frame for a function that takes exactly the `total` arguments on top of the stack, below which are `extra` entries.
#[inline(always)]
fn enter_exact(r: &mut Regs, func: StackRef, total: usize, extra: usize) -> Flow {
    let function: &PyFunction = func.obj_as();
    let code = function.code();
    let args = r.args(total);
    r.shrink(total + extra);
    // SAFETY: the caller checked the room and the number of parameters; references move into the frame.
    let frame = unsafe {
        let frame = push_frame_unchecked(r.thread, func, code, total, r.frame);
        let locals = (*frame).localsplus();
        // Volatile: a few words, for which a vectorised loop is too much.
        for i in 0..total {
            locals.add(i).write_volatile(*args.add(i));
        }
        frame
    };
    r.frame().return_offset.set(1 + caches::CALL as u16);
    r.spill();
    r.thread.py_recursion_remaining.set(r.thread.py_recursion_remaining.get() - 1);
    r.enter(frame, 0)
}

/// Has the function the cached version, and is there room for a frame?
#[inline(always)]
fn function_fits(r: &Regs, func: &PyFunction, total: usize) -> bool {
    let code = func.code();
    func.func_version.get() == r.cache_u32(1)
        && code.co_argcount.get() as usize == total
        && datastack::has_space(r.thread, code.co_framesize.get() as usize)
        && r.thread.py_recursion_remaining.get() > 1
}

#[inline(always)]
pub fn call_py_exact_args(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    let callable = r.peek(n + 1);
    let total = n + !r.peek(n).is_null() as usize;
    let Some(func) = callable.obj().downcast_exact::<PyFunction>() else { return r.deopt(op::CALL) };
    if !function_fits(r, func, total) {
        return r.deopt(op::CALL);
    }
    enter_exact(r, callable, total, n + 2 - total)
}

#[inline(always)]
pub fn call_bound_method_exact_args(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    let callable = r.peek(n + 1);
    let Some(m) = callable.obj().downcast_exact::<PyMethod>() else { return r.deopt(op::CALL) };
    if !r.peek(n).is_null() {
        return r.deopt(op::CALL);
    }
    let Some(func) = m.im_func.downcast_exact::<PyFunction>() else { return r.deopt(op::CALL) };
    if !function_fits(r, func, n + 1) {
        return r.deopt(op::CALL);
    }
    let func = StackRef::from_new(func.as_object());
    let this = StackRef::from_new(m.im_self.as_object());
    r.set(n, this);
    r.set(n + 1, func);
    r.close(callable);
    enter_exact(r, func, n + 1, 1)
}

#[inline(always)]
fn enter_general(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    let callable = r.peek(n + 1);
    let total = n + !r.peek(n).is_null() as usize;
    let func: &PyFunction = callable.obj_as();
    r.spill();
    let args = r.args(total);
    r.shrink(n + 2);
    // SAFETY: the arguments' and the callable's references move into the frame.
    let frame = unsafe { push_frame(r.thread, callable, initial_locals(func), args, total, None, r.frame) }?;
    r.push_python_frame(frame, caches::CALL)
}

#[inline(always)]
pub fn call_py_general(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    let Some(func) = r.peek(n + 1).obj().downcast_exact::<PyFunction>() else { return r.deopt(op::CALL) };
    if func.func_version.get() != r.cache_u32(1) || r.thread.py_recursion_remaining.get() <= 1 {
        return r.deopt(op::CALL);
    }
    enter_general(r)
}

#[inline(always)]
fn method_function(r: &Regs, below: usize) -> bool {
    let Some(m) = r.peek(below + 1).obj().downcast_exact::<PyMethod>() else { return false };
    r.peek(below).is_null()
        && m.im_func.downcast_exact::<PyFunction>().is_some_and(|f| f.func_version.get() == r.cache_u32(1))
}

#[inline(always)]
pub fn call_bound_method_general(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    if !method_function(r, n) || r.thread.py_recursion_remaining.get() <= 1 {
        return r.deopt(op::CALL);
    }
    expand_method(r, n);
    enter_general(r)
}

#[inline(always)]
pub fn call_kw_py(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    let Some(func) = r.peek(n + 2).obj().downcast_exact::<PyFunction>() else { return r.deopt(op::CALL_KW) };
    if func.func_version.get() != r.cache_u32(1) || r.thread.py_recursion_remaining.get() <= 1 {
        return r.deopt(op::CALL_KW);
    }
    do_call_kw(r)
}

#[inline(always)]
pub fn call_kw_bound_method(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    if !method_function(r, n + 1) {
        return r.deopt(op::CALL_KW);
    }
    expand_method(r, n + 1);
    do_call_kw(r)
}

/// `C(...)` for a class with a Python `__init__` and nothing else special: allocates, then runs `__init__` in the loop, with a shim frame
/// in between that turns its `None` into the object.
#[inline(always)]
pub fn call_alloc_and_enter_init(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    let callable = r.peek(n + 1);
    if !r.peek(n).is_null() || !PyTypeObject::check(callable.obj()) {
        return r.deopt(op::CALL);
    }
    let ty: &PyTypeObject = callable.obj_as();
    if ty.tp_version_tag.get() != r.cache_u32(1) {
        return r.deopt(op::CALL);
    }
    let Some(init) = specialize::cached_init(ty) else { return r.deopt(op::CALL) };
    let Some(func) = init.downcast_exact::<PyFunction>() else { return r.deopt(op::CALL) };
    let shim_code = init_cleanup::code(r.py())?;
    let words = func.code().co_framesize.get() as usize + shim_code.co_framesize.get() as usize;
    if !datastack::has_space(r.thread, words) {
        return r.deopt(op::CALL);
    }
    r.spill();
    let this = specialize::generic_alloc(r.py(), ty)?;
    let func = StackRef::from_new(func.as_object());
    let this = StackRef::from_owned_mortal(this);
    r.set(n, this.dup());
    r.set(n + 1, this);
    r.close(callable);
    let args = r.args(n + 1);
    let object = r.peek(n + 1);
    r.shrink(n + 2);
    // SAFETY: room was checked; the shim holds the object on its stack; references move into the frames.
    let frame = unsafe {
        let shim = datastack::push_unchecked(r.thread, shim_code.co_framesize.get() as usize);
        initialize(shim, init_cleanup::function(r.py())?, std::ptr::null_mut(), shim_code, 0, r.frame);
        (*shim).stackpointer.set((*shim).localsplus().add(1));
        *(*shim).localsplus() = object;
        match push_frame(r.thread, func, None, args, n + 1, None, shim) {
            Ok(f) => f,
            Err(e) => {
                crate::interp::call::clear_and_pop(r.thread, shim);
                return Err(e.into());
            }
        }
    };
    // The shim counts as a frame too; it is checked with the function's.
    r.thread.py_recursion_remaining.set(r.thread.py_recursion_remaining.get() - 1);
    r.push_python_frame(frame, caches::CALL)
}
