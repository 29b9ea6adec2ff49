//! Number literals.

use super::{Lexer, is_identifier_byte};
use crate::error::WarningCategory;
use crate::token::{Kind, Token};

impl Lexer<'_> {
    /// A number that begins at the current position.
    pub(super) fn number(&mut self) -> Token {
        match self.number_end() {
            Ok(end) => {
                self.pos = end;
                self.token(Kind::Number, end)
            }
            Err(token) => token,
        }
    }

    fn number_end(&mut self) -> Result<usize, Token> {
        let start = self.pos;
        if self.at(start) != b'0' {
            if self.at(start) == b'.' {
                return self.fraction(start + 1);
            }
            let end = self.digits(start)?;
            return if self.at(end) == b'.' { self.fraction(end + 1) } else { self.exponent(end) };
        }
        match self.at(start + 1) | 0x20 {
            b'x' => self.radix(start + 2, "hexadecimal", |b| b.is_ascii_hexdigit()),
            b'o' => self.radix(start + 2, "octal", |b| (b'0'..b'8').contains(&b)),
            b'b' => self.radix(start + 2, "binary", |b| matches!(b, b'0' | b'1')),
            _ => self.leading_zero(start + 1),
        }
    }

    fn radix(&mut self, mut at: usize, kind: &str, is_digit: fn(u8) -> bool) -> Result<usize, Token> {
        loop {
            if self.at(at) == b'_' {
                at += 1;
            }
            if !is_digit(self.at(at)) {
                return Err(self.bad_radix_digit(at, kind).unwrap_or_else(|| {
                    self.pos = at;
                    self.raise(format!("invalid {kind} literal"))
                }));
            }
            while is_digit(self.at(at)) {
                at += 1;
            }
            if self.at(at) != b'_' {
                break;
            }
        }
        if let Some(token) = self.bad_radix_digit(at, kind) {
            return Err(token);
        }
        self.check_end(at, kind)?;
        Ok(at)
    }

    /// A decimal digit too large for the radix.
    fn bad_radix_digit(&mut self, at: usize, kind: &str) -> Option<Token> {
        let digit = self.at(at);
        if kind == "hexadecimal" || !digit.is_ascii_digit() {
            return None;
        }
        self.pos = at + 1;
        Some(self.raise(format!("invalid digit '{}' in {kind} literal", char::from(digit))))
    }

    /// After a first `0`: only zeros, or a float or imaginary number.
    fn leading_zero(&mut self, mut at: usize) -> Result<usize, Token> {
        loop {
            if self.at(at) == b'_' {
                at += 1;
                if !self.at(at).is_ascii_digit() {
                    self.pos = at;
                    return Err(self.raise("invalid decimal literal".to_owned()));
                }
            }
            if self.at(at) != b'0' {
                break;
            }
            at += 1;
        }
        let zeros_end = at;
        let nonzero = self.at(at).is_ascii_digit();
        if nonzero {
            at = self.digits(at)?;
        }
        match self.at(at) {
            b'.' => self.fraction(at + 1),
            b'e' | b'E' | b'j' | b'J' => self.exponent(at),
            _ if nonzero && !self.options.extra_tokens => {
                self.pos = at;
                let first = self.start + 1 - self.line_start;
                let end = zeros_end + 1 - self.line_start;
                Err(self.raise_between(
                    "leading zeros in decimal integer literals are not permitted; \
                     use an 0o prefix for octal integers"
                        .to_owned(),
                    first,
                    end,
                ))
            }
            _ => {
                self.check_end(at, "decimal")?;
                Ok(at)
            }
        }
    }

    /// Digits with single underscores between them; the first byte is known to be a digit.
    fn digits(&mut self, mut at: usize) -> Result<usize, Token> {
        loop {
            while self.at(at).is_ascii_digit() {
                at += 1;
            }
            if self.at(at) != b'_' {
                return Ok(at);
            }
            at += 1;
            if !self.at(at).is_ascii_digit() {
                self.pos = at;
                return Err(self.raise("invalid decimal literal".to_owned()));
            }
        }
    }

    fn fraction(&mut self, at: usize) -> Result<usize, Token> {
        let at = if self.at(at).is_ascii_digit() { self.digits(at)? } else { at };
        self.exponent(at)
    }

    /// Exponent and imaginary suffix, both optional, and the check of what follows.
    fn exponent(&mut self, mut at: usize) -> Result<usize, Token> {
        if matches!(self.at(at), b'e' | b'E') {
            let mut digits = at + 1;
            if matches!(self.at(digits), b'+' | b'-') {
                digits += 1;
                if !self.at(digits).is_ascii_digit() {
                    self.pos = digits;
                    return Err(self.raise("invalid decimal literal".to_owned()));
                }
            } else if !self.at(digits).is_ascii_digit() {
                self.check_end(at, "decimal")?;
                return Ok(at);
            }
            at = self.digits(digits)?;
        }
        if matches!(self.at(at), b'j' | b'J') {
            self.check_end(at + 1, "imaginary")?;
            return Ok(at + 1);
        }
        self.check_end(at, "decimal")?;
        Ok(at)
    }

    /// A keyword may follow a number at once, with a warning; any other word may not.
    fn check_end(&mut self, at: usize, kind: &str) -> Result<(), Token> {
        let byte = self.at(at);
        if self.options.extra_tokens || byte >= 128 || !is_identifier_byte(byte) {
            return Ok(());
        }
        let rest = &self.text[at..self.line_end];
        let is_keyword = |word: &[u8]| {
            rest.starts_with(word) && rest.get(word.len()).is_none_or(|&next| !is_identifier_byte(next))
        };
        let allowed = [&b"and"[..], b"else", b"for", b"or", b"not"].into_iter().any(is_keyword)
            || matches!(rest, [b'i', b'f' | b'n' | b's', ..]);
        self.pos = at;
        let message = format!("invalid {kind} literal");
        if allowed {
            self.warn(WarningCategory::SyntaxWarning, message.clone(), message);
            return Ok(());
        }
        Err(self.raise(message))
    }
}
