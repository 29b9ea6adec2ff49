//! `FrameLocalsProxy` (PEP 667): `frame.f_locals` of a function, a mapping that reads and writes the variables themselves.

use super::PyFrame;
use crate::interp::stackref::StackRef;
use crate::prelude::*;
use bytecode::code::kind;

/// `PyFrameLocalsProxyObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyFrameLocalsProxy {
    pub ob_base: PyObject,
    pub frame: Slot<PyFrame>,
}

impl PyFrameLocalsProxy {
    pub(super) fn make(py: Python, frame: &PyFrame) -> PyResult<Py<PyFrameLocalsProxy>> {
        let ty = PyFrameLocalsProxy::type_object();
        new_object(
            py,
            ty,
            PyFrameLocalsProxy { ob_base: PyObject::header(ty), frame: Slot::new(Some(frame.owned())) },
        )
    }

    fn target(&self, py: Python) -> PyResult<Py<PyFrame>> {
        // Empty only while the collector breaks a cycle.
        self.frame.get_owned().ok_or_else(|| runtime_error(py, "frame is gone"))
    }
}

/// The value of variable `i`, out of its cell if it is in one.
fn value(frame: &PyFrame, code: &PyCode, i: usize) -> Option<Py> {
    // SAFETY: an index of a local; a word that is not null holds an object.
    let word = unsafe { frame.frame().local(i).get() };
    if word.is_null() {
        return None;
    }
    let o = word.obj();
    if code.local_kind(i) & (kind::FREE | kind::CELL) != 0
        && let Some(cell) = o.downcast_exact::<PyCell>()
    {
        return cell.get();
    }
    Some(o.owned())
}

/// The variable called `key`: for reading, one that has a value; for writing, one that is not hidden.
fn find(py: Python, frame: &PyFrame, code: &PyCode, key: &PyObject, read: bool) -> PyResult<Option<usize>> {
    let fits = |i: usize| {
        if read { value(frame, code, i).is_some() } else { code.local_kind(i) & kind::HIDDEN == 0 }
    };
    let names = code.co_localsplusnames.items();
    // Nearly all names are interned.
    let mut seen = false;
    for (i, name) in names.iter().enumerate() {
        if name.is(key) {
            if fits(i) {
                return Ok(Some(i));
            }
            seen = true;
        }
    }
    if seen {
        return Ok(None);
    }
    let hash = key.hash(py)?;
    for (i, name) in names.iter().enumerate() {
        if name.hash(py)? == hash && name.compare_bool(py, key, CompareOp::Eq)? && fits(i) {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

/// All names that have values, with them.
fn all(py: Python, frame: &PyFrame) -> PyResult<Vec<(Py, Py)>> {
    let code = frame.code();
    let mut out = Vec::new();
    for (i, name) in code.co_localsplusnames.items().iter().enumerate() {
        if let Some(v) = value(frame, &code, i) {
            out.push((name.owned(), v));
        }
    }
    if let Some(extra) = frame.f_extra_locals.get_owned() {
        let mut pos = 0;
        while let Some(pair) = extra.next(&mut pos) {
            out.push(pair);
        }
    }
    let _ = py;
    Ok(out)
}

fn store(py: Python, frame: &PyFrame, key: &PyObject, new: Option<&PyObject>) -> PyResult<()> {
    let code = frame.code();
    let Some(i) = find(py, frame, &code, key, false)? else {
        return match (new, frame.f_extra_locals.get_owned()) {
            (None, None) => Err(key_error(py, key)),
            (None, Some(extra)) => extra.del_item(py, key),
            (Some(v), Some(extra)) => extra.set_item(py, key, v),
            (Some(v), None) => {
                let extra = PyDict::new(py)?;
                extra.set_item(py, key, v)?;
                frame.f_extra_locals.set(Some(extra));
                Ok(())
            }
        };
    };
    let Some(new) = new else {
        return Err(value_error(py, "cannot remove local variables from FrameLocalsProxy"));
    };
    // SAFETY: an index of a local.
    let local = unsafe { frame.frame().local(i) };
    let old = local.get();
    if code.local_kind(i) & (kind::FREE | kind::CELL) != 0
        && !old.is_null()
        && let Some(cell) = old.obj().downcast_exact::<PyCell>()
    {
        cell.set(Some(new.owned()));
        return Ok(());
    }
    if !old.is_null() {
        if old.obj().is(new) {
            return Ok(());
        }
        // Entries of the evaluation stack may borrow from the variable: the old value lives as long as the frame.
        let kept = match frame.f_overwritten_fast_locals.get_owned() {
            Some(l) => l,
            None => {
                let l = PyList::empty(py)?;
                frame.f_overwritten_fast_locals.set(Some(l.clone()));
                l
            }
        };
        kept.append(py, old.obj().owned())?;
    }
    local.set(StackRef::from_new(new));
    // SAFETY: the variable's own reference was taken out.
    unsafe { old.close() };
    Ok(())
}

fn as_dict(py: Python, frame: &PyFrame) -> PyResult<Py<PyDict>> {
    let d = PyDict::new(py)?;
    for (k, v) in all(py, frame)? {
        d.set_item(py, &k, &v)?;
    }
    Ok(d)
}

impl PyFrameLocalsProxy {
    /// A dict with the variables' values now: what `locals()` gives in a function.
    pub fn snapshot(&self, py: Python) -> PyResult<Py<PyDict>> {
        let frame = self.target(py)?;
        as_dict(py, &frame)
    }

    fn lookup(&self, py: Python, key: &PyObject) -> PyResult<Option<Py>> {
        let frame = self.target(py)?;
        let code = frame.code();
        if let Some(i) = find(py, &frame, &code, key, true)? {
            return Ok(value(&frame, &code, i));
        }
        match frame.f_extra_locals.get_owned() {
            Some(extra) => extra.get_item(py, key),
            None => Ok(None),
        }
    }

    fn update_from(&self, py: Python, other: &PyObject) -> PyResult<()> {
        let frame = self.target(py)?;
        let keys = if PyDict::check(other) || PyFrameLocalsProxy::check_exact(other) {
            other.call_method0(py, intern!(py, "keys"))?.to_list(py)?
        } else {
            return Err(type_error(py, "update() argument must be dict or another FrameLocalsProxy"));
        };
        for key in keys.snapshot() {
            let v = other.get_item(py, &key)?;
            store(py, &frame, &key, Some(&v))?;
        }
        Ok(())
    }
}

/// The local variables of a frame as a mapping.
#[pytype(name = "FrameLocalsProxy", symbol = "PyFrameLocalsProxy_Type", flags(GC, MAPPING), nosig)]
impl PyFrameLocalsProxy {
    #[slot(tp_new)]
    fn new(
        py: Python,
        _cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyFrameLocalsProxy>> {
        let [frame] = args.items() else {
            return Err(type_error(py, format!("FrameLocalsProxy expected 1 argument, got {}", args.len())));
        };
        let Some(frame) = frame.downcast_exact::<PyFrame>() else {
            return Err(type_error(py, format!("expect frame, not {}", type_name(frame))));
        };
        if kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "FrameLocalsProxy takes no keyword arguments"));
        }
        PyFrameLocalsProxy::make(py, frame)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let Some(_guard) = repr_guard::ReprGuard::enter(py, self.as_object()) else {
            return PyStr::new(py, "{...}");
        };
        self.snapshot(py)?.as_object().repr(py)
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult {
        self.keys(py)?.as_object().get_iter(py)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented().owned());
        }
        if let Some(o) = other.downcast_exact::<PyFrameLocalsProxy>() {
            let same = self.frame.as_ptr() == o.frame.as_ptr();
            return Ok(py_bool(same == (op == CompareOp::Eq)).as_object().owned());
        }
        if PyDict::check(other) {
            return self.snapshot(py)?.as_object().rich_compare(py, other, op);
        }
        Ok(not_implemented().owned())
    }

    #[slot(mp_length)]
    fn length(&self, py: Python) -> PyResult<isize> {
        let frame = self.target(py)?;
        Ok(all(py, &frame)?.len() as isize)
    }

    #[slot(mp_subscript)]
    fn subscript(&self, py: Python, key: &PyObject) -> PyResult {
        match self.lookup(py, key)? {
            Some(v) => Ok(v),
            None => {
                let text = format!("local variable '{}' is not defined", key.repr(py)?.to_string_lossy());
                Err(raise(py, &exceptions::PyExc_KeyError_Type, text))
            }
        }
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(&self, py: Python, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let frame = self.target(py)?;
        store(py, &frame, key, value)
    }

    #[slot(sq_contains)]
    fn contains(&self, py: Python, key: &PyObject) -> PyResult<bool> {
        Ok(self.lookup(py, key)?.is_some())
    }

    #[slot(nb_or)]
    fn or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let fits = |o: &PyObject| PyDict::check(o) || PyFrameLocalsProxy::check_exact(o);
        if !fits(a) || !fits(b) {
            return Ok(not_implemented().owned());
        }
        let d = PyDict::new(py)?;
        d.merge(py, a, true)?;
        d.merge(py, b, true)?;
        Ok(d.into_object())
    }

    #[slot(nb_inplace_or)]
    fn inplace_or(&self, py: Python, other: &PyObject) -> PyResult {
        if !PyDict::check(other) && !PyFrameLocalsProxy::check_exact(other) {
            return Ok(not_implemented().owned());
        }
        self.update_from(py, other)?;
        Ok(self.as_object().owned())
    }

    #[pymethod(coexist, nodoc)]
    fn __contains__(&self, py: Python, object: &PyObject) -> PyResult<bool> {
        self.contains(py, object)
    }

    #[pymethod(coexist, nodoc)]
    fn __getitem__(&self, py: Python, object: &PyObject) -> PyResult {
        self.subscript(py, object)
    }

    #[pymethod(nodoc)]
    fn update(&self, py: Python, object: &PyObject) -> PyResult<()> {
        self.update_from(py, object)
    }

    #[pymethod(nodoc)]
    fn __reversed__(&self, py: Python) -> PyResult<Py<PyList>> {
        let mut keys = self.keys(py)?.snapshot();
        keys.reverse();
        PyList::new(py, keys)
    }

    #[pymethod(nodoc)]
    fn copy(&self, py: Python) -> PyResult<Py<PyDict>> {
        self.snapshot(py)
    }

    #[pymethod(nodoc)]
    fn keys(&self, py: Python) -> PyResult<Py<PyList>> {
        let frame = self.target(py)?;
        PyList::new(py, all(py, &frame)?.into_iter().map(|(k, _)| k).collect())
    }

    #[pymethod(nodoc)]
    fn values(&self, py: Python) -> PyResult<Py<PyList>> {
        let frame = self.target(py)?;
        PyList::new(py, all(py, &frame)?.into_iter().map(|(_, v)| v).collect())
    }

    #[pymethod(nodoc)]
    fn items(&self, py: Python) -> PyResult<Py<PyList>> {
        let frame = self.target(py)?;
        let mut pairs = Vec::new();
        for (k, v) in all(py, &frame)? {
            pairs.push(PyTuple::new(py, [k, v])?.into_object());
        }
        PyList::new(py, pairs)
    }

    #[pymethod(sig = "(key, default=None, /)", nosig, nodoc)]
    fn get(&self, py: Python, key: &PyObject, default: &PyObject) -> PyResult {
        Ok(self.lookup(py, key)?.unwrap_or_else(|| default.owned()))
    }

    #[pymethod(sig = "(key, default=<unrepresentable>, /)", nosig, nodoc)]
    fn pop(&self, py: Python, key: &PyObject, default: Option<&PyObject>) -> PyResult {
        let frame = self.target(py)?;
        if find(py, &frame, &frame.code(), key, false)?.is_some() {
            return Err(value_error(py, "cannot remove local variables from FrameLocalsProxy"));
        }
        let popped = match frame.f_extra_locals.get_owned() {
            Some(extra) => extra.pop(py, key)?,
            None => None,
        };
        match (popped, default) {
            (Some(v), _) => Ok(v),
            (None, Some(d)) => Ok(d.owned()),
            (None, None) => Err(key_error(py, key)),
        }
    }

    #[pymethod(sig = "(key, default=None, /)", nosig, nodoc)]
    fn setdefault(&self, py: Python, key: &PyObject, default: &PyObject) -> PyResult {
        if let Some(v) = self.lookup(py, key)? {
            return Ok(v);
        }
        let frame = self.target(py)?;
        store(py, &frame, key, Some(default))?;
        Ok(default.owned())
    }
}
