//! What happens to a tree before its symbol table is made: `__debug__` gets its value, formatting with `%`
//! becomes an f-string, numbers in patterns are computed, docstrings go away at `-OO`. Along the way
//! `return`, `break` and `continue` that leave a `finally` block are warned about (PEP 765).
//!
//! Trees are immutable: a node is copied if something below it changes, and shared otherwise.

use bumpalo::Bump;
use syntax::ast::{
    Arg, Arguments, ClassDef, Comprehension, Constant, ExceptHandler, Expr, ExprContext, ExprKind, For,
    FunctionDef, Keyword, MatchCase, Mod, Operator, Pattern, PatternKind, Stmt, StmtKind, Try, TypeParam,
    TypeParamKind, With, WithItem,
};

use crate::error::{FUTURE_ANNOTATIONS, Result, StackGuard, Warning};
use crate::fold::{fold_number, percent_format};
use crate::symtable::docstring;

/// Where control flow is, as far as it matters to what leaves a `finally` block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Region {
    Finally,
    Function,
    Loop,
}

/// How to preprocess.
#[derive(Clone, Copy)]
pub(crate) struct Settings {
    pub optimize: u8,
    pub features: u32,
    /// Change nothing; only docstrings go, and warnings come.
    pub check_only: bool,
    pub warn: bool,
    pub guard: StackGuard,
}

/// Preprocesses a tree, adding to `warnings`.
pub(crate) fn preprocess<'a>(
    arena: &'a Bump,
    tree: &Mod<'a>,
    settings: Settings,
    warnings: &mut Vec<Warning>,
) -> Result<Mod<'a>> {
    let mut pass = Pass { arena, settings, warnings, regions: Vec::new(), changes: 0 };
    Ok(match *tree {
        Mod::Module { body, type_ignores } => Mod::Module { body: pass.body(body)?, type_ignores },
        Mod::Interactive { body } => Mod::Interactive { body: pass.stmts(body)? },
        Mod::Expression { body } => Mod::Expression { body: pass.expr(body)? },
        Mod::FunctionType { argtypes, returns } => Mod::FunctionType { argtypes, returns },
    })
}

struct Pass<'w, 'a> {
    arena: &'a Bump,
    settings: Settings,
    warnings: &'w mut Vec<Warning>,
    regions: Vec<Region>,
    /// Counts the nodes replaced: a subtree is shared if the count has not moved.
    changes: usize,
}

impl<'a> Pass<'_, 'a> {
    fn changed<T>(&mut self, node: T) -> &'a T {
        self.changes += 1;
        self.arena.alloc(node)
    }

    /// Applies `visit` to all items, copying the list if one of them changes.
    fn seq<T: Copy>(
        &mut self,
        items: &'a [T],
        mut visit: impl FnMut(&mut Self, &'a T) -> Result<T>,
    ) -> Result<&'a [T]> {
        let mut copy: Option<Vec<T>> = None;
        for (index, item) in items.iter().enumerate() {
            let before = self.changes;
            let new = visit(self, item)?;
            if self.changes != before {
                copy.get_or_insert_with(|| items.to_vec())[index] = new;
            }
        }
        Ok(copy.map_or(items, |copy| self.arena.alloc_slice_copy(&copy)))
    }

    /// A node again, if nothing below it changed, or a new one.
    fn rebuilt<T>(&self, before: usize, old: &'a T, new: T) -> &'a T {
        if self.changes == before { old } else { self.arena.alloc(new) }
    }

    fn in_region<R>(&mut self, region: Region, visit: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        self.regions.push(region);
        let result = visit(self);
        self.regions.pop();
        result
    }

    /// Warns about a statement that leaves the `finally` block it is in.
    fn leaving(&mut self, keyword: &str, stmt: &Stmt<'a>) {
        if self.settings.warn && self.regions.last() == Some(&Region::Finally) {
            let message = format!("'{keyword}' in a 'finally' block");
            self.warnings.push(Warning { message, position: stmt.loc.into() });
        }
    }

    /// A body that may begin with a docstring.
    fn body(&mut self, body: &'a [Stmt<'a>]) -> Result<&'a [Stmt<'a>]> {
        let mut body = body;
        let mut has_docstring = docstring(body).is_some();
        if has_docstring
            && self.settings.optimize >= 2
            && let Some((first, rest)) = body.split_first()
        {
            // A body must not be empty.
            body = if rest.is_empty() { std::slice::from_ref(self.pass_for(first)) } else { rest };
            has_docstring = false;
            self.changes += 1;
        }
        let body = self.stmts(body)?;
        if has_docstring || docstring(body).is_none() {
            return Ok(body);
        }
        // A string that has become the first statement is not a docstring.
        let mut copy = body.to_vec();
        if let Some(first) = copy.first_mut()
            && let StmtKind::Expr { value } = first.kind
        {
            let values = std::slice::from_ref(value);
            let value = self.changed(Expr { loc: first.loc, kind: ExprKind::JoinedStr { values } });
            first.kind = StmtKind::Expr { value };
        }
        Ok(self.arena.alloc_slice_copy(&copy))
    }

    /// A `pass` where a docstring was, as long as the word.
    fn pass_for(&self, docstring: &Stmt<'a>) -> &'a Stmt<'a> {
        let mut loc = docstring.loc;
        loc.end_line = loc.line;
        loc.end_col = loc.col.saturating_add("pass".len() as i32);
        self.arena.alloc(Stmt { loc, kind: StmtKind::Pass })
    }

    fn stmts(&mut self, body: &'a [Stmt<'a>]) -> Result<&'a [Stmt<'a>]> {
        self.seq(body, |this, stmt| this.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &'a Stmt<'a>) -> Result<Stmt<'a>> {
        self.settings.guard.check()?;
        let kind = match stmt.kind {
            StmtKind::FunctionDef(def) => StmtKind::FunctionDef(self.function(def)?),
            StmtKind::AsyncFunctionDef(def) => StmtKind::AsyncFunctionDef(self.function(def)?),
            StmtKind::ClassDef(def) => StmtKind::ClassDef(self.class(def)?),
            StmtKind::Return { value } => {
                self.leaving("return", stmt);
                StmtKind::Return { value: self.opt(value)? }
            }
            StmtKind::Delete { targets } => StmtKind::Delete { targets: self.exprs(targets)? },
            StmtKind::Assign { targets, value, type_comment } => {
                StmtKind::Assign { targets: self.exprs(targets)?, value: self.expr(value)?, type_comment }
            }
            StmtKind::TypeAlias { name, type_params, value } => StmtKind::TypeAlias {
                name: self.expr(name)?,
                type_params: self.type_params(type_params)?,
                value: self.expr(value)?,
            },
            StmtKind::AugAssign { target, op, value } => {
                StmtKind::AugAssign { target: self.expr(target)?, op, value: self.expr(value)? }
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => StmtKind::AnnAssign {
                target: self.expr(target)?,
                annotation: self.annotation(annotation)?,
                value: self.opt(value)?,
                simple,
            },
            StmtKind::For(node) => StmtKind::For(self.for_loop(node)?),
            StmtKind::AsyncFor(node) => StmtKind::AsyncFor(self.for_loop(node)?),
            StmtKind::While { test, body, orelse } => StmtKind::While {
                test: self.expr(test)?,
                body: self.in_region(Region::Loop, |this| this.stmts(body))?,
                orelse: self.stmts(orelse)?,
            },
            StmtKind::If { test, body, orelse } => {
                StmtKind::If { test: self.expr(test)?, body: self.stmts(body)?, orelse: self.stmts(orelse)? }
            }
            StmtKind::With(node) => StmtKind::With(self.with(node)?),
            StmtKind::AsyncWith(node) => StmtKind::AsyncWith(self.with(node)?),
            StmtKind::Match { subject, cases } => {
                StmtKind::Match { subject: self.expr(subject)?, cases: self.seq(cases, Self::match_case)? }
            }
            StmtKind::Raise { exc, cause } => {
                StmtKind::Raise { exc: self.opt(exc)?, cause: self.opt(cause)? }
            }
            StmtKind::Try(node) => StmtKind::Try(self.try_stmt(node)?),
            StmtKind::TryStar(node) => StmtKind::TryStar(self.try_stmt(node)?),
            StmtKind::Assert { test, msg } => {
                StmtKind::Assert { test: self.expr(test)?, msg: self.opt(msg)? }
            }
            StmtKind::Expr { value } => StmtKind::Expr { value: self.expr(value)? },
            StmtKind::Break => {
                self.leaving("break", stmt);
                StmtKind::Break
            }
            StmtKind::Continue => {
                self.leaving("continue", stmt);
                StmtKind::Continue
            }
            kind @ (StmtKind::Import { .. }
            | StmtKind::ImportFrom { .. }
            | StmtKind::Global { .. }
            | StmtKind::Nonlocal { .. }
            | StmtKind::Pass) => kind,
        };
        Ok(Stmt { loc: stmt.loc, kind })
    }

    fn function(&mut self, def: &'a FunctionDef<'a>) -> Result<&'a FunctionDef<'a>> {
        let before = self.changes;
        let new = FunctionDef {
            type_params: self.type_params(def.type_params)?,
            args: self.arguments(def.args)?,
            body: self.in_region(Region::Function, |this| this.body(def.body))?,
            decorator_list: self.exprs(def.decorator_list)?,
            returns: match def.returns {
                Some(returns) => Some(self.annotation(returns)?),
                None => None,
            },
            ..*def
        };
        Ok(self.rebuilt(before, def, new))
    }

    fn class(&mut self, def: &'a ClassDef<'a>) -> Result<&'a ClassDef<'a>> {
        let before = self.changes;
        let new = ClassDef {
            type_params: self.type_params(def.type_params)?,
            bases: self.exprs(def.bases)?,
            keywords: self.keywords(def.keywords)?,
            body: self.body(def.body)?,
            decorator_list: self.exprs(def.decorator_list)?,
            ..*def
        };
        Ok(self.rebuilt(before, def, new))
    }

    fn for_loop(&mut self, node: &'a For<'a>) -> Result<&'a For<'a>> {
        let before = self.changes;
        let new = For {
            target: self.expr(node.target)?,
            iter: self.expr(node.iter)?,
            body: self.in_region(Region::Loop, |this| this.stmts(node.body))?,
            orelse: self.stmts(node.orelse)?,
            ..*node
        };
        Ok(self.rebuilt(before, node, new))
    }

    fn with(&mut self, node: &'a With<'a>) -> Result<&'a With<'a>> {
        let before = self.changes;
        let items = self.seq(node.items, |this, item| {
            Ok(WithItem {
                context_expr: this.expr(item.context_expr)?,
                optional_vars: this.opt(item.optional_vars)?,
            })
        })?;
        let new = With { items, body: self.stmts(node.body)?, ..*node };
        Ok(self.rebuilt(before, node, new))
    }

    fn try_stmt(&mut self, node: &'a Try<'a>) -> Result<&'a Try<'a>> {
        let before = self.changes;
        let new = Try {
            body: self.stmts(node.body)?,
            handlers: self.seq(node.handlers, |this, handler| {
                Ok(ExceptHandler {
                    type_: this.opt(handler.type_)?,
                    body: this.stmts(handler.body)?,
                    ..*handler
                })
            })?,
            orelse: self.stmts(node.orelse)?,
            finalbody: self.in_region(Region::Finally, |this| this.stmts(node.finalbody))?,
        };
        Ok(self.rebuilt(before, node, new))
    }

    fn match_case(&mut self, case: &'a MatchCase<'a>) -> Result<MatchCase<'a>> {
        Ok(MatchCase {
            pattern: self.pattern(case.pattern)?,
            guard: self.opt(case.guard)?,
            body: self.stmts(case.body)?,
        })
    }

    fn pattern(&mut self, pattern: &'a Pattern<'a>) -> Result<&'a Pattern<'a>> {
        let before = self.changes;
        let new = self.pattern_value(pattern)?;
        Ok(self.rebuilt(before, pattern, new))
    }

    fn patterns(&mut self, patterns: &'a [Pattern<'a>]) -> Result<&'a [Pattern<'a>]> {
        self.seq(patterns, |this, pattern| this.pattern_value(pattern))
    }

    fn pattern_value(&mut self, pattern: &'a Pattern<'a>) -> Result<Pattern<'a>> {
        self.settings.guard.check()?;
        let kind = match pattern.kind {
            PatternKind::MatchValue { value } => PatternKind::MatchValue { value: self.literal(value) },
            PatternKind::MatchSequence { patterns } => {
                PatternKind::MatchSequence { patterns: self.patterns(patterns)? }
            }
            PatternKind::MatchMapping { keys, patterns, rest } => PatternKind::MatchMapping {
                keys: self.seq(keys, |this, key| Ok(*this.literal(key)))?,
                patterns: self.patterns(patterns)?,
                rest,
            },
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => PatternKind::MatchClass {
                cls: self.expr(cls)?,
                patterns: self.patterns(patterns)?,
                kwd_attrs,
                kwd_patterns: self.patterns(kwd_patterns)?,
            },
            PatternKind::MatchAs { pattern: Some(inner), name } => {
                PatternKind::MatchAs { pattern: Some(self.pattern(inner)?), name }
            }
            PatternKind::MatchOr { patterns } => PatternKind::MatchOr { patterns: self.patterns(patterns)? },
            kind @ (PatternKind::MatchSingleton { .. }
            | PatternKind::MatchStar { .. }
            | PatternKind::MatchAs { pattern: None, .. }) => kind,
        };
        Ok(Pattern { loc: pattern.loc, kind })
    }

    /// Computes a signed or complex number in a pattern.
    fn literal(&mut self, expr: &'a Expr<'a>) -> &'a Expr<'a> {
        if self.settings.check_only {
            return expr;
        }
        match fold_number(self.arena, expr) {
            Some(value) => {
                self.changed(Expr { loc: expr.loc, kind: ExprKind::Constant { value, kind: None } })
            }
            None => expr,
        }
    }

    fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result<&'a [TypeParam<'a>]> {
        self.seq(params, |this, param| {
            let kind = match param.kind {
                TypeParamKind::TypeVar { name, bound, default_value } => TypeParamKind::TypeVar {
                    name,
                    bound: this.opt(bound)?,
                    default_value: this.opt(default_value)?,
                },
                TypeParamKind::ParamSpec { name, default_value } => {
                    TypeParamKind::ParamSpec { name, default_value: this.opt(default_value)? }
                }
                TypeParamKind::TypeVarTuple { name, default_value } => {
                    TypeParamKind::TypeVarTuple { name, default_value: this.opt(default_value)? }
                }
            };
            Ok(TypeParam { loc: param.loc, kind })
        })
    }

    fn arguments(&mut self, args: &'a Arguments<'a>) -> Result<&'a Arguments<'a>> {
        let before = self.changes;
        let new = Arguments {
            posonlyargs: self.seq(args.posonlyargs, Self::arg)?,
            args: self.seq(args.args, Self::arg)?,
            vararg: self.opt_arg(args.vararg)?,
            kwonlyargs: self.seq(args.kwonlyargs, Self::arg)?,
            kw_defaults: self.opt_exprs(args.kw_defaults)?,
            kwarg: self.opt_arg(args.kwarg)?,
            defaults: self.exprs(args.defaults)?,
        };
        Ok(self.rebuilt(before, args, new))
    }

    fn arg(&mut self, arg: &'a Arg<'a>) -> Result<Arg<'a>> {
        let annotation = match arg.annotation {
            Some(annotation) => Some(self.annotation(annotation)?),
            None => None,
        };
        Ok(Arg { annotation, ..*arg })
    }

    fn opt_arg(&mut self, arg: Option<&'a Arg<'a>>) -> Result<Option<&'a Arg<'a>>> {
        let Some(arg) = arg else { return Ok(None) };
        let before = self.changes;
        let new = self.arg(arg)?;
        Ok(Some(self.rebuilt(before, arg, new)))
    }

    /// Annotations that become text stay as they were written.
    fn annotation(&mut self, annotation: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        if self.settings.features & FUTURE_ANNOTATIONS != 0 {
            return Ok(annotation);
        }
        self.expr(annotation)
    }

    fn keywords(&mut self, keywords: &'a [Keyword<'a>]) -> Result<&'a [Keyword<'a>]> {
        self.seq(keywords, |this, keyword| Ok(Keyword { value: this.expr(keyword.value)?, ..*keyword }))
    }

    fn opt(&mut self, expr: Option<&'a Expr<'a>>) -> Result<Option<&'a Expr<'a>>> {
        match expr {
            Some(expr) => self.expr(expr).map(Some),
            None => Ok(None),
        }
    }

    fn exprs(&mut self, exprs: &'a [Expr<'a>]) -> Result<&'a [Expr<'a>]> {
        self.seq(exprs, |this, expr| this.expr(expr).copied())
    }

    fn opt_exprs(&mut self, exprs: &'a [Option<Expr<'a>>]) -> Result<&'a [Option<Expr<'a>>]> {
        self.seq(exprs, |this, expr| match expr {
            Some(expr) => this.expr(expr).map(|expr| Some(*expr)),
            None => Ok(None),
        })
    }

    fn generators(&mut self, generators: &'a [Comprehension<'a>]) -> Result<&'a [Comprehension<'a>]> {
        self.seq(generators, |this, generator| {
            Ok(Comprehension {
                target: this.expr(generator.target)?,
                iter: this.expr(generator.iter)?,
                ifs: this.exprs(generator.ifs)?,
                is_async: generator.is_async,
            })
        })
    }

    fn expr(&mut self, expr: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        // Leaves first: they are most of a tree.
        match expr.kind {
            ExprKind::Name { id: "__debug__", ctx: ExprContext::Load } if !self.settings.check_only => {
                let value = if self.settings.optimize == 0 { Constant::True } else { Constant::False };
                let kind = ExprKind::Constant { value, kind: None };
                return Ok(self.changed(Expr { loc: expr.loc, kind }));
            }
            ExprKind::Name { .. } | ExprKind::Constant { .. } => return Ok(expr),
            _ => {}
        }
        self.settings.guard.check()?;
        // The kinds that nest deepest have small stack frames of their own.
        match expr.kind {
            ExprKind::BinOp { left, op, right } => self.bin_op(expr, left, op, right),
            ExprKind::Attribute { value, attr, ctx } => {
                let new = self.expr(value)?;
                Ok(self.with_value(expr, value, new, |value| ExprKind::Attribute { value, attr, ctx }))
            }
            ExprKind::UnaryOp { op, operand } => {
                let new = self.expr(operand)?;
                Ok(self.with_value(expr, operand, new, |operand| ExprKind::UnaryOp { op, operand }))
            }
            ExprKind::Call { func, args, keywords } => self.call(expr, func, args, keywords),
            _ => self.other_expr(expr),
        }
    }

    #[inline(never)]
    fn other_expr(&mut self, expr: &'a Expr<'a>) -> Result<&'a Expr<'a>> {
        let before = self.changes;
        let kind = self.expr_kind(&expr.kind)?;
        Ok(self.rebuilt(before, expr, Expr { loc: expr.loc, kind }))
    }

    /// A node with one part, which may have changed.
    #[inline(never)]
    fn with_value(
        &self,
        expr: &'a Expr<'a>,
        old: &'a Expr<'a>,
        new: &'a Expr<'a>,
        kind: impl FnOnce(&'a Expr<'a>) -> ExprKind<'a>,
    ) -> &'a Expr<'a> {
        if std::ptr::eq(old, new) {
            return expr;
        }
        self.arena.alloc(Expr { loc: expr.loc, kind: kind(new) })
    }

    #[inline(never)]
    fn bin_op(
        &mut self,
        expr: &'a Expr<'a>,
        left: &'a Expr<'a>,
        op: Operator,
        right: &'a Expr<'a>,
    ) -> Result<&'a Expr<'a>> {
        let new_left = self.expr(left)?;
        let new_right = self.expr(right)?;
        Ok(self.finish_bin_op(expr, [left, right], new_left, op, new_right))
    }

    #[inline(never)]
    fn finish_bin_op(
        &mut self,
        expr: &'a Expr<'a>,
        old: [&'a Expr<'a>; 2],
        left: &'a Expr<'a>,
        op: Operator,
        right: &'a Expr<'a>,
    ) -> &'a Expr<'a> {
        if op == Operator::Mod
            && let ExprKind::Constant { value: Constant::Str(format), .. } = left.kind
            && let ExprKind::Tuple { elts, .. } = right.kind
            && !self.settings.check_only
            && let Some(values) = percent_format(self.arena, format, elts)
        {
            return self.changed(Expr { loc: expr.loc, kind: ExprKind::JoinedStr { values } });
        }
        if std::ptr::eq(old[0], left) && std::ptr::eq(old[1], right) {
            return expr;
        }
        self.arena.alloc(Expr { loc: expr.loc, kind: ExprKind::BinOp { left, op, right } })
    }

    #[inline(never)]
    fn call(
        &mut self,
        expr: &'a Expr<'a>,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
    ) -> Result<&'a Expr<'a>> {
        let before = self.changes;
        let func = self.expr(func)?;
        let args = self.exprs(args)?;
        let keywords = self.keywords(keywords)?;
        if self.changes == before {
            return Ok(expr);
        }
        Ok(self.arena.alloc(Expr { loc: expr.loc, kind: ExprKind::Call { func, args, keywords } }))
    }

    fn expr_kind(&mut self, kind: &ExprKind<'a>) -> Result<ExprKind<'a>> {
        Ok(match *kind {
            ExprKind::BoolOp { op, values } => ExprKind::BoolOp { op, values: self.exprs(values)? },
            ExprKind::NamedExpr { target, value } => ExprKind::NamedExpr { target, value: self.expr(value)? },
            ExprKind::Lambda { args, body } => {
                ExprKind::Lambda { args: self.arguments(args)?, body: self.expr(body)? }
            }
            ExprKind::IfExp { test, body, orelse } => {
                ExprKind::IfExp { test: self.expr(test)?, body: self.expr(body)?, orelse: self.expr(orelse)? }
            }
            ExprKind::Dict { keys, values } => {
                ExprKind::Dict { keys: self.opt_exprs(keys)?, values: self.exprs(values)? }
            }
            ExprKind::Set { elts } => ExprKind::Set { elts: self.exprs(elts)? },
            ExprKind::ListComp { elt, generators } => {
                ExprKind::ListComp { elt: self.expr(elt)?, generators: self.generators(generators)? }
            }
            ExprKind::SetComp { elt, generators } => {
                ExprKind::SetComp { elt: self.expr(elt)?, generators: self.generators(generators)? }
            }
            ExprKind::DictComp { key, value, generators } => ExprKind::DictComp {
                key: self.expr(key)?,
                value: self.expr(value)?,
                generators: self.generators(generators)?,
            },
            ExprKind::GeneratorExp { elt, generators } => {
                ExprKind::GeneratorExp { elt: self.expr(elt)?, generators: self.generators(generators)? }
            }
            ExprKind::Await { value } => ExprKind::Await { value: self.expr(value)? },
            ExprKind::Yield { value } => ExprKind::Yield { value: self.opt(value)? },
            ExprKind::YieldFrom { value } => ExprKind::YieldFrom { value: self.expr(value)? },
            ExprKind::Compare { left, ops, comparators } => {
                ExprKind::Compare { left: self.expr(left)?, ops, comparators: self.exprs(comparators)? }
            }
            ExprKind::FormattedValue { value, conversion, format_spec } => ExprKind::FormattedValue {
                value: self.expr(value)?,
                conversion,
                format_spec: self.opt(format_spec)?,
            },
            ExprKind::Interpolation { value, str, conversion, format_spec } => ExprKind::Interpolation {
                value: self.expr(value)?,
                str,
                conversion,
                format_spec: self.opt(format_spec)?,
            },
            ExprKind::JoinedStr { values } => ExprKind::JoinedStr { values: self.exprs(values)? },
            ExprKind::TemplateStr { values } => ExprKind::TemplateStr { values: self.exprs(values)? },
            ExprKind::Subscript { value, slice, ctx } => {
                ExprKind::Subscript { value: self.expr(value)?, slice: self.expr(slice)?, ctx }
            }
            ExprKind::Starred { value, ctx } => ExprKind::Starred { value: self.expr(value)?, ctx },
            ExprKind::List { elts, ctx } => ExprKind::List { elts: self.exprs(elts)?, ctx },
            ExprKind::Tuple { elts, ctx } => ExprKind::Tuple { elts: self.exprs(elts)?, ctx },
            ExprKind::Slice { lower, upper, step } => {
                ExprKind::Slice { lower: self.opt(lower)?, upper: self.opt(upper)?, step: self.opt(step)? }
            }
            // Handled before.
            kind @ (ExprKind::Constant { .. }
            | ExprKind::Name { .. }
            | ExprKind::BinOp { .. }
            | ExprKind::UnaryOp { .. }
            | ExprKind::Attribute { .. }
            | ExprKind::Call { .. }) => kind,
        })
    }
}
