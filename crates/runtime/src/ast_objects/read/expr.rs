//! Expressions of trees that Python code made.

use super::super::table::Position;
use super::{Node, Reader};
use crate::prelude::*;
use syntax::ast::*;

impl<'py, 'a> Reader<'py, 'a> {
    /// Reads an expression, which is not `None`.
    pub(super) fn expr(&self, o: &PyObject) -> PyResult<Expr<'a>> {
        self.enter("expr")?;
        let loc = self.node(o, "expr").loc("expr", Position::OptionalEnd)?;
        let n = self.node(o, self.constructor(o, "expr")?);
        Ok(Expr { loc, kind: self.expr_kind(&n)? })
    }

    fn expr_kind(&self, n: &Node<'_, 'py, 'a>) -> PyResult<ExprKind<'a>> {
        Ok(match n.name {
            "BoolOp" => {
                ExprKind::BoolOp { op: n.simple("op", |r, o| r.bool_op(o))?, values: n.exprs("values")? }
            }
            "NamedExpr" => ExprKind::NamedExpr { target: n.expr("target")?, value: n.expr("value")? },
            "BinOp" => ExprKind::BinOp {
                left: n.expr("left")?,
                op: n.simple("op", |r, o| r.operator(o))?,
                right: n.expr("right")?,
            },
            "UnaryOp" => {
                ExprKind::UnaryOp { op: n.simple("op", |r, o| r.unary_op(o))?, operand: n.expr("operand")? }
            }
            "Lambda" => ExprKind::Lambda { args: self.arguments_of(n)?, body: n.expr("body")? },
            "IfExp" => {
                ExprKind::IfExp { test: n.expr("test")?, body: n.expr("body")?, orelse: n.expr("orelse")? }
            }
            "Dict" => ExprKind::Dict { keys: n.sparse_exprs("keys")?, values: n.exprs("values")? },
            "Set" => ExprKind::Set { elts: n.exprs("elts")? },
            "ListComp" => ExprKind::ListComp { elt: n.expr("elt")?, generators: self.generators(n)? },
            "SetComp" => ExprKind::SetComp { elt: n.expr("elt")?, generators: self.generators(n)? },
            "DictComp" => ExprKind::DictComp {
                key: n.expr("key")?,
                value: n.expr("value")?,
                generators: self.generators(n)?,
            },
            "GeneratorExp" => ExprKind::GeneratorExp { elt: n.expr("elt")?, generators: self.generators(n)? },
            "Await" => ExprKind::Await { value: n.expr("value")? },
            "Yield" => ExprKind::Yield { value: n.optional_expr("value")? },
            "YieldFrom" => ExprKind::YieldFrom { value: n.expr("value")? },
            "Compare" => ExprKind::Compare {
                left: n.expr("left")?,
                ops: n.list("ops", |r, o| r.comparison(o))?,
                comparators: n.exprs("comparators")?,
            },
            "Call" => {
                let (func, args) = (n.expr("func")?, n.exprs("args")?);
                ExprKind::Call { func, args, keywords: self.keywords(n)? }
            }
            "FormattedValue" => ExprKind::FormattedValue {
                value: n.expr("value")?,
                conversion: n.int("conversion")?,
                format_spec: n.optional_expr("format_spec")?,
            },
            "Interpolation" => ExprKind::Interpolation {
                value: n.expr("value")?,
                str: n.constant("str")?,
                conversion: n.int("conversion")?,
                format_spec: n.optional_expr("format_spec")?,
            },
            "JoinedStr" => ExprKind::JoinedStr { values: n.exprs("values")? },
            "TemplateStr" => ExprKind::TemplateStr { values: n.exprs("values")? },
            "Constant" => ExprKind::Constant {
                value: n.constant("value")?,
                kind: n.optional("kind", |r, o| r.string(o))?,
            },
            "Attribute" => ExprKind::Attribute {
                value: n.expr("value")?,
                attr: n.identifier("attr")?,
                ctx: n.simple("ctx", |r, o| r.context(o))?,
            },
            "Subscript" => ExprKind::Subscript {
                value: n.expr("value")?,
                slice: n.expr("slice")?,
                ctx: n.simple("ctx", |r, o| r.context(o))?,
            },
            "Starred" => {
                ExprKind::Starred { value: n.expr("value")?, ctx: n.simple("ctx", |r, o| r.context(o))? }
            }
            "Name" => ExprKind::Name { id: n.identifier("id")?, ctx: n.simple("ctx", |r, o| r.context(o))? },
            "List" => ExprKind::List { elts: n.exprs("elts")?, ctx: n.simple("ctx", |r, o| r.context(o))? },
            "Tuple" => ExprKind::Tuple { elts: n.exprs("elts")?, ctx: n.simple("ctx", |r, o| r.context(o))? },
            "Slice" => ExprKind::Slice {
                lower: n.optional_expr("lower")?,
                upper: n.optional_expr("upper")?,
                step: n.optional_expr("step")?,
            },
            other => return Err(system_error(self.py, format!("no expression {other}"))),
        })
    }

    fn generators(&self, n: &Node<'_, 'py, 'a>) -> PyResult<Seq<'a, Comprehension<'a>>> {
        n.list("generators", |r, o| {
            let n = r.node(o, "comprehension");
            Ok(Comprehension {
                target: n.expr("target")?,
                iter: n.expr("iter")?,
                ifs: n.exprs("ifs")?,
                is_async: n.int("is_async")? != 0,
            })
        })
    }

    /// The keyword arguments of a call or a class.
    pub(super) fn keywords(&self, n: &Node<'_, 'py, 'a>) -> PyResult<Seq<'a, Keyword<'a>>> {
        n.list("keywords", |r, o| {
            let n = r.node(o, "keyword");
            let arg = n.optional("arg", |r, o| r.identifier(o))?;
            let value = n.expr("value")?;
            Ok(Keyword { loc: n.loc("keyword", Position::OptionalEnd)?, arg, value })
        })
    }

    /// The field `args` of a function.
    pub(super) fn arguments_of(&self, n: &Node<'_, 'py, 'a>) -> PyResult<&'a Arguments<'a>> {
        // Not a sum: any object will do that has the attributes.
        let o = n.field("args")?;
        let n = self.node(&o, "arguments");
        let read = Arguments {
            posonlyargs: n.list("posonlyargs", |r, o| r.arg(o))?,
            args: n.list("args", |r, o| r.arg(o))?,
            vararg: n.optional("vararg", |r, o| r.arg(o).map(|a| &*r.arena.alloc(a)))?,
            kwonlyargs: n.list("kwonlyargs", |r, o| r.arg(o))?,
            kw_defaults: n.sparse_exprs("kw_defaults")?,
            kwarg: n.optional("kwarg", |r, o| r.arg(o).map(|a| &*r.arena.alloc(a)))?,
            defaults: n.exprs("defaults")?,
        };
        Ok(self.arena.alloc(read))
    }

    fn arg(&self, o: &PyObject) -> PyResult<Arg<'a>> {
        let n = self.node(o, "arg");
        let arg = n.identifier("arg")?;
        let annotation = n.optional_expr("annotation")?;
        let type_comment = n.optional("type_comment", |r, o| r.string(o))?;
        Ok(Arg { loc: n.loc("arg", Position::OptionalEnd)?, arg, annotation, type_comment })
    }
}
