//! What happens when the interpreter itself fails: a panic is a bug in Ophion, never an exception.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::PanicHookInfo;

/// Makes every panic, on any thread, print what happened and end the process with `SIGABRT`, so that `faulthandler` and core
/// dumps work. Objects may be half changed by then: nothing is unwound.
pub fn report_panics() {
    std::panic::set_hook(Box::new(report));
}

fn report(info: &PanicHookInfo) {
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    let message = info.payload_as_str().unwrap_or("no message");
    let place = info.location().map(|l| format!(" at {l}")).unwrap_or_default();
    eprintln!("Fatal Python error: internal error: {message}");
    eprintln!("This is a bug in Ophion, not in the program: thread '{thread}' panicked{place}");
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        eprintln!("{trace}");
    } else {
        eprintln!("(RUST_BACKTRACE=1 shows where it was called from, -X faulthandler the Python stack)");
    }
    std::process::abort();
}
