//! Type slots: the table of their names and shapes, and the shim for each shape.
//!
//! The other half of the table, which field of which structure a slot fills, is in `runtime::glue::slots`; a
//! name that only one of the two knows does not compile.

use crate::callable::{Callable, Source, fill};
use crate::names;
use crate::signature::Signature;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Token, Type};

/// What a slot function gets and returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// `(&self) -> object`
    Unary,
    /// `(&self) -> bool`
    Inquiry,
    /// `(&self) -> Option<object>`
    IterNext,
    /// `(&self) -> isize`
    Length,
    /// `(&self) -> isize`, where -1 must not be a value.
    Hash,
    /// `(a, b) -> object`
    BinaryFree,
    /// `(a, b, c) -> object`
    TernaryFree,
    /// `(&self, other) -> object`
    Binary,
    /// `(&self, other, modulus) -> object`
    Ternary,
    /// `(&self, isize) -> object`
    Index,
    /// `(&self, isize, Option<object>)`
    AssignIndex,
    /// `(&self, key, Option<object>)`
    Assign,
    /// `(&self, object) -> bool`
    Contains,
    RichCompare,
    Call,
    DescrGet,
    New,
    Init,
    Vectorcall,
    Traverse,
    Clear,
    Finalize,
    GetBuffer,
    ReleaseBuffer,
    Send,
    /// Only as `raw`.
    Raw,
}

use Shape::*;

const TABLE: &[(&str, Shape)] = &[
    ("tp_repr", Unary),
    ("tp_str", Unary),
    ("tp_iter", Unary),
    ("tp_iternext", IterNext),
    ("tp_hash", Hash),
    ("tp_call", Call),
    ("tp_getattro", Binary),
    ("tp_setattro", Assign),
    ("tp_richcompare", RichCompare),
    ("tp_descr_get", DescrGet),
    ("tp_descr_set", Assign),
    ("tp_new", New),
    ("tp_init", Init),
    ("tp_vectorcall", Vectorcall),
    ("tp_traverse", Traverse),
    ("tp_clear", Clear),
    ("tp_finalize", Finalize),
    ("tp_dealloc", Raw),
    ("tp_alloc", Raw),
    ("tp_free", Raw),
    ("tp_is_gc", Raw),
    ("tp_del", Raw),
    ("tp_getattr", Raw),
    ("tp_setattr", Raw),
    ("nb_add", BinaryFree),
    ("nb_subtract", BinaryFree),
    ("nb_multiply", BinaryFree),
    ("nb_remainder", BinaryFree),
    ("nb_divmod", BinaryFree),
    ("nb_power", TernaryFree),
    ("nb_negative", Unary),
    ("nb_positive", Unary),
    ("nb_absolute", Unary),
    ("nb_bool", Inquiry),
    ("nb_invert", Unary),
    ("nb_lshift", BinaryFree),
    ("nb_rshift", BinaryFree),
    ("nb_and", BinaryFree),
    ("nb_xor", BinaryFree),
    ("nb_or", BinaryFree),
    ("nb_int", Unary),
    ("nb_float", Unary),
    ("nb_index", Unary),
    ("nb_floor_divide", BinaryFree),
    ("nb_true_divide", BinaryFree),
    ("nb_matrix_multiply", BinaryFree),
    ("nb_inplace_add", Binary),
    ("nb_inplace_subtract", Binary),
    ("nb_inplace_multiply", Binary),
    ("nb_inplace_remainder", Binary),
    ("nb_inplace_power", Ternary),
    ("nb_inplace_lshift", Binary),
    ("nb_inplace_rshift", Binary),
    ("nb_inplace_and", Binary),
    ("nb_inplace_xor", Binary),
    ("nb_inplace_or", Binary),
    ("nb_inplace_floor_divide", Binary),
    ("nb_inplace_true_divide", Binary),
    ("nb_inplace_matrix_multiply", Binary),
    ("sq_length", Length),
    ("sq_concat", Binary),
    ("sq_repeat", Index),
    ("sq_item", Index),
    ("sq_ass_item", AssignIndex),
    ("sq_contains", Contains),
    ("sq_inplace_concat", Binary),
    ("sq_inplace_repeat", Index),
    ("mp_length", Length),
    ("mp_subscript", Binary),
    ("mp_ass_subscript", Assign),
    ("am_await", Unary),
    ("am_aiter", Unary),
    ("am_anext", Unary),
    ("am_send", Send),
    ("bf_getbuffer", GetBuffer),
    ("bf_releasebuffer", ReleaseBuffer),
];

/// `#[slot(tp_repr, tp_str)]`, `#[slot(tp_new, sig = "…", vectorcall)]`, `#[slot(tp_dealloc, raw)]`.
pub struct SlotAttr {
    pub names: Vec<Ident>,
    pub raw: bool,
    /// Also make `tp_vectorcall` from the same function.
    pub vectorcall: bool,
    pub sig: Option<LitStr>,
    /// The function's name in error messages; else the type's, or `__call__`.
    pub function: Option<LitStr>,
}

impl Parse for SlotAttr {
    fn parse(input: ParseStream) -> syn::Result<SlotAttr> {
        let mut out =
            SlotAttr { names: Vec::new(), raw: false, vectorcall: false, sig: None, function: None };
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            match key.to_string().as_str() {
                "raw" => out.raw = true,
                "vectorcall" => out.vectorcall = true,
                "sig" => {
                    input.parse::<Token![=]>()?;
                    out.sig = Some(input.parse()?);
                }
                "function" => {
                    input.parse::<Token![=]>()?;
                    out.function = Some(input.parse()?);
                }
                name if TABLE.iter().any(|(n, _)| *n == name) => out.names.push(key),
                name => {
                    return Err(syn::Error::new(
                        key.span(),
                        format!("`{name}` is not a slot or an option (raw, vectorcall, sig, function)"),
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if out.names.is_empty() {
            return Err(input.error("name a slot"));
        }
        let shape = shape(&out.names[0]);
        if out.vectorcall && (shape != New || out.sig.is_none()) {
            return Err(syn::Error::new(out.names[0].span(), "`vectorcall` goes with `tp_new` and a `sig`"));
        }
        if let (Some(sig), false) = (&out.sig, matches!(shape, New | Init | Vectorcall | Call)) {
            return Err(syn::Error::new(
                sig.span(),
                "`sig` is for tp_new, tp_init, tp_call and tp_vectorcall",
            ));
        }
        Ok(out)
    }
}

fn shape(name: &Ident) -> Shape {
    TABLE.iter().find(|(n, _)| name == n).map_or(Raw, |(_, s)| *s)
}

/// Does the slot live in one of the sub-structures?
pub fn in_subtable(name: &Ident) -> bool {
    !name.to_string().starts_with("tp_")
}

/// A slot's table entry and shim.
pub struct Rendered {
    pub names: Vec<Ident>,
    pub entries: Vec<TokenStream>,
    pub shims: TokenStream,
    /// The parsed signature of `tp_new` or `tp_init`, for the type's own text signature.
    pub constructor: Option<Signature>,
}

fn entry(name: &Ident, function: &TokenStream) -> TokenStream {
    quote!(::runtime::glue::slots::SlotDef::new(::runtime::glue::slots::SlotId::#name, #function as *const ::core::ffi::c_void))
}

/// Renders the slots of one function. `type_name` is the Python type's short name.
pub fn render(callable: &Callable, attr: &SlotAttr, type_name: &str) -> syn::Result<Rendered> {
    let mut out = Rendered {
        names: attr.names.clone(),
        entries: Vec::new(),
        shims: TokenStream::new(),
        constructor: None,
    };
    if attr.raw {
        let path = &callable.path;
        out.entries = attr.names.iter().map(|n| entry(n, path)).collect();
        return Ok(out);
    }
    let given = attr.function.as_ref().map(LitStr::value);
    let mut done: Vec<(Shape, Ident)> = Vec::new();
    for name in &attr.names {
        let shape = shape(name);
        let function = given.as_deref().unwrap_or(if shape == Call { "__call__" } else { type_name });
        // Slots of one shape share a shim.
        let shim = match done.iter().find(|(s, _)| *s == shape) {
            Some((_, shim)) => shim.clone(),
            None => {
                let shim = format_ident!(
                    "{}_{}",
                    name,
                    callable.ident.to_string().trim_start_matches("r#"),
                    span = callable.ident.span()
                );
                let (code, sig) = render_shim(callable, shape, name, &shim, attr.sig.as_ref(), function)?;
                out.shims.extend(code);
                if let Some(sig) = sig
                    && matches!(shape, New | Init)
                {
                    out.constructor = Some(sig);
                }
                done.push((shape, shim.clone()));
                shim
            }
        };
        out.entries.push(entry(name, &quote!(#shim)));
        if attr.vectorcall {
            let name = Ident::new("tp_vectorcall", name.span());
            let shim = format_ident!("tp_vectorcall_{}", callable.ident, span = callable.ident.span());
            let (code, _) = render_shim(callable, Vectorcall, &name, &shim, attr.sig.as_ref(), function)?;
            out.shims.extend(code);
            out.entries.push(entry(&name, &quote!(#shim)));
            out.names.push(name);
        }
    }
    Ok(out)
}

/// `(receiver?, number of other parameters, the whole shape in words)`.
fn expectation(shape: Shape) -> (bool, usize, &'static str) {
    match shape {
        Unary => (true, 0, "(&self, py: Python) -> PyResult<R>"),
        Inquiry => (true, 0, "(&self, py: Python) -> PyResult<bool>"),
        IterNext => (true, 0, "(&self, py: Python) -> PyResult<Option<R>>"),
        Length | Hash => (true, 0, "(&self, py: Python) -> PyResult<isize>"),
        BinaryFree => (false, 2, "(py: Python, a: &PyObject, b: &PyObject) -> PyResult"),
        TernaryFree => (false, 3, "(py: Python, a: &PyObject, b: &PyObject, c: &PyObject) -> PyResult"),
        Binary => (true, 1, "(&self, py: Python, other: &PyObject) -> PyResult<R>"),
        Ternary => (true, 2, "(&self, py: Python, other: &PyObject, modulus: &PyObject) -> PyResult<R>"),
        Index => (true, 1, "(&self, py: Python, index: isize) -> PyResult<R>"),
        AssignIndex => {
            (true, 2, "(&self, py: Python, index: isize, value: Option<&PyObject>) -> PyResult<()>")
        }
        Assign => (true, 2, "(&self, py: Python, key: &PyObject, value: Option<&PyObject>) -> PyResult<()>"),
        Contains => (true, 1, "(&self, py: Python, item: &PyObject) -> PyResult<bool>"),
        RichCompare => (true, 2, "(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult<R>"),
        Call => (true, 2, "(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<R>"),
        DescrGet => {
            (true, 2, "(&self, py: Python, object: Option<&PyObject>, ty: Option<&PyObject>) -> PyResult<R>")
        }
        New => (
            false,
            3,
            "(py: Python, cls: &PyTypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<Py<X>>",
        ),
        Init => (true, 2, "(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()>"),
        Vectorcall => (
            false,
            3,
            "(py: Python, cls: &PyTypeObject, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult<R>",
        ),
        Traverse => (true, 1, "(&self, visitor: &mut Visitor)"),
        Clear => (true, 0, "(&self)"),
        Finalize => (true, 0, "(&self, py: Python)"),
        GetBuffer => (true, 2, "(&self, py: Python, view: *mut PyBuffer, flags: i32) -> PyResult<()>"),
        ReleaseBuffer => (true, 1, "(&self, py: Python, view: *mut PyBuffer)"),
        Send => (true, 1, "(&self, py: Python, value: &PyObject) -> PyResult<SendResult>"),
        Raw => (false, 0, "the C signature, with `raw`"),
    }
}

/// Writes the shim of one shape.
fn render_shim(
    callable: &Callable,
    shape: Shape,
    name: &Ident,
    shim: &Ident,
    sig: Option<&LitStr>,
    function: &str,
) -> syn::Result<(TokenStream, Option<Signature>)> {
    let (receiver, count, words) = expectation(shape);
    let leading = usize::from(matches!(shape, New | Vectorcall));
    let bad = match sig {
        Some(_) => callable.receiver != receiver || callable.args.len() < leading,
        None => callable.receiver != receiver || callable.args.len() != count,
    };
    if shape == Raw || bad {
        return Err(syn::Error::new(callable.ident.span(), format!("the slot {name} takes {words}")));
    }
    let o = quote!(*mut ::object::PyObject);
    let this = callable
        .self_ty
        .as_ref()
        .filter(|_| callable.receiver)
        .map(|ty| quote!(::runtime::glue::this::<#ty>(&slf)));
    let call = |values: &[TokenStream]| callable.call(this.clone(), values);
    let borrow = |v: &str| {
        let v = format_ident!("{v}");
        quote!(::runtime::glue::borrow(&#v))
    };
    let opt = |v: &str| {
        let v = format_ident!("{v}");
        quote!(::runtime::glue::borrow_opt(&#v))
    };
    let object = quote!(-> ::object::PyResult);
    let int = quote!(-> ::core::ffi::c_int);
    let into = |call: TokenStream| quote!(::runtime::args::IntoPyResult::into_py_result(#call, py));
    let status = |call: TokenStream| quote!(::runtime::glue::status(#call));
    let mut parsed = None;

    let (params, ret, body) = match shape {
        Unary => (quote!(slf: #o), object, into(call(&[]))),
        Inquiry => (quote!(slf: #o), int, {
            let c = call(&[]);
            quote!(::runtime::glue::truth(#c))
        }),
        IterNext => (quote!(slf: #o), quote!(-> #o), {
            let c = call(&[]);
            quote!(::runtime::glue::next(#c, py))
        }),
        Length => (quote!(slf: #o), quote!(-> isize), {
            let c = call(&[]);
            quote!(::runtime::glue::length(#c))
        }),
        Hash => (quote!(slf: #o), quote!(-> isize), {
            let c = call(&[]);
            quote!(::runtime::glue::hash(#c))
        }),
        BinaryFree => (quote!(a: #o, b: #o), object, into(call(&[borrow("a"), borrow("b")]))),
        TernaryFree => {
            (quote!(a: #o, b: #o, c: #o), object, into(call(&[borrow("a"), borrow("b"), borrow("c")])))
        }
        Binary => (quote!(slf: #o, a: #o), object, into(call(&[borrow("a")]))),
        Ternary => (quote!(slf: #o, a: #o, b: #o), object, into(call(&[borrow("a"), borrow("b")]))),
        Index => (quote!(slf: #o, index: isize), object, into(call(&[quote!(index)]))),
        AssignIndex => (quote!(slf: #o, index: isize, a: #o), int, status(call(&[quote!(index), opt("a")]))),
        Assign => (quote!(slf: #o, a: #o, b: #o), int, status(call(&[borrow("a"), opt("b")]))),
        Contains => (quote!(slf: #o, a: #o), int, {
            let c = call(&[borrow("a")]);
            quote!(::runtime::glue::truth(#c))
        }),
        RichCompare => (
            quote!(slf: #o, a: #o, op: ::core::ffi::c_int),
            object,
            into(call(&[borrow("a"), quote!(::runtime::glue::compare_op(op))])),
        ),
        DescrGet => (quote!(slf: #o, a: #o, b: #o), object, into(call(&[opt("a"), opt("b")]))),
        Traverse => {
            (quote!(slf: #o, visit: ::object::visit::VisitProc, arg: *mut ::core::ffi::c_void), int, {
                let c = call(&[quote!(&mut visitor)]);
                let class = callable.self_ty.as_ref().map(
                    |ty| quote!(::runtime::glue::visit_class(slf, <#ty as ::object::PyTypeInfo>::type_object(), &mut visitor);),
                );
                quote!({ let mut visitor = ::object::Visitor::new(visit, arg); #c; #class visitor.finish() })
            })
        }
        Clear => (quote!(slf: #o), int, {
            let c = call(&[]);
            quote!({ #c; 0 })
        }),
        Finalize => (quote!(slf: #o), quote!(), {
            let c = call(&[]);
            quote!({ let _: () = #c; })
        }),
        GetBuffer => {
            (quote!(slf: #o, view: *mut ::object::typeobj::PyBuffer, flags: ::core::ffi::c_int), int, {
                let c = call(&[quote!(view), quote!(flags)]);
                quote!(::runtime::glue::buffer_status(#c, view))
            })
        }
        ReleaseBuffer => (quote!(slf: #o, view: *mut ::object::typeobj::PyBuffer), quote!(), {
            let c = call(&[quote!(view)]);
            quote!({ let _: () = #c; })
        }),
        Send => (quote!(slf: #o, a: #o, result: *mut #o), int, {
            let c = call(&[borrow("a")]);
            quote!(::runtime::glue::send_status(#c, result))
        }),
        Call | New | Init => {
            let first = if shape == New { quote!(cls: *mut ::object::PyTypeObject) } else { quote!(slf: #o) };
            let params = quote!(#first, args: #o, kwargs: #o);
            let mut values = Vec::new();
            if shape == New {
                values.push(quote!(::runtime::glue::this::<::object::PyTypeObject>(&cls)));
            }
            let mut statements = TokenStream::new();
            match sig {
                None => {
                    values.push(quote!(::runtime::glue::typed(&args)));
                    values.push(quote!(::runtime::glue::typed_opt(&kwargs)));
                }
                Some(_) => {
                    let sig = callable.signature(sig, leading)?;
                    let ty = callable.self_ty.as_ref();
                    let check = match shape {
                        New => {
                            quote!(::runtime::args::no_keywords_new(py, &SIG, cls, <#ty as ::object::PyTypeInfo>::type_object(), &kwargs)?;)
                        }
                        Init => {
                            quote!(::runtime::args::no_keywords_init(py, &SIG, slf, <#ty as ::object::PyTypeInfo>::type_object(), &kwargs)?;)
                        }
                        _ => quote!(::runtime::args::no_kwargs(py, &SIG, &kwargs)?;),
                    };
                    let filled = fill(callable, leading, &sig, function, Source::Tuple, check)?;
                    statements = filled.statements;
                    values.extend(filled.values);
                    parsed = Some(sig);
                }
            }
            let c = call(&values);
            if shape == Init {
                // The parsing uses `?`, so it needs a function that returns a result.
                let body =
                    quote!(::runtime::glue::status((|| -> ::object::PyResult<()> { #statements #c })()));
                (params, int, body)
            } else {
                let c = into(c);
                (params, object, quote!(#statements #c))
            }
        }
        Vectorcall => {
            let params = quote!(cls: #o, args: *const #o, nargsf: usize, kwnames: #o);
            let mut values = vec![quote!(::runtime::glue::this::<::object::PyTypeObject>(&cls))];
            let mut statements = quote!(let nargs = ::runtime::args::vectorcall_nargs(nargsf););
            match sig {
                None => {
                    values.push(quote!(::runtime::args::all_keywords(&args, nargs, &kwnames)));
                    values.push(quote!(::runtime::glue::typed_opt(&kwnames)));
                }
                Some(_) => {
                    let sig = callable.signature(sig, leading)?;
                    let check = quote!(::runtime::args::no_kwnames(py, &SIG, &kwnames)?;);
                    let filled = fill(callable, leading, &sig, function, Source::FastKeywords, check)?;
                    statements.extend(filled.statements);
                    values.extend(filled.values);
                }
            }
            let c = into(call(&values));
            (params, object, quote!(#statements #c))
        }
        Raw => return Err(syn::Error::new(name.span(), "this slot has only a raw form")),
    };
    let code = quote! {
        unsafe extern "C" fn #shim(#params) #ret {
            // SAFETY: the interpreter calls slots attached, with valid arguments of the slot's C signature.
            unsafe {
                let py = ::object::Python::assume_attached();
                let _ = py;
                #body
            }
        }
    };
    Ok((code, parsed))
}

/// A getter's shim.
pub fn render_getter(callable: &Callable) -> syn::Result<(Ident, TokenStream)> {
    if !callable.receiver || !callable.args.is_empty() {
        return Err(syn::Error::new(
            callable.ident.span(),
            "a getter takes (&self, py: Python) -> PyResult<R>",
        ));
    }
    let shim = format_ident!(
        "get_{}",
        callable.ident.to_string().trim_start_matches("r#"),
        span = callable.ident.span()
    );
    let ty = callable.self_ty.as_ref();
    let call = callable.call(Some(quote!(::runtime::glue::this::<#ty>(&slf))), &[]);
    let code = quote! {
        unsafe extern "C" fn #shim(slf: *mut ::object::PyObject, _: *mut ::core::ffi::c_void) -> ::object::PyResult {
            // SAFETY: descriptors call getters attached, with an instance of the type.
            unsafe {
                let py = ::object::Python::assume_attached();
                ::runtime::args::IntoPyResult::into_py_result(#call, py)
            }
        }
    };
    Ok((shim, code))
}

/// A setter's shim.
pub fn render_setter(callable: &Callable) -> syn::Result<(Ident, TokenStream)> {
    if !callable.receiver || callable.args.len() != 1 {
        return Err(syn::Error::new(
            callable.ident.span(),
            "a setter takes (&self, py: Python, value: Option<&PyObject>) -> PyResult<()>",
        ));
    }
    let shim = format_ident!(
        "set_{}",
        callable.ident.to_string().trim_start_matches("r#"),
        span = callable.ident.span()
    );
    let ty: &Option<Type> = &callable.self_ty;
    let call = callable.call(
        Some(quote!(::runtime::glue::this::<#ty>(&slf))),
        &[quote!(::runtime::glue::borrow_opt(&value))],
    );
    let code = quote! {
        unsafe extern "C" fn #shim(slf: *mut ::object::PyObject, value: *mut ::object::PyObject, _: *mut ::core::ffi::c_void) -> ::core::ffi::c_int {
            // SAFETY: descriptors call setters attached, with an instance of the type; null deletes.
            unsafe {
                let py = ::object::Python::assume_attached();
                let _ = py;
                ::runtime::glue::status(#call)
            }
        }
    };
    Ok((shim, code))
}

/// The documentation of a getter.
pub fn getter_doc(doc: Option<&LitStr>, attrs: &[syn::Attribute]) -> Option<String> {
    doc.map(LitStr::value).or_else(|| names::doc_text(attrs))
}
