//! The edge programs in `tests/edge/*.txt`: their trees, errors and warnings are those of CPython, which
//! `ref-python3.14 tests/edge/record.py tests/edge/*.txt` records.

#[path = "../examples/show/mod.rs"]
mod show;

use std::path::Path;

use syntax::ast::Mod;
use syntax::{Bump, DecodeFailure, ErrorKind, Mode, ParseOptions, Source, SyntaxError, Warning, parse};

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let kind = rest[at + 1..].chars().next().expect("something escaped");
        let digits = match kind {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        let after = at + 1 + kind.len_utf8();
        out.push(match kind {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'f' => '\x0c',
            '0' => '\0',
            _ if digits > 0 => {
                let code = u32::from_str_radix(&rest[after..after + digits], 16).expect("hexadecimal digits");
                char::from_u32(code).expect("a character")
            }
            other => other,
        });
        rest = &rest[after + digits..];
    }
    out + rest
}

fn number(value: Option<i64>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| value.to_string())
}

fn report(error: &SyntaxError) -> String {
    let place = error.place.as_ref();
    let end = place.and_then(|place| place.end);
    let msg = show::ascii(&error.msg);
    match error.kind {
        ErrorKind::SyntaxError
        | ErrorKind::IndentationError
        | ErrorKind::TabError
        | ErrorKind::IncompleteInput => {
            let name = match error.kind {
                ErrorKind::IncompleteInput => "IncompleteInputError".to_owned(),
                kind => format!("{kind:?}"),
            };
            let text = place.and_then(|place| place.text.as_deref());
            format!(
                "{name} {msg} {} {} {} {} {} {}",
                number(place.map(|place| place.line)),
                number(place.map(|place| place.offset)),
                number(end.map(|end| end.0)),
                number(end.map(|end| end.1)),
                text.map_or_else(|| "None".to_owned(), show::ascii),
                error.last_statement.map_or_else(|| "None".to_owned(), |place| format!("{place:?}")),
            )
        }
        kind => format!("{kind:?} {msg}"),
    }
}

/// The warnings, the first of each message with the error it may become.
fn warning_lines(warnings: &[Warning]) -> Vec<String> {
    let mut seen = Vec::new();
    let mut lines = Vec::new();
    for Warning { category, line, message, error } in warnings {
        let mut shown = format!("warning {category:?} {line} {}", show::ascii(message));
        if !seen.contains(&message) {
            shown += &format!(" | {}", report(error));
        }
        seen.push(message);
        lines.push(shown);
    }
    lines
}

/// What the parser makes of one program, in the form of the record.
fn outcome(head: &str, text: &str) -> Vec<String> {
    let mut parts = head.split(',');
    let mode = match parts.next() {
        Some("exec") => Mode::Exec,
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        Some("func") => Mode::FuncType,
        mode => panic!("no mode: {mode:?}"),
    };
    let mut options = ParseOptions { mode, filename: "<edge>", ..ParseOptions::default() };
    let mut bytes = None;
    for flag in parts {
        match flag {
            "type_comments" => options.type_comments = true,
            "barry" => options.barry_as_flufl = true,
            "no_dedent" => options.dont_imply_dedent = true,
            "incomplete" => options.allow_incomplete_input = true,
            "bytes" => bytes = Some(text.chars().map(|c| c as u8).collect::<Vec<_>>()),
            _ => {
                if let Some(version) = flag.strip_prefix("3.") {
                    options.feature_version = version.parse().expect("a version");
                } else if let Some(digits) = flag.strip_prefix("digits=") {
                    options.max_str_digits = digits.parse().expect("a number");
                } else {
                    panic!("no flag: {flag}");
                }
            }
        }
    }
    let mut decoder = |name: &str, _: &[u8]| Err(DecodeFailure::Message(format!("unknown encoding: {name}")));
    let source = match &bytes {
        Some(bytes) => Source::Bytes(bytes, &mut decoder),
        None => Source::Text(text),
    };
    let arena = Bump::new();
    match parse(&arena, source, &options) {
        Ok(parsed) => {
            let mut lines: Vec<_> =
                show::body(&parsed.module).into_iter().map(|line| format!("tree {line}")).collect();
            if let Mod::Module { type_ignores, .. } = parsed.module {
                let ignore = |t: &syntax::ast::TypeIgnore<'_>| {
                    format!("type_ignore {} {}", t.lineno, show::ascii(t.tag))
                };
                lines.extend(type_ignores.iter().map(ignore));
            }
            lines.extend(warning_lines(&parsed.warnings));
            lines
        }
        Err(failure) => {
            let mut lines = vec![format!("error {}", report(&failure.error))];
            lines.extend(warning_lines(&failure.warnings));
            lines
        }
    }
}

#[test]
fn edge_programs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/edge");
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of the tests")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    files.sort();
    for path in files {
        let programs = std::fs::read_to_string(&path).expect("programs");
        let expected = std::fs::read_to_string(path.with_extension("expected")).expect("a record");
        let expected = format!("\n{expected}");
        let mut records = expected.split("\ncase ").skip(1);
        for (i, line) in programs.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let (head, text) = line.split_once('\t').expect("a tab");
            let record = records.next().expect("a record for each program");
            let (number, record) = record.trim_end().split_once('\n').unwrap_or((record.trim_end(), ""));
            assert_eq!(number, (i + 1).to_string(), "{} is out of date", path.display());
            let found = outcome(head, &unescape(text)).join("\n");
            count += 1;
            if found != record.trim_end_matches('\n') {
                wrong.push(format!("{line}\n  wanted {}\n  found  {found}", record.trim_end()));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}
