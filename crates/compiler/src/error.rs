//! What a compilation reports: errors, warnings, and the options that steer it.

use std::fmt;

use syntax::ast::Loc;

/// The exception class an error becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    SyntaxError,
    RecursionError,
    ValueError,
    TypeError,
    SystemError,
    RuntimeError,
    /// Of the codec `utf-8`, reason `surrogates not allowed`: see [`CompileError::unencodable`].
    UnicodeEncodeError,
}

/// Where a [`CompileError`] or [`Warning`] points: lines and offsets count from 1, offsets in UTF-8 bytes,
/// as in the attributes of `SyntaxError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: i32,
    pub offset: i32,
    pub end_line: i32,
    pub end_offset: i32,
}

impl From<Loc> for Position {
    fn from(loc: Loc) -> Self {
        Position {
            line: loc.line,
            offset: loc.col.wrapping_add(1),
            end_line: loc.end_line,
            end_offset: loc.end_col.wrapping_add(1),
        }
    }
}

/// A `SyntaxWarning`, to be issued by whoever asked for the compilation (before the error, if any).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    pub message: String,
    pub position: Position,
}

/// Why a compilation failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    pub kind: ErrorKind,
    pub message: String,
    /// Present for every `SyntaxError`.
    pub position: Option<Position>,
    /// The warnings that precede the error.
    pub warnings: Vec<Warning>,
    /// The exception's arguments are the message alone: the place is only in its attributes.
    pub message_only: bool,
    /// For a `UnicodeEncodeError`: the string (WTF-8), and the range of its characters at fault.
    pub unencodable: Option<(Vec<u8>, usize, usize)>,
}

/// Errors are rare and large: one pointer keeps the results of the hot paths small.
pub type Result<T> = std::result::Result<T, Box<CompileError>>;

impl CompileError {
    /// A `SyntaxError` at `loc`.
    #[cold]
    pub fn syntax(message: impl Into<String>, loc: Loc) -> Box<Self> {
        Box::new(CompileError {
            kind: ErrorKind::SyntaxError,
            message: message.into(),
            position: Some(loc.into()),
            warnings: Vec::new(),
            message_only: false,
            unencodable: None,
        })
    }

    /// Marks an error of the symbol table or of a future statement.
    #[cold]
    pub(crate) fn message_only(mut self: Box<Self>) -> Box<Self> {
        self.message_only = true;
        self
    }

    /// Another exception, without a place.
    #[cold]
    pub fn other(kind: ErrorKind, message: impl Into<String>) -> Box<Self> {
        Box::new(CompileError {
            kind,
            message: message.into(),
            position: None,
            warnings: Vec::new(),
            message_only: false,
            unencodable: None,
        })
    }

    /// A string with lone surrogates where none can be; `start..end` counts characters.
    #[cold]
    pub fn surrogates(text: Vec<u8>, code: u32, start: usize, end: usize) -> Box<Self> {
        let which = if end - start == 1 {
            format!("character '\\u{code:04x}' in position {start}")
        } else {
            format!("characters in position {start}-{}", end - 1)
        };
        let message = format!("'utf-8' codec can't encode {which}: surrogates not allowed");
        let mut error = Self::other(ErrorKind::UnicodeEncodeError, message);
        error.unencodable = Some((text, start, end));
        error
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.kind, self.message)
    }
}

impl std::error::Error for CompileError {}

/// How to compile.
#[derive(Clone, Copy, Debug)]
pub struct CompileOptions<'a> {
    pub filename: &'a str,
    /// 0, 1 (no asserts) or 2 (no docstrings either).
    pub optimize: u8,
    /// `CO_FUTURE_*` bits in force from outside, and [`ALLOW_TOP_LEVEL_AWAIT`].
    pub flags: u32,
    /// How many bytes of native stack the compiler may use below its caller's frame.
    pub stack_budget: usize,
}

impl<'a> CompileOptions<'a> {
    /// The usual options for a file.
    pub fn new(filename: &'a str) -> Self {
        CompileOptions { filename, optimize: 0, flags: 0, stack_budget: DEFAULT_STACK_BUDGET }
    }
}

/// Fits a thread with the two megabytes Rust gives its threads.
pub const DEFAULT_STACK_BUDGET: usize = 1 << 20;

/// `PyCF_ALLOW_TOP_LEVEL_AWAIT`.
pub const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
/// `CO_FUTURE_ANNOTATIONS`.
pub const FUTURE_ANNOTATIONS: u32 = 0x0100_0000;
/// `CO_FUTURE_BARRY_AS_BDFL`.
pub const FUTURE_BARRY_AS_BDFL: u32 = 0x0040_0000;
/// `PyCF_MASK`: the flags a code object inherits.
pub const INHERITED_FLAGS: u32 = 0x01fe_0000;

/// Stops recursion before the native stack ends.
#[derive(Clone, Copy, Debug)]
pub struct StackGuard {
    highest: usize,
    lowest: usize,
}

impl StackGuard {
    /// A guard that allows `budget` bytes below the current frame.
    #[inline(never)]
    pub fn new(budget: usize) -> Self {
        let marker = 0u8;
        let highest = &raw const marker as usize;
        StackGuard { highest, lowest: highest.saturating_sub(budget) }
    }

    /// To be called by every function that recurses over a tree.
    #[inline]
    pub fn check(self) -> Result<()> {
        let marker = 0u8;
        if (&raw const marker as usize) < self.lowest { Err(self.too_deep()) } else { Ok(()) }
    }

    #[cold]
    fn too_deep(self) -> Box<CompileError> {
        let used = self.highest.saturating_sub(self.lowest) / 1024;
        let message = format!("Stack overflow (used {used} kB) during compilation");
        CompileError::other(ErrorKind::RecursionError, message)
    }
}
