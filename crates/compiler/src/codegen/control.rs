//! Branches and loops, and conditions compiled to jumps.

use bytecode::op;
use syntax::ast::{BoolOp, CmpOp, Expr, ExprKind, For, Loc, Stmt, UnaryOp};

use super::Compiler;
use super::unit::FrameBlockKind;
use crate::error::Result;
use crate::instr::{Label, NO_LOCATION};

impl<'a> Compiler<'_, 'a> {
    /// Jumps to `target` if the truth of `expr` is `condition`, otherwise falls through.
    pub(super) fn jump_if(&mut self, expr: &'a Expr<'a>, target: Label, condition: bool) -> Result<()> {
        self.guard.check()?;
        match expr.kind {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => {
                return self.jump_if(operand, target, !condition);
            }
            ExprKind::BoolOp { op, values } => {
                if let Some((last, others)) = values.split_last() {
                    // Where a value that decides the whole goes.
                    let decides = op == BoolOp::Or;
                    let short = if decides == condition { target } else { self.label() };
                    for value in others {
                        self.jump_if(value, short, decides)?;
                    }
                    self.jump_if(last, target, condition)?;
                    if short != target {
                        self.place(short);
                    }
                    return Ok(());
                }
            }
            ExprKind::IfExp { test, body, orelse } => {
                let end = self.label();
                let otherwise = self.label();
                self.jump_if(test, otherwise, false)?;
                self.jump_if(body, target, condition)?;
                self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, end);
                self.place(otherwise);
                self.jump_if(orelse, target, condition)?;
                self.place(end);
                return Ok(());
            }
            ExprKind::Compare { left, ops, comparators } if ops.len() > 1 => {
                return self.jump_if_chained(expr, left, ops, comparators, target, condition);
            }
            _ => {}
        }
        self.expr(expr)?;
        self.op(expr.loc, op::TO_BOOL);
        self.jump_on(expr.loc, target, condition);
        Ok(())
    }

    fn jump_on(&mut self, loc: Loc, target: Label, condition: bool) {
        self.jump(loc, if condition { op::POP_JUMP_IF_TRUE } else { op::POP_JUMP_IF_FALSE }, target);
    }

    fn jump_if_chained(
        &mut self,
        expr: &'a Expr<'a>,
        left: &'a Expr<'a>,
        ops: &'a [CmpOp],
        comparators: &'a [Expr<'a>],
        target: Label,
        condition: bool,
    ) -> Result<()> {
        let loc = expr.loc;
        self.check_compare(loc, left, ops, comparators);
        let cleanup = self.label();
        self.expr(left)?;
        let last = ops.len() - 1;
        for (index, (&operator, comparator)) in ops.iter().zip(comparators).enumerate() {
            self.expr(comparator)?;
            if index < last {
                self.op_arg(loc, op::SWAP, 2);
                self.op_arg(loc, op::COPY, 2);
                self.compare_op(loc, operator);
                self.op(loc, op::TO_BOOL);
                self.jump(loc, op::POP_JUMP_IF_FALSE, cleanup);
            } else {
                self.compare_op(loc, operator);
                self.op(loc, op::TO_BOOL);
                self.jump_on(loc, target, condition);
            }
        }
        let end = self.label();
        self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, end);
        self.place(cleanup);
        self.op(loc, op::POP_TOP);
        if !condition {
            self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, target);
        }
        self.place(end);
        Ok(())
    }

    #[inline(never)]
    pub(super) fn if_exp(
        &mut self,
        test: &'a Expr<'a>,
        body: &'a Expr<'a>,
        orelse: &'a Expr<'a>,
    ) -> Result<()> {
        let end = self.label();
        let otherwise = self.label();
        self.jump_if(test, otherwise, false)?;
        self.expr(body)?;
        self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, end);
        self.place(otherwise);
        self.expr(orelse)?;
        self.place(end);
        Ok(())
    }

    #[inline(never)]
    pub(super) fn if_stmt(
        &mut self,
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    ) -> Result<()> {
        let end = self.label();
        let otherwise = if orelse.is_empty() { end } else { self.label() };
        self.jump_if(test, otherwise, false)?;
        self.stmts(body)?;
        if !orelse.is_empty() {
            self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, end);
            self.place(otherwise);
            self.stmts(orelse)?;
        }
        self.place(end);
        Ok(())
    }

    #[inline(never)]
    pub(super) fn while_loop(
        &mut self,
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
        loc: Loc,
    ) -> Result<()> {
        let start = self.label();
        let end = self.label();
        let otherwise = self.label();
        self.place(start);
        self.push_block(loc, FrameBlockKind::WhileLoop, Some(start), Some(end))?;
        self.jump_if(test, otherwise, false)?;
        self.stmts(body)?;
        self.jump(NO_LOCATION, op::JUMP, start);
        self.pop_block();
        self.place(otherwise);
        self.stmts(orelse)?;
        self.place(end);
        Ok(())
    }

    #[inline(never)]
    pub(super) fn for_loop(&mut self, node: &'a For<'a>, loc: Loc) -> Result<()> {
        let start = self.label();
        let cleanup = self.label();
        let end = self.label();
        self.push_block(loc, FrameBlockKind::ForLoop, Some(start), Some(end))?;
        self.expr(node.iter)?;
        self.op(node.iter.loc, op::GET_ITER);
        self.place(start);
        self.jump(node.iter.loc, op::FOR_ITER, cleanup);
        // For tracing a loop head of several lines; removed if it serves nothing.
        self.op(node.target.loc, op::NOP);
        self.expr(node.target)?;
        self.stmts(node.body)?;
        self.jump(NO_LOCATION, op::JUMP, start);
        self.place(cleanup);
        // In this order: a generator jumps to the first, everything else past it.
        self.op(NO_LOCATION, op::END_FOR);
        self.op(NO_LOCATION, op::POP_ITER);
        self.pop_block();
        self.stmts(node.orelse)?;
        self.place(end);
        Ok(())
    }

    #[inline(never)]
    pub(super) fn async_for_loop(&mut self, node: &'a For<'a>, loc: Loc) -> Result<()> {
        let start = self.label();
        let send = self.label();
        let except = self.label();
        let end = self.label();
        self.expr(node.iter)?;
        self.op(node.iter.loc, op::GET_AITER);
        self.place(start);
        self.push_block(loc, FrameBlockKind::AsyncForLoop, Some(start), Some(end))?;
        // The iterator ends by raising.
        self.jump(loc, op::SETUP_FINALLY, except);
        self.op(loc, op::GET_ANEXT);
        self.load_none(loc);
        self.yield_from_at(loc, true, send);
        self.op(loc, op::POP_BLOCK);
        self.op(loc, op::NOT_TAKEN);
        self.expr(node.target)?;
        self.stmts(node.body)?;
        self.jump(NO_LOCATION, op::JUMP, start);
        self.pop_block();
        self.place(except);
        // The iterator's line: what follows comes after the `for`, not after the body.
        self.jump(node.iter.loc, op::END_ASYNC_FOR, send);
        self.stmts(node.orelse)?;
        self.place(end);
        Ok(())
    }
}
