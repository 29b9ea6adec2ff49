//! Instructions that report to `sys.monitoring` before or after doing what the plain ones do.

use super::caches;
use super::call::{do_call, do_call_kw, expand_method, kwargs, make_args_tuple};
use super::jump::check_pending_unless_yield_from;
use crate::abstract_::ObjectExt;
use crate::abstract_::call::call_tuple_dict;
use crate::interp::breaker::check_pending;
use crate::interp::instrument::{self, event};
use crate::interp::iteration;
use crate::interp::regs::{Flow, Regs, Stop};
use crate::interp::stackref::StackRef;
use crate::interp::{backoff, invoke};
use crate::types::code::CodeUnit;
use crate::types::function::is_plain_function;
use crate::types::{PyCoroutine, PyFunction, PyGenerator, PyMethod, PyTuple};
use object::{PyObject, PyResult, PyTypeInfo};

/// Takes over a jump that monitoring code may have made by assigning `f_lineno`; the registers were spilled at `ip`.
#[inline(always)]
fn jumped(r: &mut Regs) -> bool {
    let at = r.frame().instr_ptr.get();
    if at == r.ip {
        return false;
    }
    r.ip = at;
    r.sp = r.frame().stackpointer.get();
    true
}

#[inline(always)]
pub fn instrumented_resume(r: &mut Regs) -> Flow {
    if r.thread.tracing.get() == 0 && instrument::is_outdated(r.thread, r.code()) {
        r.spill();
        instrument::instrument(r.py(), r.code())?;
        return r.again();
    }
    check_pending_unless_yield_from(r)?;
    r.spill();
    let e = if r.oparg > 0 { event::PY_RESUME } else { event::PY_START };
    instrument::call(r.py(), r.frame(), r.ip, e)?;
    if jumped(r) { Ok(()) } else { r.next(0) }
}

#[inline(always)]
pub fn instrumented_return_value(r: &mut Regs) -> Flow {
    r.spill();
    instrument::call_arg(r.py(), r.frame(), r.ip, event::PY_RETURN, r.obj(0))?;
    super::function::return_value(r)
}

#[inline(always)]
pub fn instrumented_yield_value(r: &mut Regs) -> Flow {
    r.spill();
    instrument::call_arg(r.py(), r.frame(), r.ip, event::PY_YIELD, r.obj(0))?;
    if jumped(r) {
        return Ok(());
    }
    super::generator::yield_value(r)
}

fn is_generator(o: &PyObject) -> bool {
    PyGenerator::check_exact(o) || PyCoroutine::check_exact(o)
}

#[inline(always)]
pub fn instrumented_end_for(r: &mut Regs) -> Flow {
    // iterator, value: a generator that ran in the loop has returned
    r.spill();
    if PyGenerator::check_exact(r.obj(1)) {
        instrument::stop_iteration(r.py(), r.frame(), r.ip, r.obj(0))?;
    }
    r.drop_top();
    r.next(0)
}

#[inline(always)]
pub fn instrumented_end_send(r: &mut Regs) -> Flow {
    r.spill();
    if is_generator(r.obj(1)) {
        instrument::stop_iteration(r.py(), r.frame(), r.ip, r.obj(0))?;
    }
    super::generator::end_send(r)
}

/// Goes to `target`, reporting the branch or jump from `source` first.
#[inline(always)]
fn report_jump(r: &mut Regs, source: *const CodeUnit, target: *const CodeUnit, e: usize) -> Flow {
    r.spill();
    let to = instrument::jump(r.py(), r.frame(), r.ip, source, target, e)?;
    r.sp = r.frame().stackpointer.get();
    r.ip = to;
    Ok(())
}

/// The instruction `by` units behind the end of this one.
#[inline(always)]
fn target(r: &Regs, caches: usize, by: isize) -> *const CodeUnit {
    // SAFETY: a verified target.
    unsafe { r.ip.add(1 + caches).offset(by) }
}

#[inline(always)]
pub fn instrumented_pop_iter(r: &mut Regs) -> Flow {
    // The jump came from the `FOR_ITER` executed last.
    let source = r.frame().instr_ptr.get();
    let to = target(r, 0, 0);
    r.drop_top();
    report_jump(r, source, to, event::BRANCH_RIGHT)
}

#[inline(always)]
pub fn instrumented_for_iter(r: &mut Regs) -> Flow {
    r.spill();
    match iteration::next(r.py(), r.obj(0), r.frame())? {
        Some(v) => {
            r.push_owned(v);
            let (source, to) = (r.ip, target(r, caches::FOR_ITER, 0));
            report_jump(r, source, to, event::BRANCH_LEFT)
        }
        None => r.jump(caches::FOR_ITER, r.oparg as isize + 1),
    }
}

#[inline(always)]
pub fn instrumented_jump_forward(r: &mut Regs) -> Flow {
    let (source, to) = (r.ip, target(r, 0, r.oparg as isize));
    report_jump(r, source, to, event::JUMP)
}

#[inline(always)]
pub fn instrumented_jump_backward(r: &mut Regs) -> Flow {
    check_pending(r)?;
    let (source, to) = (r.ip, target(r, caches::JUMP_BACKWARD, -(r.oparg as isize)));
    report_jump(r, source, to, event::JUMP)
}

/// A conditional jump: the branch taken is reported here, the other one by the `NOT_TAKEN` behind.
#[inline(always)]
fn branch(r: &mut Regs, taken: bool) -> Flow {
    if taken {
        let (source, to) = (r.ip, target(r, caches::POP_JUMP, r.oparg as isize));
        report_jump(r, source, to, event::BRANCH_RIGHT)
    } else {
        r.spill();
        r.next(caches::POP_JUMP)
    }
}

#[inline(always)]
pub fn instrumented_pop_jump_if_true(r: &mut Regs) -> Flow {
    let taken = r.pop().is_true();
    branch(r, taken)
}

#[inline(always)]
pub fn instrumented_pop_jump_if_false(r: &mut Regs) -> Flow {
    let taken = r.pop().is_false();
    branch(r, taken)
}

#[inline(always)]
pub fn instrumented_pop_jump_if_none(r: &mut Regs) -> Flow {
    let v = r.pop();
    let taken = v.is(StackRef::none());
    r.close(v);
    branch(r, taken)
}

#[inline(always)]
pub fn instrumented_pop_jump_if_not_none(r: &mut Regs) -> Flow {
    let v = r.pop();
    let taken = !v.is(StackRef::none());
    r.close(v);
    branch(r, taken)
}

#[inline(always)]
pub fn instrumented_not_taken(r: &mut Regs) -> Flow {
    // The conditional jump (one cache word) executed just before.
    let (source, to) = (r.frame().instr_ptr.get(), target(r, 0, 0));
    report_jump(r, source, to, event::BRANCH_LEFT)
}

#[inline(always)]
pub fn instrumented_end_async_for(r: &mut Regs) -> Flow {
    // The branch began at the `END_SEND` this handler belongs to.
    let source = target(r, 0, -(r.oparg as isize));
    let at = r.ip;
    let to = target(r, 0, 0);
    r.spill();
    let dest = instrument::jump(r.py(), r.frame(), r.ip, source, to, event::BRANCH_RIGHT)?;
    r.frame().instr_ptr.set(at);
    if dest != to {
        r.ip = dest;
        r.sp = r.frame().stackpointer.get();
        return Ok(());
    }
    super::exceptions::end_async_for(r)
}

/// The first argument as monitoring reports it.
#[inline(always)]
fn first_argument(r: &Regs, n: usize, above: usize) -> &'static PyObject {
    let this = r.peek(n + above);
    if !this.is_null() {
        this.obj()
    } else if n > 0 {
        r.peek(n - 1 + above).obj()
    } else {
        instrument::missing(r.py())
    }
}

/// Reports a native call's end.
#[inline(always)]
fn native_done(r: &mut Regs, res: PyResult, func: &PyObject, arg: &PyObject) -> PyResult {
    match res {
        Ok(v) => {
            instrument::call_2args(r.py(), r.frame(), r.ip, event::C_RETURN, func, arg)?;
            Ok(v)
        }
        Err(e) => {
            instrument::call_exc2(r.py(), r.frame(), r.ip, event::C_RAISE, func, arg);
            Err(e)
        }
    }
}

#[inline(always)]
pub fn instrumented_call(r: &mut Regs) -> Flow {
    expand_method(r, r.oparg as usize);
    r.spill();
    let n = r.oparg as usize;
    let callable = r.peek(n + 1).obj();
    let arg = first_argument(r, n, 0);
    instrument::call_2args(r.py(), r.frame(), r.ip, event::CALL, callable, arg)?;
    if is_plain_function(callable).is_some() {
        return do_call(r);
    }
    let total = n + !r.peek(n).is_null() as usize;
    // SAFETY: `total` arguments are on the stack.
    let res = unsafe { invoke::vectorcall(r.py(), callable, r.args(total), total, None) };
    let res = native_done(r, res, callable, arg);
    super::call::finish_call(r, n + 2, res)
}

#[inline(always)]
pub fn instrumented_call_kw(r: &mut Regs) -> Flow {
    expand_method(r, r.oparg as usize + 1);
    r.spill();
    let n = r.oparg as usize;
    let callable = r.peek(n + 2).obj();
    let arg = first_argument(r, n, 1);
    instrument::call_2args(r.py(), r.frame(), r.ip, event::CALL, callable, arg)?;
    if is_plain_function(callable).is_some() {
        return do_call_kw(r);
    }
    let total = n + !r.peek(n + 1).is_null() as usize;
    let names: &PyTuple = r.peek(0).obj_as();
    let positional = total - names.len();
    // SAFETY: `total` arguments are on the stack, below the names.
    let res = unsafe { invoke::vectorcall(r.py(), callable, r.args(total + 1), positional, Some(names)) };
    let res = native_done(r, res, callable, arg);
    super::call::finish_call(r, n + 3, res)
}

#[inline(always)]
pub fn instrumented_call_function_ex(r: &mut Regs) -> Flow {
    r.spill();
    make_args_tuple(r)?;
    let callable = r.obj(3);
    let args: &PyTuple = r.peek(1).obj_as();
    let arg = args.get(0).unwrap_or_else(|| instrument::missing(r.py()));
    instrument::call_2args(r.py(), r.frame(), r.ip, event::CALL, callable, arg)?;
    let mut res = call_tuple_dict(r.py(), callable, args, kwargs(r));
    if !PyFunction::check_exact(callable) && !PyMethod::check_exact(callable) {
        res = native_done(r, res, callable, arg);
    }
    let res = res?;
    r.drop_n(3);
    r.replace1(StackRef::from_owned(res));
    check_pending(r)?;
    r.next(0)
}

#[inline(always)]
pub fn instrumented_load_super_attr(r: &mut Regs) -> Flow {
    r.spill();
    let func = r.obj(2);
    let arg = if r.oparg & 2 != 0 { r.obj(1) } else { instrument::missing(r.py()) };
    instrument::call_2args(r.py(), r.frame(), r.ip, event::CALL, func, arg)?;
    let made = super::super_attr::make_super(r);
    let made = native_done(r, made, func, arg)?;
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

/// Runs the instruction that instrumentation hides, without letting it specialise over the instrumentation.
#[inline(always)]
fn run_hidden(r: &mut Regs, opcode: u8) -> Flow {
    if bytecode::CACHES[opcode as usize] > 0 {
        let counter = backoff::pause(r.cache_u16(0));
        r.set_cache_u16(0, counter);
    }
    r.opcode = opcode;
    Err(Stop::Dispatch)
}

#[inline(always)]
pub fn instrumented_instruction(r: &mut Regs) -> Flow {
    r.spill();
    let opcode = instrument::instruction(r.py(), r.frame(), r.ip)?;
    run_hidden(r, opcode)
}

#[inline(always)]
pub fn instrumented_line(r: &mut Regs) -> Flow {
    let previous = r.frame().instr_ptr.get();
    r.spill();
    let opcode = instrument::line(r.py(), r.frame(), r.ip, previous)?;
    if jumped(r) {
        return Ok(());
    }
    run_hidden(r, opcode)
}
