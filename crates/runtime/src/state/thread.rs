//! A thread's state. Begins with the fields of `PyThreadState` (`Include/cpython/pystate.h`) in CPython's order, because
//! compiled extensions read them.

use super::interpreter::Interpreter;
use super::threads::ThreadEnd;
use crate::interp::dispatch::LoopExit;
use crate::interp::frame::Frame;
use crate::types::exceptions::{PyBaseException, PyExc_MemoryError_Type};
use object::{Py, PyObject, Python, Raised, Slot};
use std::cell::{Cell, RefCell};
use std::ffi::{c_int, c_ulong, c_void};
use std::mem::offset_of;
use std::ptr;
use std::rc::Weak;

/// `_PyErr_StackItem`: one level of "the exception being handled". Generators own one each.
#[repr(C)]
pub struct ExcStackItem {
    pub exc_value: Slot<PyObject>,
    pub previous_item: Cell<*const ExcStackItem>,
}

impl ExcStackItem {
    pub const fn new() -> ExcStackItem {
        ExcStackItem { exc_value: Slot::empty(), previous_item: Cell::new(ptr::null()) }
    }
}

impl Default for ExcStackItem {
    fn default() -> Self {
        Self::new()
    }
}

/// Bits of [`Thread::eval_breaker`] (`pycore_ceval.h`); the bits above [`breaker::VERSION_SHIFT`] are the instrumentation version.
pub mod breaker {
    pub const GIL_DROP_REQUEST: usize = 1 << 0;
    pub const SIGNALS_PENDING: usize = 1 << 1;
    pub const CALLS_TO_DO: usize = 1 << 2;
    pub const ASYNC_EXCEPTION: usize = 1 << 3;
    pub const GC_SCHEDULED: usize = 1 << 4;
    pub const VERSION_SHIFT: u32 = 8;
    pub const EVENTS_MASK: usize = (1 << VERSION_SHIFT) - 1;
}

/// `PyThreadState`.
#[repr(C)]
pub struct Thread {
    pub prev: Cell<*const Thread>,
    pub next: Cell<*const Thread>,
    pub interp: Cell<*const Interpreter>,
    /// Written by other threads and signal handlers through [`Thread::request`]; read by plain loads.
    pub eval_breaker: Cell<usize>,
    pub status: Cell<u32>,
    pub holds_gil: Cell<c_int>,
    pub whence: Cell<c_int>,
    pub state: Cell<c_int>,
    pub py_recursion_remaining: Cell<c_int>,
    pub py_recursion_limit: Cell<c_int>,
    pub recursion_headroom: Cell<c_int>,
    pub tracing: Cell<c_int>,
    pub what_event: Cell<c_int>,
    pub current_frame: Cell<*mut Frame>,
    pub c_profilefunc: Cell<*const c_void>,
    pub c_tracefunc: Cell<*const c_void>,
    pub c_profileobj: Slot,
    pub c_traceobj: Slot,
    /// The pending exception.
    pub current_exception: Slot<PyBaseException>,
    /// Innermost level of handled exceptions; never null once the thread runs.
    pub exc_info: Cell<*const ExcStackItem>,
    pub dict: Slot,
    pub gilstate_counter: Cell<c_int>,
    pub async_exc: Slot,
    pub thread_id: Cell<c_ulong>,
    pub native_thread_id: Cell<c_ulong>,
    pub delete_later: Cell<*mut PyObject>,
    pub critical_section: Cell<usize>,
    pub coroutine_origin_tracking_depth: Cell<c_int>,
    pub async_gen_firstiter: Slot,
    pub async_gen_finalizer: Slot,
    pub context: Slot,
    pub context_ver: Cell<u64>,
    pub id: Cell<u64>,
    pub datastack_chunk: Cell<*mut c_void>,
    pub datastack_top: Cell<*mut *mut PyObject>,
    pub datastack_limit: Cell<*mut *mut PyObject>,
    pub exc_state: ExcStackItem,
    pub current_executor: Cell<*mut PyObject>,
    pub dict_global_version: Cell<u64>,
    pub threading_local_key: Slot,
    pub threading_local_sentinel: Slot,
    // Ours from here on.
    /// A chunk of the data stack kept for the next call that needs one.
    pub datastack_cached_chunk: Cell<*mut c_void>,
    /// The `MemoryError` that is raised when none can be allocated.
    pub spare_memory_error: Slot<PyBaseException>,
    /// Handle from `_thread`, released when the thread ends.
    pub on_exit: Slot,
    /// The event loop that runs in this thread, and its running task (`_asyncio`).
    pub asyncio_running_loop: Slot,
    pub asyncio_running_task: Slot,
    /// Who wants to know when this thread ends.
    pub at_end: RefCell<Vec<Weak<dyn ThreadEnd>>>,
    /// How the innermost interpreter loop was left.
    pub loop_exit: LoopExit,
}

const _: () = {
    assert!(offset_of!(Thread, eval_breaker) == 24);
    assert!(offset_of!(Thread, current_frame) == 72);
    assert!(offset_of!(Thread, current_exception) == 112);
    assert!(offset_of!(Thread, exc_info) == 120);
};

impl Thread {
    /// A new state for `interp`, not yet current anywhere. Boxed: its address is its identity.
    pub fn new(interp: *const Interpreter, id: u64, recursion_limit: c_int) -> Box<Thread> {
        let t = Box::new(Thread {
            prev: Cell::new(ptr::null()),
            next: Cell::new(ptr::null()),
            interp: Cell::new(interp),
            eval_breaker: Cell::new(0),
            status: Cell::new(1),
            holds_gil: Cell::new(0),
            whence: Cell::new(0),
            state: Cell::new(0),
            py_recursion_remaining: Cell::new(recursion_limit),
            py_recursion_limit: Cell::new(recursion_limit),
            recursion_headroom: Cell::new(0),
            tracing: Cell::new(0),
            what_event: Cell::new(-1),
            current_frame: Cell::new(ptr::null_mut()),
            c_profilefunc: Cell::new(ptr::null()),
            c_tracefunc: Cell::new(ptr::null()),
            c_profileobj: Slot::empty(),
            c_traceobj: Slot::empty(),
            current_exception: Slot::empty(),
            exc_info: Cell::new(ptr::null()),
            dict: Slot::empty(),
            gilstate_counter: Cell::new(1),
            async_exc: Slot::empty(),
            thread_id: Cell::new(0),
            native_thread_id: Cell::new(0),
            delete_later: Cell::new(ptr::null_mut()),
            critical_section: Cell::new(0),
            coroutine_origin_tracking_depth: Cell::new(0),
            async_gen_firstiter: Slot::empty(),
            async_gen_finalizer: Slot::empty(),
            context: Slot::empty(),
            context_ver: Cell::new(1),
            id: Cell::new(id),
            datastack_chunk: Cell::new(ptr::null_mut()),
            datastack_top: Cell::new(ptr::null_mut()),
            datastack_limit: Cell::new(ptr::null_mut()),
            exc_state: ExcStackItem::new(),
            current_executor: Cell::new(ptr::null_mut()),
            dict_global_version: Cell::new(0),
            threading_local_key: Slot::empty(),
            threading_local_sentinel: Slot::empty(),
            datastack_cached_chunk: Cell::new(ptr::null_mut()),
            spare_memory_error: Slot::empty(),
            on_exit: Slot::empty(),
            asyncio_running_loop: Slot::empty(),
            asyncio_running_task: Slot::empty(),
            at_end: RefCell::new(Vec::new()),
            loop_exit: LoopExit::new(),
        });
        t.exc_info.set(&t.exc_state);
        t
    }

    /// The exception that `sys.exception()` gives: the innermost one being handled.
    pub fn handled_exception(&self) -> Option<Py<PyBaseException>> {
        let mut item = self.exc_info.get();
        // SAFETY: the chain consists of the thread's own item and items of generators that are running on this thread.
        while let Some(i) = unsafe { item.as_ref() } {
            let v = i.exc_value.as_ptr();
            if !v.is_null() && !ptr::eq(v, crate::singletons::none()) {
                return i.exc_value.get_owned()?.downcast_into::<PyBaseException>().ok();
            }
            item = i.previous_item.get();
        }
        None
    }

    /// Sets event bits of the eval breaker. Callable from any thread and from signal handlers.
    pub fn request(&self, bits: usize) {
        // Asked for again and again by allocations past the collector's threshold: most often the bits are there.
        if self.breaker_atomic().load(std::sync::atomic::Ordering::Relaxed) & bits != bits {
            self.breaker_atomic().fetch_or(bits, std::sync::atomic::Ordering::Relaxed);
        }
    }

    /// Clears event bits.
    pub fn clear_request(&self, bits: usize) {
        self.breaker_atomic().fetch_and(!bits, std::sync::atomic::Ordering::Relaxed);
    }

    fn breaker_atomic(&self) -> &std::sync::atomic::AtomicUsize {
        // SAFETY: same size and alignment; all concurrent writers go through this view.
        unsafe { &*(&self.eval_breaker as *const Cell<usize> as *const std::sync::atomic::AtomicUsize) }
    }

    /// Raises the `MemoryError` kept for the purpose.
    #[cold]
    pub fn raise_memory_error(&self, py: Python) -> Raised {
        if let Some(e) =
            self.spare_memory_error.take().or_else(|| PyBaseException::bare(py, &PyExc_MemoryError_Type))
        {
            self.current_exception.set(Some(e));
        }
        Raised::pending()
    }
}

impl Thread {
    /// Notes which OS thread this state belongs to.
    pub fn bind_to_current_os_thread(&self) {
        // SAFETY: queries about the calling thread.
        unsafe {
            self.thread_id.set(object::libc::pthread_self() as c_ulong);
            self.native_thread_id.set(object::libc::syscall(object::libc::SYS_gettid) as c_ulong);
        }
    }
}
