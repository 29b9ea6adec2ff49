//! Where lines begin: the instructions that report line events.

use super::data::base_opcode;
use crate::types::PyCode;
use bytecode::{ExceptionTable, op};

/// Lines of a code object's units.
pub struct Lines {
    /// -1 for no line, and for cache words.
    line: Vec<i32>,
    start: Vec<bool>,
}

impl Lines {
    /// The line of a unit; -1 for none.
    pub fn line(&self, i: usize) -> i32 {
        self.line.get(i).copied().unwrap_or(-1)
    }

    /// Does the instruction at `i` report a line event?
    pub fn starts(&self, i: usize) -> bool {
        self.start.get(i).copied().unwrap_or(false)
    }

    fn mark(&mut self, i: usize) {
        if self.line(i) >= 0
            && let Some(s) = self.start.get_mut(i)
        {
            *s = true;
        }
    }

    pub fn of(code: &PyCode) -> Lines {
        let n = code.code_len();
        let mut lines = Lines { line: vec![-1; n], start: vec![false; n] };
        for e in code.locations() {
            let end = (e.end as usize).min(n);
            if let Some(range) = lines.line.get_mut((e.start as usize).min(end)..end) {
                range.fill(e.location.line);
            }
        }
        let first = code.co_firsttraceable.get() as usize;
        // The first instruction of each run on a line.
        let mut current = -1;
        let mut i = first;
        while i < n {
            let opcode = base_opcode(code, i);
            match opcode {
                // Skipped over by what jumps to them, or not to be hidden.
                op::END_ASYNC_FOR | op::END_FOR | op::END_SEND | op::RESUME | op::POP_ITER => {}
                _ => {
                    let line = lines.line(i);
                    if line != current && line >= 0 {
                        lines.mark(i);
                    }
                    current = line;
                }
            }
            i += 1 + opcode.caches();
        }
        // Jump targets.
        let mut arg = 0usize;
        i = first;
        while i < n {
            let opcode = base_opcode(code, i);
            arg = arg << 8 | code.unit(i).arg as usize;
            i += 1 + opcode.caches();
            let target = match opcode {
                op::EXTENDED_ARG => continue,
                op::POP_JUMP_IF_FALSE
                | op::POP_JUMP_IF_TRUE
                | op::POP_JUMP_IF_NONE
                | op::POP_JUMP_IF_NOT_NONE
                | op::JUMP_FORWARD => Some(i + arg),
                op::FOR_ITER => Some(i + arg + 2),
                op::SEND => Some(i + arg + 1),
                op::JUMP_BACKWARD | op::JUMP_BACKWARD_NO_INTERRUPT => i.checked_sub(arg),
                op::END_ASYNC_FOR => Some(i),
                _ => None,
            };
            arg = 0;
            if let Some(t) = target {
                lines.mark(t);
            }
        }
        // Handlers; the end of an `async for` is no line of its own.
        for e in ExceptionTable::new(code.co_exceptiontable.as_bytes()) {
            let t = e.target as usize;
            if t < n && base_opcode(code, t) != op::END_ASYNC_FOR {
                lines.mark(t);
            }
        }
        lines
    }
}
