//! The type `xmlparser`: a parser that calls Python functions.

use super::event::{EntityDecl, Event, Item, Model};
use super::handlers::{COUNT, Handler};
use super::input::Encoding;
use super::parser::{EXTERNAL_ENTITY_HANDLING, FINISHED, NOT_STANDALONE, Parser, UNKNOWN_ENCODING};
use super::{expat_error, message};
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::cell::RefCell;

const DEFAULT_BUFFER: usize = 8192;
/// How much `ParseFile` reads at a time.
const PORTION: usize = 2048;

/// A parser.
#[repr(C)]
#[derive(Traverse)]
pub struct PyXmlParser {
    pub ob_base: PyObject,
    #[traverse(skip)]
    parser: RefCell<Parser>,
    handlers: [Slot; COUNT],
    /// Names seen so far.
    intern: Slot,
    /// Character data not reported yet.
    #[traverse(skip)]
    buffer: RefCell<Option<String>>,
    buffer_size: Cell<usize>,
    ordered: Cell<bool>,
    specified: Cell<bool>,
    in_callback: Cell<bool>,
    /// Which of the two default handlers was set last.
    #[traverse(skip)]
    default: Cell<Option<Handler>>,
    /// An encoding given by name that must be looked up.
    #[traverse(skip)]
    pending_encoding: RefCell<Option<String>>,
    is_root: bool,
}

/// Raises `ExpatError` for an error of a parser.
fn raise_error(py: Python, code: u8, line: u64, column: u64) -> Raised {
    let make = || -> PyResult<Py<PyBaseException>> {
        let text = format!("{}: line {line}, column {column}", message(code).unwrap_or("unknown error"));
        let e = expat_error(py)?.object().call1(py, PyStr::new(py, &text)?.as_object())?;
        e.setattr(py, intern!(py, "code"), PyInt::from_i64(py, code.into())?.as_object())?;
        e.setattr(py, intern!(py, "offset"), PyInt::from_u64(py, column)?.as_object())?;
        e.setattr(py, intern!(py, "lineno"), PyInt::from_u64(py, line)?.as_object())?;
        e.downcast_into::<PyBaseException>().map_err(|_| type_error(py, "not an exception"))
    };
    match make() {
        Ok(e) => runtime::errors::raise_object(py, e),
        Err(r) => r,
    }
}

fn text(py: Python, s: &str) -> PyResult {
    Ok(PyStr::new(py, s)?.into_object())
}

fn optional(py: Python, s: &Option<String>) -> PyResult {
    match s {
        Some(s) => text(py, s),
        None => Ok(none().owned()),
    }
}

fn int(py: Python, n: i32) -> PyResult {
    Ok(PyInt::from_i64(py, n.into())?.into_object())
}

/// A single-byte encoding of the codec registry.
fn table(py: Python, name: &str) -> PyResult<Encoding> {
    let all: Vec<u8> = (0..=255).collect();
    let bytes = PyBytes::new(py, &all)?;
    let decoded = runtime::codecs::registry::decode_text(py, bytes.as_object(), name, Some("replace"))?;
    let chars: Vec<u32> = decoded.downcast::<PyStr>().map(|s| s.chars().collect()).unwrap_or_default();
    let Ok(chars) = <[u32; 256]>::try_from(chars) else {
        return Err(value_error(py, "multi-byte encodings are not supported"));
    };
    Ok(Encoding::Table(Box::new(chars.map(|c| char::from_u32(c).filter(|&c| c != '\u{fffd}')))))
}

impl PyXmlParser {
    fn with(py: Python, parser: Parser, is_root: bool) -> PyResult<Py<PyXmlParser>> {
        let ty = PyXmlParser::type_object();
        new_object(
            py,
            ty,
            PyXmlParser {
                ob_base: PyObject::header(ty),
                parser: RefCell::new(parser),
                handlers: Default::default(),
                intern: Slot::default(),
                buffer: RefCell::default(),
                buffer_size: Cell::new(DEFAULT_BUFFER),
                ordered: Cell::new(false),
                specified: Cell::new(false),
                in_callback: Cell::new(false),
                default: Cell::new(None),
                pending_encoding: RefCell::default(),
                is_root,
            },
        )
    }

    /// A parser of documents.
    pub fn make(
        py: Python,
        encoding: Option<&str>,
        namespaces: Option<Option<char>>,
        intern: Option<&PyObject>,
    ) -> PyResult<Py<PyXmlParser>> {
        let p = PyXmlParser::with(py, Parser::new(namespaces), true)?;
        p.intern.set(intern.map(|o| o.owned()));
        p.give_encoding(encoding);
        Ok(p)
    }

    fn give_encoding(&self, encoding: Option<&str>) {
        match encoding.map(|name| (name, Encoding::named(name))) {
            Some((_, Some(e))) => self.parser.borrow_mut().input.force(e),
            Some((name, None)) => *self.pending_encoding.borrow_mut() = Some(name.to_owned()),
            None => {}
        }
    }

    pub fn handler(&self, h: Handler) -> Option<Py> {
        self.handlers.get(h as usize).and_then(|s| s.get_owned())
    }

    pub fn set_handler(&self, py: Python, h: Handler, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else { return Err(runtime_error(py, "Cannot delete attribute")) };
        if h == Handler::CharacterData {
            // What was collected belongs to the handler that goes.
            self.flush(py)?;
        }
        if let Some(slot) = self.handlers.get(h as usize) {
            slot.set(Some(value.owned()).filter(|v| !v.is_none()));
        }
        if matches!(h, Handler::Default | Handler::DefaultHandlerExpand) {
            self.default.set(Some(h).filter(|_| !value.is_none()));
        }
        self.tell();
        Ok(())
    }

    /// Tells the parser what depends on the handlers.
    fn tell(&self) {
        let Ok(mut p) = self.parser.try_borrow_mut() else { return };
        p.options.has_default = self.default.get().is_some();
        p.options.expand = self.default.get() != Some(Handler::Default);
        p.options.has_external = self.handler(Handler::ExternalEntityRef).is_some();
        p.options.has_not_standalone = self.handler(Handler::NotStandalone).is_some();
    }

    fn name(&self, py: Python, s: &str) -> PyResult {
        let s = PyStr::new(py, s)?;
        let Some(intern) = self.intern.get_owned() else { return Ok(s.into_object()) };
        let Some(d) = intern.downcast::<PyDict>() else { return Ok(s.into_object()) };
        if let Some(known) = d.get_item(py, s.as_object())? {
            return Ok(known);
        }
        d.set_item(py, s.as_object(), s.as_object())?;
        Ok(s.into_object())
    }

    fn optional_name(&self, py: Python, s: &Option<String>) -> PyResult {
        match s {
            Some(s) => self.name(py, s),
            None => Ok(none().owned()),
        }
    }

    fn call(&self, py: Python, handler: &PyObject, args: &[Py]) -> PyResult {
        let args: Vec<&PyObject> = args.iter().map(|a| &**a).collect();
        self.in_callback.set(true);
        let result = handler.call(py, &args);
        self.in_callback.set(false);
        result
    }

    /// Reports the character data collected so far.
    fn flush(&self, py: Python) -> PyResult<()> {
        let data = match self.buffer.borrow_mut().as_mut() {
            Some(b) if !b.is_empty() => std::mem::take(b),
            _ => return Ok(()),
        };
        self.report_text(py, &data)
    }

    fn report_text(&self, py: Python, data: &str) -> PyResult<()> {
        match self.handler(Handler::CharacterData) {
            Some(h) => self.call(py, &h, &[text(py, data)?]).map(drop),
            None => Ok(()),
        }
    }

    fn take_text(&self, py: Python, data: &str) -> PyResult<()> {
        let Some(collected) = self.buffer.borrow().as_ref().map(String::len) else {
            return self.report_text(py, data);
        };
        let size = self.buffer_size.get();
        if collected + data.len() > size {
            self.flush(py)?;
            // The handler may be gone now.
            if self.handler(Handler::CharacterData).is_none() {
                return Ok(());
            }
        }
        if data.len() > size {
            return self.report_text(py, data);
        }
        match self.buffer.borrow_mut().as_mut() {
            Some(b) => b.push_str(data),
            None => return Ok(()),
        }
        Ok(())
    }

    /// Calls the handler of an event, or the default handler.
    fn dispatch(&self, py: Python, item: Item) -> PyResult<()> {
        let which = match &item.event {
            Event::XmlDecl { .. } => Handler::XmlDecl,
            Event::StartDoctype { .. } => Handler::StartDoctypeDecl,
            Event::EndDoctype => Handler::EndDoctypeDecl,
            Event::ElementDecl { .. } => Handler::ElementDecl,
            Event::AttlistDecl { .. } => Handler::AttlistDecl,
            Event::EntityDecl(e)
                if e.notation.is_some() && self.handler(Handler::UnparsedEntityDecl).is_some() =>
            {
                Handler::UnparsedEntityDecl
            }
            Event::EntityDecl(_) => Handler::EntityDecl,
            Event::NotationDecl { .. } => Handler::NotationDecl,
            Event::Start { .. } => Handler::StartElement,
            Event::End { .. } => Handler::EndElement,
            Event::Text(_) => Handler::CharacterData,
            Event::Instruction { .. } => Handler::ProcessingInstruction,
            Event::Comment(_) => Handler::Comment,
            Event::StartCdata => Handler::StartCdataSection,
            Event::EndCdata => Handler::EndCdataSection,
            Event::StartNamespace { .. } => Handler::StartNamespaceDecl,
            Event::EndNamespace { .. } => Handler::EndNamespaceDecl,
            Event::ExternalEntity { .. } => Handler::ExternalEntityRef,
            Event::Skipped { .. } => Handler::SkippedEntity,
            Event::NotStandalone => Handler::NotStandalone,
            Event::Other => return self.by_default(py, item.raw),
        };
        let Some(handler) = self.handler(which) else { return self.by_default(py, item.raw) };
        if let Event::Text(data) = &item.event {
            return self.take_text(py, data);
        }
        self.flush(py)?;
        let args = self.arguments(py, which, &item.event)?;
        let result = self.call(py, &handler, &args)?;
        let refusal = match which {
            Handler::NotStandalone => NOT_STANDALONE,
            Handler::ExternalEntityRef => EXTERNAL_ENTITY_HANDLING,
            _ => return Ok(()),
        };
        let answer = runtime::abstract_::number::index(py, &result)?;
        if answer.to_i64(py)? == 0 {
            self.parser.borrow_mut().error = Some(refusal);
        }
        Ok(())
    }

    fn by_default(&self, py: Python, raw: Option<String>) -> PyResult<()> {
        let handler = self.default.get().and_then(|h| self.handler(h));
        let (Some(h), Some(raw)) = (handler, raw) else { return Ok(()) };
        self.flush(py)?;
        self.call(py, &h, &[text(py, &raw)?]).map(drop)
    }

    fn arguments(&self, py: Python, which: Handler, event: &Event) -> PyResult<Vec<Py>> {
        Ok(match event {
            Event::XmlDecl { version, encoding, standalone } => {
                vec![optional(py, version)?, optional(py, encoding)?, int(py, *standalone)?]
            }
            Event::StartDoctype { name, system, public, internal } => vec![
                self.name(py, name)?,
                self.optional_name(py, system)?,
                self.optional_name(py, public)?,
                int(py, (*internal).into())?,
            ],
            Event::ElementDecl { name, model } => {
                let Some(m) = model else {
                    return Err(recursion_error(
                        py,
                        "maximum recursion depth exceeded in conversion of a content model",
                    ));
                };
                vec![self.name(py, name)?, self.model(py, m)?]
            }
            Event::AttlistDecl { element, name, kind, default, required } => vec![
                self.name(py, element)?,
                self.name(py, name)?,
                text(py, kind)?,
                optional(py, default)?,
                int(py, (*required).into())?,
            ],
            Event::EntityDecl(EntityDecl { name, is_parameter, value, base, system, public, notation }) => {
                let name = self.name(py, name)?;
                let base = self.optional_name(py, base)?;
                let system = self.optional_name(py, system)?;
                let public = self.optional_name(py, public)?;
                let notation = self.optional_name(py, notation)?;
                if which == Handler::UnparsedEntityDecl {
                    vec![name, base, system, public, notation]
                } else {
                    vec![
                        name,
                        int(py, (*is_parameter).into())?,
                        optional(py, value)?,
                        base,
                        system,
                        public,
                        notation,
                    ]
                }
            }
            Event::NotationDecl { name, base, system, public } => vec![
                self.name(py, name)?,
                self.optional_name(py, base)?,
                self.optional_name(py, system)?,
                self.optional_name(py, public)?,
            ],
            Event::Start { name, attributes, specified } => {
                let n = if self.specified.get() { *specified } else { attributes.len() };
                let shown = attributes.get(..n).unwrap_or_default();
                let attributes = if self.ordered.get() {
                    let mut items = Vec::with_capacity(n * 2);
                    for (k, v) in shown {
                        items.push(self.name(py, k)?);
                        items.push(text(py, v)?);
                    }
                    PyList::new(py, items)?.into_object()
                } else {
                    let d = PyDict::new(py)?;
                    for (k, v) in shown {
                        d.set_item(py, &*self.name(py, k)?, &*text(py, v)?)?;
                    }
                    d.into_object()
                };
                vec![self.name(py, name)?, attributes]
            }
            Event::End { name } => vec![self.name(py, name)?],
            Event::Instruction { target, data } => vec![self.name(py, target)?, text(py, data)?],
            Event::Comment(data) | Event::Text(data) => vec![text(py, data)?],
            Event::StartNamespace { prefix, uri } => {
                vec![self.optional_name(py, prefix)?, self.optional_name(py, uri)?]
            }
            Event::EndNamespace { prefix } => vec![self.optional_name(py, prefix)?],
            Event::ExternalEntity { context, base, system, public } => vec![
                optional(py, context)?,
                self.optional_name(py, base)?,
                self.optional_name(py, system)?,
                self.optional_name(py, public)?,
            ],
            Event::Skipped { name, is_parameter } => {
                vec![self.name(py, name)?, int(py, (*is_parameter).into())?]
            }
            Event::EndDoctype | Event::StartCdata | Event::EndCdata | Event::NotStandalone | Event::Other => {
                Vec::new()
            }
        })
    }

    fn model(&self, py: Python, m: &Model) -> PyResult {
        let children = m.children.iter().map(|c| self.model(py, c)).collect::<PyResult<Vec<_>>>()?;
        let items = [
            int(py, m.kind)?,
            int(py, m.quantifier)?,
            self.optional_name(py, &m.name)?,
            PyTuple::new(py, children)?.into_object(),
        ];
        Ok(PyTuple::new(py, items)?.into_object())
    }

    fn next(&self) -> Result<Option<Item>, u8> {
        self.parser.borrow_mut().next()
    }

    /// Parses what was fed.
    fn run(&self, py: Python) -> PyResult<()> {
        loop {
            match self.next() {
                Ok(None) => return self.flush(py),
                Ok(Some(item)) => {
                    if let Err(raised) = self.dispatch(py, item) {
                        // The rest of the input is read, and nobody hears of it.
                        let e = fetch(py, raised);
                        self.silence();
                        while let Ok(Some(_)) = self.next() {}
                        return Err(runtime::errors::raise_object(py, e));
                    }
                }
                Err(UNKNOWN_ENCODING) => {
                    let name = self.parser.borrow_mut().unknown_encoding();
                    let Some(name) = name else { return Err(self.failed(py, UNKNOWN_ENCODING)) };
                    let encoding = table(py, &name)?;
                    self.parser.borrow_mut().set_encoding(encoding);
                }
                Err(code) => {
                    // What was before the error is reported first.
                    self.flush(py)?;
                    return Err(self.failed(py, code));
                }
            }
        }
    }

    fn silence(&self) {
        for slot in &self.handlers {
            slot.set(None);
        }
        self.default.set(None);
        if let Some(b) = self.buffer.borrow_mut().as_mut() {
            b.clear();
        }
        self.tell();
    }

    fn failed(&self, py: Python, code: u8) -> Raised {
        let (line, column) = {
            let p = self.parser.borrow();
            (p.place.line, p.place.column)
        };
        raise_error(py, code, line, column)
    }

    fn feed(&self, py: Python, bytes: &[u8], last: bool) -> PyResult<()> {
        let name = self.pending_encoding.borrow_mut().take();
        if let Some(name) = name {
            let encoding = table(py, &name)?;
            self.parser.borrow_mut().input.force(encoding);
        }
        if self.parser.borrow().input.ended {
            return Err(self.failed(py, FINISHED));
        }
        self.parser.borrow_mut().feed(bytes, last);
        self.run(py)
    }

    fn check_free(&self, py: Python, function: &str) -> PyResult<()> {
        if self.in_callback.get() {
            return Err(runtime_error(py, format!("cannot call {function}() from within a handler")));
        }
        Ok(())
    }

    fn flag(&self, py: Python, value: Option<&PyObject>) -> PyResult<bool> {
        match value {
            Some(v) => v.is_true(py),
            None => Err(runtime_error(py, "Cannot delete attribute")),
        }
    }
}

/// XML parser
#[pytype(
    name = "xmlparser",
    module = "pyexpat",
    flags(GC, DISALLOW_INSTANTIATION, IMMUTABLETYPE),
    members(intern: object readonly),
    parts(handlers),
    nosig
)]
impl PyXmlParser {
    /// Parses XML data.
    ///
    /// isfinal says that it is the last.
    #[pymethod(name = "Parse", sig = "(data, isfinal=False, /)")]
    fn parse(&self, py: Python, data: &PyObject, isfinal: bool) -> PyResult<i64> {
        self.check_free(py, "Parse")?;
        if let Some(s) = data.downcast::<PyStr>() {
            let s = s.as_utf8(py)?;
            {
                let mut p = self.parser.borrow_mut();
                if !p.started {
                    p.input.force(Encoding::Utf8);
                }
            }
            self.feed(py, s.as_bytes(), isfinal)?;
        } else {
            let bytes = buffer::Buffer::get_simple(py, data)?;
            self.feed(py, bytes.as_slice(), isfinal)?;
        }
        Ok(1)
    }

    /// Parses XML data from a file-like object.
    #[pymethod(name = "ParseFile")]
    fn parse_file(&self, py: Python, file: &PyObject) -> PyResult<i64> {
        self.check_free(py, "ParseFile")?;
        let Some(read) = file.getattr_opt(py, intern!(py, "read"))? else {
            return Err(type_error(py, "argument must have 'read' attribute"));
        };
        loop {
            let data = read.call1(py, PyInt::from_usize(py, PORTION)?.as_object())?;
            if !PyBytes::check(&data) && !PyByteArray::check(&data) {
                let name = tp_name(&data);
                return Err(type_error(
                    py,
                    format!("read() did not return a bytes object (type={name:.400})"),
                ));
            }
            let bytes = buffer::Buffer::get_simple(py, &data)?;
            if bytes.len() > PORTION {
                let n = bytes.len();
                let text = format!("read() returned too much data: {PORTION} bytes requested, {n} returned");
                return Err(value_error(py, text));
            }
            let last = bytes.is_empty();
            self.feed(py, bytes.as_slice(), last)?;
            if last {
                return Ok(1);
            }
        }
    }

    /// Sets the base URL.
    #[pymethod(name = "SetBase")]
    fn set_base(&self, base: &str) {
        self.parser.borrow_mut().base = Some(base.to_owned());
    }

    /// The base URL.
    #[pymethod(name = "GetBase")]
    fn get_base(&self) -> Option<String> {
        self.parser.borrow().base.clone()
    }

    /// A parser for an external entity, from the information passed to the ExternalEntityRefHandler.
    #[pymethod(name = "ExternalEntityParserCreate", sig = "(context, encoding=<unrepresentable>, /)")]
    fn external(
        &self,
        py: Python,
        context: Option<&str>,
        encoding: Option<&str>,
    ) -> PyResult<Py<PyXmlParser>> {
        let parser = self.parser.borrow().external(context);
        let p = PyXmlParser::with(py, parser, false)?;
        p.intern.set(self.intern.get_owned());
        p.buffer_size.set(self.buffer_size.get());
        p.ordered.set(self.ordered.get());
        p.specified.set(self.specified.get());
        if self.buffer.borrow().is_some() {
            p.buffer.replace(Some(String::new()));
        }
        for (new, old) in p.handlers.iter().zip(&self.handlers) {
            new.set(old.get_owned());
        }
        p.default.set(self.default.get());
        p.tell();
        p.give_encoding(encoding);
        Ok(p)
    }

    /// Says whether parameter entities, and with them the external subset, are parsed:
    /// XML_PARAM_ENTITY_PARSING_NEVER, XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE or XML_PARAM_ENTITY_PARSING_ALWAYS.
    /// The result is whether that was set.
    #[pymethod(name = "SetParamEntityParsing")]
    fn set_param_entity_parsing(&self, flag: i32) -> i64 {
        let mut p = self.parser.borrow_mut();
        match u8::try_from(flag) {
            Ok(f @ 0..=2) if !p.started => {
                p.options.parameter_entities = f;
                1
            }
            _ => 0,
        }
    }

    /// Lets the application provide the external subset for documents that name none, by the ExternalEntityRefHandler.
    #[pymethod(name = "UseForeignDTD", sig = "(flag=True, /)")]
    fn use_foreign_dtd(&self, py: Python, flag: bool) -> PyResult<()> {
        let mut p = self.parser.borrow_mut();
        if p.started {
            drop(p);
            return Err(self.failed(py, 26));
        }
        p.options.foreign_dtd = flag;
        Ok(())
    }

    /// From how many bytes on the protection against billion laughs attacks is active (8 MiB at first).
    #[pymethod(name = "SetBillionLaughsAttackProtectionActivationThreshold")]
    fn set_threshold(&self, py: Python, threshold: u64) -> PyResult<()> {
        if !self.is_root {
            return Err(self.invalid_argument(py, "parser must be a root parser"));
        }
        self.parser.borrow_mut().meter.threshold = threshold;
        Ok(())
    }

    /// How many times larger than the document what its entities expand to may be (100 at first).
    #[pymethod(name = "SetBillionLaughsAttackProtectionMaximumAmplification")]
    fn set_factor(&self, py: Python, max_factor: f64) -> PyResult<()> {
        if !self.is_root {
            return Err(self.invalid_argument(py, "parser must be a root parser"));
        }
        if max_factor.is_nan() || max_factor < 1.0 {
            return Err(self.invalid_argument(py, "'max_factor' must be at least 1.0"));
        }
        self.parser.borrow_mut().meter.factor = max_factor;
        Ok(())
    }

    /// Whether an incomplete token is looked at again only when there is a good deal more of it.
    #[pymethod(name = "SetReparseDeferralEnabled")]
    fn set_deferral(&self, enabled: bool) {
        self.parser.borrow_mut().deferral = enabled;
    }

    /// See SetReparseDeferralEnabled.
    #[pymethod(name = "GetReparseDeferralEnabled")]
    fn deferral(&self) -> bool {
        self.parser.borrow().deferral
    }

    #[getter(name = "ErrorCode")]
    fn error_code(&self, _py: Python) -> i64 {
        self.parser.borrow().error.map_or(0, i64::from)
    }

    #[getter(name = "ErrorLineNumber")]
    fn error_line(&self, _py: Python) -> u64 {
        self.parser.borrow().place.line
    }

    #[getter(name = "ErrorColumnNumber")]
    fn error_column(&self, _py: Python) -> u64 {
        self.parser.borrow().place.column
    }

    #[getter(name = "ErrorByteIndex")]
    fn error_byte(&self, py: Python) -> i64 {
        self.current_byte(py)
    }

    #[getter(name = "CurrentLineNumber")]
    fn current_line(&self, _py: Python) -> u64 {
        self.parser.borrow().place.line
    }

    #[getter(name = "CurrentColumnNumber")]
    fn current_column(&self, _py: Python) -> u64 {
        self.parser.borrow().place.column
    }

    #[getter(name = "CurrentByteIndex")]
    fn current_byte(&self, _py: Python) -> i64 {
        let p = self.parser.borrow();
        if p.started { p.place.byte as i64 } else { -1 }
    }

    #[getter(name = "buffer_size")]
    fn buffer_size(&self, _py: Python) -> usize {
        self.buffer_size.get()
    }

    #[setter(buffer_size)]
    fn set_buffer_size(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else { return Err(runtime_error(py, "Cannot delete attribute")) };
        let Some(n) = value.downcast::<PyInt>() else {
            return Err(type_error(py, "buffer_size must be an integer"));
        };
        let n = n.to_i64(py)?;
        if n <= 0 {
            return Err(value_error(py, "buffer_size must be greater than zero"));
        }
        if n > i32::MAX.into() {
            return Err(value_error(py, format!("buffer_size must not be greater than {}", i32::MAX)));
        }
        self.flush(py)?;
        self.buffer_size.set(n as usize);
        Ok(())
    }

    #[getter(name = "buffer_text")]
    fn buffer_text(&self, _py: Python) -> bool {
        self.buffer.borrow().is_some()
    }

    #[setter(buffer_text)]
    fn set_buffer_text(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let on = self.flag(py, value)?;
        if on == self.buffer.borrow().is_some() {
            return Ok(());
        }
        self.flush(py)?;
        self.buffer.replace(on.then(String::new));
        Ok(())
    }

    #[getter(name = "buffer_used")]
    fn buffer_used(&self, _py: Python) -> usize {
        self.buffer.borrow().as_ref().map_or(0, String::len)
    }

    #[getter(name = "namespace_prefixes")]
    fn namespace_prefixes(&self, _py: Python) -> bool {
        self.parser.borrow().options.triplets
    }

    #[setter(namespace_prefixes)]
    fn set_namespace_prefixes(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let on = self.flag(py, value)?;
        self.parser.borrow_mut().options.triplets = on;
        Ok(())
    }

    #[getter(name = "ordered_attributes")]
    fn ordered_attributes(&self, _py: Python) -> bool {
        self.ordered.get()
    }

    #[setter(ordered_attributes)]
    fn set_ordered_attributes(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.ordered.set(self.flag(py, value)?);
        Ok(())
    }

    #[getter(name = "specified_attributes")]
    fn specified_attributes(&self, _py: Python) -> bool {
        self.specified.get()
    }

    #[setter(specified_attributes)]
    fn set_specified_attributes(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.specified.set(self.flag(py, value)?);
        Ok(())
    }
}

impl PyXmlParser {
    /// Raises `ExpatError` with another message than the code's.
    fn invalid_argument(&self, py: Python, what: &str) -> Raised {
        let (line, column) = {
            let p = self.parser.borrow();
            (p.place.line, p.place.column)
        };
        let raised = raise_error(py, 41, line, column);
        let e = fetch(py, raised);
        let set = || -> PyResult<()> {
            let text = format!("{what}: line {line}, column {column}");
            let args = PyTuple::new(py, [PyStr::new(py, &text)?.into_object()])?;
            e.as_object().setattr(py, intern!(py, "args"), args.as_object())
        };
        match set() {
            Ok(()) => runtime::errors::raise_object(py, e),
            Err(r) => r,
        }
    }
}
