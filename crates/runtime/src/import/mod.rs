//! Imports: the way from `import x` to the library's own importlib, and the modules built into the binary.
//!
//! `importlib._bootstrap` and `_bootstrap_external` come compiled in the binary ([`library`]) and are run at start-up
//! under their frozen names; everything after that is theirs, with [`imp_module`] (`_imp`) below them.

pub mod builtin;
pub mod dynamic;
pub mod imp_module;
pub mod library;
pub mod library_folder;
pub mod lock;
mod times;

pub use builtin::{BuiltinModule, register_builtins};
pub use library::{Library, LibraryEntry, LibraryModule, install_library};

use crate::prelude::*;
use crate::state::interpreter;
use crate::sys::hooks::write_stderr;
use crate::types::exceptions::*;
use crate::types::*;

/// `sys.modules`.
pub fn modules(py: Python) -> PyResult<Py<PyDict>> {
    interpreter(py).modules.get_owned().ok_or_else(|| runtime_error(py, "unable to get sys.modules"))
}

/// The module of that name in `sys.modules`, if it is there and not `None`.
pub fn get_module(py: Python, name: &PyObject) -> PyResult<Option<Py>> {
    // The attribute may have been replaced by any mapping.
    let m = match interpreter(py).sysdict.get_owned() {
        Some(d) => d.get_str(py, intern!(py, "modules"))?,
        None => None,
    };
    match m {
        None => modules(py)?.get_item(py, name),
        Some(m) => match m.downcast_exact::<PyDict>() {
            Some(d) => d.get_item(py, name),
            None => match m.get_item(py, name) {
                Ok(v) => Ok(Some(v)),
                Err(e) => {
                    drop(catch(py, e, &PyExc_KeyError_Type)?);
                    Ok(None)
                }
            },
        },
    }
}

/// Imports a module by absolute dotted name and returns that module itself (`importlib.import_module`).
pub fn import_module(py: Python, name: &str) -> PyResult {
    let name = PyStr::new(py, name)?;
    if let Some(m) = get_module(py, &name)?.filter(|m| !m.is_none()) {
        ensure_initialized(py, &m, &name)?;
        return Ok(m);
    }
    // A non-empty fromlist asks for the leaf.
    let from = PyTuple::new(py, [intern!(py, "__name__").as_object().owned()])?;
    import_module_level(py, &name, None, Some(&from), 0)
}

/// `from name import attr` for Rust callers.
pub fn import_attr(py: Python, module: &str, attr: &str) -> PyResult {
    import_module(py, module)?.getattr_str(py, attr)
}

fn importlib(py: Python) -> PyResult {
    interpreter(py).importlib.get_owned().ok_or_else(|| import_error(py, "importlib is not available yet"))
}

/// Waits for another thread that is still importing the module.
fn ensure_initialized(py: Python, module: &PyObject, name: &PyObject) -> PyResult<()> {
    let Some(spec) = module.getattr_opt(py, intern!(py, "__spec__"))? else { return Ok(()) };
    match spec.getattr_opt(py, intern!(py, "_initializing"))? {
        Some(v) if v.is_true(py)? => {
            let f = importlib(py)?.getattr(py, intern!(py, "_lock_unlock_module"))?;
            f.call1(py, name).map(drop)
        }
        _ => Ok(()),
    }
}

/// What `__import__` does (`PyImport_ImportModuleLevelObject`).
///
/// Errors: `ImportError`, `ModuleNotFoundError`, and whatever the module's code raises.
pub fn import_module_level(
    py: Python,
    name: &PyObject,
    globals: Option<&PyObject>,
    fromlist: Option<&PyObject>,
    level: i32,
) -> PyResult {
    let Some(name) = name.downcast::<PyStr>() else {
        return Err(type_error(py, "module name must be a string"));
    };
    if level < 0 {
        return Err(value_error(py, "level must be >= 0"));
    }
    let abs_name = if level > 0 {
        resolve_name(py, name, globals, level)?
    } else {
        if name.is_empty() {
            return Err(value_error(py, "Empty module name"));
        }
        name.owned()
    };
    let module = match get_module(py, &abs_name)?.filter(|m| !m.is_none()) {
        Some(m) => {
            ensure_initialized(py, &m, &abs_name)?;
            if interpreter(py).config.borrow().import_time == 2 {
                times::cached(py, &abs_name);
            }
            m
        }
        None => find_and_load(py, &abs_name)?,
    };
    let has_from = match fromlist.filter(|f| !f.is_none()) {
        Some(f) => f.is_true(py)?,
        None => false,
    };
    if has_from {
        return match module.getattr_opt(py, intern!(py, "__path__"))? {
            Some(_) => {
                let lib = importlib(py)?;
                let import_func = interpreter(py).import_func.get_owned().unwrap_or_else(|| none().owned());
                let from = fromlist.unwrap_or(none());
                lib.call_method(py, intern!(py, "_handle_fromlist"), &[&module, from, &import_func])
            }
            None => Ok(module),
        };
    }
    // Without a fromlist the package at the front of the name is the result.
    let text = name.to_string_lossy();
    if level > 0 && name.is_empty() {
        return Ok(module);
    }
    let Some(dot) = text.find('.') else { return Ok(module) };
    if level == 0 {
        let front = PyStr::new(py, &text[..dot])?;
        return import_module_level(py, &front, None, None, 0);
    }
    let cut = text.len() - dot;
    let full = abs_name.to_string_lossy();
    let front = PyStr::new(py, &full[..full.len() - cut])?;
    match get_module(py, &front)? {
        Some(m) => Ok(m),
        None => Err(key_error_text(
            py,
            format!("{} not in sys.modules as expected", front.as_object().repr(py)?.to_string_lossy()),
        )),
    }
}

fn key_error_text(py: Python, text: String) -> Raised {
    raise(py, &PyExc_KeyError_Type, text)
}

fn find_and_load(py: Python, name: &PyStr) -> PyResult {
    if interpreter(py).config.borrow().import_time != 0 {
        return times::measured(py, name, || search_and_load(py, name));
    }
    search_and_load(py, name)
}

fn search_and_load(py: Python, name: &PyStr) -> PyResult {
    let lib = importlib(py)?;
    let import_func = interpreter(py).import_func.get_owned().unwrap_or_else(|| none().owned());
    match lib.call_method(py, intern!(py, "_find_and_load"), &[name, &import_func]) {
        Ok(m) => Ok(m),
        Err(e) => Err(strip_importlib_frames(py, e)),
    }
}

/// Removes the frames of importlib itself from the traceback: all of them when nothing was found, otherwise the
/// stretches that end in `_call_with_frames_removed`.
fn strip_importlib_frames(py: Python, e: Raised) -> Raised {
    let verbose = interpreter(py).config.borrow().verbose;
    let exc = fetch(py, e);
    if verbose == 0 {
        let always = exc.ty().is_subtype(&PyExc_ImportError_Type);
        crate::types::traceback::remove_frames(
            &exc,
            always,
            &[
                "<frozen importlib._bootstrap>",
                "<frozen importlib._bootstrap_external>",
                "<frozen importlib._bootstrap_library>",
            ],
            "_call_with_frames_removed",
        );
    }
    raise_object(py, exc)
}

/// The absolute name of a relative import (`resolve_name`).
fn resolve_name(py: Python, name: &PyStr, globals: Option<&PyObject>, level: i32) -> PyResult<Py<PyStr>> {
    let Some(globals) = globals.filter(|g| !g.is_none()) else {
        return Err(key_error_text(py, "'__name__' not in globals".into()));
    };
    let Some(globals) = globals.downcast::<PyDict>() else {
        return Err(type_error(py, "globals must be a dict"));
    };
    let package = globals.get_str(py, intern!(py, "__package__"))?.filter(|p| !p.is_none());
    let spec = globals.get_str(py, intern!(py, "__spec__"))?.filter(|s| !s.is_none());
    let package = match (package, spec) {
        (Some(p), spec) => {
            let Ok(p) = p.downcast_into::<PyStr>() else {
                return Err(type_error(py, "package must be a string"));
            };
            if let Some(s) = spec {
                let parent = s.getattr(py, intern!(py, "parent"))?;
                if !p.as_object().eq(py, &parent)? {
                    warn(py, &PyExc_DeprecationWarning_Type, "__package__ != __spec__.parent", 1)?;
                }
            }
            p
        }
        (None, Some(s)) => match s.getattr(py, intern!(py, "parent"))?.downcast_into::<PyStr>() {
            Ok(p) => p,
            Err(_) => return Err(type_error(py, "__spec__.parent must be a string")),
        },
        (None, None) => {
            warn(
                py,
                &PyExc_ImportWarning_Type,
                "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__",
                1,
            )?;
            let Some(n) = globals.get_str(py, intern!(py, "__name__"))? else {
                return Err(key_error_text(py, "'__name__' not in globals".into()));
            };
            let Ok(n) = n.downcast_into::<PyStr>() else {
                return Err(type_error(py, "__name__ must be a string"));
            };
            if globals.get_str(py, intern!(py, "__path__"))?.is_some() {
                n
            } else {
                let text = n.to_string_lossy();
                match text.rfind('.') {
                    Some(dot) => PyStr::new(py, &text[..dot])?,
                    None => return Err(no_parent(py)),
                }
            }
        }
    };
    let text = package.to_string_lossy();
    if text.is_empty() {
        return Err(no_parent(py));
    }
    let mut base = text.as_str();
    for _ in 1..level {
        match base.rfind('.') {
            Some(dot) => base = &base[..dot],
            None => return Err(import_error(py, "attempted relative import beyond top-level package")),
        }
    }
    if name.is_empty() {
        return PyStr::new(py, base);
    }
    PyStr::new(py, &format!("{base}.{}", name.to_string_lossy()))
}

fn no_parent(py: Python) -> Raised {
    import_error(py, "attempted relative import with no known parent package")
}

/// Executes a frozen module's code in a new module of that name in `sys.modules` and returns the module.
pub fn run_frozen(py: Python, name: &PyStr, m: &LibraryModule, origin: Option<&str>) -> PyResult {
    let code = crate::marshal::loads(py, m.code)?;
    let Some(code) = code.downcast::<PyCode>() else {
        return Err(type_error(py, format!("frozen object {} is not a code object", name.to_string_lossy())));
    };
    let module = PyModule::new(py, name)?;
    let dict = module.dict(py);
    if m.is_package {
        dict.set_text(py, "__path__", PyList::empty(py)?.as_object())?;
    }
    dict.set_text(py, "__builtins__", builtins_dict(py)?.as_object())?;
    let origin = match origin {
        Some(o) => PyStr::new(py, o)?.into_object(),
        None => none().owned(),
    };
    dict.set_text(py, "__origname__", &origin)?;
    modules(py)?.set_item(py, name, module.as_object())?;
    crate::interp::eval_code(py, code, &dict, Some(dict.as_object()))?;
    match get_module(py, name)? {
        Some(m) => Ok(m),
        None => Ok(module.into_object()),
    }
}

/// `builtins.__dict__`.
pub fn builtins_dict(py: Python) -> PyResult<Py<PyDict>> {
    interpreter(py).builtins.get_owned().ok_or_else(|| runtime_error(py, "builtins are not there yet"))
}

/// Brings up importlib: runs the frozen `_bootstrap` and lets it install itself; then the external half.
///
/// Errors: whatever the bootstrap raises; start-up can't go on then.
pub fn init_importlib(py: Python, sys_module: &PyObject) -> PyResult<()> {
    let Some(l) = library::library() else { return Err(import_error(py, "no embedded library")) };
    let Some((m, origin)) = l.frozen("_frozen_importlib") else {
        return Err(import_error(py, "the embedded library lacks importlib"));
    };
    let name = PyStr::new(py, "_frozen_importlib")?;
    let lib = run_frozen(py, &name, &m, origin)?;
    interpreter(py).importlib.set(Some(lib.clone()));
    let verbose = interpreter(py).config.borrow().verbose != 0;
    if verbose {
        write_stderr(py, "import _frozen_importlib # frozen\n");
    }
    let imp = PyModule::from_def(py, &imp_module::imp::MODULE)?;
    modules(py)?.set_item(py, PyStr::new(py, "_imp")?.as_object(), imp.as_object())?;
    if verbose {
        write_stderr(py, "import _imp # builtin\n");
    }
    lib.call_method(py, intern!(py, "_install"), &[sys_module, imp.as_object()])?;
    let f = builtins_dict(py)?.get_text(py, "__import__")?;
    interpreter(py).import_func.set(f);
    Ok(())
}

/// Lets importlib install its path-based half.
pub fn init_importlib_external(py: Python) -> PyResult<()> {
    importlib(py)?.call_method0(py, intern!(py, "_install_external_importers")).map(drop)
}

/// importlib, once it runs.
pub fn importlib_if_ready(py: Python) -> Option<Py> {
    interpreter(py).importlib.get_owned()
}
