//! Plain string and bytes literals.

use super::{Done, Lexer};
use crate::token::{Kind, Token};

impl Lexer<'_> {
    /// A literal whose quote is at the current position.
    pub(super) fn string(&mut self) -> Token {
        let quote = self.at(self.pos);
        self.first_line = self.line;
        self.multi_line_start = self.line_start;
        self.pos += 1;
        if self.at(self.pos) == quote {
            if self.at(self.pos + 1) == quote {
                self.pos += 2;
                return self.long_string(quote);
            }
            self.pos += 1;
            return self.string_token(Kind::String, self.pos);
        }
        self.short_string(quote)
    }

    fn short_string(&mut self, quote: u8) -> Token {
        let mut escaped_quote = false;
        loop {
            let rest = &self.text[self.pos.min(self.line_end)..self.line_end];
            let stop = rest.iter().position(|&b| b == quote || b == b'\\' || b == b'\n');
            self.pos += stop.unwrap_or(rest.len());
            match self.next_byte() {
                byte if byte == quote => return self.string_token(Kind::String, self.pos),
                b'\\' => escaped_quote |= self.skip_escaped() == quote,
                byte @ (b'\n' | 0) => {
                    if self.done == Done::Error {
                        return self.error_token();
                    }
                    let hint = if escaped_quote { "; perhaps you escaped the end quote?" } else { "" };
                    return self.unterminated(quote, 1, byte, |line| {
                        format!("unterminated string literal (detected at line {line}){hint}")
                    });
                }
                _ => {}
            }
        }
    }

    fn long_string(&mut self, quote: u8) -> Token {
        loop {
            let rest = &self.text[self.pos.min(self.line_end)..self.line_end];
            self.pos += memchr::memchr2(quote, b'\\', rest).unwrap_or(rest.len());
            match self.next_byte() {
                byte if byte == quote && self.at(self.pos) == quote && self.at(self.pos + 1) == quote => {
                    self.pos += 2;
                    return self.string_token(Kind::String, self.pos);
                }
                b'\\' => {
                    self.skip_escaped();
                }
                0 => {
                    if self.done == Done::Error {
                        return self.error_token();
                    }
                    return self.unterminated(quote, 3, 0, |line| {
                        format!("unterminated triple-quoted string literal (detected at line {line})")
                    });
                }
                _ => {}
            }
        }
    }

    /// Skips the character after a backslash; a line end counts as one.
    fn skip_escaped(&mut self) -> u8 {
        let byte = self.next_byte();
        if byte == b'\r' && self.at(self.pos) == b'\n' {
            self.pos += 1;
        }
        byte
    }

    /// The error for a string that never ends, shown at its first quote.
    fn unterminated(
        &mut self,
        quote: u8,
        quote_size: u8,
        last: u8,
        msg: impl FnOnce(i32) -> String,
    ) -> Token {
        let detected = self.line;
        self.pos = self.start + 1;
        self.line_start = self.multi_line_start;
        self.line = self.first_line;
        let mode = self.mode();
        if self.modes.len() > 1 && mode.quote == quote && mode.quote_size == quote_size {
            let prefix = mode.prefix();
            return self.raise(format!("{prefix}-string: expecting '}}'"));
        }
        let token = self.raise(msg(detected));
        if last != b'\n' {
            self.done = Done::EofInString;
        }
        token
    }
}
