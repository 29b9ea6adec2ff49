//! From an instruction sequence to a code object: the flow graph passes, then bytes and tables.

use std::fmt;

use bytecode::code::{flags, kind};
use bytecode::op::*;
use bytecode::{Code, ExceptionEntry, ExceptionTableWriter, LocationTableWriter, Opcode, Text};
use syntax::ast::Loc;

use crate::consts::{ConstTable, NameTable};
use crate::flowgraph::{BlockId, Graph, Ins, NO_BLOCK};
use crate::instr::{InstrSeq, NEXT_LOCATION, NO_LOCATION};

/// What code generation knows of a scope besides its instructions.
#[derive(Debug)]
pub struct Unit<'a> {
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
    pub names: NameTable<'a>,
    pub varnames: NameTable<'a>,
    /// Opargs of cell instructions count these first …
    pub cellvars: NameTable<'a>,
    /// … and then these.
    pub freevars: NameTable<'a>,
    /// Locals that exist inside an inlined comprehension only.
    pub fast_hidden: Vec<&'a str>,
}

impl Unit<'_> {
    /// Number of locals that are parameters, `*args` and `**kwargs` included.
    fn parameters(&self) -> usize {
        let stars =
            u32::from(self.flags & flags::VARARGS != 0) + u32::from(self.flags & flags::VARKEYWORDS != 0);
        self.argcount as usize + self.kwonlyargcount as usize + stars as usize
    }

    /// The place in the frame of each cell and free variable, in the order of their numbers: a cell that
    /// is a local too has the local's place.
    pub(crate) fn cell_places(&self) -> Vec<u32> {
        let mut next = self.varnames.len() as u32;
        let mut fresh = || {
            next += 1;
            next - 1
        };
        let mut places: Vec<u32> = self
            .cellvars
            .names()
            .iter()
            .map(|name| self.varnames.get(name).unwrap_or_else(&mut fresh))
            .collect();
        places.extend(self.freevars.names().iter().map(|_| fresh()));
        places
    }

    /// `co_localsplusnames` and `co_localspluskinds`.
    fn localsplus(&self) -> (Box<[Text]>, Box<[u8]>) {
        let cells = self.cellvars.names().iter().filter(|name| self.varnames.get(name).is_none());
        let names = self.varnames.names().iter().chain(cells).chain(self.freevars.names());
        let names: Box<[Text]> = names.map(|name| Text::from(*name)).collect();
        let mut kinds = vec![kind::CELL; names.len()];
        for (i, (name, k)) in self.varnames.names().iter().zip(&mut kinds).enumerate() {
            *k = kind::LOCAL | self.parameter_kind(i as u32);
            if self.fast_hidden.contains(name) {
                *k |= kind::HIDDEN;
            }
            if self.cellvars.get(name).is_some() {
                *k |= kind::CELL;
            }
        }
        let first_free = kinds.len() - self.freevars.len();
        kinds[first_free..].fill(kind::FREE);
        (names, kinds.into())
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

/// Optimises the instructions of a scope and makes its code object.
pub fn optimize_and_assemble(seq: InstrSeq, mut unit: Unit<'_>) -> Result<Code, AssembleError> {
    if unit.varnames.len() + unit.cellvars.len() + unit.freevars.len() > i32::MAX as usize {
        return Err(AssembleError::TooManyLocals);
    }
    let mut graph = Graph::new(seq, std::mem::take(&mut unit.consts))?;
    graph.optimize(unit.varnames.len(), unit.parameters())?;
    let finished = graph.finish(&unit)?;
    let assembled = Assembler::new(&graph).assemble(unit.firstlineno)?;
    let (localsplusnames, localspluskinds) = unit.localsplus();
    Ok(Code {
        argcount: unit.argcount,
        posonlyargcount: unit.posonlyargcount,
        kwonlyargcount: unit.kwonlyargcount,
        stacksize: finished.stacksize,
        flags: unit.flags,
        firstlineno: unit.firstlineno,
        code: assembled.code,
        consts: graph.consts.into_items(),
        names: unit.names.names().iter().map(|name| Text::from(*name)).collect(),
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

/// A scope laid out: its instructions in order, jumps by block.
struct Assembler<'g> {
    graph: &'g Graph,
    order: Vec<BlockId>,
    /// Code unit at which each block begins.
    offsets: Vec<u32>,
    instrs: Vec<Ins>,
    /// Indices of the jumps among the instructions.
    jumps: Vec<u32>,
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

impl<'g> Assembler<'g> {
    fn new(graph: &'g Graph) -> Assembler<'g> {
        let order: Vec<BlockId> = graph.order().collect();
        let mut instrs = Vec::with_capacity(order.iter().map(|b| graph.code(*b).len()).sum());
        order.iter().for_each(|b| instrs.extend_from_slice(graph.code(*b)));
        Assembler { graph, order, offsets: vec![0; graph.blocks.len()], instrs, jumps: Vec::new() }
    }

    fn assemble(mut self, firstlineno: i32) -> Result<Assembled, AssembleError> {
        self.direct_jumps();
        self.resolve_next_locations();
        let units = self.resolve_jumps()?;
        Ok(Assembled {
            code: self.emit(units),
            linetable: self.location_table(firstlineno),
            exceptiontable: self.exception_table(),
        })
    }

    /// Chooses between forward and backward jumps and lists all jumps.
    fn direct_jumps(&mut self) {
        let mut position = vec![0u32; self.graph.blocks.len()];
        let mut at = 0;
        for b in &self.order {
            position[*b as usize] = at;
            at += self.graph.code(*b).len() as u32;
        }
        for (i, ins) in self.instrs.iter_mut().enumerate() {
            if ins.op.has_jump() {
                let target = position[ins.target as usize];
                let forward = target as usize > i;
                ins.op = match ins.op {
                    JUMP | JUMP_NO_INTERRUPT if forward => JUMP_FORWARD,
                    JUMP => JUMP_BACKWARD,
                    JUMP_NO_INTERRUPT => JUMP_BACKWARD_NO_INTERRUPT,
                    op => op,
                };
                // Where the search for sizes starts; where it ends may depend on that, so it is CPython's.
                ins.arg = target;
                self.jumps.push(i as u32);
            }
        }
    }

    fn resolve_next_locations(&mut self) {
        let mut following = NO_LOCATION;
        for ins in self.instrs.iter_mut().rev() {
            if ins.loc == NEXT_LOCATION {
                ins.loc = if ins.op.is_terminator() { NO_LOCATION } else { following };
            }
            following = ins.loc;
        }
    }

    /// Finds opargs for the jumps; as these change sizes, until nothing changes. Returns the length of
    /// the code in code units.
    fn resolve_jumps(&mut self) -> Result<u32, AssembleError> {
        /// Far more rounds than it ever takes, unless sizes chase each other in a circle.
        const MANY: u32 = 64;
        let mut round = 0;
        loop {
            round += 1;
            if round == MANY {
                // From here on they can only grow.
                for jump in &self.jumps {
                    self.instrs[*jump as usize].arg = 0;
                }
            }
            let mut units = 0u64;
            let mut at = 0;
            // The end of each jump, in the order of `jumps`.
            let mut ends = Vec::with_capacity(self.jumps.len());
            let mut jumps = self.jumps.iter().peekable();
            for b in &self.order {
                self.offsets[*b as usize] = units as u32;
                for _ in 0..self.graph.code(*b).len() {
                    let ins = &self.instrs[at];
                    units += u64::from(size(ins.op, ins.arg));
                    if jumps.next_if(|jump| **jump as usize == at).is_some() {
                        ends.push(units as u32);
                    }
                    at += 1;
                }
            }
            // Opargs must stay below 2**30 and offsets in bytes within an `int`.
            if units >= 1 << 29 {
                return Err(AssembleError::TooMuchCode);
            }
            let mut grown = false;
            for (jump, end) in self.jumps.iter().zip(ends) {
                let ins = &mut self.instrs[*jump as usize];
                let target = self.offsets[ins.target as usize];
                let before = size(ins.op, ins.arg);
                ins.arg = if ins.op == END_ASYNC_FOR {
                    (end - target).saturating_sub(END_SEND_OFFSET)
                } else {
                    end.abs_diff(target)
                };
                grown |= size(ins.op, ins.arg) != before;
            }
            if !grown {
                return Ok(units as u32);
            }
        }
    }

    fn emit(&self, units: u32) -> Box<[u8]> {
        let mut code = Vec::with_capacity(units as usize * 2);
        for ins in &self.instrs {
            let caches = ins.op.caches();
            let extended = size(ins.op, ins.arg) as usize - caches - 1;
            for i in (1..=extended).rev() {
                code.extend_from_slice(&[EXTENDED_ARG.number() as u8, (ins.arg >> (8 * i)) as u8]);
            }
            code.extend_from_slice(&[ins.op.number() as u8, ins.arg as u8]);
            code.resize(code.len() + caches * 2, 0);
        }
        code.into()
    }

    fn location_table(&self, firstlineno: i32) -> Box<[u8]> {
        let mut table = LocationTableWriter::new(firstlineno, self.instrs.len() * 3);
        let mut units = 0;
        let mut current = NO_LOCATION;
        let mut write = |loc: Loc, units: u32| {
            table.write(
                units,
                bytecode::Location {
                    line: loc.line,
                    end_line: loc.end_line,
                    col: loc.col,
                    end_col: loc.end_col,
                },
            );
        };
        for ins in &self.instrs {
            if ins.loc != current {
                write(current, units);
                current = ins.loc;
                units = 0;
            }
            units += size(ins.op, ins.arg);
        }
        write(current, units);
        table.finish()
    }

    fn exception_table(&self) -> Box<[u8]> {
        let mut table = ExceptionTableWriter::default();
        let (mut handler, mut start, mut at) = (NO_BLOCK, 0, 0);
        let mut write = |handler: BlockId, start: u32, end: u32| {
            if handler == NO_BLOCK || end == start {
                return;
            }
            let block = self.graph.block(handler);
            // Depth below what the handler finds pushed: the exception, and the instruction offset.
            let pushed = 1 + i32::from(block.preserves_lasti);
            table.write(ExceptionEntry {
                start,
                end,
                target: self.offsets[handler as usize],
                depth: block.depth.saturating_sub(pushed).max(0) as u32,
                lasti: block.preserves_lasti,
            });
        };
        for ins in &self.instrs {
            if ins.handler != handler {
                write(handler, start, at);
                (handler, start) = (ins.handler, at);
            }
            at += size(ins.op, ins.arg);
        }
        write(handler, start, at);
        table.finish()
    }
}
