//! `types.GenericAlias`: `list[int]` (PEP 585), and the substitution of type parameters that it shares with unions.

use crate::abstract_::call;
use crate::prelude::*;
use crate::types::exceptions::{PyExc_AttributeError_Type, PyExc_TypeError_Type};
use crate::types::generic_alias_iter::PyGenericAliasIter;
use crate::types::{PyDict, PyList, PyStr, PyTuple, object_};
use object::typeobj::VectorcallFunc;

/// `gaobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyGenericAlias {
    pub ob_base: PyObject,
    pub origin: Py,
    pub args: Py<PyTuple>,
    pub parameters: Slot<PyTuple>,
    #[traverse(skip)]
    pub weakreflist: Cell<*mut PyObject>,
    /// Made by iterating: `*tuple[int, ...]`.
    pub starred: Cell<bool>,
    #[traverse(skip)]
    pub vectorcall: Cell<Option<VectorcallFunc>>,
}

/// `origin[args]`; a single argument is wrapped in a tuple.
pub fn new(py: Python, origin: &PyObject, args: &PyObject) -> PyResult {
    Ok(PyGenericAlias::of_type(py, PyGenericAlias::type_object(), origin, args)?.into_object())
}

unsafe extern "C" fn vectorcall(
    o: *mut PyObject,
    args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called through the vectorcall protocol with a live alias.
    unsafe {
        let py = Python::assume_attached();
        let a: &PyGenericAlias = (*o).downcast_unchecked();
        let kw = kwnames.as_ref().and_then(|k| k.downcast::<PyTuple>());
        let r = call::vectorcall(py, &a.origin, args, call::nargs(nargsf), kw).and_then(|v| {
            set_orig_class(py, &v, &*o)?;
            Ok(v)
        });
        r.map_or(std::ptr::null_mut(), Py::into_raw)
    }
}

/// Tells a new instance how its class was spelt, if it has a place for that.
fn set_orig_class(py: Python, v: &PyObject, alias: &PyObject) -> PyResult<()> {
    if let Err(e) = v.setattr(py, intern!(py, "__orig_class__"), alias) {
        let e = fetch(py, e);
        if !e.ty().is_subtype(&PyExc_AttributeError_Type) && !e.ty().is_subtype(&PyExc_TypeError_Type) {
            return Err(raise_object(py, e));
        }
    }
    Ok(())
}

impl PyGenericAlias {
    fn of_type(
        py: Python,
        cls: &PyTypeObject,
        origin: &PyObject,
        args: &PyObject,
    ) -> PyResult<Py<PyGenericAlias>> {
        let args = match args.downcast::<PyTuple>() {
            Some(t) => t.owned(),
            None => PyTuple::new(py, [args.owned()])?,
        };
        let callable = crate::abstract_::call::vectorcall_function(origin).is_some();
        new_object(
            py,
            cls,
            PyGenericAlias {
                ob_base: PyObject::header(cls),
                origin: origin.owned(),
                args,
                parameters: Slot::empty(),
                weakreflist: Cell::new(std::ptr::null_mut()),
                starred: Cell::new(false),
                vectorcall: Cell::new(callable.then_some(vectorcall as VectorcallFunc)),
            },
        )
    }

    /// `*alias`.
    pub(super) fn starred(&self, py: Python) -> PyResult<Py<PyGenericAlias>> {
        let starred = PyGenericAlias::of_type(py, self.ty(), &self.origin, self.args.as_object())?;
        starred.starred.set(true);
        Ok(starred)
    }

    fn parameters(&self, py: Python) -> PyResult<Py<PyTuple>> {
        if let Some(p) = self.parameters.get_owned() {
            return Ok(p);
        }
        let p = make_parameters(py, &self.args)?;
        self.parameters.set(Some(p.clone()));
        Ok(p)
    }
}

fn push_unique(list: &mut Vec<Py>, v: &PyObject) {
    if !list.iter().any(|x| x.is(v)) {
        list.push(v.owned());
    }
}

/// The type parameters that occur in `args`, in order of appearance.
pub fn make_parameters(py: Python, args: &PyObject) -> PyResult<Py<PyTuple>> {
    let mut found = Vec::new();
    collect_parameters(py, args, &mut found)?;
    PyTuple::new(py, found)
}

fn collect_parameters(py: Python, args: &PyObject, found: &mut Vec<Py>) -> PyResult<()> {
    crate::state::enter_recursive_call(py, " in __parameter__ calculation")?;
    for t in args.to_tuple(py)?.items() {
        // Classes themselves have no free parameters.
        if PyTypeObject::check(t) {
            continue;
        }
        if t.getattr_opt(py, intern!(py, "__typing_subst__"))?.is_some() {
            push_unique(found, t);
        } else if PyTuple::check(t) || PyList::check(t) {
            collect_parameters(py, t, found)?;
        } else if let Some(sub) = t.getattr_opt(py, intern!(py, "__parameters__"))?
            && let Some(sub) = sub.downcast::<PyTuple>()
        {
            for p in sub.items() {
                push_unique(found, p);
            }
        }
    }
    Ok(())
}

/// `o[item]` for a container of types: every parameter replaced by its argument (`_Py_subs_parameters`).
pub fn substitute(
    py: Python,
    this: &PyObject,
    args: &PyTuple,
    parameters: &PyTuple,
    item: &PyObject,
) -> PyResult<Py<PyTuple>> {
    if parameters.is_empty() {
        return Err(type_error(py, format!("{} is not a generic class", this.repr(py)?.to_string_lossy())));
    }
    let mut item = unpack_args(py, item)?;
    for p in parameters.items() {
        if let Some(prepare) = p.getattr_opt(py, intern!(py, "__typing_prepare_subst__"))?
            && !prepare.is_none()
        {
            let r = prepare.call(py, &[this, item.as_object()])?;
            item = match r.downcast_into::<PyTuple>() {
                Ok(t) => t,
                Err(o) => PyTuple::new(py, [o])?,
            };
        }
    }
    if item.len() != parameters.len() {
        return Err(type_error(
            py,
            format!(
                "Too {} arguments for {}; actual {}, expected {}",
                if item.len() > parameters.len() { "many" } else { "few" },
                this.repr(py)?.to_string_lossy(),
                item.len(),
                parameters.len()
            ),
        ));
    }
    let mut new = Vec::with_capacity(args.len());
    for a in args.items() {
        substitute_one(py, a, parameters, &item, &mut new)?;
    }
    PyTuple::new(py, new)
}

fn substitute_one(
    py: Python,
    arg: &PyObject,
    parameters: &PyTuple,
    values: &PyTuple,
    out: &mut Vec<Py>,
) -> PyResult<()> {
    crate::state::enter_recursive_call(py, " in type parameter substitution")?;
    if PyTypeObject::check(arg) {
        out.push(arg.owned());
        return Ok(());
    }
    if PyTuple::check(arg) || PyList::check(arg) {
        let mut inner = Vec::new();
        for a in arg.to_tuple(py)?.items() {
            substitute_one(py, a, parameters, values, &mut inner)?;
        }
        out.push(if PyList::check(arg) {
            PyList::new(py, inner)?.into_object()
        } else {
            PyTuple::new(py, inner)?.into_object()
        });
        return Ok(());
    }
    let unpack = match arg.getattr_opt(py, intern!(py, "__typing_is_unpacked_typevartuple__"))? {
        Some(v) => v.is_true(py)?,
        None => false,
    };
    let new = match arg.getattr_opt(py, intern!(py, "__typing_subst__"))? {
        Some(subst) => match parameters.items().iter().position(|p| p.is(arg)).and_then(|i| values.get(i)) {
            Some(v) => subst.call1(py, v)?,
            // It became a parameter after the parameters had been collected.
            None => {
                let shown = arg.repr(py)?.to_string_lossy();
                return Err(type_error(
                    py,
                    format!("argument {shown} with __typing_subst__ was not found in __parameters__"),
                ));
            }
        },
        None => match arg.getattr_opt(py, intern!(py, "__parameters__"))? {
            Some(sub) if sub.downcast::<PyTuple>().is_some_and(|t| !t.is_empty()) => {
                let sub = sub.to_tuple(py)?;
                let mut picked = Vec::with_capacity(sub.len());
                for p in sub.items() {
                    match parameters.items().iter().position(|q| q.is(p)).and_then(|i| values.get(i)) {
                        Some(v) if p.ty().tp_iter.get().is_some() && PyTuple::check(v) => {
                            // A TypeVarTuple stands for several.
                            picked.extend(v.to_tuple(py)?.items().iter().map(|x| x.owned()));
                        }
                        Some(v) => picked.push(v.owned()),
                        None => picked.push(p.owned()),
                    }
                }
                arg.get_item(py, PyTuple::new(py, picked)?.as_object())?
            }
            _ => arg.owned(),
        },
    };
    if unpack {
        let Some(t) = new.downcast::<PyTuple>() else {
            return Err(type_error(
                py,
                format!(
                    "expected __typing_subst__ of {} objects to return a tuple, not {}",
                    type_name(arg),
                    type_name(&new)
                ),
            ));
        };
        out.extend(t.items().iter().map(|v| v.owned()));
    } else {
        out.push(new);
    }
    Ok(())
}

/// Arguments with `*tuple[...]` of known length spread out.
fn unpack_args(py: Python, item: &PyObject) -> PyResult<Py<PyTuple>> {
    let items = match item.downcast::<PyTuple>() {
        Some(t) => t.owned(),
        None => PyTuple::new(py, [item.owned()])?,
    };
    let mut out = Vec::with_capacity(items.len());
    for i in items.items() {
        if !PyTypeObject::check(i)
            && let Some(sub) =
                i.getattr_opt(py, intern!(py, "__typing_unpacked_tuple_args__"))?.filter(|s| !s.is_none())
            && let Some(t) = sub.downcast::<PyTuple>()
            && !t.items().last().is_some_and(|l| l.is(ellipsis()))
        {
            out.extend(t.items().iter().map(|v| v.owned()));
        } else {
            out.push(i.owned());
        }
    }
    PyTuple::new(py, out)
}

/// How a type is shown inside an alias or a union: classes by qualified name, `...` and None plainly, others by repr.
pub fn type_repr(py: Python, o: &PyObject) -> PyResult<Py<PyStr>> {
    if o.is(ellipsis()) {
        return PyStr::new(py, "...");
    }
    if o.is_none() || std::ptr::eq(o.as_ptr(), none().ty().as_ptr()) {
        return PyStr::new(py, "None");
    }
    if o.getattr_opt(py, intern!(py, "__origin__"))?.is_some()
        && o.getattr_opt(py, intern!(py, "__args__"))?.is_some()
    {
        return o.repr(py);
    }
    let (Some(q), Some(m)) =
        (o.getattr_opt(py, intern!(py, "__qualname__"))?, o.getattr_opt(py, intern!(py, "__module__"))?)
    else {
        return o.repr(py);
    };
    if m.is_none() {
        return o.repr(py);
    }
    let (q, m) = (q.str_(py)?, m.str_(py)?);
    if m.eq_str("builtins") { Ok(q) } else { PyStr::concat(py, &*PyStr::concat3(py, "", &m, ".")?, &q) }
}

/// Attributes of the alias itself; all others are the origin's.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
];
/// Attributes that are not the origin's even if it has them.
const BLOCKED: &[&str] = &["__bases__", "__copy__", "__deepcopy__"];

/// A parameterised generic type.
#[pytype(name = "GenericAlias", module = "types", symbol = "Py_GenericAliasType", text = "(origin, args, /)", flags(BASETYPE, GC), weaklistoffset = weakreflist, vectorcall_offset = vectorcall, members(origin as __origin__: object readonly, args as __args__: object readonly, starred as __unpacked__: bool readonly))]
impl PyGenericAlias {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyGenericAlias>> {
        if kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "GenericAlias() takes no keyword arguments"));
        }
        match args.items() {
            [origin, a] => PyGenericAlias::of_type(py, cls, origin, a),
            a => Err(type_error(py, format!("GenericAlias expected 2 arguments, got {}", a.len()))),
        }
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let mut out = StrBuilder::new();
        out.push_str(if self.starred.get() { "*" } else { "" });
        out.push_pystr(&*type_repr(py, &self.origin)?);
        out.push_str("[");
        for (i, a) in self.args.items().iter().enumerate() {
            out.push_str(if i > 0 { ", " } else { "" });
            match a.downcast_exact::<PyList>() {
                Some(l) => {
                    out.push_str("[");
                    for j in 0..l.len() {
                        out.push_str(if j > 0 { ", " } else { "" });
                        // An item's repr may have changed the list.
                        let Some(v) = l.get(j) else {
                            return Err(index_error(py, "list index out of range"));
                        };
                        out.push_pystr(&*type_repr(py, &v)?);
                    }
                    out.push_str("]");
                }
                None => out.push_pystr(&*type_repr(py, a)?),
            }
        }
        if self.args.is_empty() {
            out.push_str("()");
        }
        out.push_str("]");
        out.finish(py)
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        let h = self.origin.hash(py)? ^ self.args.as_object().hash(py)?;
        Ok(if h == -1 { -2 } else { h })
    }

    #[slot(tp_richcompare)]
    fn compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(o)) = (op, other.downcast::<PyGenericAlias>()) else {
            return Ok(not_implemented().owned());
        };
        let equal = self.starred.get() == o.starred.get()
            && self.origin.eq(py, &o.origin)?
            && self.args.as_object().eq(py, o.args.as_object())?;
        Ok(py_bool(equal == (op == CompareOp::Eq)).owned().into_object())
    }

    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let v = self.origin.call_tuple_dict(py, args, kwargs)?;
        set_orig_class(py, &v, self.as_object())?;
        Ok(v)
    }

    #[slot(tp_getattro)]
    fn getattro(&self, py: Python, name: &PyObject) -> PyResult {
        let Some(name) = name.downcast::<PyStr>() else { return Err(object_::bad_attribute_name(py, name)) };
        let own = OWN.iter().chain(BLOCKED).any(|n| name.eq_str(n));
        if !own {
            return self.origin.getattr(py, name);
        }
        object_::generic_getattr(py, self.as_object(), name)
    }

    #[slot(mp_subscript)]
    fn getitem(&self, py: Python, item: &PyObject) -> PyResult {
        let params = self.parameters(py)?;
        let args = substitute(py, self.as_object(), &self.args, &params, item)?;
        let new = PyGenericAlias::of_type(py, self.ty(), &self.origin, args.as_object())?;
        new.starred.set(self.starred.get());
        Ok(new.into_object())
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult<Py<PyGenericAliasIter>> {
        PyGenericAliasIter::new(py, self)
    }

    #[slot(nb_or)]
    fn or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        crate::types::union::union_or(py, a, b)
    }

    #[pymethod(text = "($self, object, /)")]
    fn __mro_entries__(&self, py: Python, bases: &PyObject) -> PyResult<Py<PyTuple>> {
        let _ = bases;
        PyTuple::new(py, [self.origin.clone()])
    }

    #[pymethod(text = "($self, object, /)")]
    fn __instancecheck__(&self, py: Python, instance: &PyObject) -> PyResult {
        let _ = instance;
        Err(type_error(py, "isinstance() argument 2 cannot be a parameterized generic"))
    }

    #[pymethod(text = "($self, object, /)")]
    fn __subclasscheck__(&self, py: Python, cls: &PyObject) -> PyResult {
        let _ = cls;
        Err(type_error(py, "issubclass() argument 2 cannot be a parameterized generic"))
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        if self.starred.get() {
            let next = crate::interp::builtin(py, intern!(py, "next"))?;
            let plain = PyGenericAlias::of_type(
                py,
                PyGenericAlias::type_object(),
                &self.origin,
                self.args.as_object(),
            )?;
            let it = plain.as_object().get_iter(py)?;
            return PyTuple::new(py, [next, PyTuple::new(py, [it])?.into_object()]);
        }
        let args = PyTuple::new(py, [self.origin.clone(), self.args.clone().into_object()])?;
        PyTuple::new(py, [self.ty().owned().into_object(), args.into_object()])
    }

    #[pymethod]
    fn __dir__(&self, py: Python) -> PyResult<Py<PyList>> {
        let list = self.origin.dir(py)?;
        for n in OWN {
            let n = PyStr::new(py, n)?;
            if !list.as_object().contains(py, n.as_object())? {
                list.append(py, n.into_object())?;
            }
        }
        Ok(list)
    }

    #[getter]
    fn __parameters__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.parameters(py)
    }

    #[getter]
    fn __typing_unpacked_tuple_args__(&self) -> Option<Py<PyTuple>> {
        let is_tuple = std::ptr::eq(self.origin.as_ptr(), PyTuple::type_object().as_ptr());
        (self.starred.get() && is_tuple).then(|| self.args.clone())
    }
}
