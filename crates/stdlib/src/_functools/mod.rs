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

    /// Makes a sort key of an old comparison function, which says with a number's sign which of two comes first.
    #[pyfunction(sig = "(mycmp)")]
    pub fn cmp_to_key(py: Python, mycmp: &PyObject) -> PyResult<Py<KeyWrapper>> {
        KeyWrapper::make(py, mycmp, None)
    }

    /// Folds the items of an iterable into one value, from the left.
    ///
    /// function takes what came out so far and the next item: reduce(f, [a, b, c]) is f(f(a, b), c). With initial, the
    /// folding starts there, and an empty iterable gives it back.
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
