//! Names.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfkc};

use super::{Bail, Parse, Parser};
use crate::ast::Ident;
use crate::token::Kind;

/// The identifier a name token stands for: NFKC.
pub(crate) fn normalize(name: &str) -> Cow<'_, str> {
    if name.is_ascii() || is_nfkc(name) { Cow::Borrowed(name) } else { Cow::Owned(name.nfkc().collect()) }
}

impl<'a> Parser<'a, '_> {
    /// A name that is no keyword.
    #[inline]
    pub(super) fn name(&mut self) -> Parse<Ident<'a>> {
        let token = self.token();
        if token.kind != Kind::Name {
            return Err(Bail);
        }
        self.pos += 1;
        let name = token.slice(self.source);
        if name.is_ascii() { Ok(name) } else { self.foreign_name(name) }
    }

    #[cold]
    fn foreign_name(&self, name: &'a str) -> Parse<Ident<'a>> {
        match normalize(name) {
            Cow::Borrowed(name) => Ok(name),
            // Look-alikes of keywords stay names, but a name cannot be a constant.
            Cow::Owned(name) if matches!(name.as_str(), "None" | "True" | "False") => Err(Bail),
            Cow::Owned(name) => Ok(self.arena.alloc_str(&name)),
        }
    }
}
