//! The iterator of `OrderedDict` and its views.

use super::ordered_dict::OrderedDict;
use runtime::prelude::*;
use runtime::types::tuple::refill_pair;

/// What an iterator gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Keys,
    Values,
    Items,
}

/// `odictiterobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct OrderedIter {
    pub ob_base: PyObject,
    #[traverse(skip)]
    what: What,
    backwards: bool,
    dict: Slot<OrderedDict>,
    size: usize,
    state: usize,
    result: Slot<PyTuple>,
    /// The key that comes next.
    current: Slot,
}

impl OrderedIter {
    pub(super) fn make(
        py: Python,
        dict: &OrderedDict,
        what: What,
        backwards: bool,
    ) -> PyResult<Py<OrderedIter>> {
        let cls = OrderedIter::type_object();
        let first = dict.end(backwards).and_then(|id| dict.node(id)).map(|n| n.0);
        let value = OrderedIter {
            ob_base: PyObject::header(cls),
            what,
            backwards,
            dict: Slot::new(Some(dict.owned())),
            size: dict.len(),
            state: dict.state.get(),
            result: Slot::empty(),
            current: Slot::new(first),
        };
        new_object(py, cls, value)
    }

    fn next_key(&self, py: Python) -> PyResult<Option<Py>> {
        let Some(dict) = self.dict.get_owned() else { return Ok(None) };
        if self.current.is_empty() {
            self.dict.set(None);
            return Ok(None);
        }
        if self.state != dict.state.get() {
            self.dict.set(None);
            return Err(runtime_error(py, "OrderedDict mutated during iteration"));
        }
        if self.size != dict.len() {
            self.dict.set(None);
            return Err(runtime_error(py, "OrderedDict changed size during iteration"));
        }
        let Some(key) = self.current.take() else { return Ok(None) };
        let hash = key.hash(py)?;
        let Some(id) = dict.find_node(py, &key, hash)? else {
            self.dict.set(None);
            return Err(key_error(py, &key));
        };
        let next = dict.neighbour(id, self.backwards).and_then(|id| dict.node(id)).map(|n| n.0);
        self.current.set(next);
        Ok(Some(key))
    }
}

/// Iterator over an OrderedDict.
#[pytype(name = "odict_iterator", flags(GC, DISALLOW_INSTANTIATION), nosig)]
impl OrderedIter {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<OrderedIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let dict = self.dict.get_owned();
        let Some(key) = self.next_key(py)? else { return Ok(None) };
        let Some(dict) = dict.filter(|_| self.what != What::Keys) else { return Ok(Some(key)) };
        let Some(value) = dict.ob_base.get_item(py, &key)? else {
            self.current.set(None);
            self.dict.set(None);
            return Err(key_error(py, &key));
        };
        if self.what == What::Values {
            return Ok(Some(value));
        }
        Ok(Some(refill_pair(py, &self.result, key, value)?.into_object()))
    }

    /// Return state information for pickling
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let copy = match self.dict.get_owned() {
            Some(dict) => {
                let copy = OrderedIter::make(py, &dict, self.what, self.backwards)?;
                copy.current.set(self.current.get_owned());
                // The copy sees the changes the original saw.
                copy.as_object().to_list(py)?
            }
            None => PyList::empty(py)?,
        };
        let iter = match runtime::state::interpreter(py).builtins.get_owned() {
            Some(b) => b.get_text(py, "iter")?,
            None => None,
        };
        let Some(iter) = iter else { return Err(runtime_error(py, "lost builtins.iter")) };
        let args = PyTuple::new(py, [copy.into_object()])?;
        PyTuple::new(py, [iter, args.into_object()])
    }
}
