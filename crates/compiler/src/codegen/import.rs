//! `import` and `from … import`.

use bytecode::{Const, args, op};
use syntax::ast::{Alias, Loc};

use super::Compiler;
use crate::error::Result;
use crate::instr::NO_LOCATION;
use crate::names::Sym;

impl<'a> Compiler<'_, 'a> {
    #[inline(never)]
    pub(super) fn import(&mut self, names: &'a [Alias<'a>], loc: Loc) -> Result<()> {
        for alias in names {
            self.load_int(loc, 0);
            self.load_none(loc);
            let name = self.intern(alias.name);
            let index = self.name_index(name);
            self.op_arg(loc, op::IMPORT_NAME, index);
            match alias.asname {
                Some(asname) => self.import_as(alias.name, asname, loc)?,
                None => {
                    // `import a.b` binds `a`.
                    let bound = alias.name.split('.').next().unwrap_or(alias.name);
                    let bound = self.intern(bound);
                    self.store(loc, bound)?;
                }
            }
        }
        Ok(())
    }

    /// Binds what `import a.b.c as d` means by `d`: the module `c`, reached from `a` by attributes.
    fn import_as(&mut self, name: &'a str, asname: &'a str, loc: Loc) -> Result<()> {
        let asname = self.intern(asname);
        let mut attributes = name.split('.').skip(1).peekable();
        let dotted = attributes.peek().is_some();
        while let Some(attribute) = attributes.next() {
            let attribute = self.intern(attribute);
            let index = self.unit.names.index_of(attribute) as u32;
            self.op_arg(loc, op::IMPORT_FROM, index);
            if attributes.peek().is_some() {
                self.op_arg(loc, op::SWAP, 2);
                self.op(loc, op::POP_TOP);
            }
        }
        self.store(loc, asname)?;
        if dotted {
            self.op(loc, op::POP_TOP);
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn import_from(
        &mut self,
        module: Option<&'a str>,
        names: &'a [Alias<'a>],
        level: i32,
        loc: Loc,
    ) -> Result<()> {
        self.load_const(loc, Const::Int(i64::from(level)));
        let symbols: Vec<Sym> = names.iter().map(|alias| self.intern(alias.name)).collect();
        self.load_name_tuple(loc, symbols.iter().copied());
        let module = self.intern(module.unwrap_or(""));
        let index = self.name_index(module);
        self.op_arg(loc, op::IMPORT_NAME, index);
        if names.first().is_some_and(|alias| alias.name.starts_with('*')) {
            self.op_arg(loc, op::CALL_INTRINSIC_1, args::intrinsic::IMPORT_STAR);
            self.op(NO_LOCATION, op::POP_TOP);
            return Ok(());
        }
        for (alias, &name) in names.iter().zip(&symbols) {
            let index = self.name_index(name);
            self.op_arg(loc, op::IMPORT_FROM, index);
            let bound = match alias.asname {
                Some(asname) => self.intern(asname),
                None => name,
            };
            self.store(loc, bound)?;
        }
        self.op(loc, op::POP_TOP);
        Ok(())
    }
}
