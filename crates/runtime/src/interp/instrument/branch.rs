//! Callbacks for `BRANCH`, the event of before 3.14 that does not tell the two ways apart.

use super::data::{CoMonitoring, base_opcode};
use super::fire;
use crate::prelude::*;
use crate::types::*;
use bytecode::op;

/// Passes both branch events on to one callback.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBranchHandler {
    pub ob_base: PyObject,
    pub handler: Py,
    pub tool: Cell<usize>,
    pub right: Cell<bool>,
}

impl PyBranchHandler {
    pub(super) fn make(
        py: Python,
        handler: &PyObject,
        tool: usize,
        right: bool,
    ) -> PyResult<Py<PyBranchHandler>> {
        let ty = PyBranchHandler::type_object();
        new_object(
            py,
            ty,
            PyBranchHandler {
                ob_base: PyObject::header(ty),
                handler: handler.owned(),
                tool: Cell::new(tool),
                right: Cell::new(right),
            },
        )
    }
}

/// Where the other way of a branch is reported.
fn other_side(code: &PyCode, source: usize, right: bool) -> Option<usize> {
    let base = base_opcode(code, source);
    let next = source + 1 + base.caches();
    match base {
        // Right is reported by the jump itself, left by what follows it.
        op::POP_JUMP_IF_FALSE | op::POP_JUMP_IF_TRUE | op::POP_JUMP_IF_NONE | op::POP_JUMP_IF_NOT_NONE => {
            Some(if right { next } else { source })
        }
        // Left is reported by the loop's head, right behind its end.
        op::FOR_ITER => {
            if right {
                return Some(source);
            }
            let mut arg = code.unit(source).arg as usize;
            let mut at = source;
            let mut shift = 8;
            while at > 0 && base_opcode(code, at - 1) == op::EXTENDED_ARG {
                at -= 1;
                arg |= (code.unit(at).arg as usize) << shift;
                shift += 8;
            }
            // Behind `END_FOR`.
            Some(next + arg + 1)
        }
        _ => None,
    }
}

/// Passes branch events on.
#[pytype(
    name = "branch_event_handler",
    module = "sys",
    symbol = "_PyBranchEventHandler_Type",
    flags(GC, DISALLOW_INSTANTIATION)
)]
impl PyBranchHandler {
    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let result = self.handler.call_tuple_dict(py, args, kwargs)?;
        // Switching off one way switches off the other.
        if result.is(fire::disable(py))
            && let [code, offset, ..] = args.items()
            && let Some(code) = code.downcast_exact::<PyCode>()
            && let Some(offset) = offset.downcast::<PyInt>().and_then(|o| o.as_i64())
            && let Ok(offset) = usize::try_from(offset)
            && let Some(other) = other_side(code, offset / 2, self.right.get())
        {
            CoMonitoring::of(code).disable(code, other, self.tool.get());
        }
        Ok(result)
    }
}
