//! The iterators over keys, values and items, forwards and backwards.

use super::PyDict;
use crate::prelude::*;
use crate::types::iter::builtin_iter;
use crate::types::tuple::refill_pair;

/// What an iterator gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DictIterKind {
    Keys,
    Values,
    Items,
}

/// `dictiterobject` behind its header.
#[repr(C)]
#[derive(Traverse)]
pub struct PyDictIter {
    /// Empty once the iterator is exhausted.
    di_dict: Slot<PyDict>,
    /// The number of items the dict must still have; -1 once it failed.
    di_used: Cell<isize>,
    di_pos: Cell<isize>,
    /// The pair that is filled again when nobody kept it.
    di_result: Slot<PyTuple>,
    len: Cell<isize>,
}

impl PyDictIter {
    fn forward(dict: &PyDict, result: Option<Py<PyTuple>>) -> PyDictIter {
        PyDictIter {
            di_dict: Slot::new(Some(dict.owned())),
            di_used: Cell::new(dict.ma_used.get()),
            di_pos: Cell::new(0),
            di_result: Slot::new(result),
            len: Cell::new(dict.ma_used.get()),
        }
    }

    fn backward(dict: &PyDict, result: Option<Py<PyTuple>>) -> PyDictIter {
        let it = PyDictIter::forward(dict, result);
        it.di_pos.set(
            match dict.split_values() {
                Some(_) => dict.ma_used.get(),
                None => dict.keys_block().dk_nentries.get(),
            } - 1,
        );
        it
    }

    /// The next key and value as borrowed pointers.
    #[inline]
    fn step(&self, py: Python, reverse: bool) -> PyResult<Option<(*mut PyObject, *mut PyObject)>> {
        // SAFETY: nothing runs while the dict is looked at.
        let Some(d) = (unsafe { self.di_dict.get() }) else { return Ok(None) };
        if self.di_used.get() != d.ma_used.get() {
            self.di_used.set(-1);
            return Err(runtime_error(py, "dictionary changed size during iteration"));
        }
        let found = if reverse { self.step_back(d) } else { self.step_on(d) };
        let Some(item) = found else {
            drop(self.di_dict.take());
            return Ok(None);
        };
        if self.len.get() == 0 {
            // More keys than there were: some were replaced meanwhile.
            drop(self.di_dict.take());
            return Err(runtime_error(py, "dictionary keys changed during iteration"));
        }
        self.len.set(self.len.get() - 1);
        Ok(Some(item))
    }

    #[inline]
    fn step_on(&self, d: &PyDict) -> Option<(*mut PyObject, *mut PyObject)> {
        let mut pos = self.di_pos.get() as usize;
        let (key, value, _) = d.next_raw(&mut pos)?;
        self.di_pos.set(pos as isize);
        Some((key, value))
    }

    fn step_back(&self, d: &PyDict) -> Option<(*mut PyObject, *mut PyObject)> {
        let k = d.keys_block();
        let mut pos = self.di_pos.get();
        let mut found = None;
        if d.split_values().is_none() && pos >= k.entry_count() as isize {
            // The table was replaced by a smaller one: nothing is known about what was seen.
            return None;
        }
        while pos >= 0 && found.is_none() {
            let i = pos as usize;
            pos -= 1;
            // SAFETY: positions are checked against the counts.
            unsafe {
                found = match d.split_values() {
                    Some(v) => v.order_at(i).map(|n| (k.key_ptr(n), v.value_cell(n).get())),
                    None if i < k.entry_count() => Some((k.key_ptr(i), k.value_cell(i).get())),
                    None => None,
                }
                .filter(|item| !item.1.is_null());
            }
        }
        self.di_pos.set(pos);
        found
    }

    #[inline]
    fn next(&self, py: Python, kind: DictIterKind, reverse: bool) -> PyResult<Option<Py>> {
        let Some((key, value)) = self.step(py, reverse)? else { return Ok(None) };
        // SAFETY: live in the dict until the references are counted, before anything else happens.
        unsafe {
            match kind {
                DictIterKind::Keys => Ok(Some((*key).owned())),
                DictIterKind::Values => Ok(Some((*value).owned())),
                DictIterKind::Items => {
                    let (key, value) = ((*key).owned(), (*value).owned());
                    refill_pair(py, &self.di_result, key, value).map(|t| Some(t.into_object()))
                }
            }
        }
    }

    fn length_hint(&self) -> isize {
        match self.di_dict.get_owned() {
            Some(d) if d.ma_used.get() == self.di_used.get() => self.len.get(),
            _ => 0,
        }
    }

    /// What is left, as a list, without moving the iterator.
    fn rest(&self, py: Python, kind: DictIterKind, reverse: bool) -> PyResult<Py<PyList>> {
        let copy = PyDictIter {
            di_dict: Slot::new(self.di_dict.get_owned()),
            di_used: Cell::new(self.di_used.get()),
            di_pos: Cell::new(self.di_pos.get()),
            di_result: Slot::empty(),
            len: Cell::new(self.len.get()),
        };
        let list = PyList::empty(py)?;
        while let Some(item) = copy.next(py, kind, reverse)? {
            list.append(py, item)?;
        }
        Ok(list)
    }
}

macro_rules! iterators {
    ($($t:ident $symbol:literal $name:literal $kind:ident $reverse:literal $start:ident)*) => { $(
        /// An iterator over a dict.
        #[repr(C)]
        #[derive(Traverse)]
        pub struct $t {
            pub ob_base: PyObject,
            pub state: PyDictIter,
        }

        const _: () = assert!(size_of::<$t>() == 56);

        impl $t {
            pub fn new(py: Python, dict: &PyDict) -> PyResult<Py<$t>> {
                let result = match DictIterKind::$kind {
                    DictIterKind::Items => Some(PyTuple::new(py, [none().owned(), none().owned()])?),
                    _ => None,
                };
                let ty = $t::type_object();
                new_object(py, ty, $t { ob_base: PyObject::header(ty), state: PyDictIter::$start(dict, result) })
            }
        }

        #[pytype(name = $name, symbol = $symbol, base = PyObject, flags(GC, DISALLOW_INSTANTIATION))]
        impl $t {
            #[slot(tp_iter)]
            fn iter(&self, _py: Python) -> Py<$t> {
                self.owned()
            }

            #[slot(tp_iternext)]
            fn next(&self, py: Python) -> PyResult<Option<Py>> {
                self.state.next(py, DictIterKind::$kind, $reverse)
            }

            /// How many items are left, as a hint.
            #[pymethod]
            fn __length_hint__(&self, _py: Python) -> isize {
                self.state.length_hint()
            }

            /// What pickle needs.
            #[pymethod]
            fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
                let rest = self.state.rest(py, DictIterKind::$kind, $reverse)?;
                let args = PyTuple::new(py, [rest.into_object()])?;
                PyTuple::new(py, [builtin_iter(py)?, args.into_object()])
            }
        }
    )* };
}

iterators! {
    PyDictIterKey "PyDictIterKey_Type" "dict_keyiterator" Keys false forward
    PyDictIterValue "PyDictIterValue_Type" "dict_valueiterator" Values false forward
    PyDictIterItem "PyDictIterItem_Type" "dict_itemiterator" Items false forward
    PyDictRevIterKey "PyDictRevIterKey_Type" "dict_reversekeyiterator" Keys true backward
    PyDictRevIterValue "PyDictRevIterValue_Type" "dict_reversevalueiterator" Values true backward
    PyDictRevIterItem "PyDictRevIterItem_Type" "dict_reverseitemiterator" Items true backward
}
