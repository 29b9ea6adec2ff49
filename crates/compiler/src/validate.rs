//! Checks of trees that Python code built: what the grammar guarantees for parsed ones.

use syntax::ast::{
    Alias, Arg, Arguments, Comprehension, Constant, Expr, ExprContext, ExprKind, FunctionDef, Keyword, Loc,
    Mod, Operator, Pattern, PatternKind, Stmt, StmtKind, Try, TypeParam, TypeParamKind, UnaryOp, With,
};

use crate::error::{CompileError, DEFAULT_STACK_BUDGET, ErrorKind, Result, StackGuard};

/// Refuses trees that mean nothing, with a `ValueError` (or `TypeError`).
pub fn validate(tree: &Mod<'_>) -> Result<()> {
    validate_within(tree, DEFAULT_STACK_BUDGET)
}

/// The same with another limit for the native stack.
pub fn validate_within(tree: &Mod<'_>, stack_budget: usize) -> Result<()> {
    let validator = Validator { guard: StackGuard::new(stack_budget) };
    match *tree {
        Mod::Module { body, .. } | Mod::Interactive { body } => validator.stmts(body),
        Mod::Expression { body } => validator.expr(body, ExprContext::Load),
        Mod::FunctionType { argtypes, returns } => {
            validator.exprs(argtypes, ExprContext::Load)?;
            validator.expr(returns, ExprContext::Load)
        }
    }
}

fn value_error(message: impl Into<String>) -> Box<CompileError> {
    CompileError::other(ErrorKind::ValueError, message)
}

fn type_error(message: &str) -> Box<CompileError> {
    CompileError::other(ErrorKind::TypeError, message)
}

fn require(condition: bool, message: &str) -> Result<()> {
    if condition { Ok(()) } else { Err(value_error(message)) }
}

fn nonempty<T>(list: &[T], what: &str, owner: &str) -> Result<()> {
    if list.is_empty() { Err(value_error(format!("empty {what} on {owner}"))) } else { Ok(()) }
}

fn positions(loc: Loc) -> Result<()> {
    let Loc { line, col, end_line, end_col } = loc;
    if line > end_line {
        return Err(value_error(format!("AST node line range ({line}, {end_line}) is not valid")));
    }
    if line < 0 && end_line != line || col < 0 && col != end_col {
        return Err(value_error(format!(
            "AST node column range ({col}, {end_col}) for line range ({line}, {end_line}) is not valid"
        )));
    }
    if line == end_line && col > end_col {
        return Err(value_error(format!("line {line}, column {col}-{end_col} is not a valid range")));
    }
    Ok(())
}

fn name(name: &str) -> Result<()> {
    if matches!(name, "None" | "True" | "False") {
        return Err(value_error(format!("identifier field can't represent '{name}' constant")));
    }
    Ok(())
}

fn aliases(names: &[Alias<'_>]) -> Result<()> {
    names.iter().try_for_each(|alias| {
        name(alias.name)?;
        alias.asname.map_or(Ok(()), name)
    })
}

fn context_name(ctx: ExprContext) -> &'static str {
    match ctx {
        ExprContext::Load => "Load",
        ExprContext::Store => "Store",
        ExprContext::Del => "Del",
    }
}

fn capture(target: Option<&str>) -> Result<()> {
    match target {
        Some("_") => Err(value_error("can't capture name '_' in patterns")),
        Some(target) => name(target),
        None => Ok(()),
    }
}

struct Validator {
    guard: StackGuard,
}

const LOAD: ExprContext = ExprContext::Load;
const STORE: ExprContext = ExprContext::Store;

impl Validator {
    fn stmts(&self, body: &[Stmt<'_>]) -> Result<()> {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn body(&self, body: &[Stmt<'_>], owner: &str) -> Result<()> {
        nonempty(body, "body", owner)?;
        self.stmts(body)
    }

    fn stmt(&self, stmt: &Stmt<'_>) -> Result<()> {
        positions(stmt.loc)?;
        self.guard.check()?;
        match stmt.kind {
            StmtKind::FunctionDef(def) => self.function(def, "FunctionDef"),
            StmtKind::AsyncFunctionDef(def) => self.function(def, "AsyncFunctionDef"),
            StmtKind::ClassDef(def) => {
                self.body(def.body, "ClassDef")?;
                name(def.name)?;
                self.type_params(def.type_params)?;
                self.exprs(def.bases, LOAD)?;
                self.keywords(def.keywords)?;
                self.exprs(def.decorator_list, LOAD)
            }
            StmtKind::Return { value } => self.opt(value, LOAD),
            StmtKind::Delete { targets } => {
                nonempty(targets, "targets", "Delete")?;
                self.exprs(targets, ExprContext::Del)
            }
            StmtKind::Assign { targets, value, .. } => {
                nonempty(targets, "targets", "Assign")?;
                self.exprs(targets, STORE)?;
                self.expr(value, LOAD)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target, STORE)?;
                self.expr(value, LOAD)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                if simple != 0 && !matches!(target.kind, ExprKind::Name { .. }) {
                    return Err(type_error("AnnAssign with simple non-Name target"));
                }
                self.expr(target, STORE)?;
                self.opt(value, LOAD)?;
                self.expr(annotation, LOAD)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                if !matches!(name.kind, ExprKind::Name { .. }) {
                    return Err(type_error("TypeAlias with non-Name name"));
                }
                self.expr(name, STORE)?;
                self.type_params(type_params)?;
                self.expr(value, LOAD)
            }
            StmtKind::For(node) | StmtKind::AsyncFor(node) => {
                let owner = if matches!(stmt.kind, StmtKind::For(_)) { "For" } else { "AsyncFor" };
                self.expr(node.target, STORE)?;
                self.expr(node.iter, LOAD)?;
                self.body(node.body, owner)?;
                self.stmts(node.orelse)
            }
            StmtKind::While { test, body, orelse } => {
                self.expr(test, LOAD)?;
                self.body(body, "While")?;
                self.stmts(orelse)
            }
            StmtKind::If { test, body, orelse } => {
                self.expr(test, LOAD)?;
                self.body(body, "If")?;
                self.stmts(orelse)
            }
            StmtKind::With(node) => self.with(node, "With"),
            StmtKind::AsyncWith(node) => self.with(node, "AsyncWith"),
            StmtKind::Match { subject, cases } => {
                self.expr(subject, LOAD)?;
                nonempty(cases, "cases", "Match")?;
                cases.iter().try_for_each(|case| {
                    self.pattern(case.pattern, false)?;
                    self.opt(case.guard, LOAD)?;
                    self.body(case.body, "match_case")
                })
            }
            StmtKind::Raise { exc, cause } => {
                require(exc.is_some() || cause.is_none(), "Raise with cause but no exception")?;
                self.opt(exc, LOAD)?;
                self.opt(cause, LOAD)
            }
            StmtKind::Try(node) => self.try_stmt(node, "Try"),
            StmtKind::TryStar(node) => self.try_stmt(node, "TryStar"),
            StmtKind::Assert { test, msg } => {
                self.expr(test, LOAD)?;
                self.opt(msg, LOAD)
            }
            StmtKind::Import { names } => {
                nonempty(names, "names", "Import")?;
                aliases(names)
            }
            StmtKind::ImportFrom { names, level, .. } => {
                require(level.unwrap_or(0) >= 0, "Negative ImportFrom level")?;
                nonempty(names, "names", "ImportFrom")?;
                aliases(names)
            }
            StmtKind::Global { names } => nonempty(names, "names", "Global"),
            StmtKind::Nonlocal { names } => nonempty(names, "names", "Nonlocal"),
            StmtKind::Expr { value } => self.expr(value, LOAD),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
        }
    }

    fn function(&self, def: &FunctionDef<'_>, owner: &str) -> Result<()> {
        self.body(def.body, owner)?;
        name(def.name)?;
        self.type_params(def.type_params)?;
        self.arguments(def.args)?;
        self.exprs(def.decorator_list, LOAD)?;
        self.opt(def.returns, LOAD)
    }

    fn with(&self, node: &With<'_>, owner: &str) -> Result<()> {
        nonempty(node.items, "items", owner)?;
        for item in node.items {
            self.expr(item.context_expr, LOAD)?;
            self.opt(item.optional_vars, STORE)?;
        }
        self.body(node.body, owner)
    }

    fn try_stmt(&self, node: &Try<'_>, owner: &str) -> Result<()> {
        self.body(node.body, owner)?;
        if node.handlers.is_empty() {
            if node.finalbody.is_empty() {
                return Err(value_error(format!("{owner} has neither except handlers nor finalbody")));
            }
            if !node.orelse.is_empty() {
                return Err(value_error(format!("{owner} has orelse but no except handlers")));
            }
        }
        for handler in node.handlers {
            if owner == "Try" {
                positions(handler.loc)?;
            }
            self.opt(handler.type_, LOAD)?;
            if owner == "Try" {
                handler.name.map_or(Ok(()), name)?;
            }
            self.body(handler.body, "ExceptHandler")?;
        }
        self.stmts(node.finalbody)?;
        self.stmts(node.orelse)
    }

    fn arguments(&self, args: &Arguments<'_>) -> Result<()> {
        self.args(args.posonlyargs)?;
        self.args(args.args)?;
        self.opt(args.vararg.and_then(|arg| arg.annotation), LOAD)?;
        self.args(args.kwonlyargs)?;
        self.opt(args.kwarg.and_then(|arg| arg.annotation), LOAD)?;
        require(
            args.defaults.len() <= args.posonlyargs.len() + args.args.len(),
            "more positional defaults than args on arguments",
        )?;
        require(
            args.kw_defaults.len() == args.kwonlyargs.len(),
            "length of kwonlyargs is not the same as kw_defaults on arguments",
        )?;
        self.exprs(args.defaults, LOAD)?;
        args.kw_defaults.iter().flatten().try_for_each(|default| self.expr(default, LOAD))
    }

    fn args(&self, args: &[Arg<'_>]) -> Result<()> {
        args.iter().try_for_each(|arg| {
            positions(arg.loc)?;
            self.opt(arg.annotation, LOAD)
        })
    }

    fn keywords(&self, keywords: &[Keyword<'_>]) -> Result<()> {
        keywords.iter().try_for_each(|keyword| self.expr(keyword.value, LOAD))
    }

    fn type_params(&self, params: &[TypeParam<'_>]) -> Result<()> {
        params.iter().try_for_each(|param| {
            positions(param.loc)?;
            match param.kind {
                TypeParamKind::TypeVar { name: id, bound, default_value } => {
                    name(id)?;
                    self.opt(bound, LOAD)?;
                    self.opt(default_value, LOAD)
                }
                TypeParamKind::ParamSpec { name: id, default_value }
                | TypeParamKind::TypeVarTuple { name: id, default_value } => {
                    name(id)?;
                    self.opt(default_value, LOAD)
                }
            }
        })
    }

    fn opt(&self, expr: Option<&Expr<'_>>, ctx: ExprContext) -> Result<()> {
        expr.map_or(Ok(()), |expr| self.expr(expr, ctx))
    }

    fn exprs(&self, exprs: &[Expr<'_>], ctx: ExprContext) -> Result<()> {
        exprs.iter().try_for_each(|expr| self.expr(expr, ctx))
    }

    fn expr(&self, expr: &Expr<'_>, ctx: ExprContext) -> Result<()> {
        positions(expr.loc)?;
        self.guard.check()?;
        let actual = match expr.kind {
            ExprKind::Name { id, ctx } => {
                name(id)?;
                Some(ctx)
            }
            ExprKind::Attribute { ctx, .. }
            | ExprKind::Subscript { ctx, .. }
            | ExprKind::Starred { ctx, .. }
            | ExprKind::List { ctx, .. }
            | ExprKind::Tuple { ctx, .. } => Some(ctx),
            _ => None,
        };
        match actual {
            Some(actual) if actual != ctx => {
                return Err(value_error(format!(
                    "expression must have {} context but has {} instead",
                    context_name(ctx),
                    context_name(actual)
                )));
            }
            None if ctx != LOAD => {
                return Err(value_error(format!(
                    "expression which can't be assigned to in {} context",
                    context_name(ctx)
                )));
            }
            _ => {}
        }
        match expr.kind {
            ExprKind::BoolOp { values, .. } => {
                require(values.len() >= 2, "BoolOp with less than 2 values")?;
                self.exprs(values, LOAD)
            }
            ExprKind::BinOp { left, right, .. } => {
                self.expr(left, LOAD)?;
                self.expr(right, LOAD)
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand, LOAD),
            ExprKind::Lambda { args, body } => {
                self.arguments(args)?;
                self.expr(body, LOAD)
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test, LOAD)?;
                self.expr(body, LOAD)?;
                self.expr(orelse, LOAD)
            }
            ExprKind::Dict { keys, values } => {
                require(keys.len() == values.len(), "Dict doesn't have the same number of keys as values")?;
                keys.iter().flatten().try_for_each(|key| self.expr(key, LOAD))?;
                self.exprs(values, LOAD)
            }
            ExprKind::Set { elts } => self.exprs(elts, LOAD),
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                self.generators(generators)?;
                self.expr(elt, LOAD)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.generators(generators)?;
                self.expr(key, LOAD)?;
                self.expr(value, LOAD)
            }
            ExprKind::Yield { value } => self.opt(value, LOAD),
            ExprKind::YieldFrom { value } | ExprKind::Await { value } => self.expr(value, LOAD),
            ExprKind::Compare { left, ops, comparators } => {
                require(!comparators.is_empty(), "Compare with no comparators")?;
                require(
                    comparators.len() == ops.len(),
                    "Compare has a different number of comparators and operands",
                )?;
                self.exprs(comparators, LOAD)?;
                self.expr(left, LOAD)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func, LOAD)?;
                self.exprs(args, LOAD)?;
                self.keywords(keywords)
            }
            ExprKind::Constant { value, .. } => self.constant(&value),
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => self.exprs(values, LOAD),
            ExprKind::Interpolation { value, ref str, format_spec, .. } => {
                self.constant(str)?;
                self.expr(value, LOAD)?;
                self.opt(format_spec, LOAD)
            }
            ExprKind::FormattedValue { value, format_spec, .. } => {
                self.expr(value, LOAD)?;
                self.opt(format_spec, LOAD)
            }
            ExprKind::Attribute { value, .. } => self.expr(value, LOAD),
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(slice, LOAD)?;
                self.expr(value, LOAD)
            }
            ExprKind::Starred { value, .. } => self.expr(value, ctx),
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().try_for_each(|part| self.opt(part, LOAD))
            }
            ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts, ctx),
            ExprKind::NamedExpr { target, value } => {
                if !matches!(target.kind, ExprKind::Name { .. }) {
                    return Err(type_error("NamedExpr target must be a Name"));
                }
                self.expr(value, LOAD)
            }
            ExprKind::Name { .. } => Ok(()),
        }
    }

    fn generators(&self, generators: &[Comprehension<'_>]) -> Result<()> {
        require(!generators.is_empty(), "comprehension with no generators")?;
        generators.iter().try_for_each(|generator| {
            self.expr(generator.target, STORE)?;
            self.expr(generator.iter, LOAD)?;
            self.exprs(generator.ifs, LOAD)
        })
    }

    /// Constants can be nested too.
    fn constant(&self, value: &Constant<'_>) -> Result<()> {
        match value {
            Constant::Tuple(items) | Constant::FrozenSet(items) => {
                self.guard.check()?;
                items.iter().try_for_each(|item| self.constant(item))
            }
            Constant::Invalid(ty) => Err(type_error(&format!("got an invalid type in Constant: {ty}"))),
            _ => Ok(()),
        }
    }

    fn patterns(&self, patterns: &[Pattern<'_>], star_ok: bool) -> Result<()> {
        patterns.iter().try_for_each(|pattern| self.pattern(pattern, star_ok))
    }

    fn pattern(&self, pattern: &Pattern<'_>, star_ok: bool) -> Result<()> {
        positions(pattern.loc)?;
        self.guard.check()?;
        match pattern.kind {
            PatternKind::MatchValue { value } => self.literal_pattern(value),
            PatternKind::MatchSingleton { value } => require(
                matches!(value, Constant::None | Constant::True | Constant::False),
                "MatchSingleton can only contain True, False and None",
            ),
            PatternKind::MatchSequence { patterns } => self.patterns(patterns, true),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                require(
                    keys.len() == patterns.len(),
                    "MatchMapping doesn't have the same number of keys as patterns",
                )?;
                capture(rest)?;
                for key in keys {
                    let singleton = matches!(
                        key.kind,
                        ExprKind::Constant { value: Constant::None | Constant::True | Constant::False, .. }
                    );
                    if !singleton {
                        self.literal_pattern(key)?;
                    }
                }
                self.patterns(patterns, false)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                require(
                    kwd_attrs.len() == kwd_patterns.len(),
                    "MatchClass doesn't have the same number of keyword attributes as patterns",
                )?;
                self.expr(cls, LOAD)?;
                let mut part = cls;
                while let ExprKind::Attribute { value, .. } = part.kind {
                    part = value;
                }
                require(
                    matches!(part.kind, ExprKind::Name { .. }),
                    "MatchClass cls field can only contain Name or Attribute nodes.",
                )?;
                kwd_attrs.iter().try_for_each(|attr| name(attr))?;
                self.patterns(patterns, false)?;
                self.patterns(kwd_patterns, false)
            }
            PatternKind::MatchStar { name } => {
                require(star_ok, "can't use MatchStar here")?;
                capture(name)
            }
            PatternKind::MatchAs { pattern, name } => {
                capture(name)?;
                match pattern {
                    None => Ok(()),
                    Some(_) if name.is_none() => {
                        Err(value_error("MatchAs must specify a target name if a pattern is given"))
                    }
                    Some(pattern) => self.pattern(pattern, false),
                }
            }
            PatternKind::MatchOr { patterns } => {
                require(patterns.len() >= 2, "MatchOr requires at least 2 patterns")?;
                self.patterns(patterns, false)
            }
        }
    }

    /// What a value pattern may compare with.
    fn literal_pattern(&self, expr: &Expr<'_>) -> Result<()> {
        self.expr(expr, LOAD)?;
        let allowed = match expr.kind {
            ExprKind::Constant { value, .. } => {
                return require(
                    matches!(
                        value,
                        Constant::Int(_)
                            | Constant::Float(_)
                            | Constant::Bytes(_)
                            | Constant::Complex { .. }
                            | Constant::Str(_)
                    ),
                    "unexpected constant inside of a literal pattern",
                );
            }
            ExprKind::Attribute { .. } | ExprKind::JoinedStr { .. } | ExprKind::TemplateStr { .. } => true,
            ExprKind::UnaryOp { .. } => is_negative(expr, true),
            ExprKind::BinOp { left, op: Operator::Add | Operator::Sub, right } => {
                (is_number(left, true, false) || is_negative(left, false)) && is_number(right, false, true)
            }
            _ => false,
        };
        require(allowed, "patterns may only match literals and attribute lookups")
    }
}

fn is_number(expr: &Expr<'_>, real: bool, imaginary: bool) -> bool {
    match expr.kind {
        ExprKind::Constant { value, .. } => match value {
            Constant::Int(_) | Constant::Float(_) => real,
            Constant::Complex { .. } => imaginary,
            _ => false,
        },
        _ => false,
    }
}

fn is_negative(expr: &Expr<'_>, imaginary: bool) -> bool {
    match expr.kind {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => is_number(operand, true, imaginary),
        _ => false,
    }
}
