//! Equality of memoryviews: same shape, and items of equal value, whatever their formats.

use super::{PyMemoryView, item};
use crate::import;
use crate::prelude::*;
use crate::types::buffer::{self, Buffer, request};

/// How to look at the items of one side.
enum Reader {
    Native(u8),
    /// `struct.Struct(format).unpack_from`.
    Struct(Py),
}

impl Reader {
    /// None if the `struct` module does not know the format.
    fn of(py: Python, format: &[u8], itemsize: isize) -> PyResult<Option<Reader>> {
        if let Some(c) = item::native(format) {
            return Ok(Some(Reader::Native(c)));
        }
        let class = import::import_attr(py, "struct", "Struct")?;
        let error = import::import_attr(py, "struct", "error")?;
        let text = PyBytes::new(py, format)?;
        let made = match class.call1(py, &text) {
            Ok(s) => s,
            Err(e) => {
                let exc = fetch(py, e);
                if exc.as_object().is_instance(py, &error)? {
                    return Ok(None);
                }
                return Err(raise_object(py, exc));
            }
        };
        let size = made.getattr(py, intern!(py, "size"))?.index_isize(py, None)?;
        if size != itemsize {
            return Ok(None);
        }
        Ok(Some(Reader::Struct(made.getattr(py, intern!(py, "unpack_from"))?)))
    }

    /// # Safety
    /// `p` points to an item of the side this reader is for, of `itemsize` bytes.
    unsafe fn get(&self, py: Python, p: *const u8, itemsize: isize) -> PyResult {
        match self {
            // SAFETY: the caller's promise.
            Reader::Native(c) => unsafe { item::unpack(py, *c, p) },
            Reader::Struct(unpack) => {
                // SAFETY: the caller's promise.
                let bytes = unsafe { std::slice::from_raw_parts(p, itemsize.max(0) as usize) };
                let t = unpack.call1(py, &*PyBytes::new(py, bytes)?)?;
                match t.downcast::<PyTuple>().map(|t| t.items()) {
                    Some([one]) => Ok(one.owned()),
                    _ => Ok(t),
                }
            }
        }
    }
}

fn same_value(a: item::Value, b: item::Value) -> bool {
    use item::Value::*;
    match (a, b) {
        (Signed(a), Signed(b)) => a == b,
        (Unsigned(a), Unsigned(b)) => a == b,
        (Float(a), Float(b)) => a == b,
        (Bool(a), Bool(b)) => a == b,
        (Char(a), Char(b)) => a == b,
        _ => false,
    }
}

/// The shape of any view; a missing one is made up.
fn shape_of(v: &PyBuffer) -> Vec<isize> {
    let n = v.ndim.max(0) as usize;
    if v.shape.is_null() {
        return if n == 0 { Vec::new() } else { vec![v.len / v.itemsize.max(1)] };
    }
    // SAFETY: `ndim` entries.
    unsafe { std::slice::from_raw_parts(v.shape, n) }.to_vec()
}

impl PyMemoryView {
    /// Does another buffer have the same items? None: no comparison is possible.
    pub(super) fn equals(&self, py: Python, other: &PyObject) -> PyResult<Option<bool>> {
        if self.is_released() {
            return Ok(Some(self.as_object().is(other)));
        }
        let held;
        let theirs: &PyBuffer = match other.downcast::<PyMemoryView>() {
            Some(m) if m.is_released() => return Ok(Some(false)),
            Some(m) => m.raw(),
            None => match Buffer::get(py, other, request::FULL_RO) {
                Ok(b) => {
                    held = b;
                    held.raw()
                }
                Err(e) => {
                    drop(fetch(py, e));
                    return Ok(None);
                }
            },
        };
        // Held while items are compared, which can run Python code.
        self.exports.set(self.exports.get() + 1);
        let r = self.equals_view(py, theirs);
        self.exports.set(self.exports.get() - 1);
        r.map(Some)
    }

    fn equals_view(&self, py: Python, theirs: &PyBuffer) -> PyResult<bool> {
        let shape = shape_of(self.raw());
        if shape != shape_of(theirs) {
            return Ok(false);
        }
        let format = if theirs.format.is_null() {
            &b"B"[..]
        } else {
            // SAFETY: a NUL-terminated string that lives as long as the view.
            unsafe { std::ffi::CStr::from_ptr(theirs.format) }.to_bytes()
        };
        let Some(left) = Reader::of(py, self.format(), self.raw().itemsize)? else { return Ok(false) };
        let Some(right) = Reader::of(py, format, theirs.itemsize)? else { return Ok(false) };
        let strides;
        let mut theirs_full = PyBuffer { ..*theirs };
        if theirs.strides.is_null() {
            strides = buffer::c_strides(&shape, theirs.itemsize);
            theirs_full.strides = strides.as_ptr() as *mut isize;
        }
        if shape.contains(&0) {
            return Ok(true);
        }
        let mut index = vec![0isize; shape.len()];
        loop {
            // SAFETY: the index runs inside the shape both sides have.
            let (p, q) =
                unsafe { (buffer::item_ptr(self.raw(), &index), buffer::item_ptr(&theirs_full, &index)) };
            let equal = match (&left, &right) {
                (Reader::Native(a), Reader::Native(b)) if a == b => {
                    // SAFETY: items of the native format.
                    match unsafe { (item::read(*a, p), item::read(*b, q)) } {
                        (Some(x), Some(y)) => same_value(x, y),
                        _ => false,
                    }
                }
                // SAFETY: items of both sides.
                _ => unsafe {
                    let x = left.get(py, p, self.raw().itemsize)?;
                    let y = right.get(py, q, theirs.itemsize)?;
                    x.compare_bool(py, &y, CompareOp::Eq)?
                },
            };
            if !equal {
                return Ok(false);
            }
            if !buffer::advance(&mut index, &shape, b'C') {
                return Ok(true);
            }
        }
    }
}
