//! Times parsing and compiling of files, best of several rounds each, as one line a stage:
//!
//!     bench [-n ROUNDS] FILE ...
//!
//! `tools/bench_compile.py` runs it side by side with CPython.

use std::time::{Duration, Instant};

use compiler::{CompileOptions, compile};
use syntax::{Bump, DecodeFailure, ParseOptions, Source};

fn main() {
    // Deep programs need a deep stack, as under CPython.
    let run = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("a thread can be started");
    run.join().expect("the thread ends");
}

fn run() {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    let mut rounds = 5;
    if paths.first().is_some_and(|arg| arg == "-n") && paths.len() > 1 {
        rounds = paths[1].parse().expect("the number of rounds");
        paths.drain(..2);
    }
    let (mut parsing, mut compiling, mut freeing) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for path in &paths {
        let bytes = std::fs::read(path).expect("a readable file");
        let mut best = [Duration::MAX; 3];
        for _ in 0..rounds {
            let mut decode = |encoding: &str, _: &[u8]| Err(DecodeFailure::Message(encoding.into()));
            let arena = Bump::new();
            let start = Instant::now();
            let options = ParseOptions { filename: path, ..ParseOptions::default() };
            let Ok(parsed) = syntax::parse(&arena, Source::Bytes(&bytes, &mut decode), &options) else {
                break;
            };
            best[0] = best[0].min(start.elapsed());
            let start = Instant::now();
            let options = CompileOptions { stack_budget: 48 << 20, ..CompileOptions::new(path) };
            let Ok(code) = compile(&arena, &parsed.module, &options) else { break };
            best[1] = best[1].min(start.elapsed());
            let start = Instant::now();
            drop(code);
            drop(arena);
            best[2] = best[2].min(start.elapsed());
        }
        if best[1] < Duration::MAX {
            parsing += best[0];
            compiling += best[1];
            freeing += best[2];
        }
    }
    let ms = |d: Duration| d.as_secs_f64() * 1e3;
    println!("parse {:.2} ms", ms(parsing));
    println!("compile {:.2} ms", ms(compiling));
    println!("free {:.2} ms", ms(freeing));
}
