//! `_heapq`: binary heaps in lists.
//!
//! Comparing runs Python code: every step reads the list anew, and a list that changed its length is refused.

use macros::pymodule;
use runtime::prelude::*;

/// Which of two items is nearer to the root.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heap {
    Min,
    Max,
}

impl Heap {
    fn before(self, py: Python, a: &PyObject, b: &PyObject) -> PyResult<bool> {
        match self {
            Heap::Min => a.compare_bool_strict(py, b),
            Heap::Max => b.compare_bool_strict(py, a),
        }
    }
}

trait Less {
    fn compare_bool_strict(&self, py: Python, other: &PyObject) -> PyResult<bool>;
}

impl Less for PyObject {
    fn compare_bool_strict(&self, py: Python, other: &PyObject) -> PyResult<bool> {
        self.compare_bool(py, other, CompareOp::Lt)
    }
}

fn changed(py: Python) -> Raised {
    runtime_error(py, "list changed size during iteration")
}

fn out_of_range(py: Python) -> Raised {
    index_error(py, "index out of range")
}

fn item(py: Python, heap: &PyList, i: usize) -> PyResult {
    heap.get(i).ok_or_else(|| out_of_range(py))
}

fn swap(heap: &PyList, i: usize, j: usize) {
    if let (Some(a), Some(b)) = (heap.get(i), heap.get(j)) {
        heap.set(i, b);
        heap.set(j, a);
    }
}

/// Moves the item at `at` towards the root, not beyond `start`.
fn sift_down(py: Python, heap: &PyList, start: usize, mut at: usize, order: Heap) -> PyResult<()> {
    let size = heap.len();
    if at >= size {
        return Err(out_of_range(py));
    }
    let moving = item(py, heap, at)?;
    while at > start {
        let parent_at = (at - 1) >> 1;
        let parent = item(py, heap, parent_at)?;
        let less = order.before(py, &moving, &parent)?;
        if heap.len() != size {
            return Err(changed(py));
        }
        if !less {
            break;
        }
        swap(heap, at, parent_at);
        at = parent_at;
    }
    Ok(())
}

/// Moves the hole at `at` to a leaf, the nearer child going up each time, then the item back to its place.
fn sift_up(py: Python, heap: &PyList, mut at: usize, order: Heap) -> PyResult<()> {
    let size = heap.len();
    let start = at;
    if at >= size {
        return Err(out_of_range(py));
    }
    let limit = size >> 1;
    while at < limit {
        let mut child = 2 * at + 1;
        if child + 1 < size {
            let (a, b) = (item(py, heap, child)?, item(py, heap, child + 1)?);
            if !order.before(py, &a, &b)? {
                child += 1;
            }
            if heap.len() != size {
                return Err(changed(py));
            }
        }
        swap(heap, child, at);
        at = child;
    }
    sift_down(py, heap, start, at, order)
}

fn push(py: Python, heap: &PyList, new: &PyObject, order: Heap) -> PyResult<()> {
    heap.append(py, new.owned())?;
    sift_down(py, heap, 0, heap.len() - 1, order)
}

fn pop(py: Python, heap: &PyList, order: Heap) -> PyResult {
    let Some(last) = heap.pop(py) else { return Err(out_of_range(py)) };
    if heap.is_empty() {
        return Ok(last);
    }
    let root = item(py, heap, 0)?;
    heap.set(0, last);
    sift_up(py, heap, 0, order)?;
    Ok(root)
}

fn replace(py: Python, heap: &PyList, new: &PyObject, order: Heap) -> PyResult {
    let root = item(py, heap, 0)?;
    heap.set(0, new.owned());
    sift_up(py, heap, 0, order)?;
    Ok(root)
}

fn push_pop(py: Python, heap: &PyList, new: &PyObject, order: Heap) -> PyResult {
    let Some(root) = heap.get(0) else { return Ok(new.owned()) };
    let before = order.before(py, &root, new)?;
    if !before {
        return Ok(new.owned());
    }
    replace(py, heap, new, order)
}

fn build(py: Python, heap: &PyList, order: Heap) -> PyResult<()> {
    for i in (0..heap.len() / 2).rev() {
        sift_up(py, heap, i, order)?;
    }
    Ok(())
}

/// Heap queue algorithm (a.k.a. priority queue).
///
/// Heaps are lists for which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for all k.
#[pymodule(name = "_heapq")]
pub mod _heapq {
    use super::{Heap, build, pop, push, push_pop, replace};
    use runtime::prelude::*;

    #[pyattr]
    pub const __about__: &str = "Heap queues: lists in which every item comes before its children, those at twice its position plus one and plus two. The first item is the smallest.";

    /// Adds an item; the list stays a heap.
    #[pyfunction]
    pub fn heappush(py: Python, heap: &PyList, item: &PyObject) -> PyResult<()> {
        push(py, heap, item, Heap::Min)
    }

    /// Takes the smallest item away; the list stays a heap.
    #[pyfunction]
    pub fn heappop(py: Python, heap: &PyList) -> PyResult {
        pop(py, heap, Heap::Min)
    }

    /// Pop and return the current smallest value, and add the new item.
    #[pyfunction]
    pub fn heapreplace(py: Python, heap: &PyList, item: &PyObject) -> PyResult {
        replace(py, heap, item, Heap::Min)
    }

    /// Push item on the heap, then pop and return the smallest item from the heap.
    #[pyfunction]
    pub fn heappushpop(py: Python, heap: &PyList, item: &PyObject) -> PyResult {
        push_pop(py, heap, item, Heap::Min)
    }

    /// Rearranges a list so that it is a heap, in linear time.
    #[pyfunction]
    pub fn heapify(py: Python, heap: &PyList) -> PyResult<()> {
        build(py, heap, Heap::Min)
    }

    /// Adds an item to a heap whose largest item comes first.
    #[pyfunction]
    pub fn heappush_max(py: Python, heap: &PyList, item: &PyObject) -> PyResult<()> {
        push(py, heap, item, Heap::Max)
    }

    /// Maxheap variant of heappop.
    #[pyfunction]
    pub fn heappop_max(py: Python, heap: &PyList) -> PyResult {
        pop(py, heap, Heap::Max)
    }

    /// Maxheap variant of heapreplace.
    #[pyfunction]
    pub fn heapreplace_max(py: Python, heap: &PyList, item: &PyObject) -> PyResult {
        replace(py, heap, item, Heap::Max)
    }

    /// Maxheap variant of heappushpop.
    #[pyfunction]
    pub fn heappushpop_max(py: Python, heap: &PyList, item: &PyObject) -> PyResult {
        push_pop(py, heap, item, Heap::Max)
    }

    /// Maxheap variant of heapify.
    #[pyfunction]
    pub fn heapify_max(py: Python, heap: &PyList) -> PyResult<()> {
        build(py, heap, Heap::Max)
    }
}
