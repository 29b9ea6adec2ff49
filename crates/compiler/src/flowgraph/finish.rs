//! The last passes: pseudo-instructions become real ones, the stack is measured, cells get their places,
//! jumps their directions.

use bytecode::code::flags;
use bytecode::op::*;

use super::{BlockId, ENTRY, Graph, Ins, NO_BLOCK, Result};
use crate::assemble::{AssembleError, Unit};
use crate::instr::NO_LOCATION;
use syntax::ast::Loc;

/// What assembly needs to know of the finished graph.
pub(crate) struct Finished {
    pub stacksize: u32,
}

impl Graph {
    /// Makes the optimised graph executable.
    pub fn finish(&mut self, unit: &Unit) -> Result<Finished> {
        self.convert_conditional_jumps();
        let stacksize = self.measure_stack()?;
        self.place_cells(unit);
        self.convert_pseudo_ops()?;
        self.normalize_jumps();
        self.borrow_loads()?;
        Ok(Finished { stacksize })
    }

    /// `JUMP_IF_x` tests the top of the stack and leaves it there: copy, convert, test the copy.
    fn convert_conditional_jumps(&mut self) {
        let mut b = 0;
        while b != NO_BLOCK {
            if let Some(&last) = self.last(b) {
                let test = match last.op {
                    JUMP_IF_FALSE => POP_JUMP_IF_FALSE,
                    JUMP_IF_TRUE => POP_JUMP_IF_TRUE,
                    _ => NOP,
                };
                if test != NOP {
                    let at = self.code(b).len() - 1;
                    self.code_mut(b)[at].op = test;
                    let covered = |op, arg| Ins { handler: last.handler, ..Ins::new(op, arg, last.loc) };
                    self.insert(b, at, &[covered(COPY, 1), covered(TO_BOOL, 0)]);
                }
            }
            b = self.next(b);
        }
    }

    /// Computes the stack depth at the start of every reachable block; returns the largest anywhere.
    pub fn measure_stack(&mut self) -> Result<u32> {
        self.blocks.iter_mut().for_each(|b| b.depth = i32::MIN);
        let mut work = self.begin_traversal();
        let mut deepest = 0;
        self.enter_at_depth(ENTRY, 0, &mut work)?;
        while let Some(b) = work.pop() {
            let block = *self.block(b);
            let mut depth = i64::from(block.depth);
            let mut next = block.next;
            for i in block.start as usize..(block.start + block.len) as usize {
                let ins = self.code[i];
                let effect = i64::from(ins.op.pushed(ins.arg)) - i64::from(ins.op.popped(ins.arg));
                deepest = deepest.max(depth);
                if ins.op.has_target() && ins.op != END_ASYNC_FOR {
                    self.enter_at_depth(ins.target, depth + effect, &mut work)?;
                }
                if !ins.op.is_block_push() {
                    depth += effect;
                }
                if depth < 0 {
                    return Err(AssembleError::Malformed("Invalid CFG, stack underflow"));
                }
                if ins.op.is_unconditional_jump() || ins.op.is_scope_exit() {
                    next = NO_BLOCK;
                    break;
                }
            }
            if next != NO_BLOCK {
                self.enter_at_depth(next, depth, &mut work)?;
            }
        }
        self.end_traversal(work);
        // A frame has room for one entry at least.
        u32::try_from(deepest.max(1)).map_err(|_| AssembleError::StackTooDeep)
    }

    fn enter_at_depth(&mut self, b: BlockId, depth: i64, work: &mut Vec<BlockId>) -> Result<()> {
        let depth = i32::try_from(depth).map_err(|_| AssembleError::StackTooDeep)?;
        let block = self.block_mut(b);
        if block.depth < 0 {
            block.depth = depth;
            work.push(b);
        } else if block.depth != depth {
            return Err(AssembleError::Malformed("Invalid CFG, inconsistent stackdepth"));
        }
        Ok(())
    }

    /// Turns the numbers of cells and free variables into places in the frame, and puts the
    /// instructions that make them in front.
    fn place_cells(&mut self, unit: &Unit) {
        let cells = unit.cell_places();
        let mut prefix = Vec::new();
        if !unit.freevars.is_empty() {
            prefix.push(Ins::new(COPY_FREE_VARS, unit.freevars.len() as u32, NO_LOCATION));
        }
        let mut in_order: Vec<u32> = cells[..unit.cellvars.len()].to_vec();
        in_order.sort_unstable();
        prefix.extend(in_order.iter().map(|place| Ins::new(MAKE_CELL, *place, NO_LOCATION)));
        let made = prefix.len();
        if unit.flags & (flags::GENERATOR | flags::COROUTINE | flags::ASYNC_GENERATOR) != 0 {
            let line = unit.firstlineno;
            let loc = Loc { line, col: -1, end_line: line, end_col: -1 };
            prefix.push(Ins::new(RETURN_GENERATOR, 0, loc));
            prefix.push(Ins::new(POP_TOP, 0, loc));
        }
        if !cells.is_empty() {
            let mut b = 0;
            while b != NO_BLOCK {
                for ins in self.code_mut(b) {
                    if matches!(
                        ins.op,
                        MAKE_CELL
                            | LOAD_CLOSURE
                            | LOAD_DEREF
                            | STORE_DEREF
                            | DELETE_DEREF
                            | LOAD_FROM_DICT_OR_DEREF
                    ) && let Some(place) = cells.get(ins.arg as usize)
                    {
                        ins.arg = *place;
                    }
                }
                b = self.next(b);
            }
        }
        debug_assert!(made >= unit.cellvars.len());
        if !prefix.is_empty() {
            self.insert(ENTRY, 0, &prefix);
        }
    }

    fn convert_pseudo_ops(&mut self) -> Result<()> {
        for ins in &mut self.code {
            match ins.op {
                SETUP_FINALLY | SETUP_WITH | SETUP_CLEANUP => ins.set(NOP),
                LOAD_CLOSURE => ins.op = LOAD_FAST,
                STORE_FAST_MAYBE_NULL => ins.op = STORE_FAST,
                _ => {}
            }
        }
        self.remove_redundant_nops_and_jumps()
    }

    /// Conditional jumps go forward only, and are followed by `NOT_TAKEN`.
    fn normalize_jumps(&mut self) {
        self.blocks.iter_mut().for_each(|b| b.visited = false);
        let mut b = 0;
        while b != NO_BLOCK {
            self.block_mut(b).visited = true;
            if let Some(&last) = self.last(b)
                && last.op.is_conditional_jump()
            {
                if self.block(last.target).visited {
                    self.reverse_jump(b, last);
                } else {
                    self.push(b, Ins::new(NOT_TAKEN, 0, last.loc));
                }
            }
            b = self.next(b);
        }
    }

    /// The conditional jump at the end of `b` goes back: jumps over a new block that does.
    fn reverse_jump(&mut self, b: BlockId, jump: Ins) {
        let reversed = match jump.op {
            POP_JUMP_IF_FALSE => POP_JUMP_IF_TRUE,
            POP_JUMP_IF_TRUE => POP_JUMP_IF_FALSE,
            POP_JUMP_IF_NONE => POP_JUMP_IF_NOT_NONE,
            _ => POP_JUMP_IF_NONE,
        };
        let next = self.next(b);
        let back = self.new_block();
        self.push(back, Ins::new(NOT_TAKEN, 0, jump.loc));
        self.push(back, Ins { target: jump.target, ..Ins::new(JUMP, 0, jump.loc) });
        let (cold, depth) = (self.block(b).cold, self.block(jump.target).depth);
        let new = self.block_mut(back);
        new.cold = cold;
        new.depth = depth;
        new.next = next;
        self.block_mut(b).next = back;
        if let Some(last) = self.code_mut(b).last_mut() {
            last.op = reversed;
            last.target = next;
        }
    }
}
