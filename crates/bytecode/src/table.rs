//! The instruction table of CPython 3.14: one row an instruction, everything else in this crate and the
//! interpreter's dispatch derives from it.
//!
//! A row reads `NAME, number, snake_name, kind BASE, caches, (popped) (pushed), [flags];`
//! * kind: `real` (emitted by the compiler), `specialized` (BASE is its family), `instrumented` (BASE is
//!   what it stands for), `pseudo` (never leaves the compiler).
//! * caches: inline-cache code units that follow it.
//! * popped, pushed: `3`, `2 + n`, `2 * n`, `1 + (n & 1)` where `n` is the oparg; `ex` is `UNPACK_EX`.
//! * flags: see [`Flags`](crate::Flags).

/// Calls `$callback!` with `[$($extra)*]` and then all rows of the instruction table.
#[macro_export]
#[doc(hidden)]
macro_rules! opcode_rows {
    ([$($callback:tt)*] [$($extra:tt)*]) => {
        $($callback)* ! {
            [$($extra)*]
            executable {
                CACHE, 0, cache, real CACHE, 0, (0) (0), [];
                BINARY_SLICE, 1, binary_slice, real BINARY_SLICE, 0, (3) (1), [ERROR ESCAPES];
                BUILD_TEMPLATE, 2, build_template, real BUILD_TEMPLATE, 0, (2) (1), [ERROR ESCAPES];
                BINARY_OP_INPLACE_ADD_UNICODE, 3, binary_op_inplace_add_unicode, specialized BINARY_OP, 5, (2) (0), [LOCAL DEOPT EXIT ERROR ESCAPES];
                CALL_FUNCTION_EX, 4, call_function_ex, real CALL_FUNCTION_EX, 0, (4) (1), [EVAL_BREAK ERROR ERROR_NO_POP ESCAPES];
                CHECK_EG_MATCH, 5, check_eg_match, real CHECK_EG_MATCH, 0, (2) (2), [ERROR ESCAPES];
                CHECK_EXC_MATCH, 6, check_exc_match, real CHECK_EXC_MATCH, 0, (2) (2), [ERROR ERROR_NO_POP ESCAPES];
                CLEANUP_THROW, 7, cleanup_throw, real CLEANUP_THROW, 0, (3) (2), [ERROR ERROR_NO_POP ESCAPES];
                DELETE_SUBSCR, 8, delete_subscr, real DELETE_SUBSCR, 0, (2) (0), [ERROR ESCAPES];
                END_FOR, 9, end_for, real END_FOR, 0, (1) (0), [ESCAPES NO_SAVE_IP];
                END_SEND, 10, end_send, real END_SEND, 0, (2) (1), [ESCAPES PURE];
                EXIT_INIT_CHECK, 11, exit_init_check, real EXIT_INIT_CHECK, 0, (1) (0), [ERROR ERROR_NO_POP ESCAPES];
                FORMAT_SIMPLE, 12, format_simple, real FORMAT_SIMPLE, 0, (1) (1), [ERROR ESCAPES];
                FORMAT_WITH_SPEC, 13, format_with_spec, real FORMAT_WITH_SPEC, 0, (2) (1), [ERROR ESCAPES];
                GET_AITER, 14, get_aiter, real GET_AITER, 0, (1) (1), [ERROR ESCAPES];
                GET_ANEXT, 15, get_anext, real GET_ANEXT, 0, (1) (2), [ERROR ERROR_NO_POP ESCAPES];
                GET_ITER, 16, get_iter, real GET_ITER, 0, (1) (1), [ERROR ESCAPES];
                RESERVED, 17, reserved, real RESERVED, 0, (0) (0), [];
                GET_LEN, 18, get_len, real GET_LEN, 0, (1) (2), [ERROR ESCAPES];
                GET_YIELD_FROM_ITER, 19, get_yield_from_iter, real GET_YIELD_FROM_ITER, 0, (1) (1), [ERROR ERROR_NO_POP ESCAPES];
                INTERPRETER_EXIT, 20, interpreter_exit, real INTERPRETER_EXIT, 0, (1) (0), [ESCAPES];
                LOAD_BUILD_CLASS, 21, load_build_class, real LOAD_BUILD_CLASS, 0, (0) (1), [ERROR ESCAPES];
                LOAD_LOCALS, 22, load_locals, real LOAD_LOCALS, 0, (0) (1), [ERROR ESCAPES];
                MAKE_FUNCTION, 23, make_function, real MAKE_FUNCTION, 0, (1) (1), [ERROR ESCAPES];
                MATCH_KEYS, 24, match_keys, real MATCH_KEYS, 0, (2) (3), [ERROR ESCAPES];
                MATCH_MAPPING, 25, match_mapping, real MATCH_MAPPING, 0, (1) (2), [];
                MATCH_SEQUENCE, 26, match_sequence, real MATCH_SEQUENCE, 0, (1) (2), [];
                NOP, 27, nop, real NOP, 0, (0) (0), [PURE];
                NOT_TAKEN, 28, not_taken, real NOT_TAKEN, 0, (0) (0), [PURE];
                POP_EXCEPT, 29, pop_except, real POP_EXCEPT, 0, (1) (0), [ESCAPES];
                POP_ITER, 30, pop_iter, real POP_ITER, 0, (1) (0), [ESCAPES PURE];
                POP_TOP, 31, pop_top, real POP_TOP, 0, (1) (0), [ESCAPES PURE];
                PUSH_EXC_INFO, 32, push_exc_info, real PUSH_EXC_INFO, 0, (1) (2), [];
                PUSH_NULL, 33, push_null, real PUSH_NULL, 0, (0) (1), [PURE];
                RETURN_GENERATOR, 34, return_generator, real RETURN_GENERATOR, 0, (0) (1), [ERROR ESCAPES];
                RETURN_VALUE, 35, return_value, real RETURN_VALUE, 0, (1) (1), [ESCAPES];
                SETUP_ANNOTATIONS, 36, setup_annotations, real SETUP_ANNOTATIONS, 0, (0) (0), [ERROR ESCAPES];
                STORE_SLICE, 37, store_slice, real STORE_SLICE, 0, (4) (0), [ERROR ESCAPES];
                STORE_SUBSCR, 38, store_subscr, real STORE_SUBSCR, 1, (3) (0), [ERROR ESCAPES];
                TO_BOOL, 39, to_bool, real TO_BOOL, 3, (1) (1), [ERROR ESCAPES];
                UNARY_INVERT, 40, unary_invert, real UNARY_INVERT, 0, (1) (1), [ERROR ESCAPES];
                UNARY_NEGATIVE, 41, unary_negative, real UNARY_NEGATIVE, 0, (1) (1), [ERROR ESCAPES];
                UNARY_NOT, 42, unary_not, real UNARY_NOT, 0, (1) (1), [PURE];
                WITH_EXCEPT_START, 43, with_except_start, real WITH_EXCEPT_START, 0, (5) (6), [ERROR ESCAPES];
                BINARY_OP, 44, binary_op, real BINARY_OP, 5, (2) (1), [ARG ERROR ERROR_NO_POP ESCAPES];
                BUILD_INTERPOLATION, 45, build_interpolation, real BUILD_INTERPOLATION, 0, (2 + (n & 1)) (1), [ARG ERROR ESCAPES];
                BUILD_LIST, 46, build_list, real BUILD_LIST, 0, (0 + n) (1), [ARG ERROR ERROR_NO_POP ESCAPES];
                BUILD_MAP, 47, build_map, real BUILD_MAP, 0, (2 * n) (1), [ARG ERROR ESCAPES];
                BUILD_SET, 48, build_set, real BUILD_SET, 0, (0 + n) (1), [ARG ERROR ESCAPES];
                BUILD_SLICE, 49, build_slice, real BUILD_SLICE, 0, (0 + n) (1), [ARG ERROR];
                BUILD_STRING, 50, build_string, real BUILD_STRING, 0, (0 + n) (1), [ARG ERROR];
                BUILD_TUPLE, 51, build_tuple, real BUILD_TUPLE, 0, (0 + n) (1), [ARG ERROR ERROR_NO_POP];
                CALL, 52, call, real CALL, 3, (2 + n) (1), [ARG EVAL_BREAK ERROR ERROR_NO_POP ESCAPES];
                CALL_INTRINSIC_1, 53, call_intrinsic_1, real CALL_INTRINSIC_1, 0, (1) (1), [ARG ERROR ESCAPES];
                CALL_INTRINSIC_2, 54, call_intrinsic_2, real CALL_INTRINSIC_2, 0, (2) (1), [ARG ERROR ESCAPES];
                CALL_KW, 55, call_kw, real CALL_KW, 3, (3 + n) (1), [ARG ERROR ERROR_NO_POP ESCAPES];
                COMPARE_OP, 56, compare_op, real COMPARE_OP, 1, (2) (1), [ARG ERROR ESCAPES];
                CONTAINS_OP, 57, contains_op, real CONTAINS_OP, 1, (2) (1), [ARG ERROR ESCAPES];
                CONVERT_VALUE, 58, convert_value, real CONVERT_VALUE, 0, (1) (1), [ARG ERROR ESCAPES];
                COPY, 59, copy, real COPY, 0, (0 + n) (1 + n), [ARG PURE];
                COPY_FREE_VARS, 60, copy_free_vars, real COPY_FREE_VARS, 0, (0) (0), [ARG];
                DELETE_ATTR, 61, delete_attr, real DELETE_ATTR, 0, (1) (0), [ARG NAME ERROR ESCAPES];
                DELETE_DEREF, 62, delete_deref, real DELETE_DEREF, 0, (0) (0), [ARG FREE ERROR ERROR_NO_POP ESCAPES];
                DELETE_FAST, 63, delete_fast, real DELETE_FAST, 0, (0) (0), [ARG LOCAL ERROR ESCAPES];
                DELETE_GLOBAL, 64, delete_global, real DELETE_GLOBAL, 0, (0) (0), [ARG NAME ERROR ERROR_NO_POP ESCAPES];
                DELETE_NAME, 65, delete_name, real DELETE_NAME, 0, (0) (0), [ARG NAME ERROR ERROR_NO_POP ESCAPES];
                DICT_MERGE, 66, dict_merge, real DICT_MERGE, 0, (4 + n) (3 + n), [ARG ERROR ESCAPES];
                DICT_UPDATE, 67, dict_update, real DICT_UPDATE, 0, (1 + n) (0 + n), [ARG ERROR ESCAPES];
                END_ASYNC_FOR, 68, end_async_for, real END_ASYNC_FOR, 0, (2) (0), [ARG JUMP ERROR ERROR_NO_POP ESCAPES];
                EXTENDED_ARG, 69, extended_arg, real EXTENDED_ARG, 0, (0) (0), [ARG];
                FOR_ITER, 70, for_iter, real FOR_ITER, 1, (1) (2), [ARG JUMP ERROR ERROR_NO_POP ESCAPES];
                GET_AWAITABLE, 71, get_awaitable, real GET_AWAITABLE, 0, (1) (1), [ARG ERROR ESCAPES];
                IMPORT_FROM, 72, import_from, real IMPORT_FROM, 0, (1) (2), [ARG NAME ERROR ESCAPES];
                IMPORT_NAME, 73, import_name, real IMPORT_NAME, 0, (2) (1), [ARG NAME ERROR ESCAPES];
                IS_OP, 74, is_op, real IS_OP, 0, (2) (1), [ARG];
                JUMP_BACKWARD, 75, jump_backward, real JUMP_BACKWARD, 1, (0) (0), [ARG JUMP EVAL_BREAK ERROR ESCAPES];
                JUMP_BACKWARD_NO_INTERRUPT, 76, jump_backward_no_interrupt, real JUMP_BACKWARD_NO_INTERRUPT, 0, (0) (0), [ARG JUMP];
                JUMP_FORWARD, 77, jump_forward, real JUMP_FORWARD, 0, (0) (0), [ARG JUMP];
                LIST_APPEND, 78, list_append, real LIST_APPEND, 0, (1 + n) (0 + n), [ARG ERROR];
                LIST_EXTEND, 79, list_extend, real LIST_EXTEND, 0, (1 + n) (0 + n), [ARG ERROR ESCAPES];
                LOAD_ATTR, 80, load_attr, real LOAD_ATTR, 9, (1) (1 + (n & 1)), [ARG NAME ERROR ESCAPES];
                LOAD_COMMON_CONSTANT, 81, load_common_constant, real LOAD_COMMON_CONSTANT, 0, (0) (1), [ARG];
                LOAD_CONST, 82, load_const, real LOAD_CONST, 0, (0) (1), [ARG CONST];
                LOAD_DEREF, 83, load_deref, real LOAD_DEREF, 0, (0) (1), [ARG LOCAL ERROR ESCAPES];
                LOAD_FAST, 84, load_fast, real LOAD_FAST, 0, (0) (1), [ARG LOCAL PURE];
                LOAD_FAST_AND_CLEAR, 85, load_fast_and_clear, real LOAD_FAST_AND_CLEAR, 0, (0) (1), [ARG LOCAL];
                LOAD_FAST_BORROW, 86, load_fast_borrow, real LOAD_FAST_BORROW, 0, (0) (1), [ARG LOCAL PURE];
                LOAD_FAST_BORROW_LOAD_FAST_BORROW, 87, load_fast_borrow_load_fast_borrow, real LOAD_FAST_BORROW_LOAD_FAST_BORROW, 0, (0) (2), [ARG LOCAL];
                LOAD_FAST_CHECK, 88, load_fast_check, real LOAD_FAST_CHECK, 0, (0) (1), [ARG LOCAL ERROR ESCAPES];
                LOAD_FAST_LOAD_FAST, 89, load_fast_load_fast, real LOAD_FAST_LOAD_FAST, 0, (0) (2), [ARG LOCAL];
                LOAD_FROM_DICT_OR_DEREF, 90, load_from_dict_or_deref, real LOAD_FROM_DICT_OR_DEREF, 0, (1) (1), [ARG FREE ERROR ERROR_NO_POP ESCAPES];
                LOAD_FROM_DICT_OR_GLOBALS, 91, load_from_dict_or_globals, real LOAD_FROM_DICT_OR_GLOBALS, 0, (1) (1), [ARG NAME ERROR ERROR_NO_POP ESCAPES];
                LOAD_GLOBAL, 92, load_global, real LOAD_GLOBAL, 4, (0) (1 + (n & 1)), [ARG NAME ERROR ESCAPES];
                LOAD_NAME, 93, load_name, real LOAD_NAME, 0, (0) (1), [ARG NAME ERROR ESCAPES];
                LOAD_SMALL_INT, 94, load_small_int, real LOAD_SMALL_INT, 0, (0) (1), [ARG];
                LOAD_SPECIAL, 95, load_special, real LOAD_SPECIAL, 0, (1) (2), [ARG ERROR ERROR_NO_POP ESCAPES];
                LOAD_SUPER_ATTR, 96, load_super_attr, real LOAD_SUPER_ATTR, 1, (3) (1 + (n & 1)), [ARG NAME ERROR ESCAPES];
                MAKE_CELL, 97, make_cell, real MAKE_CELL, 0, (0) (0), [ARG FREE ERROR ERROR_NO_POP ESCAPES];
                MAP_ADD, 98, map_add, real MAP_ADD, 0, (2 + n) (0 + n), [ARG ERROR ESCAPES];
                MATCH_CLASS, 99, match_class, real MATCH_CLASS, 0, (3) (1), [ARG ERROR ESCAPES];
                POP_JUMP_IF_FALSE, 100, pop_jump_if_false, real POP_JUMP_IF_FALSE, 1, (1) (0), [ARG JUMP];
                POP_JUMP_IF_NONE, 101, pop_jump_if_none, real POP_JUMP_IF_NONE, 1, (1) (0), [ARG JUMP];
                POP_JUMP_IF_NOT_NONE, 102, pop_jump_if_not_none, real POP_JUMP_IF_NOT_NONE, 1, (1) (0), [ARG JUMP];
                POP_JUMP_IF_TRUE, 103, pop_jump_if_true, real POP_JUMP_IF_TRUE, 1, (1) (0), [ARG JUMP];
                RAISE_VARARGS, 104, raise_varargs, real RAISE_VARARGS, 0, (0 + n) (0), [ARG ERROR ERROR_NO_POP ESCAPES];
                RERAISE, 105, reraise, real RERAISE, 0, (1 + n) (0 + n), [ARG ERROR ERROR_NO_POP ESCAPES];
                SEND, 106, send, real SEND, 1, (2) (2), [ARG JUMP ERROR ESCAPES];
                SET_ADD, 107, set_add, real SET_ADD, 0, (1 + n) (0 + n), [ARG ERROR ESCAPES];
                SET_FUNCTION_ATTRIBUTE, 108, set_function_attribute, real SET_FUNCTION_ATTRIBUTE, 0, (2) (1), [ARG ERROR ESCAPES];
                SET_UPDATE, 109, set_update, real SET_UPDATE, 0, (1 + n) (0 + n), [ARG ERROR ESCAPES];
                STORE_ATTR, 110, store_attr, real STORE_ATTR, 4, (2) (0), [ARG NAME ERROR ESCAPES];
                STORE_DEREF, 111, store_deref, real STORE_DEREF, 0, (1) (0), [ARG FREE ESCAPES];
                STORE_FAST, 112, store_fast, real STORE_FAST, 0, (1) (0), [ARG LOCAL ESCAPES];
                STORE_FAST_LOAD_FAST, 113, store_fast_load_fast, real STORE_FAST_LOAD_FAST, 0, (1) (1), [ARG LOCAL ESCAPES];
                STORE_FAST_STORE_FAST, 114, store_fast_store_fast, real STORE_FAST_STORE_FAST, 0, (2) (0), [ARG LOCAL ESCAPES];
                STORE_GLOBAL, 115, store_global, real STORE_GLOBAL, 0, (1) (0), [ARG NAME ERROR ESCAPES];
                STORE_NAME, 116, store_name, real STORE_NAME, 0, (1) (0), [ARG NAME ERROR ESCAPES];
                SWAP, 117, swap, real SWAP, 0, (0 + n) (0 + n), [ARG PURE];
                UNPACK_EX, 118, unpack_ex, real UNPACK_EX, 0, (1) (ex), [ARG ERROR ESCAPES];
                UNPACK_SEQUENCE, 119, unpack_sequence, real UNPACK_SEQUENCE, 1, (1) (0 + n), [ARG ERROR ESCAPES];
                YIELD_VALUE, 120, yield_value, real YIELD_VALUE, 0, (1) (1), [ARG ESCAPES];
                RESUME, 128, resume, real RESUME, 0, (0) (0), [ARG EVAL_BREAK ERROR ERROR_NO_POP ESCAPES];
                BINARY_OP_ADD_FLOAT, 129, binary_op_add_float, specialized BINARY_OP, 5, (2) (1), [EXIT ERROR];
                BINARY_OP_ADD_INT, 130, binary_op_add_int, specialized BINARY_OP, 5, (2) (1), [EXIT ERROR ESCAPES];
                BINARY_OP_ADD_UNICODE, 131, binary_op_add_unicode, specialized BINARY_OP, 5, (2) (1), [EXIT ERROR];
                BINARY_OP_EXTEND, 132, binary_op_extend, specialized BINARY_OP, 5, (2) (1), [DEOPT ERROR ESCAPES];
                BINARY_OP_MULTIPLY_FLOAT, 133, binary_op_multiply_float, specialized BINARY_OP, 5, (2) (1), [EXIT ERROR];
                BINARY_OP_MULTIPLY_INT, 134, binary_op_multiply_int, specialized BINARY_OP, 5, (2) (1), [EXIT ERROR ESCAPES];
                BINARY_OP_SUBSCR_DICT, 135, binary_op_subscr_dict, specialized BINARY_OP, 5, (2) (1), [EXIT ERROR ESCAPES];
                BINARY_OP_SUBSCR_GETITEM, 136, binary_op_subscr_getitem, specialized BINARY_OP, 5, (2) (0), [DEOPT];
                BINARY_OP_SUBSCR_LIST_INT, 137, binary_op_subscr_list_int, specialized BINARY_OP, 5, (2) (1), [DEOPT EXIT ESCAPES];
                BINARY_OP_SUBSCR_LIST_SLICE, 138, binary_op_subscr_list_slice, specialized BINARY_OP, 5, (2) (1), [EXIT ERROR ESCAPES];
                BINARY_OP_SUBSCR_STR_INT, 139, binary_op_subscr_str_int, specialized BINARY_OP, 5, (2) (1), [DEOPT EXIT ESCAPES];
                BINARY_OP_SUBSCR_TUPLE_INT, 140, binary_op_subscr_tuple_int, specialized BINARY_OP, 5, (2) (1), [DEOPT EXIT];
                BINARY_OP_SUBTRACT_FLOAT, 141, binary_op_subtract_float, specialized BINARY_OP, 5, (2) (1), [EXIT ERROR];
                BINARY_OP_SUBTRACT_INT, 142, binary_op_subtract_int, specialized BINARY_OP, 5, (2) (1), [EXIT ERROR ESCAPES];
                CALL_ALLOC_AND_ENTER_INIT, 143, call_alloc_and_enter_init, specialized CALL, 3, (2 + n) (0), [ARG DEOPT ERROR ERROR_NO_POP ESCAPES];
                CALL_BOUND_METHOD_EXACT_ARGS, 144, call_bound_method_exact_args, specialized CALL, 3, (2 + n) (0), [ARG DEOPT EXIT ESCAPES];
                CALL_BOUND_METHOD_GENERAL, 145, call_bound_method_general, specialized CALL, 3, (2 + n) (0), [ARG DEOPT EXIT ERROR ERROR_NO_POP ESCAPES];
                CALL_BUILTIN_CLASS, 146, call_builtin_class, specialized CALL, 3, (2 + n) (1), [ARG EVAL_BREAK DEOPT ERROR ESCAPES];
                CALL_BUILTIN_FAST, 147, call_builtin_fast, specialized CALL, 3, (2 + n) (1), [ARG EVAL_BREAK DEOPT ERROR ESCAPES];
                CALL_BUILTIN_FAST_WITH_KEYWORDS, 148, call_builtin_fast_with_keywords, specialized CALL, 3, (2 + n) (1), [ARG EVAL_BREAK DEOPT ERROR ESCAPES];
                CALL_BUILTIN_O, 149, call_builtin_o, specialized CALL, 3, (2 + n) (1), [ARG EVAL_BREAK EXIT ERROR ESCAPES];
                CALL_ISINSTANCE, 150, call_isinstance, specialized CALL, 3, (2 + n) (1), [ARG DEOPT ERROR ERROR_NO_POP ESCAPES];
                CALL_KW_BOUND_METHOD, 151, call_kw_bound_method, specialized CALL_KW, 3, (3 + n) (0), [ARG DEOPT EXIT ERROR ESCAPES];
                CALL_KW_NON_PY, 152, call_kw_non_py, specialized CALL_KW, 3, (3 + n) (1), [ARG EVAL_BREAK EXIT ERROR ESCAPES];
                CALL_KW_PY, 153, call_kw_py, specialized CALL_KW, 3, (3 + n) (0), [ARG DEOPT EXIT ERROR ESCAPES];
                CALL_LEN, 154, call_len, specialized CALL, 3, (3) (1), [DEOPT ERROR ERROR_NO_POP ESCAPES];
                CALL_LIST_APPEND, 155, call_list_append, specialized CALL, 3, (3) (0), [ARG DEOPT ERROR ESCAPES];
                CALL_METHOD_DESCRIPTOR_FAST, 156, call_method_descriptor_fast, specialized CALL, 3, (2 + n) (1), [ARG EVAL_BREAK EXIT ERROR ESCAPES];
                CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS, 157, call_method_descriptor_fast_with_keywords, specialized CALL, 3, (2 + n) (1), [ARG EVAL_BREAK EXIT ERROR ESCAPES];
                CALL_METHOD_DESCRIPTOR_NOARGS, 158, call_method_descriptor_noargs, specialized CALL, 3, (2 + n) (1), [ARG EVAL_BREAK EXIT ERROR ESCAPES];
                CALL_METHOD_DESCRIPTOR_O, 159, call_method_descriptor_o, specialized CALL, 3, (2 + n) (1), [ARG EVAL_BREAK EXIT ERROR ESCAPES];
                CALL_NON_PY_GENERAL, 160, call_non_py_general, specialized CALL, 3, (2 + n) (1), [ARG EVAL_BREAK EXIT ERROR ESCAPES];
                CALL_PY_EXACT_ARGS, 161, call_py_exact_args, specialized CALL, 3, (2 + n) (0), [ARG DEOPT EXIT];
                CALL_PY_GENERAL, 162, call_py_general, specialized CALL, 3, (2 + n) (0), [ARG DEOPT EXIT ERROR ERROR_NO_POP ESCAPES];
                CALL_STR_1, 163, call_str_1, specialized CALL, 3, (3) (1), [ARG EVAL_BREAK DEOPT ERROR ESCAPES];
                CALL_TUPLE_1, 164, call_tuple_1, specialized CALL, 3, (3) (1), [ARG EVAL_BREAK DEOPT ERROR ESCAPES];
                CALL_TYPE_1, 165, call_type_1, specialized CALL, 3, (3) (1), [ARG DEOPT ESCAPES];
                COMPARE_OP_FLOAT, 166, compare_op_float, specialized COMPARE_OP, 1, (2) (1), [ARG EXIT];
                COMPARE_OP_INT, 167, compare_op_int, specialized COMPARE_OP, 1, (2) (1), [ARG DEOPT EXIT];
                COMPARE_OP_STR, 168, compare_op_str, specialized COMPARE_OP, 1, (2) (1), [ARG EXIT];
                CONTAINS_OP_DICT, 169, contains_op_dict, specialized CONTAINS_OP, 1, (2) (1), [ARG EXIT ERROR ESCAPES];
                CONTAINS_OP_SET, 170, contains_op_set, specialized CONTAINS_OP, 1, (2) (1), [ARG DEOPT ERROR ESCAPES];
                FOR_ITER_GEN, 171, for_iter_gen, specialized FOR_ITER, 1, (1) (1), [ARG DEOPT];
                FOR_ITER_LIST, 172, for_iter_list, specialized FOR_ITER, 1, (1) (2), [ARG JUMP DEOPT EXIT ESCAPES];
                FOR_ITER_RANGE, 173, for_iter_range, specialized FOR_ITER, 1, (1) (2), [ARG JUMP EXIT ERROR];
                FOR_ITER_TUPLE, 174, for_iter_tuple, specialized FOR_ITER, 1, (1) (2), [ARG JUMP EXIT ESCAPES];
                JUMP_BACKWARD_JIT, 175, jump_backward_jit, specialized JUMP_BACKWARD, 1, (0) (0), [ARG JUMP EVAL_BREAK ERROR ESCAPES];
                JUMP_BACKWARD_NO_JIT, 176, jump_backward_no_jit, specialized JUMP_BACKWARD, 1, (0) (0), [ARG JUMP EVAL_BREAK ERROR ESCAPES];
                LOAD_ATTR_CLASS, 177, load_attr_class, specialized LOAD_ATTR, 9, (1) (1 + (n & 1)), [ARG EXIT];
                LOAD_ATTR_CLASS_WITH_METACLASS_CHECK, 178, load_attr_class_with_metaclass_check, specialized LOAD_ATTR, 9, (1) (1 + (n & 1)), [ARG EXIT];
                LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN, 179, load_attr_getattribute_overridden, specialized LOAD_ATTR, 9, (1) (1), [ARG NAME DEOPT];
                LOAD_ATTR_INSTANCE_VALUE, 180, load_attr_instance_value, specialized LOAD_ATTR, 9, (1) (1 + (n & 1)), [ARG DEOPT EXIT ESCAPES];
                LOAD_ATTR_METHOD_LAZY_DICT, 181, load_attr_method_lazy_dict, specialized LOAD_ATTR, 9, (1) (2), [ARG DEOPT EXIT];
                LOAD_ATTR_METHOD_NO_DICT, 182, load_attr_method_no_dict, specialized LOAD_ATTR, 9, (1) (2), [ARG EXIT];
                LOAD_ATTR_METHOD_WITH_VALUES, 183, load_attr_method_with_values, specialized LOAD_ATTR, 9, (1) (2), [ARG DEOPT EXIT];
                LOAD_ATTR_MODULE, 184, load_attr_module, specialized LOAD_ATTR, 9, (1) (1 + (n & 1)), [ARG DEOPT ESCAPES];
                LOAD_ATTR_NONDESCRIPTOR_NO_DICT, 185, load_attr_nondescriptor_no_dict, specialized LOAD_ATTR, 9, (1) (1), [ARG EXIT ESCAPES];
                LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES, 186, load_attr_nondescriptor_with_values, specialized LOAD_ATTR, 9, (1) (1), [ARG DEOPT EXIT ESCAPES];
                LOAD_ATTR_PROPERTY, 187, load_attr_property, specialized LOAD_ATTR, 9, (1) (0), [ARG DEOPT EXIT];
                LOAD_ATTR_SLOT, 188, load_attr_slot, specialized LOAD_ATTR, 9, (1) (1 + (n & 1)), [ARG DEOPT EXIT];
                LOAD_ATTR_WITH_HINT, 189, load_attr_with_hint, specialized LOAD_ATTR, 9, (1) (1 + (n & 1)), [ARG NAME DEOPT EXIT ESCAPES];
                LOAD_CONST_IMMORTAL, 190, load_const_immortal, specialized LOAD_CONST, 0, (0) (1), [ARG CONST];
                LOAD_CONST_MORTAL, 191, load_const_mortal, specialized LOAD_CONST, 0, (0) (1), [ARG CONST];
                LOAD_GLOBAL_BUILTIN, 192, load_global_builtin, specialized LOAD_GLOBAL, 4, (0) (1 + (n & 1)), [ARG DEOPT];
                LOAD_GLOBAL_MODULE, 193, load_global_module, specialized LOAD_GLOBAL, 4, (0) (1 + (n & 1)), [ARG DEOPT];
                LOAD_SUPER_ATTR_ATTR, 194, load_super_attr_attr, specialized LOAD_SUPER_ATTR, 1, (3) (1), [ARG NAME DEOPT ERROR ESCAPES];
                LOAD_SUPER_ATTR_METHOD, 195, load_super_attr_method, specialized LOAD_SUPER_ATTR, 1, (3) (2), [ARG NAME DEOPT ERROR ERROR_NO_POP ESCAPES];
                RESUME_CHECK, 196, resume_check, specialized RESUME, 0, (0) (0), [DEOPT];
                SEND_GEN, 197, send_gen, specialized SEND, 1, (2) (1), [ARG DEOPT];
                STORE_ATTR_INSTANCE_VALUE, 198, store_attr_instance_value, specialized STORE_ATTR, 4, (2) (0), [EXIT ESCAPES];
                STORE_ATTR_SLOT, 199, store_attr_slot, specialized STORE_ATTR, 4, (2) (0), [DEOPT EXIT ESCAPES];
                STORE_ATTR_WITH_HINT, 200, store_attr_with_hint, specialized STORE_ATTR, 4, (2) (0), [ARG NAME DEOPT EXIT ESCAPES];
                STORE_SUBSCR_DICT, 201, store_subscr_dict, specialized STORE_SUBSCR, 1, (3) (0), [EXIT ERROR ESCAPES];
                STORE_SUBSCR_LIST_INT, 202, store_subscr_list_int, specialized STORE_SUBSCR, 1, (3) (0), [DEOPT EXIT ESCAPES];
                TO_BOOL_ALWAYS_TRUE, 203, to_bool_always_true, specialized TO_BOOL, 3, (1) (1), [EXIT ESCAPES];
                TO_BOOL_BOOL, 204, to_bool_bool, specialized TO_BOOL, 3, (1) (1), [EXIT];
                TO_BOOL_INT, 205, to_bool_int, specialized TO_BOOL, 3, (1) (1), [EXIT ESCAPES];
                TO_BOOL_LIST, 206, to_bool_list, specialized TO_BOOL, 3, (1) (1), [EXIT];
                TO_BOOL_NONE, 207, to_bool_none, specialized TO_BOOL, 3, (1) (1), [EXIT];
                TO_BOOL_STR, 208, to_bool_str, specialized TO_BOOL, 3, (1) (1), [EXIT ESCAPES];
                UNPACK_SEQUENCE_LIST, 209, unpack_sequence_list, specialized UNPACK_SEQUENCE, 1, (1) (0 + n), [ARG DEOPT EXIT];
                UNPACK_SEQUENCE_TUPLE, 210, unpack_sequence_tuple, specialized UNPACK_SEQUENCE, 1, (1) (0 + n), [ARG DEOPT EXIT];
                UNPACK_SEQUENCE_TWO_TUPLE, 211, unpack_sequence_two_tuple, specialized UNPACK_SEQUENCE, 1, (1) (2), [ARG DEOPT EXIT ESCAPES];
                INSTRUMENTED_END_FOR, 234, instrumented_end_for, instrumented END_FOR, 0, (2) (1), [ERROR ERROR_NO_POP ESCAPES NO_SAVE_IP];
                INSTRUMENTED_POP_ITER, 235, instrumented_pop_iter, instrumented POP_ITER, 0, (1) (0), [ESCAPES];
                INSTRUMENTED_END_SEND, 236, instrumented_end_send, instrumented END_SEND, 0, (2) (1), [ERROR ERROR_NO_POP ESCAPES];
                INSTRUMENTED_FOR_ITER, 237, instrumented_for_iter, instrumented FOR_ITER, 1, (1) (2), [ARG JUMP ERROR ERROR_NO_POP ESCAPES];
                INSTRUMENTED_INSTRUCTION, 238, instrumented_instruction, instrumented INSTRUMENTED_INSTRUCTION, 0, (0) (0), [ERROR ESCAPES];
                INSTRUMENTED_JUMP_FORWARD, 239, instrumented_jump_forward, instrumented JUMP_FORWARD, 0, (0) (0), [ARG];
                INSTRUMENTED_NOT_TAKEN, 240, instrumented_not_taken, instrumented NOT_TAKEN, 0, (0) (0), [];
                INSTRUMENTED_POP_JUMP_IF_TRUE, 241, instrumented_pop_jump_if_true, instrumented POP_JUMP_IF_TRUE, 1, (1) (0), [ARG];
                INSTRUMENTED_POP_JUMP_IF_FALSE, 242, instrumented_pop_jump_if_false, instrumented POP_JUMP_IF_FALSE, 1, (1) (0), [ARG];
                INSTRUMENTED_POP_JUMP_IF_NONE, 243, instrumented_pop_jump_if_none, instrumented POP_JUMP_IF_NONE, 1, (1) (0), [ARG ESCAPES];
                INSTRUMENTED_POP_JUMP_IF_NOT_NONE, 244, instrumented_pop_jump_if_not_none, instrumented POP_JUMP_IF_NOT_NONE, 1, (1) (0), [ARG ESCAPES];
                INSTRUMENTED_RESUME, 245, instrumented_resume, instrumented RESUME, 0, (0) (0), [ARG EVAL_BREAK ERROR ERROR_NO_POP ESCAPES];
                INSTRUMENTED_RETURN_VALUE, 246, instrumented_return_value, instrumented RETURN_VALUE, 0, (1) (1), [ERROR ESCAPES];
                INSTRUMENTED_YIELD_VALUE, 247, instrumented_yield_value, instrumented YIELD_VALUE, 0, (1) (1), [ARG ERROR ERROR_NO_POP ESCAPES];
                INSTRUMENTED_END_ASYNC_FOR, 248, instrumented_end_async_for, instrumented END_ASYNC_FOR, 0, (2) (0), [ARG JUMP ERROR ERROR_NO_POP ESCAPES];
                INSTRUMENTED_LOAD_SUPER_ATTR, 249, instrumented_load_super_attr, instrumented LOAD_SUPER_ATTR, 1, (3) (1 + (n & 1)), [ARG NAME ERROR ESCAPES];
                INSTRUMENTED_CALL, 250, instrumented_call, instrumented CALL, 3, (2 + n) (1), [ARG EVAL_BREAK ERROR ERROR_NO_POP ESCAPES];
                INSTRUMENTED_CALL_KW, 251, instrumented_call_kw, instrumented CALL_KW, 3, (3 + n) (1), [ARG ERROR ERROR_NO_POP ESCAPES];
                INSTRUMENTED_CALL_FUNCTION_EX, 252, instrumented_call_function_ex, instrumented CALL_FUNCTION_EX, 0, (4) (1), [EVAL_BREAK ERROR ERROR_NO_POP ESCAPES];
                INSTRUMENTED_JUMP_BACKWARD, 253, instrumented_jump_backward, instrumented JUMP_BACKWARD, 1, (0) (0), [ARG EVAL_BREAK ERROR ESCAPES];
                INSTRUMENTED_LINE, 254, instrumented_line, instrumented INSTRUMENTED_LINE, 0, (0) (0), [ESCAPES];
                ENTER_EXECUTOR, 255, enter_executor, instrumented ENTER_EXECUTOR, 0, (0) (0), [ARG];
            }
            pseudo {
                ANNOTATIONS_PLACEHOLDER, 256, annotations_placeholder, pseudo ANNOTATIONS_PLACEHOLDER, 0, (0) (0), [PURE];
                JUMP, 257, jump, pseudo JUMP, 0, (0) (0), [ARG JUMP EVAL_BREAK ERROR ESCAPES];
                JUMP_IF_FALSE, 258, jump_if_false, pseudo JUMP_IF_FALSE, 0, (1) (1), [ARG JUMP ERROR ESCAPES];
                JUMP_IF_TRUE, 259, jump_if_true, pseudo JUMP_IF_TRUE, 0, (1) (1), [ARG JUMP ERROR ESCAPES];
                JUMP_NO_INTERRUPT, 260, jump_no_interrupt, pseudo JUMP_NO_INTERRUPT, 0, (0) (0), [ARG JUMP];
                LOAD_CLOSURE, 261, load_closure, pseudo LOAD_CLOSURE, 0, (0) (1), [ARG LOCAL PURE];
                POP_BLOCK, 262, pop_block, pseudo POP_BLOCK, 0, (0) (0), [PURE];
                SETUP_CLEANUP, 263, setup_cleanup, pseudo SETUP_CLEANUP, 0, (0) (2), [PURE ARG];
                SETUP_FINALLY, 264, setup_finally, pseudo SETUP_FINALLY, 0, (0) (1), [PURE ARG];
                SETUP_WITH, 265, setup_with, pseudo SETUP_WITH, 0, (0) (1), [PURE ARG];
                STORE_FAST_MAYBE_NULL, 266, store_fast_maybe_null, pseudo STORE_FAST_MAYBE_NULL, 0, (1) (0), [ARG LOCAL ESCAPES];
            }
        }
    };
}

/// Calls `$callback! { NAME, number, snake_name; … }` with all executable instructions: real, specialised,
/// instrumented. Numbers it does not list below 256 are unused.
#[macro_export]
macro_rules! for_each_opcode {
    ($callback:ident) => {
        $crate::opcode_rows! { [$crate::__opcode_triples] [$callback] }
    };
}

#[macro_export]
#[doc(hidden)]
macro_rules! __opcode_triples {
    ([$callback:ident]
     executable { $($name:ident, $num:literal, $snake:ident, $kind:ident $base:ident, $caches:literal,
          ($($pop:tt)*) ($($push:tt)*), [$($flag:ident)*];)* }
     pseudo { $($rest:tt)* }) => {
        $callback! { $($name, $num, $snake;)* }
    };
}
