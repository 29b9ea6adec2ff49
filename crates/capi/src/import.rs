//! `import.h`.

use crate::convert::*;
use runtime::import;
use runtime::prelude::*;
use std::ffi::{c_char, c_int, c_long};

/// The module in `sys.modules`, made if it is not there (`PyImport_AddModule*`).
fn add_module(py: Python, name: &PyObject) -> PyResult {
    let modules = import::modules(py)?;
    if let Some(m) = modules.get_item(py, name)?
        && PyModule::check(&m)
    {
        return Ok(m);
    }
    let m = PyModule::new(py, name)?;
    modules.set_item(py, name, &m)?;
    Ok(m.into_object())
}

fn exec(
    py: Python,
    name: &PyObject,
    code: &PyObject,
    path: Option<&PyObject>,
    cached: Option<&PyObject>,
) -> PyResult {
    let Some(code) = code.downcast::<PyCode>() else { return Err(bad_internal_call(py)) };
    let module = add_module(py, name)?;
    let Some(m) = module.downcast::<PyModule>() else { return Err(bad_internal_call(py)) };
    let d = m.dict(py);
    if d.get_text(py, "__builtins__")?.is_none() {
        d.set_text(py, "__builtins__", import::builtins_dict(py)?.as_object())?;
    }
    let own = code.file();
    d.set_text(py, "__file__", path.unwrap_or(own.as_object()))?;
    if let Some(c) = cached {
        d.set_text(py, "__cached__", c)?;
    }
    // Gives the module its spec and loader.
    let fix = import::import_attr(py, "_frozen_importlib_external", "_fix_up_module")?;
    fix.call(py, &[d.as_object(), name, path.unwrap_or(own.as_object()), cached.unwrap_or(none())])?;
    if let Err(e) = runtime::interp::eval_code(py, code, &d, Some(d.as_object())) {
        let exc = fetch(py, e);
        if let Err(e) = import::modules(py)?.pop(py, name) {
            ignore(py, e);
        }
        return Err(raise_object(py, exc));
    }
    match import::modules(py)?.get_item(py, name)? {
        Some(m) => Ok(m),
        None => {
            let shown = name.str_(py)?.to_string_lossy();
            Err(import_error(py, format!("Loaded module {shown} not found in sys.modules")))
        }
    }
}

capi! {
    fn PyImport_ImportModule(py, n: *const c_char) -> O { import_by_name(py, &*pystr(py, n)?) }
    fn PyImport_ImportModuleNoBlock(py, n: *const c_char) -> O { import_by_name(py, &*pystr(py, n)?) }
    fn PyImport_Import(py, n: O) -> O { import_by_name(py, obj(py, n)?) }
    fn PyImport_ImportModuleLevel(py, n: *const c_char, globals: O, _locals: O, fromlist: O, level: c_int) -> O {
        import::import_module_level(py, &*pystr(py, n)?, opt(globals), opt(fromlist), level)
    }
    fn PyImport_ImportModuleLevelObject(py, n: O, globals: O, _locals: O, fromlist: O, level: c_int) -> O {
        let Some(n) = opt(n) else { return Err(value_error(py, "Empty module name")) };
        import::import_module_level(py, n, opt(globals), opt(fromlist), level)
    }
    fn PyImport_GetModule(py, n: O) -> O { import::get_module(py, obj(py, n)?) }
    fn PyImport_GetModuleDict(py) -> O { Ok(borrowed(import::modules(py)?)) }
    fn PyImport_AddModuleRef(py, n: *const c_char) -> O { add_module(py, &*pystr(py, n)?) }
    fn PyImport_AddModule(py, n: *const c_char) -> O { Ok(borrowed(add_module(py, &*pystr(py, n)?)?)) }
    fn PyImport_AddModuleObject(py, n: O) -> O { Ok(borrowed(add_module(py, obj(py, n)?)?)) }
    fn PyImport_ReloadModule(py, m: O) -> O { import::import_attr(py, "importlib", "reload")?.call1(py, obj(py, m)?) }
    fn PyImport_ImportModuleAttr(py, m: O, attr: O) -> O {
        let module = import_by_name(py, obj(py, m)?)?;
        module.getattr(py, attr_name(py, obj(py, attr)?)?)
    }
    fn PyImport_ImportModuleAttrString(py, m: *const c_char, attr: *const c_char) -> O {
        let module = import_by_name(py, &*pystr(py, m)?)?;
        module.getattr(py, &*name(py, attr)?)
    }
    fn _PyImport_GetModuleAttrString(py, m: *const c_char, attr: *const c_char) -> O {
        let module = import_by_name(py, &*pystr(py, m)?)?;
        module.getattr(py, &*name(py, attr)?)
    }
    fn PyImport_ExecCodeModule(py, n: *const c_char, code: O) -> O {
        exec(py, &*pystr(py, n)?, obj(py, code)?, None, None)
    }
    fn PyImport_ExecCodeModuleEx(py, n: *const c_char, code: O, path: *const c_char) -> O {
        let path = if path.is_null() { None } else { Some(runtime::fs::fs_decode(py, bytes_of(path))?) };
        exec(py, &*pystr(py, n)?, obj(py, code)?, path.as_ref().map(|p| p.as_object()), None)
    }
    fn PyImport_ExecCodeModuleWithPathnames(py, n: *const c_char, code: O, path: *const c_char, cached: *const c_char) -> O {
        let decode = |p: *const c_char| {
            if p.is_null() { Ok(None) } else { runtime::fs::fs_decode(py, bytes_of(p)).map(Some) }
        };
        let (mut path, cached) = (decode(path)?, decode(cached)?);
        if let (None, Some(c)) = (&path, &cached) {
            let source = import::import_attr(py, "_frozen_importlib_external", "_get_sourcefile")?;
            path = source.call1(py, c)?.downcast_into::<PyStr>().ok();
        }
        exec(
            py,
            &*pystr(py, n)?,
            obj(py, code)?,
            path.as_ref().map(|p| p.as_object()),
            cached.as_ref().map(|p| p.as_object()),
        )
    }
    fn PyImport_ExecCodeModuleObject(py, n: O, code: O, path: O, cached: O) -> O {
        exec(py, obj(py, n)?, obj(py, code)?, opt(path), opt(cached))
    }
    fn PyImport_ImportFrozenModuleObject(py, n: O) -> c_int { frozen(py, must_be(py, n)?) }
    fn PyImport_ImportFrozenModule(py, n: *const c_char) -> c_int { frozen(py, &*pystr(py, n)?) }
    fn PyImport_GetImporter(py, path: O) -> O {
        import::import_attr(py, "pkgutil", "get_importer")?.call1(py, obj(py, path)?)
    }
}

unsafe fn must_be<'a>(py: Python, n: O) -> PyResult<&'a PyStr> {
    // SAFETY: the C API's contract.
    unsafe { crate::unicodeobject::must_be_str(py, n) }
}

fn frozen(py: Python, name: &PyStr) -> PyResult<bool> {
    match import::library::library().and_then(|l| l.frozen(&name.to_string_lossy())) {
        Some((m, origin)) => import::run_frozen(py, name, &m, origin).map(|_| true),
        None => Ok(false),
    }
}

/// `import name`, giving the named module itself rather than the package it is in. Goes through `builtins.__import__`.
fn import_by_name(py: Python, name: &PyObject) -> PyResult {
    let fromlist = PyList::new(py, vec![PyStr::new(py, "__doc__")?.into_object()])?;
    let builtins = match runtime::interp::frame_globals(py) {
        Some(g) => g.get_text(py, "__builtins__")?,
        None => None,
    };
    let function = match &builtins {
        Some(b) => match b.downcast::<PyDict>() {
            Some(d) => d.get_text(py, "__import__")?,
            None => b.getattr_opt(py, intern!(py, "__import__"))?,
        },
        None => import::builtins_dict(py)?.get_text(py, "__import__")?,
    };
    let Some(f) = function else { return Err(import_error(py, "__import__ not found")) };
    let globals = match runtime::interp::frame_globals(py) {
        Some(g) => g,
        None => PyDict::new(py)?,
    };
    let r = f.call(
        py,
        &[name, globals.as_object(), globals.as_object(), fromlist.as_object(), PyInt::zero().as_object()],
    )?;
    match import::get_module(py, name)? {
        Some(m) => Ok(m),
        None => {
            drop(r);
            Err(key_error(py, name))
        }
    }
}

plain! {
    fn PyImport_GetMagicNumber() -> c_long { u32::from_le_bytes(runtime::PYC_MAGIC) as c_long }
    fn PyImport_GetMagicTag() -> *const c_char { c"cpython-314".as_ptr() }
}
