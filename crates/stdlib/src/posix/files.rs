//! Functions on files by name: `stat`, `access`, making, renaming and removing, modes, owners, times.

use runtime::prelude::*;

/// Part of `posix`.
#[pymodule(part)]
pub mod part {
    use super::super::path::*;
    use super::super::results::{stat_result, statvfs_result};
    use crate::system::*;
    use object::libc;
    use runtime::abstract_::number;
    use runtime::args::LongLong;
    use runtime::import::library_folder;
    use runtime::prelude::*;
    use runtime::sys::hooks::audit;
    use runtime::types::exceptions::*;
    use std::ffi::c_int;
    use std::mem::zeroed;

    fn no_follow(follow: bool) -> c_int {
        if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW }
    }

    fn do_stat(
        py: Python,
        function: &str,
        path: &PathArg,
        dir_fd: Option<DirFd>,
        follow_symlinks: bool,
    ) -> PyResult {
        path_and_dir_fd_invalid(py, function, path, dir_fd)?;
        fd_and_follow_symlinks_invalid(py, function, path, follow_symlinks)?;
        // SAFETY: the struct is filled in by the call; the path is a C string.
        let (r, st) = nogil!(py, unsafe {
            let mut st: libc::stat = zeroed();
            let r = if path.is_fd() {
                libc::fstat(path.fd, &mut st)
            } else {
                libc::fstatat(dir(dir_fd), path.as_ptr(), &mut st, no_follow(follow_symlinks))
            };
            (r, st)
        });
        if r != 0
            && path.is_missing()
            && let Some(st) = library_folder::stat(py, path.to_bytes())
        {
            return stat_result(py, &st);
        }
        path.check(py, r)?;
        stat_result(py, &st)
    }

    /// What the system knows about a file, given by path or descriptor.
    ///
    /// With dir_fd a relative path starts at that directory; follow_symlinks=False looks
    /// at a symbolic link itself.
    #[pyfunction(sig = "(path, *, dir_fd=None, follow_symlinks=True)")]
    pub fn stat(py: Python, path: PathOrFd, dir_fd: Option<DirFd>, follow_symlinks: bool) -> PyResult {
        do_stat(py, "stat", &path, dir_fd, follow_symlinks)
    }

    /// As stat, without following symbolic links.
    #[pyfunction(sig = "(path, *, dir_fd=None)")]
    pub fn lstat(py: Python, path: Path, dir_fd: Option<DirFd>) -> PyResult {
        do_stat(py, "lstat", &path, dir_fd, false)
    }

    /// As stat, for an open file.
    #[pyfunction(sig = "(fd)")]
    pub fn fstat(py: Python, fd: i32) -> PyResult {
        loop {
            // SAFETY: the struct is filled in by the call.
            let (r, st) = nogil!(py, unsafe {
                let mut st: libc::stat = zeroed();
                (libc::fstat(fd, &mut st), st)
            });
            if r == 0 {
                return stat_result(py, &st);
            }
            if errno() != libc::EINTR {
                return Err(os_error(py));
            }
            runtime::signals::check(py)?;
        }
    }

    /// May the process use a path this way? With effective_ids the effective user and group count.
    #[pyfunction(sig = "(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)")]
    pub fn access(
        py: Python,
        path: Path,
        mode: i32,
        dir_fd: Option<DirFd>,
        effective_ids: bool,
        follow_symlinks: bool,
    ) -> bool {
        let flags = no_follow(follow_symlinks) | if effective_ids { libc::AT_EACCESS } else { 0 };
        // SAFETY: a C string.
        let may = || nogil!(py, unsafe { libc::faccessat(dir(dir_fd), path.as_ptr(), mode, flags) } == 0);
        may() || (path.unpack(py, false) && may())
    }

    /// Makes a directory the current one.
    #[pyfunction(sig = "(path)")]
    pub fn chdir(py: Python, path: PathOrFd) -> PyResult<()> {
        audit(py, "os.chdir", &[&path.object])?;
        let change = || {
            // SAFETY: a C string.
            nogil!(py, unsafe {
                if path.is_fd() { libc::fchdir(path.fd) } else { libc::chdir(path.as_ptr()) }
            })
        };
        let mut r = change();
        if r != 0 && path.unpack(py, false) {
            r = change();
        }
        path.check(py, r).map(drop)
    }

    /// Makes an open directory the current one.
    #[pyfunction(sig = "(fd)")]
    pub fn fchdir(py: Python, fd: Fildes) -> PyResult<()> {
        audit(py, "os.chdir", &[&*int(py, fd.0 as i64)?])?;
        // SAFETY: takes a number.
        call_void(py, || unsafe { libc::fchdir(fd.0) })
    }

    /// Makes a directory the root of the process.
    #[pyfunction(sig = "(path)")]
    pub fn chroot(py: Python, path: Path) -> PyResult<()> {
        // SAFETY: a C string.
        let r = nogil!(py, unsafe { libc::chroot(path.as_ptr()) });
        path.check(py, r).map(drop)
    }

    fn current(py: Python) -> PyResult<Vec<u8>> {
        let mut size = 1024usize;
        loop {
            let mut buf: Vec<u8> = Vec::with_capacity(size);
            let p = buf.as_mut_ptr() as usize;
            // SAFETY: `size` bytes are reserved.
            let ok = nogil!(py, !unsafe { libc::getcwd(p as *mut _, size) }.is_null());
            if ok {
                // SAFETY: the call has written a C string.
                return Ok(unsafe { std::ffi::CStr::from_ptr(buf.as_ptr() as *const _) }.to_bytes().to_vec());
            }
            if errno() != libc::ERANGE || size > 1 << 24 {
                return Err(os_error(py));
            }
            size *= 2;
        }
    }

    /// The current directory.
    #[pyfunction]
    pub fn getcwd(py: Python) -> PyResult<Py<PyStr>> {
        runtime::fs::fs_decode(py, &current(py)?)
    }

    /// The current directory as bytes.
    #[pyfunction]
    pub fn getcwdb(py: Python) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &current(py)?)
    }

    /// Makes a directory.
    #[pyfunction(sig = "(path, mode=511, *, dir_fd=None)")]
    pub fn mkdir(py: Python, path: Path, mode: i32, dir_fd: Option<DirFd>) -> PyResult<()> {
        audit(py, "os.mkdir", &[&path.object, &*int(py, mode as i64)?, &*int(py, audit_dir(dir_fd))?])?;
        // SAFETY: a C string.
        let make = || nogil!(py, unsafe { libc::mkdirat(dir(dir_fd), path.as_ptr(), mode as libc::mode_t) });
        let mut r = make();
        if r != 0 && path.unpack(py, true) {
            r = make();
        }
        path.check(py, r).map(drop)
    }

    /// How `dir_fd` is shown to audit hooks.
    fn audit_dir(dir_fd: Option<DirFd>) -> i64 {
        match dir(dir_fd) {
            libc::AT_FDCWD => -1,
            fd => fd as i64,
        }
    }

    /// Removes a directory.
    #[pyfunction(sig = "(path, *, dir_fd=None)")]
    pub fn rmdir(py: Python, path: Path, dir_fd: Option<DirFd>) -> PyResult<()> {
        audit(py, "os.rmdir", &[&path.object, &*int(py, audit_dir(dir_fd))?])?;
        // SAFETY: a C string.
        let r = nogil!(py, unsafe { libc::unlinkat(dir(dir_fd), path.as_ptr(), libc::AT_REMOVEDIR) });
        path.check(py, r).map(drop)
    }

    fn do_unlink(py: Python, path: &PathArg, dir_fd: Option<DirFd>) -> PyResult<()> {
        audit(py, "os.remove", &[&path.object, &*int(py, audit_dir(dir_fd))?])?;
        // SAFETY: a C string.
        let r = nogil!(py, unsafe { libc::unlinkat(dir(dir_fd), path.as_ptr(), 0) });
        path.check(py, r).map(drop)
    }

    /// Removes a file; the same as remove().
    #[pyfunction(sig = "(path, *, dir_fd=None)")]
    pub fn unlink(py: Python, path: Path, dir_fd: Option<DirFd>) -> PyResult<()> {
        do_unlink(py, &path, dir_fd)
    }

    /// Removes a file; the same as unlink().
    #[pyfunction(sig = "(path, *, dir_fd=None)")]
    pub fn remove(py: Python, path: Path, dir_fd: Option<DirFd>) -> PyResult<()> {
        do_unlink(py, &path, dir_fd)
    }

    fn two_paths_error(py: Python, src: &PathArg, dst: &PathArg) -> Raised {
        raise_errno_with(py, errno(), Some(&src.object), Some(&dst.object))
    }

    fn do_rename(
        py: Python,
        src: &PathArg,
        dst: &PathArg,
        src_dir: Option<DirFd>,
        dst_dir: Option<DirFd>,
    ) -> PyResult<()> {
        audit(
            py,
            "os.rename",
            &[&src.object, &dst.object, &*int(py, audit_dir(src_dir))?, &*int(py, audit_dir(dst_dir))?],
        )?;
        // SAFETY: C strings.
        let r = nogil!(py, unsafe { libc::renameat(dir(src_dir), src.as_ptr(), dir(dst_dir), dst.as_ptr()) });
        if r != 0 { Err(two_paths_error(py, src, dst)) } else { Ok(()) }
    }

    /// Renames a file or directory.
    #[pyfunction(sig = "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    pub fn rename(
        py: Python,
        src: Path,
        dst: Path,
        src_dir_fd: Option<DirFd>,
        dst_dir_fd: Option<DirFd>,
    ) -> PyResult<()> {
        do_rename(py, &src, &dst, src_dir_fd, dst_dir_fd)
    }

    /// Renames a file or directory, replacing the destination on every system.
    #[pyfunction(sig = "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    pub fn replace(
        py: Python,
        src: Path,
        dst: Path,
        src_dir_fd: Option<DirFd>,
        dst_dir_fd: Option<DirFd>,
    ) -> PyResult<()> {
        do_rename(py, &src, &dst, src_dir_fd, dst_dir_fd)
    }

    /// Makes a hard link.
    #[pyfunction(
        sig = "(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=<unrepresentable>)",
        text = "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     follow_symlinks=(os.name != 'nt'))"
    )]
    pub fn link(
        py: Python,
        src: Path,
        dst: Path,
        src_dir_fd: Option<DirFd>,
        dst_dir_fd: Option<DirFd>,
        follow_symlinks: Option<bool>,
    ) -> PyResult<()> {
        audit(
            py,
            "os.link",
            &[&src.object, &dst.object, &*int(py, audit_dir(src_dir_fd))?, &*int(py, audit_dir(dst_dir_fd))?],
        )?;
        let flags = if follow_symlinks.unwrap_or(true) { libc::AT_SYMLINK_FOLLOW } else { 0 };
        // SAFETY: C strings.
        let r = nogil!(py, unsafe {
            libc::linkat(dir(src_dir_fd), src.as_ptr(), dir(dst_dir_fd), dst.as_ptr(), flags)
        });
        if r != 0 { Err(two_paths_error(py, &src, &dst)) } else { Ok(()) }
    }

    /// Makes a symbolic link named dst that points to src.
    #[pyfunction(sig = "(src, dst, target_is_directory=False, *, dir_fd=None)")]
    pub fn symlink(
        py: Python,
        src: Path,
        dst: Path,
        target_is_directory: bool,
        dir_fd: Option<DirFd>,
    ) -> PyResult<()> {
        let _ = target_is_directory;
        audit(py, "os.symlink", &[&src.object, &dst.object, &*int(py, audit_dir(dir_fd))?])?;
        // SAFETY: C strings.
        let r = nogil!(py, unsafe { libc::symlinkat(src.as_ptr(), dir(dir_fd), dst.as_ptr()) });
        if r != 0 { Err(two_paths_error(py, &src, &dst)) } else { Ok(()) }
    }

    /// Where a symbolic link points to.
    #[pyfunction(sig = "(path, *, dir_fd=None)")]
    pub fn readlink(py: Python, path: Path, dir_fd: Option<DirFd>) -> PyResult {
        let mut size = 4096usize;
        loop {
            let mut buf = vec![0u8; size];
            let p = buf.as_mut_ptr() as usize;
            // SAFETY: a C string, and a buffer of `size` bytes.
            let n = nogil!(py, unsafe { libc::readlinkat(dir(dir_fd), path.as_ptr(), p as *mut _, size) });
            let n = path.check(py, n)? as usize;
            if n < size {
                return path.name_object(py, &buf[..n]);
            }
            size *= 2;
        }
    }

    /// Changes the permission bits of a file.
    #[pyfunction(
        sig = "(path, mode, *, dir_fd=None, follow_symlinks=True)",
        text = "($module, /, path, mode, *, dir_fd=None,\n      follow_symlinks=(os.name != 'nt'))"
    )]
    pub fn chmod(
        py: Python,
        path: PathOrFd,
        mode: i32,
        dir_fd: Option<DirFd>,
        follow_symlinks: bool,
    ) -> PyResult<()> {
        audit(py, "os.chmod", &[&path.object, &*int(py, mode as i64)?, &*int(py, audit_dir(dir_fd))?])?;
        let mode = mode as libc::mode_t;
        // SAFETY: a C string.
        let r = nogil!(py, unsafe {
            if path.is_fd() {
                libc::fchmod(path.fd, mode)
            } else {
                libc::fchmodat(dir(dir_fd), path.as_ptr(), mode, no_follow(follow_symlinks))
            }
        });
        if r == -1 && !follow_symlinks && !path.is_fd() && matches!(errno(), libc::ENOTSUP) {
            let what = if dir_fd.is_some() { "dir_fd and follow_symlinks" } else { "follow_symlinks" };
            return Err(if dir_fd.is_some() {
                value_error(py, format!("chmod: cannot use {what} together"))
            } else {
                not_implemented_error(py, format!("chmod: {what} unavailable on this platform"))
            });
        }
        path.check(py, r).map(drop)
    }

    /// Changes the permission bits of an open file.
    #[pyfunction(sig = "(fd, mode)")]
    pub fn fchmod(py: Python, fd: i32, mode: i32) -> PyResult<()> {
        audit(py, "os.chmod", &[&*int(py, fd as i64)?, &*int(py, mode as i64)?, &*int(py, -1)?])?;
        // SAFETY: takes numbers.
        call_void(py, || unsafe { libc::fchmod(fd, mode as libc::mode_t) })
    }

    /// Changes owner and group of a file.
    #[pyfunction(sig = "(path, uid, gid, *, dir_fd=None, follow_symlinks=True)")]
    pub fn chown(
        py: Python,
        path: PathOrFd,
        uid: Uid,
        gid: Gid,
        dir_fd: Option<DirFd>,
        follow_symlinks: bool,
    ) -> PyResult<()> {
        dir_fd_and_fd_invalid(py, "chown", &path, dir_fd)?;
        fd_and_follow_symlinks_invalid(py, "chown", &path, follow_symlinks)?;
        audit(
            py,
            "os.chown",
            &[&path.object, &*id_object(py, uid.0)?, &*id_object(py, gid.0)?, &*int(py, audit_dir(dir_fd))?],
        )?;
        // SAFETY: a C string.
        let r = nogil!(py, unsafe {
            if path.is_fd() {
                libc::fchown(path.fd, uid.0, gid.0)
            } else {
                libc::fchownat(dir(dir_fd), path.as_ptr(), uid.0, gid.0, no_follow(follow_symlinks))
            }
        });
        path.check(py, r).map(drop)
    }

    /// Changes owner and group of an open file.
    #[pyfunction(sig = "(fd, uid, gid)")]
    pub fn fchown(py: Python, fd: i32, uid: Uid, gid: Gid) -> PyResult<()> {
        audit(
            py,
            "os.chown",
            &[&*int(py, fd as i64)?, &*id_object(py, uid.0)?, &*id_object(py, gid.0)?, &*int(py, -1)?],
        )?;
        // SAFETY: takes numbers.
        call_void(py, || unsafe { libc::fchown(fd, uid.0, gid.0) })
    }

    /// Changes owner and group of a file, of a symbolic link itself.
    #[pyfunction(sig = "(path, uid, gid)")]
    pub fn lchown(py: Python, path: Path, uid: Uid, gid: Gid) -> PyResult<()> {
        audit(
            py,
            "os.chown",
            &[&path.object, &*id_object(py, uid.0)?, &*id_object(py, gid.0)?, &*int(py, -1)?],
        )?;
        // SAFETY: a C string.
        let r = nogil!(py, unsafe { libc::lchown(path.as_ptr(), uid.0, gid.0) });
        path.check(py, r).map(drop)
    }

    /// Nanoseconds as a `timespec`, split as `divmod` does.
    fn nanoseconds(py: Python, o: &PyObject) -> PyResult<libc::timespec> {
        let pair = number::divmod(py, o, &*int(py, 1_000_000_000)?)?;
        let Some(pair) = pair.downcast::<PyTuple>().filter(|t| t.len() == 2) else {
            return Err(type_error(
                py,
                format!("{}.__divmod__() must return a 2-tuple, not {}", type_name(o), type_name(&pair)),
            ));
        };
        let sec = number::index(py, pair.items()[0])?
            .as_i64()
            .ok_or_else(|| overflow_error(py, "timestamp out of range for platform time_t"))?;
        let nsec = number::index(py, pair.items()[1])?.to_i64(py)?;
        Ok(libc::timespec { tv_sec: sec, tv_nsec: nsec })
    }

    /// Seconds, an int or a float, rounded down.
    fn seconds(py: Python, o: &PyObject) -> PyResult<libc::timespec> {
        if let Some(f) = o.downcast::<PyFloat>() {
            let v = f.value();
            if v.is_nan() {
                return Err(value_error(py, "Invalid value NaN (not a number)"));
            }
            let (mut whole, mut nsec) = (v.trunc(), (v.fract() * 1e9).floor());
            if nsec < 0.0 {
                nsec += 1e9;
                whole -= 1.0;
            } else if nsec >= 1e9 {
                nsec -= 1e9;
                whole += 1.0;
            }
            if !(-9.223372036854776e18..9.223372036854776e18).contains(&whole) {
                return Err(overflow_error(py, "timestamp out of range for platform time_t"));
            }
            return Ok(libc::timespec { tv_sec: whole as i64, tv_nsec: nsec as i64 });
        }
        let n = number::index(py, o)?;
        match n.as_i64() {
            Some(sec) => Ok(libc::timespec { tv_sec: sec, tv_nsec: 0 }),
            None => Err(overflow_error(py, "timestamp out of range for platform time_t")),
        }
    }

    /// Sets access and modification time of a file: times in seconds, ns in nanoseconds, or now.
    #[pyfunction(
        sig = "(path, times=<unrepresentable>, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)",
        text = "($module, /, path, times=None, *, ns=<unrepresentable>,\n      dir_fd=None, follow_symlinks=True)"
    )]
    pub fn utime(
        py: Python,
        path: PathOrFd,
        times: Option<&PyObject>,
        ns: Option<&PyObject>,
        dir_fd: Option<DirFd>,
        follow_symlinks: bool,
    ) -> PyResult<()> {
        let times = times.filter(|t| !t.is_none());
        if times.is_some() && ns.is_some() {
            return Err(value_error(py, "utime: you may specify either 'times' or 'ns' but not both"));
        }
        let now = libc::timespec { tv_sec: 0, tv_nsec: libc::UTIME_NOW };
        let mut ts = [now, now];
        if let Some(t) = times {
            let Some(t) = t.downcast::<PyTuple>().filter(|t| t.len() == 2) else {
                return Err(type_error(py, "utime: 'times' must be either a tuple of two ints or None"));
            };
            ts = [seconds(py, t.items()[0])?, seconds(py, t.items()[1])?];
        } else if let Some(t) = ns {
            let Some(t) = t.downcast::<PyTuple>().filter(|t| t.len() == 2) else {
                return Err(type_error(py, "utime: 'ns' must be a tuple of two ints"));
            };
            ts = [nanoseconds(py, t.items()[0])?, nanoseconds(py, t.items()[1])?];
        }
        path_and_dir_fd_invalid(py, "utime", &path, dir_fd)?;
        dir_fd_and_fd_invalid(py, "utime", &path, dir_fd)?;
        fd_and_follow_symlinks_invalid(py, "utime", &path, follow_symlinks)?;
        audit(
            py,
            "os.utime",
            &[&path.object, times.unwrap_or(none()), ns.unwrap_or(none()), &*int(py, audit_dir(dir_fd))?],
        )?;
        // SAFETY: a C string and two times.
        let r = nogil!(py, unsafe {
            if path.is_fd() {
                libc::futimens(path.fd, ts.as_ptr())
            } else {
                libc::utimensat(dir(dir_fd), path.as_ptr(), ts.as_ptr(), no_follow(follow_symlinks))
            }
        });
        path.check(py, r).map(drop)
    }

    /// Cuts a file to a length.
    #[pyfunction(sig = "(path, length)")]
    pub fn truncate(py: Python, path: PathOrFd, length: LongLong) -> PyResult<()> {
        if path.is_fd() {
            return ftruncate(py, path.fd, length);
        }
        audit(py, "os.truncate", &[&path.object, &*int(py, length.0)?])?;
        // SAFETY: a C string.
        let r = nogil!(py, unsafe { libc::truncate(path.as_ptr(), length.0) });
        path.check(py, r).map(drop)
    }

    /// Cuts an open file to a length.
    #[pyfunction]
    pub fn ftruncate(py: Python, fd: i32, length: LongLong) -> PyResult<()> {
        audit(py, "os.truncate", &[&*int(py, fd as i64)?, &*int(py, length.0)?])?;
        // SAFETY: takes numbers.
        call_void(py, || unsafe { libc::ftruncate(fd, length.0) })
    }

    /// Makes a named pipe.
    #[pyfunction(sig = "(path, mode=438, *, dir_fd=None)")]
    pub fn mkfifo(py: Python, path: Path, mode: i32, dir_fd: Option<DirFd>) -> PyResult<()> {
        // SAFETY: a C string.
        match runtime::signals::retry(py, || unsafe {
            libc::mkfifoat(dir(dir_fd), path.as_ptr(), mode as libc::mode_t)
        })? {
            Ok(_) => Ok(()),
            Err(e) => Err(raise_errno_with(py, e, Some(&path.object), None)),
        }
    }

    /// Makes a file system node: a file, a device or a named pipe.
    #[pyfunction(
        sig = "(path, mode=384, device=<unrepresentable>, *, dir_fd=None)",
        text = "($module, /, path, mode=384, device=0, *, dir_fd=None)"
    )]
    pub fn mknod(
        py: Python,
        path: Path,
        mode: i32,
        device: Option<Device>,
        dir_fd: Option<DirFd>,
    ) -> PyResult<()> {
        let device = device.map_or(0, |d| d.0);
        // SAFETY: a C string.
        match runtime::signals::retry(py, || unsafe {
            libc::mknodat(dir(dir_fd), path.as_ptr(), mode as libc::mode_t, device)
        })? {
            Ok(_) => Ok(()),
            Err(e) => Err(raise_errno_with(py, e, Some(&path.object), None)),
        }
    }

    /// The major number of a device.
    #[pyfunction]
    pub fn major(_py: Python, device: Device) -> i64 {
        part(device, |d| libc::major(d))
    }

    /// The minor number of a device.
    #[pyfunction]
    pub fn minor(_py: Python, device: Device) -> i64 {
        part(device, |d| libc::minor(d))
    }

    /// A part of a device number; no device has no parts.
    fn part(device: Device, of: impl Fn(libc::dev_t) -> u32) -> i64 {
        if device.0 == libc::dev_t::MAX { -1 } else { of(device.0) as i64 }
    }

    /// The device number of two parts.
    #[pyfunction]
    pub fn makedev(py: Python, major: Device, minor: Device) -> PyResult {
        if major.0 == libc::dev_t::MAX && minor.0 == libc::dev_t::MAX {
            return int(py, -1);
        }
        let (Ok(major), Ok(minor)) = (u32::try_from(major.0), u32::try_from(minor.0)) else {
            return Err(overflow_error(py, "Python int too large to convert to C unsigned int"));
        };
        uint(py, libc::makedev(major, minor))
    }

    /// What the system knows about the file system a path is on.
    #[pyfunction(sig = "(path)")]
    pub fn statvfs(py: Python, path: PathOrFd) -> PyResult {
        // SAFETY: the struct is filled in by the call; a C string.
        let (r, st) = nogil!(py, unsafe {
            let mut st: libc::statvfs = zeroed();
            let r = if path.is_fd() {
                libc::fstatvfs(path.fd, &mut st)
            } else {
                libc::statvfs(path.as_ptr(), &mut st)
            };
            (r, st)
        });
        path.check(py, r)?;
        statvfs_result(py, &st)
    }

    /// What the system knows about the file system an open file is on.
    #[pyfunction]
    pub fn fstatvfs(py: Python, fd: i32) -> PyResult {
        loop {
            // SAFETY: the struct is filled in by the call.
            let (r, st) = nogil!(py, unsafe {
                let mut st: libc::statvfs = zeroed();
                (libc::fstatvfs(fd, &mut st), st)
            });
            if r == 0 {
                return statvfs_result(py, &st);
            }
            if errno() != libc::EINTR {
                return Err(os_error(py));
            }
            runtime::signals::check(py)?;
        }
    }
}
