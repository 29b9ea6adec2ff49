//! `property`.
use crate::prelude::*;

/// `propertyobject`.
#[repr(C)]
pub struct PyProperty {
    pub ob_base: PyObject,
    pub prop_get: Slot,
    pub prop_set: Slot,
    pub prop_del: Slot,
    pub prop_doc: Slot,
    pub prop_name: Slot,
    pub getter_doc: Cell<i32>,
}
declare_type!(PyProperty, PyObject, PyProperty_Type, "property", 0);
