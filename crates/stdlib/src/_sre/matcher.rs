//! The matcher: runs a [`Program`] over characters with a stack of its own, so that no expression and no text can exhaust
//! the native stack.
//!
//! Going forward pushes frames: choices (where to go on when what follows fails) and notes of what was changed (to
//! change it back). Failing pops: notes are undone, the first choice is taken. The bodies of assertions, atomic groups and
//! possessive repeats end in `Success` and run above a barrier frame; when they have matched, their choices are dropped
//! and their notes kept.

use super::chars::{self, Fold};
use super::program::{Alternative, At, Item, MAX_REPEAT, Next, Op, Pc, Program, Single, Word};
use memchr::memrchr;
use runtime::types::str_::unit::Unit;
use runtime::types::str_::{Kind, search};

/// "No position", "no repeat", "no barrier".
pub const NONE: usize = usize::MAX;
const NO_REP: u32 = u32::MAX;
const NO_BARRIER: u32 = u32::MAX;

/// Why a match could not be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    Memory,
    /// Words in an order that no compiler makes.
    State,
}

#[derive(Clone, Copy)]
enum Frame {
    /// Choices.
    Branch {
        branch: u32,
        next: u32,
        at: usize,
    },
    One {
        single: u32,
        low: usize,
        high: usize,
    },
    MinOne {
        single: u32,
        left: u32,
        at: usize,
    },
    Max {
        until: Pc,
        rep: u32,
        at: usize,
    },
    Min {
        rep: u32,
        at: usize,
    },
    /// Notes.
    Mark {
        index: u32,
        lastmark: i32,
        lastindex: i32,
        old: usize,
    },
    Rep {
        rep: u32,
        count: u32,
        last: usize,
    },
    Current {
        rep: u32,
    },
    Made {
        outer: u32,
    },
    /// Barriers.
    Assert {
        next: Pc,
        outer: u32,
        at: usize,
    },
    AssertNot {
        next: Pc,
        outer: u32,
        at: usize,
    },
    Atomic {
        next: Pc,
        outer: u32,
    },
    Possessive {
        repeat: u32,
        outer: u32,
        count: u32,
        at: usize,
    },
}

impl Frame {
    fn is_note(self) -> bool {
        matches!(self, Frame::Mark { .. } | Frame::Rep { .. } | Frame::Current { .. } | Frame::Made { .. })
    }
}

/// A running repeat of a group.
#[derive(Clone, Copy)]
struct Rep {
    repeat: u32,
    outer: u32,
    count: u32,
    /// Where the last iteration began; an iteration that matched nothing is not repeated.
    last: usize,
}

/// The state of one match attempt after another over the same text.
pub struct Matcher<'p> {
    pub program: &'p Program,
    stack: Vec<Frame>,
    reps: Vec<Rep>,
    /// The innermost running repeat.
    current: u32,
    barrier: u32,
    /// Ends of groups: `2g` and `2g + 1`.
    pub marks: Vec<usize>,
    /// The last valid mark.
    pub lastmark: i32,
    /// The group closed last; -1 for none.
    pub lastindex: i32,
    /// A match must reach the end.
    pub match_all: bool,
    /// A match at this position must not be empty.
    pub must_advance: Option<usize>,
}

/// What happens next.
enum Step {
    Go(Pc, usize),
    Fail,
    Done(usize),
}

/// The memory of a matcher, kept from one use to the next.
#[derive(Default)]
pub struct Scratch {
    stack: Vec<Frame>,
    reps: Vec<Rep>,
    marks: Vec<usize>,
}

impl<'p> Matcher<'p> {
    /// A matcher that uses the memory of an earlier one of the same program.
    pub fn new(program: &'p Program, scratch: Scratch) -> Matcher<'p> {
        let Scratch { stack, reps, mut marks } = scratch;
        marks.resize(program.groups as usize * 2, NONE);
        Matcher {
            program,
            stack,
            reps,
            current: NO_REP,
            barrier: NO_BARRIER,
            marks,
            lastmark: -1,
            lastindex: -1,
            match_all: false,
            must_advance: None,
        }
    }

    /// The memory, for the next matcher. A stack that a hard match has blown up is not kept.
    pub fn into_scratch(self) -> Scratch {
        let mut stack = self.stack;
        if stack.capacity() > 4096 {
            stack = Vec::new();
        }
        stack.clear();
        Scratch { stack, reps: Vec::new(), marks: self.marks }
    }

    /// Forgets the last match.
    pub fn reset(&mut self) {
        self.stack.clear();
        self.reps.clear();
        self.current = NO_REP;
        self.barrier = NO_BARRIER;
        self.lastmark = -1;
        self.lastindex = -1;
    }

    /// The span of a group in the last match.
    pub fn group(&self, g: usize) -> Option<(usize, usize)> {
        let (a, b) = (2 * g, 2 * g + 1);
        if (b as i64) > self.lastmark as i64 {
            return None;
        }
        match (self.marks.get(a), self.marks.get(b)) {
            (Some(&s), Some(&e)) if s != NONE && e != NONE => Some((s, e)),
            _ => None,
        }
    }

    #[inline(always)]
    fn push(&mut self, frame: Frame) -> Result<(), Failure> {
        if self.stack.len() == self.stack.capacity() {
            self.grow()?;
        }
        self.stack.push(frame);
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> Result<(), Failure> {
        // Barriers are numbered with 32 bits.
        if self.stack.len() >= (u32::MAX / 2) as usize {
            return Err(Failure::Memory);
        }
        let more = self.stack.len().max(64);
        self.stack.try_reserve(more).map_err(|_| Failure::Memory)
    }

    /// Notes a change; nothing needs to be noted where nothing can be taken back.
    #[inline(always)]
    fn note(&mut self, frame: Frame) -> Result<(), Failure> {
        if self.stack.is_empty() { Ok(()) } else { self.push(frame) }
    }

    /// Matches at `from`; the end of the match, if there is one. `text` ends where matching has to.
    pub fn run<U: Unit>(&mut self, text: &[U], from: usize) -> Result<Option<usize>, Failure> {
        self.reset();
        if text.len() < from || text.len() - from < self.program.min_width {
            return Ok(None);
        }
        let program = self.program;
        let (mut pc, mut at) = (0, from);
        loop {
            // SAFETY: the builder has checked all jumps, and every path through a program ends in `Success` or
            // `Fail` before its end.
            let op = unsafe { *program.ops.get_unchecked(pc as usize) };
            let ok = match op {
                Op::Literal(c) => {
                    let ok = at < text.len() && text[at].code() == c;
                    at += 1;
                    ok
                }
                Op::In(s) => {
                    let ok = at < text.len() && self.in_set(s, text[at]);
                    at += 1;
                    ok
                }
                Op::Any => {
                    let ok = at < text.len() && text[at].code() != 10;
                    at += 1;
                    ok
                }
                Op::AnyAll => {
                    let ok = at < text.len();
                    at += 1;
                    ok
                }
                Op::NotLiteral(c) => {
                    let ok = at < text.len() && text[at].code() != c;
                    at += 1;
                    ok
                }
                Op::LiteralFold(f, c) => {
                    let ok = at < text.len() && f.same(c, text[at].code());
                    at += 1;
                    ok
                }
                Op::NotLiteralFold(f, c) => {
                    let ok = at < text.len() && !f.same(c, text[at].code());
                    at += 1;
                    ok
                }
                Op::At(a) => is_at(a, text, at),
                Op::Mark(i) => {
                    self.mark(i, at)?;
                    true
                }
                Op::Jump(to) => {
                    pc = to;
                    continue;
                }
                _ => match self.complex(op, pc, text, at)? {
                    Step::Go(p, a) => {
                        (pc, at) = (p, a);
                        continue;
                    }
                    Step::Fail => false,
                    Step::Done(end) => return Ok(Some(end)),
                },
            };
            if ok {
                pc += 1;
                continue;
            }
            match self.fail(text)? {
                Step::Go(p, a) => (pc, at) = (p, a),
                Step::Fail => return Ok(None),
                Step::Done(end) => return Ok(Some(end)),
            }
        }
    }

    #[inline(always)]
    fn in_set<U: Unit>(&self, set: u32, c: U) -> bool {
        // SAFETY: the builder made the index with the set.
        unsafe { self.program.sets.get_unchecked(set as usize) }.has(c.code())
    }

    #[inline(always)]
    fn mark(&mut self, i: u32, at: usize) -> Result<(), Failure> {
        let (lastmark, lastindex) = (self.lastmark, self.lastindex);
        let old = self.marks[i as usize];
        self.note(Frame::Mark { index: i, lastmark, lastindex, old })?;
        let n = i as i32;
        if n & 1 != 0 {
            self.lastindex = n / 2 + 1;
        }
        if n > lastmark {
            for m in &mut self.marks[(lastmark + 1) as usize..i as usize] {
                *m = NONE;
            }
            self.lastmark = n;
        }
        self.marks[i as usize] = at;
        Ok(())
    }

    fn single(&self, i: u32) -> Single {
        // SAFETY: the builder made the index with the entry.
        unsafe { *self.program.singles.get_unchecked(i as usize) }
    }

    /// The instructions that choose, repeat or look elsewhere.
    fn complex<U: Unit>(&mut self, op: Op, pc: Pc, text: &[U], at: usize) -> Result<Step, Failure> {
        Ok(match op {
            Op::Success => return self.success(text, at),
            Op::Branch(b) => self.branch(b, 0, text, at)?,
            Op::RepeatOne(i) => {
                let one = self.single(i);
                let Some(n) = self.count_from(one, text, at) else { return Ok(Step::Fail) };
                self.one(i, one, text, at + one.min as usize, at + n)?
            }
            Op::MinRepeatOne(i) => {
                let one = self.single(i);
                if one.min > 0 {
                    let n = self.count(one.item, text, at, one.min as usize);
                    if n < one.min as usize {
                        return Ok(Step::Fail);
                    }
                }
                let left = if one.max == MAX_REPEAT { MAX_REPEAT } else { one.max - one.min };
                self.min_one(i, one, text, at + one.min as usize, left)?
            }
            Op::PossessiveOne(i) => {
                let one = self.single(i);
                match self.count_from(one, text, at) {
                    Some(n) => Step::Go(one.tail, at + n),
                    None => Step::Fail,
                }
            }
            Op::Repeat(r) => {
                let outer = self.current;
                if self.reps.len() >= NO_REP as usize {
                    return Err(Failure::Memory);
                }
                if self.reps.len() == self.reps.capacity() {
                    self.reps.try_reserve(self.reps.len().max(8)).map_err(|_| Failure::Memory)?;
                }
                self.note(Frame::Made { outer })?;
                self.current = self.reps.len() as u32;
                self.reps.push(Rep { repeat: r, outer, count: u32::MAX, last: NONE });
                Step::Go(self.program.repeats[r as usize].until, at)
            }
            Op::MaxUntil => self.max_until(pc, at)?,
            Op::MinUntil => self.min_until(pc, at)?,
            Op::Possessive(r) => {
                self.enter(Frame::Possessive { repeat: r, outer: self.barrier, count: 0, at })?;
                self.possessive(r, 0, NONE, at)?
            }
            Op::Atomic(next) => {
                self.enter(Frame::Atomic { next, outer: self.barrier })?;
                Step::Go(pc + 1, at)
            }
            Op::Assert { back, next } => {
                let back = back as usize;
                if at < back {
                    return Ok(Step::Fail);
                }
                self.enter(Frame::Assert { next, outer: self.barrier, at })?;
                Step::Go(pc + 1, at - back)
            }
            Op::AssertNot { back, next } => {
                let back = back as usize;
                if at < back {
                    return Ok(Step::Go(next, at));
                }
                self.enter(Frame::AssertNot { next, outer: self.barrier, at })?;
                Step::Go(pc + 1, at - back)
            }
            Op::GroupRef(g) => {
                let Some((s, e)) = self.group(g as usize).filter(|(s, e)| e >= s) else {
                    return Ok(Step::Fail);
                };
                let n = e - s;
                if text.len() - at < n || text[s..e] != text[at..at + n] {
                    return Ok(Step::Fail);
                }
                Step::Go(pc + 1, at + n)
            }
            Op::GroupRefFold(f, g) => {
                let Some((s, e)) = self.group(g as usize).filter(|(s, e)| e >= s) else {
                    return Ok(Step::Fail);
                };
                let n = e - s;
                if text.len() - at < n || !same_folded(f, &text[s..e], &text[at..at + n]) {
                    return Ok(Step::Fail);
                }
                Step::Go(pc + 1, at + n)
            }
            Op::GroupExists { group, no } => {
                let set = self.group(group as usize).is_some_and(|(s, e)| e >= s);
                Step::Go(if set { pc + 1 } else { no }, at)
            }
            _ => Step::Fail,
        })
    }

    /// Puts a barrier on the stack.
    fn enter(&mut self, frame: Frame) -> Result<(), Failure> {
        let place = self.stack.len() as u32;
        self.push(frame)?;
        self.barrier = place;
        Ok(())
    }

    /// Tries the alternatives of a branch from `next` on.
    fn branch<U: Unit>(&mut self, branch: u32, next: u32, text: &[U], at: usize) -> Result<Step, Failure> {
        let program = self.program;
        let all: &[Alternative] = &program.branches[branch as usize];
        let mut i = next as usize;
        let fits = |a: &Alternative| match a.first {
            Next::Literal(c) => at < text.len() && text[at].code() == c,
            Next::In(s) => at < text.len() && program.sets[s as usize].has(text[at].code()),
            _ => true,
        };
        while i < all.len() {
            let a = &all[i];
            i += 1;
            if !fits(a) {
                continue;
            }
            while i < all.len() && !fits(&all[i]) {
                i += 1;
            }
            if i < all.len() {
                self.push(Frame::Branch { branch, next: i as u32, at })?;
            }
            return Ok(Step::Go(a.pc, at));
        }
        Ok(Step::Fail)
    }

    /// How often an item matches from `at` on, if that is often enough.
    #[inline]
    fn count_from<U: Unit>(&self, one: Single, text: &[U], at: usize) -> Option<usize> {
        let max = if one.max == MAX_REPEAT { usize::MAX } else { one.max as usize };
        let n = self.count(one.item, text, at, max);
        if n < one.min as usize { None } else { Some(n) }
    }

    /// How often an item matches from `at` on, at most `max` times.
    fn count<U: Unit>(&self, item: Item, text: &[U], at: usize, max: usize) -> usize {
        let rest = &text[at..];
        let rest = if rest.len() > max { &rest[..max] } else { rest };
        let run = |stop: Option<usize>| stop.unwrap_or(rest.len());
        match item {
            Item::AnyAll => rest.len(),
            Item::Any => run(search::find_unit(rest, U::from_code(10))),
            Item::NotLiteral(c) if U::fits(c) => run(search::find_unit(rest, U::from_code(c))),
            Item::NotLiteral(_) => rest.len(),
            Item::Literal(c) => run(rest.iter().position(|x| x.code() != c)),
            Item::LiteralFold(f, c) => run(rest.iter().position(|x| !f.same(c, x.code()))),
            Item::NotLiteralFold(f, c) => run(rest.iter().position(|x| f.same(c, x.code()))),
            Item::In(s) => {
                let set = &self.program.sets[s as usize];
                run(rest.iter().position(|x| !set.has(x.code())))
            }
        }
    }

    /// Goes on behind a greedy run of single characters that may end anywhere from `low` to `high`, the longest first.
    #[inline]
    fn one<U: Unit>(
        &mut self,
        index: u32,
        one: Single,
        text: &[U],
        low: usize,
        high: usize,
    ) -> Result<Step, Failure> {
        let end = match one.next {
            // Shorter runs cannot do better there.
            Next::Success => return Ok(Step::Go(one.tail, high)),
            Next::Anything => high,
            Next::Literal(c) => match last_literal(text, low, high, c) {
                Some(p) => p,
                None => return Ok(Step::Fail),
            },
            Next::In(s) => {
                let set = &self.program.sets[s as usize];
                let top = high.min(text.len().wrapping_sub(1));
                if text.is_empty() || top < low {
                    return Ok(Step::Fail);
                }
                match text[low..=top].iter().rposition(|x| set.has(x.code())) {
                    Some(p) => low + p,
                    None => return Ok(Step::Fail),
                }
            }
        };
        if end > low {
            self.push(Frame::One { single: index, low, high: end - 1 })?;
        }
        Ok(Step::Go(one.tail, end))
    }

    /// Goes on behind a lazy run of single characters that has reached `at` and may take `left` more.
    fn min_one<U: Unit>(
        &mut self,
        index: u32,
        one: Single,
        text: &[U],
        at: usize,
        left: u32,
    ) -> Result<Step, Failure> {
        let (mut at, mut left) = (at, left);
        loop {
            let fits = match one.next {
                Next::Literal(c) => at < text.len() && text[at].code() == c,
                Next::In(s) => at < text.len() && self.in_set(s, text[at]),
                _ => true,
            };
            if fits {
                if left > 0 {
                    self.push(Frame::MinOne { single: index, left, at })?;
                }
                return Ok(Step::Go(one.tail, at));
            }
            match self.extend(one, text, at, left) {
                Some((a, l)) => (at, left) = (a, l),
                None => return Ok(Step::Fail),
            }
        }
    }

    /// One more character of a lazy run.
    #[inline]
    fn extend<U: Unit>(&self, one: Single, text: &[U], at: usize, left: u32) -> Option<(usize, u32)> {
        if left == 0 || at >= text.len() || !self.matches(one.item, text[at]) {
            return None;
        }
        Some((at + 1, if left == MAX_REPEAT { left } else { left - 1 }))
    }

    #[inline(always)]
    fn matches<U: Unit>(&self, item: Item, c: U) -> bool {
        let code = c.code();
        match item {
            Item::Any => code != 10,
            Item::AnyAll => true,
            Item::Literal(x) => code == x,
            Item::NotLiteral(x) => code != x,
            Item::LiteralFold(f, x) => f.same(x, code),
            Item::NotLiteralFold(f, x) => !f.same(x, code),
            Item::In(s) => self.in_set(s, c),
        }
    }

    /// Changes a running repeat, with a note.
    fn set_rep(&mut self, rep: u32, count: u32, last: usize) -> Result<(), Failure> {
        let old = self.reps[rep as usize];
        self.note(Frame::Rep { rep, count: old.count, last: old.last })?;
        let r = &mut self.reps[rep as usize];
        r.count = count;
        r.last = last;
        Ok(())
    }

    /// Leaves a repeat for what follows it.
    fn leave(&mut self, rep: u32, until: Pc, at: usize) -> Result<Step, Failure> {
        self.note(Frame::Current { rep })?;
        self.current = self.reps[rep as usize].outer;
        Ok(Step::Go(until + 1, at))
    }

    fn max_until(&mut self, pc: Pc, at: usize) -> Result<Step, Failure> {
        let rep = self.current;
        let Some(&r) = self.reps.get(rep as usize) else { return Err(Failure::State) };
        let repeat = self.program.repeats[r.repeat as usize];
        let count = r.count.wrapping_add(1);
        if count < repeat.min {
            self.set_rep(rep, count, r.last)?;
            return Ok(Step::Go(repeat.body, at));
        }
        if (count < repeat.max || repeat.max == MAX_REPEAT) && at != r.last {
            // The choice goes below the note, so that it finds the repeat as it was.
            self.push(Frame::Max { until: pc, rep, at })?;
            self.set_rep(rep, count, at)?;
            return Ok(Step::Go(repeat.body, at));
        }
        self.leave(rep, pc, at)
    }

    fn min_until(&mut self, pc: Pc, at: usize) -> Result<Step, Failure> {
        let rep = self.current;
        let Some(&r) = self.reps.get(rep as usize) else { return Err(Failure::State) };
        let repeat = self.program.repeats[r.repeat as usize];
        let count = r.count.wrapping_add(1);
        if count < repeat.min {
            self.set_rep(rep, count, r.last)?;
            return Ok(Step::Go(repeat.body, at));
        }
        self.push(Frame::Min { rep, at })?;
        self.leave(rep, pc, at)
    }

    /// The next iteration of a possessive repeat, whose barrier is on top of the stack, or the way on.
    fn possessive(&mut self, r: u32, count: u32, last: usize, at: usize) -> Result<Step, Failure> {
        let repeat = self.program.repeats[r as usize];
        let again = count < repeat.min || (count < repeat.max || repeat.max == MAX_REPEAT) && at != last;
        if again {
            if let Some(Frame::Possessive { count: c, at: a, .. }) = self.stack.get_mut(self.barrier as usize)
            {
                (*c, *a) = (count, at);
            }
            return Ok(Step::Go(repeat.body, at));
        }
        self.lower_barrier();
        Ok(Step::Go(repeat.until, at))
    }

    /// Takes the barrier away, with the choices above it; the notes stay.
    fn lower_barrier(&mut self) {
        let place = self.barrier as usize;
        let outer = match self.stack.get(place) {
            Some(
                Frame::Assert { outer, .. }
                | Frame::AssertNot { outer, .. }
                | Frame::Atomic { outer, .. }
                | Frame::Possessive { outer, .. },
            ) => *outer,
            _ => NO_BARRIER,
        };
        self.barrier = outer;
        if place == 0 {
            // Nothing is left to go back to.
            self.stack.clear();
            return;
        }
        let mut to = place;
        for from in place + 1..self.stack.len() {
            let f = self.stack[from];
            if f.is_note() {
                self.stack[to] = f;
                to += 1;
            }
        }
        self.stack.truncate(to);
    }

    /// Drops the choices above a barrier that stays.
    fn drop_choices(&mut self) {
        let place = self.barrier as usize;
        let mut to = place + 1;
        for from in place + 1..self.stack.len() {
            let f = self.stack[from];
            if f.is_note() {
                self.stack[to] = f;
                to += 1;
            }
        }
        self.stack.truncate(to);
    }

    fn success<U: Unit>(&mut self, text: &[U], at: usize) -> Result<Step, Failure> {
        if self.barrier == NO_BARRIER {
            if self.match_all && at != text.len() || self.must_advance == Some(at) {
                return Ok(Step::Fail);
            }
            return Ok(Step::Done(at));
        }
        match self.stack.get(self.barrier as usize).copied() {
            Some(Frame::Assert { next, at, .. }) => {
                self.lower_barrier();
                Ok(Step::Go(next, at))
            }
            Some(Frame::Atomic { next, .. }) => {
                self.lower_barrier();
                Ok(Step::Go(next, at))
            }
            Some(Frame::AssertNot { outer, .. }) => {
                // It matched, so the assertion does not hold: undo all of it and fail.
                let place = self.barrier as usize;
                while self.stack.len() > place + 1 {
                    let Some(f) = self.stack.pop() else { break };
                    self.undo(f);
                }
                self.stack.pop();
                self.barrier = outer;
                Ok(Step::Fail)
            }
            Some(Frame::Possessive { repeat, count, at: began, .. }) => {
                self.drop_choices();
                let min = self.program.repeats[repeat as usize].min;
                // Only iterations beyond the required ones look whether they got anywhere.
                let last = if count >= min { began } else { NONE };
                self.possessive_next(repeat, count + 1, last, at)
            }
            _ => Err(Failure::State),
        }
    }

    /// Behind an iteration of a possessive repeat: its marks are final, so notes move below the barrier.
    fn possessive_next(&mut self, r: u32, count: u32, last: usize, at: usize) -> Result<Step, Failure> {
        let place = self.barrier as usize;
        // The barrier goes on top again: what failed after this iteration must not undo it.
        self.stack[place..].rotate_left(1);
        self.barrier = self.stack.len() as u32 - 1;
        self.possessive(r, count, last, at)
    }

    /// Undoes a note; other frames are just gone.
    #[inline]
    fn undo(&mut self, frame: Frame) {
        match frame {
            Frame::Mark { index, lastmark, lastindex, old } => {
                self.marks[index as usize] = old;
                self.lastmark = lastmark;
                self.lastindex = lastindex;
            }
            Frame::Rep { rep, count, last } => {
                let r = &mut self.reps[rep as usize];
                r.count = count;
                r.last = last;
            }
            Frame::Current { rep } => self.current = rep,
            Frame::Made { outer } => {
                self.reps.pop();
                self.current = outer;
            }
            Frame::Assert { outer, .. }
            | Frame::AssertNot { outer, .. }
            | Frame::Atomic { outer, .. }
            | Frame::Possessive { outer, .. } => self.barrier = outer,
            _ => {}
        }
    }

    /// Goes back to the last choice.
    fn fail<U: Unit>(&mut self, text: &[U]) -> Result<Step, Failure> {
        while let Some(frame) = self.stack.pop() {
            let step = match frame {
                Frame::One { single, low, high } => {
                    let one = self.single(single);
                    self.one(single, one, text, low, high)?
                }
                Frame::Branch { branch, next, at } => self.branch(branch, next, text, at)?,
                Frame::MinOne { single, left, at } => {
                    let one = self.single(single);
                    match self.extend(one, text, at, left) {
                        Some((at, left)) => self.min_one(single, one, text, at, left)?,
                        None => Step::Fail,
                    }
                }
                Frame::Max { until, rep, at } => {
                    self.current = rep;
                    self.leave(rep, until, at)?
                }
                Frame::Min { rep, at } => {
                    self.current = rep;
                    let r = self.reps[rep as usize];
                    let repeat = self.program.repeats[r.repeat as usize];
                    let count = r.count.wrapping_add(1);
                    if (count >= repeat.max && repeat.max != MAX_REPEAT) || at == r.last {
                        Step::Fail
                    } else {
                        self.set_rep(rep, count, at)?;
                        Step::Go(repeat.body, at)
                    }
                }
                Frame::AssertNot { next, outer, at } => {
                    self.barrier = outer;
                    Step::Go(next, at)
                }
                Frame::Possessive { repeat, outer, count, at } => {
                    self.barrier = outer;
                    let r = self.program.repeats[repeat as usize];
                    if count < r.min { Step::Fail } else { Step::Go(r.until, at) }
                }
                other => {
                    self.undo(other);
                    Step::Fail
                }
            };
            if !matches!(step, Step::Fail) {
                return Ok(step);
            }
        }
        Ok(Step::Fail)
    }
}

/// The last place from `low` to `high` at which `c` stands.
#[inline]
fn last_literal<U: Unit>(text: &[U], low: usize, high: usize, c: u32) -> Option<usize> {
    if !U::fits(c) || low >= text.len() {
        return None;
    }
    let top = high.min(text.len() - 1);
    if top < low {
        return None;
    }
    let part = &text[low..=top];
    // Mostly it is right at the end.
    if part.last().is_some_and(|x| x.code() == c) {
        return Some(top);
    }
    if U::KIND == Kind::Latin1 {
        return memrchr(c as u8, search::raw(part)).map(|p| low + p);
    }
    part.iter().rposition(|x| x.code() == c).map(|p| low + p)
}

fn same_folded<U: Unit>(f: Fold, a: &[U], b: &[U]) -> bool {
    a.iter().zip(b).all(|(x, y)| f.lower(x.code()) == f.lower(y.code()))
}

#[inline]
fn is_at<U: Unit>(a: At, text: &[U], at: usize) -> bool {
    let line_end = |i: usize| text.get(i).is_some_and(|c| c.code() == 10);
    match a {
        At::Beginning => at == 0,
        At::BeginningLine => at == 0 || line_end(at - 1),
        At::End => at == text.len() || (at + 1 == text.len() && line_end(at)),
        At::EndLine => at == text.len() || line_end(at),
        At::EndString => at == text.len(),
        At::Boundary(w) => boundary(w, text, at),
        At::NonBoundary(w) => !boundary(w, text, at),
    }
}

#[inline]
fn boundary<U: Unit>(w: Word, text: &[U], at: usize) -> bool {
    let word = |i: Option<usize>| {
        i.and_then(|i| text.get(i)).is_some_and(|c| match w {
            Word::Ascii => chars::is_word_ascii(c.code()),
            Word::Locale => chars::is_word_locale(c.code()),
            Word::Unicode => chars::is_word(c.code()),
        })
    };
    word(at.checked_sub(1)) != word(Some(at))
}
