//! `try` with `except*`.

use bytecode::{args, op};
use syntax::ast::{ExceptHandler, Loc, Try};

use super::Compiler;
use super::unit::FrameBlockKind;
use crate::error::Result;
use crate::instr::{Label, NO_LOCATION};
use crate::names::Sym;

impl<'a> Compiler<'_, 'a> {
    /// While the clauses run the stack holds the original exception, a list of what the clauses raised, and
    /// the part of the exception no clause has taken yet.
    pub(super) fn try_star_except(&mut self, node: &'a Try<'a>, loc: Loc) -> Result<()> {
        let handler = self.label();
        let orelse = self.label();
        let end = self.label();
        let cleanup = self.label();
        let reraise_star = self.label();
        self.jump(loc, op::SETUP_FINALLY, handler);
        self.push_block(loc, FrameBlockKind::TryExcept, None, None)?;
        self.stmts(node.body)?;
        self.pop_block();
        self.op(NO_LOCATION, op::POP_BLOCK);
        self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, orelse);

        self.place(handler);
        self.jump(NO_LOCATION, op::SETUP_CLEANUP, cleanup);
        self.op(NO_LOCATION, op::PUSH_EXC_INFO);
        self.push_block(loc, FrameBlockKind::ExceptionGroupHandler, None, None)?;
        for (index, clause) in node.handlers.iter().enumerate() {
            if index == 0 {
                self.op_arg(clause.loc, op::BUILD_LIST, 0);
                self.op_arg(clause.loc, op::COPY, 2);
            }
            let last = index + 1 == node.handlers.len();
            self.except_star_clause(clause, last.then_some(reraise_star))?;
        }
        self.pop_block();

        let reraise = self.label();
        self.place(reraise_star);
        self.op_arg(NO_LOCATION, op::CALL_INTRINSIC_2, args::intrinsic::PREP_RERAISE_STAR);
        self.op_arg(NO_LOCATION, op::COPY, 1);
        self.jump(NO_LOCATION, op::POP_JUMP_IF_NOT_NONE, reraise);
        self.op(NO_LOCATION, op::POP_TOP);
        self.op(NO_LOCATION, op::POP_BLOCK);
        self.op(NO_LOCATION, op::POP_EXCEPT);
        self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, end);

        self.place(reraise);
        self.op(NO_LOCATION, op::POP_BLOCK);
        self.op_arg(NO_LOCATION, op::SWAP, 2);
        self.op(NO_LOCATION, op::POP_EXCEPT);
        self.op_arg(NO_LOCATION, op::RERAISE, 0);

        self.place(cleanup);
        self.pop_except_and_reraise(NO_LOCATION);

        self.place(orelse);
        self.stmts(node.orelse)?;
        self.place(end);
        Ok(())
    }

    /// One clause; after the last, control goes to `finish`.
    fn except_star_clause(&mut self, clause: &'a ExceptHandler<'a>, finish: Option<Label>) -> Result<()> {
        let loc = clause.loc;
        let name: Option<Sym> = clause.name.map(|name| self.intern(name));
        let handled = self.label();
        let raised = self.label();
        let no_match = self.label();
        let cleanup = self.label();
        if let Some(type_) = clause.type_ {
            self.expr(type_)?;
            self.op(loc, op::CHECK_EG_MATCH);
            self.op_arg(loc, op::COPY, 1);
            self.jump(loc, op::POP_JUMP_IF_NONE, no_match);
        }
        match name {
            Some(name) => self.store(loc, name)?,
            None => self.op(loc, op::POP_TOP),
        }
        self.jump(loc, op::SETUP_CLEANUP, cleanup);
        self.push_block(loc, FrameBlockKind::HandlerCleanup(name), None, None)?;
        self.stmts(clause.body)?;
        self.pop_block();
        self.op(NO_LOCATION, op::POP_BLOCK);
        if let Some(name) = name {
            self.unbind(NO_LOCATION, name)?;
        }
        self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, handled);

        // The body raised: keep the exception for later.
        self.place(cleanup);
        if let Some(name) = name {
            self.unbind(NO_LOCATION, name)?;
        }
        self.op_arg(NO_LOCATION, op::LIST_APPEND, 3);
        self.op(NO_LOCATION, op::POP_TOP);
        self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, raised);

        self.place(handled);
        // Carries the location over to here.
        self.op(NO_LOCATION, op::NOP);
        self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, raised);

        self.place(no_match);
        self.op(loc, op::POP_TOP);

        self.place(raised);
        if let Some(finish) = finish {
            // What nobody took is raised again (`None` if there is nothing).
            self.op_arg(NO_LOCATION, op::LIST_APPEND, 1);
            self.jump(NO_LOCATION, op::JUMP_NO_INTERRUPT, finish);
        }
        Ok(())
    }
}
