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
    compile_tree(py, &arena, &module, rq, Some(text))
}

/// Parses source text into `arena` and issues its warnings.
pub fn parse_source<'a>(
    py: Python,
    arena: &'a Bump,
    text: Text,
    rq: &Request,
) -> PyResult<syntax::ast::Mod<'a>> {
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
            let Failure { error, warnings } = *failure;
            issue_parser_warnings(py, &warnings, rq.filename)?;
            Err(raise_syntax_error(py, &error, rq.filename))
        }
    }
}

fn decode_source(py: Python, encoding: &str, bytes: &[u8]) -> Result<String, DecodeFailure> {
    let decoded = PyBytes::new(py, bytes).and_then(|b| codecs::decode(py, &b, encoding, "strict"));
    match decoded {
        Ok(o) => match o.downcast::<PyStr>() {
            Some(s) => s.as_str().map(str::to_owned).ok_or_else(|| {
                DecodeFailure::Message(format!("decoder of encoding '{encoding}' gave surrogates"))
            }),
            None => Err(DecodeFailure::Message(format!("decoder of encoding '{encoding}' gave no str"))),
        },
        Err(e) => {
            if matches(py, &PyExc_LookupError_Type) || matches(py, &PyExc_ValueError_Type) {
                let exc = fetch(py, e);
                let unknown = exc.ty().is_subtype(&PyExc_LookupError_Type);
                let text = exc.as_object().str_(py).map(|s| s.to_string_lossy());
                if text.is_err() {
                    drop(take(py));
                }
                return Err(DecodeFailure::Message(if unknown {
                    format!("unknown encoding: {encoding}")
                } else {
                    format!("(unicode error) {}", text.unwrap_or_default())
                }));
            }
            Err(DecodeFailure::Pending)
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

/// Compiles a tree. `source` is the text it came from, if any, for the lines in error messages.
pub fn compile_tree<'a>(
    py: Python,
    arena: &'a Bump,
    tree: &syntax::ast::Mod<'a>,
    rq: &Request,
    source: Option<Text>,
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
                return Err(raise_at(py, &w.message, Some(&w.position), rq.filename, source));
            }
        }
        Ok(())
    };
    match compiler::compile(arena, tree, &options) {
        Ok((code, warnings)) => {
            issue(&warnings)?;
            PyCode::from_data(py, &code)
        }
        Err(e) => {
            issue(&e.warnings)?;
            Err(raise_compile_error(py, &e, rq.filename, source))
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
    source: Option<Text>,
) -> PyResult<syntax::ast::Mod<'a>> {
    let filename = file_text(rq.filename);
    compiler::preprocess(arena, tree, &compile_options(py, rq, &filename), check_only)
        .map_err(|e| raise_compile_error(py, &e, rq.filename, source))
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
        Err(e) => Err(raise_compile_error(py, &e, rq.filename, Some(text))),
    }
}

/// Raises the exception for a compiler's error.
pub fn raise_compile_error(
    py: Python,
    e: &compiler::CompileError,
    filename: &PyObject,
    source: Option<Text>,
) -> Raised {
    let ty = match e.kind {
        compiler::ErrorKind::SyntaxError => {
            return raise_at(py, &e.message, e.position.as_ref(), filename, source);
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

/// Raises a `SyntaxError` at a place given in bytes, with the line of `source`.
fn raise_at(
    py: Python,
    message: &str,
    p: Option<&compiler::Position>,
    filename: &PyObject,
    source: Option<Text>,
) -> Raised {
    let Some(p) = p else { return raise(py, &PyExc_SyntaxError_Type, message) };
    let line = |n: i32| -> Option<String> {
        let n = usize::try_from(n).ok()?.checked_sub(1)?;
        let bytes = match source? {
            Text::Str(s) => s.as_bytes(),
            Text::Bytes(b) | Text::File(b) => b,
        };
        bytes.split_inclusive(|b| *b == b'\n').nth(n).map(|l| String::from_utf8_lossy(l).into_owned())
    };
    // Offsets count bytes in the tree and characters in the exception.
    let chars = |n: i32, offset: i32| -> i64 {
        match line(n) {
            Some(l) => {
                let bytes = usize::try_from(offset - 1).unwrap_or(0).min(l.len());
                l.as_bytes()[..bytes].iter().filter(|b| **b & 0xc0 != 0x80).count() as i64 + 1
            }
            None => offset as i64,
        }
    };
    let place = syntax::ErrorPlace {
        line: p.line as i64,
        offset: chars(p.line, p.offset),
        text: line(p.line).or_else(|| line_of_file(py, filename, p.line)),
        end: Some((p.end_line as i64, chars(p.end_line, p.end_offset))),
        has_filename: true,
    };
    let e = syntax::SyntaxError {
        kind: syntax::ErrorKind::SyntaxError,
        msg: message.to_owned(),
        place: Some(place),
        last_statement: None,
        undecodable: None,
    };
    raise_syntax_error(py, &e, filename)
}

/// The line of a file on disk, for trees that came without text.
fn line_of_file(_py: Python, filename: &PyObject, n: i32) -> Option<String> {
    use std::io::BufRead;
    let f = std::fs::File::open(filename.downcast::<PyStr>()?.as_str()?).ok()?;
    let n = usize::try_from(n).ok()?.checked_sub(1)?;
    let line = std::io::BufReader::new(f).lines().nth(n)?.ok()?;
    Some(line + "\n")
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
    match make() {
        Ok(args) => raise_with(py, ty, &args),
        Err(r) => r,
    }
}
