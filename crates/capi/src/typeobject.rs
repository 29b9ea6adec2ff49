//! `object.h`: what can be asked of and done to type objects.

use crate::convert::*;
use crate::typeslots;
use runtime::prelude::*;
use runtime::types::type_::{self, TypeExt, slotdefs};
use std::ffi::{c_char, c_int, c_uint, c_ulong, c_void};
use std::ptr::null_mut;

type T = *mut PyTypeObject;

capi! {
    fn PyType_Ready(py, ty: T) -> c_int { ready(py, &*ty) }
    fn PyType_GetName(py, ty: T) -> O { (*ty).name(py) }
    fn PyType_GetQualName(py, ty: T) -> O { (*ty).qualname(py) }
    fn PyType_GetModuleName(py, ty: T) -> O { (*ty).module_name(py) }
    fn PyType_GetFullyQualifiedName(py, ty: T) -> O { PyStr::new(py, &(*ty).full_name(py)?) }
    fn PyType_GetDict(py, ty: T) -> O {
        let _ = py;
        Ok((*ty).dict().map(|d| d.owned()))
    }
    fn PyType_GetSlot(py, ty: T, slot: c_int) -> *mut c_void {
        if slot == typeslots::TP_TOKEN {
            return Ok((*ty).heap().map_or(null_mut(), |h| h.ht_token.get()));
        }
        let Some(at) = typeslots::offset(slot) else { return Err(bad_internal_call(py)) };
        Ok(slotdefs::slot_value(&*ty, at as c_int) as *mut c_void)
    }
    fn PyType_GetModule(py, ty: T) -> O {
        let t = &*ty;
        let Some(h) = t.heap() else {
            return Err(type_error(py, format!("PyType_GetModule: Type '{}' is not a heap type", t.display_name())));
        };
        match h.ht_module.as_ptr() {
            p if !p.is_null() => Ok(p),
            _ => Err(type_error(
                py,
                format!("PyType_GetModule: Type '{}' has no associated module", t.display_name()),
            )),
        }
    }
    fn PyType_GetModuleState(py, ty: T) -> *mut c_void {
        let _ = py;
        let m = PyType_GetModule(ty);
        if m.is_null() {
            return Err(Raised::pending());
        }
        Ok(crate::moduleobject::PyModule_GetState(m))
    }
    fn PyType_GetModuleByDef(py, ty: T, def: *const PyModuleDef) -> O {
        match module_by_def(&*ty, def) {
            Some(m) => Ok(m),
            None => Err(type_error(
                py,
                format!(
                    "PyType_GetModuleByDef: No superclass of '{}' has the given module",
                    (*ty).display_name()
                ),
            )),
        }
    }
    fn PyType_GetBaseByToken(py, ty: T, token: *mut c_void, result: *mut T) -> c_int {
        if !result.is_null() {
            *result = null_mut();
        }
        if token.is_null() {
            return Err(system_error(py, "PyType_GetBaseByToken called with token=NULL"));
        }
        if !PyTypeObject::check(&*(ty as O)) {
            return Err(type_error(py, format!("expected a type, got a '{}' object", tp_name(&*(ty as O)))));
        }
        let found = base_by_token(&*ty, token);
        if !result.is_null()
            && let Some(c) = &found
        {
            *result = c.clone().into_raw() as T;
        }
        Ok(found.is_some())
    }
    fn PyType_GetTypeDataSize(py, ty: T) -> isize {
        let _ = py;
        let t = &*ty;
        let base = t.base().map_or(0, |b| b.tp_basicsize.get());
        Ok(t.tp_basicsize.get() - ((base + 15) & !15))
    }
    fn PyType_Freeze(py, ty: T) -> c_int {
        let t = &*ty;
        let mro = t.mro();
        for c in mro.iter().flat_map(|m| m.items()).skip(1) {
            if c.downcast::<PyTypeObject>().is_some_and(|c| !c.has_flag(flags::IMMUTABLETYPE)) {
                return Err(type_error(py, format!("Creating immutable type {} from mutable base", t.full_name(py)?)));
            }
        }
        t.tp_flags.set(t.tp_flags.get() | flags::IMMUTABLETYPE);
        t.modified(py);
        Ok(())
    }
    fn _PyType_GetSubclasses(py, ty: T) -> O {
        PyList::new(py, type_::subclasses::direct(py, &*ty).into_iter().map(Py::into_object).collect())
    }
    fn _PyObject_LookupSpecial(py, o: O, name: O) -> O { (*o).lookup_special(py, attr_name(py, obj(py, name)?)?) }
}

/// Completes a type; a static one becomes immutable and immortal.
pub(crate) fn ready(py: Python, t: &PyTypeObject) -> PyResult<()> {
    if !t.has_flag(flags::HEAPTYPE | flags::READY) {
        t.tp_flags.set(t.tp_flags.get() | flags::IMMUTABLETYPE);
        t.make_immortal();
    }
    type_::type_ready(py, t)
}

/// The first class with this token, in the MRO; a type that has none yet, or no more, is searched through its bases.
fn base_by_token(ty: &PyTypeObject, token: *mut c_void) -> Option<Py<PyTypeObject>> {
    if ty.heap().is_some_and(|h| h.ht_token.get() == token) {
        return Some(ty.owned());
    }
    match ty.mro() {
        Some(mro) => mro.items().iter().skip(1).find_map(|c| {
            let c = c.downcast::<PyTypeObject>()?;
            c.heap().is_some_and(|h| h.ht_token.get() == token).then(|| c.owned())
        }),
        None => ty.bases()?.items().iter().find_map(|c| base_by_token(c.downcast::<PyTypeObject>()?, token)),
    }
}

fn module_by_def(ty: &PyTypeObject, def: *const PyModuleDef) -> Option<O> {
    let mro = ty.mro()?;
    mro.items().iter().find_map(|c| {
        let module = c.downcast::<PyTypeObject>()?.heap()?.ht_module.get_owned()?;
        let same = module.downcast::<PyModule>().is_some_and(|m| std::ptr::eq(m.md_def.get(), def));
        same.then(|| borrowed(module))
    })
}

plain! {
    fn PyType_IsSubtype(a: T, b: T) -> c_int { (*a).is_subtype(&*b) as c_int }
    fn PyType_GetFlags(ty: T) -> c_ulong { (*ty).tp_flags.get() }
    fn PyType_Modified(ty: T) { (*ty).modified(token()) }
    fn PyType_ClearCache() -> c_uint { type_::clear_cache(token()) }
    fn PyUnstable_Type_AssignVersionTag(ty: T) -> c_int { type_::assign_version_tag(token(), &*ty) as c_int }
    fn _PyType_Name(ty: T) -> *const c_char {
        let full = (*ty).tp_name.get();
        let bytes = bytes_of(full);
        full.add(bytes.iter().rposition(|&b| b == b'.').map_or(0, |i| i + 1))
    }
    fn _PyType_Lookup(ty: T, name: O) -> O {
        (*ty).lookup(token(), (*name).downcast_unchecked::<PyStr>()).map_or(null_mut(), |o| o.as_ptr())
    }
    fn _PyType_LookupRef(ty: T, name: O) -> O {
        crate::object::Py_XNewRef(_PyType_Lookup(ty, name))
    }
    fn PyObject_GetTypeData(o: O, ty: T) -> *mut c_void {
        let base = (*ty).base().map_or(0, |b| b.tp_basicsize.get());
        (o as *mut u8).offset((base + 15) & !15) as *mut c_void
    }
    /// The calling type's module state: the definition of a method's class.
    fn _PyType_GetModuleByDef2(a: T, b: T, def: *const PyModuleDef) -> O {
        match module_by_def(&*a, def).or_else(|| module_by_def(&*b, def)) {
            Some(m) => m,
            None => {
                let text = format!(
                    "PyType_GetModuleByDef: No superclass of '{}' nor '{}' has the given module",
                    (*a).display_name(),
                    (*b).display_name()
                );
                let _ = type_error(token(), text);
                null_mut()
            }
        }
    }
}
