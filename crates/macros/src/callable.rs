//! A Rust function as a callable: its parameters sorted into receiver, token and Python parameters, matched with a
//! Python signature, and the code that fills them from C arguments.

use crate::names;
use crate::signature::{Kind, Literal, Signature, literal};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, Ident, LitStr, Pat, Type};

/// One Rust parameter that is filled from a Python argument.
pub struct Arg {
    pub name: String,
    pub ty: Type,
    pub span: Span,
}

/// A Rust function taken apart.
pub struct Callable {
    pub ident: Ident,
    /// What to write before `(` in a call.
    pub path: TokenStream,
    pub self_ty: Option<Type>,
    /// `&self` is there.
    pub receiver: bool,
    /// Where the `Python` token is among the parameters without the receiver.
    pub token: Option<usize>,
    /// Everything else, in order.
    pub args: Vec<Arg>,
}

impl Callable {
    pub fn new(sig: &syn::Signature, path: TokenStream, self_ty: Option<&Type>) -> syn::Result<Callable> {
        let mut out = Callable {
            ident: sig.ident.clone(),
            path,
            self_ty: self_ty.cloned(),
            receiver: false,
            token: None,
            args: Vec::new(),
        };
        if let Some(a) = &sig.asyncness {
            return Err(syn::Error::new(a.span(), "a Python-visible function cannot be `async`"));
        }
        if let Some(p) = sig.generics.type_params().next() {
            return Err(syn::Error::new(p.span(), "a Python-visible function cannot be generic"));
        }
        let mut position = 0;
        for input in &sig.inputs {
            match input {
                FnArg::Receiver(r) => {
                    if r.reference.is_none() || r.mutability.is_some() {
                        return Err(syn::Error::new(r.span(), "objects are shared: take `&self`"));
                    }
                    out.receiver = true;
                }
                FnArg::Typed(t) => {
                    if names::is_token(&t.ty) && out.token.is_none() {
                        out.token = Some(position);
                    } else {
                        let Pat::Ident(p) = &*t.pat else {
                            return Err(syn::Error::new(
                                t.pat.span(),
                                "a plain parameter name is needed here",
                            ));
                        };
                        out.args.push(Arg {
                            name: names::python_name(&p.ident),
                            ty: names::shim_type(&t.ty, self_ty),
                            span: t.span(),
                        });
                    }
                    position += 1;
                }
            }
        }
        Ok(out)
    }

    /// The call expression with these values for `args`.
    pub fn call(&self, receiver: Option<TokenStream>, values: &[TokenStream]) -> TokenStream {
        let mut list: Vec<TokenStream> = values.to_vec();
        if let Some(at) = self.token {
            list.insert(at.min(list.len()), quote!(py));
        }
        let path = &self.path;
        let this = receiver.into_iter();
        quote_spanned!(self.ident.span()=> #path(#(#this,)* #(#list),*))
    }

    /// Checks that the function has `&self`, or has not.
    pub fn expect_receiver(&self, wanted: bool, what: &str) -> syn::Result<()> {
        match (self.receiver, wanted) {
            (true, false) => Err(syn::Error::new(self.ident.span(), format!("{what} does not take `&self`"))),
            (false, true) => Err(syn::Error::new(self.ident.span(), format!("{what} takes `&self`"))),
            _ => Ok(()),
        }
    }

    /// The Python signature: that of `sig = "…"`, checked against the Rust parameters after the first `skip`, or one of
    /// positional-only parameters made from them.
    pub fn signature(&self, text: Option<&LitStr>, skip: usize) -> syn::Result<Signature> {
        let args = self.args.get(skip..).unwrap_or_default();
        let Some(text) = text else {
            return Ok(Signature::positional(args.iter().map(|a| a.name.trim_matches('_').to_owned())));
        };
        let sig = Signature::parse(&text.value(), text.span())?;
        for (arg, param) in args.iter().zip(&sig.params) {
            if !names::same_name(&arg.name, &param.name) {
                return Err(syn::Error::new(
                    arg.span,
                    format!("the signature has `{}` in this place, not `{}`", param.name, arg.name),
                ));
            }
        }
        if let Some(extra) = args.get(sig.params.len()) {
            return Err(syn::Error::new(
                extra.span,
                format!("parameter `{}` is not in the signature", extra.name),
            ));
        }
        if let Some(missing) = sig.params.get(args.len()) {
            return Err(syn::Error::new(
                text.span(),
                format!("the function has no parameter for `{}` of the signature", missing.name),
            ));
        }
        Ok(sig)
    }
}

/// Where a shim finds its arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// One object `arg`.
    Single,
    /// `args`, `nargs` and no keywords.
    Fast,
    /// `args`, `nargs`, `kwnames`.
    FastKeywords,
    /// A tuple `args` and a nullable dict `kwargs`.
    Tuple,
}

/// The statements and values that fill the Python parameters of `callable` (those after the first `skip`).
pub struct Filled {
    pub statements: TokenStream,
    pub values: Vec<TokenStream>,
}

/// Writes the argument parsing. In scope for the generated code are `py` and what `source` names; it uses `?` on
/// `PyResult`.
pub fn fill(
    callable: &Callable,
    skip: usize,
    sig: &Signature,
    function: &str,
    source: Source,
    no_keywords: TokenStream,
) -> syn::Result<Filled> {
    let args = callable.args.get(skip..).unwrap_or_default();
    let descriptor = sig.descriptor(function);
    let mut needs_descriptor = false;
    let mut statements = TokenStream::new();
    let mut values = Vec::new();

    if source == Source::Single {
        for arg in args {
            let ty = &arg.ty;
            if names::is_object_ref(ty) {
                values.push(quote!(::runtime::glue::borrow(&arg)));
            } else {
                needs_descriptor = true;
                values.push(quote_spanned!(arg.span=>
                    <#ty as ::runtime::args::FromArg>::from_arg(py, ::runtime::glue::borrow(&arg), ::runtime::args::At::only(&SIG))?));
            }
        }
    } else {
        let keywords = sig.takes_keywords();
        let total = sig.slots().count();
        match (source, keywords) {
            (Source::Tuple, true) => {
                needs_descriptor = true;
                let parse = if sig.has(Kind::VarKeywords) {
                    quote!(let kwargs = ::runtime::args::parse_tuple_varkw(py, &SIG, &args, &kwargs, &mut argv)?;)
                } else {
                    quote!(::runtime::args::parse_tuple(py, &SIG, &args, &kwargs, &mut argv)?;)
                };
                statements.extend(quote! {
                    let mut argv = [::core::option::Option::None; #total];
                    #parse
                });
            }
            (Source::FastKeywords | Source::Fast, true) => {
                needs_descriptor = true;
                let parse = if sig.has(Kind::VarKeywords) {
                    quote!(let kwargs = ::runtime::args::parse_fastcall_varkw(py, &SIG, args, nargs, &kwnames, &mut argv)?;)
                } else {
                    quote!(::runtime::args::parse_fastcall(py, &SIG, args, nargs, &kwnames, &mut argv)?;)
                };
                statements.extend(quote! {
                    let mut argv = [::core::option::Option::None; #total];
                    #parse
                });
            }
            (Source::Tuple, false) => {
                needs_descriptor = true;
                statements.extend(quote! {
                    #no_keywords
                    let argv = ::runtime::args::positional_tuple(py, &SIG, &args)?;
                });
            }
            _ => {
                needs_descriptor = true;
                statements.extend(quote! {
                    #no_keywords
                    let argv = ::runtime::args::positional(py, &SIG, args, nargs)?;
                });
            }
        }
        let from_slice = !keywords;
        let mut index = 0usize;
        for (arg, param) in args.iter().zip(&sig.params) {
            let var = format_ident!("a{}", values.len());
            let ty = &arg.ty;
            let positional = sig.count(|p| p.kind != Kind::KeywordOnly);
            match param.kind {
                Kind::VarArgs => {
                    let rest = match source {
                        Source::Tuple => quote!(::runtime::args::rest_tuple(&args, #positional)),
                        _ => quote!(::runtime::args::rest(&args, nargs, #positional)),
                    };
                    values.push(rest);
                    continue;
                }
                Kind::VarKeywords => {
                    values.push(quote!(kwargs));
                    continue;
                }
                _ => {}
            }
            let at = quote!(::runtime::args::At::new(&SIG, #index));
            let convert = |object: TokenStream| {
                if names::is_object_ref(ty) {
                    object
                } else {
                    quote_spanned!(arg.span=> <#ty as ::runtime::args::FromArg>::from_arg(py, #object, #at)?)
                }
            };
            let value = match &param.default {
                None => {
                    let object = if from_slice {
                        quote!(::runtime::args::nth(argv, #index))
                    } else {
                        quote!(::runtime::args::present(argv[#index]))
                    };
                    convert(object)
                }
                Some(default) => {
                    let object =
                        if from_slice { quote!(argv.get(#index).copied()) } else { quote!(argv[#index]) };
                    optional(arg, param.name.as_str(), default, &object, &at, &convert)?
                }
            };
            statements.extend(quote!(let #var: #ty = #value;));
            values.push(quote!(#var));
            index += 1;
        }
    }
    if needs_descriptor {
        statements = quote! {
            #descriptor
            #statements
        };
    }
    Ok(Filled { statements, values })
}

/// The value of a parameter with a default; `object` is an `Option<&PyObject>`.
fn optional(
    arg: &Arg,
    name: &str,
    default: &str,
    object: &TokenStream,
    at: &TokenStream,
    convert: &dyn Fn(TokenStream) -> TokenStream,
) -> syn::Result<TokenStream> {
    if let Some(inner) = names::option_inner(&arg.ty) {
        if names::is_object_ref(inner) {
            return Ok(object.clone());
        }
        let function = if default == "None" { quote!(optional_or_none) } else { quote!(optional) };
        return Ok(quote_spanned!(arg.span=> ::runtime::args::#function::<#inner>(py, #object, #at)?));
    }
    let value = match literal(default) {
        Some(Literal::None) if names::is_object_ref(&arg.ty) => quote!(::runtime::prelude::none()),
        Some(Literal::Bool(b)) => quote!(#b),
        Some(Literal::Text(t)) => quote!(#t),
        Some(Literal::Float(f)) => {
            let lit = proc_macro2::Literal::f64_unsuffixed(f.abs());
            if f.is_sign_negative() { quote!(-#lit) } else { quote!(#lit) }
        }
        Some(Literal::Int(digits)) => {
            let ty = names::type_name(&arg.ty);
            let text = if ty.as_deref() == Some("f64") { format!("{digits}.0") } else { digits };
            text.parse::<TokenStream>()
                .map_err(|_| syn::Error::new(arg.span, format!("`{text}` is not a Rust literal")))?
        }
        _ => {
            return Err(syn::Error::new(
                arg.span,
                format!(
                    "the default `{default}` of `{name}` has no Rust literal: make the parameter an `Option<…>`"
                ),
            ));
        }
    };
    let some = convert(quote!(o));
    Ok(quote_spanned!(arg.span=> match #object {
        ::core::option::Option::Some(o) => #some,
        ::core::option::Option::None => #value,
    }))
}
