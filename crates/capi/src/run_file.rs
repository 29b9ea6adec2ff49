//! `pythonrun.h` and `marshal.h`: what reads from and writes to C's `FILE`.

use crate::convert::*;
use object::libc::{self, FILE};
use runtime::prelude::*;
use std::ffi::{c_char, c_int, c_long, c_void};
use std::ptr::null_mut;

/// Everything from the current position on.
unsafe fn read_all(f: *mut FILE) -> Vec<u8> {
    let mut all = Vec::new();
    let mut part = [0u8; 8192];
    // SAFETY: an open stream.
    unsafe {
        loop {
            let n = libc::fread(part.as_mut_ptr() as *mut c_void, 1, part.len(), f);
            all.extend_from_slice(&part[..n]);
            if n < part.len() {
                return all;
            }
        }
    }
}

unsafe fn close_if(f: *mut FILE, wanted: c_int) {
    if wanted != 0 {
        // SAFETY: the caller gives the stream up.
        unsafe { libc::fclose(f) };
    }
}

/// Compiles and runs what is left of a stream.
#[allow(clippy::too_many_arguments)]
unsafe fn run(
    py: Python,
    f: *mut FILE,
    filename: &PyObject,
    start: c_int,
    globals: O,
    locals: O,
    close: c_int,
    flags: *mut c_int,
) -> PyResult {
    // SAFETY: the C API's contract.
    unsafe {
        let source = read_all(f);
        close_if(f, close);
        let code = crate::lifecycle::compile(py, &source, filename, start, flags, -1)?;
        crate::lifecycle::eval(py, &code, globals, locals)
    }
}

/// Runs a stream as `__main__` and prints what it raises.
unsafe fn run_main(f: *mut FILE, filename: *const c_char, close: c_int, flags: *mut c_int) -> c_int {
    // SAFETY: the C API's contract.
    unsafe {
        let py = token();
        let go = || -> PyResult {
            let main = runtime::import::import_module(py, "__main__")?;
            let Some(m) = main.downcast::<PyModule>() else { return Err(bad_internal_call(py)) };
            let d = m.dict(py);
            let name = runtime::fs::fs_decode(py, bytes_of(filename))?;
            let named = d.get_text(py, "__file__")?.is_none();
            if named {
                d.set_text(py, "__file__", &name)?;
            }
            let r = run(py, f, &name, crate::lifecycle::FILE_INPUT, d.as_ptr(), d.as_ptr(), close, flags);
            if named {
                let saved = take(py);
                if let Err(e) = d.pop(py, &*PyStr::new(py, "__file__")?) {
                    ignore(py, e);
                }
                if let Some(e) = saved {
                    let _ = raise_object(py, e);
                }
            }
            r
        };
        match go() {
            Ok(_) => 0,
            Err(e) => {
                runtime::errors::display::print_uncaught(py, e);
                -1
            }
        }
    }
}

capi! {
    fn PyRun_FileExFlags(py, f: *mut FILE, filename: *const c_char, start: c_int, globals: O, locals: O, close: c_int, flags: *mut c_int) -> O {
        let name = runtime::fs::fs_decode(py, bytes_of(filename))?;
        run(py, f, &name, start, globals, locals, close, flags)
    }
    fn PyMarshal_ReadLastObjectFromFile(py, f: *mut FILE) -> O { runtime::marshal::loads(py, &read_all(f)) }
}

plain! {
    fn PyRun_File(f: *mut FILE, filename: *const c_char, start: c_int, globals: O, locals: O) -> O {
        PyRun_FileExFlags(f, filename, start, globals, locals, 0, null_mut())
    }
    fn PyRun_FileEx(f: *mut FILE, filename: *const c_char, start: c_int, globals: O, locals: O, close: c_int) -> O {
        PyRun_FileExFlags(f, filename, start, globals, locals, close, null_mut())
    }
    fn PyRun_FileFlags(f: *mut FILE, filename: *const c_char, start: c_int, globals: O, locals: O, flags: *mut c_int) -> O {
        PyRun_FileExFlags(f, filename, start, globals, locals, 0, flags)
    }
    fn PyRun_SimpleFile(f: *mut FILE, filename: *const c_char) -> c_int { run_main(f, filename, 0, null_mut()) }
    fn PyRun_SimpleFileEx(f: *mut FILE, filename: *const c_char, close: c_int) -> c_int { run_main(f, filename, close, null_mut()) }
    fn PyRun_SimpleFileExFlags(f: *mut FILE, filename: *const c_char, close: c_int, flags: *mut c_int) -> c_int {
        run_main(f, filename, close, flags)
    }
    fn PyMarshal_WriteLongToFile(value: c_long, f: *mut FILE, _version: c_int) {
        let bytes = (value as i32).to_le_bytes();
        libc::fwrite(bytes.as_ptr() as *const c_void, 1, 4, f);
    }
    fn PyMarshal_WriteObjectToFile(o: O, f: *mut FILE, version: c_int) {
        let py = token();
        if let Ok(all) = obj(py, o).and_then(|o| runtime::marshal::dumps(py, o, version, true)) {
            libc::fwrite(all.as_ptr() as *const c_void, 1, all.len(), f);
        }
    }
    fn PyMarshal_ReadShortFromFile(f: *mut FILE) -> c_int {
        let mut b = [0u8; 2];
        match libc::fread(b.as_mut_ptr() as *mut c_void, 1, 2, f) {
            2 => i16::from_le_bytes(b) as c_int,
            _ => end_of_file() as c_int,
        }
    }
    fn PyMarshal_ReadLongFromFile(f: *mut FILE) -> c_long {
        let mut b = [0u8; 4];
        match libc::fread(b.as_mut_ptr() as *mut c_void, 1, 4, f) {
            4 => i32::from_le_bytes(b) as c_long,
            _ => end_of_file(),
        }
    }
    /// `fgets` that takes any line ending for a newline.
    fn Py_UniversalNewlineFgets(out: *mut c_char, n: c_int, f: *mut FILE, _file: O) -> *mut c_char {
        let mut at = 0;
        while at + 1 < n.max(1) as usize {
            let c = libc::fgetc(f);
            if c == libc::EOF {
                break;
            }
            let mut c = c as u8;
            if c == b'\r' {
                let next = libc::fgetc(f);
                if next != b'\n' as c_int && next != libc::EOF {
                    libc::ungetc(next, f);
                }
                c = b'\n';
            }
            *out.add(at) = c as c_char;
            at += 1;
            if c == b'\n' {
                break;
            }
        }
        *out.add(at) = 0;
        if at == 0 { null_mut() } else { out }
    }
}

fn end_of_file() -> c_long {
    // SAFETY: called from exported functions that are called attached.
    let py = unsafe { token() };
    let _ = raise(py, &runtime::types::exceptions::PyExc_EOFError_Type, "EOF read where data expected");
    -1
}
