//! The scanner behind `finditer` and `Pattern.scanner`: matches or searches again and again.

use super::match_::PyMatch;
use super::pattern::{PyPattern, Window, find, raise_failure, window};
use super::subject::Subject;
use runtime::prelude::*;
use std::cell::RefCell;

/// What to do next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Advance {
    Match,
    FullMatch,
    Search,
}

/// `_sre.SRE_Scanner`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyScanner {
    pub ob_base: PyObject,
    pub pattern: Slot<PyPattern>,
    string: Slot,
    #[traverse(skip)]
    subject: RefCell<Option<Subject>>,
    #[traverse(skip)]
    window: Window,
    /// Where to go on; None when done.
    #[traverse(skip)]
    at: Cell<Option<usize>>,
    /// The last match was empty: the next one at the same place must not be.
    must_advance: Cell<bool>,
    executing: Cell<bool>,
}

#[pytype(
    name = "SRE_Scanner",
    module = "_sre",
    flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE),
    members(pattern: object readonly)
)]
impl PyScanner {
    pub fn make(
        py: Python,
        pattern: &PyPattern,
        string: &PyObject,
        pos: isize,
        endpos: isize,
    ) -> PyResult<Py<PyScanner>> {
        let subject = pattern.subject(py, string)?;
        let window = window(subject.len(), pos, endpos);
        let ty = PyScanner::type_object();
        new_object(
            py,
            ty,
            PyScanner {
                ob_base: PyObject::header(ty),
                pattern: Slot::new(Some(pattern.owned())),
                string: Slot::new(Some(string.owned())),
                subject: RefCell::new(Some(subject)),
                window,
                at: Cell::new(Some(window.start)),
                must_advance: Cell::new(false),
                executing: Cell::new(false),
            },
        )
    }

    fn next(&self, py: Python, how: Advance) -> PyResult<Option<Py<PyMatch>>> {
        if self.executing.get() {
            return Err(value_error(py, "regular expression scanner already executing"));
        }
        let (Some(pattern), Some(string), Some(at)) =
            (self.pattern.get_owned(), self.string.get_owned(), self.at.get())
        else {
            return Ok(None);
        };
        self.executing.set(true);
        let found = self.find(py, &pattern, &string, at, how);
        self.executing.set(false);
        found
    }

    fn find(
        &self,
        py: Python,
        pattern: &PyPattern,
        string: &PyObject,
        at: usize,
        how: Advance,
    ) -> PyResult<Option<Py<PyMatch>>> {
        let held = self.subject.borrow();
        let Some(subject) = held.as_ref() else { return Ok(None) };
        let w = self.window;
        pattern.with_matcher(|m| {
            m.must_advance = self.must_advance.get().then_some(at);
            match find(m, subject, w, at, how) {
                Ok(Some((s, e))) => {
                    self.at.set(Some(e));
                    self.must_advance.set(s == e);
                    PyMatch::make(py, pattern, string, m, s, e, w).map(Some)
                }
                Ok(None) => {
                    self.at.set(None);
                    Ok(None)
                }
                Err(f) => Err(raise_failure(py, f)),
            }
        })
    }

    #[pymethod(name = "match", nodoc)]
    fn py_match(&self, py: Python) -> PyResult<Option<Py<PyMatch>>> {
        self.next(py, Advance::Match)
    }

    #[pymethod(nodoc)]
    fn search(&self, py: Python) -> PyResult<Option<Py<PyMatch>>> {
        self.next(py, Advance::Search)
    }
}
