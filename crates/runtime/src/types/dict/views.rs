//! The views `keys()`, `values()` and `items()` and their set operations.

use super::PyDict;
use super::iters::*;
use crate::prelude::*;
use crate::types::repr_guard::ReprGuard;
use crate::types::set_::{PySet, any_set};

macro_rules! view_structs {
    ($($t:ident)*) => { $(
        /// `_PyDictViewObject`.
        #[repr(C)]
        #[derive(Traverse)]
        pub struct $t {
            pub ob_base: PyObject,
            pub dv_dict: Py<PyDict>,
        }

        impl $t {
            pub fn new(py: Python, dict: &PyDict) -> PyResult<Py<$t>> {
                let ty = $t::type_object();
                new_object(py, ty, $t { ob_base: PyObject::header(ty), dv_dict: dict.owned() })
            }

            fn repr_of(&self, py: Python) -> PyResult<Py<PyStr>> {
                let Some(_guard) = ReprGuard::enter(py, self) else { return PyStr::new(py, "...") };
                let mut out = StrBuilder::new();
                out.push_str(type_name(self));
                out.push_str("(");
                let list = self.as_object().to_list(py)?;
                out.push_pystr(&*list.repr(py)?);
                out.push_str(")");
                out.finish(py)
            }

            fn mapping_proxy(&self, py: Python) -> PyResult {
                Ok(crate::types::descr::PyMappingProxy::new(py, &self.dv_dict)?.into_object())
            }
        }
    )* };
}
view_structs!(PyDictKeys PyDictValues PyDictItems);

/// The dict of a view that is like a set.
fn set_view(o: &PyObject) -> Option<&PyDict> {
    if let Some(v) = o.downcast::<PyDictKeys>() {
        Some(&v.dv_dict)
    } else {
        o.downcast::<PyDictItems>().map(|v| &*v.dv_dict)
    }
}

/// The length of a set or of a view that is like one.
fn set_len(o: &PyObject) -> Option<usize> {
    set_view(o).map(PyDict::len).or_else(|| any_set(o).map(|s| s.len()))
}

fn keys_contains(py: Python, d: &PyDict, key: &PyObject) -> PyResult<bool> {
    d.contains(py, key)
}

fn items_contains(py: Python, d: &PyDict, item: &PyObject) -> PyResult<bool> {
    let Some([key, value]) = item.downcast::<PyTuple>().map(|t| t.items()) else { return Ok(false) };
    match d.get_item(py, key)? {
        Some(v) => v.compare_bool(py, value, CompareOp::Eq),
        None => Ok(false),
    }
}

/// Does `of` contain every item of `o`?
fn all_in(py: Python, o: &PyObject, of: &PyObject) -> PyResult<bool> {
    let it = o.get_iter(py)?;
    while let Some(item) = it.iter_next(py)? {
        if !of.contains(py, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare(py: Python, view: &PyObject, other: &PyObject, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (set_len(view), set_len(other)) else { return Ok(not_implemented().owned()) };
    let holds = match op {
        CompareOp::Eq => a == b && all_in(py, view, other)?,
        CompareOp::Ne => !(a == b && all_in(py, view, other)?),
        CompareOp::Lt => a < b && all_in(py, view, other)?,
        CompareOp::Le => a <= b && all_in(py, view, other)?,
        CompareOp::Gt => b < a && all_in(py, other, view)?,
        CompareOp::Ge => b <= a && all_in(py, other, view)?,
    };
    Ok(py_bool(holds).owned().into_object())
}

fn disjoint(py: Python, view: &PyObject, other: &PyObject) -> PyResult<bool> {
    if view.is(other) {
        return Ok(set_len(view) == Some(0));
    }
    let (mut walked, mut asked) = (other, view);
    if let (Some(a), Some(b)) = (set_len(view), set_len(other))
        && b > a
    {
        (walked, asked) = (view, other);
    }
    let it = walked.get_iter(py)?;
    while let Some(item) = it.iter_next(py)? {
        if asked.contains(py, &item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn subtract(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    let result = PySet::from_iterable(py, a)?;
    result.remove_all(py, b)?;
    Ok(result.into_object())
}

fn intersect(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    // The view can be either operand.
    let (mut view, mut other) = if set_view(a).is_some() { (a, b) } else { (b, a) };
    let len = set_len(view).unwrap_or(0);
    if let Some(s) = other.downcast_exact::<PySet>()
        && len <= s.len()
    {
        return other.call_method1(py, intern!(py, "intersection"), view);
    }
    if set_view(other).is_some() && set_len(other) > Some(len) {
        std::mem::swap(&mut view, &mut other);
    }
    let result = PySet::new(py)?;
    let it = other.get_iter(py)?;
    while let Some(item) = it.iter_next(py)? {
        let there = match view.downcast::<PyDictKeys>() {
            Some(v) => keys_contains(py, &v.dv_dict, &item)?,
            None => match view.downcast::<PyDictItems>() {
                Some(v) => items_contains(py, &v.dv_dict, &item)?,
                None => false,
            },
        };
        if there {
            result.add(py, &item)?;
        }
    }
    Ok(result.into_object())
}

fn unite(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    let result = PySet::from_iterable(py, a)?;
    result.update(py, b)?;
    Ok(result.into_object())
}

fn differ(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
    if let (Some(x), Some(y)) = (a.downcast::<PyDictItems>(), b.downcast::<PyDictItems>()) {
        return differ_items(py, &x.dv_dict, &y.dv_dict);
    }
    let result = PySet::from_iterable(py, a)?;
    result.toggle_all(py, b)?;
    Ok(result.into_object())
}

/// The items that are in one dict only. The smaller one is copied; equal items are struck from the copy.
fn differ_items(py: Python, a: &PyDict, b: &PyDict) -> PyResult {
    let (small, large) = if a.len() > b.len() { (b, a) } else { (a, b) };
    let left = small.copy(py)?;
    let result = PySet::new(py)?;
    let mut pos = 0;
    while let Some((key, value, hash)) = large.next_hash(&mut pos) {
        if let Some(theirs) = left.get_item_hash(py, &key, hash)?
            && theirs.compare_bool(py, &value, CompareOp::Eq)?
        {
            drop(left.pop(py, &key)?);
            continue;
        }
        result.add(py, PyTuple::new(py, [key, value])?.as_object())?;
    }
    let mut pos = 0;
    while let Some((key, value)) = left.next(&mut pos) {
        result.add(py, PyTuple::new(py, [key, value])?.as_object())?;
    }
    Ok(result.into_object())
}

macro_rules! set_views {
    ($($t:ident $symbol:literal $name:literal $contains:ident $iter:ident $reverse:ident)*) => { $(
        #[pytype(name = $name, symbol = $symbol, base = PyObject, flags(GC, DISALLOW_INSTANTIATION))]
        impl $t {
            #[slot(tp_repr)]
            fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
                self.repr_of(py)
            }

            #[slot(tp_iter)]
            fn iter(&self, py: Python) -> PyResult<Py<$iter>> {
                $iter::new(py, &self.dv_dict)
            }

            #[slot(sq_length)]
            fn length(&self, _py: Python) -> PyResult<isize> {
                Ok(self.dv_dict.ma_used.get())
            }

            #[slot(sq_contains)]
            fn contains(&self, py: Python, item: &PyObject) -> PyResult<bool> {
                $contains(py, &self.dv_dict, item)
            }

            #[slot(tp_richcompare)]
            fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
                compare(py, self, other, op)
            }

            #[slot(nb_subtract)]
            fn subtract(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
                subtract(py, a, b)
            }

            #[slot(nb_and)]
            fn and(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
                intersect(py, a, b)
            }

            #[slot(nb_or)]
            fn or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
                unite(py, a, b)
            }

            #[slot(nb_xor)]
            fn xor(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
                differ(py, a, b)
            }

            /// Is no item of the iterable in the view?
            #[pymethod(text = "($self, object, /)")]
            fn isdisjoint(&self, py: Python, other: &PyObject) -> PyResult<bool> {
                disjoint(py, self, other)
            }

            /// An iterator over the view, the last item first.
            #[pymethod]
            fn __reversed__(&self, py: Python) -> PyResult<Py<$reverse>> {
                $reverse::new(py, &self.dv_dict)
            }

            /// The dict, read-only.
            #[getter]
            fn mapping(&self, py: Python) -> PyResult {
                self.mapping_proxy(py)
            }
        }
    )* };
}
set_views! {
    PyDictKeys "PyDictKeys_Type" "dict_keys" keys_contains PyDictIterKey PyDictRevIterKey
    PyDictItems "PyDictItems_Type" "dict_items" items_contains PyDictIterItem PyDictRevIterItem
}

#[pytype(name = "dict_values", symbol = "PyDictValues_Type", base = PyObject, flags(GC, DISALLOW_INSTANTIATION))]
impl PyDictValues {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.repr_of(py)
    }

    #[slot(tp_iter)]
    fn iter(&self, py: Python) -> PyResult<Py<PyDictIterValue>> {
        PyDictIterValue::new(py, &self.dv_dict)
    }

    #[slot(sq_length)]
    fn length(&self, _py: Python) -> PyResult<isize> {
        Ok(self.dv_dict.ma_used.get())
    }

    /// An iterator over the values, the last one first.
    #[pymethod]
    fn __reversed__(&self, py: Python) -> PyResult<Py<PyDictRevIterValue>> {
        PyDictRevIterValue::new(py, &self.dv_dict)
    }

    /// The dict, read-only.
    #[getter]
    fn mapping(&self, py: Python) -> PyResult {
        self.mapping_proxy(py)
    }
}

/// The length of an exact dict or of one of its views, whose iteration is known.
pub(in crate::types) fn plain_len(o: &PyObject) -> Option<usize> {
    if let Some(d) = o.downcast_exact::<PyDict>() {
        Some(d.len())
    } else if let Some(v) = o.downcast_exact::<PyDictValues>() {
        Some(v.dv_dict.len())
    } else {
        set_view(o).map(PyDict::len)
    }
}
