//! Opening a file for a `FileIO`.

use super::{PyFileIO, raise_errno};
use runtime::import::library_folder::unpack_for;
use runtime::prelude::*;
use runtime::signals;
use runtime::state::release_gil;
use std::ffi::{CString, c_int};

/// What a mode string asks for.
struct Mode {
    created: bool,
    readable: bool,
    writable: bool,
    appending: bool,
    flags: c_int,
}

fn parse_mode(py: Python, mode: &str) -> PyResult<Mode> {
    let mut m = Mode { created: false, readable: false, writable: false, appending: false, flags: 0 };
    let (mut kinds, mut pluses) = (0, 0);
    for c in mode.chars() {
        match c {
            'x' => {
                m.created = true;
                m.writable = true;
                m.flags |= libc::O_EXCL | libc::O_CREAT;
            }
            'r' => m.readable = true,
            'w' => {
                m.writable = true;
                m.flags |= libc::O_CREAT | libc::O_TRUNC;
            }
            'a' => {
                m.writable = true;
                m.appending = true;
                m.flags |= libc::O_APPEND | libc::O_CREAT;
            }
            'b' => continue,
            '+' => {
                pluses += 1;
                continue;
            }
            _ => return Err(value_error(py, format!("invalid mode: {mode}"))),
        }
        kinds += 1;
    }
    if kinds != 1 || pluses > 1 {
        return Err(value_error(
            py,
            "Must have exactly one of create/read/write/append mode and at most one plus",
        ));
    }
    if pluses == 1 {
        m.readable = true;
        m.writable = true;
    }
    m.flags |= match (m.readable, m.writable) {
        (true, true) => libc::O_RDWR,
        (true, false) => libc::O_RDONLY,
        _ => libc::O_WRONLY,
    };
    m.flags |= libc::O_CLOEXEC;
    Ok(m)
}

/// The descriptor an argument is, if it is an int that can be one.
fn descriptor(py: Python, file: &PyObject) -> PyResult<Option<c_int>> {
    if !runtime::abstract_::number::has_index(file) {
        return Ok(None);
    }
    let n = match runtime::abstract_::number::index(py, file) {
        Ok(n) => n,
        Err(e) => {
            drop(fetch(py, e));
            return Ok(None);
        }
    };
    match n.as_i64().and_then(|n| c_int::try_from(n).ok()) {
        Some(fd) if fd < 0 => Err(value_error(py, "negative file descriptor")),
        fd => Ok(fd),
    }
}

/// Makes a descriptor that an opener returned private to the process, as those opened here are.
fn set_not_inheritable(py: Python, fd: c_int) -> PyResult<()> {
    // SAFETY: a query and a change of a descriptor's flags.
    let r = unsafe {
        let flags = libc::fcntl(fd, libc::F_GETFD);
        if flags < 0
            || (flags & libc::FD_CLOEXEC == 0 && libc::fcntl(fd, libc::F_SETFD, flags | libc::FD_CLOEXEC) < 0)
        {
            std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
        } else {
            0
        }
    };
    if r == 0 { Ok(()) } else { Err(raise_errno(py, r)) }
}

/// Opens a path; the opener does if there is one.
fn open_path(
    py: Python,
    file: &PyObject,
    path: &CString,
    flags: c_int,
    opener: Option<&PyObject>,
) -> PyResult<c_int> {
    let Some(opener) = opener else {
        // SAFETY: a NUL-terminated path.
        let open = || signals::retry(py, || unsafe { libc::open(path.as_ptr(), flags, 0o666) });
        let mut r = open()?;
        if r == Err(libc::ENOENT) && unpack_for(py, path.as_bytes(), flags & libc::O_CREAT != 0) {
            r = open()?;
        }
        return r.map_err(|e| exceptions::raise_errno_with(py, e, Some(file), None));
    };
    let flags = PyInt::from_i64(py, i64::from(flags))?;
    let fd = opener.call(py, &[file, flags.as_object()])?;
    let Some(n) = fd.downcast::<PyInt>() else { return Err(type_error(py, "expected integer from opener")) };
    let fd = n.to_i32(py)?;
    if fd < 0 {
        return Err(value_error(py, format!("opener returned {fd}")));
    }
    set_not_inheritable(py, fd)?;
    Ok(fd)
}

/// What is open: no directory, and how it likes to be read.
fn examine(py: Python, f: &PyFileIO, file: &PyObject) -> PyResult<()> {
    let fd = f.fd.get();
    // SAFETY: fills in the struct.
    let st = release_gil(py, || unsafe {
        let mut st: libc::stat = std::mem::zeroed();
        if libc::fstat(fd, &mut st) == 0 {
            Ok(st)
        } else {
            Err(std::io::Error::last_os_error().raw_os_error().unwrap_or(0))
        }
    });
    match st {
        Err(libc::EBADF) => Err(raise_errno(py, libc::EBADF)),
        Err(_) => Ok(()),
        Ok(st) if st.st_mode & libc::S_IFMT == libc::S_IFDIR => {
            Err(exceptions::raise_errno_with(py, libc::EISDIR, Some(file), None))
        }
        Ok(st) => {
            f.at_open.set(Some(super::AtOpen { size: st.st_size, mode: st.st_mode }));
            if st.st_blksize > 1 {
                f.block_size.set(u32::try_from(st.st_blksize).unwrap_or(u32::MAX));
            }
            Ok(())
        }
    }
}

/// `FileIO.__init__`.
pub(super) fn init(
    py: Python,
    f: &PyFileIO,
    file: &PyObject,
    mode: &str,
    closefd: bool,
    opener: Option<&PyObject>,
) -> PyResult<()> {
    if f.fd.get() >= 0 {
        if f.closefd.get() {
            f.close_fd(py)?;
        } else {
            f.fd.set(-1);
        }
    }
    if PyBool::check(file) {
        warn(py, &exceptions::PyExc_RuntimeWarning_Type, "bool is used as a file descriptor", 1)?;
    }
    let given = descriptor(py, file)?;
    let path = match given {
        Some(_) => None,
        None => {
            let bytes = runtime::fs::fs_encode(py, file)?;
            Some(CString::new(bytes).map_err(|_| value_error(py, "embedded null byte"))?)
        }
    };
    let m = parse_mode(py, mode)?;
    f.created.set(m.created);
    f.readable.set(m.readable);
    f.writable.set(m.writable);
    f.appending.set(m.appending);
    f.seekable.set(None);
    f.at_open.set(None);
    f.block_size.set(super::super::DEFAULT_BUFFER_SIZE as u32);
    let (mode_o, flags_o) = (PyStr::new(py, mode)?, PyInt::from_i64(py, i64::from(m.flags))?);
    runtime::sys::hooks::audit(py, "open", &[file, mode_o.as_object(), flags_o.as_object()])?;
    match (given, path) {
        (Some(fd), _) => {
            f.fd.set(fd);
            f.closefd.set(closefd);
        }
        (None, Some(path)) => {
            f.closefd.set(true);
            if !closefd {
                return Err(value_error(py, "Cannot use closefd=False with file name"));
            }
            f.fd.set(open_path(py, file, &path, m.flags, opener)?);
        }
        (None, None) => return Err(bad_internal_call(py)),
    }
    let finish = || -> PyResult<()> {
        examine(py, f, file)?;
        f.as_object().setattr(py, intern!(py, "name"), file)?;
        if f.appending.get()
            && let Err(e) = f.lseek(py, f.fd.get(), 0, libc::SEEK_END)?
            && e != libc::ESPIPE
        {
            return Err(raise_errno(py, e));
        }
        Ok(())
    };
    match finish() {
        Ok(()) => Ok(()),
        Err(e) if given.is_some() => {
            // The descriptor stays its owner's.
            f.fd.set(-1);
            Err(e)
        }
        Err(e) => super::super::helpers::chain(py, Some(e), || f.close_fd(py)),
    }
}
