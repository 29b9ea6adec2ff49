//! Assignment to `f_lineno`: a debugger's jump.
