//! `bool`: two static ints of their own type.

use crate::prelude::*;
use crate::types::int::StaticInt;

/// `True` and `False`.
#[repr(C)]
pub struct PyBool {
    pub ob_base: PyInt,
}

#[unsafe(no_mangle)]
pub static _Py_FalseStruct: StaticInt = StaticInt::new(&PyBool_Type, 0, 0);
#[unsafe(no_mangle)]
pub static _Py_TrueStruct: StaticInt = StaticInt::new(&PyBool_Type, 1, 0);

/// Both operands as truth values, if they are bools.
fn bools(a: &PyObject, b: &PyObject) -> Option<(bool, bool)> {
    let truth = |o: &PyObject| o.downcast_exact::<PyBool>().map(|b| !b.is_zero());
    Some((truth(a)?, truth(b)?))
}

/// A bitwise operation: of bools a bool, of anything else what `int` makes of it.
fn bitwise(
    py: Python,
    a: &PyObject,
    b: &PyObject,
    op: fn(bool, bool) -> bool,
    int: fn(Python, &PyInt, &PyInt) -> PyResult<Py<PyInt>>,
) -> PyResult {
    if let Some((x, y)) = bools(a, b) {
        return Ok(py_bool(op(x, y)).owned().into_object());
    }
    match (a.downcast::<PyInt>(), b.downcast::<PyInt>()) {
        (Some(a), Some(b)) => Ok(int(py, a, b)?.into_object()),
        _ => Ok(not_implemented().owned()),
    }
}

/// The truth value of an object: True or False, of which there is one each.
///
/// bool is a subclass of int and has no subclasses.
#[pytype(
    name = "bool",
    symbol = "PyBool_Type",
    base = PyInt,
    base_type = crate::types::int::PyLong_Type,
    flags(MATCH_SELF),
    basicsize = size_of::<PyInt>(),
    itemsize = 4,
    text = "(object=False, /)"
)]
impl PyBool {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        _cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyInt>> {
        PyBool::of_args(py, args.items(), kwargs.is_some_and(|k| !k.is_empty()))
    }

    #[vectorcall]
    fn vectorcall(
        py: Python,
        _cls: &PyTypeObject,
        args: &[&PyObject],
        kwnames: Option<&PyTuple>,
    ) -> PyResult<Py<PyInt>> {
        PyBool::of_args(py, args, kwnames.is_some_and(|k| !k.is_empty()))
    }

    fn of_args(py: Python, args: &[&PyObject], keywords: bool) -> PyResult<Py<PyInt>> {
        if keywords {
            return Err(type_error(py, "bool() takes no keyword arguments"));
        }
        match args {
            [] => Ok(py_bool(false).owned()),
            [o] => Ok(py_bool(o.is_true(py)?).owned()),
            more => Err(type_error(py, format!("bool expected at most 1 argument, got {}", more.len()))),
        }
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: both objects are statics: a count that foreign code broke is restored.
        unsafe { (*o).make_immortal() };
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        Ok(if self.is_zero() { intern!(py, "False") } else { intern!(py, "True") }.owned())
    }

    #[slot(nb_and)]
    fn nb_and(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        bitwise(py, a, b, |a, b| a & b, PyInt::bit_and)
    }

    #[slot(nb_or)]
    fn nb_or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        bitwise(py, a, b, |a, b| a | b, PyInt::bit_or)
    }

    #[slot(nb_xor)]
    fn nb_xor(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        bitwise(py, a, b, |a, b| a ^ b, PyInt::bit_xor)
    }

    #[slot(nb_invert)]
    fn invert(&self, py: Python) -> PyResult<Py<PyInt>> {
        warn(
            py,
            &exceptions::PyExc_DeprecationWarning_Type,
            "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise \
             inversion of the underlying int object and is usually not what you expect from negating a bool. Use the \
             'not' operator for boolean negation or ~int(x) if you really want the bitwise inversion of the underlying int.",
            1,
        )?;
        PyInt::invert(py, self)
    }
}
