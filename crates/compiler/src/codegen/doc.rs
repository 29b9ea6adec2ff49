//! Docstrings: indentation common to all lines is taken out at compile time.

/// Removes the common indentation of a docstring (WTF-8), like `inspect.cleandoc` but keeping blank lines at
/// both ends, so that line numbers inside it stay true.
pub(super) fn clean_doc(doc: &[u8]) -> Vec<u8> {
    let doc = expand_tabs(doc);
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
    result
}

/// `str.expandtabs()`.
fn expand_tabs(text: &[u8]) -> Vec<u8> {
    const TAB: usize = 8;
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
    result
}
