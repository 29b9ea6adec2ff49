//! `memoryview.cast`.

use super::{PyMemoryView, item};
use crate::prelude::*;
use crate::types::PyInt;
use crate::types::buffer::{self, request};

/// The static format string of a native character.
fn static_format(c: u8) -> &'static std::ffi::CStr {
    match c {
        b'c' => c"c",
        b'b' => c"b",
        b'B' => c"B",
        b'?' => c"?",
        b'h' => c"h",
        b'H' => c"H",
        b'i' => c"i",
        b'I' => c"I",
        b'l' => c"l",
        b'L' => c"L",
        b'q' => c"q",
        b'Q' => c"Q",
        b'n' => c"n",
        b'N' => c"N",
        b'f' => c"f",
        b'd' => c"d",
        b'e' => c"e",
        _ => c"P",
    }
}

fn is_byte(c: u8) -> bool {
    matches!(c, b'b' | b'B' | b'c')
}

impl PyMemoryView {
    pub(super) fn cast_to(
        &self,
        py: Python,
        format: &PyStr,
        shape: Option<&PyObject>,
    ) -> PyResult<Py<PyMemoryView>> {
        if !self.is_c_contiguous() {
            return Err(type_error(py, "memoryview: casts are restricted to C-contiguous views"));
        }
        let has_shape = shape.is_some();
        if (has_shape || self.ndim() != 1) && self.shape().contains(&0) {
            return Err(type_error(py, "memoryview: cannot cast view with zeros in shape or strides"));
        }
        let dims = match shape {
            Some(o) => Some(self.read_shape(py, o)?),
            None => None,
        };
        if let Some(d) = &dims
            && self.ndim() != 1
            && d.len() != 1
        {
            return Err(type_error(py, "memoryview: cast must be 1D -> ND or ND -> 1D"));
        }
        let flat = self.to_1d(py, format)?;
        match dims {
            Some(d) => flat.to_nd(py, &d),
            None => Ok(flat),
        }
    }

    fn read_shape(&self, py: Python, o: &PyObject) -> PyResult<Vec<isize>> {
        let items: Vec<Py> = match (o.downcast::<PyList>(), o.downcast::<PyTuple>()) {
            (Some(l), _) => l.snapshot(),
            (_, Some(t)) => t.items().iter().map(|o| o.owned()).collect(),
            _ => return Err(type_error(py, "shape must be a list or a tuple")),
        };
        if items.len() > request::MAX_NDIM {
            return Err(value_error(
                py,
                format!("memoryview: number of dimensions must not exceed {}", request::MAX_NDIM),
            ));
        }
        items
            .iter()
            .map(|o| {
                let Some(i) = o.downcast::<PyInt>() else {
                    return Err(type_error(py, "memoryview.cast(): elements of shape must be integers"));
                };
                let n = i.to_isize(py)?;
                if n <= 0 {
                    return Err(value_error(py, "memoryview.cast(): elements of shape must be integers > 0"));
                }
                Ok(n)
            })
            .collect()
    }

    /// The same memory in one dimension with items of another format.
    fn to_1d(&self, py: Python, format: &PyStr) -> PyResult<Py<PyMemoryView>> {
        let single = |which: &str| {
            value_error(
                py,
                format!(
                    "memoryview: {which} format must be a native single character format prefixed with an optional '@'"
                ),
            )
        };
        let source = item::native(self.format()).ok_or_else(|| single("source"))?;
        let text = format.as_ascii().unwrap_or("").as_bytes();
        let target = item::native(text).ok_or_else(|| single("destination"))?;
        if !is_byte(source) && !is_byte(target) {
            return Err(type_error(py, "memoryview: cannot cast between two non-byte formats"));
        }
        let size = item::size(target).unwrap_or(1) as isize;
        let len = self.raw().len;
        if len % size != 0 {
            return Err(type_error(py, "memoryview: length is not a multiple of itemsize"));
        }
        let Some(mbuf) = self.mbuf.get_owned() else {
            return Err(super::released(py));
        };
        let made = PyMemoryView::alloc(py, 1)?;
        let old = self.raw();
        // SAFETY: the new view is seen by nobody yet, and has one dimension.
        unsafe {
            let view = &mut *made.view.get();
            view.obj = old.obj;
            view.buf = old.buf;
            view.len = len;
            view.readonly = old.readonly;
            view.internal = old.internal;
            view.itemsize = size;
            view.format = static_format(target).as_ptr() as *mut _;
            *view.shape = len / size;
            *view.strides = size;
            view.suboffsets = std::ptr::null_mut();
        }
        made.register(&mbuf);
        Ok(made)
    }

    /// A flat view in several dimensions.
    fn to_nd(&self, py: Python, shape: &[isize]) -> PyResult<Py<PyMemoryView>> {
        let old = self.raw();
        let mut len = old.itemsize;
        for &n in shape {
            len = len
                .checked_mul(n)
                .ok_or_else(|| value_error(py, "memoryview.cast(): product(shape) > SSIZE_MAX"))?;
        }
        if len != old.len {
            return Err(type_error(py, "memoryview: product(shape) * itemsize != buffer size"));
        }
        let Some(mbuf) = self.mbuf.get_owned() else {
            return Err(super::released(py));
        };
        let made = PyMemoryView::alloc(py, shape.len())?;
        let strides = buffer::c_strides(shape, old.itemsize);
        // SAFETY: the new view is seen by nobody yet, and has `shape.len()` dimensions.
        unsafe {
            let view = &mut *made.view.get();
            view.obj = old.obj;
            view.buf = old.buf;
            view.len = len;
            view.readonly = old.readonly;
            view.internal = old.internal;
            view.itemsize = old.itemsize;
            view.format = old.format;
            std::ptr::copy_nonoverlapping(shape.as_ptr(), view.shape, shape.len());
            std::ptr::copy_nonoverlapping(strides.as_ptr(), view.strides, shape.len());
            view.suboffsets = std::ptr::null_mut();
        }
        made.register(&mbuf);
        Ok(made)
    }
}
