//! The `termios` module: control of terminals.

use crate::system::*;
use object::libc;
use runtime::abstract_::{item, number};
use runtime::prelude::*;
use runtime::types::exceptions::*;
use std::mem::MaybeUninit;

#[derive(Default)]
struct State {
    error: Slot<PyTypeObject>,
}

/// `termios.error`, which is no kind of `OSError`.
fn error_class(py: Python) -> PyResult<Py<PyTypeObject>> {
    cached_exception(py, &module_state::<State>(py).error, "termios.error", &PyExc_Exception_Type)
}

/// `termios.error(errno, text)` for the current `errno`.
#[cold]
fn failed(py: Python) -> Raised {
    let code = errno();
    let make = || -> PyResult<Raised> {
        let args = PyTuple::new(py, [int(py, code as i64)?, text(py, &error_text(code))?])?;
        Ok(raise_with(py, &*error_class(py)?, args.as_object()))
    };
    make().unwrap_or_else(|e| e)
}

/// Runs a call without the lock.
fn run(py: Python, f: impl FnOnce() -> i32) -> PyResult<()> {
    if nogil!(py, f()) == -1 { Err(failed(py)) } else { Ok(()) }
}

fn get(py: Python, fd: i32) -> PyResult<libc::termios> {
    let mut mode = MaybeUninit::<libc::termios>::zeroed();
    let p = mode.as_mut_ptr() as usize;
    // SAFETY: the struct is filled in by the call; all zero is a valid value of it.
    unsafe {
        run(py, || libc::tcgetattr(fd, p as *mut libc::termios))?;
        Ok(mode.assume_init())
    }
}

fn size(py: Python, fd: i32) -> PyResult<libc::winsize> {
    let mut w = MaybeUninit::<libc::winsize>::zeroed();
    let p = w.as_mut_ptr() as usize;
    // SAFETY: as above.
    unsafe {
        run(py, || libc::ioctl(fd, libc::TIOCGWINSZ, p as *mut libc::winsize))?;
        Ok(w.assume_init())
    }
}

/// A C long from an int object; others are told so.
fn long(py: Python, o: &PyObject) -> PyResult<i64> {
    match number::index(py, o)?.as_i64() {
        Some(v) => Ok(v),
        None => Err(overflow_error(py, "Python int too large to convert to C long")),
    }
}

/// The names of the line speeds and the numbers the system calls them by.
const SPEEDS: &[(i64, libc::speed_t)] = &[
    (0, libc::B0),
    (50, libc::B50),
    (75, libc::B75),
    (110, libc::B110),
    (134, libc::B134),
    (150, libc::B150),
    (200, libc::B200),
    (300, libc::B300),
    (600, libc::B600),
    (1200, libc::B1200),
    (1800, libc::B1800),
    (2400, libc::B2400),
    (4800, libc::B4800),
    (9600, libc::B9600),
    (19200, libc::B19200),
    (38400, libc::B38400),
    (57600, libc::B57600),
    (115200, libc::B115200),
    (230400, libc::B230400),
    (460800, libc::B460800),
    (500000, libc::B500000),
    (576000, libc::B576000),
    (921600, libc::B921600),
    (1000000, libc::B1000000),
    (1152000, libc::B1152000),
    (1500000, libc::B1500000),
    (2000000, libc::B2000000),
    (2500000, libc::B2500000),
    (3000000, libc::B3000000),
    (3500000, libc::B3500000),
    (4000000, libc::B4000000),
];

/// Constants that Rust's view of the C library lacks or types otherwise.
const OTHERS: &[(&str, i64)] = &[
    ("CBAUDEX", 0o10000),
    ("CIBAUD", 0x100f_0000),
    ("CBAUD", 0o10017),
    ("IBSHIFT", 16),
    ("EXTA", 14),
    ("EXTB", 15),
    ("XTABS", 0o14000),
    ("XCASE", 4),
    ("VSWTC", 7),
    ("VSWTCH", 7),
    ("CDSUSP", 25),
    ("CEOF", 4),
    ("CEOL", 0),
    ("CEOT", 4),
    ("CERASE", 127),
    ("CFLUSH", 15),
    ("CINTR", 3),
    ("CKILL", 21),
    ("CLNEXT", 22),
    ("CQUIT", 28),
    ("CRPRNT", 18),
    ("CSTART", 17),
    ("CSTOP", 19),
    ("CSUSP", 26),
    ("CWERASE", 23),
    ("IOCSIZE_MASK", 0x3fff_0000),
    ("IOCSIZE_SHIFT", 16),
    ("N_TTY", 0),
    ("N_SLIP", 1),
    ("N_MOUSE", 2),
    ("N_PPP", 3),
    ("N_STRIP", 4),
    ("TIOCPKT_DATA", 0),
    ("TIOCPKT_FLUSHREAD", 1),
    ("TIOCPKT_FLUSHWRITE", 2),
    ("TIOCPKT_STOP", 4),
    ("TIOCPKT_START", 8),
    ("TIOCPKT_NOSTOP", 16),
    ("TIOCPKT_DOSTOP", 32),
    ("TIOCSER_TEMT", 1),
    ("TIOCSERCONFIG", 21587),
    ("TIOCSERGWILD", 21588),
    ("TIOCSERSWILD", 21589),
    ("TIOCGLCKTRMIOS", 21590),
    ("TIOCSLCKTRMIOS", 21591),
    ("TIOCSERGSTRUCT", 21592),
    ("TIOCSERGETLSR", 21593),
    ("TIOCSERGETMULTI", 21594),
    ("TIOCSERSETMULTI", 21595),
    ("TIOCMIWAIT", 21596),
    ("TIOCGICOUNT", 21597),
    ("TIOCGETD", 21540),
    ("TIOCSETD", 21539),
    ("TCSBRKP", 21541),
    ("TIOCNOTTY", 21538),
    ("TIOCPKT", 21536),
    ("TIOCGSERIAL", 21534),
    ("TIOCSSERIAL", 21535),
    ("TIOCGSOFTCAR", 21529),
    ("TIOCSSOFTCAR", 21530),
    ("TIOCLINUX", 21532),
    ("TIOCCONS", 21533),
    ("TIOCSTI", 21522),
    ("FIOASYNC", 21586),
    ("FIOCLEX", 21585),
    ("FIONCLEX", 21584),
    ("_POSIX_VDISABLE", 0),
];

/// Control of terminals, as the POSIX calls of these names do it.
///
/// The first argument of every function is a file descriptor or an object that has one, sys.stdin for example.
#[pymodule(name = "termios")]
pub mod termios {
    use super::*;

    #[pyexec]
    fn exec(py: Python, module: &PyModule) -> PyResult<()> {
        for (speed, value) in SPEEDS {
            module.as_object().setattr_str(py, &format!("B{speed}"), &*int(py, *value as i64)?)?;
        }
        add_constants(
            py,
            module,
            constants! {
                TCSANOW TCSADRAIN TCSAFLUSH TCIFLUSH TCOFLUSH TCIOFLUSH TCOOFF TCOON TCIOFF TCION
                IGNBRK BRKINT IGNPAR PARMRK INPCK ISTRIP INLCR IGNCR ICRNL IUCLC IXON IXANY IXOFF IMAXBEL IUTF8
                OPOST OLCUC ONLCR OCRNL ONOCR ONLRET OFILL OFDEL NLDLY CRDLY TABDLY BSDLY VTDLY FFDLY
                NL0 NL1 CR0 CR1 CR2 CR3 TAB0 TAB1 TAB2 TAB3 BS0 BS1 VT0 VT1 FF0 FF1
                CSIZE CSTOPB CREAD PARENB PARODD HUPCL CLOCAL CRTSCTS CS5 CS6 CS7 CS8
                ISIG ICANON ECHO ECHOE ECHOK ECHONL ECHOCTL ECHOPRT ECHOKE FLUSHO NOFLSH TOSTOP PENDIN IEXTEN EXTPROC
                VINTR VQUIT VERASE VKILL VEOF VTIME VMIN VSTART VSTOP VSUSP VEOL VREPRINT VDISCARD VWERASE VLNEXT VEOL2
                NCCS FIONBIO FIONREAD TCFLSH TCGETS TCSBRK TCSETS TCSETSF TCSETSW TCXONC
                TIOCEXCL TIOCGPGRP TIOCGWINSZ TIOCINQ TIOCMBIC TIOCMBIS TIOCMGET TIOCMSET
                TIOCM_CAR TIOCM_CD TIOCM_CTS TIOCM_DSR TIOCM_DTR TIOCM_LE TIOCM_RI TIOCM_RNG TIOCM_RTS TIOCM_SR TIOCM_ST
                TIOCNXCL TIOCOUTQ TIOCSCTTY TIOCSPGRP TIOCSWINSZ
            },
        )?;
        add_constants(py, module, OTHERS)?;
        module.as_object().setattr_str(py, "error", error_class(py)?.as_object())
    }

    /// The attributes of a terminal: [iflag, oflag, cflag, lflag, ispeed, ospeed, cc].
    ///
    /// cc lists the special characters as bytes of length 1; VMIN and VTIME are ints where they mean something.
    #[pyfunction]
    pub fn tcgetattr(py: Python, fd: Fildes) -> PyResult<Py<PyList>> {
        let mode = get(py, fd.0)?;
        let mut cc = Vec::with_capacity(mode.c_cc.len());
        for (i, &c) in mode.c_cc.iter().enumerate() {
            cc.push(if mode.c_lflag & libc::ICANON == 0 && (i == libc::VMIN || i == libc::VTIME) {
                int(py, c as i64)?
            } else {
                PyBytes::new(py, &[c])?.into_object()
            });
        }
        // SAFETY: a complete struct.
        let speeds = unsafe { (libc::cfgetispeed(&mode), libc::cfgetospeed(&mode)) };
        let mut all = Vec::with_capacity(7);
        for v in [mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag, speeds.0, speeds.1] {
            all.push(int(py, v as i64)?);
        }
        all.push(PyList::new(py, cc)?.into_object());
        PyList::new(py, all)
    }

    /// Sets the attributes of a terminal from a list such as tcgetattr() gives.
    ///
    /// when is TCSANOW (at once), TCSADRAIN (after all output is sent) or TCSAFLUSH (then too, with pending input dropped).
    #[pyfunction]
    pub fn tcsetattr(py: Python, fd: Fildes, when: i32, attributes: &PyObject) -> PyResult<()> {
        let Some(list) = attributes.downcast::<PyList>().map(PyList::snapshot).filter(|l| l.len() == 7)
        else {
            return Err(type_error(py, "tcsetattr, arg 3: must be 7 element list"));
        };
        let mut mode = get(py, fd.0)?;
        let mut flags = [0i64; 6];
        for (value, item) in flags.iter_mut().zip(&list) {
            *value = long(py, item)?;
        }
        let cc = list.last().and_then(|l| l.downcast::<PyList>()).map(PyList::snapshot);
        let Some(cc) = cc.filter(|l| l.len() == mode.c_cc.len()) else {
            return Err(type_error(
                py,
                format!("tcsetattr: attributes[6] must be {} element list", mode.c_cc.len()),
            ));
        };
        for (c, item) in mode.c_cc.iter_mut().zip(&cc) {
            let byte = item.downcast::<PyBytes>().and_then(|b| match b.as_bytes() {
                &[b] => Some(b),
                _ => None,
            });
            *c = match byte {
                Some(b) => b,
                None if PyInt::check(item) => long(py, item)? as libc::cc_t,
                None => {
                    return Err(type_error(
                        py,
                        "tcsetattr: elements of attributes must be characters or integers",
                    ));
                }
            };
        }
        mode.c_iflag = flags[0] as _;
        mode.c_oflag = flags[1] as _;
        mode.c_cflag = flags[2] as _;
        mode.c_lflag = flags[3] as _;
        // SAFETY: a complete struct.
        unsafe {
            if libc::cfsetispeed(&mut mode, flags[4] as _) == -1
                || libc::cfsetospeed(&mut mode, flags[5] as _) == -1
            {
                return Err(failed(py));
            }
            run(py, || libc::tcsetattr(fd.0, when, &mode))
        }
    }

    /// Sends a break: of 0.25 to 0.5 seconds if duration is zero, otherwise as long as the system thinks.
    #[pyfunction]
    pub fn tcsendbreak(py: Python, fd: Fildes, duration: i32) -> PyResult<()> {
        // SAFETY: takes numbers.
        run(py, || unsafe { libc::tcsendbreak(fd.0, duration) })
    }

    /// Waits until all output is sent.
    #[pyfunction]
    pub fn tcdrain(py: Python, fd: Fildes) -> PyResult<()> {
        // SAFETY: takes a number.
        run(py, || unsafe { libc::tcdrain(fd.0) })
    }

    /// Drops what waits in the input queue (TCIFLUSH), the output queue (TCOFLUSH) or both (TCIOFLUSH).
    #[pyfunction]
    pub fn tcflush(py: Python, fd: Fildes, queue: i32) -> PyResult<()> {
        // SAFETY: takes numbers.
        run(py, || unsafe { libc::tcflush(fd.0, queue) })
    }

    /// Stops or resumes output (TCOOFF, TCOON) or input (TCIOFF, TCION).
    #[pyfunction]
    pub fn tcflow(py: Python, fd: Fildes, action: i32) -> PyResult<()> {
        // SAFETY: takes numbers.
        run(py, || unsafe { libc::tcflow(fd.0, action) })
    }

    /// The size of a terminal's window: (rows, columns).
    #[pyfunction]
    pub fn tcgetwinsize(py: Python, fd: Fildes) -> PyResult<Py<PyTuple>> {
        let w = size(py, fd.0)?;
        int_tuple(py, [w.ws_row as i64, w.ws_col as i64])
    }

    /// Sets the size of a terminal's window: (rows, columns).
    #[pyfunction]
    pub fn tcsetwinsize(py: Python, fd: Fildes, winsize: &PyObject) -> PyResult<()> {
        if !item::is_sequence(winsize) || winsize.length(py)? != 2 {
            return Err(type_error(py, "tcsetwinsize, arg 2: must be a two-item sequence"));
        }
        let rows = long(py, &*winsize.get_item(py, &*int(py, 0)?)?)?;
        let columns = long(py, &*winsize.get_item(py, &*int(py, 1)?)?)?;
        // The system keeps further fields.
        let mut w = size(py, fd.0)?;
        let (Ok(rows), Ok(columns)) = (u16::try_from(rows), u16::try_from(columns)) else {
            return Err(overflow_error(py, "winsize value(s) out of range."));
        };
        w.ws_row = rows;
        w.ws_col = columns;
        // SAFETY: a complete struct.
        run(py, || unsafe { libc::ioctl(fd.0, libc::TIOCSWINSZ, &w) })
    }
}
