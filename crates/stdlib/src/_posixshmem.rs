//! The `_posixshmem` module: shared memory by name.

use object::libc;
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::ffi::CString;

fn name(py: Python, path: &PyStr) -> PyResult<CString> {
    CString::new(path.as_utf8(py)?).map_err(|_| value_error(py, "embedded null character"))
}

/// Runs a call on a name until no signal interrupts it; failures name the object.
fn on_name(py: Python, path: &PyStr, f: impl FnMut() -> i32) -> PyResult<i32> {
    match runtime::signals::retry(py, f)? {
        Ok(r) => Ok(r),
        Err(e) => Err(raise_errno_with(py, e, Some(path.as_object()), None)),
    }
}

/// Shared memory by name.
#[pymodule(name = "_posixshmem")]
pub mod _posixshmem {
    use super::*;

    /// Opens a shared memory object and returns its file descriptor.
    #[pyfunction(sig = "(path, flags, mode=511)")]
    pub fn shm_open(py: Python, path: &PyStr, flags: i32, mode: i32) -> PyResult<i32> {
        let c = name(py, path)?;
        let p = c.as_ptr() as usize;
        // SAFETY: a C string.
        on_name(py, path, || unsafe { libc::shm_open(p as *const _, flags, mode as libc::mode_t) })
    }

    /// Removes the name of a shared memory object, and the object when the last process has unmapped it.
    #[pyfunction]
    pub fn shm_unlink(py: Python, path: &PyStr) -> PyResult<()> {
        let c = name(py, path)?;
        let p = c.as_ptr() as usize;
        // SAFETY: a C string.
        on_name(py, path, || unsafe { libc::shm_unlink(p as *const _) }).map(drop)
    }
}
