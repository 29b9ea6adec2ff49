//! `_types`: the built-in types that have no name in `builtins`.

use macros::pymodule;
use runtime::prelude::*;
use runtime::types::descr::{
    PyClassMethodDescr, PyGetSetDescr, PyMappingProxy, PyMemberDescr, PyMethodDescr, PyMethodWrapper,
    PyWrapperDescr,
};
use runtime::types::ellipsis::{PyEllipsis, PyNotImplemented};

/// Define names for built-in types.
#[pymodule(name = "_types")]
pub mod _types {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let types: [(&str, &PyTypeObject); 27] = [
            ("AsyncGeneratorType", PyAsyncGen::type_object()),
            ("BuiltinFunctionType", PyCFunction::type_object()),
            ("BuiltinMethodType", PyCFunction::type_object()),
            ("CapsuleType", PyCapsule::type_object()),
            ("CellType", PyCell::type_object()),
            ("ClassMethodDescriptorType", PyClassMethodDescr::type_object()),
            ("CodeType", PyCode::type_object()),
            ("CoroutineType", PyCoroutine::type_object()),
            ("EllipsisType", PyEllipsis::type_object()),
            ("FrameType", PyFrame::type_object()),
            ("FunctionType", PyFunction::type_object()),
            ("GeneratorType", PyGenerator::type_object()),
            ("GenericAlias", PyGenericAlias::type_object()),
            ("GetSetDescriptorType", PyGetSetDescr::type_object()),
            ("LambdaType", PyFunction::type_object()),
            ("MappingProxyType", PyMappingProxy::type_object()),
            ("MemberDescriptorType", PyMemberDescr::type_object()),
            ("MethodDescriptorType", PyMethodDescr::type_object()),
            ("MethodType", PyMethod::type_object()),
            ("MethodWrapperType", PyMethodWrapper::type_object()),
            ("ModuleType", PyModule::type_object()),
            ("NoneType", PyNone::type_object()),
            ("NotImplementedType", PyNotImplemented::type_object()),
            ("SimpleNamespace", PyNamespace::type_object()),
            ("TracebackType", PyTraceback::type_object()),
            ("UnionType", PyUnion::type_object()),
            ("WrapperDescriptorType", PyWrapperDescr::type_object()),
        ];
        for (name, ty) in types {
            module.add(py, name, ty.as_object())?;
        }
        Ok(())
    }
}
