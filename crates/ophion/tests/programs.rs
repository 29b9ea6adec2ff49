//! Runs every program in `tests/programs` and compares its output and status with what the reference printed.
//!
//! `tests/record.py` records the expectations with CPython 3.14. A program's expectation is the file of the same name ending in
//! `.out`: the exit status on the first line, then standard output, a line `--- stderr`, and standard error.
//! Names of folders are taken out of both.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The output without what differs from machine to machine: the folder of the programs and that of the library.
fn neutral(output: &str, folder: &Path) -> String {
    const LIBRARY: &str = "/lib/python3.14/";
    let text = output.replace(&format!("{}/", folder.display()), "");
    let mut result = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(LIBRARY) {
        match rest[..at].rfind(['"', '\n']).filter(|&q| rest.as_bytes()[q] == b'"') {
            Some(quote) => {
                result.push_str(&rest[..=quote]);
                result.push_str("LIB/");
            }
            None => result.push_str(&rest[..at + LIBRARY.len()]),
        }
        rest = &rest[at + LIBRARY.len()..];
    }
    result.push_str(rest);
    without_addresses(&result)
}

/// Addresses of objects (` at 0x…`) become ` at 0x-`.
fn without_addresses(text: &str) -> String {
    const AT: &str = " at 0x";
    let mut parts = text.split(AT);
    let mut result = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || ('a'..='f').contains(&c));
        result.push_str(AT);
        result.push_str(if rest.len() < part.len() { "-" } else { "" });
        result.push_str(rest);
    }
    result
}

#[test]
fn programs_print_what_the_reference_printed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/programs");
    let folder = folder.canonicalize().expect("the folder of programs");
    let mut programs: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of programs")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.extension().is_some_and(|e| e == "py"))
        .collect();
    programs.sort();
    assert!(!programs.is_empty(), "no programs found");
    let mut failed = Vec::new();
    for p in &programs {
        let expected = fs::read_to_string(p.with_extension("out")).expect("the recorded output");
        let output = Command::new(env!("CARGO_BIN_EXE_ophion"))
            .arg(p.file_name().expect("a name"))
            .current_dir(&folder)
            .env_remove("PYTHONPATH")
            .env("PYTHONHASHSEED", "0")
            .stdin(Stdio::null())
            .output()
            .expect("ophion runs");
        let got = format!(
            "{}\n{}--- stderr\n{}",
            output.status.code().unwrap_or(-1),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        let got = neutral(&got, &folder);
        if got != expected {
            failed.push(format!("{}:\n--- expected\n{expected}\n--- got\n{got}", p.display()));
        }
    }
    assert!(
        failed.is_empty(),
        "{} of {} programs differ:\n{}",
        failed.len(),
        programs.len(),
        failed.join("\n")
    );
}
