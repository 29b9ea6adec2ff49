//! Backslash escapes.
//!
//! Error positions and warning columns count the text as CPython's decoder sees it: every character outside ASCII
//! as a ten-byte `\U` escape, and a backslash before one as six bytes.

use bumpalo::Bump;
use bumpalo::collections::Vec;

use crate::error::{Warning, WarningCategory};
use crate::token::{Kind, Token};

/// The first escape that means nothing, or an octal one above `\377`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InvalidEscape {
    /// The character after the backslash.
    pub byte: u8,
    /// Digits of an octal escape.
    pub octal: Option<[u8; 3]>,
    /// How many line ends precede it in the text.
    pub lines: i32,
    /// Bytes since the last of these line ends, in CPython's count.
    pub col: i32,
}

/// A text that cannot be decoded.
#[derive(Debug)]
pub(crate) enum EscapeError {
    /// What a `UnicodeDecodeError` says: positions in [`expanded`] text, and the reason.
    Unicode { start: usize, end: usize, reason: &'static str },
    /// The message of a `ValueError`.
    Value(String),
}

impl EscapeError {
    /// The message of the `SyntaxError` it usually becomes.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Unicode { .. } => format!("(unicode error) {}", self.plain_message()),
            Self::Value(_) => format!("(value error) {}", self.plain_message()),
        }
    }

    /// The message of the exception itself.
    pub(crate) fn plain_message(&self) -> String {
        match self {
            Self::Unicode { start, end, reason } if *end == start + 1 => {
                format!("'unicodeescape' codec can't decode byte 0x5c in position {start}: {reason}")
            }
            Self::Unicode { start, end, reason } => {
                let last = end.saturating_sub(1);
                format!("'unicodeescape' codec can't decode bytes in position {start}-{last}: {reason}")
            }
            Self::Value(msg) => msg.clone(),
        }
    }
}

/// The text as CPython's decoder sees it: ASCII only.
pub(crate) fn expanded(text: &str) -> std::vec::Vec<u8> {
    let mut out = std::vec::Vec::with_capacity(text.len());
    let mut escape = false;
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c as u8);
            escape = c == '\\' && !escape;
            continue;
        }
        if std::mem::take(&mut escape) {
            out.extend_from_slice(b"u005c");
        }
        out.extend_from_slice(format!("\\U{:08x}", c as u32).as_bytes());
    }
    if escape {
        out.extend_from_slice(b"u005c");
    }
    out
}

/// A decoded text.
pub(crate) struct Decoded<'a> {
    pub value: &'a [u8],
    pub invalid: Option<InvalidEscape>,
}

/// A warning about an invalid escape; the error it may become still lacks its place.
#[derive(Debug)]
pub(crate) struct EscapeWarning {
    pub category: WarningCategory,
    pub message: String,
    pub error_message: String,
    pub line: i64,
    /// Byte columns from 0 of the error.
    pub col: i64,
    pub end_col: i64,
    /// The line shown with the error: not beyond that of the token's end.
    pub shown_line: i64,
    /// Whether it is that line, which is then shown with its end.
    pub in_last_line: bool,
}

/// The warning for `invalid` in a text that belongs to `token`, if there is to be one.
pub(crate) fn escape_warning(
    invalid: InvalidEscape,
    token: &Token,
    token_text: &str,
    feature_version: u8,
) -> Option<EscapeWarning> {
    let in_replacement_string =
        matches!(token.kind, Kind::FStringMiddle | Kind::FStringEnd | Kind::TStringMiddle | Kind::TStringEnd);
    if in_replacement_string && matches!(invalid.byte, b'{' | b'}') {
        // The tokenizer has warned.
        return None;
    }
    let (shown, what) = match invalid.octal {
        Some(digits) => (digits.iter().map(|&b| char::from(b)).collect(), "an invalid octal escape sequence"),
        None => (char::from(invalid.byte).to_string(), "an invalid escape sequence"),
    };
    let head = format!("\"\\{shown}\" is {what}. ");
    let tail = format!("Did you mean \"\\\\{shown}\"? A raw string is also an option.");
    let mut col = i64::from(invalid.col);
    if invalid.lines == 0 {
        let first = token_text.bytes().next().filter(|b| matches!(b, b'"' | b'\''));
        let quotes = token_text.bytes().take_while(|b| matches!(b, b'"' | b'\''));
        col += i64::from(token.col) + quotes.filter(|&b| Some(b) == first).count() as i64;
    }
    Some(EscapeWarning {
        category: if feature_version >= 12 {
            WarningCategory::SyntaxWarning
        } else {
            WarningCategory::DeprecationWarning
        },
        message: format!("{head}Such sequences will not work in the future. {tail}"),
        error_message: format!("{head}{tail}"),
        line: i64::from(token.line) + i64::from(invalid.lines),
        col: col - 1,
        end_col: col + 1,
        shown_line: i64::from((token.line + invalid.lines).min(token.end_line)),
        in_last_line: token.line + invalid.lines >= token.end_line,
    })
}

impl EscapeWarning {
    /// The finished warning, given where its error is shown.
    pub(crate) fn finish(self, error: crate::error::SyntaxError) -> Warning {
        Warning { category: self.category, message: self.message, line: self.line, error }
    }
}

/// Position in the text, in CPython's count.
#[derive(Clone, Copy, Default)]
struct Place {
    offset: usize,
    lines: i32,
    col: i32,
}

impl Place {
    fn advance(&mut self, bytes: usize) {
        self.offset += bytes;
        self.col = self.col.saturating_add(bytes as i32);
    }

    fn newline(&mut self) {
        self.offset += 1;
        self.lines += 1;
        self.col = 0;
    }
}

/// Decodes the escapes of a `str` literal.
pub(crate) fn decode_str<'a>(arena: &'a Bump, text: &str) -> Result<Decoded<'a>, EscapeError> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity_in(bytes.len(), arena);
    let mut invalid = None;
    let mut place = Place::default();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte != b'\\' {
            let end = memchr::memchr(b'\\', &bytes[at..]).map_or(bytes.len(), |i| at + i);
            count_plain(&text[at..end], &mut place);
            out.extend_from_slice(&bytes[at..end]);
            at = end;
            continue;
        }
        let start = place;
        place.advance(1);
        at += 1;
        // Before a replacement field the backslash stands for itself.
        let Some(&kind) = bytes.get(at) else {
            out.push(b'\\');
            break;
        };
        if kind >= 128 {
            // No escape, and no warning either.
            place.advance(5);
            out.push(b'\\');
            continue;
        }
        at += 1;
        if kind == b'\n' {
            place.newline()
        } else {
            place.advance(1)
        }
        match kind {
            b'\n' => {}
            b'x' => at = hex_escape(bytes, at, 2, start, &mut place, &mut out)?,
            b'u' => at = hex_escape(bytes, at, 4, start, &mut place, &mut out)?,
            b'U' => at = hex_escape(bytes, at, 8, start, &mut place, &mut out)?,
            b'N' => at = named_escape(text, at, start, &mut place, &mut out)?,
            b'0'..=b'7' => {
                let (value, end) = octal(bytes, at - 1);
                if value > 0o377 && invalid.is_none() {
                    invalid = Some(invalid_octal(bytes, at - 1, start));
                }
                place.advance(end - at);
                at = end;
                push_code_point(&mut out, value);
            }
            _ => match simple_escape(kind) {
                Some(value) => out.push(value),
                None => {
                    invalid.get_or_insert(invalid_escape(kind, start));
                    out.extend_from_slice(&[b'\\', kind]);
                }
            },
        }
    }
    Ok(Decoded { value: out.into_bump_slice(), invalid })
}

/// Decodes the escapes of a `bytes` literal.
pub(crate) fn decode_bytes<'a>(arena: &'a Bump, text: &str) -> Result<Decoded<'a>, EscapeError> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity_in(bytes.len(), arena);
    let mut invalid = None;
    let mut place = Place::default();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            let end = memchr::memchr(b'\\', &bytes[at..]).map_or(bytes.len(), |i| at + i);
            count_plain(&text[at..end], &mut place);
            out.extend_from_slice(&bytes[at..end]);
            at = end;
            continue;
        }
        let start = place;
        let Some(&kind) = bytes.get(at + 1) else {
            return Err(EscapeError::Value("Trailing \\ in string".to_owned()));
        };
        at += 2;
        place.advance(1);
        if kind == b'\n' {
            place.newline()
        } else {
            place.advance(1)
        }
        match kind {
            b'\n' => {}
            b'x' => {
                let value = bytes.get(at..at + 2).and_then(|digits| {
                    let [high, low] = digits else { return None };
                    Some(char::from(*high).to_digit(16)? << 4 | char::from(*low).to_digit(16)?)
                });
                let Some(value) = value else {
                    return Err(EscapeError::Value(format!("invalid \\x escape at position {}", at - 2)));
                };
                out.push(value as u8);
                place.advance(2);
                at += 2;
            }
            b'0'..=b'7' => {
                let (value, end) = octal(bytes, at - 1);
                if value > 0o377 && invalid.is_none() {
                    invalid = Some(invalid_octal(bytes, at - 1, start));
                }
                place.advance(end - at);
                at = end;
                out.push(value as u8);
            }
            _ => match simple_escape(kind) {
                Some(value) => out.push(value),
                None => {
                    invalid.get_or_insert(invalid_escape(kind, start));
                    out.extend_from_slice(&[b'\\', kind]);
                }
            },
        }
    }
    Ok(Decoded { value: out.into_bump_slice(), invalid })
}

fn invalid_escape(byte: u8, start: Place) -> InvalidEscape {
    InvalidEscape { byte, octal: None, lines: start.lines, col: start.col + 1 }
}

fn invalid_octal(bytes: &[u8], at: usize, start: Place) -> InvalidEscape {
    let mut digits = [b'0'; 3];
    digits.copy_from_slice(&bytes[at..at + 3]);
    InvalidEscape { octal: Some(digits), ..invalid_escape(digits[0], start) }
}

fn count_plain(text: &str, place: &mut Place) {
    if text.is_ascii() && memchr::memchr(b'\n', text.as_bytes()).is_none() {
        place.advance(text.len());
        return;
    }
    for c in text.chars() {
        match c {
            '\n' => place.newline(),
            _ if c.is_ascii() => place.advance(1),
            _ => place.advance(10),
        }
    }
}

fn simple_escape(kind: u8) -> Option<u8> {
    Some(match kind {
        b'\\' | b'\'' | b'"' => kind,
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'v' => 11,
        _ => return None,
    })
}

/// Up to three octal digits: their value, and where they end.
fn octal(bytes: &[u8], at: usize) -> (u32, usize) {
    let digits = bytes[at..].iter().take(3).take_while(|b| (b'0'..b'8').contains(b));
    digits.fold((0, at), |(value, end), digit| (value << 3 | u32::from(digit - b'0'), end + 1))
}

fn hex_escape(
    bytes: &[u8],
    at: usize,
    count: usize,
    start: Place,
    place: &mut Place,
    out: &mut Vec<'_, u8>,
) -> Result<usize, EscapeError> {
    let message = match count {
        2 => "truncated \\xXX escape",
        4 => "truncated \\uXXXX escape",
        _ => "truncated \\UXXXXXXXX escape",
    };
    let mut value = 0u32;
    for i in 0..count {
        let digit = bytes.get(at + i).and_then(|&b| char::from(b).to_digit(16));
        let Some(digit) = digit else { return Err(unicode_error(start.offset, place.offset, message)) };
        value = value << 4 | digit;
        place.advance(1);
    }
    if value > 0x10ffff {
        return Err(unicode_error(start.offset, place.offset, "illegal Unicode character"));
    }
    push_code_point(out, value);
    Ok(at + count)
}

fn named_escape(
    text: &str,
    at: usize,
    start: Place,
    place: &mut Place,
    out: &mut Vec<'_, u8>,
) -> Result<usize, EscapeError> {
    let malformed = "malformed \\N character escape";
    let Some(rest) = text[at..].strip_prefix('{') else {
        return Err(unicode_error(start.offset, place.offset, malformed));
    };
    place.advance(1);
    let end = rest.find('}');
    let name = &rest[..end.unwrap_or(rest.len())];
    count_plain(name, place);
    if end.is_none() || name.is_empty() {
        return Err(unicode_error(start.offset, place.offset, malformed));
    }
    place.advance(1);
    let Some(character) = crate::unicode::character_by_name(name) else {
        return Err(unicode_error(start.offset, place.offset, "unknown Unicode character name"));
    };
    push_code_point(out, character as u32);
    Ok(at + name.len() + 2)
}

fn unicode_error(start: usize, end: usize, reason: &'static str) -> EscapeError {
    EscapeError::Unicode { start, end, reason }
}

/// UTF-8, and three bytes for a surrogate all the same.
fn push_code_point(out: &mut Vec<'_, u8>, value: u32) {
    match char::from_u32(value) {
        Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend_from_slice(&[
            0xe0 | (value >> 12) as u8,
            0x80 | (value >> 6 & 0x3f) as u8,
            0x80 | (value & 0x3f) as u8,
        ]),
    }
}
