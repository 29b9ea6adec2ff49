//! The plain prompt (`PyRun_InteractiveLoop`): reads statements from C's `stdin`, compiles and runs each.

use crate::compile::{self, Request, Text, cf};
use crate::errors::display::print_uncaught;
use crate::prelude::*;
use crate::state::{interpreter, release_gil};
use crate::types::exceptions::*;
use crate::types::*;
use object::libc;
use std::io::Write;

unsafe extern "C" {
    static stdin: *mut libc::FILE;
}

/// `MemoryError`s in a row after which the loop gives up.
const MEMORY_ERRORS: u32 = 16;

/// Runs statements until the end of input.
///
/// Errors: `SystemExit`; all others are printed.
pub fn run(py: Python) -> PyResult<()> {
    if let Some(sys) = interpreter(py).sysdict.get_owned() {
        for (name, text) in [("ps1", ">>> "), ("ps2", "... ")] {
            if sys.get_text(py, name)?.is_none() {
                sys.set_text(py, name, PyStr::new(py, text)?.as_object())?;
            }
        }
    }
    let mut future = 0;
    let mut memory_errors = 0;
    loop {
        match statement(py, &mut future) {
            Ok(true) => memory_errors = 0,
            Ok(false) => return Ok(()),
            Err(e) if matches(py, &PyExc_SystemExit_Type) => return Err(e),
            Err(e) => {
                memory_errors = if matches(py, &PyExc_MemoryError_Type) { memory_errors + 1 } else { 0 };
                if memory_errors > MEMORY_ERRORS {
                    return Err(e);
                }
                print_uncaught(py, e);
                flush(py);
            }
        }
    }
}

/// Flushes `sys.stderr` and `sys.stdout`, errors or not.
fn flush(py: Python) {
    for name in ["stderr", "stdout"] {
        if let Some(f) = interpreter(py).sys_get(py, name).filter(|f| !f.is_none())
            && f.call_method0(py, intern!(py, "flush")).is_err()
        {
            drop(take(py));
        }
    }
}

/// `str()` of `sys.ps1` or `sys.ps2`; nothing where that fails.
fn prompt(py: Python, name: &str) -> Vec<u8> {
    match interpreter(py).sys_get(py, name).map(|p| p.str_(py)) {
        Some(Ok(s)) => s.to_string_lossy().into_bytes(),
        Some(Err(_)) => {
            drop(take(py));
            Vec::new()
        }
        None => Vec::new(),
    }
}

/// A line with its newline; empty at the end of input.
///
/// Errors: `KeyboardInterrupt`, or what another signal's handler raises.
fn read_line(py: Python, prompt: &[u8]) -> PyResult<Vec<u8>> {
    flush(py);
    let mut err = std::io::stderr();
    let _ = err.write_all(prompt);
    let mut line = Vec::new();
    loop {
        let mut part = [0u8; 1024];
        let (read, errno) = release_gil(py, || {
            // SAFETY: C's stdin is open from the start, the buffer as large as said.
            unsafe {
                libc::clearerr(stdin);
                let p = libc::fgets(part.as_mut_ptr().cast(), part.len() as i32, stdin);
                (!p.is_null(), *libc::__errno_location())
            }
        });
        if !read {
            if errno == libc::EINTR {
                crate::signals::check(py).inspect_err(|_| {
                    let _ = std::io::stderr().write_all(b"\n");
                })?;
                // SAFETY: as above.
                if unsafe { libc::feof(stdin) } == 0 {
                    continue;
                }
            }
            // What follows stands on a line of its own.
            let _ = err.write_all(b"\n");
            return Ok(line);
        }
        // A null byte ends what `fgets` shows; the rest of such a line is lost.
        let n = part.iter().position(|b| *b == 0).unwrap_or(part.len());
        line.extend_from_slice(&part[..n]);
        if line.ends_with(b"\n") || n == 0 {
            return Ok(line);
        }
    }
}

/// Numbers the statements of the interpreter: their code is told apart by file names like `<stdin-3>`.
#[derive(Default)]
struct Count(Cell<usize>);

/// Is there nothing in the text but blanks and comments?
fn is_blank(text: &[u8]) -> bool {
    text.split(|b| *b == b'\n').all(|line| {
        let start = line.iter().position(|b| !b" \t\x0c\r".contains(b));
        start.is_none_or(|i| line[i] == b'#')
    })
}

/// Reads one statement and runs it. False at the end of input.
fn statement(py: Python, future: &mut u32) -> PyResult<bool> {
    let filename = PyStr::new(py, "<stdin>")?;
    let (first, more) = (prompt(py, "ps1"), prompt(py, "ps2"));
    let mut source: Vec<u8> = Vec::new();
    let mut rq = Request {
        filename: filename.as_object(),
        mode: syntax::Mode::Single,
        flags: *future | cf::DONT_IMPLY_DEDENT,
        optimize: -1,
        feature_version: syntax::NEWEST_FEATURE_VERSION,
    };
    loop {
        let line = read_line(py, if source.is_empty() { &first } else { &more })?;
        if line.is_empty() {
            if source.is_empty() {
                return Ok(false);
            }
            rq.flags &= !cf::DONT_IMPLY_DEDENT;
            break;
        }
        source.extend_from_slice(&line);
        if !source.ends_with(b"\n") {
            // The input ended there; the next attempt to read says so.
            source.push(b'\n');
            continue;
        }
        if is_blank(&source) {
            return Ok(true);
        }
        if !compile::is_incomplete(py, &source, &rq) {
            break;
        }
        // An empty line ends every statement, complete or not, but not brackets and strings.
        if line == b"\n" && !compile::is_open(py, &source, &rq) {
            rq.flags &= !cf::DONT_IMPLY_DEDENT;
            break;
        }
    }
    let arena = bumpalo::Bump::new();
    let tree = compile::parse_source(py, &arena, Text::Bytes(&source), &rq)?;
    let count = interpreter(py).module_state::<Count>();
    let number = count.0.replace(count.0.get() + 1);
    let own_name = PyStr::new(py, &format!("<stdin-{number}>"))?;
    rq.filename = own_name.as_object();
    let code = compile::compile_tree(py, &arena, &tree, &rq)?;
    *future |= code.co_flags.get() as u32 & cf::MASK;
    register_source(py, &code, &source, filename.as_object());
    let main = crate::import::import_module(py, "__main__")?;
    let Some(main) = main.downcast::<PyModule>() else {
        return Err(runtime_error(py, "__main__ is not a module"));
    };
    let d = main.dict(py);
    crate::interp::eval_code(py, &code, &d, Some(d.as_object()))?;
    flush(py);
    Ok(true)
}

/// Makes the source known to `linecache`, so that tracebacks show it. Without the library nothing is registered.
pub fn register_source(py: Python, code: &Py<PyCode>, source: &[u8], filename: &PyObject) {
    let register = || -> PyResult<()> {
        let text = PyStr::new(py, &String::from_utf8_lossy(source))?;
        let f = crate::import::import_attr(py, "linecache", "_register_code")?;
        f.call(py, &[code.as_object(), text.as_object(), filename]).map(drop)
    };
    if register().is_err() {
        drop(take(py));
    }
}
