//! `object.h`: types from specifications (`PyType_FromSpec` and its family).

use crate::convert::*;
use crate::typeslots;
use object::alloc;
use object::typeobj::member;
use runtime::prelude::*;
use runtime::types::type_::{TypeExt, heap, new as class, type_ready};
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};

/// `PyType_Slot`.
#[repr(C)]
pub struct PyTypeSlot {
    slot: c_int,
    pfunc: *mut c_void,
}

/// `PyType_Spec`.
#[repr(C)]
pub struct PyTypeSpec {
    name: *const c_char,
    basicsize: c_int,
    itemsize: c_int,
    flags: c_uint,
    slots: *const PyTypeSlot,
}

capi! {
    fn PyType_FromSpec(py, spec: *const PyTypeSpec) -> O { make(py, None, None, &*spec, None) }
    fn PyType_FromSpecWithBases(py, spec: *const PyTypeSpec, bases: O) -> O { make(py, None, None, &*spec, opt(bases)) }
    fn PyType_FromModuleAndSpec(py, module: O, spec: *const PyTypeSpec, bases: O) -> O {
        make(py, None, opt(module), &*spec, opt(bases))
    }
    fn PyType_FromMetaclass(py, meta: *mut PyTypeObject, module: O, spec: *const PyTypeSpec, bases: O) -> O {
        make(py, meta.as_ref(), opt(module), &*spec, opt(bases))
    }
}

/// What the slots say, gathered before anything is made.
#[derive(Default)]
struct Wanted<'a> {
    members: &'a [PyMemberDef],
    doc: Option<&'a CStr>,
    base: Option<&'a PyObject>,
    bases: Option<&'a PyObject>,
    token: Option<*mut c_void>,
    weaklist: isize,
    dict: isize,
    vectorcall: isize,
}

/// The slots of a specification, up to the one that ends them.
unsafe fn slots(spec: &PyTypeSpec) -> &[PyTypeSlot] {
    let mut n = 0;
    // SAFETY: the table ends with slot 0.
    unsafe {
        while !spec.slots.is_null() && (*spec.slots.add(n)).slot != 0 {
            n += 1;
        }
        slice(spec.slots, n as isize)
    }
}

unsafe fn gather<'a>(py: Python, spec: &'a PyTypeSpec) -> PyResult<Wanted<'a>> {
    let mut w = Wanted::default();
    // SAFETY: the values are what their slots ask for.
    unsafe {
        for s in slots(spec) {
            match s.slot {
                typeslots::TP_MEMBERS => {
                    let first = s.pfunc as *const PyMemberDef;
                    let mut n = 0;
                    while !(*first.add(n)).name.is_null() {
                        n += 1;
                    }
                    w.members = slice(first, n as isize);
                }
                typeslots::TP_DOC if !s.pfunc.is_null() => {
                    w.doc = Some(CStr::from_ptr(s.pfunc as *const c_char))
                }
                typeslots::TP_BASE => w.base = opt(s.pfunc as O),
                typeslots::TP_BASES => w.bases = opt(s.pfunc as O),
                typeslots::TP_TOKEN => {
                    let token =
                        if s.pfunc.is_null() { spec as *const PyTypeSpec as *mut c_void } else { s.pfunc };
                    w.token = Some(token);
                }
                _ => {}
            }
        }
        for m in w.members {
            let field = match CStr::from_ptr(m.name).to_bytes() {
                b"__weaklistoffset__" => &mut w.weaklist,
                b"__dictoffset__" => &mut w.dict,
                b"__vectorcalloffset__" => &mut w.vectorcall,
                _ => {
                    if m.flags & member::RELATIVE_OFFSET != 0 && spec.basicsize > 0 {
                        return Err(system_error(py, "With Py_RELATIVE_OFFSET, basicsize must be negative."));
                    }
                    continue;
                }
            };
            if m.type_ != member::PYSSIZET || m.flags & member::READONLY == 0 {
                return Err(system_error(
                    py,
                    "type of special offset member must be Py_T_PYSSIZET and Py_READONLY",
                ));
            }
            *field = m.offset;
        }
    }
    Ok(w)
}

fn bases_of(py: Python, given: Option<&PyObject>, w: &Wanted) -> PyResult<Py<PyTuple>> {
    if let Some(b) = given {
        return match b.downcast::<PyTuple>() {
            Some(t) => Ok(t.owned()),
            None => PyTuple::from_slice(py, &[b]),
        };
    }
    if let Some(b) = w.bases {
        return match b.downcast::<PyTuple>() {
            Some(t) => Ok(t.owned()),
            None => Err(system_error(py, "Py_tp_bases is not a tuple")),
        };
    }
    let object = runtime::types::type_::base_object_type().as_object();
    PyTuple::from_slice(py, &[w.base.unwrap_or(object)])
}

/// Sizes of instances: (all, where the type's own data begins).
fn sizes(py: Python, spec: &PyTypeSpec, base: &PyTypeObject, name: &str) -> PyResult<(isize, isize)> {
    const ALIGN: isize = 16;
    let theirs = base.tp_basicsize.get();
    let size = spec.basicsize as isize;
    let (all, data) = match size {
        0 => (theirs, theirs),
        1.. => (size, theirs),
        _ => {
            let start = (theirs + ALIGN - 1) & !(ALIGN - 1);
            (start + ((-size + ALIGN - 1) & !(ALIGN - 1)), start)
        }
    };
    if all < theirs {
        return Err(type_error(
            py,
            format!(
                "tp_basicsize for type '{name}' ({all}) is too small for base '{}' ({theirs})",
                base.display_name()
            ),
        ));
    }
    if size < 0 && spec.itemsize > 0 && base.tp_itemsize.get() == 0 {
        return Ok((all, data));
    }
    if size < 0
        && base.tp_itemsize.get() != 0
        && !base.has_flag(flags::ITEMS_AT_END)
        && spec.flags as u64 & flags::ITEMS_AT_END == 0
    {
        return Err(system_error(py, "Cannot extend variable-size class without Py_TPFLAGS_ITEMS_AT_END."));
    }
    Ok((all, data))
}

/// Memory of the object domain with a copy of a C string.
fn duplicate(py: Python, text: &CStr) -> PyResult<*mut c_char> {
    let bytes = text.to_bytes_with_nul();
    // SAFETY: fresh memory of that size.
    unsafe {
        let p = alloc::object_alloc(bytes.len());
        if p.is_null() {
            return Err(memory_error(py));
        }
        p.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        Ok(p as *mut c_char)
    }
}

unsafe fn make(
    py: Python,
    meta: Option<&PyTypeObject>,
    module: Option<&PyObject>,
    spec: &PyTypeSpec,
    bases: Option<&PyObject>,
) -> PyResult {
    // SAFETY: the C API's contract for specifications; the new type's memory is laid out as `PyHeapType` with its members behind.
    unsafe {
        if spec.name.is_null() {
            return Err(system_error(py, "Type spec does not define the name field."));
        }
        let w = gather(py, spec)?;
        let full = CStr::from_ptr(spec.name);
        let full_text = full.to_string_lossy();
        let bases = bases_of(py, bases, &w)?;
        if spec.flags as u64 & flags::IMMUTABLETYPE != 0 {
            check_immutable_bases(py, &bases, &full_text)?;
        }
        let plain = PyTypeObject::type_object();
        let meta = class::calculate_metaclass(py, meta.unwrap_or(plain), &bases)?;
        if let (Some(theirs), Some(ours)) = (meta.tp_new.get(), plain.tp_new.get())
            && !std::ptr::fn_addr_eq(theirs, ours)
        {
            return Err(type_error(py, "Metaclasses with custom tp_new are not supported."));
        }
        let base = class::best_base(py, &bases)?;
        let (basicsize, data) = sizes(py, spec, &base, &full_text)?;

        let ty = class::allocate_heap_type(py, &meta, w.members.len())?;
        let Some(h) = ty.heap() else { return Err(bad_internal_call(py)) };
        ty.tp_flags.set(spec.flags as u64 | flags::HEAPTYPE);
        let short = full_text.rsplit('.').next().unwrap_or(&full_text);
        let name = PyStr::new(py, short)?;
        h.ht_name.set(Some(name.clone()));
        h.ht_qualname.set(Some(name));
        h.ht_tpname.set(duplicate(py, full)?);
        ty.tp_name.set(h.ht_tpname.get());
        h.ht_module.set(module.map(|m| m.owned()));
        h.ht_token.set(w.token.unwrap_or(std::ptr::null_mut()));
        ty.tp_base.set(base.into_raw() as *mut PyTypeObject);
        ty.tp_bases.set(bases.into_raw());
        ty.tp_basicsize.set(basicsize);
        let own_items = spec.itemsize as isize;
        ty.tp_itemsize.set(if own_items != 0 { own_items } else { (*ty.tp_base.get()).tp_itemsize.get() });
        copy_slots(py, &ty, spec)?;
        if let Some(doc) = w.doc {
            ty.tp_doc.set(duplicate(py, doc)?);
        }
        if ty.tp_dealloc.get().is_none() {
            // An instance owns a reference to its type, which the inherited function would not give up.
            ty.tp_dealloc.set(Some(heap::subtype_dealloc));
        }
        copy_members(&ty, w.members, data);
        let placed = |own: isize| {
            let relative =
                w.members.iter().any(|m| m.offset == own && m.flags & member::RELATIVE_OFFSET != 0);
            if relative { own + data } else { own }
        };
        for (own, field) in [
            (w.weaklist, &ty.tp_weaklistoffset),
            (w.dict, &ty.tp_dictoffset),
            (w.vectorcall, &ty.tp_vectorcall_offset),
        ] {
            if own != 0 {
                field.set(placed(own));
            }
        }
        type_ready(py, &ty)?;
        set_module(py, &ty, &full_text)?;
        Ok(ty.into_object())
    }
}

fn check_immutable_bases(py: Python, bases: &PyTuple, name: &str) -> PyResult<()> {
    for b in bases.items() {
        let Some(b) = b.downcast::<PyTypeObject>() else {
            return Err(type_error(py, "bases must be types"));
        };
        if !b.has_flag(flags::IMMUTABLETYPE) {
            let text = format!("Creating immutable type {name} from mutable base {}", b.full_name(py)?);
            return Err(type_error(py, text));
        }
    }
    Ok(())
}

unsafe fn copy_slots(py: Python, ty: &PyTypeObject, spec: &PyTypeSpec) -> PyResult<()> {
    // SAFETY: a heap type has all tables inside; every offset is that of a pointer field.
    unsafe {
        for s in slots(spec) {
            match s.slot {
                typeslots::TP_BASE
                | typeslots::TP_BASES
                | typeslots::TP_DOC
                | typeslots::TP_MEMBERS
                | typeslots::TP_TOKEN => {}
                n => match typeslots::offset(n) {
                    Some(at) => {
                        *((ty as *const PyTypeObject as *mut u8).add(at) as *mut *mut c_void) = s.pfunc
                    }
                    None => return Err(runtime_error(py, "invalid slot offset")),
                },
            }
        }
    }
    Ok(())
}

/// Members lie behind the type, with offsets from the start of an instance.
unsafe fn copy_members(ty: &PyTypeObject, members: &[PyMemberDef], data: isize) {
    if members.is_empty() {
        return;
    }
    // SAFETY: `allocate_heap_type` made room for them and the end mark.
    unsafe {
        let at = ty.as_object().ty().tp_basicsize.get();
        let to = (ty as *const PyTypeObject as *mut u8).offset(at) as *mut PyMemberDef;
        for (i, m) in members.iter().enumerate() {
            let mut m = *m;
            if m.flags & member::RELATIVE_OFFSET != 0 {
                m.flags &= !member::RELATIVE_OFFSET;
                m.offset += data;
            }
            to.add(i).write(m);
        }
        to.add(members.len()).write(PyMemberDef::END);
        ty.tp_members.set(to);
    }
}

/// `__module__` is the part of the name before the last dot.
fn set_module(py: Python, ty: &PyTypeObject, full: &str) -> PyResult<()> {
    let Some(dict) = ty.dict() else { return Err(bad_internal_call(py)) };
    let key = intern!(py, "__module__");
    if dict.contains(py, key)? {
        return Ok(());
    }
    match full.rsplit_once('.') {
        Some((module, _)) => {
            let m = PyStr::intern(py, PyStr::new(py, module)?);
            dict.set_item(py, key, &m)?;
            ty.modified(py);
            Ok(())
        }
        None => warn(
            py,
            &runtime::types::exceptions::PyExc_DeprecationWarning_Type,
            &format!("builtin type {full} has no __module__ attribute"),
            1,
        ),
    }
}
