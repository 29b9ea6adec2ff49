//! `SyntaxError`.

use super::PyExc_Exception_Type;
use super::base::PyBaseException;
use crate::prelude::*;
use crate::types::{PyDict, PyStr, PyTuple};

/// `PySyntaxErrorObject`.
#[repr(C)]
#[derive(Traverse)]
pub struct PySyntaxError {
    pub base: PyBaseException,
    pub msg: Slot,
    pub filename: Slot,
    pub lineno: Slot,
    pub offset: Slot,
    pub end_lineno: Slot,
    pub end_offset: Slot,
    pub text: Slot,
    pub print_file_and_line: Slot,
    pub metadata: Slot,
}

/// The source text is not valid.
#[pytype(name = "SyntaxError", symbol = "PyExc_SyntaxError_Type", base = PyBaseException, base_type = PyExc_Exception_Type, flags(BASETYPE, GC), dictoffset = 16, members(msg: object "the message", filename: object "the source file", lineno: object "first line", offset: object "first column", text: object "the source line", end_lineno: object "last line", end_offset: object "last column", print_file_and_line: object "whether the place is printed", metadata as _metadata: object "for suggestions"))]
impl PySyntaxError {
    #[slot(tp_init)]
    fn init(&self, py: Python, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult<()> {
        super::base::no_keywords(py, self.as_object(), kwargs)?;
        self.args.set(Some(args.owned()));
        if let Some(m) = args.get(0) {
            self.msg.set(Some(m.owned()));
        }
        if args.len() != 2 {
            return Ok(());
        }
        let info = args.items()[1].to_tuple(py)?;
        let n = info.len();
        if n < 4 {
            return Err(type_error(py, format!("function takes at least 4 arguments ({n} given)")));
        }
        if n > 7 {
            return Err(type_error(py, format!("function takes at most 7 arguments ({n} given)")));
        }
        for s in [&self.end_lineno, &self.end_offset, &self.metadata] {
            s.set(None);
        }
        let fields = [
            &self.filename,
            &self.lineno,
            &self.offset,
            &self.text,
            &self.end_lineno,
            &self.end_offset,
            &self.metadata,
        ];
        for (slot, v) in fields.iter().zip(info.items()) {
            slot.set(Some(v.owned()));
        }
        if !self.end_lineno.is_empty() && self.end_offset.is_empty() {
            return Err(type_error(py, "end_offset must be provided when end_lineno is provided"));
        }
        Ok(())
    }

    #[slot(tp_str)]
    fn str(&self, py: Python) -> PyResult<Py<PyStr>> {
        let msg = match self.msg.get_owned() {
            Some(m) => m.str_(py)?,
            None => PyStr::new(py, "None")?,
        };
        let file = self.filename.get_owned().and_then(|f| f.downcast_into::<PyStr>().ok()).map(|f| {
            let full = f.to_string_lossy();
            full.rsplit('/').next().unwrap_or("").to_owned()
        });
        let line = self.lineno.get_owned().filter(|l| crate::types::PyInt::check_exact(l));
        let tail = match (file, line) {
            (None, None) => return Ok(msg),
            (Some(f), Some(l)) => format!(" ({f}, line {})", l.str_(py)?.to_string_lossy()),
            (Some(f), None) => format!(" ({f})"),
            (None, Some(l)) => format!(" (line {})", l.str_(py)?.to_string_lossy()),
        };
        PyStr::concat3(py, "", &msg, &tail)
    }
}
