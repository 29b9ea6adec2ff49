//! Comprehensions and generator expressions.
//!
//! List, set and dict comprehensions are compiled in place: their variables become locals of the scope
//! around them, whose own values wait on the stack meanwhile. Generator expressions (and comprehensions
//! where that is not possible) become functions that are called at once.

use bytecode::op;
use syntax::ast::{Comprehension as Generator, Expr, ExprKind, Loc};

use super::Compiler;
use super::scope::NewScope;
use super::unit::{ArgCounts, FrameBlockKind, ScopeKind};
use crate::error::Result;
use crate::instr::{Label, NO_LOCATION};
use crate::names::Sym;
use crate::symtable::{BlockId, BlockKey, BlockKind, DEF_LOCAL, DEF_NONLOCAL, Scope};

/// What a comprehension makes of each round.
#[derive(Clone, Copy)]
enum Element<'a> {
    Yield(&'a Expr<'a>),
    List(&'a Expr<'a>),
    Set(&'a Expr<'a>),
    Dict(&'a Expr<'a>, &'a Expr<'a>),
}

/// A comprehension as the loops see it.
#[derive(Clone, Copy)]
struct Plan<'a> {
    generators: &'a [Generator<'a>],
    element: Element<'a>,
    loc: Loc,
    /// The iterator of the first loop is on the stack, not in the parameter.
    inlined: bool,
}

/// What has to be put back after an inlined comprehension.
#[derive(Default)]
struct Inlined {
    /// Names whose outer values are on the stack.
    pushed: Vec<Sym>,
    /// The handler that puts them back for exceptions.
    cleanup: Option<Label>,
    /// Flags that differ in the comprehension.
    outer_flags: Vec<(Sym, u32)>,
    /// Names made fast locals for the time being.
    fast_hidden: Vec<Sym>,
}

impl<'a> Compiler<'_, 'a> {
    #[inline(never)]
    pub(super) fn comprehension(&mut self, expr: &'a Expr<'a>) -> Result<()> {
        let (name, element, generators) = match expr.kind {
            ExprKind::ListComp { elt, generators } => (Sym::ANON_LISTCOMP, Element::List(elt), generators),
            ExprKind::SetComp { elt, generators } => (Sym::ANON_SETCOMP, Element::Set(elt), generators),
            ExprKind::DictComp { key, value, generators } => {
                (Sym::ANON_DICTCOMP, Element::Dict(key, value), generators)
            }
            ExprKind::GeneratorExp { elt, generators } => {
                (Sym::ANON_GENEXPR, Element::Yield(elt), generators)
            }
            _ => return Ok(()),
        };
        let Some(outermost) = generators.first() else { return Ok(()) };
        let loc = expr.loc;
        let id = self.table.lookup(BlockKey::node(expr))?;
        let inlined = self.table.block(id).comp_inlined;
        let is_async = self.table.block(id).coroutine;
        let plan = Plan { generators, element, loc, inlined };
        let build = match element {
            Element::Yield(_) => None,
            Element::List(_) => Some(op::BUILD_LIST),
            Element::Set(_) => Some(op::BUILD_SET),
            Element::Dict(..) => Some(op::BUILD_MAP),
        };
        if inlined {
            self.iterator(outermost)?;
            let state = self.enter_inlined(id, loc)?;
            if let Some(build) = build {
                self.op_arg(loc, build, 0);
                self.op_arg(loc, op::SWAP, 2);
            }
            self.loops(&plan, 0, 0)?;
            self.leave_inlined(state, loc);
            return Ok(());
        }
        let mut scope = NewScope::new(ScopeKind::Comprehension, name, id, loc.line);
        scope.counts = ArgCounts { args: 1, ..ArgCounts::default() };
        match build {
            Some(build) => {
                self.enter_scope(scope);
                self.op_arg(loc, build, 0);
                self.loops(&plan, 0, 0)?;
                self.op(loc, op::RETURN_VALUE);
            }
            None => {
                let handler = self.enter_guarded_scope(scope);
                self.loops(&plan, 0, 0)?;
                self.stop_iteration_guard(handler);
            }
        }
        let code = self.finish_scope(true)?;
        self.make_closure(loc, code, 0)?;
        self.iterator(outermost)?;
        self.op_arg(loc, op::CALL, 0);
        if is_async && build.is_some() {
            self.await_top(loc, 0);
        }
        Ok(())
    }

    /// The iterator of a loop.
    fn iterator(&mut self, generator: &'a Generator<'a>) -> Result<()> {
        self.expr(generator.iter)?;
        self.op(generator.iter.loc, if generator.is_async { op::GET_AITER } else { op::GET_ITER });
        Ok(())
    }

    /// The loops from number `at` on; `depth` iterators are above the result on the stack.
    fn loops(&mut self, plan: &Plan<'a>, at: usize, depth: u32) -> Result<()> {
        self.guard.check()?;
        let Some(generator) = plan.generators.get(at) else { return Ok(()) };
        if at == 0 && !plan.inlined {
            self.op_arg(plan.loc, op::LOAD_FAST, 0);
        }
        if generator.is_async {
            self.async_loop(plan, generator, at, depth)
        } else {
            self.sync_loop(plan, generator, at, depth)
        }
    }

    fn sync_loop(
        &mut self,
        plan: &Plan<'a>,
        generator: &'a Generator<'a>,
        at: usize,
        depth: u32,
    ) -> Result<()> {
        let if_cleanup = self.label();
        // `for y in [f(x)]` is an assignment.
        let single = match generator.iter.kind {
            ExprKind::List { elts: [only], .. } | ExprKind::Tuple { elts: [only], .. } if at > 0 => {
                (!matches!(only.kind, ExprKind::Starred { .. })).then_some(only)
            }
            _ => None,
        };
        if let Some(value) = single {
            self.expr(value)?;
            self.expr(generator.target)?;
            self.round(plan, generator, at, depth, if_cleanup)?;
            self.place(if_cleanup);
            return Ok(());
        }
        let start = self.label();
        let anchor = self.label();
        if at > 0 {
            self.iterator(generator)?;
        }
        self.place(start);
        self.jump(generator.iter.loc, op::FOR_ITER, anchor);
        self.expr(generator.target)?;
        let loc = self.round(plan, generator, at, depth + 1, if_cleanup)?;
        self.place(if_cleanup);
        self.jump(loc, op::JUMP, start);
        self.place(anchor);
        self.op(NO_LOCATION, op::END_FOR);
        self.op(NO_LOCATION, op::POP_ITER);
        Ok(())
    }

    fn async_loop(
        &mut self,
        plan: &Plan<'a>,
        generator: &'a Generator<'a>,
        at: usize,
        depth: u32,
    ) -> Result<()> {
        let start = self.label();
        let send = self.label();
        let except = self.label();
        let if_cleanup = self.label();
        if at > 0 {
            self.iterator(generator)?;
        }
        self.place(start);
        self.push_block(plan.loc, FrameBlockKind::AsyncComprehension, Some(start), None)?;
        self.jump(plan.loc, op::SETUP_FINALLY, except);
        self.op(plan.loc, op::GET_ANEXT);
        self.load_none(plan.loc);
        self.yield_from_at(plan.loc, true, send);
        self.op(plan.loc, op::POP_BLOCK);
        self.expr(generator.target)?;
        let loc = self.round(plan, generator, at, depth + 1, if_cleanup)?;
        self.place(if_cleanup);
        self.jump(loc, op::JUMP, start);
        self.pop_block();
        self.place(except);
        self.jump(plan.loc, op::END_ASYNC_FOR, send);
        Ok(())
    }

    /// What happens in each round of a loop: conditions, inner loops, and in the innermost the element,
    /// whose place is returned.
    fn round(
        &mut self,
        plan: &Plan<'a>,
        generator: &'a Generator<'a>,
        at: usize,
        depth: u32,
        if_cleanup: Label,
    ) -> Result<Loc> {
        for condition in generator.ifs {
            self.jump_if(condition, if_cleanup, false)?;
        }
        let innermost = at + 1 >= plan.generators.len();
        if !innermost {
            self.loops(plan, at + 1, depth)?;
        }
        match plan.element {
            Element::Yield(elt) => {
                if innermost {
                    self.expr(elt)?;
                    self.yield_top(elt.loc);
                    self.op(elt.loc, op::POP_TOP);
                }
                Ok(elt.loc)
            }
            Element::List(elt) => {
                if innermost {
                    self.expr(elt)?;
                    self.op_arg(elt.loc, op::LIST_APPEND, depth + 1);
                }
                Ok(elt.loc)
            }
            Element::Set(elt) => {
                if innermost {
                    self.expr(elt)?;
                    self.op_arg(elt.loc, op::SET_ADD, depth + 1);
                }
                Ok(elt.loc)
            }
            Element::Dict(key, value) => {
                if !innermost {
                    return Ok(key.loc);
                }
                self.expr(key)?;
                self.expr(value)?;
                let loc = Loc { end_line: value.loc.end_line, end_col: value.loc.end_col, ..key.loc };
                self.op_arg(loc, op::MAP_ADD, depth + 1);
                Ok(loc)
            }
        }
    }

    /// Makes the names of a comprehension mean what they mean inside it, and saves what they meant outside.
    fn enter_inlined(&mut self, comp: BlockId, loc: Loc) -> Result<Inlined> {
        let mut state = Inlined::default();
        let outermost_in_class =
            self.block().kind == BlockKind::Class && self.unit.in_inlined_comprehension == 0;
        let function_like = self.block().is_function_like();
        self.unit.in_inlined_comprehension += 1;
        let outer = self.unit.block;
        // Scopes outside, before they change.
        let mut isolated: Vec<(Sym, Scope, Scope)> = Vec::new();
        for index in 0..self.table.block(comp).symbols.len() {
            let (name, flags) = self.table.block(comp).symbols.entries()[index];
            let scope = Scope::of(flags);
            let outer_flags = self.table.block(outer).flags(name);
            let mut outer_scope = Scope::of(outer_flags);
            let differs = scope != outer_scope
                && scope != Scope::Free
                && !(scope == Scope::Cell && outer_scope == Scope::Free);
            if differs || outermost_in_class {
                self.set_flags(outer, name, flags);
                state.outer_flags.push((name, outer_flags));
                outer_scope = scope;
            }
            let bound_here = flags & DEF_LOCAL != 0 && flags & DEF_NONLOCAL == 0;
            if (bound_here || outermost_in_class) && !function_like {
                match self.unit.fast_hidden.get_mut(name) {
                    Some(true) => {}
                    Some(active) => {
                        *active = true;
                        state.fast_hidden.push(name);
                    }
                    None => {
                        self.unit.fast_hidden.push(name, true);
                        state.fast_hidden.push(name);
                    }
                }
            }
            if bound_here {
                isolated.push((name, scope, outer_scope));
            }
        }
        for &(name, scope, outer_scope) in &isolated {
            // For a cell this pushes the cell itself; the comprehension gets a new one.
            let index = self.unit.varnames.index_of(name) as u32;
            self.op_arg(loc, op::LOAD_FAST_AND_CLEAR, index);
            if scope == Scope::Cell {
                let kind = if outer_scope == Scope::Free { Scope::Free } else { Scope::Cell };
                let index = self.deref_index(name, kind);
                self.op_arg(loc, op::MAKE_CELL, index);
            }
            state.pushed.push(name);
        }
        if !state.pushed.is_empty() {
            // The iterator back to the top.
            self.op_len(loc, op::SWAP, state.pushed.len() + 1);
            let cleanup = self.label();
            state.cleanup = Some(cleanup);
            self.jump(loc, op::SETUP_FINALLY, cleanup);
            self.push_block(loc, FrameBlockKind::InlinedComprehension, None, None)?;
        }
        Ok(state)
    }

    fn set_flags(&mut self, block: BlockId, name: Sym, flags: u32) {
        let symbols = &mut self.table.block_mut(block).symbols;
        match symbols.get_mut(name) {
            Some(known) => *known = flags,
            None => {
                symbols.push(name, flags);
            }
        }
    }

    fn leave_inlined(&mut self, state: Inlined, loc: Loc) {
        if let Some(cleanup) = state.cleanup {
            self.op(NO_LOCATION, op::POP_BLOCK);
            self.pop_block();
            let end = self.label();
            self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, end);
            // An exception: the unfinished result is under it.
            self.place(cleanup);
            self.op_arg(NO_LOCATION, op::SWAP, 2);
            self.op(NO_LOCATION, op::POP_TOP);
            self.restore_locals(&state.pushed, loc);
            self.op_arg(NO_LOCATION, op::RERAISE, 0);
            self.place(end);
            self.restore_locals(&state.pushed, loc);
        }
        self.unit.in_inlined_comprehension -= 1;
        let block = self.unit.block;
        for (name, flags) in state.outer_flags {
            self.set_flags(block, name, flags);
        }
        for name in state.fast_hidden {
            if let Some(active) = self.unit.fast_hidden.get_mut(name) {
                *active = false;
            }
        }
    }

    /// Stores the saved values under the value on top of the stack.
    fn restore_locals(&mut self, pushed: &[Sym], loc: Loc) {
        self.op_len(loc, op::SWAP, pushed.len() + 1);
        for &name in pushed.iter().rev() {
            let index = self.unit.varnames.index_of(name) as u32;
            self.op_arg(loc, op::STORE_FAST_MAYBE_NULL, index);
        }
    }
}
