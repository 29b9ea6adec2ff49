//! Tokens as the `_tokenize` module gives them: with text, character columns and source line.

use crate::error::{ErrorKind, ErrorPlace, SyntaxError};
use crate::lexer::{Done, Lexer, LexerOptions};
use crate::token::{Kind, Token};

/// One token of [`tokenize`]. Columns count characters; -1 where there is no column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceToken<'t> {
    /// The number in Python's `token` module.
    pub kind: u8,
    pub text: &'t str,
    pub start: (i64, i64),
    pub end: (i64, i64),
    /// The physical lines the token is on.
    pub line: &'t str,
}

/// All tokens of a text, and the error that ended them if one did.
///
/// With `extra_tokens`, comments and blank lines are tokens and every operator is an `OP`. `text` must end as the
/// lines it was read from do; a missing last newline is made up: what `take` gets first is the text with it.
pub fn tokenize<R>(
    text: &str,
    extra_tokens: bool,
    take: impl FnOnce(&str, Vec<SourceToken<'_>>, Option<Box<SyntaxError>>) -> R,
) -> R {
    let complete;
    let implicit_newline = !text.is_empty() && !text.ends_with('\n');
    let text = if implicit_newline {
        complete = format!("{text}\n");
        complete.as_str()
    } else {
        text
    };
    let lexer = Lexer::new(text, LexerOptions { type_comments: false, extra_tokens });
    let mut tokens = Tokens { lexer, extra_tokens, implicit_newline, last_line: (0, ""), counted: (0, 0, 0) };
    let mut found = Vec::new();
    let mut error = None;
    loop {
        let token = tokens.lexer.next_token();
        if token.kind == Kind::Error {
            error = Some(tokens.error());
            break;
        }
        if !extra_tokens && tokens.lexer.line() == 0 {
            // CPython gives no token at all for an empty text then.
            break;
        }
        found.push(tokens.describe(&token));
        if token.kind == Kind::EndMarker {
            break;
        }
    }
    take(text, found, error)
}

struct Tokens<'t> {
    lexer: Lexer<'t>,
    extra_tokens: bool,
    implicit_newline: bool,
    /// The line of the token before, by the number of its first line.
    last_line: (i32, &'t str),
    /// Up to where characters are counted: start of the line, byte, characters between. Counting each token's column anew would
    /// take quadratic time on a long line.
    counted: (usize, usize, i64),
}

impl<'t> Tokens<'t> {
    fn describe(&mut self, token: &Token) -> SourceToken<'t> {
        let source = self.lexer.source();
        let kind = token.kind;
        let has_text = token.col != -1;
        let at_end = kind == Kind::EndMarker || (kind == Kind::Dedent && self.lexer.done() == Done::Eof);
        let in_last_line = self.lexer.line_end() == source.len();
        let implicit_newline = self.implicit_newline && in_last_line;
        let (first_line, line_start) = if kind.is_string_part() {
            self.lexer.string_start()
        } else {
            (self.lexer.line(), self.lexer.line_start())
        };
        let line = if self.extra_tokens && at_end {
            ""
        } else if self.lexer.line() == self.last_line.0 {
            self.last_line.1
        } else if at_end {
            // Nothing is left to show, unless the token before was on this line.
            ""
        } else {
            let line = source.get(line_start..self.lexer.line_end()).unwrap_or("");
            if implicit_newline { line.strip_suffix('\n').unwrap_or(line) } else { line }
        };
        self.last_line = (first_line, line);
        let mut start = (i64::from(first_line), -1);
        let mut end = (i64::from(self.lexer.line()), -1);
        let mut text = "";
        if has_text {
            text = token.slice(source);
            start.1 = self.column(line_start, token.start as usize);
            end.1 = if start.0 == end.0 {
                start.1 + text.chars().count() as i64
            } else {
                self.column(self.lexer.line_start(), token.end as usize)
            };
        }
        let mut number = kind as u8;
        if number >= Kind::False as u8 {
            number = Kind::Name as u8;
        }
        if self.extra_tokens {
            if at_end {
                start = (start.0 + 1, 0);
                end = start;
            }
            if number > Kind::Dedent as u8 && number < Kind::Op as u8 {
                number = Kind::Op as u8;
            } else if kind == Kind::Newline {
                text = match source.as_bytes().get(token.start as usize) {
                    _ if implicit_newline => "",
                    Some(b'\r') => "\r\n",
                    _ => "\n",
                };
                end.1 += 1;
            } else if kind == Kind::Nl && implicit_newline {
                text = "";
            }
        }
        SourceToken { kind: number, text, start, end, line }
    }

    /// Characters from the start of a line to a byte, -1 if they are not in order.
    fn column(&mut self, line_start: usize, to: usize) -> i64 {
        let (from, known) = match self.counted {
            (start, at, characters) if start == line_start && at <= to => (at, characters),
            _ => (line_start, 0),
        };
        let Some(text) = self.lexer.source().get(from..to) else { return -1 };
        let characters = known + text.chars().count() as i64;
        self.counted = (line_start, to, characters);
        characters
    }

    /// The error that stopped the tokenizer.
    fn error(&mut self) -> Box<SyntaxError> {
        if let Some(error) = self.lexer.take_error() {
            return error;
        }
        let line = i64::from(self.lexer.line());
        let (start, end) = (self.lexer.first_line_start(), self.lexer.line_end());
        let (kind, msg) = match self.lexer.done() {
            Done::Eof => {
                let place = ErrorPlace {
                    line,
                    offset: self.lexer.offset_of_end(),
                    text: None,
                    end: None,
                    has_filename: true,
                };
                let msg = "unexpected EOF in multi-line statement";
                return Box::new(SyntaxError::placed(ErrorKind::SyntaxError, msg, place));
            }
            Done::Dedent => {
                (ErrorKind::IndentationError, "unindent does not match any outer indentation level")
            }
            Done::TabSpace => (ErrorKind::TabError, "inconsistent use of tabs and spaces in indentation"),
            Done::TooDeep => (ErrorKind::IndentationError, "too many levels of indentation"),
            Done::LineContinuation => {
                (ErrorKind::SyntaxError, "unexpected character after line continuation character")
            }
            Done::Ok | Done::Error | Done::EofInString => {
                (ErrorKind::SyntaxError, "unknown tokenization error")
            }
        };
        let text = self.lexer.source().get(start..end).unwrap_or("");
        let offset = text.chars().count() as i64;
        let text = Some(text.strip_suffix('\n').unwrap_or(text).to_owned());
        let place = ErrorPlace { line, offset, text, end: None, has_filename: true };
        Box::new(SyntaxError::placed(kind, msg, place))
    }
}
