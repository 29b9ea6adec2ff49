//! `str.format`: replacement fields in braces.
//!
//! [`Markup`] takes a format string apart and [`FieldName`] the name in a field; `_string` offers both to `string.Formatter`.

use super::{PyStr, StrBuilder, StrView, repr};
use crate::prelude::*;
use crate::types::PyInt;
use crate::unicode;
use std::ops::Range;

const OPEN: u32 = '{' as u32;
const CLOSE: u32 = '}' as u32;

/// A replacement field; the ranges are places in the format string.
pub struct Field {
    pub name: Range<usize>,
    pub spec: Range<usize>,
    /// The spec has fields of its own.
    pub nested: bool,
    pub conversion: Option<u32>,
}

/// Iterates over literal texts, each with the field behind it if there is one.
pub struct Markup<'a> {
    text: StrView<'a>,
    at: usize,
    end: usize,
}

impl<'a> Markup<'a> {
    /// Over the part `range` of a format string.
    pub fn new(text: StrView<'a>, range: Range<usize>) -> Markup<'a> {
        Markup { text, at: range.start, end: range.end }
    }

    /// Where the rest begins.
    pub fn position(&self) -> usize {
        self.at
    }

    fn char(&mut self) -> Option<u32> {
        if self.at >= self.end {
            return None;
        }
        let c = self.text.get(self.at);
        self.at += 1;
        c
    }

    /// The next piece. Errors: `ValueError` for malformed markup.
    pub fn next(&mut self, py: Python) -> PyResult<Option<(Range<usize>, Option<Field>)>> {
        if self.at >= self.end {
            return Ok(None);
        }
        let start = self.at;
        let mut brace = 0;
        while let Some(c) = self.char() {
            if c == OPEN || c == CLOSE {
                brace = c;
                break;
            }
        }
        if brace == 0 {
            return Ok(Some((start..self.at, None)));
        }
        let follows = if self.at < self.end { self.text.get(self.at) } else { None };
        if follows == Some(brace) {
            // A doubled brace stands for one, and ends this literal.
            let literal = start..self.at;
            self.at += 1;
            return Ok(Some((literal, None)));
        }
        if brace == CLOSE {
            return Err(value_error(py, "Single '}' encountered in format string"));
        }
        if follows.is_none() {
            return Err(value_error(py, "Single '{' encountered in format string"));
        }
        let literal = start..self.at - 1;
        let field = self.field(py)?;
        Ok(Some((literal, Some(field))))
    }

    fn field(&mut self, py: Python) -> PyResult<Field> {
        let start = self.at;
        let mut last = 0;
        while let Some(c) = self.char() {
            last = c;
            match char::from_u32(c) {
                Some('{') => return Err(value_error(py, "unexpected '{' in field name")),
                // Anything may stand between brackets.
                Some('[') => {
                    while self.at < self.end && self.text.get(self.at) != Some(']' as u32) {
                        self.at += 1;
                    }
                }
                Some('}' | ':' | '!') => break,
                _ => {}
            }
            last = 0;
        }
        if last == 0 {
            return Err(value_error(py, "expected '}' before end of string"));
        }
        let name = start..self.at - 1;
        let mut field = Field { name, spec: self.at..self.at, nested: false, conversion: None };
        if last == CLOSE {
            return Ok(field);
        }
        if last == '!' as u32 {
            let Some(c) = self.char() else {
                return Err(value_error(py, "end of string while looking for conversion specifier"));
            };
            field.conversion = Some(c);
            match self.char() {
                Some(CLOSE) => return Ok(field),
                Some(c) if c != ':' as u32 => {
                    return Err(value_error(py, "expected ':' after conversion specifier"));
                }
                _ => {}
            }
        }
        let start = self.at;
        let mut depth = 1;
        while let Some(c) = self.char() {
            if c == OPEN {
                field.nested = true;
                depth += 1;
            } else if c == CLOSE {
                depth -= 1;
                if depth == 0 {
                    field.spec = start..self.at - 1;
                    return Ok(field);
                }
            }
        }
        Err(value_error(py, "unmatched '{' in format spec"))
    }
}

/// Iterates over the `.attribute` and `[index]` parts of a field name.
pub struct FieldName<'a> {
    text: StrView<'a>,
    at: usize,
    end: usize,
}

/// A part of a field name.
pub enum Access {
    Attribute(Range<usize>),
    Index(isize),
    Key(Range<usize>),
}

/// The first part of a field name.
pub enum First {
    Empty,
    Index(isize),
    Name(Range<usize>),
}

fn integer(py: Python, text: StrView<'_>, range: Range<usize>) -> PyResult<Option<isize>> {
    if range.is_empty() {
        return Ok(None);
    }
    let mut n: isize = 0;
    for c in text.slice(range.start, range.end).chars() {
        let Some(d) = unicode::decimal(c) else { return Ok(None) };
        n = n
            .checked_mul(10)
            .and_then(|n| n.checked_add(d as isize))
            .ok_or_else(|| value_error(py, "Too many decimal digits in format string"))?;
    }
    Ok(Some(n))
}

impl<'a> FieldName<'a> {
    /// Goes on inside a name, between parts.
    pub fn resume(text: StrView<'a>, at: usize, end: usize) -> FieldName<'a> {
        FieldName { text, at, end }
    }

    /// Where the rest begins.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Splits off the first part of the name in `range`.
    pub fn split(py: Python, text: StrView<'a>, range: Range<usize>) -> PyResult<(First, FieldName<'a>)> {
        let mut i = range.start;
        while i < range.end {
            match text.get(i) {
                Some(c) if c == '.' as u32 || c == '[' as u32 => break,
                _ => i += 1,
            }
        }
        let rest = FieldName { text, at: i, end: range.end };
        let first = range.start..i;
        if first.is_empty() {
            return Ok((First::Empty, rest));
        }
        match integer(py, text, first.clone())? {
            Some(n) => Ok((First::Index(n), rest)),
            None => Ok((First::Name(first), rest)),
        }
    }

    /// The next part. Errors: `ValueError` for malformed names.
    pub fn next(&mut self, py: Python) -> PyResult<Option<Access>> {
        if self.at >= self.end {
            return Ok(None);
        }
        let opener = self.text.get(self.at);
        self.at += 1;
        let start = self.at;
        let empty = || value_error(py, "Empty attribute in format string");
        if opener == Some('.' as u32) {
            while self.at < self.end {
                match self.text.get(self.at) {
                    Some(c) if c == '.' as u32 || c == '[' as u32 => break,
                    _ => self.at += 1,
                }
            }
            return if start == self.at { Err(empty()) } else { Ok(Some(Access::Attribute(start..self.at))) };
        }
        if opener != Some('[' as u32) {
            return Err(value_error(py, "Only '.' or '[' may follow ']' in format field specifier"));
        }
        let mut close = start;
        loop {
            if close >= self.end {
                return Err(value_error(py, "Missing ']' in format string"));
            }
            if self.text.get(close) == Some(']' as u32) {
                break;
            }
            close += 1;
        }
        self.at = close + 1;
        if start == close {
            return Err(empty());
        }
        match integer(py, self.text, start..close)? {
            Some(n) => Ok(Some(Access::Index(n))),
            None => Ok(Some(Access::Key(start..close))),
        }
    }
}

/// How fields are numbered: by themselves or by hand.
#[derive(PartialEq, Clone, Copy)]
enum Numbering {
    Open,
    Auto,
    Manual,
}

/// Fields may stand in the spec of a field, but not in the spec of one of those.
const MAX_DEPTH: u32 = 2;

struct Formatter<'a> {
    py: Python<'a>,
    template: &'a PyStr,
    args: Option<&'a [&'a PyObject]>,
    /// A dict, or any mapping.
    kwargs: Option<&'a PyObject>,
    numbering: Numbering,
    next: isize,
}

/// `template.format(*args, **kwargs)`.
pub fn format(
    py: Python,
    template: &PyStr,
    args: &[&PyObject],
    kwargs: Option<&PyObject>,
) -> PyResult<Py<PyStr>> {
    run(py, template, Some(args), kwargs)
}

/// `template.format_map(mapping)`.
pub fn format_map(py: Python, template: &PyStr, mapping: &PyObject) -> PyResult<Py<PyStr>> {
    run(py, template, None, Some(mapping))
}

fn run(
    py: Python,
    template: &PyStr,
    args: Option<&[&PyObject]>,
    kwargs: Option<&PyObject>,
) -> PyResult<Py<PyStr>> {
    let mut f = Formatter { py, template, args, kwargs, numbering: Numbering::Open, next: 0 };
    let mut out = StrBuilder::with_capacity(template.len() + 32);
    f.expand(template.view(), 0..template.len(), MAX_DEPTH, &mut out)?;
    out.finish(py)
}

impl Formatter<'_> {
    fn expand(
        &mut self,
        text: StrView<'_>,
        range: Range<usize>,
        depth: u32,
        out: &mut StrBuilder,
    ) -> PyResult<()> {
        let py = self.py;
        if depth == 0 {
            return Err(value_error(py, "Max string recursion exceeded"));
        }
        let mut markup = Markup::new(text, range);
        while let Some((literal, field)) = markup.next(py)? {
            if field.is_none() && depth == MAX_DEPTH && literal.len() == self.template.len() {
                out.push_pystr(self.template);
                continue;
            }
            out.push_view(text.slice(literal.start, literal.end));
            let Some(field) = field else { continue };
            let mut value = self.value(text, field.name)?;
            if let Some(c) = field.conversion {
                value = convert(py, &value, c)?.into_object();
            }
            if field.spec.is_empty() {
                push_formatted(py, out, &value, None)?;
                continue;
            }
            let spec = if field.nested {
                let mut b = StrBuilder::new();
                self.expand(text, field.spec, depth - 1, &mut b)?;
                b.finish(py)?
            } else {
                PyStr::from_view(py, text.slice(field.spec.start, field.spec.end))?
            };
            push_formatted(py, out, &value, Some(&spec))?;
        }
        Ok(())
    }

    /// The object a field names.
    fn value(&mut self, text: StrView<'_>, name: Range<usize>) -> PyResult {
        let py = self.py;
        let part = |r: Range<usize>| PyStr::from_view(py, text.slice(r.start, r.end));
        let (first, mut rest) = FieldName::split(py, text, name)?;
        let index = match first {
            First::Name(r) => {
                let key = part(r)?;
                let mut value = match self.kwargs {
                    None => return Err(key_error(py, &key)),
                    Some(k) => k.get_item(py, &key)?,
                };
                while let Some(a) = rest.next(py)? {
                    value = access(py, &value, a, &part)?;
                }
                return Ok(value);
            }
            First::Empty => {
                self.number(Numbering::Auto)?;
                self.next += 1;
                self.next - 1
            }
            First::Index(i) => {
                self.number(Numbering::Manual)?;
                i
            }
        };
        let Some(args) = self.args else {
            return Err(value_error(py, "Format string contains positional fields"));
        };
        let Some(value) = args.get(index as usize) else {
            return Err(index_error(
                py,
                format!("Replacement index {index} out of range for positional args tuple"),
            ));
        };
        let mut value = value.owned();
        while let Some(a) = rest.next(py)? {
            value = access(py, &value, a, &part)?;
        }
        Ok(value)
    }

    fn number(&mut self, how: Numbering) -> PyResult<()> {
        match (self.numbering, how) {
            (Numbering::Open, _) => self.numbering = how,
            (Numbering::Manual, Numbering::Auto) => {
                return Err(value_error(
                    self.py,
                    "cannot switch from manual field specification to automatic field numbering",
                ));
            }
            (Numbering::Auto, Numbering::Manual) => {
                return Err(value_error(
                    self.py,
                    "cannot switch from automatic field numbering to manual field specification",
                ));
            }
            _ => {}
        }
        Ok(())
    }
}

fn access(
    py: Python,
    value: &PyObject,
    a: Access,
    part: &dyn Fn(Range<usize>) -> PyResult<Py<PyStr>>,
) -> PyResult {
    match a {
        Access::Attribute(r) => value.getattr(py, &*part(r)?),
        Access::Key(r) => value.get_item(py, &*part(r)?),
        Access::Index(i) => value.get_item(py, &*PyInt::from_i64(py, i as i64)?),
    }
}

fn convert(py: Python, value: &PyObject, c: u32) -> PyResult<Py<PyStr>> {
    match char::from_u32(c) {
        Some('r') => value.repr(py),
        Some('s') => value.str_(py),
        Some('a') => repr::escape_non_ascii(py, &*value.repr(py)?),
        Some(shown @ '!'..='~') => Err(value_error(py, format!("Unknown conversion specifier {shown}"))),
        _ => Err(value_error(py, format!("Unknown conversion specifier \\x{c:x}"))),
    }
}

/// Appends `format(value, spec)`.
fn push_formatted(py: Python, out: &mut StrBuilder, value: &PyObject, spec: Option<&PyStr>) -> PyResult<()> {
    match (value.downcast_exact::<PyStr>(), spec) {
        (Some(s), None) => out.push_pystr(s),
        _ => out.push_pystr(&*value.format_(py, spec)?),
    }
    Ok(())
}
