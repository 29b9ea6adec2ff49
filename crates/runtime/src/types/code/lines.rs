//! Lines of code objects: lookup, `co_lines()`, `co_lnotab`.

use super::PyCode;
use crate::prelude::*;
use bytecode::LocationTable;

/// A run of instructions on one line, in bytes; line -1 for none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineRange {
    pub start: i32,
    pub end: i32,
    pub line: i32,
}

impl PyCode {
    /// The location table.
    pub fn locations(&self) -> LocationTable<'_> {
        LocationTable::new(self.co_linetable.as_bytes(), self.co_firstlineno.get())
    }

    /// The runs of instructions that share a line, adjacent ones merged.
    pub fn line_ranges(&self) -> Vec<LineRange> {
        let mut out: Vec<LineRange> = Vec::new();
        for e in self.locations() {
            let (start, end, line) = (e.start as i32 * 2, e.end as i32 * 2, e.location.line);
            match out.last_mut() {
                Some(last) if last.line == line => last.end = end,
                _ => out.push(LineRange { start, end, line }),
            }
        }
        out
    }

    /// `co_lnotab`: the line table of before 3.10, pairs of address and line increments.
    pub(super) fn lnotab(&self, py: Python) -> PyResult<Py<PyBytes>> {
        let mut out: Vec<u8> = Vec::new();
        let (mut line, mut address) = (self.co_firstlineno.get(), 0i32);
        for e in self.locations() {
            let (start, new_line) = (e.start as i32 * 2, e.location.line);
            if new_line < 0 || new_line == line {
                continue;
            }
            let (mut by_bytes, mut by_lines) = (start - address, new_line - line);
            while by_bytes > 254 {
                out.extend([254, 0]);
                by_bytes -= 254;
            }
            while !(-128..=127).contains(&by_lines) {
                let step = by_lines.clamp(-128, 127);
                out.extend([by_bytes as u8, step as i8 as u8]);
                by_bytes = 0;
                by_lines -= step;
            }
            out.extend([by_bytes as u8, by_lines as i8 as u8]);
            line = new_line;
            address = start;
        }
        PyBytes::new(py, &out)
    }
}

/// The line of the instruction at byte offset `addr`.
pub(super) fn line_at(code: &PyCode, addr: i32) -> i32 {
    code.locations().lookup((addr / 2) as u32).map_or(-1, |l| l.line)
}

/// Iterates over `(start, end, line)`.
#[repr(C)]
#[derive(Traverse)]
pub struct PyLineIterator {
    pub ob_base: PyObject,
    #[traverse(skip)]
    pub ranges: Box<[LineRange]>,
    pub index: Cell<usize>,
}

impl PyLineIterator {
    pub(super) fn make(py: Python, code: &PyCode) -> PyResult<Py<PyLineIterator>> {
        let ty = PyLineIterator::type_object();
        let ranges = code.line_ranges().into_boxed_slice();
        let it = PyLineIterator { ob_base: PyObject::header(ty), ranges, index: Cell::new(0) };
        new_object(py, ty, it)
    }
}

/// Iterator over the lines of a code object.
#[pytype(name = "line_iterator", symbol = "_PyLineIterator")]
impl PyLineIterator {
    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> PyResult<Py> {
        Ok(self.as_object().owned())
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py<PyTuple>>> {
        let Some(r) = self.ranges.get(self.index.get()) else { return Ok(None) };
        self.index.set(self.index.get() + 1);
        let int = |i: i32| PyInt::from_i64(py, i.into()).map(Py::into_object);
        let line = if r.line < 0 { none().owned() } else { int(r.line)? };
        PyTuple::new(py, [int(r.start)?, int(r.end)?, line]).map(Some)
    }
}
