//! The errors a user of the macros sees, by their texts.

use crate::{parse, pymodule, pytype, traverse};
use proc_macro2::TokenStream;

/// The texts of the `compile_error!`s among the output, or of the error itself.
fn errors(result: syn::Result<TokenStream>) -> Vec<String> {
    let output = match result {
        Ok(t) => t,
        Err(e) => e.to_compile_error(),
    };
    let text = output.to_string();
    let mut found = Vec::new();
    for part in text.split("compile_error").skip(1) {
        if let Some(message) = part.split('"').nth(1) {
            found.push(message.to_owned());
        }
    }
    found
}

fn type_errors(args: &str, body: &str) -> Vec<String> {
    let item = syn::parse_str::<syn::ItemImpl>(&format!("impl PyFoo {{ {body} }}"));
    errors(syn::parse_str::<parse::TypeArgs>(args).and_then(|a| pytype::render_type(a, item?)))
}

fn body_errors(body: &str) -> Vec<String> {
    type_errors("name = \"foo\"", body)
}

#[test]
fn a_good_type_has_no_errors() {
    let body = r#"
        #[pymethod] fn append(&self, py: Python, object: &PyObject) -> PyResult<()> { Ok(()) }
        #[pymethod(sig = "(*, key=None, reverse=False)")]
        fn sort(&self, py: Python, key: Option<&PyObject>, reverse: bool) -> PyResult<()> { Ok(()) }
        #[getter] fn name(&self) -> bool { true }
        #[setter] fn set_name(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> { Ok(()) }
        #[slot(tp_repr, tp_str)] fn repr(&self, py: Python) -> PyResult { }
        fn helper<T>(x: T) -> T { x }
    "#;
    assert_eq!(
        type_errors("name = \"foo\", flags(GC), members(a.b as c: object readonly \"doc\")", body),
        [""; 0]
    );
}

#[test]
fn attributes() {
    assert_eq!(type_errors("", ""), ["`name = \\"]);
    assert!(
        type_errors("name = \"x\", colour = 1", "")[0]
            .starts_with("unknown option `colour`; there are name,")
    );
    assert!(
        body_errors("#[pymethod(colour)] fn f(&self) {}")[0]
            .starts_with("unknown option `colour`; there are name,")
    );
    assert_eq!(
        body_errors("#[slot(tp_colour)] fn f(&self) {}"),
        ["`tp_colour` is not a slot or an option (raw, vectorcall, sig, function)"]
    );
    assert!(
        type_errors("name = \"x\", members(a: colour)", "")[0].starts_with("unknown member kind `colour`")
    );
}

#[test]
fn signatures() {
    for (function, message) in [
        (
            "#[pymethod(sig = \"(a, b)\")] fn f(&self, py: Python, a: &PyObject, c: &PyObject) {}",
            "the signature has `b` in this place, not `c`",
        ),
        (
            "#[pymethod(sig = \"(a)\")] fn f(&self, py: Python, a: &PyObject, c: &PyObject) {}",
            "parameter `c` is not in the signature",
        ),
        (
            "#[pymethod(sig = \"(a, b)\")] fn f(&self, py: Python, a: &PyObject) {}",
            "the function has no parameter for `b` of the signature",
        ),
        (
            "#[pymethod(sig = \"(a=())\")] fn f(&self, py: Python, a: &PyTuple) {}",
            "the default `()` of `a` has no Rust literal: make the parameter an `Option<…>`",
        ),
        (
            "#[pymethod(sig = \"(a=1, b)\")] fn f(&self) {}",
            "in the signature `(a=1, b)`: parameter `b` without a default follows one with a default",
        ),
        ("#[pymethod] fn f(py: Python) {}", "a method takes `&self`"),
        ("#[staticmethod] fn f(&self) {}", "a static method does not take `&self`"),
        ("#[pymethod] fn f(&mut self) {}", "objects are shared: take `&self`"),
        ("#[classmethod] fn f(py: Python) {}", "a class method takes `cls: &PyTypeObject` first"),
        ("#[pymethod] async fn f(&self) {}", "a Python-visible function cannot be `async`"),
        ("#[pymethod] fn f<T>(&self, t: T) {}", "a Python-visible function cannot be generic"),
    ] {
        assert_eq!(body_errors(function), [message], "{function}");
    }
}

#[test]
fn slots() {
    for (function, message) in [
        (
            "#[slot(nb_add)] fn f(&self, o: &PyObject) {}",
            "the slot nb_add takes (py: Python, a: &PyObject, b: &PyObject) -> PyResult",
        ),
        (
            "#[slot(tp_hash)] fn f(&self, o: &PyObject) {}",
            "the slot tp_hash takes (&self, py: Python) -> PyResult<isize>",
        ),
        ("#[slot(tp_alloc)] fn f(&self) {}", "the slot tp_alloc takes the C signature, with `raw`"),
        ("#[slot(tp_repr)] #[slot(tp_repr)] fn f(&self) {}", "the slot tp_repr is given twice"),
        (
            "#[slot(tp_repr, sig = \"()\")] fn f(&self) {}",
            "`sig` is for tp_new, tp_init, tp_call and tp_vectorcall",
        ),
        ("#[getter] fn f(&self, x: i32) {}", "a getter takes (&self, py: Python) -> PyResult<R>"),
    ] {
        assert_eq!(body_errors(function), [message], "{function}");
    }
}

#[test]
fn several_errors_are_reported_together() {
    assert_eq!(body_errors("#[pymethod] fn f(py: Python) {} #[staticmethod] fn g(&self) {}").len(), 2);
}

#[test]
fn modules() {
    let module = |args: &str, body: &str| {
        let item = syn::parse_str::<syn::ItemMod>(&format!("pub mod m {{ {body} }}"));
        errors(syn::parse_str::<pymodule::ModuleArgs>(args).and_then(|a| pymodule::render(a, item?)))
    };
    assert_eq!(
        module(
            "name = \"m\"",
            "#[pyfunction] fn f(py: Python, x: f64) -> f64 { x } #[pyattr] const A: i32 = 1;"
        ),
        [""; 0]
    );
    assert_eq!(module("part", "#[pyfunction] fn f(x: f64) -> f64 { x }"), [""; 0]);
    assert_eq!(
        module("name = \"m\"", "#[pyattr] fn f(x: f64) -> f64 { x }"),
        ["a computed attribute takes (py: Python) -> PyResult<R>"]
    );
    assert_eq!(
        module("name = \"m\"", "#[pyfunction] fn f(&self) {}"),
        ["a module function does not take `&self`"]
    );
}

#[test]
fn traversal() {
    let derive = |text: &str| {
        syn::parse_str(text).and_then(|i| traverse::derive(&i)).map(|t| t.to_string()).unwrap_or_default()
    };
    let code = derive(
        "struct A { ob_base: PyObject, a: Slot, n: Cell<isize>, #[traverse(skip)] x: Foo, v: Vec<Py> }",
    );
    assert!(code.contains("self . a") && code.contains("self . v"));
    assert!(!code.contains("self . n") && !code.contains("self . x") && !code.contains("self . ob_base"));
    assert!(derive("enum A { B }").is_empty());
}
