//! The table of special methods: name, slot, and the functions between them.
//!
//! The order is that of attributes in the types' dicts. Several names may share a slot (`__add__`, `__radd__`) and a name may have several
//! (`__len__`); entries of one slot are neighbours.

use super::PyHeapType;
use super::buffer_slots as b;
use super::dispatch as d;
use super::wrappers::{self as w, Wrapper};
use crate::prelude::*;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::offset_of;
use std::ptr::{null, null_mut};

/// `struct wrapperbase`.
#[repr(C)]
pub struct SlotDef {
    pub name: *const c_char,
    /// Of the slot in [`PyHeapType`].
    pub offset: c_int,
    /// What fills the slot of a class that defines the method; null where another slot does the work.
    pub function: *const c_void,
    pub wrapper: Option<Wrapper>,
    pub doc: *const c_char,
    pub flags: c_int,
    /// The interned name.
    pub name_strobj: Cell<*mut PyObject>,
}
// SAFETY: constants, but for the name, which is set under the interpreter lock.
unsafe impl Sync for SlotDef {}

/// `PyWrapperFlag_KEYWORDS`.
const KEYWORDS: c_int = 1;

impl SlotDef {
    #[inline(always)]
    pub fn takes_keywords(&self) -> bool {
        self.flags & KEYWORDS != 0
    }

    /// The name as text.
    pub fn name_str(&self) -> &str {
        // SAFETY: a constant C string.
        unsafe { CStr::from_ptr(self.name) }.to_str().unwrap_or("?")
    }

    /// The interned name.
    #[inline(always)]
    pub fn name_object(&self, py: Python) -> &'static PyStr {
        // SAFETY: null, or an immortal string.
        match unsafe { (self.name_strobj.get() as *const PyStr).as_ref() } {
            Some(s) => s,
            None => self.intern(py),
        }
    }

    #[cold]
    fn intern(&self, py: Python) -> &'static PyStr {
        // SAFETY: entries of the static table, whose names live forever; for tables of C code their author promises the same.
        let text: &'static str = unsafe { std::mem::transmute(self.name_str()) };
        let s = PyStr::intern_static(py, text);
        self.name_strobj.set(s.as_ptr());
        s
    }
}

/// One entry; `$sig` and `$doc` make the docstring.
macro_rules! def {
    ($name:literal, $offset:expr, $function:expr, $wrapper:expr, $flags:expr, $sig:literal, $doc:literal) => {
        SlotDef {
            name: concat!($name, "\0").as_ptr() as *const c_char,
            offset: ($offset) as c_int,
            function: $function as *const c_void,
            wrapper: $wrapper,
            doc: concat!($name, $sig, "\n--\n\n", $doc, "\0").as_ptr() as *const c_char,
            flags: $flags,
            name_strobj: Cell::new(null_mut()),
        }
    };
}
macro_rules! tp {
    ($name:literal $slot:ident $f:ident $w:ident $sig:literal $doc:literal) => {
        def!($name, offset_of!(PyHeapType, ht_type.$slot), d::$f, Some(w::$w), 0, $sig, $doc)
    };
}
macro_rules! hidden {
    ($name:literal $slot:ident $f:expr) => {
        def!($name, offset_of!(PyHeapType, ht_type.$slot), $f, None, 0, "", "")
    };
}
macro_rules! sub {
    ($table:ident $name:literal $slot:ident $f:expr, $w:ident $sig:literal $doc:literal) => {
        def!($name, offset_of!(PyHeapType, $table.$slot), $f, Some(w::$w), 0, $sig, $doc)
    };
}

macro_rules! nb {
    ($name:literal $slot:ident $f:ident $w:ident $sig:literal $doc:literal) => {
        sub!(as_number $name $slot d::$f, $w $sig $doc)
    };
}

/// Number of entries.
pub const COUNT: usize = 94;

pub static SLOTDEFS: [SlotDef; COUNT] = [
    hidden!("__getattribute__" tp_getattr d::NONE),
    hidden!("__getattr__" tp_getattr d::NONE),
    hidden!("__setattr__" tp_setattr d::NONE),
    hidden!("__delattr__" tp_setattr d::NONE),
    tp!("__repr__" tp_repr slot_tp_repr unary "($self, /)" "The text repr(self) gives."),
    tp!("__hash__" tp_hash slot_tp_hash hash "($self, /)" "The number hash(self) gives."),
    def!(
        "__call__",
        offset_of!(PyHeapType, ht_type.tp_call),
        d::slot_tp_call,
        Some(w::call),
        KEYWORDS,
        "($self, /, *args, **kwargs)",
        "Calls self."
    ),
    tp!("__str__" tp_str slot_tp_str unary "($self, /)" "The text str(self) gives."),
    tp!("__getattribute__" tp_getattro slot_tp_getattr_hook binary "($self, name, /)" "The attribute of this name."),
    hidden!("__getattr__" tp_getattro d::slot_tp_getattr_hook),
    tp!("__setattr__" tp_setattro slot_tp_setattro setattr "($self, name, value, /)" "Sets the attribute of this name."),
    tp!("__delattr__" tp_setattro slot_tp_setattro delattr "($self, name, /)" "Deletes the attribute of this name."),
    tp!("__lt__" tp_richcompare slot_tp_richcompare lt "($self, value, /)" "Tells self < value."),
    tp!("__le__" tp_richcompare slot_tp_richcompare le "($self, value, /)" "Tells self <= value."),
    tp!("__eq__" tp_richcompare slot_tp_richcompare eq "($self, value, /)" "Tells self == value."),
    tp!("__ne__" tp_richcompare slot_tp_richcompare ne "($self, value, /)" "Tells self != value."),
    tp!("__gt__" tp_richcompare slot_tp_richcompare gt "($self, value, /)" "Tells self > value."),
    tp!("__ge__" tp_richcompare slot_tp_richcompare ge "($self, value, /)" "Tells self >= value."),
    tp!("__iter__" tp_iter slot_tp_iter unary "($self, /)" "An iterator over self."),
    tp!("__next__" tp_iternext slot_tp_iternext next "($self, /)" "Implement next(self)."),
    tp!("__get__" tp_descr_get slot_tp_descr_get descr_get "($self, instance, owner=None, /)" "The attribute's value for an instance or its class."),
    tp!("__set__" tp_descr_set slot_tp_descr_set descr_set "($self, instance, value, /)" "Sets the attribute of an instance."),
    tp!("__delete__" tp_descr_set slot_tp_descr_set descr_delete "($self, instance, /)" "Deletes the attribute of an instance."),
    def!(
        "__init__",
        offset_of!(PyHeapType, ht_type.tp_init),
        d::slot_tp_init,
        Some(w::init),
        KEYWORDS,
        "($self, /, *args, **kwargs)",
        "Sets up a new instance; type(self) says with which arguments."
    ),
    hidden!("__new__" tp_new d::slot_tp_new),
    tp!("__del__" tp_finalize slot_tp_finalize del "($self, /)" "Runs when the object is about to go away."),
    sub!(as_buffer "__buffer__" bf_getbuffer b::slot_bf_getbuffer, getbuffer "($self, flags, /)" "A memoryview of the object's memory."),
    sub!(as_buffer "__release_buffer__" bf_releasebuffer b::slot_bf_releasebuffer, releasebuffer "($self, buffer, /)" "Gives back what __buffer__() returned."),
    sub!(as_async "__await__" am_await d::slot_am_await, unary "($self, /)" "The iterator behind await."),
    sub!(as_async "__aiter__" am_aiter d::slot_am_aiter, unary "($self, /)" "The asynchronous iterator over self."),
    sub!(as_async "__anext__" am_anext d::slot_am_anext, unary "($self, /)" "An awaitable for the next item."),
    nb!("__add__" nb_add slot_nb_add binary "($self, value, /)" "Computes self + value."),
    nb!("__radd__" nb_add slot_nb_add binary_r "($self, value, /)" "Computes value + self."),
    nb!("__sub__" nb_subtract slot_nb_subtract binary "($self, value, /)" "Computes self - value."),
    nb!("__rsub__" nb_subtract slot_nb_subtract binary_r "($self, value, /)" "Computes value - self."),
    nb!("__mul__" nb_multiply slot_nb_multiply binary "($self, value, /)" "Computes self * value."),
    nb!("__rmul__" nb_multiply slot_nb_multiply binary_r "($self, value, /)" "Computes value * self."),
    nb!("__mod__" nb_remainder slot_nb_remainder binary "($self, value, /)" "Computes self % value."),
    nb!("__rmod__" nb_remainder slot_nb_remainder binary_r "($self, value, /)" "Computes value % self."),
    nb!("__divmod__" nb_divmod slot_nb_divmod binary "($self, value, /)" "Computes divmod(self, value)."),
    nb!("__rdivmod__" nb_divmod slot_nb_divmod binary_r "($self, value, /)" "Computes divmod(value, self)."),
    nb!("__pow__" nb_power slot_nb_power ternary "($self, value, mod=None, /)" "Computes pow(self, value, mod)."),
    nb!("__rpow__" nb_power slot_nb_power ternary_r "($self, value, mod=None, /)" "Computes pow(value, self, mod)."),
    nb!("__neg__" nb_negative slot_nb_negative unary "($self, /)" "Computes -self."),
    nb!("__pos__" nb_positive slot_nb_positive unary "($self, /)" "Computes +self."),
    nb!("__abs__" nb_absolute slot_nb_absolute unary "($self, /)" "Computes abs(self)."),
    nb!("__bool__" nb_bool slot_nb_bool inquiry "($self, /)" "The truth value of self."),
    nb!("__invert__" nb_invert slot_nb_invert unary "($self, /)" "Computes ~self."),
    nb!("__lshift__" nb_lshift slot_nb_lshift binary "($self, value, /)" "Computes self << value."),
    nb!("__rlshift__" nb_lshift slot_nb_lshift binary_r "($self, value, /)" "Computes value << self."),
    nb!("__rshift__" nb_rshift slot_nb_rshift binary "($self, value, /)" "Computes self >> value."),
    nb!("__rrshift__" nb_rshift slot_nb_rshift binary_r "($self, value, /)" "Computes value >> self."),
    nb!("__and__" nb_and slot_nb_and binary "($self, value, /)" "Computes self & value."),
    nb!("__rand__" nb_and slot_nb_and binary_r "($self, value, /)" "Computes value & self."),
    nb!("__xor__" nb_xor slot_nb_xor binary "($self, value, /)" "Computes self ^ value."),
    nb!("__rxor__" nb_xor slot_nb_xor binary_r "($self, value, /)" "Computes value ^ self."),
    nb!("__or__" nb_or slot_nb_or binary "($self, value, /)" "Computes self | value."),
    nb!("__ror__" nb_or slot_nb_or binary_r "($self, value, /)" "Computes value | self."),
    nb!("__int__" nb_int slot_nb_int unary "($self, /)" "Computes int(self)."),
    nb!("__float__" nb_float slot_nb_float unary "($self, /)" "Computes float(self)."),
    nb!("__iadd__" nb_inplace_add slot_nb_inplace_add binary "($self, value, /)" "Does self += value."),
    nb!("__isub__" nb_inplace_subtract slot_nb_inplace_subtract binary "($self, value, /)" "Does self -= value."),
    nb!("__imul__" nb_inplace_multiply slot_nb_inplace_multiply binary "($self, value, /)" "Does self *= value."),
    nb!("__imod__" nb_inplace_remainder slot_nb_inplace_remainder binary "($self, value, /)" "Does self %= value."),
    nb!("__ipow__" nb_inplace_power slot_nb_inplace_power ternary "($self, value, /)" "Does self **= value."),
    nb!("__ilshift__" nb_inplace_lshift slot_nb_inplace_lshift binary "($self, value, /)" "Does self <<= value."),
    nb!("__irshift__" nb_inplace_rshift slot_nb_inplace_rshift binary "($self, value, /)" "Does self >>= value."),
    nb!("__iand__" nb_inplace_and slot_nb_inplace_and binary "($self, value, /)" "Does self &= value."),
    nb!("__ixor__" nb_inplace_xor slot_nb_inplace_xor binary "($self, value, /)" "Does self ^= value."),
    nb!("__ior__" nb_inplace_or slot_nb_inplace_or binary "($self, value, /)" "Does self |= value."),
    nb!("__floordiv__" nb_floor_divide slot_nb_floor_divide binary "($self, value, /)" "Computes self // value."),
    nb!("__rfloordiv__" nb_floor_divide slot_nb_floor_divide binary_r "($self, value, /)" "Computes value // self."),
    nb!("__truediv__" nb_true_divide slot_nb_true_divide binary "($self, value, /)" "Computes self / value."),
    nb!("__rtruediv__" nb_true_divide slot_nb_true_divide binary_r "($self, value, /)" "Computes value / self."),
    nb!("__ifloordiv__" nb_inplace_floor_divide slot_nb_inplace_floor_divide binary "($self, value, /)" "Does self //= value."),
    nb!("__itruediv__" nb_inplace_true_divide slot_nb_inplace_true_divide binary "($self, value, /)" "Does self /= value."),
    nb!("__index__" nb_index slot_nb_index unary "($self, /)" "The integer that self stands for where one is needed."),
    nb!("__matmul__" nb_matrix_multiply slot_nb_matrix_multiply binary "($self, value, /)" "Computes self @ value."),
    nb!("__rmatmul__" nb_matrix_multiply slot_nb_matrix_multiply binary_r "($self, value, /)" "Computes value @ self."),
    nb!("__imatmul__" nb_inplace_matrix_multiply slot_nb_inplace_matrix_multiply binary "($self, value, /)" "Does self @= value."),
    sub!(as_mapping "__len__" mp_length d::slot_sq_length, length "($self, /)" "The number len(self) gives."),
    sub!(as_mapping "__getitem__" mp_subscript d::slot_mp_subscript, binary "($self, key, /)" "The item self[key]."),
    sub!(as_mapping "__setitem__" mp_ass_subscript d::slot_mp_ass_subscript, setitem "($self, key, value, /)" "Sets self[key]."),
    sub!(as_mapping "__delitem__" mp_ass_subscript d::slot_mp_ass_subscript, delitem "($self, key, /)" "Deletes self[key]."),
    sub!(as_sequence "__len__" sq_length d::slot_sq_length, length "($self, /)" "The number len(self) gives."),
    sub!(as_sequence "__add__" sq_concat d::NONE, binary "($self, value, /)" "Computes self + value."),
    sub!(as_sequence "__mul__" sq_repeat d::NONE, repeat "($self, value, /)" "Computes self * value."),
    sub!(as_sequence "__rmul__" sq_repeat d::NONE, repeat "($self, value, /)" "Computes value * self."),
    sub!(as_sequence "__getitem__" sq_item d::slot_sq_item, sq_item "($self, key, /)" "The item self[key]."),
    sub!(as_sequence "__setitem__" sq_ass_item d::slot_sq_ass_item, sq_setitem "($self, key, value, /)" "Sets self[key]."),
    sub!(as_sequence "__delitem__" sq_ass_item d::slot_sq_ass_item, sq_delitem "($self, key, /)" "Deletes self[key]."),
    sub!(as_sequence "__contains__" sq_contains d::slot_sq_contains, contains "($self, key, /)" "Tells key in self."),
    sub!(as_sequence "__iadd__" sq_inplace_concat d::NONE, binary "($self, value, /)" "Does self += value."),
    sub!(as_sequence "__imul__" sq_inplace_repeat d::NONE, repeat "($self, value, /)" "Does self *= value."),
];

struct Ring([Cell<u8>; COUNT]);
// SAFETY: only used by the thread that holds the interpreter lock.
unsafe impl Sync for Ring {}

/// For each entry the next one with the same name, in a circle: an entry that is alone leads to itself. Filled by [`init`].
static SAME_NAME: Ring = Ring([const { Cell::new(0) }; COUNT]);

/// The next entry with the same name; `i` itself if there is no other.
#[inline(always)]
pub fn next_of_same_name(_py: Python, i: usize) -> usize {
    SAME_NAME.0[i].get() as usize
}

/// Interns the names and links equal ones. Runs once, before the first type is readied.
pub fn init(py: Python) {
    let names: [*const PyStr; COUNT] = std::array::from_fn(|i| SLOTDEFS[i].name_object(py) as *const PyStr);
    for i in 0..COUNT {
        let next = (1..=COUNT).map(|k| (i + k) % COUNT).find(|&j| std::ptr::eq(names[i], names[j]));
        SAME_NAME.0[i].set(next.unwrap_or(i) as u8);
    }
}

/// The slot at an offset of [`PyHeapType`] in any type, if the type has the table it is in (`slotptr`).
#[inline]
pub fn slot_cell(ty: &PyTypeObject, offset: c_int) -> Option<&Cell<*const c_void>> {
    let offset = offset as usize;
    let (base, at) = if offset >= offset_of!(PyHeapType, as_buffer) {
        (ty.tp_as_buffer.get() as *const u8, offset_of!(PyHeapType, as_buffer))
    } else if offset >= offset_of!(PyHeapType, as_sequence) {
        (ty.tp_as_sequence.get() as *const u8, offset_of!(PyHeapType, as_sequence))
    } else if offset >= offset_of!(PyHeapType, as_mapping) {
        (ty.tp_as_mapping.get() as *const u8, offset_of!(PyHeapType, as_mapping))
    } else if offset >= offset_of!(PyHeapType, as_number) {
        (ty.tp_as_number.get() as *const u8, offset_of!(PyHeapType, as_number))
    } else if offset >= offset_of!(PyHeapType, as_async) {
        (ty.tp_as_async.get() as *const u8, offset_of!(PyHeapType, as_async))
    } else {
        (ty as *const PyTypeObject as *const u8, 0)
    };
    if base.is_null() {
        return None;
    }
    // SAFETY: the offset is that of a function pointer cell in the structure.
    Some(unsafe { &*(base.add(offset - at) as *const Cell<*const c_void>) })
}

/// Is the slot of this entry filled in the type itself?
#[inline]
pub fn slot_value(ty: &PyTypeObject, offset: c_int) -> *const c_void {
    slot_cell(ty, offset).map_or(null(), Cell::get)
}
