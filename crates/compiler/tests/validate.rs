//! Validation of trees no parser makes.

use compiler::{ErrorKind, validate};
use syntax::ast::{
    BoolOp, Constant, Expr, ExprContext, ExprKind, Loc, MatchCase, Mod, Pattern, PatternKind, Stmt, StmtKind,
    Try,
};

const LOC: Loc = Loc { line: 1, col: 0, end_line: 1, end_col: 1 };

fn expr(kind: ExprKind<'_>) -> Expr<'_> {
    Expr { loc: LOC, kind }
}

fn name(id: &str, ctx: ExprContext) -> Expr<'_> {
    expr(ExprKind::Name { id, ctx })
}

#[track_caller]
fn refused(kind: StmtKind<'_>, error: ErrorKind, message: &str) {
    let body = [Stmt { loc: LOC, kind }];
    let result = validate(&Mod::Module { body: &body, type_ignores: &[] });
    let failure = result.expect_err("the tree means nothing");
    assert_eq!((failure.kind, failure.message.as_str()), (error, message));
}

#[track_caller]
fn refused_expr(kind: ExprKind<'_>, error: ErrorKind, message: &str) {
    refused(StmtKind::Expr { value: &expr(kind) }, error, message);
}

#[track_caller]
fn refused_pattern(kind: PatternKind<'_>, message: &str) {
    let pattern = Pattern { loc: LOC, kind };
    let pass = [Stmt { loc: LOC, kind: StmtKind::Pass }];
    let cases = [MatchCase { pattern: &pattern, guard: None, body: &pass }];
    let subject = name("a", ExprContext::Load);
    refused(StmtKind::Match { subject: &subject, cases: &cases }, ErrorKind::ValueError, message);
}

#[test]
fn statements() {
    use ErrorKind::{TypeError, ValueError};
    refused(StmtKind::Delete { targets: &[] }, ValueError, "empty targets on Delete");
    refused(StmtKind::Import { names: &[] }, ValueError, "empty names on Import");
    refused(StmtKind::Global { names: &[] }, ValueError, "empty names on Global");
    let load = name("a", ExprContext::Load);
    refused(
        StmtKind::Assign { targets: &[load], value: &load, type_comment: None },
        ValueError,
        "expression must have Store context but has Load instead",
    );
    refused(
        StmtKind::Raise { exc: None, cause: Some(&load) },
        ValueError,
        "Raise with cause but no exception",
    );
    refused(StmtKind::While { test: &load, body: &[], orelse: &[] }, ValueError, "empty body on While");
    refused(
        StmtKind::AnnAssign { target: &load, annotation: &load, value: None, simple: 1 },
        ValueError,
        "expression must have Store context but has Load instead",
    );
    let constant = expr(ExprKind::Constant { value: Constant::None, kind: None });
    refused(
        StmtKind::AnnAssign { target: &constant, annotation: &load, value: None, simple: 1 },
        TypeError,
        "AnnAssign with simple non-Name target",
    );
    refused(
        StmtKind::TypeAlias { name: &constant, type_params: &[], value: &load },
        TypeError,
        "TypeAlias with non-Name name",
    );
    let pass = [Stmt { loc: LOC, kind: StmtKind::Pass }];
    let node = Try { body: &pass, handlers: &[], orelse: &[], finalbody: &[] };
    refused(StmtKind::TryStar(&node), ValueError, "TryStar has neither except handlers nor finalbody");
}

#[test]
fn expressions() {
    use ErrorKind::{TypeError, ValueError};
    let load = name("a", ExprContext::Load);
    refused_expr(
        ExprKind::BoolOp { op: BoolOp::And, values: &[load] },
        ValueError,
        "BoolOp with less than 2 values",
    );
    refused_expr(
        ExprKind::Name { id: "None", ctx: ExprContext::Load },
        ValueError,
        "identifier field can't represent 'None' constant",
    );
    refused_expr(
        ExprKind::ListComp { elt: &load, generators: &[] },
        ValueError,
        "comprehension with no generators",
    );
    refused_expr(
        ExprKind::Compare { left: &load, ops: &[], comparators: &[] },
        ValueError,
        "Compare with no comparators",
    );
    refused_expr(
        ExprKind::Dict { keys: &[None], values: &[] },
        ValueError,
        "Dict doesn't have the same number of keys as values",
    );
    let attribute = expr(ExprKind::Attribute { value: &load, attr: "b", ctx: ExprContext::Store });
    refused_expr(
        ExprKind::NamedExpr { target: &attribute, value: &load },
        TypeError,
        "NamedExpr target must be a Name",
    );
}

#[test]
fn positions() {
    for (loc, message) in [
        (Loc { line: 2, ..LOC }, "AST node line range (2, 1) is not valid"),
        (Loc { col: -1, ..LOC }, "AST node column range (-1, 1) for line range (1, 1) is not valid"),
        (Loc { col: 5, ..LOC }, "line 1, column 5-1 is not a valid range"),
    ] {
        let body = Expr { loc, kind: ExprKind::Constant { value: Constant::None, kind: None } };
        let failure = validate(&Mod::Expression { body: &body }).expect_err("the place is impossible");
        assert_eq!(failure.message, message);
    }
}

#[test]
fn patterns() {
    refused_pattern(
        PatternKind::MatchSingleton { value: Constant::Ellipsis },
        "MatchSingleton can only contain True, False and None",
    );
    refused_pattern(PatternKind::MatchStar { name: None }, "can't use MatchStar here");
    refused_pattern(
        PatternKind::MatchAs { pattern: None, name: Some("_") },
        "can't capture name '_' in patterns",
    );
    refused_pattern(PatternKind::MatchOr { patterns: &[] }, "MatchOr requires at least 2 patterns");
    let value = expr(ExprKind::Constant { value: Constant::True, kind: None });
    refused_pattern(
        PatternKind::MatchValue { value: &value },
        "unexpected constant inside of a literal pattern",
    );
}

#[test]
fn deep_trees() {
    let arena = syntax::Bump::new();
    let mut tree: &Expr<'_> = arena.alloc(name("a", ExprContext::Load));
    for _ in 0..200_000 {
        tree = arena.alloc(expr(ExprKind::Attribute { value: tree, attr: "b", ctx: ExprContext::Load }));
    }
    let tree = Mod::Expression { body: tree };
    let failure = validate(&tree).expect_err("the tree is too deep");
    assert_eq!(failure.kind, ErrorKind::RecursionError);
    let options = compiler::CompileOptions::new("deep");
    let failure = compiler::compile(&arena, &tree, &options).expect_err("the tree is too deep");
    assert_eq!(failure.kind, ErrorKind::RecursionError);
    let failure = compiler::symtable(&arena, &tree, &options).expect_err("the tree is too deep");
    assert_eq!(failure.kind, ErrorKind::RecursionError);
}

#[test]
fn wild_positions() {
    let places = [i32::MAX, i32::MIN, 0, -1, -2, 1, i32::MAX - 1, i32::MIN + 1];
    for line in places {
        for col in places {
            let loc = Loc { line, col, end_line: line, end_col: col };
            let value = Expr { loc, kind: ExprKind::Name { id: "a", ctx: ExprContext::Load } };
            let attribute =
                Expr { loc, kind: ExprKind::Attribute { value: &value, attr: "b", ctx: ExprContext::Load } };
            let body: Vec<Stmt<'_>> = (0..3)
                .map(|i| Stmt {
                    loc: if i == 1 { LOC } else { loc },
                    kind: StmtKind::Expr { value: &attribute },
                })
                .collect();
            // Whatever comes of it, it comes without a panic.
            let tree = Mod::Module { body: &body, type_ignores: &[] };
            let _ = compiler::compile(&syntax::Bump::new(), &tree, &compiler::CompileOptions::new("wild"));
        }
    }
}
