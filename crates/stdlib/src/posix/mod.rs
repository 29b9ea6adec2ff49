//! The `posix` module: the system calls behind `os`.
//!
//! `path` converts path arguments, `results` has the struct sequences; the functions are grouped by what they work on.

mod configuration;
mod constants;
mod descriptors;
mod dir;
mod environment;
pub mod exec;
mod files;
pub mod fork;
mod linux;
mod path;
mod process;
mod results;
mod terminal;

/// The interface to the operating system, as the POSIX standard has it. Use the module os instead.
#[pymodule(
    name = "posix",
    parts(
        files::part,
        dir::part,
        descriptors::part,
        environment::part,
        configuration::part,
        process::part,
        fork::part,
        exec::part,
        terminal::part,
        linux::part
    ),
    types(dir::PyDirEntry),
    hidden_types(dir::PyScandirIterator)
)]
pub mod posix {
    use super::{configuration, constants, results};
    use crate::system::{add_constants, text};
    use runtime::prelude::*;
    use runtime::types::exceptions::PyExc_OSError_Type;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        for table in constants::TABLES {
            add_constants(py, module, table)?;
        }
        results::add_types(py, module)?;
        configuration::add_names(py, module)?;
        module.as_object().setattr_str(py, "error", PyExc_OSError_Type.as_object())?;
        let mut have = Vec::new();
        for name in constants::HAVE {
            have.push(text(py, name)?);
        }
        module.as_object().setattr_str(py, "_have_functions", &*PyList::new(py, have)?)
    }
}
use runtime::prelude::*;
