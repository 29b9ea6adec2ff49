//! `code` as Python sees it: attributes, construction, `replace`.

use super::lines::PyLineIterator;
use super::positions::{PyBranchesIterator, PyPositionsIterator};
use super::{CodeParts, CodeUnit, PyCode, compare};
use crate::prelude::*;
use crate::types::exceptions::PyExc_DeprecationWarning_Type;
use bytecode::code::kind;

/// The number of variables of each sort that `code()` and `replace()` take as three tuples.
struct Variables {
    names: Py<PyTuple>,
    kinds: Py<PyBytes>,
}

/// Arguments first (positional, keyword-only, `*`, `**`), as `co_localspluskinds` marks them.
fn argument_kind(i: usize, argcount: usize, posonly: usize, kwonly: usize, flags: u32) -> u8 {
    let total = argcount + kwonly;
    let varargs = (flags & bytecode::code::flags::VARARGS != 0) as usize;
    let varkw = (flags & bytecode::code::flags::VARKEYWORDS != 0) as usize;
    if i < posonly {
        kind::ARG_POS
    } else if i < argcount {
        kind::ARG_POS | kind::ARG_KW
    } else if i < total {
        kind::ARG_KW
    } else if i < total + varargs {
        kind::ARG_VAR | kind::ARG_POS
    } else if i < total + varargs + varkw {
        kind::ARG_VAR | kind::ARG_KW
    } else {
        0
    }
}

/// The names as exact strings, in a tuple of their own.
fn exact_names(py: Python, names: &PyTuple) -> PyResult<Py<PyTuple>> {
    let exact = |o: &&PyObject| match o.downcast::<PyStr>() {
        Some(s) if PyStr::check_exact(s.as_object()) => Ok(s.owned().into_object()),
        Some(s) => Ok(s.exact(py)?.into_object()),
        None => {
            let text = format!("name tuples must contain only strings, not '{}'", type_name(o));
            Err(type_error(py, text))
        }
    };
    let items: Vec<Py> = names.items().iter().map(exact).collect::<PyResult<_>>()?;
    PyTuple::new(py, items)
}

#[allow(clippy::too_many_arguments)]
fn variables(
    py: Python,
    varnames: &PyTuple,
    cellvars: &PyTuple,
    freevars: &PyTuple,
    argcount: i32,
    posonly: i32,
    kwonly: i32,
    flags: u32,
) -> PyResult<Variables> {
    let count = |n: i32| usize::try_from(n).unwrap_or(0);
    let (argcount, posonly, kwonly) = (count(argcount), count(posonly), count(kwonly));
    let mut names: Vec<Py> = varnames.items().iter().map(|n| n.owned()).collect();
    let mut kinds: Vec<u8> =
        (0..names.len()).map(|i| kind::LOCAL | argument_kind(i, argcount, posonly, kwonly, flags)).collect();
    for cell in cellvars.items() {
        let mut same = None;
        for (i, n) in names.iter().enumerate() {
            if n.compare_bool(py, cell, CompareOp::Eq)? {
                same = Some(i);
                break;
            }
        }
        match same {
            // A parameter that is a cell too.
            Some(i) if i < varnames.len() => kinds[i] |= kind::CELL,
            _ => {
                names.push(cell.owned());
                kinds.push(kind::CELL);
            }
        }
    }
    for free in freevars.items() {
        names.push(free.owned());
        kinds.push(kind::FREE);
    }
    Ok(Variables { names: PyTuple::new(py, names)?, kinds: PyBytes::new(py, &kinds)? })
}

impl PyCode {
    fn variables_of(&self, py: Python, bit: u8) -> PyResult<Py<PyTuple>> {
        let kinds = self.co_localspluskinds.as_bytes();
        let names: Vec<Py> = self
            .co_localsplusnames
            .items()
            .iter()
            .zip(kinds)
            .filter(|(_, k)| **k & bit != 0)
            .map(|(n, _)| n.owned())
            .collect();
        PyTuple::new(py, names)
    }

    /// `co_varnames`.
    pub fn varnames(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let cached = &self.cached().co_varnames;
        if cached.is_empty() {
            cached.set(Some(self.variables_of(py, kind::LOCAL)?));
        }
        cached.get_owned().map_or_else(|| self.variables_of(py, kind::LOCAL), Ok)
    }

    /// `co_cellvars`.
    pub fn cellvars(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let cached = &self.cached().co_cellvars;
        if cached.is_empty() {
            cached.set(Some(self.variables_of(py, kind::CELL)?));
        }
        cached.get_owned().map_or_else(|| self.variables_of(py, kind::CELL), Ok)
    }

    /// `co_freevars`.
    pub fn freevars(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let cached = &self.cached().co_freevars;
        if cached.is_empty() {
            cached.set(Some(self.variables_of(py, kind::FREE)?));
        }
        cached.get_owned().map_or_else(|| self.variables_of(py, kind::FREE), Ok)
    }

    /// `co_code`.
    pub fn code_bytes(&self, py: Python) -> PyResult<Py<PyBytes>> {
        let cached = &self.cached().co_code;
        if cached.is_empty() {
            cached.set(Some(PyBytes::new(py, &self.deoptimized())?));
        }
        cached.get_owned().map_or_else(|| PyBytes::new(py, &self.deoptimized()), Ok)
    }
}

/// Compiled code: the instructions of a function, class body or module, with the tables that belong to them.
#[pytype(name = "code", symbol = "PyCode_Type", base = PyVarObject, itemsize = 2,
         weaklistoffset = co_weakreflist,
         members(co_consts: object readonly, co_names: object readonly, co_filename: object readonly,
                 co_name: object readonly, co_qualname: object readonly, co_linetable: object readonly,
                 co_exceptiontable: object readonly, co_argcount: i32 readonly, co_posonlyargcount: i32 readonly,
                 co_kwonlyargcount: i32 readonly, co_stacksize: i32 readonly, co_flags: i32 readonly,
                 co_nlocals: i32 readonly, co_firstlineno: i32 readonly))]
impl PyCode {
    #[slot(
        tp_new,
        sig = "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python,
        _cls: &PyTypeObject,
        argcount: i32,
        posonlyargcount: i32,
        kwonlyargcount: i32,
        nlocals: i32,
        stacksize: i32,
        flags: i32,
        codestring: &PyBytes,
        constants: &PyTuple,
        names: &PyTuple,
        varnames: &PyTuple,
        filename: &PyStr,
        name: &PyStr,
        qualname: &PyStr,
        firstlineno: i32,
        linetable: &PyBytes,
        exceptiontable: &PyBytes,
        freevars: Option<&PyTuple>,
        cellvars: Option<&PyTuple>,
    ) -> PyResult<Py<PyCode>> {
        crate::sys::hooks::audit(
            py,
            "code.__new__",
            &[codestring.as_object(), filename.as_object(), name.as_object()],
        )?;
        for (n, what) in [
            (argcount, "argcount"),
            (posonlyargcount, "posonlyargcount"),
            (kwonlyargcount, "kwonlyargcount"),
            (nlocals, "nlocals"),
        ] {
            if n < 0 {
                return Err(value_error(py, format!("code: {what} must not be negative")));
            }
        }
        let (names, varnames) = (exact_names(py, names)?, exact_names(py, varnames)?);
        let freevars = freevars.map(|t| exact_names(py, t)).transpose()?;
        let cellvars = cellvars.map(|t| exact_names(py, t)).transpose()?;
        if nlocals as usize != varnames.len() {
            return Err(value_error(py, "code: co_nlocals != len(co_varnames)"));
        }
        let empty = PyTuple::empty(py);
        let v = variables(
            py,
            &varnames,
            cellvars.as_deref().unwrap_or(&empty),
            freevars.as_deref().unwrap_or(&empty),
            argcount,
            posonlyargcount,
            kwonlyargcount,
            flags as u32,
        )?;
        let parts = CodeParts {
            filename: filename.owned(),
            name: name.owned(),
            qualname: qualname.owned(),
            flags,
            code: codestring.owned(),
            firstlineno,
            linetable: linetable.owned(),
            consts: constants.owned(),
            names,
            localsplusnames: v.names,
            localspluskinds: v.kinds,
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            exceptiontable: exceptiontable.owned(),
        };
        parts.validate(py)?;
        parts.build(py)
    }

    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let line = match self.co_firstlineno.get() {
            0 => -1,
            n => n,
        };
        PyStr::new(
            py,
            &format!(
                "<code object {} at {:#x}, file \"{}\", line {line}>",
                self.co_name.to_string_lossy(),
                self.as_ptr() as usize,
                self.filename().to_string_lossy()
            ),
        )
    }

    #[slot(tp_hash)]
    fn hash(&self, py: Python) -> PyResult<isize> {
        compare::hash(py, self)
    }

    #[slot(tp_richcompare)]
    fn richcompare(&self, py: Python, other: &PyObject, op: CompareOp) -> PyResult<Py> {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast_exact::<PyCode>()) else {
            return Ok(not_implemented().owned());
        };
        let equal = std::ptr::eq(self, other) || compare::equal(py, self, other)?;
        Ok(py_bool(equal == (op == CompareOp::Eq)).as_object().owned())
    }

    #[getter(name = "co_code")]
    fn get_code(&self, py: Python) -> PyResult<Py<PyBytes>> {
        self.code_bytes(py)
    }

    #[getter(name = "_co_code_adaptive")]
    fn get_code_adaptive(&self, py: Python) -> PyResult<Py<PyBytes>> {
        let n = self.code_len() * size_of::<CodeUnit>();
        // SAFETY: the instructions follow the struct; nothing runs while they are copied.
        PyBytes::new(py, unsafe { std::slice::from_raw_parts(self.code_ptr() as *const u8, n) })
    }

    #[getter(name = "co_varnames")]
    fn get_varnames(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.varnames(py)
    }

    #[getter(name = "co_cellvars")]
    fn get_cellvars(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.cellvars(py)
    }

    #[getter(name = "co_freevars")]
    fn get_freevars(&self, py: Python) -> PyResult<Py<PyTuple>> {
        self.freevars(py)
    }

    #[getter(name = "co_lnotab")]
    fn get_lnotab(&self, py: Python) -> PyResult<Py<PyBytes>> {
        crate::errors::warn(
            py,
            &PyExc_DeprecationWarning_Type,
            "co_lnotab is deprecated, use co_lines instead.",
            1,
        )?;
        self.lnotab(py)
    }

    #[pymethod]
    fn __sizeof__(&self) -> isize {
        let fixed = size_of::<PyCode>() + self.code_len() * size_of::<CodeUnit>();
        // SAFETY: null or a box of this code's.
        let extra = unsafe { self.co_extra.get().as_ref() }.map_or(0, |e| 16 + 8 * e.values.len());
        (fixed.next_multiple_of(8) + extra) as isize
    }

    #[pymethod]
    fn co_lines(&self, py: Python) -> PyResult<Py<PyLineIterator>> {
        PyLineIterator::make(py, self)
    }

    #[pymethod]
    fn co_positions(&self, py: Python) -> PyResult<Py<PyPositionsIterator>> {
        PyPositionsIterator::make(py, self)
    }

    #[pymethod]
    fn co_branches(&self, py: Python) -> PyResult<Py<PyBranchesIterator>> {
        PyBranchesIterator::make(py, self)
    }

    /// The name of the local variable an oparg refers to. For internal use.
    #[pymethod(sig = "(oparg)")]
    fn _varname_from_oparg(&self, py: Python, oparg: i32) -> PyResult<Py> {
        let name = usize::try_from(oparg).ok().and_then(|i| self.co_localsplusnames.get(i));
        name.map(PyLayout::owned).ok_or_else(|| index_error(py, "tuple index out of range"))
    }

    /// A copy with some attributes changed.
    #[pymethod(
        sig = "(*, co_argcount=<unrepresentable>, co_posonlyargcount=<unrepresentable>, co_kwonlyargcount=<unrepresentable>, co_nlocals=<unrepresentable>, co_stacksize=<unrepresentable>, co_flags=<unrepresentable>, co_firstlineno=<unrepresentable>, co_code=<unrepresentable>, co_consts=<unrepresentable>, co_names=<unrepresentable>, co_varnames=<unrepresentable>, co_freevars=<unrepresentable>, co_cellvars=<unrepresentable>, co_filename=<unrepresentable>, co_name=<unrepresentable>, co_qualname=<unrepresentable>, co_linetable=<unrepresentable>, co_exceptiontable=<unrepresentable>)",
        text = "($self, /, **changes)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn replace(
        &self,
        py: Python,
        co_argcount: Option<i32>,
        co_posonlyargcount: Option<i32>,
        co_kwonlyargcount: Option<i32>,
        co_nlocals: Option<i32>,
        co_stacksize: Option<i32>,
        co_flags: Option<i32>,
        co_firstlineno: Option<i32>,
        co_code: Option<&PyBytes>,
        co_consts: Option<&PyTuple>,
        co_names: Option<&PyTuple>,
        co_varnames: Option<&PyTuple>,
        co_freevars: Option<&PyTuple>,
        co_cellvars: Option<&PyTuple>,
        co_filename: Option<&PyStr>,
        co_name: Option<&PyStr>,
        co_qualname: Option<&PyStr>,
        co_linetable: Option<&PyBytes>,
        co_exceptiontable: Option<&PyBytes>,
    ) -> PyResult<Py<PyCode>> {
        let number = |new: Option<i32>, old: &Cell<i32>, what: &str| match new.unwrap_or(old.get()) {
            n if n < 0 => Err(value_error(py, format!("{what} must be a positive integer"))),
            n => Ok(n),
        };
        let argcount = number(co_argcount, &self.co_argcount, "co_argcount")?;
        let posonlyargcount = number(co_posonlyargcount, &self.co_posonlyargcount, "co_posonlyargcount")?;
        let kwonlyargcount = number(co_kwonlyargcount, &self.co_kwonlyargcount, "co_kwonlyargcount")?;
        let nlocals = number(co_nlocals, &self.co_nlocals, "co_nlocals")?;
        let stacksize = number(co_stacksize, &self.co_stacksize, "co_stacksize")?;
        let flags = number(co_flags, &self.co_flags, "co_flags")?;
        let firstlineno = number(co_firstlineno, &self.co_firstlineno, "co_firstlineno")?;
        let code = match co_code {
            Some(c) => c.owned(),
            None => self.code_bytes(py)?,
        };
        let or = |new: Option<&PyTuple>, old: PyResult<Py<PyTuple>>| match new {
            Some(t) => Ok(t.owned()),
            None => old,
        };
        let varnames = or(co_varnames, self.varnames(py))?;
        let cellvars = or(co_cellvars, self.cellvars(py))?;
        let freevars = or(co_freevars, self.freevars(py))?;
        crate::sys::hooks::audit(py, "code.__new__", &[code.as_object(), self.filename().as_object()])?;
        if nlocals as usize != varnames.len() {
            return Err(value_error(py, "code: co_nlocals != len(co_varnames)"));
        }
        let v = variables(
            py,
            &varnames,
            &cellvars,
            &freevars,
            argcount,
            posonlyargcount,
            kwonlyargcount,
            flags as u32,
        )?;
        let parts = CodeParts {
            filename: co_filename.map_or_else(|| self.filename(), PyLayout::owned),
            name: co_name.map_or_else(|| self.co_name.clone(), PyLayout::owned),
            qualname: co_qualname.map_or_else(|| self.co_qualname.clone(), PyLayout::owned),
            flags,
            code,
            firstlineno,
            linetable: co_linetable.map_or_else(|| self.co_linetable.clone(), PyLayout::owned),
            consts: co_consts.map_or_else(|| self.co_consts.clone(), PyLayout::owned),
            names: co_names.map_or_else(|| self.co_names.clone(), PyLayout::owned),
            localsplusnames: v.names,
            localspluskinds: v.kinds,
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            exceptiontable: co_exceptiontable.map_or_else(|| self.co_exceptiontable.clone(), PyLayout::owned),
        };
        parts.validate(py)?;
        parts.build(py)
    }

    /// The same as replace().
    #[pymethod(sig = "(**changes)")]
    fn __replace__(&self, py: Python, changes: Option<Py<PyDict>>) -> PyResult<Py> {
        let replace = self.as_object().getattr(py, intern!(py, "replace"))?;
        replace.call_tuple_dict(py, &PyTuple::empty(py), changes.as_deref())
    }
}
