//! The node classes, made once an interpreter from the grammar's table.

use super::base::PyAst;
use super::table::{Def, Field, GRAMMAR, Position, parse};
use crate::prelude::*;
use crate::state::interpreter;
use crate::types::type_::TypeExt;
use crate::types::{generic_alias, object_, union};
use compiler::names::FastMap;
use std::cell::OnceCell;
use std::rc::Rc;

/// A node class.
pub struct Class {
    pub ty: Py,
    pub fields: Vec<&'static str>,
    /// The one instance, where one is enough.
    pub singleton: Option<Py>,
    /// The attributes of an instance as the parser makes it, fields first.
    pub attributes: Py<PyDict>,
}

/// All node classes of an interpreter.
pub struct Classes {
    by_name: FastMap<&'static str, Class>,
    /// Name and sum of each constructor's class.
    by_type: FastMap<*const PyTypeObject, (&'static str, &'static str)>,
    /// In the order of definition.
    pub order: Vec<&'static str>,
}

#[derive(Default)]
struct Holder(OnceCell<Rc<Classes>>);

impl Classes {
    /// The interpreter's classes, made at first use.
    pub fn get(py: Python) -> PyResult<Rc<Classes>> {
        let holder = interpreter(py).module_state::<Holder>();
        if let Some(c) = holder.0.get() {
            return Ok(c.clone());
        }
        let made = Rc::new(make(py)?);
        Ok(holder.0.get_or_init(|| made).clone())
    }

    /// The class of that name.
    pub fn class(&self, py: Python, name: &str) -> PyResult<&Class> {
        self.by_name.get(name).ok_or_else(|| system_error(py, format!("no node class {name}")))
    }

    /// The name of the constructor of `sum` whose class this is.
    pub fn exact_constructor(&self, ty: &PyTypeObject, sum: &str) -> Option<&'static str> {
        let (name, of) = self.by_type.get(&(ty as *const _))?;
        (*of == sum).then_some(*name)
    }

    /// The names of the constructors of a sum.
    pub fn constructors(&self, sum: &str) -> impl Iterator<Item = &'static str> + use<> {
        let def = GRAMMAR.iter().find(|d| d.name == sum);
        def.map_or(&[] as &[_], |d| d.constructors).iter().map(|c| parse(c).0)
    }

    /// Is the object an instance of the class?
    pub fn is_instance(&self, py: Python, o: &PyObject, name: &str) -> PyResult<bool> {
        o.is_instance(py, &self.class(py, name)?.ty)
    }
}

fn text(py: Python, s: &str) -> PyResult {
    Ok(PyStr::intern(py, PyStr::new(py, s)?).into_object())
}

fn names<'a>(py: Python, names: impl Iterator<Item = &'a str>) -> PyResult {
    let made: PyResult<Vec<Py>> = names.map(|n| text(py, n)).collect();
    Ok(PyTuple::new(py, made?)?.into_object())
}

fn make(py: Python) -> PyResult<Classes> {
    let root = PyAst::type_object();
    let dict = root.own_dict(py)?;
    for name in ["_fields", "__match_args__", "_attributes"] {
        dict.set_text(py, name, PyTuple::empty(py).as_object())?;
    }
    dict.set_text(py, "__module__", &*text(py, "ast")?)?;
    root.modified(py);
    let mut classes = Classes { by_name: FastMap::default(), by_type: FastMap::default(), order: Vec::new() };
    for def in GRAMMAR {
        define(py, &mut classes, def)?;
    }
    // Field types refer to classes defined later.
    for def in GRAMMAR {
        if def.constructors.is_empty() {
            set_field_types(py, &classes, def.name, &parse(def.product).1)?;
        }
        for c in def.constructors {
            let (name, fields) = parse(c);
            set_field_types(py, &classes, name, &fields)?;
        }
    }
    Ok(classes)
}

fn define(py: Python, classes: &mut Classes, def: &'static Def) -> PyResult<()> {
    let fields = parse(def.product).1;
    let base = new_class(py, def.name, PyAst::type_object().as_object(), &def.doc(), &fields)?;
    base.setattr(py, intern!(py, "_attributes"), &*names(py, def.position.names().iter().copied())?)?;
    if def.position == Position::OptionalEnd {
        base.setattr(py, intern!(py, "end_lineno"), none())?;
        base.setattr(py, intern!(py, "end_col_offset"), none())?;
    }
    let add = |classes: &mut Classes, name, ty, fields: &[Field], singleton| {
        let fields: Vec<&'static str> = fields.iter().map(|f| f.name).collect();
        let attributes = PyDict::new(py)?;
        for name in fields.iter().chain(def.position.names()) {
            attributes.set_item(py, PyStr::intern_static(py, name).as_object(), none())?;
        }
        classes.order.push(name);
        classes.by_name.insert(name, Class { ty, fields, singleton, attributes });
        Ok(())
    };
    add(classes, def.name, base.clone(), &fields, None)?;
    for c in def.constructors {
        let (name, fields) = parse(c);
        let ty = new_class(py, name, &base, c, &fields)?;
        let singleton = if def.is_simple() { Some(ty.call0(py)?) } else { None };
        if let Some(t) = ty.downcast::<PyTypeObject>() {
            classes.by_type.insert(t, (name, def.name));
        }
        add(classes, name, ty, &fields, singleton)?;
    }
    Ok(())
}

fn new_class(py: Python, name: &str, base: &PyObject, doc: &str, fields: &[Field]) -> PyResult {
    let dict = PyDict::new(py)?;
    let listed = names(py, fields.iter().map(|f| f.name))?;
    dict.set_text(py, "_fields", &listed)?;
    dict.set_text(py, "__match_args__", &listed)?;
    dict.set_text(py, "__module__", &*text(py, "ast")?)?;
    dict.set_text(py, "__doc__", PyStr::new(py, doc)?.as_object())?;
    for f in fields.iter().filter(|f| f.optional) {
        dict.set_text(py, f.name, none())?;
    }
    let bases = PyTuple::new(py, [base.owned()])?;
    let meta = PyTypeObject::type_object().as_object();
    meta.call(py, &[&*text(py, name)?, bases.as_object(), dict.as_object()])
}

fn set_field_types(py: Python, classes: &Classes, name: &str, fields: &[Field]) -> PyResult<()> {
    let types = PyDict::new(py)?;
    for f in fields {
        let ty = match f.kind {
            "identifier" | "string" => PyStr::type_object().as_object().owned(),
            "int" => PyInt::type_object().as_object().owned(),
            "constant" => object_::type_object().as_object().owned(),
            kind => classes.class(py, kind)?.ty.clone(),
        };
        let ty = if f.sequence {
            generic_alias::new(py, PyList::type_object().as_object(), &ty)?
        } else if f.optional {
            union::union_or(py, &ty, none())?
        } else {
            ty
        };
        types.set_text(py, f.name, &ty)?;
    }
    let class = &classes.class(py, name)?.ty;
    class.setattr(py, intern!(py, "_field_types"), types.as_object())?;
    class.setattr(py, intern!(py, "__annotations__"), types.as_object())
}
