//! `modsupport.h`: building values, parsing arguments, and what modules are made of.

pub(crate) mod build;
mod clinic;
mod convert;
mod keywords;
mod parse;

use crate::convert::*;
use crate::variadic::VaList;
use runtime::prelude::*;
use std::ffi::{c_char, c_int, c_long};

variadic! {
    fn Py_BuildValue(format: *const c_char; ...) -> O => build_value, 1;
    fn _Py_BuildValue_SizeT(format: *const c_char; ...) -> O => build_value, 1;
    fn PyArg_Parse(args: O, format: *const c_char; ...) -> c_int => parse_one, 2;
    fn _PyArg_Parse_SizeT(args: O, format: *const c_char; ...) -> c_int => parse_one, 2;
    fn PyArg_ParseTuple(args: O, format: *const c_char; ...) -> c_int => parse_tuple, 2;
    fn _PyArg_ParseTuple_SizeT(args: O, format: *const c_char; ...) -> c_int => parse_tuple, 2;
    fn PyArg_ParseTupleAndKeywords(args: O, kwargs: O, format: *const c_char, names: *const *const c_char; ...) -> c_int => parse_keywords, 4;
    fn _PyArg_ParseTupleAndKeywords_SizeT(args: O, kwargs: O, format: *const c_char, names: *const *const c_char; ...) -> c_int => parse_keywords, 4;
    fn _PyArg_ParseStack(args: *const O, nargs: isize, format: *const c_char; ...) -> c_int => parse_stack, 3;
    fn PyArg_UnpackTuple(args: O, name: *const c_char, min: isize, max: isize; ...) -> c_int => unpack_tuple, 4;
    fn _PyArg_UnpackStack(args: *const O, nargs: isize, name: *const c_char, min: isize, max: isize; ...) -> c_int => unpack_stack, 5;
}

capi! {
    fn Py_VaBuildValue(py, format: *const c_char, va: *mut VaList) -> O {
        build::value(py, bytes_of(format), &mut *va)
    }
    fn _Py_VaBuildValue_SizeT(py, format: *const c_char, va: *mut VaList) -> O {
        build::value(py, bytes_of(format), &mut *va)
    }
    fn PyModule_AddObjectRef(py, module: O, n: *const c_char, value: O) -> c_int {
        add_object(py, module, n, value)
    }
    fn PyModule_Add(py, module: O, n: *const c_char, value: O) -> c_int {
        let given: Option<Py> = Py::from_raw_owned_or_opt(value);
        add_object(py, module, n, given.as_ref().map_or(std::ptr::null_mut(), |v| v.as_ptr()))
    }
    fn PyModule_AddObject(py, module: O, n: *const c_char, value: O) -> c_int {
        add_object(py, module, n, value)?;
        // Taken over only when all went well.
        PyObject::decref(value);
        Ok(())
    }
    fn PyModule_AddIntConstant(py, module: O, n: *const c_char, value: c_long) -> c_int {
        let v = PyInt::from_i64(py, value)?;
        add_object(py, module, n, v.as_ptr())
    }
    fn PyModule_AddStringConstant(py, module: O, n: *const c_char, value: *const c_char) -> c_int {
        let v = pystr(py, value)?;
        add_object(py, module, n, v.as_ptr())
    }
    fn PyModule_AddType(py, module: O, ty: *mut PyTypeObject) -> c_int {
        let t = &*ty;
        crate::typeobject::ready(py, t)?;
        let short = PyStr::new(py, t.short_name())?;
        cast::<PyModule>(py, module)?.dict(py).set_item(py, &short, t.as_object())
    }
}

unsafe fn add_object(py: Python, module: O, n: *const c_char, value: O) -> PyResult<()> {
    // SAFETY: the C API's contract.
    unsafe {
        let Some(m) = opt(module).and_then(|m| m.downcast::<PyModule>()) else {
            return Err(type_error(py, "PyModule_AddObjectRef() first argument must be a module"));
        };
        let Some(v) = opt(value) else {
            if pending(py) {
                return Err(Raised::pending());
            }
            return Err(system_error(
                py,
                "PyModule_AddObjectRef() must be called with an exception raised if value is NULL",
            ));
        };
        m.dict(py).set_item(py, &*pystr(py, n)?, v)
    }
}

unsafe extern "C" fn build_value(format: *const c_char, va: &mut VaList) -> O {
    // SAFETY: the C API's contract.
    unsafe { result(build::value(token(), bytes_of(format), va)) }
}

/// What the parsing functions return: 1, or 0 with an exception.
fn parsed(r: PyResult<()>) -> c_int {
    r.is_ok() as c_int
}

unsafe extern "C" fn parse_one(args: O, format: *const c_char, va: &mut VaList) -> c_int {
    // SAFETY: the C API's contract.
    unsafe { parsed(parse::single(token(), args, format, va)) }
}

unsafe extern "C" fn parse_tuple(args: O, format: *const c_char, va: &mut VaList) -> c_int {
    // SAFETY: the C API's contract.
    unsafe { parsed(parse::tuple(token(), args, format, va)) }
}

unsafe extern "C" fn parse_stack(
    args: *const O,
    nargs: isize,
    format: *const c_char,
    va: &mut VaList,
) -> c_int {
    // SAFETY: the C API's contract.
    unsafe { parsed(parse::all(token(), objects(args, nargs as usize), format, va)) }
}

unsafe extern "C" fn parse_keywords(
    args: O,
    kwargs: O,
    format: *const c_char,
    names: *const *const c_char,
    va: &mut VaList,
) -> c_int {
    // SAFETY: the C API's contract.
    unsafe { parsed(keywords::parse(token(), args, kwargs, format, names, va)) }
}

unsafe extern "C" fn unpack_tuple(
    args: O,
    name: *const c_char,
    min: isize,
    max: isize,
    va: &mut VaList,
) -> c_int {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        match opt(args).and_then(|a| a.downcast::<PyTuple>()) {
            Some(t) => parsed(unpack(py, t.items(), name, min, max, va)),
            None => {
                let _ = system_error(py, "PyArg_UnpackTuple() argument list is not a tuple");
                0
            }
        }
    }
}

unsafe extern "C" fn unpack_stack(
    args: *const O,
    nargs: isize,
    name: *const c_char,
    min: isize,
    max: isize,
    va: &mut VaList,
) -> c_int {
    // SAFETY: the C API's contract.
    unsafe { parsed(unpack(token(), objects(args, nargs as usize), name, min, max, va)) }
}

unsafe fn unpack(
    py: Python,
    args: &[&PyObject],
    name: *const c_char,
    min: isize,
    max: isize,
    va: &mut VaList,
) -> PyResult<()> {
    // SAFETY: the list holds `max` addresses of object variables.
    unsafe {
        clinic::check_positional(py, name, args.len() as isize, min, max)?;
        for a in args {
            *va.pointer::<O>() = a.as_ptr();
        }
    }
    Ok(())
}

plain! {
    fn PyArg_VaParse(args: O, format: *const c_char, va: *mut VaList) -> c_int {
        parse_tuple(args, format, &mut *va)
    }
    fn _PyArg_VaParse_SizeT(args: O, format: *const c_char, va: *mut VaList) -> c_int {
        parse_tuple(args, format, &mut *va)
    }
    fn PyArg_VaParseTupleAndKeywords(args: O, kwargs: O, format: *const c_char, names: *const *const c_char, va: *mut VaList) -> c_int {
        parse_keywords(args, kwargs, format, names, &mut *va)
    }
    fn _PyArg_VaParseTupleAndKeywords_SizeT(args: O, kwargs: O, format: *const c_char, names: *const *const c_char, va: *mut VaList) -> c_int {
        parse_keywords(args, kwargs, format, names, &mut *va)
    }
    fn PyArg_ValidateKeywordArguments(kwargs: O) -> c_int {
        let py = token();
        match opt(kwargs).and_then(|k| k.downcast::<PyDict>()) {
            None => {
                let _ = bad_internal_call(py);
                0
            }
            Some(d) if !d.has_only_str_keys() => {
                let _ = type_error(py, "keywords must be strings");
                0
            }
            Some(_) => 1,
        }
    }
    fn PyABIInfo_Check(_info: *const std::ffi::c_void, _name: *const c_char) -> c_int { 0 }
}
