//! `close()` and what happens to a generator nobody refers to any more.

use super::run::{Resume, as_generator, fetch_stop_iteration_value, resume_or_stop};
use super::{PyAsyncGen, PyGenerator, state};
use crate::interp::instrument;
use crate::prelude::*;
use crate::state::{enter_recursive_call, thread};
use crate::types::exceptions::{PyExc_GeneratorExit_Type, PyExc_RuntimeWarning_Type};
use bytecode::args::resume;
use bytecode::code::flags as code_flags;
use bytecode::op;

/// Closes what a generator delegates to.
pub(super) fn close_iterator(py: Python, it: &PyObject) -> PyResult<()> {
    if let Some(g) = as_generator(it) {
        return close(py, g).map(drop);
    }
    match it.getattr_opt(py, intern!(py, "close")) {
        Ok(Some(method)) => method.call0(py).map(drop),
        Ok(None) => Ok(()),
        Err(e) => {
            write_unraisable(py, e, None, Some(it));
            Ok(())
        }
    }
}

/// Is the generator suspended where no handler but the compiler's own surrounds it? Then nothing in it would see the exception.
fn exits_unseen(py: Python, g: &PyGenerator) -> bool {
    // SAFETY: a suspended frame's instruction pointer is in its code.
    let i = unsafe { g.gi_iframe.lasti() };
    let Ok(i) = usize::try_from(i) else { return false };
    g.code().base_opcode(i) == op::RESUME
        && g.code().unit(i).arg as u32 & resume::DEPTH1_MASK != 0
        && instrument::no_tools_for_unwind(py)
}

/// `close()`: the value returned by the generator, or `None`.
pub(super) fn close(py: Python, g: &PyGenerator) -> PyResult {
    if g.gi_frame_state.get() == state::CREATED {
        g.gi_frame_state.set(state::COMPLETED);
        g.clear_frame();
        return Ok(none().owned());
    }
    if g.is_finished() {
        return Ok(none().owned());
    }
    enter_recursive_call(py, " while closing a generator")?;
    let mut delegate_failed = false;
    if let Some(delegate) = g.yield_from() {
        let s = g.gi_frame_state.replace(state::EXECUTING);
        delegate_failed = close_iterator(py, &delegate).is_err();
        g.gi_frame_state.set(s);
    }
    if !delegate_failed && g.is_suspended() && exits_unseen(py, g) {
        g.gi_frame_state.set(state::COMPLETED);
        g.clear_frame();
        return Ok(none().owned());
    }
    if !delegate_failed {
        let _ = raise_with(py, &PyExc_GeneratorExit_Type, none());
    }
    match resume_or_stop(py, g, Some(none()), Resume::Close) {
        Ok(v) => {
            drop(v);
            Err(runtime_error(py, format!("{} ignored GeneratorExit", g.noun())))
        }
        Err(e) => match catch(py, e, &PyExc_GeneratorExit_Type) {
            Ok(_) => Ok(none().owned()),
            // If it returned a value, that is the result.
            Err(e) => fetch_stop_iteration_value(py).ok_or(e),
        },
    }
}

/// Closes a generator that is going away; warns of a coroutine nobody awaited.
pub fn finalize(py: Python, g: &PyGenerator) {
    if g.is_finished() {
        return;
    }
    let t = thread(py);
    let saved = t.current_exception.take();
    let o = g.as_object();
    if PyAsyncGen::check_exact(o)
        && !g.gi_closed.get()
        && let Some(finalizer) = g.gi_origin_or_finalizer.get_owned()
    {
        if let Err(e) = finalizer.call1(py, o) {
            write_unraisable_while(py, e, "finalizing generator", o);
        }
    } else if g.code().has_flag(code_flags::COROUTINE) && g.gi_frame_state.get() == state::CREATED {
        warn_unawaited_coroutine(py, g);
    } else if let Err(e) = close(py, g) {
        write_unraisable_while(py, e, "closing generator", o);
    }
    t.current_exception.set(saved);
}

/// "coroutine … was never awaited", through the `warnings` module, which can say where it was made.
fn warn_unawaited_coroutine(py: Python, g: &PyGenerator) {
    let o = g.as_object();
    // Only if the module is there: nothing is imported from a finaliser.
    let function =
        PyStr::new(py, "warnings").and_then(|name| match crate::import::get_module(py, name.as_object())? {
            Some(m) => m.getattr_opt(py, intern!(py, "_warn_unawaited_coroutine")),
            None => Ok(None),
        });
    let mut warned = false;
    match function {
        Ok(Some(f)) => match f.call1(py, o) {
            Ok(_) => warned = true,
            Err(e) => {
                // A filter that makes it an error has been asked; any other failure leaves the warning to be issued.
                warned = matches(py, &PyExc_RuntimeWarning_Type);
                write_unraisable_while(py, e, "finalizing coroutine", o);
            }
        },
        Ok(None) => {}
        Err(e) => write_unraisable_while(py, e, "finalizing coroutine", o),
    }
    if warned {
        return;
    }
    let text = format!("coroutine '{}' was never awaited", g.qualname_text());
    if let Err(e) = crate::errors::warn(py, &PyExc_RuntimeWarning_Type, &text, 1) {
        write_unraisable_while(py, e, "finalizing coroutine", o);
    }
}

/// "coroutine method … was never awaited", for the awaitables of asynchronous generators.
pub(super) fn warn_unawaited_method(py: Python, g: &PyGenerator, method: &str) {
    let t = thread(py);
    let saved = t.current_exception.take();
    let name = g.gi_qualname.get_owned().map(|n| n.as_object().repr(py));
    let text = match name {
        Some(Ok(r)) => format!("coroutine method '{method}' of {} was never awaited", r.to_string_lossy()),
        _ => {
            drop(take(py));
            format!("coroutine method '{method}' was never awaited")
        }
    };
    if let Err(e) = crate::errors::warn(py, &PyExc_RuntimeWarning_Type, &text, 1) {
        write_unraisable(py, e, None, Some(g.as_object()));
    }
    t.current_exception.set(saved);
}
