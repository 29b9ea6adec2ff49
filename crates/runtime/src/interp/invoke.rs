//! Calls out of the loop: stack words turned into argument arrays.

use super::stackref::StackRef;
use crate::abstract_::call::{ARGUMENTS_OFFSET, split_kwargs};
use crate::types::{PyDict, PyFunction, PyTuple};
use object::{Py, PyLayout, PyObject, PyResult, Python, Raised, typeobj};
use std::mem::MaybeUninit;
use std::ptr::null_mut;

/// Arguments up to this number are passed in an array on the native stack.
const SMALL: usize = 12;

/// An array of plain pointers made from stack words, with one writable slot in front of it.
pub struct Arguments {
    small: [MaybeUninit<*mut PyObject>; SMALL + 1],
    large: Vec<*mut PyObject>,
}

impl Arguments {
    #[inline(always)]
    pub fn new() -> Arguments {
        Arguments { small: [MaybeUninit::uninit(); SMALL + 1], large: Vec::new() }
    }

    /// The pointers of `n` words from `args` on, valid as long as `self` and the words are.
    #[inline(always)]
    pub fn fill(&mut self, args: *const StackRef, n: usize) -> *const *mut PyObject {
        if n <= SMALL {
            for i in 0..n {
                // SAFETY: the caller's words; `n` was checked.
                self.small[i + 1].write(unsafe { *args.add(i) }.as_ptr());
            }
            // SAFETY: within the array.
            unsafe { (self.small.as_ptr() as *const *mut PyObject).add(1) }
        } else {
            self.fill_large(args, n)
        }
    }

    #[cold]
    #[inline(never)]
    fn fill_large(&mut self, args: *const StackRef, n: usize) -> *const *mut PyObject {
        self.large.reserve(n + 1);
        self.large.push(std::ptr::null_mut());
        // SAFETY: the caller's words.
        self.large.extend((0..n).map(|i| unsafe { *args.add(i) }.as_ptr()));
        self.large[1..].as_ptr()
    }
}

impl Default for Arguments {
    fn default() -> Self {
        Self::new()
    }
}

/// Calls anything with the `total` words at `args`, the last of which are named by `kwnames`.
///
/// # Safety
/// The words hold objects and stay where they are during the call; `positional` plus the number of names is their number.
#[inline(never)]
pub unsafe fn vectorcall(
    py: Python,
    callable: &PyObject,
    args: *const StackRef,
    positional: usize,
    kwnames: Option<&PyTuple>,
) -> PyResult {
    let total = positional + kwnames.map_or(0, |k| k.len());
    let mut array = Arguments::new();
    let p = array.fill(args, total);
    // SAFETY: the array holds that many live references and a slot in front.
    unsafe { crate::abstract_::call::vectorcall(py, callable, p, positional | ARGUMENTS_OFFSET, kwnames) }
}

/// Calls a `METH_FASTCALL` function. Not inlined, as all that follow: the loop's instructions must not have memory on the native
/// stack.
///
/// # Safety
/// `f` is such a function, `this` what it belongs to; the `n` words at `args` hold objects that stay alive.
#[inline(never)]
pub unsafe fn fast(
    f: typeobj::PyCFunctionFast,
    this: *mut PyObject,
    args: *const StackRef,
    n: usize,
) -> PyResult {
    let mut array = Arguments::new();
    // SAFETY: the caller's promise; the result is null with an exception, or owned.
    unsafe { returned(f(this, array.fill(args, n), n as isize)) }
}

/// Calls a `METH_FASTCALL | METH_KEYWORDS` function without keywords.
///
/// # Safety
/// As [`fast`].
#[inline(never)]
pub unsafe fn fast_with_keywords(
    f: typeobj::PyCFunctionFastWithKeywords,
    this: *mut PyObject,
    args: *const StackRef,
    n: usize,
) -> PyResult {
    let mut array = Arguments::new();
    // SAFETY: as in `fast`.
    unsafe { returned(f(this, array.fill(args, n), n as isize, null_mut())) }
}

/// Calls a type through its `tp_vectorcall`.
///
/// # Safety
/// As [`fast`].
#[inline(never)]
pub unsafe fn class(
    f: typeobj::VectorcallFunc,
    ty: *mut PyObject,
    args: *const StackRef,
    n: usize,
) -> PyResult {
    let mut array = Arguments::new();
    // SAFETY: as in `fast`.
    unsafe { returned(f(ty, array.fill(args, n), n, null_mut())) }
}

/// A C function's result as a result.
///
/// # Safety
/// `p` is null with an exception pending, or owned.
#[inline(always)]
unsafe fn returned(p: *mut PyObject) -> PyResult {
    // SAFETY: the caller's promise.
    unsafe { Py::from_raw_owned_or_opt(p) }.ok_or(Raised::pending())
}

/// Calls a Python function with a given namespace (`_PyEval_Vector` for code that is not optimised).
pub fn with_locals(
    py: Python,
    func: &PyFunction,
    locals: Py,
    args: &PyTuple,
    kwargs: Option<&PyDict>,
) -> PyResult {
    let (names, values) = match kwargs.filter(|k| !k.is_empty()) {
        Some(k) => {
            let (n, v) = split_kwargs(py, k)?;
            (Some(n), v)
        }
        None => (None, Vec::new()),
    };
    let mut all: Vec<*mut PyObject> = Vec::with_capacity(args.len() + values.len());
    all.extend(args.items().iter().map(|a| a.as_ptr()));
    all.extend(values.iter().map(|v| v.as_ptr()));
    // SAFETY: tuple and values are alive during the call.
    unsafe { super::call::eval_vector(py, func, Some(locals), all.as_ptr(), args.len(), names.as_deref()) }
}
