//! Simple statements.

use super::{Bail, Parse, Parser, take};
use crate::ast::*;
use crate::token::Kind;

impl<'a> Parser<'a, '_> {
    /// `statement`, its one or more nodes onto the scratch stack.
    pub(super) fn statement(&mut self) -> Parse<()> {
        if self.compound_statement()? { Ok(()) } else { self.simple_statements() }
    }

    /// `simple_stmts`
    pub(super) fn simple_statements(&mut self) -> Parse<()> {
        loop {
            let statement = self.simple_statement()?;
            self.stmts.push(statement);
            if self.eat(Kind::Newline) {
                return Ok(());
            }
            self.expect(Kind::Semi)?;
            if self.eat(Kind::Newline) {
                return Ok(());
            }
        }
    }

    fn simple_statement(&mut self) -> Parse<Stmt<'a>> {
        let start = self.pos;
        let kind = match self.kind() {
            Kind::Name => {
                if self.kind_after(1) == Kind::Name && self.at_word("type") {
                    self.type_alias()?
                } else {
                    self.expression_statement(start)?
                }
            }
            Kind::Return => {
                self.pos += 1;
                let value = if self.at_statement_end() { None } else { Some(self.star_expressions()?) };
                StmtKind::Return { value: self.alloc_some(value) }
            }
            Kind::Import => self.import()?,
            Kind::From => self.import_from()?,
            Kind::Raise => self.raise()?,
            Kind::Pass => self.keyword_statement(StmtKind::Pass),
            Kind::Break => self.keyword_statement(StmtKind::Break),
            Kind::Continue => self.keyword_statement(StmtKind::Continue),
            Kind::Del => self.del()?,
            Kind::Assert => self.assert()?,
            Kind::Global => StmtKind::Global { names: self.scope_names()? },
            Kind::Nonlocal => StmtKind::Nonlocal { names: self.scope_names()? },
            _ => self.expression_statement(start)?,
        };
        Ok(Stmt { loc: self.loc(start), kind })
    }

    fn keyword_statement(&mut self, kind: StmtKind<'a>) -> StmtKind<'a> {
        self.pos += 1;
        kind
    }

    fn at_statement_end(&self) -> bool {
        matches!(self.kind(), Kind::Newline | Kind::Semi)
    }

    /// An expression, or an assignment of any sort.
    fn expression_statement(&mut self, start: usize) -> Parse<StmtKind<'a>> {
        let first = self.annotated_rhs()?;
        match self.kind() {
            Kind::Equal => self.assignment(first),
            Kind::Colon => self.annotated_assignment(start, first),
            kind => match augmented_operator(kind) {
                None => Ok(StmtKind::Expr { value: self.alloc(first) }),
                Some(op) => {
                    if op == Operator::MatMult {
                        self.since(5)?;
                    }
                    let target = self.single_target(first)?;
                    self.pos += 1;
                    let value = self.annotated_rhs()?;
                    Ok(StmtKind::AugAssign { target: self.alloc(target), op, value: self.alloc(value) })
                }
            },
        }
    }

    fn assignment(&mut self, first: Expr<'a>) -> Parse<StmtKind<'a>> {
        let mark = self.exprs.len();
        let mut value = first;
        while self.eat(Kind::Equal) {
            let target = self.with_context(value, ExprContext::Store)?;
            self.exprs.push(target);
            value = self.annotated_rhs()?;
        }
        let type_comment = self.type_comment();
        Ok(StmtKind::Assign { targets: self.take_exprs(mark), value: self.alloc(value), type_comment })
    }

    fn annotated_assignment(&mut self, start: usize, first: Expr<'a>) -> Parse<StmtKind<'a>> {
        self.since(6)?;
        let simple = i32::from(matches!(first.kind, ExprKind::Name { .. }) && self.pos == start + 1);
        let target = self.single_target(first)?;
        self.pos += 1;
        let annotation = self.expression()?;
        let value = if self.eat(Kind::Equal) { Some(self.annotated_rhs()?) } else { None };
        Ok(StmtKind::AnnAssign {
            target: self.alloc(target),
            annotation: self.alloc(annotation),
            value: self.alloc_some(value),
            simple,
        })
    }

    /// A type comment, if one is here and they are kept.
    pub(super) fn type_comment(&mut self) -> Option<&'a str> {
        let token = self.token();
        self.eat(Kind::TypeComment).then(|| token.slice(self.source))
    }

    fn raise(&mut self) -> Parse<StmtKind<'a>> {
        self.pos += 1;
        if self.at_statement_end() {
            return Ok(StmtKind::Raise { exc: None, cause: None });
        }
        let exc = self.expression()?;
        let cause = if self.eat(Kind::From) { Some(self.expression()?) } else { None };
        Ok(StmtKind::Raise { exc: Some(self.alloc(exc)), cause: self.alloc_some(cause) })
    }

    fn assert(&mut self) -> Parse<StmtKind<'a>> {
        self.pos += 1;
        let test = self.expression()?;
        let msg = if self.eat(Kind::Comma) { Some(self.expression()?) } else { None };
        Ok(StmtKind::Assert { test: self.alloc(test), msg: self.alloc_some(msg) })
    }

    fn del(&mut self) -> Parse<StmtKind<'a>> {
        self.pos += 1;
        let mark = self.exprs.len();
        loop {
            let target = self.del_target()?;
            self.exprs.push(target);
            if !self.eat(Kind::Comma) || self.at_statement_end() {
                break;
            }
        }
        if self.at_statement_end() {
            Ok(StmtKind::Delete { targets: self.take_exprs(mark) })
        } else {
            Err(Bail)
        }
    }

    /// The names after `global` or `nonlocal`.
    fn scope_names(&mut self) -> Parse<Seq<'a, Ident<'a>>> {
        self.pos += 1;
        let mark = self.names.len();
        loop {
            let name = self.name()?;
            self.names.push(name);
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        Ok(take(self.arena, &mut self.names, mark))
    }

    fn type_alias(&mut self) -> Parse<StmtKind<'a>> {
        self.since(12)?;
        self.pos += 1;
        let start = self.pos;
        let id = self.name()?;
        let name = Expr { loc: self.loc(start), kind: ExprKind::Name { id, ctx: ExprContext::Store } };
        let type_params = self.type_params()?;
        self.expect(Kind::Equal)?;
        let value = self.expression()?;
        Ok(StmtKind::TypeAlias { name: self.alloc(name), type_params, value: self.alloc(value) })
    }
}

fn augmented_operator(kind: Kind) -> Option<Operator> {
    Some(match kind {
        Kind::PlusEqual => Operator::Add,
        Kind::MinEqual => Operator::Sub,
        Kind::StarEqual => Operator::Mult,
        Kind::AtEqual => Operator::MatMult,
        Kind::SlashEqual => Operator::Div,
        Kind::PercentEqual => Operator::Mod,
        Kind::AmperEqual => Operator::BitAnd,
        Kind::VBarEqual => Operator::BitOr,
        Kind::CircumflexEqual => Operator::BitXor,
        Kind::LeftShiftEqual => Operator::LShift,
        Kind::RightShiftEqual => Operator::RShift,
        Kind::DoubleStarEqual => Operator::Pow,
        Kind::DoubleSlashEqual => Operator::FloorDiv,
        _ => return None,
    })
}
