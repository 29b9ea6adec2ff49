//! `str.translate` and `str.maketrans`.

use super::{MAX_CHAR, PyStr, StrBuilder};
use crate::prelude::*;
use crate::types::PyInt;

/// What a table says about a character.
enum Entry {
    Keep,
    Delete,
    Char(u32),
    Text(Py<PyStr>),
}

fn look_up(py: Python, table: &PyObject, c: u32) -> PyResult<Entry> {
    let key = PyInt::from_i64(py, c as i64)?;
    let value = match table.get_item(py, &key) {
        Ok(v) => v,
        Err(e) => {
            drop(catch(py, e, &exceptions::PyExc_LookupError_Type)?);
            return Ok(Entry::Keep);
        }
    };
    if value.is_none() {
        return Ok(Entry::Delete);
    }
    if let Some(i) = value.downcast::<PyInt>() {
        return match i.as_i64().and_then(|v| u32::try_from(v).ok()).filter(|&v| v <= MAX_CHAR) {
            Some(c) => Ok(Entry::Char(c)),
            None => Err(value_error(py, "character mapping must be in range(0x110000)")),
        };
    }
    match value.downcast_into::<PyStr>() {
        Ok(s) => Ok(Entry::Text(s)),
        Err(_) => Err(type_error(py, "character mapping must return integer, None or str")),
    }
}

/// `_PyUnicode_TranslateCharmap` for tables of any kind.
pub fn translate(py: Python, s: &PyStr, table: &PyObject) -> PyResult<Py<PyStr>> {
    let mut b = StrBuilder::with_capacity(s.len());
    // Entries of ASCII characters that were one ASCII character: asked once.
    let mut known = [0xffu8; 128];
    for c in s.chars() {
        if c < 128 && known[c as usize] != 0xff {
            if known[c as usize] != 0xfe {
                b.push_char(known[c as usize] as u32);
            }
            continue;
        }
        match look_up(py, table, c)? {
            Entry::Keep => {
                b.push_char(c);
                remember(&mut known, c, c);
            }
            Entry::Delete => {
                if c < 128 && s.is_ascii() {
                    known[c as usize] = 0xfe;
                }
            }
            Entry::Char(to) => {
                b.push_char(to);
                if s.is_ascii() {
                    remember(&mut known, c, to);
                }
            }
            Entry::Text(t) => b.push_pystr(&t),
        }
    }
    b.finish(py)
}

fn remember(known: &mut [u8; 128], c: u32, to: u32) {
    if c < 128 && to < 128 {
        known[c as usize] = to as u8;
    }
}

#[pymethods(translate)]
impl PyStr {
    /// The text with each character replaced as table says.
    ///
    /// table[ord(c)] gives a code point, a string or None, which deletes; a LookupError keeps the character.
    #[pymethod(name = "translate")]
    fn py_translate(&self, py: Python, table: &PyObject) -> PyResult<Py<PyStr>> {
        translate(py, self, table)
    }

    /// A table for str.translate().
    ///
    /// From one argument, a dict from characters or code points to code points, strings or None; or from two
    /// strings of equal length, whose characters correspond, and a third of characters to delete.
    #[staticmethod(
        sig = "(x, y=<unrepresentable>, z=<unrepresentable>, /)",
        text = "(x, y=<unrepresentable>, z=<unrepresentable>, /)"
    )]
    fn maketrans(py: Python, x: &PyObject, y: Option<&PyStr>, z: Option<&PyStr>) -> PyResult<Py<PyDict>> {
        let table = PyDict::new(py)?;
        let set = |key: u32, value: &PyObject| -> PyResult<()> {
            table.set_item(py, PyInt::from_i64(py, key as i64)?.as_object(), value)
        };
        let Some(y) = y else {
            return from_dict(py, x, table);
        };
        let Some(x) = x.downcast::<PyStr>() else {
            return Err(type_error(
                py,
                "first maketrans argument must be a string if there is a second argument",
            ));
        };
        if x.len() != y.len() {
            return Err(value_error(py, "the first two maketrans arguments must have equal length"));
        }
        for (from, to) in x.chars().zip(y.chars()) {
            set(from, &PyInt::from_i64(py, to as i64)?.into_object())?;
        }
        if let Some(z) = z {
            for c in z.chars() {
                set(c, none())?;
            }
        }
        Ok(table)
    }
}

fn from_dict(py: Python, x: &PyObject, table: Py<PyDict>) -> PyResult<Py<PyDict>> {
    let Some(source) = x.downcast_exact::<PyDict>() else {
        return Err(type_error(py, "if you give only one argument to maketrans it must be a dict"));
    };
    let mut at = 0;
    while let Some((key, value)) = source.next(&mut at) {
        if let Some(s) = key.downcast::<PyStr>() {
            if s.len() != 1 {
                return Err(value_error(py, "string keys in translatetable must be of length 1"));
            }
            let code = PyInt::from_i64(py, s.char_at(0) as i64)?;
            table.set_item(py, &code, &value)?;
        } else if PyInt::check(&key) {
            table.set_item(py, &key, &value)?;
        } else {
            return Err(type_error(py, "keys in translate table mustbe strings or integers"));
        }
    }
    Ok(table)
}
