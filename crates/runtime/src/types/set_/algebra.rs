//! Operations on whole sets.

use super::{PySet, any_set, hash_item};
use crate::prelude::*;

impl PySet {
    /// `self.update(iterable)`.
    pub fn update(&self, py: Python, iterable: &PyObject) -> PyResult<()> {
        if let Some(s) = any_set(iterable) {
            return self.merge(py, s);
        }
        if let Some(d) = iterable.downcast_exact::<PyDict>() {
            self.reserve(py, d.len())?;
            let mut pos = 0;
            while let Some((key, _, hash)) = d.next_hash(&mut pos) {
                self.insert(py, key, hash)?;
            }
            return Ok(());
        }
        let it = iterable.get_iter(py)?;
        while let Some(item) = it.iter_next(py)? {
            let hash = hash_item(py, &item)?;
            self.insert(py, item, hash)?;
        }
        Ok(())
    }

    /// `self - other`'s work in place: `difference_update`.
    pub fn remove_all(&self, py: Python, other: &PyObject) -> PyResult<()> {
        if self.is(other) {
            self.clear();
            return Ok(());
        }
        if let Some(s) = any_set(other) {
            // Against a much larger set, only what is in both matters.
            let common = if s.len() >> 3 > self.len() { Some(self.intersect(py, other)?) } else { None };
            let s = common.as_deref().unwrap_or(s);
            let mut pos = 0;
            while let Some((item, hash)) = s.next(&mut pos) {
                self.remove(py, &item, hash)?;
            }
        } else {
            let it = other.get_iter(py)?;
            while let Some(item) = it.iter_next(py)? {
                let hash = hash_item(py, &item)?;
                self.remove(py, &item, hash)?;
            }
        }
        self.compact(py)
    }

    /// `self.symmetric_difference_update(other)`.
    pub fn toggle_all(&self, py: Python, other: &PyObject) -> PyResult<()> {
        if self.is(other) {
            self.clear();
            return Ok(());
        }
        if let Some(d) = other.downcast_exact::<PyDict>() {
            let mut pos = 0;
            while let Some((key, _, hash)) = d.next_hash(&mut pos) {
                self.toggle(py, key, hash)?;
            }
            return Ok(());
        }
        if let Some(s) = any_set(other) {
            return self.toggle_set(py, s);
        }
        let s = PySet::of_type_from(py, self.base_type(), Some(other))?;
        self.toggle_set(py, &s)
    }

    fn toggle_set(&self, py: Python, other: &PySet) -> PyResult<()> {
        let mut pos = 0;
        while let Some((item, hash)) = other.next(&mut pos) {
            self.toggle(py, item, hash)?;
        }
        Ok(())
    }

    fn toggle(&self, py: Python, item: Py, hash: isize) -> PyResult<()> {
        if self.remove(py, &item, hash)? { Ok(()) } else { self.insert(py, item, hash) }
    }

    /// The items also in `other`, as a plain set.
    pub(super) fn intersect(&self, py: Python, other: &PyObject) -> PyResult<Py<PySet>> {
        if self.is(other) {
            return self.copy(py);
        }
        let result = PySet::of_type(py, self.base_type())?;
        if let Some(s) = any_set(other) {
            let (walked, asked) = if s.len() > self.len() { (self, s) } else { (s, self) };
            let mut pos = 0;
            while let Some((item, hash)) = walked.next(&mut pos) {
                if asked.lookup(py, &item, hash)?.is_some() {
                    result.insert(py, item, hash)?;
                }
            }
            return Ok(result);
        }
        let it = other.get_iter(py)?;
        while let Some(item) = it.iter_next(py)? {
            let hash = hash_item(py, &item)?;
            if self.lookup(py, &item, hash)?.is_some() {
                result.insert(py, item, hash)?;
                if result.len() >= self.len() {
                    break;
                }
            }
        }
        Ok(result)
    }

    pub(super) fn intersect_many(&self, py: Python, others: &[&PyObject]) -> PyResult<Py<PySet>> {
        let Some((first, rest)) = others.split_first() else { return self.copy(py) };
        let mut result = self.intersect(py, first)?;
        for other in rest {
            result = result.intersect(py, other)?;
        }
        Ok(result)
    }

    /// The items not in `other`, as a plain set.
    pub(super) fn subtract(&self, py: Python, other: &PyObject) -> PyResult<Py<PySet>> {
        let (set, dict) = (any_set(other), other.downcast_exact::<PyDict>());
        let size = set.map(|s| s.len()).or_else(|| dict.map(|d| d.len()));
        // Few to remove, or nothing to ask: copy and remove.
        if size.is_none_or(|n| self.len() >> 2 > n) {
            let result = self.copy(py)?;
            result.remove_all(py, other)?;
            return Ok(result);
        }
        let result = PySet::of_type(py, self.base_type())?;
        let mut pos = 0;
        while let Some((item, hash)) = self.next(&mut pos) {
            let there = match (set, dict) {
                (Some(s), _) => s.lookup(py, &item, hash)?.is_some(),
                (_, Some(d)) => d.contains_hash(py, &item, hash)?,
                _ => false,
            };
            if !there {
                result.insert(py, item, hash)?;
            }
        }
        Ok(result)
    }

    pub(super) fn subtract_many(&self, py: Python, others: &[&PyObject]) -> PyResult<Py<PySet>> {
        let Some((first, rest)) = others.split_first() else { return self.copy(py) };
        let result = self.subtract(py, first)?;
        for other in rest {
            result.remove_all(py, other)?;
        }
        Ok(result)
    }

    /// The items in one of the two only, as a plain set.
    pub(super) fn differ(&self, py: Python, other: &PyObject) -> PyResult<Py<PySet>> {
        let result = PySet::of_type_from(py, self.base_type(), Some(other))?;
        result.toggle_set(py, self)?;
        Ok(result)
    }

    pub(super) fn unite(&self, py: Python, others: &[&PyObject]) -> PyResult<Py<PySet>> {
        let result = self.copy(py)?;
        for other in others {
            if !self.is(other) {
                result.update(py, other)?;
            }
        }
        Ok(result)
    }

    pub(super) fn is_disjoint(&self, py: Python, other: &PyObject) -> PyResult<bool> {
        if self.is(other) {
            return Ok(self.is_empty());
        }
        if let Some(s) = any_set(other) {
            let (walked, asked) = if s.len() > self.len() { (self, s) } else { (s, self) };
            let mut pos = 0;
            while let Some((item, hash)) = walked.next(&mut pos) {
                if asked.lookup(py, &item, hash)?.is_some() {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        let it = other.get_iter(py)?;
        while let Some(item) = it.iter_next(py)? {
            let hash = hash_item(py, &item)?;
            if self.lookup(py, &item, hash)?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn is_subset(&self, py: Python, other: &PyObject) -> PyResult<bool> {
        let Some(s) = any_set(other) else {
            return Ok(self.intersect(py, other)?.len() == self.len());
        };
        if self.len() > s.len() {
            return Ok(false);
        }
        let mut pos = 0;
        while let Some((item, hash)) = self.next(&mut pos) {
            if s.lookup(py, &item, hash)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn is_superset(&self, py: Python, other: &PyObject) -> PyResult<bool> {
        if let Some(s) = any_set(other) {
            return s.is_subset(py, self);
        }
        let it = other.get_iter(py)?;
        while let Some(item) = it.iter_next(py)? {
            if !self.contains(py, &item)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(b) = any_set(other) else { return Ok(not_implemented().owned()) };
        let holds = match op {
            CompareOp::Eq => self.equals(py, b)?,
            CompareOp::Ne => !self.equals(py, b)?,
            CompareOp::Le => self.is_subset(py, b)?,
            CompareOp::Ge => b.is_subset(py, self)?,
            CompareOp::Lt => self.len() < b.len() && self.is_subset(py, b)?,
            CompareOp::Gt => self.len() > b.len() && b.is_subset(py, self)?,
        };
        Ok(py_bool(holds).owned().into_object())
    }

    fn equals(&self, py: Python, other: &PySet) -> PyResult<bool> {
        if self.len() != other.len() {
            return Ok(false);
        }
        if self.hash.get() != -1 && other.hash.get() != -1 && self.hash.get() != other.hash.get() {
            return Ok(false);
        }
        self.is_subset(py, other)
    }
}
