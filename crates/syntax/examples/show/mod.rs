//! The tree as text, in the form `dump_ast.py` prints it.

use std::fmt::Write;

use num_bigint::BigUint;
use syntax::ast::*;

type Shown = String;

pub fn body(module: &Mod<'_>) -> Vec<Shown> {
    match module {
        Mod::Module { body, .. } | Mod::Interactive { body } => body.iter().map(stmt).collect(),
        Mod::Expression { body } => vec![expr(body)],
        Mod::FunctionType { argtypes, returns } => vec![list(argtypes, expr), expr(returns)],
    }
}

fn node(name: &str, fields: &[(&str, Shown)], loc: Option<&Loc>) -> Shown {
    let mut text = format!("{name}(");
    let mut separator = "";
    for (field, value) in fields {
        let _ = write!(text, "{separator}{field}={value}");
        separator = ",";
    }
    if let Some(loc) = loc {
        let Loc { line, col, end_line, end_col } = loc;
        let _ = write!(
            text,
            "{separator}lineno={line},col_offset={col},end_lineno={end_line},end_col_offset={end_col}"
        );
    }
    text + ")"
}

fn list<T>(items: &[T], show: impl Fn(&T) -> Shown) -> Shown {
    format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(","))
}

fn none() -> Shown {
    "NoneType:None".to_owned()
}

fn opt<T>(item: Option<T>, show: impl Fn(T) -> Shown) -> Shown {
    item.map_or_else(none, show)
}

fn int(value: i32) -> Shown {
    format!("int:{value}")
}

fn text(value: &str) -> Shown {
    format!("str:{}", str_repr(value.as_bytes()))
}

fn op<T: std::fmt::Debug>(op: T) -> Shown {
    format!("{op:?}()")
}

/// `ascii()` of a string in WTF-8.
fn str_repr(bytes: &[u8]) -> String {
    let mut points = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let first = bytes[at];
        let (length, mut value) = match first {
            0..0x80 => (1, u32::from(first)),
            0x80..0xe0 => (2, u32::from(first & 0x1f)),
            0xe0..0xf0 => (3, u32::from(first & 0x0f)),
            _ => (4, u32::from(first & 0x07)),
        };
        for byte in &bytes[at + 1..at + length] {
            value = value << 6 | u32::from(byte & 0x3f);
        }
        points.push(value);
        at += length;
    }
    let has = |c: char| points.contains(&(c as u32));
    let quote = if has('\'') && !has('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for point in points {
        let _ = match point {
            0x0a => write!(out, "\\n"),
            0x0d => write!(out, "\\r"),
            0x09 => write!(out, "\\t"),
            0x5c => write!(out, "\\\\"),
            _ if point == quote as u32 => write!(out, "\\{quote}"),
            0x20..0x7f => write!(out, "{}", point as u8 as char),
            0..0x100 => write!(out, "\\x{point:02x}"),
            0x100..0x10000 => write!(out, "\\u{point:04x}"),
            _ => write!(out, "\\U{point:08x}"),
        };
    }
    out.push(quote);
    out
}

/// `ascii()` of text.
#[allow(dead_code, reason = "one of the programs that share this file needs no more of it")]
pub fn ascii(value: &str) -> String {
    str_repr(value.as_bytes())
}

fn bytes_repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut out = format!("b{quote}");
    for &byte in bytes {
        let _ = match byte {
            b'\n' => write!(out, "\\n"),
            b'\r' => write!(out, "\\r"),
            b'\t' => write!(out, "\\t"),
            b'\\' => write!(out, "\\\\"),
            _ if byte == quote as u8 => write!(out, "\\{quote}"),
            0x20..0x7f => write!(out, "{}", byte as char),
            _ => write!(out, "\\x{byte:02x}"),
        };
    }
    out.push(quote);
    out
}

fn float_repr(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{value}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

fn constant(value: &Constant<'_>) -> Shown {
    match value {
        Constant::None => none(),
        Constant::True => "bool:True".to_owned(),
        Constant::False => "bool:False".to_owned(),
        Constant::Ellipsis => "ellipsis:Ellipsis".to_owned(),
        Constant::Int(value) => {
            let mut number = BigUint::default();
            for digit in value.digits.iter().rev() {
                number = (number << 30u32) + *digit;
            }
            if number.bits() > 14_000 { format!("int:{number:#x}") } else { format!("int:{number}") }
        }
        Constant::Float(value) => format!("float:{}", float_repr(*value)),
        Constant::Complex { imag, .. } => {
            format!("complex:{}j", float_repr(*imag).trim_end_matches(".0"))
        }
        Constant::Str(value) => format!("str:{}", str_repr(value)),
        Constant::Bytes(value) => format!("bytes:{}", bytes_repr(value)),
        Constant::Invalid(ty) => (*ty).to_owned(),
        Constant::Tuple(items) | Constant::FrozenSet(items) => list(items, constant),
    }
}

fn stmt(stmt: &Stmt<'_>) -> Shown {
    let loc = Some(&stmt.loc);
    let body = |body: &Body<'_>| list(body, self::stmt);
    let exprs = |items: &Seq<'_, Expr<'_>>| list(items, expr);
    let names = |items: &Seq<'_, Ident<'_>>| list(items, |name| text(name));
    match &stmt.kind {
        StmtKind::FunctionDef(f) | StmtKind::AsyncFunctionDef(f) => {
            let name = if matches!(stmt.kind, StmtKind::FunctionDef(_)) {
                "FunctionDef"
            } else {
                "AsyncFunctionDef"
            };
            let fields = [
                ("name", text(f.name)),
                ("args", arguments(f.args)),
                ("body", body(&f.body)),
                ("decorator_list", exprs(&f.decorator_list)),
                ("returns", opt(f.returns, expr)),
                ("type_comment", opt(f.type_comment, text)),
                ("type_params", list(f.type_params, type_param)),
            ];
            node(name, &fields, loc)
        }
        StmtKind::ClassDef(c) => {
            let fields = [
                ("name", text(c.name)),
                ("bases", exprs(&c.bases)),
                ("keywords", list(c.keywords, keyword)),
                ("body", body(&c.body)),
                ("decorator_list", exprs(&c.decorator_list)),
                ("type_params", list(c.type_params, type_param)),
            ];
            node("ClassDef", &fields, loc)
        }
        StmtKind::Return { value } => node("Return", &[("value", opt(*value, expr))], loc),
        StmtKind::Delete { targets } => node("Delete", &[("targets", exprs(targets))], loc),
        StmtKind::Assign { targets, value, type_comment } => {
            let fields = [
                ("targets", exprs(targets)),
                ("value", expr(value)),
                ("type_comment", opt(*type_comment, text)),
            ];
            node("Assign", &fields, loc)
        }
        StmtKind::TypeAlias { name, type_params, value } => {
            let fields = [
                ("name", expr(name)),
                ("type_params", list(type_params, type_param)),
                ("value", expr(value)),
            ];
            node("TypeAlias", &fields, loc)
        }
        StmtKind::AugAssign { target, op: o, value } => {
            node("AugAssign", &[("target", expr(target)), ("op", op(o)), ("value", expr(value))], loc)
        }
        StmtKind::AnnAssign { target, annotation, value, simple } => {
            let fields = [
                ("target", expr(target)),
                ("annotation", expr(annotation)),
                ("value", opt(*value, expr)),
                ("simple", int(*simple)),
            ];
            node("AnnAssign", &fields, loc)
        }
        StmtKind::For(f) | StmtKind::AsyncFor(f) => {
            let name = if matches!(stmt.kind, StmtKind::For(_)) { "For" } else { "AsyncFor" };
            let fields = [
                ("target", expr(f.target)),
                ("iter", expr(f.iter)),
                ("body", body(&f.body)),
                ("orelse", body(&f.orelse)),
                ("type_comment", opt(f.type_comment, text)),
            ];
            node(name, &fields, loc)
        }
        StmtKind::While { test, body: b, orelse } => {
            node("While", &[("test", expr(test)), ("body", body(b)), ("orelse", body(orelse))], loc)
        }
        StmtKind::If { test, body: b, orelse } => {
            node("If", &[("test", expr(test)), ("body", body(b)), ("orelse", body(orelse))], loc)
        }
        StmtKind::With(w) | StmtKind::AsyncWith(w) => {
            let name = if matches!(stmt.kind, StmtKind::With(_)) { "With" } else { "AsyncWith" };
            let item = |item: &WithItem<'_>| {
                let fields = [
                    ("context_expr", expr(item.context_expr)),
                    ("optional_vars", opt(item.optional_vars, expr)),
                ];
                node("withitem", &fields, None)
            };
            let fields = [
                ("items", list(w.items, item)),
                ("body", body(&w.body)),
                ("type_comment", opt(w.type_comment, text)),
            ];
            node(name, &fields, loc)
        }
        StmtKind::Match { subject, cases } => {
            let case = |case: &MatchCase<'_>| {
                let fields = [
                    ("pattern", pattern(case.pattern)),
                    ("guard", opt(case.guard, expr)),
                    ("body", body(&case.body)),
                ];
                node("match_case", &fields, None)
            };
            node("Match", &[("subject", expr(subject)), ("cases", list(cases, case))], loc)
        }
        StmtKind::Raise { exc, cause } => {
            node("Raise", &[("exc", opt(*exc, expr)), ("cause", opt(*cause, expr))], loc)
        }
        StmtKind::Try(t) | StmtKind::TryStar(t) => {
            let name = if matches!(stmt.kind, StmtKind::Try(_)) { "Try" } else { "TryStar" };
            let handler = |h: &ExceptHandler<'_>| {
                let fields =
                    [("type", opt(h.type_, expr)), ("name", opt(h.name, text)), ("body", body(&h.body))];
                node("ExceptHandler", &fields, Some(&h.loc))
            };
            let fields = [
                ("body", body(&t.body)),
                ("handlers", list(t.handlers, handler)),
                ("orelse", body(&t.orelse)),
                ("finalbody", body(&t.finalbody)),
            ];
            node(name, &fields, loc)
        }
        StmtKind::Assert { test, msg } => {
            node("Assert", &[("test", expr(test)), ("msg", opt(*msg, expr))], loc)
        }
        StmtKind::Import { names } => node("Import", &[("names", list(names, alias))], loc),
        StmtKind::ImportFrom { module, names, level } => {
            let fields =
                [("module", opt(*module, text)), ("names", list(names, alias)), ("level", opt(*level, int))];
            node("ImportFrom", &fields, loc)
        }
        StmtKind::Global { names: n } => node("Global", &[("names", names(n))], loc),
        StmtKind::Nonlocal { names: n } => node("Nonlocal", &[("names", names(n))], loc),
        StmtKind::Expr { value } => node("Expr", &[("value", expr(value))], loc),
        StmtKind::Pass => node("Pass", &[], loc),
        StmtKind::Break => node("Break", &[], loc),
        StmtKind::Continue => node("Continue", &[], loc),
    }
}

fn expr(e: &Expr<'_>) -> Shown {
    let loc = Some(&e.loc);
    let exprs = |items: &Seq<'_, Expr<'_>>| list(items, expr);
    let ctx = |c: &ExprContext| op(c);
    match &e.kind {
        ExprKind::BoolOp { op: o, values } => {
            node("BoolOp", &[("op", op(o)), ("values", exprs(values))], loc)
        }
        ExprKind::NamedExpr { target, value } => {
            node("NamedExpr", &[("target", expr(target)), ("value", expr(value))], loc)
        }
        ExprKind::BinOp { left, op: o, right } => {
            node("BinOp", &[("left", expr(left)), ("op", op(o)), ("right", expr(right))], loc)
        }
        ExprKind::UnaryOp { op: o, operand } => {
            node("UnaryOp", &[("op", op(o)), ("operand", expr(operand))], loc)
        }
        ExprKind::Lambda { args, body } => {
            node("Lambda", &[("args", arguments(args)), ("body", expr(body))], loc)
        }
        ExprKind::IfExp { test, body, orelse } => {
            node("IfExp", &[("test", expr(test)), ("body", expr(body)), ("orelse", expr(orelse))], loc)
        }
        ExprKind::Dict { keys, values } => {
            let keys = list(keys, |key| opt(key.as_ref(), expr));
            node("Dict", &[("keys", keys), ("values", exprs(values))], loc)
        }
        ExprKind::Set { elts } => node("Set", &[("elts", exprs(elts))], loc),
        ExprKind::ListComp { elt, generators } => {
            node("ListComp", &[("elt", expr(elt)), ("generators", list(generators, comprehension))], loc)
        }
        ExprKind::SetComp { elt, generators } => {
            node("SetComp", &[("elt", expr(elt)), ("generators", list(generators, comprehension))], loc)
        }
        ExprKind::DictComp { key, value, generators } => {
            let fields =
                [("key", expr(key)), ("value", expr(value)), ("generators", list(generators, comprehension))];
            node("DictComp", &fields, loc)
        }
        ExprKind::GeneratorExp { elt, generators } => {
            node("GeneratorExp", &[("elt", expr(elt)), ("generators", list(generators, comprehension))], loc)
        }
        ExprKind::Await { value } => node("Await", &[("value", expr(value))], loc),
        ExprKind::Yield { value } => node("Yield", &[("value", opt(*value, expr))], loc),
        ExprKind::YieldFrom { value } => node("YieldFrom", &[("value", expr(value))], loc),
        ExprKind::Compare { left, ops, comparators } => {
            let fields =
                [("left", expr(left)), ("ops", list(ops, |o| op(o))), ("comparators", exprs(comparators))];
            node("Compare", &fields, loc)
        }
        ExprKind::Call { func, args, keywords } => {
            let fields = [("func", expr(func)), ("args", exprs(args)), ("keywords", list(keywords, keyword))];
            node("Call", &fields, loc)
        }
        ExprKind::FormattedValue { value, conversion, format_spec } => {
            let fields = [
                ("value", expr(value)),
                ("conversion", int(*conversion)),
                ("format_spec", opt(*format_spec, expr)),
            ];
            node("FormattedValue", &fields, loc)
        }
        ExprKind::Interpolation { value, str, conversion, format_spec } => {
            let fields = [
                ("value", expr(value)),
                ("str", constant(str)),
                ("conversion", int(*conversion)),
                ("format_spec", opt(*format_spec, expr)),
            ];
            node("Interpolation", &fields, loc)
        }
        ExprKind::JoinedStr { values } => node("JoinedStr", &[("values", exprs(values))], loc),
        ExprKind::TemplateStr { values } => node("TemplateStr", &[("values", exprs(values))], loc),
        ExprKind::Constant { value, kind } => {
            node("Constant", &[("value", constant(value)), ("kind", opt(*kind, text))], loc)
        }
        ExprKind::Attribute { value, attr, ctx: c } => {
            node("Attribute", &[("value", expr(value)), ("attr", text(attr)), ("ctx", ctx(c))], loc)
        }
        ExprKind::Subscript { value, slice, ctx: c } => {
            node("Subscript", &[("value", expr(value)), ("slice", expr(slice)), ("ctx", ctx(c))], loc)
        }
        ExprKind::Starred { value, ctx: c } => {
            node("Starred", &[("value", expr(value)), ("ctx", ctx(c))], loc)
        }
        ExprKind::Name { id, ctx: c } => node("Name", &[("id", text(id)), ("ctx", ctx(c))], loc),
        ExprKind::List { elts, ctx: c } => node("List", &[("elts", exprs(elts)), ("ctx", ctx(c))], loc),
        ExprKind::Tuple { elts, ctx: c } => node("Tuple", &[("elts", exprs(elts)), ("ctx", ctx(c))], loc),
        ExprKind::Slice { lower, upper, step } => {
            let fields =
                [("lower", opt(*lower, expr)), ("upper", opt(*upper, expr)), ("step", opt(*step, expr))];
            node("Slice", &fields, loc)
        }
    }
}

fn comprehension(c: &Comprehension<'_>) -> Shown {
    let fields = [
        ("target", expr(c.target)),
        ("iter", expr(c.iter)),
        ("ifs", list(c.ifs, expr)),
        ("is_async", int(i32::from(c.is_async))),
    ];
    node("comprehension", &fields, None)
}

fn arguments(args: &Arguments<'_>) -> Shown {
    let fields = [
        ("posonlyargs", list(args.posonlyargs, arg)),
        ("args", list(args.args, arg)),
        ("vararg", opt(args.vararg, arg)),
        ("kwonlyargs", list(args.kwonlyargs, arg)),
        ("kw_defaults", list(args.kw_defaults, |value| opt(value.as_ref(), expr))),
        ("kwarg", opt(args.kwarg, arg)),
        ("defaults", list(args.defaults, expr)),
    ];
    node("arguments", &fields, None)
}

fn arg(arg: &Arg<'_>) -> Shown {
    let fields = [
        ("arg", text(arg.arg)),
        ("annotation", opt(arg.annotation, expr)),
        ("type_comment", opt(arg.type_comment, text)),
    ];
    node("arg", &fields, Some(&arg.loc))
}

fn keyword(keyword: &Keyword<'_>) -> Shown {
    node("keyword", &[("arg", opt(keyword.arg, text)), ("value", expr(keyword.value))], Some(&keyword.loc))
}

fn alias(alias: &Alias<'_>) -> Shown {
    node("alias", &[("name", text(alias.name)), ("asname", opt(alias.asname, text))], Some(&alias.loc))
}

fn type_param(param: &TypeParam<'_>) -> Shown {
    let loc = Some(&param.loc);
    match &param.kind {
        TypeParamKind::TypeVar { name, bound, default_value } => {
            let fields = [
                ("name", text(name)),
                ("bound", opt(*bound, expr)),
                ("default_value", opt(*default_value, expr)),
            ];
            node("TypeVar", &fields, loc)
        }
        TypeParamKind::ParamSpec { name, default_value } => {
            node("ParamSpec", &[("name", text(name)), ("default_value", opt(*default_value, expr))], loc)
        }
        TypeParamKind::TypeVarTuple { name, default_value } => {
            node("TypeVarTuple", &[("name", text(name)), ("default_value", opt(*default_value, expr))], loc)
        }
    }
}

fn pattern(p: &Pattern<'_>) -> Shown {
    let loc = Some(&p.loc);
    let patterns = |items: &Seq<'_, Pattern<'_>>| list(items, pattern);
    match &p.kind {
        PatternKind::MatchValue { value } => node("MatchValue", &[("value", expr(value))], loc),
        PatternKind::MatchSingleton { value } => node("MatchSingleton", &[("value", constant(value))], loc),
        PatternKind::MatchSequence { patterns: p } => {
            node("MatchSequence", &[("patterns", patterns(p))], loc)
        }
        PatternKind::MatchMapping { keys, patterns: p, rest } => {
            let fields = [("keys", list(keys, expr)), ("patterns", patterns(p)), ("rest", opt(*rest, text))];
            node("MatchMapping", &fields, loc)
        }
        PatternKind::MatchClass { cls, patterns: p, kwd_attrs, kwd_patterns } => {
            let fields = [
                ("cls", expr(cls)),
                ("patterns", patterns(p)),
                ("kwd_attrs", list(kwd_attrs, |name| text(name))),
                ("kwd_patterns", patterns(kwd_patterns)),
            ];
            node("MatchClass", &fields, loc)
        }
        PatternKind::MatchStar { name } => node("MatchStar", &[("name", opt(*name, text))], loc),
        PatternKind::MatchAs { pattern: p, name } => {
            node("MatchAs", &[("pattern", opt(*p, pattern)), ("name", opt(*name, text))], loc)
        }
        PatternKind::MatchOr { patterns: p } => node("MatchOr", &[("patterns", patterns(p))], loc),
    }
}
