//! Which handler covers which instruction: the pseudo-instructions that push and pop handlers are run
//! over all paths, after which every instruction knows its handler.

use bytecode::args::resume;
use bytecode::op::*;

use super::{BlockId, ENTRY, Graph, NO_BLOCK, Result};
use crate::assemble::AssembleError;

/// A stack of handlers that is not there.
pub(super) const NO_STACK: u32 = u32::MAX;
/// The stack without handlers.
const EMPTY: u32 = 0;

/// Stacks of handlers as lists that share their tails.
pub(super) struct Stack {
    handler: BlockId,
    below: u32,
    depth: u32,
}

impl Graph {
    /// Gives every instruction its handler and turns `POP_BLOCK` into `NOP`.
    pub(super) fn label_exception_targets(&mut self) -> Result<()> {
        let mut stacks = std::mem::take(&mut self.handler_stacks);
        stacks.clear();
        stacks.push(Stack { handler: NO_BLOCK, below: EMPTY, depth: 0 });
        let mut work = self.begin_traversal();
        self.block_mut(ENTRY).handlers = EMPTY;
        self.visit(ENTRY, &mut work);
        while let Some(b) = work.pop() {
            let mut stack = std::mem::replace(&mut self.block_mut(b).handlers, NO_STACK);
            // How many handlers were active at the last yield of the block.
            let mut yield_depth = None;
            let (start, len) = (self.block(b).start as usize, self.block(b).len as usize);
            for i in start..start + len {
                let ins = self.code[i];
                let handler = stacks[stack as usize].handler;
                if ins.op.is_block_push() {
                    self.enter(ins.target, stack, &mut work);
                    if matches!(ins.op, SETUP_WITH | SETUP_CLEANUP) {
                        self.block_mut(ins.target).preserves_lasti = true;
                    }
                    let depth = stacks[stack as usize].depth + 1;
                    stacks.push(Stack { handler: ins.target, below: stack, depth });
                    stack = stacks.len() as u32 - 1;
                    continue;
                }
                if ins.op == POP_BLOCK {
                    if stack == EMPTY {
                        return Err(AssembleError::Malformed("unbalanced POP_BLOCK"));
                    }
                    stack = stacks[stack as usize].below;
                    self.code[i].set(NOP);
                    continue;
                }
                self.code[i].handler = handler;
                if ins.op.has_jump() {
                    self.enter(ins.target, stack, &mut work);
                } else if ins.op == YIELD_VALUE {
                    yield_depth = Some(stacks[stack as usize].depth);
                } else if ins.op == RESUME
                    && ins.arg != resume::AT_FUNC_START
                    && yield_depth.take() == Some(1)
                {
                    self.code[i].arg |= resume::DEPTH1_MASK;
                }
            }
            if self.falls_through(b) {
                let next = self.next(b);
                if next == NO_BLOCK {
                    return Err(AssembleError::Malformed("control falls off the end"));
                }
                self.enter(next, stack, &mut work);
            }
        }
        self.end_traversal(work);
        self.handler_stacks = stacks;
        Ok(())
    }

    fn enter(&mut self, b: BlockId, stack: u32, work: &mut Vec<BlockId>) {
        if !self.block(b).visited {
            self.block_mut(b).handlers = stack;
            self.visit(b, work);
        }
    }
}
