//! Expressions: the dispatcher and the simple ones.

use bytecode::args::{compare, intrinsic, nb};
use bytecode::op;
use syntax::ast::{BoolOp, CmpOp, Expr, ExprContext, ExprKind, Loc, UnaryOp};

use super::Compiler;
use super::assign::{attribute_location, is_two_part_slice};
use super::consts::{as_constant, constant_value};
use crate::error::Result;
use crate::instr::NO_LOCATION;
use crate::names::Sym;
use crate::symtable::Scope;

impl<'a> Compiler<'_, 'a> {
    pub(super) fn exprs(&mut self, exprs: &'a [Expr<'a>]) -> Result<()> {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn expr(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        self.guard.check()?;
        let loc = expr.loc;
        match expr.kind {
            ExprKind::Name { id, ctx } => {
                let name = self.intern(id);
                self.name_op(loc, name, ctx)
            }
            ExprKind::Constant { value, .. } => self.load_constant(loc, &value),
            ExprKind::Attribute { value, attr, ctx } => self.attribute(expr, value, attr, ctx),
            ExprKind::Call { func, args, keywords } => self.call(expr, func, args, keywords),
            ExprKind::Subscript { value, slice, ctx } => self.subscript(value, slice, ctx, loc),
            ExprKind::BinOp { left, op, right } => {
                self.expr(left)?;
                self.expr(right)?;
                self.binary_op(loc, op, false);
                Ok(())
            }
            ExprKind::UnaryOp { op, operand } => {
                self.expr(operand)?;
                self.unary_op(loc, op);
                Ok(())
            }
            ExprKind::BoolOp { op, values } => self.bool_op(op, values, loc),
            ExprKind::Compare { left, ops, comparators } => self.compare(loc, left, ops, comparators),
            ExprKind::IfExp { test, body, orelse } => self.if_exp(test, body, orelse),
            ExprKind::Tuple { elts, ctx } => self.tuple(elts, ctx, loc),
            ExprKind::List { elts, ctx } => self.list(elts, ctx, loc),
            ExprKind::Set { elts } => self.set(elts, loc),
            ExprKind::Dict { keys, values } => self.dict(keys, values, loc),
            ExprKind::JoinedStr { values } => self.joined_str(values, loc),
            ExprKind::TemplateStr { values } => self.template_str(values, loc),
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.formatted_value(value, conversion, format_spec, loc)
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                self.interpolation(value, &str, conversion, format_spec, loc)
            }
            ExprKind::Lambda { args, body } => self.lambda(expr, args, body),
            ExprKind::NamedExpr { target, value } => {
                self.expr(value)?;
                self.op_arg(loc, op::COPY, 1);
                self.expr(target)
            }
            ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. }
            | ExprKind::GeneratorExp { .. } => self.comprehension(expr),
            ExprKind::Yield { value } => self.yield_expr(expr, value),
            ExprKind::YieldFrom { value } => self.yield_from_expr(expr, value),
            ExprKind::Await { value } => {
                self.expr(value)?;
                self.await_top(loc, 0);
                Ok(())
            }
            ExprKind::Starred { ctx: ExprContext::Store, .. } => {
                Err(self.syntax_error("starred assignment target must be in a list or tuple", loc))
            }
            ExprKind::Starred { .. } => Err(self.syntax_error("can't use starred expression here", loc)),
            ExprKind::Slice { lower, upper, step } => self.slice(lower, upper, step, loc),
        }
    }

    #[inline(never)]
    fn attribute(
        &mut self,
        expr: &'a Expr<'a>,
        value: &'a Expr<'a>,
        attr: &'a str,
        ctx: ExprContext,
    ) -> Result<()> {
        let name = self.intern(attr);
        match ctx {
            ExprContext::Load => {
                if let Some(two_args) = self.super_call(value, name)? {
                    self.load_super_args(value)?;
                    let index = self.name_index(name);
                    self.op_arg(expr.loc, op::LOAD_SUPER_ATTR, index << 2 | u32::from(two_args) << 1);
                    self.op(attribute_location(expr.loc, expr.loc, attr), op::NOP);
                    return Ok(());
                }
            }
            ExprContext::Store => {
                if Self::name_of(value) == Some("self") {
                    self.note_static_attribute(name);
                }
            }
            ExprContext::Del => {}
        }
        self.expr(value)?;
        let loc = attribute_location(expr.loc, expr.loc, attr);
        let index = self.name_index(name);
        match ctx {
            ExprContext::Load => self.op_arg(loc, op::LOAD_ATTR, index << 1),
            ExprContext::Store => self.op_arg(loc, op::STORE_ATTR, index),
            ExprContext::Del => self.op_arg(loc, op::DELETE_ATTR, index),
        }
        Ok(())
    }

    /// Whether the value of an attribute access is a `super` call that one instruction can do without
    /// making the object; if so, whether it has both arguments.
    pub(super) fn super_call(&mut self, value: &'a Expr<'a>, attr: Sym) -> Result<Option<bool>> {
        let ExprKind::Call { func, args, keywords } = value.kind else { return Ok(None) };
        let plain = Self::name_of(func) == Some("super") && attr != Sym::CLASS && keywords.is_empty();
        // The name must not be bound by the program itself, as far as one can see.
        if !plain
            || self.block().scope(Sym::SUPER) != Scope::GlobalImplicit
            || self.table.block(crate::symtable::SymbolTable::TOP).scope(Sym::SUPER) != Scope::Unknown
        {
            return Ok(None);
        }
        match args {
            [first, second] => {
                let starred = |arg: &Expr<'_>| matches!(arg.kind, ExprKind::Starred { .. });
                Ok((!starred(first) && !starred(second)).then_some(true))
            }
            // Without arguments: the class cell and the first parameter.
            [] if self.unit.counts.args + self.unit.counts.posonly > 0 => {
                Ok((self.block().scope(Sym::CLASS) == Scope::Free).then_some(false))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn load_super_args(&mut self, call: &'a Expr<'a>) -> Result<()> {
        let ExprKind::Call { func, args, .. } = call.kind else { return Ok(()) };
        self.load(func.loc, Sym::SUPER)?;
        if let [first, second] = args {
            self.expr(first)?;
            return self.expr(second);
        }
        self.load(call.loc, Sym::CLASS)?;
        match self.unit.varnames.entries().first() {
            Some(&(first, ())) => self.load(call.loc, first),
            None => Err(self.system_error("super() in a function without parameters")),
        }
    }

    #[inline(never)]
    fn subscript(
        &mut self,
        value: &'a Expr<'a>,
        slice: &'a Expr<'a>,
        ctx: ExprContext,
        loc: Loc,
    ) -> Result<()> {
        if ctx == ExprContext::Load {
            self.check_subscripter(value);
            self.check_index(value, slice);
        }
        self.expr(value)?;
        if ctx != ExprContext::Del
            && let Some((lower, upper)) = is_two_part_slice(slice)
        {
            self.slice_parts(slice.loc, lower, upper)?;
            self.op(loc, if ctx == ExprContext::Load { op::BINARY_SLICE } else { op::STORE_SLICE });
            return Ok(());
        }
        self.expr(slice)?;
        match ctx {
            ExprContext::Load => self.op_arg(loc, op::BINARY_OP, nb::SUBSCR),
            ExprContext::Store => self.op(loc, op::STORE_SUBSCR),
            ExprContext::Del => self.op(loc, op::DELETE_SUBSCR),
        }
        Ok(())
    }

    pub(super) fn slice_parts(
        &mut self,
        loc: Loc,
        lower: Option<&'a Expr<'a>>,
        upper: Option<&'a Expr<'a>>,
    ) -> Result<()> {
        for part in [lower, upper] {
            match part {
                Some(part) => self.expr(part)?,
                None => self.load_none(loc),
            }
        }
        Ok(())
    }

    #[inline(never)]
    fn slice(
        &mut self,
        lower: Option<&'a Expr<'a>>,
        upper: Option<&'a Expr<'a>>,
        step: Option<&'a Expr<'a>>,
        loc: Loc,
    ) -> Result<()> {
        let parts = [lower, upper, step];
        if parts.iter().flatten().all(|part| as_constant(part).is_some()) {
            let mut values = [bytecode::Const::None, bytecode::Const::None, bytecode::Const::None];
            for (value, part) in values.iter_mut().zip(parts) {
                if let Some(constant) = part.and_then(as_constant) {
                    *value = constant_value(&constant, self.guard)?;
                }
            }
            self.load_const(loc, bytecode::Const::Slice(std::sync::Arc::new(values)));
            return Ok(());
        }
        self.slice_parts(loc, lower, upper)?;
        let mut count = 2;
        if let Some(step) = step {
            self.expr(step)?;
            count = 3;
        }
        self.op_arg(loc, op::BUILD_SLICE, count);
        Ok(())
    }

    fn unary_op(&mut self, loc: Loc, operator: UnaryOp) {
        match operator {
            UnaryOp::UAdd => self.op_arg(loc, op::CALL_INTRINSIC_1, intrinsic::UNARY_POSITIVE),
            UnaryOp::Not => {
                self.op(loc, op::TO_BOOL);
                self.op(loc, op::UNARY_NOT);
            }
            UnaryOp::Invert => self.op(loc, op::UNARY_INVERT),
            UnaryOp::USub => self.op(loc, op::UNARY_NEGATIVE),
        }
    }

    #[inline(never)]
    fn bool_op(&mut self, operator: BoolOp, values: &'a [Expr<'a>], loc: Loc) -> Result<()> {
        let Some((last, others)) = values.split_last() else { return Ok(()) };
        let jump = if operator == BoolOp::And { op::JUMP_IF_FALSE } else { op::JUMP_IF_TRUE };
        let end = self.label();
        for value in others {
            self.expr(value)?;
            self.jump(loc, jump, end);
            self.op(loc, op::POP_TOP);
        }
        self.expr(last)?;
        self.place(end);
        Ok(())
    }

    #[inline(never)]
    fn compare(
        &mut self,
        loc: Loc,
        left: &'a Expr<'a>,
        ops: &'a [CmpOp],
        comparators: &'a [Expr<'a>],
    ) -> Result<()> {
        self.check_compare(loc, left, ops, comparators);
        self.expr(left)?;
        let last = ops.len().saturating_sub(1);
        let cleanup = if last > 0 { Some(self.label()) } else { None };
        for (index, (&operator, comparator)) in ops.iter().zip(comparators).enumerate() {
            self.expr(comparator)?;
            match cleanup {
                Some(cleanup) if index < last => {
                    self.op_arg(loc, op::SWAP, 2);
                    self.op_arg(loc, op::COPY, 2);
                    self.compare_op(loc, operator);
                    self.op_arg(loc, op::COPY, 1);
                    self.op(loc, op::TO_BOOL);
                    self.jump(loc, op::POP_JUMP_IF_FALSE, cleanup);
                    self.op(loc, op::POP_TOP);
                }
                _ => self.compare_op(loc, operator),
            }
        }
        if let Some(cleanup) = cleanup {
            let end = self.label();
            self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, end);
            self.place(cleanup);
            self.op_arg(loc, op::SWAP, 2);
            self.op(loc, op::POP_TOP);
            self.place(end);
        }
        Ok(())
    }

    pub(super) fn compare_op(&mut self, loc: Loc, operator: CmpOp) {
        let number = match operator {
            CmpOp::Eq => compare::EQ,
            CmpOp::NotEq => compare::NE,
            CmpOp::Lt => compare::LT,
            CmpOp::LtE => compare::LE,
            CmpOp::Gt => compare::GT,
            CmpOp::GtE => compare::GE,
            CmpOp::Is => return self.op_arg(loc, op::IS_OP, 0),
            CmpOp::IsNot => return self.op_arg(loc, op::IS_OP, 1),
            CmpOp::In => return self.op_arg(loc, op::CONTAINS_OP, 0),
            CmpOp::NotIn => return self.op_arg(loc, op::CONTAINS_OP, 1),
        };
        self.op_arg(loc, op::COMPARE_OP, compare::oparg(number));
    }
}
