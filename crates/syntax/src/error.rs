//! Errors and warnings as data: the runtime makes exceptions of them.

use crate::ast::Mod;

/// Which exception the runtime raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    SyntaxError,
    IndentationError,
    TabError,
    /// `_IncompleteInputError`
    IncompleteInput,
    MemoryError,
    OverflowError,
    ValueError,
    /// With [`SyntaxError::undecodable`].
    UnicodeDecodeError,
    /// The decoder left an exception pending.
    Pending,
}

/// Where an error is shown. Columns count characters from 1, as `SyntaxError.offset` does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorPlace {
    pub line: i64,
    pub offset: i64,
    /// The source line, without its end.
    pub text: Option<String>,
    /// Absent where CPython sets only line and offset.
    pub end: Option<(i64, i64)>,
    /// Whether the exception names the file; errors of decoding do not.
    pub has_filename: bool,
}

/// One refused program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub kind: ErrorKind,
    pub msg: String,
    pub place: Option<ErrorPlace>,
    /// What `SyntaxError._metadata` holds besides the source: line and column of the last complete statement
    /// before the error.
    pub last_statement: Option<(i32, i32)>,
    /// The rest of a `UnicodeDecodeError`.
    pub undecodable: Option<Box<Undecodable>>,
}

impl SyntaxError {
    /// An error without place.
    pub(crate) fn plain(kind: ErrorKind, msg: impl Into<String>) -> Self {
        Self { kind, msg: msg.into(), place: None, last_statement: None, undecodable: None }
    }

    /// A `SyntaxError` or one of its subclasses.
    pub(crate) fn placed(kind: ErrorKind, msg: impl Into<String>, place: ErrorPlace) -> Self {
        Self { place: Some(place), ..Self::plain(kind, msg) }
    }
}

/// What the codec `unicodeescape` could not decode: the arguments of the `UnicodeDecodeError`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecodable {
    pub object: Vec<u8>,
    pub start: usize,
    pub end: usize,
    pub reason: &'static str,
}

/// Category of a [`Warning`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WarningCategory {
    SyntaxWarning,
    DeprecationWarning,
}

/// A warning to issue for a line; when the filters turn it into an error, `error` is to be raised instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub category: WarningCategory,
    pub message: String,
    pub line: i64,
    pub error: SyntaxError,
}

/// A tree and what there is to say about it.
#[derive(Debug)]
pub struct Parsed<'a> {
    pub module: Mod<'a>,
    /// In the order they are to be issued.
    pub warnings: Vec<Warning>,
}

/// An error, and the warnings that came before it.
#[derive(Debug)]
pub struct Failure {
    pub error: SyntaxError,
    pub warnings: Vec<Warning>,
    /// What was parsed, unless it is a file.
    pub source: Option<FailedSource>,
}

/// The text of a refused program as the tokenizer read it, and its declared encoding.
#[derive(Debug)]
pub struct FailedSource {
    pub text: String,
    pub encoding: Option<String>,
}
