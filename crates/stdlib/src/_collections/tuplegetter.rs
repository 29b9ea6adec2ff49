//! `_tuplegetter`: the descriptor behind the fields of a named tuple.

use runtime::prelude::*;

/// `_tuplegetterobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct TupleGetter {
    pub ob_base: PyObject,
    index: isize,
    doc: Slot,
}

/// Reads item number index of a tuple.
#[pytype(name = "_tuplegetter", module = "collections", flags(GC, HEAPTYPE, IMMUTABLETYPE), nosig, members(doc as __doc__: object))]
impl TupleGetter {
    #[slot(tp_new, sig = "(index, doc, /)")]
    fn py_new(py: Python, cls: &PyTypeObject, index: isize, doc: &PyObject) -> PyResult<Py<TupleGetter>> {
        let value = TupleGetter { ob_base: PyObject::header(cls), index, doc: Slot::new(Some(doc.owned())) };
        new_object(py, cls, value)
    }

    #[slot(tp_descr_get)]
    fn descr_get(&self, py: Python, obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
        let Some(obj) = obj.filter(|o| !o.is_none()) else { return Ok(self.as_object().owned()) };
        let Some(tuple) = obj.downcast::<PyTuple>() else {
            return Err(type_error(
                py,
                format!(
                    "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object",
                    self.index,
                    tp_name(obj)
                ),
            ));
        };
        match usize::try_from(self.index).ok().and_then(|i| tuple.get(i)) {
            Some(item) => Ok(item.owned()),
            None => Err(index_error(py, "tuple index out of range")),
        }
    }

    #[slot(tp_descr_set)]
    fn descr_set(&self, py: Python, _obj: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        Err(attribute_error(
            py,
            if value.is_none() { "can't delete attribute" } else { "can't set attribute" },
        ))
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let doc = self.doc.get_owned().unwrap_or_else(|| none().owned());
        let doc = doc.repr(py)?;
        let mut out = StrBuilder::new();
        out.push_str(self.ty().short_name());
        out.push_str(&format!("({}, ", self.index));
        out.push_pystr(&doc);
        out.push_str(")");
        out.finish(py)
    }

    #[pymethod(nodoc)]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let doc = self.doc.get_owned().unwrap_or_else(|| none().owned());
        let args = PyTuple::new(py, [PyInt::from_isize(py, self.index)?.into_object(), doc])?;
        PyTuple::new(py, [self.ty().as_object().owned(), args.into_object()])
    }
}
