//! `pystate.h`, and the half of `ceval.h` that attaches and detaches threads.

use crate::convert::*;
use runtime::prelude::*;
use runtime::state::{self, Interpreter, Thread, threads};
use std::cell::Cell;
use std::ffi::{c_int, c_ulong, c_void};
use std::ptr::null_mut;

type Ts = *mut Thread;

fn current() -> Ts {
    state::current_thread().map_or(null_mut(), |t| t as *const Thread as Ts)
}

#[cold]
fn fatal(function: &str) -> ! {
    eprintln!(
        "Fatal Python error: {function}: the function must be called with the GIL held, after Python initialization and before Python finalization, but the GIL is released (the current Python thread state is NULL)"
    );
    std::process::abort()
}

thread_local! {
    /// Attached by `PyGILState_Ensure` with a state made for the occasion.
    static FOREIGN: Cell<bool> = const { Cell::new(false) };
}

plain! {
    fn PyEval_SaveThread() -> Ts {
        if current().is_null() {
            fatal("PyEval_SaveThread");
        }
        state::detach() as Ts
    }
    fn PyEval_RestoreThread(t: Ts) {
        if t.is_null() {
            fatal("PyEval_RestoreThread");
        }
        // What the caller did without the lock may have set it.
        let errno = *object::libc::__errno_location();
        state::attach(t);
        *object::libc::__errno_location() = errno;
    }
    fn PyEval_AcquireThread(t: Ts) { PyEval_RestoreThread(t) }
    fn PyEval_ReleaseThread(_t: Ts) {
        PyEval_SaveThread();
    }
    fn PyEval_InitThreads() {}
    fn PyEval_ThreadsInitialized() -> c_int { 1 }
    fn PyEval_AcquireLock() {}
    fn PyEval_ReleaseLock() {}
    /// 0 was attached, 1 was not.
    fn PyGILState_Ensure() -> c_int {
        if let Some(t) = state::current_thread() {
            t.gilstate_counter.set(t.gilstate_counter.get() + 1);
            return 0;
        }
        match threads::bound_thread() {
            Some(t) => {
                state::attach(t);
                t.gilstate_counter.set(t.gilstate_counter.get() + 1);
            }
            None => {
                let Some(interp) = state::main_interpreter() else { fatal("PyGILState_Ensure") };
                let _ = threads::attach_new(interp);
                FOREIGN.set(true);
                if let Some(t) = state::current_thread() {
                    t.gilstate_counter.set(1);
                }
            }
        }
        1
    }
    fn PyGILState_Release(old: c_int) {
        let Some(t) = state::current_thread() else { fatal("PyGILState_Release") };
        let left = t.gilstate_counter.get() - 1;
        t.gilstate_counter.set(left);
        if left == 0 && FOREIGN.get() {
            let py = token();
            threads::clear(py, t);
            FOREIGN.set(false);
            threads::delete_current(py);
        } else if old == 1 {
            state::detach();
        }
    }
    fn PyGILState_Check() -> c_int { !current().is_null() as c_int }
    fn PyGILState_GetThisThreadState() -> Ts { threads::bound_thread().map_or(null_mut(), |t| t as *const Thread as Ts) }
    fn PyThreadState_Get() -> Ts {
        let t = current();
        if t.is_null() {
            fatal("PyThreadState_Get");
        }
        t
    }
    fn PyThreadState_GetUnchecked() -> Ts { current() }
    fn _PyThreadState_UncheckedGet() -> Ts { current() }
    fn _PyThreadState_GetCurrent() -> Ts { current() }
    fn PyThreadState_Swap(new: Ts) -> Ts {
        let old = current();
        if !old.is_null() {
            state::detach();
        }
        if !new.is_null() {
            state::attach(new);
        }
        old
    }
    fn PyThreadState_GetInterpreter(t: Ts) -> *mut Interpreter { (*t).interp.get() as *mut Interpreter }
    fn PyThreadState_GetID(t: Ts) -> u64 { (*t).id.get() }
    fn PyThreadState_GetDict() -> O {
        let Some(t) = state::current_thread() else { return null_mut() };
        if t.dict.is_empty() {
            match PyDict::new(token()) {
                Ok(d) => t.dict.set(Some(d.into_object())),
                Err(_) => {
                    drop(take(token()));
                    return null_mut();
                }
            }
        }
        t.dict.as_ptr()
    }
    fn _PyThreadState_GetDict(t: Ts) -> O {
        let _ = t;
        PyThreadState_GetDict()
    }
    fn PyThreadState_New(_interp: *mut Interpreter) -> Ts { threads::create(token()) as *const Thread as Ts }
    fn PyThreadState_Clear(t: Ts) { threads::clear(token(), &*t) }
    fn PyThreadState_Delete(t: Ts) { threads::delete_unstarted(token(), &*t) }
    fn PyThreadState_DeleteCurrent() { threads::delete_current(token()) }
    fn PyThreadState_SetAsyncExc(id: c_ulong, exc: O) -> c_int {
        threads::set_async_exc(token(), id, opt(exc)) as c_int
    }
    fn PyThreadState_EnterTracing(t: Ts) { (*t).tracing.set((*t).tracing.get() + 1) }
    fn PyThreadState_LeaveTracing(t: Ts) { (*t).tracing.set((*t).tracing.get() - 1) }
    fn PyThreadState_Next(t: Ts) -> Ts { (*t).next.get() as Ts }
    fn PyInterpreterState_ThreadHead(i: *mut Interpreter) -> Ts { (*i).threads.get() as Ts }
    fn PyInterpreterState_Get() -> *mut Interpreter { (*PyThreadState_Get()).interp.get() as *mut Interpreter }
    fn _PyInterpreterState_GET() -> *mut Interpreter { PyInterpreterState_Get() }
    fn PyInterpreterState_Main() -> *mut Interpreter { state::main_interpreter().map_or(null_mut(), |i| i as *const Interpreter as *mut Interpreter) }
    fn PyInterpreterState_Head() -> *mut Interpreter { state::main_interpreter().map_or(null_mut(), |i| i as *const Interpreter as *mut Interpreter) }
    fn PyInterpreterState_Next(_i: *mut Interpreter) -> *mut Interpreter { null_mut() }
    fn PyInterpreterState_GetID(i: *mut Interpreter) -> i64 {
        if i.is_null() {
            let _ = runtime_error(token(), "no interpreter provided");
            return -1;
        }
        (*i).id as i64
    }
    fn PyInterpreterState_GetDict(i: *mut Interpreter) -> O {
        let table = (*i).module_state::<InterpreterDict>();
        if table.0.is_empty() {
            match PyDict::new(token()) {
                Ok(d) => table.0.set(Some(d)),
                Err(_) => {
                    drop(take(token()));
                    return null_mut();
                }
            }
        }
        table.0.as_ptr()
    }
    fn PyUnstable_ThreadState_SetStackProtection(_t: Ts, _start: *mut c_void, _size: usize) -> c_int { 0 }
    fn PyUnstable_ThreadState_ResetStackProtection(_t: Ts) {}
    fn PyUnstable_AtExit(_i: *mut Interpreter, f: unsafe extern "C" fn(*mut c_void), arg: *mut c_void) -> c_int {
        crate::lifecycle::at_interpreter_exit(f, arg)
    }
    fn Py_AddPendingCall(f: unsafe extern "C" fn(*mut c_void) -> c_int, arg: *mut c_void) -> c_int {
        if runtime::interp::breaker::add_pending_call(f, arg) { 0 } else { -1 }
    }
    fn Py_MakePendingCalls() -> c_int { result(runtime::interp::breaker::make_pending_calls(token())) }
}

/// What `PyInterpreterState_GetDict` gives.
#[derive(Default)]
struct InterpreterDict(Slot<PyDict>);

// Without a build that runs without the lock, critical sections have nothing to do.
plain! {
    fn PyCriticalSection_Begin(_c: *mut c_void, _o: O) {}
    fn PyCriticalSection_BeginMutex(_c: *mut c_void, _m: *mut c_void) {}
    fn PyCriticalSection_End(_c: *mut c_void) {}
    fn PyCriticalSection2_Begin(_c: *mut c_void, _a: O, _b: O) {}
    fn PyCriticalSection2_BeginMutex(_c: *mut c_void, _a: *mut c_void, _b: *mut c_void) {}
    fn PyCriticalSection2_End(_c: *mut c_void) {}
}
