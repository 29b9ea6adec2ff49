//! The shim frame between `C(...)` and `C.__init__`: code that turns the `None` of `__init__` into the object.

use super::stackref::StackRef;
use crate::state::interpreter;
use crate::types::{PyCode, PyDict, PyFunction};
use bytecode::{Code, op};
use object::{Py, PyLayout, PyResult, Python, Slot};
use std::rc::Rc;

/// One an interpreter: the function keeps the code.
#[derive(Default)]
struct Shim {
    function: Slot<PyFunction>,
}

fn make(py: Python) -> PyResult<Py<PyFunction>> {
    let byte = |op: bytecode::Opcode| op.number() as u8;
    let code = Code {
        argcount: 0,
        posonlyargcount: 0,
        kwonlyargcount: 0,
        stacksize: 2,
        flags: bytecode::code::flags::NO_MONITORING_EVENTS | bytecode::code::flags::OPTIMIZED,
        firstlineno: 1,
        code: vec![byte(op::EXIT_INIT_CHECK), 0, byte(op::RETURN_VALUE), 0, byte(op::RESUME), 0].into(),
        consts: Box::new([]),
        names: Box::new([]),
        localsplusnames: Box::new([]),
        localspluskinds: Box::new([]),
        filename: "<shim>".into(),
        name: "__init_cleanup__".into(),
        qualname: "__init_cleanup__".into(),
        linetable: Box::new([]),
        exceptiontable: Box::new([]),
    };
    let code = PyCode::from_data(py, &code)?;
    // The frame is never shown: its only traceable instruction is not reached.
    code.co_firsttraceable.set(4);
    let globals = PyDict::new(py)?;
    let f = PyFunction::new(py, &code, globals.as_object())?;
    f.as_object().make_immortal();
    code.as_object().make_immortal();
    Ok(f)
}

#[cold]
fn make_once(py: Python, shim: &Rc<Shim>) -> PyResult<()> {
    let f = make(py)?;
    interpreter(py).init_shim.set(f.as_ptr() as *mut PyFunction);
    shim.function.set(Some(f));
    Ok(())
}

#[inline(always)]
fn get(py: Python) -> PyResult<&'static PyFunction> {
    let interp = interpreter(py);
    if interp.init_shim.get().is_null() {
        make_once(py, &interp.module_state::<Shim>())?;
    }
    // SAFETY: an immortal function.
    Ok(unsafe { &*interp.init_shim.get() })
}

/// The shim's code.
#[inline(always)]
pub fn code(py: Python) -> PyResult<&'static PyCode> {
    Ok(get(py)?.code())
}

/// The shim's function, as a stack word.
#[inline(always)]
pub fn function(py: Python) -> PyResult<StackRef> {
    Ok(StackRef::from_borrowed(get(py)?.as_object()))
}

