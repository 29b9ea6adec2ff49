//! `dictobject.h` and `setobject.h`.

use crate::convert::*;
use runtime::prelude::*;
use runtime::types::set_::any_set;
use std::ffi::{c_char, c_int};
use std::ptr::null_mut;

capi! {
    fn PyDict_New(py) -> O { PyDict::new(py) }
    fn _PyDict_NewPresized(py, n: isize) -> O { PyDict::with_capacity(py, n.max(0) as usize, false) }
    fn PyDict_SetItem(py, d: O, key: O, value: O) -> c_int {
        cast::<PyDict>(py, d)?.set_item(py, obj(py, key)?, obj(py, value)?)
    }
    fn PyDict_SetItemString(py, d: O, key: *const c_char, value: O) -> c_int {
        let key = name(py, key)?;
        cast::<PyDict>(py, d)?.set_item(py, &key, obj(py, value)?)
    }
    fn _PyDict_SetItem_KnownHash(py, d: O, key: O, value: O, hash: isize) -> c_int {
        cast::<PyDict>(py, d)?.set_item_hash(py, obj(py, key)?, hash, obj(py, value)?)
    }
    fn _PyDict_SetItem_KnownHash_LockHeld(py, d: O, key: O, value: O, hash: isize) -> c_int {
        cast::<PyDict>(py, d)?.set_item_hash(py, obj(py, key)?, hash, obj(py, value)?)
    }
    fn PyDict_DelItem(py, d: O, key: O) -> c_int { cast::<PyDict>(py, d)?.del_item(py, obj(py, key)?) }
    fn PyDict_DelItemString(py, d: O, key: *const c_char) -> c_int {
        let key = pystr(py, key)?;
        cast::<PyDict>(py, d)?.del_item(py, &key)
    }
    fn PyDict_GetItemWithError(py, d: O, key: O) -> O {
        Ok(cast::<PyDict>(py, d)?.get_item(py, obj(py, key)?)?.map_or(null_mut(), borrowed))
    }
    fn _PyDict_GetItem_KnownHash(py, d: O, key: O, hash: isize) -> O {
        Ok(cast::<PyDict>(py, d)?.get_item_hash(py, obj(py, key)?, hash)?.map_or(null_mut(), borrowed))
    }
    fn _PyDict_GetItemStringWithError(py, d: O, key: *const c_char) -> O {
        let key = pystr(py, key)?;
        Ok(cast::<PyDict>(py, d)?.get_item(py, &key)?.map_or(null_mut(), borrowed))
    }
    fn PyDict_GetItemRef(py, d: O, key: O, result: *mut O) -> c_int {
        store(result, None);
        found(result, cast::<PyDict>(py, d)?.get_item(py, obj(py, key)?))
    }
    fn PyDict_GetItemStringRef(py, d: O, key: *const c_char, result: *mut O) -> c_int {
        store(result, None);
        let key = pystr(py, key)?;
        found(result, cast::<PyDict>(py, d)?.get_item(py, &key))
    }
    fn PyDict_Contains(py, d: O, key: O) -> c_int { cast::<PyDict>(py, d)?.contains(py, obj(py, key)?) }
    fn PyDict_ContainsString(py, d: O, key: *const c_char) -> c_int {
        let key = pystr(py, key)?;
        cast::<PyDict>(py, d)?.contains(py, &key)
    }
    fn _PyDict_Contains_KnownHash(py, d: O, key: O, hash: isize) -> c_int {
        cast::<PyDict>(py, d)?.contains_hash(py, obj(py, key)?, hash)
    }
    fn PyDict_SetDefault(py, d: O, key: O, default: O) -> O {
        Ok(borrowed(cast::<PyDict>(py, d)?.set_default(py, obj(py, key)?, obj(py, default)?)?))
    }
    fn PyDict_SetDefaultRef(py, d: O, key: O, default: O, result: *mut O) -> c_int {
        store(result, None);
        let d = cast::<PyDict>(py, d)?;
        let key = obj(py, key)?;
        let before = d.len();
        let v = d.set_default(py, key, obj(py, default)?)?;
        let there = d.len() == before;
        store(result, Some(v));
        Ok(there)
    }
    fn PyDict_Pop(py, d: O, key: O, result: *mut O) -> c_int {
        store(result, None);
        let d = cast::<PyDict>(py, d)?;
        // An empty dict does not look at the key.
        if d.is_empty() {
            return Ok(0);
        }
        found(result, d.pop(py, obj(py, key)?))
    }
    fn PyDict_PopString(py, d: O, key: *const c_char, result: *mut O) -> c_int {
        store(result, None);
        let key = pystr(py, key)?;
        found(result, cast::<PyDict>(py, d)?.pop(py, &key))
    }
    fn _PyDict_Pop(py, d: O, key: O, default: O) -> O {
        match cast::<PyDict>(py, d)?.pop(py, obj(py, key)?)? {
            Some(v) => Ok(v),
            None => match opt(default) {
                Some(v) => Ok(v.owned()),
                None => Err(key_error(py, &*key)),
            },
        }
    }
    fn PyDict_Size(py, d: O) -> isize { Ok(cast::<PyDict>(py, d)?.len()) }
    fn PyDict_Keys(py, d: O) -> O { cast::<PyDict>(py, d)?.keys(py) }
    fn PyDict_Values(py, d: O) -> O { cast::<PyDict>(py, d)?.values(py) }
    fn PyDict_Items(py, d: O) -> O { cast::<PyDict>(py, d)?.items(py) }
    fn PyDict_Copy(py, d: O) -> O { cast::<PyDict>(py, d)?.copy(py) }
    fn PyDict_Update(py, d: O, other: O) -> c_int { cast::<PyDict>(py, d)?.merge(py, obj(py, other)?, true) }
    fn PyDict_Merge(py, d: O, other: O, overwrite: c_int) -> c_int {
        cast::<PyDict>(py, d)?.merge(py, obj(py, other)?, overwrite != 0)
    }
    fn PyDict_MergeFromSeq2(py, d: O, pairs: O, overwrite: c_int) -> c_int {
        cast::<PyDict>(py, d)?.merge_pairs(py, obj(py, pairs)?, overwrite != 0)
    }
    fn PyDictProxy_New(py, mapping: O) -> O {
        let m = obj(py, mapping)?;
        if !runtime::abstract_::is_mapping(m) || PyList::check(m) || PyTuple::check(m) {
            return Err(type_error(py, format!("mappingproxy() argument must be a mapping, not {}", tp_name(m))));
        }
        runtime::types::descr::PyMappingProxy::new(py, m)
    }

    fn PySet_New(py, items: O) -> O {
        match opt(items) {
            Some(i) => PySet::from_iterable(py, i),
            None => PySet::new(py),
        }
    }
    fn PyFrozenSet_New(py, items: O) -> O {
        match opt(items) {
            Some(i) => PyFrozenSet::from_iterable(py, i),
            None => PyFrozenSet::from_iter(py, []),
        }
    }
    fn PySet_Size(py, s: O) -> isize { Ok(set(py, s)?.len()) }
    fn PySet_Contains(py, s: O, key: O) -> c_int { set(py, s)?.contains(py, obj(py, key)?) }
    fn PySet_Add(py, s: O, key: O) -> c_int {
        let o = obj(py, s)?;
        match any_set(o) {
            // A frozen set can be filled while nobody else has it.
            Some(x) if PySet::check(o) || o.refcount() == 1 => x.add(py, obj(py, key)?),
            _ => Err(bad_internal_call(py)),
        }
    }
    fn PySet_Discard(py, s: O, key: O) -> c_int { cast::<PySet>(py, s)?.discard(py, obj(py, key)?) }
    fn PySet_Clear(py, s: O) -> c_int {
        cast::<PySet>(py, s)?.clear();
        Ok(())
    }
    fn PySet_Pop(py, s: O) -> O {
        let s = cast::<PySet>(py, s)?;
        s.as_object().call_method0(py, intern!(py, "pop"))
    }
    fn _PySet_Update(py, s: O, items: O) -> c_int { cast::<PySet>(py, s)?.update(py, obj(py, items)?) }
}

unsafe fn set<'a>(py: Python, o: O) -> PyResult<&'a PySet> {
    // SAFETY: the C API's contract.
    unsafe { opt(o) }.and_then(any_set).ok_or_else(|| bad_internal_call(py))
}

/// A look-up whose caller takes null for "not there": errors are only reported, and what is pending stays.
fn unreported(py: Python, function: &str, look_up: impl FnOnce() -> PyResult<Option<Py>>) -> O {
    let saved = take(py);
    let found = look_up().unwrap_or_else(|e| {
        write_unraisable(py, e, Some(&format!("Exception ignored in {function}")), None);
        None
    });
    if let Some(e) = saved {
        let _ = raise_object(py, e);
    }
    found.map_or(null_mut(), borrowed)
}

plain! {
    fn PyDict_GetItem(d: O, key: O) -> O {
        let py = token();
        unreported(py, "PyDict_GetItem(); consider using PyDict_GetItemRef() or PyDict_GetItemWithError()", || {
            match (opt(d).and_then(|d| d.downcast::<PyDict>()), opt(key)) {
                // A key without a hash is not blamed on the dict here.
                (Some(d), Some(k)) => d.get_item_hash(py, k, k.hash(py)?),
                _ => Ok(None),
            }
        })
    }
    fn PyDict_GetItemString(d: O, key: *const c_char) -> O {
        let py = token();
        unreported(py, "PyDict_GetItemString(); consider using PyDict_GetItemRefString()", || {
            let key = pystr(py, key)?;
            match opt(d).and_then(|d| d.downcast::<PyDict>()) {
                Some(d) => d.get_item(py, &key),
                None => Ok(None),
            }
        })
    }
    fn PyDict_Clear(d: O) {
        if let Some(d) = opt(d).and_then(|d| d.downcast::<PyDict>()) {
            d.clear()
        }
    }
    fn PyDict_Next(d: O, pos: *mut isize, key: *mut O, value: *mut O) -> c_int {
        let Some(d) = opt(d).and_then(|d| d.downcast::<PyDict>()) else { return 0 };
        let mut at = *pos as usize;
        let Some((k, v)) = d.next(&mut at) else { return 0 };
        *pos = at as isize;
        // The dict keeps both.
        if !key.is_null() {
            *key = borrowed(k);
        }
        if !value.is_null() {
            *value = borrowed(v);
        }
        1
    }
    fn _PyDict_Next(d: O, pos: *mut isize, key: *mut O, value: *mut O, hash: *mut isize) -> c_int {
        let Some(d) = opt(d).and_then(|d| d.downcast::<PyDict>()) else { return 0 };
        let mut at = *pos as usize;
        let Some((k, v, h)) = d.next_hash(&mut at) else { return 0 };
        *pos = at as isize;
        if !key.is_null() {
            *key = borrowed(k);
        }
        if !value.is_null() {
            *value = borrowed(v);
        }
        if !hash.is_null() {
            *hash = h;
        }
        1
    }
    fn _PySet_NextEntry(s: O, pos: *mut isize, key: *mut O, hash: *mut isize) -> c_int {
        let py = token();
        let Ok(s) = set(py, s) else { return -1 };
        let mut at = *pos as usize;
        let Some((k, h)) = s.next(&mut at) else { return 0 };
        *pos = at as isize;
        *key = borrowed(k);
        *hash = h;
        1
    }
    fn _PySet_NextEntryRef(s: O, pos: *mut isize, key: *mut O, hash: *mut isize) -> c_int {
        let r = _PySet_NextEntry(s, pos, key, hash);
        if r == 1 {
            (**key).incref();
        }
        r
    }
    fn _PyDict_HasOnlyStringKeys(d: O) -> c_int { (*d).downcast_unchecked::<PyDict>().has_only_str_keys() as c_int }
    fn _PyDict_SizeOf(d: O) -> isize { (*d).downcast_unchecked::<PyDict>().byte_size() as isize }
}
