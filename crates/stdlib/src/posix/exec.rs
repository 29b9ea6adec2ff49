//! Replacing the process and making new ones: `execv`, `execve`, `posix_spawn`.

use crate::system::*;
use object::libc;
use runtime::prelude::*;
use std::ffi::{CString, c_char, c_int};

/// A table of C strings that ends with a null pointer, as `argv` and `environ` are.
pub struct StringTable {
    #[allow(dead_code, reason = "owns what the pointers point to")]
    strings: Vec<CString>,
    pointers: Vec<*mut c_char>,
}

impl StringTable {
    pub fn new(strings: Vec<CString>) -> StringTable {
        let mut pointers: Vec<*mut c_char> = strings.iter().map(|s| s.as_ptr() as *mut c_char).collect();
        pointers.push(std::ptr::null_mut());
        StringTable { strings, pointers }
    }

    pub fn as_ptr(&self) -> *const *mut c_char {
        self.pointers.as_ptr()
    }

    /// The strings of a list or tuple of paths.
    pub fn from_items(py: Python, items: &PyTuple) -> PyResult<StringTable> {
        let mut v = Vec::with_capacity(items.len());
        for o in items.items() {
            v.push(path_string(py, o)?);
        }
        Ok(StringTable::new(v))
    }

    /// `name=value` strings of a mapping.
    pub fn from_environment(py: Python, env: &PyObject) -> PyResult<StringTable> {
        let keys = list_of(py, env, "keys")?;
        let values = list_of(py, env, "values")?;
        let mut v = Vec::new();
        for (k, value) in keys.items().iter().zip(values.items()) {
            let mut entry = path_string(py, k)?.into_bytes();
            let value = path_string(py, value)?;
            if entry.is_empty() || entry.contains(&b'=') {
                return Err(value_error(py, "illegal environment variable name"));
            }
            entry.push(b'=');
            entry.extend_from_slice(value.as_bytes());
            v.push(CString::new(entry).map_err(|_| value_error(py, "embedded null byte"))?);
        }
        Ok(StringTable::new(v))
    }
}

fn list_of(py: Python, mapping: &PyObject, method: &str) -> PyResult<Py<PyTuple>> {
    let found = mapping.call_method0(py, &*PyStr::new(py, method)?)?;
    found.to_tuple(py)
}

/// A path as a C string (`PyUnicode_FSConverter`).
pub fn path_string(py: Python, o: &PyObject) -> PyResult<CString> {
    CString::new(runtime::fs::fs_encode(py, o)?).map_err(|_| value_error(py, "embedded null byte"))
}

/// `argv` of a list or tuple, in the words of a function.
fn arguments(py: Python, function: &str, what: &str, o: &PyObject) -> PyResult<StringTable> {
    let items = if let Some(l) = o.downcast::<PyList>() {
        l.to_tuple(py)?
    } else if let Some(t) = o.downcast::<PyTuple>() {
        t.owned()
    } else {
        return Err(type_error(py, format!("{function}{what} must be a tuple or list")));
    };
    if items.is_empty() {
        return Err(value_error(py, format!("{function}{what} must not be empty")));
    }
    let table = StringTable::from_items(py, &items)?;
    if table.strings.first().is_some_and(|s| s.as_bytes().is_empty()) {
        return Err(value_error(py, format!("{function}{what} first element cannot be empty")));
    }
    Ok(table)
}

/// The file actions and attributes of `posix_spawn`, destroyed on drop.
struct Spawn {
    actions: Box<libc::posix_spawn_file_actions_t>,
    attributes: Box<libc::posix_spawnattr_t>,
}

unsafe extern "C" {
    fn posix_spawn_file_actions_addclosefrom_np(
        actions: *mut libc::posix_spawn_file_actions_t,
        from: c_int,
    ) -> c_int;
}

impl Spawn {
    fn new() -> Spawn {
        // SAFETY: both structs are initialised by the calls; boxed, they stay in place.
        unsafe {
            let mut s =
                Spawn { actions: Box::new(std::mem::zeroed()), attributes: Box::new(std::mem::zeroed()) };
            libc::posix_spawn_file_actions_init(&mut *s.actions);
            libc::posix_spawnattr_init(&mut *s.attributes);
            s
        }
    }

    /// Adds the file actions. The strings of `open` actions are kept in `keep`.
    fn add_actions(&mut self, py: Python, o: &PyObject, keep: &mut Vec<CString>) -> PyResult<()> {
        if o.is_none() {
            return Ok(());
        }
        if !runtime::abstract_::item::is_sequence(o) {
            return Err(type_error(py, "file_actions must be a sequence or None"));
        }
        for action in o.to_tuple(py)?.items() {
            let Some(t) = action.downcast::<PyTuple>().filter(|t| !t.is_empty()) else {
                return Err(type_error(py, "Each file_actions element must be a non-empty tuple"));
            };
            let wrong = |py: Python, name: &str, n: usize| {
                type_error(py, format!("A {name} file_action tuple must have {n} elements"))
            };
            let a = &mut *self.actions;
            let items = t.items();
            // SAFETY: initialised actions, C strings that live as long as they.
            let r = unsafe {
                match as_int(py, items[0])? {
                    0 => {
                        let &[_, fd, path, flags, mode] = items else { return Err(wrong(py, "open", 5)) };
                        let (fd, flags) = (as_int(py, fd)?, as_int(py, flags)?);
                        let mode = runtime::abstract_::number::index(py, mode)?.low_u64() as libc::mode_t;
                        let path = path_string(py, path)?;
                        let p = path.as_ptr();
                        keep.push(path);
                        libc::posix_spawn_file_actions_addopen(a, fd, p, flags, mode)
                    }
                    1 => {
                        let &[_, fd] = items else { return Err(wrong(py, "close", 2)) };
                        libc::posix_spawn_file_actions_addclose(a, as_int(py, fd)?)
                    }
                    2 => {
                        let &[_, fd, new] = items else { return Err(wrong(py, "dup2", 3)) };
                        libc::posix_spawn_file_actions_adddup2(a, as_int(py, fd)?, as_int(py, new)?)
                    }
                    3 => {
                        let &[_, fd] = items else { return Err(wrong(py, "closefrom", 2)) };
                        posix_spawn_file_actions_addclosefrom_np(a, as_int(py, fd)?)
                    }
                    _ => return Err(type_error(py, "Unknown file_actions identifier")),
                }
            };
            raise_number(py, r)?;
        }
        Ok(())
    }
}

impl Drop for Spawn {
    fn drop(&mut self) {
        // SAFETY: initialised in `new`.
        unsafe {
            libc::posix_spawn_file_actions_destroy(&mut *self.actions);
            libc::posix_spawnattr_destroy(&mut *self.attributes);
        }
    }
}

fn raise_number(py: Python, e: c_int) -> PyResult<()> {
    if e == 0 { Ok(()) } else { Err(runtime::types::exceptions::raise_errno_with(py, e, None, None)) }
}

/// A set of signals from an iterable of numbers.
pub fn signal_set(py: Python, o: &PyObject) -> PyResult<libc::sigset_t> {
    // SAFETY: the set is initialised by the call.
    let mut set = unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        set
    };
    o.iterate(py, &mut |n| {
        let number = runtime::abstract_::number::index(py, &n)?;
        let wrong = |py: Python, shown: String| {
            value_error(py, format!("signal number {shown} out of range [1; {}]", runtime::signals::NSIG - 1))
        };
        match number.as_i64() {
            Some(v) if v > 0 && v < runtime::signals::NSIG as i64 => {
                // SAFETY: an initialised set. Numbers the C library reserves are left out silently, as in C.
                unsafe { libc::sigaddset(&mut set, v as c_int) };
                Ok(())
            }
            _ => Err(wrong(py, n.str_(py)?.to_string_lossy())),
        }
    })?;
    Ok(set)
}

/// Part of `posix`.
#[pymodule(part)]
pub mod part {
    use super::super::path::{Path, PathOrFd};
    use super::super::process::part::scheduling;
    use super::*;
    use runtime::sys::hooks::audit;
    use runtime::types::exceptions::raise_errno_with;

    /// Replaces the process by a program.
    #[pyfunction]
    pub fn execv(py: Python, path: Path, argv: &PyObject) -> PyResult<()> {
        let table = arguments(py, "execv()", " arg 2", argv)?;
        audit(py, "os.exec", &[&path.object, argv, none()])?;
        // SAFETY: C strings in a table that ends with null.
        unsafe { libc::execv(path.as_ptr(), table.as_ptr() as *const *const c_char) };
        Err(path.error(py))
    }

    /// Replaces the process by a program, with an environment.
    #[pyfunction(sig = "(path, argv, env)")]
    pub fn execve(py: Python, path: PathOrFd, argv: &PyObject, env: &PyObject) -> PyResult<()> {
        let table = arguments(py, "execve:", " argv", argv)?;
        if !runtime::abstract_::item::is_mapping(env) {
            return Err(type_error(py, "execve: environment must be a mapping object"));
        }
        let environment = StringTable::from_environment(py, env)?;
        audit(py, "os.exec", &[&path.object, argv, env])?;
        let (a, e) = (table.as_ptr() as *const *const c_char, environment.as_ptr() as *const *const c_char);
        // SAFETY: C strings in tables that end with null.
        unsafe {
            if path.is_fd() {
                libc::fexecve(path.fd, a, e)
            } else {
                libc::execve(path.as_ptr(), a, e)
            };
        }
        Err(path.error(py))
    }

    #[allow(clippy::too_many_arguments)]
    fn spawn(
        py: Python,
        search: bool,
        path: Path,
        argv: &PyObject,
        env: &PyObject,
        file_actions: Option<&PyObject>,
        setpgroup: Option<&PyObject>,
        resetids: bool,
        setsid: bool,
        setsigmask: Option<&PyObject>,
        setsigdef: Option<&PyObject>,
        scheduler: Option<&PyObject>,
    ) -> PyResult<i32> {
        let function = if search { "posix_spawnp" } else { "posix_spawn" };
        let table = arguments(py, &format!("{function}:"), " argv", argv)?;
        if !env.is_none() && !runtime::abstract_::item::is_mapping(env) {
            return Err(type_error(py, format!("{function}: environment must be a mapping object or None")));
        }
        let environment = if env.is_none() { None } else { Some(StringTable::from_environment(py, env)?) };
        let mut keep = Vec::new();
        let mut s = Spawn::new();
        s.add_actions(py, file_actions.unwrap_or(none()), &mut keep)?;
        let mut flags = 0;
        // SAFETY: initialised attributes throughout.
        unsafe {
            let a = &mut *s.attributes;
            if let Some(group) = setpgroup.filter(|g| !g.is_none()) {
                raise_number(py, libc::posix_spawnattr_setpgroup(a, as_int(py, group)?))?;
                flags |= libc::POSIX_SPAWN_SETPGROUP;
            }
            if resetids {
                flags |= libc::POSIX_SPAWN_RESETIDS;
            }
            if setsid {
                flags |= libc::POSIX_SPAWN_SETSID as c_int;
            }
            if let Some(mask) = setsigmask {
                raise_number(py, libc::posix_spawnattr_setsigmask(a, &signal_set(py, mask)?))?;
                flags |= libc::POSIX_SPAWN_SETSIGMASK;
            }
            if let Some(defaults) = setsigdef {
                raise_number(py, libc::posix_spawnattr_setsigdefault(a, &signal_set(py, defaults)?))?;
                flags |= libc::POSIX_SPAWN_SETSIGDEF;
            }
            if let Some(sched) = scheduler.filter(|s| !s.is_none()) {
                let Some(t) = sched.downcast::<PyTuple>() else {
                    return Err(type_error(py, format!("{function}: scheduler must be a tuple or None")));
                };
                let &[policy, param] = t.items() else {
                    return Err(type_error(py, "A scheduler tuple must have two elements"));
                };
                if !policy.is_none() {
                    raise_number(py, libc::posix_spawnattr_setschedpolicy(a, as_int(py, policy)?))?;
                    flags |= libc::POSIX_SPAWN_SETSCHEDULER;
                }
                raise_number(py, libc::posix_spawnattr_setschedparam(a, &scheduling(py, param)?))?;
                flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
            }
            raise_number(py, libc::posix_spawnattr_setflags(a, flags as _))?;
        }
        audit(py, "os.posix_spawn", &[&path.object, argv, env])?;
        let mut pid = 0;
        // SAFETY: complete structs, C strings in tables that end with null.
        let r = unsafe {
            unsafe extern "C" {
                static environ: *const *mut c_char;
            }
            let e = environment.as_ref().map_or(environ, |e| e.as_ptr());
            let f = if search { libc::posix_spawnp } else { libc::posix_spawn };
            f(&mut pid, path.as_ptr(), &*s.actions, &*s.attributes, table.as_ptr(), e)
        };
        match r {
            0 => Ok(pid),
            e => Err(raise_errno_with(py, e, Some(&path.object), None)),
        }
    }

    /// Runs a program in a new process; its id.
    #[pyfunction(
        sig = "(path, argv, env, /, *, file_actions=<unrepresentable>, setpgroup=<unrepresentable>, resetids=False, setsid=False, setsigmask=<unrepresentable>, setsigdef=<unrepresentable>, scheduler=<unrepresentable>)",
        text = "($module, path, argv, env, /, *, file_actions=(),\n            setpgroup=None, resetids=False, setsid=False,\n            setsigmask=(), setsigdef=(), scheduler=None)"
    )]
    #[allow(clippy::too_many_arguments)]
    pub fn posix_spawn(
        py: Python,
        path: Path,
        argv: &PyObject,
        env: &PyObject,
        file_actions: Option<&PyObject>,
        setpgroup: Option<&PyObject>,
        resetids: bool,
        setsid: bool,
        setsigmask: Option<&PyObject>,
        setsigdef: Option<&PyObject>,
        scheduler: Option<&PyObject>,
    ) -> PyResult<i32> {
        spawn(
            py,
            false,
            path,
            argv,
            env,
            file_actions,
            setpgroup,
            resetids,
            setsid,
            setsigmask,
            setsigdef,
            scheduler,
        )
    }

    /// Runs a program, which is searched for in PATH, in a new process; its id.
    #[pyfunction(
        sig = "(path, argv, env, /, *, file_actions=<unrepresentable>, setpgroup=<unrepresentable>, resetids=False, setsid=False, setsigmask=<unrepresentable>, setsigdef=<unrepresentable>, scheduler=<unrepresentable>)",
        text = "($module, path, argv, env, /, *, file_actions=(),\n             setpgroup=None, resetids=False, setsid=False,\n             setsigmask=(), setsigdef=(), scheduler=None)"
    )]
    #[allow(clippy::too_many_arguments)]
    pub fn posix_spawnp(
        py: Python,
        path: Path,
        argv: &PyObject,
        env: &PyObject,
        file_actions: Option<&PyObject>,
        setpgroup: Option<&PyObject>,
        resetids: bool,
        setsid: bool,
        setsigmask: Option<&PyObject>,
        setsigdef: Option<&PyObject>,
        scheduler: Option<&PyObject>,
    ) -> PyResult<i32> {
        spawn(
            py,
            true,
            path,
            argv,
            env,
            file_actions,
            setpgroup,
            resetids,
            setsid,
            setsigmask,
            setsigdef,
            scheduler,
        )
    }
}
