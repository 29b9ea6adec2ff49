//! The type object of `memoryview`.

use super::{PyMemoryIter, PyMemoryView, flag};
use crate::hash::hash_bytes;
use crate::prelude::*;
use crate::types::PyInt;
use crate::types::bounds::Bound;
use crate::types::buffer::request;
use crate::types::bytes_::ops;
use object::gc;
use std::ptr::null_mut;

/// The memory of an object that exports a buffer, as a sequence.
#[pytype(
    name = "memoryview", order = "release tobytes hex tolist cast toreadonly",
    symbol = "PyMemoryView_Type",
    base = PyVarObject,
    basicsize = std::mem::offset_of!(PyMemoryView, ob_array),
    itemsize = 8,
    weaklistoffset = weakreflist,
    flags(GC, SEQUENCE)
)]
impl PyMemoryView {
    #[slot(tp_new, vectorcall, sig = "(object)")]
    fn py_new(py: Python, cls: &PyTypeObject, object: &PyObject) -> PyResult<Py<PyMemoryView>> {
        let _ = cls;
        PyMemoryView::of(py, object)
    }

    /// A view taken with the given request flags.
    #[classmethod(name = "_from_flags", sig = "(object, flags)")]
    fn from_flags(
        cls: &PyTypeObject,
        py: Python,
        object: &PyObject,
        flags: i32,
    ) -> PyResult<Py<PyMemoryView>> {
        let _ = cls;
        PyMemoryView::of_with(py, object, flags)
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: an object with a GC head whose count is zero.
        unsafe {
            if gc::is_tracked(o) {
                gc::untrack(o);
            }
            let m = (*o).downcast_unchecked::<PyMemoryView>();
            m.drop_hold();
            drop(m.mbuf.take());
            if !m.weakreflist.get().is_null() {
                crate::types::weakref::clear_weakrefs(Python::assume_attached(), &*o);
            }
            gc::free(o, (*o).ty().preheader_size());
        }
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visit: &mut Visitor) {
        self.mbuf.traverse(visit);
    }

    #[slot(tp_clear)]
    fn clear(&self) {
        self.drop_hold();
        drop(self.mbuf.take());
    }

    #[slot(tp_repr)]
    fn repr(&self) -> String {
        let what = if self.flags.get() & flag::RELEASED != 0 { "released memory" } else { "memory" };
        format!("<{what} at {:p}>", self.as_ptr())
    }

    #[slot(tp_hash)]
    fn hash_slot(&self, py: Python) -> PyResult<isize> {
        if self.hash.get() != -1 {
            return Ok(self.hash.get());
        }
        self.check(py)?;
        if self.raw().readonly == 0 {
            return Err(value_error(py, "cannot hash writable memoryview object"));
        }
        if !matches!(super::item::native(self.format()), Some(b'B' | b'b' | b'c')) {
            return Err(value_error(py, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
        }
        // SAFETY: null or the exporter, which the view keeps alive.
        if let Some(owner) = unsafe { self.raw().obj.as_ref() } {
            // The exporter must be hashable itself.
            self.exports.set(self.exports.get() + 1);
            let r = owner.hash(py);
            self.exports.set(self.exports.get() - 1);
            r?;
        }
        let h = hash_bytes(&self.to_vec(py, b'C')?);
        self.hash.set(h);
        Ok(h)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented().owned());
        }
        match self.equals(py, other)? {
            Some(equal) => Ok(py_bool(equal == (op == CompareOp::Eq)).as_object().owned()),
            None => Ok(not_implemented().owned()),
        }
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult<Py<PyMemoryIter>> {
        PyMemoryIter::make(py, self)
    }

    #[slot(sq_length, mp_length)]
    fn length_slot(&self, py: Python) -> PyResult<isize> {
        self.check(py)?;
        match self.shape().first() {
            Some(&n) => Ok(n),
            None => Err(type_error(py, "0-dim memory has no length")),
        }
    }

    #[slot(sq_item)]
    fn item(&self, py: Python, i: isize) -> PyResult {
        self.check(py)?;
        self.get_one(py, i)
    }

    #[slot(mp_subscript)]
    fn subscript(&self, py: Python, key: &PyObject) -> PyResult {
        self.subscript_slot(py, key)
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(&self, py: Python, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        self.assign_slot(py, key, value)
    }

    #[slot(bf_getbuffer)]
    fn get_buffer(&self, py: Python, view: *mut PyBuffer, flags: i32) -> PyResult<()> {
        self.check(py)?;
        self.check_shareable(py)?;
        let asks = |f: i32| flags & f == f;
        let f = self.flags.get();
        let refuse = |text: &str| Err(buffer_error(py, text));
        // SAFETY: the consumer's view; all pointers belong to this object, which the view references.
        unsafe {
            (*view).obj = null_mut();
            if asks(request::WRITABLE) && self.raw().readonly != 0 {
                return refuse("memoryview: underlying buffer is not writable");
            }
            let mut out = PyBuffer { ..*self.raw() };
            if !asks(request::FORMAT) {
                out.format = null_mut();
            }
            if asks(request::C_CONTIGUOUS) && f & (flag::SCALAR | flag::C) == 0 {
                return refuse("memoryview: underlying buffer is not C-contiguous");
            }
            if asks(request::F_CONTIGUOUS) && f & (flag::SCALAR | flag::FORTRAN) == 0 {
                return refuse("memoryview: underlying buffer is not Fortran contiguous");
            }
            if asks(request::ANY_CONTIGUOUS) && f & (flag::SCALAR | flag::C | flag::FORTRAN) == 0 {
                return refuse("memoryview: underlying buffer is not contiguous");
            }
            if !asks(request::INDIRECT) && f & flag::PIL != 0 {
                return refuse("memoryview: underlying buffer requires suboffsets");
            }
            if !asks(request::STRIDES) {
                if f & (flag::SCALAR | flag::C) == 0 {
                    return refuse("memoryview: underlying buffer is not C-contiguous");
                }
                out.strides = null_mut();
            }
            if !asks(request::ND) {
                if !out.format.is_null() {
                    return refuse("memoryview: cannot cast to unsigned bytes if the format flag is present");
                }
                out.ndim = 1;
                out.shape = null_mut();
            }
            out.obj = self.as_object().owned().into_raw();
            view.write(out);
        }
        self.exports.set(self.exports.get() + 1);
        Ok(())
    }

    #[slot(bf_releasebuffer)]
    fn release_buffer(&self, _view: *mut PyBuffer) {
        self.exports.set(self.exports.get() - 1);
    }

    /// Gives the memory back before the view dies.
    #[pymethod(name = "release")]
    fn py_release(&self, py: Python) -> PyResult<()> {
        self.release(py)
    }

    /// A copy of the memory as bytes, in C or Fortran order; 'A' keeps the memory's own order.
    #[pymethod(sig = "(order=<unrepresentable>)", text = "($self, /, order='C')")]
    fn tobytes(&self, py: Python, order: Option<&PyObject>) -> PyResult<Py<PyBytes>> {
        let order = match order {
            None => b'C',
            Some(o) if o.is_none() => b'C',
            Some(o) => match o.downcast::<PyStr>().map(|s| s.to_string_lossy()).as_deref() {
                Some("C") => b'C',
                Some("F") => b'F',
                Some("A") => b'A',
                Some(_) => return Err(value_error(py, "order must be 'C', 'F' or 'A'")),
                None => {
                    return Err(type_error(
                        py,
                        format!("tobytes() argument 'order' must be str or None, not {}", tp_name(o)),
                    ));
                }
            },
        };
        self.check(py)?;
        PyBytes::new(py, &self.to_vec(py, order)?)
    }

    /// The memory as hexadecimal digits.
    ///
    /// sep is put between groups of bytes_per_sep bytes, counted from the right, or from the left if it is negative.
    #[pymethod(sig = "(sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hex(&self, py: Python, sep: Option<&PyObject>, bytes_per_sep: i32) -> PyResult<Py<PyStr>> {
        self.check(py)?;
        let bytes = self.to_vec(py, b'C')?;
        // The separator's length may be asked for: the memory must not be given back meanwhile.
        self.exports.set(self.exports.get() + 1);
        let text = ops::hex(py, &bytes, sep, bytes_per_sep);
        self.exports.set(self.exports.get() - 1);
        text
    }

    /// The items as a list, nested for several dimensions.
    #[pymethod]
    fn tolist(&self, py: Python) -> PyResult {
        self.check(py)?;
        self.items(py)
    }

    /// The same memory with items of another format, or in another shape.
    #[pymethod(sig = "(format, shape=<unrepresentable>)")]
    fn cast(&self, py: Python, format: &PyStr, shape: Option<&PyObject>) -> PyResult<Py<PyMemoryView>> {
        self.check(py)?;
        self.check_shareable(py)?;
        self.cast_to(py, format, shape)
    }

    /// The same memory, read-only.
    #[pymethod]
    fn toreadonly(&self, py: Python) -> PyResult<Py<PyMemoryView>> {
        self.check(py)?;
        let made = self.sibling(py)?;
        // SAFETY: the new view is seen by nobody yet.
        unsafe { (*made.view.get()).readonly = 1 };
        Ok(made)
    }

    /// How many items equal value.
    #[pymethod]
    fn count(&self, py: Python, value: &PyObject) -> PyResult<usize> {
        let it = PyMemoryIter::make(py, self)?;
        let mut n = 0;
        while let Some(o) = it.as_object().iter_next(py)? {
            if o.compare_bool(py, value, CompareOp::Eq)? {
                n += 1;
            }
        }
        Ok(n)
    }

    /// Position of the first item that equals value in self[start:stop]. ValueError if there is none.
    #[pymethod(
        sig = "(value, start=<unrepresentable>, stop=<unrepresentable>, /)",
        text = "($self, value, start=0, stop=sys.maxsize, /)"
    )]
    fn index(
        &self,
        py: Python,
        value: &PyObject,
        start: Option<Bound>,
        stop: Option<Bound>,
    ) -> PyResult<isize> {
        self.check(py)?;
        match self.ndim() {
            0 => return Err(type_error(py, "invalid lookup on 0-dim memory")),
            1 => {}
            _ => return Err(not_implemented_error(py, "multi-dimensional lookup is not implemented")),
        }
        let n = self.shape().first().copied().unwrap_or(0);
        let fit = |i: isize| if i < 0 { (i.saturating_add(n)).max(0) } else { i };
        let (start, stop) = (fit(start.map_or(0, |s| s.0)), fit(stop.map_or(isize::MAX, |s| s.0)).min(n));
        for i in start..stop {
            self.check(py)?;
            if self.get_one(py, i)?.compare_bool(py, value, CompareOp::Eq)? {
                return Ok(i);
            }
        }
        Err(value_error(py, "memoryview.index(x): x not found"))
    }

    #[pymethod(name = "__enter__")]
    fn enter(&self, py: Python) -> PyResult<Py<PyMemoryView>> {
        self.check(py)?;
        Ok(self.owned())
    }

    /// Gives the memory back.
    #[pymethod(name = "__exit__", sig = "(*exc_info)", text = "($self, /, *exc_info)")]
    fn exit(&self, py: Python, exc_info: &[&PyObject]) -> PyResult<()> {
        let _ = exc_info;
        self.release(py)
    }

    /// See PEP 585.
    #[classmethod(name = "__class_getitem__")]
    fn class_getitem(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        crate::types::generic_alias::new(py, cls.object(), object)
    }

    /// The object whose memory it is.
    #[getter]
    fn obj(&self, py: Python) -> PyResult {
        self.check(py)?;
        // SAFETY: null or the exporter, which the view keeps alive.
        Ok(unsafe { self.raw().obj.as_ref() }.unwrap_or(none()).owned())
    }

    /// Bytes of the memory.
    #[getter]
    fn nbytes(&self, py: Python) -> PyResult<isize> {
        self.check(py)?;
        Ok(self.raw().len)
    }

    /// Is the memory read-only?
    #[getter]
    fn readonly(&self, py: Python) -> PyResult<bool> {
        self.check(py)?;
        Ok(self.raw().readonly != 0)
    }

    /// Bytes of an item.
    #[getter]
    fn itemsize(&self, py: Python) -> PyResult<isize> {
        self.check(py)?;
        Ok(self.raw().itemsize)
    }

    /// The format of an item, as in the struct module.
    #[getter(name = "format")]
    fn py_format(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.check(py)?;
        PyStr::new(py, &String::from_utf8_lossy(self.format()))
    }

    /// Number of dimensions.
    #[getter(name = "ndim")]
    fn py_ndim(&self, py: Python) -> PyResult<usize> {
        self.check(py)?;
        Ok(self.ndim())
    }

    /// Lengths of the dimensions.
    #[getter(name = "shape")]
    fn py_shape(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.check(py)?;
        tuple_of(py, self.shape())
    }

    /// Distances in bytes between the items of each dimension.
    #[getter(name = "strides")]
    fn py_strides(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.check(py)?;
        tuple_of(py, self.strides())
    }

    /// For arrays of pointers: offsets after following them.
    #[getter]
    fn suboffsets(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.check(py)?;
        let p = self.raw().suboffsets;
        // SAFETY: null or `ndim` entries.
        tuple_of(py, if p.is_null() { &[] } else { unsafe { std::slice::from_raw_parts(p, self.ndim()) } })
    }

    /// Is the memory contiguous in C order?
    #[getter]
    fn c_contiguous(&self, py: Python) -> PyResult<bool> {
        self.check(py)?;
        Ok(self.is_c_contiguous())
    }

    /// Is the memory contiguous in Fortran order?
    #[getter]
    fn f_contiguous(&self, py: Python) -> PyResult<bool> {
        self.check(py)?;
        Ok(self.flags.get() & (flag::SCALAR | flag::FORTRAN) != 0)
    }

    /// Is the memory contiguous in either order?
    #[getter]
    fn contiguous(&self, py: Python) -> PyResult<bool> {
        self.check(py)?;
        Ok(self.flags.get() & (flag::SCALAR | flag::C | flag::FORTRAN) != 0)
    }
}

fn tuple_of(py: Python, values: &[isize]) -> PyResult<Py<PyTuple>> {
    let items: PyResult<Vec<Py>> =
        values.iter().map(|&v| Ok(PyInt::from_i64(py, v as i64)?.into_object())).collect();
    PyTuple::new(py, items?)
}
