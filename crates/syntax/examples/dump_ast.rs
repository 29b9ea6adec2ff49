//! Prints the trees of the named files as the oracle's `dump_ast.py` does.

mod show;

use syntax::{Bump, DecodeFailure, ErrorKind, ParseOptions, Source, SyntaxError, parse};

fn number(value: Option<i64>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| value.to_string())
}

fn report(error: &SyntaxError) {
    let place = error.place.as_ref();
    let end = place.and_then(|place| place.end);
    match error.kind {
        ErrorKind::SyntaxError | ErrorKind::IndentationError | ErrorKind::TabError => println!(
            "error {:?} {} {} {} {} {}",
            error.kind,
            error.msg,
            number(place.map(|place| place.line)),
            number(place.map(|place| place.offset)),
            number(end.map(|end| end.0)),
            number(end.map(|end| end.1)),
        ),
        kind => println!("error {kind:?} {}", error.msg),
    }
}

fn main() {
    for path in std::env::args().skip(1) {
        println!("file {path}");
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                println!("error {error}");
                continue;
            }
        };
        let mut decoder =
            |name: &str, _: &[u8]| Err(DecodeFailure::Message(format!("unknown encoding: {name}")));
        let arena = Bump::new();
        match parse(&arena, Source::Bytes(&bytes, &mut decoder), &ParseOptions::default()) {
            Ok(parsed) => show::body(&parsed.module).iter().for_each(|statement| println!("{statement}")),
            Err(failure) => report(&failure.error),
        }
    }
}
