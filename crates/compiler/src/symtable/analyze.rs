//! The second pass: the scope of every name in every block.
//!
//! A block hands down the names bound around it and those declared global; it hands up the names its
//! children leave free. All of these are sets of [`Sym`]s, which are dense: bit vectors.

use super::{
    Block, BlockId, BlockKind, DEF_BOUND, DEF_COMP_CELL, DEF_FREE_CLASS, DEF_GLOBAL, DEF_NONLOCAL, DEF_PARAM,
    DEF_TYPE_PARAM, SCOPE_OFFSET, Scope, SymbolTable, USE,
};
use crate::error::{CompileError, ErrorKind, Result, StackGuard};
use crate::names::Sym;

/// Cells that classes make, for the code in them.
const CLASS_CELLS: [Sym; 3] = [Sym::CLASS, Sym::CLASSDICT, Sym::CONDITIONAL_ANNOTATIONS];

/// A set of names.
#[derive(Clone, Default)]
struct Set(Vec<u64>);

impl Set {
    fn new(names: usize) -> Set {
        Set(vec![0; names.div_ceil(64)])
    }

    #[inline]
    fn contains(&self, sym: Sym) -> bool {
        self.0[sym.0 as usize / 64] >> (sym.0 % 64) & 1 != 0
    }

    #[inline]
    fn add(&mut self, sym: Sym) {
        self.0[sym.0 as usize / 64] |= 1 << (sym.0 % 64);
    }

    /// Whether it was there.
    #[inline]
    fn discard(&mut self, sym: Sym) -> bool {
        let word = &mut self.0[sym.0 as usize / 64];
        let bit = 1 << (sym.0 % 64);
        let present = *word & bit != 0;
        *word &= !bit;
        present
    }

    fn union(&mut self, other: &Set) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    fn iter(&self) -> impl Iterator<Item = Sym> + '_ {
        self.0.iter().zip(0u32..).flat_map(|(&word, index)| {
            let mut word = word;
            std::iter::from_fn(move || {
                if word == 0 {
                    return None;
                }
                let bit = word.trailing_zeros();
                word &= word - 1;
                Some(Sym(index * 64 + bit))
            })
        })
    }
}

/// What a block learns from the blocks around it.
struct Outer<'s> {
    /// Names bound in enclosing functions; `None` for the module.
    bound: Option<&'s Set>,
    /// Names declared global in enclosing blocks.
    global: &'s Set,
    /// Which of the bound names are type parameters.
    type_params: &'s Set,
    /// The class an annotation scope can look into.
    class: Option<BlockId>,
}

/// Decides all scopes.
pub(super) fn analyze(table: &mut SymbolTable<'_>, guard: StackGuard) -> Result<()> {
    let nothing = Set::new(table.names.len());
    let mut analyzer = Analyzer { nothing: &nothing, table, guard };
    let outer = Outer { bound: None, global: &nothing, type_params: &nothing, class: None };
    analyzer.block(SymbolTable::TOP, &outer)?;
    Ok(())
}

struct Analyzer<'t, 'n, 'a> {
    nothing: &'n Set,
    table: &'t mut SymbolTable<'a>,
    guard: StackGuard,
}

/// The scopes of one block while they are being decided, parallel to its symbols.
type Scopes = Vec<Scope>;

impl Analyzer<'_, '_, '_> {
    /// Analyses a block and everything in it; the result is the names it leaves free.
    fn block(&mut self, id: BlockId, outer: &Outer<'_>) -> Result<Set> {
        self.guard.check()?;
        let is_class = self.table.block(id).kind == BlockKind::Class;
        let function_like = self.table.block(id).is_function_like();
        let can_see_class = self.table.block(id).can_see_class_scope;

        // Own copies: what this block declares is for itself and its children.
        let mut bound = outer.bound.cloned();
        let mut global = outer.global.clone();
        let mut type_params = outer.type_params.clone();
        // What a class binds or declares global means nothing to the functions in it.
        let class_view = is_class.then(|| (bound.clone(), global.clone()));
        let mut local = self.nothing.clone();
        let mut free = self.nothing.clone();
        let mut scopes = Scopes::with_capacity(self.table.block(id).symbols.len());
        for index in 0..self.table.block(id).symbols.len() {
            let (name, flags) = self.table.block(id).symbols.entries()[index];
            let sets = &mut Sets {
                bound: bound.as_mut(),
                global: &mut global,
                type_params: &mut type_params,
                local: &mut local,
                free: &mut free,
            };
            scopes.push(self.name_scope(id, name, flags, sets, outer.class)?);
        }

        let (new_bound, new_global) = match class_view {
            Some((bound, global)) => {
                let mut bound = bound.unwrap_or_else(|| self.nothing.clone());
                for name in CLASS_CELLS {
                    bound.add(name);
                }
                (bound, global)
            }
            None => {
                let mut new = if function_like { local } else { self.nothing.clone() };
                if let Some(bound) = &bound {
                    new.union(bound);
                }
                (new, global)
            }
        };

        let mut new_free = self.nothing.clone();
        let mut inlined_cells = self.nothing.clone();
        for index in 0..self.table.block(id).children.len() {
            let child = self.table.block(id).children[index];
            let entry = self.table.block(child);
            let class = match entry.can_see_class_scope {
                true if is_class => Some(id),
                true => outer.class,
                false => None,
            };
            // All comprehensions but generator expressions are compiled in place, except in annotation scopes
            // inside classes.
            let inline = entry.comprehension.is_some() && !entry.generator && !can_see_class;
            let view =
                Outer { bound: Some(&new_bound), global: &new_global, type_params: &type_params, class };
            let mut child_free = self.block(child, &view)?;
            if inline {
                self.inline_comprehension(id, child, &mut scopes, &mut child_free, &mut inlined_cells);
                self.table.block_mut(child).comp_inlined = true;
            }
            new_free.union(&child_free);
        }
        self.splice_inlined(id);

        if function_like {
            for (&(name, _), scope) in self.table.block(id).symbols.entries().iter().zip(&mut scopes) {
                if *scope == Scope::Local && (new_free.contains(name) || inlined_cells.contains(name)) {
                    *scope = Scope::Cell;
                    new_free.discard(name);
                }
            }
        } else if is_class {
            let block = self.table.block_mut(id);
            block.needs_class_closure |= new_free.discard(Sym::CLASS);
            block.needs_classdict |= new_free.discard(Sym::CLASSDICT);
            block.has_conditional_annotations |= new_free.discard(Sym::CONDITIONAL_ANNOTATIONS);
        }
        let classlike = is_class || can_see_class;
        record(self.table.block_mut(id), &scopes, bound.as_ref(), &new_free, &inlined_cells, classlike);
        free.union(&new_free);
        Ok(free)
    }

    /// The scope of one name from what the block and the blocks around it say.
    fn name_scope(
        &mut self,
        id: BlockId,
        name: Sym,
        flags: u32,
        sets: &mut Sets<'_>,
        class: Option<BlockId>,
    ) -> Result<Scope> {
        if flags & DEF_GLOBAL != 0 {
            if flags & DEF_NONLOCAL != 0 {
                return Err(self.complain(id, name, |name| format!("name '{name}' is nonlocal and global")));
            }
            sets.global.add(name);
            if let Some(bound) = &mut sets.bound {
                bound.discard(name);
            }
            return Ok(Scope::GlobalExplicit);
        }
        if flags & DEF_NONLOCAL != 0 {
            let Some(bound) = &sets.bound else {
                return Err(
                    self.complain(id, name, |_| "nonlocal declaration not allowed at module level".into())
                );
            };
            if !bound.contains(name) {
                return Err(self.complain(id, name, |name| format!("no binding for nonlocal '{name}' found")));
            }
            if sets.type_params.contains(name) {
                return Err(self.complain(id, name, |name| {
                    format!("nonlocal binding not allowed for type parameter '{name}'")
                }));
            }
            sets.free.add(name);
            return Ok(Scope::Free);
        }
        if flags & DEF_BOUND != 0 {
            sets.local.add(name);
            sets.global.discard(name);
            if flags & DEF_TYPE_PARAM != 0 {
                sets.type_params.add(name);
            } else {
                sets.type_params.discard(name);
            }
            return Ok(Scope::Local);
        }
        // An annotation scope inside a class: a name the class binds is looked up there and among the
        // globals, never in a function around the class.
        if let Some(class) = class {
            let class_flags = self.table.block(class).flags(name);
            if class_flags & DEF_GLOBAL != 0 {
                return Ok(Scope::GlobalExplicit);
            }
            if class_flags & DEF_BOUND != 0 && class_flags & DEF_NONLOCAL == 0 {
                return Ok(Scope::GlobalImplicit);
            }
        }
        if sets.bound.as_ref().is_some_and(|bound| bound.contains(name)) {
            sets.free.add(name);
            return Ok(Scope::Free);
        }
        Ok(Scope::GlobalImplicit)
    }

    /// An error about a `global` or `nonlocal` statement, placed there.
    #[cold]
    fn complain(&self, id: BlockId, name: Sym, message: impl FnOnce(&str) -> String) -> Box<CompileError> {
        match self.table.block(id).directives.iter().find(|directive| directive.0 == name) {
            Some(&(_, loc)) => CompileError::syntax(message(self.table.names.text(name)), loc),
            None => {
                CompileError::other(ErrorKind::RuntimeError, "BUG: internal directive bookkeeping broken")
            }
        }
    }

    /// Makes the names of a comprehension part of the block it is compiled into.
    fn inline_comprehension(
        &mut self,
        id: BlockId,
        comp: BlockId,
        scopes: &mut Scopes,
        comp_free: &mut Set,
        inlined_cells: &mut Set,
    ) {
        let mut dropped = Vec::new();
        for index in 0..self.table.block(comp).symbols.len() {
            let (name, flags) = self.table.block(comp).symbols.entries()[index];
            if flags & DEF_PARAM != 0 {
                continue;
            }
            let mut scope = Scope::of(flags);
            let only_flags = flags & ((1 << SCOPE_OFFSET) - 1);
            if scope == Scope::Cell || only_flags & DEF_COMP_CELL != 0 {
                inlined_cells.add(name);
            }
            let is_class = self.table.block(id).kind == BlockKind::Class;
            let needed_inside = |table: &SymbolTable<'_>| {
                table.block(comp).children.iter().any(|&child| table.block(child).scope(name) == Scope::Free)
            };
            // The cells a class makes for what is in it are never free in the class itself.
            if scope == Scope::Free && is_class && CLASS_CELLS.contains(&name) {
                scope = Scope::GlobalImplicit;
                if !needed_inside(self.table) {
                    comp_free.discard(name);
                }
                dropped.push(name);
            }
            match self.table.block_mut(id).symbols.get_mut(name) {
                None => {
                    self.table.block_mut(id).symbols.push(name, only_flags);
                    scopes.push(scope);
                }
                Some(known) if !is_class => {
                    if scope == Scope::Free {
                        *known |= flags & USE;
                    }
                    // What was free in the comprehension is a plain local now, unless something inside the
                    // comprehension needs it still.
                    if *known & DEF_BOUND != 0 && !needed_inside(self.table) {
                        comp_free.discard(name);
                    }
                }
                Some(_) => {}
            }
        }
        for name in dropped {
            self.table.block_mut(comp).symbols.remove(name);
        }
    }

    /// The children of inlined comprehensions take their parents' place.
    fn splice_inlined(&mut self, id: BlockId) {
        let is_inlined = |table: &SymbolTable<'_>, child: &BlockId| table.block(*child).comp_inlined;
        if !self.table.block(id).children.iter().any(|child| is_inlined(self.table, child)) {
            return;
        }
        let old = std::mem::take(&mut self.table.block_mut(id).children);
        let mut new = Vec::with_capacity(old.len());
        for child in old {
            if is_inlined(self.table, &child) {
                new.extend_from_slice(&self.table.block(child).children);
            } else {
                new.push(child);
            }
        }
        self.table.block_mut(id).children = new;
    }
}

/// The sets [`Analyzer::name_scope`] reads and extends.
struct Sets<'s> {
    bound: Option<&'s mut Set>,
    global: &'s mut Set,
    type_params: &'s mut Set,
    local: &'s mut Set,
    free: &'s mut Set,
}

/// Writes the decisions into the block's symbols, and adds the names it merely passes on to its children.
fn record(
    block: &mut Block,
    scopes: &Scopes,
    bound: Option<&Set>,
    free: &Set,
    inlined_cells: &Set,
    classlike: bool,
) {
    for ((name, flags), scope) in block.symbols.entries_mut().iter_mut().zip(scopes) {
        if inlined_cells.contains(*name) {
            *flags |= DEF_COMP_CELL;
        }
        *flags |= (*scope as u32) << SCOPE_OFFSET;
    }
    for name in free.iter() {
        match block.symbols.get_mut(name) {
            Some(flags) => {
                if classlike {
                    *flags |= DEF_FREE_CLASS;
                }
            }
            None => {
                if bound.is_none_or(|bound| bound.contains(name)) {
                    block.symbols.push(name, (Scope::Free as u32) << SCOPE_OFFSET);
                }
            }
        }
    }
}
