//! `_functools`: `partial`, `reduce`, `cmp_to_key` and the cache of `lru_cache`.

mod key;
mod lru;
mod lru_methods;
mod partial;
mod partial_new;

use key::KeyWrapper;
use lru::LruCache;
use macros::pymodule;
use partial::{Partial, Placeholder, placeholder};
use runtime::prelude::*;

/// Tools that operate on functions.
#[pymodule(name = "_functools", types(Placeholder, Partial, LruCache), hidden_types(KeyWrapper))]
pub mod functools {
    use super::*;

    #[pyattr(name = "Placeholder")]
    fn placeholder_attr(py: Python) -> PyResult {
        placeholder(py)
    }

    /// Convert a cmp= function into a key= function.
    ///
    ///   mycmp
    ///     Function that compares two objects.
    #[pyfunction(sig = "(mycmp)")]
    pub fn cmp_to_key(py: Python, mycmp: &PyObject) -> PyResult<Py<KeyWrapper>> {
        KeyWrapper::make(py, mycmp, None)
    }

    /// Apply a function of two arguments cumulatively to the items of an iterable, from left to right.
    ///
    /// This effectively reduces the iterable to a single value.  If initial is present,
    /// it is placed before the items of the iterable in the calculation, and serves as
    /// a default when the iterable is empty.
    ///
    /// For example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])
    /// calculates ((((1 + 2) + 3) + 4) + 5).
    #[pyfunction(sig = "(function, iterable, /, initial=<unrepresentable>)")]
    pub fn reduce(
        py: Python,
        function: &PyObject,
        iterable: &PyObject,
        initial: Option<&PyObject>,
    ) -> PyResult {
        let it = match iterable.get_iter(py) {
            Ok(it) => it,
            Err(e) => {
                drop(catch(py, e, &exceptions::PyExc_TypeError_Type)?);
                return Err(type_error(py, "reduce() arg 2 must support iteration"));
            }
        };
        let mut result = initial.map(|i| i.owned());
        while let Some(item) = it.iter_next(py)? {
            result = Some(match result {
                None => item,
                Some(r) => function.call(py, &[&r, &item])?,
            });
        }
        result.ok_or_else(|| type_error(py, "reduce() of empty iterable with no initial value"))
    }
}
