//! From a method to a slot: what fills the slots of classes whose special methods are written in Python.

use super::update::forget_getattr_hook;
use super::{TypeExt, slots as natives};
use crate::abstract_::{call, item, number};
use crate::prelude::*;
use crate::types::exceptions::*;
use crate::types::object_;
use object::typeobj::{BinaryFunc, TernaryFunc};
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;

type O = *mut PyObject;

/// A dispatcher's address, taken in one place: function addresses are compared.
pub struct Address {
    pub function: *const c_void,
}
// SAFETY: a constant.
unsafe impl Sync for Address {}

pub static SETATTRO: Address = Address { function: slot_tp_setattro as *const c_void };
pub static GETATTRO: Address = Address { function: slot_tp_getattro as *const c_void };
pub static GETATTR_HOOK: Address = Address { function: slot_tp_getattr_hook as *const c_void };
pub static NEW: Address = Address { function: slot_tp_new as *const c_void };
pub static DESCR_GET: Address = Address { function: slot_tp_descr_get as *const c_void };
static POWER: Address = Address { function: slot_nb_power as *const c_void };

/// A special method found on an object's type. Unbound: the object is to be passed as the first argument.
pub struct Method {
    pub function: Py,
    pub unbound: bool,
}

/// Looks up a special method (`lookup_maybe_method`).
pub fn find(py: Python, slf: &PyObject, name: &PyStr) -> PyResult<Option<Method>> {
    let ty = slf.ty();
    let Some(found) = ty.lookup(py, name) else { return Ok(None) };
    let found = found.owned();
    let kind = found.ty();
    if kind.has_flag(flags::METHOD_DESCRIPTOR) {
        return Ok(Some(Method { function: found, unbound: true }));
    }
    match kind.tp_descr_get.get() {
        None => Ok(Some(Method { function: found, unbound: false })),
        Some(f) => {
            // SAFETY: a slot called with live objects.
            let function = unsafe { from_c(py, f(found.as_ptr(), slf.as_ptr(), ty.as_ptr()))? };
            Ok(Some(Method { function, unbound: false }))
        }
    }
}

impl Method {
    /// Calls it with the object and further arguments: `all[0]` is the object.
    #[inline]
    pub fn call(&self, py: Python, all: &[&PyObject]) -> PyResult {
        call::call(
            py,
            &self.function,
            if self.unbound { all } else { all.get(1..).unwrap_or_default() },
            None,
        )
    }
}

/// `all[0].name(*all[1..])` (`vectorcall_method`). Errors: `AttributeError(name)` if there is none.
fn call_method(py: Python, name: &PyStr, all: &[&PyObject]) -> PyResult {
    let Some(slf) = all.first() else { return Err(bad_internal_call(py)) };
    match find(py, slf, name)? {
        Some(m) => m.call(py, all),
        None => Err(raise_with(py, PyAttributeError::type_object(), name.as_object())),
    }
}

/// The same, `NotImplemented` if there is none (`vectorcall_maybe`).
fn call_maybe(py: Python, name: &PyStr, all: &[&PyObject]) -> PyResult {
    let Some(slf) = all.first() else { return Err(bad_internal_call(py)) };
    match find(py, slf, name)? {
        Some(m) => m.call(py, all),
        None => Ok(not_implemented().owned()),
    }
}

/// Does the right operand's class override the reflected method? (`method_is_overloaded`)
fn is_overloaded(py: Python, left: &PyObject, right: &PyObject, name: &PyStr) -> PyResult<bool> {
    let Some(b) = right.ty().as_object().getattr_opt(py, name)? else { return Ok(false) };
    match left.ty().as_object().getattr_opt(py, name)? {
        None => Ok(true),
        Some(a) => a.rich_compare(py, &b, CompareOp::Ne)?.is_true(py),
    }
}

/// A binary operation of which one operand's class, or both, are written in Python. `owns`: does this type's slot lead here?
/// `more` holds the modulus of `pow`.
fn binary(
    py: Python,
    slf: &PyObject,
    other: &PyObject,
    more: &[&PyObject],
    owns: impl Fn(&PyTypeObject) -> bool,
    name: &PyStr,
    reflected: &PyStr,
) -> PyResult {
    let same = std::ptr::eq(slf.ty(), other.ty());
    let mut try_other = !same && owns(other.ty());
    let run = |name: &PyStr, a: &PyObject, b: &PyObject| match more {
        [m] => call_maybe(py, name, &[a, b, m]),
        _ => call_maybe(py, name, &[a, b]),
    };
    if owns(slf.ty()) {
        if try_other && other.ty().is_subtype(slf.ty()) && is_overloaded(py, slf, other, reflected)? {
            let r = run(reflected, other, slf)?;
            if !r.is(not_implemented()) {
                return Ok(r);
            }
            try_other = false;
        }
        let r = run(name, slf, other)?;
        if !r.is(not_implemented()) || std::ptr::eq(slf.ty(), other.ty()) {
            return Ok(r);
        }
    }
    if try_other { run(reflected, other, slf) } else { Ok(not_implemented().owned()) }
}

/// Defines slot functions with the C signature `($params) -> $ret`. `$e` turns an error into the slot's sentinel.
macro_rules! slots {
    ($($(#[$doc:meta])* fn $name:ident($py:ident $(, $p:ident: $t:ty)*) $(-> $ret:ty, $e:tt)? $body:block)*) => { $(
        $(#[$doc])*
        ///
        /// # Safety
        /// Called as a type slot: attached, with live objects.
        #[allow(improper_ctypes_definitions)] // `PyResult<Py>` has the ABI of a nullable pointer.
        pub unsafe extern "C" fn $name($($p: $t),*) $(-> $ret)? {
            // SAFETY: the caller's promise.
            unsafe {
                let $py = Python::assume_attached();
                slots!(@body $body $($ret, $e)?)
            }
        }
    )* };
    (@body $body:block $ret:ty, ()) => { $body };
    (@body $body:block $ret:ty, $e:tt) => { (|| -> PyResult<$ret> { $body })().unwrap_or($e) };
    (@body $body:block) => { $body };
}

macro_rules! unary_slots {
    ($($name:ident $method:literal;)*) => { slots! { $(
        #[doc = $method]
        fn $name(py, slf: O) -> PyResult, () { call_method(py, intern!(py, $method), &[&*slf]) }
    )* } };
}
macro_rules! inplace_slots {
    ($($name:ident $method:literal;)*) => { slots! { $(
        #[doc = $method]
        fn $name(py, slf: O, a: O) -> PyResult, () { call_method(py, intern!(py, $method), &[&*slf, &*a]) }
    )* } };
}
macro_rules! binary_slots {
    ($($name:ident $field:ident $method:literal $reflected:literal;)*) => { $(
        slots! {
            #[doc = $method]
            fn $name(py, slf: O, other: O) -> PyResult, () {
                static ME: Address = Address { function: $name as *const c_void };
                let owns = |t: &PyTypeObject| {
                    t.as_number().and_then(|n| n.$field.get()).is_some_and(|f: BinaryFunc| f as *const c_void == ME.function)
                };
                binary(py, &*slf, &*other, &[], owns, intern!(py, $method), intern!(py, $reflected))
            }
        }
    )* };
}

binary_slots! {
    slot_nb_add nb_add "__add__" "__radd__";
    slot_nb_subtract nb_subtract "__sub__" "__rsub__";
    slot_nb_multiply nb_multiply "__mul__" "__rmul__";
    slot_nb_remainder nb_remainder "__mod__" "__rmod__";
    slot_nb_divmod nb_divmod "__divmod__" "__rdivmod__";
    slot_nb_lshift nb_lshift "__lshift__" "__rlshift__";
    slot_nb_rshift nb_rshift "__rshift__" "__rrshift__";
    slot_nb_and nb_and "__and__" "__rand__";
    slot_nb_xor nb_xor "__xor__" "__rxor__";
    slot_nb_or nb_or "__or__" "__ror__";
    slot_nb_floor_divide nb_floor_divide "__floordiv__" "__rfloordiv__";
    slot_nb_true_divide nb_true_divide "__truediv__" "__rtruediv__";
    slot_nb_matrix_multiply nb_matrix_multiply "__matmul__" "__rmatmul__";
}
unary_slots! {
    slot_nb_negative "__neg__";
    slot_nb_positive "__pos__";
    slot_nb_absolute "__abs__";
    slot_nb_invert "__invert__";
    slot_nb_int "__int__";
    slot_nb_float "__float__";
    slot_nb_index "__index__";
    slot_tp_str "__str__";
    slot_tp_iternext "__next__";
}
inplace_slots! {
    slot_nb_inplace_add "__iadd__";
    slot_nb_inplace_subtract "__isub__";
    slot_nb_inplace_multiply "__imul__";
    slot_nb_inplace_remainder "__imod__";
    slot_nb_inplace_lshift "__ilshift__";
    slot_nb_inplace_rshift "__irshift__";
    slot_nb_inplace_and "__iand__";
    slot_nb_inplace_xor "__ixor__";
    slot_nb_inplace_or "__ior__";
    slot_nb_inplace_floor_divide "__ifloordiv__";
    slot_nb_inplace_true_divide "__itruediv__";
    slot_nb_inplace_matrix_multiply "__imatmul__";
    slot_mp_subscript "__getitem__";
    slot_tp_getattro "__getattribute__";
}

slots! {
    /// `__pow__`
    fn slot_nb_power(py, slf: O, other: O, modulus: O) -> PyResult, () {
        let owns = |t: &PyTypeObject| {
            t.as_number().and_then(|n| n.nb_power.get()).is_some_and(|f: TernaryFunc| f as *const c_void == POWER.function)
        };
        let modulus = &*modulus;
        let more: &[&PyObject] = if modulus.is_none() { &[] } else { &[modulus] };
        binary(py, &*slf, &*other, more, owns, intern!(py, "__pow__"), intern!(py, "__rpow__"))
    }

    /// `__ipow__`; there is no syntax for its modulus.
    fn slot_nb_inplace_power(py, slf: O, other: O, _modulus: O) -> PyResult, () {
        call_method(py, intern!(py, "__ipow__"), &[&*slf, &*other])
    }

    /// `__bool__`, or else `__len__`.
    fn slot_nb_bool(py, slf: O) -> c_int, (-1) {
        let slf = &*slf;
        if let Some(m) = find(py, slf, intern!(py, "__bool__"))? {
            let r = m.call(py, &[slf])?;
            if r.is(py_bool(true)) || r.is(py_bool(false)) {
                return Ok(r.is(py_bool(true)) as c_int);
            }
            return Err(type_error(py, format!("__bool__ should return bool, returned {}", r.ty().tp_name().to_string_lossy())));
        }
        match find(py, slf, intern!(py, "__len__"))? {
            Some(m) => Ok(m.call(py, &[slf])?.is_true(py)? as c_int),
            None => Ok(1),
        }
    }

    /// `__len__`
    fn slot_sq_length(py, slf: O) -> isize, (-1) {
        let r = call_method(py, intern!(py, "__len__"), &[&*slf])?;
        let n = number::index(py, &r)?;
        if n.is_negative() {
            return Err(value_error(py, "__len__() should return >= 0"));
        }
        number::index_isize(py, &n, Some(&PyExc_OverflowError_Type))
    }

    /// `__getitem__` with an index.
    fn slot_sq_item(py, slf: O, i: isize) -> PyResult, () {
        let i = PyInt::from_i64(py, i as i64)?;
        call_method(py, intern!(py, "__getitem__"), &[&*slf, &i])
    }

    /// `__setitem__` and `__delitem__` with an index.
    fn slot_sq_ass_item(py, slf: O, i: isize, value: O) -> c_int, (-1) {
        let i = PyInt::from_i64(py, i as i64)?;
        match value.as_ref() {
            None => call_method(py, intern!(py, "__delitem__"), &[&*slf, &i])?,
            Some(v) => call_method(py, intern!(py, "__setitem__"), &[&*slf, &i, v])?,
        };
        Ok(0)
    }

    /// `__contains__`, or else iteration.
    fn slot_sq_contains(py, slf: O, value: O) -> c_int, (-1) {
        let (slf, value) = (&*slf, &*value);
        match find(py, slf, intern!(py, "__contains__"))? {
            Some(m) if m.function.is_none() => {
                Err(type_error(py, format!("'{}' object is not a container", slf.ty().tp_name().to_string_lossy())))
            }
            Some(m) => Ok(m.call(py, &[slf, value])?.is_true(py)? as c_int),
            None => Ok(item::contains_by_iteration(py, slf, value)? as c_int),
        }
    }

    /// `__setitem__` and `__delitem__`
    fn slot_mp_ass_subscript(py, slf: O, key: O, value: O) -> c_int, (-1) {
        match value.as_ref() {
            None => call_method(py, intern!(py, "__delitem__"), &[&*slf, &*key])?,
            Some(v) => call_method(py, intern!(py, "__setitem__"), &[&*slf, &*key, v])?,
        };
        Ok(0)
    }

    /// `__repr__`
    fn slot_tp_repr(py, slf: O) -> PyResult, () {
        let slf = &*slf;
        match find(py, slf, intern!(py, "__repr__"))? {
            Some(m) => m.call(py, &[slf]),
            None => {
                let text = format!("<{} object at {:p}>", slf.ty().tp_name().to_string_lossy(), slf);
                Ok(PyStr::new(py, &text)?.into_object())
            }
        }
    }

    /// `__hash__`
    fn slot_tp_hash(py, slf: O) -> isize, (-1) {
        let slf = &*slf;
        let m = find(py, slf, intern!(py, "__hash__"))?.filter(|m| !m.function.is_none());
        let Some(m) = m else { return Err(natives::unhashable(py, slf)) };
        let r = m.call(py, &[slf])?;
        let Some(n) = r.downcast::<PyInt>() else {
            return Err(type_error(py, "__hash__ method should return an integer"));
        };
        let h = match n.as_i64() {
            Some(h) => h as isize,
            None => n.hash_value(),
        };
        Ok(if h == -1 { -2 } else { h })
    }

    /// `__call__`
    fn slot_tp_call(py, slf: O, args: O, kwargs: O) -> PyResult, () {
        let slf = &*slf;
        let (args, kwargs) = (&*(args as *const PyTuple), (kwargs as *const PyDict).as_ref());
        match find(py, slf, intern!(py, "__call__"))? {
            Some(m) if m.unbound => call_prepended(py, &m.function, slf, args, kwargs),
            Some(m) => m.function.call_tuple_dict(py, args, kwargs),
            None => Err(raise_with(py, PyAttributeError::type_object(), intern!(py, "__call__").as_object())),
        }
    }

    /// `__getattribute__`, and `__getattr__` when that raises `AttributeError`.
    fn slot_tp_getattr_hook(py, slf: O, name: O) -> PyResult, () {
        let (slf, name) = (&*slf, &*name);
        let ty = slf.ty();
        let Some(hook) = ty.lookup(py, intern!(py, "__getattr__")) else {
            forget_getattr_hook(ty);
            return slot_tp_getattro(slf.as_ptr(), name.as_ptr());
        };
        let hook = hook.owned();
        let plain = ty.lookup(py, intern!(py, "__getattribute__")).filter(|g| !natives::is_generic_getattribute(g));
        match plain.map(|g| g.owned()) {
            None => {
                let Some(text) = name.downcast::<PyStr>() else { return Err(object_::bad_attribute_name(py, name)) };
                if let Some(v) = object_::generic_getattr_suppress(py, slf, text)? {
                    return Ok(v);
                }
            }
            Some(g) => match call_attribute(py, slf, &g, name) {
                Ok(v) => return Ok(v),
                Err(e) => drop(catch(py, e, PyAttributeError::type_object())?),
            },
        }
        call_attribute(py, slf, &hook, name)
    }

    /// `__setattr__` and `__delattr__`
    fn slot_tp_setattro(py, slf: O, name: O, value: O) -> c_int, (-1) {
        match value.as_ref() {
            None => call_method(py, intern!(py, "__delattr__"), &[&*slf, &*name])?,
            Some(v) => call_method(py, intern!(py, "__setattr__"), &[&*slf, &*name, v])?,
        };
        Ok(0)
    }

    /// `__lt__` and its siblings.
    fn slot_tp_richcompare(py, slf: O, other: O, op: c_int) -> PyResult, () {
        let name = match op {
            0 => intern!(py, "__lt__"),
            1 => intern!(py, "__le__"),
            2 => intern!(py, "__eq__"),
            3 => intern!(py, "__ne__"),
            4 => intern!(py, "__gt__"),
            _ => intern!(py, "__ge__"),
        };
        call_maybe(py, name, &[&*slf, &*other])
    }

    /// `__iter__`, or else `__getitem__` with rising indexes.
    fn slot_tp_iter(py, slf: O) -> PyResult, () {
        let slf = &*slf;
        match find(py, slf, intern!(py, "__iter__"))? {
            Some(m) if m.function.is_none() => Err(not_iterable(py, slf)),
            Some(m) => m.call(py, &[slf]),
            None => match find(py, slf, intern!(py, "__getitem__"))? {
                None => Err(not_iterable(py, slf)),
                Some(_) => Ok(crate::types::iter::PySeqIter::new(py, slf)?.into_object()),
            },
        }
    }

    /// `__get__`
    fn slot_tp_descr_get(py, slf: O, obj: O, ty: O) -> PyResult, () {
        let slf = &*slf;
        let own = slf.ty();
        let Some(get) = own.lookup(py, intern!(py, "__get__")) else {
            if own.tp_descr_get.get().is_some_and(|f| f as *const c_void == DESCR_GET.function) {
                own.tp_descr_get.set(None);
            }
            return Ok(slf.owned());
        };
        get.owned().call(py, &[slf, obj.as_ref().unwrap_or(none()), ty.as_ref().unwrap_or(none())])
    }

    /// `__set__` and `__delete__`
    fn slot_tp_descr_set(py, slf: O, target: O, value: O) -> c_int, (-1) {
        match value.as_ref() {
            None => call_method(py, intern!(py, "__delete__"), &[&*slf, &*target])?,
            Some(v) => call_method(py, intern!(py, "__set__"), &[&*slf, &*target, v])?,
        };
        Ok(0)
    }

    /// `__init__`
    fn slot_tp_init(py, slf: O, args: O, kwargs: O) -> c_int, (-1) {
        let slf = &*slf;
        let (args, kwargs) = (&*(args as *const PyTuple), (kwargs as *const PyDict).as_ref());
        let r = match find(py, slf, intern!(py, "__init__"))? {
            Some(m) if m.unbound => call_prepended(py, &m.function, slf, args, kwargs)?,
            Some(m) => m.function.call_tuple_dict(py, args, kwargs)?,
            None => return Err(raise_with(py, PyAttributeError::type_object(), intern!(py, "__init__").as_object())),
        };
        if r.is_none() {
            return Ok(0);
        }
        Err(type_error(py, format!("__init__() should return None, not '{}'", r.ty().tp_name().to_string_lossy())))
    }

    /// `__new__`
    fn slot_tp_new(py, ty: *mut PyTypeObject, args: O, kwargs: O) -> PyResult, () {
        let ty = (*ty).as_object();
        let (args, kwargs) = (&*(args as *const PyTuple), (kwargs as *const PyDict).as_ref());
        let new = ty.getattr(py, intern!(py, "__new__"))?;
        call_prepended(py, &new, ty, args, kwargs)
    }

    /// `__del__`
    fn slot_tp_finalize(py, slf: O) {
        let slf = &*slf;
        let saved = take(py);
        let r = match find(py, slf, intern!(py, "__del__")) {
            Ok(None) => Ok(()),
            Ok(Some(m)) => match m.call(py, &[slf]) {
                Ok(_) => Ok(()),
                Err(e) => Err((e, Some(m.function))),
            },
            Err(e) => Err((e, None)),
        };
        if let Err((e, function)) = r {
            match function {
                Some(f) => crate::errors::write_unraisable_while(py, e, "calling deallocator", &f),
                None => write_unraisable(py, e, Some("Exception ignored while calling deallocator"), None),
            }
        }
        if let Some(saved) = saved {
            let _ = raise_object(py, saved);
        }
    }

    /// `__await__`
    fn slot_am_await(py, slf: O) -> PyResult, () {
        async_method(py, &*slf, intern!(py, "__await__"))
    }

    /// `__aiter__`
    fn slot_am_aiter(py, slf: O) -> PyResult, () {
        async_method(py, &*slf, intern!(py, "__aiter__"))
    }

    /// `__anext__`
    fn slot_am_anext(py, slf: O) -> PyResult, () {
        async_method(py, &*slf, intern!(py, "__anext__"))
    }
}

fn async_method(py: Python, slf: &PyObject, name: &PyStr) -> PyResult {
    match find(py, slf, name)? {
        Some(m) => m.call(py, &[slf]),
        None => Err(attribute_error(
            py,
            format!(
                "object {} does not have {} method",
                slf.ty().tp_name().to_string_lossy(),
                name.to_string_lossy()
            ),
        )),
    }
}

#[cold]
fn not_iterable(py: Python, o: &PyObject) -> Raised {
    type_error(py, format!("'{}' object is not iterable", o.ty().tp_name().to_string_lossy()))
}

/// Binds an attribute of the class and calls it with the attribute's name.
fn call_attribute(py: Python, slf: &PyObject, attr: &PyObject, name: &PyObject) -> PyResult {
    let kind = attr.ty();
    if kind.has_flag(flags::METHOD_DESCRIPTOR) {
        return attr.call(py, &[slf, name]);
    }
    match kind.tp_descr_get.get() {
        None => attr.call1(py, name),
        Some(f) => {
            // SAFETY: a slot called with live objects.
            let bound: Py = unsafe { from_c(py, f(attr.as_ptr(), slf.as_ptr(), slf.ty().as_ptr()))? };
            bound.call1(py, name)
        }
    }
}

/// `function(first, *args, **kwargs)` without making a tuple (`_PyObject_Call_Prepend`).
pub fn call_prepended(
    py: Python,
    function: &PyObject,
    first: &PyObject,
    args: &PyTuple,
    kwargs: Option<&PyDict>,
) -> PyResult {
    match kwargs.filter(|k| !k.is_empty()) {
        None if args.len() < 8 => {
            let mut all = [first; 9];
            all[1..=args.len()].copy_from_slice(args.items());
            call::call(py, function, &all[..=args.len()], None)
        }
        None => {
            let all: Vec<&PyObject> = std::iter::once(first).chain(args.items().iter().copied()).collect();
            call::call(py, function, &all, None)
        }
        Some(k) => {
            let (names, values) = call::split_kwargs(py, k)?;
            let mut all: Vec<&PyObject> = Vec::with_capacity(1 + args.len() + values.len());
            all.push(first);
            all.extend(args.items());
            all.extend(values.iter().map(|v| &**v));
            call::call(py, function, &all, Some(&names))
        }
    }
}

/// `NULL` for a slot in a table.
pub const NONE: *const c_void = null_mut();
