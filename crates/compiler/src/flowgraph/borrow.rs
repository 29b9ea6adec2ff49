//! Loads of locals that need no reference of their own.
//!
//! A loaded reference may be borrowed from the local if it is consumed within its block, before
//! anything else is stored in the local, and not by a store to a local. Each block is run over a stack of
//! "which instruction pushed this, and from which local"; what breaks a rule loses its chance.

use bytecode::op::*;

use super::{BlockId, ENTRY, Graph, NO_BLOCK, Result};
use crate::assemble::AssembleError;

/// The instruction (index in its block) that pushed a stack entry, and the local it came from.
#[derive(Clone, Copy)]
struct Ref {
    ins: u32,
    local: u32,
}

const NONE: u32 = u32::MAX;
const UNKNOWN: Ref = Ref { ins: NONE, local: NONE };

/// The abstract stack of one block.
#[derive(Default)]
pub(super) struct Stack {
    refs: Vec<Ref>,
    /// By instruction: whether its reference must be its own.
    owned: Vec<bool>,
}

impl Stack {
    fn reset(&mut self, depth: usize, instructions: usize) {
        self.refs.clear();
        self.refs.resize(depth, UNKNOWN);
        self.owned.clear();
        self.owned.resize(instructions, false);
    }

    fn own(&mut self, ins: u32) {
        if let Some(owned) = self.owned.get_mut(ins as usize) {
            *owned = true;
        }
    }

    fn push(&mut self, ins: usize, local: u32) {
        self.refs.push(Ref { ins: ins as u32, local });
    }

    fn pop(&mut self) -> Result<Ref> {
        self.refs.pop().ok_or(UNDERFLOW)
    }

    fn pop_many(&mut self, count: usize) -> Result<()> {
        let left = self.refs.len().checked_sub(count).ok_or(UNDERFLOW)?;
        self.refs.truncate(left);
        Ok(())
    }

    fn push_results(&mut self, ins: usize, count: usize) {
        for _ in 0..count {
            self.push(ins, NONE);
        }
    }

    /// The local is about to change: what was loaded from it and is still here must own its reference.
    fn kill(&mut self, local: u32) {
        for i in 0..self.refs.len() {
            if self.refs[i].local == local {
                self.own(self.refs[i].ins);
            }
        }
    }

    fn store(&mut self, local: u32) -> Result<()> {
        let stored = self.pop()?;
        self.kill(local);
        self.own(stored.ins);
        Ok(())
    }
}

const UNDERFLOW: AssembleError = AssembleError::Malformed("Invalid CFG, stack underflow");

impl Graph {
    pub(super) fn borrow_loads(&mut self) -> Result<()> {
        let mut stack = std::mem::take(&mut self.references);
        let mut work = self.begin_traversal();
        self.block_mut(ENTRY).depth = 0;
        self.visit(ENTRY, &mut work);
        while let Some(b) = work.pop() {
            let depth = usize::try_from(self.block(b).depth).map_err(|_| UNDERFLOW)?;
            stack.reset(depth, self.code(b).len());
            self.run_block(b, &mut stack, &mut work)?;
            let next = self.next(b);
            if next != NO_BLOCK && self.last(b).is_some() && self.falls_through(b) {
                self.visit(next, &mut work);
            }
            for i in 0..stack.refs.len() {
                stack.own(stack.refs[i].ins);
            }
            for (ins, owned) in self.code_mut(b).iter_mut().zip(&stack.owned) {
                if *owned {
                    continue;
                }
                match ins.op {
                    LOAD_FAST => ins.op = LOAD_FAST_BORROW,
                    LOAD_FAST_LOAD_FAST => ins.op = LOAD_FAST_BORROW_LOAD_FAST_BORROW,
                    _ => {}
                }
            }
        }
        self.end_traversal(work);
        self.references = stack;
        Ok(())
    }

    fn run_block(&mut self, b: BlockId, stack: &mut Stack, work: &mut Vec<BlockId>) -> Result<()> {
        let start = self.block(b).start as usize;
        for i in 0..self.block(b).len as usize {
            let ins = self.code[start + i];
            let arg = ins.arg;
            let (popped, pushed) = (ins.op.popped(arg) as usize, ins.op.pushed(arg) as usize);
            match ins.op {
                LOAD_FAST => stack.push(i, arg),
                LOAD_FAST_AND_CLEAR => {
                    stack.kill(arg);
                    stack.push(i, arg);
                }
                LOAD_FAST_LOAD_FAST => {
                    stack.push(i, arg >> 4);
                    stack.push(i, arg & 15);
                }
                DELETE_FAST => stack.kill(arg),
                STORE_FAST => stack.store(arg)?,
                STORE_FAST_LOAD_FAST => {
                    stack.store(arg >> 4)?;
                    stack.push(i, arg & 15);
                }
                STORE_FAST_STORE_FAST => {
                    stack.store(arg >> 4)?;
                    stack.store(arg & 15)?;
                }
                COPY => {
                    let at = stack.refs.len().checked_sub(arg as usize).ok_or(UNDERFLOW)?;
                    let copied = *stack.refs.get(at).ok_or(UNDERFLOW)?;
                    stack.refs.push(copied);
                }
                SWAP => {
                    let len = stack.refs.len();
                    let at = len.checked_sub(arg as usize).ok_or(UNDERFLOW)?;
                    if at >= len {
                        return Err(UNDERFLOW);
                    }
                    stack.refs.swap(at, len - 1);
                }
                // Those that leave all their inputs where they are.
                FORMAT_SIMPLE | GET_ANEXT | GET_LEN | GET_YIELD_FROM_ITER | IMPORT_FROM | MATCH_KEYS
                | MATCH_MAPPING | MATCH_SEQUENCE | WITH_EXCEPT_START => {
                    // CPython takes the first instructions of the block for their origin, which can be
                    // seen in the code it makes.
                    (0..pushed.saturating_sub(popped)).for_each(|origin| stack.push(origin, NONE));
                }
                // Those that take some of their inputs and leave nothing new.
                DICT_MERGE | DICT_UPDATE | LIST_APPEND | LIST_EXTEND | MAP_ADD | RERAISE | SET_ADD
                | SET_UPDATE => {
                    stack.pop_many(popped.saturating_sub(pushed))?;
                }
                CHECK_EXC_MATCH => {
                    stack.pop()?;
                    stack.push(i, NONE);
                }
                FOR_ITER => {
                    self.visit(ins.target, work);
                    stack.push(i, NONE);
                }
                LOAD_ATTR | LOAD_SUPER_ATTR => {
                    let object = stack.pop()?;
                    if ins.op == LOAD_SUPER_ATTR {
                        stack.pop_many(2)?;
                    }
                    stack.push(i, NONE);
                    if arg & 1 != 0 {
                        // The object may come back as the first argument of a method.
                        stack.refs.push(object);
                    }
                }
                LOAD_SPECIAL | PUSH_EXC_INFO => {
                    let kept = stack.pop()?;
                    stack.push(i, NONE);
                    stack.refs.push(kept);
                }
                END_SEND | SET_FUNCTION_ATTRIBUTE => {
                    let kept = stack.pop()?;
                    stack.pop()?;
                    stack.refs.push(kept);
                }
                SEND => {
                    self.visit(ins.target, work);
                    stack.pop()?;
                    stack.push(i, NONE);
                }
                op => {
                    if op.has_target() {
                        self.visit(ins.target, work);
                    }
                    if !op.is_block_push() {
                        stack.pop_many(popped)?;
                        stack.push_results(i, pushed);
                    }
                }
            }
        }
        Ok(())
    }
}
