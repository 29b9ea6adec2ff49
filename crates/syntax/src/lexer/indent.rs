//! The start of a line: indentation, blank lines, INDENT and DEDENT.

use super::{Done, Lexer, MAX_INDENT};
use crate::token::{Kind, Token};

const TAB_SIZE: i32 = 8;

impl Lexer<'_> {
    /// Reads the indentation of a new line. Tells whether the line is blank, or gives an error token.
    pub(super) fn indentation(&mut self) -> Result<bool, Token> {
        let (mut col, mut alt_col, mut continued_col) = (0i32, 0i32, 0i32);
        self.at_line_start = false;
        let byte = loop {
            match self.next_byte() {
                b' ' => (col, alt_col) = (col.saturating_add(1), alt_col.saturating_add(1)),
                b'\t' => {
                    (col, alt_col) =
                        ((col / TAB_SIZE + 1).saturating_mul(TAB_SIZE), alt_col.saturating_add(1))
                }
                b'\x0c' => (col, alt_col) = (0, 0),
                b'\\' => {
                    // The first line of several joined by backslashes decides.
                    if continued_col == 0 {
                        continued_col = col;
                    }
                    if let Err(token) = self.continuation() {
                        self.ended_in_indentation = self.done == Done::Eof;
                        return Err(token);
                    }
                }
                byte => break byte,
            }
        };
        self.back(byte);
        let blank = matches!(byte, b'#' | b'\n' | b'\r');
        if !blank && self.brackets.is_empty() {
            if continued_col != 0 {
                (col, alt_col) = (continued_col, continued_col);
            }
            self.indent_to(col, alt_col)?;
        }
        Ok(blank)
    }

    fn indent_to(&mut self, col: i32, alt_col: i32) -> Result<(), Token> {
        let (open_col, open_alt_col) = self.indents[self.indents.len() - 1];
        if col == open_col {
            if alt_col != open_alt_col {
                return Err(self.stop(Done::TabSpace));
            }
        } else if col > open_col {
            if self.indents.len() >= MAX_INDENT {
                return Err(self.stop(Done::TooDeep));
            }
            if alt_col <= open_alt_col {
                return Err(self.stop(Done::TabSpace));
            }
            self.pending += 1;
            self.indents.push((col, alt_col));
        } else {
            while self.indents.len() > 1 && col < self.indents[self.indents.len() - 1].0 {
                self.indents.pop();
                self.pending -= 1;
            }
            let (open_col, open_alt_col) = self.indents[self.indents.len() - 1];
            if col != open_col {
                return Err(self.stop(Done::Dedent));
            }
            if alt_col != open_alt_col {
                return Err(self.stop(Done::TabSpace));
            }
        }
        Ok(())
    }

    /// An INDENT or DEDENT that is due.
    pub(super) fn pending_token(&mut self) -> Option<Token> {
        let kind = match self.pending {
            0 => return None,
            1.. => Kind::Indent,
            _ => Kind::Dedent,
        };
        self.pending -= self.pending.signum();
        if self.options.extra_tokens {
            self.start = if kind == Kind::Indent { self.line_start } else { self.pos };
            self.start_col = (self.start - self.line_start) as i32;
            return Some(self.token(kind, self.pos));
        }
        Some(self.bare_token(kind))
    }

    /// What follows a backslash outside strings: the end of the line, and then more.
    pub(super) fn continuation(&mut self) -> Result<(), Token> {
        let mut byte = self.next_byte();
        if byte == b'\r' {
            byte = self.next_byte();
        }
        if byte != b'\n' {
            self.done = Done::LineContinuation;
            return Err(self.error_token());
        }
        let byte = self.next_byte();
        if byte == 0 {
            if self.done == Done::Ok {
                self.done = Done::Eof;
            }
            self.cut_continuation = true;
            self.pos = self.line_end.max(self.pos);
            return Err(self.error_token());
        }
        self.back(byte);
        Ok(())
    }

    /// Gives up at the end of the current line.
    fn stop(&mut self, done: Done) -> Token {
        self.done = done;
        self.pos = self.line_end;
        self.error_token()
    }
}
