//! `LOAD_GLOBAL`.

use super::facts::plain_unicode_keys;
use super::{Cache, settle};
use crate::types::code::CodeUnit;
use crate::types::{PyDict, PyStr};
use bytecode::{Opcode, op};
use object::{PyObject, Python};

pub fn load_global(py: Python, globals: &PyObject, builtins: &PyObject, ip: *const CodeUnit, name: &PyStr) {
    settle(ip, form(py, globals, builtins, ip, name));
}

fn keys_version(py: Python, d: &PyDict) -> Option<u16> {
    u16::try_from(d.keys_version(py)).ok().filter(|&v| v != 0)
}

fn form(
    py: Python,
    globals: &PyObject,
    builtins: &PyObject,
    ip: *const CodeUnit,
    name: &PyStr,
) -> Option<Opcode> {
    let cache = Cache::of(ip);
    let globals = globals.downcast_exact::<PyDict>()?;
    plain_unicode_keys(globals)?;
    if let Some(i) = globals.keys_index(name) {
        cache.u16(3, u16::try_from(i).ok()?);
        cache.u16(1, keys_version(py, globals)?);
        return Some(op::LOAD_GLOBAL_MODULE);
    }
    let builtins = builtins.downcast_exact::<PyDict>()?;
    plain_unicode_keys(builtins)?;
    let index = u16::try_from(builtins.keys_index(name)?).ok()?;
    cache.u16(1, keys_version(py, globals)?);
    cache.u16(2, keys_version(py, builtins)?);
    cache.u16(3, index);
    Some(op::LOAD_GLOBAL_BUILTIN)
}
