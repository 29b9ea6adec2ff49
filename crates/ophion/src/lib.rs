//! Ophion as a command and as a library for Rust programs.
//!
//! [`main`] is the whole `python3.14` command: it takes an argument list and returns the exit status.

mod command_line;
mod library;
mod library_module;
mod locale;
mod panics;
mod paths;
mod repl;
mod run;
mod usage;

// The C API has no caller in Rust: naming the crate links it.
use capi as _;
use command_line::Parsed;
pub use panics::report_panics;
use std::ffi::OsString;
use std::io::Write;
use std::os::unix::ffi::OsStringExt;

static LIBRARY: library::Embedded = library::Embedded;

/// Runs the command with these arguments, the program's name first. Returns the exit status.
pub fn main(args: Vec<OsString>) -> i32 {
    let args: Vec<Vec<u8>> = args.into_iter().map(OsStringExt::into_vec).collect();
    let config = match command_line::parse(&args) {
        Parsed::Run(config) => *config,
        Parsed::Print(text) => {
            // A reader that has gone away is no error here.
            let _ = std::io::stdout().write_all(text.as_bytes()).and_then(|()| std::io::stdout().flush());
            return 0;
        }
        Parsed::Fail(text, status) => {
            eprint!("{text}");
            return status;
        }
    };
    run::run(config)
}

/// Makes the modules written in Rust and the embedded library known to the runtime. Needed once before an interpreter starts.
pub fn install() {
    runtime::import::register_builtins(runtime::RUNTIME_MODULES);
    runtime::import::register_builtins(stdlib::MODULES);
    runtime::import::register_builtins(&[runtime::import::BuiltinModule {
        name: "_ophion",
        def: &library_module::_ophion::MODULE,
    }]);
    runtime::import::install_library(&LIBRARY);
}
