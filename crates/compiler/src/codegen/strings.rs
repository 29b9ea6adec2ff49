//! f-strings and t-strings.

use bytecode::args::convert;
use bytecode::op;
use syntax::ast::{Constant, Expr, ExprKind, Loc};

use super::{Compiler, STACK_USE_GUIDELINE};
use crate::error::Result;
use crate::names::Sym;

impl<'a> Compiler<'_, 'a> {
    #[inline(never)]
    pub(super) fn joined_str(&mut self, values: &'a [Expr<'a>], loc: Loc) -> Result<()> {
        if values.len() > STACK_USE_GUIDELINE {
            self.load_name_const(loc, Sym::EMPTY);
            let index = self.name_index(Sym::JOIN);
            self.op_arg(loc, op::LOAD_ATTR, index << 1 | 1);
            self.op_arg(loc, op::BUILD_LIST, 0);
            for value in values {
                self.expr(value)?;
                self.op_arg(loc, op::LIST_APPEND, 1);
            }
            self.op_arg(loc, op::CALL, 1);
            return Ok(());
        }
        self.exprs(values)?;
        match values.len() {
            0 => self.load_name_const(loc, Sym::EMPTY),
            1 => {}
            count => self.op_len(loc, op::BUILD_STRING, count),
        }
        Ok(())
    }

    #[inline(never)]
    pub(super) fn formatted_value(
        &mut self,
        value: &'a Expr<'a>,
        conversion: i32,
        format_spec: Option<&'a Expr<'a>>,
        loc: Loc,
    ) -> Result<()> {
        self.expr(value)?;
        let conversion = self.conversion(conversion)?;
        if conversion != convert::NONE {
            self.op_arg(loc, op::CONVERT_VALUE, conversion);
        }
        match format_spec {
            Some(spec) => {
                self.expr(spec)?;
                self.op(loc, op::FORMAT_WITH_SPEC);
            }
            None => self.op(loc, op::FORMAT_SIMPLE),
        }
        Ok(())
    }

    fn conversion(&self, conversion: i32) -> Result<u32> {
        const STR: i32 = b's' as i32;
        const REPR: i32 = b'r' as i32;
        const ASCII: i32 = b'a' as i32;
        match conversion {
            -1 => Ok(convert::NONE),
            STR => Ok(convert::STR),
            REPR => Ok(convert::REPR),
            ASCII => Ok(convert::ASCII),
            other => Err(self.system_error(format!("Unrecognized conversion character {other}"))),
        }
    }

    /// The strings and the interpolations of a template go into one tuple each; strings stand before,
    /// between and after all interpolations.
    #[inline(never)]
    pub(super) fn template_str(&mut self, values: &'a [Expr<'a>], loc: Loc) -> Result<()> {
        let is_interpolation = |value: &Expr<'_>| matches!(value.kind, ExprKind::Interpolation { .. });
        let mut strings = 0;
        let mut after_interpolation = true;
        for value in values {
            if is_interpolation(value) {
                if after_interpolation {
                    self.load_name_const(loc, Sym::EMPTY);
                    strings += 1;
                }
                after_interpolation = true;
            } else {
                self.expr(value)?;
                strings += 1;
                after_interpolation = false;
            }
        }
        if after_interpolation {
            self.load_name_const(loc, Sym::EMPTY);
            strings += 1;
        }
        self.op_len(loc, op::BUILD_TUPLE, strings);
        let mut interpolations = 0;
        for value in values.iter().filter(|value| is_interpolation(value)) {
            self.expr(value)?;
            interpolations += 1;
        }
        self.op_len(loc, op::BUILD_TUPLE, interpolations);
        self.op(loc, op::BUILD_TEMPLATE);
        Ok(())
    }

    #[inline(never)]
    pub(super) fn interpolation(
        &mut self,
        value: &'a Expr<'a>,
        text: &Constant<'a>,
        conversion: i32,
        format_spec: Option<&'a Expr<'a>>,
        loc: Loc,
    ) -> Result<()> {
        /// Set in the operand for every interpolation, and the bit for a format specification.
        const BASE: u32 = 2;
        const HAS_SPEC: u32 = 1;
        self.expr(value)?;
        self.load_constant(loc, text)?;
        let mut arg = BASE;
        if let Some(spec) = format_spec {
            arg |= HAS_SPEC;
            self.expr(spec)?;
        }
        arg |= self.conversion(conversion)? << 2;
        self.op_arg(loc, op::BUILD_INTERPOLATION, arg);
        Ok(())
    }
}
