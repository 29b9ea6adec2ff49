//! `Context`, the current context, and the manager `localcontext()` returns.

use super::number::{Ctx, MAX_EMAX, MAX_PREC, MIN_EMIN, Round, cond};
use super::signals::{Classes, PySignalDict, shown};
use super::state;
use runtime::prelude::*;
use runtime::types::exceptions::*;
use runtime::types::object_;

/// A context: settings, flags and traps.
#[repr(C)]
pub struct PyContext {
    pub ob_base: PyObject,
    pub prec: Cell<i64>,
    pub emax: Cell<i64>,
    pub emin: Cell<i64>,
    pub round: Cell<Round>,
    pub capitals: Cell<i32>,
    pub clamp: Cell<i32>,
    pub flags: Py<PySignalDict>,
    pub traps: Py<PySignalDict>,
}

impl Drop for PyContext {
    fn drop(&mut self) {
        // Dicts that outlive their context are told so.
        self.flags.valid.set(false);
        self.traps.valid.set(false);
    }
}

const DEFAULT_TRAPS: u32 = cond::ANY_INVALID | cond::DIVISION_BY_ZERO | cond::OVERFLOW;

/// The three contexts the module offers as templates.
pub fn make_templates(py: Python) -> PyResult<[Py<PyContext>; 3]> {
    let default = PyContext::make(py)?;
    let basic = PyContext::make(py)?;
    basic.prec.set(9);
    basic.round.set(Round::HalfUp);
    basic.traps.bits.set(DEFAULT_TRAPS | cond::UNDERFLOW | cond::CLAMPED);
    let extended = PyContext::make(py)?;
    extended.prec.set(9);
    extended.traps.bits.set(0);
    Ok([default, basic, extended])
}

/// The current context; the first one is a copy of DefaultContext.
#[inline]
pub fn current(py: Python) -> PyResult<Py<PyContext>> {
    if let Some(c) = state(py).variable(py)?.lookup(py)
        && let Ok(c) = c.downcast_into::<PyContext>()
    {
        return Ok(c);
    }
    let [default, ..] = state(py).templates(py)?;
    let c = default.copy_of(py)?;
    c.flags.bits.set(0);
    drop(state(py).variable(py)?.assign(py, c.as_object())?);
    Ok(c)
}

/// Makes a context the current one; the templates themselves never are.
pub fn set_current(py: Python, c: &PyContext) -> PyResult<()> {
    let c = if state(py).templates(py)?.iter().any(|t| t.is(c.as_object())) {
        let copy = c.copy_of(py)?;
        copy.flags.bits.set(0);
        copy
    } else {
        c.owned()
    };
    state(py).variable(py)?.assign(py, c.as_object()).map(drop)
}

/// A context argument: the current one for `None`.
pub fn optional(py: Python, o: &PyObject) -> PyResult<Py<PyContext>> {
    if o.is_none() {
        return current(py);
    }
    match o.downcast::<PyContext>() {
        Some(c) => Ok(c.owned()),
        None => Err(type_error(py, "optional argument must be a context")),
    }
}

/// A rounding mode by its name.
pub fn rounding(py: Python, o: &PyObject) -> PyResult<Round> {
    let found = o.downcast::<PyStr>().and_then(|s| Round::ALL.iter().find(|(_, name)| s.eq_str(name)));
    match found {
        Some((r, _)) => Ok(*r),
        None => Err(type_error(
            py,
            "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]",
        )),
    }
}

/// An int setting.
fn integer(py: Python, o: &PyObject) -> PyResult<i64> {
    match o.downcast::<PyInt>() {
        Some(i) => Ok(i.to_isize(py)? as i64),
        None => Err(type_error(py, "an integer is required")),
    }
}

impl PyContext {
    fn with(py: Python, cls: &PyTypeObject, classes: &Classes) -> PyResult<Py<PyContext>> {
        new_object(
            py,
            cls,
            PyContext {
                ob_base: PyObject::header(cls),
                prec: Cell::new(28),
                emax: Cell::new(999_999),
                emin: Cell::new(-999_999),
                round: Cell::new(Round::HalfEven),
                capitals: Cell::new(1),
                clamp: Cell::new(0),
                flags: PySignalDict::new(py, classes, 0)?,
                traps: PySignalDict::new(py, classes, DEFAULT_TRAPS)?,
            },
        )
    }

    /// A context with the settings the module starts with.
    pub fn make(py: Python) -> PyResult<Py<PyContext>> {
        Self::with(py, PyContext::type_object(), state(py).classes(py)?)
    }

    fn assign(&self, other: &PyContext) {
        self.prec.set(other.prec.get());
        self.emax.set(other.emax.get());
        self.emin.set(other.emin.get());
        self.round.set(other.round.get());
        self.capitals.set(other.capitals.get());
        self.clamp.set(other.clamp.get());
        self.traps.bits.set(other.traps.bits.get());
    }

    /// A copy with the same flags.
    pub fn copy_of(&self, py: Python) -> PyResult<Py<PyContext>> {
        let c = Self::make(py)?;
        c.assign(self);
        c.flags.bits.set(self.flags.bits.get());
        Ok(c)
    }

    /// The settings as the operations take them.
    #[inline]
    pub fn ctx(&self) -> Ctx {
        Ctx {
            prec: self.prec.get(),
            emax: self.emax.get(),
            emin: self.emin.get(),
            round: self.round.get(),
            clamp: self.clamp.get() != 0,
        }
    }

    /// Sets what is not `None`: prec, rounding, Emin, Emax, capitals, clamp, flags, traps.
    pub fn apply_settings(&self, py: Python, values: &[&PyObject; 8]) -> PyResult<()> {
        let names = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];
        for (name, value) in names.into_iter().zip(values).filter(|(_, v)| !v.is_none()) {
            self.set(py, name, value)?;
        }
        Ok(())
    }

    fn set(&self, py: Python, name: &str, value: &PyObject) -> PyResult<()> {
        let within = |low: i64, high: i64, message: &str| -> PyResult<i64> {
            let v = integer(py, value)?;
            if (low..=high).contains(&v) { Ok(v) } else { Err(value_error(py, message)) }
        };
        match name {
            "prec" => self.prec.set(within(1, MAX_PREC, "valid range for prec is [1, MAX_PREC]")?),
            "rounding" => self.round.set(rounding(py, value)?),
            "Emin" => self.emin.set(within(MIN_EMIN, 0, "valid range for Emin is [MIN_EMIN, 0]")?),
            "Emax" => self.emax.set(within(0, MAX_EMAX, "valid range for Emax is [0, MAX_EMAX]")?),
            "capitals" => {
                self.capitals.set(within(0, 1, "valid values for capitals are 0 or 1")? as i32);
            }
            "clamp" => self.clamp.set(within(0, 1, "valid values for clamp are 0 or 1")? as i32),
            _ => {
                let classes = state(py).classes(py)?;
                let bits = if PyList::check(value) {
                    classes.bits_of_list(py, value)?
                } else {
                    classes.bits_of_dict(py, value)?
                };
                let dict = if name == "flags" { &self.flags } else { &self.traps };
                dict.bits.set(bits);
            }
        }
        Ok(())
    }
}

/// The context affects most operations and controls rounding, which exceptions are raised, and much more.
#[pytype(
    name = "Context",
    module = "decimal",
    flags(BASETYPE, HEAPTYPE, IMMUTABLETYPE),
    text = "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
    parts(unary, binary, queries, others)
)]
impl PyContext {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyContext>> {
        let c = Self::with(py, cls, state(py).classes(py)?)?;
        // The template may have been changed.
        if let Some([default, ..]) = state(py).templates.get() {
            c.assign(default);
        }
        Ok(c)
    }

    #[slot(
        tp_init,
        sig = "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn init(
        &self,
        py: Python,
        prec: &PyObject,
        rounding: &PyObject,
        emin: &PyObject,
        emax: &PyObject,
        capitals: &PyObject,
        clamp: &PyObject,
        flags: &PyObject,
        traps: &PyObject,
    ) -> PyResult<()> {
        self.apply_settings(py, &[prec, rounding, emin, emax, capitals, clamp, flags, traps])
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(
            py,
            &format!(
                "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags={}, traps={})",
                self.prec.get(),
                self.round.get().name(),
                self.emin.get(),
                self.emax.get(),
                self.capitals.get(),
                self.clamp.get(),
                shown(self.flags.bits.get()),
                shown(self.traps.bits.get())
            ),
        )
    }

    #[slot(tp_getattro)]
    fn getattro(&self, py: Python, name: &PyObject) -> PyResult {
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(object_::bad_attribute_name(py, name));
        };
        if name.eq_str("traps") {
            return Ok(self.traps.clone().into_object());
        }
        if name.eq_str("flags") {
            return Ok(self.flags.clone().into_object());
        }
        object_::generic_getattr(py, self.as_object(), name)
    }

    #[slot(tp_setattro)]
    fn setattro(&self, py: Python, name: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        let Some(name) = name.downcast::<PyStr>() else {
            return Err(object_::bad_attribute_name(py, name));
        };
        let Some(value) = value else {
            return Err(attribute_error(py, "context attributes cannot be deleted"));
        };
        for dict in ["traps", "flags"] {
            if name.eq_str(dict) {
                if PyList::check(value) {
                    return Err(type_error(py, "argument must be a signal dict"));
                }
                return self.set(py, dict, value);
            }
        }
        object_::generic_setattr(py, self.as_object(), name, Some(value))
    }

    #[getter]
    fn prec(&self) -> i64 {
        self.prec.get()
    }

    #[setter]
    fn set_prec(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_given(py, "prec", value)
    }

    #[getter(name = "Emax")]
    fn get_emax(&self) -> i64 {
        self.emax.get()
    }

    #[setter(name = "Emax")]
    fn set_emax(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_given(py, "Emax", value)
    }

    #[getter(name = "Emin")]
    fn get_emin(&self) -> i64 {
        self.emin.get()
    }

    #[setter(name = "Emin")]
    fn set_emin(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_given(py, "Emin", value)
    }

    #[getter]
    fn rounding(&self) -> &'static str {
        self.round.get().name()
    }

    #[setter]
    fn set_rounding(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_given(py, "rounding", value)
    }

    #[getter]
    fn capitals(&self) -> i32 {
        self.capitals.get()
    }

    #[setter]
    fn set_capitals(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_given(py, "capitals", value)
    }

    #[getter]
    fn clamp(&self) -> i32 {
        self.clamp.get()
    }

    #[setter]
    fn set_clamp(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.set_given(py, "clamp", value)
    }
}

impl PyContext {
    fn set_given(&self, py: Python, name: &str, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            Some(v) => self.set(py, name, v),
            None => Err(raise(py, &PyExc_AttributeError_Type, "context attributes cannot be deleted")),
        }
    }
}

/// The manager that `localcontext()` returns.
#[repr(C)]
pub struct PyContextManager {
    pub ob_base: PyObject,
    local: Py<PyContext>,
    global: Py<PyContext>,
}

impl PyContextManager {
    pub fn new(py: Python, local: Py<PyContext>, global: Py<PyContext>) -> PyResult<Py<PyContextManager>> {
        let ty = PyContextManager::type_object();
        new_object(py, ty, PyContextManager { ob_base: PyObject::header(ty), local, global })
    }
}

#[pytype(
    name = "ContextManager",
    module = "decimal",
    flags(DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    nosig
)]
impl PyContextManager {
    #[pymethod(nodoc)]
    fn __enter__(&self, py: Python) -> PyResult<Py<PyContext>> {
        set_current(py, &self.local)?;
        Ok(self.local.clone())
    }

    #[pymethod(sig = "(*args)", nosig, nodoc)]
    fn __exit__(&self, py: Python, args: &[&PyObject]) -> PyResult<bool> {
        let _ = args;
        set_current(py, &self.global)?;
        Ok(false)
    }
}
