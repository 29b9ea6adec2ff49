//! `set` and `frozenset` (`Include/cpython/setobject.h`).

use object::PyObject;
use std::cell::Cell;

/// A slot of the table: unused (null, 0), dummy (the dummy key, -1) or active.
#[repr(C)]
pub struct SetEntry {
    pub key: Cell<*mut PyObject>,
    pub hash: Cell<isize>,
}

/// `PySetObject`, as the type `set`.
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
    pub finger: Cell<isize>,
    pub smalltable: [SetEntry; 8],
    pub weakreflist: Cell<*mut PyObject>,
}

/// `PySetObject`, as the type `frozenset`.
#[repr(C)]
pub struct PyFrozenSet {
    pub ob_base: PySet,
}

// `frozenset` shares the layout of `set` but not its type: through this Deref the reading operations apply.
declare_type!(PySet, PyObject, PySet_Type, "set", 0);
declare_type!(PyFrozenSet, PySet, PyFrozenSet_Type, "frozenset", 0);

const _: () = assert!(size_of::<PySet>() == 200);
