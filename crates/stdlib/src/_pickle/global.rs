//! What a dump writes for functions, classes and all else that is found by its name.

use super::ops::*;
use super::save::Save;
use super::{pickling_error, registry, with_context};
use runtime::abstract_::number;
use runtime::import::{get_module, import_module_level};
use runtime::prelude::*;
use runtime::state::interpreter;
use runtime::types::exceptions::*;
use runtime::types::str_::split;

/// The names in a dotted one.
fn parts_of(py: Python, path: &PyStr) -> PyResult<Vec<Py<PyStr>>> {
    let list = split(py, path, Some(intern!(py, ".")), -1)?;
    Ok(list.snapshot().into_iter().filter_map(|o| o.downcast_into::<PyStr>().ok()).collect())
}

/// An attribute of an attribute, and so on.
pub fn get_path(py: Python, o: &PyObject, path: &PyStr) -> PyResult {
    let mut at = o.owned();
    for name in parts_of(py, path)? {
        at = at.getattr(py, &name)?;
    }
    Ok(at)
}

fn shown(py: Python, o: &PyObject) -> PyResult<String> {
    Ok(o.repr(py)?.to_string_lossy())
}

/// A `PicklingError` about `o`, with an error as its context.
fn cannot(py: Python, o: &PyObject, why: &str, context: Option<Py<PyBaseException>>) -> Raised {
    let text = match shown(py, o) {
        Ok(s) => format!("Can't pickle {s}: {why}"),
        Err(e) => return e,
    };
    let e = pickling_error(py, text);
    match context {
        Some(c) => with_context(py, e, c),
        None => e,
    }
}

/// The module that has the object under that name.
fn which_module(py: Python, o: &PyObject, name: &PyStr) -> PyResult<Py<PyStr>> {
    let named = o.getattr_opt(py, intern!(py, "__module__"))?;
    if parts_of(py, name)?.iter().any(|p| p.eq_str("<locals>")) {
        return Err(pickling_error(py, format!("Can't pickle local object {}", shown(py, o)?)));
    }
    let module_name = match named.filter(|m| !m.is_none()) {
        Some(m) => m,
        None => match search_modules(py, o, name)? {
            Some(m) => return Ok(m),
            None => PyStr::new(py, "__main__")?.into_object(),
        },
    };
    let Some(module_name) = module_name.downcast::<PyStr>() else {
        let text = format!("module name must be a string, not {}", type_name(&module_name));
        return Err(pickling_error(py, text));
    };
    let from = PyTuple::new(py, [intern!(py, "__name__").as_object().owned()])?;
    let imported = import_module_level(py, module_name, None, Some(&from), 0)
        .and_then(|_| get_module(py, module_name)?.ok_or_else(|| key_error(py, module_name)));
    let module = match imported {
        Ok(m) => m,
        Err(e) => {
            let known = [&PyExc_ImportError_Type, &PyExc_ValueError_Type, &PyExc_KeyError_Type];
            if !known.iter().any(|ty| matches(py, ty)) {
                return Err(e);
            }
            let exc = fetch(py, e);
            let why = exc.as_object().str_(py)?.to_string_lossy();
            return Err(cannot(py, o, &why, Some(exc)));
        }
    };
    let place = format!("{}.{}", module_name.to_string_lossy(), name.to_string_lossy());
    match get_path(py, &module, name) {
        Ok(found) if found.is(o) => Ok(module_name.owned()),
        Ok(_) => Err(cannot(py, o, &format!("it's not the same object as {place}"), None)),
        Err(e) => {
            let exc = catch(py, e, &PyExc_AttributeError_Type)?;
            Err(cannot(py, o, &format!("it's not found as {place}"), Some(exc)))
        }
    }
}

/// Looks through all modules for an object that does not say where it is from.
fn search_modules(py: Python, o: &PyObject, path: &PyStr) -> PyResult<Option<Py<PyStr>>> {
    let Some(modules) = interpreter(py).modules.get_owned() else { return Ok(None) };
    let modules = modules.items(py)?;
    let mut i = 0;
    while let Some(pair) = modules.get(i) {
        i += 1;
        let Some([name, module]) = pair.downcast::<PyTuple>().map(|t| t.items()) else { continue };
        let Some(name) = name.downcast::<PyStr>() else { continue };
        if module.is_none() || name.eq_str("__main__") || name.eq_str("__mp_main__") {
            continue;
        }
        match get_path(py, module, path) {
            Ok(found) if found.is(o) => return Ok(Some(name.owned())),
            Ok(_) => {}
            Err(e) => drop(catch(py, e, &PyExc_AttributeError_Type)?),
        }
    }
    Ok(None)
}

impl Save<'_> {
    /// Writes an object by its name: the one given, else its own.
    pub fn global(&mut self, o: &PyObject, name: Option<&PyStr>) -> PyResult<()> {
        let py = self.py;
        let name = match name {
            Some(n) => n.owned().into_object(),
            None => match o.getattr_opt(py, intern!(py, "__qualname__"))? {
                Some(n) => n,
                None => o.getattr(py, intern!(py, "__name__"))?,
            },
        };
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(pickling_error(py, format!("name must be a string, not {}", type_name(&name))));
        };
        let module = which_module(py, o, name)?;
        if self.proto >= 2 && self.extension(&module, name)? {
            return Ok(());
        }
        if self.proto >= 4 {
            self.object(&module, true)?;
            self.object(name, true)?;
            self.out.byte(STACK_GLOBAL);
            return self.memoize(o);
        }
        let mut parts = parts_of(py, name)?.into_iter();
        let Some(top) = parts.next() else { return Err(bad_internal_call(py)) };
        for _ in 0..parts.len() {
            let getattr = runtime::import::import_attr(py, "builtins", "getattr")?;
            self.object(&getattr, true)?;
            if self.proto < 2 {
                self.out.byte(MARK);
            }
        }
        self.top_level(&module, &top)?;
        for part in parts {
            self.object(&part, true)?;
            self.out.byte(if self.proto < 2 { TUPLE } else { TUPLE2 });
            self.out.byte(REDUCE);
        }
        self.memoize(o)
    }

    /// Writes the number of a name in the extension registry, if it has one.
    fn extension(&mut self, module: &PyStr, name: &PyStr) -> PyResult<bool> {
        let py = self.py;
        let registry = registry(py, |s| &s.extension_registry)?;
        if registry.is_empty() {
            return Ok(false);
        }
        let key = PyTuple::new(py, [module.owned().into_object(), name.owned().into_object()])?;
        let Some(code) = registry.get_item(py, &key)? else { return Ok(false) };
        let number = number::index(py, &code)?.to_i64(py)?;
        if !(1..=0x7fff_ffff).contains(&number) {
            return Err(runtime_error(py, format!("extension code {number} is out of range")));
        }
        let n = number as u32;
        if let Ok(b) = u8::try_from(n) {
            self.out.op(EXT1, &[b]);
        } else if let Ok(h) = u16::try_from(n) {
            self.out.op(EXT2, &h.to_le_bytes());
        } else {
            self.out.op(EXT4, &n.to_le_bytes());
        }
        Ok(true)
    }

    /// The names of a module and of something in it, as Python 2 knows them if that is wanted.
    fn old_names(&self, module: &PyStr, name: &PyStr) -> PyResult<(Py<PyStr>, Py<PyStr>)> {
        let py = self.py;
        let name = name.owned();
        if !self.p.fix_imports.get() {
            return Ok((module.owned(), name));
        }
        let key = PyTuple::new(py, [module.owned().into_object(), name.clone().into_object()])?;
        let wrong = |what: &str, o: &PyObject| {
            runtime_error(py, format!("_compat_pickle.{what} should be strings, not {}", tp_name(o)))
        };
        if let Some(pair) = registry(py, |s| &s.name_mapping_3to2)?.get_item(py, &key)? {
            let pair = pair.downcast::<PyTuple>().map(|t| t.items());
            let Some([m, n]) = pair else {
                return Err(runtime_error(
                    py,
                    "_compat_pickle.REVERSE_NAME_MAPPING values should be 2-tuples",
                ));
            };
            let (Some(a), Some(b)) = (m.downcast::<PyStr>(), n.downcast::<PyStr>()) else {
                return Err(wrong("REVERSE_NAME_MAPPING values", m));
            };
            return Ok((a.owned(), b.owned()));
        }
        if let Some(m) = registry(py, |s| &s.import_mapping_3to2)?.get_item(py, module)? {
            return match m.downcast_into::<PyStr>() {
                Ok(m) => Ok((m, name)),
                Err(o) => Err(wrong("REVERSE_IMPORT_MAPPING values", &o)),
            };
        }
        Ok((module.owned(), name))
    }

    fn top_level(&mut self, module: &PyStr, name: &PyStr) -> PyResult<()> {
        let py = self.py;
        let (module, name) =
            if self.proto >= 3 { (module.owned(), name.owned()) } else { self.old_names(module, name)? };
        self.out.byte(GLOBAL);
        for (what, text) in [("module", &module), ("global", &name)] {
            let encoded = if self.proto >= 3 {
                text.as_utf8(py).map(|s| s.as_bytes().to_vec())
            } else {
                runtime::codecs::single::encode_ascii(py, text, "strict").map(|b| b.as_bytes().to_vec())
            };
            match encoded {
                Ok(bytes) => self.out.bytes(&bytes),
                Err(e) => {
                    let cause = catch(py, e, &PyExc_UnicodeEncodeError_Type)?;
                    let (id, proto) = (shown(py, text)?, self.proto);
                    let text = format!("can't pickle {what} identifier {id} using pickle protocol {proto}");
                    return Err(with_context(py, pickling_error(py, text), cause));
                }
            }
            self.out.byte(b'\n');
        }
        Ok(())
    }
}
