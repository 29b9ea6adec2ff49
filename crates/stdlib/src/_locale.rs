//! `_locale`: the C library's locale.

use crate::system::{add_constants, cached_exception, constants, fs_text, int, module_state, text};
use object::libc;
use runtime::prelude::*;
use runtime::types::exceptions::PyExc_Exception_Type;
use std::ffi::{CStr, CString, c_char, c_int};

#[derive(Default)]
struct State {
    error: Slot<PyTypeObject>,
}

unsafe extern "C" {
    fn wcscoll(a: *const libc::wchar_t, b: *const libc::wchar_t) -> c_int;
    fn wcsxfrm(to: *mut libc::wchar_t, from: *const libc::wchar_t, n: usize) -> usize;
    #[link_name = "gettext"]
    fn c_gettext(message: *const c_char) -> *mut c_char;
    #[link_name = "dgettext"]
    fn c_dgettext(domain: *const c_char, message: *const c_char) -> *mut c_char;
    #[link_name = "dcgettext"]
    fn c_dcgettext(domain: *const c_char, message: *const c_char, category: c_int) -> *mut c_char;
    #[link_name = "textdomain"]
    fn c_textdomain(domain: *const c_char) -> *mut c_char;
    #[link_name = "bindtextdomain"]
    fn c_bindtextdomain(domain: *const c_char, dir: *const c_char) -> *mut c_char;
    #[link_name = "bind_textdomain_codeset"]
    fn c_bind_textdomain_codeset(domain: *const c_char, codeset: *const c_char) -> *mut c_char;
}

fn error_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    cached_exception(py, &module_state::<State>(py).error, "locale.Error", &PyExc_Exception_Type)
}

#[cold]
fn error(py: Python, message: &str) -> Raised {
    match error_type(py) {
        Ok(ty) => raise(py, &ty, message),
        Err(e) => e,
    }
}

fn c_string(py: Python, s: &str) -> PyResult<CString> {
    CString::new(s).map_err(|_| value_error(py, "embedded null character"))
}

/// A string as wide characters, NUL at the end.
fn wide(py: Python, s: &PyStr) -> PyResult<Vec<libc::wchar_t>> {
    let mut w = Vec::with_capacity(s.len() + 1);
    for c in s.chars() {
        if c == 0 {
            return Err(value_error(py, "embedded null character"));
        }
        w.push(c as libc::wchar_t);
    }
    w.push(0);
    Ok(w)
}

/// A C array of group sizes as a list, with its end as C has it.
///
/// # Safety
/// `p` is null or a NUL-terminated array.
unsafe fn grouping(py: Python, p: *const c_char) -> PyResult {
    let mut items = Vec::new();
    if !p.is_null() {
        // SAFETY: the caller's promise.
        let sizes = unsafe { CStr::from_ptr(p) }.to_bytes();
        let mut open = false;
        for &b in sizes {
            items.push(int(py, b as i64)?);
            if b == 127 {
                open = true;
                break;
            }
        }
        if !sizes.is_empty() && !open {
            items.push(int(py, 0)?);
        }
    }
    Ok(PyList::new(py, items)?.into_object())
}

/// Support for POSIX locales.
#[pymodule(name = "_locale")]
pub mod _locale {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        add_constants(
            py,
            module,
            constants!(
                LC_CTYPE LC_TIME LC_COLLATE LC_MONETARY LC_MESSAGES LC_NUMERIC LC_ALL
                DAY_1 DAY_2 DAY_3 DAY_4 DAY_5 DAY_6 DAY_7 ABDAY_1 ABDAY_2 ABDAY_3 ABDAY_4 ABDAY_5 ABDAY_6 ABDAY_7
                MON_1 MON_2 MON_3 MON_4 MON_5 MON_6 MON_7 MON_8 MON_9 MON_10 MON_11 MON_12
                ABMON_1 ABMON_2 ABMON_3 ABMON_4 ABMON_5 ABMON_6 ABMON_7 ABMON_8 ABMON_9 ABMON_10 ABMON_11 ABMON_12
                RADIXCHAR THOUSEP CRNCYSTR D_FMT D_T_FMT T_FMT AM_STR PM_STR CODESET T_FMT_AMPM
                ERA ERA_D_FMT ERA_D_T_FMT ERA_T_FMT ALT_DIGITS YESEXPR NOEXPR
            ),
        )?;
        add_constants(py, module, &[("CHAR_MAX", 127), ("_DATE_FMT", DATE_FMT)])?;
        module.as_object().setattr_str(py, "Error", error_type(py)?.as_object())
    }

    /// `_DATE_FMT` of glibc: the format of `date`.
    const DATE_FMT: i64 = 0x2006c;

    /// Sets the locale of a category, or tells it.
    #[pyfunction(sig = "(category, locale=None, /)")]
    fn setlocale(py: Python, category: i32, locale: Option<&str>) -> PyResult {
        if !(libc::LC_CTYPE..=libc::LC_IDENTIFICATION).contains(&category) {
            return Err(error(py, "invalid locale category"));
        }
        let name = locale.map(|l| c_string(py, l)).transpose()?;
        let p = name.as_ref().map_or(std::ptr::null(), |n| n.as_ptr());
        // SAFETY: null or a C string; the result is copied before another call.
        unsafe {
            let r = libc::setlocale(category, p);
            if r.is_null() {
                let what = if name.is_some() { "unsupported locale setting" } else { "locale query failed" };
                return Err(error(py, what));
            }
            fs_text(py, r)
        }
    }

    /// How numbers and amounts of money are written.
    #[pyfunction]
    fn localeconv(py: Python) -> PyResult<Py<PyDict>> {
        let d = PyDict::new(py)?;
        // SAFETY: a static structure of C strings, copied before another call.
        unsafe {
            let l = &*libc::localeconv();
            let strings = [
                ("decimal_point", l.decimal_point),
                ("thousands_sep", l.thousands_sep),
                ("int_curr_symbol", l.int_curr_symbol),
                ("currency_symbol", l.currency_symbol),
                ("mon_decimal_point", l.mon_decimal_point),
                ("mon_thousands_sep", l.mon_thousands_sep),
                ("positive_sign", l.positive_sign),
                ("negative_sign", l.negative_sign),
            ];
            for (name, p) in strings {
                d.set_text(py, name, &*fs_text(py, p)?)?;
            }
            d.set_text(py, "grouping", &*grouping(py, l.grouping)?)?;
            d.set_text(py, "mon_grouping", &*grouping(py, l.mon_grouping)?)?;
            let numbers = [
                ("int_frac_digits", l.int_frac_digits),
                ("frac_digits", l.frac_digits),
                ("p_cs_precedes", l.p_cs_precedes),
                ("p_sep_by_space", l.p_sep_by_space),
                ("n_cs_precedes", l.n_cs_precedes),
                ("n_sep_by_space", l.n_sep_by_space),
                ("p_sign_posn", l.p_sign_posn),
                ("n_sign_posn", l.n_sign_posn),
            ];
            for (name, n) in numbers {
                d.set_text(py, name, &*int(py, n as i64)?)?;
            }
        }
        Ok(d)
    }

    /// The order of two strings in the locale: negative, zero or positive.
    #[pyfunction]
    fn strcoll(py: Python, os1: &PyStr, os2: &PyStr) -> PyResult<i32> {
        let (a, b) = (wide(py, os1)?, wide(py, os2)?);
        // SAFETY: wide strings with an end.
        Ok(unsafe { wcscoll(a.as_ptr(), b.as_ptr()) })
    }

    /// A string whose plain order is the order of the given one in the locale.
    #[pyfunction]
    fn strxfrm(py: Python, string: &PyStr) -> PyResult<Py<PyStr>> {
        let from = wide(py, string)?;
        let mut to: Vec<libc::wchar_t> = vec![0; from.len() + 1];
        loop {
            crate::system::set_errno(0);
            // SAFETY: a wide string with an end, and room of the given length.
            let n = unsafe { wcsxfrm(to.as_mut_ptr(), from.as_ptr(), to.len()) };
            if crate::system::errno() != 0 && crate::system::errno() != libc::ERANGE {
                return Err(crate::system::os_error(py));
            }
            if n < to.len() {
                // The C library's weights may lie beyond the last character.
                let chars: Vec<u32> = to.iter().take(n).map(|&c| (c as u32).min(0x10ffff)).collect();
                return PyStr::from_ucs4(py, &chars);
            }
            to = vec![0; n + 1];
        }
    }

    /// A piece of information about the locale.
    #[pyfunction]
    fn nl_langinfo(py: Python, key: i32) -> PyResult {
        let known = [
            libc::CODESET,
            libc::RADIXCHAR,
            libc::THOUSEP,
            libc::CRNCYSTR,
            libc::YESEXPR,
            libc::NOEXPR,
            DATE_FMT as i32,
        ];
        // The items of the category of time are numbered through.
        if !known.contains(&key) && !(libc::ABDAY_1..=libc::ERA_T_FMT).contains(&key) {
            return Err(value_error(py, "unsupported langinfo constant"));
        }
        // SAFETY: any number; the result is a C string that is copied at once.
        unsafe { fs_text(py, libc::nl_langinfo(key)) }
    }

    /// The locale's encoding.
    #[pyfunction]
    fn getencoding(py: Python) -> PyResult {
        // SAFETY: a C string that is copied at once.
        let name = unsafe { CStr::from_ptr(libc::nl_langinfo(libc::CODESET)) }.to_string_lossy().into_owned();
        text(py, if name.is_empty() { "UTF-8" } else { &name })
    }

    /// The translation of a message.
    #[pyfunction(sig = "(msg, /)")]
    fn gettext(py: Python, msg: &str) -> PyResult {
        let m = c_string(py, msg)?;
        // SAFETY: C strings; the result is copied before they go.
        unsafe { fs_text(py, c_gettext(m.as_ptr())) }
    }

    /// The translation of a message in a domain.
    #[pyfunction(sig = "(domain, msg, /)")]
    fn dgettext(py: Python, domain: Option<&str>, msg: &str) -> PyResult {
        let (d, m) = (domain.map(|d| c_string(py, d)).transpose()?, c_string(py, msg)?);
        // SAFETY: as above.
        unsafe { fs_text(py, c_dgettext(d.as_ref().map_or(std::ptr::null(), |d| d.as_ptr()), m.as_ptr())) }
    }

    /// The translation of a message in a domain and a category.
    #[pyfunction(sig = "(domain, msg, category, /)")]
    fn dcgettext(py: Python, domain: Option<&str>, msg: &str, category: i32) -> PyResult {
        let (d, m) = (domain.map(|d| c_string(py, d)).transpose()?, c_string(py, msg)?);
        let d = d.as_ref().map_or(std::ptr::null(), |d| d.as_ptr());
        // SAFETY: as above.
        unsafe { fs_text(py, c_dcgettext(d, m.as_ptr(), category)) }
    }

    /// Sets the domain of messages, or tells it.
    #[pyfunction(sig = "(domain, /)")]
    fn textdomain(py: Python, domain: Option<&str>) -> PyResult {
        let d = domain.map(|d| c_string(py, d)).transpose()?;
        // SAFETY: as above.
        unsafe {
            let r = c_textdomain(d.as_ref().map_or(std::ptr::null(), |d| d.as_ptr()));
            if r.is_null() { Err(crate::system::os_error(py)) } else { fs_text(py, r) }
        }
    }

    /// Binds a domain to the folder of its messages.
    #[pyfunction(sig = "(domain, dir, /)")]
    fn bindtextdomain(py: Python, domain: &str, dir: &PyObject) -> PyResult {
        if domain.is_empty() {
            return Err(error(py, "domain must be a non-empty string"));
        }
        let d = c_string(py, domain)?;
        let folder = if dir.is_none() {
            None
        } else {
            let bytes = runtime::fs::fs_encode(py, dir)?;
            Some(CString::new(bytes).map_err(|_| value_error(py, "embedded null byte"))?)
        };
        // SAFETY: as above.
        unsafe {
            let r = c_bindtextdomain(d.as_ptr(), folder.as_ref().map_or(std::ptr::null(), |f| f.as_ptr()));
            if r.is_null() { Err(crate::system::os_error(py)) } else { fs_text(py, r) }
        }
    }

    /// Binds a domain to an encoding.
    #[pyfunction(sig = "(domain, codeset, /)")]
    fn bind_textdomain_codeset(py: Python, domain: &str, codeset: Option<&str>) -> PyResult {
        let (d, c) = (c_string(py, domain)?, codeset.map(|c| c_string(py, c)).transpose()?);
        // SAFETY: as above.
        unsafe {
            let r =
                c_bind_textdomain_codeset(d.as_ptr(), c.as_ref().map_or(std::ptr::null(), |c| c.as_ptr()));
            if r.is_null() { Ok(none().owned()) } else { fs_text(py, r) }
        }
    }
}
