//! `typing.Generic` and `typing.NoDefault`.

use super::*;

/// `typing.NoDefault` itself.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static _Py_NoDefaultStruct: PyObject = PyObject::static_header(PyNoDefault::TYPE);

/// The layout of `NoDefault`: a bare header.
#[repr(C)]
pub struct PyNoDefault {
    pub ob_base: PyObject,
}

/// The type of the NoDefault singleton.
#[pytype(name = "NoDefaultType", symbol = "_PyNoDefault_Type", flags(), text = "()")]
impl PyNoDefault {
    #[slot(tp_new)]
    fn new(py: Python, _cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if !args.is_empty() || kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "NoDefaultType takes no arguments"));
        }
        Ok(no_default().owned())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(py, "typing.NoDefault")
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: a C extension gave away references it did not own: the object goes on living.
        unsafe { (*o).make_immortal() }
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(py, "NoDefault")
    }
}

/// The layout of instances of `Generic`: a bare header.
#[repr(C)]
#[derive(Traverse)]
pub struct PyGeneric {
    pub ob_base: PyObject,
}

/// Calls `typing.name(cls, *args, **kwargs)`.
fn call_with_class(
    py: Python,
    name: &str,
    cls: &PyTypeObject,
    args: &[&PyObject],
    kwnames: Option<&PyTuple>,
) -> PyResult {
    let f = crate::import::import_attr(py, "typing", name)?;
    let all: Vec<&PyObject> = std::iter::once(cls.as_object()).chain(args.iter().copied()).collect();
    f.call_kw(py, &all, kwnames)
}

/// The base of generic classes.
///
/// A class with type parameters has it among its bases without naming it.
#[pytype(name = "Generic", module = "typing", flags(BASETYPE, GC, HEAPTYPE), nosig)]
impl PyGeneric {
    #[classmethod(raw, nosig, nodoc)]
    fn __class_getitem__(
        cls: &PyTypeObject,
        py: Python,
        args: &[&PyObject],
        kwnames: Option<&PyTuple>,
    ) -> PyResult {
        call_with_class(py, "_generic_class_getitem", cls, args, kwnames)
    }

    #[classmethod(raw, nosig, nodoc)]
    fn __init_subclass__(
        cls: &PyTypeObject,
        py: Python,
        args: &[&PyObject],
        kwnames: Option<&PyTuple>,
    ) -> PyResult {
        call_with_class(py, "_generic_init_subclass", cls, args, kwnames)
    }
}

/// `typing.Generic`
pub fn generic_type() -> &'static PyTypeObject {
    PyGeneric::type_object()
}

/// `Generic[params]` for a class statement with type parameters.
pub fn subscript_generic(py: Python, params: &PyObject) -> PyResult {
    let Some(params) = params.downcast::<PyTuple>() else { return Err(bad_internal_call(py)) };
    let mut out = Vec::with_capacity(params.len());
    for p in params.items() {
        out.push(if PyTypeVarTuple::check(p) { unpack(py, p)? } else { p.owned() });
    }
    let params = PyTuple::new(py, out)?;
    call_typing(py, "_GenericAlias", &[generic_type().as_object(), &params])
}

/// What the macro cannot say: `Generic` can be instantiated, unlike other types without a `__new__` of their own. Called when
/// the types have been readied.
pub(crate) fn finish() {
    let (ty, object) = (generic_type(), crate::types::object_::type_object());
    ty.tp_flags.set(ty.tp_flags.get() & !flags::DISALLOW_INSTANTIATION);
    ty.tp_new.set(object.tp_new.get());
}
