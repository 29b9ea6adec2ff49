//! `xmlparser`: hands the parser's events to Python functions.

#![allow(non_snake_case)] // Method names are the documented ones.

use super::codes;
use super::dtd::Model;
use super::engine::{Engine, Event, Item, Options};
use super::input::{Encoding, known_encoding};
use super::raise_expat;
use runtime::prelude::*;
use runtime::types::buffer::Buffer;
use std::cell::RefCell;

/// An XML parser.
#[repr(C)]
#[derive(Traverse)]
pub struct PyXmlParser {
    pub ob_base: PyObject,
    intern: Slot<PyDict>,
    start_element: Slot,
    end_element: Slot,
    processing_instruction: Slot,
    unparsed_entity_decl: Slot,
    notation_decl: Slot,
    start_namespace_decl: Slot,
    end_namespace_decl: Slot,
    comment: Slot,
    start_cdata_section: Slot,
    end_cdata_section: Slot,
    default_plain: Slot,
    default_expand: Slot,
    not_standalone: Slot,
    external_entity_ref: Slot,
    start_doctype_decl: Slot,
    end_doctype_decl: Slot,
    entity_decl: Slot,
    xml_decl: Slot,
    element_decl: Slot,
    attlist_decl: Slot,
    skipped_entity: Slot,
    character_data: Slot,
    #[traverse(skip)]
    engine: RefCell<Engine>,
    #[traverse(skip)]
    base: RefCell<Option<String>>,
    #[traverse(skip)]
    ordered: Cell<bool>,
    #[traverse(skip)]
    specified: Cell<bool>,
    /// Text collected for one call, where it is.
    #[traverse(skip)]
    collected: RefCell<Option<String>>,
    #[traverse(skip)]
    buffer_size: Cell<usize>,
    #[traverse(skip)]
    error: Cell<i32>,
}

/// A handler that is set.
fn set(slot: &Slot) -> Option<Py> {
    slot.get_owned().filter(|h| !h.is_none())
}

fn optional(py: Python, s: Option<&str>) -> PyResult {
    match s {
        Some(s) => Ok(PyStr::new(py, s)?.into_object()),
        None => Ok(none().owned()),
    }
}

fn number(py: Python, n: i32) -> PyResult {
    Ok(PyInt::from_i64(py, i64::from(n))?.into_object())
}

fn model_tuple(py: Python, m: &Model) -> PyResult {
    runtime::state::enter_recursive_call(py, " while building a content model")?;
    let mut children = Vec::with_capacity(m.children.len());
    for c in &m.children {
        children.push(model_tuple(py, c)?);
    }
    let items = [
        number(py, m.kind)?,
        number(py, m.quantifier)?,
        optional(py, m.name.as_deref())?,
        PyTuple::new(py, children)?.into_object(),
    ];
    Ok(PyTuple::new(py, items)?.into_object())
}

/// XML parser
#[pytype(
    name = "xmlparser",
    module = "pyexpat",
    flags(GC, DISALLOW_INSTANTIATION, HEAPTYPE, IMMUTABLETYPE),
    nosig,
    members(
        intern: object readonly,
        start_element as StartElementHandler: object,
        end_element as EndElementHandler: object,
        processing_instruction as ProcessingInstructionHandler: object,
        unparsed_entity_decl as UnparsedEntityDeclHandler: object,
        notation_decl as NotationDeclHandler: object,
        start_namespace_decl as StartNamespaceDeclHandler: object,
        end_namespace_decl as EndNamespaceDeclHandler: object,
        comment as CommentHandler: object,
        start_cdata_section as StartCdataSectionHandler: object,
        end_cdata_section as EndCdataSectionHandler: object,
        default_plain as DefaultHandler: object,
        default_expand as DefaultHandlerExpand: object,
        not_standalone as NotStandaloneHandler: object,
        external_entity_ref as ExternalEntityRefHandler: object,
        start_doctype_decl as StartDoctypeDeclHandler: object,
        end_doctype_decl as EndDoctypeDeclHandler: object,
        entity_decl as EntityDeclHandler: object,
        xml_decl as XmlDeclHandler: object,
        element_decl as ElementDeclHandler: object,
        attlist_decl as AttlistDeclHandler: object,
        skipped_entity as SkippedEntityHandler: object
    )
)]
impl PyXmlParser {
    /// A new parser. Errors: of memory.
    pub fn make(
        py: Python,
        options: Options,
        encoding: Option<&str>,
        intern: Option<Py<PyDict>>,
    ) -> PyResult<Py<PyXmlParser>> {
        let this = Self::with_engine(py, Engine::new(options), intern)?;
        this.set_encoding(encoding);
        Ok(this)
    }

    fn with_engine(py: Python, engine: Engine, intern: Option<Py<PyDict>>) -> PyResult<Py<PyXmlParser>> {
        let ty = PyXmlParser::type_object();
        let value = PyXmlParser {
            ob_base: PyObject::header(ty),
            intern: Slot::new(intern),
            start_element: Slot::empty(),
            end_element: Slot::empty(),
            processing_instruction: Slot::empty(),
            unparsed_entity_decl: Slot::empty(),
            notation_decl: Slot::empty(),
            start_namespace_decl: Slot::empty(),
            end_namespace_decl: Slot::empty(),
            comment: Slot::empty(),
            start_cdata_section: Slot::empty(),
            end_cdata_section: Slot::empty(),
            default_plain: Slot::empty(),
            default_expand: Slot::empty(),
            not_standalone: Slot::empty(),
            external_entity_ref: Slot::empty(),
            start_doctype_decl: Slot::empty(),
            end_doctype_decl: Slot::empty(),
            entity_decl: Slot::empty(),
            xml_decl: Slot::empty(),
            element_decl: Slot::empty(),
            attlist_decl: Slot::empty(),
            skipped_entity: Slot::empty(),
            character_data: Slot::empty(),
            engine: RefCell::new(engine),
            base: RefCell::new(None),
            ordered: Cell::new(false),
            specified: Cell::new(false),
            collected: RefCell::new(None),
            buffer_size: Cell::new(8192),
            error: Cell::new(0),
        };
        new_object(py, ty, value)
    }

    fn handlers(&self) -> [&Slot; 22] {
        [
            &self.start_element,
            &self.end_element,
            &self.processing_instruction,
            &self.unparsed_entity_decl,
            &self.notation_decl,
            &self.start_namespace_decl,
            &self.end_namespace_decl,
            &self.comment,
            &self.start_cdata_section,
            &self.end_cdata_section,
            &self.default_plain,
            &self.default_expand,
            &self.not_standalone,
            &self.external_entity_ref,
            &self.start_doctype_decl,
            &self.end_doctype_decl,
            &self.entity_decl,
            &self.xml_decl,
            &self.element_decl,
            &self.attlist_decl,
            &self.skipped_entity,
            &self.character_data,
        ]
    }

    /// An encoding that counts more than what the document says.
    fn set_encoding(&self, name: Option<&str>) {
        let Some(name) = name else { return };
        let mut engine = self.engine.borrow_mut();
        engine.input.fixed = true;
        match known_encoding(name) {
            // Its byte order is the document's business.
            Some(Encoding::Utf16 { .. }) if name.eq_ignore_ascii_case("utf-16") => {}
            Some(e) => engine.input.encoding = Some(e),
            None => engine.unknown_encoding(name),
        }
    }

    fn default_handler(&self) -> Option<Py> {
        set(&self.default_expand).or_else(|| set(&self.default_plain))
    }

    /// A name, the same object each time.
    fn name(&self, py: Python, s: &str) -> PyResult {
        let text = PyStr::new(py, s)?;
        let Some(table) = self.intern.get_owned() else { return Ok(text.into_object()) };
        match table.get_item(py, &text)? {
            Some(known) => Ok(known),
            None => {
                table.set_item(py, &text, &text)?;
                Ok(text.into_object())
            }
        }
    }

    fn flush(&self, py: Python) -> PyResult<()> {
        let text = match self.collected.borrow_mut().as_mut() {
            Some(t) if !t.is_empty() => std::mem::take(t),
            _ => return Ok(()),
        };
        self.call_text(py, &text)
    }

    fn call_text(&self, py: Python, text: &str) -> PyResult<()> {
        match set(&self.character_data) {
            Some(h) => h.call1(py, PyStr::new(py, text)?.as_object()).map(drop),
            None => Ok(()),
        }
    }

    fn text(&self, py: Python, text: &str) -> PyResult<()> {
        if self.collected.borrow().is_none() {
            return self.call_text(py, text);
        }
        // Sizes are counted in bytes, as they arrive.
        let full = |c: &Option<String>| {
            c.as_ref().is_some_and(|c| c.len().saturating_add(text.len()) > self.buffer_size.get())
        };
        if full(&self.collected.borrow()) {
            self.flush(py)?;
            if set(&self.character_data).is_none() {
                return Ok(());
            }
        }
        if text.len() > self.buffer_size.get() {
            return self.call_text(py, text);
        }
        if let Some(c) = self.collected.borrow_mut().as_mut() {
            c.push_str(text);
        }
        Ok(())
    }

    fn default(&self, py: Python, raw: &str) -> PyResult<()> {
        match self.default_handler() {
            Some(h) if !raw.is_empty() => {
                self.flush(py)?;
                h.call1(py, PyStr::new(py, raw)?.as_object()).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Calls the handler, or the one for everything else.
    fn call(
        &self,
        py: Python,
        slot: &Slot,
        raw: &str,
        args: impl FnOnce() -> PyResult<Vec<Py>>,
    ) -> PyResult<Option<Py>> {
        let Some(h) = set(slot) else {
            self.default(py, raw)?;
            return Ok(None);
        };
        self.flush(py)?;
        let args = args()?;
        let args: Vec<&PyObject> = args.iter().map(|a| &**a).collect();
        h.call(py, &args).map(Some)
    }

    fn base_object(&self, py: Python) -> PyResult {
        optional(py, self.base.borrow().as_deref())
    }

    fn handle(&self, py: Python, item: Item) -> PyResult<()> {
        let raw = item.raw.as_str();
        match item.event {
            Event::Text(text) => {
                if set(&self.character_data).is_some() {
                    return self.text(py, &text);
                }
                self.default(py, raw)
            }
            Event::StartElement { name, attributes, specified } => {
                let args = || {
                    let n = if self.specified.get() { specified } else { attributes.len() };
                    let pairs = attributes.iter().take(n);
                    let attrs = if self.ordered.get() {
                        let mut all = Vec::with_capacity(n * 2);
                        for (k, v) in pairs {
                            all.push(self.name(py, k)?);
                            all.push(PyStr::new(py, v)?.into_object());
                        }
                        PyList::new(py, all)?.into_object()
                    } else {
                        let d = PyDict::new(py)?;
                        for (k, v) in pairs {
                            d.set_item(py, &*self.name(py, k)?, PyStr::new(py, v)?.as_object())?;
                        }
                        d.into_object()
                    };
                    Ok(vec![self.name(py, &name)?, attrs])
                };
                self.call(py, &self.start_element, raw, args).map(drop)
            }
            Event::EndElement(name) => {
                self.call(py, &self.end_element, raw, || Ok(vec![self.name(py, &name)?])).map(drop)
            }
            Event::Instruction(target, data) => {
                let args = || Ok(vec![self.name(py, &target)?, optional(py, Some(&data))?]);
                self.call(py, &self.processing_instruction, raw, args).map(drop)
            }
            Event::Comment(text) => {
                self.call(py, &self.comment, raw, || Ok(vec![optional(py, Some(&text))?])).map(drop)
            }
            Event::StartCdata => self.call(py, &self.start_cdata_section, raw, || Ok(vec![])).map(drop),
            Event::EndCdata => self.call(py, &self.end_cdata_section, raw, || Ok(vec![])).map(drop),
            Event::EndDoctype => self.call(py, &self.end_doctype_decl, raw, || Ok(vec![])).map(drop),
            Event::XmlDecl { version, encoding, standalone } => {
                let args = || {
                    Ok(vec![
                        optional(py, version.as_deref())?,
                        optional(py, encoding.as_deref())?,
                        number(py, standalone)?,
                    ])
                };
                self.call(py, &self.xml_decl, raw, args).map(drop)
            }
            Event::StartDoctype { name, system, public, internal } => {
                let args = || {
                    Ok(vec![
                        self.name(py, &name)?,
                        optional(py, system.as_deref())?,
                        optional(py, public.as_deref())?,
                        number(py, i32::from(internal))?,
                    ])
                };
                self.call(py, &self.start_doctype_decl, raw, args).map(drop)
            }
            Event::ElementDecl(name, model) => {
                let args = || Ok(vec![self.name(py, &name)?, model_tuple(py, &model)?]);
                self.call(py, &self.element_decl, raw, args).map(drop)
            }
            Event::AttlistDecl { element, attribute, kind, default, required } => {
                let args = || {
                    Ok(vec![
                        self.name(py, &element)?,
                        self.name(py, &attribute)?,
                        optional(py, Some(&kind))?,
                        optional(py, default.as_deref())?,
                        number(py, i32::from(required))?,
                    ])
                };
                self.call(py, &self.attlist_decl, raw, args).map(drop)
            }
            Event::EntityDecl { name, parameter, value, system, public, notation } => {
                let unparsed = notation.as_deref().filter(|_| set(&self.unparsed_entity_decl).is_some());
                if let Some(notation) = unparsed {
                    let args = || {
                        Ok(vec![
                            self.name(py, &name)?,
                            self.base_object(py)?,
                            optional(py, system.as_deref())?,
                            optional(py, public.as_deref())?,
                            self.name(py, notation)?,
                        ])
                    };
                    return self.call(py, &self.unparsed_entity_decl, raw, args).map(drop);
                }
                let args = || {
                    Ok(vec![
                        self.name(py, &name)?,
                        number(py, i32::from(parameter))?,
                        optional(py, value.as_deref())?,
                        self.base_object(py)?,
                        optional(py, system.as_deref())?,
                        optional(py, public.as_deref())?,
                        optional(py, notation.as_deref())?,
                    ])
                };
                self.call(py, &self.entity_decl, raw, args).map(drop)
            }
            Event::NotationDecl { name, system, public } => {
                let args = || {
                    Ok(vec![
                        self.name(py, &name)?,
                        self.base_object(py)?,
                        optional(py, system.as_deref())?,
                        optional(py, public.as_deref())?,
                    ])
                };
                self.call(py, &self.notation_decl, raw, args).map(drop)
            }
            Event::StartNamespace(prefix, uri) => {
                let args = || Ok(vec![optional(py, prefix.as_deref())?, optional(py, uri.as_deref())?]);
                self.call(py, &self.start_namespace_decl, raw, args).map(drop)
            }
            Event::EndNamespace(prefix) => {
                let args = || Ok(vec![optional(py, prefix.as_deref())?]);
                self.call(py, &self.end_namespace_decl, raw, args).map(drop)
            }
            Event::SkippedEntity(name, parameter) => {
                let args = || Ok(vec![self.name(py, &name)?, number(py, i32::from(parameter))?]);
                self.call(py, &self.skipped_entity, raw, args).map(drop)
            }
            Event::ExternalEntity { context, system, public } => {
                let args = || {
                    Ok(vec![
                        optional(py, context.as_deref())?,
                        self.base_object(py)?,
                        optional(py, system.as_deref())?,
                        optional(py, public.as_deref())?,
                    ])
                };
                let answer = self.call(py, &self.external_entity_ref, raw, args)?;
                self.judge(py, answer, codes::EXTERNAL_ENTITY_HANDLING)
            }
            Event::NotStandalone => {
                let answer = self.call(py, &self.not_standalone, raw, || Ok(vec![]))?;
                self.judge(py, answer, codes::NOT_STANDALONE)
            }
            Event::UnknownEncoding(name) => self.table_encoding(py, &name),
            Event::Other => self.default(py, raw),
        }
    }

    /// What a handler says of going on: 0 is no.
    fn judge(&self, py: Python, answer: Option<Py>, code: i32) -> PyResult<()> {
        let Some(answer) = answer else { return Ok(()) };
        if runtime::abstract_::number::index(py, &answer)?.to_i32(py)? == 0 {
            self.engine.borrow_mut().fail(code);
        }
        Ok(())
    }

    /// An encoding that only the codecs know: one byte a character.
    fn table_encoding(&self, py: Python, name: &str) -> PyResult<()> {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = runtime::codecs::decode_bytes(py, &bytes, None, Some(name), Some("replace"))?;
        if text.len() != 256 {
            return Err(value_error(py, "multi-byte encodings are not supported"));
        }
        let table =
            text.chars().map(|c| char::from_u32(c).filter(|c| *c != char::REPLACEMENT_CHARACTER)).collect();
        self.engine.borrow_mut().input.encoding = Some(Encoding::Table(table));
        Ok(())
    }

    fn feed(&self, py: Python, bytes: &[u8], last: bool) -> PyResult<i32> {
        let fed = self.engine.borrow_mut().feed(bytes, last);
        if let Err(code) = fed {
            return Err(self.failed(py, code));
        }
        loop {
            let next = {
                let mut engine = self.engine.borrow_mut();
                engine.options.want_raw = self.default_handler().is_some();
                engine.options.keep_entities =
                    set(&self.default_expand).is_none() && set(&self.default_plain).is_some();
                engine.next()
            };
            match next {
                Ok(Some(item)) => {
                    if let Err(e) = self.handle(py, item) {
                        // Nothing more is called: the exception is the last word.
                        self.engine.borrow_mut().fail(codes::ABORTED);
                        return Err(e);
                    }
                }
                Ok(None) => break,
                Err(code) => return Err(self.failed(py, code)),
            }
        }
        self.engine.borrow_mut().mark = None;
        self.flush(py)?;
        Ok(1)
    }

    fn failed(&self, py: Python, code: i32) -> Raised {
        self.error.set(code);
        let (line, column, _) = self.engine.borrow().position();
        raise_expat(py, code, line.saturating_add(1), column)
    }

    /// Parses more of the document, the last of it if isfinal is true.
    #[pymethod(sig = "(data, isfinal=False, /)")]
    fn Parse(&self, py: Python, data: &PyObject, isfinal: bool) -> PyResult<i32> {
        match data.downcast::<PyStr>() {
            Some(s) => {
                let bytes = s.as_utf8(py)?.as_bytes().to_vec();
                if self.engine.borrow().input.received == 0 {
                    self.set_encoding(Some("utf-8"));
                }
                self.feed(py, &bytes, isfinal)
            }
            None => {
                let view = Buffer::get_simple(py, data)?;
                let bytes = view.as_slice().to_vec();
                drop(view);
                self.feed(py, &bytes, isfinal)
            }
        }
    }

    /// Parses what an object with a read() method gives.
    #[pymethod(sig = "(file, /)")]
    fn ParseFile(&self, py: Python, file: &PyObject) -> PyResult<i32> {
        let Some(read) = file.getattr_opt(py, intern!(py, "read"))? else {
            return Err(type_error(py, "argument must have 'read' attribute"));
        };
        let size = PyInt::from_i64(py, 2048)?;
        loop {
            let data = read.call1(py, &size)?;
            let bytes = if let Some(b) = data.downcast::<PyBytes>() {
                b.as_bytes().to_vec()
            } else if let Some(b) = data.downcast::<PyByteArray>() {
                b.to_vec()
            } else {
                let text = format!("read() did not return a bytes object (type={})", tp_name(&data));
                return Err(type_error(py, text));
            };
            let last = bytes.is_empty();
            let done = self.feed(py, &bytes, last)?;
            if last {
                return Ok(done);
            }
        }
    }

    /// Sets the base of relative identifiers.
    #[pymethod(sig = "(base, /)")]
    fn SetBase(&self, base: &str) {
        *self.base.borrow_mut() = Some(base.to_owned());
    }

    /// The base of relative identifiers.
    #[pymethod]
    fn GetBase(&self, py: Python) -> PyResult {
        self.base_object(py)
    }

    /// The text of the document from the current event on, None outside of a handler.
    #[pymethod]
    fn GetInputContext(&self, py: Python) -> PyResult<Option<Py<PyBytes>>> {
        let context = self.engine.borrow().context_text();
        context.map(|c| PyBytes::new(py, c.as_bytes())).transpose()
    }

    /// A parser for an external entity that this one refers to.
    #[pymethod(sig = "(context, encoding=None, /)")]
    fn ExternalEntityParserCreate(
        &self,
        py: Python,
        context: Option<&str>,
        encoding: Option<&str>,
    ) -> PyResult<Py<PyXmlParser>> {
        let engine = self.engine.borrow().part(context);
        let new = Self::with_engine(py, engine, self.intern.get_owned())?;
        for (to, from) in new.handlers().into_iter().zip(self.handlers()) {
            to.set(from.get_owned());
        }
        *new.base.borrow_mut() = self.base.borrow().clone();
        new.ordered.set(self.ordered.get());
        new.specified.set(self.specified.get());
        new.buffer_size.set(self.buffer_size.get());
        *new.collected.borrow_mut() = self.collected.borrow().as_ref().map(|_| String::new());
        new.set_encoding(encoding);
        Ok(new)
    }

    /// Are parameter entities and the external subset read? One of the XML_PARAM_ENTITY_PARSING constants.
    #[pymethod(sig = "(flag, /)")]
    fn SetParamEntityParsing(&self, flag: i32) -> i32 {
        self.engine.borrow_mut().options.parameter_entities = flag;
        1
    }

    /// Asks for an external subset of documents without one.
    #[pymethod(sig = "(flag=True, /)")]
    fn UseForeignDTD(&self, py: Python, flag: bool) -> PyResult<()> {
        if self.engine.borrow().input.received > 0 {
            return Err(self.failed(py, codes::CANT_CHANGE_FEATURE_ONCE_PARSING));
        }
        self.engine.borrow_mut().options.foreign_dtd = flag;
        Ok(())
    }

    /// Is an incomplete token looked at again only when much more of it is there?
    #[pymethod(sig = "(enabled, /)")]
    fn SetReparseDeferralEnabled(&self, enabled: bool) {
        self.engine.borrow_mut().defer = enabled;
    }

    /// See SetReparseDeferralEnabled.
    #[pymethod]
    fn GetReparseDeferralEnabled(&self) -> bool {
        self.engine.borrow().defer
    }

    fn amplification(&self, py: Python, factor: f64) -> PyResult<f32> {
        if self.engine.borrow().is_part {
            return Err(super::raise_text(py, codes::INVALID_ARGUMENT, "parser must be a root parser"));
        }
        if factor.is_nan() || factor < 1.0 {
            let text = "'max_factor' must be at least 1.0";
            return Err(super::raise_text(py, codes::INVALID_ARGUMENT, text));
        }
        Ok(factor as f32)
    }

    fn threshold(&self, py: Python) -> PyResult<()> {
        if self.engine.borrow().is_part {
            return Err(super::raise_text(py, codes::INVALID_ARGUMENT, "parser must be a root parser"));
        }
        Ok(())
    }

    /// How many times the document's size entities may make of it.
    #[pymethod(sig = "(max_factor, /)")]
    fn SetBillionLaughsAttackProtectionMaximumAmplification(
        &self,
        py: Python,
        max_factor: f64,
    ) -> PyResult<()> {
        let factor = self.amplification(py, max_factor)?;
        self.engine.borrow_mut().options.maximum_amplification = factor;
        Ok(())
    }

    /// The size from which on the amplification counts.
    #[pymethod(sig = "(threshold, /)")]
    fn SetBillionLaughsAttackProtectionActivationThreshold(
        &self,
        py: Python,
        threshold: u64,
    ) -> PyResult<()> {
        self.threshold(py)?;
        self.engine.borrow_mut().options.amplification_threshold = threshold;
        Ok(())
    }

    /// A limit of expat's own memory; there is nothing here that it would apply to beyond the entities' size.
    #[pymethod(sig = "(max_factor, /)")]
    fn SetAllocTrackerMaximumAmplification(&self, py: Python, max_factor: f64) -> PyResult<()> {
        self.amplification(py, max_factor).map(drop)
    }

    /// See SetAllocTrackerMaximumAmplification.
    #[pymethod(sig = "(threshold, /)")]
    fn SetAllocTrackerActivationThreshold(&self, py: Python, threshold: u64) -> PyResult<()> {
        let _ = threshold;
        self.threshold(py)
    }

    #[getter(name = "CharacterDataHandler")]
    fn character_data_handler(&self) -> Py {
        self.character_data.get_owned().unwrap_or_else(|| none().owned())
    }

    #[setter(name = "CharacterDataHandler")]
    fn set_character_data_handler(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        // Text collected so far belongs to the handler so far.
        self.flush(py)?;
        self.character_data.set(value.map(|v| v.owned()));
        Ok(())
    }

    #[getter(name = "buffer_text")]
    fn buffer_text(&self) -> bool {
        self.collected.borrow().is_some()
    }

    #[setter(name = "buffer_text")]
    fn set_buffer_text(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let on = truth(py, value)?;
        if !on {
            self.flush(py)?;
        }
        let mut collected = self.collected.borrow_mut();
        if on != collected.is_some() {
            *collected = on.then(String::new);
        }
        Ok(())
    }

    #[getter(name = "buffer_size")]
    fn buffer_size(&self) -> usize {
        self.buffer_size.get()
    }

    #[setter(name = "buffer_size")]
    fn set_buffer_size(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else { return Err(runtime_error(py, "Cannot delete attribute")) };
        let Some(n) = value.downcast::<PyInt>() else {
            return Err(type_error(py, "buffer_size must be an integer"));
        };
        let n = n.to_isize(py)?;
        match usize::try_from(n) {
            Ok(n) if n > 0 => {
                if n != self.buffer_size.get() {
                    self.flush(py)?;
                    self.buffer_size.set(n);
                }
                Ok(())
            }
            _ => Err(value_error(py, "buffer_size must be greater than zero")),
        }
    }

    #[getter(name = "buffer_used")]
    fn buffer_used(&self) -> usize {
        self.collected.borrow().as_ref().map_or(0, String::len)
    }

    #[getter(name = "ordered_attributes")]
    fn ordered_attributes(&self) -> bool {
        self.ordered.get()
    }

    #[setter(name = "ordered_attributes")]
    fn set_ordered_attributes(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.ordered.set(truth(py, value)?);
        Ok(())
    }

    #[getter(name = "specified_attributes")]
    fn specified_attributes(&self) -> bool {
        self.specified.get()
    }

    #[setter(name = "specified_attributes")]
    fn set_specified_attributes(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.specified.set(truth(py, value)?);
        Ok(())
    }

    #[getter(name = "namespace_prefixes")]
    fn namespace_prefixes(&self) -> bool {
        self.engine.borrow().options.prefixes
    }

    #[setter(name = "namespace_prefixes")]
    fn set_namespace_prefixes(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let on = truth(py, value)?;
        self.engine.borrow_mut().options.prefixes = on;
        Ok(())
    }

    #[getter(name = "CurrentLineNumber")]
    fn current_line(&self) -> u64 {
        self.engine.borrow().position().0.saturating_add(1)
    }

    #[getter(name = "CurrentColumnNumber")]
    fn current_column(&self) -> u64 {
        self.engine.borrow().position().1
    }

    #[getter(name = "CurrentByteIndex")]
    fn current_byte(&self) -> i64 {
        let engine = self.engine.borrow();
        match engine.input.received {
            0 => -1,
            _ => i64::try_from(engine.position().2).unwrap_or(i64::MAX),
        }
    }

    #[getter(name = "ErrorLineNumber")]
    fn error_line(&self) -> u64 {
        self.current_line()
    }

    #[getter(name = "ErrorColumnNumber")]
    fn error_column(&self) -> u64 {
        self.current_column()
    }

    #[getter(name = "ErrorByteIndex")]
    fn error_byte(&self) -> i64 {
        self.current_byte()
    }

    #[getter(name = "ErrorCode")]
    fn error_code(&self) -> i32 {
        self.error.get()
    }
}

/// The value of a flag that can't be deleted.
fn truth(py: Python, value: Option<&PyObject>) -> PyResult<bool> {
    match value {
        Some(v) => v.is_true(py),
        None => Err(runtime_error(py, "Cannot delete attribute")),
    }
}
