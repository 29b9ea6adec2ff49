//! The lexical level of XML over UTF-8 text that may still grow. Bytes the encoding had no meaning for are 0xFF in it.

use std::ops::Range;

/// Why nothing could be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The text ends within it.
    More,
    /// An error, and where it is.
    Error(u8, usize),
}

pub type Scan<T> = Result<T, Stop>;

pub const SYNTAX: u8 = 2;
pub const INVALID_TOKEN: u8 = 4;

fn bad<T>(at: usize) -> Scan<T> {
    Err(Stop::Error(INVALID_TOKEN, at))
}

/// The byte at a position.
pub fn byte(text: &[u8], at: usize) -> Scan<u8> {
    text.get(at).copied().ok_or(Stop::More)
}

/// The character at a position and its length.
pub fn character(text: &[u8], at: usize) -> Scan<(char, usize)> {
    let first = byte(text, at)?;
    if first < 0x80 {
        return Ok((char::from(first), 1));
    }
    let n = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return bad(at),
    };
    let Some(bytes) = text.get(at..at + n) else { return Err(Stop::More) };
    match std::str::from_utf8(bytes).ok().and_then(|s| s.chars().next()) {
        Some(c) if !matches!(c, '\u{fffe}' | '\u{ffff}') => Ok((c, n)),
        _ => bad(at),
    }
}

pub fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\r' | b'\n')
}

/// The first position that is no white space; it may be the end.
pub fn skip_space(text: &[u8], mut at: usize) -> usize {
    while text.get(at).is_some_and(|&b| is_space(b)) {
        at += 1;
    }
    at
}

/// The letters of XML 1.0's earlier editions, which expat keeps to; below U+2000 a little wider.
fn starts_name(c: char) -> bool {
    matches!(c,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{2126}' | '\u{212a}'..='\u{212b}' | '\u{212e}'
        | '\u{2180}'..='\u{2182}' | '\u{3007}' | '\u{3021}'..='\u{3029}' | '\u{3041}'..='\u{3094}'
        | '\u{30a1}'..='\u{30fa}' | '\u{3105}'..='\u{312c}' | '\u{4e00}'..='\u{9fa5}' | '\u{ac00}'..='\u{d7a3}')
}

fn continues_name(c: char) -> bool {
    starts_name(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20dc}' | '\u{20e1}'
            | '\u{3005}' | '\u{302a}'..='\u{302f}' | '\u{3031}'..='\u{3035}' | '\u{3099}'..='\u{309a}'
            | '\u{309d}'..='\u{309e}' | '\u{30fc}'..='\u{30fe}')
}

/// The end of the name that begins at a position. With namespaces it has one colon at most, inside.
pub fn name(text: &[u8], start: usize, namespaces: bool) -> Scan<usize> {
    let (mut at, mut first, mut colon) = (start, true, false);
    loop {
        let (c, n) = character(text, at)?;
        if c == ':' {
            if namespaces {
                if first || colon {
                    return bad(at);
                }
                colon = true;
                first = true;
                at += n;
                continue;
            }
        } else if first && !starts_name(c) {
            return bad(at);
        } else if !continues_name(c) {
            return Ok(at);
        }
        first = false;
        at += n;
    }
}

/// The end of a name token, whose first character may be any of a name's.
pub fn name_token(text: &[u8], start: usize) -> Scan<usize> {
    let mut at = start;
    loop {
        let (c, n) = character(text, at)?;
        if !continues_name(c) && c != ':' {
            return if at == start { bad(at) } else { Ok(at) };
        }
        at += n;
    }
}

/// Does the text begin with `prefix` at a position?
pub fn starts(text: &[u8], at: usize, prefix: &[u8]) -> Scan<bool> {
    let rest = text.get(at..).unwrap_or_default();
    if rest.len() < prefix.len() && prefix.starts_with(rest) {
        return Err(Stop::More);
    }
    Ok(rest.starts_with(prefix))
}

/// Is it a character a document may contain?
fn allowed(b: u8) -> bool {
    b >= 0x20 || matches!(b, b'\t' | b'\n' | b'\r')
}

/// The position of `end`, with all characters before it allowed ones.
pub fn until(text: &[u8], start: usize, end: &[u8]) -> Scan<usize> {
    let mut at = start;
    loop {
        let b = byte(text, at)?;
        if Some(&b) == end.first() {
            match starts(text, at, end) {
                Ok(true) => return Ok(at),
                Ok(false) => {}
                // An invalid character behind a partial match is found when more is known.
                Err(s) => return Err(s),
            }
        }
        at += if b < 0x80 {
            if !allowed(b) {
                return bad(at);
            }
            1
        } else {
            character(text, at)?.1
        };
    }
}

/// The end of a run of character data, which begins with no special character. Errors are left for the next token.
pub fn data(text: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(&b) = text.get(at) {
        if matches!(b, b'<' | b'&' | b'\r' | b'\n') || !allowed(b) || (b == b']' && at > start) {
            break;
        }
        match character(text, at) {
            Ok((_, n)) => at += n,
            Err(_) => break,
        }
    }
    at
}

/// A reference.
#[derive(Clone, Debug)]
pub enum Reference {
    /// A character by number; `None` is one no document may contain.
    Char(Option<char>),
    Entity(Range<usize>),
}

/// The number of a character reference as a character.
fn char_of(digits: &[u8], radix: u32) -> Option<char> {
    let text = std::str::from_utf8(digits).ok()?;
    let n = u32::from_str_radix(text, radix).ok()?;
    char::from_u32(n).filter(
        |&c| !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'),
    )
}

/// The reference whose `&` is at a position, and its end.
pub fn reference(text: &[u8], at: usize, namespaces: bool) -> Scan<(Reference, usize)> {
    if byte(text, at + 1)? != b'#' {
        let end = name(text, at + 1, namespaces)?;
        if byte(text, end)? != b';' {
            return bad(end);
        }
        return Ok((Reference::Entity(at + 1..end), end + 1));
    }
    let (radix, start) = if byte(text, at + 2)? == b'x' { (16, at + 3) } else { (10, at + 2) };
    let mut end = start;
    while char::from(byte(text, end)?).is_digit(radix) {
        end += 1;
    }
    if end == start || byte(text, end)? != b';' {
        return bad(end);
    }
    let c = char_of(text.get(start..end).unwrap_or_default(), radix);
    Ok((Reference::Char(c), end + 1))
}

/// A start tag: the positions of its parts.
pub struct Tag {
    pub name: Range<usize>,
    pub attributes: Vec<(Range<usize>, Range<usize>)>,
    pub empty: bool,
    pub end: usize,
}

/// The start tag whose `<` is at a position.
pub fn tag(text: &[u8], at: usize, namespaces: bool) -> Scan<Tag> {
    let end = name(text, at + 1, namespaces)?;
    let mut t = Tag { name: at + 1..end, attributes: Vec::new(), empty: false, end };
    let mut i = end;
    loop {
        let before = i;
        i = skip_space(text, i);
        match byte(text, i)? {
            b'>' => {
                t.end = i + 1;
                return Ok(t);
            }
            b'/' => {
                if byte(text, i + 1)? != b'>' {
                    return bad(i + 1);
                }
                t.empty = true;
                t.end = i + 2;
                return Ok(t);
            }
            _ if i == before => return bad(i),
            _ => {}
        }
        let start = i;
        i = name(text, i, namespaces)?;
        let key = start..i;
        i = skip_space(text, i);
        if byte(text, i)? != b'=' {
            return bad(i);
        }
        i = skip_space(text, i + 1);
        let quote = byte(text, i)?;
        if !matches!(quote, b'"' | b'\'') {
            return bad(i);
        }
        i += 1;
        let start = i;
        loop {
            match byte(text, i)? {
                b if b == quote => break,
                b'<' => return bad(i),
                b'&' => i = reference(text, i, namespaces)?.1,
                b if b < 0x80 && !allowed(b) => return bad(i),
                _ => i += character(text, i)?.1,
            }
        }
        t.attributes.push((key, start..i));
        i += 1;
    }
}

/// The end tag whose `<` is at a position: its name and its end.
pub fn end_tag(text: &[u8], at: usize, namespaces: bool) -> Scan<(Range<usize>, usize)> {
    let end = name(text, at + 2, namespaces)?;
    let close = skip_space(text, end);
    if byte(text, close)? != b'>' {
        return bad(close);
    }
    Ok((at + 2..end, close + 1))
}

/// A processing instruction: target, data and end.
pub fn instruction(text: &[u8], at: usize, namespaces: bool) -> Scan<(Range<usize>, Range<usize>, usize)> {
    let end = match name(text, at + 2, namespaces) {
        // The target of a declaration is none of the namespace's business.
        Ok(end) => end,
        Err(e) => return Err(e),
    };
    if starts(text, end, b"?>")? {
        return Ok((at + 2..end, end..end, end + 2));
    }
    if !is_space(byte(text, end)?) {
        return bad(end);
    }
    let start = skip_space(text, end);
    let close = until(text, start, b"?>")?;
    Ok((at + 2..end, start..close, close + 2))
}

/// A comment: its text and its end.
pub fn comment(text: &[u8], at: usize) -> Scan<(Range<usize>, usize)> {
    let close = until(text, at + 4, b"--")?;
    if byte(text, close + 2)? != b'>' {
        return bad(close + 2);
    }
    Ok((at + 4..close, close + 3))
}

/// The end of a markup declaration, outside of literals.
pub fn declaration(text: &[u8], at: usize) -> Scan<usize> {
    let mut i = at + 2;
    loop {
        match byte(text, i)? {
            b'>' => return Ok(i + 1),
            b'<' => return bad(i),
            quote @ (b'"' | b'\'') => i = until(text, i + 1, &[quote])? + 1,
            b if b < 0x80 && !allowed(b) => return bad(i),
            _ => i += character(text, i)?.1,
        }
    }
}

/// Line endings as XML sees them.
pub fn normalize(text: &[u8]) -> String {
    let s = String::from_utf8_lossy(text);
    if s.contains('\r') { s.replace("\r\n", "\n").replace('\r', "\n") } else { s.into_owned() }
}
