//! Writing stacks to a descriptor from anywhere: nothing here allocates, locks or touches reference counts, because it runs
//! in signal handlers, while the interpreter may be in any state.

use runtime::interp::frame::{Frame, owner};
use runtime::prelude::*;
use runtime::state::Thread;
use std::ffi::{CStr, c_int, c_void};
use std::mem::zeroed;

/// The most frames and threads that are shown, and characters of a name.
const MOST_FRAMES: usize = 100;
const MOST_THREADS: usize = 100;
const MOST_CHARS: usize = 500;
const MOST_NATIVE_FRAMES: usize = 32;

/// A descriptor to write to.
#[derive(Clone, Copy)]
pub(super) struct Out(pub c_int);

impl Out {
    pub fn bytes(self, b: &[u8]) {
        let mut rest = b;
        while !rest.is_empty() {
            // SAFETY: a plain system call on valid memory.
            let n = unsafe { libc::write(self.0, rest.as_ptr() as *const c_void, rest.len()) };
            match usize::try_from(n) {
                Ok(n) if n > 0 => rest = rest.get(n..).unwrap_or_default(),
                // SAFETY: the thread's own error number.
                _ if unsafe { *libc::__errno_location() } == libc::EINTR => {}
                _ => return,
            }
        }
    }

    pub fn text(self, s: &str) {
        self.bytes(s.as_bytes())
    }

    /// A decimal number, with leading zeros up to a width.
    pub fn decimal(self, n: u64, width: usize) {
        let mut digits = [b'0'; 20];
        let (mut n, mut i) = (n, digits.len());
        while n > 0 && i > 0 {
            i -= 1;
            digits[i] = b'0' + (n % 10) as u8;
            n /= 10;
        }
        let start = i.min(digits.len() - width.clamp(1, digits.len()));
        self.bytes(digits.get(start..).unwrap_or_default());
    }

    /// A hexadecimal number, with leading zeros up to a width.
    pub fn hex(self, n: u64, width: usize) {
        let mut digits = [b'0'; 16];
        let (mut n, mut i) = (n, digits.len());
        while n > 0 && i > 0 {
            i -= 1;
            digits[i] = b"0123456789abcdef"[(n & 15) as usize];
            n >>= 4;
        }
        let start = i.min(digits.len() - width.clamp(1, digits.len()));
        self.bytes(digits.get(start..).unwrap_or_default());
    }

    /// A string in ASCII, other characters escaped.
    fn ascii(self, s: &PyStr) {
        let view = s.view();
        for i in 0..view.len().min(MOST_CHARS) {
            match view.get(i).unwrap_or(0) {
                c @ 32..127 => self.bytes(&[c as u8]),
                c @ 0..=255 => {
                    self.text("\\x");
                    self.hex(u64::from(c), 2);
                }
                c @ 256..=0xffff => {
                    self.text("\\u");
                    self.hex(u64::from(c), 4);
                }
                c => {
                    self.text("\\U");
                    self.hex(u64::from(c), 8);
                }
            }
        }
        if view.len() > MOST_CHARS {
            self.text("...");
        }
    }
}

/// One frame, as tracebacks show it.
///
/// # Safety
/// A frame with a code object.
unsafe fn frame_line(out: Out, f: &Frame) {
    // SAFETY: the caller's promise; fields are read without counting references.
    unsafe {
        let code = f.code();
        out.text("  File ");
        match code.co_filename.get() {
            Some(name) => {
                out.text("\"");
                out.ascii(name);
                out.text("\"");
            }
            None => out.text("???"),
        }
        out.text(", line ");
        match u64::try_from(code.line_of(f.lasti() as i32 * 2)) {
            Ok(n) => out.decimal(n, 1),
            Err(_) => out.text("???"),
        }
        out.text(" in ");
        out.ascii(&code.co_name);
        out.text("\n");
    }
}

fn frames(out: Out, t: &Thread) {
    let mut frame = t.current_frame.get() as *const Frame;
    let mut shown = 0;
    // SAFETY: frames of a thread that is stopped, or is this one.
    while let Some(f) = unsafe { frame.as_ref() } {
        if f.owner.get() < owner::INTERPRETER {
            if shown >= MOST_FRAMES {
                out.text("  ...\n");
                return;
            }
            // SAFETY: frames of these owners have code.
            unsafe { frame_line(out, f) };
            shown += 1;
        }
        frame = f.previous.get();
    }
    if shown == 0 {
        out.text("  <no Python frame>\n");
    }
}

/// The name of a thread in the operating system.
fn thread_name(out: Out, t: &Thread) {
    let mut name = [0u8; 32];
    // SAFETY: reads the name of a thread of this process.
    let r = unsafe {
        libc::pthread_getname_np(t.thread_id.get() as libc::pthread_t, name.as_mut_ptr() as *mut _, 32)
    };
    let n = name.iter().position(|&b| b == 0).unwrap_or(0);
    if r == 0 && n > 0 {
        out.text(" [");
        out.bytes(&name[..n]);
        out.text("]");
    }
}

fn heading(out: Out, t: &Thread, current: bool) {
    out.text(if current { "Current thread 0x" } else { "Thread 0x" });
    out.hex(t.thread_id.get(), 16);
    thread_name(out, t);
    out.text(" (most recent call first):\n");
}

/// The stack of one thread with "Stack" as its heading.
pub(super) fn stack(out: Out, t: &Thread) {
    out.text("Stack (most recent call first):\n");
    frames(out, t);
}

/// The stacks of all threads.
pub(super) fn all_threads(out: Out, first: *const Thread, current: Option<&Thread>, collecting: bool) {
    let mut t = first;
    let mut shown = 0;
    // SAFETY: the list of an interpreter; it may be changing, which can't be helped in a signal handler.
    while let Some(x) = unsafe { t.as_ref() } {
        if shown > 0 {
            out.text("\n");
        }
        if shown >= MOST_THREADS {
            out.text("...\n");
            return;
        }
        let is_current = current.is_some_and(|c| std::ptr::eq(c, x));
        heading(out, x, is_current);
        if is_current && collecting {
            out.text("  Garbage-collecting\n");
        }
        frames(out, x);
        shown += 1;
        t = x.next.get();
    }
}

/// The native stack of the calling thread.
pub(super) fn native_stack(out: Out) {
    out.text("Current thread's C stack trace (most recent call first):\n");
    let mut addresses = [std::ptr::null_mut::<c_void>(); MOST_NATIVE_FRAMES];
    // SAFETY: writes at most that many addresses.
    let n = unsafe { libc::backtrace(addresses.as_mut_ptr(), MOST_NATIVE_FRAMES as c_int) };
    for &a in addresses.iter().take(usize::try_from(n).unwrap_or(0)) {
        // SAFETY: fills in the struct; its strings live as long as the object file is loaded.
        unsafe {
            let mut info: libc::Dl_info = zeroed();
            if libc::dladdr(a, &mut info) == 0 || info.dli_fname.is_null() {
                out.text("  <unknown> [0x");
            } else {
                out.text("  Binary file \"");
                out.bytes(CStr::from_ptr(info.dli_fname).to_bytes());
                out.text("\"");
                let named = !info.dli_sname.is_null();
                let base = if named { info.dli_saddr } else { info.dli_fbase };
                out.text(", at ");
                if named {
                    out.bytes(CStr::from_ptr(info.dli_sname).to_bytes());
                }
                let (a, base) = (a as u64, base as u64);
                out.text(if a >= base { "+0x" } else { "-0x" });
                out.hex(a.abs_diff(base), 1);
                out.text(" [0x");
            }
            out.hex(a as u64, 1);
            out.text("]\n");
        }
    }
    if usize::try_from(n) == Ok(MOST_NATIVE_FRAMES) {
        out.text("  <truncated rest of calls>\n");
    }
}
