//! The `_stat` module: what the bits of a file's mode mean.

use crate::system::{add_constants, constants};
use object::libc;
use runtime::abstract_::number;
use runtime::args::{At, FromArg};
use runtime::prelude::*;

/// Constants that have the same value everywhere, or are of other systems.
const OTHERS: &[(&str, i64)] = &[
    ("S_ENFMT", 0o2000),
    ("S_IREAD", 0o400),
    ("S_IWRITE", 0o200),
    ("S_IEXEC", 0o100),
    ("S_IFDOOR", 0),
    ("S_IFPORT", 0),
    ("S_IFWHT", 0),
    ("UF_SETTABLE", 0xffff),
    ("UF_NODUMP", 1),
    ("UF_IMMUTABLE", 2),
    ("UF_APPEND", 4),
    ("UF_OPAQUE", 8),
    ("UF_NOUNLINK", 0x10),
    ("UF_COMPRESSED", 0x20),
    ("UF_TRACKED", 0x40),
    ("UF_DATAVAULT", 0x80),
    ("UF_HIDDEN", 0x8000),
    ("SF_SETTABLE", 0xffff_0000),
    ("SF_ARCHIVED", 0x1_0000),
    ("SF_IMMUTABLE", 0x2_0000),
    ("SF_APPEND", 0x4_0000),
    ("SF_NOUNLINK", 0x10_0000),
    ("SF_SNAPSHOT", 0x20_0000),
    ("SF_FIRMLINK", 0x80_0000),
    ("SF_DATALESS", 0x4000_0000),
    ("ST_MODE", 0),
    ("ST_INO", 1),
    ("ST_DEV", 2),
    ("ST_NLINK", 3),
    ("ST_UID", 4),
    ("ST_GID", 5),
    ("ST_SIZE", 6),
    ("ST_ATIME", 7),
    ("ST_MTIME", 8),
    ("ST_CTIME", 9),
];

/// A mode: what fits `mode_t`.
struct Mode(u32);

impl<'a> FromArg<'a> for Mode {
    fn from_arg(py: Python, o: &'a PyObject, _: At) -> PyResult<Mode> {
        let n = number::index(py, o)?;
        match n.as_i64() {
            Some(v) if v < 0 => Err(overflow_error(py, "can't convert negative value to unsigned int")),
            Some(v) => match u32::try_from(v) {
                Ok(v) => Ok(Mode(v)),
                Err(_) => Err(overflow_error(py, "mode out of range")),
            },
            None if n.is_negative() => {
                Err(overflow_error(py, "can't convert negative value to unsigned int"))
            }
            None => Err(overflow_error(py, "Python int too large to convert to C unsigned long")),
        }
    }
}

/// Has the mode this type?
fn is(mode: Mode, kind: u32) -> bool {
    mode.0 & libc::S_IFMT == kind
}

/// The bits of a file's mode and their tests.
#[pymodule(name = "_stat")]
#[allow(non_snake_case, private_interfaces)]
pub mod _stat {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        add_constants(
            py,
            module,
            constants! {
                S_IFDIR S_IFCHR S_IFBLK S_IFREG S_IFIFO S_IFLNK S_IFSOCK S_ISUID S_ISGID S_ISVTX
                S_IRWXU S_IRUSR S_IWUSR S_IXUSR S_IRWXG S_IRGRP S_IWGRP S_IXGRP S_IRWXO S_IROTH S_IWOTH S_IXOTH
            },
        )?;
        add_constants(py, module, OTHERS)
    }

    /// The permission bits of a mode.
    #[pyfunction(text = "($self, object, /)")]
    pub fn S_IMODE(_py: Python, mode: Mode) -> u32 {
        mode.0 & 0o7777
    }

    /// The bits of a mode that say the file's type.
    #[pyfunction(text = "($self, object, /)")]
    pub fn S_IFMT(_py: Python, mode: Mode) -> u32 {
        mode.0 & libc::S_IFMT
    }

    /// Is the mode that of a directory?
    #[pyfunction(text = "($self, object, /)")]
    pub fn S_ISDIR(_py: Python, mode: Mode) -> bool {
        is(mode, libc::S_IFDIR)
    }

    /// Is the mode that of a character device?
    #[pyfunction(text = "($self, object, /)")]
    pub fn S_ISCHR(_py: Python, mode: Mode) -> bool {
        is(mode, libc::S_IFCHR)
    }

    /// Is the mode that of a block device?
    #[pyfunction(text = "($self, object, /)")]
    pub fn S_ISBLK(_py: Python, mode: Mode) -> bool {
        is(mode, libc::S_IFBLK)
    }

    /// Is the mode that of a regular file?
    #[pyfunction(text = "($self, object, /)")]
    pub fn S_ISREG(_py: Python, mode: Mode) -> bool {
        is(mode, libc::S_IFREG)
    }

    /// Is the mode that of a named pipe?
    #[pyfunction(text = "($self, object, /)")]
    pub fn S_ISFIFO(_py: Python, mode: Mode) -> bool {
        is(mode, libc::S_IFIFO)
    }

    /// Is the mode that of a symbolic link?
    #[pyfunction(text = "($self, object, /)")]
    pub fn S_ISLNK(_py: Python, mode: Mode) -> bool {
        is(mode, libc::S_IFLNK)
    }

    /// Is the mode that of a socket?
    #[pyfunction(text = "($self, object, /)")]
    pub fn S_ISSOCK(_py: Python, mode: Mode) -> bool {
        is(mode, libc::S_IFSOCK)
    }

    /// Is the mode that of a door? There is no such thing on Linux.
    #[pyfunction(text = "($self, object, /)")]
    pub fn S_ISDOOR(_py: Python, _mode: Mode) -> bool {
        false
    }

    /// Is the mode that of an event port? There is no such thing on Linux.
    #[pyfunction(text = "($self, object, /)")]
    pub fn S_ISPORT(_py: Python, _mode: Mode) -> bool {
        false
    }

    /// Is the mode that of a whiteout? There is no such thing on Linux.
    #[pyfunction(text = "($self, object, /)")]
    pub fn S_ISWHT(_py: Python, _mode: Mode) -> bool {
        false
    }

    /// The mode as `ls -l` shows it.
    #[pyfunction(text = "($self, object, /)")]
    pub fn filemode(py: Python, mode: Mode) -> PyResult<Py<PyStr>> {
        let m = mode.0;
        let mut out = String::with_capacity(10);
        out.push(match m & libc::S_IFMT {
            libc::S_IFREG => '-',
            libc::S_IFDIR => 'd',
            libc::S_IFLNK => 'l',
            libc::S_IFBLK => 'b',
            libc::S_IFCHR => 'c',
            libc::S_IFIFO => 'p',
            libc::S_IFSOCK => 's',
            _ => '?',
        });
        for (shift, special, set, unset) in
            [(6, 0o4000, 's', 'S'), (3, 0o2000, 's', 'S'), (0, 0o1000, 't', 'T')]
        {
            let bits = m >> shift;
            out.push(if bits & 4 != 0 { 'r' } else { '-' });
            out.push(if bits & 2 != 0 { 'w' } else { '-' });
            out.push(match (m & special != 0, bits & 1 != 0) {
                (true, true) => set,
                (true, false) => unset,
                (false, true) => 'x',
                (false, false) => '-',
            });
        }
        PyStr::new(py, &out)
    }
}
