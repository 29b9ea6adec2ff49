//! The `resource` module: limits and use of the system's resources.

use crate::system::*;
use object::libc;
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::sys::hooks::audit;
use runtime::types::exceptions::*;
use runtime::types::structseq::{Desc, new_instance, new_type};

static RUSAGE: Desc = Desc {
    name: "resource.struct_rusage",
    doc: "The resources a process has used, as getrusage() says.",
    fields: &[
        Some("ru_utime"),
        Some("ru_stime"),
        Some("ru_maxrss"),
        Some("ru_ixrss"),
        Some("ru_idrss"),
        Some("ru_isrss"),
        Some("ru_minflt"),
        Some("ru_majflt"),
        Some("ru_nswap"),
        Some("ru_inblock"),
        Some("ru_oublock"),
        Some("ru_msgsnd"),
        Some("ru_msgrcv"),
        Some("ru_nsignals"),
        Some("ru_nvcsw"),
        Some("ru_nivcsw"),
    ],
    visible: 16,
};

#[derive(Default)]
struct State {
    rusage: Slot<PyTypeObject>,
}

fn rusage_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    let st = module_state::<State>(py);
    if let Some(t) = st.rusage.get_owned() {
        return Ok(t);
    }
    let t = new_type(py, &RUSAGE)?.owned();
    st.rusage.set(Some(t.clone()));
    Ok(t)
}

/// A `struct_rusage`.
pub fn usage_object(py: Python, u: &libc::rusage) -> PyResult {
    let seconds = |t: &libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 * 1e-6;
    let mut v = vec![float(py, seconds(&u.ru_utime))?, float(py, seconds(&u.ru_stime))?];
    for n in [
        u.ru_maxrss,
        u.ru_ixrss,
        u.ru_idrss,
        u.ru_isrss,
        u.ru_minflt,
        u.ru_majflt,
        u.ru_nswap,
        u.ru_inblock,
        u.ru_oublock,
        u.ru_msgsnd,
        u.ru_msgrcv,
        u.ru_nsignals,
        u.ru_nvcsw,
        u.ru_nivcsw,
    ] {
        v.push(int(py, n)?);
    }
    Ok(new_instance(py, &*rusage_type(py)?, v)?.into_object())
}

/// A limit; -1 stands for the largest number, "no limit".
fn limit(py: Python, o: &PyObject) -> PyResult<libc::rlim_t> {
    let n = number::index(py, o)?;
    match n.as_i64() {
        Some(v) if v < 0 && v != libc::RLIM_INFINITY as i64 => {
            Err(value_error(py, "Cannot convert negative int"))
        }
        Some(v) => Ok(v as libc::rlim_t),
        None => n.to_u64(py),
    }
}

fn limits(py: Python, o: &PyObject) -> PyResult<libc::rlimit> {
    let t = match o.downcast::<PyTuple>() {
        Some(t) => t.owned(),
        None => {
            if !runtime::abstract_::item::is_sequence(o) {
                return Err(type_error(py, format!("'{}' object is not iterable", type_name(o))));
            }
            o.to_tuple(py)?
        }
    };
    let &[soft, hard] = t.items() else {
        return Err(value_error(py, "expected a tuple of 2 integers"));
    };
    Ok(libc::rlimit { rlim_cur: limit(py, soft)?, rlim_max: limit(py, hard)? })
}

fn limits_object(py: Python, l: &libc::rlimit) -> PyResult<Py<PyTuple>> {
    PyTuple::new(py, [int(py, l.rlim_cur as i64)?, int(py, l.rlim_max as i64)?])
}

fn check_resource(py: Python, resource: i32) -> PyResult<libc::__rlimit_resource_t> {
    if (0..16).contains(&resource) {
        Ok(resource as libc::__rlimit_resource_t)
    } else {
        Err(value_error(py, "invalid resource specified"))
    }
}

/// Why setting a limit failed.
fn limit_error(py: Python) -> Raised {
    match errno() {
        libc::EINVAL => value_error(py, "current limit exceeds maximum limit"),
        libc::EPERM => value_error(py, "not allowed to raise maximum limit"),
        _ => os_error(py),
    }
}

/// Limits and use of the system's resources.
#[pymodule(name = "resource")]
pub mod resource {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        add_constants(
            py,
            module,
            constants! {
                RLIMIT_AS RLIMIT_CORE RLIMIT_CPU RLIMIT_DATA RLIMIT_FSIZE RLIMIT_MEMLOCK RLIMIT_MSGQUEUE RLIMIT_NICE
                RLIMIT_NOFILE RLIMIT_NPROC RLIMIT_RSS RLIMIT_RTPRIO RLIMIT_RTTIME RLIMIT_SIGPENDING RLIMIT_STACK
                RUSAGE_CHILDREN RUSAGE_SELF RUSAGE_THREAD RLIM_INFINITY
            },
        )?;
        add_constants(py, module, &[("RLIMIT_OFILE", libc::RLIMIT_NOFILE as i64)])?;
        module.as_object().setattr_str(py, "error", PyExc_OSError_Type.as_object())?;
        module.as_object().setattr_str(py, "struct_rusage", rusage_type(py)?.as_object())
    }

    /// The resources used by the process, its children or the thread.
    #[pyfunction]
    pub fn getrusage(py: Python, who: i32) -> PyResult {
        // SAFETY: the struct is filled in by the call.
        let (r, u) = unsafe {
            let mut u: libc::rusage = std::mem::zeroed();
            (libc::getrusage(who, &mut u), u)
        };
        if r == -1 {
            if errno() == libc::EINVAL {
                return Err(value_error(py, "invalid who parameter"));
            }
            return Err(os_error(py));
        }
        usage_object(py, &u)
    }

    /// The limits of a resource: (soft, hard).
    #[pyfunction]
    pub fn getrlimit(py: Python, resource: i32) -> PyResult<Py<PyTuple>> {
        let resource = check_resource(py, resource)?;
        let mut l = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: the struct is filled in by the call.
        checked(py, unsafe { libc::getrlimit(resource, &mut l) })?;
        limits_object(py, &l)
    }

    /// Sets the limits of a resource: (soft, hard).
    #[pyfunction]
    pub fn setrlimit(py: Python, resource: i32, limits: &PyObject) -> PyResult<()> {
        audit(py, "resource.setrlimit", &[&*int(py, resource as i64)?, limits])?;
        let resource = check_resource(py, resource)?;
        let l = super::limits(py, limits)?;
        // SAFETY: a complete struct.
        if unsafe { libc::setrlimit(resource, &l) } == -1 { Err(limit_error(py)) } else { Ok(()) }
    }

    /// Gets, and sets if given, the limits of a resource of any process.
    #[pyfunction(sig = "(pid, resource, limits=None, /)")]
    pub fn prlimit(py: Python, pid: i32, resource: i32, limits: &PyObject) -> PyResult<Py<PyTuple>> {
        audit(py, "resource.prlimit", &[&*int(py, pid as i64)?, &*int(py, resource as i64)?, limits])?;
        let resource = check_resource(py, resource)?;
        let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        let new = if limits.is_none() { None } else { Some(super::limits(py, limits)?) };
        let p = new.as_ref().map_or(std::ptr::null(), |l| l as *const _);
        // SAFETY: complete structs or null.
        if unsafe { libc::prlimit(pid, resource, p, &mut old) } == -1 {
            return Err(if errno() == libc::EINVAL { limit_error(py) } else { os_error(py) });
        }
        limits_object(py, &old)
    }

    /// The size of a page of memory.
    #[pyfunction]
    pub fn getpagesize(_py: Python) -> i64 {
        // SAFETY: takes a number.
        unsafe { libc::sysconf(libc::_SC_PAGESIZE) }
    }
}
