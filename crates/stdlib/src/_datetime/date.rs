//! `date` and what `date.isocalendar()` returns.

use super::calendar::{self, IsoError, MAX_ORDINAL, MAXYEAR, MINYEAR, Stamp};
use super::datetime::PyDateTime;
use super::delta::{PyDelta, c_int, c_int_or, small};
use super::format::{self, DAY_NAMES, MONTH_NAMES, Moment};
use super::{clock, iso};
use crate::system::{int_tuple, set_type_attribute};
use runtime::import::import_attr;
use runtime::prelude::*;

/// `PyDateTime_Date`, the beginning of `PyDateTime_DateTime` too.
#[repr(C)]
pub struct PyDate {
    pub ob_base: PyObject,
    pub hashcode: Cell<isize>,
    pub hastzinfo: Cell<u8>,
    data: [u8; 4],
}

const _: () = assert!(size_of::<PyDate>() == 32);

/// Is it a date of the calendar?
pub fn check(py: Python, year: i32, month: i32, day: i32) -> PyResult<()> {
    if !(MINYEAR..=MAXYEAR).contains(&year) {
        return Err(value_error(py, format!("year must be in {MINYEAR}..{MAXYEAR}, not {year}")));
    }
    if !(1..=12).contains(&month) {
        return Err(value_error(py, format!("month must be in 1..12, not {month}")));
    }
    let days = calendar::days_in_month(year, month);
    if !(1..=days).contains(&day) {
        return Err(value_error(
            py,
            format!("day {day} must be in range 1..{days} for month {month} in year {year}"),
        ));
    }
    Ok(())
}

/// Does a state's byte hold a month? Its top bit may be the fold.
fn is_month(b: u8) -> bool {
    (1..=12).contains(&b)
}

/// The bytes of a pickled state: bytes, or text that an old pickle of Python 2 became.
pub fn state_bytes(py: Python, o: &PyObject, n: usize) -> PyResult<Option<Vec<u8>>> {
    if let Some(b) = o.downcast::<PyBytes>() {
        return Ok(Some(b.as_bytes().to_vec()).filter(|b| b.len() == n));
    }
    let Some(s) = o.downcast::<PyStr>().filter(|s| s.len() == n) else { return Ok(None) };
    if let Some(bytes) = s.chars().map(|c| u8::try_from(c).ok()).collect::<Option<Vec<u8>>>() {
        return Ok(Some(bytes));
    }
    Err(value_error(
        py,
        "Failed to encode latin1 string when unpickling a date, time or datetime object. pickle.load(data, encoding='latin1') is assumed.",
    ))
}

#[cold]
pub fn out_of_range(py: Python) -> Raised {
    overflow_error(py, "date value out of range")
}

/// The error for a text that is no date or time.
#[cold]
pub fn invalid_iso(py: Python, text: &PyObject) -> Raised {
    match text.repr(py) {
        Ok(r) => value_error(py, format!("Invalid isoformat string: {}", r.to_string_lossy())),
        Err(e) => e,
    }
}

/// The argument of fromisoformat().
pub fn iso_argument<'a>(py: Python, o: &'a PyObject) -> PyResult<&'a PyStr> {
    o.downcast::<PyStr>().ok_or_else(|| type_error(py, "fromisoformat: argument must be str"))
}

/// The error for a required argument that is missing.
#[cold]
pub fn missing(py: Python, name: &str, position: usize) -> Raised {
    type_error(py, format!("function missing required argument '{name}' (pos {position})"))
}

impl PyDate {
    fn with_data(py: Python, cls: &PyTypeObject, data: [u8; 4]) -> PyResult<Py<PyDate>> {
        new_object(
            py,
            cls,
            PyDate { ob_base: PyObject::header(cls), hashcode: Cell::new(-1), hastzinfo: Cell::new(0), data },
        )
    }

    /// A date of a class with this very layout; the numbers are right.
    pub fn new(py: Python, cls: &PyTypeObject, year: i32, month: i32, day: i32) -> PyResult<Py<PyDate>> {
        let [high, low] = (year as u16).to_be_bytes();
        Self::with_data(py, cls, [high, low, month as u8, day as u8])
    }

    /// A date of any class: others than date and datetime are called.
    pub fn of_class(py: Python, cls: &PyTypeObject, (y, m, d): (i32, i32, i32)) -> PyResult {
        check(py, y, m, d)?;
        if std::ptr::eq(cls, PyDate::type_object()) {
            return Ok(Self::new(py, cls, y, m, d)?.into_object());
        }
        if std::ptr::eq(cls, PyDateTime::type_object()) {
            let s = Stamp { year: y, month: m, day: d, hour: 0, minute: 0, second: 0, us: 0 };
            return Ok(PyDateTime::new(py, cls, s, None, 0)?.into_object());
        }
        cls.object().call(py, &[&*small(py, y)?, &*small(py, m)?, &*small(py, d)?])
    }

    pub fn ymd(&self) -> (i32, i32, i32) {
        let [a, b, m, d] = self.data;
        (u16::from_be_bytes([a, b]) as i32, m as i32, d as i32)
    }

    pub fn ordinal(&self) -> i32 {
        let (y, m, d) = self.ymd();
        calendar::to_ordinal(y, m, d)
    }

    /// Another date so many days away, of the same class.
    fn plus(&self, py: Python, days: i64) -> PyResult {
        let n = self.ordinal() as i64 + days;
        if !(1..=MAX_ORDINAL as i64).contains(&n) {
            return Err(out_of_range(py));
        }
        Self::of_class(py, self.ty(), calendar::from_ordinal(n as i32))
    }

    fn iso_text(&self) -> String {
        let (y, m, d) = self.ymd();
        format!("{y:04}-{m:02}-{d:02}")
    }
}

/// A date but no datetime, which compares with its own kind only.
fn plain(o: &PyObject) -> Option<&PyDate> {
    o.downcast::<PyDate>().filter(|_| !PyDateTime::check(o))
}

/// date(year, month, day) --> date object
#[pytype(name = "date", module = "datetime", flags(BASETYPE), nosig)]
impl PyDate {
    #[slot(
        tp_new,
        vectorcall,
        sig = "(year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>)"
    )]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        year: Option<&PyObject>,
        month: Option<&PyObject>,
        day: Option<&PyObject>,
    ) -> PyResult<Py<PyDate>> {
        let Some(year) = year else { return Err(missing(py, "year", 1)) };
        let Some(month) = month else {
            if let Some(state) = state_bytes(py, year, 4)?
                && let &[a, b, m, d] = &state[..]
                && is_month(m)
            {
                return Self::with_data(py, cls, [a, b, m, d]);
            }
            // Arguments are converted in their order, before it is seen that one is missing.
            c_int(py, year)?;
            return Err(missing(py, "month", 2));
        };
        let (y, m) = (c_int(py, year)?, c_int(py, month)?);
        let Some(day) = day else { return Err(missing(py, "day", 3)) };
        let d = c_int(py, day)?;
        check(py, y, m, d)?;
        PyDate::new(py, cls, y, m, d)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let (y, m, d) = self.ymd();
        PyStr::new(py, &format!("{}({y}, {m}, {d})", tp_name(self)))
    }

    #[slot(tp_hash)]
    fn hash(&self) -> isize {
        if self.hashcode.get() == -1 {
            self.hashcode.set(runtime::hash::hash_bytes(&self.data));
        }
        self.hashcode.get()
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult {
        self.as_object().call_method0(py, intern!(py, "isoformat"))
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        match plain(other) {
            Some(o) if plain(self.as_object()).is_some() => {
                Ok(py_bool(op.holds(self.data.cmp(&o.data))).owned().into_object())
            }
            _ => Ok(not_implemented().owned()),
        }
    }

    #[slot(nb_add)]
    fn add(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        if PyDateTime::check(a) || PyDateTime::check(b) {
            return Ok(not_implemented().owned());
        }
        match (
            a.downcast::<PyDate>(),
            b.downcast::<PyDelta>(),
            b.downcast::<PyDate>(),
            a.downcast::<PyDelta>(),
        ) {
            (Some(d), Some(delta), ..) | (_, _, Some(d), Some(delta)) => d.plus(py, delta.days as i64),
            _ => Ok(not_implemented().owned()),
        }
    }

    #[slot(nb_subtract)]
    fn subtract(py: Python, a: &PyObject, b: &PyObject) -> PyResult {
        if PyDateTime::check(a) || PyDateTime::check(b) {
            return Ok(not_implemented().owned());
        }
        let Some(d) = a.downcast::<PyDate>() else { return Ok(not_implemented().owned()) };
        if let Some(other) = b.downcast::<PyDate>() {
            let days = d.ordinal() as i64 - other.ordinal() as i64;
            return Ok(PyDelta::new(py, days, 0, 0)?.into_object());
        }
        match b.downcast::<PyDelta>() {
            Some(delta) => d.plus(py, -(delta.days as i64)),
            None => Ok(not_implemented().owned()),
        }
    }

    /// Create a date from a POSIX timestamp.
    ///
    /// The timestamp is a number, as time.time() gives it; the date is the local one.
    #[classmethod]
    fn fromtimestamp(cls: &PyTypeObject, py: Python, timestamp: &PyObject) -> PyResult {
        let t = clock::time_t(py, timestamp)?;
        let l = clock::local(py, t)?;
        Self::of_class(py, cls, (l.stamp.year, l.stamp.month, l.stamp.day))
    }

    /// int -> date corresponding to a proleptic Gregorian ordinal.
    #[classmethod(sig = "(ordinal, /)", nosig)]
    fn fromordinal(cls: &PyTypeObject, py: Python, ordinal: &PyObject) -> PyResult {
        let n = c_int(py, ordinal)?;
        if n < 1 {
            return Err(value_error(py, "ordinal must be >= 1"));
        }
        // Beyond the last year the number wraps nowhere: the year is told as the reason.
        Self::of_class(py, cls, calendar::from_ordinal(n))
    }

    /// str -> Construct a date from a string in ISO 8601 format.
    #[classmethod]
    fn fromisoformat(cls: &PyTypeObject, py: Python, object: &PyObject) -> PyResult {
        let text = iso_argument(py, object)?;
        match iso::date(&iso::ascii(text.chars())) {
            Some(ymd) => Self::of_class(py, cls, ymd),
            None => Err(invalid_iso(py, object)),
        }
    }

    /// int, int, int -> Construct a date from the ISO year, week number and weekday.
    ///
    /// The inverse of date.isocalendar().
    #[classmethod(sig = "(year, week, day)", nosig)]
    fn fromisocalendar(
        cls: &PyTypeObject,
        py: Python,
        year: &PyObject,
        week: &PyObject,
        day: &PyObject,
    ) -> PyResult {
        let mut parts = [0; 3];
        for (part, o) in parts.iter_mut().zip([year, week, day]) {
            *part = match c_int(py, o) {
                Ok(v) => v,
                Err(e) => {
                    drop(catch(py, e, &exceptions::PyExc_OverflowError_Type)?);
                    return Err(value_error(py, "ISO calendar component out of range"));
                }
            };
        }
        let [y, w, d] = parts;
        match calendar::from_iso(y, w, d) {
            Ok(ymd) => Self::of_class(py, cls, ymd),
            Err(IsoError::Year) => {
                Err(value_error(py, format!("year must be in {MINYEAR}..{MAXYEAR}, not {y}")))
            }
            Err(IsoError::Week) => Err(value_error(py, format!("Invalid week: {w}"))),
            Err(IsoError::Day) => Err(value_error(py, format!("Invalid weekday: {d} (range is [1, 7])"))),
        }
    }

    /// string, format -> new date parsed from a string (like time.strptime()).
    #[classmethod(sig = "(string, format, /)", nosig)]
    fn strptime(cls: &PyTypeObject, py: Python, string: &PyStr, format: &PyStr) -> PyResult {
        let f = import_attr(py, "_strptime", "_strptime_datetime_date")?;
        f.call(py, &[cls.object(), string.as_object(), format.as_object()])
    }

    /// Current date or datetime: same as self.__class__.fromtimestamp(time.time()).
    #[classmethod]
    fn today(cls: &PyTypeObject, py: Python) -> PyResult {
        let now = import_attr(py, "time", "time")?.call0(py)?;
        cls.object().call_method1(py, intern!(py, "fromtimestamp"), &now)
    }

    /// Return ctime() style string.
    #[pymethod]
    fn ctime(&self) -> String {
        let (y, m, d) = self.ymd();
        let (day, month) = (calendar::weekday(y, m, d) as usize, m as usize - 1);
        format!("{} {} {d:2} 00:00:00 {y:04}", DAY_NAMES[day], MONTH_NAMES[month])
    }

    /// format -> strftime() style string.
    #[pymethod(sig = "(format)", nosig)]
    fn strftime(&self, py: Python, format: &PyStr) -> PyResult {
        let tuple = self.as_object().call_method0(py, intern!(py, "timetuple"))?;
        let m = Moment { zone: None, argument: self.as_object(), us: 0, date: self.ymd() };
        format::strftime(py, &m, format, &tuple)
    }

    /// Formats self with strftime.
    #[pymethod(sig = "(format, /)", nosig)]
    fn __format__(&self, py: Python, format: &PyStr) -> PyResult {
        format::format_object(py, self.as_object(), format)
    }

    /// Return time tuple, compatible with time.localtime().
    #[pymethod]
    fn timetuple(&self, py: Python) -> PyResult {
        format::struct_time(py, self.ymd(), (0, 0, 0), -1)
    }

    /// Return a named tuple containing ISO year, week number, and weekday.
    #[pymethod]
    fn isocalendar(&self, py: Python) -> PyResult {
        let (y, m, d) = self.ymd();
        PyIsoCalendarDate::new(py, PyIsoCalendarDate::type_object(), calendar::to_iso(y, m, d))
    }

    /// Return string in ISO 8601 format, YYYY-MM-DD.
    #[pymethod]
    fn isoformat(&self) -> String {
        self.iso_text()
    }

    /// Return the day of the week represented by the date.
    /// Monday == 1 ... Sunday == 7
    #[pymethod]
    fn isoweekday(&self) -> i32 {
        self.weekday() + 1
    }

    /// Return proleptic Gregorian ordinal. January 1 of year 1 is day 1.
    #[pymethod]
    fn toordinal(&self) -> i32 {
        self.ordinal()
    }

    /// Return the day of the week represented by the date.
    /// Monday == 0 ... Sunday == 6
    #[pymethod]
    fn weekday(&self) -> i32 {
        let (y, m, d) = self.ymd();
        calendar::weekday(y, m, d)
    }

    /// Return date with new specified fields.
    #[pymethod(
        sig = "(year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>)",
        text = "($self, /, year=unchanged, month=unchanged, day=unchanged)"
    )]
    fn replace(
        &self,
        py: Python,
        year: Option<&PyObject>,
        month: Option<&PyObject>,
        day: Option<&PyObject>,
    ) -> PyResult {
        let (y, m, d) = self.ymd();
        let ymd = (c_int_or(py, year, y)?, c_int_or(py, month, m)?, c_int_or(py, day, d)?);
        Self::of_class(py, self.ty(), ymd)
    }

    /// The same as replace().
    #[pymethod(
        sig = "(year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>)",
        text = "($self, /, **changes)"
    )]
    fn __replace__(
        &self,
        py: Python,
        year: Option<&PyObject>,
        month: Option<&PyObject>,
        day: Option<&PyObject>,
    ) -> PyResult {
        self.replace(py, year, month, day)
    }

    /// __reduce__() -> (cls, state)
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let state = PyTuple::new(py, [PyBytes::new(py, &self.data)?.into_object()])?;
        PyTuple::new(py, [self.ty().object().owned(), state.into_object()])
    }

    #[getter]
    fn year(&self) -> i32 {
        self.ymd().0
    }

    #[getter]
    fn month(&self) -> i32 {
        self.ymd().1
    }

    #[getter]
    fn day(&self) -> i32 {
        self.ymd().2
    }
}

/// The class's constants.
pub fn add_constants(py: Python) -> PyResult<()> {
    let ty = PyDate::type_object();
    set_type_attribute(py, ty, "min", PyDate::new(py, ty, 1, 1, 1)?.as_object())?;
    set_type_attribute(py, ty, "max", PyDate::new(py, ty, MAXYEAR, 12, 31)?.as_object())?;
    set_type_attribute(py, ty, "resolution", PyDelta::new(py, 1, 0, 0)?.as_object())
}

/// The tuple that `date.isocalendar()` returns.
#[repr(C)]
pub struct PyIsoCalendarDate {
    pub ob_base: PyTuple,
}

impl PyIsoCalendarDate {
    fn new(py: Python, cls: &PyTypeObject, (y, w, d): (i32, i32, i32)) -> PyResult {
        let items = int_tuple(py, [y as i64, w as i64, d as i64])?;
        Self::from_tuple(py, cls, &items)
    }

    fn from_tuple(py: Python, cls: &PyTypeObject, items: &PyTuple) -> PyResult {
        let args = PyTuple::from_slice(py, &[items.as_object()])?;
        match PyTuple::type_object().tp_new.get() {
            // SAFETY: a slot called with a subtype and an argument tuple.
            Some(f) => unsafe { from_c(py, f(cls.as_ptr() as *mut _, args.as_ptr(), std::ptr::null_mut())) },
            None => Err(bad_internal_call(py)),
        }
    }

    fn item(&self, i: usize) -> Option<Py> {
        self.ob_base.get(i).map(|o| o.owned())
    }
}

/// The result of date.isocalendar() or datetime.isocalendar()
///
/// This object may be accessed either as a tuple of
///   ((year, week, weekday))
/// or via the object attributes as named in the above tuple.
#[pytype(name = "IsoCalendarDate", module = "datetime", base = PyTuple, itemsize = 8, flags(GC, HEAPTYPE, IMMUTABLETYPE), noderef, nosig)]
impl PyIsoCalendarDate {
    #[slot(tp_new, sig = "(year, week, weekday)")]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        year: &PyObject,
        week: &PyObject,
        weekday: &PyObject,
    ) -> PyResult {
        Self::from_tuple(py, cls, &*PyTuple::from_slice(py, &[year, week, weekday])?)
    }

    #[slot(tp_dealloc, raw)]
    unsafe extern "C" fn dealloc(o: *mut PyObject) {
        // SAFETY: the layout is a tuple's.
        unsafe { runtime::glue::dealloc_by_base(o, PyTuple::type_object()) }
    }

    #[slot(tp_traverse)]
    fn traverse(&self, visit: &mut Visitor) {
        self.ob_base.items().iter().for_each(|i| visit.visit(i));
    }

    #[slot(tp_clear)]
    fn clear(&self) {}

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let mut out = StrBuilder::new();
        out.push_str(self.ob_base.ty().tp_name().to_str().unwrap_or("?"));
        for (i, name) in ["(year=", ", week=", ", weekday="].into_iter().enumerate() {
            out.push_str(name);
            if let Some(o) = self.item(i) {
                out.push_pystr(&*o.repr(py)?);
            }
        }
        out.push_str(")");
        out.finish(py)
    }

    /// __reduce__() -> (cls, state)
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let plain = PyTuple::from_slice(py, self.ob_base.items())?;
        let args = PyTuple::from_slice(py, &[plain.as_object()])?;
        PyTuple::from_slice(py, &[PyTuple::type_object().object(), args.as_object()])
    }

    #[getter]
    fn year(&self) -> Option<Py> {
        self.item(0)
    }

    #[getter]
    fn week(&self) -> Option<Py> {
        self.item(1)
    }

    #[getter]
    fn weekday(&self) -> Option<Py> {
        self.item(2)
    }
}
