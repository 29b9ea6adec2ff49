//! Modules written with `#[pymodule]`: their definition, their contents, and the exec slot that fills them.

use crate::abstract_::ObjectExt;
use crate::args::IntoPyResult;
use crate::types::PyModule;
use object::typeobj::{FreeFunc, Inquiry, PyMethodDef, PyModuleDef, PyModuleDefSlot, TraverseProc};
use object::visit::VisitProc;
use object::{PyLayout, PyObject, PyResult, PyTypeObject, Python, Traverse, Visitor};
use std::cell::{Cell, UnsafeCell};
use std::ffi::{c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr::null_mut;

const MOD_EXEC: c_int = 2;
const MOD_MULTIPLE_INTERPRETERS: c_int = 3;
const MOD_GIL: c_int = 4;

/// A constant of a module.
pub struct Attr {
    pub name: &'static str,
    pub value: Value,
}

/// The value of an [`Attr`]; plain data where possible, code where not.
pub enum Value {
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(&'static str),
    Make(fn(Python) -> PyResult),
}

/// A `#[pyexec]` function.
pub type Exec = fn(Python, &PyModule) -> PyResult<()>;

/// What a module is filled with when it is executed, in this order.
pub struct Contents {
    pub init: Option<unsafe fn(&PyModule)>,
    pub types: &'static [fn() -> &'static PyTypeObject],
    /// Types that are no attributes.
    pub hidden_types: &'static [fn() -> &'static PyTypeObject],
    pub attrs: &'static [&'static [Attr]],
    pub execs: &'static [&'static [Exec]],
}

/// The module slots: execution, one interpreter lock for each interpreter, and the lock needed.
pub const fn slots(exec: unsafe extern "C" fn(*mut PyObject) -> c_int) -> [PyModuleDefSlot; 4] {
    [
        PyModuleDefSlot { slot: MOD_EXEC, value: exec as *mut c_void },
        PyModuleDefSlot { slot: MOD_MULTIPLE_INTERPRETERS, value: std::ptr::without_provenance_mut(2) },
        PyModuleDefSlot { slot: MOD_GIL, value: null_mut() },
        PyModuleDefSlot { slot: 0, value: null_mut() },
    ]
}

/// The module definition.
#[allow(clippy::too_many_arguments)]
pub const fn definition(
    name: *const c_char,
    doc: *const c_char,
    size: isize,
    methods: *const PyMethodDef,
    slots: &'static [PyModuleDefSlot],
    traverse: Option<TraverseProc>,
    clear: Option<Inquiry>,
    free: Option<FreeFunc>,
) -> PyModuleDef {
    PyModuleDef {
        ob_base: PyObject::static_header(std::ptr::null()),
        m_init: Cell::new(None),
        m_index: Cell::new(0),
        m_copy: Cell::new(null_mut()),
        m_name: name,
        m_doc: doc,
        m_size: size,
        m_methods: methods,
        m_slots: slots.as_ptr(),
        m_traverse: traverse,
        m_clear: clear,
        m_free: free,
    }
}

/// Executes a module: state, types, constants, then its own code.
///
/// # Safety
/// `module` is a module object made from the definition the contents belong to; the thread is attached.
pub unsafe fn exec(module: *mut PyObject, contents: &Contents) -> c_int {
    // SAFETY: the caller's promise.
    let (py, module) = unsafe { (Python::assume_attached(), &*(module as *const PyModule)) };
    if fill(py, module, contents).is_ok() { 0 } else { -1 }
}

fn fill(py: Python, module: &PyModule, contents: &Contents) -> PyResult<()> {
    if let Some(init) = contents.init {
        // SAFETY: the state is fresh memory of the type's size.
        unsafe { init(module) };
    }
    for ty in contents.hidden_types {
        let ty = ty();
        crate::types::type_::ready(py, ty)?;
        super::heap_static::set_module(ty, module.as_object());
    }
    for ty in contents.types {
        let ty = ty();
        crate::types::type_::ready(py, ty)?;
        super::heap_static::set_module(ty, module.as_object());
        module.as_object().setattr_str(py, ty.short_name(), ty.as_object())?;
    }
    for attr in contents.attrs.iter().copied().flatten() {
        let value = match &attr.value {
            Value::Int(i) => i.into_py_result(py)?,
            Value::Float(f) => f.into_py_result(py)?,
            Value::Bool(b) => b.into_py_result(py)?,
            Value::Text(t) => t.into_py_result(py)?,
            Value::Make(f) => f(py)?,
        };
        module.as_object().setattr_str(py, attr.name, &value)?;
    }
    for exec in contents.execs.iter().copied().flatten() {
        exec(py, module)?;
    }
    Ok(())
}

/// A module's state block: zeroed by the module's creation, filled when the module is executed.
#[repr(C)]
pub struct State<S> {
    ready: Cell<bool>,
    value: UnsafeCell<MaybeUninit<S>>,
}

impl<S> State<S> {
    /// The state of a module that has been executed.
    ///
    /// # Safety
    /// The module was made from a definition with state `S`.
    #[inline]
    pub unsafe fn of(module: &PyModule) -> Option<&S> {
        // SAFETY: the caller's promise: the block is null or a `State<S>`, all zero at first.
        unsafe {
            let state = (module.md_state.get() as *const State<S>).as_ref()?;
            if state.ready.get() { Some((*state.value.get()).assume_init_ref()) } else { None }
        }
    }
}

/// Writes the initial value of a module's state, once.
///
/// # Safety
/// The module was made from a definition with state `S`.
pub unsafe fn init_state<S: Default>(module: &PyModule) {
    // SAFETY: as in `State::of`; nobody looks at the value before `ready` is set.
    unsafe {
        if let Some(state) = (module.md_state.get() as *const State<S>).as_ref()
            && !state.ready.get()
        {
            (*state.value.get()).write(S::default());
            state.ready.set(true);
        }
    }
}

/// `m_traverse` of a module with state.
///
/// # Safety
/// `module` is a live module with state `S`.
pub unsafe extern "C" fn traverse_state<S: Traverse>(
    module: *mut PyObject,
    visit: VisitProc,
    arg: *mut c_void,
) -> c_int {
    let mut visitor = Visitor::new(visit, arg);
    // SAFETY: the caller's promise.
    if let Some(state) = unsafe { State::<S>::of(&*(module as *const PyModule)) } {
        state.traverse(&mut visitor);
    }
    visitor.finish()
}

/// `m_clear` of a module with state.
///
/// # Safety
/// As [`traverse_state`].
pub unsafe extern "C" fn clear_state<S: Traverse>(module: *mut PyObject) -> c_int {
    // SAFETY: the caller's promise.
    if let Some(state) = unsafe { State::<S>::of(&*(module as *const PyModule)) } {
        state.clear_refs();
    }
    0
}

/// `m_free` of a module with state: drops it.
///
/// # Safety
/// `module` is a module with state `S` that is being freed.
pub unsafe extern "C" fn free_state<S>(module: *mut c_void) {
    // SAFETY: the caller's promise; `ready` is cleared first, so the value is dropped once.
    unsafe {
        let module = &*(module as *const PyModule);
        if let Some(state) = (module.md_state.get() as *const State<S>).as_ref()
            && state.ready.replace(false)
        {
            (*state.value.get()).assume_init_drop();
        }
    }
}
