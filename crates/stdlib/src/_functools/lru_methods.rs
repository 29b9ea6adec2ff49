//! `_lru_cache_wrapper` as Python sees it.

use super::lru::LruCache;
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::types::{PyMethod, object_};

/// Create a cached callable that wraps another function.
///
/// user_function:      the function being cached
///
/// maxsize:  0         for no caching
///           None      for unlimited cache size
///           n         for a bounded cache
///
/// typed:    False     cache f(3) and f(3.0) as identical calls
///           True      cache f(3) and f(3.0) as distinct calls
///
/// cache_info_type:    namedtuple class with the fields:
///                         hits misses currsize maxsize
#[pytype(
    name = "_lru_cache_wrapper",
    module = "functools",
    basicsize = 152,
    flags(GC, METHOD_DESCRIPTOR, HEAPTYPE, IMMUTABLETYPE),
    dictoffset = dict,
    weaklistoffset = weakreflist,
    nosig
)]
impl LruCache {
    #[slot(tp_new, sig = "(user_function, maxsize, typed, cache_info_type)")]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        user_function: &PyObject,
        maxsize: &PyObject,
        typed: bool,
        cache_info_type: &PyObject,
    ) -> PyResult<Py<LruCache>> {
        if !user_function.is_callable() {
            return Err(type_error(py, "the first argument must be callable"));
        }
        let max = if maxsize.is_none() {
            -1
        } else if number::has_index(maxsize) {
            number::index_isize(py, maxsize, Some(&exceptions::PyExc_OverflowError_Type))?.max(0)
        } else {
            return Err(type_error(py, "maxsize should be integer or None"));
        };
        LruCache::make(py, cls, user_function, max, typed, cache_info_type)
    }

    #[slot(tp_call)]
    fn call_slot(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        self.call_cached(py, args, kwargs)
    }

    #[slot(tp_descr_get)]
    fn descr_get(&self, py: Python, obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
        match obj.filter(|o| !o.is_none()) {
            Some(o) => Ok(PyMethod::new(py, self.as_object(), o)?.into_object()),
            None => Ok(self.as_object().owned()),
        }
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visitor: &mut Visitor) {
        self.traverse_links(visitor);
        self.cache.traverse(visitor);
        self.dict.traverse(visitor);
        self.func.traverse(visitor);
        self.info_type.traverse(visitor);
    }

    #[slot(tp_clear)]
    fn clear_refs(&self) {
        self.clear_links();
        drop((self.cache.take(), self.func.take(), self.info_type.take(), self.dict.take()));
    }

    /// Report cache statistics
    #[pymethod]
    fn cache_info(&self, py: Python) -> PyResult {
        let (Some(cls), Some(cache)) = (self.info_type.get_owned(), self.cache.get_owned()) else {
            return Err(bad_internal_call(py));
        };
        let max = match self.maxsize {
            -1 => none().owned(),
            n => PyInt::from_isize(py, n)?.into_object(),
        };
        let [hits, misses] = [self.hits.get(), self.misses.get()].map(|n| PyInt::from_isize(py, n));
        let (hits, misses, size) = (hits?, misses?, PyInt::from_usize(py, cache.len())?);
        cls.call(py, &[&hits, &misses, &max, &size])
    }

    /// Clear the cache and cache statistics
    #[pymethod]
    fn cache_clear(&self, _py: Python) {
        self.clear_links();
        self.hits.set(0);
        self.misses.set(0);
        if let Some(c) = self.cache.get_owned() {
            c.clear();
        }
    }

    #[pymethod(nodoc)]
    fn __reduce__(&self, py: Python) -> PyResult {
        self.as_object().getattr(py, intern!(py, "__qualname__"))
    }

    #[pymethod(sig = "(*args)", nosig, nodoc)]
    fn __copy__(&self, _py: Python, _args: &[&PyObject]) -> Py<LruCache> {
        self.owned()
    }

    #[pymethod(sig = "(*args)", nosig, nodoc)]
    fn __deepcopy__(&self, _py: Python, _args: &[&PyObject]) -> Py<LruCache> {
        self.owned()
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
