//! The `sys` module: built first, before importlib, since the bootstrap needs it.

mod functions;
pub mod hooks;
mod info;
mod jit;
mod names;

pub use hooks::audit;
pub use info::VERSION;

use crate::prelude::*;
use crate::state::{Config, interpreter};

/// Access to objects the interpreter uses or maintains.
#[pymodule(name = "sys", parts(functions::part, hooks::part))]
pub mod sys_module {}

/// Makes `sys` with everything that does not depend on imports: flags, version, argv, hooks.
///
/// Errors: `MemoryError`.
pub fn init(py: Python) -> PyResult<Py<PyModule>> {
    let modules = PyDict::new(py)?;
    let interp = interpreter(py);
    interp.modules.set(Some(modules.clone()));
    let module = PyModule::from_def(py, &sys_module::MODULE)?;
    let dict = module.dict(py);
    interp.sysdict.set(Some(dict.owned()));
    dict.set_text(py, "modules", modules.as_object())?;
    info::add(py, &dict)?;
    for name in ["displayhook", "excepthook", "breakpointhook", "unraisablehook"] {
        if let Some(f) = dict.get_text(py, name)? {
            dict.set_text(py, &format!("__{name}__"), &f)?;
        }
    }
    for name in ["meta_path", "path_hooks"] {
        dict.set_text(py, name, PyList::empty(py)?.as_object())?;
    }
    dict.set_text(py, "path_importer_cache", PyDict::new(py)?.as_object())?;
    let monitoring = PyModule::from_def(py, &crate::interp::instrument::module::monitoring::MODULE)?;
    dict.set_text(py, "monitoring", monitoring.as_object())?;
    let jit = PyModule::from_def(py, &jit::_jit::MODULE)?;
    dict.set_text(py, "_jit", jit.as_object())?;
    let mut builtin = Vec::new();
    for n in crate::import::builtin::names() {
        builtin.push(PyStr::new(py, n)?.into_object());
    }
    dict.set_text(py, "builtin_module_names", PyTuple::new(py, builtin)?.as_object())?;
    let std_names = PyFrozenSet::from_iter(
        py,
        names::STDLIB_MODULE_NAMES.iter().map(|n| Ok(PyStr::new(py, n)?.into_object())),
    )?;
    dict.set_text(py, "stdlib_module_names", std_names.as_object())?;
    modules.set_text(py, "sys", module.as_object())?;
    let config = interp.config.borrow().clone();
    set_config(py, &dict, &config)?;
    Ok(module)
}

fn byte_list(py: Python, items: &[Vec<u8>]) -> PyResult<Py<PyList>> {
    let mut v = Vec::with_capacity(items.len());
    for i in items {
        v.push(crate::fs::fs_decode(py, i)?.into_object());
    }
    PyList::new(py, v)
}

fn set_config(py: Python, dict: &PyDict, c: &Config) -> PyResult<()> {
    dict.set_text(py, "argv", byte_list(py, &c.argv)?.as_object())?;
    dict.set_text(py, "orig_argv", byte_list(py, &c.orig_argv)?.as_object())?;
    let mut w = Vec::new();
    for o in &c.warnoptions {
        w.push(PyStr::new(py, o)?.into_object());
    }
    dict.set_text(py, "warnoptions", PyList::new(py, w)?.as_object())?;
    let x = PyDict::new(py)?;
    for (k, v) in &c.xoptions {
        let v = match v {
            Some(v) => PyStr::new(py, v)?.into_object(),
            None => py_bool(true).owned().into_object(),
        };
        x.set_text(py, k, &v)?;
    }
    dict.set_text(py, "_xoptions", x.as_object())?;
    let exe = crate::fs::fs_decode(py, &c.executable)?;
    dict.set_text(py, "executable", exe.as_object())?;
    let base_executable = crate::fs::fs_decode(py, &c.base_executable)?;
    dict.set_text(py, "_base_executable", base_executable.as_object())?;
    dict.set_text(py, "dont_write_bytecode", py_bool(c.dont_write_bytecode).as_object())?;
    let prefix = match &c.pycache_prefix {
        Some(p) => PyStr::new(py, p)?.into_object(),
        None => none().owned(),
    };
    dict.set_text(py, "pycache_prefix", &prefix)?;
    let names = [("prefix", "exec_prefix", &c.prefix), ("base_prefix", "base_exec_prefix", &c.base_prefix)];
    for (name, exec_name, value) in names {
        let value = crate::fs::fs_decode(py, value)?;
        dict.set_text(py, name, value.as_object())?;
        dict.set_text(py, exec_name, value.as_object())?;
    }
    dict.set_text(py, "_stdlib_dir", crate::fs::fs_decode(py, &c.stdlib_dir)?.as_object())?;
    dict.set_text(py, "path", byte_list(py, &c.module_search_paths)?.as_object())?;
    let home = match &c.home {
        Some(h) => crate::fs::fs_decode(py, h)?.into_object(),
        None => none().owned(),
    };
    dict.set_text(py, "_home", &home)?;
    Ok(())
}
