//! `patchlevel.h`: the version as text.

use runtime::prelude::*;
use std::ffi::{CString, c_char};
use std::sync::OnceLock;

/// `sys.version`, as a C string.
pub(crate) fn text() -> *const c_char {
    static TEXT: OnceLock<CString> = OnceLock::new();
    TEXT.get_or_init(|| CString::new(runtime::sys::VERSION).unwrap_or_default()).as_ptr()
}

/// `sys.copyright`, as a C string. Called attached.
pub(crate) fn copyright() -> *const c_char {
    static TEXT: OnceLock<CString> = OnceLock::new();
    TEXT.get_or_init(|| {
        // SAFETY: as the C API asks of the caller.
        let py = unsafe { crate::convert::token() };
        let text = runtime::state::interpreter(py).sys_get(py, "copyright");
        let text = text.and_then(|t| t.downcast::<PyStr>().map(|t| t.to_string_lossy()));
        CString::new(text.unwrap_or_default()).unwrap_or_default()
    })
    .as_ptr()
}
