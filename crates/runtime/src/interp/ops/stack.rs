//! Instructions that only move stack entries or load constants.

use crate::errors::system_error;
use crate::interp::common_constant;
use crate::interp::regs::{Flow, Regs, Stop};
use crate::interp::stackref::StackRef;
use crate::types::PyInt;
use bytecode::op;
use object::{PyLayout, Python, Raised};

#[inline(always)]
pub fn nop(r: &mut Regs) -> Flow {
    r.next(0)
}

#[inline(always)]
pub fn not_taken(r: &mut Regs) -> Flow {
    r.next(0)
}

#[inline(always)]
pub fn pop_top(r: &mut Regs) -> Flow {
    let v = r.pop();
    r.close_next(v, 0)
}

#[inline(always)]
pub fn pop_iter(r: &mut Regs) -> Flow {
    let v = r.pop();
    r.close_next(v, 0)
}

#[inline(always)]
pub fn push_null(r: &mut Regs) -> Flow {
    r.push(StackRef::NULL);
    r.next(0)
}

#[inline(always)]
pub fn copy(r: &mut Regs) -> Flow {
    let v = r.peek(r.oparg as usize - 1).dup();
    r.push(v);
    r.next(0)
}

#[inline(always)]
pub fn swap(r: &mut Regs) -> Flow {
    let n = r.oparg as usize - 1;
    let (top, other) = (r.peek(0), r.peek(n));
    r.set(0, other);
    r.set(n, top);
    r.next(0)
}

#[inline(always)]
pub fn end_for(r: &mut Regs) -> Flow {
    let v = r.pop();
    r.close_next(v, 0)
}

#[inline(always)]
pub fn extended_arg(r: &mut Regs) -> Flow {
    // SAFETY: an instruction follows the prefix.
    unsafe {
        r.ip = r.ip.add(1);
        r.oparg = r.oparg << 8 | (*r.ip).arg as u32;
        r.opcode = (*r.ip).code;
    }
    Err(Stop::Dispatch)
}

#[inline(always)]
pub fn load_const(r: &mut Regs) -> Flow {
    let o = r.constant(r.oparg as usize);
    // The first execution settles which of the two forms it will be: constants do not change.
    let form = if o.is_immortal() { op::LOAD_CONST_IMMORTAL } else { op::LOAD_CONST_MORTAL };
    r.rewrite(op::LOAD_CONST, form);
    r.push(StackRef::from_new(o));
    r.next(0)
}

#[inline(always)]
pub fn load_const_mortal(r: &mut Regs) -> Flow {
    let o = r.constant(r.oparg as usize);
    r.push(StackRef::from_new_mortal(o));
    r.next(0)
}

#[inline(always)]
pub fn load_const_immortal(r: &mut Regs) -> Flow {
    let o = r.constant(r.oparg as usize);
    r.push(StackRef::from_borrowed(o));
    r.next(0)
}

#[inline(always)]
pub fn load_small_int(r: &mut Regs) -> Flow {
    match PyInt::small(r.oparg as i64) {
        Some(i) => r.push(StackRef::from_borrowed(i.as_object())),
        // The compiler uses this instruction for small ints only.
        None => return unknown_opcode(r),
    }
    r.next(0)
}

#[inline(always)]
pub fn load_common_constant(r: &mut Regs) -> Flow {
    let o = common_constant(r.py(), r.oparg)?;
    r.push(StackRef::from_new(o));
    r.next(0)
}

/// Leaves the loop: the entry frame's only real instruction.
#[inline(always)]
pub fn interpreter_exit(r: &mut Regs) -> Flow {
    // SAFETY: the returned or yielded value is on the entry frame's stack.
    r.result = unsafe { r.pop().into_owned() }.into_raw();
    let caller = r.frame().previous.get();
    r.thread.current_frame.set(caller);
    Err(Stop::Exit)
}

#[inline(always)]
pub fn cache(r: &mut Regs) -> Flow {
    unknown_opcode(r)
}

#[inline(always)]
pub fn reserved(r: &mut Regs) -> Flow {
    unknown_opcode(r)
}

#[inline(always)]
pub fn enter_executor(r: &mut Regs) -> Flow {
    unknown_opcode(r)
}

/// Bytecode somebody made up.
#[inline(always)]
pub fn unknown_opcode(r: &mut Regs) -> Flow {
    r.spill();
    Err(no_such_opcode(r.py(), r.opcode).into())
}

/// Out of line, by value: formatting would take the register's address.
#[cold]
#[inline(never)]
fn no_such_opcode(py: Python, opcode: u8) -> Raised {
    system_error(py, format!("unknown opcode {opcode}"))
}
