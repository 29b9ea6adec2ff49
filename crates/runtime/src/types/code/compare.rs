//! Equality and hash of code objects: by what they do, constants told apart by type and sign.

use super::PyCode;
use crate::prelude::*;
use crate::state::enter_recursive_call;
use bytecode::Opcode;

impl PyCode {
    /// The instruction at `unit` without specialisation and instrumentation.
    pub fn base_opcode(&self, unit: usize) -> Opcode {
        crate::interp::instrument::base_opcode(self, unit)
    }

    /// `co_code`: the instructions as the compiler made them, caches zero.
    pub fn deoptimized(&self) -> Vec<u8> {
        let n = self.code_len();
        let mut out = Vec::with_capacity(n * 2);
        let mut i = 0;
        while i < n {
            let opcode = self.base_opcode(i);
            out.extend([opcode.number() as u8, self.unit(i).arg]);
            let caches = opcode.caches().min(n - i - 1);
            out.resize(out.len() + caches * 2, 0);
            i += 1 + caches;
        }
        out
    }
}

/// Are two constants the same to the compiler? (`_PyCode_ConstantKey`)
fn same_constant(py: Python, a: &PyObject, b: &PyObject) -> PyResult<bool> {
    if a.is(b) {
        return Ok(true);
    }
    if !std::ptr::eq(a.ty(), b.ty()) {
        return Ok(false);
    }
    enter_recursive_call(py, " in comparison")?;
    if let (Some(x), Some(y)) = (a.downcast_exact::<PyTuple>(), b.downcast_exact::<PyTuple>()) {
        return same_items(py, x.items(), y.items());
    }
    if let (Some(x), Some(y)) = (a.downcast_exact::<PyFloat>(), b.downcast_exact::<PyFloat>()) {
        let (x, y) = (x.value(), y.value());
        return Ok(x == y && x.is_sign_negative() == y.is_sign_negative());
    }
    if let (Some(x), Some(y)) = (a.downcast_exact::<PyComplex>(), b.downcast_exact::<PyComplex>()) {
        let same = |p: f64, q: f64| p == q && p.is_sign_negative() == q.is_sign_negative();
        return Ok(same(x.real, y.real) && same(x.imag, y.imag));
    }
    if PyFrozenSet::check_exact(a) {
        // SAFETY: frozen sets have the layout of sets.
        let (x, y) = unsafe { (a.downcast_unchecked::<PySet>(), b.downcast_unchecked::<PySet>()) };
        let (x, y) = (x.snapshot(), y.snapshot());
        if x.len() != y.len() {
            return Ok(false);
        }
        for i in &x {
            let mut found = false;
            for j in &y {
                found = found || same_constant(py, i, j)?;
            }
            if !found {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    if let (Some(x), Some(y)) = (a.downcast_exact::<PySlice>(), b.downcast_exact::<PySlice>()) {
        return same_items(py, &[&*x.start, &*x.stop, &*x.step], &[&*y.start, &*y.stop, &*y.step]);
    }
    let plain =
        PyInt::check_exact(a) || PyStr::check_exact(a) || PyBytes::check_exact(a) || PyCode::check_exact(a);
    if plain { a.compare_bool(py, b, CompareOp::Eq) } else { Ok(false) }
}

fn same_items(py: Python, a: &[&PyObject], b: &[&PyObject]) -> PyResult<bool> {
    if a.len() != b.len() {
        return Ok(false);
    }
    for (x, y) in a.iter().zip(b) {
        if !same_constant(py, x, y)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `a == b`.
pub(super) fn equal(py: Python, a: &PyCode, b: &PyCode) -> PyResult<bool> {
    let eq = |x: &PyObject, y: &PyObject| x.compare_bool(py, y, CompareOp::Eq);
    Ok(eq(a.co_name.as_object(), b.co_name.as_object())?
        && a.co_argcount == b.co_argcount
        && a.co_posonlyargcount == b.co_posonlyargcount
        && a.co_kwonlyargcount == b.co_kwonlyargcount
        && a.co_flags == b.co_flags
        && a.co_firstlineno == b.co_firstlineno
        && a.deoptimized() == b.deoptimized()
        && same_items(py, a.co_consts.items(), b.co_consts.items())?
        && eq(a.co_names.as_object(), b.co_names.as_object())?
        && eq(a.co_localsplusnames.as_object(), b.co_localsplusnames.as_object())?
        && a.co_linetable.as_bytes() == b.co_linetable.as_bytes()
        && a.co_exceptiontable.as_bytes() == b.co_exceptiontable.as_bytes())
}

/// The hash, of the parts that `==` compares.
pub(super) fn hash(py: Python, c: &PyCode) -> PyResult<isize> {
    let mut h: u64 = 20221211;
    let mut mix = |v: u64| h = (h ^ v).wrapping_mul(1000003);
    mix(c.co_name.hash() as u64);
    for o in [&c.co_consts, &c.co_names, &c.co_localsplusnames] {
        mix(o.as_object().hash(py)? as u64);
    }
    mix(c.co_linetable.hash() as u64);
    mix(c.co_exceptiontable.hash() as u64);
    for v in [&c.co_argcount, &c.co_posonlyargcount, &c.co_kwonlyargcount, &c.co_flags, &c.co_firstlineno] {
        mix(v.get() as u64);
    }
    for unit in c.deoptimized() {
        mix(unit.into());
    }
    Ok(if h as isize == -1 { -2 } else { h as isize })
}
