//! The `ophion` command: `python3.14`, from one file.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: object::reserve::WithReserve = object::reserve::WithReserve;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    ExitCode::from(ophion::main(args) as u8)
}
