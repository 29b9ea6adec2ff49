//! Text from dates and times.

use super::delta::PyDelta;
use super::tzinfo;
use runtime::import::import_attr;
use runtime::prelude::*;

pub const DAY_NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
pub const MONTH_NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// An offset from UTC: `+HH:MM`, with seconds and microseconds when there are any.
pub fn offset_text(offset: &PyDelta, separator: &str) -> String {
    let us = offset.to_us();
    let sign = if us < 0 { '-' } else { '+' };
    let (seconds, us) = ((us.abs() / 1_000_000) as i64, us.abs() % 1_000_000);
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut out = format!("{sign}{h:02}{separator}{m:02}");
    if s != 0 || us != 0 {
        out += &format!("{separator}{s:02}");
    }
    if us != 0 {
        out += &format!(".{us:06}");
    }
    out
}

/// The offset of a zone as text, empty when there is none.
pub fn zone_offset(
    py: Python,
    zone: Option<&PyObject>,
    separator: &str,
    argument: &PyObject,
) -> PyResult<String> {
    Ok(tzinfo::utcoffset(py, zone, argument)?.map_or_else(String::new, |o| offset_text(&o, separator)))
}

/// A time of day, as far as `timespec` says.
pub fn time_text(py: Python, h: i32, m: i32, s: i32, us: i32, timespec: &str) -> PyResult<String> {
    Ok(match timespec {
        "auto" if us == 0 => format!("{h:02}:{m:02}:{s:02}"),
        "auto" | "microseconds" => format!("{h:02}:{m:02}:{s:02}.{us:06}"),
        "hours" => format!("{h:02}"),
        "minutes" => format!("{h:02}:{m:02}"),
        "seconds" => format!("{h:02}:{m:02}:{s:02}"),
        "milliseconds" => format!("{h:02}:{m:02}:{s:02}.{:03}", us / 1000),
        _ => return Err(value_error(py, "Unknown timespec value")),
    })
}

/// What the directives that the C library does not know, or does not agree on, stand for.
pub struct Moment<'a> {
    pub zone: Option<&'a PyObject>,
    /// What the zone is asked about.
    pub argument: &'a PyObject,
    pub us: i32,
    /// Year, month and day of the time tuple.
    pub date: (i32, i32, i32),
}

/// `strftime` for objects: replaces those directives, then lets `time.strftime` do the rest.
pub fn strftime(py: Python, m: &Moment, format: &PyStr, tuple: &PyObject) -> PyResult {
    let strftime = import_attr(py, "time", "strftime")?;
    let chars: Vec<u32> = format.chars().collect();
    let mut out = StrBuilder::new();
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        i += 1;
        if c != '%' as u32 {
            out.push_char(c);
            continue;
        }
        let Some(&directive) = chars.get(i) else {
            out.push_char(c);
            break;
        };
        i += 1;
        match char::from_u32(directive).unwrap_or('\u{fffd}') {
            'f' => out.push_str(&format!("{:06}", m.us)),
            'z' => out.push_str(&zone_offset(py, m.zone, "", m.argument)?),
            ':' if chars.get(i) == Some(&('z' as u32)) => {
                i += 1;
                out.push_str(&zone_offset(py, m.zone, ":", m.argument)?);
            }
            'Z' => {
                if let Some(name) = tzinfo::tzname(py, m.zone, m.argument)? {
                    // A subclass of str may have its own way to do that.
                    let (one, two) = (PyStr::new(py, "%")?, PyStr::new(py, "%%")?);
                    let replace = intern!(py, "replace");
                    let escaped =
                        name.as_object().call_method(py, replace, &[one.as_object(), two.as_object()])?;
                    match escaped.downcast::<PyStr>() {
                        Some(s) => out.push_pystr(s),
                        None => return Err(type_error(py, "tzname.replace() did not return a string")),
                    }
                }
            }
            // The C library does not fill years up to four digits.
            'Y' if m.date.0 < 1000 => out.push_str(&format!("{:04}", m.date.0)),
            'C' if m.date.0 < 1000 => out.push_str(&format!("{:02}", m.date.0 / 100)),
            'F' if m.date.0 < 1000 => {
                out.push_str(&format!("{:04}-{:02}-{:02}", m.date.0, m.date.1, m.date.2));
            }
            'G' if m.date.0 < 1000 => {
                let year = strftime.call(py, &[PyStr::new(py, "%G")?.as_object(), tuple])?.str_(py)?;
                let text = year.to_string_lossy();
                out.push_str(&format!("{text:0>4}"));
            }
            _ => {
                out.push_char(c);
                out.push_char(directive);
            }
        }
    }
    strftime.call(py, &[out.finish(py)?.as_object(), tuple])
}

/// A `time.struct_time`.
#[allow(clippy::too_many_arguments)]
pub fn struct_time(
    py: Python,
    (y, m, d): (i32, i32, i32),
    (hh, mm, ss): (i32, i32, i32),
    dst: i32,
) -> PyResult {
    let yday = super::calendar::days_before_month(y, m) + d;
    let values = [y, m, d, hh, mm, ss, super::calendar::weekday(y, m, d), yday, dst];
    let tuple = crate::system::int_tuple(py, values.map(|v| v as i64))?;
    import_attr(py, "time", "struct_time")?.call1(py, tuple.as_object())
}

/// `__format__`: `strftime`, or `str` for an empty format.
pub fn format_object(py: Python, o: &PyObject, format: &PyStr) -> PyResult {
    if format.is_empty() {
        return Ok(o.str_(py)?.into_object());
    }
    o.call_method1(py, intern!(py, "strftime"), format.as_object())
}
