//! The global import lock (`imp.lock_held` and friends): re-entrant, owned by a thread.

use crate::sync::OwnedLock;
use object::{PyResult, Python};

static LOCK: OwnedLock = OwnedLock::new();

/// Takes the lock, waiting without the interpreter lock if need be.
///
/// Errors: what a signal handler raises meanwhile.
pub fn acquire(py: Python) -> PyResult<()> {
    LOCK.acquire(py, -1).map(drop)
}

/// Releases the lock once; `false` if this thread does not hold it.
pub fn release(py: Python) -> bool {
    LOCK.is_owned() && LOCK.release(py).is_ok()
}

/// Does anybody hold the lock?
pub fn held() -> bool {
    LOCK.is_locked()
}
