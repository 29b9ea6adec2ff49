//! `permutations`.

use runtime::abstract_::number;
use runtime::prelude::*;
use std::cell::RefCell;

/// `permutationsobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Permutations {
    pub ob_base: PyObject,
    pool: Slot<PyTuple>,
    /// The order of the pool's positions, and how many exchanges each of the first r places has left.
    #[traverse(skip)]
    state: Box<RefCell<(Vec<usize>, Vec<usize>)>>,
    r: usize,
    started: Cell<bool>,
    stopped: Cell<bool>,
}

/// All orders of r items of the iterable, as tuples; without r, of all its items.
///
/// permutations('ABC', 2) --> AB AC BA BC CA CB
#[pytype(
    name = "permutations",
    module = "itertools",
    basicsize = 64,
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO)
)]
impl Permutations {
    #[slot(tp_new, sig = "(iterable, r=None)")]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        iterable: &PyObject,
        r: Option<&PyObject>,
    ) -> PyResult<Py<Permutations>> {
        let pool = iterable.to_tuple(py)?;
        let n = pool.len();
        let r = match r.filter(|r| !r.is_none()) {
            None => n as isize,
            Some(r) if PyInt::check(r) => {
                number::index_isize(py, r, Some(&exceptions::PyExc_OverflowError_Type))?
            }
            Some(_) => return Err(type_error(py, "Expected int as r")),
        };
        let Ok(r) = usize::try_from(r) else { return Err(value_error(py, "r must be non-negative")) };
        let stopped = r > n;
        let cycles = if stopped { Vec::new() } else { (0..r).map(|i| n - i).collect() };
        let value = Permutations {
            ob_base: PyObject::header(cls),
            pool: Slot::new(Some(pool)),
            state: Box::new(RefCell::new(((0..n).collect(), cycles))),
            r,
            started: Cell::new(false),
            stopped: Cell::new(stopped),
        };
        new_object(py, cls, value)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Permutations> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let Some(pool) = self.pool.get_owned().filter(|_| !self.stopped.get()) else { return Ok(None) };
        let mut state = self.state.borrow_mut();
        let (indices, cycles) = &mut *state;
        if self.started.replace(true) {
            let n = indices.len();
            let mut i = self.r;
            loop {
                if i == 0 {
                    self.stopped.set(true);
                    return Ok(None);
                }
                i -= 1;
                cycles[i] -= 1;
                if cycles[i] == 0 {
                    indices[i..].rotate_left(1);
                    cycles[i] = n - i;
                } else {
                    let j = n - cycles[i];
                    indices.swap(i, j);
                    break;
                }
            }
        }
        let items: Vec<Py> = indices[..self.r].iter().map(|&k| pool.items()[k].owned()).collect();
        drop(state);
        PyTuple::new(py, items).map(Some)
    }

    /// Returns size in memory, in bytes.
    #[pymethod]
    fn __sizeof__(&self, _py: Python) -> usize {
        let state = self.state.borrow();
        self.ty().tp_basicsize.get() as usize + 8 * (state.0.len() + self.r)
    }
}
