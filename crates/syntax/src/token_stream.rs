//! Tokens as the parser wants them: `# type: ignore` set aside, and in single mode an end of the statement where the
//! text ends.

use crate::lexer::{FieldText, Lexer};
use crate::options::{Mode, ParseOptions};
use crate::token::{Kind, Token};

/// All tokens of a text, up to the end or the first error.
#[derive(Default)]
pub(crate) struct TokenStream {
    pub tokens: Vec<Token>,
    pub type_ignores: Vec<Token>,
    pub fields: Vec<FieldText>,
    /// A token since the last made-up NEWLINE was read (single mode).
    started: bool,
}

impl TokenStream {
    /// Reads one token more.
    pub(crate) fn fill(&mut self, lexer: &mut Lexer<'_>, options: &ParseOptions<'_>) -> Kind {
        let mut token = lexer.next_token();
        while token.kind == Kind::TypeIgnore {
            self.type_ignores.push(token);
            token = lexer.next_token();
        }
        if options.mode == Mode::Single && token.kind == Kind::EndMarker && self.started {
            token.kind = Kind::Newline;
            self.started = false;
            if lexer.has_open_blocks() && !options.dont_imply_dedent {
                lexer.close_blocks();
            }
        } else {
            self.started = true;
        }
        self.tokens.push(token);
        token.kind
    }

    /// Reads everything.
    pub(crate) fn read(lexer: &mut Lexer<'_>, options: &ParseOptions<'_>) -> Self {
        let mut stream = Self::default();
        // A guess that is rarely too small: most tokens have at least three bytes.
        stream.tokens.reserve(lexer.source().len() / 3 + 8);
        while !matches!(stream.fill(lexer, options), Kind::EndMarker | Kind::Error) {}
        stream.fields = std::mem::take(lexer.fields());
        stream
    }
}
