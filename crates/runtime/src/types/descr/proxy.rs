//! `mappingproxy`: a read-only view of a mapping, such as a class's `__dict__`.

use crate::abstract_::{is_mapping, number};
use crate::prelude::*;
use crate::state::enter_recursive_call;
use crate::types::{PyList, PyStr, PyTuple, generic_alias};

/// `mappingproxyobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyMappingProxy {
    pub ob_base: PyObject,
    pub mapping: Py,
}

impl PyMappingProxy {
    /// A view of `mapping`.
    pub fn new(py: Python, mapping: &PyObject) -> PyResult<Py<PyMappingProxy>> {
        let ty = PyMappingProxy::type_object();
        new_object(py, ty, PyMappingProxy { ob_base: PyObject::header(ty), mapping: mapping.owned() })
    }
}

/// Read-only view of a mapping.
#[pytype(name = "mappingproxy", symbol = "PyDictProxy_Type", flags(GC, MAPPING))]
impl PyMappingProxy {
    #[slot(tp_new, sig = "(mapping)")]
    fn tp_new(py: Python, _cls: &PyTypeObject, mapping: &PyObject) -> PyResult<Py<PyMappingProxy>> {
        if !is_mapping(mapping) || PyList::check(mapping) || PyTuple::check(mapping) {
            return Err(type_error(
                py,
                format!("mappingproxy() argument must be a mapping, not {}", type_name(mapping)),
            ));
        }
        PyMappingProxy::new(py, mapping)
    }

    #[slot(mp_length)]
    fn len(&self, py: Python) -> PyResult<isize> {
        self.mapping.length(py)
    }

    #[slot(mp_subscript)]
    fn getitem(&self, py: Python, key: &PyObject) -> PyResult {
        self.mapping.get_item(py, key)
    }

    #[slot(sq_contains)]
    fn contains(&self, py: Python, key: &PyObject) -> PyResult<bool> {
        self.mapping.contains(py, key)
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult {
        self.mapping.get_iter(py)
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        enter_recursive_call(py, " while hashing a proxy")?;
        self.mapping.hash(py)
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.mapping.str_(py)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::concat3(py, "mappingproxy(", &*self.mapping.repr(py)?, ")")
    }

    #[slot(tp_richcompare)]
    fn compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let other = match other.downcast::<PyMappingProxy>() {
            Some(p) => p.mapping.clone(),
            None => other.owned(),
        };
        self.mapping.rich_compare(py, &other, op)
    }

    #[slot(nb_or)]
    fn or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let unwrap =
            |o: &PyObject| o.downcast::<PyMappingProxy>().map_or_else(|| o.owned(), |p| p.mapping.clone());
        number::or(py, &unwrap(a), &unwrap(b))
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(&self, py: Python, _other: &PyObject) -> PyResult {
        Err(type_error(py, format!("'|=' is not supported by {}; use '|' instead", self.ty().display_name())))
    }

    /// The value for key, or the default.
    #[pymethod(sig = "(key, default=None, /)")]
    fn get(&self, py: Python, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        self.mapping.call_method(py, intern!(py, "get"), &[key, default.unwrap_or(none())])
    }

    /// The keys.
    #[pymethod]
    fn keys(&self, py: Python) -> PyResult {
        self.mapping.call_method0(py, intern!(py, "keys"))
    }

    /// The values.
    #[pymethod]
    fn values(&self, py: Python) -> PyResult {
        self.mapping.call_method0(py, intern!(py, "values"))
    }

    /// The pairs of keys and values.
    #[pymethod]
    fn items(&self, py: Python) -> PyResult {
        self.mapping.call_method0(py, intern!(py, "items"))
    }

    /// A shallow copy of the mapping.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult {
        self.mapping.call_method0(py, intern!(py, "copy"))
    }

    #[classmethod(text = "($type, object, /)")]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, item: &PyObject) -> PyResult {
        generic_alias::new(py, cls.object(), item)
    }

    /// The keys in reverse order.
    #[pymethod]
    fn __reversed__(&self, py: Python) -> PyResult {
        self.mapping.call_method0(py, intern!(py, "__reversed__"))
    }
}
