//! `module`: the object, its attributes, and making one from a definition (PEP 489).

pub mod definition;

pub use definition::{ModuleDefObject, exec_once, from_def_and_spec, is_module_def};

use crate::prelude::*;
use crate::types::exceptions::PyExc_AttributeError_Type;
use crate::types::{PyDict, PyInt, PyStr, PyTuple, object_};
use std::ffi::c_void;
use std::ptr::{null, null_mut};

/// `PyModuleObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyModule {
    pub ob_base: PyObject,
    pub md_dict: Slot<PyDict>,
    #[traverse(skip)]
    pub md_def: Cell<*const PyModuleDef>,
    #[traverse(skip)]
    pub md_state: Cell<*mut c_void>,
    #[traverse(skip)]
    pub md_weaklist: Cell<*mut PyObject>,
    pub md_name: Slot,
}

const _: () = assert!(size_of::<PyModule>() == 56);

impl PyModule {
    /// An empty module: `__name__` is set, the other standard names are None.
    pub fn new(py: Python, name: &PyObject) -> PyResult<Py<PyModule>> {
        let ty = PyModule::type_object();
        let m = new_object(py, ty, PyModule::empty(ty))?;
        m.set_up(py, name, None)?;
        Ok(m)
    }

    fn empty(ty: &PyTypeObject) -> PyModule {
        PyModule {
            ob_base: PyObject::header(ty),
            md_dict: Slot::empty(),
            md_def: Cell::new(null()),
            md_state: Cell::new(null_mut()),
            md_weaklist: Cell::new(null_mut()),
            md_name: Slot::empty(),
        }
    }

    fn set_up(&self, py: Python, name: &PyObject, doc: Option<&PyObject>) -> PyResult<()> {
        let d = match self.md_dict.get_owned() {
            Some(d) => d,
            None => {
                let d = PyDict::new(py)?;
                self.md_dict.set(Some(d.clone()));
                d
            }
        };
        d.set_item(py, intern!(py, "__name__"), name)?;
        d.set_item(py, intern!(py, "__doc__"), doc.unwrap_or(none()))?;
        for n in [intern!(py, "__package__"), intern!(py, "__loader__"), intern!(py, "__spec__")] {
            d.set_item(py, n, none())?;
        }
        if PyStr::check_exact(name) {
            self.md_name.set(Some(name.owned()));
        }
        Ok(())
    }

    /// The module's dict; an empty one for a module whose `__init__` has not run.
    pub fn dict(&self, py: Python) -> Py<PyDict> {
        match self.md_dict.get_owned() {
            Some(d) => d,
            None => match PyDict::new(py) {
                Ok(d) => {
                    self.md_dict.set(Some(d.clone()));
                    d
                }
                // Out of memory for an empty dict: nothing sensible can go on.
                Err(_) => std::process::abort(),
            },
        }
    }

    /// Sets an attribute.
    pub fn add(&self, py: Python, name: &str, value: &PyObject) -> PyResult<()> {
        self.dict(py).set_text(py, name, value)
    }

    /// Readies a static type and adds it under its short name.
    pub fn add_type(&self, py: Python, ty: &'static PyTypeObject) -> PyResult<()> {
        crate::types::type_::type_ready(py, ty)?;
        self.add(py, ty.short_name(), ty.object())
    }

    /// A module from a static definition, executed. For modules that exist before importlib does.
    pub fn from_def(py: Python, def: &'static PyModuleDef) -> PyResult<Py<PyModule>> {
        let m = definition::create(py, def, None)?;
        let Ok(m) = m.downcast_into::<PyModule>() else { return Err(bad_internal_call(py)) };
        exec_once(py, &m)?;
        Ok(m)
    }

    /// The error for a missing attribute, with the hints CPython gives.
    #[cold]
    fn missing(&self, py: Python, name: &PyStr) -> PyResult {
        let d = self.dict(py);
        if let Some(f) = d.get_str(py, intern!(py, "__getattr__"))? {
            return f.call1(py, name);
        }
        let mod_name = d.get_str(py, intern!(py, "__name__"))?.and_then(|n| n.downcast_into::<PyStr>().ok());
        let shown = name.to_string_lossy();
        let Some(mod_name) = mod_name else {
            return Err(attribute_error_for(
                py,
                self.as_object(),
                name,
                format!("module has no attribute '{shown}'"),
            ));
        };
        let m = mod_name.to_string_lossy();
        let spec = d.get_str(py, intern!(py, "__spec__"))?.filter(|s| !s.is_none());
        let text = match spec {
            Some(spec) => {
                let origin = match spec.getattr_opt(py, intern!(py, "has_location"))? {
                    Some(h) if h.is_true(py)? => spec.getattr_opt(py, intern!(py, "origin"))?,
                    _ => None,
                };
                let initializing = match spec.getattr_opt(py, intern!(py, "_initializing"))? {
                    Some(v) => v.is_true(py)?,
                    None => false,
                };
                let origin =
                    origin.and_then(|o| o.downcast_into::<PyStr>().ok()).map(|o| o.to_string_lossy());
                let shadowing = match &origin {
                    Some(o) => shadowing_hint(py, &mod_name, o)?,
                    None => None,
                };
                match (shadowing, initializing, origin) {
                    (Some(Shadow::Stdlib), _, Some(o)) => format!(
                        "module '{m}' has no attribute '{shown}' (consider renaming '{o}' since it has the same name as the standard library module named '{m}' and prevents importing that standard library module)"
                    ),
                    (Some(Shadow::Other), true, Some(o)) => format!(
                        "module '{m}' has no attribute '{shown}' (consider renaming '{o}' if it has the same name as a library you intended to import)"
                    ),
                    (_, true, Some(o)) => format!(
                        "partially initialized module '{m}' from '{o}' has no attribute '{shown}' (most likely due to a circular import)"
                    ),
                    (_, true, None) => format!(
                        "partially initialized module '{m}' has no attribute '{shown}' (most likely due to a circular import)"
                    ),
                    _ => {
                        let uninitialized =
                            match spec.getattr_opt(py, intern!(py, "_uninitialized_submodules"))? {
                                Some(s) => s.contains(py, name)?,
                                None => false,
                            };
                        if uninitialized {
                            format!(
                                "cannot access submodule '{shown}' of module '{m}' (most likely due to a circular import)"
                            )
                        } else {
                            format!("module '{m}' has no attribute '{shown}'")
                        }
                    }
                }
            }
            None => format!("module '{m}' has no attribute '{shown}'"),
        };
        Err(attribute_error_for(py, self.as_object(), name, text))
    }
}

/// How a file in the script's folder hides a module.
pub enum Shadow {
    Stdlib,
    Other,
}

/// Does the module at `origin` lie in the folder that is first on `sys.path`, and so hide another of that name?
pub fn shadowing_hint(py: Python, name: &PyStr, origin: &str) -> PyResult<Option<Shadow>> {
    let interp = crate::state::interpreter(py);
    if interp.config.borrow().safe_path {
        return Ok(None);
    }
    let folder = match origin.rfind('/') {
        Some(i) => {
            let dir = &origin[..i];
            // A package's own folder does not count.
            if origin.ends_with("/__init__.py") { dir.rfind('/').map_or("", |j| &dir[..j]) } else { dir }
        }
        None => "",
    };
    let Some(first) = interp.sys_path_0.get_owned() else { return Ok(None) };
    let Some(first) = first.downcast::<PyStr>() else { return Ok(None) };
    let first = first.to_string_lossy();
    let first = if first.is_empty() {
        std::env::current_dir().map(|d| d.to_string_lossy().into_owned()).unwrap_or_default()
    } else {
        first
    };
    if first != folder {
        return Ok(None);
    }
    let stdlib = match interp.sys_get(py, "stdlib_module_names") {
        Some(s) => s.contains(py, name)?,
        None => false,
    };
    Ok(Some(if stdlib { Shadow::Stdlib } else { Shadow::Other }))
}

/// A namespace made by executing code.
#[pytype(name = "module", symbol = "PyModule_Type", flags(BASETYPE, GC), dictoffset = md_dict, weaklistoffset = md_weaklist, members(md_dict as __dict__: object readonly))]
impl PyModule {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyModule>> {
        let m = new_object(py, cls, PyModule::empty(cls))?;
        m.md_dict.set(Some(PyDict::new(py)?));
        Ok(m)
    }

    #[slot(tp_init, sig = "(name, doc=None)")]
    fn init(&self, py: Python, name: &PyStr, doc: Option<&PyObject>) -> PyResult<()> {
        self.set_up(py, name, doc)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult {
        match crate::import::importlib_if_ready(py) {
            Some(lib) => lib.call_method1(py, intern!(py, "_module_repr"), self.as_object()),
            None => Ok(PyStr::new(py, "<module>")?.into_object()),
        }
    }

    #[slot(tp_getattro)]
    fn getattro(&self, py: Python, name: &PyObject) -> PyResult {
        let Some(name) = name.downcast::<PyStr>() else { return Err(object_::bad_attribute_name(py, name)) };
        match object_::generic_getattr(py, self.as_object(), name) {
            Ok(v) => Ok(v),
            Err(e) => {
                drop(catch(py, e, &PyExc_AttributeError_Type)?);
                self.missing(py, name)
            }
        }
    }

    #[pymethod]
    fn __dir__(&self, py: Python) -> PyResult {
        let d = self.as_object().getattr(py, intern!(py, "__dict__"))?;
        let Some(d) = d.downcast::<PyDict>() else {
            return Err(type_error(py, "<module>.__dict__ is not a dictionary"));
        };
        match d.get_str(py, intern!(py, "__dir__"))? {
            Some(f) => f.call0(py),
            None => Ok(d.as_object().to_list(py)?.into_object()),
        }
    }

    #[getter]
    fn __annotations__(&self, py: Python) -> PyResult {
        let d = self.dict(py);
        let name = intern!(py, "__annotations__");
        if let Some(a) = d.get_str(py, name)? {
            return Ok(a);
        }
        let a = match d.get_str(py, intern!(py, "__annotate__"))?.filter(|f| f.is_callable()) {
            Some(f) => {
                let r = f.call1(py, PyInt::from_i64(py, 1)?.as_object())?;
                if !PyDict::check(&r) {
                    return Err(type_error(
                        py,
                        format!("__annotate__ returned non-dict of type '{}'", type_name(&r)),
                    ));
                }
                r
            }
            None => PyDict::new(py)?.into_object(),
        };
        d.set_item(py, name, &a)?;
        Ok(a)
    }

    #[setter(__annotations__)]
    fn set_annotations(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let d = self.dict(py);
        let name = intern!(py, "__annotations__");
        match value {
            Some(v) => d.set_item(py, name, v)?,
            None => {
                if d.pop(py, name)?.is_none() {
                    return Err(attribute_error_for(py, self.as_object(), name, "__annotations__"));
                }
            }
        }
        d.pop(py, intern!(py, "__annotate__")).map(drop)
    }

    #[getter]
    fn __annotate__(&self, py: Python) -> PyResult {
        let d = self.dict(py);
        let name = intern!(py, "__annotate__");
        match d.get_str(py, name)? {
            Some(f) => Ok(f),
            None => {
                d.set_item(py, name, none())?;
                Ok(none().owned())
            }
        }
    }

    #[setter(__annotate__)]
    fn set_annotate(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(v) = value else { return Err(type_error(py, "cannot delete __annotate__ attribute")) };
        if !v.is_none() && !v.is_callable() {
            return Err(type_error(py, "__annotate__ must be callable or None"));
        }
        let d = self.dict(py);
        d.set_item(py, intern!(py, "__annotate__"), v)?;
        if !v.is_none() {
            d.pop(py, intern!(py, "__annotations__"))?;
        }
        Ok(())
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: a dying module; its definition's `m_free` sees the state before that is given back.
        unsafe {
            let py = Python::assume_attached();
            object::gc::untrack(o);
            crate::types::weakref::clear_weakrefs(py, &*o);
            let m: &PyModule = (*o).downcast_unchecked();
            if let Some(def) = m.md_def.get().as_ref()
                && let Some(free) = def.m_free
                && (def.m_size <= 0 || !m.md_state.get().is_null())
            {
                free(o as *mut c_void);
            }
            drop(m.md_dict.take());
            drop(m.md_name.take());
            object::libc::free(m.md_state.replace(null_mut()));
            if let Some(free) = (*o).ty().tp_free.get() {
                free(o as *mut c_void);
            }
        }
    }
}
