//! `object`, and how attributes are stored and found by default (`PyObject_GenericGetAttr` and its relatives).

mod attributes;
mod reduce;
mod storage;
mod type_;

pub use attributes::{
    _PyObject_NextNotImplemented, HASH_NOT_IMPLEMENTED, NEXT_NOT_IMPLEMENTED, PyObject_HashNotImplemented,
    bad_attribute_name, generic_getattr, generic_getattr_opt, generic_getattr_suppress,
    generic_getattr_with_dict, generic_setattr, generic_setattr_with_dict, get_method, is_iterator,
};
use storage::dict_attribute as dict_of_existing;
pub use storage::{dict_of, generic_get_dict, generic_set_dict, set_dict};
pub use type_::{
    PyBaseObject_Type, PyObject_GenericGetAttr, PyObject_GenericSetAttr, type_object, use_exported_slots,
};
