//! Layout: blocks that run only after an exception go to the end.

use bytecode::op::*;

use super::{BlockId, ENTRY, Graph, Ins, NO_BLOCK, Result};
use crate::instr::NO_LOCATION;

impl Graph {
    /// Marks the blocks reachable without an exception.
    fn mark_warm(&mut self) {
        let mut work = self.begin_traversal();
        self.visit(ENTRY, &mut work);
        while let Some(b) = work.pop() {
            self.block_mut(b).warm = true;
            let next = self.next(b);
            if next != NO_BLOCK && self.falls_through(b) {
                self.visit(next, &mut work);
            }
            if let Some(target) = self.jump_target(b) {
                self.visit(target, &mut work);
            }
        }
        self.end_traversal(work);
    }

    /// Where the last instruction of a block may jump to.
    fn jump_target(&self, b: BlockId) -> Option<BlockId> {
        self.last(b).filter(|last| last.op.has_jump()).map(|last| last.target)
    }

    /// Marks the blocks reachable from handlers only.
    fn mark_cold(&mut self) {
        self.mark_warm();
        let mut work = self.begin_traversal();
        let mut b = 0;
        while b != NO_BLOCK {
            if self.block(b).is_handler && !self.block(b).warm {
                self.visit(b, &mut work);
            }
            b = self.next(b);
        }
        while let Some(b) = work.pop() {
            self.block_mut(b).cold = true;
            let next = self.next(b);
            if next != NO_BLOCK && self.falls_through(b) && !self.block(next).warm {
                self.visit(next, &mut work);
            }
            if let Some(target) = self.jump_target(b)
                && !self.block(target).warm
            {
                self.visit(target, &mut work);
            }
        }
        self.end_traversal(work);
    }

    pub(super) fn push_cold_blocks_to_end(&mut self) -> Result<()> {
        if !self.has_handlers || self.next(ENTRY) == NO_BLOCK {
            return Ok(());
        }
        self.mark_cold();
        // What falls from cold into warm has to jump once they are apart.
        let mut b = 0;
        while b != NO_BLOCK {
            let next = self.next(b);
            if self.block(b).cold && self.falls_through(b) && next != NO_BLOCK && self.block(next).warm {
                let jump = self.new_block();
                self.block_mut(next).is_target = true;
                self.push(jump, Ins { target: next, ..Ins::new(JUMP_NO_INTERRUPT, 0, NO_LOCATION) });
                let new = self.block_mut(jump);
                new.cold = true;
                new.next = next;
                new.predecessors = 1;
                self.block_mut(b).next = jump;
            }
            b = next;
        }
        // Split the chain in two, then join them.
        let (mut warm_tail, mut cold_head, mut cold_tail) = (ENTRY, NO_BLOCK, NO_BLOCK);
        let mut b = self.next(ENTRY);
        while b != NO_BLOCK {
            if self.block(b).cold {
                match cold_tail {
                    NO_BLOCK => cold_head = b,
                    tail => self.block_mut(tail).next = b,
                }
                cold_tail = b;
            } else {
                self.block_mut(warm_tail).next = b;
                warm_tail = b;
            }
            b = self.next(b);
        }
        self.block_mut(warm_tail).next = cold_head;
        if cold_head != NO_BLOCK {
            self.block_mut(cold_tail).next = NO_BLOCK;
            self.remove_redundant_nops_and_jumps()?;
        }
        Ok(())
    }
}
