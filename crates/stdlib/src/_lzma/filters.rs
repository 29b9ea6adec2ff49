//! Filter specifications: dicts on the Python side, options of the codecs on ours.

use super::{Trouble, failed, lzma_error};
use lzma_rust2::{EncodeMode, FilterConfig, FilterType, LzmaOptions, MfType};
use runtime::prelude::*;

pub const LZMA1: u64 = 0x4000_0000_0000_0001;
pub const LZMA2: u64 = 0x21;
pub const DELTA: u64 = 0x03;
pub const X86: u64 = 0x04;
pub const POWERPC: u64 = 0x05;
pub const IA64: u64 = 0x06;
pub const ARM: u64 = 0x07;
pub const ARMTHUMB: u64 = 0x08;
pub const SPARC: u64 = 0x09;
pub const PRESET_DEFAULT: u32 = 6;
pub const PRESET_EXTREME: u32 = 1 << 31;
pub const MF_HC3: u32 = 0x03;
pub const MF_HC4: u32 = 0x04;
pub const MF_BT2: u32 = 0x12;
pub const MF_BT3: u32 = 0x13;
pub const MF_BT4: u32 = 0x14;
pub const MODE_FAST: u32 = 1;
pub const MODE_NORMAL: u32 = 2;
const MOST: usize = 4;

/// A filter of a chain.
#[derive(Clone)]
pub enum Filter {
    /// Is it LZMA2?
    Lzma(bool, LzmaOptions),
    /// Bytes between the two that are subtracted.
    Delta(u32),
    /// The kind and where its addresses begin.
    Branch(FilterType, u32),
}

/// The options of a compression preset.
pub fn preset_options(preset: u32) -> Option<LzmaOptions> {
    let level = preset & 0x1f;
    if level > 9 || preset & !(0x1f | PRESET_EXTREME) != 0 {
        return None;
    }
    let mut o = LzmaOptions::with_preset(level);
    if preset & PRESET_EXTREME != 0 {
        o.mode = EncodeMode::Normal;
        o.mf = MfType::Bt4;
        o.nice_len = if level == 3 || level == 5 { 192 } else { LzmaOptions::NICE_LEN_MAX };
        o.depth_limit = if level == 3 || level == 5 { 0 } else { 512 };
    }
    Some(o)
}

fn entry(py: Python, spec: &PyObject, name: &str) -> PyResult<Option<Py>> {
    let key = PyStr::new(py, name)?;
    match spec.get_item(py, key.as_object()) {
        Ok(v) => Ok(Some(v)),
        Err(e) => {
            catch(py, e, &runtime::types::exceptions::PyExc_KeyError_Type)?;
            Ok(None)
        }
    }
}

fn number(py: Python, o: &PyObject) -> PyResult<u32> {
    let n = runtime::abstract_::number::index(py, o)?;
    let n = n.to_u64(py)?;
    u32::try_from(n).map_err(|_| overflow_error(py, "Value too large for uint32_t type"))
}

/// The entries of a specification beside `id`, by name; anything else in it is an error.
fn entries<const N: usize>(py: Python, spec: &PyObject, names: [&str; N]) -> PyResult<[Option<u32>; N]> {
    let wrong = || value_error(py, "");
    let keys = spec.call_method0(py, intern!(py, "keys"))?;
    let keys = keys.get_iter(py)?;
    while let Some(k) = keys.iter_next(py)? {
        let known =
            k.downcast::<PyStr>().is_some_and(|s| s.eq_str("id") || names.iter().any(|n| s.eq_str(n)));
        if !known {
            return Err(wrong());
        }
    }
    let mut found = [None; N];
    for (slot, name) in found.iter_mut().zip(names) {
        if let Some(o) = entry(py, spec, name)? {
            *slot = Some(number(py, &o)?);
        }
    }
    Ok(found)
}

fn lzma(py: Python, spec: &PyObject, id: u64) -> PyResult<Filter> {
    let preset = match entry(py, spec, "preset")? {
        Some(o) => number(py, &o)?,
        None => PRESET_DEFAULT,
    };
    let Some(mut o) = preset_options(preset) else {
        return Err(lzma_error(py, format!("Invalid compression preset: {preset}")));
    };
    let names = ["preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"];
    let found = entries(py, spec, names);
    let [_, dict_size, lc, lp, pb, mode, nice_len, mf, depth] = match found {
        Ok(f) => f,
        Err(e) => {
            drop(fetch(py, e));
            return Err(value_error(py, "Invalid filter specifier for LZMA filter"));
        }
    };
    o.dict_size = dict_size.unwrap_or(o.dict_size);
    o.lc = lc.unwrap_or(o.lc);
    o.lp = lp.unwrap_or(o.lp);
    o.pb = pb.unwrap_or(o.pb);
    o.nice_len = nice_len.unwrap_or(o.nice_len);
    o.depth_limit = depth.map_or(o.depth_limit, |d| i32::try_from(d).unwrap_or(i32::MAX));
    match mode {
        Some(MODE_FAST) => o.mode = EncodeMode::Fast,
        Some(MODE_NORMAL) => o.mode = EncodeMode::Normal,
        Some(_) => return Err(failed(py, Trouble::Options)),
        None => {}
    }
    match mf {
        // The shorter chains and trees find fewer matches; the format is the same.
        Some(MF_HC3 | MF_HC4) => o.mf = MfType::Hc4,
        Some(MF_BT2 | MF_BT3 | MF_BT4) => o.mf = MfType::Bt4,
        Some(_) => return Err(failed(py, Trouble::Options)),
        None => {}
    }
    Ok(Filter::Lzma(id == LZMA2, o))
}

/// The kind of a branch filter.
fn branch(id: u64) -> Option<FilterType> {
    matches!(id, X86..=SPARC).then(|| FilterType::try_from(id).ok()).flatten()
}

/// A filter specification.
pub fn parse(py: Python, spec: &PyObject) -> PyResult<Filter> {
    if !runtime::abstract_::is_mapping(spec) {
        return Err(type_error(py, "Filter specifier must be a dict or dict-like object"));
    }
    let Some(id) = entry(py, spec, "id")? else {
        return Err(value_error(py, "Filter specifier must have an \"id\" entry"));
    };
    let id = runtime::abstract_::number::index(py, &id)?.to_u64(py)?;
    let other = |name: &str| match entries(py, spec, [name]) {
        Ok([v]) => Ok(v),
        Err(e) => {
            drop(fetch(py, e));
            let kind = if name == "dist" { "delta" } else { "BCJ" };
            Err(value_error(py, format!("Invalid filter specifier for {kind} filter")))
        }
    };
    match (id, branch(id)) {
        (LZMA1 | LZMA2, _) => lzma(py, spec, id),
        (DELTA, _) => Ok(Filter::Delta(other("dist")?.unwrap_or(1))),
        (_, Some(kind)) => Ok(Filter::Branch(kind, other("start_offset")?.unwrap_or(0))),
        _ => Err(value_error(py, format!("Invalid filter ID: {id}"))),
    }
}

/// A chain of filters, the last of which is one of LZMA.
pub struct Chain {
    pub before: Vec<FilterConfig>,
    pub lzma2: bool,
    pub options: LzmaOptions,
}

/// Can the codecs be given these options? They check less than what they rely on.
fn valid(o: &LzmaOptions) -> bool {
    (lzma_rust2::DICT_SIZE_MIN..=1536 << 20).contains(&o.dict_size)
        && o.lc <= 4
        && o.lp <= 4
        && o.lc + o.lp <= 4
        && o.pb <= 4
        && (2..=LzmaOptions::NICE_LEN_MAX).contains(&o.nice_len)
}

impl Chain {
    /// The chain of a sequence of specifications.
    pub fn parse(py: Python, specs: &PyObject) -> PyResult<Chain> {
        let n = specs.length(py)?;
        if !runtime::abstract_::is_sequence(specs) {
            return Err(type_error(py, format!("{} is not a sequence", tp_name(specs))));
        }
        if n > MOST as isize {
            return Err(value_error(py, format!("Too many filters - liblzma supports a maximum of {MOST}")));
        }
        let mut filters = Vec::new();
        for i in 0..n {
            let spec = specs.get_item(py, PyInt::from_isize(py, i)?.as_object())?;
            filters.push(parse(py, &spec)?);
        }
        let Some(last) = filters.pop() else { return Err(failed(py, Trouble::Program)) };
        let Filter::Lzma(lzma2, mut options) = last else { return Err(failed(py, Trouble::Options)) };
        let mut before = Vec::new();
        for f in filters {
            before.push(match f {
                Filter::Lzma(..) => return Err(failed(py, Trouble::Options)),
                Filter::Delta(n) if (1..=256).contains(&n) => FilterConfig::new_delta(n),
                Filter::Delta(_) => return Err(failed(py, Trouble::Options)),
                Filter::Branch(filter_type, property) => FilterConfig { filter_type, property },
            });
        }
        if !valid(&options) {
            return Err(failed(py, Trouble::Options));
        }
        options.nice_len = options.nice_len.max(LzmaOptions::NICE_LEN_MIN);
        Ok(Chain { before, lzma2, options })
    }
}

/// The number that stands for a dictionary size in LZMA2's properties: the next size of 2^n or 3 * 2^n.
fn dictionary_code(size: u32) -> u8 {
    (0..40u8).find(|&d| (2 | u64::from(d & 1)) << (d / 2 + 11) >= u64::from(size)).unwrap_or(40)
}

impl Filter {
    /// The filter's properties as containers store them.
    pub fn encode(&self) -> Option<Vec<u8>> {
        match self {
            Filter::Lzma(true, o) => Some(vec![dictionary_code(o.dict_size.max(4096))]),
            Filter::Lzma(false, o) => {
                if o.lc + o.lp > 4 || o.pb > 4 {
                    return None;
                }
                let mut out = vec![o.get_props()];
                out.extend(o.dict_size.to_le_bytes());
                Some(out)
            }
            Filter::Delta(n) => u8::try_from(n.checked_sub(1)?).ok().map(|n| vec![n]),
            Filter::Branch(_, 0) => Some(Vec::new()),
            Filter::Branch(_, start) => Some(start.to_le_bytes().to_vec()),
        }
    }
}

/// A specification's entries from the properties containers store.
pub fn decode(id: u64, properties: &[u8]) -> Option<Vec<(&'static str, u64)>> {
    match (id, properties, branch(id)) {
        (LZMA1, &[p, a, b, c, d], _) if p < 225 => {
            let (lc, rest) = (u64::from(p % 9), u64::from(p / 9));
            let (lp, pb) = (rest % 5, rest / 5);
            if lc + lp > 4 {
                return None;
            }
            let size = u32::from_le_bytes([a, b, c, d]).into();
            Some(vec![("lc", lc), ("lp", lp), ("pb", pb), ("dict_size", size)])
        }
        (LZMA2, &[d], _) if d <= 40 => {
            let size = if d == 40 { u64::from(u32::MAX) } else { (2 | u64::from(d & 1)) << (d / 2 + 11) };
            Some(vec![("dict_size", size)])
        }
        (DELTA, &[d], _) => Some(vec![("dist", u64::from(d) + 1)]),
        (_, [], Some(_)) => Some(Vec::new()),
        (_, &[a, b, c, d], Some(_)) => {
            let start = u32::from_le_bytes([a, b, c, d]);
            Some(if start == 0 { Vec::new() } else { vec![("start_offset", start.into())] })
        }
        _ => None,
    }
}
