//! What the library dependency changed for its own interpreter, undone; and files it lacks.
//!
//! Each entry replaces one piece of text, which must occur exactly once, so that a new version of the dependency
//! that no longer has it stops the build.

use super::File;

/// One replacement in one file.
struct Patch {
    path: &'static str,
    old: &'static str,
    new: &'static str,
}

const PATCHES: &[Patch] = &[];

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
        if text.matches(p.old).count() != 1 {
            return Err(format!(
                "patch for {}: the text to replace does not occur exactly once: {:?}",
                p.path, p.old
            ));
        }
        f.data = text.replace(p.old, p.new).into_bytes();
    }
    Ok(())
}
