//! The type object of `type` and its methods.

use super::getset::PyTables_attributes;
use super::{PyHeapType, TypeExt, call, getset, heap, mro, new, subclasses};
use crate::prelude::*;
use crate::types::weakref;
use object::typeobj::PyMemberDef;
use object::visit::VisitProc;
use object::{Traverse, alloc};
use std::ffi::{c_int, c_void};
use std::mem::offset_of;
use std::ptr::null_mut;

/// type(object) -> the object's type
/// type(name, bases, dict, **kwds) -> a new type
#[pytype(
    name = "type",
    symbol = "PyType_Type",
    foreign = TypeMethods,
    base = PyObject,
    basicsize = size_of::<PyHeapType>(),
    itemsize = size_of::<PyMemberDef>(),
    dictoffset = offset_of!(PyTypeObject, tp_dict) as isize,
    weaklistoffset = offset_of!(PyTypeObject, tp_weaklist) as isize,
    vectorcall_offset = offset_of!(PyTypeObject, tp_vectorcall) as isize,
    flags(BASETYPE, GC, TYPE_SUBCLASS, ITEMS_AT_END),
    nosig,
    members(
        tp_basicsize as __basicsize__: isize readonly,
        tp_itemsize as __itemsize__: isize readonly,
        tp_flags as __flags__: u64 readonly,
        tp_weaklistoffset as __weakrefoffset__: isize readonly,
        tp_base as __base__: object readonly,
        tp_dictoffset as __dictoffset__: isize readonly
    ),
    parts(attributes)
)]
impl PyTypeObject {
    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: a heap type nobody owns any more; static types never die.
        unsafe { free_type(Python::assume_attached(), &*(o as *const PyTypeObject)) }
    }

    #[slot(tp_traverse, raw)]
    unsafe extern "C" fn traverse(o: *mut PyObject, visit: VisitProc, arg: *mut c_void) -> c_int {
        let mut v = Visitor::new(visit, arg);
        // SAFETY: a live heap type: `is_gc` keeps static types from the collector.
        unsafe {
            let ty = &*(o as *const PyTypeObject);
            v.visit_ptr(ty.tp_dict.get());
            v.visit_ptr(ty.tp_cache.get());
            v.visit_ptr(ty.tp_mro.get());
            v.visit_ptr(ty.tp_bases.get());
            v.visit_ptr(ty.tp_base.get() as *mut PyObject);
            if let Some(h) = ty.heap() {
                h.ht_module.traverse(&mut v);
            }
        }
        v.finish()
    }

    #[slot(tp_clear, raw)]
    unsafe extern "C" fn clear(o: *mut PyObject) -> c_int {
        // SAFETY: a live heap type. Its bases stay: instances that are cleared later still need their slots.
        unsafe {
            let (py, ty) = (Python::assume_attached(), &*(o as *const PyTypeObject));
            ty.modified(py);
            if let Some(d) = ty.dict() {
                d.clear();
            }
            if let Some(h) = ty.heap() {
                drop(h.ht_module.take());
            }
            // The MRO holds the type itself.
            mro::set(py, ty, None);
        }
        0
    }

    #[slot(tp_is_gc, raw)]
    unsafe extern "C" fn is_gc(o: *mut PyObject) -> c_int {
        // SAFETY: a live type.
        unsafe { (*(o as *const PyTypeObject)).has_flag(flags::HEAPTYPE) as c_int }
    }

    #[slot(tp_free, raw)]
    unsafe extern "C" fn free(p: *mut c_void) {
        // SAFETY: types are containers.
        unsafe { heap::PyObject_GC_Del(p) }
    }

    #[slot(tp_new)]
    fn new(py: Python, cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        new::type_new(py, cls, args, kwargs)
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        match args.len() {
            1 if kwargs.is_some_and(|k| !k.is_empty()) => {
                Err(type_error(py, "type.__init__() takes no keyword arguments"))
            }
            1 | 3 => Ok(()),
            _ => Err(type_error(py, "type.__init__() takes 1 or 3 arguments")),
        }
    }

    #[vectorcall]
    fn vectorcall(py: Python, cls: &PyTypeObject, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        call::type_vectorcall(py, cls, args, kwnames)
    }

    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        call::type_call(py, self, args, kwargs)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        if self.tp_name.get().is_null() {
            return PyStr::new(py, &format!("<class at {self:p}>"));
        }
        let module = match getset::module(py, self) {
            Ok(m) => m.downcast_into::<PyStr>().ok(),
            Err(_) => {
                drop(take(py));
                None
            }
        };
        match module {
            Some(m) if !m.eq_str("builtins") => {
                let q = self.qualname(py)?;
                PyStr::new(py, &format!("<class '{}.{}'>", m.to_string_lossy(), q.to_string_lossy()))
            }
            _ => PyStr::new(py, &format!("<class '{}'>", self.tp_name().to_string_lossy())),
        }
    }

    #[slot(tp_getattro, raw)]
    unsafe extern "C" fn getattro(o: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
        // SAFETY: the slot's own contract.
        unsafe { call::type_getattro_slot(o, name) }
    }

    #[slot(tp_setattro)]
    fn setattro(&self, py: Python, name: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        call::type_setattro(py, self, name, value)
    }

    #[slot(nb_or)]
    fn or(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        crate::types::union::union_or(py, a, b)
    }

    /// The method resolution order that the class would have with its present bases.
    #[pymethod]
    fn mro(&self, py: Python) -> PyResult<Py<PyList>> {
        let t = mro::linearise(py, self)?;
        PyList::new(py, t.items().iter().map(|c| c.owned()).collect::<Vec<_>>())
    }

    /// The classes that have this one among their bases.
    #[pymethod]
    fn __subclasses__(&self, py: Python) -> PyResult<Py<PyList>> {
        PyList::new(py, subclasses::direct(py, self).into_iter().map(Py::into_object).collect::<Vec<_>>())
    }

    /// The namespace for the body of a class statement.
    #[classmethod(raw, text = "($cls, name, bases, /, **kwds)")]
    fn __prepare__(
        _cls: &PyTypeObject,
        py: Python,
        _args: &[&PyObject],
        _kwnames: Option<&PyTuple>,
    ) -> PyResult<Py<PyDict>> {
        PyDict::new(py)
    }

    /// Tells whether an object is an instance.
    #[pymethod(sig = "(instance, /)")]
    fn __instancecheck__(&self, py: Python, instance: &PyObject) -> PyResult<bool> {
        crate::abstract_::plain_is_instance(py, instance, self)
    }

    /// Tells whether a class is a subclass.
    #[pymethod(sig = "(subclass, /)")]
    fn __subclasscheck__(&self, py: Python, subclass: &PyObject) -> PyResult<bool> {
        crate::abstract_::plain_is_subclass(py, subclass, self)
    }

    /// The names of the class's attributes and its bases', without those of the metaclass.
    #[pymethod]
    fn __dir__(&self, py: Python) -> PyResult<Py<PyList>> {
        let d = PyDict::new(py)?;
        super::merge_class_dict(py, &d, self)?;
        d.keys(py)
    }

    /// The size of the type object in bytes.
    #[pymethod]
    fn __sizeof__(&self, _py: Python) -> usize {
        match self.heap() {
            None => size_of::<PyTypeObject>(),
            Some(h) => {
                let keys = h.ht_cached_keys.get();
                // SAFETY: null or the type's live keys.
                let shared = unsafe { keys.as_ref() }.map_or(0, |k| k.byte_size());
                size_of::<PyHeapType>() + shared
            }
        }
    }
}

/// Gives up all a heap type holds, and the type.
///
/// # Safety
/// Nobody owns the type.
unsafe fn free_type(py: Python, ty: &PyTypeObject) {
    let Some(heap) = ty.heap() else { return };
    // SAFETY: a container nobody owns; the fields own what they point to.
    unsafe {
        let o = ty.as_ptr();
        if object::gc::is_tracked(o) {
            object::gc::untrack(o);
        }
        weakref::clear_weakrefs(py, ty);
        ty.modified(py);
        super::cache::set_version(py, ty, 0);
        if let Some(b) = ty.bases() {
            subclasses::remove_from_bases(ty, &b);
        }
        let release = |cell: &Cell<*mut PyObject>| {
            drop(Py::<PyObject>::from_raw_owned_or_opt(cell.replace(null_mut())));
        };
        release(&ty.tp_dict);
        release(&ty.tp_mro);
        release(&ty.tp_cache);
        subclasses::free(ty);
        drop(heap.ht_name.take());
        drop(heap.ht_qualname.take());
        drop(heap.ht_slots.take());
        drop(heap.ht_module.take());
        let keys = heap.ht_cached_keys.replace(null_mut());
        if !keys.is_null() {
            crate::types::dict::keys::DictKeys::decref(keys);
        }
        alloc::object_free(heap.ht_tpname.replace(null_mut()) as *mut u8);
        alloc::object_free(ty.tp_doc.replace(std::ptr::null()) as *mut u8);
        let base = ty.tp_base.replace(null_mut()) as *mut PyObject;
        release(&ty.tp_bases);
        // A metatype that is a heap type is released by `subtype_dealloc`, which called this.
        if let Some(f) = ty.as_object().ty().tp_free.get() {
            f(o as *mut c_void);
        }
        drop(Py::<PyObject>::from_raw_owned_or_opt(base));
    }
}
