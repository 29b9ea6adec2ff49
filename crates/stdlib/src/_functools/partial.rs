//! `partial`: layout and calls, and the placeholder for arguments that come later.

use object::typeobj::VectorcallFunc;
use runtime::abstract_::call;
use runtime::prelude::*;
use runtime::state::interpreter;

/// The type of the Placeholder singleton.
#[repr(C)]
#[derive(Traverse)]
pub struct Placeholder {
    pub ob_base: PyObject,
}

#[derive(Default)]
struct Singleton(Slot);

/// The interpreter's placeholder.
pub(super) fn placeholder(py: Python) -> PyResult {
    let state = interpreter(py).module_state::<Singleton>();
    if let Some(p) = state.0.get_owned() {
        return Ok(p);
    }
    let cls = Placeholder::type_object();
    let new = new_object(py, cls, Placeholder { ob_base: PyObject::header(cls) })?.into_object();
    state.0.set(Some(new.clone()));
    Ok(new)
}

/// The type of the Placeholder singleton.
///
/// Used as a placeholder for partial arguments.
#[pytype(name = "_PlaceholderType", module = "functools", flags(GC, HEAPTYPE, IMMUTABLETYPE), nosig)]
impl Placeholder {
    #[slot(tp_new)]
    fn py_new(py: Python, _cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if !args.is_empty() || kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "PlaceholderType takes no arguments"));
        }
        placeholder(py)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(py, "Placeholder")
    }

    #[pymethod(nodoc)]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(py, "Placeholder")
    }
}

/// `partialobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct Partial {
    pub ob_base: PyObject,
    pub(super) func: Slot,
    pub(super) args: Slot<PyTuple>,
    pub(super) keywords: Slot<PyDict>,
    pub(super) dict: Slot<PyDict>,
    pub(super) weakreflist: Cell<*mut PyObject>,
    pub(super) placeholder: Slot,
    /// How many of `args` are placeholders.
    pub(super) holes: Cell<usize>,
    #[traverse(skip)]
    pub(super) vectorcall: Cell<Option<VectorcallFunc>>,
}

const _: () = assert!(size_of::<Partial>() == 80);

/// What a partial object calls.
pub(super) struct Parts {
    pub func: Py,
    pub args: Py<PyTuple>,
    pub keywords: Py<PyDict>,
}

impl Partial {
    pub(super) fn parts(&self, py: Python) -> PyResult<Parts> {
        match (self.func.get_owned(), self.args.get_owned(), self.keywords.get_owned()) {
            (Some(func), Some(args), Some(keywords)) => Ok(Parts { func, args, keywords }),
            _ => Err(bad_internal_call(py)),
        }
    }

    fn check_holes(&self, py: Python, given: usize) -> PyResult<()> {
        let holes = self.holes.get();
        if given >= holes {
            return Ok(());
        }
        Err(type_error(
            py,
            format!("missing positional arguments in 'partial' call; expected at least {holes}, got {given}"),
        ))
    }

    /// The bound arguments with the holes filled from `given`, then the rest of it.
    pub(super) fn fill<'a>(&self, bound: &[&'a PyObject], given: &[&'a PyObject]) -> Vec<&'a PyObject> {
        let mut given = given.iter().copied();
        let mut all = Vec::with_capacity(bound.len() + given.len());
        let holes = self.holes.get() > 0;
        for &b in bound {
            if holes && std::ptr::eq(self.placeholder.as_ptr(), b) {
                all.push(given.next().unwrap_or(b));
            } else {
                all.push(b);
            }
        }
        all.extend(given);
        all
    }

    /// `tp_call`: keywords of the call win.
    pub(super) fn call_with(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        self.check_holes(py, args.len())?;
        let parts = self.parts(py)?;
        let merged = if parts.keywords.is_empty() {
            None
        } else {
            let k = parts.keywords.copy(py)?;
            if let Some(more) = kwargs {
                k.merge(py, more, true)?;
            }
            Some(k)
        };
        let all = self.fill(parts.args.items(), args.items());
        let all = PyTuple::from_slice(py, &all)?;
        parts.func.call_tuple_dict(py, &all, merged.as_deref().or(kwargs))
    }

    /// The vectorcall entry: without bound keywords, one array of arguments is all it takes.
    pub(super) unsafe extern "C" fn vectorcall_entry(
        this: *mut PyObject,
        args: *const *mut PyObject,
        nargsf: usize,
        kwnames: *mut PyObject,
    ) -> *mut PyObject {
        // SAFETY: called through the protocol: attached, live objects, as many arguments as said.
        let result = unsafe {
            let py = Python::assume_attached();
            let this = &*(this as *const Partial);
            let kwnames = kwnames.as_ref().map(|k| k.downcast_unchecked::<PyTuple>());
            let n = call::nargs(nargsf);
            let total = n + kwnames.map_or(0, |k| k.len());
            let args: &[&PyObject] =
                if total == 0 { &[] } else { std::slice::from_raw_parts(args as *const &PyObject, total) };
            this.vectorcall_with(py, args, n, kwnames)
        };
        result.map_or(std::ptr::null_mut(), Py::into_raw)
    }

    fn vectorcall_with(
        &self,
        py: Python,
        args: &[&PyObject],
        n: usize,
        kwnames: Option<&PyTuple>,
    ) -> PyResult {
        self.check_holes(py, n)?;
        let parts = self.parts(py)?;
        if parts.keywords.is_empty() {
            let all = self.fill(parts.args.items(), args);
            return parts.func.call_kw(py, &all, kwnames);
        }
        let positional = PyTuple::from_slice(py, &args[..n])?;
        let kwargs = match kwnames {
            None => None,
            Some(names) => {
                let d = PyDict::new(py)?;
                for (name, value) in names.items().iter().zip(&args[n..]) {
                    d.set_item(py, name, value)?;
                }
                Some(d)
            }
        };
        self.call_with(py, &positional, kwargs.as_deref())
    }
}
