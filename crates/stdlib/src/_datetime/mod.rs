//! The `_datetime` module: dates, times, durations and zones, with the C structs' layouts.
//!
//! `calendar` is arithmetic on plain numbers, `clock` asks the system, `iso` and `format` are the texts; each class has
//! its file, and `capi` is the table that C code finds in the capsule `datetime_CAPI`.

mod calendar;
mod capi;
mod clock;
mod date;
mod datetime;
mod datetime_methods;
mod delta;
mod format;
mod iso;
mod time;
mod tzinfo;

use calendar::Stamp;
use date::{PyDate, PyIsoCalendarDate};
use datetime::PyDateTime;
use delta::PyDelta;
use runtime::prelude::*;
use time::PyTime;
use tzinfo::{PyTimeZone, PyTzInfo};

/// What is made once.
#[derive(Default)]
pub struct State {
    utc: Slot,
    epoch: Slot<PyDateTime>,
}

impl State {
    /// The zone UTC.
    pub fn utc(&self, py: Python) -> PyResult {
        if let Some(u) = self.utc.get_owned() {
            return Ok(u);
        }
        let made = PyTimeZone::make_utc(py)?;
        self.utc.set(Some(made.clone()));
        Ok(made)
    }

    /// 1970-01-01 UTC.
    pub fn epoch(&self, py: Python) -> PyResult<Py<PyDateTime>> {
        if let Some(e) = self.epoch.get_owned() {
            return Ok(e);
        }
        let s = Stamp { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, us: 0 };
        let made = PyDateTime::new(py, PyDateTime::type_object(), s, Some(&*self.utc(py)?), 0)?;
        self.epoch.set(Some(made.clone()));
        Ok(made)
    }
}

/// The module's state in this interpreter.
pub fn state(py: Python) -> std::rc::Rc<State> {
    crate::system::module_state::<State>(py)
}

/// Fast implementation of the datetime module.
#[pymodule(
    name = "_datetime",
    types(PyDate, PyDateTime, PyTime, PyDelta, PyTzInfo, PyTimeZone),
    hidden_types(PyIsoCalendarDate)
)]
pub mod _datetime {
    use super::*;

    #[pyattr]
    pub const MINYEAR: i64 = calendar::MINYEAR as i64;
    #[pyattr]
    pub const MAXYEAR: i64 = calendar::MAXYEAR as i64;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        delta::add_constants(py)?;
        date::add_constants(py)?;
        time::add_constants(py)?;
        datetime::add_constants(py)?;
        tzinfo::add_constants(py)?;
        module.add(py, "UTC", &*state(py).utc(py)?)?;
        module.add(py, "datetime_CAPI", capi::capsule(py)?.as_object())
    }
}
