//! The first pass over expressions, patterns and type parameters.

use syntax::ast::{
    Arguments, Comprehension as Generator, Expr, ExprContext, ExprKind, Keyword, Pattern, PatternKind,
    TypeParam, TypeParamKind,
};

use super::scopes::{Builder, check_debug};
use super::{BlockKey, BlockKind, Comprehension, DEF_LOCAL, DEF_PARAM, DEF_TYPE_PARAM, USE};
use crate::error::{CompileError, Result};
use crate::names::Sym;

impl<'a> Builder<'_, 'a> {
    pub fn exprs(&mut self, exprs: &'a [Expr<'a>]) -> Result<()> {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    pub fn opt_expr(&mut self, expr: Option<&'a Expr<'a>>) -> Result<()> {
        expr.map_or(Ok(()), |expr| self.expr(expr))
    }

    fn opt_exprs(&mut self, exprs: &'a [Option<Expr<'a>>]) -> Result<()> {
        exprs.iter().flatten().try_for_each(|expr| self.expr(expr))
    }

    pub fn keywords(&mut self, keywords: &'a [Keyword<'a>]) -> Result<()> {
        keywords.iter().try_for_each(|keyword| self.expr(keyword.value))
    }

    /// Default values, evaluated in the block around the function.
    pub fn defaults(&mut self, args: &'a Arguments<'a>) -> Result<()> {
        self.exprs(args.defaults)?;
        self.opt_exprs(args.kw_defaults)
    }

    pub fn expr(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        self.guard.check()?;
        match expr.kind {
            ExprKind::Name { id, ctx } => self.name(id, ctx, expr),
            ExprKind::Constant { .. } => Ok(()),
            ExprKind::Attribute { value, attr, ctx } => {
                if attr == "__debug__" {
                    check_debug(ctx, expr.loc)?;
                }
                self.expr(value)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func)?;
                self.exprs(args)?;
                self.check_keywords(keywords)?;
                self.keywords(keywords)
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                self.expr(slice)
            }
            ExprKind::BinOp { left, right, .. } => {
                self.expr(left)?;
                self.expr(right)
            }
            ExprKind::Compare { left, comparators, .. } => {
                self.expr(left)?;
                self.exprs(comparators)
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::BoolOp { values, .. }
            | ExprKind::JoinedStr { values }
            | ExprKind::TemplateStr { values } => self.exprs(values),
            ExprKind::Tuple { elts, .. } | ExprKind::List { elts, .. } | ExprKind::Set { elts } => {
                self.exprs(elts)
            }
            ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::Dict { keys, values } => {
                self.opt_exprs(keys)?;
                self.exprs(values)
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.expr(value)?;
                self.opt_expr(format_spec)
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)
            }
            ExprKind::Slice { lower, upper, step } => {
                self.opt_expr(lower)?;
                self.opt_expr(upper)?;
                self.opt_expr(step)
            }
            ExprKind::Lambda { args, body } => {
                self.defaults(args)?;
                self.enter(Sym::LAMBDA, BlockKind::Function, Some(BlockKey::node(expr)), expr.loc)?;
                self.arguments(args)?;
                self.expr(body)?;
                self.exit();
                Ok(())
            }
            ExprKind::NamedExpr { target, value } => {
                self.refuse_in_annotation("named expression", expr)?;
                if self.block().comp_iter_expr > 0 {
                    return Err(CompileError::syntax(
                        "assignment expression cannot be used in a comprehension iterable expression",
                        expr.loc,
                    ));
                }
                if self.block().comprehension.is_some() {
                    self.extend_named_expr_scope(target)?;
                }
                self.expr(value)?;
                self.expr(target)
            }
            ExprKind::ListComp { elt, generators } => {
                self.comprehension(expr, Comprehension::List, generators, elt, None)
            }
            ExprKind::SetComp { elt, generators } => {
                self.comprehension(expr, Comprehension::Set, generators, elt, None)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension(expr, Comprehension::Dict, generators, key, Some(value))
            }
            ExprKind::GeneratorExp { elt, generators } => {
                self.comprehension(expr, Comprehension::Generator, generators, elt, None)
            }
            ExprKind::Yield { value } => {
                self.refuse_in_annotation("yield expression", expr)?;
                self.opt_expr(value)?;
                self.yields(expr)
            }
            ExprKind::YieldFrom { value } => {
                self.refuse_in_annotation("yield expression", expr)?;
                self.expr(value)?;
                self.yields(expr)
            }
            ExprKind::Await { value } => self.await_expr(expr, value),
        }
    }

    fn name(&mut self, id: &'a str, ctx: ExprContext, expr: &'a Expr<'a>) -> Result<()> {
        if self.block().in_unevaluated_annotation {
            return Ok(());
        }
        let name = self.intern(id);
        let flag = if ctx == ExprContext::Load { USE } else { DEF_LOCAL };
        self.add_def_ctx(name, flag, expr.loc, ctx)?;
        // `super` without arguments looks at the class cell.
        if name == Sym::SUPER && ctx == ExprContext::Load && self.block().is_function_like() {
            self.add_def(Sym::CLASS, USE, expr.loc)?;
        }
        Ok(())
    }

    fn yields(&mut self, expr: &Expr<'a>) -> Result<()> {
        let block = self.block();
        block.generator = true;
        let what = match block.comprehension {
            None => return Ok(()),
            Some(Comprehension::List) => "list comprehension",
            Some(Comprehension::Set) => "set comprehension",
            Some(Comprehension::Dict) => "dict comprehension",
            Some(Comprehension::Generator) => "generator expression",
        };
        Err(CompileError::syntax(format!("'yield' inside {what}"), expr.loc))
    }

    fn await_expr(&mut self, expr: &'a Expr<'a>, value: &'a Expr<'a>) -> Result<()> {
        self.refuse_in_annotation("await expression", expr)?;
        if !self.allows_top_level_await() {
            if !self.block().is_function_like() {
                return Err(CompileError::syntax("'await' outside function", expr.loc));
            }
            if !self.in_async_def() && self.block().comprehension.is_none() {
                return Err(CompileError::syntax("'await' outside async function", expr.loc));
            }
        }
        self.expr(value)?;
        self.block().coroutine = true;
        Ok(())
    }

    /// Some expressions make no sense where code runs in a scope of the compiler's own making.
    fn refuse_in_annotation(&mut self, what: &str, expr: &Expr<'a>) -> Result<()> {
        let block = self.block();
        let place = match block.kind {
            BlockKind::Annotation => "an annotation",
            BlockKind::TypeVariable => block.scope_info.unwrap_or("a type variable"),
            BlockKind::TypeAlias => "a type alias",
            BlockKind::TypeParameters => "the definition of a generic",
            _ => return Ok(()),
        };
        Err(CompileError::syntax(format!("{what} cannot be used within {place}"), expr.loc))
    }

    fn comprehension(
        &mut self,
        expr: &'a Expr<'a>,
        kind: Comprehension,
        generators: &'a [Generator<'a>],
        elt: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
    ) -> Result<()> {
        let Some((outermost, inner)) = generators.split_first() else { return Ok(()) };
        let is_generator = kind == Comprehension::Generator;
        let name = match kind {
            Comprehension::List => Sym::LISTCOMP,
            Comprehension::Set => Sym::SETCOMP,
            Comprehension::Dict => Sym::DICTCOMP,
            Comprehension::Generator => Sym::GENEXPR,
        };
        // The outermost iterator is evaluated outside and passed in.
        self.block().comp_iter_expr += 1;
        self.expr(outermost.iter)?;
        self.block().comp_iter_expr -= 1;
        self.enter(name, BlockKind::Function, Some(BlockKey::node(expr)), expr.loc)?;
        self.block().comprehension = Some(kind);
        if outermost.is_async {
            self.block().coroutine = true;
        }
        self.add_def(Sym::DOT_ZERO, DEF_PARAM, expr.loc)?;
        self.comp_target(outermost.target)?;
        self.exprs(outermost.ifs)?;
        for generator in inner {
            self.comp_target(generator.target)?;
            self.block().comp_iter_expr += 1;
            self.expr(generator.iter)?;
            self.block().comp_iter_expr -= 1;
            self.exprs(generator.ifs)?;
            if generator.is_async {
                self.block().coroutine = true;
            }
        }
        self.opt_expr(value)?;
        self.expr(elt)?;
        self.block().generator = is_generator;
        let is_async = self.block().coroutine && !is_generator;
        self.exit();
        if is_async {
            if !self.in_async_def() && self.block().comprehension.is_none() && !self.allows_top_level_await()
            {
                return Err(CompileError::syntax(
                    "asynchronous comprehension outside of an asynchronous function",
                    expr.loc,
                ));
            }
            self.block().coroutine = true;
        }
        Ok(())
    }

    fn comp_target(&mut self, target: &'a Expr<'a>) -> Result<()> {
        self.block().comp_iter_target = true;
        self.expr(target)?;
        self.block().comp_iter_target = false;
        Ok(())
    }

    pub fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result<()> {
        params.iter().try_for_each(|param| self.type_param(param))
    }

    fn type_param(&mut self, param: &'a TypeParam<'a>) -> Result<()> {
        self.guard.check()?;
        let (id, what) = match param.kind {
            TypeParamKind::TypeVar { name, .. } => (name, "a TypeVar default"),
            TypeParamKind::TypeVarTuple { name, .. } => (name, "a TypeVarTuple default"),
            TypeParamKind::ParamSpec { name, .. } => (name, "a ParamSpec default"),
        };
        let name = self.intern(id);
        self.add_def(name, DEF_TYPE_PARAM | DEF_LOCAL, param.loc)?;
        if name == Sym::CLASSDICT {
            return Err(CompileError::syntax(
                format!("reserved name '{id}' cannot be used for type parameter"),
                param.loc,
            ));
        }
        match param.kind {
            TypeParamKind::TypeVar { bound, default_value, .. } => {
                if let Some(bound) = bound {
                    let what = match bound.kind {
                        ExprKind::Tuple { .. } => "a TypeVar constraint",
                        _ => "a TypeVar bound",
                    };
                    self.type_variable(bound, name, BlockKey::node(param), what)?;
                }
                if let Some(default) = default_value {
                    self.type_variable(default, name, BlockKey::default_of(param), what)?;
                }
            }
            TypeParamKind::TypeVarTuple { default_value, .. }
            | TypeParamKind::ParamSpec { default_value, .. } => {
                if let Some(default) = default_value {
                    self.type_variable(default, name, BlockKey::node(param), what)?;
                }
            }
        }
        Ok(())
    }

    /// A bound or default: an expression in a lazily evaluated block of its own.
    fn type_variable(
        &mut self,
        expr: &'a Expr<'a>,
        name: Sym,
        key: BlockKey,
        what: &'static str,
    ) -> Result<()> {
        let in_class = self.block().can_see_class_scope;
        self.enter(name, BlockKind::TypeVariable, Some(key), expr.loc)?;
        self.block().can_see_class_scope = in_class;
        if in_class {
            self.add_def(Sym::CLASSDICT, USE, expr.loc)?;
        }
        self.block().scope_info = Some(what);
        self.expr(expr)?;
        self.exit();
        Ok(())
    }

    pub fn pattern(&mut self, pattern: &'a Pattern<'a>) -> Result<()> {
        self.guard.check()?;
        match pattern.kind {
            PatternKind::MatchValue { value } => self.expr(value),
            PatternKind::MatchSingleton { .. } => Ok(()),
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                self.patterns(patterns)
            }
            PatternKind::MatchStar { name } => self.capture(name, pattern),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.exprs(keys)?;
                self.patterns(patterns)?;
                self.capture(rest, pattern)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.expr(cls)?;
                self.patterns(patterns)?;
                for (attr, value) in kwd_attrs.iter().zip(kwd_patterns) {
                    if *attr == "__debug__" {
                        check_debug(ExprContext::Store, value.loc)?;
                    }
                }
                self.patterns(kwd_patterns)
            }
            PatternKind::MatchAs { pattern: inner, name } => {
                if let Some(inner) = inner {
                    self.pattern(inner)?;
                }
                self.capture(name, pattern)
            }
        }
    }

    fn patterns(&mut self, patterns: &'a [Pattern<'a>]) -> Result<()> {
        patterns.iter().try_for_each(|pattern| self.pattern(pattern))
    }

    fn capture(&mut self, name: Option<&'a str>, pattern: &Pattern<'a>) -> Result<()> {
        match name {
            Some(name) => {
                let name = self.intern(name);
                self.add_def(name, DEF_LOCAL, pattern.loc)
            }
            None => Ok(()),
        }
    }
}
