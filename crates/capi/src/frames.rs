//! `frameobject.h`, `pyframe.h`, `code.h`, `genobject.h`, `traceback.h`: code objects, frames, generators.

use crate::convert::*;
use runtime::prelude::*;
use runtime::types::frame::PyFrame;
use runtime::types::generator::{PyAsyncGen, PyCoroutine, PyGenerator};
use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

unsafe fn frame_attr(py: Python, f: O, name: &str) -> PyResult {
    // SAFETY: the C API's contract.
    unsafe { cast::<PyFrame>(py, f)? }.as_object().getattr_str(py, name)
}

unsafe fn int_attr(f: O, name: &str) -> c_int {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        match frame_attr(py, f, name) {
            Ok(v) => v.downcast::<PyInt>().and_then(|i| i.as_i64()).map_or(-1, |i| i as c_int),
            Err(e) => {
                ignore(py, e);
                -1
            }
        }
    }
}

unsafe fn not_none(v: PyResult) -> PyResult<Option<Py>> {
    v.map(|v| Some(v).filter(|v| !v.is_none()))
}

capi! {
    fn PyFrame_GetBack(py, f: O) -> O { not_none(frame_attr(py, f, "f_back")) }
    fn PyFrame_GetCode(py, f: O) -> O { frame_attr(py, f, "f_code") }
    fn PyFrame_GetBuiltins(py, f: O) -> O { frame_attr(py, f, "f_builtins") }
    fn PyFrame_GetGlobals(py, f: O) -> O { frame_attr(py, f, "f_globals") }
    fn PyFrame_GetLocals(py, f: O) -> O { frame_attr(py, f, "f_locals") }
    fn PyFrame_GetGenerator(py, f: O) -> O { not_none(frame_attr(py, f, "f_generator")) }
    fn PyFrame_GetVar(py, f: O, n: O) -> O { local(py, f, obj(py, n)?) }
    fn PyFrame_GetVarString(py, f: O, n: *const c_char) -> O { local(py, f, &*pystr(py, n)?) }
    fn PyThreadState_GetFrame(py, t: *mut runtime::state::Thread) -> O {
        if !std::ptr::eq(t, runtime::state::thread(py)) {
            let d = runtime::interp::current_frames(py)?;
            return d.get_item(py, PyInt::from_u64(py, (*t).thread_id.get())?.as_object());
        }
        if runtime::interp::frame_globals(py).is_none() {
            return Ok(None);
        }
        runtime::interp::get_frame(py, 0).map(Some)
    }
    fn PyEval_GetFrame(py) -> O {
        if runtime::interp::frame_globals(py).is_none() {
            return Ok(null_mut());
        }
        Ok(borrowed(runtime::interp::get_frame(py, 0)?))
    }
    fn PyCode_GetCode(py, c: O) -> O { cast::<PyCode>(py, c)?.code_bytes(py) }
    fn PyCode_GetVarnames(py, c: O) -> O { cast::<PyCode>(py, c)?.varnames(py) }
    fn PyCode_GetCellvars(py, c: O) -> O { cast::<PyCode>(py, c)?.cellvars(py) }
    fn PyCode_GetFreevars(py, c: O) -> O { cast::<PyCode>(py, c)?.freevars(py) }
    fn PyCode_NewEmpty(py, filename: *const c_char, function: *const c_char, line: c_int) -> O {
        let filename = runtime::fs::fs_decode(py, bytes_of(filename))?;
        PyCode::empty(py, &filename, &*pystr(py, function)?, line)
    }
    fn PyTraceBack_Here(py, f: O) -> c_int {
        let f = cast::<PyFrame>(py, f)?;
        let Some(exc) = take(py) else { return Err(bad_internal_call(py)) };
        let old = exc.traceback.get_owned().and_then(|t| t.downcast_into::<PyTraceback>().ok());
        let lasti = f.as_object().getattr_str(py, "f_lasti")?;
        let line = f.as_object().getattr_str(py, "f_lineno")?;
        let number = |o: &PyObject| o.downcast::<PyInt>().and_then(|i| i.as_i64()).unwrap_or(-1) as i32;
        let tb = PyTraceback::new(py, old, f.owned(), number(&lasti), number(&line))?;
        exc.set_traceback_object(Some(tb));
        let _ = raise_object(py, exc);
        Ok(())
    }
    fn PyTraceBack_Print(py, tb: O, file: O) -> c_int {
        let tb = obj(py, tb)?;
        if tb.downcast::<PyTraceback>().is_none() {
            return Err(bad_internal_call(py));
        }
        let print = runtime::import::import_attr(py, "traceback", "print_tb")?;
        print.call(py, &[tb, none(), obj(py, file)?])?;
        Ok(())
    }
    fn PyGen_GetCode(py, g: O) -> O {
        let _ = py;
        Ok((*g).downcast_unchecked::<PyGenerator>().code().owned())
    }
}

unsafe fn local(py: Python, f: O, name: &PyObject) -> PyResult {
    if !PyStr::check(name) {
        return Err(type_error(py, format!("name must be str, not {}", tp_name(name))));
    }
    // SAFETY: the C API's contract.
    let locals = unsafe { frame_attr(py, f, "f_locals")? };
    match locals.get_item(py, name) {
        Ok(v) => Ok(v),
        Err(e) => {
            catch(py, e, runtime::types::exceptions::PyKeyError::type_object())?;
            let shown = name.repr(py)?.to_string_lossy();
            Err(raise(
                py,
                &runtime::types::exceptions::PyExc_NameError_Type,
                format!("variable {shown} does not exist"),
            ))
        }
    }
}

plain! {
    fn PyFrame_GetLineNumber(f: O) -> c_int { int_attr(f, "f_lineno") }
    fn PyFrame_GetLasti(f: O) -> c_int { int_attr(f, "f_lasti") }
    fn PyCode_Addr2Line(c: O, at: c_int) -> c_int { (*c).downcast_unchecked::<PyCode>().line_of(at) }
    fn PyAsyncGen_CheckExact(o: O) -> c_int { PyAsyncGen::check_exact(&*o) as c_int }
    fn PyCoro_CheckExact(o: O) -> c_int { PyCoroutine::check_exact(&*o) as c_int }
    fn _PyTraceback_Add(function: *const c_char, filename: *const c_char, line: c_int) {
        let py = token();
        let Some(exc) = take(py) else { return };
        let make = || -> PyResult<()> {
            let filename = runtime::fs::fs_decode(py, bytes_of(filename))?;
            let code = PyCode::empty(py, &filename, &*pystr(py, function)?, line)?;
            let frame = PyFrame::for_code(py, &code, &*PyDict::new(py)?, line)?;
            let old = exc.traceback.get_owned().and_then(|t| t.downcast_into::<PyTraceback>().ok());
            exc.set_traceback_object(Some(PyTraceback::new(py, old, frame, 0, line)?));
            Ok(())
        };
        if let Err(e) = make() {
            ignore(py, e);
        }
        let _ = raise_object(py, exc);
    }
    fn PyFrame_New(_t: *mut runtime::state::Thread, code: O, globals: O, _locals: O) -> O {
        let py = token();
        let make = || {
            let code = cast::<PyCode>(py, code)?;
            PyFrame::for_code(py, code, cast::<PyDict>(py, globals)?, code.co_firstlineno.get())
        };
        result(make())
    }
}
