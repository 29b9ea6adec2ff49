//! The parser proper: from the document's text to events, one token at a time.
//!
//! It knows nothing of Python: an event is taken out, handled, and the next one asked for. Positions are those of the token
//! that the last event came from; inside an entity, those of the reference to it.

use super::codes::*;
use super::dtd::{Dtd, Model};
use super::input::{Encoding, Input};
use super::scan::*;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// What is reported.
#[derive(Debug)]
pub enum Event {
    StartElement {
        name: String,
        attributes: Vec<(String, String)>,
        specified: usize,
    },
    EndElement(String),
    Text(String),
    Instruction(String, String),
    Comment(String),
    StartCdata,
    EndCdata,
    XmlDecl {
        version: Option<String>,
        encoding: Option<String>,
        standalone: i32,
    },
    StartDoctype {
        name: String,
        system: Option<String>,
        public: Option<String>,
        internal: bool,
    },
    EndDoctype,
    ElementDecl(String, Model),
    AttlistDecl {
        element: String,
        attribute: String,
        kind: String,
        default: Option<String>,
        required: bool,
    },
    EntityDecl {
        name: String,
        parameter: bool,
        value: Option<String>,
        system: Option<String>,
        public: Option<String>,
        notation: Option<String>,
    },
    NotationDecl {
        name: String,
        system: Option<String>,
        public: Option<String>,
    },
    StartNamespace(Option<String>, Option<String>),
    EndNamespace(Option<String>),
    ExternalEntity {
        context: Option<String>,
        system: Option<String>,
        public: Option<String>,
    },
    SkippedEntity(String, bool),
    NotStandalone,
    /// The declaration names an encoding that only a table describes.
    UnknownEncoding(String),
    /// Nothing but text for the default handler.
    Other,
}

/// An event and the text it comes from.
#[derive(Debug)]
pub struct Item {
    pub event: Event,
    pub raw: String,
    /// Its place is the end of the token.
    behind: bool,
}

/// Where in the document the parser is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// At the very beginning: a declaration may come.
    Start,
    Prolog,
    /// Between the brackets of a document type declaration.
    Subset,
    Content,
    Epilog,
    /// In a file of declarations.
    ExternalSubset,
}

/// An entity whose text is being parsed.
#[derive(Debug)]
pub(super) struct Source {
    pub text: Rc<str>,
    pub pos: usize,
    pub name: String,
    pub parameter: bool,
    /// Open elements at its beginning.
    pub level: usize,
}

/// Open element: its name as written, as reported, and the prefixes it declared.
#[derive(Debug)]
struct Tag {
    raw: String,
    name: String,
    prefixes: Vec<Option<String>>,
}

/// How the caller wants things.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The separator of namespace and local name; `None`: names are reported as written.
    pub namespaces: Option<String>,
    pub prefixes: bool,
    /// The text of every event is wanted.
    pub want_raw: bool,
    /// Internal entities are parsed, not handed over as references.
    pub keep_entities: bool,
    /// 0 never, 1 unless standalone, 2 always.
    pub parameter_entities: i32,
    pub foreign_dtd: bool,
    pub maximum_amplification: f32,
    pub amplification_threshold: u64,
}

pub struct Engine {
    pub input: Input,
    pub place: Place,
    pub options: Options,
    pub dtd: Rc<RefCell<Dtd>>,
    pub(super) sources: Vec<Source>,
    tags: Vec<Tag>,
    bindings: Vec<(Option<String>, Option<String>)>,
    pub(super) queue: VecDeque<Item>,
    in_cdata: bool,
    /// Parses part of a document: an external entity.
    pub is_part: bool,
    /// Names of the entities around this part.
    pub around: Vec<String>,
    error: Option<i32>,
    indirect: u64,
    /// What was there when the last token turned out to be incomplete.
    waiting_for: usize,
    pub defer: bool,
    /// Line, column and byte of the token that the last event came from.
    pub mark: Option<(u64, u64, u64)>,
    mark_pos: usize,
}

/// The place of an error inside an entity that an attribute refers to.
const INSIDE: usize = usize::MAX;

pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

impl Engine {
    pub fn new(options: Options) -> Engine {
        Engine {
            input: Input::default(),
            place: Place::Start,
            options,
            dtd: Rc::default(),
            sources: Vec::new(),
            tags: Vec::new(),
            bindings: vec![(Some("xml".into()), Some(XML_NAMESPACE.into()))],
            queue: VecDeque::new(),
            in_cdata: false,
            is_part: false,
            around: Vec::new(),
            error: None,
            indirect: 0,
            waiting_for: 0,
            defer: true,
            mark: None,
            mark_pos: 0,
        }
    }

    /// A parser for an external entity that this one met.
    pub fn part(&self, context: Option<&str>) -> Engine {
        let mut e = Engine::new(self.options.clone());
        e.dtd = self.dtd.clone();
        e.is_part = true;
        match context {
            None => e.place = Place::ExternalSubset,
            Some(c) => {
                e.place = Place::Content;
                for item in c.split('\u{c}').filter(|i| !i.is_empty()) {
                    match item.split_once('=') {
                        Some((p, uri)) => e.bindings.push((
                            if p.is_empty() { None } else { Some(p.to_owned()) },
                            if uri.is_empty() { None } else { Some(uri.to_owned()) },
                        )),
                        None => e.around.push(item.to_owned()),
                    }
                }
            }
        }
        e
    }

    /// More of the document. Errors: the document has ended.
    pub fn feed(&mut self, bytes: &[u8], last: bool) -> Result<(), i32> {
        match self.error {
            Some(e) => return Err(e),
            None if self.input.last => return Err(FINISHED),
            None => {}
        }
        self.input.feed(bytes, last);
        Ok(())
    }

    /// The encoding chosen by the caller needs a table.
    pub fn unknown_encoding(&mut self, name: &str) {
        self.push(Event::UnknownEncoding(name.to_owned()), "");
    }

    /// The text from the current token on, while there is one.
    pub fn context_text(&self) -> Option<String> {
        self.mark?;
        Some(self.input.text.get(self.mark_pos..).unwrap_or("").to_owned())
    }

    /// Makes the parser stop with this error.
    pub fn fail(&mut self, code: i32) -> i32 {
        self.error = Some(code);
        self.queue.clear();
        code
    }

    /// The next event; `None` when more of the document is needed, or at its end.
    ///
    /// Errors: the number of an error, its place is the input's.
    pub fn next(&mut self) -> Result<Option<Item>, i32> {
        if let Some(e) = self.error {
            return Err(e);
        }
        loop {
            if let Some(item) = self.queue.pop_front() {
                if item.behind && self.sources.is_empty() {
                    self.mark = Some((self.input.line, self.input.column, self.input.index));
                }
                return Ok(Some(item));
            }
            if self.defer && !self.input.last && self.sources.is_empty() && self.waiting_for > 0 {
                if self.input.pending() < self.waiting_for.saturating_mul(2) {
                    return Ok(None);
                }
                self.waiting_for = 0;
            }
            match self.step() {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(code) => return Err(self.fail(code)),
            }
        }
    }

    pub(super) fn advance(&mut self, n: usize) {
        match self.sources.last_mut() {
            Some(s) => s.pos += n,
            None => self.input.advance(n),
        }
    }

    pub(super) fn push(&mut self, event: Event, raw: &str) {
        let raw = if self.options.want_raw { raw.to_owned() } else { String::new() };
        self.queue.push_back(Item { event, raw, behind: false });
    }

    /// Line, column and byte of the last event, of an error, or of what comes next.
    pub fn position(&self) -> (u64, u64, u64) {
        self.mark.unwrap_or((self.input.line, self.input.column, self.input.index))
    }

    /// One token. False: more text is needed.
    fn step(&mut self) -> Result<bool, i32> {
        if self.sources.is_empty() {
            self.mark = Some((self.input.line, self.input.column, self.input.index));
            self.mark_pos = self.input.pos;
        }
        let (whole, pos) = match self.sources.last() {
            Some(s) => (s.text.clone(), s.pos),
            None => (self.input.text.clone(), self.input.pos),
        };
        let text = whole.get(pos..).unwrap_or("");
        if text.is_empty() {
            return self.at_end();
        }
        let done = match self.place {
            Place::Start => self.start(text),
            Place::Prolog => self.prolog(text),
            Place::Subset | Place::ExternalSubset => self.subset(text),
            Place::Content => self.content(text),
            Place::Epilog => self.epilog(text),
        };
        match done {
            Ok(()) => Ok(true),
            Err(Fault::At(code, at)) => {
                if self.sources.is_empty() {
                    self.advance(at);
                    self.mark = None;
                }
                Err(code)
            }
            Err(Fault::Partial) if !self.sources.is_empty() => Err(UNCLOSED_TOKEN),
            Err(Fault::Partial) if self.input.more() => Ok(true),
            Err(Fault::Partial) if self.input.bad => {
                self.advance(text.len());
                self.mark = None;
                Err(INVALID_TOKEN)
            }
            Err(Fault::Partial) if self.input.last => {
                if self.input.has_partial_char() {
                    return Err(PARTIAL_CHAR);
                }
                Err(if self.in_cdata { UNCLOSED_CDATA_SECTION } else { UNCLOSED_TOKEN })
            }
            Err(Fault::Partial) => {
                self.waiting_for = self.input.pending();
                Ok(false)
            }
        }
    }

    fn at_end(&mut self) -> Result<bool, i32> {
        if let Some(s) = self.sources.last() {
            if self.place == Place::Content && s.level != self.tags.len() {
                return Err(ASYNC_ENTITY);
            }
            if self.in_cdata {
                return Err(UNCLOSED_CDATA_SECTION);
            }
            self.sources.pop();
            return Ok(true);
        }
        if self.input.more() {
            return Ok(true);
        }
        if self.input.bad {
            return Err(INVALID_TOKEN);
        }
        if !self.input.last {
            return Ok(false);
        }
        if self.input.has_partial_char() {
            return Err(PARTIAL_CHAR);
        }
        if self.in_cdata {
            return Err(UNCLOSED_CDATA_SECTION);
        }
        match self.place {
            Place::Epilog | Place::ExternalSubset => Ok(false),
            Place::Content if self.is_part && self.tags.is_empty() => Ok(false),
            Place::Content if self.is_part => Err(ASYNC_ENTITY),
            _ => Err(NO_ELEMENTS),
        }
    }

    /// The first token of the document.
    fn start(&mut self, text: &str) -> Scan<()> {
        if text.len() < 6 && "<?xml ".starts_with(text) && !self.input.last {
            return Err(Fault::Partial);
        }
        self.place = Place::Prolog;
        match self.is_declaration(text) {
            true => self.declaration(text),
            false => Ok(()),
        }
    }

    pub(super) fn is_declaration(&self, text: &str) -> bool {
        text.strip_prefix("<?xml").is_some_and(|r| r.starts_with(|c| is_space(c) || c == '?'))
    }

    /// `<?xml … ?>`.
    pub(super) fn declaration(&mut self, text: &str) -> Scan<()> {
        let code = if self.is_part { TEXT_DECL } else { XML_DECL };
        let mut c = Cursor::new(text);
        c.eat("<?xml");
        let body_at = c.at;
        let body = match c.until("?>") {
            Err(Fault::Partial) if self.place == Place::Prolog => {
                self.place = Place::Start;
                return Err(Fault::Partial);
            }
            b => b?,
        };
        let mut b = Cursor::new(body);
        let (mut version, mut encoding, mut standalone) = (None, None, -1);
        loop {
            let spaced = b.spaces();
            if b.rest().is_empty() {
                break;
            }
            let at = b.at;
            let wrong = Err(Fault::At(code, body_at + at));
            let Ok(name) = b.name() else { return wrong };
            b.spaces();
            if !spaced || !b.eat("=") {
                return wrong;
            }
            b.spaces();
            let value_at = body_at + b.at + 1;
            let Ok(value) = b.literal() else { return wrong };
            match name {
                "version" if version.is_none() && encoding.is_none() && standalone < 0 => {
                    version = Some(value.to_owned());
                }
                "encoding"
                    if encoding.is_none()
                        && standalone < 0
                        && (version.is_some() || self.is_part)
                        && value.starts_with(|c: char| c.is_ascii_alphabetic()) =>
                {
                    encoding = Some(value.to_owned());
                }
                "standalone" if standalone < 0 && version.is_some() && !self.is_part => {
                    standalone = match value {
                        "yes" => 1,
                        "no" => 0,
                        _ => return Err(Fault::At(code, value_at)),
                    };
                }
                _ => return wrong,
            }
        }
        if if self.is_part { encoding.is_none() } else { version.is_none() } {
            return Err(Fault::At(code, c.at - 2));
        }
        if standalone == 1 {
            self.dtd.borrow_mut().standalone = true;
        }
        let raw = &text[..c.at];
        self.push(Event::XmlDecl { version, encoding: encoding.clone(), standalone }, raw);
        if let Some(name) = encoding.filter(|_| !self.input.fixed) {
            match super::input::known_encoding(&name) {
                Some(Encoding::Utf16 { .. }) if self.input.is_wide() => {}
                Some(Encoding::Utf16 { .. }) => return Err(Fault::At(INCORRECT_ENCODING, 0)),
                Some(_) if self.input.is_wide() => return Err(Fault::At(INCORRECT_ENCODING, 0)),
                Some(e) => self.input.encoding = Some(e),
                None => self.push(Event::UnknownEncoding(name), ""),
            }
        }
        self.advance(c.at);
        Ok(())
    }

    fn prolog(&mut self, text: &str) -> Scan<()> {
        if self.miscellaneous(text)? {
            return Ok(());
        }
        let mut c = Cursor::new(text);
        if c.eat_or_partial("<!DOCTYPE")? {
            return self.doctype(text);
        }
        if c.eat("<") {
            if is_name_start(c.need()?) {
                if self.options.foreign_dtd && !self.dtd.borrow().seen {
                    self.foreign_dtd();
                    return Ok(());
                }
                self.place = Place::Content;
                return Ok(());
            }
            if c.need()? != '!' {
                return Err(Fault::At(INVALID_TOKEN, c.at));
            }
            c.bump();
            while c.need()?.is_ascii_alphabetic() {
                c.bump();
            }
            let declares = c.at > 2 && (is_space(c.need()?) || c.need()? == '%');
            return Err(if declares { Fault::At(SYNTAX, 0) } else { Fault::At(INVALID_TOKEN, c.at) });
        }
        Err(stray(text))
    }

    fn epilog(&mut self, text: &str) -> Scan<()> {
        if self.miscellaneous(text)? {
            return Ok(());
        }
        Err(match stray(text) {
            _ if text.starts_with('<') => Fault::At(JUNK_AFTER_DOC_ELEMENT, 0),
            Fault::At(SYNTAX, at) => Fault::At(JUNK_AFTER_DOC_ELEMENT, at),
            fault => fault,
        })
    }

    /// White space, a comment or an instruction outside the root element or between declarations.
    pub(super) fn miscellaneous(&mut self, text: &str) -> Scan<bool> {
        let mut c = Cursor::new(text);
        if c.spaces() {
            self.push(Event::Other, &text[..c.at]);
            self.advance(c.at);
            return Ok(true);
        }
        if text.starts_with('<') && text.len() < 4 && "<!--".starts_with(text) {
            return Err(Fault::Partial);
        }
        if c.eat("<!--") {
            let body = normalize_lines(c.comment()?);
            self.push(Event::Comment(body), &text[..c.at]);
            self.advance(c.at);
            return Ok(true);
        }
        if c.eat("<?") {
            self.instruction(c)?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Behind `<?`.
    fn instruction(&mut self, mut c: Cursor) -> Scan<()> {
        let target = c.name()?;
        if target.eq_ignore_ascii_case("xml") {
            if target != "xml" {
                return Err(Fault::At(INVALID_TOKEN, c.at));
            }
            // The declaration is complete before it is refused.
            c.until("?>")?;
            return Err(Fault::At(MISPLACED_XML_PI, 0));
        }
        let data = if c.eat_or_partial("?>")? {
            ""
        } else if c.spaces() {
            c.until("?>")?
        } else {
            c.need()?;
            return Err(Fault::At(INVALID_TOKEN, c.at));
        };
        self.push(Event::Instruction(target.to_owned(), normalize_lines(data)), &c.text[..c.at]);
        self.advance(c.at);
        Ok(())
    }

    fn content(&mut self, text: &str) -> Scan<()> {
        if self.in_cdata {
            return self.cdata(text);
        }
        let mut c = Cursor::new(text);
        match c.need()? {
            '<' => {}
            '&' => return self.content_reference(c),
            _ => return self.characters(text),
        }
        if self.is_part && self.sources.is_empty() && self.input.index == 0 && self.is_declaration(text) {
            return self.declaration(text);
        }
        c.bump();
        match c.need()? {
            '/' => self.end_tag(c),
            '?' => {
                c.bump();
                self.instruction(c)
            }
            '!' => {
                c.at = 0;
                if c.eat_or_partial("<!--")? {
                    let body = normalize_lines(c.comment()?);
                    self.push(Event::Comment(body), &text[..c.at]);
                    self.advance(c.at);
                } else if c.eat_or_partial("<![CDATA[")? {
                    self.push(Event::StartCdata, &text[..c.at]);
                    self.in_cdata = true;
                    self.advance(c.at);
                } else {
                    return Err(Fault::At(INVALID_TOKEN, 2));
                }
                Ok(())
            }
            _ => self.start_tag(c),
        }
    }

    /// Text up to the next markup or line end, or a line end.
    fn characters(&mut self, text: &str) -> Scan<()> {
        let stop = text.find(['<', '&', '\n', '\r', ']']).unwrap_or(text.len());
        let mut end = stop;
        // A bracket is text unless two and `>` follow.
        while let Some(rest) = text.get(end..).filter(|r| r.starts_with(']')) {
            if rest.starts_with("]]>") {
                return Err(Fault::At(INVALID_TOKEN, end + 2));
            }
            if "]]>".starts_with(rest) && self.may_grow() {
                if end > 0 {
                    break;
                }
                return Err(Fault::Partial);
            }
            end += 1;
            end += text[end..].find(['<', '&', '\n', '\r', ']']).unwrap_or(text.len() - end);
        }
        self.text_token(text, end)
    }

    fn may_grow(&self) -> bool {
        self.sources.is_empty() && (!self.input.last || self.input.has_partial_char())
    }

    /// Reports text of this length, or, where it is none, the line end that follows.
    fn text_token(&mut self, text: &str, end: usize) -> Scan<()> {
        if end == 0 {
            let n = if text.starts_with("\r\n") { 2 } else { 1 };
            if text == "\r" && self.may_grow() {
                return Err(Fault::Partial);
            }
            self.push(Event::Text("\n".into()), &text[..n]);
            self.advance(n);
            return Ok(());
        }
        let run = &text[..end];
        if let Some((i, _)) = run.char_indices().find(|(_, c)| !is_char(*c)) {
            if i > 0 {
                self.push(Event::Text(run[..i].to_owned()), &run[..i]);
                self.advance(i);
                return Ok(());
            }
            return Err(Fault::At(INVALID_TOKEN, i));
        }
        self.push(Event::Text(run.to_owned()), run);
        self.advance(end);
        Ok(())
    }

    fn cdata(&mut self, text: &str) -> Scan<()> {
        if text.starts_with("]]>") {
            self.push(Event::EndCdata, &text[..3]);
            self.in_cdata = false;
            self.advance(3);
            return Ok(());
        }
        if "]]>".starts_with(text) && self.may_grow() {
            return Err(Fault::Partial);
        }
        // A bracket begins a run of its own.
        let first = usize::from(text.starts_with(']'));
        let end = text[first..].find(['\n', '\r', ']']).map_or(text.len(), |n| first + n);
        self.text_token(text, end)
    }

    fn content_reference(&mut self, mut c: Cursor) -> Scan<()> {
        c.bump();
        let reference = c.reference()?;
        let raw = &c.text[..c.at];
        let size = c.at;
        let name = match reference {
            Reference::Char(ch) => {
                self.push(Event::Text(ch.to_string()), raw);
                self.advance(size);
                return Ok(());
            }
            Reference::Name(name) => name.to_owned(),
        };
        if let Some(ch) = predefined(&name) {
            self.push(Event::Text(ch.to_string()), raw);
            self.advance(size);
            return Ok(());
        }
        let dtd = self.dtd.borrow();
        let entity = dtd.entities.get(&name).cloned();
        let strict = !dtd.has_parameter_references || dtd.standalone;
        drop(dtd);
        let Some(entity) = entity else {
            if strict {
                return Err(Fault::At(UNDEFINED_ENTITY, 0));
            }
            self.push(Event::SkippedEntity(name, false), raw);
            self.advance(size);
            return Ok(());
        };
        if strict && entity.external_declaration {
            return Err(Fault::At(ENTITY_DECLARED_IN_PE, 0));
        }
        let open = self.sources.iter().any(|s| !s.parameter && s.name == name) || self.around.contains(&name);
        if open {
            return Err(Fault::At(RECURSIVE_ENTITY_REF, 0));
        }
        if entity.notation.is_some() {
            return Err(Fault::At(BINARY_ENTITY_REF, 0));
        }
        match entity.text {
            Some(_) if self.options.keep_entities => {
                self.push(Event::SkippedEntity(name, false), raw);
                self.advance(size);
            }
            Some(text) => {
                self.count(text.len())?;
                self.advance(size);
                self.sources.push(Source { text, pos: 0, name, parameter: false, level: self.tags.len() });
            }
            None => {
                let context = self.context(&name);
                let event = Event::ExternalEntity {
                    context: Some(context),
                    system: entity.system.clone(),
                    public: entity.public.clone(),
                };
                self.push(event, raw);
                self.advance(size);
            }
        }
        Ok(())
    }

    /// Entities must not make a small document a huge one.
    pub(super) fn count(&mut self, n: usize) -> Scan<()> {
        self.indirect = self.indirect.saturating_add(n as u64);
        let direct = self.input.received.max(1);
        let all = self.indirect.saturating_add(direct);
        let factor = all as f64 / direct as f64;
        if all > self.options.amplification_threshold
            && factor > f64::from(self.options.maximum_amplification)
        {
            return Err(Fault::At(AMPLIFICATION_LIMIT_BREACH, 0));
        }
        Ok(())
    }

    /// The namespaces and entities around a reference, for the parser of the external entity.
    fn context(&self, name: &str) -> String {
        let mut items: Vec<String> = Vec::new();
        if self.options.namespaces.is_some() {
            let mut seen: Vec<&Option<String>> = Vec::new();
            for (prefix, uri) in self.bindings.iter().rev() {
                if !seen.contains(&prefix) {
                    seen.push(prefix);
                    items.push(format!(
                        "{}={}",
                        prefix.as_deref().unwrap_or(""),
                        uri.as_deref().unwrap_or("")
                    ));
                }
            }
        }
        items.extend(self.around.iter().cloned());
        items.extend(self.sources.iter().filter(|s| !s.parameter).map(|s| s.name.clone()));
        items.push(name.to_owned());
        items.join("\u{c}")
    }

    /// Behind `<`.
    fn start_tag(&mut self, mut c: Cursor) -> Scan<()> {
        let raw_name = c.name()?;
        if self.options.namespaces.is_some() {
            check_colons(raw_name, c.at - raw_name.len())?;
        }
        let mut found: Vec<(&str, String, usize)> = Vec::new();
        let empty = loop {
            let spaced = c.spaces();
            match c.need()? {
                '>' => {
                    c.bump();
                    break false;
                }
                '/' => {
                    c.bump();
                    match c.need()? {
                        '>' => c.bump(),
                        _ => return Err(Fault::At(INVALID_TOKEN, c.at)),
                    }
                    break true;
                }
                _ if !spaced => return Err(Fault::At(INVALID_TOKEN, c.at)),
                _ => {}
            }
            let at = c.at;
            let name = c.name()?;
            if self.options.namespaces.is_some() {
                check_colons(name, at)?;
            }
            c.spaces();
            match c.need()? {
                '=' => c.bump(),
                _ => return Err(Fault::At(INVALID_TOKEN, c.at)),
            }
            c.spaces();
            let value_at = c.at + 1;
            let quote = c.need()?;
            let value = match quote {
                '"' | '\'' => attribute_literal(&mut c)?,
                _ => return Err(Fault::At(INVALID_TOKEN, c.at)),
            };
            let cdata = self.dtd.borrow().is_cdata(raw_name, name);
            let mut text = String::new();
            self.attribute_value(value, &mut text, &mut Vec::new()).map_err(|f| match f {
                Fault::At(code, INSIDE) => Fault::At(code, 0),
                f => f.after(value_at),
            })?;
            if !cdata {
                text = collapse(&text);
            }
            if found.iter().any(|(n, ..)| *n == name) {
                return Err(Fault::At(DUPLICATE_ATTRIBUTE, at));
            }
            found.push((name, text, at));
        };
        let specified: Vec<(String, String, usize)> =
            found.into_iter().map(|(n, v, at)| (n.to_owned(), v, at)).collect();
        let size = c.at;
        let raw = c.text[..size].to_owned();
        self.open_element(raw_name.to_owned(), specified, &raw)?;
        self.advance(size);
        if empty {
            let before = self.queue.len();
            self.close_element("");
            self.queue.iter_mut().skip(before).for_each(|item| item.behind = true);
        }
        Ok(())
    }

    fn open_element(
        &mut self,
        raw_name: String,
        mut found: Vec<(String, String, usize)>,
        raw: &str,
    ) -> Scan<()> {
        let given = found.len();
        for (name, value) in self.dtd.borrow().defaults(&raw_name) {
            if !found.iter().any(|(n, ..)| *n == name) {
                found.push((name, value, 0));
            }
        }
        let (mut attributes, mut specified) = (Vec::with_capacity(found.len()), 0);
        let mut prefixes = Vec::new();
        let name = match self.options.namespaces.clone() {
            None => {
                specified = given;
                attributes.extend(found.into_iter().map(|(n, v, _)| (n, v)));
                raw_name.clone()
            }
            Some(separator) => {
                for (name, value, _) in &found {
                    let prefix = match name.strip_prefix("xmlns") {
                        Some("") => None,
                        Some(p) if p.starts_with(':') => Some(p[1..].to_owned()),
                        _ => continue,
                    };
                    self.bind(prefix.clone(), value)?;
                    prefixes.push(prefix);
                }
                for (i, (name, value, at)) in found.into_iter().enumerate() {
                    if name == "xmlns" || name.starts_with("xmlns:") {
                        continue;
                    }
                    let full = self.expand(&name, true, &separator)?;
                    if attributes.iter().any(|(n, _): &(String, String)| *n == full) {
                        return Err(Fault::At(DUPLICATE_ATTRIBUTE, at));
                    }
                    if i < given {
                        specified += 1;
                    }
                    attributes.push((full, value));
                }
                self.expand(&raw_name, false, &separator)?
            }
        };
        self.push(Event::StartElement { name: name.clone(), attributes, specified }, raw);
        self.tags.push(Tag { raw: raw_name, name, prefixes });
        Ok(())
    }

    /// A namespace declaration.
    fn bind(&mut self, prefix: Option<String>, uri: &str) -> Scan<()> {
        let code =
            match (prefix.as_deref(), uri) {
                (Some("xmlns"), _) => RESERVED_PREFIX_XMLNS,
                (Some("xml"), XML_NAMESPACE) => 0,
                (Some("xml"), _) => RESERVED_PREFIX_XML,
                (Some(_), "") => UNDECLARING_PREFIX,
                (_, XML_NAMESPACE | XMLNS_NAMESPACE) => RESERVED_NAMESPACE_URI,
                _ if self.options.namespaces.as_deref().is_some_and(|s| {
                    !s.is_empty() && uri.contains(s) && s.chars().all(|c| !is_uri_char(c))
                }) =>
                {
                    SYNTAX
                }
                _ => 0,
            };
        if code != 0 {
            return Err(Fault::At(code, 0));
        }
        let uri = if uri.is_empty() { None } else { Some(uri.to_owned()) };
        self.bindings.push((prefix.clone(), uri.clone()));
        self.push(Event::StartNamespace(prefix, uri), "");
        Ok(())
    }

    /// A name with its namespace.
    fn expand(&self, name: &str, attribute: bool, separator: &str) -> Scan<String> {
        let (prefix, local) = match name.split_once(':') {
            Some((p, l)) => (Some(p), l),
            None if attribute => return Ok(name.to_owned()),
            None => (None, name),
        };
        let bound = self.bindings.iter().rev().find(|(p, _)| p.as_deref() == prefix);
        match bound.and_then(|(_, uri)| uri.as_deref()) {
            Some(uri) => {
                let mut full = format!("{uri}{separator}{local}");
                if let Some(p) = prefix.filter(|_| self.options.prefixes) {
                    full.push_str(separator);
                    full.push_str(p);
                }
                Ok(full)
            }
            None if prefix.is_some() => Err(Fault::At(UNBOUND_PREFIX, 0)),
            None => Ok(name.to_owned()),
        }
    }

    /// The text of an attribute, references resolved; `open` are the entities on the way.
    pub(super) fn attribute_value(
        &mut self,
        text: &str,
        out: &mut String,
        open: &mut Vec<String>,
    ) -> Scan<()> {
        let mut c = Cursor::new(text);
        while let Some(ch) = c.peek() {
            let at = c.at;
            c.bump();
            match ch {
                '\r' => {
                    c.eat("\n");
                    out.push(' ');
                }
                '\n' | '\t' => out.push(' '),
                '<' => return Err(Fault::At(INVALID_TOKEN, at)),
                '&' => match c.reference().map_err(|f| match f {
                    Fault::Partial => Fault::At(INVALID_TOKEN, at),
                    Fault::At(BAD_CHAR_REF, _) => Fault::At(BAD_CHAR_REF, at),
                    f => f,
                })? {
                    Reference::Char(ch) => out.push(ch),
                    Reference::Name(name) => match predefined(name) {
                        Some(ch) => out.push(ch),
                        None => self.attribute_entity(name, out, open, at)?,
                    },
                },
                ch => out.push(ch),
            }
        }
        Ok(())
    }

    fn attribute_entity(
        &mut self,
        name: &str,
        out: &mut String,
        open: &mut Vec<String>,
        at: usize,
    ) -> Scan<()> {
        let dtd = self.dtd.borrow();
        let strict = !dtd.has_parameter_references || dtd.standalone;
        let entity = dtd.entities.get(name).cloned();
        drop(dtd);
        let code = match &entity {
            None if strict => UNDEFINED_ENTITY,
            None => return Ok(()),
            Some(e) if strict && e.external_declaration => ENTITY_DECLARED_IN_PE,
            Some(e) if e.notation.is_some() => BINARY_ENTITY_REF,
            Some(e) if e.text.is_none() => ATTRIBUTE_EXTERNAL_ENTITY_REF,
            // So deep that it may as well have no end.
            Some(_) if open.iter().any(|o| o == name) || open.len() > 500 => RECURSIVE_ENTITY_REF,
            Some(_) => 0,
        };
        if code != 0 {
            return Err(Fault::At(code, at));
        }
        let Some(text) = entity.and_then(|e| e.text) else { return Ok(()) };
        self.count(text.len())?;
        open.push(name.to_owned());
        let done = self.attribute_value(&text, out, open);
        open.pop();
        done.map_err(|f| match f {
            Fault::At(code, _) => Fault::At(code, INSIDE),
            f => f,
        })
    }

    /// At the `/` of an end tag.
    fn end_tag(&mut self, mut c: Cursor) -> Scan<()> {
        c.bump();
        let at = c.at;
        let name = c.name()?;
        c.spaces();
        if c.need()? != '>' {
            return Err(Fault::At(INVALID_TOKEN, c.at));
        }
        c.bump();
        let level = self.sources.last().map_or(0, |s| s.level);
        match self.tags.last() {
            _ if self.tags.len() <= level => return Err(Fault::At(ASYNC_ENTITY, 0)),
            Some(t) if t.raw == name => {}
            _ => return Err(Fault::At(TAG_MISMATCH, at)),
        }
        let size = c.at;
        let raw = c.text[..size].to_owned();
        self.close_element(&raw);
        self.advance(size);
        Ok(())
    }

    fn close_element(&mut self, raw: &str) {
        let Some(tag) = self.tags.pop() else { return };
        self.push(Event::EndElement(tag.name), raw);
        for prefix in tag.prefixes.into_iter().rev() {
            self.bindings.pop();
            self.push(Event::EndNamespace(prefix), "");
        }
        if self.tags.is_empty() && !self.is_part {
            self.place = Place::Epilog;
        }
    }
}

/// What is wrong with something that can't stand outside the root element.
pub(super) fn stray(text: &str) -> Fault {
    let mut c = Cursor::new(text);
    match c.peek() {
        Some(ch) if is_name_char(ch) => {
            let _ = c.nmtoken();
            match c.peek() {
                Some(ch) if !is_space(ch) && !">),|[%?+*".contains(ch) => Fault::At(INVALID_TOKEN, c.at),
                _ => Fault::At(SYNTAX, 0),
            }
        }
        Some(ch) if "\"'()[]%#|,>".contains(ch) => Fault::At(SYNTAX, 0),
        _ => Fault::At(INVALID_TOKEN, 0),
    }
}

fn is_uri_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c)
}

/// With namespaces a name has one colon at most, and something on both sides of it.
fn check_colons(name: &str, at: usize) -> Scan<()> {
    let Some(first) = name.find(':') else { return Ok(()) };
    let rest = &name[first + 1..];
    if first == 0 {
        return Err(Fault::At(INVALID_TOKEN, at));
    }
    match rest.find(':') {
        Some(second) => Err(Fault::At(INVALID_TOKEN, at + first + 1 + second)),
        None if !rest.starts_with(is_name_start) => Err(Fault::At(INVALID_TOKEN, at + first + 1)),
        None => Ok(()),
    }
}

/// Attribute text in quotes; references are looked at later, but must have a shape.
fn attribute_literal<'a>(c: &mut Cursor<'a>) -> Scan<&'a str> {
    let quote = c.need()?;
    c.bump();
    let start = c.at;
    loop {
        let ch = c.need()?;
        if ch == quote {
            break;
        }
        if ch == '<' || !is_char(ch) {
            return Err(Fault::At(INVALID_TOKEN, c.at));
        }
        c.bump();
        if ch == '&' {
            let at = c.at;
            c.reference().map_err(|f| match f {
                Fault::At(BAD_CHAR_REF, _) => Fault::At(BAD_CHAR_REF, at - 1),
                f => f,
            })?;
        }
    }
    c.bump();
    Ok(&c.text[start..c.at - 1])
}

/// As attributes that are no CDATA want it: no blanks at the ends, single ones between.
pub(super) fn collapse(text: &str) -> String {
    text.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}
