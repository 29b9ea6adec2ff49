//! `NameError` and `UnboundLocalError` with the name attached.

use crate::errors::*;
use crate::abstract_::ObjectExt;
use crate::types::PyStr;
use crate::types::code::PyCode;
use crate::types::exceptions::PyExc_NameError_Type;
use object::{PyLayout, Python, Raised};

/// A global name that is not there.
#[cold]
pub fn global(py: Python, name: &PyStr) -> Raised {
    let raised = name_error(py, format!("name '{}' is not defined", name.to_string_lossy()));
    with_name(py, raised, name)
}

/// Sets `NameError.name`, which the suggestions printed with a traceback start from.
fn with_name(py: Python, raised: Raised, name: &PyStr) -> Raised {
    if matches(py, &PyExc_NameError_Type)
        && let Some(e) = take(py)
    {
        // Failing to attach the name must not hide the error itself.
        if e.setattr(py, crate::intern!(py, "name"), name.as_object()).is_err() {
            drop(take(py));
        }
        return raise_object(py, e);
    }
    raised
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
    let raised = name_error(
        py,
        format!(
            "cannot access free variable '{}' where it is not associated with a value in enclosing scope",
            name.to_string_lossy()
        ),
    );
    with_name(py, raised, &name)
}
