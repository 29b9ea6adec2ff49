//! What can be assigned to, deleted or annotated.

use super::{Bail, Parse, Parser};
use crate::ast::*;
use crate::token::Kind;

impl<'a> Parser<'a, '_> {
    /// `star_targets`: the targets of `for`.
    pub(super) fn star_targets(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        let first = self.star_target()?;
        if self.kind() != Kind::Comma {
            return Ok(first);
        }
        let mark = self.exprs.len();
        self.exprs.push(first);
        while self.eat(Kind::Comma) && super::expression::starts_expression(self.kind()) {
            let next = self.star_target()?;
            self.exprs.push(next);
        }
        let loc = self.loc(start);
        Ok(Expr { loc, kind: ExprKind::Tuple { elts: self.take_exprs(mark), ctx: ExprContext::Store } })
    }

    /// `star_target`
    pub(super) fn star_target(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        if self.eat(Kind::Star) {
            let value = self.primary()?;
            let value = self.with_context(value, ExprContext::Store)?;
            let kind = ExprKind::Starred { value: self.alloc(value), ctx: ExprContext::Store };
            return Ok(Expr { loc: self.loc(start), kind });
        }
        let target = self.primary()?;
        self.with_context(target, ExprContext::Store)
    }

    /// `del_target`
    pub(super) fn del_target(&mut self) -> Parse<Expr<'a>> {
        let target = self.primary()?;
        self.with_context(target, ExprContext::Del)
    }

    /// The target that an expression already read is, if it can be one.
    pub(super) fn with_context(&mut self, target: Expr<'a>, ctx: ExprContext) -> Parse<Expr<'a>> {
        let kind = match target.kind {
            ExprKind::Name { id, .. } => ExprKind::Name { id, ctx },
            ExprKind::Attribute { value, attr, .. } => ExprKind::Attribute { value, attr, ctx },
            ExprKind::Subscript { value, slice, .. } => ExprKind::Subscript { value, slice, ctx },
            ExprKind::Tuple { elts, .. } => ExprKind::Tuple { elts: self.each_with_context(elts, ctx)?, ctx },
            ExprKind::List { elts, .. } => ExprKind::List { elts: self.each_with_context(elts, ctx)?, ctx },
            ExprKind::Starred { value, .. } if ctx == ExprContext::Store => {
                let value = self.with_context(*value, ctx)?;
                ExprKind::Starred { value: self.alloc(value), ctx }
            }
            _ => return Err(Bail),
        };
        Ok(Expr { loc: target.loc, kind })
    }

    fn each_with_context(&mut self, elts: Seq<'a, Expr<'a>>, ctx: ExprContext) -> Parse<Seq<'a, Expr<'a>>> {
        let mark = self.exprs.len();
        for elt in elts {
            let elt = self.with_context(*elt, ctx)?;
            self.exprs.push(elt);
        }
        Ok(self.take_exprs(mark))
    }

    /// `single_target`: what an annotation or augmented assignment applies to.
    pub(super) fn single_target(&mut self, target: Expr<'a>) -> Parse<Expr<'a>> {
        match target.kind {
            ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => {
                self.with_context(target, ExprContext::Store)
            }
            _ => Err(Bail),
        }
    }
}
