//! `tupleobject.h`, `listobject.h`: the sequences whose items the headers' macros reach themselves.

use crate::convert::*;
use crate::variadic::VaList;
use runtime::prelude::*;
use runtime::types::tuple::TupleBuilder;
use std::ffi::c_int;
use std::ptr::null_mut;

capi! {
    fn PyTuple_New(py, n: isize) -> O {
        if n < 0 {
            return Err(bad_internal_call(py));
        }
        if n == 0 {
            return Ok(PyTuple::empty(py));
        }
        let t: Py<PyTuple> = new_var_object(py, PyTuple::type_object(), n as usize)?;
        // The hash is not known yet.
        *(t.as_ptr() as *mut isize).add(3) = -1;
        object::gc::track(t.as_ptr());
        Ok(t)
    }
    fn PyTuple_Size(py, t: O) -> isize { Ok(cast::<PyTuple>(py, t)?.len()) }
    fn PyTuple_GetItem(py, t: O, i: isize) -> O {
        let t = cast::<PyTuple>(py, t)?;
        if i < 0 || i as usize >= t.len() {
            return Err(index_error(py, "tuple index out of range"));
        }
        Ok(*t.items_ptr().offset(i))
    }
    fn PyTuple_SetItem(py, t: O, i: isize, value: O) -> c_int {
        let value: Option<Py> = Py::from_raw_owned_or_opt(value);
        let t = match opt(t).and_then(|t| t.downcast::<PyTuple>()) {
            Some(t) if t.refcount() == 1 => t,
            _ => return Err(bad_internal_call(py)),
        };
        if i < 0 || i as usize >= t.len() {
            return Err(index_error(py, "tuple assignment index out of range"));
        }
        let at = t.items_ptr().offset(i);
        let old: Option<Py> = Py::from_raw_owned_or_opt(at.replace(value.map_or(null_mut(), Py::into_raw)));
        drop(old);
        Ok(())
    }
    fn PyTuple_GetSlice(py, t: O, start: isize, stop: isize) -> O {
        let t = cast::<PyTuple>(py, t)?;
        let (a, b) = clamp(start, stop, t.len());
        t.slice(py, a, b)
    }
    fn _PyTuple_FromArray(py, items: *const O, n: isize) -> O { PyTuple::from_slice(py, objects(items, n as usize)) }
    fn PyTuple_FromArray(py, items: *const O, n: isize) -> O { PyTuple::from_slice(py, objects(items, n as usize)) }
    fn _PyTuple_Resize(py, p: *mut O, n: isize) -> c_int {
        let t = match opt(*p).and_then(|t| t.downcast_exact::<PyTuple>()) {
            Some(t) if n >= 0 && (t.is_empty() || t.refcount() == 1) => t,
            _ => {
                drop(Py::<PyObject>::from_raw_owned_or_opt(p.replace(null_mut())));
                return Err(bad_internal_call(py));
            }
        };
        if t.len() == n as usize {
            return Ok(());
        }
        // Tuples don't move: a new one takes over the items.
        let new = PyTuple_New(n);
        if new.is_null() {
            drop(Py::<PyObject>::from_raw_owned_or_opt(p.replace(null_mut())));
            return Err(Raised::pending());
        }
        let keep = t.len().min(n as usize);
        let to = (*(new as *const PyTuple)).items_ptr();
        for i in 0..keep {
            *to.add(i) = t.items_ptr().add(i).replace(null_mut());
        }
        let old: Py = Py::from_raw_owned(*p);
        *p = new;
        drop(old);
        Ok(())
    }

    fn PyList_New(py, n: isize) -> O {
        if n < 0 {
            return Err(bad_internal_call(py));
        }
        if n as usize > isize::MAX as usize / 8 {
            return Err(memory_error(py));
        }
        let l = PyList::with_capacity(py, n as usize)?;
        if n > 0 {
            let items = l.ob_item.get();
            for i in 0..n {
                *items.offset(i) = null_mut();
            }
            l.ob_base.ob_size.set(n);
        }
        Ok(l)
    }
    fn PyList_Size(py, l: O) -> isize { Ok(cast::<PyList>(py, l)?.len()) }
    fn PyList_GetItem(py, l: O, i: isize) -> O {
        let l = cast::<PyList>(py, l)?;
        if i < 0 || i as usize >= l.len() {
            return Err(index_error(py, "list index out of range"));
        }
        Ok(*l.ob_item.get().offset(i))
    }
    fn PyList_GetItemRef(py, l: O, i: isize) -> O {
        let Some(l) = obj(py, l)?.downcast::<PyList>() else { return Err(type_error(py, "expected a list")) };
        let item = usize::try_from(i).ok().and_then(|i| l.get(i));
        item.ok_or_else(|| index_error(py, "list index out of range"))
    }
    fn PyList_SetItem(py, l: O, i: isize, value: O) -> c_int {
        let value: Option<Py> = Py::from_raw_owned_or_opt(value);
        let l = cast::<PyList>(py, l)?;
        if i < 0 || i as usize >= l.len() {
            return Err(index_error(py, "list assignment index out of range"));
        }
        let at = l.ob_item.get().offset(i);
        let old: Option<Py> = Py::from_raw_owned_or_opt(at.replace(value.map_or(null_mut(), Py::into_raw)));
        drop(old);
        Ok(())
    }
    fn PyList_Insert(py, l: O, i: isize, value: O) -> c_int {
        cast::<PyList>(py, l)?.insert(py, i, internal(py, value)?.owned())
    }
    fn PyList_Append(py, l: O, value: O) -> c_int { cast::<PyList>(py, l)?.append(py, internal(py, value)?.owned()) }
    fn _PyList_AppendTakeRef(py, l: O, value: O) -> c_int {
        cast::<PyList>(py, l)?.append(py, Py::from_raw_owned(value))
    }
    fn PyList_GetSlice(py, l: O, start: isize, stop: isize) -> O {
        let l = cast::<PyList>(py, l)?;
        let (a, b) = clamp(start, stop, l.len());
        l.slice(py, a, b)
    }
    fn PyList_SetSlice(py, l: O, start: isize, stop: isize, items: O) -> c_int {
        let l = cast::<PyList>(py, l)?;
        let new = match opt(items) {
            Some(i) => i.to_list(py)?.snapshot(),
            None => Vec::new(),
        };
        let (a, b) = clamp(start, stop, l.len());
        l.splice(py, a, b, new)
    }
    fn PyList_Sort(py, l: O) -> c_int { cast::<PyList>(py, l)?.sort(py, None, false) }
    fn PyList_Reverse(py, l: O) -> c_int {
        cast::<PyList>(py, l)?.reverse();
        Ok(())
    }
    fn PyList_AsTuple(py, l: O) -> O { cast::<PyList>(py, l)?.to_tuple(py) }
    fn PyList_Clear(py, l: O) -> c_int {
        cast::<PyList>(py, l)?.clear();
        Ok(())
    }
    fn PyList_Extend(py, l: O, items: O) -> c_int { cast::<PyList>(py, l)?.extend(py, obj(py, items)?) }
    fn _PyList_Extend(py, l: O, items: O) -> O {
        cast::<PyList>(py, l)?.extend(py, obj(py, items)?)?;
        Ok(none().owned())
    }
}

unsafe fn internal<'a>(py: Python, o: O) -> PyResult<&'a PyObject> {
    // SAFETY: the C API's contract.
    unsafe { opt(o) }.ok_or_else(|| bad_internal_call(py))
}

fn clamp(start: isize, stop: isize, len: usize) -> (usize, usize) {
    let a = (start.max(0) as usize).min(len);
    let b = (stop.max(0) as usize).min(len);
    (a, b.max(a))
}

variadic! {
    fn PyTuple_Pack(n: isize; ...) -> O => tuple_pack, 1;
}

unsafe extern "C" fn tuple_pack(n: isize, va: &mut VaList) -> O {
    // SAFETY: the C API's contract: `n` objects follow.
    unsafe {
        if n < 0 {
            return result::<O, Py>(Err(bad_internal_call(token())));
        }
        let py = token();
        if n == 0 {
            return result(Ok(PyTuple::empty(py)));
        }
        let mut items = match TupleBuilder::new(py, n as usize) {
            Ok(t) => t,
            Err(e) => return result::<O, Py>(Err(e)),
        };
        (0..n).for_each(|_| items.push((*va.object()).owned()));
        result(Ok(items.finish()))
    }
}
