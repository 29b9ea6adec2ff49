//! Parameters that are paths: what is accepted, how it is converted, and the messages when it is something else.

use crate::system::*;
use object::libc;
use runtime::abstract_::number;
use runtime::args::{At, FromArg};
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::ffi::{CString, c_char, c_int};

/// A path argument, or a descriptor where the function accepts one.
pub struct PathArg {
    /// What was given, a path-like object already asked for its path; for error messages.
    pub object: Py,
    narrow: Option<CString>,
    /// The descriptor; -1 if it is a path.
    pub fd: c_int,
    is_bytes: bool,
}

impl PathArg {
    /// The path as the system takes it; null for a descriptor, with which calls on paths fail.
    pub fn as_ptr(&self) -> *const c_char {
        self.narrow.as_ref().map_or(std::ptr::null(), |n| n.as_ptr())
    }

    pub fn to_bytes(&self) -> &[u8] {
        self.narrow.as_ref().map_or(b".", |n| n.as_bytes())
    }

    pub fn is_fd(&self) -> bool {
        self.fd != -1
    }

    /// Is it an int, be it a good descriptor or not?
    pub fn is_int(&self) -> bool {
        self.narrow.is_none()
    }

    /// A file name from the system, as the caller likes it.
    pub fn name_object(&self, py: Python, name: &[u8]) -> PyResult {
        if self.is_bytes {
            Ok(PyBytes::new(py, name)?.into_object())
        } else {
            Ok(runtime::fs::fs_decode(py, name)?.into_object())
        }
    }

    /// `OSError` about this path for the current `errno`.
    #[cold]
    pub fn error(&self, py: Python) -> Raised {
        raise_errno(py, Some(&self.object))
    }

    /// Did the call that just failed find no such file?
    pub fn is_missing(&self) -> bool {
        self.narrow.is_some() && errno() == libc::ENOENT
    }

    /// After a call that failed: puts the embedded library on disk if it is the path's that was missing. True if the call
    /// is to be tried again; otherwise `errno` is as it was.
    pub fn unpack(&self, py: Python, creating: bool) -> bool {
        if !self.is_missing() {
            return false;
        }
        let unpacked = runtime::import::library_folder::unpack_for(py, self.to_bytes(), creating);
        set_errno(libc::ENOENT);
        unpacked
    }

    /// The failure of a call as `OSError`.
    pub fn check<T: PartialEq + From<i8>>(&self, py: Python, r: T) -> PyResult<T> {
        if r == T::from(-1) { Err(self.error(py)) } else { Ok(r) }
    }

    /// Converts an argument.
    ///
    /// Errors: `TypeError` naming what is accepted, `ValueError` for embedded nulls, `OverflowError`.
    pub fn convert(py: Python, o: &PyObject, at: At, nullable: bool, allow_fd: bool) -> PyResult<PathArg> {
        if o.is_none() && nullable {
            return Ok(PathArg { object: o.owned(), narrow: Some(c".".to_owned()), fd: -1, is_bytes: false });
        }
        let (function, parameter) = (at.function(), at.parameter());
        let refuse = |py: Python| {
            let wanted = match (allow_fd, nullable) {
                (true, true) => "string, bytes, os.PathLike, integer or None",
                (true, false) => "string, bytes, os.PathLike or integer",
                (false, true) => "string, bytes, os.PathLike or None",
                (false, false) => "string, bytes or os.PathLike",
            };
            type_error(py, format!("{function}: {parameter} should be {wanted}, not {}", tp_name(o)))
        };
        let path = if PyStr::check(o) || PyBytes::check(o) {
            o.owned()
        } else if allow_fd && number::has_index(o) {
            let fd = descriptor(py, o)?;
            return Ok(PathArg { object: o.owned(), narrow: None, fd, is_bytes: false });
        } else {
            let f = o.lookup_special(py, intern!(py, "__fspath__"))?.filter(|f| !f.is_none());
            let Some(f) = f else { return Err(refuse(py)) };
            let p = f.call0(py)?;
            if !PyStr::check(&p) && !PyBytes::check(&p) {
                return Err(type_error(
                    py,
                    format!(
                        "expected {}.__fspath__() to return str or bytes, not {}",
                        type_name(o),
                        type_name(&p)
                    ),
                ));
            }
            p
        };
        let is_bytes = PyBytes::check(&path);
        let bytes = runtime::fs::fs_encode(py, &path)?;
        let narrow = CString::new(bytes)
            .map_err(|_| value_error(py, format!("{function}: embedded null character in {parameter}")))?;
        Ok(PathArg { object: path, narrow: Some(narrow), fd: -1, is_bytes })
    }
}

/// A descriptor given where a path may stand, or as `dir_fd`.
fn descriptor(py: Python, o: &PyObject) -> PyResult<c_int> {
    warn_bool(py, o)?;
    let n = number::index(py, o)?;
    match n.as_i64() {
        Some(v) if v > c_int::MAX as i64 => Err(overflow_error(py, "fd is greater than maximum")),
        Some(v) if v < c_int::MIN as i64 => Err(overflow_error(py, "fd is less than minimum")),
        Some(v) => Ok(v as c_int),
        None if n.is_negative() => Err(overflow_error(py, "fd is less than minimum")),
        None => Err(overflow_error(py, "fd is greater than maximum")),
    }
}

macro_rules! variants {
    ($($(#[$doc:meta])* $name:ident $nullable:literal $fd:literal;)*) => { $(
        $(#[$doc])*
        pub struct $name(pub PathArg);
        impl<'a> FromArg<'a> for $name {
            fn from_arg(py: Python, o: &'a PyObject, at: At) -> PyResult<$name> {
                PathArg::convert(py, o, at, $nullable, $fd).map($name)
            }
        }
        impl std::ops::Deref for $name {
            type Target = PathArg;
            fn deref(&self) -> &PathArg {
                &self.0
            }
        }
    )* };
}
variants! {
    /// A path.
    Path false false;
    /// A path or a descriptor.
    PathOrFd false true;
}

/// A path, a descriptor, or `None` for the current directory, which is also the default.
pub struct PathOrFdOrNone(pub PathArg);

impl<'a> FromArg<'a> for PathOrFdOrNone {
    fn from_arg(py: Python, o: &'a PyObject, at: At) -> PyResult<PathOrFdOrNone> {
        PathArg::convert(py, o, at, true, true).map(PathOrFdOrNone)
    }
}

/// The current directory, for an absent argument.
pub fn or_current(path: Option<PathOrFdOrNone>) -> PathArg {
    match path {
        Some(p) => p.0,
        None => PathArg { object: none().owned(), narrow: Some(c".".to_owned()), fd: -1, is_bytes: false },
    }
}

/// A `dir_fd` argument; give `None` for the default.
#[derive(Clone, Copy)]
pub struct DirFd(c_int);

impl<'a> FromArg<'a> for DirFd {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<DirFd> {
        if !number::has_index(o) {
            return Err(type_error(py, format!("argument should be integer or None, not {}", tp_name(o))));
        }
        descriptor(py, o).map(DirFd)
    }
}

/// The descriptor for the `…at` functions.
pub fn dir(fd: Option<DirFd>) -> c_int {
    fd.map_or(libc::AT_FDCWD, |d| d.0)
}

/// `ValueError` if a descriptor is given together with `dir_fd` (names as in `dir_fd` of most functions).
pub fn dir_fd_and_fd_invalid(
    py: Python,
    function: &str,
    path: &PathArg,
    dir_fd: Option<DirFd>,
) -> PyResult<()> {
    if dir_fd.is_some() && path.is_fd() {
        return Err(value_error(py, format!("{function}: can't specify both dir_fd and fd")));
    }
    Ok(())
}

/// `ValueError` if `dir_fd` is given without a path it could be relative to.
pub fn path_and_dir_fd_invalid(
    py: Python,
    function: &str,
    path: &PathArg,
    dir_fd: Option<DirFd>,
) -> PyResult<()> {
    if dir_fd.is_some() && path.is_fd() {
        return Err(value_error(py, format!("{function}: can't specify dir_fd without matching path")));
    }
    Ok(())
}

/// `ValueError` if a descriptor is given together with `follow_symlinks=False`.
pub fn fd_and_follow_symlinks_invalid(
    py: Python,
    function: &str,
    path: &PathArg,
    follow: bool,
) -> PyResult<()> {
    if path.is_fd() && !follow {
        return Err(value_error(py, format!("{function}: cannot use fd and follow_symlinks together")));
    }
    Ok(())
}

/// A path that may contain nulls, for pure computation: its text, and whether it was bytes.
pub struct RawPath {
    pub object: Py,
}

impl<'a> FromArg<'a> for RawPath {
    fn from_arg(py: Python, o: &'a PyObject, at: At) -> PyResult<RawPath> {
        if PyStr::check(o) || PyBytes::check(o) {
            return Ok(RawPath { object: o.owned() });
        }
        if o.lookup_special(py, intern!(py, "__fspath__"))?.is_none_or(|f| f.is_none()) {
            return Err(type_error(
                py,
                format!(
                    "{}: {} should be string, bytes or os.PathLike, not {}",
                    at.function(),
                    at.parameter(),
                    tp_name(o)
                ),
            ));
        }
        Ok(RawPath { object: runtime::fs::fspath(py, o)? })
    }
}

/// A device number.
#[derive(Clone, Copy)]
pub struct Device(pub libc::dev_t);

impl<'a> FromArg<'a> for Device {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<Device> {
        let n = number::index(py, o)?;
        match (n.as_i64(), n.as_u64()) {
            // No device.
            (Some(-1), _) => Ok(Device(libc::dev_t::MAX)),
            (_, Some(v)) => Ok(Device(v)),
            _ if n.is_negative() => Err(overflow_error(py, "can't convert negative int to unsigned")),
            _ => Err(overflow_error(py, "int too big to convert")),
        }
    }
}
