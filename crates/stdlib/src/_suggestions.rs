//! `_suggestions`: the name nearest to a wrong one.

use macros::pymodule;
use runtime::prelude::*;

#[pymodule(name = "_suggestions")]
pub mod _suggestions {
    use super::*;

    /// The candidate that reads most like item, or None.
    #[pyfunction]
    pub fn _generate_suggestions(py: Python, candidates: &PyObject, item: &PyStr) -> PyResult {
        let Some(list) = candidates.downcast_exact::<PyList>() else {
            return Err(type_error(py, "candidates must be a list"));
        };
        let mut names = Vec::new();
        for c in list.snapshot() {
            match c.downcast::<PyStr>() {
                Some(s) => names.push(s.to_string_lossy()),
                None => return Err(type_error(py, "all elements in 'candidates' must be strings")),
            }
        }
        let name = item.to_string_lossy();
        match runtime::suggest::closest(&name, names.iter().map(String::as_str)) {
            Some(found) => Ok(PyStr::new(py, found)?.into_object()),
            None => Ok(none().owned().into_object()),
        }
    }
}
