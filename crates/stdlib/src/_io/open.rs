//! `open`: which streams a mode asks for.

use super::buffered::{PyBufferedRandom, PyBufferedReader, PyBufferedWriter};
use super::fileio::PyFileIO;
use super::text::PyTextIOWrapper;
use runtime::prelude::*;

/// The arguments of `open`.
pub(super) struct Request<'a> {
    pub file: &'a PyObject,
    pub mode: &'a str,
    pub buffering: i32,
    pub encoding: Option<&'a str>,
    pub errors: Option<&'a str>,
    pub newline: Option<&'a str>,
    pub closefd: bool,
    pub opener: Option<&'a PyObject>,
}

#[derive(Default)]
struct Mode {
    creating: bool,
    reading: bool,
    writing: bool,
    appending: bool,
    updating: bool,
    text: bool,
    binary: bool,
}

fn parse(py: Python, mode: &str) -> PyResult<Mode> {
    let mut m = Mode::default();
    for (i, c) in mode.char_indices() {
        let flag = match c {
            'x' => &mut m.creating,
            'r' => &mut m.reading,
            'w' => &mut m.writing,
            'a' => &mut m.appending,
            '+' => &mut m.updating,
            't' => &mut m.text,
            'b' => &mut m.binary,
            _ => return Err(value_error(py, format!("invalid mode: '{mode}'"))),
        };
        if mode[i + c.len_utf8()..].contains(c) {
            return Err(value_error(py, format!("invalid mode: '{mode}'")));
        }
        *flag = true;
    }
    Ok(m)
}

/// The mode without its kind, for the raw stream.
fn raw_mode(m: &Mode) -> String {
    [('x', m.creating), ('r', m.reading), ('w', m.writing), ('a', m.appending), ('+', m.updating)]
        .iter()
        .filter(|(_, on)| *on)
        .map(|(c, _)| *c)
        .collect()
}

fn check(py: Python, r: &Request<'_>, m: &Mode) -> PyResult<()> {
    if m.text && m.binary {
        return Err(value_error(py, "can't have text and binary mode at once"));
    }
    if [m.creating, m.reading, m.writing, m.appending].iter().filter(|&&f| f).count() > 1 {
        return Err(value_error(py, "must have exactly one of create/read/write/append mode"));
    }
    if m.binary {
        for (given, what) in [
            (r.encoding.is_some(), "an encoding"),
            (r.errors.is_some(), "an errors"),
            (r.newline.is_some(), "a newline"),
        ] {
            if given {
                return Err(value_error(py, format!("binary mode doesn't take {what} argument")));
            }
        }
        if r.buffering == 1 {
            let text = "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used";
            warn(py, &exceptions::PyExc_RuntimeWarning_Type, text, 1)?;
        }
    }
    Ok(())
}

/// Opens a file.
pub(super) fn open(py: Python, r: &Request<'_>) -> PyResult {
    // A path is asked for its string once, here; a descriptor stays what it is.
    let path;
    let file = if runtime::abstract_::number::has_index(r.file) {
        r.file
    } else {
        path = runtime::fs::fspath(py, r.file)?;
        &*path
    };
    let m = parse(py, r.mode)?;
    check(py, r, &m)?;
    let opener = r.opener.unwrap_or(none());
    let closefd = py_bool(r.closefd).as_object();
    let raw_mode = PyStr::new(py, &raw_mode(&m))?;
    let raw = PyFileIO::type_object().object().call(py, &[file, raw_mode.as_object(), closefd, opener])?;
    let mut result = raw.clone();
    match layers(py, r, &m, &raw, &mut result) {
        Ok(()) => Ok(result),
        // What is open is closed again.
        Err(e) => {
            let close = || result.call_method0(py, intern!(py, "close")).map(drop);
            match super::helpers::chain(py, Some(e), close) {
                Err(e) => Err(e),
                Ok(()) => Ok(result),
            }
        }
    }
}

/// Puts buffer and text layer on the raw stream.
fn layers(py: Python, r: &Request<'_>, m: &Mode, raw: &PyObject, result: &mut Py) -> PyResult<()> {
    let isatty = if r.buffering < 0 {
        raw.call_method0(py, intern!(py, "_isatty_open_only"))?.is_true(py)?
    } else {
        false
    };
    let mut buffering = r.buffering;
    let line_buffering = (buffering == 1 || isatty) && !m.binary;
    if buffering == 1 || isatty {
        buffering = -1;
    }
    let size = if buffering < 0 {
        let block = raw.getattr(py, intern!(py, "_blksize"))?;
        let block = block.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type))?;
        // Large blocks are good, but not without end.
        block.min(8 * 1024 * 1024).max(super::DEFAULT_BUFFER_SIZE as isize)
    } else {
        buffering as isize
    };
    if buffering == 0 {
        if !m.binary {
            return Err(value_error(py, "can't have unbuffered text I/O"));
        }
        return Ok(());
    }
    let class = if m.updating {
        PyBufferedRandom::type_object()
    } else if m.creating || m.writing || m.appending {
        PyBufferedWriter::type_object()
    } else if m.reading {
        PyBufferedReader::type_object()
    } else {
        return Err(value_error(py, format!("unknown mode: '{}'", r.mode)));
    };
    let size = PyInt::from_i64(py, size as i64)?;
    let buffer = class.object().call(py, &[raw, size.as_object()])?;
    *result = buffer.clone();
    if m.binary {
        return Ok(());
    }
    let text = |s: Option<&str>| -> PyResult {
        match s {
            Some(s) => Ok(PyStr::new(py, s)?.into_object()),
            None => Ok(none().owned()),
        }
    };
    let wrapper = PyTextIOWrapper::type_object().object().call(
        py,
        &[
            &buffer,
            &*text(r.encoding)?,
            &*text(r.errors)?,
            &*text(r.newline)?,
            py_bool(line_buffering).as_object(),
        ],
    )?;
    *result = wrapper.clone();
    wrapper.setattr(py, intern!(py, "mode"), PyStr::new(py, r.mode)?.as_object())
}
