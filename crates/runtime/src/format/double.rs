//! Floats as decimal text, in the shapes of C's `%e`, `%f` and `%g` and of `repr` (`PyOS_double_to_string`).

/// How to write a float.
#[derive(Clone, Copy, Default, Debug)]
pub struct Flags {
    /// A sign also for positive numbers.
    pub sign: bool,
    /// `1.0` rather than `1`.
    pub add_dot_0: bool,
    /// Keep a trailing point, and with `g` trailing zeros.
    pub alternate: bool,
    /// A zero after rounding has no minus sign.
    pub no_neg_0: bool,
}

/// Significant decimal digits, without leading zeros (zero itself is one "0"), and where the point is: before the first digit
/// for 0.
struct Decimal {
    digits: Vec<u8>,
    point: i64,
}

/// More decimal digits than any float has; what follows is zeros.
const MAX_DIGITS: usize = 1100;

impl Decimal {
    /// From text like `123.456e-7`, which all of Rust's float formats are.
    fn parse(text: &str) -> Decimal {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let zeros = all.iter().take_while(|&&b| b == b'0').count();
        let exponent: i64 = exponent.parse().unwrap_or(0);
        if zeros == all.len() {
            return Decimal { digits: vec![b'0'], point: 1 };
        }
        Decimal { digits: all[zeros..].to_vec(), point: whole.len() as i64 - zeros as i64 + exponent }
    }

    /// The shortest digits that read back as the same float.
    fn shortest(value: f64) -> Decimal {
        let mut buffer = ryu::Buffer::new();
        let mut d = Decimal::parse(buffer.format_finite(value));
        while d.digits.len() > 1 && d.digits.last() == Some(&b'0') {
            d.digits.pop();
        }
        d
    }

    /// `n` significant digits, correctly rounded.
    fn significant(value: f64, n: usize) -> Decimal {
        Decimal::parse(&format!("{:.*e}", n.clamp(1, MAX_DIGITS) - 1, value))
    }

    /// `n` digits after the point, correctly rounded.
    fn fixed(value: f64, n: usize) -> Decimal {
        Decimal::parse(&format!("{:.*}", n.min(MAX_DIGITS), value))
    }

    fn is_zero(&self) -> bool {
        self.digits == b"0"
    }
}

/// Formats with one of the codes `e E f F g G r`; `r` is `repr`'s, without a precision.
pub fn double_to_string(value: f64, code: u8, precision: usize, flags: Flags) -> String {
    let upper = code.is_ascii_uppercase();
    let out = if value.is_finite() {
        finite(value, code.to_ascii_lowercase(), precision, flags)
    } else {
        let sign = if value.is_nan() || value > 0.0 { if flags.sign { "+" } else { "" } } else { "-" };
        format!("{sign}{}", if value.is_nan() { "nan" } else { "inf" })
    };
    if upper { out.to_ascii_uppercase() } else { out }
}

fn finite(value: f64, code: u8, precision: usize, flags: Flags) -> String {
    let magnitude = value.abs();
    let precision = if code == b'g' { precision.max(1) } else { precision };
    let d = match code {
        b'e' => Decimal::significant(magnitude, precision.saturating_add(1)),
        b'f' => Decimal::fixed(magnitude, precision),
        b'g' => {
            let mut d = Decimal::significant(magnitude, precision);
            while d.digits.len() > 1 && d.digits.last() == Some(&b'0') {
                d.digits.pop();
            }
            d
        }
        _ => Decimal::shortest(magnitude),
    };
    let p = precision as i64;
    let exponential = match code {
        b'e' => true,
        b'f' => false,
        b'g' => d.point <= -4 || d.point > p - i64::from(flags.add_dot_0),
        _ => d.point <= -4 || d.point > 16,
    };
    // How many digits to show, counted from the first significant one.
    let mut shown = match code {
        b'e' => p + 1,
        b'f' => d.point + p,
        b'g' if flags.alternate => p,
        _ => d.digits.len() as i64,
    };
    let point = if exponential { 1 } else { d.point };
    shown = shown.max(if !exponential && flags.add_dot_0 { point + 1 } else { point });

    let mut out = Vec::new();
    let negative = value.is_sign_negative() && !(flags.no_neg_0 && d.is_zero());
    if negative {
        out.push(b'-');
    } else if flags.sign {
        out.push(b'+');
    }
    if point <= 0 {
        out.extend_from_slice(b"0.");
        out.resize(out.len() + (-point) as usize, b'0');
    }
    for i in 0..shown.max(0) {
        if i == point && point > 0 {
            out.push(b'.');
        }
        out.push(usize::try_from(i).ok().and_then(|i| d.digits.get(i)).copied().unwrap_or(b'0'));
    }
    if shown <= point && point > 0 {
        out.push(b'.');
    }
    if out.last() == Some(&b'.') && !flags.alternate {
        out.pop();
    }
    let mut out = String::from_utf8(out).unwrap_or_default();
    if exponential {
        let e = d.point - 1;
        let sign = if e < 0 { '-' } else { '+' };
        out.push_str(&format!("e{sign}{:02}", e.abs()));
    }
    out
}

/// `repr(float)`.
pub fn repr_float(value: f64) -> String {
    double_to_string(value, b'r', 0, Flags { add_dot_0: true, ..Flags::default() })
}
