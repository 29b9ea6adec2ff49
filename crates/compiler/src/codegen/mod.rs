//! From a tree and its symbol table to instruction sequences, one scope at a time.
//!
//! Each file holds one group of constructs as methods of [`Compiler`]; this one holds what they share: the
//! stack of open scopes, emitting instructions, loading constants.

mod annotations;
mod assign;
mod call;
mod checks;
mod class;
mod comprehension;
mod consts;
mod control;
mod display;
mod doc;
mod expr;
mod function;
mod import;
mod names;
mod pattern;
mod scope;
mod stmt;
mod strings;
mod tries;
mod try_star;
mod type_params;
mod unit;
mod unwind;
mod with;

use std::sync::Arc;

use bumpalo::Bump;
use bytecode::{Code, Const, Opcode, Text, op};
use syntax::ast::{Loc, Mod};

use self::unit::{ScopeKind, Unit};
use crate::assemble::Scratch;
use crate::error::{CompileError, CompileOptions, FUTURE_ANNOTATIONS, Result, StackGuard, Warning};
use crate::instr::{InstrSeq, Label};
use crate::names::Sym;
use crate::symtable::{Block, SymbolTable};

pub(crate) use self::consts::constant_value;

/// More values than this on the stack at once are avoided.
const STACK_USE_GUIDELINE: usize = 30;

/// The state of one compilation.
pub(crate) struct Compiler<'o, 'a> {
    arena: &'a Bump,
    table: SymbolTable<'a>,
    options: &'o CompileOptions<'o>,
    filename: Text,
    /// Flags from outside and from future imports.
    flags: u32,
    interactive: bool,
    /// The scope whose code is being generated …
    unit: Unit<'a>,
    /// … and those around it, innermost last.
    outer: Vec<Unit<'a>>,
    warnings: Vec<Warning>,
    /// Positive while a body is compiled a second time.
    muted: u32,
    guard: StackGuard,
    /// The text of each name as it goes into code objects.
    texts: Vec<Option<Text>>,
    scratch: Scratch,
}

/// Generates the code of a whole program.
pub(crate) fn generate<'a>(
    arena: &'a Bump,
    tree: &Mod<'a>,
    table: SymbolTable<'a>,
    options: &CompileOptions<'_>,
    flags: u32,
    guard: StackGuard,
    warnings: &mut Vec<Warning>,
) -> Result<Code> {
    let unit = Unit::new(&table, SymbolTable::TOP, ScopeKind::Module);
    let mut compiler = Compiler {
        arena,
        table,
        options,
        filename: options.filename.into(),
        flags,
        interactive: false,
        unit,
        outer: Vec::new(),
        scratch: Scratch::default(),
        warnings: Vec::new(),
        muted: 0,
        guard,
        texts: Vec::new(),
    };
    let result = compiler.program(tree);
    warnings.append(&mut compiler.warnings);
    result
}

impl<'a> Compiler<'_, 'a> {
    fn program(&mut self, tree: &Mod<'a>) -> Result<Code> {
        self.start_scope();
        match *tree {
            Mod::Module { body, .. } => self.module(body, false)?,
            Mod::Interactive { body } => {
                self.interactive = true;
                self.module(body, true)?;
            }
            Mod::Expression { body } => {
                self.expr(body)?;
                return self.finish_scope(false);
            }
            Mod::FunctionType { .. } => {
                return Err(self.system_error("module kind 4 should not be possible"));
            }
        }
        self.finish_scope(true)
    }

    // What the construct files ask about the current scope.

    #[inline]
    fn block(&self) -> &Block {
        self.table.block(self.unit.block)
    }

    fn future_annotations(&self) -> bool {
        self.flags & FUTURE_ANNOTATIONS != 0
    }

    #[inline]
    fn intern(&mut self, name: &'a str) -> Sym {
        self.table.names.intern(name)
    }

    // Emitting.

    #[inline]
    fn op(&mut self, loc: Loc, op: Opcode) {
        self.unit.seq.add(op, loc);
    }

    #[inline]
    fn op_arg(&mut self, loc: Loc, op: Opcode, arg: u32) {
        self.unit.seq.add_arg(op, arg, loc);
    }

    /// An instruction whose operand is a count of things in the tree.
    #[inline]
    fn op_len(&mut self, loc: Loc, op: Opcode, len: usize) {
        self.op_arg(loc, op, u32::try_from(len).unwrap_or(u32::MAX));
    }

    #[inline]
    fn jump(&mut self, loc: Loc, op: Opcode, target: Label) {
        self.unit.seq.add_jump(op, target, loc);
    }

    #[inline]
    fn label(&mut self) -> Label {
        self.unit.seq.new_label()
    }

    #[inline]
    fn place(&mut self, label: Label) {
        self.unit.seq.use_label(label);
    }

    fn load_const(&mut self, loc: Loc, value: Const) {
        let index = self.unit.add_const(value);
        self.op_arg(loc, op::LOAD_CONST, index);
    }

    fn load_none(&mut self, loc: Loc) {
        self.load_const(loc, Const::None);
    }

    fn load_int(&mut self, loc: Loc, value: usize) {
        self.load_const(loc, Const::Int(value as i64));
    }

    fn load_name_const(&mut self, loc: Loc, name: Sym) {
        let text = self.text(name);
        self.load_const(loc, Const::Str(text));
    }

    fn load_name_tuple(&mut self, loc: Loc, names: impl IntoIterator<Item = Sym>) {
        let items: Vec<Const> = names.into_iter().map(|name| Const::Str(self.text(name))).collect();
        self.load_const(loc, Const::Tuple(Arc::from(items)));
    }

    /// The text of a name, made once.
    fn text(&mut self, name: Sym) -> Text {
        let index = name.0 as usize;
        if self.texts.len() <= index {
            self.texts.resize(self.table.names.len().max(index + 1), None);
        }
        self.texts[index].get_or_insert_with(|| self.table.names.text(name).into()).clone()
    }

    // Complaining.

    #[cold]
    fn syntax_error(&self, message: impl Into<String>, loc: Loc) -> Box<CompileError> {
        CompileError::syntax(message, loc)
    }

    #[cold]
    fn system_error(&self, message: impl Into<String>) -> Box<CompileError> {
        CompileError::other(crate::error::ErrorKind::SystemError, message)
    }

    #[cold]
    fn warn(&mut self, loc: Loc, message: String) {
        if self.muted == 0 {
            self.warnings.push(Warning { message, position: loc.into() });
        }
    }

    /// Swaps in another instruction sequence.
    fn replace_seq(&mut self, seq: InstrSeq) -> InstrSeq {
        std::mem::replace(&mut self.unit.seq, seq)
    }
}
