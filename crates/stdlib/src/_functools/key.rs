//! The keys that `cmp_to_key` makes.

use runtime::prelude::*;

/// `keyobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct KeyWrapper {
    pub ob_base: PyObject,
    cmp: Slot,
    object: Slot,
}

impl KeyWrapper {
    pub(super) fn make(py: Python, cmp: &PyObject, object: Option<&PyObject>) -> PyResult<Py<KeyWrapper>> {
        let cls = KeyWrapper::type_object();
        let value = KeyWrapper {
            ob_base: PyObject::header(cls),
            cmp: Slot::new(Some(cmp.owned())),
            object: Slot::new(object.map(|o| o.owned())),
        };
        new_object(py, cls, value)
    }
}

/// A value that a comparison function compares.
#[pytype(
    name = "KeyWrapper",
    module = "functools",
    flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    nosig,
    members(object as obj: object "Value wrapped by a key function.")
)]
impl KeyWrapper {
    #[slot(tp_call, sig = "(obj)")]
    fn call_key(&self, py: Python, obj: &PyObject) -> PyResult<Py<KeyWrapper>> {
        match self.cmp.get_owned() {
            Some(cmp) => KeyWrapper::make(py, &cmp, Some(obj)),
            None => Err(bad_internal_call(py)),
        }
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast_exact::<KeyWrapper>() else {
            return Err(type_error(py, "other argument must be K instance"));
        };
        let (Some(cmp), Some(x), Some(y)) =
            (self.cmp.get_owned(), self.object.get_owned(), other.object.get_owned())
        else {
            return Err(attribute_error(py, "object"));
        };
        let order = cmp.call(py, &[&x, &y])?;
        order.rich_compare(py, PyInt::zero().as_object(), op)
    }

    #[getter]
    fn __text_signature__(&self) -> &'static str {
        "(obj)"
    }
}
