//! `weakrefobject.h`.

use crate::convert::*;
use runtime::prelude::*;
use runtime::types::weakref::{self, PyWeakRef};
use std::ffi::c_int;
use std::ptr::null_mut;

/// A reference or proxy.
unsafe fn any_ref<'a>(o: O) -> Option<&'a PyWeakRef> {
    // SAFETY: the C API's contract; proxies share the layout.
    unsafe {
        let o = opt(o)?;
        let proxy = std::ptr::eq(o.ty(), weakref::PyProxy::type_object())
            || std::ptr::eq(o.ty(), weakref::PyCallableProxy::type_object());
        if proxy || PyWeakRef::check(o) { Some(o.downcast_unchecked()) } else { None }
    }
}

capi! {
    fn PyWeakref_NewRef(py, o: O, callback: O) -> O { PyWeakRef::new(py, obj(py, o)?, opt(callback).filter(|c| !c.is_none())) }
    fn PyWeakref_NewProxy(py, o: O, callback: O) -> O {
        weakref::proxy(py, obj(py, o)?, opt(callback).filter(|c| !c.is_none()))
    }
    fn PyWeakref_GetObject(py, r: O) -> O {
        let Some(w) = any_ref(r) else { return Err(bad_internal_call(py)) };
        Ok(w.target().map_or(none().as_ptr(), borrowed))
    }
    fn PyWeakref_GetRef(py, r: O, out: *mut O) -> c_int {
        let Some(w) = any_ref(r) else {
            *out = null_mut();
            return Err(match opt(r) {
                Some(_) => type_error(py, "expected a weakref"),
                None => bad_internal_call(py),
            });
        };
        found(out, Ok(w.target()))
    }
    fn PyWeakref_IsDead(py, r: O) -> c_int {
        match (any_ref(r), opt(r)) {
            (Some(w), _) => Ok(w.target().is_none()),
            (None, Some(o)) => Err(type_error(py, format!("expected a weakref, got {}", tp_name(o)))),
            (None, None) => Err(bad_internal_call(py)),
        }
    }
}

plain! {
    fn _PyWeakref_ClearRef(r: O) {
        if let Some(w) = any_ref(r) {
            weakref::clear_ref(w)
        }
    }
}
