//! `_typing`: type parameters and what else `typing` has from the runtime.

use macros::pymodule;
use runtime::prelude::*;
use runtime::types::typevar::{
    _Py_NoDefaultStruct, PyGeneric, PyParamSpec, PyParamSpecArgs, PyParamSpecKwargs, PyTypeAlias, PyTypeVar,
    PyTypeVarTuple,
};

/// The parts of typing that are not written in Python.
#[pymodule(name = "_typing")]
pub mod _typing {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let types: [(&str, &PyTypeObject); 8] = [
            ("TypeVar", PyTypeVar::type_object()),
            ("ParamSpec", PyParamSpec::type_object()),
            ("TypeVarTuple", PyTypeVarTuple::type_object()),
            ("ParamSpecArgs", PyParamSpecArgs::type_object()),
            ("ParamSpecKwargs", PyParamSpecKwargs::type_object()),
            ("Generic", PyGeneric::type_object()),
            ("TypeAliasType", PyTypeAlias::type_object()),
            ("Union", PyUnion::type_object()),
        ];
        for (name, ty) in types {
            module.add(py, name, ty.as_object())?;
        }
        module.add(py, "NoDefault", &_Py_NoDefaultStruct)
    }

    /// The argument itself.
    #[pyfunction]
    pub fn _idfunc(_py: Python, x: &PyObject) -> Py {
        x.owned()
    }
}
