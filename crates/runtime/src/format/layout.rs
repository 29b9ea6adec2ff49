//! Putting a number together: sign, prefix, padding, grouped digits, fraction.

use super::spec::{Grouping, Spec};
use crate::prelude::*;
use std::ffi::CStr;

/// The parts of a number before they are laid out.
#[derive(Default, Clone, Copy)]
pub struct Parts<'a> {
    pub negative: bool,
    /// `0x` and the like.
    pub prefix: &'a str,
    pub whole: &'a str,
    /// Digits behind the point.
    pub fraction: &'a str,
    pub has_point: bool,
    /// Exponent or percent sign; for infinities and NaN the word.
    pub rest: &'a str,
}

impl<'a> Parts<'a> {
    /// Takes a float's text apart.
    pub fn of_float(text: &'a str) -> Parts<'a> {
        let negative = text.starts_with('-');
        let text = text.trim_start_matches(['-', '+']);
        let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = text.split_at(digits(text));
        let (has_point, rest) = match rest.strip_prefix('.') {
            Some(r) => (true, r),
            None => (false, rest),
        };
        let (fraction, rest) = if has_point { rest.split_at(digits(rest)) } else { ("", rest) };
        Parts { negative, prefix: "", whole, fraction, has_point, rest }
    }
}

/// Separators and group sizes.
struct Locale {
    point: String,
    separator: String,
    /// Group sizes from the right; the last one repeats. Empty: no groups.
    sizes: Vec<usize>,
}

impl Locale {
    fn of(grouping: Grouping) -> Locale {
        let fixed = |separator: &str, size: usize| Locale {
            point: ".".to_owned(),
            separator: separator.to_owned(),
            sizes: vec![size],
        };
        match grouping {
            Grouping::None => Locale { point: ".".to_owned(), separator: String::new(), sizes: Vec::new() },
            Grouping::Comma => fixed(",", 3),
            Grouping::Underscore => fixed("_", 3),
            Grouping::UnderscoreFour => fixed("_", 4),
            Grouping::Locale => Locale::current(),
        }
    }

    /// What `LC_NUMERIC` says now.
    fn current() -> Locale {
        // SAFETY: `localeconv` returns pointers to C strings that stay valid until the locale changes; they are copied at once,
        // with the interpreter lock held.
        unsafe {
            let l = &*libc::localeconv();
            let text = |p: *const std::ffi::c_char| CStr::from_ptr(p).to_string_lossy().into_owned();
            // 127 ends the grouping: the rest is one group. That is the same as one very large group.
            let sizes = CStr::from_ptr(l.grouping)
                .to_bytes()
                .iter()
                .map(|&b| if b == 127 { usize::MAX >> 1 } else { b as usize })
                .collect();
            Locale { point: text(l.decimal_point), separator: text(l.thousands_sep), sizes }
        }
    }

    /// Groups digits from the right, with zeros in front up to a total width.
    fn group(&self, digits: &str, min_width: usize) -> String {
        let mut groups: Vec<String> = Vec::new();
        let mut rest = digits;
        let mut width = min_width as isize;
        let mut sizes = self.sizes.iter();
        let mut size = isize::MAX;
        loop {
            if let Some(&s) = sizes.next() {
                size = s as isize;
            }
            let n = (rest.len() as isize).max(width).max(1).min(size);
            let taken = (rest.len() as isize).min(n);
            let (left, group) = rest.split_at(rest.len() - taken as usize);
            groups.push(format!("{}{group}", "0".repeat((n - taken) as usize)));
            rest = left;
            width -= n;
            if rest.is_empty() && width <= 0 {
                break;
            }
            width -= self.separator.chars().count() as isize;
        }
        groups.reverse();
        groups.join(&self.separator)
    }

    /// Groups digits from the left, for a fraction.
    fn group_fraction(&self, digits: &str) -> String {
        let size = self.sizes.first().copied().unwrap_or(usize::MAX);
        let bytes = digits.as_bytes();
        let groups: Vec<&str> = bytes.chunks(size).filter_map(|c| std::str::from_utf8(c).ok()).collect();
        groups.join(&self.separator)
    }
}

/// The decimal point of the current locale.
pub fn locale_point() -> String {
    Locale::current().point
}

/// A number without padding, in two halves between which padding by `=` goes.
pub fn compose(spec: &Spec, parts: Parts) -> (String, String) {
    let locale = Locale::of(spec.grouping);
    let mut head = String::new();
    match (parts.negative, spec.sign) {
        (true, _) => head.push('-'),
        (_, b'+') => head.push('+'),
        (_, b' ') => head.push(' '),
        _ => {}
    }
    head.push_str(parts.prefix);
    let mut tail = String::new();
    if parts.has_point {
        tail.push_str(&locale.point);
    }
    if spec.fraction_grouping == Grouping::None {
        tail.push_str(parts.fraction);
    } else {
        tail.push_str(&Locale::of(spec.fraction_grouping).group_fraction(parts.fraction));
    }
    tail.push_str(parts.rest);
    // Zeros that fill the width are digits: they are grouped too.
    let min_width =
        if spec.fill == b'0' as u32 && spec.align == b'=' && spec.width.is_some_and(|w| w <= MAX_PADDING) {
            spec.width.unwrap_or(0).saturating_sub(head.chars().count() + tail.chars().count())
        } else {
            0
        };
    // Infinities and NaN have no digits, but may get zeros in front.
    let digits = if parts.whole.is_empty() && min_width == 0 {
        String::new()
    } else {
        locale.group(parts.whole, min_width)
    };
    (head, digits + &tail)
}

/// Writes text padded as the specification says. `head` stays in front of padding by `=`.
pub fn pad(py: Python, spec: &Spec, head: &str, body: &str) -> PyResult<Py<PyStr>> {
    let used = head.chars().count() + body.chars().count();
    let padding = spec.width.unwrap_or(0).saturating_sub(used);
    let (left, middle, right) = match spec.align {
        b'<' => (0, 0, padding),
        b'^' => (padding / 2, 0, padding - padding / 2),
        b'=' => (0, padding, 0),
        _ => (padding, 0, 0),
    };
    if padding > MAX_PADDING {
        return Err(memory_error(py));
    }
    let mut out = StrBuilder::new();
    out.push_repeated(spec.fill, left);
    out.push_str(head);
    out.push_repeated(spec.fill, middle);
    out.push_str(body);
    out.push_repeated(spec.fill, right);
    out.finish(py)
}

/// Wider paddings do not fit into any memory.
pub const MAX_PADDING: usize = 1 << 34;
