//! Reporting events to the tools that watch for them.

use crate::interp::frame::Frame;
use crate::types::code::CodeUnit;
use object::{PyObject, PyResult, Python};

pub fn raised(_py: Python, _frame: *mut Frame) {}
pub fn thrown(_py: Python, _frame: *mut Frame) {}
pub fn reraised(_py: Python, _frame: *mut Frame) {}
pub fn unwound(_py: Python, _frame: *mut Frame) {}
pub fn handled(_py: Python, _frame: *mut Frame, _exc: &PyObject) -> PyResult<()> {
    Ok(())
}
pub fn call(_py: Python, _frame: *mut Frame, _ip: *const CodeUnit, _event: usize) -> PyResult<()> {
    Ok(())
}
pub fn call_arg(_py: Python, _frame: *mut Frame, _ip: *const CodeUnit, _event: usize, _a: &PyObject) -> PyResult<()> {
    Ok(())
}
pub fn call_2args(
    _py: Python,
    _frame: *mut Frame,
    _ip: *const CodeUnit,
    _event: usize,
    _a: &PyObject,
    _b: &PyObject,
) -> PyResult<()> {
    Ok(())
}
pub fn call_exc2(_py: Python, _frame: *mut Frame, _ip: *const CodeUnit, _event: usize, _a: &PyObject, _b: &PyObject) {}
pub fn jump(
    _py: Python,
    _frame: *mut Frame,
    _from: *const CodeUnit,
    to: *const CodeUnit,
    _event: usize,
) -> PyResult<*const CodeUnit> {
    Ok(to)
}
pub fn line(_py: Python, _frame: *mut Frame, _ip: *const CodeUnit, _previous: *const CodeUnit) -> PyResult<u8> {
    Ok(0)
}
pub fn instruction(_py: Python, _frame: *mut Frame, _ip: *const CodeUnit) -> PyResult<u8> {
    Ok(0)
}
pub fn stop_iteration(_py: Python, _frame: *mut Frame, _ip: *const CodeUnit, _value: &PyObject) -> PyResult<()> {
    Ok(())
}
pub fn missing(_py: Python) -> &'static PyObject {
    crate::singletons::none()
}
