//! The `syslog` module: the system's log.

use crate::system::*;
use object::libc;
use runtime::prelude::*;
use runtime::sys::hooks::audit;
use std::ffi::{CString, c_int};
use std::sync::Mutex;

/// The open log; the system keeps a pointer to the name for as long as it is open.
struct Log {
    ident: Option<CString>,
    open: bool,
}

/// The log belongs to the process.
static LOG: Mutex<Log> = Mutex::new(Log { ident: None, open: false });

fn log() -> std::sync::MutexGuard<'static, Log> {
    LOG.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn argument_text(py: Python, text: &PyStr) -> PyResult<CString> {
    CString::new(text.as_utf8(py)?).map_err(|_| value_error(py, "embedded null character"))
}

/// The name messages are marked with by default: that of the script.
fn script_name(py: Python) -> Option<Py<PyStr>> {
    let argv = runtime::state::interpreter(py).sys_get(py, "argv")?;
    let first = argv.downcast::<PyList>()?.get(0)?.downcast_into::<PyStr>().ok()?;
    let text = first.to_wtf8();
    let name = text.rsplit(|&b| b == b'/').next().filter(|_| !text.is_empty())?;
    match PyStr::from_wtf8(py, name) {
        Ok(s) => Some(s),
        Err(e) => {
            drop(fetch(py, e));
            None
        }
    }
}

fn open(py: Python, ident: Option<&PyStr>, option: i64, facility: i64) -> PyResult<()> {
    let ident = match ident {
        Some(i) => Some(i.owned()),
        None => script_name(py),
    };
    let name = match &ident {
        Some(i) => Some(argument_text(py, i)?),
        None => None,
    };
    let shown = ident.map_or_else(|| none().owned(), Py::into_object);
    audit(py, "syslog.openlog", &[&shown, &*int(py, option)?, &*int(py, facility)?])?;
    let mut log = log();
    let p = name.as_ref().map_or(std::ptr::null(), |n| n.as_ptr());
    // SAFETY: the name is kept until another takes its place.
    unsafe { libc::openlog(p, option as c_int, facility as c_int) };
    log.ident = name;
    log.open = true;
    Ok(())
}

/// The system's log.
#[pymodule(name = "syslog")]
pub mod syslog {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        add_constants(
            py,
            module,
            constants! {
                LOG_EMERG LOG_ALERT LOG_CRIT LOG_ERR LOG_WARNING LOG_NOTICE LOG_INFO LOG_DEBUG
                LOG_PID LOG_CONS LOG_NDELAY LOG_ODELAY LOG_NOWAIT LOG_PERROR
                LOG_KERN LOG_USER LOG_MAIL LOG_DAEMON LOG_AUTH LOG_LPR
                LOG_LOCAL0 LOG_LOCAL1 LOG_LOCAL2 LOG_LOCAL3 LOG_LOCAL4 LOG_LOCAL5 LOG_LOCAL6 LOG_LOCAL7
                LOG_SYSLOG LOG_CRON LOG_UUCP LOG_NEWS LOG_AUTHPRIV LOG_FTP
            },
        )
    }

    /// Sets the name, options and facility of the messages that follow.
    #[pyfunction(
        sig = "(ident=<unrepresentable>, logoption=0, facility=<unrepresentable>)",
        text = "($module, /, ident=<unrepresentable>, logoption=0,\n        facility=LOG_USER)"
    )]
    pub fn openlog(py: Python, ident: Option<&PyStr>, logoption: i64, facility: Option<i64>) -> PyResult<()> {
        open(py, ident, logoption, facility.unwrap_or(libc::LOG_USER as i64))
    }

    /// Closes the log; the options are again the default ones.
    #[pyfunction(sig = "()")]
    pub fn closelog(py: Python) -> PyResult<()> {
        audit(py, "syslog.closelog", &[])?;
        let mut log = log();
        if log.open {
            // SAFETY: takes nothing.
            unsafe { libc::closelog() };
            log.ident = None;
            log.open = false;
        }
        Ok(())
    }

    /// syslog([priority=LOG_INFO,] message)
    /// Sends a message to the log.
    #[pyfunction(raw, nosig)]
    pub fn syslog(py: Python, args: &[&PyObject]) -> PyResult<()> {
        let (priority, at, message) = match *args {
            [message] => (libc::LOG_INFO, 1, message),
            [priority, message] => (as_int(py, priority)?, 2, message),
            _ => return Err(type_error(py, "syslog.syslog requires 1 to 2 arguments")),
        };
        let Some(message) = message.downcast::<PyStr>() else {
            let found = type_name(message);
            return Err(type_error(py, format!("syslog() argument {at} must be str, not {found}")));
        };
        audit(py, "syslog.syslog", &[&*int(py, priority as i64)?, message.as_object()])?;
        let text = argument_text(py, message)?;
        if !log().open {
            open(py, None, 0, libc::LOG_USER as i64)?;
        }
        nogil!(py, {
            // The name must stay while the message is written.
            let _open = log();
            // SAFETY: a format with one string.
            unsafe { libc::syslog(priority, c"%s".as_ptr(), text.as_ptr()) }
        });
        Ok(())
    }

    /// Sets which priorities are let through; returns the mask before.
    #[pyfunction]
    pub fn setlogmask(py: Python, maskpri: i64) -> PyResult<i64> {
        audit(py, "syslog.setlogmask", &[&*int(py, maskpri)?])?;
        // SAFETY: takes a number.
        Ok(unsafe { libc::setlogmask(maskpri as c_int) } as i64)
    }

    /// The mask for one priority.
    #[pyfunction(name = "LOG_MASK")]
    pub fn log_mask(pri: i64) -> i64 {
        1i32.wrapping_shl(pri as u32) as i64
    }

    /// The mask for all priorities up to one.
    #[pyfunction(name = "LOG_UPTO")]
    pub fn log_upto(pri: i64) -> i64 {
        (1i32.wrapping_shl((pri as u32).wrapping_add(1))).wrapping_sub(1) as i64
    }
}
