//! The process's character locale: the environment's, and UTF-8 instead of the plain `C` locale (PEP 538, PEP 540).

use std::ffi::CStr;

/// UTF-8 without the customs of a country, under the names it goes by.
const COERCED: [&CStr; 3] = [c"C.UTF-8", c"C.utf8", c"UTF-8"];

/// The character locale in force.
fn current() -> String {
    // SAFETY: a query; the text is copied at once.
    unsafe {
        let name = libc::setlocale(libc::LC_CTYPE, std::ptr::null());
        if name.is_null() { String::new() } else { CStr::from_ptr(name).to_string_lossy().into_owned() }
    }
}

/// Sets the character locale from the environment; `coerce` is `PYTHONCOERCECLOCALE`. Was it the `C` or `POSIX` locale?
///
/// Only for the beginning of a process, when there are no other threads.
pub fn init(coerce: Option<&str>) -> bool {
    // SAFETY: no other thread uses the locale or the environment yet.
    unsafe { libc::setlocale(libc::LC_CTYPE, c"".as_ptr()) };
    let name = current();
    let is_plain = name == "C" || name == "POSIX";
    let chosen = std::env::var_os("LC_ALL").is_some_and(|v| !v.is_empty());
    if name != "C" || chosen || coerce == Some("0") {
        return is_plain;
    }
    for target in COERCED {
        // SAFETY: as above.
        if unsafe { libc::setlocale(libc::LC_CTYPE, target.as_ptr()) }.is_null() {
            continue;
        }
        let target = target.to_string_lossy();
        if coerce == Some("warn") {
            eprintln!(
                "Python detected LC_CTYPE=C: LC_CTYPE coerced to {target} (set another locale or \
                 PYTHONCOERCECLOCALE=0 to disable this locale coercion behavior)."
            );
        }
        // SAFETY: as above. Child processes get the same locale.
        unsafe { std::env::set_var("LC_CTYPE", target.as_ref()) };
        break;
    }
    is_plain
}
