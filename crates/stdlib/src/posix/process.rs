//! Processes: identity, groups and sessions, signals, waiting, scheduling.

use runtime::prelude::*;

/// Part of `posix`.
#[pymodule(part)]
#[allow(non_snake_case)]
pub mod part {
    use super::super::results::make;
    use crate::system::*;
    use object::libc;
    use runtime::abstract_::number;
    use runtime::prelude::*;
    use runtime::sys::hooks::audit;
    use runtime::types::exceptions::*;
    use std::ffi::{CStr, c_int};

    unsafe extern "C" {
        fn getlogin_r(name: *mut std::ffi::c_char, size: usize) -> c_int;
    }

    /// Ends the process at once, without clean-up.
    #[pyfunction(sig = "(status)")]
    pub fn _exit(_py: Python, status: i32) -> PyResult<()> {
        // SAFETY: does not return.
        unsafe { libc::_exit(status) }
    }

    /// Ends the process with a core dump.
    #[pyfunction]
    pub fn abort(_py: Python) -> PyResult<()> {
        // SAFETY: does not return.
        unsafe { libc::abort() }
    }

    /// The process id.
    #[pyfunction]
    pub fn getpid(_py: Python) -> i32 {
        // SAFETY: takes nothing.
        unsafe { libc::getpid() }
    }

    /// The process id of the parent.
    #[pyfunction]
    pub fn getppid(_py: Python) -> i32 {
        // SAFETY: takes nothing.
        unsafe { libc::getppid() }
    }

    /// The user id.
    #[pyfunction]
    pub fn getuid(py: Python) -> PyResult {
        // SAFETY: takes nothing.
        id_object(py, unsafe { libc::getuid() })
    }

    /// The effective user id.
    #[pyfunction]
    pub fn geteuid(py: Python) -> PyResult {
        // SAFETY: takes nothing.
        id_object(py, unsafe { libc::geteuid() })
    }

    /// The group id.
    #[pyfunction]
    pub fn getgid(py: Python) -> PyResult {
        // SAFETY: takes nothing.
        id_object(py, unsafe { libc::getgid() })
    }

    /// The effective group id.
    #[pyfunction]
    pub fn getegid(py: Python) -> PyResult {
        // SAFETY: takes nothing.
        id_object(py, unsafe { libc::getegid() })
    }

    /// Sets the user id.
    #[pyfunction]
    pub fn setuid(py: Python, uid: Uid) -> PyResult<()> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::setuid(uid.0) }).map(drop)
    }

    /// Sets the effective user id.
    #[pyfunction]
    pub fn seteuid(py: Python, euid: Uid) -> PyResult<()> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::seteuid(euid.0) }).map(drop)
    }

    /// Sets the group id.
    #[pyfunction]
    pub fn setgid(py: Python, gid: Gid) -> PyResult<()> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::setgid(gid.0) }).map(drop)
    }

    /// Sets the effective group id.
    #[pyfunction]
    pub fn setegid(py: Python, egid: Gid) -> PyResult<()> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::setegid(egid.0) }).map(drop)
    }

    /// Sets real and effective user id.
    #[pyfunction]
    pub fn setreuid(py: Python, ruid: Uid, euid: Uid) -> PyResult<()> {
        // SAFETY: takes numbers.
        checked(py, unsafe { libc::setreuid(ruid.0, euid.0) }).map(drop)
    }

    /// Sets real and effective group id.
    #[pyfunction]
    pub fn setregid(py: Python, rgid: Gid, egid: Gid) -> PyResult<()> {
        // SAFETY: takes numbers.
        checked(py, unsafe { libc::setregid(rgid.0, egid.0) }).map(drop)
    }

    /// Sets real, effective and saved user id.
    #[pyfunction]
    pub fn setresuid(py: Python, ruid: Uid, euid: Uid, suid: Uid) -> PyResult<()> {
        // SAFETY: takes numbers.
        checked(py, unsafe { libc::setresuid(ruid.0, euid.0, suid.0) }).map(drop)
    }

    /// Sets real, effective and saved group id.
    #[pyfunction]
    pub fn setresgid(py: Python, rgid: Gid, egid: Gid, sgid: Gid) -> PyResult<()> {
        // SAFETY: takes numbers.
        checked(py, unsafe { libc::setresgid(rgid.0, egid.0, sgid.0) }).map(drop)
    }

    fn three_ids(py: Python, ids: [u32; 3]) -> PyResult<Py<PyTuple>> {
        let mut v = Vec::with_capacity(3);
        for i in ids {
            v.push(id_object(py, i)?);
        }
        PyTuple::new(py, v)
    }

    /// Real, effective and saved user id.
    #[pyfunction]
    pub fn getresuid(py: Python) -> PyResult<Py<PyTuple>> {
        let (mut r, mut e, mut s) = (0, 0, 0);
        // SAFETY: three numbers are written.
        checked(py, unsafe { libc::getresuid(&mut r, &mut e, &mut s) })?;
        three_ids(py, [r, e, s])
    }

    /// Real, effective and saved group id.
    #[pyfunction]
    pub fn getresgid(py: Python) -> PyResult<Py<PyTuple>> {
        let (mut r, mut e, mut s) = (0, 0, 0);
        // SAFETY: three numbers are written.
        checked(py, unsafe { libc::getresgid(&mut r, &mut e, &mut s) })?;
        three_ids(py, [r, e, s])
    }

    fn id_list(py: Python, ids: &[u32]) -> PyResult<Py<PyList>> {
        let mut v = Vec::with_capacity(ids.len());
        for &i in ids {
            v.push(id_object(py, i)?);
        }
        PyList::new(py, v)
    }

    /// The supplementary groups of the process.
    #[pyfunction]
    pub fn getgroups(py: Python) -> PyResult<Py<PyList>> {
        // SAFETY: with a size of 0 nothing is written.
        let n = checked(py, unsafe { libc::getgroups(0, std::ptr::null_mut()) })?;
        let mut ids = vec![0; n.max(0) as usize];
        // SAFETY: room for `n` ids.
        let n = checked(py, unsafe { libc::getgroups(n, ids.as_mut_ptr()) })?;
        id_list(py, ids.get(..n as usize).unwrap_or(&ids))
    }

    /// Sets the supplementary groups of the process.
    #[pyfunction]
    pub fn setgroups(py: Python, groups: &PyObject) -> PyResult<()> {
        if !runtime::abstract_::item::is_sequence(groups) {
            return Err(type_error(py, "setgroups argument must be a sequence"));
        }
        let n = groups.length(py)?;
        if n > 65536 {
            return Err(value_error(py, "too many groups"));
        }
        let mut ids = Vec::new();
        for o in groups.to_tuple(py)?.items() {
            if !PyInt::check(o) {
                return Err(type_error(py, "groups must be integers"));
            }
            ids.push(gid(py, o)?);
        }
        // SAFETY: a table of ids.
        checked(py, unsafe { libc::setgroups(ids.len(), ids.as_ptr()) }).map(drop)
    }

    /// The groups a user belongs to, the given one included.
    #[pyfunction]
    pub fn getgrouplist(py: Python, user: FsPath, group: Gid) -> PyResult<Py<PyList>> {
        let mut n: c_int = 16;
        loop {
            let mut ids = vec![0; n as usize];
            let mut got = n;
            // SAFETY: room for `got` ids.
            if unsafe { libc::getgrouplist(user.0.as_ptr(), group.0, ids.as_mut_ptr(), &mut got) } != -1 {
                return id_list(py, ids.get(..got.max(0) as usize).unwrap_or(&ids));
            }
            n = got.max(n.saturating_mul(2));
            if n > 1 << 22 {
                return Err(os_error(py));
            }
        }
    }

    /// Sets the supplementary groups to those of a user, and one more.
    #[pyfunction]
    pub fn initgroups(py: Python, username: FsPath, gid: Gid) -> PyResult<()> {
        // SAFETY: a C string.
        checked(py, unsafe { libc::initgroups(username.0.as_ptr(), gid.0) }).map(drop)
    }

    /// The name of the user logged in on the controlling terminal.
    #[pyfunction]
    pub fn getlogin(py: Python) -> PyResult {
        let mut name = [0u8; 256];
        // SAFETY: a buffer of 256 bytes.
        match unsafe { getlogin_r(name.as_mut_ptr() as *mut _, name.len()) } {
            // SAFETY: a C string was written.
            0 => unsafe { fs_text(py, name.as_ptr() as *const _) },
            e => Err(raise_errno_with(py, e, None, None)),
        }
    }

    /// The process group of a process.
    #[pyfunction(sig = "(pid)")]
    pub fn getpgid(py: Python, pid: i32) -> PyResult<i32> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::getpgid(pid) })
    }

    /// The process group.
    #[pyfunction]
    pub fn getpgrp(_py: Python) -> i32 {
        // SAFETY: takes nothing.
        unsafe { libc::getpgrp() }
    }

    /// Makes the process the leader of a process group.
    #[pyfunction]
    pub fn setpgrp(py: Python) -> PyResult<()> {
        // SAFETY: takes numbers.
        checked(py, unsafe { libc::setpgid(0, 0) }).map(drop)
    }

    /// Moves a process to a process group.
    #[pyfunction]
    pub fn setpgid(py: Python, pid: i32, pgrp: i32) -> PyResult<()> {
        // SAFETY: takes numbers.
        checked(py, unsafe { libc::setpgid(pid, pgrp) }).map(drop)
    }

    /// The session of a process.
    #[pyfunction]
    pub fn getsid(py: Python, pid: i32) -> PyResult<i32> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::getsid(pid) })
    }

    /// Begins a session.
    #[pyfunction]
    pub fn setsid(py: Python) -> PyResult<()> {
        // SAFETY: takes nothing.
        checked(py, unsafe { libc::setsid() }).map(drop)
    }

    /// Sends a signal to a process.
    #[pyfunction]
    pub fn kill(py: Python, pid: i32, signal: isize) -> PyResult<()> {
        audit(py, "os.kill", &[&*int(py, pid as i64)?, &*int(py, signal as i64)?])?;
        // SAFETY: takes numbers.
        checked(py, unsafe { libc::kill(pid, signal as c_int) })?;
        // To ourselves: the handler runs before this returns.
        runtime::signals::check(py)
    }

    /// Sends a signal to a process group.
    #[pyfunction]
    pub fn killpg(py: Python, pgid: i32, signal: i32) -> PyResult<()> {
        audit(py, "os.killpg", &[&*int(py, pgid as i64)?, &*int(py, signal as i64)?])?;
        // SAFETY: takes numbers.
        checked(py, unsafe { libc::killpg(pgid, signal) })?;
        runtime::signals::check(py)
    }

    /// Adds to the niceness of the process; the new one.
    #[pyfunction]
    pub fn nice(py: Python, increment: i32) -> PyResult<i32> {
        set_errno(0);
        // SAFETY: takes a number.
        let v = unsafe { libc::nice(increment) };
        if v == -1 && errno() != 0 { Err(os_error(py)) } else { Ok(v) }
    }

    /// The priority of a process, a process group or a user.
    #[pyfunction(sig = "(which, who)")]
    pub fn getpriority(py: Python, which: i32, who: i32) -> PyResult<i32> {
        set_errno(0);
        // SAFETY: takes numbers.
        let v = unsafe { libc::getpriority(which as libc::__priority_which_t, who as libc::id_t) };
        if errno() != 0 { Err(os_error(py)) } else { Ok(v) }
    }

    /// Sets the priority of a process, a process group or a user.
    #[pyfunction(sig = "(which, who, priority)")]
    pub fn setpriority(py: Python, which: i32, who: i32, priority: i32) -> PyResult<()> {
        // SAFETY: takes numbers.
        checked(py, unsafe {
            libc::setpriority(which as libc::__priority_which_t, who as libc::id_t, priority)
        })
        .map(drop)
    }

    /// Sets the mask of permissions new files don't get; the old one.
    #[pyfunction]
    pub fn umask(_py: Python, mask: i32) -> u32 {
        // SAFETY: takes a number.
        unsafe { libc::umask(mask as libc::mode_t) }
    }

    /// Runs a command in a shell; its wait status.
    #[pyfunction(sig = "(command)")]
    pub fn system(py: Python, command: FsPath) -> PyResult<i64> {
        audit(py, "os.system", &[PyBytes::new(py, command.0.as_bytes())?.as_object()])?;
        // SAFETY: a C string.
        Ok(nogil!(py, unsafe { libc::system(command.0.as_ptr()) }) as i64)
    }

    /// The processor times of the process and its children, and a clock.
    #[pyfunction]
    pub fn times(py: Python) -> PyResult {
        // SAFETY: the struct is filled in by the call.
        let (t, now, per_second) = unsafe {
            let mut t: libc::tms = std::mem::zeroed();
            set_errno(0);
            let now = libc::times(&mut t);
            if now == -1 && errno() != 0 {
                return Err(os_error(py));
            }
            (t, now, libc::sysconf(libc::_SC_CLK_TCK).max(1) as f64)
        };
        let mut v = Vec::new();
        for n in [t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, now] {
            v.push(float(py, n as f64 / per_second)?);
        }
        make(py, |t| &t.times, v)
    }

    fn waited(py: Python, pid: libc::pid_t, status: c_int) -> PyResult<Py<PyTuple>> {
        int_tuple(py, [pid as i64, status as i64])
    }

    /// Waits for a child process: (pid, status).
    #[pyfunction]
    pub fn wait(py: Python) -> PyResult<Py<PyTuple>> {
        let mut status = 0;
        let p = &raw mut status;
        // SAFETY: one int is written.
        let pid = call(py, || unsafe { libc::wait(p) })?;
        waited(py, pid, status)
    }

    /// Waits for a child process or group: (pid, status).
    #[pyfunction]
    pub fn waitpid(py: Python, pid: i32, options: i32) -> PyResult<Py<PyTuple>> {
        let mut status = 0;
        let p = &raw mut status;
        // SAFETY: one int is written.
        let pid = call(py, || unsafe { libc::waitpid(pid, p, options) })?;
        waited(py, pid, status)
    }

    fn with_usage(py: Python, pid: i32, options: c_int) -> PyResult<Py<PyTuple>> {
        let mut status = 0;
        // SAFETY: zero is a valid value of every field.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        let (s, u) = (&raw mut status, &raw mut usage);
        // SAFETY: an int and a struct are written.
        let pid = call(py, || unsafe { libc::wait4(pid, s, options, u) })?;
        let usage = crate::resource::usage_object(py, &usage)?;
        PyTuple::new(py, [int(py, pid as i64)?, int(py, status as i64)?, usage])
    }

    /// Waits for a child process: (pid, status, rusage).
    #[pyfunction(sig = "(options)")]
    pub fn wait3(py: Python, options: i32) -> PyResult<Py<PyTuple>> {
        with_usage(py, -1, options)
    }

    /// Waits for a child process or group: (pid, status, rusage).
    #[pyfunction(sig = "(pid, options)")]
    pub fn wait4(py: Python, pid: i32, options: i32) -> PyResult<Py<PyTuple>> {
        with_usage(py, pid, options)
    }

    /// Waits for a child process: a waitid_result, or None if WNOHANG is given and there is nothing to say.
    #[pyfunction]
    pub fn waitid(py: Python, idtype: i32, id: i64, options: i32) -> PyResult {
        // SAFETY: zero is a valid value of every field.
        let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
        let p = &raw mut info;
        // SAFETY: a struct is written.
        call(py, || unsafe { libc::waitid(idtype as libc::idtype_t, id as libc::id_t, p, options) })?;
        // SAFETY: `waitid` fills in the fields of SIGCHLD, or leaves zeros.
        unsafe {
            if info.si_pid() == 0 {
                return Ok(none().owned());
            }
            let v = vec![
                int(py, info.si_pid() as i64)?,
                id_object(py, info.si_uid())?,
                int(py, info.si_signo as i64)?,
                int(py, info.si_status() as i64)?,
                int(py, info.si_code as i64)?,
            ];
            make(py, |t| &t.waitid, v)
        }
    }

    /// The exit code a wait status stands for; negative: the signal that ended the process.
    #[pyfunction(sig = "(status)")]
    pub fn waitstatus_to_exitcode(py: Python, status: &PyObject) -> PyResult<i32> {
        let status = as_int(py, status)?;
        if libc::WIFEXITED(status) {
            return Ok(libc::WEXITSTATUS(status));
        }
        if libc::WIFSIGNALED(status) {
            return Ok(-libc::WTERMSIG(status));
        }
        if libc::WIFSTOPPED(status) {
            let n = libc::WSTOPSIG(status);
            return Err(value_error(py, format!("process stopped by delivery of signal {n}")));
        }
        Err(value_error(py, format!("invalid wait status: {status}")))
    }

    /// Did the process leave a core dump?
    #[pyfunction]
    pub fn WCOREDUMP(_py: Python, status: i32) -> bool {
        libc::WCOREDUMP(status)
    }

    /// Did the process go on after a stop?
    #[pyfunction(sig = "(status)")]
    pub fn WIFCONTINUED(_py: Python, status: i32) -> bool {
        libc::WIFCONTINUED(status)
    }

    /// Was the process stopped?
    #[pyfunction(sig = "(status)")]
    pub fn WIFSTOPPED(_py: Python, status: i32) -> bool {
        libc::WIFSTOPPED(status)
    }

    /// Was the process ended by a signal?
    #[pyfunction(sig = "(status)")]
    pub fn WIFSIGNALED(_py: Python, status: i32) -> bool {
        libc::WIFSIGNALED(status)
    }

    /// Did the process exit?
    #[pyfunction(sig = "(status)")]
    pub fn WIFEXITED(_py: Python, status: i32) -> bool {
        libc::WIFEXITED(status)
    }

    /// The exit code.
    #[pyfunction(sig = "(status)")]
    pub fn WEXITSTATUS(_py: Python, status: i32) -> i32 {
        libc::WEXITSTATUS(status)
    }

    /// The signal that ended the process.
    #[pyfunction(sig = "(status)")]
    pub fn WTERMSIG(_py: Python, status: i32) -> i32 {
        libc::WTERMSIG(status)
    }

    /// The signal that stopped the process.
    #[pyfunction(sig = "(status)")]
    pub fn WSTOPSIG(_py: Python, status: i32) -> i32 {
        libc::WSTOPSIG(status)
    }

    /// The highest priority of a scheduling policy.
    #[pyfunction(sig = "(policy)")]
    pub fn sched_get_priority_max(py: Python, policy: i32) -> PyResult<i32> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::sched_get_priority_max(policy) })
    }

    /// The lowest priority of a scheduling policy.
    #[pyfunction(sig = "(policy)")]
    pub fn sched_get_priority_min(py: Python, policy: i32) -> PyResult<i32> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::sched_get_priority_min(policy) })
    }

    /// The scheduling policy of a process.
    #[pyfunction]
    pub fn sched_getscheduler(py: Python, pid: i32) -> PyResult<i32> {
        // SAFETY: takes a number.
        checked(py, unsafe { libc::sched_getscheduler(pid) })
    }

    /// A `sched_param` object as C has it.
    pub fn scheduling(py: Python, o: &PyObject) -> PyResult<libc::sched_param> {
        let ty = module_state::<super::super::results::Types>(py).sched_param.get_owned();
        let fits = ty.is_some_and(|t| std::ptr::eq(o.ty(), &*t));
        let Some(t) = o.downcast::<PyTuple>().filter(|_| fits) else {
            return Err(type_error(py, "must have a sched_param object"));
        };
        let n = number::index(py, t.get(0).unwrap_or(none()))?;
        match n.as_i64().map(c_int::try_from) {
            Some(Ok(v)) => Ok(libc::sched_param { sched_priority: v }),
            Some(Err(_)) => Err(overflow_error(py, "sched_priority out of range")),
            None => Err(overflow_error(py, "Python int too large to convert to C long")),
        }
    }

    /// Sets scheduling policy and parameters of a process.
    #[pyfunction]
    pub fn sched_setscheduler(py: Python, pid: i32, policy: i32, param: &PyObject) -> PyResult<()> {
        let p = scheduling(py, param)?;
        // SAFETY: a complete struct.
        checked(py, unsafe { libc::sched_setscheduler(pid, policy, &p) }).map(drop)
    }

    /// The scheduling parameters of a process.
    #[pyfunction]
    pub fn sched_getparam(py: Python, pid: i32) -> PyResult {
        let mut p = libc::sched_param { sched_priority: 0 };
        // SAFETY: the struct is filled in by the call.
        checked(py, unsafe { libc::sched_getparam(pid, &mut p) })?;
        make(py, |t| &t.sched_param, vec![int(py, p.sched_priority as i64)?])
    }

    /// Sets the scheduling parameters of a process.
    #[pyfunction]
    pub fn sched_setparam(py: Python, pid: i32, param: &PyObject) -> PyResult<()> {
        let p = scheduling(py, param)?;
        // SAFETY: a complete struct.
        checked(py, unsafe { libc::sched_setparam(pid, &p) }).map(drop)
    }

    /// The time slice of a process under SCHED_RR, in seconds.
    #[pyfunction]
    pub fn sched_rr_get_interval(py: Python, pid: i32) -> PyResult<f64> {
        let mut ts = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the struct is filled in by the call.
        checked(py, unsafe { libc::sched_rr_get_interval(pid, &mut ts) })?;
        Ok(ts.tv_sec as f64 + 1e-9 * ts.tv_nsec as f64)
    }

    /// Lets another process run.
    #[pyfunction]
    pub fn sched_yield(py: Python) -> PyResult<()> {
        // SAFETY: takes nothing.
        let r = nogil!(py, unsafe { libc::sched_yield() });
        checked(py, r).map(drop)
    }

    /// The processors a process may run on.
    #[pyfunction]
    pub fn sched_getaffinity(py: Python, pid: i32) -> PyResult<Py<PySet>> {
        let mut words = vec![0u64; 16];
        loop {
            let size = words.len() * 8;
            // SAFETY: `size` bytes are writable.
            let r = unsafe { libc::sched_getaffinity(pid, size, words.as_mut_ptr() as *mut libc::cpu_set_t) };
            if r == 0 {
                break;
            }
            if errno() != libc::EINVAL || words.len() > 1 << 16 {
                return Err(os_error(py));
            }
            words.resize(words.len() * 2, 0);
        }
        let set = PySet::new(py)?;
        for (i, w) in words.iter().enumerate() {
            for bit in 0..64 {
                if w >> bit & 1 != 0 {
                    set.add(py, &*int(py, (i * 64 + bit) as i64)?)?;
                }
            }
        }
        Ok(set)
    }

    /// Sets the processors a process may run on.
    #[pyfunction]
    pub fn sched_setaffinity(py: Python, pid: i32, mask: &PyObject) -> PyResult<()> {
        let mut words = vec![0u64; 16];
        mask.iterate(py, &mut |o| {
            if !PyInt::check(&o) {
                return Err(type_error(
                    py,
                    format!(
                        "expected an iterator of ints, but iterator yielded {}",
                        o.ty().as_object().repr(py)?.to_string_lossy()
                    ),
                ));
            }
            let n = number::index(py, &o)?.to_i64(py)?;
            if n < 0 {
                return Err(value_error(py, "negative CPU number"));
            }
            if n > c_int::MAX as i64 - 1 {
                return Err(overflow_error(py, "CPU number too large"));
            }
            let at = n as usize / 64;
            if at >= words.len() {
                words.resize(at + 1, 0);
            }
            words[at] |= 1 << (n % 64);
            Ok(())
        })?;
        // SAFETY: as many bytes as said.
        checked(py, unsafe {
            libc::sched_setaffinity(pid, words.len() * 8, words.as_ptr() as *const libc::cpu_set_t)
        })
        .map(drop)
    }

    /// The name of the controlling terminal.
    #[pyfunction]
    pub fn ctermid(py: Python) -> PyResult {
        // SAFETY: a null pointer gives the library's own buffer.
        let p = unsafe { libc::ctermid(std::ptr::null_mut()) };
        if p.is_null() {
            return Err(os_error(py));
        }
        // SAFETY: a C string.
        text(py, &unsafe { CStr::from_ptr(p) }.to_string_lossy())
    }
}
