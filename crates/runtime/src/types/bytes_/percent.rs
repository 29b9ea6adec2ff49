//! `bytes % args`.

use super::{BytesBuilder, PyBytes};
use crate::prelude::*;
use crate::types::PyInt;
use crate::types::buffer::{self, Buffer};
use crate::types::str_::percent::{Arguments, Spec, float_text, integer_text, lay_out, parse_spec};
use crate::types::str_::repr;

/// `_PyBytes_FormatEx`.
pub fn format(py: Python, template: &[u8], values: &PyObject) -> PyResult<Vec<u8>> {
    let mut args = Arguments::new(py, values).for_bytes();
    let mut out = BytesBuilder::with_capacity(template.len().saturating_add(16));
    let mut i = 0;
    while i < template.len() {
        let rest = &template[i..];
        let run = memchr::memchr(b'%', rest).unwrap_or(rest.len());
        out.extend(&rest[..run]);
        i += run;
        if i >= template.len() {
            break;
        }
        i += 1;
        if template.get(i) == Some(&b'%') {
            out.push(b'%');
            i += 1;
            continue;
        }
        let get = |i: usize| template.get(i).map(|&b| b as u32);
        let key =
            |a: usize, b: usize| Ok(PyBytes::new(py, template.get(a..b).unwrap_or_default())?.into_object());
        let spec = parse_spec(py, &get, &key, &mut i, &mut args)?;
        convert(py, &mut out, &spec, &mut args)?;
    }
    args.finish("bytes")?;
    out.into_vec(py)
}

fn convert(py: Python, out: &mut BytesBuilder, spec: &Spec, args: &mut Arguments<'_>) -> PyResult<()> {
    let value = args.take()?;
    let bytes = match spec.code as u8 as char {
        _ if spec.code > 127 => {
            return Err(overflow_error(py, "character argument not in range(0x110000)"));
        }
        'r' | 'a' => {
            let text = repr::escape_non_ascii(py, &*value.repr(py)?)?;
            text.raw_bytes().to_vec()
        }
        's' | 'b' => object_bytes(py, &value)?,
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
            push_number(out, spec, &integer_text(py, spec, &value)?);
            return Ok(());
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let text = float_text(py, spec, &value).map_err(|e| {
                match matches(py, &exceptions::PyExc_TypeError_Type) {
                    true => {
                        drop(fetch(py, e));
                        type_error(py, format!("float argument required, not {}", tp_name(&value)))
                    }
                    false => e,
                }
            })?;
            push_number(out, spec, &text);
            return Ok(());
        }
        'c' => vec![byte(py, &value)?],
        _ => return Err(unsupported(py, spec)),
    };
    let truncates = matches!(spec.code as u8, b's' | b'b' | b'r' | b'a');
    let len = match usize::try_from(spec.precision) {
        Ok(p) if truncates => bytes.len().min(p),
        _ => bytes.len(),
    };
    let pad = usize::try_from(spec.width).unwrap_or(0).saturating_sub(len);
    if !spec.left {
        out.push_repeated(b' ', pad);
    }
    out.extend(&bytes[..len]);
    if spec.left {
        out.push_repeated(b' ', pad);
    }
    Ok(())
}

fn push_number(out: &mut BytesBuilder, spec: &Spec, text: &str) {
    lay_out(spec, text).write(spec, out, |out, s| out.extend(s), |out, b, n| out.push_repeated(b, n));
}

/// The value of a `%b`.
fn object_bytes(py: Python, value: &PyObject) -> PyResult<Vec<u8>> {
    if let Some(b) = value.downcast_exact::<PyBytes>() {
        return Ok(b.as_bytes().to_vec());
    }
    if let Some(a) = value.downcast_exact::<PyByteArray>() {
        return Ok(a.to_vec());
    }
    if let Some(method) = value.lookup_special(py, intern!(py, "__bytes__"))? {
        let made = method.call0(py)?;
        return match made.downcast::<PyBytes>() {
            Some(b) => Ok(b.as_bytes().to_vec()),
            None => Err(type_error(
                py,
                format!("{}.__bytes__() must return a bytes, not {}", tp_name(value), tp_name(&made)),
            )),
        };
    }
    if buffer::supports(value) {
        let view = Buffer::get(py, value, buffer::request::FULL_RO)?;
        return view.to_contiguous(py, b'C');
    }
    Err(type_error(
        py,
        format!(
            "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
            tp_name(value)
        ),
    ))
}

/// The value of a `%c`.
fn byte(py: Python, value: &PyObject) -> PyResult<u8> {
    let run = match (value.downcast::<PyBytes>(), value.downcast::<PyByteArray>()) {
        (Some(b), _) => Some(b.as_bytes().to_vec()),
        (_, Some(a)) => Some(a.to_vec()),
        _ => None,
    };
    if let Some(run) = run {
        return match run[..] {
            [b] => Ok(b),
            _ => Err(type_error(
                py,
                format!(
                    "%c requires an integer in range(256) or a single byte, not a {} object of length {}",
                    if PyBytes::check(value) { "bytes" } else { "bytearray" },
                    run.len()
                ),
            )),
        };
    }
    if !PyInt::check(value) && !crate::abstract_::number::has_index(value) {
        return Err(type_error(
            py,
            format!("%c requires an integer in range(256) or a single byte, not {}", tp_name(value)),
        ));
    }
    let v = value.index_isize(py, None)?;
    u8::try_from(v).map_err(|_| overflow_error(py, "%c arg not in range(256)"))
}

#[cold]
fn unsupported(py: Python, spec: &Spec) -> Raised {
    let shown = char::from_u32(spec.code).unwrap_or('?');
    value_error(
        py,
        format!("unsupported format character '{shown}' (0x{:x}) at index {}", spec.code, spec.at),
    )
}
