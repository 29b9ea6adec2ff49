//! Modules written in Rust: the table of their definitions (`PyImport_Inittab`).

use crate::prelude::*;
use object::typeobj::PyModuleDef;
use std::sync::RwLock;

/// One module built into the binary.
#[derive(Clone, Copy)]
pub struct BuiltinModule {
    pub name: &'static str,
    pub def: &'static PyModuleDef,
}

static TABLE: RwLock<Vec<BuiltinModule>> = RwLock::new(Vec::new());

/// Adds modules to the table. Called before the interpreter starts; a later entry of the same name wins.
pub fn register_builtins(modules: &[BuiltinModule]) {
    if let Ok(mut t) = TABLE.write() {
        t.extend_from_slice(modules);
    }
}

/// The definition of a built-in module.
pub fn find(name: &str) -> Option<&'static PyModuleDef> {
    TABLE.read().ok()?.iter().rev().find(|m| m.name == name).map(|m| m.def)
}

/// All names, sorted, each once.
pub fn names() -> Vec<&'static str> {
    let mut v: Vec<_> = TABLE.read().map(|t| t.iter().map(|m| m.name).collect()).unwrap_or_default();
    v.extend(["builtins", "sys"]);
    v.sort_unstable();
    v.dedup();
    v
}

/// Creates a built-in module for a spec (`_imp.create_builtin`); `None` if there is none of that name. It is not executed yet.
pub fn create(py: Python, name: &str, spec: &PyObject) -> PyResult<Option<Py>> {
    match find(name) {
        Some(def) => crate::types::module::from_def_and_spec(py, def, spec).map(Some),
        None => Ok(None),
    }
}
