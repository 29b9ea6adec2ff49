//! `datetime`: constructors, conversions, and the methods that ask the zone.

use super::calendar::{self, Stamp};
use super::clock::{self, EPOCH};
use super::date::{PyDate, invalid_iso, iso_argument};
use super::datetime::PyDateTime;
use super::delta::{PyDelta, c_int_or, true_divide};
use super::format::{self, Moment};
use super::iso;
use super::time::{PyTime, iso_zone, midnight};
use super::tzinfo::{self, zone};
use super::{date, state};
use runtime::import::import_attr;
use runtime::prelude::*;
use runtime::types::exceptions::*;

/// An instance for a POSIX time: local without a zone, otherwise in the zone.
pub fn from_posix(py: Python, cls: &PyTypeObject, (t, us): (i64, i32), zone: Option<&PyObject>) -> PyResult {
    let Some(zone) = zone else {
        let l = clock::local(py, t)?;
        let s = Stamp { us, ..l.stamp };
        let fold = clock::fold_of(py, t, &l.stamp)?;
        return PyDateTime::of_class(py, cls, s, None, fold as i32);
    };
    let utc = PyDateTime::of_class(py, cls, clock::utc_stamp(py, t, us)?, Some(zone), 0)?;
    zone.call_method1(py, intern!(py, "fromutc"), &utc)
}

#[pymethods(make)]
impl PyDateTime {
    /// Returns new datetime object representing current time local to tz.
    ///
    ///   tz
    ///     Timezone object.
    ///
    /// If no tz is specified, uses local timezone.
    #[classmethod(sig = "(tz=None)")]
    fn now(cls: &PyTypeObject, py: Python, tz: &PyObject) -> PyResult {
        from_posix(py, cls, clock::now(), zone(py, Some(tz))?)
    }

    /// Return a new datetime representing UTC day and time.
    #[classmethod]
    fn utcnow(cls: &PyTypeObject, py: Python) -> PyResult {
        warn(
            py,
            &PyExc_DeprecationWarning_Type,
            "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC).",
            1,
        )?;
        let (t, us) = clock::now();
        PyDateTime::of_class(py, cls, clock::utc_stamp(py, t, us)?, None, 0)
    }

    /// timestamp[, tz] -> tz's local time from POSIX timestamp.
    #[classmethod(sig = "(timestamp, tz=None)", nosig)]
    fn fromtimestamp(cls: &PyTypeObject, py: Python, timestamp: &PyObject, tz: &PyObject) -> PyResult {
        let zone = zone(py, Some(tz))?;
        from_posix(py, cls, clock::timestamp(py, timestamp)?, zone)
    }

    /// Construct a naive UTC datetime from a POSIX timestamp.
    #[classmethod(nosig)]
    fn utcfromtimestamp(cls: &PyTypeObject, py: Python, timestamp: &PyObject) -> PyResult {
        warn(
            py,
            &PyExc_DeprecationWarning_Type,
            "datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.fromtimestamp(timestamp, datetime.UTC).",
            1,
        )?;
        let (t, us) = clock::timestamp(py, timestamp)?;
        PyDateTime::of_class(py, cls, clock::utc_stamp(py, t, us)?, None, 0)
    }

    /// string, format -> new datetime parsed from a string (like time.strptime()).
    #[classmethod(sig = "(string, format, /)", nosig)]
    fn strptime(cls: &PyTypeObject, py: Python, string: &PyStr, format: &PyStr) -> PyResult {
        let f = import_attr(py, "_strptime", "_strptime_datetime_datetime")?;
        f.call(py, &[cls.object(), string.as_object(), format.as_object()])
    }

    /// date, time -> datetime with same date and time fields
    #[classmethod(sig = "(date, time, tzinfo=<unrepresentable>)", nosig)]
    fn combine(
        cls: &PyTypeObject,
        py: Python,
        date: &PyDate,
        time: &PyTime,
        tzinfo: Option<&PyObject>,
    ) -> PyResult {
        let own = time.zone();
        let zone = if tzinfo.is_some() { zone(py, tzinfo)? } else { own.as_deref() };
        let (year, month, day) = date.ymd();
        let (hour, minute, second, us) = time.hms();
        let s = Stamp { year, month, day, hour, minute, second, us };
        PyDateTime::of_class(py, cls, s, zone, time.fold_value() as i32)
    }

    /// string -> datetime from a string in most ISO 8601 formats
    #[classmethod]
    fn fromisoformat(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        let text = iso_argument(py, object)?;
        let bytes = iso::ascii(text.chars());
        let split = iso::separator(&bytes).and_then(|end| Some((iso::date(bytes.get(..end)?)?, end)));
        let Some(((mut year, mut month, mut day), end)) = split else {
            return Err(invalid_iso(py, object));
        };
        let mut s = Stamp { year, month, day, hour: 0, minute: 0, second: 0, us: 0 };
        let Some(rest) = bytes.get(end + 1..).filter(|r| !r.is_empty()) else {
            // A separator needs a time behind it.
            return PyDateTime::of_class(py, cls, s, None, 0);
        };
        let Some(mut t) = iso::time(rest) else { return Err(invalid_iso(py, object)) };
        if t.hour == 24 && (1..=12).contains(&month) {
            midnight(py, &t)?;
            let days = calendar::days_in_month(year, month);
            if day <= days {
                t.hour = 0;
                day += 1;
                if day > days {
                    day = 1;
                    month += 1;
                }
                if month > 12 {
                    month = 1;
                    year += 1;
                }
            }
        }
        s = Stamp { year, month, day, hour: t.hour, minute: t.minute, second: t.second, us: t.us };
        let zone = iso_zone(py, t.offset)?;
        PyDateTime::of_class(py, cls, s, zone.as_deref(), 0)
    }

    /// Return datetime with new specified fields.
    #[pymethod(
        sig = "(year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>, hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)",
        text = "($self, /, year=unchanged, month=unchanged, day=unchanged,\n        hour=unchanged, minute=unchanged, second=unchanged,\n        microsecond=unchanged, tzinfo=unchanged, *, fold=unchanged)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn replace(
        &self,
        py: Python,
        year: Option<&PyObject>,
        month: Option<&PyObject>,
        day: Option<&PyObject>,
        hour: Option<&PyObject>,
        minute: Option<&PyObject>,
        second: Option<&PyObject>,
        microsecond: Option<&PyObject>,
        tzinfo: Option<&PyObject>,
        fold: Option<&PyObject>,
    ) -> PyResult {
        let old = self.stamp();
        let s = Stamp {
            year: c_int_or(py, year, old.year)?,
            month: c_int_or(py, month, old.month)?,
            day: c_int_or(py, day, old.day)?,
            hour: c_int_or(py, hour, old.hour)?,
            minute: c_int_or(py, minute, old.minute)?,
            second: c_int_or(py, second, old.second)?,
            us: c_int_or(py, microsecond, old.us)?,
        };
        let fold = c_int_or(py, fold, self.fold_value() as i32)?;
        let own = self.zone();
        let zone = if tzinfo.is_some() { zone(py, tzinfo)? } else { own.as_deref() };
        PyDateTime::of_class(py, self.ty(), s, zone, fold)
    }

    /// The same as replace().
    #[pymethod(
        sig = "(year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>, hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)",
        text = "($self, /, **changes)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn __replace__(
        &self,
        py: Python,
        year: Option<&PyObject>,
        month: Option<&PyObject>,
        day: Option<&PyObject>,
        hour: Option<&PyObject>,
        minute: Option<&PyObject>,
        second: Option<&PyObject>,
        microsecond: Option<&PyObject>,
        tzinfo: Option<&PyObject>,
        fold: Option<&PyObject>,
    ) -> PyResult {
        self.replace(py, year, month, day, hour, minute, second, microsecond, tzinfo, fold)
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
}

impl PyDateTime {
    /// UTC seconds of the calendar: by the zone, or the local one.
    fn utc_seconds(&self, py: Python) -> PyResult<i64> {
        clock::from_local(py, &self.stamp(), self.fold_value())
    }

    /// The UTC seconds at which the local zone's offset is that of this time: with fold 0 the offset before clocks are
    /// changed, with fold 1 that after, also for times that the clocks skip.
    fn zone_seconds(&self, py: Python) -> PyResult<i64> {
        let (s, fold) = (self.stamp(), self.fold_value());
        let own = clock::from_local(py, &s, fold)?;
        let other = clock::from_local(py, &s, 1 - fold)?;
        Ok(if other != own && (other > own) == (fold != 0) { other } else { own })
    }

    fn tuple(&self, py: Python, s: &Stamp, dst: i32) -> PyResult {
        format::struct_time(py, (s.year, s.month, s.day), (s.hour, s.minute, s.second), dst)
    }
}

#[pymethods(methods)]
impl PyDateTime {
    /// Return date object with same year, month and day.
    #[pymethod]
    fn date(&self, py: Python) -> PyResult<Py<PyDate>> {
        let s = self.stamp();
        PyDate::new(py, PyDate::type_object(), s.year, s.month, s.day)
    }

    /// Return time object with same time but with tzinfo=None.
    #[pymethod]
    fn time(&self, py: Python) -> PyResult<Py<PyTime>> {
        let s = self.stamp();
        let hms = (s.hour, s.minute, s.second, s.us);
        PyTime::new(py, PyTime::type_object(), hms, None, self.fold_value())
    }

    /// Return time object with same time and tzinfo.
    #[pymethod]
    fn timetz(&self, py: Python) -> PyResult<Py<PyTime>> {
        let s = self.stamp();
        let hms = (s.hour, s.minute, s.second, s.us);
        PyTime::new(py, PyTime::type_object(), hms, self.zone().as_deref(), self.fold_value())
    }

    /// Return time tuple, compatible with time.localtime().
    #[pymethod]
    fn timetuple(&self, py: Python) -> PyResult {
        let zone = self.zone();
        let dst = match tzinfo::dst(py, zone.as_deref(), self.as_object())? {
            Some(d) => i32::from(!d.is_zero()),
            None => -1,
        };
        self.tuple(py, &self.stamp(), dst)
    }

    /// Return UTC time tuple, compatible with time.localtime().
    #[pymethod]
    fn utctimetuple(&self, py: Python) -> PyResult {
        let s = match self.offset(py)? {
            Some(o) => {
                Stamp::from_us(self.stamp().to_us() - o.to_us()).ok_or_else(|| date::out_of_range(py))?
            }
            None => self.stamp(),
        };
        self.tuple(py, &s, 0)
    }

    /// Return POSIX timestamp as float.
    #[pymethod]
    fn timestamp(&self, py: Python) -> PyResult<f64> {
        if self.zone().is_some() {
            let epoch = state(py).epoch(py)?;
            return true_divide(py, self.minus(py, &epoch)?, 1_000_000);
        }
        Ok((self.utc_seconds(py)? - EPOCH) as f64 + self.stamp().us as f64 / 1e6)
    }

    /// format -> strftime() style string.
    #[pymethod(sig = "(format)", nosig)]
    fn strftime(&self, py: Python, format: &PyStr) -> PyResult {
        let tuple = self.as_object().call_method0(py, intern!(py, "timetuple"))?;
        let (zone, s) = (self.zone(), self.stamp());
        let m = Moment {
            zone: zone.as_deref(),
            argument: self.as_object(),
            us: s.us,
            date: (s.year, s.month, s.day),
        };
        format::strftime(py, &m, format, &tuple)
    }

    /// Return self.tzinfo.utcoffset(self).
    #[pymethod]
    fn utcoffset(&self, py: Python) -> PyResult<Option<Py<PyDelta>>> {
        self.offset(py)
    }

    /// Return self.tzinfo.tzname(self).
    #[pymethod]
    fn tzname(&self, py: Python) -> PyResult<Option<Py<PyStr>>> {
        tzinfo::tzname(py, self.zone().as_deref(), self.as_object())
    }

    /// Return self.tzinfo.dst(self).
    #[pymethod]
    fn dst(&self, py: Python) -> PyResult<Option<Py<PyDelta>>> {
        tzinfo::dst(py, self.zone().as_deref(), self.as_object())
    }

    /// tz -> convert to local time in new timezone tz
    #[pymethod(sig = "(tz=None)", nosig)]
    fn astimezone(&self, py: Python, tz: &PyObject) -> PyResult {
        let target = zone(py, Some(tz))?;
        let mut own = self.zone();
        let mut offset = None;
        if let Some(z) = &own {
            if target.is_some_and(|t| t.is(z)) {
                return Ok(self.as_object().owned());
            }
            offset = tzinfo::utcoffset(py, Some(z), self.as_object())?;
        }
        if offset.is_none() {
            // A naive time is a local one.
            let z = clock::local_zone(py, self.zone_seconds(py)?)?;
            if target.is_some_and(|t| t.is(&z)) {
                return Ok(self.as_object().owned());
            }
            offset = tzinfo::utcoffset(py, Some(&z), self.as_object())?;
            own = Some(z);
        }
        drop(own);
        let us = offset.map_or(0, |o| o.to_us());
        let result = self.plus(py, -us)?;
        let Some(utc) = result.downcast::<PyDateTime>() else {
            return Err(type_error(py, "fromutc: argument must be a datetime"));
        };
        let target = match target {
            Some(t) => t.owned(),
            None => clock::local_zone(py, utc.stamp().seconds())?,
        };
        utc.set_zone(&target);
        target.call_method1(py, intern!(py, "fromutc"), &result)
    }
}
