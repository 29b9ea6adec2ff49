//! Why a text is refused: a second parser, which says what CPython says.
//!
//! CPython parses with a backtracking (PEG) parser, and when that fails once more with rules for invalid programs
//! added to the grammar. Which error is reported depends on the order in which the alternatives are tried, on what
//! is remembered, and on how many tokens were read meanwhile. So this parser follows the reference grammar rule for
//! rule. It builds no tree and is slow, but it only ever runs on programs that are wrong.

mod arguments;
mod atom;
mod compound;
mod expression;
mod node;
mod parameters;
mod pattern;
mod peg;
mod raise;
mod statement;
mod strings;
mod target;

use bumpalo::Bump;

use crate::ShownLines;
use crate::error::{ErrorKind, ErrorPlace, Failure, SyntaxError};
use crate::lexer::{Done, Lexer, LexerOptions};
use crate::literal::EscapeWarning;
use crate::options::ParseOptions;
use crate::token::{Kind, Token};
use peg::Peg;

/// Stack for the diagnosing parser, which goes as deep as CPython's: 6000 levels.
const STACK_SIZE: usize = 64 << 20;

/// What is wrong with `text`, which the parser refused at token `refused`.
pub(crate) fn diagnose(
    text: &str,
    options: &ParseOptions<'_>,
    refused: &Token,
    shown_lines: ShownLines,
) -> Failure {
    // On a thread of its own because of its depth; where there can be none, memory is short.
    let on_thread = std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(STACK_SIZE);
        let handle = builder.spawn_scoped(scope, || run(text, options, refused, shown_lines)).ok()?;
        handle.join().ok()
    });
    on_thread.unwrap_or_else(|| Failure {
        error: SyntaxError::plain(ErrorKind::MemoryError, ""),
        warnings: Vec::new(),
        source: None,
    })
}

fn run(text: &str, options: &ParseOptions<'_>, refused: &Token, shown_lines: ShownLines) -> Failure {
    let arena = Bump::new();
    let lexer = Lexer::new(text, LexerOptions { type_comments: options.type_comments, extra_tokens: false });
    let mut p = Peg::new(&arena, lexer, options, shown_lines);
    let error = match p.start() {
        Some(_) => refused_by_both(&mut p, refused),
        None => {
            let mut error = first_pass_failed(&mut p);
            if is_syntax_error(&error) {
                error.last_statement = Some(p.last_statement);
            }
            error
        }
    };
    Failure { error, warnings: p.warnings, source: None }
}

/// After a first pass without result: the error, if need be after a second pass.
fn first_pass_failed(p: &mut Peg<'_, '_>) -> SyntaxError {
    if p.options.allow_incomplete_input && matches!(p.lexer.done(), Done::Eof | Done::EofInString) {
        p.error = None;
        p.raise("incomplete input");
        let mut error = taken(p);
        error.kind = ErrorKind::IncompleteInput;
        return error;
    }
    if p.error.as_ref().is_some_and(|error| !is_syntax_error(error)) {
        return taken(p);
    }
    let last = p.last_token();
    if !p.failed {
        p.restart();
        p.start();
    }
    if p.error.as_ref().is_some_and(|error| !is_syntax_error(error)) {
        return taken(p);
    }
    if p.error.is_some() {
        // An error of the tokenizer further on is more to the point than one of the parser.
        if p.lexer.done() == Done::Ok {
            read_on(p);
        }
        return taken(p);
    }
    match last.kind {
        Kind::Error if p.lexer.done() == Done::Eof => {
            if !p.raise_unclosed() {
                p.raise("unexpected EOF while parsing");
            }
        }
        Kind::Indent => {
            p.raise_indentation("unexpected indent");
        }
        Kind::Dedent => {
            p.raise_indentation("unexpected unindent");
        }
        _ => {
            p.raise_at(node::Node::of_token(&last), "invalid syntax");
            read_on(p);
        }
    }
    taken(p)
}

fn is_syntax_error(error: &SyntaxError) -> bool {
    matches!(error.kind, ErrorKind::SyntaxError | ErrorKind::IndentationError | ErrorKind::TabError)
}

fn taken(p: &mut Peg<'_, '_>) -> SyntaxError {
    match p.error.take() {
        Some(error) => *error,
        None => SyntaxError::plain(ErrorKind::SyntaxError, "invalid syntax"),
    }
}

/// Reads the rest of the text: an error of the tokenizer, or a bracket that is never closed, replaces the error.
fn read_on(p: &mut Peg<'_, '_>) {
    let error_line = p.last_token().line;
    let saved = p.error.take();
    loop {
        let token = p.lexer.next_token();
        match token.kind {
            Kind::Error => {
                if let Some(error) = p.lexer.take_error() {
                    p.error = Some(error);
                } else if p.lexer.innermost_bracket().is_some_and(|open| error_line > open.line) {
                    p.raise_unclosed();
                }
                break;
            }
            Kind::EndMarker => break,
            _ => {}
        }
    }
    // Inside a string with replacement fields the error in the expression stays.
    if p.error.is_none() || p.lexer.inside_string() {
        p.error = saved;
    }
}

/// The parser refused what the grammar accepts: more than one statement where there may be one.
fn refused_by_both(p: &mut Peg<'_, '_>, refused: &Token) -> SyntaxError {
    if p.options.mode == crate::options::Mode::Single {
        p.raise("multiple statements found while compiling a single statement");
    } else {
        p.raise_at(node::Node::of_token(refused), "invalid syntax");
    }
    taken(p)
}

/// The error that a warning about an escape becomes.
pub(crate) fn escape_error(source: &str, warning: &EscapeWarning) -> SyntaxError {
    let line = usize::try_from(warning.shown_line).unwrap_or(1);
    let mut text = source.split_inclusive('\n').nth(line.saturating_sub(1)).unwrap_or("").to_owned();
    if !warning.in_last_line && text.ends_with('\n') {
        text.pop();
    }
    let offset = |col: i64| raise::characters(&text, i32::try_from(col + 1).unwrap_or(0));
    let place = ErrorPlace {
        line: warning.line,
        offset: offset(warning.col),
        end: Some((warning.line, offset(warning.end_col))),
        text: Some(text.clone()),
        has_filename: true,
    };
    let error = SyntaxError::placed(ErrorKind::SyntaxError, warning.error_message.clone(), place);
    SyntaxError { last_statement: Some((0, 0)), ..error }
}
