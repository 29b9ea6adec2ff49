//! Document type declarations: what they say about elements, attributes and entities.

use super::codes::*;
use super::engine::{Engine, Event, Place, Source, stray};
use super::scan::*;
use std::collections::HashMap;
use std::rc::Rc;

/// What is known from the declarations.
#[derive(Debug, Default)]
pub struct Dtd {
    /// There was a document type declaration.
    pub seen: bool,
    pub name: String,
    pub system: Option<String>,
    pub public: Option<String>,
    pub standalone: bool,
    /// Declarations may stand in files or parameter entities that were not read.
    pub has_parameter_references: bool,
    /// Declarations no longer count, because a parameter entity was not read.
    pub ignore_more: bool,
    pub entities: HashMap<String, Entity>,
    pub parameters: HashMap<String, Entity>,
    attributes: HashMap<String, Vec<Attribute>>,
}

#[derive(Clone, Debug)]
pub struct Entity {
    /// The replacement text; none: the entity is a file.
    pub text: Option<Rc<str>>,
    pub system: Option<String>,
    pub public: Option<String>,
    pub notation: Option<String>,
    /// Declared outside the document's own subset.
    pub external_declaration: bool,
}

#[derive(Debug)]
struct Attribute {
    name: String,
    cdata: bool,
    default: Option<String>,
}

/// A content model: type, quantifier, name, children, as in `pyexpat.model`.
#[derive(Debug)]
pub struct Model {
    pub kind: i32,
    pub quantifier: i32,
    pub name: Option<String>,
    pub children: Vec<Model>,
}

impl Dtd {
    pub fn is_cdata(&self, element: &str, attribute: &str) -> bool {
        let declared = self.attributes.get(element).and_then(|a| a.iter().find(|a| a.name == attribute));
        declared.is_none_or(|a| a.cdata)
    }

    /// Attributes with their default values.
    pub fn defaults(&self, element: &str) -> Vec<(String, String)> {
        let all = self.attributes.get(element).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter_map(|a| Some((a.name.clone(), a.default.clone()?))).collect()
    }
}

/// Models nested deeper are refused.
const DEEPEST: usize = 2000;

type Identifier = (Option<String>, Option<String>);

/// `SYSTEM "…"` or `PUBLIC "…" "…"`: system and public identifier.
fn external_id(c: &mut Cursor, public_only: bool) -> Scan<Identifier> {
    if c.eat("SYSTEM") {
        c.spaces();
        return Ok((Some(c.literal()?.to_owned()), None));
    }
    if !c.eat("PUBLIC") {
        return Err(Fault::At(SYNTAX, c.at));
    }
    c.spaces();
    let at = c.at;
    let public = c.literal()?;
    let allowed = |ch: char| ch.is_ascii_alphanumeric() || " \r\n-'()+,./:=?;!*#@$_%".contains(ch);
    if let Some((i, _)) = public.char_indices().find(|(_, ch)| !allowed(*ch)) {
        return Err(Fault::At(PUBLICID, at + 1 + i));
    }
    let public = public.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    c.spaces();
    let system = match c.peek() {
        Some('"' | '\'') => Some(c.literal()?.to_owned()),
        _ if public_only => None,
        _ => return Err(Fault::At(SYNTAX, c.at)),
    };
    Ok((system, Some(public)))
}

/// The tokens of a declaration, for the default handler.
fn tokens(text: &str) -> Vec<&str> {
    let mut c = Cursor::new(text);
    let mut out = Vec::new();
    while let Some(ch) = c.peek() {
        let start = c.at;
        if is_space(ch) {
            c.spaces();
        } else if is_name_char(ch) {
            let _ = c.nmtoken();
        } else if ch == '"' || ch == '\'' {
            if c.literal().is_err() {
                c.at = text.len();
            }
        } else if ch == '<' || ch == '#' || ch == '%' {
            c.bump();
            c.eat("!");
            let _ = c.nmtoken();
            c.eat(";");
        } else {
            c.bump();
        }
        out.push(&text[start..c.at]);
    }
    out
}

impl Engine {
    fn push_tokens(&mut self, text: &str) {
        if self.options.want_raw {
            for t in tokens(text) {
                self.push(Event::Other, t);
            }
        }
    }

    /// `<!DOCTYPE name … [` or `>`.
    pub(super) fn doctype(&mut self, text: &str) -> Scan<()> {
        if self.dtd.borrow().seen && !self.options.foreign_dtd {
            return Err(Fault::At(SYNTAX, 0));
        }
        let mut c = Cursor::new(text);
        c.eat("<!DOCTYPE");
        if !c.spaces() {
            c.need()?;
            return Err(Fault::At(INVALID_TOKEN, c.at));
        }
        let name = c.name()?.to_owned();
        c.spaces();
        let (system, public) = match c.need()? {
            'S' | 'P' => {
                // The keyword may not be there as a whole yet.
                if c.rest().len() < 6 && ("SYSTEM".starts_with(c.rest()) || "PUBLIC".starts_with(c.rest())) {
                    return Err(Fault::Partial);
                }
                external_id(&mut c, true)?
            }
            _ => (None, None),
        };
        c.spaces();
        let internal = match c.need()? {
            '[' => true,
            '>' => false,
            _ => return Err(stray(c.rest()).after(c.at)),
        };
        c.bump();
        let mut dtd = self.dtd.borrow_mut();
        dtd.seen = true;
        dtd.name = name.clone();
        (dtd.system, dtd.public) = (system.clone(), public.clone());
        let external = system.is_some() || self.options.foreign_dtd;
        if external {
            dtd.has_parameter_references = true;
        }
        let ask = system.is_some() && !dtd.standalone && self.options.parameter_entities == 0;
        drop(dtd);
        let head = &text[..c.at];
        if ask {
            self.push(Event::NotStandalone, "");
        }
        self.push(Event::StartDoctype { name, system, public, internal }, "");
        self.push_tokens(head);
        let size = c.at;
        if internal {
            self.place = Place::Subset;
        } else {
            self.end_doctype();
        }
        self.advance(size);
        Ok(())
    }

    /// The declaration is over: now comes what stands in its file.
    fn end_doctype(&mut self) {
        self.place = Place::Prolog;
        let dtd = self.dtd.borrow();
        let (system, public) = (dtd.system.clone(), dtd.public.clone());
        let wanted = match self.options.parameter_entities {
            0 => false,
            1 => !dtd.standalone,
            _ => true,
        };
        drop(dtd);
        if wanted && (system.is_some() || self.options.foreign_dtd) {
            self.push(Event::ExternalEntity { context: None, system, public }, "");
        }
        self.push(Event::EndDoctype, "");
    }

    /// A document without a declaration, for which the caller has one.
    pub(super) fn foreign_dtd(&mut self) {
        let mut dtd = self.dtd.borrow_mut();
        dtd.seen = true;
        dtd.has_parameter_references = true;
        let wanted =
            self.options.parameter_entities == 2 || (self.options.parameter_entities == 1 && !dtd.standalone);
        drop(dtd);
        if wanted {
            self.push(Event::ExternalEntity { context: None, system: None, public: None }, "");
        }
    }

    /// One declaration, or the end of the subset.
    pub(super) fn subset(&mut self, text: &str) -> Scan<()> {
        if self.is_part && self.sources.is_empty() && self.input.index == 0 && self.is_declaration(text) {
            return self.declaration(text);
        }
        if self.miscellaneous(text)? {
            return Ok(());
        }
        let mut c = Cursor::new(text);
        match c.need()? {
            ']' if self.place == Place::Subset && self.sources.is_empty() => {
                // That would end a conditional section.
                if text.starts_with("]]>") {
                    return Err(Fault::At(SYNTAX, 0));
                }
                c.bump();
                c.spaces();
                match c.need()? {
                    '>' => c.bump(),
                    _ => return Err(stray(c.rest()).after(c.at)),
                }
                self.push_tokens(&text[..c.at]);
                let size = c.at;
                self.end_doctype();
                self.advance(size);
                Ok(())
            }
            '%' => self.parameter_reference(c),
            '<' => {
                if text.len() < 3 && self.sources.is_empty() {
                    return Err(Fault::Partial);
                }
                if c.eat_or_partial("<![")? {
                    return self.conditional(c);
                }
                if !text[1..].starts_with('!') {
                    let wrong = if text[1..].starts_with(is_name_start) { SYNTAX } else { INVALID_TOKEN };
                    return Err(Fault::At(wrong, if wrong == SYNTAX { 0 } else { 1 }));
                }
                let end = declaration_end(text)?;
                let whole = &text[..end];
                self.markup_declaration(whole).map_err(|f| match f {
                    // It ends where it should go on.
                    Fault::Partial => Fault::At(SYNTAX, end - 1),
                    f => f,
                })?;
                self.advance(end);
                Ok(())
            }
            _ => Err(stray(text)),
        }
    }

    /// `<![INCLUDE[` or `<![IGNORE[`, outside the document only.
    fn conditional(&mut self, mut c: Cursor) -> Scan<()> {
        if self.place != Place::ExternalSubset {
            return Err(Fault::At(SYNTAX, 0));
        }
        c.spaces();
        let keyword = match c.need()? {
            '%' => {
                c.bump();
                let name = c.name()?.to_owned();
                c.eat(";");
                let dtd = self.dtd.borrow();
                let text = dtd.parameters.get(&name).and_then(|e| e.text.clone());
                text.as_deref().unwrap_or("").trim().to_owned()
            }
            _ => c.name()?.to_owned(),
        };
        c.spaces();
        if c.need()? != '[' {
            return Err(Fault::At(SYNTAX, c.at));
        }
        c.bump();
        let start = c.at;
        // Sections nest.
        let mut depth = 1usize;
        while depth > 0 {
            if c.rest().is_empty() {
                return Err(Fault::Partial);
            }
            if c.eat("<![") {
                depth += 1;
            } else if c.eat("]]>") {
                depth -= 1;
            } else {
                c.bump();
            }
        }
        let body: Rc<str> = c.text[start..c.at - 3].into();
        let size = c.at;
        match keyword.as_str() {
            "IGNORE" => self.advance(size),
            "INCLUDE" => {
                self.advance(size);
                self.sources.push(Source {
                    text: body,
                    pos: 0,
                    name: String::new(),
                    parameter: true,
                    level: 0,
                });
            }
            _ => return Err(Fault::At(SYNTAX, 0)),
        }
        Ok(())
    }

    /// `%name;` between declarations.
    fn parameter_reference(&mut self, mut c: Cursor) -> Scan<()> {
        c.bump();
        if !is_name_start(c.need()?) {
            return Err(Fault::At(SYNTAX, 0));
        }
        let name = c.name()?.to_owned();
        if c.need()? != ';' {
            return Err(Fault::At(INVALID_TOKEN, c.at));
        }
        c.bump();
        let raw = c.text[..c.at].to_owned();
        let size = c.at;
        let mut dtd = self.dtd.borrow_mut();
        dtd.has_parameter_references = true;
        if self.options.parameter_entities == 0 {
            let standalone = dtd.standalone;
            dtd.ignore_more = !standalone;
            drop(dtd);
            self.push(Event::Other, &raw);
            if !standalone {
                self.push(Event::NotStandalone, "");
            }
            self.advance(size);
            return Ok(());
        }
        let entity = dtd.parameters.get(&name).cloned();
        if entity.is_none() && dtd.standalone {
            return Err(Fault::At(UNDEFINED_ENTITY, 0));
        }
        let standalone = dtd.standalone;
        drop(dtd);
        let Some(entity) = entity else {
            self.dtd.borrow_mut().ignore_more = !standalone;
            self.push(Event::SkippedEntity(name, true), &raw);
            self.advance(size);
            return Ok(());
        };
        if self.sources.iter().any(|s| s.parameter && s.name == name) {
            return Err(Fault::At(RECURSIVE_ENTITY_REF, 0));
        }
        self.push(Event::Other, &raw);
        match entity.text {
            Some(text) => {
                self.count(text.len())?;
                self.advance(size);
                self.sources.push(Source { text, pos: 0, name, parameter: true, level: 0 });
            }
            None => {
                let (system, public) = (entity.system, entity.public);
                self.push(Event::ExternalEntity { context: None, system, public }, "");
                self.advance(size);
            }
        }
        if !standalone {
            self.push(Event::NotStandalone, "");
        }
        Ok(())
    }

    fn markup_declaration(&mut self, whole: &str) -> Scan<()> {
        let end = whole.len() - 1;
        let mut c = Cursor::new(whole);
        c.at = 2;
        let keyword = c.name()?;
        if !c.spaces() {
            return Err(Fault::At(INVALID_TOKEN, c.at));
        }
        let ignored = self.dtd.borrow().ignore_more;
        let before = self.queue.len();
        match keyword {
            "ENTITY" => self.entity_declaration(&mut c)?,
            "ELEMENT" => self.element_declaration(&mut c)?,
            "ATTLIST" => self.attlist_declaration(&mut c)?,
            "NOTATION" => {
                let name = c.name()?.to_owned();
                c.spaces();
                let (system, public) = external_id(&mut c, true)?;
                self.push(Event::NotationDecl { name, system, public }, "");
            }
            _ => return Err(Fault::At(SYNTAX, 0)),
        }
        c.spaces();
        if c.at != end {
            return Err(Fault::At(SYNTAX, c.at));
        }
        if ignored && keyword != "NOTATION" {
            self.queue.truncate(before);
        }
        self.push_tokens(whole);
        Ok(())
    }

    fn entity_declaration(&mut self, c: &mut Cursor) -> Scan<()> {
        let parameter = c.eat("%");
        if parameter && !c.spaces() {
            return Err(Fault::At(SYNTAX, c.at));
        }
        let name = c.name()?.to_owned();
        c.spaces();
        let external_declaration = self.place == Place::ExternalSubset || !self.sources.is_empty();
        let (mut text, mut system, mut public, mut notation) = (None, None, None, None);
        if matches!(c.peek(), Some('"' | '\'')) {
            let at = c.at + 1;
            text = Some(self.entity_value(c.literal()?, at, 0)?);
        } else {
            (system, public) = external_id(c, false)?;
            let spaced = c.spaces();
            if !parameter && spaced && c.eat("NDATA") {
                c.spaces();
                notation = Some(c.name()?.to_owned());
            }
        }
        let mut dtd = self.dtd.borrow_mut();
        let keep = !dtd.ignore_more;
        let table = if parameter { &mut dtd.parameters } else { &mut dtd.entities };
        let is_new = !table.contains_key(&name) && predefined(&name).is_none_or(|_| parameter);
        if is_new && keep {
            let entity = Entity {
                text: text.as_deref().map(Rc::from),
                system: system.clone(),
                public: public.clone(),
                notation: notation.clone(),
                external_declaration,
            };
            table.insert(name.clone(), entity);
        }
        drop(dtd);
        if is_new {
            self.push(Event::EntityDecl { name, parameter, value: text, system, public, notation }, "");
        }
        Ok(())
    }

    /// The text of an entity: character references and parameter entities are resolved now, other entities later.
    fn entity_value(&mut self, literal: &str, at: usize, depth: usize) -> Scan<String> {
        let mut out = String::new();
        let literal = normalize_lines(literal);
        let mut c = Cursor::new(&literal);
        while let Some(ch) = c.peek() {
            let here = c.at;
            c.bump();
            match ch {
                '&' => match c.reference().map_err(|_| Fault::At(INVALID_TOKEN, at + here))? {
                    Reference::Char(ch) => out.push(ch),
                    Reference::Name(_) => out.push_str(&literal[here..c.at]),
                },
                '%' => {
                    let wrong = Fault::At(INVALID_TOKEN, at + here);
                    let name = c.name().map_err(|_| wrong)?.to_owned();
                    if !c.eat(";") {
                        return Err(wrong);
                    }
                    if self.place != Place::ExternalSubset && depth == 0 && self.sources.is_empty() {
                        return Err(Fault::At(PARAM_ENTITY_REF, at + here));
                    }
                    let entity = self.dtd.borrow().parameters.get(&name).cloned();
                    if depth > 100 {
                        return Err(Fault::At(RECURSIVE_ENTITY_REF, at + here));
                    }
                    if let Some(text) = entity.and_then(|e| e.text) {
                        self.count(text.len())?;
                        out.push_str(&self.entity_value(&text, at, depth + 1)?);
                    }
                }
                ch => out.push(ch),
            }
        }
        Ok(out)
    }

    fn element_declaration(&mut self, c: &mut Cursor) -> Scan<()> {
        let name = c.name()?.to_owned();
        c.spaces();
        let plain = |kind| Model { kind, quantifier: 0, name: None, children: Vec::new() };
        let model = if c.eat("EMPTY") {
            plain(1)
        } else if c.eat("ANY") {
            plain(2)
        } else {
            if !c.eat("(") {
                return Err(Fault::At(SYNTAX, c.at));
            }
            c.spaces();
            if c.eat("#PCDATA") { mixed(c)? } else { group(c)? }
        };
        self.push(Event::ElementDecl(name, model), "");
        Ok(())
    }

    fn attlist_declaration(&mut self, c: &mut Cursor) -> Scan<()> {
        let element = c.name()?.to_owned();
        loop {
            let spaced = c.spaces();
            if c.rest() == ">" {
                return Ok(());
            }
            if !spaced {
                return Err(Fault::At(SYNTAX, c.at));
            }
            let attribute = c.name()?.to_owned();
            c.spaces();
            let kind = attribute_kind(c)?;
            c.spaces();
            let mut required = false;
            let mut default = None;
            if c.eat("#REQUIRED") {
                required = true;
            } else if !c.eat("#IMPLIED") {
                if c.eat("#FIXED") {
                    required = true;
                    c.spaces();
                }
                let at = c.at + 1;
                let literal = c.literal()?;
                let mut text = String::new();
                self.attribute_value(literal, &mut text, &mut Vec::new()).map_err(|f| match f {
                    Fault::At(code, usize::MAX) => Fault::At(code, 0),
                    f => f.after(at),
                })?;
                default = Some(if kind == "CDATA" { text } else { super::engine::collapse(&text) });
            }
            let mut dtd = self.dtd.borrow_mut();
            if !dtd.ignore_more {
                let known = dtd.attributes.entry(element.clone()).or_default();
                if !known.iter().any(|a| a.name == attribute) {
                    known.push(Attribute {
                        name: attribute.clone(),
                        cdata: kind == "CDATA",
                        default: default.clone(),
                    });
                }
            }
            drop(dtd);
            let element = element.clone();
            self.push(Event::AttlistDecl { element, attribute, kind, default, required }, "");
        }
    }
}

/// Where a declaration ends, quotes respected.
fn declaration_end(text: &str) -> Scan<usize> {
    let mut quote = None;
    for (i, ch) in text.char_indices() {
        if !is_char(ch) {
            return Err(Fault::At(INVALID_TOKEN, i));
        }
        match (ch, quote) {
            ('"' | '\'', None) => quote = Some(ch),
            (ch, Some(q)) if ch == q => quote = None,
            ('>', None) => return Ok(i + 1),
            ('<', None) if i > 0 => return Err(Fault::At(INVALID_TOKEN, i)),
            _ => {}
        }
    }
    Err(Fault::Partial)
}

fn attribute_kind(c: &mut Cursor) -> Scan<String> {
    const KINDS: &[&str] = &["CDATA", "IDREFS", "IDREF", "ID", "ENTITY", "ENTITIES", "NMTOKENS", "NMTOKEN"];
    let mut out = String::new();
    if let Some(k) = KINDS.iter().find(|k| c.eat(k)) {
        return Ok((*k).to_owned());
    }
    if c.eat("NOTATION") {
        out.push_str("NOTATION");
        c.spaces();
    }
    if !c.eat("(") {
        return Err(Fault::At(SYNTAX, c.at));
    }
    out.push('(');
    loop {
        c.spaces();
        out.push_str(c.nmtoken()?);
        c.spaces();
        if c.eat(")") {
            out.push(')');
            return Ok(out);
        }
        if !c.eat("|") {
            return Err(Fault::At(SYNTAX, c.at));
        }
        out.push('|');
    }
}

fn quantifier(c: &mut Cursor) -> i32 {
    let n = match c.peek() {
        Some('?') => 1,
        Some('*') => 2,
        Some('+') => 3,
        _ => return 0,
    };
    c.bump();
    n
}

/// Behind `(#PCDATA`.
fn mixed(c: &mut Cursor) -> Scan<Model> {
    let mut children = Vec::new();
    loop {
        c.spaces();
        if c.eat(")") {
            break;
        }
        if !c.eat("|") {
            return Err(Fault::At(SYNTAX, c.at));
        }
        c.spaces();
        let name = c.name()?.to_owned();
        children.push(Model { kind: 4, quantifier: 0, name: Some(name), children: Vec::new() });
    }
    let at = c.at;
    let quantifier = quantifier(c);
    if quantifier != 2 && (quantifier != 0 || !children.is_empty()) {
        return Err(Fault::At(SYNTAX, at));
    }
    Ok(Model { kind: 3, quantifier, name: None, children })
}

/// Behind the first `(` of a group of names and groups.
fn group(c: &mut Cursor) -> Scan<Model> {
    let new = || Model { kind: 0, quantifier: 0, name: None, children: Vec::new() };
    let mut open = vec![new()];
    loop {
        c.spaces();
        if c.eat("(") {
            if open.len() >= DEEPEST {
                return Err(Fault::At(NO_MEMORY, c.at));
            }
            open.push(new());
            continue;
        }
        let name = c.name()?.to_owned();
        let mut child = Model { kind: 4, quantifier: quantifier(c), name: Some(name), children: Vec::new() };
        // Behind a name or a group: another one, or the end of the group around it.
        loop {
            let Some(group) = open.last_mut() else { return Err(Fault::At(SYNTAX, c.at)) };
            group.children.push(child);
            c.spaces();
            let at = c.at;
            let kind = match c.need()? {
                '|' => 5,
                ',' => 6,
                ')' => 0,
                _ => return Err(Fault::At(SYNTAX, at)),
            };
            c.bump();
            if kind != 0 {
                if group.kind != 0 && group.kind != kind {
                    return Err(Fault::At(SYNTAX, at));
                }
                group.kind = kind;
                break;
            }
            if group.kind == 0 {
                group.kind = 6;
            }
            group.quantifier = quantifier(c);
            let Some(done) = open.pop() else { return Err(Fault::At(SYNTAX, at)) };
            if open.is_empty() {
                return Ok(done);
            }
            child = done;
        }
    }
}
