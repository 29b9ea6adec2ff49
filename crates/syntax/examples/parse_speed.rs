//! Parses the named files again and again and prints the best time for all of them together.
//!
//! `parse_speed ROUNDS FILE …`; `tests/parse_speed.py` does the same with `ast`'s compiler flag for comparison.

use std::time::{Duration, Instant};

use syntax::lexer::{Lexer, LexerOptions};
use syntax::token::Kind;
use syntax::{Bump, ParseOptions, Source, parse};

fn best(rounds: usize, mut run: impl FnMut()) -> Duration {
    (0..rounds)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn main() {
    let mut args = std::env::args().skip(1);
    let rounds = args.next().and_then(|rounds| rounds.parse().ok()).unwrap_or(5);
    let texts: Vec<_> = args.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let size: usize = texts.iter().map(String::len).sum();
    let tokens = best(rounds, || {
        for text in &texts {
            let mut lexer = Lexer::new(text, LexerOptions::default());
            while !matches!(lexer.next_token().kind, Kind::EndMarker | Kind::Error) {}
        }
    });
    let trees = best(rounds, || {
        for text in &texts {
            let arena = Bump::new();
            if let Err(failure) = parse(&arena, Source::Text(text), &ParseOptions::default()) {
                println!("{}", failure.error.msg);
            }
        }
    });
    println!(
        "{size} bytes: tokens {tokens:?}, trees {trees:?}, {:.1} MB/s",
        size as f64 / 1e6 / trees.as_secs_f64()
    );
}
