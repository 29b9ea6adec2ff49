//! Character names.

/// The name of a code point, if it has one.
pub fn name(c: u32) -> Option<String> {
    unicode_names2::name(char::from_u32(c)?).map(|n| n.to_string())
}

/// The code point of a name or alias; case does not matter.
pub fn lookup(name: &str) -> Option<u32> {
    let c = unicode_names2::character(name)? as u32;
    Some(c)
}
