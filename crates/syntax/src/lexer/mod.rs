//! The tokenizer: bytes of decoded source to [`Token`]s, one at a time.
//!
//! It keeps the reading state CPython's has (current line, bracket stack, why it stopped), because the place of many
//! syntax errors is a function of how far the tokenizer had read when the parser gave up. The text must not
//! contain null bytes: reading past the end yields one.

mod fstring;
mod indent;
mod normal;
mod number;
mod string;

use crate::error::{ErrorKind, ErrorPlace, SyntaxError, Warning, WarningCategory};
use crate::token::{Kind, Token};

/// Deepest indentation.
const MAX_INDENT: usize = 100;
/// Most brackets open at once.
const MAX_LEVEL: usize = 200;
/// Most string literals with replacement fields inside each other, the file itself counted.
const MAX_STRING_MODES: usize = 150;
/// Most replacement fields inside each other within one literal.
const MAX_FIELD_NESTING: i32 = 3;

/// Why the tokenizer stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It has not.
    Ok,
    Eof,
    /// With the error in [`Lexer::take_error`].
    Error,
    /// A single- or triple-quoted string reached the end of the text; the error is there too.
    EofInString,
    TabSpace,
    Dedent,
    TooDeep,
    LineContinuation,
}

/// What to recognise.
#[derive(Clone, Copy, Debug, Default)]
pub struct LexerOptions {
    /// `# type:` comments are tokens.
    pub type_comments: bool,
    /// Comments and blank lines are tokens, and less is an error: what `tokenize` wants.
    pub extra_tokens: bool,
}

/// An open bracket.
#[derive(Clone, Copy, Debug)]
pub struct Bracket {
    pub byte: u8,
    pub line: i32,
    pub col: i32,
}

/// Text of a replacement field, kept for `=` and for t-strings: the token that ends it, and the byte range.
#[derive(Clone, Copy, Debug)]
pub struct FieldText {
    /// Start of the `}`, `!` or `:` after the expression.
    pub at: u32,
    pub start: u32,
    pub end: u32,
}

/// Where in a string with replacement fields the tokenizer is. The bottom entry stands for the file.
#[derive(Clone, Copy, Debug, Default)]
struct Mode {
    /// Reading literal text rather than an expression.
    literal: bool,
    template: bool,
    raw: bool,
    in_debug: bool,
    in_format_spec: bool,
    quote: u8,
    quote_size: u8,
    curly_depth: i32,
    field_depth: i32,
    start: usize,
    line_start: usize,
    first_line: i32,
    expr_start: Option<usize>,
    expr_end: Option<usize>,
}

impl Mode {
    fn prefix(&self) -> char {
        if self.template { 't' } else { 'f' }
    }

    fn in_field(&self) -> bool {
        self.field_depth >= 0
    }
}

/// The tokenizer.
pub struct Lexer<'t> {
    text: &'t [u8],
    source: &'t str,
    options: LexerOptions,
    pos: usize,
    /// End of the line being read, its newline included; the next line starts here.
    line_end: usize,
    line_start: usize,
    line: i32,
    start: usize,
    /// Whether `start` is the start of a token being read.
    in_token: bool,
    /// Start of the line in which the token being read began.
    first_line_start: usize,
    start_col: i32,
    first_line: i32,
    multi_line_start: usize,
    at_line_start: bool,
    /// The text ended after a backslash in the indentation of a line.
    ended_in_indentation: bool,
    /// INDENTs (positive) or DEDENTs (negative) still to come.
    pending: i32,
    indents: Vec<(i32, i32)>,
    brackets: Vec<Bracket>,
    modes: Vec<Mode>,
    comment_newline: bool,
    done: Done,
    /// The text ends after a backslash.
    cut_continuation: bool,
    error: Option<Box<SyntaxError>>,
    warnings: Vec<Warning>,
    fields: Vec<FieldText>,
    /// The text was cut before a line with a null byte; this is the line up to it.
    null_line: Option<&'t str>,
    /// `<>` is one token.
    old_not_equal: bool,
}

impl<'t> Lexer<'t> {
    /// The column an unexpected end of the text is reported at: the end of what is still kept of the text, which outside of
    /// tokens and strings with fields is nothing.
    pub fn offset_of_end(&self) -> i64 {
        if self.modes.len() > 1 {
            let start = self.modes.get(1).map_or(self.line_start, |mode| mode.line_start);
            return self.line_end.saturating_sub(start) as i64;
        }
        if self.cut_continuation { self.line_end.saturating_sub(self.line_start) as i64 } else { 0 }
    }

    pub fn new(source: &'t str, options: LexerOptions) -> Self {
        let text = source.as_bytes();
        let mut lexer = Self {
            text,
            source,
            options,
            pos: 0,
            line_end: 0,
            line_start: 0,
            line: 0,
            start: 0,
            in_token: false,
            cut_continuation: false,
            first_line_start: 0,
            start_col: -1,
            first_line: 0,
            multi_line_start: 0,
            at_line_start: true,
            ended_in_indentation: false,
            pending: 0,
            indents: vec![(0, 0)],
            brackets: Vec::new(),
            modes: vec![Mode { field_depth: -1, ..Mode::default() }],
            comment_newline: false,
            done: Done::Ok,
            error: None,
            warnings: Vec::new(),
            fields: Vec::new(),
            null_line: None,
            old_not_equal: false,
        };
        if let Some(null) = memchr::memchr(0, text) {
            let cut = memchr::memrchr(b'\n', &text[..null]).map_or(0, |newline| newline + 1);
            lexer.text = &text[..cut];
            lexer.source = &source[..cut];
            lexer.null_line = Some(&source[cut..null]);
        }
        lexer
    }

    /// The next token; [`Kind::Error`] says to look at [`Self::done`].
    pub fn next_token(&mut self) -> Token {
        let token = if self.mode().literal { self.literal_token() } else { self.normal_token() };
        // What ends only where the text ends was read with a look beyond.
        if self.pos == self.text.len() && self.done == Done::Ok && token.kind.ends_by_lookahead() {
            self.next_line();
        }
        token
    }

    pub fn source(&self) -> &'t str {
        self.source
    }

    pub fn done(&self) -> Done {
        self.done
    }

    /// Whether the text ended after a backslash in the indentation of a line.
    pub fn ended_in_indentation(&self) -> bool {
        self.ended_in_indentation
    }

    /// The line being read.
    pub fn line(&self) -> i32 {
        self.line
    }

    /// Byte offset where the line being read starts.
    pub fn line_start(&self) -> usize {
        self.line_start
    }

    /// Byte offset of the end of the line being read.
    pub fn line_end(&self) -> usize {
        self.line_end
    }

    /// Byte offset of the line in which the token being read began.
    pub fn first_line_start(&self) -> usize {
        self.first_line_start
    }

    /// Byte offset of what is read next.
    pub fn position(&self) -> usize {
        self.pos
    }

    /// First line, and its byte offset, of the string token just read.
    pub fn string_start(&self) -> (i32, usize) {
        (self.first_line, self.multi_line_start)
    }

    pub fn innermost_bracket(&self) -> Option<Bracket> {
        self.brackets.last().copied()
    }

    /// Whether the tokenizer is inside a string with replacement fields.
    pub fn inside_string(&self) -> bool {
        self.modes.len() > 1
    }

    /// `'t'` in a template string, else `'f'`.
    pub fn string_prefix(&self) -> char {
        self.mode().prefix()
    }

    /// Whether `<>` is one token from here on.
    pub fn set_old_not_equal(&mut self, on: bool) {
        self.old_not_equal = on;
    }

    pub fn take_error(&mut self) -> Option<Box<SyntaxError>> {
        self.error.take()
    }

    pub fn has_error(&self) -> bool {
        self.error.is_some()
    }

    pub fn warnings(&mut self) -> &mut Vec<Warning> {
        &mut self.warnings
    }

    /// Texts of replacement fields so far, in order of [`FieldText::at`].
    pub fn fields(&mut self) -> &mut Vec<FieldText> {
        &mut self.fields
    }

    /// At the end of a single statement: the blocks still open end here.
    pub fn close_blocks(&mut self) {
        let open = self.indents.len() - 1;
        self.pending = -(open as i32);
        self.indents.truncate(1);
    }

    pub fn has_open_blocks(&self) -> bool {
        self.indents.len() > 1
    }

    fn mode(&self) -> &Mode {
        // The bottom entry is never removed.
        &self.modes[self.modes.len() - 1]
    }

    fn mode_mut(&mut self) -> &mut Mode {
        let last = self.modes.len() - 1;
        &mut self.modes[last]
    }

    /// The byte at `index`, 0 past the end.
    #[inline]
    fn at(&self, index: usize) -> u8 {
        self.text.get(index).copied().unwrap_or(0)
    }

    /// Makes the next line the current one if the current one is used up. False at the end of the text.
    #[inline]
    fn fill_line(&mut self) -> bool {
        self.pos < self.line_end || self.next_line()
    }

    fn next_line(&mut self) -> bool {
        if self.done != Done::Ok {
            return false;
        }
        if self.pos >= self.text.len() {
            if let Some(line) = self.null_line {
                self.line += 1;
                self.line_start = self.pos;
                self.raise_range("source code cannot contain null bytes".to_owned(), 0, 0);
                if let Some(place) = self.error.as_mut().and_then(|error| error.place.as_mut()) {
                    place.text = Some(line.to_owned());
                }
            } else {
                self.done = Done::Eof;
            }
            return false;
        }
        self.line_start = self.pos;
        if !self.in_token {
            self.first_line_start = self.pos;
        }
        self.line = self.line.saturating_add(1);
        self.line_end =
            memchr::memchr(b'\n', &self.text[self.pos..]).map_or(self.text.len(), |i| self.pos + i + 1);
        true
    }

    /// Consumes and returns the next byte, 0 at the end of the text.
    #[inline]
    fn next_byte(&mut self) -> u8 {
        if !self.fill_line() {
            return 0;
        }
        let byte = self.at(self.pos);
        self.pos += 1;
        byte
    }

    /// Undoes [`Self::next_byte`].
    fn back(&mut self, byte: u8) {
        if byte != 0 {
            self.pos -= 1;
        }
    }

    fn col(&self) -> i32 {
        (self.pos - self.line_start) as i32
    }

    /// A token from the current start to the current position, with text.
    #[inline]
    fn token(&self, kind: Kind, end: usize) -> Token {
        Token {
            kind,
            level: self.brackets.len() as u16,
            start: self.start as u32,
            end: end as u32,
            line: self.line,
            col: self.start_col,
            end_line: self.line,
            end_col: self.col(),
        }
    }

    /// A string token, which may have begun on an earlier line.
    fn string_token(&self, kind: Kind, end: usize) -> Token {
        Token { line: self.first_line, ..self.token(kind, end) }
    }

    /// A token without text.
    fn bare_token(&self, kind: Kind) -> Token {
        let at = self.pos as u32;
        Token { start: at, end: at, col: -1, end_col: -1, ..self.token(kind, self.pos) }
    }

    fn error_token(&self) -> Token {
        self.bare_token(Kind::Error)
    }

    /// Records an error that ends at the current position.
    fn raise(&mut self, msg: String) -> Token {
        let read = &self.text[self.line_start.min(self.pos)..self.pos];
        let offset = String::from_utf8_lossy(read).chars().count() as i64;
        self.raise_range(msg, offset, offset)
    }

    /// Records an error between two byte columns of the current line, counted from 1.
    fn raise_between(&mut self, msg: String, start: usize, end: usize) -> Token {
        let character = |col: usize| {
            let before =
                &self.text[self.line_start..(self.line_start + col).saturating_sub(1).min(self.text.len())];
            before.iter().filter(|&&b| b & 0xc0 != 0x80).count() as i64 + 1
        };
        let (start, end) = (character(start), character(end));
        self.raise_range(msg, start, end)
    }

    fn raise_range(&mut self, msg: String, offset: i64, end_offset: i64) -> Token {
        if self.done != Done::Error {
            let line = i64::from(self.line);
            self.error = Some(Box::new(SyntaxError::placed(
                ErrorKind::SyntaxError,
                msg,
                ErrorPlace {
                    line,
                    offset,
                    text: Some(self.line_text()),
                    end: Some((line, end_offset)),
                    has_filename: true,
                },
            )));
            self.done = Done::Error;
        }
        self.error_token()
    }

    /// The current line without its newline.
    fn line_text(&self) -> String {
        let rest = &self.text[self.line_start.min(self.text.len())..];
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        String::from_utf8_lossy(&rest[..end]).into_owned()
    }

    /// Records a warning for the current line, and the error it becomes when warnings are errors.
    fn warn(&mut self, category: WarningCategory, message: String, error_message: String) {
        let read = &self.text[self.line_start.min(self.pos)..self.pos];
        let offset = String::from_utf8_lossy(read).chars().count() as i64;
        let line = i64::from(self.line);
        self.warnings.push(Warning {
            category,
            message,
            line,
            error: SyntaxError {
                last_statement: Some((0, 0)),
                ..SyntaxError::placed(
                    ErrorKind::SyntaxError,
                    error_message,
                    ErrorPlace {
                        line,
                        offset,
                        text: Some(self.line_text()),
                        end: Some((line, offset)),
                        has_filename: true,
                    },
                )
            },
        });
    }
}

/// May begin an identifier, as far as a byte can tell.
#[inline]
fn is_identifier_start(byte: u8) -> bool {
    CLASS[byte as usize] & 1 != 0
}

/// May be part of an identifier, as far as a byte can tell.
#[inline]
fn is_identifier_byte(byte: u8) -> bool {
    CLASS[byte as usize] & 2 != 0
}

static CLASS: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        if b.is_ascii_alphabetic() || b == b'_' || b >= 128 {
            table[byte] = 3;
        } else if b.is_ascii_digit() {
            table[byte] = 2;
        }
        byte += 1;
    }
    table
};
