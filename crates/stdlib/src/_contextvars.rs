//! `_contextvars`: context variables. The types are the runtime's.

use macros::pymodule;
pub(crate) use runtime::context::PyContextVar;
use runtime::context::{PyContext, PyToken};
use runtime::prelude::*;

/// Context variables.
#[pymodule(name = "_contextvars", types(PyContext, PyContextVar, PyToken))]
pub mod _contextvars {
    use super::*;
    use runtime::context::missing;
    use runtime::types::type_::TypeExt;

    #[pyexec]
    fn exec(py: Python, _module: &PyModule) -> PyResult<()> {
        let token = PyToken::type_object();
        token.own_dict(py)?.set_text(py, "MISSING", missing(py)?.as_object())?;
        token.modified(py);
        Ok(())
    }

    /// A copy of the current context.
    #[pyfunction]
    pub fn copy_context(py: Python) -> PyResult<Py<PyContext>> {
        PyContext::copy_current(py)
    }
}
