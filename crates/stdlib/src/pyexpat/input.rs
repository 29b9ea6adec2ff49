//! From the bytes of a document to UTF-8, and positions in them.

use super::scan;

/// Encodings.
#[derive(Clone)]
pub enum Encoding {
    Utf8,
    Latin1,
    Ascii,
    Utf16 {
        big: bool,
    },
    /// One byte a character; `None` has no meaning.
    Table(Box<[Option<char>; 256]>),
}

impl Encoding {
    /// One of the encodings that need no help.
    pub fn named(name: &str) -> Option<Encoding> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf-8" => Encoding::Utf8,
            "iso-8859-1" => Encoding::Latin1,
            "us-ascii" => Encoding::Ascii,
            "utf-16be" => Encoding::Utf16 { big: true },
            "utf-16" | "utf-16le" => Encoding::Utf16 { big: false },
            _ => return None,
        })
    }

    /// How many bytes of the document a character was.
    fn width(&self, c: char) -> u64 {
        match self {
            Encoding::Utf8 => c.len_utf8() as u64,
            Encoding::Utf16 { .. } => 2 * c.len_utf16() as u64,
            _ => 1,
        }
    }
}

/// A place in a document.
#[derive(Clone, Copy, Default)]
pub struct Position {
    pub line: u64,
    pub column: u64,
    pub byte: u64,
    /// The character before was a carriage return.
    after_cr: bool,
}

impl Position {
    /// The beginning of a document.
    pub fn first() -> Position {
        Position { line: 1, ..Position::default() }
    }
}

/// The document.
#[derive(Default)]
pub struct Input {
    /// Bytes not decoded yet.
    raw: Vec<u8>,
    encoding: Option<Encoding>,
    /// The encoding was given from outside: what the document says does not count.
    forced: bool,
    /// UTF-8 text, from which what was used is taken now and then.
    pub text: Vec<u8>,
    /// Where the parser is in it.
    pub at: usize,
    /// Up to where `place` has been counted, and what it is.
    counted: usize,
    place: Position,
    pub ended: bool,
    /// Bytes in all.
    pub total: u64,
}

/// What the parser must do before the text can be read.
pub enum Begin {
    Ready,
    More,
    /// The document names an encoding that is not known here.
    Unknown(String),
    Error(u8),
}

const INCORRECT_ENCODING: u8 = 19;

impl Input {
    pub fn feed(&mut self, bytes: &[u8], last: bool) {
        self.raw.extend_from_slice(bytes);
        self.total += bytes.len() as u64;
        self.ended |= last;
    }

    pub fn force(&mut self, encoding: Encoding) {
        self.encoding = Some(encoding);
        self.forced = true;
    }

    pub fn set_encoding(&mut self, encoding: Encoding) {
        self.encoding = Some(encoding);
    }

    /// Finds out the encoding, from the first bytes or the XML declaration, and decodes what can be.
    pub fn begin(&mut self) -> Begin {
        if self.place.line == 0 {
            self.place.line = 1;
        }
        if self.total > 0 && self.place.byte == 0 && self.text.is_empty() && self.at == 0 {
            if self.raw.len() < 4 && !self.ended {
                return Begin::More;
            }
            let wide = matches!(self.encoding, Some(Encoding::Utf16 { .. }));
            let may_detect = self.encoding.is_none() || wide;
            let (mark, found) = match *self.raw {
                [0xef, 0xbb, 0xbf, ..] if !wide => (3, Some(Encoding::Utf8)),
                [0xfe, 0xff, ..] if may_detect => (2, Some(Encoding::Utf16 { big: true })),
                [0xff, 0xfe, ..] if may_detect => (2, Some(Encoding::Utf16 { big: false })),
                [b'<', 0, ..] if may_detect => (0, Some(Encoding::Utf16 { big: false })),
                [0, b'<', ..] if may_detect => (0, Some(Encoding::Utf16 { big: true })),
                _ => (0, None),
            };
            self.raw.drain(..mark);
            self.place.byte += mark as u64;
            if let Some(e) = found
                && (may_detect || mark == 0)
            {
                self.encoding = Some(e);
            }
        }
        if self.encoding.is_none() {
            match self.declared() {
                Err(()) if !self.ended => return Begin::More,
                Err(()) | Ok(None) => self.encoding = Some(Encoding::Utf8),
                Ok(Some(name)) => match Encoding::named(&name) {
                    Some(Encoding::Utf16 { .. }) => return Begin::Error(INCORRECT_ENCODING),
                    Some(e) => self.encoding = Some(e),
                    None => return Begin::Unknown(name),
                },
            }
        }
        self.decode();
        Begin::Ready
    }

    /// The encoding in the XML declaration; an error while that is not whole yet.
    fn declared(&self) -> Result<Option<String>, ()> {
        let raw = &self.raw;
        match scan::starts(raw, 0, b"<?xml") {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(_) => return Err(()),
        }
        let end = memchr::memmem::find(raw, b"?>").ok_or(())?;
        let text = String::from_utf8_lossy(raw.get(..end).unwrap_or_default());
        let Some((_, rest)) = text.split_once("encoding") else { return Ok(None) };
        let rest = rest.trim_start().strip_prefix('=').map(str::trim_start).unwrap_or_default();
        let mut chars = rest.chars();
        let Some(quote @ ('"' | '\'')) = chars.next() else { return Ok(None) };
        Ok(chars.as_str().split_once(quote).map(|(name, _)| name.to_owned()))
    }

    fn decode(&mut self) {
        let Some(encoding) = &self.encoding else { return };
        let mut push = |c: Option<char>| match c {
            Some(c) => self.text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => self.text.push(0xff),
        };
        match encoding {
            Encoding::Latin1 => self.raw.drain(..).for_each(|b| push(Some(char::from(b)))),
            Encoding::Ascii => {
                self.raw.drain(..).for_each(|b| push(Some(char::from(b)).filter(char::is_ascii)));
            }
            Encoding::Table(t) => self.raw.drain(..).for_each(|b| push(t[usize::from(b)])),
            Encoding::Utf8 => {
                let mut used = 0;
                loop {
                    let rest = self.raw.get(used..).unwrap_or_default();
                    match std::str::from_utf8(rest) {
                        Ok(s) => {
                            self.text.extend_from_slice(s.as_bytes());
                            used += s.len();
                            break;
                        }
                        Err(e) => {
                            self.text.extend_from_slice(rest.get(..e.valid_up_to()).unwrap_or_default());
                            used += e.valid_up_to();
                            match e.error_len() {
                                Some(n) => {
                                    self.text.push(0xff);
                                    used += n;
                                }
                                None => break,
                            }
                        }
                    }
                }
                self.raw.drain(..used.min(self.raw.len()));
            }
            &Encoding::Utf16 { big } => {
                let units = |b: &[u8]| match b {
                    &[x, y, ..] if big => Some(u16::from_be_bytes([x, y])),
                    &[x, y, ..] => Some(u16::from_le_bytes([x, y])),
                    _ => None,
                };
                let mut used = 0;
                while let Some(unit) = units(self.raw.get(used..).unwrap_or_default()) {
                    let low = units(self.raw.get(used + 2..).unwrap_or_default());
                    if (0xd800..0xdc00).contains(&unit) && low.is_none() {
                        break;
                    }
                    let pair = [unit, low.unwrap_or(0)];
                    let found = char::decode_utf16(pair).next().and_then(Result::ok);
                    used += 2 * found.map_or(1, char::len_utf16);
                    push(found);
                }
                self.raw.drain(..used.min(self.raw.len()));
            }
        }
    }

    /// Are there bytes that are the beginning of a character?
    pub fn partial(&self) -> bool {
        !self.raw.is_empty()
    }

    /// What an XML declaration's encoding means for a document whose encoding is known.
    pub fn check_declared(&self, name: &str) -> Option<u8> {
        if self.forced {
            return None;
        }
        let wide = matches!(self.encoding, Some(Encoding::Utf16 { .. }));
        match Encoding::named(name) {
            Some(Encoding::Utf16 { .. }) if !wide => Some(INCORRECT_ENCODING),
            Some(Encoding::Utf8 | Encoding::Latin1 | Encoding::Ascii) if wide => Some(INCORRECT_ENCODING),
            _ => None,
        }
    }

    /// The place of a position in the text, at or behind the last one asked for.
    pub fn place(&mut self, text: &[u8], at: usize) -> Position {
        let encoding = self.encoding.as_ref().unwrap_or(&Encoding::Utf8);
        while self.counted < at {
            let Ok((c, n)) = scan::character(text, self.counted) else {
                self.place.column += 1;
                self.place.byte += 1;
                self.counted += 1;
                continue;
            };
            self.counted += n;
            let p = &mut self.place;
            p.byte += encoding.width(c);
            match c {
                '\n' if p.after_cr => p.after_cr = false,
                '\n' | '\r' => {
                    p.line += 1;
                    p.column = 0;
                    p.after_cr = c == '\r';
                }
                _ => {
                    p.column += 1;
                    p.after_cr = false;
                }
            }
        }
        self.place
    }

    /// Forgets text that was used.
    pub fn compact(&mut self) {
        if self.at > 1 << 16 || self.at == self.text.len() {
            let text = std::mem::take(&mut self.text);
            self.place(&text, self.at);
            self.text = text;
            self.text.drain(..self.at.min(self.text.len()));
            self.counted = 0;
            self.at = 0;
        }
    }
}
