//! `list` (`Include/cpython/listobject.h`).

use object::{PyObject, PyVarObject, typeobj};
use std::cell::Cell;

/// `PyListObject`.
#[repr(C)]
pub struct PyList {
    pub ob_base: PyVarObject,
    /// `allocated` words, of which the first `ob_size` are items.
    pub ob_item: Cell<*mut *mut PyObject>,
    pub allocated: Cell<isize>,
}

declare_type!(PyList, PyVarObject, PyList_Type, "list", typeobj::flags::LIST_SUBCLASS);

const _: () = assert!(size_of::<PyList>() == 40);

impl PyList {
    /// Number of items.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.ob_base.ob_size.get() as usize
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
