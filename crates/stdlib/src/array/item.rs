//! Item types: their codes, and conversion between objects and bytes.

use object::libc::{c_char, c_int};
use runtime::abstract_::number;
use runtime::prelude::*;

/// An item type. Begins as C code that looks into arrays knows it.
#[repr(C)]
#[derive(Debug)]
pub struct Descr {
    pub code: c_char,
    pub size: c_int,
    pub kind: Kind,
}

/// What an item is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Signed,
    Unsigned,
    Float,
    Char,
}

const fn descr(code: u8, size: c_int, kind: Kind) -> Descr {
    Descr { code: code as c_char, size, kind }
}

/// All item types, in the order of `typecodes`.
pub static DESCRS: [Descr; 14] = [
    descr(b'b', 1, Kind::Signed),
    descr(b'B', 1, Kind::Unsigned),
    descr(b'u', 4, Kind::Char),
    descr(b'w', 4, Kind::Char),
    descr(b'h', 2, Kind::Signed),
    descr(b'H', 2, Kind::Unsigned),
    descr(b'i', 4, Kind::Signed),
    descr(b'I', 4, Kind::Unsigned),
    descr(b'l', 8, Kind::Signed),
    descr(b'L', 8, Kind::Unsigned),
    descr(b'q', 8, Kind::Signed),
    descr(b'Q', 8, Kind::Unsigned),
    descr(b'f', 4, Kind::Float),
    descr(b'd', 8, Kind::Float),
];

/// The type of a code.
pub fn find(code: u32) -> Option<&'static Descr> {
    DESCRS.iter().find(|d| d.letter() as u32 == code)
}

/// An item in the first bytes of a word.
pub type Item = [u8; 8];

impl Descr {
    pub fn letter(&self) -> u8 {
        self.code as u8
    }

    #[inline(always)]
    pub fn bytes(&self) -> usize {
        self.size as usize
    }

    /// The buffer format.
    pub fn format(&self) -> *mut c_char {
        let f = match self.letter() {
            b'b' => c"b",
            b'B' => c"B",
            b'u' | b'w' => c"w",
            b'h' => c"h",
            b'H' => c"H",
            b'i' => c"i",
            b'I' => c"I",
            b'l' => c"l",
            b'L' => c"L",
            b'q' => c"q",
            b'Q' => c"Q",
            b'f' => c"f",
            _ => c"d",
        };
        f.as_ptr() as *mut c_char
    }

    /// An item as an object.
    pub fn load(&self, py: Python, item: &[u8]) -> PyResult {
        let mut word = [0u8; 8];
        for (to, from) in word.iter_mut().zip(item) {
            *to = *from;
        }
        let v = u64::from_le_bytes(word);
        let unused = 64 - 8 * self.size as u32;
        Ok(match self.kind {
            Kind::Signed => PyInt::from_i64(py, (v << unused) as i64 >> unused)?.into_object(),
            Kind::Unsigned => PyInt::from_u64(py, v)?.into_object(),
            Kind::Float if self.size == 4 => PyFloat::new(py, f32::from_bits(v as u32) as f64)?.into_object(),
            Kind::Float => PyFloat::new(py, f64::from_bits(v))?.into_object(),
            Kind::Char if v > 0x10ffff => {
                return Err(value_error(py, format!("character U+{v:x} is not in range [U+0000; U+10ffff]")));
            }
            Kind::Char => PyStr::from_char(py, v as u32)?.into_object(),
        })
    }

    /// An object as an item; may run Python code.
    pub fn store(&self, py: Python, o: &PyObject) -> PyResult<Item> {
        match self.kind {
            Kind::Signed | Kind::Unsigned => self.integer(py, o),
            Kind::Float if self.size == 4 => {
                let bits = (number::as_f64(py, o)? as f32).to_bits();
                Ok((bits as u64).to_le_bytes())
            }
            Kind::Float => Ok(number::as_f64(py, o)?.to_le_bytes()),
            Kind::Char => match o.downcast::<PyStr>() {
                Some(s) if s.len() == 1 => Ok((s.char_at(0) as u64).to_le_bytes()),
                Some(s) => {
                    let text =
                        format!("array item must be a unicode character, not a string of length {}", s.len());
                    Err(type_error(py, text))
                }
                None => {
                    let text = format!("array item must be a unicode character, not {}", tp_name(o));
                    Err(type_error(py, text))
                }
            },
        }
    }

    fn integer(&self, py: Python, o: &PyObject) -> PyResult<Item> {
        let i = match o.downcast::<PyInt>() {
            Some(i) => i.owned(),
            None => number::index(py, o)?,
        };
        let outside = |what: &str, below: bool| {
            let bound = if below { "less than minimum" } else { "greater than maximum" };
            overflow_error(py, format!("{what} is {bound}"))
        };
        let no_long = || overflow_error(py, "Python int too large to convert to C long");
        let range = |v: i64, what: &str, min: i64, max: i64| {
            if (min..=max).contains(&v) { Ok(v) } else { Err(outside(what, v < min)) }
        };
        let v = match self.letter() {
            b'I' | b'L' => {
                if i.is_negative() {
                    return Err(overflow_error(py, "can't convert negative value to unsigned int"));
                }
                let too_large = || overflow_error(py, "Python int too large to convert to C unsigned long");
                let v = i.as_u64().ok_or_else(too_large)?;
                if self.size == 4 && v > u32::MAX as u64 {
                    return Err(outside("unsigned int", false));
                }
                return Ok(v.to_le_bytes());
            }
            b'Q' => {
                if i.is_negative() {
                    return Err(overflow_error(py, "can't convert negative int to unsigned"));
                }
                let v = i.as_u64().ok_or_else(|| overflow_error(py, "int too big to convert"))?;
                return Ok(v.to_le_bytes());
            }
            b'q' => i.as_i64().ok_or_else(|| overflow_error(py, "int too big to convert"))?,
            _ => i.as_i64().ok_or_else(no_long)?,
        };
        let v = match self.letter() {
            b'b' => {
                range(v, "signed short integer", i16::MIN as i64, i16::MAX as i64)?;
                range(v, "signed char", i8::MIN as i64, i8::MAX as i64)?
            }
            b'B' => range(v, "unsigned byte integer", 0, u8::MAX as i64)?,
            b'h' => range(v, "signed short integer", i16::MIN as i64, i16::MAX as i64)?,
            b'H' => {
                range(v, "signed integer", i32::MIN as i64, i32::MAX as i64)?;
                range(v, "unsigned short", 0, u16::MAX as i64)?
            }
            b'i' => range(v, "signed integer", i32::MIN as i64, i32::MAX as i64)?,
            _ => v,
        };
        Ok(v.to_le_bytes())
    }
}
