//! `methodcaller`.

use runtime::prelude::*;
use runtime::types::repr_guard::ReprGuard;

/// `methodcallerobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct MethodCaller {
    pub ob_base: PyObject,
    name: Slot<PyStr>,
    args: Slot<PyTuple>,
    kwargs: Slot<PyDict>,
}

/// Name, positional and keyword arguments of the call.
type Parts = (Py<PyStr>, Py<PyTuple>, Option<Py<PyDict>>);

impl MethodCaller {
    fn parts(&self, py: Python) -> PyResult<Parts> {
        match (self.name.get_owned(), self.args.get_owned()) {
            (Some(name), Some(args)) => Ok((name, args, self.kwargs.get_owned().filter(|k| !k.is_empty()))),
            _ => Err(bad_internal_call(py)),
        }
    }
}

/// Return a callable object that calls the given method on its operand.
///
/// After f = methodcaller('name'), the call f(r) returns r.name().
/// After g = methodcaller('name', 'date', foo=1), the call g(r) returns
/// r.name('date', foo=1).
#[pytype(
    name = "methodcaller",
    module = "operator",
    flags(GC, HEAPTYPE, IMMUTABLETYPE),
    text = "(name, /, *args, **kwargs)"
)]
impl MethodCaller {
    #[getter]
    fn __text_signature__(&self) -> &'static str {
        "(obj, /)"
    }

    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<MethodCaller>> {
        let Some((name, rest)) = args.items().split_first() else {
            return Err(type_error(py, "methodcaller needs at least one argument, the method name"));
        };
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(type_error(py, "method name must be a string"));
        };
        let kwargs = match kwargs {
            Some(k) => Some(k.copy(py)?),
            None => None,
        };
        let value = MethodCaller {
            ob_base: PyObject::header(cls),
            name: Slot::new(Some(PyStr::intern(py, name.owned()))),
            args: Slot::new(Some(PyTuple::from_slice(py, rest)?)),
            kwargs: Slot::new(kwargs),
        };
        new_object(py, cls, value)
    }

    #[slot(tp_call)]
    fn call_slot(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "methodcaller() takes no keyword arguments"));
        }
        let &[obj] = args.items() else {
            return Err(type_error(py, format!("methodcaller expected 1 argument, got {}", args.len())));
        };
        let (name, args, kwargs) = self.parts(py)?;
        match kwargs {
            None => obj.call_method(py, &name, args.items()),
            Some(k) => obj.getattr(py, &name)?.call_tuple_dict(py, &args, Some(&*k)),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let cls = tp_name(self);
        let Some(_guard) = ReprGuard::enter(py, self) else { return PyStr::new(py, &format!("{cls}(...)")) };
        let (name, args, kwargs) = self.parts(py)?;
        let mut out = StrBuilder::new();
        out.push_str(cls);
        out.push_str("(");
        out.push_pystr(&*name.repr(py)?);
        for a in args.items() {
            out.push_str(", ");
            out.push_pystr(&*a.repr(py)?);
        }
        let mut pos = 0;
        while let Some((k, v)) = kwargs.as_ref().and_then(|d| d.next(&mut pos)) {
            out.push_str(", ");
            out.push_pystr(&*k.str_(py)?);
            out.push_str("=");
            out.push_pystr(&*v.repr(py)?);
        }
        out.push_str(")");
        out.finish(py)
    }

    /// Return state information for pickling
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let (name, args, kwargs) = self.parts(py)?;
        let cls = self.ty().as_object();
        let Some(kwargs) = kwargs else {
            let mut all = vec![name.into_object()];
            all.extend(args.items().iter().map(|a| a.owned()));
            return PyTuple::new(py, [cls.owned(), PyTuple::new(py, all)?.into_object()]);
        };
        // Keywords travel in a partial object of the class.
        let functools = runtime::import::import_module(py, "functools")?;
        let partial = functools.getattr(py, intern!(py, "partial"))?;
        let first = PyTuple::new(py, [cls.owned(), name.into_object()])?;
        let maker = partial.call_tuple_dict(py, &first, Some(&*kwargs))?;
        PyTuple::new(py, [maker, args.into_object()])
    }
}
