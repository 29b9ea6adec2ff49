//! The control flow graph of one scope and the passes that optimise it.
//!
//! Instructions of all blocks live in one vector; a block is a range of it and is moved to the end when
//! it has to grow. Blocks are linked in the order in which they will be laid out and fall through.

mod arith;
mod borrow;
mod build;
mod cleanup;
mod cold;
mod equality;
mod exceptions;
mod finish;
mod fold;
mod lines;
mod locals;
mod number;
mod peephole;
mod subscript;
mod swaps;

use bytecode::Opcode;
use bytecode::op::*;
use syntax::ast::Loc;

use crate::assemble::AssembleError;
use crate::consts::ConstTable;
use crate::instr::NO_LOCATION;

type Result<T> = std::result::Result<T, AssembleError>;

/// Index of a block.
pub(crate) type BlockId = u32;
/// No block.
pub(crate) const NO_BLOCK: BlockId = u32::MAX;
/// The first block.
const ENTRY: BlockId = 0;

/// An instruction in the graph.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ins {
    pub op: Opcode,
    pub arg: u32,
    /// The block a jump or the start of a protected region names.
    pub target: BlockId,
    /// The block that handles an exception raised here.
    pub handler: BlockId,
    pub loc: Loc,
}

impl Ins {
    fn new(op: Opcode, arg: u32, loc: Loc) -> Ins {
        Ins { op, arg, target: NO_BLOCK, handler: NO_BLOCK, loc }
    }

    /// Becomes an instruction without operand.
    #[inline]
    fn set(&mut self, op: Opcode) {
        self.op = op;
        self.arg = 0;
    }

    #[inline]
    fn set_arg(&mut self, op: Opcode, arg: u32) {
        self.op = op;
        self.arg = arg;
    }
}

/// A basic block: entered at its first instruction, left at its last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    start: u32,
    len: u32,
    capacity: u32,
    /// The block laid out after this one.
    pub next: BlockId,
    /// Top of the stack of handlers at its start, while these are computed.
    handlers: u32,
    predecessors: i32,
    /// Stack depth at its start, negative if nothing reaches it.
    pub depth: i32,
    /// Bit i: local i may be unbound at its start.
    unsafe_locals: u64,
    /// Something named it when the graph was built.
    is_target: bool,
    visited: bool,
    is_handler: bool,
    pub preserves_lasti: bool,
    cold: bool,
    warm: bool,
}

const NEW_BLOCK: Block = Block {
    start: 0,
    len: 0,
    capacity: 0,
    next: NO_BLOCK,
    handlers: exceptions::NO_STACK,
    predecessors: 0,
    depth: i32::MIN,
    unsafe_locals: 0,
    is_target: false,
    visited: false,
    is_handler: false,
    preserves_lasti: false,
    cold: false,
    warm: false,
};

/// The flow graph of a scope, with the constants its instructions refer to. Its memory is used again for
/// the next scope.
#[derive(Default)]
pub(crate) struct Graph {
    pub blocks: Vec<Block>,
    code: Vec<Ins>,
    pub consts: ConstTable,
    /// Whether there are handlers at all.
    has_handlers: bool,
    /// Whether an instruction may leave a local unbound.
    has_unbinding: bool,
    /// Blocks a traversal still has to see.
    work: Vec<BlockId>,
    /// By instruction of the sequence the graph is made of, the block it starts.
    starts: Vec<BlockId>,
    handler_stacks: Vec<exceptions::Stack>,
    references: borrow::Stack,
}

impl Graph {
    // Access.

    #[inline]
    pub fn block(&self, b: BlockId) -> &Block {
        &self.blocks[b as usize]
    }

    #[inline]
    fn block_mut(&mut self, b: BlockId) -> &mut Block {
        &mut self.blocks[b as usize]
    }

    /// The instructions of a block.
    #[inline]
    pub fn code(&self, b: BlockId) -> &[Ins] {
        let block = &self.blocks[b as usize];
        &self.code[block.start as usize..(block.start + block.len) as usize]
    }

    #[inline]
    fn code_mut(&mut self, b: BlockId) -> &mut [Ins] {
        let block = &self.blocks[b as usize];
        &mut self.code[block.start as usize..(block.start + block.len) as usize]
    }

    /// The blocks in layout order.
    pub fn order(&self) -> impl Iterator<Item = BlockId> + '_ {
        let mut at = ENTRY;
        std::iter::from_fn(move || {
            let b = at;
            at = self.blocks.get(b as usize)?.next;
            Some(b)
        })
    }

    #[inline]
    fn next(&self, b: BlockId) -> BlockId {
        self.blocks[b as usize].next
    }

    #[inline]
    fn last(&self, b: BlockId) -> Option<&Ins> {
        self.code(b).last()
    }

    #[inline]
    fn falls_through(&self, b: BlockId) -> bool {
        !self.last(b).is_some_and(|last| last.op.is_scope_exit() || last.op.is_unconditional_jump())
    }

    fn exits_scope(&self, b: BlockId) -> bool {
        self.last(b).is_some_and(|last| last.op.is_scope_exit())
    }

    /// `b` or the first block after it that is not empty.
    fn nonempty(&self, mut b: BlockId) -> BlockId {
        while b != NO_BLOCK && self.blocks[b as usize].len == 0 {
            b = self.next(b);
        }
        b
    }

    // Changes.

    fn new_block(&mut self) -> BlockId {
        self.blocks.push(Block { start: self.code.len() as u32, ..NEW_BLOCK });
        self.blocks.len() as u32 - 1
    }

    /// Puts `instrs` at position `at` of block `b`.
    fn insert(&mut self, b: BlockId, at: usize, instrs: &[Ins]) {
        let block = self.blocks[b as usize];
        let (start, len) = (block.start as usize, block.len as usize);
        let grown = len + instrs.len();
        if grown <= block.capacity as usize {
            self.code.copy_within(start + at..start + len, start + at + instrs.len());
            self.code[start + at..start + at + instrs.len()].copy_from_slice(instrs);
        } else if start + block.capacity as usize == self.code.len() {
            // The last one grows in place.
            self.code.truncate(start + len);
            self.code.splice(start + at..start + at, instrs.iter().copied());
            self.blocks[b as usize].capacity = grown as u32;
        } else {
            let moved = self.code.len();
            self.code.extend_from_within(start..start + at);
            self.code.extend_from_slice(instrs);
            self.code.extend_from_within(start + at..start + len);
            let spare = grown / 2 + 2;
            self.code.resize(moved + grown + spare, Ins::new(NOP, 0, NO_LOCATION));
            self.blocks[b as usize].start = moved as u32;
            self.blocks[b as usize].capacity = (grown + spare) as u32;
        }
        self.blocks[b as usize].len = grown as u32;
    }

    /// Appends an instruction. Its handler is that of the instruction that was removed from this place, if
    /// one was: CPython keeps it, which shows in exception tables.
    fn push(&mut self, b: BlockId, ins: Ins) {
        let block = self.blocks[b as usize];
        let mut ins = ins;
        if block.len < block.capacity {
            ins.handler = self.code[(block.start + block.len) as usize].handler;
        }
        self.insert(b, block.len as usize, &[ins]);
    }

    /// Appends a copy of the instructions of `from`.
    fn push_copy(&mut self, to: BlockId, from: BlockId) {
        let copy = self.code(from).to_vec();
        self.insert(to, self.blocks[to as usize].len as usize, &copy);
    }

    fn truncate(&mut self, b: BlockId, len: usize) {
        self.blocks[b as usize].len = len as u32;
    }

    /// Forgets which blocks the last traversal saw, and hands out its list of blocks to see.
    fn begin_traversal(&mut self) -> Vec<BlockId> {
        self.blocks.iter_mut().for_each(|b| b.visited = false);
        std::mem::take(&mut self.work)
    }

    fn end_traversal(&mut self, mut work: Vec<BlockId>) {
        work.clear();
        self.work = work;
    }

    /// Marks `b` visited and adds it to the blocks to see, unless it was visited before.
    #[inline]
    fn visit(&mut self, b: BlockId, work: &mut Vec<BlockId>) {
        let block = &mut self.blocks[b as usize];
        if !block.visited {
            block.visited = true;
            work.push(b);
        }
    }

    // Passes.

    /// Everything that is done before the layout is final.
    pub fn optimize(&mut self, nlocals: usize, nparams: usize) -> Result<()> {
        self.label_exception_targets()?;
        self.inline_small_exits();
        self.remove_unreachable();
        self.resolve_line_numbers();
        self.optimize_load_const();
        self.optimize_blocks();
        self.remove_redundant_nops_and_pairs();
        self.remove_unreachable();
        self.remove_redundant_nops_and_jumps()?;
        self.remove_unused_consts();
        self.check_uninitialized_locals(nlocals, nparams);
        self.insert_superinstructions();
        self.push_cold_blocks_to_end()?;
        self.resolve_line_numbers();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
