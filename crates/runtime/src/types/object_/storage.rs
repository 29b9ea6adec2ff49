//! Where an instance keeps its attributes: inline values, a managed dict, a dict at `tp_dictoffset`, or nowhere.

use crate::prelude::*;
use crate::types::dict::values;
use crate::types::{PyDict, PyStr};

/// The word that holds the dict, for types with a plain `tp_dictoffset`.
fn dict_slot(o: &PyObject) -> Option<&Slot<PyDict>> {
    let mut offset = o.ty().tp_dictoffset.get();
    if offset == 0 {
        return None;
    }
    if offset < 0 {
        // From the end of an object of variable size (`_PyObject_ComputedDictPointer`).
        // SAFETY: only types of variable size have negative offsets.
        let n = unsafe { o.downcast_unchecked::<PyVarObject>() }.ob_size.get().unsigned_abs();
        let ty = o.ty();
        let size = (ty.tp_basicsize.get() as usize + n * ty.tp_itemsize.get() as usize).next_multiple_of(8);
        offset += size as isize;
    }
    // SAFETY: the offset names a word of the object that holds a dict or null.
    Some(unsafe { &*((o.as_ptr() as *const u8).offset(offset) as *const Slot<PyDict>) })
}

/// An attribute kept in the instance itself.
#[inline]
pub(super) fn instance_get(py: Python, o: &PyObject, name: &PyStr) -> PyResult<Option<Py>> {
    let ty = o.ty();
    if ty.has_flag(flags::MANAGED_DICT) {
        // SAFETY: the flags say what the instance has.
        let dict = unsafe {
            if ty.has_flag(flags::INLINE_VALUES)
                && let Some(v) = values::get_inline(o, name)
            {
                return Ok(Some(v));
            }
            values::managed_dict(o.as_ptr()).get_owned()
        };
        return match dict {
            Some(d) => d.get_str(py, name),
            None => Ok(None),
        };
    }
    match dict_slot(o).and_then(Slot::get_owned) {
        Some(d) => d.get_str(py, name),
        None => Ok(None),
    }
}

/// What became of a store.
pub(super) enum Stored {
    Done,
    /// Deletion of an attribute that was not set.
    Missing,
    /// The instance keeps no attributes.
    NoPlace,
}

/// Stores or deletes an attribute in the instance itself.
pub(super) fn instance_set(
    py: Python,
    o: &PyObject,
    name: &PyStr,
    value: Option<&PyObject>,
) -> PyResult<Stored> {
    let ty = o.ty();
    let dict = if ty.has_flag(flags::MANAGED_DICT) {
        // SAFETY: the flags say what the instance has.
        unsafe {
            if ty.has_flag(flags::INLINE_VALUES) {
                match values::store_inline(o, name, value) {
                    Some(true) => return Ok(Stored::Done),
                    Some(false) => return Ok(Stored::Missing),
                    None => {}
                }
            }
            values::materialise(py, o)?
        }
    } else {
        match dict_of(py, o)? {
            Some(d) => d,
            None => return Ok(Stored::NoPlace),
        }
    };
    match value {
        Some(v) => {
            dict.set_item(py, name, v)?;
            Ok(Stored::Done)
        }
        None => Ok(if dict.pop(py, name)?.is_some() { Stored::Done } else { Stored::Missing }),
    }
}

/// The instance's dict, made on demand; `None` if it has no place for one.
pub fn dict_of(py: Python, o: &PyObject) -> PyResult<Option<Py<PyDict>>> {
    if o.ty().has_flag(flags::MANAGED_DICT) {
        // SAFETY: the flag says so.
        return unsafe { values::materialise(py, o) }.map(Some);
    }
    let Some(slot) = dict_slot(o) else { return Ok(None) };
    if let Some(d) = slot.get_owned() {
        return Ok(Some(d));
    }
    let d = PyDict::new(py)?;
    slot.set(Some(d.clone()));
    Ok(Some(d))
}

/// Gives the instance another dict.
///
/// Errors: `AttributeError` if it has no place for one.
pub fn set_dict(py: Python, o: &PyObject, dict: Option<Py<PyDict>>) -> PyResult<()> {
    let ty = o.ty();
    if ty.has_flag(flags::MANAGED_DICT) {
        // SAFETY: the flags say what the instance has. The old dict keeps its contents.
        unsafe {
            let slot = values::managed_dict(o.as_ptr());
            let inline = ty.has_flag(flags::INLINE_VALUES);
            match slot.get_owned() {
                Some(old) => {
                    if inline {
                        values::detach(py, &old, o)?;
                    }
                }
                None => {
                    if inline && values::inline_values(o.as_ptr()).valid.get() != 0 {
                        values::inline_values(o.as_ptr()).clear();
                    }
                }
            }
            if inline {
                values::inline_values(o.as_ptr()).valid.set(0);
            }
            slot.set(dict);
        }
        return Ok(());
    }
    match dict_slot(o) {
        Some(slot) => {
            slot.set(dict);
            Ok(())
        }
        None => Err(attribute_error(py, "This object has no __dict__")),
    }
}

/// The getter of `__dict__` (`PyObject_GenericGetDict`).
pub fn generic_get_dict(py: Python, o: &PyObject) -> PyResult {
    match dict_of(py, o)? {
        Some(d) => Ok(d.into_object()),
        None => Err(attribute_error(py, "This object has no __dict__")),
    }
}

/// The setter of `__dict__` (`PyObject_GenericSetDict`).
pub fn generic_set_dict(py: Python, o: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
    match value {
        None => Err(type_error(py, "cannot delete __dict__")),
        Some(v) => match v.downcast::<PyDict>() {
            Some(d) => set_dict(py, o, Some(d.owned())),
            None => {
                Err(type_error(py, format!("__dict__ must be set to a dictionary, not a '{}'", type_name(v))))
            }
        },
    }
}

/// `o.__dict__` if it has one, through the attribute so that classes can override it; None-valued when the class has none.
pub(super) fn dict_attribute(py: Python, o: &PyObject) -> PyResult<Option<Py>> {
    o.getattr_opt(py, intern!(py, "__dict__"))
}
