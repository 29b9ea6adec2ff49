//! What a caller hands to the parser besides the text: start rule, flags and how to decode.

/// What the source must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A whole module.
    #[default]
    Exec,
    /// One expression.
    Eval,
    /// One interactive statement.
    Single,
    /// A signature type comment: `(int, str) -> bool`.
    FuncType,
}

/// The minor version of the newest grammar, and the default of [`ParseOptions::feature_version`].
pub const NEWEST_FEATURE_VERSION: u8 = 14;

/// Everything that changes what the parser accepts.
#[derive(Clone, Copy, Debug)]
pub struct ParseOptions<'o> {
    pub mode: Mode,
    /// Keep `# type:` comments (`PyCF_TYPE_COMMENTS`).
    pub type_comments: bool,
    /// Refuse what is newer than Python 3.`feature_version`.
    pub feature_version: u8,
    /// `<>` instead of `!=` (`from __future__ import barry_as_FLUFL` of an enclosing unit).
    pub barry_as_flufl: bool,
    /// In [`Mode::Single`] the end of the text does not close open blocks (`PyCF_DONT_IMPLY_DEDENT`).
    pub dont_imply_dedent: bool,
    /// Report an error at the end of the text as incomplete input (`PyCF_ALLOW_INCOMPLETE_INPUT`).
    pub allow_incomplete_input: bool,
    /// Longest decimal integer literal (`sys.get_int_max_str_digits()`), 0 for no limit.
    pub max_str_digits: usize,
    /// Named in a few messages only.
    pub filename: &'o str,
}

impl Default for ParseOptions<'_> {
    fn default() -> Self {
        Self {
            mode: Mode::Exec,
            type_comments: false,
            feature_version: NEWEST_FEATURE_VERSION,
            barry_as_flufl: false,
            dont_imply_dedent: false,
            allow_incomplete_input: false,
            max_str_digits: 4300,
            filename: "<string>",
        }
    }
}

/// Why a codec of the runtime gave no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecodeFailure {
    /// `LookupError`, `ValueError` or `UnicodeError`: becomes a `SyntaxError` with this message.
    Message(String),
    /// Anything else: left pending in the runtime, reported as [`crate::ErrorKind::Pending`].
    Pending,
}

/// Decodes bytes in an encoding the parser does not know itself: name as written, bytes.
pub type Decoder<'d> = &'d mut dyn FnMut(&str, &[u8]) -> Result<String, DecodeFailure>;

/// The program text and where it came from, which decides how encodings and null bytes are treated.
pub enum Source<'s> {
    /// A `str`: coding cookies are only comments.
    Text(&'s str),
    /// A `bytes` object given to `compile()`.
    Bytes(&'s [u8], Decoder<'s>),
    /// The contents of a file being run.
    File(&'s [u8], Decoder<'s>),
}
