//! From an instruction sequence to a code object: the flow graph passes, then bytes and tables.

use std::fmt;

use bytecode::code::{flags, kind};
use bytecode::op::*;
use bytecode::{Code, ExceptionEntry, ExceptionTableWriter, Location, LocationTableWriter, Opcode, Text};
use syntax::ast::Loc;

use crate::consts::ConstTable;
use crate::flowgraph::{BlockId, Graph, Ins, NO_BLOCK};
use crate::instr::{InstrSeq, NEXT_LOCATION, NO_LOCATION};
use crate::names::{FastMap, FastSet};

/// Up to this many names are looked for one by one.
const FEW: usize = 8;

/// What code generation knows of a scope besides its instructions.
#[derive(Debug)]
pub struct Unit {
    pub name: Text,
    pub qualname: Text,
    pub filename: Text,
    /// `co_flags`, complete.
    pub flags: u32,
    /// Positional-only ones included.
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub firstlineno: i32,
    pub consts: ConstTable,
    pub names: Vec<Text>,
    pub varnames: Vec<Text>,
    /// Opargs of cell instructions count these first …
    pub cellvars: Vec<Text>,
    /// … and then these.
    pub freevars: Vec<Text>,
    /// Locals that exist inside an inlined comprehension only.
    pub fast_hidden: Vec<Text>,
}

impl Unit {
    /// Number of locals that are parameters, `*args` and `**kwargs` included.
    fn parameters(&self) -> usize {
        let stars =
            u32::from(self.flags & flags::VARARGS != 0) + u32::from(self.flags & flags::VARKEYWORDS != 0);
        self.argcount as usize + self.kwonlyargcount as usize + stars as usize
    }

    /// The local each cell is besides, if it is one.
    fn locals_of_cells(&self) -> Vec<Option<u32>> {
        if self.varnames.is_empty() {
            return vec![None; self.cellvars.len()];
        }
        if self.cellvars.len() < FEW {
            let local = |cell| self.varnames.iter().position(|name| name == cell).map(|at| at as u32);
            return self.cellvars.iter().map(local).collect();
        }
        let locals: FastMap<&Text, u32> = self.varnames.iter().zip(0..).collect();
        self.cellvars.iter().map(|cell| locals.get(cell).copied()).collect()
    }

    /// The place in the frame of each cell and free variable, in the order of their numbers: a cell that
    /// is a local too has the local's place.
    pub(crate) fn cell_places(&self) -> Vec<u32> {
        let mut next = self.varnames.len() as u32;
        let mut fresh = || {
            next += 1;
            next - 1
        };
        let mut places: Vec<u32> =
            self.locals_of_cells().into_iter().map(|local| local.unwrap_or_else(&mut fresh)).collect();
        places.extend(self.freevars.iter().map(|_| fresh()));
        places
    }

    /// `co_localsplusnames` and `co_localspluskinds`.
    fn localsplus(&self) -> (Box<[Text]>, Box<[u8]>) {
        let mut names = Vec::with_capacity(self.varnames.len() + self.cellvars.len() + self.freevars.len());
        names.extend_from_slice(&self.varnames);
        let mut kinds: Vec<u8> =
            (0..names.len()).map(|i| kind::LOCAL | self.parameter_kind(i as u32)).collect();
        if !self.fast_hidden.is_empty() {
            let hidden: FastSet<&Text> = self.fast_hidden.iter().collect();
            for (name, kind) in names.iter().zip(&mut kinds) {
                if hidden.contains(name) {
                    *kind |= kind::HIDDEN;
                }
            }
        }
        for (cell, local) in self.cellvars.iter().zip(self.locals_of_cells()) {
            match local {
                Some(local) => kinds[local as usize] |= kind::CELL,
                None => {
                    names.push(cell.clone());
                    kinds.push(kind::CELL);
                }
            }
        }
        names.extend_from_slice(&self.freevars);
        kinds.resize(names.len(), kind::FREE);
        (names.into(), kinds.into())
    }

    /// How local `i` is passed, if it is a parameter. Order: positional, keyword-only, `*`, `**`.
    fn parameter_kind(&self, i: u32) -> u8 {
        let named = self.argcount + self.kwonlyargcount;
        if i < self.posonlyargcount {
            kind::ARG_POS
        } else if i < self.argcount {
            kind::ARG_POS | kind::ARG_KW
        } else if i < named {
            kind::ARG_KW
        } else if i == named && self.flags & flags::VARARGS != 0 {
            kind::ARG_VAR | kind::ARG_POS
        } else if (i as usize) < self.parameters() {
            kind::ARG_VAR | kind::ARG_KW
        } else {
            0
        }
    }
}

/// Why a scope could not be assembled. Each of these is a limit of the code object or of a scope no
/// compiler would emit (which Python code can hand in through trees of its own making).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssembleError {
    TooManyLocals,
    TooMuchCode,
    StackTooDeep,
    Malformed(&'static str),
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AssembleError::TooManyLocals => "too many locals",
            AssembleError::TooMuchCode => "code object is too large",
            AssembleError::StackTooDeep => "too much stack",
            AssembleError::Malformed(what) => what,
        })
    }
}

impl std::error::Error for AssembleError {}

/// Memory that one scope after another is assembled in.
#[derive(Default)]
pub struct Scratch {
    graph: Graph,
    layout: Layout,
    /// Sequences that are not in use.
    sequences: Vec<InstrSeq>,
}

impl Scratch {
    /// An empty sequence.
    pub fn sequence(&mut self) -> InstrSeq {
        self.sequences.pop().unwrap_or_default()
    }
}

/// Optimises the instructions of a scope and makes its code object.
pub fn optimize_and_assemble(
    mut seq: InstrSeq,
    mut unit: Unit,
    scratch: &mut Scratch,
) -> Result<Code, AssembleError> {
    if unit.varnames.len() + unit.cellvars.len() + unit.freevars.len() > i32::MAX as usize {
        return Err(AssembleError::TooManyLocals);
    }
    let graph = &mut scratch.graph;
    graph.load(&mut seq, std::mem::take(&mut unit.consts))?;
    seq.clear();
    scratch.sequences.push(seq);
    graph.optimize(unit.varnames.len(), unit.parameters())?;
    let finished = graph.finish(&unit)?;
    let assembled = scratch.layout.assemble(graph, unit.firstlineno)?;
    let (localsplusnames, localspluskinds) = unit.localsplus();
    Ok(Code {
        argcount: unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        stacksize: finished.stacksize,
        flags: unit.flags,
        firstlineno: unit.firstlineno,
        code: assembled.code,
        consts: std::mem::take(&mut graph.consts).into_items(),
        names: unit.names.into(),
        localsplusnames,
        localspluskinds,
        filename: unit.filename,
        name: unit.name,
        qualname: unit.qualname,
        linetable: assembled.linetable,
        exceptiontable: assembled.exceptiontable,
    })
}

/// The finished tables of a code object.
struct Assembled {
    code: Box<[u8]>,
    linetable: Box<[u8]>,
    exceptiontable: Box<[u8]>,
}

/// From the end of the instruction that `END_ASYNC_FOR` counts back to: its oparg leads to the `END_SEND`.
const END_SEND_OFFSET: u32 = 5;

/// Code units an instruction takes, with its `EXTENDED_ARG`s and caches.
fn size(op: Opcode, arg: u32) -> u32 {
    let extended = match arg {
        0..0x100 => 0,
        0x100..0x1_0000 => 1,
        0x1_0000..0x100_0000 => 2,
        _ => 3,
    };
    1 + extended + op.caches() as u32
}

/// A jump in the layout.
#[derive(Clone, Copy)]
struct Jump {
    /// Index of the instruction.
    at: u32,
    /// Code unit after it.
    end: u32,
}

/// The instructions of a scope in their final order.
#[derive(Default)]
struct Layout {
    instrs: Vec<Ins>,
    /// By block: the index of its first instruction, and the code unit where it begins.
    starts: Vec<u32>,
    offsets: Vec<u32>,
    jumps: Vec<Jump>,
    /// Tables under construction.
    lines: LocationTableWriter,
    handlers: ExceptionTableWriter,
}

impl Layout {
    fn assemble(&mut self, graph: &Graph, firstlineno: i32) -> Result<Assembled, AssembleError> {
        self.place(graph);
        let mut units = self.measure(graph)?;
        while self.resolve_jumps() {
            units = self.measure(graph)?;
        }
        self.emit(graph, units, firstlineno)
    }

    /// Copies the instructions, with directions for the jumps and locations for all.
    fn place(&mut self, graph: &Graph) {
        self.instrs.clear();
        self.jumps.clear();
        self.starts.clear();
        self.starts.resize(graph.blocks.len(), 0);
        self.offsets.clear();
        self.offsets.resize(graph.blocks.len(), 0);
        let mut at = 0;
        for b in graph.order() {
            self.starts[b as usize] = at;
            at += graph.code(b).len() as u32;
        }
        let mut has_next_location = false;
        for b in graph.order() {
            for ins in graph.code(b) {
                let mut ins = *ins;
                if ins.op.has_jump() {
                    let at = self.instrs.len() as u32;
                    let target = self.starts[ins.target as usize];
                    ins.op = match ins.op {
                        JUMP | JUMP_NO_INTERRUPT if target > at => JUMP_FORWARD,
                        JUMP => JUMP_BACKWARD,
                        JUMP_NO_INTERRUPT => JUMP_BACKWARD_NO_INTERRUPT,
                        op => op,
                    };
                    // Where the search for sizes starts; where it ends may depend on that, so it is
                    // CPython's.
                    ins.arg = target;
                    self.jumps.push(Jump { at, end: 0 });
                }
                has_next_location |= ins.loc.line == NEXT_LOCATION.line;
                self.instrs.push(ins);
            }
        }
        if has_next_location {
            let mut following = NO_LOCATION;
            for ins in self.instrs.iter_mut().rev() {
                if ins.loc == NEXT_LOCATION {
                    ins.loc = if ins.op.is_terminator() { NO_LOCATION } else { following };
                }
                following = ins.loc;
            }
        }
    }

    /// Finds out where blocks begin and jumps end. Returns the length of the code in code units.
    fn measure(&mut self, graph: &Graph) -> Result<u32, AssembleError> {
        let mut units = 0u64;
        let mut jumps = self.jumps.iter_mut();
        let mut jump = jumps.next();
        for b in graph.order() {
            self.offsets[b as usize] = units as u32;
            let start = self.starts[b as usize];
            for (ins, at) in self.instrs[start as usize..][..graph.code(b).len()].iter().zip(start..) {
                units += u64::from(size(ins.op, ins.arg));
                if let Some(found) = jump.take_if(|jump| jump.at == at) {
                    found.end = units as u32;
                    jump = jumps.next();
                }
            }
        }
        // Opargs must stay below 2**30 and offsets in bytes within an `int`.
        if units < 1 << 29 { Ok(units as u32) } else { Err(AssembleError::TooMuchCode) }
    }

    /// Gives the jumps their opargs. True if one of them takes another size with that.
    fn resolve_jumps(&mut self) -> bool {
        let mut resized = false;
        for jump in &self.jumps {
            let ins = &mut self.instrs[jump.at as usize];
            let target = self.offsets[ins.target as usize];
            let before = size(ins.op, ins.arg);
            let distance = jump.end.abs_diff(target);
            ins.arg =
                if ins.op == END_ASYNC_FOR { distance.saturating_sub(END_SEND_OFFSET) } else { distance };
            resized |= size(ins.op, ins.arg) != before;
        }
        resized
    }

    fn emit(&mut self, graph: &Graph, units: u32, firstlineno: i32) -> Result<Assembled, AssembleError> {
        let mut code = vec![0u8; units as usize * 2];
        self.lines.restart(firstlineno);
        self.handlers.restart();
        // Where the current location and the current handler began.
        let (mut loc, mut loc_start) = (NO_LOCATION, 0);
        let (mut handler, mut handler_start) = (NO_BLOCK, 0);
        let mut at = 0;
        for ins in &self.instrs {
            let size = size(ins.op, ins.arg);
            if ins.loc != loc {
                self.lines.write(at - loc_start, location(loc));
                (loc, loc_start) = (ins.loc, at);
            }
            if ins.handler != handler {
                self.handlers.write_range(graph, &self.offsets, handler, handler_start, at);
                (handler, handler_start) = (ins.handler, at);
            }
            let caches = ins.op.caches() as u32;
            let Some(bytes) = code.get_mut(at as usize * 2..(at + size - caches) as usize * 2) else {
                return Err(AssembleError::TooMuchCode);
            };
            write_instruction(bytes, ins.op, ins.arg);
            at += size;
        }
        self.lines.write(at - loc_start, location(loc));
        self.handlers.write_range(graph, &self.offsets, handler, handler_start, at);
        Ok(Assembled {
            code: code.into(),
            linetable: self.lines.table(),
            exceptiontable: self.handlers.table(),
        })
    }
}

fn location(loc: Loc) -> Location {
    Location { line: loc.line, end_line: loc.end_line, col: loc.col, end_col: loc.end_col }
}

/// Fills `bytes` with an instruction: the last two are its own, those before are `EXTENDED_ARG`s.
fn write_instruction(bytes: &mut [u8], op: Opcode, mut arg: u32) {
    let mut op = op.number() as u8;
    for unit in bytes.chunks_exact_mut(2).rev() {
        unit.copy_from_slice(&[op, arg as u8]);
        op = EXTENDED_ARG.number() as u8;
        arg >>= 8;
    }
}

/// Writes the entry for a range of code units with the same handler.
trait WriteRange {
    fn write_range(&mut self, graph: &Graph, offsets: &[u32], handler: BlockId, start: u32, end: u32);
}

impl WriteRange for ExceptionTableWriter {
    fn write_range(&mut self, graph: &Graph, offsets: &[u32], handler: BlockId, start: u32, end: u32) {
        if handler == NO_BLOCK || start == end {
            return;
        }
        let block = graph.block(handler);
        // Depth below what the handler finds pushed: the exception, and the instruction offset.
        let pushed = 1 + i32::from(block.preserves_lasti);
        self.write(ExceptionEntry {
            start,
            end,
            target: offsets[handler as usize],
            depth: block.depth.saturating_sub(pushed).max(0) as u32,
            lasti: block.preserves_lasti,
        });
    }
}
