//! From a slot to a method: what `int.__add__(1, 2)` runs. One function for each slot signature; the slot itself comes in as `wrapped`.

use super::buffer_slots;
use super::dispatch;
use super::slotdefs::SlotDef;
use crate::abstract_::number;
use crate::prelude::*;
use crate::types::exceptions::{PyExc_OverflowError_Type, PyExc_StopIteration_Type};
use object::typeobj as t;
use std::ffi::c_void;
use std::mem::transmute;
use std::ptr::null_mut;

/// `wrapperfunc_kwds`: instance, arguments, the slot, keywords.
#[allow(
    improper_ctypes_definitions,
    reason = "a `PyResult` of an object is one word, null when raised, as C returns it"
)]
pub type Wrapper =
    unsafe extern "C" fn(*mut PyObject, *mut PyObject, *const c_void, *mut PyObject) -> PyResult;

/// The arguments of a wrapper, as references.
struct Call<'a> {
    py: Python<'a>,
    slf: &'a PyObject,
    args: &'a PyTuple,
    kwds: Option<&'a PyDict>,
}

impl Call<'_> {
    /// Exactly `N` arguments.
    fn exactly<const N: usize>(&self) -> PyResult<[*mut PyObject; N]> {
        match <[&PyObject; N]>::try_from(self.args.items()) {
            Ok(a) => Ok(a.map(|a| a.as_ptr())),
            Err(_) => Err(wrong_count(self.py, N, self.args.len())),
        }
    }

    /// One argument, with the method's name in the error.
    fn one(&self, name: &str) -> PyResult<*mut PyObject> {
        match self.args.items() {
            [a] => Ok(a.as_ptr()),
            other => Err(type_error(self.py, format!("{name} expected 1 argument, got {}", other.len()))),
        }
    }

    /// Two arguments, with the method's name in the error.
    fn two(&self, name: &str) -> PyResult<[*mut PyObject; 2]> {
        match self.args.items() {
            [a, b] => Ok([a.as_ptr(), b.as_ptr()]),
            other => Err(type_error(self.py, format!("{name} expected 2 arguments, got {}", other.len()))),
        }
    }

    /// One argument and the modulus of `pow`.
    fn pow(&self) -> PyResult<[*mut PyObject; 2]> {
        match self.args.items() {
            [a] => Ok([a.as_ptr(), none().as_ptr()]),
            [a, b] => Ok([a.as_ptr(), b.as_ptr()]),
            other => Err(type_error(self.py, format!("expected 1 or 2 arguments, got {}", other.len()))),
        }
    }

    fn keywords(&self) -> *mut PyObject {
        self.kwds.map_or(null_mut(), |k| k.as_ptr())
    }

    fn none(&self, status: i32) -> PyResult {
        if status < 0 { Err(Raised::pending()) } else { Ok(none().owned()) }
    }

    fn truth(&self, status: i32) -> PyResult {
        if status < 0 { Err(Raised::pending()) } else { Ok(py_bool(status != 0).owned().into_object()) }
    }

    fn number(&self, n: isize) -> PyResult {
        if n == -1 && !crate::state::thread(self.py).current_exception.is_empty() {
            return Err(Raised::pending());
        }
        Ok(PyInt::from_i64(self.py, n as i64)?.into_object())
    }

    /// An index argument of a sequence slot, negative ones counted from the end.
    fn index(&self, arg: *mut PyObject) -> PyResult<isize> {
        // SAFETY: an item of the argument tuple.
        let i = number::index_isize(self.py, unsafe { &*arg }, Some(&PyExc_OverflowError_Type))?;
        if i >= 0 {
            return Ok(i);
        }
        match self.slf.ty().as_sequence().and_then(|s| s.sq_length.get()) {
            // SAFETY: a slot called with an object of its type.
            Some(f) => match unsafe { f(self.slf.as_ptr()) } {
                n if n < 0 => Err(Raised::pending()),
                n => Ok(i + n),
            },
            None => Ok(i),
        }
    }
}

#[cold]
fn wrong_count(py: Python, n: usize, got: usize) -> Raised {
    type_error(py, format!("expected {n} argument{}, got {got}", if n == 1 { "" } else { "s" }))
}

/// Defines wrappers: `name: SlotType, |call, slf, slot| body`.
macro_rules! wrappers {
    ($($(#[$doc:meta])* $name:ident: $slot:ty, |$c:ident, $slf:ident, $f:ident| $body:expr;)*) => { $(
        $(#[$doc])*
        ///
        /// # Safety
        /// `slf` is an instance of the slot's type, `args` a tuple, `wrapped` the slot, `kwds` a dict or null.
        #[allow(improper_ctypes_definitions)] // `PyResult<Py>` has the ABI of a nullable pointer.
        pub unsafe extern "C" fn $name(
            $slf: *mut PyObject,
            args: *mut PyObject,
            wrapped: *const c_void,
            kwds: *mut PyObject,
        ) -> PyResult {
            // SAFETY: the caller's promise; slots are called with live objects of their types.
            unsafe {
                let $c = Call {
                    py: Python::assume_attached(),
                    slf: &*$slf,
                    args: &*(args as *const PyTuple),
                    kwds: (kwds as *const PyDict).as_ref(),
                };
                let $f: $slot = transmute(wrapped);
                $body
            }
        }
    )* };
}

wrappers! {
    /// `slot(self)`
    unary: t::UnaryFunc, |c, slf, f| {
        c.exactly::<0>()?;
        from_c(c.py, f(slf))
    };
    /// `slot(self, value)`
    binary: t::BinaryFunc, |c, slf, f| {
        let [a] = c.exactly()?;
        from_c(c.py, f(slf, a))
    };
    /// `slot(value, self)`
    binary_r: t::BinaryFunc, |c, slf, f| {
        let [a] = c.exactly()?;
        from_c(c.py, f(a, slf))
    };
    /// `slot(self, value, mod)`
    ternary: t::TernaryFunc, |c, slf, f| {
        let [a, m] = c.pow()?;
        from_c(c.py, f(slf, a, m))
    };
    /// `slot(value, self, mod)`
    ternary_r: t::TernaryFunc, |c, slf, f| {
        let [a, m] = c.pow()?;
        from_c(c.py, f(a, slf, m))
    };
    /// `bool(slot(self))`
    inquiry: t::Inquiry, |c, slf, f| {
        c.exactly::<0>()?;
        c.truth(f(slf))
    };
    /// A length.
    length: t::LenFunc, |c, slf, f| {
        c.exactly::<0>()?;
        c.number(f(slf))
    };
    /// A hash.
    hash: t::HashFunc, |c, slf, f| {
        c.exactly::<0>()?;
        c.number(f(slf))
    };
    /// `slot(self, count)`
    repeat: t::SsizeArgFunc, |c, slf, f| {
        let [a] = c.exactly()?;
        let n = number::index_isize(c.py, &*a, Some(&PyExc_OverflowError_Type))?;
        from_c(c.py, f(slf, n))
    };
    /// `self[i]`
    sq_item: t::SsizeArgFunc, |c, slf, f| {
        let [a] = c.exactly()?;
        let i = c.index(a)?;
        from_c(c.py, f(slf, i))
    };
    /// `self[i] = value`
    sq_setitem: t::SsizeObjArgProc, |c, slf, f| {
        let [a, v] = c.two("__setitem__")?;
        let i = c.index(a)?;
        c.none(f(slf, i, v))
    };
    /// `del self[i]`
    sq_delitem: t::SsizeObjArgProc, |c, slf, f| {
        let [a] = c.exactly()?;
        let i = c.index(a)?;
        c.none(f(slf, i, null_mut()))
    };
    /// `value in self`
    contains: t::ObjObjProc, |c, slf, f| {
        let [a] = c.exactly()?;
        c.truth(f(slf, a))
    };
    /// `self[key] = value`
    setitem: t::ObjObjArgProc, |c, slf, f| {
        let [k, v] = c.two("__setitem__")?;
        c.none(f(slf, k, v))
    };
    /// `del self[key]`
    delitem: t::ObjObjArgProc, |c, slf, f| {
        let [k] = c.exactly()?;
        c.none(f(slf, k, null_mut()))
    };
    /// `self(*args, **kwds)`
    call: t::TernaryFunc, |c, slf, f| from_c(c.py, f(slf, c.args.as_ptr(), c.keywords()));
    /// `__init__`
    init: t::InitProc, |c, slf, f| c.none(f(slf, c.args.as_ptr(), c.keywords()));
    /// `__del__`
    del: t::Destructor, |c, slf, f| {
        c.exactly::<0>()?;
        f(slf);
        Ok(none().owned())
    };
    /// `__buffer__`
    getbuffer: t::GetBufferProc, |c, _slf, f| {
        let flags = c.one("__buffer__")?;
        buffer_slots::call_getbuffer(c.py, c.slf, &*flags, f)
    };
    /// `__release_buffer__`
    releasebuffer: t::ReleaseBufferProc, |c, _slf, _f| {
        let view = c.one("__release_buffer__")?;
        buffer_slots::call_releasebuffer(c.py, c.slf, &*view)
    };
    /// `__next__`
    next: t::UnaryFunc, |c, slf, f| {
        c.exactly::<0>()?;
        match Py::from_raw_owned_or_opt(f(slf)) {
            Some(v) => Ok(v),
            None if !crate::state::thread(c.py).current_exception.is_empty() => Err(Raised::pending()),
            None => Err(raise_with(c.py, &PyExc_StopIteration_Type, none())),
        }
    };
    /// `__get__`
    descr_get: t::TernaryFunc, |c, slf, f| {
        let absent = |o: &PyObject| if o.is_none() { null_mut() } else { o.as_ptr() };
        let (obj, ty) = match c.args.items() {
            [o] => (absent(o), null_mut()),
            [o, ty] => (absent(o), absent(ty)),
            [] => return Err(type_error(c.py, "__get__ expected at least 1 argument, got 0")),
            more => return Err(type_error(c.py, format!("__get__ expected at most 2 arguments, got {}", more.len()))),
        };
        if obj.is_null() && ty.is_null() {
            return Err(type_error(c.py, "__get__(None, None) is invalid"));
        }
        from_c(c.py, f(slf, obj, ty))
    };
    /// `__set__`
    descr_set: t::ObjObjArgProc, |c, slf, f| {
        let [o, v] = c.two("__set__")?;
        c.none(f(slf, o, v))
    };
    /// `__delete__`
    descr_delete: t::ObjObjArgProc, |c, slf, f| {
        let [o] = c.exactly()?;
        c.none(f(slf, o, null_mut()))
    };
    /// `__setattr__`
    setattr: t::ObjObjArgProc, |c, slf, f| {
        let [n, v] = c.two("__setattr__")?;
        refuse_bypass(c.py, c.slf, f, "__setattr__")?;
        c.none(f(slf, n, v))
    };
    /// `__delattr__`
    delattr: t::ObjObjArgProc, |c, slf, f| {
        let [n] = c.exactly()?;
        refuse_bypass(c.py, c.slf, f, "__delattr__")?;
        c.none(f(slf, n, null_mut()))
    };
    /// `self < value`
    lt: t::RichCmpFunc, |c, slf, f| { let [a] = c.exactly()?; from_c(c.py, f(slf, a, 0)) };
    /// `self <= value`
    le: t::RichCmpFunc, |c, slf, f| { let [a] = c.exactly()?; from_c(c.py, f(slf, a, 1)) };
    /// `self == value`
    eq: t::RichCmpFunc, |c, slf, f| { let [a] = c.exactly()?; from_c(c.py, f(slf, a, 2)) };
    /// `self != value`
    ne: t::RichCmpFunc, |c, slf, f| { let [a] = c.exactly()?; from_c(c.py, f(slf, a, 3)) };
    /// `self > value`
    gt: t::RichCmpFunc, |c, slf, f| { let [a] = c.exactly()?; from_c(c.py, f(slf, a, 4)) };
    /// `self >= value`
    ge: t::RichCmpFunc, |c, slf, f| { let [a] = c.exactly()?; from_c(c.py, f(slf, a, 5)) };
}

/// Refuses `object.__setattr__(some_type, …)` and the like: a call that would jump over a stricter slot of a type between
/// the instance's and the wrapper's.
fn refuse_bypass(py: Python, slf: &PyObject, f: t::ObjObjArgProc, what: &str) -> PyResult<()> {
    use super::TypeExt;
    let ty = slf.ty();
    let Some(mro) = ty.mro() else { return Ok(()) };
    let address = |s: Option<t::ObjObjArgProc>| s.map(|s| s as *const c_void);
    let python = Some(dispatch::SETATTRO.function);
    let own = address(ty.tp_setattro.get());
    // The class that defined the slot, looking from the most basic one; classes written in Python define none.
    let mut base = Some(ty);
    for c in mro.items().iter().rev() {
        // SAFETY: an MRO holds types.
        let c: &PyTypeObject = unsafe { c.downcast_unchecked() };
        let slot = address(c.tp_setattro.get());
        if slot != python && slot == own {
            base = Some(c);
            break;
        }
    }
    while let Some(b) = base {
        let slot = address(b.tp_setattro.get());
        if slot == Some(f as *const c_void) {
            break;
        }
        if slot != python {
            return Err(type_error(
                py,
                format!("can't apply this {what} to {} object", ty.tp_name().to_string_lossy()),
            ));
        }
        base = b.base();
    }
    Ok(())
}

/// Runs a wrapper.
///
/// # Safety
/// `wrapped` is a function of the slot that `def` is about, and `slf` an instance of the type that has it.
pub unsafe fn run(
    py: Python,
    def: &SlotDef,
    wrapped: *const c_void,
    slf: &PyObject,
    args: &PyTuple,
    kwds: Option<&PyDict>,
) -> PyResult {
    let Some(wrapper) = def.wrapper else { return Err(bad_internal_call(py)) };
    let kwds = kwds.filter(|k| !k.is_empty());
    if kwds.is_some() && !def.takes_keywords() {
        return Err(type_error(py, format!("wrapper {}() takes no keyword arguments", def.name_str())));
    }
    // SAFETY: the caller's promise; C wrappers without keywords ignore the last argument.
    unsafe { wrapper(slf.as_ptr(), args.as_ptr(), wrapped, kwds.map_or(null_mut(), |k| k.as_ptr())) }
}
