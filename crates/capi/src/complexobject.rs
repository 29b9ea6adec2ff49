//! `complexobject.h`.

use crate::convert::*;
use runtime::prelude::*;
use runtime::types::complex::Complex;

/// `Py_complex`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CComplex {
    real: f64,
    imag: f64,
}

impl From<CComplex> for Complex {
    fn from(c: CComplex) -> Complex {
        Complex { re: c.real, im: c.imag }
    }
}

impl From<Complex> for CComplex {
    fn from(c: Complex) -> CComplex {
        CComplex { real: c.re, imag: c.im }
    }
}

pub(crate) fn new(py: Python, real: f64, imag: f64) -> PyResult<Py<PyComplex>> {
    PyComplex::new(py, real, imag)
}

/// `PyComplex_AsCComplex`: through `__complex__`, else `__float__` and `__index__`.
pub(crate) fn parts(py: Python, o: &PyObject) -> PyResult<[f64; 2]> {
    if let Some(c) = o.downcast::<PyComplex>() {
        return Ok([c.real, c.imag]);
    }
    if let Some(f) = o.lookup_special(py, intern!(py, "__complex__"))? {
        let r = f.call0(py)?;
        return match r.downcast::<PyComplex>() {
            Some(c) => {
                if !PyComplex::check_exact(&r) {
                    let text = format!(
                        "{}.__complex__() must return a complex, not {}.  The ability to return an instance of a strict subclass of complex is deprecated, and may not be supported in a future version of Python.",
                        o.ty().display_name(),
                        tp_name(&r)
                    );
                    warn(py, &runtime::types::exceptions::PyExc_DeprecationWarning_Type, &text, 1)?;
                }
                Ok([c.real, c.imag])
            }
            None => {
                let text = format!(
                    "{}.__complex__() must return a complex, not {}",
                    o.ty().display_name(),
                    tp_name(&r)
                );
                Err(type_error(py, text))
            }
        };
    }
    Ok([crate::floatobject::double(py, o)?, 0.0])
}

capi! {
    fn PyComplex_FromDoubles(py, real: f64, imag: f64) -> O { new(py, real, imag) }
    fn PyComplex_RealAsDouble(py, o: O) -> f64 { Ok(parts(py, obj(py, o)?)?[0]) }
    fn PyComplex_ImagAsDouble(py, o: O) -> f64 { Ok(parts(py, obj(py, o)?)?[1]) }
    fn PyComplex_FromCComplex(py, c: CComplex) -> O { new(py, c.real, c.imag) }
}

fn or_zero(r: Result<Complex, impl Sized>) -> CComplex {
    // The C functions report through `errno`.
    r.unwrap_or_else(|_| {
        // SAFETY: the thread's own.
        unsafe { *object::libc::__errno_location() = object::libc::EDOM };
        Complex { re: 0.0, im: 0.0 }
    })
    .into()
}

plain! {
    fn PyComplex_AsCComplex(o: O) -> CComplex {
        let py = token();
        match obj(py, o).and_then(|o| parts(py, o)) {
            Ok([real, imag]) => CComplex { real, imag },
            Err(_) => CComplex { real: -1.0, imag: 0.0 },
        }
    }
    fn _Py_c_sum(a: CComplex, b: CComplex) -> CComplex { CComplex { real: a.real + b.real, imag: a.imag + b.imag } }
    fn _Py_c_diff(a: CComplex, b: CComplex) -> CComplex { CComplex { real: a.real - b.real, imag: a.imag - b.imag } }
    fn _Py_c_neg(a: CComplex) -> CComplex { CComplex { real: -a.real, imag: -a.imag } }
    fn _Py_c_prod(a: CComplex, b: CComplex) -> CComplex { Complex::from(a).times(b.into()).into() }
    fn _Py_c_quot(a: CComplex, b: CComplex) -> CComplex { or_zero(Complex::from(a).over(b.into())) }
    fn _Py_c_pow(a: CComplex, b: CComplex) -> CComplex { or_zero(Complex::from(a).pow(b.into())) }
    fn _Py_c_abs(a: CComplex) -> f64 {
        *object::libc::__errno_location() = 0;
        Complex::from(a).abs().unwrap_or_else(|_| {
            *object::libc::__errno_location() = object::libc::ERANGE;
            f64::INFINITY
        })
    }
}
