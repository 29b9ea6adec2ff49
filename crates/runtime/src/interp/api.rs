//! What the rest of the runtime asks of the interpreter: running code, and looking at the frames that are running.

use super::call::{eval_vector, push_frame};
use super::eval::eval_frame;
use super::frame::Frame;
use super::lookup;
use super::stackref::StackRef;
use crate::abstract_::ObjectExt;
use crate::errors::*;
use crate::state::{Thread, interpreter, thread};
use crate::types::exceptions::{PyExc_AttributeError_Type, PyExc_KeyError_Type};
use crate::types::frame as frame_object;
use crate::types::{PyCell, PyCode, PyDict, PyFrameLocalsProxy, PyFunction, PyInt, PyStr, PyTuple};
use object::{Py, PyLayout, PyObject, PyResult, PyTypeInfo, PyTypeObject, Python};
use std::ptr::null_mut;

/// Runs a code object in the given namespaces (`PyEval_EvalCode`).
pub fn eval_code(py: Python, code: &PyCode, globals: &PyDict, locals: Option<&PyObject>) -> PyResult {
    run(py, code, globals, locals, None)
}

/// The same for code with free variables.
pub fn eval_code_closure(
    py: Python,
    code: &PyCode,
    globals: &PyDict,
    locals: Option<&PyObject>,
    closure: &PyTuple,
) -> PyResult {
    run(py, code, globals, locals, Some(closure))
}

fn run(
    py: Python,
    code: &PyCode,
    globals: &PyDict,
    locals: Option<&PyObject>,
    closure: Option<&PyTuple>,
) -> PyResult {
    let f = PyFunction::new(py, code, globals.as_object())?;
    f.func_closure.set(closure.map(PyLayout::owned));
    let locals = locals.unwrap_or(globals.as_object()).owned();
    // SAFETY: no arguments.
    unsafe { eval_vector(py, &f, Some(locals), std::ptr::null(), 0, None) }
}

/// Runs the body of a class statement in the namespace `ns`; its result is the class cell or `None`.
pub fn run_class_body(py: Python, func: &PyFunction, ns: &PyObject) -> PyResult {
    let t = thread(py);
    // SAFETY: a function without arguments; the references made here move into the frame.
    unsafe {
        let frame = push_frame(
            t,
            StackRef::from_new(func.as_object()),
            Some(ns.owned()),
            std::ptr::null(),
            0,
            None,
            null_mut(),
        )?;
        eval_frame(py, frame, false)
    }
}

/// The innermost frame that Python code may see.
fn top(py: Python) -> Option<&'static Frame> {
    // SAFETY: the thread's chain of frames is live as long as its frames run; callers do not keep the borrow.
    unsafe { Frame::first_complete(thread(py).current_frame.get()).as_ref() }
}

/// The current frame's globals.
pub fn frame_globals(py: Python) -> Option<Py<PyDict>> {
    // SAFETY: a running function keeps its globals, which are a dict, alive.
    top(py).map(|f| unsafe { (*f.f_globals.get()).downcast_unchecked::<PyDict>() }.owned())
}

/// The builtins code run from here gets: the current frame's, or the interpreter's.
pub fn frame_builtins(py: Python) -> Py<PyDict> {
    // SAFETY: a running function keeps its builtins alive.
    let of_frame =
        top(py).and_then(|f| unsafe { (*f.f_builtins.get()).downcast::<PyDict>() }.map(PyLayout::owned));
    match of_frame.or_else(|| interpreter(py).builtins.get_owned()) {
        Some(b) => b,
        // Only before the interpreter is set up.
        None => match PyDict::new(py) {
            Ok(d) => d,
            Err(_) => std::process::abort(),
        },
    }
}

/// A builtin by its name, as the running code sees it: what iterators give pickle as the function that makes them again
/// (`_PyEval_GetBuiltin`).
///
/// Errors: `AttributeError` when it is missing; what a mapping raises that stands for the builtins.
pub fn builtin(py: Python, name: &PyStr) -> PyResult {
    // SAFETY: a running function keeps its builtins alive.
    let of_frame = top(py).and_then(|f| unsafe { f.f_builtins.get().as_ref() }.map(|b| b.owned()));
    let found = match of_frame.or_else(|| interpreter(py).builtins.get_owned().map(Py::into_object)) {
        None => None,
        Some(b) => match b.downcast::<PyDict>() {
            Some(d) => d.get_str(py, name)?,
            None => match b.get_item(py, name) {
                Ok(v) => Some(v),
                Err(e) => {
                    drop(catch(py, e, &PyExc_KeyError_Type)?);
                    None
                }
            },
        },
    };
    found.ok_or_else(|| raise_with(py, &PyExc_AttributeError_Type, name))
}

/// `locals()`: the namespace of a module or class body, a new dict in a function.
pub fn frame_locals(py: Python) -> PyResult {
    let Some(f) = frame_object::current(py)? else { return Err(system_error(py, "frame does not exist")) };
    let locals = f.locals(py)?;
    match locals.downcast_exact::<PyFrameLocalsProxy>() {
        Some(p) => p.snapshot(py).map(Py::into_object),
        None => Ok(locals),
    }
}

/// The future features of the code that is running, which `compile` passes on.
pub fn frame_future_flags(py: Python) -> u32 {
    top(py).map_or(0, lookup::future_flags)
}

/// The frame `depth` calls above the innermost.
fn frame_at(py: Python, depth: i32) -> Option<*mut Frame> {
    // SAFETY: the thread's chain of frames is live.
    unsafe {
        let mut f = Frame::first_complete(thread(py).current_frame.get());
        for _ in 0..depth {
            f = Frame::first_complete(f.as_ref()?.previous.get());
        }
        if f.is_null() { None } else { Some(f) }
    }
}

/// `sys._getframe`.
pub fn get_frame(py: Python, depth: i32) -> PyResult {
    let Some(f) = frame_at(py, depth) else { return Err(value_error(py, "call stack is not deep enough")) };
    // SAFETY: a live frame that may be shown.
    let f = unsafe { frame_object::object_of(py, f) }?.into_object();
    crate::sys::hooks::audit(py, "sys._getframe", &[&f])?;
    Ok(f)
}

/// `sys._getframemodulename`.
pub fn get_frame_module_name(py: Python, depth: i32) -> PyResult {
    let d = PyInt::from_i64(py, depth.into())?;
    crate::sys::hooks::audit(py, "sys._getframemodulename", &[d.as_object()])?;
    let Some(f) = frame_at(py, depth) else { return Ok(crate::singletons::none_owned()) };
    // SAFETY: a live frame of a function.
    let func = unsafe { (*f).function() };
    Ok(func.func_module.get_owned().unwrap_or_else(crate::singletons::none_owned))
}

/// `sys._current_frames`.
pub fn current_frames(py: Python) -> PyResult<Py<PyDict>> {
    crate::sys::hooks::audit(py, "sys._current_frames", &[])?;
    let out = PyDict::new(py)?;
    let mut t = interpreter(py).threads.get();
    // SAFETY: the list of threads is changed only under the lock that we hold; a detached thread's frames stand still.
    unsafe {
        while let Some(th) = t.as_ref() {
            let f = Frame::first_complete(th.current_frame.get());
            if !f.is_null() {
                let f = frame_object::object_of(py, f)?;
                out.set_item(py, PyInt::from_u64(py, th.thread_id.get())?.as_object(), f.as_object())?;
            }
            t = th.next.get();
        }
    }
    Ok(out)
}

/// The class and the object of a `super()` without arguments: from the calling method's first argument and its `__class__` cell.
pub fn super_arguments(py: Python, t: &Thread) -> PyResult<(Py<PyTypeObject>, Option<Py>)> {
    // SAFETY: the thread's chain of frames is live, and running frames' locals are initialised.
    unsafe {
        let Some(f) = Frame::first_complete(t.current_frame.get()).as_ref() else {
            return Err(runtime_error(py, "super(): no current frame"));
        };
        let code = f.code();
        if code.co_argcount.get() == 0 {
            return Err(runtime_error(py, "super(): no arguments"));
        }
        let first = f.local(0).get();
        let mut this = if first.is_null() { None } else { Some(first.new_owned()) };
        // The parameter may have become a cell.
        if code.local_kind(0) & bytecode::code::kind::CELL != 0
            && let Some(cell) = this.as_ref().and_then(|o| o.downcast_exact::<PyCell>())
        {
            this = cell.get();
        }
        let Some(this) = this else { return Err(runtime_error(py, "super(): arg[0] deleted")) };
        let total = code.co_nlocalsplus.get() as usize;
        for i in code.first_free()..total {
            let is_class = code.co_localsplusnames.get(i).and_then(|n| n.downcast::<PyStr>());
            if !is_class.is_some_and(|n| n.eq_str("__class__")) {
                continue;
            }
            let word = f.local(i).get();
            let cell = if word.is_null() { None } else { word.get().downcast_exact::<PyCell>() };
            let Some(cell) = cell else { return Err(runtime_error(py, "super(): bad __class__ cell")) };
            let Some(class) = cell.get() else {
                return Err(runtime_error(py, "super(): empty __class__ cell"));
            };
            return match class.downcast_into::<PyTypeObject>() {
                Ok(class) => Ok((class, Some(this))),
                Err(o) => {
                    Err(runtime_error(py, format!("super(): __class__ is not a type ({})", type_name(&o))))
                }
            };
        }
        Err(runtime_error(py, "super(): __class__ cell not found"))
    }
}

/// Takes note of the builtins that specialised calls recognise. Called once `builtins` is filled.
pub fn register_callables(py: Python, builtins: &PyDict) -> PyResult<()> {
    let known = &interpreter(py).eval.callables;
    let find = |name: &str| -> PyResult<*mut PyObject> {
        // The interpreter keeps them alive: the module may be changed.
        Ok(builtins.get_text(py, name)?.map_or(null_mut(), Py::into_raw))
    };
    known.len.set(find("len")?);
    known.isinstance.set(find("isinstance")?);
    known.all.set(find("all")?);
    known.any.set(find("any")?);
    let append = crate::types::PyList::type_object().object().getattr_str(py, "append")?;
    known.list_append.set(append.into_raw());
    Ok(())
}
