//! `_sre`: the engine of regular expressions.
//!
//! `re._compiler` makes a list of words of an expression; [`build`] checks and decodes it into a [`program`]; the
//! [`matcher`] runs it, and [`search`] finds where to try.

mod build;
mod chars;
mod match_;
mod matcher;
mod pattern;
mod program;
mod scanner;
mod search;
mod set;
mod subject;
mod template;

use chars::Fold;
use match_::PyMatch;
use pattern::PyPattern;
use runtime::prelude::*;
use runtime::types::PyInt;
use scanner::PyScanner;
use template::PyTemplate;

#[pymodule(name = "_sre", hidden_types(PyPattern, PyMatch, PyScanner, PyTemplate))]
pub mod _sre {
    use super::*;

    #[pyattr]
    const MAGIC: i64 = 20230612;
    #[pyattr]
    const CODESIZE: i64 = 4;
    #[pyattr]
    const MAXREPEAT: i64 = u32::MAX as i64;
    #[pyattr]
    const MAXGROUPS: i64 = (i32::MAX / 2) as i64;
    #[pyattr(name = "copyright")]
    const COPYRIGHT: &str = " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ";

    /// Makes a pattern of the words of a compiled expression.
    #[pyfunction(sig = "(pattern, flags, code, groups, groupindex, indexgroup)")]
    fn compile(
        py: Python,
        pattern: &PyObject,
        flags: i32,
        code: &PyList,
        groups: isize,
        groupindex: &PyDict,
        indexgroup: &PyTuple,
    ) -> PyResult<Py<PyPattern>> {
        let mut words = Vec::with_capacity(code.len());
        for o in code.snapshot() {
            let Some(i) = o.downcast::<PyInt>() else {
                return Err(type_error(py, "an integer is required"));
            };
            match i.as_i64().map(u32::try_from) {
                Some(Ok(w)) => words.push(w),
                _ if i.is_negative() => {
                    return Err(overflow_error(py, "can't convert negative value to unsigned int"));
                }
                _ => return Err(overflow_error(py, "regular expression code size limit exceeded")),
            }
        }
        PyPattern::compile(py, pattern, flags, words, groups, groupindex, indexgroup)
    }

    /// Makes a template of literal texts and group numbers.
    #[pyfunction]
    fn template(py: Python, pattern: &PyObject, template: &PyList) -> PyResult<Py<PyTemplate>> {
        let _ = pattern;
        PyTemplate::make(py, template)
    }

    /// Bytes of a code word.
    #[pyfunction(sig = "()")]
    fn getcodesize() -> i32 {
        4
    }

    /// Has an ASCII character another case?
    #[pyfunction]
    fn ascii_iscased(character: i32) -> bool {
        u8::try_from(character).is_ok_and(|c| c.is_ascii_alphabetic())
    }

    /// Has a character another case?
    #[pyfunction]
    fn unicode_iscased(character: i32) -> bool {
        let c = character as u32;
        let lower = Fold::Unicode.lower(c);
        c != lower || c != chars::upper(c)
    }

    /// An ASCII character in lower case.
    #[pyfunction]
    fn ascii_tolower(character: i32) -> i32 {
        Fold::Ascii.lower(character as u32) as i32
    }

    /// A character in lower case.
    #[pyfunction]
    fn unicode_tolower(character: i32) -> i32 {
        Fold::Unicode.lower(character as u32) as i32
    }
}
