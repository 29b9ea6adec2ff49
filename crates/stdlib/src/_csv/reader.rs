//! `reader`: lines to rows.

use super::dialect::{PyDialect, Quoting};
use super::{State, error};
use crate::system::module_state;
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::with_units;

/// Iterator over rows.
#[repr(C)]
#[derive(Traverse)]
pub struct PyReader {
    pub ob_base: PyObject,
    input: Slot,
    dialect: Slot<PyDialect>,
    #[traverse(skip)]
    line_num: Cell<u64>,
    /// Rows returned so far.
    #[traverse(skip)]
    rows: Cell<u64>,
}

/// CSV reader
///
/// An iterator over the rows of a file, each a list of strings.
#[pytype(
    name = "reader",
    module = "_csv",
    flags(BASETYPE, GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE),
    nosig,
    members(dialect: object readonly, line_num: u64 readonly)
)]
impl PyReader {
    pub fn make(
        py: Python,
        input: Py,
        dialect: impl FnOnce() -> PyResult<Py<PyDialect>>,
    ) -> PyResult<Py<PyReader>> {
        let ty = PyReader::type_object();
        let value = PyReader {
            ob_base: PyObject::header(ty),
            input: Slot::new(Some(input)),
            dialect: Slot::new(Some(dialect()?)),
            line_num: Cell::new(0),
            rows: Cell::new(0),
        };
        new_object(py, ty, value)
    }

    #[slot(tp_iter)]
    fn iter(&self) -> Py<PyReader> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyList>>> {
        let (Some(input), Some(dialect)) = (self.input.get_owned(), self.dialect.get_owned()) else {
            return Err(bad_internal_call(py));
        };
        let mut record = Record {
            py,
            d: &dialect,
            limit: module_state::<State>(py).field_limit.get(),
            fields: PyList::empty(py)?,
            field: Vec::new(),
            state: Place::StartRecord,
            unquoted: false,
        };
        let rows = self.rows.get();
        loop {
            let line = input.iter_next(py)?;
            if self.rows.get() != rows {
                return Err(error(py, "iterator has already advanced the reader"));
            }
            let Some(line) = line else {
                if record.field.is_empty() && record.state != Place::InQuoted {
                    return Ok(None);
                }
                if dialect.strict.get() {
                    return Err(error(py, "unexpected end of data"));
                }
                record.save()?;
                self.rows.set(rows + 1);
                return Ok(Some(record.fields));
            };
            let Some(line) = line.downcast::<PyStr>() else {
                let text = format!(
                    "iterator should return strings, not {} (the file should be opened in text mode)",
                    tp_name(&line)
                );
                return Err(error(py, &text));
            };
            self.line_num.set(self.line_num.get() + 1);
            with_units!(line.view(), |units| record.take_all(units)?);
            record.take(END)?;
            if record.state == Place::StartRecord {
                self.rows.set(rows + 1);
                return Ok(Some(record.fields));
            }
        }
    }
}

/// What a reader is in the middle of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    StartRecord,
    StartField,
    Escaped,
    InField,
    InQuoted,
    EscapedInQuoted,
    /// Behind a quote in a quoted field.
    AfterQuote,
    LineEnd,
    AfterEscapedLineEnd,
}

/// The end of a line, as a character.
const END: u32 = u32::MAX;

/// A row being read.
struct Record<'a> {
    py: Python<'a>,
    d: &'a PyDialect,
    limit: isize,
    fields: Py<PyList>,
    field: Vec<u32>,
    state: Place,
    unquoted: bool,
}

impl Record<'_> {
    fn save(&mut self) -> PyResult<()> {
        let py = self.py;
        let quoting = self.d.quoting;
        let null = self.unquoted && self.field.is_empty();
        let value = if null && matches!(quoting, Quoting::NotNull | Quoting::Strings) {
            none().owned()
        } else {
            let text = PyStr::from_ucs4(py, &self.field)?;
            let numeric = self.unquoted && matches!(quoting, Quoting::NonNumeric | Quoting::Strings);
            if numeric && !null { number::float(py, &text)?.into_object() } else { text.into_object() }
        };
        self.field.clear();
        self.fields.append(py, value)
    }

    fn add(&mut self, c: u32) -> PyResult<()> {
        if self.field.len() as isize >= self.limit {
            let text = format!("field larger than field limit ({})", self.limit);
            return Err(error(self.py, &text));
        }
        self.field.push(c);
        Ok(())
    }

    /// Ends a field at the end of a line.
    fn end_line(&mut self, c: u32) -> PyResult<()> {
        self.save()?;
        self.state = if c == END { Place::StartRecord } else { Place::LineEnd };
        Ok(())
    }

    fn take_all<U: Copy + Into<u32>>(&mut self, units: &[U]) -> PyResult<()> {
        units.iter().try_for_each(|&c| self.take(c.into()))
    }

    fn take(&mut self, c: u32) -> PyResult<()> {
        let d = self.d;
        let at_end = matches!(c, 10 | 13 | END);
        let quote = d.quotechar == Some(c) && d.quoting != Quoting::None;
        let escape = d.escapechar == Some(c);
        match self.state {
            Place::InField | Place::AfterEscapedLineEnd => {
                if self.state == Place::AfterEscapedLineEnd && c == END {
                } else if at_end {
                    self.end_line(c)?;
                } else if escape {
                    self.state = Place::Escaped;
                } else if c == d.delimiter {
                    self.save()?;
                    self.state = Place::StartField;
                } else {
                    self.add(c)?;
                    self.state = Place::InField;
                }
            }
            Place::InQuoted => {
                if c == END {
                } else if escape {
                    self.state = Place::EscapedInQuoted;
                } else if quote {
                    self.state = if d.doublequote.get() { Place::AfterQuote } else { Place::InField };
                } else {
                    self.add(c)?;
                }
            }
            Place::StartRecord if c == END => {}
            Place::StartRecord if at_end => self.state = Place::LineEnd,
            Place::StartRecord | Place::StartField => {
                self.unquoted = true;
                if at_end {
                    self.end_line(c)?;
                } else if quote {
                    self.unquoted = false;
                    self.state = Place::InQuoted;
                } else if escape {
                    self.state = Place::Escaped;
                } else if c == 32 && d.skipinitialspace.get() {
                    self.state = Place::StartField;
                } else if c == d.delimiter {
                    self.save()?;
                    self.state = Place::StartField;
                } else {
                    self.add(c)?;
                    self.state = Place::InField;
                }
            }
            Place::Escaped => {
                if matches!(c, 10 | 13) {
                    self.add(c)?;
                    self.state = Place::AfterEscapedLineEnd;
                } else {
                    self.add(if c == END { 10 } else { c })?;
                    self.state = Place::InField;
                }
            }
            Place::EscapedInQuoted => {
                self.add(if c == END { 10 } else { c })?;
                self.state = Place::InQuoted;
            }
            Place::AfterQuote => {
                if quote {
                    self.add(c)?;
                    self.state = Place::InQuoted;
                } else if c == d.delimiter {
                    self.save()?;
                    self.state = Place::StartField;
                } else if at_end {
                    self.end_line(c)?;
                } else if !d.strict.get() {
                    self.add(c)?;
                    self.state = Place::InField;
                } else {
                    let shown = |c: Option<u32>| c.and_then(char::from_u32).unwrap_or('\u{fffd}');
                    let text =
                        format!("'{}' expected after '{}'", shown(Some(d.delimiter)), shown(d.quotechar));
                    return Err(error(self.py, &text));
                }
            }
            Place::LineEnd => {
                if c == END {
                    self.state = Place::StartRecord;
                } else if !at_end {
                    return Err(error(
                        self.py,
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            }
        }
        Ok(())
    }
}
