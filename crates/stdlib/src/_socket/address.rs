//! Socket addresses: from Python's tuples, strings and bytes to the system's structures and back.

use super::resolve::{self, HostName};
use super::socket::PySocket;
use crate::system::*;
use object::libc;
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::ffi::{CStr, c_int, c_void};
use std::mem::{offset_of, zeroed};

/// `struct sockaddr_qrtr`.
#[repr(C)]
struct SockaddrQrtr {
    family: libc::sa_family_t,
    node: u32,
    port: u32,
}

/// Room for an address of any family.
pub struct Address {
    storage: libc::sockaddr_storage,
    pub len: libc::socklen_t,
}

/// The size of [`Address`]'s room.
pub const CAPACITY: libc::socklen_t = size_of::<libc::sockaddr_storage>() as libc::socklen_t;

impl Address {
    /// All zero, as long as there is room: what system calls fill in.
    pub fn empty() -> Address {
        // SAFETY: plain data.
        Address { storage: unsafe { zeroed() }, len: CAPACITY }
    }

    /// A copy of what `p` points to.
    ///
    /// # Safety
    /// `len` bytes are readable at `p`.
    pub unsafe fn copy(p: *const libc::sockaddr, len: libc::socklen_t) -> Address {
        let mut a = Address::empty();
        a.len = len.min(CAPACITY);
        // SAFETY: the caller's promise; never more than there is room.
        unsafe { std::ptr::copy_nonoverlapping(p as *const u8, a.as_mut_ptr() as *mut u8, a.len as usize) };
        a
    }

    fn of<T>(value: T) -> Address {
        Address::with_len(value, size_of::<T>())
    }

    fn with_len<T>(value: T, len: usize) -> Address {
        const { assert!(size_of::<T>() <= CAPACITY as usize && align_of::<T>() <= 8) };
        let mut a = Address::empty();
        // SAFETY: there is room, and the alignment suffices.
        unsafe { (a.as_mut_ptr() as *mut T).write(value) };
        a.len = len as libc::socklen_t;
        a
    }

    pub fn family(&self) -> c_int {
        self.storage.ss_family as c_int
    }

    pub fn as_ptr(&self) -> *const libc::sockaddr {
        &raw const self.storage as *const _
    }

    pub fn as_mut_ptr(&mut self) -> *mut libc::sockaddr {
        &raw mut self.storage as *mut _
    }

    /// The storage as one family's structure.
    fn view<T>(&self) -> &T {
        const { assert!(size_of::<T>() <= CAPACITY as usize && align_of::<T>() <= 8) };
        // SAFETY: plain data, zero where nothing was written.
        unsafe { &*(self.as_ptr() as *const T) }
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: the storage is plain data.
        unsafe { std::slice::from_raw_parts(self.as_ptr() as *const u8, CAPACITY as usize) }
    }

    /// The numeric text of an internet address.
    pub fn host_text(&self) -> String {
        if self.family() == libc::AF_INET6 {
            std::net::Ipv6Addr::from(self.view::<libc::sockaddr_in6>().sin6_addr.s6_addr).to_string()
        } else {
            let ip = u32::from_be(self.view::<libc::sockaddr_in>().sin_addr.s_addr);
            std::net::Ipv4Addr::from(ip).to_string()
        }
    }

    /// Replaces what a lookup does not fill in.
    pub fn set_scope(&mut self, flow_info: u32, scope_id: u32) {
        if self.family() == libc::AF_INET6 {
            let mut a = *self.view::<libc::sockaddr_in6>();
            a.sin6_flowinfo = flow_info.to_be();
            a.sin6_scope_id = scope_id;
            *self = Address::of(a);
        }
    }
}

/// Bytes up to the first NUL.
fn until_nul(b: &[u8]) -> &[u8] {
    b.split(|&c| c == 0).next().unwrap_or_default()
}

/// The name of a network interface, empty if there is none.
fn interface_name(fd: c_int, index: c_int) -> Vec<u8> {
    if index == 0 {
        return Vec::new();
    }
    // SAFETY: a zeroed request; the system fills the name in.
    unsafe {
        let mut r: libc::ifreq = zeroed();
        r.ifr_ifru.ifru_ifindex = index;
        if libc::ioctl(fd, libc::SIOCGIFNAME, &raw mut r) != 0 {
            return Vec::new();
        }
        until_nul(std::slice::from_raw_parts(r.ifr_name.as_ptr() as *const u8, libc::IFNAMSIZ)).to_vec()
    }
}

/// The number of a network interface; 0 for the empty name.
fn interface_index(py: Python, fd: c_int, name: &[u8]) -> PyResult<c_int> {
    if name.is_empty() {
        return Ok(0);
    }
    // SAFETY: a zeroed request with a terminated name.
    unsafe {
        let mut r: libc::ifreq = zeroed();
        let n = name.len().min(libc::IFNAMSIZ - 1);
        std::ptr::copy_nonoverlapping(name.as_ptr(), r.ifr_name.as_mut_ptr() as *mut u8, n);
        if libc::ioctl(fd, libc::SIOCGIFINDEX, &raw mut r) < 0 {
            return Err(os_error(py));
        }
        Ok(r.ifr_ifru.ifru_ifindex)
    }
}

/// The Python form of an address that a system call gave: its shape depends on the family.
pub fn to_object(py: Python, fd: c_int, a: &Address, proto: c_int) -> PyResult {
    if a.len == 0 {
        // Nothing came with it: a socket without a peer.
        return Ok(none().owned());
    }
    let tuple = |items: Vec<Py>| PyTuple::new(py, items).map(Py::into_object);
    match a.family() {
        libc::AF_INET => {
            let port = u16::from_be(a.view::<libc::sockaddr_in>().sin_port);
            tuple(vec![text(py, &a.host_text())?, int(py, port as i64)?])
        }
        libc::AF_INET6 => {
            let s = a.view::<libc::sockaddr_in6>();
            tuple(vec![
                text(py, &a.host_text())?,
                int(py, u16::from_be(s.sin6_port) as i64)?,
                int(py, u32::from_be(s.sin6_flowinfo) as i64)?,
                int(py, s.sin6_scope_id as i64)?,
            ])
        }
        libc::AF_UNIX => {
            let start = offset_of!(libc::sockaddr_un, sun_path);
            let room = &a.bytes()[start..size_of::<libc::sockaddr_un>()];
            let given = room.get(..(a.len as usize).saturating_sub(start)).unwrap_or(room);
            if given.first() == Some(&0) {
                // The abstract namespace: any bytes after the NUL.
                Ok(PyBytes::new(py, given)?.into_object())
            } else {
                Ok(runtime::fs::fs_decode(py, until_nul(given))?.into_object())
            }
        }
        libc::AF_NETLINK => {
            let s = a.view::<libc::sockaddr_nl>();
            tuple(vec![int(py, s.nl_pid as i64)?, int(py, s.nl_groups as i64)?])
        }
        libc::AF_VSOCK => {
            let s = a.view::<libc::sockaddr_vm>();
            tuple(vec![int(py, s.svm_cid as i64)?, int(py, s.svm_port as i64)?])
        }
        AF_QIPCRTR => {
            let s = a.view::<SockaddrQrtr>();
            tuple(vec![int(py, s.node as i64)?, int(py, s.port as i64)?])
        }
        libc::AF_PACKET => {
            let s = a.view::<libc::sockaddr_ll>();
            let hardware = s.sll_addr.get(..s.sll_halen as usize).unwrap_or(&s.sll_addr);
            tuple(vec![
                runtime::fs::fs_decode(py, &interface_name(fd, s.sll_ifindex))?.into_object(),
                int(py, u16::from_be(s.sll_protocol) as i64)?,
                int(py, s.sll_pkttype as i64)?,
                int(py, s.sll_hatype as i64)?,
                PyBytes::new(py, hardware)?.into_object(),
            ])
        }
        libc::AF_CAN => {
            let s = a.view::<libc::sockaddr_can>();
            let name = runtime::fs::fs_decode(py, &interface_name(fd, s.can_ifindex))?.into_object();
            // SAFETY: every member is plain data.
            unsafe {
                match proto {
                    libc::CAN_ISOTP => tuple(vec![
                        name,
                        int(py, s.can_addr.tp.rx_id as i64)?,
                        int(py, s.can_addr.tp.tx_id as i64)?,
                    ]),
                    libc::CAN_J1939 => tuple(vec![
                        name,
                        uint(py, s.can_addr.j1939.name)?,
                        int(py, s.can_addr.j1939.pgn as i64)?,
                        int(py, s.can_addr.j1939.addr as i64)?,
                    ]),
                    _ => tuple(vec![name]),
                }
            }
        }
        libc::AF_ALG => {
            let s = a.view::<libc::sockaddr_alg>();
            tuple(vec![
                runtime::fs::fs_decode(py, until_nul(&s.salg_type))?.into_object(),
                runtime::fs::fs_decode(py, until_nul(&s.salg_name))?.into_object(),
                int(py, s.salg_feat as i64)?,
                int(py, s.salg_mask as i64)?,
            ])
        }
        // What is not known comes as it is.
        family => tuple(vec![int(py, family as i64)?, PyBytes::new(py, &a.bytes()[2..16])?.into_object()]),
    }
}

pub const AF_QIPCRTR: c_int = 42;

/// The family's name, for messages.
fn family_name(family: c_int) -> &'static str {
    match family {
        libc::AF_INET => "AF_INET",
        libc::AF_INET6 => "AF_INET6",
        libc::AF_NETLINK => "AF_NETLINK",
        libc::AF_VSOCK => "AF_VSOCK",
        AF_QIPCRTR => "AF_QIPCRTR",
        libc::AF_PACKET => "AF_PACKET",
        libc::AF_CAN => "AF_CAN",
        libc::AF_ALG => "AF_ALG",
        _ => "address",
    }
}

/// An address tuple whose items are being read.
struct Fields<'a> {
    items: &'a [&'a PyObject],
    caller: &'a str,
    message: &'static str,
}

impl<'a> Fields<'a> {
    fn new(
        py: Python,
        o: &'a PyObject,
        family: c_int,
        caller: &'a str,
        range: std::ops::RangeInclusive<usize>,
        message: &'static str,
    ) -> PyResult<Fields<'a>> {
        let Some(t) = o.downcast::<PyTuple>() else {
            let what = family_name(family);
            return Err(type_error(
                py,
                format!("{caller}(): {what} address must be tuple, not {}", tp_name(o)),
            ));
        };
        if !range.contains(&t.len()) {
            return Err(type_error(py, message));
        }
        Ok(Fields { items: t.items(), caller, message })
    }

    /// An item of a C integer type; any number, of which the low bits count.
    fn bits(&self, py: Python, i: usize, default: u32) -> PyResult<u32> {
        match self.items.get(i) {
            Some(o) => resolve::low_bits(py, o),
            None => Ok(default),
        }
    }

    /// A number in a range, with the message for one that is not.
    fn bounded(&self, py: Python, i: usize, max: i64, what: &str) -> PyResult<i64> {
        let Some(o) = self.items.get(i) else { return Ok(0) };
        match number::index(py, o)?.as_i64() {
            Some(v) if (0..=max).contains(&v) => Ok(v),
            _ => Err(overflow_error(py, format!("{}(): {what} must be 0-{max}.", self.caller))),
        }
    }

    fn port(&self, py: Python, i: usize) -> PyResult<u16> {
        Ok(self.bounded(py, i, 65535, "port")? as u16)
    }

    /// Text without NUL.
    fn name(&self, py: Python, i: usize) -> PyResult<Vec<u8>> {
        let Some(s) = self.items.get(i).and_then(|o| o.downcast::<PyStr>()) else {
            return Err(type_error(py, self.message));
        };
        let bytes = s.as_utf8(py)?.as_bytes().to_vec();
        if bytes.contains(&0) {
            return Err(value_error(py, "embedded null character"));
        }
        Ok(bytes)
    }

    /// The name of a network interface, in the file system encoding.
    fn interface(&self, py: Python, i: usize, fd: c_int) -> PyResult<c_int> {
        let Some(o) = self.items.get(i) else { return Ok(0) };
        let name = runtime::fs::fs_cstring(py, o)?;
        let name = name.as_bytes();
        if name.len() >= libc::IFNAMSIZ {
            return Err(raise(py, &PyExc_OSError_Type, "AF_CAN interface name too long"));
        }
        interface_index(py, fd, name)
    }
}

/// The address that an argument means for this socket; `caller` is the method's name, for messages.
pub fn from_object(py: Python, s: &PySocket, o: &PyObject, caller: &str) -> PyResult<Address> {
    let family = s.family.get();
    match family {
        libc::AF_UNIX => unix(py, o),
        libc::AF_INET => {
            let text = "AF_INET address must be a pair (host, port)";
            let f = Fields::new(py, o, family, caller, 2..=2, text)?;
            let host = HostName::from_object(py, f.items[0])?;
            let port = f.port(py, 1);
            let found = resolve::set_ip_address(py, &host, libc::AF_INET)?;
            let mut a = *found.view::<libc::sockaddr_in>();
            a.sin_family = libc::AF_INET as _;
            a.sin_port = port?.to_be();
            Ok(Address::of(a))
        }
        libc::AF_INET6 => {
            let text = "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])";
            let f = Fields::new(py, o, family, caller, 2..=4, text)?;
            let host = HostName::from_object(py, f.items[0])?;
            let port = f.port(py, 1)?;
            let flow = f.bits(py, 2, 0)?;
            let scope = f.bits(py, 3, 0)?;
            let found = resolve::set_ip_address(py, &host, libc::AF_INET6)?;
            if flow > 0xfffff {
                return Err(overflow_error(py, format!("{caller}(): flowinfo must be 0-1048575.")));
            }
            let mut a = *found.view::<libc::sockaddr_in6>();
            a.sin6_family = libc::AF_INET6 as _;
            a.sin6_port = port.to_be();
            a.sin6_flowinfo = flow.to_be();
            a.sin6_scope_id = scope;
            Ok(Address::of(a))
        }
        libc::AF_NETLINK => {
            let text = "AF_NETLINK address must be a pair (pid, groups)";
            let f = Fields::new(py, o, family, caller, 2..=2, text)?;
            // SAFETY: plain data.
            let mut a: libc::sockaddr_nl = unsafe { zeroed() };
            a.nl_family = libc::AF_NETLINK as _;
            a.nl_pid = f.bits(py, 0, 0)?;
            a.nl_groups = f.bits(py, 1, 0)?;
            Ok(Address::of(a))
        }
        libc::AF_VSOCK => {
            let text = "getsockaddrarg: invalid AF_VSOCK address";
            let f = Fields::new(py, o, family, caller, 2..=2, text)?;
            // SAFETY: plain data.
            let mut a: libc::sockaddr_vm = unsafe { zeroed() };
            a.svm_family = libc::AF_VSOCK as _;
            a.svm_cid = f.bits(py, 0, 0)?;
            a.svm_port = f.bits(py, 1, 0)?;
            Ok(Address::of(a))
        }
        AF_QIPCRTR => {
            let text = "AF_QIPCRTR address must be a pair (node, port)";
            let f = Fields::new(py, o, family, caller, 2..=2, text)?;
            let (node, port) = (f.bits(py, 0, 0)?, f.bits(py, 1, 0)?);
            Ok(Address::of(SockaddrQrtr { family: AF_QIPCRTR as _, node, port }))
        }
        libc::AF_PACKET => packet(py, s.fd.get(), o, caller),
        libc::AF_CAN => can(py, s, o, caller),
        libc::AF_ALG => alg(py, o, caller),
        _ => Err(raise(py, &PyExc_OSError_Type, format!("{caller}(): bad family"))),
    }
}

fn unix(py: Python, o: &PyObject) -> PyResult<Address> {
    let path = if PyStr::check(o) {
        runtime::fs::fs_encode(py, o)?
    } else {
        buffer::Buffer::get_simple(py, o)?.as_slice().to_vec()
    };
    // SAFETY: plain data.
    let mut a: libc::sockaddr_un = unsafe { zeroed() };
    let is_abstract = path.first().is_none_or(|&b| b == 0);
    // A path name ends with a NUL that counts.
    let end = path.len() + usize::from(!is_abstract);
    if end > a.sun_path.len() {
        return Err(raise(py, &PyExc_OSError_Type, "AF_UNIX path too long"));
    }
    a.sun_family = libc::AF_UNIX as _;
    for (to, &from) in a.sun_path.iter_mut().zip(&path) {
        *to = from as _;
    }
    Ok(Address::with_len(a, offset_of!(libc::sockaddr_un, sun_path) + end))
}

fn packet(py: Python, fd: c_int, o: &PyObject, caller: &str) -> PyResult<Address> {
    let text = "AF_PACKET address must be a tuple of two to five elements";
    let f = Fields::new(py, o, libc::AF_PACKET, caller, 2..=5, text)?;
    let name = f.name(py, 0)?;
    let index = interface_index(py, fd, &name)?;
    let protocol = f.bounded(py, 1, 65535, "proto")?;
    // SAFETY: plain data.
    let mut a: libc::sockaddr_ll = unsafe { zeroed() };
    a.sll_family = libc::AF_PACKET as _;
    a.sll_protocol = (protocol as u16).to_be();
    a.sll_ifindex = index;
    a.sll_pkttype = f.bits(py, 2, 0)? as u8;
    a.sll_hatype = f.bits(py, 3, 0)? as u16;
    if let Some(o) = f.items.get(4) {
        let hardware = buffer::Buffer::get_simple(py, o)?;
        let bytes = hardware.as_slice();
        let Some(room) = a.sll_addr.get_mut(..bytes.len()) else {
            return Err(value_error(py, "Hardware address must be 8 bytes or less"));
        };
        room.copy_from_slice(bytes);
        a.sll_halen = bytes.len() as u8;
    }
    Ok(Address::of(a))
}

fn can(py: Python, s: &PySocket, o: &PyObject, caller: &str) -> PyResult<Address> {
    // SAFETY: plain data.
    let mut a: libc::sockaddr_can = unsafe { zeroed() };
    a.can_family = libc::AF_CAN as _;
    let fd = s.fd.get();
    match s.proto.get() {
        libc::CAN_RAW | libc::CAN_BCM => {
            let text = "AF_CAN address must be a tuple (interface, )";
            let f = Fields::new(py, o, libc::AF_CAN, caller, 1..=1, text)?;
            a.can_ifindex = f.interface(py, 0, fd)?;
        }
        libc::CAN_ISOTP => {
            let text = "AF_CAN ISOTP address must be a tuple (interface, rx_addr, tx_addr)";
            let f = Fields::new(py, o, libc::AF_CAN, caller, 3..=3, text)?;
            a.can_ifindex = f.interface(py, 0, fd)?;
            a.can_addr.tp.rx_id = f.bits(py, 1, 0)?;
            a.can_addr.tp.tx_id = f.bits(py, 2, 0)?;
        }
        libc::CAN_J1939 => {
            let text = "AF_CAN J1939 address must be a tuple (interface, name, pgn, addr)";
            let f = Fields::new(py, o, libc::AF_CAN, caller, 4..=4, text)?;
            a.can_ifindex = f.interface(py, 0, fd)?;
            a.can_addr.j1939.name = number::index(py, f.items[1])?.to_u64(py)?;
            a.can_addr.j1939.pgn = f.bits(py, 2, 0)?;
            a.can_addr.j1939.addr = f.bits(py, 3, 0)? as u8;
        }
        _ => {
            return Err(raise(py, &PyExc_OSError_Type, format!("{caller}(): unsupported CAN protocol")));
        }
    }
    Ok(Address::of(a))
}

fn alg(py: Python, o: &PyObject, caller: &str) -> PyResult<Address> {
    let text = "AF_ALG address must be a tuple (type, name[, feat[, mask]])";
    let f = Fields::new(py, o, libc::AF_ALG, caller, 2..=4, text)?;
    let (kind, name) = (f.name(py, 0)?, f.name(py, 1)?);
    // SAFETY: plain data.
    let mut a: libc::sockaddr_alg = unsafe { zeroed() };
    a.salg_family = libc::AF_ALG as _;
    a.salg_feat = f.bits(py, 2, 0)? & 0xffff;
    a.salg_mask = f.bits(py, 3, 0)? & 0xffff;
    if kind.len() >= a.salg_type.len() {
        return Err(value_error(py, "AF_ALG type too long."));
    }
    if name.len() >= a.salg_name.len() {
        return Err(value_error(py, "AF_ALG name too long."));
    }
    a.salg_type[..kind.len()].copy_from_slice(&kind);
    a.salg_name[..name.len()].copy_from_slice(&name);
    Ok(Address::of(a))
}

/// How the descriptor's own address, or its peer's, is asked for.
pub type NameCall = unsafe extern "C" fn(c_int, *mut libc::sockaddr, *mut libc::socklen_t) -> c_int;

/// `getsockname` and `getpeername`.
pub fn ask(py: Python, s: &PySocket, f: NameCall) -> PyResult {
    let mut a = Address::empty();
    let fd = s.fd.get();
    let r = nogil!(py, {
        let mut len = CAPACITY;
        // SAFETY: room for an address, and its size.
        let r = unsafe { f(fd, a.as_mut_ptr(), &mut len) };
        a.len = len.min(CAPACITY);
        r
    });
    if r < 0 {
        return Err(os_error(py));
    }
    to_object(py, fd, &a, s.proto.get())
}

/// Text of a C string, which may be null.
///
/// # Safety
/// `p` is null or a NUL-terminated string.
pub unsafe fn c_text<'a>(p: *const std::ffi::c_char) -> &'a [u8] {
    // SAFETY: the caller's promise.
    if p.is_null() { &[] } else { unsafe { CStr::from_ptr(p) }.to_bytes() }
}

/// An IPv4 or IPv6 address from its binary form.
///
/// # Safety
/// `p` points to an `in_addr` or `in6_addr`, as the family says.
pub unsafe fn from_binary(family: c_int, p: *const c_void) -> Address {
    // SAFETY: the caller's promise; the structures are plain data.
    unsafe {
        if family == libc::AF_INET6 {
            let mut a: libc::sockaddr_in6 = zeroed();
            a.sin6_family = family as _;
            a.sin6_addr = (p as *const libc::in6_addr).read_unaligned();
            Address::of(a)
        } else {
            let mut a: libc::sockaddr_in = zeroed();
            a.sin_family = family as _;
            a.sin_addr = (p as *const libc::in_addr).read_unaligned();
            Address::of(a)
        }
    }
}
