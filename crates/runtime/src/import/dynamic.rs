//! Extension modules: shared libraries loaded with `dlopen` (PEP 489 and single-phase).

use crate::prelude::*;
use crate::types::exceptions::*;
use crate::types::module::definition;
use crate::types::*;
use object::libc;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::{CStr, CString};

/// Why a shared library could not be loaded or used: an `ImportError` with name and path.
fn import_failure(py: Python, text: &str, name: &PyObject, path: &PyObject) -> Raised {
    let r = import_error(py, text);
    let exc = fetch(py, r);
    if let Some(e) = exc.as_object().downcast::<PyImportError>() {
        e.name.set(Some(name.owned()));
        e.path.set(Some(path.owned()));
    }
    raise_object(py, exc)
}

fn dl_error() -> String {
    // SAFETY: `dlerror` gives null or a string that is valid until the next dl call of this thread.
    unsafe {
        let p = libc::dlerror();
        if p.is_null() {
            "unknown dlopen() error".to_owned()
        } else {
            CStr::from_ptr(p).to_string_lossy().into_owned()
        }
    }
}

/// The initialisation function's name: `PyInit_x`, or `PyInitU_` with punycode for names that are not ASCII.
fn init_symbol(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    if last.is_ascii() {
        format!("PyInit_{last}")
    } else {
        format!("PyInitU_{}", crate::codecs::punycode_encode(last).replace('-', "_"))
    }
}

/// Loads the extension module at `path` (`_imp.create_dynamic`): returns the module, not yet executed if it is multi-phase.
///
/// Errors: `ImportError` with the loader's text, `SystemError` for a misbehaving initialisation function.
pub fn create(py: Python, spec: &PyObject, name: &PyObject, path: &PyObject) -> PyResult {
    let Some(name_str) = name.downcast::<PyStr>() else {
        return Err(type_error(py, "module name must be a string"));
    };
    let text = name_str.to_string_lossy();
    let bytes = crate::fs::fs_encode(py, path)?;
    let Ok(c_path) = CString::new(bytes) else { return Err(value_error(py, "embedded null byte")) };
    let flags = interpreter_dlopen_flags(py);
    // SAFETY: loading a shared library runs its constructors; that is what an import of it means.
    let handle = unsafe { libc::dlopen(c_path.as_ptr(), flags) };
    if handle.is_null() {
        return Err(import_failure(py, &dl_error(), name, path));
    }
    let symbol = init_symbol(&text);
    let Ok(c_symbol) = CString::new(symbol.as_str()) else {
        return Err(value_error(py, "embedded null character"));
    };
    // SAFETY: a live handle and a C string.
    let f = unsafe { libc::dlsym(handle, c_symbol.as_ptr()) };
    if f.is_null() {
        let text = format!("dynamic module does not define module export function ({symbol})");
        return Err(import_failure(py, &text, name, path));
    }
    // SAFETY: by convention a function of that name takes nothing and returns a module or definition.
    let init: Init = unsafe { std::mem::transmute(f) };
    if let Some(m) = reload(py, name_str, path)? {
        return Ok(m);
    }
    let outer = CONTEXT.replace(Some(text.clone()));
    // SAFETY: the thread is attached.
    let result = unsafe { init() };
    CONTEXT.set(outer);
    let pending = !crate::state::thread(py).current_exception.is_empty();
    if result.is_null() {
        return Err(if pending {
            Raised::pending()
        } else {
            system_error(py, format!("initialization of {text} failed without raising an exception"))
        });
    }
    if pending {
        let r = Raised::pending();
        let cause = fetch(py, r);
        let r = system_error(py, format!("initialization of {text} raised unreported exception"));
        let exc = fetch(py, r);
        exc.cause.set(Some(cause.clone()));
        exc.context.set(Some(cause));
        return Err(raise_object(py, exc));
    }
    // SAFETY: a definition is a static object, a module comes as an owned reference.
    let made: Py = unsafe {
        if (*result).ob_type.get().is_null() {
            return Err(system_error(py, format!("init function of {text} returned uninitialized object")));
        }
        if crate::types::module::is_module_def(&*result) {
            let def = &*(result as *const PyModuleDef);
            return crate::types::module::from_def_and_spec(py, def, spec);
        }
        Py::from_raw_owned(result)
    };
    let Some(m) = made.downcast::<PyModule>() else {
        return Err(system_error(py, format!("initialization of {text} did not return an extension module")));
    };
    // SAFETY: null or a definition, which outlives its modules.
    let Some(def) = (unsafe { m.md_def.get().as_ref() }) else {
        return Err(system_error(
            py,
            format!("initialization of {text} did not return a valid extension module"),
        ));
    };
    m.dict(py).set_text(py, "__file__", path)?;
    remember(py, name_str, path, def, m, init)?;
    crate::import::modules(py)?.set_item(py, name, &made)?;
    Ok(made)
}

thread_local! {
    /// The full name of the extension whose initialisation function is running.
    static CONTEXT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The full name of the extension whose initialisation function is running (`_Py_PackageContext`).
pub fn package_context() -> Option<String> {
    CONTEXT.with_borrow(|c| c.clone())
}

type Init = unsafe extern "C" fn() -> *mut PyObject;

/// Single-phase modules loaded so far, by file and name.
#[derive(Default)]
struct Extensions(RefCell<HashMap<(String, String), Loaded>>);

#[derive(Clone)]
struct Loaded {
    def: *const PyModuleDef,
    init: Init,
    /// What a module without state is filled with again.
    dict: Option<Py<PyDict>>,
}

fn key(name: &PyStr, path: &PyObject) -> (String, String) {
    let path = path.downcast::<PyStr>().map(|p| p.to_string_lossy()).unwrap_or_default();
    (path, name.to_string_lossy())
}

fn remember(
    py: Python,
    name: &PyStr,
    path: &PyObject,
    def: &PyModuleDef,
    module: &PyModule,
    init: Init,
) -> PyResult<()> {
    definition::register_single_phase(py, def, module)?;
    let dict = if def.m_size == -1 { Some(module.dict(py).copy(py)?) } else { None };
    let table = crate::state::interpreter(py).module_state::<Extensions>();
    let old = table.0.borrow_mut().insert(key(name, path), Loaded { def, init, dict });
    drop(old);
    Ok(())
}

/// A single-phase module that has been loaded before: filled from a copy, or initialised again.
fn reload(py: Python, name: &PyStr, path: &PyObject) -> PyResult<Option<Py>> {
    let table = crate::state::interpreter(py).module_state::<Extensions>();
    let Some(loaded) = table.0.borrow().get(&key(name, path)).cloned() else { return Ok(None) };
    let modules = crate::import::modules(py)?;
    let module: Py = match loaded.dict {
        Some(d) => {
            let m = match modules.get_item(py, name)?.and_then(|m| m.downcast_into::<PyModule>().ok()) {
                Some(m) => m,
                None => PyModule::new(py, name)?,
            };
            m.md_def.set(loaded.def);
            m.dict(py).merge(py, &d, true)?;
            m.into_object()
        }
        None => {
            let outer = CONTEXT.replace(Some(name.to_string_lossy()));
            // SAFETY: the library stays loaded; the thread is attached.
            let m = unsafe { from_c::<PyObject>(py, (loaded.init)()) };
            CONTEXT.set(outer);
            m?
        }
    };
    if let Some(m) = module.downcast::<PyModule>() {
        // SAFETY: a definition outlives its modules.
        definition::register_single_phase(py, unsafe { &*loaded.def }, m)?;
    }
    modules.set_item(py, name, &module)?;
    Ok(Some(module))
}

fn interpreter_dlopen_flags(py: Python) -> i32 {
    crate::state::interpreter(py).dlopen_flags.get()
}
