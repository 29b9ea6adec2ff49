//! The `grp` module: the group database.

use crate::pwd::look_up;
use crate::system::*;
use object::libc;
use runtime::prelude::*;
use runtime::types::structseq::{Desc, new_instance, new_type};
use std::ffi::CString;

static GROUP: Desc = Desc {
    name: "grp.struct_group",
    doc: "An entry of the group database, as getgr*() return it.",
    fields: &[Some("gr_name"), Some("gr_passwd"), Some("gr_gid"), Some("gr_mem")],
    visible: 4,
};

#[derive(Default)]
struct State {
    group: Slot<PyTypeObject>,
}

fn group_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    let st = module_state::<State>(py);
    if let Some(t) = st.group.get_owned() {
        return Ok(t);
    }
    let t = new_type(py, &GROUP)?.owned();
    st.group.set(Some(t.clone()));
    Ok(t)
}

/// An entry as an object.
///
/// # Safety
/// The pointers of the entry are C strings, those of the members in a table that ends with null.
unsafe fn entry(py: Python, g: &libc::group) -> PyResult {
    let members = PyList::empty(py)?;
    // SAFETY: the caller's promise.
    let v = unsafe {
        let mut m = g.gr_mem;
        while !m.is_null() && !(*m).is_null() {
            members.append(py, fs_text(py, *m)?)?;
            m = m.add(1);
        }
        vec![
            fs_text(py, g.gr_name)?,
            if g.gr_passwd.is_null() { none().owned() } else { fs_text(py, g.gr_passwd)? },
            id_object(py, g.gr_gid)?,
            members.into_object(),
        ]
    };
    Ok(new_instance(py, &*group_type(py)?, v)?.into_object())
}

/// The group database.
#[pymodule(name = "grp")]
pub mod grp {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        module.as_object().setattr_str(py, "struct_group", group_type(py)?.as_object())
    }

    /// The entry of a group id.
    #[pyfunction(sig = "(id)")]
    pub fn getgrgid(py: Python, id: &PyObject) -> PyResult {
        let gid = gid(py, id)?;
        // SAFETY: buffers as the function wants them; the strings live until `make` is done.
        let found = look_up(
            py,
            |r, b, n, out| unsafe { libc::getgrgid_r(gid, r, b, n, out) },
            |r: &libc::group| unsafe { entry(py, r) },
        )?;
        match found {
            Some(e) => Ok(e),
            None => {
                let shown = id_object(py, gid)?.str_(py)?.to_string_lossy();
                Err(key_error(py, &*PyStr::new(py, &format!("getgrgid(): gid not found: {shown}"))?))
            }
        }
    }

    /// The entry of a group name.
    #[pyfunction(sig = "(name)")]
    pub fn getgrnam(py: Python, name: &PyStr) -> PyResult {
        let c = CString::new(runtime::fs::encode_str(py, name)?)
            .map_err(|_| value_error(py, "embedded null byte"))?;
        // SAFETY: as above.
        let found = look_up(
            py,
            |r, b, n, out| unsafe { libc::getgrnam_r(c.as_ptr(), r, b, n, out) },
            |r: &libc::group| unsafe { entry(py, r) },
        )?;
        match found {
            Some(e) => Ok(e),
            None => {
                let shown = name.repr(py)?.to_string_lossy();
                Err(key_error(py, &*PyStr::new(py, &format!("getgrnam(): name not found: {shown}"))?))
            }
        }
    }

    /// All entries.
    #[pyfunction]
    pub fn getgrall(py: Python) -> PyResult<Py<PyList>> {
        let list = PyList::empty(py)?;
        // SAFETY: the enumeration has one position for the process; it runs under the interpreter lock, and the entry is copied
        // before the next call.
        unsafe {
            libc::setgrent();
            while let Some(g) = libc::getgrent().as_ref() {
                match entry(py, g) {
                    Ok(e) => list.append(py, e)?,
                    Err(e) => {
                        libc::endgrent();
                        return Err(e);
                    }
                }
            }
            libc::endgrent();
        }
        Ok(list)
    }
}
