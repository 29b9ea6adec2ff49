//! `_io.TextIOWrapper`: text on a stream of bytes.
//!
//! Writing encodes at once and collects the bytes in `pending` until there are enough for the buffer below. Reading decodes a
//! chunk and gives it out piece by piece. For `tell`, a snapshot remembers the decoder's state before the chunk and the chunk
//! itself, so that the position within it can be computed.

mod codec;
mod cookie;
mod position;
mod read;
mod setup;
mod type_;
mod write;

pub use codec::PyTextDecoder;
pub use type_::PyTextIOWrapper;
