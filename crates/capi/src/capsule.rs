//! `pycapsule.h`.

use crate::convert::*;
use object::typeobj::{Destructor, Inquiry, TraverseProc};
use runtime::prelude::*;
use std::ffi::{CStr, c_char, c_int, c_void};

/// A capsule that holds a pointer; `function` is named in the message otherwise.
unsafe fn legal<'a>(py: Python, o: O, function: &str) -> PyResult<&'a PyCapsule> {
    // SAFETY: the C API's contract.
    match unsafe { opt(o) }.and_then(|o| o.downcast_exact::<PyCapsule>()) {
        Some(c) if !c.pointer.get().is_null() => Ok(c),
        _ => Err(value_error(py, format!("{function} called with invalid PyCapsule object"))),
    }
}

unsafe fn same_name(a: *const c_char, b: *const c_char) -> bool {
    // SAFETY: null or C strings.
    a == b || (!a.is_null() && !b.is_null() && unsafe { CStr::from_ptr(a) == CStr::from_ptr(b) })
}

capi! {
    fn PyCapsule_New(py, pointer: *mut c_void, name: *const c_char, destructor: Option<Destructor>) -> O {
        if pointer.is_null() {
            return Err(value_error(py, "PyCapsule_New called with null pointer"));
        }
        PyCapsule::new(py, pointer, name, destructor)
    }
    fn PyCapsule_GetPointer(py, o: O, name: *const c_char) -> *mut c_void {
        let c = legal(py, o, "PyCapsule_GetPointer")?;
        if !same_name(name, c.name.get()) {
            return Err(value_error(py, "PyCapsule_GetPointer called with incorrect name"));
        }
        Ok(c.pointer.get())
    }
    fn PyCapsule_GetName(py, o: O) -> *const c_char { Ok(legal(py, o, "PyCapsule_GetName")?.name.get()) }
    fn PyCapsule_GetContext(py, o: O) -> *mut c_void { Ok(legal(py, o, "PyCapsule_GetContext")?.context.get()) }
    fn PyCapsule_SetPointer(py, o: O, pointer: *mut c_void) -> c_int {
        let c = legal(py, o, "PyCapsule_SetPointer")?;
        if pointer.is_null() {
            return Err(value_error(py, "PyCapsule_SetPointer called with null pointer"));
        }
        c.pointer.set(pointer);
        Ok(())
    }
    fn PyCapsule_SetName(py, o: O, name: *const c_char) -> c_int {
        legal(py, o, "PyCapsule_SetName")?.name.set(name);
        Ok(())
    }
    fn PyCapsule_SetDestructor(py, o: O, f: Option<Destructor>) -> c_int {
        legal(py, o, "PyCapsule_SetDestructor")?.destructor.set(f);
        Ok(())
    }
    fn PyCapsule_SetContext(py, o: O, context: *mut c_void) -> c_int {
        legal(py, o, "PyCapsule_SetContext")?.context.set(context);
        Ok(())
    }
    fn _PyCapsule_SetTraverse(py, o: O, traverse: Option<TraverseProc>, clear: Option<Inquiry>) -> c_int {
        let c = legal(py, o, "_PyCapsule_SetTraverse")?;
        c.traverse.set(traverse);
        c.clear.set(clear);
        Ok(())
    }
    fn PyCapsule_Import(py, name: *const c_char, _no_block: c_int) -> *mut c_void {
        let full = lossy(name);
        let mut parts = full.split('.');
        let first = parts.next().unwrap_or_default();
        let mut at = runtime::import::import_module(py, first).map_err(|e| {
            ignore(py, e);
            import_error(py, format!("PyCapsule_Import could not import module \"{first}\""))
        })?;
        for p in parts {
            at = at.getattr(py, &PyStr::intern(py, PyStr::new(py, p)?))?;
        }
        match at.downcast_exact::<PyCapsule>() {
            Some(c) if !c.pointer.get().is_null() && same_name(c.name.get(), name) => Ok(c.pointer.get()),
            _ => Err(attribute_error(py, format!("PyCapsule_Import \"{full}\" is not valid"))),
        }
    }
}

plain! {
    fn PyCapsule_IsValid(o: O, name: *const c_char) -> c_int {
        match opt(o).and_then(|o| o.downcast_exact::<PyCapsule>()) {
            Some(c) => (!c.pointer.get().is_null() && same_name(c.name.get(), name)) as c_int,
            None => 0,
        }
    }
    fn PyCapsule_GetDestructor(o: O) -> Option<Destructor> {
        legal(token(), o, "PyCapsule_GetDestructor").ok().and_then(|c| c.destructor.get())
    }
}
