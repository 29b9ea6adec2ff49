//! The procedural macros that turn a plain Rust `impl` into a Python type and a plain Rust module into a Python module.
//!
//! The generated code is small: a shim for each function, which unpacks C's arguments and calls the function, and
//! constant tables. What the shims have in common is in `runtime::args` (argument parsing, conversions) and
//! `runtime::glue` (pointers, sentinels, static type objects, module definitions). Nothing is allocated on the way in.
//!
//! # Types
//!
//! ```text
//! #[repr(C)]
//! #[derive(Traverse)]
//! pub struct PyFoo { pub ob_base: PyObject, pub value: Slot }
//!
//! /// The type's `__doc__`.
//! #[pytype(name = "foo", module = "mod", flags(BASETYPE, GC))]
//! impl PyFoo {
//!     /// The method's `__doc__`.
//!     #[pymethod]
//!     fn put(&self, py: Python, object: &PyObject) -> PyResult<()> { … }
//! }
//! ```
//!
//! `#[pytype(…)]` makes the static type object, `PyLayout`, `PyTypeInfo`, `Deref` to the base's layout, and
//! `PyFoo::TYPE`, the address of the static. The struct is `repr(C)` and begins with its base's layout. Options:
//!
//! | option | meaning |
//! |---|---|
//! | `name = "foo"` | the type's name; required |
//! | `module = "mod"` | `tp_name` becomes `mod.foo`; without it the type is a built-in one |
//! | `symbol = "PyFoo_Type"` | the static is exported from the binary under this C name, and a `pub static` of this name stands beside the impl block |
//! | `base = PyBar` | the Rust struct of the base: layout, and Python base type; default `PyObject` |
//! | `base_type = PyBaz_Type` | the static of the Python base, when that is another than `base`'s |
//! | `flags(…)` | `Py_TPFLAGS_` names, and `GC` for `HAVE_GC`; a `…_SUBCLASS` flag makes `downcast` one bit test; `HEAPTYPE`: a heap type at a fixed address, as most types of CPython's modules are; mutable unless `IMMUTABLETYPE`. `INHERITED_NEW`: `tp_new` stands for the one that CPython's type inherits from `object`, so that it is not in the type's dict; `OWN_GETATTRO`, `OWN_SETATTRO`: the generic attribute slots are named as the type's own |
//! | `itemsize = 8`, `basicsize = 24` | expressions; the basic size is the struct's by default |
//! | `dictoffset`, `weaklistoffset`, `vectorcall_offset` `= field` | a field's name or an expression; the last sets `HAVE_VECTORCALL` |
//! | `members(field: kind, a.b as name: kind readonly "doc")` | `PyMemberDef`s; kinds: `object` (empty reads `None`), `object_ex` (empty raises), `bool`, `char`, `string`, `i8`…`u64`, `isize`, `f32`, `f64` |
//! | `parts(find, case)` | further blocks, `#[pymethods(find)] impl PyFoo`, in any module of the crate |
//! | `order = "find case …"` | methods and properties as `__dict__` lists them, where that is not the order of the parts; names left out follow |
//! | `text = "(a, b)"`, `nosig` | the text signature when it is not that of the constructor; none |
//! | `doc = "…"` | instead of the doc comment |
//! | `noderef` | no `Deref`: the file writes its own |
//! | `foreign = Trait` | the struct is another crate's (`PyObject`, `PyTypeObject`): the functions become those of a new trait of this name, and the type's identity traits are left to that crate. Parts: `#[pymethods(part, foreign = Trait2)]`, with the traits imported where the main block is |
//!
//! Without a slot of its own a type gets `tp_dealloc` (finalises, untracks, clears weak references, drops the struct,
//! frees) and, with `GC`, `tp_traverse` and `tp_clear` from `#[derive(Traverse)]`. The text signature of the type is
//! that of `#[slot(tp_new, sig = …)]` or `tp_init`.
//!
//! `#[derive(Traverse)]` visits every field but plain data; `#[traverse(skip)]` leaves one out. `tp_clear` empties every
//! `Slot`; a `Py` field never changes and stays.
//!
//! # Functions of a type
//!
//! | attribute | function |
//! |---|---|
//! | `#[pymethod]` | `(&self, py: Python, …)` |
//! | `#[classmethod]` | `(cls: &PyTypeObject, py: Python, …)` |
//! | `#[staticmethod]` | `(py: Python, …)` |
//! | `#[getter]`, `#[getter(name)]`, `#[getter(name = "…", doc = "…")]` | `(&self, py: Python) -> R` |
//! | `#[setter]`, `#[setter(name)]` | `(&self, py: Python, value: Option<&PyObject>) -> PyResult<()>`; `None` deletes; `set_x` belongs to `x` |
//! | `#[slot(tp_repr)]`, `#[slot(sq_length, mp_length)]` | by the slot's shape; a wrong one is answered with the right one |
//! | `#[slot(tp_dealloc, raw)]` | an `unsafe extern "C" fn` with the C signature |
//! | `#[slot(tp_new, sig = "…")]`, also `tp_init`, `tp_call` | parsed parameters after `(py, cls, …)` or `(&self, py, …)`, instead of tuple and dict; `function = "…"` is their name in error messages |
//! | `#[slot(tp_new, vectorcall, sig = "…")]` | `tp_vectorcall` from the same function, so that calling the type builds no tuple |
//! | `#[vectorcall]`, `#[vectorcall(sig = "…")]` | `(py, cls, args: &[&PyObject], kwnames: Option<&PyTuple>)`, or parsed |
//!
//! The token `py` may be left out where a function has no use for it. Functions with none of these attributes are
//! ordinary Rust.
//!
//! Options of `#[pymethod]`, `#[classmethod]`, `#[staticmethod]` and `#[pyfunction]`:
//!
//! | option | meaning |
//! |---|---|
//! | `name = "…"` | the Python name, when it is not the function's |
//! | `sig = "(a, /, b=1, *args, c=None, **kwargs)"` | the parameters; without it all are positional-only and required |
//! | `text = "($self, a)"`, `nosig` | another text signature; none |
//! | `doc = "…"`, `nodoc` | another docstring; none, but the text signature stays |
//! | `coexist` | `METH_COEXIST`: stays beside the wrapper of the slot of the same name |
//! | `raw` | no parsing: `args: &[&PyObject]`, and for keywords `kwnames: Option<&PyTuple>`, whose values are the last of `args` |
//! | `module_arg` | module functions: `module: &PyModule` after `py` |
//!
//! The calling convention follows from the parameters: `METH_NOARGS`, `METH_O`, `METH_FASTCALL`, `METH_FASTCALL |
//! METH_KEYWORDS`.
//!
//! # Parameters and results
//!
//! The Rust parameters follow `sig` in order; their names must agree (`type_` and `_x` stand for `type` and `x`, and case
//! does not matter). Types are those that implement `runtime::args::FromArg`: `&PyObject` as it comes, `&PyX` and
//! `Py<PyX>` checked, `&str` (no NUL), `bool` by truth value, `f64`, integers through `__index__` with CPython's overflow
//! messages, `Bits<u32>` for any integer's low bits, `LongLong`. `*args` is `&[&PyObject]`, `**kwargs` is
//! `Option<Py<PyDict>>`.
//!
//! A parameter with a default is
//! - a plain type, when the default has a Rust literal (an int, a float, `True`, `False`, text), or is `None` for `&PyObject`;
//! - `Option<T>` otherwise: `None` when the argument is absent. An explicit `None` counts as absent if the default is
//!   `None` and is converted like any object if the default is another (`encoding='utf-8'` refuses `None`).
//!   `Option<&PyObject>` is `Some` for every argument given.
//!
//! A required `Option<T>` accepts `None`. Results are what implements `runtime::args::IntoPyResult`: `PyResult<R>` or `R`, with
//! `R` one of `Py<X>`, `&X`, `()`, `bool`, integers, `f64`, `&str`, `String`, `Option<R>`.
//!
//! # Modules
//!
//! ```text
//! /// The module's `__doc__`.
//! #[pymodule(name = "math", parts(trig), types(PyFoo), state = MathState)]
//! pub mod math {
//!     use super::*;
//!     #[pyfunction(sig = "(x, /)")] pub fn sqrt(py: Python, x: f64) -> PyResult<f64> { … }
//!     #[pyattr] pub const PI: f64 = std::f64::consts::PI;
//!     #[pyattr] fn version(py: Python) -> PyResult<Py<PyStr>> { … }
//!     #[pyexec] fn exec(py: Python, module: &PyModule) -> PyResult<()> { … }
//! }
//! #[pymodule(part)]
//! pub mod trig { … }
//! ```
//!
//! gives `math::MODULE`, a definition for multi-phase initialisation that is safe with one interpreter lock for each
//! interpreter. Executing the module makes its state (`Default`, `Traverse`; `glue::module::State::of` finds it), adds the
//! types (those in `hidden_types(…)` are only made ready), then the constants, then runs the `#[pyexec]` functions. Paths in the attribute are read where the attribute
//! stands, outside the module.
//!
//! # Inside
//!
//! `parse` and `pymodule` read the attributes; `signature` knows Python's parameter lists; `callable` takes a Rust
//! function apart and writes the code that fills its parameters; `method` and `slots` write the shims, `slots`
//! with the table of slots and their shapes; `pytype` puts a type together.

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
