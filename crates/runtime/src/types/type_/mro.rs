//! The method resolution order (C3), and `mro()` of metaclasses.

use super::{PyType_Type, TypeExt, cache, solid_base};
use crate::prelude::*;
use std::ptr::null_mut;

/// The bases' orders being merged, each with how far it has been consumed.
struct Merge {
    lists: Vec<Py<PyTuple>>,
    at: Vec<usize>,
}

impl Merge {
    /// Is `class` in the tail of any list, that is behind its first item left?
    fn in_a_tail(&self, class: &PyObject) -> bool {
        self.lists.iter().zip(&self.at).any(|(l, &at)| l.items().iter().skip(at + 1).any(|c| c.is(class)))
    }

    /// The first head that is in no tail.
    fn next(&self) -> Option<Py> {
        let heads = self.lists.iter().zip(&self.at).filter_map(|(l, &at)| l.get(at));
        heads.into_iter().find(|c| !self.in_a_tail(c)).map(|c| c.owned())
    }

    fn advance(&mut self, class: &PyObject) {
        for (l, at) in self.lists.iter().zip(&mut self.at) {
            if l.get(*at).is_some_and(|c| c.is(class)) {
                *at += 1;
            }
        }
    }

    fn is_done(&self) -> bool {
        self.lists.iter().zip(&self.at).all(|(l, &at)| at >= l.len())
    }
}

/// The C3 linearisation of a class with its present bases.
pub fn linearise(py: Python, ty: &PyTypeObject) -> PyResult<Py<PyTuple>> {
    let Some(bases) = ty.bases() else { return Err(bad_internal_call(py)) };
    if let [only] = bases.items() {
        // SAFETY: bases are types.
        let base: &PyTypeObject = unsafe { only.downcast_unchecked() };
        let mro = mro_of(py, base)?;
        let own = std::iter::once(ty.as_object().owned());
        let all: Vec<Py> = own.chain(mro.items().iter().map(|c| c.owned())).collect();
        return PyTuple::new(py, all);
    }
    for (i, b) in bases.items().iter().enumerate() {
        if bases.items().iter().skip(i + 1).any(|c| c.is(b)) {
            return Err(duplicate(py, b));
        }
    }
    let mut m = Merge { lists: Vec::with_capacity(bases.len() + 1), at: vec![0; bases.len() + 1] };
    for b in bases.items() {
        // SAFETY: bases are types.
        m.lists.push(mro_of(py, unsafe { b.downcast_unchecked() })?);
    }
    m.lists.push(bases);
    let mut out = vec![ty.as_object().owned()];
    while !m.is_done() {
        let Some(class) = m.next() else { return Err(conflict(py, &m)) };
        m.advance(&class);
        out.push(class);
    }
    PyTuple::new(py, out)
}

fn mro_of(py: Python, base: &PyTypeObject) -> PyResult<Py<PyTuple>> {
    match base.mro() {
        Some(m) => Ok(m),
        None => Err(type_error(
            py,
            format!("Cannot extend an incomplete type '{}'", base.tp_name().to_string_lossy()),
        )),
    }
}

#[cold]
fn duplicate(py: Python, class: &PyObject) -> Raised {
    match class.getattr_opt(py, intern!(py, "__name__")) {
        Ok(Some(n)) if PyStr::check(&n) => match n.str_(py) {
            Ok(n) => type_error(py, format!("duplicate base class {}", n.to_string_lossy())),
            Err(e) => e,
        },
        Ok(_) => type_error(py, "duplicate base class"),
        Err(e) => e,
    }
}

#[cold]
fn conflict(py: Python, m: &Merge) -> Raised {
    let mut heads: Vec<Py> = Vec::new();
    for (l, &at) in m.lists.iter().zip(&m.at) {
        if let Some(c) = l.get(at)
            && !heads.iter().any(|h| h.is(c))
        {
            heads.push(c.owned());
        }
    }
    let mut names = Vec::with_capacity(heads.len());
    for h in heads {
        let name = match h.getattr_opt(py, intern!(py, "__name__")) {
            Ok(Some(n)) => n.str_(py),
            Ok(None) => h.repr(py),
            Err(e) => return e,
        };
        match name {
            Ok(n) => names.push(n.to_string_lossy()),
            Err(e) => return e,
        }
    }
    type_error(
        py,
        format!("Cannot create a consistent method resolution order (MRO) for bases {}", names.join(", ")),
    )
}

/// The MRO as the metaclass wants it, and whether the metaclass made it.
fn compute(py: Python, ty: &PyTypeObject) -> PyResult<(Py<PyTuple>, bool)> {
    let meta = ty.as_object().ty();
    if std::ptr::eq(meta, &PyType_Type) {
        return Ok((linearise(py, ty)?, false));
    }
    // Borrowed, but only compared by address.
    let plain = meta.lookup(py, intern!(py, "mro")).map(|m| m.as_ptr())
        == PyType_Type.lookup(py, intern!(py, "mro")).map(|m| m.as_ptr());
    if plain {
        return Ok((linearise(py, ty)?, false));
    }
    let Some(f) = ty.as_object().lookup_special(py, intern!(py, "mro"))? else {
        return Err(attribute_error(py, "mro"));
    };
    let mro = f.call0(py)?.to_tuple(py)?;
    if mro.is_empty() {
        return Err(type_error(py, "type MRO must not be empty"));
    }
    let solid = solid_base(ty);
    for c in mro.items() {
        let Some(c) = c.downcast::<PyTypeObject>() else {
            return Err(type_error(py, format!("mro() returned a non-class ('{}')", type_name(c))));
        };
        if !solid.is_subtype(solid_base(c)) {
            return Err(type_error(
                py,
                format!("mro() returned base with unsuitable layout ('{}')", c.tp_name().to_string_lossy()),
            ));
        }
    }
    Ok((mro, true))
}

/// Computes and stores the MRO. `None`: a nested change already did (`mro()` may run any code); otherwise the old MRO, if there was
/// one.
pub(super) fn update(py: Python, ty: &PyTypeObject) -> PyResult<Option<Option<Py<PyTuple>>>> {
    let old = ty.mro();
    let (new, custom) = compute(py, ty)?;
    let reentered = ty.tp_mro.get() != old.as_ref().map_or(null_mut(), |m| m.as_ptr());
    if reentered {
        return Ok(None);
    }
    set(py, ty, Some(new));
    if custom {
        // The MRO may hold classes that do not know this one as a subclass: changes there would not reach its tag.
        cache::disable(ty);
    }
    Ok(Some(old))
}

/// Stores an MRO and forgets what was cached under the old one.
pub(super) fn set(py: Python, ty: &PyTypeObject, mro: Option<Py<PyTuple>>) {
    // The version goes first: with the new MRO in place, nothing may be found under the old tag.
    ty.modified(py);
    // SAFETY: the type owned its old MRO.
    let old: Option<Py> =
        unsafe { Py::from_raw_owned_or_opt(ty.tp_mro.replace(mro.map_or(null_mut(), Py::into_raw))) };
    drop(old);
}
