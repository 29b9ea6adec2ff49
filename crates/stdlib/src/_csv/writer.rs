//! `writer`: rows to lines.

use super::dialect::{PyDialect, Quoting};
use super::error;
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::types::exceptions::PyExc_TypeError_Type;
use runtime::types::str_::StrBuilder;

/// Writes rows to a file.
#[repr(C)]
#[derive(Traverse)]
pub struct PyWriter {
    pub ob_base: PyObject,
    write: Slot,
    dialect: Slot<PyDialect>,
}

/// A row being written.
struct Record<'a> {
    py: Python<'a>,
    d: &'a PyDialect,
    out: StrBuilder,
    fields: usize,
}

impl Record<'_> {
    /// Writes a field; `None` is a null.
    fn push(&mut self, field: Option<&PyStr>, quoted: bool) -> PyResult<()> {
        let d = self.d;
        let mut quoted = quoted;
        let empty = field.is_none_or(|f| f.is_empty());
        if empty && d.delimiter == 32 && d.skipinitialspace.get() {
            let null_style = matches!(d.quoting, Quoting::Strings | Quoting::NotNull);
            if d.quoting == Quoting::None || (field.is_none() && null_style) {
                return Err(error(
                    self.py,
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        if self.fields > 0 {
            self.out.push_char(d.delimiter);
        }
        self.fields += 1;
        let mut body = StrBuilder::new();
        for c in field.iter().flat_map(|f| f.chars()) {
            let is_quote = d.quotechar == Some(c);
            let is_escape = d.escapechar == Some(c);
            let special = c == d.delimiter
                || is_quote
                || is_escape
                || c == 10
                || c == 13
                || d.lineterminator.chars().any(|t| t == c);
            if special {
                let escape = if d.quoting == Quoting::None {
                    true
                } else if is_quote {
                    if d.doublequote.get() {
                        body.push_char(c);
                    }
                    !d.doublequote.get()
                } else {
                    is_escape
                };
                if escape {
                    let Some(e) = d.escapechar else {
                        return Err(error(self.py, "need to escape, but no escapechar set"));
                    };
                    body.push_char(e);
                } else {
                    quoted = true;
                }
            }
            body.push_char(c);
        }
        let quote = d.quotechar.filter(|_| quoted);
        if let Some(q) = quote {
            self.out.push_char(q);
        }
        self.out.push_view(body.view());
        if let Some(q) = quote {
            self.out.push_char(q);
        }
        Ok(())
    }
}

/// CSV writer
///
/// Writes rows to a file as lines of text.
#[pytype(
    name = "writer",
    module = "_csv",
    flags(BASETYPE, GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE),
    nosig,
    members(dialect: object readonly)
)]
impl PyWriter {
    pub fn make(py: Python, write: Py, dialect: Py<PyDialect>) -> PyResult<Py<PyWriter>> {
        let ty = PyWriter::type_object();
        let value = PyWriter {
            ob_base: PyObject::header(ty),
            write: Slot::new(Some(write)),
            dialect: Slot::new(Some(dialect)),
        };
        new_object(py, ty, value)
    }

    /// writerow(iterable)
    ///
    /// Writes the items of an iterable as a row; what is no string is converted with str().
    #[pymethod(text = "($self, row, /)")]
    fn writerow(&self, py: Python, row: &PyObject) -> PyResult {
        let (Some(write), Some(dialect)) = (self.write.get_owned(), self.dialect.get_owned()) else {
            return Err(bad_internal_call(py));
        };
        let it = match row.get_iter(py) {
            Ok(it) => it,
            Err(e) => {
                drop(catch(py, e, &PyExc_TypeError_Type)?);
                return Err(error(py, &format!("iterable expected, not {}", tp_name(row))));
            }
        };
        let mut record = Record { py, d: &dialect, out: StrBuilder::new(), fields: 0 };
        let quoting = dialect.quoting;
        let mut null = false;
        while let Some(field) = it.iter_next(py)? {
            let text = field.downcast::<PyStr>();
            null = field.is_none();
            let quoted = match quoting {
                Quoting::NonNumeric => !number::is_number(&field),
                Quoting::All => true,
                Quoting::Strings => text.is_some(),
                Quoting::NotNull => !null,
                Quoting::Minimal | Quoting::None => false,
            };
            match text {
                Some(s) => record.push(Some(s), quoted)?,
                None if null => record.push(None, quoted)?,
                None => record.push(Some(&*field.str_(py)?), quoted)?,
            }
        }
        if record.fields > 0 && record.out.is_empty() {
            let null_style = matches!(quoting, Quoting::Strings | Quoting::NotNull);
            if quoting == Quoting::None || (null && null_style) {
                return Err(error(py, "single empty field record must be quoted"));
            }
            record.fields -= 1;
            record.push(None, true)?;
        }
        record.out.push_pystr(&dialect.lineterminator);
        write.call1(py, &*record.out.finish(py)?)
    }

    /// writerows(iterable of iterables)
    ///
    /// Writes a row for each item.
    #[pymethod(text = "($self, rows, /)")]
    fn writerows(&self, py: Python, rows: &PyObject) -> PyResult<()> {
        let it = rows.get_iter(py)?;
        while let Some(row) = it.iter_next(py)? {
            self.writerow(py, &row)?;
        }
        Ok(())
    }
}
