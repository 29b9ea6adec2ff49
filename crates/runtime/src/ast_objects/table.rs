//! The grammar of trees (ASDL) as a table: everything about the node classes follows from it.

/// Which position attributes a kind of node has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Position {
    Without,
    /// The end may be missing.
    OptionalEnd,
    Whole,
}

impl Position {
    /// The attribute names.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Position::Without => &[],
            _ => &["lineno", "col_offset", "end_lineno", "end_col_offset"],
        }
    }
}

/// A definition: a sum of constructors, or (without constructors) a product.
pub struct Def {
    pub name: &'static str,
    pub constructors: &'static [&'static str],
    /// The fields of a product.
    pub product: &'static str,
    pub position: Position,
}

const fn sum(name: &'static str, position: Position, constructors: &'static [&'static str]) -> Def {
    Def { name, constructors, product: "", position }
}

const fn product(name: &'static str, position: Position, product: &'static str) -> Def {
    Def { name, constructors: &[], product, position }
}

use Position::*;

/// All definitions, in the order of the classes in `_ast`.
pub const GRAMMAR: &[Def] = &[
    sum(
        "mod",
        Without,
        &[
            "Module(stmt* body, type_ignore* type_ignores)",
            "Interactive(stmt* body)",
            "Expression(expr body)",
            "FunctionType(expr* argtypes, expr returns)",
        ],
    ),
    sum(
        "stmt",
        OptionalEnd,
        &[
            "FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)",
            "AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params)",
            "ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params)",
            "Return(expr? value)",
            "Delete(expr* targets)",
            "Assign(expr* targets, expr value, string? type_comment)",
            "TypeAlias(expr name, type_param* type_params, expr value)",
            "AugAssign(expr target, operator op, expr value)",
            "AnnAssign(expr target, expr annotation, expr? value, int simple)",
            "For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)",
            "AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)",
            "While(expr test, stmt* body, stmt* orelse)",
            "If(expr test, stmt* body, stmt* orelse)",
            "With(withitem* items, stmt* body, string? type_comment)",
            "AsyncWith(withitem* items, stmt* body, string? type_comment)",
            "Match(expr subject, match_case* cases)",
            "Raise(expr? exc, expr? cause)",
            "Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)",
            "TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)",
            "Assert(expr test, expr? msg)",
            "Import(alias* names)",
            "ImportFrom(identifier? module, alias* names, int? level)",
            "Global(identifier* names)",
            "Nonlocal(identifier* names)",
            "Expr(expr value)",
            "Pass",
            "Break",
            "Continue",
        ],
    ),
    sum(
        "expr",
        OptionalEnd,
        &[
            "BoolOp(boolop op, expr* values)",
            "NamedExpr(expr target, expr value)",
            "BinOp(expr left, operator op, expr right)",
            "UnaryOp(unaryop op, expr operand)",
            "Lambda(arguments args, expr body)",
            "IfExp(expr test, expr body, expr orelse)",
            "Dict(expr?* keys, expr* values)",
            "Set(expr* elts)",
            "ListComp(expr elt, comprehension* generators)",
            "SetComp(expr elt, comprehension* generators)",
            "DictComp(expr key, expr value, comprehension* generators)",
            "GeneratorExp(expr elt, comprehension* generators)",
            "Await(expr value)",
            "Yield(expr? value)",
            "YieldFrom(expr value)",
            "Compare(expr left, cmpop* ops, expr* comparators)",
            "Call(expr func, expr* args, keyword* keywords)",
            "FormattedValue(expr value, int conversion, expr? format_spec)",
            "Interpolation(expr value, constant str, int conversion, expr? format_spec)",
            "JoinedStr(expr* values)",
            "TemplateStr(expr* values)",
            "Constant(constant value, string? kind)",
            "Attribute(expr value, identifier attr, expr_context ctx)",
            "Subscript(expr value, expr slice, expr_context ctx)",
            "Starred(expr value, expr_context ctx)",
            "Name(identifier id, expr_context ctx)",
            "List(expr* elts, expr_context ctx)",
            "Tuple(expr* elts, expr_context ctx)",
            "Slice(expr? lower, expr? upper, expr? step)",
        ],
    ),
    sum("expr_context", Without, &["Load", "Store", "Del"]),
    sum("boolop", Without, &["And", "Or"]),
    sum(
        "operator",
        Without,
        &[
            "Add", "Sub", "Mult", "MatMult", "Div", "Mod", "Pow", "LShift", "RShift", "BitOr", "BitXor",
            "BitAnd", "FloorDiv",
        ],
    ),
    sum("unaryop", Without, &["Invert", "Not", "UAdd", "USub"]),
    sum("cmpop", Without, &["Eq", "NotEq", "Lt", "LtE", "Gt", "GtE", "Is", "IsNot", "In", "NotIn"]),
    product("comprehension", Without, "(expr target, expr iter, expr* ifs, int is_async)"),
    sum("excepthandler", OptionalEnd, &["ExceptHandler(expr? type, identifier? name, stmt* body)"]),
    product(
        "arguments",
        Without,
        "(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults)",
    ),
    product("arg", OptionalEnd, "(identifier arg, expr? annotation, string? type_comment)"),
    product("keyword", OptionalEnd, "(identifier? arg, expr value)"),
    product("alias", OptionalEnd, "(identifier name, identifier? asname)"),
    product("withitem", Without, "(expr context_expr, expr? optional_vars)"),
    product("match_case", Without, "(pattern pattern, expr? guard, stmt* body)"),
    sum(
        "pattern",
        Whole,
        &[
            "MatchValue(expr value)",
            "MatchSingleton(constant value)",
            "MatchSequence(pattern* patterns)",
            "MatchMapping(expr* keys, pattern* patterns, identifier? rest)",
            "MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns)",
            "MatchStar(identifier? name)",
            "MatchAs(pattern? pattern, identifier? name)",
            "MatchOr(pattern* patterns)",
        ],
    ),
    sum("type_ignore", Without, &["TypeIgnore(int lineno, string tag)"]),
    sum(
        "type_param",
        Whole,
        &[
            "TypeVar(identifier name, expr? bound, expr? default_value)",
            "ParamSpec(identifier name, expr? default_value)",
            "TypeVarTuple(identifier name, expr? default_value)",
        ],
    ),
];

/// A field as a signature has it.
pub struct Field {
    pub name: &'static str,
    pub kind: &'static str,
    pub optional: bool,
    pub sequence: bool,
}

/// The name in front of a signature, and its fields.
pub fn parse(signature: &'static str) -> (&'static str, Vec<Field>) {
    let Some((name, rest)) = signature.split_once('(') else { return (signature, Vec::new()) };
    let fields = rest.trim_end_matches(')').split(", ").filter_map(|f| {
        let (kind, name) = f.split_once(' ')?;
        let plain = kind.trim_end_matches(['*', '?']);
        Some(Field { name, kind: plain, sequence: kind.ends_with('*'), optional: kind.ends_with('?') })
    });
    (name, fields.collect())
}

impl Def {
    /// The `__doc__` of the class: the definition.
    pub fn doc(&self) -> String {
        if self.constructors.is_empty() {
            return format!("{}{}", self.name, self.product);
        }
        let simple = self.constructors.iter().all(|c| !c.contains('('));
        let separator =
            if simple { " | ".to_owned() } else { format!("\n{}| ", " ".repeat(self.name.len() + 1)) };
        format!("{} = {}", self.name, self.constructors.join(&separator))
    }

    /// Do the nodes carry nothing, so that one object each does?
    pub fn is_simple(&self) -> bool {
        self.position == Without
            && !self.constructors.is_empty()
            && self.constructors.iter().all(|c| !c.contains('('))
    }
}
