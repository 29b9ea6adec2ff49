//! Merging mappings and sequences of pairs into a dict; `dict.fromkeys`.

use super::PyDict;
use super::keys::{LOG_MINSIZE, log2_for_entries, usable_fraction};
use super::lookup::hash_key;
use crate::prelude::*;
use crate::types::exceptions::PyExc_TypeError_Type;

/// What happens to a key that is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    Keep,
    Replace,
    /// `KeyError(key)`: for keyword arguments.
    Refuse,
}

impl PyDict {
    /// Merges any mapping: a dict, or something with `keys()` and `[]`.
    pub fn merge(&self, py: Python, other: &PyObject, overwrite: bool) -> PyResult<()> {
        self.merge_with(py, other, if overwrite { Merge::Replace } else { Merge::Keep })
    }

    /// [`merge`](Self::merge) with a choice.
    pub fn merge_with(&self, py: Python, other: &PyObject, how: Merge) -> PyResult<()> {
        match other.downcast::<PyDict>() {
            Some(d) if d.plain_iteration() => self.merge_dict(py, d, how),
            _ => self.merge_mapping(py, other, how),
        }
    }

    fn merge_dict(&self, py: Python, other: &PyDict, how: Merge) -> PyResult<()> {
        if other.is(self) || other.is_empty() {
            return Ok(());
        }
        let from = other.keys_block();
        if self.is_empty()
            && !self.is_split()
            && !other.is_split()
            && other.len() == from.entry_count()
            && (from.dk_log2_size.get() == LOG_MINSIZE
                || usable_fraction(from.dk_log2_size.get() - 1) < other.len())
        {
            // A table without holes is taken over as it is.
            let block = from.clone_combined(py)?;
            let old = self.ma_keys.replace(block);
            self.ma_used.set(other.ma_used.get());
            // SAFETY: the dict gave its old block up.
            unsafe { super::keys::DictKeys::decref(old) };
            return Ok(());
        }
        self.reserve(py, other.len(), from.is_unicode())?;
        let how = if self.is_empty() { Merge::Replace } else { how };
        let mut pos = 0;
        let size = other.len();
        while let Some((key, value, hash)) = other.next_hash(&mut pos) {
            if how == Merge::Replace || !self.contains_hash(py, &key, hash)? {
                self.insert(py, key, hash, value)?;
            } else if how == Merge::Refuse {
                return Err(key_error(py, &key));
            }
            if other.len() != size {
                return Err(runtime_error(py, "dict mutated during update"));
            }
        }
        Ok(())
    }

    fn merge_mapping(&self, py: Python, other: &PyObject, how: Merge) -> PyResult<()> {
        let keys = other.call_method0(py, intern!(py, "keys"))?;
        let it = keys.get_iter(py)?;
        drop(keys);
        while let Some(key) = it.iter_next(py)? {
            if how != Merge::Replace && self.contains(py, &key)? {
                if how == Merge::Refuse {
                    return Err(key_error(py, &key));
                }
                continue;
            }
            let value = other.get_item(py, &key)?;
            self.set_item_owned(py, key, value)?;
        }
        Ok(())
    }

    /// Adds the pairs of an iterable (`PyDict_MergeFromSeq2`).
    pub fn merge_pairs(&self, py: Python, pairs: &PyObject, overwrite: bool) -> PyResult<()> {
        let it = pairs.get_iter(py)?;
        let mut i = 0usize;
        while let Some(pair) = it.iter_next(py)? {
            let (key, value) = split_pair(py, &pair, i)?;
            if overwrite {
                self.set_item_owned(py, key, value)?;
            } else {
                self.set_default(py, &key, &value)?;
            }
            i += 1;
        }
        Ok(())
    }

    /// What `dict(arg)` and `update(arg)` do with their argument.
    pub(super) fn update_from(&self, py: Python, arg: &PyObject) -> PyResult<()> {
        if PyDict::check_exact(arg) || arg.hasattr(py, intern!(py, "keys"))? {
            self.merge(py, arg, true)
        } else {
            self.merge_pairs(py, arg, true)
        }
    }
}

fn split_pair(py: Python, pair: &PyObject, i: usize) -> PyResult<(Py, Py)> {
    let items: Vec<Py> = if let Some(t) = pair.downcast::<PyTuple>() {
        t.items().iter().map(|o| o.owned()).collect()
    } else if let Some(l) = pair.downcast::<PyList>() {
        l.snapshot()
    } else {
        match as_list(py, pair) {
            Ok(l) => l.snapshot(),
            Err(e) => return Err(not_a_pair(py, e, i)),
        }
    };
    match <[Py; 2]>::try_from(items) {
        Ok([key, value]) => Ok((key, value)),
        Err(items) => Err(value_error(
            py,
            format!("dictionary update sequence element #{i} has length {}; 2 is required", items.len()),
        )),
    }
}

/// `PySequence_Fast` of what is neither a tuple nor a list.
fn as_list(py: Python, pair: &PyObject) -> PyResult<Py<PyList>> {
    match pair.get_iter(py) {
        Ok(it) => it.to_list(py),
        Err(e) => {
            drop(catch(py, e, &PyExc_TypeError_Type)?);
            Err(type_error(py, "object is not iterable"))
        }
    }
}

/// Notes which pair a `TypeError` is about.
#[cold]
fn not_a_pair(py: Python, e: Raised, i: usize) -> Raised {
    let exc = fetch(py, e);
    if exc.ty().is_subtype(&PyExc_TypeError_Type) {
        let note =
            PyStr::new(py, &format!("Cannot convert dictionary update sequence element #{i} to a sequence"));
        let added = note.and_then(|n| exc.as_object().call_method1(py, intern!(py, "add_note"), &n));
        if let Err(e) = added {
            return e;
        }
    }
    raise_object(py, exc)
}

/// `cls.fromkeys(iterable, value)` (`_PyDict_FromKeys`).
pub(super) fn from_keys(py: Python, cls: &PyTypeObject, iterable: &PyObject, value: &PyObject) -> PyResult {
    let made = cls.object().call0(py)?;
    if let Some(d) = made.downcast_exact::<PyDict>() {
        if d.is_empty()
            && let Some(source) = iterable.downcast_exact::<PyDict>()
        {
            if !source.is_empty() {
                d.resize(py, log2_for_entries(source.len()), source.keys_block().is_unicode())?;
            }
            let mut pos = 0;
            while let Some((key, _, hash)) = source.next_hash(&mut pos) {
                d.insert(py, key, hash, value.owned())?;
            }
            return Ok(made);
        }
        if d.is_empty()
            && let Some(source) = crate::types::set_::exact_set(iterable)
        {
            d.resize(py, log2_for_entries(source.len()), false)?;
            let mut pos = 0;
            while let Some((key, hash)) = source.next(&mut pos) {
                d.insert(py, key, hash, value.owned())?;
            }
            return Ok(made);
        }
        let it = iterable.get_iter(py)?;
        while let Some(key) = it.iter_next(py)? {
            let hash = hash_key(py, &key)?;
            d.insert(py, key, hash, value.owned())?;
        }
        return Ok(made);
    }
    let it = iterable.get_iter(py)?;
    while let Some(key) = it.iter_next(py)? {
        made.set_item(py, &key, value)?;
    }
    Ok(made)
}
