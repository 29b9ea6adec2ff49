//! `OrderedDict`: a dict with a linked list of its keys.
//!
//! The list's nodes live in an arena. A table beside the dict's own gives the node of each entry (`fast`); it is made anew when the
//! dict has got another table of keys. Whoever changes the dict behind the list's back (through `dict`'s methods) leaves the
//! list as it was, as in CPython.

use runtime::prelude::*;
use std::cell::RefCell;

const NIL: u32 = u32::MAX;

struct Node {
    key: Option<Py>,
    hash: isize,
    prev: u32,
    next: u32,
}

/// The order of the keys.
#[derive(Default)]
pub(super) struct Order {
    nodes: Vec<Node>,
    free: Vec<u32>,
    /// First and last node, when there are any.
    ends: Option<(u32, u32)>,
    /// The node of each entry of the dict's table, which `table` identifies.
    fast: Vec<u32>,
    table: (usize, usize),
}

/// `PyODictObject`.
#[repr(C)]
pub struct OrderedDict {
    pub ob_base: PyDict,
    pub(super) order: Box<RefCell<Order>>,
    /// Counts changes of the order.
    pub(super) state: Cell<usize>,
    pub(super) dict: Slot<PyDict>,
    pub(super) weakreflist: Cell<*mut PyObject>,
}

/// A node by number. It can be gone at any later moment; then it is not found.
pub(super) type NodeId = u32;

impl Order {
    fn live(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize).filter(|n| n.key.is_some())
    }

    fn link_last(&mut self, id: NodeId) {
        let last = self.ends.map_or(NIL, |e| e.1);
        self.set_links(id, last, NIL);
        match self.ends {
            Some((first, last)) => {
                self.nodes[last as usize].next = id;
                self.ends = Some((first, id));
            }
            None => self.ends = Some((id, id)),
        }
    }

    fn link_first(&mut self, id: NodeId) {
        let first = self.ends.map_or(NIL, |e| e.0);
        self.set_links(id, NIL, first);
        match self.ends {
            Some((first, last)) => {
                self.nodes[first as usize].prev = id;
                self.ends = Some((id, last));
            }
            None => self.ends = Some((id, id)),
        }
    }

    fn set_links(&mut self, id: NodeId, prev: u32, next: u32) {
        let n = &mut self.nodes[id as usize];
        (n.prev, n.next) = (prev, next);
    }

    fn unlink(&mut self, id: NodeId) {
        let Some((mut first, mut last)) = self.ends else { return };
        let (prev, next) = (self.nodes[id as usize].prev, self.nodes[id as usize].next);
        match prev {
            NIL => first = next,
            p => self.nodes[p as usize].next = next,
        }
        match next {
            NIL => last = prev,
            n => self.nodes[n as usize].prev = prev,
        }
        self.ends = if first == NIL { None } else { Some((first, last)) };
    }

    fn new_node(&mut self, key: Py, hash: isize) -> NodeId {
        let node = Node { key: Some(key), hash, prev: NIL, next: NIL };
        match self.free.pop() {
            Some(id) => {
                self.nodes[id as usize] = node;
                id
            }
            None => {
                self.nodes.push(node);
                (self.nodes.len() - 1) as u32
            }
        }
    }

    /// All references the nodes hold.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Py> {
        self.nodes.iter().filter_map(|n| n.key.as_ref())
    }
}

impl OrderedDict {
    pub(super) fn make(py: Python, cls: &PyTypeObject) -> PyResult<Py<OrderedDict>> {
        // The dict part is made by `dict`, whose layout is its own business; all other fields are valid when zero but the order.
        let Some(new) = PyDict::type_object().tp_new.get() else { return Err(bad_internal_call(py)) };
        let args = PyTuple::empty(py);
        // SAFETY: `dict.__new__` makes an instance of the class; its own fields are zero bytes, which dropping does not touch.
        unsafe {
            let made: Py = from_c(py, new(cls as *const _ as *mut _, args.as_ptr(), std::ptr::null_mut()))?;
            let raw = made.as_ptr() as *mut OrderedDict;
            std::ptr::addr_of_mut!((*raw).order).write(Box::default());
            Ok(made.cast_unchecked())
        }
    }

    pub(super) fn is_empty_order(&self) -> bool {
        self.order.borrow().ends.is_none()
    }

    pub(super) fn changed(&self) {
        self.state.set(self.state.get().wrapping_add(1));
    }

    /// The first or the last node.
    pub(super) fn end(&self, last: bool) -> Option<NodeId> {
        self.order.borrow().ends.map(|e| if last { e.1 } else { e.0 })
    }

    /// Key and hash of a node.
    pub(super) fn node(&self, id: NodeId) -> Option<(Py, isize)> {
        self.order.borrow().live(id).and_then(|n| Some((n.key.clone()?, n.hash)))
    }

    pub(super) fn neighbour(&self, id: NodeId, backwards: bool) -> Option<NodeId> {
        let order = self.order.borrow();
        let n = order.live(id)?;
        Some(if backwards { n.prev } else { n.next }).filter(|&i| i != NIL)
    }

    /// Makes the table of nodes if the dict has another table of keys than it was made for.
    fn refresh(&self, py: Python) -> PyResult<()> {
        let table = self.table_id();
        if self.order.borrow().table == table {
            return Ok(());
        }
        let mut fast = vec![NIL; table.1];
        let mut at = self.end(false);
        while let Some(id) = at {
            let Some((key, hash)) = self.node(id) else { break };
            if let Some(i) = self.entry_index(py, &key, hash)?
                && let Some(place) = fast.get_mut(i)
            {
                *place = id;
            }
            at = self.neighbour(id, false);
        }
        let mut order = self.order.borrow_mut();
        (order.fast, order.table) = (fast, table);
        Ok(())
    }

    /// The node of a key.
    pub(super) fn find_node(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<Option<NodeId>> {
        if self.is_empty_order() {
            return Ok(None);
        }
        self.refresh(py)?;
        let Some(i) = self.entry_index(py, key, hash)? else { return Ok(None) };
        if self.order.borrow().table != self.table_id() {
            self.refresh(py)?;
        }
        let order = self.order.borrow();
        Ok(order.fast.get(i).copied().filter(|&id| order.live(id).is_some()))
    }

    /// A node at the end for a key that the dict has got; nothing if it has one.
    pub(super) fn add_node(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<()> {
        self.refresh(py)?;
        let Some(i) = self.entry_index(py, key, hash)? else {
            return if key.is_none() { Ok(()) } else { Err(key_error(py, key)) };
        };
        let mut order = self.order.borrow_mut();
        if order.fast.get(i).is_some_and(|&id| order.live(id).is_some()) {
            return Ok(());
        }
        let id = order.new_node(key.owned(), hash);
        if let Some(place) = order.fast.get_mut(i) {
            *place = id;
        }
        order.link_last(id);
        drop(order);
        self.changed();
        Ok(())
    }

    /// Takes a node away; the dict keeps its item.
    pub(super) fn drop_node(&self, id: NodeId) {
        let mut order = self.order.borrow_mut();
        if order.live(id).is_none() {
            return;
        }
        order.unlink(id);
        let key = order.nodes[id as usize].key.take();
        order.free.push(id);
        drop(order);
        self.changed();
        drop(key);
    }

    /// Takes the node of a key away.
    pub(super) fn drop_node_of(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<()> {
        if let Some(id) = self.find_node(py, key, hash)? {
            self.forget_place(py, key, hash)?;
            self.drop_node(id);
        }
        Ok(())
    }

    /// The entry's place in the table of nodes becomes empty: the number of its node will be used again.
    pub(super) fn forget_place(&self, py: Python, key: &PyObject, hash: isize) -> PyResult<()> {
        if let Some(i) = self.entry_index(py, key, hash)?
            && let Some(place) = self.order.borrow_mut().fast.get_mut(i)
        {
            *place = NIL;
        }
        Ok(())
    }

    pub(super) fn clear_nodes(&self) {
        let old = std::mem::take(&mut *self.order.borrow_mut());
        self.changed();
        drop(old);
    }

    /// Moves a node to an end.
    pub(super) fn move_node(&self, id: NodeId, last: bool) {
        let mut order = self.order.borrow_mut();
        if order.live(id).is_none() {
            return;
        }
        order.unlink(id);
        if last {
            order.link_last(id);
        } else {
            order.link_first(id);
        }
        drop(order);
        self.changed();
    }

    /// `self[key] = value` of this class.
    pub(super) fn put(&self, py: Python, key: &PyObject, value: &PyObject) -> PyResult<()> {
        let hash = key.hash(py)?;
        self.ob_base.set_item_hash(py, key, hash, value)?;
        self.add_node(py, key, hash)
    }

    /// `del self[key]` of this class.
    pub(super) fn remove(&self, py: Python, key: &PyObject) -> PyResult<()> {
        let hash = key.hash(py)?;
        self.drop_node_of(py, key, hash)?;
        self.ob_base.del_item(py, key)
    }

    /// The keys in order; a change meanwhile cannot happen, as no code runs.
    pub(super) fn key_list(&self) -> Vec<Py> {
        let mut keys = Vec::new();
        let mut at = self.end(false);
        while let Some(id) = at {
            keys.extend(self.node(id).map(|n| n.0));
            at = self.neighbour(id, false);
        }
        keys
    }
}
