//! `typing.ParamSpec`, `ParamSpecArgs` and `ParamSpecKwargs`.

use super::*;

/// `paramspecobject`. Attributes set on an instance live in its own dict.
#[repr(C)]
#[derive(Traverse)]
pub struct PyParamSpec {
    pub ob_base: PyObject,
    name: Py<PyStr>,
    bound: Slot,
    pub(super) default: Lazy,
    covariant: Cell<bool>,
    contravariant: Cell<bool>,
    infer_variance: Cell<bool>,
}

impl PyParamSpec {
    fn make(
        py: Python,
        name: Py<PyStr>,
        bound: Option<Py>,
        default: Lazy,
        variance: [bool; 3],
    ) -> PyResult<Py<PyParamSpec>> {
        let ty = PyParamSpec::type_object();
        let value = PyParamSpec {
            ob_base: PyObject::header(ty),
            name,
            bound: Slot::new(bound),
            default,
            covariant: Cell::new(variance[0]),
            contravariant: Cell::new(variance[1]),
            infer_variance: Cell::new(variance[2]),
        };
        new_object(py, ty, value)
    }
}

/// `[**P]`
pub fn make_paramspec(py: Python, name: &PyObject) -> PyResult {
    let Some(name) = name.downcast::<PyStr>() else { return Err(bad_internal_call(py)) };
    Ok(PyParamSpec::make(py, name.owned(), None, default_value(None), [false, false, true])?.into_object())
}

/// A parameter specification: stands for the parameters of a callable.
#[pytype(
    name = "ParamSpec",
    module = "typing",
    flags(GC, HEAPTYPE, IMMUTABLETYPE, MANAGED_DICT, MANAGED_WEAKREF),
    nosig,
    members(
        name as __name__: object readonly,
        bound as __bound__: object readonly,
        covariant as __covariant__: bool readonly,
        contravariant as __contravariant__: bool readonly,
        infer_variance as __infer_variance__: bool readonly
    )
)]
impl PyParamSpec {
    #[slot(tp_new)]
    fn new(py: Python, _cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let [name, bound, default, covariant, contravariant, infer_variance] = parse_new!(
            py,
            args,
            kwargs,
            "paramspec",
            ["name", "bound", "default", "covariant", "contravariant", "infer_variance"],
            1,
            1,
            false
        );
        let name = name_argument(py, "paramspec", &name)?;
        let variance = [flag(py, &covariant)?, flag(py, &contravariant)?, flag(py, &infer_variance)?];
        check_variance(py, variance[0], variance[1], variance[2])?;
        // Any object is taken: what bounds mean here is not settled.
        let bound = bound.filter(|b| !b.is_none());
        let p = PyParamSpec::make(py, name, bound, default_value(default.as_deref()), variance)?;
        set_caller_module(py, &p)?;
        Ok(p.into_object())
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
        call_typing(py, "_paramspec_subst", &[self, arg])
    }

    #[pymethod]
    fn __typing_prepare_subst__(&self, py: Python, alias: &PyObject, args: &PyObject) -> PyResult {
        call_typing(py, "_paramspec_prepare_subst", &[self, alias, args])
    }

    #[pymethod]
    fn has_default(&self) -> bool {
        self.default.is_default()
    }

    #[pymethod]
    fn __reduce__(&self) -> Py<PyStr> {
        self.name.clone()
    }

    #[pymethod(sig = "(object, /)")]
    fn __mro_entries__(&self, py: Python, object: &PyObject) -> PyResult {
        let _ = object;
        Err(cannot_subclass(py, "ParamSpec"))
    }

    /// The positional parameters.
    #[getter]
    fn args(&self, py: Python) -> PyResult {
        Ok(PyParamSpecArgs::make(py, self.as_object())?.into_object())
    }

    /// The keyword parameters.
    #[getter]
    fn kwargs(&self, py: Python) -> PyResult {
        Ok(PyParamSpecKwargs::make(py, self.as_object())?.into_object())
    }

    #[getter]
    fn __default__(&self, py: Python) -> PyResult {
        self.default.get_or_none(py)
    }

    #[getter]
    fn evaluate_default(&self, py: Python) -> PyResult {
        self.default.evaluator(py)
    }
}

/// The two parts of a parameter specification differ in their names only.
macro_rules! part {
    ($t:ident, $name:literal, $function:literal, $attr:literal, $doc:literal) => {
        #[doc = $doc]
        #[repr(C)]
        #[derive(Traverse)]
        pub struct $t {
            pub ob_base: PyObject,
            origin: Py,
        }

        impl $t {
            fn make(py: Python, origin: &PyObject) -> PyResult<Py<$t>> {
                let ty = $t::type_object();
                let value = $t {
                    ob_base: PyObject::header(ty),
                    origin: origin.owned(),
                };
                new_object(py, ty, value)
            }
        }

        #[doc = $doc]
        #[pytype(name = $name, module = "typing", flags(GC, HEAPTYPE, IMMUTABLETYPE, MANAGED_WEAKREF), nosig, members(origin as __origin__: object readonly))]
        impl $t {
            #[slot(tp_new)]
            fn new(py: Python, _cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
                let [origin] = parse_new!(py, args, kwargs, $function, ["origin"], 1, 1, false);
                match origin {
                    Some(o) => Ok($t::make(py, &o)?.into_object()),
                    None => Err(bad_internal_call(py)),
                }
            }

            #[slot(tp_repr)]
            fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
                let name = match self.origin.downcast::<PyParamSpec>() {
                    Some(p) => p.name.clone(),
                    None => self.origin.repr(py)?,
                };
                PyStr::concat3(py, "", &name, $attr)
            }

            #[slot(tp_richcompare)]
            fn compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
                match (other.downcast::<$t>(), op) {
                    (Some(o), CompareOp::Eq | CompareOp::Ne) => self.origin.rich_compare(py, &o.origin, op),
                    _ => Ok(not_implemented().owned()),
                }
            }

            #[pymethod(sig = "(object, /)")]
            fn __mro_entries__(&self, py: Python, object: &PyObject) -> PyResult {
                let _ = object;
                Err(cannot_subclass(py, $name))
            }
        }
    };
}
part!(
    PyParamSpecArgs,
    "ParamSpecArgs",
    "paramspecargs",
    ".args",
    "The positional parameters of a parameter specification."
);
part!(
    PyParamSpecKwargs,
    "ParamSpecKwargs",
    "paramspeckwargs",
    ".kwargs",
    "The keyword parameters of a parameter specification."
);
