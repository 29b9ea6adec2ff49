//! `tuple` (`Include/cpython/tupleobject.h`): layout and Rust API; methods in [`methods`], the iterator in [`iter`].
//!
//! A tuple is tracked by the collector only while it holds something the collector could have to look at. Which tuples that
//! are is decided when one is made, and again by the collector, which untracks those that turned out harmless.

pub mod iter;
mod methods;

pub use iter::{PyTupleIter, PyTupleIter_Type};
pub use methods::PyTuple_Type;
pub(in crate::types) use methods::clamp_index;

use crate::prelude::*;
use object::{gc, typeobj};

/// `PyTupleObject`; the items follow the struct.
#[repr(C)]
pub struct PyTuple {
    pub ob_base: PyVarObject,
    /// Cached hash, -1 when not computed yet.
    pub ob_hash: Cell<isize>,
    ob_item: [Cell<*mut PyObject>; 0],
}

const _: () = {
    assert!(size_of::<PyTuple>() == typeobj::TUPLE_ITEMS);
    assert!(std::mem::offset_of!(PyTuple, ob_hash) == 24);
};

/// A tuple being made: room for a known number of items, filled from the front. Not visible to anybody until finished.
pub struct TupleBuilder {
    tuple: Py<PyTuple>,
    capacity: usize,
    tracked: bool,
}

impl TupleBuilder {
    /// Room for `n` items, `n` not zero.
    pub fn new(py: Python, n: usize) -> PyResult<TupleBuilder> {
        let size =
            n.checked_mul(8).filter(|&s| s <= isize::MAX as usize - 256).ok_or_else(|| memory_error(py))?;
        // SAFETY: fresh memory of that size; items are written before the length says so.
        let tuple: Py<PyTuple> = unsafe {
            let p = gc::alloc_tuple(n, size_of::<PyTuple>() + size) as *mut PyTuple;
            if p.is_null() {
                return Err(memory_error(py));
            }
            p.write(PyTuple {
                ob_base: PyVarObject::header(PyTuple::type_object(), 0),
                ob_hash: Cell::new(-1),
                ob_item: [],
            });
            Py::from_raw_owned(p as *mut PyObject)
        };
        Ok(TupleBuilder { tuple, capacity: n, tracked: false })
    }

    /// Adds an item. Items beyond the capacity are dropped.
    #[inline(always)]
    pub fn push(&mut self, item: Py) {
        let n = self.tuple.len();
        if n < self.capacity {
            self.tracked |= may_be_tracked(&item);
            // SAFETY: `n` is within the room that was allocated.
            unsafe { self.tuple.items_ptr().add(n).write(item.into_raw()) };
            self.tuple.ob_base.ob_size.set(n as isize + 1);
        }
    }

    /// The tuple as far as it is filled, for containers among its items. It grows until it is finished.
    pub fn share(&self) -> Py<PyTuple> {
        self.tuple.clone()
    }

    /// The complete tuple.
    #[inline]
    pub fn finish(self) -> Py<PyTuple> {
        self.tuple.ob_hash.set(-1);
        if self.tracked {
            // SAFETY: a complete new container.
            unsafe { gc::track(self.tuple.as_ptr()) };
        }
        self.tuple
    }
}

impl PyTuple {
    /// A tuple of the given items.
    #[inline]
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
        let mut t = TupleBuilder::new(py, n)?;
        for item in items {
            t.push(item);
        }
        Ok(t.finish())
    }

    /// A tuple of new references to borrowed items.
    pub fn from_slice(py: Python, items: &[&PyObject]) -> PyResult<Py<PyTuple>> {
        PyTuple::new(py, items.iter().map(|i| i.owned()))
    }

    /// The empty tuple, of which there is one.
    #[inline]
    pub fn empty(_py: Python) -> Py<PyTuple> {
        EMPTY.tuple.owned()
    }

    /// `tuple(iterable)` (`PySequence_Tuple`).
    pub fn from_iterable(py: Python, iterable: &PyObject) -> PyResult<Py<PyTuple>> {
        if let Some(t) = iterable.downcast_exact::<PyTuple>() {
            return Ok(t.owned());
        }
        if let Some(l) = iterable.downcast_exact::<PyList>() {
            return l.to_tuple(py);
        }
        let it = iterable.get_iter(py)?;
        let hint = iterable.length_hint(py, 10)?;
        let mut items = Vec::new();
        // A hint may be a lie: it is trusted only as far as it costs nothing.
        items.try_reserve(hint.clamp(0, 1 << 16) as usize).map_err(|_| memory_error(py))?;
        while let Some(item) = it.iter_next(py)? {
            if items.len() == items.capacity() {
                items.try_reserve(1).map_err(|_| memory_error(py))?;
            }
            items.push(item);
        }
        PyTuple::new(py, items)
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

    /// `self[start:stop]` with `start <= stop <= len`.
    pub fn slice(&self, py: Python, start: usize, stop: usize) -> PyResult<Py<PyTuple>> {
        if start == 0 && stop == self.len() && PyTuple::check_exact(self) {
            return Ok(self.owned());
        }
        PyTuple::from_slice(py, self.items().get(start..stop).unwrap_or_default())
    }

    /// A copy as an instance of a subclass.
    fn of_subtype(&self, py: Python, cls: &PyTypeObject) -> PyResult<Py<PyTuple>> {
        let Some(tp_alloc) = cls.tp_alloc.get() else {
            return Err(type_error(py, format!("cannot create '{}' instances", cls.display_name())));
        };
        // SAFETY: `tp_alloc` makes an instance with zeroed room for as many items; it is filled at once.
        unsafe {
            let made = tp_alloc(cls as *const PyTypeObject as *mut PyTypeObject, self.len() as isize);
            let new: Py<PyTuple> = from_c(py, made)?;
            new.ob_hash.set(-1);
            for (i, item) in self.items().iter().enumerate() {
                new.items_ptr().add(i).write(item.owned().into_raw());
            }
            Ok(new)
        }
    }
}

/// Could a collection ever have to look at `o`? (`_PyObject_GC_MAY_BE_TRACKED`)
#[inline]
pub fn may_be_tracked(o: &PyObject) -> bool {
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

/// A pair, in the tuple that `slot` holds if nobody else refers to it: iterators of pairs make one tuple last. Its old items are
/// released when it is complete again.
#[inline]
pub fn refill_pair(py: Python, slot: &Slot<PyTuple>, first: Py, second: Py) -> PyResult<Py<PyTuple>> {
    // SAFETY: nothing runs while the tuple is looked at; one that only the slot refers to may change.
    unsafe {
        if let Some(t) = slot.get()
            && t.refcount() == 1
            && t.len() == 2
        {
            let t = t.owned();
            let items = t.items_ptr();
            let old: (Py, Py) = (
                Py::from_raw_owned(items.replace(first.into_raw())),
                Py::from_raw_owned(items.add(1).replace(second.into_raw())),
            );
            t.ob_hash.set(-1);
            // A collection may have found the tuple not worth tracking.
            if !gc::is_tracked(t.as_ptr()) {
                gc::track(t.as_ptr());
            }
            drop(old);
            return Ok(t);
        }
    }
    PyTuple::new(py, [first, second])
}
