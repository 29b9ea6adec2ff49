//! What the methods of `bytes` and `bytearray` have in common, over plain slices.

use super::{BytesBuilder, PyBytes};
use crate::prelude::*;
use crate::types::buffer::Buffer;
use crate::types::str_::search::{self, Finder};

/// `bytes` and `bytearray`.
pub trait ByteString: PyLayout {
    /// The bytes now. Not used any more once Python code has run.
    fn slice(&self) -> &[u8];
    fn make(py: Python, bytes: &[u8]) -> PyResult<Py<Self>>;
    /// Itself where that cannot be told from a copy.
    fn same(&self, py: Python) -> PyResult<Py<Self>>;
}

impl ByteString for PyBytes {
    #[inline]
    fn slice(&self) -> &[u8] {
        self.as_bytes()
    }
    #[inline]
    fn make(py: Python, bytes: &[u8]) -> PyResult<Py<Self>> {
        PyBytes::new(py, bytes)
    }
    #[inline]
    fn same(&self, py: Python) -> PyResult<Py<Self>> {
        if PyBytes::check_exact(self.as_object()) {
            Ok(self.owned())
        } else {
            PyBytes::new(py, self.as_bytes())
        }
    }
}

impl ByteString for PyByteArray {
    #[inline]
    fn slice(&self) -> &[u8] {
        // SAFETY: users look at the slice only while no Python code runs.
        unsafe { self.as_bytes() }
    }
    #[inline]
    fn make(py: Python, bytes: &[u8]) -> PyResult<Py<Self>> {
        PyByteArray::new(py, bytes)
    }
    fn same(&self, py: Python) -> PyResult<Py<Self>> {
        PyByteArray::new(py, self.slice())
    }
}

/// White space, as `bytes.isspace` sees it.
#[inline(always)]
pub fn is_space(b: u8) -> bool {
    matches!(b, b' ' | 9..=13)
}

/// The bytes with each replaced by `f` of it.
pub fn mapped<T: ByteString>(py: Python, s: &T, mut f: impl FnMut(u8) -> u8) -> PyResult<Py<T>> {
    let bytes: Vec<u8> = s.slice().iter().map(|&b| f(b)).collect();
    T::make(py, &bytes)
}

/// Each word in title case.
pub fn title<T: ByteString>(py: Python, s: &T) -> PyResult<Py<T>> {
    let mut inside = false;
    mapped(py, s, |b| {
        let c = if inside { b.to_ascii_lowercase() } else { b.to_ascii_uppercase() };
        inside = b.is_ascii_alphabetic();
        c
    })
}

/// First byte upper, the rest lower.
pub fn capitalize<T: ByteString>(py: Python, s: &T) -> PyResult<Py<T>> {
    let mut first = true;
    mapped(py, s, |b| {
        let c = if first { b.to_ascii_uppercase() } else { b.to_ascii_lowercase() };
        first = false;
        c
    })
}

/// Does each word begin upper and go on lower, and is there one?
pub fn is_title(s: &[u8]) -> bool {
    let (mut cased, mut previous) = (false, false);
    for b in s {
        if b.is_ascii_uppercase() {
            if previous {
                return false;
            }
            (previous, cased) = (true, true);
        } else if b.is_ascii_lowercase() {
            if !previous {
                return false;
            }
            cased = true;
        } else {
            previous = false;
        }
    }
    cased
}

/// Not empty, and all satisfy the test.
pub fn all(s: &[u8], test: impl Fn(&u8) -> bool) -> bool {
    !s.is_empty() && s.iter().all(test)
}

/// Is there a byte of the wanted case and none of the other?
pub fn one_case(s: &[u8], wanted: fn(&u8) -> bool, other: fn(&u8) -> bool) -> bool {
    !s.iter().any(other) && s.iter().any(wanted)
}

/// The bytes with `left` and `right` fill bytes around them.
pub fn padded<T: ByteString>(py: Python, s: &T, left: usize, right: usize, fill: u8) -> PyResult<Py<T>> {
    if left == 0 && right == 0 {
        return s.same(py);
    }
    let bytes = s.slice();
    let mut out = BytesBuilder::new();
    let total = left.checked_add(bytes.len()).and_then(|n| n.checked_add(right));
    let Some(total) = total.filter(|&n| n <= isize::MAX as usize) else {
        return Err(memory_error(py));
    };
    out.reserve(total);
    out.push_repeated(fill, left);
    out.extend(bytes);
    out.push_repeated(fill, right);
    T::make(py, &out.into_vec(py)?)
}

/// How many fill bytes a width asks for.
pub fn room(len: usize, width: isize) -> usize {
    usize::try_from(width).map_or(0, |w| w.saturating_sub(len))
}

/// `zfill`.
pub fn zfill<T: ByteString>(py: Python, s: &T, width: isize) -> PyResult<Py<T>> {
    let bytes = s.slice();
    let room = room(bytes.len(), width);
    if room == 0 {
        return s.same(py);
    }
    let mut out = BytesBuilder::with_capacity(room.saturating_add(bytes.len()));
    let rest = match bytes {
        [sign @ (b'+' | b'-'), rest @ ..] => {
            out.push(*sign);
            rest
        }
        _ => bytes,
    };
    out.push_repeated(b'0', room);
    out.extend(rest);
    T::make(py, &out.into_vec(py)?)
}

/// `expandtabs`.
pub fn expand_tabs<T: ByteString>(py: Python, s: &T, tabsize: i32) -> PyResult<Py<T>> {
    let tab = usize::try_from(tabsize).unwrap_or(0);
    let bytes = s.slice();
    let (mut total, mut column) = (0usize, 0usize);
    for &b in bytes {
        let n = match b {
            b'\t' if tab > 0 => tab - column % tab,
            b'\t' => 0,
            _ => 1,
        };
        total = total
            .checked_add(n)
            .filter(|&t| t <= isize::MAX as usize)
            .ok_or_else(|| overflow_error(py, "result too long"))?;
        column = if matches!(b, b'\n' | b'\r') { 0 } else { column + n };
    }
    let mut out = BytesBuilder::with_capacity(total);
    column = 0;
    for &b in bytes {
        if b == b'\t' {
            if tab > 0 {
                let n = tab - column % tab;
                out.push_repeated(b' ', n);
                column += n;
            }
        } else {
            out.push(b);
            column = if matches!(b, b'\n' | b'\r') { 0 } else { column + 1 };
        }
    }
    T::make(py, &out.into_vec(py)?)
}

/// `replace`: the first `max` occurrences.
pub fn replace<T: ByteString>(py: Python, s: &T, old: &[u8], new: &[u8], max: usize) -> PyResult<Py<T>> {
    let bytes = s.slice();
    if max == 0 || old.len() > bytes.len() || (old.is_empty() && new.is_empty()) {
        return s.same(py);
    }
    let n = search::count(bytes, old, max);
    if n == 0 {
        return s.same(py);
    }
    let kept = bytes.len() - n * old.len();
    let total = new.len().checked_mul(n).and_then(|m| m.checked_add(kept));
    let Some(total) = total.filter(|&t| t <= isize::MAX as usize) else {
        return Err(overflow_error(py, "replace bytes is too long"));
    };
    let mut out = BytesBuilder::with_capacity(total);
    if old.is_empty() {
        for i in 0..n {
            out.extend(new);
            out.extend(bytes.get(i..i + 1).unwrap_or_default());
        }
        out.extend(bytes.get(n..).unwrap_or_default());
    } else {
        let f = Finder::new(old);
        let mut at = 0;
        for _ in 0..n {
            let Some(i) = f.find(bytes, at) else { break };
            out.extend(&bytes[at..i]);
            out.extend(new);
            at = i + old.len();
        }
        out.extend(&bytes[at..]);
    }
    T::make(py, &out.into_vec(py)?)
}

/// Which end pieces are taken from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum From {
    Left,
    Right,
}

/// `split` and `rsplit`.
pub fn split<T: ByteString>(
    py: Python,
    s: &T,
    sep: Option<&PyObject>,
    maxsplit: isize,
    from: From,
) -> PyResult<Py<PyList>> {
    let sep = match sep {
        Some(o) if !o.is_none() => {
            let b = Buffer::get_simple(py, o)?;
            if b.is_empty() {
                return Err(value_error(py, "empty separator"));
            }
            Some(b)
        }
        _ => None,
    };
    let max = usize::try_from(maxsplit).unwrap_or(usize::MAX);
    let bytes = s.slice();
    let mut list: Vec<Py> = Vec::new();
    let add = |r: std::ops::Range<usize>| -> PyResult<()> {
        let part = if r.len() == bytes.len() { s.same(py)? } else { T::make(py, &bytes[r])? };
        list.push(part.into_object());
        Ok(())
    };
    match (&sep, from) {
        (None, From::Left) => search::split_whitespace(bytes, max, is_space, add)?,
        (None, From::Right) => search::rsplit_whitespace(bytes, max, is_space, add)?,
        (Some(b), From::Left) => search::split(bytes, b.as_slice(), max, add)?,
        (Some(b), From::Right) => search::rsplit(bytes, b.as_slice(), max, add)?,
    }
    if from == From::Right {
        list.reverse();
    }
    PyList::new(py, list)
}

/// `splitlines`.
pub fn split_lines<T: ByteString>(py: Python, s: &T, keep: bool) -> PyResult<Py<PyList>> {
    let bytes = s.slice();
    let mut list: Vec<Py> = Vec::new();
    search::split_lines(
        bytes,
        keep,
        |b| b == b'\n' || b == b'\r',
        |r| {
            let line = if r.len() == bytes.len() { s.same(py)? } else { T::make(py, &bytes[r])? };
            list.push(line.into_object());
            Ok(())
        },
    )?;
    PyList::new(py, list)
}

/// `strip` and its one-sided forms.
pub fn strip<T: ByteString>(
    py: Python,
    s: &T,
    set: Option<&PyObject>,
    left: bool,
    right: bool,
) -> PyResult<Py<T>> {
    let chars = match set {
        Some(o) if !o.is_none() => Some(Buffer::get_simple(py, o)?),
        _ => None,
    };
    let bytes = s.slice();
    let r = match &chars {
        None => search::strip(bytes, left, right, is_space),
        Some(b) => {
            let set = search::CharSet::new(b.as_slice().iter().map(|&b| b as u32));
            search::strip(bytes, left, right, |b: u8| set.contains(b as u32))
        }
    };
    if r.len() == bytes.len() { s.same(py) } else { T::make(py, &bytes[r]) }
}

/// `partition` and `rpartition`.
pub fn partition<T: ByteString>(
    py: Python,
    s: &T,
    sep_object: &PyObject,
    from: From,
) -> PyResult<Py<PyTuple>> {
    let sep = Buffer::get_simple(py, sep_object)?;
    if sep.is_empty() {
        return Err(value_error(py, "empty separator"));
    }
    let bytes = s.slice();
    let at = match from {
        From::Left => search::find(bytes, sep.as_slice()),
        From::Right => search::rfind(bytes, sep.as_slice()),
    };
    let make = |b: &[u8]| T::make(py, b).map(Py::into_object);
    let parts = match at {
        Some(at) => {
            let middle = match sep_object.downcast_exact::<PyBytes>() {
                Some(b) if size_of::<T>() == size_of::<PyBytes>() => b.as_object().owned(),
                _ => make(sep.as_slice())?,
            };
            [make(&bytes[..at])?, middle, make(&bytes[at + sep.len()..])?]
        }
        None => match from {
            From::Left => [s.same(py)?.into_object(), make(b"")?, make(b"")?],
            From::Right => [make(b"")?, make(b"")?, s.same(py)?.into_object()],
        },
    };
    PyTuple::new(py, parts)
}

/// `translate(table, delete)`.
pub fn translate<T: ByteString>(
    py: Python,
    s: &T,
    table: &PyObject,
    delete: Option<&PyObject>,
) -> PyResult<Py<T>> {
    let table = if table.is_none() { None } else { Some(Buffer::get_simple(py, table)?) };
    if table.as_ref().is_some_and(|t| t.len() != 256) {
        return Err(value_error(py, "translation table must be 256 characters long"));
    }
    let delete = match delete {
        Some(o) => Some(Buffer::get_simple(py, o)?),
        None => None,
    };
    let mut gone = [false; 256];
    for &b in delete.as_ref().map_or(&[][..], |d| d.as_slice()) {
        gone[b as usize] = true;
    }
    let bytes = s.slice();
    let mut out = BytesBuilder::with_capacity(bytes.len());
    for &b in bytes {
        if !gone[b as usize] {
            out.push(match &table {
                Some(t) => t.as_slice().get(b as usize).copied().unwrap_or(b),
                None => b,
            });
        }
    }
    if out.as_slice() == bytes {
        return s.same(py);
    }
    T::make(py, &out.into_vec(py)?)
}

/// `maketrans(from, to)`.
pub fn make_trans(py: Python, from: &Buffer, to: &Buffer) -> PyResult<Py<PyBytes>> {
    if from.len() != to.len() {
        return Err(value_error(py, "maketrans arguments must have same length"));
    }
    let mut table: [u8; 256] = std::array::from_fn(|i| i as u8);
    for (&a, &b) in from.as_slice().iter().zip(to.as_slice()) {
        table[a as usize] = b;
    }
    PyBytes::new(py, &table)
}

/// `startswith` and `endswith`.
pub fn affixed(
    py: Python,
    s: &[u8],
    affix: &PyObject,
    range: Option<std::ops::Range<usize>>,
    at_end: bool,
) -> PyResult<bool> {
    let fits = |o: &PyObject| -> PyResult<bool> {
        let b = Buffer::get_simple(py, o)?;
        let part = range.clone().and_then(|r| s.get(r));
        Ok(part.is_some_and(|p| if at_end { p.ends_with(b.as_slice()) } else { p.starts_with(b.as_slice()) }))
    };
    if let Some(t) = affix.downcast::<PyTuple>() {
        for o in t.items() {
            if fits(o)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if !crate::types::buffer::supports(affix) {
        let name = if at_end { "endswith" } else { "startswith" };
        return Err(type_error(
            py,
            format!("{name} first arg must be bytes or a tuple of bytes, not {}", tp_name(affix)),
        ));
    }
    fits(affix)
}

/// `join`: the bytes of all items, with `sep` in between.
pub fn join(py: Python, sep: &dyn Fn() -> Vec<u8>, iterable: &PyObject) -> PyResult<Vec<u8>> {
    let items = match (iterable.downcast_exact::<PyList>(), iterable.downcast_exact::<PyTuple>()) {
        (Some(l), _) => l.snapshot(),
        (_, Some(t)) => t.items().iter().map(|o| o.owned()).collect(),
        _ => match iterable.to_list(py) {
            Ok(l) => l.snapshot(),
            Err(e) => {
                if iterable.ty().tp_iter.get().is_none()
                    && !crate::abstract_::is_sequence(iterable)
                    && matches(py, &exceptions::PyExc_TypeError_Type)
                {
                    drop(fetch(py, e));
                    return Err(type_error(py, "can only join an iterable"));
                }
                return Err(e);
            }
        },
    };
    let mut parts = Vec::with_capacity(items.len());
    let mut total = 0usize;
    for (i, o) in items.iter().enumerate() {
        if !crate::types::buffer::supports(o) {
            return Err(type_error(
                py,
                format!("sequence item {i}: expected a bytes-like object, {} found", tp_name(o)),
            ));
        }
        let b = Buffer::get_simple(py, o).map_err(|e| {
            if matches(py, &exceptions::PyExc_BufferError_Type) {
                drop(fetch(py, e));
                return type_error(
                    py,
                    format!("sequence item {i}: expected a bytes-like object, {} found", tp_name(o)),
                );
            }
            e
        })?;
        total = total.saturating_add(b.len());
        parts.push(b);
    }
    let sep = sep();
    let total = total.saturating_add(sep.len().saturating_mul(parts.len().saturating_sub(1)));
    if total > isize::MAX as usize {
        return Err(overflow_error(py, "join() result is too long"));
    }
    let mut out = BytesBuilder::with_capacity(total);
    for (i, p) in parts.iter().enumerate() {
        if i > 0 {
            out.extend(&sep);
        }
        out.extend(p.as_slice());
    }
    out.into_vec(py)
}

/// `count` repetitions.
pub fn repeated(py: Python, bytes: &[u8], n: isize) -> PyResult<Vec<u8>> {
    let n = usize::try_from(n).unwrap_or(0);
    let Some(total) = bytes.len().checked_mul(n).filter(|&t| t <= isize::MAX as usize) else {
        return Err(memory_error(py));
    };
    let mut out = Vec::new();
    if out.try_reserve_exact(total).is_err() {
        return Err(memory_error(py));
    }
    if let [b] = bytes {
        out.resize(total, *b);
    } else {
        for _ in 0..n {
            out.extend_from_slice(bytes);
        }
    }
    Ok(out)
}

/// Hexadecimal digits of bytes, with a separator between groups.
pub fn hex(py: Python, bytes: &[u8], sep: Option<&PyObject>, group: i32) -> PyResult<Py<PyStr>> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let sep = match sep {
        None => None,
        Some(o) => Some(separator(py, o)?),
    };
    let len = bytes.len();
    let size = (group.unsigned_abs()) as usize;
    let groups = if sep.is_none() || size == 0 || len == 0 { 0 } else { (len - 1) / size };
    let Some(total) = len.checked_mul(2).and_then(|n| n.checked_add(groups)) else {
        return Err(memory_error(py));
    };
    let mut out = BytesBuilder::with_capacity(total);
    for (i, &b) in bytes.iter().enumerate() {
        if groups > 0 && i > 0 {
            let boundary = if group > 0 { (len - i).is_multiple_of(size) } else { i % size == 0 };
            if let (true, Some(s)) = (boundary, sep) {
                out.push(s);
            }
        }
        out.extend(&[HEX[(b >> 4) as usize], HEX[(b & 15) as usize]]);
    }
    PyStr::from_latin1(py, &out.into_vec(py)?)
}

fn separator(py: Python, o: &PyObject) -> PyResult<u8> {
    if o.length(py)? != 1 {
        return Err(value_error(py, "sep must be length 1."));
    }
    let b = if let Some(s) = o.downcast::<PyStr>() {
        if s.kind() != crate::types::str_::Kind::Latin1 {
            return Err(value_error(py, "sep must be ASCII."));
        }
        s.char_at(0) as u8
    } else if let Some(b) = o.downcast::<PyBytes>() {
        b.as_bytes().first().copied().unwrap_or(0)
    } else {
        return Err(type_error(py, "sep must be str or bytes."));
    };
    if b > 127 {
        return Err(value_error(py, "sep must be ASCII."));
    }
    Ok(b)
}

/// The bytes of hexadecimal digits, white space between pairs skipped.
pub fn from_hex(py: Python, text: &PyObject) -> PyResult<Vec<u8>> {
    let owned;
    let digits: &[u8] = if let Some(s) = text.downcast::<PyStr>() {
        if !s.is_ascii() {
            let at = s.chars().position(|c| c > 127).unwrap_or(0);
            let before = s.view().slice(0, at).chars().map(|c| c as u8).collect::<Vec<_>>();
            // An earlier mistake is reported first.
            parse_hex(py, &before, true)?;
            return Err(bad_hex(py, at));
        }
        s.raw_bytes()
    } else if crate::types::buffer::supports(text) {
        owned = Buffer::get_simple(py, text)?;
        owned.as_slice()
    } else {
        return Err(type_error(
            py,
            format!("fromhex() argument must be str or bytes-like, not {}", tp_name(text)),
        ));
    };
    parse_hex(py, digits, false)
}

#[cold]
fn bad_hex(py: Python, at: usize) -> Raised {
    value_error(py, format!("non-hexadecimal number found in fromhex() arg at position {at}"))
}

fn parse_hex(py: Python, digits: &[u8], more: bool) -> PyResult<Vec<u8>> {
    let digit = |i: usize| digits.get(i).map(|&b| (b as char).to_digit(16));
    let mut out = BytesBuilder::with_capacity(digits.len() / 2);
    let mut at = 0;
    while at < digits.len() {
        if is_space(digits[at]) {
            at += 1;
            continue;
        }
        let Some(Some(high)) = digit(at) else { return Err(bad_hex(py, at)) };
        match digit(at + 1) {
            Some(Some(low)) => out.push((high << 4 | low) as u8),
            Some(None) => return Err(bad_hex(py, at + 1)),
            None if more => break,
            None => {
                return Err(value_error(
                    py,
                    "fromhex() arg must contain an even number of hexadecimal digits",
                ));
            }
        }
        at += 2;
    }
    out.into_vec(py)
}

/// The bytes between quotes, as `repr` shows them.
pub fn repr_body(bytes: &[u8], quote: u8, always_single: bool, out: &mut BytesBuilder) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(quote);
    for &b in bytes {
        match b {
            b'\\' => out.extend(b"\\\\"),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            _ if b == quote || (always_single && b == b'\'') => out.extend(&[b'\\', b]),
            0x20..=0x7e => out.push(b),
            _ => out.extend(&[b'\\', b'x', HEX[(b >> 4) as usize], HEX[(b & 15) as usize]]),
        }
    }
    out.push(quote);
}

/// The quote for a `repr`: `'`, or `"` where there are only single quotes.
pub fn repr_quote(bytes: &[u8]) -> u8 {
    if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' }
}
