//! `_typing._ConstEvaluator`: gives a value that is known already, in any format.

use crate::abstract_::number;
use crate::prelude::*;
use crate::types::generic_alias::type_repr;

/// `annotationlib.Format.STRING`
const FORMAT_STRING: isize = 4;

/// `constevaluatorobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyConstEvaluator {
    pub ob_base: PyObject,
    pub value: Py,
}

impl PyConstEvaluator {
    pub fn new(py: Python, value: Py) -> PyResult<Py<PyConstEvaluator>> {
        let ty = PyConstEvaluator::type_object();
        new_object(py, ty, PyConstEvaluator { ob_base: PyObject::header(ty), value })
    }
}

/// Evaluates a constant for the annotation machinery.
#[pytype(
    name = "_ConstEvaluator",
    module = "_typing",
    flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE)
)]
impl PyConstEvaluator {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::concat3(py, "<constevaluator ", &*self.value.repr(py)?, ">")
    }

    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "constevaluator.__call__() takes no keyword arguments"));
        }
        let [format] = args.items() else {
            return Err(type_error(
                py,
                format!("constevaluator.__call__() takes exactly 1 argument ({} given)", args.len()),
            ));
        };
        let overflow = Some(&crate::types::exceptions::PyExc_OverflowError_Type);
        if number::index_isize(py, format, overflow)? != FORMAT_STRING {
            return Ok(self.value.clone());
        }
        let Some(t) = self.value.downcast::<PyTuple>() else {
            return Ok(type_repr(py, &self.value)?.into_object());
        };
        let mut out = StrBuilder::new();
        out.push_str("(");
        for (i, item) in t.items().iter().enumerate() {
            out.push_str(if i > 0 { ", " } else { "" });
            out.push_pystr(&*type_repr(py, item)?);
        }
        out.push_str(")");
        Ok(out.finish(py)?.into_object())
    }
}
