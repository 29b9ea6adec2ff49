//! The constants of a code object under construction, merged as CPython merges them.

use std::hash::Hasher;

use bytecode::Const;

use crate::names::FastHasher;

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
