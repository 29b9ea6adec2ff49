//! Python source text to tree: tokenizer, parser and syntax errors. Knows nothing of objects or bytecode.
//!
//! [`parse`] is the way in. Text is decoded ([`source`]), cut into tokens ([`lexer`]) and parsed ([`parser`]); only
//! when that fails is it parsed again, slowly, to find out what CPython says about it ([`diagnose`]).
#![forbid(unsafe_code)]

pub mod ast;
mod error;
pub mod lexer;
mod literal;
mod options;
mod parser;
mod source;
pub mod token;
mod token_stream;
mod unicode;

pub use bumpalo::Bump;
pub use error::{ErrorKind, ErrorPlace, Failure, Parsed, SyntaxError, Warning, WarningCategory};
pub use options::{DecodeFailure, Decoder, Mode, NEWEST_FEATURE_VERSION, ParseOptions, Source};

use lexer::{Lexer, LexerOptions};
use parser::{Bail, Parser};
use token_stream::TokenStream;

/// Parses `source` into a tree that lives in `arena`.
pub fn parse<'a>(
    arena: &'a Bump,
    source: Source<'_>,
    options: &ParseOptions<'_>,
) -> Result<Parsed<'a>, Failure> {
    let text = source::text_of(source, options).map_err(|error| Failure { error, warnings: Vec::new() })?;
    let text: &'a str = arena.alloc_str(&text);
    let mut lexer =
        Lexer::new(text, LexerOptions { type_comments: options.type_comments, extra_tokens: false });
    let stream = TokenStream::read(&mut lexer, options);
    let mut parser = Parser::new(arena, text, &stream, options);
    match parser.module(&stream) {
        Ok(module) => Ok(Parsed { module, warnings: Vec::new() }),
        Err(Bail) => {
            let token = stream.tokens[parser.position()];
            Err(Failure {
                error: SyntaxError {
                    kind: ErrorKind::SyntaxError,
                    msg: "invalid syntax".to_owned(),
                    place: Some(ErrorPlace {
                        line: i64::from(token.line),
                        offset: i64::from(token.col) + 1,
                        text: None,
                        end: None,
                        has_filename: true,
                    }),
                    last_statement: None,
                },
                warnings: Vec::new(),
            })
        }
    }
}
