//! Expressions as source text, for annotations under `from __future__ import annotations`, and constants as
//! `repr` shows them, for messages.
//!
//! Texts are WTF-8 byte strings, as constants are.

use syntax::ast::{
    Arg, Arguments, BoolOp, CmpOp, Comprehension, Constant, Expr, ExprKind, Keyword, Operator, UnaryOp,
};

use crate::error::{CompileError, ErrorKind, Result, StackGuard};
use crate::repr;

pub(crate) use crate::repr::repr_str;

/// How tightly an expression binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
enum Level {
    Tuple,
    Test,
    Or,
    And,
    Not,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Arith,
    Term,
    Factor,
    Power,
    Await,
    Atom,
}

use Level::*;

impl Level {
    /// The next tighter one.
    fn tighter(self) -> Level {
        const ALL: [Level; 16] = [
            Tuple, Test, Or, And, Not, Compare, BitOr, BitXor, BitAnd, Shift, Arith, Term, Factor, Power,
            Await, Atom,
        ];
        ALL.get(self as usize + 1).copied().unwrap_or(Atom)
    }
}

/// The source text of an expression.
pub(crate) fn expression(expr: &Expr<'_>, guard: StackGuard) -> Result<Vec<u8>> {
    let mut writer = Writer { out: Vec::new(), guard };
    writer.expr(expr, Test)?;
    Ok(writer.out)
}

/// A constant as `repr` shows it.
pub(crate) fn repr_constant(value: &Constant<'_>, guard: StackGuard) -> Result<Vec<u8>> {
    let mut writer = Writer { out: Vec::new(), guard };
    writer.plain_repr(value)?;
    Ok(writer.out)
}

struct Writer {
    out: Vec<u8>,
    guard: StackGuard,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn parens(&mut self, needed: bool, inner: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        if needed {
            self.text("(");
        }
        inner(self)?;
        if needed {
            self.text(")");
        }
        Ok(())
    }

    fn list(&mut self, exprs: &[Expr<'_>], level: Level) -> Result<()> {
        for (index, expr) in exprs.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            self.expr(expr, level)?;
        }
        Ok(())
    }

    fn expr(&mut self, expr: &Expr<'_>, level: Level) -> Result<()> {
        self.guard.check()?;
        match expr.kind {
            ExprKind::BoolOp { op, values } => {
                let (word, own) = match op {
                    BoolOp::And => (" and ", And),
                    BoolOp::Or => (" or ", Or),
                };
                self.parens(level > own, |this| {
                    for (index, value) in values.iter().enumerate() {
                        if index > 0 {
                            this.text(word);
                        }
                        this.expr(value, own.tighter())?;
                    }
                    Ok(())
                })
            }
            ExprKind::BinOp { left, op, right } => {
                let (word, own) = binary(op);
                let right_assoc = op == Operator::Pow;
                self.parens(level > own, |this| {
                    this.expr(left, if right_assoc { own.tighter() } else { own })?;
                    this.text(word);
                    this.expr(right, if right_assoc { own } else { own.tighter() })
                })
            }
            ExprKind::UnaryOp { op, operand } => {
                let (word, own) = match op {
                    UnaryOp::Invert => ("~", Factor),
                    UnaryOp::Not => ("not ", Not),
                    UnaryOp::UAdd => ("+", Factor),
                    UnaryOp::USub => ("-", Factor),
                };
                self.parens(level > own, |this| {
                    this.text(word);
                    this.expr(operand, own)
                })
            }
            ExprKind::Lambda { args, body } => self.parens(level > Test, |this| {
                let positional = args.args.len() + args.posonlyargs.len();
                this.text(if positional > 0 { "lambda " } else { "lambda" });
                this.arguments(args)?;
                this.text(": ");
                this.expr(body, Test)
            }),
            ExprKind::IfExp { test, body, orelse } => self.parens(level > Test, |this| {
                this.expr(body, Or)?;
                this.text(" if ");
                this.expr(test, Or)?;
                this.text(" else ");
                this.expr(orelse, Test)
            }),
            ExprKind::Dict { keys, values } => self.dict(keys, values),
            ExprKind::Set { elts } => {
                self.text("{");
                self.list(elts, Test)?;
                self.text("}");
                Ok(())
            }
            ExprKind::GeneratorExp { elt, generators } => self.comprehension("(", elt, None, generators, ")"),
            ExprKind::ListComp { elt, generators } => self.comprehension("[", elt, None, generators, "]"),
            ExprKind::SetComp { elt, generators } => self.comprehension("{", elt, None, generators, "}"),
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension("{", key, Some(value), generators, "}")
            }
            ExprKind::Yield { value } => {
                self.text("(yield");
                if let Some(value) = value {
                    self.text(" ");
                    self.expr(value, Test)?;
                }
                self.text(")");
                Ok(())
            }
            ExprKind::YieldFrom { value } => {
                self.text("(yield from ");
                self.expr(value, Test)?;
                self.text(")");
                Ok(())
            }
            ExprKind::Await { value } => self.parens(level > Await, |this| {
                this.text("await ");
                this.expr(value, Atom)
            }),
            ExprKind::Compare { left, ops, comparators } => self.parens(level > Compare, |this| {
                this.expr(left, Compare.tighter())?;
                for (op, comparator) in ops.iter().zip(comparators) {
                    this.text(comparison(*op));
                    this.expr(comparator, Compare.tighter())?;
                }
                Ok(())
            }),
            ExprKind::Call { func, args, keywords } => self.call(func, args, keywords),
            ExprKind::Constant { value: Constant::Ellipsis, .. } => {
                self.text("...");
                Ok(())
            }
            ExprKind::Constant { value, kind } => {
                self.text(kind.unwrap_or(""));
                self.constant(&value)
            }
            ExprKind::JoinedStr { values } => self.joined_str(values, false),
            ExprKind::TemplateStr { values } => self.template_str(values),
            ExprKind::FormattedValue { .. } | ExprKind::Interpolation { .. } => self.replacement(expr),
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, Atom)?;
                // `1.real` would be a float.
                let int = matches!(value.kind, ExprKind::Constant { value: Constant::Int(_), .. });
                self.text(if int { " ." } else { "." });
                self.text(attr);
                Ok(())
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, Atom)?;
                self.text("[");
                self.expr(slice, Tuple)?;
                self.text("]");
                Ok(())
            }
            ExprKind::Starred { value, .. } => {
                self.text("*");
                self.expr(value, BitOr)
            }
            ExprKind::Slice { lower, upper, step } => {
                if let Some(lower) = lower {
                    self.expr(lower, Test)?;
                }
                self.text(":");
                if let Some(upper) = upper {
                    self.expr(upper, Test)?;
                }
                if let Some(step) = step {
                    self.text(":");
                    self.expr(step, Test)?;
                }
                Ok(())
            }
            ExprKind::Name { id, .. } => {
                self.text(id);
                Ok(())
            }
            ExprKind::List { elts, .. } => {
                self.text("[");
                self.list(elts, Test)?;
                self.text("]");
                Ok(())
            }
            ExprKind::Tuple { elts: [], .. } => {
                self.text("()");
                Ok(())
            }
            ExprKind::Tuple { elts, .. } => self.parens(level > Tuple, |this| {
                this.list(elts, Test)?;
                if elts.len() == 1 {
                    this.text(",");
                }
                Ok(())
            }),
            ExprKind::NamedExpr { target, value } => self.parens(level > Tuple, |this| {
                this.expr(target, Atom)?;
                this.text(" := ");
                this.expr(value, Atom)
            }),
        }
    }

    fn arguments(&mut self, args: &Arguments<'_>) -> Result<()> {
        let mut first = true;
        let mut separate = |this: &mut Self| {
            if !std::mem::replace(&mut first, false) {
                this.text(", ");
            }
        };
        let positional = args.posonlyargs.len() + args.args.len();
        for (index, arg) in args.posonlyargs.iter().chain(args.args).enumerate() {
            separate(self);
            self.argument(arg)?;
            let default = (index + args.defaults.len()).checked_sub(positional);
            if let Some(default) = default.and_then(|index| args.defaults.get(index)) {
                self.text("=");
                self.expr(default, Test)?;
            }
            if index + 1 == args.posonlyargs.len() {
                self.text(", /");
            }
        }
        if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
            separate(self);
            self.text("*");
            if let Some(vararg) = args.vararg {
                self.argument(vararg)?;
            }
        }
        for (arg, default) in args.kwonlyargs.iter().zip(args.kw_defaults) {
            separate(self);
            self.argument(arg)?;
            if let Some(default) = default {
                self.text("=");
                self.expr(default, Test)?;
            }
        }
        if let Some(kwarg) = args.kwarg {
            separate(self);
            self.text("**");
            self.argument(kwarg)?;
        }
        Ok(())
    }

    fn argument(&mut self, arg: &Arg<'_>) -> Result<()> {
        self.text(arg.arg);
        if let Some(annotation) = arg.annotation {
            self.text(": ");
            self.expr(annotation, Test)?;
        }
        Ok(())
    }

    fn dict(&mut self, keys: &[Option<Expr<'_>>], values: &[Expr<'_>]) -> Result<()> {
        self.text("{");
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            match keys.get(index).and_then(Option::as_ref) {
                Some(key) => {
                    self.expr(key, Test)?;
                    self.text(": ");
                    self.expr(value, Test)?;
                }
                None => {
                    self.text("**");
                    self.expr(value, BitOr)?;
                }
            }
        }
        self.text("}");
        Ok(())
    }

    fn comprehension(
        &mut self,
        open: &str,
        elt: &Expr<'_>,
        value: Option<&Expr<'_>>,
        generators: &[Comprehension<'_>],
        close: &str,
    ) -> Result<()> {
        self.text(open);
        self.expr(elt, Test)?;
        if let Some(value) = value {
            self.text(": ");
            self.expr(value, Test)?;
        }
        for generator in generators {
            self.text(if generator.is_async { " async for " } else { " for " });
            self.expr(generator.target, Tuple)?;
            self.text(" in ");
            self.expr(generator.iter, Or)?;
            for condition in generator.ifs {
                self.text(" if ");
                self.expr(condition, Or)?;
            }
        }
        self.text(close);
        Ok(())
    }

    fn call(&mut self, func: &Expr<'_>, args: &[Expr<'_>], keywords: &[Keyword<'_>]) -> Result<()> {
        self.expr(func, Atom)?;
        if let [only @ Expr { kind: ExprKind::GeneratorExp { .. }, .. }] = args
            && keywords.is_empty()
        {
            return self.expr(only, Test);
        }
        self.text("(");
        self.list(args, Test)?;
        for (index, keyword) in keywords.iter().enumerate() {
            if index > 0 || !args.is_empty() {
                self.text(", ");
            }
            match keyword.arg {
                Some(arg) => {
                    self.text(arg);
                    self.text("=");
                }
                None => self.text("**"),
            }
            self.expr(keyword.value, Test)?;
        }
        self.text(")");
        Ok(())
    }

    /// The inside of an f- or t-string.
    fn string_body(&mut self, values: &[Expr<'_>], in_spec: bool) -> Result<Vec<u8>> {
        let before = std::mem::take(&mut self.out);
        let result = values.iter().try_for_each(|value| self.string_element(value, in_spec));
        let body = std::mem::replace(&mut self.out, before);
        result.map(|()| body)
    }

    fn string_element(&mut self, value: &Expr<'_>, in_spec: bool) -> Result<()> {
        self.guard.check()?;
        match value.kind {
            ExprKind::Constant { value: Constant::Str(text), .. } => {
                for &byte in text {
                    self.out.push(byte);
                    if matches!(byte, b'{' | b'}') {
                        self.out.push(byte);
                    }
                }
                Ok(())
            }
            ExprKind::JoinedStr { values } => self.joined_str(values, in_spec),
            ExprKind::TemplateStr { values } => self.template_str(values),
            ExprKind::FormattedValue { .. } | ExprKind::Interpolation { .. } => self.replacement(value),
            _ => Err(CompileError::other(
                ErrorKind::SystemError,
                "unknown expression kind inside f-string or t-string",
            )),
        }
    }

    fn joined_str(&mut self, values: &[Expr<'_>], in_spec: bool) -> Result<()> {
        let body = self.string_body(values, in_spec)?;
        if in_spec {
            self.out.extend_from_slice(&body);
        } else {
            self.text("f");
            self.text(&repr_str(&body));
        }
        Ok(())
    }

    /// A t-string; f-strings it was concatenated with are split off.
    fn template_str(&mut self, values: &[Expr<'_>]) -> Result<()> {
        let is_formatted = |value: &Expr<'_>| matches!(value.kind, ExprKind::FormattedValue { .. });
        let mut rest = values;
        let mut first = true;
        while first || !rest.is_empty() {
            if !first {
                self.text(" ");
            }
            first = false;
            let formatted = rest.first().is_some_and(is_formatted);
            let count = if formatted { 1 } else { rest.iter().position(is_formatted).unwrap_or(rest.len()) };
            let (part, others) = rest.split_at(count);
            rest = others;
            let body = self.string_body(part, false)?;
            self.text(if formatted { "f" } else { "t" });
            self.text(&repr_str(&body));
        }
        Ok(())
    }

    /// `{value!r:spec}`
    fn replacement(&mut self, expr: &Expr<'_>) -> Result<()> {
        let (source, conversion, format_spec) = match expr.kind {
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let mut inner = Writer { out: Vec::new(), guard: self.guard };
                // Parentheses around a lambda, whose colon would start the format specification.
                inner.expr(value, Or)?;
                (inner.out, conversion, format_spec)
            }
            ExprKind::Interpolation { str: Constant::Str(text), conversion, format_spec, .. } => {
                (text.to_vec(), conversion, format_spec)
            }
            _ => return Err(CompileError::other(ErrorKind::SystemError, "unknown expression kind")),
        };
        self.text(if source.first() == Some(&b'{') { "{ " } else { "{" });
        self.out.extend_from_slice(&source);
        if conversion >= 0 {
            match u8::try_from(conversion) {
                Ok(letter @ (b'a' | b'r' | b's')) => self.out.extend_from_slice(&[b'!', letter]),
                _ => {
                    return Err(CompileError::other(
                        ErrorKind::SystemError,
                        "unknown f-value conversion kind",
                    ));
                }
            }
        }
        if let Some(spec) = format_spec {
            self.text(":");
            self.string_element(spec, true)?;
        }
        self.text("}");
        Ok(())
    }

    /// A constant as source: infinity is spelt as a number too large.
    fn constant(&mut self, value: &Constant<'_>) -> Result<()> {
        self.guard.check()?;
        match value {
            Constant::Tuple(items) => {
                self.text("(");
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.text(", ");
                    }
                    self.constant(item)?;
                }
                if items.len() == 1 {
                    self.text(",");
                }
                self.text(")");
                Ok(())
            }
            Constant::Float(float) if float.is_infinite() => {
                let text = repr::float(*float).replace("inf", "1e309");
                self.text(&text);
                Ok(())
            }
            Constant::Complex { real, imag } => {
                let text = repr::complex(*real, *imag).replace("inf", "1e309");
                self.text(&text);
                Ok(())
            }
            _ => self.plain_repr(value),
        }
    }

    fn plain_repr(&mut self, value: &Constant<'_>) -> Result<()> {
        self.guard.check()?;
        match value {
            Constant::None => self.text("None"),
            Constant::True => self.text("True"),
            Constant::False => self.text("False"),
            Constant::Ellipsis => self.text("Ellipsis"),
            Constant::Int(int) => match repr::int(int.negative, int.digits) {
                Some(text) => self.text(&text),
                None => {
                    return Err(CompileError::other(ErrorKind::ValueError, repr::TOO_MANY_DIGITS));
                }
            },
            Constant::Float(float) => self.text(&repr::float(*float)),
            Constant::Complex { real, imag } => self.text(&repr::complex(*real, *imag)),
            Constant::Str(text) => self.text(&repr_str(text)),
            Constant::Bytes(bytes) => self.text(&repr::bytes(bytes)),
            Constant::Tuple(items) => {
                self.text("(");
                self.repr_items(items)?;
                self.text(if items.len() == 1 { ",)" } else { ")" });
            }
            Constant::Invalid(ty) => self.text(ty),
            Constant::FrozenSet([]) => self.text("frozenset()"),
            Constant::FrozenSet(items) => {
                self.text("frozenset({");
                self.repr_items(items)?;
                self.text("})");
            }
        }
        Ok(())
    }

    fn repr_items(&mut self, items: &[Constant<'_>]) -> Result<()> {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.text(", ");
            }
            self.plain_repr(item)?;
        }
        Ok(())
    }
}

fn binary(op: Operator) -> (&'static str, Level) {
    match op {
        Operator::Add => (" + ", Arith),
        Operator::Sub => (" - ", Arith),
        Operator::Mult => (" * ", Term),
        Operator::MatMult => (" @ ", Term),
        Operator::Div => (" / ", Term),
        Operator::Mod => (" % ", Term),
        Operator::LShift => (" << ", Shift),
        Operator::RShift => (" >> ", Shift),
        Operator::BitOr => (" | ", BitOr),
        Operator::BitXor => (" ^ ", BitXor),
        Operator::BitAnd => (" & ", BitAnd),
        Operator::FloorDiv => (" // ", Term),
        Operator::Pow => (" ** ", Power),
    }
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}
