//! The life of a thread: starting, running its function, ending, being waited for.

use super::handle::{Inner, progress};
use super::state;
use runtime::prelude::*;
use runtime::state::{Thread, interpreter, threads};
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

/// The smallest stack a program may ask for.
pub(super) const MIN_STACK: usize = 53248;
/// Bytes a stack has beyond what was asked for: the room below the guard of `object::stack`, and for the frames of the
/// interpreter itself.
const EXTRA_STACK: usize = 512 * 1024;

/// All handles, for the child of a fork, where their threads are gone.
#[derive(Default)]
struct Handles(RefCell<Vec<Weak<Inner>>>);

/// Puts a handle into the list of all.
pub(super) fn remember(py: Python, handle: &Arc<Inner>) {
    let all = interpreter(py).module_state::<Handles>();
    let mut all = all.0.borrow_mut();
    if all.len() == all.capacity() {
        all.retain(|h| h.strong_count() > 0);
    }
    all.push(Arc::downgrade(handle));
}

/// The end of the interpreter no longer waits for this thread.
pub(super) fn forget(py: Python, handle: &Arc<Inner>) {
    state(py).waited_for.borrow_mut().retain(|h| !Arc::ptr_eq(h, handle));
}

/// In the child of a fork: all other threads have ended.
pub(super) fn after_fork(py: Python) -> PyResult<()> {
    let me = runtime::sync::thread_ident();
    let all = interpreter(py).module_state::<Handles>();
    for h in all.0.borrow().iter().filter_map(Weak::upgrade) {
        if h.ident() != me {
            h.lost_in_fork();
        }
    }
    state(py).waited_for.borrow_mut().retain(|h| h.ident() == me);
    Ok(())
}

/// What a new thread needs.
struct Boot {
    thread: &'static Thread,
    function: Py,
    args: Py<PyTuple>,
    kwargs: Option<Py<PyDict>>,
    handle: Arc<Inner>,
}

/// Starts a thread.
///
/// Errors: `RuntimeError` if the handle was used before or the system refuses, `PythonFinalizationError` at the end.
pub(super) fn start(
    py: Python,
    function: &PyObject,
    args: &PyTuple,
    kwargs: Option<&PyDict>,
    handle: &Arc<Inner>,
    daemon: bool,
) -> PyResult<()> {
    if interpreter(py).finalizing.get() {
        return Err(raise(
            py,
            &exceptions::PyExc_PythonFinalizationError_Type,
            "can't create new thread at interpreter shutdown",
        ));
    }
    if handle.progress() != progress::NOT_STARTED {
        return Err(runtime_error(py, "thread already started"));
    }
    handle.set_progress(progress::STARTING);
    if !daemon {
        state(py).waited_for.borrow_mut().push(handle.clone());
    }
    let thread = threads::create(py);
    let boot = Box::new(Boot {
        thread,
        function: function.owned(),
        args: args.owned(),
        kwargs: kwargs.map(|k| k.owned()),
        handle: handle.clone(),
    });
    let boot = Box::into_raw(boot);
    match spawn(state(py).stack_size.get(), boot as *mut c_void) {
        Some(ident) => {
            // The thread waits for the interpreter lock, so it finds this done.
            handle.set_running(ident as usize, true);
            Ok(())
        }
        None => {
            // SAFETY: no thread took it.
            drop(unsafe { Box::from_raw(boot) });
            forget(py, handle);
            threads::delete_unstarted(py, thread);
            handle.set_progress(progress::NOT_STARTED);
            Err(runtime_error(py, "can't start new thread"))
        }
    }
}

fn spawn(stack_size: usize, boot: *mut c_void) -> Option<libc::pthread_t> {
    // SAFETY: an initialised attribute object and a function of the right signature.
    unsafe {
        let mut attr: libc::pthread_attr_t = std::mem::zeroed();
        if libc::pthread_attr_init(&mut attr) != 0 {
            return None;
        }
        let mut size = stack_size;
        if size == 0 {
            libc::pthread_attr_getstacksize(&attr, &mut size);
        }
        let size = size.saturating_add(EXTRA_STACK).checked_next_multiple_of(4096);
        let set = size.is_some_and(|s| libc::pthread_attr_setstacksize(&mut attr, s) == 0);
        let mut ident: libc::pthread_t = 0;
        let r = if set { libc::pthread_create(&mut ident, &attr, run, boot) } else { -1 };
        libc::pthread_attr_destroy(&mut attr);
        if r == 0 { Some(ident) } else { None }
    }
}

/// The thread's first function.
extern "C" fn run(boot: *mut c_void) -> *mut c_void {
    // SAFETY: `start` gave the box away to this thread.
    let boot = unsafe { Box::from_raw(boot as *mut Boot) };
    let Boot { thread, function, args, kwargs, handle } = *boot;
    threads::bind(thread);
    // SAFETY: the state was made for this thread.
    let py = unsafe {
        runtime::state::attach(thread);
        Python::assume_attached()
    };
    state(py).running.fetch_add(1, Ordering::Relaxed);
    if let Err(e) = function.call_tuple_dict(py, &args, kwargs.as_deref()) {
        if matches(py, &exceptions::PyExc_SystemExit_Type) {
            drop(fetch(py, e));
        } else {
            report(py, e, &function);
        }
    }
    drop((function, args, kwargs));
    state(py).running.fetch_sub(1, Ordering::Relaxed);
    forget(py, &handle);
    threads::clear(py, thread);
    // SAFETY: no frame is left, and nothing below touches objects.
    unsafe { threads::delete_current(py) };
    handle.exiting.notify();
    null_mut()
}

fn report(py: Python, raised: Raised, function: &PyObject) {
    let exc = fetch(py, raised);
    let shown = match function.repr(py) {
        Ok(s) => s.to_string_lossy(),
        Err(_) => {
            drop(take(py));
            "<object repr() failed>".to_owned()
        }
    };
    let raised = raise_object(py, exc);
    write_unraisable(py, raised, Some(&format!("Exception ignored in thread started by {shown}")), None);
}

/// Waits for all threads that are not daemons; more may start meanwhile.
pub(super) fn shutdown(py: Python) -> PyResult<()> {
    let me = runtime::sync::thread_ident();
    loop {
        let next = state(py).waited_for.borrow().iter().find(|h| h.ident() != me).cloned();
        let Some(handle) = next else { return Ok(()) };
        handle.join(py, -1)?;
        forget(py, &handle);
    }
}
