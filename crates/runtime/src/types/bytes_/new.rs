//! The static, immortal bytes objects: the empty one and the 256 of one byte.

use super::{PyBytes, PyBytes_Type};
use object::{Py, PyLayout, PyObject, PyVarObject};
use std::cell::Cell;
use std::mem::offset_of;

/// The layout of `PyBytes` with the NUL behind one byte spelt out.
#[repr(C)]
struct Short {
    ob_base: PyVarObject,
    ob_shash: Cell<isize>,
    bytes: [u8; 8],
}

const _: () = {
    assert!(size_of::<Short>() == size_of::<PyBytes>());
    assert!(offset_of!(Short, bytes) == offset_of!(PyBytes, ob_sval));
};

// SAFETY: immortal; its cells are only touched under the interpreter lock.
unsafe impl Sync for Short {}

const fn short(len: isize, b: u8) -> Short {
    Short {
        ob_base: PyVarObject::static_header(&PyBytes_Type, len),
        ob_shash: Cell::new(-1),
        bytes: [b, 0, 0, 0, 0, 0, 0, 0],
    }
}

static EMPTY: Short = short(0, 0);

static SINGLE: [Short; 256] = {
    let mut a = [const { short(1, 0) }; 256];
    let mut i = 0;
    while i < 256 {
        a[i].bytes[0] = i as u8;
        i += 1;
    }
    a
};

fn as_bytes(s: &'static Short) -> &'static PyBytes {
    // SAFETY: same layout, asserted above.
    unsafe { &*(s as *const Short as *const PyBytes) }
}

/// The empty bytes object.
#[inline]
pub fn empty() -> &'static PyBytes {
    as_bytes(&EMPTY)
}

/// The bytes object of one byte.
#[inline]
pub fn single(b: u8) -> &'static PyBytes {
    as_bytes(&SINGLE[b as usize])
}

impl PyBytes {
    /// A reference to an immortal object: no count changes.
    #[inline(always)]
    pub(crate) fn owned_bytes(&'static self) -> Py<PyBytes> {
        let o: *mut PyObject = self.as_ptr();
        // SAFETY: immortal.
        unsafe { Py::from_raw_owned(o) }
    }
}
