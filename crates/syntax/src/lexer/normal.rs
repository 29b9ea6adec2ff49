//! Everything outside string literals: layout, comments, names, operators, brackets.

use super::{Bracket, Done, FieldText, Lexer, MAX_LEVEL, is_identifier_byte, is_identifier_start};
use crate::token::{Kind, Token};
use crate::unicode;

impl Lexer<'_> {
    pub(super) fn normal_token(&mut self) -> Token {
        loop {
            self.start_col = -1;
            self.in_token = false;
            let mut blank = false;
            if self.at_line_start {
                match self.indentation() {
                    Ok(is_blank) => blank = is_blank,
                    Err(token) => return token,
                }
            }
            self.start = self.pos;
            self.start_col = self.col();
            if self.pending != 0
                && let Some(token) = self.pending_token()
            {
                return token;
            }
            if let Some(token) = self.line_token(blank) {
                return token;
            }
        }
    }

    /// The next token of the line, or nothing if the line ended without one.
    fn line_token(&mut self, blank: bool) -> Option<Token> {
        loop {
            self.in_token = false;
            self.fill_line();
            while matches!(self.at(self.pos), b' ' | b'\t' | b'\x0c') && self.pos < self.line_end {
                self.pos += 1;
            }
            if !self.fill_line() {
                return Some(self.end_of_text());
            }
            self.start = self.pos;
            self.start_col = self.col();
            self.in_token = true;
            let mut byte = self.at(self.pos);
            if byte == b'#' {
                if let Some(token) = self.comment(blank) {
                    return Some(token);
                }
                if !self.fill_line() {
                    return Some(self.end_of_text());
                }
                byte = self.at(self.pos);
            }
            if is_identifier_start(byte) {
                return Some(self.word());
            }
            if byte.is_ascii_digit() {
                return Some(self.number());
            }
            match byte {
                b'\r' | b'\n' => {
                    self.pos += 1;
                    if byte == b'\r' && self.at(self.pos) == b'\n' {
                        self.pos += 1;
                    } else if byte == b'\r' {
                        return Some(self.operator());
                    }
                    return self.newline(blank);
                }
                b'"' | b'\'' => return Some(self.string()),
                b'.' if self.at(self.pos + 1).is_ascii_digit() => return Some(self.number()),
                b'\\' => {
                    self.pos += 1;
                    if let Err(token) = self.continuation() {
                        return Some(token);
                    }
                }
                _ => {
                    self.pos += 1;
                    return Some(self.operator());
                }
            }
        }
    }

    fn end_of_text(&mut self) -> Token {
        if self.brackets.is_empty() && self.done == Done::Eof {
            self.bare_token(Kind::EndMarker)
        } else {
            self.error_token()
        }
    }

    fn newline(&mut self, blank: bool) -> Option<Token> {
        self.at_line_start = true;
        let extra = self.options.extra_tokens;
        if blank || !self.brackets.is_empty() {
            self.comment_newline = false;
            return extra.then(|| self.token(Kind::Nl, self.pos));
        }
        if self.comment_newline && extra {
            self.comment_newline = false;
            return Some(self.token(Kind::Nl, self.pos));
        }
        Some(self.token(Kind::Newline, self.pos - 1))
    }

    /// Skips a comment, unless it is a token.
    fn comment(&mut self, blank: bool) -> Option<Token> {
        let line = &self.text[self.pos..self.line_end];
        let length = memchr::memchr2(b'\n', b'\r', line).unwrap_or(line.len());
        self.pos += length;
        if self.options.type_comments
            && let Some(token) = self.type_comment(blank)
        {
            return Some(token);
        }
        if self.options.extra_tokens {
            self.comment_newline = blank;
            return Some(self.token(Kind::Comment, self.pos));
        }
        None
    }

    fn type_comment(&mut self, blank: bool) -> Option<Token> {
        let mut at = self.start;
        for part in [&b"#"[..], b" ", b"type:", b" "] {
            if part == b" " {
                while at < self.pos && matches!(self.at(at), b' ' | b'\t') {
                    at += 1;
                }
            } else if self.text[at..self.pos].starts_with(part) {
                at += part.len();
            } else {
                return None;
            }
        }
        let value = &self.text[at..self.pos];
        let ignore = value.starts_with(b"ignore")
            && value.get(6).is_none_or(|b| !b.is_ascii_alphanumeric() && *b < 128);
        let (kind, value_start) = if ignore { (Kind::TypeIgnore, at + 6) } else { (Kind::TypeComment, at) };
        let end = self.pos;
        let end_col = self.col();
        if ignore && blank {
            self.next_byte();
            self.at_line_start = true;
        }
        self.start_col = (value_start - self.line_start) as i32;
        self.start = value_start;
        Some(Token { end_col, ..self.token(kind, end) })
    }

    /// A name, a keyword, or a string with a prefix.
    fn word(&mut self) -> Token {
        let mut i = self.pos;
        let mut seen = Prefixes::default();
        while seen.add(self.at(i)) {
            i += 1;
            if matches!(self.at(i), b'"' | b'\'') {
                self.pos = i;
                if let Some((one, other)) = seen.conflict() {
                    self.pos += 1;
                    let (first, end) = (self.start + 1 - self.line_start, self.pos - self.line_start);
                    let msg = format!("'{one}' and '{other}' prefixes are incompatible");
                    return self.raise_between(msg, first, end);
                }
                return if seen.f || seen.t { self.open_literal(seen.t, seen.r) } else { self.string() };
            }
        }
        let mut ascii = true;
        loop {
            let byte = self.at(i);
            if !is_identifier_byte(byte) {
                break;
            }
            ascii &= byte < 128;
            i += 1;
        }
        self.pos = i;
        if ascii {
            let kind = Kind::of_word(&self.text[self.start..i]);
            return self.token(kind, i);
        }
        if let Some(token) = self.check_identifier() {
            return token;
        }
        self.token(Kind::Name, i)
    }

    /// An error if a name holds what no name may.
    fn check_identifier(&mut self) -> Option<Token> {
        if self.options.extra_tokens {
            return None;
        }
        let name = &self.source[self.start..self.pos];
        let (at, bad) = unicode::first_invalid_in_identifier(name)?;
        self.pos = self.start + at + bad.len_utf8();
        let code = bad as u32;
        Some(self.raise(if unicode::is_printable(bad) {
            format!("invalid character '{bad}' (U+{code:04X})")
        } else {
            format!("invalid non-printable character U+{code:04X}")
        }))
    }

    /// An operator, bracket or stray character; its first byte is consumed.
    fn operator(&mut self) -> Token {
        let byte = self.at(self.start);
        if self.modes.len() > 1
            && (matches!(byte, b':' | b'}' | b'{') || (byte == b'!' && self.at(self.pos) != b'='))
            && let Some(token) = self.field_punctuation(byte)
        {
            return token;
        }
        let (mut kind, mut length) = operator_kind(byte, self.at(self.start + 1), self.at(self.start + 2));
        if self.old_not_equal && byte == b'<' && self.at(self.start + 1) == b'>' {
            (kind, length) = (Kind::NotEqual, 2);
        }
        if length > 1 {
            self.pos = self.start + length;
            return self.token(kind, self.pos);
        }
        match byte {
            b'(' | b'[' | b'{' => {
                if self.brackets.len() >= MAX_LEVEL {
                    return self.raise("too many nested parentheses".to_owned());
                }
                self.brackets.push(Bracket { byte, line: self.line, col: self.start_col });
                if self.modes.len() > 1 {
                    self.mode_mut().curly_depth += 1;
                }
            }
            b')' | b']' | b'}' => {
                if let Err(token) = self.close_bracket(byte) {
                    return token;
                }
            }
            _ => {}
        }
        if !(b' '..0x7f).contains(&byte) {
            return self.raise(format!("invalid non-printable character U+{byte:04X}"));
        }
        if byte == b'=' && self.mode().in_field() {
            self.mode_mut().in_debug = true;
        }
        self.token(kind, self.pos)
    }

    /// Inside a replacement field: notes where its expression begins and ends. Gives a token for the colon that
    /// starts a format specification.
    fn field_punctuation(&mut self, byte: u8) -> Option<Token> {
        let (start, pos) = (self.start, self.pos);
        let mode = self.mode_mut();
        if !mode.in_field() {
            return None;
        }
        let cursor = mode.curly_depth - i32::from(byte != b'{');
        if cursor == 0 || (cursor == 1 && (mode.in_debug || mode.in_format_spec)) {
            match byte {
                b'{' => (mode.expr_start, mode.expr_end) = (Some(pos), None),
                b':' if mode.expr_end.is_some() => {}
                _ => mode.expr_end = Some(start),
            }
            if byte != b'{'
                && (mode.in_debug || mode.template)
                && let (Some(from), Some(to)) = (mode.expr_start, mode.expr_end)
            {
                self.fields.push(FieldText {
                    at: start as u32,
                    start: from as u32,
                    end: to.max(from) as u32,
                });
            }
        }
        let mode = self.mode_mut();
        if byte == b':' && cursor == mode.field_depth {
            mode.literal = true;
            mode.in_format_spec = true;
            return Some(self.token(Kind::Colon, self.pos));
        }
        None
    }

    fn close_bracket(&mut self, byte: u8) -> Result<(), Token> {
        let inside = self.modes.len() > 1;
        let prefix = self.mode().prefix();
        let shown = char::from(byte);
        if inside && self.mode().curly_depth == 0 && byte == b'}' {
            return Err(self.raise(format!("{prefix}-string: single '}}' is not allowed")));
        }
        let strict = !self.options.extra_tokens;
        match self.brackets.pop() {
            None if strict => return Err(self.raise(format!("unmatched '{shown}'"))),
            None => {}
            Some(open) => {
                let matched = matches!((open.byte, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
                if strict && !matched {
                    let mode = self.mode();
                    if inside && open.byte == b'{' && mode.curly_depth - 1 == mode.field_depth {
                        return Err(self.raise(format!("{prefix}-string: unmatched '{shown}'")));
                    }
                    let opened = char::from(open.byte);
                    let mut msg = format!(
                        "closing parenthesis '{shown}' does not match opening parenthesis '{opened}'"
                    );
                    if open.line != self.line {
                        msg += &format!(" on line {}", open.line);
                    }
                    return Err(self.raise(msg));
                }
            }
        }
        if inside {
            let mode = self.mode_mut();
            mode.curly_depth -= 1;
            if mode.curly_depth < 0 {
                return Err(self.raise(format!("{prefix}-string: unmatched '{shown}'")));
            }
            if byte == b'}' && mode.curly_depth == mode.field_depth {
                mode.field_depth -= 1;
                mode.literal = true;
                mode.in_format_spec = false;
                mode.in_debug = false;
            }
        }
        Ok(())
    }
}

/// String prefix letters seen so far.
#[derive(Default)]
struct Prefixes {
    b: bool,
    r: bool,
    u: bool,
    f: bool,
    t: bool,
}

impl Prefixes {
    /// Takes `byte` for a prefix letter if it is one not yet seen.
    #[inline]
    fn add(&mut self, byte: u8) -> bool {
        let flag = match byte | 0x20 {
            b'b' => &mut self.b,
            b'u' => &mut self.u,
            b'r' => &mut self.r,
            b'f' => &mut self.f,
            b't' => &mut self.t,
            _ => return false,
        };
        !std::mem::replace(flag, true)
    }

    fn conflict(&self) -> Option<(char, char)> {
        let Self { b, r, u, f, t } = *self;
        [
            (u && b, 'u', 'b'),
            (u && r, 'u', 'r'),
            (u && f, 'u', 'f'),
            (u && t, 'u', 't'),
            (b && f, 'b', 'f'),
            (b && t, 'b', 't'),
            (f && t, 'f', 't'),
        ]
        .into_iter()
        .find_map(|(clash, one, other)| clash.then_some((one, other)))
    }
}

/// The longest operator the bytes begin with, and its length.
fn operator_kind(first: u8, second: u8, third: u8) -> (Kind, usize) {
    use Kind::*;
    let with_equal = |single: Kind, equal: Kind| if second == b'=' { (equal, 2) } else { (single, 1) };
    let doubled = |single: Kind, equal: Kind, double: Kind, double_equal: Kind| match (second == first, third)
    {
        (true, b'=') => (double_equal, 3),
        (true, _) => (double, 2),
        (false, _) if second == b'=' => (equal, 2),
        _ => (single, 1),
    };
    match first {
        b'(' => (LPar, 1),
        b')' => (RPar, 1),
        b'[' => (LSqb, 1),
        b']' => (RSqb, 1),
        b'{' => (LBrace, 1),
        b'}' => (RBrace, 1),
        b',' => (Comma, 1),
        b';' => (Semi, 1),
        b'~' => (Tilde, 1),
        b'.' if second == b'.' && third == b'.' => (Ellipsis, 3),
        b'.' => (Dot, 1),
        b':' => with_equal(Colon, ColonEqual),
        b'=' => with_equal(Equal, EqEqual),
        b'!' => with_equal(Exclamation, NotEqual),
        b'+' => with_equal(Plus, PlusEqual),
        b'-' if second == b'>' => (RArrow, 2),
        b'-' => with_equal(Minus, MinEqual),
        b'%' => with_equal(Percent, PercentEqual),
        b'&' => with_equal(Amper, AmperEqual),
        b'|' => with_equal(VBar, VBarEqual),
        b'^' => with_equal(Circumflex, CircumflexEqual),
        b'@' => with_equal(At, AtEqual),
        b'*' => doubled(Star, StarEqual, DoubleStar, DoubleStarEqual),
        b'/' => doubled(Slash, SlashEqual, DoubleSlash, DoubleSlashEqual),
        b'<' => doubled(Less, LessEqual, LeftShift, LeftShiftEqual),
        b'>' => doubled(Greater, GreaterEqual, RightShift, RightShiftEqual),
        _ => (Op, 1),
    }
}
