//! The `gc` module.

use crate::prelude::*;

/// Control of the cycle collector.
#[pymodule(name = "gc")]
pub mod gc_module {
    use super::super::{self as collector, GcModuleState};
    use crate::prelude::*;
    use crate::state::interpreter;

    use object::gc::{PREV_FINALIZED, head, state};
    use object::visit::VisitProc;
    use std::ffi::{c_int, c_void};

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let st = interpreter(py).module_state::<GcModuleState>();
        for (name, slot) in [("garbage", &st.garbage), ("callbacks", &st.callbacks)] {
            if slot.is_empty() {
                slot.set(Some(PyList::empty(py)?));
            }
            if let Some(l) = slot.get_owned() {
                module.add(py, name, l.as_object())?;
            }
        }
        for (name, v) in [
            ("DEBUG_STATS", 1),
            ("DEBUG_COLLECTABLE", 2),
            ("DEBUG_UNCOLLECTABLE", 4),
            ("DEBUG_SAVEALL", 32),
            ("DEBUG_LEAK", 38),
        ] {
            module.add(py, name, PyInt::from_i64(py, v)?.as_object())?;
        }
        Ok(())
    }

    /// Turns automatic collection on.
    #[pyfunction]
    pub fn enable(_py: Python) {
        state().enabled.set(true)
    }

    /// Turns automatic collection off.
    #[pyfunction]
    pub fn disable(_py: Python) {
        state().enabled.set(false)
    }

    /// Is automatic collection on?
    #[pyfunction]
    pub fn isenabled(_py: Python) -> bool {
        state().enabled.get()
    }

    /// Runs a collection; the number of unreachable objects.
    #[pyfunction(sig = "(generation=2)")]
    pub fn collect(py: Python, generation: i32) -> PyResult<usize> {
        match usize::try_from(generation) {
            Ok(g) if g <= 2 => Ok(collector::collect(py, g)),
            _ => Err(value_error(py, "invalid generation")),
        }
    }

    /// Sets the debugging flags.
    #[pyfunction]
    pub fn set_debug(py: Python, flags: i32) {
        interpreter(py).module_state::<GcModuleState>().debug.set(flags)
    }

    /// The debugging flags.
    #[pyfunction]
    pub fn get_debug(py: Python) -> i32 {
        interpreter(py).module_state::<GcModuleState>().debug.get()
    }

    /// set_threshold(threshold0, [threshold1, [threshold2]])
    ///
    /// Sets the collection thresholds.
    #[pyfunction(sig = "(threshold0, threshold1=<unrepresentable>, threshold2=<unrepresentable>, /)", nosig)]
    pub fn set_threshold(_py: Python, threshold0: i32, threshold1: Option<i32>, threshold2: Option<i32>) {
        let g = &state().generations;
        g[0].threshold.set(threshold0);
        if let Some(t) = threshold1 {
            g[1].threshold.set(t);
        }
        if let Some(t) = threshold2 {
            g[2].threshold.set(t);
        }
    }

    /// The collection thresholds.
    #[pyfunction]
    pub fn get_threshold(py: Python) -> PyResult<Py<PyTuple>> {
        let mut v = Vec::new();
        for g in &state().generations {
            v.push(PyInt::from_i64(py, g.threshold.get() as i64)?.into_object());
        }
        PyTuple::new(py, v)
    }

    /// The current counts.
    #[pyfunction]
    pub fn get_count(py: Python) -> PyResult<Py<PyTuple>> {
        let mut v = Vec::new();
        for g in &state().generations {
            v.push(PyInt::from_i64(py, g.count.get() as i64)?.into_object());
        }
        PyTuple::new(py, v)
    }

    /// A list of dicts with figures for each generation.
    #[pyfunction]
    pub fn get_stats(py: Python) -> PyResult<Py<PyList>> {
        let stats = *interpreter(py).module_state::<GcModuleState>().stats.borrow();
        let mut v = Vec::new();
        for s in stats {
            let d = PyDict::new(py)?;
            for (k, n) in [
                ("collections", s.collections),
                ("collected", s.collected),
                ("uncollectable", s.uncollectable),
            ] {
                d.set_text(py, k, PyInt::from_usize(py, n)?.as_object())?;
            }
            v.push(d.into_object());
        }
        PyList::new(py, v)
    }

    /// The tracked objects, of one generation if given.
    #[pyfunction(sig = "(generation=None)")]
    pub fn get_objects(py: Python, generation: Option<&PyObject>) -> PyResult<Py<PyList>> {
        let range = match generation.filter(|g| !g.is_none()) {
            None => 0..3,
            Some(g) => {
                let n = g.index_isize(py, None)?;
                match usize::try_from(n) {
                    Ok(n) if n < 3 => n..n + 1,
                    Ok(_) => {
                        return Err(value_error(
                            py,
                            "generation parameter must be less than the number of available generations (3)",
                        ));
                    }
                    Err(_) => return Err(value_error(py, "generation parameter cannot be negative")),
                }
            }
        };
        let objects = collector::tracked_objects(range);
        PyList::new(py, objects)
    }

    unsafe extern "C" fn find(o: *mut PyObject, wanted: *mut c_void) -> c_int {
        // SAFETY: `wanted` is the slice given below.
        let wanted = unsafe { *(wanted as *const &[&PyObject]) };
        wanted.iter().any(|w| w.as_ptr() == o) as c_int
    }

    unsafe extern "C" fn gather(o: *mut PyObject, out: *mut c_void) -> c_int {
        // SAFETY: `out` is the vector given below, and `tp_traverse` shows live objects.
        unsafe { (*(out as *mut Vec<Py>)).push(Py::from_raw_borrowed(o)) };
        0
    }

    fn traverse(o: &PyObject, visit: VisitProc, arg: *mut c_void) -> c_int {
        match o.ty().tp_traverse.get() {
            // SAFETY: a slot called with a live object of its type.
            Some(f) => unsafe { f(o.as_ptr(), visit, arg) },
            None => 0,
        }
    }

    /// get_referrers(*objs) -> list
    ///
    /// The tracked objects that refer directly to any of these.
    #[pyfunction(sig = "(*objs)")]
    pub fn get_referrers(py: Python, objs: &[&PyObject]) -> PyResult<Py<PyList>> {
        let mut found = Vec::new();
        let mut wanted = objs;
        for o in collector::tracked_objects(0..3) {
            if traverse(&o, find, (&mut wanted) as *mut &[&PyObject] as *mut c_void) != 0 {
                found.push(o);
            }
        }
        PyList::new(py, found)
    }

    /// get_referents(*objs) -> list
    ///
    /// The objects these refer to directly.
    #[pyfunction(sig = "(*objs)")]
    pub fn get_referents(py: Python, objs: &[&PyObject]) -> PyResult<Py<PyList>> {
        let mut out: Vec<Py> = Vec::new();
        for o in objs {
            if collector::is_container(o) {
                traverse(o, gather, (&mut out) as *mut Vec<Py> as *mut c_void);
            }
        }
        PyList::new(py, out)
    }

    /// Is the object tracked by the collector?
    #[pyfunction]
    pub fn is_tracked(_py: Python, obj: &PyObject) -> bool {
        collector::is_tracked(obj)
    }

    /// Has the object's finaliser been called by the collector?
    #[pyfunction]
    pub fn is_finalized(_py: Python, obj: &PyObject) -> bool {
        // SAFETY: only containers have a head.
        collector::is_container(obj) && unsafe { head(obj.as_ptr()).prev.get() & PREV_FINALIZED != 0 }
    }

    /// Puts all tracked objects aside: collections ignore them.
    #[pyfunction]
    pub fn freeze(_py: Python) {
        collector::freeze()
    }

    /// Takes the objects put aside back into the oldest generation.
    #[pyfunction]
    pub fn unfreeze(_py: Python) {
        collector::unfreeze()
    }

    /// How many objects are put aside.
    #[pyfunction]
    pub fn get_freeze_count(_py: Python) -> usize {
        collector::freeze_count()
    }
}
