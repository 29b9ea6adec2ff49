//! The `pwd` module: the user database.

use crate::system::*;
use object::libc;
use runtime::prelude::*;
use runtime::types::exceptions::*;
use runtime::types::structseq::{Desc, new_instance, new_type};
use std::ffi::{CString, c_char, c_int};

static PASSWD: Desc = Desc {
    name: "pwd.struct_passwd",
    doc: "An entry of the user database, as getpw*() return it.",
    fields: &[
        Some("pw_name"),
        Some("pw_passwd"),
        Some("pw_uid"),
        Some("pw_gid"),
        Some("pw_gecos"),
        Some("pw_dir"),
        Some("pw_shell"),
    ],
    visible: 7,
};

#[derive(Default)]
struct State {
    passwd: Slot<PyTypeObject>,
}

fn passwd_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    let st = module_state::<State>(py);
    if let Some(t) = st.passwd.get_owned() {
        return Ok(t);
    }
    let t = new_type(py, &PASSWD)?.owned();
    st.passwd.set(Some(t.clone()));
    Ok(t)
}

/// An entry as an object.
///
/// # Safety
/// The pointers of the entry are C strings.
unsafe fn entry(py: Python, p: &libc::passwd) -> PyResult {
    // SAFETY: the caller's promise.
    let v = unsafe {
        vec![
            fs_text(py, p.pw_name)?,
            fs_text(py, p.pw_passwd)?,
            id_object(py, p.pw_uid)?,
            id_object(py, p.pw_gid)?,
            fs_text(py, p.pw_gecos)?,
            fs_text(py, p.pw_dir)?,
            fs_text(py, p.pw_shell)?,
        ]
    };
    Ok(new_instance(py, &*passwd_type(py)?, v)?.into_object())
}

/// Looks an entry up by one of the reentrant functions, with a growing buffer; `None` if there is none.
pub fn look_up<T>(
    py: Python,
    f: impl Fn(*mut T, *mut c_char, usize, *mut *mut T) -> c_int,
    make: impl FnOnce(&T) -> PyResult,
) -> PyResult<Option<Py>> {
    let mut size = 1024usize;
    loop {
        let mut buf: Vec<u8> = vec![0; size];
        let p = buf.as_mut_ptr() as usize;
        let (status, record, found) = nogil!(py, {
            // SAFETY: zero is a valid value of these structs of pointers and numbers.
            let mut record: Box<T> = Box::new(unsafe { std::mem::zeroed() });
            let mut result: *mut T = std::ptr::null_mut();
            let status = f(&mut *record, p as *mut c_char, size, &mut result);
            (status, record, !result.is_null())
        });
        match status {
            libc::ERANGE if size < 1 << 26 => size *= 2,
            libc::ENOMEM => return Err(memory_error(py)),
            _ if !found => return Ok(None),
            _ => return make(&record).map(Some),
        }
    }
}

/// The user database.
#[pymodule(name = "pwd")]
pub mod pwd {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        module.as_object().setattr_str(py, "struct_passwd", passwd_type(py)?.as_object())
    }

    /// The entry of a user id.
    #[pyfunction]
    pub fn getpwuid(py: Python, uidobj: &PyObject) -> PyResult {
        let not_found = |py: Python, shown: String| match PyStr::new(
            py,
            &format!("getpwuid(): uid not found: {shown}"),
        ) {
            Ok(s) => key_error(py, &s),
            Err(e) => e,
        };
        let uid = match uid(py, uidobj) {
            Ok(u) => u,
            Err(e) => {
                drop(catch(py, e, &PyExc_OverflowError_Type)?);
                return Err(not_found(py, uidobj.str_(py)?.to_string_lossy()));
            }
        };
        // SAFETY: buffers as the function wants them; the strings live until `make` is done.
        let found = look_up(
            py,
            |r, b, n, out| unsafe { libc::getpwuid_r(uid, r, b, n, out) },
            |r: &libc::passwd| unsafe { entry(py, r) },
        )?;
        match found {
            Some(e) => Ok(e),
            None => Err(not_found(py, if uid == u32::MAX { "-1".into() } else { uid.to_string() })),
        }
    }

    /// The entry of a user name.
    #[pyfunction]
    pub fn getpwnam(py: Python, name: &PyStr) -> PyResult {
        let c = CString::new(runtime::fs::encode_str(py, name)?)
            .map_err(|_| value_error(py, "embedded null byte"))?;
        // SAFETY: as above.
        let found = look_up(
            py,
            |r, b, n, out| unsafe { libc::getpwnam_r(c.as_ptr(), r, b, n, out) },
            |r: &libc::passwd| unsafe { entry(py, r) },
        )?;
        match found {
            Some(e) => Ok(e),
            None => {
                let shown = name.repr(py)?.to_string_lossy();
                Err(key_error(py, &*PyStr::new(py, &format!("getpwnam(): name not found: {shown}"))?))
            }
        }
    }

    /// All entries.
    #[pyfunction]
    pub fn getpwall(py: Python) -> PyResult<Py<PyList>> {
        let list = PyList::empty(py)?;
        // SAFETY: the enumeration has one position for the process; it runs under the interpreter lock, and the entry is copied
        // before the next call.
        unsafe {
            libc::setpwent();
            while let Some(p) = libc::getpwent().as_ref() {
                match entry(py, p) {
                    Ok(e) => list.append(py, e)?,
                    Err(e) => {
                        libc::endpwent();
                        return Err(e);
                    }
                }
            }
            libc::endpwent();
        }
        Ok(list)
    }
}
