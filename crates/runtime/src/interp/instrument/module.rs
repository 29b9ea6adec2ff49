//! `sys.monitoring`.

use super::branch::PyBranchHandler;
use super::event::{
    self, BRANCH, BRANCH_LEFT, BRANCH_RIGHT, C_RAISE, C_RETURN, CALL, EVENTS, LOCAL_EVENTS, NAMES,
};
use super::tools::{self, USER_TOOLS};
use super::{fire, register_callback, set_events, set_local_events};
use crate::prelude::*;
use crate::state::interpreter;
use crate::types::*;

const C_EVENTS: u32 = 1 << C_RETURN | 1 << C_RAISE;

fn check_tool(py: Python, tool_id: i32) -> PyResult<usize> {
    match usize::try_from(tool_id) {
        Ok(t) if t < USER_TOOLS => Ok(t),
        _ => Err(value_error(py, format!("invalid tool {tool_id} (must be between 0 and 5)"))),
    }
}

fn check_in_use(py: Python, tool: usize) -> PyResult<()> {
    if interpreter(py).eval.monitoring.names[tool].is_empty() {
        return Err(value_error(py, format!("tool {tool} is not in use")));
    }
    Ok(())
}

/// `BRANCH` stands for both ways; the C events go with `CALL`.
fn normalized(py: Python, events: i32, limit: usize, what: &str) -> PyResult<u32> {
    let mut set = events as u32;
    if !(0..1 << EVENTS).contains(&events) {
        return Err(value_error(py, format!("invalid {what} 0x{:x}", events)));
    }
    if set & C_EVENTS != 0 && set & (C_EVENTS | 1 << CALL) != C_EVENTS | 1 << CALL {
        return Err(value_error(py, "cannot set C_RETURN or C_RAISE events independently"));
    }
    set &= !C_EVENTS;
    if set & 1 << BRANCH != 0 {
        set = set & !(1 << BRANCH) | 1 << BRANCH_LEFT | 1 << BRANCH_RIGHT;
    }
    if set >= 1 << limit {
        return Err(value_error(py, format!("invalid {what} 0x{set:x}")));
    }
    Ok(set)
}

fn code_arg<'a>(py: Python, code: &'a PyObject) -> PyResult<&'a PyCode> {
    code.downcast_exact::<PyCode>().ok_or_else(|| type_error(py, "code must be a code object"))
}

fn clear_tool(py: Python, tool: usize) -> PyResult<()> {
    let m = &interpreter(py).eval.monitoring;
    if m.names[tool].is_empty() {
        return Ok(());
    }
    set_events(py, tool, 0)?;
    for e in 0..EVENTS {
        drop(register_callback(py, tool, e, None));
    }
    // Local events of before are stale from now on.
    let version = tools::next_version(py, 1)?;
    m.tool_versions[tool].set(version);
    tools::set_version(interpreter(py), version);
    tools::instrument_running(py)
}

#[pymodule(name = "sys.monitoring")]
pub mod monitoring {
    use super::*;

    #[pyattr]
    pub const DEBUGGER_ID: i64 = 0;
    #[pyattr]
    pub const COVERAGE_ID: i64 = 1;
    #[pyattr]
    pub const PROFILER_ID: i64 = 2;
    #[pyattr]
    pub const OPTIMIZER_ID: i64 = 5;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        module.add(py, "DISABLE", fire::disable(py))?;
        module.add(py, "MISSING", fire::missing(py))?;
        let events = PyNamespace::new(py)?;
        let order = NAMES.iter().enumerate().map(|(i, n)| (*n, 1i64 << i)).chain([("NO_EVENTS", 0)]);
        for (name, bit) in order {
            events.as_object().setattr_str(py, name, PyInt::from_i64(py, bit)?.as_object())?;
        }
        module.add(py, "events", events.as_object())
    }

    #[pyfunction(nodoc)]
    pub fn use_tool_id(py: Python, tool_id: i32, name: &PyObject) -> PyResult<()> {
        let tool = check_tool(py, tool_id)?;
        if !PyStr::check(name) {
            return Err(value_error(py, "tool name must be a str"));
        }
        let slot = &interpreter(py).eval.monitoring.names[tool];
        if !slot.is_empty() {
            return Err(value_error(py, format!("tool {tool_id} is already in use")));
        }
        slot.set(Some(name.owned()));
        Ok(())
    }

    #[pyfunction(nodoc)]
    pub fn clear_tool_id(py: Python, tool_id: i32) -> PyResult<()> {
        let tool = check_tool(py, tool_id)?;
        clear_tool(py, tool)
    }

    #[pyfunction(nodoc)]
    pub fn free_tool_id(py: Python, tool_id: i32) -> PyResult<()> {
        let tool = check_tool(py, tool_id)?;
        clear_tool(py, tool)?;
        interpreter(py).eval.monitoring.names[tool].set(None);
        Ok(())
    }

    /// The name of a tool, or None.
    #[pyfunction]
    pub fn get_tool(py: Python, tool_id: i32) -> PyResult<Option<Py>> {
        let tool = check_tool(py, tool_id)?;
        Ok(interpreter(py).eval.monitoring.names[tool].get_owned())
    }

    #[pyfunction(nodoc)]
    pub fn register_callback(py: Python, tool_id: i32, event: i32, func: &PyObject) -> PyResult<Option<Py>> {
        let tool = check_tool(py, tool_id)?;
        if event <= 0 || event.count_ones() != 1 {
            return Err(value_error(py, "The callback can only be set for one event at a time"));
        }
        let e = event.trailing_zeros() as usize;
        if e >= EVENTS {
            return Err(value_error(py, format!("invalid event {event}")));
        }
        crate::sys::hooks::audit(py, "sys.monitoring.register_callback", &[func])?;
        let func = Some(func).filter(|f| !f.is_none());
        let old = if e == BRANCH {
            let (left, right) = match func {
                Some(f) => (
                    Some(PyBranchHandler::make(py, f, tool, false)?),
                    Some(PyBranchHandler::make(py, f, tool, true)?),
                ),
                None => (None, None),
            };
            drop(super::register_callback(py, tool, BRANCH_RIGHT, right.as_ref().map(|h| h.as_object())));
            super::register_callback(py, tool, BRANCH_LEFT, left.as_ref().map(|h| h.as_object()))
        } else {
            super::register_callback(py, tool, e, func)
        };
        Ok(old.map(|o| match o.downcast_exact::<PyBranchHandler>() {
            Some(h) => h.handler.clone(),
            None => o,
        }))
    }

    #[pyfunction(nodoc)]
    pub fn get_events(py: Python, tool_id: i32) -> PyResult<u32> {
        let tool = check_tool(py, tool_id)?;
        Ok(tools::events_of(&interpreter(py).eval.monitoring.global.get(), tool))
    }

    #[pyfunction(nodoc)]
    pub fn set_events(py: Python, tool_id: i32, event_set: i32) -> PyResult<()> {
        let tool = check_tool(py, tool_id)?;
        let set = normalized(py, event_set, event::UNGROUPED_EVENTS, "event set")?;
        check_in_use(py, tool)?;
        super::set_events(py, tool, set)
    }

    #[pyfunction(nodoc)]
    pub fn get_local_events(py: Python, tool_id: i32, code: &PyObject) -> PyResult<u32> {
        let code = code_arg(py, code)?;
        let tool = check_tool(py, tool_id)?;
        Ok(super::super::local_events(py, tool, code))
    }

    #[pyfunction(nodoc)]
    pub fn set_local_events(py: Python, tool_id: i32, code: &PyObject, event_set: i32) -> PyResult<()> {
        let code = code_arg(py, code)?;
        let tool = check_tool(py, tool_id)?;
        let set = normalized(py, event_set, LOCAL_EVENTS, "local event set")?;
        check_in_use(py, tool)?;
        super::set_local_events(py, tool, code, set)
    }

    #[pyfunction(nodoc)]
    pub fn restart_events(py: Python) -> PyResult<()> {
        // Two steps: code instrumented before lies below the restart, code instrumented after it above.
        let restart = tools::next_version(py, 1)?;
        let version = tools::next_version(py, 2)?;
        interpreter(py).eval.monitoring.last_restart.set(restart);
        tools::set_version(interpreter(py), version);
        tools::instrument_running(py)
    }

    #[pyfunction(nodoc)]
    pub fn _all_events(py: Python) -> PyResult<Py<PyDict>> {
        let out = PyDict::new(py)?;
        for (e, tools) in interpreter(py).eval.monitoring.global.get().iter().enumerate() {
            if *tools != 0 {
                out.set_text(py, NAMES[e], PyInt::from_i64(py, (*tools).into())?.as_object())?;
            }
        }
        Ok(out)
    }
}
