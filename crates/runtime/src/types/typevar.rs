//! Type parameters: `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`, `Generic`.

use crate::prelude::*;

/// May the object be an operand of `|` between types, as type parameters and aliases may?
pub fn is_type_alias(_py: Python, o: &PyObject) -> bool {
    let _ = o;
    false
}
