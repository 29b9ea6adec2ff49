//! `tell` and `seek`.

use super::super::helpers::*;
use super::codec::{decode, decoder_state};
use super::cookie::Cookie;
use super::type_::PyTextIOWrapper;
use runtime::abstract_::number;
use runtime::prelude::*;

/// Puts the decoder into the state of a cookie.
fn set_decoder(py: Python, decoder: &PyObject, cookie: &Cookie) -> PyResult<()> {
    // At the start a decoder may have to look for a byte order mark.
    if cookie.start == 0 && cookie.flags == 0 {
        decoder.call_method0(py, intern!(py, "reset"))?;
        return Ok(());
    }
    let flags = PyInt::from_i64(py, i64::from(cookie.flags))?.into_object();
    let state = PyTuple::new(py, [PyBytes::empty().owned().into_object(), flags])?;
    decoder.call_method1(py, intern!(py, "setstate"), state.as_object()).map(drop)
}

fn os_error(py: Python, text: &str) -> Raised {
    raise(py, &exceptions::PyExc_OSError_Type, text)
}

fn flags_of(py: Python, flags: i64) -> PyResult<i32> {
    i32::try_from(flags).map_err(|_| overflow_error(py, "signed integer is greater than maximum"))
}

/// Characters that a decoder makes of bytes.
fn count(py: Python, decoder: &PyObject, bytes: &[u8], last: bool) -> PyResult<usize> {
    let b = PyBytes::new(py, bytes)?;
    Ok(decode(py, decoder, b.as_object(), last)?.len())
}

impl PyTextIOWrapper {
    pub(super) fn tell(&self, py: Python) -> PyResult {
        self.check_open(py)?;
        if !self.seekable.get() {
            return Err(unsupported(py, "underlying stream is not seekable"));
        }
        if !self.telling.get() {
            return Err(os_error(py, "telling position disabled by next() call"));
        }
        self.write_pending(py)?;
        self.as_object().call_method0(py, intern!(py, "flush"))?;
        let at = self.buffer(py)?.call_method0(py, intern!(py, "tell"))?;
        let (Some(decoder), Some(input)) = (self.decoder.get_owned(), self.snapshot.get_owned()) else {
            debug_assert!(self.decoder.is_empty() || self.decoded.get_owned().is_none_or(|d| d.is_empty()));
            return Ok(at);
        };
        let at = offset_of(py, &at, &exceptions::PyExc_OverflowError_Type)?;
        let mut cookie = Cookie {
            start: at - input.len() as i64,
            flags: flags_of(py, self.snapshot_flags.get())?,
            ..Cookie::default()
        };
        let used = self.decoded_used.get();
        if self.decoded.is_empty() || used == 0 {
            return Ok(cookie.to_int(py)?.into_object());
        }
        let saved = decoder.call_method0(py, intern!(py, "getstate"))?;
        let found = self.search(py, &decoder, input.as_bytes(), used, &mut cookie);
        // The decoder goes on where it was.
        let setstate = || decoder.call_method1(py, intern!(py, "setstate"), &saved).map(drop);
        chain(py, found.err(), setstate)?;
        Ok(cookie.to_int(py)?.into_object())
    }

    /// Completes a cookie whose start is the snapshot's: the last place before `used` characters where the decoder holds nothing
    /// back, and the way on from there.
    fn search(
        &self,
        py: Python,
        decoder: &PyObject,
        input: &[u8],
        used: usize,
        cookie: &mut Cookie,
    ) -> PyResult<()> {
        let mut skip = used;
        // A guess first, by the average; then back until it is a good one.
        let mut at = ((self.bytes_per_char.get() * skip as f64) as usize).min(input.len());
        let mut step = 1;
        while at > 0 {
            set_decoder(py, decoder, cookie)?;
            let chars = count(py, decoder, &input[..at], false)?;
            if chars <= skip {
                let (held, flags) = decoder_state(py, decoder)?;
                if held.is_empty() {
                    cookie.flags = flags_of(py, flags)?;
                    skip -= chars;
                    break;
                }
                at = at.saturating_sub(held.len());
                step = 1;
            } else {
                at = at.saturating_sub(step);
                step = step.saturating_mul(2);
            }
        }
        if at == 0 {
            set_decoder(py, decoder, cookie)?;
        }
        cookie.start += at as i64;
        if skip == 0 {
            return Ok(());
        }
        // Byte by byte from there.
        let mut chars = 0;
        let mut feed = 0i32;
        let mut reached = false;
        for b in &input[at..] {
            chars += count(py, decoder, std::slice::from_ref(b), false)?;
            feed += 1;
            let (held, flags) = decoder_state(py, decoder)?;
            if held.is_empty() && chars <= skip {
                cookie.start += i64::from(feed);
                cookie.flags = flags_of(py, flags)?;
                skip -= chars;
                feed = 0;
                chars = 0;
            }
            if chars >= skip {
                reached = true;
                break;
            }
        }
        if !reached {
            // The rest comes out only at the end.
            chars += count(py, decoder, &[], true)?;
            cookie.at_end = true;
            if chars < skip {
                return Err(os_error(py, "can't reconstruct logical file position"));
            }
        }
        cookie.feed = feed;
        cookie.skip = i32::try_from(skip).map_err(|_| overflow_error(py, "position too large"))?;
        Ok(())
    }

    fn flush_self(&self, py: Python) -> PyResult<()> {
        self.as_object().call_method0(py, intern!(py, "flush")).map(drop)
    }

    /// Tells the encoder whether it is at the start of the stream.
    fn set_encoder(&self, py: Python, at_start: bool) -> PyResult<()> {
        let Some(encoder) = self.encoder.get_owned() else { return Ok(()) };
        self.at_start.set(at_start);
        if at_start {
            encoder.call_method0(py, intern!(py, "reset"))?;
        } else {
            let zero = PyInt::from_i64(py, 0)?;
            encoder.call_method1(py, intern!(py, "setstate"), zero.as_object())?;
        }
        Ok(())
    }

    pub(super) fn seek(&self, py: Python, cookie: &PyObject, whence: i32) -> PyResult {
        self.check_open(py)?;
        if !self.seekable.get() {
            return Err(unsupported(py, "underlying stream is not seekable"));
        }
        let zero = PyInt::from_i64(py, 0)?;
        let zero = zero.as_object();
        let target = match whence {
            0 => cookie.owned(),
            1 => {
                if !cookie.eq(py, zero)? {
                    return Err(unsupported(py, "can't do nonzero cur-relative seeks"));
                }
                // The buffer below follows to where this stream is.
                self.as_object().call_method0(py, intern!(py, "tell"))?
            }
            2 => {
                if !cookie.eq(py, zero)? {
                    return Err(unsupported(py, "can't do nonzero end-relative seeks"));
                }
                return self.seek_to_end(py, zero);
            }
            _ => return Err(value_error(py, format!("invalid whence ({whence}, should be 0, 1 or 2)"))),
        };
        if target.rich_compare(py, zero, CompareOp::Lt)?.is_true(py)? {
            let shown = target.repr(py)?;
            return Err(value_error(py, format!("negative seek position {shown}")));
        }
        self.flush_self(py)?;
        let number = number::index(py, &target)?;
        let c = Cookie::from_int(py, &number)?;
        let start = PyInt::from_i64(py, c.start)?;
        self.buffer(py)?.call_method1(py, intern!(py, "seek"), start.as_object())?;
        self.forget_chunk();
        let decoder = self.decoder.get_owned();
        if let Some(d) = &decoder {
            set_decoder(py, d, &c)?;
        }
        if c.skip != 0 {
            let feed = PyInt::from_i64(py, i64::from(c.feed))?;
            let input = self.buffer(py)?.call_method1(py, intern!(py, "read"), feed.as_object())?;
            let Ok(input) = input.downcast_into::<PyBytes>() else {
                return Err(type_error(py, "underlying read() should have returned a bytes object"));
            };
            self.snapshot_flags.set(i64::from(c.flags));
            self.snapshot.set(Some(input.clone()));
            let Some(d) = &decoder else { return Err(unsupported(py, "not readable")) };
            let text = decode(py, d, input.as_object(), c.at_end)?;
            let n = text.len();
            self.set_decoded(Some(text));
            let skip = usize::try_from(c.skip).unwrap_or(usize::MAX);
            if n < skip {
                return Err(os_error(py, "can't restore logical file position"));
            }
            self.decoded_used.set(skip);
        } else {
            self.snapshot_flags.set(i64::from(c.flags));
            self.snapshot.set(Some(PyBytes::empty().owned()));
        }
        self.set_encoder(py, c.start == 0 && c.flags == 0)?;
        Ok(target)
    }

    fn seek_to_end(&self, py: Python, zero: &PyObject) -> PyResult {
        self.flush_self(py)?;
        self.forget_chunk();
        if let Some(d) = self.decoder.get_owned() {
            d.call_method0(py, intern!(py, "reset"))?;
        }
        let two = PyInt::from_i64(py, 2)?;
        let at = self.buffer(py)?.call_method(py, intern!(py, "seek"), &[zero, two.as_object()])?;
        let at_start = at.eq(py, zero)?;
        self.set_encoder(py, at_start)?;
        Ok(at)
    }
}
