//! `_collections`: `deque`, `defaultdict`, `OrderedDict`, and helpers of `collections`.

pub mod defaultdict;
pub mod deque;
mod deque_iter;
mod deque_methods;
pub mod ordered_dict;
mod ordered_iter;
mod ordered_methods;
mod ordered_views;
pub mod tuplegetter;

use defaultdict::DefaultDict;
use deque::Deque;
use deque_iter::{DequeIter, DequeRevIter};
use macros::pymodule;
use ordered_dict::OrderedDict;
use ordered_iter::OrderedIter;
use ordered_views::{OrderedItems, OrderedKeys, OrderedValues};
use runtime::abstract_::number;
use runtime::prelude::*;
use tuplegetter::TupleGetter;

/// Counts into an exact dict whose `get` and `__setitem__` nobody replaced.
fn count_into_dict(py: Python, dict: &PyDict, iterator: &PyObject) -> PyResult<()> {
    while let Some(key) = iterator.iter_next(py)? {
        let hash = key.hash(py)?;
        let new = match dict.get_item_hash(py, &key, hash)? {
            Some(old) => number::add(py, &old, PyInt::one())?,
            None => PyInt::one().owned().into_object(),
        };
        dict.set_item_hash(py, &key, hash, &new)?;
    }
    Ok(())
}

/// Is the method of this name on the type of `o` the one that `dict` has?
fn inherits_from_dict(py: Python, o: &PyObject, name: &PyStr) -> bool {
    use runtime::types::type_::TypeExt;
    let theirs = o.ty().lookup(py, name);
    let plain = PyDict::type_object().lookup(py, name);
    matches!((theirs, plain), (Some(a), Some(b)) if a.is(b))
}

/// Containers written in Rust: deque, a list that is quick at both ends, defaultdict, a dict that makes what is missing, OrderedDict.
#[pymodule(
    name = "_collections",
    types(Deque, DefaultDict, OrderedDict, DequeIter, DequeRevIter, TupleGetter),
    hidden_types(OrderedKeys, OrderedValues, OrderedItems, OrderedIter)
)]
pub mod collections {
    use super::*;

    /// Adds the number of times each item occurs to a mapping's values.
    #[pyfunction]
    pub fn _count_elements(py: Python, mapping: &PyObject, iterable: &PyObject) -> PyResult<()> {
        let it = iterable.get_iter(py)?;
        let plain = inherits_from_dict(py, mapping, intern!(py, "get"))
            && inherits_from_dict(py, mapping, intern!(py, "__setitem__"));
        if let Some(dict) = mapping.downcast::<PyDict>().filter(|_| plain) {
            return count_into_dict(py, dict, &it);
        }
        let get = mapping.getattr(py, intern!(py, "get"))?;
        while let Some(key) = it.iter_next(py)? {
            let old = get.call(py, &[&key, PyInt::zero()])?;
            let new = number::add(py, &old, PyInt::one())?;
            mapping.set_item(py, &key, &new)?;
        }
        Ok(())
    }
}
