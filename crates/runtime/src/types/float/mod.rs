//! `float` (`Include/cpython/floatobject.h`): layout and hash; arithmetic is in `arith`, text in `text`, rounding in `round`, what
//! Python sees in `methods`.

mod arith;
mod hex;
mod methods;
mod round;
mod text;

pub use arith::{compare, divmod, floor_div, pow, remainder};
pub use methods::PyFloat_Type;
pub use text::parse_float;
pub(in crate::types) use text::{ascii_of, clean};

use crate::prelude::*;
use object::alloc;

/// `PyFloatObject`.
#[repr(C)]
pub struct PyFloat {
    pub ob_base: PyObject,
    pub ob_fval: Cell<f64>,
}

const _: () = assert!(size_of::<PyFloat>() == 24);

impl PyFloat {
    #[inline]
    pub fn new(py: Python, value: f64) -> PyResult<Py<PyFloat>> {
        // SAFETY: fresh memory of the size, given its fields.
        unsafe {
            let p = alloc::object_alloc(size_of::<PyFloat>()) as *mut PyFloat;
            if p.is_null() {
                return Err(memory_error(py));
            }
            p.write(PyFloat { ob_base: PyObject::header(&PyFloat_Type), ob_fval: Cell::new(value) });
            Ok(Py::from_raw_owned(p as *mut PyObject))
        }
    }

    /// A float, if memory is ready at once.
    #[inline(always)]
    pub fn ready(value: f64) -> Option<Py<PyFloat>> {
        // SAFETY: fresh memory of the size, given its fields.
        unsafe {
            let p = alloc::alloc_ready::<{ size_of::<PyFloat>() }>() as *mut PyFloat;
            if p.is_null() {
                return None;
            }
            p.write(PyFloat { ob_base: PyObject::header(&PyFloat_Type), ob_fval: Cell::new(value) });
            Some(Py::from_raw_owned(p as *mut PyObject))
        }
    }

    /// A float of `float` or of a subclass.
    fn of_type(py: Python, ty: &PyTypeObject, value: f64) -> PyResult<Py<PyFloat>> {
        new_object(py, ty, PyFloat { ob_base: PyObject::header(ty), ob_fval: Cell::new(value) })
    }

    #[inline(always)]
    pub fn value(&self) -> f64 {
        self.ob_fval.get()
    }
}

/// Mantissa in `0.5..1` and exponent (C's `frexp`).
pub fn frexp(x: f64) -> (f64, i32) {
    if x == 0.0 || !x.is_finite() {
        return (x, 0);
    }
    let bits = x.to_bits();
    let e = (bits >> 52 & 0x7ff) as i32;
    if e == 0 {
        // Subnormal: scaled into the normal range first.
        let (m, e) = frexp(x * 2f64.powi(64));
        return (m, e - 64);
    }
    (f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52), e - 1022)
}

/// `x * 2**e`, rounded once (C's `ldexp`).
pub fn ldexp(x: f64, e: i64) -> f64 {
    let (m, own) = frexp(x);
    if m == 0.0 || !x.is_finite() {
        return x;
    }
    let e = e.saturating_add(own as i64);
    if e > 1024 {
        return m * f64::INFINITY;
    }
    if e < -1080 {
        return m * 0.0;
    }
    if e > -1021 {
        // Half the scale at a time: 2**1024 is no float.
        let half = e / 2;
        return m * 2f64.powi(half as i32) * 2f64.powi((e - half) as i32);
    }
    // Subnormal results are rounded by the last multiplication alone.
    m * 2f64.powi(-1000) * 2f64.powi((e + 1000) as i32)
}

/// The hash of a float (`_Py_HashDouble`): that of an equal int. A NaN's comes from the object it is in.
pub fn hash_f64(value: f64, object: &PyObject) -> isize {
    const BITS: u32 = 61;
    const P: u64 = (1 << BITS) - 1;
    if value.is_nan() {
        return hash_pointer(object);
    }
    if value.is_infinite() {
        return if value > 0.0 { 314159 } else { -314159 };
    }
    let (m, mut e) = frexp(value);
    let mut m = m.abs();
    let mut x = 0u64;
    // 28 bits at a time.
    while m != 0.0 {
        x = ((x << 28) & P) | x >> (BITS - 28);
        m *= 268435456.0;
        e -= 28;
        let y = m as u64;
        m -= y as f64;
        x += y;
        if x >= P {
            x -= P;
        }
    }
    let e = e.rem_euclid(BITS as i32) as u32;
    x = ((x << e) & P) | x >> (BITS - e);
    let h = if value < 0.0 { -(x as i64) } else { x as i64 } as isize;
    if h == -1 { -2 } else { h }
}

/// The hash of an object's identity (`Py_HashPointer`).
pub fn hash_pointer(o: &PyObject) -> isize {
    let h = (o as *const PyObject as usize).rotate_right(4) as isize;
    if h == -1 { -2 } else { h }
}
