//! `_symtable`: the compiler's symbol table as objects.

use macros::{Traverse, pymodule, pytype};
use runtime::compile::{Request, cf, symbol_table};
use runtime::prelude::*;
use syntax::{Mode, NEWEST_FEATURE_VERSION};

use ::compiler::symtable as table;

/// One block: module, class, function, annotation scope.
#[repr(C)]
#[derive(Traverse)]
pub struct SymtableEntry {
    pub ob_base: PyObject,
    id: Slot,
    symbols: Slot,
    name: Slot,
    varnames: Slot,
    children: Slot,
    nested: Cell<i32>,
    kind: Cell<i32>,
    lineno: Cell<i32>,
}

#[pytype(
    name = "symtable entry",
    flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE),
    nosig,
    members(
        id: object readonly,
        name: object readonly,
        symbols: object readonly,
        varnames: object readonly,
        children: object readonly,
        nested: i32 readonly,
        kind as type: i32 readonly,
        lineno: i32 readonly
    )
)]
impl SymtableEntry {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let shown = |s: &Slot| -> PyResult<String> {
            match s.get_owned() {
                Some(o) => Ok(o.str_(py)?.to_string_lossy()),
                None => Ok(String::new()),
            }
        };
        let (name, id) = (shown(&self.name)?, shown(&self.id)?);
        PyStr::new(py, &format!("<symtable entry {name}({id}), line {}>", self.lineno.get()))
    }
}

/// The object of a block without its children, with the block's address as its number.
fn entry(py: Python, t: &table::SymbolTable, block: &table::Block) -> PyResult<Py<SymtableEntry>> {
    let text = |sym| -> PyResult { Ok(PyStr::intern(py, PyStr::new(py, t.names.text(sym))?).into_object()) };
    let symbols = PyDict::new(py)?;
    for &(name, flags) in block.symbols.entries() {
        symbols.set_item(py, &*text(name)?, &*PyInt::from_u64(py, flags.into())?)?;
    }
    let varnames = block.varnames.iter().map(|&v| text(v)).collect::<PyResult<Vec<Py>>>()?;
    let cls = SymtableEntry::type_object();
    let made = new_object(
        py,
        cls,
        SymtableEntry {
            ob_base: PyObject::header(cls),
            id: Slot::empty(),
            symbols: Slot::new(Some(symbols.into_object())),
            name: Slot::new(Some(text(block.name)?)),
            varnames: Slot::new(Some(PyList::new(py, varnames)?.into_object())),
            children: Slot::new(Some(PyList::empty(py)?.into_object())),
            nested: Cell::new(block.nested.into()),
            kind: Cell::new(block.kind as i32),
            lineno: Cell::new(block.loc.line),
        },
    )?;
    made.id.set(Some(PyInt::from_usize(py, made.as_ptr() as usize)?.into_object()));
    Ok(made)
}

/// The objects of all blocks; the module's is the result.
fn entries(py: Python, t: &table::SymbolTable) -> PyResult {
    let made = t.blocks.iter().map(|b| entry(py, t, b)).collect::<PyResult<Vec<Py<SymtableEntry>>>>()?;
    for (block, object) in t.blocks.iter().zip(&made) {
        let Some(children) = object.children.get_owned() else { continue };
        let Some(children) = children.downcast::<PyList>() else { continue };
        for id in &block.children {
            if let Some(child) = made.get(id.0 as usize) {
                children.append(py, child.clone().into_object())?;
            }
        }
    }
    match made.first() {
        Some(top) => Ok(top.clone().into_object()),
        None => Err(system_error(py, "symbol table without blocks")),
    }
}

#[pymodule(name = "_symtable", hidden_types(SymtableEntry))]
pub mod _symtable {
    use super::*;
    use runtime::builtins::code::part::source_text;

    /// The symbol table that the compiler makes of a program.
    #[pyfunction(sig = "(source, filename, startstr, /)")]
    pub fn symtable(py: Python, source: &PyObject, filename: &PyObject, startstr: &PyStr) -> PyResult {
        let filename = runtime::fs::fs_decode_path(py, filename)?;
        let text = source_text(py, source, "symtable", "string or bytes")?;
        let mode = match startstr.as_str() {
            Some("exec") => Mode::Exec,
            Some("eval") => Mode::Eval,
            Some("single") => Mode::Single,
            _ => return Err(value_error(py, "symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
        };
        let rq = Request {
            filename: filename.as_object(),
            mode,
            flags: runtime::interp::frame_future_flags(py) & cf::MASK,
            optimize: -1,
            feature_version: NEWEST_FEATURE_VERSION,
        };
        symbol_table(py, text.text(), &rq, |t| entries(py, t))
    }

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        use table::{BlockKind, Scope};
        let constants: [(&str, u32); 26] = [
            ("USE", table::USE),
            ("DEF_GLOBAL", table::DEF_GLOBAL),
            ("DEF_NONLOCAL", table::DEF_NONLOCAL),
            ("DEF_LOCAL", table::DEF_LOCAL),
            ("DEF_PARAM", table::DEF_PARAM),
            ("DEF_TYPE_PARAM", table::DEF_TYPE_PARAM),
            ("DEF_FREE_CLASS", table::DEF_FREE_CLASS),
            ("DEF_IMPORT", table::DEF_IMPORT),
            ("DEF_BOUND", table::DEF_BOUND),
            ("DEF_ANNOT", table::DEF_ANNOT),
            ("DEF_COMP_ITER", table::DEF_COMP_ITER),
            ("DEF_COMP_CELL", table::DEF_COMP_CELL),
            ("TYPE_FUNCTION", BlockKind::Function as u32),
            ("TYPE_CLASS", BlockKind::Class as u32),
            ("TYPE_MODULE", BlockKind::Module as u32),
            ("TYPE_ANNOTATION", BlockKind::Annotation as u32),
            ("TYPE_TYPE_ALIAS", BlockKind::TypeAlias as u32),
            ("TYPE_TYPE_PARAMETERS", BlockKind::TypeParameters as u32),
            ("TYPE_TYPE_VARIABLE", BlockKind::TypeVariable as u32),
            ("LOCAL", Scope::Local as u32),
            ("GLOBAL_EXPLICIT", Scope::GlobalExplicit as u32),
            ("GLOBAL_IMPLICIT", Scope::GlobalImplicit as u32),
            ("FREE", Scope::Free as u32),
            ("CELL", Scope::Cell as u32),
            ("SCOPE_OFF", table::SCOPE_OFFSET),
            ("SCOPE_MASK", 15),
        ];
        for (name, value) in constants {
            module.add(py, name, PyInt::from_u64(py, value.into())?.as_object())?;
        }
        Ok(())
    }
}
