//! `-X importtime`: what each import took, on the descriptor of stderr.

use crate::prelude::*;
use crate::state::interpreter;
use std::io::Write;
use std::time::{Duration, Instant};

/// The measurements under way.
#[derive(Default)]
struct Times {
    header_shown: Cell<bool>,
    depth: Cell<usize>,
    /// Time that the imports made by the current one took.
    inner: Cell<Duration>,
}

/// Prints one row; the name as ASCII with escapes.
fn row(py: Python, st: &Times, own: &str, total: &str, name: &PyStr) {
    let mut text = String::new();
    if !st.header_shown.replace(true) {
        text.push_str("import time: self [us] | cumulative | imported package\n");
    }
    let shown = match crate::codecs::encode(py, name.as_object(), "ascii", "backslashreplace") {
        Ok(b) => b.downcast::<crate::types::PyBytes>().map(|b| b.as_bytes().to_vec()).unwrap_or_default(),
        Err(_) => {
            drop(take(py));
            Vec::new()
        }
    };
    let shown = String::from_utf8_lossy(&shown);
    text.push_str(&format!("import time: {own} | {total} | {}{shown}\n", " ".repeat(2 * st.depth.get())));
    // Nobody to tell if the stream is closed.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Tells that a module was there already.
pub fn cached(py: Python, name: &PyStr) {
    let st = interpreter(py).module_state::<Times>();
    row(py, &st, &format!("{:<9}", "cached"), &format!("{:<10}", "cached"), name);
}

/// Runs an import and tells how long it took.
pub fn measured(py: Python, name: &PyStr, import: impl FnOnce() -> PyResult) -> PyResult {
    let st = interpreter(py).module_state::<Times>();
    let outer = st.inner.replace(Duration::ZERO);
    st.depth.set(st.depth.get() + 1);
    let start = Instant::now();
    let result = import();
    let total = start.elapsed();
    st.depth.set(st.depth.get() - 1);
    let own = total.saturating_sub(st.inner.replace(outer + total));
    // Printing must not touch the exception on its way.
    let pending = take(py);
    let micros = |d: Duration| d.as_nanos().div_ceil(1000);
    row(py, &st, &format!("{:>9}", micros(own)), &format!("{:>10}", micros(total)), name);
    if let Some(e) = pending {
        let _ = raise_object(py, e);
    }
    result
}
