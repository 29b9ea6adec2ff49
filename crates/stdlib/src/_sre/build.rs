//! From the compiler's words to a [`Program`]. Nothing about the words is taken on trust: they may come from anybody who
//! calls `_sre.compile`.
//!
//! All jumps lead forward, to the beginning of an instruction; character sets, marks and groups are checked here, so
//! that the matcher needs no checks of its own.

use super::chars::{Category, Fold};
use super::program::{
    Alternative, At, Item, MAX_REPEAT, Next, Op, Pc, Program, Repeat, Single, Start, Word, category_set,
};
use super::set::{Set, SetOps};
use memchr::memmem;

/// Numbers of the operations, in the order of `re._constants.OPCODES`.
mod code {
    pub const FAILURE: u32 = 0;
    pub const SUCCESS: u32 = 1;
    pub const ANY: u32 = 2;
    pub const ANY_ALL: u32 = 3;
    pub const ASSERT: u32 = 4;
    pub const ASSERT_NOT: u32 = 5;
    pub const AT: u32 = 6;
    pub const BRANCH: u32 = 7;
    pub const CATEGORY: u32 = 8;
    pub const GROUPREF: u32 = 11;
    pub const GROUPREF_EXISTS: u32 = 12;
    pub const IN: u32 = 13;
    pub const INFO: u32 = 14;
    pub const JUMP: u32 = 15;
    pub const LITERAL: u32 = 16;
    pub const MARK: u32 = 17;
    pub const MAX_UNTIL: u32 = 18;
    pub const MIN_UNTIL: u32 = 19;
    pub const NOT_LITERAL: u32 = 20;
    pub const NEGATE: u32 = 21;
    pub const RANGE: u32 = 22;
    pub const REPEAT: u32 = 23;
    pub const REPEAT_ONE: u32 = 24;
    pub const MIN_REPEAT_ONE: u32 = 26;
    pub const ATOMIC_GROUP: u32 = 27;
    pub const POSSESSIVE_REPEAT: u32 = 28;
    pub const POSSESSIVE_REPEAT_ONE: u32 = 29;
    pub const GROUPREF_IGNORE: u32 = 30;
    pub const IN_IGNORE: u32 = 31;
    pub const LITERAL_IGNORE: u32 = 32;
    pub const NOT_LITERAL_IGNORE: u32 = 33;
    pub const GROUPREF_LOC_IGNORE: u32 = 34;
    pub const IN_LOC_IGNORE: u32 = 35;
    pub const LITERAL_LOC_IGNORE: u32 = 36;
    pub const NOT_LITERAL_LOC_IGNORE: u32 = 37;
    pub const GROUPREF_UNI_IGNORE: u32 = 38;
    pub const IN_UNI_IGNORE: u32 = 39;
    pub const LITERAL_UNI_IGNORE: u32 = 40;
    pub const NOT_LITERAL_UNI_IGNORE: u32 = 41;
    pub const RANGE_UNI_IGNORE: u32 = 42;
}

const SET_OPS: SetOps =
    SetOps { negate: code::NEGATE, range: code::RANGE, range_fold: code::RANGE_UNI_IGNORE };

const INFO_PREFIX: u32 = 1;
const INFO_LITERAL: u32 = 2;
const INFO_CHARSET: u32 = 4;

/// A jump whose target is still a place in the words.
enum Fixup {
    Jump(usize),
    Atomic(usize),
    Assert(usize),
    GroupExists(usize),
    Branch { branch: usize, alternative: usize },
    RepeatUntil(usize),
    SingleTail(usize),
}

struct Builder<'c> {
    code: &'c [u32],
    groups: u32,
    program: Program,
    /// For each word the instruction that begins there.
    place: Vec<Pc>,
    /// Words that are links between alternatives.
    links: Vec<bool>,
    fixups: Vec<(Fixup, usize)>,
}

const NO_PLACE: Pc = Pc::MAX;

/// What the `INFO` block tells about a search.
#[derive(Default)]
struct Info {
    prefix: Vec<u32>,
    literal: bool,
    set: Option<Set>,
}

/// Decodes an expression. None if the words are no valid one.
pub fn build(words: &[u32], groups: u32) -> Option<Program> {
    let n = words.len();
    if n == 0 || n >= NO_PLACE as usize {
        return None;
    }
    let mut b = Builder {
        code: words,
        groups,
        program: Program {
            ops: Vec::with_capacity(n / 2 + 1),
            sets: Vec::new(),
            branches: Vec::new(),
            repeats: Vec::new(),
            singles: Vec::new(),
            start: Start::Everywhere,
            min_width: 0,
            groups,
        },
        place: vec![NO_PLACE; n + 1],
        links: vec![false; n + 1],
        fixups: Vec::new(),
    };
    let mut at = 0;
    let mut info = Info::default();
    if words[0] == code::INFO {
        at = b.info(&mut info)?;
    }
    while at < n {
        if b.links[at] {
            at += 1;
            continue;
        }
        b.place[at] = b.program.ops.len() as Pc;
        at = b.op(at)?;
    }
    // Whatever runs off the end has matched nothing.
    if !matches!(b.program.ops.last(), Some(Op::Success | Op::Fail)) {
        return None;
    }
    b.resolve()?;
    b.hints();
    b.start(info);
    Some(b.program)
}

impl Builder<'_> {
    fn word(&self, at: usize) -> Option<u32> {
        self.code.get(at).copied()
    }

    /// The place a skip word leads to.
    fn target(&self, at: usize) -> Option<usize> {
        let to = at.checked_add(self.word(at)? as usize)?;
        // Forward, and not over the end.
        if to > at && to <= self.code.len() { Some(to) } else { None }
    }

    fn info(&mut self, info: &mut Info) -> Option<usize> {
        let end = self.target(1)?;
        let flags = self.word(2)?;
        if flags & !(INFO_PREFIX | INFO_LITERAL | INFO_CHARSET) != 0
            || flags & INFO_LITERAL != 0 && flags & INFO_PREFIX == 0
            || flags & INFO_PREFIX != 0 && flags & INFO_CHARSET != 0
        {
            return None;
        }
        self.program.min_width = self.word(3)? as usize;
        let mut at = 5;
        if flags & INFO_PREFIX != 0 {
            let n = self.word(at)? as usize;
            at += 2;
            info.prefix = self.code.get(at..at.checked_add(n)?)?.to_vec();
            info.literal = flags & INFO_LITERAL != 0;
            // The overlap table is not used.
            at = at.checked_add(n.checked_mul(2)?)?;
        }
        if flags & INFO_CHARSET != 0 {
            info.set = Some(Set::decode(self.code.get(at..end)?, None, &SET_OPS)?);
            at = end;
        }
        if at != end { None } else { Some(end) }
    }

    fn add_set(&mut self, set: Set) -> u32 {
        self.program.sets.push(set);
        self.program.sets.len() as u32 - 1
    }

    /// Decodes a set instruction at `at`; returns its index and the place behind it.
    fn set(&mut self, at: usize, fold: Option<Fold>) -> Option<(u32, usize)> {
        let end = self.target(at + 1)?;
        let set = Set::decode(self.code.get(at + 2..end)?, fold, &SET_OPS)?;
        Some((self.add_set(set), end))
    }

    /// A single-character instruction at `at`, and the place behind it.
    fn item(&mut self, at: usize) -> Option<(Item, usize)> {
        let arg = self.word(at + 1);
        Some(match self.word(at)? {
            code::ANY => (Item::Any, at + 1),
            code::ANY_ALL => (Item::AnyAll, at + 1),
            code::LITERAL => (Item::Literal(arg?), at + 2),
            code::NOT_LITERAL => (Item::NotLiteral(arg?), at + 2),
            code::LITERAL_IGNORE => (Item::LiteralFold(Fold::Ascii, arg?), at + 2),
            code::LITERAL_LOC_IGNORE => (Item::LiteralFold(Fold::Locale, arg?), at + 2),
            code::LITERAL_UNI_IGNORE => (Item::LiteralFold(Fold::Unicode, arg?), at + 2),
            code::NOT_LITERAL_IGNORE => (Item::NotLiteralFold(Fold::Ascii, arg?), at + 2),
            code::NOT_LITERAL_LOC_IGNORE => (Item::NotLiteralFold(Fold::Locale, arg?), at + 2),
            code::NOT_LITERAL_UNI_IGNORE => (Item::NotLiteralFold(Fold::Unicode, arg?), at + 2),
            code::CATEGORY => {
                let set = category_set(Category::from_code(arg?)?);
                (Item::In(self.add_set(set)), at + 2)
            }
            code::IN => self.set(at, None).map(|(s, e)| (Item::In(s), e))?,
            code::IN_IGNORE => self.set(at, Some(Fold::Ascii)).map(|(s, e)| (Item::In(s), e))?,
            code::IN_LOC_IGNORE => self.set(at, Some(Fold::Locale)).map(|(s, e)| (Item::In(s), e))?,
            code::IN_UNI_IGNORE => self.set(at, Some(Fold::Unicode)).map(|(s, e)| (Item::In(s), e))?,
            _ => return None,
        })
    }

    fn group(&self, at: usize) -> Option<u32> {
        self.word(at).filter(|&g| g < self.groups)
    }

    /// Decodes the instruction at `at`; returns the place behind it.
    fn op(&mut self, at: usize) -> Option<usize> {
        if let Some((item, end)) = self.item(at) {
            self.program.ops.push(match item {
                Item::Any => Op::Any,
                Item::AnyAll => Op::AnyAll,
                Item::Literal(c) => Op::Literal(c),
                Item::NotLiteral(c) => Op::NotLiteral(c),
                Item::LiteralFold(f, c) => Op::LiteralFold(f, c),
                Item::NotLiteralFold(f, c) => Op::NotLiteralFold(f, c),
                Item::In(s) => Op::In(s),
            });
            return Some(end);
        }
        let (op, end) = match self.word(at)? {
            code::FAILURE => (Op::Fail, at + 1),
            code::SUCCESS => (Op::Success, at + 1),
            code::AT => (Op::At(position(self.word(at + 1)?)?), at + 2),
            code::MARK => {
                let mark = self.word(at + 1)?;
                if mark / 2 >= self.groups {
                    return None;
                }
                (Op::Mark(mark), at + 2)
            }
            code::JUMP => {
                self.fix(Fixup::Jump(self.program.ops.len()), self.target(at + 1)?);
                (Op::Jump(0), at + 2)
            }
            code::BRANCH => return self.branch(at),
            code::ASSERT | code::ASSERT_NOT => {
                let back = self.word(at + 2)?;
                self.fix(Fixup::Assert(self.program.ops.len()), self.target(at + 1)?);
                let op = match self.word(at)? {
                    code::ASSERT => Op::Assert { back, next: 0 },
                    _ => Op::AssertNot { back, next: 0 },
                };
                (op, at + 3)
            }
            code::ATOMIC_GROUP => {
                self.fix(Fixup::Atomic(self.program.ops.len()), self.target(at + 1)?);
                (Op::Atomic(0), at + 2)
            }
            code::GROUPREF => (Op::GroupRef(self.group(at + 1)?), at + 2),
            code::GROUPREF_IGNORE => (Op::GroupRefFold(Fold::Ascii, self.group(at + 1)?), at + 2),
            code::GROUPREF_LOC_IGNORE => (Op::GroupRefFold(Fold::Locale, self.group(at + 1)?), at + 2),
            code::GROUPREF_UNI_IGNORE => (Op::GroupRefFold(Fold::Unicode, self.group(at + 1)?), at + 2),
            code::GROUPREF_EXISTS => {
                // Its skip counts from the group number on.
                let group = self.group(at + 1)?;
                let to = (at + 1).checked_add(self.word(at + 2)? as usize)?;
                if to <= at + 2 || to > self.code.len() {
                    return None;
                }
                self.fix(Fixup::GroupExists(self.program.ops.len()), to);
                (Op::GroupExists { group, no: 0 }, at + 3)
            }
            code::MAX_UNTIL => (Op::MaxUntil, at + 1),
            code::MIN_UNTIL => (Op::MinUntil, at + 1),
            code::REPEAT | code::POSSESSIVE_REPEAT => return self.repeat(at),
            code::REPEAT_ONE | code::MIN_REPEAT_ONE | code::POSSESSIVE_REPEAT_ONE => return self.single(at),
            _ => return None,
        };
        self.program.ops.push(op);
        Some(end)
    }

    fn fix(&mut self, what: Fixup, to: usize) {
        self.fixups.push((what, to));
    }

    fn branch(&mut self, at: usize) -> Option<usize> {
        let branch = self.program.branches.len();
        self.program.branches.push(Vec::new());
        self.program.ops.push(Op::Branch(branch as u32));
        let mut link = at + 1;
        let mut alternatives = Vec::new();
        loop {
            *self.links.get_mut(link)? = true;
            if self.word(link)? == 0 {
                break;
            }
            let next = self.target(link)?;
            self.fix(Fixup::Branch { branch, alternative: alternatives.len() }, link + 1);
            alternatives.push(Alternative { pc: 0, first: Next::Anything });
            // An alternative is at least a jump to the end.
            if next < link + 3 {
                return None;
            }
            link = next;
        }
        if alternatives.is_empty() {
            return None;
        }
        self.program.branches[branch] = alternatives;
        Some(at + 1)
    }

    fn limits(&self, at: usize) -> Option<(u32, u32)> {
        let (min, max) = (self.word(at)?, self.word(at + 1)?);
        if min > max { None } else { Some((min, max)) }
    }

    fn repeat(&mut self, at: usize) -> Option<usize> {
        let until = self.target(at + 1)?;
        let (min, max) = self.limits(at + 2)?;
        let index = self.program.repeats.len();
        let body = self.program.ops.len() as Pc + 1;
        self.program.repeats.push(Repeat { min, max, body, until: 0 });
        let greedy = self.word(at)? == code::REPEAT;
        match (greedy, self.word(until)?) {
            (true, code::MAX_UNTIL | code::MIN_UNTIL) | (false, code::SUCCESS) => {}
            _ => return None,
        }
        // A possessive one goes on behind the success that ends its body.
        self.fix(Fixup::RepeatUntil(index), if greedy { until } else { until + 1 });
        self.program.ops.push(if greedy { Op::Repeat(index as u32) } else { Op::Possessive(index as u32) });
        Some(at + 4)
    }

    fn single(&mut self, at: usize) -> Option<usize> {
        let tail = self.target(at + 1)?;
        let (min, max) = self.limits(at + 2)?;
        let (item, end) = self.item(at + 4)?;
        if self.word(end)? != code::SUCCESS || end + 1 != tail {
            return None;
        }
        let index = self.program.singles.len();
        self.program.singles.push(Single { item, min, max, tail: 0, next: Next::Anything });
        self.fix(Fixup::SingleTail(index), tail);
        let i = index as u32;
        self.program.ops.push(match self.word(at)? {
            code::REPEAT_ONE => Op::RepeatOne(i),
            code::MIN_REPEAT_ONE => Op::MinRepeatOne(i),
            _ => Op::PossessiveOne(i),
        });
        Some(tail)
    }

    /// Turns places in the words into places in the program.
    fn resolve(&mut self) -> Option<()> {
        for (what, to) in std::mem::take(&mut self.fixups) {
            let pc = self.place.get(to).copied().filter(|&p| p != NO_PLACE)?;
            match what {
                Fixup::Jump(i) => *self.program.ops.get_mut(i)? = Op::Jump(pc),
                Fixup::Atomic(i) => *self.program.ops.get_mut(i)? = Op::Atomic(pc),
                Fixup::Assert(i) => match self.program.ops.get_mut(i)? {
                    Op::Assert { next, .. } | Op::AssertNot { next, .. } => *next = pc,
                    _ => return None,
                },
                Fixup::GroupExists(i) => match self.program.ops.get_mut(i)? {
                    Op::GroupExists { no, .. } => *no = pc,
                    _ => return None,
                },
                Fixup::Branch { branch, alternative } => {
                    self.program.branches.get_mut(branch)?.get_mut(alternative)?.pc = pc;
                }
                Fixup::RepeatUntil(i) => self.program.repeats.get_mut(i)?.until = pc,
                Fixup::SingleTail(i) => self.program.singles.get_mut(i)?.tail = pc,
            }
        }
        Some(())
    }

    /// What the instruction at `pc` asks of the next character.
    fn next_at(&self, pc: Pc) -> Next {
        match self.program.ops.get(pc as usize) {
            Some(Op::Success) => Next::Success,
            Some(Op::Literal(c)) => Next::Literal(*c),
            Some(Op::In(s)) => Next::In(*s),
            _ => Next::Anything,
        }
    }

    fn hints(&mut self) {
        for i in 0..self.program.singles.len() {
            self.program.singles[i].next = self.next_at(self.program.singles[i].tail);
        }
        for b in 0..self.program.branches.len() {
            for a in 0..self.program.branches[b].len() {
                let first = match self.next_at(self.program.branches[b][a].pc) {
                    Next::Success => Next::Anything,
                    n => n,
                };
                self.program.branches[b][a].first = first;
            }
        }
    }

    fn start(&mut self, info: Info) {
        let at_beginning = matches!(self.program.ops.first(), Some(Op::At(At::Beginning)));
        self.program.start = if at_beginning {
            Start::Beginning
        } else if let [c] = info.prefix[..]
            && !info.literal
        {
            Start::Literal(c)
        } else if !info.prefix.is_empty() {
            let bytes: Option<Vec<u8>> = info.prefix.iter().map(|&c| u8::try_from(c).ok()).collect();
            let finder = bytes.map(|b| Box::new(memmem::Finder::new(&b).into_owned()));
            Start::Prefix { text: info.prefix, finder, whole: info.literal }
        } else if let Some(set) = info.set {
            let mut low = Box::new([false; 256]);
            for (c, b) in low.iter_mut().enumerate() {
                *b = set.has(c as u32);
            }
            Start::First { low, high: true }
        } else {
            let mut low = Box::new([false; 256]);
            match self.program.first_of(0, &mut low, 0) {
                Some(high) if !(high && low.iter().all(|&b| b)) => Start::First { low, high },
                _ => Start::Everywhere,
            }
        };
        const { assert!(MAX_REPEAT == u32::MAX) };
    }
}

fn position(n: u32) -> Option<At> {
    Some(match n {
        0 | 2 => At::Beginning,
        1 => At::BeginningLine,
        3 => At::Boundary(Word::Ascii),
        4 => At::NonBoundary(Word::Ascii),
        5 => At::End,
        6 => At::EndLine,
        7 => At::EndString,
        8 => At::Boundary(Word::Locale),
        9 => At::NonBoundary(Word::Locale),
        10 => At::Boundary(Word::Unicode),
        11 => At::NonBoundary(Word::Unicode),
        _ => return None,
    })
}
