//! The interpreter's registers and the way an instruction ends.
//!
//! # Why the accessors here are safe functions
//! Everything in `interp/` relies on one promise: code objects hold verified bytecode, that is, bytecode which the compiler emitted
//! (or which somebody vouched for through `code.replace`, as in CPython): the stack never holds fewer entries than an instruction
//! takes nor more than `co_stacksize`, opargs index existing constants, names and locals, and jumps hit instructions. A
//! [`Regs`] is made by the loop in `eval.rs` only, for a frame of such a code object on the current, attached thread. Given that,
//! reading or writing a stack entry or a local through these methods touches live, initialised memory, and an entry that is neither
//! `NULL` nor a tagged integer refers to a live object as long as nobody closes it. Instructions do not keep references across
//! the point where they close the entry.

use super::backoff;
use super::eval::enter_python;
use super::frame::Frame;
use super::slow::Slow;
use super::stackref::StackRef;
use crate::state::Thread;
use crate::types::code::{CodeUnit, PyCode};
use crate::types::{PyDict, PyGenerator, PyInt, PyStr, PyTuple, generator};
use object::{Py, PyLayout, PyObject, Python, Raised, dealloc};

/// Why an instruction did not simply end.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Stop {
    /// An exception is pending; `ip` is at the instruction, and what it left on the stack is cleaned up by unwinding.
    Error,
    /// An exception is pending that was raised before: no traceback entry is added here.
    Reraise,
    /// Run the instruction in `opcode` with the current oparg at `ip`: after specialisation, de-optimisation, instrumentation.
    Dispatch,
    /// The frame just entered must not run: there are too many.
    ExitFrame,
    /// Leave the loop with the result in `result`.
    Exit,
    /// Deallocate the object in `dying`, which nobody refers to any more, pop and release the topmost `remaining` entries, then go on
    /// at `ip`.
    Release,
    /// Run the slow path `slow` of this instruction.
    Slow,
}

impl From<Raised> for Stop {
    #[inline(always)]
    fn from(_: Raised) -> Stop {
        Stop::Error
    }
}

/// How an instruction ends: `Ok` goes on at `ip`, which the instruction has advanced.
pub type Flow = Result<(), Stop>;

/// The registers. Lives in the loop's locals and is taken apart by the optimiser: its address must not reach a function that is not inlined.
pub struct Regs {
    /// The instruction being executed, until it advances.
    pub ip: *const CodeUnit,
    /// One past the topmost entry.
    pub sp: *mut StackRef,
    pub frame: *mut Frame,
    pub thread: &'static Thread,
    pub oparg: u32,
    pub opcode: u8,
    pub result: *mut PyObject,
    pub dying: *mut PyObject,
    pub remaining: usize,
    pub slow: Slow,
}

impl Regs {
    /// The token: a loop runs on an attached thread only.
    #[inline(always)]
    pub fn py(&self) -> Python<'static> {
        // SAFETY: see the module's essay.
        unsafe { Python::assume_attached() }
    }

    #[inline(always)]
    pub fn frame(&self) -> &'static Frame {
        // SAFETY: see the module's essay.
        unsafe { &*self.frame }
    }

    #[inline(always)]
    pub fn code(&self) -> &'static PyCode {
        // SAFETY: as above; the running frame is never an entry frame except in `INTERPRETER_EXIT`.
        unsafe { self.frame().code() }
    }

    // The stack.

    /// Entry `n` below the top.
    #[inline(always)]
    pub fn peek(&self, n: usize) -> StackRef {
        // SAFETY: see the module's essay.
        unsafe { *self.sp.sub(n + 1) }
    }

    /// The object of entry `n` below the top.
    #[inline(always)]
    pub fn obj(&self, n: usize) -> &'static PyObject {
        self.peek(n).obj()
    }

    #[inline(always)]
    pub fn set(&mut self, n: usize, v: StackRef) {
        // SAFETY: as above.
        unsafe { *self.sp.sub(n + 1) = v }
    }

    #[inline(always)]
    pub fn push(&mut self, v: StackRef) {
        // SAFETY: as above.
        unsafe {
            *self.sp = v;
            self.sp = self.sp.add(1);
        }
    }

    #[inline(always)]
    pub fn push_owned<T: PyLayout>(&mut self, o: Py<T>) {
        self.push(StackRef::from_owned(o))
    }

    #[inline(always)]
    pub fn pop(&mut self) -> StackRef {
        // SAFETY: as above.
        unsafe {
            self.sp = self.sp.sub(1);
            *self.sp
        }
    }

    /// Pops an entry as an owned reference.
    #[inline(always)]
    pub fn pop_owned(&mut self) -> Py {
        // SAFETY: as above.
        unsafe { self.pop().into_owned() }
    }

    /// Forgets the topmost `n` entries, whose references were moved elsewhere.
    #[inline(always)]
    pub fn shrink(&mut self, n: usize) {
        // SAFETY: as above.
        self.sp = unsafe { self.sp.sub(n) }
    }

    /// The topmost `n` entries, lowest first.
    #[inline(always)]
    pub fn args(&self, n: usize) -> *mut StackRef {
        // SAFETY: as above.
        unsafe { self.sp.sub(n) }
    }

    /// Releases a reference taken off the stack. Deallocation is out of line and sees the spilled registers.
    #[inline(always)]
    pub fn close(&mut self, v: StackRef) {
        // SAFETY: the entry's reference was moved to `v`.
        if unsafe { v.release() } {
            self.spill();
            dealloc_cold(v.as_ptr());
        }
    }

    /// The end of an instruction with `caches` cache words, the last act of which is to release `v`. A dying object is dealt with
    /// outside of the instruction, which thereby makes no call.
    #[inline(always)]
    pub fn close_next(&mut self, v: StackRef, caches: usize) -> Flow {
        self.close_and_drop(v, 0, caches)
    }

    /// As [`close_next`](Self::close_next), after which `n` entries (few) are popped and released.
    #[inline(always)]
    pub fn close_and_drop(&mut self, v: StackRef, n: usize, caches: usize) -> Flow {
        let mut v = v;
        let mut left = n;
        loop {
            // SAFETY: the entry's reference was moved to `v`.
            if unsafe { v.release() } {
                self.spill();
                self.next(caches)?;
                self.dying = v.as_ptr();
                self.remaining = left;
                return Err(Stop::Release);
            }
            if left == 0 {
                return self.next(caches);
            }
            left -= 1;
            v = self.pop();
        }
    }

    /// The end of an instruction that pops and releases `n` entries (at least one), topmost first.
    #[inline(always)]
    pub fn drop_next(&mut self, n: usize, caches: usize) -> Flow {
        let v = self.pop();
        self.close_and_drop(v, n - 1, caches)
    }

    /// The end of an instruction that replaces the top by `res`.
    #[inline(always)]
    pub fn replace1_next(&mut self, res: StackRef, caches: usize) -> Flow {
        let old = self.peek(0);
        self.set(0, res);
        self.close_next(old, caches)
    }

    /// The end of an instruction that replaces the two topmost entries by `res`; the left one is released first.
    #[inline(always)]
    pub fn replace2_next(&mut self, res: StackRef, caches: usize) -> Flow {
        let left = self.peek(1);
        self.set(1, res);
        self.close_and_drop(left, 1, caches)
    }

    /// Goes on with a slow path of this instruction, a function of its own: nothing has been changed yet.
    #[inline(always)]
    pub fn slowly(&mut self, path: Slow) -> Flow {
        self.slow = path;
        Err(Stop::Slow)
    }

    /// The registers at an instruction.
    #[inline(always)]
    pub fn at(
        ip: *const CodeUnit,
        sp: *mut StackRef,
        frame: *mut Frame,
        thread: &'static Thread,
        opcode: u8,
        oparg: u32,
    ) -> Regs {
        let (result, dying) = (std::ptr::null_mut(), std::ptr::null_mut());
        Regs { ip, sp, frame, thread, oparg, opcode, result, dying, remaining: 0, slow: Slow::FIRST }
    }

    /// Pops and releases the top.
    #[inline(always)]
    pub fn drop_top(&mut self) {
        let v = self.pop();
        self.close(v);
    }

    /// Pops and releases `n` entries, topmost first.
    #[inline(always)]
    pub fn drop_n(&mut self, n: usize) {
        for _ in 0..n {
            self.drop_top();
        }
    }

    /// Replaces the top by `res`, then releases the old one.
    #[inline(always)]
    pub fn replace1(&mut self, res: StackRef) {
        let old = self.peek(0);
        self.set(0, res);
        self.close(old);
    }

    /// Replaces the two topmost entries by `res`, then releases the old ones, topmost last.
    #[inline(always)]
    pub fn replace2(&mut self, res: StackRef) {
        let right = self.pop();
        let left = self.peek(0);
        self.set(0, res);
        self.close(left);
        self.close(right);
    }

    // Locals, constants, names.

    #[inline(always)]
    pub fn local(&self, i: usize) -> StackRef {
        // SAFETY: see the module's essay.
        unsafe { *self.frame().localsplus().add(i) }
    }

    /// Stores without releasing the old value.
    #[inline(always)]
    pub fn put_local(&mut self, i: usize, v: StackRef) {
        // SAFETY: as above.
        unsafe { *self.frame().localsplus().add(i) = v }
    }

    /// Stores, then releases the old value.
    #[inline(always)]
    pub fn store_local(&mut self, i: usize, v: StackRef) {
        let old = self.local(i);
        self.put_local(i, v);
        self.close(old);
    }

    #[inline(always)]
    pub fn constant(&self, i: usize) -> &'static PyObject {
        tuple_item(&self.code().co_consts, i)
    }

    #[inline(always)]
    pub fn name(&self, i: usize) -> &'static PyStr {
        // SAFETY: names are strings.
        unsafe { tuple_item(&self.code().co_names, i).downcast_unchecked() }
    }

    #[inline(always)]
    pub fn globals(&self) -> &'static PyObject {
        // SAFETY: the function keeps its globals alive.
        unsafe { &*self.frame().f_globals.get() }
    }

    /// The globals, if they are a plain dict.
    #[inline(always)]
    pub fn globals_dict(&self) -> &'static PyDict {
        // SAFETY: functions can only be made with a dict (or a subclass) as globals.
        unsafe { self.globals().downcast_unchecked() }
    }

    #[inline(always)]
    pub fn builtins(&self) -> &'static PyObject {
        // SAFETY: the function keeps its builtins alive.
        unsafe { &*self.frame().f_builtins.get() }
    }

    // Inline caches: `i` counts code units after the instruction.

    #[inline(always)]
    pub fn cache_u16(&self, i: usize) -> u16 {
        // SAFETY: the instruction has that many cache words.
        unsafe { *(self.ip.add(1 + i) as *const u16) }
    }

    #[inline(always)]
    pub fn cache_u32(&self, i: usize) -> u32 {
        // SAFETY: as above.
        unsafe { (self.ip.add(1 + i) as *const u32).read_unaligned() }
    }

    #[inline(always)]
    pub fn cache_ptr(&self, i: usize) -> *mut PyObject {
        // SAFETY: as above.
        unsafe { (self.ip.add(1 + i) as *const *mut PyObject).read_unaligned() }
    }

    #[inline(always)]
    pub fn set_cache_u16(&mut self, i: usize, v: u16) {
        // SAFETY: as above; code is mutable memory behind raw pointers.
        unsafe { *(self.ip.add(1 + i) as *mut u16) = v }
    }

    // Control.

    /// Makes the frame show what the registers hold: before anything that can run Python code or look at frames.
    #[inline(always)]
    pub fn spill(&mut self) {
        let f = self.frame();
        f.instr_ptr.set(self.ip);
        f.stackpointer.set(self.sp);
    }

    /// Goes on after this instruction, which has `caches` cache words.
    #[inline(always)]
    pub fn next(&mut self, caches: usize) -> Flow {
        // SAFETY: code does not end here.
        self.ip = unsafe { self.ip.add(1 + caches) };
        Ok(())
    }

    /// Jumps relative to the end of this instruction.
    #[inline(always)]
    pub fn jump(&mut self, caches: usize, by: isize) -> Flow {
        // SAFETY: a verified target.
        self.ip = unsafe { self.ip.add(1 + caches).offset(by) };
        Ok(())
    }

    /// A guard failed: run the instruction this one was specialised from.
    #[inline(always)]
    pub fn deopt(&mut self, base: bytecode::Opcode) -> Flow {
        self.opcode = base.number() as u8;
        Err(Stop::Dispatch)
    }

    /// Run the instruction now at `ip` (it was rewritten) with the same oparg.
    #[inline(always)]
    pub fn again(&mut self) -> Flow {
        // SAFETY: `ip` is at an instruction.
        self.opcode = unsafe { (*self.ip).code };
        Err(Stop::Dispatch)
    }

    /// The counter in the first cache word: true when it is time to specialise, otherwise it is counted down.
    #[inline(always)]
    pub fn adaptive(&mut self) -> bool {
        let counter = self.cache_u16(0);
        if backoff::triggers(counter) {
            cold();
            return true;
        }
        self.set_cache_u16(0, backoff::advance(counter));
        false
    }

    /// Overwrites the opcode at `ip` if it is `from`; false if it was not (instrumentation may hide it).
    #[inline(always)]
    pub fn rewrite(&mut self, from: bytecode::Opcode, to: bytecode::Opcode) -> bool {
        let at = self.ip as *mut CodeUnit;
        // SAFETY: `ip` is at an instruction; code is mutable memory behind raw pointers.
        unsafe {
            if (*at).code as u16 != from.number() {
                return false;
            }
            (*at).code = to.number() as u8;
        }
        true
    }

    /// Enters a frame that was just pushed for a call made by this instruction, which has `caches` cache words. The arguments are off
    /// the stack; the result will be pushed when the frame returns.
    #[inline(always)]
    pub fn push_python_frame(&mut self, frame: *mut Frame, caches: usize) -> Flow {
        self.frame().return_offset.set(1 + caches as u16);
        self.enter_pushed(frame)
    }

    /// As [`push_python_frame`](Self::push_python_frame) with the return offset set already.
    #[inline(always)]
    pub fn enter_pushed(&mut self, frame: *mut Frame) -> Flow {
        self.spill();
        self.enter(frame, 0)?;
        if enter_python(self.thread) { Ok(()) } else { Err(Stop::ExitFrame) }
    }

    /// Where [`may_enter`](Self::may_enter) said yes: resumes a suspended generator in the loop, sending `value`; when it returns, execution goes on `offset` units behind this
    /// instruction, when it yields, right after it.
    #[inline(always)]
    pub fn resume_generator(&mut self, g: &'static PyGenerator, value: StackRef, offset: usize) -> Flow {
        let frame = &raw const g.gi_iframe as *mut Frame;
        let f = &g.gi_iframe;
        // SAFETY: a suspended generator's frame has room for the sent value.
        unsafe {
            let sp = f.stackpointer.get();
            *sp = value;
            f.stackpointer.set(sp.add(1));
        }
        g.gi_frame_state.set(generator::state::EXECUTING);
        g.gi_exc_state.previous_item.set(self.thread.exc_info.get());
        self.thread.exc_info.set(&g.gi_exc_state);
        f.previous.set(self.frame);
        self.frame().return_offset.set(offset as u16);
        self.spill();
        let left = &self.thread.py_recursion_remaining;
        left.set(left.get() - 1);
        self.enter(frame, 0)
    }

    /// Is there room for one more Python frame without asking?
    #[inline(always)]
    pub fn may_enter(&self) -> bool {
        self.thread.py_recursion_remaining.get() > 1
    }

    /// Continues in another frame, from its saved registers plus `offset` code units.
    #[inline(always)]
    pub fn enter(&mut self, frame: *mut Frame, offset: usize) -> Flow {
        self.frame = frame;
        self.thread.current_frame.set(frame);
        let f = self.frame();
        // SAFETY: the saved instruction pointer of a frame plus its offset is an instruction.
        self.ip = unsafe { f.instr_ptr.get().add(offset) };
        self.sp = f.stackpointer.get();
        Ok(())
    }
}

impl StackRef {
    /// The object: for entries known to hold one (see the module's essay).
    #[inline(always)]
    pub(crate) fn obj(self) -> &'static PyObject {
        // SAFETY: see the module's essay.
        unsafe { self.get() }
    }

    /// The object as a `T`: for entries known to hold one.
    #[inline(always)]
    pub(crate) fn obj_as<T: PyLayout>(self) -> &'static T {
        // SAFETY: see the module's essay.
        unsafe { self.cast() }
    }
}

#[inline(always)]
pub(crate) fn tuple_item(t: &PyTuple, i: usize) -> &'static PyObject {
    // SAFETY: an index from verified bytecode.
    unsafe { &**t.items_ptr().add(i) }
}

#[cold]
#[inline(never)]
pub(super) fn dealloc_cold(o: *mut PyObject) {
    // SAFETY: the count has just become zero.
    unsafe {
        if !PyInt::free_number(o) {
            dealloc::dealloc(o)
        }
    }
}

/// Marks the unlikely branch.
#[cold]
#[inline(always)]
pub fn cold() {}
