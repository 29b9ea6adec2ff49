//! `_socket`: the socket type, address look-up and the constants of the networking headers.

mod address;
mod constants;
mod message;
mod resolve;
mod socket;
mod wait;

use crate::system::*;
use object::libc;
use resolve::part as resolving;
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::ffi::{CString, c_int, c_void};

/// A number that must fit the unsigned C type.
fn unsigned<T: TryFrom<i64>>(py: Python, o: &PyObject, c_type: &str) -> PyResult<T> {
    let n = number::index(py, o)?;
    if n.is_negative() {
        return Err(value_error(py, "Cannot convert negative int"));
    }
    match n.as_i64().and_then(|v| T::try_from(v).ok()) {
        Some(v) => Ok(v),
        None => Err(overflow_error(py, format!("Python int too large for C {c_type}"))),
    }
}

/// Networking by sockets; the module socket is built on this one.
#[pymodule(name = "_socket", types(socket::PySocket), parts(resolving))]
pub mod _socket {
    use super::*;
    use runtime::sys::hooks::audit;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        add_constants(py, module, constants::LIBC)?;
        add_constants(py, module, constants::KERNEL)?;
        let m = module.as_object();
        m.setattr_str(py, "error", PyExc_OSError_Type.as_object())?;
        m.setattr_str(py, "timeout", PyExc_TimeoutError_Type.as_object())?;
        m.setattr_str(py, "herror", resolve::herror_type(py)?.as_object())?;
        m.setattr_str(py, "gaierror", resolve::gaierror_type(py)?.as_object())?;
        m.setattr_str(py, "SocketType", socket::PySocket::type_object().as_object())?;
        m.setattr_str(py, "has_ipv6", py_bool(true).as_object())?;
        m.setattr_str(py, "BDADDR_ANY", &*text(py, "00:00:00:00:00:00")?)?;
        m.setattr_str(py, "BDADDR_LOCAL", &*text(py, "00:00:00:FF:FF:FF")?)
    }

    /// The name of this host.
    #[pyfunction(text = "($self, /)")]
    pub fn gethostname(py: Python) -> PyResult {
        audit(py, "socket.gethostname", &[])?;
        let mut buffer = [0 as std::ffi::c_char; 1024];
        // SAFETY: a buffer whose last byte stays NUL.
        unsafe {
            checked(py, libc::gethostname(buffer.as_mut_ptr(), buffer.len() - 1))?;
            fs_text(py, buffer.as_ptr())
        }
    }

    /// Sets the name of this host.
    #[pyfunction(nosig, sig = "(name, /)")]
    pub fn sethostname(py: Python, name: &PyObject) -> PyResult<()> {
        let bytes = match name.downcast::<PyBytes>() {
            Some(b) => b.as_bytes().to_vec(),
            None => runtime::fs::fs_encode(py, name)?,
        };
        audit(py, "socket.sethostname", &[name])?;
        // SAFETY: a buffer and its length.
        checked(py, unsafe { libc::sethostname(bytes.as_ptr() as *const _, bytes.len()) }).map(drop)
    }

    /// Closes a descriptor that is a socket.
    #[pyfunction(text = "($self, object, /)")]
    pub fn close(py: Python, fd: i32) -> PyResult<()> {
        // SAFETY: takes a number.
        let r = nogil!(py, unsafe { libc::close(fd) });
        if r < 0 && errno() != libc::ECONNRESET { Err(os_error(py)) } else { Ok(()) }
    }

    /// A duplicate of a descriptor; it is not inherited by child processes.
    #[pyfunction(text = "($self, object, /)")]
    pub fn dup(py: Python, fd: i32) -> PyResult<i32> {
        // SAFETY: takes numbers.
        checked(py, nogil!(py, unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 0) }))
    }

    /// socketpair([family[, type [, proto]]]) -> (socket object, socket object)
    ///
    /// Two connected sockets.
    #[pyfunction(nosig, sig = "(family=1, type=1, proto=0, /)")]
    pub fn socketpair(py: Python, family: i32, type_: i32, proto: i32) -> PyResult<Py<PyTuple>> {
        let mut fds = [-1 as c_int; 2];
        // SAFETY: room for two descriptors.
        let r = nogil!(py, unsafe {
            libc::socketpair(family, type_ | libc::SOCK_CLOEXEC, proto, fds.as_mut_ptr())
        });
        checked(py, r)?;
        let ty = socket::PySocket::type_object().as_object();
        let wrap = |fd: c_int| -> PyResult {
            let number = |v: c_int| int(py, v as i64);
            ty.call(py, &[&*number(family)?, &*number(type_)?, &*number(proto)?, &*number(fd)?])
        };
        let close = |fd: c_int| {
            // SAFETY: made just now.
            unsafe { libc::close(fd) };
        };
        let first = wrap(fds[0]).inspect_err(|_| fds.into_iter().for_each(close))?;
        let second = wrap(fds[1]).inspect_err(|_| close(fds[1]))?;
        PyTuple::new(py, [first, second])
    }

    /// A 16-bit number from network to host byte order.
    #[pyfunction(text = "($module, integer, /)")]
    pub fn ntohs(py: Python, integer: &PyObject) -> PyResult<u16> {
        unsigned::<u16>(py, integer, "uint16_t").map(u16::from_be)
    }

    /// A 32-bit number from network to host byte order.
    #[pyfunction(text = "($module, integer, /)")]
    pub fn ntohl(py: Python, integer: &PyObject) -> PyResult<u32> {
        unsigned::<u32>(py, integer, "uint32_t").map(u32::from_be)
    }

    /// A 16-bit number from host to network byte order.
    #[pyfunction(text = "($module, integer, /)")]
    pub fn htons(py: Python, integer: &PyObject) -> PyResult<u16> {
        unsigned::<u16>(py, integer, "uint16_t").map(u16::to_be)
    }

    /// A 32-bit number from host to network byte order.
    #[pyfunction(text = "($module, integer, /)")]
    pub fn htonl(py: Python, integer: &PyObject) -> PyResult<u32> {
        unsigned::<u32>(py, integer, "uint32_t").map(u32::to_be)
    }

    // The old rules: one to four parts, in octal and hexadecimal too.
    unsafe extern "C" {
        fn inet_aton(text: *const std::ffi::c_char, address: *mut libc::in_addr) -> c_int;
    }

    /// The four bytes of an IPv4 address.
    #[pyfunction(name = "inet_aton", text = "($module, ip_addr, /)")]
    pub fn aton(py: Python, ip_addr: &str) -> PyResult<Py<PyBytes>> {
        let failed = || raise(py, &PyExc_OSError_Type, "illegal IP address string passed to inet_aton");
        let text = CString::new(ip_addr).map_err(|_| failed())?;
        let mut a = libc::in_addr { s_addr: 0 };
        // SAFETY: a NUL-terminated string and a place for the address.
        if unsafe { inet_aton(text.as_ptr(), &mut a) } == 0 {
            return Err(failed());
        }
        PyBytes::new(py, &a.s_addr.to_ne_bytes())
    }

    /// The text of an IPv4 address in four bytes.
    #[pyfunction(text = "($module, packed_ip, /)")]
    pub fn inet_ntoa(py: Python, packed_ip: Bytes) -> PyResult<String> {
        match <[u8; 4]>::try_from(&packed_ip[..]) {
            Ok(b) => Ok(std::net::Ipv4Addr::from(b).to_string()),
            Err(_) => Err(raise(py, &PyExc_OSError_Type, "packed IP wrong length")),
        }
    }

    #[cold]
    fn unknown_family(py: Python) -> Raised {
        raise_errno_with(py, libc::EAFNOSUPPORT, None, None)
    }

    /// The bytes of an IP address of the family.
    #[pyfunction(nosig, sig = "(af, ip, /)")]
    pub fn inet_pton(py: Python, af: i32, ip: &str) -> PyResult<Py<PyBytes>> {
        let failed = || raise(py, &PyExc_OSError_Type, "illegal IP address string passed to inet_pton");
        match af {
            libc::AF_INET => {
                let a: std::net::Ipv4Addr = ip.parse().map_err(|_| failed())?;
                PyBytes::new(py, &a.octets())
            }
            libc::AF_INET6 => {
                let a: std::net::Ipv6Addr = ip.parse().map_err(|_| failed())?;
                PyBytes::new(py, &a.octets())
            }
            _ => Err(unknown_family(py)),
        }
    }

    /// The text of an IP address of the family.
    #[pyfunction(nosig, sig = "(af, packed_ip, /)")]
    pub fn inet_ntop(py: Python, af: i32, packed_ip: Bytes) -> PyResult<String> {
        let size = match af {
            libc::AF_INET => 4,
            libc::AF_INET6 => 16,
            _ => return Err(value_error(py, format!("unknown address family {af}"))),
        };
        if packed_ip.len() != size {
            return Err(value_error(py, "invalid length of packed IP address string"));
        }
        // SAFETY: as many bytes as the family's address has.
        Ok(unsafe { address::from_binary(af, packed_ip.as_ptr() as *const c_void) }.host_text())
    }

    /// The timeout that new sockets get, or None.
    #[pyfunction(text = "($self, /)")]
    pub fn getdefaulttimeout(py: Python) -> PyResult {
        socket::timeout_object(py, module_state::<socket::DefaultTimeout>(py).0.get())
    }

    /// Sets the timeout that new sockets get.
    #[pyfunction(text = "($self, object, /)")]
    pub fn setdefaulttimeout(py: Python, timeout: &PyObject) -> PyResult<()> {
        let ns = socket::timeout_from(py, timeout)?;
        module_state::<socket::DefaultTimeout>(py).0.set(ns);
        Ok(())
    }

    /// The network interfaces: a list of (index, name).
    #[pyfunction(text = "($self, /)")]
    pub fn if_nameindex(py: Python) -> PyResult<Py<PyList>> {
        struct Table(*mut libc::if_nameindex);
        impl Drop for Table {
            fn drop(&mut self) {
                // SAFETY: made by if_nameindex, freed once.
                unsafe { libc::if_freenameindex(self.0) };
            }
        }
        // SAFETY: no arguments.
        let first = nogil!(py, unsafe { libc::if_nameindex() });
        if first.is_null() {
            return Err(os_error(py));
        }
        let table = Table(first);
        let list = PyList::empty(py)?;
        let mut at = table.0;
        // SAFETY: the table ends with an entry of zeros.
        unsafe {
            while (*at).if_index != 0 && !(*at).if_name.is_null() {
                let pair = [int(py, (*at).if_index as i64)?, fs_text(py, (*at).if_name)?];
                list.append(py, PyTuple::new(py, pair)?.into_object())?;
                at = at.add(1);
            }
        }
        Ok(list)
    }

    /// The index of a network interface.
    #[pyfunction(text = "($module, oname, /)")]
    pub fn if_nametoindex(py: Python, oname: FsPath) -> PyResult<u32> {
        // SAFETY: a NUL-terminated string.
        match unsafe { libc::if_nametoindex(oname.0.as_ptr()) } {
            0 if errno() == 0 => Err(raise_errno_with(py, libc::ENODEV, None, None)),
            0 => Err(os_error(py)),
            n => Ok(n),
        }
    }

    /// The name of a network interface.
    #[pyfunction(text = "($module, if_index, /)")]
    pub fn if_indextoname(py: Python, if_index: &PyObject) -> PyResult {
        let index = unsigned::<u32>(py, if_index, "unsigned int")?;
        let mut name = [0 as std::ffi::c_char; libc::IFNAMSIZ + 1];
        // SAFETY: room for a name.
        unsafe {
            if libc::if_indextoname(index, name.as_mut_ptr()).is_null() {
                return Err(os_error(py));
            }
            fs_text(py, name.as_ptr())
        }
    }

    /// CMSG_LEN(length) -> control message length
    ///
    /// The length of a control message with so many bytes of data, without padding at the end.
    #[pyfunction(name = "CMSG_LEN", nosig, sig = "(length, /)")]
    pub fn cmsg_len(py: Python, length: isize) -> PyResult<usize> {
        usize::try_from(length)
            .ok()
            .and_then(message::control_len)
            .ok_or_else(|| overflow_error(py, "CMSG_LEN() argument out of range"))
    }

    /// CMSG_SPACE(length) -> buffer size
    ///
    /// The room that a control message with so many bytes of data takes.
    #[pyfunction(name = "CMSG_SPACE", nosig, sig = "(length, /)")]
    pub fn cmsg_space(py: Python, length: isize) -> PyResult<usize> {
        usize::try_from(length)
            .ok()
            .and_then(message::control_space)
            .ok_or_else(|| overflow_error(py, "CMSG_SPACE() argument out of range"))
    }
}
