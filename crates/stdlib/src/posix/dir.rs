//! Listing directories: `listdir`, `scandir`, and the entries the latter gives.

use super::path::{PathArg, PathOrFdOrNone, or_current};
use super::results::stat_result;
use crate::system::*;
use object::libc;
use runtime::prelude::*;
use runtime::sys::hooks::audit;
use runtime::types::exceptions::*;
use std::ffi::{CStr, CString, c_int};
use std::mem::zeroed;

/// An open directory stream, closed on drop. One made from a descriptor is rewound first, because the position is shared
/// with the descriptor it was duplicated from.
struct Stream {
    dirp: *mut libc::DIR,
    rewind: bool,
}

impl Stream {
    fn open(py: Python, path: &PathArg) -> PyResult<Stream> {
        if path.is_fd() {
            // SAFETY: takes numbers; the stream owns the new descriptor.
            let dirp = nogil!(py, unsafe {
                let fd = libc::fcntl(path.fd, libc::F_DUPFD_CLOEXEC, 0);
                if fd == -1 {
                    0
                } else {
                    let d = libc::fdopendir(fd);
                    if d.is_null() {
                        let e = errno();
                        libc::close(fd);
                        set_errno(e);
                    }
                    d as usize
                }
            });
            if dirp == 0 {
                return Err(path.error(py));
            }
            return Ok(Stream { dirp: dirp as *mut libc::DIR, rewind: true });
        }
        // SAFETY: a C string.
        let open = || nogil!(py, unsafe { libc::opendir(path.as_ptr()) as usize });
        let mut dirp = open();
        if dirp == 0 && path.unpack(py, false) {
            dirp = open();
        }
        if dirp == 0 {
            Err(path.error(py))
        } else {
            Ok(Stream { dirp: dirp as *mut libc::DIR, rewind: false })
        }
    }

    /// The next entry but `.` and `..`: name, inode, type. `Err(errno)` at a failure.
    fn next(&self, py: Python) -> Result<Option<(Vec<u8>, u64, u8)>, c_int> {
        loop {
            let d = self.dirp as usize;
            // SAFETY: the stream is open; the entry is valid until the next call on this stream.
            let entry = nogil!(py, unsafe {
                set_errno(0);
                libc::readdir(d as *mut libc::DIR) as usize
            });
            if entry == 0 {
                return match errno() {
                    0 => Ok(None),
                    e => Err(e),
                };
            }
            // SAFETY: as above; the name is NUL-terminated.
            let (name, ino, kind) = unsafe {
                let e = entry as *const libc::dirent;
                (CStr::from_ptr((*e).d_name.as_ptr()).to_bytes(), (*e).d_ino, (*e).d_type)
            };
            if name != b"." && name != b".." {
                return Ok(Some((name.to_vec(), ino, kind)));
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: the stream is open and not used afterwards.
        unsafe {
            if self.rewind {
                libc::rewinddir(self.dirp);
            }
            libc::closedir(self.dirp);
        }
    }
}

/// The names in a directory.
pub fn list(py: Python, path: Option<PathOrFdOrNone>) -> PyResult<Py<PyList>> {
    let path = or_current(path);
    audit(py, "os.listdir", &[&path.object])?;
    let stream = Stream::open(py, &path)?;
    let list = PyList::empty(py)?;
    loop {
        match stream.next(py) {
            Ok(Some((name, _, _))) => list.append(py, path.name_object(py, &name)?)?,
            Ok(None) => return Ok(list),
            Err(e) => return Err(raise_errno_with(py, e, Some(&path.object), None)),
        }
    }
}

/// An iterator over a directory's entries.
pub fn scan(py: Python, path: Option<PathOrFdOrNone>) -> PyResult<Py<PyScandirIterator>> {
    let path = or_current(path);
    audit(py, "os.scandir", &[&path.object])?;
    let stream = Stream::open(py, &path)?;
    let ty = PyScandirIterator::type_object();
    new_object(
        py,
        ty,
        PyScandirIterator { ob_base: PyObject::header(ty), path, stream: Cell::new(Some(Box::new(stream))) },
    )
}

/// What `scandir` returns.
#[repr(C)]
pub struct PyScandirIterator {
    pub ob_base: PyObject,
    path: PathArg,
    stream: Cell<Option<Box<Stream>>>,
}

impl PyScandirIterator {
    fn shut(&self) {
        drop(self.stream.take());
    }

    fn entry(&self, py: Python, name: &[u8], ino: u64, kind: u8) -> PyResult<Py<PyDirEntry>> {
        let name_object = self.path.name_object(py, name)?;
        let path = if self.path.is_fd() {
            name_object.clone()
        } else {
            let mut joined = self.path.to_bytes().to_vec();
            if !joined.ends_with(b"/") {
                joined.push(b'/');
            }
            joined.extend_from_slice(name);
            self.path.name_object(py, &joined)?
        };
        let ty = PyDirEntry::type_object();
        new_object(
            py,
            ty,
            PyDirEntry {
                ob_base: PyObject::header(ty),
                name: name_object,
                path,
                stat: Slot::empty(),
                lstat: Slot::empty(),
                kind,
                dir_fd: self.path.fd,
                ino,
            },
        )
    }
}

#[pytype(name = "ScandirIterator", module = "posix", flags(DISALLOW_INSTANTIATION, HEAPTYPE), nosig)]
impl PyScandirIterator {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PyScandirIterator> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyDirEntry>>> {
        // Taken out meanwhile: another thread finds the iterator at its end, not the stream in use.
        let Some(stream) = self.stream.take() else { return Ok(None) };
        match stream.next(py) {
            Ok(Some((name, ino, kind))) => {
                self.stream.set(Some(stream));
                self.entry(py, &name, ino, kind).map(Some)
            }
            Ok(None) => Ok(None),
            Err(e) => Err(raise_errno_with(py, e, Some(&self.path.object), None)),
        }
    }

    /// Closes the iterator.
    #[pymethod]
    fn close(&self, _py: Python) {
        self.shut()
    }

    #[pymethod(name = "__enter__")]
    fn enter(&self, _py: Python) -> Py<PyScandirIterator> {
        self.owned()
    }

    #[pymethod(name = "__exit__", sig = "(*args)", nosig)]
    fn exit(&self, _py: Python, _args: &[&PyObject]) {
        self.shut()
    }

    #[slot(tp_finalize)]
    fn finalize(&self, py: Python) {
        let Some(stream) = self.stream.take() else { return };
        let pending = take(py);
        let warned = match self.as_object().repr(py) {
            Ok(r) => warn_resource(
                py,
                self.as_object(),
                &format!("unclosed scandir iterator {}", r.to_string_lossy()),
            ),
            Err(e) => Err(e),
        };
        if let Err(e) = warned {
            // Turned into an error, the warning has nowhere to go but here.
            if matches(py, &PyExc_Warning_Type) {
                write_unraisable(py, e, None, Some(self.as_object()));
            } else {
                drop(take(py));
            }
        }
        drop(stream);
        if let Some(p) = pending {
            let _ = raise_object(py, p);
        }
    }
}

/// What `scandir` gives for each entry.
#[repr(C)]
#[derive(Traverse)]
pub struct PyDirEntry {
    pub ob_base: PyObject,
    pub name: Py,
    pub path: Py,
    stat: Slot,
    lstat: Slot,
    #[traverse(skip)]
    kind: u8,
    #[traverse(skip)]
    dir_fd: c_int,
    #[traverse(skip)]
    ino: u64,
}

impl PyDirEntry {
    fn fetch(&self, py: Python, follow: bool) -> PyResult {
        let bytes = runtime::fs::fs_encode(py, &self.path)?;
        let path = CString::new(bytes).map_err(|_| value_error(py, "embedded null byte"))?;
        let at = if self.dir_fd == -1 { libc::AT_FDCWD } else { self.dir_fd };
        let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
        // SAFETY: a C string; the struct is filled in by the call.
        let (r, st) = nogil!(py, unsafe {
            let mut st: libc::stat = zeroed();
            (libc::fstatat(at, path.as_ptr(), &mut st, flags), st)
        });
        if r != 0 {
            return Err(raise_errno(py, Some(&self.path)));
        }
        stat_result(py, &st)
    }

    fn lstat_cached(&self, py: Python) -> PyResult {
        if let Some(s) = self.lstat.get_owned() {
            return Ok(s);
        }
        let s = self.fetch(py, false)?;
        self.lstat.set(Some(s.clone()));
        Ok(s)
    }

    fn stat_cached(&self, py: Python, follow: bool) -> PyResult {
        if !follow {
            return self.lstat_cached(py);
        }
        if let Some(s) = self.stat.get_owned() {
            return Ok(s);
        }
        let s = if self.link(py)? { self.fetch(py, true)? } else { self.lstat_cached(py)? };
        self.stat.set(Some(s.clone()));
        Ok(s)
    }

    fn link(&self, py: Python) -> PyResult<bool> {
        if self.kind != libc::DT_UNKNOWN {
            return Ok(self.kind == libc::DT_LNK);
        }
        self.has_type(py, false, libc::S_IFLNK)
    }

    /// Compares the type, with a system call only if the directory did not say it.
    fn has_type(&self, py: Python, follow: bool, wanted: u32) -> PyResult<bool> {
        let known = self.kind != libc::DT_UNKNOWN;
        if known && !(follow && self.kind == libc::DT_LNK) {
            return Ok(match wanted {
                libc::S_IFDIR => self.kind == libc::DT_DIR,
                libc::S_IFREG => self.kind == libc::DT_REG,
                _ => self.kind == libc::DT_LNK,
            });
        }
        let st = match self.stat_cached(py, follow) {
            Ok(s) => s,
            Err(e) => {
                // Gone since the directory was read.
                drop(catch(py, e, &PyExc_FileNotFoundError_Type)?);
                return Ok(false);
            }
        };
        let mode = st.getattr(py, intern!(py, "st_mode"))?;
        let mode = as_int(py, &mode)?;
        Ok(mode as u32 & libc::S_IFMT == wanted)
    }
}

#[pytype(name = "DirEntry", module = "posix", flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE), nosig,
    members(
        name: object_ex readonly "the entry's base filename, relative to scandir() \"path\" argument",
        path: object_ex readonly "the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)"
    ))]
impl PyDirEntry {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let name = self.name.repr(py)?;
        PyStr::new(py, &format!("<DirEntry {}>", name.to_string_lossy()))
    }

    /// Is the entry a directory?
    #[pymethod(sig = "(*, follow_symlinks=True)", text = "($self, /, *, follow_symlinks=True)")]
    fn is_dir(&self, py: Python, follow_symlinks: bool) -> PyResult<bool> {
        self.has_type(py, follow_symlinks, libc::S_IFDIR)
    }

    /// Is the entry a regular file?
    #[pymethod(sig = "(*, follow_symlinks=True)", text = "($self, /, *, follow_symlinks=True)")]
    fn is_file(&self, py: Python, follow_symlinks: bool) -> PyResult<bool> {
        self.has_type(py, follow_symlinks, libc::S_IFREG)
    }

    /// Is the entry a symbolic link?
    #[pymethod]
    fn is_symlink(&self, py: Python) -> PyResult<bool> {
        self.link(py)
    }

    /// Is the entry a junction? There is no such thing on this system.
    #[pymethod]
    fn is_junction(&self, _py: Python) -> bool {
        false
    }

    /// The stat_result of the entry, kept once it is known.
    #[pymethod(sig = "(*, follow_symlinks=True)", text = "($self, /, *, follow_symlinks=True)")]
    fn stat(&self, py: Python, follow_symlinks: bool) -> PyResult {
        self.stat_cached(py, follow_symlinks)
    }

    /// The inode of the entry.
    #[pymethod]
    fn inode(&self, _py: Python) -> u64 {
        self.ino
    }

    /// The path of the entry.
    #[pymethod(name = "__fspath__")]
    fn fspath(&self, _py: Python) -> Py {
        self.path.clone()
    }

    /// See PEP 585
    #[classmethod(name = "__class_getitem__")]
    fn class_getitem(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        runtime::types::generic_alias::new(py, cls.as_object(), object)
    }
}

/// Part of `posix`.
#[pymodule(part)]
pub mod part {
    use super::super::path::PathOrFdOrNone;
    use runtime::prelude::*;

    /// The names of the entries in a directory, in no particular order, without '.' and '..'.
    ///
    /// The path may be a descriptor; None means the current directory.
    #[pyfunction(sig = "(path=None)")]
    pub fn listdir(py: Python, path: Option<PathOrFdOrNone>) -> PyResult<Py<PyList>> {
        super::list(py, path)
    }

    /// An iterator of DirEntry objects for a directory; None means the current one.
    #[pyfunction(sig = "(path=None)")]
    pub fn scandir(py: Python, path: Option<PathOrFdOrNone>) -> PyResult<Py<super::PyScandirIterator>> {
        super::scan(py, path)
    }
}
