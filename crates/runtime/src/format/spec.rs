//! Parsing a format specification: `[[fill]align][sign]["z"]["#"]["0"][width][grouping]["." precision [grouping]][type]`.

use crate::prelude::*;

/// How digits are grouped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grouping {
    None,
    Comma,
    Underscore,
    /// Every four digits, for binary, octal and hexadecimal.
    UnderscoreFour,
    /// As the locale says (type `n`).
    Locale,
}

impl Grouping {
    fn symbol(self) -> char {
        if self == Grouping::Comma { ',' } else { '_' }
    }
}

/// A parsed specification.
#[derive(Clone, Debug)]
pub struct Spec {
    pub fill: u32,
    pub align: u8,
    pub alternate: bool,
    pub no_neg_0: bool,
    /// `+`, `-`, blank, or 0 when absent.
    pub sign: u8,
    pub width: Option<usize>,
    pub grouping: Grouping,
    pub fraction_grouping: Grouping,
    pub precision: Option<usize>,
    /// The type, 0 when absent and without a default.
    pub code: u32,
}

fn is_align(c: u32) -> bool {
    matches!(u8::try_from(c), Ok(b'<' | b'>' | b'=' | b'^'))
}

#[cold]
fn both_groupings(py: Python) -> Raised {
    value_error(py, "Cannot specify both ',' and '_'.")
}

#[cold]
fn grouping_with_type(py: Python, grouping: Grouping, code: u32) -> Raised {
    let g = grouping.symbol();
    value_error(py, format!("Cannot specify '{g}' with {}.", quoted(code)))
}

/// A type code in an error message.
pub fn quoted(code: u32) -> String {
    match char::from_u32(code) {
        Some(c) if code > 32 && code < 128 => format!("'{c}'"),
        _ => format!("'\\x{code:x}'"),
    }
}

/// "Unknown format code".
#[cold]
pub fn unknown_code(py: Python, code: u32, type_name: &str) -> Raised {
    value_error(py, format!("Unknown format code {} for object of type '{type_name}'", quoted(code)))
}

struct Parser<'a> {
    chars: &'a [u32],
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u32> {
        self.chars.get(self.at).copied()
    }

    fn eat(&mut self, c: u8) -> bool {
        let found = self.peek() == Some(c as u32);
        self.at += usize::from(found);
        found
    }

    /// A decimal number, if there is one.
    fn number(&mut self, py: Python) -> PyResult<Option<usize>> {
        let mut value: Option<usize> = None;
        while let Some(d) = self.peek().and_then(crate::unicode::decimal) {
            let next = value.unwrap_or(0).checked_mul(10).and_then(|v| v.checked_add(d as usize));
            match next.filter(|&v| v <= isize::MAX as usize) {
                Some(v) => value = Some(v),
                None => return Err(value_error(py, "Too many decimal digits in format string")),
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn grouping(&mut self, py: Python) -> PyResult<Grouping> {
        let mut g = Grouping::None;
        if self.eat(b',') {
            g = Grouping::Comma;
        }
        if self.eat(b'_') {
            if g != Grouping::None {
                return Err(both_groupings(py));
            }
            g = Grouping::Underscore;
        }
        if g == Grouping::Underscore && self.peek() == Some(b',' as u32) {
            return Err(both_groupings(py));
        }
        Ok(g)
    }
}

impl Spec {
    /// Parses a specification for an object of the named type.
    pub fn parse(py: Python, text: &PyStr, type_name: &str, code: u8, align: u8) -> PyResult<Spec> {
        let chars: Vec<u32> = text.chars().collect();
        let mut p = Parser { chars: &chars, at: 0 };
        let mut s = Spec {
            fill: b' ' as u32,
            align,
            alternate: false,
            no_neg_0: false,
            sign: 0,
            width: None,
            grouping: Grouping::None,
            fraction_grouping: Grouping::None,
            precision: None,
            code: code as u32,
        };
        let (mut fill_given, mut align_given) = (false, false);
        match chars[..] {
            [fill, align, ..] if is_align(align) => {
                (s.fill, s.align) = (fill, align as u8);
                (fill_given, align_given) = (true, true);
                p.at = 2;
            }
            [align, ..] if is_align(align) => {
                s.align = align as u8;
                align_given = true;
                p.at = 1;
            }
            _ => {}
        }
        if let Some(sign @ (b'+' | b'-' | b' ')) = p.peek().and_then(|c| u8::try_from(c).ok()) {
            s.sign = sign;
            p.at += 1;
        }
        s.no_neg_0 = p.eat(b'z');
        s.alternate = p.eat(b'#');
        if !fill_given && p.eat(b'0') {
            s.fill = b'0' as u32;
            if !align_given && align == b'>' {
                s.align = b'=';
            }
        }
        s.width = p.number(py)?;
        s.grouping = p.grouping(py)?;
        if p.eat(b'.') {
            s.precision = p.number(py)?;
            s.fraction_grouping = p.grouping(py)?;
            if s.precision.is_none() && s.fraction_grouping == Grouping::None {
                return Err(value_error(py, "Format specifier missing precision"));
            }
        }
        if chars.len() - p.at > 1 {
            let text = text.to_string_lossy();
            return Err(value_error(
                py,
                format!("Invalid format specifier '{text}' for object of type '{type_name}'"),
            ));
        }
        if let Some(c) = p.peek() {
            s.code = c;
        }
        s.check_grouping(py)?;
        Ok(s)
    }

    fn check_grouping(&mut self, py: Python) -> PyResult<()> {
        let code = u8::try_from(self.code).unwrap_or(b'?');
        if self.grouping != Grouping::None {
            match code {
                0 | b'd' | b'e' | b'f' | b'g' | b'E' | b'F' | b'G' | b'%' => {}
                b'b' | b'o' | b'x' | b'X' if self.grouping == Grouping::Underscore => {
                    self.grouping = Grouping::UnderscoreFour;
                }
                _ => return Err(grouping_with_type(py, self.grouping, self.code)),
            }
        }
        if code == b'n' {
            if self.fraction_grouping != Grouping::None {
                return Err(grouping_with_type(py, self.fraction_grouping, self.code));
            }
            self.grouping = Grouping::Locale;
        }
        Ok(())
    }

    /// The type as a byte; `?` for what is no ASCII letter anyway.
    pub fn code_byte(&self) -> u8 {
        u8::try_from(self.code).unwrap_or(b'?')
    }
}
