//! `#[pymodule]`: from a Rust module to a `PyModuleDef` for multi-phase initialisation.

use crate::callable::Callable;
use crate::method::{self, Binding, Options};
use crate::names;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Ident, Item, ItemMod, LitStr, Path, Token, Type, parenthesized};

/// The arguments of `#[pymodule(…)]`.
pub enum ModuleArgs {
    /// `#[pymodule(part)]`
    Part,
    Whole(Whole),
}

pub struct Whole {
    name: LitStr,
    doc: Option<LitStr>,
    parts: Vec<Path>,
    types: Vec<Path>,
    /// Types that are made ready but are no attributes.
    hidden_types: Vec<Path>,
    state: Option<Path>,
}

impl Parse for ModuleArgs {
    fn parse(input: ParseStream) -> syn::Result<ModuleArgs> {
        if input.peek(Ident) && input.fork().parse::<Ident>()? == "part" {
            input.parse::<Ident>()?;
            return Ok(ModuleArgs::Part);
        }
        let mut name = None;
        let (mut doc, mut parts, mut types, mut hidden_types, mut state) =
            (None, Vec::new(), Vec::new(), Vec::new(), None);
        let list = |input: ParseStream| -> syn::Result<Vec<Path>> {
            let content;
            parenthesized!(content in input);
            Ok(Punctuated::<Path, Token![,]>::parse_terminated(&content)?.into_iter().collect())
        };
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            match key.to_string().as_str() {
                "parts" => parts = list(input)?,
                "types" => types = list(input)?,
                "hidden_types" => hidden_types = list(input)?,
                word @ ("name" | "doc" | "state") => {
                    input.parse::<Token![=]>()?;
                    match word {
                        "name" => name = Some(input.parse()?),
                        "doc" => doc = Some(input.parse()?),
                        _ => state = Some(input.parse()?),
                    }
                }
                other => {
                    return Err(syn::Error::new(
                        key.span(),
                        format!(
                            "unknown option `{other}`; there are name, doc, parts(…), types(…), hidden_types(…) and state"
                        ),
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let Some(name) = name else { return Err(input.error("`name = \"…\"` is missing")) };
        Ok(ModuleArgs::Whole(Whole { name, doc, parts, types, hidden_types, state }))
    }
}

/// What the items of a Rust module contribute.
#[derive(Default)]
struct Contents {
    shims: TokenStream,
    methods: Vec<TokenStream>,
    attrs: Vec<TokenStream>,
    execs: Vec<TokenStream>,
}

/// Takes the first attribute of this name off a list.
fn take(attrs: &mut Vec<Attribute>, name: &str) -> Option<Attribute> {
    attrs.iter().position(|a| a.path().is_ident(name)).map(|at| attrs.remove(at))
}

fn contents(items: &mut [Item]) -> syn::Result<Contents> {
    let mut out = Contents::default();
    let mut error: Option<syn::Error> = None;
    for item in items {
        if let Err(e) = collect(item, &mut out) {
            match &mut error {
                Some(all) => all.combine(e),
                None => error = Some(e),
            }
        }
    }
    match error {
        Some(e) => Err(e),
        None => Ok(out),
    }
}

fn collect(item: &mut Item, out: &mut Contents) -> syn::Result<()> {
    match item {
        Item::Fn(f) => {
            let ident = f.sig.ident.clone();
            let path = quote_spanned!(ident.span()=> #ident);
            if let Some(attr) = take(&mut f.attrs, "pyfunction") {
                let options: Options = method::options(&attr)?;
                let callable = Callable::new(&f.sig, path.clone(), None)?;
                let r = method::render(&callable, &options, Binding::Module, &f.attrs)?;
                out.shims.extend(r.shim);
                out.methods.push(r.entry);
            }
            if let Some(attr) = take(&mut f.attrs, "pyattr") {
                let options: Options = method::options(&attr)?;
                let callable = Callable::new(&f.sig, path.clone(), None)?;
                if callable.token.is_none() || !callable.args.is_empty() {
                    return Err(syn::Error::new(
                        ident.span(),
                        "a computed attribute takes (py: Python) -> PyResult<R>",
                    ));
                }
                let name = attribute_name(&options, &ident)?;
                out.attrs.push(quote_spanned! {ident.span()=>
                    ::runtime::glue::module::Attr {
                        name: #name,
                        value: ::runtime::glue::module::Value::Make(|py| ::runtime::args::IntoPyResult::into_py_result(#ident(py), py)),
                    }
                });
            }
            if let Some(attr) = take(&mut f.attrs, "pyexec") {
                attr.meta.require_path_only()?;
                out.execs.push(path);
            }
            Ok(())
        }
        Item::Const(c) => {
            let Some(attr) = take(&mut c.attrs, "pyattr") else { return Ok(()) };
            let options: Options = method::options(&attr)?;
            let name = attribute_name(&options, &c.ident)?;
            let ident = &c.ident;
            let value = match names::type_name(&c.ty).as_deref() {
                Some(
                    "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "isize" | "c_int" | "c_long"
                    | "c_short" | "c_uint",
                ) => {
                    quote!(Int(#ident as i64))
                }
                Some("f64") => quote!(Float(#ident)),
                Some("bool") => quote!(Bool(#ident)),
                _ if matches!(&*c.ty, Type::Reference(r) if names::type_name(&r.elem).as_deref() == Some("str")) =>
                {
                    quote!(Text(#ident))
                }
                _ => quote!(Make(|py| ::runtime::args::IntoPyResult::into_py_result(#ident, py))),
            };
            out.attrs.push(quote_spanned! {ident.span()=>
                ::runtime::glue::module::Attr { name: #name, value: ::runtime::glue::module::Value::#value }
            });
            Ok(())
        }
        _ => Ok(()),
    }
}

fn attribute_name(options: &Options, ident: &Ident) -> syn::Result<String> {
    Ok(match &options.name {
        Some(n) => n.value(),
        None => names::python_name(ident),
    })
}

/// The tables every part has, and the shims they need.
fn tables(c: &Contents) -> TokenStream {
    let Contents { shims, methods, attrs, execs } = c;
    quote! {
        #[doc(hidden)]
        pub const PY_METHODS: &[::object::typeobj::PyMethodDef] = {
            #shims
            &[#(#methods),*]
        };
        #[doc(hidden)]
        pub const PY_ATTRS: &[::runtime::glue::module::Attr] = &[#(#attrs),*];
        #[doc(hidden)]
        pub const PY_EXECS: &[::runtime::glue::module::Exec] = &[#(#execs),*];
    }
}

fn body(item: &mut ItemMod) -> syn::Result<&mut Vec<Item>> {
    let span = item.ident.span();
    match &mut item.content {
        Some((_, items)) => Ok(items),
        None => Err(syn::Error::new(span, "the module's body must be here, in braces")),
    }
}

/// A path in the attribute, which is written outside the module, as it reads inside. Other relative paths are found
/// by `use super::*`.
fn inside(path: &Path) -> Path {
    let mut path = path.clone();
    if path.leading_colon.is_none()
        && let Some(first) = path.segments.first_mut()
    {
        if first.ident == "self" {
            first.ident = Ident::new("super", first.ident.span());
        } else if first.ident == "super" {
            let again = first.clone();
            path.segments.insert(0, again);
        }
    }
    path
}

/// `#[pymodule(part)]`.
fn render_part(mut item: ItemMod) -> syn::Result<TokenStream> {
    let found = contents(body(&mut item)?)?;
    let tables = tables(&found);
    let (attrs, vis, ident) = (&item.attrs, &item.vis, &item.ident);
    let items = item.content.as_ref().map(|c| c.1.as_slice()).unwrap_or_default();
    Ok(quote! {
        #(#attrs)*
        #[allow(non_snake_case, non_upper_case_globals, reason = "items are named as Python names them")]
        #vis mod #ident {
            #(#items)*
            #tables
        }
    })
}

/// `#[pymodule(…)]`.
pub fn render(args: ModuleArgs, item: ItemMod) -> syn::Result<TokenStream> {
    match args {
        ModuleArgs::Part => render_part(item),
        ModuleArgs::Whole(args) => render_whole(args, item),
    }
}

fn render_whole(args: Whole, mut item: ItemMod) -> syn::Result<TokenStream> {
    let found = contents(body(&mut item)?)?;
    let tables = tables(&found);
    let span = args.name.span();
    let name = names::c_literal(&args.name.value(), span)?;
    let doc = args.doc.as_ref().map(LitStr::value).or_else(|| names::doc_text(&item.attrs));
    let doc = names::c_pointer(doc.as_deref(), span)?;
    let parts: Vec<_> = args.parts.iter().map(inside).collect();
    let type_object = |t: &Path| {
        let t = inside(t);
        quote_spanned!(t.span()=> <#t as ::object::PyTypeInfo>::type_object)
    };
    let types = args.types.iter().map(type_object);
    let hidden_types = args.hidden_types.iter().map(type_object);
    let state = args.state.as_ref().map(inside);
    let (m_size, m_traverse, m_clear, m_free, init) = match &state {
        None => (quote!(0), quote!(None), quote!(None), quote!(None), quote!(None)),
        Some(ty) => (
            quote_spanned!(ty.span()=> ::core::mem::size_of::<::runtime::glue::module::State<#ty>>() as isize),
            quote_spanned!(ty.span()=> Some(::runtime::glue::module::traverse_state::<#ty>)),
            quote_spanned!(ty.span()=> Some(::runtime::glue::module::clear_state::<#ty>)),
            quote_spanned!(ty.span()=> Some(::runtime::glue::module::free_state::<#ty>)),
            quote_spanned!(ty.span()=> Some(::runtime::glue::module::init_state::<#ty>)),
        ),
    };
    let (attrs, vis, ident) = (&item.attrs, &item.vis, &item.ident);
    let items = item.content.as_ref().map(|c| c.1.as_slice()).unwrap_or_default();
    Ok(quote! {
        #(#attrs)*
        #[allow(non_snake_case, non_upper_case_globals, reason = "items are named as Python names them")]
        #vis mod #ident {
            #(#items)*
            #tables
            /// The module's definition, for multi-phase initialisation.
            pub static MODULE: ::object::typeobj::PyModuleDef = {
                #[allow(unused_imports)]
                use super::*;
                use ::core::option::Option::{None, Some};
                static METHODS: ::runtime::glue::Table<::object::typeobj::PyMethodDef, { ::runtime::glue::table_len(&[self::PY_METHODS.len() #(, #parts::PY_METHODS.len())*]) }> =
                    ::runtime::glue::methods(&[self::PY_METHODS #(, #parts::PY_METHODS)*], &[]);
                static CONTENTS: ::runtime::glue::module::Contents = ::runtime::glue::module::Contents {
                    init: #init,
                    types: &[#(#types),*],
                    hidden_types: &[#(#hidden_types),*],
                    attrs: &[self::PY_ATTRS #(, #parts::PY_ATTRS)*],
                    execs: &[self::PY_EXECS #(, #parts::PY_EXECS)*],
                };
                unsafe extern "C" fn exec(module: *mut ::object::PyObject) -> ::core::ffi::c_int {
                    // SAFETY: the import machinery calls this attached, with the module made from `MODULE`.
                    unsafe { ::runtime::glue::module::exec(module, &CONTENTS) }
                }
                static SLOTS: [::object::typeobj::PyModuleDefSlot; 4] = ::runtime::glue::module::slots(exec);
                ::runtime::glue::module::definition(#name.as_ptr(), #doc, #m_size, METHODS.as_ptr(), &SLOTS, #m_traverse, #m_clear, #m_free)
            };
        }
    })
}
