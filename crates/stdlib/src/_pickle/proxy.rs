//! Memos as Python code sees them.

use super::pickler::PyPickler;
use super::unpickler::PyUnpickler;
use runtime::prelude::*;

/// The memo of a pickler.
#[repr(C)]
#[derive(Traverse)]
pub struct PyPicklerMemo {
    pub ob_base: PyObject,
    pub pickler: Py<PyPickler>,
}

fn reduced(py: Python, contents: Py<PyDict>) -> PyResult<Py<PyTuple>> {
    let args = PyTuple::new(py, [contents.into_object()])?;
    PyTuple::new(py, [PyDict::type_object().as_object().owned(), args.into_object()])
}

#[pytype(name = "PicklerMemoProxy", module = "_pickle", flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE), nosig)]
impl PyPicklerMemo {
    pub fn make(py: Python, pickler: &PyPickler) -> PyResult<Py<PyPicklerMemo>> {
        let ty = PyPicklerMemo::type_object();
        new_object(py, ty, PyPicklerMemo { ob_base: PyObject::header(ty), pickler: pickler.owned() })
    }

    /// Removes all items.
    #[pymethod]
    fn clear(&self) {
        self.pickler.forget();
    }

    /// The memo as a dict of new tuples (number, object), by id.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult<Py<PyDict>> {
        let entries: Vec<(Py, usize)> = self.pickler.memo.borrow().entries().to_vec();
        let d = PyDict::new(py)?;
        for (o, number) in entries {
            let id = PyInt::from_usize(py, o.as_ptr() as usize)?;
            let number = PyInt::from_usize(py, number)?.into_object();
            d.set_item(py, &id, &*PyTuple::new(py, [number, o])?)?;
        }
        Ok(d)
    }

    /// For pickling.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        reduced(py, self.copy(py)?)
    }
}

/// The memo of an unpickler.
#[repr(C)]
#[derive(Traverse)]
pub struct PyUnpicklerMemo {
    pub ob_base: PyObject,
    pub unpickler: Py<PyUnpickler>,
}

#[pytype(
    name = "UnpicklerMemoProxy",
    module = "_pickle",
    flags(BASETYPE, GC, HEAPTYPE, IMMUTABLETYPE),
    nosig
)]
impl PyUnpicklerMemo {
    pub fn make(py: Python, unpickler: &PyUnpickler) -> PyResult<Py<PyUnpicklerMemo>> {
        let ty = PyUnpicklerMemo::type_object();
        new_object(py, ty, PyUnpicklerMemo { ob_base: PyObject::header(ty), unpickler: unpickler.owned() })
    }

    /// Removes all items.
    #[pymethod]
    fn clear(&self) {
        self.unpickler.forget();
    }

    /// The memo as a dict of objects by number.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult<Py<PyDict>> {
        let items = self.unpickler.memo.borrow().items();
        let d = PyDict::new(py)?;
        for (number, o) in items {
            d.set_item(py, &*PyInt::from_usize(py, number)?, &o)?;
        }
        Ok(d)
    }

    /// For pickling.
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        reduced(py, self.copy(py)?)
    }
}
