//! The machinery of the diagnosing parser: tokens on demand, backtracking, memory of results.
//!
//! A rule gives `None` when it does not match. When `failed` is set an error has been found and everything gives
//! `None` from then on.

use bumpalo::Bump;

use super::node::{Node, Shape, Span};
use crate::ShownLines;
use crate::error::{ErrorKind, SyntaxError};
use crate::lexer::Lexer;
use crate::options::ParseOptions;
use crate::parser::MAX_DEPTH;
use crate::token::{Kind, Token};
use crate::token_stream::TokenStream;

pub(super) type Res<'b> = Option<Node<'b>>;

/// Rules whose results are remembered. Which ones these are shows: a remembered result is not diagnosed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    SimpleStmt,
    ImportStmt,
    Block,
    DottedName,
    ClosedPattern,
    StarPattern,
    Attr,
    TypeParam,
    Expression,
    StarExpression,
    Disjunction,
    Conjunction,
    Inversion,
    BitwiseOr,
    BitwiseXor,
    BitwiseAnd,
    ShiftExpr,
    Sum,
    Term,
    Factor,
    AwaitPrimary,
    Primary,
    TString,
    Strings,
    Arguments,
    StarTarget,
    TargetWithStarAtom,
    TPrimary,
    DelTarget,
    InvalidNamedExpression,
}

/// A remembered result: the node, and the mark after it.
#[derive(Clone, Copy)]
struct Memory<'b> {
    rule: Rule,
    node: Res<'b>,
    mark: usize,
}

pub(super) struct Peg<'b, 't> {
    pub arena: &'b Bump,
    pub lexer: Lexer<'t>,
    pub options: &'t ParseOptions<'t>,
    pub shown_lines: ShownLines,
    pub stream: TokenStream,
    pub mark: usize,
    memory: Vec<Vec<Memory<'b>>>,
    depth: u32,
    /// Whether the rules for invalid programs take part.
    pub diagnosing: bool,
    /// An error was found (or the text went bad): nothing matches any more.
    pub failed: bool,
    pub error: Option<Box<SyntaxError>>,
    pub barry_as_flufl: bool,
    /// Place of the last statement that was complete.
    pub last_statement: (i32, i32),
    pub warnings: Vec<crate::error::Warning>,
}

impl<'b, 't> Peg<'b, 't> {
    pub(super) fn new(
        arena: &'b Bump,
        mut lexer: Lexer<'t>,
        options: &'t ParseOptions<'t>,
        shown_lines: ShownLines,
    ) -> Self {
        lexer.set_old_not_equal(options.barry_as_flufl);
        Self {
            arena,
            lexer,
            options,
            shown_lines,
            stream: TokenStream::default(),
            mark: 0,
            memory: Vec::new(),
            depth: 0,
            diagnosing: false,
            failed: false,
            error: None,
            barry_as_flufl: options.barry_as_flufl,
            last_statement: (0, 0),
            warnings: Vec::new(),
        }
    }

    /// Back to the start for the second pass.
    pub(super) fn restart(&mut self) {
        self.memory.iter_mut().for_each(Vec::clear);
        self.mark = 0;
        self.depth = 0;
        self.last_statement = (0, 0);
        self.diagnosing = true;
    }

    // Tokens.

    /// Number of tokens read.
    pub(super) fn fill(&self) -> usize {
        self.stream.tokens.len()
    }

    /// Makes sure that the token at the mark has been read.
    pub(super) fn filled(&mut self) -> bool {
        self.mark < self.fill() || self.read_token()
    }

    #[cold]
    fn read_token(&mut self) -> bool {
        let kind = self.stream.fill(&mut self.lexer, self.options);
        self.memory.push(Vec::new());
        self.warnings.append(self.lexer.warnings());
        if kind == Kind::Error {
            self.tokenizer_error();
            self.failed = true;
            return false;
        }
        true
    }

    pub(super) fn token_at(&self, index: usize) -> Token {
        self.stream.tokens.get(index).or(self.stream.tokens.last()).copied().unwrap_or(Token {
            kind: Kind::EndMarker,
            level: 0,
            start: 0,
            end: 0,
            line: 0,
            col: -1,
            end_line: 0,
            end_col: -1,
        })
    }

    /// The last token read.
    pub(super) fn last_token(&self) -> Token {
        self.token_at(self.fill().saturating_sub(1))
    }

    pub(super) fn text(&self, token: &Token) -> &'t str {
        token.slice(self.lexer.source())
    }

    /// The token at the mark if it is a `kind`.
    pub(super) fn tok(&mut self, kind: Kind) -> Res<'b> {
        if !self.filled() {
            return None;
        }
        let token = self.stream.tokens[self.mark];
        if token.kind != kind {
            return None;
        }
        self.mark += 1;
        Some(Node::of_token(&token))
    }

    /// One of several tokens.
    pub(super) fn any(&mut self, kinds: &[Kind]) -> Res<'b> {
        kinds.iter().find_map(|&kind| self.tok(kind))
    }

    /// A token that must come; otherwise that is the error.
    pub(super) fn forced(&mut self, kind: Kind) -> Res<'b> {
        if self.failed || !self.filled() {
            return None;
        }
        if let Some(node) = self.tok(kind) {
            return Some(node);
        }
        let found = Node::of_token(&self.stream.tokens[self.mark]);
        self.raise_at(found, format!("expected '{}'", kind.text()))
    }

    /// The soft keyword `word`.
    pub(super) fn word(&mut self, word: &str) -> Res<'b> {
        if !self.filled() {
            return None;
        }
        let token = self.stream.tokens[self.mark];
        if token.kind != Kind::Name || self.text(&token) != word {
            return None;
        }
        self.name()
    }

    pub(super) fn soft_keyword(&mut self) -> Res<'b> {
        ["_", "case", "match", "type"].into_iter().find_map(|word| self.word(word))
    }

    /// A name that is no keyword.
    pub(super) fn name(&mut self) -> Res<'b> {
        let node = self.tok(Kind::Name)?;
        let text = self.text(&self.stream.tokens[self.mark - 1]);
        if !text.is_ascii()
            && let constant @ ("None" | "True" | "False") = &*crate::parser::normalize(text)
        {
            let msg = format!("identifier field can't represent '{constant}' constant");
            return self.raise_plain(ErrorKind::ValueError, msg);
        }
        Some(Node { shape: Shape::Name(matches!(text, "print" | "exec")), ..node })
    }

    // Combinators.

    /// A rule: one level deeper, and its first token read.
    #[inline]
    pub(super) fn rule(&mut self, body: impl FnOnce(&mut Self) -> Res<'b>) -> Res<'b> {
        self.depth += 1;
        if self.depth >= MAX_DEPTH {
            self.depth -= 1;
            return self.raise_plain(
                ErrorKind::MemoryError,
                "Parser stack overflowed - Python source too complex to parse".to_owned(),
            );
        }
        let result = if self.failed || !self.filled() { None } else { body(self) };
        self.depth -= 1;
        result
    }

    /// A rule whose result is remembered.
    pub(super) fn memo(&mut self, rule: Rule, body: impl FnOnce(&mut Self) -> Res<'b>) -> Res<'b> {
        self.rule(|p| {
            let start = p.mark;
            if let Some(memory) = p.memory[start].iter().find(|memory| memory.rule == rule) {
                p.mark = memory.mark;
                return memory.node;
            }
            let node = body(p);
            let mark = p.mark;
            p.memory[start].push(Memory { rule, node, mark });
            node
        })
    }

    /// Drops what is remembered of the tokens from `from` to `to`.
    pub(super) fn forget(&mut self, from: usize, to: usize) {
        self.memory[from..to].iter_mut().for_each(|memory| *memory = Vec::new());
    }

    /// A left-recursive rule: `first`, then `more` as often as it matches; what matched so far is its operand.
    pub(super) fn grow(
        &mut self,
        rule: Rule,
        first: impl FnOnce(&mut Self) -> Res<'b>,
        mut more: impl FnMut(&mut Self, usize, Node<'b>) -> Res<'b>,
    ) -> Res<'b> {
        self.memo(rule, |p| {
            let start = p.mark;
            let mut node = first(p)?;
            loop {
                let mark = p.mark;
                match more(p, start, node) {
                    Some(longer) => node = longer,
                    None if p.failed => return None,
                    None => {
                        p.mark = mark;
                        return Some(node);
                    }
                }
            }
        })
    }

    /// Always matches, unless there is an error.
    pub(super) fn opt(&mut self, rule: impl FnOnce(&mut Self) -> Res<'b>) -> Option<Res<'b>> {
        let mark = self.mark;
        let result = rule(self);
        if self.failed {
            return None;
        }
        if result.is_none() {
            self.mark = mark;
        }
        Some(result)
    }

    /// An alternative of a group: resets the mark when it does not match.
    pub(super) fn group(&mut self, rule: impl FnOnce(&mut Self) -> Res<'b>) -> Res<'b> {
        if self.failed {
            return None;
        }
        let mark = self.mark;
        let result = rule(self);
        if result.is_none() {
            self.mark = mark;
        }
        result
    }

    pub(super) fn many0(&mut self, rule: impl FnMut(&mut Self) -> Res<'b>) -> Res<'b> {
        self.many(Vec::new(), rule)
    }

    pub(super) fn many1(&mut self, mut rule: impl FnMut(&mut Self) -> Res<'b>) -> Res<'b> {
        let first = rule(self)?;
        self.many(vec![first], rule)
    }

    fn many(&mut self, mut items: Vec<Node<'b>>, mut rule: impl FnMut(&mut Self) -> Res<'b>) -> Res<'b> {
        loop {
            let mark = self.mark;
            match rule(self) {
                Some(item) => items.push(item),
                None if self.failed => return None,
                None => {
                    self.mark = mark;
                    return Some(Node::sequence(self.arena.alloc_slice_copy(&items)));
                }
            }
        }
    }

    /// One or more, with `separator` between them.
    pub(super) fn separated(
        &mut self,
        separator: Kind,
        mut rule: impl FnMut(&mut Self) -> Res<'b>,
    ) -> Res<'b> {
        let first = rule(self)?;
        self.many(vec![first], |p| {
            p.tok(separator)?;
            rule(p)
        })
    }

    /// Whether `rule` would match here.
    pub(super) fn sees(&mut self, rule: impl FnOnce(&mut Self) -> Res<'b>) -> bool {
        let mark = self.mark;
        let found = rule(self).is_some();
        self.mark = mark;
        found
    }

    pub(super) fn look(&mut self, rule: impl FnOnce(&mut Self) -> Res<'b>) -> Option<()> {
        self.sees(rule).then_some(())
    }

    pub(super) fn not(&mut self, rule: impl FnOnce(&mut Self) -> Res<'b>) -> Option<()> {
        (!self.sees(rule)).then_some(())
    }

    pub(super) fn look_any(&mut self, kinds: &[Kind]) -> Option<()> {
        self.look(|p| p.any(kinds))
    }

    pub(super) fn not_any(&mut self, kinds: &[Kind]) -> Option<()> {
        self.not(|p| p.any(kinds))
    }

    // Nodes.

    /// A node from token `start` to the last token matched that is not layout.
    pub(super) fn node(&self, shape: Shape, start: usize, items: &[Node<'b>]) -> Node<'b> {
        let first = self.token_at(start);
        let last = self.last_matched();
        let span = Span { line: first.line, col: first.col, end_line: last.end_line, end_col: last.end_col };
        let items = if items.is_empty() { &[] } else { &*self.arena.alloc_slice_copy(items) };
        Node { shape, span, items }
    }

    fn last_matched(&self) -> Token {
        let mut at = self.mark.saturating_sub(1);
        while at > 0 && self.token_at(at).kind.is_layout() {
            at -= 1;
        }
        self.token_at(at)
    }

    /// Everything in `first` and then `rest`.
    pub(super) fn joined(&self, first: Node<'b>, rest: &[Node<'b>]) -> &'b [Node<'b>] {
        let items: Vec<_> = std::iter::once(first).chain(rest.iter().copied()).collect();
        self.arena.alloc_slice_copy(&items)
    }
}

/// Calls the action of an alternative that began at token `start`.
#[inline]
pub(super) fn act<'b, 't, V>(
    p: &mut Peg<'b, 't>,
    start: usize,
    value: V,
    action: impl FnOnce(&mut Peg<'b, 't>, usize, V) -> Res<'b>,
) -> Res<'b> {
    action(p, start, value)
}

/// One alternative of a rule. If the sequence matches, the rule's result is the action's; else the next alternative
/// is tried from the same place.
macro_rules! alt {
    ($p:ident, $sequence:block => $action:expr) => {{
        if $p.failed {
            return None;
        }
        let mark = $p.mark;
        let matched = (|| Some($sequence))();
        if let Some(value) = matched {
            return $crate::diagnose::peg::act($p, mark, value, $action);
        }
        $p.mark = mark;
    }};
    ($p:ident, $sequence:block) => {{
        if $p.failed {
            return None;
        }
        let mark = $p.mark;
        let matched = (|| Some($sequence))();
        if matched.is_some() {
            return matched;
        }
        $p.mark = mark;
    }};
}

/// The alternatives for invalid programs, which take part only in the second pass.
macro_rules! invalid {
    ($p:ident, $rule:ident) => {
        if $p.diagnosing && !$p.failed {
            let mark = $p.mark;
            if let Some(node) = $p.$rule() {
                return Some(node);
            }
            $p.mark = mark;
        }
    };
}

pub(super) use {alt, invalid};
