//! `_abc`: what abstract base classes need of speed. Each class has an `_abc_data` with its registered subclasses and two caches,
//! all sets of weak references.

use macros::{pymodule, pytype};
use runtime::prelude::*;
use runtime::state::interpreter;
use runtime::types::type_::TypeExt;
use runtime::types::weakref::PyWeakRef;
use runtime::types::{PyCFunction, type_};
use std::ffi::c_void;

/// How many times a class was registered anywhere. Negative caches are older than that, or good.
#[derive(Default)]
struct Invalidation(Cell<u64>);

fn counter(py: Python) -> u64 {
    interpreter(py).module_state::<Invalidation>().0.get()
}

/// What an abstract base class remembers.
#[repr(C)]
#[derive(Traverse)]
pub struct AbcData {
    pub ob_base: PyObject,
    registry: Slot<PySet>,
    cache: Slot<PySet>,
    negative_cache: Slot<PySet>,
    negative_version: Cell<u64>,
}

/// The data of an abstract base class.
#[pytype(name = "_abc_data", module = "_abc", flags(GC, HEAPTYPE), nosig)]
impl AbcData {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<AbcData>> {
        new_object(
            py,
            cls,
            AbcData {
                ob_base: PyObject::header(cls),
                registry: Slot::empty(),
                cache: Slot::empty(),
                negative_cache: Slot::empty(),
                negative_version: Cell::new(counter(py)),
            },
        )
    }
}

fn data_of(py: Python, class: &PyObject) -> PyResult<Py<AbcData>> {
    let data = class.getattr(py, intern!(py, "_abc_impl"))?;
    data.downcast_into::<AbcData>().map_err(|_| type_error(py, "_abc_impl is set to a wrong type"))
}

/// Does the set hold a weak reference to `o`?
fn has_weak(py: Python, set: &Slot<PySet>, o: &PyObject) -> PyResult<bool> {
    let Some(set) = set.get_owned() else { return Ok(false) };
    if set.is_empty() {
        return Ok(false);
    }
    match PyWeakRef::new(py, o, None) {
        Ok(r) => set.contains(py, r.as_object()),
        Err(e) => {
            // What can't be referenced weakly is in no set.
            drop(catch(py, e, &exceptions::PyExc_TypeError_Type)?);
            Ok(false)
        }
    }
}

/// The callback of a weak reference in a set, bound to a weak reference to the set: takes it out.
static DESTROY: PyMethodDef = PyMethodDef {
    ml_name: c"_destroy".as_ptr(),
    ml_meth: destroy as *const c_void,
    ml_flags: meth::O,
    ml_doc: std::ptr::null(),
};

unsafe extern "C" fn destroy(weak_set: *mut PyObject, reference: *mut PyObject) -> *mut PyObject {
    // SAFETY: called with the bound object and its argument by an attached thread.
    let (py, weak_set, reference) = unsafe { (Python::assume_attached(), &*weak_set, &*reference) };
    let set = weak_set.downcast::<PyWeakRef>().and_then(PyWeakRef::target);
    let removed = match set.as_ref().and_then(|s| s.downcast::<PySet>()) {
        Some(s) => s.discard(py, reference).map(drop),
        None => Ok(()),
    };
    removed.map_or(std::ptr::null_mut(), |()| none().owned().into_raw())
}

/// Adds a weak reference whose end takes it out of the set again.
fn add_weak(py: Python, slot: &Slot<PySet>, o: &PyObject) -> PyResult<()> {
    let set = match slot.get_owned() {
        Some(s) => s,
        None => {
            let s = PySet::new(py)?;
            slot.set(Some(s.clone()));
            s
        }
    };
    let weak_set = PyWeakRef::new(py, set.as_object(), None)?;
    let destroy = PyCFunction::new(py, &DESTROY, Some(weak_set.as_object()), None)?;
    let r = PyWeakRef::new(py, o, Some(destroy.as_object()))?;
    set.add(py, r.as_object())
}

fn clear_set(py: Python, slot: &Slot<PySet>) -> PyResult<()> {
    if let Some(s) = slot.get_owned() {
        s.as_object().call_method0(py, intern!(py, "clear"))?;
    }
    Ok(())
}

fn is_type(o: &PyObject) -> bool {
    o.ty().has_flag(flags::TYPE_SUBCLASS)
}

/// Is the object abstract: does it have a true `__isabstractmethod__`?
fn is_abstract(py: Python, o: &PyObject) -> PyResult<bool> {
    match o.getattr_opt(py, intern!(py, "__isabstractmethod__"))? {
        Some(v) => v.is_true(py),
        None => Ok(false),
    }
}

/// Sets `__abstractmethods__` to the names the class leaves abstract.
fn compute_abstract_methods(py: Python, class: &PyObject) -> PyResult<()> {
    let abstracts = PySet::new(py)?;
    let namespace = class.getattr(py, intern!(py, "__dict__"))?;
    let items = namespace.call_method0(py, intern!(py, "items"))?.to_list(py)?;
    for pair in items.snapshot() {
        let pair = pair.to_tuple(py)?;
        let &[name, value] = pair.items() else {
            return Err(type_error(py, "items() returned item which size is not 2"));
        };
        if is_abstract(py, value)? {
            abstracts.add(py, name)?;
        }
    }
    let bases = class.getattr(py, intern!(py, "__bases__"))?;
    let Some(bases) = bases.downcast::<PyTuple>() else {
        return Err(type_error(py, "__bases__ is not tuple"));
    };
    for base in bases.items() {
        let Some(inherited) = base.getattr_opt(py, intern!(py, "__abstractmethods__"))? else { continue };
        inherited.iterate(py, &mut |name| {
            let found = match name.downcast::<PyStr>() {
                Some(n) => class.getattr_opt(py, n)?,
                None => return Err(type_error(py, "attribute name must be string")),
            };
            match found {
                Some(v) if is_abstract(py, &v)? => abstracts.add(py, &name),
                _ => Ok(()),
            }
        })?;
    }
    let frozen = PyFrozenSet::from_iterable(py, abstracts.as_object())?;
    class.setattr(py, intern!(py, "__abstractmethods__"), frozen.as_object())
}

/// Fast paths of the module abc.
#[pymodule(name = "_abc", hidden_types(AbcData))]
pub mod _abc {
    use super::*;

    /// A number that changes with every registration of a virtual subclass.
    #[pyfunction]
    pub fn get_cache_token(py: Python) -> u64 {
        counter(py)
    }

    /// Makes a class an abstract base class.
    #[pyfunction(sig = "(self, /)")]
    pub fn _abc_init(py: Python, self_: &PyObject) -> PyResult<()> {
        compute_abstract_methods(py, self_)?;
        let data = AbcData::type_object().object().call0(py)?;
        self_.setattr(py, intern!(py, "_abc_impl"), &data)?;
        // A class may ask to be matched like a sequence or mapping.
        if is_type(self_) {
            // SAFETY: checked just now.
            let class: &PyTypeObject = unsafe { self_.downcast_unchecked() };
            let dict = class.own_dict(py)?;
            let name = intern!(py, "__abc_tpflags__");
            if let Some(v) = dict.get_str(py, name)? {
                if let Some(n) = v.downcast_exact::<PyInt>() {
                    let n = n.to_u64(py)?;
                    const COLLECTION: u64 = flags::SEQUENCE | flags::MAPPING;
                    if n & COLLECTION == COLLECTION {
                        return Err(type_error(
                            py,
                            "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING",
                        ));
                    }
                    class.tp_flags.set(class.tp_flags.get() | n & COLLECTION);
                }
                dict.pop(py, name)?;
                class.modified(py);
            }
        }
        Ok(())
    }

    /// Registers a virtual subclass, and returns it.
    #[pyfunction(sig = "(self, subclass, /)")]
    pub fn _abc_register(py: Python, self_: &PyObject, subclass: &PyObject) -> PyResult {
        if !is_type(subclass) {
            return Err(type_error(py, "Can only register classes"));
        }
        if subclass.is_subclass(py, self_)? {
            return Ok(subclass.owned());
        }
        if self_.is_subclass(py, subclass)? {
            return Err(runtime_error(py, "Refusing to create an inheritance cycle"));
        }
        let data = data_of(py, self_)?;
        add_weak(py, &data.registry, subclass)?;
        let c = interpreter(py).module_state::<Invalidation>();
        c.0.set(c.0.get().wrapping_add(1));
        if is_type(self_) {
            // SAFETY: checked for both.
            let (class, sub): (&PyTypeObject, &PyTypeObject) =
                unsafe { (self_.downcast_unchecked(), subclass.downcast_unchecked()) };
            let flag = class.tp_flags.get() & (flags::SEQUENCE | flags::MAPPING);
            if flag != 0 {
                type_::set_flags_recursive(py, sub, flags::SEQUENCE | flags::MAPPING, flag);
            }
        }
        Ok(subclass.owned())
    }

    /// isinstance(instance, self), with the caches.
    #[pyfunction(sig = "(self, instance, /)")]
    pub fn _abc_instancecheck(py: Python, self_: &PyObject, instance: &PyObject) -> PyResult {
        let data = data_of(py, self_)?;
        let subclass = match instance.getattr_opt(py, intern!(py, "__class__"))? {
            Some(c) => c,
            None => instance.ty().owned().into_object(),
        };
        if has_weak(py, &data.cache, &subclass)? {
            return Ok(py_bool(true).owned().into_object());
        }
        // The check may change the instance's class.
        let ty = instance.ty().object().owned();
        let check = intern!(py, "__subclasscheck__");
        if subclass.is(&ty) {
            if data.negative_version.get() == counter(py) && has_weak(py, &data.negative_cache, &subclass)? {
                return Ok(py_bool(false).owned().into_object());
            }
            return self_.call_method1(py, check, &subclass);
        }
        let by_class = self_.call_method1(py, check, &subclass)?;
        if by_class.is_true(py)? { Ok(by_class) } else { self_.call_method1(py, check, &ty) }
    }

    /// issubclass(subclass, self), with the caches.
    #[pyfunction(sig = "(self, subclass, /)")]
    pub fn _abc_subclasscheck(py: Python, self_: &PyObject, subclass: &PyObject) -> PyResult<bool> {
        if !is_type(subclass) {
            return Err(type_error(py, "issubclass() arg 1 must be a class"));
        }
        let data = data_of(py, self_)?;
        if has_weak(py, &data.cache, subclass)? {
            return Ok(true);
        }
        let now = counter(py);
        if data.negative_version.get() < now {
            clear_set(py, &data.negative_cache)?;
            data.negative_version.set(now);
        } else if has_weak(py, &data.negative_cache, subclass)? {
            return Ok(false);
        }
        let hook = self_.call_method1(py, intern!(py, "__subclasshook__"), subclass)?;
        if !hook.is(not_implemented()) {
            let yes = hook.is(py_bool(true));
            if !yes && !hook.is(py_bool(false)) {
                return Err(assertion_error(
                    py,
                    "__subclasshook__ must return either False, True, or NotImplemented",
                ));
            }
            add_weak(py, if yes { &data.cache } else { &data.negative_cache }, subclass)?;
            return Ok(yes);
        }
        // A direct subclass?
        // SAFETY: checked above.
        let sub: &PyTypeObject = unsafe { subclass.downcast_unchecked() };
        if sub.mro().is_some_and(|mro| mro.items().iter().any(|c| c.is(self_))) {
            add_weak(py, &data.cache, subclass)?;
            return Ok(true);
        }
        if in_registry(py, &data, subclass)? {
            return Ok(true);
        }
        // A subclass of a subclass?
        let subclasses = self_.call_method0(py, intern!(py, "__subclasses__"))?;
        let Some(subclasses) = subclasses.downcast::<PyList>() else {
            return Err(type_error(py, "__subclasses__() must return a list"));
        };
        for c in subclasses.snapshot() {
            if subclass.is_subclass(py, &c)? {
                add_weak(py, &data.cache, subclass)?;
                return Ok(true);
            }
        }
        add_weak(py, &data.negative_cache, subclass)?;
        Ok(false)
    }

    /// Is it (a subclass of) a registered class?
    fn in_registry(py: Python, data: &AbcData, subclass: &PyObject) -> PyResult<bool> {
        if has_weak(py, &data.registry, subclass)? {
            return Ok(true);
        }
        let registered = data.registry.get_owned().map(|s| s.snapshot()).unwrap_or_default();
        for r in registered {
            let Some(class) = r.downcast::<PyWeakRef>().and_then(PyWeakRef::target) else { continue };
            if subclass.is_subclass(py, &class)? {
                add_weak(py, &data.cache, subclass)?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Empties the registry of a class.
    #[pyfunction(sig = "(self, /)")]
    pub fn _reset_registry(py: Python, self_: &PyObject) -> PyResult<()> {
        clear_set(py, &data_of(py, self_)?.registry)
    }

    /// Empties the caches of a class.
    #[pyfunction(sig = "(self, /)")]
    pub fn _reset_caches(py: Python, self_: &PyObject) -> PyResult<()> {
        let data = data_of(py, self_)?;
        clear_set(py, &data.cache)?;
        clear_set(py, &data.negative_cache)
    }

    /// Copies of registry, cache and negative cache, and the version of the last, for debugging.
    #[pyfunction(sig = "(self, /)")]
    pub fn _get_dump(py: Python, self_: &PyObject) -> PyResult<Py<PyTuple>> {
        let data = data_of(py, self_)?;
        let copy = |s: &Slot<PySet>| -> PyResult {
            match s.get_owned() {
                Some(s) => Ok(s.copy(py)?.into_object()),
                None => Ok(PySet::new(py)?.into_object()),
            }
        };
        let version = PyInt::from_u64(py, data.negative_version.get())?.into_object();
        PyTuple::new(py, [copy(&data.registry)?, copy(&data.cache)?, copy(&data.negative_cache)?, version])
    }
}
