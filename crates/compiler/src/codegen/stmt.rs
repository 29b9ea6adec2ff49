//! Statements: the dispatcher, bodies, and the simple ones.

use bytecode::{Const, Text, args, op};
use syntax::ast::{Constant, Expr, ExprKind, Loc, Stmt, StmtKind};

use super::Compiler;
use super::consts::as_constant;
use super::doc::clean_doc;
use crate::error::Result;
use crate::instr::NO_LOCATION;
use crate::names::Sym;

impl<'a> Compiler<'_, 'a> {
    /// The body of the program.
    pub(super) fn module(&mut self, body: &'a [Stmt<'a>], interactive: bool) -> Result<()> {
        // The first statement's place, so that what comes before it seems to be part of it.
        let loc = body.first().map_or(Loc { line: 1, col: 0, end_line: 1, end_col: 0 }, |stmt| stmt.loc);
        if self.block().has_conditional_annotations {
            self.op_arg(loc, op::BUILD_SET, 0);
            let index = self.unit.names.index_of(Sym::CONDITIONAL_ANNOTATIONS) as u32;
            self.op_arg(loc, op::STORE_NAME, index);
        }
        self.body(loc, body, interactive)
    }

    /// The body of a module or class: docstring, statements, annotations.
    pub(super) fn body(&mut self, loc: Loc, body: &'a [Stmt<'a>], interactive: bool) -> Result<()> {
        if self.future_annotations() && self.block().annotations_used {
            self.op(loc, op::SETUP_ANNOTATIONS);
        }
        let mut rest = body;
        if !interactive
            && self.block().has_docstring
            && let Some((first, others)) = body.split_first()
            && let StmtKind::Expr { value } = first.kind
            && let Some(Constant::Str(doc)) = as_constant(value)
        {
            rest = others;
            self.load_const(value.loc, docstring_const(doc)?);
            self.store(NO_LOCATION, Sym::DOC)?;
        }
        self.stmts(rest)?;
        if !body.is_empty() && !self.future_annotations() {
            self.deferred_annotations(loc)?;
        }
        Ok(())
    }

    pub(super) fn stmts(&mut self, body: &'a [Stmt<'a>]) -> Result<()> {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    /// Statements whose parts may run any number of times.
    fn conditional(&mut self, visit: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        self.unit.in_conditional_block += 1;
        visit(self)?;
        self.unit.in_conditional_block -= 1;
        Ok(())
    }

    fn stmt(&mut self, stmt: &'a Stmt<'a>) -> Result<()> {
        self.guard.check()?;
        let loc = stmt.loc;
        match stmt.kind {
            StmtKind::FunctionDef(def) => self.function(def, loc, false),
            StmtKind::AsyncFunctionDef(def) => self.function(def, loc, true),
            StmtKind::ClassDef(def) => self.class(def, loc),
            StmtKind::TypeAlias { name, type_params, value } => {
                self.type_alias(name, type_params, value, loc)
            }
            StmtKind::Return { value } => self.return_stmt(value, loc),
            StmtKind::Delete { targets } => self.exprs(targets),
            StmtKind::Assign { targets, value, .. } => self.assign(targets, value, loc),
            StmtKind::AugAssign { target, op, value } => self.aug_assign(target, op, value, loc),
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.ann_assign(target, annotation, value, simple != 0, loc)
            }
            StmtKind::For(node) => self.conditional(|this| this.for_loop(node, loc)),
            StmtKind::AsyncFor(node) => self.conditional(|this| this.async_for_loop(node, loc)),
            StmtKind::While { test, body, orelse } => {
                self.conditional(|this| this.while_loop(test, body, orelse, loc))
            }
            StmtKind::If { test, body, orelse } => self.conditional(|this| this.if_stmt(test, body, orelse)),
            StmtKind::With(node) => self.conditional(|this| this.with(node, 0)),
            StmtKind::AsyncWith(node) => self.conditional(|this| this.async_with(node, 0)),
            StmtKind::Match { subject, cases } => self.conditional(|this| this.match_stmt(subject, cases)),
            StmtKind::Raise { exc, cause } => self.raise(exc, cause, loc),
            StmtKind::Try(node) => self.conditional(|this| this.try_stmt(node, loc, false)),
            StmtKind::TryStar(node) => self.conditional(|this| this.try_stmt(node, loc, true)),
            StmtKind::Assert { test, msg } => self.assert(test, msg, loc),
            StmtKind::Import { names } => self.import(names, loc),
            StmtKind::ImportFrom { module, names, level } => {
                self.import_from(module, names, level.unwrap_or(0), loc)
            }
            StmtKind::Global { .. } | StmtKind::Nonlocal { .. } => Ok(()),
            StmtKind::Expr { value } => self.expr_stmt(value, loc),
            StmtKind::Pass => {
                self.op(loc, op::NOP);
                Ok(())
            }
            StmtKind::Break => self.break_stmt(loc),
            StmtKind::Continue => self.continue_stmt(loc),
        }
    }

    #[inline(never)]
    fn expr_stmt(&mut self, value: &'a Expr<'a>, loc: Loc) -> Result<()> {
        if self.interactive && self.outer.is_empty() {
            self.expr(value)?;
            self.op_arg(loc, op::CALL_INTRINSIC_1, args::intrinsic::PRINT);
        } else if as_constant(value).is_some() {
            self.op(loc, op::NOP);
            return Ok(());
        } else {
            self.expr(value)?;
        }
        self.op(NO_LOCATION, op::POP_TOP);
        Ok(())
    }

    #[inline(never)]
    fn raise(&mut self, exc: Option<&'a Expr<'a>>, cause: Option<&'a Expr<'a>>, loc: Loc) -> Result<()> {
        let mut count = 0;
        if let Some(exc) = exc {
            for value in [Some(exc), cause].into_iter().flatten() {
                self.expr(value)?;
                count += 1;
            }
        }
        self.op_arg(loc, op::RAISE_VARARGS, count);
        Ok(())
    }

    #[inline(never)]
    fn assert(&mut self, test: &'a Expr<'a>, msg: Option<&'a Expr<'a>>, loc: Loc) -> Result<()> {
        let always_true = match test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant { value: Constant::Tuple(items), .. } => !items.is_empty(),
            _ => false,
        };
        if always_true {
            self.warn(loc, "assertion is always true, perhaps remove parentheses?".into());
        }
        if self.options.optimize > 0 {
            return Ok(());
        }
        let end = self.label();
        self.jump_if(test, end, true)?;
        self.op_arg(loc, op::LOAD_COMMON_CONSTANT, args::common::ASSERTION_ERROR);
        if let Some(msg) = msg {
            self.expr(msg)?;
            self.op_arg(loc, op::CALL, 0);
        }
        self.op_arg(test.loc, op::RAISE_VARARGS, 1);
        self.place(end);
        Ok(())
    }
}

/// A docstring as it is stored.
pub(super) fn docstring_const(doc: &[u8]) -> Result<Const> {
    Ok(Const::Str(Text::from_wtf8_trusted(clean_doc(doc)?)))
}
