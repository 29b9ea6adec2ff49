//! The type `_socket.socket`.

use super::address::{self, Address, CAPACITY};
use super::wait::{For, timed_out};
use crate::system::*;
use object::libc;
use runtime::abstract_::number;
use runtime::prelude::*;
use runtime::pytime::{Round, from_seconds};
use runtime::sys::hooks::audit;
use runtime::types::exceptions::*;
use std::ffi::{c_int, c_void};
use std::time::{Duration, Instant};

/// A socket.
#[repr(C)]
pub struct PySocket {
    pub ob_base: PyObject,
    /// -1 when closed.
    pub fd: Cell<c_int>,
    pub family: Cell<c_int>,
    pub type_: Cell<c_int>,
    pub proto: Cell<c_int>,
    /// Nanoseconds; 0 does not wait, negative waits for ever.
    pub timeout: Cell<i64>,
}

/// The timeout new sockets get.
pub struct DefaultTimeout(pub Cell<i64>);

impl Default for DefaultTimeout {
    fn default() -> Self {
        DefaultTimeout(Cell::new(-1))
    }
}

/// A timeout from a Python number or `None`, in nanoseconds.
pub fn timeout_from(py: Python, o: &PyObject) -> PyResult<i64> {
    if o.is_none() {
        return Ok(-1);
    }
    let ns = from_seconds(py, o, Round::Up)?;
    if ns < 0 {
        return Err(value_error(py, "Timeout value out of range"));
    }
    if Round::Up.divide(ns, 1_000_000) > c_int::MAX as i64 {
        return Err(overflow_error(py, "timeout doesn't fit into C timeval"));
    }
    Ok(ns)
}

/// The Python form of a timeout.
pub fn timeout_object(py: Python, ns: i64) -> PyResult {
    if ns < 0 { Ok(none().owned()) } else { float(py, ns as f64 / 1e9) }
}

/// Lets the calls on a descriptor wait, or not.
pub fn set_blocking(py: Python, fd: c_int, block: bool) -> PyResult<()> {
    let r = nogil!(py, {
        let mut on = c_int::from(!block);
        // SAFETY: the request reads an int.
        unsafe { libc::ioctl(fd, libc::FIONBIO, &raw mut on) }
    });
    checked(py, r).map(drop)
}

/// Errors of a system call that are numbers of their own: the descriptor's type and so on.
fn int_option(fd: c_int, name: c_int) -> Result<c_int, c_int> {
    let mut v: c_int = 0;
    let mut len = size_of::<c_int>() as libc::socklen_t;
    // SAFETY: room for an int.
    if unsafe { libc::getsockopt(fd, libc::SOL_SOCKET, name, &raw mut v as *mut c_void, &mut len) } == 0 {
        Ok(v)
    } else {
        Err(errno())
    }
}

fn length_argument(py: Python, n: isize, function: &str) -> PyResult<usize> {
    usize::try_from(n).map_err(|_| value_error(py, format!("negative buffersize in {function}")))
}

/// Bytes that a receiving call fills: `f` gets the place and its size.
fn receive(
    py: Python,
    s: &PySocket,
    n: usize,
    mut f: impl FnMut(*mut c_void, usize) -> isize,
) -> PyResult<Py<PyBytes>> {
    let mut data: Vec<u8> = Vec::new();
    if data.try_reserve_exact(n).is_err() {
        return Err(memory_error(py));
    }
    let p = data.as_mut_ptr() as *mut c_void;
    let got = s.call(py, For::Reading, || f(p, n))?;
    // SAFETY: the call has written `got` bytes, at most as many as were reserved.
    unsafe { data.set_len((got.max(0) as usize).min(n)) };
    PyBytes::new(py, &data)
}

/// Where in a buffer is received: all of it, or so many bytes.
fn into_length(py: Python, buffer: &WriteBuf, n: isize, function: &str) -> PyResult<usize> {
    let n = length_argument(py, n, function)?;
    if n > buffer.len() {
        return Err(value_error(py, "buffer too small for requested bytes"));
    }
    Ok(if n == 0 { buffer.len() } else { n })
}

/// socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object
/// socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object
///
/// A communication endpoint. With fileno, an existing descriptor is taken over, and what is not given is found out.
#[pytype(
    name = "socket", module = "_socket", flags(BASETYPE, HEAPTYPE, IMMUTABLETYPE), nosig,
    members(family: i32 readonly "The address family.", type_ as type: i32 readonly "The type.",
            proto: i32 readonly "The protocol."),
    parts(options, messages)
)]
impl PySocket {
    #[slot(tp_new)]
    fn tp_new(
        py: Python,
        cls: &PyTypeObject,
        _args: &PyTuple,
        _kwargs: Option<&PyDict>,
    ) -> PyResult<Py<PySocket>> {
        let default = module_state::<DefaultTimeout>(py).0.get();
        new_object(
            py,
            cls,
            PySocket {
                ob_base: PyObject::header(cls),
                fd: Cell::new(-1),
                family: Cell::new(0),
                type_: Cell::new(0),
                proto: Cell::new(0),
                timeout: Cell::new(default),
            },
        )
    }

    #[slot(tp_init, sig = "(family=-1, type=-1, proto=-1, fileno=None)")]
    fn init(&self, py: Python, family: i32, type_: i32, proto: i32, fileno: &PyObject) -> PyResult<()> {
        let number = |v: i32| int(py, v as i64);
        audit(
            py,
            "socket.__new__",
            &[self.as_object(), &*number(family)?, &*number(type_)?, &*number(proto)?],
        )?;
        let (mut family, mut kind, mut proto) = (family, type_, proto);
        let fd;
        if !fileno.is_none() {
            if PyFloat::check(fileno) {
                return Err(type_error(py, "integer argument expected, got float"));
            }
            fd = as_int(py, fileno)?;
            if fd < 0 {
                return Err(value_error(py, "negative file descriptor"));
            }
            let mut a = Address::empty();
            let mut len = CAPACITY;
            // SAFETY: room for an address.
            let r = unsafe { libc::getsockname(fd, a.as_mut_ptr(), &mut len) };
            if r == 0 {
                if family == -1 {
                    family = a.family();
                }
            } else if family == -1 || matches!(errno(), libc::EBADF | libc::ENOTSOCK) {
                return Err(os_error(py));
            }
            let ask = |name| int_option(fd, name).map_err(|e| raise_errno_with(py, e, None, None));
            if kind == -1 {
                kind = ask(libc::SO_TYPE)?;
            }
            if proto == -1 {
                proto = ask(libc::SO_PROTOCOL)?;
            }
        } else {
            let or = |v: i32, default| if v == -1 { default } else { v };
            (family, kind, proto) = (or(family, libc::AF_INET), or(kind, libc::SOCK_STREAM), or(proto, 0));
            // SAFETY: takes numbers.
            fd = nogil!(py, unsafe { libc::socket(family, kind | libc::SOCK_CLOEXEC, proto) });
            if fd < 0 {
                return Err(os_error(py));
            }
        }
        let old = self.fd.replace(fd);
        if old >= 0 && old != fd {
            // SAFETY: ours until now.
            unsafe { libc::close(old) };
        }
        self.family.set(family);
        self.type_.set(kind & !(libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC));
        self.proto.set(proto);
        let default = module_state::<DefaultTimeout>(py).0.get();
        if kind & libc::SOCK_NONBLOCK != 0 {
            self.timeout.set(0);
        } else {
            self.timeout.set(default);
            if default >= 0
                && let Err(e) = set_blocking(py, fd, false)
            {
                if fileno.is_none() {
                    self.fd.set(-1);
                    // SAFETY: made just now.
                    unsafe { libc::close(fd) };
                }
                return Err(e);
            }
        }
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(&self, _py: Python) -> PyResult<String> {
        Ok(format!(
            "<socket object, fd={}, family={}, type={}, proto={}>",
            self.fd.get(),
            self.family.get(),
            self.type_.get(),
            self.proto.get()
        ))
    }

    #[slot(tp_finalize)]
    fn finalize(&self, py: Python) {
        if self.fd.get() == -1 {
            return;
        }
        let pending = take(py);
        let warned = match self.as_object().repr(py) {
            Ok(r) => warn_resource(py, self.as_object(), &format!("unclosed {}", r.to_string_lossy())),
            Err(e) => Err(e),
        };
        if let Err(e) = warned {
            if matches(py, &PyExc_Warning_Type) {
                write_unraisable(py, e, None, Some(self.as_object()));
            } else {
                drop(take(py));
            }
        }
        let fd = self.fd.replace(-1);
        if fd != -1 {
            // SAFETY: ours.
            nogil!(py, unsafe { libc::close(fd) });
        }
        if let Some(e) = pending {
            let _ = raise_object(py, e);
        }
    }

    /// The timeout in seconds; None for a socket that waits for ever.
    #[getter]
    fn timeout(&self, py: Python) -> PyResult {
        timeout_object(py, self.timeout.get())
    }

    /// _accept() -> (integer, address info)
    ///
    /// Waits for a connection; its descriptor and the address of the client.
    #[pymethod]
    fn _accept(&self, py: Python) -> PyResult<Py<PyTuple>> {
        let mut a = Address::empty();
        let fd = self.fd.get();
        let mut len = CAPACITY;
        let p = a.as_mut_ptr();
        let new = self.call(py, For::Reading, || {
            len = CAPACITY;
            // SAFETY: room for an address.
            unsafe { libc::accept4(fd, p, &mut len, libc::SOCK_CLOEXEC) }
        })?;
        a.len = len.min(CAPACITY);
        let made =
            || PyTuple::new(py, [int(py, new as i64)?, address::to_object(py, new, &a, self.proto.get())?]);
        made().inspect_err(|_| {
            // SAFETY: made just now.
            unsafe { libc::close(new) };
        })
    }

    /// Binds the socket to a local address.
    #[pymethod(text = "($self, object, /)")]
    fn bind(&self, py: Python, address: &PyObject) -> PyResult<()> {
        let a = address::from_object(py, self, address, "bind")?;
        audit(py, "socket.bind", &[self.as_object(), address])?;
        let fd = self.fd.get();
        // SAFETY: an address and its length.
        checked(py, nogil!(py, unsafe { libc::bind(fd, a.as_ptr(), a.len) })).map(drop)
    }

    /// Closes the socket.
    #[pymethod]
    fn close(&self, py: Python) -> PyResult<()> {
        let fd = self.fd.replace(-1);
        if fd == -1 {
            return Ok(());
        }
        // Not retried; a connection that the peer has reset is closed all the same.
        // SAFETY: ours.
        let r = nogil!(py, unsafe { libc::close(fd) });
        if r < 0 && errno() != libc::ECONNRESET { Err(os_error(py)) } else { Ok(()) }
    }

    fn do_connect(&self, py: Python, a: &Address) -> PyResult<Result<(), c_int>> {
        let fd = self.fd.get();
        let (r, e) = nogil!(py, {
            // SAFETY: an address and its length.
            (unsafe { libc::connect(fd, a.as_ptr(), a.len) }, errno())
        });
        if r == 0 {
            return Ok(Ok(()));
        }
        let timeout = self.timeout.get();
        let wait = if e == libc::EINTR {
            // The attempt goes on in the background.
            runtime::signals::check(py)?;
            timeout != 0
        } else {
            timeout > 0 && e == libc::EINPROGRESS
        };
        if !wait {
            return Ok(Err(e));
        }
        let r = self.attempt(py, For::Connecting, timeout, || match int_option(fd, libc::SO_ERROR) {
            Ok(0) | Ok(libc::EISCONN) => 0i32,
            Ok(e) => {
                set_errno(e);
                -1
            }
            Err(_) => -1,
        })?;
        Ok(r.map(drop))
    }

    /// Connects to an address; for IP sockets a pair (host, port).
    #[pymethod(text = "($self, object, /)")]
    fn connect(&self, py: Python, address: &PyObject) -> PyResult<()> {
        let a = address::from_object(py, self, address, "connect")?;
        audit(py, "socket.connect", &[self.as_object(), address])?;
        self.do_connect(py, &a)?.map_err(|e| raise_errno_with(py, e, None, None))
    }

    /// As connect(), but gives the error number instead of raising an exception.
    #[pymethod(text = "($self, object, /)")]
    fn connect_ex(&self, py: Python, address: &PyObject) -> PyResult<i32> {
        let a = address::from_object(py, self, address, "connect_ex")?;
        audit(py, "socket.connect", &[self.as_object(), address])?;
        match self.do_connect(py, &a) {
            Ok(Ok(())) => Ok(0),
            Ok(Err(e)) => Ok(e),
            Err(e) => {
                drop(catch(py, e, &PyExc_TimeoutError_Type)?);
                Ok(libc::EWOULDBLOCK)
            }
        }
    }

    /// Gives the descriptor away; the socket is closed then, the descriptor not.
    #[pymethod]
    fn detach(&self) -> i32 {
        self.fd.replace(-1)
    }

    /// The descriptor.
    #[pymethod]
    fn fileno(&self) -> i32 {
        self.fd.get()
    }

    /// The address of the other end.
    #[pymethod]
    fn getpeername(&self, py: Python) -> PyResult {
        address::ask(py, self, libc::getpeername)
    }

    /// The own address.
    #[pymethod]
    fn getsockname(&self, py: Python) -> PyResult {
        address::ask(py, self, libc::getsockname)
    }

    /// Lets the socket accept connections, of which so many may wait.
    #[pymethod(nosig, sig = "(backlog=<unrepresentable>, /)")]
    fn listen(&self, py: Python, backlog: Option<i32>) -> PyResult<()> {
        let fd = self.fd.get();
        let backlog = backlog.unwrap_or(libc::SOMAXCONN.min(128)).max(0);
        // SAFETY: takes numbers.
        checked(py, nogil!(py, unsafe { libc::listen(fd, backlog) })).map(drop)
    }

    /// Receives up to so many bytes.
    #[pymethod(nosig, sig = "(buffersize, flags=0, /)")]
    fn recv(&self, py: Python, buffersize: isize, flags: i32) -> PyResult<Py<PyBytes>> {
        let n = length_argument(py, buffersize, "recv")?;
        let fd = self.fd.get();
        // SAFETY: room for `n` bytes.
        receive(py, self, n, |p, n| unsafe { libc::recv(fd, p, n, flags) })
    }

    /// Receives into a buffer; the number of bytes.
    #[pymethod(nosig, sig = "(buffer, nbytes=0, flags=0)")]
    fn recv_into(&self, py: Python, buffer: WriteBuf, nbytes: isize, flags: i32) -> PyResult<isize> {
        let n = into_length(py, &buffer, nbytes, "recv_into")?;
        let (p, _) = buffer.place();
        let fd = self.fd.get();
        // SAFETY: the buffer has at least `n` bytes.
        self.call(py, For::Reading, || unsafe { libc::recv(fd, p as *mut c_void, n, flags) })
    }

    /// Receives up to so many bytes, and the address they come from.
    #[pymethod(nosig, sig = "(buffersize, flags=0, /)")]
    fn recvfrom(&self, py: Python, buffersize: isize, flags: i32) -> PyResult<Py<PyTuple>> {
        let n = length_argument(py, buffersize, "recvfrom")?;
        let fd = self.fd.get();
        let (mut a, mut len) = (Address::empty(), CAPACITY);
        let from = a.as_mut_ptr();
        let data = receive(py, self, n, |p, n| {
            len = CAPACITY;
            // SAFETY: room for `n` bytes and an address.
            unsafe { libc::recvfrom(fd, p, n, flags, from, &mut len) }
        })?;
        a.len = len.min(CAPACITY);
        PyTuple::new(py, [data.into_object(), address::to_object(py, fd, &a, self.proto.get())?])
    }

    /// Receives into a buffer; the number of bytes and the address they come from.
    #[pymethod(nosig, sig = "(buffer, nbytes=0, flags=0)")]
    fn recvfrom_into(
        &self,
        py: Python,
        buffer: WriteBuf,
        nbytes: isize,
        flags: i32,
    ) -> PyResult<Py<PyTuple>> {
        let n = into_length(py, &buffer, nbytes, "recvfrom_into")?;
        let (p, _) = buffer.place();
        let fd = self.fd.get();
        let (mut a, mut len) = (Address::empty(), CAPACITY);
        let from = a.as_mut_ptr();
        let got = self.call(py, For::Reading, || {
            len = CAPACITY;
            // SAFETY: the buffer has at least `n` bytes; room for an address.
            unsafe { libc::recvfrom(fd, p as *mut c_void, n, flags, from, &mut len) }
        })?;
        a.len = len.min(CAPACITY);
        PyTuple::new(py, [int(py, got as i64)?, address::to_object(py, fd, &a, self.proto.get())?])
    }

    /// Sends data; the number of bytes that were sent, which may be fewer than there are.
    #[pymethod(nosig, sig = "(data, flags=0, /)")]
    fn send(&self, py: Python, data: Bytes, flags: i32) -> PyResult<isize> {
        let (p, n, fd) = (data.as_ptr(), data.len(), self.fd.get());
        // SAFETY: the buffer has `n` bytes.
        self.call(py, For::Writing, || unsafe { libc::send(fd, p as *const c_void, n, flags) })
    }

    /// Sends all data. After an error there is no telling how much was sent.
    #[pymethod(nosig, sig = "(data, flags=0, /)")]
    fn sendall(&self, py: Python, data: Bytes, flags: i32) -> PyResult<()> {
        let timeout = self.timeout.get();
        let deadline = Instant::now().checked_add(Duration::from_nanos(timeout.max(0) as u64));
        let mut at = 0;
        let mut left = timeout;
        while at < data.len() {
            if timeout > 0
                && at > 0
                && let Some(d) = deadline
            {
                left = match d.checked_duration_since(Instant::now()) {
                    Some(d) if !d.is_zero() => i64::try_from(d.as_nanos()).unwrap_or(i64::MAX),
                    _ => return Err(timed_out(py)),
                };
            }
            let (rest, fd) = (&data[at..], self.fd.get());
            // SAFETY: the rest of the buffer.
            let sent = self.attempt(py, For::Writing, left, || unsafe {
                libc::send(fd, rest.as_ptr() as *const c_void, rest.len(), flags)
            })?;
            at += sent.map_err(|e| raise_errno_with(py, e, None, None))?.max(0) as usize;
            // A long transfer must be interruptible even though it never blocks.
            runtime::signals::check(py)?;
        }
        Ok(())
    }

    /// sendto(data[, flags], address) -> count
    ///
    /// Sends data to an address; the number of bytes that were sent.
    #[pymethod(raw, nosig)]
    fn sendto(&self, py: Python, args: &[&PyObject]) -> PyResult<isize> {
        let (data, flags, address) = match args {
            [d, a] => (*d, 0, *a),
            [d, f, a] => (*d, as_int(py, f)?, *a),
            _ => {
                return Err(type_error(
                    py,
                    format!("sendto() takes 2 or 3 arguments ({} given)", args.len()),
                ));
            }
        };
        let data = buffer::Buffer::get_simple(py, data)?;
        let a = address::from_object(py, self, address, "sendto")?;
        audit(py, "socket.sendto", &[self.as_object(), address])?;
        let (bytes, fd) = (data.as_slice(), self.fd.get());
        // SAFETY: a buffer and an address with their lengths.
        self.call(py, For::Writing, || unsafe {
            libc::sendto(fd, bytes.as_ptr() as *const c_void, bytes.len(), flags, a.as_ptr(), a.len)
        })
    }

    /// Shuts one or both directions of the connection down.
    #[pymethod(text = "($self, object, /)")]
    fn shutdown(&self, py: Python, how: i32) -> PyResult<()> {
        let fd = self.fd.get();
        // SAFETY: takes numbers.
        checked(py, nogil!(py, unsafe { libc::shutdown(fd, how) })).map(drop)
    }
}

#[pymethods(options)]
impl PySocket {
    /// Makes the socket wait (True) or not (False).
    #[pymethod(text = "($self, object, /)")]
    fn setblocking(&self, py: Python, flag: &PyObject) -> PyResult<()> {
        let block = flag.is_true(py)?;
        self.timeout.set(if block { -1 } else { 0 });
        set_blocking(py, self.fd.get(), block)
    }

    /// Does the socket wait?
    #[pymethod]
    fn getblocking(&self) -> bool {
        self.timeout.get() != 0
    }

    /// Sets the timeout in seconds; None waits for ever, 0 not at all.
    #[pymethod(text = "($self, object, /)")]
    fn settimeout(&self, py: Python, timeout: &PyObject) -> PyResult<()> {
        let ns = timeout_from(py, timeout)?;
        self.timeout.set(ns);
        // With a timeout the waiting is done by poll(), so the descriptor itself does not block.
        set_blocking(py, self.fd.get(), ns < 0)
    }

    /// The timeout in seconds, or None.
    #[pymethod]
    fn gettimeout(&self, py: Python) -> PyResult {
        timeout_object(py, self.timeout.get())
    }

    /// getsockopt(level, option[, buffersize]) -> value
    ///
    /// A socket option: an int, or with a size the bytes of a structure.
    #[pymethod(nosig, sig = "(level, option, buffersize=0, /)")]
    fn getsockopt(&self, py: Python, level: i32, option: i32, buffersize: i32) -> PyResult {
        let fd = self.fd.get();
        let is_vsock = self.family.get() == libc::AF_VSOCK;
        if buffersize == 0 {
            let mut v = 0u64;
            let mut len = if is_vsock { 8 } else { 4 } as libc::socklen_t;
            // SAFETY: room for what is asked for.
            let r = unsafe { libc::getsockopt(fd, level, option, &raw mut v as *mut c_void, &mut len) };
            checked(py, r)?;
            return if is_vsock { uint(py, v) } else { int(py, v as u32 as c_int as i64) };
        }
        if is_vsock {
            return Err(raise(py, &PyExc_OSError_Type, "getsockopt string buffer not allowed"));
        }
        if !(1..=1024).contains(&buffersize) {
            return Err(raise(py, &PyExc_OSError_Type, "getsockopt buflen out of range"));
        }
        let mut room = [0u8; 1024];
        let mut len = buffersize as libc::socklen_t;
        // SAFETY: room for what is asked for.
        let r = unsafe { libc::getsockopt(fd, level, option, room.as_mut_ptr() as *mut c_void, &mut len) };
        checked(py, r)?;
        Ok(PyBytes::new(py, room.get(..len as usize).unwrap_or(&room))?.into_object())
    }

    /// setsockopt(level, option, value: int)
    /// setsockopt(level, option, value: buffer)
    /// setsockopt(level, option, None, optlen: int)
    ///
    /// Sets a socket option.
    #[pymethod(raw, nosig)]
    fn setsockopt(&self, py: Python, args: &[&PyObject]) -> PyResult<()> {
        let fd = self.fd.get();
        let (level, option, value) = match args {
            [l, o, v] | [l, o, v, _] => (as_int(py, l)?, as_int(py, o)?, *v),
            _ => {
                let (bound, n) =
                    if args.len() < 3 { ("at least 3", args.len()) } else { ("at most 4", args.len()) };
                return Err(type_error(py, format!("setsockopt() takes {bound} arguments ({n} given)")));
            }
        };
        if let Some(size) = args.get(3) {
            if !value.is_none() {
                return Err(type_error(
                    py,
                    format!(
                        "socket option should be None when 4 arguments are given, got {}",
                        tp_name(value)
                    ),
                ));
            }
            let size = low_length(py, size)?;
            // SAFETY: no value, only a length.
            let r = unsafe { libc::setsockopt(fd, level, option, std::ptr::null(), size) };
            return checked(py, r).map(drop);
        }
        if value.is_none() {
            return Err(type_error(
                py,
                "socket option should be integer, bytes-like object or None; None needs a length",
            ));
        }
        if number::has_index(value) {
            let n = number::index(py, value)?;
            // An option is four bytes, signed or not.
            let word =
                n.as_i64().and_then(|v| c_int::try_from(v).or(u32::try_from(v).map(|v| v as c_int)).ok());
            let Some(v) = word else {
                return Err(overflow_error(py, "Python int too large to convert to C int"));
            };
            let wide = v as u32 as u64;
            let (p, len): (*const c_void, usize) = if self.family.get() == libc::AF_VSOCK {
                (&raw const wide as *const c_void, 8)
            } else {
                (&raw const v as *const c_void, 4)
            };
            // SAFETY: a value and its size.
            let r = unsafe { libc::setsockopt(fd, level, option, p, len as libc::socklen_t) };
            return checked(py, r).map(drop);
        }
        let Some(b) = buffer::Buffer::get_simple_opt(py, value)? else {
            return Err(type_error(py, format!("a bytes-like object is required, not '{}'", tp_name(value))));
        };
        let bytes = b.as_slice();
        let Ok(len) = libc::socklen_t::try_from(bytes.len()) else {
            return Err(overflow_error(py, format!("socket option is larger than {} bytes", c_int::MAX)));
        };
        // SAFETY: a value and its size.
        let r = unsafe { libc::setsockopt(fd, level, option, bytes.as_ptr() as *const c_void, len) };
        checked(py, r).map(drop)
    }
}

fn low_length(py: Python, o: &PyObject) -> PyResult<libc::socklen_t> {
    super::resolve::low_bits(py, o)
}
