//! Python functions (`PyFunctionObject`).

use crate::abstract_::call;
use crate::interp::state::{VERSION_CLEARED, VERSION_FIRST_VALID};
use crate::prelude::*;
use crate::types::code::PyCode;
use crate::types::exceptions::PyExc_DeprecationWarning_Type;
use bytecode::args::function_attribute as attribute;
use bytecode::code::flags as code_flags;
use object::typeobj::VectorcallFunc;
use std::mem::offset_of;

/// `PyFunctionObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyFunction {
    pub ob_base: PyObject,
    pub func_globals: Py<PyObject>,
    pub func_builtins: Py<PyObject>,
    pub func_name: Slot<PyStr>,
    pub func_qualname: Slot<PyStr>,
    /// Never empty.
    #[traverse(skip)]
    pub func_code: Slot<PyCode>,
    pub func_defaults: Slot<PyTuple>,
    pub func_kwdefaults: Slot<PyDict>,
    pub func_closure: Slot<PyTuple>,
    pub func_doc: Slot,
    pub func_dict: Slot,
    pub func_weakreflist: Cell<*mut PyObject>,
    pub func_module: Slot,
    pub func_annotations: Slot,
    pub func_annotate: Slot,
    pub func_typeparams: Slot,
    #[traverse(skip)]
    pub vectorcall: Cell<Option<VectorcallFunc>>,
    /// That of the code when the function was made; cleared when code, defaults or vectorcall change.
    pub func_version: Cell<u32>,
}

const _: () = {
    assert!(offset_of!(PyFunction, func_code) == 48);
    assert!(offset_of!(PyFunction, vectorcall) == 136);
    assert!(offset_of!(PyFunction, func_version) == 144);
    assert!(size_of::<PyFunction>() == 152);
};

/// `_PyFunction_Vectorcall`.
unsafe extern "C" fn vectorcall(
    func: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called through a function's vectorcall field on an attached thread, with arguments as the protocol says.
    unsafe {
        let py = Python::assume_attached();
        let func = &*(func as *const PyFunction);
        let kwnames = (kwnames as *const PyTuple).as_ref().filter(|k| !k.is_empty());
        let locals =
            if func.code().has_flag(code_flags::OPTIMIZED) { None } else { Some(func.func_globals.clone()) };
        match crate::interp::call::eval_vector(py, func, locals, args, call::nargs(nargsf), kwnames) {
            Ok(v) => v.into_raw(),
            Err(_) => std::ptr::null_mut(),
        }
    }
}

/// The object as a Python function that can be run in the loop: exactly that type, and nobody has replaced its vectorcall.
#[inline(always)]
pub fn is_plain_function(o: &PyObject) -> Option<&PyFunction> {
    let f = o.downcast_exact::<PyFunction>()?;
    if f.vectorcall.get().map(|v| v as usize) == Some(vectorcall as *const () as usize) {
        Some(f)
    } else {
        None
    }
}

impl PyFunction {
    /// A function of `code` with `globals`, a dict (`PyFunction_New`).
    pub fn new(py: Python, code: &PyCode, globals: &PyObject) -> PyResult<Py<PyFunction>> {
        PyFunction::with_qualname(py, code, globals, None)
    }

    /// The same with another qualified name.
    pub fn with_qualname(
        py: Python,
        code: &PyCode,
        globals: &PyObject,
        qualname: Option<Py<PyStr>>,
    ) -> PyResult<Py<PyFunction>> {
        // SAFETY: callers give a dict.
        let dict: &PyDict = unsafe { globals.downcast_unchecked() };
        let builtins = builtins_of(py, dict)?;
        let module = dict.get_str(py, intern!(py, "__name__"))?;
        let doc = if code.has_flag(code_flags::HAS_DOCSTRING) {
            code.co_consts.get(0).map(PyLayout::owned)
        } else {
            None
        };
        let ty = PyFunction::type_object();
        let version = code.co_version.get();
        new_object(
            py,
            ty,
            PyFunction {
                ob_base: PyObject::header(ty),
                func_globals: globals.owned(),
                func_builtins: builtins,
                func_name: Slot::new(Some(code.co_name.clone())),
                func_qualname: Slot::new(Some(qualname.unwrap_or_else(|| code.co_qualname.clone()))),
                func_code: Slot::new(Some(code.owned())),
                func_defaults: Slot::empty(),
                func_kwdefaults: Slot::empty(),
                func_closure: Slot::empty(),
                func_doc: Slot::new(Some(doc.unwrap_or_else(|| none().owned()))),
                func_dict: Slot::empty(),
                func_weakreflist: Cell::new(std::ptr::null_mut()),
                func_module: Slot::new(module),
                func_annotations: Slot::empty(),
                func_annotate: Slot::empty(),
                func_typeparams: Slot::empty(),
                vectorcall: Cell::new(Some(vectorcall)),
                func_version: Cell::new(version),
            },
        )
    }

    /// The code.
    #[inline(always)]
    pub fn code(&self) -> &PyCode {
        // SAFETY: the slot is never empty. Replacing the code while it is borrowed keeps it alive in the frames that run it.
        unsafe { &*(self.func_code.as_ptr() as *const PyCode) }
    }

    /// The version for an inline cache, if the function still is as it was made.
    #[inline]
    pub fn version_for_cache(&self, _py: Python) -> Option<u32> {
        Some(self.func_version.get()).filter(|&v| v >= VERSION_FIRST_VALID)
    }

    fn changed(&self) {
        self.func_version.set(VERSION_CLEARED);
    }

    /// `SET_FUNCTION_ATTRIBUTE`: on a function just made.
    pub fn set_attribute(&self, which: u32, value: Py) {
        match which {
            attribute::CLOSURE => self.func_closure.set(value.downcast_into().ok()),
            attribute::ANNOTATIONS => self.func_annotations.set(Some(value)),
            attribute::KWDEFAULTS => self.func_kwdefaults.set(value.downcast_into().ok()),
            attribute::DEFAULTS => self.func_defaults.set(value.downcast_into().ok()),
            attribute::ANNOTATE => self.func_annotate.set(Some(value)),
            _ => {}
        }
    }

    /// Sets `__defaults__`.
    pub fn set_defaults(&self, defaults: Option<Py<PyTuple>>) {
        self.changed();
        self.func_defaults.set(defaults);
    }

    /// Sets `__kwdefaults__`.
    pub fn set_kwdefaults(&self, defaults: Option<Py<PyDict>>) {
        self.changed();
        self.func_kwdefaults.set(defaults);
    }

    /// Replaces the vectorcall function (`PyFunction_SetVectorcall`).
    pub fn set_vectorcall(&self, f: VectorcallFunc) {
        self.changed();
        self.vectorcall.set(Some(f));
    }

    /// `__annotations__`: as stored, or made by calling `__annotate__`.
    pub fn annotations(&self, py: Python) -> PyResult<Py> {
        let Some(found) = self.func_annotations.get_owned() else {
            let made = match self.func_annotate.get_owned().filter(|a| a.is_callable()) {
                None => PyDict::new(py)?.into_object(),
                Some(annotate) => {
                    let d = annotate.call1(py, PyInt::from_i64(py, 1)?.as_object())?;
                    if !PyDict::check(&d) {
                        return Err(type_error(
                            py,
                            format!("__annotate__ returned non-dict of type '{}'", type_name(&d)),
                        ));
                    }
                    d
                }
            };
            self.func_annotations.set(Some(made.clone()));
            return Ok(made);
        };
        if let Some(t) = found.downcast_exact::<PyTuple>() {
            // Names and values in turn, as `from __future__ import annotations` stores them.
            let d = PyDict::new(py)?;
            for pair in t.items().chunks_exact(2) {
                d.set_item(py, pair[0], pair[1])?;
            }
            self.func_annotations.set(Some(d.clone().into_object()));
            return Ok(d.into_object());
        }
        Ok(found)
    }
}

/// The builtins that code with these globals sees (`_PyEval_BuiltinsFromGlobals`).
pub fn builtins_of(py: Python, globals: &PyDict) -> PyResult {
    if let Some(b) = globals.get_str(py, intern!(py, "__builtins__"))? {
        return match b.downcast::<PyModule>() {
            Some(m) => Ok(m.dict(py).into_object()),
            None => Ok(b),
        };
    }
    Ok(crate::interp::frame_builtins(py).into_object())
}

/// Checks the type of a value that is assigned; deleting counts as a wrong type.
fn checked<T: PyTypeInfo>(py: Python, value: Option<&PyObject>, message: &str) -> PyResult<Py<T>> {
    value.and_then(|v| v.downcast::<T>()).map(PyLayout::owned).ok_or_else(|| type_error(py, message))
}

/// As [`checked`]; `None` and deletion empty the field.
fn checked_opt<T: PyTypeInfo>(
    py: Python,
    value: Option<&PyObject>,
    message: &str,
) -> PyResult<Option<Py<T>>> {
    match value.filter(|v| !v.is_none()) {
        None => Ok(None),
        some => checked(py, some, message).map(Some),
    }
}

fn or_none<T: PyLayout>(slot: &Slot<T>) -> Py {
    slot.get_owned().map_or_else(|| none().owned(), Py::into_object)
}

/// A function made by `def` or `lambda`.
///
///   code
///     a code object
///   globals
///     the dictionary of global variables
///   name
///     another name than the code's
///   argdefs
///     a tuple of default values
///   closure
///     a tuple of cells for the free variables
///   kwdefaults
///     a dictionary of default values of keyword-only parameters
#[pytype(name = "function", symbol = "PyFunction_Type", flags(GC, METHOD_DESCRIPTOR), dictoffset = func_dict,
         weaklistoffset = func_weakreflist, vectorcall_offset = vectorcall,
         members(func_closure as __closure__: object readonly, func_doc as __doc__: object,
                 func_globals as __globals__: object readonly, func_builtins as __builtins__: object readonly))]
impl PyFunction {
    #[slot(tp_new, sig = "(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)")]
    #[allow(clippy::too_many_arguments)]
    fn new_py(
        py: Python,
        _cls: &PyTypeObject,
        code: &PyCode,
        globals: &PyDict,
        name: &PyObject,
        argdefs: &PyObject,
        closure: &PyObject,
        kwdefaults: &PyObject,
    ) -> PyResult<Py<PyFunction>> {
        let name = checked_opt::<PyStr>(py, Some(name), "arg 3 (name) must be None or string")?;
        let defaults = checked_opt::<PyTuple>(py, Some(argdefs), "arg 4 (defaults) must be None or tuple")?;
        let nfree = code.freevars_count();
        let closure = if closure.downcast::<PyTuple>().is_none() && nfree > 0 && closure.is_none() {
            return Err(type_error(py, "arg 5 (closure) must be tuple"));
        } else {
            checked_opt::<PyTuple>(py, Some(closure), "arg 5 (closure) must be None or tuple")?
        };
        let kwdefaults =
            checked_opt::<PyDict>(py, Some(kwdefaults), "arg 6 (kwdefaults) must be None or dict")?;
        let given = closure.as_ref().map_or(0, |c| c.len());
        if given != nfree {
            return Err(value_error(
                py,
                format!("{} requires closure of length {nfree}, not {given}", code.co_name.to_string_lossy()),
            ));
        }
        if let Some(bad) = closure.iter().flat_map(|c| c.items()).find(|c| !PyCell::check_exact(c)) {
            return Err(type_error(py, format!("arg 5 (closure) expected cell, found {}", type_name(bad))));
        }
        crate::sys::hooks::audit(py, "function.__new__", &[code.as_object()])?;
        let f = PyFunction::new(py, code, globals.as_object())?;
        if let Some(n) = name {
            f.func_name.set(Some(n));
        }
        f.func_defaults.set(defaults);
        f.func_closure.set(closure);
        f.func_kwdefaults.set(kwdefaults);
        Ok(f)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let name = self.func_qualname.get_owned().map_or_else(String::new, |q| q.to_string_lossy());
        PyStr::new(py, &format!("<function {name} at {:#x}>", self.as_ptr() as usize))
    }

    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        call::call_tuple_dict(py, self.as_object(), args, kwargs)
    }

    #[slot(tp_descr_get)]
    fn descr_get(&self, py: Python, obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
        match obj {
            Some(o) if !o.is_none() => Ok(PyMethod::new(py, self.as_object(), o)?.into_object()),
            _ => Ok(self.as_object().owned()),
        }
    }

    #[getter(name = "__code__")]
    fn get_code(&self) -> Option<Py<PyCode>> {
        self.func_code.get_owned()
    }

    #[setter(name = "__code__")]
    fn set_code(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let code = checked::<PyCode>(py, value, "__code__ must be set to a code object")?;
        crate::sys::hooks::audit(
            py,
            "object.__setattr__",
            &[self.as_object(), intern!(py, "__code__").as_object(), code.as_object()],
        )?;
        let nclosure = self.func_closure.get_owned().map_or(0, |c| c.len());
        let nfree = code.freevars_count();
        if nclosure != nfree {
            let name = self.func_name.get_owned().map_or_else(String::new, |n| n.to_string_lossy());
            return Err(value_error(
                py,
                format!("{name}() requires a code object with {nclosure} free vars, not {nfree}"),
            ));
        }
        let kinds = code_flags::GENERATOR | code_flags::COROUTINE | code_flags::ASYNC_GENERATOR;
        if (self.code().co_flags.get() as u32 ^ code.co_flags.get() as u32) & kinds != 0 {
            crate::errors::warn(
                py,
                &PyExc_DeprecationWarning_Type,
                "Assigning a code object of non-matching type is deprecated (e.g., from a generator to a plain function)",
                1,
            )?;
        }
        self.changed();
        self.func_code.set(Some(code));
        Ok(())
    }

    #[getter(name = "__name__")]
    fn get_name(&self) -> Option<Py<PyStr>> {
        self.func_name.get_owned()
    }

    #[setter(name = "__name__")]
    fn set_name(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.func_name.set(Some(checked(py, value, "__name__ must be set to a string object")?));
        Ok(())
    }

    #[getter(name = "__qualname__")]
    fn get_qualname(&self) -> Option<Py<PyStr>> {
        self.func_qualname.get_owned()
    }

    #[setter(name = "__qualname__")]
    fn set_qualname(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.func_qualname.set(Some(checked(py, value, "__qualname__ must be set to a string object")?));
        Ok(())
    }

    #[getter(name = "__module__")]
    fn get_module(&self) -> Py {
        or_none(&self.func_module)
    }

    #[setter(name = "__module__")]
    fn set_module(&self, _py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.func_module.set(value.map(PyLayout::owned));
        Ok(())
    }

    #[getter(name = "__defaults__")]
    fn get_defaults(&self, py: Python) -> PyResult {
        crate::sys::hooks::audit(
            py,
            "object.__getattr__",
            &[self.as_object(), intern!(py, "__defaults__").as_object()],
        )?;
        Ok(or_none(&self.func_defaults))
    }

    #[setter(name = "__defaults__")]
    fn set_defaults_py(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let d = checked_opt::<PyTuple>(py, value, "__defaults__ must be set to a tuple object")?;
        let shown = d.as_ref().map_or(none(), |d| d.as_object());
        crate::sys::hooks::audit(
            py,
            "object.__setattr__",
            &[self.as_object(), intern!(py, "__defaults__").as_object(), shown],
        )?;
        self.set_defaults(d);
        Ok(())
    }

    #[getter(name = "__kwdefaults__")]
    fn get_kwdefaults(&self, py: Python) -> PyResult {
        crate::sys::hooks::audit(
            py,
            "object.__getattr__",
            &[self.as_object(), intern!(py, "__kwdefaults__").as_object()],
        )?;
        Ok(or_none(&self.func_kwdefaults))
    }

    #[setter(name = "__kwdefaults__")]
    fn set_kwdefaults_py(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let d = checked_opt::<PyDict>(py, value, "__kwdefaults__ must be set to a dict object")?;
        let shown = d.as_ref().map_or(none(), |d| d.as_object());
        crate::sys::hooks::audit(
            py,
            "object.__setattr__",
            &[self.as_object(), intern!(py, "__kwdefaults__").as_object(), shown],
        )?;
        self.set_kwdefaults(d);
        Ok(())
    }

    #[getter(name = "__annotations__", doc = "The annotations as a dict.")]
    fn get_annotations(&self, py: Python) -> PyResult {
        self.annotations(py)
    }

    #[setter(name = "__annotations__")]
    fn set_annotations(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let d = checked_opt::<PyDict>(py, value, "__annotations__ must be set to a dict object")?;
        self.func_annotations.set(d.map(Py::into_object));
        self.func_annotate.set(None);
        Ok(())
    }

    #[getter(name = "__annotate__", doc = "What makes the annotations when they are asked for, or None.")]
    fn get_annotate(&self) -> Py {
        or_none(&self.func_annotate)
    }

    #[setter(name = "__annotate__")]
    fn set_annotate(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            None => return Err(type_error(py, "__annotate__ cannot be deleted")),
            Some(v) if v.is_none() => self.func_annotate.set(Some(v.owned())),
            Some(v) if v.is_callable() => {
                self.func_annotate.set(Some(v.owned()));
                self.func_annotations.set(None);
            }
            Some(_) => return Err(type_error(py, "__annotate__ must be callable or None")),
        }
        Ok(())
    }

    #[getter(name = "__type_params__", doc = "The type parameters, a tuple.")]
    fn get_type_params(&self, py: Python) -> PyResult {
        match self.func_typeparams.get_owned() {
            Some(t) => Ok(t),
            None => Ok(PyTuple::empty(py).into_object()),
        }
    }

    #[setter(name = "__type_params__")]
    fn set_type_params(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let t = checked::<PyTuple>(py, value, "__type_params__ must be set to a tuple")?;
        self.func_typeparams.set(Some(t.into_object()));
        Ok(())
    }

    #[getter(__dict__)]
    fn get_dict(&self, py: Python) -> PyResult {
        object_::generic_get_dict(py, self.as_object())
    }

    #[setter(__dict__)]
    fn set_dict(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        object_::generic_set_dict(py, self.as_object(), value)
    }
}
