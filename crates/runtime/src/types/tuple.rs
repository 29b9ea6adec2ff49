//! `tuple` (`Include/cpython/tupleobject.h`).

use object::{
    Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyVarObject, Python, gc, new_var_object, typeobj,
};
use std::cell::Cell;

/// `PyTupleObject`; the items follow the struct.
#[repr(C)]
pub struct PyTuple {
    pub ob_base: PyVarObject,
    /// Cached hash, -1 when not computed yet.
    pub ob_hash: Cell<isize>,
    ob_item: [Cell<*mut PyObject>; 0],
}

declare_type!(PyTuple, PyVarObject, PyTuple_Type, "tuple", typeobj::flags::TUPLE_SUBCLASS);

const _: () = assert!(size_of::<PyTuple>() == typeobj::TUPLE_ITEMS);

impl PyTuple {
    /// A tuple of the given items.
    pub fn new<I>(py: Python, items: I) -> PyResult<Py<PyTuple>>
    where
        I: IntoIterator<Item = Py>,
        I::IntoIter: ExactSizeIterator,
    {
        let items = items.into_iter();
        let n = items.len();
        if n == 0 {
            return Ok(PyTuple::empty(py));
        }
        let t: Py<PyTuple> = new_var_object(py, PyTuple::type_object(), n)?;
        t.ob_hash.set(-1);
        let mut filled = 0;
        let mut tracked = false;
        for item in items.take(n) {
            tracked |= may_be_tracked(&item);
            // SAFETY: `filled < n`, the room that was allocated.
            unsafe { t.slot(filled).set(item.into_raw()) };
            filled += 1;
        }
        t.ob_base.ob_size.set(filled as isize);
        if tracked {
            // SAFETY: a complete new container.
            unsafe { gc::track(t.as_ptr()) };
        }
        Ok(t)
    }

    /// Number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.ob_base.ob_size.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Pointer to the first item.
    #[inline(always)]
    pub fn items_ptr(&self) -> *mut *mut PyObject {
        self.ob_item.as_ptr() as *mut *mut PyObject
    }

    /// # Safety
    /// `i` is within the room that was allocated.
    #[inline(always)]
    unsafe fn slot(&self, i: usize) -> &Cell<*mut PyObject> {
        // SAFETY: the caller's promise.
        unsafe { &*(self.items_ptr().add(i) as *const Cell<*mut PyObject>) }
    }

    /// The items, borrowed.
    #[inline(always)]
    pub fn items(&self) -> &[&PyObject] {
        // SAFETY: a complete tuple has `len` non-null items that do not change.
        unsafe { std::slice::from_raw_parts(self.items_ptr() as *const &PyObject, self.len()) }
    }

    /// The item at `i`, borrowed.
    #[inline(always)]
    pub fn get(&self, i: usize) -> Option<&PyObject> {
        self.items().get(i).copied()
    }
}

/// Could a collection ever have to look at `o`? (`_PyObject_GC_MAY_BE_TRACKED`)
#[inline]
pub(crate) fn may_be_tracked(o: &PyObject) -> bool {
    let ty = o.ty();
    if !ty.has_flag(typeobj::flags::HAVE_GC) {
        return false;
    }
    // SAFETY: tuples are containers: they have a collector's head.
    !PyTuple::check_exact(o) || unsafe { gc::is_tracked(o.as_ptr()) }
}

#[repr(C)]
struct EmptyTuple {
    head: gc::GcHead,
    tuple: PyTuple,
}
// SAFETY: an immortal constant.
unsafe impl Sync for EmptyTuple {}

static EMPTY: EmptyTuple = EmptyTuple {
    head: gc::GcHead { next: Cell::new(0), prev: Cell::new(0) },
    tuple: PyTuple {
        ob_base: PyVarObject::static_header(&PyTuple_Type, 0),
        ob_hash: Cell::new(-1),
        ob_item: [],
    },
};

impl PyTuple {
    /// The empty tuple, of which there is one.
    #[inline]
    pub fn empty(_py: Python) -> Py<PyTuple> {
        EMPTY.tuple.owned()
    }
}
