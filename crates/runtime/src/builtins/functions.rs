//! Built-in functions on one object: attributes, conversions, identity, iteration.

use crate::prelude::*;

/// Part of `builtins`.
#[pymodule(part)]
pub mod part {
    use crate::abstract_::number;
    use crate::prelude::*;
    use crate::types::exceptions::*;
    use crate::types::generator::PyAnextAwaitable;
    use crate::types::iter::PyCallIter;

    /// Return the absolute value of the argument.
    #[pyfunction]
    pub fn abs(py: Python, x: &PyObject) -> PyResult {
        number::absolute(py, x)
    }

    /// The repr of an object with everything that is not ASCII escaped.
    #[pyfunction]
    pub fn ascii(py: Python, obj: &PyObject) -> PyResult<Py<PyStr>> {
        obj.ascii(py)
    }

    fn radix(py: Python, o: &PyObject, base: u32, prefix: &str) -> PyResult<Py<PyStr>> {
        let n = number::index(py, o)?;
        let text = n.to_radix(base);
        let shown = match text.strip_prefix('-') {
            Some(digits) => format!("-{prefix}{digits}"),
            None => format!("{prefix}{text}"),
        };
        PyStr::new(py, &shown)
    }

    /// An integer in binary, with its prefix.
    #[pyfunction]
    pub fn bin(py: Python, number: &PyObject) -> PyResult<Py<PyStr>> {
        radix(py, number, 2, "0b")
    }

    /// An integer in octal, with its prefix.
    #[pyfunction]
    pub fn oct(py: Python, number: &PyObject) -> PyResult<Py<PyStr>> {
        radix(py, number, 8, "0o")
    }

    /// An integer in hexadecimal, with its prefix.
    #[pyfunction]
    pub fn hex(py: Python, number: &PyObject) -> PyResult<Py<PyStr>> {
        radix(py, number, 16, "0x")
    }

    /// Can the object be called?
    #[pyfunction]
    pub fn callable(_py: Python, obj: &PyObject) -> bool {
        obj.is_callable()
    }

    /// The string of one character with this code point.
    #[pyfunction]
    pub fn chr(py: Python, i: &PyObject) -> PyResult<Py<PyStr>> {
        let n = number::index(py, i)?;
        match n.as_i64().and_then(|c| u32::try_from(c).ok()).filter(|&c| c <= 0x10ffff) {
            Some(c) => PyStr::from_char(py, c),
            None => Err(value_error(py, "chr() arg not in range(0x110000)")),
        }
    }

    /// The code point of a character, or the value of a byte.
    #[pyfunction(sig = "(character, /)")]
    pub fn ord(py: Python, character: &PyObject) -> PyResult<Py<PyInt>> {
        let size = if let Some(s) = character.downcast::<PyStr>() {
            if s.len() == 1 {
                return PyInt::from_i64(py, s.char_at(0) as i64);
            }
            s.len()
        } else if let Some(b) = character.downcast::<PyBytes>() {
            if let [c] = b.as_bytes() {
                return PyInt::from_i64(py, *c as i64);
            }
            b.as_bytes().len()
        } else if let Some(b) = character.downcast::<PyByteArray>() {
            let v = b.to_vec();
            if let [c] = v[..] {
                return PyInt::from_i64(py, c as i64);
            }
            v.len()
        } else {
            return Err(type_error(
                py,
                format!("ord() expected string of length 1, but {} found", type_name(character)),
            ));
        };
        Err(type_error(py, format!("ord() expected a character, but string of length {size} found")))
    }

    fn attr_name<'a>(py: Python, name: &'a PyObject) -> PyResult<&'a PyStr> {
        match name.downcast::<PyStr>() {
            Some(s) => Ok(s),
            None => Err(type_error(py, format!("attribute name must be string, not '{}'", type_name(name)))),
        }
    }

    /// getattr(object, name[, default]) -> value
    ///
    /// The named attribute; the default, if given, when there is none.
    #[pyfunction(raw)]
    pub fn getattr(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        crate::args::no_keywords(py, "getattr", kwnames)?;
        crate::args::check_positional(py, "getattr", args.len(), 2, 3)?;
        let name = attr_name(py, args[1])?;
        match args.get(2) {
            None => args[0].getattr(py, name),
            Some(d) => Ok(args[0].getattr_opt(py, name)?.unwrap_or_else(|| d.owned())),
        }
    }

    /// Does the object have the named attribute?
    #[pyfunction]
    pub fn hasattr(py: Python, obj: &PyObject, name: &PyObject) -> PyResult<bool> {
        obj.hasattr(py, attr_name(py, name)?)
    }

    /// Sets the named attribute.
    #[pyfunction]
    pub fn setattr(py: Python, obj: &PyObject, name: &PyObject, value: &PyObject) -> PyResult<()> {
        obj.setattr(py, attr_name(py, name)?, value)
    }

    /// Deletes the named attribute.
    #[pyfunction]
    pub fn delattr(py: Python, obj: &PyObject, name: &PyObject) -> PyResult<()> {
        obj.delattr(py, attr_name(py, name)?)
    }

    /// The hash value of an object.
    #[pyfunction]
    pub fn hash(py: Python, obj: &PyObject) -> PyResult<isize> {
        obj.hash(py)
    }

    /// The identity of an object: its address.
    #[pyfunction]
    pub fn id(py: Python, obj: &PyObject) -> PyResult<Py<PyInt>> {
        PyInt::from_u64(py, obj.as_ptr() as u64)
    }

    /// Is the object an instance of the class, or of one of a tuple of classes?
    #[pyfunction]
    pub fn isinstance(py: Python, obj: &PyObject, class_or_tuple: &PyObject) -> PyResult<bool> {
        obj.is_instance(py, class_or_tuple)
    }

    /// Is the class derived from the other one, or from one of a tuple of classes?
    #[pyfunction]
    pub fn issubclass(py: Python, cls: &PyObject, class_or_tuple: &PyObject) -> PyResult<bool> {
        cls.is_subclass(py, class_or_tuple)
    }

    /// iter(iterable) -> iterator
    /// iter(callable, sentinel) -> iterator
    ///
    /// An iterator over an object, or over the results of a callable until the sentinel comes.
    #[pyfunction(raw)]
    pub fn iter(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        crate::args::no_keywords(py, "iter", kwnames)?;
        crate::args::check_positional(py, "iter", args.len(), 1, 2)?;
        match args.get(1) {
            None => args[0].get_iter(py),
            Some(sentinel) => {
                if !args[0].is_callable() {
                    return Err(type_error(py, "iter(v, w): v must be callable"));
                }
                Ok(PyCallIter::new(py, args[0], sentinel)?.into_object())
            }
        }
    }

    /// next(iterator[, default])
    ///
    /// The next item; at the end the default if given, otherwise StopIteration.
    #[pyfunction(raw)]
    pub fn next(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        crate::args::no_keywords(py, "next", kwnames)?;
        crate::args::check_positional(py, "next", args.len(), 1, 2)?;
        let Some(f) = args[0].ty().tp_iternext.get() else {
            return Err(type_error(py, format!("'{}' object is not an iterator", type_name(args[0]))));
        };
        // SAFETY: a slot called with a live object of its type; null or an owned reference comes back.
        if let Some(v) = unsafe { Py::from_raw_owned_or_opt(f(args[0].as_ptr())) } {
            return Ok(v);
        }
        let pending = !crate::state::thread(py).current_exception.is_empty();
        match args.get(1) {
            Some(d) => {
                if pending {
                    drop(catch(py, Raised::pending(), &PyExc_StopIteration_Type)?);
                }
                Ok(d.owned())
            }
            None if pending => Err(Raised::pending()),
            None => Err(raise_with(py, &PyExc_StopIteration_Type, none())),
        }
    }

    /// The asynchronous iterator of an object.
    #[pyfunction(sig = "(async_iterable, /)")]
    pub fn aiter(py: Python, async_iterable: &PyObject) -> PyResult {
        let o = async_iterable;
        let Some(f) = o.ty().as_async().and_then(|a| a.am_aiter.get()) else {
            return Err(type_error(py, format!("'{}' object is not an async iterable", type_name(o))));
        };
        // SAFETY: a slot called with a live object of its type.
        let it: Py = unsafe { from_c(py, f(o.as_ptr()))? };
        if it.ty().as_async().is_none_or(|a| a.am_anext.get().is_none()) {
            return Err(type_error(
                py,
                format!("aiter() returned not an async iterator of type '{}'", type_name(&it)),
            ));
        }
        Ok(it)
    }

    /// An awaitable of the next item of an asynchronous iterator; of default when there is none.
    #[pyfunction(raw, text = "($module, aiterator, default=<unrepresentable>, /)")]
    pub fn anext(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        crate::args::no_keywords(py, "anext", kwnames)?;
        crate::args::check_positional(py, "anext", args.len(), 1, 2)?;
        let o = args[0];
        let Some(f) = o.ty().as_async().and_then(|a| a.am_anext.get()) else {
            return Err(type_error(py, format!("'{}' object is not an async iterator", type_name(o))));
        };
        // SAFETY: a slot called with a live object of its type.
        let awaitable: Py = unsafe { from_c(py, f(o.as_ptr()))? };
        match args.get(1) {
            None => Ok(awaitable),
            Some(d) => Ok(PyAnextAwaitable::make(py, &awaitable, d)?.into_object()),
        }
    }

    /// The number of items in a container.
    #[pyfunction]
    pub fn len(py: Python, obj: &PyObject) -> PyResult<isize> {
        obj.length(py)
    }

    /// The repr of an object.
    #[pyfunction]
    pub fn repr(py: Python, obj: &PyObject) -> PyResult<Py<PyStr>> {
        obj.repr(py)
    }

    /// The tuple of quotient and remainder.
    #[pyfunction]
    pub fn divmod(py: Python, x: &PyObject, y: &PyObject) -> PyResult {
        number::divmod(py, x, y)
    }

    /// base ** exp, or base ** exp % mod.
    #[pyfunction(sig = "(base, exp, mod=None)")]
    pub fn pow(py: Python, base: &PyObject, exp: &PyObject, r#mod: Option<&PyObject>) -> PyResult {
        number::power(py, base, exp, r#mod.unwrap_or(none()))
    }

    /// A value formatted as the specification says.
    #[pyfunction(sig = "(value, format_spec='', /)")]
    pub fn format(py: Python, value: &PyObject, format_spec: Option<&PyStr>) -> PyResult<Py<PyStr>> {
        value.format_(py, format_spec)
    }

    /// A number rounded to ndigits decimal digits.
    #[pyfunction(sig = "(number, ndigits=None)")]
    pub fn round(py: Python, number: &PyObject, ndigits: Option<&PyObject>) -> PyResult {
        let Some(f) = number.lookup_special(py, intern!(py, "__round__"))? else {
            return Err(type_error(
                py,
                format!("type {} doesn't define __round__ method", type_name(number)),
            ));
        };
        match ndigits.filter(|n| !n.is_none()) {
            None => f.call0(py),
            Some(n) => f.call1(py, n),
        }
    }

    /// dir([object]) -> list of strings
    ///
    /// The names in the current scope, or the attributes of an object.
    #[pyfunction(raw)]
    pub fn dir(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult<Py<PyList>> {
        crate::args::no_keywords(py, "dir", kwnames)?;
        crate::args::check_positional(py, "dir", args.len(), 0, 1)?;
        match args.first() {
            Some(o) => o.dir(py),
            None => {
                let locals = crate::interp::frame_locals(py)?;
                let names = locals.call_method0(py, intern!(py, "keys"))?.to_list(py)?;
                names.sort(py, None, false)?;
                Ok(names)
            }
        }
    }

    /// vars([object]) -> dictionary
    ///
    /// The __dict__ of an object, or the local variables.
    #[pyfunction(raw)]
    pub fn vars(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        crate::args::no_keywords(py, "vars", kwnames)?;
        crate::args::check_positional(py, "vars", args.len(), 0, 1)?;
        match args.first() {
            None => crate::interp::frame_locals(py),
            Some(o) => match o.getattr_opt(py, intern!(py, "__dict__"))? {
                Some(d) => Ok(d),
                None => Err(type_error(py, "vars() argument must have __dict__ attribute")),
            },
        }
    }

    /// The global variables of the current scope.
    #[pyfunction]
    pub fn globals(py: Python) -> PyResult {
        match crate::interp::frame_globals(py) {
            Some(g) => Ok(g.into_object()),
            None => Err(system_error(py, "globals(): no frame")),
        }
    }

    /// The local variables of the current scope.
    #[pyfunction]
    pub fn locals(py: Python) -> PyResult {
        crate::interp::frame_locals(py)
    }
}
