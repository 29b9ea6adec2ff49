//! `patchlevel.h`: the version as text.

use std::ffi::{CString, c_char};
use std::sync::OnceLock;

/// `sys.version`, as a C string.
pub(crate) fn text() -> *const c_char {
    static TEXT: OnceLock<CString> = OnceLock::new();
    TEXT.get_or_init(|| CString::new(runtime::sys::VERSION).unwrap_or_default()).as_ptr()
}
