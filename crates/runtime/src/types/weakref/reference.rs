//! `weakref.ref`.

use super::anchor;
use crate::prelude::*;
use crate::types::str_::percent::full_type_name;
use crate::types::{PyDict, PyStr, PyTuple, generic_alias};
use object::typeobj::VectorcallFunc;
use std::ptr::{null, null_mut};

/// `PyWeakReference`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyWeakRef {
    pub ob_base: PyObject,
    /// Borrowed; null once the referent is gone. (C's macros expect `None` there: see [`PyWeakRef::unlink`].)
    #[traverse(skip)]
    pub wr_object: Cell<*mut PyObject>,
    pub wr_callback: Slot,
    pub hash: Cell<isize>,
    #[traverse(skip)]
    pub wr_prev: Cell<*const PyWeakRef>,
    #[traverse(skip)]
    pub wr_next: Cell<*const PyWeakRef>,
    #[traverse(skip)]
    pub vectorcall: Cell<Option<VectorcallFunc>>,
}

const _: () = assert!(size_of::<PyWeakRef>() == 64);

unsafe extern "C" fn vectorcall(
    o: *mut PyObject,
    _args: *const *mut PyObject,
    nargsf: usize,
    kwnames: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: called through the vectorcall protocol with a live reference.
    unsafe {
        let py = Python::assume_attached();
        let n = crate::abstract_::call::nargs(nargsf);
        if !kwnames.is_null() && (*kwnames).downcast::<PyTuple>().is_none_or(|t| !t.is_empty()) {
            let _ = type_error(py, "weakref.__call__() takes no keyword arguments");
            return null_mut();
        }
        if n > 0 {
            let _ = type_error(py, format!("__call__ expected 0 arguments, got {n}"));
            return null_mut();
        }
        (*o).downcast_unchecked::<PyWeakRef>().target().unwrap_or_else(|| none().owned()).into_raw()
    }
}

impl PyWeakRef {
    /// A reference to `o`, the existing one if it has no callback.
    ///
    /// Errors: `TypeError` if the type does not support weak references.
    pub fn new(py: Python, o: &PyObject, callback: Option<&PyObject>) -> PyResult<Py<PyWeakRef>> {
        PyWeakRef::of_type(py, PyWeakRef::type_object(), o, callback)
    }

    /// The same for a subtype, or a type with the same layout such as a proxy.
    pub(super) fn of_type(
        py: Python,
        cls: &PyTypeObject,
        o: &PyObject,
        callback: Option<&PyObject>,
    ) -> PyResult<Py<PyWeakRef>> {
        let Some(list) = anchor(o) else {
            return Err(type_error(py, format!("cannot create weak reference to '{}' object", type_name(o))));
        };
        let basic = std::ptr::eq(cls, PyWeakRef::type_object());
        let proxy = super::proxy::is_proxy_type(cls);
        if callback.is_none() && (basic || proxy) {
            // Those that can be shared come first.
            let mut at = list.get();
            // SAFETY: entries are live.
            while let Some(e) = unsafe { at.as_ref() }
                && e.wr_callback.is_empty()
                && (std::ptr::eq(e.ty(), PyWeakRef::type_object()) || super::proxy::is_proxy_type(e.ty()))
            {
                if std::ptr::eq(e.ty(), cls) && e.refcount() > 0 {
                    return Ok(e.owned());
                }
                at = e.wr_next.get();
            }
        }
        let value = PyWeakRef {
            ob_base: PyObject::header(cls),
            wr_object: Cell::new(o.as_ptr()),
            wr_callback: Slot::new(callback.map(|c| c.owned())),
            hash: Cell::new(-1),
            wr_prev: Cell::new(null()),
            wr_next: Cell::new(null()),
            vectorcall: Cell::new(Some(vectorcall)),
        };
        // Proxies share the layout but not the type.
        let r: Py<PyWeakRef> =
            if proxy { super::proxy::new_proxy(py, cls, value)? } else { new_object(py, cls, value)? };
        // The plain reference goes first, a plain proxy second, others after them.
        let mut before: *const PyWeakRef = null();
        if !(callback.is_none() && basic) {
            let mut at = list.get();
            // SAFETY: entries are live.
            while let Some(e) = unsafe { at.as_ref() } {
                let plain_ref = std::ptr::eq(e.ty(), PyWeakRef::type_object()) && e.wr_callback.is_empty();
                let plain_proxy = super::proxy::is_proxy_type(e.ty()) && e.wr_callback.is_empty();
                if plain_ref || (plain_proxy && !(callback.is_none() && proxy)) {
                    before = at;
                    at = e.wr_next.get();
                } else {
                    break;
                }
            }
        }
        let me: *const PyWeakRef = &*r;
        // SAFETY: `before` is null or a live entry of this list.
        let next = unsafe { before.as_ref() }.map_or(list.get(), |b| b.wr_next.get());
        r.wr_prev.set(before);
        r.wr_next.set(next);
        // SAFETY: as above.
        unsafe {
            match before.as_ref() {
                Some(b) => b.wr_next.set(me),
                None => list.set(me),
            }
            if let Some(n) = next.as_ref() {
                n.wr_prev.set(me);
            }
        }
        Ok(r)
    }

    /// The referent, if it is alive.
    pub fn target(&self) -> Option<Py> {
        let p = self.wr_object.get();
        // SAFETY: not null and not None: the referent empties its references before it dies. One with count zero is
        // already being destroyed.
        unsafe {
            let o = p.as_ref()?;
            if o.is(none()) || o.refcount() == 0 { None } else { Some(o.owned()) }
        }
    }

    /// Takes the reference out of its referent's list and forgets the referent.
    pub(super) fn unlink(&self) {
        let p = self.wr_object.replace(none().as_ptr());
        // SAFETY: a referent that is not None is alive or being destroyed with its memory still there; neighbours are live.
        unsafe {
            let Some(o) = p.as_ref().filter(|o| !o.is(none())) else { return };
            let (prev, next) = (self.wr_prev.replace(null()), self.wr_next.replace(null()));
            match prev.as_ref() {
                Some(b) => b.wr_next.set(next),
                None => {
                    if let Some(a) = anchor(o) {
                        a.set(next);
                    }
                }
            }
            if let Some(n) = next.as_ref() {
                n.wr_prev.set(prev);
            }
        }
    }

    /// The common part of `tp_dealloc` of references and proxies.
    ///
    /// # Safety
    /// `o` is a dying object with this layout.
    pub(super) unsafe fn destroy(o: *mut PyObject) {
        // SAFETY: the caller's promise.
        unsafe {
            if object::gc::is_tracked(o) {
                object::gc::untrack(o);
            }
            let r: &PyWeakRef = (*o).downcast_unchecked();
            r.unlink();
            drop(r.wr_callback.take());
            if let Some(free) = (*o).ty().tp_free.get() {
                free(o as *mut std::ffi::c_void);
            }
        }
    }
}

/// A reference that does not keep its object alive.
#[pytype(name = "ReferenceType", module = "weakref", symbol = "_PyWeakref_RefType", flags(BASETYPE, GC), vectorcall_offset = vectorcall, members(wr_callback as __callback__: object readonly))]
impl PyWeakRef {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyWeakRef>> {
        let _ = kwargs;
        let (o, callback) = match args.items() {
            [o] => (*o, None),
            [o, c] => (*o, Some(*c)),
            a => {
                let (word, n) =
                    if a.is_empty() { ("at least 1 argument", 0) } else { ("at most 2 arguments", a.len()) };
                return Err(type_error(py, format!("__new__ expected {word}, got {n}")));
            }
        };
        PyWeakRef::of_type(py, cls, o, callback.filter(|c| !c.is_none()))
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        if kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, "ref() takes no keyword arguments"));
        }
        if args.len() > 2 {
            return Err(type_error(py, format!("__init__ expected at most 2 arguments, got {}", args.len())));
        }
        Ok(())
    }

    #[slot(tp_call)]
    fn call(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        if !args.is_empty() || kwargs.is_some_and(|k| !k.is_empty()) {
            return Err(type_error(py, format!("__call__ expected 0 arguments, got {}", args.len())));
        }
        Ok(self.target().unwrap_or_else(|| none().owned()))
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        if self.hash.get() != -1 {
            return Ok(self.hash.get());
        }
        let Some(o) = self.target() else { return Err(type_error(py, "weak object has gone away")) };
        let h = o.hash(py)?;
        self.hash.set(h);
        Ok(h)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let Some(o) = self.target() else {
            return PyStr::new(py, &format!("<weakref at {:p}; dead>", self.as_ptr()));
        };
        // Only what the type has: a `__getattr__` is not asked.
        let name =
            o.lookup_special(py, intern!(py, "__name__"))?.and_then(|n| n.downcast_into::<PyStr>().ok());
        let shown =
            format!("<weakref at {:p}; to '{}' at {:p}", self.as_ptr(), full_type_name(py, &o)?, o.as_ptr());
        match name {
            Some(n) => PyStr::concat3(py, &format!("{shown} ("), &n, ")>"),
            None => PyStr::new(py, &(shown + ">")),
        }
    }

    #[slot(tp_richcompare)]
    fn compare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<PyWeakRef>()) else {
            return Ok(not_implemented().owned());
        };
        match (self.target(), other.target()) {
            (Some(a), Some(b)) => a.rich_compare(py, &b, op),
            _ => {
                let same = std::ptr::eq(self, other);
                Ok(py_bool(same == (op == CompareOp::Eq)).owned().into_object())
            }
        }
    }

    #[classmethod]
    fn __class_getitem__(cls: &PyTypeObject, py: Python, item: &PyObject) -> PyResult {
        generic_alias::new(py, cls.object(), item)
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: `tp_dealloc` of an instance; attached.
        unsafe { PyWeakRef::destroy(o) }
    }
}
