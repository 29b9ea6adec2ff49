//! The methods every `&PyObject` has.

use super::{call, instance, item, iter, number};
use crate::errors::*;
use crate::intern;
use crate::singletons::{none, not_implemented};
use crate::state::enter_recursive_call;
use crate::types::type_::TypeExt;
use crate::types::{PyDict, PyInt, PyList, PyStr, PyTuple, exceptions::*};
use object::typeobj::flags;
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyTypeObject, Python};

/// A rich comparison; the numbers are those of `Py_LT` and following.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum CompareOp {
    Lt = 0,
    Le = 1,
    Eq = 2,
    Ne = 3,
    Gt = 4,
    Ge = 5,
}

impl CompareOp {
    /// From C's number.
    pub fn from_raw(op: i32) -> Option<CompareOp> {
        use CompareOp::*;
        [Lt, Le, Eq, Ne, Gt, Ge].get(usize::try_from(op).ok()?).copied()
    }

    /// The operator with its operands exchanged.
    pub fn swapped(self) -> CompareOp {
        use CompareOp::*;
        match self {
            Lt => Gt,
            Le => Ge,
            Eq => Eq,
            Ne => Ne,
            Gt => Lt,
            Ge => Le,
        }
    }

    /// The source text.
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// Does an ordering of the operands satisfy the operator?
    pub fn holds(self, o: std::cmp::Ordering) -> bool {
        use CompareOp::*;
        match self {
            Lt => o.is_lt(),
            Le => o.is_le(),
            Eq => o.is_eq(),
            Ne => o.is_ne(),
            Gt => o.is_gt(),
            Ge => o.is_ge(),
        }
    }
}

/// The object protocol. Errors are whatever the slots raise, and `TypeError` where a slot is missing, in CPython's words.
pub trait ObjectExt {
    fn is_none(&self) -> bool;
    fn is_callable(&self) -> bool;
    /// `getattr(o, name)`.
    fn getattr(&self, py: Python, name: &PyStr) -> PyResult;
    /// `getattr(o, name)` where a missing attribute is `None` (`PyObject_GetOptionalAttr`).
    fn getattr_opt(&self, py: Python, name: &PyStr) -> PyResult<Option<Py>>;
    /// `getattr` with a name that is not interned beforehand.
    fn getattr_str(&self, py: Python, name: &str) -> PyResult;
    fn hasattr(&self, py: Python, name: &PyStr) -> PyResult<bool>;
    fn setattr(&self, py: Python, name: &PyStr, value: &PyObject) -> PyResult<()>;
    fn setattr_str(&self, py: Python, name: &str, value: &PyObject) -> PyResult<()>;
    fn delattr(&self, py: Python, name: &PyStr) -> PyResult<()>;
    /// A special method, looked up on the type and bound (`_PyObject_LookupSpecial`).
    fn lookup_special(&self, py: Python, name: &PyStr) -> PyResult<Option<Py>>;
    fn call0(&self, py: Python) -> PyResult;
    fn call1(&self, py: Python, arg: &PyObject) -> PyResult;
    fn call(&self, py: Python, args: &[&PyObject]) -> PyResult;
    /// `kwnames` name the last arguments.
    fn call_kw(&self, py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult;
    fn call_tuple_dict(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult;
    fn call_method0(&self, py: Python, name: &PyStr) -> PyResult;
    fn call_method1(&self, py: Python, name: &PyStr, arg: &PyObject) -> PyResult;
    fn call_method(&self, py: Python, name: &PyStr, args: &[&PyObject]) -> PyResult;
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>>;
    fn str_(&self, py: Python) -> PyResult<Py<PyStr>>;
    fn ascii(&self, py: Python) -> PyResult<Py<PyStr>>;
    fn hash(&self, py: Python) -> PyResult<isize>;
    fn rich_compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult;
    /// Truth of a comparison; identical objects are equal without asking (`PyObject_RichCompareBool`).
    fn compare_bool(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult<bool>;
    /// `compare_bool` with `==`.
    fn eq(&self, py: Python, other: &PyObject) -> PyResult<bool>;
    fn is_true(&self, py: Python) -> PyResult<bool>;
    fn get_iter(&self, py: Python) -> PyResult;
    /// `next(self)`, `None` at the end.
    fn iter_next(&self, py: Python) -> PyResult<Option<Py>>;
    /// All items of an iterable.
    fn iterate(&self, py: Python, each: &mut dyn FnMut(Py) -> PyResult<()>) -> PyResult<()>;
    fn get_item(&self, py: Python, key: &PyObject) -> PyResult;
    fn set_item(&self, py: Python, key: &PyObject, value: &PyObject) -> PyResult<()>;
    fn del_item(&self, py: Python, key: &PyObject) -> PyResult<()>;
    fn contains(&self, py: Python, value: &PyObject) -> PyResult<bool>;
    /// `len(o)`.
    fn length(&self, py: Python) -> PyResult<isize>;
    /// `operator.length_hint`.
    fn length_hint(&self, py: Python, default: isize) -> PyResult<isize>;
    fn is_instance(&self, py: Python, class: &PyObject) -> PyResult<bool>;
    fn is_subclass(&self, py: Python, class: &PyObject) -> PyResult<bool>;
    fn dir(&self, py: Python) -> PyResult<Py<PyList>>;
    /// `format(o, spec)`.
    fn format_(&self, py: Python, spec: Option<&PyStr>) -> PyResult<Py<PyStr>>;
    /// `operator.index` as a machine word; too large: the given exception, or clamped when `None`.
    fn index_isize(&self, py: Python, overflow: Option<&PyTypeObject>) -> PyResult<isize>;
    /// `tuple(o)`, the object itself if it is an exact tuple.
    fn to_tuple(&self, py: Python) -> PyResult<Py<PyTuple>>;
    /// `list(o)`.
    fn to_list(&self, py: Python) -> PyResult<Py<PyList>>;
}

impl ObjectExt for PyObject {
    #[inline(always)]
    fn is_none(&self) -> bool {
        self.is(none())
    }

    fn is_callable(&self) -> bool {
        self.ty().tp_call.get().is_some()
    }

    #[inline]
    fn getattr(&self, py: Python, name: &PyStr) -> PyResult {
        let ty = self.ty();
        if let Some(f) = ty.tp_getattro.get() {
            // SAFETY: a slot called with a live object of its type.
            return unsafe { from_c(py, f(self.as_ptr(), name.as_ptr())) };
        }
        if let Some(f) = ty.tp_getattr.get() {
            let text = std::ffi::CString::new(name.as_utf8(py)?).map_err(|_| no_attribute(py, self, name))?;
            // SAFETY: as above; the slot does not change the name.
            return unsafe { from_c(py, f(self.as_ptr(), text.as_ptr() as *mut _)) };
        }
        Err(no_attribute(py, self, name))
    }

    fn getattr_opt(&self, py: Python, name: &PyStr) -> PyResult<Option<Py>> {
        if let Some(r) = crate::types::object_::generic_getattr_opt(py, self, name) {
            return r;
        }
        match self.getattr(py, name) {
            Ok(v) => Ok(Some(v)),
            Err(e) => {
                drop(catch(py, e, &PyExc_AttributeError_Type)?);
                Ok(None)
            }
        }
    }

    fn getattr_str(&self, py: Python, name: &str) -> PyResult {
        self.getattr(py, &*PyStr::new(py, name)?)
    }

    fn hasattr(&self, py: Python, name: &PyStr) -> PyResult<bool> {
        Ok(self.getattr_opt(py, name)?.is_some())
    }

    #[inline]
    fn setattr(&self, py: Python, name: &PyStr, value: &PyObject) -> PyResult<()> {
        set_attribute(py, self, name, Some(value))
    }

    fn setattr_str(&self, py: Python, name: &str, value: &PyObject) -> PyResult<()> {
        let name = PyStr::intern(py, PyStr::new(py, name)?);
        self.setattr(py, &name, value)
    }

    fn delattr(&self, py: Python, name: &PyStr) -> PyResult<()> {
        set_attribute(py, self, name, None)
    }

    fn lookup_special(&self, py: Python, name: &PyStr) -> PyResult<Option<Py>> {
        let ty = self.ty();
        let Some(found) = ty.lookup(py, name) else { return Ok(None) };
        let found = found.owned();
        match found.ty().tp_descr_get.get() {
            // SAFETY: a slot called with live objects.
            Some(f) => unsafe { from_c(py, f(found.as_ptr(), self.as_ptr(), ty.as_ptr())).map(Some) },
            None => Ok(Some(found)),
        }
    }

    fn call0(&self, py: Python) -> PyResult {
        call::call(py, self, &[], None)
    }

    fn call1(&self, py: Python, arg: &PyObject) -> PyResult {
        call::call(py, self, &[arg], None)
    }

    fn call(&self, py: Python, args: &[&PyObject]) -> PyResult {
        call::call(py, self, args, None)
    }

    fn call_kw(&self, py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        call::call(py, self, args, kwnames)
    }

    fn call_tuple_dict(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        call::call_tuple_dict(py, self, args, kwargs)
    }

    fn call_method0(&self, py: Python, name: &PyStr) -> PyResult {
        call::call_method(py, self, name, &[])
    }

    fn call_method1(&self, py: Python, name: &PyStr, arg: &PyObject) -> PyResult {
        call::call_method(py, self, name, &[arg])
    }

    fn call_method(&self, py: Python, name: &PyStr, args: &[&PyObject]) -> PyResult {
        call::call_method(py, self, name, args)
    }

    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let Some(f) = self.ty().tp_repr.get() else {
            return PyStr::new(
                py,
                &format!("<{} object at {:p}>", self.ty().tp_name().to_string_lossy(), self),
            );
        };
        enter_recursive_call(py, " while getting the repr of an object")?;
        // SAFETY: a slot called with a live object of its type.
        let r = unsafe { from_c::<PyObject>(py, f(self.as_ptr()))? };
        r.downcast_into::<PyStr>()
            .map_err(|r| type_error(py, format!("__repr__ returned non-string (type {})", type_name(&r))))
    }

    fn str_(&self, py: Python) -> PyResult<Py<PyStr>> {
        if let Some(s) = self.downcast_exact::<PyStr>() {
            return Ok(s.owned());
        }
        let Some(f) = self.ty().tp_str.get() else { return self.repr(py) };
        enter_recursive_call(py, " while getting the str of an object")?;
        // SAFETY: as for repr.
        let r = unsafe { from_c::<PyObject>(py, f(self.as_ptr()))? };
        r.downcast_into::<PyStr>()
            .map_err(|r| type_error(py, format!("__str__ returned non-string (type {})", type_name(&r))))
    }

    fn ascii(&self, py: Python) -> PyResult<Py<PyStr>> {
        let r = self.repr(py)?;
        if r.is_ascii() {
            return Ok(r);
        }
        let mut out = String::with_capacity(r.len() + 16);
        for c in r.chars() {
            match c {
                0..=0x7f => out.push(c as u8 as char),
                0x80..=0xff => out.push_str(&format!("\\x{c:02x}")),
                0x100..=0xffff => out.push_str(&format!("\\u{c:04x}")),
                _ => out.push_str(&format!("\\U{c:08x}")),
            }
        }
        PyStr::new(py, &out)
    }

    #[inline]
    fn hash(&self, py: Python) -> PyResult<isize> {
        match self.ty().tp_hash.get() {
            // SAFETY: a slot called with a live object of its type.
            Some(f) => match unsafe { f(self.as_ptr()) } {
                -1 => Err(object::Raised::pending()),
                h => Ok(h),
            },
            None => Err(type_error(py, format!("unhashable type: '{}'", type_name(self)))),
        }
    }

    fn rich_compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        enter_recursive_call(py, " in comparison")?;
        let (a, b) = (self.ty(), other.ty());
        let mut tried_reflected = false;
        // SAFETY (all three calls): a slot called with live objects, the first of its own type.
        if !std::ptr::eq(a, b)
            && b.is_subtype(a)
            && let Some(f) = b.tp_richcompare.get()
        {
            tried_reflected = true;
            // SAFETY: see above.
            let r: Py = unsafe { from_c(py, f(other.as_ptr(), self.as_ptr(), op.swapped() as i32))? };
            if !r.is(not_implemented()) {
                return Ok(r);
            }
        }
        if let Some(f) = a.tp_richcompare.get() {
            // SAFETY: see above.
            let r: Py = unsafe { from_c(py, f(self.as_ptr(), other.as_ptr(), op as i32))? };
            if !r.is(not_implemented()) {
                return Ok(r);
            }
        }
        if !tried_reflected && let Some(f) = b.tp_richcompare.get() {
            // SAFETY: see above.
            let r: Py = unsafe { from_c(py, f(other.as_ptr(), self.as_ptr(), op.swapped() as i32))? };
            if !r.is(not_implemented()) {
                return Ok(r);
            }
        }
        let same = self.is(other);
        match op {
            CompareOp::Eq => Ok(crate::singletons::py_bool(same).owned().into_object()),
            CompareOp::Ne => Ok(crate::singletons::py_bool(!same).owned().into_object()),
            _ => Err(type_error(
                py,
                format!(
                    "'{}' not supported between instances of '{}' and '{}'",
                    op.symbol(),
                    type_name(self),
                    type_name(other)
                ),
            )),
        }
    }

    #[inline]
    fn compare_bool(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult<bool> {
        if self.is(other) {
            match op {
                CompareOp::Eq => return Ok(true),
                CompareOp::Ne => return Ok(false),
                _ => {}
            }
        }
        self.rich_compare(py, other, op)?.is_true(py)
    }

    #[inline]
    fn eq(&self, py: Python, other: &PyObject) -> PyResult<bool> {
        self.compare_bool(py, other, CompareOp::Eq)
    }

    #[inline]
    fn is_true(&self, py: Python) -> PyResult<bool> {
        if self.is(crate::singletons::py_bool(true)) {
            return Ok(true);
        }
        if self.is(crate::singletons::py_bool(false)) || self.is_none() {
            return Ok(false);
        }
        let ty = self.ty();
        // SAFETY: slots are called with a live object of their type.
        unsafe {
            if let Some(f) = ty.as_number().and_then(|n| n.nb_bool.get()) {
                return Ok(status(py, f(self.as_ptr()))? != 0);
            }
            let len = ty
                .as_mapping()
                .and_then(|m| m.mp_length.get())
                .or(ty.as_sequence().and_then(|s| s.sq_length.get()));
            match len {
                Some(f) => match f(self.as_ptr()) {
                    n if n < 0 => Err(object::Raised::pending()),
                    n => Ok(n > 0),
                },
                None => Ok(true),
            }
        }
    }

    fn get_iter(&self, py: Python) -> PyResult {
        iter::get_iter(py, self)
    }

    #[inline]
    fn iter_next(&self, py: Python) -> PyResult<Option<Py>> {
        iter::iter_next(py, self)
    }

    fn iterate(&self, py: Python, each: &mut dyn FnMut(Py) -> PyResult<()>) -> PyResult<()> {
        let it = self.get_iter(py)?;
        while let Some(v) = it.iter_next(py)? {
            each(v)?;
        }
        Ok(())
    }

    fn get_item(&self, py: Python, key: &PyObject) -> PyResult {
        item::get_item(py, self, key)
    }

    fn set_item(&self, py: Python, key: &PyObject, value: &PyObject) -> PyResult<()> {
        item::ass_item(py, self, key, Some(value))
    }

    fn del_item(&self, py: Python, key: &PyObject) -> PyResult<()> {
        item::ass_item(py, self, key, None)
    }

    fn contains(&self, py: Python, value: &PyObject) -> PyResult<bool> {
        item::contains(py, self, value)
    }

    fn length(&self, py: Python) -> PyResult<isize> {
        item::length(py, self)
    }

    fn length_hint(&self, py: Python, default: isize) -> PyResult<isize> {
        item::length_hint(py, self, default)
    }

    fn is_instance(&self, py: Python, class: &PyObject) -> PyResult<bool> {
        instance::is_instance(py, self, class)
    }

    fn is_subclass(&self, py: Python, class: &PyObject) -> PyResult<bool> {
        instance::is_subclass(py, self, class)
    }

    fn dir(&self, py: Python) -> PyResult<Py<PyList>> {
        let Some(f) = self.lookup_special(py, intern!(py, "__dir__"))? else {
            return Err(type_error(py, "object does not provide __dir__"));
        };
        let list = f.call0(py)?.to_list(py)?;
        list.sort(py, None, false)?;
        Ok(list)
    }

    fn format_(&self, py: Python, spec: Option<&PyStr>) -> PyResult<Py<PyStr>> {
        let plain = spec.is_none_or(|s| s.is_empty());
        if plain {
            if let Some(s) = self.downcast_exact::<PyStr>() {
                return Ok(s.owned());
            }
            if PyInt::check_exact(self) {
                return self.str_(py);
            }
        }
        let empty;
        let spec = match spec {
            Some(s) => s,
            None => {
                empty = PyStr::new(py, "")?;
                &empty
            }
        };
        let Some(f) = self.lookup_special(py, intern!(py, "__format__"))? else {
            return Err(type_error(py, format!("Type {} doesn't define __format__", type_name(self))));
        };
        f.call1(py, spec)?.downcast_into::<PyStr>().map_err(|r| {
            type_error(
                py,
                format!("{}.__format__() must return a str, not {}", type_name(self), type_name(&r)),
            )
        })
    }

    fn index_isize(&self, py: Python, overflow: Option<&PyTypeObject>) -> PyResult<isize> {
        let n = number::index(py, self)?;
        if let Some(v) = n.as_i64() {
            return Ok(v as isize);
        }
        match overflow {
            None => Ok(if n.is_negative() { isize::MIN } else { isize::MAX }),
            Some(ty) => {
                Err(raise(py, ty, format!("cannot fit '{}' into an index-sized integer", type_name(self))))
            }
        }
    }

    fn to_tuple(&self, py: Python) -> PyResult<Py<PyTuple>> {
        if let Some(t) = self.downcast_exact::<PyTuple>() {
            return Ok(t.owned());
        }
        if let Some(l) = self.downcast_exact::<PyList>() {
            return l.to_tuple(py);
        }
        let it = self.get_iter(py)?;
        let hint = usize::try_from(self.length_hint(py, 10)?).unwrap_or(0);
        let mut items = Vec::new();
        if items.try_reserve(hint).is_err() {
            return Err(memory_error(py));
        }
        it.iterate(py, &mut |v| {
            if items.try_reserve(1).is_err() {
                return Err(memory_error(py));
            }
            items.push(v);
            Ok(())
        })?;
        PyTuple::new(py, items)
    }

    fn to_list(&self, py: Python) -> PyResult<Py<PyList>> {
        let list = PyList::empty(py)?;
        list.extend(py, self)?;
        Ok(list)
    }
}

fn set_attribute(py: Python, o: &PyObject, name: &PyStr, value: Option<&PyObject>) -> PyResult<()> {
    let ty = o.ty();
    let v = value.map_or(std::ptr::null_mut(), |v| v.as_ptr());
    if let Some(f) = ty.tp_setattro.get() {
        // SAFETY: a slot called with live objects.
        status(py, unsafe { f(o.as_ptr(), name.as_ptr(), v) })?;
        return Ok(());
    }
    if let Some(f) = ty.tp_setattr.get() {
        let text = std::ffi::CString::new(name.as_utf8(py)?).map_err(|_| no_attribute(py, o, name))?;
        // SAFETY: as above.
        status(py, unsafe { f(o.as_ptr(), text.as_ptr() as *mut _, v) })?;
        return Ok(());
    }
    let what = if value.is_none() { "del" } else { "assign to" };
    let kind =
        if ty.tp_getattr.get().is_none() && ty.tp_getattro.get().is_none() { "no" } else { "only read-only" };
    Err(type_error(
        py,
        format!("'{}' object has {kind} attributes ({what} .{})", type_name(o), name.to_string_lossy()),
    ))
}

/// Raises `AttributeError: 'X' object has no attribute 'name'` with `obj` and `name` set, so that suggestions work.
#[cold]
pub fn no_attribute(py: Python, o: &PyObject, name: &PyStr) -> object::Raised {
    let text = if o.ty().has_flag(flags::TYPE_SUBCLASS) && PyTypeObject::check(o) {
        // SAFETY: checked just now.
        let t: &PyTypeObject = unsafe { o.downcast_unchecked() };
        format!("type object '{}' has no attribute '{}'", t.display_name(), name.to_string_lossy())
    } else {
        format!("'{}' object has no attribute '{}'", type_name(o), name.to_string_lossy())
    };
    attribute_error_for(py, o, name, text)
}
