//! Statements of trees that Python code made.

use super::super::table::Position;
use super::{Node, Reader};
use crate::prelude::*;
use syntax::ast::*;

impl<'py, 'a> Reader<'py, 'a> {
    /// Reads a statement, which is not `None`.
    pub(super) fn stmt(&self, o: &PyObject) -> PyResult<Stmt<'a>> {
        self.enter("stmt")?;
        let loc = self.node(o, "stmt").loc("stmt", Position::OptionalEnd)?;
        let n = self.node(o, self.constructor(o, "stmt")?);
        Ok(Stmt { loc, kind: self.stmt_kind(&n)? })
    }

    fn stmt_kind(&self, n: &Node<'_, 'py, 'a>) -> PyResult<StmtKind<'a>> {
        Ok(match n.name {
            "FunctionDef" => StmtKind::FunctionDef(self.function(n)?),
            "AsyncFunctionDef" => StmtKind::AsyncFunctionDef(self.function(n)?),
            "ClassDef" => {
                let class = ClassDef {
                    name: n.identifier("name")?,
                    bases: n.exprs("bases")?,
                    keywords: self.keywords(n)?,
                    body: n.body("body")?,
                    decorator_list: n.exprs("decorator_list")?,
                    type_params: n.type_params()?,
                };
                StmtKind::ClassDef(self.arena.alloc(class))
            }
            "Return" => StmtKind::Return { value: n.optional_expr("value")? },
            "Delete" => StmtKind::Delete { targets: n.exprs("targets")? },
            "Assign" => StmtKind::Assign {
                targets: n.exprs("targets")?,
                value: n.expr("value")?,
                type_comment: n.type_comment()?,
            },
            "TypeAlias" => StmtKind::TypeAlias {
                name: n.expr("name")?,
                type_params: n.type_params()?,
                value: n.expr("value")?,
            },
            "AugAssign" => StmtKind::AugAssign {
                target: n.expr("target")?,
                op: n.simple("op", |r, o| r.operator(o))?,
                value: n.expr("value")?,
            },
            "AnnAssign" => StmtKind::AnnAssign {
                target: n.expr("target")?,
                annotation: n.expr("annotation")?,
                value: n.optional_expr("value")?,
                simple: n.int("simple")?,
            },
            "For" => StmtKind::For(self.for_(n)?),
            "AsyncFor" => StmtKind::AsyncFor(self.for_(n)?),
            "While" => {
                StmtKind::While { test: n.expr("test")?, body: n.body("body")?, orelse: n.body("orelse")? }
            }
            "If" => StmtKind::If { test: n.expr("test")?, body: n.body("body")?, orelse: n.body("orelse")? },
            "With" => StmtKind::With(self.with(n)?),
            "AsyncWith" => StmtKind::AsyncWith(self.with(n)?),
            "Match" => StmtKind::Match { subject: n.expr("subject")?, cases: self.cases(n)? },
            "Raise" => StmtKind::Raise { exc: n.optional_expr("exc")?, cause: n.optional_expr("cause")? },
            "Try" => StmtKind::Try(self.try_(n)?),
            "TryStar" => StmtKind::TryStar(self.try_(n)?),
            "Assert" => StmtKind::Assert { test: n.expr("test")?, msg: n.optional_expr("msg")? },
            "Import" => StmtKind::Import { names: self.aliases(n)? },
            "ImportFrom" => StmtKind::ImportFrom {
                module: n.optional("module", |r, o| r.identifier(o))?,
                names: self.aliases(n)?,
                level: Some(n.optional("level", |r, o| r.int_of(o))?.unwrap_or(0)),
            },
            "Global" => StmtKind::Global { names: n.identifiers("names")? },
            "Nonlocal" => StmtKind::Nonlocal { names: n.identifiers("names")? },
            "Expr" => StmtKind::Expr { value: n.expr("value")? },
            "Pass" => StmtKind::Pass,
            "Break" => StmtKind::Break,
            "Continue" => StmtKind::Continue,
            other => return Err(system_error(self.py, format!("no statement {other}"))),
        })
    }

    fn function(&self, n: &Node<'_, 'py, 'a>) -> PyResult<&'a FunctionDef<'a>> {
        let def = FunctionDef {
            name: n.identifier("name")?,
            args: self.arguments_of(n)?,
            body: n.body("body")?,
            decorator_list: n.exprs("decorator_list")?,
            returns: n.optional_expr("returns")?,
            type_comment: n.type_comment()?,
            type_params: n.type_params()?,
        };
        Ok(self.arena.alloc(def))
    }

    fn for_(&self, n: &Node<'_, 'py, 'a>) -> PyResult<&'a For<'a>> {
        let node = For {
            target: n.expr("target")?,
            iter: n.expr("iter")?,
            body: n.body("body")?,
            orelse: n.body("orelse")?,
            type_comment: n.type_comment()?,
        };
        Ok(self.arena.alloc(node))
    }

    fn with(&self, n: &Node<'_, 'py, 'a>) -> PyResult<&'a With<'a>> {
        let items = n.list("items", |r, o| {
            let n = r.node(o, "withitem");
            Ok(WithItem {
                context_expr: n.expr("context_expr")?,
                optional_vars: n.optional_expr("optional_vars")?,
            })
        })?;
        Ok(self.arena.alloc(With { items, body: n.body("body")?, type_comment: n.type_comment()? }))
    }

    fn try_(&self, n: &Node<'_, 'py, 'a>) -> PyResult<&'a Try<'a>> {
        let node = Try {
            body: n.body("body")?,
            handlers: n.full_list("handlers", "exception handler", |r, o| r.handler(o))?,
            orelse: n.body("orelse")?,
            finalbody: n.body("finalbody")?,
        };
        Ok(self.arena.alloc(node))
    }

    fn handler(&self, o: &PyObject) -> PyResult<ExceptHandler<'a>> {
        let loc = self.node(o, "excepthandler").loc("excepthandler", Position::OptionalEnd)?;
        let n = self.node(o, self.constructor(o, "excepthandler")?);
        Ok(ExceptHandler {
            loc,
            type_: n.optional_expr("type")?,
            name: n.optional("name", |r, o| r.identifier(o))?,
            body: n.body("body")?,
        })
    }

    fn aliases(&self, n: &Node<'_, 'py, 'a>) -> PyResult<Seq<'a, Alias<'a>>> {
        n.list("names", |r, o| {
            let n = r.node(o, "alias");
            let name = n.identifier("name")?;
            let asname = n.optional("asname", |r, o| r.identifier(o))?;
            Ok(Alias { loc: n.loc("alias", Position::OptionalEnd)?, name, asname })
        })
    }
}

impl<'a> Node<'_, '_, 'a> {
    fn type_comment(&self) -> PyResult<Option<&'a str>> {
        self.optional("type_comment", |r, o| r.string(o))
    }
}
