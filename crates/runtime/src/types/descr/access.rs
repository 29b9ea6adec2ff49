//! `getset_descriptor` and `member_descriptor`.

use super::PyDescr;
use crate::prelude::*;
use crate::types::exceptions::PyExc_RuntimeWarning_Type;
use crate::types::{PyFloat, PyInt, PyStr, PyTuple};
use object::typeobj::member;
use std::ffi::{CStr, c_char};
use std::ptr::null_mut;

/// `PyGetSetDescrObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyGetSetDescr {
    pub d_common: PyDescr,
    #[traverse(skip)]
    pub d_getset: Cell<*const PyGetSetDef>,
}

/// `PyMemberDescrObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyMemberDescr {
    pub d_common: PyDescr,
    #[traverse(skip)]
    pub d_member: Cell<*const PyMemberDef>,
}

impl PyGetSetDescr {
    /// A descriptor for a definition of `owner`.
    pub fn new(py: Python, owner: &PyTypeObject, def: &PyGetSetDef) -> PyResult<Py<PyGetSetDescr>> {
        let ty = PyGetSetDescr::type_object();
        let d_common = PyDescr::new(py, ty, owner, def.name)?;
        new_object(py, ty, PyGetSetDescr { d_common, d_getset: Cell::new(def) })
    }

    pub fn def(&self) -> &PyGetSetDef {
        // SAFETY: set once, to a static table entry.
        unsafe { &*self.d_getset.get() }
    }
}

/// An attribute with a getter.
#[pytype(name = "getset_descriptor", symbol = "PyGetSetDescr_Type", flags(GC, DISALLOW_INSTANTIATION), members(d_common.d_type as __objclass__: object readonly, d_common.d_name as __name__: object readonly))]
impl PyGetSetDescr {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.d_common.repr(py, "attribute")
    }

    #[slot(tp_descr_get)]
    fn get(&self, py: Python, obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
        let Some(obj) = obj else { return Ok(self.as_object().owned()) };
        self.d_common.check(py, obj)?;
        match self.def().get {
            // SAFETY: a getter called with an instance of its owner.
            Some(f) => unsafe { from_c(py, f(obj.as_ptr(), self.def().closure)) },
            None => Err(attribute_error(
                py,
                format!(
                    "attribute '{}' of '{}' objects is not readable",
                    self.d_common.name_text(),
                    self.d_common.d_type.display_name()
                ),
            )),
        }
    }

    #[slot(tp_descr_set)]
    fn set(&self, py: Python, obj: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        self.d_common.check(py, obj)?;
        match self.def().set {
            // SAFETY: a setter called with an instance of its owner.
            Some(f) => unsafe {
                status(py, f(obj.as_ptr(), value.map_or(null_mut(), |v| v.as_ptr()), self.def().closure))
                    .map(drop)
            },
            None => Err(attribute_error(
                py,
                format!(
                    "attribute '{}' of '{}' objects is not writable",
                    self.d_common.name_text(),
                    self.d_common.d_type.display_name()
                ),
            )),
        }
    }

    #[getter]
    fn __doc__(&self, py: Python) -> PyResult {
        super::doc_of(py, "", self.def().doc)
    }

    #[getter]
    fn __qualname__(&self, py: Python) -> PyResult {
        self.d_common.qualname(py)
    }
}

impl PyMemberDescr {
    /// A descriptor for a definition of `owner`.
    pub fn new(py: Python, owner: &PyTypeObject, def: &PyMemberDef) -> PyResult<Py<PyMemberDescr>> {
        let ty = PyMemberDescr::type_object();
        let d_common = PyDescr::new(py, ty, owner, def.name)?;
        new_object(py, ty, PyMemberDescr { d_common, d_member: Cell::new(def) })
    }

    pub fn def(&self) -> &PyMemberDef {
        // SAFETY: set once, to an entry of a table that lives as long as its type, which the descriptor keeps alive.
        unsafe { &*self.d_member.get() }
    }
}

/// An attribute that is a field.
#[pytype(name = "member_descriptor", symbol = "PyMemberDescr_Type", flags(GC, DISALLOW_INSTANTIATION), members(d_common.d_type as __objclass__: object readonly, d_common.d_name as __name__: object readonly))]
impl PyMemberDescr {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.d_common.repr(py, "member")
    }

    #[slot(tp_descr_get)]
    fn get(&self, py: Python, obj: Option<&PyObject>, _ty: Option<&PyObject>) -> PyResult {
        let Some(obj) = obj else { return Ok(self.as_object().owned()) };
        self.d_common.check(py, obj)?;
        // SAFETY: an instance of the owner has the field.
        unsafe { get_member(py, obj, self.def()) }
    }

    #[slot(tp_descr_set)]
    fn set(&self, py: Python, obj: &PyObject, value: Option<&PyObject>) -> PyResult<()> {
        self.d_common.check(py, obj)?;
        // SAFETY: an instance of the owner has the field.
        unsafe { set_member(py, obj, self.def(), value) }
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.d_common.reduce(py)
    }

    #[getter]
    fn __doc__(&self, py: Python) -> PyResult {
        super::doc_of(py, "", self.def().doc)
    }

    #[getter]
    fn __qualname__(&self, py: Python) -> PyResult {
        self.d_common.qualname(py)
    }
}

fn member_name(m: &PyMemberDef) -> String {
    // SAFETY: names in definition tables are C strings.
    unsafe { CStr::from_ptr(m.name) }.to_string_lossy().into_owned()
}

/// Reads a field (`PyMember_GetOne`).
///
/// # Safety
/// `o` has the field that `m` describes.
pub unsafe fn get_member(py: Python, o: &PyObject, m: &PyMemberDef) -> PyResult {
    // SAFETY: the caller's promise.
    unsafe {
        let at = (o.as_ptr() as *const u8).offset(m.offset);
        let int = |v: i64| -> PyResult { Ok(PyInt::from_i64(py, v)?.into_object()) };
        let text = |p: *const c_char| -> PyResult {
            if p.is_null() {
                return Ok(none().owned());
            }
            Ok(PyStr::new(py, &CStr::from_ptr(p).to_string_lossy())?.into_object())
        };
        match m.type_ {
            member::BOOL => Ok(py_bool(*at != 0).owned().into_object()),
            member::BYTE => int(*(at as *const i8) as i64),
            member::UBYTE => int(*at as i64),
            member::SHORT => int((at as *const i16).read_unaligned() as i64),
            member::USHORT => int((at as *const u16).read_unaligned() as i64),
            member::INT => int((at as *const i32).read_unaligned() as i64),
            member::UINT => int((at as *const u32).read_unaligned() as i64),
            member::LONG | member::LONGLONG | member::PYSSIZET => int((at as *const i64).read_unaligned()),
            member::ULONG | member::ULONGLONG => {
                Ok(PyInt::from_u64(py, (at as *const u64).read_unaligned())?.into_object())
            }
            member::FLOAT => Ok(PyFloat::new(py, (at as *const f32).read_unaligned() as f64)?.into_object()),
            member::DOUBLE => Ok(PyFloat::new(py, (at as *const f64).read_unaligned())?.into_object()),
            member::STRING => text((at as *const *const c_char).read_unaligned()),
            member::STRING_INPLACE => text(at as *const c_char),
            member::CHAR => Ok(PyStr::from_char(py, *at as u32)?.into_object()),
            member::NONE => Ok(none().owned()),
            member::OBJECT => match (at as *const *mut PyObject).read_unaligned().as_ref() {
                Some(v) => Ok(v.owned()),
                None => Ok(none().owned()),
            },
            member::OBJECT_EX => match (at as *const *mut PyObject).read_unaligned().as_ref() {
                Some(v) => Ok(v.owned()),
                None => {
                    let name = PyStr::new(py, &member_name(m))?;
                    Err(crate::abstract_::no_attribute(py, o, &name))
                }
            },
            _ => Err(system_error(py, format!("bad memberdescr type for {}", member_name(m)))),
        }
    }
}

/// Writes or deletes a field (`PyMember_SetOne`).
///
/// # Safety
/// `o` has the field that `m` describes.
pub unsafe fn set_member(
    py: Python,
    o: &PyObject,
    m: &PyMemberDef,
    value: Option<&PyObject>,
) -> PyResult<()> {
    if m.flags & member::READONLY != 0 || matches!(m.type_, member::STRING | member::STRING_INPLACE) {
        return Err(if m.flags & member::READONLY != 0 {
            attribute_error(py, "readonly attribute")
        } else {
            type_error(py, "readonly attribute")
        });
    }
    // SAFETY: the caller's promise; object fields hold an owned reference or null.
    unsafe {
        let at = (o.as_ptr() as *mut u8).offset(m.offset);
        if matches!(m.type_, member::OBJECT | member::OBJECT_EX) {
            let slot = at as *mut *mut PyObject;
            if value.is_none() && m.type_ == member::OBJECT_EX && (*slot).is_null() {
                return Err(attribute_error(py, member_name(m)));
            }
            let old = slot.replace(value.map_or(null_mut(), |v| v.owned().into_raw()));
            drop(Py::<PyObject>::from_raw_owned_or_opt(old));
            return Ok(());
        }
        let Some(v) = value else {
            return Err(type_error(py, "can't delete numeric/char attribute"));
        };
        let truncated =
            |what: &str| warn(py, &PyExc_RuntimeWarning_Type, &format!("Truncation of value to {what}"), 1);
        let int = || -> PyResult<i64> { crate::abstract_::number::index(py, v)?.to_i64(py) };
        macro_rules! store {
            ($t:ty, $what:literal) => {{
                let n = int()?;
                (at as *mut $t).write_unaligned(n as $t);
                if n != n as $t as i64 {
                    truncated($what)?;
                }
            }};
        }
        match m.type_ {
            member::BOOL => {
                if !v.is(py_bool(true)) && !v.is(py_bool(false)) {
                    return Err(type_error(py, "attribute value type must be bool"));
                }
                *at = v.is(py_bool(true)) as u8;
            }
            member::BYTE => store!(i8, "char"),
            member::UBYTE => store!(u8, "unsigned char"),
            member::SHORT => store!(i16, "short"),
            member::USHORT => store!(u16, "unsigned short"),
            member::INT => store!(i32, "int"),
            member::PYSSIZET if !PyInt::check(v) => return Err(type_error(py, "an integer is required")),
            member::LONG | member::LONGLONG | member::PYSSIZET => (at as *mut i64).write_unaligned(int()?),
            member::UINT | member::ULONG | member::ULONGLONG => {
                // Negative numbers are taken, with a warning, as long as they fit the signed type.
                let n = crate::abstract_::number::index(py, v)?;
                let (word, negative) = match n.as_i64() {
                    Some(i) => (i as u64, i < 0),
                    None => (n.to_u64(py)?, false),
                };
                if m.type_ == member::UINT {
                    (at as *mut u32).write_unaligned(word as u32);
                } else {
                    (at as *mut u64).write_unaligned(word);
                }
                if negative {
                    let text = "Writing negative value into unsigned field";
                    warn(py, &PyExc_RuntimeWarning_Type, text, 1)?;
                } else if m.type_ == member::UINT && word > u64::from(u32::MAX) {
                    truncated("unsigned int")?;
                }
            }
            member::FLOAT => {
                (at as *mut f32).write_unaligned(crate::abstract_::number::as_f64(py, v)? as f32)
            }
            member::DOUBLE => (at as *mut f64).write_unaligned(crate::abstract_::number::as_f64(py, v)?),
            member::CHAR => match v.downcast::<PyStr>().filter(|s| s.len() == 1 && s.is_ascii()) {
                Some(s) => *at = s.char_at(0) as u8,
                None => return Err(type_error(py, "bad argument type for built-in operation")),
            },
            _ => return Err(system_error(py, format!("bad memberdescr type for {}", member_name(m)))),
        }
    }
    Ok(())
}
