//! `methodobject.h`, `descrobject.h`, `classobject.h`, `funcobject.h`, `cellobject.h`, `genericaliasobject.h`, `iterobject.h`:
//! functions, methods, descriptors and other small objects.

use crate::convert::*;
use object::typeobj::VectorcallFunc;
use runtime::prelude::*;
use runtime::types::descr;
use std::ffi::{c_char, c_int, c_void};
use std::ptr::null_mut;

type T = *mut PyTypeObject;

capi! {
    fn PyCMethod_New(py, def: *const PyMethodDef, this: O, module: O, class: T) -> O {
        match class.as_ref() {
            Some(c) if (*def).ml_flags & meth::METHOD != 0 => PyCFunction::new_method(py, &*def, opt(this), opt(module), c),
            Some(_) => Err(system_error(py, "attempting to create PyCFunction with class but no METH_METHOD flag")),
            None if (*def).ml_flags & meth::METHOD != 0 => {
                Err(system_error(py, "attempting to create PyCMethod with a METH_METHOD flag but no class"))
            }
            None => PyCFunction::new(py, &*def, opt(this), opt(module)),
        }
    }
    fn PyCFunction_NewEx(py, def: *const PyMethodDef, this: O, module: O) -> O {
        PyCFunction::new(py, &*def, opt(this), opt(module))
    }
    fn PyCFunction_New(py, def: *const PyMethodDef, this: O) -> O { PyCFunction::new(py, &*def, opt(this), None) }
    fn PyCFunction_GetSelf(py, f: O) -> O {
        let f = cast::<PyCFunction>(py, f)?;
        Ok(if f.def().ml_flags & meth::STATIC != 0 { null_mut() } else { f.m_self.as_ptr() })
    }
    fn PyCFunction_GetFunction(py, f: O) -> *const c_void { Ok(cast::<PyCFunction>(py, f)?.def().ml_meth) }
    fn PyCFunction_GetFlags(py, f: O) -> c_int { Ok(cast::<PyCFunction>(py, f)?.def().ml_flags) }

    fn PyDescr_NewMethod(py, ty: T, def: *const PyMethodDef) -> O { descr::new_method(py, &*ty, &*def) }
    fn PyDescr_NewClassMethod(py, ty: T, def: *const PyMethodDef) -> O { descr::new_class_method(py, &*ty, &*def) }
    fn PyDescr_NewMember(py, ty: T, def: *const PyMemberDef) -> O {
        if (*def).flags & object::typeobj::member::RELATIVE_OFFSET != 0 {
            return Err(system_error(py, "PyDescr_NewMember used with Py_RELATIVE_OFFSET"));
        }
        descr::new_member(py, &*ty, &*def)
    }
    fn PyDescr_NewGetSet(py, ty: T, def: *const PyGetSetDef) -> O { descr::new_getset(py, &*ty, &*def) }
    fn PyWrapper_New(py, d: O, this: O) -> O {
        let d = obj(py, d)?;
        let this = obj(py, this)?;
        match d.ty().tp_descr_get.get() {
            Some(f) => from_c::<PyObject>(py, f(d.as_ptr(), this.as_ptr(), this.ty().as_ptr())),
            None => Err(bad_internal_call(py)),
        }
    }
    fn PyMember_GetOne(py, o: *const c_char, m: *const PyMemberDef) -> O { descr::get_member(py, &*(o as O), &*m) }
    fn PyMember_SetOne(py, o: *mut c_char, m: *const PyMemberDef, value: O) -> c_int {
        descr::set_member(py, &*(o as O), &*m, opt(value))
    }

    fn PyMethod_New(py, f: O, this: O) -> O {
        if this.is_null() {
            return Err(bad_internal_call(py));
        }
        PyMethod::new(py, obj(py, f)?, &*this)
    }
    fn PyMethod_Function(py, m: O) -> O { bound(py, m, "__func__") }
    fn PyMethod_Self(py, m: O) -> O { bound(py, m, "__self__") }
    fn PyInstanceMethod_New(py, f: O) -> O { PyInstanceMethod::type_object().as_object().call1(py, obj(py, f)?) }
    fn PyClassMethod_New(py, f: O) -> O { PyClassMethod::new(py, obj(py, f)?) }
    fn PyStaticMethod_New(py, f: O) -> O { PyStaticMethod::new(py, obj(py, f)?) }

    fn PyFunction_New(py, code: O, globals: O) -> O { PyFunction::new(py, cast::<PyCode>(py, code)?, obj(py, globals)?) }
    fn PyFunction_NewWithQualName(py, code: O, globals: O, qualname: O) -> O {
        let q = opt_as::<PyStr>(qualname).map(|q| q.owned());
        PyFunction::with_qualname(py, cast::<PyCode>(py, code)?, obj(py, globals)?, q)
    }
    fn PyFunction_GetCode(py, f: O) -> O { Ok(cast::<PyFunction>(py, f)?.func_code.as_ptr()) }
    fn PyFunction_GetGlobals(py, f: O) -> O { Ok(cast::<PyFunction>(py, f)?.func_globals.as_ptr()) }
    fn PyFunction_GetModule(py, f: O) -> O { Ok(cast::<PyFunction>(py, f)?.func_module.as_ptr()) }
    fn PyFunction_GetDefaults(py, f: O) -> O { Ok(cast::<PyFunction>(py, f)?.func_defaults.as_ptr()) }
    fn PyFunction_GetKwDefaults(py, f: O) -> O { Ok(cast::<PyFunction>(py, f)?.func_kwdefaults.as_ptr()) }
    fn PyFunction_GetClosure(py, f: O) -> O { Ok(cast::<PyFunction>(py, f)?.func_closure.as_ptr()) }
    fn PyFunction_GetAnnotations(py, f: O) -> O {
        let f = cast::<PyFunction>(py, f)?;
        if f.func_annotations.is_empty() && f.func_annotate.get_owned().is_none_or(|a| a.is_none()) {
            return Ok(none().as_ptr());
        }
        Ok(borrowed(f.annotations(py)?))
    }
    fn PyFunction_SetDefaults(py, f: O, value: O) -> c_int {
        let f = cast::<PyFunction>(py, f)?;
        let v = opt(value).filter(|v| !v.is_none());
        match v.map(|v| v.downcast::<PyTuple>()) {
            None => f.set_defaults(None),
            Some(Some(t)) => f.set_defaults(Some(t.owned())),
            Some(None) => return Err(system_error(py, "non-tuple default args")),
        }
        Ok(())
    }
    fn PyFunction_SetKwDefaults(py, f: O, value: O) -> c_int {
        let f = cast::<PyFunction>(py, f)?;
        let v = opt(value).filter(|v| !v.is_none());
        match v.map(|v| v.downcast::<PyDict>()) {
            None => f.set_kwdefaults(None),
            Some(Some(t)) => f.set_kwdefaults(Some(t.owned())),
            Some(None) => return Err(system_error(py, "non-dict keyword only default args")),
        }
        Ok(())
    }
    fn PyFunction_SetClosure(py, f: O, value: O) -> c_int {
        let f = cast::<PyFunction>(py, f)?;
        let v = opt(value).filter(|v| !v.is_none());
        match v.map(|v| v.downcast::<PyTuple>()) {
            None => f.func_closure.set(None),
            Some(Some(t)) => f.func_closure.set(Some(t.owned())),
            Some(None) => {
                let text = format!("expected tuple for closure, got '{}'", tp_name(&*value));
                return Err(system_error(py, text));
            }
        }
        Ok(())
    }
    fn PyFunction_SetAnnotations(py, f: O, value: O) -> c_int {
        let f = cast::<PyFunction>(py, f)?;
        let v = opt(value).filter(|v| !v.is_none());
        f.func_annotate.set(None);
        match v.map(|v| v.downcast::<PyDict>()) {
            None => f.func_annotations.set(None),
            Some(Some(d)) => f.func_annotations.set(Some(d.owned().into_object())),
            Some(None) => return Err(system_error(py, "non-dict annotations")),
        }
        Ok(())
    }

    fn PyCell_New(py, value: O) -> O { PyCell::new(py, opt(value).map(|v| v.owned())) }
    fn PyCell_Get(py, c: O) -> O { Ok(cast::<PyCell>(py, c)?.get()) }
    fn PyCell_Set(py, c: O, value: O) -> c_int {
        cast::<PyCell>(py, c)?.set(opt(value).map(|v| v.owned()));
        Ok(())
    }

    fn Py_GenericAlias(py, origin: O, args: O) -> O { runtime::types::generic_alias::new(py, obj(py, origin)?, obj(py, args)?) }
    fn PySeqIter_New(py, seq: O) -> O { PySeqIter::new(py, obj(py, seq)?) }
    fn PyCallIter_New(py, callable: O, sentinel: O) -> O { PyCallIter::new(py, obj(py, callable)?, obj(py, sentinel)?) }

    fn PySlice_New(py, start: O, stop: O, step: O) -> O {
        let part = |o: O| opt(o).unwrap_or(none()).owned();
        PySlice::new(py, part(start), part(stop), part(step))
    }
    fn _PySlice_FromIndices(py, start: isize, stop: isize) -> O { PySlice::from_indices(py, start, stop) }
    fn PySlice_Unpack(py, s: O, start: *mut isize, stop: *mut isize, step: *mut isize) -> c_int {
        let s: &PySlice = (*s).downcast_unchecked();
        let (a, b, c) = runtime::types::bounds::unpack(py, s)?;
        (*start, *stop, *step) = (a, b, c);
        Ok(())
    }
    fn PySlice_GetIndicesEx(py, s: O, n: isize, start: *mut isize, stop: *mut isize, step: *mut isize, len: *mut isize) -> c_int {
        let s: &PySlice = (*s).downcast_unchecked();
        let (a, b, c) = runtime::types::bounds::unpack(py, s)?;
        (*start, *stop, *step) = (a, b, c);
        *len = PySlice_AdjustIndices(n, start, stop, c);
        Ok(())
    }
    fn PySlice_GetIndices(py, s: O, n: isize, start: *mut isize, stop: *mut isize, step: *mut isize) -> c_int {
        let s: &PySlice = (*s).downcast_unchecked();
        // -1 without an exception for anything but ints and None, as ever.
        let part = |o: &PyObject, default: isize| match o.downcast::<PyInt>() {
            _ if o.is_none() => Some(default),
            Some(i) => i.as_i64().map(|i| i as isize),
            None => None,
        };
        let _ = py;
        let Some(by) = part(&s.step, 1) else { return Ok(-1) };
        *step = by;
        let (first, last) = if by < 0 { (n - 1, -1) } else { (0, n) };
        let from_end = |o: &PyObject, default: isize| {
            part(o, default).map(|i| if i < 0 && !o.is_none() { i.saturating_add(n) } else { i })
        };
        let (Some(a), Some(b)) = (from_end(&s.start, first), from_end(&s.stop, last)) else { return Ok(-1) };
        (*start, *stop) = (a, b);
        Ok(if b > n || a >= n || by == 0 { -1 } else { 0 })
    }
}

unsafe fn bound(py: Python, m: O, attribute: &str) -> PyResult<O> {
    // SAFETY: the C API's contract.
    let m = unsafe { cast::<PyMethod>(py, m)? };
    // The method keeps both.
    Ok(borrowed(m.as_object().getattr_str(py, attribute)?))
}

plain! {
    fn PySlice_AdjustIndices(n: isize, start: *mut isize, stop: *mut isize, step: isize) -> isize {
        let clip = |i: isize| {
            if i < 0 {
                let i = i.saturating_add(n);
                if i < 0 { if step < 0 { -1 } else { 0 } } else { i }
            } else if i >= n {
                if step < 0 { n - 1 } else { n }
            } else {
                i
            }
        };
        (*start, *stop) = (clip(*start), clip(*stop));
        if step < 0 {
            if *stop < *start { (*start - *stop - 1) / (-step) + 1 } else { 0 }
        } else if *start < *stop {
            (*stop - *start - 1) / step + 1
        } else {
            0
        }
    }
    fn PyDescr_IsData(d: O) -> c_int { (*d).ty().tp_descr_set.get().is_some() as c_int }
    fn PyFunction_SetVectorcall(f: O, v: VectorcallFunc) { (*f).downcast_unchecked::<PyFunction>().set_vectorcall(v) }
}
