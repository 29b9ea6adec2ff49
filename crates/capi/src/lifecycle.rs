//! `pylifecycle.h`, `pythonrun.h`, `sysmodule.h`: the process, running code, `sys`.

use crate::convert::*;
use crate::format;
use crate::variadic::VaList;
use object::libc;
use runtime::compile::{Request, Text, compile_source};
use runtime::prelude::*;
use std::ffi::{c_char, c_int, c_long, c_uint, c_ulong, c_void};
use std::ptr::null_mut;
use std::sync::Mutex;

/// Callbacks to run when the interpreter or the process ends.
static AT_EXIT: Mutex<Vec<(usize, Option<usize>)>> = Mutex::new(Vec::new());

extern "C" fn run_at_exit() {
    while let Some((f, arg)) = AT_EXIT.lock().ok().and_then(|mut v| v.pop()) {
        // SAFETY: registered below with the matching signature.
        unsafe {
            match arg {
                Some(arg) => {
                    std::mem::transmute::<usize, unsafe extern "C" fn(*mut c_void)>(f)(arg as *mut c_void)
                }
                None => std::mem::transmute::<usize, unsafe extern "C" fn()>(f)(),
            }
        }
    }
}

fn register(f: usize, arg: Option<usize>) -> c_int {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        // SAFETY: a function without arguments.
        unsafe { libc::atexit(run_at_exit) };
    });
    match AT_EXIT.lock() {
        Ok(mut v) => {
            v.push((f, arg));
            0
        }
        Err(_) => -1,
    }
}

pub(crate) fn at_interpreter_exit(f: unsafe extern "C" fn(*mut c_void), arg: *mut c_void) -> c_int {
    register(f as usize, Some(arg as usize))
}

plain! {
    fn Py_IsInitialized() -> c_int { !crate::pystate::PyInterpreterState_Main().is_null() as c_int }
    fn Py_IsFinalizing() -> c_int {
        crate::pystate::PyInterpreterState_Main().as_ref().is_some_and(|i| i.finalizing.get()) as c_int
    }
    fn _Py_IsFinalizing() -> c_int { Py_IsFinalizing() }
    fn Py_AtExit(f: unsafe extern "C" fn()) -> c_int { register(f as usize, None) }
    fn Py_FatalError(message: *const c_char) -> ! { _Py_FatalErrorFunc(c"Py_FatalError".as_ptr(), message) }
    fn _Py_FatalErrorFunc(function: *const c_char, message: *const c_char) -> ! {
        let function = lossy_opt(function).map(|f| format!("{f}: ")).unwrap_or_default();
        eprintln!("Fatal Python error: {function}{}", lossy(message));
        std::process::abort()
    }
    fn Py_GetVersion() -> *const c_char { crate::version::text() }
    fn Py_GetPlatform() -> *const c_char { c"linux".as_ptr() }
    fn Py_GetCopyright() -> *const c_char { crate::version::copyright() }
    fn Py_GetCompiler() -> *const c_char { c"[rustc]".as_ptr() }
    fn Py_GetBuildInfo() -> *const c_char { c"ophion".as_ptr() }
    fn Py_PACK_FULL_VERSION(major: c_int, minor: c_int, micro: c_int, level: c_int, serial: c_int) -> c_uint {
        ((major as c_uint & 0xff) << 24)
            | ((minor as c_uint & 0xff) << 16)
            | ((micro as c_uint & 0xff) << 8)
            | ((level as c_uint & 0xf) << 4)
            | (serial as c_uint & 0xf)
    }
    fn Py_PACK_VERSION(major: c_int, minor: c_int) -> c_uint { Py_PACK_FULL_VERSION(major, minor, 0, 0, 0) }
    fn Py_GetRecursionLimit() -> c_int { runtime::state::thread(token()).py_recursion_limit.get() }
    fn Py_SetRecursionLimit(n: c_int) {
        let py = token();
        let f = runtime::import::import_attr(py, "sys", "setrecursionlimit");
        if let Err(e) = f.and_then(|f| f.call1(py, PyInt::from_i64(py, n as i64)?.as_object())) {
            ignore(py, e)
        }
    }
    fn PyOS_getsig(n: c_int) -> libc::sighandler_t {
        let mut old: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(n, std::ptr::null(), &mut old) == -1 { libc::SIG_ERR } else { old.sa_sigaction }
    }
    fn PyOS_setsig(n: c_int, f: libc::sighandler_t) -> libc::sighandler_t {
        let mut new: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = f;
        let mut old: libc::sigaction = std::mem::zeroed();
        if libc::sigaction(n, &new, &mut old) == -1 { libc::SIG_ERR } else { old.sa_sigaction }
    }
    fn PyOS_AfterFork_Child() { runtime::state::after_fork_in_child(token()) }
    fn PyOS_BeforeFork() {}
    fn PyOS_AfterFork_Parent() {}
    fn PyOS_InterruptOccurred() -> c_int {
        let py = token();
        match runtime::signals::check(py) {
            Ok(_) => 0,
            Err(e) => {
                ignore(py, e);
                1
            }
        }
    }
    fn PyOS_mystricmp(a: *const c_char, b: *const c_char) -> c_int { libc::strcasecmp(a, b) }
    fn PyOS_mystrnicmp(a: *const c_char, b: *const c_char, n: isize) -> c_int {
        libc::strncasecmp(a, b, n.max(0) as usize)
    }
    fn PySys_GetObject(n: *const c_char) -> O {
        let py = token();
        let saved = take(py);
        let look_up = || match runtime::state::interpreter(py).sysdict.get_owned() {
            Some(d) => d.get_item(py, &*pystr(py, n)?),
            None => Ok(None),
        };
        let found = look_up().unwrap_or_else(|e| {
            write_unraisable(py, e, Some("Exception ignored in PySys_GetObject()"), None);
            None
        });
        if let Some(e) = saved {
            let _ = raise_object(py, e);
        }
        found.map_or(null_mut(), borrowed)
    }
    fn PySys_ResetWarnOptions() {}
    fn _Py_GetBuiltWithAssert() -> c_int { 0 }
    fn _Py_IsValidFD(fd: c_int) -> c_int { (fd >= 0 && libc::fcntl(fd, libc::F_GETFD) >= 0) as c_int }
    fn PyOS_vsnprintf(out: *mut c_char, n: usize, text: *const c_char, va: *mut VaList) -> c_int {
        snprintf(out, n, text, &mut *va)
    }
    fn Py_CompileString(text: *const c_char, filename: *const c_char, start: c_int) -> O {
        Py_CompileStringExFlags(text, filename, start, null_mut(), -1)
    }
    fn Py_CompileStringFlags(text: *const c_char, filename: *const c_char, start: c_int, flags: *mut c_int) -> O {
        Py_CompileStringExFlags(text, filename, start, flags, -1)
    }
    fn PyRun_String(text: *const c_char, start: c_int, globals: O, locals: O) -> O {
        PyRun_StringFlags(text, start, globals, locals, null_mut())
    }
    fn PyRun_SimpleString(text: *const c_char) -> c_int { PyRun_SimpleStringFlags(text, null_mut()) }
    fn PyRun_SimpleStringFlags(text: *const c_char, flags: *mut c_int) -> c_int {
        let py = token();
        let run = || -> PyResult {
            let main = runtime::import::import_module(py, "__main__")?;
            let d = crate::moduleobject::PyModule_GetDict(main.as_ptr());
            from_c::<PyObject>(py, PyRun_StringFlags(text, FILE_INPUT, d, d, flags))
        };
        match run() {
            Ok(_) => 0,
            Err(e) => {
                runtime::errors::display::print_uncaught(py, e);
                -1
            }
        }
    }
}

const SINGLE_INPUT: c_int = 256;
pub(crate) const FILE_INPUT: c_int = 257;
const EVAL_INPUT: c_int = 258;

pub(crate) unsafe fn compile(
    py: Python,
    source: &[u8],
    filename: &PyObject,
    start: c_int,
    flags: *mut c_int,
    optimize: c_int,
) -> PyResult {
    use syntax::Mode;
    let mode = match start {
        SINGLE_INPUT => Mode::Single,
        FILE_INPUT => Mode::Exec,
        EVAL_INPUT => Mode::Eval,
        _ => return Err(value_error(py, "invalid start symbol")),
    };
    // SAFETY: null or `PyCompilerFlags`, which begins with the flags.
    let flags = unsafe { flags.as_ref() }.map_or(0, |f| *f as u32);
    let request = Request {
        filename,
        mode,
        flags: flags & (runtime::compile::cf::MASK | runtime::compile::cf::COMPILE_MASK),
        optimize,
        feature_version: syntax::NEWEST_FEATURE_VERSION,
    };
    Ok(compile_source(py, Text::Bytes(source), &request)?.into_object())
}

capi! {
    fn Py_CompileStringExFlags(py, text: *const c_char, filename: *const c_char, start: c_int, flags: *mut c_int, optimize: c_int) -> O {
        let filename = runtime::fs::fs_decode(py, bytes_of(filename))?;
        compile(py, bytes_of(text), &filename, start, flags, optimize)
    }
    fn Py_CompileStringObject(py, text: *const c_char, filename: O, start: c_int, flags: *mut c_int, optimize: c_int) -> O {
        compile(py, bytes_of(text), obj(py, filename)?, start, flags, optimize)
    }
    fn PyRun_StringFlags(py, text: *const c_char, start: c_int, globals: O, locals: O, flags: *mut c_int) -> O {
        let filename = PyStr::new(py, "<string>")?;
        let code = compile(py, bytes_of(text), &filename, start, flags, -1)?;
        eval(py, &code, globals, locals)
    }
    fn PyEval_EvalCode(py, code: O, globals: O, locals: O) -> O { eval(py, obj(py, code)?, globals, locals) }
    fn PyEval_GetBuiltins(py) -> O { Ok(borrowed(runtime::interp::frame_builtins(py))) }
    fn PyEval_GetGlobals(py) -> O { Ok(runtime::interp::frame_globals(py).map_or(null_mut(), borrowed)) }
    fn PyEval_GetFrameBuiltins(py) -> O { Ok(runtime::interp::frame_builtins(py)) }
    fn PyEval_GetFrameGlobals(py) -> O {
        let _ = py;
        Ok(runtime::interp::frame_globals(py))
    }
    fn PyEval_GetFrameLocals(py) -> O { runtime::interp::frame_locals(py) }
    fn PySys_SetObject(py, n: *const c_char, value: O) -> c_int {
        let Some(d) = runtime::state::interpreter(py).sysdict.get_owned() else { return Err(bad_internal_call(py)) };
        let key = name(py, n)?;
        match opt(value) {
            Some(v) => d.set_item(py, &key, v),
            None => d.pop(py, &key).map(drop),
        }
    }
    fn PySys_GetXOptions(py) -> O {
        let Some(sys) = runtime::state::interpreter(py).sysdict.get_owned() else { return Err(bad_internal_call(py)) };
        if let Some(d) = sys.get_text(py, "_xoptions")?.filter(|d| PyDict::check(d)) {
            return Ok(borrowed(d));
        }
        let d = PyDict::new(py)?;
        sys.set_text(py, "_xoptions", d.as_object())?;
        Ok(borrowed(d.into_object()))
    }
    fn PySys_AuditTuple(py, event: *const c_char, args: O) -> c_int {
        let items: Vec<&PyObject> = match opt(args) {
            None => Vec::new(),
            Some(a) => match a.downcast::<PyTuple>() {
                Some(t) => t.items().to_vec(),
                None => return Err(type_error(py, format!("args must be tuple, got {}", tp_name(a)))),
            },
        };
        runtime::sys::hooks::audit(py, &lossy(event), &items)
    }
    fn PyOS_FSPath(py, o: O) -> O { runtime::fs::fspath(py, obj(py, o)?) }
    fn PyConfig_Get(py, n: *const c_char) -> O { config(py, &lossy(n)) }
    fn PyConfig_GetInt(py, n: *const c_char, out: *mut c_int) -> c_int {
        let n = lossy(n);
        let v = config(py, &n)?;
        let Some(i) = v.downcast::<PyInt>() else {
            return Err(type_error(py, format!("config option {n} is not an int")));
        };
        *out = i.to_i32(py)?;
        Ok(())
    }
}

/// A configuration option that `sys` shows.
fn config(py: Python, name: &str) -> PyResult {
    let i = runtime::state::interpreter(py);
    let attribute = match name {
        "argv" | "orig_argv" | "executable" | "base_executable" | "prefix" | "exec_prefix"
        | "base_prefix" | "base_exec_prefix" | "platlibdir" | "stdlib_dir" | "pycache_prefix"
        | "warnoptions" => match name {
            "base_executable" => "_base_executable",
            "stdlib_dir" => "_stdlib_dir",
            n => n,
        },
        "module_search_paths" => "path",
        "xoptions" => "_xoptions",
        _ => "",
    };
    if !attribute.is_empty()
        && let Some(v) = i.sys_get(py, attribute)
    {
        return Ok(v);
    }
    let flag = match name {
        "bytes_warning" | "inspect" | "interactive" | "isolated" | "utf8_mode" | "safe_path" | "dev_mode"
        | "verbose" => name,
        "optimization_level" => "optimize",
        "parser_debug" => "debug",
        "use_hash_seed" => "hash_randomization",
        _ => return Err(value_error(py, format!("unknown config option name: {name}"))),
    };
    match i.sys_get(py, "flags") {
        Some(f) => f.getattr_str(py, flag),
        None => Err(value_error(py, format!("unknown config option name: {name}"))),
    }
}

pub(crate) unsafe fn eval(py: Python, code: &PyObject, globals: O, locals: O) -> PyResult {
    // SAFETY: the C API's contract.
    unsafe {
        let Some(code) = code.downcast::<PyCode>() else { return Err(bad_internal_call(py)) };
        let Some(globals) = opt(globals) else {
            return Err(system_error(py, "PyEval_EvalCode: NULL globals"));
        };
        let Some(g) = globals.downcast::<PyDict>() else {
            return Err(system_error(py, "PyEval_EvalCode: globals must be a dict"));
        };
        if g.get_text(py, "__builtins__")?.is_none() {
            g.set_text(py, "__builtins__", runtime::import::builtins_dict(py)?.as_object())?;
        }
        runtime::interp::eval_code(py, code, g, Some(opt(locals).unwrap_or(globals)))
    }
}

exported! {
    Py_Version: c_ulong = 0x030e0af0;
}

variadic! {
    fn PyOS_snprintf(out: *mut c_char, n: usize, format: *const c_char; ...) -> c_int => snprintf, 3;
    fn PySys_Audit(event: *const c_char, format: *const c_char; ...) -> c_int => audit, 2;
    fn PySys_WriteStdout(format: *const c_char; ...) => write_stdout, 1;
    fn PySys_WriteStderr(format: *const c_char; ...) => write_stderr, 1;
    fn PySys_FormatStdout(format: *const c_char; ...) => format_stdout, 1;
    fn PySys_FormatStderr(format: *const c_char; ...) => format_stderr, 1;
}

unsafe extern "C" {
    fn vsnprintf(out: *mut c_char, n: usize, format: *const c_char, va: *mut c_void) -> c_int;
}

unsafe extern "C" fn snprintf(out: *mut c_char, n: usize, text: *const c_char, va: &mut VaList) -> c_int {
    // SAFETY: C's own function with C's own list.
    unsafe {
        let r = vsnprintf(out, n, text, va.as_c());
        if n > 0 {
            *out.add(n - 1) = 0;
        }
        r
    }
}

unsafe extern "C" fn audit(event: *const c_char, text: *const c_char, va: &mut VaList) -> c_int {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        let mut run = || {
            let all = crate::modsupport::build::values(py, bytes_of(text), va)?;
            let items: Vec<&PyObject> = match &all[..] {
                [one] => one.downcast::<PyTuple>().map_or(vec![one.as_object()], |t| t.items().to_vec()),
                _ => all.iter().map(|a| a.as_object()).collect(),
            };
            runtime::sys::hooks::audit(py, &lossy(event), &items)
        };
        result(run())
    }
}

/// Writes to `sys.stdout` or `sys.stderr`, or to the file descriptor while there is none. A pending exception stays.
fn write(py: Python, stream: &str, fd: c_int, text: &str) {
    let saved = take(py);
    let file = runtime::state::interpreter(py).sys_get(py, stream).filter(|f| !f.is_none());
    let done = match file {
        Some(f) => PyStr::new(py, text).and_then(|t| f.call_method1(py, intern!(py, "write"), &t)).is_ok(),
        None => false,
    };
    drop(take(py));
    if !done {
        // SAFETY: a plain write.
        unsafe { libc::write(fd, text.as_ptr() as *const c_void, text.len()) };
    }
    if let Some(e) = saved {
        let _ = raise_object(py, e);
    }
}

unsafe fn c_text(text: *const c_char, va: &mut VaList) -> String {
    let mut out = [0u8; 1001];
    // SAFETY: the C API's contract.
    unsafe {
        let n = vsnprintf(out.as_mut_ptr() as *mut c_char, out.len(), text, va.as_c());
        let mut s = String::from_utf8_lossy(bytes_of(out.as_ptr() as *const c_char)).into_owned();
        if n as c_long >= out.len() as c_long {
            s.push_str("... truncated");
        }
        s
    }
}

unsafe extern "C" fn write_stdout(text: *const c_char, va: &mut VaList) {
    // SAFETY: the C API's contract.
    unsafe { write(token(), "stdout", 1, &c_text(text, va)) }
}

unsafe extern "C" fn write_stderr(text: *const c_char, va: &mut VaList) {
    // SAFETY: the C API's contract.
    unsafe { write(token(), "stderr", 2, &c_text(text, va)) }
}

unsafe fn formatted(stream: &str, fd: c_int, text: *const c_char, va: &mut VaList) {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        let saved = take(py);
        if let Ok(s) = format::text(py, text, va) {
            write(py, stream, fd, &s.to_string_lossy());
        }
        drop(take(py));
        if let Some(e) = saved {
            let _ = raise_object(py, e);
        }
    }
}

unsafe extern "C" fn format_stdout(text: *const c_char, va: &mut VaList) {
    // SAFETY: the C API's contract.
    unsafe { formatted("stdout", 1, text, va) }
}

unsafe extern "C" fn format_stderr(text: *const c_char, va: &mut VaList) {
    // SAFETY: the C API's contract.
    unsafe { formatted("stderr", 2, text, va) }
}
