//! The `_decimal` module: decimal arithmetic as the General Decimal Arithmetic Specification has it.
//!
//! `coeff` holds the digits, `number` the numbers and the rounding; `arith`, `round`, `elementary` and `power` are the
//! operations on them, `text` and `format` their texts. What knows Python: `convert`, `signals`, and the classes in
//! `decimal`, `context` and their `…_methods`.

mod arith;
mod coeff;
mod context;
mod context_methods;
mod convert;
mod decimal;
mod decimal_methods;
mod elementary;
mod format;
mod number;
mod power;
mod round;
mod signals;
mod text;

use context::{PyContext, PyContextManager};
use decimal::PyDecimal;
use runtime::context::PyContextVar;
use runtime::prelude::*;
use runtime::state::{Interpreter, interpreter};
use signals::{Classes, PySignalDict};
use std::cell::OnceCell;
use std::rc::Rc;

/// What the module keeps for an interpreter.
#[derive(Default)]
pub struct State {
    classes: OnceCell<Classes>,
    variable: OnceCell<Py<PyContextVar>>,
    templates: OnceCell<[Py<PyContext>; 3]>,
}

impl State {
    /// The signal classes and other classes.
    #[inline]
    pub fn classes(&self, py: Python) -> PyResult<&Classes> {
        match self.classes.get() {
            Some(c) => Ok(c),
            None => {
                let made = Classes::make(py)?;
                Ok(self.classes.get_or_init(|| made))
            }
        }
    }

    /// The context variable that holds the current context.
    #[inline]
    pub fn variable(&self, py: Python) -> PyResult<&PyContextVar> {
        match self.variable.get() {
            Some(v) => Ok(v),
            None => {
                let made = PyContextVar::new(py, &*PyStr::new(py, "decimal_context")?, None)?;
                Ok(self.variable.get_or_init(|| made))
            }
        }
    }

    /// DefaultContext, BasicContext and ExtendedContext.
    pub fn templates(&self, py: Python) -> PyResult<&[Py<PyContext>; 3]> {
        match self.templates.get() {
            Some(t) => Ok(t),
            None => {
                let made = context::make_templates(py)?;
                Ok(self.templates.get_or_init(|| made))
            }
        }
    }
}

thread_local! {
    /// The state found last, and for which interpreter.
    static FOUND: Cell<(*const Interpreter, *const State)> = const { Cell::new((std::ptr::null(), std::ptr::null())) };
}

/// The module's state in this interpreter.
#[inline]
pub fn state(py: Python) -> &'static State {
    let i: *const Interpreter = interpreter(py);
    let (of, found) = FOUND.get();
    if of == i {
        // SAFETY: interpreters live until the process ends, and the state's reference below is never given back.
        return unsafe { &*found };
    }
    let s = Rc::into_raw(crate::system::module_state::<State>(py));
    FOUND.set((i, s));
    // SAFETY: as above.
    unsafe { &*s }
}

/// C decimal arithmetic module
#[pymodule(name = "_decimal", types(PyDecimal, PyContext), hidden_types(PySignalDict, PyContextManager))]
pub mod _decimal {
    use super::*;
    use crate::system::{int, text};
    use number::{MAX_EMAX, MAX_PREC, MIN_EMIN, MIN_ETINY, Round};

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let st = state(py);
        st.classes(py)?.publish(py, module)?;
        st.variable(py)?;
        for (c, name) in st.templates(py)?.iter().zip(["DefaultContext", "BasicContext", "ExtendedContext"]) {
            module.add(py, name, c.as_object())?;
        }
        for (_, name) in Round::ALL {
            module.add(py, name, PyStr::intern(py, PyStr::new(py, name)?).as_object())?;
        }
        for (name, v) in [
            ("MAX_PREC", MAX_PREC),
            ("MAX_EMAX", MAX_EMAX),
            ("MIN_EMIN", MIN_EMIN),
            ("MIN_ETINY", MIN_ETINY),
            ("IEEE_CONTEXT_MAX_BITS", 512),
        ] {
            module.add(py, name, &*int(py, v)?)?;
        }
        module.add(py, "HAVE_THREADS", py_bool(true).as_object())?;
        module.add(py, "HAVE_CONTEXTVAR", py_bool(true).as_object())?;
        module.add(py, "__version__", &*text(py, "1.70")?)?;
        module.add(py, "__libmpdec_version__", &*text(py, "2.5.1")?)
    }

    /// The current context of the thread or task.
    #[pyfunction]
    pub fn getcontext(py: Python) -> PyResult<Py<PyContext>> {
        context::current(py)
    }

    /// Makes a context the current one.
    #[pyfunction]
    pub fn setcontext(py: Python, context: &PyObject) -> PyResult<()> {
        match context.downcast::<PyContext>() {
            Some(c) => context::set_current(py, c),
            None => Err(type_error(py, "argument must be a context")),
        }
    }

    /// A context manager that makes a copy of a context, or of the current one, the current one for a block.
    ///
    /// Keyword arguments change the copy's settings.
    #[pyfunction(
        sig = "(ctx=None, *, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
        text = "($module, /, ctx=None, **kwargs)"
    )]
    #[allow(clippy::too_many_arguments)]
    pub fn localcontext(
        py: Python,
        ctx: &PyObject,
        prec: &PyObject,
        rounding: &PyObject,
        emin: &PyObject,
        emax: &PyObject,
        capitals: &PyObject,
        clamp: &PyObject,
        flags: &PyObject,
        traps: &PyObject,
    ) -> PyResult<Py<PyContextManager>> {
        let global = context::current(py)?;
        let local = context::optional(py, ctx)?.copy_of(py)?;
        let settings = [prec, rounding, emin, emax, capitals, clamp, flags, traps];
        local.apply_settings(py, &settings)?;
        PyContextManager::new(py, local, global)
    }

    /// The context of an IEEE interchange format of so many bits.
    #[pyfunction(name = "IEEEContext")]
    pub fn ieee_context(py: Python, bits: &PyObject) -> PyResult<Py<PyContext>> {
        let bits = bits.index_isize(py, None)? as i64;
        if !(1..=512).contains(&bits) || bits % 32 != 0 {
            return Err(value_error(py, "argument must be a multiple of 32, with a maximum of 512"));
        }
        let emax = 3 * (1i64 << (bits / 16 + 3));
        let c = PyContext::make(py)?;
        c.prec.set(9 * (bits / 32) - 2);
        c.emax.set(emax);
        c.emin.set(1 - emax);
        c.clamp.set(1);
        c.traps.bits.set(0);
        Ok(c)
    }
}
