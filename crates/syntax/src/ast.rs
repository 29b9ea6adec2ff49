//! The abstract syntax tree: the nodes of `Parser/Python.asdl` of CPython 3.14, one Rust variant a
//! constructor, fields in the same order and with the same names (a trailing underscore where Rust
//! reserves the word).
//!
//! All nodes of one tree live in one [`bumpalo::Bump`] and refer to each other by shared reference, so
//! a tree is built without a heap allocation a node and dropped in one step. Text is either an
//! identifier (`&str`, already NFKC-normalised, not mangled) or a string value ([`Constant::Str`], WTF-8: UTF-8 in
//! which a lone surrogate takes its three bytes).

/// Where a node stands: lines count from 1, columns are UTF-8 byte offsets from 0, the end is exclusive.
/// Signed, because trees built by Python code may carry any `int`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loc {
    pub line: i32,
    pub col: i32,
    pub end_line: i32,
    pub end_col: i32,
}

pub type Ident<'a> = &'a str;
pub type ExprRef<'a> = &'a Expr<'a>;
pub type Seq<'a, T> = &'a [T];
pub type Body<'a> = &'a [Stmt<'a>];

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mod<'a> {
    Module { body: Body<'a>, type_ignores: Seq<'a, TypeIgnore<'a>> },
    Interactive { body: Body<'a> },
    Expression { body: ExprRef<'a> },
    FunctionType { argtypes: Seq<'a, Expr<'a>>, returns: ExprRef<'a> },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TypeIgnore<'a> {
    pub lineno: i32,
    pub tag: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stmt<'a> {
    pub loc: Loc,
    pub kind: StmtKind<'a>,
}

/// What `def` and `async def` share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FunctionDef<'a> {
    pub name: Ident<'a>,
    pub args: &'a Arguments<'a>,
    pub body: Body<'a>,
    pub decorator_list: Seq<'a, Expr<'a>>,
    pub returns: Option<ExprRef<'a>>,
    pub type_comment: Option<&'a str>,
    pub type_params: Seq<'a, TypeParam<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassDef<'a> {
    pub name: Ident<'a>,
    pub bases: Seq<'a, Expr<'a>>,
    pub keywords: Seq<'a, Keyword<'a>>,
    pub body: Body<'a>,
    pub decorator_list: Seq<'a, Expr<'a>>,
    pub type_params: Seq<'a, TypeParam<'a>>,
}

/// What `for` and `async for` share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct For<'a> {
    pub target: ExprRef<'a>,
    pub iter: ExprRef<'a>,
    pub body: Body<'a>,
    pub orelse: Body<'a>,
    pub type_comment: Option<&'a str>,
}

/// What `with` and `async with` share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct With<'a> {
    pub items: Seq<'a, WithItem<'a>>,
    pub body: Body<'a>,
    pub type_comment: Option<&'a str>,
}

/// What `try`/`except` and `try`/`except*` share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Try<'a> {
    pub body: Body<'a>,
    pub handlers: Seq<'a, ExceptHandler<'a>>,
    pub orelse: Body<'a>,
    pub finalbody: Body<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StmtKind<'a> {
    FunctionDef(&'a FunctionDef<'a>),
    AsyncFunctionDef(&'a FunctionDef<'a>),
    ClassDef(&'a ClassDef<'a>),
    Return {
        value: Option<ExprRef<'a>>,
    },
    Delete {
        targets: Seq<'a, Expr<'a>>,
    },
    Assign {
        targets: Seq<'a, Expr<'a>>,
        value: ExprRef<'a>,
        type_comment: Option<&'a str>,
    },
    TypeAlias {
        name: ExprRef<'a>,
        type_params: Seq<'a, TypeParam<'a>>,
        value: ExprRef<'a>,
    },
    AugAssign {
        target: ExprRef<'a>,
        op: Operator,
        value: ExprRef<'a>,
    },
    AnnAssign {
        target: ExprRef<'a>,
        annotation: ExprRef<'a>,
        value: Option<ExprRef<'a>>,
        simple: i32,
    },
    For(&'a For<'a>),
    AsyncFor(&'a For<'a>),
    While {
        test: ExprRef<'a>,
        body: Body<'a>,
        orelse: Body<'a>,
    },
    If {
        test: ExprRef<'a>,
        body: Body<'a>,
        orelse: Body<'a>,
    },
    With(&'a With<'a>),
    AsyncWith(&'a With<'a>),
    Match {
        subject: ExprRef<'a>,
        cases: Seq<'a, MatchCase<'a>>,
    },
    Raise {
        exc: Option<ExprRef<'a>>,
        cause: Option<ExprRef<'a>>,
    },
    Try(&'a Try<'a>),
    TryStar(&'a Try<'a>),
    Assert {
        test: ExprRef<'a>,
        msg: Option<ExprRef<'a>>,
    },
    Import {
        names: Seq<'a, Alias<'a>>,
    },
    /// `level` is absent only in trees built by Python code.
    ImportFrom {
        module: Option<Ident<'a>>,
        names: Seq<'a, Alias<'a>>,
        level: Option<i32>,
    },
    Global {
        names: Seq<'a, Ident<'a>>,
    },
    Nonlocal {
        names: Seq<'a, Ident<'a>>,
    },
    Expr {
        value: ExprRef<'a>,
    },
    Pass,
    Break,
    Continue,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expr<'a> {
    pub loc: Loc,
    pub kind: ExprKind<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ExprKind<'a> {
    BoolOp {
        op: BoolOp,
        values: Seq<'a, Expr<'a>>,
    },
    NamedExpr {
        target: ExprRef<'a>,
        value: ExprRef<'a>,
    },
    BinOp {
        left: ExprRef<'a>,
        op: Operator,
        right: ExprRef<'a>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: ExprRef<'a>,
    },
    Lambda {
        args: &'a Arguments<'a>,
        body: ExprRef<'a>,
    },
    IfExp {
        test: ExprRef<'a>,
        body: ExprRef<'a>,
        orelse: ExprRef<'a>,
    },
    /// A missing key is a `**mapping` entry.
    Dict {
        keys: Seq<'a, Option<Expr<'a>>>,
        values: Seq<'a, Expr<'a>>,
    },
    Set {
        elts: Seq<'a, Expr<'a>>,
    },
    ListComp {
        elt: ExprRef<'a>,
        generators: Seq<'a, Comprehension<'a>>,
    },
    SetComp {
        elt: ExprRef<'a>,
        generators: Seq<'a, Comprehension<'a>>,
    },
    DictComp {
        key: ExprRef<'a>,
        value: ExprRef<'a>,
        generators: Seq<'a, Comprehension<'a>>,
    },
    GeneratorExp {
        elt: ExprRef<'a>,
        generators: Seq<'a, Comprehension<'a>>,
    },
    Await {
        value: ExprRef<'a>,
    },
    Yield {
        value: Option<ExprRef<'a>>,
    },
    YieldFrom {
        value: ExprRef<'a>,
    },
    Compare {
        left: ExprRef<'a>,
        ops: Seq<'a, CmpOp>,
        comparators: Seq<'a, Expr<'a>>,
    },
    Call {
        func: ExprRef<'a>,
        args: Seq<'a, Expr<'a>>,
        keywords: Seq<'a, Keyword<'a>>,
    },
    /// `conversion` is -1 or the character `s`, `r` or `a` as a number.
    FormattedValue {
        value: ExprRef<'a>,
        conversion: i32,
        format_spec: Option<ExprRef<'a>>,
    },
    /// `str` is the constant holding the expression's source text.
    Interpolation {
        value: ExprRef<'a>,
        str: Constant<'a>,
        conversion: i32,
        format_spec: Option<ExprRef<'a>>,
    },
    JoinedStr {
        values: Seq<'a, Expr<'a>>,
    },
    TemplateStr {
        values: Seq<'a, Expr<'a>>,
    },
    /// `kind` is `Some("u")` for `u'…'`.
    Constant {
        value: Constant<'a>,
        kind: Option<&'a str>,
    },
    Attribute {
        value: ExprRef<'a>,
        attr: Ident<'a>,
        ctx: ExprContext,
    },
    Subscript {
        value: ExprRef<'a>,
        slice: ExprRef<'a>,
        ctx: ExprContext,
    },
    Starred {
        value: ExprRef<'a>,
        ctx: ExprContext,
    },
    Name {
        id: Ident<'a>,
        ctx: ExprContext,
    },
    List {
        elts: Seq<'a, Expr<'a>>,
        ctx: ExprContext,
    },
    Tuple {
        elts: Seq<'a, Expr<'a>>,
        ctx: ExprContext,
    },
    Slice {
        lower: Option<ExprRef<'a>>,
        upper: Option<ExprRef<'a>>,
        step: Option<ExprRef<'a>>,
    },
}

/// A constant's value. The parser makes the scalars; tuples and frozensets come only from trees that
/// Python code built.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant<'a> {
    None,
    True,
    False,
    Ellipsis,
    Int(Int<'a>),
    Float(f64),
    Complex {
        real: f64,
        imag: f64,
    },
    /// WTF-8.
    Str(&'a [u8]),
    Bytes(&'a [u8]),
    Tuple(Seq<'a, Constant<'a>>),
    FrozenSet(Seq<'a, Constant<'a>>),
    /// An object of this type, which cannot be a constant: only in trees that were not validated.
    Invalid(&'a str),
}

/// An integer of any size: sign and magnitude, the magnitude in 30-bit digits, least significant first,
/// without leading zero digits (zero has none). CPython's own digit size, so no conversion follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Int<'a> {
    pub negative: bool,
    pub digits: &'a [u32],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExprContext {
    Load,
    Store,
    Del,
}

impl ExprContext {
    /// The name of the node class.
    pub fn name(self) -> &'static str {
        match self {
            ExprContext::Load => "Load",
            ExprContext::Store => "Store",
            ExprContext::Del => "Del",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoolOp {
    And,
    Or,
}

impl BoolOp {
    /// The name of the node class.
    pub fn name(self) -> &'static str {
        match self {
            BoolOp::And => "And",
            BoolOp::Or => "Or",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

impl Operator {
    /// The name of the node class.
    pub fn name(self) -> &'static str {
        match self {
            Operator::Add => "Add",
            Operator::Sub => "Sub",
            Operator::Mult => "Mult",
            Operator::MatMult => "MatMult",
            Operator::Div => "Div",
            Operator::Mod => "Mod",
            Operator::Pow => "Pow",
            Operator::LShift => "LShift",
            Operator::RShift => "RShift",
            Operator::BitOr => "BitOr",
            Operator::BitXor => "BitXor",
            Operator::BitAnd => "BitAnd",
            Operator::FloorDiv => "FloorDiv",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

impl UnaryOp {
    /// The name of the node class.
    pub fn name(self) -> &'static str {
        match self {
            UnaryOp::Invert => "Invert",
            UnaryOp::Not => "Not",
            UnaryOp::UAdd => "UAdd",
            UnaryOp::USub => "USub",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

impl CmpOp {
    /// The name of the node class.
    pub fn name(self) -> &'static str {
        match self {
            CmpOp::Eq => "Eq",
            CmpOp::NotEq => "NotEq",
            CmpOp::Lt => "Lt",
            CmpOp::LtE => "LtE",
            CmpOp::Gt => "Gt",
            CmpOp::GtE => "GtE",
            CmpOp::Is => "Is",
            CmpOp::IsNot => "IsNot",
            CmpOp::In => "In",
            CmpOp::NotIn => "NotIn",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comprehension<'a> {
    pub target: ExprRef<'a>,
    pub iter: ExprRef<'a>,
    pub ifs: Seq<'a, Expr<'a>>,
    pub is_async: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExceptHandler<'a> {
    pub loc: Loc,
    pub type_: Option<ExprRef<'a>>,
    pub name: Option<Ident<'a>>,
    pub body: Body<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arguments<'a> {
    pub posonlyargs: Seq<'a, Arg<'a>>,
    pub args: Seq<'a, Arg<'a>>,
    pub vararg: Option<&'a Arg<'a>>,
    pub kwonlyargs: Seq<'a, Arg<'a>>,
    /// As long as `kwonlyargs`; `None` marks a required one.
    pub kw_defaults: Seq<'a, Option<Expr<'a>>>,
    pub kwarg: Option<&'a Arg<'a>>,
    pub defaults: Seq<'a, Expr<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arg<'a> {
    pub loc: Loc,
    pub arg: Ident<'a>,
    pub annotation: Option<ExprRef<'a>>,
    pub type_comment: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keyword<'a> {
    pub loc: Loc,
    /// `None` for `**mapping`.
    pub arg: Option<Ident<'a>>,
    pub value: ExprRef<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alias<'a> {
    pub loc: Loc,
    pub name: Ident<'a>,
    pub asname: Option<Ident<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WithItem<'a> {
    pub context_expr: ExprRef<'a>,
    pub optional_vars: Option<ExprRef<'a>>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MatchCase<'a> {
    pub pattern: &'a Pattern<'a>,
    pub guard: Option<ExprRef<'a>>,
    pub body: Body<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pattern<'a> {
    pub loc: Loc,
    pub kind: PatternKind<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PatternKind<'a> {
    MatchValue {
        value: ExprRef<'a>,
    },
    /// `None`, `True` or `False`.
    MatchSingleton {
        value: Constant<'a>,
    },
    MatchSequence {
        patterns: Seq<'a, Pattern<'a>>,
    },
    MatchMapping {
        keys: Seq<'a, Expr<'a>>,
        patterns: Seq<'a, Pattern<'a>>,
        rest: Option<Ident<'a>>,
    },
    MatchClass {
        cls: ExprRef<'a>,
        patterns: Seq<'a, Pattern<'a>>,
        kwd_attrs: Seq<'a, Ident<'a>>,
        kwd_patterns: Seq<'a, Pattern<'a>>,
    },
    MatchStar {
        name: Option<Ident<'a>>,
    },
    MatchAs {
        pattern: Option<&'a Pattern<'a>>,
        name: Option<Ident<'a>>,
    },
    MatchOr {
        patterns: Seq<'a, Pattern<'a>>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TypeParam<'a> {
    pub loc: Loc,
    pub kind: TypeParamKind<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TypeParamKind<'a> {
    TypeVar { name: Ident<'a>, bound: Option<ExprRef<'a>>, default_value: Option<ExprRef<'a>> },
    ParamSpec { name: Ident<'a>, default_value: Option<ExprRef<'a>> },
    TypeVarTuple { name: Ident<'a>, default_value: Option<ExprRef<'a>> },
}
