//! `_asyncio`: futures, tasks and the running event loop, what `asyncio` would otherwise do in Python.

mod future;
mod iter;
mod state;
mod step;
mod task;

use future::{PyFuture, Status};
use runtime::prelude::*;
use runtime::state::thread;
use state::{State, library, running_loop};
use task::PyTask;

/// The running loop, or what the event loop policy gives.
fn current_event_loop(py: Python) -> PyResult {
    match running_loop(py) {
        Some(l) => Ok(l),
        None => {
            let policy = library(py, "asyncio.events", "_get_event_loop_policy")?.call0(py)?;
            policy.call_method0(py, intern!(py, "get_event_loop"))
        }
    }
}

fn no_loop(py: Python) -> Raised {
    runtime_error(py, "no running event loop")
}

/// The attributes of `asyncio.tasks` in which tasks of other types are kept.
const SCHEDULED: &str = "_scheduled_tasks";
const EAGER: &str = "_eager_tasks";

/// Adds a task of another type to, or takes it out of, one of the sets of the Python half.
fn change(py: Python, set: &str, method: &str, task: &PyObject) -> PyResult<()> {
    library(py, "asyncio.tasks", set)?.call_method1(py, &*PyStr::new(py, method)?, task).map(drop)
}

/// What asyncio needs to be fast.
#[pymodule(
    name = "_asyncio",
    types(future::PyFuture, task::PyTask),
    hidden_types(iter::PyFutureIter, step::PyTaskStep)
)]
pub mod _asyncio {
    use super::*;

    /// The event loop that runs in this thread, or None.
    #[pyfunction]
    pub fn _get_running_loop(py: Python) -> Option<Py> {
        running_loop(py)
    }

    /// Sets the event loop that runs in this thread. For the use of event loops only.
    #[pyfunction]
    pub fn _set_running_loop(py: Python, loop_: &PyObject) {
        let new = if loop_.is_none() { None } else { Some(loop_.owned()) };
        thread(py).asyncio_running_loop.set(new);
    }

    /// The event loop that runs in this thread; otherwise that of the policy.
    #[pyfunction(text = "($module, /)")]
    pub fn get_event_loop(py: Python) -> PyResult {
        current_event_loop(py)
    }

    /// The event loop that runs in this thread. RuntimeError is raised if there is none.
    #[pyfunction(text = "($module, /)")]
    pub fn get_running_loop(py: Python) -> PyResult {
        running_loop(py).ok_or_else(|| no_loop(py))
    }

    /// The task that is running, or None.
    #[pyfunction(sig = "(loop=None)")]
    pub fn current_task(py: Python, loop_: &PyObject) -> PyResult<Option<Py>> {
        let t = thread(py);
        let wanted =
            if loop_.is_none() { running_loop(py).ok_or_else(|| no_loop(py))? } else { loop_.owned() };
        if t.asyncio_running_loop.as_ptr() == wanted.as_ptr() {
            return Ok(t.asyncio_running_task.get_owned());
        }
        // The loop may run in another thread.
        let other = runtime::state::threads::all(py)
            .into_iter()
            .find(|t| t.asyncio_running_loop.as_ptr() == wanted.as_ptr());
        Ok(other.and_then(|t| t.asyncio_running_task.get_owned()))
    }

    /// The set of all tasks of an event loop that are not done.
    #[pyfunction(sig = "(loop=None)")]
    pub fn all_tasks(py: Python, loop_: &PyObject) -> PyResult<Py<PySet>> {
        let wanted =
            if loop_.is_none() { running_loop(py).ok_or_else(|| no_loop(py))? } else { loop_.owned() };
        let all = PySet::new(py)?;
        // Eager tasks first: one that becomes a scheduled task meanwhile is not missed then.
        let mut others = library(py, "asyncio.tasks", EAGER)?.to_list(py)?.snapshot();
        for t in crate::system::module_state::<State>(py).tasks() {
            if t.event_loop.as_ptr() == wanted.as_ptr() && t.status.get() == Status::Pending {
                all.add(py, t.as_object())?;
            }
        }
        others.extend(library(py, "asyncio.tasks", SCHEDULED)?.to_list(py)?.snapshot());
        for t in others {
            if step::future_loop(py, &t)?.is(&wanted)
                && !t.call_method0(py, intern!(py, "done"))?.is_true(py)?
            {
                all.add(py, &t)?;
            }
        }
        Ok(all)
    }

    /// Notes a task that is scheduled.
    #[pyfunction(sig = "(task)")]
    pub fn _register_task(py: Python, task: &PyObject) -> PyResult<()> {
        match task.downcast::<PyTask>() {
            Some(t) => {
                t.state.link(t);
                Ok(())
            }
            None => change(py, SCHEDULED, "add", task),
        }
    }

    /// Notes a task that is about to make its first step.
    #[pyfunction(sig = "(task)")]
    pub fn _register_eager_task(py: Python, task: &PyObject) -> PyResult<()> {
        change(py, EAGER, "add", task)
    }

    /// Forgets a task.
    #[pyfunction(sig = "(task)")]
    pub fn _unregister_task(py: Python, task: &PyObject) -> PyResult<()> {
        match task.downcast::<PyTask>() {
            Some(t) => {
                t.state.unlink(t);
                Ok(())
            }
            None => change(py, SCHEDULED, "discard", task),
        }
    }

    /// Forgets a task that has made its first step.
    #[pyfunction(sig = "(task)")]
    pub fn _unregister_eager_task(py: Python, task: &PyObject) -> PyResult<()> {
        change(py, EAGER, "discard", task)
    }

    /// Makes a task the current one. Two tasks of a loop cannot run at the same time.
    #[pyfunction(sig = "(loop, task)")]
    pub fn _enter_task(py: Python, loop_: &PyObject, task: &PyObject) -> PyResult<()> {
        state::enter_task(py, loop_, task)
    }

    /// The current task has paused or ended.
    #[pyfunction(sig = "(loop, task)")]
    pub fn _leave_task(py: Python, loop_: &PyObject, task: &PyObject) -> PyResult<()> {
        state::leave_task(py, loop_, task)
    }

    /// Replaces the current task; the one before. For eager tasks.
    #[pyfunction(sig = "(loop, task)")]
    pub fn _swap_current_task(py: Python, loop_: &PyObject, task: &PyObject) -> PyResult<Option<Py>> {
        let new = if task.is_none() { None } else { Some(task.owned()) };
        state::swap_task(py, loop_, new)
    }

    fn pair<'a>(fut: &'a PyObject, waiter: &PyObject) -> Option<&'a PyFuture> {
        fut.downcast::<PyFuture>().filter(|_| PyFuture::check(waiter))
    }

    /// Notes that a future is awaited by another. Anything that is not a future is ignored.
    #[pyfunction(sig = "(fut, waiter, /)")]
    pub fn future_add_to_awaited_by(py: Python, fut: &PyObject, waiter: &PyObject) -> PyResult<()> {
        pair(fut, waiter).map_or(Ok(()), |f| f.add_awaited_by(py, waiter))
    }

    /// Notes that a future is awaited by another no more.
    #[pyfunction(sig = "(fut, waiter, /)")]
    pub fn future_discard_from_awaited_by(py: Python, fut: &PyObject, waiter: &PyObject) -> PyResult<()> {
        pair(fut, waiter).map_or(Ok(()), |f| f.discard_awaited_by(py, waiter))
    }
}
