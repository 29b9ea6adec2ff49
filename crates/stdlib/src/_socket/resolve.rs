//! Names and addresses: `getaddrinfo`, `getnameinfo`, and the older lookups of hosts, services and protocols.

use runtime::prelude::*;

use super::address::{self, Address};
use crate::system::*;
use object::libc;
use runtime::abstract_::number;
use runtime::types::exceptions::*;
use std::ffi::{CString, c_char, c_int};
use std::ptr::null;

/// The exception classes of lookups.
#[derive(Default)]
pub struct Classes {
    pub gaierror: Slot<PyTypeObject>,
    pub herror: Slot<PyTypeObject>,
}

/// `socket.gaierror`.
pub fn gaierror_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    let c = module_state::<Classes>(py);
    cached_exception(py, &c.gaierror, "socket.gaierror", &PyExc_OSError_Type)
}

/// `socket.herror`.
pub fn herror_type(py: Python) -> PyResult<Py<PyTypeObject>> {
    let c = module_state::<Classes>(py);
    cached_exception(py, &c.herror, "socket.herror", &PyExc_OSError_Type)
}

fn raise_pair(py: Python, ty: PyResult<Py<PyTypeObject>>, code: c_int, message: &[u8]) -> Raised {
    let args = || -> PyResult<Raised> {
        let ty = ty?;
        let text = runtime::fs::fs_decode(py, message)?;
        let args = PyTuple::new(py, [int(py, code as i64)?, text.into_object()])?;
        Ok(raise_with(py, &ty, args.as_object()))
    };
    args().unwrap_or_else(|e| e)
}

/// Raises what a failed `getaddrinfo` or `getnameinfo` means.
#[cold]
pub fn raise_gai(py: Python, code: c_int, errno: c_int) -> Raised {
    if code == libc::EAI_SYSTEM {
        return raise_errno_with(py, errno, None, None);
    }
    // SAFETY: a static string.
    let message = unsafe { address::c_text(libc::gai_strerror(code)) };
    raise_pair(py, gaierror_type(py), code, message)
}

#[cold]
fn raise_herror(py: Python, code: c_int) -> Raised {
    // SAFETY: a static string.
    let message = unsafe { address::c_text(libc::hstrerror(code)) };
    raise_pair(py, herror_type(py), code, message)
}

/// The low 32 bits of an int (the `I` format).
pub fn low_bits(py: Python, o: &PyObject) -> PyResult<u32> {
    let n = number::index(py, o)?;
    match n.as_i64() {
        Some(v) => Ok(v as u32),
        None => {
            let mut v = 0u64;
            for &d in n.digits().iter().take(2).rev() {
                v = v << 30 | u64::from(d);
            }
            Ok(if n.is_negative() { v.wrapping_neg() } else { v } as u32)
        }
    }
}

/// A host name as the resolver wants it: ASCII as it is, other text in the IDNA encoding.
pub struct HostName(pub CString);

impl HostName {
    /// From str, bytes or bytearray.
    pub fn from_object(py: Python, o: &PyObject) -> PyResult<HostName> {
        let bytes = if let Some(b) = o.downcast::<PyBytes>() {
            b.as_bytes().to_vec()
        } else if PyByteArray::check(o) {
            buffer::Buffer::get_simple(py, o)?.as_slice().to_vec()
        } else if let Some(s) = o.downcast::<PyStr>() {
            encode_idna(py, s)?
        } else {
            return Err(type_error(py, format!("str, bytes or bytearray expected, not {}", tp_name(o))));
        };
        CString::new(bytes)
            .map(HostName)
            .map_err(|_| type_error(py, "host name must not contain null character"))
    }
}

impl<'a> runtime::args::FromArg<'a> for HostName {
    fn from_arg(py: Python, o: &'a PyObject, _: runtime::args::At) -> PyResult<HostName> {
        HostName::from_object(py, o)
    }
}

fn encode_idna(py: Python, s: &PyStr) -> PyResult<Vec<u8>> {
    if s.is_ascii() {
        return Ok(s.as_utf8(py)?.as_bytes().to_vec());
    }
    let b = runtime::codecs::encode_text(py, s, Some("idna"), None)?;
    match b.downcast::<PyBytes>() {
        Some(b) => Ok(b.as_bytes().to_vec()),
        None => Err(type_error(py, "encoding of hostname failed")),
    }
}

/// A list from `getaddrinfo`, freed on drop.
pub struct AddressList(*mut libc::addrinfo);

impl Drop for AddressList {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: made by `getaddrinfo`, freed once.
            unsafe { libc::freeaddrinfo(self.0) };
        }
    }
}

impl AddressList {
    /// Looks up, without the interpreter lock.
    pub fn query(
        py: Python,
        host: Option<&CString>,
        service: Option<&CString>,
        hints: [c_int; 4],
    ) -> PyResult<AddressList> {
        let [family, kind, proto, flags] = hints;
        let mut list = AddressList(std::ptr::null_mut());
        let (r, e) = nogil!(py, {
            // SAFETY: NUL-terminated strings or null, zeroed hints, and a place for the result.
            unsafe {
                let mut hints: libc::addrinfo = std::mem::zeroed();
                hints.ai_family = family;
                hints.ai_socktype = kind;
                hints.ai_protocol = proto;
                hints.ai_flags = flags;
                let host = host.map_or(null(), |h| h.as_ptr());
                let service = service.map_or(null(), |s| s.as_ptr());
                let r = libc::getaddrinfo(host, service, &hints, &mut list.0);
                (r, errno())
            }
        });
        if r != 0 {
            list.0 = std::ptr::null_mut();
            return Err(raise_gai(py, r, e));
        }
        Ok(list)
    }

    pub fn iter(&self) -> impl Iterator<Item = &libc::addrinfo> {
        // SAFETY: a list that lives as long as `self`.
        std::iter::successors(unsafe { self.0.as_ref() }, |a| unsafe { a.ai_next.as_ref() })
    }

    /// The first address.
    pub fn first(&self) -> Option<Address> {
        // SAFETY: the entry says how long its address is.
        self.iter().next().map(|a| unsafe { Address::copy(a.ai_addr, a.ai_addrlen) })
    }
}

/// The address that a host name or a numeric address stands for: the empty name for any, `<broadcast>` for everybody.
pub fn set_ip_address(py: Python, name: &HostName, family: c_int) -> PyResult<Address> {
    let text = name.0.as_bytes();
    let no_address = || raise(py, &PyExc_OSError_Type, "no address associated with name");
    if text.is_empty() {
        let service = c"0".to_owned();
        let found =
            AddressList::query(py, None, Some(&service), [family, libc::SOCK_DGRAM, 0, libc::AI_PASSIVE])?;
        if family == libc::AF_UNSPEC && found.iter().count() > 1 {
            return Err(raise(py, &PyExc_OSError_Type, "wildcard resolved to multiple address"));
        }
        return found.first().ok_or_else(no_address);
    }
    if text == b"<broadcast>" || text == b"255.255.255.255" {
        if family != libc::AF_INET && family != libc::AF_UNSPEC {
            return Err(raise(py, &PyExc_OSError_Type, "address family mismatched"));
        }
        let all = u32::MAX;
        // SAFETY: four bytes of an IPv4 address.
        return Ok(unsafe { address::from_binary(libc::AF_INET, &raw const all as *const _) });
    }
    if let Ok(t) = std::str::from_utf8(text) {
        // Numeric addresses need no resolver.
        if family != libc::AF_INET6
            && let Ok(ip) = t.parse::<std::net::Ipv4Addr>()
        {
            // SAFETY: the bytes of an IPv4 address.
            return Ok(unsafe { address::from_binary(libc::AF_INET, ip.octets().as_ptr() as *const _) });
        }
        if family != libc::AF_INET
            && let Ok(ip) = t.parse::<std::net::Ipv6Addr>()
        {
            // SAFETY: the bytes of an IPv6 address.
            return Ok(unsafe { address::from_binary(libc::AF_INET6, ip.octets().as_ptr() as *const _) });
        }
    }
    AddressList::query(py, Some(&name.0), None, [family, 0, 0, 0])?.first().ok_or_else(no_address)
}

// Not declared by the libc crate.
unsafe extern "C" {
    fn gethostbyname_r(
        name: *const c_char,
        result: *mut libc::hostent,
        buffer: *mut c_char,
        size: libc::size_t,
        found: *mut *mut libc::hostent,
        error: *mut c_int,
    ) -> c_int;
    fn gethostbyaddr_r(
        address: *const std::ffi::c_void,
        len: libc::socklen_t,
        family: c_int,
        result: *mut libc::hostent,
        buffer: *mut c_char,
        size: libc::size_t,
        found: *mut *mut libc::hostent,
        error: *mut c_int,
    ) -> c_int;
    fn getservbyport(port: c_int, proto: *const c_char) -> *mut libc::servent;
}

/// Runs one of the host functions with a buffer that grows until the answer fits; (name, aliases, addresses).
fn host_entry(
    py: Python,
    family: c_int,
    mut f: impl FnMut(*mut libc::hostent, *mut c_char, usize, *mut *mut libc::hostent, *mut c_int) -> c_int,
) -> PyResult<Py<PyTuple>> {
    let mut buffer = vec![0u8; 16384];
    // SAFETY: plain data, filled by the call.
    let mut entry: libc::hostent = unsafe { std::mem::zeroed() };
    let mut found = std::ptr::null_mut();
    let mut code = 0;
    loop {
        let r = nogil!(
            py,
            f(&mut entry, buffer.as_mut_ptr() as *mut c_char, buffer.len(), &mut found, &mut code)
        );
        if r != libc::ERANGE || buffer.len() > 1 << 24 {
            break;
        }
        buffer.resize(buffer.len() * 2, 0);
    }
    // SAFETY: null or `entry`, whose strings lie in the buffer.
    let Some(h) = (unsafe { found.as_ref() }) else { return Err(raise_herror(py, code)) };
    if h.h_addrtype != family {
        // What came back is not what was asked for.
        return Err(raise_errno_with(py, libc::EAFNOSUPPORT, None, None));
    }
    let (aliases, addresses) = (PyList::empty(py)?, PyList::empty(py)?);
    // SAFETY: lists that end with null.
    unsafe {
        let mut p = h.h_aliases;
        while !p.is_null() && !(*p).is_null() {
            aliases.append(py, fs_text(py, *p)?)?;
            p = p.add(1);
        }
        let mut p = h.h_addr_list;
        while !p.is_null() && !(*p).is_null() {
            let a = address::from_binary(family, *p as *const _);
            addresses.append(py, text(py, &a.host_text())?)?;
            p = p.add(1);
        }
        PyTuple::new(py, [fs_text(py, h.h_name)?, aliases.into_object(), addresses.into_object()])
    }
}

/// Part of `_socket`.
#[pymodule(part)]
pub mod part {
    use super::*;
    use runtime::sys::hooks::audit;

    /// The IP address of a host.
    #[pyfunction(nosig, sig = "(host, /)")]
    pub fn gethostbyname(py: Python, host: HostName) -> PyResult<String> {
        audit(py, "socket.gethostbyname", &[&*text(py, &host.0.to_string_lossy())?])?;
        Ok(set_ip_address(py, &host, libc::AF_INET)?.host_text())
    }

    /// The true name of a host, its other names and its addresses.
    #[pyfunction(nosig, sig = "(host, /)")]
    pub fn gethostbyname_ex(py: Python, host: HostName) -> PyResult<Py<PyTuple>> {
        audit(py, "socket.gethostbyname", &[&*text(py, &host.0.to_string_lossy())?])?;
        let a = set_ip_address(py, &host, libc::AF_INET)?;
        let name = host.0.as_ptr();
        // SAFETY: the arguments are as the function wants them.
        host_entry(py, a.family(), |e, b, n, found, code| unsafe {
            gethostbyname_r(name, e, b, n, found, code)
        })
    }

    /// The same by an address, or a name that stands for one.
    #[pyfunction(nosig, sig = "(ip_address, /)")]
    pub fn gethostbyaddr(py: Python, ip_address: HostName) -> PyResult<Py<PyTuple>> {
        audit(py, "socket.gethostbyaddr", &[&*text(py, &ip_address.0.to_string_lossy())?])?;
        let a = set_ip_address(py, &ip_address, libc::AF_UNSPEC)?;
        let family = a.family();
        let (binary, len): (*const u8, u32) = match family {
            libc::AF_INET => (a.as_ptr().cast::<u8>().wrapping_add(4), 4),
            libc::AF_INET6 => (a.as_ptr().cast::<u8>().wrapping_add(8), 16),
            _ => return Err(raise(py, &PyExc_OSError_Type, "unsupported address family")),
        };
        // SAFETY: the binary address lies in `a`.
        host_entry(py, family, |e, b, n, found, code| unsafe {
            gethostbyaddr_r(binary as *const _, len, family, e, b, n, found, code)
        })
    }

    /// The port number of a service.
    #[pyfunction(nosig, sig = "(servicename, protocolname='', /)")]
    pub fn getservbyname(py: Python, servicename: &str, protocolname: &str) -> PyResult<u16> {
        let (s, p) = (c_string(py, servicename)?, c_string(py, protocolname)?);
        let proto_object = if protocolname.is_empty() { text(py, "")? } else { text(py, protocolname)? };
        audit(py, "socket.getservbyname", &[&*text(py, servicename)?, &proto_object])?;
        let proto = if protocolname.is_empty() { null() } else { p.as_ptr() };
        // The lock stays: the answer lies in static memory.
        // SAFETY: NUL-terminated strings.
        let found = unsafe { libc::getservbyname(s.as_ptr(), proto).as_ref() };
        match found {
            Some(s) => Ok(u16::from_be(s.s_port as u16)),
            None => Err(raise(py, &PyExc_OSError_Type, "service/proto not found")),
        }
    }

    /// The name of the service at a port.
    #[pyfunction(name = "getservbyport", nosig, sig = "(port, protocolname='', /)")]
    pub fn service_by_port(py: Python, port: i32, protocolname: &str) -> PyResult {
        let Ok(number) = u16::try_from(port) else {
            return Err(overflow_error(py, "getservbyport: port must be 0-65535."));
        };
        let p = c_string(py, protocolname)?;
        audit(py, "socket.getservbyport", &[&*int(py, port as i64)?, &*text(py, protocolname)?])?;
        let proto = if protocolname.is_empty() { null() } else { p.as_ptr() };
        // SAFETY: a NUL-terminated string or null; the answer is copied under the lock.
        unsafe {
            match getservbyport(number.to_be() as c_int, proto).as_ref() {
                Some(s) => fs_text(py, s.s_name),
                None => Err(raise(py, &PyExc_OSError_Type, "port/proto not found")),
            }
        }
    }

    /// The number of a protocol.
    #[pyfunction(nosig, sig = "(name, /)")]
    pub fn getprotobyname(py: Python, name: &str) -> PyResult<i32> {
        let n = c_string(py, name)?;
        // SAFETY: as above.
        match unsafe { libc::getprotobyname(n.as_ptr()).as_ref() } {
            Some(p) => Ok(p.p_proto),
            None => Err(raise(py, &PyExc_OSError_Type, "protocol not found")),
        }
    }

    fn c_string(py: Python, s: &str) -> PyResult<CString> {
        CString::new(s).map_err(|_| value_error(py, "embedded null character"))
    }

    /// getaddrinfo(host, port [, family, type, proto, flags])
    ///     -> list of (family, type, proto, canonname, sockaddr)
    ///
    /// Resolves host and port into what socket() and connect() want.
    #[pyfunction(nosig, sig = "(host, port, family=0, type=0, proto=0, flags=0)")]
    pub fn getaddrinfo(
        py: Python,
        host: &PyObject,
        port: &PyObject,
        family: i32,
        type_: i32,
        proto: i32,
        flags: i32,
    ) -> PyResult<Py<PyList>> {
        let host_name = if host.is_none() {
            None
        } else if let Some(s) = host.downcast::<PyStr>() {
            Some(encode_idna(py, s)?)
        } else if let Some(b) = host.downcast::<PyBytes>() {
            Some(b.as_bytes().to_vec())
        } else {
            return Err(type_error(py, "getaddrinfo() argument 1 must be string or None"));
        };
        let service = if port.is_none() {
            None
        } else if PyInt::check(port) {
            Some(port.str_(py)?.as_utf8(py)?.as_bytes().to_vec())
        } else if let Some(s) = port.downcast::<PyStr>() {
            Some(s.as_utf8(py)?.as_bytes().to_vec())
        } else if let Some(b) = port.downcast::<PyBytes>() {
            Some(b.as_bytes().to_vec())
        } else {
            return Err(raise(py, &PyExc_OSError_Type, "Int or String expected"));
        };
        let number = |v: i32| int(py, v as i64);
        audit(
            py,
            "socket.getaddrinfo",
            &[host, port, &*number(family)?, &*number(type_)?, &*number(proto)?, &*number(flags)?],
        )?;
        // As a C function the resolver sees text up to the first NUL.
        let terminated = |b: Vec<u8>| {
            let end = b.iter().position(|&c| c == 0).unwrap_or(b.len());
            CString::new(&b[..end]).unwrap_or_default()
        };
        let (host_name, service) = (host_name.map(terminated), service.map(terminated));
        let found =
            AddressList::query(py, host_name.as_ref(), service.as_ref(), [family, type_, proto, flags])?;
        let list = PyList::empty(py)?;
        for a in found.iter() {
            // SAFETY: the entry says how long its address is; the name is null or a string.
            let (addr, name) =
                unsafe { (Address::copy(a.ai_addr, a.ai_addrlen), fs_text(py, a.ai_canonname)?) };
            let entry = [
                number(a.ai_family)?,
                number(a.ai_socktype)?,
                number(a.ai_protocol)?,
                name,
                address::to_object(py, -1, &addr, proto)?,
            ];
            list.append(py, PyTuple::new(py, entry)?.into_object())?;
        }
        Ok(list)
    }

    /// getnameinfo(sockaddr, flags) -> (host, port)
    ///
    /// The names of the host and the service of a socket address.
    #[pyfunction(nosig, sig = "(sockaddr, flags, /)")]
    pub fn getnameinfo(py: Python, sockaddr: &PyObject, flags: i32) -> PyResult<Py<PyTuple>> {
        let Some(t) = sockaddr.downcast::<PyTuple>() else {
            return Err(type_error(py, "getnameinfo() argument 1 must be a tuple"));
        };
        let illegal = || type_error(py, "getnameinfo(): illegal sockaddr argument");
        let items = t.items();
        let (Some(host), true) =
            (items.first().and_then(|h| h.downcast::<PyStr>()), (2..=4).contains(&items.len()))
        else {
            return Err(illegal());
        };
        let port = as_int(py, items[1])?;
        let bits = |i: usize| items.get(i).map_or(Ok(0), |o| low_bits(py, o));
        let (flow, scope) = (bits(2)?, bits(3)?);
        if flow > 0xfffff {
            return Err(overflow_error(py, "getnameinfo(): flowinfo must be 0-1048575."));
        }
        audit(py, "socket.getnameinfo", &[sockaddr])?;
        let host = c_string(py, host.as_utf8(py)?)?;
        let service = c_string(py, &port.to_string())?;
        // The datagram type keeps the list to one entry.
        let found = AddressList::query(
            py,
            Some(&host),
            Some(&service),
            [libc::AF_UNSPEC, libc::SOCK_DGRAM, 0, libc::AI_NUMERICHOST],
        )?;
        if found.iter().count() > 1 {
            return Err(raise(py, &PyExc_OSError_Type, "sockaddr resolved to multiple addresses"));
        }
        let Some(mut a) = found.first() else {
            return Err(raise(py, &PyExc_OSError_Type, "no address associated with name"));
        };
        if a.family() == libc::AF_INET && items.len() != 2 {
            return Err(raise(py, &PyExc_OSError_Type, "IPv4 sockaddr must be 2 tuple"));
        }
        a.set_scope(flow, scope);
        let mut host = [0 as c_char; libc::NI_MAXHOST as usize];
        let mut service = [0 as c_char; 32];
        let (r, e) = nogil!(py, {
            // SAFETY: two buffers with their sizes.
            let r = unsafe {
                libc::getnameinfo(
                    a.as_ptr(),
                    a.len,
                    host.as_mut_ptr(),
                    host.len() as _,
                    service.as_mut_ptr(),
                    service.len() as _,
                    flags,
                )
            };
            (r, errno())
        });
        if r != 0 {
            return Err(raise_gai(py, r, e));
        }
        // SAFETY: both are terminated.
        unsafe { PyTuple::new(py, [fs_text(py, host.as_ptr())?, fs_text(py, service.as_ptr())?]) }
    }
}
