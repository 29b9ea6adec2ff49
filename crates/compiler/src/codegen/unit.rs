//! The state of one scope while its code is generated: one becomes one code object.

use bytecode::Const;
use syntax::ast::{Loc, Stmt};

use crate::consts::ConstTable;
use crate::instr::{InstrSeq, Label};
use crate::names::{Sym, SymMap};
use crate::symtable::BlockId;

/// Why a scope exists; decides qualified names and what some statements may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    /// Annotations, type parameters, bounds, defaults and type aliases.
    Annotations,
}

/// How many frame blocks may be open at once.
const MAX_BLOCKS: usize = 21;

/// What has to be undone when control leaves a statement early.
#[derive(Clone, Copy, Debug)]
pub(super) enum FrameBlockKind<'a> {
    WhileLoop,
    ForLoop,
    AsyncForLoop,
    TryExcept,
    /// A `try` with its `finally` body.
    FinallyTry(&'a [Stmt<'a>]),
    /// The copy of a `finally` body that runs for exceptions.
    FinallyEnd,
    With,
    AsyncWith,
    /// The body of an `except` clause, with the name it binds.
    HandlerCleanup(Option<Sym>),
    /// A value on the stack that would be in the way.
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehension,
    /// The rounds of an inlined comprehension that saved names; no statement inside leaves it.
    InlinedComprehension,
    StopIteration,
}

/// An open frame block.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameBlock<'a> {
    pub kind: FrameBlockKind<'a>,
    pub loc: Loc,
    /// Where `continue` goes.
    pub start: Option<Label>,
    /// Where `break` goes.
    pub exit: Option<Label>,
}

/// An annotated assignment whose annotation is evaluated by `__annotate__`.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeferredAnnotation<'a> {
    pub target: Sym,
    pub annotation: &'a syntax::ast::Expr<'a>,
    pub loc: Loc,
    /// The number under which it is recorded as executed, if that is not certain.
    pub conditional: Option<u32>,
}

/// Argument counts of a scope.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ArgCounts {
    pub args: u32,
    pub posonly: u32,
    pub kwonly: u32,
}

/// One scope.
#[derive(Debug)]
pub(super) struct Unit<'a> {
    pub block: BlockId,
    pub kind: ScopeKind,
    /// The class that mangles private names.
    pub private: Option<Sym>,
    pub name: Sym,
    pub qualname: &'a str,
    pub counts: ArgCounts,
    pub firstlineno: i32,
    pub seq: InstrSeq,
    pub consts: ConstTable,
    pub names: SymMap<()>,
    pub varnames: SymMap<()>,
    pub cellvars: SymMap<()>,
    /// Numbered from the number of cell variables on.
    pub freevars: SymMap<()>,
    /// Names that are fast locals inside inlined comprehensions only; true while inside one.
    pub fast_hidden: SymMap<bool>,
    /// Attributes assigned to `self` in the methods of a class.
    pub static_attributes: SymMap<()>,
    pub deferred_annotations: Vec<DeferredAnnotation<'a>>,
    pub next_conditional_annotation: u32,
    pub in_conditional_block: u32,
    pub in_inlined_comprehension: u32,
    pub frame_blocks: Vec<FrameBlock<'a>>,
}

impl<'a> Unit<'a> {
    /// Opens a frame block; false if there are too many.
    #[must_use]
    pub fn push_block(&mut self, block: FrameBlock<'a>) -> bool {
        if self.frame_blocks.len() >= MAX_BLOCKS {
            return false;
        }
        self.frame_blocks.push(block);
        true
    }

    /// The index of a constant, added if new.
    #[inline]
    pub fn add_const(&mut self, value: Const) -> u32 {
        self.consts.add(value)
    }
}
