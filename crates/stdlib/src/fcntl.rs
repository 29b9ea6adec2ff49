//! The `fcntl` module: control of descriptors, devices and file locks.

use crate::system::*;
use object::libc;
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::sys::hooks::audit;
use std::ffi::{c_int, c_void};

/// The longest argument that is copied.
const BUFFER: usize = 1024;

/// The copy of a buffer argument with room behind it; calls may write more than was given.
struct Copied {
    data: Box<[u8; 2 * BUFFER]>,
    len: usize,
}

impl Copied {
    fn new(py: Python, function: &str, bytes: &[u8]) -> PyResult<Copied> {
        if bytes.len() > BUFFER {
            return Err(value_error(py, format!("{function} argument 3 is too long")));
        }
        let mut c = Copied { data: Box::new([0; 2 * BUFFER]), len: bytes.len() };
        c.data[..bytes.len()].copy_from_slice(bytes);
        c.data[2 * BUFFER - 8..].copy_from_slice(GUARD);
        Ok(c)
    }

    fn address(&mut self) -> usize {
        self.data.as_mut_ptr() as usize
    }

    /// The bytes after the call.
    ///
    /// Errors: `SystemError` if the call wrote beyond the room.
    fn finish(&self, py: Python) -> PyResult {
        if &self.data[2 * BUFFER - 8..] != GUARD {
            return Err(system_error(py, "buffer overflow"));
        }
        Ok(PyBytes::new(py, &self.data[..self.len])?.into_object())
    }
}

const GUARD: &[u8; 8] = b"\0\xfe\x5a\xc3\x3c\xa5\xef\x01";

/// The third argument.
enum Argument {
    Number(u64),
    Text(Vec<u8>),
    Buffer,
}

fn argument(py: Python, function: &str, o: Option<&PyObject>) -> PyResult<Argument> {
    let Some(o) = o else { return Ok(Argument::Number(0)) };
    if number::has_index(o) {
        return Ok(Argument::Number(number::index(py, o)?.low_u64()));
    }
    if let Some(s) = o.downcast::<PyStr>() {
        return Ok(Argument::Text(s.as_utf8(py)?.as_bytes().to_vec()));
    }
    if buffer::supports(o) {
        return Ok(Argument::Buffer);
    }
    Err(type_error(
        py,
        format!(
            "{function}() argument 3 must be an integer, a bytes-like object, or a string, not {}",
            type_name(o)
        ),
    ))
}

/// Control of descriptors and devices. Descriptors are ints or objects with fileno().
#[pymodule(name = "fcntl")]
pub mod fcntl {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        add_constants(
            py,
            module,
            constants! {
                FD_CLOEXEC F_ADD_SEALS F_DUPFD
                F_DUPFD_CLOEXEC F_GETFD F_GETFL F_GETLEASE F_GETLK F_GETOWN F_GETPIPE_SZ F_GET_SEALS F_NOTIFY F_OFD_GETLK
                F_OFD_SETLK F_OFD_SETLKW F_RDLCK F_SEAL_FUTURE_WRITE F_SEAL_GROW F_SEAL_SEAL F_SEAL_SHRINK F_SEAL_WRITE
                F_SETFD F_SETFL F_SETLEASE F_SETLK F_SETLKW F_SETOWN F_SETPIPE_SZ F_UNLCK F_WRLCK
                LOCK_EX LOCK_NB LOCK_SH LOCK_UN
            },
        )?;
        add_constants(
            py,
            module,
            &[
                ("DN_ACCESS", 1),
                ("DN_MODIFY", 2),
                ("DN_CREATE", 4),
                ("DN_DELETE", 8),
                ("DN_RENAME", 16),
                ("DN_ATTRIB", 32),
                ("DN_MULTISHOT", 0x8000_0000),
                ("FASYNC", 0o20000),
                ("FICLONE", 0x4004_9409),
                ("FICLONERANGE", 0x4020_940d),
                ("F_DUPFD_QUERY", 1027),
                ("F_EXLCK", 4),
                ("F_SHLCK", 8),
                ("F_GETLK64", 5),
                ("F_SETLK64", 6),
                ("F_SETLKW64", 7),
                ("F_SETSIG", 10),
                ("F_GETSIG", 11),
                ("F_SETOWN_EX", 15),
                ("F_GETOWN_EX", 16),
                ("F_OWNER_TID", 0),
                ("F_OWNER_PID", 1),
                ("F_OWNER_PGRP", 2),
                ("F_GET_RW_HINT", 1035),
                ("F_SET_RW_HINT", 1036),
                ("F_GET_FILE_RW_HINT", 1037),
                ("F_SET_FILE_RW_HINT", 1038),
                ("RWH_WRITE_LIFE_NOT_SET", 0),
                ("RWH_WRITE_LIFE_NONE", 1),
                ("RWH_WRITE_LIFE_SHORT", 2),
                ("RWH_WRITE_LIFE_MEDIUM", 3),
                ("RWH_WRITE_LIFE_LONG", 4),
                ("RWH_WRITE_LIFE_EXTREME", 5),
                ("LOCK_MAND", 32),
                ("LOCK_READ", 64),
                ("LOCK_WRITE", 128),
                ("LOCK_RW", 192),
            ],
        )
    }

    /// Performs an operation on a descriptor.
    ///
    /// With an int argument the result is an int; with bytes or a string these are copied for the system to change,
    /// and the copy is the result.
    #[pyfunction(sig = "(fd, cmd, arg=<unrepresentable>, /)", text = "($module, fd, cmd, arg=0, /)")]
    pub fn fcntl(py: Python, fd: Fildes, cmd: i32, arg: Option<&PyObject>) -> PyResult {
        let shown = match arg {
            Some(a) => a.owned(),
            None => int(py, 0)?,
        };
        audit(py, "fcntl.fcntl", &[&*int(py, fd.0 as i64)?, &*int(py, cmd as i64)?, &shown])?;
        let mut copied = match argument(py, "fcntl", arg)? {
            Argument::Number(n) => {
                // SAFETY: for commands that take a number; a command that takes a pointer fails on most numbers, as in C.
                let r = call(py, || unsafe { libc::fcntl(fd.0, cmd, n as c_int) })?;
                return int(py, r as i64);
            }
            Argument::Text(t) => Copied::new(py, "fcntl", &t)?,
            Argument::Buffer => Copied::new(py, "fcntl", buffer::Buffer::get_simple(py, &shown)?.as_slice())?,
        };
        let p = copied.address();
        // SAFETY: the copy has room for the largest argument any command has.
        call(py, || unsafe { libc::fcntl(fd.0, cmd, p as *mut c_void) })?;
        copied.finish(py)
    }

    /// Performs an operation on a device.
    ///
    /// With an int argument the result is an int. A writable buffer is changed in place unless mutate_flag is false; bytes
    /// and strings are copied for the system to change, and the copy is the result.
    #[pyfunction(
        sig = "(fd, request, arg=<unrepresentable>, mutate_flag=True, /)",
        text = "($module, fd, request, arg=0, mutate_flag=True, /)"
    )]
    pub fn ioctl(
        py: Python,
        fd: Fildes,
        request: &PyObject,
        arg: Option<&PyObject>,
        mutate_flag: bool,
    ) -> PyResult {
        if !number::has_index(request) {
            return Err(type_error(
                py,
                format!("ioctl() argument 2 must be int, not {}", type_name(request)),
            ));
        }
        let request = number::index(py, request)?.low_u64();
        let shown = match arg {
            Some(a) => a.owned(),
            None => int(py, 0)?,
        };
        audit(py, "fcntl.ioctl", &[&*int(py, fd.0 as i64)?, &*uint(py, request)?, &shown])?;
        let mut copied = match argument(py, "ioctl", arg)? {
            Argument::Number(n) => {
                // SAFETY: as for fcntl.
                let r = call(py, || unsafe { libc::ioctl(fd.0, request, n as c_int as libc::c_long) })?;
                return int(py, r as i64);
            }
            Argument::Text(t) => Copied::new(py, "ioctl", &t)?,
            Argument::Buffer => {
                let writable = match buffer::Buffer::get(py, &shown, buffer::request::WRITABLE) {
                    Ok(b) if mutate_flag => Some(b),
                    Ok(_) => None,
                    Err(e) => {
                        drop(catch(py, e, &runtime::types::exceptions::PyExc_BufferError_Type)?);
                        None
                    }
                };
                if let Some(b) = writable {
                    let n = b.len();
                    if n > BUFFER {
                        let p = b.data_ptr() as usize;
                        // SAFETY: the caller's own memory, large enough for what it asks for.
                        let r = call(py, || unsafe { libc::ioctl(fd.0, request, p as *mut c_void) })?;
                        return int(py, r as i64);
                    }
                    let mut c = Copied::new(py, "ioctl", b.as_slice())?;
                    let p = c.address();
                    // SAFETY: the copy has room for the largest argument any request has.
                    let r = call(py, || unsafe { libc::ioctl(fd.0, request, p as *mut c_void) });
                    // SAFETY: `n` bytes of the exporter and of the copy.
                    unsafe { std::ptr::copy_nonoverlapping(c.data.as_ptr(), b.data_ptr(), n) };
                    let r = r?;
                    drop(c.finish(py)?);
                    return int(py, r as i64);
                }
                Copied::new(py, "ioctl", buffer::Buffer::get_simple(py, &shown)?.as_slice())?
            }
        };
        let p = copied.address();
        // SAFETY: as above.
        call(py, || unsafe { libc::ioctl(fd.0, request, p as *mut c_void) })?;
        copied.finish(py)
    }

    /// Locks or unlocks a file as a whole.
    #[pyfunction]
    pub fn flock(py: Python, fd: Fildes, operation: i32) -> PyResult<()> {
        audit(py, "fcntl.flock", &[&*int(py, fd.0 as i64)?, &*int(py, operation as i64)?])?;
        // SAFETY: takes numbers.
        call_void(py, || unsafe { libc::flock(fd.0, operation) })
    }

    /// Locks or unlocks a part of a file: len bytes from start, which whence relates to the file's start, position or end.
    #[pyfunction(
        sig = "(fd, cmd, len=<unrepresentable>, start=<unrepresentable>, whence=0, /)",
        text = "($module, fd, cmd, len=0, start=0, whence=0, /)"
    )]
    pub fn lockf(
        py: Python,
        fd: Fildes,
        cmd: i32,
        len: Option<&PyObject>,
        start: Option<&PyObject>,
        whence: i32,
    ) -> PyResult<()> {
        let shown = |o: Option<&PyObject>| o.map_or_else(|| none().owned(), |o| o.owned());
        audit(
            py,
            "fcntl.lockf",
            &[
                &*int(py, fd.0 as i64)?,
                &*int(py, cmd as i64)?,
                &shown(len),
                &shown(start),
                &*int(py, whence as i64)?,
            ],
        )?;
        let offset = |o: Option<&PyObject>| match o {
            Some(o) => {
                number::index(py, o)?.as_i64().ok_or_else(|| overflow_error(py, "int too big to convert"))
            }
            None => Ok(0),
        };
        // SAFETY: zero is a valid value of every field.
        let mut l: libc::flock = unsafe { std::mem::zeroed() };
        l.l_type = match cmd {
            libc::LOCK_UN => libc::F_UNLCK as _,
            c if c & libc::LOCK_SH != 0 => libc::F_RDLCK as _,
            c if c & libc::LOCK_EX != 0 => libc::F_WRLCK as _,
            _ => return Err(value_error(py, "unrecognized lockf argument")),
        };
        l.l_start = offset(start)?;
        l.l_len = offset(len)?;
        l.l_whence = whence as _;
        let command = if cmd & libc::LOCK_NB != 0 { libc::F_SETLK } else { libc::F_SETLKW };
        // SAFETY: a complete struct.
        call_void(py, || unsafe { libc::fcntl(fd.0, command, &l) })
    }
}
