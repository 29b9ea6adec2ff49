//! `_contextvars`: context variables. The types are the runtime's.

use macros::pymodule;
use runtime::context::{PyContext, PyToken};
pub(crate) use runtime::context::PyContextVar;
use runtime::prelude::*;

/// Context variables.
#[pymodule(name = "_contextvars", types(PyContext, PyContextVar, PyToken))]
pub mod _contextvars {
    use super::*;
    use runtime::context::{PyContextItems, PyContextKeys, PyContextValues, PyTokenMissing, missing};
    use runtime::types::type_::ready;

    #[pyexec]
    fn exec(py: Python, _module: &PyModule) -> PyResult<()> {
        for ty in [
            PyContextItems::type_object(),
            PyContextKeys::type_object(),
            PyContextValues::type_object(),
            PyTokenMissing::type_object(),
        ] {
            ready(py, ty)?;
        }
        let token = PyToken::type_object();
        token.dict(py).set_text(py, "MISSING", missing(py)?.as_object())?;
        token.modified(py);
        Ok(())
    }

    /// A copy of the current context.
    #[pyfunction]
    pub fn copy_context(py: Python) -> PyResult<Py<PyContext>> {
        PyContext::copy_current(py)
    }
}
