//! `try` with `except` and `finally`.

use bytecode::op;
use syntax::ast::{ExceptHandler, Loc, Try};

use super::Compiler;
use super::unit::FrameBlockKind;
use crate::error::Result;
use crate::instr::{Label, NO_LOCATION};
use crate::names::Sym;

impl<'a> Compiler<'_, 'a> {
    #[inline(never)]
    pub(super) fn try_stmt(&mut self, node: &'a Try<'a>, loc: Loc, star: bool) -> Result<()> {
        match (node.finalbody.is_empty(), star) {
            (false, _) => self.try_finally(node, loc, star),
            (true, false) => self.try_except(node, loc),
            (true, true) => self.try_star_except(node, loc),
        }
    }

    /// The `finally` body is compiled twice: once for the normal end, once for exceptions (and again for
    /// every statement that leaves the `try` early).
    fn try_finally(&mut self, node: &'a Try<'a>, loc: Loc, star: bool) -> Result<()> {
        let handler = self.label();
        let exit = self.label();
        let cleanup = self.label();
        self.jump(loc, op::SETUP_FINALLY, handler);
        self.push_block(loc, FrameBlockKind::FinallyTry(node.finalbody), None, Some(handler))?;
        if node.handlers.is_empty() {
            self.stmts(node.body)?;
        } else if star {
            self.try_star_except(node, loc)?;
        } else {
            self.try_except(node, loc)?;
        }
        self.op(NO_LOCATION, op::POP_BLOCK);
        self.pop_block();
        self.stmts(node.finalbody)?;
        self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, exit);

        self.place(handler);
        self.jump(NO_LOCATION, op::SETUP_CLEANUP, cleanup);
        self.op(NO_LOCATION, op::PUSH_EXC_INFO);
        self.push_block(NO_LOCATION, FrameBlockKind::FinallyEnd, None, None)?;
        self.stmts(node.finalbody)?;
        self.pop_block();
        self.op_arg(NO_LOCATION, op::RERAISE, 0);

        self.place(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.place(exit);
        Ok(())
    }

    fn try_except(&mut self, node: &'a Try<'a>, loc: Loc) -> Result<()> {
        let handler = self.label();
        let end = self.label();
        let cleanup = self.label();
        self.jump(loc, op::SETUP_FINALLY, handler);
        self.push_block(loc, FrameBlockKind::TryExcept, None, None)?;
        self.stmts(node.body)?;
        self.pop_block();
        self.op(NO_LOCATION, op::POP_BLOCK);
        self.stmts(node.orelse)?;
        self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, end);

        self.place(handler);
        self.jump(NO_LOCATION, op::SETUP_CLEANUP, cleanup);
        self.op(NO_LOCATION, op::PUSH_EXC_INFO);
        self.push_block(loc, FrameBlockKind::ExceptionHandler, None, None)?;
        for (index, clause) in node.handlers.iter().enumerate() {
            if clause.type_.is_none() && index + 1 < node.handlers.len() {
                return Err(self.syntax_error("default 'except:' must be last", clause.loc));
            }
            self.except_clause(clause, end)?;
        }
        self.pop_block();
        self.op_arg(NO_LOCATION, op::RERAISE, 0);

        self.place(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);
        self.place(end);
        Ok(())
    }

    /// One `except` clause, with the exception on the stack.
    fn except_clause(&mut self, clause: &'a ExceptHandler<'a>, end: Label) -> Result<()> {
        let loc = clause.loc;
        let next = self.label();
        if let Some(type_) = clause.type_ {
            self.expr(type_)?;
            self.op(loc, op::CHECK_EXC_MATCH);
            self.jump(loc, op::POP_JUMP_IF_FALSE, next);
        }
        match clause.name {
            Some(name) => {
                let name = self.intern(name);
                let cleanup = self.label();
                self.store(loc, name)?;
                // Whatever happens in the body, the name is unbound after it.
                self.jump(loc, op::SETUP_CLEANUP, cleanup);
                self.push_block(loc, FrameBlockKind::HandlerCleanup(Some(name)), None, None)?;
                self.stmts(clause.body)?;
                self.pop_block();
                self.op(NO_LOCATION, op::POP_BLOCK);
                self.op(NO_LOCATION, op::POP_BLOCK);
                self.op(NO_LOCATION, op::POP_EXCEPT);
                self.unbind(NO_LOCATION, name)?;
                self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, end);
                self.place(cleanup);
                self.unbind(NO_LOCATION, name)?;
                self.op_arg(NO_LOCATION, op::RERAISE, 1);
            }
            None => {
                self.op(loc, op::POP_TOP);
                self.push_block(loc, FrameBlockKind::HandlerCleanup(None), None, None)?;
                self.stmts(clause.body)?;
                self.pop_block();
                self.op(NO_LOCATION, op::POP_BLOCK);
                self.op(NO_LOCATION, op::POP_EXCEPT);
                self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, end);
            }
        }
        self.place(next);
        Ok(())
    }

    /// `name = None; del name`: the body may have deleted it already.
    pub(super) fn unbind(&mut self, loc: Loc, name: Sym) -> Result<()> {
        self.load_none(loc);
        self.store(loc, name)?;
        self.name_op(loc, name, syntax::ast::ExprContext::Del)
    }

    /// Restores the exception that was being handled and raises the one on the stack.
    pub(super) fn pop_except_and_reraise(&mut self, loc: Loc) {
        self.op_arg(loc, op::COPY, 3);
        self.op(loc, op::POP_EXCEPT);
        self.op_arg(loc, op::RERAISE, 1);
    }
}
