//! Times parsing and compiling of the named files, each repeated, best of the repetitions:
//!
//!     bench_compile REPEAT FILE ...

use std::hint::black_box;
use std::time::{Duration, Instant};

use compiler::{CompileOptions, compile};
use syntax::{Bump, DecodeFailure, ParseOptions, Source};

fn main() {
    let run = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("a thread can be started");
    run.join().expect("the thread ends");
}

fn run() {
    let mut args = std::env::args().skip(1);
    let repeat: u32 = args.next().and_then(|arg| arg.parse().ok()).unwrap_or(5);
    let (mut parsing, mut compiling) = (Duration::ZERO, Duration::ZERO);
    for path in args {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let mut best = (Duration::MAX, Duration::MAX);
        for _ in 0..repeat {
            let arena = Bump::new();
            let mut decode = |_: &str, _: &[u8]| Err(DecodeFailure::Pending);
            let start = Instant::now();
            let options = ParseOptions { filename: &path, ..ParseOptions::default() };
            let Ok(parsed) = syntax::parse(&arena, Source::Bytes(&bytes, &mut decode), &options) else {
                break;
            };
            let middle = Instant::now();
            let options = CompileOptions { stack_budget: 48 << 20, ..CompileOptions::new(&path) };
            black_box(&compile(&arena, &parsed.module, &options).is_ok());
            best = (best.0.min(middle - start), best.1.min(middle.elapsed()));
        }
        if best.0 != Duration::MAX {
            parsing += best.0;
            compiling += best.1;
        }
    }
    println!("parse {:.1} ms, compile {:.1} ms", parsing.as_secs_f64() * 1e3, compiling.as_secs_f64() * 1e3);
}
