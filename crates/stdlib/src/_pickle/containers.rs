//! What a dump writes for containers.

use super::ops::*;
use super::save::Save;
use super::{kind, noted};
use runtime::prelude::*;

impl Save<'_> {
    /// Writes an item of a container; a failure says which one.
    fn item(&mut self, container: &PyObject, i: usize, item: &PyObject) -> PyResult<()> {
        let py = self.py;
        self.object(item, true)
            .map_err(|e| noted(py, e, || format!("when serializing {} item {i}", kind(py, container))))
    }

    /// Writes the value of a key.
    fn value(&mut self, container: &PyObject, key: &PyObject, value: &PyObject) -> PyResult<()> {
        let py = self.py;
        self.object(value, true).map_err(|e| {
            noted(py, e, || {
                let shown = match key.repr(py) {
                    Ok(s) => s.to_string_lossy(),
                    Err(e) => {
                        drop(fetch(py, e));
                        format!("of type {}", kind(py, key))
                    }
                };
                format!("when serializing {} item {shown}", kind(py, container))
            })
        })
    }

    pub fn tuple(&mut self, t: &PyTuple) -> PyResult<()> {
        let n = t.len();
        if n == 0 {
            if self.bin {
                self.out.byte(EMPTY_TUPLE);
            } else {
                self.out.bytes(&[MARK, TUPLE]);
            }
            return Ok(());
        }
        let short = n <= 3 && self.proto >= 2;
        if !short {
            self.out.byte(MARK);
        }
        self.enter(t)?;
        for (i, item) in t.items().iter().enumerate() {
            self.item(t, i, item)?;
        }
        self.leave();
        // The items may contain the tuple itself: then it has been made, and what is on the stack goes away.
        if let Some(number) = self.known(t) {
            if short {
                self.out.bytes(&[POP; 3][..n]);
            } else if self.bin {
                self.out.byte(POP_MARK);
            } else {
                for _ in 0..=n {
                    self.out.byte(POP);
                }
            }
            self.recall(number);
            return Ok(());
        }
        self.out.byte(match (short, n) {
            (true, 1) => TUPLE1,
            (true, 2) => TUPLE2,
            (true, _) => TUPLE3,
            _ => TUPLE,
        });
        self.memoize(t)
    }

    pub fn list(&mut self, l: &PyList) -> PyResult<()> {
        self.enter(l)?;
        if self.bin {
            self.out.byte(EMPTY_LIST);
        } else {
            self.out.bytes(&[MARK, LIST]);
        }
        self.memoize(l)?;
        if !l.is_empty() {
            if self.proto > 0 {
                self.list_items(l)?;
            } else {
                let it = l.as_object().get_iter(self.py)?;
                self.append_items(&it, l)?;
            }
        }
        self.leave();
        Ok(())
    }

    fn list_items(&mut self, l: &PyList) -> PyResult<()> {
        if l.len() == 1
            && let Some(item) = l.get(0)
        {
            self.item(l, 0, &item)?;
            self.out.byte(APPEND);
            return Ok(());
        }
        let mut i = 0;
        loop {
            self.out.byte(MARK);
            let end = i + BATCH_SIZE;
            while let Some(item) = l.get(i).filter(|_| i < end) {
                self.item(l, i, &item)?;
                i += 1;
            }
            self.out.byte(APPENDS);
            if i >= l.len() {
                return Ok(());
            }
        }
    }

    /// Appends what an iterator has to the list written last.
    pub fn append_items(&mut self, it: &PyObject, o: &PyObject) -> PyResult<()> {
        let py = self.py;
        let mut i = 0;
        if self.proto == 0 {
            while let Some(item) = it.iter_next(py)? {
                self.item(o, i, &item)?;
                self.out.byte(APPEND);
                i += 1;
            }
            return Ok(());
        }
        loop {
            let Some(first) = it.iter_next(py)? else { return Ok(()) };
            let Some(mut next) = it.iter_next(py)? else {
                self.item(o, i, &first)?;
                self.out.byte(APPEND);
                return Ok(());
            };
            self.out.byte(MARK);
            self.item(o, i, &first)?;
            i += 1;
            let mut n = 1;
            let full = loop {
                self.item(o, i, &next)?;
                i += 1;
                n += 1;
                if n == BATCH_SIZE {
                    break true;
                }
                match it.iter_next(py)? {
                    Some(item) => next = item,
                    None => break false,
                }
            };
            self.out.byte(APPENDS);
            if !full {
                return Ok(());
            }
        }
    }

    pub fn dict(&mut self, d: &PyDict) -> PyResult<()> {
        self.enter(d)?;
        if self.bin {
            self.out.byte(EMPTY_DICT);
        } else {
            self.out.bytes(&[MARK, DICT]);
        }
        self.memoize(d)?;
        if !d.is_empty() {
            if self.proto > 0 {
                self.dict_items(d)?;
            } else {
                let items = d.call_method0(self.py, intern!(self.py, "items"))?.get_iter(self.py)?;
                self.set_items(&items, d)?;
            }
        }
        self.leave();
        Ok(())
    }

    fn dict_items(&mut self, d: &PyDict) -> PyResult<()> {
        let size = d.len();
        let mut at = 0;
        if size == 1
            && let Some((key, value)) = d.next(&mut at)
        {
            self.object(&key, true)?;
            self.value(d, &key, &value)?;
            self.out.byte(SETITEM);
            return Ok(());
        }
        loop {
            let mut n = 0;
            self.out.byte(MARK);
            while let Some((key, value)) = d.next(&mut at) {
                self.object(&key, true)?;
                self.value(d, &key, &value)?;
                n += 1;
                if n == BATCH_SIZE {
                    break;
                }
            }
            self.out.byte(SETITEMS);
            if d.len() != size {
                return Err(runtime_error(self.py, "dictionary changed size during iteration"));
            }
            if n != BATCH_SIZE {
                return Ok(());
            }
        }
    }

    /// Sets what an iterator of pairs has in the dict written last.
    pub fn set_items(&mut self, it: &PyObject, o: &PyObject) -> PyResult<()> {
        let py = self.py;
        if self.proto == 0 {
            while let Some(pair) = it.iter_next(py)? {
                self.pair(o, &pair)?;
                self.out.byte(SETITEM);
            }
            return Ok(());
        }
        loop {
            let Some(first) = it.iter_next(py)? else { return Ok(()) };
            let Some(mut next) = it.iter_next(py)? else {
                self.pair(o, &first)?;
                self.out.byte(SETITEM);
                return Ok(());
            };
            self.out.byte(MARK);
            self.pair(o, &first)?;
            let mut n = 1;
            let full = loop {
                self.pair(o, &next)?;
                n += 1;
                if n == BATCH_SIZE {
                    break true;
                }
                match it.iter_next(py)? {
                    Some(item) => next = item,
                    None => break false,
                }
            };
            self.out.byte(SETITEMS);
            if !full {
                return Ok(());
            }
        }
    }

    fn pair(&mut self, o: &PyObject, pair: &PyObject) -> PyResult<()> {
        let Some([key, value]) = pair.downcast::<PyTuple>().map(|t| t.items()) else {
            return Err(type_error(self.py, "dict items iterator must return 2-tuples"));
        };
        self.object(key, true)?;
        self.value(o, key, value)
    }

    fn element(&mut self, set: &PyObject, item: &PyObject) -> PyResult<()> {
        let py = self.py;
        self.object(item, true)
            .map_err(|e| noted(py, e, || format!("when serializing {} element", kind(py, set))))
    }

    /// A set in the protocols that know no sets: its type, called with a list.
    fn set_as_call(&mut self, set: &PyObject) -> PyResult<()> {
        let py = self.py;
        let items = set.to_list(py)?.into_object();
        let args = PyTuple::new(py, [items])?.into_object();
        self.reduce(&*PyTuple::new(py, [set.ty().as_object().owned(), args])?, Some(set))
    }

    pub fn set(&mut self, s: &PySet) -> PyResult<()> {
        if self.proto < 4 {
            return self.set_as_call(s);
        }
        self.out.byte(EMPTY_SET);
        self.memoize(s)?;
        let size = s.len();
        if size == 0 {
            return Ok(());
        }
        let items = s.snapshot();
        let mut batches = items.chunks(BATCH_SIZE);
        loop {
            let batch = batches.next().unwrap_or_default();
            self.out.byte(MARK);
            for item in batch {
                self.element(s, item)?;
            }
            self.out.byte(ADDITEMS);
            if s.len() != size {
                return Err(runtime_error(self.py, "set changed size during iteration"));
            }
            if batch.len() != BATCH_SIZE {
                return Ok(());
            }
        }
    }

    pub fn frozenset(&mut self, s: &PyFrozenSet) -> PyResult<()> {
        if self.proto < 4 {
            return self.set_as_call(s);
        }
        self.enter(s)?;
        self.out.byte(MARK);
        let items = s.as_object().to_list(self.py)?;
        let mut i = 0;
        while let Some(item) = items.get(i) {
            self.element(s, &item)?;
            i += 1;
        }
        self.leave();
        if let Some(number) = self.known(s) {
            self.out.byte(POP_MARK);
            self.recall(number);
            return Ok(());
        }
        self.out.byte(FROZENSET);
        self.memoize(s)
    }
}
