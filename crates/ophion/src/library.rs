//! The embedded library: what the build script compiled, as the runtime wants it.

use runtime::import::library_folder::MODIFIED;
use runtime::import::{Library, LibraryEntry, LibraryModule};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{fs, io};

pub(crate) struct Module {
    name: &'static str,
    at: usize,
    len: usize,
    is_package: bool,
    path: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/library_table.rs"));
static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));

/// The one library of this binary.
pub struct Embedded;

fn module(m: &'static Module) -> LibraryModule {
    LibraryModule {
        name: m.name,
        code: BLOB.get(m.at..m.at + m.len).unwrap_or(&[]),
        is_package: m.is_package,
        path: m.path,
    }
}

impl Library for Embedded {
    fn module(&self, name: &str) -> Option<LibraryModule> {
        let i = MODULES.binary_search_by(|m| m.name.cmp(name)).ok()?;
        MODULES.get(i).map(module)
    }

    fn frozen(&self, name: &str) -> Option<(LibraryModule, Option<&'static str>)> {
        let (m, origin) = FROZEN.iter().find(|(m, _)| m.name == name)?;
        Some((module(m), Some(origin)))
    }

    fn frozen_names(&self) -> Vec<&'static str> {
        FROZEN.iter().map(|(m, _)| m.name).collect()
    }

    fn file(&self, path: &str) -> Option<Vec<u8>> {
        let i = FILES.binary_search_by(|f| f.0.cmp(path)).ok()?;
        let (_, at, len, size) = FILES.get(i)?;
        let data =
            miniz_oxide::inflate::decompress_to_vec_with_limit(BLOB.get(*at..at + len)?, *size).ok()?;
        Some(data)
    }

    fn paths(&self) -> Vec<&'static str> {
        FILES.iter().map(|f| f.0).collect()
    }

    fn entry(&self, path: &str) -> Option<LibraryEntry> {
        if path.is_empty() {
            return Some(LibraryEntry::Folder);
        }
        if let Ok(i) = FILES.binary_search_by(|f| f.0.cmp(path)) {
            return FILES.get(i).map(|f| LibraryEntry::File(f.3));
        }
        let prefix = format!("{path}/");
        let next = FILES.get(FILES.partition_point(|f| f.0 < prefix.as_str()))?;
        next.0.starts_with(&prefix).then_some(LibraryEntry::Folder)
    }

    fn unpack(&self, folder: &Path) -> io::Result<()> {
        if is_complete(folder) {
            return Ok(());
        }
        let parent = folder.parent().ok_or(io::ErrorKind::NotFound)?;
        fs::create_dir_all(parent)?;
        let staging = staging_folder(parent);
        let done = self.write_files(&staging).and_then(|()| move_into_place(&staging, folder));
        // Whatever is left of it: nothing if it became the folder.
        let _ = fs::remove_dir_all(&staging);
        done
    }
}

/// The file that is there when all others are.
const LANDMARK: &str = "os.py";

fn is_complete(folder: &Path) -> bool {
    folder.join(LANDMARK).is_file()
}

/// A folder nobody else uses.
fn staging_folder(parent: &Path) -> PathBuf {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    parent.join(format!(".unpacking-{}-{:x}", std::process::id(), now.as_nanos()))
}

/// Makes the staging folder the library's folder. Another process may have been first, with the same files; or there is
/// a folder with installed packages but without the library.
fn move_into_place(staging: &Path, folder: &Path) -> io::Result<()> {
    if fs::rename(staging, folder).is_ok() || is_complete(folder) {
        return Ok(());
    }
    let mut names: Vec<_> = fs::read_dir(staging)?.map(|e| Ok(e?.file_name())).collect::<io::Result<_>>()?;
    names.sort_by_key(|n| n == LANDMARK);
    for name in names {
        if !folder.join(&name).exists() {
            fs::rename(staging.join(&name), folder.join(&name))?;
        }
    }
    Ok(())
}

impl Embedded {
    fn write_files(&self, folder: &Path) -> io::Result<()> {
        let modified = UNIX_EPOCH + Duration::from_secs(MODIFIED.unsigned_abs());
        fs::create_dir(folder)?;
        let mut made = "";
        for (path, ..) in FILES {
            let target = folder.join(path);
            let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
            if dir != made {
                fs::create_dir_all(folder.join(dir))?;
                made = dir;
            }
            let data = self.file(path).ok_or(io::ErrorKind::InvalidData)?;
            fs::write(&target, data)?;
            fs::File::options().write(true).open(&target)?.set_modified(modified)?;
        }
        Ok(())
    }
}
