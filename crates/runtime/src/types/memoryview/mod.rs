//! `memoryview`: layouts, construction, and the hold on the exporter's memory.
//!
//! A [`PyManagedBuffer`] takes one view of the exporter; all memoryviews made of each other share it. It is given back when the
//! last of them is released. Shape, strides and suboffsets of a memoryview lie behind its header.

mod cast;
mod compare;
mod index;
pub mod item;
pub mod iter;
mod type_;

pub use iter::PyMemoryIter;
pub use type_::PyMemoryView_Type;

use crate::prelude::*;
use crate::types::buffer::{self, request};
use object::gc;
use std::cell::UnsafeCell;
use std::mem::offset_of;
use std::ptr::{self, null_mut};

/// `_PyManagedBufferObject`.
#[repr(C)]
pub struct PyManagedBuffer {
    pub ob_base: PyObject,
    pub flags: Cell<i32>,
    /// Memoryviews that use it.
    pub exports: Cell<isize>,
    pub master: UnsafeCell<PyBuffer>,
}

/// `PyMemoryViewObject`.
#[repr(C)]
pub struct PyMemoryView {
    pub ob_base: PyVarObject,
    pub mbuf: Slot<PyManagedBuffer>,
    /// -1 while unknown.
    pub hash: Cell<isize>,
    pub flags: Cell<i32>,
    /// Views that others took of this one.
    pub exports: Cell<isize>,
    pub view: UnsafeCell<PyBuffer>,
    pub weakreflist: Cell<*mut PyObject>,
    /// Shape, strides, suboffsets: `ndim` entries each.
    pub ob_array: [Cell<isize>; 1],
}

const _: () = {
    assert!(size_of::<PyManagedBuffer>() == 112);
    assert!(offset_of!(PyManagedBuffer, master) == 32);
    assert!(size_of::<PyMemoryView>() == 152);
    assert!(offset_of!(PyMemoryView, view) == 56);
    assert!(offset_of!(PyMemoryView, ob_array) == 144);
};

/// `_Py_MEMORYVIEW_*`.
pub mod flag {
    pub const RELEASED: i32 = 1;
    pub const C: i32 = 2;
    pub const FORTRAN: i32 = 4;
    pub const SCALAR: i32 = 8;
    pub const PIL: i32 = 16;
    /// No further view may be made of it.
    pub const RESTRICTED: i32 = 32;
}

/// `_Py_MANAGED_BUFFER_RELEASED`.
const MANAGED_RELEASED: i32 = 1;

#[pytype(name = "managedbuffer", symbol = "_PyManagedBuffer_Type", flags(GC, DISALLOW_INSTANTIATION))]
impl PyManagedBuffer {
    #[slot(tp_traverse)]
    fn traverse(&self, visit: &mut Visitor) {
        // SAFETY: the view owns its object, or has none.
        unsafe { visit.visit_ptr((*self.master.get()).obj) };
    }

    #[slot(tp_clear)]
    fn clear(&self) {
        self.release();
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: an object with a GC head whose count is zero.
        unsafe {
            if gc::is_tracked(o) {
                gc::untrack(o);
            }
            (*o).downcast_unchecked::<PyManagedBuffer>().release();
            gc::free(o, (*o).ty().preheader_size());
        }
    }

    /// One whose view is not yet filled in.
    fn blank(py: Python, flags: i32) -> PyResult<Py<PyManagedBuffer>> {
        let ty = PyManagedBuffer::type_object();
        new_object(
            py,
            ty,
            PyManagedBuffer {
                ob_base: PyObject::header(ty),
                flags: Cell::new(flags),
                exports: Cell::new(0),
                master: UnsafeCell::new(buffer::EMPTY),
            },
        )
    }

    /// Takes a view of an exporter.
    fn of(py: Python, exporter: &PyObject, flags: i32) -> PyResult<Py<PyManagedBuffer>> {
        let m = PyManagedBuffer::blank(py, MANAGED_RELEASED)?;
        // SAFETY: the view stays in the object until it is released.
        unsafe { buffer::get_buffer(py, exporter, m.master.get(), flags)? };
        m.flags.set(0);
        Ok(m)
    }

    fn release(&self) {
        if self.flags.get() & MANAGED_RELEASED != 0 {
            return;
        }
        self.flags.set(self.flags.get() | MANAGED_RELEASED);
        // SAFETY: filled by its exporter and not yet given back; the thread is attached.
        unsafe { buffer::release(Python::assume_attached(), self.master.get()) };
    }
}

fn released(py: Python) -> Raised {
    value_error(py, "operation forbidden on released memoryview object")
}

impl PyMemoryView {
    /// `PyMemoryView_FromObject`: a view of anything that exports a buffer; of a memoryview, one of the same memory.
    pub fn of(py: Python, o: &PyObject) -> PyResult<Py<PyMemoryView>> {
        Self::of_with(py, o, request::FULL_RO)
    }

    fn of_with(py: Python, o: &PyObject, flags: i32) -> PyResult<Py<PyMemoryView>> {
        if let Some(m) = o.downcast::<PyMemoryView>() {
            m.check(py)?;
            return m.sibling(py);
        }
        if !buffer::supports(o) {
            return Err(type_error(
                py,
                format!("memoryview: a bytes-like object is required, not '{}'", tp_name(o)),
            ));
        }
        let mbuf = PyManagedBuffer::of(py, o, flags)?;
        // SAFETY: the master view is valid while `mbuf` is.
        let master = unsafe { &*mbuf.master.get() };
        if mbuf.flags.get() & MANAGED_RELEASED != 0 {
            return Err(released(py));
        }
        Self::make(py, &mbuf, master)
    }

    /// A view of contiguous memory as plain bytes, in the order they lie there.
    ///
    /// Errors: what the exporter raises.
    pub fn flat(py: Python, o: &PyObject) -> PyResult<Py<PyMemoryView>> {
        let mbuf = PyManagedBuffer::of(py, o, request::FULL_RO)?;
        // SAFETY: the master view is valid while `mbuf` is; the copy is only read.
        let bytes = unsafe {
            PyBuffer {
                ndim: 1,
                itemsize: 1,
                format: null_mut(),
                shape: null_mut(),
                strides: null_mut(),
                suboffsets: null_mut(),
                ..*mbuf.master.get()
            }
        };
        Self::make(py, &mbuf, &bytes)
    }

    /// A view that an exporter's slot is asked for directly (`_PyMemoryView_FromBufferProc`).
    pub fn of_proc(
        py: Python,
        exporter: &PyObject,
        flags: i32,
        get: object::typeobj::GetBufferProc,
    ) -> PyResult<Py<PyMemoryView>> {
        let mbuf = PyManagedBuffer::blank(py, MANAGED_RELEASED)?;
        // SAFETY: the exporter's own slot; the view stays in the object until it is released.
        unsafe {
            if get(exporter.as_ptr(), mbuf.master.get(), flags) < 0 {
                return Err(Raised::pending());
            }
            mbuf.flags.set(0);
            Self::make(py, &mbuf, &*mbuf.master.get())
        }
    }

    /// A view for the duration of a call, of which no further one can be made.
    ///
    /// # Safety
    /// The memory of `view` is valid until the result is released.
    pub unsafe fn of_restricted(py: Python, view: &PyBuffer) -> PyResult<Py<PyMemoryView>> {
        let mbuf = PyManagedBuffer::blank(py, 0)?;
        // SAFETY: a copy that owns no exporter.
        let made = unsafe {
            *mbuf.master.get() = PyBuffer { obj: null_mut(), ..*view };
            Self::make(py, &mbuf, &*mbuf.master.get())?
        };
        made.flags.set(made.flags.get() | flag::RESTRICTED);
        Ok(made)
    }

    /// Was `release` called (or done by the collector)?
    pub fn is_marked_released(&self) -> bool {
        self.flags.get() & flag::RELEASED != 0
    }

    /// Errors: `ValueError` if no further view may be made of this one.
    fn check_shareable(&self, py: Python) -> PyResult<()> {
        if self.flags.get() & flag::RESTRICTED != 0 {
            return Err(value_error(py, "cannot create new view on restricted memoryview"));
        }
        Ok(())
    }

    /// A view of plain memory that is kept valid by the caller until the view is released (`PyMemoryView_FromMemory`).
    ///
    /// # Safety
    /// `data` has `len` bytes, writable if `readonly` is not set, as long as the view and its siblings live.
    pub unsafe fn of_memory(
        py: Python,
        data: *mut u8,
        len: isize,
        readonly: bool,
    ) -> PyResult<Py<PyMemoryView>> {
        let mbuf = PyManagedBuffer::blank(py, 0)?;
        // SAFETY: the caller's promise; the view has no owner.
        unsafe {
            buffer::fill_info(py, mbuf.master.get(), None, data, len, readonly, request::FULL_RO)?;
            Self::make(py, &mbuf, &*mbuf.master.get())
        }
    }

    /// A view of what a filled-in structure describes (`PyMemoryView_FromBuffer`): it owns no exporter.
    ///
    /// # Safety
    /// The memory, shape and strides live as long as the view and its siblings.
    pub unsafe fn of_view(py: Python, view: &PyBuffer) -> PyResult<Py<PyMemoryView>> {
        let ty = PyManagedBuffer::type_object();
        let master = PyBuffer { obj: null_mut(), ..*view };
        let mbuf = new_object(
            py,
            ty,
            PyManagedBuffer {
                ob_base: PyObject::header(ty),
                flags: Cell::new(0),
                exports: Cell::new(0),
                master: UnsafeCell::new(master),
            },
        )?;
        // SAFETY: the caller's promise; the view has no owner.
        unsafe { Self::make(py, &mbuf, &*mbuf.master.get()) }
    }

    /// A further view of the same memory.
    fn sibling(&self, py: Python) -> PyResult<Py<PyMemoryView>> {
        self.check_shareable(py)?;
        match self.mbuf.get_owned() {
            Some(m) => Self::make(py, &m, self.raw()),
            None => Err(released(py)),
        }
    }

    /// A memoryview over `mbuf` with room for `ndim` dimensions, its view not yet filled in.
    fn alloc(py: Python, ndim: usize) -> PyResult<Py<PyMemoryView>> {
        let v: Py<PyMemoryView> = new_var_object(py, PyMemoryView::type_object(), 3 * ndim)?;
        v.hash.set(-1);
        v.flags.set(flag::RELEASED);
        // SAFETY: the view of a fresh object.
        unsafe {
            let view = &mut *v.view.get();
            *view = buffer::EMPTY;
            view.ndim = ndim as i32;
            let array = v.ob_array.as_ptr() as *mut isize;
            view.shape = array;
            view.strides = array.add(ndim);
            view.suboffsets = array.add(2 * ndim);
        }
        Ok(v)
    }

    /// Hooks a finished memoryview up with the buffer it uses.
    fn register(&self, mbuf: &PyManagedBuffer) {
        self.mbuf.set(Some(mbuf.owned()));
        mbuf.exports.set(mbuf.exports.get() + 1);
        self.flags.set(0);
        self.init_flags();
        // SAFETY: a container of ours that is complete now.
        unsafe { gc::track(self.as_ptr()) };
    }

    fn make(py: Python, mbuf: &PyManagedBuffer, src: &PyBuffer) -> PyResult<Py<PyMemoryView>> {
        let ndim = src.ndim as usize;
        if src.ndim < 0 || ndim > request::MAX_NDIM {
            return Err(value_error(
                py,
                format!("memoryview: number of dimensions must not exceed {}", request::MAX_NDIM),
            ));
        }
        let v = Self::alloc(py, ndim)?;
        // SAFETY: shape, strides and suboffsets of `src` have `ndim` entries where they are not null.
        unsafe {
            let view = &mut *v.view.get();
            view.obj = src.obj;
            view.buf = src.buf;
            view.len = src.len;
            view.itemsize = src.itemsize;
            view.readonly = src.readonly;
            view.format = if src.format.is_null() { c"B".as_ptr() as *mut _ } else { src.format };
            view.internal = src.internal;
            if ndim == 1 {
                *view.shape = if src.shape.is_null() {
                    src.len.checked_div(src.itemsize).unwrap_or(0)
                } else {
                    *src.shape
                };
                *view.strides = if src.strides.is_null() { src.itemsize } else { *src.strides };
            } else if ndim > 1 {
                ptr::copy_nonoverlapping(src.shape, view.shape, ndim);
                if src.strides.is_null() {
                    let shape = std::slice::from_raw_parts(src.shape, ndim);
                    let strides = buffer::c_strides(shape, src.itemsize);
                    ptr::copy_nonoverlapping(strides.as_ptr(), view.strides, ndim);
                } else {
                    ptr::copy_nonoverlapping(src.strides, view.strides, ndim);
                }
            }
            if src.suboffsets.is_null() {
                view.suboffsets = null_mut();
            } else {
                ptr::copy_nonoverlapping(src.suboffsets, view.suboffsets, ndim);
            }
        }
        v.register(mbuf);
        Ok(v)
    }

    /// Notes what kind of layout the view has.
    fn init_flags(&self) {
        let view = self.raw();
        let mut f = self.flags.get() & !(flag::C | flag::FORTRAN | flag::SCALAR | flag::PIL);
        if view.ndim == 0 {
            f |= flag::SCALAR | flag::C | flag::FORTRAN;
        } else {
            if buffer::is_contiguous(view, b'C') {
                f |= flag::C;
            }
            if buffer::is_contiguous(view, b'F') {
                f |= flag::FORTRAN;
            }
        }
        if !view.suboffsets.is_null() {
            f = (f | flag::PIL) & !(flag::C | flag::FORTRAN);
        }
        self.flags.set(f);
    }

    /// The view as C sees it. Its pointers are valid while the memoryview is not released.
    pub fn raw(&self) -> &PyBuffer {
        // SAFETY: changed only while the object is made (and by `cast`, before anybody sees it).
        unsafe { &*self.view.get() }
    }

    pub fn ndim(&self) -> usize {
        self.raw().ndim as usize
    }

    /// The lengths of the dimensions.
    pub fn shape(&self) -> &[isize] {
        // SAFETY: `ndim` entries behind the header.
        unsafe { std::slice::from_raw_parts(self.raw().shape, self.ndim()) }
    }

    /// The distances between items of a dimension.
    pub fn strides(&self) -> &[isize] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts(self.raw().strides, self.ndim()) }
    }

    /// The struct format of an item.
    pub fn format(&self) -> &[u8] {
        let f = self.raw().format;
        // SAFETY: null or a NUL-terminated string that lives as long as the buffer.
        if f.is_null() { b"B" } else { unsafe { std::ffi::CStr::from_ptr(f) }.to_bytes() }
    }

    pub fn is_released(&self) -> bool {
        self.flags.get() & flag::RELEASED != 0
            || self.mbuf.get_owned().is_none_or(|m| m.flags.get() & MANAGED_RELEASED != 0)
    }

    /// Errors: `ValueError` once released.
    #[inline]
    pub fn check(&self, py: Python) -> PyResult<()> {
        if self.is_released() { Err(released(py)) } else { Ok(()) }
    }

    /// Is the layout contiguous in both, C or Fortran order?
    fn is_c_contiguous(&self) -> bool {
        self.flags.get() & (flag::SCALAR | flag::C) != 0
    }

    /// Gives the memory back. Errors: `BufferError` while others have views of this one.
    pub fn release(&self, py: Python) -> PyResult<()> {
        if self.flags.get() & flag::RELEASED != 0 {
            return Ok(());
        }
        let n = self.exports.get();
        if n > 0 {
            return Err(buffer_error(
                py,
                format!("memoryview has {n} exported buffer{}", if n == 1 { "" } else { "s" }),
            ));
        }
        self.drop_hold();
        Ok(())
    }

    fn drop_hold(&self) {
        if self.flags.get() & flag::RELEASED != 0 {
            return;
        }
        self.flags.set(self.flags.get() | flag::RELEASED);
        if let Some(m) = self.mbuf.get_owned() {
            m.exports.set(m.exports.get() - 1);
            if m.exports.get() == 0 {
                m.release();
            }
        }
    }

    /// A copy of the bytes in C (`b'C'`), Fortran (`b'F'`) or the memory's own order (`b'A'`).
    pub fn to_vec(&self, py: Python, order: u8) -> PyResult<Vec<u8>> {
        buffer::to_contiguous(py, self.raw(), order)
    }
}

/// A read-only view of a copy of `bytes`, for codecs written in Python.
pub fn of_bytes(py: Python, bytes: &[u8]) -> PyResult {
    Ok(PyMemoryView::of(py, PyBytes::new(py, bytes)?.as_object())?.into_object())
}
