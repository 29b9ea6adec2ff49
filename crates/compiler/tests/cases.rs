//! Small sources with what CPython makes of them, recorded by `tools/record_cases.py`: code objects
//! instruction by instruction, errors, warnings, symbol tables.

#[path = "common/dump.rs"]
#[allow(dead_code)]
mod dump;
#[path = "common/listing.rs"]
mod listing;

use std::path::Path;

use compiler::symtable::SymbolTable;
use compiler::{ALLOW_TOP_LEVEL_AWAIT, CompileError, CompileOptions, Warning, compile, symtable};
use syntax::{Bump, Mode, ParseOptions, Source};

fn warnings(out: &mut Vec<String>, warnings: &[Warning]) {
    out.extend(warnings.iter().map(|w| format!("warning line {} {}", w.position.line, w.message)));
}

fn error(out: &mut Vec<String>, error: &CompileError) {
    warnings(out, &error.warnings);
    let place = error
        .position
        .map_or(String::new(), |at| format!(" {}:{}-{}:{}", at.line, at.offset, at.end_line, at.end_offset));
    out.push(format!("error {:?} {}{place}", error.kind, error.message));
}

fn run(words: &[&str], source: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut options = CompileOptions::new("case");
    let mut parse_options = ParseOptions { filename: "case", ..ParseOptions::default() };
    let mut only_symbols = false;
    for word in words {
        match *word {
            "eval" => parse_options.mode = Mode::Eval,
            "single" => parse_options.mode = Mode::Single,
            "symtable" => only_symbols = true,
            "await" => options.flags |= ALLOW_TOP_LEVEL_AWAIT,
            "-O1" => options.optimize = 1,
            "-O2" => options.optimize = 2,
            _ => {}
        }
    }
    let arena = Bump::new();
    let parsed = match syntax::parse(&arena, Source::Text(source), &parse_options) {
        Ok(parsed) => parsed,
        Err(failure) => {
            out.push(format!("error {:?} {}", failure.error.kind, failure.error.msg));
            return out;
        }
    };
    if only_symbols {
        match symtable(&arena, &parsed.module, &options) {
            Ok(table) => listing::table(&mut out, &table, SymbolTable::TOP, ""),
            Err(failure) => error(&mut out, &failure),
        }
        return out;
    }
    match compile(&arena, &parsed.module, &options) {
        Ok((code, found)) => {
            warnings(&mut out, &found);
            listing::listing(&mut out, &code);
        }
        Err(failure) => error(&mut out, &failure),
    }
    out
}

/// The cases of a file: header and the text under it.
fn cases(text: &str) -> Vec<(&str, String)> {
    let mut result: Vec<(&str, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(header) = line.strip_prefix("=== ") {
            result.push((header.trim_end_matches('\n'), String::new()));
        } else if let Some((_, body)) = result.last_mut() {
            body.push_str(line);
        }
    }
    result
}

fn check(path: &Path) -> Vec<String> {
    let read = |path: &Path| std::fs::read_to_string(path).expect("the file can be read");
    let sources = read(path);
    let expected = read(&path.with_extension("expected"));
    let mut failures = Vec::new();
    let recorded = cases(&expected);
    assert_eq!(cases(&sources).len(), recorded.len(), "{}: record the cases again", path.display());
    for ((header, source), (_, expected)) in cases(&sources).into_iter().zip(recorded) {
        let words: Vec<&str> = header.split_whitespace().skip(1).collect();
        let got = run(&words, &source);
        let expected: Vec<&str> = expected.lines().collect();
        if got == expected {
            continue;
        }
        let at = got.iter().zip(&expected).take_while(|(a, b)| a == *b).count();
        failures.push(format!(
            "{header} (line {}):\n  expected {:?}\n  got      {:?}",
            at + 1,
            expected.get(at),
            got.get(at)
        ));
    }
    failures
}

#[test]
fn recorded_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut failures = Vec::new();
    let mut files = 0;
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.extension().is_some_and(|extension| extension == "cases") {
            files += 1;
            failures.extend(check(&path));
        }
    }
    assert!(files > 0);
    assert!(failures.is_empty(), "{} cases differ:\n{}", failures.len(), failures.join("\n"));
}
