//! `abstract.h`: calls.

use crate::convert::*;
use crate::modsupport::build;
use crate::variadic::VaList;
use runtime::abstract_::call;
use runtime::prelude::*;
use std::ffi::{c_char, c_void};
use std::ptr::null_mut;

capi! {
    fn PyObject_Call(py, f: O, args: O, kwargs: O) -> O {
        obj(py, f)?.call_tuple_dict(py, cast::<PyTuple>(py, args)?, opt_as::<PyDict>(kwargs))
    }
    fn PyCFunction_Call(py, f: O, args: O, kwargs: O) -> O {
        obj(py, f)?.call_tuple_dict(py, cast::<PyTuple>(py, args)?, opt_as::<PyDict>(kwargs))
    }
    fn PyObject_CallObject(py, f: O, args: O) -> O {
        match opt(args) {
            None => obj(py, f)?.call0(py),
            Some(a) => match a.downcast::<PyTuple>() {
                Some(t) => obj(py, f)?.call_tuple_dict(py, t, None),
                None => Err(type_error(py, "argument list must be a tuple")),
            },
        }
    }
    fn PyEval_CallObjectWithKeywords(py, f: O, args: O, kwargs: O) -> O {
        let args = match opt(args) {
            None => PyTuple::empty(py),
            Some(a) => match a.downcast::<PyTuple>() {
                Some(t) => t.owned(),
                None => return Err(type_error(py, "argument list must be a tuple")),
            },
        };
        if let Some(k) = opt(kwargs)
            && !PyDict::check(k)
        {
            return Err(type_error(py, "keyword list must be a dictionary"));
        }
        obj(py, f)?.call_tuple_dict(py, &args, opt_as::<PyDict>(kwargs))
    }
    fn PyObject_CallNoArgs(py, f: O) -> O { obj(py, f)?.call0(py) }
    fn PyObject_CallOneArg(py, f: O, arg: O) -> O { obj(py, f)?.call1(py, obj(py, arg)?) }
    fn PyObject_Vectorcall(py, f: O, args: *const O, nargsf: usize, kwnames: O) -> O {
        call::vectorcall(py, obj(py, f)?, args, nargsf, opt_as::<PyTuple>(kwnames))
    }
    fn PyObject_VectorcallDict(py, f: O, args: *const O, nargsf: usize, kwargs: O) -> O {
        let f = obj(py, f)?;
        let positional = objects(args, call::nargs(nargsf));
        match opt_as::<PyDict>(kwargs).filter(|d| !d.is_empty()) {
            None => call::vectorcall(py, f, args, nargsf, None),
            Some(d) => {
                let (names, values) = call::split_kwargs(py, d)?;
                let mut all: Vec<&PyObject> = positional.to_vec();
                all.extend(values.iter().map(|v| v.as_object()));
                f.call_kw(py, &all, Some(&names))
            }
        }
    }
    fn PyObject_VectorcallMethod(py, name: O, args: *const O, nargsf: usize, kwnames: O) -> O {
        let n = attr_name(py, obj(py, name)?)?;
        let this = obj(py, *args)?;
        let names = opt_as::<PyTuple>(kwnames);
        let (method, unbound) = runtime::types::object_::get_method(py, this, n)?;
        let count = call::nargs(nargsf);
        if unbound {
            // The slot before `self`, if the caller lent one, stays as it is.
            call::vectorcall(py, &method, args, count, names)
        } else {
            call::vectorcall(py, &method, args.add(1), (count - 1) | call::ARGUMENTS_OFFSET, names)
        }
    }
    fn PyVectorcall_Call(py, f: O, args: O, kwargs: O) -> O {
        let f = obj(py, f)?;
        let args = cast::<PyTuple>(py, args)?;
        let Some(function) = call::vectorcall_function(f) else {
            return Err(type_error(py, format!("'{}' object does not support vectorcall", tp_name(f))));
        };
        let result = match opt_as::<PyDict>(kwargs).filter(|d| !d.is_empty()) {
            None => function(f.as_ptr(), args.items_ptr(), args.len(), null_mut()),
            Some(d) => {
                let (names, values) = call::split_kwargs(py, d)?;
                let mut all: Vec<O> = args.items().iter().map(|a| a.as_ptr()).collect();
                all.extend(values.iter().map(|v| v.as_ptr()));
                function(f.as_ptr(), all.as_ptr(), args.len(), names.as_ptr())
            }
        };
        call::check_result(py, f, result)
    }
    fn _PyObject_MakeTpCall(py, _thread: *mut c_void, f: O, args: *const O, nargs: isize, keywords: O) -> O {
        let f = obj(py, f)?;
        let positional = objects(args, nargs as usize);
        let tuple = PyTuple::from_slice(py, positional)?;
        let kwargs = match opt(keywords) {
            None => None,
            Some(k) => match k.downcast::<PyDict>() {
                Some(d) => Some(d.owned()),
                None => {
                    let names = cast::<PyTuple>(py, keywords)?;
                    let d = PyDict::new(py)?;
                    let values = objects(args.add(nargs as usize), names.len());
                    for (n, v) in names.items().iter().zip(values) {
                        d.set_item(py, n, v)?;
                    }
                    Some(d)
                }
            },
        };
        let Some(tp_call) = f.ty().tp_call.get() else {
            return Err(type_error(py, format!("'{}' object is not callable", tp_name(f))));
        };
        runtime::state::enter_recursive_call(py, " while calling a Python object")?;
        let kw = kwargs.as_ref().map_or(null_mut(), |k| k.as_ptr());
        call::check_result(py, f, tp_call(f.as_ptr(), tuple.as_ptr(), kw))
    }
    fn _Py_CheckFunctionResult(py, _thread: *mut c_void, f: O, result: O, place: *const c_char) -> O {
        let _ = place;
        match opt(f) {
            Some(f) => call::check_result(py, f, result),
            None => from_c(py, result),
        }
    }
    fn _PyObject_Call_Prepend(py, _thread: *mut c_void, f: O, this: O, args: O, kwargs: O) -> O {
        let args = cast::<PyTuple>(py, args)?;
        let mut all = vec![obj(py, this)?];
        all.extend_from_slice(args.items());
        let tuple = PyTuple::from_slice(py, &all)?;
        obj(py, f)?.call_tuple_dict(py, &tuple, opt_as::<PyDict>(kwargs))
    }
    fn _PyObject_CallFunction_SizeT_V(py, f: O, format: *const c_char, va: *mut VaList) -> O {
        call_format(py, obj(py, f)?, format, &mut *va)
    }
}

plain! {
    fn PyVectorcall_Function(f: O) -> Option<object::typeobj::VectorcallFunc> {
        call::vectorcall_function(&*f)
    }
    fn PyVectorcall_NARGS(n: usize) -> isize { call::nargs(n) as isize }
}

variadic! {
    fn PyObject_CallFunction(f: O, format: *const c_char; ...) -> O => call_function, 2;
    fn _PyObject_CallFunction_SizeT(f: O, format: *const c_char; ...) -> O => call_function, 2;
    fn PyEval_CallFunction(f: O, format: *const c_char; ...) -> O => call_function, 2;
    fn PyObject_CallMethod(o: O, name: *const c_char, format: *const c_char; ...) -> O => call_method, 3;
    fn _PyObject_CallMethod_SizeT(o: O, name: *const c_char, format: *const c_char; ...) -> O => call_method, 3;
    fn PyEval_CallMethod(o: O, name: *const c_char, format: *const c_char; ...) -> O => call_method, 3;
    fn PyObject_CallFunctionObjArgs(f: O; ...) -> O => call_objects, 1;
    fn PyObject_CallMethodObjArgs(o: O, name: O; ...) -> O => call_method_objects, 2;
    fn _PyObject_CallMethodId(o: O, id: *mut c_void, format: *const c_char; ...) -> O => call_method_id, 3;
}

/// Arguments as a format describes them: one that builds a tuple gives all of them, anything else one.
unsafe fn arguments(py: Python, format: *const c_char, va: &mut VaList) -> PyResult<Vec<Py>> {
    // SAFETY: the list holds what the format asks for.
    unsafe { build::values(py, bytes_of(format), va) }
}

unsafe fn call_with(py: Python, f: &PyObject, args: Vec<Py>) -> PyResult {
    let refs: Vec<&PyObject> = args.iter().map(|a| a.as_object()).collect();
    // A format that builds a single tuple spreads it.
    match refs[..] {
        [one] => match one.downcast::<PyTuple>() {
            Some(t) => f.call(py, t.items()),
            None => f.call1(py, one),
        },
        _ => f.call(py, &refs),
    }
}

unsafe fn call_format(py: Python, f: &PyObject, format: *const c_char, va: &mut VaList) -> PyResult {
    // SAFETY: the list holds what the format asks for.
    unsafe {
        let args = arguments(py, format, va)?;
        call_with(py, f, args)
    }
}

unsafe extern "C" fn call_function(f: O, format: *const c_char, va: &mut VaList) -> O {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        result(obj(py, f).and_then(|f| call_format(py, f, format, va)))
    }
}

unsafe extern "C" fn call_method(o: O, method: *const c_char, format: *const c_char, va: &mut VaList) -> O {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        let mut call = || {
            let f = obj(py, o)?.getattr(py, &*name(py, method)?)?;
            if !f.is_callable() {
                return Err(type_error(py, format!("attribute of type '{}' is not callable", tp_name(&f))));
            }
            call_format(py, &f, format, va)
        };
        result(call())
    }
}

unsafe extern "C" fn call_method_id(o: O, id: *mut c_void, format: *const c_char, va: &mut VaList) -> O {
    // SAFETY: `_Py_Identifier` begins with an index and the name.
    unsafe { call_method(o, crate::unicodeobject::identifier_text(id), format, va) }
}

unsafe fn rest<'a>(va: &mut VaList) -> Vec<&'a PyObject> {
    let mut all = Vec::new();
    // SAFETY: objects up to a null.
    while let Some(o) = unsafe { opt(va.object()) } {
        all.push(o);
    }
    all
}

unsafe extern "C" fn call_objects(f: O, va: &mut VaList) -> O {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        result(obj(py, f).and_then(|f| f.call(py, &rest(va))))
    }
}

unsafe extern "C" fn call_method_objects(o: O, method: O, va: &mut VaList) -> O {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        let mut call = || obj(py, o)?.call_method(py, attr_name(py, obj(py, method)?)?, &rest(va));
        result(call())
    }
}
