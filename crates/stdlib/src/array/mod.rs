//! The `array` module: sequences of numbers or characters in one block of memory.
//!
//! `item` converts single items, `methods` and `sequence` hold what Python sees, `pickle` the machine formats.
//! Conversions run Python code, which may resize the array: places are checked again after each.

mod item;
mod iter;
mod methods;
mod pickle;
mod sequence;

use crate::system::Bytes;
use item::{Descr, Item, Kind};
use object::alloc;
use runtime::prelude::*;
use runtime::sys::hooks::audit;
use runtime::types::exceptions::PyExc_DeprecationWarning_Type;
use std::mem::offset_of;

/// `arrayobject`, whose fields C code knows.
#[repr(C)]
pub struct PyArray {
    pub ob_base: PyVarObject,
    pub ob_item: Cell<*mut u8>,
    /// In items.
    pub allocated: Cell<isize>,
    pub ob_descr: &'static Descr,
    pub weakreflist: Cell<*mut PyObject>,
    /// Views that forbid resizing.
    pub ob_exports: Cell<isize>,
}

const _: () = {
    assert!(size_of::<PyArray>() == 64);
    assert!(offset_of!(PyArray, ob_item) == 24);
    assert!(offset_of!(PyArray, ob_descr) == 40);
};

impl Drop for PyArray {
    fn drop(&mut self) {
        let block = self.ob_item.get();
        if !block.is_null() {
            // SAFETY: the array's own block.
            unsafe { alloc::object_free(block) };
        }
    }
}

impl PyArray {
    #[inline(always)]
    fn len(&self) -> usize {
        self.ob_base.ob_size.get() as usize
    }

    #[inline(always)]
    fn item_size(&self) -> usize {
        self.ob_descr.bytes()
    }

    fn is_text(&self) -> bool {
        self.ob_descr.kind == Kind::Char
    }

    /// The items' bytes.
    ///
    /// # Safety
    /// The slice is not used after code has run that could change or resize the array.
    #[inline(always)]
    unsafe fn bytes(&self) -> &[u8] {
        let p = self.ob_item.get();
        if p.is_null() {
            return &[];
        }
        // SAFETY: the block holds `len` items; the caller's promise.
        unsafe { std::slice::from_raw_parts(p, self.len() * self.item_size()) }
    }

    /// As [`bytes`](Self::bytes), for writing.
    ///
    /// # Safety
    /// The same, and no other view of the bytes is in use.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    unsafe fn bytes_mut(&self) -> &mut [u8] {
        let p = self.ob_item.get();
        if p.is_null() {
            return &mut [];
        }
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(p, self.len() * self.item_size()) }
    }

    /// A copy of the items' bytes.
    fn copied(&self) -> Vec<u8> {
        // SAFETY: copied at once.
        unsafe { self.bytes() }.to_vec()
    }

    /// The item at `i`, or `None` behind the last.
    #[inline(always)]
    fn item_bytes(&self, i: usize) -> Option<Item> {
        let size = self.item_size();
        if i >= self.len() {
            return None;
        }
        let mut out = [0; 8];
        // SAFETY: an item's place; items have at most 8 bytes.
        unsafe { std::ptr::copy_nonoverlapping(self.ob_item.get().add(i * size), out.as_mut_ptr(), size) };
        Some(out)
    }

    /// The item at `i` as an object.
    fn get(&self, py: Python, i: usize) -> PyResult<Option<Py>> {
        let Some(word) = self.item_bytes(i) else { return Ok(None) };
        let size = self.item_size();
        self.ob_descr.load(py, word.get(..size).unwrap_or_default()).map(Some)
    }

    /// Writes an item; false if there is no such place.
    fn put(&self, i: usize, item: Item) -> bool {
        let size = self.item_size();
        if i >= self.len() {
            return false;
        }
        // SAFETY: an item's place.
        unsafe { std::ptr::copy_nonoverlapping(item.as_ptr(), self.ob_item.get().add(i * size), size) };
        true
    }

    fn make(py: Python, ty: &PyTypeObject, d: &'static Descr, items: &[u8]) -> PyResult<Py<PyArray>> {
        let a = new_object(
            py,
            ty,
            PyArray {
                ob_base: PyVarObject::header(ty, 0),
                ob_item: Cell::new(std::ptr::null_mut()),
                allocated: Cell::new(0),
                ob_descr: d,
                weakreflist: Cell::new(std::ptr::null_mut()),
                ob_exports: Cell::new(0),
            },
        )?;
        a.push_bytes(py, items)?;
        Ok(a)
    }

    /// An array of the plain type, with these bytes as items.
    fn plain(py: Python, d: &'static Descr, items: &[u8]) -> PyResult<Py<PyArray>> {
        PyArray::make(py, PyArray::type_object(), d, items)
    }

    /// Errors: `BufferError` while a view forbids resizing.
    fn check_exports(&self, py: Python) -> PyResult<()> {
        if self.ob_exports.get() > 0 {
            return Err(buffer_error(py, "cannot resize an array that is exporting buffers"));
        }
        Ok(())
    }

    /// Changes the length; new items are undefined until written. Errors: `BufferError`, `MemoryError`.
    fn resize(&self, py: Python, n: usize) -> PyResult<()> {
        let have = self.allocated.get() as usize;
        if n != self.len() {
            self.check_exports(py)?;
        }
        if have >= n && n >= have >> 1 && !self.ob_item.get().is_null() {
            self.ob_base.ob_size.set(n as isize);
            return Ok(());
        }
        if n == 0 {
            let block = self.ob_item.replace(std::ptr::null_mut());
            self.allocated.set(0);
            self.ob_base.ob_size.set(0);
            if !block.is_null() {
                // SAFETY: the array's own block.
                unsafe { alloc::object_free(block) };
            }
            return Ok(());
        }
        let room = n.saturating_add(n >> 4).saturating_add(if self.len() < 8 { 3 } else { 7 });
        let bytes = room.checked_mul(self.item_size()).filter(|&b| b <= isize::MAX as usize);
        let Some(bytes) = bytes else { return Err(memory_error(py)) };
        // SAFETY: the array's own block or null.
        let p = unsafe { alloc::object_realloc(self.ob_item.get(), bytes) };
        if p.is_null() {
            return Err(memory_error(py));
        }
        self.ob_item.set(p);
        self.allocated.set(room as isize);
        self.ob_base.ob_size.set(n as isize);
        Ok(())
    }

    /// Appends items given as bytes. A block that was empty gets exactly the room needed.
    fn push_bytes(&self, py: Python, items: &[u8]) -> PyResult<()> {
        if items.is_empty() {
            return Ok(());
        }
        let size = self.item_size();
        let old = self.len();
        let n = old.checked_add(items.len() / size).ok_or_else(|| memory_error(py))?;
        if self.ob_item.get().is_null() {
            self.check_exports(py)?;
            // SAFETY: a new block.
            let p = unsafe { alloc::object_alloc(n * size) };
            if p.is_null() {
                return Err(memory_error(py));
            }
            self.ob_item.set(p);
            self.allocated.set(n as isize);
            self.ob_base.ob_size.set(n as isize);
        } else {
            self.resize(py, n)?;
        }
        // SAFETY: room was made for that many items behind the old ones.
        unsafe {
            std::ptr::copy_nonoverlapping(
                items.as_ptr(),
                self.ob_item.get().add(old * size),
                (n - old) * size,
            )
        };
        Ok(())
    }

    /// Appends an object.
    fn push(&self, py: Python, o: &PyObject) -> PyResult<()> {
        let item = self.ob_descr.store(py, o)?;
        let n = self.len();
        self.resize(py, n + 1)?;
        self.put(n, item);
        Ok(())
    }

    /// Replaces the items `start..end` by others, given as bytes.
    fn splice(&self, py: Python, start: usize, end: usize, with: &[u8]) -> PyResult<()> {
        let size = self.item_size();
        let len = self.len();
        let (end, tail) = (end.min(len), len - end.min(len));
        let start = start.min(end);
        let new = with.len() / size;
        let total =
            start.checked_add(new).and_then(|n| n.checked_add(tail)).ok_or_else(|| memory_error(py))?;
        if total > len {
            self.resize(py, total)?;
        } else if total < len {
            self.check_exports(py)?;
        }
        let p = self.ob_item.get();
        if !p.is_null() {
            // SAFETY: the block has room for the longer of both lengths.
            unsafe {
                std::ptr::copy(p.add(end * size), p.add((start + new) * size), tail * size);
                std::ptr::copy_nonoverlapping(with.as_ptr(), p.add(start * size), new * size);
            }
        }
        if total < len { self.resize(py, total) } else { Ok(()) }
    }

    fn extend_iter(&self, py: Python, iterable: &PyObject) -> PyResult<()> {
        let it = iterable.get_iter(py)?;
        while let Some(o) = it.iter_next(py)? {
            self.push(py, &o)?;
        }
        Ok(())
    }

    fn extend_array(&self, py: Python, other: &PyArray) -> PyResult<()> {
        if !std::ptr::eq(self.ob_descr, other.ob_descr) {
            return Err(type_error(py, "can only extend with array of same kind"));
        }
        self.push_more(py, &other.copied())
    }

    /// As [`push_bytes`](Self::push_bytes), with room to grow.
    fn push_more(&self, py: Python, items: &[u8]) -> PyResult<()> {
        let n = self.len();
        self.splice(py, n, n, items)
    }

    /// The items as a string.
    fn text(&self, py: Python) -> PyResult<Py<PyStr>> {
        let bytes = self.copied();
        let mut chars = Vec::with_capacity(bytes.len() / 4);
        for c in bytes.chunks_exact(4) {
            let c = c.iter().rev().fold(0u32, |n, &b| n << 8 | b as u32);
            if c > 0x10ffff {
                return Err(value_error(py, format!("character U+{c:x} is not in range [U+0000; U+10ffff]")));
            }
            chars.push(c);
        }
        PyStr::from_ucs4(py, &chars)
    }

    fn list(&self, py: Python) -> PyResult<Py<PyList>> {
        let list = PyList::with_capacity(py, self.len())?;
        let mut i = 0;
        while let Some(o) = self.get(py, i)? {
            list.append(py, o)?;
            i += 1;
        }
        Ok(list)
    }

    /// `array(typecode[, initializer])`.
    fn create(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyArray>> {
        if cls.as_ptr() == PyArray::type_object().as_ptr() && kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "array.array() takes no keyword arguments"));
        }
        let (code, initial) = match args.items() {
            [code] => (*code, None),
            [code, initial] => (*code, Some(*initial)),
            items => {
                let bound = if items.is_empty() { "at least 1 argument" } else { "at most 2 arguments" };
                return Err(type_error(py, format!("array() takes {bound} ({} given)", items.len())));
            }
        };
        let c = match code.downcast::<PyStr>() {
            Some(s) if s.len() == 1 => s.char_at(0),
            other => {
                let got = match other {
                    Some(s) => format!("a string of length {}", s.len()),
                    None => type_name(code).to_owned(),
                };
                let text = format!("array() argument 1 must be a unicode character, not {got}");
                return Err(type_error(py, text));
            }
        };
        audit(py, "array.__new__", &[code, initial.unwrap_or(none())])?;
        if c == 'u' as u32 {
            let text = "The 'u' type code is deprecated and will be removed in Python 3.16";
            warn(py, &PyExc_DeprecationWarning_Type, text, 1)?;
        }
        let descr = item::find(c);
        let shown = char::from_u32(c).unwrap_or('?');
        let takes_text = c == 'u' as u32 || c == 'w' as u32;
        let from = initial.and_then(|o| o.downcast::<PyArray>());
        if let Some(o) = initial.filter(|_| !takes_text) {
            if PyStr::check(o) {
                let text = format!("cannot use a str to initialize an array with typecode '{shown}'");
                return Err(type_error(py, text));
            }
            if from.is_some_and(PyArray::is_text) {
                let text =
                    format!("cannot use a unicode array to initialize an array with typecode '{shown}'");
                return Err(type_error(py, text));
            }
        }
        let direct = initial.is_none_or(|o| {
            PyList::check(o)
                || PyTuple::check(o)
                || PyBytes::check(o)
                || PyByteArray::check(o)
                || (takes_text && PyStr::check(o))
                || from.is_some_and(|a| a.ob_descr.letter() as u32 == c)
        });
        let iterator = match initial.filter(|_| !direct) {
            Some(o) => Some(o.get_iter(py)?),
            None => None,
        };
        let Some(descr) = descr else {
            return Err(value_error(py, "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"));
        };
        if let Some(a) = from.filter(|_| direct) {
            return PyArray::make(py, cls, descr, &a.copied());
        }
        let made = PyArray::make(py, cls, descr, &[])?;
        if let Some(it) = iterator {
            made.extend_iter(py, &it)?;
        } else if let Some(o) = initial {
            made.fill(py, o)?;
        }
        Ok(made)
    }

    /// Fills a new array from a list, a tuple, bytes or text.
    fn fill(&self, py: Python, o: &PyObject) -> PyResult<()> {
        if PyBytes::check(o) || PyByteArray::check(o) {
            let bytes = Bytes(buffer::Buffer::get_simple(py, o)?);
            return self.take_bytes(py, &bytes);
        }
        if let Some(s) = o.downcast::<PyStr>() {
            return self.push_text(py, s);
        }
        let n = o.length(py)?.max(0) as usize;
        self.push_bytes(py, &vec![0; n.checked_mul(self.item_size()).ok_or_else(|| memory_error(py))?])?;
        for i in 0..n {
            // Conversions run Python code, which may change the list.
            let value = match (o.downcast::<PyList>(), o.downcast::<PyTuple>()) {
                (Some(l), _) => l.get(i),
                (_, Some(t)) => t.get(i).map(|o| o.owned()),
                _ => None,
            };
            let Some(value) = value else { return Err(index_error(py, "list index out of range")) };
            let item = self.ob_descr.store(py, &value)?;
            self.put(i, item);
        }
        Ok(())
    }

    fn push_text(&self, py: Python, s: &PyStr) -> PyResult<()> {
        let mut bytes = Vec::with_capacity(s.len() * 4);
        for c in s.chars() {
            bytes.extend_from_slice(&c.to_le_bytes());
        }
        if self.len() == 0 { self.push_bytes(py, &bytes) } else { self.push_more(py, &bytes) }
    }

    fn take_bytes(&self, py: Python, bytes: &[u8]) -> PyResult<()> {
        if !bytes.len().is_multiple_of(self.item_size()) {
            return Err(value_error(py, "bytes length not a multiple of item size"));
        }
        self.push_more(py, bytes)
    }
}

/// Arrays: sequences whose items are all of one basic type, and take little room.
///
/// The type of the items is chosen with a character, the type code; `array.typecodes` has all of them.
#[pymodule(name = "array", types(PyArray), hidden_types(iter::PyArrayIter))]
pub mod array {
    use super::*;

    #[pyattr]
    pub const typecodes: &str = "bBuwhHiIlLqQfd";

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let m = module.as_object();
        let ty = PyArray::type_object().as_object();
        m.setattr_str(py, "ArrayType", ty)?;
        let abc = runtime::import::import_attr(py, "collections.abc", "MutableSequence")?;
        abc.call_method1(py, intern!(py, "register"), ty)?;
        Ok(())
    }

    /// Makes an array of a pickle's data; not for use by others.
    #[pyfunction]
    fn _array_reconstructor(
        py: Python,
        arraytype: &PyObject,
        typecode: &PyObject,
        mformat_code: i32,
        items: &PyObject,
    ) -> PyResult {
        pickle::reconstruct(py, arraytype, typecode, mformat_code, items)
    }
}
