//! `property`.

use crate::prelude::*;
use crate::types::PyTuple;

/// `propertyobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyProperty {
    pub ob_base: PyObject,
    pub prop_get: Slot,
    pub prop_set: Slot,
    pub prop_del: Slot,
    pub prop_doc: Slot,
    pub prop_name: Slot,
    /// The docstring is the getter's: copies with another getter take that one's.
    pub getter_doc: Cell<i32>,
}

fn given(o: Option<&PyObject>) -> Option<Py> {
    o.filter(|o| !o.is_none()).map(|o| o.owned())
}

impl PyProperty {
    /// The name set by `__set_name__`, else the getter's.
    fn name(&self, py: Python) -> PyResult<Option<Py>> {
        if let Some(n) = self.prop_name.get_owned() {
            return Ok(Some(n));
        }
        match self.prop_get.get_owned() {
            Some(g) => g.getattr_opt(py, intern!(py, "__name__")),
            None => Ok(None),
        }
    }

    #[cold]
    fn missing(&self, py: Python, obj: &PyObject, what: &str) -> Raised {
        let make = || -> PyResult<String> {
            let owner =
                obj.ty().object().getattr(py, intern!(py, "__qualname__"))?.repr(py)?.to_string_lossy();
            Ok(match self.name(py)? {
                Some(n) => {
                    format!("property {} of {owner} object has no {what}", n.repr(py)?.to_string_lossy())
                }
                None => format!("property of {owner} object has no {what}"),
            })
        };
        match make() {
            Ok(text) => attribute_error(py, text),
            Err(e) => e,
        }
    }

    /// A property of the same type with other functions.
    fn copy(
        &self,
        py: Python,
        get: Option<&PyObject>,
        set: Option<&PyObject>,
        del: Option<&PyObject>,
    ) -> PyResult {
        let pick = |new: Option<&PyObject>, old: &Slot| {
            given(new).or_else(|| old.get_owned()).unwrap_or_else(|| none().owned())
        };
        let (g, s, d) = (pick(get, &self.prop_get), pick(set, &self.prop_set), pick(del, &self.prop_del));
        let doc = if self.getter_doc.get() != 0 && !g.is_none() {
            none().owned()
        } else {
            self.prop_doc.get_owned().unwrap_or_else(|| none().owned())
        };
        let new = self.ty().object().call(py, &[&g, &s, &d, &doc])?;
        if let Some(p) = new.downcast::<PyProperty>() {
            p.prop_name.set(self.prop_name.get_owned());
        }
        Ok(new)
    }
}

/// An attribute computed by functions.
#[pytype(name = "property", symbol = "PyProperty_Type", flags(BASETYPE, GC), members(prop_get as fget: object readonly, prop_set as fset: object readonly, prop_del as fdel: object readonly))]
impl PyProperty {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&crate::types::PyDict>,
    ) -> PyResult<Py<PyProperty>> {
        new_object(
            py,
            cls,
            PyProperty {
                ob_base: PyObject::header(cls),
                prop_get: Slot::empty(),
                prop_set: Slot::empty(),
                prop_del: Slot::empty(),
                prop_doc: Slot::empty(),
                prop_name: Slot::empty(),
                getter_doc: Cell::new(0),
            },
        )
    }

    #[slot(tp_init, sig = "(fget=None, fset=None, fdel=None, doc=None)")]
    fn init(
        &self,
        py: Python,
        fget: Option<&PyObject>,
        fset: Option<&PyObject>,
        fdel: Option<&PyObject>,
        doc: Option<&PyObject>,
    ) -> PyResult<()> {
        self.prop_get.set(given(fget));
        self.prop_set.set(given(fset));
        self.prop_del.set(given(fdel));
        self.prop_doc.set(None);
        self.prop_name.set(None);
        self.getter_doc.set(0);
        let mut doc = given(doc);
        if doc.is_none()
            && let Some(g) = self.prop_get.get_owned()
        {
            doc = g.getattr_opt(py, intern!(py, "__doc__"))?.filter(|d| !d.is_none());
            self.getter_doc.set(doc.is_some() as i32);
        }
        if PyProperty::check_exact(self.as_object()) {
            self.prop_doc.set(doc);
            return Ok(());
        }
        // The slot of a subclass's `__doc__` hides the field.
        let doc = match doc {
            Some(d) => Some(d),
            None if self.getter_doc.get() == 0 => Some(none().owned()),
            None => None,
        };
        if let Some(d) = doc
            && let Err(e) = self.as_object().setattr(py, intern!(py, "__doc__"), &d)
        {
            // A subclass may have no place for it; that is an error only for a docstring found at the getter.
            if self.getter_doc.get() == 0 {
                drop(catch(py, e, &crate::types::exceptions::PyExc_AttributeError_Type)?);
            } else {
                return Err(e);
            }
        }
        Ok(())
    }

    #[slot(tp_descr_get)]
    fn get(&self, py: Python, obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
        let Some(obj) = obj else { return Ok(self.as_object().owned()) };
        match self.prop_get.get_owned() {
            Some(f) => f.call1(py, obj),
            None => Err(self.missing(py, obj, "getter")),
        }
    }

    #[slot(tp_descr_set)]
    fn set(&self, py: Python, obj: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let f = if value.is_some() { self.prop_set.get_owned() } else { self.prop_del.get_owned() };
        match (f, value) {
            (Some(f), Some(v)) => f.call(py, &[obj, v]).map(drop),
            (Some(f), None) => f.call1(py, obj).map(drop),
            (None, Some(_)) => Err(self.missing(py, obj, "setter")),
            (None, None) => Err(self.missing(py, obj, "deleter")),
        }
    }

    /// A copy with another getter.
    #[pymethod(sig = "(fget, /)", text = "($self, object, /)")]
    fn getter(&self, py: Python, fget: &PyObject) -> PyResult {
        self.copy(py, Some(fget), None, None)
    }

    /// A copy with another setter.
    #[pymethod(sig = "(fset, /)", text = "($self, object, /)")]
    fn setter(&self, py: Python, fset: &PyObject) -> PyResult {
        self.copy(py, None, Some(fset), None)
    }

    /// A copy with another deleter.
    #[pymethod(sig = "(fdel, /)", text = "($self, object, /)")]
    fn deleter(&self, py: Python, fdel: &PyObject) -> PyResult {
        self.copy(py, None, None, Some(fdel))
    }

    /// Sets the name when the class is made.
    #[pymethod(raw, text = "($self, owner, name, /)")]
    fn __set_name__(&self, py: Python, args: &[&PyObject]) -> PyResult<()> {
        let [_, name] = args else {
            return Err(type_error(
                py,
                format!("__set_name__() takes 2 positional arguments but {} were given", args.len()),
            ));
        };
        self.prop_name.set(Some(name.owned()));
        Ok(())
    }

    #[getter]
    fn __doc__(&self) -> Py {
        self.prop_doc.get_owned().unwrap_or_else(|| none().owned())
    }

    #[setter(__doc__)]
    fn set_doc(&self, _py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.prop_doc.set(value.map(|v| v.owned()));
        Ok(())
    }

    #[getter]
    fn __name__(&self, py: Python) -> PyResult {
        match self.name(py)? {
            Some(n) => Ok(n),
            None => Err(attribute_error_for(
                py,
                self.as_object(),
                intern!(py, "__name__"),
                "'property' object has no attribute '__name__'",
            )),
        }
    }

    #[setter(__name__)]
    fn set_name(&self, _py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.prop_name.set(value.map(|v| v.owned()));
        Ok(())
    }

    #[getter]
    fn __isabstractmethod__(&self, py: Python) -> PyResult<bool> {
        for f in [&self.prop_get, &self.prop_set, &self.prop_del] {
            if let Some(f) = f.get_owned()
                && let Some(a) = f.getattr_opt(py, intern!(py, "__isabstractmethod__"))?
                && a.is_true(py)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
