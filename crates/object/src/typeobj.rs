//! `PyTypeObject`, its slot tables and the definition tables C code fills them with
//! (`Include/cpython/object.h`, `Include/methodobject.h`, `Include/descrobject.h`, `Include/moduleobject.h`).
//!
//! All fields are cells: a static type is a `static`, completed at start-up by the runtime's `type_ready`.

use crate::header::{PyObject, PyVarObject};
use crate::layout::PyLayout;
use crate::visit::VisitProc;
use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::offset_of;
use std::ptr::null_mut;

type O = *mut PyObject;
pub type UnaryFunc = unsafe extern "C" fn(O) -> O;
pub type BinaryFunc = unsafe extern "C" fn(O, O) -> O;
pub type TernaryFunc = unsafe extern "C" fn(O, O, O) -> O;
pub type Inquiry = unsafe extern "C" fn(O) -> c_int;
pub type LenFunc = unsafe extern "C" fn(O) -> isize;
pub type HashFunc = unsafe extern "C" fn(O) -> isize;
pub type SsizeArgFunc = unsafe extern "C" fn(O, isize) -> O;
pub type SsizeObjArgProc = unsafe extern "C" fn(O, isize, O) -> c_int;
pub type ObjObjProc = unsafe extern "C" fn(O, O) -> c_int;
pub type ObjObjArgProc = unsafe extern "C" fn(O, O, O) -> c_int;
pub type Destructor = unsafe extern "C" fn(O);
pub type GetAttrFunc = unsafe extern "C" fn(O, *mut c_char) -> O;
pub type SetAttrFunc = unsafe extern "C" fn(O, *mut c_char, O) -> c_int;
pub type RichCmpFunc = unsafe extern "C" fn(O, O, c_int) -> O;
pub type InitProc = unsafe extern "C" fn(O, O, O) -> c_int;
pub type NewFunc = unsafe extern "C" fn(*mut PyTypeObject, O, O) -> O;
pub type AllocFunc = unsafe extern "C" fn(*mut PyTypeObject, isize) -> O;
pub type FreeFunc = unsafe extern "C" fn(*mut c_void);
pub type TraverseProc = unsafe extern "C" fn(O, VisitProc, *mut c_void) -> c_int;
pub type SendFunc = unsafe extern "C" fn(O, O, *mut O) -> c_int;
pub type GetBufferProc = unsafe extern "C" fn(O, *mut PyBuffer, c_int) -> c_int;
pub type ReleaseBufferProc = unsafe extern "C" fn(O, *mut PyBuffer);
pub type VectorcallFunc = unsafe extern "C" fn(O, *const O, usize, O) -> O;
pub type PyCFunction = unsafe extern "C" fn(O, O) -> O;
pub type PyCFunctionFast = unsafe extern "C" fn(O, *const O, isize) -> O;
pub type PyCFunctionFastWithKeywords = unsafe extern "C" fn(O, *const O, isize, O) -> O;
pub type PyCFunctionWithKeywords = unsafe extern "C" fn(O, O, O) -> O;
pub type PyCMethodFn = unsafe extern "C" fn(O, *mut PyTypeObject, *const O, isize, O) -> O;
pub type Getter = unsafe extern "C" fn(O, *mut c_void) -> O;
pub type Setter = unsafe extern "C" fn(O, O, *mut c_void) -> c_int;

/// `Py_buffer`: a view of an exporter's memory.
#[repr(C)]
pub struct PyBuffer {
    pub buf: *mut c_void,
    /// Owned reference to the exporter.
    pub obj: O,
    pub len: isize,
    pub itemsize: isize,
    pub readonly: c_int,
    pub ndim: c_int,
    pub format: *mut c_char,
    pub shape: *mut isize,
    pub strides: *mut isize,
    pub suboffsets: *mut isize,
    pub internal: *mut c_void,
}

/// `tp_flags` bits, by their `Py_TPFLAGS_` names.
pub mod flags {
    // What only definitions say, up to `type_ready`; above all that C sees.
    /// `tp_new` is to look inherited.
    pub const INHERITED_NEW: u64 = 1 << 40;
    /// `tp_getattro` is the generic one, and the type's own.
    pub const OWN_GETATTRO: u64 = 1 << 41;
    /// The same for `tp_setattro`.
    pub const OWN_SETATTRO: u64 = 1 << 42;
    pub const DEFINITION: u64 = INHERITED_NEW | OWN_GETATTRO | OWN_SETATTRO;
    pub const STATIC_BUILTIN: u64 = 1 << 1;
    pub const INLINE_VALUES: u64 = 1 << 2;
    pub const MANAGED_WEAKREF: u64 = 1 << 3;
    pub const MANAGED_DICT: u64 = 1 << 4;
    pub const PREHEADER: u64 = MANAGED_WEAKREF | MANAGED_DICT;
    pub const SEQUENCE: u64 = 1 << 5;
    pub const MAPPING: u64 = 1 << 6;
    pub const DISALLOW_INSTANTIATION: u64 = 1 << 7;
    pub const IMMUTABLETYPE: u64 = 1 << 8;
    pub const HEAPTYPE: u64 = 1 << 9;
    pub const BASETYPE: u64 = 1 << 10;
    pub const HAVE_VECTORCALL: u64 = 1 << 11;
    pub const READY: u64 = 1 << 12;
    pub const READYING: u64 = 1 << 13;
    pub const HAVE_GC: u64 = 1 << 14;
    pub const METHOD_DESCRIPTOR: u64 = 1 << 17;
    pub const VALID_VERSION_TAG: u64 = 1 << 19;
    pub const IS_ABSTRACT: u64 = 1 << 20;
    pub const MATCH_SELF: u64 = 1 << 22;
    pub const ITEMS_AT_END: u64 = 1 << 23;
    pub const LONG_SUBCLASS: u64 = 1 << 24;
    pub const LIST_SUBCLASS: u64 = 1 << 25;
    pub const TUPLE_SUBCLASS: u64 = 1 << 26;
    pub const BYTES_SUBCLASS: u64 = 1 << 27;
    pub const UNICODE_SUBCLASS: u64 = 1 << 28;
    pub const DICT_SUBCLASS: u64 = 1 << 29;
    pub const BASE_EXC_SUBCLASS: u64 = 1 << 30;
    pub const TYPE_SUBCLASS: u64 = 1 << 31;
}

/// `ml_flags` bits, by their `METH_` names.
pub mod meth {
    pub const VARARGS: i32 = 1;
    pub const KEYWORDS: i32 = 2;
    pub const NOARGS: i32 = 4;
    pub const O: i32 = 8;
    pub const CLASS: i32 = 16;
    pub const STATIC: i32 = 32;
    pub const COEXIST: i32 = 64;
    pub const FASTCALL: i32 = 128;
    pub const METHOD: i32 = 512;
}

/// `PyMethodDef`. `ml_meth` is one of the `PyCFunction*` signatures, as `ml_flags` says; stored untyped.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMethodDef {
    pub ml_name: *const c_char,
    pub ml_meth: *const c_void,
    pub ml_flags: c_int,
    pub ml_doc: *const c_char,
}
// SAFETY: a constant table of C strings and functions.
unsafe impl Sync for PyMethodDef {}

impl PyMethodDef {
    /// The entry that ends a table.
    pub const END: PyMethodDef =
        PyMethodDef { ml_name: null_mut(), ml_meth: null_mut(), ml_flags: 0, ml_doc: null_mut() };
}

/// `PyGetSetDef`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyGetSetDef {
    pub name: *const c_char,
    pub get: Option<Getter>,
    pub set: Option<Setter>,
    pub doc: *const c_char,
    pub closure: *mut c_void,
}
// SAFETY: a constant table.
unsafe impl Sync for PyGetSetDef {}

impl PyGetSetDef {
    pub const END: PyGetSetDef =
        PyGetSetDef { name: null_mut(), get: None, set: None, doc: null_mut(), closure: null_mut() };
}

/// `type` codes of [`PyMemberDef`] (`Py_T_*`).
pub mod member {
    pub const SHORT: i32 = 0;
    pub const INT: i32 = 1;
    pub const LONG: i32 = 2;
    pub const FLOAT: i32 = 3;
    pub const DOUBLE: i32 = 4;
    pub const STRING: i32 = 5;
    /// Null reads as `None`.
    pub const OBJECT: i32 = 6;
    pub const CHAR: i32 = 7;
    pub const BYTE: i32 = 8;
    pub const UBYTE: i32 = 9;
    pub const USHORT: i32 = 10;
    pub const UINT: i32 = 11;
    pub const ULONG: i32 = 12;
    pub const STRING_INPLACE: i32 = 13;
    pub const BOOL: i32 = 14;
    /// Null reads as `AttributeError`.
    pub const OBJECT_EX: i32 = 16;
    pub const LONGLONG: i32 = 17;
    pub const ULONGLONG: i32 = 18;
    pub const PYSSIZET: i32 = 19;
    pub const NONE: i32 = 20;
    pub const READONLY: i32 = 1;
    pub const AUDIT_READ: i32 = 2;
    pub const RELATIVE_OFFSET: i32 = 8;
}

/// `PyMemberDef`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyMemberDef {
    pub name: *const c_char,
    pub type_: c_int,
    pub offset: isize,
    pub flags: c_int,
    pub doc: *const c_char,
}
// SAFETY: a constant table.
unsafe impl Sync for PyMemberDef {}

impl PyMemberDef {
    pub const END: PyMemberDef =
        PyMemberDef { name: null_mut(), type_: 0, offset: 0, flags: 0, doc: null_mut() };
}

/// `PyModuleDef_Slot`; ids are `Py_mod_*`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PyModuleDefSlot {
    pub slot: c_int,
    pub value: *mut c_void,
}
// SAFETY: a constant table.
unsafe impl Sync for PyModuleDefSlot {}

/// `PyModuleDef`, preceded by `PyModuleDef_Base`.
#[repr(C)]
pub struct PyModuleDef {
    pub ob_base: PyObject,
    pub m_init: Cell<Option<unsafe extern "C" fn() -> O>>,
    pub m_index: Cell<isize>,
    pub m_copy: Cell<O>,
    pub m_name: *const c_char,
    pub m_doc: *const c_char,
    pub m_size: isize,
    pub m_methods: *const PyMethodDef,
    pub m_slots: *const PyModuleDefSlot,
    pub m_traverse: Option<TraverseProc>,
    pub m_clear: Option<Inquiry>,
    pub m_free: Option<FreeFunc>,
}
// SAFETY: changed only under the interpreter lock.
unsafe impl Sync for PyModuleDef {}

/// `PyAsyncMethods`.
#[repr(C)]
pub struct PyAsyncMethods {
    pub am_await: Cell<Option<UnaryFunc>>,
    pub am_aiter: Cell<Option<UnaryFunc>>,
    pub am_anext: Cell<Option<UnaryFunc>>,
    pub am_send: Cell<Option<SendFunc>>,
}

impl PyAsyncMethods {
    pub const EMPTY: PyAsyncMethods = PyAsyncMethods {
        am_await: Cell::new(None),
        am_aiter: Cell::new(None),
        am_anext: Cell::new(None),
        am_send: Cell::new(None),
    };
}
// SAFETY: changed only under the interpreter lock.
unsafe impl Sync for PyAsyncMethods {}

/// `PyNumberMethods`.
#[repr(C)]
pub struct PyNumberMethods {
    pub nb_add: Cell<Option<BinaryFunc>>,
    pub nb_subtract: Cell<Option<BinaryFunc>>,
    pub nb_multiply: Cell<Option<BinaryFunc>>,
    pub nb_remainder: Cell<Option<BinaryFunc>>,
    pub nb_divmod: Cell<Option<BinaryFunc>>,
    pub nb_power: Cell<Option<TernaryFunc>>,
    pub nb_negative: Cell<Option<UnaryFunc>>,
    pub nb_positive: Cell<Option<UnaryFunc>>,
    pub nb_absolute: Cell<Option<UnaryFunc>>,
    pub nb_bool: Cell<Option<Inquiry>>,
    pub nb_invert: Cell<Option<UnaryFunc>>,
    pub nb_lshift: Cell<Option<BinaryFunc>>,
    pub nb_rshift: Cell<Option<BinaryFunc>>,
    pub nb_and: Cell<Option<BinaryFunc>>,
    pub nb_xor: Cell<Option<BinaryFunc>>,
    pub nb_or: Cell<Option<BinaryFunc>>,
    pub nb_int: Cell<Option<UnaryFunc>>,
    pub nb_reserved: Cell<usize>,
    pub nb_float: Cell<Option<UnaryFunc>>,
    pub nb_inplace_add: Cell<Option<BinaryFunc>>,
    pub nb_inplace_subtract: Cell<Option<BinaryFunc>>,
    pub nb_inplace_multiply: Cell<Option<BinaryFunc>>,
    pub nb_inplace_remainder: Cell<Option<BinaryFunc>>,
    pub nb_inplace_power: Cell<Option<TernaryFunc>>,
    pub nb_inplace_lshift: Cell<Option<BinaryFunc>>,
    pub nb_inplace_rshift: Cell<Option<BinaryFunc>>,
    pub nb_inplace_and: Cell<Option<BinaryFunc>>,
    pub nb_inplace_xor: Cell<Option<BinaryFunc>>,
    pub nb_inplace_or: Cell<Option<BinaryFunc>>,
    pub nb_floor_divide: Cell<Option<BinaryFunc>>,
    pub nb_true_divide: Cell<Option<BinaryFunc>>,
    pub nb_inplace_floor_divide: Cell<Option<BinaryFunc>>,
    pub nb_inplace_true_divide: Cell<Option<BinaryFunc>>,
    pub nb_index: Cell<Option<UnaryFunc>>,
    pub nb_matrix_multiply: Cell<Option<BinaryFunc>>,
    pub nb_inplace_matrix_multiply: Cell<Option<BinaryFunc>>,
}

impl PyNumberMethods {
    pub const EMPTY: PyNumberMethods = PyNumberMethods {
        nb_add: Cell::new(None),
        nb_subtract: Cell::new(None),
        nb_multiply: Cell::new(None),
        nb_remainder: Cell::new(None),
        nb_divmod: Cell::new(None),
        nb_power: Cell::new(None),
        nb_negative: Cell::new(None),
        nb_positive: Cell::new(None),
        nb_absolute: Cell::new(None),
        nb_bool: Cell::new(None),
        nb_invert: Cell::new(None),
        nb_lshift: Cell::new(None),
        nb_rshift: Cell::new(None),
        nb_and: Cell::new(None),
        nb_xor: Cell::new(None),
        nb_or: Cell::new(None),
        nb_int: Cell::new(None),
        nb_reserved: Cell::new(0),
        nb_float: Cell::new(None),
        nb_inplace_add: Cell::new(None),
        nb_inplace_subtract: Cell::new(None),
        nb_inplace_multiply: Cell::new(None),
        nb_inplace_remainder: Cell::new(None),
        nb_inplace_power: Cell::new(None),
        nb_inplace_lshift: Cell::new(None),
        nb_inplace_rshift: Cell::new(None),
        nb_inplace_and: Cell::new(None),
        nb_inplace_xor: Cell::new(None),
        nb_inplace_or: Cell::new(None),
        nb_floor_divide: Cell::new(None),
        nb_true_divide: Cell::new(None),
        nb_inplace_floor_divide: Cell::new(None),
        nb_inplace_true_divide: Cell::new(None),
        nb_index: Cell::new(None),
        nb_matrix_multiply: Cell::new(None),
        nb_inplace_matrix_multiply: Cell::new(None),
    };
}
// SAFETY: changed only under the interpreter lock.
unsafe impl Sync for PyNumberMethods {}

/// `PySequenceMethods`.
#[repr(C)]
pub struct PySequenceMethods {
    pub sq_length: Cell<Option<LenFunc>>,
    pub sq_concat: Cell<Option<BinaryFunc>>,
    pub sq_repeat: Cell<Option<SsizeArgFunc>>,
    pub sq_item: Cell<Option<SsizeArgFunc>>,
    pub was_sq_slice: Cell<usize>,
    pub sq_ass_item: Cell<Option<SsizeObjArgProc>>,
    pub was_sq_ass_slice: Cell<usize>,
    pub sq_contains: Cell<Option<ObjObjProc>>,
    pub sq_inplace_concat: Cell<Option<BinaryFunc>>,
    pub sq_inplace_repeat: Cell<Option<SsizeArgFunc>>,
}

impl PySequenceMethods {
    pub const EMPTY: PySequenceMethods = PySequenceMethods {
        sq_length: Cell::new(None),
        sq_concat: Cell::new(None),
        sq_repeat: Cell::new(None),
        sq_item: Cell::new(None),
        was_sq_slice: Cell::new(0),
        sq_ass_item: Cell::new(None),
        was_sq_ass_slice: Cell::new(0),
        sq_contains: Cell::new(None),
        sq_inplace_concat: Cell::new(None),
        sq_inplace_repeat: Cell::new(None),
    };
}
// SAFETY: changed only under the interpreter lock.
unsafe impl Sync for PySequenceMethods {}

/// `PyMappingMethods`.
#[repr(C)]
pub struct PyMappingMethods {
    pub mp_length: Cell<Option<LenFunc>>,
    pub mp_subscript: Cell<Option<BinaryFunc>>,
    pub mp_ass_subscript: Cell<Option<ObjObjArgProc>>,
}

impl PyMappingMethods {
    pub const EMPTY: PyMappingMethods = PyMappingMethods {
        mp_length: Cell::new(None),
        mp_subscript: Cell::new(None),
        mp_ass_subscript: Cell::new(None),
    };
}
// SAFETY: changed only under the interpreter lock.
unsafe impl Sync for PyMappingMethods {}

/// `PyBufferProcs`.
#[repr(C)]
pub struct PyBufferProcs {
    pub bf_getbuffer: Cell<Option<GetBufferProc>>,
    pub bf_releasebuffer: Cell<Option<ReleaseBufferProc>>,
}

impl PyBufferProcs {
    pub const EMPTY: PyBufferProcs =
        PyBufferProcs { bf_getbuffer: Cell::new(None), bf_releasebuffer: Cell::new(None) };
}
// SAFETY: changed only under the interpreter lock.
unsafe impl Sync for PyBufferProcs {}

/// `PyTypeObject`. Fields carry their C names.
#[repr(C)]
pub struct PyTypeObject {
    pub ob_base: PyVarObject,
    pub tp_name: Cell<*const c_char>,
    pub tp_basicsize: Cell<isize>,
    pub tp_itemsize: Cell<isize>,
    pub tp_dealloc: Cell<Option<Destructor>>,
    pub tp_vectorcall_offset: Cell<isize>,
    pub tp_getattr: Cell<Option<GetAttrFunc>>,
    pub tp_setattr: Cell<Option<SetAttrFunc>>,
    pub tp_as_async: Cell<*mut PyAsyncMethods>,
    pub tp_repr: Cell<Option<UnaryFunc>>,
    pub tp_as_number: Cell<*mut PyNumberMethods>,
    pub tp_as_sequence: Cell<*mut PySequenceMethods>,
    pub tp_as_mapping: Cell<*mut PyMappingMethods>,
    pub tp_hash: Cell<Option<HashFunc>>,
    pub tp_call: Cell<Option<TernaryFunc>>,
    pub tp_str: Cell<Option<UnaryFunc>>,
    pub tp_getattro: Cell<Option<BinaryFunc>>,
    pub tp_setattro: Cell<Option<ObjObjArgProc>>,
    pub tp_as_buffer: Cell<*mut PyBufferProcs>,
    pub tp_flags: Cell<u64>,
    pub tp_doc: Cell<*const c_char>,
    pub tp_traverse: Cell<Option<TraverseProc>>,
    pub tp_clear: Cell<Option<Inquiry>>,
    pub tp_richcompare: Cell<Option<RichCmpFunc>>,
    pub tp_weaklistoffset: Cell<isize>,
    pub tp_iter: Cell<Option<UnaryFunc>>,
    pub tp_iternext: Cell<Option<UnaryFunc>>,
    pub tp_methods: Cell<*mut PyMethodDef>,
    pub tp_members: Cell<*mut PyMemberDef>,
    pub tp_getset: Cell<*mut PyGetSetDef>,
    pub tp_base: Cell<*mut PyTypeObject>,
    pub tp_dict: Cell<*mut PyObject>,
    pub tp_descr_get: Cell<Option<TernaryFunc>>,
    pub tp_descr_set: Cell<Option<ObjObjArgProc>>,
    pub tp_dictoffset: Cell<isize>,
    pub tp_init: Cell<Option<InitProc>>,
    pub tp_alloc: Cell<Option<AllocFunc>>,
    pub tp_new: Cell<Option<NewFunc>>,
    pub tp_free: Cell<Option<FreeFunc>>,
    pub tp_is_gc: Cell<Option<Inquiry>>,
    pub tp_bases: Cell<*mut PyObject>,
    pub tp_mro: Cell<*mut PyObject>,
    pub tp_cache: Cell<*mut PyObject>,
    pub tp_subclasses: Cell<*mut PyObject>,
    pub tp_weaklist: Cell<*mut PyObject>,
    pub tp_del: Cell<Option<Destructor>>,
    pub tp_version_tag: Cell<u32>,
    pub tp_finalize: Cell<Option<Destructor>>,
    pub tp_vectorcall: Cell<Option<VectorcallFunc>>,
    pub tp_watched: Cell<u8>,
    pub tp_versions_used: Cell<u16>,
}
// SAFETY: changed only under the interpreter lock.
unsafe impl Sync for PyTypeObject {}

impl PyTypeObject {
    /// A static type before it is filled in; its metatype is set when the runtime readies it.
    pub const EMPTY: PyTypeObject = PyTypeObject {
        ob_base: PyVarObject::static_header(null_mut(), 0),
        tp_name: Cell::new(std::ptr::null()),
        tp_basicsize: Cell::new(0),
        tp_itemsize: Cell::new(0),
        tp_dealloc: Cell::new(None),
        tp_vectorcall_offset: Cell::new(0),
        tp_getattr: Cell::new(None),
        tp_setattr: Cell::new(None),
        tp_as_async: Cell::new(null_mut()),
        tp_repr: Cell::new(None),
        tp_as_number: Cell::new(null_mut()),
        tp_as_sequence: Cell::new(null_mut()),
        tp_as_mapping: Cell::new(null_mut()),
        tp_hash: Cell::new(None),
        tp_call: Cell::new(None),
        tp_str: Cell::new(None),
        tp_getattro: Cell::new(None),
        tp_setattro: Cell::new(None),
        tp_as_buffer: Cell::new(null_mut()),
        tp_flags: Cell::new(0),
        tp_doc: Cell::new(std::ptr::null()),
        tp_traverse: Cell::new(None),
        tp_clear: Cell::new(None),
        tp_richcompare: Cell::new(None),
        tp_weaklistoffset: Cell::new(0),
        tp_iter: Cell::new(None),
        tp_iternext: Cell::new(None),
        tp_methods: Cell::new(null_mut()),
        tp_members: Cell::new(null_mut()),
        tp_getset: Cell::new(null_mut()),
        tp_base: Cell::new(null_mut()),
        tp_dict: Cell::new(null_mut()),
        tp_descr_get: Cell::new(None),
        tp_descr_set: Cell::new(None),
        tp_dictoffset: Cell::new(0),
        tp_init: Cell::new(None),
        tp_alloc: Cell::new(None),
        tp_new: Cell::new(None),
        tp_free: Cell::new(None),
        tp_is_gc: Cell::new(None),
        tp_bases: Cell::new(null_mut()),
        tp_mro: Cell::new(null_mut()),
        tp_cache: Cell::new(null_mut()),
        tp_subclasses: Cell::new(null_mut()),
        tp_weaklist: Cell::new(null_mut()),
        tp_del: Cell::new(None),
        tp_version_tag: Cell::new(0),
        tp_finalize: Cell::new(None),
        tp_vectorcall: Cell::new(None),
        tp_watched: Cell::new(0),
        tp_versions_used: Cell::new(0),
    };

    /// The type's name as C sees it: with the module's dotted name for static types.
    pub fn tp_name(&self) -> &CStr {
        // SAFETY: `tp_name` is a NUL-terminated string that lives as long as the type.
        unsafe { if self.tp_name.get().is_null() { c"?" } else { CStr::from_ptr(self.tp_name.get()) } }
    }

    /// [`tp_name`](Self::tp_name) as text: what error messages call the type.
    pub fn display_name(&self) -> &str {
        self.tp_name().to_str().unwrap_or("?")
    }

    /// The part of `tp_name` after the last dot (`_PyType_Name`).
    pub fn short_name(&self) -> &str {
        let full = self.tp_name().to_str().unwrap_or("?");
        full.rsplit('.').next().unwrap_or(full)
    }

    #[inline(always)]
    pub fn has_flag(&self, flag: u64) -> bool {
        self.tp_flags.get() & flag != 0
    }

    /// Bytes before the object: managed weakref and dict words and the collector's head (`_PyType_PreHeaderSize`).
    #[inline(always)]
    pub fn preheader_size(&self) -> usize {
        let f = self.tp_flags.get();
        (if f & flags::PREHEADER != 0 { 16 } else { 0 }) + (if f & flags::HAVE_GC != 0 { 16 } else { 0 })
    }

    /// Does the MRO contain `other`? (`PyType_IsSubtype`)
    #[inline]
    pub fn is_subtype(&self, other: &PyTypeObject) -> bool {
        std::ptr::eq(self, other) || self.mro_contains(other)
    }

    fn mro_contains(&self, other: &PyTypeObject) -> bool {
        let mro = self.tp_mro.get();
        if mro.is_null() {
            let mut base = self.tp_base.get() as *const PyTypeObject;
            // SAFETY: base pointers of a type being set up lead to live types or null.
            while let Some(b) = unsafe { base.as_ref() } {
                if std::ptr::eq(b, other) {
                    return true;
                }
                base = b.tp_base.get();
            }
            return false;
        }
        // SAFETY: the MRO is a tuple: a var-sized header followed by the cached hash and the items.
        unsafe {
            let n = (*(mro as *const PyVarObject)).ob_size.get() as usize;
            let items = (mro as *const u8).add(TUPLE_ITEMS) as *const *const PyTypeObject;
            (0..n).any(|i| std::ptr::eq(*items.add(i), other))
        }
    }

    /// Runs `tp_dealloc`.
    ///
    /// # Safety
    /// `o` is an instance whose count is zero.
    #[inline(always)]
    pub unsafe fn call_dealloc(&self, o: O) {
        if let Some(f) = self.tp_dealloc.get() {
            // SAFETY: the caller's promise.
            unsafe { f(o) }
        }
    }

    // Slot lookups through the sub-tables, which may be missing.
    #[inline(always)]
    pub fn as_number(&self) -> Option<&PyNumberMethods> {
        // SAFETY: null or a table that lives as long as the type.
        unsafe { self.tp_as_number.get().as_ref() }
    }
    #[inline(always)]
    pub fn as_sequence(&self) -> Option<&PySequenceMethods> {
        // SAFETY: as above.
        unsafe { self.tp_as_sequence.get().as_ref() }
    }
    #[inline(always)]
    pub fn as_mapping(&self) -> Option<&PyMappingMethods> {
        // SAFETY: as above.
        unsafe { self.tp_as_mapping.get().as_ref() }
    }
    #[inline(always)]
    pub fn as_async(&self) -> Option<&PyAsyncMethods> {
        // SAFETY: as above.
        unsafe { self.tp_as_async.get().as_ref() }
    }
    #[inline(always)]
    pub fn as_buffer(&self) -> Option<&PyBufferProcs> {
        // SAFETY: as above.
        unsafe { self.tp_as_buffer.get().as_ref() }
    }

    /// As a plain object.
    #[inline(always)]
    pub fn object(&self) -> &PyObject {
        self.as_object()
    }
}

impl std::ops::Deref for PyTypeObject {
    type Target = PyObject;
    #[inline(always)]
    fn deref(&self) -> &PyObject {
        &self.ob_base.ob_base
    }
}

/// Offset of a tuple's items (`PyTupleObject.ob_item`).
pub const TUPLE_ITEMS: usize = 32;

const _: () = {
    assert!(size_of::<PyTypeObject>() == 416);
    assert!(size_of::<PyBuffer>() == 80);
    assert!(size_of::<PyMethodDef>() == 32);
    assert!(size_of::<PyMemberDef>() == 40);
    assert!(size_of::<PyGetSetDef>() == 40);
    assert!(size_of::<PyModuleDef>() == 104);
    assert!(size_of::<PyNumberMethods>() == 288);
    assert!(size_of::<PySequenceMethods>() == 80);
    assert!(offset_of!(PyTypeObject, ob_base) == 0);
    assert!(offset_of!(PyTypeObject, tp_name) == 24);
    assert!(offset_of!(PyTypeObject, tp_basicsize) == 32);
    assert!(offset_of!(PyTypeObject, tp_itemsize) == 40);
    assert!(offset_of!(PyTypeObject, tp_dealloc) == 48);
    assert!(offset_of!(PyTypeObject, tp_vectorcall_offset) == 56);
    assert!(offset_of!(PyTypeObject, tp_getattr) == 64);
    assert!(offset_of!(PyTypeObject, tp_setattr) == 72);
    assert!(offset_of!(PyTypeObject, tp_as_async) == 80);
    assert!(offset_of!(PyTypeObject, tp_repr) == 88);
    assert!(offset_of!(PyTypeObject, tp_as_number) == 96);
    assert!(offset_of!(PyTypeObject, tp_as_sequence) == 104);
    assert!(offset_of!(PyTypeObject, tp_as_mapping) == 112);
    assert!(offset_of!(PyTypeObject, tp_hash) == 120);
    assert!(offset_of!(PyTypeObject, tp_call) == 128);
    assert!(offset_of!(PyTypeObject, tp_str) == 136);
    assert!(offset_of!(PyTypeObject, tp_getattro) == 144);
    assert!(offset_of!(PyTypeObject, tp_setattro) == 152);
    assert!(offset_of!(PyTypeObject, tp_as_buffer) == 160);
    assert!(offset_of!(PyTypeObject, tp_flags) == 168);
    assert!(offset_of!(PyTypeObject, tp_doc) == 176);
    assert!(offset_of!(PyTypeObject, tp_traverse) == 184);
    assert!(offset_of!(PyTypeObject, tp_clear) == 192);
    assert!(offset_of!(PyTypeObject, tp_richcompare) == 200);
    assert!(offset_of!(PyTypeObject, tp_weaklistoffset) == 208);
    assert!(offset_of!(PyTypeObject, tp_iter) == 216);
    assert!(offset_of!(PyTypeObject, tp_iternext) == 224);
    assert!(offset_of!(PyTypeObject, tp_methods) == 232);
    assert!(offset_of!(PyTypeObject, tp_members) == 240);
    assert!(offset_of!(PyTypeObject, tp_getset) == 248);
    assert!(offset_of!(PyTypeObject, tp_base) == 256);
    assert!(offset_of!(PyTypeObject, tp_dict) == 264);
    assert!(offset_of!(PyTypeObject, tp_descr_get) == 272);
    assert!(offset_of!(PyTypeObject, tp_descr_set) == 280);
    assert!(offset_of!(PyTypeObject, tp_dictoffset) == 288);
    assert!(offset_of!(PyTypeObject, tp_init) == 296);
    assert!(offset_of!(PyTypeObject, tp_alloc) == 304);
    assert!(offset_of!(PyTypeObject, tp_new) == 312);
    assert!(offset_of!(PyTypeObject, tp_free) == 320);
    assert!(offset_of!(PyTypeObject, tp_is_gc) == 328);
    assert!(offset_of!(PyTypeObject, tp_bases) == 336);
    assert!(offset_of!(PyTypeObject, tp_mro) == 344);
    assert!(offset_of!(PyTypeObject, tp_cache) == 352);
    assert!(offset_of!(PyTypeObject, tp_subclasses) == 360);
    assert!(offset_of!(PyTypeObject, tp_weaklist) == 368);
    assert!(offset_of!(PyTypeObject, tp_del) == 376);
    assert!(offset_of!(PyTypeObject, tp_version_tag) == 384);
    assert!(offset_of!(PyTypeObject, tp_finalize) == 392);
    assert!(offset_of!(PyTypeObject, tp_vectorcall) == 400);
    assert!(offset_of!(PyTypeObject, tp_watched) == 408);
    assert!(offset_of!(PyTypeObject, tp_versions_used) == 410);
};
