//! Code objects as text: everything execution or a debugger can see, line by line. Shared by the snapshot
//! tests and by `examples/dump_code.rs`.

use std::fmt::Write;

use bytecode::{BigInt, Code, Const, Text};
use num_bigint::{BigUint, Sign};

/// Appends a code object and all those in its constants.
pub fn dump(out: &mut String, code: &Code, indent: &str) {
    let _ = writeln!(out, "{indent}code {} {}", plain(&code.name), plain(&code.qualname));
    for (name, value) in [
        ("co_argcount", i64::from(code.argcount)),
        ("co_posonlyargcount", i64::from(code.posonlyargcount)),
        ("co_kwonlyargcount", i64::from(code.kwonlyargcount)),
        ("co_nlocals", code.nlocals() as i64),
        ("co_stacksize", i64::from(code.stacksize)),
        ("co_flags", i64::from(code.flags)),
        ("co_firstlineno", i64::from(code.firstlineno)),
    ] {
        let _ = writeln!(out, "{indent}  {name} {value}");
    }
    let names: [(&str, Vec<&Text>); 4] = [
        ("co_names", code.names.iter().collect()),
        ("co_varnames", code.varnames().collect()),
        ("co_cellvars", code.cellvars().collect()),
        ("co_freevars", code.freevars().collect()),
    ];
    for (name, texts) in names {
        let items: Vec<String> = texts.into_iter().map(ascii).collect();
        let comma = if items.len() == 1 { "," } else { "" };
        let _ = writeln!(out, "{indent}  {name} ({}{comma})", items.join(", "));
    }
    for (name, bytes) in [
        ("co_code", &code.code),
        ("co_linetable", &code.linetable),
        ("co_exceptiontable", &code.exceptiontable),
    ] {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = writeln!(out, "{indent}  {name} {hex}");
    }
    let _ = writeln!(out, "{indent}  co_consts");
    for value in &code.consts {
        let _ = writeln!(out, "{indent}    {}", constant(value));
    }
    for value in &code.consts {
        if let Const::Code(inner) = value {
            dump(out, inner, &format!("{indent}  "));
        }
    }
}

fn plain(text: &Text) -> String {
    String::from_utf8_lossy(text.as_bytes()).into_owned()
}

/// A constant with its type spelt out.
pub fn constant(value: &Const) -> String {
    let list = |items: &[Const]| items.iter().map(constant).collect::<Vec<_>>();
    match value {
        Const::None => "NoneType:None".into(),
        Const::Ellipsis => "ellipsis:Ellipsis".into(),
        Const::Bool(true) => "bool:True".into(),
        Const::Bool(false) => "bool:False".into(),
        Const::Int(value) => format!("int:{value}"),
        Const::BigInt(value) => format!("int:{}", big(value)),
        Const::Float(value) => format!("float:{}", float(*value, true)),
        Const::Complex(real, imag) => format!("complex:{}", complex(*real, *imag)),
        Const::Str(text) => format!("str:{}", ascii(text)),
        Const::Bytes(bytes) => format!("bytes:b{}", quoted(bytes.iter().map(|byte| u32::from(*byte)), true)),
        Const::Tuple(items) => format!("({})", list(items).join(",")),
        Const::FrozenSet(items) => {
            let mut items = list(items);
            items.sort();
            format!("frozenset{{{}}}", items.join(","))
        }
        Const::Slice(items) => format!("slice({})", list(&items[..]).join(",")),
        Const::Code(_) => "<code>".into(),
    }
}

fn big(value: &BigInt) -> String {
    let magnitude = value
        .digits
        .iter()
        .rev()
        .fold(BigUint::default(), |sum, digit| (sum << 30u32) + BigUint::from(*digit));
    let sign = if value.negative { Sign::Minus } else { Sign::Plus };
    num_bigint::BigInt::from_biguint(sign, magnitude).to_string()
}

fn float(value: f64, point: bool) -> String {
    if !value.is_finite() {
        return if value.is_nan() {
            "nan".into()
        } else if value > 0.0 {
            "inf".into()
        } else {
            "-inf".into()
        };
    }
    let shortest = format!("{value:e}");
    let digits = shortest.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    // Of the numbers with so many digits the nearest one.
    let nearest = format!("{value:.*e}", digits - 1);
    let scientific = if nearest.parse() == Ok(value) { nearest } else { shortest };
    let (mantissa, exponent) = scientific.split_once('e').expect("a float has an exponent");
    let exponent: i32 = exponent.parse().expect("the exponent is a number");
    if (-4..16).contains(&exponent) {
        let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
        let text = format!("{value:.decimals$}");
        return if point && !text.contains('.') { text + ".0" } else { text };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

fn complex(real: f64, imag: f64) -> String {
    let imag_text = float(imag, false);
    if real == 0.0 && real.is_sign_positive() {
        return format!("{imag_text}j");
    }
    let plus = if imag_text.starts_with('-') { "" } else { "+" };
    format!("({}{plus}{imag_text}j)", float(real, false))
}

/// Python's `ascii()` of a string.
pub fn ascii(text: &Text) -> String {
    quoted(text.code_points(), false)
}

fn quoted(points: impl Iterator<Item = u32>, bytes: bool) -> String {
    let points: Vec<u32> = points.collect();
    let has = |c: char| points.contains(&u32::from(c));
    let quote = if has('\'') && !has('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for code in points {
        match char::from_u32(code) {
            Some('\\') => out.push_str("\\\\"),
            Some('\t') => out.push_str("\\t"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some(c) if c == quote => out.extend(['\\', c]),
            Some(c @ ' '..='~') => out.push(c),
            _ if code < 0x100 || bytes => {
                let _ = write!(out, "\\x{code:02x}");
            }
            _ if code < 0x1_0000 => {
                let _ = write!(out, "\\u{code:04x}");
            }
            _ => {
                let _ = write!(out, "\\U{code:08x}");
            }
        }
    }
    out.push(quote);
    out
}
