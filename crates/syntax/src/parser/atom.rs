//! Primaries and atoms: names, literals, brackets of all kinds, comprehensions, subscripts.

use super::expression::starts_expression;
use super::{Bail, Parse, Parser, take};
use crate::ast::*;
use crate::literal;
use crate::token::Kind;

impl<'a> Parser<'a, '_> {
    /// `primary`: an atom and its attributes, calls and subscripts.
    pub(super) fn primary(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        let mut value = self.atom()?;
        loop {
            let kind = match self.kind() {
                Kind::Dot => {
                    self.pos += 1;
                    let attr = self.name()?;
                    ExprKind::Attribute { value: self.alloc(value), attr, ctx: ExprContext::Load }
                }
                Kind::LPar => {
                    let func = self.alloc(value);
                    let (args, keywords) = self.call_arguments()?;
                    ExprKind::Call { func, args, keywords }
                }
                Kind::LSqb => {
                    let value = self.alloc(value);
                    self.pos += 1;
                    let slice = self.slices()?;
                    self.expect(Kind::RSqb)?;
                    ExprKind::Subscript { value, slice: self.alloc(slice), ctx: ExprContext::Load }
                }
                _ => return Ok(value),
            };
            value = Expr { loc: self.loc(start), kind };
        }
    }

    fn slices(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        let first = self.slice_or_starred()?;
        if self.kind() != Kind::Comma && !matches!(first.kind, ExprKind::Starred { .. }) {
            return Ok(first);
        }
        let mark = self.exprs.len();
        self.exprs.push(first);
        while self.eat(Kind::Comma) && self.kind() != Kind::RSqb {
            let next = self.slice_or_starred()?;
            self.exprs.push(next);
        }
        let loc = self.loc(start);
        Ok(Expr { loc, kind: ExprKind::Tuple { elts: self.take_exprs(mark), ctx: ExprContext::Load } })
    }

    fn slice_or_starred(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        if self.kind() == Kind::Star {
            return self.starred_expression();
        }
        let lower = if self.kind() == Kind::Colon { None } else { Some(self.named_expression()?) };
        if self.kind() != Kind::Colon {
            return lower.ok_or(Bail);
        }
        if let Some(Expr { kind: ExprKind::NamedExpr { .. }, .. }) = lower
            && self.tokens[start].kind == Kind::Name
        {
            return Err(Bail);
        }
        self.pos += 1;
        let upper = self.slice_bound()?;
        let step = if self.eat(Kind::Colon) { self.slice_bound()? } else { None };
        let kind = ExprKind::Slice { lower: self.alloc_some(lower), upper, step };
        Ok(Expr { loc: self.loc(start), kind })
    }

    fn slice_bound(&mut self) -> Parse<Option<ExprRef<'a>>> {
        if matches!(self.kind(), Kind::Colon | Kind::Comma | Kind::RSqb) {
            return Ok(None);
        }
        let bound = self.expression()?;
        Ok(Some(self.alloc(bound)))
    }

    /// `starred_expression`: unlike elsewhere, anything may follow the star.
    pub(super) fn starred_expression(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        self.expect(Kind::Star)?;
        let value = self.expression()?;
        let kind = ExprKind::Starred { value: self.alloc(value), ctx: ExprContext::Load };
        Ok(Expr { loc: self.loc(start), kind })
    }

    fn atom(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        let kind = match self.kind() {
            Kind::Name => ExprKind::Name { id: self.name()?, ctx: ExprContext::Load },
            Kind::Number => return self.number(),
            Kind::String | Kind::FStringStart | Kind::TStringStart => return self.strings(),
            Kind::None => self.constant(Constant::None),
            Kind::True => self.constant(Constant::True),
            Kind::False => self.constant(Constant::False),
            Kind::Ellipsis => self.constant(Constant::Ellipsis),
            Kind::LPar => return self.parenthesized(),
            Kind::LSqb => self.list()?,
            Kind::LBrace => self.braces()?,
            _ => return Err(Bail),
        };
        Ok(Expr { loc: self.loc(start), kind })
    }

    fn constant(&mut self, value: Constant<'a>) -> ExprKind<'a> {
        self.pos += 1;
        ExprKind::Constant { value, kind: None }
    }

    pub(super) fn number(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        let text = self.token().slice(self.source);
        if self.options.feature_version < 6 && text.contains('_') {
            return Err(Bail);
        }
        let value = literal::number(self.arena, text, self.options.max_str_digits).map_err(|_| Bail)?;
        self.expect(Kind::Number)?;
        Ok(Expr { loc: self.loc(start), kind: ExprKind::Constant { value, kind: None } })
    }

    /// A generator expression, a tuple, or an expression in parentheses, which keeps its own place.
    fn parenthesized(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        self.pos += 1;
        let mark = self.exprs.len();
        match self.kind() {
            Kind::RPar => {}
            Kind::Yield => {
                let value = self.yield_expression()?;
                self.expect(Kind::RPar)?;
                return Ok(value);
            }
            _ => {
                let first = self.star_named_expression()?;
                let starred = matches!(first.kind, ExprKind::Starred { .. });
                match self.kind() {
                    Kind::RPar if !starred => {
                        self.pos += 1;
                        return Ok(first);
                    }
                    Kind::For | Kind::Async if !starred => return self.generator(start, first),
                    Kind::Comma => {
                        self.exprs.push(first);
                        self.items()?;
                    }
                    _ => return Err(Bail),
                }
            }
        }
        self.expect(Kind::RPar)?;
        let elts = self.take_exprs(mark);
        Ok(Expr { loc: self.loc(start), kind: ExprKind::Tuple { elts, ctx: ExprContext::Load } })
    }

    /// The rest of a generator expression whose parenthesis is token `start`.
    pub(super) fn generator(&mut self, start: usize, elt: Expr<'a>) -> Parse<Expr<'a>> {
        let generators = self.comprehensions()?;
        self.expect(Kind::RPar)?;
        let kind = ExprKind::GeneratorExp { elt: self.alloc(elt), generators };
        Ok(Expr { loc: self.loc(start), kind })
    }

    /// `(',' star_named_expression)* [',']`, onto the scratch stack.
    fn items(&mut self) -> Parse<()> {
        while self.eat(Kind::Comma) && starts_expression(self.kind()) {
            let item = self.star_named_expression()?;
            self.exprs.push(item);
        }
        Ok(())
    }

    fn list(&mut self) -> Parse<ExprKind<'a>> {
        self.pos += 1;
        let mark = self.exprs.len();
        if self.kind() != Kind::RSqb {
            let first = self.star_named_expression()?;
            if matches!(self.kind(), Kind::For | Kind::Async)
                && !matches!(first.kind, ExprKind::Starred { .. })
            {
                let generators = self.comprehensions()?;
                self.expect(Kind::RSqb)?;
                return Ok(ExprKind::ListComp { elt: self.alloc(first), generators });
            }
            self.exprs.push(first);
            self.items()?;
        }
        self.expect(Kind::RSqb)?;
        Ok(ExprKind::List { elts: self.take_exprs(mark), ctx: ExprContext::Load })
    }

    /// A dictionary or set, displayed or comprehended.
    fn braces(&mut self) -> Parse<ExprKind<'a>> {
        self.pos += 1;
        if matches!(self.kind(), Kind::RBrace | Kind::DoubleStar) {
            return self.dict(None);
        }
        let start = self.pos;
        let first = self.star_named_expression()?;
        let starred = matches!(first.kind, ExprKind::Starred { .. });
        if self.kind() == Kind::Colon && !starred {
            // A bare `name := value` is no key.
            if matches!(first.kind, ExprKind::NamedExpr { .. }) && self.tokens[start].kind == Kind::Name {
                return Err(Bail);
            }
            return self.dict(Some(first));
        }
        if matches!(self.kind(), Kind::For | Kind::Async) && !starred {
            let generators = self.comprehensions()?;
            self.expect(Kind::RBrace)?;
            return Ok(ExprKind::SetComp { elt: self.alloc(first), generators });
        }
        let mark = self.exprs.len();
        self.exprs.push(first);
        self.items()?;
        self.expect(Kind::RBrace)?;
        Ok(ExprKind::Set { elts: self.take_exprs(mark) })
    }

    fn dict(&mut self, first_key: Option<Expr<'a>>) -> Parse<ExprKind<'a>> {
        let (mark, key_mark) = (self.exprs.len(), self.optional_exprs.len());
        if let Some(key) = first_key {
            self.pos += 1;
            let value = self.expression()?;
            if matches!(self.kind(), Kind::For | Kind::Async) {
                let generators = self.comprehensions()?;
                self.expect(Kind::RBrace)?;
                return Ok(ExprKind::DictComp { key: self.alloc(key), value: self.alloc(value), generators });
            }
            self.optional_exprs.push(Some(key));
            self.exprs.push(value);
            if !self.eat(Kind::Comma) && self.kind() != Kind::RBrace {
                return Err(Bail);
            }
        }
        while self.kind() != Kind::RBrace {
            let key = if self.eat(Kind::DoubleStar) {
                None
            } else {
                let key = self.expression()?;
                self.expect(Kind::Colon)?;
                Some(key)
            };
            let value = if key.is_none() { self.bitwise_or()? } else { self.expression()? };
            self.optional_exprs.push(key);
            self.exprs.push(value);
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        self.expect(Kind::RBrace)?;
        let keys = take(self.arena, &mut self.optional_exprs, key_mark);
        Ok(ExprKind::Dict { keys, values: self.take_exprs(mark) })
    }

    /// `for_if_clauses`
    pub(super) fn comprehensions(&mut self) -> Parse<Seq<'a, Comprehension<'a>>> {
        let mut clauses = bumpalo::collections::Vec::with_capacity_in(1, self.arena);
        while matches!(self.kind(), Kind::For | Kind::Async) {
            let is_async = self.eat(Kind::Async);
            if is_async {
                self.since(6)?;
            }
            self.expect(Kind::For)?;
            let target = self.star_targets()?;
            self.expect(Kind::In)?;
            let iter = self.disjunction()?;
            let mark = self.exprs.len();
            while self.eat(Kind::If) {
                let test = self.disjunction()?;
                self.exprs.push(test);
            }
            let ifs = self.take_exprs(mark);
            clauses.push(Comprehension { target: self.alloc(target), iter: self.alloc(iter), ifs, is_async });
        }
        Ok(clauses.into_bump_slice())
    }
}
