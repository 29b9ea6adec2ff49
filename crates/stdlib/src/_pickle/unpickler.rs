//! `Unpickler`: the type.

use super::global::get_path;
use super::load;
use super::memo::Made;
use super::proxy::PyUnpicklerMemo;
use super::{Busy, registry, unpickling_error, with_context};
use runtime::import::{get_module, import_module_level};
use runtime::prelude::*;
use runtime::sys::hooks::audit;
use runtime::types::exceptions::*;
use runtime::types::object_::{generic_getattr, generic_setattr};
use std::cell::RefCell;

/// An unpickler, between loads.
#[repr(C)]
#[derive(Traverse)]
pub struct PyUnpickler {
    pub ob_base: PyObject,
    #[traverse(skip)]
    pub memo: RefCell<Made>,
    pub read: Slot,
    pub readline: Slot,
    pub readinto: Slot,
    pub peek: Slot,
    pub buffers: Slot,
    /// `persistent_load` if it was set on the unpickler itself.
    pub persistent_load: Slot,
    #[traverse(skip)]
    pub encoding: RefCell<String>,
    #[traverse(skip)]
    pub errors: RefCell<String>,
    #[traverse(skip)]
    pub running: Cell<bool>,
    #[traverse(skip)]
    pub initialized: Cell<bool>,
    #[traverse(skip)]
    pub proto: Cell<u8>,
    #[traverse(skip)]
    pub fix_imports: Cell<bool>,
}

impl PyUnpickler {
    /// One that is not set up.
    pub fn blank(py: Python, cls: &PyTypeObject) -> PyResult<Py<PyUnpickler>> {
        new_object(
            py,
            cls,
            PyUnpickler {
                ob_base: PyObject::header(cls),
                memo: RefCell::default(),
                read: Slot::empty(),
                readline: Slot::empty(),
                readinto: Slot::empty(),
                peek: Slot::empty(),
                buffers: Slot::empty(),
                persistent_load: Slot::empty(),
                encoding: RefCell::default(),
                errors: RefCell::default(),
                running: Cell::new(false),
                initialized: Cell::new(false),
                proto: Cell::new(0),
                fix_imports: Cell::new(false),
            },
        )
    }

    /// What `__init__` does. Without a file, loads are given their data.
    pub fn set_up(
        &self,
        py: Python,
        file: Option<&PyObject>,
        fix_imports: bool,
        encoding: &str,
        errors: &str,
        buffers: Option<&PyObject>,
    ) -> PyResult<()> {
        if let Some(f) = file {
            self.peek.set(f.getattr_opt(py, intern!(py, "peek"))?);
            self.readinto.set(f.getattr_opt(py, intern!(py, "readinto"))?);
            let read = f.getattr_opt(py, intern!(py, "read"))?;
            let readline = f.getattr_opt(py, intern!(py, "readline"))?;
            if read.is_none() || readline.is_none() {
                return Err(attribute_error(py, "file must have 'read' and 'readline' attributes"));
            }
            self.read.set(read);
            self.readline.set(readline);
        }
        self.encoding.replace(encoding.to_owned());
        self.errors.replace(errors.to_owned());
        let buffers = match buffers.filter(|b| !b.is_none()) {
            Some(b) => Some(b.get_iter(py)?),
            None => None,
        };
        self.buffers.set(buffers);
        self.fix_imports.set(fix_imports);
        self.proto.set(0);
        self.initialized.set(true);
        Ok(())
    }

    /// Empties the memo.
    pub fn forget(&self) {
        let old = self.memo.take();
        drop(old);
    }

    /// The present names of what Python 2 called so.
    fn new_names(&self, py: Python, module: &PyStr, name: &PyStr) -> PyResult<(Py<PyStr>, Py<PyStr>)> {
        if self.proto.get() >= 3 || !self.fix_imports.get() {
            return Ok((module.owned(), name.owned()));
        }
        let key = PyTuple::new(py, [module.owned().into_object(), name.owned().into_object()])?;
        let wrong = |what: &str| runtime_error(py, format!("_compat_pickle.{what} values should be strings"));
        if let Some(pair) = registry(py, |s| &s.name_mapping_2to3)?.get_item(py, &key)? {
            let pair = pair.downcast::<PyTuple>().map(|t| t.items());
            if let Some([m, n]) = pair
                && let (Some(m), Some(n)) = (m.downcast::<PyStr>(), n.downcast::<PyStr>())
            {
                return Ok((m.owned(), n.owned()));
            }
            return Err(wrong("NAME_MAPPING"));
        }
        if let Some(m) = registry(py, |s| &s.import_mapping_2to3)?.get_item(py, module)? {
            let m = m.downcast_into::<PyStr>().map_err(|_| wrong("IMPORT_MAPPING"))?;
            return Ok((m, name.owned()));
        }
        Ok((module.owned(), name.owned()))
    }

    /// `find_class`: imports a module and takes something out of it.
    pub fn find(&self, py: Python, module: &PyStr, name: &PyStr) -> PyResult {
        audit(py, "pickle.find_class", &[module, name])?;
        let (module, name) = self.new_names(py, module, name)?;
        let from = PyTuple::new(py, [intern!(py, "__name__").as_object().owned()])?;
        let found = match get_module(py, &module)? {
            Some(m) if !m.is_none() => m,
            _ => import_module_level(py, &module, None, Some(&from), 0)?,
        };
        if self.proto.get() < 4 {
            return found.getattr(py, &name);
        }
        if !name.chars().any(|c| c == b'.' as u32) {
            return found.getattr(py, &name);
        }
        get_path(py, &found, &name).map_err(|e| {
            let cause = match catch(py, e, &PyExc_AttributeError_Type) {
                Ok(exc) => exc,
                Err(e) => return e,
            };
            match name.repr(py).and_then(|n| Ok((n, module.repr(py)?))) {
                Ok((n, m)) => {
                    let (n, m) = (n.to_string_lossy(), m.to_string_lossy());
                    let e = attribute_error(py, format!("Can't resolve path {n} on module {m}"));
                    with_context(py, e, cause)
                }
                Err(e) => e,
            }
        })
    }
}

/// This takes a binary file to read pickles from.
///
/// The protocol is found in the pickle. The file needs read() and readline() methods that return bytes. buffers
/// gives the buffers that were left out of the pickle. The other parameters are for pickles of Python 2: encoding and errors
/// for its 8-bit strings ('bytes' leaves them as they are), fix_imports for its names.
#[pytype(
    name = "Unpickler",
    module = "_pickle",
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE),
    basicsize = 296,
    text = "(file, *, fix_imports=True, encoding='ASCII', errors='strict',\n          buffers=())"
)]
impl PyUnpickler {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyUnpickler>> {
        PyUnpickler::blank(py, cls)
    }

    #[slot(
        tp_init,
        sig = "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=<unrepresentable>)"
    )]
    fn init(
        &self,
        py: Python,
        file: &PyObject,
        fix_imports: bool,
        encoding: &str,
        errors: &str,
        buffers: Option<&PyObject>,
    ) -> PyResult<()> {
        let _busy = Busy::enter(py, &self.running, "Unpickler")?;
        if self.initialized.get() {
            self.forget();
        }
        self.set_up(py, Some(file), fix_imports, encoding, errors, buffers)
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
        if name.eq_str("persistent_load")
            && let Some(f) = self.persistent_load.get_owned()
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
        let overridden =
            name.eq_str("persistent_load") && (value.is_some() || !self.persistent_load.is_empty());
        if overridden {
            self.persistent_load.set(value.map(|v| v.owned()));
            return Ok(());
        }
        generic_setattr(py, self, name, value)
    }

    /// Overridden by whoever has names for objects that pickles only refer to: the object of a name.
    #[pymethod]
    fn persistent_load(&self, py: Python, pid: &PyObject) -> PyResult {
        let _ = pid;
        Err(unpickling_error(
            py,
            "A load persistent id instruction was encountered, but no persistent_load function was specified.",
        ))
    }

    /// Reads a pickle from the file and makes its object.
    #[pymethod]
    fn load(&self, py: Python) -> PyResult {
        if !self.initialized.get() {
            let text =
                format!("Unpickler.__init__() was not called by {}.__init__()", self.ty().short_name());
            return Err(unpickling_error(py, text));
        }
        load::load(py, self, None)
    }

    /// The object of that name in a module, which is imported. May be overridden to be choosier.
    #[pymethod]
    fn find_class(&self, py: Python, module_name: &PyStr, global_name: &PyStr) -> PyResult {
        self.find(py, module_name, global_name)
    }

    /// Size in memory, in bytes.
    #[pymethod]
    fn __sizeof__(&self) -> usize {
        let n = self.memo.borrow().len();
        let texts = self.encoding.borrow().capacity() + self.errors.borrow().capacity();
        self.ty().tp_basicsize.get() as usize + n * size_of::<Py>() + texts
    }

    #[getter(name = "memo")]
    fn get_memo(&self, py: Python) -> PyResult<Py<PyUnpicklerMemo>> {
        PyUnpicklerMemo::make(py, self)
    }

    #[setter(memo)]
    fn set_memo(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else { return Err(type_error(py, "attribute deletion is not supported")) };
        let mut new = Made::default();
        if let Some(proxy) = value.downcast::<PyUnpicklerMemo>() {
            for (number, o) in proxy.unpickler.memo.borrow().items() {
                new.put(number, o);
            }
        } else if let Some(d) = value.downcast::<PyDict>() {
            let mut at = 0;
            while let Some((key, value)) = d.next(&mut at) {
                let Some(key) = key.downcast::<PyInt>() else {
                    return Err(type_error(py, "memo key must be integers"));
                };
                let Ok(number) = usize::try_from(key.to_isize(py)?) else {
                    return Err(value_error(py, "memo key must be positive integers."));
                };
                new.put(number, value);
            }
        } else {
            let text = format!(
                "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {}",
                tp_name(value)
            );
            return Err(type_error(py, text));
        }
        let old = self.memo.replace(new);
        drop(old);
        Ok(())
    }
}
