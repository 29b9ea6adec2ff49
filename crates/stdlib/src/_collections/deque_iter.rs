//! The iterators of `deque`.

use super::deque::Deque;
use runtime::abstract_::number;
use runtime::prelude::*;

macro_rules! iterator {
    ($t:ident, $name:literal, $at:expr) => {
        /// `dequeiterobject`.
        #[repr(C)]
        #[derive(Traverse)]
        pub struct $t {
            pub ob_base: PyObject,
            deque: Slot<Deque>,
            index: Cell<usize>,
            state: Cell<usize>,
            remaining: Cell<usize>,
        }

        impl $t {
            pub fn make(py: Python, deque: &Deque) -> PyResult<Py<$t>> {
                let cls = $t::type_object();
                let value = $t {
                    ob_base: PyObject::header(cls),
                    deque: Slot::new(Some(deque.owned())),
                    index: Cell::new(0),
                    state: Cell::new(deque.state.get()),
                    remaining: Cell::new(deque.len()),
                };
                new_object(py, cls, value)
            }
        }

        /// An iterator over a deque.
        #[pytype(name = $name, module = "collections", basicsize = 56, flags(GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO), nosig)]
        impl $t {
            #[slot(tp_new)]
            fn py_new(
                py: Python,
                _cls: &PyTypeObject,
                args: &PyTuple,
                _kwargs: Option<&PyDict>,
            ) -> PyResult<Py<$t>> {
                let args = args.items();
                runtime::args::check_positional(py, $name, args.len(), 1, 2)?;
                let Some(deque) = args[0].downcast::<Deque>() else {
                    return Err(type_error(
                        py,
                        format!(
                            "{}() argument 1 must be collections.deque, not {}",
                            $name,
                            type_name(args[0])
                        ),
                    ));
                };
                let skip = match args.get(1) {
                    Some(i) => number::index_isize(py, i, Some(&exceptions::PyExc_OverflowError_Type))?,
                    None => 0,
                };
                let it = $t::make(py, deque)?;
                for _ in 0..skip {
                    if it.next(py)?.is_none() {
                        break;
                    }
                }
                Ok(it)
            }

            #[slot(tp_iter)]
            fn iter(&self, _py: Python) -> Py<$t> {
                self.owned()
            }

            #[slot(tp_iternext)]
            fn next(&self, py: Python) -> PyResult<Option<Py>> {
                let Some(deque) = self.deque.get_owned() else { return Ok(None) };
                if self.state.get() != deque.state.get() {
                    self.remaining.set(0);
                    return Err(super::deque::mutated_iteration(py));
                }
                if self.remaining.get() == 0 {
                    return Ok(None);
                }
                let i = self.index.get();
                self.index.set(i + 1);
                self.remaining.set(self.remaining.get() - 1);
                let at: fn(usize, usize) -> usize = $at;
                Ok(deque.item(at(i, deque.len())))
            }

            /// How many are left.
            #[pymethod]
            fn __length_hint__(&self, _py: Python) -> usize {
                self.remaining.get()
            }

            /// Return state information for pickling.
            #[pymethod]
            fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
                let deque = self.deque.get_owned().map_or_else(|| none().owned(), |d| d.into_object());
                let done = self.index.get();
                let args = PyTuple::new(py, [deque, PyInt::from_usize(py, done)?.into_object()])?;
                PyTuple::new(py, [self.ty().as_object().owned(), args.into_object()])
            }
        }
    };
}
iterator!(DequeIter, "_deque_iterator", |i, _| i);
iterator!(DequeRevIter, "_deque_reverse_iterator", |i, len| len.wrapping_sub(i + 1));
