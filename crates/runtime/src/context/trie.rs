//! A persistent map from context variables to values: a trie over the variables' numbers, five bits a level.
//!
//! Variables are numbered one after the other, so two never collide. Nodes are Python objects, because several contexts
//! share them and the collector must see each reference once.

use super::PyContextVar;
use crate::prelude::*;

const BITS: u32 = 5;

enum Entry {
    Leaf(Py<PyContextVar>, Py),
    Branch(Py<Node>),
}

impl Clone for Entry {
    fn clone(&self) -> Entry {
        match self {
            Entry::Leaf(k, v) => Entry::Leaf(k.clone(), v.clone()),
            Entry::Branch(n) => Entry::Branch(n.clone()),
        }
    }
}

/// An inner node. Never changes.
#[repr(C)]
pub struct Node {
    ob_base: PyObject,
    /// Values below.
    count: usize,
    /// Which of the 32 places are taken.
    bitmap: u32,
    entries: Box<[Entry]>,
}

/// A node of a context's map.
#[pytype(name = "hamt", flags(GC, DISALLOW_INSTANTIATION))]
impl Node {
    #[slot(tp_traverse)]
    fn traverse(&self, visit: &mut Visitor) {
        for e in &self.entries {
            match e {
                Entry::Leaf(k, v) => {
                    visit.visit(k.as_object());
                    visit.visit(v);
                }
                Entry::Branch(n) => visit.visit(n.as_object()),
            }
        }
    }
}

fn place(number: u64, level: u32) -> u32 {
    let shift = level * BITS;
    if shift >= u64::BITS { 0 } else { (number >> shift) as u32 & 31 }
}

impl Node {
    fn make(py: Python, bitmap: u32, entries: Vec<Entry>) -> PyResult<Py<Node>> {
        let count = entries
            .iter()
            .map(|e| match e {
                Entry::Leaf(..) => 1,
                Entry::Branch(n) => n.count,
            })
            .sum();
        let ty = Node::type_object();
        let entries = entries.into_boxed_slice();
        new_object(py, ty, Node { ob_base: PyObject::header(ty), count, bitmap, entries })
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Position of a place among the entries, if it is taken.
    fn index(&self, place: u32) -> Result<usize, usize> {
        let below = (self.bitmap & ((1u32 << place) - 1)).count_ones() as usize;
        if self.bitmap & (1 << place) != 0 { Ok(below) } else { Err(below) }
    }

    /// The value of a variable.
    pub fn get(&self, var: &PyContextVar) -> Option<Py> {
        let mut node = self;
        let mut level = 0;
        loop {
            let at = node.index(place(var.number, level)).ok()?;
            match node.entries.get(at)? {
                Entry::Leaf(k, v) => return if k.is(var) { Some(v.clone()) } else { None },
                Entry::Branch(n) => node = n,
            }
            level += 1;
        }
    }

    /// A map with one more value, or another for the variable.
    pub fn with(py: Python, root: Option<&Node>, var: &PyContextVar, value: Py) -> PyResult<Py<Node>> {
        match root {
            None => Node::make(py, 1 << place(var.number, 0), vec![Entry::Leaf(var.owned(), value)]),
            Some(n) => n.set(py, 0, var, value),
        }
    }

    fn set(&self, py: Python, level: u32, var: &PyContextVar, value: Py) -> PyResult<Py<Node>> {
        let p = place(var.number, level);
        let mut entries = self.entries.to_vec();
        match self.index(p) {
            Err(at) => {
                entries.insert(at, Entry::Leaf(var.owned(), value));
                Node::make(py, self.bitmap | 1 << p, entries)
            }
            Ok(at) => {
                let new = match &self.entries[at] {
                    Entry::Leaf(k, _) if k.is(var) => Entry::Leaf(var.owned(), value),
                    Entry::Leaf(k, v) => {
                        let deeper = Node::make(
                            py,
                            1 << place(k.number, level + 1),
                            vec![Entry::Leaf(k.clone(), v.clone())],
                        )?;
                        Entry::Branch(deeper.set(py, level + 1, var, value)?)
                    }
                    Entry::Branch(n) => Entry::Branch(n.set(py, level + 1, var, value)?),
                };
                entries[at] = new;
                Node::make(py, self.bitmap, entries)
            }
        }
    }

    /// A map without the variable; `None` when nothing is left.
    pub fn without(&self, py: Python, var: &PyContextVar) -> PyResult<Option<Py<Node>>> {
        self.remove(py, 0, var)
    }

    fn remove(&self, py: Python, level: u32, var: &PyContextVar) -> PyResult<Option<Py<Node>>> {
        let p = place(var.number, level);
        let Ok(at) = self.index(p) else { return Ok(Some(self.owned())) };
        let mut entries = self.entries.to_vec();
        let left = match &self.entries[at] {
            Entry::Leaf(k, _) if k.is(var) => None,
            Entry::Leaf(..) => return Ok(Some(self.owned())),
            Entry::Branch(n) => n.remove(py, level + 1, var)?,
        };
        let mut bitmap = self.bitmap;
        match left {
            Some(n) => {
                // A branch with one value is that value.
                entries[at] = match &*n.entries {
                    [leaf @ Entry::Leaf(..)] => leaf.clone(),
                    _ => Entry::Branch(n),
                };
            }
            None => {
                entries.remove(at);
                bitmap &= !(1 << p);
            }
        }
        if entries.is_empty() { Ok(None) } else { Node::make(py, bitmap, entries).map(Some) }
    }

    /// All variables and values.
    pub fn collect(&self, out: &mut Vec<(Py<PyContextVar>, Py)>) {
        for e in &self.entries {
            match e {
                Entry::Leaf(k, v) => out.push((k.clone(), v.clone())),
                Entry::Branch(n) => n.collect(out),
            }
        }
    }
}
