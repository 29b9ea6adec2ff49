//! `OSError` and the choice of its subclass by `errno`.

use super::base::PyBaseException;
use super::*;
use crate::prelude::*;
use crate::types::{PyDict, PyInt, PyStr, PyTuple};
use object::libc;

/// `PyOSErrorObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyOSError {
    pub base: PyBaseException,
    pub myerrno: Slot,
    pub strerror: Slot,
    pub filename: Slot,
    pub filename2: Slot,
    pub written: Cell<isize>,
}

/// The subclass of `OSError` for an error number.
fn class_of(errno: i64) -> Option<&'static PyTypeObject> {
    Some(match i32::try_from(errno).ok()? {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => &PyExc_BlockingIOError_Type,
        libc::EPIPE | libc::ESHUTDOWN => &PyExc_BrokenPipeError_Type,
        libc::ECHILD => &PyExc_ChildProcessError_Type,
        libc::ECONNABORTED => &PyExc_ConnectionAbortedError_Type,
        libc::ECONNREFUSED => &PyExc_ConnectionRefusedError_Type,
        libc::ECONNRESET => &PyExc_ConnectionResetError_Type,
        libc::EEXIST => &PyExc_FileExistsError_Type,
        libc::ENOENT => &PyExc_FileNotFoundError_Type,
        libc::EISDIR => &PyExc_IsADirectoryError_Type,
        libc::ENOTDIR => &PyExc_NotADirectoryError_Type,
        libc::EINTR => &PyExc_InterruptedError_Type,
        libc::EACCES | libc::EPERM => &PyExc_PermissionError_Type,
        libc::ESRCH => &PyExc_ProcessLookupError_Type,
        libc::ETIMEDOUT => &PyExc_TimeoutError_Type,
        _ => return None,
    })
}

/// The system's text for an error number.
pub fn error_text(errno: i32) -> String {
    // SAFETY: `strerror` returns a static or thread-local string; it is copied at once, under the interpreter lock.
    unsafe { std::ffi::CStr::from_ptr(libc::strerror(errno)).to_string_lossy().into_owned() }
}

/// Raises `OSError` for an error number, with up to two file names.
#[cold]
pub fn raise_errno_with(
    py: Python,
    errno: i32,
    filename: Option<&PyObject>,
    filename2: Option<&PyObject>,
) -> Raised {
    let make = || -> PyResult<Py<PyTuple>> {
        let mut args = vec![
            PyInt::from_i64(py, errno as i64)?.into_object(),
            PyStr::new(py, &error_text(errno))?.into_object(),
        ];
        if let Some(f) = filename {
            args.push(f.owned());
            if let Some(g) = filename2 {
                args.push(PyInt::from_i64(py, 0)?.into_object());
                args.push(g.owned());
            }
        }
        PyTuple::new(py, args)
    };
    match make() {
        Ok(args) => raise_with(py, &PyExc_OSError_Type, &args),
        Err(e) => e,
    }
}

/// Raises `OSError` for the calling thread's `errno`.
#[cold]
pub fn raise_errno(py: Python, filename: Option<&PyObject>) -> Raised {
    let e = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
    raise_errno_with(py, e, filename, None)
}

impl PyOSError {
    /// Fills the fields from the arguments: (errno, strerror[, filename[, winerror[, filename2]]]).
    fn fill(&self, py: Python, args: &PyTuple) -> PyResult<()> {
        let mut kept = args.owned();
        let n = args.len();
        if (2..=5).contains(&n) {
            let items = args.items();
            self.myerrno.set(Some(items[0].owned()));
            self.strerror.set(Some(items[1].owned()));
            if let Some(f) = items.get(2).filter(|f| !f.is_none()) {
                let blocking = self.ty().is_subtype(&PyExc_BlockingIOError_Type);
                if blocking && crate::abstract_::number::has_index(f) {
                    self.written.set(f.index_isize(py, Some(&PyExc_ValueError_Type))?);
                } else {
                    self.filename.set(Some(f.owned()));
                    if let Some(g) = items.get(4).filter(|g| !g.is_none()) {
                        self.filename2.set(Some(g.owned()));
                    }
                    kept = PyTuple::new(py, [items[0].owned(), items[1].owned()])?;
                }
            }
        }
        self.args.set(Some(kept));
        Ok(())
    }
}

/// When a subclass overrides `__init__` but not `__new__`, arguments are taken in `__init__`; otherwise in `__new__`, where the
/// subclass can still be chosen.
fn init_in_init(cls: &PyTypeObject) -> bool {
    let base = &PyExc_OSError_Type;
    cls.tp_init.get().map(|f| f as usize) != base.tp_init.get().map(|f| f as usize)
        && cls.tp_new.get().map(|f| f as usize) == base.tp_new.get().map(|f| f as usize)
}

/// A system call failed.
#[pytype(name = "OSError", symbol = "PyExc_OSError_Type", base = PyBaseException, base_type = PyExc_Exception_Type, flags(BASETYPE, GC), dictoffset = 16, members(myerrno as errno: object "the error number", strerror: object "the system's text", filename: object "the file", filename2: object "the second file"))]
impl PyOSError {
    #[slot(tp_new)]
    fn new(
        py: Python,
        cls: &PyTypeObject,
        args: &PyTuple,
        kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PyOSError>> {
        let mut cls = cls;
        if !init_in_init(cls) {
            if kwargs.is_some_and(|k| !k.is_empty()) {
                return Err(type_error(
                    py,
                    format!("{}() takes no keyword arguments", cls.tp_name().to_string_lossy()),
                ));
            }
            if std::ptr::eq(cls, &PyExc_OSError_Type)
                && (2..=5).contains(&args.len())
                && let Some(n) = args.items()[0].downcast::<PyInt>()
                && let Some(better) = n.as_i64().and_then(class_of)
            {
                cls = better;
            }
        }
        let Some(alloc) = cls.tp_alloc.get() else { return Err(bad_internal_call(py)) };
        // SAFETY: a zeroed instance of an `OSError` class: every `Slot` is empty.
        let e: Py<PyOSError> = unsafe { from_c(py, alloc(cls as *const _ as *mut PyTypeObject, 0))? };
        e.written.set(-1);
        if init_in_init(cls) {
            e.args.set(Some(PyTuple::empty(py)));
        } else {
            e.fill(py, args)?;
        }
        Ok(e)
    }

    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        if !init_in_init(self.ty()) {
            return Ok(());
        }
        super::base::no_keywords(py, self.as_object(), kwargs)?;
        self.fill(py, args)
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        let text = |s: &Slot| -> PyResult<Py<PyStr>> {
            match s.get_owned() {
                Some(v) => v.str_(py),
                None => PyStr::new(py, "None"),
            }
        };
        let repr = |o: Py| o.repr(py);
        if let Some(f) = self.filename.get_owned() {
            let head = PyStr::concat3(py, "[Errno ", &*text(&self.myerrno)?, "] ")?;
            let head = PyStr::concat(py, &head, &*text(&self.strerror)?)?;
            let named = PyStr::concat3(py, ": ", &*repr(f)?, "")?;
            let mut out = PyStr::concat(py, &head, &named)?;
            if let Some(g) = self.filename2.get_owned() {
                out = PyStr::concat(py, &out, &*PyStr::concat3(py, " -> ", &*repr(g)?, "")?)?;
            }
            return Ok(out);
        }
        if !self.myerrno.is_empty() && !self.strerror.is_empty() {
            let head = PyStr::concat3(py, "[Errno ", &*text(&self.myerrno)?, "] ")?;
            return PyStr::concat(py, &head, &*text(&self.strerror)?);
        }
        let args = self.args_tuple(py)?;
        match args.items() {
            [] => PyStr::new(py, ""),
            [one] => one.str_(py),
            _ => args.as_object().str_(py),
        }
    }

    #[pymethod]
    fn __reduce__(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let mut args = self.args_tuple(py)?;
        if args.len() == 2
            && let Some(f) = self.filename.get_owned()
        {
            let (a, b) = (args.items()[0].owned(), args.items()[1].owned());
            args = match self.filename2.get_owned() {
                Some(g) => PyTuple::new(py, [a, b, f, none().owned(), g])?,
                None => PyTuple::new(py, [a, b, f])?,
            };
        }
        let ty = self.ty().owned().into_object();
        match self.dict.get_owned() {
            Some(d) => PyTuple::new(py, [ty, args.into_object(), d.into_object()]),
            None => PyTuple::new(py, [ty, args.into_object()]),
        }
    }

    #[getter]
    fn characters_written(&self, py: Python) -> PyResult<Py<PyInt>> {
        match self.written.get() {
            -1 => Err(attribute_error(py, "characters_written")),
            n => PyInt::from_i64(py, n as i64),
        }
    }

    #[setter(characters_written)]
    fn set_characters_written(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        match value {
            None if self.written.get() == -1 => Err(attribute_error(py, "characters_written")),
            None => {
                self.written.set(-1);
                Ok(())
            }
            Some(v) => {
                self.written.set(v.index_isize(py, Some(&PyExc_ValueError_Type))?);
                Ok(())
            }
        }
    }
}
