//! Making classes: `type(name, bases, dict)`.

use super::heap::{PyObject_GC_Del, PyType_GenericAlloc, subtype_clear, subtype_dealloc, subtype_traverse};
use super::ready::{MANAGED_WEAKREF_OFFSET, type_ready};
use super::{PyHeapType, PyType_Type, TypeExt, getset, solid_base, update};
use crate::prelude::*;
use crate::types::exceptions::PyExc_RuntimeWarning_Type;
use crate::types::object_::PyBaseObject_Type;
use crate::types::{PyCell, PyClassMethod, PyFunction, PyStaticMethod, super_};
use object::alloc;
use object::typeobj::{PyMemberDef, member};
use std::ffi::c_char;
use std::ptr::{null, null_mut};

/// The most derived of the metaclasses of the bases and `meta` itself.
///
/// Errors: `TypeError` when none is a subclass of all others.
pub fn calculate_metaclass(py: Python, meta: &PyTypeObject, bases: &PyTuple) -> PyResult<Py<PyTypeObject>> {
    let mut winner = meta;
    for b in bases.items() {
        let theirs = b.ty();
        if winner.is_subtype(theirs) {
            continue;
        }
        if theirs.is_subtype(winner) {
            winner = theirs;
            continue;
        }
        return Err(type_error(
            py,
            "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases",
        ));
    }
    Ok(winner.owned())
}

/// The base that fixes the layout of a class with these bases.
pub fn best_base(py: Python, bases: &PyTuple) -> PyResult<Py<PyTypeObject>> {
    let mut best: Option<(&PyTypeObject, &PyTypeObject)> = None;
    for b in bases.items() {
        let Some(b) = b.downcast::<PyTypeObject>() else {
            return Err(type_error(py, "bases must be types"));
        };
        if b.dict().is_none() {
            type_ready(py, b)?;
        }
        if !b.has_flag(flags::BASETYPE) {
            return Err(type_error(
                py,
                format!("type '{}' is not an acceptable base type", b.tp_name().to_string_lossy()),
            ));
        }
        let solid = solid_base(b);
        best = match best {
            None => Some((b, solid)),
            Some((_, s)) if s.is_subtype(solid) => best,
            Some((_, s)) if solid.is_subtype(s) => Some((b, solid)),
            Some(_) => return Err(type_error(py, "multiple bases have instance lay-out conflict")),
        };
    }
    match best {
        Some((b, _)) => Ok(b.owned()),
        None => Err(bad_internal_call(py)),
    }
}

/// The `__slots__` members of a heap type, which follow the type object itself.
pub fn slot_members(ty: &PyTypeObject) -> &[PyMemberDef] {
    if !ty.has_flag(flags::HEAPTYPE) {
        return &[];
    }
    let n = ty.ob_base.ob_size.get().unsigned_abs();
    let at = ty.as_object().ty().tp_basicsize.get();
    // SAFETY: the metatype's `tp_alloc` made room for that many definitions, and one that marks the end.
    unsafe {
        std::slice::from_raw_parts(
            (ty as *const PyTypeObject as *const u8).offset(at) as *const PyMemberDef,
            n,
        )
    }
}

/// What is known of a class while it is being made.
struct Plan<'a> {
    meta: &'a PyTypeObject,
    name: &'a PyStr,
    bases: Py<PyTuple>,
    base: Py<PyTypeObject>,
    /// The class's own copy of its namespace.
    dict: Py<PyDict>,
    /// Sorted, mangled names; `None` without `__slots__`.
    slots: Option<Py<PyTuple>>,
    add_dict: bool,
    add_weakref: bool,
}

/// `type.__new__(meta, name, bases, namespace, **kwds)`.
pub fn type_new(py: Python, meta: &PyTypeObject, args: &PyTuple, kwds: Option<&PyDict>) -> PyResult {
    let (name, bases, namespace) = parse(py, args)?;
    for b in bases.items() {
        if b.downcast::<PyTypeObject>().is_none()
            && b.getattr_opt(py, intern!(py, "__mro_entries__"))?.is_some()
        {
            return Err(type_error(py, "type() doesn't support MRO entry resolution; use types.new_class()"));
        }
    }
    let winner = calculate_metaclass(py, meta, bases)?;
    if !std::ptr::eq(&*winner, meta)
        && let (Some(theirs), Some(own)) = (winner.tp_new.get(), PyType_Type.tp_new.get())
        && !std::ptr::fn_addr_eq(theirs, own)
    {
        // SAFETY: a slot called with live objects.
        return unsafe {
            from_c(py, theirs(winner.ptr(), args.as_ptr(), kwds.map_or(null_mut(), |k| k.as_ptr())))
        };
    }
    let class = new_class(py, &winner, name, bases, namespace)?;
    set_names(py, &class)?;
    init_subclass(py, &class, kwds)?;
    Ok(class.into_object())
}

fn parse<'a>(py: Python, args: &'a PyTuple) -> PyResult<(&'a PyStr, &'a PyTuple, &'a PyDict)> {
    let wrong = |i: usize, want: &str, got: &PyObject| {
        Err(type_error(py, format!("type.__new__() argument {i} must be {want}, not {}", type_name(got))))
    };
    match args.items() {
        [n, b, d] => {
            let Some(n) = n.downcast::<PyStr>() else { return wrong(1, "str", n) };
            let Some(b) = b.downcast::<PyTuple>() else { return wrong(2, "tuple", b) };
            let Some(d) = d.downcast::<PyDict>() else { return wrong(3, "dict", d) };
            Ok((n, b, d))
        }
        other => {
            Err(type_error(py, format!("type.__new__() takes exactly 3 arguments ({} given)", other.len())))
        }
    }
}

/// A class without `__set_name__` and `__init_subclass__` having been called; `meta` is the right metaclass for the bases.
pub fn new_class(
    py: Python,
    meta: &PyTypeObject,
    name: &PyStr,
    bases: &PyTuple,
    namespace: &PyDict,
) -> PyResult<Py<PyTypeObject>> {
    let bases = if bases.is_empty() {
        PyTuple::new(py, [PyBaseObject_Type.as_object().owned()])?
    } else {
        bases.owned()
    };
    let base = best_base(py, &bases)?;
    let dict = namespace.copy(py)?;
    let mut plan = Plan { meta, name, bases, base, dict, slots: None, add_dict: false, add_weakref: false };
    plan_slots(py, &mut plan)?;
    let class = allocate(py, &plan)?;
    fill(py, &plan, &class)?;
    type_ready(py, &class)?;
    update::fill_slots(py, &class);
    if class.dict().is_some_and(|d| !d.has_only_str_keys()) {
        let name = class.display_name();
        warn(py, &PyExc_RuntimeWarning_Type, &format!("non-string key in the __dict__ of class {name}"), 1)?;
    }
    Ok(class)
}

fn plan_slots(py: Python, plan: &mut Plan) -> PyResult<()> {
    let base = plan.base.clone();
    let may_add_dict = base.tp_dictoffset.get() == 0;
    let may_add_weakref = base.tp_weaklistoffset.get() == 0 && base.tp_itemsize.get() == 0;
    let Some(slots) = plan.dict.get_str(py, intern!(py, "__slots__"))? else {
        plan.add_dict = may_add_dict;
        plan.add_weakref = may_add_weakref;
        return Ok(());
    };
    let slots = if PyStr::check(&slots) { PyTuple::new(py, [slots])? } else { slots.to_tuple(py)? };
    if !slots.is_empty() && base.tp_itemsize.get() != 0 {
        return Err(type_error(
            py,
            format!("nonempty __slots__ not supported for subtype of '{}'", base.tp_name().to_string_lossy()),
        ));
    }
    let mut names: Vec<Py<PyStr>> = Vec::with_capacity(slots.len());
    for s in slots.items() {
        let Some(name) = s.downcast::<PyStr>() else {
            return Err(type_error(py, format!("__slots__ items must be strings, not '{}'", type_name(s))));
        };
        if !name.is_identifier() {
            return Err(type_error(py, "__slots__ must be identifiers"));
        }
        for (special, may, add) in [
            ("__dict__", may_add_dict, &mut plan.add_dict),
            ("__weakref__", may_add_weakref, &mut plan.add_weakref),
        ] {
            if name.eq_str(special) {
                if !may || *add {
                    return Err(type_error(py, format!("{special} slot disallowed: we already got one")));
                }
                *add = true;
            }
        }
        if name.eq_str("__dict__") || name.eq_str("__weakref__") {
            continue;
        }
        let mangled = mangle(py, plan.name, name)?;
        let set_by_compiler =
            ["__qualname__", "__classcell__", "__classdictcell__"].iter().any(|n| mangled.eq_str(n));
        if !set_by_compiler && plan.dict.contains(py, &mangled)? {
            return Err(value_error(
                py,
                format!("{} in __slots__ conflicts with class variable", name.as_object().repr(py)?),
            ));
        }
        names.push(PyStr::intern(py, mangled.exact(py)?));
    }
    names.sort_by(|a, b| a.chars().cmp(b.chars()));
    for other in plan.bases.items() {
        // SAFETY: checked by `best_base`.
        let other: &PyTypeObject = unsafe { other.downcast_unchecked() };
        if !std::ptr::eq(other, &*base) {
            plan.add_dict |= may_add_dict && other.tp_dictoffset.get() != 0;
            plan.add_weakref |= may_add_weakref && other.tp_weaklistoffset.get() != 0;
        }
    }
    plan.slots = Some(PyTuple::new(py, names.into_iter().map(Py::into_object))?);
    Ok(())
}

/// A private name as methods of the class see it (`_Py_Mangle`).
fn mangle(py: Python, class: &PyStr, name: &PyStr) -> PyResult<Py<PyStr>> {
    let text = name.as_utf8(py)?;
    let class = class.as_utf8(py)?.trim_start_matches('_');
    if !text.starts_with("__") || text.ends_with("__") || text.contains('.') || class.is_empty() {
        return Ok(name.owned());
    }
    PyStr::new(py, &format!("_{class}{text}"))
}

/// Room for the type object, with its fixed parts.
fn allocate(py: Python, plan: &Plan) -> PyResult<Py<PyTypeObject>> {
    let n = plan.slots.as_ref().map_or(0, |s| s.len());
    let class = allocate_heap_type(py, plan.meta, n)?;
    let Some(heap) = class.heap() else { return Err(bad_internal_call(py)) };
    class.tp_bases.set(plan.bases.clone().into_raw());
    class.tp_base.set(plan.base.clone().into_raw() as *mut PyTypeObject);
    class.tp_dict.set(plan.dict.clone().into_raw());
    heap.ht_slots.set(plan.slots.clone());
    Ok(class)
}

/// A zeroed heap type of this metatype, with room for `n` members; its tables point to themselves.
pub fn allocate_heap_type(py: Python, meta: &PyTypeObject, n: usize) -> PyResult<Py<PyTypeObject>> {
    let Some(tp_alloc) = meta.tp_alloc.get() else { return Err(bad_internal_call(py)) };
    // SAFETY: a metatype's instances are heap types: `tp_alloc` gives one with all fields zero.
    let class: Py<PyTypeObject> = unsafe { from_c(py, tp_alloc(meta.ptr(), n as isize))? };
    class.tp_flags.set(flags::HEAPTYPE | flags::BASETYPE);
    // SAFETY: only addresses of fields are taken, of the object itself.
    unsafe {
        let heap = class.as_ptr() as *mut PyHeapType;
        class.tp_as_async.set(&raw mut (*heap).as_async);
        class.tp_as_number.set(&raw mut (*heap).as_number);
        class.tp_as_sequence.set(&raw mut (*heap).as_sequence);
        class.tp_as_mapping.set(&raw mut (*heap).as_mapping);
        class.tp_as_buffer.set(&raw mut (*heap).as_buffer);
    }
    Ok(class)
}

fn fill(py: Python, plan: &Plan, class: &Py<PyTypeObject>) -> PyResult<()> {
    let (Some(heap), dict) = (class.heap(), &plan.dict) else { return Err(bad_internal_call(py)) };
    let text = plan.name.as_utf8(py)?;
    if text.contains('\0') {
        return Err(value_error(py, "type name must not contain null characters"));
    }
    let name = PyStr::intern(py, plan.name.exact(py)?);
    class.tp_name.set(c_name(py, &name)?);
    heap.ht_name.set(Some(name));
    set_module(py, dict)?;
    set_qualname(py, plan, heap)?;
    set_doc(py, class, dict)?;
    wrap_functions(py, dict)?;
    place_members(py, plan, class, heap)?;
    set_type_slots(plan, class);
    set_cell(py, dict, intern!(py, "__classcell__"), class.as_object())?;
    set_cell(py, dict, intern!(py, "__classdictcell__"), dict)
}

/// The UTF-8 form of a string, with its NUL, as long-lived as the string.
pub(super) fn c_name(py: Python, name: &PyStr) -> PyResult<*const c_char> {
    // Strings keep a NUL behind their characters and behind their UTF-8 form.
    Ok(name.as_utf8(py)?.as_ptr() as *const c_char)
}

/// `__module__` is that of the code that runs now, unless the namespace has it.
fn set_module(py: Python, dict: &PyDict) -> PyResult<()> {
    let name = intern!(py, "__module__");
    if dict.contains(py, name)? {
        return Ok(());
    }
    let Some(globals) = crate::interp::frame_globals(py) else { return Ok(()) };
    match globals.get_str(py, intern!(py, "__name__"))? {
        Some(module) => dict.set_item(py, name, &module),
        None => Ok(()),
    }
}

fn set_qualname(py: Python, plan: &Plan, heap: &PyHeapType) -> PyResult<()> {
    let key = intern!(py, "__qualname__");
    match plan.dict.get_str(py, key)? {
        None => heap.ht_qualname.set(heap.ht_name.get_owned()),
        Some(q) => {
            let Some(text) = q.downcast::<PyStr>() else {
                return Err(type_error(
                    py,
                    format!("type __qualname__ must be a str, not {}", type_name(&q)),
                ));
            };
            heap.ht_qualname.set(Some(text.owned()));
            plan.dict.del_item(py, key)?;
        }
    }
    Ok(())
}

/// C code reads docstrings in `tp_doc`.
fn set_doc(py: Python, class: &PyTypeObject, dict: &PyDict) -> PyResult<()> {
    let doc = dict.get_str(py, intern!(py, "__doc__"))?;
    let Some(doc) = doc.as_ref().and_then(|d| d.downcast::<PyStr>()) else { return Ok(()) };
    let text = doc.as_utf8(py)?;
    // SAFETY: fresh memory for the text and a NUL; freed with the class.
    unsafe {
        let p = alloc::object_alloc(text.len() + 1);
        if p.is_null() {
            return Err(memory_error(py));
        }
        p.copy_from_nonoverlapping(text.as_ptr(), text.len());
        p.add(text.len()).write(0);
        class.tp_doc.set(p as *const c_char);
    }
    Ok(())
}

/// `__new__` is a static method, `__init_subclass__` and `__class_getitem__` are class methods, without decorators.
fn wrap_functions(py: Python, dict: &PyDict) -> PyResult<()> {
    let name = intern!(py, "__new__");
    if let Some(f) = dict.get_str(py, name)?
        && PyFunction::check_exact(&f)
    {
        dict.set_item(py, name, &*PyStaticMethod::new(py, &f)?)?;
    }
    for name in [intern!(py, "__init_subclass__"), intern!(py, "__class_getitem__")] {
        if let Some(f) = dict.get_str(py, name)?
            && PyFunction::check_exact(&f)
        {
            dict.set_item(py, name, &*PyClassMethod::new(py, &f)?)?;
        }
    }
    Ok(())
}

/// Lays out the `__slots__` fields behind those of the base.
fn place_members(py: Python, plan: &Plan, class: &PyTypeObject, _heap: &PyHeapType) -> PyResult<()> {
    let mut offset = plan.base.tp_basicsize.get();
    let at = (class as *const PyTypeObject as *const u8).wrapping_offset(plan.meta.tp_basicsize.get())
        as *mut PyMemberDef;
    for (i, name) in plan.slots.iter().flat_map(|s| s.items()).enumerate() {
        // SAFETY: `plan_slots` collected strings; the metatype's `tp_alloc` made room for the definitions.
        unsafe {
            let name: &PyStr = name.downcast_unchecked();
            at.add(i).write(PyMemberDef {
                name: c_name(py, name)?,
                type_: member::OBJECT_EX,
                offset,
                flags: 0,
                doc: null(),
            });
        }
        offset += 8;
    }
    class.tp_basicsize.set(offset);
    class.tp_itemsize.set(plan.base.tp_itemsize.get());
    class.tp_members.set(at);
    if plan.add_weakref {
        class.tp_flags.set(class.tp_flags.get() | flags::MANAGED_WEAKREF);
        class.tp_weaklistoffset.set(MANAGED_WEAKREF_OFFSET);
    }
    if plan.add_dict {
        class.tp_flags.set(class.tp_flags.get() | flags::MANAGED_DICT);
        class.tp_dictoffset.set(-1);
    }
    Ok(())
}

fn set_type_slots(plan: &Plan, class: &PyTypeObject) {
    class.tp_getset.set(getset::for_instances(plan.add_dict, plan.add_weakref));
    class.tp_dealloc.set(Some(subtype_dealloc));
    class.tp_flags.set(class.tp_flags.get() | flags::HAVE_GC);
    class.tp_traverse.set(Some(subtype_traverse));
    class.tp_clear.set(Some(subtype_clear));
    class.tp_free.set(Some(PyObject_GC_Del));
    class.tp_alloc.set(Some(PyType_GenericAlloc));
}

/// Fills a cell that the compiler left in the namespace and takes it out.
fn set_cell(py: Python, dict: &PyDict, key: &PyStr, value: &PyObject) -> PyResult<()> {
    let Some(cell) = dict.get_str(py, key)? else { return Ok(()) };
    let Some(c) = cell.downcast_exact::<PyCell>() else {
        return Err(type_error(
            py,
            format!("{key} must be a nonlocal cell, not {}", cell.ty().as_object().repr(py)?),
        ));
    };
    c.set(Some(value.owned()));
    dict.del_item(py, key)
}

/// Tells the attributes of a new class their names.
pub(super) fn set_names(py: Python, class: &Py<PyTypeObject>) -> PyResult<()> {
    let (hook, Some(dict)) = (intern!(py, "__set_name__"), class.dict()) else { return Ok(()) };
    let mut pos = 0;
    let mut named: Vec<(Py, Py)> = Vec::new();
    while let Some((key, value)) = dict.next(&mut pos) {
        if value.ty().lookup(py, hook).is_some() {
            named.push((key, value));
        }
    }
    for (key, value) in named {
        let Some(f) = value.lookup_special(py, hook)? else { continue };
        if let Err(e) = f.call(py, &[class.as_object(), &key]) {
            let text = format!(
                "Error calling __set_name__ on '{}' instance {} in '{}'",
                value.ty().tp_name().to_string_lossy(),
                repr_text(py, &key),
                class.tp_name().to_string_lossy()
            );
            return Err(with_note(py, e, &text));
        }
    }
    Ok(())
}

/// Adds a note to the pending exception.
fn with_note(py: Python, raised: Raised, text: &str) -> Raised {
    let e = fetch(py, raised);
    let added =
        PyStr::new(py, text).and_then(|n| e.as_object().call_method1(py, intern!(py, "add_note"), &n));
    match added {
        Ok(_) => raise_object(py, e),
        Err(e) => e,
    }
}

/// The repr for a note on an exception that is pending meanwhile.
fn repr_text(py: Python, o: &PyObject) -> String {
    let pending = take(py);
    let text = match o.repr(py) {
        Ok(s) => s.to_string_lossy(),
        Err(_) => {
            drop(take(py));
            String::new()
        }
    };
    if let Some(e) = pending {
        let _ = raise_object(py, e);
    }
    text
}

/// `super(class, class).__init_subclass__(**kwds)`
pub(super) fn init_subclass(py: Python, class: &Py<PyTypeObject>, kwds: Option<&PyDict>) -> PyResult<()> {
    let name = intern!(py, "__init_subclass__");
    super_::check(py, class, class.as_object())?;
    let above = super_::lookup(py, class, class.as_object(), class, name)?;
    let Some(f) = above else { return Ok(()) };
    f.call_tuple_dict(py, &PyTuple::empty(py), kwds)?;
    Ok(())
}
