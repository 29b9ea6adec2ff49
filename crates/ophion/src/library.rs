//! The embedded library: what the build script compiled, as the runtime wants it.

use runtime::import::{Library, LibraryModule};

struct Module {
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
}
