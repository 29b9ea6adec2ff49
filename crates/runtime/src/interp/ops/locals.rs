//! Local variables and cells.

use crate::errors::unbound_local_error;
use crate::interp::regs::{Flow, Regs};
use crate::interp::stackref::StackRef;
use crate::interp::unbound;
use crate::types::code::PyCode;
use crate::types::{PyCell, PyFunction};
use object::{Python, Raised};

#[inline(always)]
pub fn load_fast(r: &mut Regs) -> Flow {
    let v = r.local(r.oparg as usize).dup();
    r.push(v);
    r.next(0)
}

#[inline(always)]
pub fn load_fast_borrow(r: &mut Regs) -> Flow {
    let v = r.local(r.oparg as usize).borrow();
    r.push(v);
    r.next(0)
}

#[inline(always)]
pub fn load_fast_load_fast(r: &mut Regs) -> Flow {
    let (a, b) = (r.local((r.oparg >> 4) as usize).dup(), r.local((r.oparg & 15) as usize).dup());
    r.push(a);
    r.push(b);
    r.next(0)
}

#[inline(always)]
pub fn load_fast_borrow_load_fast_borrow(r: &mut Regs) -> Flow {
    let (a, b) = (r.local((r.oparg >> 4) as usize).borrow(), r.local((r.oparg & 15) as usize).borrow());
    r.push(a);
    r.push(b);
    r.next(0)
}

#[inline(always)]
pub fn load_fast_check(r: &mut Regs) -> Flow {
    let v = r.local(r.oparg as usize);
    if v.is_null() {
        r.spill();
        return Err(unbound_fast(r.py(), r.code(), r.oparg).into());
    }
    r.push(v.dup());
    r.next(0)
}

#[inline(always)]
pub fn load_fast_and_clear(r: &mut Regs) -> Flow {
    let i = r.oparg as usize;
    let v = r.local(i);
    r.put_local(i, StackRef::NULL);
    r.push(v);
    r.next(0)
}

#[inline(always)]
pub fn store_fast(r: &mut Regs) -> Flow {
    let v = r.pop();
    let old = r.local(r.oparg as usize);
    r.put_local(r.oparg as usize, v);
    r.close_next(old, 0)
}

#[inline(always)]
pub fn store_fast_load_fast(r: &mut Regs) -> Flow {
    let v = r.pop();
    r.store_local((r.oparg >> 4) as usize, v);
    let w = r.local((r.oparg & 15) as usize).dup();
    r.push(w);
    r.next(0)
}

#[inline(always)]
pub fn store_fast_store_fast(r: &mut Regs) -> Flow {
    let v = r.pop();
    r.store_local((r.oparg >> 4) as usize, v);
    let w = r.pop();
    let old = r.local((r.oparg & 15) as usize);
    r.put_local((r.oparg & 15) as usize, w);
    r.close_next(old, 0)
}

#[inline(always)]
pub fn delete_fast(r: &mut Regs) -> Flow {
    let i = r.oparg as usize;
    if r.local(i).is_null() {
        r.spill();
        return Err(unbound_fast(r.py(), r.code(), r.oparg).into());
    }
    r.store_local(i, StackRef::NULL);
    r.next(0)
}

#[cold]
fn unbound_fast(py: Python, code: &PyCode, i: u32) -> Raised {
    unbound_local_error(
        py,
        format!(
            "cannot access local variable '{}' where it is not associated with a value",
            code.local_name(i as usize).to_string_lossy()
        ),
    )
}

#[inline(always)]
fn cell(r: &Regs) -> &'static PyCell {
    // SAFETY: the oparg of these instructions indexes a cell or free variable.
    unsafe { r.local(r.oparg as usize).cast() }
}

#[inline(always)]
pub fn make_cell(r: &mut Regs) -> Flow {
    let i = r.oparg as usize;
    let initial = r.local(i);
    // SAFETY: the local's reference moves into the cell.
    let value = if initial.is_null() { None } else { Some(unsafe { initial.into_owned() }) };
    r.put_local(i, StackRef::NULL);
    let cell = PyCell::new(r.py(), value)?;
    r.put_local(i, StackRef::from_owned_mortal(cell));
    r.next(0)
}

#[inline(always)]
pub fn load_deref(r: &mut Regs) -> Flow {
    match cell(r).ob_ref.get_owned() {
        Some(v) => {
            r.push_owned(v);
            r.next(0)
        }
        None => {
            r.spill();
            Err(unbound::deref(r.py(), r.code(), r.oparg).into())
        }
    }
}

#[inline(always)]
pub fn store_deref(r: &mut Regs) -> Flow {
    let v = r.pop_owned();
    match cell(r).ob_ref.replace(Some(v)) {
        Some(old) => r.close_next(StackRef::from_owned(old), 0),
        None => r.next(0),
    }
}

#[inline(always)]
pub fn delete_deref(r: &mut Regs) -> Flow {
    match cell(r).ob_ref.take() {
        Some(old) => {
            r.close(StackRef::from_owned(old));
            r.next(0)
        }
        None => {
            r.spill();
            Err(unbound::deref(r.py(), r.code(), r.oparg).into())
        }
    }
}

#[inline(always)]
pub fn copy_free_vars(r: &mut Regs) -> Flow {
    let code = r.code();
    // SAFETY: the frame's function is a function.
    let func: &PyFunction = unsafe { r.frame().f_funcobj.get().cast() };
    let n = r.oparg as usize;
    let first = code.co_nlocalsplus.get() as usize - n;
    // SAFETY: nothing changes the closure while it is copied.
    if let Some(closure) = unsafe { func.func_closure.get() } {
        for (i, cell) in closure.items().iter().enumerate().take(n) {
            r.put_local(first + i, StackRef::from_new(cell));
        }
    }
    r.next(0)
}
