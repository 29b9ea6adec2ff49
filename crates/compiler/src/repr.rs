//! Constants as Python's `repr` prints them.

use unicode_general_category::{GeneralCategory, get_general_category};

/// A float: the shortest digits that read back as the same number.
pub(crate) fn float(value: f64) -> String {
    let mut text = float_digits(value);
    if value.is_finite() && !text.contains(['.', 'e']) {
        text.push_str(".0");
    }
    text
}

/// The same without a `.0` that only marks it as a float.
fn float_digits(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf".into() } else { "-inf".into() };
    }
    // `d.ddde±x`: as many digits as it takes, but of the numbers with so many digits the nearest one.
    // (Rust's shortest form may be its neighbour if the value is half-way between them.)
    let shortest = format!("{value:e}");
    let digits = shortest.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    let nearest = format!("{value:.*e}", digits.saturating_sub(1));
    let scientific = if nearest.parse() == Ok(value) { nearest } else { shortest };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs());
    }
    let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
    format!("{value:.decimals$}")
}

/// A complex number.
pub(crate) fn complex(real: f64, imag: f64) -> String {
    let imag_text = float_digits(imag);
    if real == 0.0 && real.is_sign_positive() {
        return format!("{imag_text}j");
    }
    let plus = if imag_text.starts_with('-') { "" } else { "+" };
    format!("({}{plus}{imag_text}j)", float_digits(real))
}

/// What `repr` answers for an integer too long.
pub(crate) const TOO_MANY_DIGITS: &str = "Exceeds the limit (4300 digits) for integer string conversion; \
     use sys.set_int_max_str_digits() to increase the limit";
const MAX_DIGITS: usize = 4300;

/// An integer from its 30-bit digits; `None` if the decimal form is too long.
pub(crate) fn int(negative: bool, digits: &[u32]) -> Option<String> {
    const CHUNK: u64 = 1_000_000_000;
    if digits.len() * 30 > MAX_DIGITS * 4 {
        return None;
    }
    // Repeated division by 10⁹.
    let mut rest = digits.to_vec();
    let mut chunks = Vec::new();
    while rest.last().is_some() {
        let mut remainder = 0;
        for digit in rest.iter_mut().rev() {
            let value = remainder << 30 | u64::from(*digit);
            *digit = (value / CHUNK) as u32;
            remainder = value % CHUNK;
        }
        chunks.push(remainder);
        while rest.last() == Some(&0) {
            rest.pop();
        }
    }
    let mut text = String::from(if negative { "-" } else { "" });
    match chunks.split_last() {
        None => text.push('0'),
        Some((first, others)) => {
            text.push_str(&first.to_string());
            for chunk in others.iter().rev() {
                text.push_str(&format!("{chunk:09}"));
            }
        }
    }
    (text.len() <= MAX_DIGITS + usize::from(negative)).then_some(text)
}

/// A bytes object.
pub(crate) fn bytes(value: &[u8]) -> String {
    let quote = if value.contains(&b'\'') && !value.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for &byte in value {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            _ if char::from(byte) == quote => out.extend(['\\', quote]),
            0x20..0x7f => out.push(byte.into()),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}

/// A string given as WTF-8.
pub(crate) fn repr_str(text: &[u8]) -> String {
    let quote = if text.contains(&b'\'') && !text.contains(&b'"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            push_escaped(&mut out, c, quote);
        }
        // What is not UTF-8 in WTF-8 is a lone surrogate, reported one byte at a time or more.
        let invalid = chunk.invalid();
        if let [0xed, rest @ ..] = invalid {
            let at = invalid.as_ptr() as usize - text.as_ptr() as usize;
            if let Some(&[_, second, third]) = text.get(at..at + 3)
                && rest.len() < 3
            {
                let code = 0xd000 | u32::from(second & 0x3f) << 6 | u32::from(third & 0x3f);
                out.push_str(&format!("\\u{code:04x}"));
            }
        }
    }
    out.push(quote);
    out
}

fn push_escaped(out: &mut String, c: char, quote: char) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        _ if c == quote => out.extend(['\\', quote]),
        ' '..='~' => out.push(c),
        _ if is_printable(c) => out.push(c),
        _ => match u32::from(c) {
            code @ 0..0x100 => out.push_str(&format!("\\x{code:02x}")),
            code @ 0x100..0x1_0000 => out.push_str(&format!("\\u{code:04x}")),
            code => out.push_str(&format!("\\U{code:08x}")),
        },
    }
}

/// `str.isprintable()` of one character that is not ASCII.
fn is_printable(c: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, SpaceSeparator, Surrogate, Unassigned,
    };
    !matches!(
        get_general_category(c),
        Control
            | Format
            | Surrogate
            | PrivateUse
            | Unassigned
            | LineSeparator
            | ParagraphSeparator
            | SpaceSeparator
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for (value, text) in [
            (1.0, "1.0"),
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (-1.5e300, "-1.5e+300"),
            (f64::INFINITY, "inf"),
            (2f64.powi(-25), "2.9802322387695312e-08"),
            (5e-324, "5e-324"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (9007199254740993.0, "9007199254740992.0"),
        ] {
            assert_eq!(float(value), text);
        }
        assert_eq!(complex(0.0, 1.0), "1j");
        assert_eq!(complex(1.0, -2.5), "(1-2.5j)");
        assert_eq!(int(true, &[5, 1]).as_deref(), Some("-1073741829"));
        assert_eq!(int(false, &[]).as_deref(), Some("0"));
    }

    #[test]
    fn strings() {
        assert_eq!(repr_str("it's".as_bytes()), "\"it's\"");
        assert_eq!(repr_str(b"a\xed\xa0\x80b\n"), "'a\\ud800b\\n'");
        assert_eq!(bytes(b"\x00'\""), "b'\\x00\\'\"'");
    }
}
