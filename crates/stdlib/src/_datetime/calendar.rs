//! The proleptic Gregorian calendar: arithmetic on plain numbers.

pub const MINYEAR: i32 = 1;
pub const MAXYEAR: i32 = 9999;
/// The ordinal of 9999-12-31.
pub const MAX_ORDINAL: i32 = 3_652_059;
/// The largest number of days of a duration, and of the negative one.
pub const MAX_DELTA_DAYS: i64 = 999_999_999;
pub const DAY_SECONDS: i64 = 86_400;
pub const SECOND_US: i128 = 1_000_000;
pub const DAY_US: i128 = 86_400_000_000;

const BEFORE_MONTH: [i32; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

pub fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a month, 1 to 12.
pub fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the year before the first of a month.
pub fn days_before_month(year: i32, month: i32) -> i32 {
    let days = BEFORE_MONTH.get(month as usize).copied().unwrap_or(0);
    days + i32::from(month > 2 && is_leap(year))
}

/// The ordinal of a date; 0001-01-01 has 1.
pub fn to_ordinal(year: i32, month: i32, day: i32) -> i32 {
    let y = year - 1;
    y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + days_before_month(year, month) + day
}

/// The date with an ordinal: (year, month, day).
pub fn from_ordinal(ordinal: i32) -> (i32, i32, i32) {
    let n = ordinal - 1;
    let (cycles, n) = (n.div_euclid(146_097), n.rem_euclid(146_097));
    let (centuries, n) = (n / 36_524, n % 36_524);
    let (fours, n) = (n / 1461, n % 1461);
    let (years, n) = (n / 365, n % 365);
    let year = cycles * 400 + centuries * 100 + fours * 4 + years + 1;
    // The last day of a leap year, or of 400 years.
    if years == 4 || centuries == 4 {
        return (year - 1, 12, 31);
    }
    let mut month = (n + 50) >> 5;
    if days_before_month(year, month) > n {
        month -= 1;
    }
    (year, month, n - days_before_month(year, month) + 1)
}

/// 0 for Monday.
pub fn weekday(year: i32, month: i32, day: i32) -> i32 {
    (to_ordinal(year, month, day) + 6).rem_euclid(7)
}

/// The ordinal of the Monday with which a year's first ISO week begins.
pub fn iso_week1_monday(year: i32) -> i32 {
    let first = to_ordinal(year, 1, 1);
    let weekday = (first + 6).rem_euclid(7);
    let monday = first - weekday;
    if weekday > 3 { monday + 7 } else { monday }
}

/// Why an ISO date is none.
pub enum IsoError {
    Year,
    Week,
    Day,
}

/// The date with an ISO year, week and weekday.
pub fn from_iso(year: i32, week: i32, day: i32) -> Result<(i32, i32, i32), IsoError> {
    if !(MINYEAR..=MAXYEAR).contains(&year) {
        return Err(IsoError::Year);
    }
    if !(1..=52).contains(&week) {
        // Years that begin on a Thursday, and leap years that begin on a Wednesday, have 53 weeks.
        let first = weekday(year, 1, 1);
        if week != 53 || !(first == 3 || first == 2 && is_leap(year)) {
            return Err(IsoError::Week);
        }
    }
    if !(1..=7).contains(&day) {
        return Err(IsoError::Day);
    }
    Ok(from_ordinal(iso_week1_monday(year) + (week - 1) * 7 + day - 1))
}

/// ISO year, week and weekday of a date.
pub fn to_iso(year: i32, month: i32, day: i32) -> (i32, i32, i32) {
    let today = to_ordinal(year, month, day);
    let mut year = year;
    let mut monday = iso_week1_monday(year);
    if today < monday {
        year -= 1;
        monday = iso_week1_monday(year);
    } else if today >= iso_week1_monday(year + 1) {
        year += 1;
        monday = iso_week1_monday(year);
    }
    let days = today - monday;
    (year, days / 7 + 1, days % 7 + 1)
}

/// A date and time without a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    pub year: i32,
    pub month: i32,
    pub day: i32,
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub us: i32,
}

impl Stamp {
    /// Seconds since the day before 0001-01-01.
    pub fn seconds(&self) -> i64 {
        to_ordinal(self.year, self.month, self.day) as i64 * DAY_SECONDS + self.second_of_day()
    }

    pub fn second_of_day(&self) -> i64 {
        (self.hour * 3600 + self.minute * 60 + self.second) as i64
    }

    /// The time so many microseconds after the day before 0001-01-01; `None` outside the calendar.
    pub fn from_us(us: i128) -> Option<Stamp> {
        let ordinal = i32::try_from(us.div_euclid(DAY_US)).ok().filter(|o| (1..=MAX_ORDINAL).contains(o))?;
        let rest = us.rem_euclid(DAY_US) as i64;
        let (year, month, day) = from_ordinal(ordinal);
        let seconds = (rest / 1_000_000) as i32;
        Some(Stamp {
            year,
            month,
            day,
            hour: seconds / 3600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            us: (rest % 1_000_000) as i32,
        })
    }

    /// Microseconds since the day before 0001-01-01.
    pub fn to_us(self) -> i128 {
        self.seconds() as i128 * SECOND_US + self.us as i128
    }
}
