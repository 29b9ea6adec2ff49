//! Type parameters and what belongs to them: `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`, `Generic`, `NoDefault`.
//!
//! The compiler makes them through intrinsics; bounds, constraints, defaults and aliased types are functions then, called when
//! somebody asks. Much of their behaviour is in the library's `typing` module, which is imported on first use.

mod alias;
mod evaluator;
mod generic;
mod paramspec;
mod typevar_;
mod typevartuple;

pub use alias::{PyTypeAlias, make_typealias};
pub use evaluator::PyConstEvaluator;
pub(crate) use generic::finish;
pub use generic::{_Py_NoDefaultStruct, PyGeneric, PyNoDefault, generic_type, subscript_generic};
pub use paramspec::{PyParamSpec, PyParamSpecArgs, PyParamSpecKwargs, make_paramspec};
pub use typevar_::{PyTypeVar, make_typevar, make_typevar_with_bound, make_typevar_with_constraints};
pub use typevartuple::{PyTypeVarTuple, make_typevartuple};

use crate::prelude::*;
use crate::types::{PyGenericAlias, PyNone, PyUnion, union};

/// `typing.name(*args)`
fn call_typing(py: Python, name: &str, args: &[&PyObject]) -> PyResult {
    crate::import::import_attr(py, "typing", name)?.call(py, args)
}

/// What may stand where a type is expected; `None` stands for its type.
fn type_check(py: Python, arg: &PyObject, message: &str) -> PyResult {
    if arg.is_none() {
        return Ok(PyNone::type_object().as_object().owned());
    }
    call_typing(py, "_type_check", &[arg, &*PyStr::new(py, message)?])
}

/// The name of the module that is calling.
fn caller(py: Python) -> PyResult {
    crate::interp::get_frame_module_name(py, 0)
}

/// `left | right` for a type parameter: strings become forward references.
fn make_union(py: Python, left: &PyObject, right: &PyObject) -> PyResult {
    let convert = |o: &PyObject| {
        let plain = o.is_none()
            || PyTypeObject::check(o)
            || PyGenericAlias::check(o)
            || PyUnion::check(o)
            || PyTypeVar::check(o)
            || PyParamSpec::check(o)
            || PyTypeAlias::check(o);
        if plain { Ok(o.owned()) } else { type_check(py, o, "Union[arg, ...]: each arg must be a type.") }
    };
    let (left, right) = (convert(left)?, convert(right)?);
    union::of(py, &[&left, &right])
}

/// May the object be an operand of `|` between types, as aliases may? Type parameters have an operator of their own.
pub fn is_type_alias(_py: Python, o: &PyObject) -> bool {
    PyTypeAlias::check(o)
}

/// A value that is there or will be computed when asked for.
#[repr(C)]
#[derive(Traverse)]
struct Lazy {
    value: Slot,
    evaluate: Slot,
}

impl Lazy {
    fn new(value: Option<Py>, evaluate: Option<Py>) -> Lazy {
        Lazy { value: Slot::new(value), evaluate: Slot::new(evaluate) }
    }

    /// The value, computed if it has not been yet; `None` if there is neither value nor function.
    fn get(&self, py: Python) -> PyResult<Option<Py>> {
        if let Some(v) = self.value.get_owned() {
            return Ok(Some(v));
        }
        let Some(f) = self.evaluate.get_owned() else { return Ok(None) };
        let v = f.call0(py)?;
        self.value.set(Some(v.clone()));
        Ok(Some(v))
    }

    /// The value, or `None` as Python has it.
    fn get_or_none(&self, py: Python) -> PyResult {
        Ok(self.get(py)?.unwrap_or_else(|| none().owned()))
    }

    /// A function that computes the value in a format.
    fn evaluator(&self, py: Python) -> PyResult {
        if let Some(f) = self.evaluate.get_owned() {
            return Ok(f);
        }
        match self.value.get_owned() {
            Some(v) => Ok(PyConstEvaluator::new(py, v)?.into_object()),
            None => Ok(none().owned()),
        }
    }

    /// Does it amount to a default?
    fn is_default(&self) -> bool {
        !self.evaluate.is_empty() || !self.value.as_ptr().eq(&no_default().as_ptr())
    }
}

/// `typing.NoDefault`
fn no_default() -> &'static PyObject {
    &_Py_NoDefaultStruct
}

/// The default as given to a constructor.
fn default_value(given: Option<&PyObject>) -> Lazy {
    Lazy::new(Some(given.unwrap_or(no_default()).owned()), None)
}

/// Gives a type parameter a default that is computed when asked for.
pub fn set_default(py: Python, parameter: &PyObject, evaluate: &PyObject) -> PyResult {
    let default = if let Some(t) = parameter.downcast::<PyTypeVar>() {
        &t.default
    } else if let Some(p) = parameter.downcast::<PyParamSpec>() {
        &p.default
    } else if let Some(t) = parameter.downcast::<PyTypeVarTuple>() {
        &t.default
    } else {
        return Err(type_error(py, format!("Expected a type param, got {}", parameter.repr(py)?)));
    };
    default.value.set(None);
    default.evaluate.set(Some(evaluate.owned()));
    Ok(parameter.owned())
}

/// `Unpack[o]`
fn unpack(py: Python, o: &PyObject) -> PyResult {
    crate::import::import_attr(py, "typing", "Unpack")?.get_item(py, o)
}

/// The iterator behind `*o`: gives `Unpack[o]` once.
fn unpack_iter(py: Python, o: &PyObject) -> PyResult {
    PyTuple::new(py, [unpack(py, o)?])?.as_object().get_iter(py)
}

/// Sets `__module__` of a new type parameter to that of the code that makes it.
fn set_caller_module(py: Python, o: &PyObject) -> PyResult<()> {
    let module = caller(py)?;
    o.setattr(py, intern!(py, "__module__"), &module)
}

#[cold]
fn cannot_subclass(py: Python, what: &str) -> Raised {
    type_error(py, format!("Cannot subclass an instance of {what}"))
}

/// The variance flags of `TypeVar` and `ParamSpec`.
fn check_variance(py: Python, covariant: bool, contravariant: bool, infer_variance: bool) -> PyResult<()> {
    if covariant && contravariant {
        return Err(value_error(py, "Bivariant types are not supported."));
    }
    if infer_variance && (covariant || contravariant) {
        return Err(value_error(py, "Variance cannot be specified with infer_variance."));
    }
    Ok(())
}

/// The name with a sign for the variance.
fn repr_with_variance(
    py: Python,
    name: &PyStr,
    covariant: bool,
    contravariant: bool,
    infer: bool,
) -> PyResult<Py<PyStr>> {
    if infer {
        return Ok(name.owned());
    }
    let sign = match (covariant, contravariant) {
        (true, _) => "+",
        (_, true) => "-",
        _ => "~",
    };
    PyStr::concat3(py, sign, name, "")
}

/// Parses the arguments of a constructor by names, of which the first `$positional` can be given by position and the first `$required`
/// must be given.
macro_rules! parse_new {
    ($py:expr, $args:expr, $kwargs:expr, $function:expr, [$($name:literal),*], $positional:literal, $required:literal, $varargs:literal) => {{
        use crate::intern::InternedName;
        const N: usize = [$($name),*].len();
        static NAMES: [InternedName; N] = [$(InternedName::new($name)),*];
        static SIG: crate::args::Signature = crate::args::Signature {
            function: $function,
            params: &NAMES,
            posonly: 0,
            positional: $positional,
            required: $required,
            required_keywords: 0,
            varargs: $varargs,
            varkw: false,
        };
        let mut argv = [None; N];
        let args = $args.as_ptr();
        let kwargs = $kwargs.map_or(std::ptr::null_mut(), |k: &PyDict| k.as_ptr());
        // SAFETY: a live tuple and a live dict or null, alive until the function returns.
        unsafe { crate::args::parse_tuple($py, &SIG, &args, &kwargs, &mut argv)? };
        argv.map(|a: Option<&PyObject>| a.map(|a| a.owned()))
    }};
}
use parse_new;

/// A required argument that must be a string.
fn name_argument(py: Python, function: &str, arg: &Option<Py>) -> PyResult<Py<PyStr>> {
    match arg.as_ref().map(|a| (a.downcast::<PyStr>(), a)) {
        Some((Some(s), _)) => Ok(s.owned()),
        Some((None, o)) => Err(type_error(
            py,
            format!("{function}() argument 'name' must be str, not {}", crate::errors::type_name(o)),
        )),
        None => Err(bad_internal_call(py)),
    }
}

/// The truth of an optional flag.
fn flag(py: Python, arg: &Option<Py>) -> PyResult<bool> {
    match arg {
        Some(v) => v.is_true(py),
        None => Ok(false),
    }
}
