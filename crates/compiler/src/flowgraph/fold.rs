//! Constant folding: operators and displays whose operands are constants become constants.

use bytecode::Const;
use bytecode::op::*;

use super::{BlockId, Graph, arith, equality};
use crate::instr::NO_LOCATION;

/// Displays with more elements are left alone: they are built in pieces.
const MAX_ELEMENTS: usize = 30;
/// Lists and sets with fewer elements are built faster one by one.
const MIN_CONST_SEQUENCE: usize = 3;

/// The truth value of a constant.
pub(super) fn truth(value: &Const) -> bool {
    match value {
        Const::None => false,
        Const::Bool(b) => *b,
        Const::Int(n) => *n != 0,
        Const::Float(x) => *x != 0.0,
        Const::Complex(x, y) => *x != 0.0 || *y != 0.0,
        Const::Str(s) => !s.as_bytes().is_empty(),
        Const::Bytes(b) => !b.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
        Const::Ellipsis | Const::BigInt(_) | Const::Slice(_) | Const::Code(_) => true,
    }
}

/// Where in a block the loads of the operands of an instruction are.
struct Operands {
    at: [u32; MAX_ELEMENTS],
    count: usize,
}

impl Graph {
    /// The `count` instructions before `i`, `NOP`s skipped, if each of them loads a constant.
    fn const_operands(&self, b: BlockId, i: usize, count: usize) -> Option<Operands> {
        let mut operands = Operands { at: [0; MAX_ELEMENTS], count };
        let mut missing = count;
        let code = self.code(b);
        let mut at = i;
        while missing > 0 {
            at = at.checked_sub(1)?;
            match code[at].op {
                NOP => {}
                LOAD_CONST | LOAD_SMALL_INT => {
                    missing -= 1;
                    *operands.at.get_mut(missing)? = at as u32;
                }
                _ => return None,
            }
        }
        Some(operands)
    }

    fn operand(&self, b: BlockId, operands: &Operands, n: usize) -> Option<Const> {
        let ins = &self.code(b)[operands.at[n] as usize];
        self.loaded_const(ins.op, ins.arg)
    }

    fn operand_values(&self, b: BlockId, operands: &Operands) -> Option<Vec<Const>> {
        (0..operands.count).map(|n| self.operand(b, operands, n)).collect()
    }

    /// The operands are part of a constant now.
    fn remove_operands(&mut self, b: BlockId, operands: &Operands) {
        let code = self.code_mut(b);
        for &at in &operands.at[..operands.count] {
            code[at as usize].set(NOP);
            code[at as usize].loc = NO_LOCATION;
        }
    }

    /// Makes instruction `i` load `value`.
    fn make_load(&mut self, b: BlockId, i: usize, value: Const) {
        if let Const::Int(n @ 0..=255) = value {
            self.code_mut(b)[i].set_arg(LOAD_SMALL_INT, n as u32);
        } else {
            let index = self.consts.add(value);
            self.code_mut(b)[i].set_arg(LOAD_CONST, index);
        }
    }

    pub(super) fn fold_unary(&mut self, b: BlockId, i: usize) {
        let Some(operands) = self.const_operands(b, i, 1) else { return };
        let Some(value) = self.operand(b, &operands, 0) else { return };
        let result = match self.code(b)[i].op {
            UNARY_NEGATIVE => arith::negative(&value),
            UNARY_INVERT => arith::invert(&value),
            UNARY_NOT => Some(Const::Bool(!truth(&value))),
            _ => arith::positive(&value),
        };
        if let Some(result) = result {
            self.remove_operands(b, &operands);
            self.make_load(b, i, result);
        }
    }

    pub(super) fn fold_binary(&mut self, b: BlockId, i: usize) {
        let Some(operands) = self.const_operands(b, i, 2) else { return };
        let (Some(left), Some(right)) = (self.operand(b, &operands, 0), self.operand(b, &operands, 1)) else {
            return;
        };
        if let Some(result) = arith::binary(self.code(b)[i].arg, &left, &right) {
            self.remove_operands(b, &operands);
            self.make_load(b, i, result);
        }
    }

    pub(super) fn fold_tuple(&mut self, b: BlockId, i: usize) {
        let count = self.code(b)[i].arg as usize;
        if count > MAX_ELEMENTS {
            return;
        }
        let Some(operands) = self.const_operands(b, i, count) else { return };
        let Some(values) = self.operand_values(b, &operands) else { return };
        self.remove_operands(b, &operands);
        self.make_load(b, i, Const::tuple(values));
    }

    /// A list or set of constants becomes a tuple or frozenset if it is only searched or iterated over,
    /// and is filled from one otherwise.
    pub(super) fn fold_list_or_set(&mut self, b: BlockId, i: usize, next: bytecode::Opcode) {
        let ins = self.code(b)[i];
        let only_read = matches!(next, GET_ITER | CONTAINS_OP);
        let count = ins.arg as usize;
        if count > MAX_ELEMENTS || count < MIN_CONST_SEQUENCE && !only_read {
            return;
        }
        let Some(operands) = self.const_operands(b, i, count) else {
            if only_read && ins.op == BUILD_LIST {
                self.code_mut(b)[i].op = BUILD_TUPLE;
            }
            return;
        };
        let Some(values) = self.operand_values(b, &operands) else { return };
        let value = if ins.op == BUILD_SET {
            Const::FrozenSet(equality::distinct(&values).into())
        } else {
            Const::tuple(values)
        };
        let index = self.consts.add(value);
        self.remove_operands(b, &operands);
        let code = self.code_mut(b);
        if only_read {
            code[i].set_arg(LOAD_CONST, index);
        } else {
            // At least three instructions went, so there is room for two.
            code[i - 2].set_arg(ins.op, 0);
            code[i - 2].loc = ins.loc;
            code[i - 1].set_arg(LOAD_CONST, index);
            code[i].set_arg(if ins.op == BUILD_LIST { LIST_EXTEND } else { SET_UPDATE }, 1);
        }
    }

    /// A long display is built element by element. If `i` completes one (the conversion of a list to a
    /// tuple, or the last append) and all elements are constants, `i` becomes a load of the whole.
    pub(super) fn fold_appended(&mut self, b: BlockId, i: usize) {
        let last = self.code(b)[i];
        let (build, append) =
            if last.op == SET_ADD { (BUILD_SET, SET_ADD) } else { (BUILD_LIST, LIST_APPEND) };
        let mut values = Vec::new();
        let mut expect_append = last.op == CALL_INTRINSIC_1;
        for at in (0..i).rev() {
            let ins = self.code(b)[at];
            if ins.op == NOP {
                continue;
            }
            if ins.op == build && ins.arg == 0 {
                if expect_append {
                    values.reverse();
                    self.replace_appended(b, at, i, values);
                }
                return;
            }
            if expect_append {
                if ins.op != append || ins.arg != 1 {
                    return;
                }
            } else {
                match self.loaded_const(ins.op, ins.arg) {
                    Some(value) => values.push(value),
                    None => return,
                }
            }
            expect_append = !expect_append;
        }
    }

    fn replace_appended(&mut self, b: BlockId, first: usize, last: usize, values: Vec<Const>) {
        let op = self.code(b)[last].op;
        if op != CALL_INTRINSIC_1 {
            self.code_mut(b)[last].loc = NO_LOCATION;
        }
        for ins in &mut self.code_mut(b)[first..last] {
            if ins.op != NOP {
                ins.set(NOP);
                ins.loc = NO_LOCATION;
            }
        }
        let value = if op == SET_ADD {
            Const::FrozenSet(equality::distinct(&values).into())
        } else {
            Const::tuple(values)
        };
        self.make_load(b, last, value);
    }
}
