//! `dict` (`Include/cpython/dictobject.h`).

pub mod keys;

use keys::{DictKeys, DictValues};
use object::{PyObject, typeobj};
use std::cell::Cell;

/// `PyDictObject`.
#[repr(C)]
pub struct PyDict {
    pub ob_base: PyObject,
    pub ma_used: Cell<isize>,
    /// Low 8 bits: watchers.
    pub ma_watcher_tag: Cell<u64>,
    pub ma_keys: Cell<*mut DictKeys>,
    /// Null for a combined table.
    pub ma_values: Cell<*mut DictValues>,
}

declare_type!(PyDict, PyObject, PyDict_Type, "dict", typeobj::flags::DICT_SUBCLASS);

const _: () = assert!(size_of::<PyDict>() == 48);

impl PyDict {
    /// Number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.ma_used.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
