//! `binascii`: binary data as ASCII text: base 64, hexadecimal, quoted-printable, uuencode; and check sums.

use runtime::prelude::*;
use runtime::state::interpreter;
use runtime::types::buffer::{self, Buffer};
use runtime::types::bytes_::{BytesBuilder, ops};

/// The module's exceptions.
#[derive(Default)]
struct Errors {
    error: Slot<PyTypeObject>,
    incomplete: Slot<PyTypeObject>,
}

fn error(py: Python, text: &str) -> Raised {
    match interpreter(py).module_state::<Errors>().error.get_owned() {
        Some(ty) => raise(py, &ty, text),
        None => value_error(py, text),
    }
}

/// ASCII data: a bytes-like object, or a string of ASCII characters.
enum Ascii<'a> {
    Text(&'a PyStr),
    Bytes(Buffer),
}

impl Ascii<'_> {
    fn as_slice(&self) -> &[u8] {
        match self {
            Ascii::Text(s) => s.raw_bytes(),
            Ascii::Bytes(b) => b.as_slice(),
        }
    }
}

impl<'a> runtime::args::FromArg<'a> for Ascii<'a> {
    fn from_arg(py: Python, o: &'a PyObject, _: runtime::args::At) -> PyResult<Ascii<'a>> {
        if let Some(s) = o.downcast::<PyStr>() {
            if !s.is_ascii() {
                return Err(value_error(py, "string argument should contain only ASCII characters"));
            }
            return Ok(Ascii::Text(s));
        }
        if !buffer::supports(o) {
            return Err(type_error(
                py,
                format!("argument should be bytes, buffer or ASCII string, not '{}'", tp_name(o)),
            ));
        }
        Buffer::get_simple(py, o).map(Ascii::Bytes)
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Values of base 64 digits; 255 for other bytes.
const DIGITS: [u8; 256] = {
    let mut t = [255u8; 256];
    let mut i = 0;
    while i < 64 {
        t[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    t
};

fn decode_base64(py: Python, data: &[u8], strict: bool) -> PyResult<Vec<u8>> {
    let mut out = BytesBuilder::with_capacity(data.len() / 4 * 3 + 3);
    // Whole groups of digits, which is nearly all there is.
    let mut at = 0;
    while let Some(&[a, b, c, d]) = data.get(at..at + 4).and_then(|g| g.first_chunk::<4>()) {
        let (a, b, c, d) = (DIGITS[a as usize], DIGITS[b as usize], DIGITS[c as usize], DIGITS[d as usize]);
        if (a | b | c | d) & 0x80 != 0 {
            break;
        }
        out.extend(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
        at += 4;
    }
    let (mut position, mut left, mut pads) = (0u32, 0u8, 0u32);
    let rest = data.get(at..).unwrap_or_default();
    for (i, &ch) in rest.iter().enumerate() {
        if ch == b'=' {
            pads += 1;
            if position >= 2 && position + pads <= 4 {
                continue;
            }
            if strict && position == 1 {
                // Told below.
                break;
            }
            if strict {
                let leading = position == 0 && at + i == 0;
                let what = if leading { "Leading padding" } else { "Excess padding" };
                return Err(error(py, &format!("{what} not allowed")));
            }
            continue;
        }
        let digit = DIGITS[ch as usize];
        if digit >= 64 {
            if strict {
                return Err(error(py, "Only base64 data is allowed"));
            }
            continue;
        }
        if strict && pads > 0 {
            let complete = position + pads == 4;
            let what =
                if complete { "Excess data after padding" } else { "Discontinuous padding not allowed" };
            return Err(error(py, what));
        }
        pads = 0;
        match position {
            0 => {
                position = 1;
                left = digit;
            }
            1 => {
                position = 2;
                out.push(left << 2 | digit >> 4);
                left = digit & 15;
            }
            2 => {
                position = 3;
                out.push(left << 4 | digit >> 2);
                left = digit & 3;
            }
            _ => {
                position = 0;
                out.push(left << 6 | digit);
                left = 0;
            }
        }
    }
    if position != 0 {
        if position == 1 {
            let n = out.len() / 3 * 4 + 1;
            return Err(error(
                py,
                &format!(
                    "Invalid base64-encoded string: number of data characters ({n}) cannot be 1 more than a multiple of 4"
                ),
            ));
        }
        if position + pads < 4 {
            return Err(error(py, "Incorrect padding"));
        }
    }
    out.into_vec(py)
}

fn encode_base64(py: Python, data: &[u8], newline: bool) -> PyResult<Vec<u8>> {
    if data.len() > isize::MAX as usize / 2 {
        return Err(error(py, "Too much data for base64 line"));
    }
    let mut out = BytesBuilder::with_capacity(data.len().div_ceil(3) * 4 + newline as usize);
    let (groups, rest) = data.as_chunks::<3>();
    let digit = |n: u32| ALPHABET[(n & 63) as usize];
    for &[a, b, c] in groups {
        let n = (a as u32) << 16 | (b as u32) << 8 | c as u32;
        out.extend(&[digit(n >> 18), digit(n >> 12), digit(n >> 6), digit(n)]);
    }
    match *rest {
        [a] => {
            let n = (a as u32) << 16;
            out.extend(&[digit(n >> 18), digit(n >> 12), b'=', b'=']);
        }
        [a, b] => {
            let n = (a as u32) << 16 | (b as u32) << 8;
            out.extend(&[digit(n >> 18), digit(n >> 12), digit(n >> 6), b'=']);
        }
        _ => {}
    }
    if newline {
        out.push(b'\n');
    }
    out.into_vec(py)
}

fn decode_uu(py: Python, data: &[u8]) -> PyResult<Vec<u8>> {
    let Some((&first, rest)) = data.split_first() else {
        return Err(error(py, "Missing length byte"));
    };
    let want = (first.wrapping_sub(b' ') & 63) as usize;
    let mut out = Vec::with_capacity(want);
    let (mut left, mut bits) = (0u32, 0);
    let mut at = 0;
    while out.len() < want {
        // A short line goes on with spaces.
        let value = match rest.get(at) {
            None | Some(b'\n' | b'\r') => 0,
            Some(&b) if (b' '..=b' ' + 64).contains(&b) => (b - b' ') & 63,
            Some(_) => return Err(error(py, "Illegal char")),
        };
        at += 1;
        left = left << 6 | value as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((left >> bits) as u8);
            left &= (1 << bits) - 1;
        }
    }
    let trailing = rest.get(at.min(rest.len())..).unwrap_or_default();
    if trailing.iter().any(|&b| !matches!(b, b' ' | b'`' | b'\n' | b'\r')) {
        return Err(error(py, "Trailing garbage"));
    }
    Ok(out)
}

fn encode_uu(py: Python, data: &[u8], backtick: bool) -> PyResult<Vec<u8>> {
    if data.len() > 45 {
        return Err(error(py, "At most 45 bytes at once"));
    }
    let digit = |n: u32| match n & 63 {
        0 if backtick => b'`',
        n => b' ' + n as u8,
    };
    let mut out = vec![digit(data.len() as u32)];
    for group in data.chunks(3) {
        let byte = |i: usize| group.get(i).copied().unwrap_or(0) as u32;
        let n = byte(0) << 16 | byte(1) << 8 | byte(2);
        out.extend([digit(n >> 18), digit(n >> 12), digit(n >> 6), digit(n)]);
    }
    out.push(b'\n');
    Ok(out)
}

fn hex_digit(b: u8) -> Option<u8> {
    (b as char).to_digit(16).map(|d| d as u8)
}

fn decode_qp(py: Python, data: &[u8], header: bool) -> PyResult<Vec<u8>> {
    let mut out = BytesBuilder::with_capacity(data.len());
    let mut at = 0;
    while let Some(&b) = data.get(at) {
        at += 1;
        if b == b'_' && header {
            out.push(b' ');
            continue;
        }
        if b != b'=' {
            out.push(b);
            continue;
        }
        match data.get(at).copied() {
            None => break,
            Some(b'\n' | b'\r') => {
                // A soft line break.
                match memchr::memchr(b'\n', &data[at..]) {
                    Some(i) => at += i + 1,
                    None => at = data.len(),
                }
            }
            Some(b'=') => {
                out.push(b'=');
                at += 1;
            }
            Some(c) => match (hex_digit(c), data.get(at + 1).copied().and_then(hex_digit)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    at += 2;
                }
                _ => out.push(b'='),
            },
        }
    }
    out.into_vec(py)
}

const QP_LINE: usize = 76;

fn encode_qp(py: Python, data: &[u8], quote_tabs: bool, text: bool, header: bool) -> PyResult<Vec<u8>> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    // Lines end as the first one does.
    let crlf = matches!(memchr::memchr(b'\n', data), Some(i) if i > 0 && data[i - 1] == b'\r');
    let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
    let mut out = BytesBuilder::with_capacity(data.len());
    let mut line = 0;
    let mut at = 0;
    while let Some(&b) = data.get(at) {
        let next = data.get(at + 1).copied();
        let last = next.is_none();
        let quoted = b > 126
            || b == b'='
            || (header && b == b'_')
            || (b == b'.' && line == 0 && (last || matches!(next, Some(b'\n' | b'\r' | 0))))
            || (!text && (b == b'\r' || b == b'\n'))
            || ((b == b'\t' || b == b' ') && last)
            || (b < 33 && b != b'\r' && b != b'\n' && (quote_tabs || (b != b'\t' && b != b' ')));
        if quoted {
            if line + 3 >= QP_LINE {
                out.push(b'=');
                out.extend(end);
                line = 0;
            }
            out.extend(&[b'=', HEX[(b >> 4) as usize], HEX[(b & 15) as usize]]);
            at += 1;
            line += 3;
            continue;
        }
        if text && (b == b'\n' || (b == b'\r' && next == Some(b'\n'))) {
            line = 0;
            // White space at the end of a line is quoted.
            if let Some(&w @ (b' ' | b'\t')) = out.as_slice().last() {
                out.pop();
                out.extend(&[b'=', HEX[(w >> 4) as usize], HEX[(w & 15) as usize]]);
            }
            out.extend(end);
            at += if b == b'\r' { 2 } else { 1 };
            continue;
        }
        let before_end = next == Some(b'\n');
        if !last && !before_end && line + 1 >= QP_LINE {
            out.push(b'=');
            out.extend(end);
            line = 0;
        }
        line += 1;
        out.push(if header && b == b' ' { b'_' } else { b });
        at += 1;
    }
    out.into_vec(py)
}

/// The table of the CRC-32 polynomial, for four bytes at a time.
static CRC32: [[u32; 256]; 4] = {
    let mut t = [[0u32; 256]; 4];
    let mut i = 0;
    while i < 256 {
        let mut c = i as u32;
        let mut k = 0;
        while k < 8 {
            c = if c & 1 != 0 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 };
            k += 1;
        }
        t[0][i] = c;
        i += 1;
    }
    let mut i = 0;
    while i < 256 {
        let mut k = 1;
        while k < 4 {
            let c = t[k - 1][i];
            t[k][i] = t[0][(c & 255) as usize] ^ (c >> 8);
            k += 1;
        }
        i += 1;
    }
    t
};

/// CRC-32, going on from an earlier value.
pub fn crc32_of(data: &[u8], start: u32) -> u32 {
    let mut c = !start;
    let (words, rest) = data.as_chunks::<4>();
    for w in words {
        c ^= u32::from_le_bytes(*w);
        c = CRC32[3][(c & 255) as usize]
            ^ CRC32[2][(c >> 8 & 255) as usize]
            ^ CRC32[1][(c >> 16 & 255) as usize]
            ^ CRC32[0][(c >> 24) as usize];
    }
    for &b in rest {
        c = CRC32[0][((c ^ b as u32) & 255) as usize] ^ (c >> 8);
    }
    !c
}

fn hex_bytes(py: Python, data: &PyObject, sep: Option<&PyObject>, group: i32) -> PyResult<Py<PyBytes>> {
    let b = Buffer::get_simple(py, data)?;
    let text = ops::hex(py, b.as_slice(), sep, group)?;
    PyBytes::new(py, text.raw_bytes())
}

fn bytes_of_hex(py: Python, text: &[u8]) -> PyResult<Py<PyBytes>> {
    if !text.len().is_multiple_of(2) {
        return Err(error(py, "Odd-length string"));
    }
    let mut out = Vec::with_capacity(text.len() / 2);
    for &[a, b] in text.as_chunks::<2>().0 {
        match (hex_digit(a), hex_digit(b)) {
            (Some(a), Some(b)) => out.push(a << 4 | b),
            _ => return Err(error(py, "Non-hexadecimal digit found")),
        }
    }
    PyBytes::new(py, &out)
}

/// Conversion between binary data and ASCII
#[pymodule(name = "binascii")]
pub mod binascii {
    use super::*;

    /// The bytes of a line of uuencoded data.
    #[pyfunction]
    fn a2b_uu(py: Python, data: Ascii<'_>) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &decode_uu(py, data.as_slice())?)
    }

    /// A line of uuencoded data.
    #[pyfunction(sig = "(data, /, *, backtick=False)")]
    fn b2a_uu(py: Python, data: Buffer, backtick: bool) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &encode_uu(py, data.as_slice(), backtick)?)
    }

    /// The bytes of base 64 data. With strict_mode, nothing but valid base 64 is accepted.
    #[pyfunction(sig = "(data, /, *, strict_mode=False)")]
    fn a2b_base64(py: Python, data: Ascii<'_>, strict_mode: bool) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &decode_base64(py, data.as_slice(), strict_mode)?)
    }

    /// A line of base 64 data.
    #[pyfunction(sig = "(data, /, *, newline=True)")]
    fn b2a_base64(py: Python, data: Buffer, newline: bool) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &encode_base64(py, data.as_slice(), newline)?)
    }

    /// The bytes of hexadecimal digits.
    #[pyfunction]
    fn a2b_hex(py: Python, hexstr: Ascii<'_>) -> PyResult<Py<PyBytes>> {
        bytes_of_hex(py, hexstr.as_slice())
    }

    /// The bytes of hexadecimal digits.
    #[pyfunction]
    fn unhexlify(py: Python, hexstr: Ascii<'_>) -> PyResult<Py<PyBytes>> {
        bytes_of_hex(py, hexstr.as_slice())
    }

    /// Hexadecimal digits of bytes.
    ///
    /// sep is put between groups of bytes_per_sep bytes, counted from the right, or from the left if it is negative.
    #[pyfunction(sig = "(data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn b2a_hex(
        py: Python,
        data: &PyObject,
        sep: Option<&PyObject>,
        bytes_per_sep: i32,
    ) -> PyResult<Py<PyBytes>> {
        hex_bytes(py, data, sep, bytes_per_sep)
    }

    /// Hexadecimal digits of bytes.
    ///
    /// sep is put between groups of bytes_per_sep bytes, counted from the right, or from the left if it is negative.
    #[pyfunction(sig = "(data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hexlify(
        py: Python,
        data: &PyObject,
        sep: Option<&PyObject>,
        bytes_per_sep: i32,
    ) -> PyResult<Py<PyBytes>> {
        hex_bytes(py, data, sep, bytes_per_sep)
    }

    /// CRC-CCITT of data, going on from crc.
    #[pyfunction]
    fn crc_hqx(data: Buffer, crc: runtime::args::Bits<u32>) -> u32 {
        let mut crc = crc.0 as u16;
        for &b in data.as_slice() {
            crc ^= (b as u16) << 8;
            for _ in 0..8 {
                crc = if crc & 0x8000 != 0 { crc << 1 ^ 0x1021 } else { crc << 1 };
            }
        }
        crc as u32
    }

    /// CRC-32 of data, going on from crc.
    #[pyfunction(sig = "(data, crc=<unrepresentable>, /)", text = "($module, data, crc=0, /)")]
    fn crc32(data: Buffer, crc: Option<runtime::args::Bits<u32>>) -> u32 {
        crc32_of(data.as_slice(), crc.map_or(0, |c| c.0))
    }

    /// The bytes of quoted-printable data; with header, underscores are spaces.
    #[pyfunction(sig = "(data, header=False)")]
    fn a2b_qp(py: Python, data: Ascii<'_>, header: bool) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &decode_qp(py, data.as_slice(), header)?)
    }

    /// Data in quoted-printable encoding.
    ///
    /// quotetabs encodes tabs and spaces too, istext keeps line ends, header writes spaces as underscores.
    #[pyfunction(sig = "(data, quotetabs=False, istext=True, header=False)")]
    fn b2a_qp(
        py: Python,
        data: Buffer,
        quotetabs: bool,
        istext: bool,
        header: bool,
    ) -> PyResult<Py<PyBytes>> {
        PyBytes::new(py, &encode_qp(py, data.as_slice(), quotetabs, istext, header)?)
    }

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let state = interpreter(py).module_state::<Errors>();
        let error = new_exception(py, "binascii", "Error", &exceptions::PyExc_ValueError_Type, None)?;
        let incomplete =
            new_exception(py, "binascii", "Incomplete", &exceptions::PyExc_Exception_Type, None)?;
        module.as_object().setattr_str(py, "Error", error.object())?;
        module.as_object().setattr_str(py, "Incomplete", incomplete.object())?;
        state.error.set(Some(error));
        state.incomplete.set(Some(incomplete));
        Ok(())
    }
}
