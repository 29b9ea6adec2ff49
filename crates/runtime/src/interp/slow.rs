//! Slow paths: what a specialised instruction goes on with when its fast path cannot finish but its guards held. They are functions
//! of their own, entered by a jump, so that the fast path makes no call and saves no registers.

use super::ops;
use super::regs::{Flow, Regs};

macro_rules! slow_paths {
    ($($(#[$doc:meta])* $name:ident $function:path;)*) => {
        /// The slow paths.
        #[derive(Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Slow {
            $($(#[$doc])* $name,)*
        }

        impl Slow {
            /// What a register that is not in use holds.
            pub const FIRST: Slow = Slow::BinaryOp;

            /// Runs the path.
            #[inline(always)]
            #[cfg_attr(threaded, allow(dead_code, reason = "only the loop around a match asks at run time"))]
            pub fn run(self, r: &mut Regs) -> Flow {
                match self {
                    $(Slow::$name => $function(r),)*
                }
            }
        }

        /// Calls a macro with the number, name and function of each slow path.
        #[cfg_attr(not(threaded), expect(unused_macros, reason = "used by the threaded loop"))]
        macro_rules! for_each_slow_path {
            ($callback:ident) => {
                $callback! { $($name $function;)* }
            };
        }
        #[cfg_attr(not(threaded), expect(unused_imports, reason = "used by the threaded loop"))]
        pub(super) use for_each_slow_path;
    };
}

slow_paths! {
    /// A binary operator, whatever the operands.
    BinaryOp ops::binary_op_any;
    /// Returning, after a local variable's last reference was given up.
    ReturnDying ops::return_dying;
    /// Returning, whoever owns the frame and whatever it holds.
    ReturnAny ops::return_any;
    /// The next value of any iterator.
    ForIter ops::for_iter_any;
}
