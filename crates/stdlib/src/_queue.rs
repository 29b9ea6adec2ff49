//! `_queue`: `SimpleQueue`, an unbounded queue that finalisers and signal handlers may put into.

use macros::{pymodule, pytype};
use runtime::prelude::*;
use runtime::pytime::{self, Round};
use runtime::state::interpreter;
use runtime::sync::RawLock;
use runtime::types::generic_alias;
use std::cell::RefCell;
use std::collections::VecDeque;

/// `queue.Empty`, made at first use.
#[derive(Default)]
struct EmptyClass(Slot<PyTypeObject>);

fn empty_class(py: Python) -> PyResult<Py<PyTypeObject>> {
    let st = interpreter(py).module_state::<EmptyClass>();
    if let Some(c) = st.0.get_owned() {
        return Ok(c);
    }
    let doc = "What a get() that may not wait raises when there is nothing to get.";
    let made = new_exception(py, "_queue", "Empty", &exceptions::PyExc_Exception_Type, Some(doc))?;
    st.0.set(Some(made.clone()));
    Ok(made)
}

#[cold]
fn empty_error(py: Python) -> Raised {
    match empty_class(py) {
        Ok(c) => raise_with(py, &c, none()),
        Err(e) => e,
    }
}

/// An unbounded queue.
#[repr(C)]
pub struct PySimpleQueue {
    pub ob_base: PyObject,
    weaklist: Cell<*mut PyObject>,
    items: RefCell<VecDeque<Py>>,
    /// Threads that wait for an item. A put gives the lock free once for each item somebody waits for.
    waiting: Cell<usize>,
    /// Held while there is nothing to wake up for.
    wake: RawLock,
}

impl PySimpleQueue {
    fn pop(&self) -> Option<Py> {
        self.items.borrow_mut().pop_front()
    }

    fn push(&self, item: &PyObject) {
        self.items.borrow_mut().push_back(item.owned());
        if self.waiting.get() > 0 {
            self.wake.unlock();
        }
    }

    /// Waits for an item, so many nanoseconds (negative: for ever).
    fn wait(&self, py: Python, timeout: i64) -> PyResult<Option<Py>> {
        let deadline = runtime::sync::deadline_after(timeout);
        loop {
            if let Some(v) = self.pop() {
                // There may be more, for others.
                if self.waiting.get() > 0 && !self.items.borrow().is_empty() {
                    self.wake.unlock();
                }
                return Ok(Some(v));
            }
            let left = match deadline {
                None => -1,
                Some(d) => match d - runtime::sync::monotonic_ns() {
                    n if n <= 0 => return Ok(None),
                    n => n,
                },
            };
            self.wake.try_lock();
            self.waiting.set(self.waiting.get() + 1);
            let r = self.wake.acquire(py, left);
            self.waiting.set(self.waiting.get() - 1);
            r?;
        }
    }
}

/// An unbounded queue, first in, first out. put() never blocks and may be called from finalisers.
#[pytype(name = "SimpleQueue", order = "empty get get_nowait put put_nowait qsize __class_getitem__", module = "_queue", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE), weaklistoffset = weaklist)]
impl PySimpleQueue {
    #[slot(tp_new, sig = "()")]
    fn tp_new(py: Python, cls: &PyTypeObject) -> PyResult<Py<PySimpleQueue>> {
        new_object(
            py,
            cls,
            PySimpleQueue {
                ob_base: PyObject::header(cls),
                weaklist: Cell::new(std::ptr::null_mut()),
                items: RefCell::new(VecDeque::new()),
                waiting: Cell::new(0),
                wake: RawLock::new(),
            },
        )
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visit: &mut Visitor) {
        if let Ok(items) = self.items.try_borrow() {
            items.iter().for_each(|i| visit.visit(i));
        }
    }

    #[slot(tp_clear)]
    fn clear(&self) {
        let all = self.items.take();
        drop(all);
    }

    /// Adds an item. block and timeout are there for compatibility with Queue.
    #[pymethod(sig = "(item, block=True, timeout=None)")]
    fn put(&self, item: &PyObject, _block: bool, _timeout: &PyObject) {
        self.push(item)
    }

    /// Adds an item.
    #[pymethod(sig = "(item)")]
    fn put_nowait(&self, item: &PyObject) {
        self.push(item)
    }

    /// Takes the oldest item, waiting for one if block is true, at most timeout seconds if that is not None.
    #[pymethod(sig = "(block=True, timeout=None)")]
    fn get(&self, py: Python, block: bool, timeout: &PyObject) -> PyResult {
        if !block {
            return self.pop().ok_or_else(|| empty_error(py));
        }
        let ns = if timeout.is_none() {
            -1
        } else {
            let ns = pytime::from_seconds(py, timeout, Round::Ceiling)?;
            if ns < 0 {
                return Err(value_error(py, "'timeout' must be a non-negative number"));
            }
            ns
        };
        match self.wait(py, ns)? {
            Some(v) => Ok(v),
            None => Err(empty_error(py)),
        }
    }

    /// Takes the oldest item; raises Empty if there is none.
    #[pymethod]
    fn get_nowait(&self, py: Python) -> PyResult {
        self.pop().ok_or_else(|| empty_error(py))
    }

    /// Is the queue empty now?
    #[pymethod]
    fn empty(&self) -> bool {
        self.items.borrow().is_empty()
    }

    /// How many items are there now?
    #[pymethod]
    fn qsize(&self) -> usize {
        self.items.borrow().len()
    }

    #[pymethod(nodoc)]
    fn __sizeof__(&self) -> usize {
        self.ty().tp_basicsize.get() as usize + self.items.borrow().capacity() * 8
    }

    /// See PEP 585
    #[classmethod(sig = "(object, /)")]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        generic_alias::new(py, cls.object(), object)
    }
}

/// Queues written in Rust.
#[pymodule(name = "_queue", types(PySimpleQueue))]
pub mod _queue {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        module.add(py, "Empty", empty_class(py)?.object())
    }
}
