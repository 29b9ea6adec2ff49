//! Import statements.

use super::{Bail, Parse, Parser, take};
use crate::ast::*;
use crate::token::Kind;

impl<'a> Parser<'a, '_> {
    /// `import a.b as c, …`
    pub(super) fn import(&mut self) -> Parse<StmtKind<'a>> {
        self.pos += 1;
        let mark = self.aliases.len();
        loop {
            let start = self.pos;
            let name = self.dotted_name()?;
            let asname = if self.eat(Kind::As) { Some(self.name()?) } else { None };
            self.aliases.push(Alias { loc: self.loc(start), name, asname });
            if !self.eat(Kind::Comma) {
                break;
            }
        }
        Ok(StmtKind::Import { names: take(self.arena, &mut self.aliases, mark) })
    }

    fn dotted_name(&mut self) -> Parse<Ident<'a>> {
        let first = self.pos;
        let name = self.name()?;
        if self.kind() != Kind::Dot {
            return Ok(name);
        }
        let mut parts = vec![name];
        let mut length = name.len();
        while self.eat(Kind::Dot) {
            let part = self.name()?;
            length += 1 + part.len();
            parts.push(part);
        }
        let (from, to) = (self.tokens[first].start as usize, self.tokens[self.pos - 1].end as usize);
        // Usually the text as written is the name.
        Ok(match self.source.get(from..to) {
            Some(text) if text.len() == length && text.is_ascii() => text,
            _ => self.arena.alloc_str(&parts.join(".")),
        })
    }

    /// `from … import …`
    pub(super) fn import_from(&mut self) -> Parse<StmtKind<'a>> {
        self.pos += 1;
        let mut level = 0i32;
        loop {
            level = level.saturating_add(match self.kind() {
                Kind::Dot => 1,
                Kind::Ellipsis => 3,
                _ => break,
            });
            self.pos += 1;
        }
        let module = if level > 0 && self.kind() == Kind::Import { None } else { Some(self.dotted_name()?) };
        self.expect(Kind::Import)?;
        let names = self.import_targets()?;
        if level == 0
            && module == Some("__future__")
            && names.iter().any(|alias| alias.name == "barry_as_FLUFL")
        {
            self.barry_as_flufl = true;
        }
        Ok(StmtKind::ImportFrom { module, names, level: Some(level) })
    }

    fn import_targets(&mut self) -> Parse<Seq<'a, Alias<'a>>> {
        let mark = self.aliases.len();
        let start = self.pos;
        if self.eat(Kind::Star) {
            return Ok(self.arena.alloc_slice_copy(&[Alias {
                loc: self.loc(start),
                name: "*",
                asname: None,
            }]));
        }
        let parenthesized = self.eat(Kind::LPar);
        loop {
            let start = self.pos;
            let name = self.name()?;
            let asname = if self.eat(Kind::As) { Some(self.name()?) } else { None };
            self.aliases.push(Alias { loc: self.loc(start), name, asname });
            if !self.eat(Kind::Comma) {
                break;
            }
            if parenthesized && self.kind() == Kind::RPar {
                break;
            }
        }
        if parenthesized && !self.eat(Kind::RPar) {
            return Err(Bail);
        }
        Ok(take(self.arena, &mut self.aliases, mark))
    }
}
