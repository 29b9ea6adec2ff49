//! Type parameters and type aliases.

use bytecode::args::intrinsic;
use bytecode::op;
use syntax::ast::{Expr, ExprKind, Loc, TypeParam, TypeParamKind};

use super::Compiler;
use super::scope::NewScope;
use super::unit::{ArgCounts, ScopeKind};
use crate::error::Result;
use crate::names::Sym;
use crate::symtable::BlockKey;

impl<'a> Compiler<'_, 'a> {
    /// Opens the scope of the type parameters of `owner`.
    pub(super) fn enter_type_params_scope(
        &mut self,
        owner: Sym,
        params: &'a [TypeParam<'a>],
        firstlineno: i32,
        args: u32,
        private: Option<Sym>,
    ) -> Result<()> {
        let name = format!("<generic parameters of {}>", self.table.names.text(owner));
        let name = self.table.names.intern_owned(&name);
        let block = self.table.lookup(BlockKey::type_params(params))?;
        let mut scope = NewScope::new(ScopeKind::Annotations, name, block, firstlineno);
        scope.counts = ArgCounts { args, ..ArgCounts::default() };
        scope.private = private;
        self.enter_scope(scope);
        Ok(())
    }

    /// Makes the parameters, binds their names and leaves a tuple of them on the stack.
    pub(super) fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result<()> {
        let mut seen_default = false;
        for param in params {
            let loc = param.loc;
            let (id, default) = match param.kind {
                TypeParamKind::TypeVar { name, default_value, .. }
                | TypeParamKind::ParamSpec { name, default_value }
                | TypeParamKind::TypeVarTuple { name, default_value } => (name, default_value),
            };
            let name = self.intern(id);
            self.load_name_const(loc, name);
            let mut default_key = BlockKey::node(param);
            let mut allow_starred = false;
            match param.kind {
                TypeParamKind::TypeVar { bound: Some(bound), .. } => {
                    self.type_evaluator(bound, name, BlockKey::node(param), false)?;
                    let intrinsic = match bound.kind {
                        ExprKind::Tuple { .. } => intrinsic::TYPEVAR_WITH_CONSTRAINTS,
                        _ => intrinsic::TYPEVAR_WITH_BOUND,
                    };
                    self.op_arg(loc, op::CALL_INTRINSIC_2, intrinsic);
                    default_key = BlockKey::default_of(param);
                }
                TypeParamKind::TypeVar { bound: None, .. } => {
                    self.op_arg(loc, op::CALL_INTRINSIC_1, intrinsic::TYPEVAR);
                    default_key = BlockKey::default_of(param);
                }
                TypeParamKind::TypeVarTuple { .. } => {
                    self.op_arg(loc, op::CALL_INTRINSIC_1, intrinsic::TYPEVARTUPLE);
                    allow_starred = true;
                }
                TypeParamKind::ParamSpec { .. } => {
                    self.op_arg(loc, op::CALL_INTRINSIC_1, intrinsic::PARAMSPEC);
                }
            }
            match default {
                Some(default) => {
                    seen_default = true;
                    self.type_evaluator(default, name, default_key, allow_starred)?;
                    self.op_arg(loc, op::CALL_INTRINSIC_2, intrinsic::SET_TYPEPARAM_DEFAULT);
                }
                None if seen_default => {
                    return Err(self.syntax_error(
                        format!("non-default type parameter '{id}' follows default type parameter"),
                        loc,
                    ));
                }
                None => {}
            }
            self.op_arg(loc, op::COPY, 1);
            self.store(loc, name)?;
        }
        if let Some(first) = params.first() {
            self.op_len(first.loc, op::BUILD_TUPLE, params.len());
        }
        Ok(())
    }

    /// Makes the function that evaluates a bound or default.
    fn type_evaluator(
        &mut self,
        expr: &'a Expr<'a>,
        name: Sym,
        key: BlockKey,
        allow_starred: bool,
    ) -> Result<()> {
        let loc = expr.loc;
        self.load_evaluator_defaults(loc);
        self.enter_annotations_scope(loc, name, key)?;
        match expr.kind {
            ExprKind::Starred { value, .. } if allow_starred => {
                self.expr(value)?;
                self.op_arg(loc, op::UNPACK_SEQUENCE, 1);
            }
            _ => self.expr(expr)?,
        }
        self.finish_evaluator(loc, true)
    }

    #[inline(never)]
    pub(super) fn type_alias(
        &mut self,
        target: &'a Expr<'a>,
        params: &'a [TypeParam<'a>],
        value: &'a Expr<'a>,
        loc: Loc,
    ) -> Result<()> {
        let Some(id) = Self::name_of(target) else {
            return Err(self.system_error("type alias without a name"));
        };
        let name = self.intern(id);
        let generic = !params.is_empty();
        if generic {
            self.enter_type_params_scope(name, params, loc.line, 0, None)?;
            self.load_name_const(loc, name);
            self.type_params(params)?;
        } else {
            self.load_name_const(loc, name);
            self.load_none(loc);
        }
        self.load_evaluator_defaults(loc);
        self.enter_annotations_scope(loc, name, BlockKey::node(target))?;
        self.expr(value)?;
        self.finish_evaluator(loc, false)?;
        self.op_arg(loc, op::BUILD_TUPLE, 3);
        self.op_arg(loc, op::CALL_INTRINSIC_1, intrinsic::TYPEALIAS);
        if generic {
            let code = self.finish_scope(false)?;
            self.make_closure(loc, code, 0)?;
            self.op(loc, op::PUSH_NULL);
            self.op_arg(loc, op::CALL, 0);
        }
        self.store(loc, name)
    }
}
