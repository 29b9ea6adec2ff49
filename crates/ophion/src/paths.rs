//! Where things are: executable, prefix, library folder, initial `sys.path` (`Modules/getpath.py`'s ground).

use runtime::state::Config;
use std::ffi::OsStr;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The file that shows a folder to hold a standard library.
const LANDMARK: &str = "os.py";
const LIB: &str = "lib/python3.14";

fn bytes(p: &Path) -> Vec<u8> {
    p.as_os_str().as_bytes().to_vec()
}

fn is_executable(p: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    p.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

/// The absolute path of the running program, symbolic links kept (a venv is recognised by them).
fn executable(argv0: &[u8]) -> PathBuf {
    let name = Path::new(OsStr::from_bytes(argv0));
    if name.components().count() > 1 || name.is_absolute() {
        return std::path::absolute(name).unwrap_or_else(|_| name.to_path_buf());
    }
    if let Some(path) = std::env::var_os("PATH")
        && !argv0.is_empty()
        && let Some(found) = std::env::split_paths(&path).map(|d| d.join(name)).find(|p| is_executable(p))
    {
        return std::path::absolute(&found).unwrap_or(found);
    }
    std::env::current_exe().unwrap_or_default()
}

/// What a `pyvenv.cfg` says.
struct Venv {
    /// The environment's folder.
    prefix: PathBuf,
    /// The folder of the executable it was made from.
    home: PathBuf,
    /// That executable, links resolved, where the file names it.
    executable: Option<PathBuf>,
}

/// The virtual environment of an executable: a `pyvenv.cfg` beside it or one folder up that names a home.
fn venv(exe: &Path) -> Option<Venv> {
    let dir = exe.parent()?;
    let prefix = dir.parent()?;
    let text = [dir, prefix].into_iter().find_map(|d| std::fs::read_to_string(d.join("pyvenv.cfg")).ok())?;
    let value = |key: &str| {
        text.lines().find_map(|l| {
            let (k, v) = l.split_once('=')?;
            k.trim().eq_ignore_ascii_case(key).then(|| PathBuf::from(v.trim()))
        })
    };
    Some(Venv { prefix: prefix.to_path_buf(), home: value("home")?, executable: value("executable") })
}

impl Venv {
    /// The executable outside: what the environment's is a link to, or of its name in the home folder, or what made it.
    fn base_executable(&self, exe: &Path) -> PathBuf {
        if let Ok(real) = exe.canonicalize()
            && real != exe
        {
            return real;
        }
        let named = exe.file_name().map(|n| self.home.join(n));
        let others = ["python3", "python3.14"].map(|n| self.home.join(n));
        named
            .clone()
            .into_iter()
            .chain(others)
            .chain(self.executable.clone())
            .find(|p| p.is_file())
            .or(named)
            .unwrap_or_default()
    }

    /// Was the environment made by this very program, linked or copied?
    fn is_ours(&self, exe: &Path) -> bool {
        let Some(maker) = &self.executable else { return false };
        let size = |p: &Path| p.metadata().map(|m| m.len()).ok();
        exe.canonicalize().is_ok_and(|real| real == *maker)
            || (size(maker) == size(exe) && size(exe).is_some())
    }
}

/// The user's data folder of this library, where it is unpacked when files are needed: another build with other files has another one.
fn data_prefix() -> PathBuf {
    let base = std::env::var_os("XDG_DATA_HOME")
        .filter(|p| Path::new(p).is_absolute())
        .map(PathBuf::from)
        .or_else(|| {
            std::env::var_os("HOME").filter(|h| !h.is_empty()).map(|h| PathBuf::from(h).join(".local/share"))
        })
        .unwrap_or_else(|| PathBuf::from("/usr/local/share"));
    base.join("ophion").join(format!("{}-{}", env!("CARGO_PKG_VERSION"), crate::library::KEY))
}

/// Fills in the paths of a configuration.
pub fn calculate(c: &mut Config, argv0: &[u8]) {
    let exe = executable(argv0);
    c.executable = bytes(&exe);
    let home = c.home.as_ref().map(|h| PathBuf::from(std::ffi::OsString::from_vec(h.clone())));
    let venv = if home.is_none() { venv(&exe) } else { None };
    // A tree on disk is used when somebody names one; the embedded library otherwise.
    let real = match home {
        // PYTHONHOME may be prefix:exec_prefix.
        Some(h) => Some(PathBuf::from(h.to_string_lossy().split(':').next().unwrap_or_default().to_owned())),
        None => venv
            .as_ref()
            .filter(|v| !v.is_ours(&exe))
            .and_then(|v| v.home.parent().map(Path::to_path_buf))
            .filter(|p| p.join(LIB).join(LANDMARK).is_file()),
    };
    let prefix = real.clone().unwrap_or_else(data_prefix);
    let stdlib = prefix.join(LIB);
    // Unpacked files are for those who need files; imports go on from memory, which is faster.
    c.library_is_virtual = real.is_none();
    c.base_prefix = bytes(&prefix);
    c.prefix = venv.as_ref().map_or_else(|| bytes(&prefix), |v| bytes(&v.prefix));
    c.base_executable = bytes(&venv.as_ref().map_or_else(|| exe.clone(), |v| v.base_executable(&exe)));
    c.stdlib_dir = bytes(&stdlib);
    let mut search: Vec<Vec<u8>> = Vec::new();
    if let Some(p) = &c.pythonpath {
        // An empty entry is the current folder.
        search.extend(p.split(|b| *b == b':').map(|e| match e {
            [] => std::env::current_dir().map(|d| bytes(&d)).unwrap_or_default(),
            e => e.to_vec(),
        }));
    }
    search.push(bytes(&prefix.join("lib/python314.zip")));
    search.push(bytes(&stdlib));
    search.push(bytes(&stdlib.join("lib-dynload")));
    c.module_search_paths = search;
}

/// The program as it was called, for messages.
pub fn program_name(c: &Config) -> String {
    let name = c.orig_argv.first().map_or(&b"python3"[..], |a| a.as_slice());
    String::from_utf8_lossy(name).into_owned()
}

/// The path configuration, for who has no library: what it was made from and what came of it.
pub fn describe(c: &Config) -> String {
    use std::fmt::Write;
    let text = |b: &[u8]| format!("'{}'", String::from_utf8_lossy(b));
    let optional = |b: &Option<Vec<u8>>| b.as_ref().map_or_else(|| "(not set)".to_owned(), |b| text(b));
    let rows = [
        ("PYTHONHOME", optional(&c.home)),
        ("PYTHONPATH", optional(&c.pythonpath)),
        ("program name", format!("'{}'", program_name(c))),
        ("isolated", u8::from(c.isolated).to_string()),
        ("environment", u8::from(!c.ignore_environment).to_string()),
        ("user site", u8::from(!c.no_user_site).to_string()),
        ("safe_path", u8::from(c.safe_path).to_string()),
        ("import site", u8::from(!c.no_site).to_string()),
        ("is in build tree", "0".to_owned()),
        ("stdlib dir", text(&c.stdlib_dir)),
        ("sys.path[0]", "(not set)".to_owned()),
        ("sys._base_executable", text(&c.executable)),
        ("sys.base_prefix", text(&c.prefix)),
        ("sys.base_exec_prefix", text(&c.prefix)),
        ("sys.platlibdir", "'lib'".to_owned()),
        ("sys.executable", text(&c.executable)),
        ("sys.prefix", text(&c.prefix)),
        ("sys.exec_prefix", text(&c.prefix)),
    ];
    let mut out = String::from("Python path configuration:\n");
    for (name, value) in rows {
        let _ = writeln!(out, "  {name} = {value}");
    }
    out.push_str("  sys.path = [\n");
    for p in &c.module_search_paths {
        let _ = writeln!(out, "    {},", text(p));
    }
    out.push_str("  ]\n");
    out
}
