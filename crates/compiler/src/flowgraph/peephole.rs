//! Replacement of short instruction sequences by better ones, block by block.

use bytecode::args::{compare, intrinsic};
use bytecode::op::*;
use bytecode::{Const, Opcode};

use super::{BlockId, Graph, Ins, NO_BLOCK, fold};

impl Graph {
    /// The value a `LOAD_CONST` or `LOAD_SMALL_INT` loads.
    pub(super) fn loaded_const(&self, op: Opcode, arg: u32) -> Option<Const> {
        match op {
            LOAD_SMALL_INT => Some(Const::Int(i64::from(arg))),
            LOAD_CONST => self.consts.get(arg).cloned(),
            _ => None,
        }
    }

    /// Whether what the instruction loads counts as true.
    fn loaded_truth(&self, op: Opcode, arg: u32) -> Option<bool> {
        match op {
            LOAD_SMALL_INT => Some(arg != 0),
            LOAD_CONST => self.consts.get(arg).map(fold::truth),
            _ => None,
        }
    }

    /// Small integers get their own instruction; tests of constants are decided.
    pub(super) fn optimize_load_const(&mut self) {
        let mut b = 0;
        while b != NO_BLOCK {
            self.optimize_load_const_in(b);
            b = self.next(b);
        }
    }

    fn optimize_load_const_in(&mut self, b: BlockId) {
        let start = self.block(b).start as usize;
        let end = start + self.block(b).len as usize;
        // The load the top of the stack comes from, possibly through copies.
        let (mut op, mut arg) = (NOP, 0);
        for i in start..end {
            if self.code[i].op == LOAD_CONST
                && let Some(Const::Int(n @ 0..=255)) = self.consts.get(self.code[i].arg)
            {
                self.code[i].set_arg(LOAD_SMALL_INT, *n as u32);
            }
            let ins = self.code[i];
            let copies = op == LOAD_CONST && ins.op == COPY && ins.arg == 1;
            if !copies {
                (op, arg) = (ins.op, ins.arg);
            }
            if !matches!(op, LOAD_CONST | LOAD_SMALL_INT) || i + 1 >= end {
                continue;
            }
            match self.code[i + 1].op {
                next @ (POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | JUMP_IF_FALSE | JUMP_IF_TRUE) => {
                    let Some(truth) = self.loaded_truth(op, arg) else { continue };
                    if matches!(next, POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE) {
                        self.code[i].set(NOP);
                    }
                    if truth == matches!(next, POP_JUMP_IF_TRUE | JUMP_IF_TRUE) {
                        self.code[i + 1].op = JUMP;
                    } else {
                        self.code[i + 1].set(NOP);
                    }
                }
                IS_OP if op == LOAD_CONST && self.consts.get(arg).is_some_and(Const::is_none) => {
                    self.fold_is_none(i, end);
                }
                TO_BOOL => {
                    let Some(truth) = self.loaded_truth(op, arg) else { continue };
                    let index = self.consts.add(Const::Bool(truth));
                    self.code[i].set(NOP);
                    self.code[i + 1].set_arg(LOAD_CONST, index);
                }
                _ => {}
            }
        }
    }

    /// `None` is loaded at `i` and compared by the `IS_OP` after it: joins that with the jump that follows.
    fn fold_is_none(&mut self, i: usize, end: usize) {
        let mut jump = i + 2;
        if jump < end && self.code[jump].op == TO_BOOL {
            self.code[jump].set(NOP);
            jump += 1;
        }
        if jump >= end {
            return;
        }
        let inverted = self.code[i + 1].arg != 0;
        let joined = match (self.code[jump].op, inverted) {
            (POP_JUMP_IF_TRUE, false) | (POP_JUMP_IF_FALSE, true) => POP_JUMP_IF_NONE,
            (POP_JUMP_IF_TRUE, true) | (POP_JUMP_IF_FALSE, false) => POP_JUMP_IF_NOT_NONE,
            _ => return,
        };
        self.code[i].set(NOP);
        self.code[i + 1].set(NOP);
        self.code[jump].op = joined;
    }

    pub(super) fn optimize_blocks(&mut self) {
        let mut b = 0;
        while b != NO_BLOCK {
            if self.optimize_block(b) {
                self.optimize_swaps(b);
            }
            b = self.next(b);
        }
    }

    /// True if there is a `SWAP` in it.
    fn optimize_block(&mut self, b: BlockId) -> bool {
        let mut has_swap = false;
        let mut i = 0;
        while i < self.code(b).len() {
            let code = self.code(b);
            let ins = code[i];
            has_swap |= ins.op == SWAP;
            let next = code.get(i + 1).map_or(CACHE, |n| n.op);
            if ins.op.has_jump() {
                if self.thread_jump(b, ins) {
                    // The new last instruction is looked at next, with the `NOP` in its place skipped.
                    continue;
                }
            } else {
                self.optimize_at(b, i, ins, next);
            }
            i += 1;
        }
        has_swap
    }

    fn optimize_at(&mut self, b: BlockId, i: usize, ins: Ins, next: Opcode) {
        let arg = ins.arg;
        match ins.op {
            BUILD_TUPLE => {
                let unpacked = next == UNPACK_SEQUENCE && self.code(b)[i + 1].arg == arg;
                match arg {
                    1 if unpacked => self.replace_pair(b, i, NOP, 0),
                    2 | 3 if unpacked => self.replace_pair(b, i, SWAP, arg),
                    _ => self.fold_tuple(b, i),
                }
            }
            BUILD_LIST | BUILD_SET => self.fold_list_or_set(b, i, next),
            STORE_FAST => {
                let code = self.code_mut(b);
                if next == STORE_FAST && code[i + 1].arg == arg && code[i + 1].loc.line == ins.loc.line {
                    code[i].set(POP_TOP);
                }
            }
            SWAP if arg == 1 => self.code_mut(b)[i].set(NOP),
            LOAD_GLOBAL if next == PUSH_NULL && arg & 1 == 0 => {
                let code = self.code_mut(b);
                code[i].set_arg(LOAD_GLOBAL, arg | 1);
                code[i + 1].set(NOP);
            }
            COMPARE_OP if next == TO_BOOL => self.replace_pair(b, i, COMPARE_OP, arg | compare::TO_BOOL),
            CONTAINS_OP | IS_OP if next == TO_BOOL => self.replace_pair(b, i, ins.op, arg),
            CONTAINS_OP | IS_OP if next == UNARY_NOT => self.replace_pair(b, i, ins.op, arg ^ 1),
            TO_BOOL if next == TO_BOOL => self.code_mut(b)[i].set(NOP),
            UNARY_NOT if next == TO_BOOL => self.replace_pair(b, i, UNARY_NOT, 0),
            UNARY_NOT if next == UNARY_NOT => self.replace_pair(b, i, NOP, 0),
            UNARY_NOT | UNARY_INVERT | UNARY_NEGATIVE => self.fold_unary(b, i),
            CALL_INTRINSIC_1 if arg == intrinsic::LIST_TO_TUPLE => {
                self.fold_appended(b, i);
                let ins = &mut self.code_mut(b)[i];
                if next == GET_ITER && ins.op == CALL_INTRINSIC_1 {
                    ins.set(NOP);
                }
            }
            LIST_APPEND | SET_ADD if arg == 1 && matches!(next, GET_ITER | CONTAINS_OP) => {
                self.fold_appended(b, i)
            }
            CALL_INTRINSIC_1 if arg == intrinsic::UNARY_POSITIVE => self.fold_unary(b, i),
            BINARY_OP => self.fold_binary(b, i),
            _ => {}
        }
    }

    /// Replaces the instructions at `i` and after it by one.
    fn replace_pair(&mut self, b: BlockId, i: usize, op: Opcode, arg: u32) {
        let code = self.code_mut(b);
        code[i].set(NOP);
        code[i + 1].set_arg(op, arg);
    }

    /// Makes the jump `ins` at the end of `b` go where the jump at its target goes. True if it did, with
    /// the new jump appended to the block.
    fn thread_jump(&mut self, b: BlockId, ins: Ins) -> bool {
        let Some(&target) = self.code(ins.target).first() else { return false };
        let op = match (ins.op, target.op) {
            (POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE, JUMP) => ins.op,
            (JUMP_IF_FALSE, JUMP | JUMP_IF_FALSE) | (JUMP_IF_TRUE, JUMP | JUMP_IF_TRUE) => ins.op,
            (JUMP | JUMP_NO_INTERRUPT, JUMP) => JUMP,
            (JUMP | JUMP_NO_INTERRUPT, JUMP_NO_INTERRUPT) => ins.op,
            (JUMP_IF_FALSE, JUMP_IF_TRUE) | (JUMP_IF_TRUE, JUMP_IF_FALSE) => {
                // The value it jumps with makes the other one fall through.
                let after = self.next(ins.target);
                if after == NO_BLOCK {
                    return false;
                }
                if let Some(last) = self.code_mut(b).last_mut() {
                    last.target = after;
                }
                return true;
            }
            _ => return false,
        };
        if ins.target == target.target {
            return false;
        }
        if let Some(last) = self.code_mut(b).last_mut() {
            last.set(NOP);
        }
        self.push(b, Ins { target: target.target, ..Ins::new(op, 0, target.loc) });
        true
    }
}
