//! `await`, `async for`.

use crate::errors::*;
use crate::state::thread;
use crate::types::PyCoroutine;
use crate::types::generator;
use crate::types::generator::async_gen::is_plain_async_gen;
use object::{Py, PyObject, PyResult, Python, Raised};

/// The iterator behind an awaitable, as `await` wants it. `oparg` 1 and 2: in `async with`, for `__aenter__` and `__aexit__`.
pub fn get_awaitable(py: Python, o: &PyObject, oparg: u32) -> PyResult {
    let it = match generator::awaitable_iter(py, o) {
        Ok(it) => it,
        Err(e) => return Err(awaitable_error(py, e, o, oparg)),
    };
    if let Some(c) = it.downcast_exact::<PyCoroutine>()
        && c.yield_from().is_some()
    {
        return Err(runtime_error(py, "coroutine is being awaited already"));
    }
    Ok(it)
}

#[cold]
fn awaitable_error(py: Python, e: Raised, o: &PyObject, oparg: u32) -> Raised {
    if o.ty().as_async().is_some_and(|a| a.am_await.get().is_some()) || oparg == 0 {
        return e;
    }
    drop(take(py));
    let method = if oparg == 1 { "__aenter__" } else { "__aexit__" };
    type_error(
        py,
        format!(
            "'async with' received an object from {method} that does not implement __await__: {}",
            type_name(o)
        ),
    )
}

/// `GET_AITER`.
pub fn get_aiter(py: Python, o: &PyObject) -> PyResult {
    let Some(f) = o.ty().as_async().and_then(|a| a.am_aiter.get()) else {
        return Err(type_error(
            py,
            format!("'async for' requires an object with __aiter__ method, got {}", type_name(o)),
        ));
    };
    // SAFETY: a slot called with a live object.
    let it: Py = unsafe { from_c(py, f(object::PyLayout::as_ptr(o))) }?;
    if it.ty().as_async().is_none_or(|a| a.am_anext.get().is_none()) {
        return Err(type_error(
            py,
            format!(
                "'async for' received an object from __aiter__ that does not implement __anext__: {}",
                type_name(&it)
            ),
        ));
    }
    Ok(it)
}

/// `GET_ANEXT`: an iterator for the awaitable `__anext__` gives.
pub fn get_anext(py: Python, o: &PyObject) -> PyResult {
    let Some(f) = o.ty().as_async().and_then(|a| a.am_anext.get()) else {
        return Err(type_error(
            py,
            format!("'async for' requires an iterator with __anext__ method, got {}", type_name(o)),
        ));
    };
    // SAFETY: a slot called with a live object.
    let next: Py = unsafe { from_c(py, f(object::PyLayout::as_ptr(o))) }?;
    if is_plain_async_gen(o) {
        // Its awaitable is an iterator itself.
        return Ok(next);
    }
    match generator::awaitable_iter(py, &next) {
        Ok(it) => Ok(it),
        Err(e) => {
            let cause = fetch(py, e);
            let e = type_error(
                py,
                format!("'async for' received an invalid object from __anext__: {}", type_name(&next)),
            );
            let new = fetch(py, e);
            new.cause.set(Some(cause.clone()));
            new.context.set(Some(cause));
            thread(py).current_exception.set(Some(new));
            Err(Raised::pending())
        }
    }
}
