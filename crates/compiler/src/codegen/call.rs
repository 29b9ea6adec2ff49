//! Calls: of functions and methods, with keywords and unpacking, and the built-in calls compiled inline.

use bytecode::args::{common, intrinsic};
use bytecode::{Const, op};
use syntax::ast::{CmpOp, Expr, ExprContext, ExprKind, Keyword, Loc};

use super::assign::attribute_location;
use super::display::TUPLE;
use super::{Compiler, STACK_USE_GUIDELINE};
use crate::error::Result;
use crate::instr::{Label, NO_LOCATION};
use crate::names::Sym;
use crate::symtable::{BlockKey, DEF_IMPORT, SymbolTable};

impl<'a> Compiler<'_, 'a> {
    #[inline(never)]
    pub(super) fn call(
        &mut self,
        expr: &'a Expr<'a>,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
    ) -> Result<()> {
        self.validate_keywords(keywords)?;
        if self.method_call(expr, func, args, keywords)? {
            return Ok(());
        }
        let done = self.label();
        self.check_caller(func);
        self.expr(func)?;
        self.inline_call(func, args, keywords, done)?;
        self.op(func.loc, op::PUSH_NULL);
        self.call_args(expr.loc, 0, args, None, keywords)?;
        self.place(done);
        Ok(())
    }

    fn validate_keywords(&mut self, keywords: &'a [Keyword<'a>]) -> Result<()> {
        if keywords.len() < 2 {
            return Ok(());
        }
        let mut seen = crate::names::SymMap::<()>::default();
        let mut repeated: Option<Sym> = None;
        for keyword in keywords {
            if let Some(arg) = keyword.arg {
                let name = self.intern(arg);
                let before = seen.len();
                seen.index_of(name);
                if seen.len() == before {
                    repeated.get_or_insert(name);
                }
            }
        }
        if repeated.is_none() {
            return Ok(());
        }
        // The first keyword that has a successor of the same name is the one complained about.
        for (index, keyword) in keywords.iter().enumerate() {
            let Some(arg) = keyword.arg else { continue };
            if let Some(other) = keywords[index + 1..].iter().find(|other| other.arg == Some(arg)) {
                return Err(self.syntax_error(format!("keyword argument repeated: {arg}"), other.loc));
            }
        }
        Ok(())
    }

    /// Calls a method without making a bound method, if it looks like one; false if it does not.
    #[inline(never)]
    fn method_call(
        &mut self,
        expr: &'a Expr<'a>,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
    ) -> Result<bool> {
        let ExprKind::Attribute { value, attr, ctx: ExprContext::Load } = func.kind else { return Ok(false) };
        // A function of a module is no method.
        if let Some(id) = Self::name_of(value) {
            let name = self.intern(id);
            if self.table.block(SymbolTable::TOP).flags(name) & DEF_IMPORT != 0 {
                return Ok(false);
            }
        }
        if args.len() + keywords.len() + usize::from(!keywords.is_empty()) >= STACK_USE_GUIDELINE
            || args.iter().any(is_starred)
            || keywords.iter().any(|keyword| keyword.arg.is_none())
        {
            return Ok(false);
        }
        let name = self.intern(attr);
        let mut loc = func.loc;
        if let Some(two_args) = self.super_call(value, name)? {
            self.load_super_args(value)?;
            let index = self.name_index(name);
            self.op_arg(loc, op::LOAD_SUPER_ATTR, index << 2 | u32::from(two_args) << 1 | 1);
            loc = attribute_location(loc, func.loc, attr);
            self.op(loc, op::NOP);
        } else {
            self.expr(value)?;
            loc = attribute_location(loc, func.loc, attr);
            let index = self.name_index(name);
            self.op_arg(loc, op::LOAD_ATTR, index << 1 | 1);
        }
        self.exprs(args)?;
        let call_loc = attribute_location(expr.loc, func.loc, attr);
        if keywords.is_empty() {
            self.op_len(call_loc, op::CALL, args.len());
        } else {
            self.keyword_values(loc, keywords)?;
            self.op_len(call_loc, op::CALL_KW, args.len() + keywords.len());
        }
        Ok(true)
    }

    /// The values of keyword arguments, then the tuple of their names.
    fn keyword_values(&mut self, loc: Loc, keywords: &'a [Keyword<'a>]) -> Result<()> {
        for keyword in keywords {
            self.expr(keyword.value)?;
        }
        let names: Vec<Sym> = keywords.iter().map(|keyword| self.intern(keyword.arg.unwrap_or(""))).collect();
        self.load_name_tuple(loc, names);
        Ok(())
    }

    /// The arguments and the call itself. `pushed` arguments are on the stack already; the value of the name
    /// `injected` follows the positional ones.
    pub(super) fn call_args(
        &mut self,
        loc: Loc,
        pushed: usize,
        args: &'a [Expr<'a>],
        injected: Option<Sym>,
        keywords: &'a [Keyword<'a>],
    ) -> Result<()> {
        self.validate_keywords(keywords)?;
        if args.len() + keywords.len() * 2 > STACK_USE_GUIDELINE
            || args.iter().any(is_starred)
            || keywords.iter().any(|keyword| keyword.arg.is_none())
        {
            return self.call_unpacked(loc, pushed, args, injected, keywords);
        }
        self.exprs(args)?;
        let mut count = pushed + args.len();
        if let Some(name) = injected {
            self.load(loc, name)?;
            count += 1;
        }
        if keywords.is_empty() {
            self.op_len(loc, op::CALL, count);
        } else {
            self.keyword_values(loc, keywords)?;
            self.op_len(loc, op::CALL_KW, count + keywords.len());
        }
        Ok(())
    }

    /// The general form: one tuple, and one dict or nothing.
    fn call_unpacked(
        &mut self,
        loc: Loc,
        pushed: usize,
        args: &'a [Expr<'a>],
        injected: Option<Sym>,
        keywords: &'a [Keyword<'a>],
    ) -> Result<()> {
        match args {
            [Expr { kind: ExprKind::Starred { value, .. }, .. }] if pushed == 0 => self.expr(value)?,
            _ => self.collection(loc, args, injected, pushed, TUPLE)?,
        }
        let mut have_dict = false;
        // Keywords seen but not compiled yet.
        let mut pending = 0;
        for (index, keyword) in keywords.iter().enumerate() {
            if keyword.arg.is_some() {
                pending += 1;
                continue;
            }
            if pending > 0 {
                self.keyword_dict(loc, &keywords[index - pending..index], &mut have_dict)?;
                pending = 0;
            }
            if !have_dict {
                self.op_arg(loc, op::BUILD_MAP, 0);
                have_dict = true;
            }
            self.expr(keyword.value)?;
            self.op_arg(loc, op::DICT_MERGE, 1);
        }
        if pending > 0 {
            self.keyword_dict(loc, &keywords[keywords.len() - pending..], &mut have_dict)?;
        }
        if !have_dict {
            self.op(loc, op::PUSH_NULL);
        }
        self.op(loc, op::CALL_FUNCTION_EX);
        Ok(())
    }

    /// Builds a dict of keyword arguments and merges it into the one on the stack, if any.
    fn keyword_dict(&mut self, loc: Loc, keywords: &'a [Keyword<'a>], have_dict: &mut bool) -> Result<()> {
        let big = keywords.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_arg(NO_LOCATION, op::BUILD_MAP, 0);
        }
        for keyword in keywords {
            let name = self.intern(keyword.arg.unwrap_or(""));
            self.load_name_const(loc, name);
            self.expr(keyword.value)?;
            if big {
                self.op_arg(NO_LOCATION, op::MAP_ADD, 1);
            }
        }
        if !big {
            self.op_len(loc, op::BUILD_MAP, keywords.len());
        }
        if *have_dict {
            self.op_arg(loc, op::DICT_MERGE, 1);
        }
        *have_dict = true;
        Ok(())
    }

    /// `all`, `any` and `tuple` of a generator expression: a loop in place, for the case that the name still
    /// means the built-in function, which is on the stack.
    #[inline(never)]
    fn inline_call(
        &mut self,
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
        done: Label,
    ) -> Result<()> {
        let [generator @ Expr { kind: ExprKind::GeneratorExp { .. }, .. }] = args else { return Ok(()) };
        if !keywords.is_empty() {
            return Ok(());
        }
        // An asynchronous generator is no iterator.
        let block = self.table.lookup(BlockKey::node(generator))?;
        if self.table.block(block).coroutine {
            return Ok(());
        }
        // The common constant, and for `all` and `any` the truth of an item that lets the loop go on.
        let (constant, go_on) = match Self::name_of(func) {
            Some("all") => (common::BUILTIN_ALL, Some(true)),
            Some("any") => (common::BUILTIN_ANY, Some(false)),
            Some("tuple") => (common::BUILTIN_TUPLE, None),
            _ => return Ok(()),
        };
        let loc = func.loc;
        let skip = self.label();
        self.op_arg(loc, op::COPY, 1);
        self.op_arg(loc, op::LOAD_COMMON_CONSTANT, constant);
        self.compare_op(loc, CmpOp::Is);
        self.jump(loc, op::POP_JUMP_IF_FALSE, skip);
        self.op(loc, op::POP_TOP);
        if go_on.is_none() {
            self.op_arg(loc, op::BUILD_LIST, 0);
        }
        self.expr(generator)?;
        let next = self.label();
        let cleanup = self.label();
        self.place(next);
        self.jump(loc, op::FOR_ITER, cleanup);
        match go_on {
            None => {
                self.op_arg(loc, op::LIST_APPEND, 2);
                self.jump(loc, op::JUMP, next);
            }
            Some(truth) => {
                self.op(loc, op::TO_BOOL);
                self.jump(loc, if truth { op::POP_JUMP_IF_TRUE } else { op::POP_JUMP_IF_FALSE }, next);
            }
        }
        self.op(NO_LOCATION, op::POP_ITER);
        if let Some(truth) = go_on {
            self.load_const(loc, Const::Bool(!truth));
        }
        self.jump(loc, op::JUMP, done);

        self.place(cleanup);
        self.op(NO_LOCATION, op::END_FOR);
        self.op(NO_LOCATION, op::POP_ITER);
        match go_on {
            None => self.op_arg(loc, op::CALL_INTRINSIC_1, intrinsic::LIST_TO_TUPLE),
            Some(truth) => self.load_const(loc, Const::Bool(truth)),
        }
        self.jump(loc, op::JUMP, done);
        self.place(skip);
        Ok(())
    }
}

fn is_starred(expr: &Expr<'_>) -> bool {
    matches!(expr.kind, ExprKind::Starred { .. })
}
