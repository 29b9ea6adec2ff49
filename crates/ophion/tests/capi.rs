//! Compiles the extension modules in `tests/capi` against CPython's headers, loads them and compares what they find with what the
//! reference found.
//!
//! Needs a C compiler and the headers of CPython 3.14 (Debian's `libpython3.14-dev`; `.ci/run` fetches them): in the folder that
//! `OPHION_INCLUDE` or `REF_INCLUDE` names, in the reference's, or the system's. Without them the test says so and passes.
//! `tests/capi/check.out` is recorded with `PYTHONPATH=<the modules> python3.14 tests/capi/check.py`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

fn headers() -> Option<PathBuf> {
    let named = ["OPHION_INCLUDE", "REF_INCLUDE"].iter().filter_map(env::var_os).map(PathBuf::from);
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    named
        .chain([
            home.join(".cache/ophion-reference/tree/usr/include/python3.14"),
            PathBuf::from("/usr/include/python3.14"),
        ])
        .find(|p| p.join("Python.h").exists())
}

fn compile(compiler: &str, include: &Path, source: &Path, to: &Path) {
    // Behind the system's own headers: Debian keeps `pyconfig.h` in a folder beside the others.
    let beside = include.parent().expect("a folder above the headers");
    let status = Command::new(compiler)
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-pthread", "-I"])
        .arg(include)
        .arg("-idirafter")
        .arg(beside)
        .arg(source)
        .arg("-o")
        .arg(to)
        .status()
        .expect("the compiler runs");
    assert!(status.success(), "{} does not compile", source.display());
}

#[test]
fn extension_modules_find_the_reference_s_layouts() {
    let compiler = env::var("CC").unwrap_or_else(|_| "gcc".to_owned());
    let found = Command::new(&compiler).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let (Ok(_), Some(include)) = (found, headers()) else {
        eprintln!("SKIPPED: no C compiler or no headers of CPython 3.14 (set OPHION_INCLUDE)");
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/capi");
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("capi");
    fs::create_dir_all(&out).expect("a folder for the modules");
    for name in ["layouts", "single"] {
        compile(&compiler, &include, &folder.join(format!("{name}.c")), &out.join(format!("{name}.so")));
    }
    let output = Command::new(env!("CARGO_BIN_EXE_ophion"))
        .arg("check.py")
        .current_dir(&folder)
        .env("PYTHONPATH", &out)
        .env("PYTHONHASHSEED", "0")
        .stdin(Stdio::null())
        .output()
        .expect("ophion runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "status {}: {errors}", output.status);
    let expected = fs::read_to_string(folder.join("check.out")).expect("the recorded output");
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}
