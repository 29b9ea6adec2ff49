//! What monitoring keeps: tools and their callbacks per interpreter, instrumentation data per code object.

use super::breaker;
use crate::state::breaker::EVENTS_MASK;
use crate::state::{Thread, thread};
use crate::types::PyCode;
use bytecode::Opcode;
use object::{PyResult, Python};

/// `_PyCoMonitoringData`: what instrumentation keeps beside a code object.
pub struct CoMonitoring {}

/// The tools and what they watch.
pub struct Monitoring {}

impl Monitoring {
    pub fn new() -> Monitoring {
        Monitoring {}
    }
}

impl Default for Monitoring {
    fn default() -> Self {
        Self::new()
    }
}

/// Instruments a code object for the current set of events.
pub fn update(py: Python, code: &PyCode) -> PyResult<()> {
    code.co_instrumentation_version.set(breaker(thread(py)) & !EVENTS_MASK);
    Ok(())
}

/// The instruction at `unit` as the compiler made it.
pub fn base_opcode(code: &PyCode, unit: usize) -> Opcode {
    Opcode::from_u8(code.unit(unit).code).deopt()
}

/// Does nobody watch frames being left by exceptions?
pub fn no_tools_for_unwind(_t: &Thread) -> bool {
    true
}
