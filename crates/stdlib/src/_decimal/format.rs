//! `format(number, spec)`.

use super::coeff::Sized_;
use super::number::{Ctx, Dec, Round};
use super::round::set_exponent;

/// What separates groups of digits, and the decimal point.
#[derive(Clone, Debug)]
pub struct Separators {
    pub point: String,
    pub thousands: String,
    /// Lengths of the groups as localeconv() gives them: the last one is repeated.
    pub grouping: Vec<u8>,
}

/// A parsed format specification.
#[derive(Clone, Debug)]
pub struct Spec {
    pub fill: char,
    /// `<`, `>`, `=`, `^`, or `z` for zeros behind the sign.
    pub align: char,
    pub sign: char,
    pub no_negative_zero: bool,
    pub alternate: bool,
    pub width: i64,
    pub precision: Option<i64>,
    pub kind: char,
    pub locale: bool,
    /// The old type `N` was used.
    pub deprecated: bool,
    pub separators: Separators,
    pub fraction_separator: Option<char>,
}

/// Why a specification is none.
pub enum SpecError {
    Invalid,
    TooLarge,
}

impl Spec {
    pub fn parse(text: &str, capitals: bool) -> Result<Spec, SpecError> {
        let c: Vec<char> = text.chars().collect();
        let mut i = 0;
        let at = |i: usize| c.get(i).copied();
        let is_align = |c: Option<char>| matches!(c, Some('<' | '>' | '=' | '^'));
        let mut spec = Spec {
            fill: ' ',
            align: '>',
            sign: '-',
            no_negative_zero: false,
            alternate: false,
            width: 0,
            precision: None,
            kind: if capitals { 'G' } else { 'g' },
            locale: false,
            deprecated: false,
            separators: Separators { point: ".".into(), thousands: String::new(), grouping: vec![3, 0] },
            fraction_separator: None,
        };
        let mut aligned = true;
        if !c.is_empty() && is_align(at(1)) {
            spec.fill = c[0];
            spec.align = c[1];
            i = 2;
        } else if is_align(at(0)) {
            spec.align = c[0];
            i = 1;
        } else {
            aligned = false;
        }
        if let Some(s @ ('+' | '-' | ' ')) = at(i) {
            spec.sign = s;
            i += 1;
        }
        if at(i) == Some('z') {
            spec.no_negative_zero = true;
            i += 1;
        }
        if at(i) == Some('#') {
            spec.alternate = true;
            i += 1;
        }
        if at(i) == Some('0') {
            if aligned {
                return Err(SpecError::Invalid);
            }
            spec.align = 'z';
            i += 1;
        }
        let number = |i: &mut usize| -> Result<Option<i64>, SpecError> {
            let start = *i;
            let mut v = 0i64;
            while let Some(d) = at(*i).and_then(|c| c.to_digit(10)) {
                v = v.checked_mul(10).and_then(|v| v.checked_add(d as i64)).ok_or(SpecError::TooLarge)?;
                *i += 1;
            }
            Ok((*i > start).then_some(v))
        };
        spec.width = number(&mut i)?.unwrap_or(0);
        if let Some(s @ (',' | '_')) = at(i) {
            spec.separators.thousands = s.into();
            i += 1;
        }
        if at(i) == Some('.') {
            i += 1;
            spec.precision = number(&mut i)?;
            if let Some(s @ (',' | '_')) = at(i) {
                spec.fraction_separator = Some(s);
                i += 1;
            } else if spec.precision.is_none() {
                return Err(SpecError::Invalid);
            }
        }
        match at(i) {
            Some('n' | 'N') => {
                if !spec.separators.thousands.is_empty() {
                    return Err(SpecError::Invalid);
                }
                spec.locale = true;
                spec.deprecated = at(i) == Some('N');
                spec.kind = if spec.deprecated { 'G' } else { 'g' };
                i += 1;
            }
            Some(k @ ('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%')) => {
                spec.kind = k;
                i += 1;
            }
            _ => {}
        }
        if i != c.len() {
            return Err(SpecError::Invalid);
        }
        Ok(spec)
    }
}

/// The number rounded to so many significant digits, without limits to its exponent.
fn to_significant(d: &Dec, digits: i64, round: Round) -> Dec {
    let mut d = d.clone();
    if d.coeff.is_zero() {
        return Dec::zero(d.neg, d.adjusted() + 1 - digits);
    }
    let n = d.coeff.digits();
    if n > digits {
        d.cut(n - digits, round);
        if d.coeff.digits() > digits {
            d.coeff = d.coeff.shr(1).0;
            d.exp += 1;
        }
    }
    d
}

pub fn format(d: &Dec, spec: &Spec, ctx: &Ctx) -> Sized_<String> {
    let sign_of = |neg: bool| match (neg, spec.sign) {
        (true, _) => "-",
        (false, '+') => "+",
        (false, ' ') => " ",
        _ => "",
    };
    if d.is_special() {
        let mut body = super::text::to_text(&d.abs(), true, false);
        if spec.kind == '%' {
            body.push('%');
        }
        return Ok(aligned(sign_of(d.neg), &body, spec));
    }
    let mut d = d.clone();
    let kind = spec.kind.to_ascii_lowercase();
    if kind == '%' {
        d.exp += 2;
    }
    if let Some(p) = spec.precision {
        match kind {
            'e' => {
                let zero = d.coeff.is_zero();
                d = if zero { d } else { to_significant(&d, p + 1, ctx.round) };
                if !zero && d.coeff.digits() < p + 1 {
                    let n = p + 1 - d.coeff.digits();
                    d.coeff = d.coeff.shl(n)?;
                    d.exp -= n;
                }
            }
            'g' => {
                let p = p.max(1);
                if d.coeff.digits() > p {
                    d = to_significant(&d, p, ctx.round);
                }
            }
            _ => {
                set_exponent(&mut d, -p, ctx.round)?;
            }
        }
    }
    if d.coeff.is_zero() && d.exp > 0 && matches!(kind, 'f' | '%') {
        d.exp = 0;
    }
    if spec.no_negative_zero && d.coeff.is_zero() {
        d.neg = false;
    }
    let digits = d.coeff.to_text();
    let n = digits.len() as i64;
    let left = d.exp + n;
    let point = match kind {
        'e' => match spec.precision {
            Some(p) if d.coeff.is_zero() => 1 - p,
            _ => 1,
        },
        'g' if d.exp <= 0 && left > -6 => left,
        'g' => 1,
        _ => left,
    };
    if (point - n).max(-point) > 500_000_000 {
        return Err(super::coeff::NoMemory);
    }
    let zeros = |n: i64| "0".repeat(n.max(0) as usize);
    let (whole, mut fraction) = if point < 0 {
        ("0".to_owned(), zeros(-point) + &digits)
    } else if point > n {
        (digits.clone() + &zeros(point - n), String::new())
    } else {
        let (a, b) = digits.split_at(point as usize);
        (if a.is_empty() { "0".to_owned() } else { a.to_owned() }, b.to_owned())
    };
    if let Some(s) = spec.fraction_separator {
        let groups: Vec<&str> =
            fraction.as_bytes().chunks(3).filter_map(|g| std::str::from_utf8(g).ok()).collect();
        fraction = groups.join(s.encode_utf8(&mut [0; 4]));
    }
    let exp = left - point;
    let mut tail = String::new();
    if !fraction.is_empty() || spec.alternate {
        tail = format!("{}{fraction}", spec.separators.point);
    }
    if exp != 0 || kind == 'e' {
        let e = if spec.kind.is_ascii_uppercase() { 'E' } else { 'e' };
        tail += &format!("{e}{exp:+}");
    }
    if kind == '%' {
        tail.push('%');
    }
    let sign = sign_of(d.neg);
    let min_width =
        if spec.align == 'z' { spec.width - tail.chars().count() as i64 - sign.len() as i64 } else { 0 };
    let body = grouped(&whole, &spec.separators, min_width) + &tail;
    Ok(aligned(sign, &body, spec))
}

/// Digits with the groups' separators, filled with zeros to a width.
fn grouped(digits: &str, s: &Separators, mut min_width: i64) -> String {
    let mut rest = digits;
    let mut groups: Vec<String> = Vec::new();
    let mut lengths = s.grouping.iter().copied();
    let mut last = 0u8;
    let separated = !s.thousands.is_empty();
    loop {
        let length = match lengths.next() {
            Some(0) => last,
            Some(127) => 0,
            Some(n) => n,
            None => last,
        };
        let need = (rest.len() as i64).max(min_width).max(1);
        // Without groups all that is left is one.
        let take = if separated && length != 0 { need.min(length as i64) } else { need };
        let cut = rest.len().saturating_sub(take as usize);
        let part = &rest[cut..];
        groups.push("0".repeat(take as usize - part.len()) + part);
        rest = &rest[..cut];
        min_width -= take;
        if rest.is_empty() && min_width <= 0 {
            break;
        }
        min_width -= s.thousands.chars().count() as i64;
        last = length;
    }
    groups.reverse();
    groups.join(&s.thousands)
}

fn aligned(sign: &str, body: &str, spec: &Spec) -> String {
    let n = (sign.len() + body.chars().count()) as i64;
    let missing = (spec.width - n).max(0) as usize;
    let fill = |n: usize| String::from_iter(std::iter::repeat_n(spec.fill, n));
    match spec.align {
        '<' => format!("{sign}{body}{}", fill(missing)),
        '=' => format!("{sign}{}{body}", fill(missing)),
        '^' => format!("{}{sign}{body}{}", fill(missing / 2), fill(missing - missing / 2)),
        _ => format!("{}{sign}{body}", fill(missing)),
    }
}
