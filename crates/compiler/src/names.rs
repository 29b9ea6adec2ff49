//! Identifiers as small numbers.
//!
//! Every identifier of a compilation is interned once into a [`Sym`]; the symbol table and the code
//! generator then compare, index and hash plain `u32`s. The names the compiler itself speaks of have fixed
//! numbers (the associated constants of [`Sym`]).

use std::hash::Hasher;

/// An interned identifier. Numbers are dense, in order of first appearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(pub u32);

macro_rules! well_known {
    ($($konst:ident = $text:literal),* $(,)?) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Ordinal { $($konst),* }
        impl Sym { $(pub const $konst: Sym = Sym(Ordinal::$konst as u32);)* }
        const WELL_KNOWN: &[&str] = &[$($text),*];
    };
}

well_known! {
    CLASS = "__class__",
    CLASSDICT = "__classdict__",
    CLASSCELL = "__classcell__",
    CLASSDICTCELL = "__classdictcell__",
    CONDITIONAL_ANNOTATIONS = "__conditional_annotations__",
    ANNOTATE = "__annotate__",
    ANNOTATE_FUNC = "__annotate_func__",
    ANNOTATIONS = "__annotations__",
    DEBUG = "__debug__",
    DOC = "__doc__",
    NAME = "__name__",
    MODULE = "__module__",
    QUALNAME = "__qualname__",
    FIRSTLINENO = "__firstlineno__",
    STATIC_ATTRIBUTES = "__static_attributes__",
    TYPE_PARAMS = "__type_params__",
    DOT_TYPE_PARAMS = ".type_params",
    DOT_GENERIC_BASE = ".generic_base",
    DOT_DEFAULTS = ".defaults",
    DOT_KWDEFAULTS = ".kwdefaults",
    DOT_FORMAT = ".format",
    FORMAT = "format",
    DOT_ZERO = ".0",
    TOP = "top",
    LAMBDA = "lambda",
    GENEXPR = "genexpr",
    LISTCOMP = "listcomp",
    SETCOMP = "setcomp",
    DICTCOMP = "dictcomp",
    ANON_MODULE = "<module>",
    ANON_LAMBDA = "<lambda>",
    ANON_GENEXPR = "<genexpr>",
    ANON_LISTCOMP = "<listcomp>",
    ANON_SETCOMP = "<setcomp>",
    ANON_DICTCOMP = "<dictcomp>",
    SUPER = "super",
    SELF = "self",
    RETURN = "return",
    JOIN = "join",
    EMPTY = "",
    ALL = "all",
    ANY = "any",
    TUPLE = "tuple",
}

/// A multiplicative hash (the one `rustc` uses for its own tables): identifiers are short and come from
/// the program being compiled, whose author can slow down nobody but himself.
#[derive(Clone, Copy, Default)]
pub struct FastHasher(u64);

const SEED: u64 = 0x517c_c1b7_2722_0a95;

impl FastHasher {
    #[inline]
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(SEED);
    }
}

impl Hasher for FastHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            self.add(u64::from_le_bytes(word));
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.add(u64::from_le_bytes(word));
        }
    }

    #[inline]
    fn write_u32(&mut self, value: u32) {
        self.add(u64::from(value));
    }

    #[inline]
    fn write_usize(&mut self, value: usize) {
        self.add(value as u64);
    }

    #[inline]
    fn finish(&self) -> u64 {
        // Tables index by the low bits, but multiplication gathers what distinguishes keys in the high ones.
        self.0.rotate_left(26)
    }
}

/// A hash map with [`FastHasher`].
pub type FastMap<K, V> = std::collections::HashMap<K, V, std::hash::BuildHasherDefault<FastHasher>>;

/// A hash set with [`FastHasher`].
pub type FastSet<T> = std::collections::HashSet<T, std::hash::BuildHasherDefault<FastHasher>>;

/// The identifiers of one compilation.
#[derive(Debug)]
pub struct Names<'a> {
    texts: Vec<&'a str>,
    /// For each name: does mangling apply to it (`__x`, but neither `__x__` nor dotted)?
    private: Vec<bool>,
    /// Open addressing over `texts`, `EMPTY_SLOT` where free; the length is a power of two.
    slots: Vec<u32>,
    mangled: FastMap<(u32, u32), Sym>,
    arena: &'a bumpalo::Bump,
}

const EMPTY_SLOT: u32 = u32::MAX;

fn hash_text(text: &str) -> usize {
    let mut hasher = FastHasher::default();
    hasher.write(text.as_bytes());
    hasher.add(text.len() as u64);
    hasher.finish() as usize
}

impl<'a> Names<'a> {
    /// An interner that knows the well-known names; composed names are stored in `arena`.
    pub fn new(arena: &'a bumpalo::Bump) -> Self {
        let mut names = Names {
            texts: Vec::with_capacity(512),
            private: Vec::with_capacity(512),
            slots: vec![EMPTY_SLOT; 1024],
            mangled: FastMap::default(),
            arena,
        };
        for text in WELL_KNOWN {
            names.intern(text);
        }
        names
    }

    /// The number of names so far.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// True only before the well-known names went in.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The name's text.
    #[inline]
    pub fn text(&self, sym: Sym) -> &'a str {
        self.texts[sym.0 as usize]
    }

    /// The number of `text`, which is stored by reference.
    #[inline]
    pub fn intern(&mut self, text: &'a str) -> Sym {
        let mask = self.slots.len() - 1;
        let mut at = hash_text(text) & mask;
        loop {
            let slot = self.slots[at];
            if slot == EMPTY_SLOT {
                return self.insert(text, at);
            }
            let known = self.texts[slot as usize];
            if known.len() == text.len() && (std::ptr::eq(known, text) || known == text) {
                return Sym(slot);
            }
            at = (at + 1) & mask;
        }
    }

    #[cold]
    fn insert(&mut self, text: &'a str, at: usize) -> Sym {
        let number = self.texts.len() as u32;
        self.texts.push(text);
        self.private.push(is_private(text));
        self.slots[at] = number;
        if self.texts.len() * 2 > self.slots.len() {
            let size = self.slots.len() * 2;
            self.slots.clear();
            self.slots.resize(size, EMPTY_SLOT);
            for (number, text) in self.texts.iter().enumerate() {
                let mut at = hash_text(text) & (size - 1);
                while self.slots[at] != EMPTY_SLOT {
                    at = (at + 1) & (size - 1);
                }
                self.slots[at] = number as u32;
            }
        }
        Sym(number)
    }

    /// Interns a text that does not live as long as the tree.
    pub fn intern_owned(&mut self, text: &str) -> Sym {
        let text = self.arena.alloc_str(text);
        self.intern(text)
    }

    /// Private name mangling: `__x` inside `class C` is `_C__x`.
    #[inline]
    pub fn mangle(&mut self, class: Option<Sym>, name: Sym) -> Sym {
        match class {
            Some(class) if self.private[name.0 as usize] => self.mangle_private(class, name),
            _ => name,
        }
    }

    #[cold]
    fn mangle_private(&mut self, class: Sym, name: Sym) -> Sym {
        if let Some(&done) = self.mangled.get(&(class.0, name.0)) {
            return done;
        }
        let stem = self.text(class).trim_start_matches('_');
        let result = if stem.is_empty() {
            name
        } else {
            let text = bumpalo::format!(in self.arena, "_{}{}", stem, self.text(name)).into_bump_str();
            self.intern(text)
        };
        self.mangled.insert((class.0, name.0), result);
        result
    }
}

fn is_private(text: &str) -> bool {
    text.starts_with("__") && !text.ends_with("__") && !text.contains('.')
}

/// A small ordered map from names, in insertion order: a vector, with a hash index once it has grown.
#[derive(Clone, Debug)]
pub struct SymMap<V> {
    entries: Vec<(Sym, V)>,
    /// Open addressing over `entries`; empty while a linear search is faster.
    slots: Vec<u32>,
}

impl<V> Default for SymMap<V> {
    fn default() -> Self {
        SymMap { entries: Vec::new(), slots: Vec::new() }
    }
}

const LINEAR: usize = 12;

#[inline]
fn hash_sym(sym: Sym) -> usize {
    (u64::from(sym.0).wrapping_mul(SEED) >> 32) as usize
}

impl<V> SymMap<V> {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries in insertion order.
    pub fn entries(&self) -> &[(Sym, V)] {
        &self.entries
    }

    /// The values, mutable, in insertion order.
    pub fn entries_mut(&mut self) -> &mut [(Sym, V)] {
        &mut self.entries
    }

    /// The position of `key` among the entries.
    #[inline]
    pub fn position(&self, key: Sym) -> Option<usize> {
        if self.slots.is_empty() {
            return self.entries.iter().position(|entry| entry.0 == key);
        }
        let mask = self.slots.len() - 1;
        let mut at = hash_sym(key) & mask;
        loop {
            let slot = self.slots[at];
            if slot == EMPTY_SLOT {
                return None;
            }
            if self.entries[slot as usize].0 == key {
                return Some(slot as usize);
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    pub fn get(&self, key: Sym) -> Option<&V> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    #[inline]
    pub fn get_mut(&mut self, key: Sym) -> Option<&mut V> {
        match self.position(key) {
            Some(at) => Some(&mut self.entries[at].1),
            None => None,
        }
    }

    /// Adds a key known to be absent and returns its position.
    pub fn push(&mut self, key: Sym, value: V) -> usize {
        let number = self.entries.len();
        self.entries.push((key, value));
        if number >= LINEAR && (number + 1) * 2 > self.slots.len() {
            self.rebuild();
        } else if !self.slots.is_empty() {
            self.place(key, number as u32);
        }
        number
    }

    fn place(&mut self, key: Sym, number: u32) {
        let mask = self.slots.len() - 1;
        let mut at = hash_sym(key) & mask;
        while self.slots[at] != EMPTY_SLOT {
            at = (at + 1) & mask;
        }
        self.slots[at] = number;
    }

    fn rebuild(&mut self) {
        let size = (self.entries.len() * 4).next_power_of_two();
        self.slots.clear();
        self.slots.resize(size, EMPTY_SLOT);
        for number in 0..self.entries.len() {
            self.place(self.entries[number].0, number as u32);
        }
    }

    /// Removes a key, keeping the order of the others.
    pub fn remove(&mut self, key: Sym) {
        if let Some(at) = self.position(key) {
            self.entries.remove(at);
            if !self.slots.is_empty() {
                self.rebuild();
            }
        }
    }
}

impl SymMap<()> {
    /// The position of `key`, added at the end if new.
    #[inline]
    pub fn index_of(&mut self, key: Sym) -> usize {
        match self.position(key) {
            Some(at) => at,
            None => self.push(key, ()),
        }
    }
}
