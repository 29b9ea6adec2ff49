//! Instrumentation of one code object: which tools watch each instruction, and what the instructions hide.

use super::event::{INSTRUCTION, LINE, LOCAL_EVENTS, instrumented, of_instruction};
use super::lines;
use super::tools::{Monitors, TOOLS, current_version};
use crate::interp::backoff;
use crate::state::{Interpreter, interpreter};
use crate::types::PyCode;
use crate::types::code::CodeUnit;
use bytecode::{Opcode, op};
use object::{PyResult, Python};
use std::cell::{Cell, OnceCell};

/// `_PyCoMonitoringData`: what instrumentation keeps beside a code object. Vectors have an entry for each code unit.
pub struct CoMonitoring {
    /// Tools by event, for this code object alone.
    pub(super) local: Cell<[u8; LOCAL_EVENTS]>,
    /// The version of each tool's local events.
    pub(super) tool_versions: [Cell<usize>; TOOLS],
    /// What the instructions are instrumented for now: local and global together.
    active: Cell<Monitors>,
    /// The tools that watch the instruction's own event.
    tools: Vec<Cell<u8>>,
    line_tools: OnceCell<Vec<Cell<u8>>>,
    /// What an `INSTRUMENTED_LINE` hides.
    line_opcodes: OnceCell<Vec<Cell<u8>>>,
    lines: OnceCell<lines::Lines>,
    instruction_tools: OnceCell<Vec<Cell<u8>>>,
    /// What an `INSTRUMENTED_INSTRUCTION` hides.
    instruction_opcodes: OnceCell<Vec<Cell<u8>>>,
}

fn zeros(n: usize) -> Vec<Cell<u8>> {
    vec![const { Cell::new(0) }; n]
}

fn at(v: &OnceCell<Vec<Cell<u8>>>, i: usize) -> u8 {
    v.get().and_then(|v| v.get(i)).map_or(0, Cell::get)
}

impl CoMonitoring {
    /// The data of a code object, made if there is none.
    pub(super) fn of(code: &PyCode) -> &CoMonitoring {
        if code.co_monitoring.get().is_null() {
            let new = CoMonitoring {
                local: Cell::new([0; LOCAL_EVENTS]),
                tool_versions: [const { Cell::new(0) }; TOOLS],
                active: Cell::new([0; super::event::UNGROUPED_EVENTS]),
                tools: zeros(code.code_len()),
                line_tools: OnceCell::new(),
                line_opcodes: OnceCell::new(),
                lines: OnceCell::new(),
                instruction_tools: OnceCell::new(),
                instruction_opcodes: OnceCell::new(),
            };
            code.co_monitoring.set(Box::into_raw(Box::new(new)));
        }
        // SAFETY: made just now or before; lives as long as the code.
        unsafe { &*code.co_monitoring.get() }
    }

    /// Drops the local events of a tool that was given up since they were set.
    pub(super) fn forget_stale_local(&self, interp: &Interpreter, tool: usize) {
        if self.tool_versions[tool].get() != interp.eval.monitoring.tool_versions[tool].get() {
            let mut local = self.local.get();
            super::tools::put_events(&mut local, tool, 0);
            self.local.set(local);
        }
    }

    /// The tools that watch this code for an event.
    pub(super) fn active_tools(&self, event: usize) -> u8 {
        self.active.get().get(event).copied().unwrap_or(0)
    }

    /// The tools that watch the own event of the instruction at `i`.
    pub(super) fn tools_at(&self, i: usize) -> u8 {
        self.tools.get(i).map_or(0, Cell::get)
    }

    pub(super) fn line_tools_at(&self, i: usize) -> u8 {
        at(&self.line_tools, i)
    }

    pub(super) fn line_opcode_at(&self, i: usize) -> u8 {
        at(&self.line_opcodes, i)
    }

    pub(super) fn instruction_tools_at(&self, i: usize) -> u8 {
        at(&self.instruction_tools, i)
    }

    pub(super) fn instruction_opcode_at(&self, i: usize) -> u8 {
        at(&self.instruction_opcodes, i)
    }

    pub(super) fn lines(&self, code: &PyCode) -> &lines::Lines {
        self.lines.get_or_init(|| lines::Lines::of(code))
    }

    /// A tool wants no more events of this instruction.
    pub(super) fn disable(&self, code: &PyCode, i: usize, tool: usize) {
        clear_bit(self.tools.get(i), tool);
        self.rewrite(code, i);
    }

    pub(super) fn disable_line(&self, code: &PyCode, i: usize, tool: usize) {
        clear_bit(self.line_tools.get().and_then(|v| v.get(i)), tool);
        self.rewrite(code, i);
    }

    pub(super) fn disable_instruction(&self, code: &PyCode, i: usize, tool: usize) {
        clear_bit(self.instruction_tools.get().and_then(|v| v.get(i)), tool);
        self.rewrite(code, i);
    }

    /// Writes the opcode at `i` that the tools watching it call for.
    fn rewrite(&self, code: &PyCode, i: usize) {
        let base = base_opcode(code, i);
        let now = code.unit(i).code;
        let mut new = if self.tools_at(i) != 0 { instrumented(base) } else { base };
        if self.instruction_tools_at(i) != 0
            && let Some(hidden) = self.instruction_opcodes.get().and_then(|v| v.get(i))
        {
            hidden.set(new.number() as u8);
            new = op::INSTRUMENTED_INSTRUCTION;
        }
        if self.line_tools_at(i) != 0
            && let Some(hidden) = self.line_opcodes.get().and_then(|v| v.get(i))
        {
            hidden.set(new.number() as u8);
            new = op::INSTRUMENTED_LINE;
        }
        // An instruction that was and stays plain keeps its specialised form.
        if new == base && now < bytecode::MIN_INSTRUMENTED || new.number() as u8 == now {
            return;
        }
        let unit = code.code_ptr() as *mut CodeUnit;
        // SAFETY: within the code, which is mutable memory behind raw pointers; caches follow the instruction.
        unsafe {
            (*unit.add(i)).code = new.number() as u8;
            if base.caches() > 0 && i + 1 < code.code_len() {
                *(unit.add(i + 1) as *mut u16) = backoff::WARMUP;
            }
        }
    }
}

fn clear_bit(c: Option<&Cell<u8>>, tool: usize) {
    if let Some(c) = c {
        c.set(c.get() & !(1 << tool));
    }
}

/// The instruction at `unit` as the compiler made it.
pub fn base_opcode(code: &PyCode, unit: usize) -> Opcode {
    let mut opcode = Opcode::from_u8(code.unit(unit).code);
    // SAFETY: null or this code's box.
    if let Some(d) = unsafe { code.co_monitoring.get().as_ref() } {
        if opcode == op::INSTRUMENTED_LINE {
            opcode = Opcode::from_u8(d.line_opcode_at(unit));
        }
        if opcode == op::INSTRUMENTED_INSTRUCTION {
            opcode = Opcode::from_u8(d.instruction_opcode_at(unit));
        }
    }
    opcode.base()
}

/// The line of a code unit; -1 for none.
pub fn line_of_unit(code: &PyCode, unit: usize) -> i32 {
    CoMonitoring::of(code).lines(code).line(unit)
}

/// Instruments a code object for the current set of events, unless it is.
pub fn instrument(py: Python, code: &PyCode) -> PyResult<()> {
    if code.co_instrumentation_version.get() == current_version(interpreter(py)) {
        return Ok(());
    }
    force_instrument(py, code)
}

fn minus(a: &Monitors, b: &Monitors) -> Monitors {
    std::array::from_fn(|e| a[e] & !b[e])
}

/// The same, also if only its local events have changed.
pub(super) fn force_instrument(py: Python, code: &PyCode) -> PyResult<()> {
    let interp = interpreter(py);
    let version = current_version(interp);
    let seen = code.co_instrumentation_version.replace(version);
    if code.has_flag(bytecode::code::flags::NO_MONITORING_EVENTS) {
        return Ok(());
    }
    let m = &interp.eval.monitoring;
    let global = m.global.get();
    if code.co_monitoring.get().is_null() && global.iter().all(|t| *t == 0) {
        return Ok(());
    }
    let d = CoMonitoring::of(code);
    for tool in 0..TOOLS {
        d.forget_stale_local(interp, tool);
    }
    let local = d.local.get();
    let wanted: Monitors = std::array::from_fn(|e| global[e] | local.get(e).copied().unwrap_or(0));
    let before = d.active.replace(wanted);
    // After `restart_events`, what tools had switched off at single places is switched on again.
    let (removed, added) = if m.last_restart.get() > seen {
        (before, wanted)
    } else {
        (minus(&before, &wanted), minus(&wanted, &before))
    };
    if removed.iter().chain(&added).all(|t| *t == 0) {
        return Ok(());
    }
    apply(code, d, &removed, &added);
    Ok(())
}

fn apply(code: &PyCode, d: &CoMonitoring, removed: &Monitors, added: &Monitors) {
    let n = code.code_len();
    if added[LINE] != 0 {
        d.line_tools.get_or_init(|| zeros(n));
        d.line_opcodes.get_or_init(|| zeros(n));
    }
    if added[INSTRUCTION] != 0 {
        d.instruction_tools.get_or_init(|| zeros(n));
        d.instruction_opcodes.get_or_init(|| zeros(n));
    }
    let change = |c: Option<&Cell<u8>>, event: usize| {
        if let Some(c) = c {
            c.set(c.get() & !removed[event] | added[event]);
        }
    };
    let first = code.co_firsttraceable.get() as usize;
    let mut i = 0;
    while i < n {
        let base = base_opcode(code, i);
        if let Some(event) = of_instruction(base, code.unit(i).arg) {
            change(d.tools.get(i), event);
        }
        if i >= first {
            if let Some(v) = d.line_tools.get()
                && d.lines(code).starts(i)
            {
                change(v.get(i), LINE);
            }
            if let Some(v) = d.instruction_tools.get()
                && base != op::RESUME
                && base != op::END_FOR
            {
                change(v.get(i), INSTRUCTION);
            }
        }
        d.rewrite(code, i);
        i += 1 + base.caches();
    }
}
