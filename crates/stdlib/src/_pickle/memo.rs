//! Memos: what a pickler has written, by identity, and what an unpickler has made, by number.

use runtime::prelude::*;
use std::collections::HashMap;

/// Objects by identity, with their numbers.
#[derive(Default)]
pub struct Memo {
    entries: Vec<(Py, usize)>,
    /// Open addressing: places in `entries` plus 1.
    table: Vec<u32>,
}

fn slot_of(o: *const PyObject, mask: usize) -> usize {
    ((o as usize >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20) & mask
}

impl Memo {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn entries(&self) -> &[(Py, usize)] {
        &self.entries
    }

    /// The number of an object.
    #[inline]
    pub fn get(&self, o: &PyObject) -> Option<usize> {
        let mask = self.table.len().checked_sub(1)?;
        let wanted = o.as_ptr();
        let mut i = slot_of(wanted, mask);
        loop {
            let at = *self.table.get(i)?;
            let (object, number) = self.entries.get((at as usize).checked_sub(1)?)?;
            if object.as_ptr() == wanted {
                return Some(*number);
            }
            i = (i + 1) & mask;
        }
    }

    /// Gives an object a number.
    pub fn put(&mut self, o: &PyObject, number: usize) {
        if (self.entries.len() + 1) * 3 > self.table.len() * 2 {
            self.grow();
        }
        self.entries.push((o.owned(), number));
        let n = self.entries.len() as u32;
        self.place(o.as_ptr(), n);
    }

    fn place(&mut self, o: *const PyObject, n: u32) {
        let mask = self.table.len().wrapping_sub(1);
        let mut i = slot_of(o, mask);
        while let Some(slot) = self.table.get_mut(i) {
            if *slot == 0 {
                *slot = n;
                return;
            }
            i = (i + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 4).max(64);
        self.table = vec![0; size];
        for i in 0..self.entries.len() {
            if let Some((o, _)) = self.entries.get(i) {
                let o = o.as_ptr();
                self.place(o, i as u32 + 1);
            }
        }
    }
}

impl Traverse for Memo {
    fn traverse(&self, visitor: &mut Visitor) {
        for (o, _) in &self.entries {
            visitor.visit(o);
        }
    }
}

/// Objects by number.
#[derive(Default)]
pub struct Made {
    dense: Vec<Option<Py>>,
    /// Numbers far beyond all others.
    sparse: HashMap<usize, Py>,
    count: usize,
}

impl Made {
    /// How many numbers are in use.
    pub fn len(&self) -> usize {
        self.count
    }

    #[inline]
    pub fn get(&self, i: usize) -> Option<&Py> {
        match self.dense.get(i) {
            Some(slot) => slot.as_ref(),
            None => self.sparse.get(&i),
        }
    }

    /// Stores an object and returns the one it displaces.
    pub fn put(&mut self, i: usize, o: Py) -> Option<Py> {
        if i == self.dense.len() && !self.sparse.contains_key(&i) {
            self.dense.push(Some(o));
            self.count += 1;
            return None;
        }
        if i >= self.dense.len() && i < self.dense.len() * 2 + 1024 && self.sparse.is_empty() {
            self.dense.resize_with(i + 1, || None);
        }
        let old = match self.dense.get_mut(i) {
            Some(slot) => slot.replace(o),
            None => self.sparse.insert(i, o),
        };
        self.count += old.is_none() as usize;
        old
    }

    /// All numbers in use, with their objects.
    pub fn items(&self) -> Vec<(usize, Py)> {
        let dense = self.dense.iter().enumerate().filter_map(|(i, o)| Some((i, o.clone()?)));
        dense.chain(self.sparse.iter().map(|(i, o)| (*i, o.clone()))).collect()
    }
}

impl Traverse for Made {
    fn traverse(&self, visitor: &mut Visitor) {
        for o in self.dense.iter().flatten().chain(self.sparse.values()) {
            visitor.visit(o);
        }
    }
}
