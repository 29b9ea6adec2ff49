//! The views of `OrderedDict`: those of `dict`, in the order of the list.

use super::ordered_dict::OrderedDict;
use super::ordered_iter::{OrderedIter, What};
use runtime::prelude::*;
use runtime::types::{PyDictItems, PyDictKeys, PyDictValues};

macro_rules! view {
    ($t:ident, $base:ident, $name:literal, $what:ident) => {
        /// A view of an ordered dict.
        #[repr(C)]
        pub struct $t {
            pub ob_base: $base,
        }

        impl Traverse for $t {
            fn traverse(&self, visitor: &mut Visitor) {
                self.ob_base.traverse(visitor);
            }
        }

        impl $t {
            pub(super) fn make(py: Python, dict: &OrderedDict) -> PyResult<Py<$t>> {
                let cls = $t::type_object();
                let base = $base { ob_base: PyObject::header(cls), dv_dict: dict.ob_base.owned() };
                new_object(py, cls, $t { ob_base: base })
            }

            fn walk(&self, py: Python, backwards: bool) -> PyResult {
                match self.ob_base.dv_dict.as_object().downcast::<OrderedDict>() {
                    Some(d) => Ok(OrderedIter::make(py, d, What::$what, backwards)?.into_object()),
                    None => Err(bad_internal_call(py)),
                }
            }
        }

        /// A view of an ordered dict.
        #[pytype(name = $name, base = $base, flags(GC, DISALLOW_INSTANTIATION), nosig)]
        impl $t {
            #[slot(tp_iter)]
            fn iter(&self, py: Python) -> PyResult {
                self.walk(py, false)
            }

            /// Return a reverse iterator over the view.
            #[pymethod]
            fn __reversed__(&self, py: Python) -> PyResult {
                self.walk(py, true)
            }
        }
    };
}
view!(OrderedKeys, PyDictKeys, "odict_keys", Keys);
view!(OrderedValues, PyDictValues, "odict_values", Values);
view!(OrderedItems, PyDictItems, "odict_items", Items);
