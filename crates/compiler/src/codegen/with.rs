//! `with` and `async with`.

use bytecode::{args, op};
use syntax::ast::{Loc, With};

use super::Compiler;
use super::unit::FrameBlockKind;
use crate::error::Result;
use crate::instr::{Label, NO_LOCATION};

/// Operands of `GET_AWAITABLE`: what the awaitable came from, for the message if it is none.
const FROM_AENTER: u32 = 1;
const FROM_AEXIT: u32 = 2;

impl<'a> Compiler<'_, 'a> {
    /// `with` from its item number `at` on.
    pub(super) fn with(&mut self, node: &'a With<'a>, at: usize) -> Result<()> {
        self.guard.check()?;
        let Some(item) = node.items.get(at) else { return Ok(()) };
        let handler = self.label();
        let exit = self.label();
        let cleanup = self.label();
        let loc = item.context_expr.loc;
        self.expr(item.context_expr)?;
        self.enter_context(loc, args::special::EXIT, args::special::ENTER);
        self.jump(loc, op::SETUP_WITH, handler);
        self.push_block(loc, FrameBlockKind::With, None, Some(handler))?;
        match item.optional_vars {
            Some(target) => self.expr(target)?,
            None => self.op(loc, op::POP_TOP),
        }
        if at + 1 == node.items.len() {
            self.stmts(node.body)?;
        } else {
            self.with(node, at + 1)?;
        }
        self.op(NO_LOCATION, op::POP_BLOCK);
        self.pop_block();
        self.call_exit_with_nones(loc);
        self.op(loc, op::POP_TOP);
        self.jump(loc, op::JUMP, exit);

        self.place(handler);
        self.jump(loc, op::SETUP_CLEANUP, cleanup);
        self.op(loc, op::PUSH_EXC_INFO);
        self.op(loc, op::WITH_EXCEPT_START);
        self.finish_with_handler(cleanup);
        self.place(exit);
        Ok(())
    }

    /// `async with` from its item number `at` on.
    pub(super) fn async_with(&mut self, node: &'a With<'a>, at: usize) -> Result<()> {
        self.guard.check()?;
        let Some(item) = node.items.get(at) else { return Ok(()) };
        let handler = self.label();
        let exit = self.label();
        let cleanup = self.label();
        let loc = item.context_expr.loc;
        self.expr(item.context_expr)?;
        self.enter_context(loc, args::special::AEXIT, args::special::AENTER);
        self.await_top(loc, FROM_AENTER);
        self.jump(loc, op::SETUP_WITH, handler);
        self.push_block(loc, FrameBlockKind::AsyncWith, None, Some(handler))?;
        match item.optional_vars {
            Some(target) => self.expr(target)?,
            None => self.op(loc, op::POP_TOP),
        }
        if at + 1 == node.items.len() {
            self.stmts(node.body)?;
        } else {
            self.async_with(node, at + 1)?;
        }
        self.pop_block();
        self.op(loc, op::POP_BLOCK);
        self.call_exit_with_nones(loc);
        self.await_top(loc, FROM_AEXIT);
        self.op(loc, op::POP_TOP);
        self.jump(loc, op::JUMP, exit);

        self.place(handler);
        self.jump(loc, op::SETUP_CLEANUP, cleanup);
        self.op(loc, op::PUSH_EXC_INFO);
        self.op(loc, op::WITH_EXCEPT_START);
        self.await_top(loc, FROM_AEXIT);
        self.finish_with_handler(cleanup);
        self.place(exit);
        Ok(())
    }

    /// Leaves the bound exit method on the stack and calls the enter method.
    fn enter_context(&mut self, loc: Loc, exit: u32, enter: u32) {
        self.op_arg(loc, op::COPY, 1);
        self.op_arg(loc, op::LOAD_SPECIAL, exit);
        self.op_arg(loc, op::SWAP, 2);
        self.op_arg(loc, op::SWAP, 3);
        self.op_arg(loc, op::LOAD_SPECIAL, enter);
        self.op_arg(loc, op::CALL, 0);
    }

    /// Calls the exit method for a body that ended without exception.
    pub(super) fn call_exit_with_nones(&mut self, loc: Loc) {
        for _ in 0..3 {
            self.load_none(loc);
        }
        self.op_arg(loc, op::CALL, 3);
    }

    /// With the exit method's answer on the stack: swallow the exception or raise it again.
    fn finish_with_handler(&mut self, cleanup: Label) {
        let loc = NO_LOCATION;
        let suppress = self.label();
        self.op(loc, op::TO_BOOL);
        self.jump(loc, op::POP_JUMP_IF_TRUE, suppress);
        self.op_arg(loc, op::RERAISE, 2);
        self.place(suppress);
        self.op(loc, op::POP_TOP);
        self.op(loc, op::POP_BLOCK);
        self.op(loc, op::POP_EXCEPT);
        for _ in 0..3 {
            self.op(loc, op::POP_TOP);
        }
        let exit = self.label();
        self.jump(loc, op::JUMP_NO_INTERRUPT, exit);
        self.place(cleanup);
        self.pop_except_and_reraise(loc);
        self.place(exit);
    }
}
