//! `enumerate`.

use crate::abstract_::number;
use crate::prelude::*;
use crate::types::tuple::refill_pair;

/// `enumobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyEnumerate {
    pub ob_base: PyObject,
    /// The next index, while it fits.
    en_index: Cell<isize>,
    en_sit: Py,
    /// The pair that is filled again when nobody kept it.
    en_result: Slot<PyTuple>,
    /// The next index, once it is beyond machine numbers.
    en_longindex: Slot<PyInt>,
    one: Py<PyInt>,
}

const _: () = assert!(size_of::<PyEnumerate>() == 56);

impl PyEnumerate {
    fn make(
        py: Python,
        cls: &PyTypeObject,
        iterable: &PyObject,
        start: Option<&PyObject>,
    ) -> PyResult<Py<PyEnumerate>> {
        let (index, long) = match start {
            None => (0, None),
            Some(s) => {
                let s = number::index_exact(py, s)?;
                match s.as_i64() {
                    Some(i) => (i as isize, None),
                    None => (isize::MAX, Some(s)),
                }
            }
        };
        let value = PyEnumerate {
            ob_base: PyObject::header(cls),
            en_index: Cell::new(index),
            en_sit: iterable.get_iter(py)?,
            en_result: Slot::new(Some(PyTuple::new(py, [none().owned(), none().owned()])?)),
            en_longindex: Slot::new(long),
            one: PyInt::from_i64(py, 1)?,
        };
        new_object(py, cls, value)
    }

    fn next_index(&self, py: Python) -> PyResult<Py<PyInt>> {
        let i = self.en_index.get();
        if i != isize::MAX {
            self.en_index.set(i + 1);
            return PyInt::from_isize(py, i);
        }
        let now = match self.en_longindex.take() {
            Some(l) => l,
            None => PyInt::from_isize(py, isize::MAX)?,
        };
        self.en_longindex.set(Some(PyInt::add(py, &now, &self.one)?));
        Ok(now)
    }
}

/// Pairs of a counter and an item of the iterable.
///
/// The counter begins with start.
#[pytype(name = "enumerate", symbol = "PyEnum_Type", base = PyObject, flags(BASETYPE, GC))]
impl PyEnumerate {
    #[slot(tp_new, sig = "(iterable, start=0)")]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        iterable: &PyObject,
        start: Option<&PyObject>,
    ) -> PyResult<Py<PyEnumerate>> {
        PyEnumerate::make(py, cls, iterable, start)
    }

    #[vectorcall]
    fn vectorcall(
        py: Python,
        cls: &PyTypeObject,
        args: &[&PyObject],
        kwnames: Option<&PyTuple>,
    ) -> PyResult<Py<PyEnumerate>> {
        let names = kwnames.map_or(&[] as &[&PyObject], |k| k.items());
        let positional = args.len().saturating_sub(names.len());
        if args.is_empty() {
            return Err(type_error(py, "enumerate() missing required argument 'iterable'"));
        }
        if args.len() > 2 {
            let text = format!("enumerate() takes at most 2 arguments ({} given)", args.len());
            return Err(type_error(py, text));
        }
        let is = |name: &PyObject, text: &str| name.downcast::<PyStr>().is_some_and(|n| n.eq_str(text));
        let both_swapped = names.len() == 2 && is(names[0], "start");
        let wanted = if both_swapped { ["start", "iterable"] } else { ["iterable", "start"] };
        for (name, wanted) in names.iter().zip(&wanted[positional..]) {
            if !is(name, wanted) {
                let name = name.str_(py)?.to_string_lossy();
                return Err(type_error(
                    py,
                    format!("'{name}' is an invalid keyword argument for enumerate()"),
                ));
            }
        }
        match args {
            [start, iterable] if both_swapped => PyEnumerate::make(py, cls, iterable, Some(start)),
            [iterable, start] => PyEnumerate::make(py, cls, iterable, Some(start)),
            [iterable, ..] => PyEnumerate::make(py, cls, iterable, None),
            [] => Err(type_error(py, "enumerate() missing required argument 'iterable'")),
        }
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<PyEnumerate> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let Some(item) = self.en_sit.iter_next(py)? else { return Ok(None) };
        let index = self.next_index(py)?.into_object();
        Ok(Some(refill_pair(py, &self.en_result, index, item)?))
    }

    /// What pickle needs.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let index = match self.en_longindex.get_owned() {
            Some(l) => l,
            None => PyInt::from_isize(py, self.en_index.get())?,
        };
        let args = PyTuple::new(py, [self.en_sit.clone(), index.into_object()])?;
        PyTuple::new(py, [self.ty().object().owned(), args.into_object()])
    }

    /// A generic alias, for annotations such as enumerate[int].
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        crate::types::generic_alias::new(py, cls.object(), object)
    }
}
