//! The `ophion` command.
fn main() {}
