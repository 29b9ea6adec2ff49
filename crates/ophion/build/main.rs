//! Compiles the Python half of the standard library into one blob that the binary carries.
//!
//! Output in `OUT_DIR`: `library.bin` (marshalled code, then the files themselves, each deflated) and `library_table.rs`, the
//! sorted tables of modules and files with their places in the blob.

mod patches;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Folders of the dependency that are not part of an installed library, or belong to GUI programs without a home here.
const LEFT_OUT: &[&str] = &["idlelib", "tkinter", "turtledemo", "__pycache__", "test"];

/// Modules that CPython 3.14 ships frozen: (name, module that provides it). They are found even before files can be imported.
const FROZEN: &[(&str, &str)] = &[
    ("_frozen_importlib", "importlib._bootstrap"),
    ("_frozen_importlib_external", "importlib._bootstrap_external"),
    ("zipimport", "zipimport"),
    ("abc", "abc"),
    ("codecs", "codecs"),
    ("io", "io"),
    ("_collections_abc", "_collections_abc"),
    ("_sitebuiltins", "_sitebuiltins"),
    ("genericpath", "genericpath"),
    ("ntpath", "ntpath"),
    ("posixpath", "posixpath"),
    ("os.path", "posixpath"),
    ("os", "os"),
    ("site", "site"),
    ("stat", "stat"),
    ("importlib.util", "importlib.util"),
    ("importlib.machinery", "importlib.machinery"),
    ("runpy", "runpy"),
    ("__hello__", "__hello__"),
    ("__phello__", "__phello__"),
    ("__phello__.spam", "__phello__.spam"),
    ("_ophion_library", "importlib._bootstrap_library"),
];

struct File {
    /// Path below the library's folder, with `/`.
    path: String,
    data: Vec<u8>,
}

fn collect(root: &Path, below: &str, out: &mut Vec<File>) -> io::Result<()> {
    let mut entries: Vec<_> = fs::read_dir(root)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(|e| e.file_name());
    for e in entries {
        let name = e.file_name().to_string_lossy().into_owned();
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        if e.path().is_dir() {
            collect(&e.path(), &path, out)?;
        } else {
            out.push(File { path, data: fs::read(e.path())? });
        }
    }
    Ok(())
}

/// `json/decoder.py` → (`json.decoder`, false); `json/__init__.py` → (`json`, true).
fn module_name(path: &str) -> Option<(String, bool)> {
    let stem = path.strip_suffix(".py")?;
    let dotted = stem.replace('/', ".");
    if dotted.split('.').any(|part| part.is_empty()) {
        return None;
    }
    Some(match dotted.strip_suffix(".__init__") {
        Some(package) => (package.to_owned(), true),
        None => (dotted, false),
    })
}

fn compile(source: &[u8], filename: &str) -> Result<Vec<u8>, String> {
    let arena = syntax::Bump::new();
    let mut no_codec = |name: &str, bytes: &[u8]| -> Result<String, syntax::DecodeFailure> {
        match name.to_ascii_lowercase().replace('_', "-").as_str() {
            "latin-1" | "iso-8859-1" | "latin1" => Ok(bytes.iter().map(|&b| b as char).collect()),
            _ => Err(syntax::DecodeFailure::Message(format!("unknown encoding: {name}"))),
        }
    };
    let options = syntax::ParseOptions { filename, ..Default::default() };
    let parsed = syntax::parse(&arena, syntax::Source::File(source, &mut no_codec), &options)
        .map_err(|f| format!("{filename}: {:?}", f.error))?;
    let (code, _) = compiler::compile(&arena, &parsed.module, &compiler::CompileOptions::new(filename))
        .map_err(|e| format!("{filename}: {e}"))?;
    bytecode::marshal::dumps_pyc_code(&std::sync::Arc::new(code)).map_err(|e| format!("{filename}: {e:?}"))
}

/// A hash of all files and their names (FNV-1a), folded to 32 bits.
fn fingerprint(files: &[File]) -> u32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in files.iter().flat_map(|f| f.path.bytes().chain([0]).chain(f.data.iter().copied())) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (hash ^ (hash >> 32)) as u32
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rerun-if-changed=lib");
    // The C API is exported from the executable for extension modules.
    println!("cargo:rustc-link-arg-bins=-rdynamic");
    // At a fixed address, as Debian links `python3`: the tables of the library, types and methods then need no relocating at start-up, which
    // would read and write a megabyte.
    println!("cargo:rustc-link-arg-bins=-no-pie");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut files = Vec::new();
    collect(Path::new(rustpython_pylib::LIB_PATH), "", &mut files)?;
    collect(&here.join("lib"), "", &mut files)?;
    patches::apply(&mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);

    let mut blob: Vec<u8> = Vec::new();
    let mut modules: Vec<(String, String)> = Vec::new();
    let mut frozen = String::new();
    let mut table = String::new();
    for f in &files {
        let Some((name, is_package)) = module_name(&f.path) else { continue };
        // The real path is put in when the code is loaded.
        let code = match compile(&f.data, &f.path) {
            Ok(c) => c,
            Err(e) => {
                println!("cargo:warning=left out of the library: {e}");
                continue;
            }
        };
        let (at, len) = (blob.len(), code.len());
        blob.extend_from_slice(&code);
        modules.push((
            name.clone(),
            format!(
                "Module {{ name: {name:?}, at: {at}, len: {len}, is_package: {is_package}, path: {:?} }}",
                f.path
            ),
        ));
    }
    for (name, origin) in FROZEN {
        let path =
            [format!("{}.py", origin.replace('.', "/")), format!("{}/__init__.py", origin.replace('.', "/"))];
        let Some(f) = files.iter().find(|f| path.contains(&f.path)) else {
            return Err(format!("the library lacks {origin}").into());
        };
        let is_package = f.path.ends_with("__init__.py");
        let code = compile(&f.data, &format!("<frozen {origin}>"))?;
        let (at, len) = (blob.len(), code.len());
        blob.extend_from_slice(&code);
        writeln!(
            frozen,
            "    (Module {{ name: {name:?}, at: {at}, len: {len}, is_package: {is_package}, path: {:?} }}, {origin:?}),",
            f.path
        )?;
    }
    modules.sort();
    writeln!(table, "pub static MODULES: &[Module] = &[")?;
    for (_, m) in &modules {
        writeln!(table, "    {m},")?;
    }
    writeln!(
        table,
        "];\n/// Frozen modules and the modules they are.\npub static FROZEN: &[(Module, &str)] = &[\n{frozen}];"
    )?;
    writeln!(
        table,
        "/// Path, place and length of the deflated data, length of the file.\npub static FILES: &[(&str, usize, usize, usize)] = &["
    )?;
    for f in &files {
        let packed = miniz_oxide::deflate::compress_to_vec(&f.data, 8);
        writeln!(table, "    ({:?}, {}, {}, {}),", f.path, blob.len(), packed.len(), f.data.len())?;
        blob.extend_from_slice(&packed);
    }
    writeln!(
        table,
        "];\n/// Differs where the files differ.\npub const KEY: &str = \"{:08x}\";",
        fingerprint(&files)
    )?;
    fs::write(out.join("library.bin"), &blob)?;
    fs::write(out.join("library_table.rs"), table)?;
    Ok(())
}
