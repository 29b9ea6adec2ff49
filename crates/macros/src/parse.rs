//! The arguments of `#[pytype]` and `#[pymethods]`, and the attributes inside the impl block.

use crate::method::{self, Binding, Options};
use crate::slots::SlotAttr;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, LitStr, Path, Token, parenthesized};

/// The arguments of `#[pytype(…)]`.
pub struct TypeArgs {
    pub name: LitStr,
    pub module: Option<LitStr>,
    pub symbol: Option<LitStr>,
    pub base: Option<Path>,
    /// The static of the Python base, when that is not the type of `base`.
    pub base_type: Option<Path>,
    pub flags: Vec<Ident>,
    pub itemsize: Option<Expr>,
    pub basicsize: Option<Expr>,
    pub dictoffset: Option<Expr>,
    pub weaklistoffset: Option<Expr>,
    pub vectorcall_offset: Option<Expr>,
    pub members: Vec<Member>,
    pub parts: Vec<Ident>,
    /// Names of methods and properties in the order of `__dict__`; the others follow.
    pub order: Option<LitStr>,
    /// The trait that carries the functions of a type from another crate.
    pub foreign: Option<Ident>,
    /// The text signature, when it is not that of `tp_new` or `tp_init`.
    pub text: Option<LitStr>,
    pub doc: Option<LitStr>,
    pub nosig: bool,
    pub noderef: bool,
}

/// `field as name: kind readonly "doc"` in `members(…)`; the field may be nested (`inner.field`).
pub struct Member {
    pub name: String,
    pub field: TokenStream,
    pub span: Span,
    pub kind: Ident,
    pub readonly: bool,
    pub doc: Option<LitStr>,
}

impl Parse for Member {
    fn parse(input: ParseStream) -> syn::Result<Member> {
        let mut last: Ident = input.parse()?;
        let span = last.span();
        let mut field = quote!(#last);
        while input.parse::<Option<Token![.]>>()?.is_some() {
            last = input.parse()?;
            field.extend(quote!(. #last));
        }
        let name =
            if input.parse::<Option<Token![as]>>()?.is_some() { Ident::parse_any(input)? } else { last };
        input.parse::<Token![:]>()?;
        let kind: Ident = input.parse()?;
        let mut readonly = false;
        if input.peek(Ident) {
            let word: Ident = input.parse()?;
            if word != "readonly" {
                return Err(syn::Error::new(word.span(), "expected `readonly`, a doc string or a comma"));
            }
            readonly = true;
        }
        let doc = if input.peek(LitStr) { Some(input.parse()?) } else { None };
        Ok(Member { name: crate::names::python_name(&name), field, span, kind, readonly, doc })
    }
}

fn list<T: Parse>(input: ParseStream) -> syn::Result<Vec<T>> {
    let content;
    parenthesized!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

impl Parse for TypeArgs {
    fn parse(input: ParseStream) -> syn::Result<TypeArgs> {
        let mut name = None;
        let mut out = TypeArgs {
            name: LitStr::new("", Span::call_site()),
            module: None,
            symbol: None,
            base: None,
            base_type: None,
            flags: Vec::new(),
            itemsize: None,
            basicsize: None,
            dictoffset: None,
            weaklistoffset: None,
            vectorcall_offset: None,
            members: Vec::new(),
            parts: Vec::new(),
            order: None,
            foreign: None,
            text: None,
            doc: None,
            nosig: false,
            noderef: false,
        };
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            let word = key.to_string();
            match word.as_str() {
                "flags" => out.flags = list(input)?,
                "members" => out.members = list(input)?,
                "parts" => out.parts = list(input)?,
                "nosig" => out.nosig = true,
                "noderef" => out.noderef = true,
                "name" | "module" | "symbol" | "base" | "base_type" | "itemsize" | "basicsize"
                | "dictoffset" | "weaklistoffset" | "vectorcall_offset" | "foreign" | "text" | "doc"
                | "order" => {
                    input.parse::<Token![=]>()?;
                    match word.as_str() {
                        "name" => name = Some(input.parse()?),
                        "module" => out.module = Some(input.parse()?),
                        "symbol" => out.symbol = Some(input.parse()?),
                        "base" => out.base = Some(input.parse()?),
                        "base_type" => out.base_type = Some(input.parse()?),
                        "itemsize" => out.itemsize = Some(input.parse()?),
                        "basicsize" => out.basicsize = Some(input.parse()?),
                        "dictoffset" => out.dictoffset = Some(input.parse()?),
                        "weaklistoffset" => out.weaklistoffset = Some(input.parse()?),
                        "vectorcall_offset" => out.vectorcall_offset = Some(input.parse()?),
                        "foreign" => out.foreign = Some(input.parse()?),
                        "text" => out.text = Some(input.parse()?),
                        "order" => out.order = Some(input.parse()?),
                        _ => out.doc = Some(input.parse()?),
                    }
                }
                _ => {
                    return Err(syn::Error::new(
                        key.span(),
                        format!(
                            "unknown option `{word}`; there are name, module, symbol, base, base_type, flags(…), itemsize, \
                             basicsize, dictoffset, weaklistoffset, vectorcall_offset, members(…), parts(…), order, foreign, \
                             text, doc, nosig and noderef"
                        ),
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        out.name = name.ok_or_else(|| syn::Error::new(Span::call_site(), "`name = \"…\"` is missing"))?;
        Ok(out)
    }
}

/// The arguments of `#[pymethods(part)]`.
pub struct PartArgs {
    pub part: Ident,
    pub foreign: Option<Ident>,
    pub type_name: Option<LitStr>,
}

impl Parse for PartArgs {
    fn parse(input: ParseStream) -> syn::Result<PartArgs> {
        let mut out = PartArgs { part: input.parse()?, foreign: None, type_name: None };
        while input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            let key: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            if key == "foreign" {
                out.foreign = Some(input.parse()?);
            } else if key == "type_name" {
                out.type_name = Some(input.parse()?);
            } else {
                return Err(syn::Error::new(key.span(), "unknown option; there are foreign and type_name"));
            }
        }
        Ok(out)
    }
}

/// `#[getter]`, `#[getter(name)]`, `#[setter(name = "__name__", doc = "…")]`.
#[derive(Default)]
pub struct Accessor {
    pub name: Option<String>,
    pub doc: Option<LitStr>,
}

impl Parse for Accessor {
    fn parse(input: ParseStream) -> syn::Result<Accessor> {
        let mut out = Accessor::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
                let text: LitStr = input.parse()?;
                if key == "name" {
                    out.name = Some(text.value());
                } else if key == "doc" {
                    out.doc = Some(text);
                } else {
                    return Err(syn::Error::new(
                        key.span(),
                        "unknown option; there are a name, name = \"…\" and doc = \"…\"",
                    ));
                }
            } else {
                out.name = Some(crate::names::python_name(&key));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(out)
    }
}

/// What an attribute makes of a function.
pub enum Role {
    Method(Binding, Box<Options>),
    Getter(Accessor),
    Setter(Accessor),
    Slot(SlotAttr),
}

/// Takes the attributes that are ours off a function.
pub fn roles(attrs: &mut Vec<Attribute>) -> syn::Result<Vec<Role>> {
    let mut roles = Vec::new();
    let mut kept = Vec::new();
    for attr in attrs.drain(..) {
        let Some(ident) = attr.path().get_ident().map(Ident::to_string) else {
            kept.push(attr);
            continue;
        };
        let method =
            |binding| -> syn::Result<Role> { Ok(Role::Method(binding, Box::new(method::options(&attr)?))) };
        roles.push(match ident.as_str() {
            "pymethod" => method(Binding::Instance)?,
            "classmethod" => method(Binding::Class)?,
            "staticmethod" => method(Binding::Static)?,
            "getter" => Role::Getter(method::parse_optional(&attr)?),
            "setter" => Role::Setter(method::parse_optional(&attr)?),
            "slot" => Role::Slot(attr.parse_args()?),
            "vectorcall" => {
                let options: Options = method::options(&attr)?;
                let name = Ident::new("tp_vectorcall", attr.path().segments[0].ident.span());
                Role::Slot(SlotAttr {
                    names: vec![name],
                    raw: options.raw,
                    vectorcall: false,
                    sig: options.sig,
                    function: None,
                })
            }
            _ => {
                kept.push(attr);
                continue;
            }
        });
    }
    *attrs = kept;
    Ok(roles)
}
