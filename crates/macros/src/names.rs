//! Small helpers shared by all parts: identifiers, documentation, C string literals, type inspection.

use proc_macro2::{Literal, Span, TokenStream};
use quote::ToTokens;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Expr, ExprLit, GenericArgument, Ident, Lit, Meta, PathArguments, Type};

/// A Rust identifier as Python spells it: without `r#`, and without the one underscore that keeps a name
/// clear of a Rust keyword (`type_`) or of the unused-variable lint (`_memo`).
pub fn python_name(ident: &Ident) -> String {
    let text = ident.to_string();
    let text = text.strip_prefix("r#").unwrap_or(&text);
    text.to_owned()
}

/// Is the Rust parameter `rust` an acceptable spelling of the Python parameter `python`?
pub fn same_name(rust: &str, python: &str) -> bool {
    rust == python
        || rust.strip_suffix('_') == Some(python)
        || rust.strip_prefix('_') == Some(python)
        || (rust.to_lowercase() == python.to_lowercase())
}

/// The text of the doc comments among `attrs`, one leading space of each line removed, outer blank lines dropped.
pub fn doc_text(attrs: &[Attribute]) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut any = false;
    for attr in attrs.iter().filter(|a| a.path().is_ident("doc")) {
        if let Meta::NameValue(nv) = &attr.meta
            && let Expr::Lit(ExprLit { lit: Lit::Str(s), .. }) = &nv.value
        {
            any = true;
            for line in s.value().split('\n') {
                lines.push(line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned());
            }
        }
    }
    if !any {
        return None;
    }
    let text = lines.join("\n");
    Some(text.trim_matches('\n').to_owned())
}

/// `c"…"` with the given contents; an interior NUL is an error at `span`.
pub fn c_literal(text: &str, span: Span) -> syn::Result<TokenStream> {
    match std::ffi::CString::new(text) {
        Ok(s) => {
            let mut lit = Literal::c_string(&s);
            lit.set_span(span);
            Ok(lit.to_token_stream())
        }
        Err(_) => Err(syn::Error::new(span, "the text contains a NUL character")),
    }
}

/// A pointer expression to a C string, or a null pointer.
pub fn c_pointer(text: Option<&str>, span: Span) -> syn::Result<TokenStream> {
    Ok(match text {
        Some(t) => {
            let lit = c_literal(t, span)?;
            quote::quote!(#lit.as_ptr())
        }
        None => quote::quote!(::core::ptr::null()),
    })
}

/// The last path segment of a type, if it is a plain path.
pub fn type_name(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(p) => p.path.segments.last().map(|s| s.ident.to_string()),
        Type::Group(g) => type_name(&g.elem),
        Type::Paren(p) => type_name(&p.elem),
        _ => None,
    }
}

/// `T` of `Option<T>`.
pub fn option_inner(ty: &Type) -> Option<&Type> {
    let Type::Path(p) = ty else { return None };
    let seg = p.path.segments.last()?;
    if seg.ident != "Option" {
        return None;
    }
    let PathArguments::AngleBracketed(args) = &seg.arguments else { return None };
    match args.args.first()? {
        GenericArgument::Type(t) => Some(t),
        _ => None,
    }
}

/// Is it `&PyObject`?
pub fn is_object_ref(ty: &Type) -> bool {
    match ty {
        Type::Reference(r) => type_name(&r.elem).as_deref() == Some("PyObject"),
        _ => false,
    }
}

/// Is it the `Python` token?
pub fn is_token(ty: &Type) -> bool {
    type_name(ty).as_deref() == Some("Python")
}

/// A parameter type as it can be written inside a shim: named lifetimes become `'_`, `Self` the implementing type.
pub fn shim_type(ty: &Type, self_ty: Option<&Type>) -> Type {
    struct Rewrite<'a>(Option<&'a Type>);
    impl VisitMut for Rewrite<'_> {
        fn visit_lifetime_mut(&mut self, l: &mut syn::Lifetime) {
            if l.ident != "static" {
                l.ident = Ident::new("_", l.ident.span());
            }
        }
        fn visit_type_mut(&mut self, t: &mut Type) {
            if let (Type::Path(p), Some(s)) = (&*t, self.0)
                && p.qself.is_none()
                && p.path.is_ident("Self")
            {
                *t = s.clone();
                return;
            }
            syn::visit_mut::visit_type_mut(self, t);
        }
    }
    let mut ty = ty.clone();
    Rewrite(self_ty).visit_type_mut(&mut ty);
    ty
}
