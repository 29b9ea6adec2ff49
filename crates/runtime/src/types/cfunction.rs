//! `builtin_function_or_method`: functions written in Rust or C, with all calling conventions of `PyMethodDef`.

use crate::abstract_::call::{self, nargs};
use crate::prelude::*;
use crate::state::enter_recursive_call;
use crate::types::{PyDict, PyModule, PyStr, PyTuple};
use object::typeobj::{
    PyCFunction as CFunctionPtr, PyCFunctionFast, PyCFunctionFastWithKeywords, PyCFunctionWithKeywords,
    PyCMethodFn, VectorcallFunc,
};
use std::ffi::CStr;
use std::mem::{offset_of, transmute};
use std::ptr::null_mut;

/// `PyCFunctionObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyCFunction {
    pub ob_base: PyObject,
    pub m_ml: Cell<*const PyMethodDef>,
    /// The receiver, or the module for a module's function; empty for a static method.
    pub m_self: Slot,
    pub m_module: Slot,
    #[traverse(skip)]
    pub m_weakreflist: Cell<*mut PyObject>,
    #[traverse(skip)]
    pub vectorcall: Cell<Option<VectorcallFunc>>,
}

/// `PyCMethodObject`: also knows the class that defines it.
#[repr(C)]
#[derive(Traverse)]
pub struct PyCMethod {
    pub base: PyCFunction,
    pub mm_class: Slot<PyTypeObject>,
}

const _: () = {
    assert!(size_of::<PyCFunction>() == 56);
    assert!(offset_of!(PyCFunction, vectorcall) == 48);
    assert!(size_of::<PyCMethod>() == 64);
};

/// The flags of a definition that say how it is called.
const CONVENTION: i32 =
    meth::VARARGS | meth::FASTCALL | meth::NOARGS | meth::O | meth::KEYWORDS | meth::METHOD;

impl PyCFunction {
    /// A function object for a definition. `self_` is bound; `module` gives `__module__`.
    ///
    /// Errors: `SystemError` for flags that make no sense together.
    pub fn new(
        py: Python,
        def: &'static PyMethodDef,
        self_: Option<&PyObject>,
        module: Option<&PyObject>,
    ) -> PyResult<Py<PyCFunction>> {
        let make = |vectorcall: Option<VectorcallFunc>| PyCFunction {
            ob_base: PyObject::header(PyCFunction::type_object()),
            m_ml: Cell::new(def),
            m_self: Slot::new(self_.map(|s| s.owned())),
            m_module: Slot::new(module.map(|m| m.owned())),
            m_weakreflist: Cell::new(null_mut()),
            vectorcall: Cell::new(vectorcall),
        };
        let vectorcall = convention(py, def)?;
        new_object(py, PyCFunction::type_object(), make(vectorcall))
    }

    /// A method with its defining class, for `METH_METHOD`.
    pub fn new_method(
        py: Python,
        def: &'static PyMethodDef,
        self_: Option<&PyObject>,
        module: Option<&PyObject>,
        class: &PyTypeObject,
    ) -> PyResult<Py<PyCFunction>> {
        let vectorcall = convention(py, def)?;
        let ty = PyCMethod::type_object();
        let m = new_object(
            py,
            ty,
            PyCMethod {
                base: PyCFunction {
                    ob_base: PyObject::header(ty),
                    m_ml: Cell::new(def),
                    m_self: Slot::new(self_.map(|s| s.owned())),
                    m_module: Slot::new(module.map(|m| m.owned())),
                    m_weakreflist: Cell::new(null_mut()),
                    vectorcall: Cell::new(vectorcall),
                },
                mm_class: Slot::new(Some(class.owned())),
            },
        )?;
        // SAFETY: the layout begins with the base's.
        Ok(unsafe { m.cast_unchecked() })
    }

    /// The definition.
    #[inline(always)]
    pub fn def(&self) -> &'static PyMethodDef {
        // SAFETY: set once at creation, to a static table entry.
        unsafe { &*self.m_ml.get() }
    }

    pub fn name(&self) -> &str {
        // SAFETY: names in definitions are C strings.
        unsafe { CStr::from_ptr(self.def().ml_name) }.to_str().unwrap_or("?")
    }

    #[inline(always)]
    fn receiver(&self) -> *mut PyObject {
        if self.def().ml_flags & meth::STATIC != 0 { null_mut() } else { self.m_self.as_ptr() }
    }
}

/// Is the object the built-in function of that name?
pub fn is_builtin_named(o: &PyObject, name: &str) -> bool {
    o.downcast::<PyCFunction>().is_some_and(|f| f.name() == name)
}

fn convention(py: Python, d: &PyMethodDef) -> PyResult<Option<VectorcallFunc>> {
    Ok(match d.ml_flags & CONVENTION {
        meth::VARARGS => None,
        f if f == meth::VARARGS | meth::KEYWORDS => None,
        meth::FASTCALL => Some(vectorcall_fastcall),
        f if f == meth::FASTCALL | meth::KEYWORDS => Some(vectorcall_fastcall_keywords),
        meth::NOARGS => Some(vectorcall_noargs),
        meth::O => Some(vectorcall_o),
        f if f == meth::METHOD | meth::FASTCALL | meth::KEYWORDS => Some(vectorcall_method),
        _ => {
            // SAFETY: names in definitions are C strings.
            let name = unsafe { CStr::from_ptr(d.ml_name) }.to_string_lossy();
            return Err(system_error(py, format!("{name}() method: bad call flags")));
        }
    })
}

fn full_name(py: Python, f: &PyObject) -> String {
    crate::abstract_::call::function_str(py, f)
}

#[cold]
fn no_keywords(py: Python, f: &PyObject) -> *mut PyObject {
    let name = full_name(py, f);
    let _ = type_error(py, format!("{name} takes no keyword arguments"));
    null_mut()
}

#[cold]
fn wrong_count(py: Python, f: &PyObject, what: &str, n: usize) -> *mut PyObject {
    let name = full_name(py, f);
    let _ = type_error(py, format!("{name} takes {what} ({n} given)"));
    null_mut()
}

/// # Safety
/// `kwnames` is null or a live tuple.
#[inline(always)]
unsafe fn has_keywords(kwnames: *mut PyObject) -> bool {
    // SAFETY: the caller's promise.
    unsafe { kwnames.as_ref() }.is_some_and(|k| k.downcast::<PyTuple>().is_none_or(|t| !t.is_empty()))
}

/// The function object behind a vectorcall, and the token.
///
/// # Safety
/// As for any vectorcall: attached, with a live callable of this type.
#[inline(always)]
unsafe fn enter<'a>(f: *mut PyObject) -> (Python<'a>, &'a PyCFunction) {
    // SAFETY: the caller's promise.
    unsafe { (Python::assume_attached(), (*f).downcast_unchecked()) }
}

macro_rules! guard {
    ($py:expr) => {
        if enter_recursive_call($py, " while calling a Python object").is_err() {
            return null_mut();
        }
    };
}

unsafe extern "C" fn vectorcall_fastcall(
    f: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called through the vectorcall protocol; `ml_flags` says which signature `ml_meth` has.
    unsafe {
        let (py, func) = enter(f);
        if has_keywords(kwnames) {
            return no_keywords(py, &*f);
        }
        guard!(py);
        let m: PyCFunctionFast = transmute(func.def().ml_meth);
        m(func.receiver(), args, nargs(nargsf) as isize)
    }
}

unsafe extern "C" fn vectorcall_fastcall_keywords(
    f: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as above.
    unsafe {
        let (py, func) = enter(f);
        guard!(py);
        let m: PyCFunctionFastWithKeywords = transmute(func.def().ml_meth);
        m(func.receiver(), args, nargs(nargsf) as isize, kwnames)
    }
}

unsafe extern "C" fn vectorcall_method(
    f: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as above; `METH_METHOD` functions are `PyCMethod` objects.
    unsafe {
        let (py, func) = enter(f);
        guard!(py);
        let class = (*f).downcast_unchecked::<PyCMethod>().mm_class.as_ptr() as *mut PyTypeObject;
        let m: PyCMethodFn = transmute(func.def().ml_meth);
        m(func.receiver(), class, args, nargs(nargsf) as isize, kwnames)
    }
}

unsafe extern "C" fn vectorcall_noargs(
    f: *mut PyObject,
    _args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as above.
    unsafe {
        let (py, func) = enter(f);
        if has_keywords(kwnames) {
            return no_keywords(py, &*f);
        }
        if nargs(nargsf) != 0 {
            return wrong_count(py, &*f, "no arguments", nargs(nargsf));
        }
        guard!(py);
        let m: CFunctionPtr = transmute(func.def().ml_meth);
        m(func.receiver(), null_mut())
    }
}

unsafe extern "C" fn vectorcall_o(
    f: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: as above.
    unsafe {
        let (py, func) = enter(f);
        if has_keywords(kwnames) {
            return no_keywords(py, &*f);
        }
        if nargs(nargsf) != 1 {
            return wrong_count(py, &*f, "exactly one argument", nargs(nargsf));
        }
        guard!(py);
        let m: CFunctionPtr = transmute(func.def().ml_meth);
        m(func.receiver(), *args)
    }
}

/// Built-in function or method.
#[pytype(name = "builtin_function_or_method", symbol = "PyCFunction_Type", flags(GC, DISALLOW_INSTANTIATION), weaklistoffset = m_weakreflist, vectorcall_offset = vectorcall, members(m_module as __module__: object))]
impl PyCFunction {
    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let d = self.def();
        if self.vectorcall.get().is_some() {
            return call::call_tuple_dict(py, self.as_object(), args, kwargs);
        }
        // SAFETY: `ml_flags` says which signature `ml_meth` has.
        unsafe {
            if d.ml_flags & meth::KEYWORDS != 0 {
                let m: PyCFunctionWithKeywords = transmute(d.ml_meth);
                from_c(py, m(self.receiver(), args.as_ptr(), kwargs.map_or(null_mut(), |k| k.as_ptr())))
            } else {
                if kwargs.is_some_and(|k| !k.is_empty()) {
                    no_keywords(py, self.as_object());
                    return Err(Raised::pending());
                }
                let m: CFunctionPtr = transmute(d.ml_meth);
                from_c(py, m(self.receiver(), args.as_ptr()))
            }
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let text = match self.m_self.get_owned().filter(|s| !PyModule::check(s)) {
            None => format!("<built-in function {}>", self.name()),
            Some(s) => format!(
                "<built-in method {} of {} object at {:p}>",
                self.name(),
                s.ty().tp_name().to_string_lossy(),
                s.as_ptr()
            ),
        };
        PyStr::new(py, &text)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, _py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let equal = match (op, other.downcast::<PyCFunction>()) {
            (CompareOp::Eq | CompareOp::Ne, Some(o)) => {
                self.m_self.as_ptr() == o.m_self.as_ptr() && self.def().ml_meth == o.def().ml_meth
            }
            _ => return Ok(not_implemented().owned()),
        };
        Ok(py_bool(equal == (op == CompareOp::Eq)).owned().into_object())
    }

    #[slot(tp_hash)]
    fn hash(&self) -> isize {
        let h =
            (self.m_self.as_ptr() as usize).rotate_right(4) ^ (self.def().ml_meth as usize).rotate_right(4);
        if h as isize == -1 { -2 } else { h as isize }
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult {
        match self.m_self.get_owned().filter(|s| !PyModule::check(s)) {
            None => Ok(PyStr::new(py, self.name())?.into_object()),
            Some(s) => {
                let getattr = crate::interp::builtin(py, intern!(py, "getattr"))?;
                let args = PyTuple::new(py, [s, PyStr::new(py, self.name())?.into_object()])?;
                Ok(PyTuple::new(py, [getattr, args.into_object()])?.into_object())
            }
        }
    }

    #[getter]
    fn __doc__(&self, py: Python) -> PyResult {
        crate::types::descr::doc_of(py, self.name(), self.def().ml_doc)
    }

    #[getter]
    fn __name__(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(py, self.name())
    }

    #[getter]
    fn __qualname__(&self, py: Python) -> PyResult<Py<PyStr>> {
        match self.m_self.get_owned().filter(|s| !PyModule::check(s)) {
            None => PyStr::new(py, self.name()),
            Some(s) => {
                let ty = if PyTypeObject::check(&s) { s } else { s.ty().owned().into_object() };
                let q = ty.getattr(py, intern!(py, "__qualname__"))?;
                match q.downcast::<PyStr>() {
                    Some(q) => PyStr::concat3(py, "", q, &format!(".{}", self.name())),
                    None => Err(type_error(py, "<method>.__class__.__qualname__ is not a unicode object")),
                }
            }
        }
    }

    #[getter]
    fn __self__(&self) -> Py {
        self.m_self
            .get_owned()
            .filter(|_| self.def().ml_flags & meth::STATIC == 0)
            .unwrap_or_else(|| none().owned())
    }

    #[setter(__module__)]
    fn set_module(&self, _py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.m_module.set(value.map(|v| v.owned()));
        Ok(())
    }

    #[getter]
    fn __text_signature__(&self, py: Python) -> PyResult {
        crate::types::descr::signature_of(py, self.name(), self.def().ml_doc)
    }
}

/// Built-in method that knows its class.
#[pytype(name = "builtin_method", symbol = "PyCMethod_Type", base = PyCFunction, flags(GC, DISALLOW_INSTANTIATION), vectorcall_offset = 48)]
impl PyCMethod {}
