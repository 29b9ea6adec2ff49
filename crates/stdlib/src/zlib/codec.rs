//! A compression or decompression stream over buffers of any size.

use libz_rs_sys as z;
use std::ffi::{CStr, c_int};

/// A result code of the library that means failure, with its message if it had one.
#[derive(Debug)]
pub struct Failure {
    pub code: c_int,
    pub message: Option<String>,
}

/// The version of the library.
pub fn version() -> String {
    // SAFETY: a static C string.
    unsafe { CStr::from_ptr(z::zlibVersion()) }.to_string_lossy().into_owned()
}

/// The Adler-32 checksum.
pub fn adler32(start: u32, data: &[u8]) -> u32 {
    // SAFETY: address and length of a slice.
    unsafe { z::adler32_z(start as _, data.as_ptr(), data.len()) as u32 }
}

/// The CRC-32 checksum.
pub fn crc32(start: u32, data: &[u8]) -> u32 {
    // SAFETY: as above.
    unsafe { z::crc32_z(start as _, data.as_ptr(), data.len()) as u32 }
}

/// A stream. Boxed: the library keeps pointers to it.
pub struct Codec {
    z: Box<z::z_stream>,
    deflating: bool,
}

// SAFETY: a stream has no ties to the thread that made it.
unsafe impl Send for Codec {}

/// The most room made for output at a time.
const STEP: usize = 1 << 28;

impl Codec {
    fn blank(deflating: bool) -> Codec {
        Codec { z: Box::default(), deflating }
    }

    /// A compressor.
    pub fn deflate(
        level: c_int,
        method: c_int,
        wbits: c_int,
        mem_level: c_int,
        strategy: c_int,
    ) -> Result<Codec, Failure> {
        let mut c = Codec::blank(true);
        let size = size_of::<z::z_stream>() as c_int;
        // SAFETY: a blank stream.
        let code = unsafe {
            z::deflateInit2_(&mut *c.z, level, method, wbits, mem_level, strategy, z::zlibVersion(), size)
        };
        if code == z::Z_OK { Ok(c) } else { Err(c.failure(code)) }
    }

    /// A decompressor.
    pub fn inflate(wbits: c_int) -> Result<Codec, Failure> {
        let mut c = Codec::blank(false);
        let size = size_of::<z::z_stream>() as c_int;
        // SAFETY: a blank stream.
        let code = unsafe { z::inflateInit2_(&mut *c.z, wbits, z::zlibVersion(), size) };
        if code == z::Z_OK { Ok(c) } else { Err(c.failure(code)) }
    }

    /// A failure with the stream's message.
    pub fn failure(&self, code: c_int) -> Failure {
        let msg = self.z.msg;
        // SAFETY: null or a C string of the library.
        let message = (!msg.is_null()).then(|| unsafe { CStr::from_ptr(msg) }.to_string_lossy().into_owned());
        Failure { code, message }
    }

    /// Sets the preset dictionary.
    pub fn set_dictionary(&mut self, dict: &[u8]) -> Result<(), Failure> {
        let n = u32::try_from(dict.len()).unwrap_or(u32::MAX);
        // SAFETY: address and length of a slice.
        let code = unsafe {
            if self.deflating {
                z::deflateSetDictionary(&mut *self.z, dict.as_ptr(), n)
            } else {
                z::inflateSetDictionary(&mut *self.z, dict.as_ptr(), n)
            }
        };
        if code == z::Z_OK { Ok(()) } else { Err(self.failure(code)) }
    }

    /// A copy with its own state.
    pub fn copy(&mut self) -> Result<Codec, Failure> {
        let mut c = Codec::blank(self.deflating);
        // SAFETY: a live stream and a blank one.
        let code = unsafe {
            if self.deflating {
                z::deflateCopy(&mut *c.z, &mut *self.z)
            } else {
                z::inflateCopy(&mut *c.z, &*self.z)
            }
        };
        if code == z::Z_OK {
            Ok(c)
        } else {
            let f = self.failure(code);
            // A failed copy owns nothing.
            std::mem::forget(std::mem::take(&mut c.z));
            Err(f)
        }
    }

    /// Makes room for output and points the stream to it; how much.
    fn make_room(&mut self, out: &mut Vec<u8>, limit: usize) -> Result<usize, Failure> {
        if out.len() == out.capacity() {
            let more = out.len().clamp(16 * 1024, STEP).min(limit - out.len());
            if out.try_reserve_exact(more).is_err() {
                return Err(Failure { code: z::Z_MEM_ERROR, message: None });
            }
        }
        let room = (out.capacity().min(limit) - out.len()).min(STEP);
        // SAFETY: `room` bytes are reserved behind the length.
        self.z.next_out = unsafe { out.as_mut_ptr().add(out.len()) };
        self.z.avail_out = room as u32;
        Ok(room)
    }

    /// Compresses all of the input; the last code.
    pub fn compress(&mut self, input: &[u8], flush: c_int, out: &mut Vec<u8>) -> Result<c_int, Failure> {
        let mut rest = input;
        loop {
            let (chunk, after) = rest.split_at(rest.len().min(STEP));
            rest = after;
            self.z.next_in = chunk.as_ptr() as *mut u8;
            self.z.avail_in = chunk.len() as u32;
            let mode = if rest.is_empty() { flush } else { z::Z_NO_FLUSH };
            let code = loop {
                let room = self.make_room(out, usize::MAX)?;
                // SAFETY: a stream that points to the chunk and to the room.
                let code = unsafe { z::deflate(&mut *self.z, mode) };
                let written = room - self.z.avail_out as usize;
                // SAFETY: the call has written that many bytes.
                unsafe { out.set_len(out.len() + written) };
                if code == z::Z_STREAM_ERROR {
                    return Err(self.failure(code));
                }
                if self.z.avail_out != 0 {
                    break code;
                }
            };
            if rest.is_empty() {
                return Ok(code);
            }
        }
    }

    /// Decompresses until the input or the stream ends or the output has `limit` bytes; the last code, and how much input was
    /// used. A preset dictionary is handed over when the stream asks for it.
    pub fn decompress(
        &mut self,
        input: &[u8],
        out: &mut Vec<u8>,
        limit: usize,
        dict: Option<&[u8]>,
    ) -> Result<(c_int, usize), Failure> {
        let mut used = 0usize;
        loop {
            let chunk = &input[used..input.len().min(used.saturating_add(STEP))];
            self.z.next_in = chunk.as_ptr() as *mut u8;
            self.z.avail_in = chunk.len() as u32;
            let mut full = false;
            let code = loop {
                if out.len() >= limit {
                    full = true;
                    break z::Z_OK;
                }
                let room = self.make_room(out, limit)?;
                // SAFETY: a stream that points to the chunk and to the room.
                let code = unsafe { z::inflate(&mut *self.z, z::Z_SYNC_FLUSH) };
                let written = room - self.z.avail_out as usize;
                // SAFETY: the call has written that many bytes.
                unsafe { out.set_len(out.len() + written) };
                match code {
                    z::Z_OK | z::Z_BUF_ERROR => {}
                    z::Z_NEED_DICT if dict.is_some() => {
                        self.set_dictionary(dict.unwrap_or_default())?;
                        continue;
                    }
                    _ => break code,
                }
                if self.z.avail_out != 0 {
                    break code;
                }
            };
            used += chunk.len() - self.z.avail_in as usize;
            let go_on =
                matches!(code, z::Z_OK | z::Z_BUF_ERROR) && !full && used < input.len() && !chunk.is_empty();
            if !go_on || self.z.avail_in == chunk.len() as u32 {
                return Ok((code, used));
            }
        }
    }
}

impl Drop for Codec {
    fn drop(&mut self) {
        // SAFETY: a blank or a live stream; the library refuses a blank one.
        unsafe {
            if self.deflating {
                z::deflateEnd(&mut *self.z);
            } else {
                z::inflateEnd(&mut *self.z);
            }
        }
    }
}
