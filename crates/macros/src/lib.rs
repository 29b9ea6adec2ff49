//! The procedural macros that turn a plain Rust `impl` into a Python type and a plain Rust module into a Python module.

mod callable;
mod method;
mod names;
mod parse;
mod pymodule;
mod pytype;
mod signature;
mod slots;
#[cfg(test)]
mod tests;
mod traverse;

use proc_macro::TokenStream;
use syn::parse_macro_input;

/// Makes an impl block the definition of a Python type.
#[proc_macro_attribute]
pub fn pytype(args: TokenStream, item: TokenStream) -> TokenStream {
    let args = parse_macro_input!(args as parse::TypeArgs);
    let item = parse_macro_input!(item as syn::ItemImpl);
    finish(pytype::render_type(args, item))
}

/// A further impl block of a type: `#[pymethods(part)]`, named in the type's `parts(…)`.
#[proc_macro_attribute]
pub fn pymethods(args: TokenStream, item: TokenStream) -> TokenStream {
    let args = parse_macro_input!(args as parse::PartArgs);
    let item = parse_macro_input!(item as syn::ItemImpl);
    finish(pytype::render_part(args, item))
}

/// Makes a Rust module the definition of a Python module, or with `#[pymodule(part)]` a part of one.
#[proc_macro_attribute]
pub fn pymodule(args: TokenStream, item: TokenStream) -> TokenStream {
    let args = parse_macro_input!(args as pymodule::ModuleArgs);
    let item = parse_macro_input!(item as syn::ItemMod);
    finish(pymodule::render(args, item))
}

/// Lets the garbage collector look through a struct's fields.
#[proc_macro_derive(Traverse, attributes(traverse))]
pub fn derive_traverse(item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as syn::DeriveInput);
    finish(traverse::derive(&item))
}

fn finish(result: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    result.unwrap_or_else(|e| e.to_compile_error()).into()
}
