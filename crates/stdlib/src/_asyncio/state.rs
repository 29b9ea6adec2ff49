//! What `_asyncio` keeps for an interpreter: the list of tasks, and classes and functions of the Python half.

use super::task::PyTask;
use runtime::prelude::*;
use runtime::state::{Thread, thread};
use runtime::types::exceptions::PyBaseException;

/// One for each interpreter; futures hold a reference, so that they find it at once.
pub struct State {
    cancelled_error: Slot<PyTypeObject>,
    invalid_state_error: Slot<PyTypeObject>,
    /// `('context',)`.
    context_kwname: Slot<PyTuple>,
    /// Types of coroutine-like objects that have been recognised.
    pub coroutine_types: Slot<PySet>,
    /// The number in the name of the next task.
    next_name: Cell<u64>,
    /// The tasks that are not done, a doubly linked list through the tasks.
    first: Cell<*const PyTask>,
}

impl Default for State {
    fn default() -> State {
        State {
            cancelled_error: Slot::empty(),
            invalid_state_error: Slot::empty(),
            context_kwname: Slot::empty(),
            coroutine_types: Slot::empty(),
            next_name: Cell::new(0),
            first: Cell::new(std::ptr::null()),
        }
    }
}

/// An attribute of a library module.
pub fn library(py: Python, module: &str, name: &str) -> PyResult {
    runtime::import::import_module(py, module)?.getattr_str(py, name)
}

fn class(py: Python, slot: &Slot<PyTypeObject>, name: &str) -> PyResult<Py<PyTypeObject>> {
    if let Some(c) = slot.get_owned() {
        return Ok(c);
    }
    let c = library(py, "asyncio.exceptions", name)?
        .downcast_into::<PyTypeObject>()
        .map_err(|_| type_error(py, format!("asyncio.exceptions.{name} is not a type")))?;
    slot.set(Some(c.clone()));
    Ok(c)
}

impl State {
    pub fn cancelled_error(&self, py: Python) -> PyResult<Py<PyTypeObject>> {
        class(py, &self.cancelled_error, "CancelledError")
    }

    /// Raises `InvalidStateError`.
    #[cold]
    pub fn invalid_state(&self, py: Python, message: &str) -> Raised {
        match class(py, &self.invalid_state_error, "InvalidStateError") {
            Ok(c) => raise(py, &c, message),
            Err(e) => e,
        }
    }

    /// `loop.call_soon(f, [arg,] context=context)`.
    pub fn call_soon(
        &self,
        py: Python,
        event_loop: &PyObject,
        f: &PyObject,
        arg: Option<&PyObject>,
        context: Option<&PyObject>,
    ) -> PyResult<()> {
        let name = intern!(py, "call_soon");
        let Some(context) = context else {
            return match arg {
                Some(a) => event_loop.call_method(py, name, &[f, a]),
                None => event_loop.call_method1(py, name, f),
            }
            .map(drop);
        };
        let names = match self.context_kwname.get_owned() {
            Some(n) => n,
            None => {
                let n = PyTuple::new(py, [intern!(py, "context").owned().into_object()])?;
                self.context_kwname.set(Some(n.clone()));
                n
            }
        };
        match arg {
            Some(a) => {
                runtime::abstract_::call::call_method_kw(py, event_loop, name, &[f, a, context], &names)
            }
            None => runtime::abstract_::call::call_method_kw(py, event_loop, name, &[f, context], &names),
        }
        .map(drop)
    }

    /// The number for a task's name.
    pub fn next_name(&self) -> u64 {
        let n = self.next_name.get() + 1;
        self.next_name.set(n);
        n
    }

    /// Adds a task to the list.
    pub fn link(&self, t: &PyTask) {
        if t.linked.replace(true) {
            return;
        }
        let first = self.first.replace(t);
        t.previous.set(std::ptr::null());
        t.next.set(first);
        // SAFETY: tasks take themselves out of the list before they go.
        if let Some(f) = unsafe { first.as_ref() } {
            f.previous.set(t);
        }
    }

    /// Takes a task out of the list.
    pub fn unlink(&self, t: &PyTask) {
        if !t.linked.replace(false) {
            return;
        }
        let (previous, next) = (t.previous.get(), t.next.get());
        // SAFETY: as above.
        unsafe {
            match previous.as_ref() {
                Some(p) => p.next.set(next),
                None => self.first.set(next),
            }
            if let Some(n) = next.as_ref() {
                n.previous.set(previous);
            }
        }
    }

    /// The tasks in the list that are not being destroyed.
    pub fn tasks(&self) -> Vec<Py<PyTask>> {
        let mut out = Vec::new();
        let mut at = self.first.get();
        // SAFETY: as above; nothing runs while they are gathered.
        while let Some(t) = unsafe { at.as_ref() } {
            if t.refcount() > 0 {
                out.push(t.owned());
            }
            at = t.next.get();
        }
        out
    }
}

/// The event loop that runs in the calling thread.
pub fn running_loop(py: Python) -> Option<Py> {
    thread(py).asyncio_running_loop.get_owned()
}

/// Checks that the loop is the one that runs in this thread.
fn check_loop<'a>(py: Python<'a>, event_loop: &PyObject) -> PyResult<&'a Thread> {
    let t = thread(py);
    if t.asyncio_running_loop.as_ptr() == event_loop.as_ptr() {
        return Ok(t);
    }
    let text = event_loop.repr(py)?.to_string_lossy();
    Err(runtime_error(py, format!("loop {text} is not the running loop")))
}

fn running_task_repr(py: Python, t: &Thread) -> PyResult<String> {
    match t.asyncio_running_task.get_owned() {
        Some(t) => Ok(t.repr(py)?.to_string_lossy()),
        None => Ok("None".to_owned()),
    }
}

/// Makes a task the running one.
pub fn enter_task(py: Python, event_loop: &PyObject, task: &PyObject) -> PyResult<()> {
    let t = check_loop(py, event_loop)?;
    if !t.asyncio_running_task.is_empty() {
        let (new, old) = (task.repr(py)?.to_string_lossy(), running_task_repr(py, t)?);
        return Err(runtime_error(
            py,
            format!("Cannot enter into task {new} while another task {old} is being executed."),
        ));
    }
    t.asyncio_running_task.set(Some(task.owned()));
    Ok(())
}

/// The running task has paused or ended.
pub fn leave_task(py: Python, event_loop: &PyObject, task: &PyObject) -> PyResult<()> {
    let t = check_loop(py, event_loop)?;
    if t.asyncio_running_task.as_ptr() != task.as_ptr() {
        let (new, old) = (task.repr(py)?.to_string_lossy(), running_task_repr(py, t)?);
        return Err(runtime_error(
            py,
            format!("Invalid attempt to leave task {new} while task {old} is entered."),
        ));
    }
    t.asyncio_running_task.set(None);
    Ok(())
}

/// Replaces the running task; the one before.
pub fn swap_task(py: Python, event_loop: &PyObject, task: Option<Py>) -> PyResult<Option<Py>> {
    Ok(check_loop(py, event_loop)?.asyncio_running_task.replace(task))
}

/// Puts an exception back that was pending, as the context of one raised since.
pub fn restore(py: Python, earlier: Py<PyBaseException>) -> Raised {
    if let Some(later) = take(py) {
        if !later.is(&earlier) {
            later.context.set(Some(earlier));
        }
        return raise_object(py, later);
    }
    raise_object(py, earlier)
}
