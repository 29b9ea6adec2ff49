//! Prints every code object that compilation makes of the named files, as plain text:
//!
//!     dump_code [-O LEVEL] FILE ...
//!
//! The lines are those `dump_code.py` prints under CPython, for comparison.

#[path = "../tests/common/dump.rs"]
mod dump;
#[path = "../tests/common/source.rs"]
mod source;

use std::io::Write;

fn main() {
    // Deep programs need a deep stack, as under CPython.
    let run = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("a thread can be started");
    run.join().expect("the thread ends");
}

fn run() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let mut optimize = 0;
    if args.first().is_some_and(|arg| arg == "-O") && args.len() > 1 {
        optimize = args[1].parse().expect("the level is a number");
        args.drain(..2);
    }
    let stdout = std::io::stdout();
    for path in args {
        let mut out = format!("file {path}\n");
        match std::fs::read(&path) {
            Ok(bytes) => source::compile_and_dump(&mut out, &bytes, &path, optimize, 48 << 20),
            Err(error) => out.push_str(&format!("error {error}\n")),
        }
        if stdout.lock().write_all(out.as_bytes()).is_err() {
            return;
        }
    }
}
