//! The normalisation forms.

use super::database::{Version, compose, record, second_parts};
use runtime::prelude::*;
use std::sync::OnceLock;

/// A normalisation form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Form {
    pub compatible: bool,
    pub composed: bool,
}

impl Form {
    pub fn of(name: &PyStr) -> Option<Form> {
        let (compatible, composed) = match name.as_str()? {
            "NFC" => (false, true),
            "NFKC" => (true, true),
            "NFD" => (false, false),
            "NFKD" => (true, false),
            _ => return None,
        };
        Some(Form { compatible, composed })
    }

    /// Its bit in the tables.
    fn bit(self) -> u8 {
        1 << (2 * !self.composed as u8 + self.compatible as u8)
    }
}

const S_BASE: u32 = 0xac00;
const L_BASE: u32 = 0x1100;
const V_BASE: u32 = 0x1161;
const T_BASE: u32 = 0x11a7;
const V_COUNT: u32 = 21;
const T_COUNT: u32 = 28;
const S_COUNT: u32 = 19 * V_COUNT * T_COUNT;

/// The letters of a Hangul syllable; the last is `T_BASE` if there are two.
fn syllable(c: u32) -> Option<[u32; 3]> {
    let s = c.checked_sub(S_BASE).filter(|&s| s < S_COUNT)?;
    let vowel = s % (V_COUNT * T_COUNT) / T_COUNT;
    Some([L_BASE + s / (V_COUNT * T_COUNT), V_BASE + vowel, T_BASE + s % T_COUNT])
}

/// The decomposition of a Hangul syllable, which the tables do not have.
pub fn syllable_text(c: u32) -> Option<String> {
    let [l, v, t] = syllable(c)?;
    Some(if t == T_BASE { format!("{l:04X} {v:04X}") } else { format!("{l:04X} {v:04X} {t:04X}") })
}

/// Decompositions that were corrected after version 3.2.
const CORRECTED: [(u32, u32); 5] =
    [(0x2f868, 0x2136a), (0x2f874, 0x5f33), (0x2f91f, 0x43ab), (0x2f95f, 0x7aae), (0x2f9bf, 0x4d57)];

/// The characters a character is decomposed into, all the way.
fn expand(version: Version, c: u32, compatible: bool, out: &mut Vec<u32>) {
    if let Some([l, v, t]) = syllable(c) {
        out.extend([l, v]);
        out.extend((t != T_BASE).then_some(t));
        return;
    }
    let old = CORRECTED.iter().find(|(from, _)| version == Version::V320 && *from == c);
    if let Some(&(_, to)) = old {
        out.push(to);
        return;
    }
    // The decomposition of a character that 3.2 knows is the current one.
    let known = version == Version::Current || record(version, c).category() != 0;
    let text = record(Version::Current, c).decomposition();
    let tagged = text.starts_with('<');
    if !known || text.is_empty() || (tagged && !compatible) {
        out.push(c);
        return;
    }
    for code in text.split(' ').skip(tagged as usize) {
        if let Ok(part) = u32::from_str_radix(code, 16) {
            expand(version, part, compatible, out);
        }
    }
}

fn class_of(c: u32) -> u8 {
    record(Version::Current, c).combining()
}

/// Sorts every run of combining characters by class.
fn reorder(chars: &mut [u32]) {
    for run in chars.chunk_by_mut(|&a, &b| class_of(a) != 0 && class_of(b) != 0) {
        if run.len() > 1 {
            run.sort_by_key(|&c| class_of(c));
        }
    }
}

fn join(a: u32, b: u32) -> Option<u32> {
    if (L_BASE..L_BASE + 19).contains(&a) && (V_BASE..V_BASE + V_COUNT).contains(&b) {
        return Some(S_BASE + ((a - L_BASE) * V_COUNT + (b - V_BASE)) * T_COUNT);
    }
    let open = (S_BASE..S_BASE + S_COUNT).contains(&a) && (a - S_BASE).is_multiple_of(T_COUNT);
    if open && (T_BASE + 1..T_BASE + T_COUNT).contains(&b) {
        return Some(a + (b - T_BASE));
    }
    compose(a, b)
}

/// Puts decomposed characters together.
fn recompose(chars: &mut Vec<u32>) {
    let mut starter: Option<usize> = None;
    let mut last_class = 0;
    let mut kept = 0;
    for i in 0..chars.len() {
        let Some(&c) = chars.get(i) else { break };
        let class = class_of(c);
        if let Some(s) = starter {
            let adjacent = kept == s + 1;
            let blocked = !adjacent && (last_class == 0 || last_class >= class);
            let joined = chars.get(s).filter(|_| !blocked).and_then(|&a| join(a, c));
            if let (Some(j), Some(slot)) = (joined, chars.get_mut(s)) {
                *slot = j;
                continue;
            }
        }
        if class == 0 {
            starter = Some(kept);
        }
        last_class = class;
        if let Some(slot) = chars.get_mut(kept) {
            *slot = c;
        }
        kept += 1;
    }
    chars.truncate(kept);
}

/// May the character be composed with one before it?
fn joins_backwards(c: u32) -> bool {
    static SECOND: OnceLock<Vec<u32>> = OnceLock::new();
    if c < 0x300 {
        return false;
    }
    let jamo = (V_BASE..V_BASE + V_COUNT).contains(&c) || (T_BASE + 1..T_BASE + T_COUNT).contains(&c);
    jamo || SECOND.get_or_init(second_parts).binary_search(&c).is_ok()
}

/// Is the text in the form for sure? False when that is not known.
pub fn is_certain(s: &PyStr, form: Form) -> bool {
    if s.is_ascii() {
        return true;
    }
    let mut last = 0;
    for c in s.chars() {
        let r = record(Version::Current, c);
        let class = r.combining();
        if r.checks() & form.bit() != 0
            || (form.composed && joins_backwards(c))
            || (class != 0 && last > class)
        {
            return false;
        }
        last = class;
    }
    true
}

/// The text in a normalisation form.
pub fn normalize(py: Python, version: Version, s: &PyStr, form: Form) -> PyResult<Py<PyStr>> {
    if version == Version::Current && is_certain(s, form) {
        return s.exact(py);
    }
    let mut chars = Vec::with_capacity(s.len());
    for c in s.chars() {
        expand(version, c, form.compatible, &mut chars);
    }
    reorder(&mut chars);
    if form.composed {
        recompose(&mut chars);
    }
    PyStr::from_ucs4(py, &chars)
}
