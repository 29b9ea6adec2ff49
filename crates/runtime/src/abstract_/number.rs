//! The number protocol: binary, in-place and unary operators and the conversions `index`, `int`, `float`.

use crate::abstract_::ObjectExt;
use crate::errors::*;
use crate::singletons::{none, not_implemented};
use crate::types::exceptions::{PyExc_DeprecationWarning_Type, PyExc_OverflowError_Type};
use crate::types::{PyByteArray, PyBytes, PyFloat, PyInt, PyStr};
use object::typeobj::{BinaryFunc, PyNumberMethods, SsizeArgFunc, TernaryFunc, UnaryFunc};
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, Python};
use std::cell::Cell;

/// Picks one slot out of a number table.
type Pick<F> = fn(&PyNumberMethods) -> &Cell<Option<F>>;

/// A binary operator: its slots and its symbol in error texts.
#[derive(Clone, Copy)]
pub struct BinaryOp {
    slot: Pick<BinaryFunc>,
    inplace: Pick<BinaryFunc>,
    symbol: &'static str,
    inplace_symbol: &'static str,
}

#[inline(always)]
fn slot<F: Copy>(o: &PyObject, pick: fn(&PyNumberMethods) -> &Cell<Option<F>>) -> Option<F> {
    o.ty().as_number().and_then(|n| pick(n).get())
}

/// Tries the slots of both operands, the right one first when its type is a subclass of the left one's.
/// `NotImplemented` when neither knows what to do.
#[inline]
fn try_binary(py: Python, a: &PyObject, b: &PyObject, pick: Pick<BinaryFunc>) -> PyResult {
    let left = slot(a, pick);
    let mut right = if std::ptr::eq(a.ty(), b.ty()) { None } else { slot(b, pick) };
    if let (Some(l), Some(r)) = (left, right)
        && l as usize == r as usize
    {
        right = None;
    }
    // SAFETY: binary slots take any two live objects, one of them of the slot's type.
    unsafe {
        if let Some(l) = left {
            if let Some(r) = right
                && b.ty().is_subtype(a.ty())
            {
                let v: Py = from_c(py, r(a.as_ptr(), b.as_ptr()))?;
                if !v.is(not_implemented()) {
                    return Ok(v);
                }
                right = None;
            }
            let v: Py = from_c(py, l(a.as_ptr(), b.as_ptr()))?;
            if !v.is(not_implemented()) {
                return Ok(v);
            }
        }
        if let Some(r) = right {
            return from_c(py, r(a.as_ptr(), b.as_ptr()));
        }
    }
    Ok(not_implemented().owned())
}

#[cold]
fn unsupported(py: Python, a: &PyObject, b: &PyObject, symbol: &str) -> object::Raised {
    let mut text =
        format!("unsupported operand type(s) for {symbol}: '{}' and '{}'", type_name(a), type_name(b));
    if symbol == ">>" && crate::types::cfunction::is_builtin_named(a, "print") {
        text.push_str(". Did you mean \"print(<message>, file=<output_stream>)\"?");
    }
    type_error(py, text)
}

/// Runs a binary operator.
#[inline]
pub fn binary(py: Python, a: &PyObject, b: &PyObject, op: &BinaryOp) -> PyResult {
    let v = try_binary(py, a, b, op.slot)?;
    if v.is(not_implemented()) { Err(unsupported(py, a, b, op.symbol)) } else { Ok(v) }
}

/// Runs an augmented assignment's operator: the in-place slot of the left operand, then the plain operator.
#[inline]
pub fn inplace(py: Python, a: &PyObject, b: &PyObject, op: &BinaryOp) -> PyResult {
    let v = try_inplace(py, a, b, op)?;
    if v.is(not_implemented()) { Err(unsupported(py, a, b, op.inplace_symbol)) } else { Ok(v) }
}

fn try_inplace(py: Python, a: &PyObject, b: &PyObject, op: &BinaryOp) -> PyResult {
    if let Some(f) = slot(a, op.inplace) {
        // SAFETY: a slot called with live objects, the first of its type.
        let v: Py = unsafe { from_c(py, f(a.as_ptr(), b.as_ptr()))? };
        if !v.is(not_implemented()) {
            return Ok(v);
        }
    }
    try_binary(py, a, b, op.slot)
}

macro_rules! binary_ops {
    ($($konst:ident $fn:ident $ifn:ident $slot:ident $islot:ident $sym:literal;)*) => { $(
        pub static $konst: BinaryOp = BinaryOp {
            slot: |n| &n.$slot, inplace: |n| &n.$islot, symbol: $sym, inplace_symbol: concat!($sym, "="),
        };
        #[doc = concat!("`a ", $sym, " b`.")]
        pub fn $fn(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
            binary(py, a, b, &$konst)
        }
        #[doc = concat!("`a ", $sym, "= b`.")]
        pub fn $ifn(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
            inplace(py, a, b, &$konst)
        }
    )* };
}
binary_ops! {
    SUB subtract inplace_subtract nb_subtract nb_inplace_subtract "-";
    REM remainder inplace_remainder nb_remainder nb_inplace_remainder "%";
    LSHIFT lshift inplace_lshift nb_lshift nb_inplace_lshift "<<";
    RSHIFT rshift inplace_rshift nb_rshift nb_inplace_rshift ">>";
    AND and inplace_and nb_and nb_inplace_and "&";
    XOR xor inplace_xor nb_xor nb_inplace_xor "^";
    OR or inplace_or nb_or nb_inplace_or "|";
    FLOOR_DIV floor_divide inplace_floor_divide nb_floor_divide nb_inplace_floor_divide "//";
    TRUE_DIV true_divide inplace_true_divide nb_true_divide nb_inplace_true_divide "/";
    MATMUL matrix_multiply inplace_matrix_multiply nb_matrix_multiply nb_inplace_matrix_multiply "@";
}
static ADD: BinaryOp =
    BinaryOp { slot: |n| &n.nb_add, inplace: |n| &n.nb_inplace_add, symbol: "+", inplace_symbol: "+=" };
static MUL: BinaryOp = BinaryOp {
    slot: |n| &n.nb_multiply,
    inplace: |n| &n.nb_inplace_multiply,
    symbol: "*",
    inplace_symbol: "*=",
};
static DIVMOD: BinaryOp = BinaryOp {
    slot: |n| &n.nb_divmod,
    inplace: |n| &n.nb_divmod,
    symbol: "divmod()",
    inplace_symbol: "divmod()",
};

/// `a + b`.
pub fn add(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    let v = try_binary(py, a, b, ADD.slot)?;
    if !v.is(not_implemented()) {
        return Ok(v);
    }
    match a.ty().as_sequence().and_then(|s| s.sq_concat.get()) {
        // SAFETY: a slot called with live objects.
        Some(f) => unsafe { from_c(py, f(a.as_ptr(), b.as_ptr())) },
        None => Err(unsupported(py, a, b, ADD.symbol)),
    }
}

/// `a += b`.
pub fn inplace_add(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    let v = try_inplace(py, a, b, &ADD)?;
    if !v.is(not_implemented()) {
        return Ok(v);
    }
    match a.ty().as_sequence().and_then(|s| s.sq_inplace_concat.get().or(s.sq_concat.get())) {
        // SAFETY: a slot called with live objects.
        Some(f) => unsafe { from_c(py, f(a.as_ptr(), b.as_ptr())) },
        None => Err(unsupported(py, a, b, ADD.inplace_symbol)),
    }
}

fn repeat(py: Python, f: SsizeArgFunc, seq: &PyObject, n: &PyObject) -> PyResult {
    if !has_index(n) {
        return Err(type_error(py, format!("can't multiply sequence by non-int of type '{}'", type_name(n))));
    }
    let count = n.index_isize(py, Some(&PyExc_OverflowError_Type))?;
    // SAFETY: a slot called with a live object.
    unsafe { from_c(py, f(seq.as_ptr(), count)) }
}

/// `a * b`.
pub fn multiply(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    let v = try_binary(py, a, b, MUL.slot)?;
    if !v.is(not_implemented()) {
        return Ok(v);
    }
    if let Some(f) = a.ty().as_sequence().and_then(|s| s.sq_repeat.get()) {
        return repeat(py, f, a, b);
    }
    if let Some(f) = b.ty().as_sequence().and_then(|s| s.sq_repeat.get()) {
        return repeat(py, f, b, a);
    }
    Err(unsupported(py, a, b, MUL.symbol))
}

/// `a *= b`.
pub fn inplace_multiply(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    let v = try_inplace(py, a, b, &MUL)?;
    if !v.is(not_implemented()) {
        return Ok(v);
    }
    if let Some(f) = a.ty().as_sequence().and_then(|s| s.sq_inplace_repeat.get().or(s.sq_repeat.get())) {
        return repeat(py, f, a, b);
    }
    // The right operand must not be changed in place.
    if let Some(f) = b.ty().as_sequence().and_then(|s| s.sq_repeat.get()) {
        return repeat(py, f, b, a);
    }
    Err(unsupported(py, a, b, MUL.inplace_symbol))
}

/// `divmod(a, b)`.
pub fn divmod(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    binary(py, a, b, &DIVMOD)
}

/// `pow(a, b, c)`; `c` is `None` for `a ** b`.
pub fn power(py: Python, a: &PyObject, b: &PyObject, c: &PyObject) -> PyResult {
    ternary(py, a, b, c, "** or pow()")
}

/// `a **= b`.
pub fn inplace_power(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    if let Some(f) = slot(a, |n| &n.nb_inplace_power) {
        // SAFETY: a slot called with live objects.
        let v: Py = unsafe { from_c(py, f(a.as_ptr(), b.as_ptr(), none().as_ptr()))? };
        if !v.is(not_implemented()) {
            return Ok(v);
        }
    }
    ternary(py, a, b, none(), "**=")
}

fn ternary(py: Python, a: &PyObject, b: &PyObject, c: &PyObject, symbol: &str) -> PyResult {
    let pick: Pick<TernaryFunc> = |n| &n.nb_power;
    let left = slot(a, pick);
    let mut right = if std::ptr::eq(a.ty(), b.ty()) { None } else { slot(b, pick) };
    if let (Some(l), Some(r)) = (left, right)
        && l as usize == r as usize
    {
        right = None;
    }
    // SAFETY: slots called with live objects.
    let run = |f: TernaryFunc| unsafe { from_c::<PyObject>(py, f(a.as_ptr(), b.as_ptr(), c.as_ptr())) };
    if let Some(l) = left {
        if let Some(r) = right
            && b.ty().is_subtype(a.ty())
        {
            let v = run(r)?;
            if !v.is(not_implemented()) {
                return Ok(v);
            }
            right = None;
        }
        let v = run(l)?;
        if !v.is(not_implemented()) {
            return Ok(v);
        }
    }
    if let Some(r) = right {
        let v = run(r)?;
        if !v.is(not_implemented()) {
            return Ok(v);
        }
    }
    if let Some(f) = slot(c, pick)
        && left.is_none_or(|l| l as usize != f as usize)
        && right.is_none_or(|r| r as usize != f as usize)
    {
        let v = run(f)?;
        if !v.is(not_implemented()) {
            return Ok(v);
        }
    }
    let names = if c.is_none() {
        format!("'{}' and '{}'", type_name(a), type_name(b))
    } else {
        format!("'{}', '{}', '{}'", type_name(a), type_name(b), type_name(c))
    };
    Err(type_error(py, format!("unsupported operand type(s) for {symbol}: {names}")))
}

fn unary(py: Python, o: &PyObject, pick: Pick<UnaryFunc>, what: &str) -> PyResult {
    match slot(o, pick) {
        // SAFETY: a slot called with a live object of its type.
        Some(f) => unsafe { from_c(py, f(o.as_ptr())) },
        None => Err(type_error(py, format!("bad operand type for {what}: '{}'", type_name(o)))),
    }
}

/// `-o`.
pub fn negative(py: Python, o: &PyObject) -> PyResult {
    unary(py, o, |n| &n.nb_negative, "unary -")
}

/// `+o`.
pub fn positive(py: Python, o: &PyObject) -> PyResult {
    unary(py, o, |n| &n.nb_positive, "unary +")
}

/// `~o`.
pub fn invert(py: Python, o: &PyObject) -> PyResult {
    unary(py, o, |n| &n.nb_invert, "unary ~")
}

/// `abs(o)`.
pub fn absolute(py: Python, o: &PyObject) -> PyResult {
    unary(py, o, |n| &n.nb_absolute, "abs()")
}

/// `PyIndex_Check`.
#[inline]
pub fn has_index(o: &PyObject) -> bool {
    slot(o, |n| &n.nb_index).is_some()
}

/// `operator.index(o)`; an instance of a subclass of int comes back as it is (`_PyNumber_Index`).
pub fn index(py: Python, o: &PyObject) -> PyResult<Py<PyInt>> {
    if let Some(i) = o.downcast::<PyInt>() {
        return Ok(i.owned());
    }
    let Some(f) = slot(o, |n| &n.nb_index) else {
        return Err(type_error(py, format!("'{}' object cannot be interpreted as an integer", type_name(o))));
    };
    // SAFETY: a slot called with a live object of its type.
    let r: Py = unsafe { from_c(py, f(o.as_ptr()))? };
    converted_int(py, r, "__index__")
}

/// Checks what `__int__` or `__index__` returned: an int; a strict subclass is deprecated.
fn converted_int(py: Python, r: Py, method: &str) -> PyResult<Py<PyInt>> {
    if PyInt::check_exact(&r) {
        // SAFETY: checked just now.
        return Ok(unsafe { r.cast_unchecked() });
    }
    let r = r
        .downcast_into::<PyInt>()
        .map_err(|r| type_error(py, format!("{method} returned non-int (type {})", type_name(&r))))?;
    warn(
        py,
        &PyExc_DeprecationWarning_Type,
        &format!(
            "{method} returned non-int (type {}).  The ability to return an instance of a strict subclass of int is \
             deprecated, and may not be supported in a future version of Python.",
            type_name(&r)
        ),
        1,
    )?;
    Ok(r)
}

/// `operator.index(o)` as an exact int (`PyNumber_Index`).
pub fn index_exact(py: Python, o: &PyObject) -> PyResult<Py<PyInt>> {
    let i = index(py, o)?;
    if PyInt::check_exact(&i) { Ok(i) } else { i.to_exact(py) }
}

/// `int(o)` (`PyNumber_Long`).
pub fn long(py: Python, o: &PyObject) -> PyResult<Py<PyInt>> {
    if let Some(i) = o.downcast_exact::<PyInt>() {
        return Ok(i.owned());
    }
    if let Some(f) = slot(o, |n| &n.nb_int) {
        // SAFETY: a slot called with a live object of its type.
        let r = converted_int(py, unsafe { from_c(py, f(o.as_ptr()))? }, "__int__")?;
        return if PyInt::check_exact(&r) { Ok(r) } else { r.to_exact(py) };
    }
    if has_index(o) {
        return index_exact(py, o);
    }
    if let Some(s) = o.downcast::<PyStr>() {
        return PyInt::from_str_object(py, s, 10);
    }
    if let Some(b) = o.downcast::<PyBytes>() {
        return PyInt::from_bytes_literal(py, b.as_bytes(), 10, o);
    }
    if let Some(b) = o.downcast::<PyByteArray>() {
        return PyInt::from_bytes_literal(py, &b.to_vec(), 10, o);
    }
    if let Ok(view) = crate::types::buffer::Buffer::get_simple_opt(py, o)
        && let Some(view) = view
    {
        return PyInt::from_bytes_literal(py, view.as_slice(), 10, o);
    }
    Err(type_error(
        py,
        format!(
            "int() argument must be a string, a bytes-like object or a real number, not '{}'",
            type_name(o)
        ),
    ))
}

/// `float(o)` (`PyNumber_Float`).
pub fn float(py: Python, o: &PyObject) -> PyResult<Py<PyFloat>> {
    if let Some(f) = o.downcast_exact::<PyFloat>() {
        return Ok(f.owned());
    }
    match as_f64_opt(py, o)? {
        Some(v) => PyFloat::new(py, v),
        None => PyFloat::from_string(py, o),
    }
}

/// The value of a number as a double (`PyFloat_AsDouble`).
pub fn as_f64(py: Python, o: &PyObject) -> PyResult<f64> {
    match as_f64_opt(py, o)? {
        Some(v) => Ok(v),
        None => Err(type_error(py, format!("must be real number, not {}", type_name(o)))),
    }
}

/// `None` if the object has neither `__float__` nor `__index__`.
fn as_f64_opt(py: Python, o: &PyObject) -> PyResult<Option<f64>> {
    if let Some(f) = o.downcast::<PyFloat>()
        && PyFloat::check_exact(o)
    {
        return Ok(Some(f.value()));
    }
    if let Some(f) = slot(o, |n| &n.nb_float) {
        // SAFETY: a slot called with a live object of its type.
        let r: Py = unsafe { from_c(py, f(o.as_ptr()))? };
        if let Some(v) = r.downcast_exact::<PyFloat>() {
            return Ok(Some(v.value()));
        }
        let name = o.ty().display_name();
        let Some(v) = r.downcast::<PyFloat>() else {
            return Err(type_error(
                py,
                format!("{name}.__float__() must return a float, not {}", type_name(&r)),
            ));
        };
        warn(
            py,
            &PyExc_DeprecationWarning_Type,
            &format!(
                "{name}.__float__() must return a float, not {}.  The ability to return an instance of a strict \
                 subclass of float is deprecated, and may not be supported in a future version of Python.",
                type_name(&r)
            ),
            1,
        )?;
        return Ok(Some(v.value()));
    }
    if let Some(f) = o.downcast::<PyFloat>() {
        return Ok(Some(f.value()));
    }
    if has_index(o) {
        return Ok(Some(index(py, o)?.to_f64(py)?));
    }
    Ok(None)
}

/// Is there a way to a number? (`PyNumber_Check`)
pub fn is_number(o: &PyObject) -> bool {
    o.ty()
        .as_number()
        .is_some_and(|n| n.nb_index.get().is_some() || n.nb_int.get().is_some() || n.nb_float.get().is_some())
        || o.downcast::<crate::types::PyComplex>().is_some()
}

/// `operator.index(o)` as a machine word; too large: the given exception, or clamped when `None`.
pub fn index_isize(py: Python, o: &PyObject, overflow: Option<&object::PyTypeObject>) -> PyResult<isize> {
    o.index_isize(py, overflow)
}
