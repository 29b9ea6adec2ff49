//! One interpreter: its modules and the registries that are per interpreter.

use super::config::Config;
use super::thread::Thread;
use crate::types::{PyDict, PyList};
use object::{Py, Slot};
use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// `PyInterpreterState`. Made once, lives until the process ends.
pub struct Interpreter {
    pub id: u64,
    pub config: RefCell<Config>,
    /// `sys.__dict__`.
    pub sysdict: Slot<PyDict>,
    /// `builtins.__dict__`.
    pub builtins: Slot<PyDict>,
    /// `sys.modules`.
    pub modules: Slot<PyDict>,
    /// The `_frozen_importlib` module.
    pub importlib: Slot,
    /// `builtins.__import__` as it was at start-up: calls of it are short-cut.
    pub import_func: Slot,
    /// Codec search functions, cache and error handlers.
    pub codec_search_path: Slot<PyList>,
    pub codec_search_cache: Slot<PyDict>,
    pub codec_error_registry: Slot<PyDict>,
    /// Somebody has registered an error handler under a built-in name.
    pub codec_error_registry_changed: Cell<bool>,
    pub threads: Cell<*const Thread>,
    pub main_thread: Cell<*const Thread>,
    pub next_thread_id: Cell<u64>,
    /// Set when `sys.modules` and the modules are being torn down.
    pub finalizing: Cell<bool>,
    pub int_max_str_digits: Cell<i32>,
    /// The version the next dict keys get for inline caches; 0 when they have run out.
    pub next_keys_version: Cell<u32>,
    /// The interpreter loop's own.
    pub eval: crate::interp::state::EvalState,
    /// What the command put in front of `sys.path`, if anything: a module there may shadow another.
    pub sys_path_0: Slot,
    /// Flags for `dlopen` (`sys.setdlopenflags`).
    pub dlopen_flags: Cell<i32>,
    /// Extension modules loaded so far: (file, name) → definition or copy of the dict.
    pub extensions: Slot<PyDict>,
    /// What modules keep per interpreter, by Rust type.
    module_state: RefCell<HashMap<TypeId, Rc<dyn Any>>>,
}

impl Interpreter {
    pub fn new(config: Config) -> Box<Interpreter> {
        let digits = config.int_max_str_digits;
        Box::new(Interpreter {
            id: 0,
            config: RefCell::new(config),
            sysdict: Slot::empty(),
            builtins: Slot::empty(),
            modules: Slot::empty(),
            importlib: Slot::empty(),
            sys_path_0: Slot::empty(),
            import_func: Slot::empty(),
            codec_search_path: Slot::empty(),
            codec_search_cache: Slot::empty(),
            codec_error_registry: Slot::empty(),
            codec_error_registry_changed: Cell::new(false),
            threads: Cell::new(std::ptr::null()),
            main_thread: Cell::new(std::ptr::null()),
            next_thread_id: Cell::new(1),
            finalizing: Cell::new(false),
            int_max_str_digits: Cell::new(digits),
            next_keys_version: Cell::new(2),
            eval: crate::interp::state::EvalState::new(),
            dlopen_flags: Cell::new(object::libc::RTLD_NOW),
            extensions: Slot::empty(),
            module_state: RefCell::new(HashMap::new()),
        })
    }

    /// State of a native module, made by `T::default` at first use. One per interpreter and type `T`.
    pub fn module_state<T: Default + 'static>(&self) -> Rc<T> {
        let id = TypeId::of::<T>();
        if let Some(s) = self.module_state.borrow().get(&id).cloned()
            && let Ok(s) = s.downcast::<T>()
        {
            return s;
        }
        let s = Rc::new(T::default());
        self.module_state.borrow_mut().insert(id, s.clone());
        s
    }

    /// `sys.<name>`, if set.
    pub fn sys_get(&self, py: object::Python, name: &str) -> Option<Py> {
        let dict = self.sysdict.get_owned()?;
        match dict.get_text(py, name) {
            Ok(v) => v,
            Err(_) => {
                drop(crate::errors::take(py));
                None
            }
        }
    }
}
