//! `_signal`: signals, timers and signal masks. What happens when a signal arrives is in `runtime::signals`.

mod mask;
mod timer;

use macros::pymodule;
use runtime::prelude::*;
use runtime::signals::{self, NSIG};
use runtime::state::interpreter;
use runtime::types::structseq::{self, Desc};
use std::ffi::c_int;
use std::rc::Rc;

static SIGINFO: Desc = Desc {
    name: "signal.struct_siginfo",
    doc: "What sigwaitinfo() and sigtimedwait() tell about a signal.",
    fields: &[
        Some("si_signo"),
        Some("si_code"),
        Some("si_errno"),
        Some("si_pid"),
        Some("si_uid"),
        Some("si_status"),
        Some("si_band"),
    ],
    visible: 7,
};

/// What the module keeps for an interpreter.
#[derive(Default)]
struct SignalModule {
    itimer_error: Slot<PyTypeObject>,
    siginfo: Slot<PyTypeObject>,
}

fn state(py: Python) -> Rc<SignalModule> {
    interpreter(py).module_state::<SignalModule>()
}

/// A signal number as an index.
fn number(py: Python, signum: c_int) -> PyResult<usize> {
    usize::try_from(signum)
        .ok()
        .filter(|n| (1..NSIG).contains(n))
        .ok_or_else(|| value_error(py, "signal number out of range"))
}

fn errno_error(py: Python) -> Raised {
    exceptions::raise_errno(py, None)
}

/// Signals: handlers, masks, timers, waiting.
#[pymodule(name = "_signal", parts(mask::part, timer::part))]
pub mod _signal {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        for (name, n) in [
            ("SIGHUP", libc::SIGHUP),
            ("SIGINT", libc::SIGINT),
            ("SIGQUIT", libc::SIGQUIT),
            ("SIGILL", libc::SIGILL),
            ("SIGTRAP", libc::SIGTRAP),
            ("SIGIOT", libc::SIGIOT),
            ("SIGABRT", libc::SIGABRT),
            ("SIGFPE", libc::SIGFPE),
            ("SIGKILL", libc::SIGKILL),
            ("SIGBUS", libc::SIGBUS),
            ("SIGSEGV", libc::SIGSEGV),
            ("SIGSYS", libc::SIGSYS),
            ("SIGPIPE", libc::SIGPIPE),
            ("SIGALRM", libc::SIGALRM),
            ("SIGTERM", libc::SIGTERM),
            ("SIGUSR1", libc::SIGUSR1),
            ("SIGUSR2", libc::SIGUSR2),
            ("SIGCLD", libc::SIGCHLD),
            ("SIGCHLD", libc::SIGCHLD),
            ("SIGPWR", libc::SIGPWR),
            ("SIGIO", libc::SIGIO),
            ("SIGURG", libc::SIGURG),
            ("SIGWINCH", libc::SIGWINCH),
            ("SIGPOLL", libc::SIGPOLL),
            ("SIGSTOP", libc::SIGSTOP),
            ("SIGTSTP", libc::SIGTSTP),
            ("SIGCONT", libc::SIGCONT),
            ("SIGTTIN", libc::SIGTTIN),
            ("SIGTTOU", libc::SIGTTOU),
            ("SIGVTALRM", libc::SIGVTALRM),
            ("SIGPROF", libc::SIGPROF),
            ("SIGXCPU", libc::SIGXCPU),
            ("SIGXFSZ", libc::SIGXFSZ),
            ("SIGRTMIN", libc::SIGRTMIN()),
            ("SIGRTMAX", libc::SIGRTMAX()),
            ("SIGSTKFLT", libc::SIGSTKFLT),
            ("NSIG", NSIG as c_int),
            ("SIG_DFL", 0),
            ("SIG_IGN", 1),
            ("SIG_BLOCK", libc::SIG_BLOCK),
            ("SIG_UNBLOCK", libc::SIG_UNBLOCK),
            ("SIG_SETMASK", libc::SIG_SETMASK),
            ("ITIMER_REAL", libc::ITIMER_REAL as c_int),
            ("ITIMER_VIRTUAL", libc::ITIMER_VIRTUAL as c_int),
            ("ITIMER_PROF", libc::ITIMER_PROF as c_int),
        ] {
            module.add(py, name, PyInt::from_i64(py, i64::from(n))?.as_object())?;
        }
        let st = state(py);
        let error = timer::error_class(py)?;
        module.add(py, "ItimerError", error.object())?;
        if st.siginfo.is_empty() {
            st.siginfo.set(Some(structseq::new_type(py, &SIGINFO)?.owned()));
        }
        if let Some(t) = st.siginfo.get_owned() {
            module.add(py, "struct_siginfo", t.object())?;
        }
        adopt_handlers(py, module)
    }

    /// Notes which handlers are in force. Ctrl-C gets its Python handler, unless somebody took care of it already.
    fn adopt_handlers(py: Python, module: &PyModule) -> PyResult<()> {
        let int_handler = module.as_object().getattr(py, intern!(py, "default_int_handler"))?;
        for n in 1..NSIG {
            let action = signals::native_action(n as c_int);
            let known = match action {
                Some(libc::SIG_DFL) => Some(0),
                Some(libc::SIG_IGN) => Some(1),
                _ => None,
            };
            let object = match known {
                Some(k) => PyInt::from_i64(py, k)?.into_object(),
                None => none().owned(),
            };
            signals::set_handler(py, n, Some(object));
        }
        let install = interpreter(py).config.borrow().install_signal_handlers;
        let n = libc::SIGINT as usize;
        if install && signals::handler(py, n).is_some_and(|h| signals::is_marker(&h, 0)) {
            signals::set_handler(py, n, Some(int_handler));
            signals::install_native(libc::SIGINT, signals::native_handler as *const () as libc::sighandler_t);
        }
        Ok(())
    }

    /// Raises KeyboardInterrupt. The handler of SIGINT unless another one is set.
    #[pyfunction(sig = "(signalnum, frame, /)")]
    pub fn default_int_handler(py: Python, _signalnum: c_int, _frame: &PyObject) -> PyResult<()> {
        Err(raise_with(py, &exceptions::PyExc_KeyboardInterrupt_Type, none()))
    }

    /// Sets what happens when a signal arrives: SIG_DFL, SIG_IGN, or a function of the signal's number and the frame
    /// that was interrupted. Returns what happened before. Only the main thread may do so.
    #[pyfunction(sig = "(signalnum, handler, /)")]
    pub fn signal(py: Python, signalnum: c_int, handler: &PyObject) -> PyResult {
        if !signals::is_main_thread(py) {
            return Err(value_error(py, "signal only works in main thread of the main interpreter"));
        }
        let n = number(py, signalnum)?;
        let action = if signals::is_marker(handler, 1) {
            libc::SIG_IGN
        } else if signals::is_marker(handler, 0) {
            libc::SIG_DFL
        } else if handler.is_callable() {
            signals::native_handler as *const () as libc::sighandler_t
        } else {
            return Err(type_error(
                py,
                "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object",
            ));
        };
        // What arrived so far still goes to the old handler.
        signals::check(py)?;
        if !signals::install_native(signalnum, action) {
            return Err(errno_error(py));
        }
        let kept = match action {
            libc::SIG_DFL => PyInt::from_i64(py, 0)?.into_object(),
            libc::SIG_IGN => PyInt::from_i64(py, 1)?.into_object(),
            _ => handler.owned(),
        };
        Ok(signals::set_handler(py, n, Some(kept)).unwrap_or_else(|| none().owned()))
    }

    /// What happens when a signal arrives: SIG_DFL, SIG_IGN, a function, or None if it was not set from Python.
    #[pyfunction(sig = "(signalnum, /)")]
    pub fn getsignal(py: Python, signalnum: c_int) -> PyResult {
        let n = number(py, signalnum)?;
        Ok(signals::handler(py, n).unwrap_or_else(|| none().owned()))
    }

    /// The system's description of a signal, None if it has none.
    #[pyfunction(sig = "(signalnum, /)")]
    pub fn strsignal(py: Python, signalnum: c_int) -> PyResult<Option<String>> {
        number(py, signalnum)?;
        // SAFETY: a static or thread-local string, copied at once.
        let text = unsafe {
            let p = libc::strsignal(signalnum);
            if p.is_null() {
                return Ok(None);
            }
            std::ffi::CStr::from_ptr(p).to_string_lossy().into_owned()
        };
        Ok(Some(text).filter(|t| !t.starts_with("Unknown signal")))
    }

    /// Sends a signal to the calling process.
    #[pyfunction(sig = "(signalnum, /)")]
    pub fn raise_signal(py: Python, signalnum: c_int) -> PyResult<()> {
        // SAFETY: a plain call.
        if runtime::state::release_gil(py, || unsafe { libc::raise(signalnum) }) != 0 {
            return Err(errno_error(py));
        }
        signals::check(py)
    }

    /// Says whether system calls that a signal interrupts are restarted by the system (flag is false) or return.
    #[pyfunction(sig = "(signalnum, flag, /)")]
    pub fn siginterrupt(py: Python, signalnum: c_int, flag: c_int) -> PyResult<()> {
        number(py, signalnum)?;
        // SAFETY: reads and changes one action.
        let r = unsafe {
            let mut sa: libc::sigaction = std::mem::zeroed();
            let mut r = libc::sigaction(signalnum, std::ptr::null(), &mut sa);
            if r == 0 {
                if flag != 0 {
                    sa.sa_flags &= !libc::SA_RESTART;
                } else {
                    sa.sa_flags |= libc::SA_RESTART;
                }
                r = libc::sigaction(signalnum, &sa, std::ptr::null_mut());
            }
            r
        };
        if r == 0 { Ok(()) } else { Err(errno_error(py)) }
    }

    /// Has the number of each signal written to a descriptor, as one byte; -1 to stop. Returns the old descriptor.
    ///
    /// The descriptor must not block. With warn_on_full_buffer, a full pipe is reported.
    #[pyfunction(sig = "(fd, /, *, warn_on_full_buffer=True)")]
    pub fn set_wakeup_fd(py: Python, fd: c_int, warn_on_full_buffer: bool) -> PyResult<c_int> {
        if !signals::is_main_thread(py) {
            return Err(value_error(py, "set_wakeup_fd only works in main thread of the main interpreter"));
        }
        if fd != -1 {
            // SAFETY: queries about a descriptor.
            let flags = unsafe {
                let mut st: libc::stat = std::mem::zeroed();
                if libc::fstat(fd, &mut st) != 0 { -1 } else { libc::fcntl(fd, libc::F_GETFL) }
            };
            if flags < 0 {
                return Err(errno_error(py));
            }
            if flags & libc::O_NONBLOCK == 0 {
                return Err(value_error(py, format!("the fd {fd} must be in non-blocking mode")));
            }
        }
        Ok(signals::set_wakeup_fd(fd, warn_on_full_buffer))
    }

    /// Sends a signal to the process that a descriptor stands for.
    #[pyfunction(sig = "(pidfd, signalnum, siginfo=None, flags=0, /)")]
    pub fn pidfd_send_signal(
        py: Python,
        pidfd: c_int,
        signalnum: c_int,
        siginfo: &PyObject,
        flags: i32,
    ) -> PyResult<()> {
        if !siginfo.is_none() {
            return Err(type_error(py, "siginfo must be None"));
        }
        let null = std::ptr::null::<libc::c_void>();
        // SAFETY: a plain system call.
        let r = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd, signalnum, null, flags) };
        if r < 0 { Err(errno_error(py)) } else { Ok(()) }
    }
}
