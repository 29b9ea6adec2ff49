//! Iterators over strings: one for ASCII, one for all others.

use super::{PyStr, statics};
use crate::prelude::*;
use crate::types::PyInt;

macro_rules! iterator {
    ($t:ident, $symbol:literal, $name:literal, $doc:literal, |$py:ident, $s:ident, $i:ident| $item:expr) => {
        #[doc = $doc]
        #[repr(C)]
        #[derive(Traverse)]
        pub struct $t {
            pub ob_base: PyObject,
            index: Cell<isize>,
            /// Empty once exhausted.
            string: Slot<PyStr>,
        }

        #[pytype(name = $name, symbol = $symbol, flags(GC))]
        impl $t {
            fn make(py: Python, s: &PyStr) -> PyResult {
                let ty = $t::type_object();
                let value = $t {
                    ob_base: PyObject::header(ty),
                    index: Cell::new(0),
                    string: Slot::new(Some(s.owned())),
                };
                Ok(new_object(py, ty, value)?.into_object())
            }

            #[slot(tp_iter)]
            fn iter(&self) -> Py<$t> {
                self.owned()
            }

            #[slot(tp_iternext)]
            fn next(&self, $py: Python) -> PyResult<Option<Py<PyStr>>> {
                // SAFETY: nothing runs that could change the slot while the string is looked at.
                let Some($s) = (unsafe { self.string.get() }) else { return Ok(None) };
                let $i = self.index.get() as usize;
                if $i < $s.len() {
                    self.index.set($i as isize + 1);
                    return $item.map(Some);
                }
                self.string.set(None);
                Ok(None)
            }

            /// How many characters are left.
            #[pymethod(name = "__length_hint__")]
            fn length_hint(&self) -> usize {
                let n = self.string.get_owned().map_or(0, |s| s.len());
                n.saturating_sub(self.index.get() as usize)
            }

            /// State for pickling.
            #[pymethod(name = "__reduce__")]
            fn reduce(&self, py: Python) -> PyResult<Py<PyTuple>> {
                // Looking up the builtin can run code that exhausts this iterator: it comes first.
                let function = crate::types::iter::builtin_iter(py)?;
                reduce(py, function, self.string.get_owned(), self.index.get())
            }

            /// Sets the state from pickling.
            #[pymethod(name = "__setstate__")]
            fn setstate(&self, py: Python, object: &PyObject) -> PyResult<()> {
                let i = object.index_isize(py, Some(&exceptions::PyExc_OverflowError_Type))?;
                if let Some(s) = self.string.get_owned() {
                    self.index.set(i.clamp(0, s.length.get()));
                }
                Ok(())
            }
        }
    };
}

iterator!(PyStrIter, "PyUnicodeIter_Type", "str_iterator", "Iterator over a string.", |py, s, i| {
    PyStr::from_char(py, s.char_at(i))
});
iterator!(
    PyAsciiIter,
    "_PyUnicodeASCIIIter_Type",
    "str_ascii_iterator",
    "Iterator over an ASCII string.",
    |py, s, i| {
        let _ = py;
        Ok::<_, Raised>(statics::latin1(s.raw_bytes().get(i).copied().unwrap_or(0)).owned_str())
    }
);

fn reduce(py: Python, builtin: Py, s: Option<Py<PyStr>>, index: isize) -> PyResult<Py<PyTuple>> {
    match s {
        Some(s) => {
            let args = PyTuple::new(py, [s.into_object()])?;
            let index = PyInt::from_i64(py, index as i64)?;
            PyTuple::new(py, [builtin, args.into_object(), index.into_object()])
        }
        None => {
            let args = PyTuple::new(py, [statics::empty().owned_str().into_object()])?;
            PyTuple::new(py, [builtin, args.into_object()])
        }
    }
}

/// `iter(s)`.
pub fn iter(py: Python, s: &PyStr) -> PyResult {
    if s.is_ascii() { PyAsciiIter::make(py, s) } else { PyStrIter::make(py, s) }
}
