//! `int` (`Include/cpython/longintrepr.h`): sign and number of 30-bit digits in one word, then the digits.
//!
//! Layout and access are here, arithmetic in `arith` and `divide`, bits in `bits`, conversions in `convert`, text in `text`,
//! what Python sees in `methods`. Ints of a few digits are computed with machine numbers; large ones go through `dashu_int`
//! for multiplication, division and radix conversion ([`digits`]).

mod arith;
mod bits;
mod bytes;
mod convert;
pub mod digits;
mod divide;
mod methods;
mod power;
mod pylong;
mod text;

pub use convert::{to_ssize, to_ssize_clamped};
pub use methods::PyLong_Type;
pub(crate) use text::to_ascii;
pub use text::{Radix, parse_text};

use crate::prelude::*;
use dashu_int::UBig;
use digits::{Digits30, MASK, SHIFT};
use object::alloc;
use std::cmp::Ordering;

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

#[inline(always)]
const fn tag(sign: isize, digits: usize) -> usize {
    (1 - sign) as usize | (digits << NON_SIZE_BITS)
}

#[inline(always)]
const fn tag_of(value: i64) -> usize {
    if value == 0 { tag(0, 0) } else { tag(if value < 0 { -1 } else { 1 }, 1) }
}

impl StaticInt {
    /// A static int of one digit; `extra` goes into the tag.
    pub(crate) const fn new(ty: *const PyTypeObject, value: i64, extra: usize) -> StaticInt {
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

/// The most digits an int can have.
const MAX_DIGITS: usize = (i64::MAX as usize - 1) / digits::SHIFT as usize;

impl PyInt {
    /// The static int of a value in `SMALL_MIN..=SMALL_MAX`.
    #[inline(always)]
    pub fn small(value: i64) -> Option<&'static PyInt> {
        SMALL.get(value.wrapping_sub(SMALL_MIN) as usize).map(|s| &s.int)
    }

    /// Zero.
    #[inline(always)]
    pub fn zero() -> &'static PyInt {
        &SMALL[(-SMALL_MIN) as usize].int
    }

    /// One.
    #[inline(always)]
    pub fn one() -> &'static PyInt {
        &SMALL[(1 - SMALL_MIN) as usize].int
    }

    /// An int of one digit: `value.abs() < 2**30`.
    #[inline]
    pub fn from_compact(py: Python, value: i64) -> PyResult<Py<PyInt>> {
        debug_assert!(value.unsigned_abs() <= MASK as u64);
        if let Some(s) = PyInt::small(value) {
            return Ok(s.owned());
        }
        // SAFETY: fresh memory of the size, given a header and one digit.
        unsafe {
            let p = alloc::object_alloc(size_of::<StaticInt>()) as *mut StaticInt;
            if p.is_null() {
                return Err(memory_error(py));
            }
            p.write(StaticInt {
                int: PyInt {
                    ob_base: PyObject::header(&PyLong_Type),
                    lv_tag: Cell::new(tag_of(value)),
                    ob_digit: [],
                },
                digit: Cell::new(value.unsigned_abs() as u32),
            });
            Ok(Py::from_raw_owned(p as *mut PyObject))
        }
    }

    /// Memory for an int of one or two digits if some is ready at once, given its fields.
    #[inline(always)]
    pub fn compact_ready(value: i64) -> Option<Py<PyInt>> {
        debug_assert!(value.unsigned_abs() <= MASK as u64);
        // SAFETY: fresh memory of the size, given a header and one digit.
        unsafe {
            let p = alloc::alloc_ready::<{ size_of::<StaticInt>() }>() as *mut StaticInt;
            if p.is_null() {
                return None;
            }
            p.write(StaticInt {
                int: PyInt {
                    ob_base: PyObject::header(&PyLong_Type),
                    lv_tag: Cell::new(tag_of(value)),
                    ob_digit: [],
                },
                digit: Cell::new(value.unsigned_abs() as u32),
            });
            Some(Py::from_raw_owned(p as *mut PyObject))
        }
    }

    /// Does an int of one digit hold the value?
    #[inline(always)]
    pub fn is_compact_value(value: i64) -> bool {
        value.unsigned_abs() <= MASK as u64
    }

    /// Frees an int or float if it is one whose memory is of the common size; false if it is something else.
    ///
    /// # Safety
    /// Nobody refers to the object any more.
    #[inline(always)]
    pub unsafe fn free_number(o: *mut PyObject) -> bool {
        const SIZE: usize = size_of::<StaticInt>();
        const { assert!((SIZE - 1) / 16 == (size_of::<super::PyFloat>() - 1) / 16) };
        // SAFETY: numbers own nothing; an int of one digit has this size. A static one (foreign code broke its count) is excluded.
        unsafe {
            let ty = (*o).ob_type.get();
            let is_number = std::ptr::eq(ty, super::PyFloat::type_object())
                || std::ptr::eq(ty, PyInt::type_object()) && {
                    let tag = (*(o as *const PyInt)).lv_tag.get();
                    tag & SMALL_BIT == 0 && tag < 2 << NON_SIZE_BITS
                };
            if is_number {
                alloc::free_sized::<SIZE>(o as *mut u8);
            }
            is_number
        }
    }

    #[inline]
    pub fn from_i64(py: Python, value: i64) -> PyResult<Py<PyInt>> {
        if value.unsigned_abs() <= MASK as u64 {
            return PyInt::from_compact(py, value);
        }
        PyInt::from_u128(py, value < 0, value.unsigned_abs() as u128)
    }

    #[inline]
    pub fn from_isize(py: Python, value: isize) -> PyResult<Py<PyInt>> {
        PyInt::from_i64(py, value as i64)
    }

    #[inline]
    pub fn from_u64(py: Python, value: u64) -> PyResult<Py<PyInt>> {
        if value <= MASK as u64 {
            PyInt::from_compact(py, value as i64)
        } else {
            PyInt::from_u128(py, false, value as u128)
        }
    }

    #[inline]
    pub fn from_usize(py: Python, value: usize) -> PyResult<Py<PyInt>> {
        PyInt::from_u64(py, value as u64)
    }

    /// An int of at most 127 bits.
    #[inline]
    pub fn from_i128(py: Python, value: i128) -> PyResult<Py<PyInt>> {
        if value.unsigned_abs() <= MASK as u128 {
            return PyInt::from_compact(py, value as i64);
        }
        PyInt::from_u128(py, value < 0, value.unsigned_abs())
    }

    /// An int with this sign and magnitude, which is more than one digit.
    #[inline(never)]
    fn from_u128(py: Python, negative: bool, mut value: u128) -> PyResult<Py<PyInt>> {
        let n = (128 - value.leading_zeros()).div_ceil(SHIFT) as usize;
        let new = PyInt::alloc(py, n)?;
        // SAFETY: made just now, with room for `n` digits.
        let digits = unsafe { new.digits_mut(n) };
        for d in digits {
            *d = value as u32 & MASK;
            value >>= SHIFT;
        }
        new.lv_tag.set(tag(if negative { -1 } else { 1 }, n));
        Ok(new)
    }

    /// An int of digits, least significant first; leading zeros are fine.
    pub fn from_digits(py: Python, negative: bool, digits: &[u32]) -> PyResult<Py<PyInt>> {
        let n = digits::significant(digits);
        if n <= 1 {
            let v = digits.first().copied().unwrap_or(0) as i64;
            return PyInt::from_compact(py, if negative { -v } else { v });
        }
        let new = PyInt::alloc(py, n)?;
        // SAFETY: made just now, with room for `n` digits.
        unsafe { new.digits_mut(n) }.copy_from_slice(&digits[..n]);
        new.lv_tag.set(tag(if negative { -1 } else { 1 }, n));
        Ok(new)
    }

    /// An int with this sign and magnitude.
    pub fn from_ubig(py: Python, negative: bool, value: &UBig) -> PyResult<Py<PyInt>> {
        let words = value.as_words();
        let bits = digits::bit_length64(words);
        let n = bits.div_ceil(SHIFT as usize);
        if n <= 1 {
            let v = words.first().copied().unwrap_or(0) as i64;
            return PyInt::from_compact(py, if negative { -v } else { v });
        }
        let new = PyInt::alloc(py, n)?;
        // SAFETY: made just now, with room for `n` digits.
        let out = unsafe { new.digits_mut(n) };
        for (place, d) in out.iter_mut().zip(Digits30::new(words)) {
            *place = d;
        }
        new.lv_tag.set(tag(if negative { -1 } else { 1 }, n));
        Ok(new)
    }

    /// An exact int with room for `n` digits, all zero. The tag is to be set by the caller.
    fn alloc(py: Python, n: usize) -> PyResult<Py<PyInt>> {
        if n > MAX_DIGITS {
            return Err(overflow_error(py, "too many digits in integer"));
        }
        let size = size_of::<PyInt>() + n.max(1) * 4;
        let ty = PyInt::type_object();
        // SAFETY: fresh memory of that size.
        unsafe {
            let p = alloc::object_alloc(size);
            if p.is_null() {
                return Err(memory_error(py));
            }
            (p as *mut PyInt).write(PyInt {
                ob_base: PyObject::header(ty),
                lv_tag: Cell::new(tag(0, 0)),
                ob_digit: [],
            });
            p.add(size_of::<PyInt>()).write_bytes(0, n.max(1) * 4);
            Ok(Py::from_raw_owned(p as *mut PyObject))
        }
    }

    /// The digits of an int that is being made.
    ///
    /// # Safety
    /// Nobody else has seen the int; it has room for `n` digits.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)] // The digits are outside of what `&self` covers.
    unsafe fn digits_mut(&self, n: usize) -> &mut [u32] {
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.digits_ptr(), n) }
    }

    /// Completes an int that was made with `n` digits: strips leading zeros, and gives the static int for a small one.
    fn finish(self_: Py<PyInt>, negative: bool, n: usize) -> Py<PyInt> {
        // SAFETY: it has `n` digits.
        let d = unsafe { std::slice::from_raw_parts(self_.digits_ptr(), n) };
        let n = digits::significant(d);
        if n <= 1 {
            let v = d.first().copied().unwrap_or(0) as i64;
            let v = if negative { -v } else { v };
            if let Some(s) = PyInt::small(v) {
                return s.owned();
            }
            // One digit does not keep the memory of many.
            if d.len() > 2
                && let Some(i) = PyInt::compact_ready(v)
            {
                return i;
            }
        }
        self_.lv_tag.set(tag(if negative { -1 } else { 1 }, n));
        self_
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
        if self.is_compact() {
            Some(self.compact_value() as i64)
        } else {
            i64::try_from(self.as_i128()?).ok()
        }
    }

    /// The value of an int of at most four digits.
    #[inline]
    pub(super) fn as_i128(&self) -> Option<i128> {
        let d = self.digits();
        if d.len() > 4 {
            return None;
        }
        let mut v = 0i128;
        for &x in d.iter().rev() {
            v = v << SHIFT | x as i128;
        }
        Some(if self.is_negative() { -v } else { v })
    }

    /// The magnitude.
    pub fn to_ubig(&self) -> UBig {
        digits::to_ubig(self.digits())
    }

    /// An exact int with the same value (`_PyLong_Copy`).
    pub fn to_exact(&self, py: Python) -> PyResult<Py<PyInt>> {
        if PyInt::check_exact(self) {
            Ok(self.owned())
        } else {
            PyInt::from_digits(py, self.is_negative(), self.digits())
        }
    }

    /// The same value as an instance of a subclass.
    pub(super) fn of_subtype(&self, py: Python, cls: &PyTypeObject) -> PyResult<Py<PyInt>> {
        let Some(tp_alloc) = cls.tp_alloc.get() else {
            return Err(type_error(py, format!("cannot create '{}' instances", cls.display_name())));
        };
        let n = self.digit_count();
        // SAFETY: `tp_alloc` makes an instance with room for as many digits, and for at least one.
        unsafe {
            let made = tp_alloc(cls as *const PyTypeObject as *mut PyTypeObject, n.max(1) as isize);
            let new: Py<PyInt> = from_c(py, made)?;
            new.digits_mut(n).copy_from_slice(self.digits());
            new.lv_tag.set(tag(self.sign(), n));
            Ok(new)
        }
    }

    /// Orders by value.
    #[inline]
    pub fn compare(&self, other: &PyInt) -> Ordering {
        if self.is_compact() && other.is_compact() {
            return self.compact_value().cmp(&other.compact_value());
        }
        match self.sign().cmp(&other.sign()) {
            Ordering::Equal => {
                let magnitude = digits::compare(self.digits(), other.digits());
                if self.is_negative() { magnitude.reverse() } else { magnitude }
            }
            different => different,
        }
    }

    /// Equal by value.
    #[inline]
    pub fn equals(&self, other: &PyInt) -> bool {
        if self.is_compact() && other.is_compact() {
            return self.compact_value() == other.compact_value();
        }
        self.sign() == other.sign() && self.digits() == other.digits()
    }

    /// The hash: the value modulo 2**61 - 1, with its sign.
    #[inline]
    pub fn hash_value(&self) -> isize {
        if self.is_compact() {
            let v = self.compact_value();
            return if v == -1 { -2 } else { v };
        }
        const BITS: u32 = 61;
        const P: u64 = (1 << BITS) - 1;
        let mut x = 0u64;
        for &d in self.digits().iter().rev() {
            // Multiplying by 2**30 modulo 2**61 - 1 is a rotation.
            x = ((x << SHIFT) & P) | (x >> (BITS - SHIFT));
            x += d as u64;
            if x >= P {
                x -= P;
            }
        }
        let h = x as isize * self.sign();
        if h == -1 { -2 } else { h }
    }
}
