//! Type slots by number: which field of which structure each fills. The shapes of their functions are in
//! `macros::slots`; the numbers are those of `Include/typeslots.h`, so that `PyType_FromSpec` shares the table.

use object::typeobj::{
    PyAsyncMethods, PyBufferProcs, PyGetSetDef, PyMappingMethods, PyMemberDef, PyMethodDef, PyNumberMethods,
    PySequenceMethods,
};
use object::{PyTypeObject, typeobj};
use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::mem::transmute;

/// One slot and its function, which has the slot's C signature.
#[derive(Clone, Copy)]
pub struct SlotDef {
    id: SlotId,
    function: *const c_void,
}

impl SlotDef {
    pub const fn new(id: SlotId, function: *const c_void) -> SlotDef {
        SlotDef { id, function }
    }
}

/// The structures that `tp_as_number` and the like point to, of one type.
pub struct SubTables {
    number: PyNumberMethods,
    sequence: PySequenceMethods,
    mapping: PyMappingMethods,
    async_: PyAsyncMethods,
    buffer: PyBufferProcs,
}

/// A type object while its slots are collected at compile time.
pub struct Tables {
    ty: PyTypeObject,
    sub: SubTables,
    used: Used,
}

#[derive(Clone, Copy)]
struct Used {
    number: bool,
    sequence: bool,
    mapping: bool,
    async_: bool,
    buffer: bool,
}

/// What is not a slot of a static type.
pub struct TypeSpec {
    pub name: *const c_char,
    pub doc: *const c_char,
    pub basicsize: isize,
    pub itemsize: isize,
    pub dictoffset: isize,
    pub weaklistoffset: isize,
    pub vectorcall_offset: isize,
    pub flags: u64,
    pub base: *const PyTypeObject,
    pub methods: *const PyMethodDef,
    pub getset: *const PyGetSetDef,
    pub members: *const PyMemberDef,
    pub sub: *const SubTables,
}

macro_rules! slot_table {
    ($( $group:ident { $($id:literal $name:ident),* $(,)? } )*) => {
        /// The slots by their C names, numbered as in `typeslots.h`.
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum SlotId { $($($name = $id,)*)* }

        impl SlotId {
            /// The slot with this number of `typeslots.h`.
            pub fn from_raw(id: i32) -> Option<SlotId> {
                match id {
                    $($($id => Some(SlotId::$name),)*)*
                    _ => None,
                }
            }
        }

        impl Tables {
            #[allow(clippy::missing_transmute_annotations, reason = "the target type is the field's")]
            const fn set(&mut self, slot: SlotDef) {
                let f = slot.function;
                match slot.id {
                    // SAFETY: the function has the slot's signature: `macros::slots` wrote its shim for it.
                    $($( SlotId::$name => unsafe { place!($group self $name f) }, )*)*
                }
            }
        }
    };
}

macro_rules! place {
    (ty $s:ident $name:ident $f:ident) => {
        $s.ty.$name = Cell::new(Some(transmute($f)))
    };
    ($group:ident $s:ident $name:ident $f:ident) => {{
        $s.used.$group = true;
        $s.sub.$group.$name = Cell::new(Some(transmute($f)))
    }};
}

slot_table! {
    buffer { 1 bf_getbuffer, 2 bf_releasebuffer }
    mapping { 3 mp_ass_subscript, 4 mp_length, 5 mp_subscript }
    number {
        7 nb_add, 8 nb_and, 9 nb_bool, 10 nb_divmod, 11 nb_float, 12 nb_floor_divide, 13 nb_index,
        14 nb_inplace_add, 15 nb_inplace_and, 16 nb_inplace_floor_divide, 17 nb_inplace_lshift,
        18 nb_inplace_multiply, 19 nb_inplace_or, 20 nb_inplace_power, 21 nb_inplace_remainder,
        22 nb_inplace_rshift, 23 nb_inplace_subtract, 24 nb_inplace_true_divide, 25 nb_inplace_xor, 26 nb_int,
        27 nb_invert, 28 nb_lshift, 29 nb_multiply, 30 nb_negative, 31 nb_or, 32 nb_positive, 33 nb_power,
        34 nb_remainder, 35 nb_rshift, 36 nb_subtract, 37 nb_true_divide, 38 nb_xor, 6 nb_absolute,
        75 nb_matrix_multiply, 76 nb_inplace_matrix_multiply,
    }
    sequence {
        39 sq_ass_item, 40 sq_concat, 41 sq_contains, 42 sq_inplace_concat, 43 sq_inplace_repeat, 44 sq_item,
        45 sq_length, 46 sq_repeat,
    }
    ty {
        47 tp_alloc, 50 tp_call, 51 tp_clear, 52 tp_dealloc, 53 tp_del, 54 tp_descr_get, 55 tp_descr_set,
        57 tp_getattr, 58 tp_getattro, 59 tp_hash, 60 tp_init, 61 tp_is_gc, 62 tp_iter, 63 tp_iternext, 65 tp_new,
        66 tp_repr, 67 tp_richcompare, 68 tp_setattr, 69 tp_setattro, 70 tp_str, 71 tp_traverse, 74 tp_free,
        80 tp_finalize, 82 tp_vectorcall,
    }
    async_ { 77 am_await, 78 am_aiter, 79 am_anext, 81 am_send }
}

impl Default for Tables {
    fn default() -> Tables {
        Tables::new()
    }
}

impl Tables {
    /// Nothing set yet.
    pub const fn new() -> Tables {
        Tables {
            ty: PyTypeObject::EMPTY,
            sub: SubTables {
                number: PyNumberMethods::EMPTY,
                sequence: PySequenceMethods::EMPTY,
                mapping: PyMappingMethods::EMPTY,
                async_: PyAsyncMethods::EMPTY,
                buffer: PyBufferProcs::EMPTY,
            },
            used: Used { number: false, sequence: false, mapping: false, async_: false, buffer: false },
        }
    }

    /// Sets slots; a later one replaces an earlier one.
    pub const fn apply(mut self, slots: &[SlotDef]) -> Tables {
        let mut i = 0;
        while i < slots.len() {
            self.set(slots[i]);
            i += 1;
        }
        self
    }

    /// The sub-structures, for a static of their own.
    pub const fn sub(self) -> SubTables {
        self.sub
    }

    /// The type object.
    pub const fn finish(self, spec: &TypeSpec) -> PyTypeObject {
        let Tables { mut ty, used, .. } = self;
        ty.tp_name = Cell::new(spec.name);
        ty.tp_doc = Cell::new(spec.doc);
        ty.tp_basicsize = Cell::new(spec.basicsize);
        ty.tp_itemsize = Cell::new(spec.itemsize);
        ty.tp_dictoffset = Cell::new(spec.dictoffset);
        ty.tp_weaklistoffset = Cell::new(spec.weaklistoffset);
        ty.tp_vectorcall_offset = Cell::new(spec.vectorcall_offset);
        let vectorcall = if spec.vectorcall_offset > 0 { typeobj::flags::HAVE_VECTORCALL } else { 0 };
        ty.tp_flags = Cell::new(spec.flags | vectorcall);
        ty.tp_base = Cell::new(spec.base.cast_mut());
        ty.tp_methods = Cell::new(spec.methods.cast_mut());
        ty.tp_getset = Cell::new(spec.getset.cast_mut());
        ty.tp_members = Cell::new(spec.members.cast_mut());
        let sub = spec.sub;
        if !sub.is_null() {
            // SAFETY: `sub` points to the type's own static; only addresses of fields are taken.
            unsafe {
                if used.number {
                    ty.tp_as_number = Cell::new((&raw const (*sub).number).cast_mut());
                }
                if used.sequence {
                    ty.tp_as_sequence = Cell::new((&raw const (*sub).sequence).cast_mut());
                }
                if used.mapping {
                    ty.tp_as_mapping = Cell::new((&raw const (*sub).mapping).cast_mut());
                }
                if used.async_ {
                    ty.tp_as_async = Cell::new((&raw const (*sub).async_).cast_mut());
                }
                if used.buffer {
                    ty.tp_as_buffer = Cell::new((&raw const (*sub).buffer).cast_mut());
                }
            }
        }
        ty
    }
}
