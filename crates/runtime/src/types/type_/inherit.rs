//! What a type takes over from its bases: flags, sizes and slots.

use super::TypeExt;
use super::heap::{PyObject_Free, PyObject_GC_Del};
use crate::prelude::*;
use object::typeobj::FreeFunc;

/// Flags that `type` and its fast-checked siblings hand down to all subclasses.
const SUBCLASS_FLAGS: u64 = flags::LONG_SUBCLASS
    | flags::LIST_SUBCLASS
    | flags::TUPLE_SUBCLASS
    | flags::BYTES_SUBCLASS
    | flags::UNICODE_SUBCLASS
    | flags::DICT_SUBCLASS
    | flags::BASE_EXC_SUBCLASS
    | flags::TYPE_SUBCLASS;

fn set_flags(ty: &PyTypeObject, bits: u64) {
    ty.tp_flags.set(ty.tp_flags.get() | bits);
}

/// What comes from the one base that fixes the layout (`inherit_special`).
pub(super) fn inherit_layout(ty: &PyTypeObject, base: &PyTypeObject) {
    if !ty.has_flag(flags::HAVE_GC)
        && base.has_flag(flags::HAVE_GC)
        && ty.tp_traverse.get().is_none()
        && ty.tp_clear.get().is_none()
    {
        set_flags(ty, flags::HAVE_GC);
        ty.tp_traverse.set(base.tp_traverse.get());
        ty.tp_clear.set(base.tp_clear.get());
    }
    let inherited = flags::PREHEADER | SUBCLASS_FLAGS | flags::MATCH_SELF | flags::ITEMS_AT_END;
    set_flags(ty, base.tp_flags.get() & inherited);
    for (own, theirs) in [
        (&ty.tp_basicsize, &base.tp_basicsize),
        (&ty.tp_itemsize, &base.tp_itemsize),
        (&ty.tp_weaklistoffset, &base.tp_weaklistoffset),
        (&ty.tp_dictoffset, &base.tp_dictoffset),
    ] {
        if own.get() == 0 {
            own.set(theirs.get());
        }
    }
}

/// Collection flags (for `match`) come from the first class of the MRO that has any.
pub(super) fn inherit_pattern_flags(ty: &PyTypeObject, base: &PyTypeObject) {
    const COLLECTION: u64 = flags::SEQUENCE | flags::MAPPING;
    if !ty.has_flag(COLLECTION) {
        set_flags(ty, base.tp_flags.get() & COLLECTION);
    }
}

/// Copies empty slots from `base`, where `base` did not inherit them itself.
macro_rules! copy {
    ($own:expr, $base:expr, $grand:expr, $($slot:ident)*) => {{
        let (own, base, grand) = ($own, $base, $grand);
        $(
            if own.$slot.get().is_none()
                && let Some(f) = base.$slot.get()
                && grand.and_then(|g| g.$slot.get()).is_none_or(|g| !std::ptr::fn_addr_eq(g, f))
            {
                own.$slot.set(Some(f));
            }
        )*
    }};
}

/// Copies empty slots from one class of the MRO (`inherit_slots`).
pub(super) fn inherit_slots(py: Python, ty: &PyTypeObject, base: &PyTypeObject) {
    let grand = base.base();
    if let (Some(n), Some(b)) = (ty.as_number(), base.as_number()) {
        copy!(n, b, grand.and_then(|g| g.as_number()),
            nb_add nb_subtract nb_multiply nb_remainder nb_divmod nb_power nb_negative nb_positive nb_absolute nb_bool
            nb_invert nb_lshift nb_rshift nb_and nb_xor nb_or nb_int nb_float nb_inplace_add nb_inplace_subtract
            nb_inplace_multiply nb_inplace_remainder nb_inplace_power nb_inplace_lshift nb_inplace_rshift nb_inplace_and
            nb_inplace_xor nb_inplace_or nb_true_divide nb_floor_divide nb_inplace_true_divide nb_inplace_floor_divide
            nb_index nb_matrix_multiply nb_inplace_matrix_multiply);
    }
    if let (Some(n), Some(b)) = (ty.as_async(), base.as_async()) {
        copy!(n, b, grand.and_then(|g| g.as_async()), am_await am_aiter am_anext am_send);
    }
    if let (Some(n), Some(b)) = (ty.as_sequence(), base.as_sequence()) {
        copy!(n, b, grand.and_then(|g| g.as_sequence()),
            sq_length sq_concat sq_repeat sq_item sq_ass_item sq_contains sq_inplace_concat sq_inplace_repeat);
    }
    if let (Some(n), Some(b)) = (ty.as_mapping(), base.as_mapping()) {
        copy!(n, b, grand.and_then(|g| g.as_mapping()), mp_length mp_subscript mp_ass_subscript);
    }
    if let (Some(n), Some(b)) = (ty.as_buffer(), base.as_buffer()) {
        copy!(n, b, grand.and_then(|g| g.as_buffer()), bf_getbuffer bf_releasebuffer);
    }
    copy!(ty, base, grand, tp_dealloc);
    if ty.tp_getattr.get().is_none() && ty.tp_getattro.get().is_none() {
        ty.tp_getattr.set(base.tp_getattr.get());
        ty.tp_getattro.set(base.tp_getattro.get());
    }
    if ty.tp_setattr.get().is_none() && ty.tp_setattro.get().is_none() {
        ty.tp_setattr.set(base.tp_setattr.get());
        ty.tp_setattro.set(base.tp_setattro.get());
    }
    copy!(ty, base, grand, tp_repr);
    if ty.tp_vectorcall_offset.get() == 0 {
        ty.tp_vectorcall_offset.set(base.tp_vectorcall_offset.get());
    }
    if ty.tp_call.get().is_none() && base.has_flag(flags::HAVE_VECTORCALL) {
        set_flags(ty, flags::HAVE_VECTORCALL);
    }
    copy!(ty, base, grand, tp_call tp_str);
    if ty.tp_richcompare.get().is_none() && ty.tp_hash.get().is_none() && !overrides_hash(py, ty) {
        ty.tp_richcompare.set(base.tp_richcompare.get());
        ty.tp_hash.set(base.tp_hash.get());
    }
    copy!(ty, base, grand, tp_iter tp_iternext tp_descr_get);
    if ty.has_flag(flags::IMMUTABLETYPE)
        && base.has_flag(flags::METHOD_DESCRIPTOR)
        && let (Some(a), Some(b)) = (ty.tp_descr_get.get(), base.tp_descr_get.get())
        && std::ptr::fn_addr_eq(a, b)
    {
        set_flags(ty, flags::METHOD_DESCRIPTOR);
    }
    copy!(ty, base, grand, tp_descr_set);
    if ty.tp_dictoffset.get() == 0 {
        ty.tp_dictoffset.set(base.tp_dictoffset.get());
    }
    copy!(ty, base, grand, tp_init tp_alloc tp_is_gc tp_finalize);
    if ty.has_flag(flags::HAVE_GC) == base.has_flag(flags::HAVE_GC) {
        copy!(ty, base, grand, tp_free);
    } else if ty.has_flag(flags::HAVE_GC)
        && ty.tp_free.get().is_none()
        && base.tp_free.get().is_some_and(|f| std::ptr::fn_addr_eq(f, PyObject_Free as FreeFunc))
    {
        // A type that adds collection to a plain base needs the other way of freeing.
        ty.tp_free.set(Some(PyObject_GC_Del));
    }
}

/// A type without a table of its own shares its base's.
pub(super) fn inherit_tables(ty: &PyTypeObject, base: &PyTypeObject) {
    macro_rules! share {
        ($($table:ident)*) => { $(
            if ty.$table.get().is_null() {
                ty.$table.set(base.$table.get());
            }
        )* };
    }
    share!(tp_as_async tp_as_number tp_as_sequence tp_as_mapping tp_as_buffer);
}

/// Does the type itself define `__eq__` or `__hash__`? Then it inherits neither comparison nor hash.
fn overrides_hash(py: Python, ty: &PyTypeObject) -> bool {
    // SAFETY: only tested for presence.
    ty.dict().is_some_and(|d| unsafe {
        d.find_borrowed(intern!(py, "__eq__")).is_some() || d.find_borrowed(intern!(py, "__hash__")).is_some()
    })
}
