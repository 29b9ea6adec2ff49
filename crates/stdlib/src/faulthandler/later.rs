//! The watchdog of `dump_traceback_later`: a thread of its own, which needs no interpreter lock.

use super::dump::Out;
use runtime::prelude::*;
use runtime::pytime::{self, Round};
use runtime::state::{interpreter, release_gil};
use runtime::sync::{Event, Wait, monotonic_ns};
use std::cell::RefCell;
use std::ffi::c_int;
use std::mem::zeroed;
use std::sync::Arc;
use std::thread::JoinHandle;

/// The watchdog that is running.
#[derive(Default)]
struct Watchdog {
    running: RefCell<Option<(Arc<Event>, JoinHandle<()>)>>,
    /// Keeps the file open.
    file: Slot,
}

/// The timeout argument.
pub(super) fn microseconds(py: Python, timeout: &PyObject) -> PyResult<u64> {
    let ns = pytime::from_seconds(py, timeout, Round::Up)?;
    let us = Round::Up.divide(ns, 1000);
    match u64::try_from(us) {
        Ok(us) if us > 0 => Ok(us),
        _ => Err(value_error(py, "timeout must be greater than 0")),
    }
}

fn heading(out: Out, us: u64) {
    let (s, us) = (us / 1_000_000, us % 1_000_000);
    out.text("Timeout (");
    out.decimal(s / 3600, 1);
    out.text(":");
    out.decimal(s / 60 % 60, 2);
    out.text(":");
    out.decimal(s % 60, 2);
    if us != 0 {
        out.text(".");
        out.decimal(us, 6);
    }
    out.text(")!\n");
}

fn watch(cancelled: &Event, us: u64, repeat: bool, fd: c_int, exit: bool) {
    // Signals are for the other threads.
    // SAFETY: an initialised set.
    unsafe {
        let mut set: libc::sigset_t = zeroed();
        libc::sigfillset(&mut set);
        libc::pthread_sigmask(libc::SIG_SETMASK, &set, std::ptr::null_mut());
    }
    let out = Out(fd);
    loop {
        let deadline =
            monotonic_ns().saturating_add(i64::try_from(us).unwrap_or(i64::MAX).saturating_mul(1000));
        loop {
            match cancelled.wait_until(Some(deadline)) {
                Wait::Done => return,
                Wait::TimedOut => break,
                Wait::Interrupted => {}
            }
        }
        heading(out, us);
        super::dump::all_threads(out, super::first_thread(), None, false);
        if exit {
            // SAFETY: ends the process.
            unsafe { libc::_exit(1) };
        }
        if !repeat {
            return;
        }
    }
}

/// Starts a watchdog in place of the one there may be.
pub(super) fn start(
    py: Python,
    us: u64,
    repeat: bool,
    fd: c_int,
    file: Option<Py>,
    exit: bool,
) -> PyResult<()> {
    super::remember_interpreter(py);
    cancel(py);
    let st = interpreter(py).module_state::<Watchdog>();
    st.file.set(file);
    let event = Arc::new(Event::new());
    let for_thread = event.clone();
    let made = std::thread::Builder::new().spawn(move || watch(&for_thread, us, repeat, fd, exit));
    match made {
        Ok(handle) => {
            *st.running.borrow_mut() = Some((event, handle));
            Ok(())
        }
        Err(_) => Err(runtime_error(py, "unable to start watchdog thread")),
    }
}

/// Stops the watchdog.
pub(super) fn cancel(py: Python) {
    let st = interpreter(py).module_state::<Watchdog>();
    let running = st.running.take();
    if let Some((event, handle)) = running {
        event.notify();
        // It ends at once, whatever it ends with.
        let _ = release_gil(py, || handle.join());
    }
    st.file.set(None);
}
