//! What a dump writes for the tuples that `__reduce__` and its like return.

use super::ops::*;
use super::save::Save;
use super::{kind, noted, pickling_error};
use runtime::prelude::*;
use runtime::types::object_::is_iterator;

/// How an object is made anew.
enum Make {
    Call,
    New,
    NewEx,
}

/// An item of the tuple, if it is there and not `None`.
fn optional(items: &[&PyObject], i: usize) -> Option<Py> {
    items.get(i).filter(|o| !o.is_none()).map(|o| o.owned())
}

impl Save<'_> {
    /// Writes an object and says, if that fails, what part of `o` it is.
    fn part(&mut self, part: &PyObject, o: Option<&PyObject>, what: &str) -> PyResult<()> {
        let py = self.py;
        self.object(part, true).map_err(|e| {
            let of = o.unwrap_or(part);
            noted(py, e, || format!("when serializing {} {what}", kind(py, of)))
        })
    }

    /// Writes a reduced object. `o` is what it stands for, to be remembered.
    pub fn reduce(&mut self, tuple: &PyTuple, o: Option<&PyObject>) -> PyResult<()> {
        let py = self.py;
        let tuple = tuple.owned();
        let items = tuple.items();
        let fail = |text: String| pickling_error(py, text);
        let [func, args, ..] = items else {
            return Err(fail("tuple returned by __reduce__ must contain 2 through 6 elements".to_owned()));
        };
        if items.len() > 6 {
            return Err(fail("tuple returned by __reduce__ must contain 2 through 6 elements".to_owned()));
        }
        let expect = |which: &str, what: &str, got: &PyObject| {
            fail(format!(
                "{which} item of the tuple returned by __reduce__ must be {what}, not {}",
                kind(py, got)
            ))
        };
        if !func.is_callable() {
            return Err(expect("first", "callable", func));
        }
        let Some(args) = args.downcast::<PyTuple>() else { return Err(expect("second", "a tuple", args)) };
        let state = optional(items, 2);
        let list_items = optional(items, 3);
        let dict_items = optional(items, 4);
        let setter = optional(items, 5);
        if let Some(it) = list_items.as_ref().filter(|i| !is_iterator(i)) {
            return Err(expect("fourth", "an iterator", it));
        }
        if let Some(it) = dict_items.as_ref().filter(|i| !is_iterator(i)) {
            return Err(expect("fifth", "an iterator", it));
        }
        if let Some(f) = setter.as_ref().filter(|f| !f.is_callable()) {
            return Err(expect("sixth", "callable", f));
        }
        match self.way_to_make(func)? {
            Make::NewEx => self.new_ex(args, o)?,
            Make::New => self.new_object(args, o)?,
            Make::Call => {
                self.part(func, o, "reconstructor")?;
                self.part(args, o, "reconstructor arguments")?;
                self.out.byte(REDUCE);
            }
        }
        if let Some(o) = o {
            match self.known(o) {
                // Its own parts contain the object, which has been made already.
                Some(number) => {
                    self.out.byte(POP);
                    self.recall(number);
                }
                None => self.memoize(o)?,
            }
        }
        let of = o.unwrap_or(&tuple);
        if let Some(it) = list_items {
            self.append_items(&it, of)?;
        }
        if let Some(it) = dict_items {
            self.set_items(&it, of)?;
        }
        let Some(state) = state else { return Ok(()) };
        match (setter, o) {
            (Some(f), Some(o)) => {
                self.part(&f, Some(o), "state setter")?;
                self.object(o, true)?;
                self.part(&state, Some(o), "state")?;
                self.out.bytes(&[TUPLE2, REDUCE, POP]);
            }
            _ => {
                self.part(&state, o, "state")?;
                self.out.byte(BUILD);
            }
        }
        Ok(())
    }

    fn way_to_make(&self, func: &PyObject) -> PyResult<Make> {
        let py = self.py;
        if self.proto < 2 {
            return Ok(Make::Call);
        }
        let name = func.getattr_opt(py, intern!(py, "__name__"))?;
        Ok(match name.as_ref().and_then(|n| n.downcast::<PyStr>()) {
            Some(n) if n.eq_str("__newobj_ex__") => Make::NewEx,
            Some(n) if n.eq_str("__newobj__") => Make::New,
            _ => Make::Call,
        })
    }

    /// The class that an object says it is of must be the one it is made anew with.
    fn check_class(&self, class: &PyObject, o: Option<&PyObject>, what: &str) -> PyResult<()> {
        let py = self.py;
        let Some(o) = o else { return Ok(()) };
        let own = o.getattr(py, intern!(py, "__class__"))?;
        if own.is(class) {
            return Ok(());
        }
        let (own, class) = (own.repr(py)?.to_string_lossy(), class.repr(py)?.to_string_lossy());
        Err(pickling_error(py, format!("first argument to {what}() must be {own}, not {class}")))
    }

    fn new_ex(&mut self, args: &PyTuple, o: Option<&PyObject>) -> PyResult<()> {
        let py = self.py;
        let [class, args, kwargs] = args.items() else {
            let text = format!("__newobj_ex__ expected 3 arguments, got {}", args.len());
            return Err(pickling_error(py, text));
        };
        let expect = |which: &str, what: &str, got: &PyObject| {
            let text = format!("{which} argument to __newobj_ex__() must be {what}, not {}", kind(py, got));
            pickling_error(py, text)
        };
        if class.downcast::<PyTypeObject>().is_none() {
            return Err(expect("first", "a class", class));
        }
        self.check_class(class, o, "__newobj_ex__")?;
        let Some(positional) = args.downcast::<PyTuple>() else {
            return Err(expect("second", "a tuple", args));
        };
        let Some(named) = kwargs.downcast::<PyDict>() else { return Err(expect("third", "a dict", kwargs)) };
        if self.proto >= 4 {
            self.part(class, o, "class")?;
            self.part(args, o, "__new__ arguments")?;
            self.part(kwargs, o, "__new__ arguments")?;
            self.out.byte(NEWOBJ_EX);
            return Ok(());
        }
        // Older protocols: a partial object that calls `__new__`.
        let mut all = vec![class.getattr(py, intern!(py, "__new__"))?, class.owned()];
        all.extend(positional.items().iter().map(|o| o.owned()));
        let partial = runtime::import::import_attr(py, "functools", "partial")?;
        let made = partial.call_tuple_dict(py, &*PyTuple::new(py, all)?, Some(named))?;
        self.part(&made, o, "reconstructor")?;
        self.object(&PyTuple::empty(py), true)?;
        self.out.byte(REDUCE);
        Ok(())
    }

    fn new_object(&mut self, args: &PyTuple, o: Option<&PyObject>) -> PyResult<()> {
        let py = self.py;
        let Some(class) = args.get(0) else {
            return Err(pickling_error(py, "__newobj__ expected at least 1 argument, got 0"));
        };
        if class.downcast::<PyTypeObject>().is_none() {
            let text = format!("first argument to __newobj__() must be a class, not {}", kind(py, class));
            return Err(pickling_error(py, text));
        }
        self.check_class(class, o, "__newobj__")?;
        self.part(class, o, "class")?;
        let rest = args.slice(py, 1, args.len())?;
        self.part(&rest, o, "__new__ arguments")?;
        self.out.byte(NEWOBJ);
        Ok(())
    }
}
