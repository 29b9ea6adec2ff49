//! The `errno` module.

use crate::system::int;
use object::libc;
use runtime::prelude::*;

/// Error numbers by name; of several names for a number the last one is in `errorcode`.
macro_rules! numbers {
    ($($name:ident)*) => { const NUMBERS: &[(&str, i32)] = &[$((stringify!($name), libc::$name)),*]; };
}
numbers! {
    ENODEV ENOCSI EHOSTUNREACH ENOMSG EUCLEAN EL2NSYNC EL2HLT ENODATA ENOTBLK ENOSYS EPIPE EINVAL EOVERFLOW EADV
    EINTR EUSERS ENOTEMPTY ENOBUFS EPROTO EREMOTE ENAVAIL ECHILD ELOOP EXDEV E2BIG ESRCH EMSGSIZE EAFNOSUPPORT EBADR
    EHOSTDOWN EPFNOSUPPORT ENOPROTOOPT EBUSY EWOULDBLOCK EAGAIN EBADFD EDOTDOT EISCONN ENOTCONN ESHUTDOWN ENONET EBADE
    EBADF EMULTIHOP EIO EUNATCH EPROTOTYPE ENOSPC ENOEXEC EALREADY ENETDOWN ENOTNAM EACCES ELNRNG EILSEQ ENOTDIR
    ENOTUNIQ EPERM EDOM EXFULL ECONNREFUSED EISDIR EPROTONOSUPPORT EROFS EADDRNOTAVAIL EIDRM ECOMM ESRMNT EREMOTEIO
    EL3RST EBADMSG ENFILE ELIBMAX ESPIPE ENOLINK ENETRESET ETIMEDOUT ENOENT EEXIST EDQUOT ENOSTR EBADSLT EBADRQC
    ELIBACC EFAULT EFBIG EDEADLK EDEADLOCK ELIBBAD ENOTSOCK EDESTADDRREQ EISNAM ELIBSCN ENOTTY
    ENOANO EMLINK ERANGE ELIBEXEC EL3HLT ECONNABORTED ENETUNREACH ESTALE ENOSR ENOMEM ENOLCK EADDRINUSE ENXIO EBFONT
    EPROTONOSUPPORT ECHRNG EOPNOTSUPP ENOTSUP ESOCKTNOSUPPORT ETOOMANYREFS EMFILE ETXTBSY EINPROGRESS ETIME EREMCHG
    ECONNRESET ECANCELED EOWNERDEAD ENOTRECOVERABLE ENOMEDIUM EMEDIUMTYPE ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED
    ERFKILL ENAMETOOLONG ERESTART ESTRPIPE EUNATCH EHWPOISON ENOPKG
}
/// A number of our own: Linux has no such error.
const EFTYPE: i32 = 134;

/// Error numbers of the system, by name; errorcode maps numbers to names.
#[pymodule(name = "errno")]
pub mod errno {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        let codes = PyDict::new(py)?;
        for (name, number) in NUMBERS.iter().copied().chain([("EFTYPE", EFTYPE)]) {
            let n = int(py, number as i64)?;
            module.as_object().setattr_str(py, name, &n)?;
            codes.set_item(py, &n, &*PyStr::new(py, name)?)?;
        }
        module.as_object().setattr_str(py, "errorcode", &codes)
    }
}
