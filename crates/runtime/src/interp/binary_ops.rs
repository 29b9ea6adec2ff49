//! Tables behind `BINARY_OP`: the function for each oparg, and the pairs of types `BINARY_OP_EXTEND` knows.

use crate::abstract_::{ObjectExt, number};
use crate::types::{PyFloat, PyInt};
use bytecode::args::nb;
use object::{Py, PyObject, PyResult, Python};

type BinaryFn = fn(Python, &PyObject, &PyObject) -> PyResult;

fn power(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    number::power(py, a, b, crate::singletons::none())
}

fn subscr(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    a.get_item(py, b)
}

/// By oparg.
pub static BINARY_OPS: [BinaryFn; 27] = [
    number::add,
    number::and,
    number::floor_divide,
    number::lshift,
    number::matrix_multiply,
    number::multiply,
    number::remainder,
    number::or,
    power,
    number::rshift,
    number::subtract,
    number::true_divide,
    number::xor,
    number::inplace_add,
    number::inplace_and,
    number::inplace_floor_divide,
    number::inplace_lshift,
    number::inplace_matrix_multiply,
    number::inplace_multiply,
    number::inplace_remainder,
    number::inplace_or,
    number::inplace_power,
    number::inplace_rshift,
    number::inplace_subtract,
    number::inplace_true_divide,
    number::inplace_xor,
    subscr,
];

/// What `BINARY_OP_EXTEND` does for one operator and pair of types; the inline cache holds the index.
pub struct Extended {
    pub oparg: u32,
    pub guard: fn(&PyObject, &PyObject) -> bool,
    pub action: BinaryFn,
}

fn compact(o: &PyObject) -> Option<isize> {
    o.downcast_exact::<PyInt>().filter(|i| i.is_compact()).map(PyInt::compact_value)
}

fn float(o: &PyObject) -> Option<f64> {
    o.downcast_exact::<PyFloat>().map(PyFloat::value)
}

fn ints(a: &PyObject, b: &PyObject) -> bool {
    compact(a).is_some() && compact(b).is_some()
}

fn float_int(a: &PyObject, b: &PyObject) -> bool {
    float(a).is_some_and(|f| !f.is_nan()) && compact(b).is_some()
}

fn float_nonzero_int(a: &PyObject, b: &PyObject) -> bool {
    float(a).is_some_and(|f| !f.is_nan()) && compact(b).is_some_and(|i| i != 0)
}

fn int_float(a: &PyObject, b: &PyObject) -> bool {
    compact(a).is_some() && float(b).is_some_and(|f| !f.is_nan())
}

fn int_nonzero_float(a: &PyObject, b: &PyObject) -> bool {
    compact(a).is_some() && float(b).is_some_and(|f| !f.is_nan() && f != 0.0)
}

macro_rules! int_action {
    ($($name:ident $op:tt;)*) => { $(
        fn $name(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
            let v = compact(a).unwrap_or(0) $op compact(b).unwrap_or(0);
            PyInt::from_i64(py, v as i64).map(Py::into_object)
        }
    )* };
}
int_action! { int_or |; int_and &; int_xor ^; }

/// Either operand as a float: the guards let only floats and compact ints through.
fn value(o: &PyObject) -> f64 {
    float(o).or_else(|| compact(o).map(|i| i as f64)).unwrap_or(f64::NAN)
}

macro_rules! float_action {
    ($($name:ident $op:tt;)*) => { $(
        fn $name(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
            PyFloat::new(py, value(a) $op value(b)).map(Py::into_object)
        }
    )* };
}
float_action! { float_add +; float_subtract -; float_multiply *; float_divide /; }

const fn row(oparg: u32, guard: fn(&PyObject, &PyObject) -> bool, action: BinaryFn) -> Extended {
    Extended { oparg, guard, action }
}

/// All pairs, in the order they are tried.
pub static EXTENDED: [Extended; 14] = [
    row(nb::OR, ints, int_or),
    row(nb::AND, ints, int_and),
    row(nb::XOR, ints, int_xor),
    row(nb::INPLACE + nb::OR, ints, int_or),
    row(nb::INPLACE + nb::AND, ints, int_and),
    row(nb::INPLACE + nb::XOR, ints, int_xor),
    row(nb::ADD, float_int, float_add),
    row(nb::SUBTRACT, float_int, float_subtract),
    row(nb::TRUE_DIVIDE, float_nonzero_int, float_divide),
    row(nb::MULTIPLY, float_int, float_multiply),
    row(nb::ADD, int_float, float_add),
    row(nb::SUBTRACT, int_float, float_subtract),
    row(nb::TRUE_DIVIDE, int_nonzero_float, float_divide),
    row(nb::MULTIPLY, int_float, float_multiply),
];
