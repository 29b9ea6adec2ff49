//! What Python code can do with a `set` and a `frozenset`.

use super::*;
use crate::types::object_::PyBaseObject_Type;
use crate::types::repr_guard::ReprGuard;

impl PySet {
    #[inline(always)]
    fn raw(&self) -> &PySet {
        self
    }

    fn repr_of(&self, py: Python) -> PyResult<Py<PyStr>> {
        let name = type_name(self);
        let Some(_guard) = ReprGuard::enter(py, self) else { return PyStr::new(py, &format!("{name}(...)")) };
        if self.is_empty() {
            return PyStr::new(py, &format!("{name}()"));
        }
        let plain = PySet::check_exact(self);
        let mut out = StrBuilder::new();
        if !plain {
            out.push_str(name);
            out.push_str("(");
        }
        out.push_str("{");
        for (i, item) in self.snapshot().iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            out.push_pystr(&*item.repr(py)?);
        }
        out.push_str(if plain { "}" } else { "})" });
        out.finish(py)
    }

    fn reduce(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let items = PyList::new(py, self.snapshot())?;
        let args = PyTuple::new(py, [items.into_object()])?;
        let state = self.as_object().call_method0(py, intern!(py, "__getstate__"))?;
        PyTuple::new(py, [self.ty().object().owned(), args.into_object(), state])
    }
}

impl PyFrozenSet {
    #[inline(always)]
    fn raw(&self) -> &PySet {
        &self.ob_base
    }
}

/// Both operands, if they are sets.
fn operands<'a>(a: &'a PyObject, b: &'a PyObject) -> Option<(&'a PySet, &'a PySet)> {
    Some((any_set(a)?, any_set(b)?))
}

/// `set(...)` and `frozenset(...)` take no keywords, but their subclasses' `__init__` may.
fn only_iterable<'a>(
    py: Python,
    name: &str,
    args: &'a [&'a PyObject],
    has_keywords: bool,
) -> PyResult<Option<&'a PyObject>> {
    if has_keywords {
        return Err(type_error(py, format!("{name}() takes no keyword arguments")));
    }
    match args {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        more => Err(type_error(py, format!("{name} expected at most 1 argument, got {}", more.len()))),
    }
}

macro_rules! set_type {
    ($(#[$doc:meta])* $t:ident $symbol:literal $name:literal $base:ident { $($own:tt)* }) => {
        $(#[$doc])*
        #[pytype(
            name = $name,
            order = "__contains__ add clear copy discard difference difference_update intersection intersection_update \
                     isdisjoint issubset issuperset pop __reduce__ remove __sizeof__ symmetric_difference \
                     symmetric_difference_update union",
            symbol = $symbol,
            base = $base,
            base_type = PyBaseObject_Type,
            flags(BASETYPE, GC, MATCH_SELF),
            weaklistoffset = offset_of!(PySet, weakreflist) as isize,
            text = "(iterable=(), /)",
        )]
        impl $t {
            $($own)*

            #[slot(tp_traverse)]
            fn traverse(&self, visitor: &mut Visitor) {
                let s = self.raw();
                if s.table.get().is_null() {
                    return;
                }
                for i in 0..=s.mask.get() as usize {
                    // SAFETY: within the table, which owns its keys.
                    unsafe { visitor.visit_ptr(s.entry(i).key.get()) };
                }
            }

            #[slot(tp_clear)]
            fn clear_slot(&self) {
                self.raw().clear();
            }

            #[slot(tp_repr)]
            fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
                self.raw().repr_of(py)
            }

            #[slot(tp_richcompare)]
            fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
                self.raw().compare(py, other, op)
            }

            #[slot(tp_iter)]
            fn iter(&self, py: Python) -> PyResult<Py<PySetIter>> {
                PySetIter::new(py, self.raw())
            }

            #[slot(sq_length)]
            fn length(&self, _py: Python) -> PyResult<isize> {
                Ok(self.raw().used.get())
            }

            #[slot(sq_contains)]
            fn contains_slot(&self, py: Python, item: &PyObject) -> PyResult<bool> {
                self.raw().contains(py, item)
            }

            #[slot(nb_subtract)]
            fn nb_subtract(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
                match operands(a, b) {
                    Some((a, b)) => Ok(a.subtract(py, b)?.into_object()),
                    None => Ok(not_implemented().owned()),
                }
            }

            #[slot(nb_and)]
            fn nb_and(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
                match operands(a, b) {
                    Some((a, b)) => Ok(a.intersect(py, b)?.into_object()),
                    None => Ok(not_implemented().owned()),
                }
            }

            #[slot(nb_or)]
            fn nb_or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
                match operands(a, b) {
                    Some((a, b)) => Ok(a.unite(py, &[b])?.into_object()),
                    None => Ok(not_implemented().owned()),
                }
            }

            #[slot(nb_xor)]
            fn nb_xor(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
                match operands(a, b) {
                    Some((a, b)) => Ok(a.differ(py, b)?.into_object()),
                    None => Ok(not_implemented().owned()),
                }
            }

            /// Is object an item of the set?
            #[pymethod(coexist)]
            fn __contains__(&self, py: Python, object: &PyObject) -> PyResult<bool> {
                self.raw().contains(py, object)
            }

            /// A generic alias, for annotations such as set[int].
            #[classmethod]
            fn __class_getitem__(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
                crate::types::generic_alias::new(py, cls.object(), object)
            }

            /// What pickle needs.
            #[pymethod]
            fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
                self.raw().reduce(py)
            }

            /// Bytes in memory, without the items themselves.
            #[pymethod]
            fn __sizeof__(&self, _py: Python) -> usize {
                self.ty().tp_basicsize.get() as usize + self.raw().table_bytes()
            }

            /// The items that are not in any of the others, as a new set.
            #[pymethod(sig = "(*others)")]
            fn difference(&self, py: Python, others: &[&PyObject]) -> PyResult<Py<PySet>> {
                self.raw().subtract_many(py, others)
            }

            /// The items that are in all of the others too, as a new set.
            #[pymethod(sig = "(*others)")]
            fn intersection(&self, py: Python, others: &[&PyObject]) -> PyResult<Py<PySet>> {
                self.raw().intersect_many(py, others)
            }

            /// Has the set no item in common with other?
            #[pymethod]
            fn isdisjoint(&self, py: Python, other: &PyObject) -> PyResult<bool> {
                self.raw().is_disjoint(py, other)
            }

            /// Are all items in other?
            #[pymethod]
            fn issubset(&self, py: Python, other: &PyObject) -> PyResult<bool> {
                self.raw().is_subset(py, other)
            }

            /// Does the set have all items of other?
            #[pymethod]
            fn issuperset(&self, py: Python, other: &PyObject) -> PyResult<bool> {
                self.raw().is_superset(py, other)
            }

            /// The items that are in the set or in other, but not in both, as a new set.
            #[pymethod]
            fn symmetric_difference(&self, py: Python, other: &PyObject) -> PyResult<Py<PySet>> {
                self.raw().differ(py, other)
            }

            /// The items of the set and of all others, as a new set.
            #[pymethod(sig = "(*others)")]
            fn union(&self, py: Python, others: &[&PyObject]) -> PyResult<Py<PySet>> {
                self.raw().unite(py, others)
            }
        }
    };
}

set_type! {
    /// Collection of different hashable objects, without order.
    ///
    /// set() is empty; set(iterable) holds the iterable's items.
    PySet "PySet_Type" "set" PyObject {
        #[slot(tp_new)]
        fn py_new(py: Python, cls: &PyTypeObject, _args: &PyTuple, _kwargs: Option<&PyDict>) -> PyResult<Py<PySet>> {
            PySet::of_type(py, cls)
        }

        #[slot(tp_init)]
        fn py_init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
            let keywords = kwargs.is_some_and(|k| !k.is_empty());
            let iterable = only_iterable(py, "set", args.items(), keywords)?;
            self.clear();
            match iterable {
                Some(i) => PySet::update(self, py, i),
                None => Ok(()),
            }
        }

        #[vectorcall]
        fn vectorcall(py: Python, cls: &PyTypeObject, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult<Py<PySet>> {
            let iterable = only_iterable(py, "set", args, kwnames.is_some_and(|k| !k.is_empty()))?;
            PySet::of_type_from(py, cls, iterable)
        }

        #[slot(nb_inplace_subtract)]
        fn inplace_subtract(&self, py: Python, other: &PyObject) -> PyResult {
            if any_set(other).is_none() {
                return Ok(not_implemented().owned());
            }
            self.remove_all(py, other)?;
            Ok(self.owned().into_object())
        }

        #[slot(nb_inplace_and)]
        fn inplace_and(&self, py: Python, other: &PyObject) -> PyResult {
            if any_set(other).is_none() {
                return Ok(not_implemented().owned());
            }
            let common = self.intersect(py, other)?;
            self.swap(&common);
            Ok(self.owned().into_object())
        }

        #[slot(nb_inplace_or)]
        fn inplace_or(&self, py: Python, other: &PyObject) -> PyResult {
            if any_set(other).is_none() {
                return Ok(not_implemented().owned());
            }
            PySet::update(self, py, other)?;
            Ok(self.owned().into_object())
        }

        #[slot(nb_inplace_xor)]
        fn inplace_xor(&self, py: Python, other: &PyObject) -> PyResult {
            if any_set(other).is_none() {
                return Ok(not_implemented().owned());
            }
            self.toggle_all(py, other)?;
            Ok(self.owned().into_object())
        }

        /// Adds an object, if it is not there yet.
        #[pymethod(name = "add")]
        fn py_add(&self, py: Python, object: &PyObject) -> PyResult<()> {
            PySet::add(self, py, object)
        }

        /// Removes all items.
        #[pymethod(name = "clear")]
        fn py_clear(&self, _py: Python) {
            PySet::clear(self);
        }

        /// A shallow copy.
        #[pymethod(name = "copy")]
        fn py_copy(&self, py: Python) -> PyResult<Py<PySet>> {
            PySet::copy(self, py)
        }

        /// Removes an object, if it is there.
        #[pymethod(name = "discard")]
        fn py_discard(&self, py: Python, object: &PyObject) -> PyResult<()> {
            PySet::discard(self, py, object)?;
            Ok(())
        }

        /// Removes an object; KeyError if it is not there.
        #[pymethod(name = "remove")]
        fn py_remove(&self, py: Python, object: &PyObject) -> PyResult<()> {
            if PySet::discard(self, py, object)? { Ok(()) } else { Err(key_error(py, object)) }
        }

        /// Removes and returns some item; KeyError if the set is empty.
        #[pymethod]
        fn pop(&self, py: Python) -> PyResult {
            match self.pop_any() {
                Some(item) => Ok(item),
                None => Err(key_error(py, PyStr::new(py, "pop from an empty set")?.as_object())),
            }
        }

        /// Removes the items of all others.
        #[pymethod(sig = "(*others)")]
        fn difference_update(&self, py: Python, others: &[&PyObject]) -> PyResult<()> {
            others.iter().try_for_each(|o| self.remove_all(py, o))
        }

        /// Keeps only the items that are in all others too.
        #[pymethod(sig = "(*others)")]
        fn intersection_update(&self, py: Python, others: &[&PyObject]) -> PyResult<()> {
            let common = self.intersect_many(py, others)?;
            self.swap(&common);
            Ok(())
        }

        /// Keeps the items that are not in other, and adds the other's that are not here.
        #[pymethod]
        fn symmetric_difference_update(&self, py: Python, other: &PyObject) -> PyResult<()> {
            self.toggle_all(py, other)
        }

        /// Adds the items of all others.
        #[pymethod(name = "update", sig = "(*others)")]
        fn py_update(&self, py: Python, others: &[&PyObject]) -> PyResult<()> {
            others.iter().try_for_each(|o| PySet::update(self, py, o))
        }
    }
}

set_type! {
    /// Unchangeable collection of different hashable objects, without order.
    ///
    /// frozenset() is empty; frozenset(iterable) holds the iterable's items.
    PyFrozenSet "PyFrozenSet_Type" "frozenset" PySet {
        #[slot(tp_new)]
        fn py_new(py: Python, cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
            let own = PyFrozenSet::type_object();
            let same_init = cls.tp_init.get().map(|f| f as usize) == own.tp_init.get().map(|f| f as usize);
            let keywords = same_init && kwargs.is_some_and(|k| !k.is_empty());
            let iterable = only_iterable(py, "frozenset", args.items(), keywords)?;
            PyFrozenSet::make(py, cls, iterable)
        }

        #[vectorcall]
        fn vectorcall(py: Python, cls: &PyTypeObject, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
            let iterable = only_iterable(py, "frozenset", args, kwnames.is_some_and(|k| !k.is_empty()))?;
            PyFrozenSet::make(py, cls, iterable)
        }

        fn make(py: Python, cls: &PyTypeObject, iterable: Option<&PyObject>) -> PyResult {
            if std::ptr::eq(cls, PyFrozenSet::type_object())
                && let Some(f) = iterable.filter(|i| PyFrozenSet::check_exact(i))
            {
                return Ok(f.owned());
            }
            Ok(PySet::of_type_from(py, cls, iterable)?.into_object())
        }

        #[slot(tp_hash)]
        fn hash(&self, _py: Python) -> PyResult<isize> {
            let s = self.raw();
            if s.hash.get() == -1 {
                s.hash.set(s.content_hash());
            }
            Ok(s.hash.get())
        }

        /// A copy, which for a plain frozenset is the set itself.
        #[pymethod(name = "copy")]
        fn py_copy(&self, py: Python) -> PyResult {
            if PyFrozenSet::check_exact(self) {
                return Ok(self.as_object().owned());
            }
            Ok(self.raw().copy(py)?.into_object())
        }
    }
}
