//! `_opcode`: what is known about the instructions.

use bytecode::args::{INTRINSICS_1, INTRINSICS_2, NB_OPS, SPECIAL_METHODS};
use bytecode::{Flags, Kind, Opcode};
use macros::pymodule;
use runtime::prelude::*;

fn valid(number: i32) -> Option<Opcode> {
    u32::try_from(number).ok().and_then(Opcode::from_number).filter(|op| op.is_used())
}

fn has(number: i32, flag: Flags) -> bool {
    valid(number).is_some_and(|op| op.has(flag))
}

fn texts(py: Python, names: &[&str]) -> PyResult<Py<PyList>> {
    let names = names.iter().map(|n| Ok(PyStr::new(py, n)?.into_object())).collect::<PyResult<Vec<Py>>>()?;
    PyList::new(py, names)
}

/// Opcode support module.
#[pymodule(name = "_opcode")]
pub mod _opcode {
    use super::*;

    #[pyattr]
    pub const ENABLE_SPECIALIZATION: i64 = 1;
    #[pyattr]
    pub const ENABLE_SPECIALIZATION_FT: i64 = 1;

    /// Compute the stack effect of the opcode.
    #[pyfunction(sig = "(opcode, oparg=None, /, *, jump=None)")]
    pub fn stack_effect(
        py: Python,
        opcode: i32,
        oparg: Option<&PyObject>,
        jump: Option<&PyObject>,
    ) -> PyResult<i32> {
        let arg = match oparg.filter(|a| !a.is_none()) {
            Some(a) => {
                let a = runtime::abstract_::number::index(py, a)?;
                a.to_i32(py)?
            }
            None => 0,
        };
        let jump = match jump.filter(|j| !j.is_none()) {
            None => true,
            Some(j) if j.is(py_bool(true)) => true,
            Some(j) if j.is(py_bool(false)) => false,
            Some(_) => return Err(value_error(py, "stack_effect: jump must be False, True or None")),
        };
        let effect = valid(opcode).filter(|op| op.kind() != Kind::Specialized).and_then(|op| {
            if op.is_block_push() && !jump {
                return Some(0);
            }
            let n = u32::try_from(arg).ok()?;
            let (popped, pushed) = (i32::try_from(op.popped(n)).ok()?, i32::try_from(op.pushed(n)).ok()?);
            Some(pushed - popped)
        });
        effect.ok_or_else(|| value_error(py, "invalid opcode or oparg"))
    }

    /// Is there an instruction of this number?
    #[pyfunction(sig = "(opcode)")]
    pub fn is_valid(_py: Python, opcode: i32) -> bool {
        valid(opcode).is_some()
    }

    /// Does the instruction look at its argument?
    #[pyfunction(sig = "(opcode)")]
    pub fn has_arg(_py: Python, opcode: i32) -> bool {
        has(opcode, Flags::ARG)
    }

    /// Is the argument an index of a constant?
    #[pyfunction(sig = "(opcode)")]
    pub fn has_const(_py: Python, opcode: i32) -> bool {
        has(opcode, Flags::CONST)
    }

    /// Is the argument an index of a name?
    #[pyfunction(sig = "(opcode)")]
    pub fn has_name(_py: Python, opcode: i32) -> bool {
        has(opcode, Flags::NAME)
    }

    /// Does the argument say where to jump?
    #[pyfunction(sig = "(opcode)")]
    pub fn has_jump(_py: Python, opcode: i32) -> bool {
        has(opcode, Flags::JUMP)
    }

    /// Is the argument the index of a cell or free variable?
    #[pyfunction(sig = "(opcode)")]
    pub fn has_free(_py: Python, opcode: i32) -> bool {
        has(opcode, Flags::FREE)
    }

    /// Is the argument the index of a local variable?
    #[pyfunction(sig = "(opcode)")]
    pub fn has_local(_py: Python, opcode: i32) -> bool {
        has(opcode, Flags::LOCAL)
    }

    /// Does the (pseudo) instruction begin a block that catches exceptions?
    #[pyfunction(sig = "(opcode)")]
    pub fn has_exc(_py: Python, opcode: i32) -> bool {
        valid(opcode).is_some_and(|op| op.is_block_push())
    }

    /// Return the specialization stats.
    #[pyfunction]
    pub fn get_specialization_stats(_py: Python) {}

    /// Return array of symbols of binary ops.
    #[pyfunction]
    pub fn get_nb_ops(py: Python) -> PyResult<Py<PyList>> {
        let mut pairs = Vec::new();
        for (name, symbol) in NB_OPS {
            let pair = [PyStr::new(py, name)?.into_object(), PyStr::new(py, symbol)?.into_object()];
            pairs.push(PyTuple::new(py, pair)?.into_object());
        }
        PyList::new(py, pairs)
    }

    /// The functions CALL_INTRINSIC_1 can call, by number.
    #[pyfunction]
    pub fn get_intrinsic1_descs(py: Python) -> PyResult<Py<PyList>> {
        texts(py, &INTRINSICS_1)
    }

    /// The functions CALL_INTRINSIC_2 can call, by number.
    #[pyfunction]
    pub fn get_intrinsic2_descs(py: Python) -> PyResult<Py<PyList>> {
        texts(py, &INTRINSICS_2)
    }

    /// Return a list of special method names.
    #[pyfunction]
    pub fn get_special_method_names(py: Python) -> PyResult<Py<PyList>> {
        texts(py, &SPECIAL_METHODS)
    }

    /// The compiled code that begins at a place of a code object, or None.
    #[pyfunction(sig = "(code, offset)")]
    pub fn get_executor(py: Python, code: &PyObject, offset: i32) -> PyResult {
        let _ = offset;
        if !PyCode::check(code) {
            return Err(type_error(py, format!("expected a code object, not '{}'", tp_name(code))));
        }
        Err(value_error(py, "no executor at given byte offset"))
    }
}
