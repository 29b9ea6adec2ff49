//! A load's instructions that make and fill objects of other types.

use super::load::Load;
use super::ops::*;
use super::{registry, unpickling_error};
use runtime::prelude::*;
use runtime::types::exceptions::PyExc_TypeError_Type;

impl Load<'_> {
    /// The instructions that are not in the loop.
    pub fn build_op(&mut self, op: u8) -> PyResult<()> {
        let py = self.py;
        match op {
            GLOBAL => {
                let module = self.name_line()?;
                let name = self.name_line()?;
                let found = self.find(&module, &name)?;
                self.push(found)
            }
            STACK_GLOBAL => {
                let name = self.pop()?;
                let module = self.pop()?;
                let (Some(m), Some(n)) = (module.downcast_exact::<PyStr>(), name.downcast_exact::<PyStr>())
                else {
                    return Err(unpickling_error(py, "STACK_GLOBAL requires str"));
                };
                let found = self.find(m, n)?;
                self.push(found)
            }
            REDUCE => {
                let args = self.pop()?;
                let func = self.pop()?;
                let Some(args) = args.downcast::<PyTuple>() else {
                    return Err(type_error(py, "argument list must be a tuple"));
                };
                let made = func.call(py, args.items())?;
                self.push(made)
            }
            NEWOBJ => self.new_object(false),
            NEWOBJ_EX => self.new_object(true),
            BUILD => self.build(),
            APPEND => self.append(self.stack.len().wrapping_sub(1)),
            APPENDS => {
                let at = self.mark()?;
                self.append(at)
            }
            SETITEM => self.set_items(self.stack.len().wrapping_sub(2)),
            SETITEMS => {
                let at = self.mark()?;
                self.set_items(at)
            }
            ADDITEMS => {
                let at = self.mark()?;
                self.add_items(at)
            }
            POP => self.drop_top(),
            POP_MARK => self.pop_mark().map(drop),
            DUP => {
                let o = self.top()?.clone();
                self.push(o)
            }
            PERSID => {
                let line = self.input.line()?;
                if !line.is_ascii() {
                    return Err(unpickling_error(py, "persistent IDs in protocol 0 must be ASCII strings"));
                }
                let id = PyStr::from_latin1(py, &line)?;
                self.persistent(&id)
            }
            BINPERSID => {
                let id = self.pop()?;
                self.persistent(&id)
            }
            INST => {
                let module = self.name_line()?;
                let name = self.name_line()?;
                let args = self.pop_mark()?;
                let class = self.find(&module, &name)?;
                self.instantiate(&class, args)
            }
            OBJ => {
                let mut items = self.pop_mark()?;
                if items.is_empty() {
                    return Err(self.underflow());
                }
                let class = items.remove(0);
                self.instantiate(&class, items)
            }
            EXT1 => {
                let [n] = self.input.array()?;
                self.extension(n as i64)
            }
            EXT2 => {
                let n = u16::from_le_bytes(self.input.array()?);
                self.extension(n as i64)
            }
            EXT4 => {
                let n = i32::from_le_bytes(self.input.array()?);
                self.extension(n as i64)
            }
            NEXT_BUFFER => {
                let Some(buffers) = self.u.buffers.get_owned() else {
                    return Err(unpickling_error(
                        py,
                        "pickle stream refers to out-of-band data but no *buffers* argument was given",
                    ));
                };
                match buffers.iter_next(py)? {
                    Some(b) => self.push(b),
                    None => Err(unpickling_error(py, "not enough out-of-band buffers")),
                }
            }
            READONLY_BUFFER => {
                let o = self.top()?.clone();
                let view = PyMemoryView::of(py, &o)?;
                if view.raw().readonly == 0 {
                    let fixed = view.call_method0(py, intern!(py, "toreadonly"))?;
                    self.pop()?;
                    self.push(fixed)?;
                }
                Ok(())
            }
            _ => Err(self.invalid(op)),
        }
    }

    fn name_line(&mut self) -> PyResult<Py<PyStr>> {
        let line = self.input.full_line()?;
        Ok(runtime::codecs::utf8::decode(self.py, &line, "strict", true)?.0)
    }

    fn find(&mut self, module: &PyStr, name: &PyStr) -> PyResult {
        let py = self.py;
        if self.plain {
            return self.u.find(py, module, name);
        }
        self.u.call_method(py, intern!(py, "find_class"), &[module, name])
    }

    fn persistent(&mut self, id: &PyObject) -> PyResult<()> {
        let py = self.py;
        let f = self.u.getattr(py, intern!(py, "persistent_load"))?;
        let o = f.call1(py, id)?;
        self.push(o)
    }

    fn instantiate(&mut self, class: &PyObject, args: Vec<Py>) -> PyResult<()> {
        let py = self.py;
        let is_class = class.downcast::<PyTypeObject>().is_some();
        let made = if args.is_empty()
            && is_class
            && class.getattr_opt(py, intern!(py, "__getinitargs__"))?.is_none()
        {
            class.call_method1(py, intern!(py, "__new__"), class)?
        } else {
            class.call(py, PyTuple::new(py, args)?.items())?
        };
        self.push(made)
    }

    fn new_object(&mut self, ex: bool) -> PyResult<()> {
        let py = self.py;
        let name = if ex { "NEWOBJ_EX" } else { "NEWOBJ" };
        let kwargs = if ex { Some(self.pop()?) } else { None };
        let args = self.pop()?;
        let class = self.pop()?;
        let fail = |text: String| Err(unpickling_error(py, text));
        let Some(ty) = class.downcast::<PyTypeObject>() else {
            return fail(format!("{name} class argument must be a type, not {}", tp_name(&class)));
        };
        let Some(new) = ty.tp_new.get() else {
            let of = ty.tp_name().to_string_lossy();
            return fail(format!("{name} class argument '{of}' doesn't have __new__"));
        };
        if !PyTuple::check(&args) {
            return fail(format!("{name} args argument must be a tuple, not {}", tp_name(&args)));
        }
        if let Some(k) = kwargs.as_ref().filter(|k| !PyDict::check(k)) {
            return fail(format!("{name} kwargs argument must be a dict, not {}", tp_name(k)));
        }
        let kwargs = kwargs.as_ref().map_or(std::ptr::null_mut(), |k| k.as_ptr());
        // SAFETY: the slot of a type, called with the type, a tuple and a dict or null, all of which are held.
        let made: Py = unsafe { from_c(py, new(class.as_ptr().cast(), args.as_ptr(), kwargs))? };
        self.push(made)
    }

    /// The objects from `at` on, and what is below them.
    fn items_for(&mut self, at: usize) -> PyResult<Option<(Py, Vec<Py>)>> {
        if at > self.stack.len() || at <= self.fence() {
            return Err(self.underflow());
        }
        if at == self.stack.len() {
            return Ok(None);
        }
        let items = self.stack.split_off(at);
        match self.stack.last() {
            Some(o) => Ok(Some((o.clone(), items))),
            None => Err(self.underflow()),
        }
    }

    fn append(&mut self, at: usize) -> PyResult<()> {
        let py = self.py;
        let Some((target, items)) = self.items_for(at)? else { return Ok(()) };
        if let Some(l) = target.downcast_exact::<PyList>() {
            for o in items {
                l.append(py, o)?;
            }
            return Ok(());
        }
        if let Some(extend) = target.getattr_opt(py, intern!(py, "extend"))? {
            return extend.call1(py, &*PyList::new(py, items)?).map(drop);
        }
        let append = target.getattr(py, intern!(py, "append"))?;
        for o in items {
            append.call1(py, &o)?;
        }
        Ok(())
    }

    fn set_items(&mut self, at: usize) -> PyResult<()> {
        let py = self.py;
        let Some((target, items)) = self.items_for(at)? else { return Ok(()) };
        if items.len() % 2 != 0 {
            return Err(unpickling_error(py, "odd number of items for SETITEMS"));
        }
        let dict = target.downcast_exact::<PyDict>();
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            match dict {
                Some(d) => d.set_item_owned(py, key, value)?,
                None => target.set_item(py, &key, &value)?,
            }
        }
        Ok(())
    }

    fn add_items(&mut self, at: usize) -> PyResult<()> {
        let py = self.py;
        let Some((target, items)) = self.items_for(at)? else { return Ok(()) };
        if let Some(s) = target.downcast::<PySet>() {
            for o in items {
                s.add(py, &o)?;
            }
            return Ok(());
        }
        let add = target.getattr(py, intern!(py, "add"))?;
        for o in items {
            add.call1(py, &o)?;
        }
        Ok(())
    }

    fn build(&mut self) -> PyResult<()> {
        let py = self.py;
        if self.stack.len() < self.fence() + 2 {
            return Err(self.underflow());
        }
        let state = self.pop()?;
        let o = self.top()?.clone();
        if let Some(set) = o.getattr_opt(py, intern!(py, "__setstate__"))? {
            return set.call1(py, &state).map(drop);
        }
        let (state, slots) = match state.downcast::<PyTuple>().map(|t| t.items()) {
            Some([a, b]) => (a.owned(), Some(b.owned())),
            _ => (state, None),
        };
        if !state.is_none() {
            let Some(values) = state.downcast::<PyDict>() else {
                return Err(unpickling_error(py, "state is not a dictionary"));
            };
            let own = o.getattr(py, intern!(py, "__dict__"))?;
            let dict = own.downcast_exact::<PyDict>();
            let mut at = 0;
            while let Some((key, value)) = values.next(&mut at) {
                // Attribute names are interned, as the names of classes' instances are.
                let key = match key.downcast_into::<PyStr>() {
                    Ok(s) if PyStr::check_exact(&s) => PyStr::intern(py, s).into_object(),
                    Ok(s) => s.into_object(),
                    Err(o) => o,
                };
                match dict {
                    Some(d) => d.set_item_owned(py, key, value)?,
                    None => own.set_item(py, &key, &value)?,
                }
            }
        }
        if let Some(slots) = slots.filter(|s| !s.is_none()) {
            let Some(values) = slots.downcast::<PyDict>() else {
                return Err(unpickling_error(py, "slot state is not a dictionary"));
            };
            let mut at = 0;
            while let Some((key, value)) = values.next(&mut at) {
                let Some(name) = key.downcast::<PyStr>() else {
                    let text = format!("attribute name must be string, not '{}'", type_name(&key));
                    return Err(raise(py, &PyExc_TypeError_Type, text));
                };
                o.setattr(py, name, &value)?;
            }
        }
        Ok(())
    }

    fn extension(&mut self, code: i64) -> PyResult<()> {
        let py = self.py;
        if code <= 0 {
            return Err(unpickling_error(py, "EXT specifies code <= 0"));
        }
        let number = PyInt::from_i64(py, code)?;
        let cache = registry(py, |s| &s.extension_cache)?;
        if let Some(o) = cache.get_item(py, &number)? {
            return self.push(o);
        }
        let Some(pair) = registry(py, |s| &s.inverted_registry)?.get_item(py, &number)? else {
            return Err(value_error(py, format!("unregistered extension code {code}")));
        };
        let names = match pair.downcast::<PyTuple>().map(|t| t.items()) {
            Some([m, n]) => m.downcast::<PyStr>().zip(n.downcast::<PyStr>()),
            _ => None,
        };
        let Some((module, name)) = names else {
            return Err(value_error(py, format!("_inverted_registry[{code}] isn't a 2-tuple of strings")));
        };
        let found = self.find(module, name)?;
        cache.set_item(py, &number, &found)?;
        self.push(found)
    }
}
