//! Line numbers: every instruction that can leave the frame or be interrupted gets one.

use bytecode::Flags;

use super::{BlockId, Graph, NO_BLOCK};
use crate::instr::NO_LOCATION;

impl Graph {
    pub(super) fn resolve_line_numbers(&mut self) {
        self.duplicate_exits_without_line();
        self.propagate_line_numbers();
    }

    pub(super) fn has_no_line(&self, b: BlockId) -> bool {
        self.code(b).iter().all(|ins| ins.loc.line < 0)
    }

    /// Whether `b` leaves the scope or checks for signals, and would do so without a line number.
    fn exits_without_line(&self, b: BlockId) -> bool {
        (self.exits_scope(b) || self.code(b).iter().any(|ins| ins.op.has(Flags::EVAL_BREAK)))
            && self.has_no_line(b)
    }

    /// An exit without line number that several jumps reach is copied for each, so that each copy can
    /// have the number of the jump.
    fn duplicate_exits_without_line(&mut self) {
        let mut b = 0;
        while b != NO_BLOCK {
            if let Some(last) = self.last(b).copied()
                && last.op.has_jump()
            {
                let target = self.nonempty(last.target);
                if target != NO_BLOCK
                    && self.block(target).predecessors > 1
                    && self.exits_without_line(target)
                {
                    let copy = self.new_block();
                    self.push_copy(copy, target);
                    self.code_mut(copy)[0].loc = last.loc;
                    if let Some(jump) = self.code_mut(b).last_mut() {
                        jump.target = copy;
                    }
                    self.block_mut(target).predecessors -= 1;
                    let next = self.next(target);
                    let new = self.block_mut(copy);
                    new.predecessors = 1;
                    new.is_target = true;
                    new.next = next;
                    self.block_mut(target).next = copy;
                }
            }
            b = self.next(b);
        }
        // What remains is reached by falling through only.
        let mut b = 0;
        while b != NO_BLOCK {
            let next = self.next(b);
            if let Some(last) = self.last(b).copied()
                && next != NO_BLOCK
                && self.falls_through(b)
                && self.exits_without_line(next)
            {
                self.code_mut(next)[0].loc = last.loc;
            }
            b = next;
        }
    }

    /// An instruction without line number has that of the one before it, across blocks if no other
    /// path leads there.
    fn propagate_line_numbers(&mut self) {
        let mut b = 0;
        while b != NO_BLOCK {
            let next = self.next(b);
            let mut previous = NO_LOCATION;
            for ins in self.code_mut(b) {
                if ins.loc.line == NO_LOCATION.line {
                    ins.loc = previous;
                } else {
                    previous = ins.loc;
                }
            }
            if let Some(last) = self.last(b).copied() {
                if next != NO_BLOCK && self.falls_through(b) {
                    self.inherit_line(next, previous);
                }
                if last.op.has_jump() {
                    self.inherit_line(last.target, previous);
                }
            }
            b = next;
        }
    }

    fn inherit_line(&mut self, b: BlockId, loc: syntax::ast::Loc) {
        if self.block(b).predecessors == 1
            && let Some(first) = self.code_mut(b).first_mut()
            && first.loc.line == NO_LOCATION.line
        {
            first.loc = loc;
        }
    }
}
