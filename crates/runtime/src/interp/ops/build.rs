//! Making and filling containers, slices, strings and templates.

use crate::abstract_::ObjectExt;
use crate::errors::{type_error, type_name};
use crate::interp::containers;
use crate::interp::regs::{Flow, Regs};
use crate::interp::stackref::StackRef;
use crate::interp::template;
use crate::types::{PyDict, PyList, PySet, PySlice};
use object::{PyObject, Python, Raised};

#[inline(always)]
pub fn build_tuple(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    // SAFETY: `n` entries, whose references move into the tuple.
    let t = unsafe { containers::tuple_from_stack(r.py(), r.args(n), n) };
    r.shrink(n);
    r.push_owned(t?);
    r.next(0)
}

#[inline(always)]
pub fn build_list(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    // SAFETY: `n` entries, whose references move into the list.
    let l = unsafe { containers::list_from_stack(r.py(), r.args(n), n) };
    r.shrink(n);
    r.push(StackRef::from_owned_mortal(l?));
    r.next(0)
}

#[inline(always)]
pub fn build_set(r: &mut Regs) -> Flow {
    r.spill();
    let n = r.oparg as usize;
    let set = PySet::new(r.py())?;
    for i in (0..n).rev() {
        set.add(r.py(), r.obj(i))?;
    }
    r.drop_n(n);
    r.push(StackRef::from_owned_mortal(set));
    r.next(0)
}

#[inline(always)]
pub fn build_map(r: &mut Regs) -> Flow {
    r.spill();
    let n = r.oparg as usize;
    let dict = PyDict::new(r.py())?;
    for i in (0..n).rev() {
        dict.set_item(r.py(), r.obj(2 * i + 1), r.obj(2 * i))?;
    }
    r.drop_n(2 * n);
    r.push(StackRef::from_owned_mortal(dict));
    r.next(0)
}

#[inline(always)]
pub fn build_string(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    // SAFETY: `n` entries, all strings.
    let s = unsafe { containers::join_strings(r.py(), r.args(n), n) }?;
    r.drop_n(n);
    r.push_owned(s);
    r.next(0)
}

#[inline(always)]
pub fn build_slice(r: &mut Regs) -> Flow {
    let n = r.oparg as usize;
    let step = if n == 3 { r.pop_owned() } else { crate::singletons::none_owned() };
    let stop = r.pop_owned();
    let start = r.pop_owned();
    let s = PySlice::new(r.py(), start, stop, step)?;
    r.push(StackRef::from_owned_mortal(s));
    r.next(0)
}

#[inline(always)]
pub fn build_interpolation(r: &mut Regs) -> Flow {
    // value, text[, format spec]
    r.spill();
    let has_spec = r.oparg & 1 != 0;
    let k = has_spec as usize;
    let spec = if has_spec { Some(r.obj(0)) } else { None };
    let res = template::interpolation(r.py(), r.obj(1 + k), r.obj(k), r.oparg >> 2, spec)?;
    r.drop_n(2 + k);
    r.push_owned(res);
    r.next(0)
}

#[inline(always)]
pub fn build_template(r: &mut Regs) -> Flow {
    r.spill();
    let res = template::template(r.py(), r.obj(1), r.obj(0))?;
    r.replace2(StackRef::from_owned(res));
    r.next(0)
}

#[inline(always)]
pub fn list_append(r: &mut Regs) -> Flow {
    let v = r.pop_owned();
    // SAFETY: the compiler puts a list there.
    let list: &PyList = unsafe { r.obj(r.oparg as usize - 1).downcast_unchecked() };
    list.append(r.py(), v)?;
    r.next(0)
}

#[cold]
#[inline(never)]
fn not_a_set(py: Python, o: &PyObject) -> Raised {
    type_error(py, format!("'{}' object is not a set", type_name(o)))
}

#[inline(always)]
pub fn set_add(r: &mut Regs) -> Flow {
    r.spill();
    let o = r.obj(r.oparg as usize);
    // The compiler puts a set there, but for one it keeps in a variable of the program's (`__conditional_annotations__`).
    let Some(set) = o.downcast::<PySet>() else { return Err(not_a_set(r.py(), o).into()) };
    set.add(r.py(), r.obj(0))?;
    r.drop_top();
    r.next(0)
}

#[inline(always)]
pub fn map_add(r: &mut Regs) -> Flow {
    r.spill();
    // SAFETY: the compiler puts a dict there.
    let dict: &PyDict = unsafe { r.obj(r.oparg as usize + 1).downcast_unchecked() };
    dict.set_item(r.py(), r.obj(1), r.obj(0))?;
    r.drop_n(2);
    r.next(0)
}

#[inline(always)]
pub fn list_extend(r: &mut Regs) -> Flow {
    r.spill();
    // SAFETY: the compiler puts a list there.
    let list: &PyList = unsafe { r.obj(r.oparg as usize).downcast_unchecked() };
    containers::list_extend(r.py(), list, r.obj(0))?;
    r.drop_top();
    r.next(0)
}

#[inline(always)]
pub fn set_update(r: &mut Regs) -> Flow {
    r.spill();
    // SAFETY: the compiler puts a set there.
    let set: &PySet = unsafe { r.obj(r.oparg as usize).downcast_unchecked() };
    set.update(r.py(), r.obj(0))?;
    r.drop_top();
    r.next(0)
}

#[inline(always)]
pub fn dict_update(r: &mut Regs) -> Flow {
    r.spill();
    // SAFETY: the compiler puts a dict there.
    let dict: &PyDict = unsafe { r.obj(r.oparg as usize).downcast_unchecked() };
    containers::dict_update(r.py(), dict, r.obj(0))?;
    r.drop_top();
    r.next(0)
}

#[inline(always)]
pub fn dict_merge(r: &mut Regs) -> Flow {
    r.spill();
    let n = r.oparg as usize;
    // SAFETY: the compiler puts a dict there.
    let dict: &PyDict = unsafe { r.obj(n).downcast_unchecked() };
    // Below it: the null, the positional arguments, the callable.
    let callable = r.obj(n + 3);
    containers::dict_merge(r.py(), dict, r.obj(0), callable)?;
    r.drop_top();
    r.next(0)
}

#[inline(always)]
pub fn get_len(r: &mut Regs) -> Flow {
    r.spill();
    let n = r.obj(0).length(r.py())?;
    let n = crate::types::PyInt::from_i64(r.py(), n as i64)?;
    r.push_owned(n);
    r.next(0)
}

#[inline(always)]
pub fn setup_annotations(r: &mut Regs) -> Flow {
    r.spill();
    crate::interp::lookup::setup_annotations(r.py(), r.frame())?;
    r.next(0)
}
