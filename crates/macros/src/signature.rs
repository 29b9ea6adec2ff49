//! Python parameter lists: parsing `sig = "(a, /, b=1, *, c=None)"`, and the forms made from them, the text
//! signature and the `Signature` descriptor.

use proc_macro2::{Span, TokenStream};
use quote::quote;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    PositionalOnly,
    Positional,
    KeywordOnly,
    VarArgs,
    VarKeywords,
}

pub struct Param {
    pub name: String,
    pub kind: Kind,
    /// The text after `=`.
    pub default: Option<String>,
}

pub struct Signature {
    /// In the order of the text, `*args` and `**kwargs` included.
    pub params: Vec<Param>,
}

/// How the first parameter is shown in a text signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Implicit {
    Instance,
    Class,
    Module,
    None,
}

impl Implicit {
    fn text(self) -> Option<&'static str> {
        match self {
            Implicit::Instance => Some("$self"),
            Implicit::Class => Some("$type"),
            Implicit::Module => Some("$module"),
            Implicit::None => None,
        }
    }
}

impl Signature {
    /// All parameters positional-only and required: what a function without `sig` has.
    pub fn positional(names: impl Iterator<Item = String>) -> Signature {
        Signature {
            params: names.map(|name| Param { name, kind: Kind::PositionalOnly, default: None }).collect(),
        }
    }

    /// Parses the text of `sig`.
    pub fn parse(text: &str, span: Span) -> syn::Result<Signature> {
        parse(text).map_err(|m| syn::Error::new(span, format!("in the signature `{text}`: {m}")))
    }

    /// Parameters with a place in the argument array, in its order.
    pub fn slots(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|p| !matches!(p.kind, Kind::VarArgs | Kind::VarKeywords))
    }

    pub fn count(&self, f: impl Fn(&Param) -> bool) -> usize {
        self.slots().filter(|p| f(p)).count()
    }

    pub fn has(&self, kind: Kind) -> bool {
        self.params.iter().any(|p| p.kind == kind)
    }

    /// Can any argument be given by name?
    pub fn takes_keywords(&self) -> bool {
        self.params.iter().any(|p| matches!(p.kind, Kind::Positional | Kind::KeywordOnly | Kind::VarKeywords))
    }

    /// Exactly one required positional-only parameter: `METH_O`.
    pub fn is_single(&self) -> bool {
        matches!(self.params.as_slice(), [Param { kind: Kind::PositionalOnly, default: None, .. }])
    }

    /// The statics of the descriptor, `SIG` (`runtime::args::Signature`).
    pub fn descriptor(&self, function: &str) -> TokenStream {
        let names = self.slots().map(|p| p.name.as_str());
        let posonly = self.count(|p| p.kind == Kind::PositionalOnly) as u16;
        let positional = self.count(|p| p.kind != Kind::KeywordOnly) as u16;
        let required = self.count(|p| p.kind != Kind::KeywordOnly && p.default.is_none()) as u16;
        let required_keywords = self.count(|p| p.kind == Kind::KeywordOnly && p.default.is_none()) as u16;
        let varargs = self.has(Kind::VarArgs);
        let varkw = self.has(Kind::VarKeywords);
        let total = self.slots().count();
        quote! {
            static PARAMS: [::runtime::intern::InternedName; #total] = [#(::runtime::intern::InternedName::new(#names)),*];
            static SIG: ::runtime::args::Signature = ::runtime::args::Signature {
                function: #function,
                params: &PARAMS,
                posonly: #posonly,
                positional: #positional,
                required: #required,
                required_keywords: #required_keywords,
                varargs: #varargs,
                varkw: #varkw,
            };
        }
    }

    /// `(…)` as `__text_signature__` shows it, the implicit first parameter included.
    pub fn text(&self, implicit: Implicit) -> String {
        let mut out = String::from("(");
        let mut first = true;
        let mut push = |item: &str| {
            if !first {
                out.push_str(", ");
            }
            first = false;
            out.push_str(item);
        };
        let has_posonly = self.has(Kind::PositionalOnly);
        if let Some(this) = implicit.text() {
            push(this);
            if !has_posonly {
                push("/");
            }
        }
        let mut previous = Kind::PositionalOnly;
        let mut seen_star = false;
        for (i, p) in self.params.iter().enumerate() {
            if i > 0 && previous == Kind::PositionalOnly && p.kind != Kind::PositionalOnly {
                push("/");
            }
            if p.kind == Kind::KeywordOnly && !seen_star {
                push("*");
                seen_star = true;
            }
            let stars = match p.kind {
                Kind::VarArgs => "*",
                Kind::VarKeywords => "**",
                _ => "",
            };
            seen_star |= p.kind == Kind::VarArgs;
            match &p.default {
                Some(d) => push(&format!("{}={d}", p.name)),
                None => push(&format!("{stars}{}", p.name)),
            }
            previous = p.kind;
        }
        if has_posonly && previous == Kind::PositionalOnly {
            push("/");
        }
        out.push(')');
        out
    }
}

/// Splits at top-level commas; brackets and string literals nest.
fn split(text: &str) -> Result<Vec<String>, String> {
    let mut parts = vec![String::new()];
    let mut depth = 0i32;
    let mut quote: Option<char> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(_), '\\') => {
                push_last(&mut parts, c);
                if let Some(next) = chars.next() {
                    push_last(&mut parts, next);
                }
                continue;
            }
            (Some(q), _) if c == q => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, ',') if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        push_last(&mut parts, c);
    }
    if depth != 0 || quote.is_some() {
        return Err("brackets or quotes do not match".into());
    }
    if parts.last().is_some_and(|p| p.trim().is_empty()) {
        parts.pop();
    }
    Ok(parts.into_iter().map(|p| p.trim().to_owned()).collect())
}

fn push_last(parts: &mut [String], c: char) {
    if let Some(last) = parts.last_mut() {
        last.push(c);
    }
}

fn parse(text: &str) -> Result<Signature, String> {
    let inner = text.trim().strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    let Some(inner) = inner else { return Err("it must be enclosed in parentheses".into()) };
    let mut params: Vec<Param> = Vec::new();
    let mut after_star = false;
    let mut bare_star = false;
    let mut seen_default = false;
    let mut seen_optional_keyword = false;
    for item in split(inner)? {
        if params.last().is_some_and(|p| p.kind == Kind::VarKeywords) {
            return Err("nothing can follow the `**` parameter".into());
        }
        match item.as_str() {
            "" => return Err("empty parameter".into()),
            "/" => {
                if params.is_empty() || after_star || params.iter().any(|p| p.kind == Kind::PositionalOnly) {
                    return Err("misplaced `/`".into());
                }
                params.iter_mut().for_each(|p| p.kind = Kind::PositionalOnly);
            }
            "*" => {
                if after_star {
                    return Err("second `*`".into());
                }
                after_star = true;
                bare_star = true;
            }
            _ => {
                let (stars, rest) = match item.as_str() {
                    s if s.starts_with("**") => (2, &s[2..]),
                    s if s.starts_with('*') => (1, &s[1..]),
                    s => (0, s),
                };
                let (name, default) = match rest.split_once('=') {
                    Some((n, d)) => (n.trim(), Some(d.trim().to_owned())),
                    None => (rest.trim(), None),
                };
                let valid = name.chars().all(|c| c.is_alphanumeric() || c == '_')
                    && name.chars().next().is_some_and(|c| !c.is_ascii_digit());
                if !valid {
                    return Err(format!("`{name}` is not a parameter name"));
                }
                if params.iter().any(|p| p.name == name) {
                    return Err(format!("parameter `{name}` is repeated"));
                }
                if default.as_deref() == Some("") {
                    return Err(format!("parameter `{name}` has an empty default"));
                }
                let kind = match stars {
                    2 => Kind::VarKeywords,
                    1 if after_star => return Err("second `*`".into()),
                    1 => {
                        after_star = true;
                        Kind::VarArgs
                    }
                    _ if after_star => Kind::KeywordOnly,
                    _ => Kind::Positional,
                };
                if stars > 0 && default.is_some() {
                    return Err(format!("`{name}` cannot have a default"));
                }
                match kind {
                    Kind::Positional if default.is_some() => seen_default = true,
                    Kind::Positional if seen_default => {
                        return Err(format!(
                            "parameter `{name}` without a default follows one with a default"
                        ));
                    }
                    Kind::KeywordOnly if default.is_some() => seen_optional_keyword = true,
                    Kind::KeywordOnly if seen_optional_keyword => {
                        return Err(format!("put the required keyword `{name}` before the optional ones"));
                    }
                    _ => {}
                }
                params.push(Param { name: name.to_owned(), kind, default });
            }
        }
    }
    if bare_star && !params.iter().any(|p| p.kind == Kind::KeywordOnly) {
        return Err("a keyword parameter must follow `*`".into());
    }
    Ok(Signature { params })
}

/// A default that has a Rust literal.
pub enum Literal {
    Int(String),
    Float(f64),
    Bool(bool),
    Text(String),
    None,
}

/// The Rust literal of a default text, if there is one.
pub fn literal(text: &str) -> Option<Literal> {
    match text {
        "None" => return Some(Literal::None),
        "True" => return Some(Literal::Bool(true)),
        "False" => return Some(Literal::Bool(false)),
        _ => {}
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.chars().next().is_some_and(|c| c.is_ascii_digit()) {
        let number = |t: &str| t.chars().all(|c| c.is_ascii_digit() || c == '_');
        if number(digits)
            || digits.strip_prefix("0x").is_some_and(|h| h.chars().all(|c| c.is_ascii_hexdigit()))
        {
            return Some(Literal::Int(text.to_owned()));
        }
        return text.parse().ok().map(Literal::Float);
    }
    for q in ['\'', '"'] {
        if let Some(inner) = text.strip_prefix(q).and_then(|t| t.strip_suffix(q))
            && !inner.contains(q)
        {
            return unescape(inner).map(Literal::Text);
        }
    }
    None
}

fn unescape(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match chars.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            c @ ('\\' | '\'' | '"') => c,
            _ => return None,
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(sig: &str, implicit: Implicit) -> String {
        match parse(sig) {
            Ok(s) => s.text(implicit),
            Err(e) => format!("error: {e}"),
        }
    }

    #[test]
    fn text_signatures() {
        for (sig, shown) in [
            ("()", "($self, /)"),
            ("(a, /)", "($self, a, /)"),
            ("(a, b=1, /, c='x, y', *, d=(1, 2))", "($self, a, b=1, /, c='x, y', *, d=(1, 2))"),
            ("(*, key=None)", "($self, /, *, key=None)"),
            ("(*args, sep=' ', **kw)", "($self, /, *args, sep=' ', **kw)"),
            ("(a, /, *args)", "($self, a, /, *args)"),
        ] {
            assert_eq!(text(sig, Implicit::Instance), shown);
            assert_eq!(
                text(sig, Implicit::None),
                shown.replace("$self, /, ", "").replace("$self, /", "").replace("$self, ", "")
            );
        }
    }

    #[test]
    fn errors() {
        for (sig, message) in [
            ("a", "it must be enclosed in parentheses"),
            ("(a, a)", "parameter `a` is repeated"),
            ("(a=1, b)", "parameter `b` without a default follows one with a default"),
            ("(a, *)", "a keyword parameter must follow `*`"),
            ("(/)", "misplaced `/`"),
            ("(**k, a)", "nothing can follow the `**` parameter"),
            ("(a=[)", "brackets or quotes do not match"),
        ] {
            assert_eq!(text(sig, Implicit::None), format!("error: {message}"));
        }
    }
}
