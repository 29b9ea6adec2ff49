//! `_thread._local`: an object with a dict for each thread.
//!
//! The object owns the dicts, by thread number, so that the collector sees them. A thread remembers the objects it has a
//! dict in, weakly, and takes its dicts away when it ends.

use runtime::prelude::*;
use runtime::state::thread;
use runtime::state::threads::ThreadEnd;
use runtime::types::object_;
use std::cell::RefCell;
use std::rc::{Rc, Weak};

#[derive(Default)]
struct Dicts(RefCell<Vec<(u64, Py<PyDict>)>>);

impl Dicts {
    fn get(&self, id: u64) -> Option<Py<PyDict>> {
        self.0.borrow().iter().find(|(i, _)| *i == id).map(|(_, d)| d.clone())
    }

    fn remove(&self, id: u64) -> Option<Py<PyDict>> {
        let mut v = self.0.borrow_mut();
        let at = v.iter().position(|(i, _)| *i == id)?;
        Some(v.swap_remove(at).1)
    }
}

impl ThreadEnd for Dicts {
    fn thread_ended(&self, id: u64) {
        // Released after the borrow has ended: its values may have finalisers that look at this object.
        drop(self.remove(id));
    }
}

/// An object with other attributes in each thread.
#[repr(C)]
pub struct PyLocal {
    pub ob_base: PyObject,
    weaklist: Cell<*mut PyObject>,
    args: Slot<PyTuple>,
    kwargs: Slot<PyDict>,
    dicts: Rc<Dicts>,
}

fn default_init(cls: &PyTypeObject) -> bool {
    let base = object_::type_object();
    cls.tp_init.get().map(|f| f as usize) == base.tp_init.get().map(|f| f as usize)
}

impl PyLocal {
    fn add_dict(&self, py: Python) -> PyResult<Py<PyDict>> {
        let dict = PyDict::new(py)?;
        let t = thread(py);
        let dicts: Rc<dyn ThreadEnd> = self.dicts.clone();
        let weak: Weak<dyn ThreadEnd> = Rc::downgrade(&dicts);
        let mut ends = t.at_end.borrow_mut();
        if ends.len() == ends.capacity() {
            ends.retain(|w| w.strong_count() > 0);
        }
        ends.push(weak);
        self.dicts.0.borrow_mut().push((t.id.get(), dict.clone()));
        Ok(dict)
    }

    /// The current thread's dict. A new one is filled by the `__init__` of a subclass.
    fn dict(&self, py: Python) -> PyResult<Py<PyDict>> {
        let id = thread(py).id.get();
        if let Some(d) = self.dicts.get(id) {
            return Ok(d);
        }
        let dict = self.add_dict(py)?;
        let cls = self.ty();
        if !default_init(cls)
            && let Some(init) = cls.tp_init.get()
        {
            let args = self.args.get_owned().unwrap_or_else(|| PyTuple::empty(py));
            let kwargs = self.kwargs.get_owned();
            let kw = kwargs.as_ref().map_or(std::ptr::null_mut(), |k| k.as_ptr());
            // SAFETY: the slot of the object's own type, with live arguments.
            if unsafe { init(self.as_ptr(), args.as_ptr(), kw) } < 0 {
                // The next access tries again.
                drop(self.dicts.remove(id));
                return Err(Raised::pending());
            }
        }
        Ok(dict)
    }
}

fn is_dict_name(py: Python, name: &PyObject) -> PyResult<bool> {
    name.eq(py, intern!(py, "__dict__"))
}

/// Data of which each thread has its own.
#[pytype(name = "_local", module = "_thread", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE), weaklistoffset = weaklist, text = "()")]
impl PyLocal {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyLocal>> {
        if default_init(cls) && (!args.is_empty() || kwargs.is_some_and(|k| !k.is_empty())) {
            return Err(type_error(py, "Initialization arguments are not supported"));
        }
        let local = new_object(
            py,
            cls,
            PyLocal {
                ob_base: PyObject::header(cls),
                weaklist: Cell::new(std::ptr::null_mut()),
                args: Slot::new(Some(args.owned())),
                kwargs: Slot::new(kwargs.map(|k| k.owned())),
                dicts: Rc::default(),
            },
        )?;
        local.add_dict(py)?;
        Ok(local)
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visit: &mut Visitor) {
        self.args.traverse(visit);
        self.kwargs.traverse(visit);
        if let Ok(v) = self.dicts.0.try_borrow() {
            v.iter().for_each(|(_, d)| visit.visit(d));
        }
    }

    #[slot(tp_clear)]
    fn clear(&self) {
        self.args.set(None);
        self.kwargs.set(None);
        let all = self.dicts.0.take();
        drop(all);
    }

    #[slot(tp_getattro)]
    fn getattro(&self, py: Python, name: &PyObject) -> PyResult {
        let dict = self.dict(py)?;
        if is_dict_name(py, name)? {
            return Ok(dict.into_object());
        }
        if std::ptr::eq(self.ty(), PyLocal::type_object())
            && let Some(v) = dict.get_item(py, name)?
        {
            return Ok(v);
        }
        object_::generic_getattr_with_dict(py, self, name, &dict)
    }

    #[slot(tp_setattro)]
    fn setattro(&self, py: Python, name: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let dict = self.dict(py)?;
        if is_dict_name(py, name)? {
            let text = format!("'{}' object attribute '__dict__' is read-only", tp_name(self));
            return Err(attribute_error(py, text));
        }
        object_::generic_setattr_with_dict(py, self, name, value, &dict)
    }
}
