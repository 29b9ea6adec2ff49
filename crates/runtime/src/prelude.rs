//! What a type's or a module's file imports: the object layer, the protocols as methods, the errors.

pub use crate::abstract_::{CompareOp, ObjectExt};
pub use crate::errors::*;
pub use crate::intern;
pub use crate::singletons::{ellipsis, none, not_implemented, py_bool};
pub use crate::types::*;
pub use macros::{Traverse, pymethods, pymodule, pytype};
pub use object::typeobj::{PyBuffer, PyGetSetDef, PyMemberDef, PyMethodDef, PyModuleDef, flags, meth};
pub use object::{
    Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyTypeObject, PyVarObject, Python, Raised, Slot, Traverse,
    Visitor, new_object, new_var_object,
};
pub use std::cell::Cell;
