//! The cache of `lru_cache`: a dict from calls to results and, when bounded, a list of the entries by age.
//!
//! Bounded: the dict's values are [`Link`] objects. A link belongs to the dict; the list between them is made of plain pointers
//! that are cut before a link is given up.

use runtime::prelude::*;
use runtime::state::interpreter;

/// An entry of a bounded cache.
#[repr(C)]
#[derive(Traverse)]
pub struct Link {
    pub ob_base: PyObject,
    prev: Cell<*const Link>,
    next: Cell<*const Link>,
    pub(super) hash: isize,
    pub(super) key: Slot,
    pub(super) result: Slot,
}

/// An entry of a bounded cache.
#[pytype(
    name = "_lru_list_elem",
    module = "functools",
    flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE),
    nosig
)]
impl Link {}

impl Link {
    fn make(py: Python, key: Py, hash: isize, result: &PyObject) -> PyResult<Py<Link>> {
        let cls = Link::type_object();
        runtime::types::type_::ready(py, cls)?;
        let value = Link {
            ob_base: PyObject::header(cls),
            prev: Cell::new(std::ptr::null()),
            next: Cell::new(std::ptr::null()),
            hash,
            key: Slot::new(Some(key)),
            result: Slot::new(Some(result.owned())),
        };
        new_object(py, cls, value)
    }
}

/// `lru_cache_object`.
#[repr(C)]
pub struct LruCache {
    pub ob_base: PyObject,
    /// Oldest and newest link. The list owns a reference to each of its links, beside the dict's.
    oldest: Cell<*const Link>,
    newest: Cell<*const Link>,
    pub(super) func: Slot,
    pub(super) cache: Slot<PyDict>,
    pub(super) info_type: Slot,
    pub(super) hits: Cell<isize>,
    pub(super) misses: Cell<isize>,
    /// -1: unbounded.
    pub(super) maxsize: isize,
    pub(super) typed: bool,
    pub(super) dict: Slot<PyDict>,
    pub(super) weakreflist: Cell<*mut PyObject>,
}

#[derive(Default)]
struct Mark(Slot);

/// The object between positional arguments and keywords in a key.
fn keyword_mark(py: Python) -> PyResult {
    let state = interpreter(py).module_state::<Mark>();
    if let Some(m) = state.0.get_owned() {
        return Ok(m);
    }
    let mark = runtime::types::type_::base_object_type().as_object().call0(py)?;
    state.0.set(Some(mark.clone()));
    Ok(mark)
}

impl Drop for LruCache {
    fn drop(&mut self) {
        self.clear_links();
    }
}

impl LruCache {
    pub(super) fn make(
        py: Python,
        cls: &PyTypeObject,
        func: &PyObject,
        maxsize: isize,
        typed: bool,
        info_type: &PyObject,
    ) -> PyResult<Py<LruCache>> {
        let value = LruCache {
            ob_base: PyObject::header(cls),
            oldest: Cell::new(std::ptr::null()),
            newest: Cell::new(std::ptr::null()),
            func: Slot::new(Some(func.owned())),
            cache: Slot::new(Some(PyDict::new(py)?)),
            info_type: Slot::new(Some(info_type.owned())),
            hits: Cell::new(0),
            misses: Cell::new(0),
            maxsize,
            typed,
            dict: Slot::empty(),
            weakreflist: Cell::new(std::ptr::null_mut()),
        };
        new_object(py, cls, value)
    }

    /// The key of a call. A single str or int stands for itself.
    fn key(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let kwargs = kwargs.filter(|k| !k.is_empty());
        if kwargs.is_none() && !self.typed {
            if let [only] = args.items()
                && (PyStr::check_exact(only) || PyInt::check_exact(only))
            {
                return Ok(only.owned());
            }
            return Ok(args.owned().into_object());
        }
        let mut parts: Vec<Py> = args.items().iter().map(|a| a.owned()).collect();
        let mut values = Vec::new();
        if let Some(k) = kwargs {
            parts.push(keyword_mark(py)?);
            let mut pos = 0;
            while let Some((name, value)) = k.next(&mut pos) {
                parts.push(name);
                parts.push(value.clone());
                values.push(value);
            }
        }
        if self.typed {
            parts.extend(args.items().iter().map(|a| a.ty().as_object().owned()));
            parts.extend(values.iter().map(|v| v.ty().as_object().owned()));
        }
        Ok(PyTuple::new(py, parts)?.into_object())
    }

    /// Takes a link out of the list, with the list's reference.
    fn unlink(&self, link: &Link) -> Py<Link> {
        let (prev, next) = (link.prev.get(), link.next.get());
        // SAFETY: links in the list are alive: the list owns them.
        unsafe {
            match prev.as_ref() {
                Some(p) => p.next.set(next),
                None => self.oldest.set(next),
            }
            match next.as_ref() {
                Some(n) => n.prev.set(prev),
                None => self.newest.set(prev),
            }
        }
        link.prev.set(std::ptr::null());
        link.next.set(std::ptr::null());
        // SAFETY: the reference that `append` left with the list.
        unsafe { Py::<Link>::from_raw_owned(link.as_ptr()) }
    }

    fn append(&self, owned: Py<Link>) {
        let link = owned.into_raw() as *const Link;
        let last = self.newest.get();
        // SAFETY: as in `unlink`.
        unsafe {
            (*link).prev.set(last);
            (*link).next.set(std::ptr::null());
            match last.as_ref() {
                Some(l) => l.next.set(link),
                None => self.oldest.set(link),
            }
        }
        self.newest.set(link);
    }

    fn is_linked(&self, link: &Link) -> bool {
        !link.prev.get().is_null() || std::ptr::eq(self.oldest.get(), link)
    }

    fn oldest(&self) -> Option<Py<Link>> {
        // SAFETY: as in `unlink`.
        unsafe { self.oldest.get().as_ref() }.map(|l| l.owned())
    }

    pub(super) fn clear_links(&self) {
        while let Some(l) = self.oldest() {
            drop(self.unlink(&l));
        }
    }

    /// Visits the list's references.
    pub(super) fn traverse_links(&self, visitor: &mut Visitor) {
        let mut at = self.oldest.get();
        // SAFETY: as in `unlink`; a traversal changes nothing.
        while let Some(l) = unsafe { at.as_ref() } {
            visitor.visit(l);
            at = l.next.get();
        }
    }

    fn count(&self, what: &Cell<isize>) {
        what.set(what.get().wrapping_add(1));
    }

    pub(super) fn call_cached(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let (Some(func), Some(cache)) = (self.func.get_owned(), self.cache.get_owned()) else {
            return Err(bad_internal_call(py));
        };
        if self.maxsize == 0 {
            self.count(&self.misses);
            return func.call_tuple_dict(py, args, kwargs);
        }
        let key = self.key(py, args, kwargs)?;
        let hash = key.hash(py)?;
        if let Some(found) = cache.get_item_hash(py, &key, hash)? {
            if self.maxsize < 0 {
                self.count(&self.hits);
                return Ok(found);
            }
            if let Some(link) = found.downcast_exact::<Link>() {
                if self.is_linked(link) {
                    self.append(self.unlink(link));
                }
                self.count(&self.hits);
                return link.result.get_owned().ok_or_else(|| bad_internal_call(py));
            }
        }
        self.count(&self.misses);
        let result = func.call_tuple_dict(py, args, kwargs)?;
        if self.maxsize < 0 {
            cache.set_item_hash(py, &key, hash, &result)?;
            return Ok(result);
        }
        self.remember(py, &cache, key, hash, &result)?;
        Ok(result)
    }

    /// Stores a result in a bounded cache, in place of the oldest one if it is full.
    fn remember(&self, py: Python, cache: &PyDict, key: Py, hash: isize, result: &PyObject) -> PyResult<()> {
        // The call may have come here by itself with the same arguments; then its result is there already.
        if cache.get_item_hash(py, &key, hash)?.is_some() {
            return Ok(());
        }
        if cache.len() as isize >= self.maxsize
            && let Some(old) = self.oldest()
        {
            drop(self.unlink(&old));
            let old_key = old.key.get_owned();
            if let Some(k) = old_key {
                // An entry that can't be found again stays in the dict, outside of the list.
                match cache.contains_hash(py, &k, old.hash) {
                    Ok(true) => drop(cache.pop(py, &k)?),
                    Ok(false) => {}
                    Err(e) => {
                        self.append(old);
                        return Err(e);
                    }
                }
            }
        }
        let link = Link::make(py, key.clone(), hash, result)?;
        self.append(link.clone());
        if let Err(e) = cache.set_item_hash(py, &key, hash, link.as_object()) {
            drop(self.unlink(&link));
            return Err(e);
        }
        Ok(())
    }
}
