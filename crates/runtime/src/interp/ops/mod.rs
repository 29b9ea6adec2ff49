//! The instructions, one `#[inline(always)]` function each, by family. The dispatch in `eval.rs` is generated from the instruction
//! table and calls them by their snake_case names; see `regs.rs` for the rules they live by.
//!
//! A fast path is written into the instruction; whatever is long or rare is a separate function that gets plain values.

mod attr;
mod binary;
mod build;
mod call;
mod call_builtin;
mod call_python;
mod compare;
mod exceptions;
mod function;
mod generator;
mod import;
mod instrumented;
mod iter;
mod jump;
mod locals;
mod match_;
mod names;
mod stack;
mod subscr;
mod super_attr;
mod unary;
mod with_;

pub use attr::*;
pub use binary::*;
pub use build::*;
pub use call::*;
pub use call_builtin::*;
pub use call_python::*;
pub use compare::*;
pub use exceptions::*;
pub use function::*;
pub use generator::*;
pub use import::*;
pub use instrumented::*;
pub use iter::*;
pub use jump::*;
pub use locals::*;
pub use match_::*;
pub use names::*;
pub use stack::*;
pub use subscr::*;
pub use super_attr::*;
pub use unary::*;
pub use with_::*;

/// Numbers of inline-cache words, by instruction.
pub mod caches {
    pub const BINARY_OP: usize = 5;
    pub const CALL: usize = 3;
    pub const COMPARE_OP: usize = 1;
    pub const CONTAINS_OP: usize = 1;
    pub const FOR_ITER: usize = 1;
    pub const JUMP_BACKWARD: usize = 1;
    pub const LOAD_ATTR: usize = 9;
    pub const LOAD_GLOBAL: usize = 4;
    pub const LOAD_SUPER_ATTR: usize = 1;
    pub const POP_JUMP: usize = 1;
    pub const SEND: usize = 1;
    pub const STORE_ATTR: usize = 4;
    pub const STORE_SUBSCR: usize = 1;
    pub const TO_BOOL: usize = 3;
    pub const UNPACK_SEQUENCE: usize = 1;

    const _: () = {
        use bytecode::op;
        assert!(
            op::BINARY_OP.caches() == BINARY_OP && op::CALL.caches() == CALL && op::CALL_KW.caches() == CALL
        );
        assert!(op::LOAD_ATTR.caches() == LOAD_ATTR && op::STORE_ATTR.caches() == STORE_ATTR);
        assert!(op::LOAD_GLOBAL.caches() == LOAD_GLOBAL && op::TO_BOOL.caches() == TO_BOOL);
        assert!(op::FOR_ITER.caches() == FOR_ITER && op::SEND.caches() == SEND);
        assert!(op::POP_JUMP_IF_TRUE.caches() == POP_JUMP && op::JUMP_BACKWARD.caches() == JUMP_BACKWARD);
        assert!(op::COMPARE_OP.caches() == COMPARE_OP && op::CONTAINS_OP.caches() == CONTAINS_OP);
        assert!(op::STORE_SUBSCR.caches() == STORE_SUBSCR && op::UNPACK_SEQUENCE.caches() == UNPACK_SEQUENCE);
        assert!(op::LOAD_SUPER_ATTR.caches() == LOAD_SUPER_ATTR);
    };
}
