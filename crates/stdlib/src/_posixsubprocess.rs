//! The `_posixsubprocess` module: `fork_exec`, on which `subprocess` stands.
//!
//! Between fork and exec the child only makes system calls on data prepared before, unless there is a `preexec_fn`.

use crate::posix::exec::{StringTable, path_string};
use crate::posix::fork;
use crate::system::*;
use object::libc;
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::ffi::{CString, c_char, c_int};

/// What the child needs.
struct Child<'a> {
    programs: &'a [CString],
    argv: StringTable,
    environment: Option<StringTable>,
    cwd: Option<CString>,
    keep: Vec<c_int>,
    close_fds: bool,
    p2cread: c_int,
    p2cwrite: c_int,
    c2pread: c_int,
    c2pwrite: c_int,
    errread: c_int,
    errwrite: c_int,
    errpipe_read: c_int,
    errpipe_write: c_int,
    restore_signals: bool,
    new_session: bool,
    group_to_join: c_int,
    gid: Option<u32>,
    extra_groups: Option<Vec<u32>>,
    uid: Option<u32>,
    umask: c_int,
    preexec: Option<&'a PyObject>,
}

/// Where the child failed, for the message to the parent.
enum Failure {
    Errno(&'static str),
    Preexec,
}

/// Fails with the call's name if it returned -1.
fn ok(r: c_int) -> Result<c_int, Failure> {
    if r == -1 { Err(Failure::Errno("")) } else { Ok(r) }
}

impl Child<'_> {
    /// Runs in the child; returns only on failure.
    ///
    /// # Safety
    /// Called right after the fork, in the child.
    unsafe fn run(&self, py: Python) -> Failure {
        // SAFETY: system calls on prepared data; the caller's promise.
        match unsafe { self.prepare_and_exec(py) } {
            Ok(()) => Failure::Errno(""),
            Err(f) => f,
        }
    }

    unsafe fn prepare_and_exec(&self, py: Python) -> Result<(), Failure> {
        // SAFETY: as in `run`.
        unsafe {
            for &fd in &self.keep {
                if fd != self.errpipe_write {
                    ok(set_inheritable(fd))?;
                }
            }
            for fd in [self.p2cwrite, self.c2pread, self.errread] {
                if fd != -1 {
                    ok(libc::close(fd))?;
                }
            }
            ok(libc::close(self.errpipe_read))?;
            // Descriptors that dup2 below would overwrite before they are used are moved out of the way.
            let mut c2pwrite = self.c2pwrite;
            let mut errwrite = self.errwrite;
            if c2pwrite == 0 {
                c2pwrite = ok(libc::dup(c2pwrite))?;
                ok(set_not_inheritable(c2pwrite))?;
            }
            while errwrite == 0 || errwrite == 1 {
                errwrite = ok(libc::dup(errwrite))?;
                ok(set_not_inheritable(errwrite))?;
            }
            for (fd, standard) in [(self.p2cread, 0), (c2pwrite, 1), (errwrite, 2)] {
                if fd == standard {
                    ok(set_inheritable(fd))?;
                } else if fd != -1 {
                    ok(libc::dup2(fd, standard))?;
                }
            }
            if let Some(cwd) = &self.cwd
                && libc::chdir(cwd.as_ptr()) == -1
            {
                return Err(Failure::Errno("noexec:chdir"));
            }
            if self.umask >= 0 {
                libc::umask(self.umask as libc::mode_t);
            }
            if self.restore_signals {
                for n in [libc::SIGPIPE, libc::SIGXFSZ] {
                    libc::signal(n, libc::SIG_DFL);
                }
            }
            if self.new_session {
                ok(libc::setsid())?;
            }
            if self.group_to_join >= 0 {
                ok(libc::setpgid(0, self.group_to_join))?;
            }
            if let Some(groups) = &self.extra_groups {
                ok(libc::setgroups(groups.len(), groups.as_ptr()))?;
            }
            if let Some(gid) = self.gid {
                ok(libc::setregid(gid, gid))?;
            }
            if let Some(uid) = self.uid {
                ok(libc::setreuid(uid, uid))?;
            }
            if let Some(f) = self.preexec
                && f.call0(py).is_err()
            {
                // The exception ends with the child: the parent raises its own.
                drop(take(py));
                return Err(Failure::Preexec);
            }
            if self.close_fds {
                self.close_others();
            }
            let argv = self.argv.as_ptr() as *const *const c_char;
            let mut saved = 0;
            for program in self.programs {
                match &self.environment {
                    Some(e) => libc::execve(program.as_ptr(), argv, e.as_ptr() as *const *const c_char),
                    None => libc::execv(program.as_ptr(), argv),
                };
                if errno() != libc::ENOENT && errno() != libc::ENOTDIR && saved == 0 {
                    saved = errno();
                }
            }
            if saved != 0 {
                set_errno(saved);
            }
            Err(Failure::Errno(""))
        }
    }

    /// Closes every descriptor above 2 that is not to be kept; `keep` is sorted.
    fn close_others(&self) {
        let mut from = 3;
        for &fd in &self.keep {
            if fd < from {
                continue;
            }
            close_range(from, fd - 1);
            from = fd.saturating_add(1);
        }
        close_range(from, c_int::MAX);
    }
}

/// Closes the descriptors of a range, both ends included.
fn close_range(first: c_int, last: c_int) {
    if last < first {
        return;
    }
    // SAFETY: takes numbers.
    unsafe {
        if libc::syscall(libc::SYS_close_range, first as u32, last as u32, 0u32) == 0 {
            return;
        }
        let limit = libc::sysconf(libc::_SC_OPEN_MAX).clamp(256, 1 << 20) as c_int;
        for fd in first..=last.min(limit) {
            libc::close(fd);
        }
    }
}

fn set_inheritable(fd: c_int) -> c_int {
    // SAFETY: takes numbers.
    unsafe {
        match libc::fcntl(fd, libc::F_GETFD) {
            -1 => -1,
            flags => libc::fcntl(fd, libc::F_SETFD, flags & !libc::FD_CLOEXEC),
        }
    }
}

fn set_not_inheritable(fd: c_int) -> c_int {
    // SAFETY: takes numbers.
    unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) }
}

/// Tells the parent what went wrong: `OSError:<errno in hex>:<where>` or `SubprocessError:0:<text>`.
fn report(fd: c_int, failure: Failure) {
    let mut message = [0u8; 64];
    let mut n = 0;
    let mut push = |bytes: &[u8]| {
        for &b in bytes {
            if let Some(slot) = message.get_mut(n) {
                *slot = b;
                n += 1;
            }
        }
    };
    match failure {
        Failure::Errno(place) => {
            let e = errno() as u32;
            push(b"OSError:");
            let digits = (8 - e.leading_zeros() / 4).max(1);
            for i in (0..digits).rev() {
                push(&[b"0123456789ABCDEF"[(e >> (4 * i) & 15) as usize]]);
            }
            push(b":");
            push(place.as_bytes());
        }
        Failure::Preexec => push(b"SubprocessError:0:Exception occurred in preexec_fn."),
    }
    let mut rest = &message[..n];
    while !rest.is_empty() {
        // SAFETY: writes the bytes left.
        let r = unsafe { libc::write(fd, rest.as_ptr() as *const _, rest.len()) };
        if r <= 0 {
            if r < 0 && errno() == libc::EINTR {
                continue;
            }
            return;
        }
        rest = rest.get(r as usize..).unwrap_or_default();
    }
}

/// Descriptors to keep: a sorted tuple of non-negative ints without duplicates.
fn kept(py: Python, o: &PyTuple) -> PyResult<Vec<c_int>> {
    let mut v: Vec<c_int> = Vec::new();
    for item in o.items() {
        let fd = match item.downcast::<PyInt>().and_then(|i| i.as_i64()).map(c_int::try_from) {
            Some(Ok(fd)) if fd >= 0 && v.last().is_none_or(|&last| fd > last) => fd,
            _ => return Err(value_error(py, "bad value(s) in fds_to_keep")),
        };
        v.push(fd);
    }
    Ok(v)
}

/// A POSIX helper for the subprocess module.
#[pymodule(name = "_posixsubprocess")]
pub mod _posixsubprocess {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    /// Forks and runs a program in the child; the child's process id.
    ///
    /// Reports failures of the child through the error pipe.
    #[pyfunction(
        sig = "(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)",
        text = "($module, args, executable_list, close_fds, pass_fds, cwd,\n          env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,\n          errpipe_read, errpipe_write, restore_signals, call_setsid,\n          pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn,\n          /)"
    )]
    #[allow(clippy::too_many_arguments)]
    pub fn fork_exec(
        py: Python,
        args: &PyObject,
        executable_list: &PyObject,
        close_fds: bool,
        pass_fds: &PyTuple,
        cwd: &PyObject,
        env: &PyObject,
        p2cread: i32,
        p2cwrite: i32,
        c2pread: i32,
        c2pwrite: i32,
        errread: i32,
        errwrite: i32,
        errpipe_read: i32,
        errpipe_write: i32,
        restore_signals: bool,
        call_setsid: bool,
        pgid_to_set: i32,
        gid: &PyObject,
        extra_groups: &PyObject,
        uid: &PyObject,
        child_umask: i32,
        preexec_fn: &PyObject,
    ) -> PyResult<i32> {
        if close_fds && errpipe_write < 3 {
            return Err(value_error(py, "errpipe_write must be >= 3"));
        }
        if !preexec_fn.is_none() && runtime::state::interpreter(py).finalizing.get() {
            let text = "preexec_fn not supported at interpreter shutdown";
            return Err(raise(py, &PyExc_PythonFinalizationError_Type, text));
        }
        let keep = kept(py, pass_fds)?;
        let sequence = |o: &PyObject, message: &str| {
            if runtime::abstract_::item::is_sequence(o) {
                o.to_tuple(py)
            } else {
                Err(type_error(py, message))
            }
        };
        let mut programs = Vec::new();
        for p in sequence(executable_list, "expected list or tuple")?.items() {
            let Some(b) = p.downcast::<PyBytes>() else {
                return Err(type_error(py, format!("expected bytes, {} found", type_name(p))));
            };
            programs.push(CString::new(b.as_bytes()).map_err(|_| value_error(py, "embedded null byte"))?);
        }
        let argv = StringTable::from_items(py, &*sequence(args, "argv must be a tuple or list")?)?;
        let environment = if env.is_none() {
            None
        } else {
            let mut v = Vec::new();
            for e in sequence(env, "env must be a tuple or list")?.items() {
                v.push(path_string(py, e)?);
            }
            Some(StringTable::new(v))
        };
        let cwd = if cwd.is_none() { None } else { Some(path_string(py, cwd)?) };
        if let Some(cwd) = &cwd
            && !std::path::Path::new(std::ffi::OsStr::from_bytes(cwd.as_bytes())).exists()
        {
            // The child can't do it any more.
            runtime::import::library_folder::unpack_for(py, cwd.as_bytes(), false);
        }
        let extra_groups = if extra_groups.is_none() {
            None
        } else {
            let mut v = Vec::new();
            for g in sequence(extra_groups, "setgroups argument must be a sequence")?.items() {
                if !PyInt::check(g) {
                    return Err(type_error(py, "extra_groups must be integers"));
                }
                match crate::system::gid(py, g) {
                    Ok(id) => v.push(id),
                    Err(e) => {
                        drop(catch(py, e, &PyExc_OverflowError_Type)?);
                        return Err(value_error(py, "invalid group id"));
                    }
                }
            }
            if v.len() > 65536 {
                return Err(value_error(py, "too many extra_groups"));
            }
            Some(v)
        };
        let gid = if gid.is_none() { None } else { Some(crate::system::gid(py, gid)?) };
        let uid = if uid.is_none() { None } else { Some(crate::system::uid(py, uid)?) };
        let preexec = (!preexec_fn.is_none()).then_some(preexec_fn);
        let child = Child {
            programs: &programs,
            argv,
            environment,
            cwd,
            keep,
            close_fds,
            p2cread,
            p2cwrite,
            c2pread,
            c2pwrite,
            errread,
            errwrite,
            errpipe_read,
            errpipe_write,
            restore_signals,
            new_session: call_setsid,
            group_to_join: pgid_to_set,
            gid,
            extra_groups,
            uid,
            umask: child_umask,
            preexec,
        };
        if preexec.is_some() {
            if runtime::state::interpreter(py).finalizing.get() {
                let class = &exceptions::PyExc_PythonFinalizationError_Type;
                return Err(raise(py, class, "preexec_fn not supported at interpreter shutdown"));
            }
            fork::before(py)?;
        }
        // SAFETY: the child makes system calls only, or, with a function to call, puts the interpreter in order first.
        unsafe {
            let pid = libc::fork();
            if pid == 0 {
                if preexec.is_some() {
                    fork::after_in_child(py);
                }
                let failure = child.run(py);
                report(errpipe_write, failure);
                libc::_exit(255);
            }
            let failed = errno();
            if preexec.is_some() {
                fork::after_in_parent(py);
            }
            if pid == -1 {
                return Err(raise_errno_with(py, failed, None, None));
            }
            if preexec.is_some() {
                fork::warn_about_threads(py, "fork")?;
            }
            Ok(pid)
        }
    }
}
