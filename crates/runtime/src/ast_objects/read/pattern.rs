//! Patterns and type parameters of trees that Python code made.

use super::super::table::Position;
use super::{Node, Reader};
use crate::prelude::*;
use syntax::ast::*;

impl<'py, 'a> Reader<'py, 'a> {
    fn pattern(&self, o: &PyObject) -> PyResult<Pattern<'a>> {
        self.enter("pattern")?;
        let loc = self.node(o, "pattern").loc("pattern", Position::Whole)?;
        let n = self.node(o, self.constructor(o, "pattern")?);
        let kind = match n.name {
            "MatchValue" => PatternKind::MatchValue { value: n.expr("value")? },
            "MatchSingleton" => PatternKind::MatchSingleton { value: n.constant("value")? },
            "MatchSequence" => PatternKind::MatchSequence { patterns: n.patterns("patterns")? },
            "MatchMapping" => PatternKind::MatchMapping {
                keys: n.exprs("keys")?,
                patterns: n.patterns("patterns")?,
                rest: n.optional("rest", |r, o| r.identifier(o))?,
            },
            "MatchClass" => PatternKind::MatchClass {
                cls: n.expr("cls")?,
                patterns: n.patterns("patterns")?,
                kwd_attrs: n.identifiers("kwd_attrs")?,
                kwd_patterns: n.patterns("kwd_patterns")?,
            },
            "MatchStar" => PatternKind::MatchStar { name: n.optional("name", |r, o| r.identifier(o))? },
            "MatchAs" => PatternKind::MatchAs {
                pattern: n.optional("pattern", |r, o| r.pattern(o).map(|p| &*r.arena.alloc(p)))?,
                name: n.optional("name", |r, o| r.identifier(o))?,
            },
            "MatchOr" => PatternKind::MatchOr { patterns: n.patterns("patterns")? },
            other => return Err(system_error(self.py, format!("no pattern {other}"))),
        };
        Ok(Pattern { loc, kind })
    }

    /// The cases of a `match`.
    pub(super) fn cases(&self, n: &Node<'_, 'py, 'a>) -> PyResult<Seq<'a, MatchCase<'a>>> {
        n.list("cases", |r, o| {
            let n = r.node(o, "match_case");
            Ok(MatchCase {
                pattern: n.required("pattern", |r, o| r.pattern(o).map(|p| &*r.arena.alloc(p)))?,
                guard: n.optional_expr("guard")?,
                body: n.body("body")?,
            })
        })
    }

    fn type_param(&self, o: &PyObject) -> PyResult<TypeParam<'a>> {
        self.enter("type_param")?;
        let loc = self.node(o, "type_param").loc("type_param", Position::Whole)?;
        let n = self.node(o, self.constructor(o, "type_param")?);
        let name = n.identifier("name")?;
        let bound = if n.name == "TypeVar" { n.optional_expr("bound")? } else { None };
        let default_value = n.optional_expr("default_value")?;
        let kind = match n.name {
            "TypeVar" => TypeParamKind::TypeVar { name, bound, default_value },
            "ParamSpec" => TypeParamKind::ParamSpec { name, default_value },
            _ => TypeParamKind::TypeVarTuple { name, default_value },
        };
        Ok(TypeParam { loc, kind })
    }
}

impl<'a> Node<'_, '_, 'a> {
    fn patterns(&self, field: &'static str) -> PyResult<Seq<'a, Pattern<'a>>> {
        self.full_list(field, "pattern", |r, o| r.pattern(o))
    }

    pub(super) fn type_params(&self) -> PyResult<Seq<'a, TypeParam<'a>>> {
        self.full_list("type_params", "type parameter", |r, o| r.type_param(o))
    }
}
