//! Iterators over a context: variables, values, pairs.

use super::PyContextVar;
use crate::prelude::*;
use crate::types::PyTuple;
use std::cell::RefCell;

macro_rules! iterators {
    ($($t:ident $name:literal $doc:literal: |$py:ident, $var:ident, $value:ident| $item:expr;)*) => { $(
        #[doc = $doc]
        #[repr(C)]
        pub struct $t {
            pub ob_base: PyObject,
            /// What is left, last first. Contexts don't change under an iterator: it has a copy.
            left: RefCell<Vec<(Py<PyContextVar>, Py)>>,
        }

        impl $t {
            pub(super) fn new(py: Python, mut pairs: Vec<(Py<PyContextVar>, Py)>) -> PyResult<Py<$t>> {
                pairs.reverse();
                let ty = $t::type_object();
                new_object(py, ty, $t { ob_base: PyObject::header(ty), left: RefCell::new(pairs) })
            }
        }

        #[pytype(name = $name, flags(GC, DISALLOW_INSTANTIATION), doc = $doc)]
        impl $t {
            #[slot(tp_traverse)]
            fn traverse(&self, visit: &mut Visitor) {
                if let Ok(left) = self.left.try_borrow() {
                    for (k, v) in left.iter() {
                        visit.visit(k.as_object());
                        visit.visit(v);
                    }
                }
            }

            #[slot(tp_clear)]
            fn clear(&self) {
                let all = self.left.take();
                drop(all);
            }

            #[slot(tp_iter)]
            fn iter(&self) -> Py<$t> {
                self.owned()
            }

            #[slot(tp_iternext)]
            fn next(&self, $py: Python) -> PyResult<Option<Py>> {
                let next = self.left.borrow_mut().pop();
                match next {
                    Some(($var, $value)) => Ok(Some($item)),
                    None => Ok(None),
                }
            }

            #[slot(mp_length)]
            fn length(&self, _py: Python) -> PyResult<isize> {
                Ok(self.left.borrow().len() as isize)
            }
        }
    )* };
}

iterators! {
    PyContextKeys "keys" "The variables of a context.": |_py, var, _value| var.into_object();
    PyContextValues "values" "The values of a context.": |_py, _var, value| value;
    PyContextItems "items" "Variables and values of a context.":
        |py, var, value| PyTuple::new(py, [var.into_object(), value])?.into_object();
}
