//! `_string`: the parser of format strings, for `string.Formatter`.

use runtime::prelude::*;
use runtime::types::PyInt;
use runtime::types::str_::format::{Access, FieldName, First, Markup};
use std::ops::Range;

fn part(py: Python, text: &PyStr, r: Range<usize>) -> PyResult {
    Ok(text.substring(py, r.start, r.end)?.into_object())
}

/// Iterates over `(literal, field_name, format_spec, conversion)`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyFormatterIterator {
    pub ob_base: PyObject,
    text: Py<PyStr>,
    /// Where the rest begins.
    at: Cell<usize>,
}

#[pytype(name = "formatteriterator", flags(GC, DISALLOW_INSTANTIATION))]
impl PyFormatterIterator {
    #[slot(tp_iter)]
    fn iter(&self) -> Py<PyFormatterIterator> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let text = &self.text;
        let mut markup = Markup::new(text.view(), self.at.get()..text.len());
        let Some((literal, field)) = markup.next(py)? else { return Ok(None) };
        self.at.set(markup.position());
        let literal = part(py, text, literal)?;
        let none_object = || none().owned();
        let items = match field {
            None => [literal, none_object(), none_object(), none_object()],
            Some(f) => {
                let conversion = match f.conversion {
                    Some(c) => PyStr::from_char(py, c)?.into_object(),
                    None => none_object(),
                };
                [literal, part(py, text, f.name)?, part(py, text, f.spec)?, conversion]
            }
        };
        PyTuple::new(py, items).map(Some)
    }
}

/// Iterates over `(is_attribute, name_or_index)`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyFieldNameIterator {
    pub ob_base: PyObject,
    text: Py<PyStr>,
    at: Cell<usize>,
}

#[pytype(name = "fieldnameiterator", flags(GC, DISALLOW_INSTANTIATION))]
impl PyFieldNameIterator {
    #[slot(tp_iter)]
    fn iter(&self) -> Py<PyFieldNameIterator> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let text = &self.text;
        let mut name = FieldName::resume(text.view(), self.at.get(), text.len());
        let found = name.next(py)?;
        self.at.set(name.position());
        let Some(access) = found else { return Ok(None) };
        let (is_attribute, value) = match access {
            Access::Attribute(r) => (true, part(py, text, r)?),
            Access::Key(r) => (false, part(py, text, r)?),
            Access::Index(i) => (false, PyInt::from_i64(py, i as i64)?.into_object()),
        };
        PyTuple::new(py, [py_bool(is_attribute).as_object().owned(), value]).map(Some)
    }
}

#[pymodule(name = "_string", hidden_types(PyFormatterIterator, PyFieldNameIterator))]
pub mod _string {
    use super::*;

    /// Splits a format string: an iterator over literal texts and the fields behind them.
    #[pyfunction(text = "($self, object, /)")]
    fn formatter_parser(py: Python, string: &PyObject) -> PyResult<Py<PyFormatterIterator>> {
        let Some(s) = string.downcast::<PyStr>() else {
            return Err(type_error(py, format!("expected str, got {}", tp_name(string))));
        };
        let ty = PyFormatterIterator::type_object();
        let value = PyFormatterIterator { ob_base: PyObject::header(ty), text: s.owned(), at: Cell::new(0) };
        new_object(py, ty, value)
    }

    /// Splits a field's name: its first part, and an iterator over the others.
    #[pyfunction(text = "($self, object, /)")]
    fn formatter_field_name_split(py: Python, string: &PyObject) -> PyResult<Py<PyTuple>> {
        let Some(s) = string.downcast::<PyStr>() else {
            return Err(type_error(py, format!("expected str, got {}", tp_name(string))));
        };
        let (first, rest) = FieldName::split(py, s.view(), 0..s.len())?;
        let first = match first {
            First::Empty => PyStr::empty().owned().into_object(),
            First::Index(i) => PyInt::from_i64(py, i as i64)?.into_object(),
            First::Name(r) => part(py, s, r)?,
        };
        let ty = PyFieldNameIterator::type_object();
        let value = PyFieldNameIterator {
            ob_base: PyObject::header(ty),
            text: s.owned(),
            at: Cell::new(rest.position()),
        };
        PyTuple::new(py, [first, new_object(py, ty, value)?.into_object()])
    }
}
