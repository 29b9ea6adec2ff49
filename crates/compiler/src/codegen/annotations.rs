//! Annotations: deferred to `__annotate__` functions, or turned into text.

use std::sync::Arc;

use bytecode::args::{self, compare};
use bytecode::{Code, Const, Text, op};
use syntax::ast::{Arg, Arguments, Expr, ExprKind, Loc};

use super::Compiler;
use super::scope::NewScope;
use super::unit::{ArgCounts, ScopeKind};
use crate::error::Result;
use crate::instr::InstrSeq;
use crate::names::Sym;
use crate::symtable::{BlockId, BlockKey, Scope};
use crate::unparse;

/// `annotationlib.Format.VALUE_WITH_FAKE_GLOBALS`: the last format these functions handle themselves.
const VALUE_WITH_FAKE_GLOBALS: usize = 2;

/// The only parameter of every function that evaluates annotations: the format.
const FORMAT_PARAMETER: ArgCounts = ArgCounts { args: 0, posonly: 1, kwonly: 0 };

impl<'a> Compiler<'_, 'a> {
    /// Opens the scope of a function that evaluates annotations.
    pub(super) fn enter_annotations_scope(&mut self, loc: Loc, name: Sym, key: BlockKey) -> Result<()> {
        let block = self.table.lookup(key)?;
        self.enter_annotations_block(loc, name, block);
        Ok(())
    }

    fn enter_annotations_block(&mut self, loc: Loc, name: Sym, block: BlockId) {
        let mut scope = NewScope::new(ScopeKind::Annotations, name, block, loc.line);
        scope.counts = FORMAT_PARAMETER;
        self.enter_scope(scope);
        // if format > VALUE_WITH_FAKE_GLOBALS: raise NotImplementedError
        let body = self.label();
        self.op_arg(loc, op::LOAD_FAST, 0);
        self.load_int(loc, VALUE_WITH_FAKE_GLOBALS);
        self.op_arg(loc, op::COMPARE_OP, compare::oparg(compare::GT));
        self.jump(loc, op::POP_JUMP_IF_FALSE, body);
        self.op_arg(loc, op::LOAD_COMMON_CONSTANT, args::common::NOT_IMPLEMENTED_ERROR);
        self.op_arg(loc, op::RAISE_VARARGS, 1);
        self.place(body);
    }

    /// Closes the scope of an `__annotate__` function and makes the function.
    fn leave_annotate(&mut self, loc: Loc) -> Result<()> {
        self.op(loc, op::RETURN_VALUE);
        let mut code: Code = self.finish_scope(true)?;
        // The parameter has a name no annotation can contain; callers see it as "format".
        if let Some(first) = code.localsplusnames.first_mut() {
            *first = self.text(Sym::FORMAT);
        }
        self.make_closure(loc, code, 0)
    }

    /// Makes the `__annotate__` function of a signature, if it has annotations; the result is the attribute
    /// of the function it is for.
    pub(super) fn function_annotations(
        &mut self,
        args: &'a Arguments<'a>,
        returns: Option<&'a Expr<'a>>,
        loc: Loc,
    ) -> Result<u32> {
        let block = self.table.lookup(BlockKey::node(args))?;
        if !self.table.block(block).annotations_used {
            return Ok(0);
        }
        let name = self.table.block(block).name;
        self.enter_annotations_block(loc, name, block);
        let mut count = 0;
        let all = args.args.iter().chain(args.posonlyargs).chain(args.vararg).chain(args.kwonlyargs);
        for Arg { arg, annotation, .. } in all.chain(args.kwarg) {
            if let Some(annotation) = annotation {
                let name = self.intern(arg);
                self.argument_annotation(loc, name, annotation)?;
                count += 1;
            }
        }
        if let Some(returns) = returns {
            self.argument_annotation(loc, Sym::RETURN, returns)?;
            count += 1;
        }
        self.op_arg(loc, op::BUILD_MAP, count);
        self.leave_annotate(loc)?;
        Ok(args::function_attribute::ANNOTATE)
    }

    fn argument_annotation(&mut self, loc: Loc, name: Sym, annotation: &'a Expr<'a>) -> Result<()> {
        let mangled = self.mangled(name);
        self.load_name_const(loc, mangled);
        if self.future_annotations() {
            return self.annotation_text(annotation);
        }
        match annotation.kind {
            // `*args: *Ts`
            ExprKind::Starred { value, .. } => {
                self.expr(value)?;
                self.op_arg(loc, op::UNPACK_SEQUENCE, 1);
                Ok(())
            }
            _ => self.expr(annotation),
        }
    }

    /// Loads the source text of an annotation.
    pub(super) fn annotation_text(&mut self, annotation: &'a Expr<'a>) -> Result<()> {
        let text = unparse::expression(annotation, self.guard)?;
        self.load_const(annotation.loc, Const::Str(Text::from_wtf8_trusted(text)));
        Ok(())
    }

    /// Makes the `__annotate__` function of a module or class from the annotations met in its body.
    pub(super) fn deferred_annotations(&mut self, loc: Loc) -> Result<()> {
        let deferred = std::mem::take(&mut self.unit.deferred_annotations);
        if deferred.is_empty() {
            return Ok(());
        }
        let kind = self.unit.kind;
        // A module's is made before anything in it runs.
        let main = (kind == ScopeKind::Module).then(|| self.replace_seq(InstrSeq::new()));
        let Some(block) = self.block().annotation_block else {
            return Err(self.system_error("annotations without a block"));
        };
        let name = self.table.block(block).name;
        self.enter_annotations_block(loc, name, block);
        self.op_arg(loc, op::BUILD_MAP, 0);
        for annotation in deferred {
            let at = annotation.loc;
            let mangled = self.table.names.mangle(self.unit.private, annotation.target);
            let skip = self.label();
            if let Some(number) = annotation.conditional {
                self.load_int(at, number as usize);
                if kind == ScopeKind::Class {
                    let index = self.deref_index(Sym::CONDITIONAL_ANNOTATIONS, Scope::Free);
                    self.op_arg(at, op::LOAD_DEREF, index);
                } else {
                    let index = self.unit.names.index_of(Sym::CONDITIONAL_ANNOTATIONS) as u32;
                    self.op_arg(at, op::LOAD_GLOBAL, index << 1);
                }
                self.op_arg(at, op::CONTAINS_OP, 0);
                self.jump(at, op::POP_JUMP_IF_FALSE, skip);
            }
            self.expr(annotation.annotation)?;
            self.op_arg(at, op::COPY, 2);
            self.load_name_const(at, mangled);
            self.op(loc, op::STORE_SUBSCR);
            self.place(skip);
        }
        self.leave_annotate(loc)?;
        let target = if kind == ScopeKind::Class { Sym::ANNOTATE_FUNC } else { Sym::ANNOTATE };
        self.store(loc, target)?;
        if let Some(main) = main {
            let annotations = self.replace_seq(main);
            self.unit.seq.set_annotations(annotations);
        }
        Ok(())
    }

    /// Makes the function that evaluates a bound, default or alias on demand; its format has a default.
    pub(super) fn finish_evaluator(&mut self, loc: Loc, add_none: bool) -> Result<()> {
        self.op(loc, op::RETURN_VALUE);
        let code = self.finish_scope(add_none)?;
        self.make_closure(loc, code, args::function_attribute::DEFAULTS)
    }

    /// The default of an evaluator's format: `(VALUE,)`.
    pub(super) fn load_evaluator_defaults(&mut self, loc: Loc) {
        self.load_const(loc, Const::Tuple(Arc::from([Const::Int(1)])));
    }
}
