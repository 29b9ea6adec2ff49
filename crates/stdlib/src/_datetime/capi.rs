//! The table behind the capsule `datetime.datetime_CAPI`, through which C code makes dates and times.

use super::calendar::Stamp;
use super::date::PyDate;
use super::datetime::PyDateTime;
use super::delta::PyDelta;
use super::time::{self, PyTime};
use super::tzinfo::{PyTimeZone, PyTzInfo, zone};
use super::{date, state};
use runtime::prelude::*;
use runtime::types::capsule::PyCapsule;
use std::ffi::{c_int, c_void};

type Object = *mut PyObject;
type Type = *mut PyTypeObject;

/// `PyDateTime_CAPI`.
#[repr(C)]
struct Table {
    date: *const PyTypeObject,
    datetime: *const PyTypeObject,
    time: *const PyTypeObject,
    delta: *const PyTypeObject,
    tzinfo: *const PyTypeObject,
    utc: Object,
    date_from_date: unsafe extern "C" fn(c_int, c_int, c_int, Type) -> Object,
    datetime_from_date_and_time:
        unsafe extern "C" fn(c_int, c_int, c_int, c_int, c_int, c_int, c_int, Object, Type) -> Object,
    time_from_time: unsafe extern "C" fn(c_int, c_int, c_int, c_int, Object, Type) -> Object,
    delta_from_delta: unsafe extern "C" fn(c_int, c_int, c_int, c_int, Type) -> Object,
    timezone_from_timezone: unsafe extern "C" fn(Object, Object) -> Object,
    datetime_from_timestamp: unsafe extern "C" fn(Object, Object, Object) -> Object,
    date_from_timestamp: unsafe extern "C" fn(Object, Object) -> Object,
    datetime_with_fold:
        unsafe extern "C" fn(c_int, c_int, c_int, c_int, c_int, c_int, c_int, Object, c_int, Type) -> Object,
    time_with_fold: unsafe extern "C" fn(c_int, c_int, c_int, c_int, Object, c_int, Type) -> Object,
}

fn raw<T: PyLayout>(r: PyResult<Py<T>>) -> Object {
    r.map_or(std::ptr::null_mut(), Py::into_raw)
}

unsafe extern "C" fn date_from_date(y: c_int, m: c_int, d: c_int, cls: Type) -> Object {
    // SAFETY: C callers hold the interpreter lock and pass a class of the right layout.
    let (py, cls) = unsafe { (Python::assume_attached(), &*cls) };
    raw(date::check(py, y, m, d).and_then(|()| PyDate::new(py, cls, y, m, d)))
}

unsafe extern "C" fn datetime_from_date_and_time(
    y: c_int,
    m: c_int,
    d: c_int,
    h: c_int,
    min: c_int,
    s: c_int,
    us: c_int,
    tz: Object,
    cls: Type,
) -> Object {
    // SAFETY: handed on.
    unsafe { datetime_with_fold(y, m, d, h, min, s, us, tz, 0, cls) }
}

unsafe extern "C" fn datetime_with_fold(
    year: c_int,
    month: c_int,
    day: c_int,
    hour: c_int,
    minute: c_int,
    second: c_int,
    us: c_int,
    tz: Object,
    fold: c_int,
    cls: Type,
) -> Object {
    // SAFETY: as above; the zone is an object.
    let (py, cls, tz) = unsafe { (Python::assume_attached(), &*cls, tz.as_ref()) };
    let s = Stamp { year, month, day, hour, minute, second, us };
    raw(PyDateTime::check_fields(py, &s, fold)
        .and_then(|()| zone(py, tz))
        .and_then(|z| PyDateTime::new(py, cls, s, z, fold as u8)))
}

unsafe extern "C" fn time_from_time(
    h: c_int,
    m: c_int,
    s: c_int,
    us: c_int,
    tz: Object,
    cls: Type,
) -> Object {
    // SAFETY: handed on.
    unsafe { time_with_fold(h, m, s, us, tz, 0, cls) }
}

unsafe extern "C" fn time_with_fold(
    h: c_int,
    m: c_int,
    s: c_int,
    us: c_int,
    tz: Object,
    fold: c_int,
    cls: Type,
) -> Object {
    // SAFETY: as above.
    let (py, cls, tz) = unsafe { (Python::assume_attached(), &*cls, tz.as_ref()) };
    raw(time::check(py, h, m, s, us, fold)
        .and_then(|()| zone(py, tz))
        .and_then(|z| PyTime::new(py, cls, (h, m, s, us), z, fold as u8)))
}

unsafe extern "C" fn delta_from_delta(
    days: c_int,
    seconds: c_int,
    us: c_int,
    normalize: c_int,
    cls: Type,
) -> Object {
    // Numbers in range stay as they are, so that normalising changes nothing else.
    let _ = normalize;
    // SAFETY: as above.
    let (py, cls) = unsafe { (Python::assume_attached(), &*cls) };
    raw(PyDelta::of_class(py, cls, days as i64, seconds as i64, us as i64))
}

unsafe extern "C" fn timezone_from_timezone(offset: Object, name: Object) -> Object {
    // SAFETY: as above; the name may be null.
    let (py, offset, name) = unsafe { (Python::assume_attached(), &*offset, name.as_ref()) };
    let make = || -> PyResult {
        let Some(offset) = offset.downcast::<PyDelta>() else { return Err(bad_internal_call(py)) };
        let name = match name {
            Some(n) => Some(n.downcast::<PyStr>().ok_or_else(|| bad_internal_call(py))?),
            None => None,
        };
        PyTimeZone::new(py, offset, name)
    };
    raw(make())
}

unsafe extern "C" fn datetime_from_timestamp(cls: Object, args: Object, kwargs: Object) -> Object {
    // SAFETY: as above; arguments are a tuple, and a dict or null.
    unsafe { from_timestamp(cls, args, kwargs) }
}

unsafe extern "C" fn date_from_timestamp(cls: Object, args: Object) -> Object {
    // SAFETY: handed on.
    unsafe { from_timestamp(cls, args, std::ptr::null_mut()) }
}

/// # Safety
/// A class, a tuple, and a dict or null.
unsafe fn from_timestamp(cls: Object, args: Object, kwargs: Object) -> Object {
    // SAFETY: the caller's promise.
    let (py, cls, args, kwargs) = unsafe { (Python::assume_attached(), &*cls, &*args, kwargs.as_ref()) };
    let make = || -> PyResult {
        let f = cls.getattr(py, intern!(py, "fromtimestamp"))?;
        let Some(args) = args.downcast::<PyTuple>() else { return Err(bad_internal_call(py)) };
        f.call_tuple_dict(py, args, kwargs.and_then(|k| k.downcast::<PyDict>()))
    };
    raw(make())
}

unsafe extern "C" fn free(capsule: Object) {
    // SAFETY: the pointer is the box that `capsule` leaked; nobody reads the table after the capsule is gone.
    unsafe {
        if let Some(c) = (*capsule).downcast::<PyCapsule>() {
            let table = Box::from_raw(c.pointer.get() as *mut Table);
            PyObject::decref(table.utc);
        }
    }
}

/// The capsule.
pub fn capsule(py: Python) -> PyResult<Py<PyCapsule>> {
    let table = Box::new(Table {
        date: PyDate::TYPE,
        datetime: PyDateTime::TYPE,
        time: PyTime::TYPE,
        delta: PyDelta::TYPE,
        tzinfo: PyTzInfo::TYPE,
        utc: state(py).utc(py)?.into_raw(),
        date_from_date,
        datetime_from_date_and_time,
        time_from_time,
        delta_from_delta,
        timezone_from_timezone,
        datetime_from_timestamp,
        date_from_timestamp,
        datetime_with_fold,
        time_with_fold,
    });
    let name = c"datetime.datetime_CAPI";
    PyCapsule::new(py, Box::into_raw(table) as *mut c_void, name.as_ptr(), Some(free))
}
