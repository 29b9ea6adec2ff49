//! Passes over loads and stores of locals and constants: checks for unbound locals, pairs of locals in
//! one instruction, removal of constants that no instruction loads.

use bytecode::Flags;
use bytecode::op::*;

use super::{BlockId, ENTRY, Graph, NO_BLOCK};

/// Locals with a smaller number are followed across blocks, the others within one.
const TRACKED: usize = 64;

impl Graph {
    /// Turns `LOAD_FAST` into `LOAD_FAST_CHECK` where the local may be unbound.
    pub(super) fn check_uninitialized_locals(&mut self, nlocals: usize, nparams: usize) {
        if nlocals == 0 {
            return;
        }
        if nlocals > TRACKED {
            self.check_many_locals(nlocals);
        }
        let tracked = nlocals.min(TRACKED);
        let below = |n: usize| if n >= 64 { u64::MAX } else { (1 << n) - 1 };
        let unbound = below(tracked) & !below(nparams);
        if unbound == 0 && !self.has_unbinding {
            return;
        }
        let mut work = self.begin_traversal();
        self.add_unsafe(ENTRY, unbound, &mut work);
        // A deletion may be anywhere, so each block is looked at once at least.
        let mut b = 0;
        while b != NO_BLOCK {
            self.scan_locals(b, &mut work);
            b = self.next(b);
        }
        while let Some(b) = work.pop() {
            self.block_mut(b).visited = false;
            self.scan_locals(b, &mut work);
        }
        self.end_traversal(work);
    }

    /// Records that the locals of `mask` may be unbound at the start of `b`, which is then to be seen
    /// (again) if that is news.
    fn add_unsafe(&mut self, b: BlockId, mask: u64, work: &mut Vec<BlockId>) {
        let block = self.block_mut(b);
        let both = block.unsafe_locals | mask;
        if block.unsafe_locals != both {
            block.unsafe_locals = both;
            self.visit(b, work);
        }
    }

    fn scan_locals(&mut self, b: BlockId, work: &mut Vec<BlockId>) {
        let block = *self.block(b);
        let mut mask = block.unsafe_locals;
        for i in block.start as usize..(block.start + block.len) as usize {
            let ins = self.code[i];
            if ins.handler != NO_BLOCK && mask != 0 {
                self.add_unsafe(ins.handler, mask, work);
            }
            if ins.arg as usize >= TRACKED {
                continue;
            }
            let bit = 1u64 << ins.arg;
            match ins.op {
                DELETE_FAST | LOAD_FAST_AND_CLEAR | STORE_FAST_MAYBE_NULL => mask |= bit,
                STORE_FAST | LOAD_FAST_CHECK => mask &= !bit,
                LOAD_FAST => {
                    if mask & bit != 0 {
                        self.code[i].op = LOAD_FAST_CHECK;
                    }
                    mask &= !bit;
                }
                _ => {}
            }
        }
        if block.next != NO_BLOCK && self.falls_through(b) {
            self.add_unsafe(block.next, mask, work);
        }
        if let Some(last) = self.last(b).copied()
            && last.op.has_jump()
        {
            self.add_unsafe(last.target, mask, work);
        }
    }

    /// The same for the locals beyond the tracked ones, each block for itself.
    fn check_many_locals(&mut self, nlocals: usize) {
        // In which block (counted from 1) the local was last known to be bound.
        let mut bound_in = vec![0u32; nlocals - TRACKED];
        let mut number = 0;
        let mut b = 0;
        while b != NO_BLOCK {
            number += 1;
            for ins in self.code_mut(b) {
                let Some(state) = (ins.arg as usize).checked_sub(TRACKED).and_then(|i| bound_in.get_mut(i))
                else {
                    continue;
                };
                match ins.op {
                    DELETE_FAST | LOAD_FAST_AND_CLEAR | STORE_FAST_MAYBE_NULL => *state = number - 1,
                    STORE_FAST => *state = number,
                    LOAD_FAST => {
                        if *state != number {
                            ins.op = LOAD_FAST_CHECK;
                        }
                        *state = number;
                    }
                    _ => {}
                }
            }
            b = self.next(b);
        }
    }

    /// Joins neighbouring loads and stores of locals into one instruction.
    pub(super) fn insert_superinstructions(&mut self) {
        let mut joined_any = false;
        let mut b = 0;
        while b != NO_BLOCK {
            let code = self.code_mut(b);
            for i in 1..code.len() {
                let [first, second] = [code[i - 1], code[i]];
                let joined = match (first.op, second.op) {
                    (LOAD_FAST, LOAD_FAST) => LOAD_FAST_LOAD_FAST,
                    (STORE_FAST, LOAD_FAST) => STORE_FAST_LOAD_FAST,
                    (STORE_FAST, STORE_FAST) => STORE_FAST_STORE_FAST,
                    _ => continue,
                };
                let (line, next_line) = (first.loc.line, second.loc.line);
                let other_line = line >= 0 && next_line >= 0 && line != next_line;
                if !other_line && first.arg < 16 && second.arg < 16 {
                    code[i - 1].set_arg(joined, first.arg << 4 | second.arg);
                    code[i].set(NOP);
                    joined_any = true;
                }
            }
            b = self.next(b);
        }
        if joined_any {
            self.remove_redundant_nops();
        }
    }

    /// Drops the constants no instruction loads, but never the first, which may be the docstring.
    pub(super) fn remove_unused_consts(&mut self) {
        let count = self.consts.len();
        if count == 0 {
            return;
        }
        let mut used = vec![false; count];
        used[0] = true;
        let mut b = 0;
        while b != NO_BLOCK {
            for ins in self.code(b) {
                if ins.op.has(Flags::CONST)
                    && let Some(slot) = used.get_mut(ins.arg as usize)
                {
                    *slot = true;
                }
            }
            b = self.next(b);
        }
        if used.iter().all(|u| *u) {
            return;
        }
        let mut kept = 0;
        let renumbered: Vec<u32> = used
            .iter()
            .map(|u| {
                let number = kept;
                kept += u32::from(*u);
                number
            })
            .collect();
        self.consts.retain(&used);
        let mut b = 0;
        while b != NO_BLOCK {
            for ins in self.code_mut(b) {
                if ins.op.has(Flags::CONST)
                    && let Some(number) = renumbered.get(ins.arg as usize)
                {
                    ins.arg = *number;
                }
            }
            b = self.next(b);
        }
    }
}
