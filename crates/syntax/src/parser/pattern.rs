//! `match` statements and their patterns.

use super::{Bail, Parse, Parser};
use crate::ast::*;
use crate::token::Kind;

/// Patterns of a list, and of a mapping or class their keys or keywords.
type Patterns<'a> = bumpalo::collections::Vec<'a, Pattern<'a>>;

impl<'a> Parser<'a, '_> {
    /// A `match` statement, unless this `match` is an ordinary name.
    pub(super) fn match_statement(&mut self) -> Parse<Option<StmtKind<'a>>> {
        let next = self.kind_after(1);
        if !(super::expression::starts_expression(next)) {
            return Ok(None);
        }
        let Some(subject) = self.attempt(Self::match_head) else { return Ok(None) };
        self.since(10)?;
        self.expect(Kind::Indent)?;
        let mut cases = bumpalo::collections::Vec::new_in(self.arena);
        loop {
            cases.push(self.case_block()?);
            if self.eat(Kind::Dedent) {
                break;
            }
        }
        Ok(Some(StmtKind::Match { subject: self.alloc(subject), cases: cases.into_bump_slice() }))
    }

    /// `"match" subject_expr ':' NEWLINE`
    fn match_head(&mut self) -> Parse<Expr<'a>> {
        self.pos += 1;
        let start = self.pos;
        let mut subject = self.star_named_expression()?;
        if self.kind() == Kind::Comma {
            subject = self.tuple_rest(start, subject, Self::star_named_expression)?;
        } else if matches!(subject.kind, ExprKind::Starred { .. }) {
            return Err(Bail);
        }
        self.expect(Kind::Colon)?;
        self.expect(Kind::Newline)?;
        Ok(subject)
    }

    fn case_block(&mut self) -> Parse<MatchCase<'a>> {
        if !self.at_word("case") {
            return Err(Bail);
        }
        self.pos += 1;
        let start = self.pos;
        let mut pattern = self.maybe_star_pattern()?;
        if self.kind() == Kind::Comma {
            let patterns = self.pattern_list(Some(pattern), Kind::Colon)?;
            pattern = Pattern { loc: self.loc(start), kind: PatternKind::MatchSequence { patterns } };
        } else if matches!(pattern.kind, PatternKind::MatchStar { .. }) {
            return Err(Bail);
        }
        let guard = if self.eat(Kind::If) { Some(self.named_expression()?) } else { None };
        let guard = self.alloc_some(guard);
        self.expect(Kind::Colon)?;
        let body = self.block()?;
        Ok(MatchCase { pattern: self.alloc(pattern), guard, body })
    }

    /// `(',' maybe_star_pattern)* [',']` after a first one, or a whole list up to `end`.
    fn pattern_list(&mut self, first: Option<Pattern<'a>>, end: Kind) -> Parse<Seq<'a, Pattern<'a>>> {
        let mut patterns = Patterns::new_in(self.arena);
        if let Some(first) = first {
            patterns.push(first);
            if !self.eat(Kind::Comma) {
                return Ok(patterns.into_bump_slice());
            }
        }
        while self.kind() != end && self.kind() != Kind::If {
            patterns.push(self.maybe_star_pattern()?);
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        Ok(patterns.into_bump_slice())
    }

    fn maybe_star_pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.pos;
        if !self.eat(Kind::Star) {
            return self.pattern();
        }
        let name = if self.at_word("_") {
            self.pos += 1;
            None
        } else {
            Some(self.capture_target()?)
        };
        Ok(Pattern { loc: self.loc(start), kind: PatternKind::MatchStar { name } })
    }

    /// A name to bind: not `_`, and not the start of a value or class pattern.
    fn capture_target(&mut self) -> Parse<Ident<'a>> {
        if self.at_word("_") || matches!(self.kind_after(1), Kind::Dot | Kind::LPar | Kind::Equal) {
            return Err(Bail);
        }
        self.name()
    }

    /// `pattern`
    fn pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.pos;
        let pattern = self.or_pattern()?;
        if !self.eat(Kind::As) {
            return Ok(pattern);
        }
        let name = Some(self.capture_target()?);
        let kind = PatternKind::MatchAs { pattern: Some(self.alloc(pattern)), name };
        Ok(Pattern { loc: self.loc(start), kind })
    }

    fn or_pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.pos;
        let first = self.closed_pattern()?;
        if self.kind() != Kind::VBar {
            return Ok(first);
        }
        let mut patterns = Patterns::new_in(self.arena);
        patterns.push(first);
        while self.eat(Kind::VBar) {
            patterns.push(self.closed_pattern()?);
        }
        let kind = PatternKind::MatchOr { patterns: patterns.into_bump_slice() };
        Ok(Pattern { loc: self.loc(start), kind })
    }

    fn closed_pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.pos;
        let kind = match self.kind() {
            Kind::Number | Kind::Minus | Kind::String | Kind::FStringStart | Kind::TStringStart => {
                let value = self.literal()?;
                PatternKind::MatchValue { value: self.alloc(value) }
            }
            Kind::None => self.singleton(Constant::None),
            Kind::True => self.singleton(Constant::True),
            Kind::False => self.singleton(Constant::False),
            Kind::LPar => return self.parenthesized_pattern(),
            Kind::LSqb => {
                self.pos += 1;
                let patterns = self.pattern_list(None, Kind::RSqb)?;
                self.expect(Kind::RSqb)?;
                PatternKind::MatchSequence { patterns }
            }
            Kind::LBrace => self.mapping_pattern()?,
            Kind::Name => self.name_pattern()?,
            _ => return Err(Bail),
        };
        Ok(Pattern { loc: self.loc(start), kind })
    }

    fn singleton(&mut self, value: Constant<'a>) -> PatternKind<'a> {
        self.pos += 1;
        PatternKind::MatchSingleton { value }
    }

    /// A name alone, a dotted name, or a class with arguments.
    fn name_pattern(&mut self) -> Parse<PatternKind<'a>> {
        match self.kind_after(1) {
            Kind::Dot | Kind::LPar => {}
            Kind::Equal => return Err(Bail),
            _ => {
                let name = if self.at_word("_") { None } else { Some(self.capture_target()?) };
                if name.is_none() {
                    self.pos += 1;
                }
                return Ok(PatternKind::MatchAs { pattern: None, name });
            }
        }
        let value = self.attributes()?;
        let value = self.alloc(value);
        match self.kind() {
            Kind::LPar => self.class_pattern(value),
            Kind::Equal => Err(Bail),
            _ => Ok(PatternKind::MatchValue { value }),
        }
    }

    /// `name_or_attr`
    fn attributes(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        let id = self.name()?;
        let mut value = Expr { loc: self.loc(start), kind: ExprKind::Name { id, ctx: ExprContext::Load } };
        while self.eat(Kind::Dot) {
            let attr = self.name()?;
            let kind = ExprKind::Attribute { value: self.alloc(value), attr, ctx: ExprContext::Load };
            value = Expr { loc: self.loc(start), kind };
        }
        Ok(value)
    }

    fn parenthesized_pattern(&mut self) -> Parse<Pattern<'a>> {
        let start = self.pos;
        self.pos += 1;
        let mut patterns: Seq<'a, Pattern<'a>> = &[];
        if self.kind() != Kind::RPar {
            let first = self.maybe_star_pattern()?;
            if self.kind() == Kind::RPar && !matches!(first.kind, PatternKind::MatchStar { .. }) {
                self.pos += 1;
                return Ok(first);
            }
            if self.kind() != Kind::Comma {
                return Err(Bail);
            }
            patterns = self.pattern_list(Some(first), Kind::RPar)?;
        }
        self.expect(Kind::RPar)?;
        Ok(Pattern { loc: self.loc(start), kind: PatternKind::MatchSequence { patterns } })
    }

    fn mapping_pattern(&mut self) -> Parse<PatternKind<'a>> {
        self.pos += 1;
        let mark = self.exprs.len();
        let mut patterns = Patterns::new_in(self.arena);
        let mut rest = None;
        while self.kind() != Kind::RBrace {
            if self.eat(Kind::DoubleStar) {
                rest = Some(self.capture_target()?);
                self.eat(Kind::Comma);
                break;
            }
            let key = match self.kind() {
                Kind::Name if self.kind_after(1) == Kind::Dot => self.attributes()?,
                Kind::None => self.constant_key(Constant::None),
                Kind::True => self.constant_key(Constant::True),
                Kind::False => self.constant_key(Constant::False),
                _ => self.literal()?,
            };
            self.exprs.push(key);
            self.expect(Kind::Colon)?;
            patterns.push(self.pattern()?);
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        self.expect(Kind::RBrace)?;
        let keys = self.take_exprs(mark);
        Ok(PatternKind::MatchMapping { keys, patterns: patterns.into_bump_slice(), rest })
    }

    fn constant_key(&mut self, value: Constant<'a>) -> Expr<'a> {
        let start = self.pos;
        self.pos += 1;
        Expr { loc: self.loc(start), kind: ExprKind::Constant { value, kind: None } }
    }

    fn class_pattern(&mut self, cls: ExprRef<'a>) -> Parse<PatternKind<'a>> {
        self.pos += 1;
        let mut patterns = Patterns::new_in(self.arena);
        let mut kwd_attrs = bumpalo::collections::Vec::new_in(self.arena);
        let mut kwd_patterns = Patterns::new_in(self.arena);
        while self.kind() != Kind::RPar {
            if self.kind() == Kind::Name && self.kind_after(1) == Kind::Equal {
                kwd_attrs.push(self.name()?);
                self.pos += 1;
                kwd_patterns.push(self.pattern()?);
            } else if kwd_attrs.is_empty() {
                patterns.push(self.pattern()?);
            } else {
                return Err(Bail);
            }
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        self.expect(Kind::RPar)?;
        Ok(PatternKind::MatchClass {
            cls,
            patterns: patterns.into_bump_slice(),
            kwd_attrs: kwd_attrs.into_bump_slice(),
            kwd_patterns: kwd_patterns.into_bump_slice(),
        })
    }

    /// A string, or a number with sign and imaginary part.
    fn literal(&mut self) -> Parse<Expr<'a>> {
        if self.kind().starts_string() {
            return self.strings();
        }
        let start = self.pos;
        let left = self.signed_number()?;
        let op = match self.kind() {
            Kind::Plus => Operator::Add,
            Kind::Minus => Operator::Sub,
            _ => return Ok(left),
        };
        let real = match left.kind {
            ExprKind::UnaryOp { operand, .. } => *operand,
            _ => left,
        };
        if is_complex(&real) {
            return Err(Bail);
        }
        self.pos += 1;
        let right = self.number()?;
        if !is_complex(&right) {
            return Err(Bail);
        }
        let kind = ExprKind::BinOp { left: self.alloc(left), op, right: self.alloc(right) };
        Ok(Expr { loc: self.loc(start), kind })
    }

    fn signed_number(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        if !self.eat(Kind::Minus) {
            return self.number();
        }
        let operand = self.number()?;
        let kind = ExprKind::UnaryOp { op: UnaryOp::USub, operand: self.alloc(operand) };
        Ok(Expr { loc: self.loc(start), kind })
    }
}

fn is_complex(value: &Expr<'_>) -> bool {
    matches!(value.kind, ExprKind::Constant { value: Constant::Complex { .. }, .. })
}
