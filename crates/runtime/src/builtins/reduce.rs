//! Built-in functions that consume an iterable: `all`, `any`, `max`, `min`, `sorted`, `sum`.

use crate::prelude::*;

/// Part of `builtins`.
#[pymodule(part)]
pub mod part {
    use crate::abstract_::number;
    use crate::prelude::*;

    /// Are all items true? An empty iterable gives True.
    #[pyfunction]
    pub fn all(py: Python, iterable: &PyObject) -> PyResult<bool> {
        let it = iterable.get_iter(py)?;
        while let Some(v) = it.iter_next(py)? {
            if !v.is_true(py)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Is any item true? An empty iterable gives False.
    #[pyfunction]
    pub fn any(py: Python, iterable: &PyObject) -> PyResult<bool> {
        let it = iterable.get_iter(py)?;
        while let Some(v) = it.iter_next(py)? {
            if v.is_true(py)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn extreme(
        py: Python,
        name: &str,
        op: CompareOp,
        args: &[&PyObject],
        kwnames: Option<&PyTuple>,
    ) -> PyResult {
        let n = args.len() - kwnames.map_or(0, |k| k.len());
        if n == 0 {
            return Err(type_error(py, format!("{name} expected at least 1 argument, got 0")));
        }
        let names = kwnames.map_or(&[][..], |k| k.items()).iter();
        let given: Vec<_> = names.zip(&args[n..]).map(|(k, v)| (k.owned(), v.owned())).collect();
        let [key, default] = crate::args::only_keywords(py, name, ["key", "default"], &given)?;
        let key = key.filter(|k| !k.is_none());
        if n > 1 && default.is_some() {
            return Err(type_error(
                py,
                format!("Cannot specify a default for {name}() with multiple positional arguments"),
            ));
        }
        let mut best: Option<(Py, Py)> = None;
        let mut consider = |item: Py| -> PyResult<()> {
            let rank = match &key {
                Some(f) => f.call1(py, &item)?,
                None => item.clone(),
            };
            let better = match &best {
                None => true,
                Some((_, b)) => rank.compare_bool(py, b, op)?,
            };
            if better {
                best = Some((item, rank));
            }
            Ok(())
        };
        if n > 1 {
            for v in &args[..n] {
                consider(v.owned())?;
            }
        } else {
            let it = args[0].get_iter(py)?;
            while let Some(v) = it.iter_next(py)? {
                consider(v)?;
            }
        }
        match (best, default) {
            (Some((v, _)), _) => Ok(v),
            (None, Some(d)) => Ok(d),
            (None, None) => Err(value_error(py, format!("{name}() iterable argument is empty"))),
        }
    }

    /// max(iterable, *[, default=obj, key=func]) -> value
    /// max(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// The largest item, or the largest argument.
    #[pyfunction(raw)]
    pub fn max(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        extreme(py, "max", CompareOp::Gt, args, kwnames)
    }

    /// min(iterable, *[, default=obj, key=func]) -> value
    /// min(arg1, arg2, *args, *[, key=func]) -> value
    ///
    /// The smallest item, or the smallest argument.
    #[pyfunction(raw)]
    pub fn min(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult {
        extreme(py, "min", CompareOp::Lt, args, kwnames)
    }

    /// A new sorted list of the items.
    #[pyfunction(raw, text = "($module, iterable, /, *, key=None, reverse=False)")]
    pub fn sorted(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult<Py<PyList>> {
        let n = args.len() - kwnames.map_or(0, |k| k.len());
        crate::args::check_positional(py, "sorted", n, 1, 1)?;
        let list = args[0].to_list(py)?;
        // The keywords are `list.sort`'s, and so are their errors.
        match kwnames {
            None => list.sort(py, None, false)?,
            Some(_) => {
                drop(list.as_object().getattr(py, intern!(py, "sort"))?.call_kw(py, &args[1..], kwnames)?)
            }
        }
        Ok(list)
    }

    /// Running sum of floats with a compensation term (Neumaier's variant of Kahan's summation).
    struct FloatSum {
        hi: f64,
        lo: f64,
    }

    impl FloatSum {
        fn add(&mut self, x: f64) {
            let t = self.hi + x;
            self.lo += if self.hi.abs() >= x.abs() { (self.hi - t) + x } else { (x - t) + self.hi };
            self.hi = t;
        }
        fn value(&self) -> f64 {
            // An infinite or overflowed sum has no meaningful compensation.
            if self.lo != 0.0 && self.lo.is_finite() { self.hi + self.lo } else { self.hi }
        }
    }

    /// The sum of the items, added to start.
    #[pyfunction(sig = "(iterable, /, start=0)")]
    pub fn sum(py: Python, iterable: &PyObject, start: Option<&PyObject>) -> PyResult {
        let it = iterable.get_iter(py)?;
        let mut acc = match start {
            None => PyInt::from_i64(py, 0)?.into_object(),
            Some(s) => {
                for (bad, hint) in [
                    (PyStr::check(s), "can't sum strings [use ''.join(seq) instead]"),
                    (PyBytes::check(s), "can't sum bytes [use b''.join(seq) instead]"),
                    (PyByteArray::check(s), "can't sum bytearray [use b''.join(seq) instead]"),
                ] {
                    if bad {
                        return Err(type_error(py, format!("sum() {hint}")));
                    }
                }
                s.owned()
            }
        };
        // Ints in a machine word, then floats, as long as the items allow; then objects.
        if let Some(mut total) = acc.downcast_exact::<PyInt>().and_then(|i| i.as_i64()) {
            loop {
                let Some(v) = it.iter_next(py)? else { return Ok(PyInt::from_i64(py, total)?.into_object()) };
                if let Some(n) = v.downcast::<PyInt>().filter(|_| PyInt::check_exact(&v) || PyBool::check(&v))
                    && let Some(n) = n.as_i64()
                    && let Some(t) = total.checked_add(n)
                {
                    total = t;
                    continue;
                }
                acc = number::add(py, PyInt::from_i64(py, total)?.as_object(), &v)?;
                break;
            }
        }
        if let Some(f) = acc.downcast_exact::<PyFloat>() {
            let mut total = FloatSum { hi: f.value(), lo: 0.0 };
            loop {
                let Some(v) = it.iter_next(py)? else {
                    return Ok(PyFloat::new(py, total.value())?.into_object());
                };
                if let Some(f) = v.downcast_exact::<PyFloat>() {
                    total.add(f.value());
                } else if let Some(n) = v.downcast::<PyInt>() {
                    total.add(n.to_f64(py)?);
                } else {
                    acc = number::add(py, PyFloat::new(py, total.value())?.as_object(), &v)?;
                    break;
                }
            }
        }
        if let Some(c) = acc.downcast_exact::<PyComplex>() {
            let (re, im) = (c.real, c.imag);
            let (mut re, mut im) = (FloatSum { hi: re, lo: 0.0 }, FloatSum { hi: im, lo: 0.0 });
            loop {
                let Some(v) = it.iter_next(py)? else {
                    return Ok(PyComplex::new(py, re.value(), im.value())?.into_object());
                };
                if let Some(c) = v.downcast_exact::<PyComplex>() {
                    let (a, b) = (c.real, c.imag);
                    re.add(a);
                    im.add(b);
                } else if let Some(n) = v.downcast::<PyInt>() {
                    re.add(n.to_f64(py)?);
                } else if let Some(f) = v.downcast_exact::<PyFloat>() {
                    re.add(f.value());
                } else {
                    acc = number::add(py, PyComplex::new(py, re.value(), im.value())?.as_object(), &v)?;
                    break;
                }
            }
        }
        while let Some(v) = it.iter_next(py)? {
            acc = number::add(py, &acc, &v)?;
        }
        Ok(acc)
    }
}
