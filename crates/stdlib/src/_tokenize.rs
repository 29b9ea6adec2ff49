//! `_tokenize`: the tokenizer for the `tokenize` module.
//!
//! The source is read to its end when the first token is asked for; an error in it is raised where the tokens end.

use macros::{pymodule, pytype};
use runtime::prelude::*;
use std::cell::RefCell;
use std::ops::Range;
use syntax::{ErrorPlace, SourceToken, tokenize};

/// `tokenizeriterobject`.
#[repr(C)]
#[derive(Traverse)]
pub struct TokenizerIter {
    pub ob_base: PyObject,
    readline: Slot,
    encoding: Slot<PyStr>,
    extra_tokens: bool,
    /// What is left to give; none before the source is read.
    #[traverse(skip)]
    tokens: Box<RefCell<Option<Tokens>>>,
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
        let (kept, error) = tokenize(&source, self.extra_tokens, |scanned, tokens, error| {
            (Tokens::new(scanned, &tokens), error)
        });
        *self.tokens.borrow_mut() = Some(kept);
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

/// The tokens of a source that are still to be given. Their objects are made one by one: of a large source all at once would be
/// many times its size.
struct Tokens {
    /// The source, and behind it the texts that stand for a line's end.
    text: String,
    rest: std::vec::IntoIter<Token>,
    /// The last token's line, which the next one shares most often.
    line: Option<(Range<usize>, Py<PyStr>)>,
}

struct Token {
    kind: u8,
    text: Range<usize>,
    line: Range<usize>,
    start: (i64, i64),
    end: (i64, i64),
}

const LINE_END: &str = "\r\n";

impl Tokens {
    fn new(scanned: &str, found: &[SourceToken]) -> Tokens {
        let end = scanned.len();
        let text = [scanned, LINE_END].concat();
        let place = |part: &str| {
            let from = (part.as_ptr() as usize).wrapping_sub(scanned.as_ptr() as usize);
            match part {
                "" => 0..0,
                _ if from < end && part.len() <= end - from => from..from + part.len(),
                "\n" => end + 1..end + 2,
                _ => end..end + LINE_END.len(),
            }
        };
        let token = |t: &SourceToken| Token {
            kind: t.kind,
            text: place(t.text),
            line: place(t.line),
            start: t.start,
            end: t.end,
        };
        Tokens { rest: found.iter().map(token).collect::<Vec<_>>().into_iter(), text, line: None }
    }

    fn next(&mut self, py: Python) -> PyResult<Option<Py>> {
        let Some(t) = self.rest.next() else { return Ok(None) };
        let text = |range: &Range<usize>| PyStr::new(py, self.text.get(range.clone()).unwrap_or(""));
        let line = match &self.line {
            Some((range, line)) if *range == t.line => line.clone(),
            _ => {
                let line = text(&t.line)?;
                self.line = Some((t.line.clone(), line.clone()));
                line
            }
        };
        let place = |(line, column): (i64, i64)| -> PyResult {
            let pair = [PyInt::from_i64(py, line)?.into_object(), PyInt::from_i64(py, column)?.into_object()];
            Ok(PyTuple::new(py, pair)?.into_object())
        };
        let fields = [
            PyInt::from_i64(py, t.kind.into())?.into_object(),
            text(&t.text)?.into_object(),
            place(t.start)?,
            place(t.end)?,
            line.into_object(),
        ];
        Ok(Some(PyTuple::new(py, fields)?.into_object()))
    }
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
        // Making a token's objects runs no Python code.
        let next = match self.tokens.borrow_mut().as_mut() {
            Some(tokens) => tokens.next(py)?,
            None => None,
        };
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
