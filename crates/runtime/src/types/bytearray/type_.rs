//! The type object of `bytearray`: construction and protocol slots.

use super::PyByteArray;
use crate::abstract_::number;
use crate::codecs;
use crate::prelude::*;
use crate::types::PyInt;
use crate::types::bounds::{self, SliceIndex, range_of};
use crate::types::buffer::{self, Buffer};
use crate::types::bytes_::args::{BYTE_RANGE, FillByte, Needle, byte_value};
use crate::types::bytes_::methods::{byte_methods, locate};
use crate::types::bytes_::ops::{self, ByteString};
use crate::types::bytes_::{self, BytesBuilder, PyByteArrayIter};
use crate::types::str_::search;
use object::alloc;
use std::ptr;

/// bytearray(iterable_of_ints) -> bytearray
/// bytearray(string, encoding[, errors]) -> bytearray
/// bytearray(bytes_or_buffer) -> a copy
/// bytearray(int) -> that many zero bytes
/// bytearray() -> empty bytearray
///
/// A mutable sequence of integers from 0 to 255.
#[pytype(
    name = "bytearray", order = "__alloc__ __reduce__ __reduce_ex__ __sizeof__ append capitalize center clear copy count decode endswith expandtabs extend find fromhex hex index insert isalnum isalpha isascii isdigit islower isspace istitle isupper join ljust lower lstrip maketrans partition pop remove replace removeprefix removesuffix resize reverse rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper",
    symbol = "PyByteArray_Type",
    base = PyVarObject,
    flags(BASETYPE, MATCH_SELF),
    parts(shared, mutate),
    nosig
)]
impl PyByteArray {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyByteArray>> {
        new_object(
            py,
            cls,
            PyByteArray {
                ob_base: PyVarObject::header(cls, 0),
                ob_alloc: Cell::new(0),
                ob_bytes: Cell::new(ptr::null_mut()),
                ob_start: Cell::new(ptr::null_mut()),
                ob_exports: Cell::new(0),
            },
        )
    }

    #[slot(tp_init, sig = "(source=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)")]
    fn init(
        &self,
        py: Python,
        source: Option<&PyObject>,
        encoding: Option<&str>,
        errors: Option<&str>,
    ) -> PyResult<()> {
        if !self.is_empty() {
            self.resize(py, 0)?;
        }
        let text = source.and_then(|s| s.downcast::<PyStr>());
        if encoding.is_some() || errors.is_some() || text.is_some() {
            let Some(text) = text else {
                return Err(type_error(py, "encoding without a string argument"));
            };
            if encoding.is_none() {
                return Err(type_error(py, "string argument without an encoding"));
            }
            let bytes = codecs::encode_text(py, text, encoding, errors)?;
            return self.extend_with(py, &bytes);
        }
        let Some(source) = source else { return Ok(()) };
        if number::has_index(source) {
            match source.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type)) {
                Ok(n) => {
                    let Ok(n) = usize::try_from(n) else {
                        return Err(value_error(py, "negative count"));
                    };
                    self.resize(py, n)?;
                    // SAFETY: just sized to that length.
                    unsafe { self.data_ptr().write_bytes(0, n) };
                    return Ok(());
                }
                Err(e) => drop(catch(py, e, &exceptions::PyExc_TypeError_Type)?),
            }
        }
        if buffer::supports(source) {
            let view = Buffer::get(py, source, buffer::request::FULL_RO)?;
            let bytes = view.to_contiguous(py, b'C')?;
            return self.splice(py, 0, self.len(), &bytes);
        }
        if source.ty().tp_iter.get().is_none() && !crate::abstract_::is_sequence(source) {
            return Err(type_error(py, format!("cannot convert '{}' object to bytearray", tp_name(source))));
        }
        let bytes = bytes_::collect(py, source, BYTE_RANGE)?;
        self.splice(py, 0, self.len(), &bytes)
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: an array whose count is zero; its block is its own.
        unsafe {
            let a = (*o).downcast_unchecked::<PyByteArray>();
            if a.ob_exports.get() > 0 {
                let py = Python::assume_attached();
                let e = system_error(py, "deallocated bytearray object has exported buffers");
                write_unraisable(py, e, None, None);
            }
            let block = a.ob_bytes.replace(ptr::null_mut());
            if !block.is_null() {
                alloc::object_free(block);
            }
            if let Some(free) = (*o).ty().tp_free.get() {
                free(o.cast());
            }
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let name = self.ty().short_name().to_owned();
        let mut out = BytesBuilder::with_capacity(self.len().saturating_add(name.len() + 5));
        out.extend(name.as_bytes());
        out.extend(b"(b");
        ops::repr_body(self.slice(), ops::repr_quote(self.slice()), true, &mut out);
        out.push(b')');
        let bytes = out.into_vec(py)?;
        match std::str::from_utf8(&bytes) {
            Ok(s) => PyStr::new(py, s),
            Err(_) => PyStr::from_latin1(py, &bytes),
        }
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        if crate::state::interpreter(py).config.borrow().bytes_warning > 0 {
            warn(py, &exceptions::PyExc_BytesWarning_Type, "str() on a bytearray instance", 1)?;
        }
        self.repr(py)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        if PyStr::check(other) {
            bytes_::warn_comparison(py, other, op)?;
        }
        if PyStr::check(other) || !buffer::supports(other) {
            return Ok(not_implemented().owned());
        }
        let view = match Buffer::get_simple(py, other) {
            Ok(v) => v,
            Err(e) => {
                drop(fetch(py, e));
                return Ok(not_implemented().owned());
            }
        };
        let (a, b) = (self.slice(), view.as_slice());
        let holds = match op {
            CompareOp::Eq => a == b,
            CompareOp::Ne => a != b,
            _ => op.holds(a.cmp(b)),
        };
        Ok(py_bool(holds).as_object().owned())
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult {
        PyByteArrayIter::make(py, self)
    }

    #[slot(bf_getbuffer)]
    fn get_buffer(&self, py: Python, view: *mut PyBuffer, flags: i32) -> PyResult<()> {
        // SAFETY: the consumer's view; the block stays in place while the export is counted.
        unsafe {
            buffer::fill_info(
                py,
                view,
                Some(self),
                self.data_ptr(),
                self.ob_base.ob_size.get(),
                false,
                flags,
            )?;
        }
        self.ob_exports.set(self.ob_exports.get() + 1);
        Ok(())
    }

    #[slot(bf_releasebuffer)]
    fn release_buffer(&self, _view: *mut PyBuffer) {
        self.ob_exports.set(self.ob_exports.get() - 1);
    }

    #[slot(sq_length, mp_length)]
    fn length_slot(&self) -> PyResult<isize> {
        Ok(self.ob_base.ob_size.get())
    }

    #[slot(sq_concat)]
    fn concat(&self, py: Python, other: &PyObject) -> PyResult<Py<PyByteArray>> {
        if !buffer::supports(other) {
            return Err(type_error(py, format!("can't concat {} to {}", tp_name(other), tp_name(self))));
        }
        let view = Buffer::get_simple(py, other)?;
        let out = PyByteArray::new(py, self.slice())?;
        out.splice(py, out.len(), out.len(), view.as_slice())?;
        Ok(out)
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(&self, py: Python, other: &PyObject) -> PyResult<Py<PyByteArray>> {
        if !buffer::supports(other) {
            return Err(type_error(py, format!("can't concat {} to {}", tp_name(other), tp_name(self))));
        }
        self.extend_with(py, other)?;
        Ok(self.owned())
    }

    #[slot(sq_repeat)]
    fn repeat(&self, py: Python, n: isize) -> PyResult<Py<PyByteArray>> {
        PyByteArray::new(py, &ops::repeated(py, self.slice(), n)?)
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(&self, py: Python, n: isize) -> PyResult<Py<PyByteArray>> {
        if n == 1 {
            return Ok(self.owned());
        }
        let len = self.len();
        let times = usize::try_from(n).unwrap_or(0);
        let Some(total) = len.checked_mul(times).filter(|&t| t < isize::MAX as usize) else {
            return Err(memory_error(py));
        };
        self.resize(py, total)?;
        let p = self.data_ptr();
        for i in 1..times {
            // SAFETY: the array now has room for `times` copies, and the first one is there.
            unsafe { ptr::copy_nonoverlapping(p, p.add(i * len), len) };
        }
        Ok(self.owned())
    }

    #[slot(sq_contains)]
    fn contains(&self, py: Python, item: &PyObject) -> PyResult<bool> {
        bytes_::contains(py, &|| self.slice(), item)
    }

    #[slot(sq_item)]
    fn item(&self, py: Python, i: isize) -> PyResult<u8> {
        usize::try_from(i)
            .ok()
            .and_then(|i| self.slice().get(i).copied())
            .ok_or_else(|| index_error(py, "bytearray index out of range"))
    }

    #[slot(mp_subscript)]
    fn subscript(&self, py: Python, key: &PyObject) -> PyResult {
        if let Some(slice) = key.downcast_exact::<PySlice>() {
            let sel = bounds::select(py, slice, || self.len())?;
            return Ok(PyByteArray::new(py, &bytes_::selected(self.slice(), sel))?.into_object());
        }
        need_index(py, key)?;
        let i = bounds::position(py, key, || self.len(), "bytearray")?;
        let b = self.item(py, i as isize)?;
        Ok(PyInt::from_i64(py, b as i64)?.into_object())
    }

    #[slot(sq_ass_item)]
    fn ass_item(&self, py: Python, i: isize, value: Option<&PyObject>) -> PyResult<()> {
        let key = PyInt::from_i64(py, i as i64)?;
        self.ass_subscript(py, &key, value)
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(&self, py: Python, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        if let Some(slice) = key.downcast_exact::<PySlice>() {
            let bounds = bounds::unpack(py, slice)?;
            return self.assign_slice(py, bounds, value);
        }
        need_index(py, key)?;
        let i = bounds::position(py, key, || self.len(), "bytearray")?;
        let Some(value) = value else { return self.splice(py, i, i + 1, b"") };
        let b = byte_value(py, value, BYTE_RANGE)?;
        // The conversion may have run code that shrank the array.
        if i >= self.len() {
            return Err(index_error(py, "bytearray index out of range"));
        }
        // SAFETY: inside the array.
        unsafe { self.data_ptr().add(i).write(b) };
        Ok(())
    }

    #[slot(nb_remainder)]
    fn remainder(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        match a.downcast::<PyByteArray>() {
            Some(t) => {
                let out = bytes_::percent::format(py, &t.to_vec(), b)?;
                Ok(PyByteArray::new(py, &out)?.into_object())
            }
            None => Ok(not_implemented().owned()),
        }
    }
}

byte_methods!(PyByteArray, shared, "bytearray");

fn need_index(py: Python, key: &PyObject) -> PyResult<()> {
    if number::has_index(key) {
        return Ok(());
    }
    Err(type_error(py, format!("bytearray indices must be integers or slices, not {}", tp_name(key))))
}

impl PyByteArray {
    fn assign_slice(
        &self,
        py: Python,
        bounds: (isize, isize, isize),
        value: Option<&PyObject>,
    ) -> PyResult<()> {
        let bytes = match value {
            None => Vec::new(),
            Some(v) => match v.downcast::<PyByteArray>() {
                Some(a) => a.to_vec(),
                None if PyStr::check(v) || PyInt::check(v) => {
                    return Err(type_error(
                        py,
                        "can assign only bytes, buffers, or iterables of ints in range(0, 256)",
                    ));
                }
                None => {
                    let made = PyByteArray::type_object().object().call1(py, v)?;
                    made.downcast::<PyByteArray>().map(|a| a.to_vec()).unwrap_or_default()
                }
            },
        };
        let sel = bounds::adjust(bounds, self.len());
        if sel.step == 1 {
            let start = sel.start as usize;
            return self.splice(py, start, start + sel.count, &bytes);
        }
        if bytes.is_empty() {
            return self.delete_steps(py, sel);
        }
        if bytes.len() != sel.count {
            return Err(value_error(
                py,
                format!(
                    "attempt to assign bytes of size {} to extended slice of size {}",
                    bytes.len(),
                    sel.count
                ),
            ));
        }
        for (i, &b) in sel.positions().zip(&bytes) {
            // SAFETY: a slice's positions are inside the array, and nothing ran since its length was read.
            unsafe { self.data_ptr().add(i).write(b) };
        }
        Ok(())
    }

    fn delete_steps(&self, py: Python, sel: bounds::Selection) -> PyResult<()> {
        if sel.count == 0 {
            return Ok(());
        }
        self.check_exports(py)?;
        let last = sel.start + (sel.count as isize - 1) * sel.step;
        let (first, step) = (sel.start.min(last) as usize, sel.step.unsigned_abs());
        let end = sel.start.max(last) as usize;
        let bytes = self.to_vec();
        let kept: Vec<u8> = bytes
            .iter()
            .enumerate()
            .filter(|&(i, _)| i < first || i > end || (i - first) % step != 0)
            .map(|(_, &b)| b)
            .collect();
        self.resize(py, kept.len())?;
        // SAFETY: just sized to that length.
        unsafe { ptr::copy_nonoverlapping(kept.as_ptr(), self.data_ptr(), kept.len()) };
        Ok(())
    }

    /// Appends the bytes of a bytes-like object.
    pub fn extend_with(&self, py: Python, other: &PyObject) -> PyResult<()> {
        if self.as_object().is(other) {
            let copy = self.to_vec();
            return self.splice(py, self.len(), self.len(), &copy);
        }
        let view = Buffer::get_simple(py, other)?;
        self.splice(py, self.len(), self.len(), view.as_slice())
    }
}
