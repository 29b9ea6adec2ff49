//! Writing marshal data.
//!
//! CPython marks a value as one to refer to if its object has more than one reference or is an interned
//! string. The compiler merges equal constants into one object, so here a value counts as referenced as
//! often as equal values occur in different places; some objects (small integers, empty and one-character
//! strings, the code bytes, which their code object caches) always have several references.

use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{FLAG_REF, MAX_DEPTH, MarshalError, float_text, tag};
use crate::code::Code;
use crate::constant::{BigInt, Const, Text};

type Result<T> = std::result::Result<T, MarshalError>;

/// Writes a value as `marshal.dumps(value, version)` does for a constant of freshly compiled code.
pub fn dumps(value: &Const, version: u32) -> Result<Vec<u8>> {
    dumps_referenced(value, version, 1)
}

/// Writes a module's code object as it is put in a `.pyc` file (after the header): whoever writes the file
/// holds a reference besides the one that marshal is given.
pub fn dumps_pyc_code(code: &Arc<Code>) -> Result<Vec<u8>> {
    dumps_referenced(&Const::Code(code.clone()), super::VERSION, 2)
}

fn dumps_referenced(value: &Const, version: u32, places: u32) -> Result<Vec<u8>> {
    let mut writer = Writer {
        out: Vec::new(),
        version,
        seen: HashMap::new(),
        class_names: HashSet::new(),
        next_number: 0,
        depth: 0,
    };
    if version >= 3 {
        if let Const::Code(code) = value {
            writer.find_class_names(code, 0)?;
        }
        writer.count(value, places)?;
    }
    writer.value(value)?;
    Ok(writer.out)
}

/// A value as a key: equal if the compiler merges the two.
struct Key {
    value: Const,
    interned: bool,
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        self.interned == other.interned && self.value.same(&other.value)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash_same(state);
    }
}

/// What is known of a merged value.
#[derive(Default)]
struct Seen {
    /// How many places refer to it.
    places: u32,
    /// The number by which it can be referred to, once it is written.
    number: Option<u32>,
}

struct Writer {
    out: Vec<u8>,
    version: u32,
    seen: HashMap<Key, Seen>,
    /// Qualified names of classes: the constant and the name of the code object are one object.
    class_names: HashSet<Text>,
    next_number: u32,
    depth: u32,
}

/// Whether a string constant is interned: if it could be a name, or is one Latin-1 character.
fn could_be_name(text: &Text) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        || bytes.len() == 1
        || bytes.len() == 2 && matches!(bytes[0], 0xC2 | 0xC3)
}

/// Values of which there is one object in the whole process.
fn is_singleton(value: &Const) -> bool {
    match value {
        Const::Int(n) => (-5..=256).contains(n),
        Const::Bytes(bytes) => bytes.len() <= 1,
        Const::Tuple(items) => items.is_empty(),
        _ => false,
    }
}

/// Values so small that there is no way to refer to them.
fn is_atom(value: &Const) -> bool {
    matches!(value, Const::None | Const::Ellipsis | Const::Bool(_))
}

/// Whether the code evaluates annotations: its parameter, `.format` while it is compiled, is shown as
/// `format`, for which its names are copied after equal ones were merged.
fn renames_parameter(code: &Code) -> bool {
    code.posonlyargcount == 1 && code.localsplusnames.first().is_some_and(|name| name.as_bytes() == b"format")
}

fn names_tuple(names: &[Text]) -> Const {
    Const::Tuple(names.iter().cloned().map(Const::Str).collect())
}

impl Writer {
    fn find_class_names(&mut self, code: &Code, depth: u32) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        for value in &code.consts {
            match value {
                Const::Str(text) if *text == code.qualname => {
                    self.class_names.insert(text.clone());
                }
                Const::Code(nested) => self.find_class_names(nested, depth + 1)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn is_interned(&self, text: &Text) -> bool {
        could_be_name(text) || self.class_names.contains(text)
    }

    fn key(&self, value: &Const) -> Key {
        let interned = matches!(value, Const::Str(text) if self.is_interned(text));
        Key { value: value.clone(), interned }
    }

    // Counting of references.

    fn enter(&mut self) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(MarshalError::TooDeep) } else { Ok(()) }
    }

    /// `places` more places refer to `value`.
    fn count(&mut self, value: &Const, places: u32) -> Result<()> {
        if is_atom(value) {
            return Ok(());
        }
        self.enter()?;
        let key = self.key(value);
        let seen = self.seen.entry(key).or_default();
        let first = seen.places == 0;
        seen.places += places;
        if first {
            match value {
                Const::Tuple(items) => self.count_all(items, 1)?,
                // While a set is written, the list its elements are sorted in refers to them too.
                Const::FrozenSet(items) => self.count_all(items, 2)?,
                Const::Code(code) => {
                    self.count(&Const::Tuple((&*code.consts).into()), 1)?;
                    self.count_names(&code.names);
                    if !renames_parameter(code) {
                        self.count_names(&code.localsplusnames);
                    }
                    self.count(&Const::Bytes((&*code.linetable).into()), 1)?;
                    self.count(&Const::Bytes((&*code.exceptiontable).into()), 1)?;
                }
                _ => {}
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn count_all(&mut self, items: &[Const], places: u32) -> Result<()> {
        items.iter().try_for_each(|item| self.count(item, places))
    }

    /// The names themselves are interned, so nothing depends on how often they occur.
    fn count_names(&mut self, names: &[Text]) {
        let key = self.key(&names_tuple(names));
        self.seen.entry(key).or_default().places += 1;
    }

    // Writing.

    fn int(&mut self, n: i32) {
        self.out.extend_from_slice(&n.to_le_bytes());
    }

    fn unsigned(&mut self, n: u32) {
        self.out.extend_from_slice(&n.to_le_bytes());
    }

    fn size(&mut self, n: usize) -> Result<()> {
        self.int(i32::try_from(n).map_err(|_| MarshalError::Unmarshallable)?);
        Ok(())
    }

    fn sized(&mut self, bytes: &[u8]) -> Result<()> {
        self.size(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// Writes a reference to a value that was written before (and returns `None`), or tells with which
    /// flag in its type byte to write it.
    fn reference(&mut self, key: Key, shared: bool) -> Option<u8> {
        if self.version < 3 {
            return Some(0);
        }
        let seen = self.seen.entry(key).or_default();
        if let Some(number) = seen.number {
            self.out.push(tag::REF);
            self.unsigned(number);
            return None;
        }
        if !shared && seen.places < 2 {
            return Some(0);
        }
        seen.number = Some(self.next_number);
        self.next_number += 1;
        Some(FLAG_REF)
    }

    fn value(&mut self, value: &Const) -> Result<()> {
        match value {
            Const::None => self.out.push(tag::NONE),
            Const::Ellipsis => self.out.push(tag::ELLIPSIS),
            Const::Bool(true) => self.out.push(tag::TRUE),
            Const::Bool(false) => self.out.push(tag::FALSE),
            Const::Str(text) => self.string(text, self.is_interned(text))?,
            _ => {
                self.enter()?;
                if let Some(flag) = self.reference(self.key(value), is_singleton(value)) {
                    self.object(value, flag)?;
                }
                self.depth -= 1;
            }
        }
        Ok(())
    }

    fn values(&mut self, items: &[Const]) -> Result<()> {
        items.iter().try_for_each(|item| self.value(item))
    }

    fn object(&mut self, value: &Const, flag: u8) -> Result<()> {
        match value {
            Const::Int(n) => match i32::try_from(*n) {
                Ok(small) => {
                    self.out.push(tag::INT | flag);
                    self.int(small);
                }
                Err(_) => {
                    let magnitude = u128::from(n.unsigned_abs());
                    let digits: Vec<u32> =
                        (0..3).map(|i| (magnitude >> (30 * i)) as u32 & ((1 << 30) - 1)).collect();
                    self.long(*n < 0, &digits, flag)?;
                }
            },
            Const::BigInt(n) => {
                let BigInt { negative, digits } = &**n;
                self.long(*negative, digits, flag)?;
            }
            Const::Float(x) => {
                self.out.push(if self.version > 1 { tag::BINARY_FLOAT } else { tag::FLOAT } | flag);
                self.float(*x);
            }
            Const::Complex(x, y) => {
                self.out.push(if self.version > 1 { tag::BINARY_COMPLEX } else { tag::COMPLEX } | flag);
                self.float(*x);
                self.float(*y);
            }
            Const::Bytes(bytes) => {
                self.out.push(tag::BYTES | flag);
                self.sized(bytes)?;
            }
            Const::Tuple(items) => {
                match u8::try_from(items.len()) {
                    Ok(len) if self.version >= 4 => {
                        self.out.extend_from_slice(&[tag::SMALL_TUPLE | flag, len])
                    }
                    _ => {
                        self.out.push(tag::TUPLE | flag);
                        self.size(items.len())?;
                    }
                }
                self.values(items)?;
            }
            Const::FrozenSet(items) => {
                self.out.push(tag::FROZENSET | flag);
                self.size(items.len())?;
                let mut sorted = Vec::with_capacity(items.len());
                for item in &**items {
                    sorted.push((dumps_referenced(item, self.version, 2)?, item));
                }
                sorted.sort_by(|a, b| a.0.cmp(&b.0));
                sorted.iter().try_for_each(|(_, item)| self.value(item))?;
            }
            Const::Slice(parts) => {
                if self.version < 5 {
                    return Err(MarshalError::Unmarshallable);
                }
                self.out.push(tag::SLICE | flag);
                // Numbers in slices are not merged with equal ones elsewhere.
                for part in &parts[..] {
                    match part {
                        Const::Int(_) | Const::BigInt(_) | Const::Float(_) if !is_singleton(part) => {
                            self.object(part, 0)?;
                        }
                        _ => self.value(part)?,
                    }
                }
            }
            Const::Code(code) => {
                self.out.push(tag::CODE | flag);
                self.code(code)?;
            }
            Const::None | Const::Ellipsis | Const::Bool(_) | Const::Str(_) => {}
        }
        Ok(())
    }

    fn float(&mut self, x: f64) {
        if self.version > 1 {
            self.out.extend_from_slice(&x.to_le_bytes());
        } else {
            let text = float_text::format(x);
            self.out.push(text.len() as u8);
            self.out.extend_from_slice(text.as_bytes());
        }
    }

    /// In 15-bit digits; their number has the sign of the value.
    fn long(&mut self, negative: bool, digits: &[u32], flag: u8) -> Result<()> {
        let mut halves: Vec<u16> =
            digits.iter().flat_map(|d| [(d & 0x7FFF) as u16, (d >> 15) as u16]).collect();
        while halves.last() == Some(&0) {
            halves.pop();
        }
        let count = i32::try_from(halves.len()).map_err(|_| MarshalError::Unmarshallable)?;
        self.out.push(tag::LONG | flag);
        self.int(if negative { -count } else { count });
        halves.iter().for_each(|half| self.out.extend_from_slice(&half.to_le_bytes()));
        Ok(())
    }

    fn string(&mut self, text: &Text, interned: bool) -> Result<()> {
        let key = Key { value: Const::Str(text.clone()), interned };
        let Some(flag) = self.reference(key, interned) else { return Ok(()) };
        let bytes = text.as_bytes();
        if self.version >= 4 && text.is_ascii() {
            if let Ok(len) = u8::try_from(bytes.len()) {
                self.out.push(if interned { tag::SHORT_ASCII_INTERNED } else { tag::SHORT_ASCII } | flag);
                self.out.push(len);
                self.out.extend_from_slice(bytes);
            } else {
                self.out.push(if interned { tag::ASCII_INTERNED } else { tag::ASCII } | flag);
                self.sized(bytes)?;
            }
        } else {
            self.out.push(if interned && self.version >= 3 { tag::INTERNED } else { tag::UNICODE } | flag);
            self.sized(bytes)?;
        }
        Ok(())
    }

    /// A tuple of names, all of them interned.
    fn names(&mut self, names: &[Text]) -> Result<()> {
        let tuple = names_tuple(names);
        let shared = is_singleton(&tuple);
        match self.reference(self.key(&tuple), shared) {
            Some(flag) => self.names_with(names, flag),
            None => Ok(()),
        }
    }

    fn names_with(&mut self, names: &[Text], flag: u8) -> Result<()> {
        match u8::try_from(names.len()) {
            Ok(len) if self.version >= 4 => self.out.extend_from_slice(&[tag::SMALL_TUPLE | flag, len]),
            _ => {
                self.out.push(tag::TUPLE | flag);
                self.size(names.len())?;
            }
        }
        names.iter().try_for_each(|name| self.string(name, true))
    }

    fn code(&mut self, code: &Code) -> Result<()> {
        for n in [code.argcount, code.posonlyargcount, code.kwonlyargcount, code.stacksize, code.flags] {
            self.unsigned(n);
        }
        // The code object and its cache of these bytes both refer to them.
        let flag = if self.version >= 3 { FLAG_REF } else { 0 };
        self.next_number += u32::from(flag != 0);
        self.out.push(tag::BYTES | flag);
        self.sized(&code.code)?;
        self.value(&Const::Tuple((&*code.consts).into()))?;
        self.names(&code.names)?;
        if renames_parameter(code) {
            self.names_with(&code.localsplusnames, 0)?;
        } else {
            self.names(&code.localsplusnames)?;
        }
        if code.localspluskinds.is_empty() {
            self.value(&Const::Bytes(Arc::new([])))?;
        } else {
            self.out.push(tag::BYTES);
            self.sized(&code.localspluskinds)?;
        }
        self.string(&code.filename, true)?;
        self.string(&code.name, true)?;
        self.string(&code.qualname, true)?;
        self.int(code.firstlineno);
        self.value(&Const::Bytes((&*code.linetable).into()))?;
        self.value(&Const::Bytes((&*code.exceptiontable).into()))
    }
}
