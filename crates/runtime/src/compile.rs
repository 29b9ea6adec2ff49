//! From source text to code object: drives parser and compiler and turns their errors and warnings into Python's.

use crate::codecs;
use crate::prelude::*;
use crate::state::interpreter;
use crate::types::exceptions::*;
use crate::types::*;
use bumpalo::Bump;
use syntax::{DecodeFailure, Failure, Mode, ParseOptions, Source};

/// `PyCF_*`: flags of `compile()` besides the future features.
pub mod cf {
    pub const SOURCE_IS_UTF8: u32 = 0x0100;
    pub const DONT_IMPLY_DEDENT: u32 = 0x0200;
    pub const ONLY_AST: u32 = 0x0400;
    pub const IGNORE_COOKIE: u32 = 0x0800;
    pub const TYPE_COMMENTS: u32 = 0x1000;
    pub const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
    pub const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
    pub const OPTIMIZED_AST: u32 = 0x8000 | ONLY_AST;
    /// The future features.
    pub const MASK: u32 = 0x01fe_0000;
    /// `CO_NESTED`, which once was a future feature.
    pub const MASK_OBSOLETE: u32 = 0x10;
    pub const COMPILE_MASK: u32 = ONLY_AST
        | ALLOW_TOP_LEVEL_AWAIT
        | TYPE_COMMENTS
        | DONT_IMPLY_DEDENT
        | ALLOW_INCOMPLETE_INPUT
        | OPTIMIZED_AST;
}

/// What is to be compiled and how.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    pub filename: &'a PyObject,
    pub mode: Mode,
    /// Future features and [`cf`] flags.
    pub flags: u32,
    /// 0 to 2; -1 takes the interpreter's.
    pub optimize: i32,
    pub feature_version: u8,
}

/// Source as the caller has it.
#[derive(Clone, Copy)]
pub enum Text<'a> {
    Str(&'a str),
    /// Bytes given to `compile()`.
    Bytes(&'a [u8]),
    /// A file's contents.
    File(&'a [u8]),
}

/// Compiles source text to a code object.
///
/// Errors: `SyntaxError` and its subclasses, `ValueError`, `MemoryError`, and warnings turned into errors.
pub fn compile_source(py: Python, text: Text, rq: &Request) -> PyResult<Py<PyCode>> {
    let arena = Bump::new();
    let module = parse_source(py, &arena, text, rq)?;
    compile_tree(py, &arena, &module, rq)
}

/// Parses source text into `arena` and issues its warnings.
pub fn parse_source<'a>(
    py: Python,
    arena: &'a Bump,
    text: Text,
    rq: &Request,
) -> PyResult<syntax::ast::Mod<'a>> {
    if crate::sys::hooks::is_audited(py) {
        let source = match text {
            Text::Str(s) => PyBytes::new(py, s.as_bytes())?.into_object(),
            Text::Bytes(b) => PyBytes::new(py, b)?.into_object(),
            Text::File(_) => none().owned(),
        };
        crate::sys::hooks::audit(py, "compile", &[&source, rq.filename])?;
    }
    let filename = file_text(rq.filename);
    let options = ParseOptions {
        mode: rq.mode,
        type_comments: rq.flags & cf::TYPE_COMMENTS != 0,
        feature_version: rq.feature_version,
        barry_as_flufl: rq.flags & compiler::FUTURE_BARRY_AS_BDFL != 0,
        dont_imply_dedent: rq.flags & cf::DONT_IMPLY_DEDENT != 0,
        allow_incomplete_input: rq.flags & cf::ALLOW_INCOMPLETE_INPUT != 0,
        max_str_digits: usize::try_from(interpreter(py).int_max_str_digits.get()).unwrap_or(0),
        filename: &filename,
    };
    let mut decode = |encoding: &str, bytes: &[u8]| decode_source(py, encoding, bytes);
    let source = match text {
        Text::Str(s) => Source::Text(s),
        Text::Bytes(b) => Source::Bytes(b, &mut decode),
        Text::File(b) => Source::File(b, &mut decode),
    };
    match syntax::parse(arena, source, &options) {
        Ok(parsed) => {
            issue_parser_warnings(py, &parsed.warnings, rq.filename)?;
            Ok(parsed.module)
        }
        Err(failure) => {
            let Failure { error, warnings, source } = *failure;
            issue_parser_warnings(py, &warnings, rq.filename)?;
            Err(add_metadata(py, raise_syntax_error(py, &error, rq.filename), &error, source.as_ref()))
        }
    }
}

/// Do the lines end within brackets or a string of several lines?
pub fn is_open(py: Python, source: &[u8], rq: &Request) -> bool {
    let filename = file_text(rq.filename);
    let options = ParseOptions {
        mode: rq.mode,
        type_comments: false,
        feature_version: rq.feature_version,
        barry_as_flufl: rq.flags & compiler::FUTURE_BARRY_AS_BDFL != 0,
        dont_imply_dedent: false,
        allow_incomplete_input: false,
        max_str_digits: usize::try_from(interpreter(py).int_max_str_digits.get()).unwrap_or(0),
        filename: &filename,
    };
    let arena = Bump::new();
    let mut decode = |encoding: &str, bytes: &[u8]| decode_source(py, encoding, bytes);
    let failure = syntax::parse(&arena, Source::Bytes(source, &mut decode), &options).err();
    drop(take(py));
    failure
        .is_some_and(|f| f.error.msg.ends_with("was never closed") || f.error.msg.contains("triple-quoted"))
}

/// Do the lines given so far begin a statement that more lines could complete? Warnings and other errors are not told.
pub fn is_incomplete(py: Python, source: &[u8], rq: &Request) -> bool {
    let filename = file_text(rq.filename);
    let options = ParseOptions {
        mode: rq.mode,
        type_comments: false,
        feature_version: rq.feature_version,
        barry_as_flufl: rq.flags & compiler::FUTURE_BARRY_AS_BDFL != 0,
        dont_imply_dedent: true,
        allow_incomplete_input: true,
        max_str_digits: usize::try_from(interpreter(py).int_max_str_digits.get()).unwrap_or(0),
        filename: &filename,
    };
    let parses = |text: &[u8]| -> Result<(), syntax::ErrorKind> {
        let arena = Bump::new();
        let mut decode = |encoding: &str, bytes: &[u8]| decode_source(py, encoding, bytes);
        let failure = syntax::parse(&arena, Source::Bytes(text, &mut decode), &options).err();
        failure.map_or(Ok(()), |f| Err(f.error.kind))
    };
    // Without its newline a compound statement is only complete after a blank line.
    let bare = source.strip_suffix(b"\n").unwrap_or(source);
    let incomplete =
        parses(bare).is_err() && matches!(parses(source), Ok(()) | Err(syntax::ErrorKind::IncompleteInput));
    // A decoder may have left its exception.
    drop(take(py));
    incomplete
}

/// Completes a `SyntaxError` with what suggestions for misspelt keywords need.
fn add_metadata(
    py: Python,
    raised: Raised,
    error: &syntax::SyntaxError,
    source: Option<&syntax::FailedSource>,
) -> Raised {
    let Some((line, col)) = error.last_statement else { return raised };
    let exc = fetch(py, raised);
    if let Some(e) = exc.downcast::<PySyntaxError>() {
        let make = || -> PyResult<Py<PyTuple>> {
            let text = match source {
                Some(s) => {
                    let encoding = s.encoding.as_deref().unwrap_or("utf-8");
                    codecs::decode(py, PyBytes::new(py, s.text.as_bytes())?.as_object(), encoding, "strict")
                }
                None => Ok(none().owned()),
            };
            let text = match text {
                Ok(text) => text,
                Err(r) => {
                    drop(catch(py, r, &PyExc_Exception_Type)?);
                    none().owned()
                }
            };
            let int = |n: i32| -> PyResult { Ok(PyInt::from_i64(py, n.into())?.into_object()) };
            PyTuple::new(py, [int(line)?, int(col)?, text])
        };
        match make() {
            Ok(t) => e.metadata.set(Some(t.into_object())),
            Err(r) => return r,
        }
    }
    raise_object(py, exc)
}

fn decode_source(py: Python, encoding: &str, bytes: &[u8]) -> Result<String, DecodeFailure> {
    match codecs::decode_bytes(py, bytes, None, Some(encoding), Some("strict")) {
        Ok(s) => s.as_str().map(str::to_owned).ok_or_else(|| {
            DecodeFailure::Message(format!("decoder of encoding '{encoding}' gave surrogates"))
        }),
        Err(e) => {
            if !matches(py, &PyExc_LookupError_Type) && !matches(py, &PyExc_ValueError_Type) {
                return Err(DecodeFailure::Pending);
            }
            let exc = fetch(py, e);
            let text = exc.as_object().str_(py).map(|s| s.to_string_lossy());
            if text.is_err() {
                drop(take(py));
            }
            Err(DecodeFailure::Message(text.unwrap_or_default()))
        }
    }
}

fn file_text(filename: &PyObject) -> String {
    filename.downcast::<PyStr>().map_or_else(|| "<string>".to_owned(), |s| s.to_string_lossy())
}

fn issue_parser_warnings(py: Python, warnings: &[syntax::Warning], filename: &PyObject) -> PyResult<()> {
    for w in warnings {
        let category = match w.category {
            syntax::WarningCategory::SyntaxWarning => &PyExc_SyntaxWarning_Type,
            syntax::WarningCategory::DeprecationWarning => &PyExc_DeprecationWarning_Type,
        };
        if let Err(e) = warn_explicit(py, category, &w.message, filename, w.line, None) {
            // `-W error` makes it a syntax error at the place.
            drop(catch(py, e, category)?);
            return Err(raise_syntax_error(py, &w.error, filename));
        }
    }
    Ok(())
}

/// Compiles a tree.
pub fn compile_tree<'a>(
    py: Python,
    arena: &'a Bump,
    tree: &syntax::ast::Mod<'a>,
    rq: &Request,
) -> PyResult<Py<PyCode>> {
    let filename = file_text(rq.filename);
    let options = compile_options(py, rq, &filename);
    let issue = |warnings: &[compiler::Warning]| -> PyResult<()> {
        for w in warnings {
            if let Err(e) = warn_explicit(
                py,
                &PyExc_SyntaxWarning_Type,
                &w.message,
                rq.filename,
                w.position.line as i64,
                None,
            ) {
                drop(catch(py, e, &PyExc_SyntaxWarning_Type)?);
                return Err(raise_at(py, &w.message, Some(&w.position), rq.filename, false));
            }
        }
        Ok(())
    };
    match compiler::compile(arena, tree, &options) {
        Ok((code, warnings)) => {
            issue(&warnings)?;
            match rq.filename.downcast::<PyStr>() {
                Some(filename) => PyCode::from_data_of_file(py, &code, filename),
                None => PyCode::from_data(py, &code),
            }
        }
        Err(e) => {
            issue(&e.warnings)?;
            Err(raise_compile_error(py, &e, rq.filename))
        }
    }
}

/// What the compiler is told.
fn compile_options<'a>(py: Python, rq: &Request, filename: &'a str) -> compiler::CompileOptions<'a> {
    let optimize = if rq.optimize < 0 { interpreter(py).config.borrow().optimize } else { rq.optimize };
    compiler::CompileOptions {
        filename,
        optimize: optimize.clamp(0, 2) as u8,
        flags: rq.flags & (cf::MASK | cf::ALLOW_TOP_LEVEL_AWAIT),
        stack_budget: object::stack::remaining() / 2,
    }
}

/// What the compiler does to a tree first; with `check_only` only the future statements and the like are checked.
pub fn preprocess_tree<'a>(
    py: Python,
    arena: &'a Bump,
    tree: &syntax::ast::Mod<'a>,
    rq: &Request,
    check_only: bool,
) -> PyResult<syntax::ast::Mod<'a>> {
    let filename = file_text(rq.filename);
    compiler::preprocess(arena, tree, &compile_options(py, rq, &filename), check_only)
        .map_err(|e| raise_compile_error(py, &e, rq.filename))
}

/// The symbol table of source text, handed to `show`.
///
/// Errors: as [`compile_source`].
pub fn symbol_table<R>(
    py: Python,
    text: Text,
    rq: &Request,
    show: impl FnOnce(&compiler::symtable::SymbolTable) -> PyResult<R>,
) -> PyResult<R> {
    let arena = Bump::new();
    let tree = parse_source(py, &arena, text, rq)?;
    let filename = file_text(rq.filename);
    match compiler::symtable(&arena, &tree, &compile_options(py, rq, &filename)) {
        Ok(table) => show(&table),
        Err(e) => Err(raise_compile_error(py, &e, rq.filename)),
    }
}

/// Raises the exception for a compiler's error.
pub fn raise_compile_error(py: Python, e: &compiler::CompileError, filename: &PyObject) -> Raised {
    let ty = match e.kind {
        compiler::ErrorKind::SyntaxError => {
            return raise_at(py, &e.message, e.position.as_ref(), filename, e.message_only);
        }
        compiler::ErrorKind::RecursionError => &PyExc_RecursionError_Type,
        compiler::ErrorKind::UnicodeEncodeError => {
            return match &e.unencodable {
                Some((text, start, end)) => match PyStr::from_wtf8(py, text) {
                    Ok(s) => exceptions::raise_encode_error(
                        py,
                        "utf-8",
                        &s,
                        *start,
                        *end,
                        "surrogates not allowed",
                    ),
                    Err(r) => r,
                },
                None => raise(py, &PyExc_UnicodeError_Type, &e.message),
            };
        }
        compiler::ErrorKind::ValueError => &PyExc_ValueError_Type,
        compiler::ErrorKind::TypeError => &PyExc_TypeError_Type,
        compiler::ErrorKind::SystemError => &PyExc_SystemError_Type,
        compiler::ErrorKind::RuntimeError => &PyExc_RuntimeError_Type,
    };
    raise(py, ty, &e.message)
}

/// Raises the compiler's `SyntaxError`: its offsets count bytes, its line is that of the file, if there is one.
fn raise_at(
    py: Python,
    message: &str,
    p: Option<&compiler::Position>,
    filename: &PyObject,
    message_only: bool,
) -> Raised {
    let Some(p) = p else { return raise(py, &PyExc_SyntaxError_Type, message) };
    let make = || -> PyResult {
        let int = |n: i32| -> PyResult { Ok(PyInt::from_i64(py, n.into())?.into_object()) };
        let text = match line_of_file(py, filename, p.line)? {
            Some(text) => text,
            None => none().owned(),
        };
        let place =
            [filename.owned(), int(p.line)?, int(p.offset)?, text, int(p.end_line)?, int(p.end_offset)?];
        let message = PyStr::new(py, message)?;
        let class = PySyntaxError::type_object().as_object();
        if !message_only {
            return class.call(py, &[&message, PyTuple::new(py, place)?.as_object()]);
        }
        let made = class.call1(py, &message)?;
        if let Some(e) = made.downcast::<PySyntaxError>() {
            let fields = [&e.filename, &e.lineno, &e.offset, &e.text, &e.end_lineno, &e.end_offset];
            for (field, value) in fields.into_iter().zip(place) {
                field.set(Some(value));
            }
        }
        Ok(made)
    };
    match make() {
        Ok(e) => match e.downcast_into::<PyBaseException>() {
            Ok(e) => raise_object(py, e),
            Err(_) => raise(py, &PyExc_SyntaxError_Type, message),
        },
        Err(r) => r,
    }
}

/// Line `n` of a file, decoded as its cookie says; none where there is no such file or line.
///
/// Errors: `MemoryError`, and what a decoder raises that is no `Exception`.
fn line_of_file(py: Python, filename: &PyObject, n: i32) -> PyResult<Option<Py>> {
    /// Longer lines are cut.
    const LONGEST: usize = 999;
    /// What is looked through.
    const LIMIT: u64 = 1 << 28;
    use std::io::Read;
    let Some(number) = usize::try_from(n).ok().and_then(|n| n.checked_sub(1)) else { return Ok(None) };
    let Some(path) = filename.downcast::<PyStr>().and_then(|f| f.as_str()) else { return Ok(None) };
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|f| f.take(LIMIT).read_to_end(&mut bytes));
    if read.is_err() {
        return Ok(None);
    }
    let mut lines = bytes.split_inclusive(|b| *b == b'\n');
    let Some(line) = lines.nth(number) else { return Ok(None) };
    let mut line = line.to_vec();
    if line.ends_with(b"\r\n") {
        line.truncate(line.len() - 2);
        line.push(b'\n');
    }
    if number == 0 && line.starts_with(b"\xef\xbb\xbf") {
        line.drain(..3);
    }
    line.truncate(LONGEST);
    let encoding = syntax::encoding_of(&bytes).unwrap_or_else(|| "utf-8".to_owned());
    match codecs::decode(py, PyBytes::new(py, &line)?.as_object(), &encoding, "replace") {
        Ok(text) => Ok(Some(text)),
        Err(e) => {
            drop(catch(py, e, &PyExc_Exception_Type)?);
            Ok(None)
        }
    }
}

/// Raises the exception for a parser's error.
pub fn raise_syntax_error(py: Python, e: &syntax::SyntaxError, filename: &PyObject) -> Raised {
    use syntax::ErrorKind::*;
    let ty = match e.kind {
        Pending => return Raised::pending(),
        SyntaxError => &PyExc_SyntaxError_Type,
        IndentationError => &PyExc_IndentationError_Type,
        TabError => &PyExc_TabError_Type,
        IncompleteInput => &PyExc_IncompleteInputError_Type,
        UnicodeDecodeError => {
            return match &e.undecodable {
                Some(u) => {
                    exceptions::raise_decode_error(py, "unicodeescape", &u.object, u.start, u.end, u.reason)
                }
                None => raise(py, &PyExc_UnicodeError_Type, &e.msg),
            };
        }
        MemoryError if e.msg.is_empty() => return memory_error(py),
        MemoryError => return raise(py, &PyExc_MemoryError_Type, &e.msg),
        OverflowError => return raise(py, &PyExc_OverflowError_Type, &e.msg),
        ValueError => return raise(py, &PyExc_ValueError_Type, &e.msg),
    };
    let make = || -> PyResult<Py<PyTuple>> {
        let msg = PyStr::new(py, &e.msg)?.into_object();
        let Some(p) = &e.place else { return PyTuple::new(py, [msg]) };
        let int = |n: i64| -> PyResult { Ok(PyInt::from_i64(py, n)?.into_object()) };
        let text = match &p.text {
            Some(t) => PyStr::new(py, t)?.into_object(),
            None => none().owned(),
        };
        let filename = if p.has_filename { filename.owned() } else { none().owned() };
        let mut info = vec![filename, int(p.line)?, int(p.offset)?, text];
        if let Some((line, offset)) = p.end {
            info.push(int(line)?);
            info.push(int(offset)?);
        }
        PyTuple::new(py, [msg, PyTuple::new(py, info)?.into_object()])
    };
    let raised = match make() {
        Ok(args) => raise_with(py, ty, &args),
        Err(r) => return r,
    };
    if e.place.as_ref().is_none_or(|p| p.has_filename) {
        return raised;
    }
    // Found before there was a tokenizer to know the file: only the attribute says it.
    let exc = fetch(py, raised);
    match exc.as_object().setattr(py, intern!(py, "filename"), filename) {
        Ok(()) => raise_object(py, exc),
        Err(r) => r,
    }
}
