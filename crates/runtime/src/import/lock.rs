//! The global import lock (`imp.lock_held` and friends): re-entrant, owned by a thread.

use crate::state::release_gil;
use object::Python;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::ThreadId;

struct Lock {
    owner: Option<ThreadId>,
    depth: usize,
}

static LOCK: Mutex<Lock> = Mutex::new(Lock { owner: None, depth: 0 });
static FREED: Condvar = Condvar::new();

/// Takes the lock, waiting without the interpreter lock if need be.
pub fn acquire(py: Python) {
    let me = std::thread::current().id();
    if try_acquire(me) {
        return;
    }
    release_gil(py, || {
        let mut l = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
        while l.owner.is_some() {
            l = FREED.wait(l).unwrap_or_else(PoisonError::into_inner);
        }
        l.owner = Some(me);
        l.depth = 1;
    });
}

fn try_acquire(me: ThreadId) -> bool {
    let mut l = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    if l.owner.is_some_and(|o| o != me) {
        return false;
    }
    l.owner = Some(me);
    l.depth += 1;
    true
}

/// Releases the lock once; `false` if this thread does not hold it.
pub fn release() -> bool {
    let mut l = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    if l.owner != Some(std::thread::current().id()) {
        return false;
    }
    l.depth -= 1;
    if l.depth == 0 {
        l.owner = None;
        FREED.notify_one();
    }
    true
}

/// Does anybody hold the lock?
pub fn held() -> bool {
    LOCK.lock().unwrap_or_else(PoisonError::into_inner).owner.is_some()
}
