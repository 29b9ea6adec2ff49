//! `str % args`.

use super::{Arguments, Spec, float_text, integer_text, lay_out, parse_spec};
use crate::prelude::*;
use crate::types::PyInt;
use crate::types::str_::{MAX_CHAR, StrBuilder, repr, search};
use crate::with_units;

/// `PyUnicode_Format`.
pub fn format(py: Python, template: &PyStr, values: &PyObject) -> PyResult<Py<PyStr>> {
    let view = template.view();
    let n = view.len();
    let mut args = Arguments::new(py, values);
    let mut out = StrBuilder::with_capacity(n + 16);
    let mut i = 0;
    while i < n {
        let run = with_units!(view.slice(i, n), |s| search::find_unit(s, percent_sign(s))).unwrap_or(n - i);
        if run == n {
            out.push_pystr(template);
        } else {
            out.push_view(view.slice(i, i + run));
        }
        i += run;
        if i >= n {
            break;
        }
        i += 1;
        match view.get(i) {
            Some(0x25) => {
                out.push_char('%' as u32);
                i += 1;
                continue;
            }
            Some(0x73) => {
                // `%s`, by far the most frequent.
                i += 1;
                push_str_of(py, &mut out, &*args.take()?)?;
                continue;
            }
            _ => {}
        }
        let get = |i: usize| view.get(i);
        let key = |a: usize, b: usize| Ok(template.substring(py, a, b)?.into_object());
        let spec = parse_spec(py, &get, &key, &mut i, &mut args)?;
        convert(py, &mut out, &spec, &mut args)?;
    }
    args.finish("string")?;
    out.finish(py)
}

fn percent_sign<U: crate::types::str_::Unit>(_: &[U]) -> U {
    U::from_code('%' as u32)
}

fn push_str_of(py: Python, out: &mut StrBuilder, value: &PyObject) -> PyResult<()> {
    match value.downcast_exact::<PyStr>() {
        Some(s) => out.push_pystr(s),
        None => out.push_pystr(&*value.str_(py)?),
    }
    Ok(())
}

fn convert(py: Python, out: &mut StrBuilder, spec: &Spec, args: &mut Arguments<'_>) -> PyResult<()> {
    let value = args.take()?;
    let text = match char::from_u32(spec.code).unwrap_or('\u{fffd}') {
        's' => value.str_(py)?,
        'r' => value.repr(py)?,
        'a' => repr::escape_non_ascii(py, &*value.repr(py)?)?,
        'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
            return push_number(out, spec, &integer_text(py, spec, &value)?);
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            return push_number(out, spec, &float_text(py, spec, &value)?);
        }
        'c' => {
            let c = character(py, &value)?;
            let pad = usize::try_from(spec.width).unwrap_or(0).saturating_sub(1);
            push_padded(out, spec, pad, |out| out.push_char(c));
            return Ok(());
        }
        _ => return Err(unsupported(py, spec)),
    };
    let len = match usize::try_from(spec.precision) {
        Ok(p) => text.len().min(p),
        Err(_) => text.len(),
    };
    let pad = usize::try_from(spec.width).unwrap_or(0).saturating_sub(len);
    push_padded(out, spec, pad, |out| match len == text.len() {
        true => out.push_pystr(&text),
        false => out.push_view(text.view().slice(0, len)),
    });
    Ok(())
}

fn push_padded(out: &mut StrBuilder, spec: &Spec, pad: usize, body: impl FnOnce(&mut StrBuilder)) {
    if !spec.left {
        out.push_repeated(' ' as u32, pad);
    }
    body(out);
    if spec.left {
        out.push_repeated(' ' as u32, pad);
    }
}

fn push_number(out: &mut StrBuilder, spec: &Spec, text: &str) -> PyResult<()> {
    lay_out(spec, text).write(
        spec,
        out,
        |out, s| out.push_latin1(s),
        |out, c, n| out.push_repeated(c as u32, n),
    );
    Ok(())
}

/// The character of a `%c`.
fn character(py: Python, value: &PyObject) -> PyResult<u32> {
    if let Some(s) = value.downcast::<PyStr>() {
        if s.len() != 1 {
            return Err(type_error(
                py,
                format!("%c requires an int or a unicode character, not a string of length {}", s.len()),
            ));
        }
        return Ok(s.char_at(0));
    }
    let code = match value.downcast::<PyInt>() {
        Some(i) => i.owned(),
        None if crate::abstract_::number::has_index(value) => crate::abstract_::number::index(py, value)?,
        None => {
            return Err(type_error(
                py,
                format!("%c requires an int or a unicode character, not {}", full_type_name(py, value)?),
            ));
        }
    };
    code.as_i64()
        .and_then(|v| u32::try_from(v).ok())
        .filter(|&c| c <= MAX_CHAR)
        .ok_or_else(|| overflow_error(py, "%c arg not in range(0x110000)"))
}

/// The `%T` of C's messages: module and qualified name.
///
/// Errors: what the class's attributes raise.
pub fn full_type_name(py: Python, o: &PyObject) -> PyResult<String> {
    let ty = o.ty().object();
    let qualname = ty.getattr(py, intern!(py, "__qualname__"))?;
    let module = ty.getattr(py, intern!(py, "__module__"))?;
    let name = match qualname.downcast::<PyStr>() {
        Some(s) => s.to_string_lossy(),
        None => o.ty().display_name().to_owned(),
    };
    Ok(match module.downcast::<PyStr>() {
        Some(m) if !m.eq_str("builtins") && !m.eq_str("__main__") => format!("{m}.{name}"),
        _ => name,
    })
}

#[cold]
fn unsupported(py: Python, spec: &Spec) -> Raised {
    let shown = match spec.code {
        c @ 0x20..=0x7e => char::from_u32(c).unwrap_or('?'),
        _ => '?',
    };
    value_error(
        py,
        format!("unsupported format character '{shown}' (0x{:x}) at index {}", spec.code, spec.at),
    )
}
