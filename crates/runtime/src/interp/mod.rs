//! The interpreter: frames, the loop, instructions by family, specialisation, monitoring.
//!
//! [`eval`] is the loop; [`ops`] are the instructions; [`regs`] explains the rules they live by; [`call`] makes frames from calls and
//! takes them down; [`unwind`] handles exceptions; [`specialize`] rewrites instructions; [`instrument`] is `sys.monitoring`.

mod api;
mod arguments;
mod attributes;
mod awaiting;
pub mod backoff;
mod binary_ops;
pub mod breaker;
pub mod call;
mod containers;
pub mod datastack;
mod dict_access;
pub mod dispatch;
pub mod eval;
mod format;
pub mod frame;
mod imports;
mod init_cleanup;
pub mod instrument;
mod intrinsics;
mod invoke;
mod iteration;
mod lookup;
mod matching;
pub mod ops;
pub mod raise;
pub mod regs;
mod slices;
mod slow;
mod special;
mod specialize;
pub mod stackref;
pub mod state;
mod template;
pub mod trace;
pub mod tracing;
mod unbound;
mod unwind;

pub use api::{
    builtin, current_frames, eval_code, eval_code_closure, frame_builtins, frame_future_flags, frame_globals,
    frame_locals, get_frame, get_frame_module_name, register_callables, run_class_body, super_arguments,
};
pub use tracing::{call_tracing, set_profile, set_profile_all_threads, set_trace, set_trace_all_threads};

use crate::state::interpreter;
use bytecode::args::common;
use object::{PyObject, PyResult, PyTypeInfo, Python};

/// `LOAD_COMMON_CONSTANT`.
pub(crate) fn common_constant(py: Python, which: u32) -> PyResult<&'static PyObject> {
    use crate::types::exceptions::{PyExc_AssertionError_Type, PyExc_NotImplementedError_Type};
    let known = &interpreter(py).eval.callables;
    let builtin = |p: *mut PyObject| {
        // SAFETY: null before `builtins` was set up; then an object its module keeps alive, as the interpreter does.
        unsafe { p.as_ref() }.ok_or_else(|| crate::errors::system_error(py, "builtins are not set up"))
    };
    match which {
        common::ASSERTION_ERROR => Ok(PyExc_AssertionError_Type.object()),
        common::NOT_IMPLEMENTED_ERROR => Ok(PyExc_NotImplementedError_Type.object()),
        common::BUILTIN_TUPLE => Ok(crate::types::PyTuple::type_object().object()),
        common::BUILTIN_ALL => builtin(known.all.get()),
        _ => builtin(known.any.get()),
    }
}
