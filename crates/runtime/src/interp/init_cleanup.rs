//! The shim frame between `C(...)` and `C.__init__`: code that turns the `None` of `__init__` into the object.

use super::stackref::StackRef;
use crate::state::interpreter;
use crate::types::{PyCode, PyDict, PyFunction};
use bytecode::{Code, op};
use object::{Py, PyLayout, PyResult, Python};

#[cold]
#[inline(never)]
fn make(py: Python) -> PyResult<&'static PyFunction> {
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
    // Shim frames are never shown: the traceable part is not reached.
    code.co_firsttraceable.set(4);
    let f = PyFunction::new(py, &code, PyDict::new(py)?.as_object())?;
    code.as_object().make_immortal();
    f.as_object().make_immortal();
    let at: *const PyFunction = &*f;
    interpreter(py).eval.init_shim.set(at);
    // The interpreter owns the reference until the process ends.
    std::mem::forget::<Py<PyFunction>>(f);
    // SAFETY: immortal.
    Ok(unsafe { &*at })
}

#[inline(always)]
fn get(py: Python) -> PyResult<&'static PyFunction> {
    // SAFETY: null or an immortal function.
    match unsafe { interpreter(py).eval.init_shim.get().as_ref() } {
        Some(f) => Ok(f),
        None => make(py),
    }
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
