//! Context variables (PEP 567): [`PyContext`], [`PyContextVar`] and [`PyToken`].
//!
//! A context is a persistent map ([`trie`]), so copying one copies a pointer. Every thread has a current context; the
//! number `Thread::context_ver` changes whenever that or its content changes, which lets a variable remember its value.

mod iter;
mod token;
mod trie;
mod var;

pub use iter::{PyContextItems, PyContextKeys, PyContextValues};
pub use token::{PyToken, PyTokenMissing, missing};
pub use var::PyContextVar;

use crate::prelude::*;
use crate::state::thread;
use crate::types::PyTuple;
pub use trie::Node;

/// `PyContext`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyContext {
    pub ob_base: PyObject,
    /// The context that was current before this one was entered.
    previous: Slot<PyContext>,
    vars: Slot<Node>,
    #[traverse(skip)]
    weaklist: Cell<*mut PyObject>,
    entered: Cell<bool>,
}

/// The next number of this thread's context: what variables remember is outdated.
fn changed(py: Python) {
    let t = thread(py);
    t.context_ver.set(t.context_ver.get().wrapping_add(1));
}

impl PyContext {
    fn with(py: Python, vars: Option<Py<Node>>) -> PyResult<Py<PyContext>> {
        let ty = PyContext::type_object();
        new_object(
            py,
            ty,
            PyContext {
                ob_base: PyObject::header(ty),
                previous: Slot::empty(),
                vars: Slot::new(vars),
                weaklist: Cell::new(std::ptr::null_mut()),
                entered: Cell::new(false),
            },
        )
    }

    /// An empty context.
    pub fn new(py: Python) -> PyResult<Py<PyContext>> {
        PyContext::with(py, None)
    }

    /// The calling thread's current context.
    pub fn current(py: Python) -> PyResult<Py<PyContext>> {
        let t = thread(py);
        if let Some(c) = t.context.get_owned()
            && let Ok(c) = c.downcast_into::<PyContext>()
        {
            return Ok(c);
        }
        let c = PyContext::new(py)?;
        t.context.set(Some(c.clone().into_object()));
        changed(py);
        Ok(c)
    }

    /// A copy of the current context (`PyContext_CopyCurrent`).
    pub fn copy_current(py: Python) -> PyResult<Py<PyContext>> {
        PyContext::current(py)?.duplicate(py)
    }

    /// A copy.
    pub fn duplicate(&self, py: Python) -> PyResult<Py<PyContext>> {
        PyContext::with(py, self.vars.get_owned())
    }

    /// Makes it the current context of the calling thread.
    ///
    /// Errors: `RuntimeError` if it is entered already, here or elsewhere.
    pub fn enter(&self, py: Python) -> PyResult<()> {
        if self.entered.get() {
            let text = self.repr(py)?.to_string_lossy();
            return Err(runtime_error(py, format!("cannot enter context: {text} is already entered")));
        }
        let t = thread(py);
        let me = self.owned();
        let old = t.context.replace(Some(me.into_object()));
        self.previous.set(old.and_then(|o| o.downcast_into::<PyContext>().ok()));
        self.entered.set(true);
        changed(py);
        Ok(())
    }

    /// Makes the context current again that was so before [`enter`](Self::enter).
    ///
    /// Errors: `RuntimeError` if it is not the current context.
    pub fn exit(&self, py: Python) -> PyResult<()> {
        if !self.entered.get() {
            let text = self.repr(py)?.to_string_lossy();
            return Err(runtime_error(py, format!("cannot exit context: {text} has not been entered")));
        }
        let t = thread(py);
        if t.context.as_ptr() != self.as_ptr() {
            return Err(runtime_error(
                py,
                "cannot exit context: thread state references a different context object",
            ));
        }
        self.entered.set(false);
        let old = t.context.replace(self.previous.take().map(Py::into_object));
        changed(py);
        drop(old);
        Ok(())
    }

    /// The value a variable has here.
    fn find(&self, var: &PyContextVar) -> Option<Py> {
        self.vars.get_owned().and_then(|root| root.get(var))
    }

    fn set_vars(&self, py: Python, vars: Option<Py<Node>>) {
        let old = self.vars.replace(vars);
        changed(py);
        drop(old);
    }

    fn len(&self) -> usize {
        self.vars.get_owned().map_or(0, |v| v.len())
    }

    /// Variables and values.
    fn pairs(&self) -> Vec<(Py<PyContextVar>, Py)> {
        let mut out = Vec::new();
        if let Some(v) = self.vars.get_owned() {
            v.collect(&mut out);
        }
        out
    }

    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.as_object().repr(py)
    }

    /// Calls a function in this context.
    pub fn run_in(
        &self,
        py: Python,
        f: &PyObject,
        args: &[&PyObject],
        kwnames: Option<&PyTuple>,
    ) -> PyResult {
        self.enter(py)?;
        let r = f.call_kw(py, args, kwnames);
        match r {
            Ok(v) => self.exit(py).map(|()| v),
            Err(e) => {
                // The function's exception counts, unless leaving fails too.
                let exc = fetch(py, e);
                self.exit(py)?;
                Err(raise_again(py, exc))
            }
        }
    }
}

fn raise_again(py: Python, exc: Py<PyBaseException>) -> Raised {
    raise_object(py, exc)
}

fn variable<'a>(py: Python, key: &'a PyObject) -> PyResult<&'a PyContextVar> {
    match key.downcast_exact::<PyContextVar>() {
        Some(v) => Ok(v),
        None => {
            let text = key.repr(py)?.to_string_lossy();
            Err(type_error(py, format!("a ContextVar key was expected, got {text}")))
        }
    }
}

/// A mapping of context variables to their values.
#[pytype(name = "Context", order = "get items", module = "_contextvars", symbol = "PyContext_Type", flags(GC), weaklistoffset = weaklist, nosig)]
impl PyContext {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        _cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyContext>> {
        if !args.is_empty() || kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "Context() does not accept any arguments"));
        }
        PyContext::new(py)
    }

    #[slot(tp_richcompare)]
    fn compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast_exact::<PyContext>()) else {
            return Ok(not_implemented().owned());
        };
        let equal = self.len() == other.len() && {
            let mut same = true;
            for (var, value) in self.pairs() {
                same = match other.find(&var) {
                    Some(v) => value.eq(py, &v)?,
                    None => false,
                };
                if !same {
                    break;
                }
            }
            same
        };
        Ok(py_bool(equal == (op == CompareOp::Eq)).owned().into_object())
    }

    #[slot(mp_length)]
    fn length(&self, _py: Python) -> PyResult<isize> {
        Ok(self.len() as isize)
    }

    #[slot(mp_subscript)]
    fn subscript(&self, py: Python, key: &PyObject) -> PyResult {
        self.find(variable(py, key)?).ok_or_else(|| key_error(py, key))
    }

    #[slot(sq_contains)]
    fn contains(&self, py: Python, key: &PyObject) -> PyResult<bool> {
        Ok(self.find(variable(py, key)?).is_some())
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult<Py<PyContextKeys>> {
        PyContextKeys::new(py, self.pairs())
    }

    /// The value of a variable, or the default.
    #[pymethod(sig = "(key, default=None, /)")]
    fn get(&self, py: Python, key: &PyObject, default: &PyObject) -> PyResult {
        Ok(self.find(variable(py, key)?).unwrap_or_else(|| default.owned()))
    }

    /// The variables.
    #[pymethod]
    fn keys(&self, py: Python) -> PyResult<Py<PyContextKeys>> {
        PyContextKeys::new(py, self.pairs())
    }

    /// The values.
    #[pymethod]
    fn values(&self, py: Python) -> PyResult<Py<PyContextValues>> {
        PyContextValues::new(py, self.pairs())
    }

    /// Pairs of variables and values.
    #[pymethod]
    fn items(&self, py: Python) -> PyResult<Py<PyContextItems>> {
        PyContextItems::new(py, self.pairs())
    }

    /// A copy.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult<Py<PyContext>> {
        self.duplicate(py)
    }

    /// Calls a function with the context as the current one.
    #[pymethod(raw, nosig, nodoc)]
    fn run(&self, py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        let named = kwnames.map_or(0, |k| k.len());
        match args.split_first() {
            Some((f, rest)) if args.len() > named => self.run_in(py, f, rest, kwnames),
            _ => Err(type_error(py, "run() missing 1 required positional argument")),
        }
    }
}
