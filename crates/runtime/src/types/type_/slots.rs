//! Slot functions that stand for "nothing" or for `__new__`: compared with by address when slots are filled.

use super::TypeExt;
use super::dispatch::{self, Address};
use crate::prelude::*;
use crate::types::PyCFunction;
use crate::types::descr::PyWrapperDescr;
use crate::types::object_::PyObject_GenericGetAttr;
use object::typeobj::meth;
use std::ffi::c_void;
use std::ptr::null_mut;

/// `unhashable type: 'list'`.
#[cold]
pub fn unhashable(py: Python, o: &PyObject) -> Raised {
    type_error(py, format!("unhashable type: '{}'", o.ty().tp_name().to_string_lossy()))
}

static GENERIC_GETATTR: Address = Address { function: PyObject_GenericGetAttr as *const c_void };

/// Is it the `__getattribute__` of `object`?
pub fn is_generic_getattribute(o: &PyObject) -> bool {
    o.downcast_exact::<PyWrapperDescr>().is_some_and(|w| w.d_wrapped.get() == GENERIC_GETATTR.function)
}

/// `__new__` of types that are not written in Python: calls `tp_new` of the type it is bound to.
static NEW_DEF: PyMethodDef = PyMethodDef {
    ml_name: c"__new__".as_ptr(),
    ml_meth: call_new as *const c_void,
    ml_flags: meth::FASTCALL | meth::KEYWORDS,
    ml_doc: c"__new__($type, *args, **kwargs)\n--\n\nMakes a new object; help(type) tells its arguments."
        .as_ptr(),
};

/// The `__new__` attribute of a type with a `tp_new` of its own.
pub(super) fn new_wrapper(py: Python, ty: &PyTypeObject) -> PyResult<Py<PyCFunction>> {
    PyCFunction::new(py, &NEW_DEF, Some(ty.as_object()), None)
}

/// Is the function one that [`new_wrapper`] made?
pub(super) fn is_new_wrapper(f: &PyCFunction) -> bool {
    std::ptr::eq(f.def(), &NEW_DEF)
}

unsafe extern "C" fn call_new(
    slf: *mut PyObject,
    args: *const *mut PyObject,
    nargs: isize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: the vectorcall protocol: `nargs` positional arguments, then the values of `kwnames`.
    unsafe {
        let py = Python::assume_attached();
        let names = (kwnames as *const PyTuple).as_ref();
        let n = nargs.unsigned_abs();
        let all = std::slice::from_raw_parts(args as *const &PyObject, n + names.map_or(0, |k| k.len()));
        new(py, &*slf, all, n, names).map_or(null_mut(), Py::into_raw)
    }
}

fn new(py: Python, slf: &PyObject, all: &[&PyObject], n: usize, names: Option<&PyTuple>) -> PyResult {
    let Some(ty) = slf.downcast::<PyTypeObject>() else {
        return Err(system_error(py, "__new__() called with non-type 'self'"));
    };
    let own = ty.tp_name().to_string_lossy();
    let Some((first, rest)) = all[..n].split_first() else {
        return Err(type_error(py, format!("{own}.__new__(): not enough arguments")));
    };
    let Some(sub) = first.downcast::<PyTypeObject>() else {
        return Err(type_error(
            py,
            format!("{own}.__new__(X): X is not a type object ({})", type_name(first)),
        ));
    };
    let theirs = sub.tp_name().to_string_lossy();
    if !sub.is_subtype(ty) {
        return Err(type_error(py, format!("{own}.__new__({theirs}): {theirs} is not a subtype of {own}")));
    }
    let address = |t: &PyTypeObject| t.tp_new.get().map(|f| f as *const c_void);
    let mut tp_new = ty.tp_new.get();
    // A base in between that needs its own `tp_new` must not be jumped over.
    let mut at = Some(sub);
    while let Some(t) = at.filter(|t| address(t) == Some(dispatch::NEW.function)) {
        at = t.base();
    }
    if let Some(t) = at.filter(|t| address(t) != address(ty)) {
        // It is the type's own function, but shown as inherited from `ty`.
        let inherited = std::ptr::eq(ty, super::base_object_type())
            && t.lookup(py, intern!(py, "__new__")).map(|f| f.as_ptr())
                == ty.lookup(py, intern!(py, "__new__")).map(|f| f.as_ptr());
        if let Some(f) = t.tp_new.get().filter(|_| inherited) {
            tp_new = Some(f);
        } else if address(t).is_none() {
            return Err(type_error(py, format!("cannot create '{theirs}' instances")));
        } else {
            return Err(type_error(
                py,
                format!(
                    "{own}.__new__({theirs}) is not safe, use {}.__new__()",
                    t.tp_name().to_string_lossy()
                ),
            ));
        }
    }
    let Some(tp_new) = tp_new else { return Err(bad_internal_call(py)) };
    let args = PyTuple::new(py, rest.iter().map(|a| a.owned()))?;
    let kwargs = match names.filter(|k| !k.is_empty()) {
        None => None,
        Some(names) => {
            let d = PyDict::new(py)?;
            for (k, v) in names.items().iter().zip(&all[n..]) {
                d.set_item(py, k, v)?;
            }
            Some(d)
        }
    };
    // SAFETY: a slot called with live objects.
    unsafe {
        from_c(py, tp_new(sub.ptr(), args.as_ptr(), kwargs.as_ref().map_or(null_mut(), |k| k.as_ptr())))
    }
}

/// `tp_iter` of iterators.
///
/// # Safety
/// A slot, called attached with a live object.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn PyObject_SelfIter(o: *mut PyObject) -> *mut PyObject {
    // SAFETY: the caller's promise.
    unsafe { (*o).owned().into_raw() }
}
