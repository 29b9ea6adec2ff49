//! Says whether the optimiser turns calls in tail position into jumps: the interpreter's loop has a form that relies on it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-check-cfg=cfg(threaded)");
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    // What counts instructions is called by the other form.
    let counting = std::env::var_os("CARGO_FEATURE_OPSTATS").is_some();
    if matches!(level.as_str(), "2" | "3" | "s" | "z") && !counting {
        println!("cargo:rustc-cfg=threaded");
    }
}
