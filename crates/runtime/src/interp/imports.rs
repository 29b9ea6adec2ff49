//! `import` statements.

use super::frame::Frame;
use crate::abstract_::ObjectExt;
use crate::errors::*;
use crate::state::interpreter;

use crate::types::module::{self, Shadow};
use crate::types::{PyDict, PyInt, PyStr};
use object::{Py, PyLayout, PyObject, PyResult, Python, Raised};

/// `IMPORT_NAME`: calls `builtins.__import__`, short-cut when it is the original.
pub fn import_name(
    py: Python,
    frame: &Frame,
    name: &PyStr,
    fromlist: &PyObject,
    level: &PyObject,
) -> PyResult {
    // SAFETY: a running function keeps both alive.
    let (globals, builtins) = unsafe { (&*frame.f_globals.get(), &*frame.f_builtins.get()) };
    let key = crate::intern!(py, "__import__");
    let Some(import) = super::lookup::optional_item(py, builtins, key.as_object())? else {
        return Err(import_error(py, "__import__ not found"));
    };
    let locals = frame.f_locals.get_owned().unwrap_or_else(crate::singletons::none_owned);
    if interpreter(py).import_func.get_owned().is_some_and(|f| f.is(&import)) {
        let level = match level.downcast::<PyInt>() {
            Some(l) => l.to_i32(py)?,
            None => 0,
        };
        return crate::import::import_module_level(
            py,
            name.as_object(),
            Some(globals),
            Some(fromlist),
            level,
        );
    }
    import.call(py, &[name.as_object(), globals, &locals, fromlist, level])
}

/// `IMPORT_FROM`: an attribute of a module, or a submodule that is being imported (circular imports).
pub fn import_from(py: Python, module: &PyObject, name: &PyStr) -> PyResult {
    if let Some(v) = module.getattr_opt(py, name)? {
        return Ok(v);
    }
    let module_name = module.getattr_opt(py, crate::intern!(py, "__name__"))?;
    let module_name = module_name.and_then(|n| n.downcast_into::<PyStr>().ok());
    if let Some(n) = &module_name
        && let Some(modules) = interpreter(py).modules.get_owned()
    {
        let full = PyStr::new(py, &format!("{}.{}", n.to_string_lossy(), name.to_string_lossy()))?;
        if let Some(m) = modules.get_item(py, full.as_object())? {
            return Ok(m);
        }
    }
    Err(cannot_import_name(py, module, module_name, name))
}

#[cold]
fn cannot_import_name(py: Python, module: &PyObject, module_name: Option<Py<PyStr>>, name: &PyStr) -> Raised {
    match import_error_parts(py, module, module_name, name) {
        Ok((text, module_name, origin)) => {
            raise_import_error(py, &text, &module_name, origin.as_deref(), name)
        }
        Err(e) => e,
    }
}

type Parts = (String, Py<PyStr>, Option<Py>);

fn import_error_parts(
    py: Python,
    module: &PyObject,
    module_name: Option<Py<PyStr>>,
    name: &PyStr,
) -> PyResult<Parts> {
    let known = module_name.is_some();
    let module_name = match module_name {
        Some(n) => n,
        None => PyStr::new(py, "<unknown module name>")?,
    };
    let repr = |s: &PyStr| s.as_object().repr(py).map(|r| r.to_string_lossy());
    let (n, m) = (repr(name)?, repr(&module_name)?);
    let mut origin: Option<Py> = None;
    let mut initializing = false;
    if let Some(spec) = module.getattr_opt(py, crate::intern!(py, "__spec__"))?.filter(|s| !s.is_none()) {
        if let Some(has) = spec.getattr_opt(py, crate::intern!(py, "has_location"))?
            && has.is_true(py)?
        {
            origin = spec.getattr_opt(py, crate::intern!(py, "origin"))?;
        }
        if let Some(v) = spec.getattr_opt(py, crate::intern!(py, "_initializing"))? {
            initializing = v.is_true(py)?;
        }
    }
    // A module without a spec may still say where it came from.
    if origin.is_none() {
        origin = module.getattr_opt(py, crate::intern!(py, "__file__"))?;
    }
    let origin = origin.and_then(|o| o.downcast_into::<PyStr>().ok());
    let shadow = match &origin {
        Some(o) if known => module::shadowing_hint(py, &module_name, &o.to_string_lossy())?,
        _ => None,
    };
    let text = match (shadow, initializing, &origin) {
        (Some(Shadow::Stdlib), _, Some(o)) => format!(
            "cannot import name {n} from {m} (consider renaming {} since it has the same name as the standard library \
             module named {m} and prevents importing that standard library module)",
            repr(o)?
        ),
        (Some(Shadow::Other), true, Some(o)) => format!(
            "cannot import name {n} from {m} (consider renaming {} if it has the same name as a library you intended \
             to import)",
            repr(o)?
        ),
        (_, true, Some(o)) => format!(
            "cannot import name {n} from partially initialized module {m} (most likely due to a circular import) ({})",
            o.to_string_lossy()
        ),
        (_, true, None) => format!(
            "cannot import name {n} from partially initialized module {m} (most likely due to a circular import)"
        ),
        (_, false, Some(o)) => format!("cannot import name {n} from {m} ({})", o.to_string_lossy()),
        (_, false, None) => format!("cannot import name {n} from {m} (unknown location)"),
    };
    Ok((text, module_name, origin.map(Py::into_object)))
}

/// Raises `ImportError` with the names attached.
fn raise_import_error(
    py: Python,
    text: &str,
    module: &PyStr,
    path: Option<&PyObject>,
    name: &PyStr,
) -> Raised {
    let raised = import_error(py, text);
    if let Some(e) = take(py) {
        // Nothing here can fail for an `ImportError` made just now; if it does, the error itself matters more.
        let attached = e
            .setattr(py, crate::intern!(py, "name"), module.as_object())
            .and_then(|()| e.setattr(py, crate::intern!(py, "name_from"), name.as_object()))
            .and_then(|()| {
                e.setattr(py, crate::intern!(py, "path"), path.unwrap_or(crate::singletons::none()))
            });
        if attached.is_err() {
            drop(take(py));
        }
        return raise_object(py, e);
    }
    raised
}

/// `from module import *` into `locals`.
pub fn import_star(py: Python, frame: &Frame, module: &PyObject) -> PyResult<()> {
    let Some(locals) = frame.f_locals.get_owned() else {
        return Err(system_error(py, "no locals found during 'import *'"));
    };
    let mut skip_underscores = false;
    let all = match module.getattr_opt(py, crate::intern!(py, "__all__"))? {
        Some(all) => all,
        None => {
            let Some(dict) = module.getattr_opt(py, crate::intern!(py, "__dict__"))? else {
                return Err(import_error(py, "from-import-* object has no __dict__ and no __all__"));
            };
            skip_underscores = true;
            match dict.downcast_exact::<PyDict>() {
                Some(d) => d.keys(py)?.into_object(),
                None => dict.call_method0(py, crate::intern!(py, "keys"))?.to_list(py)?.into_object(),
            }
        }
    };
    let mut pos = 0isize;
    loop {
        let index = PyInt::from_i64(py, pos as i64)?;
        let name = match all.get_item(py, index.as_object()) {
            Ok(n) => n,
            Err(e) => match catch(py, e, &crate::types::exceptions::PyExc_IndexError_Type) {
                Ok(_) => return Ok(()),
                Err(e) => return Err(e),
            },
        };
        pos += 1;
        let Some(text) = name.downcast::<PyStr>() else {
            return Err(bad_name(py, module, &name, skip_underscores));
        };
        if skip_underscores && !text.is_empty() && text.char_at(0) == u32::from(b'_') {
            continue;
        }
        let value = module.getattr(py, text)?;
        super::lookup::store(py, &locals, text, &value)?;
    }
}

#[cold]
fn bad_name(py: Python, module: &PyObject, name: &Py, from_dict: bool) -> Raised {
    let module_name = match module.getattr(py, crate::intern!(py, "__name__")) {
        Ok(n) => n,
        Err(e) => return e,
    };
    let Some(m) = module_name.downcast::<PyStr>() else {
        return type_error(py, format!("module __name__ must be a string, not {}", type_name(&module_name)));
    };
    let m = m.to_string_lossy();
    if from_dict {
        type_error(py, format!("Key in {m}.__dict__ must be str, not {}", type_name(name)))
    } else {
        type_error(py, format!("Item in {m}.__all__ must be str, not {}", type_name(name)))
    }
}
