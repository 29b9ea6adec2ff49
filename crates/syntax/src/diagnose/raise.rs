//! Raising errors: where they are shown, and the errors of the tokenizer.

use super::node::{Node, Span, TargetPlace};
use super::peg::{Peg, Res};
use crate::ShownLines;
use crate::error::{ErrorKind, ErrorPlace, SyntaxError};
use crate::lexer::Done;
use crate::token::{Kind, Token};

/// Where an error ends.
#[derive(Clone, Copy)]
enum End {
    /// Line, and byte column from 1; 0 or less stays as it is.
    At(i32, i32),
    /// How far the tokenizer has read.
    Current,
}

impl<'b> Peg<'b, '_> {
    /// An error at the last token read.
    pub(super) fn raise(&mut self, msg: impl Into<String>) -> Res<'b> {
        let token = self.last_token();
        self.raise_token(ErrorKind::SyntaxError, &token, msg.into())
    }

    pub(super) fn raise_indentation(&mut self, msg: impl Into<String>) -> Res<'b> {
        let token = self.last_token();
        self.raise_token(ErrorKind::IndentationError, &token, msg.into())
    }

    /// "expected an indented block after …"
    pub(super) fn raise_no_block(&mut self, what: &str, line: i32) -> Res<'b> {
        self.raise_indentation(format!("expected an indented block after {what} on line {line}"))
    }

    /// An error at the token after what matched.
    pub(super) fn raise_next(&mut self, msg: impl Into<String>) -> Res<'b> {
        if (self.failed && self.error.is_some()) || !self.filled() {
            return None;
        }
        let token = self.token_at(self.mark);
        self.raise_token(ErrorKind::SyntaxError, &token, msg.into())
    }

    fn raise_token(&mut self, kind: ErrorKind, token: &Token, msg: String) -> Res<'b> {
        let offset = if token.col == -1
            && matches!(self.shown_lines, ShownLines::OfFile { .. })
            && (token.kind != Kind::Error && self.lexer.done() == Done::Eof
                || self.lexer.ended_in_indentation())
        {
            // A file is read line by line: at its end nothing is left of the last one.
            0
        } else if token.col == -1 {
            (self.lexer.position() - self.lexer.line_start().min(self.lexer.position())) as i32
        } else {
            token.col + 1
        };
        let end_offset = if token.end_col == -1 { -1 } else { token.end_col + 1 };
        self.raise_placed(kind, token.line, offset, End::At(token.end_line, end_offset), msg)
    }

    /// An error at a node.
    pub(super) fn raise_at(&mut self, node: Node<'b>, msg: impl Into<String>) -> Res<'b> {
        self.raise_range(node, node, msg)
    }

    /// An error from the start of one node to the end of another.
    pub(super) fn raise_range(&mut self, first: Node<'b>, last: Node<'b>, msg: impl Into<String>) -> Res<'b> {
        let Span { line, col, .. } = first.span;
        let end = End::At(last.span.end_line, last.span.end_col + 1);
        self.raise_placed(ErrorKind::SyntaxError, line, col + 1, end, msg.into())
    }

    /// An error from a node to where the tokenizer is.
    pub(super) fn raise_from(&mut self, node: Node<'b>, msg: impl Into<String>) -> Res<'b> {
        let Span { line, col, .. } = node.span;
        self.raise_placed(ErrorKind::SyntaxError, line, col + 1, End::Current, msg.into())
    }

    /// An error with explicit columns, in bytes from 0.
    pub(super) fn raise_columns(
        &mut self,
        (line, col): (i32, i32),
        (end_line, end_col): (i32, i32),
        msg: impl Into<String>,
    ) -> Res<'b> {
        let end = End::At(end_line, end_col + 1);
        self.raise_placed(ErrorKind::SyntaxError, line, col + 1, end, msg.into())
    }

    /// "cannot assign to …", if part of `node` is no target.
    pub(super) fn raise_invalid_target(&mut self, place: TargetPlace, node: Node<'b>) -> Res<'b> {
        let bad = node.invalid_target(place)?;
        let verb = if place == TargetPlace::Del { "delete" } else { "assign to" };
        self.raise_at(bad, format!("cannot {verb} {}", bad.name()))
    }

    /// An error that is shown nowhere.
    pub(super) fn raise_plain(&mut self, kind: ErrorKind, msg: String) -> Res<'b> {
        self.set_error(SyntaxError::plain(kind, msg))
    }

    /// Refuses what is newer than the grammar asked for.
    pub(super) fn since(&mut self, version: u8, what: &str, node: Node<'b>) -> Res<'b> {
        if self.options.feature_version >= version {
            return Some(node);
        }
        self.failed = true;
        self.raise(format!("{what} only supported in Python 3.{version} and greater"))
    }

    fn raise_placed(&mut self, kind: ErrorKind, line: i32, offset: i32, end: End, msg: String) -> Res<'b> {
        let text = self.error_line(line);
        let (end_line, end_offset) = match end {
            End::At(line, offset) => (line, offset),
            End::Current => {
                let read = self.lexer.position() - self.lexer.line_start().min(self.lexer.position());
                (self.lexer.line(), read as i32)
            }
        };
        let place = ErrorPlace {
            line: i64::from(line),
            offset: characters(&text, offset),
            end: Some((
                i64::from(end_line),
                if end_offset > 0 { characters(&text, end_offset) } else { i64::from(end_offset) },
            )),
            text: Some(text),
            has_filename: true,
        };
        self.set_error(SyntaxError::placed(kind, msg, place))
    }

    /// The first error stays.
    pub(super) fn set_error(&mut self, error: SyntaxError) -> Res<'b> {
        self.failed = true;
        self.error.get_or_insert_with(|| Box::new(error));
        None
    }

    /// The text of a line: the one being read with its newline, others without.
    fn error_line(&self, line: i32) -> String {
        let source = self.lexer.source();
        let number = line.max(1) as usize - 1;
        if let ShownLines::OfFile { complete } = self.shown_lines
            && let Some(shown) = source.split_inclusive('\n').nth(number)
        {
            let made_up = !complete && source.split_inclusive('\n').nth(number + 1).is_none();
            return if made_up { shown.trim_end_matches('\n') } else { shown }.to_owned();
        }
        if self.lexer.line() <= line && self.lexer.line_end() > 0 {
            let start = self.lexer.line_start().min(self.lexer.line_end());
            return source.get(start..self.lexer.line_end()).unwrap_or("").to_owned();
        }
        source.split('\n').nth(number).unwrap_or("").to_owned()
    }

    /// Makes an error of what stopped the tokenizer.
    pub(super) fn tokenizer_error(&mut self) {
        if let Some(error) = self.lexer.take_error() {
            self.set_error(*error);
            return;
        }
        let line = self.lexer.line();
        match self.lexer.done() {
            Done::Eof => {
                if !self.raise_unclosed() {
                    self.raise("unexpected EOF while parsing");
                }
            }
            Done::Dedent => {
                self.raise_indentation("unindent does not match any outer indentation level");
            }
            Done::TabSpace => {
                let msg = "inconsistent use of tabs and spaces in indentation";
                self.raise_placed(ErrorKind::TabError, line, 1, End::At(line, 0), msg.to_owned());
            }
            Done::TooDeep => {
                let msg = "too many levels of indentation";
                self.raise_placed(ErrorKind::IndentationError, line, 1, End::At(line, 0), msg.to_owned());
            }
            Done::LineContinuation => {
                let offset = self.lexer.position() - self.lexer.first_line_start().min(self.lexer.position());
                let msg = "unexpected character after line continuation character";
                self.raise_placed(
                    ErrorKind::SyntaxError,
                    line,
                    offset as i32,
                    End::At(line, 0),
                    msg.to_owned(),
                );
            }
            Done::Ok | Done::Error | Done::EofInString => {
                self.raise_placed(
                    ErrorKind::SyntaxError,
                    line,
                    1,
                    End::At(line, 0),
                    "unknown parsing error".to_owned(),
                );
            }
        }
    }

    /// "'(' was never closed", if a bracket is open.
    pub(super) fn raise_unclosed(&mut self) -> bool {
        let Some(open) = self.lexer.innermost_bracket() else { return false };
        let msg = format!("'{}' was never closed", char::from(open.byte));
        self.raise_placed(ErrorKind::SyntaxError, open.line, open.col + 1, End::At(open.line, 0), msg);
        true
    }
}

/// A byte column from 1 as a character column from 1. Past the end there is one more.
pub(super) fn characters(text: &str, offset: i32) -> i64 {
    let offset = usize::try_from(offset).unwrap_or(0);
    let within = offset.min(text.len());
    String::from_utf8_lossy(&text.as_bytes()[..within]).chars().count() as i64
        + i64::from(offset > text.len())
}
