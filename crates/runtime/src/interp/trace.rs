//! Looking over the loop's shoulder: `-X opstats` counts instructions and pairs of them, `__lltrace__` prints what is executed.
//!
//! Both are called for every instruction by the loop's form around one `match`, where [`AVAILABLE`]: in debug builds, and with the
//! cargo feature `opstats`, which chooses that form in an optimised build too.

use super::frame::Frame;
use super::stackref::StackRef;
use crate::prelude::*;
use crate::state::interpreter;
use crate::types::code::CodeUnit;
use crate::types::{PyDict, PyInt};
use bytecode::Opcode;
use std::cell::OnceCell;

/// Does the loop call [`instruction`]?
pub const AVAILABLE: bool = cfg!(any(debug_assertions, feature = "opstats"));

/// Pairs shown at exit.
const SHOWN_PAIRS: usize = 100;

/// Counts of executed instructions, by number, and of pairs of them.
struct Counts {
    single: [Cell<u64>; 256],
    pairs: Vec<Cell<u64>>,
    last: Cell<u8>,
}

/// What is kept between instructions.
pub struct Trace {
    counts: OnceCell<Counts>,
    /// The frame traced last, to notice calls and returns.
    frame: Cell<*const Frame>,
    /// `__lltrace__` of its globals: 0 nothing, 1 instructions, 2 the stack too.
    level: Cell<i32>,
}

impl Trace {
    pub fn new() -> Trace {
        Trace { counts: OnceCell::new(), frame: Cell::new(std::ptr::null()), level: Cell::new(0) }
    }

    /// With `-X opstats`: before the first instruction.
    pub fn start_counting(&self) {
        self.counts.get_or_init(|| Counts {
            single: [const { Cell::new(0) }; 256],
            pairs: vec![Cell::new(0); 256 * 256],
            last: Cell::new(0),
        });
    }
}

impl Default for Trace {
    fn default() -> Self {
        Self::new()
    }
}

fn bump(c: &Cell<u64>) {
    c.set(c.get().wrapping_add(1));
}

/// Called in front of every instruction.
///
/// # Safety
/// Called by the loop with its registers.
#[inline(never)]
pub unsafe fn instruction(frame: *mut Frame, ip: *const CodeUnit, sp: *mut StackRef, opcode: u8) {
    // SAFETY: the loop runs attached.
    let py = unsafe { Python::assume_attached() };
    let trace = &interpreter(py).eval.trace;
    if let Some(c) = trace.counts.get() {
        let pair = usize::from(c.last.replace(opcode)) << 8 | usize::from(opcode);
        bump(&c.single[usize::from(opcode)]);
        if let Some(p) = c.pairs.get(pair) {
            bump(p);
        }
    }
    if !cfg!(debug_assertions) {
        return;
    }
    // SAFETY: the running frame.
    let f = unsafe { &*frame };
    if trace.frame.replace(frame) != frame || opcode == bytecode::op::RESUME.number() as u8 {
        trace.level.set(level_of(py, f));
        if trace.level.get() > 0 {
            // SAFETY: frames in the loop run code.
            let name = unsafe { f.code() }.co_qualname.to_string_lossy();
            println!("Resuming frame for {name}");
        }
    }
    if trace.level.get() > 0 {
        print_instruction(f, ip, sp, opcode, trace.level.get() > 1);
    }
}

/// `__lltrace__` of the frame's globals.
fn level_of(py: Python, f: &Frame) -> i32 {
    // SAFETY: null or the globals the frame's function keeps alive.
    let Some(globals) = (unsafe { f.f_globals.get().as_ref() }) else { return 0 };
    let Some(d) = globals.downcast::<PyDict>() else { return 0 };
    // An exact string is looked up without running code; nothing is raised.
    match d.get_str(py, intern!(py, "__lltrace__")) {
        Ok(Some(v)) => match v.downcast::<PyInt>() {
            Some(n) => n.as_i64().map_or(1, |n| n as i32),
            None => i32::from(!v.is_none()),
        },
        _ => 0,
    }
}

fn name_of(opcode: u8) -> &'static str {
    Opcode::from_number(u32::from(opcode)).map_or("<unknown>", Opcode::name)
}

fn print_instruction(f: &Frame, ip: *const CodeUnit, sp: *mut StackRef, opcode: u8, stack: bool) {
    // SAFETY: `ip` is in the frame's code; entries below the stack pointer are initialised.
    unsafe {
        let code = f.code();
        if stack {
            let base = f.stack_base();
            let n = sp.offset_from(base).max(0);
            let mut line = String::from("    stack=[");
            for i in 0..n {
                let word = *base.offset(i);
                if i > 0 {
                    line.push_str(", ");
                }
                // No code may run here: the type's name and the address must do.
                if word.is_null() {
                    line.push_str("<nil>");
                } else if word.is_int() {
                    line.push_str(&format!("<int {}>", word.untag_int()));
                } else {
                    line.push_str(&format!("<{} at {:#x}>", type_name(word.obj()), word.bits() & !3));
                }
            }
            println!("{line}]");
        }
        let offset = ip.offset_from(code.code_ptr()) * 2;
        let arg = (*ip).arg;
        println!("{offset}: {} {arg}", name_of(opcode));
    }
}

/// Prints the counts, most frequent first, if there are any: at exit.
pub fn print_counts(py: Python) {
    let Some(c) = interpreter(py).eval.trace.counts.get() else { return };
    if !AVAILABLE {
        eprintln!(
            "opstats: this build does not count instructions; one with the cargo feature `opstats` does"
        );
        return;
    }
    let mut single: Vec<(u64, usize)> =
        c.single.iter().map(Cell::get).zip(0..).filter(|(n, _)| *n > 0).collect();
    let mut pairs: Vec<(u64, usize)> =
        c.pairs.iter().map(Cell::get).zip(0..).filter(|(n, _)| *n > 0).collect();
    single.sort_by(|a, b| b.cmp(a));
    pairs.sort_by(|a, b| b.cmp(a));
    let total: u64 = single.iter().map(|(n, _)| n).sum();
    let share = |n: u64| n as f64 * 100.0 / total.max(1) as f64;
    eprintln!("opstats: {total} instructions");
    for (n, op) in single {
        eprintln!("{n:>14} {:5.1}%  {}", share(n), name_of(op as u8));
    }
    eprintln!("opstats: pairs");
    for (n, pair) in pairs.into_iter().take(SHOWN_PAIRS) {
        eprintln!("{n:>14} {:5.1}%  {} {}", share(n), name_of((pair >> 8) as u8), name_of(pair as u8));
    }
}
