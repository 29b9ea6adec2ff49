//! `datetime`: the object, its arithmetic and its comparison.

use super::calendar;
use super::calendar::{MAXYEAR, Stamp};
use super::date::{self, PyDate, missing, out_of_range, state_bytes};
use super::delta::{PyDelta, c_int, c_int_or, small};
use super::format::{self, DAY_NAMES, MONTH_NAMES};
use super::time::{self, push_zone_and_fold, state_zone};
use super::tzinfo::{self, zone};
use crate::system::set_type_attribute;
use runtime::prelude::*;

/// `PyDateTime_DateTime`.
#[repr(C)]
pub struct PyDateTime {
    pub ob_base: PyObject,
    hashcode: Cell<isize>,
    hastzinfo: Cell<u8>,
    data: [u8; 10],
    fold: Cell<u8>,
    tzinfo: Slot,
}

const _: () = assert!(size_of::<PyDateTime>() == 48 && std::mem::offset_of!(PyDateTime, fold) == 35);

impl PyDateTime {
    fn with_data(
        py: Python,
        cls: &PyTypeObject,
        data: [u8; 10],
        zone: Option<&PyObject>,
        fold: u8,
    ) -> PyResult<Py<PyDateTime>> {
        new_object(
            py,
            cls,
            PyDateTime {
                ob_base: PyObject::header(cls),
                hashcode: Cell::new(-1),
                hastzinfo: Cell::new(zone.is_some().into()),
                data,
                fold: Cell::new(fold),
                tzinfo: Slot::new(zone.map(|z| z.owned())),
            },
        )
    }

    /// A datetime of a class with this very layout; the numbers are right.
    pub fn new(
        py: Python,
        cls: &PyTypeObject,
        s: Stamp,
        zone: Option<&PyObject>,
        fold: u8,
    ) -> PyResult<Py<PyDateTime>> {
        let [high, low] = (s.year as u16).to_be_bytes();
        let [_, a, b, c] = s.us.to_be_bytes();
        let data =
            [high, low, s.month as u8, s.day as u8, s.hour as u8, s.minute as u8, s.second as u8, a, b, c];
        Self::with_data(py, cls, data, zone, fold)
    }

    /// Are the numbers right?
    pub fn check_fields(py: Python, s: &Stamp, fold: i32) -> PyResult<()> {
        date::check(py, s.year, s.month, s.day)?;
        time::check(py, s.hour, s.minute, s.second, s.us, fold)
    }

    /// A datetime of any class: others than datetime are called.
    pub fn of_class(
        py: Python,
        cls: &PyTypeObject,
        s: Stamp,
        zone: Option<&PyObject>,
        fold: i32,
    ) -> PyResult {
        Self::check_fields(py, &s, fold)?;
        if std::ptr::eq(cls, PyDateTime::type_object()) {
            return Ok(Self::new(py, cls, s, zone, fold as u8)?.into_object());
        }
        let mut args = Vec::with_capacity(8);
        for v in [s.year, s.month, s.day, s.hour, s.minute, s.second, s.us] {
            args.push(small(py, v)?);
        }
        args.push(zone.unwrap_or(none()).owned());
        let args: Vec<&PyObject> = args.iter().map(|a| &**a).collect();
        let made = cls.object().call(py, &args)?;
        if let Some(d) = made.downcast::<PyDateTime>() {
            d.fold.set(fold as u8);
        }
        Ok(made)
    }

    pub fn stamp(&self) -> Stamp {
        let [y1, y2, month, day, hour, minute, second, a, b, c] = self.data;
        Stamp {
            year: u16::from_be_bytes([y1, y2]) as i32,
            month: month as i32,
            day: day as i32,
            hour: hour as i32,
            minute: minute as i32,
            second: second as i32,
            us: i32::from_be_bytes([0, a, b, c]),
        }
    }

    pub fn zone(&self) -> Option<Py> {
        self.tzinfo.get_owned()
    }

    /// Puts a fresh object into another zone.
    pub fn set_zone(&self, zone: &PyObject) {
        self.tzinfo.set(Some(zone.owned()));
        self.hastzinfo.set(1);
    }

    pub fn fold_value(&self) -> u8 {
        self.fold.get()
    }

    pub fn offset(&self, py: Python) -> PyResult<Option<Py<PyDelta>>> {
        tzinfo::utcoffset(py, self.zone().as_deref(), self.as_object())
    }

    /// The offset with the other fold.
    fn flipped_offset(&self, py: Python) -> PyResult<Option<Py<PyDelta>>> {
        let zone = self.zone();
        let other =
            Self::with_data(py, PyDateTime::type_object(), self.data, zone.as_deref(), 1 - self.fold.get())?;
        other.offset(py)
    }

    /// Another datetime so many microseconds away, of the same class and zone.
    pub fn plus(&self, py: Python, us: i128) -> PyResult {
        let Some(s) = Stamp::from_us(self.stamp().to_us() + us) else { return Err(out_of_range(py)) };
        Self::of_class(py, self.ty(), s, self.zone().as_deref(), 0)
    }

    fn same_zone(&self, other: &PyDateTime) -> bool {
        self.tzinfo.as_ptr() == other.tzinfo.as_ptr()
    }

    /// The difference in microseconds.
    pub fn minus(&self, py: Python, other: &PyDateTime) -> PyResult<i128> {
        let base = self.stamp().to_us() - other.stamp().to_us();
        if self.same_zone(other) {
            return Ok(base);
        }
        match (self.offset(py)?, other.offset(py)?) {
            (None, None) => Ok(base),
            (Some(a), Some(b)) => Ok(base - a.to_us() + b.to_us()),
            _ => Err(type_error(py, "can't subtract offset-naive and offset-aware datetimes")),
        }
    }

    /// Does the offset of this one or the other depend on the fold? Such times equal no time of another zone.
    fn ambiguous(
        &self,
        py: Python,
        other: &PyDateTime,
        own: Option<&PyDelta>,
        others: Option<&PyDelta>,
    ) -> PyResult<bool> {
        let us = |d: Option<&PyDelta>| d.map(PyDelta::to_us);
        Ok(us(self.flipped_offset(py)?.as_deref()) != us(own)
            || us(other.flipped_offset(py)?.as_deref()) != us(others))
    }

    fn order(&self, py: Python, other: &PyDateTime, op: CompareOp) -> PyResult<bool> {
        let plain = self.data.cmp(&other.data);
        if self.same_zone(other) {
            return Ok(op.holds(plain));
        }
        let (a, b) = (self.offset(py)?, other.offset(py)?);
        let mut order = match (&a, &b) {
            (None, None) => plain,
            (Some(a), Some(b)) => {
                (self.stamp().to_us() - a.to_us()).cmp(&(other.stamp().to_us() - b.to_us()))
            }
            _ if op == CompareOp::Eq => return Ok(false),
            _ if op == CompareOp::Ne => return Ok(true),
            _ => return Err(type_error(py, "can't compare offset-naive and offset-aware datetimes")),
        };
        if matches!(op, CompareOp::Eq | CompareOp::Ne)
            && order.is_eq()
            && self.ambiguous(py, other, a.as_deref(), b.as_deref())?
        {
            order = std::cmp::Ordering::Greater;
        }
        Ok(op.holds(order))
    }

    pub fn state(&self, py: Python, protocol: i32) -> PyResult<Py<PyTuple>> {
        let mut data = self.data;
        if protocol > 3 && self.fold.get() != 0 {
            data[2] |= 0x80;
        }
        let bytes = PyBytes::new(py, &data)?.into_object();
        match self.zone() {
            Some(z) => PyTuple::new(py, [bytes, z]),
            None => PyTuple::new(py, [bytes]),
        }
    }
}

/// datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])
///
/// The year, month and day arguments are required. tzinfo is None or an instance of a tzinfo subclass; the others are
/// ints.
#[pytype(
    name = "datetime",
    module = "datetime",
    base = PyDate,
    flags(BASETYPE),
    nosig,
    parts(make, methods)
)]
impl PyDateTime {
    #[slot(
        tp_new,
        vectorcall,
        sig = "(year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>, hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        year: Option<&PyObject>,
        month: Option<&PyObject>,
        day: Option<&PyObject>,
        hour: Option<&PyObject>,
        minute: Option<&PyObject>,
        second: Option<&PyObject>,
        microsecond: Option<&PyObject>,
        tzinfo: Option<&PyObject>,
        fold: Option<&PyObject>,
    ) -> PyResult<Py<PyDateTime>> {
        let Some(year) = year else { return Err(missing(py, "year", 1)) };
        if day.is_none()
            && hour.is_none()
            && let Some(bytes) = state_bytes(py, year, 10)?
            && let Ok(mut data) = <[u8; 10]>::try_from(bytes)
            && (1..=12).contains(&(data[2] & 0x7f))
        {
            let fold = data[2] >> 7;
            data[2] &= 0x7f;
            return Self::with_data(py, cls, data, state_zone(py, month)?, fold);
        }
        // Arguments are converted in their order, before it is seen that one is missing.
        let year = c_int(py, year)?;
        let Some(month) = month else { return Err(missing(py, "month", 2)) };
        let month = c_int(py, month)?;
        let Some(day) = day else { return Err(missing(py, "day", 3)) };
        let s = Stamp {
            year,
            month,
            day: c_int(py, day)?,
            hour: c_int_or(py, hour, 0)?,
            minute: c_int_or(py, minute, 0)?,
            second: c_int_or(py, second, 0)?,
            us: c_int_or(py, microsecond, 0)?,
        };
        let fold = c_int_or(py, fold, 0)?;
        let zone = zone(py, tzinfo)?;
        Self::check_fields(py, &s, fold)?;
        Self::new(py, cls, s, zone, fold as u8)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let s = self.stamp();
        let mut out = StrBuilder::new();
        out.push_str(&format!(
            "{}({}, {}, {}, {}, {}",
            tp_name(self),
            s.year,
            s.month,
            s.day,
            s.hour,
            s.minute
        ));
        if s.us != 0 {
            out.push_str(&format!(", {}, {}", s.second, s.us));
        } else if s.second != 0 {
            out.push_str(&format!(", {}", s.second));
        }
        push_zone_and_fold(py, &mut out, self.zone(), self.fold.get())?;
        out.finish(py)
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        if self.hashcode.get() != -1 {
            return Ok(self.hashcode.get());
        }
        // Both times of a name have one hash.
        let offset = if self.fold.get() != 0 { self.flipped_offset(py)? } else { self.offset(py)? };
        let h = match offset {
            None => runtime::hash::hash_bytes(&self.data),
            Some(o) => PyDelta::from_us(py, self.stamp().to_us() - o.to_us())?.as_object().hash(py)?,
        };
        self.hashcode.set(h);
        Ok(h)
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult {
        let space = PyStr::new(py, " ")?;
        self.as_object().call_method1(py, intern!(py, "isoformat"), space.as_object())
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult {
        match other.downcast::<PyDateTime>() {
            Some(o) => Ok(py_bool(self.order(py, o, op)?).owned().into_object()),
            None => Ok(not_implemented().owned()),
        }
    }

    #[slot(nb_add)]
    fn add(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        if let (Some(d), Some(delta)) = (a.downcast::<PyDateTime>(), b.downcast::<PyDelta>()) {
            return d.plus(py, delta.to_us());
        }
        match (b.downcast::<PyDateTime>(), a.downcast::<PyDelta>()) {
            (Some(d), Some(delta)) => d.plus(py, delta.to_us()),
            _ => Ok(not_implemented().owned()),
        }
    }

    #[slot(nb_subtract)]
    fn subtract(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        let Some(d) = a.downcast::<PyDateTime>() else { return Ok(not_implemented().owned()) };
        if let Some(other) = b.downcast::<PyDateTime>() {
            return Ok(PyDelta::from_us(py, d.minus(py, other)?)?.into_object());
        }
        match b.downcast::<PyDelta>() {
            Some(delta) => d.plus(py, -delta.to_us()),
            None => Ok(not_implemented().owned()),
        }
    }

    #[getter]
    fn hour(&self) -> i32 {
        self.stamp().hour
    }

    #[getter]
    fn minute(&self) -> i32 {
        self.stamp().minute
    }

    #[getter]
    fn second(&self) -> i32 {
        self.stamp().second
    }

    #[getter]
    fn microsecond(&self) -> i32 {
        self.stamp().us
    }

    #[getter(name = "tzinfo")]
    fn get_tzinfo(&self) -> Option<Py> {
        self.zone()
    }

    #[getter(name = "fold")]
    fn get_fold(&self) -> i32 {
        self.fold.get() as i32
    }

    /// Return ctime() style string.
    #[pymethod]
    fn ctime(&self) -> String {
        let s = self.stamp();
        let (day, month) = (calendar::weekday(s.year, s.month, s.day) as usize, s.month as usize - 1);
        format!(
            "{} {} {:2} {:02}:{:02}:{:02} {:04}",
            DAY_NAMES[day % 7],
            MONTH_NAMES[month % 12],
            s.day,
            s.hour,
            s.minute,
            s.second,
            s.year
        )
    }

    /// [sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].
    ///
    /// sep stands between date and time, 'T' by default. timespec says how much of the time is shown: 'auto', 'hours',
    /// 'minutes', 'seconds', 'milliseconds' or 'microseconds'.
    #[pymethod(sig = "(sep=None, timespec=None)", nosig)]
    fn isoformat(&self, py: Python, sep: Option<Separator>, timespec: Option<&str>) -> PyResult<Py<PyStr>> {
        let s = self.stamp();
        let time = format::time_text(py, s.hour, s.minute, s.second, s.us, timespec.unwrap_or("auto"))?;
        let mut out = StrBuilder::new();
        out.push_str(&format!("{:04}-{:02}-{:02}", s.year, s.month, s.day));
        out.push_char(sep.map_or('T' as u32, |s| s.0));
        out.push_str(&time);
        out.push_str(&format::zone_offset(py, self.zone().as_deref(), ":", self.as_object())?);
        out.finish(py)
    }
}

/// A character (the `C` format).
pub struct Separator(u32);

impl<'a> runtime::args::FromArg<'a> for Separator {
    fn from_arg(py: Python, o: &'a PyObject, _: runtime::args::At) -> PyResult<Separator> {
        let wrong = |found: String| {
            Err(type_error(py, format!("isoformat() argument 1 must be a unicode character, not {found}")))
        };
        match o.downcast::<PyStr>() {
            Some(s) if s.len() == 1 => Ok(Separator(s.char_at(0))),
            Some(s) => wrong(format!("a string of length {}", s.len())),
            None => wrong(type_name(o).to_owned()),
        }
    }
}

/// The class's constants.
pub fn add_constants(py: Python) -> PyResult<()> {
    let ty = PyDateTime::type_object();
    let first = Stamp { year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0, us: 0 };
    let last = Stamp { year: MAXYEAR, month: 12, day: 31, hour: 23, minute: 59, second: 59, us: 999_999 };
    set_type_attribute(py, ty, "min", PyDateTime::new(py, ty, first, None, 0)?.as_object())?;
    set_type_attribute(py, ty, "max", PyDateTime::new(py, ty, last, None, 0)?.as_object())?;
    set_type_attribute(py, ty, "resolution", PyDelta::new(py, 0, 0, 1)?.as_object())
}
