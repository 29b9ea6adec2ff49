//! Format strings: parsing, sizes and alignment.

use super::error;
use runtime::prelude::*;

/// Byte order and sizes, as the first character of a format says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mode {
    pub big: bool,
    /// The machine's sizes and alignment.
    pub native: bool,
}

/// A run of equal items.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub code: u8,
    pub size: usize,
    pub offset: usize,
    pub count: usize,
}

/// A parsed format.
#[derive(Debug)]
pub struct Layout {
    pub mode: Mode,
    pub runs: Vec<Run>,
    pub size: usize,
    /// Values to pack or unpack.
    pub items: usize,
}

/// Size and alignment of an item.
fn measure(mode: Mode, code: u8) -> Option<(usize, usize)> {
    let size = match code {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' => {
            if mode.native {
                8
            } else {
                4
            }
        }
        b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if mode.native => 8,
        b'F' => return Some((8, if mode.native { 4 } else { 1 })),
        b'D' => return Some((16, if mode.native { 8 } else { 1 })),
        _ => return None,
    };
    Some((size, if mode.native { size } else { 1 }))
}

impl Layout {
    /// Parses a format. Errors: `struct.error`.
    pub fn parse(py: Python, format: &[u8]) -> PyResult<Layout> {
        let too_long = || error(py, "total struct size too long");
        let little = Mode { big: false, native: false };
        let (mode, rest) = match format.split_first() {
            Some((b'@', r)) => (Mode { big: false, native: true }, r),
            Some((b'=' | b'<', r)) => (little, r),
            Some((b'>' | b'!', r)) => (Mode { big: true, native: false }, r),
            _ => (Mode { big: false, native: true }, format),
        };
        let mut out = Layout { mode, runs: Vec::new(), size: 0, items: 0 };
        let mut at = 0;
        while let Some(&b) = rest.get(at) {
            at += 1;
            if b.is_ascii_whitespace() || b == 11 {
                continue;
            }
            let mut code = b;
            let mut count = 1usize;
            if b.is_ascii_digit() {
                count = (b - b'0') as usize;
                loop {
                    match rest.get(at) {
                        Some(&d) if d.is_ascii_digit() => {
                            count = count
                                .checked_mul(10)
                                .and_then(|n| n.checked_add((d - b'0') as usize))
                                .filter(|&n| n <= isize::MAX as usize)
                                .ok_or_else(too_long)?;
                            at += 1;
                        }
                        Some(&c) => {
                            code = c;
                            at += 1;
                            break;
                        }
                        None => {
                            return Err(error(py, "repeat count given without format specifier"));
                        }
                    }
                }
            }
            if code == 0 {
                return Err(error(py, "embedded null character"));
            }
            let Some((size, align)) = measure(mode, code) else {
                return Err(error(py, "bad char in struct format"));
            };
            let offset = out.size.checked_next_multiple_of(align).ok_or_else(too_long)?;
            out.size = size
                .checked_mul(count)
                .and_then(|n| n.checked_add(offset))
                .filter(|&n| n <= isize::MAX as usize)
                .ok_or_else(too_long)?;
            match code {
                b's' | b'p' => {
                    out.items += 1;
                    out.runs.push(Run { code, size: count, offset, count: 1 });
                }
                b'x' => {}
                _ if count > 0 => {
                    out.items += count;
                    out.runs.push(Run { code, size, offset, count });
                }
                _ => {}
            }
        }
        Ok(out)
    }
}
