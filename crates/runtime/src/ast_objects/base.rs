//! `ast.AST`: construction, copying, pickling and showing of nodes.

use super::classes::Classes;
use crate::prelude::*;
use crate::types::exceptions::PyExc_DeprecationWarning_Type;
use crate::types::generic_alias::PyGenericAlias;
use crate::types::repr_guard::ReprGuard;
use crate::types::union::PyUnion;

/// A node: its fields are attributes.
#[repr(C)]
#[derive(Traverse)]
pub struct PyAst {
    pub ob_base: PyObject,
    pub dict: Slot<PyDict>,
}

/// How many levels `repr` shows.
const REPR_DEPTH: u32 = 3;

/// The fields of the node's class. Errors: `AttributeError` if somebody deleted them.
fn fields(py: Python, o: &PyObject) -> PyResult<Py> {
    o.ty().as_object().getattr(py, intern!(py, "_fields"))
}

/// The names in a tuple attribute of the node's class; none if it is missing.
fn listed(py: Python, o: &PyObject, name: &PyStr) -> PyResult<Vec<Py>> {
    match o.ty().as_object().getattr_opt(py, name)? {
        Some(names) => {
            let mut all = Vec::new();
            names.iterate(py, &mut |n| {
                all.push(n);
                Ok(())
            })?;
            Ok(all)
        }
        None => Ok(Vec::new()),
    }
}

fn position(py: Python, names: &[Py], name: &PyObject) -> PyResult<Option<usize>> {
    for (i, n) in names.iter().enumerate() {
        if n.eq(py, name)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn attribute_name<'a>(py: Python, o: &'a PyObject) -> PyResult<&'a PyStr> {
    o.downcast::<PyStr>()
        .ok_or_else(|| type_error(py, format!("attribute name must be string, not '{}'", type_name(o))))
}

fn field_types(py: Python, o: &PyObject) -> PyResult<Option<Py<PyDict>>> {
    let found = o.ty().as_object().getattr_opt(py, intern!(py, "_field_types"))?;
    Ok(found.and_then(|t| t.downcast_into::<PyDict>().ok()))
}

fn shown(py: Python, o: &PyObject) -> PyResult<String> {
    Ok(o.repr(py)?.to_string_lossy())
}

/// Gives the fields that were not passed their defaults; warns where there is none.
fn add_missing(py: Python, o: &PyObject, missing: &[Py]) -> PyResult<()> {
    let Some(types) = field_types(py, o)? else { return Ok(()) };
    let class = tp_name(o);
    for name in missing {
        let Some(ty) = types.get_item(py, name)? else {
            let message = format!(
                "Field {} is missing from {class}._field_types. This will become an error in Python 3.15.",
                shown(py, name)?
            );
            warn(py, &PyExc_DeprecationWarning_Type, &message, 1)?;
            continue;
        };
        if PyUnion::check_exact(&ty) {
            continue;
        }
        if PyGenericAlias::check_exact(&ty) {
            o.setattr(py, attribute_name(py, name)?, PyList::empty(py)?.as_object())?;
            continue;
        }
        let classes = Classes::get(py)?;
        if ty.is(&classes.class(py, "expr_context")?.ty) {
            if let Some(load) = &classes.class(py, "Load")?.singleton {
                o.setattr(py, attribute_name(py, name)?, load)?;
            }
            continue;
        }
        let message = format!(
            "{class}.__init__ missing 1 required positional argument: {}. This will become an error in Python 3.15.",
            shown(py, name)?
        );
        warn(py, &PyExc_DeprecationWarning_Type, &message, 1)?;
    }
    Ok(())
}

fn repr_items(py: Python, items: &[Py], brackets: [char; 2], depth: u32) -> PyResult<String> {
    let item = |o: &PyObject| if PyAst::check(o) { repr_to(py, o, depth) } else { shown(py, o) };
    let mut out = String::from(brackets[0]);
    match items {
        [] => {}
        [one] => out.push_str(&item(one)?),
        [first, .., last] => {
            out.push_str(&item(first)?);
            out.push_str(if items.len() > 2 { ", ..., " } else { ", " });
            out.push_str(&item(last)?);
        }
    }
    out.push(brackets[1]);
    Ok(out)
}

fn repr_to(py: Python, o: &PyObject, depth: u32) -> PyResult<String> {
    let class = tp_name(o);
    let Some(deeper) = depth.checked_sub(1) else { return Ok(format!("{class}(...)")) };
    let Some(_guard) = ReprGuard::enter(py, o) else { return Ok(format!("{class}(...)")) };
    let mut out = format!("{class}(");
    for (i, name) in listed(py, o, intern!(py, "_fields"))?.iter().enumerate() {
        let name = attribute_name(py, name)?;
        let value = o.getattr(py, name)?;
        if i > 0 {
            out.push_str(", ");
        }
        out.push_str(&name.to_string_lossy());
        out.push('=');
        out.push_str(&if let Some(l) = value.downcast::<PyList>() {
            repr_items(py, &l.snapshot(), ['[', ']'], deeper)?
        } else if let Some(t) = value.downcast::<PyTuple>() {
            let items: Vec<Py> = t.items().iter().map(|o| o.owned()).collect();
            repr_items(py, &items, ['(', ')'], deeper)?
        } else if PyAst::check(&value) {
            repr_to(py, &value, deeper)?
        } else {
            shown(py, &value)?
        });
    }
    out.push(')');
    Ok(out)
}

#[pytype(name = "AST", module = "ast", flags(BASETYPE, GC, HEAPTYPE), dictoffset = dict, members(dict as __dict__: object readonly))]
impl PyAst {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyAst>> {
        let dict = PyDict::new(py)?;
        new_object(py, cls, PyAst { ob_base: PyObject::header(cls), dict: Slot::from(dict) })
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        let this = self.as_object();
        let class = this.ty().short_name();
        // Warnings about fields come in the order of a set, as in CPython.
        let remaining = PySet::from_iterable(py, &*fields(py, this)?)?;
        let fields = listed(py, this, intern!(py, "_fields"))?;
        if args.len() > fields.len() {
            let (n, s) = (fields.len(), if fields.len() == 1 { "" } else { "s" });
            return Err(type_error(
                py,
                format!("{class} constructor takes at most {n} positional argument{s}"),
            ));
        }
        let mut given = vec![false; fields.len()];
        for ((name, value), given) in fields.iter().zip(args.items()).zip(&mut given) {
            this.setattr(py, attribute_name(py, name)?, value)?;
            *given = true;
            remaining.discard(py, name)?;
        }
        let mut pos = 0;
        while let Some((key, value)) = kwargs.and_then(|k| k.next(&mut pos)) {
            match position(py, &fields, &key)?.and_then(|i| given.get_mut(i)) {
                Some(given) => {
                    remaining.discard(py, &key)?;
                    if std::mem::replace(given, true) {
                        let key = shown(py, &key)?;
                        return Err(type_error(
                            py,
                            format!("{class} got multiple values for argument {key}"),
                        ));
                    }
                }
                None => {
                    let attributes = listed(py, this, intern!(py, "_attributes"))?;
                    if position(py, &attributes, &key)?.is_none() {
                        let message = format!(
                            "{}.__init__ got an unexpected keyword argument {}. Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15.",
                            tp_name(this),
                            shown(py, &key)?
                        );
                        warn(py, &PyExc_DeprecationWarning_Type, &message, 1)?;
                    }
                }
            }
            this.setattr(py, attribute_name(py, &key)?, &value)?;
        }
        add_missing(py, this, &remaining.snapshot())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        PyStr::new(py, &repr_to(py, self.as_object(), REPR_DEPTH)?)
    }

    // The arguments only keep the constructor from warning: the state sets the fields.
    #[pymethod(nosig)]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let this = self.as_object();
        let class = this.ty().as_object().owned();
        let Some(dict) = self.dict.get_owned() else {
            return PyTuple::new(py, [class, PyTuple::empty(py).as_object().owned()]);
        };
        let mut positional = Vec::new();
        for name in listed(py, this, intern!(py, "_fields"))? {
            if dict.get_item(py, &name)?.is_none() {
                break;
            }
            positional.push(none().owned().into_object());
        }
        let positional = PyTuple::new(py, positional)?.into_object();
        PyTuple::new(py, [class, positional, dict.copy(py)?.into_object()])
    }

    /// Return a copy of the AST node with new values for the specified fields.
    #[pymethod(sig = "(*args, **fields)", nosig)]
    fn __replace__(&self, py: Python, args: &[&PyObject], fields: Option<Py<PyDict>>) -> PyResult {
        if !args.is_empty() {
            return Err(type_error(py, "__replace__() takes no positional arguments"));
        }
        let this = self.as_object();
        let class = tp_name(this);
        let known = listed(py, this, intern!(py, "_fields"))?;
        let attributes = listed(py, this, intern!(py, "_attributes"))?;
        // What is neither field nor attribute is not copied.
        let values = PyDict::new(py)?;
        if let Some(d) = self.dict.get_owned() {
            for name in known.iter().chain(&attributes) {
                if let Some(value) = d.get_item(py, name)? {
                    values.set_item(py, name, &value)?;
                }
            }
        }
        let mut pos = 0;
        while let Some((key, value)) = fields.as_ref().and_then(|f| f.next(&mut pos)) {
            if position(py, &known, &key)?.is_none() && position(py, &attributes, &key)?.is_none() {
                let key = shown(py, &key)?;
                return Err(type_error(
                    py,
                    format!("{class}.__replace__ got an unexpected keyword argument {key}."),
                ));
            }
            values.set_item(py, &key, &value)?;
        }
        let types = field_types(py, this)?;
        let mut missing = Vec::new();
        for name in &known {
            let ty = match &types {
                Some(t) => t.get_item(py, name)?,
                None => None,
            };
            if values.get_item(py, name)?.is_none() && !ty.is_some_and(|t| PyUnion::check_exact(&t)) {
                missing.push(shown(py, name)?);
            }
        }
        if !missing.is_empty() {
            missing.sort();
            let (n, s) = (missing.len(), if missing.len() == 1 { "" } else { "s" });
            let names = missing.join(", ");
            return Err(type_error(
                py,
                format!("{class}.__replace__ missing {n} keyword argument{s}: {names}."),
            ));
        }
        this.ty().as_object().call_tuple_dict(py, &PyTuple::empty(py), Some(&values))
    }
}

/// An instance of a node class with these attributes, without its constructor having run.
pub fn instance(py: Python, class: &PyObject, dict: Py<PyDict>) -> PyResult {
    let Some(cls) = class.downcast::<PyTypeObject>() else { return Err(bad_internal_call(py)) };
    let made = new_object(py, cls, PyAst { ob_base: PyObject::header(cls), dict: Slot::from(dict) })?;
    Ok(made.into_object())
}
