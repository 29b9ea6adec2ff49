//! Replacement templates: literal text with groups in between, compiled by `re._parser`.

use super::match_::PyMatch;
use super::matcher::Matcher;
use super::pattern::PyPattern;
use super::subject::Subject;
use runtime::prelude::*;
use runtime::types::{PyInt, buffer};

/// `_sre.SRE_Template`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTemplate {
    pub ob_base: PyObject,
    /// What comes before the first group.
    literal: Py,
    /// Groups, each with the text behind it.
    #[traverse(skip)]
    items: Box<[(usize, Option<Py>)]>,
}

#[pytype(name = "SRE_Template", module = "_sre", flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE))]
impl PyTemplate {
    /// `_sre.template`: from the list `[text, group, text, group, text…]`.
    pub fn make(py: Python, list: &PyList) -> PyResult<Py<PyTemplate>> {
        let parts = list.snapshot();
        let invalid = || type_error(py, "invalid template");
        let mut parts = parts.into_iter();
        let Some(literal) = parts.next() else { return Err(invalid()) };
        let mut items = Vec::new();
        while let Some(group) = parts.next() {
            let Some(text) = parts.next() else { return Err(invalid()) };
            let Some(n) = group.downcast::<PyInt>() else {
                return Err(type_error(py, "an integer is required"));
            };
            let n = n.to_isize(py)?;
            let Ok(n) = usize::try_from(n) else { return Err(invalid()) };
            let empty = text.downcast::<PyStr>().is_some_and(|s| s.is_empty())
                || text.downcast::<PyBytes>().is_some_and(|b| b.is_empty());
            items.push((n, if empty { None } else { Some(text) }));
        }
        let ty = PyTemplate::type_object();
        new_object(
            py,
            ty,
            PyTemplate { ob_base: PyObject::header(ty), literal, items: items.into_boxed_slice() },
        )
    }

    /// All parts: `group` gives the text of a group, if it took part.
    fn parts(&self, group: &mut dyn FnMut(usize) -> PyResult<Option<Py>>) -> PyResult<Vec<Py>> {
        let mut out = vec![self.literal.clone()];
        for (n, text) in &self.items {
            out.extend(group(*n)?);
            out.extend(text.clone());
        }
        Ok(out)
    }

    /// The template with the groups a matcher has just found.
    pub fn expand_marks(
        &self,
        py: Python,
        m: &Matcher<'_>,
        subject: &Subject,
        string: &PyObject,
        start: usize,
        end: usize,
    ) -> PyResult {
        let parts = self.parts(&mut |g| {
            let span = match g {
                0 => Some((start, end)),
                _ if g > m.program.groups as usize => return Err(index_error(py, "no such group")),
                _ => m.group(g - 1),
            };
            span.map(|(s, e)| subject.slice(py, string, s, e)).transpose()
        })?;
        subject.join(py, string, &parts)
    }
}

/// What replaces matches.
pub enum Filter {
    Literal(Py),
    Template(Py<PyTemplate>),
    Callable(Py),
}

impl Filter {
    pub fn new(py: Python, pattern: &PyPattern, repl: &PyObject) -> PyResult<Filter> {
        if repl.is_callable() {
            return Ok(Filter::Callable(repl.owned()));
        }
        // Text without a backslash stands for itself.
        let plain = match repl.downcast::<PyStr>() {
            Some(s) => s.chars().all(|c| c != '\\' as u32),
            None if buffer::supports(repl) => match Subject::new(py, repl) {
                Ok(s) => s.view().chars().all(|c| c != '\\' as u32),
                Err(e) => {
                    drop(fetch(py, e));
                    false
                }
            },
            None => false,
        };
        if plain {
            return Ok(Filter::Literal(repl.owned()));
        }
        match compile(py, pattern, repl)?.downcast_into::<PyTemplate>() {
            Ok(t) if t.items.is_empty() => Ok(Filter::Literal(t.literal.clone())),
            Ok(t) => Ok(Filter::Template(t)),
            Err(o) => Ok(Filter::Literal(o)),
        }
    }
}

/// Compiles a template through `re._compile_template`.
pub fn compile(py: Python, pattern: &PyPattern, repl: &PyObject) -> PyResult {
    let f = runtime::import::import_attr(py, "re", "_compile_template")?;
    let made = match f.call(py, &[pattern.as_object(), repl]) {
        Ok(o) => o,
        // The cache wants something hashable.
        Err(e) if matches(py, &exceptions::PyExc_TypeError_Type) => {
            let again = if PyStr::check(repl) && !PyStr::check_exact(repl) {
                repl.downcast::<PyStr>().map(|s| s.copy_text(py).map(Py::into_object))
            } else if !PyStr::check(repl) && !PyBytes::check_exact(repl) && buffer::supports(repl) {
                let first = fetch(py, e);
                let bytes = PyBytes::from_object(py, repl);
                drop(first);
                return f.call(py, &[pattern.as_object(), bytes?.as_object()]);
            } else {
                None
            };
            match again {
                Some(text) => {
                    drop(fetch(py, e));
                    f.call(py, &[pattern.as_object(), &*text?])?
                }
                None => return Err(e),
            }
        }
        Err(e) => return Err(e),
    };
    if PyTemplate::check(&made) {
        return Ok(made);
    }
    Err(runtime_error(
        py,
        format!("the result of compiling a replacement string is {}, not a template", tp_name(&made)),
    ))
}

/// A compiled template with the groups of a match.
pub fn expand(py: Python, template: &PyObject, m: &PyMatch) -> PyResult {
    let Some(t) = template.downcast::<PyTemplate>() else { return Err(bad_internal_call(py)) };
    if t.items.is_empty() {
        return Ok(t.literal.clone());
    }
    let Some(string) = m.string.get_owned() else { return Err(bad_internal_call(py)) };
    let subject = Subject::new(py, &string)?;
    let groups = m.re.get_owned().map_or(0, |p| p.groups as usize);
    let parts = t.parts(&mut |g| {
        if g > groups {
            return Err(index_error(py, "no such group"));
        }
        m.span_of(g).map(|(s, e)| subject.slice(py, &string, s, e)).transpose()
    })?;
    subject.join(py, &string, &parts)
}
