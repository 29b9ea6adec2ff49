//! `itertools`.

mod combinations;
mod combine;
mod group;
mod infinite;
mod permutations;
mod product;
mod select;
mod sequences;
mod tee;

use combinations::{Combinations, CombinationsWithReplacement};
use combine::{Accumulate, Chain, Starmap, ZipLongest};
use group::{GroupBy, Grouper};
use infinite::{Count, Cycle, Repeat};
use macros::pymodule;
use permutations::Permutations;
use product::Product;
use runtime::prelude::*;
use select::{Compress, DropWhile, FilterFalse, Islice, TakeWhile};
use sequences::{Batched, Pairwise};
use tee::{Tee, TeeData};

/// Iterators that are made of iterators: endless ones (count, cycle, repeat), ones that pick or join (chain, islice, compress,
/// takewhile, zip_longest and others) and combinatorial ones (product, permutations, combinations).
#[pymodule(
    name = "itertools",
    types(
        Accumulate,
        Batched,
        Combinations,
        CombinationsWithReplacement,
        Cycle,
        DropWhile,
        TakeWhile,
        Islice,
        Starmap,
        Chain,
        Compress,
        FilterFalse,
        Count,
        Pairwise,
        Permutations,
        Product,
        Repeat,
        ZipLongest,
        GroupBy,
        Grouper,
        Tee,
        TeeData
    )
)]
pub mod itertools {
    use super::*;

    /// Returns a tuple of n independent iterators.
    #[pyfunction(sig = "(iterable, n=2, /)")]
    pub fn tee(py: Python, iterable: &PyObject, n: isize) -> PyResult<Py<PyTuple>> {
        tee::make_copies(py, iterable, n)
    }
}

/// Errors: `TypeError` for keywords, unless a subclass has an `__init__` of its own that may want them.
fn no_keywords<T: PyTypeInfo>(
    py: Python,
    cls: &PyTypeObject,
    kwargs: Option<&PyDict>,
    name: &str,
) -> PyResult<()> {
    let init = |t: &PyTypeObject| t.tp_init.get().map(|f| f as usize);
    if kwargs.is_some_and(|k| !k.is_empty()) && init(cls) == init(T::type_object()) {
        return Err(type_error(py, format!("{name}() takes no keyword arguments")));
    }
    Ok(())
}
