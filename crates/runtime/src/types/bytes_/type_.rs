//! The type object of `bytes`: construction, protocol slots, subscripts.

use super::args::{FillByte, Needle, byte_value};
use super::methods::{byte_methods, locate};
use super::ops::{self, ByteString};
use super::{BASIC_SIZE, BytesBuilder, PyBytes, iter, percent};
use crate::abstract_::number;
use crate::codecs;
use crate::prelude::*;
use crate::types::bounds::{self, SliceIndex, range_of};
use crate::types::buffer::{self, Buffer};
use crate::types::str_::search;
use std::ptr;

/// bytes(iterable_of_ints) -> bytes
/// bytes(string, encoding[, errors]) -> bytes
/// bytes(bytes_or_buffer) -> a copy
/// bytes(int) -> that many zero bytes
/// bytes() -> empty bytes
///
/// An immutable sequence of integers from 0 to 255.
#[pytype(
    name = "bytes", order = "__getnewargs__ __bytes__ capitalize center count decode endswith expandtabs find fromhex hex index isalnum isalpha isascii isdigit islower isspace istitle isupper join ljust lower lstrip maketrans partition replace removeprefix removesuffix rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper",
    symbol = "PyBytes_Type",
    base = PyVarObject,
    itemsize = 1,
    basicsize = BASIC_SIZE,
    flags(BASETYPE, BYTES_SUBCLASS, MATCH_SELF),
    parts(shared),
    nosig
)]
impl PyBytes {
    #[slot(
        tp_new,
        vectorcall,
        sig = "(source=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)"
    )]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        source: Option<&PyObject>,
        encoding: Option<&str>,
        errors: Option<&str>,
    ) -> PyResult<Py<PyBytes>> {
        let made = construct(py, source, encoding, errors)?;
        if ptr::eq(cls, PyBytes::type_object()) { Ok(made) } else { subtype(py, cls, made.as_bytes()) }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let bytes = self.as_bytes();
        let mut out = BytesBuilder::with_capacity(bytes.len().saturating_add(3));
        out.push(b'b');
        ops::repr_body(bytes, ops::repr_quote(bytes), false, &mut out);
        PyStr::from_latin1(py, &out.into_vec(py)?)
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        if crate::state::interpreter(py).config.borrow().bytes_warning > 0 {
            warn(py, &exceptions::PyExc_BytesWarning_Type, "str() on a bytes instance", 1)?;
        }
        self.repr(py)
    }

    #[slot(tp_hash)]
    fn hash_slot(&self) -> PyResult<isize> {
        Ok(self.hash())
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(o) = other.downcast::<PyBytes>() else {
            warn_comparison(py, other, op)?;
            return Ok(not_implemented().owned());
        };
        let (a, b) = (self.as_bytes(), o.as_bytes());
        let holds = match op {
            CompareOp::Eq => a == b,
            CompareOp::Ne => a != b,
            _ => op.holds(a.cmp(b)),
        };
        Ok(py_bool(holds).as_object().owned())
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult {
        iter::PyBytesIter::make(py, self)
    }

    #[slot(bf_getbuffer)]
    fn get_buffer(&self, py: Python, view: *mut PyBuffer, flags: i32) -> PyResult<()> {
        // SAFETY: the consumer's view; the bytes live as long as the object.
        unsafe {
            buffer::fill_info(py, view, Some(self), self.data_ptr(), self.ob_base.ob_size.get(), true, flags)
        }
    }

    #[slot(sq_length, mp_length)]
    fn length_slot(&self) -> PyResult<isize> {
        Ok(self.ob_base.ob_size.get())
    }

    #[slot(sq_concat)]
    fn concat(&self, py: Python, other: &PyObject) -> PyResult<Py<PyBytes>> {
        if let Some(o) = other.downcast_exact::<PyBytes>() {
            if self.is_empty() {
                return Ok(o.owned());
            }
            if o.is_empty() && PyBytes::check_exact(self) {
                return Ok(self.owned());
            }
            return joined(py, self.as_bytes(), o.as_bytes());
        }
        if !buffer::supports(other) {
            return Err(type_error(py, format!("can't concat {} to {}", tp_name(other), tp_name(self))));
        }
        let view = Buffer::get_simple(py, other)?;
        joined(py, self.as_bytes(), view.as_slice())
    }

    #[slot(sq_repeat)]
    fn repeat(&self, py: Python, n: isize) -> PyResult<Py<PyBytes>> {
        let times = usize::try_from(n).unwrap_or(0);
        let Some(total) = self.len().checked_mul(times).filter(|&t| t <= isize::MAX as usize - BASIC_SIZE)
        else {
            return Err(overflow_error(py, "repeated bytes are too long"));
        };
        if total == self.len() && PyBytes::check_exact(self) {
            return Ok(self.owned());
        }
        if total <= 1 {
            return PyBytes::new(py, self.as_bytes().get(..total).unwrap_or_default());
        }
        let out = PyBytes::alloc(py, total)?;
        // SAFETY: a new object of `times` copies' length.
        unsafe { crate::types::str_::fill_repeated(out.data_ptr(), self.as_bytes(), times) };
        Ok(out)
    }

    #[slot(sq_contains)]
    fn contains(&self, py: Python, item: &PyObject) -> PyResult<bool> {
        contains(py, &|| self.as_bytes(), item)
    }

    #[slot(sq_item)]
    fn item(&self, py: Python, i: isize) -> PyResult<u8> {
        usize::try_from(i)
            .ok()
            .and_then(|i| self.as_bytes().get(i).copied())
            .ok_or_else(|| index_error(py, "index out of range"))
    }

    #[slot(mp_subscript)]
    fn subscript(&self, py: Python, key: &PyObject) -> PyResult {
        if let Some(slice) = key.downcast_exact::<PySlice>() {
            let sel = bounds::select(py, slice, || self.len())?;
            if sel.count == self.len() && sel.step == 1 {
                return Ok(self.same(py)?.into_object());
            }
            return Ok(PyBytes::new(py, &selected(self.as_bytes(), sel))?.into_object());
        }
        if !number::has_index(key) {
            return Err(type_error(
                py,
                format!("byte indices must be integers or slices, not {}", tp_name(key)),
            ));
        }
        let i = key.index_isize(py, Some(&exceptions::PyExc_IndexError_Type))?;
        let i = if i < 0 { i + self.ob_base.ob_size.get() } else { i };
        let b = self.item(py, i)?;
        Ok(crate::types::PyInt::from_i64(py, b as i64)?.into_object())
    }

    #[slot(nb_remainder)]
    fn remainder(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        match a.downcast::<PyBytes>() {
            Some(template) => {
                Ok(PyBytes::new(py, &percent::format(py, template.as_bytes(), b)?)?.into_object())
            }
            None => Ok(not_implemented().owned()),
        }
    }

    #[pymethod(name = "__getnewargs__")]
    fn getnewargs(&self, py: Python) -> PyResult<Py<PyTuple>> {
        PyTuple::new(py, [PyBytes::new(py, self.as_bytes())?.into_object()])
    }

    /// These bytes as exact bytes.
    #[pymethod(name = "__bytes__")]
    fn dunder_bytes(&self, py: Python) -> PyResult<Py<PyBytes>> {
        self.same(py)
    }

    /// The bytes that a string of hexadecimal digits gives; white space between pairs is skipped.
    ///
    /// bytes.fromhex('B9 01EF') gives b'\xb9\x01\xef'.
    #[classmethod]
    fn fromhex(cls: &PyTypeObject, py: Python, string: &PyObject) -> PyResult {
        let made = PyBytes::new(py, &ops::from_hex(py, string)?)?;
        if ptr::eq(cls, PyBytes::type_object()) {
            return Ok(made.into_object());
        }
        cls.object().call1(py, &made)
    }
}

impl PyBytes {
    /// Runs `f` on the bytes.
    fn hold_for<R>(&self, f: impl FnOnce(&[u8]) -> R) -> R {
        f(self.as_bytes())
    }
}

byte_methods!(PyBytes, shared, "bytes");

fn joined(py: Python, a: &[u8], b: &[u8]) -> PyResult<Py<PyBytes>> {
    let total = match a.len().checked_add(b.len()) {
        Some(t) if t <= 1 => return PyBytes::new(py, if a.is_empty() { b } else { a }),
        Some(t) if t <= isize::MAX as usize - BASIC_SIZE => t,
        _ => return Err(memory_error(py)),
    };
    let out = PyBytes::alloc(py, total)?;
    // SAFETY: a new object of the joint length.
    unsafe {
        ptr::copy_nonoverlapping(a.as_ptr(), out.data_ptr(), a.len());
        ptr::copy_nonoverlapping(b.as_ptr(), out.data_ptr().add(a.len()), b.len());
    }
    Ok(out)
}

/// The bytes a slice selects.
pub fn selected(bytes: &[u8], sel: bounds::Selection) -> Vec<u8> {
    if sel.step == 1 {
        let start = sel.start as usize;
        return bytes.get(start..start + sel.count).unwrap_or_default().to_vec();
    }
    sel.positions().filter_map(|i| bytes.get(i).copied()).collect()
}

/// `item in bytes`: a byte given as integer, or a run of bytes. `bytes` is asked after `item` was converted.
pub fn contains<'a>(py: Python, bytes: &dyn Fn() -> &'a [u8], item: &PyObject) -> PyResult<bool> {
    if number::has_index(item) && !buffer::supports(item) {
        let b = byte_value(py, item, super::args::BYTE_RANGE)?;
        return Ok(memchr::memchr(b, bytes()).is_some());
    }
    let sub = Buffer::get_simple(py, item)?;
    Ok(search::find(bytes(), sub.as_slice()).is_some())
}

/// With `-b`: warns about comparing bytes with text or integers.
pub fn warn_comparison(py: Python, other: &PyObject, op: CompareOp) -> PyResult<()> {
    if !matches!(op, CompareOp::Eq | CompareOp::Ne)
        || crate::state::interpreter(py).config.borrow().bytes_warning == 0
    {
        return Ok(());
    }
    if PyStr::check(other) {
        warn(py, &exceptions::PyExc_BytesWarning_Type, "Comparison between bytes and string", 1)?;
    } else if crate::types::PyInt::check(other) {
        warn(py, &exceptions::PyExc_BytesWarning_Type, "Comparison between bytes and int", 1)?;
    }
    Ok(())
}

/// An instance of a subclass.
fn subtype(py: Python, cls: &PyTypeObject, bytes: &[u8]) -> PyResult<Py<PyBytes>> {
    let Some(tp_alloc) = cls.tp_alloc.get() else { return Err(memory_error(py)) };
    // SAFETY: `tp_alloc` makes an instance with room for the bytes and a NUL; `ob_size` is set by it.
    unsafe {
        let o = tp_alloc(cls as *const PyTypeObject as *mut PyTypeObject, bytes.len() as isize);
        if o.is_null() {
            return Err(Raised::pending());
        }
        let made: Py<PyBytes> = Py::from_raw_owned(o);
        ptr::copy_nonoverlapping(bytes.as_ptr(), made.data_ptr(), bytes.len());
        made.data_ptr().add(bytes.len()).write(0);
        made.ob_shash.set(-1);
        Ok(made)
    }
}

fn construct(
    py: Python,
    source: Option<&PyObject>,
    encoding: Option<&str>,
    errors: Option<&str>,
) -> PyResult<Py<PyBytes>> {
    let text = source.and_then(|s| s.downcast::<PyStr>());
    if encoding.is_some() || errors.is_some() {
        let Some(text) = text else {
            return Err(type_error(py, "encoding without a string argument"));
        };
        if encoding.is_none() {
            return Err(type_error(py, "string argument without an encoding"));
        }
        return codecs::encode_text(py, text, encoding, errors)?
            .downcast_into::<PyBytes>()
            .map_err(|_| bad_internal_call(py));
    }
    let Some(source) = source else { return Ok(PyBytes::empty().owned()) };
    if let Some(method) = source.lookup_special(py, intern!(py, "__bytes__"))? {
        let made = method.call0(py)?;
        return made.downcast_into::<PyBytes>().map_err(|o| {
            type_error(
                py,
                format!("{}.__bytes__() must return a bytes, not {}", tp_name(source), tp_name(&o)),
            )
        });
    }
    if text.is_some() {
        return Err(type_error(py, "string argument without an encoding"));
    }
    if number::has_index(source) {
        match source.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type)) {
            Ok(n) => {
                let Ok(n) = usize::try_from(n) else {
                    return Err(value_error(py, "negative count"));
                };
                return zeros(py, n);
            }
            // An odd `__index__` does not keep a buffer or an iterable from being used.
            Err(e) => drop(catch(py, e, &exceptions::PyExc_TypeError_Type)?),
        }
    }
    PyBytes::from_object(py, source)
}

fn zeros(py: Python, n: usize) -> PyResult<Py<PyBytes>> {
    if n <= 1 {
        return PyBytes::new(py, &[0][..n]);
    }
    let b = PyBytes::alloc(py, n)?;
    // SAFETY: a new object of that length.
    unsafe { b.data_ptr().write_bytes(0, n) };
    Ok(b)
}

impl PyBytes {
    /// `PyBytes_FromObject`: from a buffer or an iterable of integers.
    pub fn from_object(py: Python, source: &PyObject) -> PyResult<Py<PyBytes>> {
        if let Some(b) = source.downcast_exact::<PyBytes>() {
            return Ok(b.owned());
        }
        if buffer::supports(source) {
            let view = Buffer::get(py, source, buffer::request::FULL_RO)?;
            return PyBytes::new(py, &view.to_contiguous(py, b'C')?);
        }
        if PyStr::check(source)
            || (source.ty().tp_iter.get().is_none() && !crate::abstract_::is_sequence(source))
        {
            return Err(cannot_convert(py, source));
        }
        let out = collect(py, source, "bytes must be in range(0, 256)")?;
        PyBytes::new(py, &out)
    }
}

fn cannot_convert(py: Python, source: &PyObject) -> Raised {
    type_error(py, format!("cannot convert '{}' object to bytes", tp_name(source)))
}

/// The bytes that an iterable of integers gives; `range_text` is the error for other values.
pub fn collect(py: Python, source: &PyObject, range_text: &str) -> PyResult<Vec<u8>> {
    let mut out = BytesBuilder::new();
    if let Some(t) = source.downcast_exact::<PyTuple>() {
        out.reserve(t.len());
        for o in t.items() {
            out.push(byte_value(py, o, range_text)?);
        }
        return out.into_vec(py);
    }
    if let Some(l) = source.downcast_exact::<PyList>() {
        // The list may change while items are converted.
        let mut i = 0;
        while let Some(o) = l.get(i) {
            out.push(byte_value(py, &o, range_text)?);
            i += 1;
        }
        return out.into_vec(py);
    }
    let it = source.get_iter(py)?;
    let hint = source.length_hint(py, 64)?;
    out.reserve(usize::try_from(hint).unwrap_or(0).min(1 << 20));
    while let Some(o) = it.iter_next(py)? {
        out.push(byte_value(py, &o, range_text)?);
    }
    out.into_vec(py)
}
