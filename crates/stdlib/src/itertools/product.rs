//! `product`.

use runtime::abstract_::number;
use runtime::args as arguments;
use runtime::prelude::*;
use std::cell::RefCell;

/// `productobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Product {
    pub ob_base: PyObject,
    pools: Slot<PyTuple>,
    /// One index for each pool; none before the first result.
    #[traverse(skip)]
    indices: Box<RefCell<Vec<usize>>>,
    started: Cell<bool>,
    stopped: Cell<bool>,
}

/// Cartesian product of input iterables.  Equivalent to nested for-loops.
#[pytype(
    name = "product",
    module = "itertools",
    basicsize = 48,
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    text = "(*iterables, repeat=1)"
)]
impl Product {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<Product>> {
        let mut repeat = 1;
        if let Some(k) = kwargs.filter(|k| !k.is_empty()) {
            let given = arguments::keyword_items(Some(k));
            let [r] = arguments::only_keywords(py, "product", ["repeat"], &given)?;
            if let Some(r) = r {
                repeat = number::index_isize(py, &r, Some(&exceptions::PyExc_OverflowError_Type))?;
            }
            if repeat < 0 {
                return Err(value_error(py, "repeat argument cannot be negative"));
            }
        }
        let n = args.len();
        let total = if repeat == 0 { Some(0) } else { n.checked_mul(repeat as usize) };
        let Some(total) = total.filter(|&t| t <= isize::MAX as usize / 8) else {
            return Err(overflow_error(py, "repeat argument too large"));
        };
        let mut pools: Vec<Py> = Vec::new();
        if pools.try_reserve(total).is_err() {
            return Err(memory_error(py));
        }
        if repeat > 0 {
            for a in args.items() {
                pools.push(a.to_tuple(py)?.into_object());
            }
            for i in 0..total - n {
                pools.push(pools[i].clone());
            }
        }
        let mut indices = Vec::new();
        if indices.try_reserve_exact(total).is_err() {
            return Err(memory_error(py));
        }
        indices.resize(total, 0);
        let value = Product {
            ob_base: PyObject::header(cls),
            pools: Slot::new(Some(PyTuple::new(py, pools)?)),
            indices: Box::new(RefCell::new(indices)),
            started: Cell::new(false),
            stopped: Cell::new(false),
        };
        new_object(py, cls, value)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Product> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let Some(pools) = self.pools.get_owned().filter(|_| !self.stopped.get()) else { return Ok(None) };
        let pool = |i: usize| {
            pools.get(i).and_then(|p| p.downcast::<PyTuple>()).map_or(&[] as &[&PyObject], |p| p.items())
        };
        let mut indices = self.indices.borrow_mut();
        if !self.started.replace(true) {
            if (0..indices.len()).any(|i| pool(i).is_empty()) {
                self.stopped.set(true);
                return Ok(None);
            }
        } else {
            // The last index goes on; one that ends begins anew and hands on to the one before.
            let mut i = indices.len();
            loop {
                if i == 0 {
                    self.stopped.set(true);
                    return Ok(None);
                }
                i -= 1;
                indices[i] += 1;
                if indices[i] < pool(i).len() {
                    break;
                }
                indices[i] = 0;
            }
        }
        let items: Vec<Py> = indices.iter().enumerate().map(|(i, &k)| pool(i)[k].owned()).collect();
        drop(indices);
        PyTuple::new(py, items).map(Some)
    }

    /// Returns size in memory, in bytes.
    #[pymethod]
    fn __sizeof__(&self, _py: Python) -> usize {
        self.ty().tp_basicsize.get() as usize + 8 * self.indices.borrow().len()
    }
}
