//! Methods and module functions: from a Rust function to a `PyMethodDef` and its shim.

use crate::callable::{Callable, Source, fill};
use crate::names;
use crate::signature::Implicit;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Token};

/// What binds a method.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    Instance,
    Class,
    Static,
    /// A function of a module.
    Module,
}

/// The options of `#[pymethod]`, `#[classmethod]`, `#[staticmethod]`, `#[pyfunction]`.
#[derive(Default)]
pub struct Options {
    pub name: Option<LitStr>,
    pub sig: Option<LitStr>,
    pub text: Option<LitStr>,
    pub doc: Option<LitStr>,
    pub nosig: bool,
    pub nodoc: bool,
    pub raw: bool,
    pub coexist: bool,
    pub module_arg: bool,
}

impl Parse for Options {
    fn parse(input: ParseStream) -> syn::Result<Options> {
        let mut out = Options::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            let text = |slot: &mut Option<LitStr>| -> syn::Result<()> {
                input.parse::<Token![=]>()?;
                *slot = Some(input.parse()?);
                Ok(())
            };
            match key.to_string().as_str() {
                "name" => text(&mut out.name)?,
                "sig" => text(&mut out.sig)?,
                "text" => text(&mut out.text)?,
                "doc" => text(&mut out.doc)?,
                "nosig" => out.nosig = true,
                "nodoc" => out.nodoc = true,
                "raw" => out.raw = true,
                "coexist" => out.coexist = true,
                "module_arg" => out.module_arg = true,
                other => {
                    return Err(syn::Error::new(
                        key.span(),
                        format!(
                            "unknown option `{other}`; there are name, sig, text, doc, nosig, nodoc, raw, coexist and, for \
                             module functions, module_arg"
                        ),
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if let (true, Some(sig)) = (out.raw, &out.sig) {
            return Err(syn::Error::new(
                sig.span(),
                "a raw function parses its arguments itself; show a signature with `text`",
            ));
        }
        Ok(out)
    }
}

/// A rendered method: its table entry and the shim function.
pub struct Rendered {
    pub entry: TokenStream,
    pub shim: TokenStream,
}

/// Renders one method or function.
pub fn render(
    callable: &Callable,
    options: &Options,
    binding: Binding,
    attrs: &[Attribute],
) -> syn::Result<Rendered> {
    let span = callable.ident.span();
    let what = match binding {
        Binding::Instance => "a method",
        Binding::Class => "a class method",
        Binding::Static => "a static method",
        Binding::Module => "a module function",
    };
    callable.expect_receiver(binding == Binding::Instance, what)?;
    if options.module_arg && binding != Binding::Module {
        return Err(syn::Error::new(span, "`module_arg` is for functions of a module"));
    }
    let name = match &options.name {
        Some(n) => n.value(),
        None => names::python_name(&callable.ident),
    };
    let receiver = callable
        .self_ty
        .as_ref()
        .filter(|_| callable.receiver)
        .map(|ty| quote!(::runtime::glue::this::<#ty>(&slf)));
    // Parameters before the Python ones.
    let mut leading: Vec<TokenStream> = Vec::new();
    match binding {
        Binding::Class => leading.push(quote!(::runtime::glue::this::<::object::PyTypeObject>(&slf))),
        Binding::Module if options.module_arg => leading.push(quote!(::runtime::glue::typed(&slf))),
        _ => {}
    }
    if callable.args.len() < leading.len() {
        return Err(syn::Error::new(
            span,
            if binding == Binding::Class {
                "a class method takes `cls: &PyTypeObject` first"
            } else {
                "missing parameter `module: &PyModule`"
            },
        ));
    }
    let skip = leading.len();
    let shim_name = format_ident!("py_{}", callable.ident.to_string().trim_start_matches("r#"), span = span);
    let mut extra_flags = match binding {
        Binding::Class => quote!(| ::object::typeobj::meth::CLASS),
        Binding::Static => quote!(| ::object::typeobj::meth::STATIC),
        _ => quote!(),
    };
    if options.coexist {
        extra_flags.extend(quote!(| ::object::typeobj::meth::COEXIST));
    }

    let (parameters, body, flags, signature) = if options.raw {
        let (params, values, flags) = match callable.args.len() - skip {
            1 => (
                quote!(args: *const *mut ::object::PyObject, nargs: isize),
                vec![quote!(::runtime::args::all(&args, nargs))],
                quote!(FASTCALL),
            ),
            2 => (
                quote!(args: *const *mut ::object::PyObject, nargs: isize, kwnames: *mut ::object::PyObject),
                vec![
                    quote!(::runtime::args::all_keywords(&args, nargs, &kwnames)),
                    quote!(::runtime::glue::typed_opt(&kwnames)),
                ],
                quote!(FASTCALL | ::object::typeobj::meth::KEYWORDS),
            ),
            _ => {
                return Err(syn::Error::new(
                    span,
                    "a raw function takes `args: &[&PyObject]` and, for keywords, `kwnames: Option<&PyTuple>`",
                ));
            }
        };
        leading.extend(values);
        let call = callable.call(receiver, &leading);
        (params, quote!(::runtime::args::IntoPyResult::into_py_result(#call, py)), flags, None)
    } else {
        let sig = callable.signature(options.sig.as_ref(), skip)?;
        let (params, source, flags) = if sig.params.is_empty() {
            (quote!(_: *mut ::object::PyObject), Source::Fast, quote!(NOARGS))
        } else if sig.is_single() {
            (quote!(arg: *mut ::object::PyObject), Source::Single, quote!(O))
        } else if !sig.takes_keywords() {
            (quote!(args: *const *mut ::object::PyObject, nargs: isize), Source::Fast, quote!(FASTCALL))
        } else {
            (
                quote!(args: *const *mut ::object::PyObject, nargs: isize, kwnames: *mut ::object::PyObject),
                Source::FastKeywords,
                quote!(FASTCALL | ::object::typeobj::meth::KEYWORDS),
            )
        };
        let statements = if sig.params.is_empty() {
            quote!()
        } else {
            let filled = fill(callable, skip, &sig, &name, source, quote!())?;
            leading.extend(filled.values);
            filled.statements
        };
        let call = callable.call(receiver, &leading);
        (
            params,
            quote!(#statements ::runtime::args::IntoPyResult::into_py_result(#call, py)),
            flags,
            Some(sig),
        )
    };

    let implicit = match binding {
        Binding::Instance => Implicit::Instance,
        Binding::Class => Implicit::Class,
        Binding::Static => Implicit::None,
        Binding::Module => Implicit::Module,
    };
    let shown = match (&options.text, signature) {
        _ if options.nosig => None,
        (Some(t), _) => Some(t.value()),
        (None, Some(s)) => Some(s.text(implicit)),
        (None, None) => None,
    };
    let attrs = if options.nodoc { &[] } else { attrs };
    let doc = doc(&name, shown.as_deref(), options.doc.as_ref(), attrs);
    let doc = names::c_pointer(doc.as_deref(), span)?;
    let c_name = names::c_literal(&name, span)?;
    let slf = if receiver_used(binding, options) { quote!(slf) } else { quote!(_) };
    let shim = quote! {
        unsafe extern "C" fn #shim_name(#slf: *mut ::object::PyObject, #parameters) -> ::object::PyResult {
            // SAFETY: the interpreter calls this attached, with valid borrowed arguments of the shape `ml_flags` states.
            unsafe {
                let py = ::object::Python::assume_attached();
                #body
            }
        }
    };
    let entry = quote! {
        ::object::typeobj::PyMethodDef {
            ml_name: #c_name.as_ptr(),
            ml_meth: #shim_name as *const ::core::ffi::c_void,
            ml_flags: ::object::typeobj::meth::#flags #extra_flags,
            ml_doc: #doc,
        }
    };
    Ok(Rendered { entry, shim })
}

fn receiver_used(binding: Binding, options: &Options) -> bool {
    matches!(binding, Binding::Instance | Binding::Class) || options.module_arg
}

/// The C docstring: the text signature, if any, and the documentation.
pub fn doc(
    name: &str,
    signature: Option<&str>,
    given: Option<&LitStr>,
    attrs: &[Attribute],
) -> Option<String> {
    let text = given.map(LitStr::value).or_else(|| names::doc_text(attrs));
    match (signature, text) {
        (Some(s), t) => Some(format!("{name}{s}\n--\n\n{}", t.unwrap_or_default())),
        (None, t) => t,
    }
}

/// Parses the options of an attribute that may have none (`#[pymethod]`).
pub fn options(attr: &Attribute) -> syn::Result<Options> {
    parse_optional(attr)
}

/// Parses the arguments of an attribute, which may be missing altogether.
pub fn parse_optional<T: Parse>(attr: &Attribute) -> syn::Result<T> {
    match &attr.meta {
        syn::Meta::Path(_) => syn::parse2(TokenStream::new()),
        _ => attr.parse_args(),
    }
}
