//! The parser proper: recursive descent over a token vector, straight to the tree.
//!
//! It accepts exactly the grammar and spends nothing on errors: any refusal is a [`Bail`] without details, after which
//! [`crate::diagnose`] parses the text again the slow way and says what is wrong. One function a production;
//! operators by precedence climbing. Lists are gathered on scratch stacks and copied to the arena when complete.

mod arguments;
mod atom;
mod compound;
mod expression;
mod identifier;
mod import;
mod parameters;
mod pattern;
mod statement;
mod strings;
mod target;
mod type_params;

use bumpalo::Bump;

use crate::ast::*;
use crate::literal::EscapeWarning;
use crate::options::{Mode, ParseOptions};
use crate::token::{Kind, Token};
use crate::token_stream::TokenStream;

pub(crate) use identifier::normalize;

/// The text is not what the grammar wants; nothing more is known.
#[derive(Debug)]
pub(crate) struct Bail;

pub(crate) type Parse<T> = Result<T, Bail>;

/// CPython's limit on the depth of its parser; exceeding it is a `MemoryError`, not a syntax error.
pub(crate) const MAX_DEPTH: u32 = 6000;
/// How deep the reference parser is when it reaches the operand of a unary operator at top level.
const BASE_DEPTH: u32 = 32;

pub(crate) struct Parser<'a, 't> {
    arena: &'a Bump,
    source: &'a str,
    tokens: &'t [Token],
    fields: &'t [crate::lexer::FieldText],
    pos: usize,
    depth: u32,
    /// Nesting, not the grammar, made the parser give up.
    too_deep: bool,
    options: &'t ParseOptions<'t>,
    barry_as_flufl: bool,
    exprs: Vec<Expr<'a>>,
    optional_exprs: Vec<Option<Expr<'a>>>,
    stmts: Vec<Stmt<'a>>,
    keywords: Vec<Keyword<'a>>,
    names: Vec<Ident<'a>>,
    aliases: Vec<Alias<'a>>,
    patterns: Vec<Pattern<'a>>,
    operators: Vec<CmpOp>,
    /// Escape warnings, each with the token it is about.
    pub(crate) warnings: Vec<(u32, EscapeWarning)>,
}

/// How much was on the scratch stacks at some point, to return to it.
struct Snapshot {
    pos: usize,
    depth: u32,
    exprs: usize,
    optional_exprs: usize,
    keywords: usize,
    patterns: usize,
    operators: usize,
    warnings: usize,
}

impl<'a, 't> Parser<'a, 't> {
    pub(crate) fn new(
        arena: &'a Bump,
        source: &'a str,
        stream: &'t TokenStream,
        options: &'t ParseOptions<'t>,
    ) -> Self {
        Self {
            arena,
            source,
            tokens: &stream.tokens,
            fields: &stream.fields,
            pos: 0,
            depth: BASE_DEPTH,
            too_deep: false,
            options,
            barry_as_flufl: options.barry_as_flufl,
            exprs: Vec::with_capacity(64),
            optional_exprs: Vec::new(),
            stmts: Vec::with_capacity(64),
            keywords: Vec::new(),
            names: Vec::new(),
            aliases: Vec::new(),
            patterns: Vec::new(),
            operators: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The whole text. Also says how many tokens the parser took.
    pub(crate) fn module(&mut self, stream: &TokenStream) -> Parse<Mod<'a>> {
        match self.options.mode {
            Mode::Exec => {
                let mark = self.stmts.len();
                while self.kind() != Kind::EndMarker {
                    self.statement()?;
                }
                let type_ignores = self.arena.alloc_slice_fill_iter(
                    stream
                        .type_ignores
                        .iter()
                        .map(|token| TypeIgnore { lineno: token.line, tag: token.slice(self.source) }),
                );
                Ok(Mod::Module { body: self.take_stmts(mark), type_ignores })
            }
            Mode::Eval => {
                let body = self.expressions()?;
                let body = self.alloc(body);
                self.end_of_input()?;
                Ok(Mod::Expression { body })
            }
            Mode::Single => self.interactive(),
            Mode::FuncType => self.func_type(),
        }
    }

    fn interactive(&mut self) -> Parse<Mod<'a>> {
        let mark = self.stmts.len();
        match self.kind() {
            Kind::Newline => {
                let token = self.token();
                let loc = Loc {
                    line: token.line,
                    col: token.col,
                    end_line: token.end_line,
                    end_col: token.end_col,
                };
                self.stmts.push(Stmt { loc, kind: StmtKind::Pass });
                self.pos += 1;
            }
            Kind::EndMarker => return Err(Bail),
            _ => {
                if self.compound_statement()? {
                    self.expect(Kind::Newline)?;
                } else {
                    self.simple_statements()?;
                }
            }
        }
        Ok(Mod::Interactive { body: self.take_stmts(mark) })
    }

    fn func_type(&mut self) -> Parse<Mod<'a>> {
        self.expect(Kind::LPar)?;
        let mark = self.exprs.len();
        // Plain types, then at most one `*` and one `**`, in this order.
        let mut rank = 0;
        while self.kind() != Kind::RPar {
            if self.exprs.len() > mark {
                self.expect(Kind::Comma)?;
            }
            let own = match self.kind() {
                Kind::Star => 1,
                Kind::DoubleStar => 2,
                _ => 0,
            };
            if own < rank || (own == rank && own > 0) {
                return Err(Bail);
            }
            rank = own;
            if own > 0 {
                self.pos += 1;
            }
            let argument = self.expression()?;
            self.exprs.push(argument);
        }
        self.pos += 1;
        self.expect(Kind::RArrow)?;
        let returns = self.expression()?;
        self.end_of_input()?;
        Ok(Mod::FunctionType { argtypes: self.take_exprs(mark), returns: self.alloc(returns) })
    }

    fn end_of_input(&mut self) -> Parse<()> {
        while self.eat(Kind::Newline) {}
        if self.kind() == Kind::EndMarker { Ok(()) } else { Err(Bail) }
    }

    /// Whether the program was refused for its nesting alone.
    pub(crate) fn is_too_deep(&self) -> bool {
        self.too_deep
    }

    /// Index of the first token not taken.
    pub(crate) fn position(&self) -> usize {
        self.pos
    }

    // Tokens. The stream ends with an end marker or an error, which nothing takes, so `pos` stays in range.

    #[inline]
    fn token(&self) -> &'t Token {
        &self.tokens[self.pos]
    }

    #[inline]
    fn kind(&self) -> Kind {
        self.tokens[self.pos].kind
    }

    /// The kind of the token `n` after the current one.
    #[inline]
    fn kind_after(&self, n: usize) -> Kind {
        self.tokens.get(self.pos + n).map_or(Kind::Error, |token| token.kind)
    }

    #[inline]
    fn eat(&mut self, kind: Kind) -> bool {
        if self.kind() == kind {
            self.pos += 1;
            return true;
        }
        false
    }

    #[inline]
    fn expect(&mut self, kind: Kind) -> Parse<()> {
        if self.eat(kind) { Ok(()) } else { Err(Bail) }
    }

    /// Whether the current token is the soft keyword `word`.
    fn at_word(&self, word: &str) -> bool {
        self.kind() == Kind::Name && self.token().slice(self.source) == word
    }

    /// From the start of token `start` to the end of the last token taken that is not layout.
    #[inline]
    fn loc(&self, start: usize) -> Loc {
        let first = &self.tokens[start];
        self.loc_from(first.line, first.col)
    }

    #[inline]
    fn loc_from(&self, line: i32, col: i32) -> Loc {
        let mut last = self.pos.saturating_sub(1);
        while last > 0 && self.tokens[last].kind.is_layout() {
            last -= 1;
        }
        let last = &self.tokens[last];
        Loc { line, col, end_line: last.end_line, end_col: last.end_col }
    }

    /// The place of the token before the current one.
    fn previous_loc(&self) -> Loc {
        let token = &self.tokens[self.pos.saturating_sub(1)];
        Loc { line: token.line, col: token.col, end_line: token.end_line, end_col: token.end_col }
    }

    /// Refuses what is newer than the grammar asked for.
    fn since(&self, version: u8) -> Parse<()> {
        if self.options.feature_version < version { Err(Bail) } else { Ok(()) }
    }

    /// Runs `parse` one level deeper.
    #[inline]
    fn nested<T>(&mut self, levels: u32, parse: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        self.deepen(levels)?;
        let result = parse(self)?;
        self.depth -= levels;
        Ok(result)
    }

    /// Counts levels of nesting, `self.depth` to be reset by the caller.
    #[inline]
    fn deepen(&mut self, levels: u32) -> Parse<()> {
        self.depth += levels;
        self.too_deep = self.depth > MAX_DEPTH;
        if self.too_deep { Err(Bail) } else { Ok(()) }
    }

    /// Tries `parse`; if it fails, everything is as before.
    fn attempt<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parse<T>) -> Option<T> {
        let before = Snapshot {
            pos: self.pos,
            depth: self.depth,
            exprs: self.exprs.len(),
            optional_exprs: self.optional_exprs.len(),
            keywords: self.keywords.len(),
            patterns: self.patterns.len(),
            operators: self.operators.len(),
            warnings: self.warnings.len(),
        };
        match parse(self) {
            Ok(value) => Some(value),
            Err(Bail) => {
                self.pos = before.pos;
                self.depth = before.depth;
                self.exprs.truncate(before.exprs);
                self.optional_exprs.truncate(before.optional_exprs);
                self.keywords.truncate(before.keywords);
                self.patterns.truncate(before.patterns);
                self.operators.truncate(before.operators);
                self.warnings.truncate(before.warnings);
                None
            }
        }
    }

    // Arena.

    #[inline]
    fn alloc<T: Copy>(&self, value: T) -> &'a T {
        self.arena.alloc(value)
    }

    #[inline]
    fn alloc_some<T: Copy>(&self, value: Option<T>) -> Option<&'a T> {
        value.map(|value| self.alloc(value))
    }

    fn take_exprs(&mut self, mark: usize) -> Seq<'a, Expr<'a>> {
        take(self.arena, &mut self.exprs, mark)
    }

    fn take_stmts(&mut self, mark: usize) -> Body<'a> {
        take(self.arena, &mut self.stmts, mark)
    }
}

/// Moves what is on a scratch stack above `mark` to the arena.
#[inline]
fn take<'a, T: Copy>(arena: &'a Bump, stack: &mut Vec<T>, mark: usize) -> &'a [T] {
    let items = &stack[mark..];
    if items.is_empty() {
        return &[];
    }
    let taken = arena.alloc_slice_copy(items);
    stack.truncate(mark);
    taken
}
