//! `typing.TypeVar`.

use super::*;

/// `typevarobject`. Attributes set on an instance live in its own dict here, as only heap types can manage theirs.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTypeVar {
    pub ob_base: PyObject,
    pub(super) name: Py<PyStr>,
    bound: Lazy,
    constraints: Lazy,
    pub(super) default: Lazy,
    covariant: Cell<bool>,
    contravariant: Cell<bool>,
    infer_variance: Cell<bool>,
}

/// What the constructor and the compiler say of a new type variable.
struct Spec {
    name: Py<PyStr>,
    bound: Lazy,
    constraints: Lazy,
    default: Lazy,
    covariant: bool,
    contravariant: bool,
    infer_variance: bool,
}

fn make(py: Python, s: Spec) -> PyResult<Py<PyTypeVar>> {
    let ty = PyTypeVar::type_object();
    let value = PyTypeVar {
        ob_base: PyObject::header(ty),
        name: s.name,
        bound: s.bound,
        constraints: s.constraints,
        default: s.default,
        covariant: Cell::new(s.covariant),
        contravariant: Cell::new(s.contravariant),
        infer_variance: Cell::new(s.infer_variance),
    };
    new_object(py, ty, value)
}

/// A type variable of a parameter list; bound and constraints are functions.
fn inferred(
    py: Python,
    name: &PyObject,
    bound: Option<&PyObject>,
    constraints: Option<&PyObject>,
) -> PyResult {
    let Some(name) = name.downcast::<PyStr>() else { return Err(bad_internal_call(py)) };
    let spec = Spec {
        name: name.owned(),
        bound: Lazy::new(None, bound.map(|b| b.owned())),
        constraints: Lazy::new(None, constraints.map(|c| c.owned())),
        default: default_value(None),
        covariant: false,
        contravariant: false,
        infer_variance: true,
    };
    Ok(make(py, spec)?.into_object())
}

/// `[T]`
pub fn make_typevar(py: Python, name: &PyObject) -> PyResult {
    inferred(py, name, None, None)
}

/// `[T: bound]`
pub fn make_typevar_with_bound(py: Python, name: &PyObject, bound: &PyObject) -> PyResult {
    inferred(py, name, Some(bound), None)
}

/// `[T: (a, b)]`
pub fn make_typevar_with_constraints(py: Python, name: &PyObject, constraints: &PyObject) -> PyResult {
    inferred(py, name, None, Some(constraints))
}

/// A type variable: stands for a type in generic functions, classes and aliases.
#[pytype(
    name = "TypeVar",
    module = "typing",
    flags(GC, HEAPTYPE, IMMUTABLETYPE, MANAGED_DICT, MANAGED_WEAKREF),
    nosig,
    members(
        name as __name__: object readonly,
        covariant as __covariant__: bool readonly,
        contravariant as __contravariant__: bool readonly,
        infer_variance as __infer_variance__: bool readonly
    )
)]
impl PyTypeVar {
    #[slot(tp_new)]
    fn new(py: Python, _cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let (first, constraints) = args.items().split_at(args.len().min(1));
        let first = PyTuple::new(py, first.iter().map(|a| a.owned()))?;
        let [name, bound, default, covariant, contravariant, infer_variance] = parse_new!(
            py,
            first,
            kwargs,
            "typevar",
            ["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
            1,
            1,
            true
        );
        let name = name_argument(py, "typevar", &name)?;
        let (covariant, contravariant) = (flag(py, &covariant)?, flag(py, &contravariant)?);
        let infer_variance = flag(py, &infer_variance)?;
        check_variance(py, covariant, contravariant, infer_variance)?;
        let bound = match bound.filter(|b| !b.is_none()) {
            Some(b) => Some(type_check(py, &b, "Bound must be a type.")?),
            None => None,
        };
        let constraints = match constraints.len() {
            0 => None,
            1 => return Err(type_error(py, "A single constraint is not allowed")),
            _ if bound.is_some() => {
                return Err(type_error(py, "Constraints cannot be combined with bound=..."));
            }
            _ => Some(PyTuple::new(py, constraints.iter().map(|c| c.owned()))?.into_object()),
        };
        let spec = Spec {
            name,
            bound: Lazy::new(bound, None),
            constraints: Lazy::new(constraints, None),
            default: default_value(default.as_deref()),
            covariant,
            contravariant,
            infer_variance,
        };
        let t = make(py, spec)?;
        set_caller_module(py, &t)?;
        Ok(t.into_object())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        repr_with_variance(
            py,
            &self.name,
            self.covariant.get(),
            self.contravariant.get(),
            self.infer_variance.get(),
        )
    }

    #[slot(nb_or)]
    fn or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        make_union(py, a, b)
    }

    #[pymethod]
    fn __typing_subst__(&self, py: Python, arg: &PyObject) -> PyResult {
        call_typing(py, "_typevar_subst", &[self, arg])
    }

    #[pymethod]
    fn __typing_prepare_subst__(&self, py: Python, alias: &PyObject, args: &PyObject) -> PyResult {
        let parameters = alias.getattr(py, intern!(py, "__parameters__"))?.to_tuple(py)?;
        let given = args.length(py)?.unsigned_abs();
        let Some(at) = parameters.items().iter().position(|p| p.is(self)) else {
            return Err(value_error(py, "tuple.index(x): x not in tuple"));
        };
        if at < given {
            return Ok(args.owned());
        }
        let default = self.__default__(py)?;
        if at > given || default.is(no_default()) {
            return Err(type_error(
                py,
                format!(
                    "Too few arguments for {}; actual {given}, expected at least {}",
                    alias.str_(py)?,
                    at + 1
                ),
            ));
        }
        let args = args.to_tuple(py)?;
        let all: Vec<Py> = args.items().iter().map(|a| a.owned()).chain([default]).collect();
        Ok(PyTuple::new(py, all)?.into_object())
    }

    #[pymethod]
    fn __reduce__(&self) -> Py<PyStr> {
        self.name.clone()
    }

    #[pymethod]
    fn has_default(&self) -> bool {
        self.default.is_default()
    }

    #[pymethod(sig = "(object, /)")]
    fn __mro_entries__(&self, py: Python, object: &PyObject) -> PyResult {
        let _ = object;
        Err(cannot_subclass(py, "TypeVar"))
    }

    #[getter]
    fn __bound__(&self, py: Python) -> PyResult {
        self.bound.get_or_none(py)
    }

    #[getter]
    fn __constraints__(&self, py: Python) -> PyResult {
        Ok(self.constraints.get(py)?.unwrap_or_else(|| PyTuple::empty(py).into_object()))
    }

    #[getter]
    fn __default__(&self, py: Python) -> PyResult {
        self.default.get_or_none(py)
    }

    #[getter]
    fn evaluate_bound(&self, py: Python) -> PyResult {
        self.bound.evaluator(py)
    }

    #[getter]
    fn evaluate_constraints(&self, py: Python) -> PyResult {
        self.constraints.evaluator(py)
    }

    #[getter]
    fn evaluate_default(&self, py: Python) -> PyResult {
        self.default.evaluator(py)
    }
}
