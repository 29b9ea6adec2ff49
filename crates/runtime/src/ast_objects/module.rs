//! The `_ast` module.

use crate::prelude::*;

#[pymodule(name = "_ast")]
pub mod ast {
    use super::super::base::PyAst;
    use super::super::classes::Classes;
    use crate::compile::cf;
    use crate::prelude::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let classes = Classes::get(py)?;
        module.add(py, "AST", PyAst::type_object().as_object())?;
        for (name, v) in [
            ("PyCF_ALLOW_TOP_LEVEL_AWAIT", cf::ALLOW_TOP_LEVEL_AWAIT),
            ("PyCF_ONLY_AST", cf::ONLY_AST),
            ("PyCF_TYPE_COMMENTS", cf::TYPE_COMMENTS),
            ("PyCF_OPTIMIZED_AST", cf::OPTIMIZED_AST),
        ] {
            module.add(py, name, PyInt::from_i64(py, v.into())?.as_object())?;
        }
        for name in &classes.order {
            module.add(py, name, &classes.class(py, name)?.ty)?;
        }
        Ok(())
    }
}
