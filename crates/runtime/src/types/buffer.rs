//! The buffer protocol from the consumer's side ([`Buffer`]) and helpers for exporters.

use crate::errors;
use object::typeobj::PyBuffer;
use object::{PyLayout, PyObject, PyResult, Python, Raised};
use std::cell::UnsafeCell;
use std::ffi::{c_char, c_int, c_void};
use std::ptr::{null, null_mut};

/// Request flags (`PyBUF_*`).
pub mod request {
    pub const SIMPLE: i32 = 0;
    pub const WRITABLE: i32 = 1;
    pub const FORMAT: i32 = 4;
    pub const ND: i32 = 8;
    pub const STRIDES: i32 = 0x10 | ND;
    pub const C_CONTIGUOUS: i32 = 0x20 | STRIDES;
    pub const F_CONTIGUOUS: i32 = 0x40 | STRIDES;
    pub const ANY_CONTIGUOUS: i32 = 0x80 | STRIDES;
    pub const INDIRECT: i32 = 0x100 | STRIDES;
    pub const CONTIG: i32 = ND | WRITABLE;
    pub const CONTIG_RO: i32 = ND;
    pub const STRIDED: i32 = STRIDES | WRITABLE;
    pub const STRIDED_RO: i32 = STRIDES;
    pub const RECORDS: i32 = STRIDES | WRITABLE | FORMAT;
    pub const RECORDS_RO: i32 = STRIDES | FORMAT;
    pub const FULL: i32 = INDIRECT | WRITABLE | FORMAT;
    pub const FULL_RO: i32 = INDIRECT | FORMAT;
    /// Not a request: flags of `__buffer__`.
    pub const READ: i32 = 0x100;
    pub const WRITE: i32 = 0x200;
    pub const MAX_NDIM: usize = 64;
}

/// An empty view.
pub const EMPTY: PyBuffer = PyBuffer {
    buf: null_mut(),
    obj: null_mut(),
    len: 0,
    itemsize: 0,
    readonly: 0,
    ndim: 0,
    format: null_mut(),
    shape: null_mut(),
    strides: null_mut(),
    suboffsets: null_mut(),
    internal: null_mut(),
};

/// A view of an object's memory, released on drop.
pub struct Buffer {
    // Boxed: exporters may point `shape` into the view itself (`PyBuffer_FillInfo` does).
    view: Box<UnsafeCell<PyBuffer>>,
}

impl Buffer {
    /// `PyObject_GetBuffer`. Errors: `TypeError` for objects without a buffer, what the exporter raises.
    pub fn get(py: Python, object: &PyObject, flags: i32) -> PyResult<Buffer> {
        let b = Buffer { view: Box::new(UnsafeCell::new(EMPTY)) };
        // SAFETY: the view is fresh and stays where it is until it is released.
        unsafe { get_buffer(py, object, b.view.get(), flags)? };
        Ok(b)
    }

    /// A contiguous read-only view (`y*` of the C argument formats).
    pub fn get_simple(py: Python, object: &PyObject) -> PyResult<Buffer> {
        Buffer::get(py, object, request::SIMPLE)
    }

    /// As [`get_simple`](Self::get_simple); None for objects that have no buffer.
    pub fn get_simple_opt(py: Python, object: &PyObject) -> PyResult<Option<Buffer>> {
        if supports(object) { Buffer::get_simple(py, object).map(Some) } else { Ok(None) }
    }

    /// The C struct.
    pub fn raw(&self) -> &PyBuffer {
        // SAFETY: not written to after `get`.
        unsafe { &*self.view.get() }
    }

    /// Bytes in all.
    #[inline]
    pub fn len(&self) -> usize {
        self.raw().len.max(0) as usize
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of a contiguous view. Python code that runs meanwhile may change their values, not their place.
    #[inline]
    pub fn as_slice(&self) -> &[u8] {
        let v = self.raw();
        if v.len <= 0 || v.buf.is_null() {
            return &[];
        }
        // SAFETY: the exporter keeps `len` bytes at `buf` until the view is released.
        unsafe { std::slice::from_raw_parts(v.buf as *const u8, v.len as usize) }
    }

    /// A copy of the bytes in C or Fortran order (`PyBuffer_ToContiguous`); `b'A'` is the memory's own where
    /// it is Fortran-contiguous, else C.
    ///
    /// Errors: `MemoryError`.
    pub fn to_contiguous(&self, py: Python, order: u8) -> PyResult<Vec<u8>> {
        to_contiguous(py, self.raw(), order)
    }

    /// The address of the memory, for writing to a writable view.
    #[inline]
    pub fn data_ptr(&self) -> *mut u8 {
        self.raw().buf as *mut u8
    }

    pub fn is_readonly(&self) -> bool {
        self.raw().readonly != 0
    }

    /// The struct format; `B` if the exporter gave none.
    pub fn format(&self) -> &[u8] {
        let f = self.raw().format;
        // SAFETY: null or a NUL-terminated string that lives as long as the view.
        if f.is_null() { b"B" } else { unsafe { std::ffi::CStr::from_ptr(f) }.to_bytes() }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        // SAFETY: views exist on attached threads only; the view was filled by its exporter or is empty.
        unsafe { release(Python::assume_attached(), self.view.get()) }
    }
}

/// Does the object export a buffer? (`PyObject_CheckBuffer`)
#[inline]
pub fn supports(o: &PyObject) -> bool {
    o.ty().as_buffer().is_some_and(|b| b.bf_getbuffer.get().is_some())
}

/// Asks the exporter to fill in a view.
///
/// # Safety
/// `view` is valid for writing and stays in place until [`release`].
pub unsafe fn get_buffer(py: Python, o: &PyObject, view: *mut PyBuffer, flags: i32) -> PyResult<()> {
    if flags != request::SIMPLE && (flags == request::READ || flags == request::WRITE) {
        return Err(errors::bad_internal_call(py));
    }
    let Some(get) = o.ty().as_buffer().and_then(|b| b.bf_getbuffer.get()) else {
        return Err(errors::type_error(
            py,
            format!("a bytes-like object is required, not '{}'", errors::tp_name(o)),
        ));
    };
    // SAFETY: the slot of the object's own type; the caller's promise.
    if unsafe { get(o.as_ptr(), view, flags as c_int) } < 0 { Err(Raised::pending()) } else { Ok(()) }
}

/// `PyBuffer_Release`: gives a view back; does nothing for an empty one. A pending exception stays.
///
/// # Safety
/// `view` was filled by [`get_buffer`] or is empty.
pub unsafe fn release(_py: Python, view: *mut PyBuffer) {
    // SAFETY: the view owns a reference to its exporter.
    unsafe {
        let obj = (*view).obj;
        let Some(o) = obj.as_ref() else { return };
        if let Some(f) = o.ty().as_buffer().and_then(|b| b.bf_releasebuffer.get()) {
            f(obj, view);
        }
        (*view).obj = null_mut();
        PyObject::decref(obj);
    }
}

/// `PyBuffer_FillInfo`: a view of plain bytes. `owner` is the exporter, referenced by the view.
///
/// # Safety
/// `view` is valid for writing; `buf` has `len` bytes as long as `owner` is exported.
pub unsafe fn fill_info(
    py: Python,
    view: *mut PyBuffer,
    owner: Option<&PyObject>,
    buf: *mut u8,
    len: isize,
    readonly: bool,
    flags: i32,
) -> PyResult<()> {
    if view.is_null() {
        return Err(errors::buffer_error(py, "PyBuffer_FillInfo: view==NULL argument is obsolete"));
    }
    if flags != request::SIMPLE {
        if flags == request::READ || flags == request::WRITE {
            return Err(errors::bad_internal_call(py));
        }
        if flags & request::WRITABLE != 0 && readonly {
            return Err(errors::buffer_error(py, "Object is not writable."));
        }
    }
    let asks = |f: i32| flags & f == f;
    // SAFETY: the caller's promise; shape and strides point into the view itself.
    unsafe {
        (*view).obj = owner.map_or(null_mut(), |o| o.owned().into_raw());
        (*view).buf = buf as *mut c_void;
        (*view).len = len;
        (*view).readonly = readonly as c_int;
        (*view).itemsize = 1;
        (*view).format = if asks(request::FORMAT) {
            c"B".as_ptr() as *mut c_char
        } else {
            null::<c_char>() as *mut c_char
        };
        (*view).ndim = 1;
        (*view).shape = if asks(request::ND) { &raw mut (*view).len } else { null_mut() };
        (*view).strides = if asks(request::STRIDES) { &raw mut (*view).itemsize } else { null_mut() };
        (*view).suboffsets = null_mut();
        (*view).internal = null_mut();
    }
    Ok(())
}

/// The address of the item at `index` (`PyBuffer_GetPointer`).
///
/// # Safety
/// The view has a shape and strides, and `index` is inside the shape.
pub unsafe fn item_ptr(view: &PyBuffer, index: &[isize]) -> *mut u8 {
    let mut p = view.buf as *mut u8;
    // SAFETY: the caller's promise: offsets stay inside the exporter's memory.
    unsafe {
        for (i, &n) in index.iter().enumerate() {
            p = p.offset((*view.strides.add(i)).wrapping_mul(n));
            if !view.suboffsets.is_null() && *view.suboffsets.add(i) >= 0 {
                p = (*(p as *mut *mut u8)).offset(*view.suboffsets.add(i));
            }
        }
    }
    p
}

/// See [`Buffer::to_contiguous`].
pub fn to_contiguous(py: Python, view: &PyBuffer, order: u8) -> PyResult<Vec<u8>> {
    let len = view.len.max(0) as usize;
    let mut out = Vec::new();
    if out.try_reserve_exact(len).is_err() {
        return Err(errors::memory_error(py));
    }
    if len == 0 {
        return Ok(out);
    }
    let order = match order {
        b'A' if is_contiguous(view, b'F') => b'F',
        b'A' => b'C',
        o => o,
    };
    if is_contiguous(view, order) {
        // SAFETY: contiguous memory of `len` bytes.
        out.extend_from_slice(unsafe { std::slice::from_raw_parts(view.buf as *const u8, len) });
        return Ok(out);
    }
    let ndim = view.ndim as usize;
    let itemsize = view.itemsize as usize;
    // SAFETY: a view that is not contiguous has a shape; strides are made up where it has none.
    let shape = unsafe { std::slice::from_raw_parts(view.shape, ndim) };
    let made;
    let mut with_strides = PyBuffer { ..*view };
    if view.strides.is_null() {
        made = c_strides(shape, view.itemsize);
        with_strides.strides = made.as_ptr() as *mut isize;
    }
    let mut index = vec![0isize; ndim];
    while out.len() + itemsize <= len {
        // SAFETY: the index stays inside the shape.
        unsafe {
            let p = item_ptr(&with_strides, &index);
            out.extend_from_slice(std::slice::from_raw_parts(p, itemsize));
        }
        if !advance(&mut index, shape, order) {
            break;
        }
    }
    Ok(out)
}

/// The strides of a C-contiguous array.
pub fn c_strides(shape: &[isize], itemsize: isize) -> Vec<isize> {
    let mut strides = vec![itemsize; shape.len()];
    for i in (1..shape.len()).rev() {
        strides[i - 1] = strides[i].wrapping_mul(shape[i]);
    }
    strides
}

/// Moves an index to the next item in C or Fortran order; false behind the last.
pub fn advance(index: &mut [isize], shape: &[isize], order: u8) -> bool {
    let n = index.len();
    for k in 0..n {
        let i = if order == b'F' { k } else { n - 1 - k };
        index[i] += 1;
        if index[i] < shape[i] {
            return true;
        }
        index[i] = 0;
    }
    false
}

/// Is the view contiguous in C order (`b'C'`), Fortran order (`b'F'`) or either (`b'A'`)?
pub fn is_contiguous(view: &PyBuffer, order: u8) -> bool {
    if !view.suboffsets.is_null() {
        return false;
    }
    match order {
        b'C' => c_contiguous(view),
        b'F' => f_contiguous(view),
        b'A' => c_contiguous(view) || f_contiguous(view),
        _ => false,
    }
}

/// Length and stride of dimension `i`.
///
/// # Safety
/// `i < ndim`, and shape and strides are there.
unsafe fn dimension(view: &PyBuffer, i: usize) -> (isize, isize) {
    // SAFETY: the caller's promise.
    unsafe { (*view.shape.add(i), *view.strides.add(i)) }
}

fn c_contiguous(view: &PyBuffer) -> bool {
    if view.len == 0 || view.strides.is_null() {
        return true;
    }
    let mut expected = view.itemsize;
    for i in (0..view.ndim as usize).rev() {
        // SAFETY: a view with strides has a shape.
        let (n, stride) = unsafe { dimension(view, i) };
        if n > 1 && stride != expected {
            return false;
        }
        expected = expected.wrapping_mul(n);
    }
    true
}

fn f_contiguous(view: &PyBuffer) -> bool {
    if view.len == 0 {
        return true;
    }
    if view.strides.is_null() {
        if view.ndim <= 1 {
            return true;
        }
        if view.shape.is_null() {
            return false;
        }
        // C-contiguous by definition; Fortran too if at most one dimension is longer than 1.
        // SAFETY: the shape has `ndim` entries.
        return (0..view.ndim as usize).filter(|&i| unsafe { *view.shape.add(i) } > 1).count() <= 1;
    }
    let mut expected = view.itemsize;
    for i in 0..view.ndim as usize {
        // SAFETY: a view with strides has a shape.
        let (n, stride) = unsafe { dimension(view, i) };
        if n > 1 && stride != expected {
            return false;
        }
        expected = expected.wrapping_mul(n);
    }
    true
}
