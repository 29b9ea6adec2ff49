//! Bytes to text: byte order mark, coding cookie, line ends.

use std::borrow::Cow;

use crate::error::{ErrorKind, ErrorPlace, SyntaxError};
use crate::options::{DecodeFailure, Decoder, Mode, ParseOptions, Source};

/// The text the tokenizer reads.
pub(crate) fn text_of<'s>(
    source: Source<'s>,
    options: &ParseOptions<'_>,
) -> Result<Cow<'s, str>, SyntaxError> {
    let exec = options.mode == Mode::Exec;
    let text = match source {
        Source::Text(text) => {
            if memchr::memchr(0, text.as_bytes()).is_some() {
                return Err(null_bytes());
            }
            Cow::Borrowed(text)
        }
        Source::Bytes(bytes, decoder) => {
            if memchr::memchr(0, bytes).is_some() {
                return Err(null_bytes());
            }
            decode(bytes, decoder, exec)?
        }
        Source::File(bytes, decoder) => {
            let bytes = up_to_null(bytes);
            if std::str::from_utf8(bytes).is_err() {
                if declares_utf8(bytes, exec) {
                    return Err(undecodable_line(bytes, decoder));
                }
                // A comment that is the whole file is passed over before anybody asks for its encoding.
                if cookie(bytes, exec).is_none() && is_lone_comment(bytes) {
                    return Ok(Cow::Borrowed(""));
                }
            }
            match decode(bytes, &mut *decoder, exec) {
                Ok(text) => text,
                Err(error) => return Err(in_file(read_on(error, bytes, decoder, exec), bytes, options)),
            }
        }
    };
    Ok(normalize_newlines(text, exec))
}

/// The codec of a cookie reads a file from the end of the cookie's line on, and counts from there.
fn read_on(error: SyntaxError, bytes: &[u8], decoder: Decoder<'_>, exec: bool) -> SyntaxError {
    if error.place.as_ref().is_none_or(|place| place.line != 0) {
        return error;
    }
    let Some((line, name)) = cookie(bytes, exec) else { return error };
    let Some(end) = memchr::memchr_iter(b'\n', bytes).nth(line.saturating_sub(1)) else { return error };
    match decoder(&usual_name(&name), &bytes[end..]) {
        Err(DecodeFailure::Message(msg)) => SyntaxError { msg, ..error },
        Err(DecodeFailure::Pending) => SyntaxError::plain(ErrorKind::Pending, String::new()),
        Ok(_) => error,
    }
}

fn is_lone_comment(bytes: &[u8]) -> bool {
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    !line.contains(&b'\n') && is_blank_or_comment(line)
}

/// Does the line end inside a string?
fn leaves_string_open(line: &[u8]) -> bool {
    let mut rest = line;
    while let Some(at) = rest.iter().position(|b| matches!(b, b'#' | b'"' | b'\'')) {
        let quote = rest[at];
        if quote == b'#' {
            return false;
        }
        let triple = [quote; 3];
        let long = rest[at..].starts_with(&triple);
        rest = &rest[at + if long { 3 } else { 1 }..];
        loop {
            match rest {
                [] => return long,
                [b'\\'] => return true,
                [b'\\', _, more @ ..] => rest = more,
                [b, more @ ..] if *b == quote && !long => {
                    rest = more;
                    break;
                }
                text if long && text.starts_with(&triple) => {
                    rest = &text[3..];
                    break;
                }
                [_, more @ ..] => rest = more,
            }
        }
    }
    false
}

/// What differs in an error of decoding when a file is run: it names the file.
fn in_file(mut error: SyntaxError, bytes: &[u8], options: &ParseOptions<'_>) -> SyntaxError {
    let Some(place) = error.place.as_mut().filter(|place| !place.has_filename) else { return error };
    place.has_filename = true;
    let mut lines = bytes.split(|&b| b == b'\n');
    if error.msg.starts_with("Non-UTF-8") {
        let code_first =
            lines.next().is_some_and(|line| !is_blank_or_comment(line) && !leaves_string_open(line));
        let old = format!(" on line {},", place.line);
        if place.line == 2 && code_first {
            // CPython has not counted the second line yet when it stops looking for a cookie.
            place.line = 1;
            place.end = place.end.map(|(_, offset)| (1, offset));
        }
        let new = format!(" in file {} on line {},", options.filename, place.line);
        error.msg = error.msg.replacen(&old, &new, 1);
    } else if let Some((_, offset)) = &mut place.end {
        *offset += 1;
    }
    error
}

/// A file is read line by line, and no further than a line with a null byte.
fn up_to_null(bytes: &[u8]) -> &[u8] {
    let Some(null) = memchr::memchr(0, bytes) else { return bytes };
    let line_end = memchr::memchr(b'\n', &bytes[null..]).map_or(bytes.len(), |n| null + n + 1);
    &bytes[..line_end]
}

fn declares_utf8(bytes: &[u8], exec: bool) -> bool {
    cookie(bytes, exec).is_some_and(|(_, name)| {
        // Other spellings of the name go through the codec.
        usual_name(&name) == "utf-8"
    })
}

/// The error for the first line of a file that is not the UTF-8 it says it is.
fn undecodable_line(bytes: &[u8], decoder: Decoder<'_>) -> SyntaxError {
    let mut lines = bytes.split_inclusive(|&b| b == b'\n').zip(1..);
    let Some((line, number)) = lines.find(|(line, _)| std::str::from_utf8(line).is_err()) else {
        return SyntaxError::plain(ErrorKind::SyntaxError, "(unicode error)");
    };
    match decoder("utf-8", line) {
        Err(DecodeFailure::Pending) => SyntaxError::plain(ErrorKind::Pending, String::new()),
        Err(DecodeFailure::Message(msg)) => {
            let text = Some(String::from_utf8_lossy(line).into_owned());
            let place =
                ErrorPlace { line: number, offset: 0, text, end: Some((number, -1)), has_filename: true };
            SyntaxError::placed(ErrorKind::SyntaxError, format!("(unicode error) {msg}"), place)
        }
        Ok(_) => SyntaxError::plain(ErrorKind::SyntaxError, "(unicode error)"),
    }
}

fn null_bytes() -> SyntaxError {
    SyntaxError::plain(ErrorKind::SyntaxError, "source code string cannot contain null bytes".to_owned())
}

fn decode<'s>(bytes: &'s [u8], decoder: Decoder<'_>, exec: bool) -> Result<Cow<'s, str>, SyntaxError> {
    let (bytes, has_mark) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, true),
        None => (bytes, false),
    };
    let Some((line, cookie)) = cookie(bytes, exec) else { return utf8(bytes) };
    let encoding = usual_name(&cookie);
    if has_mark && encoding != "utf-8" {
        let text = nth_line(bytes, line);
        let end = text.chars().count() as i64;
        return Err(placed(format!("encoding problem: {encoding} with BOM"), line, 0, text, end));
    }
    match &*encoding {
        "utf-8" => utf8(bytes),
        "iso-8859-1" => Ok(Cow::Owned(bytes.iter().map(|&b| char::from(b)).collect())),
        name if is_ascii_name(name) && bytes.is_ascii() => utf8(bytes),
        name if is_latin1_name(name) => Ok(Cow::Owned(bytes.iter().map(|&b| char::from(b)).collect())),
        name if is_utf8_name(name) && std::str::from_utf8(bytes).is_ok() => utf8(bytes),
        name => match decoder(name, bytes) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(DecodeFailure::Pending) => Err(SyntaxError::plain(ErrorKind::Pending, String::new())),
            Err(DecodeFailure::Message(msg)) => Err(SyntaxError {
                place: Some(ErrorPlace { line: 0, offset: -1, text: None, end: None, has_filename: true }),
                ..SyntaxError::plain(ErrorKind::SyntaxError, msg)
            }),
        },
    }
}

/// The encoding a cookie in one of the first two lines declares.
pub fn encoding_of(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    cookie(bytes, true).map(|(_, name)| usual_name(&name).into_owned())
}

fn placed(msg: String, line: usize, offset: i64, text: String, end: i64) -> SyntaxError {
    let line = line as i64;
    let place = ErrorPlace { line, offset, text: Some(text), end: Some((line, end)), has_filename: false };
    SyntaxError { place: Some(place), ..SyntaxError::plain(ErrorKind::SyntaxError, msg) }
}

/// Line `number`, counted from 1, without its end.
fn nth_line(bytes: &[u8], number: usize) -> String {
    let line = bytes.split(|&b| b == b'\n').nth(number.saturating_sub(1)).unwrap_or(b"");
    String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, SyntaxError> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    let at = error.valid_up_to();
    let before = &bytes[..at];
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let msg = format!(
        "Non-UTF-8 code starting with '\\x{:02x}' on line {line}, but no encoding declared; \
         see https://peps.python.org/pep-0263/ for details",
        bytes[at]
    );
    let offset = String::from_utf8_lossy(&bytes[line_start..=at]).chars().count() as i64;
    Err(placed(msg, line, offset, nth_line(bytes, line), offset))
}

/// The coding cookie in one of the first two lines, with the number of its line. Only lines that end count; in a
/// module all do.
fn cookie(bytes: &[u8], exec: bool) -> Option<(usize, String)> {
    let mut lines = bytes.split_inclusive(|&b| b == b'\n' || b == b'\r');
    let first = lines.next()?;
    if let Some(cookie) = cookie_in(first, exec) {
        return Some((1, cookie));
    }
    let mut second = lines.next()?;
    if first.ends_with(b"\r") && second == b"\n" {
        second = lines.next()?;
    }
    if !is_blank_or_comment(first) {
        return None;
    }
    cookie_in(second, exec).map(|cookie| (2, cookie))
}

fn is_blank_or_comment(line: &[u8]) -> bool {
    let text = line.iter().find(|b| !matches!(b, b' ' | b'\t' | b'\x0c'));
    matches!(text, None | Some(b'#' | b'\n' | b'\r'))
}

fn cookie_in(line: &[u8], exec: bool) -> Option<String> {
    if !exec && !line.ends_with(b"\n") && !line.ends_with(b"\r") {
        return None;
    }
    let comment = line.iter().position(|&b| b == b'#').filter(|_| is_blank_or_comment(line))?;
    let comment = &line[comment..];
    for at in memchr::memmem::find_iter(comment, b"coding") {
        let rest = &comment[at + 6..];
        let Some(rest) = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"=")) else { continue };
        let name: Vec<u8> = rest
            .iter()
            .skip_while(|b| matches!(b, b' ' | b'\t'))
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
            .copied()
            .collect();
        if !name.is_empty() {
            return String::from_utf8(name).ok();
        }
    }
    None
}

/// One name for UTF-8 and one for Latin-1; others as they are.
fn usual_name(name: &str) -> Cow<'_, str> {
    let start: String =
        name.chars().take(12).map(|c| if c == '_' { '-' } else { c.to_ascii_lowercase() }).collect();
    let is = |base: &str| start == base || start.strip_prefix(base).is_some_and(|rest| rest.starts_with('-'));
    if is("utf-8") {
        Cow::Borrowed("utf-8")
    } else if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        Cow::Borrowed("iso-8859-1")
    } else {
        Cow::Borrowed(name)
    }
}

/// The name as codec look-up sees it.
fn codec_name(name: &str) -> String {
    name.chars().map(|c| if c == '-' || c == ' ' { '_' } else { c.to_ascii_lowercase() }).collect()
}

fn is_ascii_name(name: &str) -> bool {
    matches!(
        codec_name(name).as_str(),
        "ascii" | "us_ascii" | "646" | "ansi_x3.4_1968" | "cp367" | "csascii" | "ibm367" | "iso646_us" | "us"
    )
}

fn is_latin1_name(name: &str) -> bool {
    matches!(
        codec_name(name).as_str(),
        "latin1"
            | "latin"
            | "l1"
            | "8859"
            | "cp819"
            | "iso8859"
            | "iso8859_1"
            | "iso_8859_1"
            | "ibm819"
            | "csisolatin1"
    )
}

fn is_utf8_name(name: &str) -> bool {
    matches!(codec_name(name).as_str(), "utf8" | "u8" | "utf" | "cp65001" | "utf8_ucs2" | "utf8_ucs4")
}

/// `\n` for every line end, and for a module a last one where it lacks.
fn normalize_newlines(text: Cow<'_, str>, add_last: bool) -> Cow<'_, str> {
    let add_last = add_last && !text.is_empty() && !text.ends_with(['\n', '\r']);
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        if !add_last {
            return text;
        }
        let mut owned = text.into_owned();
        owned.push('\n');
        return Cow::Owned(owned);
    }
    let mut result = String::with_capacity(text.len() + 1);
    let mut rest = &*text;
    while let Some(at) = rest.find('\r') {
        result.push_str(&rest[..at]);
        result.push('\n');
        rest = &rest[at + 1..];
        rest = rest.strip_prefix('\n').unwrap_or(rest);
    }
    result.push_str(rest);
    if add_last {
        result.push('\n');
    }
    Cow::Owned(result)
}
