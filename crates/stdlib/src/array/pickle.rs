//! Machine formats: arrays in pickles of other machines.

use super::PyArray;
use super::item::{self, DESCRS, Descr, Kind};
use crate::system::text;
use runtime::codecs::{utf16, utf32};
use runtime::prelude::*;

/// What the items of a pickle are: bytes, meaning, big-endian.
const FORMATS: [(usize, Kind, bool); 22] = [
    (1, Kind::Unsigned, false),
    (1, Kind::Signed, false),
    (2, Kind::Unsigned, false),
    (2, Kind::Unsigned, true),
    (2, Kind::Signed, false),
    (2, Kind::Signed, true),
    (4, Kind::Unsigned, false),
    (4, Kind::Unsigned, true),
    (4, Kind::Signed, false),
    (4, Kind::Signed, true),
    (8, Kind::Unsigned, false),
    (8, Kind::Unsigned, true),
    (8, Kind::Signed, false),
    (8, Kind::Signed, true),
    (4, Kind::Float, false),
    (4, Kind::Float, true),
    (8, Kind::Float, false),
    (8, Kind::Float, true),
    (2, Kind::Char, false),
    (2, Kind::Char, true),
    (4, Kind::Char, false),
    (4, Kind::Char, true),
];

/// The number of the format of an item type on this machine.
pub fn format_of(d: &Descr) -> usize {
    FORMATS.iter().position(|&(size, kind, big)| size == d.bytes() && kind == d.kind && !big).unwrap_or(0)
}

/// An array of the class from a typecode and an initialiser.
fn make(py: Python, cls: &PyTypeObject, code: u8, items: Py) -> PyResult {
    let args = PyTuple::new(py, [text(py, &(code as char).to_string())?, items])?;
    Ok(PyArray::create(py, cls, &args, None)?.into_object())
}

/// `_array_reconstructor`.
pub fn reconstruct(
    py: Python,
    cls: &PyObject,
    typecode: &PyObject,
    format: i32,
    items: &PyObject,
) -> PyResult {
    let code = match typecode.downcast::<PyStr>() {
        Some(s) if s.len() == 1 => s.char_at(0),
        other => {
            let got = match other {
                Some(s) => format!("a string of length {}", s.len()),
                None => type_name(typecode).to_owned(),
            };
            let text = format!("_array_reconstructor() argument 2 must be a unicode character, not {got}");
            return Err(type_error(py, text));
        }
    };
    let Some(cls) = cls.downcast::<PyTypeObject>() else {
        return Err(type_error(py, format!("first argument must be a type object, not {}", tp_name(cls))));
    };
    let base = PyArray::type_object();
    if !cls.is_subtype(base) {
        let (a, b) = (cls.tp_name().to_string_lossy(), base.tp_name().to_string_lossy());
        return Err(type_error(py, format!("{a} is not a subtype of {b}")));
    }
    let Some(descr) = item::find(code) else {
        return Err(value_error(py, "second argument must be a valid type code"));
    };
    let found = usize::try_from(format).ok().and_then(|f| FORMATS.get(f).map(|m| (f, *m)));
    let Some((format, (size, kind, big))) = found else {
        return Err(value_error(py, "third argument must be a valid machine format code."));
    };
    let Some(bytes) = items.downcast::<PyBytes>() else {
        return Err(type_error(py, format!("fourth argument should be bytes, not {}", tp_name(items))));
    };
    if format == format_of(descr) {
        return make(py, cls, descr.letter(), items.owned());
    }
    let data = bytes.as_bytes();
    if kind == Kind::Char {
        let order = if big { utf16::Order::Big } else { utf16::Order::Little };
        let (s, _, _) = if size == 2 {
            utf16::decode(py, data, "strict", order, true)?
        } else {
            utf32::decode(py, data, "strict", order, true)?
        };
        return make(py, cls, descr.letter(), s.into_object());
    }
    if data.len() % size != 0 {
        return Err(value_error(py, "string length not a multiple of item size"));
    }
    let own = DESCRS.iter().rfind(|d| d.bytes() == size && d.kind == kind);
    let Some(own) = own else { return Err(bad_internal_call(py)) };
    let list = PyList::with_capacity(py, data.len() / size)?;
    for raw in data.chunks_exact(size) {
        let mut raw = raw.to_vec();
        if big {
            raw.reverse();
        }
        list.append(py, own.load(py, &raw)?)?;
    }
    // Integers go into the type that fits them best here.
    let code = if kind == Kind::Float { descr.letter() } else { own.letter() };
    make(py, cls, code, list.into_object())
}
