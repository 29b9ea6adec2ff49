//! Deeply nested programs: accepted as far as CPython 3.14 accepts them, and never a stack overflow.

use syntax::{Bump, ErrorKind, ParseOptions, Source, parse};

/// A program that grows with a number.
type Program = fn(usize) -> String;

fn kind_of(text: &str) -> Option<(ErrorKind, String)> {
    let arena = Bump::new();
    let result = parse(&arena, Source::Text(text), &ParseOptions::default());
    result.err().map(|failure| (failure.error.kind, failure.error.msg))
}

/// Where CPython's parser gives up: the least number of repetitions that is too many.
#[test]
fn parser_stack() {
    let programs: [(usize, Program); 10] = [
        (5969, |n| "-".repeat(n) + "1"),
        (5969, |n| "not ".repeat(n) + "1"),
        (2985, |n| "lambda:".repeat(n) + "1"),
        (5969, |n| "1 if 1 else ".repeat(n) + "1"),
        (2985, |n| "1**".repeat(n) + "1"),
        (1990, |n| "lambda: 1 if 1 else ".repeat(n) + "1"),
        (1990, |n| "1**-".repeat(n) + "1"),
        (747, |n| "lambda a=".repeat(n) + "1" + &":1".repeat(n)),
        (5966, |n| "if 1: pass\n".to_owned() + &"elif 1: pass\n".repeat(n)),
        (5969, |n| "f(".to_owned() + &"~".repeat(n) + "1)"),
    ];
    for (limit, program) in &programs[..9] {
        assert_eq!(kind_of(&program(limit - 1)), None, "{:.20}", program(1));
        let (kind, msg) = kind_of(&program(*limit)).expect("an error");
        assert_eq!(kind, ErrorKind::MemoryError, "{:.20} {msg}", program(1));
    }
    for (_, program) in programs {
        let (kind, _) = kind_of(&program(200_000)).expect("an error");
        assert_eq!(kind, ErrorKind::MemoryError, "{:.20}", program(1));
    }
}

#[test]
fn brackets_and_blocks() {
    for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("a[", "]"), ("{1:", "}"), ("(yield ", ")")] {
        let program = |n: usize| open.repeat(n) + "1" + &close.repeat(n);
        assert_eq!(kind_of(&program(200)), None, "{open}");
        let error = Some((ErrorKind::SyntaxError, "too many nested parentheses".to_owned()));
        assert_eq!(kind_of(&program(201)), error, "{open}");
        assert_eq!(kind_of(&program(100_000)), error, "{open}");
        let pattern = |n: usize| format!("match x:\n case {}1{}: pass", "(".repeat(n), ")".repeat(n));
        assert_eq!(kind_of(&pattern(200)), None);
    }
    let blocks =
        |n: usize| (0..n).map(|i| " ".repeat(i) + "if 1:\n").collect::<String>() + &" ".repeat(n) + "x";
    assert_eq!(kind_of(&blocks(99)), None);
    let error = (ErrorKind::IndentationError, "too many levels of indentation".to_owned());
    assert_eq!(kind_of(&blocks(100)), Some(error.clone()));
    assert_eq!(kind_of(&blocks(3000)), Some(error));
    let strings = |n: usize| "f\"{".repeat(n) + "1" + &"}\"".repeat(n);
    assert_eq!(kind_of(&strings(149)), None);
    let error = (ErrorKind::SyntaxError, "too many nested f-strings or t-strings".to_owned());
    assert_eq!(kind_of(&strings(150)), Some(error.clone()));
    assert_eq!(kind_of(&strings(100_000)), Some(error));
}

/// Long without being deep.
#[test]
fn long_programs() {
    for program in [
        "1+".repeat(300_000) + "1",
        "1 or ".repeat(300_000) + "1",
        "1<".repeat(300_000) + "1",
        "a".to_owned() + &".a".repeat(300_000),
        "a".to_owned() + &"()".repeat(300_000),
        "a=".repeat(300_000) + "1",
        "a;".repeat(300_000) + "a",
        "\"a\"".repeat(300_000),
        "@a\n".repeat(100_000) + "def f(): pass",
        "x = '".to_owned() + &"é".repeat(5_000_000) + "'",
        "1,".repeat(300_000),
    ] {
        assert_eq!(kind_of(&program), None, "{:.20}", program);
    }
}

/// Faults deep inside: found in reasonable time and without overflow.
#[test]
fn deep_faults() {
    let programs: [Program; 14] = [
        |n| "{".repeat(n),
        |n| "([".repeat(n),
        |n| "a(b[".repeat(n) + " x y",
        |n| "f(".repeat(n) + "a=1 2" + &")".repeat(n),
        |n| "(lambda:".repeat(n),
        |n| "{1:".repeat(n) + "2 3" + &"}".repeat(n),
        |n| "[x for x in ".repeat(n),
        |n| "a if ".repeat(n),
        |n| "f\"{".repeat(n),
        |n| (0..n).map(|i| " ".repeat(i) + "try:\n").collect(),
        |n| (0..n).map(|i| " ".repeat(i) + "with (a, b):\n").collect::<String>() + &" ".repeat(n) + "x y",
        |n| (0..n).map(|i| " ".repeat(i) + "def f(a=(b)):\n").collect::<String>() + &" ".repeat(n) + "x y",
        |n| (0..n).map(|i| " ".repeat(i) + "if a:\n").collect::<String>() + &" ".repeat(n) + "else x",
        |n| "match x:\n case ".to_owned() + &"A(b=[".repeat(n) + "1 2",
    ];
    for program in programs {
        for n in [1, 3, 10, 50, 95, 300] {
            let (kind, _) = kind_of(&program(n)).expect("an error");
            assert_ne!(kind, ErrorKind::MemoryError, "{:.20} {n}", program(1));
        }
    }
    for (operator, limit) in [("-", 5963), ("not ", 5963), ("lambda:", 2981), ("1**-", 1987)] {
        let (kind, _) = kind_of(&(operator.repeat(limit * 9 / 10) + "?")).expect("an error");
        assert_eq!(kind, ErrorKind::SyntaxError, "{operator}");
        let (kind, _) = kind_of(&(operator.repeat(200_000) + "?")).expect("an error");
        assert_eq!(kind, ErrorKind::MemoryError, "{operator}");
    }
}
