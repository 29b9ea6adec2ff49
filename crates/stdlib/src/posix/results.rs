//! The struct sequences of `posix`: `stat_result` and the others.

use crate::system::{float, int, module_state, set_type_attribute, uint};
use object::libc;
use object::typeobj::TUPLE_ITEMS;
use runtime::prelude::*;
use runtime::types::structseq::{Desc, new_instance, new_type};
use std::ptr::null_mut;

macro_rules! fields {
    ($($name:ident)*) => { &[$(Some(stringify!($name))),*] };
}

static STAT: Desc = Desc {
    name: "os.stat_result",
    doc: "What stat, fstat and lstat say about a file.\n\nA tuple of (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime), with the\nsame as attributes st_mode and so on, and some more as attributes only.",
    fields: &[
        Some("st_mode"),
        Some("st_ino"),
        Some("st_dev"),
        Some("st_nlink"),
        Some("st_uid"),
        Some("st_gid"),
        Some("st_size"),
        None,
        None,
        None,
        Some("st_atime"),
        Some("st_mtime"),
        Some("st_ctime"),
        Some("st_atime_ns"),
        Some("st_mtime_ns"),
        Some("st_ctime_ns"),
        Some("st_blksize"),
        Some("st_blocks"),
        Some("st_rdev"),
    ],
    visible: 10,
};
static STATVFS: Desc = Desc {
    name: "os.statvfs_result",
    doc: "What statvfs and fstatvfs say about a file system.",
    fields: fields!(f_bsize f_frsize f_blocks f_bfree f_bavail f_files f_ffree f_favail f_flag f_namemax f_fsid),
    visible: 10,
};
static TERMINAL_SIZE: Desc = Desc {
    name: "os.terminal_size",
    doc: "A tuple of (columns, lines) for holding terminal window size",
    fields: fields!(columns lines),
    visible: 2,
};
static SCHED_PARAM: Desc = Desc {
    name: "posix.sched_param",
    doc: "sched_param(sched_priority)\n--\n\nScheduling parameters; there is only one, sched_priority.",
    fields: fields!(sched_priority),
    visible: 1,
};
static TIMES: Desc = Desc {
    name: "posix.times_result",
    doc: "What os.times says: (user, system, children_user, children_system, elapsed).",
    fields: fields!(user system children_user children_system elapsed),
    visible: 5,
};
static UNAME: Desc = Desc {
    name: "posix.uname_result",
    doc: "What os.uname says: (sysname, nodename, release, version, machine).",
    fields: fields!(sysname nodename release version machine),
    visible: 5,
};
static WAITID: Desc = Desc {
    name: "posix.waitid_result",
    doc: "What os.waitid says: (si_pid, si_uid, si_signo, si_status, si_code).",
    fields: fields!(si_pid si_uid si_signo si_status si_code),
    visible: 5,
};

/// The types, made when the module is executed.
#[derive(Default)]
pub struct Types {
    pub stat: Slot<PyTypeObject>,
    pub statvfs: Slot<PyTypeObject>,
    pub terminal_size: Slot<PyTypeObject>,
    pub sched_param: Slot<PyTypeObject>,
    pub times: Slot<PyTypeObject>,
    pub uname: Slot<PyTypeObject>,
    pub waitid: Slot<PyTypeObject>,
}

/// Makes the types and adds them to the module.
pub fn add_types(py: Python, module: &PyModule) -> PyResult<()> {
    let st = module_state::<Types>(py);
    for (slot, desc) in [
        (&st.stat, &STAT),
        (&st.statvfs, &STATVFS),
        (&st.terminal_size, &TERMINAL_SIZE),
        (&st.sched_param, &SCHED_PARAM),
        (&st.times, &TIMES),
        (&st.uname, &UNAME),
        (&st.waitid, &WAITID),
    ] {
        if slot.is_empty() {
            let ty = new_type(py, desc)?;
            if std::ptr::eq(desc, &STAT) {
                ty.tp_new.set(Some(stat_new));
            }
            if std::ptr::eq(desc, &SCHED_PARAM) {
                ty.tp_new.set(Some(sched_param_new));
                let reduce = descr::PyMethodDescr::new(py, ty, &SCHED_PARAM_REDUCE)?;
                set_type_attribute(py, ty, "__reduce__", reduce.as_object())?;
            }
            slot.set(Some(ty.owned()));
        }
        if let Some(ty) = slot.get_owned() {
            let name = desc.name.rsplit('.').next().unwrap_or(desc.name);
            module.as_object().setattr_str(py, name, ty.as_object())?;
        }
    }
    Ok(())
}

/// An instance of one of the types.
pub fn make(py: Python, slot: impl Fn(&Types) -> &Slot<PyTypeObject>, values: Vec<Py>) -> PyResult {
    let st = module_state::<Types>(py);
    match slot(&st).get_owned() {
        Some(ty) => Ok(new_instance(py, &ty, values)?.into_object()),
        None => Err(system_error(py, "posix is not initialised")),
    }
}

/// Its pickle support fits its constructor.
static SCHED_PARAM_REDUCE: PyMethodDef = PyMethodDef {
    ml_name: c"__reduce__".as_ptr(),
    ml_meth: sched_param_reduce as *const std::ffi::c_void,
    ml_flags: meth::NOARGS,
    ml_doc: c"__reduce__($self, /)\n--\n\n".as_ptr(),
};

unsafe extern "C" fn sched_param_reduce(o: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: a method called attached with a live instance.
    let (py, o) = unsafe { (Python::assume_attached(), &*o) };
    let make = || -> PyResult<Py<PyTuple>> {
        let Some(t) = o.downcast::<PyTuple>() else { return Err(bad_internal_call(py)) };
        let args = PyTuple::from_slice(py, t.items())?;
        PyTuple::from_slice(py, &[o.ty().object(), args.as_object()])
    };
    make().map_or(null_mut(), Py::into_raw)
}

/// `sched_param(sched_priority)`, which takes the field itself instead of a sequence.
unsafe extern "C" fn sched_param_new(
    cls: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: `tp_new` runs attached with a class, a tuple and a dict or null.
    let r = unsafe {
        let py = Python::assume_attached();
        let kwargs = kwargs.as_ref().and_then(|k| k.downcast::<PyDict>());
        match (*args).downcast::<PyTuple>() {
            Some(args) => sched_param(py, &*cls, args, kwargs),
            None => Err(bad_internal_call(py)),
        }
    };
    r.map_or(null_mut(), Py::into_raw)
}

fn sched_param(py: Python, cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    let named = match kwargs {
        Some(k) => k.get_text(py, "sched_priority")?,
        None => None,
    };
    let extra = kwargs.map_or(0, |k| k.len());
    let value = match (args.items(), named) {
        ([v], None) if extra == 0 => v.owned(),
        ([], Some(v)) if extra == 1 => v,
        ([], None) if extra == 0 => {
            return Err(type_error(py, "sched_param() missing required argument 'sched_priority' (pos 1)"));
        }
        (a, _) if a.len() + extra > 1 => {
            return Err(type_error(
                py,
                format!("sched_param() takes at most 1 argument ({} given)", a.len() + extra),
            ));
        }
        _ => return Err(type_error(py, "sched_param() got an unexpected keyword argument")),
    };
    Ok(new_instance(py, cls, vec![value])?.into_object())
}

/// `stat_result(sequence)`: the times as floats are the integers where a short sequence lacks them.
unsafe extern "C" fn stat_new(
    cls: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    let st = {
        // SAFETY: `tp_new` runs attached.
        let py = unsafe { Python::assume_attached() };
        module_state::<Types>(py)
    };
    let Some(plain) = st.statvfs.get_owned().and_then(|t| t.tp_new.get()) else { return null_mut() };
    // SAFETY: all struct sequence types share one `tp_new`, which reads the number of fields from the class; the
    // object is fresh and has 19 items.
    unsafe {
        let o = plain(cls, args, kwargs);
        if o.is_null() {
            return o;
        }
        let items = (o as *mut u8).add(TUPLE_ITEMS) as *mut *mut PyObject;
        for i in 7..10 {
            let (whole, shown) = (*items.add(i), *items.add(i + 3));
            if !whole.is_null() && (shown.is_null() || (*shown).is(none())) {
                *items.add(i + 3) = (*whole).owned().into_raw();
                drop(Py::<PyObject>::from_raw_owned_or_opt(shown));
            }
        }
        o
    }
}

/// A `stat_result`.
pub fn stat_result(py: Python, s: &libc::stat) -> PyResult {
    let times = [(s.st_atime, s.st_atime_nsec), (s.st_mtime, s.st_mtime_nsec), (s.st_ctime, s.st_ctime_nsec)];
    let mut v = Vec::with_capacity(19);
    v.push(uint(py, s.st_mode as u64)?);
    v.push(uint(py, s.st_ino)?);
    v.push(uint(py, s.st_dev)?);
    v.push(uint(py, s.st_nlink)?);
    v.push(crate::system::id_object(py, s.st_uid)?);
    v.push(crate::system::id_object(py, s.st_gid)?);
    v.push(int(py, s.st_size)?);
    for (sec, _) in times {
        v.push(int(py, sec)?);
    }
    for (sec, nsec) in times {
        v.push(float(py, sec as f64 + 1e-9 * nsec as f64)?);
    }
    for (sec, nsec) in times {
        v.push(PyInt::from_i128(py, sec as i128 * 1_000_000_000 + nsec as i128)?.into_object());
    }
    v.push(int(py, s.st_blksize)?);
    v.push(int(py, s.st_blocks)?);
    v.push(uint(py, s.st_rdev)?);
    make(py, |t| &t.stat, v)
}

/// A `statvfs_result`.
pub fn statvfs_result(py: Python, s: &libc::statvfs) -> PyResult {
    let mut v = Vec::with_capacity(11);
    for n in [
        s.f_bsize,
        s.f_frsize,
        s.f_blocks,
        s.f_bfree,
        s.f_bavail,
        s.f_files,
        s.f_ffree,
        s.f_favail,
        s.f_flag,
        s.f_namemax,
        s.f_fsid,
    ] {
        v.push(uint(py, n)?);
    }
    make(py, |t| &t.statvfs, v)
}
