//! A code object taken apart again, and its file name changed.

use super::{CodeParts, PyCode};
use crate::types::PyStr;
use object::{PyLayout, PyResult, Python};

impl PyCode {
    /// What the code object was made from; the code without specialisation.
    pub fn to_parts(&self, py: Python) -> PyResult<CodeParts> {
        Ok(CodeParts {
            filename: self.file(),
            name: self.co_name.clone(),
            qualname: self.co_qualname.clone(),
            flags: self.co_flags.get(),
            code: self.code_bytes(py)?,
            firstlineno: self.co_firstlineno.get(),
            linetable: self.co_linetable.clone(),
            consts: self.co_consts.clone(),
            names: self.co_names.clone(),
            localsplusnames: self.co_localsplusnames.clone(),
            localspluskinds: self.co_localspluskinds.clone(),
            argcount: self.co_argcount.get(),
            posonlyargcount: self.co_posonlyargcount.get(),
            kwonlyargcount: self.co_kwonlyargcount.get(),
            stacksize: self.co_stacksize.get(),
            exceptiontable: self.co_exceptiontable.clone(),
        })
    }

    /// `co_filename`.
    pub fn file(&self) -> object::Py<PyStr> {
        self.co_filename.get_owned().unwrap_or_else(|| PyStr::empty().owned())
    }

    /// Gives the code object, and those among its constants with the same file name, another one.
    pub fn fix_filename(&self, py: Python, path: &PyStr) -> PyResult<()> {
        let old = self.file();
        if !old.equals(path) {
            self.rename(py, &old, path)?;
        }
        Ok(())
    }

    fn rename(&self, py: Python, old: &PyStr, new: &PyStr) -> PyResult<()> {
        crate::state::enter_recursive_call(py, " while renaming code objects")?;
        if !self.file().equals(old) {
            return Ok(());
        }
        self.co_filename.set(Some(new.owned()));
        for c in self.co_consts.items() {
            if let Some(c) = c.downcast_exact::<PyCode>() {
                c.rename(py, old, new)?;
            }
        }
        Ok(())
    }
}
