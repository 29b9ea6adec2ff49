//! The `_uuid` module: time-based identifiers.

use object::libc;
use runtime::prelude::*;
use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

/// 100 ns intervals between 1582-10-15, where UUID time begins, and 1970.
const GREGORIAN_OFFSET: u64 = 0x01b2_1dd2_1381_4000;

/// What the next identifier depends on.
#[derive(Default)]
struct Clock(RefCell<Option<State>>);

#[derive(Clone, Copy)]
struct State {
    last: u64,
    sequence: u16,
    node: [u8; 6],
}

fn random<const N: usize>(py: Python) -> PyResult<[u8; N]> {
    let mut out = [0u8; N];
    // SAFETY: a buffer of that size; fewer than 256 bytes come whole.
    if unsafe { libc::getrandom(out.as_mut_ptr() as *mut _, N, 0) } != N as isize {
        return Err(crate::system::os_error(py));
    }
    Ok(out)
}

/// The hardware address of a network interface, if one can be found.
fn hardware_address() -> Option<[u8; 6]> {
    for entry in std::fs::read_dir("/sys/class/net").ok()? {
        let text = std::fs::read_to_string(entry.ok()?.path().join("address")).unwrap_or_default();
        let mut node = [0u8; 6];
        let mut parts = text.trim().split(':');
        let complete = node.iter_mut().all(|b| {
            parts.next().and_then(|p| u8::from_str_radix(p, 16).ok()).is_some_and(|v| {
                *b = v;
                true
            })
        });
        if complete && parts.next().is_none() && node != [0; 6] {
            return Some(node);
        }
    }
    None
}

/// Time-based identifiers.
#[pymodule(name = "_uuid")]
pub mod _uuid {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let no = [("has_uuid_generate_time_safe", 0), ("has_stable_extractable_node", 0)];
        crate::system::add_constants(py, module, &no)
    }

    /// A new identifier of version 1 as bytes, and None: nothing is known of other processes' identifiers.
    #[pyfunction(text = "($self, /)")]
    pub fn generate_time_safe(py: Python) -> PyResult<Py<PyTuple>> {
        let clock = crate::system::module_state::<Clock>(py);
        let known = *clock.0.borrow();
        let mut s = match known {
            Some(s) => s,
            None => {
                let node = match hardware_address() {
                    Some(n) => n,
                    None => {
                        // A random one is marked as a group address, which no interface has.
                        let mut n = random::<6>(py)?;
                        n[0] |= 1;
                        n
                    }
                };
                State { last: 0, sequence: u16::from_be_bytes(random::<2>(py)?) & 0x3fff, node }
            }
        };
        let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_nanos() / 100) as u64;
        let now = since.wrapping_add(GREGORIAN_OFFSET);
        // Identifiers made within one interval are spread over the next ones; a clock set back changes the sequence.
        if now.wrapping_add(10_000_000) < s.last {
            s.sequence = (s.sequence + 1) & 0x3fff;
            s.last = now;
        } else {
            s.last = now.max(s.last.wrapping_add(1));
        }
        *clock.0.borrow_mut() = Some(s);
        let t = s.last;
        let mut out = [0u8; 16];
        out[..4].copy_from_slice(&(t as u32).to_be_bytes());
        out[4..6].copy_from_slice(&((t >> 32) as u16).to_be_bytes());
        out[6..8].copy_from_slice(&(((t >> 48) as u16 & 0x0fff) | 0x1000).to_be_bytes());
        out[8..10].copy_from_slice(&(s.sequence | 0x8000).to_be_bytes());
        out[10..].copy_from_slice(&s.node);
        PyTuple::new(py, [PyBytes::new(py, &out)?.into_object(), none().owned()])
    }
}
