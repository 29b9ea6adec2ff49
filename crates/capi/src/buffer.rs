//! `pybuffer.h` and `memoryobject.h`.

use crate::convert::*;
use runtime::prelude::*;
use runtime::types::buffer::{self, request};
use runtime::types::memoryview::item;
use std::ffi::{c_char, c_int, c_void};

capi! {
    fn PyObject_GetBuffer(py, o: O, view: *mut PyBuffer, flags: c_int) -> c_int {
        buffer::get_buffer(py, obj(py, o)?, view, flags)
    }
    fn PyBuffer_FillInfo(py, view: *mut PyBuffer, o: O, p: *mut c_void, n: isize, readonly: c_int, flags: c_int) -> c_int {
        buffer::fill_info(py, view, opt(o), p as *mut u8, n, readonly != 0, flags)
    }
    fn PyBuffer_ToContiguous(py, out: *mut c_void, view: *const PyBuffer, n: isize, order: c_char) -> c_int {
        let all = buffer::to_contiguous(py, &*view, order as u8)?;
        if n != (*view).len {
            return Err(value_error(py, "PyBuffer_ToContiguous: len != view->len"));
        }
        (out as *mut u8).copy_from_nonoverlapping(all.as_ptr(), all.len());
        Ok(())
    }
    fn PyBuffer_FromContiguous(py, view: *const PyBuffer, from: *const c_void, n: isize, order: c_char) -> c_int {
        let _ = py;
        scatter(&*view, from as *const u8, n.min((*view).len), order as u8);
        Ok(())
    }
    fn PyObject_CopyData(py, to: O, from: O) -> c_int {
        let (to, from) = (obj(py, to)?, obj(py, from)?);
        let to = buffer::Buffer::get(py, to, request::FULL)?;
        let from = buffer::Buffer::get(py, from, request::FULL_RO)?;
        if to.raw().len < from.raw().len {
            return Err(buffer_error(py, "destination is too small to receive data from source"));
        }
        let all = from.to_contiguous(py, b'C')?;
        scatter(to.raw(), all.as_ptr(), all.len() as isize, b'C');
        Ok(())
    }
    fn PyBuffer_SizeFromFormat(py, format: *const c_char) -> isize {
        // The common case needs no module.
        if let [c] = bytes_of(format)
            && let Some(n) = item::size(*c)
        {
            return Ok(n as isize);
        }
        let f = runtime::import::import_attr(py, "struct", "calcsize")?;
        let n = f.call1(py, &*pystr(py, format)?)?;
        runtime::types::int::to_ssize(py, &n)
    }
    fn PyObject_AsReadBuffer(py, o: O, out: *mut *const c_void, n: *mut isize) -> c_int {
        let v = buffer::Buffer::get_simple(py, obj(py, o)?)?;
        // The old protocol: the memory is taken to stay although the view is given back.
        *out = v.raw().buf;
        *n = v.raw().len;
        Ok(())
    }
    fn PyObject_AsCharBuffer(py, o: O, out: *mut *const c_char, n: *mut isize) -> c_int {
        let v = buffer::Buffer::get_simple(py, obj(py, o)?)?;
        *out = v.raw().buf as *const c_char;
        *n = v.raw().len;
        Ok(())
    }
    fn PyObject_AsWriteBuffer(py, o: O, out: *mut *mut c_void, n: *mut isize) -> c_int {
        let v = buffer::Buffer::get(py, obj(py, o)?, request::WRITABLE)?;
        *out = v.raw().buf;
        *n = v.raw().len;
        Ok(())
    }
    fn PyMemoryView_FromObject(py, o: O) -> O { PyMemoryView::of(py, obj(py, o)?) }
    fn PyMemoryView_FromMemory(py, p: *mut c_char, n: isize, flags: c_int) -> O {
        PyMemoryView::of_memory(py, p as *mut u8, n, flags == request::READ)
    }
    fn PyMemoryView_FromBuffer(py, view: *const PyBuffer) -> O {
        let v = &*view;
        if v.buf.is_null() {
            return Err(value_error(py, "PyMemoryView_FromBuffer(): info->buf must not be NULL"));
        }
        PyMemoryView::of_view(py, v)
    }
    fn PyMemoryView_GetContiguous(py, o: O, kind: c_int, order: c_char) -> O {
        let m = PyMemoryView::of(py, obj(py, o)?)?;
        if kind == request::WRITE && m.raw().readonly != 0 {
            return Err(buffer_error(py, "underlying buffer is not writable"));
        }
        if buffer::is_contiguous(m.raw(), order as u8) {
            return Ok(m.into_object());
        }
        if kind == request::WRITE {
            return Err(buffer_error(py, "writable contiguous buffer requested for a non-contiguous object."));
        }
        let bytes = PyBytes::new(py, &m.to_vec(py, order as u8)?)?;
        Ok(PyMemoryView::of(py, &bytes)?.into_object())
    }
}

/// Writes contiguous bytes to the items of a view.
unsafe fn scatter(view: &PyBuffer, from: *const u8, n: isize, order: u8) {
    // SAFETY: the exporter's memory and `n` bytes of the caller's.
    unsafe {
        let order =
            if order == b'A' { if buffer::is_contiguous(view, b'F') { b'F' } else { b'C' } } else { order };
        if buffer::is_contiguous(view, order) || view.ndim == 0 {
            (view.buf as *mut u8).copy_from_nonoverlapping(from, n.max(0) as usize);
            return;
        }
        let shape = slice(view.shape, view.ndim as isize);
        let made;
        let mut with_strides = PyBuffer { ..*view };
        if view.strides.is_null() {
            made = buffer::c_strides(shape, view.itemsize);
            with_strides.strides = made.as_ptr() as *mut isize;
        }
        let mut index = vec![0isize; view.ndim as usize];
        let mut at = 0;
        while at + view.itemsize <= n {
            let p = buffer::item_ptr(&with_strides, &index);
            p.copy_from_nonoverlapping(from.offset(at), view.itemsize as usize);
            at += view.itemsize;
            if !buffer::advance(&mut index, shape, order) {
                break;
            }
        }
    }
}

plain! {
    fn PyBuffer_Release(view: *mut PyBuffer) { buffer::release(token(), view) }
    fn PyObject_CheckBuffer(o: O) -> c_int { buffer::supports(&*o) as c_int }
    fn PyBuffer_IsContiguous(view: *const PyBuffer, order: c_char) -> c_int {
        buffer::is_contiguous(&*view, order as u8) as c_int
    }
    fn PyBuffer_GetPointer(view: *const PyBuffer, index: *const isize) -> *mut c_void {
        buffer::item_ptr(&*view, slice(index, (*view).ndim as isize)) as *mut c_void
    }
    fn PyBuffer_FillContiguousStrides(ndim: c_int, shape: *const isize, strides: *mut isize, itemsize: c_int, order: c_char) {
        let mut size = itemsize as isize;
        for k in 0..ndim as usize {
            let i = if order as u8 == b'F' { k } else { ndim as usize - 1 - k };
            *strides.add(i) = size;
            size = size.wrapping_mul(*shape.add(i));
        }
    }
    fn PyObject_CheckReadBuffer(o: O) -> c_int { buffer::supports(&*o) as c_int }
}
