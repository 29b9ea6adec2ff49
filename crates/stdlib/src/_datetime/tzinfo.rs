//! `tzinfo`, `timezone`, and how zones are asked.

use super::calendar::DAY_US;
use super::datetime::PyDateTime;
use super::delta::PyDelta;
use super::format::offset_text;
use super::state;
use crate::system::set_type_attribute;
use runtime::prelude::*;

/// `PyDateTime_TZInfo`.
#[repr(C)]
pub struct PyTzInfo {
    pub ob_base: PyObject,
}

#[cold]
fn abstract_method(py: Python, name: &str) -> Raised {
    not_implemented_error(py, format!("a tzinfo subclass must implement {name}()"))
}

/// A zone argument: `None`, or an instance of a subclass of tzinfo.
pub fn zone<'a>(py: Python, o: Option<&'a PyObject>) -> PyResult<Option<&'a PyObject>> {
    match o {
        None => Ok(None),
        Some(o) if o.is_none() => Ok(None),
        Some(o) if PyTzInfo::check(o) => Ok(Some(o)),
        Some(o) => Err(type_error(
            py,
            format!("tzinfo argument must be None or of a tzinfo subclass, not type '{}'", tp_name(o)),
        )),
    }
}

#[cold]
fn out_of_day(py: Python, offset: &PyObject) -> Raised {
    match offset.repr(py) {
        Ok(shown) => value_error(
            py,
            format!(
                "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {}",
                shown.to_string_lossy()
            ),
        ),
        Err(e) => e,
    }
}

/// Is a duration shorter than a day?
fn within_day(d: &PyDelta) -> bool {
    d.to_us().abs() < DAY_US
}

/// What a zone answers to `utcoffset` or `dst`; `argument` is the datetime it is asked about, or `None`.
pub fn ask(
    py: Python,
    zone: Option<&PyObject>,
    method: &'static PyStr,
    argument: &PyObject,
) -> PyResult<Option<Py<PyDelta>>> {
    let Some(zone) = zone else { return Ok(None) };
    let answer = zone.call_method1(py, method, argument)?;
    if answer.is_none() {
        return Ok(None);
    }
    match answer.downcast_into::<PyDelta>() {
        Ok(d) if within_day(&d) => Ok(Some(d)),
        Ok(d) => Err(out_of_day(py, &d)),
        Err(o) => Err(type_error(
            py,
            format!(
                "tzinfo.{}() must return None or timedelta, not '{}'",
                method.to_string_lossy(),
                tp_name(&o)
            ),
        )),
    }
}

/// The offset of a zone from UTC.
pub fn utcoffset(py: Python, zone: Option<&PyObject>, argument: &PyObject) -> PyResult<Option<Py<PyDelta>>> {
    if let Some(fixed) = zone.and_then(|z| z.downcast_exact::<PyTimeZone>()) {
        return Ok(Some(fixed.offset.clone()));
    }
    ask(py, zone, intern!(py, "utcoffset"), argument)
}

/// The daylight saving part of a zone's offset.
pub fn dst(py: Python, zone: Option<&PyObject>, argument: &PyObject) -> PyResult<Option<Py<PyDelta>>> {
    ask(py, zone, intern!(py, "dst"), argument)
}

/// The name of a zone.
pub fn tzname(py: Python, zone: Option<&PyObject>, argument: &PyObject) -> PyResult<Option<Py<PyStr>>> {
    let Some(zone) = zone else { return Ok(None) };
    let answer = zone.call_method1(py, intern!(py, "tzname"), argument)?;
    if answer.is_none() {
        return Ok(None);
    }
    answer.downcast_into::<PyStr>().map(Some).map_err(|o| {
        type_error(py, format!("tzinfo.tzname() must return None or a string, not '{}'", tp_name(&o)))
    })
}

/// Abstract base class for time zones.
#[pytype(name = "tzinfo", module = "datetime", flags(BASETYPE), nosig)]
impl PyTzInfo {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyTzInfo>> {
        new_object(py, cls, PyTzInfo { ob_base: PyObject::header(cls) })
    }

    /// datetime -> string name of time zone.
    #[pymethod]
    fn tzname(&self, py: Python, _object: &PyObject) -> PyResult<()> {
        Err(abstract_method(py, "tzname"))
    }

    /// datetime -> timedelta showing offset from UTC, negative values indicating West of UTC
    #[pymethod]
    fn utcoffset(&self, py: Python, _object: &PyObject) -> PyResult<()> {
        Err(abstract_method(py, "utcoffset"))
    }

    /// datetime -> DST offset as timedelta positive east of UTC.
    #[pymethod]
    fn dst(&self, py: Python, _object: &PyObject) -> PyResult<()> {
        Err(abstract_method(py, "dst"))
    }

    /// datetime in UTC -> datetime in local time.
    #[pymethod]
    fn fromutc(&self, py: Python, object: &PyObject) -> PyResult {
        let Some(dt) = object.downcast::<PyDateTime>() else {
            return Err(type_error(py, "fromutc: argument must be a datetime"));
        };
        let zone = dt.zone();
        let Some(zone) = zone.as_deref().filter(|z| z.is(self.as_object())) else {
            return Err(value_error(py, "fromutc: dt.tzinfo is not self"));
        };
        let Some(offset) = utcoffset(py, Some(zone), object)? else {
            return Err(value_error(py, "fromutc: non-None utcoffset() result required"));
        };
        let Some(saving) = dst(py, Some(zone), object)? else {
            return Err(value_error(py, "fromutc: non-None dst() result required"));
        };
        let result = dt.plus(py, offset.to_us() - saving.to_us())?;
        let Some(saving) = dst(py, Some(zone), &result)? else {
            return Err(value_error(py, "fromutc: tz.dst() gave inconsistent results; cannot convert"));
        };
        if saving.is_zero() {
            return Ok(result);
        }
        match result.downcast::<PyDateTime>() {
            Some(r) => r.plus(py, saving.to_us()),
            None => Err(type_error(py, "fromutc: argument must be a datetime")),
        }
    }

    /// -> (cls, state)
    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let args = match self.as_object().getattr_opt(py, intern!(py, "__getinitargs__"))? {
            Some(f) => f.call0(py)?,
            None => PyTuple::empty(py).into_object(),
        };
        let state = self.as_object().call_method0(py, intern!(py, "__getstate__"))?;
        PyTuple::new(py, [self.ty().object().owned(), args, state])
    }
}

/// A zone with a fixed offset from UTC.
#[repr(C)]
pub struct PyTimeZone {
    pub ob_base: PyTzInfo,
    pub offset: Py<PyDelta>,
    name: Slot<PyStr>,
}

impl PyTimeZone {
    fn make(py: Python, offset: &PyDelta, name: Option<&PyStr>) -> PyResult<Py<PyTimeZone>> {
        let ty = PyTimeZone::type_object();
        new_object(
            py,
            ty,
            PyTimeZone {
                ob_base: PyTzInfo { ob_base: PyObject::header(ty) },
                offset: offset.owned(),
                name: Slot::new(name.map(|n| n.owned())),
            },
        )
    }

    /// A zone; that without offset and name is always the same one.
    pub fn new(py: Python, offset: &PyDelta, name: Option<&PyStr>) -> PyResult {
        if name.is_none() && offset.is_zero() {
            return state(py).utc(py);
        }
        if !within_day(offset) {
            return Err(out_of_day(py, offset));
        }
        Ok(Self::make(py, offset, name)?.into_object())
    }

    /// UTC itself, made once.
    pub fn make_utc(py: Python) -> PyResult {
        Ok(Self::make(py, &*PyDelta::new(py, 0, 0, 0)?, None)?.into_object())
    }

    fn is_utc(&self, py: Python) -> PyResult<bool> {
        Ok(state(py).utc(py)?.is(self.as_object()))
    }

    fn label(&self, py: Python) -> PyResult<Py<PyStr>> {
        if let Some(n) = self.name.get_owned() {
            return Ok(n);
        }
        if self.offset.is_zero() {
            return PyStr::new(py, "UTC");
        }
        PyStr::new(py, &format!("UTC{}", offset_text(&self.offset, ":")))
    }

    fn check_argument(py: Python, name: &str, object: &PyObject) -> PyResult<()> {
        if object.is_none() || PyDateTime::check(object) {
            return Ok(());
        }
        Err(type_error(
            py,
            format!("{name}(dt) argument must be a datetime instance or None, not {}", tp_name(object)),
        ))
    }
}

/// A time zone with a fixed offset from UTC.
#[pytype(name = "timezone", module = "datetime", base = PyTzInfo, nosig)]
impl PyTimeZone {
    #[slot(tp_new, sig = "(offset, name=<unrepresentable>)")]
    fn tp_new(py: Python, cls: &PyTypeObject, offset: &PyDelta, name: Option<&PyStr>) -> PyResult {
        let _ = cls;
        PyTimeZone::new(py, offset, name)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        if self.is_utc(py)? {
            return PyStr::new(py, "datetime.timezone.utc");
        }
        let mut out = StrBuilder::new();
        out.push_str(tp_name(self));
        out.push_str("(");
        out.push_pystr(&*self.offset.as_object().repr(py)?);
        if let Some(n) = self.name.get_owned() {
            out.push_str(", ");
            out.push_pystr(&*n.as_object().repr(py)?);
        }
        out.push_str(")");
        out.finish(py)
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        self.label(py)
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        self.offset.as_object().hash(py)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, other: &PyObject, op: CompareOp) -> PyResult {
        match (other.downcast::<PyTimeZone>(), op) {
            (Some(o), CompareOp::Eq | CompareOp::Ne) => {
                Ok(py_bool(op.holds(self.offset.fields().cmp(&o.offset.fields()))).owned().into_object())
            }
            _ => Ok(not_implemented().owned()),
        }
    }

    /// The name if one was given, otherwise UTC with the offset: 'UTC(+|-)HH:MM'.
    #[pymethod]
    fn tzname(&self, py: Python, object: &PyObject) -> PyResult<Py<PyStr>> {
        Self::check_argument(py, "tzname", object)?;
        self.label(py)
    }

    /// The offset.
    #[pymethod]
    fn utcoffset(&self, py: Python, object: &PyObject) -> PyResult<Py<PyDelta>> {
        Self::check_argument(py, "utcoffset", object)?;
        Ok(self.offset.clone())
    }

    /// None: a fixed offset has no daylight saving time.
    #[pymethod]
    fn dst(&self, py: Python, object: &PyObject) -> PyResult<()> {
        Self::check_argument(py, "dst", object)
    }

    /// datetime in UTC -> datetime in local time.
    #[pymethod]
    fn fromutc(&self, py: Python, object: &PyObject) -> PyResult {
        let Some(dt) = object.downcast::<PyDateTime>() else {
            return Err(type_error(py, "fromutc: argument must be a datetime"));
        };
        if !dt.zone().is_some_and(|z| z.is(self.as_object())) {
            return Err(value_error(py, "fromutc: dt.tzinfo is not self"));
        }
        dt.plus(py, self.offset.to_us())
    }

    /// pickle support
    #[pymethod]
    fn __getinitargs__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let offset = self.offset.clone().into_object();
        match self.name.get_owned() {
            Some(n) => PyTuple::new(py, [offset, n.into_object()]),
            None => PyTuple::new(py, [offset]),
        }
    }
}

/// The class's constants.
pub fn add_constants(py: Python) -> PyResult<()> {
    let ty = PyTimeZone::type_object();
    set_type_attribute(py, ty, "utc", &*state(py).utc(py)?)?;
    // 23:59: what was largest when these were added.
    for (name, us) in [("min", -DAY_US + 60_000_000), ("max", DAY_US - 60_000_000)] {
        let d = PyDelta::from_us(py, us)?;
        set_type_attribute(py, ty, name, &*PyTimeZone::new(py, &d, None)?)?;
    }
    Ok(())
}
