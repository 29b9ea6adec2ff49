//! Arguments of calls and bases of classes.

use super::{Bail, Parse, Parser, take};
use crate::ast::*;
use crate::token::Kind;

/// What may still follow in an argument list.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Stage {
    Positional,
    /// After `name=value`: no more positional arguments.
    Keyword,
    /// After `**mapping`: no more `*iterable` either.
    Mapping,
}

impl<'a> Parser<'a, '_> {
    /// `'(' [arguments] ')'`, or a generator expression as the only argument.
    pub(super) fn call_arguments(&mut self) -> Parse<(Seq<'a, Expr<'a>>, Seq<'a, Keyword<'a>>)> {
        let open = self.pos;
        self.expect(Kind::LPar)?;
        let (mark, keyword_mark) = (self.exprs.len(), self.keywords.len());
        let mut stage = Stage::Positional;
        while self.kind() != Kind::RPar {
            match self.kind() {
                Kind::Star if stage < Stage::Mapping => {
                    let argument = self.starred_expression()?;
                    self.exprs.push(argument);
                }
                Kind::DoubleStar => {
                    let start = self.pos;
                    self.pos += 1;
                    let value = self.expression()?;
                    let value = self.alloc(value);
                    self.keywords.push(Keyword { loc: self.loc(start), arg: None, value });
                    stage = Stage::Mapping;
                }
                Kind::Name if self.kind_after(1) == Kind::Equal => {
                    let start = self.pos;
                    let arg = Some(self.name()?);
                    self.pos += 1;
                    let value = self.expression()?;
                    let value = self.alloc(value);
                    self.keywords.push(Keyword { loc: self.loc(start), arg, value });
                    stage = if stage == Stage::Mapping { stage } else { Stage::Keyword };
                }
                _ if stage == Stage::Positional => {
                    let argument = self.named_expression()?;
                    if matches!(self.kind(), Kind::For | Kind::Async) && self.exprs.len() == mark {
                        let generator = self.generator(open, argument)?;
                        return Ok((self.arena.alloc_slice_copy(&[generator]), &[]));
                    }
                    self.exprs.push(argument);
                }
                _ => return Err(Bail),
            }
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        self.expect(Kind::RPar)?;
        let args = self.take_exprs(mark);
        Ok((args, take(self.arena, &mut self.keywords, keyword_mark)))
    }
}
