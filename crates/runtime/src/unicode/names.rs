//! Character names.

/// Aliases of the Unicode character database, as lines `NAME;XXXX`.
static ALIASES: &str = include_str!("aliases.txt");

/// The name of a code point, if it has one.
pub fn name(c: u32) -> Option<String> {
    unicode_names2::name(char::from_u32(c)?).map(|n| n.to_string())
}

/// The code point of a name or alias; case does not matter.
pub fn lookup(text: &str) -> Option<u32> {
    let wanted = text.to_ascii_uppercase();
    // The crate forgives blanks and hyphens, Python does not.
    let found = unicode_names2::character(&wanted).map(|c| c as u32);
    found.filter(|&c| name(c).is_some_and(|n| n == wanted)).or_else(|| alias(&wanted))
}

fn alias(wanted: &str) -> Option<u32> {
    let mut lines = ALIASES.lines().filter_map(|l| l.split_once(';'));
    let (_, code) = lines.find(|(n, _)| *n == wanted)?;
    u32::from_str_radix(code, 16).ok()
}
