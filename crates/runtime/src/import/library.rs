//! The embedded library: Python modules compiled into the binary.
//!
//! The embedder hands over one table. Modules named in it are found by importlib's `FrozenImporter` when they are the
//! bootstrap's own, all others by the path hook of `_ophion` under the library's virtual folder.

use std::path::Path;
use std::sync::OnceLock;

/// One module or data file of the embedded library.
#[derive(Clone, Copy)]
pub struct LibraryModule {
    /// Dotted module name.
    pub name: &'static str,
    /// The code object in marshal format.
    pub code: &'static [u8],
    pub is_package: bool,
    /// Path below the library's folder, such as `json/decoder.py`.
    pub path: &'static str,
}

/// What the embedder supplies.
pub trait Library: Sync {
    /// A module by its dotted name.
    fn module(&self, name: &str) -> Option<LibraryModule>;
    /// The modules importlib itself needs and those that must exist frozen: name and where they come from.
    fn frozen(&self, name: &str) -> Option<(LibraryModule, Option<&'static str>)>;
    /// Names for `_imp._frozen_module_names`.
    fn frozen_names(&self) -> Vec<&'static str>;
    /// A file's contents by its path below the library's folder.
    fn file(&self, path: &str) -> Option<Vec<u8>>;
    /// All paths, sorted.
    fn paths(&self) -> Vec<&'static str>;
    /// What is at a path below the library's folder; the empty path is that folder.
    fn entry(&self, path: &str) -> Option<LibraryEntry>;
    /// Puts the files on disk, as this folder, if they are not there; several processes may do so at once.
    ///
    /// Errors: the folder can't be written.
    fn unpack(&self, folder: &Path) -> std::io::Result<()>;
}

/// Something in the library's folder.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum LibraryEntry {
    /// A file of this many bytes.
    File(usize),
    Folder,
}

static LIBRARY: OnceLock<&'static dyn Library> = OnceLock::new();

/// Installs the library. Later calls change nothing.
pub fn install_library(l: &'static dyn Library) {
    let _ = LIBRARY.set(l);
}

/// The installed library.
pub fn library() -> Option<&'static dyn Library> {
    LIBRARY.get().copied()
}
