//! From a function's result to a Python object.

use crate::singletons::{none, py_bool};
use crate::types::{PyFloat, PyInt, PyStr};
use object::{Py, PyLayout, PyObject, PyResult, Python};

/// What a function that Python calls may return: a value that becomes an object, or a [`PyResult`] of one.
pub trait IntoPyResult {
    fn into_py_result(self, py: Python) -> PyResult;
}

impl<R: IntoPyResult> IntoPyResult for PyResult<R> {
    #[inline(always)]
    fn into_py_result(self, py: Python) -> PyResult {
        self?.into_py_result(py)
    }
}

impl<T: PyLayout> IntoPyResult for Py<T> {
    #[inline(always)]
    fn into_py_result(self, _: Python) -> PyResult {
        Ok(self.into_object())
    }
}

/// A borrowed object: a new reference to it.
impl<T: PyLayout> IntoPyResult for &T {
    #[inline(always)]
    fn into_py_result(self, _: Python) -> PyResult {
        Ok(self.owned().into_object())
    }
}

impl IntoPyResult for () {
    #[inline(always)]
    fn into_py_result(self, _: Python) -> PyResult {
        Ok(none().owned())
    }
}

/// `None` for "nothing".
impl<R: IntoPyResult> IntoPyResult for Option<R> {
    #[inline]
    fn into_py_result(self, py: Python) -> PyResult {
        match self {
            Some(v) => v.into_py_result(py),
            None => Ok(none().owned()),
        }
    }
}

impl IntoPyResult for bool {
    #[inline]
    fn into_py_result(self, _: Python) -> PyResult<Py<PyObject>> {
        Ok(py_bool(self).owned().into_object())
    }
}

impl IntoPyResult for f64 {
    #[inline]
    fn into_py_result(self, py: Python) -> PyResult {
        PyFloat::new(py, self).map(Py::into_object)
    }
}

impl IntoPyResult for &str {
    fn into_py_result(self, py: Python) -> PyResult {
        PyStr::new(py, self).map(Py::into_object)
    }
}

impl IntoPyResult for String {
    fn into_py_result(self, py: Python) -> PyResult {
        PyStr::new(py, &self).map(Py::into_object)
    }
}

macro_rules! ints {
    ($make:ident $as:ty: $($t:ty)*) => { $(
        impl IntoPyResult for $t {
            #[inline]
            fn into_py_result(self, py: Python) -> PyResult {
                PyInt::$make(py, self as $as).map(Py::into_object)
            }
        }
    )* };
}
ints!(from_i64 i64: i8 u8 i16 u16 i32 u32 i64 isize);
ints!(from_u64 u64: u64 usize);
