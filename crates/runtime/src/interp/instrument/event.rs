//! The events of `sys.monitoring`, by number.

pub const PY_START: usize = 0;
pub const PY_RESUME: usize = 1;
pub const PY_RETURN: usize = 2;
pub const PY_YIELD: usize = 3;
pub const CALL: usize = 4;
pub const LINE: usize = 5;
pub const INSTRUCTION: usize = 6;
pub const JUMP: usize = 7;
pub const BRANCH_LEFT: usize = 8;
pub const BRANCH_RIGHT: usize = 9;
pub const STOP_ITERATION: usize = 10;
/// Events below this one can be switched on for one code object.
pub const LOCAL_EVENTS: usize = 11;
pub const RAISE: usize = 11;
pub const EXCEPTION_HANDLED: usize = 12;
pub const PY_UNWIND: usize = 13;
pub const PY_THROW: usize = 14;
pub const RERAISE: usize = 15;
/// Events that need no switching of their own: they follow `CALL`.
pub const C_RETURN: usize = 16;
pub const C_RAISE: usize = 17;
/// Both branches together.
pub const BRANCH: usize = 18;
