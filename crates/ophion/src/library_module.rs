//! The `_ophion` module: the embedded library as `_ophion_library` asks for it.

use runtime::prelude::*;

/// Access to the embedded library.
#[pymodule(name = "_ophion")]
pub mod _ophion {
    use runtime::fs::{encode_str, fs_decode};
    use runtime::import::library::library;
    use runtime::prelude::*;
    use runtime::state::interpreter;

    /// A path below the library's folder, relative to it; `None` for other paths.
    fn relative(py: Python, path: &PyStr) -> PyResult<Option<String>> {
        let root = interpreter(py).config.borrow().stdlib_dir.clone();
        let path = encode_str(py, path)?;
        let Some(rest) = path.strip_prefix(root.as_slice()) else {
            // Code compiled at build time knows its file by the relative path.
            return Ok(String::from_utf8(path).ok().filter(|p| !p.starts_with('/')));
        };
        Ok(match rest {
            [] => Some(String::new()),
            [b'/', rest @ ..] => String::from_utf8(rest.to_vec()).ok(),
            _ => None,
        })
    }

    fn absolute(py: Python, path: &str) -> PyResult<Py<PyStr>> {
        let mut root = interpreter(py).config.borrow().stdlib_dir.clone();
        root.push(b'/');
        root.extend_from_slice(path.as_bytes());
        fs_decode(py, &root)
    }

    /// Is the library's folder only a name, with the files in memory?
    #[pyfunction]
    pub fn is_virtual(py: Python) -> bool {
        interpreter(py).config.borrow().library_is_virtual
    }

    /// Is the path a folder of the library?
    #[pyfunction]
    pub fn has_folder(py: Python, path: &PyStr) -> PyResult<bool> {
        let Some(rel) = relative(py, path)? else { return Ok(false) };
        if rel.is_empty() {
            return Ok(path.char_at(0) == '/' as u32);
        }
        let prefix = rel + "/";
        Ok(library().is_some_and(|l| l.paths().iter().any(|p| p.starts_with(&prefix))))
    }

    /// (name, path, is package) of a module in a folder, or None.
    #[pyfunction]
    pub fn find_module(py: Python, folder: &PyStr, name: &PyStr) -> PyResult<Option<Py<PyTuple>>> {
        let Some(rel) = relative(py, folder)? else { return Ok(None) };
        let name = name.to_string_lossy();
        let dotted = if rel.is_empty() { name } else { format!("{}.{name}", rel.replace('/', ".")) };
        let Some(m) = library().and_then(|l| l.module(&dotted)) else { return Ok(None) };
        let found = [
            PyStr::new(py, m.name)?.into_object(),
            absolute(py, m.path)?.into_object(),
            py_bool(m.is_package).owned().into_object(),
        ];
        PyTuple::new(py, found).map(Some)
    }

    /// The code object of a module; `path` becomes its file name.
    #[pyfunction]
    pub fn get_code(py: Python, name: &PyStr, path: &PyStr) -> PyResult {
        match library().and_then(|l| l.module(&name.to_string_lossy())) {
            Some(m) => runtime::marshal::loads_as_file(py, m.code, path),
            None => {
                Err(import_error(py, format!("{} is not in the embedded library", name.to_string_lossy())))
            }
        }
    }

    /// The contents of a file, or None.
    #[pyfunction]
    pub fn get_file(py: Python, path: &PyStr) -> PyResult<Option<Py<PyBytes>>> {
        let Some(rel) = relative(py, path)? else { return Ok(None) };
        match library().and_then(|l| l.file(&rel)) {
            Some(data) => PyBytes::new(py, &data).map(Some),
            None => Ok(None),
        }
    }

    /// The names in a folder of the library, files and folders.
    #[pyfunction]
    pub fn list_folder(py: Python, folder: &PyStr) -> PyResult<Py<PyList>> {
        let mut names: Vec<&str> = Vec::new();
        if let Some(rel) = relative(py, folder)? {
            let prefix = if rel.is_empty() { rel } else { rel + "/" };
            for p in library().map(|l| l.paths()).unwrap_or_default() {
                if let Some(rest) = p.strip_prefix(&prefix) {
                    names.push(rest.split('/').next().unwrap_or(rest));
                }
            }
        }
        names.dedup();
        let mut out = Vec::with_capacity(names.len());
        for n in names {
            out.push(PyStr::new(py, n)?.into_object());
        }
        PyList::new(py, out)
    }

    /// (name, is package) of the modules in a folder.
    #[pyfunction]
    pub fn list_modules(py: Python, folder: &PyStr) -> PyResult<Py<PyList>> {
        let mut out = Vec::new();
        if let (Some(rel), Some(l)) = (relative(py, folder)?, library()) {
            let prefix = if rel.is_empty() { rel } else { rel + "/" };
            for p in l.paths() {
                let Some(rest) = p.strip_prefix(&prefix) else { continue };
                let found = match rest.split_once('/') {
                    None => rest.strip_suffix(".py").filter(|n| *n != "__init__").map(|n| (n, false)),
                    Some((n, "__init__.py")) => Some((n, true)),
                    Some(_) => None,
                };
                if let Some((n, package)) = found {
                    let item = [PyStr::new(py, n)?.into_object(), py_bool(package).owned().into_object()];
                    out.push(PyTuple::new(py, item)?.into_object());
                }
            }
        }
        PyList::new(py, out)
    }
}
