//! String literals: what is wrong inside them and between them.

use super::node::{Node, Shape};
use super::peg::{Peg, Res, Rule, alt, invalid};
use crate::error::{ErrorKind, SyntaxError, Undecodable};
use crate::literal::{self, EscapeError};
use crate::token::{Kind as K, Token};

/// The two kinds of string with replacement fields.
#[derive(Clone, Copy)]
pub(super) struct Sort {
    start: K,
    middle: K,
    end: K,
    prefix: char,
    shape: Shape,
    /// Written with an `r`.
    raw: bool,
}

pub(super) const F_STRING: Sort = Sort {
    start: K::FStringStart,
    middle: K::FStringMiddle,
    end: K::FStringEnd,
    prefix: 'f',
    shape: Shape::FString,
    raw: false,
};
pub(super) const T_STRING: Sort = Sort {
    start: K::TStringStart,
    middle: K::TStringMiddle,
    end: K::TStringEnd,
    prefix: 't',
    shape: Shape::TString,
    raw: false,
};

impl<'b> Peg<'b, '_> {
    pub(super) fn strings(&mut self) -> Res<'b> {
        self.memo(Rule::Strings, |p| {
            invalid!(p, invalid_string_tstring_concat);
            alt!(p, { p.many1(Self::fstring_or_string)? } => |p, start, parts| {
                let is_bytes = |part: &Node<'_>| part.shape == Shape::Bytes;
                if parts.items.iter().any(is_bytes) && !parts.items.iter().all(is_bytes) {
                    return p.raise("cannot mix bytes and nonbytes literals");
                }
                let shape = match parts.items {
                    parts if parts.iter().any(|part| part.shape == Shape::FString) => Shape::FString,
                    parts => parts.first().map_or(Shape::Literal(false), |part| part.shape),
                };
                Some(p.node(shape, start, &[]))
            });
            alt!(p, { p.many1(Self::tstring)? } => |p, start, _| Some(p.node(Shape::TString, start, &[])));
            None
        })
    }

    fn fstring_or_string(&mut self) -> Res<'b> {
        if let Some(part) = self.group(|p| p.replacement_string(F_STRING)) {
            return Some(part);
        }
        self.group(Self::string)
    }

    fn invalid_string_tstring_concat(&mut self) -> Res<'b> {
        self.rule(|p| {
            let msg = "cannot mix t-string literals with string or bytes literals";
            alt!(p, {
                let plain = p.many1(Self::fstring_or_string)?;
                (plain.last(), p.tstring()?, msg)
            } => |p, _, (last, other, msg)| p.raise_range(last, other, msg));
            alt!(p, {
                let templates = p.many1(Self::tstring)?;
                (templates.last(), p.fstring_or_string()?, msg)
            } => |p, _, (last, other, msg)| p.raise_range(last, other, msg));
            None
        })
    }

    fn tstring(&mut self) -> Res<'b> {
        self.memo(Rule::TString, |p| {
            let node = p.replacement_string(T_STRING)?;
            p.since(14, "t-strings are", node)
        })
    }

    fn string(&mut self) -> Res<'b> {
        self.rule(|p| {
            let start = p.mark;
            let token = p.token_at(start);
            let node = p.tok(K::String)?;
            let parts = literal::string_parts(p.text(&token));
            if parts.bytes && !parts.body.is_ascii() {
                return p.raise_at(node, "bytes can only contain ASCII literal characters");
            }
            if !parts.raw && parts.body.contains('\\') {
                p.check_escapes(parts.body, None, &token, parts.bytes)?;
            }
            let shape = if parts.bytes { Shape::Bytes } else { Shape::Literal(false) };
            Some(Node { shape, ..node })
        })
    }

    /// Decodes a text for the sake of errors, shown at `place` or the last token read, and warnings, shown at `token`.
    fn check_escapes(
        &mut self,
        text: &str,
        place: Option<Node<'b>>,
        token: &Token,
        bytes: bool,
    ) -> Option<()> {
        let decoded = if bytes {
            literal::decode_bytes(self.arena, text)
        } else {
            literal::decode_str(self.arena, text)
        };
        match decoded {
            Err(error) => {
                match place {
                    Some(place) => self.raise_at(place, error.message()),
                    None => self.raise(error.message()),
                };
                None
            }
            Ok(decoded) => {
                if let Some(invalid) = decoded.invalid.filter(|_| !self.diagnosing) {
                    let token_text = self.text(token);
                    let version = self.options.feature_version;
                    if let Some(warning) = literal::escape_warning(invalid, token, token_text, version) {
                        let error = self.warning_error(&warning);
                        self.warnings.push(warning.finish(error));
                    }
                }
                Some(())
            }
        }
    }

    /// The same for a format specification, whose errors CPython leaves as they are.
    fn check_spec_escapes(&mut self, text: &str, token: &Token) -> Option<()> {
        if let Err(error @ EscapeError::Unicode { start, end, reason }) =
            literal::decode_str(self.arena, text)
        {
            let undecodable = Undecodable { object: literal::expanded(text), start, end, reason };
            self.set_error(SyntaxError {
                undecodable: Some(Box::new(undecodable)),
                ..SyntaxError::plain(ErrorKind::UnicodeDecodeError, error.plain_message())
            });
            return None;
        }
        self.check_escapes(text, Some(Node::of_token(token)), token, false)
    }

    fn warning_error(&self, warning: &literal::EscapeWarning) -> SyntaxError {
        crate::diagnose::escape_error(self.lexer.source(), warning)
    }

    /// One f-string or t-string.
    fn replacement_string(&mut self, sort: Sort) -> Res<'b> {
        self.rule(|p| {
            let start = p.mark;
            p.tok(sort.start)?;
            let raw = p.text(&p.token_at(start)).bytes().any(|b| b | 0x20 == b'r');
            let sort = Sort { raw, ..sort };
            let mut texts = Vec::new();
            p.many0(|p| p.replacement_string_part(sort, &mut texts))?;
            let end = p.token_at(p.mark);
            p.tok(sort.end)?;
            if !raw {
                for token in texts {
                    let text = p.text(&token);
                    if text.contains('\\') {
                        p.check_escapes(text, Some(Node::of_token(&token)), &end, false)?;
                    }
                }
            }
            Some(p.node(sort.shape, start, &[]))
        })
    }

    /// A replacement field or literal text.
    fn replacement_string_part(&mut self, sort: Sort, texts: &mut Vec<Token>) -> Res<'b> {
        self.rule(|p| {
            alt!(p, { p.replacement_field(sort)? });
            let token = p.token_at(p.mark);
            let node = p.tok(sort.middle)?;
            texts.push(token);
            Some(node)
        })
    }

    fn replacement_field(&mut self, sort: Sort) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::LBrace)?;
                p.annotated_rhs()?;
                p.opt(|p| p.tok(K::Equal))?;
                p.opt(|p| p.conversion(sort))?;
                p.opt(|p| p.format_spec(sort))?;
                p.tok(K::RBrace)?
            });
            if p.diagnosing {
                alt!(p, { p.invalid_replacement_field(sort)? });
            }
            None
        })
    }

    fn conversion(&mut self, sort: Sort) -> Res<'b> {
        let prefix = sort.prefix;
        self.rule(|p| {
            let mark = p.tok(K::Exclamation)?;
            let at = p.mark;
            let name = p.name()?;
            if (mark.span.line, mark.span.end_col) != (name.span.line, name.span.col) {
                let msg =
                    format!("{prefix}-string: conversion type must come right after the exclamation mark");
                return p.raise_range(mark, name, msg);
            }
            let text = p.text(&p.token_at(at));
            if !matches!(&*crate::parser::normalize(text), "s" | "r" | "a") {
                let shown = crate::parser::normalize(text);
                let msg = format!(
                    "{prefix}-string: invalid conversion character '{shown}': expected 's', 'r', or 'a'"
                );
                return p.raise_at(name, msg);
            }
            Some(name)
        })
    }

    fn format_spec(&mut self, sort: Sort) -> Res<'b> {
        self.rule(|p| {
            p.tok(K::Colon)?;
            p.many0(|p| p.format_spec_part(sort))
        })
    }

    fn format_spec_part(&mut self, sort: Sort) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                let token = p.token_at(p.mark);
                let node = p.tok(sort.middle)?;
                let text = p.text(&token);
                if !sort.raw && text.contains('\\') {
                    p.check_spec_escapes(text, &token)?;
                }
                node
            });
            alt!(p, { p.replacement_field(sort)? });
            None
        })
    }

    /// The field up to its format specification.
    fn field_head(&mut self, conversion: bool) -> Option<()> {
        self.tok(K::LBrace)?;
        self.annotated_rhs()?;
        self.opt(|p| p.tok(K::Equal))?;
        if conversion {
            self.opt(|p| {
                p.tok(K::Exclamation)?;
                p.name()
            })?;
        }
        Some(())
    }

    fn invalid_replacement_field(&mut self, sort: Sort) -> Res<'b> {
        const ENDS: [K; 4] = [K::Equal, K::Exclamation, K::Colon, K::RBrace];
        let prefix = sort.prefix;
        self.rule(|p| {
            for end in ENDS {
                alt!(p, {
                    p.tok(K::LBrace)?;
                    (p.tok(end)?, end.text(), prefix)
                } => |p, _, (found, shown, prefix)| {
                    p.raise_at(found, format!("{prefix}-string: valid expression required before '{shown}'"))
                });
            }
            alt!(p, {
                p.tok(K::LBrace)?;
                p.not(Self::annotated_rhs)?;
                prefix
            } => |p, _, prefix| p.raise_next(format!("{prefix}-string: expecting a valid expression after '{{'")));
            alt!(p, {
                p.tok(K::LBrace)?;
                p.annotated_rhs()?;
                p.not_any(&ENDS)?;
                prefix
            } => |p, _, prefix| p.raise_next(format!("{prefix}-string: expecting '=', or '!', or ':', or '}}'")));
            alt!(p, {
                p.tok(K::LBrace)?;
                p.annotated_rhs()?;
                p.tok(K::Equal)?;
                p.not_any(&ENDS[1..])?;
                prefix
            } => |p, _, prefix| p.raise_next(format!("{prefix}-string: expecting '!', or ':', or '}}'")));
            alt!(p, {
                p.field_head(false)?;
                p.invalid_conversion_character(prefix)?
            });
            alt!(p, {
                p.field_head(true)?;
                p.not_any(&ENDS[2..])?;
                prefix
            } => |p, _, prefix| p.raise_next(format!("{prefix}-string: expecting ':' or '}}'")));
            alt!(p, {
                p.field_head(true)?;
                p.tok(K::Colon)?;
                p.many0(|p| p.format_spec_part(Sort { raw: sort.raw, ..F_STRING }))?;
                p.not_any(&[K::RBrace])?;
                prefix
            } => |p, _, prefix| p.raise_next(format!("{prefix}-string: expecting '}}', or format specs")));
            alt!(p, {
                p.field_head(true)?;
                p.not_any(&[K::RBrace])?;
                prefix
            } => |p, _, prefix| p.raise_next(format!("{prefix}-string: expecting '}}'")));
            None
        })
    }

    fn invalid_conversion_character(&mut self, prefix: char) -> Res<'b> {
        self.rule(|p| {
            alt!(p, {
                p.tok(K::Exclamation)?;
                p.look_any(&[K::Colon, K::RBrace])?;
                prefix
            } => |p, _, prefix| p.raise_next(format!("{prefix}-string: missing conversion character")));
            alt!(p, {
                p.tok(K::Exclamation)?;
                p.not(Self::name)?;
                prefix
            } => |p, _, prefix| p.raise_next(format!("{prefix}-string: invalid conversion character")));
            None
        })
    }
}
