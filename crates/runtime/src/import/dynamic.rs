//! Extension modules: shared libraries loaded with `dlopen` (PEP 489 and single-phase).

use crate::prelude::*;
use crate::types::exceptions::*;
use crate::types::*;
use object::libc;
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
    let init: unsafe extern "C" fn() -> *mut PyObject = unsafe { std::mem::transmute(f) };
    // SAFETY: the thread is attached.
    let result = unsafe { init() };
    let pending = !crate::state::thread(py).current_exception.is_empty();
    if result.is_null() {
        return Err(if pending {
            Raised::pending()
        } else {
            system_error(py, format!("initialization of {text} failed without raising an exception"))
        });
    }
    if pending {
        return Err(system_error(py, format!("initialization of {text} raised unreported exception")));
    }
    // SAFETY: a definition is a static object, a module comes as an owned reference.
    unsafe {
        if crate::types::module::is_module_def(&*result) {
            let def = &*(result as *const PyModuleDef);
            return crate::types::module::from_def_and_spec(py, def, spec);
        }
        let module: Py = Py::from_raw_owned(result);
        let Some(m) = module.downcast::<PyModule>() else {
            return Err(system_error(
                py,
                format!("initialization of {text} did not return an extension module"),
            ));
        };
        m.dict(py).set_text(py, "__file__", path)?;
        crate::import::modules(py)?.set_item(py, name, &module)?;
        Ok(module)
    }
}

fn interpreter_dlopen_flags(py: Python) -> i32 {
    crate::state::interpreter(py).dlopen_flags.get()
}
