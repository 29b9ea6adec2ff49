//! Document type declarations.

use super::event::{EntityDecl, Event, Model};
use super::scan::{self, Reference, SYNTAX, Scan, Stop};
use std::collections::HashMap;

const UNDEFINED_ENTITY: u8 = 11;
const RECURSIVE_ENTITY_REF: u8 = 12;
const BAD_CHAR_REF: u8 = 14;
const BINARY_ENTITY_REF: u8 = 15;
const ATTRIBUTE_EXTERNAL_ENTITY_REF: u8 = 16;
const PARAM_ENTITY_REF: u8 = 10;
const PUBLICID: u8 = 32;
const INVALID_TOKEN: u8 = 4;
/// The depth of the content models that are shown.
const DEEPEST: usize = 1000;
/// The most that parameter entities within declarations may expand to.
const LONGEST: usize = 8 << 20;

/// A declared attribute.
pub struct Attribute {
    pub name: String,
    pub is_cdata: bool,
    pub default: Option<String>,
}

/// A declared entity.
#[derive(Clone, Default)]
pub struct Entity {
    pub decl: EntityDecl,
    /// Declared in the document itself and outside of parameter entities.
    pub is_internal: bool,
}

/// What a document type declares.
pub struct Dtd {
    pub entities: HashMap<String, Entity>,
    pub parameters: HashMap<String, Entity>,
    pub attributes: HashMap<String, Vec<Attribute>>,
    /// There is more to the declarations than what was read.
    pub has_references: bool,
    pub standalone: bool,
    /// Declarations count: none was left out before them.
    pub keep: bool,
}

impl Default for Dtd {
    fn default() -> Dtd {
        Dtd {
            entities: HashMap::new(),
            parameters: HashMap::new(),
            attributes: HashMap::new(),
            has_references: false,
            standalone: false,
            keep: true,
        }
    }
}

/// The character a predefined entity stands for.
pub fn predefined(name: &[u8]) -> Option<&'static str> {
    Some(match name {
        b"lt" => "<",
        b"gt" => ">",
        b"amp" => "&",
        b"quot" => "\"",
        b"apos" => "'",
        _ => return None,
    })
}

/// How an expansion is counted and limited.
pub trait Meter {
    /// That many bytes come out of an entity. Errors: the limit is reached.
    fn expand(&mut self, bytes: usize) -> Result<(), u8>;
}

/// A value of an attribute: references replaced, white space as the type asks for. Errors: a code, and where in the value it is unless that
/// is within an entity.
pub fn attribute_value(
    dtd: &Dtd,
    open: &[String],
    meter: &mut dyn Meter,
    value: &[u8],
    is_cdata: bool,
) -> Result<String, (u8, Option<usize>)> {
    let mut place = None;
    let result = expand_value(dtd, open, meter, value, is_cdata, &mut place);
    result.map_err(|code| (code, place))
}

fn expand_value(
    dtd: &Dtd,
    open: &[String],
    meter: &mut dyn Meter,
    value: &[u8],
    is_cdata: bool,
    place: &mut Option<usize>,
) -> Result<String, u8> {
    let mut out = String::new();
    let mut stack: Vec<(Vec<u8>, usize, Option<String>)> = vec![(value.to_vec(), 0, None)];
    loop {
        let outermost = stack.len() == 1;
        let Some((text, at, _)) = stack.last_mut() else { break };
        *place = Some(*at).filter(|_| outermost);
        let Some(&b) = text.get(*at) else {
            stack.pop();
            continue;
        };
        match b {
            b'\r' => {
                *at += if text.get(*at + 1) == Some(&b'\n') { 2 } else { 1 };
                out.push(' ');
            }
            b' ' | b'\t' | b'\n' => {
                *at += 1;
                out.push(' ');
            }
            b'<' => return Err(INVALID_TOKEN),
            b'&' => {
                let Ok((reference, end)) = scan::reference(text, *at, false) else {
                    return Err(INVALID_TOKEN);
                };
                *at = end;
                let name = match reference {
                    Reference::Char(Some(c)) => {
                        // Kept as it is, except that a space may be collapsed.
                        out.push(c);
                        continue;
                    }
                    Reference::Char(None) => return Err(BAD_CHAR_REF),
                    Reference::Entity(name) => text.get(name).unwrap_or_default().to_vec(),
                };
                if let Some(s) = predefined(&name) {
                    out.push_str(s);
                    continue;
                }
                let name = String::from_utf8_lossy(&name).into_owned();
                let Some(e) = dtd.entities.get(&name) else {
                    if !dtd.has_references || dtd.standalone {
                        return Err(UNDEFINED_ENTITY);
                    }
                    continue;
                };
                if open.contains(&name) || stack.iter().any(|s| s.2.as_ref() == Some(&name)) {
                    return Err(RECURSIVE_ENTITY_REF);
                }
                if e.decl.notation.is_some() {
                    return Err(BINARY_ENTITY_REF);
                }
                let Some(v) = &e.decl.value else { return Err(ATTRIBUTE_EXTERNAL_ENTITY_REF) };
                meter.expand(v.len())?;
                stack.push((v.clone().into_bytes(), 0, Some(name)));
            }
            _ => match scan::character(text, *at) {
                Ok((c, n)) => {
                    *at += n;
                    out.push(c);
                }
                Err(_) => return Err(INVALID_TOKEN),
            },
        }
    }
    if is_cdata {
        Ok(out)
    } else {
        Ok(out.split(' ').filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" "))
    }
}

/// The parts of a declaration, one after the other.
struct Words<'a> {
    text: &'a [u8],
    at: usize,
    end: usize,
    namespaces: bool,
}

impl Words<'_> {
    fn wrong<T>(&self) -> Scan<T> {
        Err(Stop::Error(SYNTAX, self.at))
    }

    fn peek(&mut self) -> u8 {
        self.at = scan::skip_space(self.text, self.at);
        if self.at >= self.end { b'>' } else { self.text.get(self.at).copied().unwrap_or(b'>') }
    }

    /// White space must be here.
    fn space(&mut self) -> Scan<()> {
        let before = self.at;
        self.peek();
        match self.at {
            at if at != before => Ok(()),
            at if at >= self.end => Err(Stop::Error(SYNTAX, at)),
            at => Err(Stop::Error(INVALID_TOKEN, at)),
        }
    }

    fn take(&mut self, b: u8) -> bool {
        let found = self.peek() == b;
        if found {
            self.at += 1;
        }
        found
    }

    fn name(&mut self) -> Scan<String> {
        self.peek();
        match scan::name(self.text, self.at, self.namespaces) {
            Ok(end) if end <= self.end => {
                let s = String::from_utf8_lossy(self.text.get(self.at..end).unwrap_or_default()).into_owned();
                self.at = end;
                Ok(s)
            }
            _ => self.wrong(),
        }
    }

    fn token(&mut self) -> Scan<String> {
        self.peek();
        match scan::name_token(self.text, self.at) {
            Ok(end) if end <= self.end => {
                let s = String::from_utf8_lossy(self.text.get(self.at..end).unwrap_or_default()).into_owned();
                self.at = end;
                Ok(s)
            }
            _ => self.wrong(),
        }
    }

    fn literal(&mut self) -> Scan<&[u8]> {
        let quote = self.peek();
        if !matches!(quote, b'"' | b'\'') {
            return self.wrong();
        }
        let start = self.at + 1;
        match scan::until(self.text, start, &[quote]) {
            Ok(end) => {
                self.at = end + 1;
                Ok(self.text.get(start..end).unwrap_or_default())
            }
            Err(_) => self.wrong(),
        }
    }

    fn system(&mut self) -> Scan<String> {
        self.literal().map(scan::normalize)
    }

    fn public(&mut self) -> Scan<String> {
        let at = self.at;
        let s = scan::normalize(self.literal()?);
        let allowed = |c: char| c.is_ascii_alphanumeric() || " \n-'()+,./:=?;!*#@$_%".contains(c);
        if !s.chars().all(allowed) {
            return Err(Stop::Error(PUBLICID, scan::skip_space(self.text, at)));
        }
        Ok(s.split([' ', '\n']).filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" "))
    }

    /// `SYSTEM literal` or `PUBLIC literal literal`: system and public identifier.
    fn external(&mut self, system_needed: bool) -> Scan<(Option<String>, Option<String>)> {
        match self.name()?.as_str() {
            "SYSTEM" => {
                self.space()?;
                Ok((Some(self.system()?), None))
            }
            "PUBLIC" => {
                self.space()?;
                let public = self.public()?;
                let system = if system_needed || matches!(self.peek(), b'"' | b'\'') {
                    Some(self.system()?)
                } else {
                    None
                };
                Ok((system, Some(public)))
            }
            _ => self.wrong(),
        }
    }

    fn finish(&mut self) -> Scan<()> {
        self.peek();
        if self.at >= self.end { Ok(()) } else { self.wrong() }
    }
}

/// What the declarations need to know of the parser.
pub struct Subset<'a> {
    pub dtd: &'a mut Dtd,
    pub meter: &'a mut dyn Meter,
    pub base: Option<String>,
    pub namespaces: bool,
    /// In the external subset parameter entities may be anywhere.
    pub external: bool,
    /// Declared by the document itself.
    pub is_internal: bool,
}

impl Subset<'_> {
    /// Reads the declaration `text[start..end]`, from `<!` to `>`: events and where they come from.
    pub fn declaration(&mut self, text: &[u8], start: usize, end: usize) -> Scan<Vec<(Event, usize)>> {
        if self.external && text.get(start..end).is_some_and(|t| t.contains(&b'%')) {
            let expanded = self.expand(text.get(start..end).unwrap_or_default(), start)?;
            let n = expanded.len();
            // Places in what was put in are those of the declaration.
            return match self.read(&expanded, 0, n) {
                Ok(events) => Ok(events.into_iter().map(|(e, _)| (e, start)).collect()),
                Err(Stop::Error(code, _)) => Err(Stop::Error(code, start)),
                Err(more) => Err(more),
            };
        }
        self.read(text, start, end)
    }

    /// A declaration of the external subset with its parameter entities put in.
    fn expand(&mut self, text: &[u8], at: usize) -> Scan<Vec<u8>> {
        let mut out = Vec::new();
        let mut stack: Vec<(Vec<u8>, usize, String)> = vec![(text.to_vec(), 0, String::new())];
        let mut quote = None;
        let is_entity = text.starts_with(b"<!ENTITY");
        while let Some((text, i, _)) = stack.last_mut() {
            let Some(&b) = text.get(*i) else {
                stack.pop();
                continue;
            };
            if matches!(b, b'"' | b'\'') && stack.len() == 1 {
                quote = match quote {
                    None => Some(b),
                    Some(q) if q == b => None,
                    q => q,
                };
            }
            let Some((text, i, _)) = stack.last_mut() else { break };
            let name = scan::name(text, *i + 1, self.namespaces).ok().filter(|&e| text.get(e) == Some(&b';'));
            // Within literals only values of entities have them.
            let counts = quote.is_none() || is_entity;
            let Some(end) = name.filter(|_| b == b'%' && counts) else {
                out.push(b);
                *i += 1;
                continue;
            };
            let name = String::from_utf8_lossy(text.get(*i + 1..end).unwrap_or_default()).into_owned();
            *i = end + 1;
            if stack.iter().any(|s| s.2 == name) {
                return Err(Stop::Error(RECURSIVE_ENTITY_REF, at));
            }
            let Some(value) = self.dtd.parameters.get(&name).and_then(|e| e.decl.value.clone()) else {
                self.dtd.keep = self.dtd.standalone;
                continue;
            };
            self.meter.expand(value.len()).map_err(|code| Stop::Error(code, at))?;
            if out.len() > LONGEST {
                return Err(Stop::Error(43, at));
            }
            let text = if quote.is_some() { value } else { format!(" {value} ") };
            stack.push((text.into_bytes(), 0, name));
        }
        Ok(out)
    }

    fn read(&mut self, text: &[u8], start: usize, end: usize) -> Scan<Vec<(Event, usize)>> {
        let keyword_end = scan::name(text, start + 2, false)?;
        let keyword = text.get(start + 2..keyword_end).unwrap_or_default();
        let mut words = Words { text, at: keyword_end, end: end - 1, namespaces: self.namespaces };
        match keyword {
            b"ELEMENT" => self.element(&mut words),
            b"ATTLIST" => self.attlist(&mut words),
            b"ENTITY" => self.entity(&mut words),
            b"NOTATION" => self.notation(&mut words),
            _ => Err(Stop::Error(SYNTAX, start)),
        }
    }

    fn element(&mut self, words: &mut Words) -> Scan<Vec<(Event, usize)>> {
        words.space()?;
        let name = words.name()?;
        words.space()?;
        words.peek();
        let mut at = words.at;
        let model = if words.peek() == b'(' {
            let (model, last) = content_model(words)?;
            at = last;
            model
        } else {
            let kind = match words.name()?.as_str() {
                "EMPTY" => 1,
                "ANY" => 2,
                _ => return words.wrong(),
            };
            Some(Model { kind, ..Model::default() })
        };
        words.finish()?;
        Ok(vec![(Event::ElementDecl { name, model }, at)])
    }

    fn attlist(&mut self, words: &mut Words) -> Scan<Vec<(Event, usize)>> {
        words.space()?;
        let element = words.name()?;
        let mut events = Vec::new();
        loop {
            let before = words.at;
            if words.peek() == b'>' {
                break;
            }
            if words.at == before {
                return Err(Stop::Error(INVALID_TOKEN, before));
            }
            let name = words.name()?;
            words.space()?;
            let kind = if words.peek() == b'(' {
                enumeration(words, false)?
            } else {
                let kind = words.name()?;
                match kind.as_str() {
                    "CDATA" | "ID" | "IDREF" | "IDREFS" | "ENTITY" | "ENTITIES" | "NMTOKEN" | "NMTOKENS" => {
                        kind
                    }
                    "NOTATION" => format!("NOTATION{}", enumeration(words, true)?),
                    _ => return words.wrong(),
                }
            };
            words.space()?;
            let mut place = words.at;
            let (mut required, mut has_value) = (false, true);
            if words.take(b'#') {
                match words.name()?.as_str() {
                    "REQUIRED" => (required, has_value) = (true, false),
                    "IMPLIED" => has_value = false,
                    "FIXED" => {
                        required = true;
                        words.space()?;
                        place = words.at;
                    }
                    _ => return words.wrong(),
                }
            }
            let is_cdata = kind == "CDATA";
            let default = if has_value {
                let at = words.at;
                let raw = words.literal()?.to_vec();
                let value = attribute_value(self.dtd, &[], self.meter, &raw, is_cdata);
                Some(value.map_err(|(code, i)| Stop::Error(code, i.map_or(at, |i| at + 1 + i)))?)
            } else {
                None
            };
            if !self.dtd.keep {
                continue;
            }
            let list = self.dtd.attributes.entry(element.clone()).or_default();
            if !list.iter().any(|a| a.name == name) {
                list.push(Attribute { name: name.clone(), is_cdata, default: default.clone() });
            }
            events.push((Event::AttlistDecl { element: element.clone(), name, kind, default, required }, place));
        }
        Ok(events)
    }

    fn entity(&mut self, words: &mut Words) -> Scan<Vec<(Event, usize)>> {
        words.space()?;
        let is_parameter = words.take(b'%');
        if is_parameter {
            words.space()?;
        }
        let name = words.name()?;
        words.space()?;
        let mut decl = EntityDecl { name, is_parameter, base: self.base.clone(), ..EntityDecl::default() };
        let place;
        if matches!(words.peek(), b'"' | b'\'') {
            let at = words.at;
            place = at;
            let raw = words.literal()?.to_vec();
            decl.value = Some(self.entity_value(&raw, at)?);
            decl.base = None;
        } else {
            (decl.system, decl.public) = words.external(true)?;
            let mut last = None;
            if !is_parameter && words.peek() != b'>' {
                if words.name()? != "NDATA" {
                    return words.wrong();
                }
                words.space()?;
                last = Some(words.at);
                decl.notation = Some(words.name()?);
            }
            words.peek();
            place = last.unwrap_or(words.at);
        }
        words.finish()?;
        if !self.dtd.keep || (!is_parameter && predefined(decl.name.as_bytes()).is_some()) {
            return Ok(vec![(Event::Other, place)]);
        }
        let table = if is_parameter { &mut self.dtd.parameters } else { &mut self.dtd.entities };
        if table.contains_key(&decl.name) {
            return Ok(vec![(Event::Other, place)]);
        }
        table.insert(decl.name.clone(), Entity { decl: decl.clone(), is_internal: self.is_internal });
        Ok(vec![(Event::EntityDecl(decl), place)])
    }

    /// A literal value of an entity: character references are replaced, others stay.
    fn entity_value(&mut self, raw: &[u8], at: usize) -> Scan<String> {
        let text = scan::normalize(raw).into_bytes();
        let mut out = Vec::new();
        let mut i = 0;
        while let Some(&b) = text.get(i) {
            match b {
                b'&' => {
                    let Ok((reference, end)) = scan::reference(&text, i, self.namespaces) else {
                        return Err(Stop::Error(INVALID_TOKEN, at + 1 + i));
                    };
                    match reference {
                        Reference::Char(Some(c)) => {
                            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                        }
                        Reference::Char(None) => return Err(Stop::Error(BAD_CHAR_REF, at + 1 + i)),
                        Reference::Entity(_) => out.extend_from_slice(text.get(i..end).unwrap_or_default()),
                    }
                    i = end;
                }
                b'%' if !self.external => {
                    let is_reference =
                        scan::name(&text, i + 1, false).is_ok_and(|end| text.get(end) == Some(&b';'));
                    let code = if is_reference { PARAM_ENTITY_REF } else { INVALID_TOKEN };
                    return Err(Stop::Error(code, at + 1 + i));
                }
                _ => {
                    out.push(b);
                    i += 1;
                }
            }
        }
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    fn notation(&mut self, words: &mut Words) -> Scan<Vec<(Event, usize)>> {
        words.space()?;
        let name = words.name()?;
        words.space()?;
        let (system, public) = words.external(false)?;
        let mut place = words.at;
        words.finish()?;
        match &system {
            // The literal that came last.
            Some(_) => place = literal_start(words.text, place),
            None => place = words.at,
        }
        Ok(vec![(Event::NotationDecl { name, base: self.base.clone(), system, public }, place)])
    }
}

/// Where the literal begins whose closing quote is just before a position.
fn literal_start(text: &[u8], end: usize) -> usize {
    let Some(close) = end.checked_sub(1) else { return end };
    let quote = text.get(close);
    text.get(..close).unwrap_or_default().iter().rposition(|b| Some(b) == quote).unwrap_or(close)
}

/// The external identifier of a document type: name, system and public identifier.
pub fn doctype(
    text: &[u8],
    start: usize,
    end: usize,
    namespaces: bool,
) -> Scan<(String, Option<String>, Option<String>)> {
    let mut words = Words { text, at: start, end, namespaces };
    words.space()?;
    let name = words.name()?;
    words.peek();
    if words.at >= end {
        return Ok((name, None, None));
    }
    let (system, public) = words.external(true)?;
    words.finish()?;
    Ok((name, system, public))
}

/// `(a|b)`, as the type of an attribute is written.
fn enumeration(words: &mut Words, names: bool) -> Scan<String> {
    let mut out = String::from("(");
    if !words.take(b'(') {
        return words.wrong();
    }
    loop {
        out.push_str(&if names { words.name()? } else { words.token()? });
        if words.take(b')') {
            out.push(')');
            return Ok(out);
        }
        if !words.take(b'|') {
            return words.wrong();
        }
        out.push('|');
    }
}

fn quantifier(words: &mut Words) -> i32 {
    let q = match words.text.get(words.at) {
        Some(b'?') => 1,
        Some(b'*') => 2,
        Some(b'+') => 3,
        _ => return 0,
    };
    words.at += 1;
    q
}

/// A content model in parentheses, and where the last one is. None when it is too deep to be shown.
fn content_model(words: &mut Words) -> Scan<(Option<Model>, usize)> {
    const MIXED: i32 = 3;
    const NAME: i32 = 4;
    const CHOICE: i32 = 5;
    const SEQUENCE: i32 = 6;
    words.take(b'(');
    if words.take(b'#') {
        if words.name()? != "PCDATA" {
            return words.wrong();
        }
        let mut children = Vec::new();
        while words.take(b'|') {
            children.push(Model { kind: NAME, name: Some(words.name()?), ..Model::default() });
        }
        if !words.take(b')') {
            return words.wrong();
        }
        let last = words.at - 1;
        let starred = words.text.get(words.at) == Some(&b'*');
        if starred {
            words.at += 1;
        } else if !children.is_empty() {
            return words.wrong();
        }
        let model = Model { kind: MIXED, quantifier: if starred { 2 } else { 0 }, name: None, children };
        return Ok((Some(model), last));
    }
    // Groups under way, outermost first; kind 0 until a separator tells.
    let mut groups = vec![Model::default()];
    let (mut deeper, mut too_deep) = (0usize, false);
    loop {
        if words.take(b'(') {
            if groups.len() < DEEPEST {
                groups.push(Model::default());
            } else {
                deeper += 1;
                too_deep = true;
            }
            continue;
        }
        let name = words.name()?;
        let quantifier_of_name = quantifier(words);
        if deeper == 0
            && let Some(g) = groups.last_mut()
        {
            g.children.push(Model {
                kind: NAME,
                quantifier: quantifier_of_name,
                name: Some(name),
                children: Vec::new(),
            });
        }
        loop {
            match words.peek() {
                b')' => {
                    let last = words.at;
                    words.at += 1;
                    let q = quantifier(words);
                    if deeper > 0 {
                        deeper -= 1;
                        continue;
                    }
                    let Some(mut done) = groups.pop() else { return words.wrong() };
                    done.kind = if done.kind == 0 { SEQUENCE } else { done.kind };
                    done.quantifier = q;
                    match groups.last_mut() {
                        Some(outer) => outer.children.push(done),
                        None => return Ok((Some(done).filter(|_| !too_deep), last)),
                    }
                }
                b @ (b',' | b'|') => {
                    let kind = if b == b',' { SEQUENCE } else { CHOICE };
                    words.at += 1;
                    if deeper == 0
                        && let Some(g) = groups.last_mut()
                    {
                        if g.kind != 0 && g.kind != kind {
                            words.at -= 1;
                            return words.wrong();
                        }
                        g.kind = kind;
                    }
                    break;
                }
                _ => return words.wrong(),
            }
        }
    }
}

/// Does a declaration's text begin like one? `<!` and a letter.
pub fn begins_declaration(text: &[u8], at: usize) -> bool {
    text.get(at + 2).is_some_and(|b| b.is_ascii_alphabetic())
}
