//! Reporting events to the tools that watch for them.

use super::data::{self, CoMonitoring};
use super::event::{
    C_RAISE, C_RETURN, CALL, EXCEPTION_HANDLED, INSTRUCTION, LINE, LOCAL_EVENTS, PY_THROW, PY_UNWIND, RAISE,
    RERAISE, STOP_ITERATION,
};
use crate::abstract_::ObjectExt;
use crate::errors::*;
use crate::interp::frame::Frame;
use crate::interp::tracing::PyLegacyEventHandler;
use crate::state::{interpreter, thread};
use crate::types::code::CodeUnit;
use crate::types::exceptions::PyExc_StopIteration_Type;
use crate::types::{PyCode, PyInt};
use bytecode::op;
use object::{Py, PyLayout, PyObject, PyResult, Python};

/// The value that stands for an absent argument.
pub fn missing(py: Python) -> &'static PyObject {
    sentinel(py, &interpreter(py).eval.monitoring.missing)
}

/// The value by which a callback switches its event off at this place.
pub fn disable(py: Python) -> &'static PyObject {
    sentinel(py, &interpreter(py).eval.monitoring.disable)
}

fn sentinel(py: Python, slot: &object::Slot) -> &'static PyObject {
    if slot.is_empty() {
        // Plain objects; without memory `None` does no harm, since nothing compares equal to it here.
        if let Ok(o) = crate::types::object_::type_object().object().call0(py) {
            o.make_immortal();
            slot.set(Some(o));
        } else {
            drop(take(py));
            return crate::singletons::none();
        }
    }
    // SAFETY: immortal, and set once.
    unsafe { &*slot.as_ptr() }
}

/// Calls one tool's callback; true if it wants no more.
fn call_one(py: Python, tool: usize, event: usize, args: &[&PyObject]) -> PyResult<bool> {
    let Some(callback) = interpreter(py).eval.monitoring.callback(tool, event) else { return Ok(false) };
    let t = thread(py);
    let what = t.what_event.replace(event as i32);
    t.tracing.set(t.tracing.get() + 1);
    let result = match callback.downcast_exact::<PyLegacyEventHandler>() {
        Some(h) => h.report(py, args),
        None => callback.call(py, args),
    };
    t.tracing.set(t.tracing.get() - 1);
    t.what_event.set(what);
    Ok(result?.is(disable(py)))
}

/// Calls the callbacks of a set of tools, the highest first.
fn call_all(
    py: Python,
    mut tools: u8,
    event: usize,
    args: &[&PyObject],
    mut disable: impl FnMut(usize),
) -> PyResult<()> {
    while tools != 0 {
        let tool = 7 - tools.leading_zeros() as usize;
        tools &= !(1 << tool);
        if call_one(py, tool, event, args)? {
            disable(tool);
        }
    }
    Ok(())
}

/// What the frame runs.
fn code_of(frame: &Frame) -> Py<PyCode> {
    // SAFETY: events come from running frames, and those run code.
    unsafe { frame.code() }.owned()
}

fn unit_of(code: &PyCode, ip: *const CodeUnit) -> usize {
    (ip as usize).wrapping_sub(code.code_ptr() as usize) / size_of::<CodeUnit>()
}

fn offset(py: Python, unit: usize) -> PyResult<Py<PyInt>> {
    PyInt::from_usize(py, unit * size_of::<CodeUnit>())
}

/// Reports an event of the instruction at `ip`: the callbacks get the code, then `args`.
fn report(py: Python, code: &PyCode, ip: *const CodeUnit, event: usize, args: &[&PyObject]) -> PyResult<()> {
    if thread(py).tracing.get() != 0 {
        return Ok(());
    }
    let unit = unit_of(code, ip);
    let d = CoMonitoring::of(code);
    let own = if event == C_RETURN || event == C_RAISE { CALL } else { event };
    let tools =
        if own < LOCAL_EVENTS { d.tools_at(unit) } else { interpreter(py).eval.monitoring.global_tools(own) };
    if tools == 0 {
        return Ok(());
    }
    let mut all: [&PyObject; 4] = [code.as_object(); 4];
    let n = args.len().min(3);
    all[1..=n].copy_from_slice(&args[..n]);
    call_all(py, tools, event, &all[..=n], |tool| {
        if own < LOCAL_EVENTS {
            d.disable(code, unit, tool);
        }
    })
}

/// An event with the code and the offset.
pub fn call(py: Python, frame: &Frame, ip: *const CodeUnit, event: usize) -> PyResult<()> {
    let code = code_of(frame);
    let at = offset(py, unit_of(&code, ip))?;
    report(py, &code, ip, event, &[at.as_object()])
}

/// An event with one argument.
pub fn call_arg(py: Python, frame: &Frame, ip: *const CodeUnit, event: usize, a: &PyObject) -> PyResult<()> {
    let code = code_of(frame);
    let at = offset(py, unit_of(&code, ip))?;
    let a = a.owned();
    report(py, &code, ip, event, &[at.as_object(), &a])
}

/// An event with two arguments.
pub fn call_2args(
    py: Python,
    frame: &Frame,
    ip: *const CodeUnit,
    event: usize,
    a: &PyObject,
    b: &PyObject,
) -> PyResult<()> {
    let code = code_of(frame);
    let at = offset(py, unit_of(&code, ip))?;
    let (a, b) = (a.owned(), b.owned());
    report(py, &code, ip, event, &[at.as_object(), &a, &b])
}

/// The same while an exception is pending, which stays unless a callback raises.
pub fn call_exc2(py: Python, frame: &Frame, ip: *const CodeUnit, event: usize, a: &PyObject, b: &PyObject) {
    let saved = take(py);
    if call_2args(py, frame, ip, event, a, b).is_ok() {
        thread(py).current_exception.set(saved);
    }
}

/// A jump or branch made by the instruction at `ip`, from `source` to `target`. Gives where to go on, which a callback may have changed.
pub fn jump(
    py: Python,
    frame: &Frame,
    ip: *const CodeUnit,
    source: *const CodeUnit,
    target: *const CodeUnit,
    event: usize,
) -> PyResult<*const CodeUnit> {
    if thread(py).tracing.get() != 0 {
        return Ok(target);
    }
    let (code, f) = (code_of(frame), frame);
    // The event comes after the jump.
    f.instr_ptr.set(target);
    let from = offset(py, unit_of(&code, source))?;
    let to = offset(py, unit_of(&code, target))?;
    report(py, &code, ip, event, &[from.as_object(), to.as_object()])?;
    let at = f.instr_ptr.get();
    if at == target {
        // A line event at the target must see where the jump came from.
        f.instr_ptr.set(source);
    }
    Ok(at)
}

/// A line may begin at `ip`; `previous` is the instruction executed before. Gives the opcode hidden there.
pub fn line(py: Python, frame: &Frame, ip: *const CodeUnit, previous: *const CodeUnit) -> PyResult<u8> {
    let code = code_of(frame);
    let d = CoMonitoring::of(&code);
    let unit = unit_of(&code, ip);
    let opcode = d.line_opcode_at(unit);
    if thread(py).tracing.get() != 0 {
        return Ok(opcode);
    }
    let lines = d.lines(&code);
    let here = lines.line(unit);
    let before = unit_of(&code, previous);
    let first = code.co_firsttraceable.get() as usize;
    // On the same line nothing new begins, except right after the entry.
    if before < code.code_len()
        && before >= first
        && lines.line(before) == here
        && data::base_opcode(&code, before) != op::RESUME
    {
        return Ok(opcode);
    }
    let line = PyInt::from_i64(py, here.into())?;
    let args = [code.as_object(), line.as_object()];
    call_all(py, d.line_tools_at(unit), LINE, &args, |tool| d.disable_line(&code, unit, tool))?;
    Ok(opcode)
}

/// An instruction is about to be executed. Gives the opcode hidden there.
pub fn instruction(py: Python, frame: &Frame, ip: *const CodeUnit) -> PyResult<u8> {
    let code = code_of(frame);
    let d = CoMonitoring::of(&code);
    let unit = unit_of(&code, ip);
    let opcode = d.instruction_opcode_at(unit);
    if thread(py).tracing.get() != 0 {
        return Ok(opcode);
    }
    let at = offset(py, unit)?;
    let args = [code.as_object(), at.as_object()];
    call_all(py, d.instruction_tools_at(unit), INSTRUCTION, &args, |tool| {
        d.disable_instruction(&code, unit, tool)
    })?;
    Ok(opcode)
}

/// Does anybody watch the event in this frame?
fn watched(py: Python, frame: &Frame, event: usize) -> bool {
    if thread(py).tracing.get() != 0 {
        return false;
    }
    if interpreter(py).eval.monitoring.global_tools(event) != 0 {
        return true;
    }
    // SAFETY: called for a live frame; null or its code's box.
    event < LOCAL_EVENTS
        && unsafe { (*frame).code().co_monitoring.get().as_ref() }.is_some_and(|d| d.active_tools(event) != 0)
}

/// Reports an event about the pending exception; what a callback raises replaces it.
fn exception_event(py: Python, frame: &Frame, event: usize) -> PyResult<()> {
    let (code, ip) = (code_of(frame), frame.instr_ptr.get());
    if code.has_flag(bytecode::code::flags::NO_MONITORING_EVENTS) {
        return Ok(());
    }
    let Some(e) = take(py) else { return Ok(()) };
    call_arg(py, frame, ip, event, e.as_object())?;
    thread(py).current_exception.set(Some(e));
    Ok(())
}

/// Does anybody want to know of exceptions raised in the frame?
pub fn reports_raises(py: Python, frame: &Frame) -> bool {
    watched(py, frame, RAISE)
}

/// An exception was raised.
pub fn raised(py: Python, frame: &Frame) {
    if watched(py, frame, RAISE) {
        // What a callback raises is pending now, in place of the first exception.
        let _ = exception_event(py, frame, RAISE);
    }
}

/// An exception was thrown into a generator.
pub fn thrown(py: Python, frame: &Frame) {
    if watched(py, frame, PY_THROW) {
        let _ = exception_event(py, frame, PY_THROW);
    }
}

/// An exception was raised again.
pub fn reraised(py: Python, frame: &Frame) {
    if watched(py, frame, RERAISE) {
        let _ = exception_event(py, frame, RERAISE);
    }
}

/// An exception leaves the frame.
pub fn unwound(py: Python, frame: &Frame) {
    if watched(py, frame, PY_UNWIND) {
        let _ = exception_event(py, frame, PY_UNWIND);
    }
}

/// A handler for the exception was found, at `ip`.
pub fn handled(py: Python, frame: &Frame, ip: *const CodeUnit, exc: &PyObject) -> PyResult<()> {
    if !watched(py, frame, EXCEPTION_HANDLED) {
        return Ok(());
    }
    call_arg(py, frame, ip, EXCEPTION_HANDLED, exc)
}

/// A generator run in the loop returned: reported as the `StopIteration` there would have been.
pub fn stop_iteration(py: Python, frame: &Frame, ip: *const CodeUnit, value: &PyObject) -> PyResult<()> {
    if !watched(py, frame, STOP_ITERATION) {
        return Ok(());
    }
    let r = if value.is_none() {
        raise_with(py, &PyExc_StopIteration_Type, value)
    } else {
        crate::errors::stop_iteration(py, value)
    };
    let e = fetch(py, r);
    call_arg(py, frame, ip, STOP_ITERATION, e.as_object())
}
