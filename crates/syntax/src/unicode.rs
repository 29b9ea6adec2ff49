//! What the parser needs to know of characters.

mod printable;

/// The first character, with its byte offset, that an identifier cannot have where it stands.
pub(crate) fn first_invalid_in_identifier(name: &str) -> Option<(usize, char)> {
    name.char_indices().find(|&(at, c)| {
        let valid = if at == 0 {
            c == '_' || unicode_ident::is_xid_start(c)
        } else {
            unicode_ident::is_xid_continue(c)
        };
        !valid
    })
}

/// `str.isprintable` of one character.
pub(crate) fn is_printable(c: char) -> bool {
    let code = c as u32;
    let after = printable::UNPRINTABLE.partition_point(|&(first, _)| first <= code);
    after == 0 || printable::UNPRINTABLE[after - 1].1 < code
}

/// The character of this name or alias.
pub(crate) fn by_name(name: &str) -> Option<char> {
    unicode_names2::character(name)
}
