//! `_thread.lock`.

use runtime::prelude::*;
use runtime::pytime::{self, Round};
use runtime::sync::RawLock;

/// A lock.
#[repr(C)]
#[derive(Traverse)]
pub struct PyLock {
    pub ob_base: PyObject,
    #[traverse(skip)]
    pub weaklist: Cell<*mut PyObject>,
    #[traverse(skip)]
    pub lock: RawLock,
}

/// The arguments of `acquire` as nanoseconds to wait: 0 not at all, -1 for ever.
///
/// Errors: `ValueError` for combinations that make no sense, `OverflowError`.
pub(super) fn acquire_timeout(py: Python, blocking: bool, timeout: Option<&PyObject>) -> PyResult<i64> {
    const UNSET: i64 = -1_000_000_000;
    let ns = match timeout {
        Some(t) => pytime::from_seconds(py, t, Round::Up)?,
        None => UNSET,
    };
    if !blocking && ns != UNSET {
        return Err(value_error(py, "can't specify a timeout for a non-blocking call"));
    }
    if ns < 0 && ns != UNSET {
        return Err(value_error(py, "timeout value must be a non-negative number"));
    }
    if !blocking {
        return Ok(0);
    }
    if ns == UNSET {
        return Ok(-1);
    }
    if ns > 9_223_372_036_000_000_000 {
        return Err(overflow_error(py, "timeout value is too large"));
    }
    Ok(ns)
}

impl PyLock {
    pub fn new(py: Python) -> PyResult<Py<PyLock>> {
        let ty = PyLock::type_object();
        PyLock::make(py, ty)
    }

    fn make(py: Python, cls: &PyTypeObject) -> PyResult<Py<PyLock>> {
        new_object(
            py,
            cls,
            PyLock {
                ob_base: PyObject::header(cls),
                weaklist: Cell::new(std::ptr::null_mut()),
                lock: RawLock::new(),
            },
        )
    }
}

/// A lock: free or held. It has no owner; any thread may release it.
///
/// acquire() takes it, waiting until it is free; release() gives it back; locked() tells whether it is held.
#[pytype(name = "lock", order = "acquire_lock acquire release_lock release locked_lock", module = "_thread", flags(GC, HEAPTYPE, IMMUTABLETYPE), weaklistoffset = weaklist)]
impl PyLock {
    #[slot(tp_new, sig = "()")]
    fn tp_new(py: Python, cls: &PyTypeObject) -> PyResult<Py<PyLock>> {
        PyLock::make(py, cls)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let state = if self.lock.is_locked() { "locked" } else { "unlocked" };
        PyStr::new(py, &format!("<{state} {} object at {:p}>", tp_name(self), self))
    }

    /// Takes the lock; waits until it is free, or for the timeout, unless blocking is false. Was it taken?
    ///
    /// Waiting can be interrupted by signals.
    #[pymethod(sig = "(blocking=True, timeout=-1)")]
    fn acquire(&self, py: Python, blocking: bool, timeout: Option<&PyObject>) -> PyResult<bool> {
        let timeout = acquire_timeout(py, blocking, timeout)?;
        self.lock.acquire(py, timeout)
    }

    /// An old synonym of acquire().
    #[pymethod(sig = "(blocking=True, timeout=-1)")]
    fn acquire_lock(&self, py: Python, blocking: bool, timeout: Option<&PyObject>) -> PyResult<bool> {
        self.acquire(py, blocking, timeout)
    }

    /// Gives the lock back, so that a waiting thread can take it. Any thread may do so.
    #[pymethod]
    fn release(&self, py: Python) -> PyResult<()> {
        if self.lock.unlock() { Ok(()) } else { Err(runtime_error(py, "release unlocked lock")) }
    }

    /// An old synonym of release().
    #[pymethod]
    fn release_lock(&self, py: Python) -> PyResult<()> {
        self.release(py)
    }

    /// Is the lock held?
    #[pymethod]
    fn locked(&self) -> bool {
        self.lock.is_locked()
    }

    /// An old synonym of locked().
    #[pymethod]
    fn locked_lock(&self) -> bool {
        self.lock.is_locked()
    }

    /// Takes the lock.
    #[pymethod]
    fn __enter__(&self, py: Python) -> PyResult<bool> {
        self.lock.acquire(py, -1)
    }

    /// Releases the lock.
    #[pymethod(sig = "(*exc_info)")]
    fn __exit__(&self, py: Python, _exc_info: &[&PyObject]) -> PyResult<()> {
        self.release(py)
    }

    #[pymethod(nodoc)]
    fn _at_fork_reinit(&self) {
        self.lock.reset()
    }
}
