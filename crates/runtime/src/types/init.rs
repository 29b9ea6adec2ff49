//! Readies the built-in types at start-up.

use super::type_::{cache, ready, slotdefs};
use super::*;
use crate::prelude::*;
use object::PyTypeInfo;

/// The type objects of Rust layouts.
macro_rules! types {
    ($($t:ty,)*) => { vec![$(<$t as PyTypeInfo>::type_object()),*] };
}

/// All static types of the runtime, bases before subclasses. A type that is missing here is readied by the module that offers it.
pub fn static_types() -> Vec<&'static PyTypeObject> {
    let mut all: Vec<&'static PyTypeObject> = vec![object_::type_object(), type_::type_object()];
    all.extend(types![
        PyInt,
        PyStr,
        PyTuple,
        PyDict,
        PyList,
        descr::PyWrapperDescr,
        descr::PyMethodDescr,
        descr::PyClassMethodDescr,
        descr::PyGetSetDescr,
        descr::PyMemberDescr,
        descr::PyMethodWrapper,
        descr::PyMappingProxy,
        PyCFunction,
        PyCMethod,
        PyStaticMethod,
        PyClassMethod,
        PyMethod,
        PyInstanceMethod,
        PyFunction,
        PyProperty,
        PySuper,
        PyModule,
        PyCell,
        PyNamespace,
        PyCapsule,
        PyWeakRef,
        weakref::PyProxy,
        weakref::PyCallableProxy,
        crate::ast_objects::base::PyAst,
        PyBool,
        PyFloat,
        PyComplex,
        PyBytes,
        PyByteArray,
        PySet,
        PyFrozenSet,
        PySlice,
        PyRange,
        PyCode,
        PyFrame,
        PyTraceback,
        PyGenerator,
        PyCoroutine,
        PyAsyncGen,
        PyUnion,
        PyGenericAlias,
        generic_alias_iter::PyGenericAliasIter,
        PyNone,
        stdprinter::PyStdPrinter,
        ellipsis::PyEllipsis,
        ellipsis::PyNotImplemented,
        PyMemoryView,
        type_::PyBufferWrapper,
        memoryview::PyManagedBuffer,
        picklebuffer::PyPickleBuffer,
        memoryview::iter::PyMemoryIter,
        PyEnumerate,
        PyFilter,
        PyMap,
        PyZip,
        PyReversed,
        PySeqIter,
        PyCallIter,
        tuple::iter::PyTupleIter,
        list::iter::PyListIter,
        list::iter::PyListRevIter,
        set_::iter::PySetIter,
        PyRangeIter,
        range::PyLongRangeIter,
        str_::iter::PyStrIter,
        str_::iter::PyAsciiIter,
        bytes_::iter::PyBytesIter,
        bytes_::iter::PyByteArrayIter,
        dict::views::PyDictKeys,
        dict::views::PyDictValues,
        dict::views::PyDictItems,
        dict::iters::PyDictIterKey,
        dict::iters::PyDictIterValue,
        dict::iters::PyDictIterItem,
        dict::iters::PyDictRevIterKey,
        dict::iters::PyDictRevIterValue,
        dict::iters::PyDictRevIterItem,
        code::lines::PyLineIterator,
        code::positions::PyPositionsIterator,
        code::positions::PyBranchesIterator,
        generator::PyAnextAwaitable,
        generator::asend::PyAsyncGenASend,
        generator::athrow::PyAsyncGenAThrow,
        generator::async_gen::PyAsyncGenWrappedValue,
        generator::coroutine::PyCoroWrapper,
        frame::locals::PyFrameLocalsProxy,
        crate::interp::tracing::PyLegacyEventHandler,
        crate::interp::instrument::PyBranchHandler,
        module::ModuleDefObject,
        template::PyTemplate,
        template::PyInterpolation,
        template::PyTemplateIter,
        typevar::PyTypeAlias,
        typevar::PyConstEvaluator,
        typevar::PyNoDefault,
        typevar::PyGeneric,
        typevar::PyParamSpec,
        typevar::PyParamSpecArgs,
        typevar::PyParamSpecKwargs,
        typevar::PyTypeVar,
        typevar::PyTypeVarTuple,
        crate::codecs::charmap::PyEncodingMap,
        crate::context::PyContext,
        crate::context::PyContextVar,
        crate::context::PyToken,
        crate::context::PyTokenMissing,
        crate::context::Node,
        crate::context::PyContextKeys,
        crate::context::PyContextValues,
        crate::context::PyContextItems,
        typevar::PyTypeVar,
        typevar::PyParamSpec,
        typevar::PyParamSpecArgs,
        typevar::PyParamSpecKwargs,
        typevar::PyTypeVarTuple,
        typevar::PyTypeAlias,
        typevar::PyConstEvaluator,
        typevar::PyNoDefault,
        typevar::PyGeneric,
        template::PyTemplate,
        template::PyInterpolation,
        template::PyTemplateIter,
    ]);
    all.extend(exceptions::all().into_iter().map(|(_, t)| t));
    all
}

/// Version tags that are the same in every process (`_Py_TYPE_VERSION_INT` and following).
fn fixed_versions() -> [&'static PyTypeObject; 11] {
    [
        PyInt::type_object(),
        PyFloat::type_object(),
        PyList::type_object(),
        PyTuple::type_object(),
        PyStr::type_object(),
        PySet::type_object(),
        PyFrozenSet::type_object(),
        PyDict::type_object(),
        PyByteArray::type_object(),
        PyBytes::type_object(),
        PyComplex::type_object(),
    ]
}

/// Readies all built-in types. Runs once, when the thread is attached and before anything else is done with objects.
///
/// Errors: only `MemoryError`.
pub fn init(py: Python) -> PyResult<()> {
    slotdefs::init(py);
    type_::use_exported_slots();
    for ty in static_types() {
        ready::ready_static(py, ty)?;
    }
    typevar::finish();
    template::finish(py)?;
    for (i, ty) in fixed_versions().into_iter().enumerate() {
        cache::set_version(py, ty, i as u32 + 1);
    }
    Ok(())
}
