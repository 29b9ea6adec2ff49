//! The `builtins` module: the built-in functions; the types and exceptions are added by [`init`].

mod build_class;
pub mod code;
mod functions;
mod io;
mod reduce;

use crate::prelude::*;
use crate::state::interpreter;
use crate::types::*;

/// Built-in functions, exceptions, and other objects.
#[pymodule(name = "builtins", parts(functions::part, reduce::part, code::part, io::part, build_class::part))]
pub mod builtins_module {}

/// Makes the module, fills in the built-in names and remembers its dict in the interpreter.
///
/// Errors: `MemoryError`.
pub fn init(py: Python) -> PyResult<Py<PyModule>> {
    let module = PyModule::from_def(py, &builtins_module::MODULE)?;
    let dict = module.dict(py);
    for (name, value) in [
        ("None", none()),
        ("Ellipsis", ellipsis()),
        ("NotImplemented", not_implemented()),
        ("False", py_bool(false).as_object()),
        ("True", py_bool(true).as_object()),
    ] {
        dict.set_text(py, name, value)?;
    }
    let types: &[(&str, &PyTypeObject)] = &[
        ("bool", PyBool::type_object()),
        ("memoryview", PyMemoryView::type_object()),
        ("bytearray", PyByteArray::type_object()),
        ("bytes", PyBytes::type_object()),
        ("classmethod", PyClassMethod::type_object()),
        ("complex", PyComplex::type_object()),
        ("dict", PyDict::type_object()),
        ("enumerate", PyEnumerate::type_object()),
        ("filter", PyFilter::type_object()),
        ("float", PyFloat::type_object()),
        ("frozenset", PyFrozenSet::type_object()),
        ("property", PyProperty::type_object()),
        ("int", PyInt::type_object()),
        ("list", PyList::type_object()),
        ("map", PyMap::type_object()),
        ("object", crate::types::object_::type_object()),
        ("range", PyRange::type_object()),
        ("reversed", PyReversed::type_object()),
        ("set", PySet::type_object()),
        ("slice", PySlice::type_object()),
        ("staticmethod", PyStaticMethod::type_object()),
        ("str", PyStr::type_object()),
        ("super", PySuper::type_object()),
        ("tuple", PyTuple::type_object()),
        ("type", PyTypeObject::type_object()),
        ("zip", PyZip::type_object()),
    ];
    for (name, ty) in types {
        dict.set_text(py, name, ty.object())?;
    }
    let optimize = interpreter(py).config.borrow().optimize;
    dict.set_text(py, "__debug__", py_bool(optimize == 0).as_object())?;
    for (name, ty) in exceptions::all() {
        dict.set_text(py, name, ty.object())?;
    }
    dict.set_text(py, "ExceptionGroup", exceptions::exception_group_type(py)?.object())?;
    for alias in ["EnvironmentError", "IOError"] {
        dict.set_text(py, alias, exceptions::PyOSError::type_object().object())?;
    }
    interpreter(py).builtins.set(Some(dict.owned()));
    crate::interp::register_callables(py, &dict)?;
    Ok(module)
}
