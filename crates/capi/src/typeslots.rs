//! `typeslots.h`: the numbers of type slots, as places in a heap type.

use runtime::types::type_::PyHeapType;
use std::ffi::c_int;
use std::mem::offset_of;

pub(crate) const TP_BASE: c_int = 48;
pub(crate) const TP_BASES: c_int = 49;
pub(crate) const TP_DOC: c_int = 56;
pub(crate) const TP_MEMBERS: c_int = 72;
pub(crate) const TP_TOKEN: c_int = 83;

/// The offset in [`PyHeapType`] of a slot's field; `None` for numbers that name none.
pub(crate) fn offset(slot: c_int) -> Option<usize> {
    macro_rules! table {
        ($($table:ident: $($field:ident)*;)*) => { [$($( offset_of!(PyHeapType, $table.$field), )*)*] };
    }
    // In the order of the numbers, from 1 on.
    static OFFSETS: [usize; 82] = table! {
        as_buffer: bf_getbuffer bf_releasebuffer;
        as_mapping: mp_ass_subscript mp_length mp_subscript;
        as_number: nb_absolute nb_add nb_and nb_bool nb_divmod nb_float nb_floor_divide nb_index nb_inplace_add nb_inplace_and
            nb_inplace_floor_divide nb_inplace_lshift nb_inplace_multiply nb_inplace_or nb_inplace_power nb_inplace_remainder
            nb_inplace_rshift nb_inplace_subtract nb_inplace_true_divide nb_inplace_xor nb_int nb_invert nb_lshift nb_multiply
            nb_negative nb_or nb_positive nb_power nb_remainder nb_rshift nb_subtract nb_true_divide nb_xor;
        as_sequence: sq_ass_item sq_concat sq_contains sq_inplace_concat sq_inplace_repeat sq_item sq_length sq_repeat;
        ht_type: tp_alloc tp_base tp_bases tp_call tp_clear tp_dealloc tp_del tp_descr_get tp_descr_set tp_doc tp_getattr
            tp_getattro tp_hash tp_init tp_is_gc tp_iter tp_iternext tp_methods tp_new tp_repr tp_richcompare tp_setattr
            tp_setattro tp_str tp_traverse tp_members tp_getset tp_free;
        as_number: nb_matrix_multiply nb_inplace_matrix_multiply;
        as_async: am_await am_aiter am_anext;
        ht_type: tp_finalize;
        as_async: am_send;
        ht_type: tp_vectorcall;
    };
    if slot < 1 { None } else { OFFSETS.get(slot as usize - 1).copied() }
}
