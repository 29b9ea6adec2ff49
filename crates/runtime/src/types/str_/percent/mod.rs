//! `%` formatting: the parts that `str` and `bytes` share are here, `str % args` in [`text`].

mod number;
mod text;

pub use number::{float_text, integer_text};
pub use text::{format, full_type_name};

use crate::prelude::*;
use crate::types::PyInt;

/// One conversion after `%`.
#[derive(Clone, Copy, Default)]
pub struct Spec {
    pub left: bool,
    pub sign: bool,
    pub blank: bool,
    pub alternate: bool,
    pub zero: bool,
    /// -1: none.
    pub width: isize,
    /// -1: none.
    pub precision: i32,
    /// The conversion character.
    pub code: u32,
    /// Where it stands in the format.
    pub at: usize,
}

/// Where the values of the conversions come from.
pub struct Arguments<'a> {
    py: Python<'a>,
    /// What is on the right of `%`.
    whole: &'a PyObject,
    tuple: Option<&'a PyTuple>,
    /// The value of a `%(key)`, which replaces all others.
    keyed: Option<Py>,
    single_used: bool,
    next: usize,
    mapping: bool,
    bytes: bool,
}

impl<'a> Arguments<'a> {
    pub fn new(py: Python<'a>, whole: &'a PyObject) -> Arguments<'a> {
        let tuple = whole.downcast::<PyTuple>();
        let mapping = crate::abstract_::is_mapping(whole) && tuple.is_none() && !PyStr::check(whole);
        Arguments { py, whole, tuple, keyed: None, single_used: false, next: 0, mapping, bytes: false }
    }

    /// For formats that are bytes: bytes and bytearrays are single values.
    pub fn for_bytes(mut self) -> Self {
        self.mapping &= !PyBytes::check(self.whole) && !PyByteArray::check(self.whole);
        self.bytes = true;
        self
    }

    /// The next value. Errors: `TypeError` when there is none.
    pub fn take(&mut self) -> PyResult {
        let not_enough = || type_error(self.py, "not enough arguments for format string");
        if let Some(v) = &self.keyed {
            if self.single_used {
                return Err(not_enough());
            }
            self.single_used = true;
            return Ok(v.clone());
        }
        match self.tuple {
            Some(t) => {
                let v = t.get(self.next).ok_or_else(not_enough)?;
                self.next += 1;
                Ok(v.owned())
            }
            None if self.single_used => Err(not_enough()),
            None => {
                self.single_used = true;
                Ok(self.whole.owned())
            }
        }
    }

    fn by_key(&mut self, key: PyResult) -> PyResult<()> {
        let value = self.whole.get_item(self.py, &*key?)?;
        self.keyed = Some(value);
        self.single_used = false;
        Ok(())
    }

    /// Errors: `TypeError` if values are left. A mapping may stay unused.
    pub fn finish(&self, what: &str) -> PyResult<()> {
        let left = match self.tuple {
            _ if self.keyed.is_some() || self.mapping => false,
            Some(t) => self.next < t.len(),
            None => !self.single_used,
        };
        if left {
            return Err(type_error(self.py, format!("not all arguments converted during {what} formatting")));
        }
        Ok(())
    }
}

/// Parses one conversion; `i` stands behind the `%` and is moved past the conversion character.
pub fn parse_spec(
    py: Python,
    get: &dyn Fn(usize) -> Option<u32>,
    key: &dyn Fn(usize, usize) -> PyResult,
    i: &mut usize,
    args: &mut Arguments<'_>,
) -> PyResult<Spec> {
    let ch = |i: usize| get(i).and_then(char::from_u32).unwrap_or('\u{fffd}');
    let incomplete = || value_error(py, "incomplete format");
    let mut spec = Spec { width: -1, precision: -1, ..Spec::default() };
    if get(*i).is_some() && ch(*i) == '(' {
        if !args.mapping {
            return Err(type_error(py, "format requires a mapping"));
        }
        let start = *i + 1;
        let mut depth = 1;
        *i += 1;
        while depth > 0 {
            match get(*i) {
                None => return Err(value_error(py, "incomplete format key")),
                Some(c) if c == '(' as u32 => depth += 1,
                Some(c) if c == ')' as u32 => depth -= 1,
                _ => {}
            }
            *i += 1;
        }
        args.by_key(key(start, *i - 1))?;
    }
    while get(*i).is_some() {
        match ch(*i) {
            '-' => spec.left = true,
            '+' => spec.sign = true,
            ' ' => spec.blank = true,
            '#' => spec.alternate = true,
            '0' => spec.zero = true,
            _ => break,
        }
        *i += 1;
    }
    if get(*i).is_some() && ch(*i) == '*' {
        *i += 1;
        spec.width = star(py, args)?.to_isize(py)?;
        if spec.width < 0 {
            spec.left = true;
            spec.width = spec.width.checked_neg().ok_or_else(|| overflow_error(py, "width too big"))?;
        }
        get(*i).ok_or_else(incomplete)?;
    } else if let Some(w) = digits(get, i, isize::MAX as u64) {
        spec.width = w.map_err(|_| value_error(py, "width too big"))? as isize;
    }
    if get(*i).is_some() && ch(*i) == '.' {
        *i += 1;
        spec.precision = 0;
        if get(*i).is_some() && ch(*i) == '*' {
            *i += 1;
            spec.precision = star(py, args)?.to_i32(py)?.max(0);
            get(*i).ok_or_else(incomplete)?;
        } else if let Some(p) = digits(get, i, i32::MAX as u64) {
            spec.precision = p
                .map_err(|_| value_error(py, if args.bytes { "prec too big" } else { "precision too big" }))?
                as i32;
        }
    }
    if get(*i).is_some() && matches!(ch(*i), 'h' | 'l' | 'L') {
        *i += 1;
    }
    spec.code = get(*i).ok_or_else(incomplete)?;
    spec.at = *i;
    *i += 1;
    Ok(spec)
}

/// The value of a `*`.
fn star(py: Python, args: &mut Arguments<'_>) -> PyResult<Py<PyInt>> {
    args.take()?.downcast_into::<PyInt>().map_err(|_| type_error(py, "* wants int"))
}

/// Reads ASCII digits: None if there are none, an error if the number exceeds `max`.
fn digits(get: &dyn Fn(usize) -> Option<u32>, i: &mut usize, max: u64) -> Option<Result<u64, ()>> {
    let mut value: Option<u64> = None;
    while let Some(d) = get(*i).and_then(|c| c.checked_sub('0' as u32)).filter(|&d| d < 10) {
        let v = value.unwrap_or(0);
        match v.checked_mul(10).and_then(|v| v.checked_add(d as u64)).filter(|&v| v <= max) {
            Some(v) => value = Some(v),
            None => return Some(Err(())),
        }
        *i += 1;
    }
    value.map(Ok)
}

/// The sign and prefix that are written apart from a converted number's digits.
pub struct Laid<'t> {
    pub sign: Option<u8>,
    /// The letter after a leading zero: `x`, `X` or `o`.
    pub prefix: Option<u8>,
    pub body: &'t str,
    pub zero_fill: bool,
}

/// Takes a converted number apart for padding.
pub fn lay_out<'t>(spec: &Spec, text: &'t str) -> Laid<'t> {
    let bytes = text.as_bytes();
    let (sign, rest) = match bytes.first() {
        Some(&c @ (b'-' | b'+')) => (Some(c), &text[1..]),
        _ if spec.sign => (Some(b'+'), text),
        _ if spec.blank => (Some(b' '), text),
        _ => (None, text),
    };
    let prefixed = spec.alternate && matches!(spec.code, 0x78 | 0x58 | 0x6f);
    let (prefix, body) = match rest.as_bytes() {
        [b'0', letter, ..] if prefixed => (Some(*letter), &rest[2..]),
        _ => (None, rest),
    };
    Laid { sign, prefix, body, zero_fill: spec.zero }
}

impl Laid<'_> {
    /// Characters without padding.
    pub(super) fn len(&self) -> usize {
        self.sign.is_some() as usize + if self.prefix.is_some() { 2 } else { 0 } + self.body.len()
    }

    /// Writes the number padded to the width: `put` takes text, `fill` a character and a count.
    pub fn write<B>(
        &self,
        spec: &Spec,
        out: &mut B,
        put: impl Fn(&mut B, &[u8]),
        fill: impl Fn(&mut B, u8, usize),
    ) {
        let pad = usize::try_from(spec.width).unwrap_or(0).saturating_sub(self.len());
        let zeros = if self.zero_fill && !spec.left { pad } else { 0 };
        if !spec.left && zeros == 0 {
            fill(out, b' ', pad);
        }
        if let Some(s) = self.sign {
            put(out, &[s]);
        }
        if let Some(p) = self.prefix {
            put(out, &[b'0', p]);
        }
        fill(out, b'0', zeros);
        put(out, self.body.as_bytes());
        if spec.left {
            fill(out, b' ', pad);
        }
    }
}
