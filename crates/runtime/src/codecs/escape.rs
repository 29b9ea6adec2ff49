//! The escapes of bytes literals: `escape_decode` and `escape_encode`.

use crate::prelude::*;
use crate::types::PyBytes;
use crate::types::bytes_::BytesBuilder;

/// Decodes the escapes of a bytes literal. Warns about unknown ones.
///
/// Errors: `ValueError` for a malformed `\x` (unless `errors` is `ignore` or `replace`) or a trailing backslash.
pub fn decode(py: Python, bytes: &[u8], errors: &str) -> PyResult<Py<PyBytes>> {
    let mut out = BytesBuilder::with_capacity(bytes.len());
    let mut at = 0;
    let mut invalid: Option<String> = None;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let plain = memchr::memchr(b'\\', rest).unwrap_or(rest.len());
        out.extend(&rest[..plain]);
        at += plain;
        if plain == rest.len() {
            break;
        }
        at += 1;
        let Some(&b) = bytes.get(at) else {
            return Err(value_error(py, "Trailing \\ in string"));
        };
        at += 1;
        match b {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(b),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b't' => out.push(9),
            b'n' => out.push(10),
            b'r' => out.push(13),
            b'v' => out.push(11),
            b'a' => out.push(7),
            b'0'..=b'7' => {
                let start = at - 1;
                let mut v = (b - b'0') as u32;
                while let (true, Some(&d @ b'0'..=b'7')) = (at - start < 3, bytes.get(at)) {
                    v = v << 3 | (d - b'0') as u32;
                    at += 1;
                }
                if v > 0o377 && invalid.is_none() {
                    invalid = Some(format!(
                        "b\"\\{}\" is an invalid octal escape sequence. Such sequences will not work in the future. ",
                        String::from_utf8_lossy(&bytes[start..at])
                    ));
                }
                out.push(v as u8);
            }
            b'x' => {
                let digit = |i: usize| bytes.get(i).and_then(|&b| (b as char).to_digit(16));
                match (digit(at), digit(at + 1)) {
                    (Some(a), Some(b)) => {
                        out.push((a << 4 | b) as u8);
                        at += 2;
                    }
                    (first, _) => {
                        match errors {
                            "" | "strict" => {
                                return Err(value_error(
                                    py,
                                    format!("invalid \\x escape at position {}", at - 2),
                                ));
                            }
                            "replace" => out.push(b'?'),
                            "ignore" => {}
                            other => {
                                return Err(value_error(
                                    py,
                                    format!("decoding error; unknown error handling code: {other}"),
                                ));
                            }
                        }
                        // One good digit is skipped as well.
                        at += first.is_some() as usize;
                    }
                }
            }
            _ => {
                if invalid.is_none() {
                    invalid = Some(format!(
                        "b\"\\{}\" is an invalid escape sequence. Such sequences will not work in the future. ",
                        b as char
                    ));
                }
                out.extend(&[b'\\', b]);
            }
        }
    }
    if let Some(text) = invalid {
        warn(py, &exceptions::PyExc_DeprecationWarning_Type, &text, 1)?;
    }
    out.finish(py)
}

/// Encodes as in `repr(bytes)`, single quotes escaped.
pub fn encode(py: Python, bytes: &[u8]) -> PyResult<Py<PyBytes>> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut out = BytesBuilder::with_capacity(bytes.len());
    for &b in bytes {
        match b {
            b'\'' | b'\\' => out.extend(&[b'\\', b]),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            0x20..=0x7e => out.push(b),
            _ => out.extend(&[b'\\', b'x', HEX[(b >> 4) as usize], HEX[(b & 15) as usize]]),
        }
    }
    out.finish(py)
}
