//! The methods of `array.array`.

use super::{PyArray, pickle};
use crate::system::text;
use runtime::prelude::*;
use runtime::types::bounds::SliceIndex;

/// Bytes written or read at a time.
const BLOCK: usize = 64 * 1024;

/// array(typecode [, initializer]) -> array
///
/// A sequence of items of one basic type, which the type code names:
///
///     code  items                   bytes at least
///     'b'   signed integer          1
///     'B'   unsigned integer        1
///     'u'   character (deprecated)  2
///     'w'   character               4
///     'h'   signed integer          2
///     'H'   unsigned integer        2
///     'i'   signed integer          2
///     'I'   unsigned integer        2
///     'l'   signed integer          4
///     'L'   unsigned integer        4
///     'q'   signed integer          8
///     'Q'   unsigned integer        8
///     'f'   floating point          4
///     'd'   floating point          8
///
/// The initializer is a list, a bytes-like object, a string for an array of characters, or an iterable of
/// suitable items.
#[pytype(
    name = "array",
    module = "array",
    base = PyVarObject,
    flags(BASETYPE, SEQUENCE, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    weaklistoffset = weakreflist,
    parts(sequence),
    nosig
)]
impl PyArray {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyArray>> {
        PyArray::create(py, cls, args, kwargs)
    }

    /// The character of the item type.
    #[getter]
    fn typecode(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::from_char(py, self.ob_descr.letter() as u32)
    }

    /// Bytes of an item.
    #[getter]
    fn itemsize(&self) -> usize {
        self.item_size()
    }

    /// A copy of the array.
    #[pymethod(name = "__copy__")]
    fn copy(&self, py: Python) -> PyResult<Py<PyArray>> {
        PyArray::plain(py, self.ob_descr, &self.copied())
    }

    /// A copy of the array.
    #[pymethod(name = "__deepcopy__")]
    fn deepcopy(&self, py: Python, unused: &PyObject) -> PyResult<Py<PyArray>> {
        let _ = unused;
        self.copy(py)
    }

    /// How often v occurs.
    #[pymethod]
    fn count(&self, py: Python, v: &PyObject) -> PyResult<usize> {
        let (mut i, mut n) = (0, 0);
        while let Some(o) = self.get(py, i)? {
            n += o.compare_bool(py, v, CompareOp::Eq)? as usize;
            i += 1;
        }
        Ok(n)
    }

    /// Index of the first occurrence of v. ValueError if there is none.
    #[pymethod(
        sig = "(v, start=0, stop=<unrepresentable>, /)",
        text = "($self, v, start=0, stop=sys.maxsize, /)"
    )]
    fn index(
        &self,
        py: Python,
        v: &PyObject,
        start: Option<SliceIndex>,
        stop: Option<SliceIndex>,
    ) -> PyResult<usize> {
        let n = self.len() as isize;
        let fit = |i: isize| if i < 0 { i.saturating_add(n).max(0) } else { i };
        let stop = stop.map_or(isize::MAX, |s| fit(s.0));
        let mut i = start.map_or(0, |s| fit(s.0));
        while i < stop {
            let Some(o) = self.get(py, i as usize)? else { break };
            if o.compare_bool(py, v, CompareOp::Eq)? {
                return Ok(i as usize);
            }
            i += 1;
        }
        Err(value_error(py, "array.index(x): x not in array"))
    }

    /// Removes the first occurrence of v.
    #[pymethod]
    fn remove(&self, py: Python, v: &PyObject) -> PyResult<()> {
        let mut i = 0;
        while let Some(o) = self.get(py, i)? {
            if o.compare_bool(py, v, CompareOp::Eq)? {
                return self.splice(py, i, i + 1, &[]);
            }
            i += 1;
        }
        Err(value_error(py, "array.remove(x): x not in array"))
    }

    /// Removes the item at index i, by default the last, and returns it.
    #[pymethod(sig = "(i=-1, /)")]
    fn pop(&self, py: Python, i: isize) -> PyResult {
        let n = self.len() as isize;
        if n == 0 {
            return Err(index_error(py, "pop from empty array"));
        }
        let at = if i < 0 { i.saturating_add(n) } else { i };
        let Some(at) = usize::try_from(at).ok().filter(|&i| i < n as usize) else {
            return Err(index_error(py, "pop index out of range"));
        };
        let Some(item) = self.get(py, at)? else { return Err(index_error(py, "pop index out of range")) };
        self.splice(py, at, at + 1, &[])?;
        Ok(item)
    }

    /// Appends the items of an array or an iterable.
    #[pymethod]
    fn extend(&self, py: Python, bb: &PyObject) -> PyResult<()> {
        match bb.downcast::<PyArray>() {
            Some(a) => self.extend_array(py, a),
            None => self.extend_iter(py, bb),
        }
    }

    /// Inserts v before index i.
    #[pymethod]
    fn insert(&self, py: Python, i: isize, v: &PyObject) -> PyResult<()> {
        let item = self.ob_descr.store(py, v)?;
        let n = self.len() as isize;
        let at = if i < 0 { i.saturating_add(n).max(0) } else { i.min(n) } as usize;
        let size = self.item_size();
        self.splice(py, at, at, item.get(..size).unwrap_or_default())
    }

    /// Address of the items' memory, and their number.
    #[pymethod]
    fn buffer_info(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let address = PyInt::from_usize(py, self.ob_item.get() as usize)?.into_object();
        PyTuple::new(py, [address, PyInt::from_usize(py, self.len())?.into_object()])
    }

    /// Appends v.
    #[pymethod]
    fn append(&self, py: Python, v: &PyObject) -> PyResult<()> {
        self.push(py, v)
    }

    /// Reverses the order of the bytes of every item of 2, 4 or 8 bytes.
    #[pymethod]
    fn byteswap(&self) {
        let size = self.item_size();
        // SAFETY: no code runs meanwhile.
        unsafe { self.bytes_mut() }.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }

    /// Reverses the order of the items.
    #[pymethod]
    fn reverse(&self) {
        let size = self.item_size();
        // SAFETY: no code runs meanwhile.
        let bytes = unsafe { self.bytes_mut() };
        // The whole backwards, then each item the right way round.
        bytes.reverse();
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }

    /// Removes all items.
    #[pymethod]
    fn clear(&self, py: Python) -> PyResult<()> {
        self.resize(py, 0)
    }

    /// Reads n items from the binary file f.
    #[pymethod]
    fn fromfile(&self, py: Python, f: &PyObject, n: isize) -> PyResult<()> {
        let Ok(n) = usize::try_from(n) else { return Err(value_error(py, "negative count")) };
        let wanted = n.checked_mul(self.item_size()).filter(|&b| b <= isize::MAX as usize);
        let wanted = wanted.ok_or_else(|| memory_error(py))?;
        let data = f.call_method1(py, intern!(py, "read"), &*PyInt::from_usize(py, wanted)?)?;
        let Some(b) = data.downcast::<PyBytes>() else {
            return Err(type_error(py, "read() didn't return bytes"));
        };
        self.take_bytes(py, b.as_bytes())?;
        if b.as_bytes().len() != wanted {
            return Err(eof_error(py, "read() didn't return enough bytes"));
        }
        Ok(())
    }

    /// Writes all items to the binary file f.
    #[pymethod]
    fn tofile(&self, py: Python, f: &PyObject) -> PyResult<()> {
        let mut at = 0;
        loop {
            // Writing runs Python code: the bytes are looked up anew for each block.
            // SAFETY: copied into an object at once.
            let block = match unsafe { self.bytes() }.get(at..) {
                Some(rest) if !rest.is_empty() => PyBytes::new(py, rest.get(..BLOCK).unwrap_or(rest))?,
                _ => return Ok(()),
            };
            at += BLOCK;
            f.call_method1(py, intern!(py, "write"), &block)?;
        }
    }

    /// Appends the items of a list; an item that does not fit leaves the array as it was.
    #[pymethod]
    fn fromlist(&self, py: Python, list: &PyObject) -> PyResult<()> {
        let Some(l) = list.downcast::<PyList>() else { return Err(type_error(py, "arg must be list")) };
        let (n, old) = (l.len(), self.len());
        if n == 0 {
            return Ok(());
        }
        self.resize(py, old.saturating_add(n))?;
        for i in 0..n {
            let stored = match l.get(i) {
                Some(o) => self.ob_descr.store(py, &o),
                None => Err(index_error(py, "list index out of range")),
            };
            match stored {
                Ok(item) => {
                    self.put(old + i, item);
                }
                Err(e) => {
                    let exc = fetch(py, e);
                    if let Err(e) = self.resize(py, old) {
                        drop(fetch(py, e));
                    }
                    return Err(raise_object(py, exc));
                }
            }
            if n != l.len() {
                self.resize(py, old)?;
                return Err(runtime_error(py, "list changed size during iteration"));
            }
        }
        Ok(())
    }

    /// A list of the items.
    #[pymethod]
    fn tolist(&self, py: Python) -> PyResult<Py<PyList>> {
        self.list(py)
    }

    /// Appends the items whose machine values are in a bytes-like object.
    #[pymethod]
    fn frombytes(&self, py: Python, buffer: &PyObject) -> PyResult<()> {
        let view = buffer::Buffer::get_simple(py, buffer)?;
        if view.raw().itemsize != 1 {
            return Err(type_error(py, "a bytes-like object is required"));
        }
        if view.len() % self.item_size() != 0 {
            return Err(value_error(py, "bytes length not a multiple of item size"));
        }
        let bytes = view.as_slice().to_vec();
        // A view of this very array forbids resizing.
        let result = self.push_more(py, &bytes);
        drop(view);
        result
    }

    /// The items' machine values.
    #[pymethod]
    fn tobytes(&self, py: Python) -> PyResult<Py<PyBytes>> {
        // SAFETY: copied at once.
        PyBytes::new(py, unsafe { self.bytes() })
    }

    /// Appends the characters of a string to an array of characters.
    #[pymethod]
    fn fromunicode(&self, py: Python, ustr: &PyStr) -> PyResult<()> {
        if !self.is_text() {
            let text = "fromunicode() may only be called on unicode type arrays ('u' or 'w')";
            return Err(value_error(py, text));
        }
        self.push_text(py, ustr)
    }

    /// The string of an array of characters.
    #[pymethod]
    fn tounicode(&self, py: Python) -> PyResult<Py<PyStr>> {
        if !self.is_text() {
            let text = "tounicode() may only be called on unicode type arrays ('u' or 'w')";
            return Err(value_error(py, text));
        }
        self.text(py)
    }

    /// State for pickling.
    #[pymethod]
    fn __reduce_ex__(&self, py: Python, value: &PyObject) -> PyResult<Py<PyTuple>> {
        let Some(protocol) = value.downcast::<PyInt>() else {
            return Err(type_error(py, "__reduce_ex__ argument should be an integer"));
        };
        let protocol = protocol.to_i64(py)?;
        let dict = self.getattr_opt(py, intern!(py, "__dict__"))?.unwrap_or_else(|| none().owned());
        let cls = self.ty().as_object().owned();
        let code = text(py, &(self.ob_descr.letter() as char).to_string())?;
        if protocol < 3 {
            let items =
                if self.is_text() { self.text(py)?.into_object() } else { self.list(py)?.into_object() };
            let args = PyTuple::new(py, [code, items])?.into_object();
            return PyTuple::new(py, [cls, args, dict]);
        }
        let make = runtime::import::import_attr(py, "array", "_array_reconstructor")?;
        let format = PyInt::from_i64(py, pickle::format_of(self.ob_descr) as i64)?.into_object();
        let args = PyTuple::new(py, [cls, code, format, self.tobytes(py)?.into_object()])?.into_object();
        PyTuple::new(py, [make, args, dict])
    }

    /// Size in memory, in bytes.
    #[pymethod]
    fn __sizeof__(&self) -> usize {
        self.ty().tp_basicsize.get() as usize + self.allocated.get() as usize * self.item_size()
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        runtime::types::generic_alias::new(py, cls.as_object(), object)
    }
}
