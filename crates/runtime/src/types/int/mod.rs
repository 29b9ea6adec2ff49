//! `int` (`Include/cpython/longintrepr.h`): sign and number of 30-bit digits in one word, then the digits.

use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, Python, new_object, typeobj};
use std::cell::Cell;

/// Bits of a digit.
pub const SHIFT: u32 = 30;
/// A digit's largest value.
pub const MASK: u32 = (1 << SHIFT) - 1;
const SIGN_MASK: usize = 3;
const NON_SIZE_BITS: u32 = 3;
/// Tag bit of the static small ints.
const SMALL_BIT: usize = 4;

/// `PyLongObject`; the digits follow the struct, at least one.
#[repr(C)]
pub struct PyInt {
    pub ob_base: PyObject,
    /// Bits 0-1: 0 positive, 1 zero, 2 negative. Bit 2: a static small int. From bit 3: the number of digits.
    pub lv_tag: Cell<usize>,
    ob_digit: [Cell<u32>; 0],
}

declare_type!(PyInt, PyObject, PyLong_Type, "int", typeobj::flags::LONG_SUBCLASS);

/// An int with room for one digit, for statics.
#[repr(C)]
pub struct StaticInt {
    int: PyInt,
    digit: Cell<u32>,
}
// SAFETY: immortal constants.
unsafe impl Sync for StaticInt {}

impl std::ops::Deref for StaticInt {
    type Target = PyInt;
    #[inline(always)]
    fn deref(&self) -> &PyInt {
        &self.int
    }
}

const _: () = {
    assert!(size_of::<PyInt>() == 24);
    assert!(size_of::<StaticInt>() == 32);
};

const fn tag(sign: isize, digits: usize) -> usize {
    (1 - sign) as usize | (digits << NON_SIZE_BITS)
}

const fn tag_of(value: i64) -> usize {
    if value == 0 { tag(0, 0) } else { tag(if value < 0 { -1 } else { 1 }, 1) }
}

impl StaticInt {
    /// A static int of one digit; `extra` goes into the tag.
    pub(crate) const fn new(ty: *const object::PyTypeObject, value: i64, extra: usize) -> StaticInt {
        StaticInt {
            int: PyInt {
                ob_base: PyObject::static_header(ty),
                lv_tag: Cell::new(tag_of(value) | extra),
                ob_digit: [],
            },
            digit: Cell::new(value.unsigned_abs() as u32),
        }
    }
}

/// The smallest and the largest int that exist once, as statics.
pub const SMALL_MIN: i64 = -5;
pub const SMALL_MAX: i64 = 256;
const SMALL_COUNT: usize = (SMALL_MAX - SMALL_MIN + 1) as usize;

static SMALL: [StaticInt; SMALL_COUNT] = {
    let mut table = [const { StaticInt::new(&PyLong_Type, 0, SMALL_BIT) }; SMALL_COUNT];
    let mut i = 0;
    while i < SMALL_COUNT {
        table[i] = StaticInt::new(&PyLong_Type, i as i64 + SMALL_MIN, SMALL_BIT);
        i += 1;
    }
    table
};

impl PyInt {
    /// The static int of a value in `SMALL_MIN..=SMALL_MAX`.
    #[inline(always)]
    pub fn small(value: i64) -> Option<&'static PyInt> {
        SMALL.get(value.wrapping_sub(SMALL_MIN) as usize).map(|s| &s.int)
    }

    /// An int of one digit: `value.abs() < 2**30`.
    #[inline]
    pub fn from_compact(py: Python, value: i64) -> PyResult<Py<PyInt>> {
        debug_assert!(value.unsigned_abs() <= MASK as u64);
        if let Some(s) = PyInt::small(value) {
            return Ok(s.owned());
        }
        let ty = PyInt::type_object();
        let new = new_object(
            py,
            ty,
            OneDigit(StaticInt {
                int: PyInt { ob_base: PyObject::header(ty), lv_tag: Cell::new(tag_of(value)), ob_digit: [] },
                digit: Cell::new(value.unsigned_abs() as u32),
            }),
        )?;
        // SAFETY: a `OneDigit` is an int with one digit.
        Ok(unsafe { new.cast_unchecked() })
    }

    /// Pointer to the first (least significant) digit.
    #[inline(always)]
    pub fn digits_ptr(&self) -> *mut u32 {
        self.ob_digit.as_ptr() as *mut u32
    }

    /// The digits, least significant first; none for zero.
    #[inline(always)]
    pub fn digits(&self) -> &[u32] {
        // SAFETY: an int does not change once it is made.
        unsafe { std::slice::from_raw_parts(self.digits_ptr(), self.digit_count()) }
    }

    #[inline(always)]
    pub fn digit_count(&self) -> usize {
        self.lv_tag.get() >> NON_SIZE_BITS
    }

    /// -1, 0 or 1.
    #[inline(always)]
    pub fn sign(&self) -> isize {
        1 - (self.lv_tag.get() & SIGN_MASK) as isize
    }

    #[inline(always)]
    pub fn is_negative(&self) -> bool {
        self.lv_tag.get() & SIGN_MASK == 2
    }

    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        self.lv_tag.get() & SIGN_MASK == 1
    }

    /// Has it at most one digit? (`_PyLong_IsCompact`)
    #[inline(always)]
    pub fn is_compact(&self) -> bool {
        self.lv_tag.get() < 2 << NON_SIZE_BITS
    }

    /// The value of an int that [`is_compact`](Self::is_compact).
    #[inline(always)]
    pub fn compact_value(&self) -> isize {
        debug_assert!(self.is_compact());
        // SAFETY: there is always room for one digit, and it is initialised.
        self.sign() * unsafe { *self.digits_ptr() } as isize
    }

    /// The value, if it fits.
    #[inline]
    pub fn as_i64(&self) -> Option<i64> {
        if self.is_compact() { Some(self.compact_value() as i64) } else { self.as_i64_slow() }
    }

    fn as_i64_slow(&self) -> Option<i64> {
        let d = self.digits();
        if d.len() > 3 {
            return None;
        }
        let mut v = 0u128;
        for &x in d.iter().rev() {
            v = v << SHIFT | x as u128;
        }
        let v = i128::try_from(v).ok()?;
        i64::try_from(if self.is_negative() { -v } else { v }).ok()
    }
}

/// An int with one digit, for allocation.
#[repr(transparent)]
struct OneDigit(StaticInt);
// SAFETY: begins with the header.
unsafe impl PyLayout for OneDigit {}
// SAFETY: only used to make exact ints.
unsafe impl PyTypeInfo for OneDigit {
    fn type_object() -> &'static object::PyTypeObject {
        &PyLong_Type
    }
}
