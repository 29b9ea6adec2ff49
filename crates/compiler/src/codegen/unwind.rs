//! Leaving statements early: `return`, `break` and `continue` through loops, `try` and `with`.

use bytecode::{args, op};
use syntax::ast::{Constant, Expr, ExprKind, Loc};

use super::Compiler;
use super::consts::as_constant;
use super::unit::{FrameBlock, FrameBlockKind};
use crate::error::Result;
use crate::instr::NO_LOCATION;

/// How far to unwind.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    Loop,
    Everything,
}

impl<'a> Compiler<'_, 'a> {
    #[inline(never)]
    pub(super) fn return_stmt(&mut self, value: Option<&'a Expr<'a>>, stmt_loc: Loc) -> Result<()> {
        let block = self.block();
        if !block.is_function_like() {
            return Err(self.syntax_error("'return' outside function", stmt_loc));
        }
        if value.is_some() && block.coroutine && block.generator {
            return Err(self.syntax_error("'return' with value in async generator", stmt_loc));
        }
        let mut loc = stmt_loc;
        let constant = value.and_then(as_constant);
        let keep_top = value.is_some() && constant.is_none();
        match value {
            Some(value) if keep_top => self.expr(value)?,
            // A place for the line of the value.
            Some(value) => {
                loc = value.loc;
                self.op(loc, op::NOP);
            }
            None => {}
        }
        if value.is_none_or(|value| value.loc.line != stmt_loc.line) {
            loc = stmt_loc;
            self.op(loc, op::NOP);
        }
        self.unwind(&mut loc, keep_top, Until::Everything)?;
        match (value, constant) {
            (None, _) => self.load_none(loc),
            (_, Some(constant)) => self.load_constant(loc, &constant)?,
            _ => {}
        }
        self.op(loc, op::RETURN_VALUE);
        Ok(())
    }

    #[inline(never)]
    pub(super) fn load_constant(&mut self, loc: Loc, value: &Constant<'a>) -> Result<()> {
        let value = super::constant_value(value, self.guard)?;
        self.load_const(loc, value);
        Ok(())
    }

    #[inline(never)]
    pub(super) fn break_stmt(&mut self, stmt_loc: Loc) -> Result<()> {
        let mut loc = stmt_loc;
        self.op(loc, op::NOP);
        let found = self.unwind(&mut loc, false, Until::Loop)?;
        let Some(FrameBlock { exit: Some(exit), .. }) = found else {
            return Err(self.syntax_error("'break' outside loop", stmt_loc));
        };
        if let Some(block) = found {
            self.unwind_block(&mut loc, block, false)?;
        }
        self.jump(loc, op::JUMP, exit);
        Ok(())
    }

    #[inline(never)]
    pub(super) fn continue_stmt(&mut self, stmt_loc: Loc) -> Result<()> {
        let mut loc = stmt_loc;
        self.op(loc, op::NOP);
        let found = self.unwind(&mut loc, false, Until::Loop)?;
        let Some(FrameBlock { start: Some(start), .. }) = found else {
            return Err(self.syntax_error("'continue' not properly in loop", stmt_loc));
        };
        self.jump(loc, op::JUMP, start);
        Ok(())
    }

    /// Undoes the open frame blocks from the inside out, down to the innermost loop or all of them. They are
    /// open again afterwards: what follows is still inside them. The loop found is returned.
    fn unwind(&mut self, loc: &mut Loc, keep_top: bool, until: Until) -> Result<Option<FrameBlock<'a>>> {
        let Some(&top) = self.unit.frame_blocks.last() else { return Ok(None) };
        match top.kind {
            FrameBlockKind::ExceptionGroupHandler => {
                return Err(self.syntax_error(
                    "'break', 'continue' and 'return' cannot appear in an except* block",
                    *loc,
                ));
            }
            FrameBlockKind::WhileLoop | FrameBlockKind::ForLoop | FrameBlockKind::AsyncForLoop
                if until == Until::Loop =>
            {
                return Ok(Some(top));
            }
            _ => {}
        }
        self.guard.check()?;
        self.pop_block();
        self.unwind_block(loc, top, keep_top)?;
        let found = self.unwind(loc, keep_top, until)?;
        self.push_block(top.loc, top.kind, top.start, top.exit)?;
        Ok(found)
    }

    /// Undoes one frame block. With `keep_top` the value on top of the stack survives. Afterwards `loc` is
    /// where the rest of the leaving statement seems to be: nowhere, after other code has run.
    fn unwind_block(&mut self, loc: &mut Loc, block: FrameBlock<'a>, keep_top: bool) -> Result<()> {
        match block.kind {
            FrameBlockKind::WhileLoop
            | FrameBlockKind::ExceptionHandler
            | FrameBlockKind::ExceptionGroupHandler
            | FrameBlockKind::AsyncComprehension
            | FrameBlockKind::InlinedComprehension
            | FrameBlockKind::StopIteration => {}
            FrameBlockKind::ForLoop | FrameBlockKind::AsyncForLoop | FrameBlockKind::PopValue => {
                self.swap_if(keep_top, *loc);
                self.op(*loc, op::POP_TOP);
            }
            FrameBlockKind::TryExcept => self.op(*loc, op::POP_BLOCK),
            FrameBlockKind::FinallyTry(body) => {
                self.op(*loc, op::POP_BLOCK);
                if keep_top {
                    self.push_block(*loc, FrameBlockKind::PopValue, None, None)?;
                }
                self.stmts(body)?;
                if keep_top {
                    self.pop_block();
                }
                *loc = NO_LOCATION;
            }
            FrameBlockKind::FinallyEnd => {
                self.swap_if(keep_top, *loc);
                self.op(*loc, op::POP_TOP);
                self.swap_if(keep_top, *loc);
                self.op(*loc, op::POP_BLOCK);
                self.op(*loc, op::POP_EXCEPT);
            }
            FrameBlockKind::With | FrameBlockKind::AsyncWith => {
                *loc = block.loc;
                self.op(*loc, op::POP_BLOCK);
                if keep_top {
                    self.op_arg(*loc, op::SWAP, 3);
                    self.op_arg(*loc, op::SWAP, 2);
                }
                self.call_exit_with_nones(*loc);
                if matches!(block.kind, FrameBlockKind::AsyncWith) {
                    self.await_top(*loc, 2);
                }
                self.op(*loc, op::POP_TOP);
                *loc = NO_LOCATION;
            }
            FrameBlockKind::HandlerCleanup(name) => {
                if name.is_some() {
                    self.op(*loc, op::POP_BLOCK);
                }
                self.swap_if(keep_top, *loc);
                self.op(*loc, op::POP_BLOCK);
                self.op(*loc, op::POP_EXCEPT);
                if let Some(name) = name {
                    self.unbind(*loc, name)?;
                }
            }
        }
        Ok(())
    }

    fn swap_if(&mut self, condition: bool, loc: Loc) {
        if condition {
            self.op_arg(loc, op::SWAP, 2);
        }
    }

    /// Awaits the value on top of the stack; `source` tells the interpreter what made it.
    pub(super) fn await_top(&mut self, loc: Loc, source: u32) {
        self.op_arg(loc, op::GET_AWAITABLE, source);
        self.load_none(loc);
        self.yield_from(loc, true);
    }

    /// Delegates to the iterator under the value on top of the stack.
    pub(super) fn yield_from(&mut self, loc: Loc, is_await: bool) {
        let send = self.label();
        self.yield_from_at(loc, is_await, send);
    }

    /// The same, with a label for the `SEND` that others refer to.
    pub(super) fn yield_from_at(&mut self, loc: Loc, is_await: bool, send: crate::instr::Label) {
        let fail = self.label();
        let exit = self.label();
        self.place(send);
        self.jump(loc, op::SEND, exit);
        // `YIELD_VALUE` raises when `close` or `throw` end in `StopIteration`.
        self.jump(loc, op::SETUP_FINALLY, fail);
        self.op_arg(loc, op::YIELD_VALUE, 1);
        self.op(NO_LOCATION, op::POP_BLOCK);
        let resume = if is_await { args::resume::AFTER_AWAIT } else { args::resume::AFTER_YIELD_FROM };
        self.op_arg(loc, op::RESUME, resume);
        self.jump(loc, op::JUMP_NO_INTERRUPT, send);
        self.place(fail);
        self.op(loc, op::CLEANUP_THROW);
        self.place(exit);
        self.op(loc, op::END_SEND);
    }

    /// A plain `yield` of the value on top of the stack.
    pub(super) fn yield_top(&mut self, loc: Loc) {
        let block = self.block();
        if block.generator && block.coroutine {
            self.op_arg(loc, op::CALL_INTRINSIC_1, args::intrinsic::ASYNC_GEN_WRAP);
        }
        self.op_arg(loc, op::YIELD_VALUE, 0);
        self.op_arg(loc, op::RESUME, args::resume::AFTER_YIELD);
    }

    /// `yield from`, refused where it has no place.
    #[inline(never)]
    pub(super) fn yield_from_expr(&mut self, expr: &'a Expr<'a>, value: &'a Expr<'a>) -> Result<()> {
        if !self.block().is_function_like() {
            return Err(self.syntax_error("'yield from' outside function", expr.loc));
        }
        if self.unit.kind == super::unit::ScopeKind::AsyncFunction {
            return Err(self.syntax_error("'yield from' inside async function", expr.loc));
        }
        self.expr(value)?;
        self.op(expr.loc, op::GET_YIELD_FROM_ITER);
        self.load_none(expr.loc);
        self.yield_from(expr.loc, false);
        Ok(())
    }

    /// `yield`, refused outside functions.
    #[inline(never)]
    pub(super) fn yield_expr(&mut self, expr: &'a Expr<'a>, value: Option<&'a Expr<'a>>) -> Result<()> {
        if !self.block().is_function_like() {
            return Err(self.syntax_error("'yield' outside function", expr.loc));
        }
        match value {
            Some(value) => self.expr(value)?,
            None => self.load_none(expr.loc),
        }
        self.yield_top(expr.loc);
        Ok(())
    }

    /// Whether `expr` yields a name: keeps the dispatchers free of nested matches.
    pub(super) fn name_of(expr: &Expr<'a>) -> Option<&'a str> {
        match expr.kind {
            ExprKind::Name { id, .. } => Some(id),
            _ => None,
        }
    }
}
