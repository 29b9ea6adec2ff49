//! Assignments: plain, augmented, annotated; unpacking targets.

use bytecode::{args, op};
use syntax::ast::{Expr, ExprKind, Loc, Operator};

use super::Compiler;
use super::unit::{DeferredAnnotation, ScopeKind};
use crate::error::Result;
use crate::names::Sym;
use crate::symtable::Scope;

impl<'a> Compiler<'_, 'a> {
    #[inline(never)]
    pub(super) fn assign(&mut self, targets: &'a [Expr<'a>], value: &'a Expr<'a>, loc: Loc) -> Result<()> {
        self.expr(value)?;
        for (index, target) in targets.iter().enumerate() {
            if index + 1 < targets.len() {
                self.op_arg(loc, op::COPY, 1);
            }
            self.expr(target)?;
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn aug_assign(
        &mut self,
        target: &'a Expr<'a>,
        operator: Operator,
        value: &'a Expr<'a>,
        stmt_loc: Loc,
    ) -> Result<()> {
        let loc = target.loc;
        match target.kind {
            ExprKind::Attribute { value: object, attr, .. } => {
                self.expr(object)?;
                self.op_arg(loc, op::COPY, 1);
                let attr_loc = attribute_location(loc, target.loc, attr);
                let name = self.intern(attr);
                let index = self.name_index(name);
                self.op_arg(attr_loc, op::LOAD_ATTR, index << 1);
                self.expr(value)?;
                self.binary_op(stmt_loc, operator, true);
                self.op_arg(attr_loc, op::SWAP, 2);
                self.op_arg(attr_loc, op::STORE_ATTR, index);
            }
            ExprKind::Subscript { value: object, slice, .. } => {
                self.expr(object)?;
                let parts = is_two_part_slice(slice);
                if let Some((lower, upper)) = parts {
                    self.slice_parts(slice.loc, lower, upper)?;
                    for _ in 0..3 {
                        self.op_arg(loc, op::COPY, 3);
                    }
                    self.op(loc, op::BINARY_SLICE);
                } else {
                    self.expr(slice)?;
                    self.op_arg(loc, op::COPY, 2);
                    self.op_arg(loc, op::COPY, 2);
                    self.op_arg(loc, op::BINARY_OP, args::nb::SUBSCR);
                }
                self.expr(value)?;
                self.binary_op(stmt_loc, operator, true);
                if parts.is_some() {
                    self.op_arg(loc, op::SWAP, 4);
                    self.op_arg(loc, op::SWAP, 3);
                    self.op_arg(loc, op::SWAP, 2);
                    self.op(loc, op::STORE_SLICE);
                } else {
                    self.op_arg(loc, op::SWAP, 3);
                    self.op_arg(loc, op::SWAP, 2);
                    self.op(loc, op::STORE_SUBSCR);
                }
            }
            ExprKind::Name { id, .. } => {
                let name = self.intern(id);
                self.load(loc, name)?;
                self.expr(value)?;
                self.binary_op(stmt_loc, operator, true);
                self.store(loc, name)?;
            }
            _ => {
                let kind = expr_kind_number(target);
                return Err(self.system_error(format!("invalid node type ({kind}) for augmented assignment")));
            }
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn ann_assign(
        &mut self,
        target: &'a Expr<'a>,
        annotation: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
        simple: bool,
        loc: Loc,
    ) -> Result<()> {
        if let Some(value) = value {
            self.expr(value)?;
            self.expr(target)?;
        }
        match target.kind {
            ExprKind::Name { id, .. } => {
                if simple && matches!(self.unit.kind, ScopeKind::Module | ScopeKind::Class) {
                    let name = self.intern(id);
                    if self.future_annotations() {
                        self.annotation_text(annotation)?;
                        let index = self.name_index(Sym::ANNOTATIONS);
                        self.op_arg(loc, op::LOAD_NAME, index);
                        let mangled = self.mangled(name);
                        self.load_name_const(loc, mangled);
                        self.op(loc, op::STORE_SUBSCR);
                    } else {
                        self.defer_annotation(name, annotation, loc);
                    }
                }
            }
            ExprKind::Attribute { value: object, .. } => {
                if value.is_none() {
                    self.check_ann_expr(object)?;
                }
            }
            ExprKind::Subscript { value: object, slice, .. } => {
                if value.is_none() {
                    self.check_ann_expr(object)?;
                    self.check_ann_subscript(slice)?;
                }
            }
            _ => {
                let kind = expr_kind_number(target);
                return Err(self.system_error(format!("invalid node type ({kind}) for annotated assignment")));
            }
        }
        Ok(())
    }

    /// Leaves an annotation to `__annotate__`, with a note at run time if it is not sure to be reached.
    fn defer_annotation(&mut self, target: Sym, annotation: &'a Expr<'a>, loc: Loc) {
        let unit = &mut self.unit;
        let conditional = (unit.kind == ScopeKind::Module || unit.in_conditional_block > 0).then(|| {
            let number = unit.next_conditional_annotation;
            unit.next_conditional_annotation += 1;
            number
        });
        unit.deferred_annotations.push(DeferredAnnotation { target, annotation, loc, conditional });
        if let Some(number) = conditional {
            if self.unit.kind == ScopeKind::Class {
                let index = self.deref_index(Sym::CONDITIONAL_ANNOTATIONS, Scope::Cell);
                self.op_arg(loc, op::LOAD_DEREF, index);
            } else {
                let index = self.name_index(Sym::CONDITIONAL_ANNOTATIONS);
                self.op_arg(loc, op::LOAD_NAME, index);
            }
            self.load_int(loc, number as usize);
            self.op_arg(loc, op::SET_ADD, 1);
            self.op(loc, op::POP_TOP);
        }
    }

    /// The parts of an annotated target are evaluated even if nothing is assigned.
    fn check_ann_expr(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        self.expr(expr)?;
        self.op(expr.loc, op::POP_TOP);
        Ok(())
    }

    fn check_ann_subscript(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        self.guard.check()?;
        match expr.kind {
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().flatten().try_for_each(|part| self.check_ann_expr(part))
            }
            ExprKind::Tuple { elts, .. } => elts.iter().try_for_each(|elt| self.check_ann_subscript(elt)),
            _ => self.check_ann_expr(expr),
        }
    }

    pub(super) fn binary_op(&mut self, loc: Loc, operator: Operator, inplace: bool) {
        use args::nb;
        let number = match operator {
            Operator::Add => nb::ADD,
            Operator::Sub => nb::SUBTRACT,
            Operator::Mult => nb::MULTIPLY,
            Operator::MatMult => nb::MATRIX_MULTIPLY,
            Operator::Div => nb::TRUE_DIVIDE,
            Operator::Mod => nb::REMAINDER,
            Operator::Pow => nb::POWER,
            Operator::LShift => nb::LSHIFT,
            Operator::RShift => nb::RSHIFT,
            Operator::BitOr => nb::OR,
            Operator::BitXor => nb::XOR,
            Operator::BitAnd => nb::AND,
            Operator::FloorDiv => nb::FLOOR_DIVIDE,
        };
        self.op_arg(loc, op::BINARY_OP, if inplace { number + nb::INPLACE } else { number });
    }

    /// Unpacks the value on top of the stack into targets.
    pub(super) fn unpack_into(&mut self, loc: Loc, elts: &'a [Expr<'a>]) -> Result<()> {
        let count = elts.len();
        let is_starred = |elt: &Expr<'_>| matches!(elt.kind, ExprKind::Starred { .. });
        match elts.iter().position(is_starred) {
            None => self.op_len(loc, op::UNPACK_SEQUENCE, count),
            Some(before) => {
                let after = count - before - 1;
                if before >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                    return Err(self.syntax_error("too many expressions in star-unpacking assignment", loc));
                }
                self.op_len(loc, op::UNPACK_EX, before + (after << 8));
                if elts[before + 1..].iter().any(is_starred) {
                    return Err(self.syntax_error("multiple starred expressions in assignment", loc));
                }
            }
        }
        for elt in elts {
            match elt.kind {
                ExprKind::Starred { value, .. } => self.expr(value)?,
                _ => self.expr(elt)?,
            }
        }
        Ok(())
    }
}

/// The bounds of a slice that needs no slice object: without step and not constant.
pub(super) type SliceParts<'a> = (Option<&'a Expr<'a>>, Option<&'a Expr<'a>>);

/// Whether a subscript is such a slice.
pub(super) fn is_two_part_slice<'a>(slice: &Expr<'a>) -> Option<SliceParts<'a>> {
    match slice.kind {
        ExprKind::Slice { lower, upper, step: None } => {
            let constant = [lower, upper]
                .into_iter()
                .flatten()
                .all(|part| matches!(part.kind, ExprKind::Constant { .. }));
            (!constant).then_some((lower, upper))
        }
        _ => None,
    }
}

/// Where an attribute access seems to be: if it spans lines, at the attribute's name.
pub(super) fn attribute_location(loc: Loc, node: Loc, attr: &str) -> Loc {
    let mut loc = loc;
    if loc.line != node.end_line {
        loc.line = node.end_line;
        let len = i32::try_from(attr.chars().count()).unwrap_or(i32::MAX);
        if len <= node.end_col {
            loc.col = node.end_col - len;
        } else {
            // Only trees that Python code built: better no columns than wrong ones.
            loc.col = -1;
            loc.end_col = -1;
        }
        loc.end_line = loc.end_line.max(loc.line);
        if loc.line == loc.end_line {
            loc.end_col = loc.end_col.max(loc.col);
        }
    }
    loc
}

/// The number CPython gives a kind of expression, for its messages about impossible trees.
fn expr_kind_number(expr: &Expr<'_>) -> u32 {
    match expr.kind {
        ExprKind::BoolOp { .. } => 1,
        ExprKind::NamedExpr { .. } => 2,
        ExprKind::BinOp { .. } => 3,
        ExprKind::UnaryOp { .. } => 4,
        ExprKind::Lambda { .. } => 5,
        ExprKind::IfExp { .. } => 6,
        ExprKind::Dict { .. } => 7,
        ExprKind::Set { .. } => 8,
        ExprKind::ListComp { .. } => 9,
        ExprKind::SetComp { .. } => 10,
        ExprKind::DictComp { .. } => 11,
        ExprKind::GeneratorExp { .. } => 12,
        ExprKind::Await { .. } => 13,
        ExprKind::Yield { .. } => 14,
        ExprKind::YieldFrom { .. } => 15,
        ExprKind::Compare { .. } => 16,
        ExprKind::Call { .. } => 17,
        ExprKind::FormattedValue { .. } => 18,
        ExprKind::Interpolation { .. } => 19,
        ExprKind::JoinedStr { .. } => 20,
        ExprKind::TemplateStr { .. } => 21,
        ExprKind::Constant { .. } => 22,
        ExprKind::Attribute { .. } => 23,
        ExprKind::Subscript { .. } => 24,
        ExprKind::Starred { .. } => 25,
        ExprKind::Name { .. } => 26,
        ExprKind::List { .. } => 27,
        ExprKind::Tuple { .. } => 28,
        ExprKind::Slice { .. } => 29,
    }
}
