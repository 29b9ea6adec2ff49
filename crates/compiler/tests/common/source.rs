//! From source text to a dump of its code objects, or of the error.

use std::fmt::Write;

use compiler::{CompileOptions, ErrorKind, compile};
use encoding_rs::Encoding;
use syntax::{Bump, DecodeFailure, ParseOptions, Source};

use crate::dump;

/// Compiles a module and appends its code objects, or the error as `error TYPE message line offset …`.
pub fn compile_and_dump(out: &mut String, bytes: &[u8], path: &str, optimize: u8, stack_budget: usize) {
    let arena = Bump::new();
    let mut decode = |name: &str, bytes: &[u8]| match Encoding::for_label(name.as_bytes()) {
        Some(encoding) => Ok(encoding.decode_without_bom_handling(bytes).0.into_owned()),
        None => Err(DecodeFailure::Message(format!("unknown encoding: {name}"))),
    };
    let parse_options = ParseOptions { filename: path, ..ParseOptions::default() };
    let parsed = match syntax::parse(&arena, Source::Bytes(bytes, &mut decode), &parse_options) {
        Ok(parsed) => parsed,
        Err(failure) => {
            let error = failure.error;
            let _ = write!(out, "error {:?} {}", error.kind, error.msg);
            if let Some(place) = error.place {
                let _ = match place.end {
                    Some((line, offset)) => write!(out, " {} {} {line} {offset}", place.line, place.offset),
                    None => write!(out, " {} {} None None", place.line, place.offset),
                };
            }
            out.push('\n');
            return;
        }
    };
    let options = CompileOptions { optimize, stack_budget, ..CompileOptions::new(path) };
    match compile(&arena, &parsed.module, &options) {
        Ok((code, _)) => dump::dump(out, &code, ""),
        Err(error) => {
            let _ = write!(out, "error {:?} {}", error.kind, error.message);
            if let (ErrorKind::SyntaxError, Some(at)) = (error.kind, error.position) {
                let _ = write!(out, " {} {} {} {}", at.line, at.offset, at.end_line, at.end_offset);
            }
            out.push('\n');
        }
    }
}
