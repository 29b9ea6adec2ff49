//! `_thread.RLock`.

use super::lock::acquire_timeout;
use runtime::prelude::*;
use runtime::sync::OwnedLock;

/// A lock that its owner can take again.
#[repr(C)]
#[derive(Traverse)]
pub struct PyRLock {
    pub ob_base: PyObject,
    #[traverse(skip)]
    pub weaklist: Cell<*mut PyObject>,
    #[traverse(skip)]
    pub lock: OwnedLock,
}

/// A lock with an owner, who may take it several times and must release it as often.
#[pytype(name = "RLock", order = "acquire release locked _is_owned _acquire_restore _release_save _recursion_count", module = "_thread", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE), weaklistoffset = weaklist, nosig)]
impl PyRLock {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyRLock>> {
        new_object(
            py,
            cls,
            PyRLock {
                ob_base: PyObject::header(cls),
                weaklist: Cell::new(std::ptr::null_mut()),
                lock: OwnedLock::new(),
            },
        )
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let l = &self.lock;
        let state = if l.is_locked() { "locked" } else { "unlocked" };
        let text = format!(
            "<{state} {} object owner={} count={} at {:p}>",
            tp_name(self),
            l.owner(),
            l.depth(),
            self
        );
        PyStr::new(py, &text)
    }

    /// Takes the lock; the owner once more. Waits until it is free, or for the timeout, unless blocking is false.
    /// Was it taken?
    #[pymethod(sig = "(blocking=True, timeout=-1)")]
    fn acquire(&self, py: Python, blocking: bool, timeout: Option<&PyObject>) -> PyResult<bool> {
        let timeout = acquire_timeout(py, blocking, timeout)?;
        self.lock.acquire(py, timeout)
    }

    /// Gives the lock back once. The last time makes it free.
    #[pymethod]
    fn release(&self, py: Python) -> PyResult<()> {
        self.lock.release(py)
    }

    /// Is the lock held by any thread?
    #[pymethod]
    fn locked(&self) -> bool {
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
        self.lock.release(py)
    }

    /// Does the calling thread hold the lock?
    #[pymethod]
    fn _is_owned(&self) -> bool {
        self.lock.is_owned()
    }

    /// How often the calling thread took the lock.
    #[pymethod]
    fn _recursion_count(&self) -> usize {
        if self.lock.is_owned() { self.lock.depth() } else { 0 }
    }

    /// Gives the lock back altogether; what _acquire_restore() needs.
    #[pymethod]
    fn _release_save(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let Some((depth, owner)) = self.lock.save() else {
            return Err(runtime_error(py, "cannot release un-acquired lock"));
        };
        let depth = PyInt::from_usize(py, depth)?.into_object();
        let owner = PyInt::from_usize(py, owner)?.into_object();
        PyTuple::new(py, [depth, owner])
    }

    /// Takes the lock back as it was before _release_save().
    #[pymethod(sig = "(state, /)")]
    fn _acquire_restore(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let Some(t) = state.downcast::<PyTuple>() else {
            let got = type_name(state);
            return Err(type_error(
                py,
                format!("_acquire_restore() argument 1 must be 2-item tuple, not {got}"),
            ));
        };
        let &[depth, owner] = t.items() else {
            let n = t.len();
            return Err(type_error(
                py,
                format!("_acquire_restore() argument 1 must be tuple of length 2, not {n}"),
            ));
        };
        let number = |o: &PyObject| runtime::abstract_::number::index(py, o)?.to_usize(py);
        self.lock.restore(py, number(depth)?, number(owner)?);
        Ok(())
    }

    #[pymethod(nodoc)]
    fn _at_fork_reinit(&self) {
        self.lock.reset()
    }
}
