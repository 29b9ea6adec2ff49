//! The events of `sys.monitoring`, by number, and which instructions report which.

use bytecode::{Opcode, op};

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
/// Events below this one are switched on by themselves.
pub const UNGROUPED_EVENTS: usize = 16;
/// These two follow `CALL`.
pub const C_RETURN: usize = 16;
pub const C_RAISE: usize = 17;
/// Both branches together, as before 3.14.
pub const BRANCH: usize = 18;
pub const EVENTS: usize = 19;

/// Names, by number.
pub const NAMES: [&str; EVENTS] = [
    "PY_START",
    "PY_RESUME",
    "PY_RETURN",
    "PY_YIELD",
    "CALL",
    "LINE",
    "INSTRUCTION",
    "JUMP",
    "BRANCH_LEFT",
    "BRANCH_RIGHT",
    "STOP_ITERATION",
    "RAISE",
    "EXCEPTION_HANDLED",
    "PY_UNWIND",
    "PY_THROW",
    "RERAISE",
    "C_RETURN",
    "C_RAISE",
    "BRANCH",
];

/// The event an instruction reports; `arg` tells the two kinds of `RESUME` apart.
pub fn of_instruction(base: Opcode, arg: u8) -> Option<usize> {
    Some(match base {
        op::RESUME if arg == 0 => PY_START,
        op::RESUME => PY_RESUME,
        op::RETURN_VALUE => PY_RETURN,
        op::YIELD_VALUE => PY_YIELD,
        op::CALL | op::CALL_KW | op::CALL_FUNCTION_EX | op::LOAD_SUPER_ATTR => CALL,
        op::JUMP_FORWARD | op::JUMP_BACKWARD => JUMP,
        op::POP_JUMP_IF_FALSE | op::POP_JUMP_IF_TRUE | op::POP_JUMP_IF_NONE | op::POP_JUMP_IF_NOT_NONE => {
            BRANCH_RIGHT
        }
        op::FOR_ITER | op::NOT_TAKEN => BRANCH_LEFT,
        op::POP_ITER | op::END_ASYNC_FOR => BRANCH_RIGHT,
        op::END_FOR | op::END_SEND => STOP_ITERATION,
        _ => return None,
    })
}

/// The instruction that reports what a plain one does not.
pub fn instrumented(base: Opcode) -> Opcode {
    match base {
        op::RESUME => op::INSTRUMENTED_RESUME,
        op::RETURN_VALUE => op::INSTRUMENTED_RETURN_VALUE,
        op::YIELD_VALUE => op::INSTRUMENTED_YIELD_VALUE,
        op::CALL => op::INSTRUMENTED_CALL,
        op::CALL_KW => op::INSTRUMENTED_CALL_KW,
        op::CALL_FUNCTION_EX => op::INSTRUMENTED_CALL_FUNCTION_EX,
        op::LOAD_SUPER_ATTR => op::INSTRUMENTED_LOAD_SUPER_ATTR,
        op::JUMP_FORWARD => op::INSTRUMENTED_JUMP_FORWARD,
        op::JUMP_BACKWARD => op::INSTRUMENTED_JUMP_BACKWARD,
        op::POP_JUMP_IF_FALSE => op::INSTRUMENTED_POP_JUMP_IF_FALSE,
        op::POP_JUMP_IF_TRUE => op::INSTRUMENTED_POP_JUMP_IF_TRUE,
        op::POP_JUMP_IF_NONE => op::INSTRUMENTED_POP_JUMP_IF_NONE,
        op::POP_JUMP_IF_NOT_NONE => op::INSTRUMENTED_POP_JUMP_IF_NOT_NONE,
        op::FOR_ITER => op::INSTRUMENTED_FOR_ITER,
        op::NOT_TAKEN => op::INSTRUMENTED_NOT_TAKEN,
        op::POP_ITER => op::INSTRUMENTED_POP_ITER,
        op::END_ASYNC_FOR => op::INSTRUMENTED_END_ASYNC_FOR,
        op::END_FOR => op::INSTRUMENTED_END_FOR,
        op::END_SEND => op::INSTRUMENTED_END_SEND,
        other => other,
    }
}
