//! Slices of lists: reading, assigning, deleting.

use super::PyList;
use crate::prelude::*;
use crate::types::slice::{Adjusted, PySlice};
use std::mem::MaybeUninit;

impl PyList {
    /// `self[start:stop]` as a new list; the bounds are clamped.
    pub fn slice(&self, py: Python, start: usize, stop: usize) -> PyResult<Py<PyList>> {
        let stop = stop.min(self.len());
        let start = start.min(stop);
        // SAFETY: copying references runs no code.
        PyList::from_slice(py, unsafe { self.items() }.get(start..stop).unwrap_or_default())
    }

    /// `self[start:stop] = items`, where `start <= stop <= len` and the items are not this list's own memory.
    pub fn assign_range(&self, py: Python, start: usize, stop: usize, items: &[&PyObject]) -> PyResult<()> {
        const FEW: usize = 16;
        let n = self.len();
        let count = stop - start;
        if items.is_empty() {
            return self.splice(py, start, stop, Vec::new());
        }
        let mut few = [const { MaybeUninit::<*mut PyObject>::uninit() }; FEW];
        let mut many = Vec::new();
        let gone = if count <= FEW {
            &mut few[..count]
        } else {
            many.try_reserve_exact(count).map_err(|_| memory_error(py))?;
            &mut many.spare_capacity_mut()[..count]
        };
        // SAFETY: the range is within the list, and no code runs before the list is complete again. The tail moves before a
        // shrinking, after a growing.
        unsafe {
            for (i, g) in gone.iter_mut().enumerate() {
                g.write(self.cell(start + i).get());
            }
            let (new_len, rest) = (n - count + items.len(), n - stop);
            if new_len < n {
                let p = self.ob_item.get();
                p.add(start + items.len()).copy_from(p.add(stop), rest);
                if self.resize(py, new_len).is_err() {
                    drop(take(py));
                    self.set_len(new_len);
                }
            } else if new_len > n {
                self.resize(py, new_len)?;
                let p = self.ob_item.get();
                p.add(start + items.len()).copy_from(p.add(stop), rest);
            }
            for (i, item) in items.iter().enumerate() {
                self.cell(start + i).set(item.owned().into_raw());
            }
            // The last one first, as CPython does.
            for g in gone.iter().rev() {
                PyObject::decref(g.assume_init());
            }
        }
        Ok(())
    }

    /// `self[slice]`.
    pub fn get_slice(&self, py: Python, slice: &PySlice) -> PyResult<Py<PyList>> {
        let bounds = slice.unpack(py)?;
        let r = bounds.adjust(self.len());
        // SAFETY: copying references runs no code.
        let items = unsafe { self.items() };
        if r.step == 1 {
            let start = r.start_index();
            return PyList::from_slice(py, items.get(start..start + r.len).unwrap_or_default());
        }
        let new = PyList::with_capacity(py, r.len)?;
        for item in r.indices().filter_map(|i| items.get(i)) {
            new.push(item.owned());
        }
        Ok(new)
    }

    /// `self[slice] = value`, or `del self[slice]`.
    pub(super) fn assign_slice(&self, py: Python, slice: &PySlice, value: Option<&PyObject>) -> PyResult<()> {
        let bounds = slice.unpack(py)?;
        let items = match value {
            Some(v) => Some(self.new_items(py, v)?),
            None => None,
        };
        // Collecting the items may have changed the list, so its length is looked at only now.
        let r = bounds.adjust(self.len());
        match items {
            None if r.step == 1 => self.splice(py, r.start_index(), r.start_index() + r.len, Vec::new()),
            None => self.delete_stepped(py, r),
            Some(items) if r.step == 1 => self.splice(py, r.start_index(), r.start_index() + r.len, items),
            Some(items) => self.assign_stepped(py, r, items),
        }
    }

    fn new_items(&self, py: Python, value: &PyObject) -> PyResult<Vec<Py>> {
        if let Some(l) = value.downcast::<PyList>() {
            return Ok(l.snapshot());
        }
        if let Some(t) = value.downcast::<PyTuple>() {
            return Ok(t.items().iter().map(|o| o.owned()).collect());
        }
        match value.get_iter(py) {
            Ok(it) => Ok(it.to_list(py)?.snapshot()),
            Err(e) => {
                let exc = catch(py, e, &exceptions::PyExc_TypeError_Type)?;
                drop(exc);
                Err(type_error(py, "must assign iterable to extended slice"))
            }
        }
    }

    /// Replaces the items `start..stop` (clamped) by others.
    pub fn splice(&self, py: Python, start: usize, stop: usize, items: Vec<Py>) -> PyResult<()> {
        let n = self.len();
        let start = start.min(n);
        let stop = stop.clamp(start, n);
        if items.is_empty() && start == 0 && stop == n {
            self.clear();
            return Ok(());
        }
        let gone: Vec<Py> = (start..stop)
            // SAFETY: within the list; the references leave it here.
            .filter_map(|i| unsafe { Py::from_raw_owned_or_opt(self.cell(i).get()) })
            .collect();
        let rest = n - stop;
        let new_len = start + items.len() + rest;
        // SAFETY: the tail moves to its new place before a shrinking, after a growing; all new places are filled.
        unsafe {
            if items.len() < stop - start {
                let p = self.ob_item.get();
                p.add(start + items.len()).copy_from(p.add(stop), rest);
                if self.resize(py, new_len).is_err() {
                    drop(take(py));
                    self.set_len(new_len);
                }
            } else if items.len() > stop - start {
                if let Err(e) = self.resize(py, new_len) {
                    // Nothing changed: the references that were to go stay in the list.
                    gone.into_iter().for_each(|g| {
                        g.into_raw();
                    });
                    return Err(e);
                }
                let p = self.ob_item.get();
                p.add(start + items.len()).copy_from(p.add(stop), rest);
            }
            for (i, item) in items.into_iter().enumerate() {
                self.cell(start + i).set(item.into_raw());
            }
        }
        // The last one first, as CPython does.
        gone.into_iter().rev().for_each(drop);
        Ok(())
    }

    fn delete_stepped(&self, py: Python, r: Adjusted) -> PyResult<()> {
        if r.len == 0 {
            return Ok(());
        }
        let r = r.ascending();
        let n = self.len();
        let mut gone = Vec::with_capacity(r.len);
        let mut doomed = r.indices().peekable();
        let mut to = 0;
        for from in 0..n {
            // SAFETY: within the list; kept references move down, the others leave.
            unsafe {
                let item = self.cell(from).get();
                if doomed.peek() == Some(&from) {
                    doomed.next();
                    gone.extend(Py::<PyObject>::from_raw_owned_or_opt(item));
                } else {
                    self.cell(to).set(item);
                    to += 1;
                }
            }
        }
        if self.resize(py, to).is_err() {
            drop(take(py));
            self.set_len(to);
        }
        drop(gone);
        Ok(())
    }

    fn assign_stepped(&self, py: Python, r: Adjusted, items: Vec<Py>) -> PyResult<()> {
        if items.len() != r.len {
            let text = format!(
                "attempt to assign sequence of size {} to extended slice of size {}",
                items.len(),
                r.len
            );
            return Err(value_error(py, text));
        }
        let mut gone = Vec::with_capacity(r.len);
        for (i, item) in r.indices().zip(items) {
            // SAFETY: adjusted indices are within the list; old items are released last.
            gone.extend(unsafe {
                Py::<PyObject>::from_raw_owned_or_opt(self.cell(i).replace(item.into_raw()))
            });
        }
        drop(gone);
        Ok(())
    }
}
