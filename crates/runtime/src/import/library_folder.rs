//! The embedded library's folder, for programs that look at it as files.
//!
//! Nothing of it need be on disk: modules come from memory. A question about a file (`stat`) is answered from the table; a
//! call that needs a real file or folder (`open`, `listdir`, …) has the library unpacked first, when it finds nothing.
//! All functions here are asked only after the system said that there is no such file.

use super::library::{LibraryEntry, library};
use crate::prelude::*;
use crate::state::{interpreter, release_gil};
use object::libc;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The time of last change of all files, unpacked or not: 1980-01-02, which archives can say, too.
pub const MODIFIED: i64 = 315_619_200;

/// The parts of an absolute path, with `.` and `..` resolved by name.
fn components(path: &[u8]) -> Option<Vec<&[u8]>> {
    if path.first() != Some(&b'/') {
        return None;
    }
    let mut parts = Vec::new();
    for part in path.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(parts)
}

/// What the library, if it is only in memory, has at a path.
fn entry(py: Python, path: &[u8]) -> Option<LibraryEntry> {
    let config = interpreter(py).config.borrow();
    if !config.library_is_virtual {
        return None;
    }
    let path = components(path)?;
    let rest = path.strip_prefix(components(&config.stdlib_dir)?.as_slice())?;
    library()?.entry(std::str::from_utf8(&rest.join(&b'/')).ok()?)
}

/// What `stat` says of a file or folder of the library that is only in memory.
pub fn stat(py: Python, path: &[u8]) -> Option<libc::stat> {
    let entry = entry(py, path)?;
    // SAFETY: a structure of numbers, for which zero is a value.
    let mut st: libc::stat = unsafe { std::mem::zeroed() };
    (st.st_mode, st.st_nlink, st.st_size) = match entry {
        LibraryEntry::File(size) => (libc::S_IFREG | 0o644, 1, i64::try_from(size).unwrap_or(i64::MAX)),
        LibraryEntry::Folder => (libc::S_IFDIR | 0o755, 2, 4096),
    };
    // SAFETY: queries of the process.
    (st.st_uid, st.st_gid) = unsafe { (libc::geteuid(), libc::getegid()) };
    (st.st_mtime, st.st_atime, st.st_ctime) = (MODIFIED, MODIFIED, MODIFIED);
    st.st_blksize = 4096;
    st.st_blocks = st.st_size.saturating_add(511) / 512;
    Some(st)
}

/// Puts the library on disk if the path is one of its files or folders, or (`creating`) something new in one of its folders.
/// True if it is worth trying again.
pub fn unpack_for(py: Python, path: &[u8], creating: bool) -> bool {
    let is_new = || {
        let parent = Path::new(std::ffi::OsStr::from_bytes(path)).parent()?;
        entry(py, parent.as_os_str().as_bytes()).filter(|e| *e == LibraryEntry::Folder)
    };
    if entry(py, path).is_none() && !(creating && is_new().is_some()) {
        return false;
    }
    let Some(library) = library() else { return false };
    let folder = interpreter(py).config.borrow().stdlib_dir.clone();
    release_gil(py, || library.unpack(Path::new(std::ffi::OsStr::from_bytes(&folder))).is_ok())
}
