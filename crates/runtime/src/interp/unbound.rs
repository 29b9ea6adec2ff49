//! `NameError` and `UnboundLocalError` with the name attached.

use crate::errors::*;
use crate::types::PyStr;
use crate::types::code::PyCode;
use crate::types::exceptions::PyExc_NameError_Type;
use object::{PyLayout, Python, Raised};

/// A global name that is not there.
#[cold]
pub fn global(py: Python, name: &PyStr) -> Raised {
    let text = format!("name '{}' is not defined", name.to_string_lossy());
    name_error_for(py, &PyExc_NameError_Type, name.as_object(), text)
}

/// A cell or free variable without a value.
#[cold]
pub fn deref(py: Python, code: &PyCode, i: u32) -> Raised {
    let name = code.local_name(i as usize);
    if (i as usize) < code.first_free() {
        return unbound_local_error(
            py,
            format!(
                "cannot access local variable '{}' where it is not associated with a value",
                name.to_string_lossy()
            ),
        );
    }
    let text = format!(
        "cannot access free variable '{}' where it is not associated with a value in enclosing scope",
        name.to_string_lossy()
    );
    name_error_for(py, &PyExc_NameError_Type, name.as_object(), text)
}
