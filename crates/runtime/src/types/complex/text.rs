//! Complex numbers from text.

use super::Complex;
use crate::prelude::*;
use crate::types::float::{ascii_of, clean};

/// `complex(text)`.
pub(super) fn parse(py: Python, text: &PyStr) -> PyResult<Complex> {
    let ascii = ascii_of(text);
    let malformed = || value_error(py, "complex() arg is a malformed string");
    let Some(s) = clean(&ascii) else {
        if ascii.contains(&b'_') {
            let shown = text.as_object().repr(py)?.to_string_lossy();
            return Err(value_error(py, format!("could not convert string to complex: {shown}")));
        }
        return Err(malformed());
    };
    let blank = |c: char| matches!(c, ' ' | '\t'..='\r');
    let s = match s.strip_prefix('(') {
        Some(inner) => match inner.strip_suffix(')') {
            Some(inner) => inner.trim_matches(blank),
            None => return Err(malformed()),
        },
        None => &s,
    };
    read(s).ok_or_else(malformed)
}

fn read(s: &str) -> Option<Complex> {
    let is_j = |s: &str| s == "j" || s == "J";
    let (first, rest) = float_prefix(s);
    let Some(x) = first else {
        // No number: a lone sign may stand before "j".
        return match s.strip_prefix('-') {
            Some(j) if is_j(j) => Some(Complex { re: 0.0, im: -1.0 }),
            _ if is_j(s.strip_prefix('+').unwrap_or(s)) => Some(Complex { re: 0.0, im: 1.0 }),
            _ => None,
        };
    };
    if rest.is_empty() {
        return Some(Complex { re: x, im: 0.0 });
    }
    if is_j(rest) {
        return Some(Complex { re: 0.0, im: x });
    }
    if !rest.starts_with(['+', '-']) {
        return None;
    }
    let (second, tail) = float_prefix(rest);
    let (im, tail) = match second {
        Some(y) => (y, tail),
        None => (if rest.starts_with('-') { -1.0 } else { 1.0 }, &rest[1..]),
    };
    is_j(tail).then_some(Complex { re: x, im })
}

/// The longest float at the start of the text, and what follows.
fn float_prefix(s: &str) -> (Option<f64>, &str) {
    let b = s.as_bytes();
    let at = |i: usize| b.get(i).copied().unwrap_or(0);
    let sign = usize::from(matches!(at(0), b'+' | b'-'));
    for word in ["infinity", "inf", "nan"] {
        if s.get(sign..sign + word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word)) {
            let (number, rest) = s.split_at(sign + word.len());
            return (number.parse().ok(), rest);
        }
    }
    let digits = |mut i: usize| {
        let start = i;
        while at(i).is_ascii_digit() {
            i += 1;
        }
        (i, i - start)
    };
    let (mut i, whole) = digits(sign);
    let mut fraction = 0;
    if at(i) == b'.' {
        (i, fraction) = digits(i + 1);
    }
    if whole + fraction == 0 {
        return (None, s);
    }
    if matches!(at(i), b'e' | b'E') {
        let signed = i + 1 + usize::from(matches!(at(i + 1), b'+' | b'-'));
        let (end, n) = digits(signed);
        if n > 0 {
            i = end;
        }
    }
    let (number, rest) = s.split_at(i);
    (number.parse().ok(), rest)
}
