//! The exception hierarchy (`Objects/exceptions.c`'s ground): layouts of `Include/cpython/pyerrors.h`.
//!
//! Types with fields of their own have a file; all others differ only in name and base and are one line of the table below.

mod base;
mod group;
mod misc;
mod os_error;
mod syntax;
mod unicode;

pub use base::{PyBaseException, PyExc_BaseException_Type};
pub use group::{PyBaseExceptionGroup, PyExc_BaseExceptionGroup_Type, exception_group_type};
pub use misc::{
    PyAttributeError, PyExc_AttributeError_Type, PyExc_ImportError_Type, PyExc_KeyError_Type,
    PyExc_NameError_Type, PyExc_StopIteration_Type, PyExc_SystemExit_Type, PyImportError, PyKeyError,
    PyNameError, PyStopIteration, PySystemExit,
};
pub use os_error::{PyExc_OSError_Type, PyOSError, error_text, raise_errno, raise_errno_with};
pub use syntax::{PyExc_SyntaxError_Type, PySyntaxError};
pub use unicode::{
    PyExc_UnicodeDecodeError_Type, PyExc_UnicodeEncodeError_Type, PyExc_UnicodeTranslateError_Type,
    PyUnicodeDecodeError, PyUnicodeEncodeError, PyUnicodeTranslateError, UnicodeErrorFields,
    raise_decode_error, raise_encode_error,
};

use object::typeobj::flags;
use object::{PyTypeInfo, PyTypeObject};
use std::cell::Cell;

/// The constructor in the type's own dict; types with more fields inherit that of their base.
const fn own_new(layout: usize) -> Option<object::typeobj::NewFunc> {
    if layout == size_of::<PyBaseException>() { Some(PyBaseException::new) } else { None }
}

/// Declares exception types that add nothing to their base but a name and a docstring.
macro_rules! plain_exceptions {
    ($($static_:ident $name:literal, $base:ident, $layout:ident, $doc:literal;)*) => {
        $(
            #[allow(non_upper_case_globals)]
            #[doc = $doc]
            pub static $static_: PyTypeObject = PyTypeObject {
                tp_name: Cell::new(concat!($name, "\0").as_ptr() as *const std::ffi::c_char),
                tp_basicsize: Cell::new(size_of::<$layout>() as isize),
                tp_flags: Cell::new(flags::BASETYPE | flags::IMMUTABLETYPE),
                tp_doc: Cell::new(concat!($doc, "\0").as_ptr() as *const std::ffi::c_char),
                tp_base: Cell::new(&raw const $base as *mut PyTypeObject),
                tp_dictoffset: Cell::new(16),
                tp_new: Cell::new(own_new(size_of::<$layout>())),
                ..PyTypeObject::EMPTY
            };
        )*
        /// Every exception type with a static type object, bases before subclasses, with its name in `builtins`.
        pub fn all() -> Vec<(&'static str, &'static PyTypeObject)> {
            let mut v: Vec<(&'static str, &'static PyTypeObject)> = vec![
                ("BaseException", &PyExc_BaseException_Type),
                ("BaseExceptionGroup", &PyExc_BaseExceptionGroup_Type),
                ("Exception", &PyExc_Exception_Type),
                ("ArithmeticError", &PyExc_ArithmeticError_Type),
                ("LookupError", &PyExc_LookupError_Type),
                ("ValueError", &PyExc_ValueError_Type),
                ("UnicodeError", &PyExc_UnicodeError_Type),
                ("AttributeError", PyAttributeError::type_object()),
                ("ImportError", PyImportError::type_object()),
                ("KeyError", PyKeyError::type_object()),
                ("NameError", PyNameError::type_object()),
                ("OSError", PyOSError::type_object()),
                ("StopIteration", PyStopIteration::type_object()),
                ("SyntaxError", PySyntaxError::type_object()),
                ("SystemExit", PySystemExit::type_object()),
                ("UnicodeDecodeError", PyUnicodeDecodeError::type_object()),
                ("UnicodeEncodeError", PyUnicodeEncodeError::type_object()),
                ("UnicodeTranslateError", PyUnicodeTranslateError::type_object()),
            ];
            for entry in [$(($name, &$static_)),*] {
                if !v.iter().any(|(n, _)| *n == entry.0) {
                    v.push(entry);
                }
            }
            v
        }
    };
}

plain_exceptions! {
    PyExc_Exception_Type "Exception", PyExc_BaseException_Type, PyBaseException, "Base of all errors that programs are meant to handle.";
    PyExc_GeneratorExit_Type "GeneratorExit", PyExc_BaseException_Type, PyBaseException, "Asks a generator to finish.";
    PyExc_KeyboardInterrupt_Type "KeyboardInterrupt", PyExc_BaseException_Type, PyBaseException, "The user interrupted the program.";
    PyExc_ArithmeticError_Type "ArithmeticError", PyExc_Exception_Type, PyBaseException, "Base of the errors of arithmetic.";
    PyExc_AssertionError_Type "AssertionError", PyExc_Exception_Type, PyBaseException, "An assertion does not hold.";
    PyExc_BufferError_Type "BufferError", PyExc_Exception_Type, PyBaseException, "A buffer operation is not possible.";
    PyExc_EOFError_Type "EOFError", PyExc_Exception_Type, PyBaseException, "Input ended before anything was read.";
    PyExc_LookupError_Type "LookupError", PyExc_Exception_Type, PyBaseException, "Base of the errors of subscripts.";
    PyExc_MemoryError_Type "MemoryError", PyExc_Exception_Type, PyBaseException, "Memory is exhausted.";
    PyExc_ReferenceError_Type "ReferenceError", PyExc_Exception_Type, PyBaseException, "The object of a weak proxy is gone.";
    PyExc_RuntimeError_Type "RuntimeError", PyExc_Exception_Type, PyBaseException, "An error that fits nowhere else.";
    PyExc_StopAsyncIteration_Type "StopAsyncIteration", PyExc_Exception_Type, PyBaseException, "The end of an asynchronous iterator.";
    PyExc_SystemError_Type "SystemError", PyExc_Exception_Type, PyBaseException, "An error inside the interpreter.";
    PyExc_TypeError_Type "TypeError", PyExc_Exception_Type, PyBaseException, "An argument has the wrong type.";
    PyExc_ValueError_Type "ValueError", PyExc_Exception_Type, PyBaseException, "An argument has the right type but a wrong value.";
    PyExc_Warning_Type "Warning", PyExc_Exception_Type, PyBaseException, "Base of the warning categories.";
    PyExc_FloatingPointError_Type "FloatingPointError", PyExc_ArithmeticError_Type, PyBaseException, "A floating-point operation failed.";
    PyExc_OverflowError_Type "OverflowError", PyExc_ArithmeticError_Type, PyBaseException, "A result is too large.";
    PyExc_ZeroDivisionError_Type "ZeroDivisionError", PyExc_ArithmeticError_Type, PyBaseException, "Division or modulo by zero.";
    PyExc_BytesWarning_Type "BytesWarning", PyExc_Warning_Type, PyBaseException, "Warnings about bytes mixed with text.";
    PyExc_DeprecationWarning_Type "DeprecationWarning", PyExc_Warning_Type, PyBaseException, "Warnings about features that will go.";
    PyExc_EncodingWarning_Type "EncodingWarning", PyExc_Warning_Type, PyBaseException, "Warnings about implied encodings.";
    PyExc_FutureWarning_Type "FutureWarning", PyExc_Warning_Type, PyBaseException, "Warnings about constructs whose meaning will change.";
    PyExc_ImportWarning_Type "ImportWarning", PyExc_Warning_Type, PyBaseException, "Warnings about probable mistakes in imports.";
    PyExc_PendingDeprecationWarning_Type "PendingDeprecationWarning", PyExc_Warning_Type, PyBaseException, "Warnings about features that will be deprecated.";
    PyExc_ResourceWarning_Type "ResourceWarning", PyExc_Warning_Type, PyBaseException, "Warnings about leaked resources.";
    PyExc_RuntimeWarning_Type "RuntimeWarning", PyExc_Warning_Type, PyBaseException, "Warnings about dubious behaviour at run time.";
    PyExc_SyntaxWarning_Type "SyntaxWarning", PyExc_Warning_Type, PyBaseException, "Warnings about dubious syntax.";
    PyExc_UnicodeWarning_Type "UnicodeWarning", PyExc_Warning_Type, PyBaseException, "Warnings about Unicode.";
    PyExc_UserWarning_Type "UserWarning", PyExc_Warning_Type, PyBaseException, "Warnings made by user code.";
    PyExc_ConnectionError_Type "ConnectionError", PyExc_OSError_Type, PyOSError, "Base of the errors of connections.";
    PyExc_BlockingIOError_Type "BlockingIOError", PyExc_OSError_Type, PyOSError, "The operation would block.";
    PyExc_ChildProcessError_Type "ChildProcessError", PyExc_OSError_Type, PyOSError, "An operation on a child process failed.";
    PyExc_FileExistsError_Type "FileExistsError", PyExc_OSError_Type, PyOSError, "The file exists already.";
    PyExc_FileNotFoundError_Type "FileNotFoundError", PyExc_OSError_Type, PyOSError, "There is no such file.";
    PyExc_InterruptedError_Type "InterruptedError", PyExc_OSError_Type, PyOSError, "A signal interrupted the call.";
    PyExc_IsADirectoryError_Type "IsADirectoryError", PyExc_OSError_Type, PyOSError, "The file is a directory.";
    PyExc_NotADirectoryError_Type "NotADirectoryError", PyExc_OSError_Type, PyOSError, "The file is not a directory.";
    PyExc_PermissionError_Type "PermissionError", PyExc_OSError_Type, PyOSError, "Not allowed.";
    PyExc_ProcessLookupError_Type "ProcessLookupError", PyExc_OSError_Type, PyOSError, "There is no such process.";
    PyExc_TimeoutError_Type "TimeoutError", PyExc_OSError_Type, PyOSError, "The time is over.";
    PyExc_BrokenPipeError_Type "BrokenPipeError", PyExc_ConnectionError_Type, PyOSError, "Nobody reads from the pipe.";
    PyExc_ConnectionAbortedError_Type "ConnectionAbortedError", PyExc_ConnectionError_Type, PyOSError, "The connection was aborted.";
    PyExc_ConnectionRefusedError_Type "ConnectionRefusedError", PyExc_ConnectionError_Type, PyOSError, "The connection was refused.";
    PyExc_ConnectionResetError_Type "ConnectionResetError", PyExc_ConnectionError_Type, PyOSError, "The connection was reset.";
    PyExc_IndentationError_Type "IndentationError", PyExc_SyntaxError_Type, PySyntaxError, "The indentation is wrong.";
    PyExc_IncompleteInputError_Type "_IncompleteInputError", PyExc_SyntaxError_Type, PySyntaxError, "The input is not complete.";
    PyExc_TabError_Type "TabError", PyExc_IndentationError_Type, PySyntaxError, "Tabs and spaces are mixed.";
    PyExc_IndexError_Type "IndexError", PyExc_LookupError_Type, PyBaseException, "A sequence index is out of range.";
    PyExc_ModuleNotFoundError_Type "ModuleNotFoundError", PyExc_ImportError_Type, PyImportError, "There is no such module.";
    PyExc_NotImplementedError_Type "NotImplementedError", PyExc_RuntimeError_Type, PyBaseException, "Not implemented, or not yet.";
    PyExc_PythonFinalizationError_Type "PythonFinalizationError", PyExc_RuntimeError_Type, PyBaseException, "Not possible while the interpreter shuts down.";
    PyExc_RecursionError_Type "RecursionError", PyExc_RuntimeError_Type, PyBaseException, "The recursion is too deep.";
    PyExc_UnboundLocalError_Type "UnboundLocalError", PyExc_NameError_Type, PyNameError, "A local variable has no value yet.";
    PyExc_UnicodeError_Type "UnicodeError", PyExc_ValueError_Type, PyBaseException, "Base of the errors of encodings.";
}
