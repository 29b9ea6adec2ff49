//! Python source text to tree: tokenizer, parser and syntax errors. Knows nothing of objects or bytecode.
//!
//! [`parse`] is the way in. Text is decoded ([`source`]), cut into tokens ([`lexer`]) and parsed ([`parser`]); only
//! when that fails is it parsed again, slowly, to find out what CPython says about it ([`diagnose`]).
#![forbid(unsafe_code)]

pub mod ast;
mod diagnose;
mod error;
pub mod lexer;
mod literal;
mod options;
mod parser;
mod source;
pub mod token;
mod token_stream;
mod tokenize;
mod unicode;

pub use bumpalo::Bump;
pub use error::{
    ErrorKind, ErrorPlace, FailedSource, Failure, Parsed, SyntaxError, Undecodable, Warning, WarningCategory,
};
pub use options::{DecodeFailure, Decoder, Mode, NEWEST_FEATURE_VERSION, ParseOptions, Source};
pub use source::encoding_of;
pub use tokenize::{SourceToken, tokenize};
pub use unicode::character_by_name;

use lexer::{Lexer, LexerOptions};
use parser::{Bail, Parser};
use token_stream::TokenStream;

/// Longest text, so that line and column fit their fields.
const MAX_SOURCE: usize = i32::MAX as usize - 1;

/// Parses `source` into a tree that lives in `arena`.
pub fn parse<'a>(
    arena: &'a Bump,
    source: Source<'_>,
    options: &ParseOptions<'_>,
) -> Result<Parsed<'a>, Box<Failure>> {
    let shown_lines = match source {
        Source::File(bytes, _) if options.mode == Mode::Exec => {
            ShownLines::OfFile { complete: bytes.ends_with(b"\n") }
        }
        _ => ShownLines::AsRead,
    };
    let is_file = matches!(source, Source::File(..));
    let encoding = match source {
        Source::Bytes(bytes, _) => source::encoding_of(bytes),
        _ => None,
    };
    let text = source::text_of(source, options)
        .map_err(|error| Box::new(Failure { error, warnings: Vec::new(), source: None }))?;
    if text.len() > MAX_SOURCE {
        let error = SyntaxError::plain(ErrorKind::MemoryError, "");
        return Err(Box::new(Failure { error, warnings: Vec::new(), source: None }));
    }
    let text: &'a str = arena.alloc_str(&text);
    let mut lexer =
        Lexer::new(text, LexerOptions { type_comments: options.type_comments, extra_tokens: false });
    let stream = TokenStream::read(&mut lexer, options);
    let mut parser = Parser::new(arena, text, &stream, options);
    let module = parser.module(&stream);
    let refused = stream.tokens[parser.position()];
    match module {
        Ok(module)
            if options.mode != Mode::Single
                || nothing_follows(text, &refused, parser.position(), &stream) =>
        {
            Ok(Parsed { module, warnings: warnings(text, lexer.warnings(), parser.warnings) })
        }
        Err(Bail) if parser.is_too_deep() => {
            let msg = "Parser stack overflowed - Python source too complex to parse";
            let warnings = warnings(text, lexer.warnings(), parser.warnings);
            Err(Box::new(Failure {
                error: SyntaxError::plain(ErrorKind::MemoryError, msg),
                warnings,
                source: None,
            }))
        }
        Ok(_) | Err(Bail) => {
            let mut failure = diagnose::diagnose(text, options, &refused, shown_lines);
            if !is_file {
                failure.source = Some(FailedSource { text: text.to_owned(), encoding });
            }
            Err(Box::new(failure))
        }
    }
}

/// Which lines the parser's errors show.
#[derive(Clone, Copy)]
enum ShownLines {
    /// The line being read with its end, earlier ones without.
    AsRead,
    /// What stands in the file; `complete` if its last line ends.
    OfFile { complete: bool },
}

/// Whether after an interactive statement there are only blanks and comments.
fn nothing_follows(text: &str, next: &token::Token, position: usize, stream: &TokenStream) -> bool {
    let end = position.checked_sub(1).map_or(next.start, |last| stream.tokens[last].end);
    let rest = text.get(end as usize..).unwrap_or("");
    rest.lines().all(|line| {
        let line = line.trim_start_matches([' ', '\t', '\x0c']);
        line.is_empty() || line.starts_with('#')
    })
}

/// The warnings of tokenizer and parser in the order of what they are about.
fn warnings(
    text: &str,
    from_lexer: &mut Vec<Warning>,
    from_parser: Vec<(u32, literal::EscapeWarning)>,
) -> Vec<Warning> {
    let mut all = std::mem::take(from_lexer);
    all.extend(from_parser.into_iter().map(|(_, warning)| {
        let error = diagnose::escape_error(text, &warning);
        warning.finish(error)
    }));
    all.sort_by_key(|warning| warning.line);
    all
}
