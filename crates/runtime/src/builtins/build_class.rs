//! `__build_class__`: what a `class` statement calls.

use crate::prelude::*;

/// Part of `builtins`.
#[pymodule(part)]
pub mod part {
    use crate::abstract_::call;
    use crate::prelude::*;

    /// __build_class__(func, name, /, *bases, [metaclass], **kwds) -> class
    #[pyfunction(raw)]
    pub fn __build_class__(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        let n = args.len() - kwnames.map_or(0, |k| k.len());
        if n < 2 {
            return Err(type_error(py, "__build_class__: not enough arguments"));
        }
        let Some(func) = args[0].downcast_exact::<PyFunction>() else {
            return Err(type_error(py, "__build_class__: func must be a function"));
        };
        let Some(name) = args[1].downcast::<PyStr>() else {
            return Err(type_error(py, "__build_class__: name is not a string"));
        };
        let orig_bases = PyTuple::new(py, args[2..n].iter().map(|b| b.owned()))?;
        let bases = resolve_bases(py, &orig_bases)?;
        let mut meta = None;
        let kwds = match kwnames.filter(|k| !k.is_empty()) {
            None => None,
            Some(names) => {
                let d = PyDict::new(py)?;
                for (k, v) in names.items().iter().zip(&args[n..]) {
                    d.set_item(py, k, v)?;
                }
                meta = d.pop(py, intern!(py, "metaclass"))?;
                Some(d)
            }
        };
        let mut meta = match meta {
            Some(m) => m,
            None => match bases.get(0) {
                None => PyTypeObject::type_object().owned().into_object(),
                Some(b) => b.ty().owned().into_object(),
            },
        };
        if let Some(m) = meta.downcast::<PyTypeObject>() {
            meta = crate::types::type_::calculate_metaclass(py, m, &bases)?.into_object();
        }
        let is_type = PyTypeObject::check(&meta);
        let ns = match meta.getattr_opt(py, intern!(py, "__prepare__"))? {
            None => PyDict::new(py)?.into_object(),
            Some(prepare) => {
                let pargs = PyTuple::new(py, [name.as_object().owned(), bases.clone().into_object()])?;
                call::call_tuple_dict(py, &prepare, &pargs, kwds.as_deref())?
            }
        };
        if !crate::abstract_::is_mapping(&ns) {
            let who = if is_type {
                meta.downcast::<PyTypeObject>().map_or("", |t| t.display_name())
            } else {
                "<metaclass>"
            };
            return Err(type_error(
                py,
                format!("{who}.__prepare__() must return a mapping, not {}", type_name(&ns)),
            ));
        }
        let cell = crate::interp::run_class_body(py, func, &ns)?;
        if !std::ptr::eq(&*bases, &*orig_bases) {
            ns.set_item(py, intern!(py, "__orig_bases__"), orig_bases.as_object())?;
        }
        let margs = PyTuple::new(py, [name.as_object().owned(), bases.into_object(), ns.clone()])?;
        let cls = call::call_tuple_dict(py, &meta, &margs, kwds.as_deref())?;
        if PyTypeObject::check(&cls)
            && let Some(cell) = cell.downcast_exact::<PyCell>()
        {
            let name = name.to_string_lossy();
            match cell.get() {
                None => {
                    return Err(runtime_error(
                        py,
                        format!(
                            "__class__ not set defining '{name}' as {}. Was __classcell__ propagated to type.__new__?",
                            cls.repr(py)?.to_string_lossy()
                        ),
                    ));
                }
                Some(c) if !c.is(&cls) => {
                    return Err(type_error(
                        py,
                        format!(
                            "__class__ set to {} defining '{name}' as {}",
                            c.repr(py)?.to_string_lossy(),
                            cls.repr(py)?.to_string_lossy()
                        ),
                    ));
                }
                Some(_) => {}
            }
        }
        Ok(cls)
    }

    /// Replaces bases that are not classes by what their `__mro_entries__` gives (PEP 560).
    fn resolve_bases(py: Python, bases: &Py<PyTuple>) -> PyResult<Py<PyTuple>> {
        let mut new: Option<Vec<Py>> = None;
        for (i, b) in bases.items().iter().enumerate() {
            let entries = if PyTypeObject::check(b) {
                None
            } else {
                b.getattr_opt(py, intern!(py, "__mro_entries__"))?
            };
            match entries {
                None => {
                    if let Some(v) = &mut new {
                        v.push(b.owned());
                    }
                }
                Some(f) => {
                    let r = f.call1(py, bases.as_object())?;
                    let Some(t) = r.downcast::<PyTuple>() else {
                        return Err(type_error(py, "__mro_entries__ must return a tuple"));
                    };
                    new.get_or_insert_with(|| bases.items()[..i].iter().map(|b| b.owned()).collect())
                        .extend(t.items().iter().map(|b| b.owned()));
                }
            }
        }
        match new {
            None => Ok(bases.clone()),
            Some(v) => PyTuple::new(py, v),
        }
    }
}
