//! Errors that depend on the program being a file that is run.

use syntax::{Bump, DecodeFailure, ParseOptions, Source, SyntaxError, parse};

fn error_of(bytes: &[u8]) -> Option<SyntaxError> {
    let mut decoder = |name: &str, _: &[u8]| Err(DecodeFailure::Message(format!("unknown encoding: {name}")));
    let arena = Bump::new();
    let options = ParseOptions { filename: "f.py", ..ParseOptions::default() };
    parse(&arena, Source::File(bytes, &mut decoder), &options).err().map(|failure| failure.error)
}

/// Message, line, offset, text, end: what the reference reports when it runs the file.
#[test]
fn errors_in_files() {
    let utf8 = |byte: &str, line: i64| {
        format!(
            "Non-UTF-8 code starting with '\\x{byte}' in file f.py on line {line}, but no encoding declared; \
             see https://peps.python.org/pep-0263/ for details"
        )
    };
    let null = || "source code cannot contain null bytes".to_owned();
    let invalid = || "invalid syntax".to_owned();
    type Expected<'t> = (&'t [u8], String, i64, i64, Option<&'t str>, Option<(i64, i64)>);
    let cases: [Expected<'_>; 17] = [
        (b"x = 1\n\n\ny = \"\xe9\"\n", utf8("e9", 4), 4, 6, Some("y = \"\u{fffd}\""), Some((4, 6))),
        (b"x = 1\ny = \"\xe9\"\n", utf8("e9", 1), 1, 6, Some("y = \"\u{fffd}\""), Some((1, 6))),
        (b"\n\"\xe9\"", utf8("e9", 2), 2, 2, Some("\"\u{fffd}\""), Some((2, 2))),
        (b"#\n#\xe9\n#\n", utf8("e9", 2), 2, 2, Some("#\u{fffd}"), Some((2, 2))),
        (b"\"\xc3\n\"", utf8("c3", 1), 1, 2, Some("\"\u{fffd}"), Some((1, 2))),
        (b"\"\0\"", null(), 1, 0, Some("\""), Some((1, 0))),
        (b"a\nb\nc d\0", null(), 3, 0, Some("c d"), Some((3, 0))),
        (b"x x\ny = \"a\0b\"\n", null(), 2, 0, Some("y = \"a"), Some((2, 0))),
        (b"x = (1\n\0", null(), 2, 0, Some(""), Some((2, 0))),
        (b"# coding: foo\nx\n", "unknown encoding: foo".to_owned(), 0, -1, None, None),
        (
            b"\xef\xbb\xbf# coding: latin-1\nx\n",
            "encoding problem: iso-8859-1 with BOM".to_owned(),
            1,
            0,
            Some("# coding: latin-1"),
            Some((1, 18)),
        ),
        (b"x = (1,\n", "'(' was never closed".to_owned(), 1, 5, Some("x = (1,\n"), Some((1, 0))),
        (b"x x", invalid(), 1, 3, Some("x x"), Some((1, 4))),
        (b"x = \\", "unexpected EOF while parsing".to_owned(), 1, 6, Some("x = \\"), Some((1, -1))),
        (
            b"if 1:\nx",
            "expected an indented block after 'if' statement on line 1".to_owned(),
            2,
            1,
            Some("x"),
            Some((2, 2)),
        ),
        (b"x = 1\r\ny y\r\n", invalid(), 2, 3, Some("y y\n"), Some((2, 4))),
        (b"# coding: latin-1\n\xe9 \xe9 \xe9=\n", invalid(), 2, 3, Some("é é é=\n"), Some((2, 4))),
    ];
    for (bytes, msg, line, offset, text, end) in cases {
        let error = error_of(bytes).expect("an error");
        let place = error.place.expect("a place");
        assert_eq!((error.msg, place.line, place.offset, place.end), (msg, line, offset, end));
        assert_eq!(place.text.as_deref(), text);
        assert!(place.has_filename);
    }
    // In a comment too.
    let error = error_of(b"#\xe9\nx\n").expect("an error");
    assert!(error.msg.starts_with(
        "Non-UTF-8 code starting with '\\xe9' in file f.py on line 1, but no encoding declared;"
    ));
    assert_eq!(error.place.expect("a place").line, 1);
}
