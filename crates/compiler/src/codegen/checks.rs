//! Warnings about code that is almost certainly a mistake.

use syntax::ast::{CmpOp, Constant, Expr, ExprKind, Loc};

use super::Compiler;

impl<'a> Compiler<'_, 'a> {
    /// `x is 1`: identity with a literal.
    pub(super) fn check_compare(
        &mut self,
        loc: Loc,
        left: &'a Expr<'a>,
        ops: &'a [CmpOp],
        comparators: &'a [Expr<'a>],
    ) {
        let mut left = left;
        for (operator, right) in ops.iter().zip(comparators) {
            let words = match operator {
                CmpOp::Is => Some(("is", "==")),
                CmpOp::IsNot => Some(("is not", "!=")),
                _ => None,
            };
            if let Some((operator, meant)) = words
                && let Some(literal) = [left, right].into_iter().find(|side| is_literal(side))
            {
                let type_name = inferred_type(literal).unwrap_or("object");
                let message = format!("\"{operator}\" with '{type_name}' literal. Did you mean \"{meant}\"?");
                return self.warn(loc, message);
            }
            left = right;
        }
    }

    /// `"…" (…)`: a call of something that is no function.
    pub(super) fn check_caller(&mut self, func: &'a Expr<'a>) {
        let callable = matches!(func.kind, ExprKind::Lambda { .. });
        if !callable && let Some(type_name) = inferred_type(func) {
            let message = format!("'{type_name}' object is not callable; perhaps you missed a comma?");
            self.warn(func.loc, message);
        }
    }

    /// `{…} […]`: a subscript on something that has none.
    pub(super) fn check_subscripter(&mut self, value: &'a Expr<'a>) {
        let subscriptable = match value.kind {
            ExprKind::Constant { value, .. } => !matches!(
                value,
                Constant::None
                    | Constant::Ellipsis
                    | Constant::True
                    | Constant::False
                    | Constant::Int(_)
                    | Constant::Float(_)
                    | Constant::Complex { .. }
                    | Constant::FrozenSet(_)
            ),
            ExprKind::Set { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::GeneratorExp { .. }
            | ExprKind::TemplateStr { .. }
            | ExprKind::Interpolation { .. }
            | ExprKind::Lambda { .. } => false,
            _ => true,
        };
        if !subscriptable && let Some(type_name) = inferred_type(value) {
            let message = format!("'{type_name}' object is not subscriptable; perhaps you missed a comma?");
            self.warn(value.loc, message);
        }
    }

    /// `[…] ["…"]`: an index that is no integer.
    pub(super) fn check_index(&mut self, value: &'a Expr<'a>, index: &'a Expr<'a>) {
        let Some(index_type) = inferred_type(index) else { return };
        if matches!(index_type, "int" | "bool") {
            return;
        }
        let sequence = match value.kind {
            ExprKind::Constant { value, .. } => {
                matches!(value, Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_))
            }
            ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::JoinedStr { .. }
            | ExprKind::FormattedValue { .. } => true,
            _ => false,
        };
        if sequence && let Some(type_name) = inferred_type(value) {
            let message = format!(
                "{type_name} indices must be integers or slices, not {index_type}; perhaps you missed a comma?"
            );
            self.warn(value.loc, message);
        }
    }
}

/// Constants other than the named singletons, and tuples of constants.
fn is_literal(expr: &Expr<'_>) -> bool {
    match expr.kind {
        ExprKind::Tuple { elts, .. } => elts.iter().all(|elt| matches!(elt.kind, ExprKind::Constant { .. })),
        ExprKind::Constant { value, .. } => {
            !matches!(value, Constant::None | Constant::True | Constant::False | Constant::Ellipsis)
        }
        _ => false,
    }
}

/// The name of the type an expression is sure to have.
fn inferred_type(expr: &Expr<'_>) -> Option<&'static str> {
    Some(match expr.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set { .. } | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::TemplateStr { .. } | ExprKind::Interpolation { .. } => "string.templatelib.Template",
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant { value, .. } => match value {
            Constant::None => "NoneType",
            Constant::True | Constant::False => "bool",
            Constant::Ellipsis => "ellipsis",
            Constant::Int(_) => "int",
            Constant::Float(_) => "float",
            Constant::Complex { .. } => "complex",
            Constant::Str(_) => "str",
            Constant::Bytes(_) => "bytes",
            Constant::Tuple(_) => "tuple",
            Constant::FrozenSet(_) => "frozenset",
            Constant::Invalid(_) => return None,
        },
        _ => return None,
    })
}
