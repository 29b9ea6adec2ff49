//! Specialisation: writes a faster form over an instruction, with what its guards compare in the inline cache.
//!
//! Each function looks at the operands once the instruction's counter has run out. If a form fits, the opcode is replaced and the
//! counter set to its cool-down value; otherwise the counter backs off. Either way the caller runs the instruction at `ip` again.

mod attr;
mod call;
mod class;
mod facts;
mod global;

pub use attr::{load_attr, load_super_attr, store_attr, super_lookup};
pub use call::{call, call_kw};
pub use class::{cached_getitem, cached_init, cached_keys_version, generic_alloc};
pub use global::load_global;

use super::backoff;
use super::binary_ops::EXTENDED;
use super::frame::Frame;
use super::ops::caches;
use crate::types::code::{CodeUnit, PyCode};
use crate::types::list::PyListIter;
use crate::types::range::PyRangeIter;
use crate::types::tuple::PyTupleIter;
use crate::types::{
    PyBool, PyCoroutine, PyDict, PyFloat, PyFrozenSet, PyGenerator, PyInt, PyList, PySet, PySlice, PyStr,
    PyTuple,
};
use bytecode::args::{compare, nb};
use bytecode::code::flags;
use bytecode::{Opcode, op};
use object::typeobj::flags as tp;
use object::{PyObject, PyTypeInfo, Python};

/// Replaces the opcode.
fn specialize(ip: *const CodeUnit, form: Opcode) {
    // SAFETY: `ip` is at an instruction with at least one cache word; code is mutable memory behind raw pointers.
    unsafe {
        (*(ip as *mut CodeUnit)).code = form.number() as u8;
        *(ip.add(1) as *mut u16) = backoff::COOLDOWN;
    }
}

/// Gives up for now.
fn unspecialize(ip: *const CodeUnit) {
    // SAFETY: as above.
    unsafe {
        let at = ip as *mut CodeUnit;
        (*at).code = bytecode::DEOPT[(*at).code as usize];
        let counter = ip.add(1) as *mut u16;
        *counter = backoff::restart(*counter);
    }
}

fn settle(ip: *const CodeUnit, form: Option<Opcode>) {
    match form {
        Some(f) => specialize(ip, f),
        None => unspecialize(ip),
    }
}

/// The inline cache of the instruction at `ip`, for writing.
#[derive(Clone, Copy)]
struct Cache(*mut u16);

impl Cache {
    fn of(ip: *const CodeUnit) -> Cache {
        // SAFETY: the cache follows the instruction.
        Cache(unsafe { ip.add(1) } as *mut u16)
    }
    fn u16(self, i: usize, v: u16) {
        // SAFETY: the caller's instruction has that many cache words.
        unsafe { *self.0.add(i) = v }
    }
    fn u32(self, i: usize, v: u32) {
        // SAFETY: as above.
        unsafe { (self.0.add(i) as *mut u32).write_unaligned(v) }
    }
    fn ptr(self, i: usize, v: *mut PyObject) {
        // SAFETY: as above.
        unsafe { (self.0.add(i) as *mut *mut PyObject).write_unaligned(v) }
    }
}

/// Does the code take exactly its `n` positional parameters, with locals in the frame?
pub fn is_simple(code: &PyCode, n: i32) -> bool {
    is_simple_code(code) && code.co_argcount.get() == n
}

fn is_simple_code(code: &PyCode) -> bool {
    let f = code.co_flags.get() as u32;
    f & (flags::VARARGS | flags::VARKEYWORDS | flags::OPTIMIZED) == flags::OPTIMIZED
        && code.co_kwonlyargcount.get() == 0
}

fn is_index(o: &PyObject) -> Option<usize> {
    let i = o.downcast_exact::<PyInt>()?;
    if i.is_compact() && !i.is_negative() { Some(i.compact_value() as usize) } else { None }
}

pub fn to_bool(py: Python, o: &PyObject, ip: *const CodeUnit) {
    let form = if PyBool::check_exact(o) {
        Some(op::TO_BOOL_BOOL)
    } else if PyInt::check_exact(o) {
        Some(op::TO_BOOL_INT)
    } else if PyList::check_exact(o) {
        Some(op::TO_BOOL_LIST)
    } else if o.is(crate::singletons::none()) {
        Some(op::TO_BOOL_NONE)
    } else if PyStr::check_exact(o) {
        Some(op::TO_BOOL_STR)
    } else {
        let ty = o.ty();
        let has_truth = ty.as_number().is_some_and(|n| n.nb_bool.get().is_some())
            || ty.as_mapping().is_some_and(|m| m.mp_length.get().is_some())
            || ty.as_sequence().is_some_and(|s| s.sq_length.get().is_some());
        match facts::version(py, ty) {
            Some(v) if ty.has_flag(tp::HEAPTYPE) && !has_truth => {
                Cache::of(ip).u32(1, v);
                Some(op::TO_BOOL_ALWAYS_TRUE)
            }
            _ => None,
        }
    };
    settle(ip, form);
}

pub fn compare_op(a: &PyObject, b: &PyObject, ip: *const CodeUnit, oparg: u32) {
    let form = if !std::ptr::eq(a.ty(), b.ty()) {
        None
    } else if PyFloat::check_exact(a) {
        Some(op::COMPARE_OP_FLOAT)
    } else if let (Some(x), Some(y)) = (a.downcast_exact::<PyInt>(), b.downcast_exact::<PyInt>()) {
        (x.is_compact() && y.is_compact()).then_some(op::COMPARE_OP_INT)
    } else if PyStr::check_exact(a) {
        let cmp = oparg >> 5;
        (cmp == compare::EQ || cmp == compare::NE).then_some(op::COMPARE_OP_STR)
    } else {
        None
    };
    settle(ip, form);
}

pub fn contains_op(container: &PyObject, ip: *const CodeUnit) {
    let form = if PyDict::check_exact(container) {
        Some(op::CONTAINS_OP_DICT)
    } else if PySet::check_exact(container) || PyFrozenSet::check_exact(container) {
        Some(op::CONTAINS_OP_SET)
    } else {
        None
    };
    settle(ip, form);
}

pub fn binary_op(py: Python, a: &PyObject, b: &PyObject, ip: *const CodeUnit, oparg: u32, frame: &Frame) {
    settle(ip, binary_form(py, a, b, ip, oparg, frame));
}

fn binary_form(
    py: Python,
    a: &PyObject,
    b: &PyObject,
    ip: *const CodeUnit,
    oparg: u32,
    frame: &Frame,
) -> Option<Opcode> {
    let plain = if (nb::INPLACE..nb::SUBSCR).contains(&oparg) { oparg - nb::INPLACE } else { oparg };
    let same = std::ptr::eq(a.ty(), b.ty());
    let by_type = |int: Opcode, float: Opcode| {
        if !same {
            None
        } else if PyInt::check_exact(a) {
            Some(int)
        } else if PyFloat::check_exact(a) {
            Some(float)
        } else {
            None
        }
    };
    let form = match plain {
        nb::ADD if same && PyStr::check_exact(a) => {
            // SAFETY: an instruction follows the caches; a store's oparg is a local's index.
            let to_same = unsafe {
                let next = *ip.add(1 + caches::BINARY_OP);
                next.code as u16 == op::STORE_FAST.number()
                    && std::ptr::eq(frame.local(next.arg as usize).get().as_ptr(), a)
            };
            Some(if to_same { op::BINARY_OP_INPLACE_ADD_UNICODE } else { op::BINARY_OP_ADD_UNICODE })
        }
        nb::ADD => by_type(op::BINARY_OP_ADD_INT, op::BINARY_OP_ADD_FLOAT),
        nb::SUBTRACT => by_type(op::BINARY_OP_SUBTRACT_INT, op::BINARY_OP_SUBTRACT_FLOAT),
        nb::MULTIPLY => by_type(op::BINARY_OP_MULTIPLY_INT, op::BINARY_OP_MULTIPLY_FLOAT),
        nb::SUBSCR => return subscript_form(py, a, b),
        _ => None,
    };
    form.or_else(|| {
        let i = EXTENDED.iter().position(|e| e.oparg == oparg && (e.guard)(a, b))?;
        Cache::of(ip).u32(1, i as u32);
        Some(op::BINARY_OP_EXTEND)
    })
}

fn subscript_form(py: Python, container: &PyObject, sub: &PyObject) -> Option<Opcode> {
    if is_index(sub).is_some() {
        if PyList::check_exact(container) {
            return Some(op::BINARY_OP_SUBSCR_LIST_INT);
        }
        if PyTuple::check_exact(container) {
            return Some(op::BINARY_OP_SUBSCR_TUPLE_INT);
        }
        if PyStr::check_exact(container) {
            return Some(op::BINARY_OP_SUBSCR_STR_INT);
        }
    }
    if PyList::check_exact(container) {
        return PySlice::check_exact(sub).then_some(op::BINARY_OP_SUBSCR_LIST_SLICE);
    }
    if PyDict::check_exact(container) {
        return Some(op::BINARY_OP_SUBSCR_DICT);
    }
    class::cache_getitem(py, container.ty()).then_some(op::BINARY_OP_SUBSCR_GETITEM)
}

pub fn store_subscr(container: &PyObject, sub: &PyObject, ip: *const CodeUnit) {
    let form = if let Some(l) = container.downcast_exact::<PyList>() {
        is_index(sub).filter(|&i| i < l.len()).map(|_| op::STORE_SUBSCR_LIST_INT)
    } else if PyDict::check_exact(container) {
        Some(op::STORE_SUBSCR_DICT)
    } else {
        None
    };
    settle(ip, form);
}

pub fn unpack_sequence(seq: &PyObject, ip: *const CodeUnit, oparg: u32) {
    let n = oparg as usize;
    let form = if let Some(t) = seq.downcast_exact::<PyTuple>() {
        match t.len() {
            len if len != n => None,
            2 => Some(op::UNPACK_SEQUENCE_TWO_TUPLE),
            _ => Some(op::UNPACK_SEQUENCE_TUPLE),
        }
    } else if let Some(l) = seq.downcast_exact::<PyList>() {
        (l.len() == n).then_some(op::UNPACK_SEQUENCE_LIST)
    } else {
        None
    };
    settle(ip, form);
}

pub fn for_iter(it: &PyObject, ip: *const CodeUnit, oparg: u32) {
    let form = if PyListIter::check_exact(it) {
        Some(op::FOR_ITER_LIST)
    } else if PyTupleIter::check_exact(it) {
        Some(op::FOR_ITER_TUPLE)
    } else if PyRangeIter::check_exact(it) {
        Some(op::FOR_ITER_RANGE)
    } else if PyGenerator::check_exact(it) && oparg <= i16::MAX as u32 {
        Some(op::FOR_ITER_GEN)
    } else {
        None
    };
    settle(ip, form);
}

pub fn send(receiver: &PyObject, ip: *const CodeUnit) {
    let is_gen = PyGenerator::check_exact(receiver) || PyCoroutine::check_exact(receiver);
    settle(ip, is_gen.then_some(op::SEND_GEN));
}
