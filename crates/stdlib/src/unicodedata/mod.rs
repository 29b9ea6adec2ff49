//! `unicodedata`: properties, names and normalisation of characters, in Unicode 16.0 and as of version 3.2.
//!
//! `database` reads the tables, `normal` normalises. Names come from the crate that string literals use too; `sequences.txt`
//! has the names of character sequences.

mod database;
mod layout;
mod normal;

use database::{BIDI_CLASSES, CATEGORIES, Version, WIDTHS, record};
use normal::Form;
use runtime::prelude::*;
use runtime::unicode::names;

/// An argument of one character. `place` is as messages name it.
fn character(py: Python, function: &str, place: &str, o: &PyObject) -> PyResult<u32> {
    match o.downcast::<PyStr>() {
        Some(s) if s.len() == 1 => Ok(s.char_at(0)),
        Some(s) => {
            let n = s.len();
            let text =
                format!("{function}(): {place} must be a unicode character, not a string of length {n}");
            Err(type_error(py, text))
        }
        None => {
            let got = type_name(o);
            Err(type_error(py, format!("{function}() {place} must be a unicode character, not {got}")))
        }
    }
}

fn only(py: Python, function: &str, o: &PyObject) -> PyResult<u32> {
    character(py, function, "argument", o)
}

fn first(py: Python, function: &str, o: &PyObject) -> PyResult<u32> {
    character(py, function, "argument 1", o)
}

/// A value, or the default of the call, or `ValueError`.
fn or_default(py: Python, value: Option<Py>, default: Option<&PyObject>, text: &str) -> PyResult {
    value.or_else(|| default.map(|d| d.owned())).ok_or_else(|| value_error(py, text))
}

fn decimal(py: Python, v: Version, chr: &PyObject, default: Option<&PyObject>) -> PyResult {
    let d = record(v, first(py, "decimal", chr)?).decimal();
    let d = d.map(|d| PyInt::from_i64(py, d as i64)).transpose()?;
    or_default(py, d.map(Py::into_object), default, "not a decimal")
}

fn digit(py: Python, v: Version, chr: &PyObject, default: Option<&PyObject>) -> PyResult {
    let d = record(v, first(py, "digit", chr)?).digit();
    let d = d.map(|d| PyInt::from_i64(py, d as i64)).transpose()?;
    or_default(py, d.map(Py::into_object), default, "not a digit")
}

fn numeric(py: Python, v: Version, chr: &PyObject, default: Option<&PyObject>) -> PyResult {
    let n = record(v, first(py, "numeric", chr)?).number();
    let n = n.map(|n| PyFloat::new(py, n)).transpose()?;
    or_default(py, n.map(Py::into_object), default, "not a numeric character")
}

fn category(py: Python, v: Version, chr: &PyObject) -> PyResult<&'static str> {
    Ok(CATEGORIES.get(record(v, only(py, "category", chr)?).category() as usize).copied().unwrap_or("Cn"))
}

fn bidirectional(py: Python, v: Version, chr: &PyObject) -> PyResult<&'static str> {
    Ok(BIDI_CLASSES.get(record(v, only(py, "bidirectional", chr)?).bidi() as usize).copied().unwrap_or(""))
}

fn width(py: Python, v: Version, chr: &PyObject) -> PyResult<&'static str> {
    Ok(WIDTHS.get(record(v, only(py, "east_asian_width", chr)?).width() as usize).copied().unwrap_or("N"))
}

fn decomposition(py: Python, v: Version, chr: &PyObject) -> PyResult<String> {
    let c = only(py, "decomposition", chr)?;
    Ok(normal::syllable_text(c).unwrap_or_else(|| record(v, c).decomposition().to_owned()))
}

fn name(py: Python, v: Version, chr: &PyObject, default: Option<&PyObject>) -> PyResult {
    let c = first(py, "name", chr)?;
    let known = v == Version::Current || record(v, c).category() != 0;
    let n = if known { names::name(c) } else { None };
    let n = n.map(|n| PyStr::new(py, &n)).transpose()?;
    or_default(py, n.map(Py::into_object), default, "no such name")
}

/// The longest name.
const MAX_NAME: usize = 256;

/// Named sequences: `NAME;XXXX XXXX…` lines, sorted by name.
static SEQUENCES: &str = include_str!("sequences.txt");

fn sequence(name: &str) -> Option<Vec<u32>> {
    let wanted = name.to_ascii_uppercase();
    let line = SEQUENCES.lines().find(|l| l.split_once(';').is_some_and(|(n, _)| n == wanted))?;
    line.split_once(';')?.1.split(' ').map(|c| u32::from_str_radix(c, 16).ok()).collect()
}

fn lookup(py: Python, v: Version, name: &PyObject) -> PyResult<Py<PyStr>> {
    let owned;
    let text = match name.downcast::<PyStr>() {
        Some(s) => s.as_utf8(py)?,
        None => {
            let b = buffer::Buffer::get_simple(py, name)?;
            owned = String::from_utf8_lossy(b.as_slice()).into_owned();
            &owned
        }
    };
    let raise = |message: &str| match PyStr::new(py, message) {
        Ok(s) => key_error(py, &s),
        Err(e) => e,
    };
    if text.len() > MAX_NAME {
        return Err(raise("name too long"));
    }
    let undefined = || raise(&format!("undefined character name '{text}'"));
    if let Some(c) = names::lookup(text) {
        // The old version knows no aliases, and not all characters.
        let by_alias = || names::name(c).is_none_or(|n| !n.eq_ignore_ascii_case(text));
        if v == Version::V320 && (record(v, c).category() == 0 || by_alias()) {
            return Err(undefined());
        }
        return PyStr::from_char(py, c);
    }
    match sequence(text).filter(|_| v == Version::Current) {
        Some(chars) => PyStr::from_ucs4(py, &chars),
        None => Err(undefined()),
    }
}

fn form_of(py: Python, form: &PyStr) -> PyResult<Form> {
    Form::of(form).ok_or_else(|| value_error(py, "invalid normalization form"))
}

fn normalize(py: Python, v: Version, form: &PyStr, unistr: &PyStr) -> PyResult<Py<PyStr>> {
    if unistr.is_empty() {
        return unistr.exact(py);
    }
    normal::normalize(py, v, unistr, form_of(py, form)?)
}

fn is_normalized(py: Python, v: Version, form: &PyStr, unistr: &PyStr) -> PyResult<bool> {
    let form = form_of(py, form)?;
    if unistr.is_empty() || (v == Version::Current && normal::is_certain(unistr, form)) {
        return Ok(true);
    }
    Ok(normal::normalize(py, v, unistr, form)?.equals(unistr))
}

/// The database of an earlier version.
#[repr(C)]
pub struct PyUcd {
    pub ob_base: PyObject,
}

const OLD: Version = Version::V320;

/// A version of the Unicode character database, with the module's functions as methods.
#[pytype(
    name = "UCD",
    module = "unicodedata",
    flags(DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    nosig
)]
impl PyUcd {
    /// The version of the database.
    #[getter]
    fn unidata_version(&self) -> &'static str {
        "3.2.0"
    }

    /// The decimal value of a character.
    #[pymethod(sig = "(chr, default=<unrepresentable>, /)")]
    fn decimal(&self, py: Python, chr: &PyObject, default: Option<&PyObject>) -> PyResult {
        decimal(py, OLD, chr, default)
    }

    /// The digit value of a character.
    #[pymethod(sig = "(chr, default=<unrepresentable>, /)")]
    fn digit(&self, py: Python, chr: &PyObject, default: Option<&PyObject>) -> PyResult {
        digit(py, OLD, chr, default)
    }

    /// The numeric value of a character.
    #[pymethod(sig = "(chr, default=<unrepresentable>, /)")]
    fn numeric(&self, py: Python, chr: &PyObject, default: Option<&PyObject>) -> PyResult {
        numeric(py, OLD, chr, default)
    }

    /// The general category.
    #[pymethod]
    fn category(&self, py: Python, chr: &PyObject) -> PyResult<&'static str> {
        category(py, OLD, chr)
    }

    /// The bidirectional class, or an empty string.
    #[pymethod]
    fn bidirectional(&self, py: Python, chr: &PyObject) -> PyResult<&'static str> {
        bidirectional(py, OLD, chr)
    }

    /// The canonical combining class; 0 if there is none.
    #[pymethod]
    fn combining(&self, py: Python, chr: &PyObject) -> PyResult<u8> {
        Ok(record(OLD, only(py, "combining", chr)?).combining())
    }

    /// 1 if the character is mirrored in text from right to left, else 0.
    #[pymethod]
    fn mirrored(&self, py: Python, chr: &PyObject) -> PyResult<u8> {
        Ok(record(OLD, only(py, "mirrored", chr)?).mirrored())
    }

    /// The East Asian width.
    #[pymethod]
    fn east_asian_width(&self, py: Python, chr: &PyObject) -> PyResult<&'static str> {
        width(py, OLD, chr)
    }

    /// The decomposition, or an empty string.
    #[pymethod]
    fn decomposition(&self, py: Python, chr: &PyObject) -> PyResult<String> {
        decomposition(py, OLD, chr)
    }

    /// Is the string in the normal form 'NFC', 'NFKC', 'NFD' or 'NFKD'?
    #[pymethod]
    fn is_normalized(&self, py: Python, form: &PyStr, unistr: &PyStr) -> PyResult<bool> {
        is_normalized(py, OLD, form, unistr)
    }

    /// The normal form 'NFC', 'NFKC', 'NFD' or 'NFKD' of a string.
    #[pymethod]
    fn normalize(&self, py: Python, form: &PyStr, unistr: &PyStr) -> PyResult<Py<PyStr>> {
        normalize(py, OLD, form, unistr)
    }

    /// The name of a character.
    #[pymethod(sig = "(chr, default=<unrepresentable>, /)")]
    fn name(&self, py: Python, chr: &PyObject, default: Option<&PyObject>) -> PyResult {
        name(py, OLD, chr, default)
    }

    /// The character of a name.
    #[pymethod]
    fn lookup(&self, py: Python, name: &PyObject) -> PyResult<Py<PyStr>> {
        lookup(py, OLD, name)
    }
}

/// Properties of characters from the Unicode character database, version 16.0.0.
#[pymodule(name = "unicodedata", types(PyUcd))]
pub mod unicodedata {
    use super::*;

    const NOW: Version = Version::Current;

    #[pyattr]
    pub const unidata_version: &str = "16.0.0";

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let ty = PyUcd::type_object();
        let old = new_object(py, ty, PyUcd { ob_base: PyObject::header(ty) })?;
        module.as_object().setattr_str(py, "ucd_3_2_0", &old)
    }

    /// The decimal value of a character. Without one, the default, or ValueError.
    #[pyfunction(
        sig = "(chr, default=<unrepresentable>, /)",
        text = "($self, chr, default=<unrepresentable>, /)"
    )]
    fn decimal(py: Python, chr: &PyObject, default: Option<&PyObject>) -> PyResult {
        super::decimal(py, NOW, chr, default)
    }

    /// The digit value of a character. Without one, the default, or ValueError.
    #[pyfunction(
        sig = "(chr, default=<unrepresentable>, /)",
        text = "($self, chr, default=<unrepresentable>, /)"
    )]
    fn digit(py: Python, chr: &PyObject, default: Option<&PyObject>) -> PyResult {
        super::digit(py, NOW, chr, default)
    }

    /// The numeric value of a character as a float. Without one, the default, or ValueError.
    #[pyfunction(
        sig = "(chr, default=<unrepresentable>, /)",
        text = "($self, chr, default=<unrepresentable>, /)"
    )]
    fn numeric(py: Python, chr: &PyObject, default: Option<&PyObject>) -> PyResult {
        super::numeric(py, NOW, chr, default)
    }

    /// The general category.
    #[pyfunction(text = "($self, chr, /)")]
    fn category(py: Python, chr: &PyObject) -> PyResult<&'static str> {
        super::category(py, NOW, chr)
    }

    /// The bidirectional class, or an empty string.
    #[pyfunction(text = "($self, chr, /)")]
    fn bidirectional(py: Python, chr: &PyObject) -> PyResult<&'static str> {
        super::bidirectional(py, NOW, chr)
    }

    /// The canonical combining class; 0 if there is none.
    #[pyfunction(text = "($self, chr, /)")]
    fn combining(py: Python, chr: &PyObject) -> PyResult<u8> {
        Ok(record(NOW, only(py, "combining", chr)?).combining())
    }

    /// 1 if the character is mirrored in text from right to left, else 0.
    #[pyfunction(text = "($self, chr, /)")]
    fn mirrored(py: Python, chr: &PyObject) -> PyResult<u8> {
        Ok(record(NOW, only(py, "mirrored", chr)?).mirrored())
    }

    /// The East Asian width.
    #[pyfunction(text = "($self, chr, /)")]
    fn east_asian_width(py: Python, chr: &PyObject) -> PyResult<&'static str> {
        super::width(py, NOW, chr)
    }

    /// The decomposition, or an empty string.
    #[pyfunction(text = "($self, chr, /)")]
    fn decomposition(py: Python, chr: &PyObject) -> PyResult<String> {
        super::decomposition(py, NOW, chr)
    }

    /// Is the string in the normal form 'NFC', 'NFKC', 'NFD' or 'NFKD'?
    #[pyfunction(text = "($self, form, unistr, /)")]
    fn is_normalized(py: Python, form: &PyStr, unistr: &PyStr) -> PyResult<bool> {
        super::is_normalized(py, NOW, form, unistr)
    }

    /// The normal form 'NFC', 'NFKC', 'NFD' or 'NFKD' of a string.
    #[pyfunction(text = "($self, form, unistr, /)")]
    fn normalize(py: Python, form: &PyStr, unistr: &PyStr) -> PyResult<Py<PyStr>> {
        super::normalize(py, NOW, form, unistr)
    }

    /// The name of a character. Without one, the default, or ValueError.
    #[pyfunction(
        sig = "(chr, default=<unrepresentable>, /)",
        text = "($self, chr, default=<unrepresentable>, /)"
    )]
    fn name(py: Python, chr: &PyObject, default: Option<&PyObject>) -> PyResult {
        super::name(py, NOW, chr, default)
    }

    /// The character, or the sequence of characters, of a name or an alias. KeyError if there is none.
    #[pyfunction(text = "($self, name, /)")]
    fn lookup(py: Python, name: &PyObject) -> PyResult<Py<PyStr>> {
        super::lookup(py, NOW, name)
    }
}
