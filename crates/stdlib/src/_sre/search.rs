//! Finding the first match: skips ahead to places where one can begin.

use super::matcher::{Failure, Matcher};
use super::program::Start;
use runtime::types::str_::unit::Unit;
use runtime::types::str_::{Kind, search};

/// Start and end of the first match at or after `from`.
pub fn search<U: Unit>(
    m: &mut Matcher<'_>,
    text: &[U],
    from: usize,
) -> Result<Option<(usize, usize)>, Failure> {
    m.reset();
    let program = m.program;
    let width = program.min_width;
    if from > text.len() || text.len() - from < width {
        return Ok(None);
    }
    // No match begins behind this.
    let last = text.len() - width;
    let mut at = from;
    match &program.start {
        Start::Beginning => {
            if from == 0 {
                return Ok(m.run(text, 0)?.map(|end| (0, end)));
            }
        }
        Start::Literal(c) => {
            if !U::fits(*c) {
                return Ok(None);
            }
            let unit = U::from_code(*c);
            while at <= last
                && let Some(i) = search::find_unit(&text[at..], unit)
            {
                at += i;
                if let Some(end) = m.run(text, at)? {
                    return Ok(Some((at, end)));
                }
                at += 1;
            }
        }
        Start::Prefix { text: prefix, finder, whole } => {
            while at <= last {
                let next = match finder {
                    Some(f) if U::KIND == Kind::Latin1 => f.find(search::raw(&text[at..])),
                    _ => find_prefix(&text[at..], prefix),
                };
                let Some(i) = next else { break };
                at += i;
                if *whole {
                    return Ok(Some((at, at + prefix.len())));
                }
                if let Some(end) = m.run(text, at)? {
                    return Ok(Some((at, end)));
                }
                at += 1;
            }
        }
        Start::First { low, high } => {
            while at <= last {
                let can = |c: &U| {
                    let code = c.code();
                    if code < 256 { low[code as usize] } else { *high }
                };
                match text[at..].iter().position(can) {
                    Some(i) => at += i,
                    None => break,
                }
                if let Some(end) = m.run(text, at)? {
                    return Ok(Some((at, end)));
                }
                at += 1;
            }
        }
        Start::Everywhere => {
            while at <= last {
                if let Some(end) = m.run(text, at)? {
                    return Ok(Some((at, end)));
                }
                at += 1;
            }
        }
    }
    m.reset();
    Ok(None)
}

fn find_prefix<U: Unit>(text: &[U], prefix: &[u32]) -> Option<usize> {
    let (&first, rest) = prefix.split_first()?;
    if !U::fits(first) {
        return None;
    }
    let unit = U::from_code(first);
    let mut at = 0;
    loop {
        at += search::find_unit(text.get(at..)?, unit)?;
        let tail = text.get(at + 1..at + prefix.len())?;
        if tail.iter().zip(rest).all(|(a, &b)| a.code() == b) {
            return Some(at);
        }
        at += 1;
    }
}
