//! Struct sequences: tuples whose items also have names (`PyStructSequence`), such as `os.stat_result`.
//!
//! The object is a tuple with more items allocated than its length says: the rest can be reached by name only.

use crate::glue::heap_static::{self, HeapStatic};
use crate::prelude::*;
use crate::state::enter_recursive_call;
use crate::types::type_::TypeExt;
use crate::types::{PyDict, PyInt, PyStr, PyTuple};
use object::typeobj::{TUPLE_ITEMS, member};
use object::{gc, visit::VisitProc};
use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr::null_mut;

/// What a struct sequence type looks like.
pub struct Desc {
    /// Full name, `module.name`.
    pub name: &'static str,
    pub doc: &'static str,
    /// Names in order; `None` for one that has no name.
    pub fields: &'static [Option<&'static str>],
    /// How many of them the sequence shows.
    pub visible: usize,
}

/// How many fields are reached by name only: room for them is part of the type's basic size.
fn hidden_fields(ty: &PyTypeObject) -> usize {
    (ty.tp_basicsize.get() as usize).saturating_sub(TUPLE_ITEMS) / 8
}

/// The number of fields including hidden ones.
fn total_fields(py: Python, ty: &PyTypeObject) -> PyResult<usize> {
    Ok(visible_fields(py, ty)? + hidden_fields(ty))
}

/// The length of new instances, kept in the type's dict, where a program can change it.
fn visible_fields(py: Python, ty: &PyTypeObject) -> PyResult<usize> {
    let name = intern!(py, "n_sequence_fields");
    match ty.lookup(py, name).and_then(|v| v.downcast::<PyInt>()).and_then(|v| v.as_i64()) {
        Some(n) if (0..=i64::from(i32::MAX)).contains(&n) => Ok(n as usize),
        _ => Err(type_error(
            py,
            format!("Missed attribute '{}' of type {}", name.to_string_lossy(), ty.display_name()),
        )),
    }
}

fn c_string(s: &str) -> *const c_char {
    CString::new(s).unwrap_or_default().into_raw()
}

/// Makes a module's type: a heap type that lives as long as the process.
///
/// Errors: `MemoryError`.
pub fn new_type(py: Python, desc: &Desc) -> PyResult<&'static PyTypeObject> {
    let place: &'static HeapStatic = Box::leak(Box::new(HeapStatic::new(PyTypeObject::EMPTY)));
    let ty = &place.heap.ht_type;
    define(ty, desc, flags::HEAPTYPE);
    heap_static::prepare(py, ty)?;
    crate::types::type_::type_ready(py, ty)?;
    heap_static::finish(py, ty)?;
    describe(py, ty, desc)?;
    Ok(ty)
}

/// Makes one of the interpreter's own types, which is static.
///
/// Errors: `MemoryError`.
pub fn new_static_type(py: Python, desc: &Desc) -> PyResult<&'static PyTypeObject> {
    let ty: &'static PyTypeObject = Box::leak(Box::new(PyTypeObject::EMPTY));
    define(ty, desc, flags::IMMUTABLETYPE | flags::STATIC_BUILTIN);
    crate::types::type_::type_ready(py, ty)?;
    describe(py, ty, desc)?;
    Ok(ty)
}

/// Fills in a type object that is empty but for its header.
///
/// Errors: `MemoryError`.
pub fn init_type(py: Python, ty: &'static PyTypeObject, desc: &Desc) -> PyResult<()> {
    define(ty, desc, flags::IMMUTABLETYPE);
    crate::types::type_::type_ready(py, ty)?;
    describe(py, ty, desc)
}

fn define(ty: &'static PyTypeObject, desc: &Desc, kind: u64) {
    let mut members = Vec::with_capacity(desc.fields.len() + 1);
    for (i, f) in desc.fields.iter().enumerate() {
        if let Some(f) = f {
            members.push(PyMemberDef {
                name: c_string(f),
                type_: member::OBJECT,
                offset: (TUPLE_ITEMS + i * 8) as isize,
                flags: member::READONLY,
                doc: std::ptr::null(),
            });
        }
    }
    members.push(PyMemberDef::END);
    ty.tp_name.set(c_string(desc.name));
    ty.tp_doc.set(c_string(desc.doc));
    // Hidden fields are behind the shown ones, as part of every instance.
    let hidden = desc.fields.len().saturating_sub(desc.visible);
    ty.tp_basicsize.set((TUPLE_ITEMS + 8 * hidden) as isize);
    ty.tp_itemsize.set(8);
    ty.tp_flags.set(flags::HAVE_GC | flags::TUPLE_SUBCLASS | kind);
    ty.tp_base.set(PyTuple::type_object() as *const _ as *mut PyTypeObject);
    ty.tp_members.set(Box::leak(members.into_boxed_slice()).as_mut_ptr());
    ty.tp_methods.set(METHODS.as_ptr() as *mut PyMethodDef);
    ty.tp_dealloc.set(Some(dealloc));
    ty.tp_traverse.set(Some(traverse));
    ty.tp_repr.set(Some(repr));
    ty.tp_new.set(Some(new));
}

fn describe(py: Python, ty: &PyTypeObject, desc: &Desc) -> PyResult<()> {
    let unnamed = desc.fields.iter().filter(|f| f.is_none()).count();
    let Some(dict) = ty.dict() else { return Err(bad_internal_call(py)) };
    for (name, n) in
        [("n_sequence_fields", desc.visible), ("n_fields", desc.fields.len()), ("n_unnamed_fields", unnamed)]
    {
        dict.set_text(py, name, PyInt::from_usize(py, n)?.as_object())?;
    }
    let mut match_args = Vec::new();
    for f in desc.fields[..desc.visible].iter().flatten() {
        match_args.push(PyStr::new(py, f)?.into_object());
    }
    dict.set_text(py, "__match_args__", PyTuple::new(py, match_args)?.as_object())?;
    ty.modified(py);
    Ok(())
}

/// An instance whose fields are to be filled in (`PyStructSequence_New`).
pub fn new_empty(py: Python, ty: &PyTypeObject) -> PyResult<Py<PyTuple>> {
    let visible = visible_fields(py, ty)?;
    let t: Py<PyTuple> = new_var_object(py, ty, visible)?;
    // SAFETY: the fresh, zeroed object.
    unsafe {
        *((t.as_ptr() as *mut u8).add(TUPLE_ITEMS - 8) as *mut isize) = -1;
        gc::track(t.as_ptr());
    }
    Ok(t)
}

/// An instance; `values` are all fields, hidden ones included.
///
/// Errors: `MemoryError`; `SystemError` for a wrong number of values.
pub fn new_instance(py: Python, ty: &PyTypeObject, values: Vec<Py>) -> PyResult<Py<PyTuple>> {
    let visible = visible_fields(py, ty)?;
    if values.len() != visible + hidden_fields(ty) {
        return Err(bad_internal_call(py));
    }
    let t: Py<PyTuple> = new_var_object(py, ty, visible)?;
    // SAFETY: the fresh object has room for all values; the length shown is the smaller one.
    unsafe {
        let items = (t.as_ptr() as *mut u8).add(TUPLE_ITEMS) as *mut *mut PyObject;
        for (i, v) in values.into_iter().enumerate() {
            items.add(i).write(v.into_raw());
        }
        // The cached hash of a tuple is -1 until it is computed.
        *((t.as_ptr() as *mut u8).add(TUPLE_ITEMS - 8) as *mut isize) = -1;
        gc::track(t.as_ptr());
    }
    Ok(t)
}

/// All items, hidden ones included.
///
/// # Safety
/// `o` is a struct sequence, and the slice is not used after it.
unsafe fn all_items<'a>(o: *mut PyObject) -> &'a [*mut PyObject] {
    // SAFETY: as many were allocated as the length says, and the hidden ones.
    unsafe {
        let n = (*(o as *const PyVarObject)).ob_size.get() as usize + hidden_fields((*o).ty());
        std::slice::from_raw_parts((o as *const u8).add(TUPLE_ITEMS) as *const *mut PyObject, n)
    }
}

unsafe extern "C" fn dealloc(o: *mut PyObject) {
    // SAFETY: slots run attached; the object is dying, so its items are released exactly once.
    unsafe {
        if gc::is_tracked(o) {
            gc::untrack(o);
        }
        for &item in all_items(o) {
            drop(Py::<PyObject>::from_raw_owned_or_opt(item));
        }
        let ty = (*o).ob_type.get().cast_mut();
        if let Some(free) = (*ty).tp_free.get() {
            free(o as *mut c_void);
        }
        if (*ty).has_flag(flags::HEAPTYPE) {
            PyObject::decref(ty as *mut PyObject);
        }
    }
}

unsafe extern "C" fn traverse(o: *mut PyObject, visit: VisitProc, arg: *mut c_void) -> c_int {
    // SAFETY: the collector runs attached and passes a live object.
    unsafe {
        let mut v = Visitor::new(visit, arg);
        all_items(o).iter().for_each(|&i| v.visit_ptr(i));
        if (*o).ty().has_flag(flags::HEAPTYPE) {
            v.visit((*o).ty());
        }
        v.finish()
    }
}

fn raw(r: PyResult) -> *mut PyObject {
    r.map_or(null_mut(), Py::into_raw)
}

unsafe extern "C" fn repr(o: *mut PyObject) -> *mut PyObject {
    // SAFETY: slots run attached with a live object of the type.
    unsafe {
        let py = Python::assume_attached();
        raw(repr_of(py, &*o))
    }
}

fn visible_names(ty: &PyTypeObject, n: usize) -> Vec<&str> {
    let mut v = Vec::with_capacity(n);
    let mut m = ty.tp_members.get() as *const PyMemberDef;
    // SAFETY: the member table of the base struct sequence type ends with a null name.
    unsafe {
        while !m.is_null() && !(*m).name.is_null() && v.len() < n {
            v.push(std::ffi::CStr::from_ptr((*m).name).to_str().unwrap_or("?"));
            m = m.add(1);
        }
    }
    v
}

fn repr_of(py: Python, o: &PyObject) -> PyResult {
    enter_recursive_call(py, " while getting the repr of an object")?;
    let Some(t) = o.downcast::<PyTuple>() else { return Err(bad_internal_call(py)) };
    let mut out = StrBuilder::new();
    out.push_str(&o.ty().tp_name().to_string_lossy());
    out.push_str("(");
    for (i, (name, v)) in visible_names(o.ty(), t.len()).iter().zip(t.items()).enumerate() {
        out.push_str(if i > 0 { ", " } else { "" });
        out.push_str(name);
        out.push_str("=");
        out.push_pystr(&*v.repr(py)?);
    }
    out.push_str(")");
    Ok(out.finish(py)?.into_object())
}

unsafe extern "C" fn new(
    cls: *mut PyTypeObject,
    args: *mut PyObject,
    kwargs: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: `tp_new` runs attached with a class, a tuple and a dict or null.
    unsafe {
        let py = Python::assume_attached();
        let kwargs = kwargs.as_ref().and_then(|k| k.downcast::<PyDict>());
        let Some(args) = (*args).downcast::<PyTuple>() else { return raw(Err(bad_internal_call(py))) };
        raw(make(py, &*cls, args, kwargs))
    }
}

fn make(py: Python, cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
    let mut given = [args.get(0).map(|a| a.owned()), args.get(1).map(|a| a.owned())];
    if args.len() > 2 {
        return Err(type_error(
            py,
            format!("{}() takes at most 2 arguments ({} given)", cls.display_name(), args.len()),
        ));
    }
    if let Some(k) = kwargs {
        for (i, name) in ["sequence", "dict"].iter().enumerate() {
            if let Some(v) = k.get_text(py, name)? {
                given[i] = Some(v);
            }
        }
    }
    let [Some(seq), dict] = given else {
        return Err(type_error(
            py,
            format!("{}() missing required argument 'sequence' (pos 1)", cls.display_name()),
        ));
    };
    if !crate::abstract_::is_sequence(&seq) && seq.ty().tp_iter.get().is_none() {
        return Err(type_error(py, "constructor requires a sequence"));
    }
    let seq = seq.to_tuple(py)?;
    let total = total_fields(py, cls)?;
    let visible = visible_fields(py, cls)?;
    let n = seq.len();
    let name = cls.tp_name().to_string_lossy().into_owned();
    if n < visible || n > total {
        let text = if visible == total {
            format!("{name}() takes a {visible}-sequence ({n}-sequence given)")
        } else if n < visible {
            format!("{name}() takes an at least {visible}-sequence ({n}-sequence given)")
        } else {
            format!("{name}() takes an at most {total}-sequence ({n}-sequence given)")
        };
        return Err(type_error(py, text));
    }
    let dict = match dict {
        None => None,
        Some(d) => match d.downcast_into::<PyDict>() {
            Ok(d) => Some(d),
            Err(_) => return Err(type_error(py, format!("{name}() takes a dict as second arg, if any"))),
        },
    };
    let names = visible_names(cls, total);
    let mut values: Vec<Py> = seq.items().iter().map(|v| v.owned()).collect();
    let mut found = 0;
    for i in n..total {
        // Hidden fields come from the dict by name; unnamed ones are all visible, so names and indices line up from the end.
        let from_end = total - i;
        let field = names.len().checked_sub(from_end).and_then(|k| names.get(k));
        let v = match (&dict, field) {
            (Some(d), Some(f)) => d.get_text(py, f)?,
            _ => None,
        };
        found += usize::from(v.is_some());
        values.push(v.unwrap_or_else(|| none().owned()));
    }
    if dict.is_some_and(|d| d.len() > found) {
        return Err(type_error(py, format!("{name}() got duplicate or unexpected field name(s)")));
    }
    Ok(new_instance(py, cls, values)?.into_object())
}

unsafe extern "C" fn reduce(o: *mut PyObject, _: *mut PyObject) -> *mut PyObject {
    // SAFETY: a method called attached with a live instance.
    unsafe {
        let py = Python::assume_attached();
        raw(reduce_of(py, &*o))
    }
}

fn hidden(py: Python, o: &PyObject, t: &PyTuple) -> PyResult<Py<PyDict>> {
    let d = PyDict::new(py)?;
    // SAFETY: the object is alive for the loop.
    let all = unsafe { all_items(o.as_ptr()) };
    let names = visible_names(o.ty(), all.len());
    for i in t.len()..all.len() {
        if let Some(name) = names.len().checked_sub(all.len() - i).and_then(|k| names.get(k))
            // SAFETY: items of a complete struct sequence are references or null.
            && let Some(v) = unsafe { all[i].as_ref() }
        {
            d.set_text(py, name, v)?;
        }
    }
    Ok(d)
}

fn reduce_of(py: Python, o: &PyObject) -> PyResult {
    let Some(t) = o.downcast::<PyTuple>() else { return Err(bad_internal_call(py)) };
    let plain = PyTuple::new(py, t.items().iter().map(|v| v.owned()))?;
    let args = PyTuple::new(py, [plain.into_object(), hidden(py, o, t)?.into_object()])?;
    Ok(PyTuple::new(py, [o.ty().owned().into_object(), args.into_object()])?.into_object())
}

unsafe extern "C" fn replace(o: *mut PyObject, args: *mut PyObject, kwargs: *mut PyObject) -> *mut PyObject {
    // SAFETY: a METH_VARARGS|METH_KEYWORDS method called attached.
    unsafe {
        let py = Python::assume_attached();
        let n = (*args).downcast::<PyTuple>().map_or(0, |t| t.len());
        raw(replace_of(py, &*o, n, kwargs.as_ref().and_then(|k| k.downcast::<PyDict>())))
    }
}

fn replace_of(py: Python, o: &PyObject, positional: usize, kwargs: Option<&PyDict>) -> PyResult {
    if positional > 0 {
        return Err(type_error(py, "__replace__() takes no positional arguments"));
    }
    // SAFETY: the object is alive throughout.
    let all = unsafe { all_items(o.as_ptr()) };
    let names = visible_names(o.ty(), all.len());
    if names.len() != all.len() {
        return Err(type_error(
            py,
            format!(
                "__replace__() is not supported for {} because it has unnamed field(s)",
                o.ty().tp_name().to_string_lossy()
            ),
        ));
    }
    let left = match kwargs {
        Some(k) => k.copy(py)?,
        None => PyDict::new(py)?,
    };
    let mut values = Vec::with_capacity(all.len());
    for (&item, name) in all.iter().zip(&names) {
        let given = left.pop(py, &*PyStr::new(py, name)?)?;
        // SAFETY: items are references or null.
        let old = unsafe { item.as_ref() }.unwrap_or(none());
        values.push(given.unwrap_or_else(|| old.owned()));
    }
    if !left.is_empty() {
        let names = left.as_object().to_list(py)?;
        return Err(type_error(
            py,
            format!("Got unexpected field name(s): {}", names.as_object().repr(py)?.to_string_lossy()),
        ));
    }
    Ok(new_instance(py, o.ty(), values)?.into_object())
}

static METHODS: [PyMethodDef; 3] = [
    PyMethodDef {
        ml_name: c"__reduce__".as_ptr(),
        ml_meth: reduce as *const c_void,
        ml_flags: meth::NOARGS,
        ml_doc: c"__reduce__($self, /)\n--\n\nWhat pickle stores.".as_ptr(),
    },
    PyMethodDef {
        ml_name: c"__replace__".as_ptr(),
        ml_meth: replace as *const c_void,
        ml_flags: meth::VARARGS | meth::KEYWORDS,
        ml_doc: c"__replace__($self, /, **changes)\n--\n\nA copy with some fields replaced.".as_ptr(),
    },
    PyMethodDef::END,
];
