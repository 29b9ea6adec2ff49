//! Opening and closing scopes: variables, qualified names, code flags, closures.

use bytecode::code::flags;
use bytecode::{Code, Const, Text, args, op};
use std::sync::Arc;
use syntax::ast::Loc;

use super::Compiler;
use super::unit::{ArgCounts, FrameBlock, FrameBlockKind, ScopeKind, Unit};
use crate::assemble;
use crate::consts::ConstTable;
use crate::error::{INHERITED_FLAGS, Result};
use crate::instr::{InstrSeq, Label, NO_LOCATION};
use crate::names::{Sym, SymMap};
use crate::symtable::{BlockId, DEF_COMP_CELL, DEF_FREE_CLASS, Scope, SymbolTable};

impl<'a> Unit<'a> {
    /// A scope without code; name and line are filled in by whoever opens it.
    pub fn new(table: &SymbolTable<'a>, id: BlockId, kind: ScopeKind) -> Unit<'a> {
        let block = table.block(id);
        let mut varnames = SymMap::default();
        for &name in &block.varnames {
            varnames.index_of(name);
        }
        let mut cellvars = names_by_scope(table, id, Scope::Cell, DEF_COMP_CELL);
        for (needed, name) in [
            (block.needs_class_closure, Sym::CLASS),
            (block.needs_classdict, Sym::CLASSDICT),
            (block.has_conditional_annotations, Sym::CONDITIONAL_ANNOTATIONS),
        ] {
            if needed {
                cellvars.index_of(name);
            }
        }
        Unit {
            block: id,
            kind,
            private: None,
            name: Sym::ANON_MODULE,
            qualname: table.names.text(Sym::ANON_MODULE),
            counts: ArgCounts::default(),
            firstlineno: 1,
            seq: InstrSeq::new(),
            consts: ConstTable::new(),
            names: SymMap::default(),
            varnames,
            cellvars,
            freevars: names_by_scope(table, id, Scope::Free, DEF_FREE_CLASS),
            fast_hidden: SymMap::default(),
            static_attributes: SymMap::default(),
            deferred_annotations: Vec::new(),
            next_conditional_annotation: 0,
            in_conditional_block: 0,
            in_inlined_comprehension: 0,
            frame_blocks: Vec::new(),
        }
    }
}

/// The names of a block that have a scope or a flag, sorted.
fn names_by_scope(table: &SymbolTable<'_>, id: BlockId, scope: Scope, flag: u32) -> SymMap<()> {
    let mut found: Vec<Sym> = table
        .block(id)
        .symbols
        .entries()
        .iter()
        .filter(|(_, flags)| Scope::of(*flags) == scope || flags & flag != 0)
        .map(|(name, _)| *name)
        .collect();
    found.sort_by_key(|name| table.names.text(*name));
    let mut map = SymMap::default();
    for name in found {
        map.push(name, ());
    }
    map
}

/// What a scope is to be.
pub(super) struct NewScope {
    pub kind: ScopeKind,
    pub name: Sym,
    pub block: BlockId,
    pub firstlineno: i32,
    /// A class, if the scope is one or belongs to one.
    pub private: Option<Sym>,
    pub counts: ArgCounts,
}

impl NewScope {
    pub fn new(kind: ScopeKind, name: Sym, block: BlockId, firstlineno: i32) -> Self {
        NewScope { kind, name, block, firstlineno, private: None, counts: ArgCounts::default() }
    }
}

impl<'a> Compiler<'_, 'a> {
    /// Opens a scope inside the current one.
    pub(super) fn enter_scope(&mut self, new: NewScope) {
        self.push_unit(new);
        self.start_scope();
    }

    /// The same for a generator or coroutine, whose code is guarded against leaking `StopIteration` from its
    /// very first instruction. The label is that of the guard's handler.
    pub(super) fn enter_guarded_scope(&mut self, new: NewScope) -> Label {
        self.push_unit(new);
        let handler = self.label();
        self.jump(NO_LOCATION, op::SETUP_CLEANUP, handler);
        self.start_scope();
        handler
    }

    /// Makes a new scope current, without any code.
    #[inline(never)]
    fn push_unit(&mut self, new: NewScope) {
        let mut unit = Unit::new(&self.table, new.block, new.kind);
        unit.seq = self.scratch.sequence();
        unit.name = new.name;
        unit.firstlineno = new.firstlineno;
        unit.private = new.private.or(self.unit.private);
        unit.counts = new.counts;
        self.outer.push(std::mem::replace(&mut self.unit, unit));
        self.unit.qualname = self.qualified_name();
    }

    /// The first instructions of every scope.
    pub(super) fn start_scope(&mut self) {
        let line = self.unit.firstlineno;
        let mut loc = Loc { line, col: 0, end_line: line, end_col: 0 };
        if self.unit.kind == ScopeKind::Module {
            loc.line = 0;
        }
        self.op_arg(loc, op::RESUME, args::resume::AT_FUNC_START);
        if self.unit.kind == ScopeKind::Module {
            self.op(loc, op::ANNOTATIONS_PLACEHOLDER);
        }
    }

    /// What [`enter_guarded_scope`](Self::enter_guarded_scope) announced.
    pub(super) fn stop_iteration_guard(&mut self, handler: Label) {
        self.load_none(NO_LOCATION);
        self.op(NO_LOCATION, op::RETURN_VALUE);
        self.place(handler);
        self.op_arg(NO_LOCATION, op::CALL_INTRINSIC_1, args::intrinsic::STOPITERATION_ERROR);
        self.op_arg(NO_LOCATION, op::RERAISE, 1);
    }

    /// Closes the current scope: its code object. With `add_none` the scope returns `None` at its end.
    #[inline(never)]
    pub(super) fn finish_scope(&mut self, add_none: bool) -> Result<Code> {
        if add_none {
            self.load_none(NO_LOCATION);
        }
        self.op(NO_LOCATION, op::RETURN_VALUE);
        let flags = self.code_flags();
        let unit = match self.outer.pop() {
            Some(outer) => std::mem::replace(&mut self.unit, outer),
            None => {
                let empty = Unit::new(&self.table, SymbolTable::TOP, ScopeKind::Module);
                std::mem::replace(&mut self.unit, empty)
            }
        };
        let qualname: Text = if unit.qualname == self.table.names.text(unit.name) {
            self.text(unit.name)
        } else {
            unit.qualname.into()
        };
        let assembled = assemble::Unit {
            name: self.text(unit.name),
            qualname,
            filename: self.filename.clone(),
            flags,
            argcount: unit.counts.posonly + unit.counts.args,
            posonlyargcount: unit.counts.posonly,
            kwonlyargcount: unit.counts.kwonly,
            firstlineno: unit.firstlineno,
            consts: unit.consts,
            names: self.name_texts(&unit.names),
            varnames: self.name_texts(&unit.varnames),
            cellvars: self.name_texts(&unit.cellvars),
            freevars: self.name_texts(&unit.freevars),
            fast_hidden: self.name_texts(&unit.fast_hidden),
        };
        assemble::optimize_and_assemble(unit.seq, assembled, &mut self.scratch)
            .map_err(|error| self.system_error(error.to_string()))
    }

    fn name_texts<V>(&mut self, names: &SymMap<V>) -> Vec<Text> {
        names.entries().iter().map(|(name, _)| self.text(*name)).collect()
    }

    fn code_flags(&self) -> u32 {
        let block = self.block();
        let mut result = self.flags & INHERITED_FLAGS;
        if block.is_function_like() {
            result |= flags::NEWLOCALS | flags::OPTIMIZED;
            for (set, flag) in [
                (block.nested, flags::NESTED),
                (block.generator && !block.coroutine, flags::GENERATOR),
                (block.generator && block.coroutine, flags::ASYNC_GENERATOR),
                (block.varargs, flags::VARARGS),
                (block.varkeywords, flags::VARKEYWORDS),
                (block.has_docstring, flags::HAS_DOCSTRING),
                (block.method, flags::METHOD),
            ] {
                if set {
                    result |= flag;
                }
            }
        }
        if block.coroutine && !block.generator {
            result |= flags::COROUTINE;
        }
        result
    }

    /// The qualified name of the scope just opened.
    fn qualified_name(&mut self) -> &'a str {
        let own = self.table.names.text(self.unit.name);
        // The first scope is the module's, which no name mentions.
        let depth = self.outer.len();
        if depth <= 1 {
            return own;
        }
        let mut at = depth - 1;
        if self.outer[at].kind == ScopeKind::Annotations {
            // Scopes of annotations and type parameters are left out.
            if at == 1 {
                return own;
            }
            at -= 1;
        }
        let (parent_block, parent_private) = (self.outer[at].block, self.outer[at].private);
        if matches!(self.unit.kind, ScopeKind::Function | ScopeKind::AsyncFunction | ScopeKind::Class) {
            let mangled = self.table.names.mangle(parent_private, self.unit.name);
            if self.table.block(parent_block).scope(mangled) == Scope::GlobalExplicit {
                return own;
            }
        }
        let parent = &self.outer[at];
        let locals = match parent.kind {
            ScopeKind::Function | ScopeKind::AsyncFunction | ScopeKind::Lambda => ".<locals>",
            _ => "",
        };
        bumpalo::format!(in self.arena, "{}{}.{}", parent.qualname, locals, own).into_bump_str()
    }

    /// Makes a function of a code object; `attributes` says which of its attributes are on the stack.
    pub(super) fn make_closure(&mut self, loc: Loc, code: Code, attributes: u32) -> Result<()> {
        let mut attributes = attributes;
        let free: Vec<Text> = code.freevars().cloned().collect();
        if !free.is_empty() {
            for text in &free {
                let index = self.closure_index(text)?;
                self.op_arg(loc, op::LOAD_CLOSURE, index);
            }
            attributes |= args::function_attribute::CLOSURE;
            self.op_len(loc, op::BUILD_TUPLE, free.len());
        }
        self.load_const(loc, Const::Code(Arc::new(code)));
        self.op(loc, op::MAKE_FUNCTION);
        use args::function_attribute::{ANNOTATE, ANNOTATIONS, CLOSURE, DEFAULTS, KWDEFAULTS};
        for attribute in [CLOSURE, ANNOTATIONS, ANNOTATE, KWDEFAULTS, DEFAULTS] {
            if attributes & attribute != 0 {
                self.op_arg(loc, op::SET_FUNCTION_ATTRIBUTE, attribute);
            }
        }
        Ok(())
    }

    /// The variable a free variable of an inner scope is taken from.
    fn closure_index(&mut self, text: &Text) -> Result<u32> {
        let name = text.to_str().map(|text| self.table.names.intern_owned(text));
        let index = name.and_then(|name| {
            let own_cell = self.unit.kind == ScopeKind::Class
                && matches!(name, Sym::CLASS | Sym::CLASSDICT | Sym::CONDITIONAL_ANNOTATIONS);
            // A name that is free and local in a class is both: the closure's is the free one.
            if own_cell || self.block().scope(name) == Scope::Cell {
                self.unit.cellvars.position(name)
            } else {
                self.unit.freevars.position(name).map(|at| at + self.unit.cellvars.len())
            }
        });
        match index {
            Some(index) => Ok(index as u32),
            None => Err(self.system_error(format!("no variable for the free variable {text:?}"))),
        }
    }

    /// Opens a frame block.
    pub(super) fn push_block(
        &mut self,
        loc: Loc,
        kind: FrameBlockKind<'a>,
        start: Option<Label>,
        exit: Option<Label>,
    ) -> Result<()> {
        if !self.unit.push_block(FrameBlock { kind, loc, start, exit }) {
            return Err(self.syntax_error("too many statically nested blocks", loc));
        }
        if matches!(kind, FrameBlockKind::FinallyEnd) {
            self.muted += 1;
        }
        Ok(())
    }

    /// Closes the innermost frame block.
    pub(super) fn pop_block(&mut self) -> Option<FrameBlock<'a>> {
        let block = self.unit.frame_blocks.pop();
        if block.is_some_and(|block| matches!(block.kind, FrameBlockKind::FinallyEnd)) {
            self.muted -= 1;
        }
        block
    }
}
