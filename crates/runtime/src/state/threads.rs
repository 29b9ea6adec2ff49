//! Thread states: making, listing, binding to an operating system's thread, and giving them up.
//!
//! The list belongs to the interpreter and is changed by attached threads only.

use super::gil;
use super::{Interpreter, Thread, interpreter, thread};
use object::{Py, PyObject, PyResult, Python};
use std::cell::Cell;
use std::ptr;

thread_local! {
    /// The state that belongs to this thread, attached or not.
    static BOUND: Cell<*const Thread> = const { Cell::new(ptr::null()) };
}

/// The state that belongs to the calling thread (`PyGILState_GetThisThreadState`).
pub fn bound_thread() -> Option<&'static Thread> {
    // SAFETY: null or a state that has not been given up.
    unsafe { BOUND.get().as_ref() }
}

/// What wants to know when a thread ends: thread-local data.
pub trait ThreadEnd {
    /// The thread with this [`Thread::id`] is ending.
    fn thread_ended(&self, id: u64);
}

fn link(interp: &Interpreter, t: &'static Thread) {
    // Code the thread runs must be instrumented for what is being watched.
    t.request(crate::interp::instrument::current_version(interp));
    let head = interp.threads.get();
    t.next.set(head);
    t.prev.set(ptr::null());
    // SAFETY: states in the list are alive.
    if let Some(h) = unsafe { head.as_ref() } {
        h.prev.set(t);
    }
    interp.threads.set(t);
}

fn unlink(interp: &Interpreter, t: &Thread) {
    // SAFETY: neighbours in the list are alive.
    unsafe {
        match t.prev.get().as_ref() {
            Some(p) => p.next.set(t.next.get()),
            None => interp.threads.set(t.next.get()),
        }
        if let Some(n) = t.next.get().as_ref() {
            n.prev.set(t.prev.get());
        }
    }
    t.prev.set(ptr::null());
    t.next.set(ptr::null());
}

/// A new state of the current interpreter, in its list, for a thread that is about to start.
pub fn create(py: Python) -> &'static Thread {
    let interp = interpreter(py);
    let id = interp.next_thread_id.get();
    interp.next_thread_id.set(id + 1);
    let t: &'static Thread = Box::leak(Thread::new(interp, id, thread(py).py_recursion_limit.get()));
    link(interp, t);
    t
}

/// Ties a state to the calling thread, which attaches with it from now on.
pub fn bind(t: &'static Thread) {
    object::stack::init_thread();
    t.bind_to_current_os_thread();
    BOUND.set(t);
}

/// Attaches a thread that Python does not know yet; what C code calls back from threads of its own.
///
/// # Safety
/// The interpreter lives on; the calling thread has no state.
pub unsafe fn attach_new(interp: &'static Interpreter) -> Python<'static> {
    let t: &'static Thread = Box::leak(Thread::new(interp, 0, 1000));
    bind(t);
    // SAFETY: the state was made for this thread.
    let py = unsafe {
        gil::attach(t);
        Python::assume_attached()
    };
    let id = interp.next_thread_id.get();
    interp.next_thread_id.set(id + 1);
    t.id.set(id);
    link(interp, t);
    py
}

/// Every thread's state, newest first.
pub fn all(py: Python) -> Vec<&'static Thread> {
    let mut v = Vec::new();
    let mut t = interpreter(py).threads.get();
    // SAFETY: states in the list are alive, and the list does not change meanwhile.
    while let Some(x) = unsafe { t.as_ref() } {
        v.push(x);
        t = x.next.get();
    }
    v
}

/// Drops what a thread holds (`PyThreadState_Clear`). Runs Python code.
pub fn clear(_py: Python, t: &Thread) {
    let listeners = t.at_end.take();
    for l in listeners.iter().filter_map(|l| l.upgrade()) {
        l.thread_ended(t.id.get());
    }
    t.dict.set(None);
    t.async_exc.set(None);
    t.current_exception.set(None);
    t.exc_state.exc_value.set(None);
    t.c_profilefunc.set(ptr::null());
    t.c_tracefunc.set(ptr::null());
    t.c_profileobj.set(None);
    t.c_traceobj.set(None);
    t.async_gen_firstiter.set(None);
    t.async_gen_finalizer.set(None);
    t.context.set(None);
    t.threading_local_key.set(None);
    t.threading_local_sentinel.set(None);
    t.spare_memory_error.set(None);
    t.on_exit.set(None);
    t.asyncio_running_loop.set(None);
    t.asyncio_running_task.set(None);
}

/// Gives up the calling thread's state, which has been cleared, and detaches for good.
///
/// # Safety
/// The token is not used afterwards, and no frame of the thread is left.
pub unsafe fn delete_current(py: Python) {
    let t = thread(py);
    unlink(interpreter(py), t);
    crate::interp::datastack::clear(t);
    BOUND.set(ptr::null());
    gil::detach();
    // SAFETY: made by `Box::leak` in this module, out of the list, not current any more.
    drop(unsafe { Box::from_raw(t as *const Thread as *mut Thread) });
}

/// Gives up a state that never ran.
pub fn delete_unstarted(py: Python, t: &'static Thread) {
    clear(py, t);
    unlink(interpreter(py), t);
    // SAFETY: as above; no thread was ever bound to it.
    drop(unsafe { Box::from_raw(t as *const Thread as *mut Thread) });
}

/// Leaves only the calling thread, in the child of a fork. The others' states are cleared.
pub fn after_fork(py: Python) {
    let me = thread(py);
    let interp = interpreter(py);
    let gone: Vec<_> = all(py).into_iter().filter(|t| !ptr::eq(*t, me)).collect();
    for t in &gone {
        unlink(interp, t);
    }
    me.bind_to_current_os_thread();
    // The event loop goes on in the parent only.
    let running = (me.asyncio_running_loop.take(), me.asyncio_running_task.take());
    interp.main_thread.set(me);
    crate::signals::set_main_thread(me);
    crate::signals::clear_pending();
    for t in gone {
        // The memory stays: frames of the vanished thread are still referenced from its data stack.
        clear(py, t);
    }
    drop(running);
}

/// Makes the threads with this identity raise an exception at their next safepoint, or takes such a request back
/// (`PyThreadState_SetAsyncExc`). How many threads were changed.
pub fn set_async_exc(py: Python, ident: u64, exc: Option<&PyObject>) -> usize {
    use object::PyLayout;
    let found = all(py).into_iter().find(|t| t.thread_id.get() == ident);
    match found {
        None => 0,
        Some(t) => {
            let old: Option<Py> = t.async_exc.replace(exc.map(PyLayout::owned));
            t.request(super::breaker::ASYNC_EXCEPTION);
            drop(old);
            1
        }
    }
}

type AfterFork = fn(Python) -> PyResult<()>;

/// What modules want done in the child of a fork.
#[derive(Default)]
struct ForkHooks(std::cell::RefCell<Vec<AfterFork>>);

/// Has `f` called in the child of every fork, after the thread states are in order.
pub fn register_after_fork(py: Python, f: AfterFork) {
    let hooks = interpreter(py).module_state::<ForkHooks>();
    let mut hooks = hooks.0.borrow_mut();
    if !hooks.iter().any(|g| *g as usize == f as usize) {
        hooks.push(f);
    }
}

/// Everything the child of a fork must do before Python code runs (`PyOS_AfterFork_Child`).
///
/// # Safety
/// Called in the child right after `fork` by the thread that was attached.
pub unsafe fn after_fork_in_child(py: Python) {
    // SAFETY: the caller's promise.
    unsafe { gil::after_fork_in_child(py) };
    after_fork(py);
    let hooks = interpreter(py).module_state::<ForkHooks>().0.borrow().clone();
    for f in hooks {
        if let Err(e) = f(py) {
            crate::errors::write_unraisable(py, e, None, None);
        }
    }
}
