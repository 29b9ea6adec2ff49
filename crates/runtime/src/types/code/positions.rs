//! `co_positions()` and `co_branches()`.

use super::PyCode;
use crate::prelude::*;
use bytecode::op;

/// Iterates over the locations of the code units, one tuple each.
#[repr(C)]
#[derive(Traverse)]
pub struct PyPositionsIterator {
    pub ob_base: PyObject,
    pub code: Py<PyCode>,
    pub unit: Cell<usize>,
}

impl PyPositionsIterator {
    pub(super) fn make(py: Python, code: &PyCode) -> PyResult<Py<PyPositionsIterator>> {
        let ty = PyPositionsIterator::type_object();
        new_object(
            py,
            ty,
            PyPositionsIterator { ob_base: PyObject::header(ty), code: code.owned(), unit: Cell::new(0) },
        )
    }
}

fn number(py: Python, i: i32) -> PyResult {
    if i < 0 { Ok(none().owned()) } else { PyInt::from_i64(py, i.into()).map(Py::into_object) }
}

/// Iterator over the positions of instructions.
#[pytype(name = "positions_iterator", symbol = "_PyPositionsIterator")]
impl PyPositionsIterator {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> PyResult<Py> {
        Ok(self.as_object().owned())
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let unit = self.unit.get();
        if unit >= self.code.code_len() {
            return Ok(None);
        }
        let Some(l) = self.code.locations().lookup(unit as u32) else { return Ok(None) };
        self.unit.set(unit + 1);
        let parts =
            [number(py, l.line)?, number(py, l.end_line)?, number(py, l.col)?, number(py, l.end_col)?];
        PyTuple::new(py, parts).map(Some)
    }
}

/// Iterates over the branches: where they are, and where either way leads.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBranchesIterator {
    pub ob_base: PyObject,
    pub code: Py<PyCode>,
    pub unit: Cell<usize>,
}

impl PyBranchesIterator {
    pub(super) fn make(py: Python, code: &PyCode) -> PyResult<Py<PyBranchesIterator>> {
        let ty = PyBranchesIterator::type_object();
        new_object(
            py,
            ty,
            PyBranchesIterator { ob_base: PyObject::header(ty), code: code.owned(), unit: Cell::new(0) },
        )
    }
}

/// Iterator over the branches of a code object.
#[pytype(name = "line_iterator", symbol = "_PyBranchesIterator")]
impl PyBranchesIterator {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> PyResult<Py> {
        Ok(self.as_object().owned())
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let mut unit = self.unit.get();
        let mut prefix = 0usize;
        let found = loop {
            if unit >= self.code.code_len() {
                self.unit.set(unit);
                return Ok(None);
            }
            let opcode = self.code.base_opcode(unit);
            let arg = prefix << 8 | self.code.unit(unit).arg as usize;
            let next = unit + 1 + opcode.caches();
            prefix = 0;
            match opcode {
                op::EXTENDED_ARG => prefix = arg,
                // Both skip the `END_FOR` and `POP_ITER` at the loop's end.
                op::FOR_ITER => break (unit, next, next + arg + 2, next),
                op::POP_JUMP_IF_FALSE
                | op::POP_JUMP_IF_TRUE
                | op::POP_JUMP_IF_NONE
                | op::POP_JUMP_IF_NOT_NONE => break (unit, next + 1, next + arg, next + 1),
                op::END_ASYNC_FOR => {
                    let source = next.saturating_sub(arg);
                    break (source, source + 2, next, next);
                }
                _ => {}
            }
            unit = next;
        };
        let (source, left, right, resume) = found;
        self.unit.set(resume);
        let int = |u: usize| PyInt::from_i64(py, u as i64 * 2).map(Py::into_object);
        PyTuple::new(py, [int(source)?, int(left)?, int(right)?]).map(Some)
    }
}
