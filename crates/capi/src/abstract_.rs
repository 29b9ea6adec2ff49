//! `abstract.h`: the number, sequence, mapping and iterator protocols. Calls are in `call.rs`.

use crate::convert::*;
use runtime::abstract_::number;
use runtime::abstract_::{self as protocols, item};
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

macro_rules! binary {
    ($($name:ident $inplace:ident $op:ident;)*) => { capi! { $(
        fn $name(py, a: O, b: O) -> O {
            number::binary(py, obj(py, a)?, obj(py, b)?, &number::$op)
        }
        fn $inplace(py, a: O, b: O) -> O {
            number::inplace(py, obj(py, a)?, obj(py, b)?, &number::$op)
        }
    )* } };
}

macro_rules! unary {
    ($($name:ident $f:ident;)*) => { capi! { $(
        fn $name(py, o: O) -> O {
            number::$f(py, obj(py, o)?)
        }
    )* } };
}

binary! {
    PyNumber_Subtract PyNumber_InPlaceSubtract SUB;
    PyNumber_Remainder PyNumber_InPlaceRemainder REM;
    PyNumber_Lshift PyNumber_InPlaceLshift LSHIFT;
    PyNumber_Rshift PyNumber_InPlaceRshift RSHIFT;
    PyNumber_And PyNumber_InPlaceAnd AND;
    PyNumber_Xor PyNumber_InPlaceXor XOR;
    PyNumber_Or PyNumber_InPlaceOr OR;
    PyNumber_FloorDivide PyNumber_InPlaceFloorDivide FLOOR_DIV;
    PyNumber_TrueDivide PyNumber_InPlaceTrueDivide TRUE_DIV;
    PyNumber_MatrixMultiply PyNumber_InPlaceMatrixMultiply MATMUL;
}

unary! {
    PyNumber_Negative negative;
    PyNumber_Positive positive;
    PyNumber_Invert invert;
    PyNumber_Absolute absolute;
    PyNumber_Long long;
    PyNumber_Float float;
    PyNumber_Index index;
}

capi! {
    fn PyNumber_Add(py, a: O, b: O) -> O { number::add(py, obj(py, a)?, obj(py, b)?) }
    fn PyNumber_InPlaceAdd(py, a: O, b: O) -> O { number::inplace_add(py, obj(py, a)?, obj(py, b)?) }
    fn PyNumber_Multiply(py, a: O, b: O) -> O { number::multiply(py, obj(py, a)?, obj(py, b)?) }
    fn PyNumber_InPlaceMultiply(py, a: O, b: O) -> O { number::inplace_multiply(py, obj(py, a)?, obj(py, b)?) }
    fn PyNumber_Divmod(py, a: O, b: O) -> O { number::divmod(py, obj(py, a)?, obj(py, b)?) }
    fn PyNumber_Power(py, a: O, b: O, c: O) -> O { number::power(py, obj(py, a)?, obj(py, b)?, obj(py, c)?) }
    fn PyNumber_InPlacePower(py, a: O, b: O, c: O) -> O {
        let c = obj(py, c)?;
        let (a, b) = (obj(py, a)?, obj(py, b)?);
        if c.is_none() {
            return number::inplace_power(py, a, b);
        }
        if let Some(f) = a.ty().as_number().and_then(|n| n.nb_inplace_power.get()) {
            let v = from_c::<PyObject>(py, f(a.as_ptr(), b.as_ptr(), c.as_ptr()))?;
            if !v.is(not_implemented()) {
                return Ok(v);
            }
        }
        number::power(py, a, b, c)
    }
    fn _PyNumber_Index(py, o: O) -> O { number::index(py, obj(py, o)?) }
    fn PyNumber_AsSsize_t(py, o: O, overflow: O) -> isize {
        number::index_isize(py, obj(py, o)?, opt_as::<PyTypeObject>(overflow))
    }
    fn PyNumber_ToBase(py, o: O, base: c_int) -> O {
        let o = obj(py, o)?;
        let spec = match base {
            2 => "#b",
            8 => "#o",
            10 => "d",
            16 => "#x",
            _ => return Err(system_error(py, "PyNumber_ToBase: base must be 2, 8, 10 or 16")),
        };
        let n = number::index(py, o)?;
        n.format_(py, Some(&*PyStr::new(py, spec)?))
    }

    fn PySequence_Size(py, o: O) -> isize { sequence_size(py, obj(py, o)?) }
    fn PySequence_Length(py, o: O) -> isize { sequence_size(py, obj(py, o)?) }
    fn PyObject_Size(py, o: O) -> isize { obj(py, o)?.length(py) }
    fn PyObject_Length(py, o: O) -> isize { obj(py, o)?.length(py) }
    fn PyObject_LengthHint(py, o: O, default: isize) -> isize { obj(py, o)?.length_hint(py, default) }
    fn PyMapping_Size(py, o: O) -> isize {
        let o = obj(py, o)?;
        if let Some(f) = o.ty().as_mapping().and_then(|m| m.mp_length.get()) {
            return checked_length(py, f(o.as_ptr()));
        }
        if o.ty().as_sequence().is_some_and(|s| s.sq_length.get().is_some()) {
            return Err(type_error(py, format!("{} is not a mapping", tp_name(o))));
        }
        Err(type_error(py, format!("object of type '{}' has no len()", tp_name(o))))
    }
    fn PyMapping_Length(py, o: O) -> isize {
        let n = PyMapping_Size(o);
        checked_length(py, n)
    }
    fn PySequence_Concat(py, a: O, b: O) -> O {
        let (a, b) = (obj(py, a)?, obj(py, b)?);
        if let Some(f) = a.ty().as_sequence().and_then(|s| s.sq_concat.get()) {
            return from_c::<PyObject>(py, f(a.as_ptr(), b.as_ptr()));
        }
        if item::is_sequence(a) && item::is_sequence(b) {
            return number::add(py, a, b);
        }
        Err(type_error(py, format!("'{}' object can't be concatenated", tp_name(a))))
    }
    fn PySequence_InPlaceConcat(py, a: O, b: O) -> O {
        let (a, b) = (obj(py, a)?, obj(py, b)?);
        let slots = a.ty().as_sequence();
        if let Some(f) = slots.and_then(|s| s.sq_inplace_concat.get().or(s.sq_concat.get())) {
            return from_c::<PyObject>(py, f(a.as_ptr(), b.as_ptr()));
        }
        if item::is_sequence(a) && item::is_sequence(b) {
            return number::inplace_add(py, a, b);
        }
        Err(type_error(py, format!("'{}' object can't be concatenated", tp_name(a))))
    }
    fn PySequence_Repeat(py, o: O, n: isize) -> O { repeat(py, obj(py, o)?, n, false) }
    fn PySequence_InPlaceRepeat(py, o: O, n: isize) -> O { repeat(py, obj(py, o)?, n, true) }
    fn PySequence_GetItem(py, o: O, i: isize) -> O {
        let o = obj(py, o)?;
        let slots = o.ty().as_sequence();
        if let Some(f) = slots.and_then(|s| s.sq_item.get()) {
            let i = from_end(py, o, i)?;
            return from_c::<PyObject>(py, f(o.as_ptr(), i));
        }
        if o.ty().as_mapping().is_some_and(|m| m.mp_subscript.get().is_some()) {
            return Err(type_error(py, format!("{} is not a sequence", tp_name(o))));
        }
        Err(type_error(py, format!("'{}' object does not support indexing", tp_name(o))))
    }
    fn PySequence_SetItem(py, o: O, i: isize, value: O) -> c_int { set_index(py, obj(py, o)?, i, opt(value)) }
    fn PySequence_DelItem(py, o: O, i: isize) -> c_int { set_index(py, obj(py, o)?, i, None) }
    fn PySequence_GetSlice(py, o: O, start: isize, stop: isize) -> O {
        let o = obj(py, o)?;
        if o.ty().as_mapping().is_none_or(|m| m.mp_subscript.get().is_none()) {
            return Err(type_error(py, format!("'{}' object is unsliceable", tp_name(o))));
        }
        o.get_item(py, &*PySlice::from_indices(py, start, stop)?)
    }
    fn PySequence_SetSlice(py, o: O, start: isize, stop: isize, value: O) -> c_int {
        set_slice(py, obj(py, o)?, start, stop, opt(value))
    }
    fn PySequence_DelSlice(py, o: O, start: isize, stop: isize) -> c_int {
        set_slice(py, obj(py, o)?, start, stop, None)
    }
    fn PySequence_Tuple(py, o: O) -> O {
        let o = obj(py, o)?;
        match o.downcast_exact::<PyTuple>() {
            Some(t) => Ok(t.owned()),
            None => o.to_tuple(py),
        }
    }
    fn PySequence_List(py, o: O) -> O { obj(py, o)?.to_list(py) }
    fn PySequence_Fast(py, o: O, message: *const c_char) -> O {
        let o = obj(py, o)?;
        if PyList::check_exact(o) || PyTuple::check_exact(o) {
            return Ok(o.owned());
        }
        match o.get_iter(py) {
            Ok(it) => Ok(it.to_list(py)?.into_object()),
            Err(e) => match catch(py, e, &PyExc_TypeError_Type) {
                Ok(_) => Err(type_error(py, lossy(message))),
                Err(e) => Err(e),
            },
        }
    }
    fn PySequence_Contains(py, o: O, value: O) -> c_int { contains(py, obj(py, o)?, value) }
    fn PySequence_In(py, o: O, value: O) -> c_int { contains(py, obj(py, o)?, value) }
    fn PySequence_Count(py, o: O, value: O) -> isize {
        let mut n = 0isize;
        search(py, obj(py, o)?, obj(py, value)?, &mut |_| {
            n += 1;
            false
        })?;
        Ok(n)
    }
    fn PySequence_Index(py, o: O, value: O) -> isize {
        let mut at = -1;
        search(py, obj(py, o)?, obj(py, value)?, &mut |i| {
            at = i;
            true
        })?;
        if at < 0 {
            return Err(value_error(py, "sequence.index(x): x not in sequence"));
        }
        Ok(at)
    }

    fn PyObject_GetItem(py, o: O, key: O) -> O { obj(py, o)?.get_item(py, obj(py, key)?) }
    fn PyObject_SetItem(py, o: O, key: O, value: O) -> c_int {
        obj(py, o)?.set_item(py, obj(py, key)?, obj(py, value)?)
    }
    fn PyObject_DelItem(py, o: O, key: O) -> c_int { obj(py, o)?.del_item(py, obj(py, key)?) }
    fn PyObject_DelItemString(py, o: O, key: *const c_char) -> c_int {
        obj(py, o)?.del_item(py, &*pystr(py, key)?)
    }
    fn PyMapping_GetItemString(py, o: O, key: *const c_char) -> O { obj(py, o)?.get_item(py, &*pystr(py, key)?) }
    fn PyMapping_SetItemString(py, o: O, key: *const c_char, value: O) -> c_int {
        obj(py, o)?.set_item(py, &*pystr(py, key)?, obj(py, value)?)
    }
    fn PyMapping_GetOptionalItem(py, o: O, key: O, result: *mut O) -> c_int {
        found(result, optional_item(py, obj(py, o)?, obj(py, key)?))
    }
    fn PyMapping_GetOptionalItemString(py, o: O, key: *const c_char, result: *mut O) -> c_int {
        store(result, None);
        let key = pystr(py, key)?;
        found(result, optional_item(py, obj(py, o)?, &key))
    }
    fn PyMapping_HasKeyWithError(py, o: O, key: O) -> c_int {
        Ok(optional_item(py, obj(py, o)?, obj(py, key)?)?.is_some())
    }
    fn PyMapping_HasKeyStringWithError(py, o: O, key: *const c_char) -> c_int {
        Ok(optional_item(py, obj(py, o)?, &*pystr(py, key)?)?.is_some())
    }
    fn PyMapping_Keys(py, o: O) -> O {
        let o = obj(py, o)?;
        match o.downcast_exact::<PyDict>() {
            Some(d) => d.keys(py),
            None => view_list(py, o, intern!(py, "keys")),
        }
    }
    fn PyMapping_Values(py, o: O) -> O {
        let o = obj(py, o)?;
        match o.downcast_exact::<PyDict>() {
            Some(d) => d.values(py),
            None => view_list(py, o, intern!(py, "values")),
        }
    }
    fn PyMapping_Items(py, o: O) -> O {
        let o = obj(py, o)?;
        match o.downcast_exact::<PyDict>() {
            Some(d) => d.items(py),
            None => view_list(py, o, intern!(py, "items")),
        }
    }

    fn PyObject_GetIter(py, o: O) -> O { obj(py, o)?.get_iter(py) }
    fn PyObject_GetAIter(py, o: O) -> O {
        let o = obj(py, o)?;
        let Some(f) = o.ty().as_async().and_then(|a| a.am_aiter.get()) else {
            return Err(type_error(py, format!("'{}' object is not an async iterable", tp_name(o))));
        };
        let it = from_c::<PyObject>(py, f(o.as_ptr()))?;
        if it.ty().as_async().is_none_or(|a| a.am_anext.get().is_none()) {
            let text = format!("aiter() returned not an async iterator of type '{}'", tp_name(&it));
            return Err(type_error(py, text));
        }
        Ok(it)
    }
    fn PyIter_Next(py, o: O) -> O { obj(py, o)?.iter_next(py) }
    fn PyIter_NextItem(py, o: O, result: *mut O) -> c_int {
        let o = obj(py, o)?;
        if o.ty().tp_iternext.get().is_none() {
            store(result, None);
            return Err(type_error(py, format!("expected an iterator, got '{}'", tp_name(o))));
        }
        found(result, o.iter_next(py))
    }
    fn PyObject_IsInstance(py, o: O, class: O) -> c_int { obj(py, o)?.is_instance(py, obj(py, class)?) }
    fn PyObject_IsSubclass(py, o: O, class: O) -> c_int { obj(py, o)?.is_subclass(py, obj(py, class)?) }
    fn _PyObject_RealIsInstance(py, o: O, class: O) -> c_int {
        protocols::plain_is_instance(py, obj(py, o)?, obj(py, class)?)
    }
    fn _PyObject_RealIsSubclass(py, o: O, class: O) -> c_int {
        protocols::plain_is_subclass(py, obj(py, o)?, obj(py, class)?)
    }
    fn PyObject_Type(py, o: O) -> O { Ok(obj(py, o)?.ty().as_object().owned()) }
    fn PyObject_Format(py, o: O, spec: O) -> O {
        let spec = match opt(spec) {
            Some(s) => match s.downcast::<PyStr>() {
                Some(s) => Some(s),
                None => {
                    let text = format!("Format specifier must be a string, not {}", tp_name(s));
                    return Err(system_error(py, text));
                }
            },
            None => None,
        };
        obj(py, o)?.format_(py, spec)
    }
}

plain! {
    fn PyNumber_Check(o: O) -> c_int { opt(o).is_some_and(number::is_number) as c_int }
    fn PyIndex_Check(o: O) -> c_int { opt(o).is_some_and(number::has_index) as c_int }
    fn PySequence_Check(o: O) -> c_int { opt(o).is_some_and(item::is_sequence) as c_int }
    fn PyMapping_Check(o: O) -> c_int { opt(o).is_some_and(item::is_mapping) as c_int }
    fn PyIter_Check(o: O) -> c_int { runtime::types::object_::is_iterator(&*o) as c_int }
    fn PyAIter_Check(o: O) -> c_int {
        (*o).ty().as_async().is_some_and(|a| a.am_anext.get().is_some()) as c_int
    }
    fn PyMapping_HasKey(o: O, key: O) -> c_int {
        quiet(PyMapping_HasKeyWithError(o, key), "PyMapping_HasKey()")
    }
    fn PyMapping_HasKeyString(o: O, key: *const c_char) -> c_int {
        quiet(PyMapping_HasKeyStringWithError(o, key), "PyMapping_HasKeyString()")
    }
    /// A C enumeration: `PYGEN_RETURN` 0, `PYGEN_ERROR` -1, `PYGEN_NEXT` 1.
    fn PyIter_Send(it: O, value: O, out: *mut O) -> c_int {
        let py = token();
        use runtime::types::generator::{send, Sent};
        match send(py, &*it, &*value) {
            Ok(Sent::Yielded(v)) => {
                store(out, Some(v));
                1
            }
            Ok(Sent::Returned(v)) => {
                store(out, Some(v));
                0
            }
            Err(_) => {
                store(out, None);
                -1
            }
        }
    }
}

/// Reports an exception the caller cannot see.
fn quiet(r: c_int, function: &str) -> c_int {
    if r >= 0 {
        return r;
    }
    // SAFETY: the exported function was called attached.
    let py = unsafe { token() };
    let text = format!("Exception ignored in {function}; consider using a variant that reports errors");
    write_unraisable(py, Raised::pending(), Some(&text), None);
    0
}

/// `value in o`; a slot gets the value as it is.
unsafe fn contains(py: Python, o: &PyObject, value: O) -> PyResult<bool> {
    // SAFETY: the C API's contract; the slot of the object's own type.
    unsafe {
        match o.ty().as_sequence().and_then(|s| s.sq_contains.get()) {
            // Nothing is in an empty container.
            Some(_) if value.is_null() && o.length(py)? == 0 => Ok(false),
            Some(f) => match f(o.as_ptr(), obj(py, value)?.as_ptr()) {
                n if n < 0 => Err(Raised::pending()),
                n => Ok(n > 0),
            },
            None => o.contains(py, obj(py, value)?),
        }
    }
}

fn checked_length(_py: Python, n: isize) -> PyResult<isize> {
    if n < 0 { Err(Raised::pending()) } else { Ok(n) }
}

fn sequence_size(py: Python, o: &PyObject) -> PyResult<isize> {
    if let Some(f) = o.ty().as_sequence().and_then(|s| s.sq_length.get()) {
        // SAFETY: the slot of the object's own type.
        return checked_length(py, unsafe { f(o.as_ptr()) });
    }
    if o.ty().as_mapping().is_some_and(|m| m.mp_length.get().is_some()) {
        return Err(type_error(py, format!("{} is not a sequence", tp_name(o))));
    }
    Err(type_error(py, format!("object of type '{}' has no len()", tp_name(o))))
}

/// A negative index counts from the end, for types that know their length.
fn from_end(py: Python, o: &PyObject, i: isize) -> PyResult<isize> {
    if i < 0
        && let Some(f) = o.ty().as_sequence().and_then(|s| s.sq_length.get())
    {
        // SAFETY: the slot of the object's own type.
        return Ok(i + checked_length(py, unsafe { f(o.as_ptr()) })?);
    }
    Ok(i)
}

fn set_index(py: Python, o: &PyObject, i: isize, value: Option<&PyObject>) -> PyResult<c_int> {
    let Some(f) = o.ty().as_sequence().and_then(|s| s.sq_ass_item.get()) else {
        let what = if value.is_some() { "assignment" } else { "deletion" };
        let kind = if o.ty().as_mapping().is_some_and(|m| m.mp_ass_subscript.get().is_some()) {
            format!("{} is not a sequence", tp_name(o))
        } else {
            format!("'{}' object doesn't support item {what}", tp_name(o))
        };
        return Err(type_error(py, kind));
    };
    let i = from_end(py, o, i)?;
    // SAFETY: the slot of the object's own type.
    status(py, unsafe { f(o.as_ptr(), i, value.map_or(null_mut(), |v| v.as_ptr())) })
}

fn set_slice(py: Python, o: &PyObject, start: isize, stop: isize, value: Option<&PyObject>) -> PyResult<()> {
    if o.ty().as_mapping().is_none_or(|m| m.mp_ass_subscript.get().is_none()) {
        let what = if value.is_some() { "assignment" } else { "deletion" };
        return Err(type_error(py, format!("'{}' object doesn't support slice {what}", tp_name(o))));
    }
    let slice = PySlice::from_indices(py, start, stop)?;
    match value {
        Some(v) => o.set_item(py, &slice, v),
        None => o.del_item(py, &slice),
    }
}

fn repeat(py: Python, o: &PyObject, n: isize, inplace: bool) -> PyResult {
    let slots = o.ty().as_sequence();
    let f = slots.and_then(|s| {
        if inplace { s.sq_inplace_repeat.get().or(s.sq_repeat.get()) } else { s.sq_repeat.get() }
    });
    if let Some(f) = f {
        // SAFETY: the slot of the object's own type.
        return unsafe { from_c(py, f(o.as_ptr(), n)) };
    }
    if item::is_sequence(o) {
        let n = PyInt::from_isize(py, n)?;
        return if inplace { number::inplace_multiply(py, o, &n) } else { number::multiply(py, o, &n) };
    }
    Err(type_error(py, format!("'{}' object can't be repeated", tp_name(o))))
}

/// Calls `hit` with the index of each equal item until it says that it has seen enough.
fn search(py: Python, o: &PyObject, value: &PyObject, hit: &mut dyn FnMut(isize) -> bool) -> PyResult<()> {
    let it = match o.get_iter(py) {
        Ok(it) => it,
        Err(e) => {
            return Err(match catch(py, e, &PyExc_TypeError_Type) {
                Ok(_) => type_error(py, format!("argument of type '{}' is not iterable", tp_name(o))),
                Err(e) => e,
            });
        }
    };
    let mut i = 0;
    while let Some(x) = it.iter_next(py)? {
        if x.compare_bool(py, value, CompareOp::Eq)? && hit(i) {
            return Ok(());
        }
        i += 1;
    }
    Ok(())
}

fn optional_item(py: Python, o: &PyObject, key: &PyObject) -> PyResult<Option<Py>> {
    if let Some(d) = o.downcast_exact::<PyDict>() {
        return d.get_item(py, key);
    }
    match o.get_item(py, key) {
        Ok(v) => Ok(Some(v)),
        Err(e) => catch(py, e, PyKeyError::type_object()).map(|_| None),
    }
}

fn view_list(py: Python, o: &PyObject, method: &PyStr) -> PyResult<Py<PyList>> {
    let all = o.call_method0(py, method)?;
    match all.get_iter(py) {
        Ok(it) => it.to_list(py),
        Err(e) => Err(match catch(py, e, &PyExc_TypeError_Type) {
            Ok(_) => {
                let text = format!(
                    "{}.{}() returned a non-iterable (type {})",
                    tp_name(o),
                    method.to_string_lossy(),
                    tp_name(&all)
                );
                type_error(py, text)
            }
            Err(e) => e,
        }),
    }
}

/// The items of any iterable; `message` is for what is none.
pub(crate) fn fast(py: Python, o: &PyObject, message: &str) -> PyResult<Vec<Py>> {
    if let Some(t) = o.downcast_exact::<PyTuple>() {
        return Ok(t.items().iter().map(|i| i.owned()).collect());
    }
    if let Some(l) = o.downcast_exact::<PyList>() {
        return Ok(l.snapshot());
    }
    match o.get_iter(py) {
        Ok(it) => Ok(it.to_list(py)?.snapshot()),
        Err(e) => Err(match catch(py, e, &PyExc_TypeError_Type) {
            Ok(_) => type_error(py, message),
            Err(e) => e,
        }),
    }
}
