//! `_thread._ThreadHandle`: a thread to wait for.

use runtime::prelude::*;
use runtime::pytime::{self, Round};
use runtime::sync::{Event, thread_ident};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};

/// How far a thread has come.
pub mod progress {
    pub const NOT_STARTED: u8 = 1;
    pub const STARTING: u8 = 2;
    pub const RUNNING: u8 = 3;
    pub const DONE: u8 = 4;
}

/// What a thread and its handles share.
pub struct Inner {
    progress: AtomicU8,
    ident: AtomicUsize,
    /// There is a `pthread_t` nobody has joined or detached yet.
    joinable: AtomicBool,
    /// The thread has given up its state and is about to end.
    pub exiting: Event,
}

impl Inner {
    pub fn new() -> Arc<Inner> {
        Arc::new(Inner {
            progress: AtomicU8::new(progress::NOT_STARTED),
            ident: AtomicUsize::new(0),
            joinable: AtomicBool::new(false),
            exiting: Event::new(),
        })
    }

    pub fn ident(&self) -> usize {
        self.ident.load(Ordering::Relaxed)
    }

    pub fn progress(&self) -> u8 {
        self.progress.load(Ordering::Acquire)
    }

    pub fn set_progress(&self, p: u8) {
        self.progress.store(p, Ordering::Release)
    }

    /// The thread runs under this identity.
    pub fn set_running(&self, ident: usize, joinable: bool) {
        self.ident.store(ident, Ordering::Relaxed);
        self.joinable.store(joinable, Ordering::Relaxed);
        self.set_progress(progress::RUNNING);
    }

    fn check_started(&self, py: Python) -> PyResult<()> {
        if self.progress() < progress::RUNNING {
            Err(runtime_error(py, "thread not started"))
        } else {
            Ok(())
        }
    }

    /// Waits until the thread has ended, or for so many nanoseconds (negative: for ever).
    ///
    /// Errors: `RuntimeError` for the calling thread itself and for one that was not started; what signal handlers raise.
    pub fn join(&self, py: Python, timeout: i64) -> PyResult<()> {
        self.check_started(py)?;
        if !self.exiting.is_set() {
            if self.ident() == thread_ident() {
                return Err(runtime_error(py, "Cannot join current thread"));
            }
            // Other threads do not run Python code any more: it would never end.
            if runtime::state::interpreter(py).finalizing.get() {
                return Err(raise(
                    py,
                    &exceptions::PyExc_PythonFinalizationError_Type,
                    "cannot join thread at interpreter shutdown",
                ));
            }
        }
        if !self.exiting.wait(py, timeout)? {
            return Ok(());
        }
        self.reap(py);
        Ok(())
    }

    /// Joins the operating system's thread, which is at its end; once.
    fn reap(&self, py: Python) {
        if self.joinable.swap(false, Ordering::AcqRel) {
            let ident = self.ident() as libc::pthread_t;
            runtime::state::release_gil(py, || {
                // SAFETY: the flag says that the thread was neither joined nor detached.
                unsafe { libc::pthread_join(ident, std::ptr::null_mut()) }
            });
        }
        self.set_progress(progress::DONE);
    }

    /// The thread counts as ended.
    pub fn set_done(&self) {
        self.detach();
        self.set_progress(progress::DONE);
        self.exiting.notify();
    }

    /// Nobody will join the operating system's thread.
    fn detach(&self) {
        if self.joinable.swap(false, Ordering::AcqRel) {
            // SAFETY: the flag says that the thread was neither joined nor detached.
            unsafe { libc::pthread_detach(self.ident() as libc::pthread_t) };
        }
    }

    /// The thread is gone: only the one that called `fork` lives on in the child.
    pub fn lost_in_fork(&self) {
        self.joinable.store(false, Ordering::Relaxed);
        if self.progress() != progress::NOT_STARTED {
            self.set_progress(progress::DONE);
            self.exiting.notify();
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.detach();
    }
}

/// A handle of a thread.
#[repr(C)]
pub struct PyThreadHandle {
    pub ob_base: PyObject,
    pub inner: Arc<Inner>,
}

impl PyThreadHandle {
    pub fn new(py: Python) -> PyResult<Py<PyThreadHandle>> {
        let ty = PyThreadHandle::type_object();
        let inner = Inner::new();
        super::start::remember(py, &inner);
        new_object(py, ty, PyThreadHandle { ob_base: PyObject::header(ty), inner })
    }
}

/// A thread that was or will be started.
#[pytype(
    name = "_ThreadHandle",
    order = "join _set_done",
    module = "_thread",
    flags(HEAPTYPE, IMMUTABLETYPE),
    nosig
)]
impl PyThreadHandle {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        _cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyThreadHandle>> {
        PyThreadHandle::new(py)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(py, &format!("<{} object: ident={}>", tp_name(self), self.inner.ident()))
    }

    /// The thread's identifier.
    #[getter]
    fn ident(&self, py: Python) -> PyResult<Py<PyInt>> {
        PyInt::from_usize(py, self.inner.ident())
    }

    /// Waits until the thread has ended, or for the timeout.
    #[pymethod(sig = "(timeout=None, /)", nosig)]
    fn join(&self, py: Python, timeout: Option<&PyObject>) -> PyResult<()> {
        let ns = match timeout.filter(|t| !t.is_none()) {
            Some(t) => pytime::from_seconds(py, t, Round::Up)?,
            None => -1,
        };
        self.inner.clone().join(py, ns)
    }

    /// Has the thread ended?
    #[pymethod]
    fn is_done(&self) -> bool {
        self.inner.exiting.is_set()
    }

    #[pymethod(nodoc)]
    fn _set_done(&self, py: Python) -> PyResult<()> {
        self.inner.check_started(py)?;
        super::start::forget(py, &self.inner);
        self.inner.set_done();
        Ok(())
    }
}
