//! String literals next to each other, and strings with replacement fields.

use super::{Bail, Parse, Parser};
use crate::ast::*;
use crate::literal;
use crate::token::{Kind, Token};

/// The two kinds of string with replacement fields.
#[derive(Clone, Copy, PartialEq)]
struct Sort {
    template: bool,
    raw: bool,
    middle: Kind,
    end: Kind,
}

const F_STRING: Sort =
    Sort { template: false, raw: false, middle: Kind::FStringMiddle, end: Kind::FStringEnd };
const T_STRING: Sort =
    Sort { template: true, raw: false, middle: Kind::TStringMiddle, end: Kind::TStringEnd };

impl<'a> Parser<'a, '_> {
    /// `strings`
    pub(super) fn strings(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        if self.kind() == Kind::String && !self.kind_after(1).starts_string() {
            return self.string();
        }
        let mark = self.exprs.len();
        let template = self.kind() == Kind::TStringStart;
        while self.kind().starts_string() {
            if (self.kind() == Kind::TStringStart) != template {
                return Err(Bail);
            }
            let part = match self.kind() {
                Kind::String => self.string()?,
                Kind::FStringStart => self.replacement_string(F_STRING)?,
                _ => {
                    self.since(14)?;
                    self.replacement_string(T_STRING)?
                }
            };
            self.exprs.push(part);
        }
        let loc = self.loc(start);
        if template {
            let values = self.joined_values(mark);
            return Ok(Expr { loc, kind: ExprKind::TemplateStr { values } });
        }
        self.concatenate(mark, loc)
    }

    /// One plain string or bytes literal.
    fn string(&mut self) -> Parse<Expr<'a>> {
        let start = self.pos;
        let token = *self.token();
        self.expect(Kind::String)?;
        let text = token.slice(self.source);
        let parts = literal::string_parts(text);
        let raw = parts.raw || memchr::memchr(b'\\', parts.body.as_bytes()).is_none();
        let value = if parts.bytes {
            if !parts.body.is_ascii() {
                return Err(Bail);
            }
            let bytes = if raw { parts.body.as_bytes() } else { self.decode(parts.body, &token, true)? };
            Constant::Bytes(bytes)
        } else {
            Constant::Str(if raw { parts.body.as_bytes() } else { self.decode(parts.body, &token, false)? })
        };
        let kind = parts.unicode_kind.then_some("u");
        Ok(Expr { loc: self.loc(start), kind: ExprKind::Constant { value, kind } })
    }

    /// Decodes escapes in a text that belongs to `token`, noting an invalid one.
    fn decode(&mut self, text: &str, token: &Token, bytes: bool) -> Parse<&'a [u8]> {
        let decoded = if bytes {
            literal::decode_bytes(self.arena, text)
        } else {
            literal::decode_str(self.arena, text)
        };
        let decoded = decoded.map_err(|_| Bail)?;
        if let Some(invalid) = decoded.invalid {
            let token_text = token.slice(self.source);
            let version = self.options.feature_version;
            if let Some(warning) = literal::escape_warning(invalid, token, token_text, version) {
                self.warnings.push((token.start, warning));
            }
        }
        Ok(decoded.value)
    }

    /// One f-string or t-string.
    fn replacement_string(&mut self, sort: Sort) -> Parse<Expr<'a>> {
        let start = self.pos;
        let raw = self.token().slice(self.source).bytes().any(|b| b | 0x20 == b'r');
        let sort = Sort { raw, ..sort };
        self.pos += 1;
        let mark = self.exprs.len();
        // Escapes are decoded when the end is known, since CPython names the end in its warnings.
        let mut undecoded = Vec::new();
        loop {
            match self.kind() {
                kind if kind == sort.middle => {
                    undecoded.push(self.exprs.len());
                    let text = self.middle_text();
                    let kind = ExprKind::Constant { value: Constant::Str(text.as_bytes()), kind: None };
                    self.exprs.push(Expr { loc: self.previous_loc(), kind });
                }
                Kind::LBrace => self.replacement_field(sort, sort.template)?,
                kind if kind == sort.end => break,
                _ => return Err(Bail),
            }
        }
        let end = *self.token();
        self.pos += 1;
        if !raw {
            for at in undecoded {
                if let ExprKind::Constant { value: Constant::Str(text), .. } = self.exprs[at].kind
                    && text.contains(&b'\\')
                {
                    let text = std::str::from_utf8(text).map_err(|_| Bail)?;
                    let value = Constant::Str(self.decode(text, &end, false)?);
                    self.exprs[at].kind = ExprKind::Constant { value, kind: None };
                }
            }
        }
        let values = self.take_exprs(mark);
        let kind =
            if sort.template { ExprKind::TemplateStr { values } } else { ExprKind::JoinedStr { values } };
        Ok(Expr { loc: self.loc(start), kind })
    }

    /// The text of a literal part, and on to the next token.
    fn middle_text(&mut self) -> &'a str {
        let text = self.token().slice(self.source);
        self.pos += 1;
        if matches!(text, "{{" | "}}") { &text[..1] } else { text }
    }

    /// `{…}`, onto the scratch stack: one node, or two with `=`.
    fn replacement_field(&mut self, sort: Sort, interpolation: bool) -> Parse<()> {
        let start = self.pos;
        self.expect(Kind::LBrace)?;
        let value = self.annotated_rhs()?;
        let value = self.alloc(value);
        let debug_sign = (self.kind() == Kind::Equal).then_some(self.pos);
        let debug = self.eat(Kind::Equal);
        let mut text_end = None;
        let mut conversion = -1;
        // Where the text shown for `=` ends.
        let mut debug_end = None;
        if self.kind() == Kind::Exclamation {
            text_end = Some(self.pos);
            conversion = self.conversion()?;
            debug_end = Some((self.tokens[self.pos - 1].line, self.tokens[self.pos - 1].col));
        }
        let mut format_spec = None;
        if self.kind() == Kind::Colon {
            text_end.get_or_insert(self.pos);
            let spec = self.format_spec(sort)?;
            debug_end.get_or_insert((spec.loc.line, spec.loc.col + 1));
            format_spec = Some(self.alloc(spec));
        }
        let text_end = text_end.unwrap_or(self.pos);
        self.expect(Kind::RBrace)?;
        let loc = self.loc(start);
        if debug && conversion < 0 && format_spec.is_none() {
            conversion = i32::from(b'r');
        }
        let text = if debug || interpolation { self.field_text(text_end)? } else { "" };
        if debug {
            let (end_line, end_col) = debug_end.unwrap_or((loc.end_line, loc.end_col));
            let loc = Loc { line: loc.line, col: loc.col + 1, end_line, end_col: end_col - 1 };
            let kind = ExprKind::Constant { value: Constant::Str(text.as_bytes()), kind: None };
            self.exprs.push(Expr { loc, kind });
        }
        let kind = if interpolation {
            let text = match debug_sign {
                Some(sign) => self.field_text_before(text_end, self.tokens[sign].start)?,
                None => text,
            };
            let str = Constant::Str(text.as_bytes());
            ExprKind::Interpolation { value, str, conversion, format_spec }
        } else {
            ExprKind::FormattedValue { value, conversion, format_spec }
        };
        self.exprs.push(Expr { loc, kind });
        Ok(())
    }

    fn conversion(&mut self) -> Parse<i32> {
        let mark = *self.token();
        self.pos += 1;
        let name = *self.token();
        if (mark.line, mark.end_col) != (name.line, name.col) {
            return Err(Bail);
        }
        match self.name()?.as_bytes() {
            [c @ (b's' | b'r' | b'a')] => Ok(i32::from(*c)),
            _ => Err(Bail),
        }
    }

    /// `':' …` up to the closing brace.
    fn format_spec(&mut self, sort: Sort) -> Parse<Expr<'a>> {
        let start = self.pos;
        self.pos += 1;
        let mark = self.exprs.len();
        loop {
            match self.kind() {
                kind if kind == sort.middle => {
                    let token = *self.token();
                    self.pos += 1;
                    let text = token.slice(self.source);
                    if text.is_empty() {
                        continue;
                    }
                    let value = if sort.raw || !text.contains('\\') {
                        text.as_bytes()
                    } else {
                        self.decode(text, &token, false)?
                    };
                    if value.is_empty() {
                        continue;
                    }
                    let kind = ExprKind::Constant { value: Constant::Str(value), kind: None };
                    self.exprs.push(Expr { loc: self.previous_loc(), kind });
                }
                Kind::LBrace => self.replacement_field(sort, false)?,
                _ => break,
            }
        }
        let loc = self.loc(start);
        let one_constant = matches!(self.exprs[mark..], [] | [Expr { kind: ExprKind::Constant { .. }, .. }]);
        if one_constant {
            return Ok(Expr { loc, kind: ExprKind::JoinedStr { values: self.take_exprs(mark) } });
        }
        self.concatenate(mark, loc)
    }

    /// The text of the expression that token `end` closes.
    fn field_text(&self, end: usize) -> Parse<&'a str> {
        self.field_text_before(end, u32::MAX)
    }

    /// The same up to byte `limit` of the source.
    fn field_text_before(&self, end: usize, limit: u32) -> Parse<&'a str> {
        let at = self.tokens[end].start;
        let found = self.fields.binary_search_by_key(&at, |field| field.at).map_err(|_| Bail)?;
        let field = self.fields[found];
        let text = self.source.get(field.start as usize..field.end.min(limit) as usize).ok_or(Bail)?;
        Ok(match literal::expression_text(text) {
            std::borrow::Cow::Borrowed(text) => text,
            std::borrow::Cow::Owned(text) => self.arena.alloc_str(&text),
        })
    }

    /// The literals above `mark` on the scratch stack as one.
    fn concatenate(&mut self, mark: usize, loc: Loc) -> Parse<Expr<'a>> {
        let parts = &self.exprs[mark..];
        let constant = |part: &Expr<'a>| match part.kind {
            ExprKind::Constant { value, .. } => Some(value),
            _ => None,
        };
        let any_bytes = parts.iter().any(|part| matches!(constant(part), Some(Constant::Bytes(_))));
        let all_bytes = parts.iter().all(|part| matches!(constant(part), Some(Constant::Bytes(_))));
        if any_bytes && !all_bytes {
            return Err(Bail);
        }
        if parts.iter().any(|part| constant(part).is_none()) {
            let values = self.joined_values(mark);
            return Ok(Expr { loc, kind: ExprKind::JoinedStr { values } });
        }
        let [first, rest @ ..] = parts else { return Err(Bail) };
        if rest.is_empty() {
            let first = *first;
            self.exprs.truncate(mark);
            return Ok(first);
        }
        let value = self.join_constants(mark, self.exprs.len());
        let value = if any_bytes { Constant::Bytes(value) } else { Constant::Str(value) };
        let kind = ExprKind::Constant { value, kind: self.constant_kind(mark) };
        self.exprs.truncate(mark);
        Ok(Expr { loc, kind })
    }

    fn constant_kind(&self, at: usize) -> Option<&'a str> {
        match self.exprs[at].kind {
            ExprKind::Constant { kind, .. } => kind,
            _ => None,
        }
    }

    fn join_constants(&self, from: usize, to: usize) -> &'a [u8] {
        let mut joined = bumpalo::collections::Vec::new_in(self.arena);
        for part in &self.exprs[from..to] {
            if let ExprKind::Constant { value: Constant::Str(text) | Constant::Bytes(text), .. } = part.kind {
                joined.extend_from_slice(text);
            }
        }
        joined.into_bump_slice()
    }

    /// The parts above `mark`, strings with fields opened up, neighbouring constants joined, empty ones dropped.
    fn joined_values(&mut self, mark: usize) -> Seq<'a, Expr<'a>> {
        let end = self.exprs.len();
        for at in mark..end {
            match self.exprs[at].kind {
                ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => {
                    self.exprs.extend_from_slice(values);
                }
                _ => {
                    let part = self.exprs[at];
                    self.exprs.push(part);
                }
            }
        }
        let flat_end = self.exprs.len();
        let is_constant = |part: &Expr<'a>| matches!(part.kind, ExprKind::Constant { .. });
        let mut at = end;
        while at < flat_end {
            let mut part = self.exprs[at];
            let mut next = at + 1;
            if is_constant(&part) {
                while next < flat_end && is_constant(&self.exprs[next]) {
                    next += 1;
                }
                if next > at + 1 {
                    let last = self.exprs[next - 1].loc;
                    part.loc.end_line = last.end_line;
                    part.loc.end_col = last.end_col;
                    let value = Constant::Str(self.join_constants(at, next));
                    part.kind = ExprKind::Constant { value, kind: self.constant_kind(at) };
                }
            }
            at = next;
            if !matches!(part.kind, ExprKind::Constant { value: Constant::Str([]), .. }) {
                self.exprs.push(part);
            }
        }
        let values = self.arena.alloc_slice_copy(&self.exprs[flat_end..]);
        self.exprs.truncate(mark);
        values
    }
}
