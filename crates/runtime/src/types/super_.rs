//! `super`.

use crate::prelude::*;
use crate::types::type_::TypeExt;
use crate::types::{PyDict, PyStr, PyTuple, object_};

/// `superobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PySuper {
    pub ob_base: PyObject,
    pub type_: Slot<PyTypeObject>,
    pub obj: Slot,
    pub obj_type: Slot<PyTypeObject>,
}

/// The class whose MRO is searched for `super(type_, obj)`: `obj` itself if it is a subclass of `type_`, else its class.
///
/// Errors: `TypeError` if it is neither instance nor subclass.
pub fn check(py: Python, type_: &PyTypeObject, obj: &PyObject) -> PyResult<Py<PyTypeObject>> {
    // A class whose metaclass left it out of its own MRO is no subtype of itself.
    if let Some(t) = obj.downcast::<PyTypeObject>()
        && t.is_subtype(type_)
        && (!std::ptr::eq(t, type_) || t.mro().is_none_or(|m| m.items().iter().any(|c| c.is(t.object()))))
    {
        return Ok(t.owned());
    }
    if obj.ty().is_subtype(type_) {
        return Ok(obj.ty().owned());
    }
    // A proxy may claim another class.
    if let Some(c) = obj.getattr_opt(py, intern!(py, "__class__"))?
        && let Ok(c) = c.downcast_into::<PyTypeObject>()
        && !std::ptr::eq(&*c, obj.ty())
        && c.is_subtype(type_)
    {
        return Ok(c);
    }
    Err(type_error(
        py,
        format!(
            "super(type, obj): obj ({}{}) is not an instance or subtype of type ({}).",
            if PyTypeObject::check(obj) { "type " } else { "instance of " },
            obj.downcast::<PyTypeObject>()
                .map_or_else(|| obj.ty().display_name().to_owned(), |t| t.display_name().to_owned()),
            type_.display_name()
        ),
    ))
}

/// Looks `name` up in the MRO of `start` behind `type_`, and binds it to `obj`. `None` if it is not there.
///
/// Errors: what a descriptor raises.
pub fn lookup(
    py: Python,
    type_: &PyTypeObject,
    obj: &PyObject,
    start: &PyTypeObject,
    name: &PyStr,
) -> PyResult<Option<Py>> {
    let found = lookup_unbound(py, type_, start, name)?;
    let Some(found) = found else { return Ok(None) };
    match found.ty().tp_descr_get.get() {
        None => Ok(Some(found)),
        Some(f) => {
            // A class as the object binds class methods only.
            let o = if std::ptr::eq(obj, start.object()) { std::ptr::null_mut() } else { obj.as_ptr() };
            // SAFETY: a slot called with live objects.
            unsafe { from_c(py, f(found.as_ptr(), o, start.as_ptr())).map(Some) }
        }
    }
}

/// As [`lookup`] without binding.
pub fn lookup_unbound(
    py: Python,
    type_: &PyTypeObject,
    start: &PyTypeObject,
    name: &PyStr,
) -> PyResult<Option<Py>> {
    let Some(mro) = start.mro() else { return Ok(None) };
    let items = mro.items();
    let Some(at) = items.iter().position(|t| std::ptr::eq(*t, type_.object())) else { return Ok(None) };
    for t in &items[at + 1..] {
        if let Some(t) = t.downcast::<PyTypeObject>()
            && let Some(d) = t.dict()
            && let Some(v) = d.get_str(py, name)?
        {
            return Ok(Some(v));
        }
    }
    Ok(None)
}

/// Attribute access to base classes.
#[pytype(name = "super", symbol = "PySuper_Type", flags(BASETYPE, GC), members(type_ as __thisclass__: object readonly "the class that calls super()", obj as __self__: object readonly "the instance that calls super(), or None", obj_type as __self_class__: object readonly "the type of that instance, or None"))]
impl PySuper {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PySuper>> {
        new_object(
            py,
            cls,
            PySuper {
                ob_base: PyObject::header(cls),
                type_: Slot::empty(),
                obj: Slot::empty(),
                obj_type: Slot::empty(),
            },
        )
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        if kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "super() takes no keyword arguments"));
        }
        let (type_, obj) = match args.items() {
            [] => crate::interp::super_arguments(py, crate::state::thread(py))?,
            [t] => (class(py, t)?, None),
            [t, o] => (class(py, t)?, Some(o.owned())),
            more => {
                return Err(type_error(
                    py,
                    format!("super() expected at most 2 arguments, got {}", more.len()),
                ));
            }
        };
        let obj = obj.filter(|o| !o.is_none());
        let obj_type = match &obj {
            Some(o) => Some(check(py, &type_, o)?),
            None => None,
        };
        self.type_.set(Some(type_));
        self.obj.set(obj);
        self.obj_type.set(obj_type);
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let name = |t: &Slot<PyTypeObject>| {
            t.get_owned().map_or_else(|| "NULL".to_owned(), |t| t.display_name().to_owned())
        };
        let text = match self.obj_type.get_owned() {
            Some(t) => format!("<super: <class '{}'>, <{} object>>", name(&self.type_), t.display_name()),
            None => format!("<super: <class '{}'>, NULL>", name(&self.type_)),
        };
        PyStr::new(py, &text)
    }

    #[slot(tp_getattro)]
    fn getattro(&self, py: Python, name: &PyObject) -> PyResult {
        let Some(name) = name.downcast::<PyStr>() else { return Err(object_::bad_attribute_name(py, name)) };
        // `__class__` is that of the super object itself.
        if !name.eq_str("__class__")
            && let (Some(t), Some(o), Some(s)) =
                (self.type_.get_owned(), self.obj.get_owned(), self.obj_type.get_owned())
            && let Some(v) = lookup(py, &t, &o, &s, name)?
        {
            return Ok(v);
        }
        object_::generic_getattr(py, self.as_object(), name)
    }

    #[slot(tp_descr_get)]
    fn get(&self, py: Python, obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
        let (Some(obj), None) = (obj.filter(|o| !o.is_none()), self.obj.get_owned()) else {
            return Ok(self.as_object().owned());
        };
        let Some(t) = self.type_.get_owned() else { return Ok(self.as_object().owned()) };
        if !PySuper::check_exact(self.as_object()) {
            return self.ty().object().call(py, &[t.object(), obj]);
        }
        let obj_type = check(py, &t, obj)?;
        let ty = PySuper::type_object();
        let new = PySuper {
            ob_base: PyObject::header(ty),
            type_: Slot::from(t),
            obj: Slot::from(obj.owned()),
            obj_type: Slot::from(obj_type),
        };
        Ok(new_object(py, ty, new)?.into_object())
    }
}

fn class(py: Python, o: &PyObject) -> PyResult<Py<PyTypeObject>> {
    match o.downcast::<PyTypeObject>() {
        Some(t) => Ok(t.owned()),
        None => Err(type_error(py, format!("super() argument 1 must be a type, not {}", type_name(o)))),
    }
}
