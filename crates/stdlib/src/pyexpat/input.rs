//! The text of a document as it arrives: decoding, and the place in it.

use std::rc::Rc;

/// What is known of the document's encoding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Encoding {
    Utf8,
    Utf16 {
        big: bool,
    },
    /// ISO-8859-1 and US-ASCII: a byte is a character below this limit.
    Latin {
        limit: u8,
    },
    /// One byte a character; `None` where there is none.
    Table(Vec<Option<char>>),
}

/// An encoding that needs no table, by its name.
pub fn known_encoding(name: &str) -> Option<Encoding> {
    Some(match name.to_ascii_uppercase().as_str() {
        "UTF-8" => Encoding::Utf8,
        "UTF-16" | "UTF-16BE" => Encoding::Utf16 { big: true },
        "UTF-16LE" => Encoding::Utf16 { big: false },
        "ISO-8859-1" => Encoding::Latin { limit: 0xff },
        "US-ASCII" => Encoding::Latin { limit: 0x7f },
        _ => return None,
    })
}

/// The document: bytes not decoded yet, text not consumed yet, and the place where that begins.
#[derive(Debug)]
pub struct Input {
    raw: Vec<u8>,
    /// What is decoded.
    pub text: Rc<str>,
    /// Bytes of `text` already consumed.
    pub pos: usize,
    pub encoding: Option<Encoding>,
    /// The encoding is the caller's choice: a declaration does not change it.
    pub fixed: bool,
    /// The bytes behind `text` are no text.
    pub bad: bool,
    pub line: u64,
    pub column: u64,
    pub index: u64,
    /// The last character was a carriage return, which a following line feed belongs to.
    after_return: bool,
    /// No more bytes will come.
    pub last: bool,
    pub received: u64,
}

impl Default for Input {
    fn default() -> Input {
        Input {
            raw: Vec::new(),
            text: "".into(),
            pos: 0,
            encoding: None,
            fixed: false,
            bad: false,
            line: 0,
            column: 0,
            index: 0,
            after_return: false,
            last: false,
            received: 0,
        }
    }
}

impl Input {
    pub fn feed(&mut self, bytes: &[u8], last: bool) {
        self.raw.extend_from_slice(bytes);
        self.received = self.received.saturating_add(bytes.len() as u64);
        self.last = last;
        self.decode();
    }

    /// Is the input in an encoding of two bytes a character?
    pub fn is_wide(&self) -> bool {
        matches!(self.encoding, Some(Encoding::Utf16 { .. }))
    }

    /// Guesses the encoding from the first bytes. False: more are needed.
    fn detect(&mut self) -> bool {
        let (skip, encoding) = match self.raw.as_slice() {
            [0xfe, 0xff, ..] => (2, Encoding::Utf16 { big: true }),
            [0xff, 0xfe, ..] => (2, Encoding::Utf16 { big: false }),
            [0xef, 0xbb, 0xbf, ..] => (3, Encoding::Utf8),
            [b'<', 0, ..] => (0, Encoding::Utf16 { big: false }),
            [0, b'<', ..] => (0, Encoding::Utf16 { big: true }),
            [] => return false,
            [0xfe | 0xff | 0xef | 0 | b'<'] | [0xef, 0xbb] if !self.last => return false,
            _ => (0, Encoding::Utf8),
        };
        self.raw.drain(..skip);
        self.index = self.index.saturating_add(skip as u64);
        self.encoding = Some(encoding);
        true
    }

    /// Decodes what was held back. False: there is nothing.
    pub fn more(&mut self) -> bool {
        let before = self.rest().len();
        self.decode();
        self.rest().len() > before
    }

    fn decode(&mut self) {
        if self.raw.is_empty() || self.bad || (self.encoding.is_none() && !self.detect()) {
            return;
        }
        // A declaration may name another encoding: nothing behind it is decoded before it was seen.
        let end = if self.declaration_ahead() {
            match self.raw.windows(2).position(|w| w == b"?>") {
                Some(n) => n + 2,
                None if self.last => self.raw.len(),
                None => return,
            }
        } else {
            self.raw.len()
        };
        let mut out = self.rest().to_owned();
        let taken = match self.encoding.clone().unwrap_or(Encoding::Utf8) {
            Encoding::Utf8 => self.decode_utf8(end, &mut out),
            Encoding::Utf16 { big } => self.decode_utf16(end, big, &mut out),
            Encoding::Latin { limit } => {
                self.decode_bytes(end, &mut out, |b| (b <= limit).then(|| char::from(b)))
            }
            Encoding::Table(t) => {
                self.decode_bytes(end, &mut out, |b| t.get(usize::from(b)).copied().flatten())
            }
        };
        self.raw.drain(..taken);
        self.text = out.into();
        self.pos = 0;
    }

    fn declaration_ahead(&self) -> bool {
        self.encoding == Some(Encoding::Utf8)
            && !self.fixed
            && self.rest().is_empty()
            && self.line == 0
            && self.column == 0
            && self.raw.starts_with(b"<?xml")
    }

    fn decode_utf8(&mut self, end: usize, out: &mut String) -> usize {
        let bytes = &self.raw[..end.min(self.raw.len())];
        match std::str::from_utf8(bytes) {
            Ok(s) => {
                out.push_str(s);
                bytes.len()
            }
            Err(e) => {
                let good = e.valid_up_to();
                out.push_str(&String::from_utf8_lossy(&bytes[..good]));
                self.bad = e.error_len().is_some();
                good
            }
        }
    }

    fn decode_utf16(&mut self, end: usize, big: bool, out: &mut String) -> usize {
        let mut taken = 0;
        let unit = |w: &[u8]| match w {
            [a, b, ..] if big => Some(u16::from_be_bytes([*a, *b])),
            [a, b, ..] => Some(u16::from_le_bytes([*a, *b])),
            _ => None,
        };
        while taken < end {
            let rest = &self.raw[taken..end];
            let Some(first) = unit(rest) else { break };
            let (units, size) = match first {
                0xd800..=0xdbff => match unit(&rest[2..]) {
                    Some(second) => (vec![first, second], 4),
                    None => break,
                },
                _ => (vec![first], 2),
            };
            match char::decode_utf16(units).next() {
                Some(Ok(c)) => out.push(c),
                _ => {
                    self.bad = true;
                    break;
                }
            }
            taken += size;
        }
        taken
    }

    fn decode_bytes(&mut self, end: usize, out: &mut String, to: impl Fn(u8) -> Option<char>) -> usize {
        for (i, b) in self.raw[..end].iter().enumerate() {
            match to(*b) {
                Some(c) => out.push(c),
                None => {
                    self.bad = true;
                    return i;
                }
            }
        }
        end
    }

    /// Bytes that are neither text nor wrong yet: a character cut in two.
    pub fn has_partial_char(&self) -> bool {
        !self.raw.is_empty() && !self.bad
    }

    /// What is not consumed.
    pub fn rest(&self) -> &str {
        self.text.get(self.pos..).unwrap_or("")
    }

    /// Length of what is kept.
    pub fn pending(&self) -> usize {
        self.rest().len() + self.raw.len()
    }

    /// Goes on by so many bytes of the text.
    pub fn advance(&mut self, n: usize) {
        let end = self.pos.saturating_add(n).min(self.text.len());
        for c in self.text.get(self.pos..end).unwrap_or("").chars() {
            match c {
                '\n' if self.after_return => self.after_return = false,
                '\n' | '\r' => {
                    self.line = self.line.saturating_add(1);
                    self.column = 0;
                    self.after_return = c == '\r';
                }
                _ => {
                    self.column = self.column.saturating_add(1);
                    self.after_return = false;
                }
            }
            let width = match self.encoding {
                Some(Encoding::Utf16 { .. }) => c.len_utf16() * 2,
                Some(Encoding::Latin { .. } | Encoding::Table(_)) => 1,
                _ => c.len_utf8(),
            };
            self.index = self.index.saturating_add(width as u64);
        }
        self.pos = end;
    }
}
