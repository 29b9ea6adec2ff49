//! `_pickle`: objects to bytes and back.
//!
//! `pickler` and `unpickler` are the types and what they are set to. A dump is a `Save` (`save`, `containers`, `reduce`,
//! `global`) that writes through `output`; a load is a `Load` (`load`, `build`) that reads from `input`. `memo` remembers
//! objects by identity, `proxy` shows memos to Python code.

mod build;
mod containers;
mod global;
mod input;
mod load;
mod memo;
mod ops;
mod output;
mod pickler;
mod proxy;
mod reduce;
mod save;
mod unpickler;

use crate::system::{cached_exception, module_state};
use pickler::PyPickler;
use runtime::import::import_attr;
use runtime::prelude::*;
use runtime::types::exceptions::PyExc_Exception_Type;
use unpickler::PyUnpickler;

/// Exceptions, and the registries of `copyreg` and `_compat_pickle`.
#[derive(Default)]
struct State {
    pickle_error: Slot<PyTypeObject>,
    pickling_error: Slot<PyTypeObject>,
    unpickling_error: Slot<PyTypeObject>,
    dispatch_table: Slot<PyDict>,
    extension_registry: Slot<PyDict>,
    inverted_registry: Slot<PyDict>,
    extension_cache: Slot<PyDict>,
    name_mapping_2to3: Slot<PyDict>,
    import_mapping_2to3: Slot<PyDict>,
    name_mapping_3to2: Slot<PyDict>,
    import_mapping_3to2: Slot<PyDict>,
}

impl State {
    fn load(&self, py: Python) -> PyResult<()> {
        let registries = [
            ("copyreg", "dispatch_table", &self.dispatch_table),
            ("copyreg", "_extension_registry", &self.extension_registry),
            ("copyreg", "_inverted_registry", &self.inverted_registry),
            ("copyreg", "_extension_cache", &self.extension_cache),
            ("_compat_pickle", "NAME_MAPPING", &self.name_mapping_2to3),
            ("_compat_pickle", "IMPORT_MAPPING", &self.import_mapping_2to3),
            ("_compat_pickle", "REVERSE_NAME_MAPPING", &self.name_mapping_3to2),
            ("_compat_pickle", "REVERSE_IMPORT_MAPPING", &self.import_mapping_3to2),
        ];
        for (module, name, slot) in registries {
            let found = import_attr(py, module, name)?;
            match found.downcast_into::<PyDict>() {
                Ok(d) => slot.set(Some(d)),
                Err(o) => {
                    let text = format!("{module}.{name} should be a dict, not {}", tp_name(&o));
                    return Err(runtime_error(py, text));
                }
            }
        }
        Ok(())
    }
}

/// One of the registries.
fn registry(py: Python, pick: impl Fn(&State) -> &Slot<PyDict>) -> PyResult<Py<PyDict>> {
    pick(&module_state::<State>(py)).get_owned().ok_or_else(|| bad_internal_call(py))
}

fn pickle_error_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    cached_exception(
        py,
        &module_state::<State>(py).pickle_error,
        "_pickle.PickleError",
        &PyExc_Exception_Type,
    )
}

fn pickling_error_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    let base = pickle_error_type(py)?;
    cached_exception(py, &module_state::<State>(py).pickling_error, "_pickle.PicklingError", &base)
}

fn unpickling_error_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    let base = pickle_error_type(py)?;
    cached_exception(py, &module_state::<State>(py).unpickling_error, "_pickle.UnpicklingError", &base)
}

/// Raises `PicklingError`.
#[cold]
fn pickling_error(py: Python, text: impl AsRef<str>) -> Raised {
    match pickling_error_type(py) {
        Ok(ty) => raise(py, &ty, text),
        Err(e) => e,
    }
}

/// Raises `UnpicklingError`.
#[cold]
fn unpickling_error(py: Python, text: impl AsRef<str>) -> Raised {
    match unpickling_error_type(py) {
        Ok(ty) => raise(py, &ty, text),
        Err(e) => e,
    }
}

/// Keeps a pickler or unpickler from being used while it is at work.
struct Busy<'a>(&'a Cell<bool>);

impl<'a> Busy<'a> {
    fn enter(py: Python, running: &'a Cell<bool>, what: &str) -> PyResult<Busy<'a>> {
        if running.replace(true) {
            return Err(runtime_error(py, format!("{what} object is already used")));
        }
        Ok(Busy(running))
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// Gives an error on its way a context.
#[cold]
fn with_context(py: Python, e: Raised, context: Py<PyBaseException>) -> Raised {
    let exc = fetch(py, e);
    exc.context.set(Some(context));
    raise_object(py, exc)
}

/// The full name of an object's type, for messages.
fn kind(py: Python, o: &PyObject) -> String {
    type_::fully_qualified_name(py, o.ty()).unwrap_or_else(|e| {
        drop(fetch(py, e));
        o.ty().short_name().to_owned()
    })
}

/// Adds a note to an error on its way.
#[cold]
fn noted(py: Python, e: Raised, text: impl FnOnce() -> String) -> Raised {
    let exc = fetch(py, e);
    let text = text();
    add_note(py, raise_object(py, exc), &text)
}

/// Pickling and unpickling.
#[pymodule(
    name = "_pickle",
    types(PyPickler, PyUnpickler, PyPickleBuffer),
    hidden_types(proxy::PyPicklerMemo, proxy::PyUnpicklerMemo)
)]
pub mod _pickle {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        module_state::<State>(py).load(py)?;
        let m = module.as_object();
        m.setattr_str(py, "PickleError", pickle_error_type(py)?.as_object())?;
        m.setattr_str(py, "PicklingError", pickling_error_type(py)?.as_object())?;
        m.setattr_str(py, "UnpicklingError", unpickling_error_type(py)?.as_object())
    }

    /// Writes the pickle of an object to an open binary file.
    ///
    /// protocol is a number from 0 to 5, negative for the newest. With fix_imports, names are those of Python 2 in
    /// protocols below 3. buffer_callback is called with buffers that may be left out of the pickle, in protocol 5.
    #[pyfunction(sig = "(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)")]
    fn dump(
        py: Python,
        obj: &PyObject,
        file: &PyObject,
        protocol: &PyObject,
        fix_imports: bool,
        buffer_callback: &PyObject,
    ) -> PyResult<()> {
        let p = PyPickler::blank(py, PyPickler::type_object())?;
        p.set_up(py, Some(file), protocol, fix_imports, buffer_callback)?;
        save::dump(py, &p, obj).map(drop)
    }

    /// The pickle of an object, as bytes. The parameters are those of dump().
    #[pyfunction(sig = "(obj, protocol=None, *, fix_imports=True, buffer_callback=None)")]
    fn dumps(
        py: Python,
        obj: &PyObject,
        protocol: &PyObject,
        fix_imports: bool,
        buffer_callback: &PyObject,
    ) -> PyResult<Py<PyBytes>> {
        let p = PyPickler::blank(py, PyPickler::type_object())?;
        p.set_up(py, None, protocol, fix_imports, buffer_callback)?;
        PyBytes::new(py, &save::dump(py, &p, obj)?)
    }

    /// Reads an object's pickle from an open binary file.
    ///
    /// The protocol is found in the pickle. buffers gives the buffers that were left out of it. The other
    /// parameters are for pickles of Python 2: encoding and errors for its 8-bit strings ('bytes' leaves them as they
    /// are), fix_imports for its names.
    #[pyfunction(
        sig = "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=<unrepresentable>)",
        text = "($module, /, file, *, fix_imports=True, encoding='ASCII',\n     errors='strict', buffers=())"
    )]
    fn load(
        py: Python,
        file: &PyObject,
        fix_imports: bool,
        encoding: &str,
        errors: &str,
        buffers: Option<&PyObject>,
    ) -> PyResult {
        let u = PyUnpickler::blank(py, PyUnpickler::type_object())?;
        u.set_up(py, Some(file), fix_imports, encoding, errors, buffers)?;
        load::load(py, &u, None)
    }

    /// Makes an object of its pickle in a bytes-like object. The other parameters are those of load().
    #[pyfunction(
        sig = "(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=<unrepresentable>)",
        text = "($module, data, /, *, fix_imports=True, encoding='ASCII',\n      errors='strict', buffers=())"
    )]
    fn loads(
        py: Python,
        data: &PyObject,
        fix_imports: bool,
        encoding: &str,
        errors: &str,
        buffers: Option<&PyObject>,
    ) -> PyResult {
        let u = PyUnpickler::blank(py, PyUnpickler::type_object())?;
        u.set_up(py, None, fix_imports, encoding, errors, buffers)?;
        let view = runtime::types::buffer::Buffer::get_simple(py, data)?;
        load::load(py, &u, Some(&view))
    }
}
