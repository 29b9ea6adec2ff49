//! `weakref.proxy`: stands for its referent in every operation.

use super::PyWeakRef;
use crate::abstract_::{call, number};
use crate::prelude::*;
use crate::types::object_::PyBaseObject_Type;
use crate::types::{PyDict, PyStr, PyTuple};

/// A proxy of an object that is not callable.
#[repr(C)]
#[derive(Traverse)]
pub struct PyProxy {
    pub base: PyWeakRef,
}

/// A proxy of a callable object.
#[repr(C)]
#[derive(Traverse)]
pub struct PyCallableProxy {
    pub base: PyWeakRef,
}

/// Is it the type of one of the proxies?
pub(super) fn is_proxy_type(ty: &PyTypeObject) -> bool {
    std::ptr::eq(ty, PyProxy::type_object()) || std::ptr::eq(ty, PyCallableProxy::type_object())
}

/// Allocates a proxy from the common fields.
pub(super) fn new_proxy(py: Python, cls: &PyTypeObject, value: PyWeakRef) -> PyResult<Py<PyWeakRef>> {
    // SAFETY: both layouts consist of the common part.
    unsafe {
        if std::ptr::eq(cls, PyProxy::type_object()) {
            Ok(new_object(py, cls, PyProxy { base: value })?.cast_unchecked())
        } else {
            Ok(new_object(py, cls, PyCallableProxy { base: value })?.cast_unchecked())
        }
    }
}

/// `weakref.proxy(o, callback)`.
///
/// Errors: `TypeError` if the type does not support weak references.
pub fn proxy(py: Python, o: &PyObject, callback: Option<&PyObject>) -> PyResult<Py<PyWeakRef>> {
    let cls = if o.is_callable() { PyCallableProxy::type_object() } else { PyProxy::type_object() };
    PyWeakRef::of_type(py, cls, o, callback.filter(|c| !c.is_none()))
}

fn gone(py: Python) -> Raised {
    reference_error(py, "weakly-referenced object no longer exists")
}

/// The referent of a proxy, or the object itself if it is none.
fn unwrap(py: Python, o: &PyObject) -> PyResult {
    if !is_proxy_type(o.ty()) {
        return Ok(o.owned());
    }
    // SAFETY: both proxies have this layout.
    unsafe { o.downcast_unchecked::<PyWeakRef>() }.target().ok_or_else(|| gone(py))
}

macro_rules! proxy_type {
    ($t:ident, $name:literal, $symbol:literal, { $($extra:tt)* }) => {
        /// Stands for an object without keeping it alive.
        #[pytype(name = $name, module = "weakref", symbol = $symbol, base = PyWeakRef, base_type = PyBaseObject_Type, flags(GC, DISALLOW_INSTANTIATION), noderef)]
        impl $t {
            #[slot(tp_repr)]
            fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
                let text = match self.base.target() {
                    None => format!("<weakproxy at {:p}; dead>", self.as_ptr()),
                    Some(o) => format!("<weakproxy at {:p}; to '{}' at {:p}>", self.as_ptr(), o.ty().tp_name().to_string_lossy(), o.as_ptr()),
                };
                PyStr::new(py, &text)
            }
            #[slot(tp_str)]
            fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
                unwrap(py, self.as_object())?.str_(py)
            }
            #[slot(tp_hash)]
            fn hash(&self, py: Python) -> PyResult<isize> {
                Err(type_error(py, format!("unhashable type: '{}'", self.as_object().ty().tp_name().to_string_lossy())))
            }
            #[slot(tp_getattro)]
            fn getattro(&self, py: Python, name: &PyObject) -> PyResult {
                let o = unwrap(py, self.as_object())?;
                match name.downcast::<PyStr>() {
                    Some(n) => o.getattr(py, n),
                    None => Err(crate::types::object_::bad_attribute_name(py, name)),
                }
            }
            #[slot(tp_setattro)]
            fn setattro(&self, py: Python, name: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
                let o = unwrap(py, self.as_object())?;
                match (name.downcast::<PyStr>(), value) {
                    (Some(n), Some(v)) => o.setattr(py, n, v),
                    (Some(n), None) => o.delattr(py, n),
                    (None, _) => Err(crate::types::object_::bad_attribute_name(py, name)),
                }
            }
            #[slot(tp_richcompare)]
            fn compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
                unwrap(py, self.as_object())?.rich_compare(py, &*unwrap(py, other)?, op)
            }
            #[slot(tp_iter)]
            fn iter(&self, py: Python) -> PyResult {
                unwrap(py, self.as_object())?.get_iter(py)
            }
            #[slot(tp_iternext)]
            fn next(&self, py: Python) -> PyResult<Option<Py>> {
                let o = unwrap(py, self.as_object())?;
                if o.ty().tp_iternext.get().is_none() {
                    return Err(type_error(py, format!("Weakref proxy referenced a non-iterator '{}' object", type_name(&o))));
                }
                o.iter_next(py)
            }
            #[slot(mp_length)]
            fn len(&self, py: Python) -> PyResult<isize> {
                unwrap(py, self.as_object())?.length(py)
            }
            #[slot(mp_subscript)]
            fn getitem(&self, py: Python, key: &PyObject) -> PyResult {
                unwrap(py, self.as_object())?.get_item(py, key)
            }
            #[slot(mp_ass_subscript)]
            fn setitem(&self, py: Python, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
                let o = unwrap(py, self.as_object())?;
                match value {
                    Some(v) => o.set_item(py, key, v),
                    None => o.del_item(py, key),
                }
            }
            #[slot(sq_contains)]
            fn contains(&self, py: Python, value: &PyObject) -> PyResult<bool> {
                unwrap(py, self.as_object())?.contains(py, value)
            }
            #[slot(nb_bool)]
            fn bool(&self, py: Python) -> PyResult<bool> {
                unwrap(py, self.as_object())?.is_true(py)
            }
            #[slot(nb_add)]
            fn add(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::add(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_subtract)]
            fn subtract(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::subtract(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_multiply)]
            fn multiply(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::multiply(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_floor_divide)]
            fn floor_divide(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::floor_divide(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_true_divide)]
            fn true_divide(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::true_divide(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_remainder)]
            fn remainder(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::remainder(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_divmod)]
            fn divmod(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::divmod(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_power)]
            fn power(py: Python, a: &PyObject, b: &PyObject, c: &PyObject) -> PyResult {
                number::power(py, &*unwrap(py, a)?, &*unwrap(py, b)?, &*unwrap(py, c)?)
            }
            #[slot(nb_lshift)]
            fn lshift(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::lshift(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_rshift)]
            fn rshift(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::rshift(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_and)]
            fn and(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::and(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_xor)]
            fn xor(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::xor(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_or)]
            fn or(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::or(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_matrix_multiply)]
            fn matmul(py: Python, a: &PyObject, b: &PyObject) -> PyResult { number::matrix_multiply(py, &*unwrap(py, a)?, &*unwrap(py, b)?) }
            #[slot(nb_inplace_add)]
            fn iadd(&self, py: Python, b: &PyObject) -> PyResult { number::inplace_add(py, &*unwrap(py, self.as_object())?, &*unwrap(py, b)?) }
            #[slot(nb_inplace_subtract)]
            fn isub(&self, py: Python, b: &PyObject) -> PyResult { number::inplace_subtract(py, &*unwrap(py, self.as_object())?, &*unwrap(py, b)?) }
            #[slot(nb_inplace_multiply)]
            fn imul(&self, py: Python, b: &PyObject) -> PyResult { number::inplace_multiply(py, &*unwrap(py, self.as_object())?, &*unwrap(py, b)?) }
            #[slot(nb_inplace_remainder)]
            fn irem(&self, py: Python, b: &PyObject) -> PyResult { number::inplace_remainder(py, &*unwrap(py, self.as_object())?, &*unwrap(py, b)?) }
            #[slot(nb_inplace_lshift)]
            fn ilshift(&self, py: Python, b: &PyObject) -> PyResult { number::inplace_lshift(py, &*unwrap(py, self.as_object())?, &*unwrap(py, b)?) }
            #[slot(nb_inplace_rshift)]
            fn irshift(&self, py: Python, b: &PyObject) -> PyResult { number::inplace_rshift(py, &*unwrap(py, self.as_object())?, &*unwrap(py, b)?) }
            #[slot(nb_inplace_floor_divide)]
            fn ifloordiv(&self, py: Python, b: &PyObject) -> PyResult { number::inplace_floor_divide(py, &*unwrap(py, self.as_object())?, &*unwrap(py, b)?) }
            #[slot(nb_inplace_true_divide)]
            fn itruediv(&self, py: Python, b: &PyObject) -> PyResult { number::inplace_true_divide(py, &*unwrap(py, self.as_object())?, &*unwrap(py, b)?) }
            #[slot(nb_inplace_matrix_multiply)]
            fn imatmul(&self, py: Python, b: &PyObject) -> PyResult { number::inplace_matrix_multiply(py, &*unwrap(py, self.as_object())?, &*unwrap(py, b)?) }
            #[slot(nb_inplace_or)]
            fn ior(&self, py: Python, b: &PyObject) -> PyResult { number::inplace_or(py, &*unwrap(py, self.as_object())?, &*unwrap(py, b)?) }
            #[slot(nb_inplace_and)]
            fn iand(&self, py: Python, b: &PyObject) -> PyResult { number::inplace_and(py, &*unwrap(py, self.as_object())?, &*unwrap(py, b)?) }
            #[slot(nb_inplace_xor)]
            fn ixor(&self, py: Python, b: &PyObject) -> PyResult { number::inplace_xor(py, &*unwrap(py, self.as_object())?, &*unwrap(py, b)?) }
            #[slot(nb_negative)]
            fn neg(&self, py: Python) -> PyResult { number::negative(py, &*unwrap(py, self.as_object())?) }
            #[slot(nb_positive)]
            fn pos(&self, py: Python) -> PyResult { number::positive(py, &*unwrap(py, self.as_object())?) }
            #[slot(nb_absolute)]
            fn abs(&self, py: Python) -> PyResult { number::absolute(py, &*unwrap(py, self.as_object())?) }
            #[slot(nb_invert)]
            fn invert(&self, py: Python) -> PyResult { number::invert(py, &*unwrap(py, self.as_object())?) }
            #[slot(nb_int)]
            fn int(&self, py: Python) -> PyResult { Ok(number::long(py, &*unwrap(py, self.as_object())?)?.into_object()) }
            #[slot(nb_float)]
            fn float(&self, py: Python) -> PyResult { Ok(number::float(py, &*unwrap(py, self.as_object())?)?.into_object()) }
            #[slot(nb_index)]
            fn index(&self, py: Python) -> PyResult { Ok(number::index(py, &*unwrap(py, self.as_object())?)?.into_object()) }
            #[pymethod]
            fn __bytes__(&self, py: Python) -> PyResult {
                unwrap(py, self.as_object())?.call_method0(py, intern!(py, "__bytes__"))
            }
            #[pymethod]
            fn __reversed__(&self, py: Python) -> PyResult {
                unwrap(py, self.as_object())?.call_method0(py, intern!(py, "__reversed__"))
            }
            #[slot(tp_dealloc, raw)]
            unsafe extern "C" fn dealloc(o: *mut PyObject) {
                // SAFETY: `tp_dealloc` of an instance; attached.
                unsafe { PyWeakRef::destroy(o) }
            }
            $($extra)*
        }
    };
}

proxy_type!(PyProxy, "ProxyType", "_PyWeakref_ProxyType", {});
proxy_type!(PyCallableProxy, "CallableProxyType", "_PyWeakref_CallableProxyType", {
    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        call::call_tuple_dict(py, &*unwrap(py, self.as_object())?, args, kwargs)
    }
});
