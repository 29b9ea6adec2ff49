//! `pyerrors.h`: the exception types, as the pointer variables C code reads.

use object::PyTypeObject;
use runtime::types::exceptions::*;

macro_rules! exceptions {
    ($($(#[$m:meta])* $variable:ident $ty:ident;)*) => { exported! { $( $variable: *const PyTypeObject = &raw const $ty; )* } };
}

exceptions! {
    PyExc_ArithmeticError PyExc_ArithmeticError_Type;
    PyExc_AssertionError PyExc_AssertionError_Type;
    PyExc_AttributeError PyExc_AttributeError_Type;
    PyExc_BaseException PyExc_BaseException_Type;
    PyExc_BaseExceptionGroup PyExc_BaseExceptionGroup_Type;
    PyExc_BlockingIOError PyExc_BlockingIOError_Type;
    PyExc_BrokenPipeError PyExc_BrokenPipeError_Type;
    PyExc_BufferError PyExc_BufferError_Type;
    PyExc_BytesWarning PyExc_BytesWarning_Type;
    PyExc_ChildProcessError PyExc_ChildProcessError_Type;
    PyExc_ConnectionAbortedError PyExc_ConnectionAbortedError_Type;
    PyExc_ConnectionError PyExc_ConnectionError_Type;
    PyExc_ConnectionRefusedError PyExc_ConnectionRefusedError_Type;
    PyExc_ConnectionResetError PyExc_ConnectionResetError_Type;
    PyExc_DeprecationWarning PyExc_DeprecationWarning_Type;
    PyExc_EOFError PyExc_EOFError_Type;
    PyExc_EncodingWarning PyExc_EncodingWarning_Type;
    PyExc_Exception PyExc_Exception_Type;
    PyExc_FileExistsError PyExc_FileExistsError_Type;
    PyExc_FileNotFoundError PyExc_FileNotFoundError_Type;
    PyExc_FloatingPointError PyExc_FloatingPointError_Type;
    PyExc_FutureWarning PyExc_FutureWarning_Type;
    PyExc_GeneratorExit PyExc_GeneratorExit_Type;
    PyExc_ImportError PyExc_ImportError_Type;
    PyExc_ImportWarning PyExc_ImportWarning_Type;
    PyExc_IndentationError PyExc_IndentationError_Type;
    PyExc_IndexError PyExc_IndexError_Type;
    PyExc_InterruptedError PyExc_InterruptedError_Type;
    PyExc_IsADirectoryError PyExc_IsADirectoryError_Type;
    PyExc_KeyError PyExc_KeyError_Type;
    PyExc_KeyboardInterrupt PyExc_KeyboardInterrupt_Type;
    PyExc_LookupError PyExc_LookupError_Type;
    PyExc_MemoryError PyExc_MemoryError_Type;
    PyExc_ModuleNotFoundError PyExc_ModuleNotFoundError_Type;
    PyExc_NameError PyExc_NameError_Type;
    PyExc_NotADirectoryError PyExc_NotADirectoryError_Type;
    PyExc_NotImplementedError PyExc_NotImplementedError_Type;
    PyExc_OSError PyExc_OSError_Type;
    PyExc_OverflowError PyExc_OverflowError_Type;
    PyExc_PendingDeprecationWarning PyExc_PendingDeprecationWarning_Type;
    PyExc_PermissionError PyExc_PermissionError_Type;
    PyExc_ProcessLookupError PyExc_ProcessLookupError_Type;
    PyExc_PythonFinalizationError PyExc_PythonFinalizationError_Type;
    PyExc_RecursionError PyExc_RecursionError_Type;
    PyExc_ReferenceError PyExc_ReferenceError_Type;
    PyExc_ResourceWarning PyExc_ResourceWarning_Type;
    PyExc_RuntimeError PyExc_RuntimeError_Type;
    PyExc_RuntimeWarning PyExc_RuntimeWarning_Type;
    PyExc_StopAsyncIteration PyExc_StopAsyncIteration_Type;
    PyExc_StopIteration PyExc_StopIteration_Type;
    PyExc_SyntaxError PyExc_SyntaxError_Type;
    PyExc_SyntaxWarning PyExc_SyntaxWarning_Type;
    PyExc_SystemError PyExc_SystemError_Type;
    PyExc_SystemExit PyExc_SystemExit_Type;
    PyExc_TabError PyExc_TabError_Type;
    PyExc_TimeoutError PyExc_TimeoutError_Type;
    PyExc_TypeError PyExc_TypeError_Type;
    PyExc_UnboundLocalError PyExc_UnboundLocalError_Type;
    PyExc_UnicodeDecodeError PyExc_UnicodeDecodeError_Type;
    PyExc_UnicodeEncodeError PyExc_UnicodeEncodeError_Type;
    PyExc_UnicodeError PyExc_UnicodeError_Type;
    PyExc_UnicodeTranslateError PyExc_UnicodeTranslateError_Type;
    PyExc_UnicodeWarning PyExc_UnicodeWarning_Type;
    PyExc_UserWarning PyExc_UserWarning_Type;
    PyExc_ValueError PyExc_ValueError_Type;
    PyExc_Warning PyExc_Warning_Type;
    PyExc_ZeroDivisionError PyExc_ZeroDivisionError_Type;
    PyExc_EnvironmentError PyExc_OSError_Type;
    PyExc_IOError PyExc_OSError_Type;
}
