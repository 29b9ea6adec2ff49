//! `string.templatelib`: `Template`, `Interpolation` and the iterator over a template.

use crate::prelude::*;
use crate::types::{PyStr, PyTuple, generic_alias};

/// `templateobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTemplate {
    pub ob_base: PyObject,
    /// One more than there are interpolations.
    strings: Py<PyTuple>,
    interpolations: Py<PyTuple>,
}

/// `interpolationobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyInterpolation {
    pub ob_base: PyObject,
    value: Py,
    expression: Py,
    conversion: Py,
    format_spec: Py,
}

/// `templateiterobject`: strings and interpolations in turn.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTemplateIter {
    pub ob_base: PyObject,
    strings: Slot,
    interpolations: Slot,
    from_strings: Cell<bool>,
}

fn make_template(py: Python, strings: Py<PyTuple>, interpolations: Py<PyTuple>) -> PyResult<Py<PyTemplate>> {
    let ty = PyTemplate::type_object();
    new_object(py, ty, PyTemplate { ob_base: PyObject::header(ty), strings, interpolations })
}

/// The template of a t-string: strings and interpolations in turn, beginning and ending with a string.
pub fn new_template(py: Python, strings: &PyTuple, interpolations: &PyTuple) -> PyResult {
    Ok(make_template(py, strings.owned(), interpolations.owned())?.into_object())
}

/// An interpolation of a t-string; `conversion` is 0 or the argument of `CONVERT_VALUE`.
pub fn new_interpolation(
    py: Python,
    value: &PyObject,
    expression: &PyObject,
    conversion: u32,
    format_spec: &PyObject,
) -> PyResult {
    let conversion = match conversion {
        0 => none(),
        1 => intern!(py, "s").as_object(),
        2 => intern!(py, "r").as_object(),
        3 => intern!(py, "a").as_object(),
        _ => {
            return Err(system_error(
                py,
                "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'",
            ));
        }
    };
    make_interpolation(py, PyInterpolation::type_object(), value, expression, conversion, format_spec)
}

fn make_interpolation(
    py: Python,
    ty: &PyTypeObject,
    value: &PyObject,
    expression: &PyObject,
    conversion: &PyObject,
    format_spec: &PyObject,
) -> PyResult {
    let new = PyInterpolation {
        ob_base: PyObject::header(ty),
        value: value.owned(),
        expression: expression.owned(),
        conversion: conversion.owned(),
        format_spec: format_spec.owned(),
    };
    Ok(new_object(py, ty, new)?.into_object())
}

/// A template string.
#[pytype(
    name = "Template",
    module = "string.templatelib",
    symbol = "_PyTemplate_Type",
    flags(GC),
    nosig,
    members(strings: object readonly "the literal parts", interpolations: object readonly "the replaced parts")
)]
impl PyTemplate {
    #[slot(tp_new)]
    fn new(py: Python, _cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "Template.__new__ only accepts *args arguments"));
        }
        let mut strings: Vec<Py> = Vec::new();
        let mut interpolations: Vec<Py> = Vec::new();
        let mut last_is_string = false;
        for a in args.items() {
            if let Some(s) = a.downcast::<PyStr>() {
                // Neighbouring strings are one.
                match strings.pop() {
                    Some(before) if last_is_string => {
                        let joined = match before.downcast::<PyStr>() {
                            Some(b) => PyStr::concat(py, b, s)?.into_object(),
                            None => s.as_object().owned(),
                        };
                        strings.push(joined);
                    }
                    before => {
                        strings.extend(before);
                        strings.push(a.owned());
                    }
                }
                last_is_string = true;
            } else if PyInterpolation::check(a) {
                if !last_is_string {
                    strings.push(PyStr::empty().as_object().owned());
                }
                interpolations.push(a.owned());
                last_is_string = false;
            } else {
                return Err(type_error(
                    py,
                    format!(
                        "Template.__new__ *args need to be of type 'str' or 'Interpolation', got {}",
                        type_name(a)
                    ),
                ));
            }
        }
        if !last_is_string {
            strings.push(PyStr::empty().as_object().owned());
        }
        let t = make_template(py, PyTuple::new(py, strings)?, PyTuple::new(py, interpolations)?)?;
        Ok(t.into_object())
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let (strings, interpolations) =
            (self.strings.as_object().repr(py)?, self.interpolations.as_object().repr(py)?);
        let mut out = StrBuilder::new();
        out.push_str("Template(strings=");
        out.push_pystr(&strings);
        out.push_str(", interpolations=");
        out.push_pystr(&interpolations);
        out.push_str(")");
        out.finish(py)
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult {
        let ty = PyTemplateIter::type_object();
        let new = PyTemplateIter {
            ob_base: PyObject::header(ty),
            strings: Slot::from(self.strings.as_object().get_iter(py)?),
            interpolations: Slot::from(self.interpolations.as_object().get_iter(py)?),
            from_strings: Cell::new(true),
        };
        Ok(new_object(py, ty, new)?.into_object())
    }

    #[slot(sq_concat)]
    fn concat(&self, py: Python, other: &PyObject) -> PyResult {
        let Some(other) = other.downcast_exact::<PyTemplate>() else {
            return Err(type_error(
                py,
                format!(
                    "can only concatenate string.templatelib.Template (not \"{}\") to string.templatelib.Template",
                    type_name(other)
                ),
            ));
        };
        let (a, b) = (self.strings.items(), other.strings.items());
        let (Some((left, before)), Some((right, after))) = (a.split_last(), b.split_first()) else {
            return Err(bad_internal_call(py));
        };
        let (Some(left), Some(right)) = (left.downcast::<PyStr>(), right.downcast::<PyStr>()) else {
            return Err(bad_internal_call(py));
        };
        let middle = PyStr::concat(py, left, right)?.into_object();
        let mut strings: Vec<Py> = before.iter().map(|s| s.owned()).collect();
        strings.push(middle);
        strings.extend(after.iter().map(|s| s.owned()));
        let both = self.interpolations.items().iter().chain(other.interpolations.items());
        let interpolations: Vec<Py> = both.map(|i| i.owned()).collect();
        Ok(make_template(py, PyTuple::new(py, strings)?, PyTuple::new(py, interpolations)?)?.into_object())
    }

    #[pymethod(nodoc)]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let f = crate::import::import_attr(py, "string.templatelib", "_template_unpickle")?;
        let args = PyTuple::new(
            py,
            [self.strings.clone().into_object(), self.interpolations.clone().into_object()],
        )?;
        PyTuple::new(py, [f, args.into_object()])
    }

    /// A template type for annotations.
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        generic_alias::new(py, cls, object)
    }

    /// The values of the interpolations.
    #[getter]
    fn values(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let value = |i: &&PyObject| match i.downcast::<PyInterpolation>() {
            Some(i) => i.value.clone(),
            None => i.owned(),
        };
        PyTuple::new(py, self.interpolations.items().iter().map(value).collect::<Vec<_>>())
    }
}

/// A replaced part of a template string.
#[pytype(
    name = "Interpolation",
    module = "string.templatelib",
    symbol = "_PyInterpolation_Type",
    flags(GC),
    nosig,
    members(
        value: object readonly "the value of the expression",
        expression: object readonly "the source of the expression",
        conversion: object readonly "the letter after the exclamation mark, or None",
        format_spec: object readonly "what follows the colon"
    )
)]
impl PyInterpolation {
    #[slot(tp_new, sig = "(value, expression='', conversion=None, format_spec='')")]
    fn new(
        py: Python,
        cls: &PyTypeObject,
        value: &PyObject,
        expression: Option<&PyStr>,
        conversion: Option<&PyObject>,
        format_spec: Option<&PyStr>,
    ) -> PyResult {
        let conversion = conversion.unwrap_or(none());
        if !conversion.is_none() {
            let Some(c) = conversion.downcast::<PyStr>() else {
                return Err(type_error(
                    py,
                    format!(
                        "Interpolation() argument 'conversion' must be str, not {}",
                        type_name(conversion)
                    ),
                ));
            };
            if !["s", "r", "a"].iter().any(|k| c.eq_str(k)) {
                return Err(value_error(
                    py,
                    "Interpolation() argument 'conversion' must be one of 's', 'a' or 'r'",
                ));
            }
        }
        let empty = PyStr::empty().as_object();
        let text = |s: Option<&PyStr>| s.map_or(empty.owned(), |s| s.as_object().owned());
        make_interpolation(py, cls, value, &text(expression), conversion, &text(format_spec))
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let mut out = StrBuilder::new();
        out.push_str("Interpolation(");
        for (i, part) in
            [&self.value, &self.expression, &self.conversion, &self.format_spec].into_iter().enumerate()
        {
            out.push_str(if i > 0 { ", " } else { "" });
            out.push_pystr(&*part.repr(py)?);
        }
        out.push_str(")");
        out.finish(py)
    }

    #[pymethod(nodoc)]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let parts = [&self.value, &self.expression, &self.conversion, &self.format_spec].map(|p| p.clone());
        PyTuple::new(py, [self.ty().as_object().owned(), PyTuple::new(py, parts)?.into_object()])
    }

    /// An interpolation type for annotations.
    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        generic_alias::new(py, cls, object)
    }
}

#[pytype(
    name = "TemplateIter",
    module = "string.templatelib",
    symbol = "_PyTemplateIter_Type",
    flags(GC, DISALLOW_INSTANTIATION)
)]
impl PyTemplateIter {
    #[slot(tp_iter)]
    fn iter(&self) -> Py {
        self.as_object().owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let (Some(strings), Some(interpolations)) =
            (self.strings.get_owned(), self.interpolations.get_owned())
        else {
            return Ok(None);
        };
        if self.from_strings.get() {
            let Some(item) = strings.iter_next(py)? else { return Ok(None) };
            self.from_strings.set(false);
            // Empty strings are left out.
            if item.downcast::<PyStr>().is_none_or(|s| !s.is_empty()) {
                return Ok(Some(item));
            }
        }
        self.from_strings.set(true);
        interpolations.iter_next(py)
    }
}

/// What the macro cannot say: `Interpolation.__match_args__`. Called when the type has been readied.
pub(super) fn finish(py: Python) -> PyResult<()> {
    use crate::types::type_::TypeExt;
    let names = ["value", "expression", "conversion", "format_spec"];
    let mut items = Vec::with_capacity(names.len());
    for n in names {
        items.push(PyStr::intern(py, PyStr::new(py, n)?).into_object());
    }
    let args = PyTuple::new(py, items)?;
    PyInterpolation::type_object().own_dict(py)?.set_text(py, "__match_args__", &args)
}
