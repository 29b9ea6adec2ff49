//! Literals with replacement fields: f-strings and t-strings, from their opening quote on.

use super::{Done, Lexer, MAX_FIELD_NESTING, MAX_STRING_MODES, Mode};
use crate::error::WarningCategory;
use crate::token::{Kind, Token};

impl Lexer<'_> {
    /// The opening quote, at the current position, of an f-string or t-string.
    pub(super) fn open_literal(&mut self, template: bool, raw: bool) -> Token {
        let quote = self.at(self.pos);
        self.first_line = self.line;
        self.multi_line_start = self.line_start;
        self.pos += 1;
        let mut quote_size = 1;
        if self.at(self.pos) == quote && self.at(self.pos + 1) == quote {
            self.pos += 2;
            quote_size = 3;
        }
        if self.modes.len() >= MAX_STRING_MODES {
            return self.raise("too many nested f-strings or t-strings".to_owned());
        }
        self.modes.push(Mode {
            literal: true,
            template,
            raw,
            quote,
            quote_size,
            field_depth: -1,
            start: self.start,
            line_start: self.line_start,
            first_line: self.line,
            ..Mode::default()
        });
        self.string_token(if template { Kind::TStringStart } else { Kind::FStringStart }, self.pos)
    }

    /// Literal text, the end of the literal, or the first token of a replacement field.
    pub(super) fn literal_token(&mut self) -> Token {
        self.start = self.pos;
        self.start_col = self.col();
        self.in_token = true;
        self.first_line = self.line;
        self.multi_line_start = self.line_start;
        let mode = *self.mode();
        if self.at(self.pos) == b'{' && self.pos < self.line_end && self.at(self.pos + 1) != b'{' {
            return match self.enter_field() {
                Ok(()) => self.normal_token(),
                Err(token) => token,
            };
        }
        let size = usize::from(mode.quote_size);
        if self.pos < self.line_end && (0..size).all(|i| self.at(self.pos + i) == mode.quote) {
            self.pos += size;
            let token =
                self.string_token(if mode.template { Kind::TStringEnd } else { Kind::FStringEnd }, self.pos);
            self.modes.pop();
            return token;
        }
        self.literal_text(mode)
    }

    fn enter_field(&mut self) -> Result<(), Token> {
        let mode = self.mode_mut();
        mode.field_depth += 1;
        if mode.field_depth >= MAX_FIELD_NESTING {
            let prefix = mode.prefix();
            return Err(self.raise(format!("{prefix}-string: expressions nested too deeply")));
        }
        mode.literal = false;
        Ok(())
    }

    fn literal_text(&mut self, mode: Mode) -> Token {
        let kind = if mode.template { Kind::TStringMiddle } else { Kind::FStringMiddle };
        let in_spec = mode.in_format_spec && mode.in_field();
        let mut named_escape = false;
        let mut quotes = 0;
        while quotes != mode.quote_size {
            let byte = self.next_byte();
            if self.done == Done::Error {
                return self.error_token();
            }
            if byte == 0 || (mode.quote_size == 1 && byte == b'\n') {
                return self.unterminated_literal(mode, in_spec && byte == b'\n', byte);
            }
            if byte == mode.quote {
                quotes += 1;
                continue;
            }
            quotes = 0;
            match byte {
                b'{' => {
                    let pos = self.pos;
                    let open = self.mode_mut();
                    (open.expr_start, open.expr_end) = (Some(pos), None);
                    if self.peek_byte() == b'{' && !in_spec {
                        self.pos += 1;
                        return self.string_token(kind, self.pos - 1);
                    }
                    self.pos -= 1;
                    if let Err(token) = self.enter_field() {
                        return token;
                    }
                    self.mode_mut().in_format_spec = false;
                    return self.string_token(kind, self.pos);
                }
                b'}' if named_escape => return self.string_token(kind, self.pos),
                b'}' => {
                    if self.peek_byte() == b'}' && !in_spec && mode.curly_depth == 0 {
                        self.pos += 1;
                        return self.string_token(kind, self.pos - 1);
                    }
                    self.pos -= 1;
                    let open = self.mode_mut();
                    open.literal = false;
                    open.in_format_spec = false;
                    return self.string_token(kind, self.pos);
                }
                b'\\' => self.literal_escape(mode.raw, &mut named_escape),
                _ => {}
            }
        }
        self.pos -= usize::from(mode.quote_size);
        self.string_token(kind, self.pos)
    }

    /// The next byte, not consumed; 0 at the end of the text.
    fn peek_byte(&mut self) -> u8 {
        let byte = self.next_byte();
        self.back(byte);
        byte
    }

    fn literal_escape(&mut self, raw: bool, named_escape: &mut bool) {
        let mut byte = self.next_byte();
        if byte == b'\r' {
            byte = self.next_byte();
        }
        match byte {
            b'{' | b'}' => {
                if !raw {
                    let shown = char::from(byte);
                    let did = format!("Did you mean \"\\\\{shown}\"? A raw string is also an option.");
                    let head = format!("\"\\{shown}\" is an invalid escape sequence. ");
                    self.warn(
                        WarningCategory::SyntaxWarning,
                        format!("{head}Such sequences will not work in the future. {did}"),
                        format!("{head}{did}"),
                    );
                }
                self.back(byte);
            }
            b'N' if !raw && self.peek_byte() == b'{' => {
                self.pos += 1;
                *named_escape = true;
            }
            _ => {}
        }
    }

    fn unterminated_literal(&mut self, mode: Mode, in_spec: bool, last: u8) -> Token {
        let prefix = mode.prefix();
        if in_spec {
            return self.raise(format!(
                "{prefix}-string: newlines are not allowed in format specifiers for single quoted {prefix}-strings"
            ));
        }
        let detected = self.line;
        self.pos = mode.start + 1;
        self.line_start = mode.line_start;
        self.line = mode.first_line;
        if mode.quote_size == 3 {
            let token = self.raise(format!(
                "unterminated triple-quoted {prefix}-string literal (detected at line {detected})"
            ));
            if last != b'\n' {
                self.done = Done::EofInString;
            }
            return token;
        }
        self.raise(format!("unterminated {prefix}-string literal (detected at line {detected})"))
    }
}
