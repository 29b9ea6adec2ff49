//! The tables of a code object under construction: constants (merged as CPython merges them) and names.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use bytecode::Const;

/// Multiplicative hashing for short keys that no adversary gains by colliding: tables here fall back to
/// nothing worse than what one source file can hold.
#[derive(Default)]
pub struct FastHasher(u64);

const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

impl Hasher for FastHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
        let mut tail = bytes.len() as u64;
        for &b in chunks.remainder() {
            tail = tail << 8 | u64::from(b);
        }
        self.write_u64(tail);
    }

    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }

    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(23) ^ n).wrapping_mul(MULTIPLIER);
    }

    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

/// A hash map with [`FastHasher`].
pub type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<FastHasher>>;

/// Tables with fewer entries are searched from end to end.
const LINEAR: usize = 8;

/// `co_consts` under construction: values in the order of first use, each once (see [`Const::same`]).
#[derive(Debug, Default)]
pub struct ConstTable {
    items: Vec<Const>,
    /// Slots of an open-addressing table: index + 1, or 0. Empty while the table is small.
    slots: Vec<u32>,
}

impl ConstTable {
    pub fn new() -> ConstTable {
        ConstTable::default()
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub fn get(&self, index: u32) -> Option<&Const> {
        self.items.get(index as usize)
    }

    pub fn items(&self) -> &[Const] {
        &self.items
    }

    /// The index of `value`, which is added if there is none like it.
    pub fn add(&mut self, value: Const) -> u32 {
        if self.slots.is_empty() {
            if let Some(i) = self.items.iter().position(|c| c.same(&value)) {
                return i as u32;
            }
            self.items.push(value);
            if self.items.len() > LINEAR {
                self.rehash(64);
            }
            return self.items.len() as u32 - 1;
        }
        let slot = self.slot_of(&value);
        if let Some(i) = self.slots[slot].checked_sub(1) {
            return i;
        }
        self.items.push(value);
        self.slots[slot] = self.items.len() as u32;
        if self.items.len() * 2 > self.slots.len() {
            self.rehash(self.slots.len() * 4);
        }
        self.items.len() as u32 - 1
    }

    /// The slot where `value` is or would go.
    fn slot_of(&self, value: &Const) -> usize {
        let mut hasher = FastHasher::default();
        value.hash_same(&mut hasher);
        let mask = self.slots.len() - 1;
        let mut slot = hasher.finish() as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return slot,
                i if self.items[i as usize - 1].same(value) => return slot,
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    fn rehash(&mut self, size: usize) {
        self.slots = vec![0; size];
        let mask = size - 1;
        for (i, item) in self.items.iter().enumerate() {
            let mut hasher = FastHasher::default();
            item.hash_same(&mut hasher);
            let mut slot = hasher.finish() as usize & mask;
            while self.slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = i as u32 + 1;
        }
    }

    /// Keeps the constants for which `used` says so (by index), in order.
    pub(crate) fn retain(&mut self, used: &[bool]) {
        let mut used = used.iter();
        self.items.retain(|_| used.next().copied().unwrap_or(true));
        if !self.slots.is_empty() {
            self.rehash(self.slots.len());
        }
    }

    pub(crate) fn into_items(self) -> Box<[Const]> {
        self.items.into()
    }
}

/// Names in the order of first use, each once: `co_names` and its like under construction.
#[derive(Debug, Default)]
pub struct NameTable<'a> {
    names: Vec<&'a str>,
    index: FastMap<&'a str, u32>,
}

impl<'a> NameTable<'a> {
    pub fn new() -> NameTable<'a> {
        NameTable::default()
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    pub fn names(&self) -> &[&'a str] {
        &self.names
    }

    /// The index of `name`, if it is there.
    pub fn get(&self, name: &str) -> Option<u32> {
        if self.index.is_empty() {
            return self.names.iter().position(|n| *n == name).map(|i| i as u32);
        }
        self.index.get(name).copied()
    }

    /// The index of `name`, which is added if missing.
    pub fn add(&mut self, name: &'a str) -> u32 {
        if let Some(i) = self.get(name) {
            return i;
        }
        let i = self.names.len() as u32;
        self.names.push(name);
        if !self.index.is_empty() {
            self.index.insert(name, i);
        } else if self.names.len() > LINEAR {
            self.index = self.names.iter().zip(0..).map(|(n, i)| (*n, i)).collect();
        }
        i
    }
}
