//! `re.Match`.

use super::matcher::{Matcher, NONE};
use super::pattern::{PyPattern, Window, group_number};
use super::subject::Subject;
use super::template;
use object::gc;
use runtime::prelude::*;
use runtime::types::PyInt;
use std::mem::offset_of;

/// A match. The spans of the whole and of all groups lie behind the header; -1 for groups that took no part.
#[repr(C)]
#[derive(Traverse)]
pub struct PyMatch {
    pub ob_base: PyVarObject,
    pub string: Slot,
    /// The spans as a tuple, once asked for.
    regs: Slot<PyTuple>,
    pub re: Slot<PyPattern>,
    pub pos: Cell<isize>,
    pub endpos: Cell<isize>,
    lastindex: Cell<isize>,
    groups: Cell<isize>,
    #[traverse(skip)]
    spans: [Cell<isize>; 2],
}

#[pytype(
    name = "Match",
    module = "re",
    base = PyVarObject,
    basicsize = offset_of!(PyMatch, spans),
    itemsize = 8,
    flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE),
    members(string: object readonly, re: object readonly, pos: isize readonly, endpos: isize readonly)
)]
impl PyMatch {
    /// The match from `start` to `end` that a matcher has just found.
    pub fn make(
        py: Python,
        pattern: &PyPattern,
        string: &PyObject,
        m: &Matcher<'_>,
        start: usize,
        end: usize,
        w: Window,
    ) -> PyResult<Py<PyMatch>> {
        let groups = pattern.groups as usize + 1;
        let out: Py<PyMatch> = new_var_object(py, PyMatch::type_object(), groups * 2)?;
        out.string.set(Some(string.owned()));
        out.re.set(Some(pattern.owned()));
        out.pos.set(w.start as isize);
        out.endpos.set(w.end as isize);
        out.lastindex.set(m.lastindex as isize);
        out.groups.set(groups as isize);
        let spans = out.all_spans();
        spans[0].set(start as isize);
        spans[1].set(end as isize);
        for g in 1..groups {
            let (s, e) = m.group(g - 1).map_or((-1, -1), |(s, e)| (s as isize, e as isize));
            spans[2 * g].set(s);
            spans[2 * g + 1].set(e);
        }
        const { assert!(NONE == usize::MAX) };
        // SAFETY: a container of ours that is complete now.
        unsafe { gc::track(out.as_ptr()) };
        Ok(out)
    }

    fn all_spans(&self) -> &[Cell<isize>] {
        // SAFETY: two entries for each group lie behind the header.
        unsafe { std::slice::from_raw_parts(self.spans.as_ptr(), self.groups.get() as usize * 2) }
    }

    /// Start and end of a group; None if it took no part (or there is none).
    pub fn span_of(&self, g: usize) -> Option<(usize, usize)> {
        let spans = self.all_spans();
        let (s, e) = (spans.get(2 * g)?.get(), spans.get(2 * g + 1)?.get());
        match (usize::try_from(s), usize::try_from(e)) {
            (Ok(s), Ok(e)) => Some((s, e)),
            _ => None,
        }
    }

    fn pattern(&self, py: Python) -> PyResult<Py<PyPattern>> {
        self.re.get_owned().ok_or_else(|| bad_internal_call(py))
    }

    /// A group's number. Errors: `IndexError`.
    fn number(&self, py: Python, key: &PyObject) -> PyResult<usize> {
        match group_number(py, &*self.pattern(py)?, key)? {
            Some(n) => Ok(n),
            None => Err(index_error(py, "no such group")),
        }
    }

    /// A group's text, or `default`.
    fn text(&self, py: Python, g: usize, default: &PyObject) -> PyResult {
        let (Some((s, e)), Some(string)) = (self.span_of(g), self.string.get_owned()) else {
            return Ok(default.owned());
        };
        if let Some(text) = string.downcast::<PyStr>() {
            return Ok(text.substring(py, s, e)?.into_object());
        }
        Subject::new(py, &string)?.slice(py, &string, s, e)
    }

    /// The text of the match, or of one or several of its groups.
    #[pymethod(name = "group", raw, nosig)]
    fn py_group(&self, py: Python, args: &[&PyObject]) -> PyResult {
        match args {
            [] => self.text(py, 0, none()),
            [one] => self.text(py, self.number(py, one)?, none()),
            _ => {
                let all: PyResult<Vec<Py>> =
                    args.iter().map(|k| self.text(py, self.number(py, k)?, none())).collect();
                Ok(PyTuple::new(py, all?)?.into_object())
            }
        }
    }

    /// All groups as a tuple, with default for those that took no part.
    #[pymethod(sig = "(default=None)")]
    fn groups(&self, py: Python, default: &PyObject) -> PyResult<Py<PyTuple>> {
        let all: PyResult<Vec<Py>> =
            (1..self.groups.get() as usize).map(|g| self.text(py, g, default)).collect();
        PyTuple::new(py, all?)
    }

    /// The named groups as a dict, with default for those that took no part.
    #[pymethod(sig = "(default=None)")]
    fn groupdict(&self, py: Python, default: &PyObject) -> PyResult<Py<PyDict>> {
        let out = PyDict::new(py)?;
        let Some(names) = self.pattern(py)?.groupindex.get_owned() else { return Ok(out) };
        let mut at = 0;
        while let Some((name, number)) = names.next(&mut at) {
            let n = number.index_isize(py, None)?;
            let value = match usize::try_from(n) {
                Ok(g) => self.text(py, g, default)?,
                Err(_) => default.owned(),
            };
            out.set_item(py, &name, &value)?;
        }
        Ok(out)
    }

    /// Where a group begins, or -1.
    #[pymethod(sig = "(group=<unrepresentable>, /)", text = "($self, group=0, /)")]
    fn start(&self, py: Python, group: Option<&PyObject>) -> PyResult<isize> {
        Ok(self.bounds(py, group)?.0)
    }

    /// Where a group ends, or -1.
    #[pymethod(sig = "(group=<unrepresentable>, /)", text = "($self, group=0, /)")]
    fn end(&self, py: Python, group: Option<&PyObject>) -> PyResult<isize> {
        Ok(self.bounds(py, group)?.1)
    }

    /// Where a group begins and ends: a tuple of two.
    #[pymethod(sig = "(group=<unrepresentable>, /)", text = "($self, group=0, /)")]
    fn span(&self, py: Python, group: Option<&PyObject>) -> PyResult<Py<PyTuple>> {
        let (s, e) = self.bounds(py, group)?;
        pair(py, s, e)
    }

    fn bounds(&self, py: Python, group: Option<&PyObject>) -> PyResult<(isize, isize)> {
        let g = match group {
            None => 0,
            Some(k) => self.number(py, k)?,
        };
        Ok(self.span_of(g).map_or((-1, -1), |(s, e)| (s as isize, e as isize)))
    }

    /// A template with the groups of this match filled in.
    #[pymethod(sig = "(template)")]
    fn expand(&self, py: Python, template: &PyObject) -> PyResult {
        let pattern = self.pattern(py)?;
        let compiled = template::compile(py, &pattern, template)?;
        template::expand(py, &compiled, self)
    }

    #[pymethod(name = "__copy__")]
    fn copy(&self) -> Py<PyMatch> {
        self.owned()
    }

    #[pymethod(name = "__deepcopy__")]
    fn deepcopy(&self, memo: &PyObject) -> Py<PyMatch> {
        let _ = memo;
        self.owned()
    }

    /// See PEP 585.
    #[classmethod(name = "__class_getitem__")]
    fn class_getitem(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        runtime::types::generic_alias::new(py, cls.object(), object)
    }

    /// The number of the last group that took part.
    #[getter(name = "lastindex")]
    fn py_lastindex(&self) -> Option<isize> {
        Some(self.lastindex.get()).filter(|&i| i >= 0)
    }

    /// The name of the last group that took part.
    #[getter]
    fn lastgroup(&self, py: Python) -> PyResult<Option<Py>> {
        let names = self.pattern(py)?.indexgroup.get_owned();
        let i = usize::try_from(self.lastindex.get()).ok();
        Ok(names.zip(i).and_then(|(n, i)| n.get(i).map(|o| o.owned())))
    }

    /// The spans of the match and all groups.
    #[getter(name = "regs")]
    fn py_regs(&self, py: Python) -> PyResult<Py<PyTuple>> {
        if let Some(t) = self.regs.get_owned() {
            return Ok(t);
        }
        let all: PyResult<Vec<Py>> = (0..self.groups.get() as usize)
            .map(|g| {
                let (s, e) = self.span_of(g).map_or((-1, -1), |(s, e)| (s as isize, e as isize));
                Ok(pair(py, s, e)?.into_object())
            })
            .collect();
        let t = PyTuple::new(py, all?)?;
        self.regs.set(Some(t.clone()));
        Ok(t)
    }

    #[slot(mp_subscript)]
    fn subscript(&self, py: Python, key: &PyObject) -> PyResult {
        self.text(py, self.number(py, key)?, none())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let (s, e) = self.bounds(py, None)?;
        let text = self.text(py, 0, none())?.repr(py)?;
        PyStr::concat3(py, &format!("<{} object; span=({s}, {e}), match=", tp_name(self)), &text, ">")
    }
}

fn pair(py: Python, s: isize, e: isize) -> PyResult<Py<PyTuple>> {
    let (s, e) = (PyInt::from_i64(py, s as i64)?, PyInt::from_i64(py, e as i64)?);
    PyTuple::new(py, [s.into_object(), e.into_object()])
}
