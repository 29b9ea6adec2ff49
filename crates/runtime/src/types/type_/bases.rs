//! Changing what a class inherits from, and the class of an object.

use super::heap::subtype_clear;
use super::new::best_base;
use super::{TypeExt, mro, subclasses, update};
use crate::prelude::*;
use crate::types::PyModule;
use crate::types::dict::values;
use object::typeobj::{FreeFunc, Inquiry};

/// Does a type's instance layout differ from that of its base?
fn adds_fields(ty: &PyTypeObject, base: &PyTypeObject) -> bool {
    ty.tp_basicsize.get() != base.tp_basicsize.get() || ty.tp_itemsize.get() != base.tp_itemsize.get()
}

/// The nearest class, from `ty` on upwards, that added fields.
pub fn solid_base(ty: &PyTypeObject) -> &PyTypeObject {
    let mut at = ty;
    while let Some(base) = at.base() {
        if adds_fields(at, base) {
            return at;
        }
        at = base;
    }
    at
}

fn named(ty: &PyTypeObject) -> std::borrow::Cow<'_, str> {
    ty.tp_name().to_string_lossy()
}

/// Are instances of `ty` just like those of its base?
fn same_as_base(ty: &PyTypeObject) -> Option<&PyTypeObject> {
    let base = ty.base()?;
    let clear = ty.tp_clear.get();
    let same = !adds_fields(ty, base)
        && ty.tp_dictoffset.get() == base.tp_dictoffset.get()
        && ty.tp_weaklistoffset.get() == base.tp_weaklistoffset.get()
        && ty.has_flag(flags::HAVE_GC) == base.has_flag(flags::HAVE_GC)
        && (clear.is_some_and(|f| std::ptr::fn_addr_eq(f, subtype_clear as Inquiry))
            || clear.map(|f| f as usize) == base.tp_clear.get().map(|f| f as usize));
    same.then_some(base)
}

/// Do two classes with the same base add the same slots?
fn same_slots_added(py: Python, a: &PyTypeObject, b: &PyTypeObject) -> PyResult<bool> {
    let (Some(base), Some(ha), Some(hb)) = (a.base(), a.heap(), b.heap()) else { return Ok(false) };
    let mut size = base.tp_basicsize.get();
    for (x, y) in [(&a.tp_dictoffset, &b.tp_dictoffset), (&a.tp_weaklistoffset, &b.tp_weaklistoffset)] {
        if x.get() == size && y.get() == size {
            size += 8;
        }
    }
    if let (Some(sa), Some(sb)) = (ha.ht_slots.get_owned(), hb.ht_slots.get_owned()) {
        if !sa.as_object().eq(py, &sb)? {
            return Ok(false);
        }
        size += sa.len() as isize * 8;
    }
    Ok(size == a.tp_basicsize.get() && size == b.tp_basicsize.get())
}

/// Can an instance of `old` become one of `new` as it is? `what` begins the error's text.
fn check_compatible(py: Python, old: &PyTypeObject, new: &PyTypeObject, what: &str) -> PyResult<()> {
    let free = |t: &PyTypeObject| t.tp_free.get().map(|f: FreeFunc| f as usize);
    if free(old) != free(new) {
        return Err(type_error(
            py,
            format!("{what} assignment: '{}' deallocator differs from '{}'", named(new), named(old)),
        ));
    }
    let (mut a, mut b) = (new, old);
    while let Some(base) = same_as_base(a) {
        a = base;
    }
    while let Some(base) = same_as_base(b) {
        b = base;
    }
    let siblings = || -> PyResult<bool> {
        let same_base = a.base().map(|t| t.ptr()) == b.base().map(|t| t.ptr());
        Ok(same_base && same_slots_added(py, a, b)?)
    };
    let header = flags::PREHEADER | flags::INLINE_VALUES;
    let same_header = old.tp_flags.get() & header == new.tp_flags.get() & header;
    if (std::ptr::eq(a, b) || siblings()?) && same_header {
        return Ok(());
    }
    Err(type_error(
        py,
        format!("{what} assignment: '{}' object layout differs from '{}'", named(new), named(old)),
    ))
}

/// `o.__class__ = new`.
pub fn set_class(py: Python, o: &PyObject, new: &PyTypeObject) -> PyResult<()> {
    let old = o.ty();
    let modules = || {
        let module = PyModule::type_object();
        new.is_subtype(module) && old.is_subtype(module)
    };
    if (new.has_flag(flags::IMMUTABLETYPE) || old.has_flag(flags::IMMUTABLETYPE)) && !modules() {
        return Err(type_error(
            py,
            "__class__ assignment only supported for mutable types or ModuleType subclasses",
        ));
    }
    check_compatible(py, old, new, "__class__")?;
    if old.has_flag(flags::INLINE_VALUES) {
        // The inline values are laid out by the old class's keys: they move into the dict.
        // SAFETY: the flag says that the object has a managed dict and inline values.
        unsafe {
            let dict = values::materialise(py, o)?;
            values::detach(py, &dict, o)?;
        }
    }
    if new.has_flag(flags::HEAPTYPE) {
        new.incref();
    }
    // Comparing and materialising ran code: the old class is the one that the object has now.
    let old = o.ob_type.replace(new);
    // SAFETY: the object owned a reference to its old class if that is a heap type.
    unsafe {
        if (*old).has_flag(flags::HEAPTYPE) {
            PyObject::decref(old as *mut PyObject);
        }
    }
    Ok(())
}

/// The MROs before a change, to be put back if it fails.
type Undo = Vec<(Py<PyTypeObject>, Option<Py<PyTuple>>)>;

/// Computes the MRO of a class and all its subclasses anew.
fn update_hierarchy(py: Python, ty: &PyTypeObject, undo: &mut Undo) -> PyResult<()> {
    crate::state::enter_recursive_call(py, " in __bases__ assignment")?;
    if let Some(old) = mro::update(py, ty)? {
        undo.push((ty.owned(), old));
        let mut r = Ok(());
        subclasses::for_each(py, ty, &mut |sub| {
            if r.is_ok() {
                r = update_hierarchy(py, sub, undo);
            }
        });
        r?;
    }
    Ok(())
}

fn is_below(ty: &PyTypeObject, above: &PyTypeObject) -> bool {
    let mut at = Some(ty);
    while let Some(t) = at {
        if std::ptr::eq(t, above) {
            return true;
        }
        at = t.base();
    }
    false
}

/// `ty.__bases__ = value`.
pub(super) fn set_bases(py: Python, ty: &PyTypeObject, value: &PyObject) -> PyResult<()> {
    let Some(new) = value.downcast::<PyTuple>() else {
        return Err(type_error(
            py,
            format!(
                "can only assign tuple to {}.__bases__, not {}",
                named(ty),
                value.ty().tp_name().to_string_lossy()
            ),
        ));
    };
    if new.is_empty() {
        return Err(type_error(
            py,
            format!("can only assign non-empty tuple to {}.__bases__, not ()", named(ty)),
        ));
    }
    for b in new.items() {
        let Some(base) = b.downcast::<PyTypeObject>() else {
            return Err(type_error(
                py,
                format!(
                    "{}.__bases__ must be tuple of classes, not '{}'",
                    named(ty),
                    b.ty().tp_name().to_string_lossy()
                ),
            ));
        };
        // During a change of the MROs the bases tell the truth.
        if base.is_subtype(ty) || (!base.tp_mro.get().is_null() && is_below(base, ty)) {
            return Err(type_error(py, "a __bases__ item causes an inheritance cycle"));
        }
    }
    let new_base = best_base(py, new)?;
    let Some(old_base) = ty.base() else { return Err(bad_internal_call(py)) };
    check_compatible(py, old_base, &new_base, "__bases__")?;

    let (old_bases, old_base) = (ty.bases(), old_base.owned());
    replace_bases(ty, Some(new.owned()), new_base.clone());
    let mut undo = Undo::new();
    if let Err(e) = update_hierarchy(py, ty, &mut undo) {
        for (t, old) in undo.into_iter().rev() {
            mro::set(py, &t, old);
        }
        if ty.tp_bases.get() == new.as_ptr() {
            replace_bases(ty, old_bases, old_base);
        }
        return Err(e);
    }
    // A metaclass's `mro()` may have assigned other bases meanwhile, and has done the rest then.
    if ty.tp_bases.get() == new.as_ptr() {
        if let Some(old) = &old_bases {
            subclasses::remove_from_bases(ty, old);
        }
        subclasses::add_to_bases(ty);
        update::update_all_slots(py, ty);
    }
    Ok(())
}

fn replace_bases(ty: &PyTypeObject, bases: Option<Py<PyTuple>>, base: Py<PyTypeObject>) {
    let bases = bases.map_or(std::ptr::null_mut(), Py::into_raw);
    let (old_bases, old_base) =
        (ty.tp_bases.replace(bases), ty.tp_base.replace(base.into_raw() as *mut PyTypeObject));
    // SAFETY: the type owned both.
    unsafe {
        drop(Py::<PyObject>::from_raw_owned_or_opt(old_bases));
        drop(Py::<PyObject>::from_raw_owned_or_opt(old_base as *mut PyObject));
    }
}
