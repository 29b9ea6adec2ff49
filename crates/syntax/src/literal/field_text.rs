//! The source text of a replacement field's expression, as `=` shows it and a t-string keeps it.

use std::borrow::Cow;

/// The text without its comments.
pub(crate) fn expression_text(text: &str) -> Cow<'_, str> {
    if !has_comment(text) {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                result.push(c);
                result.extend(chars.next());
                continue;
            }
            '"' | '\'' if quote.is_none() => quote = Some(c),
            '"' | '\'' if quote == Some(c) => quote = None,
            '#' if quote.is_none() => {
                if chars.by_ref().any(|c| c == '\n') {
                    result.push('\n');
                }
                continue;
            }
            _ => {}
        }
        result.push(c);
    }
    Cow::Owned(result)
}

/// Whether there is a `#` outside string literals.
fn has_comment(text: &str) -> bool {
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '"' | '\'' if quote.is_none() => quote = Some(c),
            '"' | '\'' if quote == Some(c) => quote = None,
            '#' if quote.is_none() => return true,
            _ => {}
        }
    }
    false
}
