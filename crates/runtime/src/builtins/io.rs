//! `print` and `input`.

use crate::prelude::*;

/// Part of `builtins`.
#[pymodule(part)]
pub mod part {
    use crate::prelude::*;
    use crate::state::interpreter;
    use crate::types::exceptions::*;

    fn need_str_or_none(py: Python, what: &str, o: Option<&PyObject>) -> PyResult<()> {
        match o.filter(|o| !o.is_none()) {
            Some(o) if !PyStr::check(o) => {
                Err(type_error(py, format!("{what} must be None or a string, not {}", type_name(o))))
            }
            _ => Ok(()),
        }
    }

    /// Writes text to a file object.
    fn write(py: Python, file: &PyObject, text: &PyObject) -> PyResult<()> {
        file.call_method1(py, intern!(py, "write"), text).map(drop)
    }

    /// Stops in the debugger: calls sys.breakpointhook() with the arguments.
    #[pyfunction(raw, text = "($module, /, *args, **kws)")]
    pub fn breakpoint(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        let Some(hook) = interpreter(py).sys_get(py, "breakpointhook") else {
            return Err(runtime_error(py, "lost sys.breakpointhook"));
        };
        crate::sys::hooks::audit(py, "builtins.breakpoint", &[&hook])?;
        hook.call_kw(py, args, kwnames)
    }

    /// Prints the values to a stream, or to sys.stdout by default.
    #[pyfunction(sig = "(*args, sep=' ', end='\\n', file=None, flush=False)")]
    pub fn print(
        py: Python,
        args: &[&PyObject],
        sep: Option<&PyObject>,
        end: Option<&PyObject>,
        file: Option<&PyObject>,
        flush: bool,
    ) -> PyResult<()> {
        let file = match file.filter(|f| !f.is_none()) {
            Some(f) => f.owned(),
            None => match interpreter(py).sys_get(py, "stdout") {
                None => return Err(runtime_error(py, "lost sys.stdout")),
                Some(f) if f.is_none() => return Ok(()),
                Some(f) => f,
            },
        };
        need_str_or_none(py, "sep", sep)?;
        need_str_or_none(py, "end", end)?;
        let sep = sep.filter(|s| !s.is_none());
        let end = end.filter(|s| !s.is_none());
        for (i, a) in args.iter().enumerate() {
            if i > 0 {
                write(py, &file, sep.unwrap_or(intern!(py, " ").as_object()))?;
            }
            write(py, &file, a.str_(py)?.as_object())?;
        }
        write(py, &file, end.unwrap_or(intern!(py, "\n").as_object()))?;
        if flush {
            file.call_method0(py, intern!(py, "flush"))?;
        }
        Ok(())
    }

    fn stream(py: Python, name: &str) -> PyResult {
        match interpreter(py).sys_get(py, name).filter(|s| !s.is_none()) {
            Some(s) => Ok(s),
            None => Err(runtime_error(py, format!("lost sys.{name}"))),
        }
    }

    fn flush_quietly(py: Python, s: &PyObject) {
        if s.call_method0(py, intern!(py, "flush")).is_err() {
            drop(take(py));
        }
    }

    /// Reads a line from standard input, without its newline.
    #[pyfunction(sig = "(prompt='', /)")]
    pub fn input(py: Python, prompt: Option<&PyObject>) -> PyResult<Py<PyStr>> {
        let (fin, fout, ferr) = (stream(py, "stdin")?, stream(py, "stdout")?, stream(py, "stderr")?);
        flush_quietly(py, &ferr);
        let prompt = match prompt {
            Some(p) => Some(p.str_(py)?),
            None => None,
        };
        if let Some(p) = prompt {
            write(py, &fout, p.as_object())?;
        }
        flush_quietly(py, &fout);
        let line = fin.call_method0(py, intern!(py, "readline"))?;
        let Some(line) = line.downcast::<PyStr>() else {
            return Err(type_error(py, "object.readline() returned non-string"));
        };
        if line.is_empty() {
            return Err(raise(py, &PyExc_EOFError_Type, "EOF when reading a line"));
        }
        let n = line.len();
        if line.char_at(n - 1) == '\n' as u32 { line.substring(py, 0, n - 1) } else { Ok(line.owned()) }
    }
}
