//! The `_imp` module: what importlib asks of the interpreter.

use crate::prelude::*;

/// (Extremely) low-level import machinery bits as used by importlib.
#[pymodule(name = "_imp", doc = "What importlib asks of the interpreter.")]
pub mod imp {
    use crate::import::{builtin, library::library, lock};
    use crate::prelude::*;
    use crate::state::interpreter;
    use crate::types::buffer::Buffer;
    use crate::types::exceptions::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let mode = interpreter(py).config.borrow().check_hash_pycs_mode.clone();
        module.add(py, "check_hash_based_pycs", PyStr::new(py, &mode)?.as_object())?;
        module.add(
            py,
            "pyc_magic_number_token",
            PyInt::from_i64(py, bytecode::PYC_MAGIC_TOKEN as i64)?.as_object(),
        )
    }

    /// Is the import lock held?
    #[pyfunction]
    pub fn lock_held(_py: Python) -> bool {
        lock::held()
    }

    /// Takes the import lock.
    #[pyfunction]
    pub fn acquire_lock(py: Python) -> PyResult<()> {
        lock::acquire(py)
    }

    /// Releases the import lock.
    #[pyfunction]
    pub fn release_lock(py: Python) -> PyResult<()> {
        if lock::release(py) { Ok(()) } else { Err(runtime_error(py, "not holding the import lock")) }
    }

    /// The file name endings of extension modules.
    #[pyfunction]
    pub fn extension_suffixes(py: Python) -> PyResult<Py<PyList>> {
        let all = [".cpython-314-x86_64-linux-gnu.so", ".abi3.so", ".so"];
        let mut v = Vec::with_capacity(all.len());
        for s in all {
            v.push(PyStr::new(py, s)?.into_object());
        }
        PyList::new(py, v)
    }

    /// 1 if the name is a built-in module, -1 if one that can't be initialised again, 0 otherwise.
    #[pyfunction]
    pub fn is_builtin(_py: Python, name: &PyStr) -> i32 {
        let name = name.to_string_lossy();
        match name.as_str() {
            "sys" | "builtins" => -1,
            n => builtin::find(n).is_some() as i32,
        }
    }

    /// Creates a built-in module.
    #[pyfunction]
    pub fn create_builtin(py: Python, spec: &PyObject) -> PyResult {
        let name = spec.getattr(py, intern!(py, "name"))?;
        if let Some(m) = crate::import::get_module(py, &name)?
            && name.downcast::<PyStr>().is_some_and(|n| n.eq_str("sys") || n.eq_str("builtins"))
        {
            return Ok(m);
        }
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(type_error(py, "name must be a string"));
        };
        Ok(builtin::create(py, &name.to_string_lossy(), spec)?.unwrap_or_else(|| none().owned()))
    }

    /// Runs the initialisation of a built-in module.
    #[pyfunction]
    pub fn exec_builtin(py: Python, r#mod: &PyObject) -> PyResult<i32> {
        exec_module(py, r#mod)
    }

    fn exec_module(py: Python, m: &PyObject) -> PyResult<i32> {
        if let Some(m) = m.downcast::<PyModule>() {
            crate::types::module::exec_once(py, m)?;
        }
        Ok(0)
    }

    /// Loads an extension module.
    #[pyfunction(sig = "(spec, file=None, /)", text = "($module, spec, file=<unrepresentable>, /)")]
    pub fn create_dynamic(py: Python, spec: &PyObject, file: Option<&PyObject>) -> PyResult {
        let _ = file;
        let name = spec.getattr(py, intern!(py, "name"))?;
        let origin = spec.getattr(py, intern!(py, "origin"))?;
        crate::import::dynamic::create(py, spec, &name, &origin)
    }

    /// Runs the initialisation of an extension module.
    #[pyfunction]
    pub fn exec_dynamic(py: Python, r#mod: &PyObject) -> PyResult<i32> {
        exec_module(py, r#mod)
    }

    fn not_frozen(py: Python, name: &PyStr) -> Raised {
        let text = format!("No such frozen object named {}", name.to_string_lossy());
        let r = raise(py, &PyExc_ImportError_Type, text);
        let exc = fetch(py, r);
        if let Some(e) = exc.as_object().downcast::<PyImportError>() {
            e.name.set(Some(name.as_object().owned()));
        }
        raise_object(py, exc)
    }

    /// Is there a frozen module of that name?
    #[pyfunction]
    pub fn is_frozen(_py: Python, name: &PyStr) -> bool {
        library().is_some_and(|l| l.frozen(&name.to_string_lossy()).is_some())
    }

    /// Is the frozen module a package?
    #[pyfunction]
    pub fn is_frozen_package(py: Python, name: &PyStr) -> PyResult<bool> {
        match library().and_then(|l| l.frozen(&name.to_string_lossy())) {
            Some((m, _)) => Ok(m.is_package),
            None => Err(not_frozen(py, name)),
        }
    }

    /// (data, is package, original name) of a frozen module, or None. The data is only given on request.
    #[pyfunction(sig = "(name, /, *, withdata=False)")]
    pub fn find_frozen(py: Python, name: &PyStr, withdata: bool) -> PyResult<Option<Py<PyTuple>>> {
        let Some((m, origin)) = library().and_then(|l| l.frozen(&name.to_string_lossy())) else {
            return Ok(None);
        };
        let data = if withdata { PyBytes::new(py, m.code)?.into_object() } else { none().owned() };
        let origin = match origin {
            Some(o) => PyStr::new(py, o)?.into_object(),
            None => none().owned(),
        };
        PyTuple::new(py, [data, py_bool(m.is_package).owned().into_object(), origin]).map(Some)
    }

    /// The code object of a frozen module.
    #[pyfunction(sig = "(name, data=None, /)")]
    pub fn get_frozen_object(py: Python, name: &PyStr, data: Option<&PyObject>) -> PyResult {
        let Some(data) = data.filter(|d| !d.is_none()) else {
            return match library().and_then(|l| l.frozen(&name.to_string_lossy())) {
                Some((m, _)) => crate::marshal::loads(py, m.code),
                None => Err(not_frozen(py, name)),
            };
        };
        let view = Buffer::get_simple(py, data)?;
        crate::marshal::loads(py, view.as_slice())
    }

    /// Initialises a frozen module under its name and returns it.
    #[pyfunction]
    pub fn init_frozen(py: Python, name: &PyStr) -> PyResult {
        match library().and_then(|l| l.frozen(&name.to_string_lossy())) {
            Some((m, origin)) => crate::import::run_frozen(py, name, &m, origin),
            None => Ok(none().owned()),
        }
    }

    /// The names of all frozen modules.
    #[pyfunction]
    pub fn _frozen_module_names(py: Python) -> PyResult<Py<PyList>> {
        let mut v = Vec::new();
        for n in library().map(|l| l.frozen_names()).unwrap_or_default() {
            v.push(PyStr::new(py, n)?.into_object());
        }
        PyList::new(py, v)
    }

    /// Forces or forbids the use of frozen modules; for tests.
    #[pyfunction]
    pub fn _override_frozen_modules_for_tests(_py: Python, r#override: i32) {
        let _ = r#override;
    }

    /// Allows or forbids single-phase modules in subinterpreters; returns the old setting.
    #[pyfunction]
    pub fn _override_multi_interp_extensions_check(py: Python, r#override: i32) -> PyResult<i32> {
        let _ = r#override;
        Err(runtime_error(py, "cannot be used in the main interpreter"))
    }

    /// Sets co_filename of a code object and of those in it.
    #[pyfunction]
    pub fn _fix_co_filename(py: Python, code: &PyCode, path: &PyStr) -> PyResult<()> {
        code.fix_filename(py, path)
    }

    /// The hash of a source file for hash-based .pyc files.
    #[pyfunction(sig = "(key, source)")]
    pub fn source_hash(py: Python, key: i64, source: &PyObject) -> PyResult<Py<PyBytes>> {
        let view = Buffer::get_simple(py, source)?;
        let h = crate::hash::keyed_hash(key as u64, view.as_slice());
        PyBytes::new(py, &h.to_le_bytes())
    }
}
