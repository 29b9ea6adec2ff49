//! Signals: the exception classes, the dicts of flags and traps, and raising.

use super::coeff::NoMemory;
use super::context::PyContext;
use super::number::Dec;
use super::number::cond;
use runtime::import::import_attr;
use runtime::prelude::*;
use runtime::types::exceptions::*;

/// The signals in the order of the dicts: name and conditions.
pub const SIGNALS: [(&str, u32); 9] = [
    ("InvalidOperation", cond::ANY_INVALID),
    ("FloatOperation", cond::FLOAT_OPERATION),
    ("DivisionByZero", cond::DIVISION_BY_ZERO),
    ("Overflow", cond::OVERFLOW),
    ("Underflow", cond::UNDERFLOW),
    ("Subnormal", cond::SUBNORMAL),
    ("Inexact", cond::INEXACT),
    ("Rounded", cond::ROUNDED),
    ("Clamped", cond::CLAMPED),
];

/// The conditions that are classes of their own, all kinds of InvalidOperation.
const CONDITIONS: [(&str, u32); 5] = [
    ("InvalidOperation", cond::INVALID_OPERATION),
    ("ConversionSyntax", cond::CONVERSION_SYNTAX),
    ("DivisionImpossible", cond::DIVISION_IMPOSSIBLE),
    ("DivisionUndefined", cond::DIVISION_UNDEFINED),
    ("InvalidContext", cond::INVALID_CONTEXT),
];

/// The conditions in the order of their bits, as contexts show them.
const SHOWN: [(u32, &str); 15] = [
    (cond::CLAMPED, "Clamped"),
    (cond::CONVERSION_SYNTAX, "InvalidOperation"),
    (cond::DIVISION_BY_ZERO, "DivisionByZero"),
    (cond::DIVISION_IMPOSSIBLE, "InvalidOperation"),
    (cond::DIVISION_UNDEFINED, "InvalidOperation"),
    (0x20, "InvalidOperation"),
    (cond::INEXACT, "Inexact"),
    (cond::INVALID_CONTEXT, "InvalidOperation"),
    (cond::INVALID_OPERATION, "InvalidOperation"),
    (0x200, "InvalidOperation"),
    (cond::FLOAT_OPERATION, "FloatOperation"),
    (cond::OVERFLOW, "Overflow"),
    (cond::ROUNDED, "Rounded"),
    (cond::SUBNORMAL, "Subnormal"),
    (cond::UNDERFLOW, "Underflow"),
];

/// The names of the signals of conditions, by bits.
pub fn shown(bits: u32) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (bit, name) in SHOWN {
        if bits & bit != 0 && !names.contains(&name) {
            names.push(name);
        }
    }
    format!("[{}]", names.join(", "))
}

/// Classes of the module, made once for an interpreter.
pub struct Classes {
    exception: Py<PyTypeObject>,
    /// As in [`SIGNALS`].
    pub signals: Vec<Py<PyTypeObject>>,
    /// As in [`CONDITIONS`].
    conditions: Vec<Py<PyTypeObject>>,
    pub signal_dict: Py<PyTypeObject>,
    pub rational: Py,
    pub decimal_tuple: Py,
}

fn class(py: Python, name: &str, bases: &[&PyTypeObject]) -> PyResult<Py<PyTypeObject>> {
    let dict = PyDict::new(py)?;
    dict.set_text(py, "__module__", PyStr::new(py, "decimal")?.as_object())?;
    let bases: Vec<&PyObject> = bases.iter().map(|b| b.object()).collect();
    make_class(py, PyTypeObject::type_object().object(), name, &bases, &dict)
}

fn make_class(
    py: Python,
    meta: &PyObject,
    name: &str,
    bases: &[&PyObject],
    dict: &PyDict,
) -> PyResult<Py<PyTypeObject>> {
    let bases = PyTuple::from_slice(py, bases)?;
    let made = meta.call(py, &[PyStr::new(py, name)?.as_object(), bases.as_object(), dict.as_object()])?;
    made.downcast_into::<PyTypeObject>().map_err(|_| bad_internal_call(py))
}

impl Classes {
    pub fn make(py: Python) -> PyResult<Classes> {
        let exception = class(py, "DecimalException", &[&PyExc_ArithmeticError_Type])?;
        let e: &PyTypeObject = &exception;
        let invalid = class(py, "InvalidOperation", &[e])?;
        let float = class(py, "FloatOperation", &[e, &PyExc_TypeError_Type])?;
        let by_zero = class(py, "DivisionByZero", &[e, &PyExc_ZeroDivisionError_Type])?;
        let (inexact, rounded) = (class(py, "Inexact", &[e])?, class(py, "Rounded", &[e])?);
        let (subnormal, clamped) = (class(py, "Subnormal", &[e])?, class(py, "Clamped", &[e])?);
        let overflow = class(py, "Overflow", &[&inexact, &rounded])?;
        let underflow = class(py, "Underflow", &[&inexact, &rounded, &subnormal])?;
        let i: &PyTypeObject = &invalid;
        let conditions = vec![
            invalid.clone(),
            class(py, "ConversionSyntax", &[i])?,
            class(py, "DivisionImpossible", &[i])?,
            class(py, "DivisionUndefined", &[i, &PyExc_ZeroDivisionError_Type])?,
            class(py, "InvalidContext", &[i])?,
        ];
        let mapping = import_attr(py, "collections.abc", "MutableMapping")?;
        let mixin = PySignalDict::type_object();
        let signal_dict = make_class(
            py,
            mapping.ty().object(),
            "SignalDict",
            &[mixin.object(), &mapping],
            &*PyDict::new(py)?,
        )?;
        let fields = PyStr::new(py, "sign digits exponent")?;
        let namedtuple = import_attr(py, "collections", "namedtuple")?;
        let decimal_tuple =
            namedtuple.call(py, &[PyStr::new(py, "DecimalTuple")?.as_object(), fields.as_object()])?;
        decimal_tuple.setattr_str(py, "__module__", PyStr::new(py, "decimal")?.as_object())?;
        let number = import_attr(py, "numbers", "Number")?;
        let decimal = super::decimal::PyDecimal::type_object();
        number.call_method1(py, intern!(py, "register"), decimal.object())?;
        Ok(Classes {
            exception,
            signals: vec![invalid, float, by_zero, overflow, underflow, subnormal, inexact, rounded, clamped],
            conditions,
            signal_dict,
            rational: import_attr(py, "numbers", "Rational")?,
            decimal_tuple,
        })
    }

    /// Puts the classes into the module.
    pub fn publish(&self, py: Python, module: &PyModule) -> PyResult<()> {
        module.add(py, "DecimalException", self.exception.object())?;
        for ((name, _), c) in SIGNALS.iter().zip(&self.signals).chain(CONDITIONS.iter().zip(&self.conditions))
        {
            module.add(py, name, c.object())?;
        }
        module.add(py, "DecimalTuple", &self.decimal_tuple)
    }

    /// The conditions a signal class stands for.
    pub fn bits_of(&self, o: &PyObject) -> Option<u32> {
        self.signals.iter().zip(SIGNALS).find(|(c, _)| c.is(o)).map(|(_, (_, bits))| bits)
    }

    /// The classes of the signals of conditions.
    pub fn list(&self, py: Python, bits: u32) -> PyResult<Py<PyList>> {
        let of =
            |(c, (_, b)): (&Py<PyTypeObject>, (&str, u32))| (bits & b != 0).then(|| c.clone().into_object());
        PyList::new(py, self.signals.iter().zip(SIGNALS).filter_map(of).collect())
    }

    /// Raises the first trapped signal among conditions, with a list of all of them.
    #[cold]
    fn raise(&self, py: Python, bits: u32) -> Raised {
        let found = self.signals.iter().zip(SIGNALS).find(|(_, (_, b))| bits & b != 0);
        let Some((class, _)) = found else { return bad_internal_call(py) };
        let list = PyList::new(
            py,
            self.conditions
                .iter()
                .zip(CONDITIONS)
                .chain(self.signals.iter().zip(SIGNALS).skip(1))
                .filter(|(_, (_, b))| bits & b != 0)
                .map(|(c, _)| c.clone().into_object())
                .collect(),
        );
        match list {
            Ok(l) => raise_with(py, class, l.as_object()),
            Err(e) => e,
        }
    }

    /// A sequence of signal classes as conditions.
    pub fn bits_of_list(&self, py: Python, o: &PyObject) -> PyResult<u32> {
        let items = o.to_tuple(py)?;
        let mut bits = 0;
        for i in items.items() {
            bits |= self.bits_of(i).ok_or_else(|| invalid_signal(py))?;
        }
        Ok(bits)
    }

    /// A mapping with all signals as keys, as conditions.
    pub fn bits_of_dict(&self, py: Python, o: &PyObject) -> PyResult<u32> {
        if let Some(d) = o.downcast::<PySignalDict>() {
            return d.checked(py);
        }
        let Some(d) = o.downcast::<PyDict>() else {
            return Err(type_error(py, "argument must be a signal dict"));
        };
        if d.len() != SIGNALS.len() {
            return Err(raise(py, &PyExc_KeyError_Type, "invalid signal dict"));
        }
        let mut bits = 0;
        for (c, (_, b)) in self.signals.iter().zip(SIGNALS) {
            let Some(v) = d.get_item(py, c.object())? else {
                return Err(raise(py, &PyExc_KeyError_Type, "invalid signal dict"));
            };
            if v.is_true(py)? {
                bits |= b;
            }
        }
        Ok(bits)
    }
}

#[cold]
fn invalid_signal(py: Python) -> Raised {
    raise(
        py,
        &PyExc_KeyError_Type,
        "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]",
    )
}

/// Notes conditions in a context and raises the exception of those that are trapped.
#[inline]
pub fn signal(py: Python, ctx: &PyContext, st: u32) -> PyResult<()> {
    if st != 0 {
        ctx.flags.bits.set(ctx.flags.bits.get() | st);
        let trapped = st & ctx.traps.bits.get();
        if trapped != 0 {
            return Err(super::state(py).classes(py)?.raise(py, trapped));
        }
    }
    Ok(())
}

/// The result of an operation with its conditions.
#[inline]
pub fn outcome<T>(py: Python, ctx: &PyContext, r: Result<T, NoMemory>, st: u32) -> PyResult<T> {
    match r {
        Ok(v) => {
            signal(py, ctx, st)?;
            Ok(v)
        }
        Err(NoMemory) => Err(memory_error(py)),
    }
}

/// As [`outcome`] for one number.
#[inline]
pub fn number(
    py: Python,
    ctx: &PyContext,
    r: Result<Dec, NoMemory>,
    st: u32,
) -> PyResult<Py<super::decimal::PyDecimal>> {
    super::decimal::PyDecimal::new(py, outcome(py, ctx, r, st)?)
}

/// The flags or traps of a context: signal classes to booleans.
#[repr(C)]
pub struct PySignalDict {
    pub ob_base: PyObject,
    pub bits: Cell<u32>,
    /// Does it belong to a living context? Others refuse everything.
    pub valid: Cell<bool>,
}

impl PySignalDict {
    pub fn new(py: Python, classes: &Classes, bits: u32) -> PyResult<Py<PySignalDict>> {
        let ty: &PyTypeObject = &classes.signal_dict;
        let d = PySignalDict { ob_base: PyObject::header(ty), bits: Cell::new(bits), valid: Cell::new(true) };
        new_object(py, ty, d)
    }

    /// The conditions.
    ///
    /// Errors: `ValueError` without a living context.
    fn checked(&self, py: Python) -> PyResult<u32> {
        if self.valid.get() { Ok(self.bits.get()) } else { Err(value_error(py, "invalid signal dict")) }
    }

    fn key(py: Python, o: &PyObject) -> PyResult<u32> {
        super::state(py).classes(py)?.bits_of(o).ok_or_else(|| invalid_signal(py))
    }
}

#[pytype(
    name = "SignalDictMixin",
    module = "decimal",
    flags(BASETYPE, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    nosig
)]
impl PySignalDict {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PySignalDict>> {
        let d = PySignalDict { ob_base: PyObject::header(cls), bits: Cell::new(0), valid: Cell::new(false) };
        new_object(py, cls, d)
    }

    #[slot(tp_init)]
    fn init(&self, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<()> {
        Ok(())
    }

    #[slot(mp_length)]
    fn len(&self, py: Python) -> PyResult<isize> {
        self.checked(py)?;
        Ok(SIGNALS.len() as isize)
    }

    #[slot(mp_subscript)]
    fn get(&self, py: Python, key: &PyObject) -> PyResult {
        let own = self.checked(py)?;
        let bits = Self::key(py, key)?;
        Ok(py_bool(own & bits != 0).owned().into_object())
    }

    #[slot(mp_ass_subscript)]
    fn set(&self, py: Python, key: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        self.checked(py)?;
        let Some(value) = value else { return Err(value_error(py, "signal keys cannot be deleted")) };
        let bits = Self::key(py, key)?;
        let old = self.bits.get();
        self.bits.set(if value.is_true(py)? { old | bits } else { old & !bits });
        Ok(())
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult {
        self.checked(py)?;
        let all: Vec<Py> =
            super::state(py).classes(py)?.signals.iter().map(|c| c.clone().into_object()).collect();
        PyTuple::new(py, all)?.as_object().get_iter(py)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let bits = self.checked(py)?;
        let parts: Vec<String> = SIGNALS
            .iter()
            .map(|(name, b)| {
                format!("<class 'decimal.{name}'>:{}", if bits & b != 0 { "True" } else { "False" })
            })
            .collect();
        PyStr::new(py, &format!("{{{}}}", parts.join(", ")))
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        Err(type_error(py, format!("unhashable type: '{}'", type_name(self))))
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented().owned());
        }
        let own = self.checked(py)?;
        let bits = if let Some(d) = other.downcast::<PySignalDict>() {
            d.checked(py)?
        } else if PyDict::check(other) {
            match super::state(py).classes(py)?.bits_of_dict(py, other) {
                Ok(b) => b,
                Err(e) => {
                    drop(catch(py, e, &PyExc_KeyError_Type)?);
                    return Ok(not_implemented().owned());
                }
            }
        } else {
            return Ok(not_implemented().owned());
        };
        // Any condition of a signal stands for it.
        let signals = |bits: u32| SIGNALS.map(|(_, b)| bits & b != 0);
        let same = signals(bits) == signals(own);
        Ok(py_bool(same == (op == CompareOp::Eq)).owned().into_object())
    }

    /// A dict with the same content.
    #[pymethod]
    fn copy(&self, py: Python) -> PyResult<Py<PyDict>> {
        let bits = self.checked(py)?;
        let d = PyDict::new(py)?;
        for (c, (_, b)) in super::state(py).classes(py)?.signals.iter().zip(SIGNALS) {
            d.set_item(py, c.object(), py_bool(bits & b != 0).as_object())?;
        }
        Ok(d)
    }
}
