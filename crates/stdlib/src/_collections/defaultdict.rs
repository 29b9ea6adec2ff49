//! `defaultdict`.

use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::types::repr_guard::ReprGuard;

/// `defdictobject`.
#[repr(C)]
pub struct DefaultDict {
    pub ob_base: PyDict,
    default_factory: Slot,
}

impl DefaultDict {
    fn factory(&self) -> Py {
        self.default_factory.get_owned().unwrap_or_else(|| none().owned())
    }

    fn copy_of(&self, py: Python) -> PyResult {
        // The class's constructor takes what this class's takes; a subclass keeps its class that way.
        self.ty().as_object().call(py, &[&self.factory(), self.as_object()])
    }
}

/// defaultdict(default_factory=None, /, [...]) --> dict with default factory
///
/// The factory is called without arguments for the value of a missing key
/// that is asked for with [ ]. The other arguments are those of dict.
#[pytype(
    name = "defaultdict",
    module = "collections",
    base = PyDict,
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    nosig,
    members(default_factory: object "Called for the value of a missing key.")
)]
impl DefaultDict {
    #[slot(tp_init)]
    fn py_init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        let (factory, rest) = match args.items() {
            [first, rest @ ..] => (*first, rest),
            [] => (none().as_object(), &[] as &[&PyObject]),
        };
        if !factory.is_none() && !factory.is_callable() {
            return Err(type_error(py, "first argument must be callable or None"));
        }
        let old = self.default_factory.replace(Some(factory.owned()));
        let rest = PyTuple::from_slice(py, rest)?;
        let init = PyDict::type_object().as_object().getattr(py, intern!(py, "__init__"))?;
        let mut all = vec![self.as_object()];
        all.extend_from_slice(rest.items());
        let all = PyTuple::from_slice(py, &all)?;
        let done = init.call_tuple_dict(py, &all, kwargs);
        drop(old);
        done.map(drop)
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        self.default_factory.traverse(visitor);
        if let Some(f) = PyDict::type_object().tp_traverse.get() {
            // SAFETY: the base's traverse function for an object with its layout.
            unsafe { visitor.delegate(f, self.as_ptr()) };
        }
    }

    #[slot(tp_clear)]
    fn clear_refs(&self) {
        drop(self.default_factory.take());
        self.ob_base.clear();
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: called once, when nobody refers to the object; the base frees it.
        unsafe {
            if object::gc::is_tracked(o) {
                object::gc::untrack(o);
            }
            drop((*(o as *const DefaultDict)).default_factory.take());
            runtime::glue::dealloc_by_base(o, PyDict::type_object());
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let base = match PyDict::type_object().tp_repr.get() {
            // SAFETY: a slot called with a live object of its type.
            Some(f) => unsafe { from_c::<PyStr>(py, f(self.as_ptr()))? },
            None => return Err(bad_internal_call(py)),
        };
        let factory = self.factory();
        let text = if factory.is_none() {
            PyStr::new(py, "None")?
        } else {
            match ReprGuard::enter(py, &factory) {
                Some(_guard) => factory.repr(py)?,
                None => PyStr::new(py, "...")?,
            }
        };
        let mut out = StrBuilder::new();
        out.push_str(self.ty().short_name());
        out.push_str("(");
        out.push_pystr(&text);
        out.push_str(", ");
        out.push_pystr(&base);
        out.push_str(")");
        out.finish(py)
    }

    #[slot(nb_or)]
    fn or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let (me, other) = match a.downcast::<DefaultDict>() {
            Some(me) => (me, b),
            None => match b.downcast::<DefaultDict>() {
                Some(me) => (me, a),
                None => return Ok(not_implemented().owned()),
            },
        };
        if !PyDict::check(other) {
            return Ok(not_implemented().owned());
        }
        // The right operand's values win, wherever the defaultdict stands.
        if me.is(a) {
            let new = me.copy_of(py)?;
            number::inplace_or(py, &new, b)
        } else {
            let new = me.ty().as_object().call(py, &[&me.factory(), a])?;
            number::inplace_or(py, &new, b)
        }
    }

    /// __missing__(key) # Called by __getitem__ for missing key; pseudo-code:
    ///   if self.default_factory is None: raise KeyError((key,))
    ///   value = self.default_factory()
    ///   return self.setdefault(key, value)
    #[pymethod(text = "($self, object, /)")]
    fn __missing__(&self, py: Python, key: &PyObject) -> PyResult {
        let factory = self.factory();
        if factory.is_none() {
            return Err(key_error(py, key));
        }
        let value = factory.call0(py)?;
        // The factory may have set the key itself; then that value stays.
        self.ob_base.set_default(py, key, &value)
    }

    /// D.copy() -> a shallow copy of D.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult {
        self.copy_of(py)
    }

    /// D.copy() -> a shallow copy of D.
    #[pymethod]
    fn __copy__(&self, py: Python) -> PyResult {
        self.copy_of(py)
    }

    /// Return state information for pickling.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let factory = self.factory();
        let args = if factory.is_none() { PyTuple::empty(py) } else { PyTuple::new(py, [factory])? };
        let items = self.as_object().call_method0(py, intern!(py, "items"))?.get_iter(py)?;
        PyTuple::new(
            py,
            [self.ty().as_object().owned(), args.into_object(), none().owned(), none().owned(), items],
        )
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        runtime::types::generic_alias::new(py, cls.as_object(), object)
    }
}
