//! The iterator of a future: what `await` runs.

use super::future::{PyFuture, Status};
use runtime::glue::SendResult;
use runtime::prelude::*;
use runtime::types::exceptions::*;

/// `_asyncio.FutureIter`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyFutureIter {
    pub ob_base: PyObject,
    future: Slot<PyFuture>,
}

impl PyFutureIter {
    pub fn make(py: Python, f: &PyFuture) -> PyResult<Py<PyFutureIter>> {
        let ty = PyFutureIter::type_object();
        new_object(py, ty, PyFutureIter { ob_base: PyObject::header(ty), future: Slot::new(Some(f.owned())) })
    }

    /// The future itself while it is pending, then its result.
    fn step(&self, py: Python) -> PyResult<Option<SendResult>> {
        let Some(f) = self.future.get_owned() else { return Ok(None) };
        if f.status.get() == Status::Pending {
            if !f.blocking.replace(true) {
                return Ok(Some(SendResult::Yielded(f.into_object())));
            }
            return Err(runtime_error(py, "await wasn't used with future"));
        }
        Ok(Some(SendResult::Returned(f.value(py)?)))
    }
}

#[pytype(
    name = "FutureIter",
    module = "_asyncio",
    flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    nosig
)]
impl PyFutureIter {
    #[slot(tp_iter)]
    fn iter(&self) -> Py<PyFutureIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        match self.step(py)? {
            Some(SendResult::Yielded(v)) => Ok(Some(v)),
            Some(SendResult::Returned(v)) => Err(stop_iteration(py, &v)),
            None => Ok(None),
        }
    }

    #[slot(am_send)]
    fn am_send(&self, py: Python, _value: &PyObject) -> PyResult<SendResult> {
        match self.step(py)? {
            Some(r) => Ok(r),
            None => Ok(SendResult::Returned(none().owned())),
        }
    }

    /// The same as next(): the value is not used.
    #[pymethod(nosig, text = "($self, object, /)")]
    fn send(&self, py: Python, _object: &PyObject) -> PyResult {
        match self.next(py)? {
            Some(v) => Ok(v),
            None => Err(raise_with(py, &PyExc_StopIteration_Type, none())),
        }
    }

    /// Raises an exception, and forgets the future.
    #[pymethod(raw, nosig)]
    fn throw(&self, py: Python, args: &[&PyObject]) -> PyResult {
        let (kind, value, tb) = match *args {
            [k] => (k, none(), none()),
            [k, v] => (k, v, none()),
            [k, v, t] => (k, v, t),
            _ => {
                let n = args.len();
                let bound = if n == 0 { "at least 1 argument" } else { "at most 3 arguments" };
                return Err(type_error(py, format!("throw expected {bound}, got {n}")));
            }
        };
        if args.len() > 1 {
            let text = "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.";
            warn(py, &PyExc_DeprecationWarning_Type, text, 1)?;
        }
        if !tb.is_none() && !PyTraceback::check(tb) {
            return Err(type_error(py, "throw() third argument must be a traceback"));
        }
        let exc = if let Some(class) =
            kind.downcast::<PyTypeObject>().filter(|c| c.is_subtype(&PyExc_BaseException_Type))
        {
            match value.downcast::<PyBaseException>() {
                Some(e) if e.ty().is_subtype(class) => e.owned(),
                _ => {
                    let e = raise_with(py, class, value);
                    fetch(py, e)
                }
            }
        } else if let Some(e) = kind.downcast::<PyBaseException>() {
            if !value.is_none() {
                return Err(type_error(py, "instance exception may not have a separate value"));
            }
            e.owned()
        } else {
            let text = "exceptions must be classes deriving BaseException or instances of such a class";
            return Err(type_error(py, text));
        };
        if !tb.is_none() {
            exc.traceback.set(Some(tb.owned()));
        }
        self.future.set(None);
        Err(raise_object(py, exc))
    }

    /// Forgets the future.
    #[pymethod]
    fn close(&self) {
        self.future.set(None);
    }
}
