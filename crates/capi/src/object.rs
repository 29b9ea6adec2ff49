//! `object.h`: attributes, comparison, text, counts and constants.

use crate::convert::*;
use runtime::prelude::*;
use runtime::singletons;
use runtime::types::object_;
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

capi! {
    fn PyObject_Repr(py, o: O) -> O {
        match opt(o) {
            Some(o) => o.repr(py),
            None => PyStr::new(py, "<NULL>"),
        }
    }
    fn PyObject_Str(py, o: O) -> O {
        match opt(o) {
            Some(o) => o.str_(py),
            None => PyStr::new(py, "<NULL>"),
        }
    }
    fn PyObject_ASCII(py, o: O) -> O {
        match opt(o) {
            Some(o) => o.ascii(py),
            None => PyStr::new(py, "<NULL>"),
        }
    }
    fn PyObject_Bytes(py, o: O) -> O {
        let Some(o) = opt(o) else { return PyBytes::new(py, b"<NULL>") };
        if PyBytes::check_exact(o) {
            return Ok(o.downcast_unchecked::<PyBytes>().owned());
        }
        if let Some(f) = o.lookup_special(py, intern!(py, "__bytes__"))? {
            let r = f.call0(py)?;
            let text = format!("__bytes__ returned non-bytes (type {})", tp_name(&r));
            return r.downcast_into::<PyBytes>().map_err(|_| type_error(py, text));
        }
        PyBytes::from_object(py, o)
    }
    fn PyObject_RichCompare(py, a: O, b: O, op: c_int) -> O {
        match CompareOp::from_raw(op) {
            Some(op) => obj(py, a)?.rich_compare(py, obj(py, b)?, op),
            None => Err(bad_internal_call(py)),
        }
    }
    fn PyObject_RichCompareBool(py, a: O, b: O, op: c_int) -> c_int {
        match CompareOp::from_raw(op) {
            Some(op) => obj(py, a)?.compare_bool(py, obj(py, b)?, op),
            None => Err(bad_internal_call(py)),
        }
    }
    fn PyObject_GetAttr(py, o: O, name: O) -> O {
        let n = obj(py, name)?;
        obj(py, o)?.getattr(py, attr_name(py, n)?)
    }
    fn PyObject_GetAttrString(py, o: O, n: *const c_char) -> O {
        obj(py, o)?.getattr(py, &*name(py, n)?)
    }
    fn PyObject_GetOptionalAttr(py, o: O, name: O, result: *mut O) -> c_int {
        found(result, attr_opt(py, obj(py, o)?, obj(py, name)?))
    }
    fn PyObject_GetOptionalAttrString(py, o: O, n: *const c_char, result: *mut O) -> c_int {
        store(result, None);
        let n = name(py, n)?;
        found(result, obj(py, o)?.getattr_opt(py, &n))
    }
    fn PyObject_SetAttr(py, o: O, name: O, value: O) -> c_int {
        let n = attr_name(py, obj(py, name)?)?;
        match opt(value) {
            Some(v) => obj(py, o)?.setattr(py, n, v),
            None => obj(py, o)?.delattr(py, n),
        }
    }
    fn PyObject_SetAttrString(py, o: O, n: *const c_char, value: O) -> c_int {
        let n = name(py, n)?;
        match opt(value) {
            Some(v) => obj(py, o)?.setattr(py, &n, v),
            None => obj(py, o)?.delattr(py, &n),
        }
    }
    fn PyObject_DelAttr(py, o: O, name: O) -> c_int {
        obj(py, o)?.delattr(py, attr_name(py, obj(py, name)?)?)
    }
    fn PyObject_DelAttrString(py, o: O, n: *const c_char) -> c_int {
        obj(py, o)?.delattr(py, &*name(py, n)?)
    }
    fn PyObject_HasAttrWithError(py, o: O, name: O) -> c_int {
        Ok(attr_opt(py, obj(py, o)?, obj(py, name)?)?.is_some())
    }
    fn PyObject_HasAttrStringWithError(py, o: O, n: *const c_char) -> c_int {
        Ok(obj(py, o)?.getattr_opt(py, &*name(py, n)?)?.is_some())
    }
    fn PyObject_GenericGetAttrWithDict(py, o: O, n: O, dict: O) -> O {
        generic_getattr(py, obj(py, o)?, obj(py, n)?, dict)
    }
    fn _PyObject_GenericGetAttrWithDict(py, o: O, n: O, dict: O, suppress: c_int) -> O {
        match generic_getattr(py, obj(py, o)?, obj(py, n)?, dict) {
            Err(e) if suppress != 0 && matches(py, runtime::types::exceptions::PyAttributeError::type_object()) => {
                ignore(py, e);
                Ok(None)
            }
            r => r.map(Some),
        }
    }
    fn _PyObject_GenericSetAttrWithDict(py, o: O, n: O, value: O, dict: O) -> c_int {
        let (o, n) = (obj(py, o)?, obj(py, n)?);
        match opt_as::<PyDict>(dict) {
            Some(d) => object_::generic_setattr_with_dict(py, o, n, opt(value), d),
            None => object_::generic_setattr(py, o, attr_name(py, n)?, opt(value)),
        }
    }
    fn PyObject_GenericGetDict(py, o: O, _closure: *mut c_void) -> O {
        object_::generic_get_dict(py, obj(py, o)?)
    }
    fn PyObject_GenericSetDict(py, o: O, value: O, _closure: *mut c_void) -> c_int {
        object_::generic_set_dict(py, obj(py, o)?, opt(value))
    }
    fn _PyObject_GetDict(py, o: O) -> O {
        object_::dict_of(py, obj(py, o)?)
    }
    fn PyObject_Hash(py, o: O) -> isize {
        obj(py, o)?.hash(py)
    }
    fn PyObject_IsTrue(py, o: O) -> c_int {
        obj(py, o)?.is_true(py)
    }
    fn PyObject_Not(py, o: O) -> c_int {
        Ok(!obj(py, o)?.is_true(py)?)
    }
    fn PyObject_Dir(py, o: O) -> O {
        match opt(o) {
            Some(o) => o.dir(py),
            None => {
                let locals = runtime::interp::frame_locals(py)?;
                let names = locals.call_method0(py, intern!(py, "keys"))?.to_list(py)?;
                names.sort(py, None, false)?;
                Ok(names)
            }
        }
    }
    fn PyObject_Print(py, o: O, file: *mut object::libc::FILE, flags: c_int) -> c_int {
        let text = match opt(o) {
            None => "<nil>".to_owned(),
            Some(o) if flags & 1 != 0 => o.str_(py)?.to_string_lossy(),
            Some(o) => o.repr(py)?.to_string_lossy(),
        };
        object::libc::fwrite(text.as_ptr() as *const c_void, 1, text.len(), file);
        Ok(())
    }
    fn PyObject_GetItemData(py, o: O) -> *mut c_void {
        let o = obj(py, o)?;
        if !o.ty().has_flag(flags::ITEMS_AT_END) {
            let text = format!("type '{}' does not have Py_TPFLAGS_ITEMS_AT_END", o.ty().display_name());
            return Err(type_error(py, text));
        }
        Ok((o.as_ptr() as *mut u8).offset(o.ty().tp_basicsize.get()) as *mut c_void)
    }
}

unsafe fn generic_getattr(py: Python, o: &PyObject, n: &PyObject, dict: O) -> PyResult {
    // SAFETY: null or a dict.
    match unsafe { opt_as::<PyDict>(dict) } {
        Some(d) => object_::generic_getattr_with_dict(py, o, n, d),
        None => object_::generic_getattr(py, o, attr_name(py, n)?),
    }
}

/// Reports an exception that the caller cannot learn of, naming the function it should use.
unsafe fn unreported(name: &str) -> c_int {
    // SAFETY: called from functions that are called attached.
    let py = unsafe { token() };
    let text = format!("Exception ignored in {name}; consider using a variant that reports errors");
    write_unraisable(py, Raised::pending(), Some(&text), None);
    0
}

plain! {
    fn PyObject_HasAttr(o: O, name: O) -> c_int {
        match PyObject_HasAttrWithError(o, name) {
            -1 => unreported("PyObject_HasAttr()"),
            r => r,
        }
    }
    fn PyObject_HasAttrString(o: O, name: *const c_char) -> c_int {
        match PyObject_HasAttrStringWithError(o, name) {
            -1 => unreported("PyObject_HasAttrString()"),
            r => r,
        }
    }
    fn _PyObject_GetDictPtr(o: O) -> *mut O {
        let py = token();
        let ty = (*o).ty();
        if ty.has_flag(flags::MANAGED_DICT) {
            if object_::dict_of(py, &*o).is_err() {
                drop(take(py));
                return null_mut();
            }
            return runtime::types::dict::values::managed_dict(o) as *const _ as *mut O;
        }
        runtime::types::type_::heap::computed_dict(o).map_or(null_mut(), |s| s as *const _ as *mut O)
    }
    fn PyObject_VisitManagedDict(o: O, visit: object::visit::VisitProc, arg: *mut c_void) -> c_int {
        if !(*o).ty().has_flag(flags::MANAGED_DICT) {
            return 0;
        }
        let mut v = Visitor::new(visit, arg);
        runtime::types::dict::values::visit_managed_dict(&*o, &mut v);
        v.finish()
    }
    fn PyObject_ClearManagedDict(o: O) {
        runtime::types::dict::values::clear_managed_dict(token(), &*o)
    }
    fn PyCallable_Check(o: O) -> c_int {
        opt(o).is_some_and(|o| o.is_callable()) as c_int
    }
    fn PyObject_ClearWeakRefs(o: O) {
        let py = token();
        let saved = take(py);
        runtime::types::weakref::clear_weakrefs(py, &*o);
        if let Some(e) = saved {
            let _ = raise_object(py, e);
        }
    }
    fn PyUnstable_Object_ClearWeakRefsNoCallbacks(o: O) {
        runtime::types::weakref::clear_weakrefs_without_callbacks(token(), &*o)
    }
    fn _Py_Dealloc(o: O) {
        object::dealloc::dealloc(o)
    }
    fn Py_IncRef(o: O) {
        if let Some(o) = opt(o) {
            o.incref()
        }
    }
    fn Py_DecRef(o: O) {
        if !o.is_null() {
            PyObject::decref(o)
        }
    }
    fn _Py_IncRef(o: O) {
        (*o).incref()
    }
    fn _Py_DecRef(o: O) {
        PyObject::decref(o)
    }
    fn _Py_SetRefcnt(o: O, n: isize) {
        if !(*o).is_immortal() {
            (*o).set_refcount(n as u32)
        }
    }
    fn Py_NewRef(o: O) -> O {
        (*o).incref();
        o
    }
    fn Py_XNewRef(o: O) -> O {
        Py_IncRef(o);
        o
    }
    fn Py_REFCNT(o: O) -> isize {
        (*o).refcount() as isize
    }
    fn Py_TYPE(o: O) -> *mut PyTypeObject {
        (*o).ob_type.get() as *mut PyTypeObject
    }
    fn Py_Is(a: O, b: O) -> c_int {
        (a == b) as c_int
    }
    fn Py_IsNone(o: O) -> c_int {
        (*o).is_none() as c_int
    }
    fn Py_IsTrue(o: O) -> c_int {
        std::ptr::eq(o, singletons::py_bool(true).as_ptr()) as c_int
    }
    fn Py_IsFalse(o: O) -> c_int {
        std::ptr::eq(o, singletons::py_bool(false).as_ptr()) as c_int
    }
    fn Py_GetConstantBorrowed(id: u32) -> O {
        let py = token();
        match id {
            0 => singletons::none().as_ptr(),
            1 => singletons::py_bool(false).as_ptr(),
            2 => singletons::py_bool(true).as_ptr(),
            3 => singletons::ellipsis().as_ptr(),
            4 => singletons::not_implemented().as_ptr(),
            5 => PyInt::zero().as_ptr(),
            6 => PyInt::one().as_ptr(),
            7 => PyStr::empty().as_ptr(),
            8 => PyBytes::empty().as_ptr(),
            9 => borrowed(PyTuple::empty(py)),
            _ => {
                let _ = bad_internal_call(py);
                null_mut()
            }
        }
    }
    fn Py_GetConstant(id: u32) -> O {
        Py_XNewRef(Py_GetConstantBorrowed(id))
    }
    fn _Py_NegativeRefcount(_file: *const c_char, _line: c_int, _o: O) {
        eprintln!("Fatal Python error: an object has a negative reference count");
        std::process::abort()
    }
    fn _Py_CheckRecursiveCall(_thread: *mut c_void, place: *const c_char) -> c_int {
        result(runtime::state::enter_recursive_call(token(), &lossy(place)))
    }
    fn Py_EnterRecursiveCall(place: *const c_char) -> c_int {
        if object::stack::is_short() { _Py_CheckRecursiveCall(null_mut(), place) } else { 0 }
    }
    fn Py_LeaveRecursiveCall() {}
    fn Py_ReprEnter(o: O) -> c_int {
        let py = token();
        let list = repr_list();
        if list.borrow().contains(&(o as usize)) {
            return 1;
        }
        let _ = py;
        list.borrow_mut().push(o as usize);
        0
    }
    fn Py_ReprLeave(o: O) {
        let list = repr_list();
        let mut v = list.borrow_mut();
        if let Some(i) = v.iter().rposition(|&x| x == o as usize) {
            v.remove(i);
        }
    }
    fn PyObject_CallFinalizer(o: O) {
        object::dealloc::finalize(o)
    }
    fn PyObject_CallFinalizerFromDealloc(o: O) -> c_int {
        if object::dealloc::finalize_from_dealloc(o) { -1 } else { 0 }
    }
    fn _Py_ResurrectReference(o: O) {
        (*o).set_refcount(1)
    }
    fn PyUnstable_Object_EnableDeferredRefcount(_o: O) -> c_int {
        0
    }
    fn PyUnstable_Object_IsUniquelyReferenced(o: O) -> c_int {
        ((*o).refcount() == 1) as c_int
    }
    fn PyUnstable_Object_IsUniqueReferencedTemporary(o: O) -> c_int {
        ((*o).refcount() == 1 && is_owned_temporary(o)) as c_int
    }
    fn _Py_SetImmortal(o: O) { (*o).make_immortal() }
    fn PyUnstable_IsImmortal(o: O) -> c_int {
        (*o).is_immortal() as c_int
    }
    fn PyUnstable_EnableTryIncRef(_o: O) {}
    fn PyUnstable_TryIncRef(o: O) -> c_int {
        if (*o).refcount() == 0 {
            return 0;
        }
        (*o).incref();
        1
    }
    fn _Py_NewReference(o: O) {
        (*o).ob_refcnt.set(1)
    }
    fn _Py_NewReferenceNoTotal(o: O) {
        (*o).ob_refcnt.set(1)
    }
    fn _Py_ForgetReference(_o: O) {}
    fn _PyTrash_thread_deposit_object(_thread: *mut c_void, o: O) {
        object::dealloc::dealloc(o)
    }
    fn _PyTrash_thread_destroy_chain(_thread: *mut c_void) {}
    fn _PyObject_Dump(o: O) {
        eprintln!("object address  : {o:p}");
        if let Some(o) = opt(o) {
            eprintln!("object refcount : {}\nobject type name: {}", o.refcount(), o.ty().display_name());
        }
    }
}

/// Does the evaluation stack of the running frame own the object?
unsafe fn is_owned_temporary(o: O) -> bool {
    // SAFETY: called attached; the frames of a thread are alive, and between its base and its stack pointer lie stack references.
    unsafe {
        let frame = runtime::interp::frame::Frame::first_complete(
            runtime::state::thread(token()).current_frame.get(),
        );
        let Some(f) = frame.as_ref() else { return false };
        let mut p = f.stackpointer.get();
        if p.is_null() {
            return false;
        }
        let base = f.stack_base();
        while p > base {
            p = p.sub(1);
            if !(*p).is_null() && !(*p).is_int() && (*p).as_ptr() == o {
                return (*p).is_counted();
            }
        }
        false
    }
}

type ReprList = std::rc::Rc<std::cell::RefCell<Vec<usize>>>;

/// The objects whose repr is being made on this thread.
fn repr_list() -> ReprList {
    thread_local! {
        static LIST: ReprList = ReprList::default();
    }
    LIST.with(|l| l.clone())
}
