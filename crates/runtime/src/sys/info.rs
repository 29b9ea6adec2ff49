//! Constants of `sys`: version, flags, limits, implementation.

use crate::prelude::*;
use crate::state::interpreter;
use crate::types::structseq::{self, Desc};
use crate::types::type_::TypeExt;

/// `sys.version`: the Python version, then who made it.
pub const VERSION: &str = concat!("3.14.10 (ophion ", env!("CARGO_PKG_VERSION"), ") [Rust]");
/// `sys.hexversion` of 3.14.10 final.
const HEXVERSION: i64 = 0x030e_0af0;

macro_rules! fields {
    ($($n:literal)*) => { &[$(Some($n)),*] };
}

static FLAGS: Desc = Desc {
    name: "sys.flags",
    doc: "Flags given on the command line or in the environment.",
    fields: fields!("debug" "inspect" "interactive" "optimize" "dont_write_bytecode" "no_user_site" "no_site" "ignore_environment" "verbose" "bytes_warning" "quiet" "hash_randomization" "isolated" "dev_mode" "utf8_mode" "warn_default_encoding" "safe_path" "int_max_str_digits" "gil" "thread_inherit_context" "context_aware_warnings"),
    visible: 18,
};
static VERSION_INFO: Desc = Desc {
    name: "sys.version_info",
    doc: "The version as a named tuple.",
    fields: fields!("major" "minor" "micro" "releaselevel" "serial"),
    visible: 5,
};
static FLOAT_INFO: Desc = Desc {
    name: "sys.float_info",
    doc: "Limits of the float type.",
    fields: fields!("max" "max_exp" "max_10_exp" "min" "min_exp" "min_10_exp" "dig" "mant_dig" "epsilon" "radix" "rounds"),
    visible: 11,
};
static INT_INFO: Desc = Desc {
    name: "sys.int_info",
    doc: "How integers are represented.",
    fields: fields!("bits_per_digit" "sizeof_digit" "default_max_str_digits" "str_digits_check_threshold"),
    visible: 4,
};
static HASH_INFO: Desc = Desc {
    name: "sys.hash_info",
    doc: "Parameters of hashing.",
    fields: fields!("width" "modulus" "inf" "nan" "imag" "algorithm" "hash_bits" "seed_bits" "cutoff"),
    visible: 9,
};
static THREAD_INFO: Desc = Desc {
    name: "sys.thread_info",
    doc: "The implementation of threads.",
    fields: fields!("name" "lock" "version"),
    visible: 3,
};

fn int(py: Python, n: i64) -> PyResult {
    Ok(PyInt::from_i64(py, n)?.into_object())
}

fn text(py: Python, s: &str) -> PyResult {
    Ok(PyStr::new(py, s)?.into_object())
}

/// Makes the one instance of a struct sequence type; the type can't make more from Python.
fn singleton(py: Python, desc: &Desc, values: Vec<Py>) -> PyResult {
    let ty = structseq::new_static_type(py, desc)?;
    let v = structseq::new_instance(py, ty, values)?;
    if matches!(desc.name, "sys.flags" | "sys.version_info") {
        ty.tp_new.set(None);
        ty.tp_flags.set(ty.tp_flags.get() | flags::DISALLOW_INSTANTIATION);
        if let Some(d) = ty.dict() {
            d.pop(py, intern!(py, "__new__"))?;
        }
        ty.modified(py);
    }
    Ok(v.into_object())
}

fn version_info(py: Python) -> PyResult {
    singleton(
        py,
        &VERSION_INFO,
        vec![int(py, 3)?, int(py, 14)?, int(py, 10)?, text(py, "final")?, int(py, 0)?],
    )
}

fn flags_value(py: Python) -> PyResult {
    let c = interpreter(py).config.borrow().clone();
    let ints = [
        c.debug,
        c.inspect,
        c.interactive,
        c.optimize,
        c.dont_write_bytecode as i32,
        c.no_user_site as i32,
        c.no_site as i32,
        c.ignore_environment as i32,
        c.verbose,
        c.bytes_warning,
        c.quiet as i32,
        c.hash_randomization as i32,
        c.isolated as i32,
    ];
    let mut values = Vec::with_capacity(FLAGS.fields.len());
    for n in ints {
        values.push(int(py, n as i64)?);
    }
    let flag = |v: bool| py_bool(v).owned().into_object();
    values.push(flag(c.dev_mode));
    values.push(int(py, c.utf8_mode as i64)?);
    values.push(int(py, c.warn_default_encoding as i64)?);
    values.push(flag(c.safe_path));
    values.push(int(py, c.int_max_str_digits as i64)?);
    values.push(int(py, 1)?);
    values.push(int(py, c.thread_inherit_context as i64)?);
    values.push(int(py, c.context_aware_warnings as i64)?);
    singleton(py, &FLAGS, values)
}

/// Adds the constants to `sys.__dict__`.
pub fn add(py: Python, d: &PyDict) -> PyResult<()> {
    let version = version_info(py)?;
    let strings = [
        ("version", VERSION),
        ("platform", "linux"),
        ("byteorder", if cfg!(target_endian = "little") { "little" } else { "big" }),
        ("float_repr_style", "short"),
        ("abiflags", ""),
        ("platlibdir", "lib"),
        ("_framework", ""),
        (
            "copyright",
            "Copyright (c) 2001 Python Software Foundation.\nAll Rights Reserved.\n\nOphion: MIT licence.",
        ),
    ];
    for (k, v) in strings {
        d.set_text(py, k, text(py, v)?.as_object())?;
    }
    for (k, v) in [
        ("hexversion", HEXVERSION),
        ("maxsize", isize::MAX as i64),
        ("maxunicode", 0x10ffff),
        ("api_version", 1013),
    ] {
        d.set_text(py, k, (int(py, v)?).as_object())?;
    }
    d.set_text(py, "version_info", &version)?;
    d.set_text(py, "flags", (flags_value(py)?).as_object())?;
    let f = |v: f64| -> PyResult { Ok(PyFloat::new(py, v)?.into_object()) };
    let float = vec![
        f(f64::MAX)?,
        int(py, 1024)?,
        int(py, 308)?,
        f(f64::MIN_POSITIVE)?,
        int(py, -1021)?,
        int(py, -307)?,
        int(py, 15)?,
        int(py, 53)?,
        f(f64::EPSILON)?,
        int(py, 2)?,
        int(py, 1)?,
    ];
    d.set_text(py, "float_info", (singleton(py, &FLOAT_INFO, float)?).as_object())?;
    let ints = vec![int(py, 30)?, int(py, 4)?, int(py, 4300)?, int(py, 640)?];
    d.set_text(py, "int_info", (singleton(py, &INT_INFO, ints)?).as_object())?;
    let hash = vec![
        int(py, 64)?,
        int(py, (1 << 61) - 1)?,
        int(py, 314159)?,
        int(py, 0)?,
        int(py, 1_000_003)?,
        text(py, "siphash13")?,
        int(py, 64)?,
        int(py, 128)?,
        int(py, 0)?,
    ];
    d.set_text(py, "hash_info", (singleton(py, &HASH_INFO, hash)?).as_object())?;
    let thread = vec![text(py, "pthread")?, text(py, "semaphore")?, text(py, &thread_version())?];
    d.set_text(py, "thread_info", (singleton(py, &THREAD_INFO, thread)?).as_object())?;
    let git = vec![text(py, "CPython")?, text(py, "")?, text(py, "")?];
    d.set_text(py, "_git", PyTuple::new(py, git)?.as_object())?;
    let ns = PyNamespace::new(py)?;
    let ns = ns.as_object();
    ns.setattr_str(py, "name", (text(py, "cpython")?).as_object())?;
    ns.setattr_str(py, "cache_tag", (text(py, "cpython-314")?).as_object())?;
    ns.setattr_str(py, "version", &version)?;
    ns.setattr_str(py, "hexversion", (int(py, HEXVERSION)?).as_object())?;
    ns.setattr_str(py, "_multiarch", (text(py, concat_arch())?).as_object())?;
    ns.setattr_str(py, "supports_isolated_interpreters", py_bool(true).as_object())?;
    ns.setattr_str(py, "ophion", (text(py, env!("CARGO_PKG_VERSION"))?).as_object())?;
    d.set_text(py, "implementation", ns)
}

fn concat_arch() -> &'static str {
    if cfg!(target_arch = "aarch64") { "aarch64-linux-gnu" } else { "x86_64-linux-gnu" }
}

fn thread_version() -> String {
    let mut buf = [0u8; 128];
    // SAFETY: the buffer and its size belong together; the result is NUL-terminated within it.
    let n = unsafe {
        object::libc::confstr(object::libc::_CS_GNU_LIBPTHREAD_VERSION, buf.as_mut_ptr() as *mut _, buf.len())
    };
    let n = n.saturating_sub(1).min(buf.len());
    String::from_utf8_lossy(&buf[..n]).into_owned()
}
