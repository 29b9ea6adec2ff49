//! Functions and lambdas: defaults, annotations, bodies.

use bytecode::args::function_attribute::{DEFAULTS, KWDEFAULTS};
use bytecode::{args, op};
use syntax::ast::{Arguments, Expr, FunctionDef, Loc};

use super::Compiler;
use super::scope::NewScope;
use super::stmt::docstring_const;
use super::unit::{ArgCounts, FrameBlockKind, ScopeKind};
use crate::error::Result;
use crate::instr::NO_LOCATION;
use crate::names::Sym;
use crate::symtable::{BlockKey, docstring};

impl<'a> Compiler<'_, 'a> {
    #[inline(never)]
    pub(super) fn function(&mut self, def: &'a FunctionDef<'a>, loc: Loc, is_async: bool) -> Result<()> {
        self.exprs(def.decorator_list)?;
        let firstlineno = def.decorator_list.first().map_or(loc.line, |decorator| decorator.loc.line);
        let mut attributes = self.default_arguments(def.args, loc)?;
        let name = self.intern(def.name);
        let generic = !def.type_params.is_empty();
        // Defaults are evaluated outside the scope of the type parameters and passed in.
        let passed = (attributes & (DEFAULTS | KWDEFAULTS)).count_ones();
        if generic {
            if passed == 2 {
                self.op_arg(loc, op::SWAP, 2);
            }
            self.enter_type_params_scope(name, def.type_params, firstlineno, passed, None)?;
            self.type_params(def.type_params)?;
            for number in 0..passed {
                self.op_arg(loc, op::LOAD_FAST, number);
            }
        }
        attributes |= self.function_annotations(def.args, def.returns, loc)?;
        self.function_body(def, name, is_async, attributes, firstlineno, loc)?;
        if generic {
            self.op_arg(loc, op::SWAP, 2);
            self.op_arg(loc, op::CALL_INTRINSIC_2, args::intrinsic::SET_FUNCTION_TYPE_PARAMS);
            let code = self.finish_scope(false)?;
            self.make_closure(loc, code, 0)?;
            if passed > 0 {
                self.op_arg(loc, op::SWAP, passed + 1);
                self.op_arg(loc, op::CALL, passed - 1);
            } else {
                self.op(loc, op::PUSH_NULL);
                self.op_arg(loc, op::CALL, 0);
            }
        }
        self.apply_decorators(def.decorator_list);
        self.store(loc, name)
    }

    pub(super) fn apply_decorators(&mut self, decorators: &'a [Expr<'a>]) {
        for decorator in decorators.iter().rev() {
            self.op_arg(decorator.loc, op::CALL, 0);
        }
    }

    fn function_body(
        &mut self,
        def: &'a FunctionDef<'a>,
        name: Sym,
        is_async: bool,
        attributes: u32,
        firstlineno: i32,
        loc: Loc,
    ) -> Result<()> {
        let kind = if is_async { ScopeKind::AsyncFunction } else { ScopeKind::Function };
        let id = self.table.lookup(BlockKey::node(def))?;
        let block = self.table.block(id);
        let guarded = block.coroutine || block.generator;
        let has_docstring = block.has_docstring;
        let mut scope = NewScope::new(kind, name, id, firstlineno);
        scope.counts = arg_counts(def.args);
        let handler = if guarded {
            Some(self.enter_guarded_scope(scope))
        } else {
            self.enter_scope(scope);
            None
        };
        let mut body = def.body;
        if has_docstring
            && let Some(doc) = docstring(body)
            && let Some((_, rest)) = body.split_first()
        {
            // By its place, the first constant, it is recognised.
            self.unit.add_const(docstring_const(doc)?);
            body = rest;
        }
        if handler.is_some() {
            self.push_block(NO_LOCATION, FrameBlockKind::StopIteration, None, None)?;
        }
        self.stmts(body)?;
        if let Some(handler) = handler {
            self.stop_iteration_guard(handler);
            self.pop_block();
        }
        let code = self.finish_scope(true)?;
        self.make_closure(loc, code, attributes)
    }

    #[inline(never)]
    pub(super) fn lambda(
        &mut self,
        expr: &'a Expr<'a>,
        args: &'a Arguments<'a>,
        body: &'a Expr<'a>,
    ) -> Result<()> {
        let loc = expr.loc;
        let attributes = self.default_arguments(args, loc)?;
        let block = self.table.lookup(BlockKey::node(expr))?;
        let mut scope = NewScope::new(ScopeKind::Lambda, Sym::ANON_LAMBDA, block, loc.line);
        scope.counts = arg_counts(args);
        self.enter_scope(scope);
        self.expr(body)?;
        let code = if self.block().generator {
            self.finish_scope(false)?
        } else {
            self.op(body.loc, op::RETURN_VALUE);
            self.finish_scope(true)?
        };
        self.make_closure(loc, code, attributes)
    }

    /// Pushes the default values; the result tells which attributes of the function they are for.
    fn default_arguments(&mut self, args: &'a Arguments<'a>, loc: Loc) -> Result<u32> {
        let mut attributes = 0;
        if !args.defaults.is_empty() {
            self.exprs(args.defaults)?;
            self.op_len(loc, op::BUILD_TUPLE, args.defaults.len());
            attributes |= DEFAULTS;
        }
        let mut count = 0;
        for (arg, default) in args.kwonlyargs.iter().zip(args.kw_defaults) {
            if let Some(default) = default {
                let name = self.intern(arg.arg);
                let mangled = self.mangled(name);
                self.load_name_const(loc, mangled);
                self.expr(default)?;
                count += 1;
            }
        }
        if count > 0 {
            self.op_arg(loc, op::BUILD_MAP, count);
            attributes |= KWDEFAULTS;
        }
        Ok(attributes)
    }
}

fn arg_counts(args: &Arguments<'_>) -> ArgCounts {
    ArgCounts {
        args: args.args.len() as u32,
        posonly: args.posonlyargs.len() as u32,
        kwonly: args.kwonlyargs.len() as u32,
    }
}
