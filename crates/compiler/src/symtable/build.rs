//! The first pass over statements: which block is in which, and what each says about its names.

use syntax::ast::{
    Alias, Arguments, ClassDef, Constant, ExceptHandler, Expr, ExprKind, For, FunctionDef, Loc, MatchCase,
    Mod, Stmt, StmtKind, Try, TypeParam, With,
};

use super::scopes::{Builder, TypeParamsOwner};
use super::{
    BlockKey, BlockKind, DEF_ANNOT, DEF_GLOBAL, DEF_IMPORT, DEF_LOCAL, DEF_NONLOCAL, DEF_PARAM, SymbolTable,
    USE,
};
use crate::error::{CompileError, ErrorKind, Result, StackGuard};
use crate::future::Future;
use crate::names::{FastMap, Names, Sym};

/// Walks the whole tree.
pub(super) fn build<'a>(
    tree: &Mod<'a>,
    names: Names<'a>,
    future: &Future,
    guard: StackGuard,
) -> Result<SymbolTable<'a>> {
    let table = SymbolTable { names, blocks: Vec::new(), keys: FastMap::default(), mangled_sets: Vec::new() };
    let mut builder = Builder { table, stack: Vec::new(), private: None, future, guard };
    builder.enter(Sym::TOP, BlockKind::Module, None, Loc::default())?;
    match tree {
        Mod::Module { body, .. } => {
            builder.block().has_docstring = docstring(body).is_some();
            builder.stmts(body)?;
        }
        Mod::Interactive { body } => builder.stmts(body)?,
        Mod::Expression { body } => builder.expr(body)?,
        Mod::FunctionType { .. } => {
            return Err(CompileError::other(
                ErrorKind::RuntimeError,
                "this compiler does not handle FunctionTypes",
            ));
        }
    }
    Ok(builder.table)
}

/// The documentation string at the head of a body.
pub(crate) fn docstring<'a>(body: &[Stmt<'a>]) -> Option<&'a [u8]> {
    match body.first()?.kind {
        StmtKind::Expr { value } => match value.kind {
            ExprKind::Constant { value: Constant::Str(text), .. } => Some(text),
            _ => None,
        },
        _ => None,
    }
}

impl<'a> Builder<'_, 'a> {
    pub fn stmts(&mut self, body: &'a [Stmt<'a>]) -> Result<()> {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    /// Statements that may be skipped or repeated: annotations in them are recorded as conditional.
    fn conditional(&mut self, visit: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let before = std::mem::replace(&mut self.block().in_conditional_block, true);
        visit(self)?;
        self.block().in_conditional_block = before;
        Ok(())
    }

    fn stmt(&mut self, stmt: &'a Stmt<'a>) -> Result<()> {
        self.guard.check()?;
        match stmt.kind {
            StmtKind::FunctionDef(def) => self.function(def, stmt.loc, false),
            StmtKind::AsyncFunctionDef(def) => self.function(def, stmt.loc, true),
            StmtKind::ClassDef(def) => self.class(def, stmt.loc),
            StmtKind::TypeAlias { name, type_params, value } => {
                self.type_alias(name, type_params, value, stmt.loc)
            }
            StmtKind::Return { value } => self.opt_expr(value),
            StmtKind::Delete { targets } => self.exprs(targets),
            StmtKind::Assign { targets, value, .. } => {
                self.exprs(targets)?;
                self.expr(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target)?;
                self.expr(value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.ann_assign(target, annotation, value, simple != 0, stmt.loc)
            }
            StmtKind::For(node) => self.for_loop(node),
            StmtKind::AsyncFor(node) => {
                self.require_coroutine("'async for' outside async function", stmt.loc)?;
                self.for_loop(node)
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.expr(test)?;
                self.conditional(|this| {
                    this.stmts(body)?;
                    this.stmts(orelse)
                })
            }
            StmtKind::With(node) => self.with(node),
            StmtKind::AsyncWith(node) => {
                self.require_coroutine("'async with' outside async function", stmt.loc)?;
                self.with(node)
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                self.conditional(|this| cases.iter().try_for_each(|case| this.match_case(case)))
            }
            StmtKind::Raise { exc, cause } => {
                self.opt_expr(exc)?;
                self.opt_expr(if exc.is_some() { cause } else { None })
            }
            StmtKind::Try(node) | StmtKind::TryStar(node) => self.try_stmt(node),
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.opt_expr(msg)
            }
            StmtKind::Import { names } => names.iter().try_for_each(|alias| self.alias(alias)),
            StmtKind::ImportFrom { module, names, level } => {
                names.iter().try_for_each(|alias| self.alias(alias))?;
                self.check_future_import(module, level.unwrap_or(0), stmt.loc)
            }
            StmtKind::Global { names } => self.directive(names, DEF_GLOBAL, stmt.loc),
            StmtKind::Nonlocal { names } => self.directive(names, DEF_NONLOCAL, stmt.loc),
            StmtKind::Expr { value } => self.expr(value),
            StmtKind::Pass | StmtKind::Break | StmtKind::Continue => Ok(()),
        }
    }

    fn function(&mut self, def: &'a FunctionDef<'a>, loc: Loc, is_async: bool) -> Result<()> {
        let name = self.intern(def.name);
        self.add_def(name, DEF_LOCAL, loc)?;
        self.defaults(def.args)?;
        self.exprs(def.decorator_list)?;
        let generic = !def.type_params.is_empty();
        if generic {
            let kwdefaults = def.args.kw_defaults.iter().any(Option::is_some);
            let owner = TypeParamsOwner::Function { kwdefaults };
            self.enter_type_params(name, BlockKey::type_params(def.type_params), owner, loc)?;
            self.type_params(def.type_params)?;
        }
        // Made before the annotations are visited, which are in the block around it.
        let block = self.new_block(name, BlockKind::Function, Some(BlockKey::node(def)), loc);
        self.table.block_mut(block).has_docstring = docstring(def.body).is_some();
        self.function_annotations(def.args, def.returns, loc)?;
        self.enter_existing(block);
        if is_async {
            self.block().coroutine = true;
        }
        self.arguments(def.args)?;
        self.stmts(def.body)?;
        self.exit();
        if generic {
            self.exit();
        }
        Ok(())
    }

    fn class(&mut self, def: &'a ClassDef<'a>, loc: Loc) -> Result<()> {
        let name = self.intern(def.name);
        self.add_def(name, DEF_LOCAL, loc)?;
        self.exprs(def.decorator_list)?;
        let outer_private = self.private;
        let generic = !def.type_params.is_empty();
        if generic {
            self.enter_type_params(
                name,
                BlockKey::type_params(def.type_params),
                TypeParamsOwner::Class,
                loc,
            )?;
            self.private = Some(name);
            self.start_mangled_names();
            self.type_params(def.type_params)?;
        }
        self.exprs(def.bases)?;
        self.check_keywords(def.keywords)?;
        self.keywords(def.keywords)?;
        self.enter(name, BlockKind::Class, Some(BlockKey::node(def)), loc)?;
        self.private = Some(name);
        if generic {
            self.add_def(Sym::TYPE_PARAMS, DEF_LOCAL, loc)?;
            self.add_def(Sym::DOT_TYPE_PARAMS, USE, loc)?;
        }
        self.block().has_docstring = docstring(def.body).is_some();
        self.stmts(def.body)?;
        self.exit();
        if generic {
            self.exit();
        }
        self.private = outer_private;
        Ok(())
    }

    fn type_alias(
        &mut self,
        name: &'a Expr<'a>,
        type_params: &'a [TypeParam<'a>],
        value: &'a Expr<'a>,
        loc: Loc,
    ) -> Result<()> {
        self.expr(name)?;
        let ExprKind::Name { id, .. } = name.kind else { return Ok(()) };
        let ident = self.intern(id);
        let in_class = self.block().kind == BlockKind::Class;
        let generic = !type_params.is_empty();
        if generic {
            let key = BlockKey::type_params(type_params);
            self.enter_type_params(ident, key, TypeParamsOwner::TypeAlias, loc)?;
            self.type_params(type_params)?;
        }
        self.enter(ident, BlockKind::TypeAlias, Some(BlockKey::node(name)), loc)?;
        self.block().can_see_class_scope = in_class;
        if in_class {
            self.add_def(Sym::CLASSDICT, USE, value.loc)?;
        }
        self.expr(value)?;
        self.exit();
        if generic {
            self.exit();
        }
        Ok(())
    }

    fn ann_assign(
        &mut self,
        target: &'a Expr<'a>,
        annotation: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
        simple: bool,
        loc: Loc,
    ) -> Result<()> {
        self.block().annotations_used = true;
        if let ExprKind::Name { id, .. } = target.kind {
            let name = self.intern(id);
            let cur = self.cur();
            let flags = self.lookup_in(cur, name);
            if simple && cur != SymbolTable::TOP && flags & (DEF_GLOBAL | DEF_NONLOCAL) != 0 {
                let what = if flags & DEF_GLOBAL != 0 { "global" } else { "nonlocal" };
                return Err(CompileError::syntax(format!("annotated name '{id}' can't be {what}"), loc));
            }
            if simple {
                self.add_def(name, DEF_ANNOT | DEF_LOCAL, target.loc)?;
            } else if value.is_some() {
                self.add_def(name, DEF_LOCAL, target.loc)?;
            }
        } else {
            self.expr(target)?;
        }
        self.variable_annotation(annotation)?;
        self.opt_expr(value)
    }

    /// The annotation of a variable: all those of a block share one annotation block.
    fn variable_annotation(&mut self, annotation: &'a Expr<'a>) -> Result<()> {
        let owner = self.cur();
        let (kind, known) = {
            let block = self.block();
            let conditional = match block.kind {
                BlockKind::Module => true,
                BlockKind::Class => block.in_conditional_block,
                _ => false,
            };
            let record = conditional && !block.has_conditional_annotations;
            block.has_conditional_annotations |= conditional;
            let facts = (block.kind, block.annotation_block);
            if record {
                self.add_def(Sym::CONDITIONAL_ANNOTATIONS, USE, annotation.loc)?;
            }
            facts
        };
        match known {
            Some(block) => self.enter_existing(block),
            None => {
                self.enter(Sym::ANNOTATE, BlockKind::Annotation, None, annotation.loc)?;
                let block = self.cur();
                self.table.block_mut(owner).annotation_block = Some(block);
                if kind == BlockKind::Class && !self.future_annotations() {
                    self.block().can_see_class_scope = true;
                    self.add_def(Sym::CLASSDICT, USE, annotation.loc)?;
                }
            }
        }
        // In a function nobody will ever evaluate it.
        let unevaluated = kind == BlockKind::Function;
        if unevaluated {
            self.block().in_unevaluated_annotation = true;
        }
        self.expr(annotation)?;
        if unevaluated {
            self.block().in_unevaluated_annotation = false;
        }
        self.exit();
        Ok(())
    }

    /// The annotations of a signature, evaluated together in a block of their own.
    fn function_annotations(
        &mut self,
        args: &'a Arguments<'a>,
        returns: Option<&'a Expr<'a>>,
        loc: Loc,
    ) -> Result<()> {
        let in_class = {
            let block = self.block();
            block.can_see_class_scope || block.kind == BlockKind::Class
        };
        self.enter(Sym::ANNOTATE, BlockKind::Annotation, Some(BlockKey::node(args)), loc)?;
        if in_class {
            self.block().can_see_class_scope = true;
            self.add_def(Sym::CLASSDICT, USE, loc)?;
        }
        let all = args
            .posonlyargs
            .iter()
            .chain(args.args)
            .chain(args.vararg)
            .chain(args.kwarg)
            .chain(args.kwonlyargs)
            .filter_map(|arg| arg.annotation)
            .chain(returns);
        for annotation in all {
            self.block().annotations_used = true;
            self.expr(annotation)?;
        }
        self.exit();
        Ok(())
    }

    /// The parameters, in the order their variables are numbered.
    pub fn arguments(&mut self, args: &'a Arguments<'a>) -> Result<()> {
        for arg in args.posonlyargs.iter().chain(args.args).chain(args.kwonlyargs) {
            let name = self.intern(arg.arg);
            self.add_def(name, DEF_PARAM, arg.loc)?;
        }
        if let Some(arg) = args.vararg {
            let name = self.intern(arg.arg);
            self.add_def(name, DEF_PARAM, arg.loc)?;
            self.block().varargs = true;
        }
        if let Some(arg) = args.kwarg {
            let name = self.intern(arg.arg);
            self.add_def(name, DEF_PARAM, arg.loc)?;
            self.block().varkeywords = true;
        }
        Ok(())
    }

    fn for_loop(&mut self, node: &'a For<'a>) -> Result<()> {
        self.expr(node.target)?;
        self.expr(node.iter)?;
        self.conditional(|this| {
            this.stmts(node.body)?;
            this.stmts(node.orelse)
        })
    }

    fn with(&mut self, node: &'a With<'a>) -> Result<()> {
        self.conditional(|this| {
            for item in node.items {
                this.expr(item.context_expr)?;
                this.opt_expr(item.optional_vars)?;
            }
            this.stmts(node.body)
        })
    }

    fn try_stmt(&mut self, node: &'a Try<'a>) -> Result<()> {
        self.conditional(|this| {
            this.stmts(node.body)?;
            node.handlers.iter().try_for_each(|handler| this.handler(handler))?;
            this.stmts(node.orelse)?;
            this.stmts(node.finalbody)
        })
    }

    fn handler(&mut self, handler: &'a ExceptHandler<'a>) -> Result<()> {
        self.opt_expr(handler.type_)?;
        if let Some(name) = handler.name {
            let name = self.intern(name);
            self.add_def(name, DEF_LOCAL, handler.loc)?;
        }
        self.stmts(handler.body)
    }

    fn match_case(&mut self, case: &'a MatchCase<'a>) -> Result<()> {
        self.pattern(case.pattern)?;
        self.opt_expr(case.guard)?;
        self.stmts(case.body)
    }

    fn alias(&mut self, alias: &'a Alias<'a>) -> Result<()> {
        let name = alias.asname.unwrap_or(alias.name);
        if name == "*" {
            if self.block().kind != BlockKind::Module {
                return Err(CompileError::syntax("import * only allowed at module level", alias.loc));
            }
            return Ok(());
        }
        // `import a.b` binds `a`.
        let bound = name.split('.').next().unwrap_or(name);
        let bound = self.intern(bound);
        self.add_def(bound, DEF_IMPORT, alias.loc)
    }

    fn check_future_import(&mut self, module: Option<&str>, level: i32, loc: Loc) -> Result<()> {
        let last = self.future.loc;
        if module == Some("__future__")
            && level == 0
            && (loc.line > last.line || loc.line == last.end_line && loc.col > last.end_col)
        {
            return Err(CompileError::syntax(
                "from __future__ imports must occur at the beginning of the file",
                loc,
            ));
        }
        Ok(())
    }

    fn directive(&mut self, names: &'a [&'a str], flag: u32, loc: Loc) -> Result<()> {
        let what = if flag == DEF_GLOBAL { "global" } else { "nonlocal" };
        for &ident in names {
            let name = self.intern(ident);
            let cur = self.cur();
            let flags = self.lookup_in(cur, name);
            let complaint = if flags & DEF_PARAM != 0 {
                format!("name '{ident}' is parameter and {what}")
            } else if flags & USE != 0 {
                format!("name '{ident}' is used prior to {what} declaration")
            } else if flags & DEF_ANNOT != 0 {
                format!("annotated name '{ident}' can't be {what}")
            } else if flags & DEF_LOCAL != 0 {
                format!("name '{ident}' is assigned to before {what} declaration")
            } else {
                self.add_def(name, flag, loc)?;
                self.record_directive(name, loc);
                continue;
            };
            return Err(CompileError::syntax(complaint, loc));
        }
        Ok(())
    }

    fn require_coroutine(&mut self, complaint: &str, loc: Loc) -> Result<()> {
        if self.allows_top_level_await() {
            self.block().coroutine = true;
        }
        if self.block().coroutine { Ok(()) } else { Err(CompileError::syntax(complaint, loc)) }
    }
}
