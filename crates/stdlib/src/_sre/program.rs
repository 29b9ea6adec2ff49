//! A compiled expression: the words that `re._compiler` makes, checked and decoded into [`Op`]s.

use super::chars::{Category, Fold};
use super::set::Set;
use memchr::memmem;

/// "Without limit" in a repeat.
pub const MAX_REPEAT: u32 = u32::MAX;

/// A place in [`Program::ops`].
pub type Pc = u32;

/// `SRE_AT_*`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum At {
    Beginning,
    BeginningLine,
    Boundary(Word),
    NonBoundary(Word),
    End,
    EndLine,
    EndString,
}

/// What a word is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    Ascii,
    Locale,
    Unicode,
}

/// An instruction.
#[derive(Clone, Copy, Debug)]
pub enum Op {
    Fail,
    Success,
    /// Any character but a line feed.
    Any,
    AnyAll,
    Literal(u32),
    NotLiteral(u32),
    LiteralFold(Fold, u32),
    NotLiteralFold(Fold, u32),
    In(u32),
    At(At),
    Mark(u32),
    Jump(Pc),
    /// Index into [`Program::branches`].
    Branch(u32),
    /// Index into [`Program::repeats`]; the body follows.
    Repeat(u32),
    MaxUntil,
    MinUntil,
    /// Index into [`Program::singles`].
    RepeatOne(u32),
    MinRepeatOne(u32),
    PossessiveOne(u32),
    /// Index into [`Program::repeats`]; the body follows and ends with `Success`.
    Possessive(u32),
    /// The body follows and ends with `Success`; then it goes on there.
    Atomic(Pc),
    Assert {
        back: u32,
        next: Pc,
    },
    AssertNot {
        back: u32,
        next: Pc,
    },
    GroupRef(u32),
    GroupRefFold(Fold, u32),
    GroupExists {
        group: u32,
        no: Pc,
    },
}

/// A test for the next character, to pass over alternatives and ends of repeats that cannot match.
#[derive(Clone, Copy, Debug)]
pub enum Next {
    Anything,
    /// The end of the (sub)expression.
    Success,
    Literal(u32),
    In(u32),
}

/// One alternative of a branch.
#[derive(Clone, Copy, Debug)]
pub struct Alternative {
    pub pc: Pc,
    pub first: Next,
}

/// A repeated group.
#[derive(Clone, Copy, Debug)]
pub struct Repeat {
    pub min: u32,
    pub max: u32,
    pub body: Pc,
    /// The `MaxUntil` or `MinUntil`, or for a possessive repeat what follows.
    pub until: Pc,
}

/// A repeated single character.
#[derive(Clone, Copy, Debug)]
pub struct Single {
    pub item: Item,
    pub min: u32,
    pub max: u32,
    pub tail: Pc,
    pub next: Next,
}

/// What matches a single character.
#[derive(Clone, Copy, Debug)]
pub enum Item {
    Any,
    AnyAll,
    Literal(u32),
    NotLiteral(u32),
    LiteralFold(Fold, u32),
    NotLiteralFold(Fold, u32),
    In(u32),
}

/// How a search finds places where a match may begin.
pub enum Start {
    Everywhere,
    /// Only at the beginning of the string.
    Beginning,
    Literal(u32),
    /// At this text; if `whole`, that is the match.
    Prefix {
        text: Vec<u32>,
        finder: Option<Box<memmem::Finder<'static>>>,
        whole: bool,
    },
    /// At characters below 256 that are set here, and others if `high`.
    First {
        low: Box<[bool; 256]>,
        high: bool,
    },
}

/// A checked and decoded expression.
pub struct Program {
    pub ops: Vec<Op>,
    pub sets: Vec<Set>,
    pub branches: Vec<Vec<Alternative>>,
    pub repeats: Vec<Repeat>,
    pub singles: Vec<Single>,
    pub start: Start,
    /// Fewest characters a match has.
    pub min_width: usize,
    pub groups: u32,
}

impl Program {
    /// The first characters that can begin a match at `pc`: fills `low` and returns whether others can too. None if
    /// nothing is known (or the match may be empty).
    pub fn first_of(&self, pc: Pc, low: &mut [bool; 256], depth: u32) -> Option<bool> {
        if depth > 8 {
            return None;
        }
        let mut pc = pc;
        loop {
            let op = *self.ops.get(pc as usize)?;
            return match op {
                Op::Mark(_) | Op::At(_) => {
                    pc += 1;
                    continue;
                }
                Op::Jump(to) => {
                    pc = to;
                    continue;
                }
                Op::Assert { next, .. } | Op::AssertNot { next, .. } => {
                    pc = next;
                    continue;
                }
                Op::Atomic(_) => {
                    pc += 1;
                    continue;
                }
                Op::Any => Some(self.first_of_item(Item::Any, low)),
                Op::Literal(c) => Some(self.first_of_item(Item::Literal(c), low)),
                Op::NotLiteral(c) => Some(self.first_of_item(Item::NotLiteral(c), low)),
                Op::LiteralFold(f, c) => Some(self.first_of_item(Item::LiteralFold(f, c), low)),
                Op::In(s) => Some(self.first_of_item(Item::In(s), low)),
                Op::Branch(b) => {
                    let mut high = false;
                    for a in self.branches.get(b as usize)? {
                        high |= self.first_of(a.pc, low, depth + 1)?;
                    }
                    Some(high)
                }
                Op::Repeat(r) | Op::Possessive(r) if self.repeats.get(r as usize)?.min > 0 => {
                    pc += 1;
                    continue;
                }
                Op::RepeatOne(i) | Op::MinRepeatOne(i) | Op::PossessiveOne(i) => {
                    let one = self.singles.get(i as usize)?;
                    let high = self.first_of_item(one.item, low);
                    if one.min > 0 {
                        return Some(high);
                    }
                    Some(high | self.first_of(one.tail, low, depth + 1)?)
                }
                _ => None,
            };
        }
    }

    fn first_of_item(&self, item: Item, low: &mut [bool; 256]) -> bool {
        let mut high = true;
        match item {
            Item::Any | Item::AnyAll | Item::NotLiteral(_) | Item::NotLiteralFold(..) => {
                for (c, b) in low.iter_mut().enumerate() {
                    let c = c as u32;
                    *b |= match item {
                        Item::Any => c != 10,
                        Item::NotLiteral(n) => c != n,
                        Item::NotLiteralFold(f, n) => !f.same(n, c),
                        _ => true,
                    };
                }
            }
            Item::Literal(n) => {
                high = n > 255;
                if let Some(b) = low.get_mut(n as usize) {
                    *b = true;
                }
            }
            Item::LiteralFold(f, n) => {
                for (c, b) in low.iter_mut().enumerate() {
                    *b |= f.same(n, c as u32);
                }
            }
            Item::In(s) => match self.sets.get(s as usize) {
                Some(set) => {
                    for (c, b) in low.iter_mut().enumerate() {
                        *b |= set.has(c as u32);
                    }
                }
                None => low.fill(true),
            },
        }
        high
    }
}

/// A category as a set of its own.
pub fn category_set(c: Category) -> Set {
    Set::of_category(c)
}
