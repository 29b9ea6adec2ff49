//! Stops `repr` of containers that contain themselves (`Py_ReprEnter`).

use object::{PyObject, Python};
use std::cell::RefCell;

thread_local! {
    /// Containers whose `repr` is under way on this thread, outermost first.
    static ACTIVE: RefCell<Vec<*const PyObject>> = const { RefCell::new(Vec::new()) };
}

/// Marks a container as "its `repr` is under way" for as long as it lives.
pub struct ReprGuard(*const PyObject);

impl ReprGuard {
    /// `None` when the container's `repr` is under way already.
    pub fn enter(_py: Python, container: &PyObject) -> Option<ReprGuard> {
        let at: *const PyObject = container;
        ACTIVE.with_borrow_mut(|active| {
            if active.contains(&at) {
                return None;
            }
            active.push(at);
            Some(ReprGuard(at))
        })
    }
}

impl Drop for ReprGuard {
    fn drop(&mut self) {
        ACTIVE.with_borrow_mut(|active| {
            if let Some(i) = active.iter().rposition(|&p| std::ptr::eq(p, self.0)) {
                active.swap_remove(i);
            }
        });
    }
}
