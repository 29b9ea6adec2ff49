//! "Did you mean …?": the closest of several names, by weighted edit distance.

/// Cost of inserting, deleting or replacing a letter.
const MOVE: usize = 2;
/// Cost of changing the case of an ASCII letter.
const CASE: usize = 1;
/// Longer names are not compared (after common ends are cut off).
const MAX_LENGTH: usize = 40;
/// Among more candidates nothing is suggested.
const MAX_CANDIDATES: usize = 750;

/// The candidate closest to `name`, if one is close enough; the first one among equals.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut best: Option<(usize, &str)> = None;
    for (i, candidate) in candidates.into_iter().enumerate() {
        if i >= MAX_CANDIDATES {
            return None;
        }
        if candidate == name {
            continue;
        }
        // A third of the letters may differ.
        let mut limit = (name.len() + candidate.len() + 3) * MOVE / 6;
        if let Some((d, _)) = best {
            limit = limit.min(d.saturating_sub(1));
        }
        if let Some(d) = distance(name.as_bytes(), candidate.as_bytes(), limit)
            && best.is_none_or(|(b, _)| d < b)
        {
            best = Some((d, candidate));
        }
    }
    best.map(|(_, c)| c)
}

fn replace_cost(a: u8, b: u8) -> usize {
    match () {
        _ if a == b => 0,
        _ if a.eq_ignore_ascii_case(&b) => CASE,
        _ => MOVE,
    }
}

/// The edit distance, if it is at most `limit`.
fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    if a.is_empty() || b.is_empty() {
        return Some((a.len() + b.len()) * MOVE).filter(|&d| d <= limit);
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return None;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if (long.len() - short.len()) * MOVE > limit {
        return None;
    }
    // `row[i]`: distance between the part of `long` seen so far and the first `i + 1` bytes of `short`.
    let mut row: Vec<usize> = (1..=short.len()).map(|i| i * MOVE).collect();
    for (j, &y) in long.iter().enumerate() {
        let mut diagonal = j * MOVE;
        let mut left = (j + 1) * MOVE;
        let mut smallest = usize::MAX;
        for (cell, &x) in row.iter_mut().zip(short) {
            let replaced = diagonal + replace_cost(x, y);
            diagonal = *cell;
            left = replaced.min(left.min(diagonal) + MOVE);
            *cell = left;
            smallest = smallest.min(left);
        }
        if smallest > limit {
            return None;
        }
    }
    row.last().copied().filter(|&d| d <= limit)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn suggestions() {
        assert_eq!(closest("encodin", ["encoding", "errors"]), Some("encoding"));
        assert_eq!(closest("clozure", ["globals", "locals", "closure"]), Some("closure"));
        assert_eq!(closest("ke", ["key", "reverse"]), Some("key"));
        assert_eq!(closest("KEY", ["reverse", "key"]), Some("key"));
        assert_eq!(closest("zzz", ["key", "reverse"]), None);
        assert_eq!(closest("key", ["key"]), None);
    }
}
