//! Values of number and string literals.

mod escape;
mod field_text;
mod number;

pub(crate) use escape::{EscapeError, EscapeWarning, decode_bytes, decode_str, escape_warning, expanded};
pub(crate) use field_text::expression_text;
pub(crate) use number::{TooManyDigits, number};

/// A string literal taken apart.
pub(crate) struct StringParts<'t> {
    pub bytes: bool,
    pub raw: bool,
    /// Written with a lower-case `u` in front.
    pub unicode_kind: bool,
    /// Between the quotes.
    pub body: &'t str,
}

/// Takes the text of a string token apart.
pub(crate) fn string_parts(text: &str) -> StringParts<'_> {
    let quote_at = text.find(['"', '\'']).unwrap_or(0);
    let (prefix, quoted) = text.split_at(quote_at);
    let has = |letter: u8| prefix.bytes().any(|b| b | 0x20 == letter);
    let long = quoted.len() >= 6 && (quoted.starts_with("\"\"\"") || quoted.starts_with("'''"));
    let quotes = if long { 3 } else { 1 };
    StringParts {
        bytes: has(b'b'),
        raw: has(b'r'),
        unicode_kind: prefix.starts_with('u'),
        body: quoted.get(quotes..quoted.len().saturating_sub(quotes)).unwrap_or(""),
    }
}
