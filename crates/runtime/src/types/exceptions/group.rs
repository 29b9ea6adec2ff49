//! `BaseExceptionGroup` and `ExceptionGroup` (PEP 654).

use super::PyExc_Exception_Type;
use super::base::{PyBaseException, PyExc_BaseException_Type};
use crate::prelude::*;
use crate::state::{enter_recursive_call, interpreter};
use crate::types::{PyDict, PyList, PyStr, PyTuple, generic_alias};

/// `PyBaseExceptionGroupObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyBaseExceptionGroup {
    pub base: PyBaseException,
    pub msg: Slot,
    pub excs: Slot,
    /// The repr of the sequence given to the constructor when it was not a tuple or list of the exceptions themselves.
    pub excs_str: Slot,
}

#[derive(Default)]
struct GroupState {
    exception_group: Slot<PyTypeObject>,
}

/// `ExceptionGroup`: a heap type, as it has two bases. Made at start-up by [`init`].
pub fn exception_group_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    let st = interpreter(py).module_state::<GroupState>();
    if let Some(t) = st.exception_group.get_owned() {
        return Ok(t);
    }
    let bases = PyTuple::new(
        py,
        [
            PyBaseExceptionGroup::type_object().owned().into_object(),
            PyExc_Exception_Type.owned().into_object(),
        ],
    )?;
    let dict = PyDict::new(py)?;
    dict.set_text(py, "__module__", PyStr::new(py, "builtins")?.as_object())?;
    let t = PyTypeObject::type_object()
        .object()
        .call(py, &[PyStr::new(py, "ExceptionGroup")?.as_object(), bases.as_object(), dict.as_object()])?;
    let t = t.downcast_into::<PyTypeObject>().map_err(|_| bad_internal_call(py))?;
    st.exception_group.set(Some(t.clone()));
    Ok(t)
}

/// What `subgroup` and `split` select by.
enum Condition<'a> {
    Types(&'a PyObject),
    Callable(&'a PyObject),
    /// Identity with one of these (by address).
    Ids(&'a [*mut PyObject]),
}

impl PyBaseExceptionGroup {
    /// The contained exceptions.
    pub fn exceptions(&self, py: Python) -> PyResult<Py<PyTuple>> {
        match self.excs.get_owned().and_then(|e| e.downcast_into::<PyTuple>().ok()) {
            Some(t) => Ok(t),
            None => Ok(PyTuple::empty(py)),
        }
    }

    /// `self.derive(excs)` with traceback, context, cause and notes of `self`.
    fn derive_like(&self, py: Python, excs: Vec<Py>) -> PyResult<Option<Py>> {
        if excs.is_empty() {
            return Ok(None);
        }
        let list = PyList::new(py, excs)?;
        let g = self.as_object().call_method1(py, intern!(py, "derive"), list.as_object())?;
        let Some(new) = g.downcast::<PyBaseExceptionGroup>() else {
            return Err(type_error(py, "derive must return an instance of BaseExceptionGroup"));
        };
        new.traceback.set(self.traceback.get_owned());
        new.context.set(self.context.get_owned());
        new.cause.set(self.cause.get_owned());
        new.suppress_context.set(self.suppress_context.get());
        let notes = intern!(py, "__notes__");
        if let Some(n) = self.as_object().getattr_opt(py, notes)? {
            // A list of its own, so that adding a note to one group leaves the other alone.
            if PyList::check(&n) || PyTuple::check(&n) {
                new.as_object().setattr(py, notes, n.to_list(py)?.as_object())?;
            }
        }
        Ok(Some(g))
    }

    fn split_by(&self, py: Python, c: &Condition, want_rest: bool) -> PyResult<(Option<Py>, Option<Py>)> {
        enter_recursive_call(py, " in exceptiongroup_split_recursive")?;
        if matches(py, self.as_object(), c)? {
            return Ok((Some(self.as_object().owned()), None));
        }
        let (mut yes, mut no) = (Vec::new(), Vec::new());
        for e in self.exceptions(py)?.items() {
            if let Some(g) = e.downcast::<PyBaseExceptionGroup>() {
                let (m, r) = g.split_by(py, c, want_rest)?;
                yes.extend(m);
                no.extend(r);
            } else if matches(py, e, c)? {
                yes.push(e.owned());
            } else if want_rest {
                no.push(e.owned());
            }
        }
        let matched = self.derive_like(py, yes)?;
        let rest = if want_rest { self.derive_like(py, no)? } else { None };
        Ok((matched, rest))
    }

    /// Splits by type or tuple of types, as `except*` does: (matching, rest).
    pub fn split_types(&self, py: Python, types: &PyObject) -> PyResult<(Option<Py>, Option<Py>)> {
        self.split_by(py, &Condition::Types(types), true)
    }

    /// The part of the group whose leaves are among `ids` (for `PREP_RERAISE_STAR`).
    pub fn project(&self, py: Python, ids: &[*mut PyObject]) -> PyResult<Option<Py>> {
        Ok(self.split_by(py, &Condition::Ids(ids), false)?.0)
    }

    /// Adds the addresses of all leaves to `out`.
    pub fn leaf_ids(&self, py: Python, out: &mut Vec<*mut PyObject>) -> PyResult<()> {
        enter_recursive_call(py, " in collect_exception_group_leaf_ids")?;
        for e in self.exceptions(py)?.items() {
            match e.downcast::<PyBaseExceptionGroup>() {
                Some(g) => g.leaf_ids(py, out)?,
                None => out.push(e.as_ptr()),
            }
        }
        Ok(())
    }

    /// Parses the argument of `split` and `subgroup`.
    fn condition<'a>(py: Python, arg: &'a PyObject) -> PyResult<Condition<'a>> {
        let is_class = |o: &PyObject| {
            o.downcast::<PyTypeObject>().is_some_and(|t| t.is_subtype(&PyExc_BaseException_Type))
        };
        if is_class(arg) || arg.downcast::<PyTuple>().is_some_and(|t| t.items().iter().all(|o| is_class(o))) {
            return Ok(Condition::Types(arg));
        }
        if arg.is_callable() && arg.downcast::<PyTypeObject>().is_none() {
            return Ok(Condition::Callable(arg));
        }
        Err(type_error(
            py,
            "expected an exception type, a tuple of exception types, or a callable (other than a class)",
        ))
    }
}

fn matches(py: Python, e: &PyObject, c: &Condition) -> PyResult<bool> {
    match c {
        // By type and not `isinstance`, as `except` does.
        Condition::Types(t) => match t.downcast::<PyTuple>() {
            Some(t) => Ok(t
                .items()
                .iter()
                .any(|t| t.downcast::<PyTypeObject>().is_some_and(|t| e.ty().is_subtype(t)))),
            None => Ok(t.downcast::<PyTypeObject>().is_some_and(|t| e.ty().is_subtype(t))),
        },
        Condition::Callable(f) => f.call1(py, e)?.is_true(py),
        Condition::Ids(ids) => {
            Ok(e.downcast::<PyBaseExceptionGroup>().is_none() && ids.contains(&e.as_ptr()))
        }
    }
}

/// A number of unrelated exceptions raised together.
#[pytype(name = "BaseExceptionGroup", order = "__class_getitem__", symbol = "PyExc_BaseExceptionGroup_Type", base = PyBaseException, flags(BASETYPE, GC), dictoffset = 16, members(msg as message: object readonly "what the group is about", excs as exceptions: object readonly "the exceptions of the group"))]
impl PyBaseExceptionGroup {
    #[slot(tp_new)]
    fn new(py: Python, cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py> {
        let _ = kwargs;
        let [message, seq] = args.items() else {
            return Err(type_error(
                py,
                format!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)", args.len()),
            ));
        };
        if !PyStr::check(message) {
            return Err(type_error(py, format!("argument 1 must be str, not {}", type_name(message))));
        }
        if !crate::abstract_::is_sequence(seq) {
            return Err(type_error(py, "second argument (exceptions) must be a sequence"));
        }
        let excs = seq.to_tuple(py)?;
        if excs.is_empty() {
            return Err(value_error(py, "second argument (exceptions) must be a non-empty sequence"));
        }
        let mut nested_base = false;
        for (i, e) in excs.items().iter().enumerate() {
            if e.downcast::<PyBaseException>().is_none() {
                return Err(value_error(
                    py,
                    format!("Item {i} of second argument (exceptions) is not an exception"),
                ));
            }
            nested_base |= !e.ty().is_subtype(&PyExc_Exception_Type);
        }
        let group = exception_group_type(py)?;
        let mut cls = cls.owned();
        if std::ptr::eq(&*cls, PyBaseExceptionGroup::type_object()) {
            if !nested_base {
                cls = group;
            }
        } else if nested_base && cls.is_subtype(&PyExc_Exception_Type) {
            let text = if std::ptr::eq(&*cls, &*group) {
                "Cannot nest BaseExceptions in an ExceptionGroup".to_owned()
            } else {
                format!("Cannot nest BaseExceptions in '{}'", cls.short_name())
            };
            return Err(type_error(py, text));
        }
        let excs_str = if PyTuple::check_exact(seq) || PyList::check_exact(seq) {
            None
        } else {
            Some(seq.repr(py)?.into_object())
        };
        let Some(alloc) = cls.tp_alloc.get() else { return Err(bad_internal_call(py)) };
        // SAFETY: a zeroed instance: every `Slot` is empty.
        let g: Py<PyBaseExceptionGroup> = unsafe { from_c(py, alloc(cls.as_ptr() as *mut PyTypeObject, 0))? };
        g.args.set(Some(args.owned()));
        g.msg.set(Some(message.owned()));
        g.excs.set(Some(excs.into_object()));
        g.excs_str.set(excs_str);
        Ok(g.into_object())
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        super::base::no_keywords(py, self.as_object(), kwargs)?;
        self.args.set(Some(args.owned()));
        Ok(())
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        let n = self.exceptions(py)?.len();
        let msg = match self.msg.get_owned() {
            Some(m) => m.str_(py)?,
            None => PyStr::new(py, "")?,
        };
        PyStr::concat3(py, "", &msg, &format!(" ({n} sub-exception{})", if n > 1 { "s" } else { "" }))
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let name = self.ty().short_name();
        let msg = match self.msg.get_owned() {
            Some(m) => m.repr(py)?,
            None => PyStr::new(py, "None")?,
        };
        let excs = match self.excs_str.get_owned() {
            Some(s) => s.str_(py)?,
            None => match self.args.get_owned() {
                // A list stays a list, as the caller wrote it; its contents are those at the start.
                Some(a) if a.get(1).is_some_and(PyList::check) => {
                    self.exceptions(py)?.to_list(py)?.as_object().repr(py)?
                }
                _ => self.exceptions(py)?.as_object().repr(py)?,
            },
        };
        let head = PyStr::concat3(py, &format!("{name}("), &msg, ", ")?;
        PyStr::concat(py, &head, &*PyStr::concat3(py, "", &excs, ")")?)
    }

    #[pymethod]
    fn derive(&self, py: Python, excs: &PyObject) -> PyResult {
        let msg = self.msg.get_owned().unwrap_or_else(|| none().owned());
        PyBaseExceptionGroup::type_object().object().call(py, &[&msg, excs])
    }

    #[pymethod(sig = "(matcher_value, /)")]
    fn split(&self, py: Python, matcher_value: &PyObject) -> PyResult<Py<PyTuple>> {
        let c = PyBaseExceptionGroup::condition(py, matcher_value)?;
        let (m, r) = self.split_by(py, &c, true)?;
        let or_none = |o: Option<Py>| o.unwrap_or_else(|| none().owned());
        PyTuple::new(py, [or_none(m), or_none(r)])
    }

    #[pymethod(sig = "(matcher_value, /)")]
    fn subgroup(&self, py: Python, matcher_value: &PyObject) -> PyResult<Option<Py>> {
        let c = PyBaseExceptionGroup::condition(py, matcher_value)?;
        Ok(self.split_by(py, &c, false)?.0)
    }

    /// A generic alias, for annotations such as ExceptionGroup[ValueError].
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        generic_alias::new(py, cls.object(), object)
    }
}
