//! `compile`, `eval`, `exec` and `__import__`.

use crate::prelude::*;

/// Part of `builtins`.
#[pymodule(part)]
pub mod part {
    use crate::ast_objects;
    use crate::compile::{self, Request, Text, cf};
    use crate::prelude::*;
    use crate::types::buffer::Buffer;
    use crate::types::exceptions::*;

    use syntax::{Mode, NEWEST_FEATURE_VERSION};

    /// A source argument: text, or the bytes of anything with a buffer.
    pub enum SourceText {
        Str(Py<PyStr>),
        Bytes(Vec<u8>),
    }

    pub fn source_text(py: Python, o: &PyObject, func: &str, what: &str) -> PyResult<SourceText> {
        let text = if let Some(s) = o.downcast::<PyStr>() {
            s.as_utf8(py)?;
            SourceText::Str(s.owned())
        } else if PyBytes::check(o)
            || PyByteArray::check(o)
            || o.ty().as_buffer().is_some_and(|b| b.bf_getbuffer.get().is_some())
        {
            SourceText::Bytes(Buffer::get_simple(py, o)?.as_slice().to_vec())
        } else {
            return Err(type_error(py, format!("{func}() arg 1 must be a {what} object")));
        };
        let has_nul = match &text {
            SourceText::Str(s) => s.as_utf8(py)?.contains('\0'),
            SourceText::Bytes(b) => b.contains(&0),
        };
        if has_nul {
            return Err(raise(py, &PyExc_SyntaxError_Type, "source code string cannot contain null bytes"));
        }
        Ok(text)
    }

    impl SourceText {
        pub fn text(&self) -> Text<'_> {
            match self {
                SourceText::Str(s) => Text::Str(s.as_str().unwrap_or("")),
                SourceText::Bytes(b) => Text::Bytes(b),
            }
        }
    }

    /// Compiles source into a code object, or a tree.
    #[pyfunction(
        sig = "(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
        text = "($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, _feature_version=-1)"
    )]
    #[allow(clippy::too_many_arguments)]
    pub fn compile(
        py: Python,
        source: &PyObject,
        filename: &PyObject,
        mode: &PyStr,
        flags: i32,
        dont_inherit: bool,
        optimize: i32,
        _feature_version: i32,
    ) -> PyResult {
        let filename = crate::fs::fs_decode_path(py, filename)?;
        let mut bits = flags as u32;
        if bits & !(cf::MASK | cf::MASK_OBSOLETE | cf::COMPILE_MASK) != 0 {
            return Err(value_error(py, "compile(): unrecognised flags"));
        }
        if !(-1..=2).contains(&optimize) {
            return Err(value_error(py, "compile(): invalid optimize value"));
        }
        if !dont_inherit {
            bits |= crate::interp::frame_future_flags(py) & cf::MASK;
        }
        let only_ast = bits & cf::ONLY_AST != 0;
        let mode = match mode.as_str() {
            Some("exec") => Mode::Exec,
            Some("eval") => Mode::Eval,
            Some("single") => Mode::Single,
            Some("func_type") if only_ast => Mode::FuncType,
            Some("func_type") => {
                return Err(value_error(py, "compile() mode 'func_type' requires flag PyCF_ONLY_AST"));
            }
            _ if only_ast => {
                return Err(value_error(
                    py,
                    "compile() mode must be 'exec', 'eval', 'single' or 'func_type'",
                ));
            }
            _ => return Err(value_error(py, "compile() mode must be 'exec', 'eval' or 'single'")),
        };
        let feature_version = match u8::try_from(_feature_version) {
            Ok(v) if only_ast => v,
            _ => NEWEST_FEATURE_VERSION,
        };
        let rq = Request { filename: filename.as_object(), mode, flags: bits, optimize, feature_version };
        if ast_objects::is_ast(py, source)? {
            return ast_objects::compile_object(py, source, &rq);
        }
        let text = source_text(py, source, "compile", "string, bytes or AST")?;
        if only_ast {
            return ast_objects::parse_to_object(py, text.text(), &rq);
        }
        Ok(compile::compile_source(py, text.text(), &rq)?.into_object())
    }

    /// Globals and locals of `eval` and `exec`, defaulting to the caller's.
    fn namespaces(
        py: Python,
        func: &str,
        globals: Option<&PyObject>,
        locals: Option<&PyObject>,
    ) -> PyResult<(Py<PyDict>, Py)> {
        let locals = locals.filter(|l| !l.is_none());
        if let Some(l) = locals
            && !crate::abstract_::is_mapping(l)
        {
            return Err(type_error(
                py,
                if func == "exec" {
                    format!("locals must be a mapping or None, not {}", type_name(l))
                } else {
                    "locals must be a mapping".to_owned()
                },
            ));
        }
        let (globals, locals) = match globals.filter(|g| !g.is_none()) {
            Some(g) => match g.downcast::<PyDict>() {
                Some(d) => (d.owned(), locals.map_or_else(|| g.owned(), |l| l.owned())),
                None => {
                    return Err(type_error(
                        py,
                        if func == "exec" {
                            format!("exec() globals must be a dict, not {}", type_name(g))
                        } else if crate::abstract_::is_mapping(g) {
                            "globals must be a real dict; try eval(code, {}, mapping)".to_owned()
                        } else {
                            "globals must be a dict".to_owned()
                        },
                    ));
                }
            },
            None => {
                let Some(g) = crate::interp::frame_globals(py) else {
                    return Err(system_error(py, format!("{func}() called without a frame")));
                };
                let l = match locals {
                    Some(l) => l.owned(),
                    None => crate::interp::frame_locals(py)?,
                };
                (g, l)
            }
        };
        let name = intern!(py, "__builtins__");
        if globals.get_str(py, name)?.is_none() {
            globals.set_item(py, name, crate::interp::frame_builtins(py).as_object())?;
        }
        Ok((globals, locals))
    }

    fn run_source(
        py: Python,
        func: &str,
        source: &PyObject,
        mode: Mode,
        globals: &PyDict,
        locals: &PyObject,
    ) -> PyResult {
        let text = source_text(py, source, func, "string, bytes or code")?;
        let flags = crate::interp::frame_future_flags(py) & cf::MASK;
        let filename = PyStr::new(py, "<string>")?;
        let rq = Request {
            filename: &filename,
            mode,
            flags,
            optimize: -1,
            feature_version: NEWEST_FEATURE_VERSION,
        };
        let trimmed = match (&text, mode) {
            // Leading blanks of an expression are no indentation.
            (SourceText::Str(s), Mode::Eval) => {
                let s = s.as_str().unwrap_or("").trim_start_matches([' ', '\t']).to_owned();
                SourceText::Str(PyStr::new(py, &s)?)
            }
            (SourceText::Bytes(b), Mode::Eval) => {
                let n = b.iter().take_while(|c| matches!(c, b' ' | b'\t')).count();
                SourceText::Bytes(b[n..].to_vec())
            }
            _ => text,
        };
        let code = compile::compile_source(py, trimmed.text(), &rq)?;
        crate::interp::eval_code(py, &code, globals, Some(locals))
    }

    /// Evaluates an expression, or a code object.
    #[pyfunction(sig = "(source, /, globals=None, locals=None)")]
    pub fn eval(
        py: Python,
        source: &PyObject,
        globals: Option<&PyObject>,
        locals: Option<&PyObject>,
    ) -> PyResult {
        let (globals, locals) = namespaces(py, "eval", globals, locals)?;
        if let Some(code) = source.downcast_exact::<PyCode>() {
            if code.freevars_count() > 0 {
                return Err(type_error(py, "code object passed to eval() may not contain free variables"));
            }
            return crate::interp::eval_code(py, code, &globals, Some(&locals));
        }
        run_source(py, "eval", source, Mode::Eval, &globals, &locals)
    }

    /// Executes statements, or a code object, possibly with a closure.
    #[pyfunction(sig = "(source, /, globals=None, locals=None, *, closure=None)")]
    pub fn exec(
        py: Python,
        source: &PyObject,
        globals: Option<&PyObject>,
        locals: Option<&PyObject>,
        closure: Option<&PyObject>,
    ) -> PyResult<()> {
        let (globals, locals) = namespaces(py, "exec", globals, locals)?;
        let closure = closure.filter(|c| !c.is_none());
        let Some(code) = source.downcast_exact::<PyCode>() else {
            if closure.is_some() {
                return Err(type_error(py, "closure can only be used when source is a code object"));
            }
            return run_source(py, "exec", source, Mode::Exec, &globals, &locals).map(drop);
        };
        let n = code.freevars_count();
        let Some(closure) = closure else {
            if n > 0 {
                return Err(type_error(py, format!("code object requires a closure of exactly length {n}")));
            }
            return crate::interp::eval_code(py, code, &globals, Some(&locals)).map(drop);
        };
        if n == 0 {
            return Err(type_error(py, "cannot use a closure with this code object"));
        }
        let cells = closure
            .downcast_exact::<PyTuple>()
            .filter(|t| t.len() == n && t.items().iter().all(|c| PyCell::check_exact(c)));
        let Some(cells) = cells else {
            return Err(type_error(py, format!("code object requires a closure of exactly length {n}")));
        };
        crate::interp::eval_code_closure(py, code, &globals, Some(&locals), cells).map(drop)
    }

    /// Imports a module: what an `import` statement calls.
    #[pyfunction(
        sig = "(name, globals=None, locals=None, fromlist=(), level=0)",
        text = "($module, /, name, globals=None, locals=None, fromlist=(),\n           level=0)"
    )]
    pub fn __import__(
        py: Python,
        name: &PyObject,
        globals: Option<&PyObject>,
        locals: Option<&PyObject>,
        fromlist: Option<&PyObject>,
        level: i32,
    ) -> PyResult {
        let _ = locals;
        crate::import::import_module_level(py, name, globals, fromlist, level)
    }
}
