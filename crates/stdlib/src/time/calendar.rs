//! Calendar time: tuples to and from C's `struct tm`, formatting, and the time zone.

use super::struct_time;
use crate::system::*;
use object::libc;
use object::typeobj::TUPLE_ITEMS;
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::types::structseq::new_instance;
use std::ffi::{CStr, CString};

unsafe extern "C" {
    fn tzset();
}

/// A `struct tm` and the name its `tm_zone` points to.
pub struct Tm {
    pub tm: libc::tm,
    zone: Option<CString>,
}

impl Tm {
    fn new() -> Tm {
        // SAFETY: zero is a valid value of every field.
        Tm { tm: unsafe { std::mem::zeroed() }, zone: None }
    }

    fn pointer(&mut self) -> *mut libc::tm {
        self.tm.tm_zone = self.zone.as_ref().map_or(std::ptr::null(), |z| z.as_ptr());
        &mut self.tm
    }
}

/// An `int` of a time tuple (the `i` format).
fn field(py: Python, o: &PyObject) -> PyResult<i32> {
    let n = number::index(py, o)?;
    match n.as_i64() {
        Some(v) if v > i32::MAX as i64 => Err(overflow_error(py, "signed integer is greater than maximum")),
        Some(v) if v < i32::MIN as i64 => Err(overflow_error(py, "signed integer is less than minimum")),
        Some(v) => Ok(v as i32),
        None => Err(overflow_error(py, "Python int too large to convert to C long")),
    }
}

/// A time tuple as `struct tm`.
fn from_tuple(py: Python, o: &PyObject, function: &str) -> PyResult<Tm> {
    let Some(t) = o.downcast::<PyTuple>() else {
        return Err(type_error(py, "Tuple or struct_time argument required"));
    };
    let [year, mon, mday, hour, min, sec, wday, yday, isdst] = t.items() else {
        return Err(type_error(py, format!("{function}(): illegal time tuple argument")));
    };
    let year = field(py, year)?;
    let mut out = Tm::new();
    out.tm.tm_mon = field(py, mon)?.wrapping_sub(1);
    out.tm.tm_mday = field(py, mday)?;
    out.tm.tm_hour = field(py, hour)?;
    out.tm.tm_min = field(py, min)?;
    out.tm.tm_sec = field(py, sec)?;
    out.tm.tm_wday = field(py, wday)?.wrapping_add(1) % 7;
    out.tm.tm_yday = field(py, yday)?.wrapping_sub(1);
    out.tm.tm_isdst = field(py, isdst)?;
    out.tm.tm_year = year.checked_sub(1900).ok_or_else(|| overflow_error(py, "year out of range"))?;
    if std::ptr::eq(o.ty(), &*struct_time(py)?) {
        // SAFETY: a struct_time has eleven items, the last two hidden: zone and offset.
        let (zone, offset) = unsafe {
            let items = (o.as_ptr() as *const u8).add(TUPLE_ITEMS) as *const *mut PyObject;
            ((*items.add(9)).as_ref(), (*items.add(10)).as_ref())
        };
        if let Some(o) = offset.filter(|o| !o.is_none()) {
            out.tm.tm_gmtoff = number::index(py, o)?.to_i64(py)?;
        }
        if let Some(z) = zone.filter(|z| !z.is_none()) {
            let Some(z) = z.downcast::<PyStr>() else {
                return Err(type_error(py, "bad argument type for built-in operation"));
            };
            let bytes = runtime::fs::encode_str(py, z)?;
            out.zone = Some(CString::new(bytes).map_err(|_| value_error(py, "embedded null character"))?);
        }
    }
    Ok(out)
}

/// Corrects zeros that stand for the first day and month, and checks ranges.
fn check(py: Python, t: &mut libc::tm) -> PyResult<()> {
    let mut fail = None;
    if t.tm_mon == -1 {
        t.tm_mon = 0;
    } else if !(0..12).contains(&t.tm_mon) {
        fail = Some("month out of range");
    }
    if t.tm_mday == 0 {
        t.tm_mday = 1;
    }
    if t.tm_yday == -1 {
        t.tm_yday = 0;
    }
    let fail = fail
        .or((!(1..=31).contains(&t.tm_mday)).then_some("day of month out of range"))
        .or((!(0..24).contains(&t.tm_hour)).then_some("hour out of range"))
        .or((!(0..60).contains(&t.tm_min)).then_some("minute out of range"))
        .or((!(0..=61).contains(&t.tm_sec)).then_some("seconds out of range"))
        .or((t.tm_wday < 0).then_some("day of week out of range"))
        .or((!(0..=365).contains(&t.tm_yday)).then_some("day of year out of range"));
    match fail {
        Some(text) => Err(value_error(py, text)),
        None => Ok(()),
    }
}

/// A `struct tm` as a time tuple.
fn to_tuple(py: Python, t: &libc::tm) -> PyResult {
    let mut v = Vec::with_capacity(11);
    for n in [
        t.tm_year as i64 + 1900,
        t.tm_mon as i64 + 1,
        t.tm_mday as i64,
        t.tm_hour as i64,
        t.tm_min as i64,
        t.tm_sec as i64,
        (t.tm_wday as i64 + 6) % 7,
        t.tm_yday as i64 + 1,
        t.tm_isdst as i64,
    ] {
        v.push(int(py, n)?);
    }
    // SAFETY: the C library's name of the zone lives until the next change of zone.
    v.push(unsafe { fs_text(py, t.tm_zone)? });
    v.push(int(py, t.tm_gmtoff)?);
    Ok(new_instance(py, &*struct_time(py)?, v)?.into_object())
}

/// Seconds since the Epoch, now if absent or `None`; fractions are rounded down.
fn time_argument(py: Python, o: Option<&PyObject>) -> PyResult<libc::time_t> {
    let too_large = |py: Python| overflow_error(py, "timestamp out of range for platform time_t");
    let Some(o) = o.filter(|o| !o.is_none()) else {
        // SAFETY: a null pointer is not written to.
        return Ok(unsafe { libc::time(std::ptr::null_mut()) });
    };
    if let Some(f) = o.downcast::<PyFloat>() {
        let v = f.value().floor();
        if v.is_nan() {
            return Err(value_error(py, "Invalid value NaN (not a number)"));
        }
        if !(i64::MIN as f64..-(i64::MIN as f64)).contains(&v) {
            return Err(too_large(py));
        }
        return Ok(v as libc::time_t);
    }
    number::index(py, o)?.as_i64().ok_or_else(|| too_large(py))
}

fn local(py: Python, t: libc::time_t) -> PyResult<libc::tm> {
    // SAFETY: the struct is filled in by the call.
    unsafe {
        let mut tm: libc::tm = std::mem::zeroed();
        set_errno(0);
        if libc::localtime_r(&t, &mut tm).is_null() {
            if errno() == 0 {
                set_errno(libc::EINVAL);
            }
            return Err(os_error(py));
        }
        Ok(tm)
    }
}

/// `Sun Sep 16 01:03:52 1973`
fn ascii(py: Python, t: &libc::tm) -> PyResult {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let name = |names: &'static [&'static str], i: i32| {
        usize::try_from(i).ok().and_then(|i| names.get(i)).copied().unwrap_or("???")
    };
    let shown = format!(
        "{} {}{:3} {:02}:{:02}:{:02} {}",
        name(&DAYS, t.tm_wday),
        name(&MONTHS, t.tm_mon),
        t.tm_mday,
        t.tm_hour,
        t.tm_min,
        t.tm_sec,
        t.tm_year as i64 + 1900
    );
    text(py, &shown)
}

/// Formats with a piece of the format that has no NUL.
fn format_piece(py: Python, out: &mut StrBuilder, piece: &[u8], tm: &mut Tm) -> PyResult<()> {
    let format = CString::new(piece).map_err(|_| value_error(py, "embedded null character"))?;
    let mut size = 1024usize;
    loop {
        let mut buf = vec![0u8; size];
        // SAFETY: a C string, a buffer of `size` bytes and a complete struct.
        let n = unsafe { libc::strftime(buf.as_mut_ptr() as *mut _, size, format.as_ptr(), tm.pointer()) };
        // Zero means too small a buffer, or an empty result; the latter is only known once the buffer is large.
        if n > 0 || size >= 256usize.saturating_mul(piece.len()) {
            out.push_pystr(&*runtime::fs::fs_decode(py, &buf[..n])?);
            return Ok(());
        }
        size *= 2;
    }
}

/// Sets `timezone`, `altzone`, `daylight` and `tzname` of a module from the C library's rules.
pub fn add_timezone(py: Python, module: &PyObject) -> PyResult<()> {
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    // SAFETY: reads the environment under the interpreter lock.
    let now = unsafe {
        tzset();
        libc::time(std::ptr::null_mut())
    };
    let start = now / YEAR * YEAR;
    let zone = |t: i64| -> PyResult<(i64, Py)> {
        let tm = local(py, t)?;
        // SAFETY: as in `to_tuple`.
        let name = if tm.tm_zone.is_null() { text(py, "   ")? } else { unsafe { fs_text(py, tm.tm_zone)? } };
        let west = -tm.tm_gmtoff;
        if west.abs() > 48 * 3600 {
            return Err(runtime_error(py, "invalid GMT offset"));
        }
        Ok((west, name))
    };
    let (january, january_name) = zone(start)?;
    let (july, july_name) = zone(start + YEAR / 2)?;
    // South of the equator summer time is in January.
    let south = january < july;
    let (standard, summer) = if south { (july, january) } else { (january, july) };
    let names = if south { [july_name, january_name] } else { [january_name, july_name] };
    module.setattr_str(py, "timezone", &*int(py, standard)?)?;
    module.setattr_str(py, "altzone", &*int(py, summer)?)?;
    module.setattr_str(py, "daylight", &*int(py, (january != july) as i64)?)?;
    module.setattr_str(py, "tzname", PyTuple::new(py, names)?.as_object())
}

/// Part of `time`.
#[pymodule(part)]
pub mod part {
    use super::*;

    /// gmtime([seconds]) -> (tm_year, tm_mon, tm_mday, tm_hour, tm_min,
    ///                        tm_sec, tm_wday, tm_yday, tm_isdst)
    ///
    /// Seconds since the Epoch as a time tuple in UTC; now if there is no argument.
    #[pyfunction(sig = "(seconds=<unrepresentable>, /)", nosig)]
    pub fn gmtime(py: Python, seconds: Option<&PyObject>) -> PyResult {
        let t = time_argument(py, seconds)?;
        // SAFETY: the struct is filled in by the call.
        let tm = unsafe {
            let mut tm: libc::tm = std::mem::zeroed();
            set_errno(0);
            if libc::gmtime_r(&t, &mut tm).is_null() {
                if errno() == 0 {
                    set_errno(libc::EINVAL);
                }
                return Err(os_error(py));
            }
            tm
        };
        to_tuple(py, &tm)
    }

    /// localtime([seconds]) -> (tm_year,tm_mon,tm_mday,tm_hour,tm_min,
    ///                           tm_sec,tm_wday,tm_yday,tm_isdst)
    ///
    /// Seconds since the Epoch as a local time tuple; now if there is no argument.
    #[pyfunction(sig = "(seconds=<unrepresentable>, /)", nosig)]
    pub fn localtime(py: Python, seconds: Option<&PyObject>) -> PyResult {
        let t = time_argument(py, seconds)?;
        to_tuple(py, &local(py, t)?)
    }

    /// ctime([seconds]) -> string
    ///
    /// Seconds since the Epoch as a string in local time; now if there is no argument.
    #[pyfunction(sig = "(seconds=<unrepresentable>, /)", nosig)]
    pub fn ctime(py: Python, seconds: Option<&PyObject>) -> PyResult {
        let t = time_argument(py, seconds)?;
        ascii(py, &local(py, t)?)
    }

    /// The time tuple given, or that of now.
    fn tuple_or_now(py: Python, o: Option<&PyObject>, function: &str) -> PyResult<Tm> {
        match o {
            Some(o) => {
                let mut t = from_tuple(py, o, function)?;
                check(py, &mut t.tm)?;
                Ok(t)
            }
            None => {
                let tm = local(py, time_argument(py, None)?)?;
                // SAFETY: as in `to_tuple`; copied because `tm_zone` is set again from it.
                let zone = (!tm.tm_zone.is_null()).then(|| unsafe { CStr::from_ptr(tm.tm_zone) }.to_owned());
                Ok(Tm { tm, zone })
            }
        }
    }

    /// asctime([time_tuple]) -> string
    ///
    /// A time tuple as a string like 'Sat Jun 06 16:26:11 1998'; now if there is no argument.
    #[pyfunction(sig = "(time_tuple=<unrepresentable>, /)", nosig)]
    pub fn asctime(py: Python, time_tuple: Option<&PyObject>) -> PyResult {
        let t = tuple_or_now(py, time_tuple, "asctime")?;
        ascii(py, &t.tm)
    }

    /// mktime(time_tuple) -> floating-point number
    ///
    /// A local time tuple as seconds since the Epoch.
    #[pyfunction(text = "($self, object, /)")]
    pub fn mktime(py: Python, object: &PyObject) -> PyResult<f64> {
        let mut t = from_tuple(py, object, "mktime")?;
        t.tm.tm_wday = -1;
        // SAFETY: a complete struct.
        let r = unsafe { libc::mktime(t.pointer()) };
        // -1 is a valid time, too; only success fills in the day of the week.
        if r == -1 && t.tm.tm_wday == -1 {
            return Err(overflow_error(py, "mktime argument out of range"));
        }
        Ok(r as f64)
    }

    /// strftime(format[, time_tuple]) -> string
    ///
    /// A time tuple as a string as the format says; now if it is missing.
    #[pyfunction(sig = "(format, time_tuple=<unrepresentable>, /)", nosig)]
    pub fn strftime(py: Python, format: &PyStr, time_tuple: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        let mut t = tuple_or_now(py, time_tuple, "strftime")?;
        t.tm.tm_isdst = t.tm.tm_isdst.clamp(-1, 1);
        let mut out = StrBuilder::new();
        // Only ASCII goes through the C library; the rest means itself there anyway, if the locale can encode it at all.
        let mut piece = Vec::new();
        for c in format.chars() {
            if (1..0x80).contains(&c) {
                piece.push(c as u8);
                continue;
            }
            if !piece.is_empty() {
                format_piece(py, &mut out, &piece, &mut t)?;
                piece.clear();
            }
            out.push_char(c);
        }
        if !piece.is_empty() {
            format_piece(py, &mut out, &piece, &mut t)?;
        }
        out.finish(py)
    }

    /// strptime(string[, format]) -> struct_time
    ///
    /// Parses a string as the format says; the reverse of strftime().
    #[pyfunction(sig = "(*args)", nosig)]
    pub fn strptime(py: Python, args: &[&PyObject]) -> PyResult {
        let module = runtime::import::import_module(py, "_strptime")?;
        module.getattr(py, intern!(py, "_strptime_time"))?.call(py, args)
    }

    /// tzset()
    ///
    /// Reads the environment variable TZ again, and sets the attributes of this module by it.
    #[pyfunction(module_arg, name = "tzset", text = "($self, /)")]
    pub fn reread_zone(py: Python, module: &PyModule) -> PyResult<()> {
        add_timezone(py, module.as_object())
    }
}
