//! `Pickler`: the type.

use super::memo::Memo;
use super::ops::{DEFAULT_PROTOCOL, HIGHEST_PROTOCOL};
use super::proxy::PyPicklerMemo;
use super::{Busy, pickling_error, save};
use runtime::prelude::*;
use runtime::types::object_::{generic_getattr, generic_setattr};
use std::cell::RefCell;

/// A pickler, between dumps.
#[repr(C)]
#[derive(Traverse)]
pub struct PyPickler {
    pub ob_base: PyObject,
    #[traverse(skip)]
    pub memo: RefCell<Memo>,
    pub dispatch_table: Slot,
    pub write: Slot,
    pub buffer_callback: Slot,
    /// `persistent_id` if it was set on the pickler itself.
    pub persistent_id: Slot,
    #[traverse(skip)]
    pub running: Cell<bool>,
    #[traverse(skip)]
    pub initialized: Cell<bool>,
    #[traverse(skip)]
    pub proto: Cell<i64>,
    #[traverse(skip)]
    pub bin: Cell<i32>,
    #[traverse(skip)]
    pub fast: Cell<i32>,
    #[traverse(skip)]
    pub fix_imports: Cell<bool>,
}

impl PyPickler {
    /// One that is not set up.
    pub fn blank(py: Python, cls: &PyTypeObject) -> PyResult<Py<PyPickler>> {
        new_object(
            py,
            cls,
            PyPickler {
                ob_base: PyObject::header(cls),
                memo: RefCell::default(),
                dispatch_table: Slot::empty(),
                write: Slot::empty(),
                buffer_callback: Slot::empty(),
                persistent_id: Slot::empty(),
                running: Cell::new(false),
                initialized: Cell::new(false),
                proto: Cell::new(0),
                bin: Cell::new(0),
                fast: Cell::new(0),
                fix_imports: Cell::new(false),
            },
        )
    }

    /// What `__init__` does. Without a file, dumps are collected.
    pub fn set_up(
        &self,
        py: Python,
        file: Option<&PyObject>,
        protocol: &PyObject,
        fix_imports: bool,
        buffer_callback: &PyObject,
    ) -> PyResult<()> {
        let proto = if protocol.is_none() {
            DEFAULT_PROTOCOL
        } else {
            match runtime::abstract_::number::index(py, protocol)?.to_i64(py)? {
                p if p < 0 => HIGHEST_PROTOCOL,
                p if p > HIGHEST_PROTOCOL => {
                    return Err(value_error(py, format!("pickle protocol must be <= {HIGHEST_PROTOCOL}")));
                }
                p => p,
            }
        };
        if !buffer_callback.is_none() && proto < 5 {
            return Err(value_error(py, "buffer_callback needs protocol >= 5"));
        }
        if let Some(f) = file {
            let write = f.getattr_opt(py, intern!(py, "write"))?;
            let Some(write) = write else {
                return Err(type_error(py, "file must have a 'write' attribute"));
            };
            self.write.set(Some(write));
        }
        self.proto.set(proto);
        self.bin.set((proto > 0) as i32);
        self.fix_imports.set(fix_imports && proto < 3);
        self.buffer_callback.set(Some(buffer_callback.owned()).filter(|c| !c.is_none()));
        self.initialized.set(true);
        Ok(())
    }

    /// Empties the memo.
    pub fn forget(&self) {
        let old = self.memo.take();
        drop(old);
    }
}

/// This takes a binary file to write pickles to.
///
/// The file needs a write() method that takes bytes. protocol is a number from 0 to 5, negative for the newest;
/// the newer it is, the newer the Python that reads the pickle has to be. With fix_imports, names are those of Python 2
/// in protocols below 3. buffer_callback, for protocol 5, is called with each buffer; if it returns a false value the buffer
/// stays out of the pickle.
#[pytype(
    name = "Pickler",
    module = "_pickle",
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE),
    basicsize = 152,
    members(bin: i32, fast: i32, dispatch_table: object_ex)
)]
impl PyPickler {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyPickler>> {
        PyPickler::blank(py, cls)
    }

    #[slot(tp_init, sig = "(file, protocol=None, fix_imports=True, buffer_callback=None)")]
    fn init(
        &self,
        py: Python,
        file: &PyObject,
        protocol: &PyObject,
        fix_imports: bool,
        buffer_callback: &PyObject,
    ) -> PyResult<()> {
        let _busy = Busy::enter(py, &self.running, "Pickler")?;
        if self.initialized.get() {
            self.forget();
        }
        self.set_up(py, Some(file), protocol, fix_imports, buffer_callback)?;
        self.fast.set(0);
        let table = self.getattr_opt(py, intern!(py, "dispatch_table"))?;
        self.dispatch_table.set(table);
        Ok(())
    }

    #[slot(tp_traverse)]
    fn traverse_all(&self, visitor: &mut Visitor) {
        self.traverse(visitor);
        if let Ok(memo) = self.memo.try_borrow() {
            memo.traverse(visitor);
        }
    }

    #[slot(tp_clear)]
    fn clear_all(&self) {
        self.clear_refs();
        self.forget();
    }

    #[slot(tp_getattro)]
    fn getattro(&self, py: Python, name: &PyObject) -> PyResult {
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(type_error(py, format!("attribute name must be string, not '{}'", type_name(name))));
        };
        if name.eq_str("persistent_id")
            && let Some(f) = self.persistent_id.get_owned()
        {
            return Ok(f);
        }
        generic_getattr(py, self, name)
    }

    #[slot(tp_setattro)]
    fn setattro(&self, py: Python, name: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(type_error(py, format!("attribute name must be string, not '{}'", type_name(name))));
        };
        let overridden = name.eq_str("persistent_id") && (value.is_some() || !self.persistent_id.is_empty());
        if overridden {
            self.persistent_id.set(value.map(|v| v.owned()));
            return Ok(());
        }
        generic_setattr(py, self, name, value)
    }

    /// Overridden by whoever has names for objects that pickles only refer to: the name, or None.
    #[pymethod]
    fn persistent_id(&self, obj: &PyObject) {
        let _ = obj;
    }

    /// Writes the pickle of an object to the file.
    #[pymethod]
    fn dump(&self, py: Python, obj: &PyObject) -> PyResult<()> {
        if !self.initialized.get() {
            let text = format!("Pickler.__init__() was not called by {}.__init__()", self.ty().short_name());
            return Err(pickling_error(py, text));
        }
        save::dump(py, self, obj).map(drop)
    }

    /// Forgets which objects have been written.
    ///
    /// Until then a further pickle only refers to objects of an earlier one.
    #[pymethod]
    fn clear_memo(&self) {
        self.forget();
    }

    /// Size in memory, in bytes.
    #[pymethod]
    fn __sizeof__(&self) -> usize {
        let n = self.memo.borrow().len();
        self.ty().tp_basicsize.get() as usize + n * (size_of::<(Py, usize)>() + size_of::<u32>())
    }

    #[getter(name = "memo")]
    fn get_memo(&self, py: Python) -> PyResult<Py<PyPicklerMemo>> {
        PyPicklerMemo::make(py, self)
    }

    #[setter(memo)]
    fn set_memo(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else { return Err(type_error(py, "attribute deletion is not supported")) };
        let mut new = Memo::default();
        if let Some(proxy) = value.downcast::<PyPicklerMemo>() {
            for (o, number) in proxy.pickler.memo.borrow().entries() {
                new.put(o, *number);
            }
        } else if let Some(d) = value.downcast::<PyDict>() {
            let mut at = 0;
            while let Some((_, value)) = d.next(&mut at) {
                let pair = value.downcast::<PyTuple>().map(PyTuple::items);
                let Some([number, o]) = pair else {
                    return Err(type_error(py, "'memo' values must be 2-item tuples"));
                };
                let number = number.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type))?;
                new.put(o, number.max(0) as usize);
            }
        } else {
            let text =
                format!("'memo' attribute must be a PicklerMemoProxy object or dict, not {}", tp_name(value));
            return Err(type_error(py, text));
        }
        let old = self.memo.replace(new);
        drop(old);
        Ok(())
    }
}
