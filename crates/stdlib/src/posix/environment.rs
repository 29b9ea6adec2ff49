//! The environment, and computations on paths that `posixpath` leaves to us.

use runtime::prelude::*;

/// Part of `posix`.
#[pymodule(part)]
pub mod part {
    use super::super::path::RawPath;
    use crate::system::*;
    use object::libc;
    use runtime::prelude::*;
    use runtime::sys::hooks::audit;
    use std::ffi::CStr;

    unsafe extern "C" {
        static environ: *const *const libc::c_char;
    }

    fn environment(py: Python) -> PyResult<Py<PyDict>> {
        let dict = PyDict::new(py)?;
        // SAFETY: the table of the C library, which changes under the interpreter lock only.
        unsafe {
            let mut p = environ;
            while !p.is_null() && !(*p).is_null() {
                let entry = CStr::from_ptr(*p).to_bytes();
                p = p.add(1);
                // An entry that begins with `=` has no name.
                let Some(eq) = entry.iter().position(|&c| c == b'=') else { continue };
                let name = PyBytes::new(py, &entry[..eq])?;
                let value = PyBytes::new(py, &entry[eq + 1..])?;
                if dict.get_item(py, &name)?.is_none() {
                    dict.set_item(py, &name, &value)?;
                }
            }
        }
        Ok(dict)
    }

    /// The environment of the process at start-up.
    #[pyattr(name = "environ")]
    fn environ_attr(py: Python) -> PyResult<Py<PyDict>> {
        environment(py)
    }

    /// The environment of the process now.
    #[pyfunction]
    pub fn _create_environ(py: Python) -> PyResult<Py<PyDict>> {
        environment(py)
    }

    /// Sets an environment variable.
    #[pyfunction]
    pub fn putenv(py: Python, name: FsPath, value: FsPath) -> PyResult<()> {
        if name.0.as_bytes().contains(&b'=') {
            return Err(value_error(py, "illegal environment variable name"));
        }
        audit(
            py,
            "os.putenv",
            &[
                PyBytes::new(py, name.0.as_bytes())?.as_object(),
                PyBytes::new(py, value.0.as_bytes())?.as_object(),
            ],
        )?;
        // SAFETY: C strings, which the call copies.
        checked(py, unsafe { libc::setenv(name.0.as_ptr(), value.0.as_ptr(), 1) })?;
        Ok(())
    }

    /// Removes an environment variable.
    #[pyfunction]
    pub fn unsetenv(py: Python, name: FsPath) -> PyResult<()> {
        audit(py, "os.unsetenv", &[PyBytes::new(py, name.0.as_bytes())?.as_object()])?;
        // SAFETY: a C string.
        checked(py, unsafe { libc::unsetenv(name.0.as_ptr()) })?;
        Ok(())
    }

    /// The file system representation of a path: str and bytes as they are, otherwise what __fspath__() returns.
    #[pyfunction(sig = "(path)")]
    pub fn fspath(py: Python, path: &PyObject) -> PyResult {
        runtime::fs::fspath(py, path)
    }

    /// Applies a computation on code points or bytes, which are code points below 256 as well.
    fn on_chars<R>(path: &RawPath, f: impl FnOnce(&[u32]) -> R) -> R {
        let chars: Vec<u32> = match path.object.downcast::<PyStr>() {
            Some(s) => s.chars().collect(),
            None => path
                .object
                .downcast::<PyBytes>()
                .map_or(Vec::new(), |b| b.as_bytes().iter().map(|&c| c as u32).collect()),
        };
        f(&chars)
    }

    fn same_kind(py: Python, path: &RawPath, chars: &[u32]) -> PyResult {
        if PyBytes::check(&path.object) {
            let bytes: Vec<u8> = chars.iter().map(|&c| c as u8).collect();
            return Ok(PyBytes::new(py, &bytes)?.into_object());
        }
        Ok(PyStr::from_ucs4(py, chars)?.into_object())
    }

    const SEP: u32 = '/' as u32;
    const DOT: u32 = '.' as u32;

    /// How many separators make the root: none, one, or exactly two, which POSIX leaves special.
    fn root_length(chars: &[u32]) -> usize {
        match chars.iter().take_while(|&&c| c == SEP).count() {
            2 => 2,
            0 => 0,
            _ => 1,
        }
    }

    /// Splits a path into (drive, root, rest).
    #[pyfunction(sig = "(p)")]
    pub fn _path_splitroot_ex(py: Python, p: RawPath) -> PyResult<Py<PyTuple>> {
        on_chars(&p, |chars| {
            let (root, rest) = chars.split_at(root_length(chars));
            PyTuple::new(py, [same_kind(py, &p, &[])?, same_kind(py, &p, root)?, same_kind(py, &p, rest)?])
        })
    }

    /// A path without double separators, '.' and '..' parts.
    #[pyfunction(sig = "(path)")]
    pub fn _path_normpath(py: Python, path: RawPath) -> PyResult {
        on_chars(&path, |chars| {
            let (root, rest) = chars.split_at(root_length(chars));
            let mut parts: Vec<&[u32]> = Vec::new();
            for part in rest.split(|&c| c == SEP) {
                match part {
                    [] | [DOT] => {}
                    [DOT, DOT] => match parts.last() {
                        Some(&[DOT, DOT]) => parts.push(part),
                        Some(_) => drop(parts.pop()),
                        None if root.is_empty() => parts.push(part),
                        None => {}
                    },
                    _ => parts.push(part),
                }
            }
            let mut out = root.to_vec();
            out.extend(parts.join(&SEP));
            if out.is_empty() {
                out.push(DOT);
            }
            same_kind(py, &path, &out)
        })
    }

    /// The text of an error number.
    #[pyfunction]
    pub fn strerror(_py: Python, code: i32) -> String {
        runtime::types::exceptions::error_text(code)
    }

    /// Is there a hook that runs while input is awaited?
    #[pyfunction]
    pub fn _is_inputhook_installed(_py: Python) -> bool {
        false
    }

    /// Runs the hook that runs while input is awaited.
    #[pyfunction]
    pub fn _inputhook(_py: Python) -> i32 {
        0
    }

    /// A bytes object of random bytes for cryptographic use.
    #[pyfunction]
    pub fn urandom(py: Python, size: isize) -> PyResult<Py<PyBytes>> {
        let n = usize::try_from(size).map_err(|_| value_error(py, "negative argument not allowed"))?;
        let mut data = Vec::new();
        if data.try_reserve_exact(n).is_err() {
            return Err(memory_error(py));
        }
        data.resize(n, 0u8);
        let mut done = 0;
        while done < n {
            let (p, left) = (data[done..].as_mut_ptr(), n - done);
            // SAFETY: `left` bytes at `p`.
            done += call(py, || unsafe { libc::getrandom(p as *mut _, left, 0) })? as usize;
        }
        PyBytes::new(py, &data)
    }

    /// Random bytes as the system gives them, at most as many as asked for.
    #[pyfunction(sig = "(size, flags=0)")]
    pub fn getrandom(py: Python, size: isize, flags: i32) -> PyResult<Py<PyBytes>> {
        let n = match usize::try_from(size) {
            Ok(n) => n,
            Err(_) => {
                set_errno(libc::EINVAL);
                return Err(os_error(py));
            }
        };
        // SAFETY: `n` bytes are reserved at `p`.
        read_bytes(py, n, |p| unsafe { libc::getrandom(p as *mut _, n, flags as u32) })
    }
}
