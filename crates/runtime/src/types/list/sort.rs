//! `list.sort`: a stable merge sort that uses runs that are there already (timsort, with Munro and Wild's merge order "powersort").
//!
//! While it runs, the list is empty for everybody else; the items are in an array of our own. A comparison can fail at any
//! time; each step leaves the array a permutation of what it was, so nothing is lost.
//!
//! Keys of one type compare faster: before sorting, a look at all keys chooses an [`Order`].

use super::{PyList, release_items};
use crate::prelude::*;
use crate::types::str_::Kind;
use std::ptr::null_mut;

/// Runs of more than this many wins in a row switch to galloping.
const MIN_GALLOP: usize = 7;
/// Runs shorter than this are extended by insertion.
const MAX_MINRUN: usize = 64;

/// What is sorted: a key, with or without a value that goes along. The pointers are owned by the array as a whole.
trait Element: Copy {
    fn key(&self) -> *mut PyObject;
}

impl Element for *mut PyObject {
    #[inline(always)]
    fn key(&self) -> *mut PyObject {
        *self
    }
}

#[derive(Clone, Copy)]
struct Pair {
    key: *mut PyObject,
    value: *mut PyObject,
}

impl Element for Pair {
    #[inline(always)]
    fn key(&self) -> *mut PyObject {
        self.key
    }
}

/// A way to compare keys.
trait Order {
    /// `a < b`.
    ///
    /// # Safety
    /// The keys are live and of the kind the order is for.
    unsafe fn less(&self, py: Python, a: *mut PyObject, b: *mut PyObject) -> PyResult<bool>;
}

struct Any;
/// Exact strings of one-byte characters.
struct Latin;
/// Exact ints of one digit.
struct SmallInt;
/// Exact floats.
struct Float;
/// Exact, non-empty tuples; the field is the order of the first items.
struct Tuple(Simple);

#[derive(Clone, Copy)]
enum Simple {
    Any,
    Latin,
    SmallInt,
    Float,
}

impl Order for Any {
    #[inline]
    unsafe fn less(&self, py: Python, a: *mut PyObject, b: *mut PyObject) -> PyResult<bool> {
        // SAFETY: the caller's promise; the slot is that of the left object's type.
        unsafe {
            // Keys of one type: its own slot first. What that leaves open goes the long way, which asks it again.
            if std::ptr::eq((*a).ty(), (*b).ty())
                && let Some(f) = (*a).ty().tp_richcompare.get()
            {
                let (left, right) = ((*a).owned(), (*b).owned());
                let r: Py = from_c(py, f(left.as_ptr(), right.as_ptr(), CompareOp::Lt as i32))?;
                if !std::ptr::eq(r.as_ptr(), not_implemented().as_ptr()) {
                    return r.is_true(py);
                }
            }
            (*a).compare_bool(py, &*b, CompareOp::Lt)
        }
    }
}

impl Order for Latin {
    #[inline(always)]
    unsafe fn less(&self, _py: Python, a: *mut PyObject, b: *mut PyObject) -> PyResult<bool> {
        // SAFETY: the caller's promise.
        unsafe { Ok((*(a as *const PyStr)).raw_bytes() < (*(b as *const PyStr)).raw_bytes()) }
    }
}

impl Order for SmallInt {
    #[inline(always)]
    unsafe fn less(&self, _py: Python, a: *mut PyObject, b: *mut PyObject) -> PyResult<bool> {
        // SAFETY: the caller's promise.
        unsafe { Ok((*(a as *const PyInt)).compact_value() < (*(b as *const PyInt)).compact_value()) }
    }
}

impl Order for Float {
    #[inline(always)]
    unsafe fn less(&self, _py: Python, a: *mut PyObject, b: *mut PyObject) -> PyResult<bool> {
        // SAFETY: the caller's promise.
        unsafe { Ok((*(a as *const PyFloat)).value() < (*(b as *const PyFloat)).value()) }
    }
}

impl Order for Tuple {
    #[inline]
    unsafe fn less(&self, py: Python, a: *mut PyObject, b: *mut PyObject) -> PyResult<bool> {
        // SAFETY: the caller's promise; first items are of the kind the field says.
        unsafe {
            let (a, b) = ((*(a as *const PyTuple)).items(), (*(b as *const PyTuple)).items());
            for (i, (x, y)) in a.iter().zip(b).enumerate() {
                if x.compare_bool(py, y, CompareOp::Eq)? {
                    continue;
                }
                if i > 0 {
                    return x.compare_bool(py, y, CompareOp::Lt);
                }
                let (x, y) = (x.as_ptr(), y.as_ptr());
                return match self.0 {
                    Simple::Any => Any.less(py, x, y),
                    Simple::Latin => Latin.less(py, x, y),
                    Simple::SmallInt => SmallInt.less(py, x, y),
                    Simple::Float => Float.less(py, x, y),
                };
            }
            Ok(a.len() < b.len())
        }
    }
}

/// The order for objects that all are of one plain kind.
fn simple_order<'a>(keys: impl Iterator<Item = &'a PyObject> + Clone) -> Simple {
    let Some(first) = keys.clone().next() else { return Simple::Any };
    let all = |f: fn(&PyObject) -> bool| keys.clone().all(f);
    if PyStr::check_exact(first) {
        if all(|o| o.downcast_exact::<PyStr>().is_some_and(|s| s.kind() == Kind::Latin1)) {
            return Simple::Latin;
        }
    } else if PyInt::check_exact(first) {
        if all(|o| o.downcast_exact::<PyInt>().is_some_and(|i| i.is_compact())) {
            return Simple::SmallInt;
        }
    } else if PyFloat::check_exact(first) && all(PyFloat::check_exact) {
        return Simple::Float;
    }
    Simple::Any
}

/// Sorts a list (`list.sort`).
pub(super) fn sort(list: &PyList, py: Python, key: Option<&PyObject>, reverse: bool) -> PyResult<()> {
    let items = list.ob_item.replace(null_mut());
    let n = list.len();
    let allocated = list.allocated.replace(-1);
    list.set_len(0);
    let mut result = if n == 0 {
        Ok(())
    } else {
        // SAFETY: the array left the list: it is ours until it goes back.
        sort_items(py, unsafe { std::slice::from_raw_parts_mut(items, n) }, key, reverse)
    };
    if list.allocated.get() != -1 && result.is_ok() {
        result = Err(value_error(py, "list modified during sort"));
    }
    let strange = list.ob_item.replace(items);
    let strange_len = list.len();
    list.set_len(n);
    list.allocated.set(allocated);
    if !strange.is_null() {
        // SAFETY: what others put into the list meanwhile.
        unsafe { release_items(strange, strange_len, 0) };
    }
    result
}

fn sort_items(
    py: Python,
    items: &mut [*mut PyObject],
    key: Option<&PyObject>,
    reverse: bool,
) -> PyResult<()> {
    let Some(key) = key else {
        return sort_either_way(py, items, reverse);
    };
    let mut keys: Vec<Py> = Vec::new();
    let mut pairs: Vec<Pair> = Vec::new();
    keys.try_reserve_exact(items.len()).map_err(|_| memory_error(py))?;
    pairs.try_reserve_exact(items.len()).map_err(|_| memory_error(py))?;
    for &value in items.iter() {
        // SAFETY: the items are live: the array owns them.
        let k = key.call1(py, unsafe { &*value })?;
        pairs.push(Pair { key: k.as_ptr(), value });
        keys.push(k);
    }
    let result = sort_either_way(py, &mut pairs, reverse);
    for (item, pair) in items.iter_mut().zip(&pairs) {
        *item = pair.value;
    }
    drop(keys);
    result
}

/// A descending sort is an ascending one of the reversed items, reversed: that keeps it stable.
fn sort_either_way<E: Element>(py: Python, a: &mut [E], reverse: bool) -> PyResult<()> {
    if reverse {
        a.reverse();
    }
    let result = sort_by_kind(py, a);
    if reverse {
        a.reverse();
    }
    result
}

fn sort_by_kind<E: Element>(py: Python, a: &mut [E]) -> PyResult<()> {
    if a.len() < 2 {
        return Ok(());
    }
    // SAFETY: keys are live; looking at their types runs no code.
    let keys = a.iter().map(|e| unsafe { &*e.key() });
    let first_items = keys.clone().map(|k| k.downcast_exact::<PyTuple>().and_then(|t| t.get(0)));
    if first_items.clone().all(|i| i.is_some()) {
        let order = Tuple(simple_order(first_items.flatten()));
        return Sorter::new(py, order).sort(a);
    }
    match simple_order(keys) {
        Simple::Any => Sorter::new(py, Any).sort(a),
        Simple::Latin => Sorter::new(py, Latin).sort(a),
        Simple::SmallInt => Sorter::new(py, SmallInt).sort(a),
        Simple::Float => Sorter::new(py, Float).sort(a),
    }
}

#[derive(Clone, Copy)]
struct Run {
    start: usize,
    len: usize,
    power: u32,
}

struct Sorter<'py, E, O> {
    py: Python<'py>,
    order: O,
    runs: Vec<Run>,
    /// The smaller of two runs while they are merged.
    spare: Vec<E>,
    min_gallop: usize,
}

impl<'py, E: Element, O: Order> Sorter<'py, E, O> {
    fn new(py: Python<'py>, order: O) -> Self {
        Sorter { py, order, runs: Vec::new(), spare: Vec::new(), min_gallop: MIN_GALLOP }
    }

    #[inline(always)]
    fn less(&self, a: &E, b: &E) -> PyResult<bool> {
        // SAFETY: the array owns its keys, and the order was chosen by looking at all of them.
        unsafe { self.order.less(self.py, a.key(), b.key()) }
    }

    fn sort(&mut self, a: &mut [E]) -> PyResult<()> {
        let n = a.len();
        let minrun = minimal_run(n);
        let mut at = 0;
        while at < n {
            let mut len = self.natural_run(&mut a[at..])?;
            if len < minrun {
                let forced = minrun.min(n - at);
                self.insert_sorted(&mut a[at..at + forced], len)?;
                len = forced;
            }
            if let Some(last) = self.runs.last().copied() {
                let power = power(last.start, last.len, len, n);
                while let [.., before, _] = self.runs[..]
                    && before.power > power
                {
                    self.merge_at(a, self.runs.len() - 2)?;
                }
                if let Some(last) = self.runs.last_mut() {
                    last.power = power;
                }
            }
            self.runs.push(Run { start: at, len, power: 0 });
            at += len;
        }
        while self.runs.len() > 1 {
            let mut i = self.runs.len() - 2;
            if i > 0 && self.runs[i - 1].len < self.runs[i + 1].len {
                i -= 1;
            }
            self.merge_at(a, i)?;
        }
        Ok(())
    }

    /// The length of the run that the slice begins with; a strictly descending one is turned round.
    fn natural_run(&self, a: &mut [E]) -> PyResult<usize> {
        if a.len() < 2 {
            return Ok(a.len());
        }
        let descending = self.less(&a[1], &a[0])?;
        let mut len = 2;
        while len < a.len() && self.less(&a[len], &a[len - 1])? == descending {
            len += 1;
        }
        if descending {
            a[..len].reverse();
        }
        Ok(len)
    }

    /// Insertion sort of a slice whose first `sorted` elements are in order.
    fn insert_sorted(&self, a: &mut [E], sorted: usize) -> PyResult<()> {
        for i in sorted.max(1)..a.len() {
            let pivot = a[i];
            let (mut lo, mut hi) = (0, i);
            while lo < hi {
                let mid = (lo + hi) / 2;
                if self.less(&pivot, &a[mid])? {
                    hi = mid;
                } else {
                    lo = mid + 1;
                }
            }
            a.copy_within(lo..i, lo + 1);
            a[lo] = pivot;
        }
        Ok(())
    }

    /// How many elements of a sorted slice go before `key`: with `left` those less than it, else those not greater. Looks near
    /// `hint` first, with growing steps.
    fn gallop(&self, key: &E, a: &[E], hint: usize, left: bool) -> PyResult<usize> {
        let before =
            |x: &E| -> PyResult<bool> { if left { self.less(x, key) } else { Ok(!self.less(key, x)?) } };
        let (mut last, mut step) = (0, 1usize);
        let (mut lo, mut hi);
        if before(&a[hint])? {
            let max = a.len() - hint;
            while step < max && before(&a[hint + step])? {
                last = step;
                step = step.saturating_mul(2).saturating_add(1);
            }
            lo = hint + last + 1;
            hi = hint + step.min(max);
        } else {
            let max = hint + 1;
            while step < max && !before(&a[hint - step])? {
                last = step;
                step = step.saturating_mul(2).saturating_add(1);
            }
            lo = max - step.min(max);
            hi = hint - last;
        }
        while lo < hi {
            let mid = lo + (hi - lo) / 2;
            if before(&a[mid])? {
                lo = mid + 1;
            } else {
                hi = mid;
            }
        }
        Ok(lo)
    }

    /// Merges runs `i` and `i + 1`.
    fn merge_at(&mut self, a: &mut [E], i: usize) -> PyResult<()> {
        let (x, y) = (self.runs[i], self.runs[i + 1]);
        self.runs[i].len = x.len + y.len;
        self.runs.remove(i + 1);
        let a = &mut a[x.start..x.start + x.len + y.len];
        // What is in place already at both ends stays there.
        let skip = self.gallop(&a[x.len], &a[..x.len], 0, false)?;
        let left = x.len - skip;
        if left == 0 {
            return Ok(());
        }
        let right = self.gallop(&a[x.len - 1], &a[x.len..], y.len - 1, true)?;
        if right == 0 {
            return Ok(());
        }
        let a = &mut a[skip..x.len + right];
        if self.spare.try_reserve(left.min(right)).is_err() {
            return Err(memory_error(self.py));
        }
        if left <= right { self.merge_low(a, left) } else { self.merge_high(a, left) }
    }

    /// Merges `a[..split]` and `a[split..]` from the front, the left one copied aside.
    fn merge_low(&mut self, a: &mut [E], split: usize) -> PyResult<()> {
        let mut x = std::mem::take(&mut self.spare);
        x.clear();
        x.extend_from_slice(&a[..split]);
        let mut at = Low { i: 0, j: split, d: 0 };
        let result = self.merge_low_inner(a, &x, &mut at);
        // Whether complete or not: what is left of the copy belongs into the gap.
        a[at.d..at.j].copy_from_slice(&x[at.i..]);
        self.spare = x;
        result
    }

    fn merge_low_inner(&mut self, a: &mut [E], x: &[E], at: &mut Low) -> PyResult<()> {
        let end = a.len();
        at.take_right(a);
        if at.j == end {
            return Ok(());
        }
        if x.len() == 1 {
            at.take_rights(a, end - at.j);
            return Ok(());
        }
        loop {
            let (mut wins_left, mut wins_right) = (0, 0);
            loop {
                if self.less(&a[at.j], &x[at.i])? {
                    at.take_right(a);
                    wins_right += 1;
                    wins_left = 0;
                    if at.j == end {
                        return Ok(());
                    }
                    if wins_right >= self.min_gallop {
                        break;
                    }
                } else {
                    at.take_lefts(a, x, 1);
                    wins_left += 1;
                    wins_right = 0;
                    if x.len() - at.i == 1 {
                        at.take_rights(a, end - at.j);
                        return Ok(());
                    }
                    if wins_left >= self.min_gallop {
                        break;
                    }
                }
            }
            self.min_gallop += 1;
            loop {
                if self.min_gallop > 1 {
                    self.min_gallop -= 1;
                }
                wins_left = self.gallop(&a[at.j], &x[at.i..], 0, false)?;
                at.take_lefts(a, x, wins_left);
                match x.len() - at.i {
                    // Only an inconsistent order gets here.
                    0 => return Ok(()),
                    1 => {
                        at.take_rights(a, end - at.j);
                        return Ok(());
                    }
                    _ => {}
                }
                at.take_right(a);
                if at.j == end {
                    return Ok(());
                }
                wins_right = self.gallop(&x[at.i], &a[at.j..], 0, true)?;
                at.take_rights(a, wins_right);
                if at.j == end {
                    return Ok(());
                }
                at.take_lefts(a, x, 1);
                if x.len() - at.i == 1 {
                    at.take_rights(a, end - at.j);
                    return Ok(());
                }
                if wins_left < MIN_GALLOP && wins_right < MIN_GALLOP {
                    break;
                }
            }
            self.min_gallop += 1;
        }
    }

    /// Merges `a[..split]` and `a[split..]` from the back, the right one copied aside.
    fn merge_high(&mut self, a: &mut [E], split: usize) -> PyResult<()> {
        let mut y = std::mem::take(&mut self.spare);
        y.clear();
        y.extend_from_slice(&a[split..]);
        let mut at = High { i: split, j: y.len(), d: a.len() };
        let result = self.merge_high_inner(a, &y, &mut at);
        a[at.i..at.d].copy_from_slice(&y[..at.j]);
        self.spare = y;
        result
    }

    fn merge_high_inner(&mut self, a: &mut [E], y: &[E], at: &mut High) -> PyResult<()> {
        at.take_lefts(a, 1);
        if at.i == 0 {
            return Ok(());
        }
        if at.j == 1 {
            at.take_lefts(a, at.i);
            return Ok(());
        }
        loop {
            let (mut wins_left, mut wins_right) = (0, 0);
            loop {
                if self.less(&y[at.j - 1], &a[at.i - 1])? {
                    at.take_lefts(a, 1);
                    wins_left += 1;
                    wins_right = 0;
                    if at.i == 0 {
                        return Ok(());
                    }
                    if wins_left >= self.min_gallop {
                        break;
                    }
                } else {
                    at.take_rights(a, y, 1);
                    wins_right += 1;
                    wins_left = 0;
                    if at.j == 1 {
                        at.take_lefts(a, at.i);
                        return Ok(());
                    }
                    if wins_right >= self.min_gallop {
                        break;
                    }
                }
            }
            self.min_gallop += 1;
            loop {
                if self.min_gallop > 1 {
                    self.min_gallop -= 1;
                }
                wins_left = at.i - self.gallop(&y[at.j - 1], &a[..at.i], at.i - 1, false)?;
                at.take_lefts(a, wins_left);
                if at.i == 0 {
                    return Ok(());
                }
                at.take_rights(a, y, 1);
                if at.j == 1 {
                    at.take_lefts(a, at.i);
                    return Ok(());
                }
                wins_right = at.j - self.gallop(&a[at.i - 1], &y[..at.j], at.j - 1, true)?;
                at.take_rights(a, y, wins_right);
                match at.j {
                    // Only an inconsistent order gets here.
                    0 => return Ok(()),
                    1 => {
                        at.take_lefts(a, at.i);
                        return Ok(());
                    }
                    _ => {}
                }
                at.take_lefts(a, 1);
                if at.i == 0 {
                    return Ok(());
                }
                if wins_left < MIN_GALLOP && wins_right < MIN_GALLOP {
                    break;
                }
            }
            self.min_gallop += 1;
        }
    }
}

/// Where a merge from the front is: `i` in the left copy, `j` in the right run, `d` the next place to fill. `a[d..j]` is as long
/// as the rest of the copy.
struct Low {
    i: usize,
    j: usize,
    d: usize,
}

impl Low {
    #[inline(always)]
    fn take_right<E: Element>(&mut self, a: &mut [E]) {
        a[self.d] = a[self.j];
        self.d += 1;
        self.j += 1;
    }

    fn take_rights<E: Element>(&mut self, a: &mut [E], n: usize) {
        a.copy_within(self.j..self.j + n, self.d);
        self.d += n;
        self.j += n;
    }

    #[inline(always)]
    fn take_lefts<E: Element>(&mut self, a: &mut [E], x: &[E], n: usize) {
        a[self.d..self.d + n].copy_from_slice(&x[self.i..self.i + n]);
        self.d += n;
        self.i += n;
    }
}

/// The same from the back, all three counting down: `a[i..d]` is as long as the rest of the right copy, `j`.
struct High {
    i: usize,
    j: usize,
    d: usize,
}

impl High {
    #[inline(always)]
    fn take_lefts<E: Element>(&mut self, a: &mut [E], n: usize) {
        a.copy_within(self.i - n..self.i, self.d - n);
        self.d -= n;
        self.i -= n;
    }

    #[inline(always)]
    fn take_rights<E: Element>(&mut self, a: &mut [E], y: &[E], n: usize) {
        a[self.d - n..self.d].copy_from_slice(&y[self.j - n..self.j]);
        self.d -= n;
        self.j -= n;
    }
}

/// A run length such that `n` divided by it is a power of two or just below one.
fn minimal_run(mut n: usize) -> usize {
    let mut low_bits = 0;
    while n >= MAX_MINRUN {
        low_bits |= n & 1;
        n >>= 1;
    }
    n + low_bits
}

/// The depth of the boundary between two runs in an ideally balanced merge tree over `n` elements.
fn power(start: usize, left: usize, right: usize, n: usize) -> u32 {
    // Twice the runs' middles, as fractions of `n`: their first differing binary digit is the depth.
    let (mut a, mut b) = (2 * start + left, 2 * start + 2 * left + right);
    let mut power = 0;
    loop {
        power += 1;
        if a >= n {
            a -= n;
            b -= n;
        } else if b >= n {
            return power;
        }
        a <<= 1;
        b <<= 1;
    }
}
