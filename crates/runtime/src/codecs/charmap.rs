//! Codecs given by a table: `charmap_decode`, `charmap_encode`, `charmap_build`.

use super::{Errors, Input, Replacement};
use crate::prelude::*;
use crate::types::bytes_::BytesBuilder;
use crate::types::str_::{MAX_CHAR, StrBuilder};
use crate::types::{PyBytes, PyInt, PyStr};

const UNDEFINED: &str = "character maps to <undefined>";
/// Marks a hole in a decoding table.
const HOLE: u32 = 0xfffe;

/// A table from code points below 0x10000 to bytes, made by `charmap_build`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyEncodingMap {
    pub ob_base: PyObject,
    /// Sorted code points and their bytes.
    #[traverse(skip)]
    table: Box<[(u16, u8)]>,
}

#[pytype(name = "EncodingMap", flags(DISALLOW_INSTANTIATION))]
impl PyEncodingMap {
    /// Size of the table in bytes.
    #[pymethod]
    fn size(&self) -> usize {
        size_of::<PyEncodingMap>() + size_of_val(&*self.table)
    }

    fn get(&self, c: u32) -> Option<u8> {
        let c = u16::try_from(c).ok()?;
        self.table.binary_search_by_key(&c, |e| e.0).ok().and_then(|i| self.table.get(i)).map(|e| e.1)
    }
}

/// `codecs.charmap_build`: the table for encoding that belongs to a decoding table, a dict if it is unusual.
pub fn build(py: Python, map: &PyStr) -> PyResult {
    let chars: Vec<u32> = map.chars().take(256).collect();
    let usual = chars.first() == Some(&0) && chars.iter().skip(1).all(|&c| c != 0 && c < 0x10000);
    if usual {
        let mut table: Vec<(u16, u8)> = Vec::with_capacity(chars.len());
        for (i, &c) in chars.iter().enumerate() {
            if c != HOLE {
                table.push((c as u16, i as u8));
            }
        }
        // The last of equal characters counts.
        table.reverse();
        table.sort_by_key(|e| e.0);
        table.dedup_by_key(|e| e.0);
        let ty = PyEncodingMap::type_object();
        let value = PyEncodingMap { ob_base: PyObject::header(ty), table: table.into_boxed_slice() };
        return Ok(new_object(py, ty, value)?.into_object());
    }
    let d = PyDict::new(py)?;
    for (i, &c) in chars.iter().enumerate() {
        let (key, value) = (PyInt::from_i64(py, c as i64)?, PyInt::from_i64(py, i as i64)?);
        d.set_item(py, &key, &value)?;
    }
    Ok(d.into_object())
}

/// What a decoding table says about a byte.
enum Text {
    Char(u32),
    Str(Py<PyStr>),
    Undefined,
}

fn decode_entry(py: Python, mapping: &PyObject, b: u8) -> PyResult<Text> {
    let value = match mapping.get_item(py, &*PyInt::from_i64(py, b as i64)?) {
        Ok(v) => v,
        Err(e) => {
            drop(catch(py, e, &exceptions::PyExc_LookupError_Type)?);
            return Ok(Text::Undefined);
        }
    };
    if value.is_none() {
        return Ok(Text::Undefined);
    }
    if let Some(i) = value.downcast::<PyInt>() {
        return match i.as_i64().and_then(|v| u32::try_from(v).ok()).filter(|&c| c <= MAX_CHAR) {
            Some(HOLE) => Ok(Text::Undefined),
            Some(c) => Ok(Text::Char(c)),
            None => Err(type_error(py, "character mapping must be in range(0x110000)")),
        };
    }
    match value.downcast_into::<PyStr>() {
        Ok(s) if s.len() == 1 && s.char_at(0) == HOLE => Ok(Text::Undefined),
        Ok(s) => Ok(Text::Str(s)),
        Err(_) => Err(type_error(py, "character mapping must return integer, None or str")),
    }
}

/// Decodes by a string (byte → character at that place) or a mapping.
pub fn decode(py: Python, bytes: &[u8], errors: &str, mapping: &PyObject) -> PyResult<Py<PyStr>> {
    let mut errors = Errors::new(py, errors);
    let mut input = Input::new(bytes);
    let mut out = StrBuilder::with_capacity(bytes.len());
    let table = mapping.downcast_exact::<PyStr>().map(|s| s.view());
    let mut at = 0;
    while let Some(&b) = input.bytes.get(at) {
        let entry = match table {
            Some(t) => match t.get(b as usize) {
                None | Some(HOLE) => Text::Undefined,
                Some(c) => Text::Char(c),
            },
            None => decode_entry(py, mapping, b)?,
        };
        match entry {
            Text::Char(c) => out.push_char(c),
            Text::Str(s) => out.push_pystr(&s),
            Text::Undefined => {
                at = errors.decode("charmap", &mut input, at, at + 1, UNDEFINED, &mut out)?;
                continue;
            }
        }
        at += 1;
    }
    out.finish(py)
}

/// Appends the encoding of a character; false if it has none.
fn put(py: Python, mapping: &PyObject, c: u32, out: &mut BytesBuilder) -> PyResult<bool> {
    if let Some(m) = mapping.downcast_exact::<PyEncodingMap>() {
        return Ok(match m.get(c) {
            Some(b) => {
                out.push(b);
                true
            }
            None => false,
        });
    }
    let value = match mapping.get_item(py, &*PyInt::from_i64(py, c as i64)?) {
        Ok(v) => v,
        Err(e) => {
            drop(catch(py, e, &exceptions::PyExc_LookupError_Type)?);
            return Ok(false);
        }
    };
    if value.is_none() {
        return Ok(false);
    }
    if let Some(i) = value.downcast::<PyInt>() {
        return match i.as_i64().and_then(|v| u8::try_from(v).ok()) {
            Some(b) => {
                out.push(b);
                Ok(true)
            }
            None => Err(type_error(py, "character mapping must be in range(256)")),
        };
    }
    match value.downcast::<PyBytes>() {
        Some(b) => {
            out.extend(b.as_bytes());
            Ok(true)
        }
        None => Err(type_error(
            py,
            format!("character mapping must return integer, bytes or None, not {}", tp_name(&value)),
        )),
    }
}

/// Encodes by an [`PyEncodingMap`] or another mapping.
pub fn encode(py: Python, text: &PyStr, errors: &str, mapping: &PyObject) -> PyResult<Py<PyBytes>> {
    let mut errors = Errors::new(py, errors);
    let mut out = BytesBuilder::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if put(py, mapping, text.char_at(at), &mut out)? {
            at += 1;
            continue;
        }
        // The whole run of characters that have no encoding is one error.
        let mut end = at + 1;
        while end < text.len() {
            let mut probe = BytesBuilder::new();
            if put(py, mapping, text.char_at(end), &mut probe)? {
                break;
            }
            end += 1;
        }
        let (replacement, next) = errors.encode("charmap", text, at, end, UNDEFINED)?;
        match replacement {
            Replacement::Bytes(b) => out.extend(b.as_bytes()),
            Replacement::Text(s) => {
                for c in s.chars() {
                    if !put(py, mapping, c, &mut out)? {
                        return Err(errors.encode_error("charmap", text, at, end, UNDEFINED));
                    }
                }
            }
        }
        at = next;
    }
    out.finish(py)
}
