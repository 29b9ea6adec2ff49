//! The operators on numbers and containers as functions.

use macros::pymodule;
use runtime::prelude::*;

#[pymodule(part)]
pub mod arithmetic {
    use runtime::abstract_::number;
    use runtime::prelude::*;

    /// Same as -a.
    #[pyfunction]
    pub fn neg(py: Python, a: &PyObject) -> PyResult {
        number::negative(py, a)
    }

    /// Same as +a.
    #[pyfunction]
    pub fn pos(py: Python, a: &PyObject) -> PyResult {
        number::positive(py, a)
    }

    /// Same as abs(a).
    #[pyfunction]
    pub fn abs(py: Python, a: &PyObject) -> PyResult {
        number::absolute(py, a)
    }

    /// Same as ~a.
    #[pyfunction]
    pub fn inv(py: Python, a: &PyObject) -> PyResult {
        number::invert(py, a)
    }

    /// Same as ~a.
    #[pyfunction]
    pub fn invert(py: Python, a: &PyObject) -> PyResult {
        number::invert(py, a)
    }

    /// Same as a + b.
    #[pyfunction(name = "add")]
    pub fn add(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::add(py, a, b)
    }

    /// Same as a - b.
    #[pyfunction(name = "sub")]
    pub fn sub(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::subtract(py, a, b)
    }

    /// Same as a * b.
    #[pyfunction(name = "mul")]
    pub fn mul(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::multiply(py, a, b)
    }

    /// Same as a @ b.
    #[pyfunction(name = "matmul")]
    pub fn matmul(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::matrix_multiply(py, a, b)
    }

    /// Same as a // b.
    #[pyfunction(name = "floordiv")]
    pub fn floordiv(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::floor_divide(py, a, b)
    }

    /// Same as a / b.
    #[pyfunction(name = "truediv")]
    pub fn truediv(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::true_divide(py, a, b)
    }

    /// Same as a % b.
    #[pyfunction(name = "mod")]
    pub fn mod_(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::remainder(py, a, b)
    }

    /// Same as a << b.
    #[pyfunction(name = "lshift")]
    pub fn lshift(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::lshift(py, a, b)
    }

    /// Same as a >> b.
    #[pyfunction(name = "rshift")]
    pub fn rshift(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::rshift(py, a, b)
    }

    /// Same as a & b.
    #[pyfunction(name = "and_")]
    pub fn and_(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::and(py, a, b)
    }

    /// Same as a ^ b.
    #[pyfunction(name = "xor")]
    pub fn xor(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::xor(py, a, b)
    }

    /// Same as a | b.
    #[pyfunction(name = "or_")]
    pub fn or_(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::or(py, a, b)
    }

    /// Same as a ** b.
    #[pyfunction]
    pub fn pow(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::power(py, a, b, none())
    }
}

#[pymodule(part)]
pub mod inplace {
    use runtime::abstract_::number;
    use runtime::prelude::*;

    /// Same as a += b.
    #[pyfunction]
    pub fn iadd(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_add(py, a, b)
    }

    /// Same as a -= b.
    #[pyfunction]
    pub fn isub(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_subtract(py, a, b)
    }

    /// Same as a *= b.
    #[pyfunction]
    pub fn imul(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_multiply(py, a, b)
    }

    /// Same as a @= b.
    #[pyfunction]
    pub fn imatmul(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_matrix_multiply(py, a, b)
    }

    /// Same as a //= b.
    #[pyfunction]
    pub fn ifloordiv(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_floor_divide(py, a, b)
    }

    /// Same as a /= b.
    #[pyfunction]
    pub fn itruediv(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_true_divide(py, a, b)
    }

    /// Same as a %= b.
    #[pyfunction]
    pub fn imod(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_remainder(py, a, b)
    }

    /// Same as a <<= b.
    #[pyfunction]
    pub fn ilshift(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_lshift(py, a, b)
    }

    /// Same as a >>= b.
    #[pyfunction]
    pub fn irshift(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_rshift(py, a, b)
    }

    /// Same as a &= b.
    #[pyfunction]
    pub fn iand(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_and(py, a, b)
    }

    /// Same as a ^= b.
    #[pyfunction]
    pub fn ixor(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_xor(py, a, b)
    }

    /// Same as a |= b.
    #[pyfunction]
    pub fn ior(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_or(py, a, b)
    }

    /// Same as a **= b.
    #[pyfunction]
    pub fn ipow(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        number::inplace_power(py, a, b)
    }
}

/// Is it a sequence as `concat` wants one?
fn is_sequence(o: &PyObject) -> bool {
    !PyDict::check(o) && o.ty().as_sequence().is_some_and(|s| s.sq_item.get().is_some())
}

/// What `concat` does to two sequences.
fn concatenated(py: Python, a: &PyObject, b: &PyObject, inplace: bool) -> PyResult {
    if let Some(s) = a.ty().as_sequence() {
        let change = if inplace { s.sq_inplace_concat.get() } else { None };
        if let Some(f) = change.or(s.sq_concat.get()) {
            // SAFETY: a slot called with a live object of its type.
            return unsafe { from_c(py, f(a.as_ptr(), b.as_ptr())) };
        }
    }
    if is_sequence(a) && is_sequence(b) {
        use runtime::abstract_::number;
        let r = if inplace { number::inplace_add(py, a, b) } else { number::add(py, a, b) };
        match r {
            Ok(r) => return Ok(r),
            Err(e) => drop(catch(py, e, &exceptions::PyExc_TypeError_Type)?),
        }
    }
    Err(type_error(py, format!("'{}' object can't be concatenated", type_name(a))))
}

#[pymodule(part)]
pub mod containers {
    use super::concatenated;
    use runtime::prelude::*;

    /// Same as a + b, for a and b sequences.
    #[pyfunction]
    pub fn concat(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        concatenated(py, a, b, false)
    }

    /// Same as a += b, for a and b sequences.
    #[pyfunction]
    pub fn iconcat(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        concatenated(py, a, b, true)
    }

    /// Same as b in a (note reversed operands).
    #[pyfunction]
    pub fn contains(py: Python, a: &PyObject, b: &PyObject) -> PyResult<bool> {
        ObjectExt::contains(a, py, b)
    }

    /// Return the first index of b in a.
    #[pyfunction(name = "indexOf")]
    pub fn index_of(py: Python, a: &PyObject, b: &PyObject) -> PyResult<isize> {
        let it = iterator(py, a)?;
        let mut i: isize = 0;
        let mut wrapped = false;
        while let Some(item) = it.iter_next(py)? {
            if item.compare_bool(py, b, CompareOp::Eq)? {
                if wrapped {
                    return Err(overflow_error(py, "index exceeds C integer size"));
                }
                return Ok(i);
            }
            (i, wrapped) = match i.checked_add(1) {
                Some(n) => (n, wrapped),
                None => (0, true),
            };
        }
        Err(value_error(py, "sequence.index(x): x not in sequence"))
    }

    /// How many items of a are b or equal to it.
    #[pyfunction(name = "countOf")]
    pub fn count_of(py: Python, a: &PyObject, b: &PyObject) -> PyResult<isize> {
        let it = iterator(py, a)?;
        let mut n: isize = 0;
        while let Some(item) = it.iter_next(py)? {
            if item.compare_bool(py, b, CompareOp::Eq)? {
                n = n.checked_add(1).ok_or_else(|| overflow_error(py, "count exceeds C integer size"))?;
            }
        }
        Ok(n)
    }

    fn iterator(py: Python, o: &PyObject) -> PyResult {
        match o.get_iter(py) {
            Ok(it) => Ok(it),
            Err(e) => {
                drop(catch(py, e, &exceptions::PyExc_TypeError_Type)?);
                Err(type_error(py, format!("argument of type '{}' is not iterable", tp_name(o))))
            }
        }
    }

    /// Same as a[b].
    #[pyfunction]
    pub fn getitem(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        a.get_item(py, b)
    }

    /// Same as a[b] = c.
    #[pyfunction]
    pub fn setitem(py: Python, a: &PyObject, b: &PyObject, c: &PyObject) -> PyResult<()> {
        a.set_item(py, b, c)
    }

    /// Same as del a[b].
    #[pyfunction]
    pub fn delitem(py: Python, a: &PyObject, b: &PyObject) -> PyResult<()> {
        a.del_item(py, b)
    }
}
