//! Modules from definitions (`PyModule_FromDefAndSpec`, `PyModule_ExecDef`).

use super::PyModule;
use crate::prelude::*;
use crate::types::{PyCFunction, PyStr};
use object::typeobj::PyModuleDefSlot;
use std::ffi::{CStr, c_int, c_void};

const MOD_CREATE: c_int = 1;
const MOD_EXEC: c_int = 2;

/// `PyModuleDef` objects have a type of their own; extensions return them from `PyInit_*`.
#[repr(C)]
pub struct ModuleDefObject {
    pub ob_base: PyObject,
}

/// The type of module definitions.
#[pytype(name = "moduledef", symbol = "PyModuleDef_Type", flags())]
impl ModuleDefObject {}

/// Is the object a module definition?
pub fn is_module_def(o: &PyObject) -> bool {
    std::ptr::eq(o.ob_type.get(), ModuleDefObject::type_object())
}

fn slots<'a>(def: &PyModuleDef) -> &'a [PyModuleDefSlot] {
    if def.m_slots.is_null() {
        return &[];
    }
    let mut n = 0;
    // SAFETY: the table ends with slot 0 and lives as long as the module's code.
    unsafe {
        while (*def.m_slots.add(n)).slot != 0 {
            n += 1;
        }
        std::slice::from_raw_parts(def.m_slots, n)
    }
}

/// Creates a module for an import spec; it is not executed yet.
///
/// Errors: what the creation function raises; `SystemError` for a definition that makes no sense.
pub fn from_def_and_spec(py: Python, def: &PyModuleDef, spec: &PyObject) -> PyResult {
    create(py, def, Some(spec))
}

pub(super) fn create(py: Python, def: &PyModuleDef, spec: Option<&PyObject>) -> PyResult {
    let name = match spec {
        Some(s) => s.getattr(py, intern!(py, "name"))?,
        // SAFETY: names in definitions are C strings.
        None => PyStr::new(py, &unsafe { CStr::from_ptr(def.m_name) }.to_string_lossy())?.into_object(),
    };
    let maker = slots(def).iter().find(|s| s.slot == MOD_CREATE);
    let module = match (maker, spec) {
        (Some(s), Some(spec)) => {
            // SAFETY: a create slot has this signature.
            let f: unsafe extern "C" fn(*mut PyObject, *const PyModuleDef) -> *mut PyObject =
                unsafe { std::mem::transmute(s.value) };
            // SAFETY: called attached with live objects.
            unsafe { from_c::<PyObject>(py, f(spec.as_ptr(), def))? }
        }
        _ => PyModule::new(py, &name)?.into_object(),
    };
    let add_functions = |target: &PyObject| -> PyResult<()> {
        let mut m = def.m_methods;
        // SAFETY: the table ends with a null name.
        unsafe {
            while !m.is_null() && !(*m).ml_name.is_null() {
                let f = PyCFunction::new(py, m, Some(target), Some(&name))?;
                let n = PyStr::intern(py, PyStr::new(py, &CStr::from_ptr((*m).ml_name).to_string_lossy())?);
                target.setattr(py, &n, f.as_object())?;
                m = m.add(1);
            }
            if !def.m_doc.is_null() {
                let doc = PyStr::new(py, &CStr::from_ptr(def.m_doc).to_string_lossy())?;
                target.setattr(py, intern!(py, "__doc__"), doc.as_object())?;
            }
        }
        Ok(())
    };
    if let Some(m) = module.downcast::<PyModule>() {
        m.md_def.set(def);
    }
    add_functions(&module)?;
    Ok(module)
}

/// Executes a module made from a definition, once: allocates its state and runs the exec slots.
///
/// Errors: what they raise.
pub fn exec_once(py: Python, module: &PyModule) -> PyResult<()> {
    // SAFETY: a definition outlives its modules.
    let Some(def) = (unsafe { module.md_def.get().as_ref() }) else { return Ok(()) };
    if !module.md_state.get().is_null() {
        return Ok(());
    }
    if def.m_size >= 0 {
        // A state even for size 0: it says that the module was executed.
        let size = (def.m_size as usize).max(1);
        // SAFETY: plain memory, zeroed, given back when the module dies.
        let p = unsafe { object::libc::calloc(1, size) } as *mut c_void;
        if p.is_null() {
            return Err(memory_error(py));
        }
        module.md_state.set(p);
    }
    for s in slots(def) {
        if s.slot == MOD_EXEC {
            // SAFETY: an exec slot has this signature; called attached with the module.
            let r = unsafe {
                let f: unsafe extern "C" fn(*mut PyObject) -> c_int = std::mem::transmute(s.value);
                f(module.as_ptr())
            };
            let pending = !crate::state::thread(py).current_exception.is_empty();
            if r != 0 {
                if !pending {
                    return Err(system_error(py, "execution of module failed without setting an exception"));
                }
                return Err(Raised::pending());
            }
            if pending {
                return Err(system_error(py, "execution of module raised unreported exception"));
            }
        }
    }
    Ok(())
}
