//! The `mmap` module: files and memory as arrays of bytes.
//!
//! The mapped bytes may change at any time (other processes share them), so they are copied through raw pointers and
//! never seen through a Rust reference.

use crate::system::{Bytes, add_constants, constants, int, os_error};
use object::libc;
use object::typeobj::PyBuffer;
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::sys::hooks::audit;
use runtime::types::exceptions::*;
use std::ffi::c_int;

const ACCESS_DEFAULT: i32 = 0;
const ACCESS_READ: i32 = 1;
const ACCESS_WRITE: i32 = 2;
const ACCESS_COPY: i32 = 3;
const READ_WRITE: c_int = libc::PROT_READ | libc::PROT_WRITE;

/// A mapping.
#[repr(C)]
pub struct PyMmap {
    pub ob_base: PyObject,
    /// Null once it is closed.
    data: Cell<*mut u8>,
    size: Cell<usize>,
    pos: Cell<usize>,
    offset: libc::off_t,
    exports: Cell<isize>,
    /// A duplicate of the file's descriptor, or -1.
    fd: Cell<c_int>,
    track: bool,
    access: i32,
    flags: c_int,
    weakreflist: Cell<*mut PyObject>,
}

fn page_size() -> usize {
    // SAFETY: no arguments beyond the name.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096)
}

/// A length or an offset.
fn extent(py: Python, o: &PyObject, what: &str) -> PyResult<usize> {
    if !number::has_index(o) {
        return Err(type_error(py, "map size must be an integral value"));
    }
    let n = o.index_isize(py, Some(&PyExc_OverflowError_Type))?;
    usize::try_from(n).map_err(|_| overflow_error(py, format!("memory mapped {what} must be positive")))
}

/// A number argument that may be None.
fn optional(py: Python, o: Option<&PyObject>) -> PyResult<Option<isize>> {
    match o.filter(|o| !o.is_none()) {
        None => Ok(None),
        Some(o) => o.index_isize(py, Some(&PyExc_OverflowError_Type)).map(Some),
    }
}

/// What a mapping is asked for.
struct Request {
    fd: c_int,
    size: usize,
    flags: c_int,
    prot: c_int,
    offset: libc::off_t,
}

impl Request {
    /// The size of the mapping of a file; 0 is all of it from the offset on.
    fn fit(&mut self, py: Python) -> PyResult<()> {
        // SAFETY: all zeros is a value of the struct.
        let mut st: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: `st` is valid for writing.
        let known = self.fd != -1 && unsafe { libc::fstat(self.fd, &mut st) } == 0;
        if !known || st.st_mode & libc::S_IFMT != libc::S_IFREG {
            return Ok(());
        }
        let rest = st.st_size.saturating_sub(self.offset);
        if self.size == 0 {
            if st.st_size == 0 {
                return Err(value_error(py, "cannot mmap an empty file"));
            }
            if rest <= 0 {
                return Err(value_error(py, "mmap offset is greater than file size"));
            }
            self.size = usize::try_from(rest)
                .ok()
                .filter(|&n| n <= isize::MAX as usize)
                .ok_or_else(|| value_error(py, "mmap length is too large"))?;
        } else if self.offset > st.st_size || rest < 0 || (rest as u64) < self.size as u64 {
            return Err(value_error(py, "mmap length is greater than file size"));
        }
        Ok(())
    }
}

impl PyMmap {
    /// Where the bytes are, while the mapping is open.
    fn data(&self, py: Python) -> PyResult<*mut u8> {
        let p = self.data.get();
        if p.is_null() { Err(value_error(py, "mmap closed or invalid")) } else { Ok(p) }
    }

    /// As `data`, for changing the bytes.
    fn writable(&self, py: Python) -> PyResult<*mut u8> {
        let p = self.data(py)?;
        if self.access == ACCESS_READ {
            return Err(type_error(py, "mmap can't modify a readonly memory map."));
        }
        Ok(p)
    }

    /// A copy of bytes; positions beyond the end give fewer.
    fn copy(&self, py: Python, start: usize, end: usize) -> PyResult<Vec<u8>> {
        let data = self.data(py)?;
        let end = end.min(self.size.get());
        let n = end.saturating_sub(start);
        let mut out = Vec::new();
        if out.try_reserve_exact(n).is_err() {
            return Err(memory_error(py));
        }
        // SAFETY: `start..start + n` lies in the mapping, which stays while this thread holds the lock; room was reserved.
        unsafe {
            std::ptr::copy_nonoverlapping(data.add(start.min(self.size.get())), out.as_mut_ptr(), n);
            out.set_len(n);
        }
        Ok(out)
    }

    /// Puts bytes at a position; the caller has checked that they fit.
    fn put(&self, py: Python, at: usize, bytes: &[u8]) -> PyResult<()> {
        let data = self.writable(py)?;
        if at.checked_add(bytes.len()).is_none_or(|end| end > self.size.get()) {
            return Err(value_error(py, "data out of range"));
        }
        // SAFETY: within the mapping, as just checked; `copy` since the bytes may be of the mapping itself.
        unsafe { std::ptr::copy(bytes.as_ptr(), data.add(at), bytes.len()) };
        Ok(())
    }

    fn byte(&self, py: Python, at: usize) -> PyResult<u8> {
        let data = self.data(py)?;
        if at >= self.size.get() {
            return Err(index_error(py, "mmap index out of range"));
        }
        // SAFETY: within the mapping.
        Ok(unsafe { data.add(at).read() })
    }

    /// An index as a position.
    fn position(&self, py: Python, key: &PyObject) -> PyResult<usize> {
        let i = key.index_isize(py, Some(&PyExc_IndexError_Type))?;
        self.data(py)?;
        let i = if i < 0 { i.saturating_add_unsigned(self.size.get()) } else { i };
        match usize::try_from(i) {
            Ok(i) if i < self.size.get() => Ok(i),
            _ => Err(index_error(py, "mmap index out of range")),
        }
    }

    fn search(
        &self,
        py: Python,
        view: &Bytes,
        start: Option<&PyObject>,
        end: Option<&PyObject>,
        last: bool,
    ) -> PyResult<isize> {
        let start = optional(py, start)?.unwrap_or(self.pos.get() as isize);
        let end = optional(py, end)?.unwrap_or(self.size.get() as isize);
        let size = self.size.get();
        let fit = |i: isize| {
            let i = if i < 0 { i.saturating_add_unsigned(size) } else { i };
            usize::try_from(i).unwrap_or(0).min(size)
        };
        let (start, end) = (fit(start), fit(end));
        if start > end {
            self.data(py)?;
            return Ok(-1);
        }
        let bytes = self.copy(py, start, end)?;
        let found =
            if last { memchr::memmem::rfind(&bytes, view) } else { memchr::memmem::find(&bytes, view) };
        Ok(found.map_or(-1, |i| (start + i) as isize))
    }

    /// Unmaps; nobody may use the bytes any more.
    fn unmap(&self) {
        let data = self.data.replace(std::ptr::null_mut());
        if !data.is_null() {
            // SAFETY: the mapping made in `tp_new` or `resize`.
            unsafe { libc::munmap(data.cast(), self.size.get()) };
        }
        let fd = self.fd.replace(-1);
        if fd >= 0 {
            // SAFETY: a descriptor of our own.
            unsafe { libc::close(fd) };
        }
    }
}

impl Drop for PyMmap {
    fn drop(&mut self) {
        self.unmap();
    }
}

/// Maps a file, or memory if fileno is -1, and gives its bytes as an object like a bytearray and a file at once.
///
/// mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])
///
/// A length of 0 is the size of the file at that moment. flags are the system's: MAP_SHARED, the default, shares changes
/// with everybody who maps the same file, MAP_PRIVATE keeps them in this process. prot says what may be done with
/// the memory; access, ACCESS_READ, ACCESS_WRITE or ACCESS_COPY, can be given instead of the two. offset must be a multiple
/// of ALLOCATIONGRANULARITY. Without trackfd the file descriptor is not kept: the mapping can't be resized then.
#[pytype(
    name = "mmap",
    module = "mmap",
    flags(BASETYPE, IMMUTABLETYPE),
    weaklistoffset = weakreflist,
    parts(file),
    nosig
)]
impl PyMmap {
    #[slot(
        tp_new,
        sig = "(fileno, length, flags=<unrepresentable>, prot=<unrepresentable>, access=0, offset=<unrepresentable>, *, trackfd=True)",
        function = ""
    )]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        fileno: i32,
        length: &PyObject,
        flags: Option<i32>,
        prot: Option<i32>,
        access: i32,
        offset: Option<&PyObject>,
        trackfd: bool,
    ) -> PyResult<Py<PyMmap>> {
        let size = extent(py, length, "length")?;
        let offset = offset.map_or(Ok(0), |o| extent(py, o, "offset"))? as libc::off_t;
        let (mut flags, mut prot) = (flags.unwrap_or(libc::MAP_SHARED), prot.unwrap_or(READ_WRITE));
        if access != ACCESS_DEFAULT && (flags != libc::MAP_SHARED || prot != READ_WRITE) {
            return Err(value_error(py, "mmap can't specify both access and flags, prot."));
        }
        let mut access = access;
        match access {
            ACCESS_DEFAULT => {
                // What such a mapping allows.
                match (prot & libc::PROT_READ != 0, prot & libc::PROT_WRITE != 0) {
                    (true, true) => {}
                    (false, true) => access = ACCESS_WRITE,
                    _ => access = ACCESS_READ,
                }
            }
            ACCESS_READ => prot = libc::PROT_READ,
            ACCESS_WRITE => {}
            ACCESS_COPY => flags = libc::MAP_PRIVATE,
            _ => return Err(value_error(py, "mmap invalid access parameter.")),
        }
        audit(
            py,
            "mmap.__new__",
            &[
                &*int(py, fileno.into())?,
                &*int(py, size as i64)?,
                &*int(py, access.into())?,
                &*int(py, offset)?,
            ],
        )?;
        let mut request = Request { fd: fileno, size, flags, prot, offset };
        request.fit(py)?;
        let map = new_object(
            py,
            cls,
            PyMmap {
                ob_base: PyObject::header(cls),
                data: Cell::new(std::ptr::null_mut()),
                size: Cell::new(request.size),
                pos: Cell::new(0),
                offset,
                exports: Cell::new(0),
                fd: Cell::new(-1),
                track: trackfd,
                access,
                flags,
                weakreflist: Cell::new(std::ptr::null_mut()),
            },
        )?;
        if fileno == -1 {
            request.flags |= libc::MAP_ANONYMOUS;
        } else if trackfd {
            // SAFETY: any number may be tried.
            let fd = unsafe { libc::fcntl(fileno, libc::F_DUPFD_CLOEXEC, 0) };
            if fd == -1 {
                return Err(os_error(py));
            }
            map.fd.set(fd);
        }
        // SAFETY: a new mapping at an address of the system's choice.
        let data = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                request.size,
                request.prot,
                request.flags,
                request.fd,
                request.offset,
            )
        };
        if data == libc::MAP_FAILED {
            return Err(os_error(py));
        }
        map.data.set(data.cast());
        Ok(map)
    }

    #[slot(tp_repr)]
    fn repr(&self) -> String {
        if self.data.get().is_null() {
            return "<mmap.mmap closed=True>".to_owned();
        }
        let access = match self.access {
            ACCESS_READ => "ACCESS_READ",
            ACCESS_WRITE => "ACCESS_WRITE",
            ACCESS_COPY => "ACCESS_COPY",
            _ => "ACCESS_DEFAULT",
        };
        format!(
            "<mmap.mmap closed=False, access={access}, length={}, pos={}, offset={}>",
            self.size.get(),
            self.pos.get(),
            self.offset
        )
    }

    #[slot(sq_length, mp_length)]
    fn length(&self, py: Python) -> PyResult<isize> {
        self.data(py)?;
        Ok(self.size.get() as isize)
    }

    #[slot(sq_item)]
    fn item(&self, py: Python, i: isize) -> PyResult<Py<PyBytes>> {
        self.data(py)?;
        match usize::try_from(i) {
            Ok(i) => PyBytes::new(py, &[self.byte(py, i)?]),
            Err(_) => Err(index_error(py, "mmap index out of range")),
        }
    }

    #[slot(mp_subscript)]
    fn subscript(&self, py: Python, key: &PyObject) -> PyResult {
        self.data(py)?;
        if number::has_index(key) {
            let i = self.position(py, key)?;
            return int(py, self.byte(py, i)?.into());
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            return Err(type_error(py, "mmap indices must be integers"));
        };
        let bounds = slice.unpack(py)?;
        self.data(py)?;
        let s = bounds.adjust(self.size.get());
        let bytes = if s.step == 1 {
            self.copy(py, s.start_index(), s.start_index() + s.len)?
        } else {
            s.indices().map(|i| self.byte(py, i)).collect::<PyResult<_>>()?
        };
        Ok(PyBytes::new(py, &bytes)?.into_object())
    }

    #[slot(sq_ass_item)]
    fn ass_item(&self, py: Python, i: isize, value: Option<&PyObject>) -> PyResult<()> {
        self.data(py)?;
        let Ok(i) = usize::try_from(i) else { return Err(index_error(py, "mmap index out of range")) };
        if i >= self.size.get() {
            return Err(index_error(py, "mmap index out of range"));
        }
        let Some(value) = value else {
            return Err(type_error(py, "mmap object doesn't support item deletion"));
        };
        match value.downcast::<PyBytes>().map(|b| b.as_bytes()) {
            Some(&[b]) => self.put(py, i, &[b]),
            _ => Err(index_error(py, "mmap assignment must be length-1 bytes()")),
        }
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(&self, py: Python, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        self.writable(py)?;
        if number::has_index(key) {
            let i = self.position(py, key)?;
            let Some(value) = value else {
                return Err(type_error(py, "mmap doesn't support item deletion"));
            };
            if !number::has_index(value) {
                return Err(type_error(py, "mmap item value must be an int"));
            }
            let v = value.index_isize(py, Some(&PyExc_TypeError_Type))?;
            let Ok(v) = u8::try_from(v) else {
                return Err(value_error(py, "mmap item value must be in range(0, 256)"));
            };
            self.data(py)?;
            if i >= self.size.get() {
                return Err(index_error(py, "mmap index out of range"));
            }
            return self.put(py, i, &[v]);
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            return Err(type_error(py, "mmap indices must be integer"));
        };
        let bounds = slice.unpack(py)?;
        let Some(value) = value else {
            return Err(type_error(py, "mmap object doesn't support slice deletion"));
        };
        let bytes = buffer::Buffer::get_simple(py, value)?;
        self.data(py)?;
        let s = bounds.adjust(self.size.get());
        if bytes.len() != s.len {
            return Err(index_error(py, "mmap slice assignment is wrong size"));
        }
        if s.step == 1 {
            return self.put(py, s.start_index(), bytes.as_slice());
        }
        for (i, &b) in s.indices().zip(bytes.as_slice()) {
            self.put(py, i, &[b])?;
        }
        Ok(())
    }

    #[slot(bf_getbuffer)]
    fn get_buffer(&self, py: Python, view: *mut PyBuffer, flags: i32) -> PyResult<()> {
        let data = self.data(py)?;
        let readonly = self.access == ACCESS_READ;
        // SAFETY: the consumer's view; the mapping stays while exports are counted.
        unsafe {
            let len = self.size.get() as isize;
            buffer::fill_info(py, view, Some(self.as_object()), data, len, readonly, flags)?;
        }
        self.exports.set(self.exports.get() + 1);
        Ok(())
    }

    #[slot(bf_releasebuffer)]
    fn release_buffer(&self, _view: *mut PyBuffer) {
        self.exports.set(self.exports.get() - 1);
    }
}

#[pymethods(file)]
impl PyMmap {
    #[pymethod(nodoc)]
    fn close(&self, py: Python) -> PyResult<()> {
        if self.exports.get() > 0 {
            return Err(buffer_error(py, "cannot close exported pointers exist"));
        }
        self.unmap();
        Ok(())
    }

    #[pymethod(sig = "(view, start=None, end=None, /)", nodoc)]
    fn find(
        &self,
        py: Python,
        view: Bytes,
        start: Option<&PyObject>,
        end: Option<&PyObject>,
    ) -> PyResult<isize> {
        self.search(py, &view, start, end, false)
    }

    #[pymethod(sig = "(view, start=None, end=None, /)", nodoc)]
    fn rfind(
        &self,
        py: Python,
        view: Bytes,
        start: Option<&PyObject>,
        end: Option<&PyObject>,
    ) -> PyResult<isize> {
        self.search(py, &view, start, end, true)
    }

    #[pymethod(sig = "(offset=0, size=None, /)", nodoc)]
    fn flush(&self, py: Python, offset: isize, size: Option<&PyObject>) -> PyResult<()> {
        let size = optional(py, size)?.unwrap_or(self.size.get() as isize);
        let data = self.data(py)?;
        let wrong = || value_error(py, "flush values out of range");
        let (offset, size) = match (usize::try_from(offset), usize::try_from(size)) {
            (Ok(o), Ok(s)) => (o, s),
            _ => return Err(wrong()),
        };
        if offset.checked_add(size).is_none_or(|end| end > self.size.get()) {
            return Err(wrong());
        }
        if self.access == ACCESS_READ || self.access == ACCESS_COPY {
            return Ok(());
        }
        // SAFETY: within the mapping.
        if unsafe { libc::msync(data.add(offset).cast(), size, libc::MS_SYNC) } == -1 {
            return Err(os_error(py));
        }
        Ok(())
    }

    #[pymethod(sig = "(option, start=0, length=None, /)", nodoc)]
    fn madvise(&self, py: Python, option: i32, start: isize, length: Option<&PyObject>) -> PyResult<()> {
        let length = optional(py, length)?.unwrap_or(self.size.get() as isize);
        let data = self.data(py)?;
        let size = self.size.get();
        let start = match usize::try_from(start) {
            Ok(s) if s < size => s,
            _ => return Err(value_error(py, "madvise start out of bounds")),
        };
        let Ok(length) = usize::try_from(length) else {
            return Err(value_error(py, "madvise length invalid"));
        };
        if start.checked_add(length).is_none_or(|end| end > isize::MAX as usize) {
            return Err(overflow_error(py, "madvise length too large"));
        }
        let length = length.min(size - start);
        // SAFETY: within the mapping.
        if unsafe { libc::madvise(data.add(start).cast(), length, option) } != 0 {
            return Err(os_error(py));
        }
        Ok(())
    }

    #[pymethod(sig = "(dest, src, count, /)", name = "move", nodoc)]
    fn move_(&self, py: Python, dest: isize, src: isize, count: isize) -> PyResult<()> {
        let data = self.writable(py)?;
        let wrong = || value_error(py, "source, destination, or count out of range");
        let [Ok(dest), Ok(src), Ok(count)] = [dest, src, count].map(usize::try_from) else {
            return Err(wrong());
        };
        let size = self.size.get();
        let fits = |at: usize| at.checked_add(count).is_some_and(|end| end <= size);
        if !fits(dest) || !fits(src) {
            return Err(wrong());
        }
        // SAFETY: both within the mapping.
        unsafe { std::ptr::copy(data.add(src), data.add(dest), count) };
        Ok(())
    }

    #[pymethod(sig = "(n=None, /)", nodoc)]
    fn read(&self, py: Python, n: Option<&PyObject>) -> PyResult<Py<PyBytes>> {
        let n = match n.filter(|o| !o.is_none()) {
            None => -1,
            Some(o) if number::has_index(o) => o.index_isize(py, Some(&PyExc_OverflowError_Type))?,
            Some(o) => {
                let name = tp_name(o);
                return Err(type_error(py, format!("argument should be integer or None, not '{name}'")));
            }
        };
        self.data(py)?;
        let start = self.pos.get();
        let rest = self.size.get().saturating_sub(start);
        let n = usize::try_from(n).map_or(rest, |n| n.min(rest));
        let bytes = self.copy(py, start, start + n)?;
        self.pos.set(start + n);
        PyBytes::new(py, &bytes)
    }

    #[pymethod(nodoc)]
    fn read_byte(&self, py: Python) -> PyResult<u8> {
        self.data(py)?;
        let at = self.pos.get();
        if at >= self.size.get() {
            return Err(value_error(py, "read byte out of range"));
        }
        let b = self.byte(py, at)?;
        self.pos.set(at + 1);
        Ok(b)
    }

    #[pymethod(nodoc)]
    fn readline(&self, py: Python) -> PyResult<Py<PyBytes>> {
        self.data(py)?;
        let start = self.pos.get();
        let mut end = start;
        while end < self.size.get() {
            end += 1;
            if self.byte(py, end - 1)? == b'\n' {
                break;
            }
        }
        let bytes = self.copy(py, start, end)?;
        self.pos.set(end);
        PyBytes::new(py, &bytes)
    }

    #[pymethod(nodoc)]
    fn resize(&self, py: Python, newsize: isize) -> PyResult<()> {
        self.data(py)?;
        if self.exports.get() > 0 {
            return Err(buffer_error(py, "mmap can't resize with extant buffers exported."));
        }
        if !self.track {
            return Err(value_error(py, "mmap can't resize with trackfd=False."));
        }
        if self.access == ACCESS_READ || self.access == ACCESS_COPY {
            return Err(type_error(py, "mmap can't resize a readonly or copy-on-write memory map."));
        }
        let new = match usize::try_from(newsize) {
            Ok(n) if n <= (libc::off_t::MAX - self.offset) as usize => n,
            _ => return Err(value_error(py, "new size out of range")),
        };
        let data = self.data(py)?;
        let old = self.size.get();
        if self.fd.get() == -1 && self.flags & libc::MAP_PRIVATE == 0 && new > old {
            return Err(value_error(py, "mmap: can't expand a shared anonymous mapping on Linux"));
        }
        if self.fd.get() != -1
            // SAFETY: a descriptor of our own.
            && unsafe { libc::ftruncate(self.fd.get(), self.offset + new as libc::off_t) } == -1
        {
            return Err(os_error(py));
        }
        // SAFETY: the mapping as it is; no pointers into it are exported.
        let moved = unsafe { libc::mremap(data.cast(), old, new, libc::MREMAP_MAYMOVE) };
        if moved == libc::MAP_FAILED {
            return Err(os_error(py));
        }
        self.data.set(moved.cast());
        self.size.set(new);
        Ok(())
    }

    #[pymethod(sig = "(pos, whence=0, /)", nodoc)]
    fn seek(&self, py: Python, pos: isize, whence: i32) -> PyResult<isize> {
        self.data(py)?;
        let base = match whence {
            0 => 0,
            1 => self.pos.get(),
            2 => self.size.get(),
            _ => return Err(value_error(py, "unknown seek type")),
        };
        match base.checked_add_signed(pos) {
            Some(at) if at <= self.size.get() => {
                self.pos.set(at);
                Ok(at as isize)
            }
            _ => Err(value_error(py, "seek out of range")),
        }
    }

    #[pymethod(nodoc)]
    fn seekable(&self) -> bool {
        true
    }

    #[pymethod(nodoc)]
    fn size(&self, py: Python) -> PyResult<i64> {
        self.data(py)?;
        // SAFETY: all zeros is a value of the struct.
        let mut st: libc::stat = unsafe { std::mem::zeroed() };
        // SAFETY: `st` is valid for writing.
        if unsafe { libc::fstat(self.fd.get(), &mut st) } == -1 {
            return Err(os_error(py));
        }
        Ok(st.st_size)
    }

    #[pymethod(nodoc)]
    fn tell(&self, py: Python) -> PyResult<isize> {
        self.data(py)?;
        Ok(self.pos.get() as isize)
    }

    #[pymethod(nodoc)]
    fn write(&self, py: Python, bytes: Bytes) -> PyResult<isize> {
        self.writable(py)?;
        let at = self.pos.get();
        self.put(py, at, &bytes)?;
        self.pos.set(at + bytes.len());
        Ok(bytes.len() as isize)
    }

    #[pymethod(nodoc)]
    fn write_byte(&self, py: Python, byte: u8) -> PyResult<()> {
        self.writable(py)?;
        let at = self.pos.get();
        if at >= self.size.get() {
            return Err(value_error(py, "write byte out of range"));
        }
        self.put(py, at, &[byte])?;
        self.pos.set(at + 1);
        Ok(())
    }

    #[pymethod(name = "__enter__", nodoc)]
    fn enter(&self, py: Python) -> PyResult<Py<PyMmap>> {
        self.data(py)?;
        Ok(self.owned())
    }

    #[pymethod(name = "__exit__", nodoc)]
    fn exit(
        &self,
        py: Python,
        exc_type: &PyObject,
        exc_value: &PyObject,
        traceback: &PyObject,
    ) -> PyResult<()> {
        let _ = (exc_type, exc_value, traceback);
        self.as_object().call_method0(py, intern!(py, "close")).map(drop)
    }

    #[getter(name = "closed")]
    fn closed(&self, _py: Python) -> bool {
        self.data.get().is_null()
    }
}

/// Memory-mapped files.
#[pymodule(name = "mmap", types(PyMmap))]
pub mod mmap {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        module.as_object().setattr_str(py, "error", PyExc_OSError_Type.object())?;
        add_constants(
            py,
            module,
            constants! {
                PROT_EXEC PROT_READ PROT_WRITE MAP_SHARED MAP_PRIVATE MAP_DENYWRITE MAP_EXECUTABLE MAP_ANONYMOUS MAP_POPULATE
                MAP_STACK MAP_NORESERVE MAP_32BIT
                MADV_NORMAL MADV_RANDOM MADV_SEQUENTIAL MADV_WILLNEED MADV_DONTNEED MADV_REMOVE MADV_DONTFORK MADV_DOFORK
                MADV_HWPOISON MADV_MERGEABLE MADV_UNMERGEABLE MADV_HUGEPAGE MADV_NOHUGEPAGE MADV_DONTDUMP MADV_DODUMP MADV_FREE
            },
        )?;
        let page = page_size() as i64;
        add_constants(
            py,
            module,
            &[
                ("MAP_ANON", libc::MAP_ANONYMOUS.into()),
                ("PAGESIZE", page),
                ("ALLOCATIONGRANULARITY", page),
                ("ACCESS_DEFAULT", ACCESS_DEFAULT.into()),
                ("ACCESS_READ", ACCESS_READ.into()),
                ("ACCESS_WRITE", ACCESS_WRITE.into()),
                ("ACCESS_COPY", ACCESS_COPY.into()),
            ],
        )
    }
}
