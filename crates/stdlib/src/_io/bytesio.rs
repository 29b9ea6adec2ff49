//! `_io.BytesIO`: a stream of bytes in memory.
//!
//! The bytes are kept in a bytes object that is changed in place while nobody else has it; `getvalue` hands it out, and the next
//! change makes a copy.

use super::abstract_::{PyBufferedIOBase, writable};
use super::helpers::*;
use super::iobase::PyIOBase;
use runtime::prelude::*;
use runtime::types::buffer::{self, Buffer, request};
use runtime::types::memoryview::PyMemoryView;
use std::ffi::c_int;

/// A stream of bytes in memory.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBytesIO {
    pub base: PyBufferedIOBase,
    /// Empty when closed. Longer than the content as a rule.
    buf: Slot<PyBytes>,
    pos: Cell<usize>,
    size: Cell<usize>,
    /// Views of the content, which must not move while there are any.
    exports: Cell<isize>,
}

const _: () = assert!(size_of::<PyBytesIO>() == 64);

/// Does anybody else have the object?
fn is_shared(b: &PyBytes) -> bool {
    b.refcount() != 1
}

impl PyBytesIO {
    fn check_open(&self, py: Python) -> PyResult<()> {
        if self.buf.is_empty() { Err(value_error(py, "I/O operation on closed file.")) } else { Ok(()) }
    }

    fn check_exports(&self, py: Python) -> PyResult<()> {
        if self.exports.get() > 0 {
            Err(buffer_error(py, "Existing exports of data: object cannot be re-sized"))
        } else {
            Ok(())
        }
    }

    /// The content.
    ///
    /// # Safety
    /// The slice is not used after code has run that could change the stream.
    unsafe fn content(&self) -> &[u8] {
        // SAFETY: the caller's promise; the size is never more than the buffer's.
        match unsafe { self.buf.get() } {
            Some(b) => b.as_bytes().get(..self.size.get()).unwrap_or_default(),
            None => &[],
        }
    }

    /// Puts the content into a bytes object of its own with room for `room` bytes.
    fn reallocate(&self, py: Python, room: usize) -> PyResult<()> {
        let new = PyBytes::alloc(py, room)?;
        // SAFETY: nothing runs meanwhile; the new object is as long as what is copied or longer.
        unsafe {
            let old = self.content();
            let keep = old.len().min(room);
            std::ptr::copy_nonoverlapping(old.as_ptr(), new.data_ptr(), keep);
        }
        self.buf.set(Some(new));
        Ok(())
    }

    /// Makes room for a size; gives memory back when much would be unused.
    fn resize(&self, py: Python, size: usize) -> PyResult<()> {
        // SAFETY: nothing runs while it is looked at.
        let room = unsafe { self.buf.get() }.map_or(0, |b| b.len());
        let want = if size < room / 2 {
            size + 1
        } else if size < room {
            return Ok(());
        } else if size < room + (room >> 3) {
            size + (size >> 3) + if size < 9 { 3 } else { 6 }
        } else {
            size.saturating_add(1)
        };
        if want > isize::MAX as usize - 64 {
            return Err(overflow_error(py, "new buffer size too large"));
        }
        self.reallocate(py, want)
    }

    /// Writes at the position; returns the number of bytes.
    fn put(&self, py: Python, b: &PyObject) -> PyResult<usize> {
        self.check_open(py)?;
        self.check_exports(py)?;
        let view = Buffer::get(py, b, request::CONTIG_RO)?;
        // Asking for the buffer may have run Python code.
        self.check_open(py)?;
        self.check_exports(py)?;
        let n = view.len();
        if n == 0 {
            return Ok(0);
        }
        let start = self.pos.get();
        let Some(end) = start.checked_add(n).filter(|&e| e <= isize::MAX as usize) else {
            return Err(overflow_error(py, "new buffer size too large"));
        };
        // SAFETY: nothing runs while it is looked at.
        let (room, shared) = unsafe { self.buf.get() }.map_or((0, true), |b| (b.len(), is_shared(b)));
        if end > room {
            self.resize(py, end)?;
        } else if shared {
            self.reallocate(py, end.max(self.size.get()))?;
        }
        // SAFETY: the buffer is this stream's alone now and has room for `end` bytes; the source may be part of nothing
        // that was moved, for a view of this stream would have been an export.
        unsafe {
            let Some(buf) = self.buf.get() else { return Err(bad_internal_call(py)) };
            buf.ob_shash.set(-1);
            if start > self.size.get() {
                buf.data_ptr().add(self.size.get()).write_bytes(0, start - self.size.get());
            }
            std::ptr::copy_nonoverlapping(view.data_ptr(), buf.data_ptr().add(start), n);
        }
        self.pos.set(end);
        self.size.set(self.size.get().max(end));
        Ok(n)
    }

    /// Bytes from the position on, at most `n` of them.
    fn available(&self, n: isize) -> usize {
        let left = self.size.get().saturating_sub(self.pos.get());
        usize::try_from(n).map_or(left, |n| n.min(left))
    }

    /// Takes `n` bytes from the position.
    fn take(&self, py: Python, n: usize) -> PyResult<Py<PyBytes>> {
        let start = self.pos.get();
        if n > 1
            && start == 0
            && self.exports.get() == 0
            && let Some(b) = self.buf.get_owned()
            && b.len() == n
        {
            self.pos.set(n);
            return Ok(b);
        }
        // SAFETY: copied at once.
        let r = PyBytes::new(py, unsafe { self.content() }.get(start..start + n).unwrap_or_default())?;
        self.pos.set(start + n);
        Ok(r)
    }

    /// Length of the next line.
    fn line_length(&self, limit: isize) -> usize {
        let n = self.available(limit);
        // SAFETY: nothing runs meanwhile.
        let rest = unsafe { self.content() }.get(self.pos.get()..).unwrap_or_default();
        line_end(&rest[..n.min(rest.len())]).unwrap_or(n)
    }

    /// The whole content as an object.
    fn value(&self, py: Python) -> PyResult<Py<PyBytes>> {
        self.check_open(py)?;
        let Some(b) = self.buf.get_owned() else { return Err(bad_internal_call(py)) };
        if b.len() == self.size.get() {
            return Ok(b);
        }
        if self.exports.get() > 0 {
            return PyBytes::new(py, &b.as_bytes()[..self.size.get().min(b.len())]);
        }
        drop(b);
        self.reallocate(py, self.size.get())?;
        self.buf.get_owned().ok_or_else(|| bad_internal_call(py))
    }
}

/// A stream of bytes in memory.
#[pytype(name = "BytesIO", order = "readable seekable writable close flush isatty tell write writelines read1 readinto readline readlines read getbuffer getvalue seek", module = "_io", base = PyBufferedIOBase, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE))]
impl PyBytesIO {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyBytesIO>> {
        let _ = py;
        new_object(
            py,
            cls,
            PyBytesIO {
                base: PyBufferedIOBase::new(cls),
                buf: Slot::from(PyBytes::empty().owned()),
                pos: Cell::new(0),
                size: Cell::new(0),
                exports: Cell::new(0),
            },
        )
    }

    #[slot(tp_init, sig = "(initial_bytes=b'')")]
    fn init(&self, py: Python, initial_bytes: Option<&PyObject>) -> PyResult<()> {
        self.check_exports(py)?;
        self.size.set(0);
        self.pos.set(0);
        match initial_bytes.filter(|b| !b.is_none()) {
            None => Ok(()),
            Some(b) => match b.downcast_exact::<PyBytes>() {
                Some(b) => {
                    self.buf.set(Some(b.owned()));
                    self.size.set(b.len());
                    Ok(())
                }
                None => {
                    self.put(py, b)?;
                    self.pos.set(0);
                    Ok(())
                }
            },
        }
    }

    /// True: the stream can be read.
    #[pymethod]
    fn readable(&self, py: Python) -> PyResult<bool> {
        self.check_open(py).map(|()| true)
    }

    /// True: the stream can be written to.
    #[pymethod]
    fn writable(&self, py: Python) -> PyResult<bool> {
        self.check_open(py).map(|()| true)
    }

    /// True: the position can be changed.
    #[pymethod]
    fn seekable(&self, py: Python) -> PyResult<bool> {
        self.check_open(py).map(|()| true)
    }

    /// Does nothing.
    #[pymethod]
    fn flush(&self, py: Python) -> PyResult<()> {
        self.check_open(py)
    }

    /// A view of the content that can be changed, but not resized.
    #[pymethod]
    fn getbuffer(&self, py: Python) -> PyResult<Py<PyMemoryView>> {
        self.check_open(py)?;
        let ty = PyBytesIOBuffer::type_object();
        let exporter =
            new_object(py, ty, PyBytesIOBuffer { ob_base: PyObject::header(ty), source: self.owned() })?;
        PyMemoryView::of(py, exporter.as_object())
    }

    /// All bytes of the stream.
    #[pymethod]
    fn getvalue(&self, py: Python) -> PyResult<Py<PyBytes>> {
        self.value(py)
    }

    /// False: it is no terminal.
    #[pymethod]
    fn isatty(&self, py: Python) -> PyResult<bool> {
        self.check_open(py).map(|()| false)
    }

    /// The position.
    #[pymethod]
    fn tell(&self, py: Python) -> PyResult<usize> {
        self.check_open(py)?;
        Ok(self.pos.get())
    }

    /// Reads up to size bytes, all that are left if size is negative.
    #[pymethod(sig = "(size=-1, /)")]
    fn read(&self, py: Python, size: Option<&PyObject>) -> PyResult<Py<PyBytes>> {
        let n = size_or_none(py, size)?;
        self.check_open(py)?;
        self.take(py, self.available(n))
    }

    /// Reads up to size bytes, all that are left if size is negative.
    #[pymethod(sig = "(size=-1, /)")]
    fn read1(&self, py: Python, size: Option<&PyObject>) -> PyResult<Py<PyBytes>> {
        self.read(py, size)
    }

    /// Reads a line, at most size bytes of it.
    #[pymethod(sig = "(size=-1, /)")]
    fn readline(&self, py: Python, size: Option<&PyObject>) -> PyResult<Py<PyBytes>> {
        let n = size_or_none(py, size)?;
        self.check_open(py)?;
        self.take(py, self.line_length(n))
    }

    /// A list of lines, until their total size reaches size.
    #[pymethod(sig = "(size=None, /)")]
    fn readlines(&self, py: Python, size: Option<&PyObject>) -> PyResult<Py<PyList>> {
        self.check_open(py)?;
        let most = match size.filter(|s| !s.is_none()) {
            None => 0,
            Some(s) if PyInt::check(s) => s.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type))?,
            Some(s) => {
                return Err(type_error(py, format!("integer argument expected, got '{}'", tp_name(s))));
            }
        };
        let list = PyList::empty(py)?;
        let mut total = 0isize;
        loop {
            let n = self.line_length(-1);
            if n == 0 {
                return Ok(list);
            }
            list.append(py, self.take(py, n)?.into_object())?;
            total = total.saturating_add(n as isize);
            if most > 0 && total >= most {
                return Ok(list);
            }
        }
    }

    /// Reads into a buffer; the number of bytes.
    #[pymethod(sig = "(buffer, /)")]
    fn readinto(&self, py: Python, buffer: &PyObject) -> PyResult<usize> {
        let buffer = writable(py, buffer, "readinto() argument")?;
        self.check_open(py)?;
        let n = self.available(buffer.len() as isize);
        // SAFETY: the view is writable and has room for `n`; it may be one of this stream's own content.
        unsafe {
            if let Some(from) = self.content().get(self.pos.get()..) {
                std::ptr::copy(from.as_ptr(), buffer.data_ptr(), n);
            }
        }
        self.pos.set(self.pos.get() + n);
        Ok(n)
    }

    /// Cuts the content at a size, the current position by default. Returns the size.
    #[pymethod(sig = "(size=None, /)")]
    fn truncate(&self, py: Python, size: Option<isize>) -> PyResult<usize> {
        self.check_open(py)?;
        self.check_exports(py)?;
        let size = match size {
            None => self.pos.get(),
            Some(n) => match usize::try_from(n) {
                Ok(n) => n,
                Err(_) => return Err(value_error(py, format!("negative size value {n}"))),
            },
        };
        if size < self.size.get() {
            self.size.set(size);
            self.resize(py, size)?;
        }
        Ok(size)
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult<Py<PyBytesIO>> {
        self.check_open(py)?;
        Ok(self.owned())
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyBytes>>> {
        self.check_open(py)?;
        match self.line_length(-1) {
            0 => Ok(None),
            n => self.take(py, n).map(Some),
        }
    }

    /// Changes the position: pos bytes from the start (0), the current position (1) or the end (2). Returns the new position.
    #[pymethod(sig = "(pos, whence=0, /)")]
    fn seek(&self, py: Python, pos: isize, whence: c_int) -> PyResult<usize> {
        self.check_open(py)?;
        if pos < 0 && whence == 0 {
            return Err(value_error(py, format!("negative seek value {pos}")));
        }
        let from = match whence {
            0 => 0,
            1 => self.pos.get(),
            2 => self.size.get(),
            _ => return Err(value_error(py, format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
        };
        let Some(new) = (from as isize).checked_add(pos) else {
            return Err(overflow_error(py, "new position too large"));
        };
        self.pos.set(new.max(0) as usize);
        Ok(self.pos.get())
    }

    /// Writes bytes; returns how many.
    #[pymethod(sig = "(b, /)")]
    fn write(&self, py: Python, b: &PyObject) -> PyResult<usize> {
        self.put(py, b)
    }

    /// Writes lines, without adding line ends.
    #[pymethod(sig = "(lines, /)")]
    fn writelines(&self, py: Python, lines: &PyObject) -> PyResult<()> {
        self.check_open(py)?;
        lines.iterate(py, &mut |l| self.put(py, &l).map(drop))
    }

    /// Closes the stream and gives up its content.
    #[pymethod]
    fn close(&self, py: Python) -> PyResult<()> {
        self.check_exports(py)?;
        self.buf.set(None);
        Ok(())
    }

    #[pymethod(nodoc)]
    fn __getstate__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let value = self.value(py)?.into_object();
        let dict = match self.base.base.dict.get_owned() {
            Some(d) => d.copy(py)?.into_object(),
            None => none().owned(),
        };
        PyTuple::new(py, [value, PyInt::from_usize(py, self.pos.get())?.into_object(), dict])
    }

    #[pymethod(sig = "(object, /)", nodoc)]
    fn __setstate__(&self, py: Python, object: &PyObject) -> PyResult<()> {
        let parts = object.downcast::<PyTuple>().map_or(&[][..], |t| t.items());
        let &[value, pos, dict, ..] = parts else {
            let text =
                format!("{}.__setstate__ argument should be 3-tuple, got {}", tp_name(self), tp_name(object));
            return Err(type_error(py, text));
        };
        self.check_exports(py)?;
        self.check_open(py)?;
        self.size.set(0);
        self.pos.set(0);
        self.put(py, value)?;
        if !PyInt::check(pos) {
            let text = format!("second item of state must be an integer, not {}", tp_name(pos));
            return Err(type_error(py, text));
        }
        let pos = pos.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type))?;
        let Ok(pos) = usize::try_from(pos) else {
            return Err(value_error(py, "position value cannot be negative"));
        };
        self.pos.set(pos);
        restore_dict(py, &self.base.base, dict, "third")
    }

    #[pymethod(nodoc)]
    fn __sizeof__(&self, py: Python) -> PyResult<usize> {
        let mut n = self.ty().tp_basicsize.get() as usize;
        // SAFETY: nothing runs while it is looked at.
        if let Some(b) = unsafe { self.buf.get() }
            && !is_shared(b)
        {
            n += runtime::types::bytes_::BASIC_SIZE + b.len();
        }
        let _ = py;
        Ok(n)
    }

    /// True if the file is closed.
    #[getter]
    fn closed(&self) -> bool {
        self.buf.is_empty()
    }
}

/// Sets a stream's attributes from the dict in a pickle.
pub(super) fn restore_dict(py: Python, base: &PyIOBase, dict: &PyObject, which: &str) -> PyResult<()> {
    if dict.is_none() {
        return Ok(());
    }
    let Some(new) = dict.downcast::<PyDict>() else {
        let text = format!("{which} item of state should be a dict, got a {}", tp_name(dict));
        return Err(type_error(py, text));
    };
    match base.dict.get_owned() {
        Some(d) => d.merge(py, new.as_object(), true),
        None => {
            base.dict.set(Some(new.owned()));
            Ok(())
        }
    }
}

/// What `getbuffer` makes a view of: keeps the stream from being resized.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBytesIOBuffer {
    pub ob_base: PyObject,
    source: Py<PyBytesIO>,
}

/// The memory of a BytesIO.
#[pytype(name = "_BytesIOBuffer", module = "_io", flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE))]
impl PyBytesIOBuffer {
    #[slot(bf_getbuffer)]
    fn getbuffer(&self, py: Python, view: *mut object::typeobj::PyBuffer, flags: i32) -> PyResult<()> {
        let b = &self.source;
        b.check_open(py)?;
        // SAFETY: nothing runs while it is looked at.
        if b.exports.get() == 0 && unsafe { b.buf.get() }.is_some_and(is_shared) {
            b.reallocate(py, b.size.get())?;
        }
        // SAFETY: nothing runs while it is looked at.
        let Some(data) = unsafe { b.buf.get() }.map(|buf| {
            buf.ob_shash.set(-1);
            buf.data_ptr()
        }) else {
            return Err(bad_internal_call(py));
        };
        // SAFETY: the memory stays in place while the export is counted.
        unsafe {
            buffer::fill_info(py, view, Some(self.as_object()), data, b.size.get() as isize, false, flags)?
        };
        b.exports.set(b.exports.get() + 1);
        Ok(())
    }

    #[slot(bf_releasebuffer)]
    fn releasebuffer(&self, _py: Python, _view: *mut object::typeobj::PyBuffer) {
        self.source.exports.set(self.source.exports.get() - 1);
    }
}
