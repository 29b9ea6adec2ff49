//! `groupby` and the iterators over its groups.

use runtime::prelude::*;

/// `groupbyobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct GroupBy {
    pub ob_base: PyObject,
    it: Slot,
    key_function: Slot,
    /// The key of the group given last.
    target: Slot,
    /// Key and value read last.
    current: Slot,
    value: Slot,
    /// The group that may go on; groups know by it that another was begun.
    group: Cell<*const Grouper>,
}

impl GroupBy {
    /// Reads on.
    fn step(&self, py: Python) -> PyResult<bool> {
        let Some(it) = self.it.get_owned() else { return Ok(false) };
        let Some(value) = it.iter_next(py)? else { return Ok(false) };
        let key = match self.key_function.get_owned().filter(|f| !f.is_none()) {
            Some(f) => f.call1(py, &value)?,
            None => value.clone(),
        };
        self.value.set(Some(value));
        self.current.set(Some(key));
        Ok(true)
    }
}

/// Runs of neighbouring items with the same key: pairs of the key and an iterator over the run.
///
///   iterable
///     What is divided.
///   key
///     What an item's key is computed with; without it, the item is its own key.
#[pytype(name = "groupby", module = "itertools", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO))]
impl GroupBy {
    #[slot(tp_new, sig = "(iterable, key=None)")]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        iterable: &PyObject,
        key: Option<&PyObject>,
    ) -> PyResult<Py<GroupBy>> {
        let value = GroupBy {
            ob_base: PyObject::header(cls),
            it: Slot::new(Some(iterable.get_iter(py)?)),
            key_function: Slot::new(key.map(|k| k.owned())),
            target: Slot::empty(),
            current: Slot::empty(),
            value: Slot::empty(),
            group: Cell::new(std::ptr::null()),
        };
        new_object(py, cls, value)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<GroupBy> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        self.group.set(std::ptr::null());
        loop {
            if let Some(current) = self.current.get_owned() {
                let Some(target) = self.target.get_owned() else { break };
                if !target.compare_bool(py, &current, CompareOp::Eq)? {
                    break;
                }
            }
            if !self.step(py)? {
                return Ok(None);
            }
        }
        let Some(key) = self.current.get_owned() else { return Ok(None) };
        self.target.set(Some(key.clone()));
        let group = Grouper::make(py, self, &key)?;
        PyTuple::new(py, [key, group.into_object()]).map(Some)
    }
}

/// `_grouperobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Grouper {
    pub ob_base: PyObject,
    parent: Slot<GroupBy>,
    key: Slot,
}

impl Grouper {
    fn make(py: Python, parent: &GroupBy, key: &PyObject) -> PyResult<Py<Grouper>> {
        let cls = Grouper::type_object();
        let value = Grouper {
            ob_base: PyObject::header(cls),
            parent: Slot::new(Some(parent.owned())),
            key: Slot::new(Some(key.owned())),
        };
        let new = new_object(py, cls, value)?;
        parent.group.set(&*new);
        Ok(new)
    }
}

/// The items of one group.
#[pytype(name = "_grouper", module = "itertools", flags(GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO), nosig)]
impl Grouper {
    #[slot(tp_new, sig = "(parent, tgtkey, /)")]
    fn py_new(
        py: Python,
        _cls: &PyTypeObject,
        parent: &PyObject,
        tgtkey: &PyObject,
    ) -> PyResult<Py<Grouper>> {
        match parent.downcast::<GroupBy>() {
            Some(p) => Grouper::make(py, p, tgtkey),
            None => Err(type_error(
                py,
                format!("_grouper() argument 1 must be itertools.groupby, not {}", type_name(parent)),
            )),
        }
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Grouper> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let (Some(parent), Some(key)) = (self.parent.get_owned(), self.key.get_owned()) else {
            return Ok(None);
        };
        if !std::ptr::eq(parent.group.get(), self) {
            return Ok(None);
        }
        if parent.value.is_empty() && !parent.step(py)? {
            return Ok(None);
        }
        let Some(current) = parent.current.get_owned() else { return Ok(None) };
        if !key.compare_bool(py, &current, CompareOp::Eq)? {
            return Ok(None);
        }
        parent.current.set(None);
        Ok(parent.value.take())
    }
}
