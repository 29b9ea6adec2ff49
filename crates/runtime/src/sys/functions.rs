//! Functions of `sys` about the running interpreter.

use crate::prelude::*;

/// Part of `sys`.
#[pymodule(part)]
pub mod part {
    use crate::prelude::*;
    use crate::state::{interpreter, set_switch_interval, switch_interval, thread};
    use crate::types::exceptions::*;
    use crate::types::type_::TypeExt;

    /// Exits the interpreter by raising SystemExit(status).
    #[pyfunction(sig = "(status=None, /)")]
    pub fn exit(py: Python, status: Option<&PyObject>) -> PyResult {
        Err(raise_with(py, &PyExc_SystemExit_Type, status.unwrap_or(none())))
    }

    /// The exception being handled, or None.
    #[pyfunction]
    pub fn exception(py: Python) -> Option<Py<PyBaseException>> {
        thread(py).handled_exception()
    }

    /// (type, value, traceback) of the exception being handled.
    #[pyfunction]
    pub fn exc_info(py: Python) -> PyResult<Py<PyTuple>> {
        let nothing = || none().owned();
        match thread(py).handled_exception() {
            None => PyTuple::new(py, [nothing(), nothing(), nothing()]),
            Some(e) => {
                let tb = e.traceback.get_owned().unwrap_or_else(nothing);
                PyTuple::new(py, [e.ty().owned().into_object(), e.clone().into_object(), tb])
            }
        }
    }

    /// May other processes make this one run a script (PEP 768)? Not in this interpreter.
    #[pyfunction]
    pub fn is_remote_debug_enabled(_py: Python) -> bool {
        false
    }

    /// The encoding used by default for text: always utf-8.
    #[pyfunction]
    pub fn getdefaultencoding(_py: Python) -> &'static str {
        "utf-8"
    }

    /// The encoding of file names.
    #[pyfunction]
    pub fn getfilesystemencoding(_py: Python) -> &'static str {
        "utf-8"
    }

    /// The error handler of file names.
    #[pyfunction]
    pub fn getfilesystemencodeerrors(_py: Python) -> &'static str {
        "surrogateescape"
    }

    /// Interns a string: equal interned strings are identical.
    #[pyfunction]
    pub fn intern(py: Python, string: &PyObject) -> PyResult<Py<PyStr>> {
        match string.downcast_exact::<PyStr>() {
            Some(s) => Ok(PyStr::intern(py, s.owned())),
            None if PyStr::check(string) => {
                Err(type_error(py, format!("can't intern {}", type_name(string))))
            }
            None => Err(type_error(py, format!("intern() argument must be str, not {}", type_name(string)))),
        }
    }

    /// Is the string interned?
    #[pyfunction]
    pub fn _is_interned(_py: Python, string: &PyStr) -> bool {
        string.is_interned()
    }

    /// Is the object immortal?
    #[pyfunction]
    pub fn _is_immortal(_py: Python, op: &PyObject) -> bool {
        op.is_immortal()
    }

    /// Is the interpreter lock in use?
    #[pyfunction]
    pub fn _is_gil_enabled(_py: Python) -> bool {
        true
    }

    /// The reference count of the object.
    #[pyfunction]
    pub fn getrefcount(_py: Python, object: &PyObject) -> i64 {
        object.refcount() as i64
    }

    /// The depth of Python calls at which RecursionError is raised.
    #[pyfunction]
    pub fn getrecursionlimit(py: Python) -> i32 {
        thread(py).py_recursion_limit.get()
    }

    /// Sets the recursion limit.
    #[pyfunction]
    pub fn setrecursionlimit(py: Python, limit: i32) -> PyResult<()> {
        if limit < 1 {
            return Err(value_error(py, "recursion limit must be greater or equal than 1"));
        }
        let t = thread(py);
        let depth = t.py_recursion_limit.get() - t.py_recursion_remaining.get();
        if depth >= limit {
            return Err(recursion_error(
                py,
                format!(
                    "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
                ),
            ));
        }
        t.py_recursion_remaining.set(limit - depth);
        t.py_recursion_limit.set(limit);
        Ok(())
    }

    /// The interval between thread switches, in seconds.
    #[pyfunction]
    pub fn getswitchinterval(_py: Python) -> f64 {
        switch_interval() as f64 / 1e6
    }

    /// Sets the interval between thread switches, in seconds.
    #[pyfunction]
    pub fn setswitchinterval(py: Python, interval: f64) -> PyResult<()> {
        if interval <= 0.0 || interval.is_nan() {
            return Err(value_error(py, "switch interval must be strictly positive"));
        }
        set_switch_interval((interval * 1e6) as u64);
        Ok(())
    }

    /// Is the interpreter shutting down?
    #[pyfunction]
    pub fn is_finalizing(py: Python) -> bool {
        interpreter(py).finalizing.get()
    }

    /// Blocks of memory in use.
    #[pyfunction]
    pub fn getallocatedblocks(_py: Python) -> isize {
        object::alloc::allocated_blocks()
    }

    /// The number of interned strings.
    #[pyfunction(sig = "(*, _only_immortal=False)")]
    pub fn getunicodeinternedsize(py: Python, _only_immortal: bool) -> usize {
        PyStr::interned_count(py, _only_immortal)
    }

    /// Removes the descriptors of __dict__ and __weakref__ from a class that a copy replaces.
    #[pyfunction(sig = "(type, /)")]
    pub fn _clear_type_descriptors(py: Python, type_: &PyTypeObject) -> PyResult<()> {
        if type_.has_flag(flags::IMMUTABLETYPE) {
            return Err(type_error(py, "argument is immutable"));
        }
        if let Some(dict) = type_.dict() {
            dict.pop(py, intern!(py, "__dict__").as_object())?;
            dict.pop(py, intern!(py, "__weakref__").as_object())?;
        }
        type_.modified(py);
        Ok(())
    }

    /// The limit for conversions between str and int, in digits.
    #[pyfunction]
    pub fn get_int_max_str_digits(py: Python) -> i32 {
        interpreter(py).int_max_str_digits.get()
    }

    /// Sets the limit for conversions between str and int.
    #[pyfunction(sig = "(maxdigits)")]
    pub fn set_int_max_str_digits(py: Python, maxdigits: i32) -> PyResult<()> {
        if maxdigits != 0 && maxdigits < 640 {
            return Err(value_error(py, "maxdigits must be >= 640 or 0 for unlimited"));
        }
        interpreter(py).int_max_str_digits.set(maxdigits);
        Ok(())
    }

    /// getsizeof(object [, default]) -> int
    ///
    /// The size of the object in bytes.
    #[pyfunction(sig = "(object, default=<unrepresentable>)", nosig)]
    pub fn getsizeof(py: Python, object: &PyObject, default: Option<&PyObject>) -> PyResult {
        match size_of_object(py, object) {
            Ok(n) => Ok(PyInt::from_usize(py, n)?.into_object()),
            Err(e) => match default {
                Some(d) => {
                    drop(catch(py, e, &PyExc_TypeError_Type)?);
                    Ok(d.owned())
                }
                None => Err(e),
            },
        }
    }

    /// `__sizeof__()` plus the words before the object.
    pub fn size_of_object(py: Python, o: &PyObject) -> PyResult<usize> {
        let Some(f) = o.lookup_special(py, intern!(py, "__sizeof__"))? else {
            return Err(type_error(py, format!("Type {} doesn't define __sizeof__", type_name(o))));
        };
        let n = f.call0(py)?;
        let n = match n.downcast::<PyInt>() {
            Some(i) => i.to_isize(py)?,
            None => return Err(type_error(py, "an integer is required")),
        };
        let Ok(n) = usize::try_from(n) else {
            return Err(value_error(py, "__sizeof__() should return >= 0"));
        };
        // Only a type that is itself on the heap has a collector's head.
        let before = if o.downcast::<PyTypeObject>().is_some_and(|t| !t.has_flag(flags::HEAPTYPE)) {
            0
        } else {
            o.ty().preheader_size()
        };
        Ok(n + before)
    }

    /// The frame at a depth below the caller.
    #[pyfunction(sig = "(depth=0, /)")]
    pub fn _getframe(py: Python, depth: i32) -> PyResult {
        crate::interp::get_frame(py, depth)
    }

    /// The name of the module of the frame at a depth below the caller.
    #[pyfunction(sig = "(depth=0)")]
    pub fn _getframemodulename(py: Python, depth: i32) -> PyResult {
        crate::interp::get_frame_module_name(py, depth)
    }

    /// {thread id: frame} for all threads.
    #[pyfunction]
    pub fn _current_frames(py: Python) -> PyResult<Py<PyDict>> {
        crate::interp::current_frames(py)
    }

    /// {thread id: exception being handled} for all threads.
    #[pyfunction]
    pub fn _current_exceptions(py: Python) -> PyResult<Py<PyDict>> {
        let out = PyDict::new(py)?;
        let mut t = interpreter(py).threads.get();
        // SAFETY: the list of threads is changed only under the lock that we hold.
        while let Some(th) = unsafe { t.as_ref() } {
            let exc = th.handled_exception().map_or_else(|| none().owned(), Py::into_object);
            out.set_item(py, PyInt::from_u64(py, th.thread_id.get())?.as_object(), &exc)?;
            t = th.next.get();
        }
        Ok(out)
    }

    /// Calls a function for every frame event.
    #[pyfunction]
    pub fn settrace(py: Python, function: &PyObject) -> PyResult<()> {
        crate::interp::set_trace(py, Some(function).filter(|f| !f.is_none()))
    }

    /// The trace function.
    #[pyfunction]
    pub fn gettrace(py: Python) -> Option<Py> {
        thread(py).c_traceobj.get_owned()
    }

    /// Calls a function for calls and returns.
    #[pyfunction]
    pub fn setprofile(py: Python, function: &PyObject) -> PyResult<()> {
        crate::interp::set_profile(py, Some(function).filter(|f| !f.is_none()))
    }

    /// The profile function.
    #[pyfunction]
    pub fn getprofile(py: Python) -> Option<Py> {
        thread(py).c_profileobj.get_owned()
    }

    /// Flags for loading shared libraries.
    #[pyfunction]
    pub fn getdlopenflags(py: Python) -> i32 {
        interpreter(py).dlopen_flags.get()
    }

    /// Sets the flags for loading shared libraries.
    #[pyfunction]
    pub fn setdlopenflags(py: Python, flags: i32) {
        interpreter(py).dlopen_flags.set(flags)
    }

    /// Sets the hooks of asynchronous generators.
    #[pyfunction(sig = "(firstiter=<unrepresentable>, finalizer=<unrepresentable>)", nosig)]
    pub fn set_asyncgen_hooks(
        py: Python,
        firstiter: Option<&PyObject>,
        finalizer: Option<&PyObject>,
    ) -> PyResult<()> {
        let check = |what: &str, o: Option<&PyObject>| match o {
            Some(o) if !o.is_none() && !o.is_callable() => {
                Err(type_error(py, format!("callable {what} expected, got {}", type_name(o))))
            }
            _ => Ok(()),
        };
        check("finalizer", finalizer)?;
        check("firstiter", firstiter)?;
        let t = thread(py);
        if let Some(f) = finalizer {
            t.async_gen_finalizer.set(Some(f.owned()).filter(|f| !f.is_none()));
        }
        if let Some(f) = firstiter {
            t.async_gen_firstiter.set(Some(f.owned()).filter(|f| !f.is_none()));
        }
        Ok(())
    }

    /// The hooks of asynchronous generators.
    #[pyfunction]
    pub fn get_asyncgen_hooks(py: Python) -> PyResult<Py<PyTuple>> {
        let t = thread(py);
        let or_none = |s: &Slot| s.get_owned().unwrap_or_else(|| none().owned());
        let ty = crate::sys::hooks::asyncgen_hooks_type(py)?;
        structseq::new_instance(
            py,
            &ty,
            vec![or_none(&t.async_gen_firstiter), or_none(&t.async_gen_finalizer)],
        )
    }

    /// How many frames are recorded for the origin of a coroutine.
    #[pyfunction]
    pub fn get_coroutine_origin_tracking_depth(py: Python) -> i32 {
        thread(py).coroutine_origin_tracking_depth.get()
    }

    /// Records frames for the origin of coroutines made by this thread.
    #[pyfunction(sig = "(depth)")]
    pub fn set_coroutine_origin_tracking_depth(py: Python, depth: i32) -> PyResult<()> {
        if depth < 0 {
            return Err(value_error(py, "depth must be >= 0"));
        }
        thread(py).coroutine_origin_tracking_depth.set(depth);
        Ok(())
    }

    /// Runs the plain interactive prompt on standard input.
    #[pyfunction]
    pub fn _baserepl(py: Python) -> PyResult<()> {
        crate::interactive::run(py)
    }

    /// Forgets cached attribute lookups.
    #[pyfunction]
    pub fn _clear_type_cache(py: Python) -> PyResult<()> {
        let text = "sys._clear_type_cache() is deprecated and scheduled for removal in a future version. Use sys._clear_internal_caches() instead.";
        warn(py, &PyExc_DeprecationWarning_Type, text, 1)?;
        let _ = crate::types::type_::clear_cache(py);
        Ok(())
    }

    /// Forgets internal caches.
    #[pyfunction]
    pub fn _clear_internal_caches(py: Python) {
        let _ = crate::types::type_::clear_cache(py);
    }

    /// Prints the state of the object allocator to the descriptor of stderr.
    #[pyfunction]
    pub fn _debugmallocstats(_py: Python) {
        eprint!("{}", object::alloc::statistics());
    }

    /// Calls a function with the arguments; a place for a debugger to stop.
    #[pyfunction]
    pub fn call_tracing(py: Python, func: &PyObject, args: &PyTuple) -> PyResult {
        crate::interp::call_tracing(py, func, args)
    }

    /// Calls a function for every frame event, in all threads.
    #[pyfunction]
    pub fn _settraceallthreads(py: Python, function: &PyObject) -> PyResult<()> {
        crate::interp::set_trace_all_threads(py, Some(function).filter(|f| !f.is_none()))
    }

    /// Calls a function for calls and returns, in all threads.
    #[pyfunction]
    pub fn _setprofileallthreads(py: Python, function: &PyObject) -> PyResult<()> {
        crate::interp::set_profile_all_threads(py, Some(function).filter(|f| !f.is_none()))
    }

    /// Is the stack trampoline for perf active? It never is.
    #[pyfunction]
    pub fn is_stack_trampoline_active(_py: Python) -> bool {
        false
    }

    /// The number of processors given by `-X cpu_count`, or -1.
    #[pyfunction]
    pub fn _get_cpu_count_config(py: Python) -> i32 {
        interpreter(py).config.borrow().cpu_count.unwrap_or(-1)
    }

    /// Adds a function to be called for audit events.
    #[pyfunction(sig = "(hook)")]
    pub fn addaudithook(py: Python, hook: &PyObject) -> PyResult<()> {
        crate::sys::hooks::add_audit_hook(py, hook)
    }

    /// audit(event, *args)
    ///
    /// Tells the audit hooks about an event.
    #[pyfunction(raw, text = "($module, event, /, *args)")]
    pub fn audit(py: Python, args: &[&PyObject], kwnames: Option<&PyTuple>) -> PyResult<()> {
        crate::args::no_keywords(py, "audit", kwnames)?;
        let Some(event) = args.first() else {
            return Err(type_error(py, "audit() missing 1 required positional argument: 'event'"));
        };
        let Some(event) = event.downcast::<PyStr>() else {
            return Err(type_error(
                py,
                format!("expected str for argument 'event', not {}", type_name(event)),
            ));
        };
        crate::sys::hooks::audit_objects(py, event, &args[1..])
    }
}
