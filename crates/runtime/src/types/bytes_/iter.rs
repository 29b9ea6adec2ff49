//! Iterators over `bytes` and `bytearray`.

use super::PyBytes;
use crate::prelude::*;
use crate::types::PyInt;
use crate::types::iter::builtin_iter;

macro_rules! iterator {
    ($t:ident, $of:ident, $symbol:literal, $name:literal, $get:expr) => {
        #[doc = concat!("Iterator over `", stringify!($of), "`.")]
        #[repr(C)]
        #[derive(Traverse)]
        pub struct $t {
            pub ob_base: PyObject,
            index: Cell<isize>,
            /// Empty once exhausted.
            source: Slot<$of>,
        }

        #[pytype(name = $name, symbol = $symbol, flags(GC))]
        impl $t {
            pub(crate) fn make(py: Python, s: &$of) -> PyResult {
                let ty = $t::type_object();
                let value = $t {
                    ob_base: PyObject::header(ty),
                    index: Cell::new(0),
                    source: Slot::new(Some(s.owned())),
                };
                Ok(new_object(py, ty, value)?.into_object())
            }

            #[slot(tp_iter)]
            fn iter(&self) -> Py<$t> {
                self.owned()
            }

            #[slot(tp_iternext)]
            fn next(&self, py: Python) -> PyResult<Option<Py<PyInt>>> {
                // SAFETY: nothing runs that could change the slot while the byte is read.
                let Some(s) = (unsafe { self.source.get() }) else { return Ok(None) };
                let i = self.index.get();
                let byte: Option<u8> = ($get)(s, i as usize);
                match byte {
                    Some(b) => {
                        self.index.set(i + 1);
                        PyInt::from_i64(py, b as i64).map(Some)
                    }
                    None => {
                        self.source.set(None);
                        Ok(None)
                    }
                }
            }

            /// How many bytes are left.
            #[pymethod(name = "__length_hint__")]
            fn length_hint(&self) -> usize {
                let n = self.source.get_owned().map_or(0, |s| s.len());
                n.saturating_sub(self.index.get() as usize)
            }

            /// State for pickling.
            #[pymethod(name = "__reduce__")]
            fn reduce(&self, py: Python) -> PyResult<Py<PyTuple>> {
                let builtin = builtin_iter(py)?;
                match self.source.get_owned() {
                    Some(s) => {
                        let args = PyTuple::new(py, [s.into_object()])?.into_object();
                        let index = PyInt::from_i64(py, self.index.get() as i64)?.into_object();
                        PyTuple::new(py, [builtin, args, index])
                    }
                    None => {
                        let args = PyTuple::new(py, [PyTuple::empty(py).owned().into_object()])?;
                        PyTuple::new(py, [builtin, args.into_object()])
                    }
                }
            }

            /// Sets the state from pickling.
            #[pymethod(name = "__setstate__")]
            fn setstate(&self, py: Python, object: &PyObject) -> PyResult<()> {
                let i = object.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type))?;
                if let Some(s) = self.source.get_owned() {
                    self.index.set(i.clamp(0, s.len() as isize));
                }
                Ok(())
            }
        }
    };
}

iterator!(PyBytesIter, PyBytes, "PyBytesIter_Type", "bytes_iterator", |s: &PyBytes, i: usize| s
    .as_bytes()
    .get(i)
    .copied());
iterator!(
    PyByteArrayIter,
    PyByteArray,
    "PyByteArrayIter_Type",
    "bytearray_iterator",
    // SAFETY: read at once.
    |s: &PyByteArray, i: usize| unsafe { s.as_bytes() }.get(i).copied()
);
