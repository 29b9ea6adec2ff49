//! Modules from definitions (`PyModule_FromDefAndSpec`, `PyModule_ExecDef`).

use super::PyModule;
use crate::prelude::*;
use crate::types::{PyCFunction, PyStr};
use object::typeobj::PyModuleDefSlot;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{CStr, c_int};

const MOD_CREATE: c_int = 1;
const MOD_EXEC: c_int = 2;
const MOD_MULTIPLE_INTERPRETERS: c_int = 3;
const MOD_GIL: c_int = 4;

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

fn own_name<'a>(def: &PyModuleDef) -> std::borrow::Cow<'a, str> {
    if def.m_name.is_null() {
        return "?".into();
    }
    // SAFETY: names in definitions are C strings that live as long as the module's code.
    unsafe { CStr::from_ptr(def.m_name) }.to_string_lossy()
}

pub(super) fn create(py: Python, def: &PyModuleDef, spec: Option<&PyObject>) -> PyResult {
    let own = own_name(def);
    let name = match spec {
        Some(s) => s.getattr(py, intern!(py, "name"))?,
        None => PyStr::new(py, &own)?.into_object(),
    };
    if def.m_size < 0 {
        return Err(system_error(
            py,
            format!("module {own}: m_size may not be negative for multi-phase initialization"),
        ));
    }
    let (mut maker, mut executes) = (None, false);
    for s in slots(def) {
        match s.slot {
            MOD_CREATE if maker.is_some() => {
                return Err(system_error(py, format!("module {own} has multiple create slots")));
            }
            MOD_CREATE => maker = Some(s.value),
            MOD_EXEC => executes = true,
            MOD_MULTIPLE_INTERPRETERS | MOD_GIL => {}
            n => return Err(system_error(py, format!("module {own} uses unknown slot ID {n}"))),
        }
    }
    let module = match (maker, spec) {
        (Some(value), Some(spec)) => {
            // SAFETY: a create slot has this signature.
            let f: unsafe extern "C" fn(*mut PyObject, *const PyModuleDef) -> *mut PyObject =
                unsafe { std::mem::transmute(value) };
            // SAFETY: called attached with live objects.
            let result = unsafe { f(spec.as_ptr(), def) };
            let pending = !crate::state::thread(py).current_exception.is_empty();
            if result.is_null() {
                return Err(if pending {
                    Raised::pending()
                } else {
                    system_error(py, format!("creation of module {own} failed without setting an exception"))
                });
            }
            if pending {
                return Err(system_error(
                    py,
                    format!("creation of module {own} raised unreported exception"),
                ));
            }
            // SAFETY: an owned reference.
            unsafe { from_c::<PyObject>(py, result)? }
        }
        _ => PyModule::new(py, &name)?.into_object(),
    };
    match module.downcast::<PyModule>() {
        Some(m) => m.md_def.set(def),
        None if def.m_size > 0
            || def.m_traverse.is_some()
            || def.m_clear.is_some()
            || def.m_free.is_some() =>
        {
            return Err(system_error(
                py,
                format!("module {own} is not a module object, but requests module state"),
            ));
        }
        None if executes => {
            return Err(system_error(
                py,
                format!("module {own} specifies execution slots, but did not create a ModuleType instance"),
            ));
        }
        None => {}
    }
    fill(py, &module, &name, def)?;
    Ok(module)
}

/// Adds the functions and the docstring of a definition.
fn fill(py: Python, module: &PyObject, name: &PyObject, def: &PyModuleDef) -> PyResult<()> {
    add_functions(py, module, Some(name), def.m_methods)?;
    if !def.m_doc.is_null() {
        // SAFETY: docstrings in definitions are C strings.
        let doc = PyStr::new(py, &unsafe { CStr::from_ptr(def.m_doc) }.to_string_lossy())?;
        module.setattr(py, intern!(py, "__doc__"), doc.as_object())?;
    }
    Ok(())
}

/// Adds functions to a module (`PyModule_AddFunctions`). The table ends with a null name and lives as long as they do.
///
/// Errors: `ValueError` for class and static methods.
pub fn add_functions(
    py: Python,
    module: &PyObject,
    name: Option<&PyObject>,
    table: *const PyMethodDef,
) -> PyResult<()> {
    let mut m = table;
    // SAFETY: the table ends with a null name.
    unsafe {
        while !m.is_null() && !(*m).ml_name.is_null() {
            if (*m).ml_flags & (meth::CLASS | meth::STATIC) != 0 {
                return Err(value_error(py, "module functions cannot set METH_CLASS or METH_STATIC"));
            }
            let f = PyCFunction::new(py, &*m, Some(module), name)?;
            let n = PyStr::intern(py, PyStr::new(py, &CStr::from_ptr((*m).ml_name).to_string_lossy())?);
            module.setattr(py, &n, f.as_object())?;
            m = m.add(1);
        }
    }
    Ok(())
}

/// A module that is complete when it is made (`PyModule_Create`): with its state, without slots.
pub fn create_single_phase(py: Python, def: &PyModuleDef, name: &PyStr) -> PyResult<Py<PyModule>> {
    let module = PyModule::new(py, name)?;
    if def.m_size > 0 {
        allocate_state(py, def, &module)?;
    }
    module.md_def.set(def);
    fill(py, &module, name, def)?;
    Ok(module)
}

fn allocate_state(py: Python, def: &PyModuleDef, module: &PyModule) -> PyResult<()> {
    // A state even for size 0: it says that the module was executed.
    let size = (def.m_size as usize).max(1);
    // SAFETY: plain memory, zeroed, given back when the module dies.
    let p = unsafe { object::libc::calloc(1, size) };
    if p.is_null() {
        return Err(memory_error(py));
    }
    module.md_state.set(p);
    Ok(())
}

/// Single-phase modules by the index of their definition (`PyState_FindModule`).
#[derive(Default)]
struct ByIndex(RefCell<HashMap<isize, Py<PyModule>>>);

/// Makes a module the one its definition finds.
pub fn register_single_phase(py: Python, def: &PyModuleDef, module: &PyModule) -> PyResult<()> {
    let table = crate::state::interpreter(py).module_state::<ByIndex>();
    let old = table.0.borrow_mut().insert(def.m_index.get(), module.owned());
    drop(old);
    Ok(())
}

/// Undoes [`register_single_phase`].
pub fn forget_single_phase(py: Python, def: &PyModuleDef) -> PyResult<()> {
    let table = crate::state::interpreter(py).module_state::<ByIndex>();
    let old = table.0.borrow_mut().remove(&def.m_index.get());
    drop(old);
    Ok(())
}

/// The module last registered for a definition.
pub fn find_single_phase(py: Python, def: &PyModuleDef) -> Option<Py<PyModule>> {
    let table = crate::state::interpreter(py).module_state::<ByIndex>();

    table.0.borrow().get(&def.m_index.get()).cloned()
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
        allocate_state(py, def, module)?;
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
