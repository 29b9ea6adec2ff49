//! Making code objects: from the compiler's data, from Python's arguments.

use super::{CodeUnit, PyCode};
use crate::errors::*;
use crate::interp::backoff;
use crate::interp::frame::FRAME_SPECIALS_SIZE;
use crate::state::enter_recursive_call;
use crate::types::str_::state;
use crate::types::{PyBytes, PyFrozenSet, PyStr, PyTuple};
use bytecode::code::{flags, kind};
use bytecode::{Opcode, op};
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyVarObject, Python, Slot, new_var_object};
use std::cell::Cell;
use std::ptr::null_mut;

/// Everything a code object is made from (`struct _PyCodeConstructor`).
pub struct CodeParts {
    pub filename: Py<PyStr>,
    pub name: Py<PyStr>,
    pub qualname: Py<PyStr>,
    pub flags: i32,
    pub code: Py<PyBytes>,
    pub firstlineno: i32,
    pub linetable: Py<PyBytes>,
    pub consts: Py<PyTuple>,
    pub names: Py<PyTuple>,
    pub localsplusnames: Py<PyTuple>,
    pub localspluskinds: Py<PyBytes>,
    pub argcount: i32,
    pub posonlyargcount: i32,
    pub kwonlyargcount: i32,
    pub stacksize: i32,
    pub exceptiontable: Py<PyBytes>,
}

/// Numbers of locals, cells and free variables.
struct Counts {
    locals: i32,
    cells: i32,
    free: i32,
}

impl PyCode {
    /// A code object that only gives a place a name; running it raises `AssertionError` (`PyCode_NewEmpty`).
    pub fn empty(py: Python, filename: &PyStr, name: &PyStr, firstlineno: i32) -> PyResult<Py<PyCode>> {
        let code = [
            op::RESUME.number() as u8,
            0,
            op::LOAD_COMMON_CONSTANT.number() as u8,
            bytecode::args::common::ASSERTION_ERROR as u8,
            op::RAISE_VARARGS.number() as u8,
            1,
        ];
        // One entry without columns for all three instructions.
        let lines = [1 << 7 | 13 << 3 | 2, 0];
        let parts = CodeParts {
            filename: filename.owned(),
            name: name.owned(),
            qualname: name.owned(),
            flags: flags::NEWLOCALS as i32 | flags::OPTIMIZED as i32,
            code: PyBytes::new(py, &code)?,
            firstlineno,
            linetable: PyBytes::new(py, &lines)?,
            consts: PyTuple::empty(py),
            names: PyTuple::empty(py),
            localsplusnames: PyTuple::empty(py),
            localspluskinds: PyBytes::empty().owned(),
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            stacksize: 1,
            exceptiontable: PyBytes::empty().owned(),
        };
        parts.build(py)
    }
}

impl CodeParts {
    fn counts(&self) -> Counts {
        let mut c = Counts { locals: 0, cells: 0, free: 0 };
        for k in self.localspluskinds.as_bytes() {
            if k & kind::LOCAL != 0 {
                c.locals += 1;
            }
            if k & kind::CELL != 0 {
                c.cells += 1;
            } else if k & kind::FREE != 0 {
                c.free += 1;
            }
        }
        c
    }

    /// Rejects what no compiler makes (`_PyCode_Validate`).
    pub fn validate(&self, py: Python) -> PyResult<()> {
        let code = self.code.as_bytes();
        let bad = self.argcount < self.posonlyargcount
            || self.posonlyargcount < 0
            || self.kwonlyargcount < 0
            || self.stacksize < 0
            || self.flags < 0
            || self.localsplusnames.len() != self.localspluskinds.len();
        if bad {
            return Err(bad_internal_call(py));
        }
        if self.names.items().iter().chain(self.localsplusnames.items()).any(|n| !PyStr::check_exact(n)) {
            return Err(system_error(py, "non-string found in code slot"));
        }
        if code.len() > i32::MAX as usize {
            return Err(value_error(py, "code: co_code larger than INT_MAX"));
        }
        if code.is_empty() || !code.len().is_multiple_of(2) {
            return Err(value_error(py, "code: co_code is malformed"));
        }
        let slots = self.localsplusnames.len() as i64 + self.stacksize as i64;
        if slots >= i32::MAX as i64 / 8 - FRAME_SPECIALS_SIZE as i64 {
            return Err(overflow_error(py, "code: locals + stack size is too large"));
        }
        let total = self.argcount as i64
            + self.kwonlyargcount as i64
            + (self.flags as u32 & flags::VARARGS != 0) as i64
            + (self.flags as u32 & flags::VARKEYWORDS != 0) as i64;
        if total > self.counts().locals as i64 {
            return Err(value_error(py, "code: co_varnames is too small"));
        }
        Ok(())
    }

    /// Makes the code object. The parts are valid.
    pub fn build(self, py: Python) -> PyResult<Py<PyCode>> {
        let c = self.counts();
        let bytes = self.code.as_bytes();
        let units = bytes.len() / 2;
        let Self { names, localsplusnames, consts, linetable, .. } = self;
        intern_all(py, &names);
        intern_all(py, &localsplusnames);
        intern_constants(py, &consts)?;
        let linetable = match crate::state::interpreter(py).config.borrow().code_debug_ranges {
            true => linetable,
            false => PyBytes::new(py, &bytecode::without_columns(linetable.as_bytes(), self.firstlineno))?,
        };
        let nlocalsplus = localsplusnames.len() as i32;
        // The stack is one deeper than the compiler thinks: exceptions push the instruction index unseen.
        let stacksize = self.stacksize.max(1);
        let ty = PyCode::type_object();
        let new: Py<PyCode> = new_var_object(py, ty, units)?;
        let version = next_version(py);
        let at = new.as_ptr() as *mut PyCode;
        // SAFETY: fresh memory with room for the struct and `units` code units; the header's count stays 1.
        unsafe {
            at.write(PyCode {
                ob_base: PyVarObject::header(ty, units as isize),
                co_consts: consts,
                co_names: names,
                co_exceptiontable: self.exceptiontable,
                co_flags: Cell::new(self.flags),
                co_argcount: Cell::new(self.argcount),
                co_posonlyargcount: Cell::new(self.posonlyargcount),
                co_kwonlyargcount: Cell::new(self.kwonlyargcount),
                co_stacksize: Cell::new(stacksize),
                co_firstlineno: Cell::new(self.firstlineno),
                co_nlocalsplus: Cell::new(nlocalsplus),
                co_framesize: Cell::new(nlocalsplus + stacksize + FRAME_SPECIALS_SIZE as i32),
                co_nlocals: Cell::new(c.locals),
                co_ncellvars: Cell::new(c.cells),
                co_nfreevars: Cell::new(c.free),
                co_version: Cell::new(version),
                co_localsplusnames: localsplusnames,
                co_localspluskinds: self.localspluskinds,
                co_filename: Slot::new(Some(PyStr::intern_immortal(py, self.filename))),
                co_name: PyStr::intern_immortal(py, self.name),
                co_qualname: PyStr::intern_immortal(py, self.qualname),
                co_linetable: linetable,
                co_weakreflist: Cell::new(null_mut()),
                co_executors: Cell::new(null_mut()),
                co_cached: Cell::new(null_mut()),
                co_instrumentation_version: Cell::new(0),
                co_monitoring: Cell::new(null_mut()),
                co_unique_id: Cell::new(0),
                co_firsttraceable: Cell::new(0),
                co_extra: Cell::new(null_mut()),
                co_code_adaptive: [],
            });
            let code = new.code_ptr() as *mut CodeUnit;
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), code as *mut u8, units * 2);
            quicken(&new);
        }
        let first = (0..units).find(|&i| new.unit(i).code as u16 == op::RESUME.number()).unwrap_or(units);
        new.co_firsttraceable.set(first as i32);
        Ok(new)
    }
}

/// Sets the counters of instructions that can be specialised (`_PyCode_Quicken`).
fn quicken(code: &PyCode) {
    let at = code.code_ptr() as *mut CodeUnit;
    let n = code.code_len();
    let mut i = 0;
    while i < n {
        // SAFETY: within the code.
        let opcode = unsafe { (*at.add(i)).code };
        let caches = bytecode::CACHES[opcode as usize] as usize;
        if caches > 0 && i + caches < n {
            let counter = match Opcode::from_u8(opcode) {
                op::JUMP_BACKWARD => backoff::JUMP_INITIAL,
                // Conditional jumps record which way they went.
                op::POP_JUMP_IF_FALSE
                | op::POP_JUMP_IF_TRUE
                | op::POP_JUMP_IF_NONE
                | op::POP_JUMP_IF_NOT_NONE => 0x5555,
                _ => backoff::WARMUP,
            };
            // SAFETY: as above.
            unsafe { *(at.add(i + 1) as *mut u16) = counter };
        }
        i += 1 + caches;
    }
}

/// Code versions, for the function versions specialisation compares; 0 once they have run out.
fn next_version(py: Python) -> u32 {
    let next = &crate::state::interpreter(py).eval.next_code_version;
    let v = next.get();
    if v != 0 {
        next.set(v.wrapping_add(1));
    }
    v
}

/// Puts the interned strings in the places of equal ones. The tuple stays equal to itself, so it is done in place, as in CPython.
fn intern_items(py: Python, tuple: &PyTuple, wanted: impl Fn(&PyStr) -> bool) {
    for i in 0..tuple.len() {
        let Some(s) = tuple.get(i).and_then(|o| o.downcast_exact::<PyStr>()) else { continue };
        if s.interned_state() != state::INTERNED_IMMORTAL && wanted(s) {
            let new = PyStr::intern_immortal(py, s.owned());
            set_item(tuple, i, new.into_object());
        }
    }
}

/// Replaces an item by an equal one.
fn set_item(tuple: &PyTuple, i: usize, new: Py) {
    // SAFETY: within the tuple, nobody else looks at it meanwhile, and the old item leaves last.
    let old = unsafe { Py::<PyObject>::from_raw_owned(tuple.items_ptr().add(i).replace(new.into_raw())) };
    drop(old);
}

fn intern_all(py: Python, names: &PyTuple) {
    intern_items(py, names, |_| true);
}

/// May a string constant be interned? Those that could be names are.
pub(super) fn looks_like_name(s: &PyStr) -> bool {
    s.as_ascii().is_some_and(|t| t.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
}

/// Interns the strings among constants that look like names, in nested tuples and frozen sets too.
fn intern_constants(py: Python, consts: &PyTuple) -> PyResult<()> {
    enter_recursive_call(py, " while interning constants")?;
    intern_items(py, consts, looks_like_name);
    for i in 0..consts.len() {
        let Some(o) = consts.get(i) else { break };
        if let Some(t) = o.downcast_exact::<PyTuple>() {
            intern_constants(py, t)?;
        } else if let Some(set) = o.downcast_exact::<PyFrozenSet>() {
            let items = PyTuple::from_iterable(py, set.as_object())?;
            let before: Vec<Py> = items.items().iter().map(|o| o.owned()).collect();
            intern_constants(py, &items)?;
            if before.iter().zip(items.items()).any(|(a, b)| !a.is(b)) {
                let new = PyFrozenSet::from_iterable(py, items.as_object())?;
                set_item(consts, i, new.into_object());
            }
        }
    }
    Ok(())
}
