//! `#[derive(Traverse)]`: how the collector looks through a struct.

use crate::names;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Fields, Type};

pub fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let Data::Struct(data) = &input.data else {
        return Err(syn::Error::new(input.ident.span(), "`Traverse` is derived for structs"));
    };
    let mut visits = TokenStream::new();
    let mut clears = TokenStream::new();
    let fields: Vec<_> = match &data.fields {
        Fields::Named(f) => f.named.iter().collect(),
        Fields::Unnamed(f) => f.unnamed.iter().collect(),
        Fields::Unit => Vec::new(),
    };
    for (i, field) in fields.into_iter().enumerate() {
        let mut skip = is_plain(&field.ty);
        for attr in field.attrs.iter().filter(|a| a.path().is_ident("traverse")) {
            attr.parse_nested_meta(|m| {
                if m.path.is_ident("skip") {
                    skip = true;
                    Ok(())
                } else {
                    Err(m.error("unknown option; there is `skip`"))
                }
            })?;
        }
        if skip {
            continue;
        }
        let member = match &field.ident {
            Some(ident) => syn::Member::Named(ident.clone()),
            None => syn::Member::Unnamed(i.into()),
        };
        let span = field.ty.span();
        visits.extend(quote_spanned!(span=> ::object::Traverse::traverse(&self.#member, visitor);));
        clears.extend(quote_spanned!(span=> ::object::Traverse::clear_refs(&self.#member);));
    }
    let name = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    Ok(quote! {
        impl #impl_generics ::object::Traverse for #name #ty_generics #where_clause {
            #[allow(unused_variables)]
            fn traverse(&self, visitor: &mut ::object::Visitor) { #visits }
            fn clear_refs(&self) { #clears }
        }
    })
}

/// Types that hold no references, known by name.
fn is_plain(ty: &Type) -> bool {
    match ty {
        Type::Ptr(_) | Type::BareFn(_) | Type::Never(_) => true,
        Type::Array(a) => is_plain(&a.elem),
        Type::Tuple(t) => t.elems.iter().all(is_plain),
        Type::Path(p) => {
            let Some(seg) = p.path.segments.last() else { return false };
            if let syn::PathArguments::AngleBracketed(args) = &seg.arguments {
                // A cell's content is plain: references live in `Slot`.
                return seg.ident == "PhantomData"
                    || seg.ident == "Cell"
                    || seg.ident == "Option"
                        && args
                            .args
                            .iter()
                            .all(|a| matches!(a, syn::GenericArgument::Type(t) if is_plain(t)));
            }
            matches!(
                names::type_name(ty).unwrap_or_default().as_str(),
                "PyObject"
                    | "PyVarObject"
                    | "bool"
                    | "char"
                    | "u8"
                    | "i8"
                    | "u16"
                    | "i16"
                    | "u32"
                    | "i32"
                    | "u64"
                    | "i64"
                    | "u128"
                    | "i128"
                    | "usize"
                    | "isize"
                    | "f32"
                    | "f64"
                    | "String"
            )
        }
        _ => false,
    }
}
