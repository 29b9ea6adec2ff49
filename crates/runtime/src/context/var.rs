//! `ContextVar`.

use super::trie::Node;
use super::{PyContext, PyToken};
use crate::prelude::*;
use crate::state::{interpreter, thread};
use crate::types::exceptions::PyExc_LookupError_Type;
use crate::types::{PyStr, generic_alias};

/// `PyContextVar`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyContextVar {
    pub ob_base: PyObject,
    name: Py<PyStr>,
    default: Slot,
    /// The value found last, borrowed from the context it was found in; good for the thread and the version below.
    #[traverse(skip)]
    cached: Cell<*mut PyObject>,
    cached_thread: Cell<u64>,
    cached_version: Cell<u64>,
    /// Tells variables apart in contexts.
    pub(super) number: u64,
}

/// The number of the next variable.
#[derive(Default)]
struct NextNumber(Cell<u64>);

impl PyContextVar {
    /// A new variable (`PyContextVar_New`).
    pub fn new(py: Python, name: &PyStr, default: Option<&PyObject>) -> PyResult<Py<PyContextVar>> {
        // The name must be hashable, as subclasses of str need not be.
        name.as_object().hash(py)?;
        let next = interpreter(py).module_state::<NextNumber>();
        let number = next.0.get();
        next.0.set(number + 1);
        let ty = PyContextVar::type_object();
        new_object(
            py,
            ty,
            PyContextVar {
                ob_base: PyObject::header(ty),
                name: name.owned(),
                default: Slot::new(default.map(|d| d.owned())),
                cached: Cell::new(std::ptr::null_mut()),
                cached_thread: Cell::new(0),
                cached_version: Cell::new(0),
                number,
            },
        )
    }

    fn remember(&self, py: Python, value: &PyObject) {
        let t = thread(py);
        self.cached.set(value.as_ptr());
        self.cached_thread.set(t.id.get());
        self.cached_version.set(t.context_ver.get());
    }

    fn set_value(&self, py: Python, value: &PyObject) -> PyResult<()> {
        let context = PyContext::current(py)?;
        let root = context.vars.get_owned();
        let new = Node::with(py, root.as_deref(), self, value.owned())?;
        // A finaliser of the old value may change the context again; what is remembered must be the last.
        drop(root);
        self.cached.set(std::ptr::null_mut());
        context.set_vars(py, Some(new));
        if let Some(now) = context.find(self) {
            self.remember(py, &now);
        }
        Ok(())
    }

    fn delete(&self, py: Python) -> PyResult<()> {
        let context = PyContext::current(py)?;
        let root = context.vars.get_owned();
        let new = match &root {
            Some(r) if r.get(self).is_some() => r.without(py, self)?,
            _ => return Err(raise_with(py, &PyExc_LookupError_Type, self.as_object())),
        };
        drop(root);
        self.cached.set(std::ptr::null_mut());
        context.set_vars(py, new);
        Ok(())
    }

    /// The value in the current context.
    pub fn lookup(&self, py: Python) -> Option<Py> {
        let t = thread(py);
        if self.cached_thread.get() == t.id.get() && self.cached_version.get() == t.context_ver.get() {
            // SAFETY: the context of this version still holds the value.
            if let Some(v) = unsafe { self.cached.get().as_ref() } {
                return Some(v.owned());
            }
        }
        let context = t.context.get_owned()?;
        let found = context.downcast::<PyContext>()?.find(self)?;
        self.remember(py, &found);
        Some(found)
    }

    /// The value in the current context, or the variable's default.
    pub fn value(&self, py: Python) -> PyResult<Option<Py>> {
        Ok(self.lookup(py).or_else(|| self.default.get_owned()))
    }

    /// Gives it a value in the current context; the token restores the old one (`PyContextVar_Set`).
    pub fn assign(&self, py: Python, value: &PyObject) -> PyResult<Py<PyToken>> {
        let context = PyContext::current(py)?;
        let token = PyToken::new(py, &context, self, context.find(self))?;
        self.set_value(py, value)?;
        Ok(token)
    }

    /// Gives it back the value it had when the token was made (`PyContextVar_Reset`).
    ///
    /// Errors: `RuntimeError` for a token that was used, `ValueError` for one of another variable or context.
    pub fn restore(&self, py: Python, token: &PyToken) -> PyResult<()> {
        let shown = |py| -> PyResult<String> { Ok(token.as_object().repr(py)?.to_string_lossy()) };
        if token.used.get() {
            return Err(runtime_error(py, format!("{} has already been used once", shown(py)?)));
        }
        if !token.var.is(self) {
            return Err(value_error(py, format!("{} was created by a different ContextVar", shown(py)?)));
        }
        if thread(py).context.as_ptr() != token.context.as_ptr() {
            return Err(value_error(py, format!("{} was created in a different Context", shown(py)?)));
        }
        token.used.set(true);
        match token.old_value.get_owned() {
            Some(v) => self.set_value(py, &v),
            None => self.delete(py),
        }
    }
}

/// A variable that has its own value in every context.
#[pytype(name = "ContextVar", module = "_contextvars", symbol = "PyContextVar_Type", flags(GC), members(name: object_ex readonly), nosig)]
impl PyContextVar {
    #[slot(tp_new, sig = "(name, /, *, default=<unrepresentable>)")]
    fn tp_new(
        py: Python,
        _cls: &PyTypeObject,
        name: &PyObject,
        default: Option<&PyObject>,
    ) -> PyResult<Py<PyContextVar>> {
        match name.downcast::<PyStr>() {
            Some(n) => PyContextVar::new(py, n, default),
            None => Err(type_error(py, "context variable name must be a str")),
        }
    }

    #[slot(tp_hash)]
    fn hash(&self, _py: Python) -> PyResult<isize> {
        Ok((self.as_ptr() as usize).rotate_right(4) as isize)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let name = self.name.as_object().repr(py)?;
        let mut out = PyStr::concat3(py, "<ContextVar name=", &name, "")?;
        if let Some(d) = self.default.get_owned() {
            let d = PyStr::concat3(py, " default=", &*d.repr(py)?, "")?;
            out = PyStr::concat(py, &out, &d)?;
        }
        PyStr::concat3(py, "", &out, &format!(" at {:p}>", self))
    }

    /// The value in the current context; without one, the default given here, the variable's own, or LookupError.
    #[pymethod(sig = "(default=<unrepresentable>, /)")]
    fn get(&self, py: Python, default: Option<&PyObject>) -> PyResult {
        if let Some(v) = self.lookup(py) {
            return Ok(v);
        }
        if let Some(d) = default {
            return Ok(d.owned());
        }
        match self.default.get_owned() {
            Some(d) => Ok(d),
            None => Err(raise_with(py, &PyExc_LookupError_Type, self.as_object())),
        }
    }

    /// Gives the variable a value in the current context. The token returned can restore the old one.
    #[pymethod(sig = "(value, /)")]
    fn set(&self, py: Python, value: &PyObject) -> PyResult<Py<PyToken>> {
        self.assign(py, value)
    }

    /// Gives the variable the value back that it had before the set() that made the token.
    #[pymethod(sig = "(token, /)")]
    fn reset(&self, py: Python, token: &PyObject) -> PyResult<()> {
        match token.downcast_exact::<PyToken>() {
            Some(t) => self.restore(py, t),
            None => {
                let text = token.repr(py)?.to_string_lossy();
                Err(type_error(py, format!("expected an instance of Token, got {text}")))
            }
        }
    }

    /// See PEP 585
    #[classmethod(sig = "(object, /)")]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        generic_alias::new(py, cls.object(), object)
    }
}
