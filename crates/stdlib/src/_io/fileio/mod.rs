//! `_io.FileIO`: a file descriptor as a raw stream.

mod open;

use super::abstract_::writable;
use super::helpers::*;
use super::iobase::PyRawIOBase;
use runtime::prelude::*;
use runtime::signals;
use runtime::state::release_gil;
use runtime::types::buffer::Buffer;
use runtime::types::repr_guard::ReprGuard;
use std::ffi::c_int;

/// The most bytes one system call is given.
const MOST: usize = isize::MAX as usize;

/// A raw stream on a file descriptor.
#[repr(C)]
#[derive(Traverse)]
pub struct PyFileIO {
    pub base: PyRawIOBase,
    /// -1 when closed.
    pub(super) fd: Cell<c_int>,
    created: Cell<bool>,
    readable: Cell<bool>,
    writable: Cell<bool>,
    appending: Cell<bool>,
    /// Unknown until asked for.
    #[traverse(skip)]
    seekable: Cell<Option<bool>>,
    closefd: Cell<bool>,
    /// The stream is being closed because nobody refers to it any more.
    finalizing: Cell<bool>,
    block_size: Cell<u32>,
    /// Size and mode of the file when it was opened; nobody has told otherwise since.
    #[traverse(skip)]
    at_open: Cell<Option<AtOpen>>,
}

#[derive(Clone, Copy)]
struct AtOpen {
    size: i64,
    mode: u32,
}

fn raise_errno(py: Python, errno: c_int) -> Raised {
    exceptions::raise_errno_with(py, errno, None, None)
}

#[cold]
fn closed_error(py: Python) -> Raised {
    value_error(py, "I/O operation on closed file")
}

impl PyFileIO {
    pub(super) fn make(py: Python, cls: &PyTypeObject) -> PyResult<Py<PyFileIO>> {
        new_object(
            py,
            cls,
            PyFileIO {
                base: PyRawIOBase::new(cls),
                fd: Cell::new(-1),
                created: Cell::new(false),
                readable: Cell::new(false),
                writable: Cell::new(false),
                appending: Cell::new(false),
                seekable: Cell::new(None),
                closefd: Cell::new(true),
                finalizing: Cell::new(false),
                block_size: Cell::new(super::DEFAULT_BUFFER_SIZE as u32),
                at_open: Cell::new(None),
            },
        )
    }

    /// Is the descriptor closed?
    #[inline]
    pub(super) fn is_closed(&self) -> bool {
        self.fd.get() < 0
    }

    fn check_open(&self, py: Python) -> PyResult<c_int> {
        match self.fd.get() {
            fd if fd < 0 => Err(closed_error(py)),
            fd => Ok(fd),
        }
    }

    fn check_readable(&self, py: Python) -> PyResult<c_int> {
        let fd = self.check_open(py)?;
        if self.readable.get() { Ok(fd) } else { Err(unsupported(py, "File not open for reading")) }
    }

    fn check_writable(&self, py: Python) -> PyResult<c_int> {
        let fd = self.check_open(py)?;
        if self.writable.get() { Ok(fd) } else { Err(unsupported(py, "File not open for writing")) }
    }

    fn mode_text(&self) -> &'static str {
        let (r, w) = (self.readable.get(), self.writable.get());
        if self.created.get() {
            if r { "xb+" } else { "xb" }
        } else if self.appending.get() {
            if r { "ab+" } else { "ab" }
        } else if r {
            if w { "rb+" } else { "rb" }
        } else {
            "wb"
        }
    }

    /// Closes the descriptor; whatever comes of it, it is gone.
    fn close_fd(&self, py: Python) -> PyResult<()> {
        let fd = self.fd.replace(-1);
        if fd < 0 {
            return Ok(());
        }
        let e = release_gil(py, || {
            // SAFETY: the descriptor belongs to the stream.
            if unsafe { libc::close(fd) } < 0 {
                std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
            } else {
                0
            }
        });
        if e == 0 { Ok(()) } else { Err(raise_errno(py, e)) }
    }

    /// Reads into memory; `None` if nothing is there now.
    ///
    /// # Safety
    /// `data` has `len` writable bytes that stay in place.
    pub(super) unsafe fn read_raw(&self, py: Python, data: *mut u8, len: usize) -> PyResult<Option<usize>> {
        let fd = self.check_readable(py)?;
        // SAFETY: the caller's promise.
        match signals::retry(py, || unsafe { libc::read(fd, data as *mut _, len.min(MOST)) })? {
            Ok(n) => Ok(Some(n as usize)),
            Err(libc::EAGAIN) => Ok(None),
            Err(e) => Err(raise_errno(py, e)),
        }
    }

    /// Writes from memory; `None` if nothing can be written now.
    ///
    /// # Safety
    /// `data` has `len` bytes that stay in place.
    pub(super) unsafe fn write_raw(
        &self,
        py: Python,
        data: *const u8,
        len: usize,
    ) -> PyResult<Option<usize>> {
        let fd = self.check_writable(py)?;
        // Something else may be the size now.
        self.at_open.set(None);
        // SAFETY: the caller's promise.
        match signals::retry(py, || unsafe { libc::write(fd, data as *const _, len.min(MOST)) })? {
            Ok(n) => Ok(Some(n as usize)),
            Err(libc::EAGAIN) => Ok(None),
            Err(e) => Err(raise_errno(py, e)),
        }
    }

    /// Changes the position.
    fn lseek(&self, py: Python, fd: c_int, offset: i64, whence: c_int) -> PyResult<Result<i64, c_int>> {
        let r = release_gil(py, || {
            // SAFETY: a plain system call.
            let at = unsafe { libc::lseek(fd, offset, whence) };
            if at < 0 { Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(0)) } else { Ok(at) }
        });
        if self.seekable.get().is_none() {
            self.seekable.set(Some(r.is_ok()));
        }
        Ok(r)
    }

    /// The position.
    pub(super) fn position(&self, py: Python) -> PyResult<i64> {
        let fd = self.check_open(py)?;
        self.lseek(py, fd, 0, libc::SEEK_CUR)?.map_err(|e| raise_errno(py, e))
    }

    /// Changes the position, for the buffer above.
    pub(super) fn seek_to(&self, py: Python, offset: i64, whence: c_int) -> PyResult<i64> {
        let fd = self.check_open(py)?;
        self.lseek(py, fd, offset, whence)?.map_err(|e| raise_errno(py, e))
    }

    fn can_seek(&self, py: Python) -> PyResult<bool> {
        let fd = self.check_open(py)?;
        if let Some(s) = self.seekable.get() {
            return Ok(s);
        }
        Ok(self.lseek(py, fd, 0, libc::SEEK_CUR)?.is_ok())
    }

    /// How much `readall` should make room for at first: what is left of the file and one byte, to see its end.
    fn room_for_all(&self, py: Python, fd: c_int) -> PyResult<usize> {
        const SMALL: usize = 8192;
        let size = match self.at_open.get() {
            Some(a) if a.mode & libc::S_IFMT == libc::S_IFREG => a.size,
            // SAFETY: fills in the struct.
            _ => release_gil(py, || unsafe {
                let mut st: libc::stat = std::mem::zeroed();
                if libc::fstat(fd, &mut st) == 0 { st.st_size } else { 0 }
            }),
        };
        if size <= 0 {
            return Ok(SMALL);
        }
        // Files of the kernel report sizes that mean little; where the position is unknown, it is no file with an end.
        let at = if size as usize > 65536 {
            match self.lseek(py, fd, 0, libc::SEEK_CUR)? {
                Ok(at) => at,
                Err(_) => return Ok(SMALL),
            }
        } else {
            0
        };
        Ok(usize::try_from(size.saturating_sub(at).max(0)).unwrap_or(0).saturating_add(1).min(MOST - 64))
    }

    /// Reads until the end; `None` if nothing is there now.
    fn read_to_end(&self, py: Python) -> PyResult<Option<Py<PyBytes>>> {
        let fd = self.check_open(py)?;
        let mut room = self.room_for_all(py, fd)?;
        let mut data: Vec<u8> = Vec::new();
        if data.try_reserve_exact(room).is_err() {
            return Err(memory_error(py));
        }
        loop {
            if data.len() == data.capacity() {
                room = grown(data.len());
                if data.try_reserve_exact(room - data.len()).is_err() {
                    return Err(overflow_or_memory(py, room));
                }
            }
            let spare = data.spare_capacity_mut();
            let (p, n) = (spare.as_mut_ptr() as *mut u8, spare.len());
            // SAFETY: the spare room of the vector, which nobody else knows.
            let got = signals::retry(py, || unsafe { libc::read(fd, p as *mut _, n.min(MOST)) })?;
            match got {
                Ok(0) => break,
                // SAFETY: the call wrote so many bytes there.
                Ok(k) => unsafe { data.set_len(data.len() + k as usize) },
                Err(libc::EAGAIN) if data.is_empty() => return Ok(None),
                Err(libc::EAGAIN) => break,
                Err(e) => return Err(raise_errno(py, e)),
            }
        }
        PyBytes::new(py, &data).map(Some)
    }

    fn name(&self, py: Python) -> PyResult<Option<Py>> {
        self.as_object().getattr_opt(py, intern!(py, "name"))
    }
}

/// The next size of a buffer for an unknown amount of data.
fn grown(now: usize) -> usize {
    let more = if now > 65536 { now >> 3 } else { 256 + now };
    now.saturating_add(more).max(8192)
}

#[cold]
fn overflow_or_memory(py: Python, wanted: usize) -> Raised {
    if wanted > MOST - 64 {
        overflow_error(py, "unbounded read returned more bytes than a Python bytes object can hold")
    } else {
        memory_error(py)
    }
}

/// A raw stream on a file.
///
/// file is a path, or a descriptor that is open already. mode is one of 'r', 'w', 'x' and 'a' for reading, writing, creating
/// and appending, with a '+' for reading and writing. With closefd=False, close() leaves the descriptor open. opener is called
/// with path and flags instead of os.open.
#[pytype(name = "FileIO", order = "read readall readinto write seek tell truncate", module = "_io", base = PyRawIOBase, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE), members(finalizing as _finalizing: bool))]
impl PyFileIO {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyFileIO>> {
        PyFileIO::make(py, cls)
    }

    #[slot(tp_init, sig = "(file, mode='r', closefd=True, opener=None)")]
    fn init(
        &self,
        py: Python,
        file: &PyObject,
        mode: &str,
        closefd: bool,
        opener: Option<&PyObject>,
    ) -> PyResult<()> {
        open::init(py, self, file, mode, closefd, opener.filter(|o| !o.is_none()))
    }

    /// Closes the descriptor, unless closefd is false.
    #[pymethod]
    fn close(&self, py: Python) -> PyResult {
        let base = PyRawIOBase::type_object().object();
        let r = base.call_method1(py, intern!(py, "close"), self.as_object());
        if !self.closefd.get() {
            self.fd.set(-1);
            return r;
        }
        let (value, first) = match r {
            Ok(v) => (v, None),
            Err(e) => (none().owned(), Some(e)),
        };
        chain(py, first, || {
            if self.finalizing.get() {
                self._dealloc_warn(py, self.as_object())?;
            }
            self.close_fd(py)
        })?;
        Ok(value)
    }

    /// Can the position be changed?
    #[pymethod]
    fn seekable(&self, py: Python) -> PyResult<bool> {
        self.can_seek(py)
    }

    /// Was the file opened for reading?
    #[pymethod]
    fn readable(&self, py: Python) -> PyResult<bool> {
        self.check_open(py)?;
        Ok(self.readable.get())
    }

    /// Was the file opened for writing?
    #[pymethod]
    fn writable(&self, py: Python) -> PyResult<bool> {
        self.check_open(py)?;
        Ok(self.writable.get())
    }

    /// The file descriptor.
    #[pymethod]
    fn fileno(&self, py: Python) -> PyResult<c_int> {
        self.check_open(py)
    }

    /// Reads up to size bytes with one system call, until the end if size is negative. None if nothing is there now.
    #[pymethod(sig = "(size=-1, /)")]
    fn read(&self, py: Python, size: Option<&PyObject>) -> PyResult<Option<Py<PyBytes>>> {
        let size = size_or_none(py, size)?;
        self.check_readable(py)?;
        let Ok(size) = usize::try_from(size) else { return self.read_to_end(py) };
        let mut data: Vec<u8> = Vec::new();
        if data.try_reserve_exact(size).is_err() {
            return Err(memory_error(py));
        }
        // SAFETY: the room of a vector, which nobody else knows; so many bytes are written.
        unsafe {
            match self.read_raw(py, data.as_mut_ptr(), size)? {
                None => return Ok(None),
                Some(n) => data.set_len(n),
            }
        }
        PyBytes::new(py, &data).map(Some)
    }

    /// Reads until the end. None if nothing is there now.
    #[pymethod]
    fn readall(&self, py: Python) -> PyResult<Option<Py<PyBytes>>> {
        self.read_to_end(py)
    }

    /// Reads into a buffer with one system call; the number of bytes. None if nothing is there now.
    #[pymethod(sig = "(buffer, /)")]
    fn readinto(&self, py: Python, buffer: &PyObject) -> PyResult<Option<usize>> {
        let buffer = writable(py, buffer, "readinto() argument 1")?;
        // SAFETY: a writable view.
        unsafe { self.read_raw(py, buffer.data_ptr(), buffer.len()) }
    }

    /// Writes bytes with one system call; how many were written. None if nothing can be written now.
    #[pymethod(sig = "(b, /)")]
    fn write(&self, py: Python, b: &PyObject) -> PyResult<Option<usize>> {
        let buffer = Buffer::get_simple(py, b)?;
        let data = buffer.as_slice();
        // SAFETY: the view keeps the memory in place.
        unsafe { self.write_raw(py, data.as_ptr(), data.len()) }
    }

    /// Changes the position: pos bytes from the start (0), the current position (1) or the end (2). Returns the new position.
    #[pymethod(sig = "(pos, whence=0, /)")]
    fn seek(&self, py: Python, pos: i64, whence: c_int) -> PyResult<i64> {
        self.seek_to(py, pos, whence)
    }

    /// The position.
    #[pymethod]
    fn tell(&self, py: Python) -> PyResult<i64> {
        self.position(py)
    }

    /// Makes the file this long, as long as the current position by default. Returns the size.
    #[pymethod(sig = "(size=None, /)")]
    fn truncate(&self, py: Python, size: Option<i64>) -> PyResult<i64> {
        let fd = self.check_writable(py)?;
        let size = match size {
            Some(s) => s,
            None => self.position(py)?,
        };
        self.at_open.set(None);
        // SAFETY: a plain system call.
        match signals::retry(py, || unsafe { libc::ftruncate(fd, size) })? {
            Ok(_) => Ok(size),
            Err(e) => Err(raise_errno(py, e)),
        }
    }

    /// Is it a terminal?
    #[pymethod]
    fn isatty(&self, py: Python) -> PyResult<bool> {
        let fd = self.check_open(py)?;
        // SAFETY: a query about a descriptor.
        Ok(release_gil(py, || unsafe { libc::isatty(fd) }) != 0)
    }

    /// Is it a terminal? Asked while the file is being opened, when what it is is still known.
    #[pymethod]
    fn _isatty_open_only(&self, py: Python) -> PyResult<bool> {
        if self.at_open.get().is_some_and(|a| a.mode & libc::S_IFMT != libc::S_IFCHR) {
            return Ok(false);
        }
        self.isatty(py)
    }

    #[pymethod(sig = "(object, /)", nodoc)]
    fn _dealloc_warn(&self, py: Python, object: &PyObject) -> PyResult<()> {
        if self.is_closed() || !self.closefd.get() {
            return Ok(());
        }
        let pending = take(py);
        let text = object.repr(py).map(|s| s.to_string_lossy()).unwrap_or_else(|e| {
            drop(fetch(py, e));
            "<object repr() failed>".to_owned()
        });
        if let Err(e) = warn_resource(py, object, &format!("unclosed file {text}")) {
            // A warning made an exception has nobody to go to.
            if matches(py, &exceptions::PyExc_Warning_Type) {
                write_unraisable(py, e, None, Some(self.as_object()));
            } else {
                drop(fetch(py, e));
            }
        }
        if let Some(p) = pending {
            let _ = raise_object(py, p);
        }
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let ty = tp_name(self).to_owned();
        if self.is_closed() {
            return PyStr::new(py, &format!("<{ty} [closed]>"));
        }
        let tail = format!(
            " mode='{}' closefd={}>",
            self.mode_text(),
            if self.closefd.get() { "True" } else { "False" }
        );
        let Some(name) = self.name(py)? else {
            return PyStr::new(py, &format!("<{ty} fd={}{tail}", self.fd.get()));
        };
        let Some(_guard) = ReprGuard::enter(py, self) else {
            return Err(runtime_error(py, format!("reentrant call inside {ty}.__repr__")));
        };
        let name = name.repr(py)?;
        PyStr::concat3(py, &format!("<{ty} name="), &name, &tail)
    }

    #[pymethod(nodoc)]
    fn __getstate__(&self, py: Python) -> PyResult<()> {
        Err(no_pickle(py, self))
    }

    /// True if the file is closed
    #[getter]
    fn closed(&self) -> bool {
        self.is_closed()
    }

    /// True if the file descriptor will be closed by close().
    #[getter]
    fn closefd(&self) -> bool {
        self.closefd.get()
    }

    /// String giving the file mode
    #[getter]
    fn mode(&self) -> &'static str {
        self.mode_text()
    }

    /// The block size the file system prefers.
    #[getter]
    fn _blksize(&self) -> u32 {
        self.block_size.get()
    }
}
