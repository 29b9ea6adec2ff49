//! `tee`: several iterators over the items of one, which stand in a chain of blocks.

use runtime::prelude::*;
use std::cell::RefCell;

/// Items in a block.
const LINK_CELLS: usize = 57;

/// `teedataobject`.
#[repr(C)]
pub struct TeeData {
    pub ob_base: PyObject,
    it: Slot,
    running: Cell<bool>,
    next: Slot<TeeData>,
    values: RefCell<Vec<Py>>,
}

impl Traverse for TeeData {
    fn traverse(&self, visitor: &mut Visitor) {
        self.it.traverse(visitor);
        self.values.traverse(visitor);
        self.next.traverse(visitor);
    }

    fn clear_refs(&self) {
        drop(self.it.take());
        drop(std::mem::take(&mut *self.values.borrow_mut()));
        drop_chain(self.next.take());
    }
}

/// Releases a chain of blocks one by one: a long one would otherwise be released recursively.
fn drop_chain(mut at: Option<Py<TeeData>>) {
    while let Some(block) = at.take() {
        if block.refcount() != 1 {
            break;
        }
        at = block.next.take();
    }
}

impl Drop for TeeData {
    fn drop(&mut self) {
        drop_chain(self.next.take());
    }
}

impl TeeData {
    fn make(py: Python, it: Py) -> PyResult<Py<TeeData>> {
        let cls = TeeData::type_object();
        let value = TeeData {
            ob_base: PyObject::header(cls),
            it: Slot::new(Some(it)),
            running: Cell::new(false),
            next: Slot::empty(),
            values: RefCell::new(Vec::new()),
        };
        new_object(py, cls, value)
    }

    fn item(&self, py: Python, i: usize) -> PyResult<Option<Py>> {
        if let Some(v) = self.values.borrow().get(i) {
            return Ok(Some(v.clone()));
        }
        if self.running.get() {
            return Err(runtime_error(py, "cannot re-enter the tee iterator"));
        }
        let Some(it) = self.it.get_owned() else { return Ok(None) };
        self.running.set(true);
        let item = it.iter_next(py);
        self.running.set(false);
        let item = item?;
        if let Some(v) = &item {
            self.values.borrow_mut().push(v.clone());
        }
        Ok(item)
    }

    fn following(&self, py: Python) -> PyResult<Py<TeeData>> {
        if let Some(n) = self.next.get_owned() {
            return Ok(n);
        }
        let Some(it) = self.it.get_owned() else { return Err(bad_internal_call(py)) };
        let new = TeeData::make(py, it)?;
        self.next.set(Some(new.clone()));
        Ok(new)
    }
}

/// Items that several iterators of one tee() have yet to give.
#[pytype(
    name = "_tee_dataobject",
    module = "itertools",
    basicsize = 496,
    flags(GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    nosig
)]
impl TeeData {
    #[slot(tp_new, sig = "(iterable, values, next, /)")]
    fn py_new(
        py: Python,
        _cls: &PyTypeObject,
        iterable: &PyObject,
        values: &PyList,
        next: &PyObject,
    ) -> PyResult<Py<TeeData>> {
        let new = TeeData::make(py, iterable.owned())?;
        let given = values.snapshot();
        let full = given.len() == LINK_CELLS;
        if given.len() > LINK_CELLS || (!full && !next.is_none()) {
            return Err(value_error(py, "Invalid arguments"));
        }
        if !next.is_none() {
            match next.downcast::<TeeData>() {
                Some(n) => new.next.set(Some(n.owned())),
                None => return Err(value_error(py, "Invalid arguments")),
            }
        }
        *new.values.borrow_mut() = given;
        Ok(new)
    }
}

/// `teeobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Tee {
    pub ob_base: PyObject,
    data: Slot<TeeData>,
    index: Cell<usize>,
    weakreflist: Cell<*mut PyObject>,
}

impl Tee {
    fn make(py: Python, data: Py<TeeData>, index: usize) -> PyResult<Py<Tee>> {
        let cls = Tee::type_object();
        let value = Tee {
            ob_base: PyObject::header(cls),
            data: Slot::new(Some(data)),
            index: Cell::new(index),
            weakreflist: Cell::new(std::ptr::null_mut()),
        };
        new_object(py, cls, value)
    }

    fn from_iterable(py: Python, iterable: &PyObject) -> PyResult<Py<Tee>> {
        let it = iterable.get_iter(py)?;
        match it.downcast::<Tee>() {
            Some(t) => t.copy_of(py),
            None => Tee::make(py, TeeData::make(py, it)?, 0),
        }
    }

    fn copy_of(&self, py: Python) -> PyResult<Py<Tee>> {
        match self.data.get_owned() {
            Some(d) => Tee::make(py, d, self.index.get()),
            None => Err(bad_internal_call(py)),
        }
    }
}

/// Iterator wrapped to make it copyable.
#[pytype(name = "_tee", module = "itertools", basicsize = 48, flags(GC, HEAPTYPE, IMMUTABLETYPE), weaklistoffset = weakreflist)]
impl Tee {
    #[slot(tp_new, sig = "(iterable, /)")]
    fn py_new(py: Python, _cls: &PyTypeObject, iterable: &PyObject) -> PyResult<Py<Tee>> {
        Tee::from_iterable(py, iterable)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<Tee> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let Some(mut data) = self.data.get_owned() else { return Ok(None) };
        if self.index.get() >= LINK_CELLS {
            data = data.following(py)?;
            self.data.set(Some(data.clone()));
            self.index.set(0);
        }
        let item = data.item(py, self.index.get())?;
        if item.is_some() {
            self.index.set(self.index.get() + 1);
        }
        Ok(item)
    }

    /// Returns an independent iterator.
    #[pymethod]
    fn __copy__(&self, py: Python) -> PyResult<Py<Tee>> {
        self.copy_of(py)
    }
}

/// `itertools.tee`.
pub(super) fn make_copies(py: Python, iterable: &PyObject, n: isize) -> PyResult<Py<PyTuple>> {
    let Ok(n) = usize::try_from(n) else { return Err(value_error(py, "n must be >= 0")) };
    if n == 0 {
        return Ok(PyTuple::empty(py));
    }
    if n > isize::MAX as usize / 16 {
        return Err(memory_error(py));
    }
    let first = Tee::from_iterable(py, iterable)?;
    let mut all = vec![first.clone().into_object()];
    for _ in 1..n {
        all.push(first.copy_of(py)?.into_object());
    }
    PyTuple::new(py, all)
}
