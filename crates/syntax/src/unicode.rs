//! What the parser needs to know of characters.

mod aliases;
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

/// The character of this name or alias, in any case but otherwise exactly as Unicode spells it.
pub fn character_by_name(name: &str) -> Option<char> {
    let name = name.to_ascii_uppercase();
    if let Ok(at) = aliases::ALIASES.binary_search_by_key(&name.as_str(), |&(alias, _)| alias) {
        return char::from_u32(aliases::ALIASES[at].1);
    }
    if let Some(code) = name.strip_prefix("TANGUT IDEOGRAPH-") {
        return tangut_ideograph(code);
    }
    // The table forgives differences in spaces and hyphens, Python does not.
    let found = unicode_names2::character(&name)?;
    (unicode_names2::name(found)?.to_string() == name).then_some(found)
}

fn tangut_ideograph(code: &str) -> Option<char> {
    if code.len() != 5 {
        return None;
    }
    let code = u32::from_str_radix(code, 16).ok()?;
    (matches!(code, 0x17000..=0x187f7 | 0x18d00..=0x18d08)).then(|| char::from_u32(code)).flatten()
}
