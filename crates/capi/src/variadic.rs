//! C's variable arguments. This is the one place with assembly.
//!
//! A variadic entry point is a naked function: it spills the argument registers as the System V ABI's `va_list` wants them and calls
//! a Rust function with the fixed arguments and the address of that list. The `…V` functions of the C API get the same structure from
//! their callers.

use crate::convert::O;
use std::ffi::{c_int, c_void};

/// `va_list` of x86-64.
#[cfg(target_arch = "x86_64")]
#[repr(C)]
pub struct VaList {
    gp_offset: u32,
    fp_offset: u32,
    overflow_arg_area: *mut u64,
    reg_save_area: *mut u8,
}

const GP_END: u32 = 48;
const FP_END: u32 = 176;

impl VaList {
    /// The next argument of integer class.
    ///
    /// # Safety
    /// The caller passed one.
    pub unsafe fn word(&mut self) -> u64 {
        // SAFETY: the caller's promise; the areas hold what was passed.
        unsafe {
            if self.gp_offset < GP_END {
                let p = self.reg_save_area.add(self.gp_offset as usize) as *const u64;
                self.gp_offset += 8;
                *p
            } else {
                self.overflow()
            }
        }
    }

    /// The next `double`.
    ///
    /// # Safety
    /// The caller passed one.
    pub unsafe fn double(&mut self) -> f64 {
        // SAFETY: as above.
        unsafe {
            if self.fp_offset < FP_END {
                let p = self.reg_save_area.add(self.fp_offset as usize) as *const f64;
                self.fp_offset += 16;
                *p
            } else {
                f64::from_bits(self.overflow())
            }
        }
    }

    unsafe fn overflow(&mut self) -> u64 {
        // SAFETY: as above.
        unsafe {
            let p = self.overflow_arg_area;
            self.overflow_arg_area = p.add(1);
            *p
        }
    }

    /// The next `int`.
    ///
    /// # Safety
    /// The caller passed one.
    pub unsafe fn int(&mut self) -> c_int {
        // SAFETY: the caller's promise.
        unsafe { self.word() as c_int }
    }

    /// The next pointer.
    ///
    /// # Safety
    /// The caller passed one.
    pub unsafe fn pointer<T>(&mut self) -> *mut T {
        // SAFETY: the caller's promise.
        unsafe { self.word() as *mut T }
    }

    /// The next object.
    ///
    /// # Safety
    /// The caller passed one, or null.
    pub unsafe fn object(&mut self) -> O {
        // SAFETY: the caller's promise.
        unsafe { self.pointer() }
    }

    /// As C's `va_list` parameter.
    pub fn as_c(&mut self) -> *mut c_void {
        self as *mut VaList as *mut c_void
    }
}

/// The body of a naked function with `$n` fixed arguments, whose target takes the list in `$register` after them.
#[cfg(target_arch = "x86_64")]
macro_rules! spill_and_call {
    ($target:path, $used:literal, $register:literal) => {
        std::arch::naked_asm!(
            "sub rsp, 216",
            "mov [rsp], rdi",
            "mov [rsp + 8], rsi",
            "mov [rsp + 16], rdx",
            "mov [rsp + 24], rcx",
            "mov [rsp + 32], r8",
            "mov [rsp + 40], r9",
            "test al, al",
            "je 2f",
            "movaps [rsp + 48], xmm0",
            "movaps [rsp + 64], xmm1",
            "movaps [rsp + 80], xmm2",
            "movaps [rsp + 96], xmm3",
            "movaps [rsp + 112], xmm4",
            "movaps [rsp + 128], xmm5",
            "movaps [rsp + 144], xmm6",
            "movaps [rsp + 160], xmm7",
            "2:",
            "lea rax, [rsp + 224]",
            concat!("mov dword ptr [rsp + 176], ", $used),
            "mov dword ptr [rsp + 180], 48",
            "mov [rsp + 184], rax",
            "mov [rsp + 192], rsp",
            concat!("lea ", $register, ", [rsp + 176]"),
            "call {target}",
            "add rsp, 216",
            "ret",
            target = sym $target,
        )
    };
}

/// The same with six fixed arguments: the list is the target's seventh, on the stack.
#[cfg(target_arch = "x86_64")]
macro_rules! spill_and_call_stack {
    ($target:path) => {
        std::arch::naked_asm!(
            "sub rsp, 232",
            "test al, al",
            "je 2f",
            "movaps [rsp + 64], xmm0",
            "movaps [rsp + 80], xmm1",
            "movaps [rsp + 96], xmm2",
            "movaps [rsp + 112], xmm3",
            "movaps [rsp + 128], xmm4",
            "movaps [rsp + 144], xmm5",
            "movaps [rsp + 160], xmm6",
            "movaps [rsp + 176], xmm7",
            "2:",
            "lea rax, [rsp + 240]",
            "mov dword ptr [rsp + 192], 48",
            "mov dword ptr [rsp + 196], 48",
            "mov [rsp + 200], rax",
            "lea rax, [rsp + 16]",
            "mov [rsp + 208], rax",
            "lea rax, [rsp + 192]",
            "mov [rsp], rax",
            "call {target}",
            "add rsp, 232",
            "ret",
            target = sym $target,
        )
    };
}

/// Exports variadic functions. The number after the arrow is that of the fixed arguments.
macro_rules! variadic {
    ($( fn $name:ident ( $($arg:ident : $ty:ty),* ; ...) $(-> $ret:ty)? => $target:path, $n:tt; )*) => { $(
        #[doc = concat!("`", stringify!($name), "` of the C API; variadic.")]
        #[unsafe(no_mangle)]
        #[unsafe(naked)]
        pub unsafe extern "C" fn $name($($arg: $ty),*) $(-> $ret)? {
            variadic!(@body $target, $n)
        }
    )* };
    (@body $target:path, 1) => { spill_and_call!($target, "8", "rsi") };
    (@body $target:path, 2) => { spill_and_call!($target, "16", "rdx") };
    (@body $target:path, 3) => { spill_and_call!($target, "24", "rcx") };
    (@body $target:path, 4) => { spill_and_call!($target, "32", "r8") };
    (@body $target:path, 5) => { spill_and_call!($target, "40", "r9") };
    (@body $target:path, 6) => { spill_and_call_stack!($target) };
}
