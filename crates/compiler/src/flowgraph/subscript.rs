//! Constant folding of subscripts: items and slices of tuples, strings and bytes.

use bytecode::{Const, Text};

use super::number::Int;

/// `value[index]`.
pub(super) fn get(value: &Const, index: &Const) -> Option<Const> {
    match value {
        Const::Tuple(items) => match selected(index, items.len())? {
            Selected::Item(i) => items.get(i).cloned(),
            Selected::Items(indices) => {
                let items: Option<Vec<Const>> = indices.map(|i| items.get(i).cloned()).collect();
                Some(Const::tuple(items?))
            }
        },
        Const::Bytes(bytes) => match selected(index, bytes.len())? {
            Selected::Item(i) => bytes.get(i).map(|b| Const::Int(i64::from(*b))),
            Selected::Items(indices) => {
                let bytes: Option<Vec<u8>> = indices.map(|i| bytes.get(i).copied()).collect();
                Some(Const::Bytes(bytes?.into()))
            }
        },
        Const::Str(text) => {
            let chars: Vec<&[u8]> = characters(text.as_bytes());
            let picked = match selected(index, chars.len())? {
                Selected::Item(i) => chars.get(i)?.to_vec(),
                Selected::Items(indices) => {
                    let chars: Option<Vec<&[u8]>> = indices.map(|i| chars.get(i).copied()).collect();
                    chars?.concat()
                }
            };
            Some(Const::Str(Text::from_wtf8_trusted(picked)))
        }
        _ => None,
    }
}

/// The bytes of each code point of a WTF-8 text.
fn characters(text: &[u8]) -> Vec<&[u8]> {
    text.chunk_by(|_, next| next & 0xC0 == 0x80).collect()
}

/// What an index or slice picks from a sequence.
enum Selected {
    Item(usize),
    Items(Indices),
}

/// The indices a slice picks, in order.
struct Indices {
    at: i64,
    step: i64,
    left: i64,
}

impl Iterator for Indices {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.left == 0 {
            return None;
        }
        let at = usize::try_from(self.at).ok();
        self.left -= 1;
        self.at = self.at.saturating_add(self.step);
        at
    }
}

fn selected(index: &Const, len: usize) -> Option<Selected> {
    let len = i64::try_from(len).ok()?;
    let Const::Slice(parts) = index else {
        let i = Int::of(index)?.to_i64()?;
        let i = if i < 0 { i.checked_add(len)? } else { i };
        return (0..len).contains(&i).then_some(Selected::Item(i as usize));
    };
    let step = bound(&parts[2])?.unwrap_or(1);
    if step == 0 {
        return None;
    }
    // A slice that runs backwards stops before the first item, which is "at -1".
    let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let clamp = |n: i64| if n < 0 { n.saturating_add(len).max(low) } else { n.min(high) };
    let start = bound(&parts[0])?.map_or(if step > 0 { low } else { high }, clamp);
    let stop = bound(&parts[1])?.map_or(if step > 0 { high } else { low }, clamp);
    let distance = if step > 0 { stop - start } else { start - stop };
    let stride = step.unsigned_abs().min(i64::MAX as u64) as i64;
    let left = if distance > 0 { (distance - 1) / stride + 1 } else { 0 };
    Some(Selected::Items(Indices { at: start, step, left }))
}

/// A part of a slice, clipped to what an index can be; inner `None` if it is left out, outer if it is no
/// index.
fn bound(part: &Const) -> Option<Option<i64>> {
    if part.is_none() {
        return Some(None);
    }
    let n = Int::of(part)?;
    Some(Some(n.to_i64().unwrap_or(if n.is_negative() { -i64::MAX } else { i64::MAX })))
}
