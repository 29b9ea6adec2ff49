//! Start and end of an interpreter (`pylifecycle.c`'s ground).

mod finalize;
mod stdio;

pub use finalize::{call_atexit, finalize, flush_std_files, register_atexit};

use crate::prelude::*;
use crate::state::{self, Config, Interpreter, Thread};
use crate::sys::hooks::write_stderr;
use object::{gc, hooks, stack};

fn no_memory() -> Raised {
    match state::current_thread() {
        // SAFETY: an attached thread allocates, so the token's claim holds.
        Some(t) => t.raise_memory_error(unsafe { Python::assume_attached() }),
        None => Raised::pending(),
    }
}

fn schedule_collection() {
    if let Some(t) = state::current_thread() {
        t.request(state::breaker::GC_SCHEDULED);
    }
}

/// Why an interpreter did not start.
#[derive(Debug)]
pub struct InitError {
    /// What was being done.
    pub stage: &'static str,
    /// The exception, as text: nothing that prints exceptions may be there yet.
    pub detail: String,
}

/// Starts the process's interpreter on the calling thread, which is attached afterwards. Everything up to and including
/// `site` is done; `__main__` exists and is empty.
///
/// Errors: the stage that failed, with the exception pending in the thread state.
pub fn initialize(config: Config) -> Result<Python<'static>, InitError> {
    stack::init_thread();
    gc::init();
    hooks::install(hooks::Hooks {
        no_memory,
        type_type: crate::types::type_::static_type(),
        schedule_collection,
    });
    crate::hash::init_secret(if config.hash_randomization { config.hash_seed } else { Some(0) });
    let interp: &'static Interpreter = Box::leak(Interpreter::new(config));
    state::set_main_interpreter(interp);
    if interp.config.borrow().opstats {
        interp.eval.trace.start_counting();
    }
    let thread: &'static Thread = Box::leak(Thread::new(interp, 1, 1000));
    state::threads::bind(thread);
    crate::signals::set_main_thread(thread);
    interp.threads.set(thread);
    interp.main_thread.set(thread);
    interp.next_thread_id.set(2);
    // SAFETY: a leaked state that belongs to this OS thread.
    let py = unsafe {
        state::attach(thread);
        Python::assume_attached()
    };
    let at = |stage: &'static str| move |r: Raised| InitError { stage, detail: describe(py, r) };
    crate::types::object_::use_exported_slots();
    crate::types::init(py).map_err(at("the built-in types"))?;
    thread
        .spare_memory_error
        .set(PyBaseException::bare(py, &crate::types::exceptions::PyExc_MemoryError_Type));
    let sys = crate::sys::init(py).map_err(at("sys"))?;
    stdio::set_preliminary_stderr(py).map_err(at("sys"))?;
    let builtins = crate::builtins::init(py).map_err(at("builtins"))?;
    crate::interp::register_callables(py, &builtins.dict(py)).map_err(at("builtins"))?;
    let modules = crate::import::modules(py).map_err(at("sys.modules"))?;
    modules.set_text(py, "builtins", builtins.as_object()).map_err(at("sys.modules"))?;
    crate::import::init_importlib(py, sys.as_object()).map_err(at("importlib"))?;
    crate::import::init_importlib_external(py).map_err(at("the import of files"))?;
    prepare_library(py).map_err(at("the library"))?;
    crate::import::import_module(py, "encodings").map_err(at(ENCODINGS))?;
    start_library(py).map_err(at("the library"))?;
    Ok(py)
}

/// The pending exception with its traceback, without running Python code where possible.
fn describe(py: Python, r: Raised) -> String {
    let e = fetch(py, r);
    let mut text = String::new();
    let mut tb = e.traceback.get_owned().and_then(|t| t.downcast_into::<PyTraceback>().ok());
    while let Some(t) = tb {
        let (file, line, name) = t.location(py);
        text.push_str(&format!("\n  {file}:{line} in {name}"));
        tb = t.next();
    }
    let shown = e.as_object().str_(py).map_or_else(|_| String::new(), |s| s.to_string_lossy());
    format!("{}: {shown}{text}", type_name(e.as_object()))
}

/// Archives on `sys.path`: `zipimport` before the other path hooks. An embedder's library may lack it.
fn install_zipimport(py: Python) -> PyResult<()> {
    let Some(hooks) = state::interpreter(py).sys_get(py, "path_hooks") else { return Ok(()) };
    let verbose = state::interpreter(py).config.borrow().verbose != 0;
    if verbose {
        write_stderr(py, "# installing zipimport hook\n");
    }
    match crate::import::import_module(py, "zipimport") {
        Ok(module) => {
            let importer = module.getattr(py, intern!(py, "zipimporter"))?;
            let first = PyInt::from_i64(py, 0)?;
            hooks.call_method(py, intern!(py, "insert"), &[first.as_object(), &importer])?;
            if verbose {
                write_stderr(py, "# installed zipimport hook\n");
            }
            Ok(())
        }
        Err(e) => {
            drop(crate::errors::catch(py, e, &crate::types::exceptions::PyExc_ImportError_Type)?);
            if verbose {
                write_stderr(py, "# can't import zipimport\n");
            }
            Ok(())
        }
    }
}

/// The stage of start-up that fails when there is no library.
pub const ENCODINGS: &str = "the import of encodings";

/// What must be there before the library can be imported.
fn prepare_library(py: Python) -> PyResult<()> {
    if crate::import::library::library().is_some() {
        crate::import::import_module(py, "_ophion_library")?.call_method0(py, intern!(py, "install"))?;
    }
    install_zipimport(py)
}

/// The part of start-up that runs Python code of the library.
fn start_library(py: Python) -> PyResult<()> {
    let config = state::interpreter(py).config.borrow().clone();
    stdio::init(py, &config)?;
    if config.install_signal_handlers {
        crate::signals::install_defaults();
        // The library may be built without it.
        if crate::import::builtin::find("_signal").is_some() {
            crate::import::import_module(py, "_signal")?;
        }
    }
    if config.faulthandler && crate::import::builtin::find("faulthandler").is_some() {
        crate::import::import_module(py, "faulthandler")?.call_method0(py, intern!(py, "enable"))?;
    }
    add_main_module(py)?;
    if (!config.warnoptions.is_empty() || config.dev_mode)
        && let Err(e) = crate::import::import_module(py, "warnings")
    {
        write_unraisable(py, e, Some("'import warnings' failed; traceback:"), None);
    }
    if !config.no_site {
        crate::import::import_module(py, "site")?;
    }
    Ok(())
}

/// The `__main__` module with what every module has.
fn add_main_module(py: Python) -> PyResult<()> {
    let main = PyModule::new(py, &*PyStr::new(py, "__main__")?)?;
    let d = main.dict(py);
    let builtins = crate::import::import_module(py, "builtins")?;
    d.set_text(py, "__builtins__", &builtins)?;
    let lib = crate::import::import_module(py, "_frozen_importlib")?;
    d.set_text(py, "__loader__", &*lib.getattr(py, intern!(py, "BuiltinImporter"))?)?;
    crate::import::modules(py)?.set_text(py, "__main__", main.as_object())
}
