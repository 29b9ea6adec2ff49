//! Assignment to `f_lineno`: a debugger's jump to another line of the same frame.
//!
//! A jump is allowed where the evaluation stack at the target is a part of the stack here, entry for entry of the same sort. The sorts
//! at every instruction are found by walking the code once along all its edges.

use super::PyFrame;
use crate::interp::instrument::{event, line_of_unit};
use crate::interp::stackref::StackRef;
use crate::prelude::*;
use crate::state::thread;
use crate::types::exceptions::PyExc_RuntimeWarning_Type;
use crate::types::generator::state;
use bytecode::{ExceptionTable, op};

/// What an entry of the evaluation stack is used for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Iterator,
    Except,
    Object,
    Null,
    Lasti,
}

/// The stack before an instruction, bottom first; `None` where no path leads.
type Stack = Option<Vec<Kind>>;

/// May an entry of kind `from` serve where one of kind `to` is expected?
fn serves(from: Kind, to: Kind) -> bool {
    match to {
        Kind::Object => from != Kind::Null,
        Kind::Null => true,
        _ => from == to,
    }
}

fn compatible(from: &[Kind], to: &[Kind]) -> bool {
    to.len() <= from.len() && from.iter().zip(to).all(|(f, t)| serves(*f, *t))
}

fn explain(target: &Stack) -> &'static str {
    match target.as_ref().and_then(|s| s.last()) {
        Some(Kind::Except) => "can't jump into an 'except' block as there's no exception",
        Some(Kind::Lasti) => "can't jump into a re-raising block as there's no location",
        Some(Kind::Iterator) => "can't jump into the body of a for loop",
        Some(Kind::Object | Kind::Null) => "incompatible stacks",
        None => "can't jump into unreachable code",
    }
}

struct Walk<'a> {
    code: &'a PyCode,
    stacks: Vec<Stack>,
    todo: Vec<usize>,
}

impl Walk<'_> {
    fn reach(&mut self, at: usize, stack: &[Kind]) {
        if let Some(s) = self.stacks.get_mut(at)
            && s.is_none()
        {
            *s = Some(stack.to_vec());
            self.todo.push(at);
        }
    }

    fn handlers(&mut self, at: usize, stack: &[Kind]) {
        let entry = ExceptionTable::new(self.code.co_exceptiontable.as_bytes()).lookup(at as u32);
        if let Some(e) = entry {
            let mut s = stack[..stack.len().min(e.depth as usize)].to_vec();
            if e.lasti {
                s.push(Kind::Lasti);
            }
            s.push(Kind::Except);
            self.reach(e.target as usize, &s);
        }
    }

    /// Follows the code from `at` until a place that is known or where it ends.
    fn follow(&mut self, mut at: usize) {
        let mut arg = 0usize;
        while at < self.code.code_len() {
            let Some(mut s) = self.stacks[at].clone() else { return };
            self.handlers(at, &s);
            let opcode = self.code.base_opcode(at);
            arg = arg << 8 | self.code.unit(at).arg as usize;
            let next = at + 1 + opcode.caches();
            let oparg = std::mem::take(&mut arg);
            match opcode {
                op::EXTENDED_ARG => arg = oparg,
                op::POP_JUMP_IF_FALSE
                | op::POP_JUMP_IF_TRUE
                | op::POP_JUMP_IF_NONE
                | op::POP_JUMP_IF_NOT_NONE => {
                    s.pop();
                    self.reach(next + oparg, &s);
                }
                op::SEND => {
                    // The receiver stays, with the value; behind the jump the value is the result.
                    self.reach(next + oparg, &s);
                }
                op::JUMP_BACKWARD | op::JUMP_BACKWARD_NO_INTERRUPT => {
                    if let Some(t) = next.checked_sub(oparg) {
                        self.reach(t, &s);
                    }
                    return;
                }
                op::JUMP_FORWARD => {
                    self.reach(next + oparg, &s);
                    return;
                }
                op::GET_ITER | op::GET_AITER => {
                    s.pop();
                    s.push(Kind::Iterator);
                }
                op::FOR_ITER => {
                    let mut exhausted = s.clone();
                    exhausted.push(Kind::Object);
                    self.reach(next + oparg, &exhausted);
                    s.push(Kind::Object);
                }
                op::END_ASYNC_FOR => {
                    s.pop();
                    s.pop();
                }
                op::PUSH_EXC_INFO => {
                    s.pop();
                    s.extend([Kind::Except, Kind::Except]);
                }
                op::POP_EXCEPT => {
                    s.pop();
                }
                op::RETURN_VALUE | op::RAISE_VARARGS | op::RERAISE | op::INTERPRETER_EXIT => return,
                op::PUSH_NULL => s.push(Kind::Null),
                op::LOAD_GLOBAL => {
                    s.push(Kind::Object);
                    if oparg & 1 != 0 {
                        s.push(Kind::Null);
                    }
                }
                op::LOAD_ATTR => {
                    if oparg & 1 != 0 {
                        s.pop();
                        s.extend([Kind::Object, Kind::Null]);
                    }
                }
                op::SWAP => {
                    let n = s.len();
                    if (1..=n).contains(&oparg) {
                        s.swap(n - 1, n - oparg);
                    }
                }
                op::COPY => {
                    if let Some(k) = s.len().checked_sub(oparg).and_then(|i| s.get(i)) {
                        let k = *k;
                        s.push(k);
                    }
                }
                op::CACHE | op::RESERVED => return,
                other => {
                    // Only the difference counts: what is popped and pushed again keeps its sort.
                    let (popped, pushed) = (other.popped(oparg as u32), other.pushed(oparg as u32));
                    let (popped, pushed) = (popped as usize, pushed as usize);
                    s.truncate(s.len().saturating_sub(popped.saturating_sub(pushed)));
                    s.extend(std::iter::repeat_n(Kind::Object, pushed.saturating_sub(popped)));
                }
            }
            if next >= self.stacks.len() || self.stacks[next].is_some() {
                return;
            }
            self.stacks[next] = Some(s);
            at = next;
        }
    }
}

/// The stacks before all instructions of a code object.
fn stacks(code: &PyCode) -> Vec<Stack> {
    let mut w = Walk { code, stacks: vec![None; code.code_len()], todo: Vec::new() };
    w.reach(0, &[]);
    while let Some(at) = w.todo.pop() {
        w.follow(at);
    }
    w.stacks
}

fn check_event(py: Python) -> PyResult<()> {
    let what = thread(py).what_event.get();
    let Ok(what) = usize::try_from(what) else {
        return Err(value_error(py, "f_lineno can only be set in a trace function"));
    };
    match what {
        event::PY_RESUME
        | event::JUMP
        | event::PY_YIELD
        | event::LINE
        | event::BRANCH_LEFT
        | event::BRANCH_RIGHT => Ok(()),
        event::PY_START => Err(value_error(py, "can't jump from the 'call' trace event of a new frame")),
        event::CALL | event::C_RETURN => Err(value_error(py, "can't jump during a call")),
        _ => Err(value_error(py, "can only jump from a 'line' trace event")),
    }
}

/// `frame.f_lineno = value`.
pub(super) fn set(py: Python, f: &PyFrame, value: Option<&PyObject>) -> PyResult<()> {
    let Some(value) = value else { return Err(super::cannot_delete(py, "f_lineno")) };
    let Some(number) = value.downcast_exact::<PyInt>() else {
        return Err(value_error(py, "lineno must be an integer"));
    };
    check_event(py)?;
    let Some(wanted) = number.as_i64().and_then(|n| i32::try_from(n).ok()) else {
        return Err(value_error(py, "lineno out of range"));
    };
    let code = f.code();
    if wanted < code.co_firstlineno.get() {
        return Err(value_error(py, format!("line {wanted} comes before the current code block")));
    }
    // The first line with code at or behind the one wanted.
    let n = code.code_len();
    let starts = line_starts(&code);
    let Some(line) = starts.iter().filter(|(_, l)| *l >= wanted).map(|(_, l)| *l).min() else {
        return Err(value_error(py, format!("line {wanted} comes after the current code block")));
    };
    let stacks = stacks(&code);
    let frame = f.frame();
    // SAFETY: a frame with an object runs code.
    let here = unsafe { frame.lasti() }.clamp(0, n as isize - 1) as usize;
    let Some(mut start) = stacks[here].clone() else {
        return Err(value_error(py, "can't jump from unreachable code"));
    };
    let mut best: Option<(usize, usize)> = None;
    let mut message = None;
    for (at, _) in starts.iter().filter(|(_, l)| *l == line) {
        match &stacks[*at] {
            Some(s) if compatible(&start, s) => {
                if best.is_none_or(|(depth, _)| s.len() > depth) {
                    best = Some((s.len(), *at));
                }
            }
            other => message = message.or(Some(explain(other))),
        }
    }
    let Some((depth, target)) = best else {
        return Err(value_error(py, message.unwrap_or("cannot find bytecode for specified line")));
    };
    bind_unbound(py, f, &code)?;
    // At a `yield` the value is off the stack already.
    if frame.owner.get() == crate::interp::frame::owner::GENERATOR {
        // SAFETY: the frame says that a generator owns it.
        let g = unsafe { PyGenerator::of_frame(f.f_frame.get()) };
        if matches!(g.gi_frame_state.get(), state::SUSPENDED | state::SUSPENDED_YIELD_FROM) {
            start.pop();
        }
    }
    while start.len() > depth {
        let kind = start.pop();
        // SAFETY: the frame's stack has an entry for each of the walk's.
        unsafe {
            let sp = frame.stackpointer.get().sub(1);
            if sp < frame.stack_base() {
                break;
            }
            frame.stackpointer.set(sp);
            let word = *sp;
            if kind == Some(Kind::Except) {
                // The exception handled before is handled again.
                let e = word.into_owned();
                let info = &*thread(py).exc_info.get();
                info.exc_value.set(if e.is_none() { None } else { Some(e) });
            } else {
                word.close();
            }
        }
    }
    f.f_lineno.set(0);
    // SAFETY: the index of an instruction.
    frame.instr_ptr.set(unsafe { code.code_ptr().add(target) });
    Ok(())
}

/// The first instruction of each run on a line.
fn line_starts(code: &PyCode) -> Vec<(usize, i32)> {
    let mut out = Vec::new();
    let mut current = -1;
    let mut i = 0;
    while i < code.code_len() {
        let line = line_of_unit(code, i);
        if line != current && line >= 0 {
            out.push((i, line));
        }
        current = line;
        i += 1 + code.base_opcode(i).caches();
    }
    out
}

/// Locals which the compiler has proven to be bound at the target may not be: they become `None`.
fn bind_unbound(py: Python, f: &PyFrame, code: &PyCode) -> PyResult<()> {
    let frame = f.frame();
    let n = code.co_nlocalsplus.get() as usize;
    // SAFETY: indices of locals.
    let unbound = (0..n).filter(|&i| unsafe { frame.local(i).get().is_null() }).count();
    if unbound == 0 {
        return Ok(());
    }
    let s = if unbound == 1 { "" } else { "s" };
    crate::errors::warn(
        py,
        &PyExc_RuntimeWarning_Type,
        &format!("assigning None to {unbound} unbound local{s}"),
        0,
    )?;
    for i in 0..n {
        // SAFETY: as above.
        let local = unsafe { frame.local(i) };
        if local.get().is_null() {
            local.set(StackRef::none());
        }
    }
    Ok(())
}
