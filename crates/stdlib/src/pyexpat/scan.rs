//! Recognising single tokens: names, literals, references.

use super::codes::*;

/// Why a token could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It goes on behind the end of the text.
    Partial,
    /// An error and where it is, in bytes from the beginning of the token.
    At(i32, usize),
}

impl Fault {
    /// The same, where so many bytes come before.
    pub fn after(self, n: usize) -> Fault {
        match self {
            Fault::At(code, at) => Fault::At(code, at.saturating_add(n)),
            Fault::Partial => Fault::Partial,
        }
    }
}

pub type Scan<T> = Result<T, Fault>;

pub fn is_name_start(c: char) -> bool {
    matches!(c,
        ':' | '_' | 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}')
}

pub fn is_name_char(c: char) -> bool {
    is_name_start(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

pub fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// May the character stand in a document?
pub fn is_char(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// A place in the text of a token.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    pub text: &'a str,
    pub at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Cursor<'a> {
        Cursor { text, at: 0 }
    }

    pub fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The next character; `Partial` at the end.
    pub fn need(&self) -> Scan<char> {
        self.peek().ok_or(Fault::Partial)
    }

    pub fn bump(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    pub fn eat(&mut self, s: &str) -> bool {
        let found = self.rest().starts_with(s);
        if found {
            self.at += s.len();
        }
        found
    }

    /// As `eat`, where the text may end in the middle of it.
    pub fn eat_or_partial(&mut self, s: &str) -> Scan<bool> {
        if self.rest().len() < s.len() && s.starts_with(self.rest()) {
            return Err(Fault::Partial);
        }
        Ok(self.eat(s))
    }

    /// White space; was there any?
    pub fn spaces(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(is_space) {
            self.bump();
        }
        self.at > start
    }

    fn invalid<T>(&self) -> Scan<T> {
        Err(Fault::At(INVALID_TOKEN, self.at))
    }

    /// A name, which must be followed by something.
    pub fn name(&mut self) -> Scan<&'a str> {
        let start = self.at;
        if !is_name_start(self.need()?) {
            return self.invalid();
        }
        while is_name_char(self.need()?) {
            self.bump();
        }
        Ok(&self.text[start..self.at])
    }

    /// A name or number token.
    pub fn nmtoken(&mut self) -> Scan<&'a str> {
        let start = self.at;
        while self.peek().is_some_and(is_name_char) {
            self.bump();
        }
        if self.at == start { Err(Fault::At(SYNTAX, start)) } else { Ok(&self.text[start..self.at]) }
    }

    /// Text in quotes.
    pub fn literal(&mut self) -> Scan<&'a str> {
        let quote = self.need()?;
        if quote != '"' && quote != '\'' {
            return Err(Fault::At(SYNTAX, self.at));
        }
        self.bump();
        let start = self.at;
        loop {
            let c = self.need()?;
            if c == quote {
                break;
            }
            if !is_char(c) {
                return self.invalid();
            }
            self.bump();
        }
        self.bump();
        Ok(&self.text[start..self.at - 1])
    }

    /// Everything up to a terminator, which is consumed, too.
    pub fn until(&mut self, end: &str) -> Scan<&'a str> {
        let start = self.at;
        match self.rest().find(end) {
            Some(n) => {
                if let Some((i, _)) = self.rest()[..n].char_indices().find(|(_, c)| !is_char(*c)) {
                    return Err(Fault::At(INVALID_TOKEN, self.at + i));
                }
                self.at += n + end.len();
                Ok(&self.text[start..start + n])
            }
            None => match self.rest().char_indices().find(|(_, c)| !is_char(*c)) {
                Some((i, _)) => Err(Fault::At(INVALID_TOKEN, self.at + i)),
                None => Err(Fault::Partial),
            },
        }
    }

    /// A comment, whose `<!--` is consumed already.
    pub fn comment(&mut self) -> Scan<&'a str> {
        let text = self.until("--")?;
        match self.need()? {
            '>' => self.bump(),
            _ => return self.invalid(),
        }
        Ok(text)
    }

    /// A reference behind `&`: a character or a name.
    pub fn reference(&mut self) -> Scan<Reference<'a>> {
        if self.need()? != '#' {
            let name = self.name()?;
            if self.need()? != ';' {
                return self.invalid();
            }
            self.bump();
            return Ok(Reference::Name(name));
        }
        self.bump();
        let radix = if self.need()? == 'x' {
            self.bump();
            16
        } else {
            10
        };
        let start = self.at;
        let mut value: u32 = 0;
        while let Some(d) = self.need()?.to_digit(radix) {
            value = value.saturating_mul(radix).saturating_add(d);
            self.bump();
        }
        if self.at == start || self.need()? != ';' {
            return self.invalid();
        }
        self.bump();
        match char::from_u32(value).filter(|c| is_char(*c)) {
            Some(c) => Ok(Reference::Char(c)),
            None => Err(Fault::At(BAD_CHAR_REF, 0)),
        }
    }
}

pub enum Reference<'a> {
    Char(char),
    Name(&'a str),
}

/// The five entities that are always there.
pub fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Line ends as programs see them.
pub fn normalize_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}
