//! Token kinds, numbered as Python's `token` module numbers them, and the token itself.

macro_rules! kinds {
    ($($name:ident = $number:literal $text:literal),* $(,)?) => {
        /// What a token is. Up to [`Kind::Encoding`] the numbers are those of Python's `token` module; keywords,
        /// which only the parser tells from names, follow from 128.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Kind {
            $(#[doc = concat!("`", $text, "`")] $name = $number),*
        }

        impl Kind {
            /// The text of an operator or keyword, the name of any other kind.
            pub fn text(self) -> &'static str {
                match self { $(Kind::$name => $text),* }
            }
        }
    };
}

kinds! {
    EndMarker = 0 "ENDMARKER", Name = 1 "NAME", Number = 2 "NUMBER", String = 3 "STRING", Newline = 4 "NEWLINE",
    Indent = 5 "INDENT", Dedent = 6 "DEDENT", LPar = 7 "(", RPar = 8 ")", LSqb = 9 "[", RSqb = 10 "]",
    Colon = 11 ":", Comma = 12 ",", Semi = 13 ";", Plus = 14 "+", Minus = 15 "-", Star = 16 "*", Slash = 17 "/",
    VBar = 18 "|", Amper = 19 "&", Less = 20 "<", Greater = 21 ">", Equal = 22 "=", Dot = 23 ".", Percent = 24 "%",
    LBrace = 25 "{", RBrace = 26 "}", EqEqual = 27 "==", NotEqual = 28 "!=", LessEqual = 29 "<=",
    GreaterEqual = 30 ">=", Tilde = 31 "~", Circumflex = 32 "^", LeftShift = 33 "<<", RightShift = 34 ">>",
    DoubleStar = 35 "**", PlusEqual = 36 "+=", MinEqual = 37 "-=", StarEqual = 38 "*=", SlashEqual = 39 "/=",
    PercentEqual = 40 "%=", AmperEqual = 41 "&=", VBarEqual = 42 "|=", CircumflexEqual = 43 "^=",
    LeftShiftEqual = 44 "<<=", RightShiftEqual = 45 ">>=", DoubleStarEqual = 46 "**=", DoubleSlash = 47 "//",
    DoubleSlashEqual = 48 "//=", At = 49 "@", AtEqual = 50 "@=", RArrow = 51 "->", Ellipsis = 52 "...",
    ColonEqual = 53 ":=", Exclamation = 54 "!", Op = 55 "OP", TypeIgnore = 56 "TYPE_IGNORE",
    TypeComment = 57 "TYPE_COMMENT", SoftKeyword = 58 "SOFT_KEYWORD", FStringStart = 59 "FSTRING_START",
    FStringMiddle = 60 "FSTRING_MIDDLE", FStringEnd = 61 "FSTRING_END", TStringStart = 62 "TSTRING_START",
    TStringMiddle = 63 "TSTRING_MIDDLE", TStringEnd = 64 "TSTRING_END", Comment = 65 "COMMENT", Nl = 66 "NL",
    Error = 67 "ERRORTOKEN", Encoding = 68 "ENCODING",
    False = 128 "False", None = 129 "None", True = 130 "True", And = 131 "and", As = 132 "as", Assert = 133 "assert",
    Async = 134 "async", Await = 135 "await", Break = 136 "break", Class = 137 "class", Continue = 138 "continue",
    Def = 139 "def", Del = 140 "del", Elif = 141 "elif", Else = 142 "else", Except = 143 "except",
    Finally = 144 "finally", For = 145 "for", From = 146 "from", Global = 147 "global", If = 148 "if",
    Import = 149 "import", In = 150 "in", Is = 151 "is", Lambda = 152 "lambda", Nonlocal = 153 "nonlocal",
    Not = 154 "not", Or = 155 "or", Pass = 156 "pass", Raise = 157 "raise", Return = 158 "return", Try = 159 "try",
    While = 160 "while", With = 161 "with", Yield = 162 "yield",
}

impl Kind {
    /// The keyword `word` is, or [`Kind::Name`].
    pub fn of_word(word: &[u8]) -> Kind {
        match word {
            b"if" => Kind::If,
            b"in" => Kind::In,
            b"is" => Kind::Is,
            b"or" => Kind::Or,
            b"as" => Kind::As,
            _ if word.len() < 3 || word.len() > 8 => Kind::Name,
            b"def" => Kind::Def,
            b"for" => Kind::For,
            b"not" => Kind::Not,
            b"and" => Kind::And,
            b"try" => Kind::Try,
            b"del" => Kind::Del,
            b"None" => Kind::None,
            b"True" => Kind::True,
            b"else" => Kind::Else,
            b"elif" => Kind::Elif,
            b"from" => Kind::From,
            b"with" => Kind::With,
            b"pass" => Kind::Pass,
            b"False" => Kind::False,
            b"class" => Kind::Class,
            b"raise" => Kind::Raise,
            b"while" => Kind::While,
            b"yield" => Kind::Yield,
            b"await" => Kind::Await,
            b"async" => Kind::Async,
            b"break" => Kind::Break,
            b"return" => Kind::Return,
            b"import" => Kind::Import,
            b"except" => Kind::Except,
            b"lambda" => Kind::Lambda,
            b"assert" => Kind::Assert,
            b"global" => Kind::Global,
            b"finally" => Kind::Finally,
            b"continue" => Kind::Continue,
            b"nonlocal" => Kind::Nonlocal,
            _ => Kind::Name,
        }
    }

    /// `NEWLINE`, `INDENT`, `DEDENT` and the end: tokens no node ends with.
    pub(crate) fn is_layout(self) -> bool {
        matches!(self, Kind::Newline | Kind::Indent | Kind::Dedent | Kind::EndMarker)
    }

    /// Names, numbers and operators: their end is known only from what follows.
    pub(crate) fn ends_by_lookahead(self) -> bool {
        matches!(self, Kind::Name | Kind::Number) || (self as u8) >= Kind::LPar as u8 && !self.has_own_end()
    }

    /// Literals, comments and what is no text at all.
    fn has_own_end(self) -> bool {
        self.is_string_part()
            || matches!(self, Kind::Comment | Kind::Nl | Kind::TypeComment | Kind::TypeIgnore | Kind::Error)
    }

    /// A string literal or part of one: the tokens that may span lines.
    pub(crate) fn is_string_part(self) -> bool {
        self.starts_string()
            || matches!(self, Kind::FStringMiddle | Kind::FStringEnd | Kind::TStringMiddle | Kind::TStringEnd)
    }

    /// Starts a string literal of any sort.
    pub(crate) fn starts_string(self) -> bool {
        matches!(self, Kind::String | Kind::FStringStart | Kind::TStringStart)
    }
}

/// One token. Lines count from 1, columns in bytes from 0; a column is -1 where CPython gives a token no text.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Kind,
    /// How many brackets were open after the token.
    pub level: u16,
    /// Byte range in the decoded source.
    pub start: u32,
    pub end: u32,
    pub line: i32,
    pub col: i32,
    pub end_line: i32,
    pub end_col: i32,
}

const _: () = assert!(size_of::<Token>() == 28);

impl Token {
    /// The token's text in the source it was read from.
    pub fn slice<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }
}
