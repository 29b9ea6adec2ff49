//! The instruction sequence: what code generation emits and the flow graph is built from.
//!
//! Exception handlers are pseudo-instructions: `SETUP_FINALLY`, `SETUP_CLEANUP` and `SETUP_WITH` carry
//! the label of the handler, `POP_BLOCK` ends the region. Jumps carry labels too.

use bytecode::Opcode;
use syntax::ast::Loc;

/// The instruction belongs to no source text.
pub const NO_LOCATION: Loc = Loc { line: -1, col: -1, end_line: -1, end_col: -1 };

/// The instruction takes the location of the one that follows it.
pub const NEXT_LOCATION: Loc = Loc { line: -2, col: -2, end_line: -2, end_col: -2 };

/// A place in an instruction sequence that jumps can name before it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(u32);

/// One instruction; `arg` is the label number for those that have a target.
#[derive(Clone, Copy, Debug)]
pub struct Instr {
    pub op: Opcode,
    pub arg: u32,
    pub loc: Loc,
}

const UNPLACED: u32 = u32::MAX;

/// Instructions in source order, with labels.
#[derive(Debug, Default)]
pub struct InstrSeq {
    pub(crate) instrs: Vec<Instr>,
    /// Index of the instruction each label stands before.
    pub(crate) labels: Vec<u32>,
    /// Put in place of the first `ANNOTATIONS_PLACEHOLDER`.
    pub(crate) annotations: Option<Box<InstrSeq>>,
}

impl InstrSeq {
    pub fn new() -> InstrSeq {
        InstrSeq::default()
    }

    /// A label to be placed by [`use_label`](InstrSeq::use_label), before or after the jumps to it.
    pub fn new_label(&mut self) -> Label {
        let label = Label(self.labels.len() as u32);
        self.labels.push(UNPLACED);
        label
    }

    /// The next instruction added is what `label` names.
    pub fn use_label(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.instrs.len() as u32;
    }

    /// Adds an instruction without operand.
    #[inline]
    pub fn add(&mut self, op: Opcode, loc: Loc) {
        debug_assert!(!op.has_arg(), "{op:?} takes an operand");
        self.instrs.push(Instr { op, arg: 0, loc });
    }

    /// Adds an instruction with an operand.
    #[inline]
    pub fn add_arg(&mut self, op: Opcode, arg: u32, loc: Loc) {
        debug_assert!(op.has_arg() && !op.has_target(), "{op:?} takes no operand");
        self.instrs.push(Instr { op, arg, loc });
    }

    /// Adds a jump or the start of a protected region.
    #[inline]
    pub fn add_jump(&mut self, op: Opcode, target: Label, loc: Loc) {
        debug_assert!(op.has_target(), "{op:?} has no target");
        self.instrs.push(Instr { op, arg: target.0, loc });
    }

    /// Puts an instruction without target before instruction `at`; labels at or after it move along.
    pub fn insert(&mut self, at: usize, op: Opcode, arg: u32, loc: Loc) {
        debug_assert!(!op.has_target());
        self.instrs.insert(at, Instr { op, arg, loc });
        for label in &mut self.labels {
            if *label != UNPLACED && *label as usize >= at {
                *label += 1;
            }
        }
    }

    /// What to run in place of the `ANNOTATIONS_PLACEHOLDER` (code that may use labels of its own).
    pub fn set_annotations(&mut self, annotations: InstrSeq) {
        self.annotations = Some(Box::new(annotations));
    }

    pub fn len(&self) -> usize {
        self.instrs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.instrs.is_empty()
    }

    pub fn instrs(&self) -> &[Instr] {
        &self.instrs
    }

    /// Index of the instruction the label `arg` of a jump names; the end of the sequence if nothing
    /// placed the label.
    pub(crate) fn target_in(labels: &[u32], arg: u32, len: usize) -> u32 {
        match labels.get(arg as usize) {
            Some(&at) if at != UNPLACED => at,
            _ => len as u32,
        }
    }

    /// Empties it, for another scope.
    pub(crate) fn clear(&mut self) {
        self.instrs.clear();
        self.labels.clear();
        self.annotations = None;
    }
}
