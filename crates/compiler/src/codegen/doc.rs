//! Docstrings: indentation common to all lines is taken out at compile time.

use std::borrow::Cow;

use crate::error::{CompileError, Result};

/// Removes the common indentation of a docstring (WTF-8), like `inspect.cleandoc` but keeping blank lines at
/// both ends, so that line numbers inside it stay true.
///
/// CPython does this in UTF-8, so a lone surrogate is an error.
pub(super) fn clean_doc(doc: &[u8]) -> Result<Vec<u8>> {
    let doc = expand_tabs(doc);
    check_surrogates(&doc)?;
    let mut lines = doc.split(|&byte| byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let indent = |line: &[u8]| line.iter().take_while(|&&byte| byte == b' ').count();
    let margin = lines
        .clone()
        .filter_map(|line| {
            let spaces = indent(line);
            (spaces < line.len()).then_some(spaces)
        })
        .min()
        .unwrap_or(0);
    let mut result = Vec::with_capacity(doc.len());
    result.extend_from_slice(&first[indent(first)..]);
    for line in lines {
        result.push(b'\n');
        result.extend_from_slice(&line[indent(line).min(margin)..]);
    }
    Ok(result)
}

fn check_surrogates(doc: &[u8]) -> Result<()> {
    let Err(error) = std::str::from_utf8(doc) else { return Ok(()) };
    let (before, mut rest) = doc.split_at(error.valid_up_to());
    let start = before.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    let mut end = start;
    let mut code = 0;
    while let [0xed, second @ 0xa0..=0xbf, third, tail @ ..] = rest {
        if end == start {
            code = 0xd000 | u32::from(second & 0x3f) << 6 | u32::from(third & 0x3f);
        }
        end += 1;
        rest = tail;
    }
    Err(CompileError::surrogates(doc.to_vec(), code, start, end.max(start + 1)))
}

/// `str.expandtabs()`.
fn expand_tabs(text: &[u8]) -> Cow<'_, [u8]> {
    const TAB: usize = 8;
    if !text.contains(&b'\t') {
        return Cow::Borrowed(text);
    }
    let mut result = Vec::with_capacity(text.len());
    let mut column = 0;
    for &byte in text {
        match byte {
            b'\t' => {
                let spaces = TAB - column % TAB;
                result.resize(result.len() + spaces, b' ');
                column += spaces;
                continue;
            }
            b'\n' | b'\r' => column = 0,
            // Continuation bytes belong to a character already counted.
            0x80..=0xbf => {}
            _ => column += 1,
        }
        result.push(byte);
    }
    Cow::Owned(result)
}
