//! Functions on descriptors: opening, reading, writing, duplicating, inheriting.

use runtime::prelude::*;

/// Part of `posix`.
#[pymodule(part)]
pub mod part {
    use super::super::path::*;
    use super::super::results::make;
    use crate::system::*;
    use object::libc;
    use runtime::args::LongLong;
    use runtime::import::library_folder::unpack_for;
    use runtime::prelude::*;
    use runtime::signals::retry;
    use runtime::sys::hooks::audit;
    use runtime::types::exceptions::*;
    use std::ffi::c_int;

    /// Opens a file; the descriptor is not inherited by child processes.
    #[pyfunction(sig = "(path, flags, mode=511, *, dir_fd=None)")]
    pub fn open(py: Python, path: Path, flags: i32, mode: i32, dir_fd: Option<DirFd>) -> PyResult<i32> {
        let flags = flags | libc::O_CLOEXEC;
        audit(py, "open", &[&path.object, none(), &*int(py, flags as i64)?])?;
        let open = || {
            // SAFETY: a C string.
            retry(py, || unsafe { libc::openat(dir(dir_fd), path.as_ptr(), flags, mode as libc::c_uint) })
        };
        let mut opened = open()?;
        if opened == Err(libc::ENOENT) && unpack_for(py, path.to_bytes(), flags & libc::O_CREAT != 0) {
            opened = open()?;
        }
        match opened {
            Ok(fd) => Ok(fd),
            Err(e) => Err(raise_errno_with(py, e, Some(&path.object), None)),
        }
    }

    /// Closes a descriptor.
    #[pyfunction(sig = "(fd)")]
    pub fn close(py: Python, fd: i32) -> PyResult<()> {
        // Not retried: after EINTR the state of the descriptor is unspecified.
        // SAFETY: takes a number.
        let r = nogil!(py, unsafe { libc::close(fd) });
        if r < 0 && errno() != libc::EINTR { Err(os_error(py)) } else { Ok(()) }
    }

    /// Closes the descriptors in a range, ignoring errors.
    #[pyfunction]
    pub fn closerange(py: Python, fd_low: i32, fd_high: i32) {
        if fd_high <= fd_low || fd_high <= 0 {
            return;
        }
        let low = fd_low.max(0) as u32;
        // SAFETY: takes numbers.
        nogil!(py, unsafe {
            if libc::syscall(libc::SYS_close_range, low, fd_high as u32 - 1, 0u32) != 0 {
                for fd in low as c_int..fd_high {
                    libc::close(fd);
                }
            }
        });
    }

    fn check_length(py: Python, n: isize) -> PyResult<usize> {
        usize::try_from(n)
            .map_err(|_| raise_errno_with(py, libc::EINVAL, None, None))
            .map(|n| n.min(0x7fff_f000))
    }

    /// Reads from a descriptor.
    #[pyfunction]
    pub fn read(py: Python, fd: i32, length: isize) -> PyResult<Py<PyBytes>> {
        let n = check_length(py, length)?;
        // SAFETY: `n` bytes are reserved at `p`.
        read_bytes(py, n, |p| unsafe { libc::read(fd, p as *mut _, n) })
    }

    /// Reads from a descriptor into a buffer; the number of bytes.
    #[pyfunction]
    pub fn readinto(py: Python, fd: i32, buffer: WriteBuf) -> PyResult<isize> {
        let (p, n) = buffer.place();
        let n = n.min(0x7fff_f000);
        // SAFETY: the buffer has `n` bytes at `p`.
        call(py, || unsafe { libc::read(fd, p as *mut _, n) })
    }

    /// Writes to a descriptor; the number of bytes.
    #[pyfunction]
    pub fn write(py: Python, fd: i32, data: Bytes) -> PyResult<isize> {
        let (p, n) = (data.as_ptr(), data.len().min(0x7fff_f000));
        // SAFETY: the buffer has `n` bytes at `p`.
        call(py, || unsafe { libc::write(fd, p as *const _, n) })
    }

    /// Reads at an offset, without moving the position.
    #[pyfunction]
    pub fn pread(py: Python, fd: i32, length: i32, offset: LongLong) -> PyResult<Py<PyBytes>> {
        let n = check_length(py, length as isize)?;
        // SAFETY: `n` bytes are reserved at `p`.
        read_bytes(py, n, |p| unsafe { libc::pread(fd, p as *mut _, n, offset.0) })
    }

    /// Writes at an offset, without moving the position.
    #[pyfunction]
    pub fn pwrite(py: Python, fd: i32, buffer: Bytes, offset: LongLong) -> PyResult<isize> {
        let (p, n) = (buffer.as_ptr(), buffer.len());
        // SAFETY: the buffer has `n` bytes at `p`.
        call(py, || unsafe { libc::pwrite(fd, p as *const _, n, offset.0) })
    }

    /// Buffers for the vector calls, held while these run.
    struct Vectors {
        buffers: Vec<buffer::Buffer>,
        table: Vec<libc::iovec>,
    }

    impl Vectors {
        fn new(py: Python, o: &PyObject, function: &str, flags: i32) -> PyResult<Vectors> {
            if !runtime::abstract_::item::is_sequence(o) {
                return Err(type_error(py, format!("{function}() arg 2 must be a sequence")));
            }
            let items = o.to_tuple(py)?;
            let mut v = Vectors { buffers: Vec::new(), table: Vec::new() };
            for item in items.items() {
                let b = buffer::Buffer::get(py, item, flags)?;
                v.table.push(libc::iovec { iov_base: b.data_ptr() as *mut _, iov_len: b.len() });
                v.buffers.push(b);
            }
            Ok(v)
        }

        fn count(&self) -> c_int {
            self.buffers.len().min(c_int::MAX as usize) as c_int
        }
    }

    /// Reads into several buffers.
    #[pyfunction]
    pub fn readv(py: Python, fd: i32, buffers: &PyObject) -> PyResult<isize> {
        let v = Vectors::new(py, buffers, "readv", buffer::request::WRITABLE)?;
        let (p, n) = (v.table.as_ptr(), v.count());
        // SAFETY: the table describes buffers that stay exported.
        call(py, || unsafe { libc::readv(fd, p, n) })
    }

    /// Writes several buffers.
    #[pyfunction]
    pub fn writev(py: Python, fd: i32, buffers: &PyObject) -> PyResult<isize> {
        let v = Vectors::new(py, buffers, "writev", buffer::request::SIMPLE)?;
        let (p, n) = (v.table.as_ptr(), v.count());
        // SAFETY: as above.
        call(py, || unsafe { libc::writev(fd, p, n) })
    }

    /// Reads into several buffers at an offset.
    #[pyfunction(sig = "(fd, buffers, offset, flags=0, /)")]
    pub fn preadv(py: Python, fd: i32, buffers: &PyObject, offset: LongLong, flags: i32) -> PyResult<isize> {
        let v = Vectors::new(py, buffers, "preadv2", buffer::request::WRITABLE)?;
        let (p, n) = (v.table.as_ptr(), v.count());
        // SAFETY: as above.
        call(py, || unsafe { libc::preadv2(fd, p, n, offset.0, flags) })
    }

    /// Writes several buffers at an offset.
    #[pyfunction(sig = "(fd, buffers, offset, flags=0, /)")]
    pub fn pwritev(py: Python, fd: i32, buffers: &PyObject, offset: LongLong, flags: i32) -> PyResult<isize> {
        let v = Vectors::new(py, buffers, "pwritev2", buffer::request::SIMPLE)?;
        let (p, n) = (v.table.as_ptr(), v.count());
        // SAFETY: as above.
        call(py, || unsafe { libc::pwritev2(fd, p, n, offset.0, flags) })
    }

    /// Moves the position of a descriptor; the new one.
    #[pyfunction]
    pub fn lseek(py: Python, fd: i32, position: LongLong, whence: i32) -> PyResult<i64> {
        // SAFETY: takes numbers.
        let r = nogil!(py, unsafe { libc::lseek(fd, position.0, whence) });
        checked(py, r)
    }

    /// A duplicate of a descriptor, not inherited by child processes.
    #[pyfunction]
    pub fn dup(py: Python, fd: i32) -> PyResult<i32> {
        // SAFETY: takes numbers.
        let r = nogil!(py, unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) });
        checked(py, r)
    }

    /// Makes fd2 a duplicate of fd.
    #[pyfunction(sig = "(fd, fd2, inheritable=True)")]
    pub fn dup2(py: Python, fd: i32, fd2: i32, inheritable: bool) -> PyResult<i32> {
        if fd < 0 || fd2 < 0 {
            return Err(raise_errno_with(py, libc::EBADF, None, None));
        }
        // SAFETY: takes numbers.
        let r = nogil!(py, unsafe {
            if inheritable {
                libc::dup2(fd, fd2)
            } else if fd == fd2 {
                let r = libc::dup2(fd, fd2);
                if r >= 0 {
                    libc::fcntl(fd2, libc::F_SETFD, libc::FD_CLOEXEC).min(0) + if r >= 0 { r } else { 0 }
                } else {
                    r
                }
            } else {
                libc::dup3(fd, fd2, libc::O_CLOEXEC)
            }
        });
        checked(py, r)
    }

    /// Is the descriptor a terminal?
    #[pyfunction]
    pub fn isatty(py: Python, fd: i32) -> bool {
        // SAFETY: takes a number.
        nogil!(py, unsafe { libc::isatty(fd) } == 1)
    }

    fn pipe_with(py: Python, flags: c_int) -> PyResult<Py<PyTuple>> {
        let mut fds = [0; 2];
        // SAFETY: two ints are written.
        checked(py, unsafe { libc::pipe2(fds.as_mut_ptr(), flags) })?;
        int_tuple(py, [fds[0] as i64, fds[1] as i64])
    }

    /// Makes a pipe: (read end, write end).
    #[pyfunction]
    pub fn pipe(py: Python) -> PyResult<Py<PyTuple>> {
        pipe_with(py, libc::O_CLOEXEC)
    }

    /// Makes a pipe with flags.
    #[pyfunction]
    pub fn pipe2(py: Python, flags: i32) -> PyResult<Py<PyTuple>> {
        pipe_with(py, flags)
    }

    /// Is the descriptor inherited by child processes?
    #[pyfunction]
    pub fn get_inheritable(py: Python, fd: i32) -> PyResult<bool> {
        // SAFETY: takes numbers.
        let flags = checked(py, unsafe { libc::fcntl(fd, libc::F_GETFD) })?;
        Ok(flags & libc::FD_CLOEXEC == 0)
    }

    /// Sets whether the descriptor is inherited by child processes.
    #[pyfunction]
    pub fn set_inheritable(py: Python, fd: i32, inheritable: i32) -> PyResult<()> {
        // SAFETY: takes numbers.
        let flags = checked(py, unsafe { libc::fcntl(fd, libc::F_GETFD) })?;
        let new = if inheritable != 0 { flags & !libc::FD_CLOEXEC } else { flags | libc::FD_CLOEXEC };
        if new != flags {
            // SAFETY: as above.
            checked(py, unsafe { libc::fcntl(fd, libc::F_SETFD, new) })?;
        }
        Ok(())
    }

    /// Is the descriptor in blocking mode?
    #[pyfunction]
    pub fn get_blocking(py: Python, fd: i32) -> PyResult<bool> {
        // SAFETY: takes numbers.
        let flags = checked(py, unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
        Ok(flags & libc::O_NONBLOCK == 0)
    }

    /// Sets the blocking mode of the descriptor.
    #[pyfunction]
    pub fn set_blocking(py: Python, fd: i32, blocking: bool) -> PyResult<()> {
        // SAFETY: takes numbers.
        let flags = checked(py, unsafe { libc::fcntl(fd, libc::F_GETFL) })?;
        let new = if blocking { flags & !libc::O_NONBLOCK } else { flags | libc::O_NONBLOCK };
        // SAFETY: as above.
        checked(py, unsafe { libc::fcntl(fd, libc::F_SETFL, new) })?;
        Ok(())
    }

    /// Writes a file's data and metadata to disk.
    #[pyfunction(sig = "(fd)")]
    pub fn fsync(py: Python, fd: Fildes) -> PyResult<()> {
        // SAFETY: takes a number.
        call_void(py, || unsafe { libc::fsync(fd.0) })
    }

    /// Writes a file's data to disk.
    #[pyfunction(sig = "(fd)")]
    pub fn fdatasync(py: Python, fd: Fildes) -> PyResult<()> {
        // SAFETY: takes a number.
        call_void(py, || unsafe { libc::fdatasync(fd.0) })
    }

    /// Writes everything to disk.
    #[pyfunction]
    pub fn sync(py: Python) {
        // SAFETY: takes nothing.
        nogil!(py, unsafe { libc::sync() })
    }

    /// Applies, tests or removes a lock on a section of a file.
    #[pyfunction]
    pub fn lockf(py: Python, fd: i32, command: i32, length: LongLong) -> PyResult<()> {
        audit(py, "os.lockf", &[&*int(py, fd as i64)?, &*int(py, command as i64)?, &*int(py, length.0)?])?;
        // SAFETY: takes numbers.
        call_void(py, || unsafe { libc::lockf(fd, command, length.0) })
    }

    /// Retries a call that returns its error number.
    fn returning_errno(py: Python, mut f: impl FnMut() -> c_int) -> PyResult<()> {
        loop {
            match nogil!(py, f()) {
                0 => return Ok(()),
                libc::EINTR => runtime::signals::check(py)?,
                e => return Err(raise_errno_with(py, e, None, None)),
            }
        }
    }

    /// Reserves disk space for a part of a file.
    #[pyfunction]
    pub fn posix_fallocate(py: Python, fd: i32, offset: LongLong, length: LongLong) -> PyResult<()> {
        // SAFETY: takes numbers.
        returning_errno(py, || unsafe { libc::posix_fallocate(fd, offset.0, length.0) })
    }

    /// Tells the system how a part of a file will be used.
    #[pyfunction]
    pub fn posix_fadvise(
        py: Python,
        fd: i32,
        offset: LongLong,
        length: LongLong,
        advice: i32,
    ) -> PyResult<()> {
        // SAFETY: takes numbers.
        returning_errno(py, || unsafe { libc::posix_fadvise(fd, offset.0, length.0, advice) })
    }

    /// Copies bytes from one descriptor to another inside the system.
    #[pyfunction(sig = "(out_fd, in_fd, offset, count)")]
    pub fn sendfile(py: Python, out_fd: i32, in_fd: i32, offset: &PyObject, count: isize) -> PyResult<isize> {
        let n = usize::try_from(count).map_err(|_| value_error(py, "count cannot be negative"))?;
        if offset.is_none() {
            // SAFETY: a null offset means the position of the descriptor.
            return call(py, || unsafe { libc::sendfile(out_fd, in_fd, std::ptr::null_mut(), n) });
        }
        let start = runtime::abstract_::number::index(py, offset)?
            .as_i64()
            .ok_or_else(|| overflow_error(py, "int too big to convert"))?;
        call(py, || {
            let mut at = start;
            // SAFETY: the offset is a local.
            unsafe { libc::sendfile(out_fd, in_fd, &mut at, n) }
        })
    }

    fn offset_or_null(offset: &mut Option<i64>) -> *mut i64 {
        offset.as_mut().map_or(std::ptr::null_mut(), |o| o as *mut i64)
    }

    /// Copies bytes from one file to another inside the system.
    #[pyfunction(sig = "(src, dst, count, offset_src=None, offset_dst=None)")]
    pub fn copy_file_range(
        py: Python,
        src: i32,
        dst: i32,
        count: isize,
        offset_src: Option<LongLong>,
        offset_dst: Option<LongLong>,
    ) -> PyResult<isize> {
        let n =
            usize::try_from(count).map_err(|_| value_error(py, "negative value for 'count' not allowed"))?;
        let (mut from, mut to) = (offset_src.map(|o| o.0), offset_dst.map(|o| o.0));
        let (from, to) = (offset_or_null(&mut from), offset_or_null(&mut to));
        // SAFETY: the offsets are null or locals.
        call(py, || unsafe { libc::copy_file_range(src, from, dst, to, n, 0) })
    }

    /// Moves bytes between a pipe and another descriptor inside the system.
    #[pyfunction(sig = "(src, dst, count, offset_src=None, offset_dst=None, flags=0)")]
    pub fn splice(
        py: Python,
        src: i32,
        dst: i32,
        count: isize,
        offset_src: Option<LongLong>,
        offset_dst: Option<LongLong>,
        flags: u32,
    ) -> PyResult<isize> {
        let n =
            usize::try_from(count).map_err(|_| value_error(py, "negative value for 'count' not allowed"))?;
        let (mut from, mut to) = (offset_src.map(|o| o.0), offset_dst.map(|o| o.0));
        let (from, to) = (offset_or_null(&mut from), offset_or_null(&mut to));
        // SAFETY: the offsets are null or locals.
        call(py, || unsafe { libc::splice(src, from, dst, to, n, flags) })
    }

    /// The size of the terminal, (columns, lines); by default that of standard output.
    #[pyfunction(sig = "(fd=<unrepresentable>, /)")]
    pub fn get_terminal_size(py: Python, fd: Option<i32>) -> PyResult {
        let fd = fd.unwrap_or(libc::STDOUT_FILENO);
        // SAFETY: the struct is filled in by the call.
        let (r, size) = unsafe {
            let mut size: libc::winsize = std::mem::zeroed();
            (libc::ioctl(fd, libc::TIOCGWINSZ, &mut size), size)
        };
        checked(py, r)?;
        make(py, |t| &t.terminal_size, vec![int(py, size.ws_col as i64)?, int(py, size.ws_row as i64)?])
    }

    /// The encoding of a terminal; None if the descriptor is not one.
    #[pyfunction(sig = "(fd)")]
    pub fn device_encoding(py: Python, fd: i32) -> PyResult {
        // SAFETY: takes a number.
        if unsafe { libc::isatty(fd) } != 1 {
            return Ok(none().owned());
        }
        if runtime::state::interpreter(py).config.borrow().utf8_mode {
            return text(py, "utf-8");
        }
        // SAFETY: a static string of the C library.
        let name = unsafe { std::ffi::CStr::from_ptr(libc::nl_langinfo(libc::CODESET)) };
        text(py, &name.to_string_lossy())
    }
}
