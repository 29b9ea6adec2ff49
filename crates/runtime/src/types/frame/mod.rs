//! Frame objects (`PyFrameObject`): what Python code sees of an [`interp::frame::Frame`](crate::interp::frame::Frame).

mod lineno;
pub mod locals;

pub use locals::PyFrameLocalsProxy;

use crate::interp::call::clear_locals;
use crate::interp::frame::{FRAME_SPECIALS_SIZE, Frame, owner};
use crate::interp::stackref::StackRef;
use crate::prelude::*;
use crate::types::generator::state;
use object::gc;
use std::ffi::c_int;
use std::mem::offset_of;
use std::ptr::null_mut;

/// `PyFrameObject`.
#[repr(C)]
pub struct PyFrame {
    pub ob_base: PyObject,
    pub f_back: Slot<PyFrame>,
    /// The activation: running, in a generator, or (when it is over) `frame_data`.
    pub f_frame: Cell<*mut Frame>,
    pub f_trace: Slot,
    /// Set by assignment to `f_lineno` and during line events; 0 otherwise.
    pub f_lineno: Cell<c_int>,
    pub f_trace_lines: Cell<bool>,
    pub f_trace_opcodes: Cell<bool>,
    pub f_extra_locals: Slot<PyDict>,
    pub f_locals_cache: Slot,
    /// Locals overwritten through the proxy: stack entries may still borrow from them.
    pub f_overwritten_fast_locals: Slot<PyList>,
    /// Takes over the activation when it ends before the object; its locals follow.
    pub frame_data: Frame,
}

const _: () = {
    assert!(size_of::<PyFrame>() == 152);
    assert!(offset_of!(PyFrame, f_lineno) == 40);
    assert!(offset_of!(PyFrame, frame_data) == 72);
};

impl Drop for PyFrame {
    fn drop(&mut self) {
        if self.owns_data() {
            // SAFETY: the activation is over and belongs to this object; nobody else can reach it any more.
            unsafe {
                clear_locals(&self.frame_data);
                self.frame_data.f_funcobj.replace(StackRef::NULL).close();
                self.frame_data.f_executable.replace(StackRef::NULL).close();
            }
        }
    }
}

impl object::Traverse for PyFrame {
    fn traverse(&self, v: &mut Visitor) {
        self.f_back.traverse(v);
        self.f_trace.traverse(v);
        self.f_extra_locals.traverse(v);
        self.f_locals_cache.traverse(v);
        self.f_overwritten_fast_locals.traverse(v);
        if self.owns_data() {
            self.frame_data.traverse(v);
        }
    }

    fn clear_refs(&self) {
        self.f_trace.set(None);
        self.f_extra_locals.set(None);
        self.f_locals_cache.set(None);
        self.f_overwritten_fast_locals.set(None);
        if self.owns_data() {
            self.forget_variables();
        }
    }
}

/// The frame object of an activation that may be shown, made if there is none yet.
///
/// # Safety
/// `frame` is a live, complete frame.
pub unsafe fn object_of(py: Python, frame: *mut Frame) -> PyResult<Py<PyFrame>> {
    // SAFETY: the caller's promise.
    unsafe {
        let f = &*frame;
        if let Some(o) = f.frame_obj.get_owned() {
            return Ok(o);
        }
        let code = f.code();
        let slots = (code.co_framesize.get() as usize).saturating_sub(FRAME_SPECIALS_SIZE);
        let new: Py<PyFrame> = new_var_object(py, PyFrame::type_object(), slots)?;
        // All zero but the first field, where the size was put: frames have no size field.
        let at = new.as_ptr() as *mut PyFrame;
        (&raw mut (*at).f_back as *mut *mut PyObject).write(null_mut());
        new.f_frame.set(frame);
        new.f_trace_lines.set(true);
        f.frame_obj.set(Some(new.clone()));
        Ok(new)
    }
}

impl PyFrame {
    /// A frame that does not run: for tracebacks of code that has no frames of its own (`PyFrame_New`).
    pub fn for_code(py: Python, code: &PyCode, globals: &PyDict, line: c_int) -> PyResult<Py<PyFrame>> {
        let func = PyFunction::new(py, code, globals.as_object())?;
        let slots = (code.co_framesize.get() as usize).saturating_sub(FRAME_SPECIALS_SIZE);
        let new: Py<PyFrame> = new_var_object(py, PyFrame::type_object(), slots)?;
        // SAFETY: fresh zeroed memory with room for the code's locals and stack; null stack references are empty.
        unsafe {
            let at = new.as_ptr() as *mut PyFrame;
            (&raw mut (*at).f_back as *mut *mut PyObject).write(null_mut());
            let f = &new.frame_data;
            f.f_executable.set(StackRef::from_new(code.as_object()));
            f.f_globals.set(func.func_globals.as_ptr());
            f.f_builtins.set(func.func_builtins.as_ptr());
            f.f_funcobj.set(StackRef::from_owned(func));
            f.instr_ptr.set(code.code_ptr().add(code.co_firsttraceable.get() as usize));
            f.owner.set(owner::FRAME_OBJECT);
            let locals = code.co_nlocalsplus.get() as usize;
            for i in 0..locals {
                f.localsplus().add(i).write(StackRef::NULL);
            }
            f.stackpointer.set(f.localsplus().add(locals));
            new.f_frame.set(f as *const Frame as *mut Frame);
            new.f_trace_lines.set(true);
            new.f_lineno.set(line);
            gc::track(new.as_ptr());
        }
        Ok(new)
    }
}

/// Moves an activation that has ended into its frame object, which outlives it.
///
/// # Safety
/// `object` is the frame object taken out of `frame`; the words of `frame` are not used again, but for its code.
pub unsafe fn take_ownership(object: &Py<PyFrame>, frame: *mut Frame) {
    // SAFETY: the object was made with room for the code's locals and stack.
    unsafe {
        let from = &*frame;
        let to = &object.frame_data;
        move_contents(from, to);
        to.owner.set(owner::FRAME_OBJECT);
        if to.is_incomplete_code() {
            // Never started: shown as being at its first traceable instruction.
            to.instr_ptr.set(to.code().code_ptr().add(to.code().co_firsttraceable.get() as usize));
        }
        object.f_frame.set(to as *const Frame as *mut Frame);
        let back = Frame::first_complete(from.previous.get());
        if !back.is_null() {
            let py = Python::assume_attached();
            // Without memory for the caller's object the chain just ends here.
            match keeping_exception(py, || object_of(py, back)) {
                Ok(b) => object.f_back.set(Some(b)),
                Err(_) => object.f_back.set(None),
            }
        }
        let p = object.as_ptr();
        if !gc::is_tracked(p) {
            gc::track(p);
        }
    }
}

/// Runs `f` with no exception pending; what it raises is dropped and the one pending before put back.
fn keeping_exception<T>(py: Python, f: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let t = crate::state::thread(py);
    let saved = t.current_exception.take();
    let r = f();
    t.current_exception.set(saved);
    r
}

/// Moves everything between two frames (`_PyFrame_Copy`).
///
/// # Safety
/// `to` has room for as many words as `from` uses, and holds nothing.
pub unsafe fn move_contents(from: &Frame, to: &Frame) {
    // SAFETY: the caller's promise; plain stores, `to` was empty.
    unsafe {
        to.f_executable.set(from.f_executable.get().into_heap_safe());
        from.f_executable.set(from.f_executable.get().borrow());
        to.previous.set(null_mut());
        to.f_funcobj.set(from.f_funcobj.replace(StackRef::NULL).into_heap_safe());
        to.f_globals.set(from.f_globals.get());
        to.f_builtins.set(from.f_builtins.get());
        std::mem::forget(to.f_locals.replace(from.f_locals.take()));
        std::mem::forget(to.frame_obj.replace(from.frame_obj.take()));
        to.instr_ptr.set(from.instr_ptr.get());
        to.return_offset.set(0);
        to.visited.set(0);
        let n = from.stackpointer.get().offset_from(from.localsplus()) as usize;
        for i in 0..n {
            to.localsplus().add(i).write((*from.localsplus().add(i)).into_heap_safe());
        }
        to.stackpointer.set(to.localsplus().add(n));
        from.stackpointer.set(from.localsplus());
    }
}

/// The innermost frame that Python code may see.
pub fn current(py: Python) -> PyResult<Option<Py<PyFrame>>> {
    // SAFETY: the thread's chain of frames is live.
    unsafe {
        let f = Frame::first_complete(crate::state::thread(py).current_frame.get());
        if f.is_null() { Ok(None) } else { object_of(py, f).map(Some) }
    }
}

impl Frame {
    /// Is the instruction pointer before the first traceable instruction?
    fn is_incomplete_code(&self) -> bool {
        // SAFETY: only asked of frames of code objects.
        unsafe { self.lasti() < self.code().co_firsttraceable.get() as isize }
    }
}

impl PyFrame {
    fn owns_data(&self) -> bool {
        std::ptr::eq(self.f_frame.get(), &self.frame_data)
    }

    /// Releases variables and stack of an activation that is over. `f_locals` and a debugger may still look at the words:
    /// each becomes `NULL` before its object is released.
    fn forget_variables(&self) {
        let f = &self.frame_data;
        // SAFETY: the activation is over; the words up to the stack pointer are initialised and belong to this object.
        unsafe {
            let base = f.localsplus();
            let n = f.stackpointer.replace(base).offset_from(base);
            for i in 0..n {
                base.offset(i).replace(StackRef::NULL).close();
            }
        }
        f.f_locals.set(None);
    }

    /// The activation.
    #[inline]
    pub fn frame(&self) -> &Frame {
        // SAFETY: it is this object's own, or its owner gives it up through `take_ownership` first.
        unsafe { &*self.f_frame.get() }
    }

    /// The code.
    pub fn code(&self) -> Py<PyCode> {
        // SAFETY: frames with an object run code.
        unsafe { self.frame().code() }.owned()
    }

    /// Byte offset of the current instruction; -1 before the first.
    pub fn lasti(&self) -> i32 {
        // SAFETY: as above.
        let i = unsafe { self.frame().lasti() };
        if i < 0 { -1 } else { i as i32 * 2 }
    }

    /// The current line; -1 if the instruction has none (`PyFrame_GetLineNumber`).
    pub fn line_number(&self) -> i32 {
        match self.f_lineno.get() {
            0 => self.code().line_of(self.lasti()),
            n => n,
        }
    }

    /// The caller's frame object.
    pub fn back(&self, py: Python) -> PyResult<Option<Py<PyFrame>>> {
        if let Some(b) = self.f_back.get_owned() {
            return Ok(Some(b));
        }
        // SAFETY: a running frame's chain is live; one that is over or suspended has none.
        unsafe {
            let back = Frame::first_complete(self.frame().previous.get());
            if back.is_null() { Ok(None) } else { object_of(py, back).map(Some) }
        }
    }

    /// `f_locals`: the namespace of module and class bodies, a proxy for functions.
    pub fn locals(&self, py: Python) -> PyResult {
        let f = self.frame();
        let code = self.code();
        if !code.has_flag(bytecode::code::flags::OPTIMIZED) && !has_hidden_locals(f, &code) {
            return match f.f_locals.get_owned() {
                Some(l) => Ok(l),
                None => {
                    let d = PyDict::new(py)?.into_object();
                    f.f_locals.set(Some(d.clone()));
                    Ok(d)
                }
            };
        }
        PyFrameLocalsProxy::make(py, self).map(Py::into_object)
    }
}

/// Is a variable of an inlined comprehension alive?
fn has_hidden_locals(f: &Frame, code: &PyCode) -> bool {
    (0..code.co_nlocalsplus.get() as usize).any(|i| {
        // SAFETY: an index of a local.
        code.local_kind(i) & bytecode::code::kind::HIDDEN != 0 && unsafe { !f.local(i).get().is_null() }
    })
}

fn int_or_none(py: Python, n: i32) -> PyResult {
    if n < 0 { Ok(none().owned()) } else { PyInt::from_i64(py, n.into()).map(Py::into_object) }
}

/// For attributes that are set only.
fn cannot_delete(py: Python, name: &str) -> Raised {
    attribute_error(py, format!("attribute '{name}' of 'frame' objects cannot be deleted"))
}

/// An activation of a code object: a call being executed, or what is left of it.
#[pytype(name = "frame", symbol = "PyFrame_Type", flags(GC, DISALLOW_INSTANTIATION), itemsize = 8,
         members(f_trace_lines: bool))]
impl PyFrame {
    #[slot(tp_repr)]
    fn repr(&self, py: Python) -> PyResult<Py<PyStr>> {
        let code = self.code();
        let file = match code.co_filename.get_owned() {
            Some(f) => f.as_object().repr(py)?.to_string_lossy(),
            None => "''".into(),
        };
        PyStr::new(
            py,
            &format!(
                "<frame at {:#x}, file {file}, line {}, code {}>",
                self.as_ptr() as usize,
                self.line_number(),
                code.co_name.to_string_lossy()
            ),
        )
    }

    /// The frame's size in memory, in bytes.
    #[pymethod]
    fn __sizeof__(&self) -> isize {
        let words = (self.code().co_framesize.get() as usize).saturating_sub(FRAME_SPECIALS_SIZE);
        (size_of::<PyFrame>() + 8 * words) as isize
    }

    /// Releases everything the frame refers to.
    #[pymethod]
    fn clear(&self, py: Python) -> PyResult<()> {
        let f = self.frame();
        match f.owner.get() {
            owner::GENERATOR => {
                // SAFETY: the frame says that a generator owns it.
                let g = unsafe { PyGenerator::of_frame(self.f_frame.get()) };
                match g.gi_frame_state.get() {
                    state::EXECUTING => Err(runtime_error(py, "cannot clear an executing frame")),
                    state::SUSPENDED | state::SUSPENDED_YIELD_FROM => {
                        Err(runtime_error(py, "cannot clear a suspended frame"))
                    }
                    _ => {
                        generator::finalize(py, g);
                        Ok(())
                    }
                }
            }
            owner::THREAD => Err(runtime_error(py, "cannot clear an executing frame")),
            _ => {
                self.clear_refs();
                Ok(())
            }
        }
    }

    #[getter(name = "f_back")]
    fn get_back(&self, py: Python) -> PyResult<Option<Py<PyFrame>>> {
        self.back(py)
    }

    #[getter(name = "f_locals", doc = "The local variables as a mapping.")]
    fn get_locals(&self, py: Python) -> PyResult {
        self.locals(py)
    }

    #[getter(name = "f_lineno", doc = "The current line.")]
    fn get_lineno(&self, py: Python) -> PyResult {
        int_or_none(py, self.line_number())
    }

    #[setter(name = "f_lineno")]
    fn set_lineno(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        lineno::set(py, self, value)
    }

    #[getter(name = "f_trace", doc = "The trace function of this frame, or None.")]
    fn get_trace(&self) -> Py {
        self.f_trace.get_owned().unwrap_or_else(|| none().owned())
    }

    #[setter(name = "f_trace")]
    fn set_trace(&self, _py: Python, value: Option<&PyObject>) -> PyResult<()> {
        self.f_trace.set(value.filter(|v| !v.is_none()).map(PyLayout::owned));
        Ok(())
    }

    #[getter(name = "f_trace_opcodes", doc = "Are single instructions traced?")]
    fn get_trace_opcodes(&self) -> bool {
        self.f_trace_opcodes.get()
    }

    #[setter(name = "f_trace_opcodes")]
    fn set_trace_opcodes(&self, py: Python, value: Option<&PyObject>) -> PyResult<()> {
        let Some(value) = value else { return Err(cannot_delete(py, "f_trace_opcodes")) };
        let Some(v) = value.downcast_exact::<PyBool>() else {
            return Err(type_error(py, "attribute value type must be bool"));
        };
        let on = v.as_object().is(py_bool(true).as_object());
        self.f_trace_opcodes.set(on);
        if on { crate::interp::tracing::trace_opcodes(py, self) } else { Ok(()) }
    }

    #[getter(name = "f_globals", doc = "The global variables.")]
    fn get_globals(&self) -> Py {
        // SAFETY: the frame's function keeps its globals alive.
        unsafe { (*self.frame().f_globals.get()).owned() }
    }

    #[getter(name = "f_builtins", doc = "The built-in names.")]
    fn get_builtins(&self) -> Py {
        // SAFETY: the frame's function keeps its builtins alive.
        unsafe { (*self.frame().f_builtins.get()).owned() }
    }

    #[getter(name = "f_code", doc = "The code being executed.")]
    fn get_code(&self, py: Python) -> PyResult<Py<PyCode>> {
        crate::sys::hooks::audit(
            py,
            "object.__getattr__",
            &[self.as_object(), intern!(py, "f_code").as_object()],
        )?;
        Ok(self.code())
    }

    #[getter(name = "f_lasti", doc = "Offset of the instruction executed last, in bytes.")]
    fn get_lasti(&self) -> i32 {
        self.lasti()
    }

    #[getter(name = "f_generator", doc = "The generator or coroutine the frame belongs to, or None.")]
    fn get_generator(&self) -> Py {
        if self.frame().owner.get() == owner::GENERATOR {
            // SAFETY: the frame says that a generator owns it.
            return unsafe { PyGenerator::of_frame(self.f_frame.get()) }.as_object().owned();
        }
        none().owned()
    }
}
