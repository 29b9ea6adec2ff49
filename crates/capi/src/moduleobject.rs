//! `moduleobject.h` and the making of modules in `modsupport.h`.

use crate::convert::*;
use runtime::prelude::*;
use runtime::types::module::{self, definition};
use std::ffi::{c_char, c_int, c_void};
use std::ptr::{null, null_mut};

fn as_module<'a>(py: Python, o: Option<&'a PyObject>) -> PyResult<&'a PyModule> {
    match o.and_then(|m| m.downcast::<PyModule>()) {
        Some(m) => Ok(m),
        None => {
            let _ = type_error(py, "bad argument type for built-in operation");
            Err(Raised::pending())
        }
    }
}

capi! {
    fn PyModuleDef_Init(py, def: *mut PyModuleDef) -> O {
        let _ = py;
        init_def(def);
        Ok(def as O)
    }
    fn PyModule_Create2(py, def: *mut PyModuleDef, version: c_int) -> O {
        let _ = version;
        init_def(def);
        let d = &*def;
        if !d.m_slots.is_null() {
            return Err(system_error(
                py,
                format!("module {}: PyModule_Create is incompatible with m_slots", lossy(d.m_name)),
            ));
        }
        let name = import_name(py, d)?;
        definition::create_single_phase(py, d, &name)
    }
    fn PyModule_FromDefAndSpec2(py, def: *mut PyModuleDef, spec: O, version: c_int) -> O {
        let _ = version;
        init_def(def);
        module::from_def_and_spec(py, &*def, obj(py, spec)?)
    }
    fn PyModule_ExecDef(py, m: O, def: *mut PyModuleDef) -> c_int {
        let _ = def;
        module::exec_once(py, as_module(py, opt(m))?)
    }
    fn PyModule_NewObject(py, name: O) -> O { PyModule::new(py, obj(py, name)?) }
    fn PyModule_New(py, name: *const c_char) -> O { PyModule::new(py, &*pystr(py, name)?) }
    fn PyModule_GetDict(py, m: O) -> O {
        match opt(m).and_then(|m| m.downcast::<PyModule>()) {
            Some(m) => Ok(borrowed(m.dict(py))),
            None => Err(bad_internal_call(py)),
        }
    }
    fn PyModule_GetNameObject(py, m: O) -> O {
        let d = as_module(py, opt(m))?.dict(py);
        match d.get_text(py, "__name__")?.and_then(|n| n.downcast_into::<PyStr>().ok()) {
            Some(n) => Ok(n),
            None => Err(system_error(py, "nameless module")),
        }
    }
    fn PyModule_GetName(py, m: O) -> *const c_char {
        let n = PyModule_GetNameObject(m);
        if n.is_null() {
            return Err(Raised::pending());
        }
        let n: Py<PyStr> = Py::from_raw_owned(n);
        // The module keeps the string.
        Ok(crate::unicodeobject::utf8_pointer(py, &n)?.0)
    }
    fn PyModule_GetFilenameObject(py, m: O) -> O {
        let d = as_module(py, opt(m))?.dict(py);
        match d.get_text(py, "__file__")?.and_then(|n| n.downcast_into::<PyStr>().ok()) {
            Some(n) => Ok(n),
            None => Err(system_error(py, "module filename missing")),
        }
    }
    fn PyModule_GetFilename(py, m: O) -> *const c_char {
        let n = PyModule_GetFilenameObject(m);
        if n.is_null() {
            return Err(Raised::pending());
        }
        let n: Py<PyStr> = Py::from_raw_owned(n);
        Ok(crate::unicodeobject::utf8_pointer(py, &n)?.0)
    }
    fn PyModule_AddFunctions(py, m: O, functions: *const PyMethodDef) -> c_int {
        let m = as_module(py, opt(m))?;
        let name = m.dict(py).get_text(py, "__name__")?;
        definition::add_functions(py, m.as_object(), name.as_deref(), functions)
    }
    fn PyModule_SetDocString(py, m: O, doc: *const c_char) -> c_int {
        obj(py, m)?.setattr(py, intern!(py, "__doc__"), &*pystr(py, doc)?)
    }
    fn PyState_AddModule(py, m: O, def: *mut PyModuleDef) -> c_int {
        if def.is_null() {
            return Err(system_error(py, "module definition is NULL"));
        }
        if !(*def).m_slots.is_null() {
            return Err(system_error(py, "PyState_AddModule called on module with slots"));
        }
        definition::register_single_phase(py, &*def, as_module(py, opt(m))?)
    }
    fn PyState_RemoveModule(py, def: *mut PyModuleDef) -> c_int {
        if !(*def).m_slots.is_null() {
            return Err(system_error(py, "PyState_RemoveModule called on module with slots"));
        }
        definition::forget_single_phase(py, &*def)
    }
}

plain! {
    fn PyModule_GetState(m: O) -> *mut c_void {
        match opt(m).and_then(|m| m.downcast::<PyModule>()) {
            Some(m) => m.md_state.get(),
            None => {
                let _ = type_error(token(), "bad argument type for built-in operation");
                null_mut()
            }
        }
    }
    fn _PyModule_GetState(m: O) -> *mut c_void { PyModule_GetState(m) }
    fn PyModule_GetDef(m: O) -> *const PyModuleDef {
        match opt(m).and_then(|m| m.downcast::<PyModule>()) {
            Some(m) => m.md_def.get(),
            None => {
                let _ = type_error(token(), "bad argument type for built-in operation");
                null()
            }
        }
    }
    fn PyState_FindModule(def: *mut PyModuleDef) -> O {
        if !(*def).m_slots.is_null() {
            return null_mut();
        }
        definition::find_single_phase(token(), &*def).map_or(null_mut(), borrowed)
    }
    fn PyUnstable_Module_SetGIL(_m: O, _gil: *mut c_void) -> c_int { 0 }
}

/// Gives a definition its type and its index.
unsafe fn init_def(def: *mut PyModuleDef) {
    // SAFETY: a static definition of the extension.
    unsafe {
        (*def).ob_base.ob_type.set(definition::ModuleDefObject::type_object());
        if (*def).ob_base.refcount() == 0 {
            (*def).ob_base.set_refcount(1);
        }
        if (*def).m_index.get() == 0 {
            (*def).m_index.set(next_index());
        }
    }
}

fn next_index() -> isize {
    use std::sync::atomic::{AtomicIsize, Ordering};
    static LAST: AtomicIsize = AtomicIsize::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

/// The full name while an extension is being imported, else the one in the definition.
unsafe fn import_name(py: Python, def: &PyModuleDef) -> PyResult<Py<PyStr>> {
    // SAFETY: names in definitions are C strings.
    let own = unsafe { lossy(def.m_name) };
    match runtime::import::dynamic::package_context() {
        Some(full) if full.rsplit('.').next() == Some(&own) => PyStr::new(py, &full),
        _ => PyStr::new(py, &own),
    }
}
