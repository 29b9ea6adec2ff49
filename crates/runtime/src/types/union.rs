//! `typing.Union`: `X | Y`.

use crate::prelude::*;
use crate::types::generic_alias::{make_parameters, substitute, type_repr};
use crate::types::{PyGenericAlias, PyNone, PyStr, PyTuple, object_};

/// `unionobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyUnion {
    pub ob_base: PyObject,
    /// The alternatives, flat and without duplicates, in order.
    pub args: Py<PyTuple>,
    /// A frozenset of those that can be hashed.
    pub hashable_args: Slot,
    /// Those that can't, or empty.
    pub unhashable_args: Slot,
    pub parameters: Slot,
    #[traverse(skip)]
    pub weakreflist: Cell<*mut PyObject>,
}

/// Can the object be an operand of `|` between types?
fn is_unionable(py: Python, o: &PyObject) -> bool {
    if o.is_none() || PyTypeObject::check(o) || PyGenericAlias::check(o) || PyUnion::check(o) {
        return true;
    }
    crate::types::typevar::is_type_alias(py, o)
}

/// The alternatives while a union is being made.
struct Builder {
    args: Vec<Py>,
    hashable: Py<PySet>,
    unhashable: Vec<Py>,
}

impl Builder {
    fn new(py: Python) -> PyResult<Builder> {
        Ok(Builder { args: Vec::new(), hashable: PySet::new(py)?, unhashable: Vec::new() })
    }

    fn add(&mut self, py: Python, o: &PyObject) -> PyResult<()> {
        if let Some(u) = o.downcast::<PyUnion>() {
            for a in u.args.items() {
                self.add(py, a)?;
            }
            return Ok(());
        }
        let o = if o.is_none() { PyNone::type_object().object() } else { o };
        // Equal alternatives count once.
        match o.hash(py) {
            Ok(_) => {
                let known = self.hashable.len();
                self.hashable.add(py, o)?;
                if self.hashable.len() == known {
                    return Ok(());
                }
            }
            Err(e) => {
                drop(catch(py, e, &crate::types::exceptions::PyExc_TypeError_Type)?);
                for a in self.unhashable.iter() {
                    if a.is(o) || a.eq(py, o)? {
                        return Ok(());
                    }
                }
                self.unhashable.push(o.owned());
            }
        }
        self.args.push(o.owned());
        Ok(())
    }

    /// As [`add`](Self::add), for what may be no type: strings become forward references, others are checked by `typing`.
    fn add_checked(&mut self, py: Python, o: &PyObject) -> PyResult<()> {
        if is_unionable(py, o) {
            return self.add(py, o);
        }
        let f = crate::import::import_attr(py, "typing", "_type_check")?;
        let msg = PyStr::new(py, "Union[arg, ...]: each arg must be a type.")?;
        self.add(py, &*f.call(py, &[o, msg.as_object()])?)
    }

    fn finish(self, py: Python) -> PyResult {
        if let [one] = &self.args[..] {
            return Ok(one.clone());
        }
        let ty = PyUnion::type_object();
        let hashable = PyFrozenSet::from_iterable(py, self.hashable.as_object())?.into_object();
        let unhashable = if self.unhashable.is_empty() {
            None
        } else {
            Some(PyTuple::new(py, self.unhashable)?.into_object())
        };
        let u = PyUnion {
            ob_base: PyObject::header(ty),
            args: PyTuple::new(py, self.args)?,
            hashable_args: Slot::from(hashable),
            unhashable_args: Slot::new(unhashable),
            parameters: Slot::empty(),
            weakreflist: Cell::new(std::ptr::null_mut()),
        };
        Ok(new_object(py, ty, u)?.into_object())
    }
}

/// `a | b` for types (`_Py_union_type_or`): NotImplemented if an operand is no type.
pub fn union_or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    if !is_unionable(py, a) || !is_unionable(py, b) {
        return Ok(not_implemented().owned());
    }
    of(py, &[a, b])
}

/// The union of some types, without checking them.
pub fn of(py: Python, items: &[&PyObject]) -> PyResult {
    let mut b = Builder::new(py)?;
    for i in items {
        b.add(py, i)?;
    }
    b.finish(py)
}

impl PyUnion {
    /// The alternatives.
    pub fn args(&self) -> Py<PyTuple> {
        self.args.clone()
    }

    fn parameters(&self, py: Python) -> PyResult<Py<PyTuple>> {
        if let Some(p) = self.parameters.get_owned().and_then(|p| p.downcast_into::<PyTuple>().ok()) {
            return Ok(p);
        }
        let p = make_parameters(py, self.args.as_object())?;
        self.parameters.set(Some(p.clone().into_object()));
        Ok(p)
    }
}

/// One of several types.
#[pytype(name = "Union", module = "typing", symbol = "_PyUnion_Type", flags(GC, DISALLOW_INSTANTIATION), weaklistoffset = weakreflist, members(args as __args__: object readonly))]
impl PyUnion {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let mut out = StrBuilder::new();
        for (i, a) in self.args.items().iter().enumerate() {
            out.push_str(if i > 0 { " | " } else { "" });
            out.push_pystr(&*type_repr(py, a)?);
        }
        out.finish(py)
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        if let Some(u) = self.unhashable_args.get_owned() {
            // Which of them, and why.
            let all = u.to_tuple(py)?;
            for a in all.items() {
                a.hash(py)?;
            }
            let n = all.len();
            let s = if n == 1 { "" } else { "s" };
            return Err(type_error(py, format!("union contains {n} unhashable element{s}")));
        }
        match self.hashable_args.get_owned() {
            Some(h) => h.hash(py),
            None => Ok(0),
        }
    }

    #[slot(tp_richcompare)]
    fn compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(o)) = (op, other.downcast::<PyUnion>()) else {
            return Ok(not_implemented().owned());
        };
        let equal = self.args.len() == o.args.len() && {
            let mut all = true;
            for a in self.args.items() {
                all = all && o.args.as_object().contains(py, a)?;
            }
            all
        };
        Ok(py_bool(equal == (op == CompareOp::Eq)).owned().into_object())
    }

    #[slot(mp_subscript)]
    fn getitem(&self, py: Python, item: &PyObject) -> PyResult {
        let params = self.parameters(py)?;
        let args = substitute(py, self.as_object(), &self.args, &params, item)?;
        of(py, args.items())
    }

    #[slot(nb_or)]
    fn or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        // With a union, operands may also be what `Union[...]` takes: strings, say.
        let mut union = Builder::new(py)?;
        union.add_checked(py, a)?;
        union.add_checked(py, b)?;
        union.finish(py)
    }

    #[slot(tp_getattro)]
    fn getattro(&self, py: Python, name: &PyObject) -> PyResult {
        match name.downcast::<PyStr>() {
            Some(n) if n.eq_str("__module__") => PyUnion::type_object().as_object().getattr(py, n),
            Some(n) => object_::generic_getattr(py, self.as_object(), n),
            None => Err(object_::bad_attribute_name(py, name)),
        }
    }

    #[pymethod(text = "($self, object, /)")]
    fn __mro_entries__(&self, py: Python, bases: &PyObject) -> PyResult {
        let _ = bases;
        Err(type_error(py, format!("Cannot subclass {}", self.as_object().repr(py)?.to_string_lossy())))
    }

    #[classmethod(text = "($type, object, /)")]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, parameters: &PyObject) -> PyResult {
        let _ = cls;
        let items = match parameters.downcast::<PyTuple>() {
            Some(t) => t.owned(),
            None => PyTuple::new(py, [parameters.owned()])?,
        };
        if items.is_empty() {
            return Err(type_error(py, "Cannot take a Union of no types."));
        }
        let mut b = Builder::new(py)?;
        for i in items.items() {
            b.add_checked(py, i)?;
        }
        b.finish(py)
    }

    #[getter]
    fn __parameters__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.parameters(py)
    }

    #[getter]
    fn __name__(&self) -> &'static str {
        "Union"
    }

    #[getter]
    fn __qualname__(&self) -> &'static str {
        "Union"
    }

    #[getter]
    fn __origin__(&self) -> &'static PyTypeObject {
        PyUnion::type_object()
    }
}
