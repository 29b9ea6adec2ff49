//! Removal of what does nothing: unreachable blocks, `NOP`s, jumps to the next instruction, loads that
//! are popped at once; and copying of small exits to the jumps that reach them.

use bytecode::op::*;

use super::{BlockId, ENTRY, Graph, NO_BLOCK, Result};
use crate::assemble::AssembleError;

/// Exits of at most this many instructions are copied in place of a jump to them.
const MAX_COPY_SIZE: usize = 4;

impl Graph {
    /// Empties the blocks nothing leads to and counts the predecessors of the others.
    pub(super) fn remove_unreachable(&mut self) {
        self.blocks.iter_mut().for_each(|b| b.predecessors = 0);
        let mut work = self.begin_traversal();
        self.block_mut(ENTRY).predecessors = 1;
        self.visit(ENTRY, &mut work);
        while let Some(b) = work.pop() {
            let next = self.next(b);
            if next != NO_BLOCK && self.falls_through(b) {
                self.visit(next, &mut work);
                self.block_mut(next).predecessors += 1;
            }
            let (start, len) = (self.block(b).start as usize, self.block(b).len as usize);
            // Without handlers only the last instruction can have a target.
            let first = if self.has_handlers { start } else { start + len.saturating_sub(1) };
            for i in first..start + len {
                let ins = self.code[i];
                if ins.op.has_target() {
                    self.visit(ins.target, &mut work);
                    self.block_mut(ins.target).predecessors += 1;
                }
            }
        }
        self.end_traversal(work);
        for block in &mut self.blocks {
            if block.predecessors == 0 {
                block.len = 0;
                block.is_handler = false;
            }
        }
    }

    /// Removes the `NOP`s of a block that no line of the source needs. True if there were any.
    fn remove_nops_in(&mut self, b: BlockId) -> bool {
        let code = self.code(b);
        let Some(first) = code.iter().position(|ins| ins.op == NOP) else { return false };
        let len = code.len();
        let mut kept = first;
        let mut previous_line = if first > 0 { code[first - 1].loc.line } else { -1 };
        for i in first..len {
            let ins = self.code(b)[i];
            let line = ins.loc.line;
            if ins.op == NOP {
                if line < 0 || line == previous_line {
                    continue;
                }
                if i + 1 < len {
                    let following = &mut self.code_mut(b)[i + 1];
                    if following.loc.line == line {
                        continue;
                    }
                    if following.loc.line < 0 {
                        following.loc = ins.loc;
                        continue;
                    }
                } else {
                    let next = self.nonempty(self.next(b));
                    if next != NO_BLOCK {
                        let first = self.code(next).iter().find(|n| n.op != NOP || n.loc.line >= 0);
                        if first.is_some_and(|first| first.loc.line == line) {
                            continue;
                        }
                    }
                }
            }
            if kept != i {
                self.code_mut(b)[kept] = ins;
            }
            kept += 1;
            previous_line = line;
        }
        self.truncate(b, kept);
        kept != len
    }

    pub(super) fn remove_redundant_nops(&mut self) -> bool {
        let mut changed = false;
        let mut b = 0;
        while b != NO_BLOCK {
            changed |= self.remove_nops_in(b);
            b = self.next(b);
        }
        changed
    }

    /// Removes a constant or a copy that is popped by the next instruction, until there is none.
    pub(super) fn remove_redundant_nops_and_pairs(&mut self) {
        loop {
            let mut changed = false;
            // Where the instruction executed before the current one is, if that is certain.
            let mut previous: Option<usize> = None;
            let mut b = 0;
            while b != NO_BLOCK {
                self.remove_nops_in(b);
                let block = *self.block(b);
                if block.is_target {
                    previous = None;
                }
                for i in block.start as usize..(block.start + block.len) as usize {
                    if let Some(p) = previous
                        && self.code[i].op == POP_TOP
                    {
                        let before = self.code[p];
                        if matches!(before.op, LOAD_CONST | LOAD_SMALL_INT)
                            || before.op == COPY && before.arg == 1
                        {
                            self.code[p].set(NOP);
                            self.code[i].set(NOP);
                            changed = true;
                        }
                    }
                    previous = Some(i);
                }
                if previous.is_some_and(|p| self.code[p].op.has_jump()) || !self.falls_through(b) {
                    previous = None;
                }
                b = block.next;
            }
            if !changed {
                return;
            }
        }
    }

    /// Turns jumps to the block that follows anyway into `NOP`. True if there were any.
    fn remove_redundant_jumps(&mut self) -> Result<bool> {
        let mut changed = false;
        let mut b = 0;
        while b != NO_BLOCK {
            let next = self.next(b);
            if let Some(last) = self.last(b)
                && last.op.is_unconditional_jump()
            {
                let target = self.nonempty(last.target);
                if target == NO_BLOCK {
                    return Err(AssembleError::Malformed("jump with NULL target"));
                }
                if target == self.nonempty(next) {
                    if let Some(last) = self.code_mut(b).last_mut() {
                        last.set(NOP);
                    }
                    changed = true;
                }
            }
            b = next;
        }
        Ok(changed)
    }

    pub(super) fn remove_redundant_nops_and_jumps(&mut self) -> Result<()> {
        loop {
            let nops = self.remove_redundant_nops();
            let jumps = self.remove_redundant_jumps()?;
            if !nops && !jumps {
                return Ok(());
            }
        }
    }

    /// Replaces unconditional jumps to small exits, and to blocks without line number that end in a
    /// jump, by their instructions.
    pub(super) fn inline_small_exits(&mut self) {
        // Every copy removes a jump, so this ends, unless a loop has no line number at all, which only
        // trees made by Python code can bring about.
        let limit = self.code.len() * 64 + 4096;
        while self.code.len() < limit {
            let mut changed = false;
            let mut b = 0;
            while b != NO_BLOCK {
                changed |= self.inline_exit_into(b);
                b = self.next(b);
            }
            if !changed {
                return;
            }
        }
    }

    fn inline_exit_into(&mut self, b: BlockId) -> bool {
        let Some(&last) = self.last(b) else { return false };
        if !last.op.is_unconditional_jump() {
            return false;
        }
        let target = last.target;
        let small_exit = self.exits_scope(target) && self.code(target).len() <= MAX_COPY_SIZE;
        let lineless = self.has_no_line(target) && !self.falls_through(target);
        if !small_exit && !lineless {
            return false;
        }
        if let Some(jump) = self.code_mut(b).last_mut() {
            jump.set(NOP);
        }
        self.push_copy(b, target);
        if lineless
            && last.op == JUMP
            && let Some(new_last) = self.code_mut(b).last_mut()
            && new_last.op.is_unconditional_jump()
        {
            // The jump that went checked for signals.
            new_last.op = JUMP;
        }
        self.block_mut(target).predecessors -= 1;
        true
    }
}
