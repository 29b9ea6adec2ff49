//! Floats as text, which versions 0 and 1 of the format use: 17 significant digits, as `%.17g`.

/// `x` as C's `%.17g` prints it.
pub(super) fn format(x: f64) -> String {
    if x.is_nan() {
        return "nan".into();
    }
    if x.is_infinite() {
        return if x > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let scientific = format!("{x:.16e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..17).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", without_trailing_zeros(mantissa), exponent.unsigned_abs());
    }
    let digits = (16 - exponent).max(0) as usize;
    without_trailing_zeros(&format!("{x:.digits$}")).into()
}

fn without_trailing_zeros(s: &str) -> &str {
    if s.contains('.') { s.trim_end_matches('0').trim_end_matches('.') } else { s }
}

/// Reads what [`format`] or a Python program of the time wrote.
pub(super) fn parse(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    // Rust's parser accepts a superset of Python's but for surrounding space, which neither writes.
    text.parse().ok()
}
