//! Global, builtin and class-body names.

use super::caches;
use crate::interp::dict_access::{keys_version, unicode_value};
use crate::interp::lookup;
use crate::interp::regs::{Flow, Regs};
use crate::interp::specialize;
use crate::interp::stackref::StackRef;
use crate::types::PyDict;
use bytecode::op;

#[inline(always)]
pub fn load_global(r: &mut Regs) -> Flow {
    let name = r.name((r.oparg >> 1) as usize);
    if r.adaptive() {
        specialize::load_global(r.py(), r.globals(), r.builtins(), r.ip, name);
        return r.again();
    }
    r.spill();
    let v = lookup::global(r.py(), r.globals(), r.builtins(), name)?;
    r.push_owned(v);
    push_null_if(r)?;
    r.next(caches::LOAD_GLOBAL)
}

/// Calls want a null behind what they call.
#[inline(always)]
fn push_null_if(r: &mut Regs) -> Flow {
    if r.oparg & 1 != 0 {
        r.push(StackRef::NULL);
    }
    Ok(())
}

#[inline(always)]
pub fn load_global_module(r: &mut Regs) -> Flow {
    let Some(d) = r.globals().downcast_exact::<PyDict>() else { return r.deopt(op::LOAD_GLOBAL) };
    if keys_version(d) != r.cache_u16(1) as u32 {
        return r.deopt(op::LOAD_GLOBAL);
    }
    let v = unicode_value(d, r.cache_u16(3) as usize);
    if v.is_null() {
        return r.deopt(op::LOAD_GLOBAL);
    }
    // SAFETY: an entry of a live dict.
    r.push(StackRef::from_new(unsafe { &*v }));
    push_null_if(r)?;
    r.next(caches::LOAD_GLOBAL)
}

#[inline(always)]
pub fn load_global_builtin(r: &mut Regs) -> Flow {
    let (Some(g), Some(b)) =
        (r.globals().downcast_exact::<PyDict>(), r.builtins().downcast_exact::<PyDict>())
    else {
        return r.deopt(op::LOAD_GLOBAL);
    };
    if keys_version(g) != r.cache_u16(1) as u32 || keys_version(b) != r.cache_u16(2) as u32 {
        return r.deopt(op::LOAD_GLOBAL);
    }
    let v = unicode_value(b, r.cache_u16(3) as usize);
    if v.is_null() {
        return r.deopt(op::LOAD_GLOBAL);
    }
    // SAFETY: an entry of a live dict.
    r.push(StackRef::from_new(unsafe { &*v }));
    push_null_if(r)?;
    r.next(caches::LOAD_GLOBAL)
}

#[inline(always)]
pub fn store_global(r: &mut Regs) -> Flow {
    r.spill();
    let name = r.name(r.oparg as usize);
    lookup::store(r.py(), r.globals(), name, r.obj(0))?;
    r.drop_top();
    r.next(0)
}

#[inline(always)]
pub fn delete_global(r: &mut Regs) -> Flow {
    r.spill();
    let name = r.name(r.oparg as usize);
    lookup::delete_global(r.py(), r.globals(), name)?;
    r.next(0)
}

#[inline(always)]
pub fn load_name(r: &mut Regs) -> Flow {
    r.spill();
    let v = lookup::name(r.py(), r.frame(), r.name(r.oparg as usize))?;
    r.push_owned(v);
    r.next(0)
}

#[inline(always)]
pub fn store_name(r: &mut Regs) -> Flow {
    r.spill();
    lookup::store_name(r.py(), r.frame(), r.name(r.oparg as usize), r.obj(0))?;
    r.drop_top();
    r.next(0)
}

#[inline(always)]
pub fn delete_name(r: &mut Regs) -> Flow {
    r.spill();
    lookup::delete_name(r.py(), r.frame(), r.name(r.oparg as usize))?;
    r.next(0)
}

#[inline(always)]
pub fn load_locals(r: &mut Regs) -> Flow {
    r.spill();
    let v = lookup::locals(r.py(), r.frame())?;
    r.push_owned(v);
    r.next(0)
}

#[inline(always)]
pub fn load_from_dict_or_globals(r: &mut Regs) -> Flow {
    r.spill();
    let name = r.name(r.oparg as usize);
    let v = lookup::dict_or_globals(r.py(), r.obj(0), r.globals(), r.builtins(), name)?;
    r.replace1(StackRef::from_owned(v));
    r.next(0)
}

#[inline(always)]
pub fn load_from_dict_or_deref(r: &mut Regs) -> Flow {
    r.spill();
    let v = lookup::dict_or_deref(r.py(), r.obj(0), r.frame(), r.oparg as usize)?;
    r.replace1(StackRef::from_owned(v));
    r.next(0)
}
