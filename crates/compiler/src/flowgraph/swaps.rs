//! Runs of `SWAP`: shortened, then replaced by reordering the instructions that pop.

use bytecode::Opcode;
use bytecode::op::*;

use super::{BlockId, Graph, Ins};

/// Stack entries not to be put in place any more.
const DONE: u32 = u32::MAX;

impl Graph {
    pub(super) fn optimize_swaps(&mut self, b: BlockId) {
        let code = self.code_mut(b);
        let mut i = 0;
        while i < code.len() {
            if code[i].op == SWAP {
                i = shorten(code, i);
                reorder(code, i);
            }
            i += 1;
        }
    }
}

/// Replaces the run of `SWAP`s and `NOP`s that starts at `at` by the fewest with the same effect, at its
/// end. Returns the index of its last instruction.
fn shorten(code: &mut [Ins], at: usize) -> usize {
    let len = code[at..].iter().position(|ins| !matches!(ins.op, SWAP | NOP)).unwrap_or(code.len() - at);
    let run = &mut code[at..at + len];
    if run.iter().filter(|ins| ins.op == SWAP).count() < 2 {
        return at;
    }
    let depth = run.iter().map(|ins| ins.arg).max().unwrap_or(0);
    let mut stack: Vec<u32> = (0..depth).collect();
    for ins in run.iter().filter(|ins| ins.op == SWAP) {
        if ins.arg > 0 {
            stack.swap(0, ins.arg as usize - 1);
        }
    }
    // Undoing the permutation cycle by cycle, backwards, is doing it. Only the top can be swapped with,
    // so it is made part of each cycle.
    let mut left = run.len();
    for i in 0..stack.len() {
        if stack[i] == DONE || stack[i] as usize == i {
            continue;
        }
        let mut j = i;
        loop {
            if j != 0
                && let Some(slot) = left.checked_sub(1)
            {
                left = slot;
                run[slot].set_arg(SWAP, j as u32 + 1);
            }
            if stack[j] == DONE {
                break;
            }
            j = std::mem::replace(&mut stack[j], DONE) as usize;
        }
    }
    run[..left].iter_mut().for_each(|ins| ins.set(NOP));
    at + len - 1
}

/// Only pops the top, runs no other code, transfers no control.
fn is_swappable(op: Opcode) -> bool {
    matches!(op, STORE_FAST | STORE_FAST_MAYBE_NULL | POP_TOP)
}

fn stored(ins: &Ins) -> Option<u32> {
    matches!(ins.op, STORE_FAST | STORE_FAST_MAYBE_NULL).then_some(ins.arg)
}

/// The first swappable instruction after `i`, `NOP`s skipped, if it is on `line` (when given).
fn next_swappable(code: &[Ins], i: usize, line: Option<i32>) -> Option<usize> {
    for (j, ins) in code.iter().enumerate().skip(i + 1) {
        if line.is_some_and(|line| line >= 0 && ins.loc.line != line) {
            // Names would be bound in an order a line tracer can see.
            return None;
        }
        if ins.op != NOP {
            return is_swappable(ins.op).then_some(j);
        }
    }
    None
}

/// Applies the `SWAP`s at and before `last` to the instructions after them, as far as that goes.
fn reorder(code: &mut [Ins], last: usize) {
    for i in (0..=last).rev() {
        let swap = code[i];
        if swap.op != SWAP {
            if swap.op == NOP || is_swappable(swap.op) {
                continue;
            }
            return;
        }
        let Some(j) = next_swappable(code, i, None) else { return };
        let line = code[j].loc.line;
        let mut k = j;
        for _ in 1..swap.arg {
            match next_swappable(code, k, Some(line)) {
                Some(next) => k = next,
                None => return,
            }
        }
        // Neither the two nor what is between them may store to the same local.
        let (first, second) = (stored(&code[j]), stored(&code[k]));
        if first.is_some() || second.is_some() {
            let clash = |ins: &Ins| stored(ins).is_some_and(|s| Some(s) == first || Some(s) == second);
            if first == second || k > j && code[j + 1..k].iter().any(clash) {
                return;
            }
        }
        code[i].set(NOP);
        code.swap(j, k);
    }
}
