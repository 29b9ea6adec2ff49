//! `partial` as Python sees it.

use super::partial::{Partial, placeholder};
use runtime::abstract_::call::vectorcall_function;
use runtime::prelude::*;
use runtime::types::repr_guard::ReprGuard;
use runtime::types::{PyMethod, object_};

/// Arguments of a partial object made of another partial object's and new ones, and how many holes remain.
fn merge_args<'a>(
    old: &[&'a PyObject],
    holes: usize,
    new: &[&'a PyObject],
    hole: &PyObject,
) -> (Vec<&'a PyObject>, usize) {
    let mut left = holes;
    let mut rest = new.iter().copied();
    let mut all: Vec<&PyObject> = Vec::with_capacity(old.len() + new.len());
    for &o in old {
        match o.is(hole).then(|| rest.next()).flatten() {
            Some(n) => {
                all.push(n);
                left -= 1;
            }
            None => all.push(o),
        }
    }
    all.extend(rest);
    (all, left + new.iter().filter(|n| n.is(hole)).count())
}

/// The type of the functions it is called with.
fn vectorcall_for(func: &PyObject) -> Option<object::typeobj::VectorcallFunc> {
    vectorcall_function(func).map(|_| Partial::vectorcall_entry as object::typeobj::VectorcallFunc)
}

impl Partial {
    fn make(py: Python, cls: &PyTypeObject, args: &PyTuple, kw: Option<&PyDict>) -> PyResult<Py<Partial>> {
        let [func, new_args @ ..] = args.items() else {
            return Err(type_error(py, "type 'partial' takes at least one argument"));
        };
        if !func.is_callable() {
            return Err(type_error(py, "the first argument must be callable"));
        }
        let hole = placeholder(py)?;
        if new_args.last().is_some_and(|a| a.is(&hole)) {
            return Err(type_error(py, "trailing Placeholders are not allowed"));
        }
        let mut pos = 0;
        while let Some((_, value)) = kw.and_then(|k| k.next(&mut pos)) {
            if value.is(&hole) {
                return Err(type_error(py, "Placeholder cannot be passed as a keyword argument"));
            }
        }
        // A partial object without attributes of its own is looked through.
        let inner = func.downcast::<Partial>().filter(|p| p.dict.is_empty());
        let keywords;
        let (func, args, holes) = match inner {
            Some(p) => {
                let parts = p.parts(py)?;
                keywords = parts.keywords.copy(py)?;
                let (all, holes) = merge_args(parts.args.items(), p.holes.get(), new_args, &hole);
                (parts.func.clone(), PyTuple::from_slice(py, &all)?, holes)
            }
            None => {
                keywords = PyDict::new(py)?;
                let holes = new_args.iter().filter(|a| a.is(&hole)).count();
                (func.owned(), PyTuple::from_slice(py, new_args)?, holes)
            }
        };
        if let Some(kw) = kw {
            keywords.merge(py, kw, true)?;
        }
        let vectorcall = vectorcall_for(&func);
        let value = Partial {
            ob_base: PyObject::header(cls),
            func: Slot::new(Some(func)),
            args: Slot::new(Some(args)),
            keywords: Slot::new(Some(keywords)),
            dict: Slot::empty(),
            weakreflist: Cell::new(std::ptr::null_mut()),
            placeholder: Slot::new(Some(hole)),
            holes: Cell::new(holes),
            vectorcall: Cell::new(vectorcall),
        };
        new_object(py, cls, value)
    }
}

/// Create a new function with partial application of the given arguments
/// and keywords.
#[pytype(
    name = "partial",
    module = "functools",
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO, OWN_SETATTRO),
    dictoffset = dict,
    weaklistoffset = weakreflist,
    vectorcall_offset = vectorcall,
    text = "(func, /, *args, **keywords)",
    members(
        func: object readonly "function object to use in future partial calls",
        args: object readonly "tuple of arguments to future partial calls",
        keywords: object readonly "dictionary of keyword arguments to future partial calls"
    )
)]
impl Partial {
    #[slot(tp_new)]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<Partial>> {
        Partial::make(py, cls, args, kwargs)
    }

    #[slot(tp_call)]
    fn call_slot(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        self.call_with(py, args, kwargs)
    }

    #[slot(tp_descr_get)]
    fn descr_get(&self, py: Python, obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
        match obj.filter(|o| !o.is_none()) {
            Some(o) => Ok(PyMethod::new(py, self.as_object(), o)?.into_object()),
            None => Ok(self.as_object().owned()),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let Some(_guard) = ReprGuard::enter(py, self) else { return PyStr::new(py, "...") };
        let parts = self.parts(py)?;
        let mut out = StrBuilder::new();
        let cls = self.ty();
        if let Some(module) = cls.as_object().getattr_opt(py, intern!(py, "__module__"))? {
            out.push_pystr(&*module.str_(py)?);
            out.push_str(".");
        }
        out.push_pystr(&*cls.as_object().getattr(py, intern!(py, "__qualname__"))?.str_(py)?);
        out.push_str("(");
        out.push_pystr(&*parts.func.repr(py)?);
        for a in parts.args.items() {
            out.push_str(", ");
            out.push_pystr(&*a.repr(py)?);
        }
        let mut pos = 0;
        while let Some((k, v)) = parts.keywords.next(&mut pos) {
            out.push_str(", ");
            out.push_pystr(&*k.str_(py)?);
            out.push_str("=");
            out.push_pystr(&*v.repr(py)?);
        }
        out.push_str(")");
        out.finish(py)
    }

    #[pymethod(nodoc)]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let parts = self.parts(py)?;
        let dict = self.dict.get_owned().map_or_else(|| none().owned(), |d| d.into_object());
        let args = PyTuple::new(py, [parts.func.clone()])?;
        let state =
            PyTuple::new(py, [parts.func, parts.args.into_object(), parts.keywords.into_object(), dict])?;
        PyTuple::new(py, [self.ty().as_object().owned(), args.into_object(), state.into_object()])
    }

    #[pymethod(nodoc, text = "($self, object, /)")]
    fn __setstate__(&self, py: Python, state: &PyObject) -> PyResult<()> {
        let invalid = || type_error(py, "invalid partial state");
        let Some(&[func, args, keywords, dict]) = state.downcast::<PyTuple>().map(|t| t.items()) else {
            return Err(invalid());
        };
        let Some(args) = args.downcast::<PyTuple>().filter(|_| func.is_callable()) else {
            return Err(invalid());
        };
        if !keywords.is_none() && !PyDict::check(keywords) {
            return Err(invalid());
        }
        let hole = placeholder(py)?;
        if args.items().last().is_some_and(|a| a.is(&hole)) {
            return Err(type_error(py, "trailing Placeholders are not allowed"));
        }
        let holes = args.items().iter().filter(|a| a.is(&hole)).count();
        let args = match PyTuple::check_exact(args) {
            true => args.owned(),
            false => PyTuple::from_slice(py, args.items())?,
        };
        let keywords = match keywords.downcast::<PyDict>() {
            None => PyDict::new(py)?,
            Some(d) if PyDict::check_exact(d) => d.owned(),
            Some(d) => d.copy(py)?,
        };
        let dict = match dict.downcast::<PyDict>() {
            Some(d) => Some(d.owned()),
            None if dict.is_none() => None,
            None => return Err(invalid()),
        };
        self.vectorcall.set(vectorcall_for(func));
        self.func.set(Some(func.owned()));
        self.args.set(Some(args));
        self.keywords.set(Some(keywords));
        self.holes.set(holes);
        self.dict.set(dict);
        Ok(())
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        runtime::types::generic_alias::new(py, cls.as_object(), object)
    }

    #[getter(__dict__)]
    fn get_dict(&self, py: Python) -> PyResult {
        object_::generic_get_dict(py, self.as_object())
    }

    #[setter(__dict__)]
    fn set_dict(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        object_::generic_set_dict(py, self.as_object(), value)
    }
}
