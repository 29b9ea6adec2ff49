//! Substring search, splitting and stripping over characters of any width; shared by `str`, `bytes` and `bytearray`.

use super::unit::Unit;
use super::{Kind, PyStr};
use crate::with_units;
use memchr::memmem;
use std::ops::Range;

/// The memory of some characters.
#[inline(always)]
pub fn raw<U: Unit>(s: &[U]) -> &[u8] {
    // SAFETY: plain integers are bytes.
    unsafe { std::slice::from_raw_parts(s.as_ptr() as *const u8, size_of_val(s)) }
}

/// Position of the first `c`.
#[inline]
pub fn find_unit<U: Unit>(hay: &[U], c: U) -> Option<usize> {
    if U::KIND == Kind::Latin1 {
        return memchr::memchr(c.code() as u8, raw(hay));
    }
    if hay.len() < 16 {
        return hay.iter().position(|&x| x == c);
    }
    // The rarest byte of a wide character is its lowest non-zero one as a rule; candidates are verified.
    let size = size_of::<U>();
    let (code, bytes) = (c.code(), raw(hay));
    let low = code as u8;
    if low == 0 {
        return hay.iter().position(|&x| x == c);
    }
    let mut at = 0;
    let mut misses = 0;
    while let Some(i) = memchr::memchr(low, &bytes[at..]) {
        let unit = (at + i) / size;
        if hay[unit] == c {
            return Some(unit);
        }
        at = (unit + 1) * size;
        misses += 1;
        if misses > 16 {
            return hay[unit + 1..].iter().position(|&x| x == c).map(|p| p + unit + 1);
        }
    }
    None
}

/// Position of the last `c`.
#[inline]
pub fn rfind_unit<U: Unit>(hay: &[U], c: U) -> Option<usize> {
    if U::KIND == Kind::Latin1 {
        return memchr::memrchr(c.code() as u8, raw(hay));
    }
    hay.iter().rposition(|&x| x == c)
}

/// A needle prepared for repeated searches.
pub struct Finder<'n, U: Unit> {
    needle: &'n [U],
    long: Option<memmem::Finder<'n>>,
}

impl<'n, U: Unit> Finder<'n, U> {
    pub fn new(needle: &'n [U]) -> Finder<'n, U> {
        let long = if needle.len() > 1 { Some(memmem::Finder::new(raw(needle))) } else { None };
        Finder { needle, long }
    }

    /// Position of the first occurrence at or after `from`. An empty needle is found at `from`.
    #[inline]
    pub fn find(&self, hay: &[U], from: usize) -> Option<usize> {
        let tail = hay.get(from..)?;
        match (&self.long, self.needle) {
            (None, []) => Some(from),
            (None, [c, ..]) => find_unit(tail, *c).map(|i| i + from),
            (Some(f), _) => {
                if tail.len() < self.needle.len() {
                    return None;
                }
                find_aligned::<U>(tail, |bytes| f.find(bytes)).map(|i| i + from)
            }
        }
    }
}

/// Searches bytes for whole units: matches that begin inside a unit are passed over.
#[inline]
fn find_aligned<U: Unit>(hay: &[U], find: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
    let (bytes, size) = (raw(hay), size_of::<U>());
    let mut at = 0;
    loop {
        let i = at + find(&bytes[at..])?;
        if i % size == 0 {
            return Some(i / size);
        }
        at = i + 1;
    }
}

/// Position of the first occurrence.
#[inline]
pub fn find<U: Unit>(hay: &[U], needle: &[U]) -> Option<usize> {
    match needle {
        [] => Some(0),
        [c] => find_unit(hay, *c),
        _ if needle.len() > hay.len() => None,
        _ if needle.len() == hay.len() => (hay == needle).then_some(0),
        _ => find_aligned::<U>(hay, |bytes| memmem::find(bytes, raw(needle))),
    }
}

/// Position of the last occurrence.
pub fn rfind<U: Unit>(hay: &[U], needle: &[U]) -> Option<usize> {
    match needle {
        [] => Some(hay.len()),
        [c] => rfind_unit(hay, *c),
        _ if needle.len() > hay.len() => None,
        _ => {
            let (bytes, size) = (raw(hay), size_of::<U>());
            let finder = memmem::FinderRev::new(raw(needle));
            let mut end = bytes.len();
            loop {
                let i = finder.rfind(&bytes[..end])?;
                if i % size == 0 {
                    return Some(i / size);
                }
                end = (i + raw(needle).len()).saturating_sub(1);
            }
        }
    }
}

/// Number of non-overlapping occurrences, at most `max`. An empty needle is found between all characters.
pub fn count<U: Unit>(hay: &[U], needle: &[U], max: usize) -> usize {
    match needle {
        [] => (hay.len() + 1).min(max),
        [c] if U::KIND == Kind::Latin1 => memchr::memchr_iter(c.code() as u8, raw(hay)).take(max).count(),
        [c] => hay.iter().filter(|&x| x == c).take(max).count(),
        _ => {
            let f = Finder::new(needle);
            let (mut n, mut at) = (0, 0);
            while n < max
                && let Some(i) = f.find(hay, at)
            {
                n += 1;
                at = i + needle.len();
            }
            n
        }
    }
}

/// Calls `part` with the range of each piece between separators, at most `max + 1` pieces. `sep` is not empty.
pub fn split<U: Unit, E>(
    s: &[U],
    sep: &[U],
    max: usize,
    mut part: impl FnMut(Range<usize>) -> Result<(), E>,
) -> Result<(), E> {
    let f = Finder::new(sep);
    let (mut at, mut left) = (0, max);
    while left > 0
        && let Some(i) = f.find(s, at)
    {
        part(at..i)?;
        at = i + sep.len();
        left -= 1;
    }
    part(at..s.len())
}

/// As [`split`], from the end; pieces come last first.
pub fn rsplit<U: Unit, E>(
    s: &[U],
    sep: &[U],
    max: usize,
    mut part: impl FnMut(Range<usize>) -> Result<(), E>,
) -> Result<(), E> {
    let (mut end, mut left) = (s.len(), max);
    while left > 0
        && let Some(i) = rfind(&s[..end], sep)
    {
        part(i + sep.len()..end)?;
        end = i;
        left -= 1;
    }
    part(0..end)
}

/// Splits at runs of white space as `is_space` says; empty pieces are dropped.
pub fn split_whitespace<U: Unit, E>(
    s: &[U],
    max: usize,
    is_space: impl Fn(U) -> bool,
    mut part: impl FnMut(Range<usize>) -> Result<(), E>,
) -> Result<(), E> {
    let (mut at, mut left) = (0, max);
    loop {
        while at < s.len() && is_space(s[at]) {
            at += 1;
        }
        if at == s.len() {
            return Ok(());
        }
        if left == 0 {
            break;
        }
        let start = at;
        while at < s.len() && !is_space(s[at]) {
            at += 1;
        }
        part(start..at)?;
        left -= 1;
    }
    // The rest keeps its white space, inner and trailing.
    part(at..s.len())
}

/// As [`split_whitespace`], from the end; pieces come last first.
pub fn rsplit_whitespace<U: Unit, E>(
    s: &[U],
    max: usize,
    is_space: impl Fn(U) -> bool,
    mut part: impl FnMut(Range<usize>) -> Result<(), E>,
) -> Result<(), E> {
    let (mut end, mut left) = (s.len(), max);
    loop {
        while end > 0 && is_space(s[end - 1]) {
            end -= 1;
        }
        if end == 0 {
            return Ok(());
        }
        if left == 0 {
            return part(0..end);
        }
        let stop = end;
        while end > 0 && !is_space(s[end - 1]) {
            end -= 1;
        }
        part(end..stop)?;
        left -= 1;
    }
}

/// Calls `line` with the range of each line, with its terminator if `keep`. `is_break` tells line boundaries;
/// CR LF is one.
pub fn split_lines<U: Unit, E>(
    s: &[U],
    keep: bool,
    is_break: impl Fn(U) -> bool,
    mut line: impl FnMut(Range<usize>) -> Result<(), E>,
) -> Result<(), E> {
    let mut at = 0;
    while at < s.len() {
        let start = at;
        while at < s.len() && !is_break(s[at]) {
            at += 1;
        }
        let mut end = at;
        if at < s.len() {
            at += if s[at].code() == 13 && s.get(at + 1).is_some_and(|c| c.code() == 10) { 2 } else { 1 };
            if keep {
                end = at;
            }
        }
        line(start..end)?;
    }
    Ok(())
}

/// The range left when the ends are stripped of characters that `is` takes.
pub fn strip<U: Unit>(s: &[U], left: bool, right: bool, is: impl Fn(U) -> bool) -> Range<usize> {
    let (mut start, mut end) = (0, s.len());
    if left {
        while start < end && is(s[start]) {
            start += 1;
        }
    }
    if right {
        while end > start && is(s[end - 1]) {
            end -= 1;
        }
    }
    start..end
}

/// A set of characters, for `strip`: a bitmap for Latin-1 and a sorted list for the rest.
pub struct CharSet {
    low: [u64; 4],
    high: Vec<u32>,
}

impl CharSet {
    pub fn new(chars: impl Iterator<Item = u32>) -> CharSet {
        let mut set = CharSet { low: [0; 4], high: Vec::new() };
        for c in chars {
            if c < 256 {
                set.low[(c >> 6) as usize] |= 1 << (c & 63);
            } else {
                set.high.push(c);
            }
        }
        set.high.sort_unstable();
        set.high.dedup();
        set
    }

    #[inline]
    pub fn contains(&self, c: u32) -> bool {
        if c < 256 {
            self.low[(c >> 6) as usize] >> (c & 63) & 1 != 0
        } else {
            self.high.binary_search(&c).is_ok()
        }
    }
}

/// Cuts slice bounds to a length as `find(sub, start, end)` understands them: negative ones count from the end.
#[inline]
pub fn clamp_range(start: isize, end: isize, len: usize) -> Option<Range<usize>> {
    let n = len as isize;
    let end = if end > n {
        n
    } else if end < 0 {
        (end + n).max(0)
    } else {
        end
    };
    let start = if start < 0 { (start.saturating_add(n)).max(0) } else { start };
    if start > end { None } else { Some(start as usize..end as usize) }
}

impl PyStr {
    /// Position of `sub` in `self[range]`, from the left or the right.
    pub fn find_in(&self, sub: &PyStr, range: Range<usize>, reverse: bool) -> Option<usize> {
        if sub.len() > range.len() || sub.kind() > self.kind() {
            return None;
        }
        let offset = range.start;
        with_units!(self.view().slice(range.start, range.end), |hay| {
            let needle = sub.units_as();
            if reverse { rfind(hay, &needle) } else { find(hay, &needle) }
        })
        .map(|i| i + offset)
    }

    /// Non-overlapping occurrences of `sub` in `self[range]`.
    pub fn count_in(&self, sub: &PyStr, range: Range<usize>) -> usize {
        if sub.len() > range.len() || sub.kind() > self.kind() {
            return 0;
        }
        with_units!(self.view().slice(range.start, range.end), |hay| {
            let needle = sub.units_as();
            count(hay, &needle, usize::MAX)
        })
    }

    /// `sub in self`.
    #[inline]
    pub fn contains_str(&self, sub: &PyStr) -> bool {
        self.find_in(sub, 0..self.len(), false).is_some()
    }

    /// Does `self[at..]` begin with `sub`?
    pub fn matches_at(&self, at: usize, sub: &PyStr) -> bool {
        if sub.len() > self.len().saturating_sub(at) || sub.kind() > self.kind() {
            return false;
        }
        if sub.kind() == self.kind() {
            let k = self.kind() as usize;
            return &self.raw_bytes()[at * k..(at + sub.len()) * k] == sub.raw_bytes();
        }
        self.view().slice(at, at + sub.len()).chars().eq(sub.chars())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(
        f: impl FnOnce(&mut dyn FnMut(Range<usize>) -> Result<(), ()>) -> Result<(), ()>,
    ) -> Vec<Range<usize>> {
        let mut v = Vec::new();
        let _ = f(&mut |r| {
            v.push(r);
            Ok(())
        });
        v
    }

    #[test]
    fn finds() {
        let hay: Vec<u16> = "aĀbĀcĀbĀc".encode_utf16().collect();
        let needle: Vec<u16> = "bĀc".encode_utf16().collect();
        assert_eq!(find(&hay, &needle), Some(2));
        assert_eq!(rfind(&hay, &needle), Some(6));
        assert_eq!(count(&hay, &needle, usize::MAX), 2);
        assert_eq!(find(&[0x0101u16, 0x0100], &[0x0001u16]), None);
        assert_eq!(count(b"aaaa", b"aa", 9), 2);
        assert_eq!(count(b"abc", b"", 9), 4);
    }

    #[test]
    fn splits() {
        let space = |c: u8| c == b' ';
        assert_eq!(pieces(|p| split_whitespace(b"  a b  c ", 1, space, p)), [2..3, 4..9]);
        assert_eq!(pieces(|p| rsplit_whitespace(b"  a b  c ", 1, space, p)), [7..8, 0..5]);
        assert_eq!(pieces(|p| split(b"a,b,c", b",", 9, p)), [0..1, 2..3, 4..5]);
        assert_eq!(pieces(|p| split_lines(b"a\r\nb\n", false, |c| c == 10 || c == 13, p)), [0..1, 3..4]);
    }
}
