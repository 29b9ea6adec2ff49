//! Parameters of functions and lambdas.

use super::{Bail, Parse, Parser, take};
use crate::ast::*;
use crate::token::Kind;

/// Levels the reference parser takes from a lambda to the default of one of its parameters.
const LAMBDA_DEFAULT_DEPTH: u32 = 8;

/// The parts of a parameter list as they come.
struct Parts<'a> {
    positional: bumpalo::collections::Vec<'a, Arg<'a>>,
    /// How many of `positional` stand before the `/`.
    positional_only: usize,
    vararg: Option<&'a Arg<'a>>,
    keyword_only: bumpalo::collections::Vec<'a, Arg<'a>>,
    kwarg: Option<&'a Arg<'a>>,
}

impl<'a> Parser<'a, '_> {
    /// The parameters of a `def`, up to its `)`.
    pub(super) fn parameters(&mut self) -> Parse<&'a Arguments<'a>> {
        self.parameter_list(Kind::RPar)
    }

    /// The parameters of a `lambda`, up to its `:`.
    pub(super) fn lambda_parameters(&mut self) -> Parse<&'a Arguments<'a>> {
        self.parameter_list(Kind::Colon)
    }

    fn parameter_list(&mut self, end: Kind) -> Parse<&'a Arguments<'a>> {
        let (mark, keyword_mark) = (self.exprs.len(), self.optional_exprs.len());
        let mut parts = Parts {
            positional: bumpalo::collections::Vec::new_in(self.arena),
            positional_only: 0,
            vararg: None,
            keyword_only: bumpalo::collections::Vec::new_in(self.arena),
            kwarg: None,
        };
        let mut star = false;
        let mut slash = false;
        while self.kind() != end {
            match self.kind() {
                Kind::Slash if !slash && !star && !parts.positional.is_empty() => {
                    self.since(8)?;
                    self.pos += 1;
                    slash = true;
                    parts.positional_only = parts.positional.len();
                }
                Kind::Star if !star => {
                    self.pos += 1;
                    star = true;
                    if self.kind() == Kind::Comma {
                        // A bare star needs a parameter after it.
                        if self.kind_after(1) != Kind::Name {
                            return Err(Bail);
                        }
                    } else {
                        let arg = self.parameter(end, true)?;
                        parts.vararg = Some(self.parameter_end(end, arg)?);
                        continue;
                    }
                }
                Kind::DoubleStar => {
                    self.pos += 1;
                    let arg = self.parameter(end, false)?;
                    parts.kwarg = Some(self.parameter_end(end, arg)?);
                    break;
                }
                _ => {
                    self.named_parameter(end, star, mark, &mut parts)?;
                    continue;
                }
            }
            if !self.eat(Kind::Comma) && self.kind() != end {
                return Err(Bail);
            }
            if star && self.kind() == Kind::TypeComment {
                return Err(Bail);
            }
        }
        if self.kind() != end {
            return Err(Bail);
        }
        let (posonlyargs, args) = parts.positional.into_bump_slice().split_at(parts.positional_only);
        let kw_defaults = take(self.arena, &mut self.optional_exprs, keyword_mark);
        let defaults = self.take_exprs(mark);
        Ok(self.alloc(Arguments {
            posonlyargs,
            args,
            vararg: parts.vararg,
            kwonlyargs: parts.keyword_only.into_bump_slice(),
            kw_defaults,
            kwarg: parts.kwarg,
            defaults,
        }))
    }

    /// A parameter without star, with its default and what ends it.
    fn named_parameter(&mut self, end: Kind, star: bool, mark: usize, parts: &mut Parts<'a>) -> Parse<()> {
        let arg = self.parameter(end, false)?;
        let levels = if end == Kind::Colon { LAMBDA_DEFAULT_DEPTH } else { 0 };
        let default = if self.eat(Kind::Equal) { Some(self.nested(levels, Self::expression)?) } else { None };
        let arg = *self.parameter_end(end, arg)?;
        if star {
            parts.keyword_only.push(arg);
            self.optional_exprs.push(default);
        } else {
            match default {
                Some(default) => self.exprs.push(default),
                None if self.exprs.len() > mark => return Err(Bail),
                None => {}
            }
            parts.positional.push(arg);
        }
        Ok(())
    }

    fn parameter(&mut self, end: Kind, vararg: bool) -> Parse<Arg<'a>> {
        let start = self.pos;
        let arg = self.name()?;
        let annotation = if end == Kind::RPar && self.eat(Kind::Colon) {
            let annotation = if vararg { self.star_expression()? } else { self.expression()? };
            Some(self.alloc(annotation))
        } else {
            None
        };
        Ok(Arg { loc: self.loc(start), arg, annotation, type_comment: None })
    }

    /// The comma after a parameter and its type comment; without comma the list must end.
    fn parameter_end(&mut self, end: Kind, arg: Arg<'a>) -> Parse<&'a Arg<'a>> {
        let comma = self.eat(Kind::Comma);
        let type_comment = if end == Kind::RPar { self.type_comment() } else { None };
        if comma || self.kind() == end { Ok(self.alloc(Arg { type_comment, ..arg })) } else { Err(Bail) }
    }
}
