//! What the diagnosing parser builds instead of a tree: enough of a node to name it in a message and to show where
//! it is.

use crate::token::{Kind, Token};

/// Start and end of a node or token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub line: i32,
    pub col: i32,
    pub end_line: i32,
    pub end_col: i32,
}

/// What a node is, as far as messages care.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shape {
    Token(Kind),
    Attribute,
    Subscript,
    Starred,
    /// `true` for the names of old statements: `print` and `exec`.
    Name(bool),
    List,
    Tuple,
    Lambda,
    /// A call; holds whether there is a `**` argument. The items are the positional arguments.
    Call(bool),
    Operator,
    GeneratorExp,
    Yield,
    Await,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    FString,
    TString,
    None,
    True,
    False,
    Ellipsis,
    /// A number or string; holds whether it is an imaginary number.
    Literal(bool),
    Bytes,
    /// Holds whether the first operator is `in`. The first item is the left operand.
    Compare(bool),
    IfExp,
    NamedExpr,
    /// `name=value`, `*value` or `**value` among arguments: whether it is `**`.
    Keyword(bool),
    /// Several nodes without a place of their own.
    Sequence,
    /// A statement, pattern, parameter or other piece no message names.
    Other,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'b> {
    pub shape: Shape,
    pub span: Span,
    pub items: &'b [Node<'b>],
}

impl<'b> Node<'b> {
    pub(super) fn of_token(token: &Token) -> Self {
        let span =
            Span { line: token.line, col: token.col, end_line: token.end_line, end_col: token.end_col };
        Self { shape: Shape::Token(token.kind), span, items: &[] }
    }

    /// Stands for something that was parsed and is of no interest.
    pub(super) fn dummy() -> Self {
        Self { shape: Shape::Other, span: Span::default(), items: &[] }
    }

    pub(super) fn sequence(items: &'b [Node<'b>]) -> Self {
        Self { shape: Shape::Sequence, items, ..Self::dummy() }
    }

    pub(super) fn first(&self) -> Node<'b> {
        self.items.first().copied().unwrap_or(*self)
    }

    pub(super) fn last(&self) -> Node<'b> {
        self.items.last().copied().unwrap_or(*self)
    }

    pub(super) fn line(&self) -> i32 {
        self.span.line
    }

    /// What messages call an expression.
    pub(super) fn name(&self) -> &'static str {
        match self.shape {
            Shape::Attribute => "attribute",
            Shape::Subscript => "subscript",
            Shape::Starred => "starred",
            Shape::Name(_) => "name",
            Shape::List => "list",
            Shape::Tuple => "tuple",
            Shape::Lambda => "lambda",
            Shape::Call(_) => "function call",
            Shape::Operator => "expression",
            Shape::GeneratorExp => "generator expression",
            Shape::Yield => "yield expression",
            Shape::Await => "await expression",
            Shape::ListComp => "list comprehension",
            Shape::SetComp => "set comprehension",
            Shape::DictComp => "dict comprehension",
            Shape::Dict => "dict literal",
            Shape::Set => "set display",
            Shape::FString => "f-string expression",
            Shape::TString => "t-string expression",
            Shape::None => "None",
            Shape::True => "True",
            Shape::False => "False",
            Shape::Ellipsis => "ellipsis",
            Shape::Compare(_) => "comparison",
            Shape::IfExp => "conditional expression",
            Shape::NamedExpr => "named expression",
            _ => "literal",
        }
    }

    /// The first part of an expression that cannot be what `place` wants.
    pub(super) fn invalid_target(&self, place: TargetPlace) -> Option<Node<'b>> {
        match self.shape {
            Shape::List | Shape::Tuple => self.items.iter().find_map(|item| item.invalid_target(place)),
            Shape::Starred if place == TargetPlace::Del => Some(*self),
            Shape::Starred => self.first().invalid_target(place),
            Shape::Compare(is_in) if place == TargetPlace::For => {
                if is_in {
                    self.first().invalid_target(place)
                } else {
                    None
                }
            }
            Shape::Name(_) | Shape::Subscript | Shape::Attribute => None,
            _ => Some(*self),
        }
    }
}

/// Where a target stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TargetPlace {
    Assign,
    Del,
    For,
}
