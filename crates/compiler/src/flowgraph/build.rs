//! From an instruction sequence to blocks.

use bytecode::Opcode;
use bytecode::op::*;
use syntax::ast::Loc;

use super::{BlockId, Graph, Ins, NEW_BLOCK, NO_BLOCK, Result};
use crate::assemble::AssembleError;
use crate::consts::ConstTable;
use crate::flowgraph::Block;
use crate::instr::{InstrSeq, NO_LOCATION};

/// Fills the room a block is given to grow.
const SPARE: Ins = Ins { op: NOP, arg: 0, target: NO_BLOCK, handler: NO_BLOCK, loc: NO_LOCATION };

impl Graph {
    /// Cuts the sequence into blocks: at labels that something names, and after terminators. Replaces what
    /// the graph held.
    pub fn load(&mut self, seq: &mut InstrSeq, consts: ConstTable) -> Result<()> {
        let annotations = seq.annotations.take();
        let extra = annotations.as_ref().map_or(0, |a| a.len());
        let count = seq.len();
        if count + extra > i32::MAX as usize / 4 {
            return Err(AssembleError::TooMuchCode);
        }
        self.consts = consts;
        self.code.clear();
        self.blocks.clear();
        // First per instruction whether it is a target, then the block it starts.
        let mut starts = std::mem::take(&mut self.starts);
        starts.clear();
        starts.resize(count, NO_BLOCK);
        for ins in &mut seq.instrs {
            if ins.op.has_target() {
                // From here on the operand is an index.
                ins.arg = InstrSeq::target_in(&seq.labels, ins.arg, count);
                let target = starts.get_mut(ins.arg as usize);
                *target.ok_or(AssembleError::Malformed("jump to nowhere"))? = 0;
            }
        }
        self.blocks.push(NEW_BLOCK);
        for (i, ins) in seq.instrs.iter().enumerate() {
            if starts[i] != NO_BLOCK {
                starts[i] = self.start_block(true);
            }
            if ins.op == ANNOTATIONS_PLACEHOLDER {
                for ins in annotations.iter().flat_map(|annotations| &annotations.instrs) {
                    self.append(ins.op, ins.arg, ins.loc);
                }
                continue;
            }
            self.append(ins.op, ins.arg, ins.loc);
        }
        self.close_block();
        self.has_handlers = false;
        self.has_unbinding = false;
        for i in 0..self.code.len() {
            let ins = &mut self.code[i];
            if ins.op.has_target() {
                // Instructions of annotations have no targets, and what has one was checked above.
                ins.target = starts.get(ins.arg as usize).copied().unwrap_or(NO_BLOCK);
                let (op, target) = (ins.op, ins.target);
                let Some(block) = self.blocks.get_mut(target as usize) else {
                    return Err(AssembleError::Malformed("jump to nowhere"));
                };
                if op.is_block_push() {
                    block.is_handler = true;
                    self.has_handlers = true;
                }
            } else if matches!(ins.op, DELETE_FAST | LOAD_FAST_AND_CLEAR | STORE_FAST_MAYBE_NULL) {
                self.has_unbinding = true;
            }
        }
        self.starts = starts;
        Ok(())
    }

    /// Ends the last block, with room for what the last passes add to a conditional jump.
    fn close_block(&mut self) {
        let end = self.code.len() as u32;
        let spare = match self.code.last().map_or(NOP, |last| last.op) {
            POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE => 1,
            JUMP_IF_FALSE | JUMP_IF_TRUE => 3,
            _ => 0,
        };
        for _ in 0..spare {
            self.code.push(SPARE);
        }
        if let Some(block) = self.blocks.last_mut() {
            block.len = end - block.start;
            block.capacity = block.len + spare;
        }
    }

    /// Begins a block at the end of the code, unless the current one is still empty and unnamed.
    fn start_block(&mut self, is_target: bool) -> BlockId {
        let id = self.blocks.len() as u32;
        let end = self.code.len() as u32;
        if let Some(block) = self.blocks.last_mut() {
            if block.start == end && !block.is_target {
                block.is_target = is_target;
                return id - 1;
            }
            block.next = id;
        }
        self.close_block();
        let start = self.code.len() as u32;
        self.blocks.push(Block { start, is_target, ..NEW_BLOCK });
        id
    }

    fn append(&mut self, op: Opcode, arg: u32, loc: Loc) {
        let block_start = self.blocks.last().map_or(0, |b| b.start as usize);
        if self.code.len() > block_start && self.code.last().is_some_and(|last| last.op.is_terminator()) {
            self.start_block(false);
        }
        self.code.push(Ins::new(op, arg, loc));
    }
}
