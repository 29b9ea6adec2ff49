//! `_tokenize`: the tokenizer for the `tokenize` module.
//!
//! The source is read to its end when the first token is asked for; an error in it is raised where the tokens end.

use macros::{pymodule, pytype};
use runtime::prelude::*;
use std::cell::RefCell;
use syntax::{ErrorPlace, SourceToken, tokenize};

/// `tokenizeriterobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct TokenizerIter {
    pub ob_base: PyObject,
    readline: Slot,
    encoding: Slot<PyStr>,
    extra_tokens: bool,
    /// What is left to give, last one first; none before the source is read.
    tokens: Box<RefCell<Option<Vec<Py>>>>,
    /// The error behind the last token.
    error: Slot<PyBaseException>,
}

impl TokenizerIter {
    /// One line, or nothing at the end.
    fn line(&self, py: Python, readline: &PyObject) -> PyResult<Option<String>> {
        let line = match readline.call0(py) {
            Ok(l) => l,
            Err(e) => {
                drop(catch(py, e, &exceptions::PyExc_StopIteration_Type)?);
                return Ok(None);
            }
        };
        let text = match self.encoding.get_owned() {
            Some(encoding) => {
                if !PyBytes::check(&line) {
                    return Err(type_error(py, "readline() returned a non-bytes object"));
                }
                let replace = PyStr::new(py, "replace")?;
                line.call_method(py, intern!(py, "decode"), &[&encoding, &replace])?
            }
            None => line,
        };
        let Some(text) = text.downcast::<PyStr>() else {
            return Err(type_error(py, "readline() returned a non-string object"));
        };
        let text = text.as_utf8(py)?;
        Ok(if text.is_empty() { None } else { Some(text.to_owned()) })
    }

    /// Reads the source and takes it apart.
    fn fill(&self, py: Python) -> PyResult<()> {
        let Some(readline) = self.readline.get_owned() else { return Ok(()) };
        let mut source = String::new();
        while let Some(line) = self.line(py, &readline)? {
            source.push_str(&line);
        }
        let (found, error) = tokenize(&source, self.extra_tokens, |tokens, error| {
            let found = tokens.iter().map(|t| token_tuple(py, t)).collect::<PyResult<Vec<Py>>>();
            (found, error)
        });
        let mut found = found?;
        found.reverse();
        *self.tokens.borrow_mut() = Some(found);
        if let Some(e) = error {
            let filename = PyStr::new(py, "<string>")?;
            let raised = runtime::compile::raise_syntax_error(py, &e, filename.as_object());
            let raised = fetch(py, raised);
            if let Some(place) = e.place.as_ref().filter(|place| place.end.is_none()) {
                set_place(py, raised.as_object(), &e.msg, place)?;
            }
            self.error.set(Some(raised));
        }
        Ok(())
    }
}

/// Gives an error of the tokenizer itself its arguments: at the end of the text only the message, with the place in attributes;
/// elsewhere also an unknown end.
fn set_place(py: Python, error: &PyObject, msg: &str, place: &ErrorPlace) -> PyResult<()> {
    let int = |n: i64| -> PyResult { Ok(PyInt::from_i64(py, n)?.into_object()) };
    let args = error.getattr(py, intern!(py, "args"))?;
    let message = PyStr::new(py, msg)?.into_object();
    if place.text.is_none() {
        let none = runtime::singletons::none();
        error.setattr(py, intern!(py, "args"), PyTuple::new(py, [message])?.as_object())?;
        error.setattr(py, intern!(py, "end_lineno"), &*int(place.line)?)?;
        error.setattr(py, intern!(py, "end_offset"), none.as_object())?;
        return Ok(());
    }
    let info = args.downcast::<PyTuple>().and_then(|t| t.get(1)).and_then(|i| i.downcast::<PyTuple>());
    let Some(info) = info else { return Ok(()) };
    let none = || runtime::singletons::none_owned();
    let info = info.items().iter().map(|o| o.owned()).chain([none(), none()]).collect::<Vec<Py>>();
    let info = PyTuple::new(py, info)?.into_object();
    error.setattr(py, intern!(py, "args"), PyTuple::new(py, [message, info])?.as_object())
}

fn token_tuple(py: Python, t: &SourceToken) -> PyResult {
    let place = |(line, column): (i64, i64)| -> PyResult {
        let pair = [PyInt::from_i64(py, line)?.into_object(), PyInt::from_i64(py, column)?.into_object()];
        Ok(PyTuple::new(py, pair)?.into_object())
    };
    let fields = [
        PyInt::from_i64(py, t.kind.into())?.into_object(),
        PyStr::new(py, t.text)?.into_object(),
        place(t.start)?,
        place(t.end)?,
        PyStr::new(py, t.line)?.into_object(),
    ];
    Ok(PyTuple::new(py, fields)?.into_object())
}

/// The tokens of a source.
#[pytype(
    name = "TokenizerIter",
    module = "_tokenize",
    basicsize = 64,
    flags(GC, HEAPTYPE, IMMUTABLETYPE, OWN_GETATTRO),
    nosig
)]
impl TokenizerIter {
    #[slot(tp_new, sig = "(readline, /, *, extra_tokens, encoding=None)")]
    fn py_new(
        py: Python,
        cls: &PyTypeObject,
        readline: &PyObject,
        extra_tokens: bool,
        encoding: Option<&PyStr>,
    ) -> PyResult<Py<TokenizerIter>> {
        let value = TokenizerIter {
            ob_base: PyObject::header(cls),
            readline: Slot::new(Some(readline.owned())),
            encoding: Slot::new(encoding.map(|e| e.owned())),
            extra_tokens,
            tokens: Box::new(RefCell::new(None)),
            error: Slot::empty(),
        };
        new_object(py, cls, value)
    }

    #[slot(tp_iter)]
    fn iter(&self, _py: Python) -> Py<TokenizerIter> {
        self.owned()
    }

    #[slot(tp_iternext)]
    fn next(&self, py: Python) -> PyResult<Option<Py>> {
        let started = self.tokens.borrow().is_some();
        if !started {
            self.fill(py)?;
        }
        let next = self.tokens.borrow_mut().as_mut().and_then(|t| t.pop());
        match (next, self.error.is_empty()) {
            (None, false) => match self.error.take() {
                Some(e) => Err(raise_object(py, e)),
                None => Ok(None),
            },
            (next, _) => Ok(next),
        }
    }
}

#[pymodule(name = "_tokenize", types(TokenizerIter))]
pub mod _tokenize {}
