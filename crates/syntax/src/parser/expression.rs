//! Expressions: operators, conditionals, lambdas, and comma lists.

use super::{Bail, Parse, Parser, take};
use crate::ast::*;
use crate::token::Kind;

/// Binding strength of the operators, weakest first.
pub(super) mod strength {
    pub const OR: u8 = 1;
    pub const AND: u8 = 2;
    pub const NOT: u8 = 3;
    pub const COMPARISON: u8 = 4;
    pub const BIT_OR: u8 = 5;
    pub const BIT_XOR: u8 = 6;
    pub const BIT_AND: u8 = 7;
    pub const SHIFT: u8 = 8;
    pub const SUM: u8 = 9;
    pub const TERM: u8 = 10;
    pub const UNARY: u8 = 11;
    pub const POWER: u8 = 12;
}

/// What a token is as an infix operator.
#[derive(Clone, Copy)]
enum Infix {
    None,
    Bool(BoolOp),
    Compare,
    Binary(Operator),
}

#[inline]
fn infix(kind: Kind) -> (u8, Infix) {
    use strength::*;
    match kind {
        Kind::Or => (OR, Infix::Bool(BoolOp::Or)),
        Kind::And => (AND, Infix::Bool(BoolOp::And)),
        Kind::EqEqual
        | Kind::NotEqual
        | Kind::Less
        | Kind::LessEqual
        | Kind::Greater
        | Kind::GreaterEqual
        | Kind::In
        | Kind::Is
        | Kind::Not => (COMPARISON, Infix::Compare),
        Kind::VBar => (BIT_OR, Infix::Binary(Operator::BitOr)),
        Kind::Circumflex => (BIT_XOR, Infix::Binary(Operator::BitXor)),
        Kind::Amper => (BIT_AND, Infix::Binary(Operator::BitAnd)),
        Kind::LeftShift => (SHIFT, Infix::Binary(Operator::LShift)),
        Kind::RightShift => (SHIFT, Infix::Binary(Operator::RShift)),
        Kind::Plus => (SUM, Infix::Binary(Operator::Add)),
        Kind::Minus => (SUM, Infix::Binary(Operator::Sub)),
        Kind::Star => (TERM, Infix::Binary(Operator::Mult)),
        Kind::Slash => (TERM, Infix::Binary(Operator::Div)),
        Kind::DoubleSlash => (TERM, Infix::Binary(Operator::FloorDiv)),
        Kind::Percent => (TERM, Infix::Binary(Operator::Mod)),
        Kind::At => (TERM, Infix::Binary(Operator::MatMult)),
        Kind::DoubleStar => (POWER, Infix::Binary(Operator::Pow)),
        _ => (0, Infix::None),
    }
}

/// Whether an expression, or a starred one, may begin with this token.
pub(super) fn starts_expression(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Name
            | Kind::Number
            | Kind::String
            | Kind::FStringStart
            | Kind::TStringStart
            | Kind::LPar
            | Kind::LSqb
            | Kind::LBrace
            | Kind::Minus
            | Kind::Plus
            | Kind::Tilde
            | Kind::Star
            | Kind::Ellipsis
            | Kind::None
            | Kind::True
            | Kind::False
            | Kind::Lambda
            | Kind::Not
            | Kind::Await
    )
}

/// An expression whose last part is still to come.
enum Pending<'a> {
    Lambda(&'a Arguments<'a>),
    Conditional { test: ExprRef<'a>, body: ExprRef<'a> },
}

impl<'a> Parser<'a, '_> {
    /// `expression`: anything without a comma, a star, a `:=` or a `yield` outside brackets.
    pub(super) fn expression(&mut self) -> Parse<Expr<'a>> {
        if self.kind() == Kind::Lambda {
            return self.expression_chain(self.pos, None);
        }
        let start = self.pos;
        let first = self.disjunction()?;
        if self.kind() != Kind::If { Ok(first) } else { self.expression_chain(start, Some(first)) }
    }

    /// Conditionals and lambdas, each the last part of the one before. A loop, since there may be thousands.
    #[cold]
    #[inline(never)]
    fn expression_chain(&mut self, mut start: usize, mut operand: Option<Expr<'a>>) -> Parse<Expr<'a>> {
        let depth = self.depth;
        let mut pending = Vec::new();
        let mut value = loop {
            if self.kind() == Kind::Lambda && operand.is_none() {
                self.pos += 1;
                let args = self.lambda_parameters()?;
                self.expect(Kind::Colon)?;
                self.deepen(2)?;
                pending.push((start, Pending::Lambda(args)));
            } else {
                let value = match operand.take() {
                    Some(value) => value,
                    None => self.disjunction()?,
                };
                if !self.eat(Kind::If) {
                    break value;
                }
                let test = self.disjunction()?;
                self.expect(Kind::Else)?;
                self.deepen(1)?;
                pending
                    .push((start, Pending::Conditional { test: self.alloc(test), body: self.alloc(value) }));
            }
            start = self.pos;
        };
        self.depth = depth;
        while let Some((start, outer)) = pending.pop() {
            let inner = self.alloc(value);
            let kind = match outer {
                Pending::Lambda(args) => ExprKind::Lambda { args, body: inner },
                Pending::Conditional { test, body } => ExprKind::IfExp { test, body, orelse: inner },
            };
            value = Expr { loc: self.loc(start), kind };
        }
        Ok(value)
    }

    /// `disjunction`: an expression without a conditional or lambda at its top.
    #[inline]
    pub(super) fn disjunction(&mut self) -> Parse<Expr<'a>> {
        self.operation(strength::OR)
    }

    /// `bitwise_or`
    #[inline]
    pub(super) fn bitwise_or(&mut self) -> Parse<Expr<'a>> {
        self.operation(strength::BIT_OR)
    }

    /// An expression of operators that bind at least as strongly as `weakest`.
    pub(super) fn operation(&mut self, weakest: u8) -> Parse<Expr<'a>> {
        let start = self.pos;
        let left = match self.kind() {
            Kind::Minus | Kind::Plus | Kind::Tilde | Kind::Not => self.prefixed(weakest)?,
            _ => self.awaited()?,
        };
        self.operation_from(start, left, weakest)
    }

    /// Infix operators that bind at least as strongly as `weakest`, after an operand that began at token `start`.
    #[inline]
    fn operation_from(&mut self, start: usize, mut left: Expr<'a>, weakest: u8) -> Parse<Expr<'a>> {
        loop {
            let (binding, operator) = infix(self.kind());
            if binding < weakest {
                return Ok(left);
            }
            left = match operator {
                Infix::None => return Ok(left),
                Infix::Binary(op) => self.binary(start, left, op, binding)?,
                Infix::Compare if self.kind() == Kind::Not && self.kind_after(1) != Kind::In => {
                    return Ok(left);
                }
                Infix::Compare => self.comparison(start, left)?,
                Infix::Bool(op) => self.boolean(start, left, op, binding)?,
            };
        }
    }

    fn binary(&mut self, start: usize, left: Expr<'a>, op: Operator, binding: u8) -> Parse<Expr<'a>> {
        if op == Operator::Pow {
            return self.power(start, left);
        }
        self.pos += 1;
        if op == Operator::MatMult {
            self.since(5)?;
        }
        let right = self.operation(binding + 1)?;
        let kind = ExprKind::BinOp { left: self.alloc(left), op, right: self.alloc(right) };
        Ok(Expr { loc: self.loc(start), kind })
    }

    /// A power after its base; the exponent may have a sign and be a power itself. A loop like the chains above.
    fn power(&mut self, mut start: usize, base: Expr<'a>) -> Parse<Expr<'a>> {
        let depth = self.depth;
        let mut pending = Vec::new();
        let mut value = base;
        while self.eat(Kind::DoubleStar) {
            self.deepen(2)?;
            pending.push((start, Some(value)));
            while matches!(self.kind(), Kind::Minus | Kind::Plus | Kind::Tilde) {
                self.deepen(1)?;
                pending.push((self.pos, None));
                self.pos += 1;
            }
            start = self.pos;
            value = self.awaited()?;
        }
        self.depth = depth;
        while let Some((start, base)) = pending.pop() {
            let right = self.alloc(value);
            let kind = match base {
                Some(base) => ExprKind::BinOp { left: self.alloc(base), op: Operator::Pow, right },
                None => ExprKind::UnaryOp { op: self.sign(start), operand: right },
            };
            value = Expr { loc: self.loc(start), kind };
        }
        Ok(value)
    }

    /// The prefix operator that token `at` is.
    fn sign(&self, at: usize) -> UnaryOp {
        match self.tokens[at].kind {
            Kind::Not => UnaryOp::Not,
            Kind::Minus => UnaryOp::USub,
            Kind::Plus => UnaryOp::UAdd,
            _ => UnaryOp::Invert,
        }
    }

    fn boolean(&mut self, start: usize, left: Expr<'a>, op: BoolOp, binding: u8) -> Parse<Expr<'a>> {
        let mark = self.exprs.len();
        let keyword = self.kind();
        self.exprs.push(left);
        while self.eat(keyword) {
            let value = self.operation(binding + 1)?;
            self.exprs.push(value);
        }
        Ok(Expr { loc: self.loc(start), kind: ExprKind::BoolOp { op, values: self.take_exprs(mark) } })
    }

    fn comparison(&mut self, start: usize, left: Expr<'a>) -> Parse<Expr<'a>> {
        let (mark, op_mark) = (self.exprs.len(), self.operators.len());
        while let Some(op) = self.comparison_operator()? {
            self.operators.push(op);
            let right = self.operation(strength::BIT_OR)?;
            self.exprs.push(right);
        }
        let ops = take(self.arena, &mut self.operators, op_mark);
        let comparators = self.take_exprs(mark);
        let kind = ExprKind::Compare { left: self.alloc(left), ops, comparators };
        Ok(Expr { loc: self.loc(start), kind })
    }

    fn comparison_operator(&mut self) -> Parse<Option<CmpOp>> {
        let op = match self.kind() {
            Kind::EqEqual => CmpOp::Eq,
            Kind::NotEqual if self.barry_as_flufl => return Err(Bail),
            Kind::NotEqual => CmpOp::NotEq,
            Kind::Less if self.barry_as_flufl && self.at_old_not_equal() => {
                self.pos += 1;
                CmpOp::NotEq
            }
            Kind::Less => CmpOp::Lt,
            Kind::LessEqual => CmpOp::LtE,
            Kind::Greater => CmpOp::Gt,
            Kind::GreaterEqual => CmpOp::GtE,
            Kind::In => CmpOp::In,
            Kind::Is if self.kind_after(1) == Kind::Not => {
                self.pos += 1;
                CmpOp::IsNot
            }
            Kind::Is => CmpOp::Is,
            Kind::Not if self.kind_after(1) == Kind::In => {
                self.pos += 1;
                CmpOp::NotIn
            }
            _ => return Ok(None),
        };
        self.pos += 1;
        Ok(Some(op))
    }

    /// Whether the current `<` is followed at once by `>`.
    fn at_old_not_equal(&self) -> bool {
        self.kind_after(1) == Kind::Greater && self.token().end == self.tokens[self.pos + 1].start
    }

    /// Prefix operators and their operand. A chain of them is read in a loop, since it may be thousands long.
    #[inline(never)]
    fn prefixed(&mut self, weakest: u8) -> Parse<Expr<'a>> {
        let start = self.pos;
        let depth = self.depth;
        let mut operand_strength = weakest;
        loop {
            operand_strength = match self.kind() {
                Kind::Not if operand_strength <= strength::NOT => strength::NOT,
                Kind::Minus | Kind::Plus | Kind::Tilde => strength::UNARY,
                _ => break,
            };
            self.pos += 1;
            self.deepen(1)?;
        }
        let end = self.pos;
        let operand_start = end;
        let operand = self.awaited()?;
        let mut value = self.operation_from(operand_start, operand, operand_strength)?;
        for at in (start..end).rev() {
            let op = self.sign(at);
            let loc = self.loc(at);
            value = Expr { loc, kind: ExprKind::UnaryOp { op, operand: self.alloc(value) } };
            // What `not` applies to may go on after an operand with a sign.
            if at > start && op != UnaryOp::Not && self.tokens[at - 1].kind == Kind::Not {
                value = self.operation_from(at, value, strength::NOT)?;
            }
        }
        self.depth = depth;
        Ok(value)
    }

    /// `await_primary`
    #[inline]
    fn awaited(&mut self) -> Parse<Expr<'a>> {
        if self.kind() != Kind::Await {
            return self.primary();
        }
        let start = self.pos;
        self.since(5)?;
        self.pos += 1;
        let value = self.primary()?;
        Ok(Expr { loc: self.loc(start), kind: ExprKind::Await { value: self.alloc(value) } })
    }

    /// `named_expression`
    pub(super) fn named_expression(&mut self) -> Parse<Expr<'a>> {
        if self.kind() == Kind::Name && self.kind_after(1) == Kind::ColonEqual {
            return self.assignment_expression();
        }
        let value = self.expression()?;
        if self.kind() == Kind::ColonEqual { Err(Bail) } else { Ok(value) }
    }

    #[inline(never)]
    fn assignment_expression(&mut self) -> Parse<Expr<'a>> {
        self.since(8)?;
        let start = self.pos;
        let id = self.name()?;
        let target = Expr { loc: self.loc(start), kind: ExprKind::Name { id, ctx: ExprContext::Store } };
        self.pos += 1;
        let value = self.nested(1, Self::expression)?;
        let kind = ExprKind::NamedExpr { target: self.alloc(target), value: self.alloc(value) };
        Ok(Expr { loc: self.loc(start), kind })
    }

    /// `'*' bitwise_or`, the star not yet taken.
    pub(super) fn starred_operand(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        self.expect(Kind::Star)?;
        let value = self.bitwise_or()?;
        let kind = ExprKind::Starred { value: self.alloc(value), ctx: ExprContext::Load };
        Ok(Expr { loc: self.loc(start), kind })
    }

    /// `star_expression`
    pub(super) fn star_expression(&mut self) -> Parse<Expr<'a>> {
        if self.kind() == Kind::Star { self.starred_operand() } else { self.expression() }
    }

    /// `star_named_expression`
    pub(super) fn star_named_expression(&mut self) -> Parse<Expr<'a>> {
        if self.kind() == Kind::Star { self.starred_operand() } else { self.named_expression() }
    }

    /// `star_expressions`: a comma makes a tuple.
    pub(super) fn star_expressions(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        let first = self.star_expression()?;
        if self.kind() != Kind::Comma {
            Ok(first)
        } else {
            self.tuple_rest(start, first, Self::star_expression)
        }
    }

    /// `expressions`
    pub(super) fn expressions(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        let first = self.expression()?;
        if self.kind() != Kind::Comma { Ok(first) } else { self.tuple_rest(start, first, Self::expression) }
    }

    /// A tuple without parentheses, from its first comma on.
    #[inline(never)]
    pub(super) fn tuple_rest(
        &mut self,
        start: usize,
        first: Expr<'a>,
        item: fn(&mut Self) -> Parse<Expr<'a>>,
    ) -> Parse<Expr<'a>> {
        let mark = self.exprs.len();
        self.exprs.push(first);
        while self.eat(Kind::Comma) && starts_expression(self.kind()) {
            let next = item(self)?;
            self.exprs.push(next);
        }
        let loc = self.loc(start);
        Ok(Expr { loc, kind: ExprKind::Tuple { elts: self.take_exprs(mark), ctx: ExprContext::Load } })
    }

    /// `annotated_rhs`: what may stand right of `=` and in a replacement field.
    pub(super) fn annotated_rhs(&mut self) -> Parse<Expr<'a>> {
        if self.kind() == Kind::Yield { self.yield_expression() } else { self.star_expressions() }
    }

    pub(super) fn yield_expression(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        self.expect(Kind::Yield)?;
        let kind = if self.eat(Kind::From) {
            let value = self.expression()?;
            ExprKind::YieldFrom { value: self.alloc(value) }
        } else if starts_expression(self.kind()) {
            let value = self.star_expressions()?;
            ExprKind::Yield { value: Some(self.alloc(value)) }
        } else {
            ExprKind::Yield { value: None }
        };
        Ok(Expr { loc: self.loc(start), kind })
    }
}
