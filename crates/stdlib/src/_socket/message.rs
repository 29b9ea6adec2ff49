//! Messages with several buffers and ancillary data: `sendmsg`, `recvmsg`, `recvmsg_into`.

use super::address::{self, Address, CAPACITY};
use super::socket::PySocket;
use super::wait::For;
use crate::system::*;
use object::libc;
use runtime::prelude::*;
use runtime::sys::hooks::audit;
use runtime::types::exceptions::*;
use std::ffi::{c_int, c_void};
use std::mem::zeroed;

/// The largest message control buffer that the system can be told about.
const MAX_CONTROL: usize = c_int::MAX as usize;

/// `CMSG_LEN`, if it fits.
pub fn control_len(n: usize) -> Option<usize> {
    // SAFETY: computes with a number that does not overflow.
    if n > MAX_CONTROL - unsafe { libc::CMSG_LEN(0) } as usize {
        return None;
    }
    // SAFETY: as above.
    Some(unsafe { libc::CMSG_LEN(n as u32) } as usize)
}

/// `CMSG_SPACE`, if it fits.
pub fn control_space(n: usize) -> Option<usize> {
    // SAFETY: as above.
    if n > MAX_CONTROL - unsafe { libc::CMSG_SPACE(1) } as usize {
        return None;
    }
    // SAFETY: as above.
    Some(unsafe { libc::CMSG_SPACE(n as u32) } as usize)
}

/// A buffer for control messages, aligned as their headers are.
struct Control(Vec<u64>, usize);

impl Control {
    fn new(py: Python, bytes: usize) -> PyResult<Control> {
        let mut v = Vec::new();
        if v.try_reserve_exact(bytes.div_ceil(8)).is_err() {
            return Err(memory_error(py));
        }
        v.resize(bytes.div_ceil(8), 0);
        Ok(Control(v, bytes))
    }

    fn put(&mut self, m: &mut libc::msghdr) {
        if self.1 > 0 {
            m.msg_control = self.0.as_mut_ptr() as *mut c_void;
            m.msg_controllen = self.1 as _;
        }
    }
}

/// The buffers of an iterable, held while a call uses them.
struct Parts {
    held: Vec<buffer::Buffer>,
    table: Vec<libc::iovec>,
}

impl Parts {
    fn new(py: Python, o: &PyObject, writable: bool, message: &str) -> PyResult<Parts> {
        let items = sequence(py, o, message)?;
        let mut p = Parts { held: Vec::with_capacity(items.len()), table: Vec::with_capacity(items.len()) };
        for item in items.items() {
            let b = if writable { writable_part(py, item)? } else { buffer::Buffer::get_simple(py, item)? };
            p.table.push(libc::iovec { iov_base: b.data_ptr() as *mut c_void, iov_len: b.len() });
            p.held.push(b);
        }
        Ok(p)
    }
}

fn writable_part(py: Python, o: &PyObject) -> PyResult<buffer::Buffer> {
    WriteBuf::get(py, o).map(|b| b.0).map_err(|e| {
        drop(fetch(py, e));
        let text = "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers";
        type_error(py, text)
    })
}

fn sequence(py: Python, o: &PyObject, message: &str) -> PyResult<Py<PyTuple>> {
    match o.to_tuple(py) {
        Ok(t) => Ok(t),
        Err(e) => {
            drop(catch(py, e, &PyExc_TypeError_Type)?);
            Err(type_error(py, message))
        }
    }
}

/// The control messages of a received message: (level, type, data).
fn ancillary(py: Python, m: &libc::msghdr) -> PyResult<Py<PyList>> {
    let list = PyList::empty(py)?;
    if m.msg_controllen == 0 {
        return Ok(list);
    }
    let end = (m.msg_control as usize).saturating_add(m.msg_controllen);
    // SAFETY: the macros walk the control buffer; the data of a truncated message ends with the buffer.
    unsafe {
        let mut h = libc::CMSG_FIRSTHDR(m);
        while !h.is_null() {
            let data = libc::CMSG_DATA(h);
            let claimed = ((*h).cmsg_len as usize).checked_sub(libc::CMSG_LEN(0) as usize);
            let room = end.saturating_sub(data as usize);
            let Some(claimed) = claimed else {
                warn(
                    py,
                    &PyExc_RuntimeWarning_Type,
                    "received malformed or improperly-truncated ancillary data",
                    1,
                )?;
                break;
            };
            let bytes = std::slice::from_raw_parts(data, claimed.min(room));
            let item = [
                int(py, (*h).cmsg_level as i64)?,
                int(py, (*h).cmsg_type as i64)?,
                PyBytes::new(py, bytes)?.into_object(),
            ];
            list.append(py, PyTuple::new(py, item)?.into_object())?;
            if claimed > room {
                break;
            }
            h = libc::CMSG_NXTHDR(m, h);
        }
    }
    Ok(list)
}

/// Closes descriptors that came with a message nobody will see.
fn close_received(m: &libc::msghdr) {
    // SAFETY: as in `ancillary`.
    unsafe {
        let end = (m.msg_control as usize).saturating_add(m.msg_controllen);
        let mut h = if m.msg_controllen == 0 { std::ptr::null_mut() } else { libc::CMSG_FIRSTHDR(m) };
        while !h.is_null() {
            if (*h).cmsg_level == libc::SOL_SOCKET && (*h).cmsg_type == libc::SCM_RIGHTS {
                let data = libc::CMSG_DATA(h);
                let claimed = ((*h).cmsg_len as usize).saturating_sub(libc::CMSG_LEN(0) as usize);
                for i in 0..claimed.min(end.saturating_sub(data as usize)) / size_of::<c_int>() {
                    libc::close((data as *const c_int).add(i).read_unaligned());
                }
            }
            h = libc::CMSG_NXTHDR(m, h);
        }
    }
}

impl PySocket {
    /// Receives into a table of buffers; (what `data` makes of the count, control messages, flags, address).
    fn receive_message(
        &self,
        py: Python,
        table: &mut [libc::iovec],
        control_size: isize,
        flags: c_int,
        data: impl FnOnce(usize) -> PyResult,
    ) -> PyResult<Py<PyTuple>> {
        let size = match usize::try_from(control_size) {
            Ok(n) if n <= MAX_CONTROL => n,
            _ => return Err(value_error(py, "invalid ancillary data buffer length")),
        };
        let mut control = Control::new(py, size)?;
        let mut a = Address::empty();
        let (from, fd) = (a.as_mut_ptr(), self.fd.get());
        // SAFETY: plain data.
        let mut m: libc::msghdr = unsafe { zeroed() };
        let got = self.call(py, For::Reading, || {
            m.msg_name = from as *mut c_void;
            m.msg_namelen = CAPACITY;
            m.msg_iov = table.as_mut_ptr();
            m.msg_iovlen = table.len() as _;
            control.put(&mut m);
            // SAFETY: a message that describes live buffers.
            unsafe { libc::recvmsg(fd, &mut m, flags) }
        })?;
        a.len = m.msg_namelen.min(CAPACITY);
        let made = || -> PyResult<Py<PyTuple>> {
            PyTuple::new(
                py,
                [
                    data(got.max(0) as usize)?,
                    ancillary(py, &m)?.into_object(),
                    int(py, m.msg_flags as i64)?,
                    address::to_object(py, fd, &a, self.proto.get())?,
                ],
            )
        };
        made().inspect_err(|_| close_received(&m))
    }
}

#[pymethods(messages)]
impl PySocket {
    /// recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)
    ///
    /// Receives data and control messages.
    #[pymethod(nosig, sig = "(bufsize, ancbufsize=0, flags=0, /)")]
    fn recvmsg(&self, py: Python, bufsize: isize, ancbufsize: isize, flags: i32) -> PyResult<Py<PyTuple>> {
        let Ok(n) = usize::try_from(bufsize) else {
            return Err(value_error(py, "negative buffer size in recvmsg()"));
        };
        let mut data: Vec<u8> = Vec::new();
        if data.try_reserve_exact(n).is_err() {
            return Err(memory_error(py));
        }
        let mut table = [libc::iovec { iov_base: data.as_mut_ptr() as *mut c_void, iov_len: n }];
        self.receive_message(py, &mut table, ancbufsize, flags, |got| {
            // SAFETY: the call has written `got` bytes, at most as many as were reserved.
            unsafe { data.set_len(got.min(n)) };
            Ok(PyBytes::new(py, &data)?.into_object())
        })
    }

    /// recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)
    ///
    /// Receives data into several buffers, and control messages.
    #[pymethod(nosig, sig = "(buffers, ancbufsize=0, flags=0, /)")]
    fn recvmsg_into(
        &self,
        py: Python,
        buffers: &PyObject,
        ancbufsize: isize,
        flags: i32,
    ) -> PyResult<Py<PyTuple>> {
        let mut parts = Parts::new(py, buffers, true, "recvmsg_into() argument 1 must be an iterable")?;
        self.receive_message(py, &mut parts.table, ancbufsize, flags, |got| uint(py, got as u64))
    }

    /// sendmsg(buffers[, ancdata[, flags[, address]]]) -> count
    ///
    /// Sends the data of several buffers, and control messages.
    #[pymethod(nosig, sig = "(buffers, ancdata=(), flags=0, address=None, /)")]
    fn sendmsg(
        &self,
        py: Python,
        buffers: &PyObject,
        ancdata: Option<&PyObject>,
        flags: i32,
        address: &PyObject,
    ) -> PyResult<isize> {
        let to =
            if address.is_none() { None } else { Some(address::from_object(py, self, address, "sendmsg")?) };
        audit(py, "socket.sendmsg", &[self.as_object(), address])?;
        let mut parts = Parts::new(py, buffers, false, "sendmsg() argument 1 must be an iterable")?;
        let mut messages = Vec::new();
        let mut total = 0usize;
        if let Some(o) = ancdata {
            for item in sequence(py, o, "sendmsg() argument 2 must be an iterable")?.items() {
                let t = match item.downcast::<PyTuple>() {
                    Some(t) if t.len() == 3 => t,
                    _ => {
                        return Err(type_error(
                            py,
                            "[sendmsg() ancillary data items] must be 3-item tuples (level, type, data)",
                        ));
                    }
                };
                let data = t.items();
                let (level, kind) = (as_int(py, data[0])?, as_int(py, data[1])?);
                let bytes = buffer::Buffer::get_simple(py, data[2])?;
                let space = control_space(bytes.len())
                    .ok_or_else(|| raise(py, &PyExc_OSError_Type, "ancillary data item too large"))?;
                total = total
                    .checked_add(space)
                    .filter(|&t| t <= MAX_CONTROL)
                    .ok_or_else(|| raise(py, &PyExc_OSError_Type, "too much ancillary data"))?;
                messages.push((level, kind, bytes));
            }
        }
        let mut control = Control::new(py, total)?;
        // SAFETY: plain data.
        let mut m: libc::msghdr = unsafe { zeroed() };
        control.put(&mut m);
        // SAFETY: the control buffer has room for all messages, as counted above.
        unsafe {
            let mut h = if total > 0 { libc::CMSG_FIRSTHDR(&m) } else { std::ptr::null_mut() };
            for (level, kind, bytes) in &messages {
                let (Some(header), Some(len)) = (h.as_mut(), control_len(bytes.len())) else {
                    return Err(runtime_error(py, "unexpected NULL result from CMSG_NXTHDR()"));
                };
                header.cmsg_level = *level;
                header.cmsg_type = *kind;
                header.cmsg_len = len as _;
                let b = bytes.as_slice();
                std::ptr::copy_nonoverlapping(b.as_ptr(), libc::CMSG_DATA(h), b.len());
                h = libc::CMSG_NXTHDR(&m, h);
            }
        }
        if let Some(a) = &to {
            m.msg_name = a.as_ptr() as *mut c_void;
            m.msg_namelen = a.len;
        }
        m.msg_iov = parts.table.as_mut_ptr();
        m.msg_iovlen = parts.table.len() as _;
        let fd = self.fd.get();
        // SAFETY: a message that describes live buffers.
        self.call(py, For::Writing, || unsafe { libc::sendmsg(fd, &m, flags) })
    }

    /// sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags=MSG_MORE]]])
    ///
    /// Sends an operation and its parameters to a socket of the kernel's cryptography interface.
    #[pymethod(nosig, sig = "(msg=(), *, op=-1, iv=None, assoclen=None, flags=0)")]
    fn sendmsg_afalg(
        &self,
        py: Python,
        msg: Option<&PyObject>,
        op: i32,
        iv: Option<Bytes>,
        assoclen: &PyObject,
        flags: i32,
    ) -> PyResult<isize> {
        if self.family.get() != libc::AF_ALG {
            return Err(raise(py, &PyExc_OSError_Type, "algset is only supported for AF_ALG"));
        }
        if op < 0 {
            return Err(type_error(py, "Invalid or missing argument 'op'"));
        }
        let mut items = Vec::new();
        let mut item = |kind: c_int, bytes: &[u8]| -> PyResult<()> {
            let t = [
                int(py, libc::SOL_ALG as i64)?,
                int(py, kind as i64)?,
                PyBytes::new(py, bytes)?.into_object(),
            ];
            items.push(PyTuple::new(py, t)?.into_object());
            Ok(())
        };
        item(libc::ALG_SET_OP, &(op as u32).to_ne_bytes())?;
        if let Some(iv) = iv {
            let mut b = (iv.len() as u32).to_ne_bytes().to_vec();
            b.extend_from_slice(&iv);
            item(libc::ALG_SET_IV, &b)?;
        }
        if !assoclen.is_none() {
            let n = as_int(py, assoclen)?;
            if n < 0 {
                return Err(type_error(py, "assoclen must be positive"));
            }
            item(libc::ALG_SET_AEAD_ASSOCLEN, &(n as u32).to_ne_bytes())?;
        }
        let control = PyTuple::new(py, items)?;
        let nothing = PyTuple::new(py, Vec::<Py>::new())?;
        let buffers = msg.unwrap_or(nothing.as_object());
        self.sendmsg(py, buffers, Some(control.as_object()), flags, none())
    }
}
