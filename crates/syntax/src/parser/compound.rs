//! Compound statements, except `match`.

use super::{Bail, Parse, Parser};
use crate::ast::*;
use crate::token::Kind;

impl<'a> Parser<'a, '_> {
    /// A compound statement onto the scratch stack, if one begins here.
    pub(super) fn compound_statement(&mut self) -> Parse<bool> {
        let start = self.pos;
        let kind = match self.kind() {
            Kind::If => self.if_statement(start)?,
            Kind::Def | Kind::Class | Kind::At => {
                let statement = self.definition()?;
                self.stmts.push(statement);
                return Ok(true);
            }
            Kind::For => StmtKind::For(self.for_statement()?),
            Kind::While => self.while_statement()?,
            Kind::With => StmtKind::With(self.with_statement(false)?),
            Kind::Try => self.try_statement()?,
            Kind::Async => {
                if self.kind_after(1) == Kind::Def {
                    let statement = self.definition()?;
                    self.stmts.push(statement);
                    return Ok(true);
                }
                self.since(5)?;
                self.pos += 1;
                match self.kind() {
                    Kind::For => StmtKind::AsyncFor(self.for_statement()?),
                    Kind::With => StmtKind::AsyncWith(self.with_statement(true)?),
                    _ => return Err(Bail),
                }
            }
            Kind::Name if self.at_word("match") => match self.match_statement()? {
                Some(kind) => kind,
                None => return Ok(false),
            },
            _ => return Ok(false),
        };
        let statement = Stmt { loc: self.loc(start), kind };
        self.stmts.push(statement);
        Ok(true)
    }

    /// `block`
    pub(super) fn block(&mut self) -> Parse<Body<'a>> {
        let mark = self.stmts.len();
        if self.eat(Kind::Newline) {
            self.expect(Kind::Indent)?;
            loop {
                self.statement()?;
                if matches!(self.kind(), Kind::Dedent | Kind::EndMarker) {
                    break;
                }
            }
            self.expect(Kind::Dedent)?;
        } else {
            self.simple_statements()?;
        }
        Ok(self.take_stmts(mark))
    }

    /// `':' block`
    fn suite(&mut self) -> Parse<Body<'a>> {
        self.expect(Kind::Colon)?;
        self.block()
    }

    /// `else` and its block, both optional.
    fn else_block(&mut self) -> Parse<Body<'a>> {
        if self.eat(Kind::Else) { self.suite() } else { Ok(&[]) }
    }

    /// `if` and everything that belongs to it; each `elif` is an `if` alone in the `else` before it.
    fn if_statement(&mut self, start: usize) -> Parse<StmtKind<'a>> {
        self.pos += 1;
        let test = self.named_expression()?;
        let body = self.suite()?;
        let depth = self.depth;
        // A statement is reached with that many levels less than the operand counted at first.
        self.depth += 3;
        let mut elifs = Vec::new();
        while self.kind() == Kind::Elif {
            self.deepen(1)?;
            let start = self.pos;
            self.pos += 1;
            let test = self.named_expression()?;
            elifs.push((start, test, self.suite()?));
        }
        self.depth = depth;
        let mut orelse = self.else_block()?;
        while let Some((start, test, body)) = elifs.pop() {
            let kind = StmtKind::If { test: self.alloc(test), body, orelse };
            orelse = self.arena.alloc_slice_copy(&[Stmt { loc: self.loc(start), kind }]);
        }
        debug_assert!(start < self.pos);
        Ok(StmtKind::If { test: self.alloc(test), body, orelse })
    }

    fn while_statement(&mut self) -> Parse<StmtKind<'a>> {
        self.pos += 1;
        let test = self.named_expression()?;
        let body = self.suite()?;
        let orelse = self.else_block()?;
        Ok(StmtKind::While { test: self.alloc(test), body, orelse })
    }

    fn for_statement(&mut self) -> Parse<&'a For<'a>> {
        self.pos += 1;
        let target = self.star_targets()?;
        self.expect(Kind::In)?;
        let iter = self.star_expressions()?;
        self.expect(Kind::Colon)?;
        let type_comment = self.type_comment();
        let body = self.block()?;
        let orelse = self.else_block()?;
        Ok(self.alloc(For { target: self.alloc(target), iter: self.alloc(iter), body, orelse, type_comment }))
    }

    fn with_statement(&mut self, is_async: bool) -> Parse<&'a With<'a>> {
        self.pos += 1;
        let parenthesized = if self.kind() == Kind::LPar {
            self.attempt(|p| p.parenthesized_with_items(is_async))
        } else {
            None
        };
        let items = match parenthesized {
            Some(items) => items,
            None => self.with_items(Kind::Colon)?,
        };
        self.expect(Kind::Colon)?;
        let type_comment = self.type_comment();
        let body = self.block()?;
        Ok(self.alloc(With { items, body, type_comment }))
    }

    fn parenthesized_with_items(&mut self, is_async: bool) -> Parse<Seq<'a, WithItem<'a>>> {
        self.expect(Kind::LPar)?;
        let items = self.with_items(Kind::RPar)?;
        self.expect(Kind::RPar)?;
        // A quirk of the grammar: before a type comment the parentheses of `async with` are those of a tuple.
        let ends = self.kind() == Kind::Colon && !(is_async && self.kind_after(1) == Kind::TypeComment);
        if ends { Ok(items) } else { Err(Bail) }
    }

    fn with_items(&mut self, end: Kind) -> Parse<Seq<'a, WithItem<'a>>> {
        let mut items = bumpalo::collections::Vec::with_capacity_in(1, self.arena);
        loop {
            let context_expr = self.expression()?;
            let target = if self.eat(Kind::As) { Some(self.star_target()?) } else { None };
            items.push(WithItem {
                context_expr: self.alloc(context_expr),
                optional_vars: self.alloc_some(target),
            });
            if !self.eat(Kind::Comma) || (end == Kind::RPar && self.kind() == end) {
                break;
            }
        }
        Ok(items.into_bump_slice())
    }

    fn try_statement(&mut self) -> Parse<StmtKind<'a>> {
        self.pos += 1;
        let body = self.suite()?;
        let mut handlers = bumpalo::collections::Vec::new_in(self.arena);
        let starred = self.kind() == Kind::Except && self.kind_after(1) == Kind::Star;
        while self.kind() == Kind::Except {
            handlers.push(self.except_handler(starred)?);
        }
        if starred {
            self.since(11)?;
        }
        let orelse = if handlers.is_empty() { &[] } else { self.else_block()? };
        let finalbody = if self.eat(Kind::Finally) { self.suite()? } else { &[] };
        if handlers.is_empty() && finalbody.is_empty() {
            return Err(Bail);
        }
        let node = self.alloc(Try { body, handlers: handlers.into_bump_slice(), orelse, finalbody });
        Ok(if starred { StmtKind::TryStar(node) } else { StmtKind::Try(node) })
    }

    fn except_handler(&mut self, starred: bool) -> Parse<ExceptHandler<'a>> {
        let start = self.pos;
        self.pos += 1;
        if self.eat(Kind::Star) != starred {
            return Err(Bail);
        }
        let (mut type_, mut name) = (None, None);
        if starred || self.kind() != Kind::Colon {
            let first = self.pos;
            let mut value = self.expression()?;
            if self.eat(Kind::As) {
                name = Some(self.name()?);
            } else if self.kind() == Kind::Comma {
                self.since(14)?;
                value = self.tuple_rest(first, value, Self::expression)?;
            }
            type_ = Some(self.alloc(value));
        }
        let body = self.suite()?;
        Ok(ExceptHandler { loc: self.loc(start), type_, name, body })
    }

    /// A function or class with its decorators. It begins, for its place, after these.
    fn definition(&mut self) -> Parse<Stmt<'a>> {
        let mark = self.exprs.len();
        while self.eat(Kind::At) {
            let decorator = self.named_expression()?;
            self.expect(Kind::Newline)?;
            self.exprs.push(decorator);
        }
        let decorators = self.take_exprs(mark);
        let start = self.pos;
        let kind = if self.eat(Kind::Class) {
            self.class(decorators)?
        } else {
            let is_async = self.eat(Kind::Async);
            self.expect(Kind::Def)?;
            let function = self.function(decorators)?;
            if is_async {
                self.since(5)?;
                StmtKind::AsyncFunctionDef(function)
            } else {
                StmtKind::FunctionDef(function)
            }
        };
        Ok(Stmt { loc: self.loc(start), kind })
    }

    fn class(&mut self, decorator_list: Seq<'a, Expr<'a>>) -> Parse<StmtKind<'a>> {
        let name = self.name()?;
        let type_params = self.type_params()?;
        let (mut bases, mut keywords): (Seq<'a, Expr<'a>>, Seq<'a, Keyword<'a>>) = (&[], &[]);
        if self.kind() == Kind::LPar {
            let open = self.pos;
            (bases, keywords) = self.call_arguments()?;
            // A generator expression is not an argument here, since it would share the parentheses.
            if let [Expr { kind: ExprKind::GeneratorExp { .. }, loc }] = bases
                && (loc.line, loc.col) == (self.tokens[open].line, self.tokens[open].col)
            {
                return Err(Bail);
            }
        }
        let body = self.suite()?;
        Ok(StmtKind::ClassDef(self.alloc(ClassDef {
            name,
            bases,
            keywords,
            body,
            decorator_list,
            type_params,
        })))
    }

    fn function(&mut self, decorator_list: Seq<'a, Expr<'a>>) -> Parse<&'a FunctionDef<'a>> {
        let name = self.name()?;
        let type_params = self.type_params()?;
        self.expect(Kind::LPar)?;
        let args = self.parameters()?;
        self.expect(Kind::RPar)?;
        let returns = if self.eat(Kind::RArrow) { Some(self.expression()?) } else { None };
        let returns = self.alloc_some(returns);
        self.expect(Kind::Colon)?;
        let type_comment = self.function_type_comment();
        let body = self.block()?;
        Ok(self.alloc(FunctionDef { name, args, body, decorator_list, returns, type_comment, type_params }))
    }

    /// A type comment after the colon, or alone on the next line before an indented block.
    fn function_type_comment(&mut self) -> Option<&'a str> {
        if self.kind() == Kind::Newline
            && self.kind_after(1) == Kind::TypeComment
            && self.kind_after(2) == Kind::Newline
            && self.kind_after(3) == Kind::Indent
        {
            self.pos += 1;
        }
        self.type_comment()
    }
}
