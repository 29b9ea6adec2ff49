//! Compressing and decompressing streams in the formats of `_lzma`, over the crate `lzma_rust2`.

use super::Trouble;
use super::filters::Chain;
use crate::decompressor::Decode;
use lzma_rust2::filter::StreamFilter;
use lzma_rust2::filter::bcj::BcjWriter;
use lzma_rust2::filter::delta::DeltaWriter;
use lzma_rust2::{
    Action, CheckType, FilterConfig, FilterType, Lzma2Options, Lzma2Stream, Lzma2Writer, LzmaOptions,
    LzmaStream, LzmaWriter, Status, StreamResult, XzOptions, XzStream, XzWriter,
};
use std::io::{self, Write};

impl From<io::Error> for Trouble {
    fn from(e: io::Error) -> Trouble {
        match e.kind() {
            io::ErrorKind::OutOfMemory => Trouble::MemoryLimit,
            io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput => Trouble::Options,
            _ => Trouble::Data,
        }
    }
}

/// A compressor over a buffer.
trait Sink: Write + Send {
    fn buffer(&mut self) -> &mut Vec<u8>;
    fn finish(self: Box<Self>) -> io::Result<Vec<u8>>;
}

macro_rules! sinks {
    ($($writer:ident)*) => {
        $(impl Sink for $writer<Vec<u8>> {
            fn buffer(&mut self) -> &mut Vec<u8> {
                self.inner_mut()
            }
            fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
                (*self).finish()
            }
        })*
    };
}
sinks!(LzmaWriter Lzma2Writer XzWriter);

impl Sink for DeltaWriter<Box<dyn Sink>> {
    fn buffer(&mut self) -> &mut Vec<u8> {
        self.inner_mut().buffer()
    }
    fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
        self.into_inner().finish()
    }
}

impl Sink for BcjWriter<Box<dyn Sink>> {
    fn buffer(&mut self) -> &mut Vec<u8> {
        self.inner_mut().buffer()
    }
    fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
        (*self).finish()?.finish()
    }
}

/// A compressor in one of the formats.
pub struct Encoder(Box<dyn Sink>);

impl Encoder {
    pub fn xz(
        options: LzmaOptions,
        before: Vec<FilterConfig>,
        check_type: CheckType,
    ) -> Result<Encoder, Trouble> {
        let options = XzOptions { lzma_options: options, check_type, block_size: None, filters: before };
        Ok(Encoder(Box::new(XzWriter::new(Vec::new(), options)?)))
    }

    pub fn alone(options: &LzmaOptions) -> Result<Encoder, Trouble> {
        Ok(Encoder(Box::new(LzmaWriter::new_use_header(Vec::new(), options, None)?)))
    }

    pub fn raw(chain: Chain) -> Result<Encoder, Trouble> {
        let mut sink: Box<dyn Sink> = if chain.lzma2 {
            let mut options = Lzma2Options::default();
            options.lzma_options = chain.options;
            Box::new(Lzma2Writer::new(Vec::new(), options))
        } else {
            Box::new(LzmaWriter::new_no_header(Vec::new(), &chain.options, true)?)
        };
        for f in chain.before.into_iter().rev() {
            let start = f.property as usize;
            sink = match f.filter_type {
                FilterType::Delta => Box::new(DeltaWriter::new(sink, start)),
                FilterType::BcjX86 => Box::new(BcjWriter::new_x86(sink, start)),
                FilterType::BcjPpc => Box::new(BcjWriter::new_ppc(sink, start)),
                FilterType::BcjIa64 => Box::new(BcjWriter::new_ia64(sink, start)),
                FilterType::BcjArm => Box::new(BcjWriter::new_arm(sink, start)),
                FilterType::BcjArmThumb => Box::new(BcjWriter::new_arm_thumb(sink, start)),
                FilterType::BcjSparc => Box::new(BcjWriter::new_sparc(sink, start)),
                _ => return Err(Trouble::Options),
            };
        }
        Ok(Encoder(sink))
    }

    pub fn compress(&mut self, data: &[u8]) -> Result<Vec<u8>, Trouble> {
        self.0.write_all(data)?;
        Ok(std::mem::take(self.0.buffer()))
    }

    pub fn finish(self) -> Result<Vec<u8>, Trouble> {
        Ok(self.0.finish()?)
    }
}

/// How a stream begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Auto,
    Xz,
    Alone,
}

/// The parts of the decoders' common shape.
enum Stream {
    /// The beginning, until the format is known to be right.
    Unknown(Format, u32),
    Xz(Box<XzStream>),
    Lzma(Box<LzmaStream>),
    Lzma2(Box<Lzma2Stream>),
}

impl Stream {
    fn process(&mut self, input: &[u8], out: &mut [u8]) -> io::Result<StreamResult> {
        match self {
            Stream::Unknown(..) => {
                Ok(StreamResult { bytes_consumed: 0, bytes_produced: 0, status: Status::Ok })
            }
            Stream::Xz(s) => s.process(input, out, Action::Run),
            Stream::Lzma(s) => s.process(input, out, Action::Run),
            Stream::Lzma2(s) => s.process(input, out, Action::Run),
        }
    }
}

/// A decompressor in one of the formats.
pub struct Decoder {
    stream: Stream,
    /// Filters of a raw stream beyond what the decoder takes, the one next to it last.
    filters: Vec<(StreamFilter, Vec<u8>)>,
    /// Input that was taken before the format was known.
    head: Vec<u8>,
    pub check: u32,
}

/// The least room for output.
const ROOM: usize = 8192;
const XZ_MAGIC: &[u8] = b"\xfd7zXZ\0";
const CHECK_NONE: u32 = 0;
const CHECK_UNKNOWN: u32 = 16;

/// Can these 13 bytes begin a file in the old format? It has no magic number: unlikely sizes are refused.
fn begins_alone(head: &[u8]) -> bool {
    let &[p, a, b, c, d, ref size @ ..] = head else { return false };
    let dictionary = u32::from_le_bytes([a, b, c, d]);
    let power = dictionary == u32::MAX || {
        let low = dictionary & dictionary.wrapping_neg();
        dictionary == low || dictionary == low | low << 1
    };
    let size = size.first_chunk().map_or(0, |s| u64::from_le_bytes(*s));
    p < 225 && power && (size == u64::MAX || size < 1 << 38)
}

impl Decoder {
    /// A decoder of files; the limit is in bytes.
    pub fn new(format: Format, limit: Option<u64>) -> Decoder {
        let kib = limit.map_or(u32::MAX, |n| u32::try_from(n / 1024).unwrap_or(u32::MAX));
        Decoder {
            stream: Stream::Unknown(format, kib),
            filters: Vec::new(),
            head: Vec::new(),
            check: CHECK_UNKNOWN,
        }
    }

    pub fn raw(chain: Chain) -> Result<Decoder, Trouble> {
        let o = &chain.options;
        let stream = if chain.lzma2 {
            Stream::Lzma2(Box::new(Lzma2Stream::new(o.dict_size)))
        } else {
            Stream::Lzma(Box::new(LzmaStream::new(u64::MAX, o.lc, o.lp, o.pb, o.dict_size, None)?))
        };
        let mut filters = Vec::new();
        for f in &chain.before {
            filters.push((StreamFilter::new(f)?, Vec::new()));
        }
        Ok(Decoder { stream, filters, head: Vec::new(), check: CHECK_NONE })
    }

    /// Looks at the beginning: takes bytes until it is known what the stream is. Gives the bytes used.
    fn begin(&mut self, input: &[u8]) -> Result<usize, Trouble> {
        let Stream::Unknown(format, limit) = self.stream else { return Ok(0) };
        let mut used = 0;
        while let Some(&b) = input.get(used) {
            self.head.push(b);
            used += 1;
            let xz =
                format == Format::Xz || (format == Format::Auto && self.head.first() == XZ_MAGIC.first());
            if xz && self.head.len() == 12 {
                if !self.head.starts_with(XZ_MAGIC) {
                    return Err(Trouble::Format);
                }
                self.stream = Stream::Xz(Box::new(XzStream::new_mem_limit(false, limit)));
                return Ok(used);
            }
            if !xz && self.head.len() == 13 {
                if !begins_alone(&self.head) {
                    return Err(Trouble::Format);
                }
                self.check = CHECK_NONE;
                self.stream = Stream::Lzma(Box::new(LzmaStream::new_mem_limit(limit, None)));
                return Ok(used);
            }
        }
        Ok(used)
    }

    /// One step; what comes out has passed the filters.
    fn step(&mut self, input: &[u8], out: &mut Vec<u8>, room: usize) -> Result<StreamResult, Trouble> {
        let before = out.len();
        out.resize(before + room, 0);
        let result = self.stream.process(input, out.get_mut(before..).unwrap_or_default());
        out.truncate(before + result.as_ref().map_or(0, |r| r.bytes_produced));
        let mut result = result?;
        if !self.filters.is_empty() {
            let mut data = out.split_off(before);
            let ended = result.status == Status::StreamEnd;
            for (filter, held) in self.filters.iter_mut().rev() {
                held.append(&mut data);
                let ready = filter.decode(held);
                let rest = if ended { Vec::new() } else { held.split_off(ready.min(held.len())) };
                data = std::mem::replace(held, rest);
            }
            result.bytes_produced = data.len();
            out.append(&mut data);
        }
        Ok(result)
    }
}

impl Decode for Decoder {
    type Error = Trouble;

    fn decode(&mut self, input: &[u8], out: &mut Vec<u8>, limit: usize) -> Result<(usize, bool), Trouble> {
        if limit == 0 {
            return Ok((0, false));
        }
        let mut used = self.begin(input)?;
        if matches!(self.stream, Stream::Unknown(..)) {
            return Ok((used, false));
        }
        let head = std::mem::take(&mut self.head);
        if !head.is_empty() {
            // The header alone makes no output.
            self.step(&head, out, 1)?;
        }
        loop {
            let room = limit.saturating_sub(out.len()).min(out.len().max(ROOM));
            if room == 0 {
                return Ok((used, false));
            }
            // Filters may hold bytes back: full is when there was no room left for the decoder.
            let rest = input.get(used..).unwrap_or_default();
            let r = self.step(rest, out, room)?;
            used += r.bytes_consumed;
            if let Stream::Xz(s) = &self.stream
                && let Some(c) = s.check_type()
            {
                self.check = c as u32;
            }
            if r.status == Status::StreamEnd {
                return Ok((used, true));
            }
            if r.bytes_consumed == 0 && r.bytes_produced == 0 {
                return Ok((used, false));
            }
        }
    }

    fn returned(&self) -> &[u8] {
        match &self.stream {
            Stream::Lzma(s) => s.unused_input(),
            _ => &[],
        }
    }
}
