//! Displays: tuples, lists, sets and dicts.

use bytecode::{Opcode, args, op};
use syntax::ast::{Expr, ExprContext, ExprKind, Loc};

use super::{Compiler, STACK_USE_GUIDELINE};
use crate::error::Result;
use crate::names::Sym;

/// The instructions that build one kind of collection.
#[derive(Clone, Copy)]
pub(super) struct Builders {
    pub build: Opcode,
    pub add: Opcode,
    pub extend: Opcode,
    /// The list is to become a tuple.
    pub tuple: bool,
}

/// Builds a list.
pub(super) const LIST: Builders =
    Builders { build: op::BUILD_LIST, add: op::LIST_APPEND, extend: op::LIST_EXTEND, tuple: false };
/// Builds a tuple, by way of a list if need be.
pub(super) const TUPLE: Builders = Builders { tuple: true, ..LIST };
const SET: Builders =
    Builders { build: op::BUILD_SET, add: op::SET_ADD, extend: op::SET_UPDATE, tuple: false };

impl<'a> Compiler<'_, 'a> {
    #[inline(never)]
    pub(super) fn tuple(&mut self, elts: &'a [Expr<'a>], ctx: ExprContext, loc: Loc) -> Result<()> {
        match ctx {
            ExprContext::Load => self.collection(loc, elts, None, 0, TUPLE),
            ExprContext::Store => self.unpack_into(loc, elts),
            ExprContext::Del => self.exprs(elts),
        }
    }

    #[inline(never)]
    pub(super) fn list(&mut self, elts: &'a [Expr<'a>], ctx: ExprContext, loc: Loc) -> Result<()> {
        match ctx {
            ExprContext::Load => self.collection(loc, elts, None, 0, LIST),
            ExprContext::Store => self.unpack_into(loc, elts),
            ExprContext::Del => self.exprs(elts),
        }
    }

    #[inline(never)]
    pub(super) fn set(&mut self, elts: &'a [Expr<'a>], loc: Loc) -> Result<()> {
        self.collection(loc, elts, None, 0, SET)
    }

    /// A collection of `pushed` values already on the stack, the elements, and the value of the name
    /// `injected`.
    pub(super) fn collection(
        &mut self,
        loc: Loc,
        elts: &'a [Expr<'a>],
        injected: Option<Sym>,
        pushed: usize,
        builders: Builders,
    ) -> Result<()> {
        let Builders { build, add, extend, tuple } = builders;
        let count = elts.len() + pushed + usize::from(injected.is_some());
        let big = count > STACK_USE_GUIDELINE;
        let starred = elts.iter().any(|elt| matches!(elt.kind, ExprKind::Starred { .. }));
        if !starred && !big {
            self.exprs(elts)?;
            if let Some(name) = injected {
                self.load(loc, name)?;
            }
            self.op_len(loc, if tuple { op::BUILD_TUPLE } else { build }, count);
            return Ok(());
        }
        let mut built = big;
        if big {
            self.op_len(loc, build, pushed);
        }
        for (index, elt) in elts.iter().enumerate() {
            if let ExprKind::Starred { value, .. } = elt.kind {
                if !built {
                    self.op_len(loc, build, index + pushed);
                    built = true;
                }
                self.expr(value)?;
                self.op_arg(loc, extend, 1);
            } else {
                self.expr(elt)?;
                if built {
                    self.op_arg(loc, add, 1);
                }
            }
        }
        if let Some(name) = injected {
            self.load(loc, name)?;
            self.op_arg(loc, add, 1);
        }
        if tuple {
            self.op_arg(loc, op::CALL_INTRINSIC_1, args::intrinsic::LIST_TO_TUPLE);
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn dict(
        &mut self,
        keys: &'a [Option<Expr<'a>>],
        values: &'a [Expr<'a>],
        loc: Loc,
    ) -> Result<()> {
        let mut have_dict = false;
        // Entries seen but not compiled yet.
        let mut pending = 0;
        for (index, value) in values.iter().enumerate() {
            if keys.get(index).is_some_and(Option::is_some) {
                if pending * 2 > STACK_USE_GUIDELINE {
                    self.dict_part(keys, values, index - pending..index + 1, loc, &mut have_dict)?;
                    pending = 0;
                } else {
                    pending += 1;
                }
                continue;
            }
            if pending > 0 {
                self.dict_part(keys, values, index - pending..index, loc, &mut have_dict)?;
                pending = 0;
            }
            if !have_dict {
                self.op_arg(loc, op::BUILD_MAP, 0);
                have_dict = true;
            }
            self.expr(value)?;
            self.op_arg(loc, op::DICT_UPDATE, 1);
        }
        if pending > 0 {
            let count = values.len();
            self.dict_part(keys, values, count - pending..count, loc, &mut have_dict)?;
        }
        if !have_dict {
            self.op_arg(loc, op::BUILD_MAP, 0);
        }
        Ok(())
    }

    /// Builds a dict of some of the entries and merges it into the one on the stack, if any.
    fn dict_part(
        &mut self,
        keys: &'a [Option<Expr<'a>>],
        values: &'a [Expr<'a>],
        range: std::ops::Range<usize>,
        loc: Loc,
        have_dict: &mut bool,
    ) -> Result<()> {
        let count = range.len();
        let big = count * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_arg(loc, op::BUILD_MAP, 0);
        }
        for (key, value) in keys[range.clone()].iter().zip(&values[range]) {
            if let Some(key) = key {
                self.expr(key)?;
            }
            self.expr(value)?;
            if big {
                self.op_arg(loc, op::MAP_ADD, 1);
            }
        }
        if !big {
            self.op_len(loc, op::BUILD_MAP, count);
        }
        if *have_dict {
            self.op_arg(loc, op::DICT_UPDATE, 1);
        }
        *have_dict = true;
        Ok(())
    }
}
