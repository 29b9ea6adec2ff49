//! The methods that `bytes` and `bytearray` share, written once for both.

/// Makes the block of shared methods for a type: `byte_methods!(PyBytes, part)`.
macro_rules! byte_methods {
    ($t:ty, $part:ident, $name:literal) => {
        #[pymethods($part, type_name = $name)]
        impl $t {
            /// Position of the first occurrence of sub in self[start:end], or -1.
            ///
            /// sub is a bytes-like object or an integer from 0 to 255.
            #[pymethod(sig = "(sub, start=None, end=None, /)", text = "($self, sub[, start[, end]], /)")]
            fn find(
                &self,
                py: Python,
                sub: &PyObject,
                start: Option<SliceIndex>,
                end: Option<SliceIndex>,
            ) -> PyResult<isize> {
                let sub = Needle::new(py, sub)?;
                Ok(locate(self.slice(), sub.as_slice(), start, end, false).map_or(-1, |i| i as isize))
            }

            /// Position of the last occurrence of sub in self[start:end], or -1.
            #[pymethod(sig = "(sub, start=None, end=None, /)", text = "($self, sub[, start[, end]], /)")]
            fn rfind(
                &self,
                py: Python,
                sub: &PyObject,
                start: Option<SliceIndex>,
                end: Option<SliceIndex>,
            ) -> PyResult<isize> {
                let sub = Needle::new(py, sub)?;
                Ok(locate(self.slice(), sub.as_slice(), start, end, true).map_or(-1, |i| i as isize))
            }

            /// Position of the first occurrence of sub in self[start:end]. ValueError if there is none.
            #[pymethod(sig = "(sub, start=None, end=None, /)", text = "($self, sub[, start[, end]], /)")]
            fn index(
                &self,
                py: Python,
                sub: &PyObject,
                start: Option<SliceIndex>,
                end: Option<SliceIndex>,
            ) -> PyResult<usize> {
                let sub = Needle::new(py, sub)?;
                locate(self.slice(), sub.as_slice(), start, end, false)
                    .ok_or_else(|| value_error(py, "subsection not found"))
            }

            /// Position of the last occurrence of sub in self[start:end]. ValueError if there is none.
            #[pymethod(sig = "(sub, start=None, end=None, /)", text = "($self, sub[, start[, end]], /)")]
            fn rindex(
                &self,
                py: Python,
                sub: &PyObject,
                start: Option<SliceIndex>,
                end: Option<SliceIndex>,
            ) -> PyResult<usize> {
                let sub = Needle::new(py, sub)?;
                locate(self.slice(), sub.as_slice(), start, end, true)
                    .ok_or_else(|| value_error(py, "subsection not found"))
            }

            /// How often sub occurs in self[start:end], without overlaps.
            #[pymethod(sig = "(sub, start=None, end=None, /)", text = "($self, sub[, start[, end]], /)")]
            fn count(
                &self,
                py: Python,
                sub: &PyObject,
                start: Option<SliceIndex>,
                end: Option<SliceIndex>,
            ) -> PyResult<usize> {
                let sub = Needle::new(py, sub)?;
                let bytes = self.slice();
                Ok(match range_of(start, end, bytes.len()) {
                    Some(r) => search::count(&bytes[r], sub.as_slice(), usize::MAX),
                    None => 0,
                })
            }

            /// Does self[start:end] begin with prefix, or with one of a tuple of prefixes?
            #[pymethod(
                sig = "(prefix, start=None, end=None, /)",
                text = "($self, prefix[, start[, end]], /)"
            )]
            fn startswith(
                &self,
                py: Python,
                prefix: &PyObject,
                start: Option<SliceIndex>,
                end: Option<SliceIndex>,
            ) -> PyResult<bool> {
                self.hold_for(|bytes| {
                    ops::affixed(py, bytes, prefix, range_of(start, end, bytes.len()), false)
                })
            }

            /// Does self[start:end] end with suffix, or with one of a tuple of suffixes?
            #[pymethod(
                sig = "(suffix, start=None, end=None, /)",
                text = "($self, suffix[, start[, end]], /)"
            )]
            fn endswith(
                &self,
                py: Python,
                suffix: &PyObject,
                start: Option<SliceIndex>,
                end: Option<SliceIndex>,
            ) -> PyResult<bool> {
                self.hold_for(|bytes| {
                    ops::affixed(py, bytes, suffix, range_of(start, end, bytes.len()), true)
                })
            }

            /// The bytes without the given prefix, or all of them where they begin otherwise.
            #[pymethod]
            fn removeprefix(&self, py: Python, prefix: Buffer) -> PyResult<Py<$t>> {
                match self.slice().strip_prefix(prefix.as_slice()) {
                    Some(rest) if !prefix.is_empty() => <$t>::make(py, rest),
                    _ => self.same(py),
                }
            }

            /// The bytes without the given suffix, or all of them where they end otherwise.
            #[pymethod]
            fn removesuffix(&self, py: Python, suffix: Buffer) -> PyResult<Py<$t>> {
                match self.slice().strip_suffix(suffix.as_slice()) {
                    Some(rest) if !suffix.is_empty() => <$t>::make(py, rest),
                    _ => self.same(py),
                }
            }

            /// The bytes with each occurrence of old replaced by new, at most count times; -1 means all.
            #[pymethod(sig = "(old, new, count=-1, /)")]
            fn replace(&self, py: Python, old: Buffer, new: Buffer, count: isize) -> PyResult<Py<$t>> {
                let max = usize::try_from(count).unwrap_or(usize::MAX);
                ops::replace(py, self, old.as_slice(), new.as_slice(), max)
            }

            /// List of the parts between occurrences of sep, or between white space, found from the left.
            ///
            /// After maxsplit separators the rest is one part; -1 means no limit.
            #[pymethod(sig = "(sep=None, maxsplit=-1)")]
            fn split(&self, py: Python, sep: Option<&PyObject>, maxsplit: isize) -> PyResult<Py<PyList>> {
                ops::split(py, self, sep, maxsplit, ops::From::Left)
            }

            /// List of the parts between occurrences of sep, or between white space, found from the right.
            ///
            /// After maxsplit separators the rest is one part; -1 means no limit.
            #[pymethod(sig = "(sep=None, maxsplit=-1)")]
            fn rsplit(&self, py: Python, sep: Option<&PyObject>, maxsplit: isize) -> PyResult<Py<PyList>> {
                ops::split(py, self, sep, maxsplit, ops::From::Right)
            }

            /// List of the lines, without their ends unless keepends is true.
            #[pymethod(sig = "(keepends=False)")]
            fn splitlines(&self, py: Python, keepends: bool) -> PyResult<Py<PyList>> {
                ops::split_lines(py, self, keepends)
            }

            /// The bytes before the first occurrence of sep, sep, and the bytes after it.
            ///
            /// Without an occurrence: all bytes and two empty objects.
            #[pymethod]
            fn partition(&self, py: Python, sep: &PyObject) -> PyResult<Py<PyTuple>> {
                ops::partition(py, self, sep, ops::From::Left)
            }

            /// The bytes before the last occurrence of sep, sep, and the bytes after it.
            ///
            /// Without an occurrence: two empty objects and all bytes.
            #[pymethod]
            fn rpartition(&self, py: Python, sep: &PyObject) -> PyResult<Py<PyTuple>> {
                ops::partition(py, self, sep, ops::From::Right)
            }

            /// The bytes without white space, or the given bytes, at both ends.
            #[pymethod(sig = "(bytes=None, /)")]
            fn strip(&self, py: Python, bytes: Option<&PyObject>) -> PyResult<Py<$t>> {
                ops::strip(py, self, bytes, true, true)
            }

            /// The bytes without white space, or the given bytes, at the start.
            #[pymethod(sig = "(bytes=None, /)")]
            fn lstrip(&self, py: Python, bytes: Option<&PyObject>) -> PyResult<Py<$t>> {
                ops::strip(py, self, bytes, true, false)
            }

            /// The bytes without white space, or the given bytes, at the end.
            #[pymethod(sig = "(bytes=None, /)")]
            fn rstrip(&self, py: Python, bytes: Option<&PyObject>) -> PyResult<Py<$t>> {
                ops::strip(py, self, bytes, false, true)
            }

            /// All bytes-like objects of an iterable in one, with these bytes between them.
            #[pymethod]
            fn join(&self, py: Python, iterable_of_bytes: &PyObject) -> PyResult<Py<$t>> {
                // A bytearray keeps its size while the items are collected.
                let _held = Buffer::get_simple(py, self.as_object())?;
                let bytes = ops::join(py, &|| self.slice().to_vec(), iterable_of_bytes)?;
                <$t>::make(py, &bytes)
            }

            /// Each byte replaced by its entry in a table of 256 bytes, those in delete left out.
            ///
            /// None as table only deletes.
            #[pymethod(sig = "(table, /, delete=<unrepresentable>)", text = "($self, table, /, delete=b'')")]
            fn translate(&self, py: Python, table: &PyObject, delete: Option<&PyObject>) -> PyResult<Py<$t>> {
                ops::translate(py, self, table, delete)
            }

            /// A table for translate(), which maps each byte of frm to the one at its place in to.
            #[staticmethod(sig = "(frm, to, /)")]
            fn maketrans(py: Python, frm: Buffer, to: Buffer) -> PyResult<Py<PyBytes>> {
                ops::make_trans(py, &frm, &to)
            }

            /// The bytes in the middle of an object of the given width.
            #[pymethod(
                sig = "(width, fillchar=<unrepresentable>, /)",
                text = "($self, width, fillchar=b' ', /)"
            )]
            fn center(&self, py: Python, width: isize, fillchar: Option<FillByte>) -> PyResult<Py<$t>> {
                let room = ops::room(self.slice().len(), width);
                let left = room / 2 + (room & width as usize & 1);
                ops::padded(py, self, left, room - left, fillchar.map_or(b' ', |f| f.0))
            }

            /// The bytes at the left of an object of the given width.
            #[pymethod(
                sig = "(width, fillchar=<unrepresentable>, /)",
                text = "($self, width, fillchar=b' ', /)"
            )]
            fn ljust(&self, py: Python, width: isize, fillchar: Option<FillByte>) -> PyResult<Py<$t>> {
                let room = ops::room(self.slice().len(), width);
                ops::padded(py, self, 0, room, fillchar.map_or(b' ', |f| f.0))
            }

            /// The bytes at the right of an object of the given width.
            #[pymethod(
                sig = "(width, fillchar=<unrepresentable>, /)",
                text = "($self, width, fillchar=b' ', /)"
            )]
            fn rjust(&self, py: Python, width: isize, fillchar: Option<FillByte>) -> PyResult<Py<$t>> {
                let room = ops::room(self.slice().len(), width);
                ops::padded(py, self, room, 0, fillchar.map_or(b' ', |f| f.0))
            }

            /// The bytes with zeros before them, up to the given width; a sign stays in front.
            #[pymethod]
            fn zfill(&self, py: Python, width: isize) -> PyResult<Py<$t>> {
                ops::zfill(py, self, width)
            }

            /// The bytes with tabs expanded to spaces, up to the next column that tabsize divides.
            #[pymethod(sig = "(tabsize=8)")]
            fn expandtabs(&self, py: Python, tabsize: i32) -> PyResult<Py<$t>> {
                ops::expand_tabs(py, self, tabsize)
            }

            /// The bytes with ASCII letters in lower case.
            #[pymethod]
            fn lower(&self, py: Python) -> PyResult<Py<$t>> {
                ops::mapped(py, self, |b| b.to_ascii_lowercase())
            }

            /// The bytes with ASCII letters in upper case.
            #[pymethod]
            fn upper(&self, py: Python) -> PyResult<Py<$t>> {
                ops::mapped(py, self, |b| b.to_ascii_uppercase())
            }

            /// The bytes with the case of ASCII letters exchanged.
            #[pymethod]
            fn swapcase(&self, py: Python) -> PyResult<Py<$t>> {
                ops::mapped(py, self, |b| if b.is_ascii_alphabetic() { b ^ 0x20 } else { b })
            }

            /// The bytes with each word's first letter in upper case and the others in lower case.
            #[pymethod]
            fn title(&self, py: Python) -> PyResult<Py<$t>> {
                ops::title(py, self)
            }

            /// The bytes with the first in upper case and the others in lower case.
            #[pymethod]
            fn capitalize(&self, py: Python) -> PyResult<Py<$t>> {
                ops::capitalize(py, self)
            }

            /// Are all bytes ASCII letters or digits, and is there one?
            #[pymethod]
            fn isalnum(&self) -> bool {
                ops::all(self.slice(), u8::is_ascii_alphanumeric)
            }

            /// Are all bytes ASCII letters, and is there one?
            #[pymethod]
            fn isalpha(&self) -> bool {
                ops::all(self.slice(), u8::is_ascii_alphabetic)
            }

            /// Are all bytes ASCII? True for an empty object.
            #[pymethod]
            fn isascii(&self) -> bool {
                self.slice().is_ascii()
            }

            /// Are all bytes ASCII digits, and is there one?
            #[pymethod]
            fn isdigit(&self) -> bool {
                ops::all(self.slice(), u8::is_ascii_digit)
            }

            /// Is there a lower-case letter and no upper-case one?
            #[pymethod]
            fn islower(&self) -> bool {
                ops::one_case(self.slice(), u8::is_ascii_lowercase, u8::is_ascii_uppercase)
            }

            /// Is there an upper-case letter and no lower-case one?
            #[pymethod]
            fn isupper(&self) -> bool {
                ops::one_case(self.slice(), u8::is_ascii_uppercase, u8::is_ascii_lowercase)
            }

            /// Are all bytes white space, and is there one?
            #[pymethod]
            fn isspace(&self) -> bool {
                ops::all(self.slice(), |&b| ops::is_space(b))
            }

            /// Does each word begin in upper and go on in lower case, and is there a word?
            #[pymethod]
            fn istitle(&self) -> bool {
                ops::is_title(self.slice())
            }

            /// The text the bytes are in the given encoding.
            ///
            /// errors names what to do with bytes that are none: 'strict' raises UnicodeDecodeError;
            /// 'ignore', 'replace' and names registered with codecs.register_error go on.
            #[pymethod(
                sig = "(encoding=<unrepresentable>, errors=<unrepresentable>)",
                text = "($self, /, encoding='utf-8', errors='strict')"
            )]
            fn decode(
                &self,
                py: Python,
                encoding: Option<&str>,
                errors: Option<&str>,
            ) -> PyResult<Py<PyStr>> {
                self.hold_for(|bytes| {
                    codecs::decode_bytes(py, bytes, Some(self.as_object()), encoding, errors)
                })
            }

            /// The bytes as hexadecimal digits.
            ///
            /// sep is put between groups of bytes_per_sep bytes, counted from the right, or from the left
            /// if it is negative.
            #[pymethod(
                sig = "(sep=<unrepresentable>, bytes_per_sep=1)",
                text = "($self, /, sep=<unrepresentable>, bytes_per_sep=1)"
            )]
            fn hex(&self, py: Python, sep: Option<&PyObject>, bytes_per_sep: i32) -> PyResult<Py<PyStr>> {
                self.hold_for(|bytes| ops::hex(py, bytes, sep, bytes_per_sep))
            }
        }
    };
}

pub(crate) use byte_methods;

use crate::types::bounds::{SliceIndex, range_of};
use crate::types::str_::search;

/// Position of a needle in a part of some bytes.
pub fn locate(
    bytes: &[u8],
    needle: &[u8],
    start: Option<SliceIndex>,
    end: Option<SliceIndex>,
    reverse: bool,
) -> Option<usize> {
    let r = range_of(start, end, bytes.len())?;
    let from = r.start;
    let part = &bytes[r];
    let at = if reverse { search::rfind(part, needle) } else { search::find(part, needle) };
    at.map(|i| i + from)
}
