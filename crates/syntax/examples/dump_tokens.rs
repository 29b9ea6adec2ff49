//! Prints the tokens of the named files as `tools/dump_tokens.py` prints what `_tokenize` gives.

#[allow(dead_code, reason = "only the printing of strings is needed here")]
mod show;

use syntax::{SourceToken, tokenize};

fn main() {
    for path in std::env::args().skip(1) {
        println!("file {path}");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for extra in [true, false] {
            tokenize(&text, extra, |_, tokens, error| {
                for SourceToken { kind, text, start, end, line } in tokens {
                    println!(
                        "{kind} {} {},{} {},{} {}",
                        show::ascii(text),
                        start.0,
                        start.1,
                        end.0,
                        end.1,
                        show::ascii(line)
                    );
                }
                if let Some(error) = error {
                    let place = error.place.as_ref();
                    let end = place.and_then(|place| place.end);
                    println!(
                        "error {:?} {} {:?} {:?}",
                        error.kind,
                        error.msg,
                        place.map(|place| (place.line, place.offset)),
                        end
                    );
                }
            });
        }
    }
}
