//! `#[pytype]` and `#[pymethods]`: from an impl block to a static type object.

use crate::callable::Callable;
use crate::method;
use crate::names;
use crate::parse::{Member, PartArgs, Role, TypeArgs, roles};
use crate::signature::{Implicit, Signature};
use crate::slots;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident, ImplItem, ItemImpl, LitStr, Path, Type, Visibility};

/// What the functions of one impl block amount to.
struct Block {
    /// The block as Rust sees it.
    item: TokenStream,
    shims: TokenStream,
    methods: Vec<TokenStream>,
    getset: Vec<TokenStream>,
    slots: Vec<TokenStream>,
    slot_names: Vec<Ident>,
    constructor: Option<Signature>,
}

struct Property {
    name: String,
    get: Option<Ident>,
    set: Option<Ident>,
    doc: Option<String>,
    span: Span,
}

/// Collects the errors of several functions, so that all are reported.
struct Errors(Option<syn::Error>);

impl Errors {
    fn keep<T>(&mut self, r: syn::Result<T>) -> Option<T> {
        match r {
            Ok(v) => Some(v),
            Err(e) => {
                match &mut self.0 {
                    Some(all) => all.combine(e),
                    None => self.0 = Some(e),
                }
                None
            }
        }
    }
}

/// Reads an impl block. `foreign` names the trait that carries the functions when the type is from another crate.
fn block(mut item: ItemImpl, type_name: &str, foreign: Option<&Ident>) -> syn::Result<Block> {
    if let Some((_, path, _)) = &item.trait_ {
        return Err(syn::Error::new(path.span(), "the attribute goes on an inherent impl block"));
    }
    if !item.generics.params.is_empty() {
        return Err(syn::Error::new(item.generics.span(), "a Python type is not generic"));
    }
    let self_ty = (*item.self_ty).clone();
    let mut out = Block {
        item: TokenStream::new(),
        shims: TokenStream::new(),
        methods: Vec::new(),
        getset: Vec::new(),
        slots: Vec::new(),
        slot_names: Vec::new(),
        constructor: None,
    };
    let mut errors = Errors(None);
    let mut properties: Vec<Property> = Vec::new();
    for member in &mut item.items {
        let ImplItem::Fn(f) = member else { continue };
        let Some(roles) = errors.keep(roles(&mut f.attrs)) else { continue };
        if roles.is_empty() {
            continue;
        }
        let ident = &f.sig.ident;
        let path = match foreign {
            Some(t) => quote_spanned!(ident.span()=> <#self_ty as #t>::#ident),
            None => quote_spanned!(ident.span()=> <#self_ty>::#ident),
        };
        let Some(callable) = errors.keep(Callable::new(&f.sig, path, Some(&self_ty))) else { continue };
        for role in &roles {
            let result = add(role, &callable, &f.attrs, type_name, &mut out, &mut properties);
            errors.keep(result);
        }
    }
    for p in &properties {
        let getset = property(p);
        out.getset.extend(errors.keep(getset));
    }
    if let Some(e) = errors.0 {
        // The block itself stays, so that its own users see no further errors.
        let item = match foreign {
            Some(_) => quote!(),
            None => quote!(#item),
        };
        let e = e.to_compile_error();
        out.item = quote!(#item #e);
        out.shims = TokenStream::new();
        out.methods.clear();
        out.getset.clear();
        out.slots.clear();
        return Ok(out);
    }
    out.item = match foreign {
        None => quote!(#item),
        Some(name) => as_trait(item, name)?,
    };
    Ok(out)
}

fn add(
    role: &Role,
    callable: &Callable,
    attrs: &[syn::Attribute],
    type_name: &str,
    out: &mut Block,
    properties: &mut Vec<Property>,
) -> syn::Result<()> {
    match role {
        Role::Method(binding, options) => {
            let r = method::render(callable, options, *binding, attrs)?;
            out.shims.extend(r.shim);
            out.methods.push(r.entry);
        }
        Role::Slot(attr) => {
            let r = slots::render(callable, attr, type_name)?;
            if let Some(twice) = r.names.iter().find(|n| out.slot_names.contains(n)) {
                return Err(syn::Error::new(twice.span(), format!("the slot {twice} is given twice")));
            }
            out.shims.extend(r.shims);
            out.slots.extend(r.entries);
            out.slot_names.extend(r.names);
            if r.constructor.is_some() {
                out.constructor = r.constructor;
            }
        }
        Role::Getter(a) | Role::Setter(a) => {
            let getter = matches!(role, Role::Getter(_));
            let rust = names::python_name(&callable.ident);
            let name = match &a.name {
                Some(n) => n.clone(),
                None if getter => rust,
                None => rust.strip_prefix("set_").unwrap_or(&rust).to_owned(),
            };
            let (shim, code) =
                if getter { slots::render_getter(callable)? } else { slots::render_setter(callable)? };
            out.shims.extend(code);
            let at = match properties.iter().position(|p| p.name == name) {
                Some(at) => at,
                None => {
                    properties.push(Property {
                        name,
                        get: None,
                        set: None,
                        doc: None,
                        span: callable.ident.span(),
                    });
                    properties.len() - 1
                }
            };
            let p = &mut properties[at];
            let place = if getter { &mut p.get } else { &mut p.set };
            if place.is_some() {
                return Err(syn::Error::new(callable.ident.span(), format!("`{}` has two of these", p.name)));
            }
            *place = Some(shim);
            if getter || a.doc.is_some() {
                p.doc = slots::getter_doc(a.doc.as_ref(), attrs);
            }
        }
    }
    Ok(())
}

fn property(p: &Property) -> syn::Result<TokenStream> {
    let name = names::c_literal(&p.name, p.span)?;
    let doc = names::c_pointer(p.doc.as_deref(), p.span)?;
    let get = match &p.get {
        Some(f) => quote!(::core::option::Option::Some(::runtime::glue::getter(#f))),
        None => quote!(::core::option::Option::None),
    };
    let set = match &p.set {
        Some(f) => quote!(::core::option::Option::Some(#f)),
        None => quote!(::core::option::Option::None),
    };
    Ok(quote! {
        ::object::typeobj::PyGetSetDef { name: #name.as_ptr(), get: #get, set: #set, doc: #doc, closure: ::core::ptr::null_mut() }
    })
}

/// The impl block of a type from another crate, as a trait and its implementation.
fn as_trait(mut item: ItemImpl, name: &Ident) -> syn::Result<TokenStream> {
    let mut declarations = TokenStream::new();
    let mut errors = Errors(None);
    for member in &mut item.items {
        let ImplItem::Fn(f) = member else {
            errors.keep::<()>(Err(syn::Error::new(
                member.span(),
                "only functions can be in the block of a foreign type",
            )));
            continue;
        };
        f.vis = Visibility::Inherited;
        let (attrs, mut sig) = (&f.attrs, f.sig.clone());
        for input in &mut sig.inputs {
            if let syn::FnArg::Typed(t) = input
                && let syn::Pat::Ident(p) = &mut *t.pat
            {
                p.mutability = None;
            }
        }
        declarations.extend(quote!(#(#attrs)* #sig;));
    }
    if let Some(e) = errors.0 {
        return Err(e);
    }
    let (attrs, self_ty, items) = (&item.attrs, &item.self_ty, &item.items);
    Ok(quote! {
        #(#attrs)*
        #[allow(clippy::missing_safety_doc)]
        pub trait #name { #declarations }
        impl #name for #self_ty { #(#items)* }
    })
}

fn table_names(part: &str) -> (Ident, Ident, Ident) {
    (format_ident!("PY_METHODS_{part}"), format_ident!("PY_GETSET_{part}"), format_ident!("PY_SLOTS_{part}"))
}

/// The tables of a block as associated constants of the type (or of a trait on it).
fn tables(block: &Block, self_ty: &Type, part: &str, foreign: Option<&Ident>) -> TokenStream {
    let (methods, getset, slots) = table_names(part);
    let (m, g, s) = (&block.methods, &block.getset, &block.slots);
    let consts = quote! {
        const #methods: &'static [::object::typeobj::PyMethodDef] = &[#(#m),*];
        const #getset: &'static [::object::typeobj::PyGetSetDef] = &[#(#g),*];
        const #slots: &'static [::runtime::glue::slots::SlotDef] = &[#(#s),*];
    };
    match foreign {
        None => {
            let m = quote!(const #methods: &'static [::object::typeobj::PyMethodDef] = &[#(#m),*];);
            let g = quote!(const #getset: &'static [::object::typeobj::PyGetSetDef] = &[#(#g),*];);
            let s = quote!(const #slots: &'static [::runtime::glue::slots::SlotDef] = &[#(#s),*];);
            quote! {
                impl #self_ty {
                    #[doc(hidden)] pub(crate) #m
                    #[doc(hidden)] pub(crate) #g
                    #[doc(hidden)] pub(crate) #s
                }
            }
        }
        Some(_) => {
            let name = tables_trait(part);
            quote! {
                impl #name for #self_ty { #consts }
            }
        }
    }
}

fn tables_trait(part: &str) -> Ident {
    format_ident!("PyTables_{part}")
}

/// The trait that carries the tables of a part of a foreign type.
fn tables_trait_item(part: &str) -> TokenStream {
    let (methods, getset, slots) = table_names(part);
    let name = tables_trait(part);
    quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, non_upper_case_globals)]
        pub trait #name {
            const #methods: &'static [::object::typeobj::PyMethodDef];
            const #getset: &'static [::object::typeobj::PyGetSetDef];
            const #slots: &'static [::runtime::glue::slots::SlotDef];
        }
    }
}

const ALLOW: &str = "non_upper_case_globals, non_snake_case, unused_unsafe, unused_variables, unused_mut, improper_ctypes_definitions, clippy::all";

fn allow() -> TokenStream {
    let list: TokenStream = ALLOW.parse().unwrap_or_default();
    quote!(#[allow(#list)])
}

/// `#[pymethods(part)]`.
pub fn render_part(args: PartArgs, item: ItemImpl) -> syn::Result<TokenStream> {
    let self_ty = (*item.self_ty).clone();
    let type_name = match &args.type_name {
        Some(n) => n.value(),
        None => names::type_name(&self_ty).unwrap_or_default().trim_start_matches("Py").to_lowercase(),
    };
    let part = args.part.to_string();
    let block = block(item, &type_name, args.foreign.as_ref())?;
    let tables = tables(&block, &self_ty, &part, args.foreign.as_ref());
    let trait_item = args.foreign.as_ref().map(|_| tables_trait_item(&part));
    let (item, shims) = (&block.item, &block.shims);
    let allow = allow();
    Ok(quote! {
        #item
        #trait_item
        #allow
        const _: () = { #shims #tables };
    })
}

fn is_root_layout(path: &Path) -> bool {
    path.segments.last().is_some_and(|s| s.ident == "PyObject" || s.ident == "PyVarObject")
}

/// The offset a `field` option means: a field's name, or an expression.
fn offset(value: Option<&Expr>, self_ty: &Type) -> TokenStream {
    match value {
        None => quote!(0),
        Some(Expr::Path(p)) if p.path.get_ident().is_some() => {
            quote_spanned!(p.span()=> ::core::mem::offset_of!(#self_ty, #p) as isize)
        }
        Some(e) => quote!(#e),
    }
}

fn member(m: &Member, self_ty: &Type) -> syn::Result<TokenStream> {
    let kind = match m.kind.to_string().as_str() {
        "object" => "OBJECT",
        "object_ex" => "OBJECT_EX",
        "bool" => "BOOL",
        "char" => "CHAR",
        "i8" => "BYTE",
        "u8" => "UBYTE",
        "i16" => "SHORT",
        "u16" => "USHORT",
        "i32" => "INT",
        "u32" => "UINT",
        "i64" => "LONGLONG",
        "u64" => "ULONGLONG",
        "isize" => "PYSSIZET",
        "f32" => "FLOAT",
        "f64" => "DOUBLE",
        "string" => "STRING",
        other => {
            return Err(syn::Error::new(
                m.kind.span(),
                format!(
                    "unknown member kind `{other}`; there are object, object_ex, bool, char, string and Rust's number types"
                ),
            ));
        }
    };
    let kind = Ident::new(kind, m.kind.span());
    let field = &m.field;
    let name = names::c_literal(&m.name, m.span)?;
    let doc = names::c_pointer(m.doc.as_ref().map(LitStr::value).as_deref(), m.span)?;
    let flags = if m.readonly { quote!(::object::typeobj::member::READONLY) } else { quote!(0) };
    Ok(quote_spanned! {m.span=>
        ::object::typeobj::PyMemberDef {
            name: #name.as_ptr(),
            type_: ::object::typeobj::member::#kind,
            offset: ::core::mem::offset_of!(#self_ty, #field) as isize,
            flags: #flags,
            doc: #doc,
        }
    })
}

/// `#[pytype(…)]`.
pub fn render_type(args: TypeArgs, item: ItemImpl) -> syn::Result<TokenStream> {
    let self_ty = (*item.self_ty).clone();
    let attrs = item.attrs.clone();
    let name = args.name.value();
    let foreign = args.foreign.as_ref();
    let block = block(item, &name, foreign)?;
    let span = args.name.span();

    let full_name = match &args.module {
        Some(m) => format!("{}.{name}", m.value()),
        None => name.clone(),
    };
    let tp_name = names::c_literal(&full_name, span)?;
    let shown = match (&args.text, &block.constructor) {
        _ if args.nosig => None,
        (Some(t), _) => Some(t.value()),
        (None, Some(s)) => Some(s.text(Implicit::None)),
        (None, None) => None,
    };
    let doc = method::doc(&name, shown.as_deref(), args.doc.as_ref(), &attrs);
    let doc = names::c_pointer(doc.as_deref(), span)?;

    let gc = args.flags.iter().any(|f| f == "GC" || f == "HAVE_GC");
    let flags = args.flags.iter().map(|f| {
        let known = if f == "GC" { Ident::new("HAVE_GC", f.span()) } else { f.clone() };
        quote!(| ::object::typeobj::flags::#known)
    });
    let subclass_flag = args
        .flags
        .iter()
        .find(|f| f.to_string().ends_with("_SUBCLASS"))
        .map(|f| quote!(const SUBCLASS_FLAG: u64 = ::object::typeobj::flags::#f;));
    let itemsize = match &args.itemsize {
        Some(e) => quote!((#e) as isize),
        None => quote!(0),
    };
    let basicsize = match &args.basicsize {
        // A larger one reserves words, as CPython's struct may have; a smaller one would cut the struct off, but for items.
        Some(e) => quote!({
            assert!((#e) as usize >= ::core::mem::size_of::<#self_ty>() || (#itemsize) != 0);
            (#e) as isize
        }),
        None => quote!(::core::mem::size_of::<#self_ty>() as isize),
    };
    let dictoffset = offset(args.dictoffset.as_ref(), &self_ty);
    let weaklistoffset = offset(args.weaklistoffset.as_ref(), &self_ty);
    let vectorcall_offset = offset(args.vectorcall_offset.as_ref(), &self_ty);
    let layout_base: Path = match &args.base {
        Some(p) => p.clone(),
        None => syn::parse_quote!(::object::PyObject),
    };
    let base = match &args.base_type {
        Some(p) => quote!(&raw const #p),
        None if is_root_layout(&layout_base) => quote!(::core::ptr::null()),
        None => quote!(<#layout_base>::TYPE),
    };

    // Defaults come first: an explicit slot of any part replaces them.
    let has = |slot: &str| block.slot_names.iter().any(|n| n == slot);
    let mut defaults = Vec::new();
    let default = |slot: &str, function: TokenStream| {
        let id = Ident::new(slot, Span::call_site());
        quote!(::runtime::glue::slots::SlotDef::new(::runtime::glue::slots::SlotId::#id, #function as *const ::core::ffi::c_void))
    };
    if !has("tp_dealloc") {
        defaults.push(default("tp_dealloc", quote!(::runtime::glue::dealloc::<#self_ty>)));
    }
    if gc && !has("tp_traverse") {
        defaults.push(default("tp_traverse", quote!(::runtime::glue::traverse::<#self_ty>)));
        if !has("tp_clear") {
            defaults.push(default("tp_clear", quote!(::runtime::glue::clear::<#self_ty>)));
        }
    }

    let mut errors = Errors(None);
    let members: Vec<TokenStream> =
        args.members.iter().filter_map(|m| errors.keep(member(m, &self_ty))).collect();
    if let Some(e) = errors.0 {
        return Err(e);
    }
    let part_names = std::iter::once("main".to_owned()).chain(args.parts.iter().map(Ident::to_string));
    let spans = std::iter::once(span).chain(args.parts.iter().map(Ident::span));
    let (mut method_tables, mut getset_tables, mut slot_tables) = (Vec::new(), Vec::new(), Vec::new());
    for (part, span) in part_names.zip(spans) {
        let (mut m, mut g, mut s) = table_names(&part);
        m.set_span(span);
        g.set_span(span);
        s.set_span(span);
        method_tables.push(quote_spanned!(span=> <#self_ty>::#m));
        getset_tables.push(quote_spanned!(span=> <#self_ty>::#g));
        slot_tables.push(quote_spanned!(span=> <#self_ty>::#s));
    }
    let order = match &args.order {
        Some(names) => names
            .value()
            .split_whitespace()
            .map(|n| names::c_literal(n, names.span()))
            .collect::<syn::Result<Vec<_>>>()?,
        None => Vec::new(),
    };
    let needs_sub = !args.parts.is_empty() || block.slot_names.iter().any(slots::in_subtable);
    let (sub_static, sub_pointer) = if needs_sub {
        (
            quote!(
                static SUB: ::runtime::glue::slots::SubTables = TABLES.sub();
            ),
            quote!(&raw const SUB),
        )
    } else {
        (quote!(), quote!(::core::ptr::null()))
    };
    let tables = tables(&block, &self_ty, "main", foreign);
    let trait_item = foreign.map(|_| {
        let tables = tables_trait_item("main");
        quote! {
            #tables
            #[doc(hidden)]
            pub trait PyTypeInit {
                const PY_TYPE_INIT: ::object::PyTypeObject;
            }
        }
    });
    // With a symbol the static is an item of the user's module, under the symbol's name.
    let static_name = match &args.symbol {
        Some(s) => s.parse::<Ident>()?,
        None => Ident::new("TYPE_OBJECT", Span::call_site()),
    };
    let init = quote_spanned!(span=> <#self_ty>::PY_TYPE_INIT);
    let heap = args.flags.iter().find(|f| *f == "HEAPTYPE");
    if let (Some(f), true) = (heap, args.symbol.is_some() || foreign.is_some()) {
        return Err(syn::Error::new(f.span(), "a heap type has no C symbol and is no other crate's"));
    }
    let place = match heap {
        Some(_) => quote!(#static_name.heap.ht_type),
        None => quote!(#static_name),
    };
    let (exported, local) = match &args.symbol {
        None if heap.is_some() => (
            quote!(),
            quote!(static #static_name: ::runtime::glue::heap_static::HeapStatic = ::runtime::glue::heap_static::HeapStatic::new(#init);),
        ),
        Some(_) => (
            quote! {
                /// The type object.
                #[unsafe(no_mangle)]
                #[allow(non_upper_case_globals)]
                pub static #static_name: ::object::PyTypeObject = #init;
            },
            quote!(),
        ),
        None => (quote!(), quote!(static #static_name: ::object::PyTypeObject = #init;)),
    };
    let init_type = quote!(::object::PyTypeObject);
    let (init_head, init_const) = match foreign {
        None => (quote!(impl #self_ty), quote!(#[doc(hidden)] const)),
        Some(_) => (quote!(impl PyTypeInit for #self_ty), quote!(const)),
    };
    let identity = match foreign {
        Some(_) => quote!(),
        None => {
            let deref = if args.noderef {
                quote!()
            } else {
                quote! {
                    impl ::core::ops::Deref for #self_ty {
                        type Target = #layout_base;
                        #[inline(always)]
                        fn deref(&self) -> &#layout_base {
                            // SAFETY: the struct begins with its base's layout, as `PyLayout` demands.
                            unsafe { &*(self as *const Self as *const #layout_base) }
                        }
                    }
                    const _: () = assert!(
                        ::core::mem::size_of::<#self_ty>() >= ::core::mem::size_of::<#layout_base>(),
                        "the struct must begin with the layout of its base",
                    );
                }
            };
            quote! {
                // SAFETY: what `#[pytype]` is put on is `repr(C)` and begins with its base's layout.
                unsafe impl ::object::PyLayout for #self_ty {}
                #deref
                // SAFETY: instances are made with this layout; subtypes extend it.
                unsafe impl ::object::PyTypeInfo for #self_ty {
                    #subclass_flag
                    #[inline(always)]
                    fn type_object() -> &'static ::object::PyTypeObject { &#place }
                }
                impl #self_ty {
                    /// The static type object, as a constant.
                    pub const TYPE: *const ::object::PyTypeObject = &raw const #place;
                }
            }
        }
    };
    let (item, shims) = (&block.item, &block.shims);
    let allow = allow();
    Ok(quote! {
        #item
        #trait_item
        #allow
        const _: () = {
            #shims
            #tables
            static METHODS: ::runtime::glue::Table<::object::typeobj::PyMethodDef, { ::runtime::glue::table_len(&[#(#method_tables.len()),*]) }> =
                ::runtime::glue::methods(&[#(#method_tables),*], &[#(#order),*]);
            static GETSET: ::runtime::glue::Table<::object::typeobj::PyGetSetDef, { ::runtime::glue::table_len(&[#(#getset_tables.len()),*]) }> =
                ::runtime::glue::getset(&[#(#getset_tables),*], &[#(#order),*]);
            static MEMBERS: &[::object::typeobj::PyMemberDef] = &[#(#members,)* ::object::typeobj::PyMemberDef::END];
            const TABLES: ::runtime::glue::slots::Tables = ::runtime::glue::slots::Tables::new()
                .apply(&[#(#defaults),*])
                #(.apply(#slot_tables))*;
            #sub_static
            #init_head {
                #init_const PY_TYPE_INIT: #init_type = TABLES.finish(&::runtime::glue::slots::TypeSpec {
                name: #tp_name.as_ptr(),
                doc: #doc,
                basicsize: #basicsize,
                itemsize: #itemsize,
                dictoffset: #dictoffset,
                weaklistoffset: #weaklistoffset,
                vectorcall_offset: #vectorcall_offset,
                flags: 0 #(#flags)*,
                base: #base,
                methods: METHODS.as_ptr(),
                getset: GETSET.as_ptr(),
                members: MEMBERS.as_ptr(),
                sub: #sub_pointer,
                });
            }
            #local
            #identity
        };
        #exported
    })
}
