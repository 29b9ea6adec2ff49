//! The `ophion` command: `python3.14`, from one file.
//!
//! The C library calls `main` directly. Rust's own start-up would open closed standard streams and catch SIGSEGV, and
//! programs (and `faulthandler`) can tell.
#![no_main]

use std::ffi::{c_char, c_int};

#[global_allocator]
static ALLOCATOR: object::reserve::WithReserve = object::reserve::WithReserve;

/// The process's entry point; the arguments are also where `args_os` finds them.
#[unsafe(no_mangle)]
extern "C" fn main(_argc: c_int, _argv: *const *const c_char) -> c_int {
    ophion::report_panics();
    ophion::main(std::env::args_os().collect())
}
