//! Type parameters: `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`, `Generic`.

use crate::prelude::*;

/// May the object be an operand of `|` between types, as type parameters and aliases may?
pub fn is_type_alias(_py: Python, o: &PyObject) -> bool {
    let _ = o;
    false
}

/// What the compiler's intrinsic of that name does.
pub fn make_typevar(py: Python, _arg: &PyObject) -> PyResult {
    Err(not_implemented_error(py, "type parameters are not implemented yet"))
}

/// What the compiler's intrinsic of that name does.
pub fn make_paramspec(py: Python, _arg: &PyObject) -> PyResult {
    Err(not_implemented_error(py, "type parameters are not implemented yet"))
}

/// What the compiler's intrinsic of that name does.
pub fn make_typevartuple(py: Python, _arg: &PyObject) -> PyResult {
    Err(not_implemented_error(py, "type parameters are not implemented yet"))
}

/// What the compiler's intrinsic of that name does.
pub fn subscript_generic(py: Python, _arg: &PyObject) -> PyResult {
    Err(not_implemented_error(py, "type parameters are not implemented yet"))
}

/// What the compiler's intrinsic of that name does.
pub fn make_typealias(py: Python, _arg: &PyObject) -> PyResult {
    Err(not_implemented_error(py, "type parameters are not implemented yet"))
}

/// What the compiler's intrinsic of that name does.
pub fn make_typevar_with_bound(py: Python, _a: &PyObject, _b: &PyObject) -> PyResult {
    Err(not_implemented_error(py, "type parameters are not implemented yet"))
}

/// What the compiler's intrinsic of that name does.
pub fn make_typevar_with_constraints(py: Python, _a: &PyObject, _b: &PyObject) -> PyResult {
    Err(not_implemented_error(py, "type parameters are not implemented yet"))
}

/// What the compiler's intrinsic of that name does.
pub fn set_default(py: Python, _a: &PyObject, _b: &PyObject) -> PyResult {
    Err(not_implemented_error(py, "type parameters are not implemented yet"))
}
