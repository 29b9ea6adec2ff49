//! The attached-thread token and the shape of errors.

use crate::header::PyObject;
use crate::refs::Py;
use std::marker::PhantomData;

/// Evidence that the current thread holds the interpreter lock. Zero-sized; travels as the first argument of
/// whatever touches objects. Objects may be read and changed only where one is at hand.
#[derive(Clone, Copy)]
pub struct Python<'py>(PhantomData<(*mut (), &'py ())>);

impl<'py> Python<'py> {
    /// Makes the token.
    ///
    /// # Safety
    /// The current thread is attached (holds the interpreter lock) for all of `'py`.
    #[inline(always)]
    pub const unsafe fn assume_attached() -> Self {
        Python(PhantomData)
    }
}

/// "An exception is pending in the thread state": the error half of [`PyResult`]. Made only by the functions
/// that set the exception; whoever swallows one must take the exception out of the thread state.
#[derive(Debug)]
#[must_use]
pub struct Raised(());

impl Raised {
    /// States that an exception is pending in the current thread state.
    ///
    /// A logic error (not unsafety) if there is none: the caller's caller will report `SystemError`.
    #[inline(always)]
    pub const fn pending() -> Raised {
        Raised(())
    }
}

/// One word for an owned reference: null means "raised".
pub type PyResult<T = Py<PyObject>> = Result<T, Raised>;

const _: () = {
    assert!(size_of::<PyResult>() == 8);
    assert!(size_of::<Option<Py<PyObject>>>() == 8);
    assert!(size_of::<Python>() == 0);
};
