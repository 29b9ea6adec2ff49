//! Argument parsing for functions written in Rust: the [`Signature`] descriptor, the routines that sort C's argument
//! arrays by it, and the conversions between Python objects and Rust values ([`FromArg`], [`IntoPyResult`]).
//!
//! Nothing is allocated on the way in: positional arguments are used where they lie, keywords are matched into an
//! array on the shim's stack. The messages are those of CPython's `Python/getargs.c`.

mod convert;
mod errors;
mod result;

pub use convert::{Bits, FromArg, LongLong, optional, optional_or_none};
pub use errors::{bad_argument, wrong_argument};
pub use result::IntoPyResult;

use crate::abstract_::{CompareOp, ObjectExt};
use crate::errors::type_error;
use crate::intern::InternedName;
use crate::types::{PyDict, PyStr, PyTuple};
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyTypeObject, Python};

/// What a function's parameters are.
pub struct Signature {
    /// The name messages use, without parentheses.
    pub function: &'static str,
    /// All parameters but `*args` and `**kwargs`: positional ones first.
    pub params: &'static [InternedName],
    /// How many of them are positional-only.
    pub posonly: u16,
    /// How many can be given by position.
    pub positional: u16,
    /// How many of those have no default.
    pub required: u16,
    /// How many of the keyword-only ones have no default; these come first.
    pub required_keywords: u16,
    pub varargs: bool,
    pub varkw: bool,
}

/// One argument's place, for messages.
#[derive(Clone, Copy)]
pub struct At {
    signature: &'static Signature,
    index: Option<usize>,
}

impl At {
    /// The argument for the parameter with this index.
    #[inline(always)]
    pub fn new(signature: &'static Signature, index: usize) -> At {
        At { signature, index: Some(index) }
    }

    /// The only argument of a `METH_O` function.
    #[inline(always)]
    pub fn only(signature: &'static Signature) -> At {
        At { signature, index: None }
    }

    /// The function's name.
    pub fn function(self) -> &'static str {
        self.signature.function
    }

    /// The parameter's name.
    pub fn parameter(self) -> &'static str {
        self.signature.params.get(self.index.unwrap_or(0)).map_or("argument", |p| p.text())
    }
}

/// The arguments of a call, borrowed from C.
///
/// # Safety
/// `args` points to `nargs` live objects; `'a` is not longer than the call.
#[inline(always)]
unsafe fn slice<'a>(args: *const *mut PyObject, nargs: isize) -> &'a [&'a PyObject] {
    if nargs <= 0 {
        return &[];
    }
    // SAFETY: the caller's promise; a reference has a pointer's layout.
    unsafe { std::slice::from_raw_parts(args as *const &PyObject, nargs as usize) }
}

/// The arguments of a raw function without keywords.
///
/// # Safety
/// `args` points to `nargs` live objects, borrowed for the duration of the call.
#[inline(always)]
pub unsafe fn all(args: &*const *mut PyObject, nargs: isize) -> &[&PyObject] {
    // SAFETY: the caller's promise.
    unsafe { slice(*args, nargs) }
}

/// The arguments of a raw function, the values of its keywords after the positional ones.
///
/// # Safety
/// As [`all`]; there is one more object for each name in `kwnames`, which is null or a live tuple.
pub unsafe fn all_keywords<'a>(
    args: &'a *const *mut PyObject,
    nargs: isize,
    kwnames: &*mut PyObject,
) -> &'a [&'a PyObject] {
    // SAFETY: the caller's promise.
    unsafe {
        let keywords = crate::glue::typed_opt::<PyTuple>(kwnames).map_or(0, PyTuple::len);
        slice(*args, nargs + keywords as isize)
    }
}

/// The arguments for `*args`: those after the first `n`.
///
/// # Safety
/// As [`all`].
pub unsafe fn rest(args: &*const *mut PyObject, nargs: isize, n: usize) -> &[&PyObject] {
    // SAFETY: the caller's promise.
    unsafe { slice(*args, nargs) }.get(n..).unwrap_or_default()
}

/// The same from an argument tuple.
///
/// # Safety
/// `args` is a live tuple, borrowed for the duration of the call.
pub unsafe fn rest_tuple(args: &*mut PyObject, n: usize) -> &[&PyObject] {
    // SAFETY: the caller's promise.
    unsafe { crate::glue::typed::<PyTuple>(args) }.items().get(n..).unwrap_or_default()
}

/// `PyVectorcall_NARGS`.
#[inline(always)]
pub fn vectorcall_nargs(nargsf: usize) -> isize {
    (nargsf & !(1 << (usize::BITS - 1))) as isize
}

/// A required argument whose presence the parsing has checked.
///
/// # Safety
/// It is there.
#[inline(always)]
pub unsafe fn present(arg: Option<&PyObject>) -> &PyObject {
    // SAFETY: the caller's promise.
    unsafe { arg.unwrap_unchecked() }
}

/// A required positional argument whose presence has been checked.
///
/// # Safety
/// `i < args.len()`
#[inline(always)]
pub unsafe fn nth<'a>(args: &[&'a PyObject], i: usize) -> &'a PyObject {
    // SAFETY: the caller's promise.
    unsafe { args.get_unchecked(i) }
}

/// The arguments of a function without keywords, their number checked.
///
/// # Safety
/// `args` points to `nargs` live objects, borrowed for the duration of the call.
pub unsafe fn positional<'a>(
    py: Python,
    signature: &'static Signature,
    args: *const *mut PyObject,
    nargs: isize,
) -> PyResult<&'a [&'a PyObject]> {
    // SAFETY: the caller's promise.
    let args = unsafe { slice(args, nargs) };
    check_number(py, signature, args.len())?;
    Ok(args)
}

/// The same from an argument tuple.
///
/// # Safety
/// `args` is a live tuple, borrowed for the duration of the call.
pub unsafe fn positional_tuple<'a>(
    py: Python,
    signature: &'static Signature,
    args: &'a *mut PyObject,
) -> PyResult<&'a [&'a PyObject]> {
    // SAFETY: the caller's promise.
    let args = unsafe { crate::glue::typed::<PyTuple>(args) }.items();
    check_number(py, signature, args.len())?;
    Ok(args)
}

/// Checks the number of arguments of a function without keywords (`_PyArg_CheckPositional`).
#[inline]
fn check_number(py: Python, signature: &'static Signature, nargs: usize) -> PyResult<()> {
    if nargs < signature.required as usize || (nargs > signature.positional as usize && !signature.varargs) {
        return Err(errors::positional(py, signature, nargs));
    }
    Ok(())
}

/// Checks a number of arguments against bounds (`_PyArg_CheckPositional`), for raw functions.
#[inline]
pub fn check_positional(py: Python, function: &str, nargs: usize, min: usize, max: usize) -> PyResult<()> {
    if nargs < min || nargs > max {
        return Err(errors::count(py, function, nargs, min, max));
    }
    Ok(())
}

/// The arguments of a raw function that takes only these keywords besides any number of positional arguments
/// (`PyArg_ParseTupleAndKeywords` with an empty tuple).
pub fn only_keywords<const N: usize>(
    py: Python,
    function: &str,
    names: [&str; N],
    given: &[(Py, Py)],
) -> PyResult<[Option<Py>; N]> {
    if given.len() > N {
        return Err(errors::too_many_keywords(py, function, N, given.len()));
    }
    let mut out = [const { None }; N];
    for (name, value) in given {
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(crate::errors::type_error(py, "keywords must be strings"));
        };
        match names.iter().position(|n| name.eq_str(n)) {
            Some(i) => out[i] = Some(value.clone()),
            None => return Err(errors::unexpected_name(py, function, &name.to_string_lossy(), names)),
        }
    }
    Ok(out)
}

/// The items of a dict of keyword arguments, for [`only_keywords`].
pub fn keyword_items(kwargs: Option<&PyDict>) -> Vec<(Py, Py)> {
    let mut items = Vec::new();
    let mut pos = 0;
    while let Some(item) = kwargs.and_then(|k| k.next(&mut pos)) {
        items.push(item);
    }
    items
}

/// No keyword arguments (`_PyArg_NoKwnames`), for raw functions.
#[inline]
pub fn no_keywords(py: Python, function: &str, kwnames: Option<&PyTuple>) -> PyResult<()> {
    match kwnames {
        Some(names) if !names.is_empty() => Err(errors::no_keywords(py, function)),
        _ => Ok(()),
    }
}

/// No keyword arguments in a vectorcall (`_PyArg_NoKwnames`).
///
/// # Safety
/// `kwnames` is null or a live tuple.
pub unsafe fn no_kwnames(py: Python, signature: &'static Signature, kwnames: &*mut PyObject) -> PyResult<()> {
    // SAFETY: the caller's promise.
    match unsafe { crate::glue::typed_opt::<PyTuple>(kwnames) } {
        Some(names) if !names.is_empty() => Err(errors::no_keywords(py, signature.function)),
        _ => Ok(()),
    }
}

/// No keyword arguments in a dict (`_PyArg_NoKeywords`).
///
/// # Safety
/// `kwargs` is null or a live dict.
pub unsafe fn no_kwargs(py: Python, signature: &'static Signature, kwargs: &*mut PyObject) -> PyResult<()> {
    // SAFETY: the caller's promise.
    match unsafe { crate::glue::typed_opt::<PyDict>(kwargs) } {
        Some(d) if !d.is_empty() => Err(errors::no_keywords(py, signature.function)),
        _ => Ok(()),
    }
}

/// The check of a `tp_new` without keywords: a subclass with its own `__init__` may take some.
///
/// # Safety
/// As [`no_kwargs`]; `cls` is a live type.
pub unsafe fn no_keywords_new(
    py: Python,
    signature: &'static Signature,
    cls: *mut PyTypeObject,
    own: &PyTypeObject,
    kwargs: &*mut PyObject,
) -> PyResult<()> {
    // SAFETY: the caller's promise.
    unsafe {
        let same_init = std::ptr::eq(cls, own)
            || (*cls).tp_init.get().map(|f| f as usize) == own.tp_init.get().map(|f| f as usize);
        if same_init { no_kwargs(py, signature, kwargs) } else { Ok(()) }
    }
}

/// The check of a `tp_init` without keywords: a subclass with its own `__new__` may take some.
///
/// # Safety
/// As [`no_kwargs`]; `slf` is a live object.
pub unsafe fn no_keywords_init(
    py: Python,
    signature: &'static Signature,
    slf: *mut PyObject,
    own: &PyTypeObject,
    kwargs: &*mut PyObject,
) -> PyResult<()> {
    // SAFETY: the caller's promise.
    unsafe {
        let ty = (*slf).ty();
        let same_new = std::ptr::eq(ty, own)
            || ty.tp_new.get().map(|f| f as usize) == own.tp_new.get().map(|f| f as usize);
        if same_new { no_kwargs(py, signature, kwargs) } else { Ok(()) }
    }
}

/// Sorts the arguments of a vectorcall into `out`, one place for each parameter (`_PyArg_UnpackKeywords`).
///
/// # Safety
/// `args` points to `nargs` live objects and one more for each name in `kwnames`, which is null or a live tuple of
/// strings; all are borrowed for the duration of the call.
pub unsafe fn parse_fastcall<'a>(
    py: Python,
    signature: &'static Signature,
    args: *const *mut PyObject,
    nargs: isize,
    kwnames: &'a *mut PyObject,
    out: &mut [Option<&'a PyObject>],
) -> PyResult<()> {
    // SAFETY: the caller's promise.
    let (args, keywords) = unsafe { fast_arguments(args, nargs, kwnames) };
    let enough = args.len() >= signature.required as usize && args.len() <= signature.positional as usize;
    if enough && signature.required_keywords == 0 && matches!(keywords, Keywords::None) {
        for (place, arg) in out.iter_mut().zip(args) {
            *place = Some(arg);
        }
        return Ok(());
    }
    unpack(py, signature, args, &keywords, out, None)
}

/// The same for a function with `**kwargs`, which are returned if there are any.
///
/// # Safety
/// As [`parse_fastcall`].
pub unsafe fn parse_fastcall_varkw<'a>(
    py: Python,
    signature: &'static Signature,
    args: *const *mut PyObject,
    nargs: isize,
    kwnames: &'a *mut PyObject,
    out: &mut [Option<&'a PyObject>],
) -> PyResult<Option<Py<PyDict>>> {
    // SAFETY: the caller's promise.
    let (args, keywords) = unsafe { fast_arguments(args, nargs, kwnames) };
    let mut rest = None;
    unpack(py, signature, args, &keywords, out, Some(&mut rest))?;
    Ok(rest)
}

/// # Safety
/// As [`parse_fastcall`].
#[inline(always)]
unsafe fn fast_arguments<'a>(
    args: *const *mut PyObject,
    nargs: isize,
    kwnames: &'a *mut PyObject,
) -> (&'a [&'a PyObject], Keywords<'a>) {
    // SAFETY: the caller's promise; the keyword values follow the positional ones.
    unsafe {
        let positional = slice(args, nargs);
        let keywords = match crate::glue::typed_opt::<PyTuple>(kwnames) {
            Some(names) if !names.is_empty() => {
                Keywords::Names(names.items(), slice(args.offset(nargs), names.len() as isize))
            }
            _ => Keywords::None,
        };
        (positional, keywords)
    }
}

/// Sorts the arguments of a call by tuple and dict into `out`.
///
/// # Safety
/// `args` is a live tuple, `kwargs` null or a live dict; both are borrowed for the duration of the call.
pub unsafe fn parse_tuple<'a>(
    py: Python,
    signature: &'static Signature,
    args: &'a *mut PyObject,
    kwargs: &'a *mut PyObject,
    out: &mut [Option<&'a PyObject>],
) -> PyResult<()> {
    // SAFETY: the caller's promise.
    let (args, keywords) = unsafe { tuple_arguments(args, kwargs) };
    unpack(py, signature, args, &keywords, out, None)
}

/// The same for a function with `**kwargs`, which are returned if there are any.
///
/// # Safety
/// As [`parse_tuple`].
pub unsafe fn parse_tuple_varkw<'a>(
    py: Python,
    signature: &'static Signature,
    args: &'a *mut PyObject,
    kwargs: &'a *mut PyObject,
    out: &mut [Option<&'a PyObject>],
) -> PyResult<Option<Py<PyDict>>> {
    // SAFETY: the caller's promise.
    let (args, keywords) = unsafe { tuple_arguments(args, kwargs) };
    let mut rest = None;
    unpack(py, signature, args, &keywords, out, Some(&mut rest))?;
    Ok(rest)
}

/// # Safety
/// As [`parse_tuple`].
unsafe fn tuple_arguments<'a>(
    args: &'a *mut PyObject,
    kwargs: &'a *mut PyObject,
) -> (&'a [&'a PyObject], Keywords<'a>) {
    // SAFETY: the caller's promise.
    unsafe {
        let keywords = match crate::glue::typed_opt::<PyDict>(kwargs) {
            Some(d) if !d.is_empty() => Keywords::Dict(d),
            _ => Keywords::None,
        };
        (crate::glue::typed::<PyTuple>(args).items(), keywords)
    }
}

/// The keyword arguments of a call.
enum Keywords<'a> {
    None,
    /// Names and values, as vectorcall passes them.
    Names(&'a [&'a PyObject], &'a [&'a PyObject]),
    Dict(&'a PyDict),
}

impl<'a> Keywords<'a> {
    fn len(&self) -> usize {
        match self {
            Keywords::None => 0,
            Keywords::Names(names, _) => names.len(),
            Keywords::Dict(d) => d.len(),
        }
    }

    /// Shows each name and value to `each`, until it returns false.
    fn each(&self, mut each: impl FnMut(&PyObject, &'a PyObject) -> bool) {
        match self {
            Keywords::None => {}
            Keywords::Names(names, values) => {
                for (name, value) in names.iter().zip(values.iter()) {
                    if !each(name, value) {
                        return;
                    }
                }
            }
            Keywords::Dict(d) => {
                let mut at = 0;
                while let Some((name, value)) = d.next(&mut at) {
                    // SAFETY: the dict, which nobody changes during the parsing, keeps the value.
                    let value: &'a PyObject = unsafe { &*object::PyLayout::as_ptr(&*value) };
                    if !each(&name, value) {
                        return;
                    }
                }
            }
        }
    }

    /// The value for a parameter: names are interned, so that mostly the pointers match; otherwise texts are compared.
    fn find(&self, py: Python, name: &InternedName) -> Option<&'a PyObject> {
        let wanted = name.get(py);
        let mut found = None;
        self.each(|key, value| {
            if key.is(wanted) {
                found = Some(value);
            }
            found.is_none()
        });
        if found.is_none() {
            self.each(|key, value| {
                if key.downcast::<PyStr>().is_some_and(|k| k.equals(wanted)) {
                    found = Some(value);
                }
                found.is_none()
            });
        }
        found
    }
}

/// Sorts positional and keyword arguments into `out`; keywords that are no parameters go to `rest`, if there is one.
#[inline(never)]
fn unpack<'a>(
    py: Python,
    signature: &'static Signature,
    args: &'a [&'a PyObject],
    keywords: &Keywords<'a>,
    out: &mut [Option<&'a PyObject>],
    mut rest: Option<&mut Option<Py<PyDict>>>,
) -> PyResult<()> {
    let positional = signature.positional as usize;
    let nargs = args.len();
    let mut left = keywords.len();
    if nargs > positional
        || nargs < signature.required as usize
        || left > 0
        || signature.required_keywords > 0
    {
        errors::check_numbers(py, signature, nargs, left)?;
    }
    for (place, arg) in out.iter_mut().zip(args.iter().take(positional)) {
        *place = Some(arg);
    }
    if left == 0 && nargs >= signature.required as usize && signature.required_keywords == 0 {
        return Ok(());
    }
    let posonly = signature.posonly as usize;
    let first = nargs.min(positional).max(posonly);
    for (i, name) in signature.params.iter().enumerate().skip(first) {
        let value = if left > 0 { keywords.find(py, name) } else { None };
        if value.is_some() {
            left -= 1;
        } else if is_required(signature, i) {
            return Err(errors::missing(py, signature, i));
        }
        if let Some(place) = out.get_mut(i) {
            *place = value;
        }
    }
    if left > 0 {
        // Names that are left belong to `**kwargs`, or to nobody.
        for (i, name) in signature.params.iter().enumerate().take(nargs.min(positional)).skip(posonly) {
            if keywords.find(py, name).is_some() {
                return Err(errors::twice(py, signature, name, i));
            }
        }
        match &mut rest {
            Some(rest) => **rest = Some(collect_rest(py, signature, keywords)?),
            None => return Err(unexpected(py, signature, keywords)),
        }
    }
    Ok(())
}

fn is_required(signature: &Signature, i: usize) -> bool {
    let positional = signature.positional as usize;
    i < signature.required as usize
        || (positional <= i && i < positional + signature.required_keywords as usize)
}

/// Is the keyword the name of a parameter that can be given by name?
fn is_parameter(py: Python, signature: &Signature, key: &PyStr) -> bool {
    signature.params.iter().skip(signature.posonly as usize).any(|p| {
        let p = p.get(py);
        key.is(p) || key.equals(p)
    })
}

/// The keywords that are no parameters, as a new dict.
fn collect_rest(py: Python, signature: &Signature, keywords: &Keywords) -> PyResult<Py<PyDict>> {
    let dict = PyDict::new(py)?;
    let mut result = Ok(());
    keywords.each(|key, value| {
        result = match key.downcast::<PyStr>() {
            Some(k) if is_parameter(py, signature, k) => Ok(()),
            Some(_) => dict.set_item(py, key, value),
            None => Err(type_error(py, "keywords must be strings")),
        };
        result.is_ok()
    });
    result.map(|()| dict)
}

fn claims_parameter(py: Python, signature: &Signature, key: &PyObject) -> PyResult<bool> {
    if PyStr::check_exact(key) {
        return Ok(false);
    }
    for p in signature.params.iter().skip(signature.posonly as usize) {
        let name = PyStr::new(py, p.text())?;
        if key.compare_bool(py, name.as_object(), CompareOp::Eq)? {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cold]
fn unexpected(py: Python, signature: &'static Signature, keywords: &Keywords) -> object::Raised {
    let mut raised = None;
    keywords.each(|key, _| {
        raised = match key.downcast::<PyStr>() {
            Some(k) if is_parameter(py, signature, k) => None,
            // A subclass of str may say itself what it is equal to.
            Some(k) => match claims_parameter(py, signature, key) {
                Ok(true) => None,
                Ok(false) => Some(errors::unexpected_keyword(py, signature, k)),
                Err(e) => Some(e),
            },
            None => Some(type_error(py, "keywords must be strings")),
        };
        raised.is_none()
    });
    raised.unwrap_or_else(|| errors::invalid_keyword(py, signature))
}

/// Checks an object against a type: `Some` when it is an instance (for raw functions that report errors themselves).
pub fn checked<'a, T: PyTypeInfo>(py: Python, object: &'a PyObject, at: At) -> PyResult<&'a T> {
    match object.downcast::<T>() {
        Some(v) => Ok(v),
        None => Err(errors::wrong_type(py, at, T::type_object(), object)),
    }
}
