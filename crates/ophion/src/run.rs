//! Running what the command line names: a command, a module, a script, a folder or archive, standard input, or the prompt.

use crate::{paths, repl};
use object::{Py, PyLayout, PyObject, PyResult, Python};
use runtime::compile::{self, Request, Text};
use runtime::errors::display::print_uncaught;
use runtime::fs::{fs_decode, fs_encode};
use runtime::intern;
use runtime::lifecycle;
use runtime::prelude::*;
use runtime::state::{Config, interpreter};
use std::io::Read;

/// Starts an interpreter with this configuration, runs the program and ends. Returns the exit status.
pub fn run(config: Config) -> i32 {
    crate::install();
    let shown = config.clone();
    let py = match lifecycle::initialize(config) {
        Ok(py) => py,
        Err(e) => {
            if e.stage == lifecycle::ENCODINGS {
                eprint!("{}", paths::describe(&shown));
                eprintln!("Fatal Python error: Failed to import encodings module");
            } else {
                eprintln!("Fatal Python error: initialization failed at {}", e.stage);
            }
            eprintln!(
                "Python runtime state: core initialized\n{}\n\nCurrent thread {:#018x} [{}] (most recent call first):\n  <no Python frame>",
                e.detail,
                // SAFETY: a query without arguments.
                unsafe { libc::pthread_self() },
                paths::program_name(&shown),
            );
            return 1;
        }
    };
    let mut status = match run_main(py) {
        Ok(()) => 0,
        Err(e) => print_uncaught(py, e),
    };
    if repl::wanted_after_program(py) {
        status = match repl::interact(py, false) {
            Ok(()) => 0,
            Err(e) => print_uncaught(py, e),
        };
    }
    if !lifecycle::finalize(py) {
        // Buffered output was lost.
        status = 120;
    }
    if runtime::signals::was_interrupted() {
        // An interrupt nobody handled ends the process by the signal, so that the shell sees it.
        // SAFETY: restoring the default action and raising the signal have no memory effects here.
        unsafe {
            libc::signal(libc::SIGINT, libc::SIG_DFL);
            libc::kill(libc::getpid(), libc::SIGINT);
        }
        return 130;
    }
    status
}

fn is_prompt(c: &Config) -> bool {
    c.run_command.is_none() && c.run_module.is_none() && c.run_filename.is_none()
}

fn main_dict(py: Python) -> PyResult<Py<PyDict>> {
    let main = runtime::import::import_module(py, "__main__")?;
    match main.downcast::<PyModule>() {
        Some(m) => Ok(m.dict(py).owned()),
        None => Err(runtime_error(py, "__main__ is not a module")),
    }
}

fn prepend_path(py: Python, entry: &PyObject) -> PyResult<()> {
    interpreter(py).sys_path_0.set(Some(entry.owned()));
    match interpreter(py).sys_get(py, "path") {
        Some(p) => match p.downcast::<PyList>() {
            Some(l) => l.insert(py, 0, entry.owned()),
            None => Ok(()),
        },
        None => Ok(()),
    }
}

/// The lines that greet at a prompt, and before everything else with `-v`.
fn print_header(c: &Config) {
    // SAFETY: a query on a descriptor number.
    let at_prompt = is_prompt(c) && (c.interactive != 0 || unsafe { libc::isatty(0) } == 1);
    if c.quiet || !(at_prompt || c.verbose != 0) {
        return;
    }
    eprintln!("Python {} on linux", runtime::sys::VERSION);
    if !c.no_site {
        eprintln!("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.");
    }
}

fn run_main(py: Python) -> PyResult<()> {
    let c = interpreter(py).config.borrow().clone();
    let safe = c.safe_path;
    print_header(&c);
    if let Some(command) = &c.run_command {
        if !safe {
            prepend_path(py, PyStr::new(py, "")?.as_object())?;
        }
        return run_command(py, command);
    }
    if let Some(module) = &c.run_module {
        if !safe {
            let cwd = std::env::current_dir().map(|d| d.into_os_string()).unwrap_or_default();
            let cwd = fs_decode(py, std::os::unix::ffi::OsStrExt::as_bytes(cwd.as_os_str()))?;
            prepend_path(py, cwd.as_object())?;
        }
        return run_module(py, module, true);
    }
    if let Some(file) = &c.run_filename {
        let file = &absolute(file);
        let path = fs_decode(py, file)?;
        if !std::path::Path::new(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(file)).exists()
        {
            runtime::import::library_folder::unpack_for(py, file, false);
        }
        // A folder or an archive with a __main__ module?
        if path_hook_accepts(py, path.as_object())? {
            prepend_path(py, path.as_object())?;
            return run_module(py, "__main__", false);
        }
        if !safe {
            prepend_path(py, script_folder(py, file)?.as_object())?;
        }
        return run_file(py, file, &path, c.skip_source_first_line);
    }
    if !safe {
        prepend_path(py, PyStr::new(py, "")?.as_object())?;
    }
    // SAFETY: a query on a descriptor number.
    if c.interactive != 0 || unsafe { libc::isatty(0) } == 1 {
        return repl::interact(py, true);
    }
    let mut text = Vec::new();
    let read = runtime::state::release_gil(py, || std::io::stdin().read_to_end(&mut text));
    if read.is_err() {
        return Err(exceptions::raise_errno(py, None));
    }
    let name = PyStr::new(py, "<stdin>")?;
    let d = main_dict(py)?;
    set_main_loader(py, &d, &name)?;
    run_in_main(py, &text, &name)
}

fn request(filename: &PyObject) -> Request<'_> {
    Request {
        filename,
        mode: syntax::Mode::Exec,
        flags: 0,
        optimize: -1,
        feature_version: syntax::NEWEST_FEATURE_VERSION,
    }
}

/// Runs a file's contents in `__main__`, which knows the file's name meanwhile.
pub fn run_in_main(py: Python, text: &[u8], path: &Py<PyStr>) -> PyResult<()> {
    let d = main_dict(py)?;
    d.set_text(py, "__file__", path.as_object())?;
    d.set_text(py, "__cached__", none())?;
    let result = run_source(py, Text::File(text), path.as_object());
    let pending = take(py);
    d.pop(py, intern!(py, "__file__"))?;
    d.pop(py, intern!(py, "__cached__"))?;
    match pending {
        Some(e) => Err(raise_object(py, e)),
        None => result,
    }
}

fn run_source(py: Python, text: Text, filename: &PyObject) -> PyResult<()> {
    let d = main_dict(py)?;
    let code = compile::compile_source(py, text, &request(filename))?;
    runtime::interp::eval_code(py, &code, &d, Some(d.as_object())).map(drop)
}

/// Takes away the indentation that all lines share but blank ones.
fn dedent(text: &str) -> String {
    let blank = |line: &str| line.trim_end_matches('\n').trim_matches([' ', '\t']).is_empty();
    let mut margin: Option<&str> = None;
    for line in text.split_inclusive('\n').filter(|l| !blank(l)) {
        let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        let common = margin
            .map_or(indent.len(), |m| m.bytes().zip(indent.bytes()).take_while(|(a, b)| a == b).count());
        margin = Some(&indent[..common]);
    }
    let margin = margin.unwrap_or("");
    if margin.is_empty() {
        return text.to_owned();
    }
    let cut = |line: &'_ str| match blank(line) {
        true => line.trim_start_matches([' ', '\t']).to_owned(),
        false => line[margin.len()..].to_owned(),
    };
    text.split_inclusive('\n').map(cut).collect()
}

fn run_command(py: Python, command: &[u8]) -> PyResult<()> {
    let text = fs_decode(py, command)?;
    let source = text.as_utf8(py).inspect_err(|_| {
        let e = take(py);
        runtime::sys::hooks::write_stderr(py, "Unable to decode the command from the command line:\n");
        runtime::state::thread(py).current_exception.set(e);
    })?;
    let source = dedent(source);
    let d = main_dict(py)?;
    let filename = PyStr::new(py, "<string>")?;
    let code = compile::compile_source(py, Text::Str(&source), &request(filename.as_object()))?;
    runtime::interactive::register_source(py, &code, source.as_bytes(), filename.as_object());
    runtime::interp::eval_code(py, &code, &d, Some(d.as_object())).map(drop)
}

fn run_module(py: Python, name: &str, set_argv0: bool) -> PyResult<()> {
    let f = runtime::import::import_attr(py, "runpy", "_run_module_as_main")?;
    f.call(py, &[PyStr::new(py, name)?.as_object(), py_bool(set_argv0).as_object()]).map(drop)
}

/// Does a path hook other than the one for plain folders without `__main__` take the path?
fn path_hook_accepts(py: Python, path: &PyObject) -> PyResult<bool> {
    let bytes = fs_encode(py, path)?;
    let p = std::path::Path::new(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(&bytes));
    if p.is_dir() {
        return Ok(true);
    }
    // Only an archive, or a folder in one, is taken by a hook; reading it is the hook's business.
    let Some(hooks) = interpreter(py).sys_get(py, "path_hooks") else { return Ok(false) };
    for h in hooks.to_list(py)?.snapshot() {
        match h.call1(py, path) {
            Ok(_) => return Ok(true),
            Err(e) => drop(catch(py, e, &exceptions::PyExc_ImportError_Type)?),
        }
    }
    Ok(false)
}

/// A file name from the command line, independent of the current folder.
fn absolute(file: &[u8]) -> Vec<u8> {
    use std::os::unix::ffi::OsStringExt;
    if file.starts_with(b"/") {
        return file.to_vec();
    }
    match std::env::current_dir() {
        Ok(cwd) => {
            let mut path = cwd.into_os_string().into_vec();
            if file != b"." {
                path.push(b'/');
                path.extend_from_slice(file);
            }
            path
        }
        Err(_) => file.to_vec(),
    }
}

/// The folder of a script, symbolic links resolved: the first entry of `sys.path`.
fn script_folder(py: Python, file: &[u8]) -> PyResult<Py<PyStr>> {
    use std::os::unix::ffi::OsStrExt;
    let p = std::path::Path::new(std::ffi::OsStr::from_bytes(file));
    let real =
        p.canonicalize().unwrap_or_else(|_| std::path::absolute(p).unwrap_or_else(|_| p.to_path_buf()));
    let dir = real.parent().unwrap_or(std::path::Path::new(""));
    fs_decode(py, dir.as_os_str().as_bytes())
}

fn run_file(py: Python, file: &[u8], path: &Py<PyStr>, skip_first_line: bool) -> PyResult<()> {
    use std::os::unix::ffi::OsStrExt;
    let p = std::path::Path::new(std::ffi::OsStr::from_bytes(file));
    let mut text = match std::fs::read(p) {
        Ok(t) => t,
        Err(e) => {
            let program = String::from_utf8_lossy(&interpreter(py).config.borrow().executable).into_owned();
            let shown = path.as_object().repr(py)?.to_string_lossy();
            let n = e.raw_os_error().unwrap_or(0);
            // SAFETY: the text is copied at once.
            let reason =
                unsafe { std::ffi::CStr::from_ptr(libc::strerror(n)).to_string_lossy().into_owned() };
            eprintln!("{program}: can't open file {shown}: [Errno {n}] {reason}");
            let status = PyInt::from_i64(py, 2)?;
            return Err(raise_with(py, &exceptions::PyExc_SystemExit_Type, status.as_object()));
        }
    };
    let d = main_dict(py)?;
    d.set_text(py, "__file__", path.as_object())?;
    d.set_text(py, "__cached__", none())?;
    let result = if text.starts_with(&runtime::PYC_MAGIC) {
        let code = runtime::marshal::loads(py, text.get(16..).unwrap_or(&[]))?;
        match code.downcast::<PyCode>() {
            Some(c) => runtime::interp::eval_code(py, c, &d, Some(d.as_object())).map(drop),
            None => Err(runtime_error(py, "Bad code object in .pyc file")),
        }
    } else {
        set_main_loader(py, &d, path)?;
        if skip_first_line {
            let n = text.iter().position(|b| *b == b'\n').unwrap_or(text.len());
            // The newline stays, so that line numbers are right.
            text.drain(..n);
        }
        run_source(py, Text::File(&text), path.as_object())
    };
    if result.is_ok() {
        d.pop(py, intern!(py, "__file__"))?;
    }
    result
}

fn set_main_loader(py: Python, d: &PyDict, path: &Py<PyStr>) -> PyResult<()> {
    let ty = runtime::import::import_attr(py, "_frozen_importlib_external", "SourceFileLoader")?;
    let loader = ty.call(py, &[PyStr::new(py, "__main__")?.as_object(), path.as_object()])?;
    d.set_text(py, "__loader__", &loader)
}
