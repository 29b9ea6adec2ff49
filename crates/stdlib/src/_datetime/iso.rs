//! Dates and times from ISO 8601 text.

use super::calendar;

/// A text of which characters beyond ASCII are only good as separators.
pub fn ascii(chars: impl Iterator<Item = u32>) -> Vec<u8> {
    chars.map(|c| if c < 0x80 { c as u8 } else { 0xff }).collect()
}

fn digits(s: &[u8], at: usize, n: usize) -> Option<i32> {
    let mut v = 0;
    for &c in s.get(at..at.checked_add(n)?)? {
        if !c.is_ascii_digit() {
            return None;
        }
        v = v * 10 + (c - b'0') as i32;
    }
    Some(v)
}

/// Where the date ends. Text with dates in several formats, and any separator, is ambiguous; what is likelier wins.
pub fn separator(s: &[u8]) -> Option<usize> {
    if s.len() == 7 {
        return Some(7);
    }
    if s.len() < 7 {
        return None;
    }
    let digit = |i: usize| s.get(i).is_some_and(u8::is_ascii_digit);
    if s[4] == b'-' {
        if s[5] != b'W' {
            return Some(10);
        }
        if s.get(8) == Some(&b'-') {
            return match s.len() {
                9 => None,
                // YYYY-Www-## is a week and a time behind a hyphen.
                n if n > 10 && digit(10) => Some(8),
                _ => Some(10),
            };
        }
        return Some(8);
    }
    if s[4] == b'W' {
        let end = (7..s.len()).find(|&i| !digit(i)).unwrap_or(s.len());
        if end < 9 {
            return Some(end);
        }
        return Some(if end % 2 == 0 { 7 } else { 8 });
    }
    Some(8)
}

/// A date: (year, month, day), not checked yet unless it is one by weeks.
pub fn date(s: &[u8]) -> Option<(i32, i32, i32)> {
    if !matches!(s.len(), 7 | 8 | 10) {
        return None;
    }
    let year = digits(s, 0, 4)?;
    let dash = s[4] == b'-';
    let mut at = 4 + usize::from(dash);
    if s.get(at) == Some(&b'W') {
        at += 1;
        let week = digits(s, at, 2)?;
        at += 2;
        let mut day = 1;
        if s.len() > at {
            if (s[at] == b'-') != dash {
                return None;
            }
            at += usize::from(dash);
            day = digits(s, at, 1)?;
            at += 1;
        }
        if at != s.len() {
            return None;
        }
        return calendar::from_iso(year, week, day).ok();
    }
    let month = digits(s, at, 2)?;
    at += 2;
    if (s.get(at) == Some(&b'-')) != dash {
        return None;
    }
    at += usize::from(dash);
    let day = digits(s, at, 2)?;
    (at + 2 == s.len()).then_some((year, month, day))
}

/// A time of day and the offset behind it.
#[derive(Debug)]
pub struct Time {
    pub hour: i32,
    pub minute: i32,
    pub second: i32,
    pub us: i32,
    /// Microseconds from UTC.
    pub offset: Option<i64>,
}

/// HH[:?MM[:?SS[{.,}fff[fff]]]]
fn components(s: &[u8]) -> Option<[i32; 4]> {
    let mut out = [0; 4];
    let mut at = 0;
    let mut colons = false;
    for i in 0..3 {
        out[i] = digits(s, at, 2)?;
        at += 2;
        let Some(&next) = s.get(at) else { return Some(out) };
        if i == 0 {
            colons = next == b':';
        }
        if i == 2 {
            break;
        }
        if colons {
            if next != b':' {
                return None;
            }
            at += 1;
        }
    }
    if !matches!(s.get(at), Some(b'.' | b',')) {
        return None;
    }
    let fraction = &s[at + 1..];
    if fraction.is_empty() || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let n = fraction.len().min(6);
    out[3] = digits(fraction, 0, n)? * 10i32.pow(6 - n as u32);
    Some(out)
}

/// A time: HH[:MM[:SS[.fff[fff]]]][Z|+HH:MM[:SS[.ffffff]]].
pub fn time(s: &[u8]) -> Option<Time> {
    if s.len() < 2 {
        return None;
    }
    let sign = s.iter().position(|c| matches!(c, b'+' | b'-' | b'Z'));
    let [hour, minute, second, us] = components(&s[..sign.unwrap_or(s.len())])?;
    let mut t = Time { hour, minute, second, us, offset: None };
    let Some(sign) = sign else { return Some(t) };
    let zone = &s[sign + 1..];
    if s[sign] == b'Z' {
        t.offset = Some(0);
        return zone.is_empty().then_some(t);
    }
    let [h, m, sec, us] = components(zone)?;
    let total = (h as i64 * 3600 + m as i64 * 60 + sec as i64) * 1_000_000 + us as i64;
    t.offset = Some(if s[sign] == b'-' { -total } else { total });
    Some(t)
}
