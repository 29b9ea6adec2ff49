//! The `_multiprocessing` module: semaphores that processes share.

use crate::system::*;
use object::libc;
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::signals;
use runtime::types::exceptions::*;
use std::ffi::{CString, c_int};
use std::mem::MaybeUninit;

const RECURSIVE_MUTEX: c_int = 0;
const SEMAPHORE: c_int = 1;

/// A semaphore of the system, or a lock that its thread may take again.
#[repr(C)]
pub struct PySemLock {
    pub ob_base: PyObject,
    handle: Cell<usize>,
    last_thread: Cell<u64>,
    count: Cell<c_int>,
    maxvalue: c_int,
    kind: c_int,
    label: Option<CString>,
}

impl Drop for PySemLock {
    fn drop(&mut self) {
        let p = self.sem();
        if !p.is_null() {
            // SAFETY: opened by this object, or handed over to it.
            unsafe { libc::sem_close(p) };
        }
    }
}

impl PySemLock {
    fn sem(&self) -> *mut libc::sem_t {
        self.handle.get() as *mut libc::sem_t
    }

    fn make(
        py: Python,
        cls: &PyTypeObject,
        handle: usize,
        kind: c_int,
        maxvalue: c_int,
        label: Option<CString>,
    ) -> PyResult<Py<PySemLock>> {
        let value = PySemLock {
            ob_base: PyObject::header(cls),
            handle: Cell::new(handle),
            last_thread: Cell::new(0),
            count: Cell::new(0),
            maxvalue,
            kind,
            label,
        };
        new_object(py, cls, value)
    }

    fn mine(&self) -> bool {
        self.count.get() > 0 && self.last_thread.get() == runtime::sync::thread_ident() as u64
    }

    fn value(&self, py: Python) -> PyResult<c_int> {
        let mut v = 0;
        // SAFETY: an open semaphore.
        checked(py, unsafe { libc::sem_getvalue(self.sem(), &mut v) })?;
        Ok(v.max(0))
    }

    /// Waits for the semaphore; false when the time is over.
    fn take(&self, py: Python, block: bool, timeout: Option<&PyObject>) -> PyResult<bool> {
        if self.kind == RECURSIVE_MUTEX && self.mine() {
            self.count.set(self.count.get().saturating_add(1));
            return Ok(true);
        }
        let deadline = match timeout {
            Some(t) => Some(deadline(py, number::as_f64(py, t)?.max(0.0))?),
            None => None,
        };
        let sem = self.handle.get();
        // SAFETY: an open semaphore, which this object keeps open; it is alive for the call.
        let mut r = signals::retry(py, || unsafe { libc::sem_trywait(sem as *mut _) })?;
        if block && r == Err(libc::EAGAIN) {
            r = match deadline {
                // SAFETY: see above.
                None => signals::retry(py, || unsafe { libc::sem_wait(sem as *mut _) })?,
                // SAFETY: see above.
                Some(d) => signals::retry(py, || unsafe { libc::sem_timedwait(sem as *mut _, &d) })?,
            };
        }
        match r {
            Ok(_) => {
                self.count.set(self.count.get().saturating_add(1));
                self.last_thread.set(runtime::sync::thread_ident() as u64);
                Ok(true)
            }
            Err(libc::EAGAIN | libc::ETIMEDOUT) => Ok(false),
            Err(e) => Err(raise_errno_with(py, e, None, None)),
        }
    }

    fn give(&self, py: Python) -> PyResult<()> {
        if self.kind == RECURSIVE_MUTEX {
            if !self.mine() {
                return Err(assertion_error(py, "attempt to release recursive lock not owned by thread"));
            }
            if self.count.get() > 1 {
                self.count.set(self.count.get() - 1);
                return Ok(());
            }
        } else if self.value(py)? >= self.maxvalue {
            return Err(value_error(py, "semaphore or lock released too many times"));
        }
        // SAFETY: an open semaphore.
        checked(py, unsafe { libc::sem_post(self.sem()) })?;
        self.count.set(self.count.get().saturating_sub(1));
        Ok(())
    }
}

/// The time so many seconds from now, by the clock that semaphores go by.
fn deadline(py: Python, seconds: f64) -> PyResult<libc::timespec> {
    let mut now = MaybeUninit::<libc::timespec>::zeroed();
    // SAFETY: the struct is filled in by the call.
    let now = unsafe {
        checked(py, libc::clock_gettime(libc::CLOCK_REALTIME, now.as_mut_ptr()))?;
        now.assume_init()
    };
    let whole = seconds.trunc();
    let nanos = now.tv_nsec + ((seconds - whole) * 1e9) as i64;
    Ok(libc::timespec {
        tv_sec: now.tv_sec.saturating_add(whole as i64).saturating_add(nanos / 1_000_000_000),
        tv_nsec: nanos % 1_000_000_000,
    })
}

/// A semaphore or lock that processes share.
#[pytype(
    name = "SemLock",
    module = "_multiprocessing",
    flags(BASETYPE, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO, OWN_SETATTRO),
    nosig
)]
impl PySemLock {
    #[slot(tp_new, sig = "(kind, value, maxvalue, name, unlink)")]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        kind: i32,
        value: i32,
        maxvalue: i32,
        name: &str,
        unlink: bool,
    ) -> PyResult<Py<PySemLock>> {
        if kind != RECURSIVE_MUTEX && kind != SEMAPHORE {
            return Err(value_error(py, "unrecognized kind"));
        }
        let c = CString::new(name).map_err(|_| value_error(py, "embedded null character"))?;
        // SAFETY: a C string.
        let p = unsafe { libc::sem_open(c.as_ptr(), libc::O_CREAT | libc::O_EXCL, 0o600 as c_int, value) };
        if p == libc::SEM_FAILED {
            return Err(os_error(py));
        }
        // SAFETY: a C string.
        if unlink && unsafe { libc::sem_unlink(c.as_ptr()) } < 0 {
            let e = os_error(py);
            // SAFETY: opened just now.
            unsafe { libc::sem_close(p) };
            return Err(e);
        }
        Self::make(py, cls, p as usize, kind, maxvalue, if unlink { None } else { Some(c) })
    }

    /// Takes the semaphore or lock.
    #[pymethod(sig = "(block=True, timeout=None)")]
    fn acquire(&self, py: Python, block: bool, timeout: Option<&PyObject>) -> PyResult<bool> {
        self.take(py, block, timeout.filter(|t| !t.is_none()))
    }

    /// Gives the semaphore or lock back.
    #[pymethod]
    fn release(&self, py: Python) -> PyResult<()> {
        self.give(py)
    }

    /// Takes the semaphore or lock.
    #[pymethod]
    fn __enter__(&self, py: Python) -> PyResult<bool> {
        self.take(py, true, None)
    }

    /// Gives the semaphore or lock back.
    #[pymethod(sig = "(exc_type=None, exc_value=None, exc_tb=None, /)")]
    fn __exit__(
        &self,
        py: Python,
        exc_type: &PyObject,
        exc_value: &PyObject,
        exc_tb: &PyObject,
    ) -> PyResult<()> {
        let _ = (exc_type, exc_value, exc_tb);
        self.give(py)
    }

    /// How often this process has taken it and not given it back.
    #[pymethod]
    fn _count(&self) -> i32 {
        self.count.get()
    }

    /// Does this thread own the lock?
    #[pymethod]
    fn _is_mine(&self) -> bool {
        self.mine()
    }

    /// The semaphore's value.
    #[pymethod]
    fn _get_value(&self, py: Python) -> PyResult<i32> {
        self.value(py)
    }

    /// Is the semaphore's value zero?
    #[pymethod]
    fn _is_zero(&self, py: Python) -> PyResult<bool> {
        Ok(self.value(py)? == 0)
    }

    #[classmethod(nodoc)]
    fn _rebuild(
        cls: &PyTypeObject,
        py: Python,
        handle: u64,
        kind: i32,
        maxvalue: i32,
        name: Option<&str>,
    ) -> PyResult<Py<PySemLock>> {
        let Some(name) = name else {
            return Self::make(py, cls, handle as usize, kind, maxvalue, None);
        };
        let c = CString::new(name).map_err(|_| value_error(py, "embedded null character"))?;
        // SAFETY: a C string.
        let p = unsafe { libc::sem_open(c.as_ptr(), 0) };
        if p == libc::SEM_FAILED {
            return Err(os_error(py));
        }
        Self::make(py, cls, p as usize, kind, maxvalue, Some(c))
    }

    /// The child of a fork has taken nothing.
    #[pymethod]
    fn _after_fork(&self) {
        self.count.set(0)
    }

    #[getter]
    fn handle(&self, py: Python) -> PyResult {
        uint(py, self.handle.get() as u64)
    }

    #[getter]
    fn kind(&self) -> i32 {
        self.kind
    }

    #[getter]
    fn maxvalue(&self) -> i32 {
        self.maxvalue
    }

    #[getter]
    fn name(&self) -> Option<String> {
        self.label.as_ref().map(|l| l.to_string_lossy().into_owned())
    }
}

/// Semaphores that processes share.
#[pymodule(name = "_multiprocessing", types(PySemLock))]
pub mod _multiprocessing {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let ty = PySemLock::type_object();
        let max = int(py, c_int::MAX as i64)?;
        set_type_attribute(py, ty, "SEM_VALUE_MAX", &max)?;
        let flags = PyDict::new(py)?;
        for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
            flags.set_text(py, name, &*int(py, 1)?)?;
        }
        module.add(py, "flags", flags.as_object())
    }

    /// Removes the name of a semaphore.
    #[pyfunction(nodoc)]
    pub fn sem_unlink(py: Python, name: &str) -> PyResult<()> {
        let c = CString::new(name).map_err(|_| value_error(py, "embedded null character"))?;
        // SAFETY: a C string.
        checked(py, unsafe { libc::sem_unlink(c.as_ptr()) }).map(drop)
    }
}
