//! Traceback objects (`PyTracebackObject`).

use crate::interp::frame::Frame;
use crate::prelude::*;
use crate::types::frame::{self, PyFrame};
use std::ffi::c_int;
use std::mem::offset_of;

/// `PyTracebackObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyTraceback {
    pub ob_base: PyObject,
    pub tb_next: Slot<PyTraceback>,
    pub tb_frame: Py<PyFrame>,
    /// In bytes.
    pub tb_lasti: Cell<c_int>,
    /// -1: not computed yet.
    pub tb_lineno: Cell<c_int>,
}

const _: () = {
    assert!(size_of::<PyTraceback>() == 40);
    assert!(offset_of!(PyTraceback, tb_lasti) == 32);
};

/// Adds the frame to the traceback of the pending exception (`PyTraceBack_Here`). An error in doing so replaces the exception.
///
/// # Safety
/// `frame` is a live frame that Python code may see.
pub unsafe fn add_here(py: Python, frame: *mut Frame) {
    let t = crate::state::thread(py);
    let Some(exc) = t.current_exception.take() else { return };
    // SAFETY: the caller's promise.
    let made = unsafe { frame::object_of(py, frame) }.and_then(|f| {
        let next = exc.traceback.get_owned().and_then(|tb| tb.downcast_into::<PyTraceback>().ok());
        let lasti = f.lasti();
        PyTraceback::new(py, next, f, lasti, -1)
    });
    match made {
        Ok(tb) => {
            exc.set_traceback_object(Some(tb));
            t.current_exception.set(Some(exc));
        }
        Err(_) => {
            // Out of memory: that error is pending now, and the first one is its context.
            if let Some(new) = t.current_exception.take() {
                if !new.is(&exc) {
                    new.context.set(Some(exc));
                }
                t.current_exception.set(Some(new));
            } else {
                t.current_exception.set(Some(exc));
            }
        }
    }
}

impl PyTraceback {
    /// A new entry in front of `next`.
    pub fn new(
        py: Python,
        next: Option<Py<PyTraceback>>,
        frame: Py<PyFrame>,
        lasti: i32,
        lineno: i32,
    ) -> PyResult<Py<PyTraceback>> {
        let ty = PyTraceback::type_object();
        new_object(
            py,
            ty,
            PyTraceback {
                ob_base: PyObject::header(ty),
                tb_next: Slot::new(next),
                tb_frame: frame,
                tb_lasti: Cell::new(lasti),
                tb_lineno: Cell::new(lineno),
            },
        )
    }

    /// The line; -1 for none.
    pub fn line_number(&self) -> i32 {
        if self.tb_lineno.get() == -1 {
            return self.tb_frame.code().line_of(self.tb_lasti.get());
        }
        self.tb_lineno.get()
    }
}

fn next_arg(py: Python, value: &PyObject) -> PyResult<Option<Py<PyTraceback>>> {
    if value.is_none() {
        return Ok(None);
    }
    match value.downcast_exact::<PyTraceback>() {
        Some(t) => Ok(Some(t.owned())),
        None => Err(type_error(py, format!("expected traceback object or None, got '{}'", type_name(value)))),
    }
}

/// Where an exception came from: one entry a frame, outermost first.
#[pytype(name = "traceback", symbol = "PyTraceBack_Type", flags(GC),
         members(tb_frame: object readonly, tb_lasti: i32 readonly))]
impl PyTraceback {
    #[slot(tp_new, sig = "(tb_next, tb_frame, tb_lasti, tb_lineno)")]
    fn new_py(
        py: Python,
        _cls: &PyTypeObject,
        tb_next: &PyObject,
        tb_frame: &PyFrame,
        tb_lasti: i32,
        tb_lineno: i32,
    ) -> PyResult<Py<PyTraceback>> {
        PyTraceback::new(py, next_arg(py, tb_next)?, tb_frame.owned(), tb_lasti, tb_lineno)
    }

    #[getter(name = "tb_next")]
    fn get_next(&self) -> Option<Py<PyTraceback>> {
        self.tb_next.get_owned()
    }

    #[setter(name = "tb_next")]
    fn set_next(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else { return Err(type_error(py, "can't delete tb_next attribute")) };
        let next = next_arg(py, value)?;
        let mut at = next.clone();
        while let Some(t) = at {
            if std::ptr::eq(&*t, self) {
                return Err(value_error(py, "traceback loop detected"));
            }
            at = t.tb_next.get_owned();
        }
        self.tb_next.set(next);
        Ok(())
    }

    #[getter(name = "tb_lineno")]
    fn get_lineno(&self, py: Python) -> PyResult {
        match self.line_number() {
            n if n < 0 => Ok(none().owned()),
            n => PyInt::from_i64(py, n.into()).map(Py::into_object),
        }
    }

    #[pymethod(nodoc)]
    fn __dir__(&self, py: Python) -> PyResult<Py<PyList>> {
        let names = ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"];
        PyList::new(
            py,
            names.iter().map(|n| PyStr::new(py, n).map(Py::into_object)).collect::<PyResult<Vec<Py>>>()?,
        )
    }
}

impl PyTraceback {
    /// The entry below.
    pub fn next(&self) -> Option<Py<PyTraceback>> {
        self.tb_next.get_owned()
    }

    /// File, line and function, for plain reports.
    pub fn location(&self, _py: Python) -> (String, i32, String) {
        let code = self.tb_frame.code();
        (code.file().to_string_lossy(), self.line_number(), code.co_name.to_string_lossy())
    }
}

/// Removes stretches of frames of the given files from an exception's traceback: all of them if `always`, otherwise those
/// stretches that contain a function named `marker`.
pub fn remove_frames(exc: &PyBaseException, always: bool, files: &[&str], marker: &str) {
    let entries = {
        let mut v = Vec::new();
        let mut at = exc.traceback.get_owned().and_then(|t| t.downcast_into::<PyTraceback>().ok());
        while let Some(t) = at {
            at = t.next();
            v.push(t);
        }
        v
    };
    let mut keep: Vec<Py<PyTraceback>> = Vec::with_capacity(entries.len());
    let mut i = 0;
    while i < entries.len() {
        let start = i;
        let mut marked = always;
        while i < entries.len() && files.iter().any(|f| entries[i].tb_frame.code().file().eq_str(f)) {
            marked |= entries[i].tb_frame.code().co_name.eq_str(marker);
            i += 1;
        }
        if i == start {
            keep.push(entries[i].clone());
            i += 1;
        } else if !marked {
            keep.extend(entries[start..i].iter().cloned());
        }
    }
    if keep.len() == entries.len() {
        return;
    }
    for w in keep.windows(2) {
        w[0].tb_next.set(Some(w[1].clone()));
    }
    if let Some(last) = keep.last() {
        last.tb_next.set(None);
    }
    exc.traceback.set(keep.into_iter().next().map(Py::into_object));
}
