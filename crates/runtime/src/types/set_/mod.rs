//! `set` and `frozenset` (`Include/cpython/setobject.h`): layout and Rust API. The hash table is in `table`, whole-set
//! operations in `algebra`, what Python sees in `methods` and `iter`.
//!
//! Both types have one layout; the Rust struct [`PySet`] stands for either, [`any_set`] finds it. Comparing items can run Python
//! code that changes the set: lookups notice and start over.

mod algebra;
pub mod iter;
mod methods;
mod table;

pub use iter::*;
pub use methods::{PyFrozenSet_Type, PySet_Type};

use crate::prelude::*;
use crate::types::dict::{hash_as, unhashable};
use std::mem::offset_of;
use std::ptr::null_mut;

/// A slot of the table: unused (null, 0), dummy (null with hash -1) or active.
#[repr(C)]
pub struct SetEntry {
    pub key: Cell<*mut PyObject>,
    pub hash: Cell<isize>,
}

/// Slots of the table inside the object.
const MINSIZE: usize = 8;

/// `PySetObject`.
#[repr(C)]
pub struct PySet {
    pub ob_base: PyObject,
    /// Active and dummy entries.
    pub fill: Cell<isize>,
    /// Active entries.
    pub used: Cell<isize>,
    pub mask: Cell<isize>,
    /// The small table or a larger one on the heap.
    pub table: Cell<*mut SetEntry>,
    /// Only of frozen sets; -1 when not computed.
    pub hash: Cell<isize>,
    /// Where `pop` goes on.
    pub finger: Cell<isize>,
    pub smalltable: [SetEntry; MINSIZE],
    pub weakreflist: Cell<*mut PyObject>,
}

/// A `PySet` whose type is `frozenset`.
#[repr(C)]
pub struct PyFrozenSet {
    pub ob_base: PySet,
}

const _: () = {
    assert!(size_of::<PySet>() == 200);
    assert!(size_of::<PyFrozenSet>() == 200);
    assert!(offset_of!(PySet, table) == 40);
    assert!(offset_of!(PySet, smalltable) == 64);
    assert!(offset_of!(PySet, weakreflist) == 192);
};

/// The set or frozen set that `o` is (`PyAnySet_Check`).
#[inline]
pub fn any_set(o: &PyObject) -> Option<&PySet> {
    // SAFETY: both types have the layout.
    if PySet::check(o) || PyFrozenSet::check(o) { Some(unsafe { o.downcast_unchecked() }) } else { None }
}

/// An exact `set` or `frozenset`.
pub(in crate::types) fn exact_set(o: &PyObject) -> Option<&PySet> {
    if PySet::check_exact(o) || PyFrozenSet::check_exact(o) { any_set(o) } else { None }
}

/// The length of an exact `set` or `frozenset`.
pub(in crate::types) fn exact_set_len(o: &PyObject) -> Option<usize> {
    exact_set(o).map(PySet::len)
}

/// The hash of an item. An unhashable one is named in the message.
fn hash_item(py: Python, item: &PyObject) -> PyResult<isize> {
    hash_as(py, item, "a set element")
}

impl PySet {
    fn value(ty: &PyTypeObject) -> PySet {
        PySet {
            ob_base: PyObject::header(ty),
            fill: Cell::new(0),
            used: Cell::new(0),
            mask: Cell::new(MINSIZE as isize - 1),
            table: Cell::new(null_mut()),
            hash: Cell::new(-1),
            finger: Cell::new(0),
            smalltable: [const { SetEntry { key: Cell::new(null_mut()), hash: Cell::new(0) } }; MINSIZE],
            weakreflist: Cell::new(null_mut()),
        }
    }

    /// An empty set of a type: `set`, `frozenset` or a subclass.
    fn of_type(py: Python, ty: &PyTypeObject) -> PyResult<Py<PySet>> {
        let new = if std::ptr::eq(ty, PyFrozenSet::type_object()) {
            let new = new_object(py, ty, PyFrozenSet { ob_base: PySet::value(ty) })?;
            // SAFETY: one layout.
            unsafe { new.cast_unchecked::<PySet>() }
        } else {
            new_object(py, ty, PySet::value(ty))?
        };
        new.table.set(new.small());
        Ok(new)
    }

    fn of_type_from(py: Python, ty: &PyTypeObject, iterable: Option<&PyObject>) -> PyResult<Py<PySet>> {
        let new = PySet::of_type(py, ty)?;
        if let Some(i) = iterable {
            new.update(py, i)?;
        }
        Ok(new)
    }

    /// An empty `set`.
    pub fn new(py: Python) -> PyResult<Py<PySet>> {
        PySet::of_type(py, PySet::type_object())
    }

    /// `set(iterable)`.
    pub fn from_iterable(py: Python, iterable: &PyObject) -> PyResult<Py<PySet>> {
        PySet::of_type_from(py, PySet::type_object(), Some(iterable))
    }

    /// `set` or `frozenset`, whichever the type derives from: the type of results.
    fn base_type(&self) -> &'static PyTypeObject {
        if PySet::check(self) { PySet::type_object() } else { PyFrozenSet::type_object() }
    }

    /// A copy as an exact `set` or `frozenset`.
    pub fn copy(&self, py: Python) -> PyResult<Py<PySet>> {
        let new = PySet::of_type(py, self.base_type())?;
        new.merge(py, self)?;
        Ok(new)
    }

    /// Number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `self.add(item)`.
    pub fn add(&self, py: Python, item: &PyObject) -> PyResult<()> {
        let hash = hash_item(py, item)?;
        self.insert(py, item.owned(), hash)
    }

    /// `item in self`. A `set` is looked for by its contents, as if it were frozen.
    pub fn contains(&self, py: Python, item: &PyObject) -> PyResult<bool> {
        let (key, hash) = probe_key(py, item)?;
        Ok(self.lookup(py, &key, hash)?.is_some())
    }

    /// Removes an item; was it there?
    pub fn discard(&self, py: Python, item: &PyObject) -> PyResult<bool> {
        let (key, hash) = probe_key(py, item)?;
        self.remove(py, &key, hash)
    }

    /// New references to all items, in the table's order.
    pub fn snapshot(&self) -> Vec<Py> {
        let mut out = Vec::with_capacity(self.len());
        let mut pos = 0;
        while let Some((item, _)) = self.next(&mut pos) {
            out.push(item);
        }
        out
    }
}

impl PyFrozenSet {
    /// `frozenset(iterable)`.
    pub fn from_iterable(py: Python, iterable: &PyObject) -> PyResult<Py<PyFrozenSet>> {
        if let Some(f) = iterable.downcast_exact::<PyFrozenSet>() {
            return Ok(f.owned());
        }
        let new = PySet::of_type_from(py, PyFrozenSet::type_object(), Some(iterable))?;
        // SAFETY: made with that type.
        Ok(unsafe { new.cast_unchecked() })
    }

    /// A frozen set of the given items, up to the first failure.
    pub fn from_iter(py: Python, items: impl IntoIterator<Item = PyResult>) -> PyResult<Py<PyFrozenSet>> {
        let new = PySet::of_type(py, PyFrozenSet::type_object())?;
        for item in items {
            new.add(py, &*item?)?;
        }
        // SAFETY: made with that type.
        Ok(unsafe { new.cast_unchecked() })
    }
}

/// What to look for, with its hash. An unhashable set is looked for with the hash it would have as a frozen one.
fn probe_key(py: Python, item: &PyObject) -> PyResult<(Py, isize)> {
    let e = match item.hash(py) {
        Ok(hash) => return Ok((item.owned(), hash)),
        Err(e) => e,
    };
    if let Some(s) =
        any_set(item).filter(|_| PySet::check(item) && matches(py, &exceptions::PyExc_TypeError_Type))
    {
        drop(fetch(py, e));
        return Ok((item.owned(), s.content_hash()));
    }
    Err(unhashable(py, item, e, "a set element"))
}
