//! `array.array` as a sequence: subscripts, comparison, arithmetic, the buffer.

use super::iter::PyArrayIter;
use super::{Kind, PyArray};
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::types::bounds;
use runtime::types::exceptions::PyExc_IndexError_Type;
use std::cmp::Ordering;

fn not_array(py: Python, doing: &str, o: &PyObject) -> Raised {
    type_error(py, format!("can only {doing} (not \"{}\") to array", tp_name(o)))
}

/// The error of a C function whose arguments are of the wrong type.
fn bad_argument(py: Python) -> Raised {
    type_error(py, "bad argument type for built-in operation")
}

impl PyArray {
    fn position(&self, py: Python, key: &PyObject) -> PyResult<Option<usize>> {
        let i = key.index_isize(py, Some(&PyExc_IndexError_Type))?;
        let n = self.len() as isize;
        let i = if i < 0 { i + n } else { i };
        Ok(usize::try_from(i).ok().filter(|&i| i < n as usize))
    }

    fn assign_slice(&self, py: Python, slice: &PySlice, value: Option<&PyObject>) -> PyResult<()> {
        let range = bounds::unpack(py, slice)?;
        let with = match value {
            None => Vec::new(),
            Some(o) => match o.downcast::<PyArray>() {
                Some(a) if std::ptr::eq(a.ob_descr, self.ob_descr) => a.copied(),
                Some(_) => return Err(bad_argument(py)),
                None => {
                    let text = format!("can only assign array (not \"{}\") to array slice", tp_name(o));
                    return Err(type_error(py, text));
                }
            },
        };
        let size = self.item_size();
        let needed = with.len() / size;
        let s = bounds::adjust(range, self.len());
        let stop = if (s.step < 0 && s.start < s.stop) || (s.step > 0 && s.start > s.stop) {
            s.start
        } else {
            s.stop
        };
        if needed == 0 || s.count != needed {
            self.check_exports(py)?;
        }
        if s.step == 1 {
            return self.splice(py, s.start.max(0) as usize, stop.max(0) as usize, &with);
        }
        if needed == 0 {
            let mut gone: Vec<usize> = s.positions().collect();
            gone.sort_unstable();
            let mut gone = gone.into_iter().peekable();
            let mut kept = Vec::with_capacity(self.len().saturating_sub(s.count) * size);
            for (i, item) in self.copied().chunks_exact(size).enumerate() {
                if gone.peek() == Some(&i) {
                    gone.next();
                } else {
                    kept.extend_from_slice(item);
                }
            }
            return self.splice(py, 0, usize::MAX, &kept);
        }
        if s.count != needed {
            let text =
                format!("attempt to assign array of size {needed} to extended slice of size {}", s.count);
            return Err(value_error(py, text));
        }
        for (i, item) in s.positions().zip(with.chunks_exact(size)) {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(item) {
                *to = *from;
            }
            self.put(i, word);
        }
        Ok(())
    }

    fn repeated(&self, py: Python, n: isize) -> PyResult<Vec<u8>> {
        let bytes = self.copied();
        let n = n.max(0) as usize;
        let total = bytes.len().checked_mul(n).filter(|&t| t <= isize::MAX as usize);
        let mut out = Vec::new();
        match total {
            Some(t) if out.try_reserve_exact(t).is_ok() => {}
            _ => return Err(memory_error(py)),
        }
        for _ in 0..n {
            out.extend_from_slice(&bytes);
        }
        Ok(out)
    }

    /// The order of the first items that differ; `None` if there are none. Numbers of one type need no objects.
    fn first_difference(&self, py: Python, other: &PyArray, op: CompareOp) -> PyResult<Option<PyResult>> {
        let same = std::ptr::eq(self.ob_descr, other.ob_descr);
        let mut i = 0;
        while i < self.len() && i < other.len() {
            if same
                && self.ob_descr.kind != Kind::Float
                && let (Some(a), Some(b)) = (self.item_bytes(i), other.item_bytes(i))
                && a == b
            {
                i += 1;
                continue;
            }
            let (Some(a), Some(b)) = (self.get(py, i)?, other.get(py, i)?) else { break };
            if !a.compare_bool(py, &b, CompareOp::Eq)? {
                return Ok(Some(match op {
                    CompareOp::Eq => Ok(py_bool(false).as_object().owned()),
                    CompareOp::Ne => Ok(py_bool(true).as_object().owned()),
                    _ => a.rich_compare(py, &b, op),
                }));
            }
            i += 1;
        }
        Ok(None)
    }
}

#[pymethods(sequence)]
impl PyArray {
    #[slot(sq_length, mp_length)]
    fn length_slot(&self) -> PyResult<isize> {
        Ok(self.ob_base.ob_size.get())
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult<Py<PyArrayIter>> {
        PyArrayIter::make(py, self)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let (name, code) = (self.ty().short_name(), self.ob_descr.letter() as char);
        if self.len() == 0 {
            return PyStr::new(py, &format!("{name}('{code}')"));
        }
        let items = if self.is_text() { self.text(py)?.into_object() } else { self.list(py)?.into_object() };
        let shown = items.repr(py)?;
        PyStr::concat3(py, &format!("{name}('{code}', "), &shown, ")")
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let Some(other) = other.downcast::<PyArray>() else { return Ok(not_implemented().owned()) };
        if self.len() != other.len() && matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(py_bool(op == CompareOp::Ne).as_object().owned());
        }
        if let Some(decided) = self.first_difference(py, other, op)? {
            return decided;
        }
        let order: Ordering = self.len().cmp(&other.len());
        Ok(py_bool(op.holds(order)).as_object().owned())
    }

    #[slot(sq_contains)]
    fn contains(&self, py: Python, item: &PyObject) -> PyResult<bool> {
        let mut i = 0;
        while let Some(o) = self.get(py, i)? {
            if o.compare_bool(py, item, CompareOp::Eq)? {
                return Ok(true);
            }
            i += 1;
        }
        Ok(false)
    }

    #[slot(sq_concat)]
    fn concat(&self, py: Python, other: &PyObject) -> PyResult<Py<PyArray>> {
        let Some(o) = other.downcast::<PyArray>() else {
            return Err(not_array(py, "append array", other));
        };
        if !std::ptr::eq(self.ob_descr, o.ob_descr) {
            return Err(bad_argument(py));
        }
        let mut bytes = self.copied();
        bytes.extend_from_slice(&o.copied());
        PyArray::plain(py, self.ob_descr, &bytes)
    }

    #[slot(sq_repeat)]
    fn repeat(&self, py: Python, n: isize) -> PyResult<Py<PyArray>> {
        PyArray::plain(py, self.ob_descr, &self.repeated(py, n)?)
    }

    #[slot(sq_inplace_repeat)]
    fn inplace_repeat(&self, py: Python, n: isize) -> PyResult<Py<PyArray>> {
        let bytes = self.repeated(py, n)?;
        self.splice(py, 0, usize::MAX, &bytes)?;
        Ok(self.owned())
    }

    #[slot(sq_inplace_concat)]
    fn inplace_concat(&self, py: Python, other: &PyObject) -> PyResult<Py<PyArray>> {
        let Some(o) = other.downcast::<PyArray>() else {
            let text = format!("can only extend array with array (not \"{}\")", tp_name(other));
            return Err(type_error(py, text));
        };
        self.extend_array(py, o)?;
        Ok(self.owned())
    }

    #[slot(sq_item)]
    fn item(&self, py: Python, i: isize) -> PyResult {
        match usize::try_from(i) {
            Ok(i) => self.get(py, i)?.ok_or_else(|| index_error(py, "array index out of range")),
            Err(_) => Err(index_error(py, "array index out of range")),
        }
    }

    #[slot(sq_ass_item)]
    fn ass_item(&self, py: Python, i: isize, value: Option<&PyObject>) -> PyResult<()> {
        let out = || index_error(py, "array assignment index out of range");
        let Some(i) = usize::try_from(i).ok().filter(|&i| i < self.len()) else { return Err(out()) };
        match value {
            None => self.splice(py, i, i + 1, &[]),
            Some(o) => {
                let item = self.ob_descr.store(py, o)?;
                if self.put(i, item) { Ok(()) } else { Err(out()) }
            }
        }
    }

    #[slot(mp_subscript)]
    fn subscript(&self, py: Python, key: &PyObject) -> PyResult {
        if number::has_index(key) {
            let i = self.position(py, key)?;
            return match i {
                Some(i) => self.item(py, i as isize),
                None => Err(index_error(py, "array index out of range")),
            };
        }
        let Some(slice) = key.downcast::<PySlice>() else {
            return Err(type_error(py, "array indices must be integers"));
        };
        let s = bounds::select(py, slice, || self.len())?;
        let bytes = self.copied();
        let size = self.item_size();
        let mut out = Vec::with_capacity(s.count * size);
        for i in s.positions() {
            out.extend_from_slice(bytes.get(i * size..(i + 1) * size).unwrap_or_default());
        }
        Ok(PyArray::plain(py, self.ob_descr, &out)?.into_object())
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(&self, py: Python, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        if number::has_index(key) {
            let i = self.position(py, key)?;
            return self.ass_item(py, i.map_or(-1, |i| i as isize), value);
        }
        match key.downcast::<PySlice>() {
            Some(slice) => self.assign_slice(py, slice, value),
            None => Err(type_error(py, "array indices must be integers")),
        }
    }

    #[slot(bf_getbuffer)]
    fn get_buffer(&self, py: Python, view: *mut PyBuffer, flags: i32) -> PyResult<()> {
        static EMPTY: u64 = 0;
        if view.is_null() {
            return Err(buffer_error(py, "array_buffer_getbuf: view==NULL argument is obsolete"));
        }
        let asks = |f: i32| flags & f == f;
        let data = self.ob_item.get();
        let data = if data.is_null() { &raw const EMPTY as *mut u8 } else { data };
        // SAFETY: the consumer's view; the block and the length stay in place while the export is counted.
        unsafe {
            (*view).buf = data.cast();
            (*view).obj = self.owned().into_raw();
            (*view).len = (self.len() * self.item_size()) as isize;
            (*view).readonly = 0;
            (*view).ndim = 1;
            (*view).itemsize = self.item_size() as isize;
            (*view).suboffsets = std::ptr::null_mut();
            (*view).shape =
                if asks(buffer::request::ND) { self.ob_base.ob_size.as_ptr() } else { std::ptr::null_mut() };
            (*view).strides =
                if asks(buffer::request::STRIDES) { &raw mut (*view).itemsize } else { std::ptr::null_mut() };
            (*view).internal = std::ptr::null_mut();
            (*view).format =
                if asks(buffer::request::FORMAT) { self.ob_descr.format() } else { std::ptr::null_mut() };
        }
        self.ob_exports.set(self.ob_exports.get() + 1);
        Ok(())
    }

    #[slot(bf_releasebuffer)]
    fn release_buffer(&self, _view: *mut PyBuffer) {
        self.ob_exports.set(self.ob_exports.get() - 1);
    }
}
