//! `_thread`: threads, locks and thread-local data.

pub mod handle;
pub mod local;
pub mod lock;
pub mod rlock;
mod start;

use handle::PyThreadHandle;
use local::PyLocal;
use lock::PyLock;
use macros::pymodule;
use rlock::PyRLock;
use runtime::prelude::*;
use runtime::types::structseq::{self, Desc};
use std::sync::atomic::AtomicUsize;

static EXCEPT_HOOK_ARGS: Desc = Desc {
    name: "_thread._ExceptHookArgs",
    doc: "ExceptHookArgs\n\nThe arguments of threading.excepthook.",
    fields: &[Some("exc_type"), Some("exc_value"), Some("exc_traceback"), Some("thread")],
    visible: 4,
};

/// What the module keeps for an interpreter.
#[derive(Default)]
pub(crate) struct ThreadModule {
    except_hook_args: Slot<PyTypeObject>,
    /// Threads started from Python that are running.
    running: AtomicUsize,
    /// Stack size for new threads; 0 is the platform's default.
    stack_size: Cell<usize>,
    /// Threads that the end of the interpreter waits for.
    waited_for: std::cell::RefCell<Vec<std::sync::Arc<handle::Inner>>>,
}

fn state(py: Python) -> std::rc::Rc<ThreadModule> {
    runtime::state::interpreter(py).module_state::<ThreadModule>()
}

/// Threads, locks and thread-local data; the base of the module threading.
#[pymodule(name = "_thread", types(PyLock, PyRLock, PyLocal, PyThreadHandle))]
pub mod _thread {
    use super::handle::Inner;
    use super::*;
    use runtime::errors::display;
    use runtime::state::{interpreter, threads};
    use runtime::{signals, sync};
    use std::sync::atomic::Ordering;

    #[pyattr]
    pub const TIMEOUT_MAX: f64 = 9223372036.0;
    #[pyattr]
    pub const _NAME_MAXLEN: i64 = 15;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        module.add(py, "LockType", PyLock::type_object().object())?;
        module.add(py, "error", exceptions::PyExc_RuntimeError_Type.object())?;
        let st = state(py);
        if st.except_hook_args.is_empty() {
            st.except_hook_args.set(Some(structseq::new_type(py, &EXCEPT_HOOK_ARGS)?.owned()));
        }
        if let Some(t) = st.except_hook_args.get_owned() {
            module.add(py, "_ExceptHookArgs", t.object())?;
        }
        threads::register_after_fork(py, start::after_fork);
        Ok(())
    }

    /// A new lock (allocate is an old synonym).
    #[pyfunction]
    pub fn allocate_lock(py: Python) -> PyResult<Py<PyLock>> {
        PyLock::new(py)
    }

    /// A new lock; an old synonym of allocate_lock.
    #[pyfunction]
    pub fn allocate(py: Python) -> PyResult<Py<PyLock>> {
        PyLock::new(py)
    }

    /// Starts a thread that calls function(*args, **kwargs), and returns its identifier.
    ///
    /// What the function returns is ignored. An exception other than SystemExit is reported and ends the thread.
    #[pyfunction(sig = "(function, args, kwargs={}, /)")]
    pub fn start_new_thread(
        py: Python,
        function: &PyObject,
        args: &PyObject,
        kwargs: Option<&PyObject>,
    ) -> PyResult<usize> {
        if !function.is_callable() {
            return Err(type_error(py, "first arg must be callable"));
        }
        let Some(args) = args.downcast::<PyTuple>() else {
            return Err(type_error(py, "2nd arg must be a tuple"));
        };
        let kwargs = match kwargs {
            None => None,
            Some(k) => match k.downcast::<PyDict>() {
                Some(d) => Some(d),
                None => return Err(type_error(py, "optional 3rd arg must be a dictionary")),
            },
        };
        let shown = kwargs.map_or(none(), |k| k.as_object());
        runtime::sys::hooks::audit(py, "_thread.start_new_thread", &[function, args, shown])?;
        let handle = Inner::new();
        start::start(py, function, args, kwargs, &handle, true)?;
        Ok(handle.ident())
    }

    /// Starts a thread; an old synonym of start_new_thread.
    #[pyfunction(sig = "(function, args, kwargs={}, /)")]
    pub fn start_new(
        py: Python,
        function: &PyObject,
        args: &PyObject,
        kwargs: Option<&PyObject>,
    ) -> PyResult<usize> {
        start_new_thread(py, function, args, kwargs)
    }

    /// Starts a thread that calls function(), and returns a handle to wait for it with.
    ///
    /// The end of the interpreter waits for threads that are not daemons.
    #[pyfunction(sig = "(function, handle=None, daemon=True)")]
    pub fn start_joinable_thread(
        py: Python,
        function: &PyObject,
        handle: Option<&PyObject>,
        daemon: bool,
    ) -> PyResult<Py<PyThreadHandle>> {
        if !function.is_callable() {
            return Err(type_error(py, "thread function must be callable"));
        }
        let given = handle.filter(|h| !h.is_none());
        let made = match given {
            None => PyThreadHandle::new(py)?,
            Some(h) => match h.downcast::<PyThreadHandle>() {
                Some(h) => h.owned(),
                None => return Err(type_error(py, "'handle' must be a _ThreadHandle")),
            },
        };
        let shown = given.unwrap_or(none());
        runtime::sys::hooks::audit(
            py,
            "_thread.start_joinable_thread",
            &[function, py_bool(daemon).as_object(), shown],
        )?;
        start::start(py, function, &PyTuple::empty(py), None, &made.inner, daemon)?;
        Ok(made)
    }

    /// May threads be daemons in this interpreter?
    #[pyfunction]
    pub fn daemon_threads_allowed(_py: Python) -> bool {
        true
    }

    /// Raises SystemExit, which ends the calling thread silently unless it is caught.
    #[pyfunction]
    pub fn exit(py: Python) -> PyResult<()> {
        Err(raise_with(py, &exceptions::PyExc_SystemExit_Type, none()))
    }

    /// Ends the calling thread; an old synonym of exit.
    #[pyfunction]
    pub fn exit_thread(py: Python) -> PyResult<()> {
        exit(py)
    }

    /// interrupt_main(signum=signal.SIGINT, /)
    ///
    /// Makes the main thread run the handler of a signal as if it had arrived.
    #[pyfunction(sig = "(signum=<unrepresentable>, /)", text = "($module, signum=signal.SIGINT, /)")]
    pub fn interrupt_main(py: Python, signum: Option<i32>) -> PyResult<()> {
        if signals::simulate(py, i64::from(signum.unwrap_or(libc::SIGINT))) {
            Ok(())
        } else {
            Err(value_error(py, "signal number out of range"))
        }
    }

    /// A number that identifies the calling thread among those that exist now.
    #[pyfunction]
    pub fn get_ident(_py: Python) -> usize {
        sync::thread_ident()
    }

    /// The operating system's number of the calling thread.
    #[pyfunction]
    pub fn get_native_id(_py: Python) -> i64 {
        // SAFETY: a query about the calling thread.
        unsafe { libc::syscall(libc::SYS_gettid) }
    }

    /// How many threads started from Python are running, without the main thread.
    #[pyfunction]
    pub fn _count(py: Python) -> usize {
        state(py).running.load(Ordering::Relaxed)
    }

    /// The stack size for new threads; sets it if a size is given. 0 is the platform's default.
    #[pyfunction(sig = "(size=0, /)")]
    pub fn stack_size(py: Python, size: isize) -> PyResult<usize> {
        let Ok(new) = usize::try_from(size) else {
            return Err(value_error(py, "size must be 0 or a positive value"));
        };
        let st = state(py);
        let old = st.stack_size.get();
        if new != 0 && new < start::MIN_STACK {
            return Err(value_error(py, format!("size must be at least {} bytes", start::MIN_STACK)));
        }
        st.stack_size.set(new);
        Ok(old)
    }

    /// The identifier of the main thread.
    #[pyfunction]
    pub fn _get_main_thread_ident(py: Python) -> u64 {
        // SAFETY: the main thread's state is never freed.
        unsafe { interpreter(py).main_thread.get().as_ref() }.map_or(0, |t| t.thread_id.get())
    }

    /// Is this the main interpreter?
    #[pyfunction]
    pub fn _is_main_interpreter(py: Python) -> bool {
        interpreter(py).id == 0
    }

    /// Waits for all threads that are not daemons.
    #[pyfunction]
    pub fn _shutdown(py: Python) -> PyResult<()> {
        start::shutdown(py)
    }

    /// A handle for a thread that runs already.
    #[pyfunction]
    pub fn _make_thread_handle(py: Python, ident: &PyObject) -> PyResult<Py<PyThreadHandle>> {
        let Some(n) = ident.downcast::<PyInt>() else {
            return Err(type_error(py, "ident must be an integer"));
        };
        let n = n.to_u64(py)?;
        let made = PyThreadHandle::new(py)?;
        made.inner.set_running(n as usize, false);
        Ok(made)
    }

    /// The calling thread's name in the operating system.
    #[pyfunction]
    pub fn _get_name(py: Python) -> PyResult<Py<PyStr>> {
        let mut name = [0u8; 16];
        // SAFETY: the kernel writes at most 16 bytes.
        if unsafe { libc::prctl(libc::PR_GET_NAME, name.as_mut_ptr()) } != 0 {
            return Err(exceptions::raise_errno(py, None));
        }
        let n = name.iter().position(|&b| b == 0).unwrap_or(name.len());
        runtime::fs::fs_decode(py, &name[..n])
    }

    /// Sets the calling thread's name in the operating system.
    #[pyfunction(sig = "(name)")]
    pub fn set_name(py: Python, name: &PyStr) -> PyResult<()> {
        let encoded = runtime::codecs::encode(py, name, "utf-8", "replace")?;
        let Some(bytes) = encoded.downcast::<PyBytes>() else { return Err(bad_internal_call(py)) };
        let mut buf = [0u8; 16];
        for (to, from) in buf.iter_mut().take(15).zip(bytes.as_bytes()) {
            *to = *from;
        }
        // SAFETY: a NUL-terminated name.
        if unsafe { libc::prctl(libc::PR_SET_NAME, buf.as_ptr()) } != 0 {
            return Err(exceptions::raise_errno(py, None));
        }
        Ok(())
    }

    /// Reports an exception that ended a thread.
    #[pyfunction(sig = "(args, /)")]
    pub fn _excepthook(py: Python, args: &PyObject) -> PyResult<()> {
        let ours = state(py).except_hook_args.get_owned();
        let items = match args.downcast::<PyTuple>() {
            Some(t) if ours.is_some_and(|ty| std::ptr::eq(args.ty(), &*ty)) => t.items(),
            _ => return Err(type_error(py, "_thread.excepthook argument type must be ExceptHookArgs")),
        };
        let &[ty, value, tb, thread] = items else { return Err(bad_internal_call(py)) };
        if ty.is(exceptions::PyExc_SystemExit_Type.object()) {
            return Ok(());
        }
        let file = match interpreter(py).sys_get(py, "stderr").filter(|f| !f.is_none()) {
            Some(f) => f,
            None if thread.is_none() => return Ok(()),
            None => {
                // The stream as it was when the thread was made.
                let f = thread.getattr(py, intern!(py, "_stderr"))?;
                if f.is_none() {
                    return Ok(());
                }
                f
            }
        };
        let name = if thread.is_none() { None } else { thread.getattr_opt(py, intern!(py, "name"))? };
        let name = match name {
            Some(n) => n.str_(py)?.to_string_lossy(),
            None => sync::thread_ident().to_string(),
        };
        let head = PyStr::new(py, &format!("Exception in thread {name}:\n"))?;
        file.call_method1(py, intern!(py, "write"), &head)?;
        display::print_exception(py, value, tb)?;
        file.call_method0(py, intern!(py, "flush"))?;
        Ok(())
    }
}
