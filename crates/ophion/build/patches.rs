//! What the library dependency changed for its own interpreter, undone; and files it lacks.
//!
//! Each entry changes one piece of text, which must occur exactly once, so that a new version of the dependency
//! that no longer has it stops the build.

use super::File;

/// One change in one file.
struct Patch {
    path: &'static str,
    change: Change,
}

enum Change {
    /// A piece of text and what stands in its place.
    Replace(&'static str, &'static str),
    /// What begins with the first text, up to the second one, which stays (the end of the file if it is empty).
    Cut(&'static str, &'static str),
}

const fn replace(path: &'static str, old: &'static str, new: &'static str) -> Patch {
    Patch { path, change: Change::Replace(old, new) }
}

const fn cut(path: &'static str, from: &'static str, to: &'static str) -> Patch {
    Patch { path, change: Change::Cut(from, to) }
}

const PATCHES: &[Patch] = &[
    // Names of the other interpreter.
    cut("_compat_pickle.py", "# NOTE: RUSTPYTHON exceptions", "for excname in PYTHON2_EXCEPTIONS"),
    cut("json/decoder.py", "    # RUSTPYTHON SPECIFIC", "    # Note that this exception"),
    cut("platform.py", "        # XXX: RUSTPYTHON support", "            name = 'CPython'"),
    replace(
        "platform.py",
        "            name = 'CPython'\n        if builddate",
        "        name = 'CPython'\n        if builddate",
    ),
    replace("site.py", "'RustPython' # XXX: RUSTPYTHON; for site-packages", "'Python'"),
    replace("site.py", "    # XXX: RUSTPYTHON\n    return", "    return"),
    replace("site.py", "/lib/rustpython{", "/lib/python{"),
    replace("sysconfig/__init__.py", "'RustPython'  # XXX: RUSTPYTHON; For site-packages", "'Python'"),
    cut("unittest/__init__.py", "\n\n\n# XXX: RUSTPYTHON\n# This is very useful", ""),
    // Lines of the library's files, which are in memory: for tracebacks, inspect, pdb, trace.
    replace("linecache.py", "        basename = filename\n", LINES_FROM_MEMORY),
    // Conveniences that hosts without files need.
    cut("io.py", "# XXX: RUSTPYTHON; FileIO needs", "# for seek()"),
    replace("io.py", "open, open_code, BytesIO", "open, open_code, FileIO, BytesIO"),
    replace(
        "io.py",
        "if FileIO is not None:  # XXX: RUSTPYTHON; see the try/except above\n    RawIOBase",
        "RawIOBase",
    ),
];

/// For `linecache.updatecache`, where the file is not on disk.
const LINES_FROM_MEMORY: &str = r#"        basename = filename

        from _ophion_library import source_lines
        lines = source_lines(fullname)
        if lines is not None:
            cache[filename] = sum(map(len, lines)), None, lines, fullname
            return lines
"#;

/// Files of the dependency that CPython does not have.
const REMOVED: &[&str] =
    &["_dummy_os.py", "_dummy_thread.py", "_pycodecs.py", "dummy_threading.py", "README.md"];

/// Applies all patches.
///
/// Errors: a patch that does not fit.
pub fn apply(files: &mut Vec<File>) -> Result<(), String> {
    files.retain(|f| !REMOVED.contains(&f.path.as_str()));
    for p in PATCHES {
        let Some(f) = files.iter_mut().find(|f| f.path == p.path) else {
            return Err(format!("patch for {}: no such file", p.path));
        };
        let text = String::from_utf8(std::mem::take(&mut f.data)).map_err(|e| format!("{}: {e}", p.path))?;
        let (Change::Replace(start, _) | Change::Cut(start, _)) = p.change;
        let mut places = text.match_indices(start);
        let (Some((at, _)), None) = (places.next(), places.next()) else {
            return Err(format!("patch for {}: the text does not occur exactly once: {start:?}", p.path));
        };
        let (end, new) = match p.change {
            Change::Replace(old, new) => (at + old.len(), new),
            Change::Cut(_, "") => (text.len(), ""),
            Change::Cut(_, to) => match text[at..].find(to) {
                Some(n) => (at + n, ""),
                None => return Err(format!("patch for {}: the end is missing: {to:?}", p.path)),
            },
        };
        f.data = format!("{}{new}{}", &text[..at], &text[end..]).into_bytes();
    }
    Ok(())
}
