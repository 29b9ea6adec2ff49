//! The messages of argument parsing. Everything here is cold.

use super::{At, Signature};
use crate::errors::{type_error, type_name};
use crate::intern::InternedName;
use crate::types::PyStr;
use object::{PyObject, PyResult, PyTypeObject, Python, Raised};

fn s(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

/// `f expected at least 1 argument, got 0`
#[cold]
pub(super) fn positional(py: Python, signature: &Signature, nargs: usize) -> Raised {
    let max = if signature.varargs { usize::MAX } else { signature.positional as usize };
    count(py, signature.function, nargs, signature.required as usize, max)
}

#[cold]
pub(super) fn count(py: Python, function: &str, nargs: usize, min: usize, max: usize) -> Raised {
    let (bound, qualifier) = if nargs < min { (min, "at least ") } else { (max, "at most ") };
    let qualifier = if min == max { "" } else { qualifier };
    type_error(py, format!("{function} expected {qualifier}{bound} argument{}, got {nargs}", s(bound)))
}

/// `f() takes no keyword arguments`
#[cold]
pub(super) fn no_keywords(py: Python, function: &str) -> Raised {
    type_error(py, format!("{function}() takes no keyword arguments"))
}

/// The checks of the numbers of arguments that come before any name is looked at.
#[cold]
pub(super) fn check_numbers(py: Python, sig: &Signature, nargs: usize, nkwargs: usize) -> PyResult<()> {
    let f = sig.function;
    let positional = sig.positional as usize;
    let required = sig.required as usize;
    let total = sig.params.len();
    if !sig.varkw && !sig.varargs && nargs + nkwargs > total {
        // "keyword" prevents a wrong message when no argument is positional.
        let keyword = if nargs == 0 { "keyword " } else { "" };
        return Err(type_error(
            py,
            format!("{f}() takes at most {total} {keyword}argument{} ({} given)", s(total), nargs + nkwargs),
        ));
    }
    if nargs > positional && !sig.varargs {
        if positional == 0 {
            return Err(type_error(py, format!("{f}() takes no positional arguments")));
        }
        let bound = if required < positional { "at most" } else { "exactly" };
        return Err(type_error(
            py,
            format!("{f}() takes {bound} {positional} positional argument{} ({nargs} given)", s(positional)),
        ));
    }
    let min = required.min(sig.posonly as usize);
    if nargs < min {
        let bound = if sig.varargs || min < positional { "at least" } else { "exactly" };
        return Err(type_error(
            py,
            format!("{f}() takes {bound} {min} positional argument{} ({nargs} given)", s(min)),
        ));
    }
    Ok(())
}

/// `f() missing required argument 'x' (pos 1)`
#[cold]
pub(super) fn missing(py: Python, sig: &Signature, index: usize) -> Raised {
    let name = sig.params.get(index).map(InternedName::text).unwrap_or_default();
    type_error(py, format!("{}() missing required argument '{name}' (pos {})", sig.function, index + 1))
}

/// `argument for f() given by name ('x') and position (1)`
#[cold]
pub(super) fn twice(py: Python, sig: &Signature, name: &InternedName, index: usize) -> Raised {
    type_error(
        py,
        format!(
            "argument for {}() given by name ('{}') and position ({})",
            sig.function,
            name.text(),
            index + 1
        ),
    )
}

/// `f() got an unexpected keyword argument 'x'. Did you mean 'y'?`
#[cold]
pub(super) fn unexpected_keyword(py: Python, sig: &Signature, key: &PyStr) -> Raised {
    let candidates = sig.params.iter().skip(sig.posonly as usize).map(InternedName::text);
    unexpected_name(py, sig.function, &key.to_string_lossy(), candidates)
}

/// The same for a function that is known by name and its keywords.
#[cold]
pub(super) fn unexpected_name<'a>(
    py: Python,
    function: &str,
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Raised {
    let message = match crate::suggest::closest(name, candidates) {
        Some(close) => {
            format!("{function}() got an unexpected keyword argument '{name}'. Did you mean '{close}'?")
        }
        None => format!("{function}() got an unexpected keyword argument '{name}'"),
    };
    type_error(py, message)
}

/// `f() takes at most 2 keyword arguments (3 given)`
#[cold]
pub(super) fn too_many_keywords(py: Python, function: &str, max: usize, given: usize) -> Raised {
    type_error(py, format!("{function}() takes at most {max} keyword argument{} ({given} given)", s(max)))
}

/// Keywords are left over although each is a parameter: names of one text.
#[cold]
pub(super) fn invalid_keyword(py: Python, sig: &Signature) -> Raised {
    type_error(py, format!("invalid keyword argument for {}()", sig.function))
}

/// `f() argument 1 must be str, not int` (`_PyArg_BadArgument`). `expected` is what comes after "must be".
#[cold]
pub fn bad_argument(py: Python, at: At, expected: &str, object: &PyObject) -> Raised {
    let sig = at.signature;
    let display = match at.index {
        None => "argument".to_owned(),
        Some(i) if i < sig.posonly as usize => format!("argument {}", i + 1),
        Some(i) => format!("argument '{}'", sig.params.get(i).map(InternedName::text).unwrap_or_default()),
    };
    wrong_argument(py, sig.function, &display, expected, object)
}

/// The same for raw functions; `display` is `argument 1` or `argument 'name'`.
#[cold]
pub fn wrong_argument(
    py: Python,
    function: &str,
    display: &str,
    expected: &str,
    object: &PyObject,
) -> Raised {
    let got = if object.is(crate::singletons::none()) { "None" } else { type_name(object) };
    type_error(py, format!("{function}() {display} must be {expected}, not {got}"))
}

#[cold]
#[inline(never)]
pub(super) fn wrong_type(py: Python, at: At, ty: &PyTypeObject, object: &PyObject) -> Raised {
    bad_argument(py, at, ty.short_name(), object)
}
