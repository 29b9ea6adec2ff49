//! The parser: from the text of a document to events, one token at a time.

use super::dtd::{self, Dtd, Meter, Subset};
use super::event::{Event, Item};
use super::input::{Begin, Encoding, Input, Position};
use super::scan::{self, INVALID_TOKEN, Reference, SYNTAX, Scan, Stop};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

pub const NO_ELEMENTS: u8 = 3;
const UNCLOSED_TOKEN: u8 = 5;
const PARTIAL_CHAR: u8 = 6;
const TAG_MISMATCH: u8 = 7;
const DUPLICATE_ATTRIBUTE: u8 = 8;
const JUNK_AFTER_DOC_ELEMENT: u8 = 9;
const UNDEFINED_ENTITY: u8 = 11;
const RECURSIVE_ENTITY_REF: u8 = 12;
const ASYNC_ENTITY: u8 = 13;
const BAD_CHAR_REF: u8 = 14;
const BINARY_ENTITY_REF: u8 = 15;
const MISPLACED_XML_PI: u8 = 17;
pub const UNKNOWN_ENCODING: u8 = 18;
const UNCLOSED_CDATA: u8 = 20;
pub const EXTERNAL_ENTITY_HANDLING: u8 = 21;
pub const NOT_STANDALONE: u8 = 22;
const ENTITY_DECLARED_IN_PE: u8 = 24;
const UNBOUND_PREFIX: u8 = 27;
const UNDECLARING_PREFIX: u8 = 28;
const XML_DECL: u8 = 30;
const TEXT_DECL: u8 = 31;
pub const FINISHED: u8 = 36;
const RESERVED_PREFIX_XML: u8 = 38;
const RESERVED_PREFIX_XMLNS: u8 = 39;
const RESERVED_NAMESPACE_URI: u8 = 40;
const AMPLIFICATION: u8 = 43;

const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Before anything was seen.
    Start,
    Prolog,
    /// Inside the brackets of the document type.
    Subset,
    /// Behind them, before `>`.
    SubsetEnd,
    Content,
    Epilog,
    /// The external subset or an external parameter entity.
    ExternalSubset,
}

/// An element that is open.
struct Open {
    /// As the tag has it.
    raw: Vec<u8>,
    name: String,
    /// The prefixes its tag bound.
    bound: Vec<Option<String>>,
}

/// An internal entity whose text is being read.
struct Inner {
    text: Rc<[u8]>,
    at: usize,
    name: String,
    /// How many elements were open before.
    depth: usize,
    is_parameter: bool,
}

/// What the parser must know of the handlers and settings.
#[derive(Clone, Default)]
pub struct Options {
    pub has_default: bool,
    /// Internal entities are expanded although there is a default handler.
    pub expand: bool,
    pub has_external: bool,
    pub has_skipped: bool,
    pub has_not_standalone: bool,
    /// External parameter entities: never, unless standalone, always.
    pub parameter_entities: u8,
    pub foreign_dtd: bool,
    pub triplets: bool,
}

/// Counts what entities expand to, against attacks by small documents that become large ones.
pub struct Amplification {
    pub direct: u64,
    indirect: u64,
    pub threshold: u64,
    pub factor: f64,
}

impl Meter for Amplification {
    fn expand(&mut self, bytes: usize) -> Result<(), u8> {
        self.indirect = self.indirect.saturating_add(bytes as u64);
        let all = self.indirect.saturating_add(self.direct);
        let direct = self.direct.max(22) as f64;
        if all >= self.threshold && all as f64 / direct > self.factor { Err(AMPLIFICATION) } else { Ok(()) }
    }
}

/// What `step` achieved.
enum Progress {
    Some,
    /// More input is needed, or all is done.
    Idle,
}

/// A parser.
pub struct Parser {
    pub input: Input,
    dtd: Rc<RefCell<Dtd>>,
    state: State,
    open: Vec<Open>,
    inner: Vec<Inner>,
    /// Entities that are open outside, for parsers of external entities.
    outside: Vec<String>,
    queue: VecDeque<Item>,
    /// With namespaces: what separates the parts of a name.
    namespaces: Option<Option<char>>,
    bindings: HashMap<Option<String>, Vec<Option<String>>>,
    in_cdata: bool,
    /// A text declaration may come instead of an XML declaration.
    is_entity: bool,
    doctype: Option<(Option<String>, Option<String>)>,
    pub base: Option<String>,
    pub options: Options,
    pub meter: Amplification,
    pub place: Position,
    pub error: Option<u8>,
    pub started: bool,
    finished: bool,
    /// How much unread text there was when a token was last found incomplete.
    incomplete: usize,
    pub deferral: bool,
}

impl Parser {
    pub fn new(namespaces: Option<Option<char>>) -> Parser {
        let mut bindings = HashMap::new();
        bindings.insert(Some("xml".to_owned()), vec![Some(XML_URI.to_owned())]);
        Parser {
            input: Input::default(),
            dtd: Rc::default(),
            state: State::Start,
            open: Vec::new(),
            inner: Vec::new(),
            outside: Vec::new(),
            queue: VecDeque::new(),
            namespaces,
            bindings,
            in_cdata: false,
            is_entity: false,
            doctype: None,
            base: None,
            options: Options::default(),
            meter: Amplification { direct: 0, indirect: 0, threshold: 8 << 20, factor: 100.0 },
            place: Position::first(),
            error: None,
            started: false,
            finished: false,
            incomplete: 0,
            deferral: true,
        }
    }

    /// A parser for an external entity met by this one. Without a context it is a parameter entity.
    pub fn external(&self, context: Option<&str>) -> Parser {
        let mut p = Parser::new(self.namespaces);
        p.dtd = self.dtd.clone();
        p.base.clone_from(&self.base);
        p.options = self.options.clone();
        p.is_entity = true;
        p.deferral = self.deferral;
        for part in context.unwrap_or_default().split('\u{c}').filter(|s| !s.is_empty()) {
            match part.split_once('=') {
                Some((prefix, uri)) => {
                    let prefix = Some(prefix.to_owned()).filter(|p| !p.is_empty());
                    p.bindings.insert(prefix, vec![Some(uri.to_owned())]);
                }
                None => p.outside.push(part.to_owned()),
            }
        }
        p.state = if context.is_some() { State::Content } else { State::ExternalSubset };
        p
    }

    /// Takes input in.
    pub fn feed(&mut self, bytes: &[u8], last: bool) {
        self.started = true;
        self.meter.direct += bytes.len() as u64;
        self.input.feed(bytes, last);
    }

    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// The next event. `None`: all input was used. Errors: a code; nothing comes after it.
    pub fn next(&mut self) -> Result<Option<Item>, u8> {
        loop {
            if let Some(item) = self.queue.pop_front() {
                self.place = item.place;
                return Ok(Some(item));
            }
            if let Some(code) = self.error {
                return Err(code);
            }
            match self.step() {
                Ok(Progress::Some) => {}
                Ok(Progress::Idle) => return Ok(None),
                Err(code) => self.error = Some(code),
            }
        }
    }

    /// The encoding that `next` asked for with `UNKNOWN_ENCODING` as error.
    pub fn set_encoding(&mut self, encoding: Encoding) {
        self.error = None;
        self.input.set_encoding(encoding);
    }

    /// The name of the encoding that is not known.
    pub fn unknown_encoding(&mut self) -> Option<String> {
        match self.input.begin() {
            Begin::Unknown(name) => Some(name),
            _ => None,
        }
    }

    fn step(&mut self) -> Result<Progress, u8> {
        if self.finished {
            return Ok(Progress::Idle);
        }
        if let Some(top) = self.inner.last() {
            let (text, at) = (top.text.clone(), top.at);
            if at >= text.len() {
                return self.leave_entity();
            }
            let result = self.token(&text, at, true);
            return match result {
                Ok(next) => {
                    if let Some(top) = self.inner.last_mut().filter(|t| Rc::ptr_eq(&t.text, &text)) {
                        top.at = next;
                    } else if let Some(i) = self.inner.iter_mut().rev().find(|t| Rc::ptr_eq(&t.text, &text)) {
                        i.at = next;
                    }
                    Ok(Progress::Some)
                }
                Err(Stop::Error(code, _)) => Err(code),
                Err(Stop::More) => Err(if self.in_cdata { UNCLOSED_CDATA } else { UNCLOSED_TOKEN }),
            };
        }
        match self.input.begin() {
            Begin::Ready => {}
            Begin::More => return Ok(Progress::Idle),
            Begin::Unknown(_) => {
                // Where the name is, as far as it matters.
                return Err(UNKNOWN_ENCODING);
            }
            Begin::Error(code) => return Err(code),
        }
        let at = self.input.at;
        let unread = self.input.text.len() - at;
        if self.deferral && !self.input.ended && self.incomplete > 0 && unread < 2 * self.incomplete {
            return Ok(Progress::Idle);
        }
        let text = std::mem::take(&mut self.input.text);
        let ended = self.input.ended;
        let result = if unread == 0 { Err(Stop::More) } else { self.token(&text, at, ended) };
        let outcome = match result {
            Ok(next) => {
                self.incomplete = 0;
                self.input.at = next;
                Ok(Progress::Some)
            }
            Err(Stop::More) if !ended => {
                self.incomplete = unread;
                Ok(Progress::Idle)
            }
            Err(Stop::More) => {
                self.place = self.input.place(&text, at);
                self.end_of_input(unread)
            }
            Err(Stop::Error(code, error_at)) => {
                self.place = self.input.place(&text, error_at.max(at));
                Err(code)
            }
        };
        self.input.text = text;
        self.input.compact();
        if matches!(outcome, Ok(Progress::Idle)) && !self.input.ended {
            let (text, at) = (std::mem::take(&mut self.input.text), self.input.at);
            self.place = self.input.place(&text, at);
            self.input.text = text;
        }
        outcome
    }

    /// The input is over and the rest of it is no token.
    fn end_of_input(&mut self, unread: usize) -> Result<Progress, u8> {
        if self.in_cdata {
            return Err(UNCLOSED_CDATA);
        }
        if unread > 0 {
            return Err(if self.input.partial() { PARTIAL_CHAR } else { UNCLOSED_TOKEN });
        }
        if self.input.partial() {
            return Err(PARTIAL_CHAR);
        }
        match self.state {
            State::Epilog | State::ExternalSubset => {}
            State::Content if self.is_entity => {
                if !self.open.is_empty() {
                    return Err(ASYNC_ENTITY);
                }
            }
            _ => return Err(NO_ELEMENTS),
        }
        self.finished = true;
        Ok(Progress::Idle)
    }

    fn leave_entity(&mut self) -> Result<Progress, u8> {
        let Some(top) = self.inner.pop() else { return Ok(Progress::Idle) };
        if self.in_cdata {
            return Err(UNCLOSED_CDATA);
        }
        if !top.is_parameter && self.open.len() != top.depth {
            return Err(ASYNC_ENTITY);
        }
        Ok(Progress::Some)
    }

    /// Puts an event for the token `text[start..end]` into the queue.
    fn push(&mut self, text: &[u8], start: usize, end: usize, event: Event) {
        self.push_at(text, start..end, start, event);
    }

    /// As `push`, with a place of its own within the token.
    fn push_at(&mut self, text: &[u8], token: std::ops::Range<usize>, start: usize, event: Event) {
        let raw = self.options.has_default.then(|| scan::normalize(text.get(token).unwrap_or_default()));
        let place = if self.inner.is_empty() { self.input.place(text, start) } else { self.place };
        self.queue.push_back(Item { event, raw, place });
    }

    /// As `push`, for events that are no token of their own.
    fn push_bare(&mut self, text: &[u8], start: usize, event: Event) {
        let place = if self.inner.is_empty() { self.input.place(text, start) } else { self.place };
        self.queue.push_back(Item { event, raw: None, place });
    }

    /// Reads the token at a position; gives its end.
    fn token(&mut self, text: &[u8], at: usize, ended: bool) -> Scan<usize> {
        match self.state {
            State::Start => self.start(text, at),
            State::Prolog => self.prolog(text, at, ended),
            State::Subset => self.subset(text, at, ended, false),
            State::SubsetEnd => self.subset_end(text, at),
            State::Content => self.content(text, at, ended),
            State::Epilog => self.epilog(text, at, ended),
            State::ExternalSubset => self.subset(text, at, ended, true),
        }
    }

    fn is_names(&self) -> bool {
        self.namespaces.is_some()
    }

    fn start(&mut self, text: &[u8], at: usize) -> Scan<usize> {
        if let Some(end) = self.declaration(text, at)? {
            self.state = State::Prolog;
            return Ok(end);
        }
        self.state = State::Prolog;
        Ok(at)
    }

    /// The XML or text declaration, if there is one.
    fn declaration(&mut self, text: &[u8], at: usize) -> Scan<Option<usize>> {
        // Incomplete beginnings of anything else are not its business.
        if !text.get(at..).is_some_and(|t| b"<?xml".starts_with(t) || t.starts_with(b"<?xml")) {
            return Ok(None);
        }
        if !scan::starts(text, at, b"<?xml")? || !scan::is_space(scan::byte(text, at + 5)?) {
            return Ok(None);
        }
        let end = scan::until(text, at + 5, b"?>")?;
        let wrong = if self.is_entity { TEXT_DECL } else { XML_DECL };
        let mut values: [Option<String>; 3] = [None, None, None];
        let (mut i, mut seen) = (at + 5, 0);
        loop {
            let before = i;
            i = scan::skip_space(text, i);
            if i >= end {
                break;
            }
            let stop = Stop::Error(wrong, i);
            let rest = text.get(i..end).unwrap_or_default();
            let names: [&[u8]; 3] = [b"version", b"encoding", b"standalone"];
            let found = names.iter().position(|n| rest.starts_with(n)).filter(|&n| n >= seen);
            let Some((n, key)) = found.and_then(|n| Some((n, *names.get(n)?))).filter(|_| i > before) else {
                return Err(stop);
            };
            seen = n + 1;
            i = scan::skip_space(text, i + key.len());
            if text.get(i) != Some(&b'=') {
                return Err(stop);
            }
            i = scan::skip_space(text, i + 1);
            let quote = text.get(i).copied().filter(|q| matches!(q, b'"' | b'\'')).ok_or(stop)?;
            let rest = text.get(i + 1..end).unwrap_or_default();
            let length = memchr::memchr(quote, rest).ok_or(stop)?;
            let value = String::from_utf8_lossy(rest.get(..length).unwrap_or_default()).into_owned();
            if let Some(slot) = values.get_mut(n) {
                *slot = Some(value);
            }
            i += length + 2;
        }
        let [version, encoding, standalone] = values;
        let needed = if self.is_entity { encoding.is_some() } else { version.is_some() };
        let standalone = match standalone.as_deref() {
            None => -1,
            _ if self.is_entity => return Err(Stop::Error(wrong, at)),
            Some("yes") => 1,
            Some("no") => 0,
            Some(_) => return Err(Stop::Error(wrong, at)),
        };
        if !needed {
            return Err(Stop::Error(wrong, end));
        }
        if let Some(name) = &encoding
            && let Some(code) = self.input.check_declared(name)
        {
            return Err(Stop::Error(code, at));
        }
        if standalone == 1 {
            self.dtd.borrow_mut().standalone = true;
        }
        self.push(text, at, end + 2, Event::XmlDecl { version, encoding, standalone });
        Ok(Some(end + 2))
    }

    /// White space, comments and processing instructions, which may be nearly anywhere.
    fn misc(&mut self, text: &[u8], at: usize) -> Scan<Option<usize>> {
        let b = scan::byte(text, at)?;
        if scan::is_space(b) {
            let end = scan::skip_space(text, at);
            self.push(text, at, end, Event::Other);
            return Ok(Some(end));
        }
        if b != b'<' {
            return Ok(None);
        }
        match scan::byte(text, at + 1)? {
            b'?' => self.instruction(text, at).map(Some),
            b'!' if scan::byte(text, at + 2)? == b'-' => self.comment(text, at).map(Some),
            _ => Ok(None),
        }
    }

    fn instruction(&mut self, text: &[u8], at: usize) -> Scan<usize> {
        let (target, data, end) = scan::instruction(text, at, self.is_names())?;
        let name = text.get(target.clone()).unwrap_or_default();
        if name == b"xml" {
            return Err(Stop::Error(MISPLACED_XML_PI, at));
        }
        if name.eq_ignore_ascii_case(b"xml") {
            return Err(Stop::Error(INVALID_TOKEN, target.start));
        }
        let target = String::from_utf8_lossy(name).into_owned();
        let data = scan::normalize(text.get(data).unwrap_or_default());
        self.push(text, at, end, Event::Instruction { target, data });
        Ok(end)
    }

    fn comment(&mut self, text: &[u8], at: usize) -> Scan<usize> {
        if scan::byte(text, at + 3)? != b'-' {
            return Err(Stop::Error(INVALID_TOKEN, at + 3));
        }
        let (data, end) = scan::comment(text, at)?;
        let data = scan::normalize(text.get(data).unwrap_or_default());
        self.push(text, at, end, Event::Comment(data));
        Ok(end)
    }

    fn prolog(&mut self, text: &[u8], at: usize, ended: bool) -> Scan<usize> {
        if let Some(end) = self.misc(text, at)? {
            return Ok(end);
        }
        if scan::byte(text, at)? != b'<' {
            return match scan::name_token(text, at) {
                Err(Stop::Error(..))
                    if !matches!(
                        text.get(at),
                        Some(b'"' | b'\'' | b'(' | b')' | b'>' | b'[' | b']' | b',' | b'|' | b'%' | b'#')
                    ) =>
                {
                    Err(Stop::Error(INVALID_TOKEN, at))
                }
                Err(Stop::More) if !ended => Err(Stop::More),
                _ => Err(Stop::Error(SYNTAX, at)),
            };
        }
        if scan::byte(text, at + 1)? == b'!' {
            if !scan::byte(text, at + 2)?.is_ascii_alphabetic() {
                return Err(Stop::Error(INVALID_TOKEN, at + 2));
            }
            if !scan::starts(text, at, b"<!DOCTYPE")? || self.doctype.is_some() {
                return Err(Stop::Error(SYNTAX, at));
            }
            return self.doctype_start(text, at);
        }
        let (c, _) = scan::character(text, at + 1)?;
        if c == '/'
            || scan::name(text, at + 1, self.is_names())
                .is_err_and(|e| matches!(e, Stop::Error(_, p) if p == at + 1))
        {
            return Err(Stop::Error(INVALID_TOKEN, at + 1));
        }
        if self.options.foreign_dtd && self.doctype.is_none() {
            self.doctype = Some((None, None));
            self.external_subset(text, at);
            return Ok(at);
        }
        self.state = State::Content;
        Ok(at)
    }

    /// From `<!DOCTYPE` to `[` or `>`.
    fn doctype_start(&mut self, text: &[u8], at: usize) -> Scan<usize> {
        let mut i = at + 9;
        let (end, internal) = loop {
            match scan::byte(text, i)? {
                b'[' => break (i, true),
                b'>' => break (i, false),
                quote @ (b'"' | b'\'') => i = scan::until(text, i + 1, &[quote])? + 1,
                b'<' | b'&' | b']' => return Err(Stop::Error(INVALID_TOKEN, i)),
                _ => i += scan::character(text, i)?.1,
            }
        };
        let (name, system, public) = dtd::doctype(text, at + 9, end, self.is_names())?;
        let external = system.is_some() || public.is_some();
        if external {
            let mut dtd = self.dtd.borrow_mut();
            dtd.has_references = true;
            let ask =
                !dtd.standalone && self.options.parameter_entities == 0 && self.options.has_not_standalone;
            drop(dtd);
            if ask {
                self.push_bare(text, at, Event::NotStandalone);
            }
        }
        self.doctype = Some((system.clone(), public.clone()));
        self.push_at(text, at..end + 1, end, Event::StartDoctype { name, system, public, internal });
        if internal {
            self.state = State::Subset;
        } else {
            self.external_subset(text, end);
            self.push_bare(text, end, Event::EndDoctype);
        }
        Ok(end + 1)
    }

    /// Asks for the external subset, when it is to be read.
    fn external_subset(&mut self, text: &[u8], at: usize) {
        let (system, public) = self.doctype.clone().unwrap_or_default();
        let wanted = match self.options.parameter_entities {
            0 => false,
            1 => !self.dtd.borrow().standalone,
            _ => true,
        };
        let exists = system.is_some() || public.is_some() || self.options.foreign_dtd;
        if wanted && exists && self.options.has_external {
            self.dtd.borrow_mut().has_references = true;
            let base = self.base.clone();
            self.push_bare(text, at, Event::ExternalEntity { context: None, base, system, public });
        }
    }

    fn subset_end(&mut self, text: &[u8], at: usize) -> Scan<usize> {
        let b = scan::byte(text, at)?;
        if scan::is_space(b) {
            return Ok(scan::skip_space(text, at));
        }
        if b != b'>' {
            return Err(Stop::Error(SYNTAX, at));
        }
        self.external_subset(text, at);
        self.push(text, at, at + 1, Event::EndDoctype);
        self.state = State::Prolog;
        Ok(at + 1)
    }

    /// Declarations, in the document or outside of it.
    fn subset(&mut self, text: &[u8], at: usize, ended: bool, external: bool) -> Scan<usize> {
        if external
            && at == 0
            && self.inner.is_empty()
            && let Some(end) = self.declaration(text, at)?
        {
            return Ok(end);
        }
        if let Some(end) = self.misc(text, at)? {
            return Ok(end);
        }
        match scan::byte(text, at)? {
            b']' if !external && self.inner.is_empty() => {
                self.push(text, at, at + 1, Event::Other);
                self.state = State::SubsetEnd;
                Ok(at + 1)
            }
            b'%' => self.parameter_reference(text, at),
            b'<' => {
                if scan::byte(text, at + 1)? != b'!' {
                    return Err(Stop::Error(SYNTAX, at));
                }
                if external && scan::byte(text, at + 2)? == b'[' {
                    return self.conditional(text, at);
                }
                scan::byte(text, at + 2)?;
                if !dtd::begins_declaration(text, at) {
                    return Err(Stop::Error(INVALID_TOKEN, at + 2));
                }
                let end = scan::declaration(text, at)?;
                let events = {
                    let mut dtd = self.dtd.borrow_mut();
                    let mut subset = Subset {
                        dtd: &mut dtd,
                        meter: &mut self.meter,
                        base: self.base.clone(),
                        namespaces: self.namespaces.is_some(),
                        external,
                        is_internal: !external && self.inner.is_empty(),
                    };
                    subset.declaration(text, at, end)?
                };
                let mut raw = true;
                for (event, place) in events {
                    let place = place.clamp(at, end);
                    if raw {
                        self.push_at(text, at..end, place, event);
                        raw = false;
                    } else {
                        self.push_bare(text, place, event);
                    }
                }
                Ok(end)
            }
            b']' if external && text.get(at..).is_some_and(|t| t.starts_with(b"]]>")) => Ok(at + 3),
            _ if scan::name_token(text, at).is_ok() || ended => Err(Stop::Error(SYNTAX, at)),
            _ => match scan::name_token(text, at) {
                Err(Stop::More) => Err(Stop::More),
                _ => Err(Stop::Error(SYNTAX, at)),
            },
        }
    }

    /// `<![INCLUDE[` goes on inside, `<![IGNORE[` is passed over.
    fn conditional(&mut self, text: &[u8], at: usize) -> Scan<usize> {
        let mut start = scan::skip_space(text, at + 3);
        let mut keyword = Vec::new();
        if scan::byte(text, start)? == b'%' {
            let end = scan::name(text, start + 1, false)?;
            let name = String::from_utf8_lossy(text.get(start + 1..end).unwrap_or_default()).into_owned();
            let dtd = self.dtd.borrow();
            keyword =
                dtd.parameters.get(&name).and_then(|e| e.decl.value.clone()).unwrap_or_default().into_bytes();
            start = end + 1;
        } else {
            let end = scan::name(text, start, false)?;
            keyword.extend_from_slice(text.get(start..end).unwrap_or_default());
            start = end;
        }
        start = scan::skip_space(text, start);
        if scan::byte(text, start)? != b'[' {
            return Err(Stop::Error(SYNTAX, start));
        }
        match keyword.trim_ascii() {
            b"INCLUDE" => Ok(start + 1),
            b"IGNORE" => {
                let (mut depth, mut i) = (1usize, start + 1);
                while depth > 0 {
                    scan::byte(text, i)?;
                    let rest = text.get(i..).unwrap_or_default();
                    if rest.starts_with(b"<![") {
                        depth += 1;
                        i += 3;
                    } else if rest.starts_with(b"]]>") {
                        depth -= 1;
                        i += 3;
                    } else {
                        i += 1;
                    }
                }
                Ok(i)
            }
            _ => Err(Stop::Error(SYNTAX, at)),
        }
    }

    /// A reference to a parameter entity between declarations.
    fn parameter_reference(&mut self, text: &[u8], at: usize) -> Scan<usize> {
        let end = scan::name(text, at + 1, self.is_names())?;
        if scan::byte(text, end)? != b';' {
            return Err(Stop::Error(INVALID_TOKEN, end));
        }
        let name = String::from_utf8_lossy(text.get(at + 1..end).unwrap_or_default()).into_owned();
        let end = end + 1;
        let (found, standalone) = {
            let mut dtd = self.dtd.borrow_mut();
            dtd.has_references = true;
            if self.options.parameter_entities == 0 {
                dtd.keep = dtd.standalone;
            }
            (dtd.parameters.get(&name).cloned(), dtd.standalone)
        };
        if self.options.parameter_entities != 0 {
            match found {
                None => {
                    let mut dtd = self.dtd.borrow_mut();
                    dtd.keep = dtd.standalone;
                    drop(dtd);
                    self.push(text, at, end, Event::Skipped { name, is_parameter: true });
                }
                Some(e) => {
                    if self.inner.iter().any(|i| i.is_parameter && i.name == name) {
                        return Err(Stop::Error(RECURSIVE_ENTITY_REF, at));
                    }
                    if let Some(value) = e.decl.value {
                        self.meter.expand(value.len()).map_err(|code| Stop::Error(code, at))?;
                        self.push(text, at, end, Event::Other);
                        self.enter(text, at, value, name, true);
                    } else if self.options.has_external {
                        let (system, public) = (e.decl.system, e.decl.public);
                        let event =
                            Event::ExternalEntity { context: None, base: e.decl.base, system, public };
                        self.push_bare(text, at, event);
                    } else {
                        let mut dtd = self.dtd.borrow_mut();
                        dtd.keep = dtd.standalone;
                    }
                    return Ok(end);
                }
            }
        } else {
            self.push(text, at, end, Event::Other);
        }
        if !standalone && self.options.has_not_standalone {
            self.push_bare(text, at, Event::NotStandalone);
        }
        Ok(end)
    }

    /// Goes on in the text of an entity.
    fn enter(&mut self, text: &[u8], at: usize, value: String, name: String, is_parameter: bool) {
        if self.inner.is_empty() {
            self.place = self.input.place(text, at);
        }
        let depth = self.open.len();
        self.inner.push(Inner { text: value.into_bytes().into(), at: 0, name, depth, is_parameter });
    }

    fn epilog(&mut self, text: &[u8], at: usize, ended: bool) -> Scan<usize> {
        if let Some(end) = self.misc(text, at)? {
            return Ok(end);
        }
        let b = scan::byte(text, at)?;
        if b != b'<' {
            return match scan::name_token(text, at) {
                Err(Stop::More) if !ended => Err(Stop::More),
                Err(Stop::Error(..)) if b == b'&' || !(0x20..0x7f).contains(&b) => {
                    Err(Stop::Error(INVALID_TOKEN, at))
                }
                _ => Err(Stop::Error(JUNK_AFTER_DOC_ELEMENT, at)),
            };
        }
        match scan::byte(text, at + 1)? {
            b'/' => Err(Stop::Error(INVALID_TOKEN, at + 1)),
            _ => Err(Stop::Error(JUNK_AFTER_DOC_ELEMENT, at)),
        }
    }

    fn content(&mut self, text: &[u8], at: usize, ended: bool) -> Scan<usize> {
        if self.is_entity
            && at == 0
            && self.inner.is_empty()
            && self.open.is_empty()
            && self.input.total as usize >= text.len()
            && let Some(end) = self.declaration(text, at)?
        {
            return Ok(end);
        }
        let b = scan::byte(text, at)?;
        if matches!(b, b'\r' | b'\n') {
            let end = match (b, text.get(at + 1)) {
                (b'\r', None) if !ended => return Err(Stop::More),
                (b'\r', Some(b'\n')) => at + 2,
                _ => at + 1,
            };
            self.push(text, at, end, Event::Text("\n".to_owned()));
            return Ok(end);
        }
        if b == b']' {
            match scan::starts(text, at, b"]]>") {
                Ok(true) if self.in_cdata => {
                    self.in_cdata = false;
                    self.push(text, at, at + 3, Event::EndCdata);
                    return Ok(at + 3);
                }
                Ok(true) => return Err(Stop::Error(INVALID_TOKEN, at + 2)),
                Err(Stop::More) if !ended || self.in_cdata => return Err(Stop::More),
                _ => {}
            }
        }
        if (b == b'<' || b == b'&') && !self.in_cdata {
            return if b == b'&' { self.reference(text, at) } else { self.markup(text, at) };
        }
        let end = if self.in_cdata { cdata(text, at) } else { scan::data(text, at) };
        if end == at {
            scan::character(text, at)?;
            return Err(Stop::Error(INVALID_TOKEN, at));
        }
        let data = String::from_utf8_lossy(text.get(at..end).unwrap_or_default()).into_owned();
        self.push(text, at, end, Event::Text(data));
        Ok(end)
    }

    fn markup(&mut self, text: &[u8], at: usize) -> Scan<usize> {
        match scan::byte(text, at + 1)? {
            b'?' => self.instruction(text, at),
            b'!' => match scan::byte(text, at + 2)? {
                b'-' => self.comment(text, at),
                b'[' => {
                    if !scan::starts(text, at, b"<![CDATA[")? {
                        return Err(Stop::Error(INVALID_TOKEN, at + 3));
                    }
                    self.in_cdata = true;
                    self.push(text, at, at + 9, Event::StartCdata);
                    Ok(at + 9)
                }
                _ => Err(Stop::Error(INVALID_TOKEN, at + 2)),
            },
            b'/' => self.end_tag(text, at),
            _ => self.start_tag(text, at),
        }
    }

    /// How many elements were open where the entity that is being read began.
    fn floor(&self) -> usize {
        self.inner.last().map_or(0, |i| i.depth)
    }

    fn end_tag(&mut self, text: &[u8], at: usize) -> Scan<usize> {
        let (name, end) = scan::end_tag(text, at, self.is_names())?;
        if self.open.len() <= self.floor() {
            return Err(Stop::Error(ASYNC_ENTITY, at));
        }
        if self.open.last().is_some_and(|o| Some(&*o.raw) != text.get(name)) {
            return Err(Stop::Error(TAG_MISMATCH, at + 2));
        }
        self.close(text, at, end);
        Ok(end)
    }

    /// Ends the innermost element.
    fn close(&mut self, text: &[u8], at: usize, end: usize) {
        let Some(o) = self.open.pop() else { return };
        if end > at {
            self.push(text, at, end, Event::End { name: o.name });
        } else {
            self.push_bare(text, at, Event::End { name: o.name });
        }
        for prefix in o.bound.into_iter().rev() {
            if let Some(uris) = self.bindings.get_mut(&prefix) {
                uris.pop();
            }
            self.push_bare(text, at, Event::EndNamespace { prefix });
        }
        if self.open.is_empty() && !self.is_entity && self.inner.is_empty() {
            self.state = State::Epilog;
        }
    }

    fn start_tag(&mut self, text: &[u8], at: usize) -> Scan<usize> {
        let tag = scan::tag(text, at, self.is_names())?;
        let raw = text.get(tag.name.clone()).unwrap_or_default().to_vec();
        let element = String::from_utf8_lossy(&raw).into_owned();
        let mut attributes: Vec<(String, String, usize)> = Vec::new();
        let mut names = std::collections::HashSet::new();
        let mut specified = 0;
        {
            let dtd = self.dtd.borrow();
            let declared = dtd.attributes.get(&element);
            let open: Vec<String> = self
                .inner
                .iter()
                .filter(|i| !i.is_parameter)
                .map(|i| i.name.clone())
                .chain(self.outside.iter().cloned())
                .collect();
            for (key, value) in &tag.attributes {
                let name = String::from_utf8_lossy(text.get(key.clone()).unwrap_or_default()).into_owned();
                if !names.insert(name.clone()) {
                    return Err(Stop::Error(DUPLICATE_ATTRIBUTE, key.start));
                }
                let is_cdata =
                    declared.and_then(|d| d.iter().find(|a| a.name == name)).is_none_or(|a| a.is_cdata);
                let raw = text.get(value.clone()).unwrap_or_default();
                let value = dtd::attribute_value(&dtd, &open, &mut self.meter, raw, is_cdata)
                    .map_err(|(code, i)| Stop::Error(code, i.map_or(at, |i| value.start + i)))?;
                attributes.push((name, value, key.start));
                specified += 1;
            }
            for a in declared.into_iter().flatten() {
                if let Some(value) = &a.default
                    && names.insert(a.name.clone())
                {
                    attributes.push((a.name.clone(), value.clone(), at));
                }
            }
        }
        let mut bound = Vec::new();
        let (name, attributes, specified) = if self.is_names() {
            self.bind(text, at, element, attributes, specified, &mut bound)?
        } else {
            (element, attributes.into_iter().map(|(k, v, _)| (k, v)).collect(), specified)
        };
        self.push(text, at, tag.end, Event::Start { name: name.clone(), attributes, specified });
        self.open.push(Open { raw, name, bound });
        if tag.empty {
            self.close(text, tag.end, tag.end);
        }
        Ok(tag.end)
    }

    /// Declares the namespaces of a tag and expands the names in it.
    #[allow(clippy::type_complexity)]
    fn bind(
        &mut self,
        text: &[u8],
        at: usize,
        element: String,
        attributes: Vec<(String, String, usize)>,
        specified: usize,
        bound: &mut Vec<Option<String>>,
    ) -> Scan<(String, Vec<(String, String)>, usize)> {
        let mut rest = Vec::new();
        let mut kept = 0;
        for (i, (name, value, place)) in attributes.into_iter().enumerate() {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => None,
                Some(p) if p.starts_with(':') => Some(p.trim_start_matches(':').to_owned()),
                _ => {
                    kept += usize::from(i < specified);
                    rest.push((name, value, place));
                    continue;
                }
            };
            let code = match (prefix.as_deref(), value.as_str()) {
                (Some("xmlns"), _) => Some(RESERVED_PREFIX_XMLNS),
                (Some("xml"), XML_URI) => None,
                (Some("xml"), _) => Some(RESERVED_PREFIX_XML),
                (_, XML_URI | XMLNS_URI) => Some(RESERVED_NAMESPACE_URI),
                (Some(_), "") => Some(UNDECLARING_PREFIX),
                _ => None,
            };
            if let Some(code) = code {
                return Err(Stop::Error(code, at));
            }
            let uri = Some(value).filter(|v| !v.is_empty());
            self.bindings.entry(prefix.clone()).or_default().push(uri.clone());
            bound.push(prefix.clone());
            self.push_bare(text, at, Event::StartNamespace { prefix, uri });
        }
        let name = self.expanded(&element, true).ok_or(Stop::Error(UNBOUND_PREFIX, at))?;
        let mut out: Vec<(String, String)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for (name, value, place) in rest {
            let full = self.expanded(&name, false).ok_or(Stop::Error(UNBOUND_PREFIX, at))?;
            let plain = if self.options.triplets { self.joined(&name, false) } else { None };
            if !seen.insert(plain.unwrap_or_else(|| full.clone())) {
                return Err(Stop::Error(DUPLICATE_ATTRIBUTE, place));
            }
            out.push((full, value));
        }
        Ok((name, out, kept))
    }

    /// Namespace and local name in one, without the prefix.
    fn joined(&self, name: &str, is_element: bool) -> Option<String> {
        let (prefix, local) = match name.split_once(':') {
            Some((p, l)) => (Some(p.to_owned()), l),
            None if is_element => (None, name),
            None => return Some(name.to_owned()),
        };
        let is_default = prefix.is_none();
        match self.bindings.get(&prefix).and_then(|uris| uris.last()) {
            Some(Some(uri)) => {
                let mut full = uri.clone();
                full.extend(self.namespaces.flatten());
                full.push_str(local);
                Some(full)
            }
            _ if is_default => Some(local.to_owned()),
            _ => None,
        }
    }

    /// The name as it is reported. `None`: its prefix is not bound.
    fn expanded(&self, name: &str, is_element: bool) -> Option<String> {
        let mut full = self.joined(name, is_element)?;
        if self.options.triplets
            && let Some((prefix, _)) = name.split_once(':')
            && let Some(separator) = self.namespaces.flatten()
        {
            full.push(separator);
            full.push_str(prefix);
        }
        Some(full)
    }

    /// Bindings and open entities, for the parser of an external entity.
    fn context(&self, entity: &str) -> String {
        let mut parts: Vec<String> = self
            .bindings
            .iter()
            .filter_map(|(prefix, uris)| {
                let uri = uris.last()?.as_ref()?;
                Some(format!("{}={uri}", prefix.as_deref().unwrap_or_default()))
            })
            .filter(|_| self.is_names())
            .collect();
        parts.sort();
        parts.extend(self.inner.iter().filter(|i| !i.is_parameter).map(|i| i.name.clone()));
        parts.extend(self.outside.iter().cloned());
        parts.push(entity.to_owned());
        parts.join("\u{c}")
    }

    fn reference(&mut self, text: &[u8], at: usize) -> Scan<usize> {
        let (reference, end) = scan::reference(text, at, self.is_names())?;
        let name = match reference {
            Reference::Char(Some(c)) => {
                self.push(text, at, end, Event::Text(c.to_string()));
                return Ok(end);
            }
            Reference::Char(None) => return Err(Stop::Error(BAD_CHAR_REF, at)),
            Reference::Entity(name) => text.get(name).unwrap_or_default(),
        };
        if let Some(s) = dtd::predefined(name) {
            self.push(text, at, end, Event::Text(s.to_owned()));
            return Ok(end);
        }
        let name = String::from_utf8_lossy(name).into_owned();
        let (entity, complete) = {
            let dtd = self.dtd.borrow();
            (dtd.entities.get(&name).cloned(), !dtd.has_references || dtd.standalone)
        };
        let Some(e) = entity else {
            if complete {
                return Err(Stop::Error(UNDEFINED_ENTITY, at));
            }
            self.push(text, at, end, Event::Skipped { name, is_parameter: false });
            return Ok(end);
        };
        if complete && !e.is_internal {
            return Err(Stop::Error(ENTITY_DECLARED_IN_PE, at));
        }
        if self.inner.iter().any(|i| !i.is_parameter && i.name == name) || self.outside.contains(&name) {
            return Err(Stop::Error(RECURSIVE_ENTITY_REF, at));
        }
        if e.decl.notation.is_some() {
            return Err(Stop::Error(BINARY_ENTITY_REF, at));
        }
        if let Some(value) = e.decl.value {
            if self.options.has_default && !self.options.expand {
                self.push(text, at, end, Event::Skipped { name, is_parameter: false });
                return Ok(end);
            }
            self.meter.expand(value.len()).map_err(|code| Stop::Error(code, at))?;
            self.enter(text, at, value, name, false);
            return Ok(end);
        }
        if self.options.has_external {
            let context = Some(self.context(&name));
            let (system, public) = (e.decl.system, e.decl.public);
            self.push_bare(text, at, Event::ExternalEntity { context, base: e.decl.base, system, public });
        } else {
            self.push(text, at, end, Event::Other);
        }
        Ok(end)
    }
}

/// The end of a run of data in a CDATA section.
fn cdata(text: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(&b) = text.get(at) {
        if matches!(b, b'\r' | b'\n') || (b < 0x20 && b != b'\t') || (b == b']' && at > start) {
            break;
        }
        match scan::character(text, at) {
            Ok((_, n)) => at += n,
            Err(_) => break,
        }
    }
    at
}
