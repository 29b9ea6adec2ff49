//! `code.h`, `ceval.h` and `genobject.h`: making code objects, running and tracing them.

use crate::convert::*;
use runtime::interp::tracing::{self, TraceFunc};
use runtime::prelude::*;
use runtime::types::generator::{PyAsyncGen, PyCoroutine, PyGenerator};
use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

/// `CO_OPTIMIZED`: the locals are no mapping.
const OPTIMIZED: u32 = 1;

/// A code object from its parts, in the order of `PyUnstable_Code_NewWithPosOnlyArgs`.
#[allow(clippy::too_many_arguments)]
unsafe fn new_code(
    py: Python,
    counts: [c_int; 6],
    code: O,
    consts: O,
    names: O,
    varnames: O,
    freevars: O,
    cellvars: O,
    filename: O,
    name: O,
    qualname: O,
    firstlineno: c_int,
    linetable: O,
    exceptiontable: O,
) -> PyResult {
    // SAFETY: the C API's contract.
    unsafe {
        let mut args: Vec<Py> = Vec::with_capacity(18);
        for n in counts {
            args.push(PyInt::from_i64(py, n as i64)?.into_object());
        }
        for o in [code, consts, names, varnames, filename, name, qualname] {
            args.push(obj(py, o)?.owned());
        }
        args.push(PyInt::from_i64(py, firstlineno as i64)?.into_object());
        for o in [linetable, exceptiontable, freevars, cellvars] {
            args.push(obj(py, o)?.owned());
        }
        let refs: Vec<&PyObject> = args.iter().map(|a| a.as_object()).collect();
        PyCode::type_object().as_object().call(py, &refs)
    }
}

capi! {
    fn PyUnstable_Code_NewWithPosOnlyArgs(
        py, argcount: c_int, posonly: c_int, kwonly: c_int, nlocals: c_int, stacksize: c_int, flags: c_int, code: O, consts: O,
        names: O, varnames: O, freevars: O, cellvars: O, filename: O, name: O, qualname: O, firstlineno: c_int, linetable: O,
        exceptiontable: O,
    ) -> O {
        new_code(
            py, [argcount, posonly, kwonly, nlocals, stacksize, flags], code, consts, names, varnames, freevars, cellvars,
            filename, name, qualname, firstlineno, linetable, exceptiontable,
        )
    }
    fn PyUnstable_Code_New(
        py, argcount: c_int, kwonly: c_int, nlocals: c_int, stacksize: c_int, flags: c_int, code: O, consts: O, names: O,
        varnames: O, freevars: O, cellvars: O, filename: O, name: O, qualname: O, firstlineno: c_int, linetable: O,
        exceptiontable: O,
    ) -> O {
        new_code(
            py, [argcount, 0, kwonly, nlocals, stacksize, flags], code, consts, names, varnames, freevars, cellvars,
            filename, name, qualname, firstlineno, linetable, exceptiontable,
        )
    }
    fn PyEval_EvalCodeEx(
        py, code: O, globals: O, locals: O, args: *const O, nargs: c_int, kwargs: *const O, nkw: c_int, defaults: *const O,
        ndefaults: c_int, kwdefaults: O, closure: O,
    ) -> O {
        let code = cast::<PyCode>(py, code)?;
        let globals = cast::<PyDict>(py, globals)?;
        if !code.has_flag(OPTIMIZED) {
            let l = opt(locals).unwrap_or(globals.as_object());
            return runtime::interp::eval_code(py, code, globals, Some(l));
        }
        let f = PyFunction::new(py, code, globals.as_object())?;
        if ndefaults > 0 {
            f.set_defaults(Some(PyTuple::from_slice(py, objects(defaults, ndefaults as usize))?));
        }
        if !kwdefaults.is_null() {
            f.set_kwdefaults(Some(cast::<PyDict>(py, kwdefaults)?.owned()));
        }
        if !closure.is_null() {
            f.func_closure.set(Some(cast::<PyTuple>(py, closure)?.owned()));
        }
        let pairs = objects(kwargs, 2 * nkw.max(0) as usize);
        let names = PyTuple::new(py, pairs.iter().step_by(2).map(|n| n.owned()).collect::<Vec<_>>())?;
        let mut all = objects(args, nargs.max(0) as usize).to_vec();
        all.extend(pairs.iter().skip(1).step_by(2));
        f.as_object().call_kw(py, &all, Some(&*names).filter(|n| !n.is_empty()))
    }
    fn PyEval_GetLocals(py) -> O {
        if runtime::interp::frame_globals(py).is_none() {
            return Err(system_error(py, "frame does not exist"));
        }
        let locals = runtime::interp::frame_locals(py)?;
        // A borrowed reference: the frame keeps it.
        let frame = runtime::interp::get_frame(py, 0)?;
        if let Some(f) = frame.downcast::<PyFrame>() {
            f.f_locals_cache.set(Some(locals.clone()));
        }
        Ok(borrowed(locals))
    }
    fn _PyEval_SliceIndex(py, o: O, out: *mut isize) -> c_int {
        if let Some(o) = opt(o).filter(|o| !o.is_none()) {
            *out = runtime::types::slice::slice_index(py, o)?;
        }
        Ok(true)
    }
    fn PyGen_New(py, f: O) -> O { generator(py, PyGenerator::type_object(), f, null_mut(), null_mut()) }
    fn PyGen_NewWithQualName(py, f: O, n: O, q: O) -> O { generator(py, PyGenerator::type_object(), f, n, q) }
    fn PyCoro_New(py, f: O, n: O, q: O) -> O { generator(py, PyCoroutine::type_object(), f, n, q) }
    fn PyAsyncGen_New(py, f: O, n: O, q: O) -> O { generator(py, PyAsyncGen::type_object(), f, n, q) }
}

/// A generator over a frame that has not run. Takes over the frame, as C's functions do.
unsafe fn generator(
    py: Python,
    ty: &'static PyTypeObject,
    f: O,
    name: O,
    qualname: O,
) -> PyResult<Py<PyGenerator>> {
    // SAFETY: the C API's contract.
    unsafe {
        let frame: Py = Py::from_raw_owned(f);
        let Some(frame) = frame.downcast::<PyFrame>() else { return Err(bad_internal_call(py)) };
        let text = |o: O| opt_as::<PyStr>(o).map(|s| s.owned());
        runtime::types::generator::from_frame_object(py, ty, frame, text(name), text(qualname))
    }
}

fn report_unraisable(py: Python, r: PyResult<()>, function: &str) {
    if let Err(e) = r {
        write_unraisable(py, e, Some(&format!("Exception ignored in {function}")), None);
    }
}

plain! {
    fn PyEval_SetTrace(f: Option<TraceFunc>, arg: O) {
        let py = token();
        let arg = opt(arg).map(|a| a.owned());
        report_unraisable(py, tracing::set_trace_function(py, runtime::state::thread(py), f, arg), "PyEval_SetTrace()");
    }
    fn PyEval_SetProfile(f: Option<TraceFunc>, arg: O) {
        let py = token();
        let arg = opt(arg).map(|a| a.owned());
        report_unraisable(py, tracing::set_profile_function(py, runtime::state::thread(py), f, arg), "PyEval_SetProfile()");
    }
    fn PyEval_SetTraceAllThreads(f: Option<TraceFunc>, arg: O) {
        let py = token();
        for t in runtime::state::threads::all(py) {
            let arg = opt(arg).map(|a| a.owned());
            report_unraisable(py, tracing::set_trace_function(py, t, f, arg), "PyEval_SetTraceAllThreads()");
        }
    }
    fn PyEval_SetProfileAllThreads(f: Option<TraceFunc>, arg: O) {
        let py = token();
        for t in runtime::state::threads::all(py) {
            let arg = opt(arg).map(|a| a.owned());
            report_unraisable(py, tracing::set_profile_function(py, t, f, arg), "PyEval_SetProfileAllThreads()");
        }
    }
    fn PyEval_GetFuncName(f: O) -> *const c_char {
        let py = token();
        let o = &*f;
        let name = if let Some(m) = o.downcast::<PyMethod>() {
            return PyEval_GetFuncName(crate::callables::PyMethod_Function(m.as_ptr()));
        } else if let Some(p) = o.downcast::<PyFunction>() {
            p.func_name.get_owned()
        } else if let Some(c) = o.downcast::<PyCFunction>() {
            return c.def().ml_name;
        } else {
            None
        };
        // The function keeps its name.
        match name.map(|n| crate::unicodeobject::utf8_pointer(py, &n)) {
            Some(Ok((p, _))) => p,
            Some(Err(e)) => {
                ignore(py, e);
                o.ty().tp_name.get()
            }
            None => o.ty().tp_name.get(),
        }
    }
    fn PyEval_GetFuncDesc(f: O) -> *const c_char {
        let o = &*f;
        if o.downcast::<PyMethod>().is_some() || o.downcast::<PyFunction>().is_some() || o.downcast::<PyCFunction>().is_some() {
            c"()".as_ptr()
        } else {
            c" object".as_ptr()
        }
    }
}
