//! Calls of Python functions: frames made from arguments, and frames taken down.

use super::arguments::fill_arguments;
use super::datastack;
use super::eval::eval_frame;
use super::frame::{Frame, owner};
use super::stackref::StackRef;
use crate::errors::memory_error;
use crate::state::{Thread, thread};
use crate::types::code::PyCode;
use crate::types::{PyDict, PyFunction, PyGenerator, PyTuple, frame as frame_object};
use object::{Py, PyLayout, PyObject, PyResult, Python};
use std::ptr::null_mut;

/// Fills in a new frame (`_PyFrame_Initialize`). Locals from `null_from` on are set to `NULL`; the caller fills those before.
///
/// # Safety
/// `frame` is fresh memory of `co_framesize` words; `func` holds a function whose code is `code` and is moved into the frame.
#[inline(always)]
pub unsafe fn initialize(
    frame: *mut Frame,
    func: StackRef,
    locals: *mut PyObject,
    code: &PyCode,
    null_from: usize,
    previous: *mut Frame,
) {
    // SAFETY: fresh memory; plain stores, nothing old is released.
    unsafe {
        let function: &PyFunction = func.cast();
        let f = &mut *frame;
        f.f_executable = StackRef::from_new(code.as_object()).into();
        f.previous = previous.into();
        f.f_funcobj = func.into();
        f.f_globals = function.func_globals.as_ptr().into();
        f.f_builtins = function.func_builtins.as_ptr().into();
        (&raw mut f.f_locals as *mut *mut PyObject).write(locals);
        (&raw mut f.frame_obj as *mut *mut PyObject).write(null_mut());
        f.instr_ptr = code.code_ptr().into();
        f.return_offset = 0.into();
        f.owner = owner::THREAD.into();
        f.visited = 0.into();
        let base = f.localsplus();
        let n = code.co_nlocalsplus.get() as usize;
        f.stackpointer = base.add(n).into();
        // Volatile: a few words, for which a vectorised loop is too much.
        for i in null_from..n {
            base.add(i).write_volatile(StackRef::NULL);
        }
    }
}

/// Pushes a frame for `func` where the data stack is known to have room. Arguments are stored by the caller.
///
/// # Safety
/// [`datastack::has_space`] for the code's `co_framesize`; otherwise as [`initialize`].
#[inline(always)]
pub unsafe fn push_frame_unchecked(
    t: &Thread,
    func: StackRef,
    code: &PyCode,
    null_from: usize,
    previous: *mut Frame,
) -> *mut Frame {
    // SAFETY: the caller's promise.
    unsafe {
        let frame = datastack::push_unchecked(t, code.co_framesize.get() as usize);
        initialize(frame, func, null_mut(), code, null_from, previous);
        frame
    }
}

/// Pushes a frame and distributes arguments (`_PyEvalFramePushAndInit`). Takes over `func`, `locals`, and the references in `args`
/// (`nargs` positional ones followed by the values of `kwnames`), also when it fails.
///
/// # Safety
/// `func` holds a Python function; `args` points to that many words, none of them `NULL`.
pub unsafe fn push_frame(
    t: &'static Thread,
    func: StackRef,
    locals: Option<Py>,
    args: *const StackRef,
    nargs: usize,
    kwnames: Option<&PyTuple>,
    previous: *mut Frame,
) -> PyResult<*mut Frame> {
    // SAFETY: the caller's promise.
    unsafe {
        let py = Python::assume_attached();
        let function: &PyFunction = func.cast();
        let code = &*(function.func_code.as_ptr() as *const PyCode);
        let frame = datastack::push(t, code.co_framesize.get() as usize);
        if frame.is_null() {
            for i in 0..nargs + kwnames.map_or(0, |k| k.len()) {
                (*args.add(i)).close();
            }
            drop(locals);
            func.close();
            return Err(memory_error(py));
        }
        let locals = locals.map_or(null_mut(), Py::into_raw);
        initialize(frame, func, locals, code, 0, previous);
        if let Err(e) = fill_arguments(py, function, code, (*frame).localsplus(), args, nargs, kwnames) {
            clear_and_pop(t, frame);
            return Err(e);
        }
        Ok(frame)
    }
}

/// Pushes a frame for `func(*args, **kwargs)`. Takes over `func` only.
///
/// # Safety
/// As [`push_frame`].
pub unsafe fn push_frame_ex(
    t: &'static Thread,
    func: StackRef,
    args: &PyTuple,
    kwargs: Option<&PyDict>,
    previous: *mut Frame,
) -> PyResult<*mut Frame> {
    // SAFETY: the token: the caller runs Python code.
    let py = unsafe { Python::assume_attached() };
    let (names, values) = match kwargs.filter(|k| !k.is_empty()) {
        Some(k) => match crate::abstract_::call::split_kwargs(py, k) {
            Ok((n, v)) => (Some(n), v),
            Err(e) => {
                // SAFETY: the reference was handed over.
                unsafe { func.close() };
                return Err(e);
            }
        },
        None => (None, Vec::new()),
    };
    let mut all = Vec::with_capacity(args.len() + values.len());
    all.extend(args.items().iter().map(|a| StackRef::from_new(a)));
    all.extend(values.into_iter().map(StackRef::from_owned));
    // SAFETY: `all` holds owned words for all arguments.
    unsafe { push_frame(t, func, None, all.as_ptr(), args.len(), names.as_deref(), previous) }
}

/// Runs a Python function with given local namespace and borrowed arguments (`_PyEval_Vector`).
///
/// # Safety
/// `args` points to `nargs` borrowed references followed by the values of `kwnames`.
pub unsafe fn eval_vector(
    py: Python,
    func: &PyFunction,
    locals: Option<Py>,
    args: *const *mut PyObject,
    nargs: usize,
    kwnames: Option<&PyTuple>,
) -> PyResult {
    let total = nargs + kwnames.map_or(0, |k| k.len());
    let t = thread(py);
    // SAFETY: the caller's promise. Each argument gets its own reference, which the frame takes over.
    unsafe {
        let word = |i: usize| StackRef::from_new(&**args.add(i));
        let frame = if total <= 8 {
            let mut small = [StackRef::NULL; 8];
            for (i, s) in small.iter_mut().enumerate().take(total) {
                *s = word(i);
            }
            push_frame(
                t,
                StackRef::from_new(func.as_object()),
                locals,
                small.as_ptr(),
                nargs,
                kwnames,
                null_mut(),
            )?
        } else {
            let all: Vec<StackRef> = (0..total).map(word).collect();
            push_frame(
                t,
                StackRef::from_new(func.as_object()),
                locals,
                all.as_ptr(),
                nargs,
                kwnames,
                null_mut(),
            )?
        };
        eval_frame(py, frame, false)
    }
}

/// Releases what a frame holds, but its code (`_PyFrame_ClearExceptCode`). If a frame object survives, it takes the contents over.
///
/// # Safety
/// The frame has ended; its stack pointer is right.
pub unsafe fn clear_except_code(frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        let f = &*frame;
        if let Some(object) = f.frame_obj.take() {
            if object.refcount() > 1 {
                frame_object::take_ownership(&object, frame);
                return;
            }
            drop(object);
        }
        clear_locals(f);
        f.f_funcobj.replace(StackRef::NULL).close();
    }
}

/// Releases locals and stack, topmost first, and the namespace.
///
/// # Safety
/// As [`clear_except_code`].
#[inline]
pub unsafe fn clear_locals(f: &Frame) {
    // SAFETY: the words up to the stack pointer are initialised; the pointer is moved down first, so nobody sees them again.
    unsafe {
        let base = f.localsplus();
        let mut sp = f.stackpointer.replace(base);
        while sp > base {
            sp = sp.sub(1);
            (*sp).close();
        }
    }
    f.f_locals.set(None);
}

/// Is the frame on the data stack, not the first of its chunk, without frame object and namespace?
#[inline(always)]
pub fn is_plain(t: &Thread, f: &Frame) -> bool {
    f.owner.get() == owner::THREAD
        && f.frame_obj.is_empty()
        && f.f_locals.is_empty()
        && !datastack::begins_chunk(t, f)
}

/// Takes down a frame that has ended, whoever owns it (`_PyEval_FrameClearAndPop`).
///
/// # Safety
/// As [`clear_except_code`]; the frame is no longer the current one and, on the data stack, the topmost.
#[inline(never)]
pub unsafe fn clear_and_pop(t: &Thread, frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        if (*frame).owner.get() == owner::THREAD {
            // A quick look first: most frames have no frame object and no namespace.
            clear_except_code(frame);
            (*frame).f_executable.replace(StackRef::NULL).close();
            datastack::pop(t, frame);
        } else {
            let generator = PyGenerator::of_frame(frame);
            generator.gi_frame_state.set(crate::types::generator::state::CLEARED);
            t.exc_info.set(generator.gi_exc_state.previous_item.replace(std::ptr::null()));
            // First: a frame object that takes over has no caller any more.
            (*frame).previous.set(null_mut());
            clear_except_code(frame);
            generator.gi_exc_state.exc_value.set(None);
        }
    }
}
