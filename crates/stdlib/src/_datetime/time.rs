//! `time`.

use super::date::{invalid_iso, iso_argument, state_bytes};
use super::delta::{PyDelta, c_int_or, small};
use super::format::{self, Moment};
use super::iso;
use super::tzinfo::{self, PyTimeZone, PyTzInfo, zone};
use crate::system::set_type_attribute;
use runtime::import::import_attr;
use runtime::prelude::*;

/// `PyDateTime_Time`.
#[repr(C)]
pub struct PyTime {
    pub ob_base: PyObject,
    hashcode: Cell<isize>,
    hastzinfo: Cell<u8>,
    data: [u8; 6],
    fold: Cell<u8>,
    tzinfo: Slot,
}

const _: () = assert!(size_of::<PyTime>() == 40 && std::mem::offset_of!(PyTime, fold) == 31);

/// Is it a time of day?
pub fn check(py: Python, hour: i32, minute: i32, second: i32, us: i32, fold: i32) -> PyResult<()> {
    for (name, v, max) in
        [("hour", hour, 23), ("minute", minute, 59), ("second", second, 59), ("microsecond", us, 999_999)]
    {
        if !(0..=max).contains(&v) {
            return Err(value_error(py, format!("{name} must be in 0..{max}, not {v}")));
        }
    }
    if !(0..=1).contains(&fold) {
        return Err(value_error(py, format!("fold must be either 0 or 1, not {fold}")));
    }
    Ok(())
}

/// The zone of a pickled state.
pub fn state_zone<'a>(py: Python, o: Option<&'a PyObject>) -> PyResult<Option<&'a PyObject>> {
    match o {
        Some(o) if o.is_none() => Ok(None),
        Some(o) if !PyTzInfo::check(o) => Err(type_error(py, "bad tzinfo state arg")),
        o => Ok(o),
    }
}

/// A zone from the offset of an ISO text.
pub fn iso_zone(py: Python, offset: Option<i64>) -> PyResult<Option<Py>> {
    match offset {
        Some(us) => PyTimeZone::new(py, &*PyDelta::from_us(py, us as i128)?, None).map(Some),
        None => Ok(None),
    }
}

impl PyTime {
    fn with_data(
        py: Python,
        cls: &PyTypeObject,
        data: [u8; 6],
        zone: Option<&PyObject>,
        fold: u8,
    ) -> PyResult<Py<PyTime>> {
        new_object(
            py,
            cls,
            PyTime {
                ob_base: PyObject::header(cls),
                hashcode: Cell::new(-1),
                hastzinfo: Cell::new(zone.is_some().into()),
                data,
                fold: Cell::new(fold),
                tzinfo: Slot::new(zone.map(|z| z.owned())),
            },
        )
    }

    /// A time of a class with this very layout; the numbers are right.
    pub fn new(
        py: Python,
        cls: &PyTypeObject,
        (h, m, s, us): (i32, i32, i32, i32),
        zone: Option<&PyObject>,
        fold: u8,
    ) -> PyResult<Py<PyTime>> {
        let [_, a, b, c] = us.to_be_bytes();
        Self::with_data(py, cls, [h as u8, m as u8, s as u8, a, b, c], zone, fold)
    }

    /// A time of any class: others than time are called.
    fn of_class(
        py: Python,
        cls: &PyTypeObject,
        (h, m, s, us): (i32, i32, i32, i32),
        zone: Option<&PyObject>,
        fold: i32,
    ) -> PyResult {
        check(py, h, m, s, us, fold)?;
        if std::ptr::eq(cls, PyTime::type_object()) {
            return Ok(Self::new(py, cls, (h, m, s, us), zone, fold as u8)?.into_object());
        }
        let args = [small(py, h)?, small(py, m)?, small(py, s)?, small(py, us)?];
        let zone = zone.unwrap_or(none());
        let made = cls.object().call(py, &[&args[0], &args[1], &args[2], &args[3], zone])?;
        if let Some(t) = made.downcast::<PyTime>() {
            t.fold.set(fold as u8);
        }
        Ok(made)
    }

    pub fn hms(&self) -> (i32, i32, i32, i32) {
        let [h, m, s, a, b, c] = self.data;
        (h as i32, m as i32, s as i32, i32::from_be_bytes([0, a, b, c]))
    }

    pub fn zone(&self) -> Option<Py> {
        self.tzinfo.get_owned()
    }

    pub fn fold_value(&self) -> u8 {
        self.fold.get()
    }

    fn offset(&self, py: Python) -> PyResult<Option<Py<PyDelta>>> {
        tzinfo::utcoffset(py, self.zone().as_deref(), none())
    }

    fn us_of_day(&self) -> i64 {
        let (h, m, s, us) = self.hms();
        (h * 3600 + m * 60 + s) as i64 * 1_000_000 + us as i64
    }

    fn order(&self, py: Python, other: &PyTime, op: CompareOp) -> PyResult<bool> {
        let (a, b) = (self.zone(), other.zone());
        if a.as_ref().map(|z| z.as_ptr()) == b.as_ref().map(|z| z.as_ptr()) {
            return Ok(op.holds(self.data.cmp(&other.data)));
        }
        match (self.offset(py)?, other.offset(py)?) {
            (None, None) => Ok(op.holds(self.data.cmp(&other.data))),
            (Some(a), Some(b)) => {
                let utc = |t: &PyTime, o: &PyDelta| t.us_of_day() as i128 - o.to_us();
                Ok(op.holds(utc(self, &a).cmp(&utc(other, &b))))
            }
            _ if op == CompareOp::Eq => Ok(false),
            _ if op == CompareOp::Ne => Ok(true),
            _ => Err(type_error(py, "can't compare offset-naive and offset-aware times")),
        }
    }

    fn state(&self, py: Python, protocol: i32) -> PyResult<Py<PyTuple>> {
        let mut data = self.data;
        if protocol > 3 && self.fold.get() != 0 {
            data[0] |= 0x80;
        }
        let bytes = PyBytes::new(py, &data)?.into_object();
        match self.zone() {
            Some(z) => PyTuple::new(py, [bytes, z]),
            None => PyTuple::new(py, [bytes]),
        }
    }
}

/// time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object
///
/// All arguments are optional. tzinfo is None or an instance of a tzinfo subclass; the others are ints.
#[pytype(name = "time", module = "datetime", flags(BASETYPE), nosig)]
impl PyTime {
    #[slot(
        tp_new,
        vectorcall,
        sig = "(hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        hour: Option<&PyObject>,
        minute: Option<&PyObject>,
        second: Option<&PyObject>,
        microsecond: Option<&PyObject>,
        tzinfo: Option<&PyObject>,
        fold: Option<&PyObject>,
    ) -> PyResult<Py<PyTime>> {
        if let Some(state) = hour
            && second.is_none()
            && microsecond.is_none()
            && tzinfo.is_none()
            && fold.is_none()
            && let Some(bytes) = state_bytes(py, state, 6)?
            && let &[h, m, s, a, b, c] = &bytes[..]
            && h & 0x7f < 24
        {
            return Self::with_data(py, cls, [h & 0x7f, m, s, a, b, c], state_zone(py, minute)?, h >> 7);
        }
        let h = c_int_or(py, hour, 0)?;
        let m = c_int_or(py, minute, 0)?;
        let s = c_int_or(py, second, 0)?;
        let us = c_int_or(py, microsecond, 0)?;
        let fold = c_int_or(py, fold, 0)?;
        let zone = zone(py, tzinfo)?;
        check(py, h, m, s, us, fold)?;
        Self::new(py, cls, (h, m, s, us), zone, fold as u8)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let (h, m, s, us) = self.hms();
        let mut out = StrBuilder::new();
        out.push_str(&format!("{}({h}, {m}", tp_name(self)));
        if us != 0 {
            out.push_str(&format!(", {s}, {us}"));
        } else if s != 0 {
            out.push_str(&format!(", {s}"));
        }
        push_zone_and_fold(py, &mut out, self.zone(), self.fold.get())?;
        out.finish(py)
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        if self.hashcode.get() != -1 {
            return Ok(self.hashcode.get());
        }
        let offset = if self.fold.get() != 0 && self.hastzinfo.get() != 0 {
            // Both times of a name are equal, so they have one hash.
            let zone = self.zone();
            let first = PyTime::with_data(py, PyTime::type_object(), self.data, zone.as_deref(), 0)?;
            first.offset(py)?
        } else {
            self.offset(py)?
        };
        let h = match offset {
            None => runtime::hash::hash_bytes(&self.data),
            Some(o) => PyDelta::from_us(py, self.us_of_day() as i128 - o.to_us())?.as_object().hash(py)?,
        };
        self.hashcode.set(h);
        Ok(h)
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult {
        self.as_object().call_method0(py, intern!(py, "isoformat"))
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        match other.downcast::<PyTime>() {
            Some(o) => Ok(py_bool(self.order(py, o, op)?).owned().into_object()),
            None => Ok(not_implemented().owned()),
        }
    }

    /// string, format -> new time parsed from a string (like time.strptime()).
    #[classmethod(sig = "(string, format, /)", nosig)]
    fn strptime(cls: &PyTypeObject, py: Python, string: &PyStr, format: &PyStr) -> PyResult {
        let f = import_attr(py, "_strptime", "_strptime_datetime_time")?;
        f.call(py, &[cls.object(), string.as_object(), format.as_object()])
    }

    /// Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].
    ///
    /// timespec says how much of the time is shown: 'auto', 'hours', 'minutes', 'seconds', 'milliseconds' or
    /// 'microseconds'.
    #[pymethod(sig = "(timespec=None)", nosig)]
    fn isoformat(&self, py: Python, timespec: Option<&str>) -> PyResult<String> {
        let (h, m, s, us) = self.hms();
        let text = format::time_text(py, h, m, s, us, timespec.unwrap_or("auto"))?;
        Ok(text + &format::zone_offset(py, self.zone().as_deref(), ":", none())?)
    }

    /// format -> strftime() style string.
    #[pymethod(sig = "(format)", nosig)]
    fn strftime(&self, py: Python, format: &PyStr) -> PyResult {
        let (h, m, s, us) = self.hms();
        // The date must not matter; this one is good for every directive.
        let tuple = crate::system::int_tuple(py, [1900, 1, 1, h as i64, m as i64, s as i64, 0, 1, -1])?;
        let zone = self.zone();
        let moment = Moment { zone: zone.as_deref(), argument: none(), us, date: (1900, 1, 1) };
        format::strftime(py, &moment, format, tuple.as_object())
    }

    /// Formats self with strftime.
    #[pymethod(sig = "(format, /)", nosig)]
    fn __format__(&self, py: Python, format: &PyStr) -> PyResult {
        format::format_object(py, self.as_object(), format)
    }

    /// Return self.tzinfo.utcoffset(self).
    #[pymethod]
    fn utcoffset(&self, py: Python) -> PyResult<Option<Py<PyDelta>>> {
        self.offset(py)
    }

    /// Return self.tzinfo.tzname(self).
    #[pymethod]
    fn tzname(&self, py: Python) -> PyResult<Option<Py<PyStr>>> {
        tzinfo::tzname(py, self.zone().as_deref(), none())
    }

    /// Return self.tzinfo.dst(self).
    #[pymethod]
    fn dst(&self, py: Python) -> PyResult<Option<Py<PyDelta>>> {
        tzinfo::dst(py, self.zone().as_deref(), none())
    }

    /// Return time with new specified fields.
    #[pymethod(
        sig = "(hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)",
        text = "($self, /, hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn replace(
        &self,
        py: Python,
        hour: Option<&PyObject>,
        minute: Option<&PyObject>,
        second: Option<&PyObject>,
        microsecond: Option<&PyObject>,
        tzinfo: Option<&PyObject>,
        fold: Option<&PyObject>,
    ) -> PyResult {
        let (h, m, s, us) = self.hms();
        let hms = (
            c_int_or(py, hour, h)?,
            c_int_or(py, minute, m)?,
            c_int_or(py, second, s)?,
            c_int_or(py, microsecond, us)?,
        );
        let fold = c_int_or(py, fold, self.fold.get() as i32)?;
        let own = self.zone();
        let zone = if tzinfo.is_some() { zone(py, tzinfo)? } else { own.as_deref() };
        Self::of_class(py, self.ty(), hms, zone, fold)
    }

    /// The same as replace().
    #[pymethod(
        sig = "(hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)",
        text = "($self, /, **changes)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn __replace__(
        &self,
        py: Python,
        hour: Option<&PyObject>,
        minute: Option<&PyObject>,
        second: Option<&PyObject>,
        microsecond: Option<&PyObject>,
        tzinfo: Option<&PyObject>,
        fold: Option<&PyObject>,
    ) -> PyResult {
        self.replace(py, hour, minute, second, microsecond, tzinfo, fold)
    }

    /// string -> time from a string in ISO 8601 format
    #[classmethod]
    fn fromisoformat(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        let text = iso_argument(py, object)?;
        let bytes = iso::ascii(text.chars());
        // A time alone begins with T by the standard, but need not.
        let Some(mut t) = iso::time(bytes.strip_prefix(b"T").unwrap_or(&bytes)) else {
            return Err(invalid_iso(py, object));
        };
        if t.hour == 24 {
            midnight(py, &t)?;
            t.hour = 0;
        }
        let zone = iso_zone(py, t.offset)?;
        Self::of_class(py, cls, (t.hour, t.minute, t.second, t.us), zone.as_deref(), 0)
    }

    /// __reduce_ex__(proto) -> (cls, state)
    #[pymethod(sig = "(proto, /)", nosig)]
    fn __reduce_ex__(&self, py: Python, proto: i32) -> PyResult<Py<PyTuple>> {
        PyTuple::new(py, [self.ty().object().owned(), self.state(py, proto)?.into_object()])
    }

    /// __reduce__() -> (cls, state)
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.__reduce_ex__(py, 2)
    }

    #[getter]
    fn hour(&self) -> i32 {
        self.hms().0
    }

    #[getter]
    fn minute(&self) -> i32 {
        self.hms().1
    }

    #[getter]
    fn second(&self) -> i32 {
        self.hms().2
    }

    #[getter]
    fn microsecond(&self) -> i32 {
        self.hms().3
    }

    #[getter]
    fn tzinfo(&self) -> Option<Py> {
        self.zone()
    }

    #[getter]
    fn fold(&self) -> i32 {
        self.fold.get() as i32
    }
}

/// The end of a repr: zone and fold if they are not the usual ones.
pub fn push_zone_and_fold(py: Python, out: &mut StrBuilder, zone: Option<Py>, fold: u8) -> PyResult<()> {
    if let Some(z) = zone {
        out.push_str(", tzinfo=");
        out.push_pystr(&*z.repr(py)?);
    }
    if fold != 0 {
        out.push_str(", fold=1");
    }
    out.push_str(")");
    Ok(())
}

/// Hour 24 is only good for the end of a day.
pub fn midnight(py: Python, t: &iso::Time) -> PyResult<()> {
    if (t.minute, t.second, t.us) != (0, 0, 0) {
        return Err(value_error(py, "minute, second, and microsecond must be 0 when hour is 24"));
    }
    Ok(())
}

/// The class's constants.
pub fn add_constants(py: Python) -> PyResult<()> {
    let ty = PyTime::type_object();
    set_type_attribute(py, ty, "min", PyTime::new(py, ty, (0, 0, 0, 0), None, 0)?.as_object())?;
    set_type_attribute(py, ty, "max", PyTime::new(py, ty, (23, 59, 59, 999_999), None, 0)?.as_object())?;
    set_type_attribute(py, ty, "resolution", PyDelta::new(py, 0, 0, 1)?.as_object())
}
