//! `combinations` and `combinations_with_replacement`.

use runtime::prelude::*;
use std::cell::RefCell;

macro_rules! combinations {
    ($t:ident, $name:literal, #[doc = $doc:literal], stopped: $stopped:expr, start: $start:expr, advance: $advance:expr) => {
        /// `combinationsobject`.
        #[repr(C)]
        #[derive(Traverse)]
        pub struct $t {
            pub ob_base: PyObject,
            pool: Slot<PyTuple>,
            #[traverse(skip)]
            indices: Box<RefCell<Vec<usize>>>,
            r: usize,
            started: Cell<bool>,
            stopped: Cell<bool>,
        }

        #[doc = $doc]
        #[pytype(name = $name, module = "itertools", basicsize = 56, flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO))]
        impl $t {
            #[slot(tp_new, sig = "(iterable, r)")]
            fn py_new(py: Python, cls: &PyTypeObject, iterable: &PyObject, r: isize) -> PyResult<Py<$t>> {
                let pool = iterable.to_tuple(py)?;
                let Ok(r) = usize::try_from(r) else { return Err(value_error(py, "r must be non-negative")) };
                let stopped: fn(usize, usize) -> bool = $stopped;
                let stopped = stopped(pool.len(), r);
                let start: fn(usize) -> usize = $start;
                let mut indices = Vec::new();
                if !stopped {
                    if indices.try_reserve(r).is_err() {
                        return Err(memory_error(py));
                    }
                    indices.extend((0..r).map(start));
                }
                let value = $t {
                    ob_base: PyObject::header(cls),
                    pool: Slot::new(Some(pool)),
                    indices: Box::new(RefCell::new(indices)),
                    r,
                    started: Cell::new(false),
                    stopped: Cell::new(stopped),
                };
                new_object(py, cls, value)
            }

            #[slot(tp_iter)]
            fn iter(&self, _py: Python) -> Py<$t> {
                self.owned()
            }

            #[slot(tp_iternext)]
            fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
                let Some(pool) = self.pool.get_owned().filter(|_| !self.stopped.get()) else {
                    return Ok(None);
                };
                let mut indices = self.indices.borrow_mut();
                if self.started.replace(true) {
                    let advance: fn(&mut [usize], usize) -> bool = $advance;
                    if !advance(&mut indices, pool.len()) {
                        self.stopped.set(true);
                        return Ok(None);
                    }
                }
                let items: Vec<Py> = indices.iter().map(|&k| pool.items()[k].owned()).collect();
                drop(indices);
                PyTuple::new(py, items).map(Some)
            }

            /// Returns size in memory, in bytes.
            #[pymethod]
            fn __sizeof__(&self, _py: Python) -> usize {
                self.ty().tp_basicsize.get() as usize + 8 * self.r
            }
        }
    };
}

combinations!(
    Combinations,
    "combinations",
    #[doc = "All ways to pick r items of the iterable in their order, as tuples.\n\ncombinations('ABC', 2) --> AB AC BC"],
    stopped: |n, r| r > n,
    start: |i| i,
    advance: |indices, n| {
        let r = indices.len();
        // The rightmost index that is not at its maximum, i + n - r.
        let Some(i) = (0..r).rev().find(|&i| indices[i] != i + n - r) else { return false };
        indices[i] += 1;
        for j in i + 1..r {
            indices[j] = indices[j - 1] + 1;
        }
        true
    }
);

combinations!(
    CombinationsWithReplacement,
    "combinations_with_replacement",
    #[doc = "All ways to pick r items in their order when each may be picked again, as tuples.\n\ncombinations_with_replacement('AB', 2) --> AA AB BB"],
    stopped: |n, r| n == 0 && r > 0,
    start: |_| 0,
    advance: |indices, n| {
        let Some(i) = indices.iter().rposition(|&k| k != n - 1) else { return false };
        let next = indices[i] + 1;
        indices[i..].fill(next);
        true
    }
);
