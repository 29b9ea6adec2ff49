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
use select::{Compress, DropWhile, FilterFalse, Islice, TakeWhile};
use sequences::{Batched, Pairwise};
use tee::{Tee, TeeData};

/// Functional tools for creating and using iterators.
///
/// Infinite iterators:
/// count(start=0, step=1) --> start, start+step, start+2*step, ...
/// cycle(p) --> p0, p1, ... plast, p0, p1, ...
/// repeat(elem [,n]) --> elem, elem, elem, ... endlessly or up to n times
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
    use runtime::prelude::*;

    /// Returns a tuple of n independent iterators.
    #[pyfunction(sig = "(iterable, n=2, /)")]
    pub fn tee(py: Python, iterable: &PyObject, n: isize) -> PyResult<Py<PyTuple>> {
        tee::make_copies(py, iterable, n)
    }
}
