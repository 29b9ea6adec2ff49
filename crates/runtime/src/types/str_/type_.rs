//! The type object of `str`: construction, protocol slots, subscripts.

use super::{PyFullStr, PyStr, StrView, build::StrBuilder, format, iter, percent, repr, statics, unit};
use crate::codecs;
use crate::prelude::*;
use crate::types::bounds;
use crate::types::buffer::{self, Buffer};
use crate::with_units;
use object::alloc;
use std::ptr;

/// str(object='') -> text of the object
/// str(bytes_or_buffer[, encoding[, errors]]) -> text
///
/// Makes a new string: of an object as its __str__() gives it (repr(object) where it has none), or, if
/// encoding or errors are given, by decoding a bytes-like object. The encoding is 'utf-8' and errors 'strict'
/// where only one of them is given.
#[pytype(
    name = "str", order = "encode replace split rsplit join capitalize casefold title center count expandtabs find partition index ljust lower lstrip rfind rindex rjust rstrip rpartition splitlines strip swapcase translate upper startswith endswith removeprefix removesuffix isascii islower isupper istitle isspace isdecimal isdigit isnumeric isalpha isalnum isidentifier isprintable zfill format format_map __format__ maketrans",
    symbol = "PyUnicode_Type",
    basicsize = size_of::<PyFullStr>(),
    flags(BASETYPE, UNICODE_SUBCLASS, MATCH_SELF),
    parts(find, split, case, predicates, pad, translate, formatting),
    nosig
)]
impl PyStr {
    #[slot(tp_new, sig = "(object=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)")]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        object: Option<&PyObject>,
        encoding: Option<&str>,
        errors: Option<&str>,
    ) -> PyResult<Py<PyStr>> {
        let s = match object {
            None => statics::empty().owned_str(),
            Some(o) if encoding.is_none() && errors.is_none() => o.str_(py)?,
            Some(o) => decode_object(py, o, encoding, errors)?,
        };
        if ptr::eq(cls, PyStr::type_object()) { Ok(s) } else { subtype(py, cls, &s) }
    }

    #[vectorcall]
    fn vectorcall(py: Python, cls: &PyTypeObject, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        if kwnames.is_none_or(|k| k.is_empty()) {
            match args {
                [] => return Ok(statics::empty().owned_str().into_object()),
                [o] => return Ok(o.str_(py)?.into_object()),
                [_, _] | [_, _, _] => {}
                _ => {
                    let n = args.len();
                    return Err(type_error(py, format!("str expected at most 3 arguments, got {n}")));
                }
            }
        }
        construct_by_name(py, cls, args, kwnames)
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: a string whose count is zero; memory of an exact string came from `object_alloc`, that of a
        // subclass instance goes the way of its type.
        unsafe {
            let s = (*o).downcast_unchecked::<PyStr>();
            if s.is_interned() {
                if s.interned_state() != super::state::INTERNED_MORTAL {
                    // Somebody released more than it owned.
                    s.make_immortal();
                    return;
                }
                super::intern::forget(Python::assume_attached(), s);
            }
            s.release_parts();
            if PyStr::check_exact(&*o) {
                alloc::object_free(o as *mut u8);
            } else if let Some(free) = (*o).ty().tp_free.get() {
                free(o.cast());
            }
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        repr::repr(py, self)
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.exact(py)
    }

    #[slot(tp_hash)]
    fn hash_slot(&self, py: Python) -> PyResult<isize> {
        let _ = py;
        Ok(self.hash())
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let _ = py;
        let Some(other) = other.downcast::<PyStr>() else { return Ok(not_implemented().owned()) };
        Ok(py_bool(compare(self, other, op)).as_object().owned())
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult {
        iter::iter(py, self)
    }

    #[slot(sq_length, mp_length)]
    fn length_slot(&self, py: Python) -> PyResult<isize> {
        let _ = py;
        Ok(self.length.get())
    }

    #[slot(sq_concat)]
    fn concat_slot(&self, py: Python, other: &PyObject) -> PyResult<Py<PyStr>> {
        match other.downcast::<PyStr>() {
            Some(o) => PyStr::concat(py, self, o),
            None => {
                Err(type_error(py, format!("can only concatenate str (not \"{}\") to str", tp_name(other))))
            }
        }
    }

    #[slot(sq_repeat)]
    fn repeat_slot(&self, py: Python, n: isize) -> PyResult<Py<PyStr>> {
        self.repeat(py, n)
    }

    #[slot(sq_contains)]
    fn contains_slot(&self, py: Python, item: &PyObject) -> PyResult<bool> {
        match item.downcast::<PyStr>() {
            Some(s) => Ok(self.contains_str(s)),
            None => Err(type_error(
                py,
                format!("'in <string>' requires string as left operand, not {}", tp_name(item)),
            )),
        }
    }

    #[slot(sq_item)]
    fn item_slot(&self, py: Python, i: isize) -> PyResult<Py<PyStr>> {
        match usize::try_from(i).ok().and_then(|i| self.view().get(i)) {
            Some(c) => PyStr::from_char(py, c),
            None => Err(index_error(py, "string index out of range")),
        }
    }

    #[slot(mp_subscript)]
    fn subscript(&self, py: Python, key: &PyObject) -> PyResult<Py<PyStr>> {
        if let Some(slice) = key.downcast_exact::<PySlice>() {
            let sel = bounds::select(py, slice, || self.len())?;
            return self.select(py, sel);
        }
        if !crate::abstract_::number::has_index(key) {
            return Err(type_error(py, format!("string indices must be integers, not '{}'", tp_name(key))));
        }
        let i = bounds::position(py, key, || self.len(), "string")?;
        PyStr::from_char(py, self.char_at(i))
    }

    #[slot(nb_remainder)]
    fn remainder(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        match a.downcast::<PyStr>() {
            Some(template) => Ok(percent::format(py, template, b)?.into_object()),
            None => Ok(not_implemented().owned()),
        }
    }

    /// Size in memory, in bytes.
    #[pymethod(name = "__sizeof__")]
    fn sizeof(&self) -> usize {
        let parts = self.size_of();
        if PyStr::check_exact(self) {
            return parts;
        }
        parts + (self.ty().tp_basicsize.get() as usize).saturating_sub(size_of::<PyFullStr>())
    }

    #[pymethod(name = "__getnewargs__")]
    fn getnewargs(&self, py: Python) -> PyResult<Py<PyTuple>> {
        PyTuple::new(py, [self.copy_text(py)?.into_object()])
    }

    /// The text formatted as format_spec says.
    #[pymethod(name = "__format__")]
    fn format_method(&self, py: Python, format_spec: &PyStr) -> PyResult<Py<PyStr>> {
        if format_spec.is_empty() {
            return if PyStr::check_exact(self) { Ok(self.owned()) } else { self.as_object().str_(py) };
        }
        crate::format::format_str(py, self, format_spec)
    }

    /// The text as bytes in the given encoding.
    ///
    /// errors names what to do with characters that the encoding lacks: 'strict' raises
    /// UnicodeEncodeError; 'ignore', 'replace', 'xmlcharrefreplace', 'backslashreplace' and
    /// names registered with codecs.register_error go on.
    #[pymethod(sig = "(encoding='utf-8', errors='strict')")]
    fn encode(&self, py: Python, encoding: &str, errors: &str) -> PyResult {
        codecs::encode_text(py, self, Some(encoding), Some(errors))
    }
}

/// Calls `tp_new` with the arguments of a vectorcall.
fn construct_by_name(
    py: Python,
    cls: &PyTypeObject,
    args: &[&PyObject],
    kwnames: Option<&PyTuple>,
) -> PyResult {
    let named = kwnames.map_or(0, |k| k.len());
    let (plain, values) = args.split_at(args.len().saturating_sub(named));
    let tuple = PyTuple::new(py, plain.iter().map(|o| o.owned()))?;
    let kwargs = match kwnames {
        Some(names) => {
            let d = PyDict::new(py)?;
            for (name, value) in names.items().iter().zip(values) {
                d.set_item(py, name, value)?;
            }
            Some(d)
        }
        None => None,
    };
    let Some(tp_new) = PyStr::type_object().tp_new.get() else { return Err(bad_internal_call(py)) };
    let cls = cls as *const PyTypeObject as *mut PyTypeObject;
    // SAFETY: the slot of `str`, called with a tuple and a dict or null.
    unsafe {
        from_c(py, tp_new(cls, tuple.as_ptr(), kwargs.as_ref().map_or(ptr::null_mut(), |d| d.as_ptr())))
    }
}

/// `PyUnicode_FromEncodedObject`.
pub fn decode_object(
    py: Python,
    o: &PyObject,
    encoding: Option<&str>,
    errors: Option<&str>,
) -> PyResult<Py<PyStr>> {
    if let Some(b) = o.downcast::<PyBytes>() {
        return if b.is_empty() {
            codecs::check_names(py, encoding, errors)?;
            Ok(statics::empty().owned_str())
        } else {
            codecs::decode_bytes(py, b.as_bytes(), Some(o), encoding, errors)
        };
    }
    if PyStr::check(o) {
        return Err(type_error(py, "decoding str is not supported"));
    }
    if !buffer::supports(o) {
        return Err(type_error(
            py,
            format!("decoding to str: need a bytes-like object, {} found", tp_name(o)),
        ));
    }
    let view = Buffer::get(py, o, buffer::request::SIMPLE)?;
    if view.is_empty() {
        codecs::check_names(py, encoding, errors)?;
        return Ok(statics::empty().owned_str());
    }
    codecs::decode_bytes(py, view.as_slice(), None, encoding, errors)
}

/// An instance of a subclass with the text of `s`.
pub fn subtype(py: Python, cls: &PyTypeObject, s: &PyStr) -> PyResult<Py<PyStr>> {
    let Some(tp_alloc) = cls.tp_alloc.get() else { return Err(memory_error(py)) };
    let size = (s.len() + 1) * s.kind() as usize;
    // SAFETY: `tp_alloc` makes an instance whose layout extends `PyFullStr`; all its fields are set here, and the
    // data block of `size` bytes holds the text and its NUL.
    unsafe {
        let data = alloc::object_alloc(size);
        if data.is_null() {
            return Err(memory_error(py));
        }
        let o = tp_alloc(cls as *const PyTypeObject as *mut PyTypeObject, 0);
        if o.is_null() {
            alloc::object_free(data);
            return Err(Raised::pending());
        }
        ptr::copy_nonoverlapping(s.data_ptr(), data, size);
        let full = (*o).downcast_unchecked::<FullObject>();
        let base = &full.0.base.base;
        base.length.set(s.length.get());
        base.hash.set(s.hash.get());
        base.state.set(s.state.get() & (7 << super::state::KIND_SHIFT | super::state::ASCII));
        full.0.data.set(data.cast());
        if s.is_ascii() {
            full.0.base.utf8.set(data);
            full.0.base.utf8_length.set(s.length.get());
        } else {
            full.0.base.utf8.set(ptr::null_mut());
            full.0.base.utf8_length.set(0);
        }
        Ok(Py::from_raw_owned(o))
    }
}

/// `PyFullStr` as an object layout.
#[repr(transparent)]
struct FullObject(PyFullStr);
// SAFETY: begins with the object header.
unsafe impl PyLayout for FullObject {}

/// Compares text.
#[inline]
pub fn compare(a: &PyStr, b: &PyStr, op: CompareOp) -> bool {
    match op {
        CompareOp::Eq => a.equals(b),
        CompareOp::Ne => !a.equals(b),
        _ => op.holds(order(a, b)),
    }
}

/// Code point order.
pub fn order(a: &PyStr, b: &PyStr) -> std::cmp::Ordering {
    if ptr::eq(a, b) {
        return std::cmp::Ordering::Equal;
    }
    match (a.view(), b.view()) {
        (StrView::Latin1(x), StrView::Latin1(y)) => x.cmp(y),
        (StrView::Ucs2(x), StrView::Ucs2(y)) => x.cmp(y),
        (StrView::Ucs4(x), StrView::Ucs4(y)) => x.cmp(y),
        (x, y) => x.chars().cmp(y.chars()),
    }
}

impl PyStr {
    /// The selected characters as a string.
    pub fn select(&self, py: Python, sel: bounds::Selection) -> PyResult<Py<PyStr>> {
        if sel.count == 0 {
            return Ok(statics::empty().owned_str());
        }
        if sel.step == 1 {
            let start = sel.start as usize;
            return self.substring(py, start, start + sel.count);
        }
        let mut max = 0;
        if self.is_ascii() {
            max = 0x7f;
        } else {
            with_units!(self.view(), |s| for i in sel.positions() {
                max |= s.get(i).map_or(0, |&c| unit::Unit::code(c));
            });
        }
        if sel.count == 1 {
            return PyStr::from_char(py, self.char_at(sel.start as usize));
        }
        let out = PyStr::alloc(py, sel.count, unit::class_of(max))?;
        let (data, kind) = (out.data_ptr(), out.kind());
        with_units!(self.view(), |s| for (to, i) in sel.positions().enumerate() {
            let c = s.get(i).map_or(0, |&c| unit::Unit::code(c));
            // SAFETY: `to` is below the new string's length, and its kind holds every selected character.
            unsafe { unit::write_unit(data, kind, to, c) };
        });
        Ok(out)
    }

    /// `prefix + middle + suffix`.
    pub fn concat3(py: Python, prefix: &str, middle: &PyStr, suffix: &str) -> PyResult<Py<PyStr>> {
        let mut b = StrBuilder::with_capacity(prefix.len() + middle.len() + suffix.len());
        b.push_str(prefix);
        b.push_pystr(middle);
        b.push_str(suffix);
        b.finish(py)
    }
}

/// Formatting with `format` and `format_map`.
#[pymethods(formatting)]
impl PyStr {
    /// The text with each replacement field in braces filled in from the arguments.
    #[pymethod(name = "format", sig = "(*args, **kwargs)", text = "($self, /, *args, **kwargs)")]
    fn py_format(&self, py: Python, args: &[&PyObject], kwargs: Option<Py<PyDict>>) -> PyResult<Py<PyStr>> {
        format::format(py, self, args, kwargs.as_deref().map(|d| d.as_object()))
    }

    /// The text with each replacement field in braces filled in from mapping.
    #[pymethod]
    fn format_map(&self, py: Python, mapping: &PyObject) -> PyResult<Py<PyStr>> {
        format::format_map(py, self, mapping)
    }
}
