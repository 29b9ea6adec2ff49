//! `CALL` and `CALL_KW`.

use super::class::cache_init;
use super::{Cache, is_simple_code, settle};
use crate::interp::ops::caches;
use crate::state::interpreter;
use crate::types::code::CodeUnit;
use crate::types::descr::PyMethodDescr;
use crate::types::{PyCFunction, PyFunction, PyMethod, PyStr, PyTuple};
use bytecode::code::flags;
use bytecode::{Opcode, op};
use object::typeobj::{self, meth};
use object::{PyLayout, PyObject, PyTypeInfo, PyTypeObject, Python};

/// The bits of `ml_flags` that tell the calling convention.
const CONVENTION: i32 =
    meth::VARARGS | meth::FASTCALL | meth::NOARGS | meth::O | meth::KEYWORDS | meth::METHOD;
const FAST_KEYWORDS: i32 = meth::FASTCALL | meth::KEYWORDS;

/// `nargs`: the arguments on the stack, `self` included.
pub fn call(py: Python, callable: &PyObject, ip: *const CodeUnit, nargs: usize) {
    settle(ip, form(py, callable, ip, nargs));
}

fn form(py: Python, callable: &PyObject, ip: *const CodeUnit, nargs: usize) -> Option<Opcode> {
    if let Some(f) = callable.downcast_exact::<PyCFunction>() {
        return of_builtin(py, f, nargs);
    }
    if let Some(f) = callable.downcast_exact::<PyFunction>() {
        return of_function(py, f, ip, nargs, false);
    }
    if let Some(t) = callable.downcast::<PyTypeObject>() {
        return of_class(py, t, ip, nargs);
    }
    if let Some(d) = callable.downcast_exact::<PyMethodDescr>() {
        return of_descriptor(py, d, ip, nargs);
    }
    if let Some(m) = callable.downcast_exact::<PyMethod>() {
        let f = m.im_func.downcast_exact::<PyFunction>()?;
        return of_function(py, f, ip, nargs + 1, true);
    }
    Some(op::CALL_NON_PY_GENERAL)
}

fn of_function(py: Python, f: &PyFunction, ip: *const CodeUnit, nargs: usize, bound: bool) -> Option<Opcode> {
    let code = f.code();
    if !is_callable_inline(f) {
        return None;
    }
    Cache::of(ip).u32(1, f.version_for_cache(py)?);
    let exact = is_simple_code(code) && code.co_argcount.get() as usize == nargs;
    Some(match (exact, bound) {
        (true, false) => op::CALL_PY_EXACT_ARGS,
        (true, true) => op::CALL_BOUND_METHOD_EXACT_ARGS,
        (false, false) => op::CALL_PY_GENERAL,
        (false, true) => op::CALL_BOUND_METHOD_GENERAL,
    })
}

/// Code with complex parameters, or whose locals are in the frame.
fn is_callable_inline(f: &PyFunction) -> bool {
    let code = f.code();
    let bits = code.co_flags.get() as u32;
    let complex = bits & (flags::VARARGS | flags::VARKEYWORDS) != 0 || code.co_kwonlyargcount.get() != 0;
    (complex || bits & flags::OPTIMIZED != 0)
        && crate::types::function::is_plain_function(f.as_object()).is_some()
}

fn of_builtin(py: Python, f: &PyCFunction, nargs: usize) -> Option<Opcode> {
    let known = &interpreter(py).eval.callables;
    match f.def().ml_flags & CONVENTION {
        meth::O => match nargs {
            1 if f.as_ptr() == known.len.get() => Some(op::CALL_LEN),
            1 => Some(op::CALL_BUILTIN_O),
            _ => None,
        },
        meth::FASTCALL => {
            if nargs == 2 && f.as_ptr() == known.isinstance.get() {
                return Some(op::CALL_ISINSTANCE);
            }
            Some(op::CALL_BUILTIN_FAST)
        }
        FAST_KEYWORDS => Some(op::CALL_BUILTIN_FAST_WITH_KEYWORDS),
        _ => Some(op::CALL_NON_PY_GENERAL),
    }
}

fn of_descriptor(py: Python, d: &PyMethodDescr, ip: *const CodeUnit, nargs: usize) -> Option<Opcode> {
    match d.def().ml_flags & CONVENTION {
        meth::NOARGS => (nargs == 1).then_some(op::CALL_METHOD_DESCRIPTOR_NOARGS),
        meth::O => {
            if nargs != 2 {
                return None;
            }
            // SAFETY: an instruction follows the caches.
            let (this, next) = unsafe { (*ip, *ip.add(1 + caches::CALL)) };
            let append = d.as_ptr() == interpreter(py).eval.callables.list_append.get();
            if append && this.arg == 1 && next.code as u16 == op::POP_TOP.number() {
                return Some(op::CALL_LIST_APPEND);
            }
            Some(op::CALL_METHOD_DESCRIPTOR_O)
        }
        meth::FASTCALL => Some(op::CALL_METHOD_DESCRIPTOR_FAST),
        FAST_KEYWORDS => Some(op::CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS),
        _ => Some(op::CALL_NON_PY_GENERAL),
    }
}

fn of_class(py: Python, t: &PyTypeObject, ip: *const CodeUnit, nargs: usize) -> Option<Opcode> {
    let general = Some(op::CALL_NON_PY_GENERAL);
    if !std::ptr::eq(t.object().ty(), PyTypeObject::type_object()) {
        return general;
    }
    if t.has_flag(typeobj::flags::IMMUTABLETYPE) {
        // SAFETY: `ip` is at the call.
        let oparg = unsafe { (*ip).arg };
        if nargs == 1 && oparg == 1 {
            if std::ptr::eq(t, PyStr::type_object()) {
                return Some(op::CALL_STR_1);
            }
            if std::ptr::eq(t, PyTypeObject::type_object()) {
                return Some(op::CALL_TYPE_1);
            }
            if std::ptr::eq(t, PyTuple::type_object()) {
                return Some(op::CALL_TUPLE_1);
            }
        }
        return if t.tp_vectorcall.get().is_some() { Some(op::CALL_BUILTIN_CLASS) } else { general };
    }
    match cache_init(py, t) {
        Some(version) => {
            Cache::of(ip).u32(1, version);
            Some(op::CALL_ALLOC_AND_ENTER_INIT)
        }
        None => general,
    }
}

pub fn call_kw(py: Python, callable: &PyObject, ip: *const CodeUnit) {
    settle(ip, kw_form(py, callable, ip));
}

fn kw_form(py: Python, callable: &PyObject, ip: *const CodeUnit) -> Option<Opcode> {
    let (f, form) = if let Some(f) = callable.downcast_exact::<PyFunction>() {
        (f, op::CALL_KW_PY)
    } else if let Some(m) = callable.downcast_exact::<PyMethod>() {
        (m.im_func.downcast_exact::<PyFunction>()?, op::CALL_KW_BOUND_METHOD)
    } else {
        return Some(op::CALL_KW_NON_PY);
    };
    if !is_callable_inline(f) {
        return None;
    }
    Cache::of(ip).u32(1, f.version_for_cache(py)?);
    Some(form)
}
