//! `pyerrors.h`: raising, catching and looking at exceptions.

use crate::convert::*;
use crate::format;
use crate::variadic::VaList;
use runtime::prelude::*;
use runtime::state::thread;
use runtime::types::exceptions::*;
use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

/// The pending exception, borrowed.
fn current(py: Python) -> Option<Py<PyBaseException>> {
    thread(py).current_exception.get_owned()
}

/// Raises `ty(value)`; `ty` must be an exception class.
pub(crate) unsafe fn set_object(py: Python, ty: O, value: Option<&PyObject>) -> Raised {
    // SAFETY: the C API's contract.
    match unsafe { opt(ty) }.and_then(|t| t.downcast::<PyTypeObject>()) {
        Some(t) if t.has_flag(flags::BASE_EXC_SUBCLASS) => {
            // What is pending is replaced; it must be gone when the new exception is made.
            drop(take(py));
            raise_with(py, t, value.unwrap_or(none()))
        }
        _ => {
            // SAFETY: as above.
            let shown = match unsafe { opt(ty) }.map(|t| t.repr(py)) {
                Some(Ok(s)) => s.to_string_lossy(),
                _ => "<NULL>".to_owned(),
            };
            system_error(py, format!("_PyErr_SetObject: exception {shown} is not a BaseException subclass"))
        }
    }
}

/// Does the class `given`, or that of the instance, match `expected`, a class or a tuple of such?
fn class_matches(given: &PyObject, expected: &PyObject) -> bool {
    if let Some(t) = expected.downcast::<PyTuple>() {
        return t.items().iter().any(|e| class_matches(given, e));
    }
    let class = match given.downcast::<PyBaseException>() {
        Some(e) => e.as_object().ty(),
        None => match given.downcast::<PyTypeObject>() {
            Some(t) if t.has_flag(flags::BASE_EXC_SUBCLASS) => t,
            _ => return std::ptr::eq(given, expected),
        },
    };
    match expected.downcast::<PyTypeObject>() {
        Some(e) if e.has_flag(flags::BASE_EXC_SUBCLASS) => class.is_subtype(e),
        _ => std::ptr::eq(class.as_object(), expected),
    }
}

plain! {
    fn PyErr_SetNone(ty: O) {
        let _ = set_object(token(), ty, None);
    }
    fn PyErr_SetObject(ty: O, value: O) {
        let _ = set_object(token(), ty, opt(value));
    }
    fn PyErr_SetString(ty: O, text: *const c_char) {
        let py = token();
        if let Ok(s) = pystr(py, text) {
            let _ = set_object(py, ty, Some(&s));
        }
    }
    fn PyErr_Occurred() -> O {
        match runtime::state::current_thread() {
            // SAFETY: read only; the exception keeps its class alive.
            Some(t) => t.current_exception.get().map_or(null_mut(), |e| e.as_object().ty().as_ptr()),
            None => null_mut(),
        }
    }
    fn PyErr_Clear() {
        drop(take(token()));
    }
    fn PyErr_GetRaisedException() -> O {
        take(token()).map_or(null_mut(), Py::into_raw)
    }
    fn PyErr_SetRaisedException(exc: O) {
        set_raised(token(), Py::from_raw_owned_or_opt(exc));
    }
    fn PyErr_Fetch(ty: *mut O, value: *mut O, tb: *mut O) {
        let exc = take(token());
        let class = exc.as_ref().map(|e| e.as_object().ty().as_object().owned());
        store(tb, exc.as_ref().and_then(|e| e.traceback.get_owned()));
        store(ty, class);
        store(value, exc.map(Py::into_object));
    }
    fn PyErr_Restore(ty: O, value: O, tb: O) {
        let py = token();
        let ty: Option<Py> = Py::from_raw_owned_or_opt(ty);
        let value: Option<Py> = Py::from_raw_owned_or_opt(value);
        let tb: Option<Py> = Py::from_raw_owned_or_opt(tb);
        drop(take(py));
        let Some(class) = ty else { return };
        let exc = match value.as_ref().and_then(|v| v.downcast::<PyBaseException>()) {
            Some(e) => e.owned(),
            None => {
                let r = set_object(py, class.as_ptr(), value.as_deref());
                fetch(py, r)
            }
        };
        if let Some(t) = tb.filter(|t| !t.is_none()) {
            exc.traceback.set(Some(t));
        }
        let _ = raise_object(py, exc);
    }
    fn PyErr_NormalizeException(ty: *mut O, value: *mut O, tb: *mut O) {
        let py = token();
        if (*ty).is_null() {
            return;
        }
        if let Some(v) = opt(*value)
            && v.downcast::<PyBaseException>().is_some()
        {
            return;
        }
        let saved = take(py);
        let r = set_object(py, *ty, opt(*value));
        let exc = fetch(py, r);
        let class = exc.as_object().ty().as_object().owned();
        let old: [Option<Py>; 2] = [Py::from_raw_owned_or_opt(*ty), Py::from_raw_owned_or_opt(*value)];
        *ty = class.into_raw();
        *value = exc.into_raw();
        drop(old);
        let _ = tb;
        if let Some(e) = saved {
            let _ = raise_object(py, e);
        }
    }
    fn PyErr_GivenExceptionMatches(given: O, expected: O) -> c_int {
        match (opt(given), opt(expected)) {
            (Some(g), Some(e)) => class_matches(g, e) as c_int,
            _ => 0,
        }
    }
    fn PyErr_ExceptionMatches(expected: O) -> c_int {
        match (current(token()), opt(expected)) {
            (Some(g), Some(e)) => class_matches(g.as_object(), e) as c_int,
            _ => 0,
        }
    }
    fn PyErr_NoMemory() -> O {
        let _ = memory_error(token());
        null_mut()
    }
    fn PyErr_BadArgument() -> c_int {
        let _ = type_error(token(), "bad argument type for built-in operation");
        0
    }
    fn PyErr_BadInternalCall() {
        let _ = bad_internal_call(token());
    }
    fn _PyErr_BadInternalCall(file: *const c_char, line: c_int) {
        let _ = system_error(token(), format!("{}:{line}: bad argument to internal function", lossy(file)));
    }
    fn PyErr_GetHandledException() -> O {
        thread(token()).handled_exception().map_or(null_mut(), Py::into_raw)
    }
    fn PyErr_SetHandledException(exc: O) {
        set_handled(token(), opt(exc).map(|e| e.owned()));
    }
    fn PyErr_GetExcInfo(ty: *mut O, value: *mut O, tb: *mut O) {
        let exc = thread(token()).handled_exception();
        let none_or = |o: Option<Py>| Some(o.unwrap_or_else(|| none().owned()));
        store(ty, none_or(exc.as_ref().map(|e| e.as_object().ty().as_object().owned())));
        store(tb, none_or(exc.as_ref().and_then(|e| e.traceback.get_owned())));
        store(value, none_or(exc.map(Py::into_object)));
    }
    fn PyErr_SetExcInfo(ty: O, value: O, tb: O) {
        let all: [Option<Py>; 3] =
            [Py::from_raw_owned_or_opt(ty), Py::from_raw_owned_or_opt(value), Py::from_raw_owned_or_opt(tb)];
        set_handled(token(), all[1].clone());
    }
    fn _PyErr_SetKeyError(key: O) {
        let _ = key_error(token(), &*key);
    }
    fn PyErr_WriteUnraisable(o: O) {
        write_unraisable(token(), Raised::pending(), None, opt(o))
    }
    fn PyErr_Print() {
        PyErr_PrintEx(1)
    }
    fn PyErr_PrintEx(set_last: c_int) {
        let py = token();
        let _ = set_last;
        if pending(py) {
            runtime::errors::display::print_uncaught(py, Raised::pending());
        }
    }
    fn PyErr_DisplayException(exc: O) {
        let py = token();
        let Some(e) = opt(exc).and_then(|e| e.downcast::<PyBaseException>()) else { return };
        let tb = e.traceback.get_owned().unwrap_or_else(|| none().owned());
        if let Err(r) = runtime::errors::display::print_exception(py, e.as_object(), &tb) {
            ignore(py, r);
        }
    }
    fn PyErr_Display(_ty: O, value: O, tb: O) {
        let py = token();
        let Some(v) = opt(value) else { return };
        if let Err(r) = runtime::errors::display::print_exception(py, v, opt(tb).unwrap_or(none())) {
            ignore(py, r);
        }
    }
    fn PyErr_SetFromErrno(ty: O) -> O {
        set_errno(ty, None, None)
    }
    fn PyErr_SetFromErrnoWithFilenameObject(ty: O, filename: O) -> O {
        set_errno(ty, opt(filename), None)
    }
    fn PyErr_SetFromErrnoWithFilenameObjects(ty: O, first: O, second: O) -> O {
        set_errno(ty, opt(first), opt(second))
    }
    fn PyErr_SetFromErrnoWithFilename(ty: O, filename: *const c_char) -> O {
        let errno = *object::libc::__errno_location();
        let py = token();
        if filename.is_null() {
            return set_errno(ty, None, None);
        }
        match runtime::fs::fs_decode(py, bytes_of(filename)) {
            Ok(f) => {
                *object::libc::__errno_location() = errno;
                set_errno(ty, Some(f.as_object()), None)
            }
            Err(_) => null_mut(),
        }
    }
    fn PyErr_SetImportErrorSubclass(ty: O, message: O, name: O, path: O) -> O {
        let py = token();
        if opt(ty).and_then(|t| t.downcast::<PyTypeObject>()).is_none_or(|t| !t.is_subtype(PyImportError::type_object())) {
            let _ = type_error(py, "expected a subclass of ImportError");
            return null_mut();
        }
        let Some(message) = opt(message) else {
            let _ = type_error(py, "expected a message argument");
            return null_mut();
        };
        let _ = set_object(py, ty, Some(message));
        if let Some(e) = current(py)
            && let Some(e) = e.as_object().downcast::<PyImportError>()
        {
            e.name.set(Some(opt(name).unwrap_or(none()).owned()));
            e.path.set(Some(opt(path).unwrap_or(none()).owned()));
        }
        null_mut()
    }
    fn PyErr_SetImportError(message: O, name: O, path: O) -> O {
        PyErr_SetImportErrorSubclass(PyImportError::type_object().as_ptr(), message, name, path)
    }
    fn _PyErr_ChainExceptions1(exc: O) {
        let py = token();
        let Some(old) = Py::<PyBaseException>::from_raw_owned_or_opt(exc) else { return };
        match take(py) {
            Some(new) => {
                new.context.set(Some(old));
                let _ = raise_object(py, new);
            }
            None => {
                let _ = raise_object(py, old);
            }
        }
    }
    fn PyErr_SyntaxLocationObject(filename: O, line: c_int, column: c_int) {
        syntax_location(token(), opt(filename), line, column)
    }
    fn PyErr_RangedSyntaxLocationObject(filename: O, line: c_int, column: c_int, _end_line: c_int, _end_column: c_int) {
        syntax_location(token(), opt(filename), line, column)
    }
    fn PyErr_SyntaxLocationEx(filename: *const c_char, line: c_int, column: c_int) {
        let py = token();
        let name = if filename.is_null() { None } else { runtime::fs::fs_decode(py, bytes_of(filename)).ok() };
        syntax_location(py, name.as_ref().map(|n| n.as_object()), line, column)
    }
    fn PyErr_SyntaxLocation(filename: *const c_char, line: c_int) {
        PyErr_SyntaxLocationEx(filename, line, -1)
    }
}

/// Notes a place on the pending exception.
fn syntax_location(py: Python, filename: Option<&PyObject>, line: c_int, column: c_int) {
    let Some(exc) = take(py) else { return };
    let set = || -> PyResult<()> {
        let e = exc.as_object();
        e.setattr(py, intern!(py, "lineno"), PyInt::from_i64(py, line as i64)?.as_object())?;
        let column =
            if column >= 0 { PyInt::from_i64(py, column as i64)?.into_object() } else { none().owned() };
        e.setattr(py, intern!(py, "offset"), &column)?;
        e.setattr(py, intern!(py, "filename"), filename.unwrap_or(none()))
    };
    if let Err(r) = set() {
        ignore(py, r);
    }
    let _ = raise_object(py, exc);
}

fn set_raised(py: Python, exc: Option<Py<PyBaseException>>) {
    thread(py).current_exception.set(exc);
}

fn set_handled(py: Python, exc: Option<Py>) {
    // SAFETY: the innermost level of handled exceptions is never null.
    let item = unsafe { &*thread(py).exc_info.get() };
    item.exc_value.set(exc.filter(|e| !e.is_none()));
}

/// Raises `ty(errno, text[, filename[, None, filename2]])`.
unsafe fn set_errno(ty: O, first: Option<&PyObject>, second: Option<&PyObject>) -> O {
    // SAFETY: the C API's contract; errno is the thread's.
    unsafe {
        let errno = *object::libc::__errno_location();
        let py = token();
        if errno == object::libc::EINTR && runtime::signals::check(py).is_err() {
            return null_mut();
        }
        let build = || -> PyResult<Py<PyTuple>> {
            let mut items: Vec<Py> = vec![
                PyInt::from_i64(py, errno as i64)?.into_object(),
                PyStr::new(py, &error_text(errno))?.into_object(),
            ];
            if let Some(f) = first {
                items.push(f.owned());
            }
            if let Some(f) = second {
                items.push(PyInt::zero().owned().into_object());
                items.push(f.owned());
            }
            PyTuple::new(py, items)
        };
        if let Ok(args) = build() {
            let _ = set_object(py, ty, Some(&args));
        }
        null_mut()
    }
}

capi! {
    fn PyErr_NewException(py, name: *const c_char, base: O, dict: O) -> O {
        new_exception_type(py, name, None, base, dict)
    }
    fn PyErr_NewExceptionWithDoc(py, name: *const c_char, doc: *const c_char, base: O, dict: O) -> O {
        new_exception_type(py, name, lossy_opt(doc).as_deref(), base, dict)
    }
    fn PyErr_CheckSignals(py) -> c_int { runtime::signals::check(py) }
    fn PyException_GetTraceback(py, exc: O) -> O { Ok(cast::<PyBaseException>(py, exc)?.traceback.get_owned()) }
    fn PyException_SetTraceback(py, exc: O, tb: O) -> c_int {
        let e = cast::<PyBaseException>(py, exc)?;
        match opt(tb) {
            None => return Err(type_error(py, "__traceback__ may not be deleted")),
            Some(t) if t.is_none() => e.traceback.set(None),
            Some(t) if t.downcast::<PyTraceback>().is_some() => e.traceback.set(Some(t.owned())),
            Some(_) => return Err(type_error(py, "__traceback__ must be a traceback or None")),
        }
        Ok(())
    }
    fn PyException_GetCause(py, exc: O) -> O { Ok(cast::<PyBaseException>(py, exc)?.cause.get_owned()) }
    fn PyException_GetContext(py, exc: O) -> O { Ok(cast::<PyBaseException>(py, exc)?.context.get_owned()) }
    fn PyException_GetArgs(py, exc: O) -> O { cast::<PyBaseException>(py, exc)?.args_tuple(py) }
    fn PyErr_ProgramTextObject(py, filename: O, line: c_int) -> O {
        let linecache = runtime::import::import_module(py, "linecache")?;
        let r = linecache.call_method(
            py,
            intern!(py, "getline"),
            &[obj(py, filename)?, PyInt::from_i64(py, line as i64)?.as_object()],
        )?;
        Ok(Some(r).filter(|r| r.length(py).is_ok_and(|n| n > 0)))
    }
}

plain! {
    fn PyException_SetCause(exc: O, cause: O) {
        let cause: Option<Py<PyBaseException>> = Py::from_raw_owned_or_opt(cause);
        let e: &PyBaseException = (*exc).downcast_unchecked();
        e.suppress_context.set(1);
        e.cause.set(cause);
    }
    fn PyException_SetContext(exc: O, context: O) {
        let context: Option<Py<PyBaseException>> = Py::from_raw_owned_or_opt(context);
        (*exc).downcast_unchecked::<PyBaseException>().context.set(context);
    }
    fn PyException_SetArgs(exc: O, args: O) {
        let args: Py<PyTuple> = (*args).downcast_unchecked::<PyTuple>().owned();
        (*exc).downcast_unchecked::<PyBaseException>().args.set(Some(args));
    }
    fn PyExceptionClass_Name(ty: O) -> *const c_char {
        (*(ty as *const PyTypeObject)).tp_name.get()
    }
    fn PyErr_SetInterrupt() {
        PyErr_SetInterruptEx(object::libc::SIGINT);
    }
    fn PyErr_SetInterruptEx(signum: c_int) -> c_int {
        if !(1..65).contains(&signum) {
            return -1;
        }
        runtime::signals::simulate(token(), signum as i64);
        0
    }
    fn PyUnicodeDecodeError_Create(
        encoding: *const c_char, bytes: *const c_char, length: isize, start: isize, end: isize, reason: *const c_char,
    ) -> O {
        let py = token();
        let make = || -> PyResult {
            let args: [Py; 5] = [
                pystr(py, encoding)?.into_object(),
                PyBytes::new(py, slice(bytes as *const u8, length))?.into_object(),
                PyInt::from_isize(py, start)?.into_object(),
                PyInt::from_isize(py, end)?.into_object(),
                pystr(py, reason)?.into_object(),
            ];
            let refs: Vec<&PyObject> = args.iter().map(|a| a.as_object()).collect();
            PyUnicodeDecodeError::type_object().as_object().call(py, &refs)
        };
        result(make())
    }
}

unsafe fn new_exception_type(
    py: Python,
    name: *const c_char,
    doc: Option<&str>,
    base: O,
    dict: O,
) -> PyResult {
    // SAFETY: the C API's contract.
    unsafe {
        let full = lossy(name);
        let Some((module, short)) = full.rsplit_once('.') else {
            return Err(system_error(py, "PyErr_NewException: name must be module.class"));
        };
        let base = opt(base).unwrap_or(PyExc_Exception_Type.as_object());
        let bases = match base.downcast::<PyTuple>() {
            Some(t) => t.owned(),
            None => PyTuple::from_slice(py, &[base])?,
        };
        let dict = match opt_as::<PyDict>(dict) {
            Some(d) => d.owned(),
            None => PyDict::new(py)?,
        };
        if dict.get_text(py, "__module__")?.is_none() {
            dict.set_text(py, "__module__", PyStr::new(py, module)?.as_object())?;
        }
        if let Some(doc) = doc {
            dict.set_text(py, "__doc__", PyStr::new(py, doc)?.as_object())?;
        }
        let short = PyStr::new(py, short)?;
        PyTypeObject::type_object()
            .as_object()
            .call(py, &[short.as_object(), bases.as_object(), dict.as_object()])
    }
}

macro_rules! unicode_error_fields {
    ($($ty:ident: $get_start:ident $set_start:ident $get_end:ident $set_end:ident $object:ident $reason:ident $set_reason:ident;)*) => { capi! { $(
        fn $get_start(py, exc: O, out: *mut isize) -> c_int {
            *out = unicode_fields::<$ty>(py, exc)?.0;
            Ok(())
        }
        fn $get_end(py, exc: O, out: *mut isize) -> c_int {
            *out = unicode_fields::<$ty>(py, exc)?.1;
            Ok(())
        }
        fn $set_start(py, exc: O, value: isize) -> c_int { fields::<$ty>(py, exc)?.start.set(value); Ok(()) }
        fn $set_end(py, exc: O, value: isize) -> c_int { fields::<$ty>(py, exc)?.end.set(value); Ok(()) }
        fn $object(py, exc: O) -> O { field(py, &fields::<$ty>(py, exc)?.object, "object") }
        fn $reason(py, exc: O) -> O { field(py, &fields::<$ty>(py, exc)?.reason, "reason") }
        fn $set_reason(py, exc: O, reason: *const c_char) -> c_int {
            fields::<$ty>(py, exc)?.reason.set(Some(pystr(py, reason)?.into_object()));
            Ok(())
        }
    )* } };
}

unicode_error_fields! {
    PyUnicodeEncodeError: PyUnicodeEncodeError_GetStart PyUnicodeEncodeError_SetStart PyUnicodeEncodeError_GetEnd
        PyUnicodeEncodeError_SetEnd PyUnicodeEncodeError_GetObject PyUnicodeEncodeError_GetReason PyUnicodeEncodeError_SetReason;
    PyUnicodeDecodeError: PyUnicodeDecodeError_GetStart PyUnicodeDecodeError_SetStart PyUnicodeDecodeError_GetEnd
        PyUnicodeDecodeError_SetEnd PyUnicodeDecodeError_GetObject PyUnicodeDecodeError_GetReason PyUnicodeDecodeError_SetReason;
    PyUnicodeTranslateError: PyUnicodeTranslateError_GetStart PyUnicodeTranslateError_SetStart PyUnicodeTranslateError_GetEnd
        PyUnicodeTranslateError_SetEnd PyUnicodeTranslateError_GetObject PyUnicodeTranslateError_GetReason PyUnicodeTranslateError_SetReason;
}

capi! {
    fn PyUnicodeEncodeError_GetEncoding(py, exc: O) -> O {
        field(py, &fields::<PyUnicodeEncodeError>(py, exc)?.encoding, "encoding")
    }
    fn PyUnicodeDecodeError_GetEncoding(py, exc: O) -> O {
        field(py, &fields::<PyUnicodeDecodeError>(py, exc)?.encoding, "encoding")
    }
}

unsafe fn fields<'a, T: PyTypeInfo>(py: Python, exc: O) -> PyResult<&'a UnicodeErrorFields> {
    // SAFETY: the three types share their fields.
    unsafe {
        let e = obj(py, exc)?;
        if !T::check(e) {
            let text = format!("expecting a {} object, got {}", T::type_object().short_name(), tp_name(e));
            return Err(type_error(py, text));
        }
        Ok(&*(e as *const PyObject as *const UnicodeErrorFields))
    }
}

fn field(py: Python, slot: &Slot, name: &str) -> PyResult {
    slot.get_owned().ok_or_else(|| type_error(py, format!("UnicodeError '{name}' attribute is not set")))
}

/// Start and end, inside the object.
unsafe fn unicode_fields<T: PyTypeInfo>(py: Python, exc: O) -> PyResult<(isize, isize)> {
    // SAFETY: as `fields`.
    let f = unsafe { fields::<T>(py, exc)? };
    let len = field(py, &f.object, "object")?.length(py)?;
    Ok(f.range(len))
}

variadic! {
    fn PyErr_Format(ty: O, format: *const c_char; ...) -> O => err_format, 2;
    fn _PyErr_FormatFromCause(ty: O, format: *const c_char; ...) -> O => err_format_from_cause, 2;
    fn PyErr_FormatUnraisable(format: *const c_char; ...) => err_format_unraisable, 1;
    fn PyErr_WarnFormat(category: O, level: isize, format: *const c_char; ...) -> c_int => warn_format, 3;
    fn PyErr_ResourceWarning(source: O, level: isize, format: *const c_char; ...) -> c_int => resource_warning, 3;
    fn PyErr_WarnExplicitFormat(category: O, filename: *const c_char, line: c_int, module: *const c_char, registry: O, format: *const c_char; ...) -> c_int => warn_explicit_format, 6;
}

unsafe extern "C" fn err_format(ty: O, format: *const c_char, va: &mut VaList) -> O {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        // What is pending is replaced, and must not get into the way of the reprs in the message.
        drop(take(py));
        if let Ok(s) = format::text(py, format, va) {
            let _ = set_object(py, ty, Some(&s));
        }
    }
    null_mut()
}

/// The pending exception becomes the new one's cause.
unsafe extern "C" fn err_format_from_cause(ty: O, format: *const c_char, va: &mut VaList) -> O {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        let cause = take(py);
        err_format(ty, format, va);
        let new = take(py);
        if let (Some(new), Some(cause)) = (&new, cause) {
            new.suppress_context.set(1);
            new.cause.set(Some(cause.clone()));
            new.context.set(Some(cause));
        }
        if let Some(new) = new {
            let _ = raise_object(py, new);
        }
    }
    null_mut()
}

plain! {
    /// The value of a pending `StopIteration`, or `None`; -1 for another exception, which stays.
    fn _PyGen_FetchStopIterationValue(value: *mut O) -> c_int {
        let py = token();
        *value = null_mut();
        let stopped = matches(py, &exceptions::PyExc_StopIteration_Type);
        let result = match take(py) {
            None => none().owned(),
            Some(e) if !stopped => {
                let _ = raise_object(py, e);
                return -1;
            }
            Some(e) => match e.as_object().getattr_str(py, "value") {
                Ok(v) => v,
                Err(_) => return -1,
            },
        };
        *value = result.into_raw();
        0
    }
    fn PyErr_FormatV(ty: O, format: *const c_char, va: *mut VaList) -> O {
        err_format(ty, format, &mut *va)
    }
}

unsafe extern "C" fn err_format_unraisable(format: *const c_char, va: &mut VaList) {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        let saved = take(py);
        let text = if format.is_null() { None } else { format::text(py, format, va).ok() };
        drop(take(py));
        if let Some(e) = saved {
            let _ = raise_object(py, e);
        }
        write_unraisable(py, Raised::pending(), text.map(|t| t.to_string_lossy()).as_deref(), None);
    }
}

/// The category of a warning.
unsafe fn category<'a>(py: Python, o: O) -> PyResult<&'a PyTypeObject> {
    // SAFETY: the C API's contract.
    match unsafe { opt(o) } {
        None => Ok(&PyExc_RuntimeWarning_Type),
        Some(o) => match o.downcast::<PyTypeObject>() {
            Some(t) => Ok(t),
            None => Err(type_error(py, format!("category must be a Warning subclass, not '{}'", tp_name(o)))),
        },
    }
}

capi! {
    fn PyErr_WarnEx(py, cat: O, text: *const c_char, level: isize) -> c_int {
        warn_object(py, category(py, cat)?, &*pystr(py, text)?, level, None)
    }
    fn PyErr_WarnExplicitObject(py, cat: O, text: O, filename: O, line: c_int, module: O, registry: O) -> c_int {
        explicit(py, cat, obj(py, text)?, obj(py, filename)?, line, opt(module), opt(registry))
    }
    fn PyErr_WarnExplicit(py, cat: O, text: *const c_char, filename: *const c_char, line: c_int, module: *const c_char, registry: O) -> c_int {
        let text = pystr(py, text)?;
        let filename = runtime::fs::fs_decode(py, bytes_of(filename))?;
        let module = if module.is_null() { None } else { Some(pystr(py, module)?) };
        explicit(py, cat, &text, &filename, line, module.as_ref().map(|m| m.as_object()), opt(registry))
    }
}

unsafe fn explicit(
    py: Python,
    cat: O,
    text: &PyObject,
    filename: &PyObject,
    line: c_int,
    module: Option<&PyObject>,
    registry: Option<&PyObject>,
) -> PyResult<()> {
    // SAFETY: the C API's contract.
    let cat = unsafe { category(py, cat)? };
    let f = runtime::import::import_attr(py, "_warnings", "warn_explicit")?;
    let line = PyInt::from_i64(py, line as i64)?;
    f.call(
        py,
        &[
            text,
            cat.as_object(),
            filename,
            line.as_object(),
            module.unwrap_or(none()),
            registry.unwrap_or(none()),
        ],
    )?;
    Ok(())
}

unsafe extern "C" fn warn_format(cat: O, level: isize, format: *const c_char, va: &mut VaList) -> c_int {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        let mut issue = || warn_object(py, category(py, cat)?, &*format::text(py, format, va)?, level, None);
        result(issue())
    }
}

unsafe extern "C" fn resource_warning(
    source: O,
    level: isize,
    format: *const c_char,
    va: &mut VaList,
) -> c_int {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        let mut issue = || {
            warn_object(py, &PyExc_ResourceWarning_Type, &*format::text(py, format, va)?, level, opt(source))
        };
        result(issue())
    }
}

unsafe extern "C" fn warn_explicit_format(
    cat: O,
    filename: *const c_char,
    line: c_int,
    module: *const c_char,
    registry: O,
    format: *const c_char,
    va: *mut VaList,
) -> c_int {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        let issue = || {
            let text = format::text(py, format, &mut *va)?;
            let filename = runtime::fs::fs_decode(py, bytes_of(filename))?;
            let module = if module.is_null() { None } else { Some(pystr(py, module)?) };
            explicit(py, cat, &text, &filename, line, module.as_ref().map(|m| m.as_object()), opt(registry))
        };
        result(issue())
    }
}
