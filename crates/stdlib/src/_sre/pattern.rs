//! `re.Pattern`.

use super::build;
use super::match_::PyMatch;
use super::matcher::{Failure, Matcher, Scratch};
use super::program::Program;
use super::scanner::{Advance, PyScanner};
use super::search;
use super::subject::Subject;
use super::template::Filter;
use runtime::prelude::*;
use runtime::types::PyInt;

/// `SRE_FLAG_*`, with the names they are shown by.
const FLAG_NAMES: [(i32, &str); 7] = [
    (2, "re.IGNORECASE"),
    (4, "re.LOCALE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
];
const FLAG_LOCALE: i32 = 4;
const FLAG_UNICODE: i32 = 32;
const FLAG_ASCII: i32 = 256;

/// A compiled regular expression.
#[repr(C)]
#[derive(Traverse)]
pub struct PyPattern {
    pub ob_base: PyObject,
    pub pattern: Slot,
    pub groupindex: Slot<PyDict>,
    /// Names of the groups by number.
    pub indexgroup: Slot<PyTuple>,
    pub groups: isize,
    pub flags: i32,
    /// None: made without a pattern, for any kind of text.
    #[traverse(skip)]
    pub is_bytes: Option<bool>,
    #[traverse(skip)]
    pub program: Box<Program>,
    #[traverse(skip)]
    code: Box<[u32]>,
    #[traverse(skip)]
    scratch: Cell<Option<Box<Scratch>>>,
    weakreflist: Cell<*mut PyObject>,
}

/// Raises what a failure of the matcher means.
#[cold]
pub fn raise_failure(py: Python, f: Failure) -> Raised {
    match f {
        Failure::Memory => memory_error(py),
        Failure::State => runtime_error(py, "internal error in regular expression engine"),
    }
}

/// The part of the text that a call looks at.
#[derive(Clone, Copy)]
pub struct Window {
    pub start: usize,
    pub end: usize,
}

/// `pos` and `endpos` of the methods.
pub fn window(len: usize, pos: isize, endpos: isize) -> Window {
    let fit = |i: isize| usize::try_from(i).unwrap_or(0).min(len);
    Window { start: fit(pos), end: fit(endpos) }
}

impl PyPattern {
    /// `_sre.compile`.
    pub fn compile(
        py: Python,
        pattern: &PyObject,
        flags: i32,
        code: Vec<u32>,
        groups: isize,
        groupindex: &PyDict,
        indexgroup: &PyTuple,
    ) -> PyResult<Py<PyPattern>> {
        let is_bytes = if pattern.is_none() { None } else { Some(Subject::kind_of(py, pattern)?) };
        let valid_groups = u32::try_from(groups).ok().filter(|&g| g < i32::MAX as u32 / 2);
        let program = valid_groups.and_then(|g| build::build(&code, g));
        let Some(program) = program else {
            return Err(runtime_error(py, "invalid SRE code"));
        };
        let ty = PyPattern::type_object();
        new_object(
            py,
            ty,
            PyPattern {
                ob_base: PyObject::header(ty),
                pattern: Slot::new(Some(pattern.owned())),
                groupindex: Slot::new(Some(groupindex.owned())),
                indexgroup: Slot::new(Some(indexgroup.owned())),
                groups,
                flags,
                is_bytes,
                program: Box::new(program),
                code: code.into_boxed_slice(),
                scratch: Cell::new(None),
                weakreflist: Cell::new(std::ptr::null_mut()),
            },
        )
    }

    /// Runs `f` with a matcher of this expression.
    pub fn with_matcher<R>(&self, f: impl FnOnce(&mut Matcher<'_>) -> R) -> R {
        let scratch = self.scratch.take().map(|b| *b).unwrap_or_default();
        let mut m = Matcher::new(&self.program, scratch);
        let r = f(&mut m);
        self.scratch.set(Some(Box::new(m.into_scratch())));
        r
    }

    /// The subject of a call, checked to be of the pattern's kind.
    pub fn subject(&self, py: Python, string: &PyObject) -> PyResult<Subject> {
        let s = Subject::new(py, string)?;
        match (self.is_bytes, s.is_bytes()) {
            (Some(true), false) => Err(type_error(py, "cannot use a bytes pattern on a string-like object")),
            (Some(false), true) => Err(type_error(py, "cannot use a string pattern on a bytes-like object")),
            _ => Ok(s),
        }
    }

    fn match_once(
        &self,
        py: Python,
        string: &PyObject,
        pos: isize,
        endpos: isize,
        how: Advance,
    ) -> PyResult<Option<Py<PyMatch>>> {
        let subject = self.subject(py, string)?;
        let w = window(subject.len(), pos, endpos);
        self.with_matcher(|m| {
            m.match_all = how == Advance::FullMatch;
            match find(m, &subject, w, w.start, how) {
                Ok(Some((s, e))) => PyMatch::make(py, self, string, m, s, e, w).map(Some),
                Ok(None) => Ok(None),
                Err(f) => Err(raise_failure(py, f)),
            }
        })
    }

    /// Calls `each` for all matches from left to right, at most `max`; `each` gets the matcher and the match's span.
    fn for_matches(
        &self,
        py: Python,
        subject: &Subject,
        w: Window,
        max: usize,
        each: &mut dyn FnMut(&mut Matcher<'_>, usize, usize) -> PyResult<()>,
    ) -> PyResult<()> {
        self.with_matcher(|m| {
            let mut at = w.start;
            let mut n = 0;
            while at <= w.end && n < max {
                match find(m, subject, w, at, Advance::Search) {
                    Ok(Some((s, e))) => {
                        each(m, s, e)?;
                        n += 1;
                        m.must_advance = (s == e).then_some(e);
                        at = e;
                    }
                    Ok(None) => break,
                    Err(f) => return Err(raise_failure(py, f)),
                }
            }
            Ok(())
        })
    }

    fn replace(&self, py: Python, repl: &PyObject, string: &PyObject, count: isize) -> PyResult<(Py, usize)> {
        let filter = Filter::new(py, self, repl)?;
        let subject = self.subject(py, string)?;
        let w = Window { start: 0, end: subject.len() };
        let max = match usize::try_from(count) {
            Ok(0) => usize::MAX,
            Ok(n) => n,
            Err(_) => 0,
        };
        let mut parts: Vec<Py> = Vec::new();
        let (mut done, mut n) = (0, 0);
        self.for_matches(py, &subject, w, max, &mut |m, s, e| {
            if done < s {
                parts.push(subject.slice(py, string, done, s)?);
            }
            let item = match &filter {
                Filter::Literal(o) => o.clone(),
                Filter::Template(t) => t.expand_marks(py, m, &subject, string, s, e)?,
                Filter::Callable(f) => {
                    let found = PyMatch::make(py, self, string, m, s, e, w)?;
                    f.call1(py, &found)?
                }
            };
            if !item.is_none() {
                parts.push(item);
            }
            done = e;
            n += 1;
            Ok(())
        })?;
        if done < w.end {
            parts.push(subject.slice(py, string, done, w.end)?);
        }
        Ok((subject.join(py, string, &parts)?, n))
    }
}

/// Matches or searches in a part of a subject.
pub fn find(
    m: &mut Matcher<'_>,
    subject: &Subject,
    w: Window,
    at: usize,
    how: Advance,
) -> Result<Option<(usize, usize)>, Failure> {
    macro_rules! go {
        ($text:expr) => {{
            let text = $text;
            // A window may end before it begins; an empty match is still found there, but not searched for.
            let text = &text[..w.end.max(if how == Advance::Match { at } else { w.end })];
            if how == Advance::Search {
                search::search(m, text, at)
            } else if at > text.len() {
                Ok(None)
            } else {
                m.run(text, at).map(|r| r.map(|end| (at, end)))
            }
        }};
    }
    runtime::with_units!(subject.view(), |s| go!(s))
}

#[pytype(
    name = "Pattern",
    module = "re",
    flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE),
    weaklistoffset = weakreflist,
    members(pattern: object readonly, flags: i32 readonly, groups: isize readonly)
)]
impl PyPattern {
    /// A match at the beginning of the string, or None.
    #[pymethod(
        name = "match",
        sig = "(string, pos=0, endpos=<unrepresentable>)",
        text = "($self, /, string, pos=0, endpos=sys.maxsize)"
    )]
    fn py_match(
        &self,
        py: Python,
        string: &PyObject,
        pos: isize,
        endpos: Option<isize>,
    ) -> PyResult<Option<Py<PyMatch>>> {
        self.match_once(py, string, pos, endpos.unwrap_or(isize::MAX), Advance::Match)
    }

    /// A match of the whole string, or None.
    #[pymethod(
        sig = "(string, pos=0, endpos=<unrepresentable>)",
        text = "($self, /, string, pos=0, endpos=sys.maxsize)"
    )]
    fn fullmatch(
        &self,
        py: Python,
        string: &PyObject,
        pos: isize,
        endpos: Option<isize>,
    ) -> PyResult<Option<Py<PyMatch>>> {
        self.match_once(py, string, pos, endpos.unwrap_or(isize::MAX), Advance::FullMatch)
    }

    /// The first match in the string, or None.
    #[pymethod(
        sig = "(string, pos=0, endpos=<unrepresentable>)",
        text = "($self, /, string, pos=0, endpos=sys.maxsize)"
    )]
    fn search(
        &self,
        py: Python,
        string: &PyObject,
        pos: isize,
        endpos: Option<isize>,
    ) -> PyResult<Option<Py<PyMatch>>> {
        self.match_once(py, string, pos, endpos.unwrap_or(isize::MAX), Advance::Search)
    }

    /// List of all matches: their text, or their group, or a tuple of their groups.
    #[pymethod(
        sig = "(string, pos=0, endpos=<unrepresentable>)",
        text = "($self, /, string, pos=0, endpos=sys.maxsize)"
    )]
    fn findall(
        &self,
        py: Python,
        string: &PyObject,
        pos: isize,
        endpos: Option<isize>,
    ) -> PyResult<Py<PyList>> {
        let subject = self.subject(py, string)?;
        let w = window(subject.len(), pos, endpos.unwrap_or(isize::MAX));
        let mut found: Vec<Py> = Vec::new();
        self.for_matches(py, &subject, w, usize::MAX, &mut |m, s, e| {
            let group = |g: usize| match m.group(g) {
                Some((s, e)) => subject.slice(py, string, s, e),
                None => subject.empty(py),
            };
            let item = match self.groups {
                0 => subject.slice(py, string, s, e)?,
                1 => group(0)?,
                n => {
                    let all: PyResult<Vec<Py>> = (0..n as usize).map(group).collect();
                    PyTuple::new(py, all?)?.into_object()
                }
            };
            found.push(item);
            Ok(())
        })?;
        PyList::new(py, found)
    }

    /// Iterator over all matches.
    #[pymethod(
        sig = "(string, pos=0, endpos=<unrepresentable>)",
        text = "($self, /, string, pos=0, endpos=sys.maxsize)"
    )]
    fn finditer(&self, py: Python, string: &PyObject, pos: isize, endpos: Option<isize>) -> PyResult {
        let scanner = PyScanner::make(py, self, string, pos, endpos.unwrap_or(isize::MAX))?;
        let search = scanner.as_object().getattr(py, intern!(py, "search"))?;
        Ok(runtime::types::PyCallIter::new(py, &search, none())?.into_object())
    }

    /// An object that matches again and again, each time behind the last match.
    #[pymethod(
        sig = "(string, pos=0, endpos=<unrepresentable>)",
        text = "($self, /, string, pos=0, endpos=sys.maxsize)"
    )]
    fn scanner(
        &self,
        py: Python,
        string: &PyObject,
        pos: isize,
        endpos: Option<isize>,
    ) -> PyResult<Py<PyScanner>> {
        PyScanner::make(py, self, string, pos, endpos.unwrap_or(isize::MAX))
    }

    /// The parts of the string between matches, with the groups of the matches.
    #[pymethod(sig = "(string, maxsplit=0)")]
    fn split(&self, py: Python, string: &PyObject, maxsplit: isize) -> PyResult<Py<PyList>> {
        let subject = self.subject(py, string)?;
        let w = Window { start: 0, end: subject.len() };
        let max = match usize::try_from(maxsplit) {
            Ok(0) => usize::MAX,
            Ok(n) => n,
            Err(_) => 0,
        };
        let mut parts: Vec<Py> = Vec::new();
        let mut last = 0;
        self.for_matches(py, &subject, w, max, &mut |m, s, e| {
            parts.push(subject.slice(py, string, last, s)?);
            for g in 0..self.groups as usize {
                parts.push(match m.group(g) {
                    Some((s, e)) => subject.slice(py, string, s, e)?,
                    None => none().owned(),
                });
            }
            last = e;
            Ok(())
        })?;
        parts.push(subject.slice(py, string, last, w.end)?);
        PyList::new(py, parts)
    }

    /// The string with matches replaced by repl: a template, or a function of the match.
    #[pymethod(sig = "(repl, string, count=0)")]
    fn sub(&self, py: Python, repl: &PyObject, string: &PyObject, count: isize) -> PyResult {
        self.replace(py, repl, string, count).map(|r| r.0)
    }

    /// As sub(), with the number of replacements: a tuple of the new string and the number.
    #[pymethod(sig = "(repl, string, count=0)")]
    fn subn(&self, py: Python, repl: &PyObject, string: &PyObject, count: isize) -> PyResult<Py<PyTuple>> {
        let (s, n) = self.replace(py, repl, string, count)?;
        PyTuple::new(py, [s, PyInt::from_i64(py, n as i64)?.into_object()])
    }

    #[pymethod(name = "__copy__")]
    fn copy(&self) -> Py<PyPattern> {
        self.owned()
    }

    #[pymethod(name = "__deepcopy__")]
    fn deepcopy(&self, memo: &PyObject) -> Py<PyPattern> {
        let _ = memo;
        self.owned()
    }

    /// See PEP 585.
    #[classmethod(name = "__class_getitem__")]
    fn class_getitem(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        runtime::types::generic_alias::new(py, cls.object(), object)
    }

    /// The numbers of the named groups.
    #[getter(name = "groupindex")]
    fn py_groupindex(&self, py: Python) -> PyResult {
        match self.groupindex.get_owned() {
            Some(d) => Ok(runtime::types::descr::PyMappingProxy::new(py, &d)?.into_object()),
            None => Ok(none().owned()),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let mut flags = self.flags;
        // The default for text goes without saying.
        if self.is_bytes == Some(false) && flags & (FLAG_LOCALE | FLAG_UNICODE | FLAG_ASCII) == FLAG_UNICODE {
            flags &= !FLAG_UNICODE;
        }
        let mut names: Vec<String> = Vec::new();
        for (bit, name) in FLAG_NAMES {
            if flags & bit != 0 {
                names.push(name.to_owned());
                flags &= !bit;
            }
        }
        if flags != 0 {
            names.push(format!("0x{flags:x}"));
        }
        let pattern = self.pattern.get_owned().unwrap_or_else(|| none().owned()).repr(py)?;
        let shown = pattern.substring(py, 0, 200)?;
        let tail = if names.is_empty() { ")".to_owned() } else { format!(", {})", names.join("|")) };
        PyStr::concat3(py, "re.compile(", &shown, &tail)
    }

    #[slot(tp_hash)]
    fn hash_slot(&self, py: Python) -> PyResult<isize> {
        let pattern = self.pattern.get_owned().unwrap_or_else(|| none().owned());
        let bytes: Vec<u8> = self.code.iter().flat_map(|w| w.to_ne_bytes()).collect();
        let h = pattern.hash(py)?
            ^ runtime::hash::hash_bytes(&bytes)
            ^ self.flags as isize
            ^ self.is_bytes.map_or(-1, isize::from)
            ^ self.code.len() as isize;
        Ok(if h == -1 { -2 } else { h })
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let o = match other.downcast::<PyPattern>() {
            Some(o) if matches!(op, CompareOp::Eq | CompareOp::Ne) => o,
            _ => return Ok(not_implemented().owned()),
        };
        let mut equal = self.as_object().is(other);
        if !equal && self.flags == o.flags && self.is_bytes == o.is_bytes && self.code == o.code {
            let (a, b) = (self.pattern.get_owned(), o.pattern.get_owned());
            if let (Some(a), Some(b)) = (a, b) {
                equal = a.compare_bool(py, &b, CompareOp::Eq)?;
            }
        }
        Ok(py_bool(equal == (op == CompareOp::Eq)).as_object().owned())
    }
}

/// A group given by number or name, as an index into the marks with the whole match as 0. None: no such group.
pub fn group_number(py: Python, p: &PyPattern, key: &PyObject) -> PyResult<Option<usize>> {
    let number = if runtime::abstract_::number::has_index(key) {
        key.index_isize(py, None)?
    } else {
        let Some(names) = p.groupindex.get_owned() else { return Ok(None) };
        match names.get_item(py, key) {
            Ok(Some(n)) => match n.downcast::<PyInt>().and_then(|i| i.as_i64()) {
                Some(n) => n as isize,
                None => return Ok(None),
            },
            Ok(None) => return Ok(None),
            Err(e) => {
                // A key that cannot be looked up names no group.
                drop(fetch(py, e));
                return Ok(None);
            }
        }
    };
    Ok(usize::try_from(number).ok().filter(|&n| n <= p.groups as usize))
}
