//! The `ophion` command: `python3.14`, from one file.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    ExitCode::from(ophion::main(args) as u8)
}
