//! `_operator`: the operators as functions, and the makers of getters and method callers.

mod attrgetter;
mod functions;
mod itemgetter;
mod methodcaller;

use attrgetter::AttrGetter;
use functions::*;
use itemgetter::ItemGetter;
use macros::pymodule;
use methodcaller::MethodCaller;

/// Python's operators as functions: add(x, y) does what x + y does.
#[pymodule(
    name = "_operator",
    parts(arithmetic, inplace, containers),
    types(AttrGetter, ItemGetter, MethodCaller)
)]
pub mod operator {
    use runtime::abstract_::number;
    use runtime::prelude::*;

    /// Return the truth value of a.
    #[pyfunction(name = "truth")]
    pub fn truth(py: Python, a: &PyObject) -> PyResult<bool> {
        a.is_true(py)
    }

    /// Same as not a.
    #[pyfunction(name = "not_")]
    pub fn not_(py: Python, a: &PyObject) -> PyResult<bool> {
        Ok(!a.is_true(py)?)
    }

    /// Same as a is b.
    #[pyfunction(name = "is_")]
    pub fn is_(_py: Python, a: &PyObject, b: &PyObject) -> bool {
        a.is(b)
    }

    /// Same as a is not b.
    #[pyfunction]
    pub fn is_not(_py: Python, a: &PyObject, b: &PyObject) -> bool {
        !a.is(b)
    }

    /// Same as a is None.
    #[pyfunction]
    pub fn is_none(_py: Python, a: &PyObject) -> bool {
        ObjectExt::is_none(a)
    }

    /// Same as a is not None.
    #[pyfunction]
    pub fn is_not_none(_py: Python, a: &PyObject) -> bool {
        !ObjectExt::is_none(a)
    }

    macro_rules! compare {
        ($py:ident, $a:ident, $b:ident, $op:ident) => {
            $a.rich_compare($py, $b, CompareOp::$op)
        };
    }

    /// Same as a < b.
    #[pyfunction]
    pub fn lt(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        compare!(py, a, b, Lt)
    }

    /// Same as a <= b.
    #[pyfunction]
    pub fn le(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        compare!(py, a, b, Le)
    }

    /// Same as a == b.
    #[pyfunction]
    pub fn eq(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        compare!(py, a, b, Eq)
    }

    /// Same as a != b.
    #[pyfunction]
    pub fn ne(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        compare!(py, a, b, Ne)
    }

    /// Same as a > b.
    #[pyfunction]
    pub fn gt(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        compare!(py, a, b, Gt)
    }

    /// Same as a >= b.
    #[pyfunction]
    pub fn ge(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        compare!(py, a, b, Ge)
    }

    /// Return a converted to an integer, if a has an __index__ method.
    #[pyfunction]
    pub fn index(py: Python, a: &PyObject) -> PyResult<Py<PyInt>> {
        number::index_exact(py, a)
    }

    /// Same as obj(*args, **kwargs).
    #[pyfunction(raw, text = "($module, obj, /, *args, **kwargs)")]
    pub fn call(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        match args {
            [f, rest @ ..] if args.len() > kwnames.map_or(0, |k| k.len()) => f.call_kw(py, rest, kwnames),
            _ => Err(type_error(py, "call expected at least 1 argument, got 0")),
        }
    }

    /// How many items obj has, as far as it knows: its len() if it has one, else what its __length_hint__ guesses, else default.
    ///
    /// Good for reserving room; never negative.
    #[pyfunction(sig = "(obj, default=0, /)")]
    pub fn length_hint(py: Python, obj: &PyObject, default: isize) -> PyResult<isize> {
        obj.length_hint(py, default)
    }

    /// Equality of two secrets, in a time that says nothing about where they differ.
    ///
    /// Both are str of ASCII characters only, or both bytes-like.
    #[pyfunction]
    pub fn _compare_digest(py: Python, a: &PyObject, b: &PyObject) -> PyResult<bool> {
        super::compare_digest(py, a, b)
    }
}

use runtime::prelude::*;
use runtime::types::buffer::Buffer;

/// Compares in a time that depends on the length of `b` only.
fn equal_in_constant_time(a: &[u8], b: &[u8]) -> bool {
    let (left, mut result) = if a.len() == b.len() { (a, 0u8) } else { (b, 1u8) };
    for (x, y) in left.iter().zip(b) {
        // The compiler must not leave the loop early.
        result = std::hint::black_box(result | (x ^ y));
    }
    std::hint::black_box(result) == 0
}

/// `hmac.compare_digest`.
pub(crate) fn compare_digest(py: Python, a: &PyObject, b: &PyObject) -> PyResult<bool> {
    if let (Some(a), Some(b)) = (a.downcast::<PyStr>(), b.downcast::<PyStr>()) {
        let ascii = |s: &PyStr| s.as_str().filter(|t| t.is_ascii()).map(|t| t.as_bytes().to_vec());
        let (Some(a), Some(b)) = (ascii(a), ascii(b)) else {
            return Err(type_error(py, "comparing strings with non-ASCII characters is not supported"));
        };
        return Ok(equal_in_constant_time(&a, &b));
    }
    if !runtime::types::buffer::supports(a) || !runtime::types::buffer::supports(b) {
        return Err(type_error(
            py,
            format!(
                "unsupported operand types(s) or combination of types: '{}' and '{}'",
                tp_name(a),
                tp_name(b)
            ),
        ));
    }
    let (a, b) = (Buffer::get_simple(py, a)?, Buffer::get_simple(py, b)?);
    if a.raw().ndim > 1 || b.raw().ndim > 1 {
        return Err(buffer_error(py, "Buffer must be single dimension"));
    }
    Ok(equal_in_constant_time(a.as_slice(), b.as_slice()))
}
